"""Markdown text to blocks whose every character can be found again in the file.

`markdown-it-py` says what is a heading, a table, a list; this file adds where exactly each block's text
stands, which the parser does not keep. The trick is one invariant: the text handed to the parser has the
same lines as the file, and each of its lines is a piece of the file's line. Markup that is not content
(template tags, admonition fences, imports) is blanked out under that invariant, so lines never shift.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from corpus.models import Span

LINE_END = re.compile(r"\r\n?|\n")  # what CommonMark and editors call the end of a line, and nothing else

BlockKind = Literal["heading", "paragraph", "table", "code", "html"]


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"maxNesting": 60}).enable(["table", "strikethrough"]).use(footnote_plugin).use(deflist_plugin)


class Source:
    """A file's text with its line starts: offsets to lines and back.

    Args:
        text: the decoded file with its own line ends.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0] + [m.end() for m in LINE_END.finditer(text)]
        ends = [m.start() for m in LINE_END.finditer(text)] + [len(text)]
        self.lines = [text[a:b] for a, b in zip(self.starts, ends, strict=True)]

    def line_of(self, offset: int) -> int:
        """1-based line that holds the character at `offset`."""
        return bisect_right(self.starts, offset)

    def span(self, start: int, end: int) -> Span:
        """The span [start, end) with its lines."""
        return Span(start, end, self.line_of(start), self.line_of(max(start, end - 1)))

    def line_count(self) -> int:
        """Number of lines; a final line end does not open another one."""
        return len(self.lines) - (1 if len(self.lines) > 1 and not self.lines[-1] else 0)


@dataclass(frozen=True, slots=True)
class Mapped:
    """Text as the parser gave it, with the offset in the file of each of its lines."""

    content: str
    line_starts: tuple[int, ...]  # offsets in `content`
    source_starts: tuple[int, ...]  # the same lines' offsets in the file

    def offset(self, position: int) -> int:
        """The file offset of `content[position]`."""
        line = bisect_right(self.line_starts, position) - 1
        return self.source_starts[line] + position - self.line_starts[line]

    def bounds(self, start: int, end: int) -> tuple[int, int]:
        """File offsets of `content[start:end]`, which must not be empty."""
        return self.offset(start), self.offset(end - 1) + 1


@dataclass(slots=True)
class ListInfo:
    """One list: what introduces it, and where it hangs."""

    number: int
    ordered: bool
    depth: int
    lead: Block | None
    parent: Block | None  # first block of the item that this list stands in
    items: int = 0


@dataclass(slots=True)
class Block:
    """The smallest thing Markdown itself knows, with where it stands."""

    kind: BlockKind
    first: int  # 0-based lines, inclusive
    last: int
    text: Mapped | None = None
    level: int = 0  # of a heading
    top: bool = True  # not inside a list, quotation or footnote
    within: ListInfo | None = None
    position: int = 0  # of the item in its list
    opens_item: bool = False  # the first block of its item
    term: Block | None = None  # the glossary term this block defines
    rows: list[list[str]] = field(default_factory=list)  # a table's cell texts as parsed, header first
    row_lines: list[int] = field(default_factory=list)  # 0-based line of each of those rows


# ---------------------------------------------------------------- markup that is not content

_BLANKED = (
    re.compile(r"^\s*\{%.*?%\}\s*$"),  # Liquid, GitBook, Jekyll
    re.compile(r"^\s*\{\{[<%].*?[%>]\}\}\s*$"),  # Hugo short codes
    re.compile(r"^(import\s+[\w{*].*?\sfrom\s+['\"].*|export\s+(default|const)\s.*)$"),  # MDX
    re.compile(r"^\s*:{3,}\s*(\{.*\}|[\w-]*\s*(\[.*\])?)\s*$"),  # container fences
    re.compile(r"^\s*\[\[?toc\]?\]\s*$", re.I),
)
_ALERT = re.compile(r"^(\s*>\s*)\[!\w+\][+-]?\s*")
_ADMONITION = re.compile(r"^(\s*)(?:!!!|\?\?\?\+?)\s+[\w-]+(?:\s+[\w-]+)*\s*(?:\"(.*)\")?\s*$")
_FENCE = re.compile(r"^\s*(?:>\s*|[-*+]\s+|\d+[.)]\s+)*(`{3,}|~{3,})")
_ANCHOR = re.compile(r"\s*\{#[\w.:-]+[^}]*\}\s*$")
_FRONT_END = re.compile(r"^(---|\.\.\.|\+\+\+)\s*$")


