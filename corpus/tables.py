"""Tables to grids: every cell with its text, its exact place, and what the table is for.

Pipe tables and HTML tables end in the same `Grid`. Merged cells are spread over the places they cover, all
pointing at the one place in the file: "the cell of row R and column C" finds them by either label.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
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
    """A table as rows of cells; `header` is None where the table has none.

    A row may be shorter than others, or longer than the header. A merged cell stands in every place it covers,
    the same cell each time.
    """

    header: list[GridCell] | None
    rows: list[list[GridCell]]
    start: int
    end: int
    caption: GridCell | None = None
    over: list[list[GridCell]] = field(default_factory=list)  # header rows above `header`, for headings that span columns

    @property
    def width(self) -> int:
        """Number of columns, of the widest row."""
        return max(len(row) for row in (self.header or [], *self.rows))


# ---------------------------------------------------------------- pipe tables

# A cell all of which is bold, in Markdown or in HTML.
_BOLD = re.compile(
    r"(?:<p>\s*)?(?:\*\*(?:(?!\*\*).)+\*\*|__(?:(?!__).)+__|<(strong|b)>(?:(?!</\1>).)+</\1>)(?:\s*(?:<br\s*/?>|</p>))?", re.I | re.S
)
_NUMBERED_COLUMNS = 3  # from so many columns on: of two, the second says what the number stands for
_NUMBERING = re.compile(
    r"#|n[or]\.?|num(?:ber)?|s\.?\s?no\.?|sr\.?|sl\.?|rank(?:ing)?|pos(?:ition)?\.?|place", re.I
)  # headers of numbers of rows
_NUMBERED = re.compile(r"[=T]?\d{1,4}(?:st|nd|rd|th)?[.)]?")
_PREFIX = re.compile(r"\ufeff?(?:\s*(?:>|[-*+](?=\s)|\d{1,9}[.)](?=\s)))*\s*")


def _split_row(line: str) -> list[tuple[int, int]]:
    """Bounds of a pipe row's cells in the line, trimmed; a pipe after a backslash does not split."""
    prefix = _PREFIX.match(line)
    begin = prefix.end() if prefix else 0
    finish = len(line.rstrip())
    cuts = [m.start() for m in re.finditer(r"(?<!\\)\|", line) if begin <= m.start() < finish]
    edges = [begin - 1, *cuts, finish]
    if cuts and cuts[0] == begin:
        edges = edges[1:]
    if cuts and cuts[-1] == finish - 1:
        edges = edges[:-1]
    bounds = []
    for a, b in pairwise(edges):
        piece = line[a + 1 : b]
        inner = piece.strip()
        lead = len(piece) - len(piece.lstrip()) if inner else 0
        bounds.append((a + 1 + lead, a + 1 + lead + len(inner)))
    return bounds


def pipe_grid(block: Block, source: Source) -> Grid:
    """The grid of a pipe table. Cells beyond the header's width, which renderers drop, are kept: their text is in the file."""
    rows = []
    for texts, number in zip(block.rows, block.row_lines, strict=True):
        line, base = source.lines[number], source.starts[number]
        bounds = _split_row(line)
        cells = []
        for i in range(max(len(bounds), len(texts))):
            a, b = bounds[i] if i < len(bounds) else (len(line), len(line))
            markup = line[a:b].replace("\\|", "|")
            parsed = texts[i].strip() if i < len(texts) else ""
            if parsed and parsed != markup and (found := line.find(parsed)) >= 0:
                a, b, markup = found, found + len(parsed), parsed
            cells.append(GridCell(plain(markup, source.references), line[a:b], base + a, base + b))
        rows.append(cells)
    if block.rows and not block.rows[0]:  # the first line is the delimiters
        rows[0] = []
    rows = _without_blank_columns(rows)
    end = source.starts[block.last] + len(source.lines[block.last])
    header = rows[0] if any(c.text for c in rows[0]) else None
    return _unfolded(Grid(header, [row for row in rows[1:] if row], source.starts[block.first], end))


