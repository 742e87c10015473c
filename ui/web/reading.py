"""A whole document as a tree of plain nodes, so that the page can show it set out as its author meant it.

A node is `{"t": tag, "l": [first, last], "c": [text or node, ...]}`, `l` (1-based lines) only where Markdown tells it. Tags are a
closed list and carry nothing but text. Of what a file holds of HTML the words are kept and the well-known tags left out; it never
becomes markup. Pure, no I/O.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin
from pydantic import BaseModel, ConfigDict

MAX_CHARACTERS = 200_000  # of a document that is set out; of a larger one the lines are shown
SHOWN_ROWS = 400  # of one table

TAGS = frozenset(
    {"h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "pre", "code"}
    | {"strong", "em", "s", "hr", "br", "a", "dl", "dt", "dd", "sup", "sub"}
)

Node = dict[str, Any]

# Tags that say how words are set out. Anything else between angle brackets is words: `<pod-name>`.
_KNOWN = (
    "a|abbr|b|blockquote|br|caption|center|cite|code|col|colgroup|dd|del|details|div|dl|dt|em|figcaption|figure|font|footer|h[1-6]|header|hr|i|img|"
    "ins|kbd|li|main|mark|nav|ol|p|picture|pre|s|section|small|source|span|strong|sub|summary|sup|table|tbody|td|tfoot|th|thead|tr|u|ul|video"
)
_TAG = re.compile(rf"</?(?:{_KNOWN})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_RAISED = re.compile(r"<(sup|sub)>", re.IGNORECASE)  # a footnote's mark, a power: not to be read as part of the word before
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_CELL_END = re.compile(r"</t[dh]\s*>(?=\s*<t[dh])", re.IGNORECASE)
_LINE_END = re.compile(r"<br\s*/?>|</(?:tr|p|li|h[1-6]|div|dt|dd|summary)\s*>", re.IGNORECASE)
_ATTRIBUTES = re.compile(r"\{:[^{}\n]*\}")  # of Kramdown, behind what they belong to


class DocumentView(BaseModel):
    """The reply of `/api/document`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document: str
    total_lines: int
    nodes: tuple[Node, ...]  # empty if the document is too large to be set out
    whole: bool  # False: too large
    edit: str = ""  # where it can be edited on the web, {first} for the line; "" if that is not known


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": 60}).enable(["table", "strikethrough"])
    parser.use(front_matter_plugin).use(footnote_plugin)
    return parser


def document_nodes(text: str) -> tuple[Node, ...]:
    """The blocks of a document, in order."""
    root: Node = {"t": "root", "c": []}
    open_nodes: list[Node] = [root]
    rows: list[int] = []  # body rows seen in the tables that are open
    skipped = 0  # nesting depth inside a row that is left out
    for token in _parser().parse(text):
        if token.type == "tbody_open":
            rows.append(0)
        elif token.type == "tbody_close" and rows:
            hidden = rows.pop() - SHOWN_ROWS
            if hidden > 0:
                note = f"… and {hidden:,} more rows"
                open_nodes[-1]["c"].append({"t": "tr", "c": [{"t": "td", "more": True, "c": [note]}]})
        if skipped or (token.type == "tr_open" and rows and rows[-1] >= SHOWN_ROWS):
            if token.type == "tr_open":
                rows[-1] += 1
            skipped += token.nesting
            continue
        if token.type == "tr_open" and rows:
            rows[-1] += 1
        _put(token, open_nodes)
    return tuple(root["c"])


def _put(token: Token, open_nodes: list[Node]) -> None:
    here: list[Any] = open_nodes[-1]["c"]
    if token.type == "inline":
        here.extend(_lines(token))
    elif token.type in ("fence", "code_block", "front_matter"):
        here.append(_node("pre", token, [{"t": "code", "c": [token.content]}]))
    elif token.type == "hr":
        here.append(_node("hr", token, []))
    elif token.type == "html_block":
        if words := _without_tags(token.content):
            here.append(_node("p", token, [{"t": "span", "html": True, "c": [words]}]))
    elif token.nesting == 1:
        tag = token.tag if token.tag in TAGS else "p" if token.block and token.tag else "div"
        node = _node(tag, token, [])
        if tag == "ol" and str(token.attrGet("start") or "1") != "1":
            node["start"] = int(str(token.attrGet("start")))
        if token.hidden:
            node["t"] = "span"  # the paragraph of a tight list item
        here.append(node)
        open_nodes.append(node)
    elif token.nesting == -1:
        if len(open_nodes) > 1:
            open_nodes.pop()
    elif token.content:
        here.append(token.content)


