"""What is filed under a name."""

from __future__ import annotations

from assistant import Assistant
from assistant.frame import understand
from assistant.things import facts_of, filed_under


def test_what_is_looked_for_among_the_first_facts_of_a_name_are_the_first_of_all(bike: Assistant) -> None:
    state = bike._state
    frame = understand("what is a tandem", state.namer, state.namer.common)
    tie = max(frame.content_ties(), key=lambda t: len(t.entries))

    every = filed_under(tie, state.view)

    assert len(every) > 2
    assert filed_under(tie, state.view, most=2) == every[:2]
    assert facts_of(tie, state.view, len(every)) == facts_of(tie, state.view)
