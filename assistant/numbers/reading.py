"""The quantity that a few words of a question or a whole table cell state: ranges, bounds, compounds and footnotes taken in. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

from assistant.numbers.amounts import Amount, amount_at, interval, points
from assistant.numbers.dates import date_at, year
from assistant.numbers.models import ANY, BARE, INFINITE, Found, Quantity, Relation
from assistant.numbers.units import reader
from assistant.numbers.versions import version_at

_MOST = 160  # characters of a cell that may be a quantity; longer is prose
_TAIL_WORDS = 3  # words that may follow a number as what is counted
_AND = re.compile(r"\s*(?:and|but|to|&|,)\s*", re.I)  # between two bounds
_BETWEEN = re.compile(r"(?:from|between)\s+", re.I)
_TO = re.compile(r"\s*(?:[–—‒−-]|\.\.\.?|…|to|and|bis)\s*(?=[^\W_]|[-−+.$€£¥₹½¼¾])", re.I)
_DASH = re.compile(r"\s*(?:[–—‒−-]|\.\.\.?|…|to)\s*(?=[\d.$€£¥₹½¼¾−-])", re.I)
_PLUS_MINUS = re.compile(r"\s*(?:±|\+/-)\s*")
_NOTE = re.compile(r"[*†‡§¹²³]+$|\[\^?\d+\]$|\s*\([^()]*\)$")


def at(text: str, place: int, *, nouns: bool = True) -> Found | None:
    """The quantity that starts exactly at a place of a text, with the bound words before and after it."""
    r = reader()
    start = place
    relation: Relation = "equal"
    if (approximate := r.about.match(text, place)) is not None:
        place = approximate.end()
    if (day := date_at(text, place)) is not None:
        return Found((day[0],), "equal", start, day[1])
    if (release := version_at(text, place)) is not None:
        return Found((release[0],), "equal", start, release[1])
    for bound_by, pattern in r.date_bounds:
        if (bound_match := pattern.match(text, place)) is not None:
            day = date_at(text, bound_match.end())
            if day is not None:
                return Found((day[0],), bound_by, start, day[1])
            amount = amount_at(text, bound_match.end(), nouns=False)
            quantity = points(amount)[0] if amount is not None else None
            if amount is not None and quantity is not None and year(quantity) is not None:
                return Found((quantity,), bound_by, start, amount.end)
    span = _BETWEEN.match(text, place)
    if span is not None:
        first = amount_at(text, span.end(), nouns=nouns)
        to = _TO.match(text, first.end) if first else None
        second = amount_at(text, to.end(), nouns=nouns) if to else None
        if first and second:
            return _range(first, second, start)
    if (bound := r.bounded(text, place, after=False)) is not None:
        relation, place = bound
        if (approximate := r.about.match(text, place)) is not None:
            place = approximate.end()
        if (day := date_at(text, place)) is not None:
            return Found((day[0],), relation, start, day[1])
    first = amount_at(text, place, nouns=nouns)
    if first is None:
        return None
    if relation == "equal":
        if (dash := _DASH.match(text, first.end)) is not None and (second := amount_at(text, dash.end(), nouns=nouns)) is not None:
            return _range(first, second, start)
        if (around := _PLUS_MINUS.match(text, first.end)) is not None and (
            second := amount_at(text, around.end(), nouns=nouns)
        ) is not None:
            unit = first.units[0] if first.units[0].dimension else second.units[0]
            readings = [interval(first.value - second.value, first.value + second.value, unit, first.noun or second.noun)]
            return Found(tuple(readings), "between", start, second.end)
        if (after := r.bounded(text, first.end, after=True)) is not None:
            relation, end = after
            measured = r.unit_pattern.match(text, end) if not first.units[0].dimension else None
            if measured is not None:  # `10+ kg`
                first, end = replace(first, units=tuple(r.units(measured[1])), noun=""), measured.end()
            return Found(points(first), relation, start, end, first.comma)
    end = first.end
    readings = list(points(first))
    while relation == "equal" and (more := _compound(text, end, readings[0])) is not None:
        readings, end = [more[0]], more[1]
    return Found(tuple(readings), relation, start, end, first.comma)


def _range(first: Amount, second: Amount, start: int) -> Found | None:
    """Both ends, in the unit either names; None when they do not fit together."""
    low_units = first.units if any(u.dimension for u in first.units) else second.units
    readings = []
    for high in second.units if any(u.dimension for u in second.units) else first.units:
        low = next((u for u in low_units if u.dimension == high.dimension), None)
        if low is not None:
            noun = second.noun or first.noun
            a, b = first.value * low.factor + low.offset, second.value * high.factor + high.offset
            if a <= b:
                readings.append(Quantity(a, b, high.dimension, high, noun if not high.dimension else ""))
    return Found(tuple(readings), "between", start, second.end) if readings else None


def _compound(text: str, end: int, so_far: Quantity) -> tuple[Quantity, int] | None:
    """`1 h 30 min`, `5 ft 10 in`: a smaller unit of the same dimension right after."""
    if so_far.unit is None or so_far.dimension not in ("time", "length", "mass"):
        return None
    place = re.compile(r"\s*(?:and\s+)?(?=\d)").match(text, end)
    following = amount_at(text, place.end(), nouns=False) if place else None
    if following is None:
        return None
    unit = next((u for u in following.units if u.dimension == so_far.dimension and u.factor < so_far.unit.factor), None)
    if unit is None:
        return None
    more = following.value * unit.factor
    return replace(so_far, low=so_far.low + more, high=so_far.high + more, unit=unit), following.end


def settle(found: Found) -> tuple[Quantity, ...]:
    """A quantity with its bound taken in: what a cell says by `up to 5`, `< 50 ms`, `10+`."""
    if found.relation in ("equal", "between"):
        return found.readings
    made = []
    for q in found.readings:
        if found.relation in ("below", "at_most"):
            made.append(replace(q, low=-INFINITE, loose_high=found.relation == "below", most=found.relation == "at_most"))
        else:
            made.append(replace(q, high=INFINITE, loose_low=found.relation == "above"))
    return tuple(made)


def tidy(text: str) -> str:
    """A cell's text without footnote signs and remarks in brackets."""
    text = " ".join(unicodedata.normalize("NFC", text).split()).strip()
    for _ in range(4):
        shorter = _NOTE.sub("", text).rstrip() if text not in ("", "*") else text
        if shorter == text or not shorter:
            break
        if text[-1] in "²³" and re.search(r"[a-z][²³]$", text):
            break  # a unit, no footnote
        text = shorter
    return text


