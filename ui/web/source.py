"""What the source pane shows of a cited place: the lines of the file, and the table with the very cell.

A citation is looked up, never trusted: the document must be one that is indexed, and the quote is searched again if it
no longer stands at its lines. Pure but for a small cache of parsed tables.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from corpus.models import Document, Fact, Table

MAX_LINES = 2000  # of a document in one reply; the page fetches more as it is read
MAX_LINE = 20_000  # characters of one line
TABLE_ROWS = (20, 40)  # rows shown before and after the cited one
WHOLE = 60_000  # characters; a larger file is parsed only around the cited lines
TALL = 400  # lines; of a taller pipe table only the head and the rows around the cited one are parsed
MAX_BLOCK = 2_000_000  # characters of such a part

_DELIMITER = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
_LINE_END = re.compile(r"\r\n?|\n")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Asked(_Frozen):
    """The place that is asked for. All but `document` may be left out."""

    document: str = Field(min_length=1, max_length=4096)
    first: int = Field(default=1, ge=1, le=10**9)
    last: int = Field(default=1, ge=1, le=10**9)
    quote: str = Field(default="", max_length=4000)
    row: str = Field(default="", max_length=4000)
    column: str = Field(default="", max_length=4000)
    at: int | None = Field(default=None, ge=1, le=10**9)  # the first line to send, instead of a window around the citation


class Marked(_Frozen):
    """A line with the quoted stretch apart."""

    line: int
    before: str
    quote: str
    after: str


class Row(_Frozen):
    """One body row of a table: the line it stands on, its cells without markup."""

    line: int
    cells: tuple[str, ...]


class TableView(_Frozen):
    """The cited table, or the part of it around the cited cell. `row` counts in `rows`, `column` in `columns`."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    row: int
    column: int
    first_row: int  # place of rows[0] in the whole table, 1-based
    total_rows: int


class OutlineItem(_Frozen):
    """A heading."""

    level: int
    title: str
    line: int


class SourceView(_Frozen):
    """The reply of `/api/source`."""

    document: str
    section: tuple[str, ...]
    lines: tuple[int, int]  # of the citation, as the file is now
    found: Literal["here", "moved", "gone", "unasked"]  # where the quote stands now, against the lines that were asked for
    first_line: int  # of `text`
    total_lines: int
    text: tuple[str, ...]
    marked: tuple[Marked, ...] = ()
    table: TableView | None = None
    outline: tuple[OutlineItem, ...] = ()


def split_lines(text: str) -> list[str]:
    """Lines as editors count them, without their ends; a final line end starts no line."""
    lines = _LINE_END.split(text)
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
    return lines


def _find(lines: Sequence[str], first: int, last: int, quote: str) -> tuple[Literal["here", "moved", "gone", "unasked"], int, int]:
    """Where a quote stands: at its lines, elsewhere (the nearest place), or nowhere."""
    total = len(lines)
    first = min(max(first, 1), total)
    last = min(max(last, first), total)
    if not quote:
        return "unasked", first, last
    wanted = "\n".join(_LINE_END.split(quote))
    if wanted in "\n".join(lines[first - 1 : last]):
        return "here", first, last
    whole = "\n".join(lines)
    starts = [m.start() for m in re.finditer(re.escape(wanted), whole)]
    if not starts:
        return "gone", first, last
    places = [whole.count("\n", 0, s) + 1 for s in starts[:1000]]
    nearest = min(places, key=lambda line: (abs(line - first), line))
    return "moved", nearest, min(total, nearest + max(last - first, wanted.count("\n")))


def _cut(line: str) -> str:
    return line if len(line) <= MAX_LINE else line[:MAX_LINE] + " …"


def _marked(lines: Sequence[str], first: int, last: int, quote: str) -> tuple[Marked, ...]:
    """The quoted stretch of a line, if the quote stands within one."""
    if not quote or "\n" in quote or "\r" in quote:
        return ()
    for number in range(first, last + 1):
        line = _cut(lines[number - 1])
        at = line.find(quote)
        if at >= 0:
            return (Marked(line=number, before=line[:at], quote=quote, after=line[at + len(quote) :]),)
    return ()


@dataclass(frozen=True, slots=True)
class _Tables:
    tables: tuple[Table, ...]
    cells: dict[int, tuple[Fact, ...]]  # by table id, in the order of the file


@lru_cache(maxsize=32)
def _tables(path: str, text: str) -> _Tables:
    """The tables of a text, read exactly as the index reads them."""
    from corpus import parse_corpus

    data = text.encode("utf-8", errors="replace")
    corpus = parse_corpus((Document(path=path, text=text, sha256=hashlib.sha256(data).hexdigest(), size=len(data), mtime_ns=0),))
    cells: dict[int, list[Fact]] = {}
    for fact in corpus.facts:
        # A flow inside a cell has facts of its own, one for each step; the cell is what is shown.
        if fact.kind == "cell" and fact.table is not None and fact.row is not None and fact.column is not None:
            cells.setdefault(fact.table, []).append(fact)
    return _Tables(corpus.tables, {table: tuple(facts) for table, facts in cells.items()})


def _around(lines: Sequence[str], first: int, last: int) -> tuple[int, str]:
    """The unbroken run of lines around a place, for files too large to parse whole: its first line, its text."""
    start, end = first, last
    size = 0
    while start > 1 and lines[start - 2].strip() and size < MAX_BLOCK:
        start -= 1
        size += len(lines[start - 1])
    while end < len(lines) and lines[end].strip() and size < MAX_BLOCK:
        end += 1
        size += len(lines[end - 1])
    return start, "\n".join(lines[start - 1 : end])


