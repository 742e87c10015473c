"""An answer as text for a terminal: its Markdown laid out in columns, its sources, what was kept, what may be asked next.

Pure: text and a `Style` in, text out. Whatever comes from a knowledge base is cleaned of control and direction characters here, so
no file can move the cursor, change colours or reorder what is shown.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.models import Answer, Citation, Place

# Kinds of question, as `reading` names them.
KINDS = frozenset(
    "attribute belongs compare count decision definition equivalent example howto keyword list order overlap steps which why yesno".split()  # noqa: SIM905
)
NARROWEST, WIDEST = 40, 200  # columns; beyond these lines are hard to read
NARROWEST_COLUMN = 8  # of a table; narrower ones break nearly every word

_UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_ANSI = re.compile("\x1b\\[[0-9;]*m")
_TABLE_RULE = re.compile(r"\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?")
_ITEM = re.compile(r"(?P<indent>\s*)(?P<bullet>[-*+]|\d{1,9}[.)])\s+(?P<text>.*)")
_FENCE = re.compile(r"\s*(?P<mark>`{3,}|~{3,})")
# Marks are looked for no further than 2,000 characters away, so that no text takes more than linear time.
_INLINE = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|(?P<ticks>`+)(?P<code>.{1,2000}?)(?<!`)(?P=ticks)(?!`)"
    r"|\*\*(?=\S)(?P<strong>.{1,2000}?)(?<=\S)\*\*"
    r"|(?<![\w*])\*(?=[^\s*])(?P<star>[^*]+?)(?<=\S)\*(?![\w*])"
    r"|(?<!\w)_(?=[^\s_])(?P<under>[^_]+?)(?<=\S)_(?!\w)"
    r"|!?\[(?P<label>[^\[\]]*)\]\((?P<target>[^()\s]*)\)"
    r"|(?P<entity>&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});)"
    r"|(?P<marker>\[\d+\])"
)


@dataclass(frozen=True, slots=True)
class Style:
    """How text is laid out: columns to wrap at (0: lines are left as long as they are), whether ANSI colours are used, and whether
    answers are drawn as for a screen (`terminal.looks`) or written as plain text (here)."""

    width: int = 0
    colour: bool = False
    drawn: bool = False


PLAIN = Style()


def style_for(*, tty: bool, columns: int, environ: Mapping[str, str], colour: bool = True) -> Style:
    """The style for a stream: drawn and wrapped on a terminal only, with NO_COLOR, FORCE_COLOR and TERM=dumb honoured.

    FORCE_COLOR makes a terminal of a pipe: it is meant for one that is shown on a screen in the end.

    Args:
        colour: False: no colours, whatever the environment says.
    """
    forced = bool(environ.get("FORCE_COLOR")) and not environ.get("NO_COLOR") and colour
    screen = (tty and environ.get("TERM", "") != "dumb") or forced
    shown = forced or (screen and colour and not environ.get("NO_COLOR"))
    return Style(width=max(NARROWEST, min(WIDEST, columns)) if tty or forced else 0, colour=shown, drawn=screen)


def clean(text: str) -> str:
    """Text without control, direction and surrogate characters; line ends and tabs stay."""
    return _UNSHOWN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """Cleaned text with every run of white space as one blank."""
    return " ".join(clean(text).split())


def columns_of(text: str) -> int:
    """Terminal columns a line takes: two for wide characters, none for combining ones and ANSI codes."""
    text = _ANSI.sub("", text)
    if text.isascii():
        return len(text)
    return sum(_columns_of_character(character) for character in text)


def _columns_of_character(character: str) -> int:
    if unicodedata.combining(character) or character in "\u200b\u200d\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def answer_text(answer: Answer, style: Style = PLAIN) -> str:
    """The whole answer for a reader: what was kept or mended, the answer with its markers, sources, nearest places, suggestions."""
    body = markdown_text(answer.markdown or answer.text, style)
    parts = [interpretation(answer, style), body, sources(answer.citations, style)]
    if answer.nearest:
        parts.append(
            heading("Nearest in the knowledge base, not an answer:", style) + "\n" + _places(answer.nearest, style, numbered=False)
        )
    if answer.suggestions:
        lines = [hang("  - ", one_line(s), style) for s in answer.suggestions]
        parts.append("\n".join([heading("You could ask:", style), *lines]))
    return "\n\n".join(part for part in parts if part)


def kept_words(kept: Sequence[str]) -> tuple[str, ...]:
    """What a follow-up took from before, in words: names as they are; a kind of question is nothing that anybody said."""
    return tuple("what was asked" if word in KINDS else word for word in kept)


def interpretation(answer: Answer, style: Style = PLAIN) -> str:
    """How a follow-up was read; empty for a question of its own. Words that were read as others are told by the answer itself."""
    if not answer.reading.kept:
        return ""
    text = f"Read as: {one_line(answer.reading.question)} (kept from before: {'; '.join(map(one_line, kept_words(answer.reading.kept)))})"
    return "\n".join(paint(line, "2", style) for line in wrap(text, style.width))


def sources(citations: Sequence[Citation], style: Style = PLAIN) -> str:
    """The short list of sources, `[1] file:line  Section › Sub — row × column`; empty without citations."""
    if not citations:
        return ""
    return heading("Sources:", style) + "\n" + _places(citations, style, numbered=True)


def place(citation: Citation | Place) -> str:
    """Where a citation stands, as editors open it: `file:line`, and its headings and labels."""
    first, last = citation.lines
    where = f"{one_line(citation.document)}:{first}" + (f"-{last}" if last != first else "")
    path = " › ".join(one_line(title) for title in citation.section)
    labels = ""
    if citation.cell is not None:
        labels = " × ".join(one_line(label) for label in (citation.cell.row, citation.cell.column) if label.strip())
    return "  ".join(part for part in (where, " — ".join(p for p in (path, labels) if p)) if part)


def full_sources(citations: Sequence[Citation], style: Style = PLAIN) -> str:
    """Every citation with its quote, for a reader who wants to check."""
    parts = []
    for citation in citations:
        head = hang(f"[{citation.marker}] ", place(citation), style)
        quote = [line for text in clean(citation.quote).split("\n") for line in wrap(text, style.width - 4 if style.width else 0)]
        parts.append("\n".join([head, *(paint("    " + line, "2", style).rstrip() for line in quote)]))
    return "\n\n".join(parts)


def markdown_text(markdown: str, style: Style = PLAIN) -> str:
    """Lay out the Markdown of an answer: paragraphs, lists, tables, quotations and code, wrapped to the style's width."""
    lines = clean(markdown).expandtabs(4).split("\n")
    out: list[str] = []
    paragraph: list[str] = []

    def flush() -> None:
        if paragraph:
            out.extend(wrap(inline(" ".join(paragraph), style), style.width))
            paragraph.clear()

    at = 0
    while at < len(lines):
        line = lines[at]
        if fence := _FENCE.match(line):
            flush()
            at += 1
            while at < len(lines) and not lines[at].strip().startswith(fence["mark"]):
                out.append(("    " + lines[at]).rstrip())
                at += 1
        elif "|" in line and at + 1 < len(lines) and "-" in lines[at + 1] and _TABLE_RULE.fullmatch(lines[at + 1].strip()):
            flush()
            rows = [cells(line)]
            at += 2
            while at < len(lines) and "|" in lines[at] and lines[at].strip():
                rows.append(cells(lines[at]))
                at += 1
            out.extend(table(rows, style))
            continue
        elif item := _ITEM.fullmatch(line):
            flush()
            bullet = item["bullet"] if item["bullet"][0].isdigit() else "-"
            text = [item["text"]]
            while at + 1 < len(lines) and lines[at + 1].startswith(" ") and lines[at + 1].strip() and not _ITEM.fullmatch(lines[at + 1]):
                at += 1
                text.append(lines[at].strip())
            out.append(hang(item["indent"] + bullet + " ", inline(" ".join(text), style), style))
        elif not line.strip():
            flush()
            if out and out[-1]:
                out.append("")
        elif line.startswith(">"):
            flush()
            out.extend("  " + text for text in wrap(inline(line.lstrip("> "), style), style.width - 2 if style.width else 0))
        elif line.startswith("#"):
            flush()
            out.append(paint(inline(line.lstrip("# "), style), "1", style))
        else:
            paragraph.append(line.strip())
            if line.endswith(("  ", "\\")):  # a hard line break
                paragraph[-1] = paragraph[-1].rstrip("\\")
                flush()
        at += 1
    flush()
    return "\n".join(out).strip("\n")