def missing(text: str) -> bool:
    """Whether a cell says that there is nothing to say."""
    return tidy(text).lower() in reader().data.words.missing


@lru_cache(maxsize=20_000)  # a table is read for many questions, and once more to prove each answer
def read(text: str) -> tuple[Quantity, ...]:
    """The quantity a whole cell states, in every way it may be meant, likeliest first; () when it states none.

    Examples: `500 MB`, `4–6`, `up to 5`, `≥ 10`, `>= 8 and < 12`, `< 50 ms`, `10+`, `$20 / month`, `1 h 30 min`, `12 March 2024`,
    `1.10.2`, `unlimited`.
    """
    text = tidy(text)
    low = text.lower()
    words_ = reader().data.words
    if not text or len(text) > _MOST or low in words_.missing:
        return ()
    if low in words_.unlimited or low.split(" ")[0] in words_.unlimited:
        return (Quantity(INFINITE, INFINITE, ANY),)
    if low in words_.free:
        return tuple(Quantity(Fraction(0), Fraction(0), d, None) for d in sorted(reader().money))
    found = at(text, 0)
    if found is not None and (both := _both_ends(text, found)) is not None:
        return both
    if found is None or not _ends(text[found.end :]):
        return ()
    if re.search(r"\d", text) and re.match(r"(?:one|a)\b", low):
        return ()
    return settle(found)


def _both_ends(text: str, found: Found) -> tuple[Quantity, ...] | None:
    """The interval of two bounds that stand together (`>= 8 and < 12`); None where the cell holds no second one."""
    joined = _AND.match(text, found.end)
    other = at(text, joined.end()) if joined is not None else None
    sides = (("above", "at_least"), ("below", "at_most"))
    if (
        other is None
        or not _ends(text[other.end :])
        or not any(found.relation in a and other.relation in b for a, b in (sides, sides[::-1]))
    ):
        return None
    low, high = (found, other) if found.relation in sides[0] else (other, found)
    made = [
        replace(a, high=b.high, loose_low=low.relation == "above", loose_high=high.relation == "below")
        for a in low.readings
        for b in high.readings
        if a.dimension == b.dimension and a.low <= b.high
    ]
    return tuple(made) or None


def _ends(tail: str) -> bool:
    """Whether what follows a quantity in its cell is no more than a word or two, without a further number."""
    head = re.split(r"[,;:]|\s[–—-]\s", tail, maxsplit=1)[0]
    more = head.strip().startswith(("/", "-", "+", "×", "*"))  # a formula, a ratio
    return not more and not re.search(r"(?<![^\W\d_])\d", tail) and len(head.split()) <= _TAIL_WORDS


def asked_for(text: str) -> Found | None:
    """The quantity that is all of a text; an ordinal in words is its number."""
    spelled = reader().data.words.ordinals
    if text.lower() in spelled:
        place = Fraction(spelled.index(text.lower()) + 1)
        return Found((interval(place, place, BARE, ""),), "equal", 0, len(text))
    found = at(text, 0)
    return found if found is not None and not text[found.end :].strip() else None


def is_ordinal(word: str) -> bool:
    """Whether a word is an ordinal (*third*, *3rd*)."""
    return word.lower() in reader().data.words.ordinals or re.fullmatch(r"\d+(?:st|nd|rd|th)", word, re.I) is not None


def inner(phrase: str) -> str | None:
    """The quantity alone within the words that bound it, as a claim quotes it; None where it does not read so alone."""
    for match in re.finditer(r"(?<![^\W_])", phrase):
        rest = phrase[match.start() :].rstrip()
        for end in range(len(rest), 0, -1):
            found = asked_for(rest[:end]) if not rest[end - 1].isspace() and "'" not in rest[:end] else None
            if found is not None and found.relation in ("equal", "between"):
                return rest[:end]
    return None
