"""An `Answer` as HTML for the page.

Everything that came from a question or a file is escaped here, once, on the way out; Gradio's own sanitiser is the
second lock, not the first. Pure, no I/O.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ui.render import kept_words, number_of

if TYPE_CHECKING:
    from assistant.models import Answer, Citation

QUOTE_IN_LINK = 240  # characters; enough to find a quote again, short enough for a link
SHOWN_QUESTION = 8000  # characters of a question that the page repeats; none it can send is longer
SHOWN_ROWS = 50  # of a table in an answer; the source pane has the rest
OPEN_SOURCES = 4  # more than this and the list starts closed

_ANSWER_ID = re.compile(r"[0-9a-f]{8,64}")
_LAST_WORD = re.compile(r"(?<!\S)\S{1,24}$")
_SIGN = re.compile(r"[.,;:!?)]{1,3}")
_CLOSING = re.compile(r"[.!?)]+")  # what ends a sentence stands at its last word, as before a footnote's mark
_MARKER = re.compile(r"\[(\d{1,4})\]")
# NUL and the controls that reorder text on screen: shown as what they are, so that nothing can hide behind them.
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

_DECLINES: Mapping[str, str] = {
    "off_topic": "Not a topic of these files",
    "unknown_name": "Not in these files",
    "unknown_attribute": "In these files, but not this about it",
    "unclear": "Not clear enough to answer",
    "not_listed": "Not listed, though the list may be incomplete",
}
_STATES: Mapping[str, str] = {
    "corrected": "The files say otherwise",
    "clarify": "Which one do you mean?",
    "invalid": "This could not be asked",
}
_CONFIDENCE: Mapping[str, str] = {"high": "High confidence", "medium": "Medium confidence", "low": "Low confidence: check the source"}
_HOW: Mapping[str, str] = {
    "exact": "as written",
    "alias": "by another name",
    "spelling": "spelling mended",
    "meaning": "near in meaning",
    "kept": "kept from before",
}


def text(value: str) -> str:
    """Text as HTML: escaped, on one line, unseen controls made visible."""
    return escape(_UNSEEN.sub("�", value)).replace("\r\n", "\n").replace("\n", "&#10;").replace("\r", "&#10;")


def place(citation: Citation) -> str:
    """Where a citation stands, in words: `Heading › row × column`, or the file if there is no heading."""
    last = citation.section[-1] if citation.section else citation.document
    if citation.cell is None:
        return last
    labels = [x for x in (citation.cell.row, citation.cell.column) if x]
    return f"{last} › {' × '.join(labels)}" if labels else last


def lines_of(citation: Citation) -> str:
    """`file.md:17` or `file.md:17-19`, as editors and graders write it."""
    first, last = citation.lines
    return f"{citation.document}:{first}" if first == last else f"{citation.document}:{first}-{last}"


def source_link(citation: Citation) -> str:
    """The fragment that asks the page to open a citation.

    It names what was cited, never a path on disk: the server looks the document up among those it has indexed, and
    finds the quote again if the file has changed since.
    """
    first, last = citation.lines
    fields = {"document": citation.document, "first": first, "last": last, "quote": citation.quote[:QUOTE_IN_LINK]}
    if citation.cell is not None:
        fields |= {"row": citation.cell.row, "column": citation.cell.column}
    return f"#src={citation.marker}&" + urlencode(fields, errors="replace")


def chip(citation: Citation) -> str:
    """The small numbered link that stands behind a claim."""
    title = text(f"{place(citation)}\n{citation.quote[:QUOTE_IN_LINK]}")
    return f'<a class="cite" href="{escape(source_link(citation))}" title="{title}"><span class="sr">source </span>{citation.marker}</a>'


def _link_as_text(href: str) -> str:
    """What is shown of a link's target: web and mail addresses as text, nothing else at all."""
    try:
        scheme = urlsplit(href).scheme.lower()
    except ValueError:
        return ""
    return f" ({text(href)})" if scheme in ("http", "https", "mailto") else ""


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    """Markdown as answers use it: no HTML, no link definitions (`[1]: …` is text), escapes kept apart from plain brackets."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    return parser.disable(["html_block", "html_inline", "autolink", "reference", "text_join"])


class _Renderer:
    """Tokens to HTML. Written out rather than configured: whatever is not named here is shown as escaped text."""

    _PLAIN = frozenset(
        "p ul ol li strong em s blockquote table thead tbody tr th td h1 h2 h3 h4 h5 h6".split()  # noqa: SIM905 (a list to read)
    )

    def __init__(self, citations: Sequence[Citation]) -> None:
        self._citations = {c.marker: c for c in citations}
        self._hrefs: list[str] = []

    def blocks(self, tokens: Sequence[Token]) -> str:
        out: list[str] = []
        rows = hidden = 0
        in_body = False
        for token in tokens:
            if token.type == "tbody_open":
                in_body, rows, hidden = True, 0, 0
            elif token.type == "tbody_close":
                in_body = False
                if hidden:
                    out.append(f'<tr><td class="more" colspan="99">… and {hidden:,} more rows; open a source to read them all</td></tr>')
            elif token.type == "tr_open" and in_body:
                rows += 1
                hidden = max(0, rows - SHOWN_ROWS)
            if in_body and rows > SHOWN_ROWS and token.type != "tbody_close":
                continue
            out.append(self._block(token))
        return "".join(out)

    def _block(self, token: Token) -> str:
        if token.type == "inline":
            return "".join(self._inline(child) for child in token.children or ())
        if token.type in ("fence", "code_block"):
            return f"<pre><code>{text(token.content)}</code></pre>"
        if token.type == "hr":
            return "<hr>"
        if token.hidden:  # the paragraph of a tight list item
            return ""
        if token.tag in self._PLAIN and token.nesting:
            return self._tag(token)
        return text(token.content)

    def _tag(self, token: Token) -> str:
        tag = token.tag
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            tag = "h4"  # a heading inside an answer is a small one
        if tag == "table":
            return '<div class="wide"><table>' if token.nesting == 1 else "</table></div>"
        if token.nesting == -1:
            return f"</{tag}>"
        if tag == "ol" and str(token.attrGet("start") or "1") != "1":
            return f'<ol start="{int(str(token.attrGet("start")))}">'
        if tag == "th":
            return '<th scope="col">'
        return f"<{tag}>"

    def _inline(self, token: Token) -> str:
        if token.type == "text":
            return self._with_chips(token.content)
        if token.type == "code_inline":
            return f"<code>{text(token.content)}</code>"
        if token.type in ("softbreak", "hardbreak"):
            return "<br>" if token.type == "hardbreak" else " "
        if token.type == "link_open":
            self._hrefs.append(str(token.attrGet("href") or ""))
            return ""
        if token.type == "link_close":
            return _link_as_text(self._hrefs.pop())
        if token.type == "image":
            return f"[{text(token.content)}]"  # never fetched
        if token.tag in ("strong", "em", "s"):
            return f"<{token.tag}>" if token.nesting == 1 else f"</{token.tag}>"
        return text(token.content)

    def _with_chips(self, content: str) -> str:
        """Text with its markers as chips, each kept on one line with the word before it and the sign beside it."""
        out: list[str] = []
        end = 0
        for found in _MARKER.finditer(content):
            citation = self._citations.get(int(found[1]))
            if citation is None:
                continue
            before = content[end : found.start()].rstrip(" ")  # the chip brings its own space
            sign = _SIGN.match(content, found.end())
            word = _LAST_WORD.search(before)
            held = word[0] if word else ""
            out.append(text(before[: len(before) - len(held)]))
            signs = f'<span class="sign">{text(sign[0])}</span>' if sign else ""
            ends = sign and _CLOSING.fullmatch(sign[0]) and (before or not end)  # between two chips it would part them
            beside = signs + chip(citation) if ends else chip(citation) + signs
            out.append(f'<span class="nb">{text(held)}{beside}</span>')
            end = sign.end() if sign else found.end()
        out.append(text(content[end:]))
        return "".join(out)


def markdown_html(markdown: str, citations: Sequence[Citation] = ()) -> str:
    """An answer's Markdown as HTML on one line, its `[n]` markers as links to their sources."""
    html = _Renderer(citations).blocks(_parser().parse(markdown.replace("\x00", "�")))
    return html.replace('<th scope="col"></th>', "<td></td>")  # a head without words heads nothing


