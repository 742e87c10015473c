"""Markdown text to blocks whose every character can be found again in the file.

`markdown-it-py` says what is a heading, a table, a list; this file adds where exactly each block's text
stands, which the parser does not keep. The trick is one invariant: the text handed to the parser has the
same lines as the file, and each of its lines is a piece of the file's line. Markup that is not content
(template tags, admonition fences, imports) is blanked out under that invariant, so lines never shift.

Everything here takes time in proportion to the text, whatever the text: a pattern that could look ahead from
every position is bounded, and what was found once is not looked for again.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from corpus.models import Span

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

LINE_END = re.compile(r"\r\n?|\n")  # what CommonMark and editors call the end of a line, and nothing else

BlockKind = Literal["heading", "paragraph", "table", "code", "html"]


@lru_cache(maxsize=1)
def _block_parser() -> MarkdownIt:
    """Blocks only: inline markup is read later, piece by piece, and footnotes stay where they are written."""
    from markdown_it import MarkdownIt  # here, for a question needs no parser
    from mdit_py_plugins.deflist import deflist_plugin
    from mdit_py_plugins.footnote import footnote_plugin

    parser = MarkdownIt("commonmark", {"maxNesting": 60}).enable("table").use(footnote_plugin).use(deflist_plugin)
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


@lru_cache(maxsize=1)
def _inline_parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"maxNesting": 60}).enable("strikethrough")


class Source:
    """A file's text with its line starts: offsets to lines and back.

    Args:
        text: the decoded file with its own line ends.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        ends = [m.span() for m in LINE_END.finditer(text)]
        self.starts = [0, *(after for _, after in ends)]
        self.lines = [text[a:b] for a, b in zip(self.starts, [*(end for end, _ in ends), len(text)], strict=True)]
        self.references: Mapping[str, Any] = {}  # link definitions, filled by `parse_blocks`

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
    is_term: bool = False
    title: Block | None = None  # of the box, the folded part or the bold line it stands under; that may stand under one itself
    code: str = ""  # of a code block: its lines without fences and container marks
    rows: list[list[str]] = field(default_factory=list)  # a table's cell texts as parsed, header first
    row_lines: list[int] = field(default_factory=list)  # 0-based line of each of those rows


# ---------------------------------------------------------------- markup that is not content

_TAG_LINE = re.compile(
    r"(?:\{%(?:(?!%\}).)*%\}\s*)+$"  # Liquid, GitBook, Jekyll
    r"|(?:\{\{[<%](?:(?![%>]\}\}).)*[%>]\}\}\s*)+$"  # Hugo short codes
    r"|\{:[^{}]*\}$"  # kramdown attributes
    r"|\{/\*.*\*/\}$"  # MDX comments
    r"|\[\[?_?toc_?\]?\]$",
    re.IGNORECASE,
)
_NAMED_TAG = re.compile(r"\{(?:%|\{[<%])-?\s*(?P<close>/|end_?)?\s*(?P<name>[\w-]+)(?P<rest>[^{}]*)")
_TAG_TITLE = re.compile(r"\b(?:title|label|summary|header)\s*=\s*([\"'])(?P<title>[^\"']+)\1")
# Narrow on purpose: a line of prose may well begin with "import" or "export".
_MODULE_LINE = re.compile(
    r"import\s+(?:[\w$]+|\{[^{}]*\}|\*\s+as\s+\w+)(?:\s*,\s*\{[^{}]*\})?\s+from\s+(['\"])[^'\"]+\1\s*;?$"
    r"|import\s+(['\"])[^'\"]+\2\s*;?$"
    r"|export\s+const\s+\w+\s*=|export\s+default\s+(?:function\b|class\b|[({])"
)
_CONTAINER = re.compile(r":{3,}\s*(?:\{(?P<name>[\w:-]*)[^{}]*\}|[\w-]+(?=\s|\[|\{|$))?(?:\{[^{}]*\})?\s*(?P<title>.*)$")
_ALERT = re.compile(r"\s*>\s*\[!\w+\][+-]?\s*")
_ADMONITION = re.compile(r"\s*(?:!!!|\?\?\?\+?)\s+[\w-]+(?:\s+[\w-]+){0,8}\s*(?:\"(?P<title>.*)\")?\s*$")
_TAB = re.compile(r"\s*===[!+]*\s+\"(?P<title>[^\"]+)\"\s*$")  # a content tab (`=== "Linux"`)
_FENCE = re.compile(r"(?P<prefix>\s*(?:>\s*|[-*+]\s+|\d{1,9}[.)]\s+)*)(?P<fence>`{3,}|~{3,})(?P<info>.*)$")
_DIRECTIVE = re.compile(r"\s*\{(?P<name>[\w:-]+)\}\s*(?P<title>.*)$")
_OPTION = re.compile(r"\s*:[\w-]+:(?:\s|$)")
_ATTRIBUTES = re.compile(r"\s\{:?\s*[#.][^{}]*\}$")
_STYLED = re.compile(r"(?<=[:)\]*_`]) ?\{:?\s*[.#][\w-][^{}\n]*\}")  # how what stands before it looks (`:x:{ .red }`)
_LIST_MARK = re.compile(r"[-*+\d]")
# Fenced directives of MyST whose inside is prose; in every other fence it is code.
_PROSE_DIRECTIVES = frozenset(
    {
        *("admonition", "attention", "caution", "danger", "error", "hint", "important", "note", "seealso", "tip", "warning"),
        *("card", "deprecated", "details", "dropdown", "grid", "grid-item-card", "margin", "sidebar", "tab-item", "tab-set", "topic"),
        *("versionadded", "versionchanged"),
    }
)
_FRONT_KEY = re.compile(r"[\w.\"'-]+\s*[:=]")
_FRONT_LINES = 400  # a rule further down than this closes nothing


