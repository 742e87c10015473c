"""What was found for a question, before it is worded: a shape, and the quotes that fill its slots."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.models import DeclineKind
from assistant.retrieval import Candidate
from assistant.view import Name, View
from assistant.wording import Claim, Figure, Quote
from corpus.models import Fact, Label
from corpus.words import key


@dataclass(slots=True)
class Finding:
    """An answer in the making.

    Args:
        shape: which rule words it.
        slots: quotes, lists and mappings of quotes for the template.
        deciding: the candidates that carry it, strongest first; the judge looks at these.
        bound: names of the question were tied to labels of one and the same fact, so nothing is left to chance.
        roles: tie key -> role in the reading.

    The rest is said beside each field.
    """

    shape: str
    slots: dict[str, Any]
    deciding: list[Candidate]
    bound: bool = False
    roles: dict[str, str] = field(default_factory=dict)
    corrected: bool = False  # the question's premise is contradicted by what is cited
    meant: tuple[int, ...] = ()  # places of the question that were tied by meaning, not by word
    problem: bool = False  # what is found stands under a heading or label of difficulties
    decline: DeclineKind | None = None  # what was looked for is known not to be said: this kind of no
    near: float = 0.0  # of a need told in several clauses: cosine of the nearest of them
    contrast: float | None = None  # of a need: how much nearer it is to the knowledge base than to what people talk about elsewhere
    computed: bool = False  # computed from cells that account for every word of the question: there is nothing left to weigh
    # Of a table whose rows are records: (table, rows told, the column they were told from, the column that says which they are).
    chosen: tuple[int, tuple[int, ...], int, int] | None = None
    claims: list[Claim] = field(default_factory=list)  # what is computed from the quotes, beside the figures printed

    def enumerates(self, about: Collection[str] = ()) -> list[str]:
        """What the answer lists, in order: the things of a value, the labels of a list or row, the steps of an order.

        Args:
            about: keys of names in the question; of several places a name is listed at, those under one of these are meant.
        """
        return [quote.text for quote in self.members(about)]

    def members(self, about: Collection[str] = ()) -> list[Quote]:
        """The same as quotes, each once."""
        places = [p for p in self.slots.get("places") or () if isinstance(p, Mapping) and isinstance(p.get("value"), Quote)]
        if places:
            meant = [p for p in places if isinstance(a := p.get("attribute"), Quote) and key(a.text) in about]
            return _names_in((meant or places)[0]["value"])
        entries = next((e for k in _LISTS if isinstance(e := self.slots.get(k), list | tuple) and e), ())
        named = [q for q in (_member(e) for e in entries) if q is not None]
        if len(named) < 2:  # one value may hold several names
            whole = self.slots.get("value") or (entries[0].get("value") if entries and isinstance(entries[0], Mapping) else None)
            inside = _names_in(whole) if isinstance(whole, Quote) else []
            named = inside or named
        return list({q.text: q for q in named}.values())

    def says(self, longest: int) -> str | None:
        """What the answer says in one value or step of at most so many characters; None where it says more."""
        said = next((q for k in ("step", "value") if isinstance(q := self.slots.get(k), Quote)), None)
        return said.text.rstrip(".") if said is not None and len(said.text) <= longest else None


def printed(slots: object) -> list[Quote]:
    """The quotes that a finding prints with a citation, in order; a name that only stands beside a value is none of them."""
    return [q for q in walk(slots) if isinstance(q, Quote) and q.fact is not None]


def figures(slots: object) -> list[Figure]:
    """The numbers that a finding prints, in order."""
    return [f for f in walk(slots) if isinstance(f, Figure)]


def walk(slots: object) -> Iterator[Quote | Figure]:
    """Every quote and figure of a finding's slots, in order."""
    if isinstance(slots, Quote | Figure):
        yield slots
    elif isinstance(slots, Mapping):
        for slot in slots.values():
            yield from walk(slot)
    elif isinstance(slots, list | tuple):
        for slot in slots:
            yield from walk(slot)


