"""An answer as a terminal shows it: its Markdown laid out by `rich` to the width of the screen.

What comes from a knowledge base is cleaned of control characters before it is laid out, and once more where an entity may have spelt one.
Colours are taken from the sixteen every terminal has, and only those that can be read on light and on dark.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from rich import box
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from assistant.models import Answer, Cell, Citation, Place
from ui.render import Style, clean, kept_words, one_line, place

MARKER = "magenta"  # the one colour of the eight with a contrast of 4.5 to black and to white
FAINT = "dim"
NARROWEST_COLUMN = 10  # of a table; with less it is shown row by row
LONGEST_WORD = 24  # characters; a longer one is an address or the like, and may be broken
MOST_SOURCES = 4  # that are listed one by one under an answer
SHOWN_ROWS = 200  # of a table in an answer; /json has them all

_MARKER = re.compile(r"\[\d{1,4}\]")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def drawn(what: RenderableType, style: Style) -> str:
    """Anything `rich` can lay out, as text with the escapes the style allows; no line ends in blanks."""
    console = Console(
        file=io.StringIO(),
        width=style.width,
        force_terminal=style.colour,
        color_system="standard" if style.colour else None,
        no_color=not style.colour,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
        _environ={},  # what the environment says is already in the style
    )
    with console.capture() as captured:
        console.print(what, crop=False)
    return "\n".join(_trimmed(line) for line in captured.get().split("\n")).strip("\n")


def _trimmed(line: str) -> str:
    """A line without blanks at its end, which a table fills its columns with, also where an escape follows them."""
    return re.sub(r"[ ]+((?:\x1b\[0m)?)$", r"\1", line)


def answer_looks(answer: Answer, style: Style, *, numbered: bool) -> str:
    """The whole answer: how it was read, the text, short sources, what is near, what may be asked next.

    Args:
        numbered: show the questions that may be asked next with the number that asks them.
    """
    parts: list[RenderableType] = []
    if answer.reading.kept:
        parts.append(_reading(answer))
    parts.append(Group(*_spaced(_blocks(_parse(answer.markdown or answer.text), style))))
    if answer.citations:
        parts.append(Group(Text("Sources", FAINT), _places(answer.citations)))
    if answer.nearest:
        parts.append(Group(Text("Nearest in the knowledge base, not an answer", FAINT), _places(answer.nearest, numbered=False)))
    if answer.suggestions:
        parts.append(_suggestions(answer, numbered=numbered))
    return drawn(Group(*_spaced(parts)), style)


def _reading(answer: Answer) -> Text:
    kept = "; ".join(map(one_line, kept_words(answer.reading.kept)))
    return Text.assemble(("Read as ", FAINT), (one_line(answer.reading.question), "italic"), (f"  (kept: {kept})", FAINT))


def _suggestions(answer: Answer, *, numbered: bool) -> RenderableType:
    title = "Which one? Type its number, or anything else" if answer.status == "clarify" else "Ask next, by number"
    return Group(Text(title if numbered else "You could ask", FAINT), _questions(answer.suggestions, numbered=numbered))


def _questions(questions: Sequence[str], *, numbered: bool) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    for number, question in enumerate(questions, 1):
        grid.add_row(Text(f" {number}" if numbered else " -", MARKER if numbered else FAINT), Text(one_line(question)))
    return grid


def greeting_looks(title: str, examples: Sequence[str], style: Style) -> str:
    """What is there to ask about, with questions that are known to answer and the numbers that ask them; an empty line after it."""
    parts: list[RenderableType] = [Text(one_line(title), "bold")]
    if examples:
        parts += [Text("Ask for example, by number", FAINT), _questions(examples, numbered=True)]
    return drawn(Group(*parts), style) + "\n"


def _places(citations: Sequence[Citation], *, numbered: bool = True) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    for marks, where in grouped(citations):
        grid.add_row(Text(f" {marks}" if numbered else " -", MARKER if numbered else FAINT), Text(where))
    return grid


def grouped(citations: Sequence[Citation]) -> list[tuple[str, str]]:
    """Markers and place of each source: those that follow each other on the same lines share an entry, of many also those of one section.

    `/sources` has each by itself.
    """
    runs = _runs(citations, lambda c: (c.document, c.section, c.lines))
    if len(runs) > MOST_SOURCES:
        runs = _runs(citations, lambda c: (c.document, c.section))
    return [(_marks(run), place(_together(run))) for run in runs]


def _runs(citations: Sequence[Citation], same: Callable[[Citation], object]) -> list[list[Citation]]:
    return [list(run) for _, run in groupby(citations, same)]


def _marks(run: Sequence[Citation]) -> str:
    first, last = run[0].marker, run[-1].marker
    return f"[{first}]" if first == last else f"[{first}-{last}]"


def _together(run: Sequence[Citation]) -> Place:
    """One place for several: from the first line to the last, with the labels they have in common."""
    lines = (min(c.lines[0] for c in run), max(c.lines[1] for c in run))
    rows, columns = ({getattr(c.cell, name, "") for c in run} for name in ("row", "column"))
    cell = Cell(row=rows.pop() if len(rows) == 1 else "", column=columns.pop() if len(columns) == 1 else "")
    return Place(document=run[0].document, section=run[0].section, lines=lines, cell=cell)


def full_sources_looks(citations: Sequence[Citation], style: Style) -> str:
    """Every citation with its quote, for a reader who wants to check."""
    parts = []
    for citation in citations:
        head = Text.assemble((f"[{citation.marker}] ", MARKER), place(citation))
        parts.append(Group(head, Padding(Text(clean(citation.quote), FAINT), (0, 0, 0, 4))))
    return drawn(Group(*_spaced(parts)), style)


def _spaced(parts: Iterable[RenderableType]) -> Iterator[RenderableType]:
    for number, part in enumerate(parts):
        if number:
            yield Text("")
        yield part


# ---------------------------------------------------------------- Markdown


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    """Markdown as answers use it: no HTML, no link definitions (`[1]: …` is text)."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    return parser.disable(["html_block", "html_inline", "autolink", "reference"])


