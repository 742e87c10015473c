"""A conversation as a file: Markdown to read, with every quote and the state of the knowledge base it came from, or JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

from assistant.models import Answer
from ui.render import clean, one_line, place


def as_markdown(answers: Sequence[Answer], *, title: str, generation: str) -> str:
    """The turns in order, each question a heading, its answer, its sources with their quotes."""
    parts = [f"# Questions to {_text(title)}", f"State of the knowledge base: `{generation}`"]
    for answer in answers:
        parts.append(f"## {_text(answer.question)}")
        if answer.reading.kept:
            parts.append(f"*Read as: {_text(answer.reading.question)}*")
        parts.append(clean(answer.markdown or answer.text))
        if answer.citations:
            parts.append("\n".join(f"- [{c.marker}] {_text(place(c))}: “{_text(c.quote)}”" for c in answer.citations))
    return "\n\n".join(parts) + "\n"


def as_json(answers: Sequence[Answer], *, title: str, generation: str) -> str:
    """The same as one JSON object; each turn is an answer in the form of the contract."""
    data = {"title": title, "generation": generation, "turns": [answer.as_json() for answer in answers]}
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _text(text: str) -> str:
    """Words on one line that Markdown leaves as they are."""
    return "".join(f"\\{c}" if c in "\\`*_[]<>#|" else c for c in one_line(text))