def _front_matter_end(lines: list[str]) -> int:
    """Number of lines the front matter takes, 0 where there is none."""
    if not lines or lines[0].lstrip("\ufeff").rstrip() not in ("---", "+++"):
        return 0
    for i, line in enumerate(lines[1:400], 1):
        if _FRONT_END.match(line):
            # A rule, some text, a rule is no front matter: that has `key: value` or `key = value` lines, and no heading.
            body = [x for x in lines[1:i] if x.strip()]
            return i + 1 if body and re.match(r"^[\w.-]+\s*[:=]", body[0]) else 0
    return 0


def prepare(lines: list[str]) -> list[str]:
    """Lines for the parser: as many as given, each a piece of the one it came from."""
    ready: list[str] = []
    front = _front_matter_end(lines)
    fence = ""
    indent: int | None = None  # of the admonition we are in: its content is dedented
    for i, raw in enumerate(lines):
        line = raw[1:] if i == 0 and raw.startswith("\ufeff") else raw
        if i < front:
            ready.append("")
            continue
        if indent is not None:
            stripped = line.lstrip(" \t")
            lead = len(line.expandtabs(4)) - len(stripped.expandtabs(4)) if stripped else 0
            if stripped and lead <= indent:
                indent = None
            elif stripped:
                line = stripped if "\t" in line[: len(line) - len(stripped)] else line[min(4, lead) :]
        opened = _FENCE.match(line)
        if fence:
            if opened and opened[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
            ready.append(line)
            continue
        if opened:
            fence = opened[1]
            ready.append(line)
            continue
        admonition = _ADMONITION.match(line)
        if admonition:
            indent = len(admonition[1].expandtabs(4))
            ready.append(admonition[2] or "")
        elif any(p.match(line) for p in _BLANKED):
            ready.append("")
        elif alert := _ALERT.match(line):
            ready.append(line[alert.end() :])
        elif line.lstrip().startswith("#"):
            ready.append(_ANCHOR.sub("", line))
        else:
            ready.append(line)
    return ready


# ---------------------------------------------------------------- tokens to blocks


class _Walker:
    """Walks the parser's flat token list with the stacks that say where a block hangs."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.prepared = prepare(source.lines)
        self.blocks: list[Block] = []
        self.lists: list[ListInfo] = []
        self.items: list[tuple[int, Block | None]] = []  # (position, first block) per open item
        self.nested = 0  # open quotations and footnotes
        self.terms: list[Block | None] = []
        self.list_count = 0
        self.covered = -1  # last line swallowed by an HTML table

    def mapped(self, content: str, first: int, last: int) -> Mapped:
        """Find each line of `content` in the file's lines first..last."""
        line_starts, source_starts, at = [], [], 0
        lines = content.split("\n")
        for i, piece in enumerate(lines):
            number = min(first + i, last, len(self.source.lines) - 1)
            raw = self.source.lines[number]
            column = raw.rfind(piece) if piece else len(raw)
            if column < 0:  # the parser changed the line (a tab split, a NUL): the line's start is the best there is
                column = max(raw.rfind(piece.strip()), 0)
            line_starts.append(at)
            source_starts.append(self.source.starts[number] + column)
            at += len(piece) + 1
        return Mapped(content, tuple(line_starts), tuple(source_starts))

    def add(self, block: Block) -> None:
        block.top = not self.nested and not self.lists
        block.term = next((t for t in reversed(self.terms) if t is not None), None)
        if self.lists and self.items:
            position, opener = self.items[-1]
            block.within = self.lists[-1]
            block.position = position
            if opener is None and block.kind == "paragraph":
                block.opens_item = True
                self.items[-1] = (position, block)
        self.blocks.append(block)

    def open_list(self, token: Token, ordered: bool) -> None:
        first = token.map[0] if token.map else 0
        before = self.blocks[-1] if self.blocks else None
        lead = None
        if before is not None and before.kind == "paragraph" and first - before.last <= 2:  # noqa: PLR2004 - at most one blank line
            same_item = bool(self.items) and before.within is (self.lists[-1] if self.lists else None)
            if (self.items and same_item) or (not self.items and before.within is None):
                lead = before
        parent = self.items[-1][1] if self.items else None
        self.lists.append(ListInfo(self.list_count, ordered, len(self.lists), lead if lead is not parent else None, parent))
        self.list_count += 1

    def walk(self) -> list[Block]:
        tokens = _parser().parse("\n".join(self.prepared))
        i = 0
        while i < len(tokens):
            i = self.step(tokens, i)
        self.blocks.sort(key=lambda b: (b.first, b.last))
        return self.blocks

    def step(self, tokens: list[Token], i: int) -> int:  # noqa: C901, PLR0912 - one flat dispatch over token types
        token = tokens[i]
        kind = token.type
        if token.map and token.map[0] <= self.covered and token.nesting >= 0:
            return _skip(tokens, i)
        if kind in ("heading_open", "paragraph_open", "dt_open"):
            inline = tokens[i + 1]
            first, last = _lines(inline if inline.map else token)
            block = Block("heading" if kind == "heading_open" else "paragraph", first, last, self.mapped(inline.content, first, last))
            if kind == "heading_open":
                block.level = int(token.tag[1])
            if kind == "dt_open":
                self.terms.append(None)
                self.add(block)
                self.terms[-1] = block
                return i + 3
            self.add(block)
            return i + 3
        if kind in ("fence", "code_block"):
            first, last = _lines(token)
            self.add(Block("code", first, last))
        elif kind == "html_block":
            first, last = _lines(token)
            if "<table" in token.content.lower():
                while last + 1 < len(self.source.lines) and "</table" not in " ".join(self.source.lines[first : last + 1]).lower():
                    last += 1
                self.covered = last
            self.add(Block("html", first, last))
        elif kind == "table_open":
            return self.table(tokens, i)
        elif kind in ("bullet_list_open", "ordered_list_open"):
            self.open_list(token, kind.startswith("ordered"))
        elif kind in ("bullet_list_close", "ordered_list_close"):
            self.lists.pop()
        elif kind == "list_item_open":
            self.items.append((self.lists[-1].items, None))
            self.lists[-1].items += 1
        elif kind == "list_item_close":
            self.items.pop()
        elif kind in ("blockquote_open", "footnote_open"):
            self.nested += 1
        elif kind in ("blockquote_close", "footnote_close"):
            self.nested -= 1
        elif kind == "dl_close":
            self.terms.clear()
        return i + 1

    def table(self, tokens: list[Token], i: int) -> int:
        first, last = _lines(tokens[i])
        block = Block("table", first, last)
        while tokens[i].type != "table_close":
            if tokens[i].type == "tr_open":
                block.rows.append([])
                block.row_lines.append(_lines(tokens[i])[0])
            elif tokens[i].type == "inline":
                block.rows[-1].append(tokens[i].content)
            i += 1
        self.add(block)
        return i + 1


def _lines(token: Token) -> tuple[int, int]:
    first, after = token.map or [0, 1]
    return first, max(first, after - 1)


def _skip(tokens: list[Token], i: int) -> int:
    """The index after the token at `i` and everything it opens."""
    if tokens[i].nesting != 1:
        return i + 1
    depth = 0
    while i < len(tokens):
        depth += tokens[i].nesting
        i += 1
        if depth == 0:
            break
    return i


def parse_blocks(source: Source) -> list[Block]:
    """The blocks of a file in order of their lines. Never raises, whatever the text."""
    return _Walker(source).walk()


# ---------------------------------------------------------------- inline markup to words

_BREAK = re.compile(r"^<\s*(br|/li|/p|/div|/tr)\b", re.I)
_NOTE_OPEN = re.compile(r"^<a\b[^>]*href=[\"']?#", re.I)
_SPACES = re.compile(r"\s+")
_TAG_RUN = re.compile(r"\s*;(?:\s*;)+")
_MARKUP = re.compile(r"[*_`\[\]<>&\\~!^]")
_LINK_CODE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}")
_FOOTNOTE = re.compile(r"\[\^[^\]\s]+\]")


