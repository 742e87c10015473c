"""Tables to grids: every cell with its text, its exact place, and what the table is for.

Pipe tables and HTML tables end in the same `Grid`. Merged cells are spread over the places they cover, all
pointing at the one place in the file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Literal

from corpus.markdown import Block, Source, plain
from corpus.words import stems


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell's words and its place in the file; `start == end` for an empty one."""

    text: str  # markup removed
    markup: str
    start: int
    end: int


@dataclass(slots=True)
class Grid:
    """A table as rows of cells, all rows equally long; `header` is None where the table has none."""

    header: list[GridCell] | None
    rows: list[list[GridCell]]
    start: int
    end: int
    caption: str = ""


# ---------------------------------------------------------------- pipe tables

_PREFIX = re.compile(r"^(?:\s*(?:>|[-*+](?=\s)|\d+[.)](?=\s)))*\s*")


def _split_row(line: str) -> list[tuple[int, int]]:
    """Bounds of a pipe row's cells in the line, trimmed; an escaped pipe does not split."""
    begin = _PREFIX.match(line).end()  # type: ignore[union-attr] - the pattern matches the empty string
    finish = len(line.rstrip())
    cuts, i = [], begin
    while i < finish:
        if line[i] == "\\":
            i += 2
            continue
        if line[i] == "|":
            cuts.append(i)
        i += 1
    edges = [begin - 1, *cuts, finish]
    if cuts and cuts[0] == begin:
        edges = edges[1:]
    if cuts and cuts[-1] == finish - 1:
        edges = edges[:-1]
    bounds = []
    for a, b in zip(edges, edges[1:], strict=False):
        piece = line[a + 1 : b]
        inner = piece.strip()
        lead = len(piece) - len(piece.lstrip()) if inner else 0
        bounds.append((a + 1 + lead, a + 1 + lead + len(inner)))
    return bounds


def pipe_grid(block: Block, source: Source) -> Grid:
    """The grid of a pipe table. Cells beyond the header's width keep their text in the last column's place only if parsed so."""
    rows = []
    width = len(block.rows[0]) if block.rows else 0
    for texts, number in zip(block.rows, block.row_lines, strict=True):
        line, base = source.lines[number], source.starts[number]
        bounds = _split_row(line)
        cells = []
        for i in range(width):
            a, b = bounds[i] if i < len(bounds) else (len(line), len(line))
            parsed = texts[i] if i < len(texts) else ""
            if line[a:b].replace("\\|", "|") != parsed.strip() and parsed.strip():
                found = line.find(parsed.strip())
                a, b = (found, found + len(parsed.strip())) if found >= 0 else (a, b)
            cells.append(GridCell(plain(parsed), line[a:b], base + a, base + b))
        rows.append(cells)
    header = rows[0] if rows else None
    start = source.starts[block.first]
    end = source.starts[block.last] + len(source.lines[block.last])
    if header is not None and not any(c.text for c in header):
        header = None
    return Grid(header, rows[1:], start, end)


# ---------------------------------------------------------------- HTML tables


@dataclass(slots=True)
class _Open:
    header: bool
    colspan: int
    rowspan: int
    start: int
    end: int = -1


@dataclass(slots=True)
class _HtmlTables(HTMLParser):
    """Collects the tables of an HTML fragment with the offsets of each cell's content."""

    text: str
    base: int
    tables: list[list[list[_Open]]] = field(default_factory=list)
    bounds: list[list[int]] = field(default_factory=list)
    cell: _Open | None = None
    depth: int = 0

    def __post_init__(self) -> None:
        HTMLParser.__init__(self, convert_charrefs=False)
        self.line_starts = [0] + [m.end() for m in re.finditer(r"\n", self.text)]

    def at(self) -> int:
        line, column = self.getpos()
        return self.line_starts[line - 1] + column

    def close_cell(self) -> None:
        if self.cell is not None:
            self.cell.end = self.at()
            self.cell = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.depth += 1
            if self.depth == 1:
                self.tables.append([])
                self.bounds.append([self.at(), len(self.text)])
        if self.depth != 1:
            return
        if tag == "tr":
            self.close_cell()
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.close_cell()
            if not self.tables[-1]:
                self.tables[-1].append([])
            values = dict(attrs)
            spans = [int(v) if v and v.isdigit() else 1 for v in (values.get("colspan"), values.get("rowspan"))]
            opened = self.get_starttag_text() or ""
            self.cell = _Open(tag == "th", min(spans[0], 100), min(spans[1], 1000), self.at() + len(opened))
            self.tables[-1][-1].append(self.cell)

    def handle_endtag(self, tag: str) -> None:
        if self.depth == 1 and tag in ("td", "th", "tr", "table"):
            self.close_cell()
        if tag == "table" and self.depth:
            self.depth -= 1
            if self.depth == 0:
                self.bounds[-1][1] = self.at() + len("</table>")