def question_html(question: str, scope: Sequence[str] = ()) -> str:
    """What the user typed, as typed, with a button to change it, and what it was asked in where that was a part."""
    shown = question if len(question) <= SHOWN_QUESTION else question[:SHOWN_QUESTION] + " …"
    names = ", ".join(f"<b>{text(name)}</b>" for name in scope)
    within = f'<span class="within">in {names}</span>' if names else ""
    return f'<div class="typed">{text(shown)}</div>{within}<button class="edit" title="Edit this question and ask again">Edit</button>'


def pending_html() -> str:
    """The answer is not there yet; shown only if it takes a while."""
    return '<div class="pending"><span class="dots"><i></i><i></i><i></i></span><span class="stage">Looking it up …</span></div>'


def error_html(message: str, question: str = "") -> str:
    """Something went wrong; the question, if any, can be asked again with one click."""
    again = f'<div class="next">{_ask(question, label="Try again")}</div>' if question else ""
    return f'<div class="answer is-error"><p class="badge">Something went wrong</p><p>{text(message)}</p>{again}</div>'


def _ask(question: str, *, label: str = "") -> str:
    title = f' title="{text(question)}"' if label else ""  # what is asked, where that is not what the button says
    return f'<button class="ask"{title}>{text(label or question)}</button>'


