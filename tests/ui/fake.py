"""A small assistant that answers from a dictionary, for tests of the front ends alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from assistant.models import Answer, Cell, Citation, Place, Reading, Trace, WhyNot
from corpus.errors import KnowledgeBaseMissing, UsageError

SCOPES = ("cold", "warm", "colours.md")
QUOTES = {"sky": "Blue", "grass": "Green"}

COLOURS = """\
# Colours

| Thing | Colour | Why |
|---|---|---|
| Sky | Blue | Light is scattered by the air |
| Grass | Green | It holds chlorophyll |
| Snow | White | It reflects all light |

## Shades

Every colour has shades.
"""


class Heading(NamedTuple):
    level: int
    title: str
    line: int


class Summary(NamedTuple):
    title: str = "Colours"
    description: str = "What things look like"
    folder: str = "colours"
    documents: int = 1
    sections: int = 2
    tables: int = 1
    facts: int = 7
    skipped: tuple[str, ...] = ()
    examples: tuple[str, ...] = ("what colour is the sky",)
    generation: str = "gen-1"
    kb_sha256: str = "ab12"


class FakeTalk:
    """Remembers how many turns it had."""

    def __init__(self) -> None:
        self.turns = 0


CELL = Citation(marker=1, document="colours.md", section=("Colours",), lines=(5, 5), quote="Blue", cell=Cell(row="Sky", column="Colour"))


class FakeAssistant:
    """Knows the colours of two things; "crash" is a fault, "gone" a knowledge base that was removed, "" is invalid.

    "table" and "which" are answered by a table and by asking back, "and snow" is read as a follow-up; "wait" takes until `may_answer`.
    """

    def __init__(self, kb: Path = Path("colours")) -> None:
        self.kb = kb
        self.closed = False
        self.asked: list[str] = []
        self.turns_before: list[int | None] = []  # of the conversation each why-not was asked in
        self.may_answer: Any = None
        self.scopes: list[tuple[str, ...]] = []  # each question was asked in

    def explain(self, question: str, conversation: Any = None, *, id: str = "1", scope: Sequence[str] = ()) -> tuple[Answer, Trace]:
        answer = self.ask(question, conversation, id=id, scope=scope)
        return answer, Trace(rule=answer.rule, generation="gen-1", thresholds={}, features={"cosine": 0.5}, candidates=())

    def scope(self, names: Sequence[str]) -> tuple[str, ...]:
        unknown = [n for n in names if n not in SCOPES]
        if unknown:
            raise UsageError(f"Nothing in this knowledge base is called {unknown[0]!r}; did you mean 'warm'? It holds cold, warm.")
        return tuple(sorted(names))

    def folders(self) -> tuple[str, ...]:
        return ("cold", "warm")

    def changed(self) -> bool:
        return False

    def why_not(self, question: str, section: str, conversation: Any = None, *, scope: Sequence[str] = ()) -> WhyNot:
        if section != "Shades":
            raise UsageError(f"There is no section {section!r}. The nearest: colours.md#Shades.")
        self.turns_before.append(None if conversation is None else conversation.turns)
        return WhyNot(
            question=question,
            asked=question,
            section=Place(document="colours.md", section=("Colours", "Shades"), lines=(9, 11)),
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

    def summary(self, scope: Sequence[str] = ()) -> Summary:
        return Summary(folder=", ".join(scope) or "colours")

    def refresh(self) -> bool:
        return False

    def documents(self) -> tuple[str, ...]:
        return ("colours.md",)

    def document(self, path: str) -> str:
        return COLOURS

    def outline(self, path: str) -> tuple[Heading, ...]:
        return (Heading(1, "Colours", 1), Heading(2, "Shades", 9))

    def names_like(self, text: str, most: int = 20, *, scope: Sequence[str] = ()) -> tuple[str, ...]:
        if scope == ("cold",):
            return ()
        names = ("Sky", "Grass", "Green", "Grey sky", "Snow")
        return tuple(name for name in names if name.casefold().startswith(text.casefold()))[:most]

    def ask(self, question: str, conversation: Any = None, *, id: str = "1", scope: Sequence[str] = ()) -> Answer:
        self.scopes.append(self.scope(scope))
        self.asked.append(question)
        if question == "crash":
            raise ZeroDivisionError("a fault")
        if question == "gone":
            raise KnowledgeBaseMissing(Path("colours"), "does not exist")
        if question == "interrupt":
            conversation.turns += 100
            raise KeyboardInterrupt
        if question == "wait":
            self.may_answer.wait(30)
        turn = ""
        if conversation is not None:
            conversation.turns += 1
            turn = f" (turn {conversation.turns})"
        thing = next((t for t in QUOTES if t in question), None)
        common: dict[str, Any] = {"id": id, "question": question, "reading": Reading(kind="colour", question=question), "answer_id": "x"}
        if not question.strip():
            return Answer(status="invalid", text="Ask something.", markdown="Ask something.", rule="invalid", confidence="high", **common)
        if question == "which":
            text = "Which thing?"
            offered = ("which colour has the sky", "which colour has grass")
            return Answer(status="clarify", text=text, markdown=text, suggestions=offered, rule="which", confidence="low", **common)
        if question == "table":
            rows = "".join(f"| {name} | {value} [1] |\n" for name, value in (("Sky", "**Blue**"), ("Water 水", "none, or *blue*")))
            text = f"Two things.\n\n| Thing | Colour |\n|---|---|\n{rows}\n- one\n- two `code`"
            return Answer(status="answered", text=text, markdown=text, citations=(CELL,), rule="table", confidence="high", **common)
        if question == "and snow":
            common["reading"] = Reading(kind="colour", question="what colour is snow", kept=("colour",))
            text = "White. [1]"
            snow = CELL.model_copy(update={"lines": (7, 7), "quote": "White", "cell": Cell(row="Snow", column="Colour")})
            return Answer(status="answered", text=text, markdown=text, citations=(snow,), rule="colour", confidence="high", **common)
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
