"""A fake assistant over a tiny document, and short ways to make cases: everything here runs without index and model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.models import Answer, Cell, Citation, Reading
from evals.models import Case, Expectation, Provenance, Reference, Report, Turn
from evals.runner import Runner

DOCUMENT = "colours.md"
TEXT = (
    "# Colours\n\nAbove the table.\n\n| Name | Warm |\n|---|---|\n| Red | yes |\n| Blue | no |\n\n## Mixing\n\nRed and blue\ngive purple.\n"
)
PROVENANCE = Provenance(kb="k", cases="c", model="m", settings="s")


def cite(
    line: int, quote: str, *, marker: int = 1, section: tuple[str, ...] = ("Colours",), cell: tuple[str, str] | None = None
) -> Citation:
    return Citation(
        marker=marker,
        document=DOCUMENT,
        section=section,
        lines=(line, line + quote.count("\n")),
        quote=quote,
        cell=Cell(row=cell[0], column=cell[1]) if cell else None,
    )


RED_IS_WARM = cite(7, "yes", cell=("Red", "Warm"))
BLUE_IS_NOT = cite(8, "no", cell=("Blue", "Warm"))
MIXING = cite(12, "Red and blue\ngive purple.", section=("Colours", "Mixing"))


def answer(text: str, *citations: Citation, status: str = "answered", **fields: Any) -> Answer:
    """An answer that keeps every promise unless `fields` break one."""
    numbered = tuple(citation.model_copy(update={"marker": number}) for number, citation in enumerate(citations, start=1))
    given: dict[str, Any] = {
        "id": "1",
        "question": "?",
        "status": status,
        "text": text,
        "markdown": text + "".join(f" [{citation.marker}]" for citation in numbered),
        "citations": numbered,
        "reading": Reading(kind="cell", question="?"),
        "rule": "cell",
        "answer_id": f"id of {text}",
        "confidence": "high",
        **fields,
    }
    return Answer.model_validate(given)


def decline(text: str = "No.", kind: str = "off_topic") -> Answer:
    return answer(text, status="declined", decline=kind)


class FakeAssistant:
    """Says what a table says; a value that is an exception is raised. Remembers which conversation each question came in."""

    def __init__(self, answers: Mapping[str, Answer | Exception]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, object]] = []

    def ask(self, question: str, conversation: Any = None, *, id: str = "1") -> Answer:
        self.asked.append((question, conversation))
        found = self.answers.get(question, decline())
        if isinstance(found, Exception):
            raise found
        return found.model_copy(update={"id": id, "question": question})

    def document(self, path: str) -> str:
        if path != DOCUMENT:
            raise KeyError(path)
        return TEXT


def make_case(
    name: str, question: str = "Is red warm?", *, tier: str = "should", kind: str = "cell", group: str | None = None, **expect: Any
) -> Case:
    return Case(id=name, turns=(Turn(question=question, expect=Expectation(**expect)),), kind=kind, tier=tier, group=group)  # type: ignore[arg-type]


def ref(heading: str | None = "Colours", row: str | None = None, column: str | None = None) -> Reference:
    return Reference(document=DOCUMENT, heading=heading, row=row, column=column)


def run(assistant: FakeAssistant, *cases: Case, **options: Any) -> Report:
    ticks = iter(range(1_000_000))
    runner = Runner(assistant, new_conversation=object, clock=lambda: next(ticks) / 1000, **options)
    return runner.run(cases, PROVENANCE)
