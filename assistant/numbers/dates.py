"""Calendar dates, months, quarters and years as days since year 1, so that they compare like any other quantity. Pure."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from fractions import Fraction

from assistant.numbers.models import Quantity
from assistant.numbers.units import reader

_YEARS = (1500, 2200)  # bare numbers that may be meant as years
_ISO = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?(?:[T ]\d{2}:\d{2}(?::\d{2})?Z?)?(?!\d)")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\.?\s+(?:of\s+)?([A-Za-z]{3,9})\.?,?\s+(\d{4})\b")
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")
_MONTH_YEAR = re.compile(r"([A-Za-z]{3,9})\.?,?\s+(\d{4})\b")
_QUARTER = re.compile(r"Q([1-4])[ /-]?(\d{4})\b|(\d{4})[ /-]?Q([1-4])\b", re.I)


def date_at(text: str, place: int) -> tuple[Quantity, int] | None:
    """A calendar date at a place, as days since year 1: a day is one day, a month or a quarter its days."""
    months = reader().months
    if match := _ISO.match(text, place):
        return _days(int(match[1]), int(match[2]), int(match[3]) if match[3] else None, match.end())
    if (match := _DAY_FIRST.match(text, place)) and match[2][:3].lower() in months:
        return _days(int(match[3]), months[match[2][:3].lower()], int(match[1]), match.end())
    if (match := _MONTH_FIRST.match(text, place)) and match[1][:3].lower() in months:
        return _days(int(match[3]), months[match[1][:3].lower()], int(match[2]), match.end())
    if (match := _MONTH_YEAR.match(text, place)) and match[1][:3].lower() in months:
        return _days(int(match[2]), months[match[1][:3].lower()], None, match.end())
    if match := _QUARTER.match(text, place):
        quarter, year = int(match[1] or match[4]), int(match[2] or match[3])
        first, last = _days(year, 3 * quarter - 2, None, 0), _days(year, 3 * quarter, None, 0)
        return (replace(first[0], high=last[0].high), match.end()) if first and last else None
    return None


def _days(year: int, month: int, day: int | None, end: int) -> tuple[Quantity, int] | None:
    try:
        first = dt.date(year, month, day or 1)
        last = first if day else dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)
    except ValueError:
        return None
    return Quantity(Fraction(first.toordinal()), Fraction(last.toordinal()), "date"), end


def year(quantity: Quantity) -> Quantity | None:
    """A bare number, or a range of two, as the days of those years; None when it is no year."""
    low, high = quantity.low, quantity.high
    if quantity.dimension or quantity.noun or not isinstance(low, Fraction) or not isinstance(high, Fraction):
        return None
    if low.denominator != 1 or high.denominator != 1 or not _YEARS[0] <= low <= high <= _YEARS[1]:
        return None
    return Quantity(Fraction(dt.date(int(low), 1, 1).toordinal()), Fraction(dt.date(int(high), 12, 31).toordinal()), "date")