def labelled(slots: object) -> Iterator[tuple[Quote, Quote]]:
    """Each name that a finding prints beside a cell to say whose or what it is, with the cell."""
    if isinstance(slots, Mapping):
        labels = [q for k in _BESIDE if isinstance(q := slots.get(k), Quote)]
        cells = [q for k in ("value", "cells") for q in _quotes(slots.get(k)) if q.fact is not None and q.fact.table is not None]
        yield from ((label, cell) for label in labels for cell in cells)
        slots = list(slots.values())
    if isinstance(slots, list | tuple):
        for slot in slots:
            yield from labelled(slot)


def _quotes(slot: object) -> list[Quote]:
    return [q for q in (slot if isinstance(slot, list | tuple) else [slot]) if isinstance(q, Quote)]


_BESIDE = ("label", "holder", "owner", "name", "aspect", "attribute", "which")  # slots that say whose or what the value beside them is
_LISTS = ("items", "cells", "lines", "holders", "rows", "steps", "entries")  # slots that list something


def _member(entry: object) -> Quote | None:
    """What an entry of a list is called: its label or holder, else itself."""
    if isinstance(entry, Mapping):
        entry = next((q for k in ("holder", "label", "owner", "name", "value") if isinstance(q := entry.get(k), Quote)), None)
    return entry if isinstance(entry, Quote) else None


def _names_in(whole: Quote) -> list[Quote]:
    """The names a value enumerates, in its order, each quoted by itself; a name inside another is not one of them."""
    if whole.fact is None:
        return []
    found: list[tuple[int, str]] = []
    for name in sorted({n for n in whole.fact.names if n in whole.text}, key=lambda n: (-len(n), n)):
        at = whole.text.index(name)
        if not any(a <= at < a + len(n) for a, n in found):
            found.append((at, name))
    return [Quote(n, whole.document, whole.span, whole.fact) for _, n in sorted(found)]


def value(fact: Fact) -> Quote:
    """The fact's value, cited."""
    return Quote(fact.value, fact.document, fact.span, fact)


def part(fact: Fact, text: str) -> Quote:
    """A part of the fact's value, cited."""
    return Quote(text, fact.document, fact.span, fact)


def opening(lead: Quote | None) -> Quote | None:
    """A sentence or label that opens a list, without the colon or full stop it ends in: the wording sets its own."""
    return replace(lead, text=lead.text.rstrip(" :.")) if lead is not None and lead.text.rstrip(" :.") else lead


def label(found: Label, fact: Fact, *, cite: bool = False) -> Quote:
    """A label of the fact; cited only where it stands alone."""
    return Quote(found.text, fact.document, found.span or fact.span, fact if cite else None)


def name(found: Name | None, *, cite: bool = False) -> Quote | None:
    """A name with its place; None where there is none, or its place is not known (a heading further up)."""
    if found is None or found.span is None or not found.text.strip():
        return None
    return Quote(found.text, found.document, found.span, found.fact if cite else None)


def placed(fact: Fact, view: View) -> dict[str, Any]:
    """The slots of a value: whose it is, as what, and the value."""
    return {"owner": name(view.owner(fact)), "attribute": name(view.attribute(fact)), "value": value(fact)}


def fact_label(fact: Fact, role: str, *, cite: bool = False) -> Quote | None:
    """The first label of a role as a quote."""
    found = next((x for x in fact.labels if x.role == role), None)
    return label(found, fact, cite=cite) if found else None


def beyond(facts: Sequence[Fact]) -> Figure | int:
    """How many facts are not told, a number that they prove; 0 where all are."""
    left = distinct(facts)
    return Figure(len(left), tuple(value(f) for f in left)) if left else 0


def distinct(facts: Sequence[Fact]) -> list[Fact]:
    """Facts in order, one per place in the file (a merged cell is several facts at one place)."""
    seen: set[tuple[str, int, int]] = set()
    kept = []
    for fact in facts:
        place = (fact.document, fact.span.start, fact.span.end)
        if place not in seen:
            seen.add(place)
            kept.append(fact)
    return kept
