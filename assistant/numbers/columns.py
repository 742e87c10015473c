"""Cells of one row or column read together, so that each ambiguity is settled by its neighbours or their header. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from assistant.numbers.amounts import amount_at
from assistant.numbers.dates import year
from assistant.numbers.models import ANY, Quantity, Sense, Unit
from assistant.numbers.reading import missing, read, tidy
from assistant.numbers.units import reader
from assistant.numbers.versions import version, version_parts
from corpus.words import stem, words

_MOSTLY = 0.5  # share of the cells that hold anything which has to read as quantities
_HEADER_UNIT = re.compile(r"[(\[]([^()\[\]]+)[)\]]\s*$|\b(?:in|,)\s+([^\s,]+)\s*$|/\s*([^\s/]+)\s*$")


@dataclass(frozen=True, slots=True)
class Column:
    """A row or column of cells read as quantities of one dimension.

    Args:
        values: one per cell; None where the cell says nothing, or nothing that reads as a quantity.
        unread: places of cells that say something that is no quantity.
        unit: what a bare number is measured in here; None where the cells are measured in several units.
    """

    dimension: str
    noun: str
    values: tuple[Quantity | None, ...]
    unread: tuple[int, ...]
    unit: Unit | None
    sense: Sense | None
    header: frozenset[str] = field(default_factory=frozenset)  # stems of the header's words

    @property
    def known(self) -> list[int]:
        """Places of the cells that can be compared."""
        return [i for i, v in enumerate(self.values) if v is not None]


def header_unit(header: str) -> tuple[Unit, ...]:
    """The unit a header names for the numbers below it: `Weight (kg)`, `Latency [ms]`, `RAM, GB`, `Price in EUR`."""
    match = _HEADER_UNIT.search(header.strip())
    if not match:
        first = re.match(r"[A-Za-z]{4,}s\b", header.strip())  # `Years of service`
        return tuple(u for u in reader().units(first[0].lower()) if u.dimension) if first else ()
    named = next(g for g in match.groups() if g)
    amount = amount_at(f"1 {named.strip()}", 0, nouns=False)
    if amount is None or amount.end != len(f"1 {named.strip()}"):
        amount = amount_at(f"{named.strip()}1", 0, nouns=False)  # a currency sign
        if amount is None or amount.end != len(f"{named.strip()}1"):
            return ()
    return tuple(u for u in amount.units if u.dimension)


def sense(header: str) -> Sense | None:
    """Whether a header says that its numbers are the most there is room for (`upper`) or the least that is needed (`lower`)."""
    held_stems = [stem(w) for w in words(header)]
    for name in ("lower", "upper"):
        held = {stem(w) for w in reader().data.senses[name].split()}
        if any(s in held for s in held_stems) or (name == "upper" and "up to" in header.lower()):
            return "lower" if name == "lower" else "upper"
    return None


def column(header: str, cells: Sequence[str]) -> Column | None:
    """Cells of one kind read together, so that each ambiguity is settled by its neighbours; None when they are no quantities.

    Most cells that say anything have to read as quantities of one dimension. A cell that reads as one of another
    dimension (a second currency, a second thing counted) makes the whole incomparable.
    """
    readings = [read(c) for c in cells]
    said = [i for i, c in enumerate(cells) if not missing(c)]
    numeric = [i for i in said if readings[i]]
    if not numeric or len(numeric) <= _MOSTLY * len(said):
        return None
    if any(_decimal_comma(cells[i]) for i in numeric) and any(re.search(r"\d,\d{3}\b", cells[i]) for i in numeric):
        return None  # `3,5` and `1,500`: the comma means two things
    named = header_unit(header)
    bare = [i for i in numeric if any(not q.dimension for q in readings[i])]
    if named and len(bare) == len([i for i in numeric if readings[i][0].unit is not None]):
        readings = [_measured(r, named) if any(not q.dimension for q in r) else r for r in readings]
    readings = _versions(header, cells, readings)
    dimension = _dimension(header, [readings[i] for i in numeric])
    if dimension is None:
        return None
    values: list[Quantity | None] = []
    unread = []
    for i, given in enumerate(readings):
        fits = next((q for q in given if q.dimension == dimension), None)
        if fits is None and any(q.dimension == ANY for q in given):
            fits = replace(given[0], dimension=dimension)
        if fits is None and given:
            return None  # a quantity of something else stands among them
        if fits is None and i in said:
            unread.append(i)
        values.append(fits)
    nouns = {v.noun for v in values if v is not None and v.noun}
    if len(nouns) > 1:
        return None
    units = {v.unit for v in values if v is not None and v.unit is not None}
    held = frozenset(stem(w) for w in words(header))
    return Column(
        dimension,
        nouns.pop() if nouns else "",
        tuple(values),
        tuple(unread),
        units.pop() if len(units) == 1 else None,
        sense(header),
        held,
    )


def _decimal_comma(cell: str) -> bool:
    return bool(re.search(r"(?<![\d,.])\d+,(?!\d{3}\b)\d+", cell))


def _measured(readings: tuple[Quantity, ...], units: tuple[Unit, ...]) -> tuple[Quantity, ...]:
    """Bare numbers in the unit of the header."""
    made = []
    for q in readings:
        if q.dimension:
            made.append(q)
            continue
        for unit in units:
            low, high = (e * unit.factor + unit.offset if isinstance(e, Fraction) else e for e in (q.low, q.high))
            made.append(replace(q, low=low, high=high, dimension=unit.dimension, unit=unit, noun=""))
    return tuple(made)


def _versions(header: str, cells: Sequence[str], readings: list[tuple[Quantity, ...]]) -> list[tuple[Quantity, ...]]:
    """In a column of versions `1.10` comes after `1.9`."""
    said = any(stem(w) in ("version", "releas") for w in words(header)) or any(q.dimension == "version" for r in readings for q in r)
    if not said:
        return readings
    made = []
    for cell, given in zip(cells, readings, strict=True):
        match = re.fullmatch(r"v?\.?\s?(\d+(?:\.\d+)*)", tidy(cell), re.I)
        parts = version_parts(match[1]) if match else None
        made.append((version(parts),) if parts is not None else given)
    return made


def _dimension(header: str, readings: Sequence[tuple[Quantity, ...]]) -> str | None:
    """The dimension that every one of the quantities can have; the likeliest where several are."""
    told = [r for r in readings if r[0].dimension != ANY]
    if not told:
        return None
    counted: dict[str, int] = {}
    for given in told:
        for rank, dimension in enumerate(dict.fromkeys(q.dimension for q in given)):
            counted[dimension] = counted.get(dimension, 0) + (10 if rank == 0 else 9)
    possible = [d for d in counted if all(any(q.dimension == d for q in given) for given in told)]
    pool = possible or list(counted)
    hinted = {s.dimension for s in (_scale_dimensions(header))}
    return max(pool, key=lambda d: (d in hinted, counted[d], d))


def _scale_dimensions(header: str) -> list[Unit]:
    """Dimensions that a header's own word is measured in (`Duration` for minutes, so that `5 m` is no length)."""
    held_stems = {stem(w) for w in words(header)}
    found = []
    for scale in reader().data.scale:
        if held_stems & {stem(w) for w in scale.nouns.split()}:
            found += [Unit(d, Fraction(1)) for d in scale.dimensions.split()]
        if held_stems & {stem(w) for w in scale.inverse_nouns.split()}:
            found += [Unit(d, Fraction(1)) for d in scale.inverse_dimensions.split()]
    return found


