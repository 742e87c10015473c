"""A unit, a quantity and a quantity found in a text: what the rest of this package reads and compares. Pure.

A quantity is an interval: `5 kg` is a point, `4–6` has two ends, `10+` has one. Exact throughout: fractions, never floats.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

Relation = Literal["below", "above", "at_most", "at_least", "between", "equal", "serves"]
RELATIONS: Mapping[str, Relation] = {r: r for r in get_args(Relation)}
Direction = Literal["descending", "ascending"]
Sense = Literal["upper", "lower"]
INFINITE = float("inf")
Edge = Fraction | float  # a float only for an end that is not there: ±inf
ANY = "*"  # the dimension of `unlimited`: it fits every column


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: how many of its dimension's base unit one of it is.

    Args:
        per: of so much a time, a user, a gigabyte: how many base units that is, which `factor` is divided by.
    """

    dimension: str
    factor: Fraction
    offset: Fraction = Fraction(0)
    per: Fraction = Fraction(1)


BARE = Unit("", Fraction(1))


@dataclass(frozen=True, slots=True)
class Quantity:
    """An interval on a dimension, in its base unit.

    Args:
        low, high: its ends; equal for a point, ±inf where an end is open.
        dimension: "" for a bare number, `money` units by currency, `data/time` for what is so much a time, `date`, `version`.
        unit: as it was written, to read a bare number by; None where a bare number cannot be read so.
        noun: stem of what is counted (`people`), "" if nothing is.
        loose_low, loose_high: the end itself is left out (`< 50`).
        most: an end named as the most there is (`up to 5`), which stands for itself.
    """

    low: Edge
    high: Edge
    dimension: str
    unit: Unit | None = None
    noun: str = ""
    loose_low: bool = False
    loose_high: bool = False
    most: bool = False

    @property
    def point(self) -> bool:
        """Whether it is one number."""
        return self.low == self.high or self.most

    def end(self, direction: Direction) -> Edge:
        """What it is ranked by: its upper end from the highest down, its lower end from the lowest up; the end it has if it has but one."""
        first, second = (self.high, self.low) if direction == "descending" else (self.low, self.high)
        return second if abs(first) == INFINITE else first


@dataclass(frozen=True, slots=True)
class Found:
    """A quantity in a text: its readings, the likeliest first, where it stands, and the relation it is asked in."""

    readings: tuple[Quantity, ...]
    relation: Relation
    start: int
    end: int
    comma: bool = False
