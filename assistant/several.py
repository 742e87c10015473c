"""Answers to the questions of one message as one answer: numbered, with the citations and the certificate of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.models import Answer, Atom, Citation, Confidence, Reading
from assistant.wording import renumbered

_ORDER: tuple[Confidence, ...] = ("high", "medium", "low")


@dataclass(frozen=True, slots=True)
class Together:
    """Several answers as one."""

    text: str
    markdown: str
    citations: tuple[Citation, ...]
    reading: Reading
    confidence: Confidence  # the lowest of those that answer
    atoms: tuple[Atom, ...]


def together(question: str, answers: Sequence[Answer]) -> Together:
    """The answers one after the other, each with its number; markers and what the certificate points at are counted on.

    Args:
        question: the whole message.
        answers: to its questions, in order, at least one of them no refusal.
    """
    citations: list[Citation] = []
    atoms: list[Atom] = []
    texts, marked = [], []
    for number, answer in enumerate(answers, 1):
        shift, base = len(citations), len(atoms)
        citations += [c.model_copy(update={"marker": c.marker + shift}) for c in answer.citations]
        atoms += [
            a.model_copy(update={"marker": a.marker + shift if a.marker else None, "of": tuple(i + base for i in a.of)})
            for a in answer.certificate
        ]
        texts.append(f"{number}. {answer.text}")
        marked.append(f"**{number}.** {renumbered(answer.markdown, shift.__add__)}")
    reading = answers[0].reading.model_copy(
        update={
            "kind": "several",
            "question": question,
            "mentions": tuple(m for a in answers for m in a.reading.mentions),
            "repaired": tuple(dict.fromkeys(r for a in answers for r in a.reading.repaired)),
        }
    )
    lowest = max((a.confidence for a in answers if a.status != "declined"), key=_ORDER.index)
    return Together(" ".join(texts), "\n\n".join(marked), tuple(citations), reading, lowest, tuple(atoms))