def inline(text: str, style: Style = PLAIN) -> str:
    """Inline Markdown as a reader wants it: no asterisks, backslashes or entities; bold, code and markers coloured where allowed."""

    def replace(found: re.Match[str]) -> str:
        kind = found.lastgroup
        if found["escaped"] is not None:
            return found["escaped"]
        if found["code"] is not None:
            return paint(found["code"].strip() or found["code"], "36", style) if style.colour else f"`{found['code']}`"
        if found["strong"] is not None:
            return paint(_INLINE.sub(replace, found["strong"]), "1", style)
        if found["entity"] is not None:
            return clean(html.unescape(found["entity"]))  # an entity may spell a control character
        if found["marker"] is not None:
            return paint(found["marker"], "2", style)
        if found["label"] is not None:
            return found["label"] or found["target"]
        return _INLINE.sub(replace, found[kind]) if kind else found[0]

    return _INLINE.sub(replace, text)


def cells(line: str) -> list[str]:
    """The cells of one line of a pipe table; an escaped pipe is a character of its cell."""
    parts = re.split(r"(?<!\\)\|", line.strip())
    if parts and not parts[0].strip():
        parts = parts[1:]
    if len(parts) > 1 and not parts[-1].strip():
        parts = parts[:-1]
    return [part.strip() for part in parts]


