"""A small assistant that answers from a dictionary, for tests of the front ends alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.models import Answer, Citation, Place, Reading, Trace, WhyNot
from corpus.errors import KnowledgeBaseMissing, UsageError

QUOTES = {"sky": "Blue", "grass": "Green"}


class FakeTalk:
    """Remembers how many turns it had."""

    def __init__(self) -> None:
        self.turns = 0


class FakeAssistant:
    """Knows the colours of two things; "crash" is a fault, "gone" a knowledge base that was removed, "" is invalid."""

    def __init__(self) -> None:
        self.closed = False
        self.asked: list[str] = []
        self.turns_before: list[int | None] = []  # of the conversation each why-not was asked in

    def explain(self, question: str, conversation: Any = None, *, id: str = "1") -> tuple[Answer, Trace]:
        answer = self.ask(question, conversation, id=id)
        return answer, Trace(rule=answer.rule, generation="gen-1", thresholds={}, features={"cosine": 0.5}, candidates=())

    def why_not(self, question: str, section: str, conversation: Any = None) -> WhyNot:
        if section != "Shades":
            raise UsageError(f"There is no section {section!r}. The nearest: colours.md#Shades.")
        self.turns_before.append(None if conversation is None else conversation.turns)
        return WhyNot(
            question=question,
            asked=question,
            section=Place(document="colours.md", section=("Colours", "Shades"), lines=(7, 9)),
            status="answered",
            rule="colour",
            outcome="empty",
            text="There is nothing in it that could answer.",
            best=None,
            winner=None,
            behind={},
            rank=None,
            weighed=4,
            lacks=("sky",),
            elsewhere=(),
            winner_has=("sky",),
            tried=(),
        )

    def ask(self, question: str, conversation: Any = None, *, id: str = "1") -> Answer:
        self.asked.append(question)
        if question == "crash":
            raise ZeroDivisionError("a fault")
        if question == "gone":
            raise KnowledgeBaseMissing(Path("colours"), "does not exist")
        turn = ""
        if conversation is not None:
            conversation.turns += 1
            turn = f" (turn {conversation.turns})"
        thing = next((t for t in QUOTES if t in question), None)
        common: dict[str, Any] = {"id": id, "question": question, "reading": Reading(kind="colour", question=question), "answer_id": "x"}
        if not question.strip():
            return Answer(status="invalid", text="Ask something.", markdown="Ask something.", rule="invalid", confidence="high", **common)
        if thing is None:
            text = "That is not in the knowledge base."
            return Answer(status="declined", decline="off_topic", text=text, markdown=text, rule="no", confidence="low", **common)
        quote = QUOTES[thing]
        return Answer(
            status="answered",
            text=f"{quote}.{turn}",
            markdown=f"**{quote}**.{turn} [1]",
            citations=(Citation(marker=1, document="colours.md", section=("Colours",), lines=(5, 5), quote=quote),),
            rule="colour",
            confidence="high",
            **common,
        )

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def fake() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture
def new_talk() -> type[FakeTalk]:
    return FakeTalk