def _reading(answer: Answer) -> str:
    """The line that says how a follow-up was read; words that were read as others are told by the answer itself."""
    reading = answer.reading
    parts = []
    read = reading.question.strip()
    if read and read != answer.question.strip():
        change = f'<button class="reread" title="{text(read)}">Change</button>'
        parts.append(f"Read as <b>{text(read)}</b> {change}")
    if reading.kept:
        parts.append("kept from before: " + ", ".join(f"<b>{text(k)}</b>" for k in kept_words(reading.kept)))
    if not parts:
        return ""
    if not parts[0].startswith("Read as"):
        parts[0] = parts[0][0].upper() + parts[0][1:]
    return f'<p class="reading">{" · ".join(parts)}</p>'


def _source_items(citations: Sequence[Citation]) -> str:
    items = []
    for c in citations:
        link = f'<a class="cite long" href="{escape(source_link(c))}" title="{text(c.quote[:QUOTE_IN_LINK])}">'
        where = f'<span><span class="label">{text(place(c))}</span> <small>{text(lines_of(c))}</small></span>'
        items.append(f"<li>{link}<b>{c.marker}</b>{where}</a></li>")
    return f'<ol class="sources">{"".join(items)}</ol>'


def _how(answer: Answer) -> str:
    """How the answer came about: what was understood, and how it was checked. What it rests on is fetched when it is opened."""
    rows = []
    if answer.reading.scope:
        rows.append(("Asked in", ", ".join(map(text, answer.reading.scope))))
    if answer.reading.mentions:
        said = (f"“{text(m.words)}” → <b>{text(m.name)}</b> <small>{_HOW[m.how]}</small>" for m in answer.reading.mentions)
        rows.append(("Understood", "<br>".join(said)))
    if answer.reading.unknown:
        rows.append(("Not in the files", ", ".join(f"“{text(u)}”" for u in answer.reading.unknown)))
    steps = len(answer.certificate)
    rows.append(("Proof", f"{number_of(steps, 'step')} checked against the files" if steps else "none needed"))
    rows.append(("Time", f"{answer.timings_ms.total:.0f} ms"))
    return f'<details class="how"><summary>How this was answered</summary>{_rows(rows)}{_for_developers(answer)}</details>'


def _for_developers(answer: Answer) -> str:
    """What tells something only to those who know the program from within: rule, kinds, stages, the answer's id. Scores are fetched."""
    ms = answer.timings_ms
    rows = [("Rule", text(answer.rule)), ("Kind of question", text(answer.reading.kind.replace("_", " ")))]
    if answer.reading.mentions:
        rows.append(("Roles", ", ".join(f"“{text(m.words)}” {text(m.role)}" for m in answer.reading.mentions)))
    rows.append(("Stages", f"understand {ms.understand:.1f}, retrieve {ms.retrieve:.1f}, compose {ms.compose:.1f} ms"))
    rows.append(("Answer", f"<code>{text(answer.answer_id)}</code>"))
    return f'<details class="developers"><summary>For developers</summary>{_rows(rows)}</details>'


def _rows(rows: Sequence[tuple[str, str]]) -> str:
    """Names and what they say, which is HTML already, as a table."""
    body = "".join(f"<tr><th scope='row'>{name}</th><td>{value}</td></tr>" for name, value in rows)
    return f"<table>{body}</table>"


