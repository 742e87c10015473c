"""Version numbers as quantities: part by part, so that `1.10` comes after `1.9`. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from assistant.numbers.models import Quantity

_VERSION = re.compile(r"v\.?\s?(\d+(?:\.\d+)*)|(\d+(?:\.\d+){2,})", re.I)
_PART_DIGITS = 15  # of a part of a version number, which may be a date or a time
_PART = 10**_PART_DIGITS


def version_at(text: str, place: int) -> tuple[Quantity, int] | None:
    """A version number at a place of a text, and where it ends; `1.5` alone may be a decimal."""
    match = _VERSION.match(text, place)
    if match is None or (place and text[place - 1].isalnum()):
        return None
    parts = version_parts(match[1] or match[2])
    if parts is None or re.match(r"[\w.]", text[match.end() : match.end() + 1]):
        return None
    return version(parts), match.end()


def version_parts(text: str) -> list[int] | None:
    """The parts of a version number; None where one is too long to be compared."""
    parts = text.split(".")
    return [int(p) for p in parts] if all(len(p) <= _PART_DIGITS for p in parts) else None


def version(parts: Sequence[int]) -> Quantity:
    """A version by its parts, the first of which weighs most."""
    value = sum((Fraction(p, _PART**i) for i, p in enumerate(parts)), Fraction(0))
    return Quantity(value, value, "version")