def _unfolded(grid: Grid) -> Grid:
    """A table as it is meant: a first row in bold is its header, and one set side by side (`Score | Cost | Score | Cost`) is one."""
    _name_by_bold_row(grid)
    header = grid.header or []
    texts = [c.text for c in header]
    for wide in range(2, len(texts) // 2 + 1):
        if len(texts) % wide == 0 and all(texts[:wide]) and texts == texts[:wide] * (len(texts) // wide) and not grid.over:
            rows = [row[i : i + wide] for i in range(0, len(texts), wide) for row in grid.rows]
            grid.header, grid.rows = header[:wide], [row for row in rows if any(c.text for c in row)]
            break
    _named_first(grid)
    return grid


def _named_first(grid: Grid) -> None:
    """Put the column of names before one that only numbers the rows (`Rank | Nation | …`), so that a row is called by its name.

    Every cell keeps its place in the file.
    """
    if grid.header is None or grid.over or len(grid.header) < _NUMBERED_COLUMNS or len(grid.rows) < 2:
        return
    if any(len(row) < 2 for row in grid.rows) or not _NUMBERING.fullmatch(grid.header[0].text.strip()):
        return
    numbers, names = [row[0].text.strip() for row in grid.rows], [row[1].text.strip() for row in grid.rows]
    worded = [n for n in names if any(c.isalpha() for c in n) and not n[:1].isdigit()]
    if all(_NUMBERED.fullmatch(n) for n in numbers if n) and len(set(names)) == len(names) == len(worded):
        grid.header[:2] = reversed(grid.header[:2])
        for row in grid.rows:
            row[:2] = reversed(row[:2])


def _name_by_bold_row(grid: Grid) -> None:
    """Take the first row for the header where the table has none and that row alone is in bold throughout."""
    if grid.header is not None or len(grid.rows) < 2:
        return
    bold = [all(_BOLD.fullmatch(c.markup.strip()) for c in row if c.text) for row in grid.rows]
    if bold[0] and sum(bool(c.text) for c in grid.rows[0]) > 1 and not any(bold[1:]):
        grid.header, grid.rows = grid.rows[0], grid.rows[1:]


def _without_blank_columns(rows: list[list[GridCell]]) -> list[list[GridCell]]:
    """Rows without the columns that hold no word anywhere, and without blank cells at their ends."""
    used = {i for row in rows for i, cell in enumerate(row) if cell.text}
    kept = []
    for row in rows:
        cells = [cell for i, cell in enumerate(row) if i in used]
        while len(cells) > 1 and not cells[-1].text:
            cells.pop()
        kept.append(cells)
    return kept


# ---------------------------------------------------------------- HTML tables

# Attributes with an angle bracket in them are not understood: a bound on what one tag can hold keeps this linear.
_TAGS = re.compile(r"<!--|<(?P<close>/?)(?P<name>table|thead|tbody|tfoot|tr|td|th|caption)\b(?P<attributes>[^<>]*)>", re.IGNORECASE)
_SPAN = re.compile(r"\b(colspan|rowspan)\s*=\s*[\"']?\s*(\d{1,6})", re.IGNORECASE)
_MAX_COLSPAN, _MAX_ROWSPAN = 100, 1000
_MAX_SPREAD = 20  # places per cell of a table that merged cells may cover; a table beyond is taken as if nothing were merged


@dataclass(slots=True)
class _Open:
    header: bool
    colspan: int
    rowspan: int
    start: int
    end: int = -1


@dataclass(slots=True)
class _Html:
    """One table of an HTML fragment, by offsets into it."""

    start: int
    end: int
    rows: list[list[_Open]] = field(default_factory=list)
    caption: _Open | None = None


def _html_tables(text: str) -> list[_Html]:
    """The outermost tables of an HTML fragment; a table inside a cell is text of that cell."""
    tables: list[_Html] = []
    depth = at = 0
    head = False
    cell: _Open | None = None

    def close(end: int) -> None:
        nonlocal cell
        if cell is not None:
            cell.end = end
            cell = None

    while tag := _TAGS.search(text, at):
        at = tag.end()
        if tag["name"] is None:  # a comment
            at = text.find("-->", at)
            if at < 0:
                break
            continue
        name, closing = tag["name"].lower(), bool(tag["close"])
        if name == "table":
            depth = max(depth + (-1 if closing else 1), 0)
            if depth == 1 and not closing:
                tables.append(_Html(tag.start(), len(text)))
            elif depth == 0 and tables and tables[-1].end == len(text):
                close(tag.start())
                tables[-1].end = tag.end()
            continue
        if depth != 1:
            continue
        table = tables[-1]
        close(tag.start())
        if name in ("thead", "tbody", "tfoot"):
            head = name == "thead" and not closing
        elif closing:
            continue
        elif name == "tr":
            table.rows.append([])
        else:
            spans = {m[1].lower(): max(int(m[2]), 1) for m in _SPAN.finditer(tag["attributes"])}
            across, down = min(spans.get("colspan", 1), _MAX_COLSPAN), min(spans.get("rowspan", 1), _MAX_ROWSPAN)
            cell = _Open(head or name == "th", across, down, tag.end())
            if name == "caption":
                table.caption = cell
            elif table.rows:
                table.rows[-1].append(cell)
            else:
                table.rows.append([cell])
    close(len(text))
    return tables


def html_grids(block: Block, source: Source) -> list[Grid]:
    """The grids of all tables in an HTML block; merged cells are repeated where they reach."""
    base = source.starts[block.first]
    text = source.text[base : source.starts[block.last] + len(source.lines[block.last])]
    grids = []
    for table in _html_tables(text):

        def made(opened: _Open) -> GridCell:
            raw = text[opened.start : max(opened.end, opened.start)]
            inner = raw.strip()
            start = base + opened.start + (len(raw) - len(raw.lstrip()) if inner else 0)
            return GridCell(plain(_flat(inner), source.references), inner, start, start + len(inner))

        rows = _placed(table.rows, made)
        headed = 0
        while headed < len(rows) - 1 and all(header for cell, header in rows[headed] if cell.text):
            headed += 1
        cells = [[cell for cell, _ in row] for row in rows]
        caption = made(table.caption) if table.caption else None
        if cells:
            header = cells[headed - 1] if headed else None
            over = cells[: headed - 1] if headed else []
            bounds = base + table.start, base + table.end
            grids.append(_unfolded(Grid(header, cells[headed:], *bounds, caption if caption and caption.text else None, over)))
    return grids


def _placed(rows: list[list[_Open]], made: Callable[[_Open], GridCell], *, merge: bool = True) -> list[list[tuple[GridCell, bool]]]:
    """Cells at the places they cover, with whether each is a header; rows without words are left out."""
    most = _MAX_SPREAD * sum(len(row) for row in rows)
    merge = merge and sum(cell.colspan * cell.rowspan for row in rows for cell in row) <= most
    places: list[dict[int, tuple[GridCell, bool]]] = [{} for _ in rows]
    for r, row in enumerate(rows):
        column = 0
        for opened in row:
            cell = made(opened)
            while column in places[r]:
                column += 1
            down, across = (min(opened.rowspan, len(rows) - r), opened.colspan) if merge else (1, 1)
            for below in places[r : r + down]:
                for c in range(column, column + across):
                    below.setdefault(c, (cell, opened.header))
            column += across
    if merge and sum(max(row_places, default=0) for row_places in places) > most:
        return _placed(rows, made, merge=False)
    grid = []
    for row_places in places:
        if any(cell.text for cell, _ in row_places.values()):
            end = next(iter(row_places.values()))[0].start
            blank = (GridCell("", "", end, end), False)
            grid.append([row_places.get(c, blank) for c in range(max(row_places) + 1)])
    return grid


def _flat(text: str) -> str:
    """Lines of an HTML cell run together, so that inline parsing sees one paragraph; comments are dropped."""
    return _LINE_ENDS.sub(" ", without_comments(text))


def without_comments(text: str) -> str:
    """HTML without its comments; one that is never closed runs to the end."""
    return " ".join(text[a:b] for a, b in outside_comments(text, 0, len(text)))


def outside_comments(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Bounds of the pieces of text[start:end] that are in no HTML comment; one that is never closed runs to the end."""
    kept, at = [], start
    while (opening := text.find("<!--", at, end)) >= 0:
        kept.append((at, opening))
        closing = text.find("-->", opening, end)
        if closing < 0:
            return kept
        at = closing + 3
    kept.append((at, end))
    return kept


_LINE_ENDS = re.compile(r"[\r\n]+")


# ---------------------------------------------------------------- what a table is for

# Words that name a kind of column in any field, in English. They are about tables, not about a subject.
_ASPECT = (
    *("aspect", "feature", "category", "criterion", "criteria", "property", "capability", "attribute", "dimension", "characteristic"),
    *("factor", "area"),
)
# What a column is called that says one thing of every row: no thing itself, whatever the rows are called.
_FIELD = (
    *("description", "default", "type", "value", "status", "example", "note", "comment", "remark", "meaning", "definition", "explanation"),
    *(
        "required",
        "optional",
        "mandatory",
        "unit",
        "link",
        "url",
        "detail",
        "version",
        "date",
        "name",
        "range",
        "score",
        "metric",
        "purpose",
    ),
)
_WHEN = (
    *(
        "use case",
        "scenario",
        "when",
        "if you",
        "situation",
        "need",
        "requirement",
        "goal",
        "you want",
        "i want",
        "we want",
        "outcome",
        "problem",
        "task",
        "purpose",
    ),
    *("condition", "looking for"),
)
_WHAT = (
    *("solution", "choose", "use", "recommend", "pick", "best choice", "answer", "select", "option", "suggestion", "best fit"),
    "consider",
)
_WHY = ("why", "reason", "rationale", "because", "explanation", "justification")


def _says(label: str, phrases: Sequence[str]) -> bool:
    text = _padded(label)
    return any(_padded(p) in text for p in phrases)


@lru_cache(maxsize=1000)
def _padded(text: str) -> str:
    return f" {' '.join(stems(text))} "


def decision_columns(columns: Sequence[str], rows: Sequence[Sequence[str]] = ()) -> tuple[int, int, int | None] | None:
    """Columns that say (when, what, why) in a decision table, or None when it is none.

    Args:
        rows: the texts of the cells; of several columns that say when, the one whose cells differ most tells the rows apart.
    """
    whens = [i for i, c in enumerate(columns) if _says(c, _WHEN)]
    if not whens:
        return _told_to_use(columns)
    when = max(whens, key=lambda i: (len({row[i] for row in rows if i < len(row)}), -i))
    what = next((i for i, c in enumerate(columns) if i != when and _says(c, _WHAT) and not _says(c, _WHEN)), None)
    why = next((i for i, c in enumerate(columns) if i not in (when, what) and _says(c, _WHY)), None)
    if what is None and why is not None and len(columns) == 3:  # the column left has the things to choose from
        what = next(i for i in range(3) if i not in (when, why))
    return (when, what, why) if what is not None else None


def _told_to_use(columns: Sequence[str]) -> tuple[int, int, int | None] | None:
    """The same where the first column says when in words of its own (*Your workload*), and a header is nothing but *Use* or the like."""
    what = next((i for i, c in enumerate(columns) if i and any(_padded(c) == _padded(p) for p in _WHAT)), None)
    why = next((i for i, c in enumerate(columns) if i and _says(c, _WHY)), None)
    yours = bool(columns) and columns[0].lower().startswith(("your ", "you "))
    return (0, what, why) if what is not None and (why is not None or yours) else None


def is_field(label: str) -> bool:
    """Whether a label says what sort of thing is said of something (*Description*, *Default value*), and names no thing itself."""
    said = stems(label)
    return bool(said) and said[-1] in _FIELD_STEMS


def is_open(columns: Sequence[str]) -> bool:
    """Whether the table alone does not decide which axis holds the things described: the labels of the whole folder do."""
    return len(columns) >= _DECIDED and not stems(columns[0])


def entity_axis(columns: Sequence[str], rows: Sequence[str], known: Mapping[str, int]) -> Literal["rows", "columns"]:
    """Which axis holds the things described.

    Args:
        columns: header texts; rows: first cells of the body rows.
        known: how often each label key occurs as a label anywhere in the folder: things recur, aspects do not.
    """
    if len(columns) < _DECIDED:  # two columns are a list of things with one value each
        return "rows"
    first = stems(columns[0])
    if any(is_field(c) for c in columns[1:]):
        return "rows"
    if any(word in _ASPECT_STEMS for word in first):
        return "columns"
    across = [known.get("".join(stems(c)), 0) for c in columns[1:] if c]
    down = [known.get("".join(stems(r)), 0) for r in rows if r]
    if across and down and not first:
        return "columns" if sum(across) / len(across) > sum(down) / len(down) else "rows"
    return "rows"


_DECIDED = 3  # columns from which there is a choice
_FIELD_STEMS = frozenset(s for word in _FIELD for s in stems(word))
_ASPECT_STEMS = frozenset(s for word in _ASPECT for s in stems(word))
