"""Facts that enumerate names: which of them list a name, where these stand, and which things do not list it."""

from __future__ import annotations

from assistant.finding import Finding, name, part, placed, value
from assistant.mentions import Tie
from assistant.retrieval import Evidence
from assistant.things import TEXTS_NEAR, scored, speaks_of
from assistant.view import View
from assistant.wording import Echo
from corpus.models import Fact
from corpus.words import key

_ENUMERATION = 0.6  # share of a value that its names make up when it is a list of them


def holders_of(tie: Tie, view: View) -> list[Fact]:
    """Facts whose value enumerates the name."""
    ids = sorted({e.fact for e in tie.entries if e.fact is not None and e.role == "name"})
    return [f for f in view.store.facts(ids) if f.kind not in ("heading", "step") and f.column != 0]


def enumerates(fact: Fact) -> bool:
    """Whether a value is a list of names rather than a sentence that mentions one."""
    apart = [n for n in fact.names if n in fact.value]
    return sum(len(n) for n in apart) >= _ENUMERATION * len(fact.value)


def listed_names(fact: Fact) -> list[str]:
    """The names a fact enumerates, those that are part of a longer one left out."""
    apart = [n for n in dict.fromkeys(fact.names) if n in fact.value]
    return [n for n in apart if not any(n != o and n in o for o in apart)]


def category(stem: str, cells: list[Fact], view: View) -> bool:
    """Whether a word names the row, column, first column or section these cells stand in (`tool` beside a Tools row)."""
    return any(stem in view.heads_of(f) for f in cells)


def stands_under(tie: Tie, cells: list[Fact]) -> bool:
    """Whether any of the cells stands under the row or column of that name."""
    return any(key(x.text) == tie.key for f in cells for x in f.labels)


def listed(tie: Tie, asked: Tie | None, facts: list[Fact], view: View) -> dict[str, object]:
    """The slots that tell where a name is listed: each place with whose and what it is."""
    return {
        "name": part(facts[0], tie.name) if tie.name in facts[0].value else Echo(tie.name),
        "asked": Echo(asked.name) if asked else None,
        "places": [placed(f, view) for f in facts],
        "attribute": None,
        "instead": None,
    }


def said_together(tie: Tie, other: Tie, evidence: Evidence, view: View) -> bool:
    """Whether a text near the question speaks of both names: what a table does not say of them, it may."""
    texts = [c.fact for c in evidence.candidates[:TEXTS_NEAR] if c.fact.table is None and c.fact.kind != "code"]
    return any(speaks_of(f, tie, view) and speaks_of(f, other, view) for f in texts)


def not_held(tie: Tie, cells: list[Fact], evidence: Evidence, view: View) -> Finding | None:
    """The things of the same table that do not list the name; None where it is listed in no table."""
    if cells[0].table is None:
        return None
    table = view.table_of(cells[0])
    holders = {key(o.text) for c in cells if (o := view.owner(c))}
    rest = [t for t in view.things_of(table) if key(t) not in holders]
    if not rest:
        return None
    mine = [c for c in cells if c.table == table.id]
    line = view.row(cells[0]) if table.entities == "columns" else view.column(cells[0])
    shown = [c for c in line if (o := view.owner(c)) and key(o.text) not in holders and c.column]
    if not shown:
        return None
    places = [{"owner": name(view.owner(c)), "value": value(c)} for c in shown]
    owners = {key(o.text): name(o) for c in mine if (o := view.owner(c))}
    slots = {
        "name": part(cells[0], tie.name) if tie.name in cells[0].value else Echo(tie.name),
        "owners": [o for o in owners.values() if o is not None],
        "places": places,
    }
    return Finding("not_held", slots, scored(evidence, [*cells, *shown]), True, {tie.key: "value"})