def _front_matter_end(lines: list[str]) -> int:
    """Number of lines the front matter takes, 0 where there is none."""
    mark = lines[0].rstrip() if lines else ""
    if mark not in ("---", "+++"):
        return 0
    for i, line in enumerate(lines[1:_FRONT_LINES], 1):
        if line.rstrip() == mark or (mark == "---" and line.rstrip() == "..."):
            # A rule, some text, a rule is no front matter: that begins with a `key: value` or `key = value` line.
            body = next((x for x in lines[1:i] if x.strip() and not x.startswith("#")), "")
            return i + 1 if _FRONT_KEY.match(body) or (mark == "+++" and body.startswith("[")) else 0
    return 0


_FRONT_TITLE = re.compile(r"title\s*[:=]\s*(?P<title>\S.*?)\s*$", re.IGNORECASE)


def front_title(lines: list[str]) -> str:
    """The title that the front matter of a file gives, or nothing. A value over several lines is none."""
    for line in lines[1 : _front_matter_end([lines[0].lstrip("\ufeff"), *lines[1:_FRONT_LINES]])]:
        found = _FRONT_TITLE.match(line)
        if found:
            title = found["title"]
            quoted = len(title) > 1 and title[0] == title[-1] and title[0] in "\"'"
            return plain(title[1:-1] if quoted else title) if title[0] not in "|>&*!{[" else ""
    return ""


def _columns(line: str) -> int:
    """Width of the blanks a line begins with, a tab reaching to the next multiple of four."""
    width = 0
    for character in line:
        if character == " ":
            width += 1
        elif character == "\t":
            width += 4 - width % 4
        else:
            break
    return width


def _dedent(line: str, columns: int) -> int:
    """How many leading characters make up at most `columns` columns of blanks; a tab that reaches over goes too."""
    width = 0
    for at, character in enumerate(line):
        if width >= columns or character not in " \t":
            return at
        width += 1 if character == " " else 4 - width % 4
    return len(line)


def _title(container: re.Match[str]) -> tuple[int, int]:
    """Bounds of the title of a `:::` line; settings, `name="value"`, are none."""
    begin, end = container.span("title")
    title = container["title"].rstrip()
    if '="' in title or title.strip(": ") == "":
        return 0, 0
    return (begin + 1, begin + len(title) - 1) if title[0] == "[" and title[-1] == "]" else (begin, end)


_DEEPEST_BOX = 20  # open boxes that what closes one is compared with
_FENCE_TITLE = re.compile(r"\btitle=([\"'])(?P<title>[^\"']+)\1")


def fence_title(line: str) -> tuple[int, int] | None:
    """Bounds of the title that the opening line of a code block shows: `title="app.py"`, or that of a box which is read as code."""
    found = _FENCE.match(line)
    if found is None:
        return None
    directive = _DIRECTIVE.match(line, found.start("info"))
    if directive and directive["name"] in _PROSE_DIRECTIVES and directive["title"].strip():
        return directive.start("title"), directive.start("title") + len(directive["title"].rstrip())
    titled = _FENCE_TITLE.search(found["info"])
    if titled is None:
        return None
    return found.start("info") + titled.start("title"), found.start("info") + titled.end("title")


@dataclass(slots=True)
class _Box:
    """An admonition, a tab or another container, from the line that opens it."""

    kind: Literal["indented", "colons", "quoted", "fenced", "tag"]
    first: int  # 0-based lines
    mark: str = ""  # what closes it: the colons, the fence, the name of the tag
    indent: int = 0
    last: int = -1


@dataclass(frozen=True, slots=True)
class _Fence:
    mark: str
    quoted: bool
    indent: int  # columns its lines are indented at least, where it opens on the line of a list mark