def _meta(answer: Answer, cited: bool) -> str:
    """The line under an answer: how sure, and what can be done with it."""
    meta = []
    if answer.status in ("answered", "corrected"):
        meta.append(f'<span class="confidence {answer.confidence}">{_CONFIDENCE[answer.confidence]}</span>')
    if cited:
        meta.append('<button class="act copy" title="Copy the answer with its sources">Copy</button>')
    if answer.status in ("answered", "corrected", "declined"):
        meta.append('<button class="act link" title="Copy a link that asks this again">Link</button>')
        meta.append(
            '<span class="rate"><button class="act up" title="This helped"><span class="sr">This helped</span></button>'
            '<button class="act down" title="Something is wrong with it"><span class="sr">Something is wrong with it</span></button></span>'
        )
    if answer.status == "declined":
        meta.append('<button class="act gap" title="Keep this question for whoever maintains the files">Report a gap</button>')
    if answer.status != "invalid":
        meta.append(_how(answer))
    return f'<div class="meta">{"".join(meta)}</div>'


def answer_html(answer: Answer, *, turn: int = 1, before: str = "") -> str:
    """The whole message: answer first, then sources, then everything that can wait.

    Args:
        turn: its place in the chat, 1-based.
        before: the `answer_id` it had when it was first given, if it is asked again.
    """
    cited = list(dict.fromkeys(answer.citations))
    parts = []
    badge = _DECLINES.get(answer.decline or "", "") if answer.status == "declined" else _STATES.get(answer.status, "")
    if answer.status == "declined" and not badge:
        badge = "No answer here"
    if badge:
        parts.append(f'<p class="badge">{badge}</p>')
    if before and before != answer.answer_id:
        parts.append('<p class="changed">The files have changed since this was first asked. This is the answer now.</p>')
    parts.append(_reading(answer))
    if answer.status == "declined" and answer.reading.scope:
        names = ", ".join(f"<b>{text(name)}</b>" for name in answer.reading.scope)
        everything = f'<button class="everywhere" title="{text(answer.question)}">Ask everything</button>'
        parts.append(f'<p class="only">Asked in {names} only. {everything}</p>')
    parts.append(f'<div class="body">{markdown_html(answer.markdown or answer.text, cited)}</div>')
    if answer.status != "smalltalk":
        if cited:
            is_open = " open" if len(cited) <= OPEN_SOURCES else ""
            parts.append(f'<details class="cited"{is_open}><summary>Sources ({len(cited)})</summary>{_source_items(cited)}</details>')
        if answer.nearest:
            parts.append(f'<div class="nearest"><p>Closest sections, which may not answer this:</p>{_source_items(answer.nearest)}</div>')
        parts.append(_meta(answer, bool(cited)))
    if answer.suggestions:
        parts.append(f'<div class="next">{"".join(_ask(s) for s in answer.suggestions)}</div>')
    kind = f" no-{answer.decline.replace('_', '-')}" if answer.decline else ""
    known = answer.answer_id if _ANSWER_ID.fullmatch(answer.answer_id) else "0"
    return f'<div class="answer is-{answer.status}{kind}" id="turn-{turn}-{known}">{"".join(parts)}</div>'


def welcome_html(title: str, description: str, counts: Sequence[tuple[int, str]], examples: Sequence[str], skipped: Sequence[str]) -> str:
    """The empty page: what is indexed, and what can be asked of it. `counts`: (how many, noun in the singular)."""
    said = ", ".join(f"<b>{n:,}</b> {noun if n == 1 else noun + 's'}" for n, noun in counts)
    parts = [f"<h2>Ask about {text(title)}</h2>"]
    if description:
        parts.append(f"<p>{text(description)}</p>")
    parts.append(f'<p class="counts">{said}. Every answer is quoted from them, with the line it came from.</p>')
    if examples:
        parts.append(f'<div class="next">{"".join(_ask(e) for e in examples)}</div>')
    if skipped:
        shown = "".join(f"<li>{text(s)}</li>" for s in skipped[:20])
        parts.append(f'<details class="skipped"><summary>Left out or repaired ({len(skipped)})</summary><ul>{shown}</ul></details>')
    return f'<div class="welcome">{"".join(parts)}</div>'


def opening_html(words: str, fraction: float | None) -> str:
    """The page while the knowledge base is opened. `fraction`: 0 to 1, None if not known."""
    width = f' style="width:{100 * min(1.0, max(0.0, fraction)):.0f}%"' if fraction is not None else ' class="unknown"'
    return (
        f'<div class="welcome opening"><h2>Opening the knowledge base</h2><p class="stage">{text(words)} …</p>'
        f'<div class="bar"><span{width}></span></div>'
        "<p class='counts'>You can ask already; the answer comes as soon as this is done.</p></div>"
    )


def failed_html(message: str) -> str:
    """The page when the knowledge base could not be opened."""
    return f'<div class="welcome failed"><p class="badge">This knowledge base could not be opened</p><p>{text(message)}</p></div>'