@lru_cache(maxsize=20000)
def plain(markup: str) -> str:
    """Inline Markdown to one line of words: markup, footnote marks and tags removed, `<br>` and `<li>` to `; `."""
    markup = _FOOTNOTE.sub("", _LINK_CODE.sub("", markup))
    if not _MARKUP.search(markup):
        return _SPACES.sub(" ", markup).strip()
    tokens = _parser().parseInline(markup)
    parts: list[str] = []
    note = False
    for token in tokens[0].children or []:
        if token.type in ("text", "code_inline"):
            if not (note and token.content.strip().isdigit()):
                parts.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type == "image":
            parts.append(token.content)
        elif token.type == "html_inline":
            if _NOTE_OPEN.match(token.content):
                note = True
            elif token.content.lower().startswith("</a"):
                note = False
            elif _BREAK.match(token.content):
                parts.append("; " if parts and parts[-1].strip() and parts[-1].rstrip()[-1] not in ";:,.!?" else " ")
    text = _SPACES.sub(" ", "".join(parts)).strip()
    return _TAG_RUN.sub(";", text).strip("; ") if ";" in text else text


def emphasised(markup: str) -> list[str]:
    """The names a text sets apart itself: bold runs, code and link texts, in order, markup removed."""
    found = re.findall(r"\*\*(.+?)\*\*|__(.+?)__|`([^`]+)`|(?<!!)\[([^\]]+)\]\(", markup)
    return [name for group in found if (name := plain(next(filter(None, group), "")).strip(" :.;,"))]