def table(rows: Sequence[Sequence[str]], style: Style = PLAIN) -> list[str]:
    """Lay out a table in aligned columns, head first; cells wrap, and a table too wide for columns becomes a list of rows."""
    count = len(rows[0])
    shown = [[_cell(row[i], style) if i < len(row) else [""] for i in range(count)] for row in rows]
    widths = [max(columns_of(line) for row in shown for line in row[i]) for i in range(count)]
    room = style.width - 2 * (count - 1) if style.width else sum(widths)
    if sum(widths) > room:
        if room < sum(min(width, NARROWEST_COLUMN) for width in widths):
            return _records(rows, style)
        while sum(widths) > room:
            widest = max(range(count), key=lambda i: widths[i])
            widths[widest] -= 1
    out: list[str] = []
    for number, row in enumerate(shown):
        wrapped = [[piece for line in row[i] for piece in wrap(line, widths[i])] or [""] for i in range(count)]
        for at in range(max(len(w) for w in wrapped)):
            pieces = [w[at] if at < len(w) else "" for w in wrapped]
            line = "  ".join(piece + " " * (width - columns_of(piece)) for piece, width in zip(pieces, widths, strict=True)).rstrip()
            out.append(paint(line, "1", style) if number == 0 else line)
        if number == 0:
            out.append("  ".join("-" * width for width in widths))
    return out


def _cell(text: str, style: Style) -> list[str]:
    return [inline(part.strip(), style) for part in re.split(r"<br\s*/?>", text, flags=re.IGNORECASE)]


def _records(rows: Sequence[Sequence[str]], style: Style) -> list[str]:
    """Rows one below the other, a line for each cell that says something."""
    out: list[str] = []
    for row in rows[1:]:
        for name, value in zip(rows[0], row, strict=False):
            label = inline(name, style)
            if value.strip():
                out.extend(hang(f"{label}: " if label else "", ", ".join(_cell(value, style)), style).split("\n"))
        out.append("")
    return out[:-1]


def wrap(text: str, width: int) -> list[str]:
    """Break a line at blanks so that none is wider than `width` columns (0: not at all); a longer word is broken where it must."""
    if width <= 0 or columns_of(text) <= width:
        return [text]
    lines: list[str] = []
    line = ""
    for word in re.split(r"[^\S\n]", text.strip()):  # a double blank inside a line stays one
        candidate = f"{line} {word}" if line else word
        if columns_of(candidate) <= width:
            line = candidate
            continue
        if line.rstrip():
            lines.append(line.rstrip())
        *full, line = _pieces(word, width)
        lines.extend(full)
    return [*lines, line] if line else lines


def _pieces(word: str, width: int) -> list[str]:
    if columns_of(word) <= width:
        return [word]
    pieces, piece, used = [], "", 0
    for part in re.findall("\x1b\\[[0-9;]*m|.", word, re.DOTALL):
        size = columns_of(part)
        if used + size > width and piece:
            pieces.append(piece)
            piece, used = "", 0
        piece += part
        used += size
    return [*pieces, piece]


def hang(head: str, text: str, style: Style) -> str:
    """Text after a head, its further lines indented to stand under its first."""
    indent = columns_of(head)
    lines = wrap(text, max(style.width - indent, NARROWEST_COLUMN) if style.width else 0)
    return "\n".join((head if n == 0 else " " * indent) + line for n, line in enumerate(lines or [""]))


def _places(citations: Sequence[Citation], style: Style, *, numbered: bool) -> str:
    heads = [f"[{citation.marker}]" if numbered else "-" for citation in citations]
    margin = max(map(len, heads))
    lines = (hang(f"  {head.ljust(margin)} ", place(citation), style) for head, citation in zip(heads, citations, strict=True))
    return "\n".join(lines)


def number_of(number: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 file`, `2 files`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def heading(text: str, style: Style) -> str:
    return "\n".join(paint(line, "2", style) for line in wrap(text, style.width))


def paint(text: str, code: str, style: Style) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if style.colour and text else text