def _cut_rows(block: str, line: int) -> tuple[str, int, int]:
    """A tall pipe table as its head with the rows around a line (1-based, in the block): text, rows left out before, and after."""
    rows = block.split("\n")
    if len(rows) <= TALL or not _DELIMITER.fullmatch(rows[1]) or line <= 2:
        return block, 0, 0
    before = max(0, line - 3 - 2 * TABLE_ROWS[0])
    end = min(len(rows), line + 2 * TABLE_ROWS[1])
    return "\n".join([*rows[:2], *rows[2 + before : end]]), before, len(rows) - end


def _squeeze(value: str) -> str:
    return " ".join(value.split())


def _table(asked: Asked, text: str, lines: Sequence[str], first: int, last: int) -> tuple[TableView, Fact, int] | None:
    """The table that holds the cited cell, the cell, and how many lines stand above the text it was parsed from."""
    above = cut = left = 0
    if len(text) > WHOLE:
        start, block = _around(lines, first, last)
        text, cut, left = _cut_rows(block, first - start + 1)
        above = start - 1 + cut
    found = _tables(asked.document, text)
    best: tuple[int, Fact] | None = None
    for cells in found.cells.values():
        for cell in cells:
            if not first <= cell.span.first_line + above <= last:
                continue
            table = found.tables[cell.table or 0]
            row_label = cell.label("row") or table.rows[cell.row or 0]
            column_label = cell.label("column") or table.columns[cell.column or 0]
            score = (
                4 * (_squeeze(column_label) == _squeeze(asked.column))
                + 2 * (_squeeze(row_label) == _squeeze(asked.row))
                + (bool(asked.quote) and (cell.raw.startswith(asked.quote) or asked.quote in cell.raw))
            )
            if best is None or score > best[0]:
                best = (score, cell)
    if best is None or best[0] < 4:
        return None
    cell = best[1]
    table = found.tables[cell.table or 0]
    row, column = cell.row or 0, cell.column or 0
    total = len(table.rows)
    start_row, end_row = max(0, row - TABLE_ROWS[0]), min(total, row + TABLE_ROWS[1] + 1)
    grid = [["" for _ in table.columns] for _ in range(start_row, end_row)]
    at_line = [0 for _ in grid]
    for fact in found.cells[table.id]:
        r, c = fact.row or 0, fact.column or 0
        if start_row <= r < end_row and c < len(table.columns):
            grid[r - start_row][c] = fact.value
            at_line[r - start_row] = fact.span.first_line + above
    for place, labels in enumerate(grid):
        if labels and not labels[0]:
            labels[0] = table.rows[start_row + place]
    rows = tuple(Row(line=line, cells=tuple(_cut(v) for v in values)) for line, values in zip(at_line, grid, strict=True))
    view = TableView(
        columns=table.columns, rows=rows, row=row - start_row, column=column, first_row=start_row + 1 + cut, total_rows=total + cut + left
    )
    return view, cell, above


def _section(outline: Sequence[OutlineItem], line: int) -> tuple[str, ...]:
    """The headings a line stands under, outermost first."""
    path: list[OutlineItem] = []
    for item in outline:
        if item.line > line:
            break
        while path and path[-1].level >= item.level:
            path.pop()
        path.append(item)
    return tuple(item.title for item in path)


def view_source(asked: Asked, text: str, outline: Sequence[OutlineItem]) -> SourceView:
    """What to show of a place.

    Args:
        asked: the place; `asked.document` has been checked against the index by the caller.
        text: the document as it is now.
        outline: its headings, in order.
    """
    lines = split_lines(text)
    found, first, last = _find(lines, asked.first, asked.last, asked.quote)
    total = len(lines)
    if asked.at is not None:
        start = min(asked.at, total)
    elif total <= MAX_LINES:
        start = 1
    else:
        start = min(max(1, first - MAX_LINES // 2), total - MAX_LINES + 1)
    window = tuple(_cut(line) for line in lines[start - 1 : start - 1 + MAX_LINES])
    marked = _marked(lines, first, last, asked.quote) if found in ("here", "moved") else ()
    table: TableView | None = None
    if asked.column and found != "gone" and asked.at is None:
        held = _table(asked, text, lines, first, last)
        if held is not None:
            table, cell, above = held
            marked = _marked_cell(lines, cell, above) or marked
    return SourceView(
        document=asked.document,
        section=_section(outline, first),
        lines=(first, last),
        found=found,
        first_line=start,
        total_lines=total,
        text=window,
        marked=marked,
        table=table,
        outline=tuple(outline),
    )


def _marked_cell(lines: Sequence[str], cell: Fact, above: int) -> tuple[Marked, ...]:
    """The cell itself, which may not be the first place of its line that reads like it."""
    number = cell.span.first_line + above
    if cell.span.last_line != cell.span.first_line or not cell.raw or number > len(lines):
        return ()
    line = lines[number - 1]
    # Cells of a pipe row come in order, so the cell is the one with as many bars before it as its column counts.
    starts = [m.start() for m in re.finditer(re.escape(cell.raw), line)]
    for at in starts:
        bars = len(re.findall(r"(?<!\\)\|", line[:at]))
        if bars - line.lstrip().startswith("|") == cell.column:
            return (Marked(line=number, before=line[:at], quote=cell.raw, after=line[at + len(cell.raw) :]),)
    return ()