def _without_tags(html: str) -> str:
    """The words of a piece of HTML, one line for each of its rows and paragraphs."""
    html = _LINE_END.sub("\n", _CELL_END.sub(" · ", _COMMENT.sub("", html)))
    lines = (" ".join(_TAG.sub("", line).split()) for line in html.split("\n"))
    return "\n".join(line for line in lines if line)


def _node(tag: str, token: Token, inner: list[Any]) -> Node:
    node: Node = {"t": tag, "c": inner}
    if token.map is not None:
        node["l"] = [token.map[0] + 1, max(token.map[1], token.map[0] + 1)]
    return node


def _lines(token: Token) -> list[Any]:
    """The inline content of a block; where it has several lines, a span for each."""
    children = token.children or []
    breaks = [place for place, depth in _breaks(children) if depth == 0]
    if token.map is None or not breaks:
        return _inline(children)
    found: list[Any] = []
    line, start = token.map[0] + 1, 0
    for place in [*breaks, len(children)]:
        part = children[start:place]
        found.append({"t": "span", "l": [line, line], "c": [*_inline(part), "\n"]})
        line += 1 + sum(child.type in ("softbreak", "hardbreak") for child in part)
        start = place + 1
    return found


def _breaks(children: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """(place, depth) of every soft line break."""
    depth = 0
    for place, child in enumerate(children):
        depth += child.nesting
        if child.type == "softbreak":
            yield place, depth


def _inline(tokens: Sequence[Token]) -> list[Any]:
    root: Node = {"t": "span", "c": []}
    node: Node
    open_nodes = [root]
    for at, token in enumerate(tokens):
        here = open_nodes[-1]["c"]
        if token.type == "text":
            _text(here, _ATTRIBUTES.sub("", token.content))
        elif token.type == "softbreak":
            _text(here, "\n")
        elif token.type == "html_inline":
            if re.fullmatch(r"<br\s*/?>", token.content, re.IGNORECASE):
                here.append({"t": "br", "c": []})
            elif (raised := _RAISED.fullmatch(token.content)) and _closes(tokens[at + 1 :], raised[1].lower()):
                node = {"t": raised[1].lower(), "c": []}
                here.append(node)
                open_nodes.append(node)
            elif open_nodes[-1]["t"] in ("sup", "sub") and token.content.lower() == f"</{open_nodes[-1]['t']}>":
                open_nodes.pop()
            else:
                _text(here, _TAG.sub("", _COMMENT.sub("", token.content)))
        elif token.type == "hardbreak":
            here.append({"t": "br", "c": []})
        elif token.type == "code_inline":
            here.append({"t": "code", "c": [token.content]})
        elif token.type == "image":
            _text(here, f"[{token.content}]")  # never fetched
        elif token.type == "link_open":
            node = {"t": "a", "c": []}
            href = _web(str(token.attrGet("href") or ""))
            if href:
                node["href"] = href
            here.append(node)
            open_nodes.append(node)
        elif token.nesting == 1:
            node = {"t": token.tag if token.tag in TAGS else "span", "c": []}
            here.append(node)
            open_nodes.append(node)
        elif token.nesting == -1:
            if len(open_nodes) > 1:
                open_nodes.pop()
        elif token.type == "footnote_ref":
            here.append({"t": "sup", "c": [str(token.meta.get("label", "")) if token.meta else ""]})
        elif token.content:
            _text(here, token.content)
    return list(root["c"])


def _closes(tokens: Sequence[Token], tag: str) -> bool:
    """Whether a tag that was just opened is closed among what stands beside it."""
    depth = 0
    for token in tokens:
        depth += token.nesting
        if depth < 0:
            return False
        if depth == 0 and token.type == "html_inline" and token.content.lower() in (f"<{tag}>", f"</{tag}>"):
            return token.content[1] == "/"
    return False


def _text(here: list[Any], content: str) -> None:
    if here and isinstance(here[-1], str):
        here[-1] += content
    else:
        here.append(content)


def _web(href: str) -> str:
    """A web or mail address as it is, anything else as nothing."""
    try:
        scheme = urlsplit(href).scheme.lower()
    except ValueError:
        return ""
    return href if scheme in ("http", "https", "mailto") else ""
