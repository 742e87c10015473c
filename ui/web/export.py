"""A chat as a file to keep: Markdown to read and send, or JSON with everything. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ui.web.render import lines_of

if TYPE_CHECKING:
    from assistant.models import Answer, Citation
    from ui.opening import Summary

_LINE_END = re.compile(r"\s*[\r\n]+\s*")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#])")


def _plain(text: str) -> str:
    """Text on one line that Markdown leaves as it is."""
    return _SPECIAL.sub(r"\\\1", _LINE_END.sub(" ", text.strip()))


def _quoted(quote: str) -> str:
    """A quote as code, whatever it holds: a fence longer than any run of backticks in it."""
    quote = _LINE_END.sub(" ", quote)
    ticks = "`" * (max((len(run) for run in re.findall(r"`+", quote)), default=0) + 1)
    pad = " " if quote.startswith("`") or quote.endswith("`") else ""
    return f"{ticks}{pad}{quote}{pad}{ticks}"


def _source(citation: Citation, *, numbered: bool) -> str:
    where = " › ".join(_plain(s) for s in citation.section)
    cell = f" — {_plain(citation.cell.row)} × {_plain(citation.cell.column)}" if citation.cell else ""
    head = f"[{citation.marker}] " if numbered else "- "
    return f"{head}{_plain(lines_of(citation))} {where}{cell}: {_quoted(citation.quote)}"


def _turn(number: int, answer: Answer, before: str) -> str:
    parts = [f"## {number}. {_plain(answer.question)}"]
    if answer.reading.scope:
        parts.append(f"*Asked in {', '.join(map(_plain, answer.reading.scope))}*")
    if answer.reading.kept:
        parts.append(f"*Read as: {_plain(answer.reading.question)}*")
    parts.append(answer.markdown or answer.text)
    cited = list(dict.fromkeys(answer.citations))
    if cited:
        parts.append("Sources:\n\n" + "  \n".join(_source(c, numbered=True) for c in cited))
    if answer.nearest:
        parts.append("Nearest, not an answer:\n\n" + "\n".join(_source(c, numbered=False) for c in answer.nearest))
    changed = f" (it was `{before}` when it was first asked: the files have changed)" if before and before != answer.answer_id else ""
    kind = f", {answer.decline.replace('_', ' ')}" if answer.decline else ""
    parts.append(f"*{answer.status}{kind}; confidence {answer.confidence}; answer `{answer.answer_id}`{changed}*")
    return "\n\n".join(parts)


def as_markdown(title: str, answers: Sequence[Answer], summary: Summary, before: Sequence[str] = ()) -> str:
    """The chat to read.

    Args:
        before: the `answer_id` of each answer when it was first given, where it is known.
    """
    head = [
        f"# {_plain(title) or 'Chat'}",
        f"Asked of *{_plain(summary.title)}*, knowledge base `{summary.kb_sha256}` ({summary.generation}).",
    ]
    known = [*before, *([""] * len(answers))]
    return "\n\n".join([*head, *(_turn(n, a, known[n - 1]) for n, a in enumerate(answers, 1))]) + "\n"


def as_json(title: str, answers: Sequence[Answer], summary: Summary) -> str:
    """The chat as data: the answers in the form of the API, with what they were asked of."""
    data: dict[str, Any] = {
        "title": title,
        "knowledge_base": {"title": summary.title, "sha256": summary.kb_sha256, "generation": summary.generation},
        "answers": [a.as_json() for a in answers],
    }
    return json.dumps(data, ensure_ascii=False, indent=2).encode("utf-8", "replace").decode() + "\n"
