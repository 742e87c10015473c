"""What one thing has where another has the name asked about."""

from __future__ import annotations

from assistant.finding import Finding, name, part, value
from assistant.frame import Frame
from assistant.language import language
from assistant.listing import enumerates, holders_of
from assistant.retrieval import Evidence
from assistant.saying import YESNO
from assistant.things import others, scored, things
from assistant.view import View
from corpus.words import key, words

_ASKS_OTHERWISE = frozenset({"where", "when", "why", "how", "who"})  # a place, a time, a way: not what one thing has for another's


def elsewhere(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The counterpart, where a listed name is asked for of a thing that does not list it (*the x of B*)."""
    named = [t for t in frame.content_ties() if "name" in t.roles and not t.is_label() and not view.is_thing(t.key)]
    sides = things(frame, view)
    if len(named) != 1 or len({t.key for t in sides}) != 1 or frame.tokens[0].word in _ASKS_OTHERWISE:
        return None
    if any(frame.tokens[p].word not in language().soft for p in others(frame, [*named, *sides])):
        return None
    listed = [f for f in holders_of(named[0], view) if f.table is not None and enumerates(f)]
    if not listed or any((o := view.owner(f)) is not None and key(o.text) == sides[0].key for f in listed):
        return None
    return counterpart(frame, evidence, view)


def counterpart(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The same row, the other column: what one thing has where another has the named one."""
    named = [t for t in frame.content_ties() if "name" in t.roles and not view.is_thing(t.key)]
    sides = things(frame, view)
    if not named:
        return None
    wanted = {t.key for t in sides}
    cells = {f.id: f for t in named for f in holders_of(t, view) if f.table is not None and not view.table(f.table).decision}
    # Where the other side is named with what it has (*is y of B the counterpart of x*), x is what is looked from.
    ours = [f for f in cells.values() if (o := view.owner(f)) is None or key(o.text) not in wanted] or list(cells.values())
    found = []
    typed = {frame.tokens[p].word for t in named for p in range(t.start, t.end)}
    as_typed = {f.id: len(typed.intersection(words(f.value))) for f in ours}  # of two cells that hold its stem, the one that writes it so
    for cell in sorted(ours, key=lambda f: (-as_typed[f.id], len(f.names), f.id)):
        columns = view.table_of(cell).entities == "columns"
        owner = view.owner(cell)
        for other in view.row(cell) if columns else view.column(cell):
            theirs = view.owner(other)
            if other.id == cell.id or theirs is None or other.column == 0:
                continue
            if sides and key(theirs.text) not in wanted:
                continue
            if owner is not None and key(theirs.text) == key(owner.text):
                continue
            found.append((cell, other))
    if not found:
        return None
    first = found[0][0]
    mine = [other for cell, other in found if cell.id == first.id]
    said = next((t for t in named if t.name in first.value), named[0])
    claimed = [t for t in named if t.key != said.key]
    owner, attribute = view.owner(first), view.attribute(first)
    slots = {
        "name": part(first, said.name) if said.name in first.value else value(first),
        "owner": name(owner),
        "attribute": name(attribute),
        "others": [{"owner": name(view.owner(f)), "value": value(f)} for f in mine],
        "yes": all(any(key(n) == t.key for f in mine for n in f.names) for t in claimed) if claimed and YESNO.match(frame.text) else None,
    }
    return Finding("counterpart", slots, scored(evidence, [*mine, first]), True, dict.fromkeys((t.key for t in named), "value"))
