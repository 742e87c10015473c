"""The state of one chat: the turns that are kept, and a question that was asked back about."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.conversation.keeping import turn_of
from assistant.conversation.models import Pending, Resolved, Turn
from assistant.conversation.past import Past
from assistant.conversation.rows import of_rows
from assistant.finding import Finding
from assistant.frame import Frame
from assistant.mentions import Namer
from assistant.models import DeclineKind
from assistant.view import View

_KEPT_TURNS = 8


class Conversation:
    """The state of one chat. Pass the same object with every turn."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self._pending: Pending | None = None

    def copy(self) -> Conversation:
        """The same state, to go on with apart."""
        other = Conversation()
        other.take(self)
        return other

    def take(self, other: Conversation) -> None:
        """Go on from where another has come to."""
        self.turns, self._pending = list(other.turns), other._pending

    def remember(
        self, frame: Frame, resolved: Resolved, view: View, finding: Finding | None = None, decline: DeclineKind | None = None
    ) -> None:
        """Keep a turn: what was asked, and what the answer was about. A turn about nothing here is kept as such."""
        self._pending = None
        if resolved.reason and self.turns and self.turns[-1].answered and self.turns[-1].kind != "why":
            return  # the reason of an answer is part of it: what follows goes on with the answer
        self.turns.append(turn_of(frame, resolved, view, finding, decline))
        del self.turns[:-_KEPT_TURNS]

    def ask_back(self, question: str, options: Sequence[str]) -> None:
        """Keep a question that was asked back about, and what was offered."""
        self._pending = Pending(question, tuple(options))

    def dismiss(self) -> None:
        """Forget a question that was asked back about."""
        self._pending = None

    def resolve(self, text: str, namer: Namer, view: View) -> Resolved:
        """The message made whole; the text as it is where it stands alone. Changes nothing."""
        if not self.turns and self._pending is None:
            return Resolved(text)
        from assistant.conversation.reading import read  # a first question leans on nothing, and does without all the ways

        plain = read(text, Past(self.turns, self._pending, namer, view))
        return of_rows(self.turns, text, plain, namer) if self.turns and self._pending is None else plain
