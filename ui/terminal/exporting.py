"""A conversation as a file: Markdown to read, with every quote and the state of the knowledge base it came from, or JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

from assistant.models import Answer
from ui.asking import answer_markdown, literal


def as_markdown(answers: Sequence[Answer], *, title: str, kb_sha256: str) -> str:
    """The turns in order, each question a heading, its answer, its sources with their quotes."""
    parts = [f"# Questions to {literal(title)}", f"State of the knowledge base: SHA-256 `{kb_sha256}`"]
    for answer in answers:
        parts.append(f"## {literal(answer.question)}")
        parts.append(answer_markdown(answer))
    files = sorted({(a.document, a.sha256) for answer in answers for a in answer.certificate if a.document and a.sha256})
    if files:
        parts += ["## The files these answers were proved against", "\n".join(f"- {literal(name)}: SHA-256 `{sha}`" for name, sha in files)]
    return "\n\n".join(parts) + "\n"


def as_json(answers: Sequence[Answer], *, title: str, kb_sha256: str) -> str:
    """The same as one JSON object; each turn is an answer in the form of the contract."""
    data = {"title": title, "kb_sha256": kb_sha256, "turns": [answer.as_json() for answer in answers]}
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"