def _parse(markdown: str) -> list[SyntaxTreeNode]:
    return SyntaxTreeNode(_parser().parse(clean(markdown))).children


def markdown_looks(markdown: str, style: Style) -> str:
    """Markdown alone, laid out to the width of the style."""
    return drawn(Group(*_spaced(_blocks(_parse(markdown), style))), style)


def _blocks(nodes: Iterable[SyntaxTreeNode], style: Style) -> Iterator[RenderableType]:
    for node in nodes:
        match node.type:
            case "paragraph":
                yield _inline(node)
            case "heading":
                yield Text(_inline(node).plain, "bold")
            case "bullet_list" | "ordered_list":
                yield _list(node, style)
            case "table":
                yield _table(node, style)
            case "fence" | "code_block":
                yield Padding(Text(clean(node.content).rstrip("\n")), (0, 0, 0, 4))
            case "blockquote":
                yield Padding(Group(*_spaced(_blocks(node.children, style))), (0, 0, 0, 2))
            case "hr":
                yield Text("─" * 8, FAINT)
            case _:  # what is not named here is shown as it was written
                yield Text(clean(node.content))


def _list(node: SyntaxTreeNode, style: Style) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    first = int(node.attrs.get("start", 1))
    for number, item in enumerate(node.children, first):
        bullet = f"{number}." if node.type == "ordered_list" else "•"
        grid.add_row(Text(bullet), Group(*_blocks(item.children, style)))
    return grid


def _table(node: SyntaxTreeNode, style: Style) -> RenderableType:
    rows = [[_inline(cell) for cell in row.children] for part in node.children for row in part.children]
    hidden = len(rows) - 1 - SHOWN_ROWS
    shown = table_looks(rows[0], rows[1 : 1 + SHOWN_ROWS], style)
    return Group(shown, Text(f"… and {hidden:,} more rows; /json has them all", FAINT)) if hidden > 0 else shown


def table_looks(head: Sequence[Text], rows: Sequence[Sequence[Text]], style: Style) -> RenderableType:
    """A table with a rule under its head, or its rows one below the other where the columns would be too narrow to read."""
    columns = [[head[i], *(row[i] for row in rows)] for i in range(len(head))]
    widths = [max(line.cell_len for cell in cells for line in cell.split("\n", allow_blank=True)) for cells in columns]
    least = [min(width, max(NARROWEST_COLUMN, _longest_word(cells))) for width, cells in zip(widths, columns, strict=True)]
    room = style.width - 2 * (len(head) - 1)
    if sum(widths) > room and room < sum(least):
        return Group(*_spaced(_record(head, row) for row in rows))
    shown = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0), pad_edge=False)  # and one blank between
    for name, width in zip(head, least, strict=True):
        shown.add_column(name, header_style="bold", min_width=width, overflow="fold")
    for row in rows:
        shown.add_row(*row)
    return shown


def _longest_word(cells: Iterable[Text]) -> int:
    return max((cell_len(word) for cell in cells for word in cell.plain.split() if len(word) <= LONGEST_WORD), default=0)


def _record(head: Sequence[Text], row: Sequence[Text]) -> RenderableType:
    """A row as lines, `column: value`; what stands in a column without a name is the title of the others."""
    pairs = [(name, value) for name, value in zip(head, row, strict=True) if value.plain.strip()]
    return Group(*(Text.assemble(name, ": ", value) if name.plain.strip() else Text("", "bold") + value for name, value in pairs))


def _inline(node: SyntaxTreeNode) -> Text:
    """What stands in a paragraph, a heading or a cell."""
    text = Text()
    for child in node.children if node.type != "inline" else (node,):
        for part in child.children:
            _add(text, part, "")
    return text


def _add(text: Text, node: SyntaxTreeNode, look: str) -> None:
    match node.type:
        case "text":
            _add_marked(text, clean(node.content), look)
        case "code_inline":
            text.append(clean(node.content), f"{look} bold".strip())
        case "softbreak":
            text.append(" ")
        case "hardbreak":
            text.append("\n")
        case "strong":
            for child in node.children:
                _add(text, child, f"{look} bold".strip())
        case "em":
            for child in node.children:
                _add(text, child, f"{look} italic".strip())
        case "image":
            text.append(clean(node.content), look)
        case _:
            for child in node.children:
                _add(text, child, look)


def _add_marked(text: Text, words: str, look: str) -> None:
    words = _BREAK.sub("\n", words)
    at = 0
    for found in _MARKER.finditer(words):
        text.append(words[at : found.start()], look)
        text.append(found[0], MARKER)
        at = found.end()
    text.append(words[at:], look)
