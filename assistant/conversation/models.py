"""What a conversation keeps: names by their sort, turns, a message made whole, a question that was asked back about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.frame import Within
from corpus.words import key

Sort = Literal["thing", "attribute", "name", "unknown"]
"""thing: described by a table or labelled list; attribute: what is said of things; name: any other; unknown: not in the knowledge base."""

ANSWER_ASKED = frozenset({"decision", "which", "order"})  # kinds whose answer is the thing spoken of afterwards
SHORT = 4  # words up to which a bare name with a question mark goes on with the last question
ENTRIES = 400  # places of one name looked at


@dataclass(frozen=True, slots=True)
class Slot:
    """A name in a question: as it stands there, as the knowledge base writes it, and of which sort it is."""

    words: str
    name: str
    sort: Sort
    axes: frozenset[tuple[int, str]] = frozenset()  # tables it labels, and whether a row or a column of them


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and what came of it, in words."""

    question: str  # as resolved
    kind: str
    slots: tuple[Slot, ...] = ()
    subject: str | None = None  # what *it* stands for afterwards
    owner: str | None = None  # the thing the answer was about
    value: str | None = None  # what the answer said, where that is short
    problem: bool = False  # … and is a difficulty
    listed: tuple[str, ...] = ()  # what the answer enumerated, in order
    place: int | None = None  # which of these was spoken of last, 0 is the first
    scope: str = ""  # the heading or names under which the list stands
    steps: bool = False  # … as the steps of an order
    order: str = ""  # the order that was told of, or that is told of beside what was
    order_label: str = ""  # … and what such an order is called, of whatever thing
    at: tuple[int, int] | None = None  # where its steps are labelled: the place of the one told, and how many there are
    denied: bool = False  # it was asked whether a name is one of a thing's, and it is not
    cell: tuple[str, str] | None = None  # row and column label of the one cell that decided
    document: str = ""  # where what decided stands, and under which headings
    path: tuple[str, ...] = ()
    counted: bool = False  # the list is one of a turn before, of which a place was asked for
    card: bool = False  # everything known in short was told
    varied: bool = False  # it went on with the turn before
    answered: bool = True
    on_topic: bool = True  # something of it is in the knowledge base
    within: Within | None = None  # the rows of a table that were told

    def of(self, *sorts: Sort) -> list[Slot]:
        """Its names of some sorts, in order."""
        return [s for s in self.slots if s.sort in sorts]

    @property
    def chosen(self) -> str | None:
        """The thing that was the answer, where one was asked for."""
        return self.owner if self.kind in ANSWER_ASKED and not self.of("thing") else None

    def asks_the_same(self, other: Turn) -> bool:
        """Whether it was answered, and asks the same as another turn, of one thing each."""
        things = self.of("thing"), other.of("thing")
        asked = [[key(s.name) for s in t.of("attribute")] for t in (self, other)]
        return (
            self.answered
            and self.kind == other.kind
            and asked[0] == asked[1]
            and all(len(t) == 1 for t in things)
            and bool(things[0][0].axes & things[1][0].axes)
            and key(things[0][0].name) != key(things[1][0].name)
        )


@dataclass(frozen=True, slots=True)
class Resolved:
    """A message made whole.

    Args:
        kept: what was kept for it from the turns before, in words; empty where it stands alone.
        varied: it asks the same as the turn before of something else.
        listed, place, scope, steps: the list it speaks of, carried on.
        beyond: a place was asked for that the list does not have; `question` asks for the list.
        names_only: only the names of what is listed are wanted.
        reason: a reason is wanted and nothing else will do.
        focus: what is spoken of from here on, where that is not the first name of the question.
        otherwise: how else it may be meant, to be tried where this has no answer.
        within: the rows of a table that it is asked of.
    """

    question: str
    kept: tuple[str, ...] = ()
    varied: bool = False
    listed: tuple[str, ...] = ()
    place: int | None = None
    scope: str = ""
    steps: bool = False
    beyond: bool = False
    names_only: bool = False
    reason: bool = False
    focus: str | None = None
    otherwise: Resolved | None = None
    within: Within | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """A question that was asked back about, and what was offered."""

    question: str
    options: tuple[str, ...]