def html_grids(block: Block, source: Source) -> list[Grid]:
    """The grids of all tables in an HTML block; merged cells are repeated where they reach."""
    start = source.starts[block.first]
    end = source.starts[block.last] + len(source.lines[block.last])
    text = source.text[start:end]
    reader = _HtmlTables(text, start)
    try:
        reader.feed(text)
        reader.close()
    except (AssertionError, ValueError):  # html.parser gives up on some broken declarations; what it read so far is kept
        pass
    reader.close_cell()
    grids = []
    for rows, bounds in zip(reader.tables, reader.bounds, strict=True):
        placed: dict[tuple[int, int], tuple[GridCell, bool]] = {}
        width = 0
        for r, row in enumerate(rows):
            c = 0
            for opened in row:
                while (r, c) in placed:
                    c += 1
                raw = text[opened.start : opened.end] if opened.end >= 0 else ""
                inner = raw.strip()
                lead = len(raw) - len(raw.lstrip()) if inner else 0
                cell = GridCell(plain(_flat(inner)), inner, start + opened.start + lead, start + opened.start + lead + len(inner))
                for dr in range(min(opened.rowspan, len(rows) - r)):
                    for dc in range(opened.colspan):
                        placed[r + dr, c + dc] = (cell, opened.header)
                c += opened.colspan
                width = max(width, c)
        if not width:
            continue
        empty = GridCell("", "", start + bounds[0], start + bounds[0])
        grid = [[placed.get((r, c), (empty, False)) for c in range(width)] for r in range(len(rows))]
        grid = [row for row in grid if any(cell.text for cell, _ in row)]
        if not grid:
            continue
        headed = all(header for cell, header in grid[0] if cell.text)
        body = [[cell for cell, _ in row] for row in (grid[1:] if headed else grid)]
        grids.append(Grid([cell for cell, _ in grid[0]] if headed else None, body, start + bounds[0], start + bounds[1]))
    return grids


def _flat(html: str) -> str:
    """Lines of an HTML cell run together, so that inline parsing sees one paragraph."""
    return re.sub(r"\s*\n\s*", " ", html)


# ---------------------------------------------------------------- what a table is for

# Words that name a kind of column in any field, in English. They are about tables, not about a subject.
_ASPECT = frozenset("aspect feature category criterion criteria property capability attribute dimension characteristic factor area".split())
_WHEN = ("use case", "scenario", "when", "if you", "situation", "need", "requirement", "goal", "you want", "problem", "task", "purpose", "condition", "looking for")
_WHAT = ("solution", "choose", "use", "recommend", "pick", "best choice", "answer", "select", "option", "suggestion", "best fit", "consider")
_WHY = ("why", "reason", "rationale", "because", "explanation", "justification")


def _says(label: str, phrases: Sequence[str]) -> bool:
    text = " " + " ".join(stems(label)) + " "
    return any(" " + " ".join(stems(p)) + " " in text for p in phrases)


def decision_columns(columns: Sequence[str]) -> tuple[int, int, int | None] | None:
    """Columns that say (when, what, why) in a decision table, or None when it is none."""
    when = next((i for i, c in enumerate(columns) if _says(c, _WHEN)), None)
    if when is None:
        return None
    what = next((i for i, c in enumerate(columns) if i != when and _says(c, _WHAT) and not _says(c, _WHEN)), None)
    if what is None:
        return None
    return when, what, next((i for i, c in enumerate(columns) if i not in (when, what) and _says(c, _WHY)), None)


def entity_axis(columns: Sequence[str], rows: Sequence[str], known: dict[str, int]) -> Literal["rows", "columns"]:
    """Which axis holds the things described.

    Args:
        columns: header texts; rows: first cells of the body rows.
        known: how often each label key occurs as a label anywhere in the folder: things recur, aspects do not.
    """
    if len(columns) < 3:  # noqa: PLR2004 - two columns are a list of things with one value each
        return "rows"
    first = stems(columns[0])
    if any(word in _ASPECT_STEMS for word in first):
        return "columns"
    across = [known.get("".join(stems(c)), 0) for c in columns[1:] if c]
    down = [known.get("".join(stems(r)), 0) for r in rows if r]
    if across and down and not first:
        return "columns" if sum(across) / len(across) > sum(down) / len(down) else "rows"
    return "rows"


_ASPECT_STEMS = frozenset(s for word in _ASPECT for s in stems(word))
