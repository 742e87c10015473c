"""Whether a choice is asked for and nothing is said of what for, so that it has to be asked back."""

from __future__ import annotations

from assistant.conversation.models import ENTRIES
from assistant.frame import Frame
from assistant.mentions import Tie
from assistant.view import View
from corpus.models import Fact

_TABLES = 400  # looked at for choices


def asks_for_any(frame: Frame, view: View) -> bool:
    """Whether a choice is asked for of the things a table describes, and nothing is said of what for (*which craft do I need*)."""
    ties = frame.content_ties()
    named = {p for t in ties for p in range(t.start, t.end)}
    if frame.kind != "decision" or frame.need:
        return False
    if ties and named >= set(frame.content) and all(_is_header(t, view) for t in ties):
        return True
    asked = {frame.tokens[p].stem for p in frame.content}
    return bool(asked) and any(asked <= common for common in _sorts_chosen(view))


def _sorts_chosen(view: View) -> list[frozenset[str]]:
    """For each table of choices the words that all it recommends have in common (*oven* of *Rack oven* and *Stone oven*)."""
    found = []
    for table in view.first_tables(_TABLES):
        if table.decision is not None:
            values = [view.stems_of(c.value) for c in view.cells(table.id, column=table.decision[1])]
            if len(set(values)) > 1:
                found.append(frozenset.intersection(*map(frozenset, values)))
    return found


def _is_header(tie: Tie, view: View) -> bool:
    """Whether a name is but the header of a table's labels, or of what a decision table recommends."""
    facts = [(e.role, view.fact(e.fact)) for e in tie.entries[:ENTRIES] if e.fact is not None and e.role != "name"]
    return bool(facts) and all(role == "column" and fact.column in (0, _recommending(fact, view)) for role, fact in facts)


def _recommending(fact: Fact, view: View) -> int:
    """The column of a decision table that says what to take; 0 for any other table."""
    decision = view.table(fact.table).decision if fact.table is not None else None
    return decision[1] if decision else 0
