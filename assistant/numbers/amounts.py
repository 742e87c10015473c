"""One number of a text with its sign, currency, multiple and unit, in every way it may be meant. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from assistant.language import ascii_lower, language
from assistant.numbers.models import BARE, Quantity, Unit
from assistant.numbers.units import reader

_VULGAR = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8), "⅕": (1, 5)}
_SIGN = re.compile(r"[+\-−–]\s?(?=[\d.$€£¥₹½¼¾])")
_PER = re.compile(r"\s*(?:/|\bper\b|\ba\b|\ban\b|\beach\b)\s*([^\W\d_]+)", re.I)
_COUNTED = re.compile(r"\s*([^\W\d_][\w'’-]*)")
_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b", re.I)
_DIGITS = 100  # characters of a number; what is longer is a code or a key, and beyond some thousands Python reads no number


def number(text: str) -> Fraction | None:
    """A number written with separators: `1,234.5`, `1 234`, `1.234,5`, `3,5`; None where it could be read two ways or not at all."""
    text = re.sub(r"[’'     ]", ",", text) if not text[-1:].isspace() else text
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text):
        return Fraction(text.replace(",", ""))
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+,\d+", text):
        return Fraction(text.replace(".", "").replace(",", "."))
    if re.fullmatch(r"\d+,\d+", text):
        return Fraction(text.replace(",", "."))
    return Fraction(text) if re.fullmatch(r"\d+(?:\.\d+)?|\.\d+", text) else None


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with what it is a number of, and where it ends."""

    value: Fraction
    units: tuple[Unit, ...]  # what it may be measured in, the likeliest first; BARE alone where no unit stands
    noun: str
    end: int
    comma: bool = False  # written with a decimal comma


def amount_at(text: str, at: int, *, nouns: bool = True) -> Amount | None:
    """The amount that starts at a place: sign, currency, number, multiple, unit, what it is counted by."""
    r = reader()
    negative = False
    if sign := _SIGN.match(text, at):
        negative, at = sign[0][0] != "+", sign.end()
    money = r.sign_pattern.match(text, at)
    if money:
        at = money.end()
        if (sign := _SIGN.match(text, at)) is not None:
            negative, at = sign[0][0] != "+", sign.end()
    found = r.number_pattern.match(text, at)
    value = _value(found) if found else None
    if found is None or value is None:
        return None
    measures = _measures(text, found.end(), r.units(money[1])[0] if money else None)
    noun = ""
    finished: list[tuple[Unit, int]] = []
    for measure, measured in measures:
        unit, end = measure, measured
        if not unit.dimension and (ordinal := _ORDINAL.match(text, end)):
            end = ordinal.end()
        elif not unit.dimension and (counted := _COUNTED.match(text, end)):
            if not counted[0][0].isspace() and re.search(r"\d", counted[1]):
                return None  # part of a code (`1d8`)
            if nouns and counted[1].lower() not in language().function_words:
                noun, end = noun or r.noun(counted[1]), counted.end()
        while per := _PER.match(text, end):
            unit, end = _per(unit, per[1]), per.end()
        finished.append((unit, end))
    comma = bool(re.fullmatch(r"\d+,\d+", found[0])) and value.denominator != 1
    return Amount(-value if negative else value, tuple(u for u, _ in finished), noun, finished[0][1], comma)


def _measures(text: str, at: int, money: Unit | None) -> list[tuple[Unit, int]]:
    """What a number may be measured in, the likeliest first, each with where it ends: `7B` is seven billion, or bytes."""
    r = reader()
    multiple = r.multiple_pattern.match(text, at)
    if money is not None:
        return [(Unit(money.dimension, money.factor * r.multiples[multiple[1]]), multiple.end())] if multiple else [(money, at)]
    unit = r.unit_pattern.match(text, at)
    found: list[tuple[Unit, int]] = []
    if multiple and (len(multiple[1]) == 1 or not unit):
        after = r.unit_pattern.match(text, multiple.end()) if text[multiple.end() : multiple.end() + 1] == " " else None
        size = r.multiples[multiple[1]]
        if after is not None:
            found += [(Unit(u.dimension, u.factor * size, u.offset), after.end()) for u in r.units(after[1])]
        found.append((Unit("", size), multiple.end()))
    if unit:
        found += [(u, unit.end()) for u in r.units(unit[1])]
    return found or [(BARE, at)]


def _per(unit: Unit, by: str) -> Unit:
    """So much a month, a user, a gigabyte: a time or another measure is converted, anything else is a dimension of its own."""
    r = reader()
    units = r.units(by)
    time = next((u for u in units if u.dimension == "time"), None)
    known = time or next((u for u in units if u.dimension not in r.money), None)
    if known is None:
        return replace(unit, dimension=f"{unit.dimension}/{r.noun(by)}")
    return Unit(f"{unit.dimension}/{known.dimension}", unit.factor / known.factor, unit.offset, unit.per * known.factor)


def _value(found: re.Match[str]) -> Fraction | None:
    if len(found[0]) > _DIGITS:
        return None
    if found["word"]:
        return Fraction(language().numbers[ascii_lower(found["word"])])
    if found["down"]:
        return int(found["whole"]) + Fraction(int(found["up"]), int(found["down"])) if int(found["down"]) else None
    if found["bottom"]:
        top, bottom = int(found["top"]), int(found["bottom"])
        return Fraction(top, bottom) if top < bottom else None  # `24/7` is no fraction
    if found["vulgar"]:
        up, down = _VULGAR[found["vulgar"]]
        return int(found["lead"] or 0) + Fraction(up, down)
    value = number(found["number"])
    return value * Fraction(10) ** int(found["exponent"]) if value is not None and found["exponent"] else value


def points(amount: Amount) -> tuple[Quantity, ...]:
    """An amount as quantities of one number, one for each unit it may be measured in."""
    return tuple(interval(amount.value, amount.value, u, amount.noun if u.dimension.split("/")[0] == "" else "") for u in amount.units)


def interval(low: Fraction, high: Fraction, unit: Unit, noun: str) -> Quantity:
    """What lies between two numbers of one unit."""
    a, b = low * unit.factor + unit.offset, high * unit.factor + unit.offset
    return Quantity(a, b, unit.dimension, unit, noun)