class _Preparing:
    """Goes through the lines of a file once, knowing which fences and admonitions are open."""

    def __init__(self, lines: list[str]) -> None:
        self.mark = 1 if lines and lines[0].startswith("\ufeff") else 0  # a byte order mark is no content
        self.lines = [lines[0][1:], *lines[1:]] if self.mark else lines
        self.front = _front_matter_end(self.lines)
        self.fence: _Fence | None = None
        self.directives: list[str] = []  # marks of the open fences whose inside is prose
        self.options = False  # just after such a fence: `:name: value` lines are its settings
        self.admonitions: list[int] = []  # columns of the open `!!!` marks
        self.titles: dict[int, tuple[int, str]] = {}  # line -> column and text of the title of such a box
        self.boxes: list[_Box] = []
        self.open: list[_Box] = []  # innermost last

    def line(self, number: int) -> tuple[int, str]:
        raw = self.lines[number]
        column = 0 if number else self.mark
        if number < self.front:
            return column, ""
        if not raw.strip():
            return column, raw
        cut = 0
        if self.admonitions:
            indent = _columns(raw)
            while self.admonitions and indent <= self.admonitions[-1]:
                self.admonitions.pop()
                self.closed("indented", number)
            cut = _dedent(raw, 4 * len(self.admonitions))
        line, column = raw[cut:], column + cut
        if self.fence is not None and self.in_fence(line, self.fence):
            return column, line
        kept = self.outside(number, line)
        if number in self.titles:
            begin, title = self.titles[number]
            self.titles[number] = column + begin, title
        return (column, line) if kept is None else (column + kept[0], line[kept[0] : kept[1]])

    def opened(self, number: int, kind: Literal["indented", "colons", "quoted", "fenced", "tag"], mark: str = "") -> None:
        """Notes where a box begins; it reaches to the end of the file until it is closed."""
        box = _Box(kind, number, mark, last=len(self.lines) - 1)
        self.boxes.append(box)
        self.open.append(box)

    def closed(self, kind: str, number: int, mark: str | None = None) -> None:
        """Ends the innermost box of a kind, and whatever is still open inside it, above the line."""
        deepest = max(len(self.open) - _DEEPEST_BOX, 0)
        at = next(
            (i for i in range(len(self.open) - 1, deepest - 1, -1) if self.open[i].kind == kind and mark in (None, self.open[i].mark)), None
        )
        if at is not None:
            for box in self.open[at:]:
                box.last = number - 1
            del self.open[at:]

    def titled(self, number: int, found: re.Match[str], bounds: tuple[int, int]) -> tuple[int, int]:
        """Notes the title of a box, which is a paragraph of its own: the line is blank to the parser."""
        begin, end = bounds
        title = found.string[begin:end]
        if title.strip():
            begin += len(title) - len(title.lstrip())
            self.titles[number] = begin, title.strip()
        return 0, 0

    def in_fence(self, line: str, fence: _Fence) -> bool:
        """Whether the line belongs to the open fence; closes it where it ends."""
        text = line.strip()
        if fence.quoted:
            if not text.startswith(">"):
                self.fence = None
                return False
            text = text.lstrip("> \t")
        elif fence.indent and _columns(line) < fence.indent:
            self.fence = None
            return False
        if text.startswith(fence.mark) and not text.strip(fence.mark[0]):
            self.fence = None
        return True

    def outside(self, number: int, line: str) -> tuple[int, int] | None:
        """What of a line outside code is content: bounds in the line, or None for all of it."""
        if ("```" in line or "~~~" in line) and (found := _FENCE.match(line)):
            return self.opens(number, line, found)
        if self.options and _OPTION.match(line):
            return 0, 0
        self.options = False
        text = line.strip()
        mark = text[0]
        if self.open and self.open[-1].kind == "quoted" and mark != ">":
            self.closed("quoted", number)
        if mark in "{[" and _TAG_LINE.match(text):
            return self.tag(number, line)
        if mark in "ie" and _MODULE_LINE.match(text):
            return 0, 0
        if mark == ":" and text.startswith(":::") and (found := _CONTAINER.match(line, len(line) - len(line.lstrip()))):
            self.options = found["name"] is not None
            colons = text[: len(text) - len(text.lstrip(":"))]
            if text == colons:
                self.closed("colons", number)
            elif not text.endswith(":::"):
                self.opened(number, "colons", colons)
            return self.titled(number, found, _title(found))
        box = _ADMONITION if mark in "!?" else _TAB if mark == "=" else None
        if box is not None and (found := box.match(line)):
            indent = _columns(self.lines[number])
            if (found["title"] is not None and box is _ADMONITION) or self.indented_below(number, indent):
                self.admonitions.append(indent)
                self.opened(number, "indented")
                return self.titled(number, found, found.span("title"))
        if mark == ">" and (found := _ALERT.match(line)):
            self.closed("quoted", number)
            self.opened(number, "quoted")
            return self.titled(number, found, (found.end(), len(line)))
        if mark == "#" and text.endswith("}") and (found := _ATTRIBUTES.search(text, max(0, text.rfind("{") - 1))):
            start = line.index(text)
            return 0, start + found.start()
        return None

    def tag(self, number: int, line: str) -> tuple[int, int]:
        """A line of template tags: none of it is content but the title a tag may carry (`{% tab title="Linux" %}`)."""
        found = _NAMED_TAG.search(line)
        if found is None:
            return 0, 0
        if found["close"]:
            self.closed("tag", number, found["name"])
            return 0, 0
        title = _TAG_TITLE.search(line, found.start("rest"), found.end("rest"))
        if title is None:
            return 0, 0
        self.opened(number, "tag", found["name"])
        return self.titled(number, title, title.span("title"))

    def opens(self, number: int, line: str, found: re.Match[str]) -> tuple[int, int] | None:
        """A line that begins with a fence."""
        mark, info = found["fence"], found["info"]
        if self.directives and not info.strip() and mark.startswith(self.directives[-1]):
            self.directives.pop()
            self.closed("fenced", number)
            return 0, 0
        if mark[0] == "`" and "`" in info:
            return None  # code on one line
        directive = _DIRECTIVE.match(line, found.start("info"))
        if directive and directive["name"] in _PROSE_DIRECTIVES and not found["prefix"].strip():
            self.directives.append(mark)
            self.opened(number, "fenced", mark)
            self.options = True
            return self.titled(number, directive, directive.span("title"))
        prefix = found["prefix"]
        marked = _LIST_MARK.search(prefix) is not None
        self.fence = _Fence(mark, ">" in prefix, len(prefix.expandtabs(4)) if marked else 0)
        return None

    def indented_below(self, number: int, indent: int) -> bool:
        """Whether the next line that is not blank stands further in."""
        for line in self.lines[number + 1 : number + 4]:
            if line.strip():
                return _columns(line) > indent
        return False


