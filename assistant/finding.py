"""What was found for a question, before it is worded: a shape, and the quotes that fill its slots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.models import DeclineKind
from assistant.retrieval import Candidate
from assistant.view import Name
from assistant.wording import Claim, Quote
from corpus.models import Fact, Label


@dataclass(slots=True)
class Finding:
    """An answer in the making.

    Args:
        shape: which rule words it.
        slots: quotes, lists and mappings of quotes for the template.
        deciding: the candidates that carry it, strongest first; the judge looks at these.
        bound: names of the question were tied to labels of one and the same fact, so nothing is left to chance.
        roles: tie key -> role in the reading.
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
    contrast: float | None = None  # of a need: how much nearer it is to the knowledge base than to what people talk about elsewhere
    computed: bool = False  # computed from cells that account for every word of the question: there is nothing left to weigh
    claims: list[Claim] = field(default_factory=list)  # what is computed from the quotes, beside the figures printed

    def enumerates(self) -> list[str]:
        """What the answer lists, in order: the things of a value, the labels of a list or row."""
        quote = self.slots.get("value")
        if isinstance(quote, Quote) and quote.fact is not None:
            return [n for n in quote.fact.names if n in quote.text]
        listed = self.slots.get("items") or self.slots.get("cells") or self.slots.get("places") or self.slots.get("lines") or ()
        found = []
        for entry in listed:
            named = (
                (entry.get("label") or entry.get("owner") or entry.get("holder") or entry.get("value"))
                if isinstance(entry, dict)
                else entry
            )
            if isinstance(named, Quote):
                found.append(named.text)
        return found


def value(fact: Fact) -> Quote:
    """The fact's value, cited."""
    return Quote(fact.value, fact.document, fact.span, fact)


def part(fact: Fact, text: str) -> Quote:
    """A part of the fact's value, cited."""
    return Quote(text, fact.document, fact.span, fact)


def label(found: Label, fact: Fact, *, cite: bool = False) -> Quote:
    """A label of the fact; cited only where it stands alone."""
    return Quote(found.text, fact.document, found.span or fact.span, fact if cite else None)


def name(found: Name, *, cite: bool = False) -> Quote | None:
    """A name with its place; None where the place is not known (a heading further up)."""
    if found.span is None:
        return None
    return Quote(found.text, found.document, found.span, found.fact if cite else None)


def fact_label(fact: Fact, role: str, *, cite: bool = False) -> Quote | None:
    """The first label of a role as a quote."""
    found = next((x for x in fact.labels if x.role == role), None)
    return label(found, fact, cite=cite) if found else None


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
