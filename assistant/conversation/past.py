"""What a message is read against: the turns that are kept, and the knowledge base they speak of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.conversation.models import Pending, Slot, Sort, Turn
from assistant.conversation.naming import axes_of, sort_of
from assistant.conversation.phrasing import is_plural
from assistant.mentions import Namer, Tie
from assistant.question import tokens
from assistant.view import View
from corpus.words import key


@dataclass(frozen=True, slots=True)
class Past:
    """The turns before, the question that was asked back about, and the names of the knowledge base."""

    turns: Sequence[Turn]
    pending: Pending | None
    namer: Namer
    view: View

    # ---- turns

    def on_topic(self) -> list[Turn]:
        """Turns that something of is in the knowledge base, latest first."""
        return [t for t in reversed(self.turns) if t.on_topic]

    @property
    def last(self) -> Turn | None:
        """The last turn that something of is in the knowledge base."""
        return next((t for t in reversed(self.turns) if t.on_topic), None)

    def listing(self) -> Turn | None:
        """The last turn with an answer that listed something; else the last that had one."""
        answered = [t for t in reversed(self.turns) if t.answered]
        return next((t for t in answered if len(t.listed) > 1 and not t.counted), answered[0] if answered else None)

    def run(self) -> list[Turn]:
        """The last turns on end that asked the same of one thing after the other, in order."""
        run: list[Turn] = []
        for turn in self.on_topic():
            if run and not (run[-1].varied or turn.asks_the_same(run[-1])):
                break
            run.append(turn)
        return run[::-1]

    # ---- what was spoken of

    def attribute(self, *, named: bool = False) -> str | None:
        """What is under discussion of things: asked for by name while one thing was spoken of, else that of the cell told last.

        Args:
            named: only one that was asked for by name.
        """
        spoken: str | None = None
        for turn in self.on_topic():
            if spoken is not None and (turn.subject is None or key(turn.subject) != spoken):
                break
            cell = [key(n) for n in turn.cell or () if turn.owner is None or key(n) != key(turn.owner)]
            told = [s.name for s in turn.slots if s.axes and key(s.name) in cell and (s.sort == "attribute" or turn.owner)]
            asked = told or [s.name for s in turn.of("attribute") if s.axes]
            if asked:
                return asked[0]
            spoken = key(turn.subject) if turn.subject else ""
        last = self.last
        about = (last.owner or last.subject) if last is not None else None
        if named or last is None or last.cell is None or about is None or key(about) not in map(key, last.cell):
            return None
        if last.value is None and not last.of("name"):
            return None  # more than one cell was told
        return next((label for label in last.cell if key(label) != key(about)), None)

    @property
    def it(self) -> str | None:
        """What *it* stands for."""
        last = self.last
        return last.subject or last.owner if last is not None else None

    def spoken(self) -> list[str]:
        """What the conversation was about, each once, in the order of its first mention."""
        return list({key(t.subject): t.subject for t in reversed(self.on_topic()) if t.subject and t.answered}.values())

    def in_run(self) -> list[str]:
        """The things that the last turns on end asked the same of."""
        return list({key(s.name): s.name for t in self.run() for s in t.of("thing")}.values())

    def siblings(self) -> list[str]:
        """All the things described beside the one spoken of last."""
        last = self.last
        things = list(last.of("thing")) if last else []
        for table, axis in sorted(things[-1].axes) if things else ():
            shape = self.view.table(table)
            if (shape.entities == "rows") == (axis == "row"):
                return list(self.view.things_of(shape))
        return []

    def speaks_of_many(self) -> bool:
        """Whether the one thing asked about last was named in the plural (*and leaves?*)."""
        last = self.last
        things = last.of("thing", "name") if last is not None else []
        return len(things) == 1 and is_plural(things[0]) and not is_plural(replace(things[0], words=things[0].name))

    # ---- names of a message

    def axes(self, tie: Tie) -> frozenset[tuple[int, str]]:
        """The tables a name labels, and whether a row or a column."""
        return axes_of(tie, self.view)

    def sort(self, tie: Tie) -> Sort:
        """Of which sort a name is."""
        return sort_of(tie, self.view)

    def is_name(self, tie: Tie) -> bool:
        """Whether something can be asked of a name."""
        return self.sort(tie) in ("thing", "name")

    def slot(self, name: str) -> Slot | None:
        """A name as it would stand in a question."""
        ties = self.namer.ties(tokens(name), (), name)
        return Slot(name, ties[0].name, self.sort(ties[0]), self.axes(ties[0])) if len(ties) == 1 else None

    def tells_of_things(self, tie: Tie) -> bool:
        """Whether a name is what is said of things, and no need that a table of choices knows."""
        axes = self.axes(tie)
        if self.sort(tie) != "attribute" or any(self.view.table(table).decision for table, _ in axes):
            return False
        return bool(axes) or "heading" in tie.roles