# ---------------------------------------------------------------- sentences

_ABBREVIATED = frozenset("e.g i.e etc vs cf mr mrs ms dr prof st no fig approx al inc ltd co dept resp incl est min max sec ca".split())
_SENTENCE_END = re.compile(r"[.!?]+(?:[)\]\"'*_”’`]|\[\^\w+\])*(?=\s)")  # noqa: RUF001


def sentences(content: str) -> list[tuple[int, int]]:
    """Bounds of the sentences of a paragraph (markup and all), trimmed of blanks, in order.

    A full stop ends one unless it belongs to an abbreviation, an initial or a number, or the next word goes on in lower case.
    """
    cuts = [0]
    for match in _SENTENCE_END.finditer(content):
        after = content[match.end() :].lstrip()
        before = re.search(r"([\w.]*)$", content[: match.start()])
        word = (before[1] if before else "").lower().strip(".")
        start = after.lstrip("*_`\"'([“‘")[:1]  # noqa: RUF001
        if match[0].startswith(".") and (word in _ABBREVIATED or (len(word) == 1 and word.isalpha()) or start.islower()):
            continue
        if content[: match.start()].count("`") % 2:  # inside code
            continue
        cuts.append(match.end())
    cuts.append(len(content))
    bounds = []
    for a, b in pairwise(cuts):
        piece = content[a:b]
        if piece.strip():
            bounds.append((a + len(piece) - len(piece.lstrip()), a + len(piece.rstrip())))
    return bounds
