"""What a question takes for granted where the knowledge base says otherwise: the fact that contradicts it.

A question of how or why claims something before it asks. The claim is checked by names alone: a name said to be listed
where it is not, a name put in the place of the one a text has.
"""

from __future__ import annotations

import re

from assistant.finding import Finding, fact_label, value
from assistant.frame import Frame
from assistant.listing import category, enumerates, holders_of, listed, said_together
from assistant.mentions import Tie
from assistant.retrieval import Evidence
from assistant.saying import misattributed
from assistant.things import accounted, others, scored, things_by_key
from assistant.view import View
from assistant.wording import Echo
from corpus.models import Fact
from corpus.words import key

_CLAIMS = re.compile(
    r"^(?:what (?:makes|made|lets|allows|enables)|how come|since|as|given(?: that)?|because|seeing that|now that)\b"
    r"|^[^,;:?]+ (?:is|are|was|were) [^,;:?]+[,;:] *(?:so |and |then |but )?(?:how|why|which|what|when|where)\b",
    re.I,
)
_CLAIMING = frozenset({"why", "howto"})  # kinds that claim something by asking
_TEXTS = frozenset({"pair", "item", "sentence"})
_NEAREST = 6  # candidates among which the text is that the question speaks of
_SPOKEN_OF = 0.7  # share of the question beside the name that the text has to hold
_FEWEST = 3  # words of the question a text holds before it is the one spoken of …


def listed_elsewhere(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """A name is said to be listed for a thing, or in a row, where another one is: where it stands, and what stands there."""
    if frame.negated or frame.answer_type not in (None, "reason") or not (frame.kind in _CLAIMING or _CLAIMS.search(frame.text)):
        return None
    named = [t for t in frame.content_ties() if "name" in t.roles and not t.is_label() and not view.is_thing(t.key)]
    if len({t.key for t in named}) != 1:
        return None
    tie = named[0]
    cells = [f for f in holders_of(tie, view) if f.table is not None and enumerates(f) and any(key(n) == tie.key for n in f.names)]
    cells = [f for f in cells if not view.table_of(f).decision and "→" not in f.raw]  # a step is no member
    sides = list(things_by_key(frame, view).values())
    if not cells or len(sides) > 1:
        return None
    rows = [t for t in frame.content_ties() if t.roles & {"row", "column"} and not view.is_thing(t.key) and _lists_in(t, cells, view)]
    if not sides and not rows:
        return None
    if any(not category(frame.tokens[p].stem, cells, view) for p in others(frame, [tie, *sides, *rows]) if p not in frame.unknown):
        return None  # more is said of it than where it is listed
    mentioned = [view.fact(e.fact) for e in tie.entries if e.fact is not None]
    if any(
        t.key in {key(n) for n in f.names} or any(t.key in key(x.text) for x in f.labels)
        for t in sides
        for f in mentioned
        if f.table is None
    ):
        return None  # a text speaks of both
    asked = sides[0] if sides else None
    if asked is not None and said_together(tie, asked, evidence, view):
        return None
    fits = [c for c in cells if (asked is None or _owned(c, asked, view)) and (not rows or any(_stands_in(t, c) for t in rows))]
    if fits or (asked is not None and not rows and any(_owned(c, asked, view) for c in cells)):
        return None
    there = [f for c in cells for f in view.cells(view.table_of(c).id) if f.column and _in_place(f, asked, rows, cells, view)]
    slots = listed(tie, asked, cells, view) | {
        "attribute": Echo(rows[0].name) if rows and (asked is None or any(_owned(c, asked, view) for c in cells)) else None,
        "instead": value(there[0]) if there and asked is not None else None,
    }
    roles = {tie.key: "value"} | ({asked.key: "entity"} if asked else {}) | {t.key: "attribute" for t in rows}
    used = [*cells, *(there[:1] if asked is not None else [])]
    return Finding("member_no", slots, scored(evidence, used), True, roles, corrected=True)


def _lists_in(tie: Tie, cells: list[Fact], view: View) -> bool:
    """Whether a name heads a row or column in a table that lists the name asked about."""
    tables = {c.table for c in cells}
    return any(e.fact is not None and e.role in ("row", "column") and view.fact(e.fact).table in tables for e in tie.entries)


def _owned(fact: Fact, tie: Tie, view: View) -> bool:
    owner = view.owner(fact)
    return owner is not None and key(owner.text) == tie.key


def _stands_in(tie: Tie, fact: Fact) -> bool:
    return any(key(x.text) == tie.key for x in fact.labels)


def _in_place(fact: Fact, asked: Tie | None, rows: list[Tie], cells: list[Fact], view: View) -> bool:
    """Whether a cell is where the name was said to be: of the thing, in the row named or else in the name's own row."""
    if asked is not None and not _owned(fact, asked, view):
        return False
    if rows:
        return any(_stands_in(t, fact) for t in rows)
    return any(fact.table == c.table and (fact.row == c.row or fact.column == c.column) for c in cells)


def told_otherwise(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """A text says what the question says, but of another name: the text."""
    if frame.negated or frame.kind not in (*_CLAIMING, "yesno") or frame.answer_type not in (None, "reason"):
        return None
    named = [
        t for t in frame.content_ties() if "name" in t.roles and (view.is_thing(t.key) or (not t.is_label() and t.words != t.words.lower()))
    ]
    for candidate in evidence.candidates[:_NEAREST]:
        fact = candidate.fact
        labelled = [n for x in fact.labels if x.role == "label" for n in x.text.split(" + ") if view.is_thing(key(n))]
        own = [*fact.names, *labelled]
        if fact.kind not in _TEXTS or not own:
            continue
        held = view.stems_of(" ".join([fact.value, *(x.text for x in fact.labels if x.role == "label")]))
        missing = [t for t in named if t.key not in {key(n) for n in own} and not view.stems_of(t.name) <= held]
        if len({t.key for t in missing}) != 1 or any(t.key in key(h) for t in missing for h in view.path(fact)):
            continue
        rest = [p for p in others(frame, missing) if p in evidence.worth]
        said = [p for p in rest if frame.tokens[p].stem in held]
        total = sum(evidence.worth[p] for p in rest)
        if not said or sum(evidence.worth[p] for p in said) < _SPOKEN_OF * total:
            continue
        asked = {frame.tokens[p].stem for p in rest} | {s for t in named for s in view.stems_of(t.name)}
        instead = [n for n in own if not view.stems_of(n) & asked]
        step = fact.ordered and any(missing[0].key in {key(n) for n in f.names} for f in view.group(fact) if f.id != fact.id)
        if not instead or not (len(said) >= _FEWEST or (step and len(said) == len(rest))):
            continue
        if _said_as_well(frame, missing[0], said, view):
            continue
        both = misattributed(frame, evidence, view)
        if both is not None:
            return both  # what is said of the thing itself is told beside it
        slots = {"label": fact_label(fact, "label"), "value": value(fact), "asked": Echo(missing[0].name)}
        return Finding(
            "told_otherwise",
            slots,
            [candidate],
            True,
            {missing[0].key: "value"},
            corrected=True,
            meant=accounted(frame),
        )
    return None


def _said_as_well(frame: Frame, tie: Tie, said: list[int], view: View) -> bool:
    """Whether something the knowledge base says of the name itself holds the same words."""
    wanted = {frame.tokens[p].stem for p in said}
    ids = sorted({e.fact for e in tie.entries if e.fact is not None})
    return any(wanted <= (view.stems_of(f.value) | view.heads_of(f)) for f in view.store.facts(ids) if f.kind != "heading")


__all__ = ["listed_elsewhere", "told_otherwise"]
