"""The names of a question and of which sort each is, told by where it stands in the knowledge base."""

from __future__ import annotations

from assistant.conversation.models import ENTRIES, Slot, Sort
from assistant.finding import Finding
from assistant.frame import Frame
from assistant.mentions import Tie
from assistant.models import Mention
from assistant.view import View
from corpus.words import key


def axes_of(tie: Tie, view: View) -> frozenset[tuple[int, str]]:
    """The tables a name labels, and whether a row or a column; the header of the labels themselves is neither."""
    found = set()
    for entry in tie.entries[:ENTRIES]:
        if entry.fact is not None and entry.role in ("row", "column"):
            fact = view.fact(entry.fact)
            if fact.table is not None and not (entry.role == "column" and fact.column == 0):
                found.add((fact.table, str(entry.role)))
    return frozenset(found)


def sort_of(tie: Tie, view: View) -> Sort:
    """Of which sort a name is, by where it stands."""
    found = sort_by(tie.key, tie.roles, axes_of(tie, view), view)
    if found == "thing" and not axes_of(tie, view):
        labelled = [view.owner(view.fact(e.fact)) for e in tie.entries[:ENTRIES] if e.fact is not None and e.role == "label"]
        if labelled and all(o is not None and key(o.text) != tie.key for o in labelled):
            return "attribute"  # it recurs under the headings of several things (`Flow:`)
    return found


def sort_by(name_key: str, roles: frozenset[str], axes: frozenset[tuple[int, str]], view: View) -> Sort:
    """Of which sort a name is, by its roles and the tables it labels."""
    for table, axis in axes:
        shape = view.table(table)
        if not shape.decision and (shape.entities == "rows") == (axis == "row"):
            return "thing"
    if axes:
        return "attribute"
    if "label" in roles and view.is_thing(name_key):
        return "thing"
    if roles & {"name"} or not roles & {"row", "column", "label", "heading"}:
        return "name"
    return "attribute"


def slots_of(frame: Frame, finding: Finding | None, view: View) -> tuple[Slot, ...]:
    """The names of a question in order; those the answer was bound by, written otherwise, and unknown names among them."""
    found: list[tuple[int, Slot]] = []
    taken: set[int] = set()
    for tie in frame.content_ties():
        axes = axes_of(tie, view)
        found.append((tie.start, Slot(tie.words, tie.name, sort_of(tie, view), axes)))
        taken.update(range(tie.start, tie.end))
    known = {key(s.name) for _, s in found}
    fact = finding.deciding[0].fact if finding and finding.deciding else None
    for label in fact.labels if fact is not None and fact.table is not None else ():
        if label.role not in ("row", "column") or key(label.text) in known:
            continue
        wanted = view.stems_of(label.text)
        places = [i for i, t in enumerate(frame.tokens) if t.stem in wanted]
        if places and {frame.tokens[i].stem for i in places} == wanted and not taken & set(range(places[0], places[-1] + 1)):
            words = frame.text[frame.tokens[places[0]].start : frame.tokens[places[-1]].end]
            axes = frozenset({(fact.table or 0, str(label.role))}) if fact is not None else frozenset()
            found.append((places[0], Slot(words, label.text, sort_by(key(label.text), frozenset({label.role}), axes, view), axes)))
            taken.update(places)
    unknown = [(place, frame.tokens[place].surface) for place in frame.strange if place not in taken]
    found.extend((place, Slot(typed, typed, "unknown")) for place, typed in unknown)
    return tuple(slot for _, slot in sorted(found, key=lambda pair: pair[0]))


def bound_names(frame: Frame, finding: Finding, view: View) -> tuple[Mention, ...]:
    """Labels that an answer was bound by through words of the question that are not written like them (*half a day*)."""
    tied = {key(t.name) for t in frame.content_ties()}
    return tuple(
        Mention(words=s.words, name=s.name, role="attribute" if s.sort == "attribute" else "entity", how="spelling")
        for s in slots_of(frame, finding, view)
        if s.sort != "unknown" and key(s.name) not in tied
    )