def converted(asked: Sequence[Quantity], into: Column) -> Quantity | None:
    """The quantity of a question on the scale of a column; None when it is one of something else.

    A bare number is read in the unit the whole column is written in.
    """
    for q in asked:
        if q.dimension == into.dimension and q.dimension:
            return q
    for q in asked:
        if q.dimension == "" and into.dimension == "":
            return q if not q.noun or not into.noun or q.noun == into.noun else None
        if q.dimension == "angle" and into.dimension == "temperature" and into.unit is not None and isinstance(q.low, Fraction):
            return _measured((replace(q, dimension=""),), (into.unit,))[0]  # *39 degrees* are those of the column
        if q.dimension == "" and into.dimension == "date" and (days := year(q)) is not None:
            return days
        if q.dimension == "" and not q.noun and into.unit is not None:
            return _measured((q,), (into.unit,))[0]
        if q.dimension == "" and not q.noun and into.dimension == "version" and isinstance(q.low, Fraction) and q.low.denominator == 1:
            return version([int(q.low)])
        if (
            q.dimension
            and "/" not in q.dimension
            and into.unit is not None
            and into.dimension.split("/")[0] == q.dimension
            and q.unit is not None
        ):
            # `20 dollars` in a column of dollars a month
            low, high = (e / into.unit.per if isinstance(e, Fraction) else e for e in (q.low, q.high))
            return replace(q, low=low, high=high, dimension=into.dimension)
    return None
