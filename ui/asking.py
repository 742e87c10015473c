"""One answer in the form that was asked for: for a screen, as plain text, as Markdown, as JSON. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from assistant.models import Answer, Trace, WhyNot
from ui.batch import as_line
from ui.explaining import explanation, why_not_text
from ui.render import PLAIN, Style, clean, one_line, place
from ui.terminal.screen import answer_shown

Form = Literal["screen", "plain", "markdown", "json"]


def answer_as(form: Form, answer: Answer, trace: Trace | None, told: WhyNot | None, style: Style) -> str:
    """The answer, and how it was come by where that was asked for.

    Args:
        trace: how it was answered; None leaves it out.
        told: why a section did not answer; None leaves it out.
        style: of the screen; the other forms have none.
    """
    if form == "json":
        return as_line(answer, trace, told)
    if form == "markdown":
        return answer_markdown(answer)
    style = PLAIN if form == "plain" else style
    parts = [answer_shown(answer, style)]
    if trace is not None:
        parts.append(explanation(answer, trace, replace(style, drawn=False)))
    if told is not None:
        parts.append(why_not_text(told, replace(style, drawn=False)))
    return "\n\n".join(parts)


def answer_markdown(answer: Answer) -> str:
    """An answer to paste into a document: its Markdown, its sources with their quotes, nothing of what may be asked next."""
    parts = [clean(answer.markdown or answer.text)]
    if answer.reading.kept:
        parts.insert(0, f"*Read as: {literal(answer.reading.question)}*")
    if answer.reading.scope:
        parts.insert(0, f"*Asked in: {literal(', '.join(answer.reading.scope))}*")
    if answer.citations:
        lines = (f"- [{c.marker}] {literal(place(c))}: “{literal(c.quote)}”" for c in answer.citations)
        parts.append("\n".join(["Sources:", "", *lines]))
    return "\n\n".join(parts)


def literal(text: str) -> str:
    """Words on one line that Markdown leaves as they are."""
    return "".join(f"\\{c}" if c in "\\`*_[]<>#|" else c for c in one_line(text))