def prepare(lines: list[str]) -> tuple[list[tuple[int, str]], dict[int, tuple[int, str]], dict[int, int]]:
    """Lines for the parser: for each line given, the column and the text of the piece of it that is content.

    The titles of admonitions and tabs come apart, by line, again with their columns; and the last line each of them reaches to.
    """
    preparing = _Preparing(lines)
    ready = [preparing.line(i) for i in range(len(lines))]
    return ready, preparing.titles, {box.first: box.last for box in preparing.boxes if box.first in preparing.titles}


# ---------------------------------------------------------------- tokens to blocks

_BOX_TAG = re.compile(
    r"<summary\b[^<>]*>(?P<summary>(?:(?!</?(?:summary|details)\b).){0,400})"
    r"|<(?P<close>/?)(?P<name>details|[A-Z]\w*)\b(?P<rest>[^<>]*?)(?P<end>/?)>",
    re.DOTALL,
)
_HTML_HEADING = re.compile(
    r"[ \t]*<h(?P<level>[1-6])\b[^<>]*>(?P<title>(?:(?!</?h[1-6]\b).){1,300})</h(?P=level)>(?:\s|</?\w[^<>]*>)*?(?=[\r\n]|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_NO_HEADINGS = re.compile(r"<(?:table|!--|script|style|pre|textarea)\b|<!--", re.IGNORECASE)
_BOLD_LINE = re.compile(r"(\*\*|__)(?=\S)[^*\n]{1,80}\1\s*:?\s*$")
_TITLE_WORDS = 10
_TABLE_TAG = re.compile(r"<(/?)table\b", re.IGNORECASE)
_DELIMITER_ROW = re.compile(r"[\s|:-]*$")
_MARKS = re.compile(r"(?:[\s>]+|[-*+]\s+|\d{1,9}[.)]\s+|\[\^[^\]\s]+\]:)*")
_LETTER = re.compile(r"[^\W\d_]")
_NEAR = 2  # lines from a lead-in to what it introduces: at most one blank line between


class _Walker:
    """Walks the parser's flat token list with the stacks that say where a block hangs."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.prepared, self.titles, self.reach = prepare(source.lines)
        self.blocks: list[Block] = []
        self.lists: list[ListInfo] = []
        self.items: list[tuple[int, Block | None]] = []  # (position, first block) per open item
        self.nested = 0  # open quotations and footnotes
        self.terms: list[Block | None] = []  # the term last seen, per open glossary
        self.list_count = 0
        self.covered = -1  # last line swallowed by an HTML table
        self.html_tables: list[tuple[int, int]] | None = None

    def mapped(self, content: str, first: int, last: int) -> Mapped:
        """Find each line of `content` in the file's lines first..last; blanks around lines are dropped."""
        pieces = content.split("\n")
        spare = last - first + 1 - len(pieces)
        while spare > 0 and not self.prepared[first][1].strip():  # a line of no-break spaces, which the parser trims
            first, spare = first + 1, spare - 1
        line_starts, source_starts, kept, at = [], [], [], 0
        for i, piece in enumerate(pieces):
            number = min(first + i, last)
            column, line = self.prepared[number]
            wanted = piece.strip()
            found = line.rfind(wanted)
            if found < 0:
                found = line.replace("\x00", "\ufffd").rfind(wanted)
            if found < 0:  # the parser changed the line: the line itself is what stands in the file
                wanted = line.strip()
                found = line.find(wanted)
            line_starts.append(at)
            source_starts.append(self.source.starts[number] + column + found)
            kept.append(wanted)
            at += len(wanted) + 1
        return Mapped("\n".join(kept), tuple(line_starts), tuple(source_starts))

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
        if before is not None and before.kind == "paragraph" and first - before.last <= _NEAR:
            same_item = bool(self.items) and before.within is (self.lists[-1] if self.lists else None)
            if (self.items and same_item) or (not self.items and before.within is None):
                lead = before
        parent = self.items[-1][1] if self.items else None
        self.lists.append(ListInfo(self.list_count, ordered, len(self.lists), lead if lead is not parent else None, parent))
        self.list_count += 1

    def walk(self) -> list[Block]:
        env: dict[str, Any] = {}
        tokens = _block_parser().parse("\n".join(line for _, line in self.prepared), env)
        self.source.references = env.get("references", {})
        i = 0
        while i < len(tokens):
            i = self.step(tokens, i)
        boxes: list[tuple[Block, int]] = []
        for number, (column, title) in self.titles.items():
            text = Mapped(title, (0,), (self.source.starts[number] + column,))
            self.blocks.append(Block("paragraph", number, number, text, top=False))
            boxes.append((self.blocks[-1], self.reach.get(number, number)))
        boxes += self.folded()
        self.recover([*self.source.references.values(), *env.get("duplicate_refs", ())])
        self.blocks.sort(key=lambda b: (b.first, b.last))
        boxes.sort(key=lambda box: (box[0].first, box[0].last))
        _under_titles(self.blocks, boxes)
        return self.blocks

    def folded(self) -> list[tuple[Block, int]]:
        """The titles HTML gives to what it folds or puts apart (`<details><summary>`, `<Tab title="…">`), with the last line of each.

        A summary is said by its own block; a title in an attribute becomes a paragraph, since no block says it.
        """
        found: list[tuple[Block, int]] = []
        still: list[tuple[str, Block | None]] = []  # open tags with their titles
        reach: dict[int, int] = {}
        for block in [b for b in self.blocks if b.kind == "html"]:
            end = self.source.starts[block.last] + len(self.source.lines[block.last])
            for tag in _BOX_TAG.finditer(self.source.text, self.source.starts[block.first], end):
                title = None
                if tag["summary"] is not None:
                    title = self.title_block(*tag.span("summary"))
                    if still and still[-1][0] == "details":
                        still[-1] = ("details", title)
                    else:
                        continue
                elif tag["close"]:
                    if any(name == tag["name"] for name, _ in still[-_DEEPEST_BOX:]):
                        while (closed := still.pop())[0] != tag["name"]:
                            reach[id(closed[1])] = block.last
                        reach[id(closed[1])] = block.last
                    continue
                elif not tag["end"]:
                    named = _TAG_TITLE.search(self.source.text, *tag.span("rest"))
                    title = self.title_block(*named.span("title")) if named else None
                    still.append((tag["name"], title))
                    if title is not None:
                        self.blocks.append(title)
                if title is not None:
                    found.append((title, len(self.source.lines) - 1))
        return [(title, reach.get(id(title), last)) for title, last in found]

    def title_block(self, start: int, end: int) -> Block | None:
        """A stretch of the file as a title; None where it has no words."""
        raw = self.source.text[start:end]
        inner = raw.strip()
        if not _LETTER.search(inner):
            return None
        begin = start + len(raw) - len(raw.lstrip())
        cuts = [0, *(m.end() for m in LINE_END.finditer(inner))]
        content = LINE_END.sub(lambda m: "\n" * len(m[0]), inner)
        text = Mapped(content, tuple(cuts), tuple(begin + cut for cut in cuts))
        return Block("paragraph", self.source.line_of(begin) - 1, self.source.line_of(begin + len(inner)) - 1, text, top=False)

    def recover(self, definitions: list[dict[str, Any]]) -> None:
        """Lines with words that no block took (nested deeper than the parser goes) become paragraphs: no text is lost."""
        taken = bytearray(len(self.prepared))
        for first, last in [*((b.first, b.last) for b in self.blocks), *((d["map"][0], d["map"][1] - 1) for d in definitions)]:
            taken[first : last + 1] = b"\x01" * (last + 1 - first)
        for number, (column, line) in enumerate(self.prepared):
            if not taken[number] and _LETTER.search(line):
                begin = _MARKS.match(line).end()  # type: ignore[union-attr]  # it matches the empty string
                content = line[begin:].rstrip()
                if _LETTER.search(content):
                    text = Mapped(content, (0,), (self.source.starts[number] + column + begin,))
                    self.blocks.append(Block("paragraph", number, number, text, top=False))

    def step(self, tokens: list[Token], i: int) -> int:
        token = tokens[i]
        kind = token.type
        if token.map and token.map[0] <= self.covered and token.nesting >= 0:
            return _skip(tokens, i)
        if kind in ("heading_open", "paragraph_open", "dt_open"):
            self.words(tokens[i], tokens[i + 1])
            return i + 3
        if kind in ("fence", "code_block"):
            first, last = _lines(token)
            self.add(Block("code", first, last, code=token.content))
        elif kind == "html_block":
            first, last = _lines(token)
            if "<table" in token.content.lower():
                last = self.covered = self.html_table_end(first, last)
            self.html(first, last)
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
        elif kind in ("blockquote_open", "footnote_reference_open"):
            self.nested += 1
        elif kind in ("blockquote_close", "footnote_reference_close"):
            self.nested -= 1
        elif kind == "dl_open":
            self.terms.append(None)
        elif kind == "dl_close":
            self.terms.pop()
        return i + 1

    def words(self, token: Token, inline: Token) -> None:
        """A heading, a paragraph or a glossary term."""
        first, last = _lines(inline if inline.map else token)
        block = Block("heading" if token.type == "heading_open" else "paragraph", first, last, self.mapped(inline.content, first, last))
        if token.type == "heading_open":
            block.level = int(token.tag[1])
        elif token.type == "dt_open":
            self.terms[-1] = None
            block.is_term = True
        elif self.odd_table(block):
            return
        self.add(block)
        if block.is_term:
            self.terms[-1] = block

    def odd_table(self, block: Block) -> bool:
        """Whether a paragraph is a pipe table that no parser takes for one, but readers do.

        One that begins with its delimiter row has no header; one with doubled pipes has an empty column at each; one whose
        delimiter row has a column too many or too few is a table that was edited in one line only.
        """
        numbers = list(range(block.first, block.last + 1))
        top = next((i for i, n in enumerate(numbers[:2]) if _is_delimiter_row(self.prepared[n][1])), None)
        if top is None or len(numbers) <= top + 1 or not all("|" in self.prepared[n][1] for n in numbers):
            return False
        if top and "||" not in self.prepared[block.first][1] and self.prepared[block.first][1].strip(" >").strip("|").count("|") < 1:
            return False
        rows: list[list[str]] = [[] for _ in numbers]
        if top:  # the header is the first row; without one, the delimiters stand for a blank header
            del numbers[1], rows[1]
            rows[0] = [""]
        self.add(Block("table", block.first, block.last, rows=rows, row_lines=numbers))
        return True

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

    def html(self, first: int, last: int) -> None:
        """An HTML block, cut at the headings in it."""
        text, at = self.source.text, first
        for found in html_headings(text, self.source.starts[first], self.source.starts[last] + len(self.source.lines[last])):
            title = self.title_block(*found.span("title"))
            opens, closes = self.source.line_of(found.start()) - 1, self.source.line_of(found.end() - 1) - 1
            if title is None or opens < at:
                continue
            if at < opens:
                self.add(Block("html", at, opens - 1))
            self.add(Block("heading", opens, closes, title.text, level=int(found["level"])))
            at = closes + 1
        if at <= last:
            self.add(Block("html", at, last))

    def html_table_end(self, first: int, last: int) -> int:
        """Last line of the HTML tables that open in first..last: Markdown ends an HTML block at a blank line, a table does not.

        A table that is never closed ends with its block, so it cannot swallow the rest of the file.
        """
        if self.html_tables is None:
            opened: list[int] = []
            self.html_tables = []
            for tag in _TABLE_TAG.finditer(self.source.text):
                line = self.source.line_of(tag.start()) - 1
                if not tag[1]:
                    opened.append(line)
                elif opened:
                    self.html_tables.append((opened.pop(), line))
            self.html_tables.sort()
        at = bisect_left(self.html_tables, (first, -1))
        while at < len(self.html_tables) and self.html_tables[at][0] <= last:
            last = max(last, self.html_tables[at][1])
            at += 1
        return last


def html_headings(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """Headings of the HTML block text[start:end], each on lines of its own: groups `level` and `title`.

    A block with a table, a comment or a script in it has none: there a heading is a cell's, or is not shown.
    """
    if _NO_HEADINGS.search(text, start, end):
        return
    for line in re.finditer(r"(?:^|[\r\n])(?=[ \t]*<h[1-6])", text[start:end], re.IGNORECASE):
        if found := _HTML_HEADING.match(text, start + line.end(), end):
            yield found


def is_bold_line(block: Block) -> bool:
    """Whether a paragraph is one bold line: a heading in all but its marks."""
    if block.kind != "paragraph" or block.text is None or not block.top or block.term is not None or block.is_term:
        return False
    content = block.text.content.strip()
    return _BOLD_LINE.match(content) is not None and len(content.split()) <= _TITLE_WORDS and not content.strip("*_: ").endswith((".", "!"))


def _under_titles(blocks: list[Block], boxes: list[tuple[Block, int]]) -> None:
    """Say of every block under which title it stands: that of the innermost box, and in there the last bold line.

    A bold line holds to the next one, the next heading, or the end of its box; one that ends in a colon introduces the next
    list, table or code and holds no further.

    Args:
        boxes: titles with the last line (0-based) each holds to, in order of their places.
    """
    inside: list[tuple[Block, int, Block | None]] = []  # title, last line, the bold line around the box
    bold: Block | None = None
    shown = False  # whether something other than a paragraph came after the bold line
    following = iter([*boxes, (None, 0)])
    title, last = next(following)
    for block in blocks:
        while title is not None and title.last < block.first:
            title.title = bold or (inside[-1][0] if inside else None)
            inside.append((title, last, bold))
            bold = None
            title, last = next(following)
        while inside and block.first > inside[-1][1]:
            bold = inside.pop()[2]
        if block.kind == "heading" and block.top:
            inside.clear()
            bold = None
            continue
        box = inside[-1][0] if inside else None
        if is_bold_line(block):
            block.title = box
            bold, shown = block, False
            continue
        listed = block.kind != "paragraph" or block.within is not None
        if bold is not None and shown and not listed and _ends_in_colon(bold):
            bold = None
        shown = shown or listed
        block.title = bold or box


def _ends_in_colon(block: Block) -> bool:
    return block.text is not None and block.text.content.rstrip("*_ ").endswith(":")


def _is_delimiter_row(line: str) -> bool:
    return "|" in line and "--" in line and _DELIMITER_ROW.match(line.lstrip("> ")) is not None


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
    """The blocks of a file in order of their lines; fills `source.references`. Never raises, whatever the text."""
    return _Walker(source).walk()


# ---------------------------------------------------------------- inline markup to words

_BREAK = re.compile(r"<\s*(?:br|/li|/p|/div|/tr)\b", re.IGNORECASE)
_NOTE_OPEN = re.compile(r"<a\b[^>]*href=[\"']?#", re.IGNORECASE)
_IMAGE_ALT = re.compile(r"<img\b[^<>]*?\salt\s*=\s*([\"'])(?P<alt>[^\"'<>]+)\1", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_TAG_RUN = re.compile(r" ?;(?: ?;)*")
_MARKUP = re.compile(r"[*_`\[\]<>&\\~!^]")
_TEMPLATE = re.compile(
    r"\{%[^{}]*%\}|\{\{[^{}]*\}\}"
    r"|(?<=[)\]*_`])\{(?:[:#.][^{}]*|[\w-]+=[^{}]*)\}"  # attributes of a link or a run of words
)
_FOOTNOTE = re.compile(r"\[\^[^\[\]\s]+\]")
_LONG_MARKUP = 5000  # characters; beyond, and for heaps of brackets, markup is taken off by patterns that cannot run away
_MANY_BRACKETS = 100
_LOOSE_LINK = re.compile(r"!?\[([^\[\]]{0,300})\](?:\([^()\s]{0,500}(?:\s+[\"'][^\"'()]{0,200}[\"'])?\)|\[[^\[\]]{0,100}\])")
_LOOSE_TAG = re.compile(r"</?[A-Za-z][^<>]{0,300}>")
_CACHED = 300  # characters: labels and cells recur, paragraphs do not


def plain(markup: str, references: Mapping[str, Any] | None = None) -> str:
    """Inline Markdown to one line of words: markup, footnote marks and tags removed, `<br>` and `<li>` to `; `.

    Args:
        references: the link definitions of the file (`Source.references`), for links written `[text][name]`.
    """
    if references and "[" in markup:
        return _plain(markup, references)
    return _cached_plain(markup) if len(markup) <= _CACHED else _plain(markup, {})


def heading_words(markup: str, references: Mapping[str, Any] | None = None) -> str:
    """A heading as one line of words: like `plain`, without the badges and logos set beside its words."""
    whole = plain(markup, references)
    if "![" not in markup and "<img" not in markup.lower():
        return whole
    words = _plain(markup, references or {}, pictures=False)
    return words if re.search(r"[^\W_]", words) else whole


@lru_cache(maxsize=20000)
def _cached_plain(markup: str) -> str:
    return _plain(markup, {})


def _one_line(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


def _shown_of_tag(tag: re.Match[str]) -> str:
    """What a template tag inside a text shows: the title it carries, or nothing."""
    title = _TAG_TITLE.search(tag[0])
    return title["title"] if title else ""


def _plain(markup: str, references: Mapping[str, Any], *, pictures: bool = True) -> str:
    if "{" in markup:
        markup = _STYLED.sub("", _TEMPLATE.sub(_shown_of_tag, markup))
    if "[^" in markup:
        markup = _FOOTNOTE.sub("", markup)
    if not _MARKUP.search(markup):
        return _one_line(markup)
    brackets = markup.count("[")
    if len(markup) > _LONG_MARKUP or (brackets > _MANY_BRACKETS and brackets > 2 * markup.count("](")):
        return _one_line(html.unescape(re.sub(r"[*`~]+", "", _LOOSE_TAG.sub(" ", _LOOSE_LINK.sub(r"\1", markup)))))
    tokens: list[Token] = []
    parser = _inline_parser()
    parser.inline.parse(markup.replace("\x00", "\ufffd"), parser, {"references": references}, tokens)
    text = _one_line("".join(_pieces(tokens, pictures)))
    return _TAG_RUN.sub(";", text).strip("; ") if ";" in text else text


def _pieces(tokens: list[Token], pictures: bool) -> Iterator[str]:
    """The words of inline tokens, with what stands for a break between them; of pictures what is told where they cannot be seen."""
    note = False  # inside a link to a footnote: its number is no content
    last = ""
    for token in tokens:
        piece = ""
        if token.type in ("text", "text_special", "code_inline"):  # special: an escape or an entity
            piece = "" if note and token.content.strip().isdigit() else token.content
        elif token.type in ("softbreak", "hardbreak"):
            piece = " "
        elif token.type == "image":
            piece = token.content if pictures else " "
        elif token.type == "html_inline":
            if _NOTE_OPEN.match(token.content):
                note = True
            elif token.content.lower().startswith("</a"):
                note = False
            elif _BREAK.match(token.content):
                piece = "; " if last and last not in ";:,.!?" else " "
            elif pictures and (shown := _IMAGE_ALT.match(token.content)):
                piece = html.unescape(shown["alt"])
        if piece.strip():
            last = piece.rstrip()[-1]
        if piece:
            yield piece


_EMPHASISED = re.compile(
    r"\*\*(.{1,120}?)\*\*|__(.{1,120}?)__|`([^`]{1,120})`|(?<!!)\[([^\[\]]{1,120})\](?:\(|\[)",
)


def emphasised(markup: str) -> list[str]:
    """The names a text sets apart itself: bold runs, code and link texts, in order, markup removed."""
    if not ("`" in markup or "[" in markup or "**" in markup or "__" in markup):
        return []
    found = _EMPHASISED.findall(markup)
    return [name for group in found if (name := plain(next(filter(None, group), "")).strip(" :.;,"))]


def code_spans(content: str) -> list[tuple[int, int]]:
    """Bounds of the inline code in a text, back ticks and all, in order."""
    if "`" not in content:
        return []
    runs = [m.span() for m in re.finditer(r"`+", content)]
    closing: dict[int, int] = {}  # length -> the next run of that length
    partner: list[int | None] = [None] * len(runs)
    for i in range(len(runs) - 1, -1, -1):
        length = runs[i][1] - runs[i][0]
        partner[i] = closing.get(length)
        closing[length] = i
    spans, i = [], 0
    while i < len(runs):
        end = partner[i]
        if end is not None:
            spans.append((runs[i][0], runs[end][1]))
        i = i + 1 if end is None else end + 1
    return spans


# ---------------------------------------------------------------- sentences

_ABBREVIATED = frozenset(
    {
        *("al", "approx", "ca", "cf", "co", "dept", "dr", "e.g", "fig", "i.e", "inc", "incl", "ltd"),
        *("mr", "mrs", "ms", "prof", "resp", "st", "vs"),
    }
)
_BEFORE_NUMBERS = frozenset({"ch", "eq", "est", "max", "min", "no", "p", "pp", "sec", "vol"})  # else they are words that end a sentence
_LONGEST_ABBREVIATION = 12
_SENTENCE_END = re.compile(r"(?<![.!?])[.!?]++(?:[)\]\"'*_”’`]|\[\^\w+\])*+(?=\s)")
_NEXT_WORD = re.compile(r"\s*+[*_`\"'(\[“‘]*+(.?)")
_LONGEST_SENTENCE = 2000  # characters; a longer run is cut between words, so that there is something to cite


_LINK_PIECE = re.compile(r"!?\[(?P<text>[^\[\]]{0,1000})\]\([^()\n]{0,500}\)")


def _unbroken(content: str) -> list[tuple[int, int]]:
    """Bounds of what no sentence ends in, in order: code, and links and images with all their text. They do not overlap."""
    code = code_spans(content)
    if "](" not in content:
        return code
    at = 0
    found = sorted(code + [m.span() for m in _LINK_PIECE.finditer(content)])
    kept: list[tuple[int, int]] = []
    for a, b in found:
        if a >= at:
            kept.append((a, b))
            at = b
    return kept


def _last_word(content: str, end: int) -> str:
    """The end of the word before `content[end]`, in lower case and without dots around it: as much as an abbreviation has."""
    begin = end
    while begin > 0 and end - begin < _LONGEST_ABBREVIATION and ((c := content[begin - 1]).isalnum() or c in "._"):
        begin -= 1
    return content[begin:end].lower().strip(".")


def sentences(content: str) -> list[tuple[int, int]]:
    """Bounds of the sentences of a paragraph (markup and all), trimmed of blanks, in order.

    A full stop ends one unless it belongs to an abbreviation, an initial or a number, stands in code, or the next word
    goes on in lower case.
    """
    code = _unbroken(content)
    inside = 0
    cuts = [0]
    for match in _SENTENCE_END.finditer(content):
        start = match.start()
        if not start:
            continue
        while inside < len(code) and code[inside][1] <= start:
            inside += 1
        if inside < len(code) and code[inside][0] < start:
            continue
        if match[0].startswith("."):
            word = _last_word(content, start)
            after = _NEXT_WORD.match(content, match.end())
            first = after[1] if after else ""
            initial = len(word) == 1 and word.isalpha()
            if word in _ABBREVIATED or initial or first.islower() or (word in _BEFORE_NUMBERS and first.isdigit()):
                continue
        cuts.append(match.end())
    cuts.append(len(content))
    bounds = []
    for a, b in pairwise(cuts):
        piece = content[a:b]
        inner = piece.strip()
        if inner:
            begin = a + len(piece) - len(piece.lstrip())
            bounds += _shortened(content, begin, begin + len(inner))
    return bounds


def _shortened(content: str, begin: int, end: int) -> list[tuple[int, int]]:
    """[begin, end) in pieces of bearable length, cut at blanks where there are any."""
    pieces = []
    while end - begin > _LONGEST_SENTENCE:
        window = content[begin : begin + _LONGEST_SENTENCE]
        cut = max(window.rfind(" "), window.rfind("\n"))
        cut = cut if cut > 0 else _LONGEST_SENTENCE
        pieces.append((begin, begin + len(window[:cut].rstrip())))
        begin += cut
        while content[begin].isspace():
            begin += 1
    pieces.append((begin, end))
    return pieces
