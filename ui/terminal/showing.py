"""A cited place in its file: the section it stands in, the cited lines marked, or its table with the very cell.

Where the quote stands now is looked up again: the file may have changed since.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.models import Citation
from ui.opening import Entry
from ui.render import Style, clean, columns_of, one_line, paint, place, table, wrap
from ui.web.source import Asked, OutlineItem, SourceView, TableView, view_source

ABOVE, BELOW = 60, 120  # lines shown of a long section, around the cited ones
CONTEXT = 5  # lines above the first marked one that the pager begins with
LONGEST_LINE = 4_000  # characters shown of one line
_MARKED = re.compile("(?:\x1b\\[[0-9;]*m)*> ")
_RULE = re.compile(r"[\s*_-]*")
MOVED = "The file has changed: the quote stands here now."
GONE = "The file has changed: the quote is no longer in it. It was at these lines."


@dataclass(frozen=True, slots=True)
class Shown:
    """The place as text, and the line of the text to begin at so that what is marked is on the screen (1-based)."""

    text: str
    start: int
    line: int  # of the file, where the quote stands now


def show_place(citation: Citation, text: str, outline: Sequence[Entry], style: Style) -> Shown:
    """Lay out a cited place.

    Args:
        text: its document, as it is now.
        outline: the headings of the document, in order.
    """
    items = [OutlineItem(level=e.level, title=e.title, line=e.line) for e in outline]
    cell = citation.cell
    asked = Asked(
        document=citation.document,
        first=citation.lines[0],
        last=citation.lines[1],
        quote=citation.quote[:4000],
        row=cell.row[:4000] if cell else "",
        column=cell.column[:4000] if cell else "",
    )
    view = view_source(asked, text, items)
    now = citation.model_copy(update={"lines": view.lines})
    out = wrap(paint(place(now), "1", style), style.width)
    if view.found in ("moved", "gone"):
        out += wrap(MOVED if view.found == "moved" else GONE, style.width)
    out.append("")
    out += _body(view, items, style)
    marks = [number for number, line in enumerate(out) if _MARKED.match(line)]
    return Shown("\n".join(out), max(1, (marks or [0])[0] + 1 - CONTEXT), view.lines[0])


def _body(view: SourceView, outline: Sequence[OutlineItem], style: Style) -> list[str]:
    """The lines of the section, those that are cited with an arrow before their number."""
    first, last = view.lines
    begins = max([i.line for i in outline if i.line <= first], default=1)
    ends = min([i.line for i in outline if i.line > last], default=view.total_lines + 1) - 1
    begins, ends = max(begins, first - ABOVE, view.first_line), min(ends, last + BELOW, view.first_line + len(view.text) - 1)
    while ends > last and _RULE.fullmatch(view.text[ends - view.first_line]):
        ends -= 1  # what parts this section from the next
    gutter = len(str(ends))
    out: list[str] = []
    grid = _table_lines(view)
    for number in range(begins, ends + 1):
        if grid is not None and view.table is not None and number in grid:
            if number == grid[0]:
                out += _table(view.table, gutter, style)
            continue
        out += _line(number, view, gutter, style, cited=first <= number <= last and grid is None)
    return out


def _table_lines(view: SourceView) -> range | None:
    """Lines of the file that the table stands on, where every one of them is a row of a pipe table."""
    if view.table is None or not view.table.rows:
        return None
    begins, ends = view.lines[0], view.lines[1]
    lines = view.text
    while begins - 1 >= view.first_line and "|" in lines[begins - 1 - view.first_line]:
        begins -= 1
    while ends + 1 <= view.first_line + len(lines) - 1 and "|" in lines[ends + 1 - view.first_line]:
        ends += 1
    return range(begins, ends + 1) if "|" in lines[view.lines[0] - view.first_line] else None


def _line(number: int, view: SourceView, gutter: int, style: Style, *, cited: bool) -> list[str]:
    line = clean(view.text[number - view.first_line]).expandtabs(4)
    if len(line) > LONGEST_LINE:
        line = line[:LONGEST_LINE] + " …"
    for mark in view.marked:
        if mark.line == number:
            line = clean(mark.before).expandtabs(4) + marked(clean(mark.quote).expandtabs(4), style) + clean(mark.after).expandtabs(4)
    head = f"{'>' if cited else ' '} {number:>{gutter}} │ "
    indent = " " * (gutter + 3) + "│ "
    pieces = wrap(line, max(style.width - columns_of(head), 20) if style.width else 0) or [""]
    heads = [head if n == 0 else indent for n in range(len(pieces))]
    return [_gutter(h if p else h.rstrip(), style, cited=cited) + p for h, p in zip(heads, pieces, strict=True)]


def _gutter(text: str, style: Style, *, cited: bool) -> str:
    return paint(text, "1" if cited else "2", style)


def marked(text: str, style: Style) -> str:
    """A stretch that is cited: in reverse where there are colours, between arrows where there are none."""
    return paint(text, "7", style) if style.colour else f"»{text}«"


def _table(view: TableView, gutter: int, style: Style) -> list[str]:
    """The table with the number of each row's line, the cited cell marked."""
    head = ["", *map(one_line, view.columns)]
    rows = [[_row_head(view, n, gutter), *(_cell(view, n, c, style) for c in range(len(view.columns)))] for n in range(len(view.rows))]
    if style.drawn:
        from rich.text import Text

        from ui.terminal.looks import drawn, table_looks

        return drawn(table_looks([Text(h) for h in head], [[Text.from_ansi(c) for c in row] for row in rows], style), style).split("\n")
    return table([head, *([_literal(c) for c in row] for row in rows)], style)


def _row_head(view: TableView, row: int, gutter: int) -> str:
    return f"{'>' if row == view.row else ' '} {view.rows[row].line:>{gutter}}"


def _cell(view: TableView, row: int, column: int, style: Style) -> str:
    value = view.rows[row].cells[column] if column < len(view.rows[row].cells) else ""
    value = one_line(value)
    return marked(value, style) if (row, column) == (view.row, view.column) else value


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("*", "\\*").replace("_", "\\_").replace("`", "\\`")
