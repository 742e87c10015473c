"""How quantities of one dimension compare: their order, and whether one meets what is asked of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from assistant.numbers.models import INFINITE, Direction, Edge, Quantity, Relation, Sense


def undecided(values: Iterable[Quantity]) -> bool:
    """Whether an open end leaves it open which of two comes first (`10+` beside `12`, `< 50` beside `20`).

    Open ends of one kind are compared by the end they have (`10+` before `20+`), and unlimited is above all.
    """
    held = [(q, *_open(q)) for q in values]
    for a, above, below in held:
        for b, b_above, b_below in held if above or below else ():
            if above and not b_above and b.low != INFINITE and b.end("descending") > a.low:
                return True
            if below and not b_below and b.end("ascending") < a.high:
                return True
    return False


def _open(q: Quantity) -> tuple[bool, bool]:
    """Whether a quantity is open above, and below."""
    above = isinstance(q.high, float) and isinstance(q.low, Fraction)
    return above, isinstance(q.low, float) and q.low < 0 and not q.most


def ordered(values: Sequence[Quantity | None], direction: Direction) -> list[int]:
    """Places of the values in order; those equal in the order they stand."""
    places = [i for i, v in enumerate(values) if v is not None]

    def rank(place: int) -> tuple[Edge, Edge]:
        q = values[place]
        if q is None:
            raise ValueError("a cell without a quantity cannot be ranked")
        loose = 1 if q.high == INFINITE and q.low != INFINITE else -1 if q.low == -INFINITE and q.loose_high else 0
        return (q.end(direction), Fraction(loose))

    if direction == "descending":
        return sorted(places, key=lambda i: (-rank(i)[0], -rank(i)[1], i))
    return sorted(places, key=lambda i: (*rank(i), i))


def same(a: Quantity, b: Quantity, direction: Direction) -> bool:
    """Whether two rank alike."""
    ends = a.end(direction) == b.end(direction) and (a.high == INFINITE) == (b.high == INFINITE)
    return ends and (a.loose_high, a.loose_low) == (b.loose_high, b.loose_low)


def leading(values: Sequence[Quantity | None], places: Sequence[int], direction: Direction, most: int = 1) -> int:
    """How many stand at the head: so many, and all that rank alike with the last of them."""
    count = min(most, len(places))
    while 0 < count < len(places):
        a, b = values[places[count - 1]], values[places[count]]
        if a is None or b is None or not same(a, b, direction):
            break
        count += 1
    return count


def holds(value: Quantity, relation: Relation, asked: Quantity, sense_: Sense | None) -> bool | None:
    """`satisfies`, or `serves` for the relation of that name."""
    if relation == "serves":
        return serves(value, asked, sense_)
    return satisfies(value, relation, asked)


def satisfies(value: Quantity, relation: Relation, asked: Quantity) -> bool | None:
    """Whether a cell's quantity stands in the relation to the one asked about; None where part of its range does.

    `equal` is membership: a range holds the number, a point is it.
    """
    low, high = (value.high, value.high) if value.most else (value.low, value.high)
    if relation == "below":
        return _all_or_part(high < asked.low or (high == asked.low and value.loose_high), low < asked.low)
    if relation == "at_most":
        return _all_or_part(high <= asked.high, low <= asked.high)
    if relation == "above":
        return _all_or_part(low > asked.high or (low == asked.high and value.loose_low), high > asked.high)
    if relation == "at_least":
        return _all_or_part(low >= asked.low, high > asked.low or (high == asked.low and not value.loose_high))
    if relation == "between":
        return _all_or_part(asked.low <= low and high <= asked.high, low <= asked.high and asked.low <= high)
    if value.dimension == "date" and asked.low <= low and high <= asked.high:
        return True  # a day of the year asked for
    inside = value.low <= asked.low and asked.high <= value.high
    at_edge = (value.loose_low and asked.low == value.low) or (value.loose_high and asked.high == value.high)
    return (low == asked.low and high == asked.high) or (inside and not at_edge and value.low != value.high and not value.most)


def _all_or_part(every: bool, some: bool) -> bool | None:
    return True if every else None if some else False


def serves(value: Quantity, asked: Quantity, sense_: Sense | None) -> bool | None:
    """Whether what a cell offers or needs is met by an amount at hand: by the sense of its header, or by the range it states."""
    if value.most or (value.low == INFINITE and sense_ != "lower"):
        return value.high >= asked.high
    if value.low != value.high:
        return satisfies(value, "equal", asked)
    if sense_ == "upper":
        return value.high >= asked.high
    if sense_ == "lower":
        return value.low <= asked.low
    return satisfies(value, "equal", asked)
