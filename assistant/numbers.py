"""What quantity a table cell or a few words of a question state, and how quantities compare. Pure.

Exact throughout (fractions, never floats), so that an order claimed today is the order recomputed tomorrow. A
quantity is an interval: `5 kg` is a point, `4–6` has two ends, `10+` has one. Units of one dimension compare;
two currencies, or a number of seats and a number of doors, do not. Units and wording are data: `answers/numbers.toml`.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

from assistant.language import ascii_lower, checked, language, load_data
from corpus.words import stem, stems, words

Relation = Literal["below", "above", "at_most", "at_least", "between", "equal", "serves"]
RELATIONS: Mapping[str, Relation] = {r: r for r in get_args(Relation)}
Direction = Literal["descending", "ascending"]
Sense = Literal["upper", "lower"]
Telling = Literal["head", "place", "before"]
TELLINGS: tuple[Telling, ...] = get_args(Telling)

INFINITE = float("inf")
Edge = Fraction | float  # a float only for an end that is not there: ±inf

SHOWN = 12  # cells an answer lists before the rest is counted
_MOST = 160  # characters of a cell that may be a quantity; longer is prose
_TAIL_WORDS = 3  # words that may follow a number as what is counted
_MOSTLY = 0.5  # share of the cells that hold anything which has to read as quantities
_YEARS = (1500, 2200)  # bare numbers that may be meant as years


class _Words(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    money: str
    missing: tuple[str, ...]
    unlimited: tuple[str, ...]
    free: tuple[str, ...]
    months: str
    ordinals: list[str]
    plurals: dict[str, str]
    about: str


class ScaleData(BaseModel):
    """A scale as the data file has it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    high: str
    low: str
    nouns: str
    dimensions: str
    inverse_nouns: str = ""
    inverse_dimensions: str = ""


class _Degrees(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    most: str
    least: str
    more: str
    fewer: str
    better: str
    worse: str
    irregular: dict[str, str]


class NumbersFile(BaseModel):
    """`numbers.toml`, checked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    units: dict[str, dict[str, str]]
    multiples: dict[str, str]
    words: _Words
    bounds: dict[str, tuple[str, ...]]
    scale: tuple[ScaleData, ...]
    degrees: _Degrees
    senses: dict[str, str]
    asking: dict[str, tuple[str, ...] | str]


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


class Reader:
    """The data file compiled. One instance serves the whole process."""

    def __init__(self) -> None:
        self.data = checked(NumbersFile, "numbers.toml", load_data("numbers.toml"))
        self.exact: dict[str, list[Unit]] = {}
        self.folded: dict[str, list[Unit]] = {}
        for dimension, spellings in self.data.units.items():
            for names, size in spellings.items():
                factor, _, offset = size.partition(" ")
                unit = Unit(dimension, Fraction(factor), Fraction(offset or 0))
                for name in names.split():
                    self.exact.setdefault(name, []).append(unit)
                    self.folded.setdefault(name.lower(), []).append(unit)
        self.money = frozenset(self.data.words.money.split())
        self.multiples = {n: Fraction(v) for names, v in self.data.multiples.items() for n in names.split()}
        self.months = {m[:3]: i for i, m in enumerate(self.data.words.months.split(), 1)}

    @cached_property
    def unit_pattern(self) -> re.Pattern[str]:
        """A unit's spelling, whole: what follows is no letter of the same word."""
        names = sorted(self.folded, key=lambda n: (-len(n), n))
        word = r"(?![^\W_])"
        following = {"in": word + r"(?!\.?\s+[^\W\d_])"}  # *20 in stock* has no inches
        found = "|".join(re.escape(n) + (following.get(n, word) if n[-1].isalnum() else "") for n in names)
        return re.compile(rf"[  \-]?({found})", re.I)

    @cached_property
    def sign_pattern(self) -> re.Pattern[str]:
        """A currency before its number: a sign, a code, or both (`US$`)."""
        money = [n for n, units in self.exact.items() if units[0].dimension in self.money]
        names = [n for n in money if not n[0].isalpha() or n.isupper() or "$" in n]
        return re.compile("(" + "|".join(re.escape(n) for n in sorted(names, key=lambda n: (-len(n), n))) + ")\\s?")

    @cached_property
    def multiple_pattern(self) -> re.Pattern[str]:
        """A word or letter for thousands, millions, dozens."""
        return re.compile(r"\s?(" + "|".join(sorted(self.multiples, key=lambda n: (-len(n), n))) + r")(?![^\W_])")

    @cached_property
    def number_pattern(self) -> re.Pattern[str]:
        """A number with its separators, a fraction, or a number word."""
        spelled = "|".join(sorted(language().numbers, key=lambda w: -len(w)))
        return re.compile(
            r"(?P<whole>\d+)[  ](?P<up>\d)/(?P<down>\d+)(?![\d/])|(?P<top>\d{1,3})/(?P<bottom>\d{1,3})(?![\d/])"
            r"|(?P<lead>\d+)?(?P<vulgar>[½⅓⅔¼¾⅛⅜⅝⅞⅕])"
            r"|(?P<number>\d{1,3}(?:[,’'     ]\d{3})+(?:\.\d+)?(?!\d)|\d{1,3}(?:\.\d{3})+,\d+|\d+(?:[.,]\d+)*|(?<!\d)\.\d+)"
            r"(?:e(?P<exponent>[+-]?\d{1,2})\b)?"
            rf"|(?P<word>\b(?:{spelled})\b)",
            re.I,
        )

    def units(self, text: str) -> list[Unit]:
        """The units a spelling may mean, the one written exactly so first."""
        units = [*self.exact.get(text, ()), *self.folded.get(text.lower(), ()), *self.folded.get(ascii_lower(text), ())]
        return list(dict.fromkeys(units))

    def bounded(self, text: str, at: int, *, after: bool) -> tuple[Relation, int] | None:
        """The words of a bound at a place, and where they end; those after a number or those before it."""
        best: tuple[Relation, int] | None = None
        for relation, pattern in self._bounds[after]:
            match = pattern.match(text, at)
            if match and (best is None or match.end() > best[1]):
                best = (relation, match.end())
        return best

    @cached_property
    def _bounds(self) -> dict[bool, list[tuple[Relation, re.Pattern[str]]]]:
        found: dict[bool, list[tuple[Relation, re.Pattern[str]]]] = {False: [], True: []}
        relations: tuple[Relation, ...] = ("below", "above", "at_most", "at_least")
        for relation in relations:
            # A word of a bound ends where the word ends; a sign does not.
            before = "|".join(p + (r"(?![^\W\d_])" if p[-1] not in "<>=≤≥" else "") for p in self.data.bounds[relation])
            found[False].append((relation, re.compile(rf"(?:{before})\s*", re.I)))
            if relation + "_after" in self.data.bounds:
                following = "|".join(self.data.bounds[relation + "_after"])
                found[True].append((relation, re.compile(rf"\s*(?:{following})(?![^\W_])", re.I)))
        return found

    @cached_property
    def date_bounds(self) -> list[tuple[Relation, re.Pattern[str]]]:
        """Words that bound a date or a year and nothing else."""
        relations: tuple[Relation, ...] = ("below", "above", "at_most", "at_least")
        return [(r, re.compile(rf"(?:{'|'.join(self.data.bounds[r + '_date'])})\s+(?:the )?", re.I)) for r in relations]

    @cached_property
    def about(self) -> re.Pattern[str]:
        """Words that say a number is not exact."""
        return re.compile(self.data.words.about + r"(?![^\W\d_])\s*", re.I)

    def noun(self, word: str) -> str:
        """The stem of what is counted, plurals that no stemmer knows put right."""
        return stem(self.data.words.plurals.get(word.lower(), word.lower()))


@lru_cache(maxsize=1)
def reader() -> Reader:
    """The shipped data.

    Raises:
        BadAnswerData: the file is damaged.
    """
    return Reader()


_VULGAR = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8), "⅕": (1, 5)}
_BETWEEN = re.compile(r"(?:from|between)\s+", re.I)
_TO = re.compile(r"\s*(?:[–—‒−-]|\.\.\.?|…|to|and|bis)\s*(?=[^\W_]|[-−+.$€£¥₹½¼¾])", re.I)
_DASH = re.compile(r"\s*(?:[–—‒−-]|\.\.\.?|…|to)\s*(?=[\d.$€£¥₹½¼¾−-])", re.I)
_PLUS_MINUS = re.compile(r"\s*(?:±|\+/-)\s*")
_SIGN = re.compile(r"[+\-−–]\s?(?=[\d.$€£¥₹½¼¾])")
_PER = re.compile(r"\s*(?:/|\bper\b|\ba\b|\ban\b|\beach\b)\s*([^\W\d_]+)", re.I)
_COUNTED = re.compile(r"\s*([^\W\d_][\w'’-]*)")
_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b", re.I)
_NOTE = re.compile(r"[*†‡§¹²³]+$|\[\^?\d+\]$|\s*\([^()]*\)$")
_VERSION = re.compile(r"v\.?\s?(\d+(?:\.\d+)*)|(\d+(?:\.\d+){2,})", re.I)
_ISO = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?(?:[T ]\d{2}:\d{2}(?::\d{2})?Z?)?(?!\d)")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\.?\s+(?:of\s+)?([A-Za-z]{3,9})\.?,?\s+(\d{4})\b")
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")
_MONTH_YEAR = re.compile(r"([A-Za-z]{3,9})\.?,?\s+(\d{4})\b")
_QUARTER = re.compile(r"Q([1-4])[ /-]?(\d{4})\b|(\d{4})[ /-]?Q([1-4])\b", re.I)
_PART_DIGITS = 15  # of a part of a version number, which may be a date or a time
_PART = 10**_PART_DIGITS
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
class _Amount:
    """A number with what it is a number of, and where it ends."""

    value: Fraction
    units: tuple[Unit, ...]  # what it may be measured in, the likeliest first; BARE alone where no unit stands
    noun: str
    end: int
    comma: bool = False  # written with a decimal comma


def _amount(text: str, at: int, *, nouns: bool = True) -> _Amount | None:
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
    return _Amount(-value if negative else value, tuple(u for u, _ in finished), noun, finished[0][1], comma)


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


# ---------------------------------------------------------------- reading


@dataclass(frozen=True, slots=True)
class Found:
    """A quantity in a text: its readings, the likeliest first, where it stands, and the relation it is asked in."""

    readings: tuple[Quantity, ...]
    relation: Relation
    start: int
    end: int
    comma: bool = False


def at(text: str, place: int, *, nouns: bool = True) -> Found | None:
    """The quantity that starts exactly at a place of a text, with the bound words before and after it."""
    r = reader()
    start = place
    relation: Relation = "equal"
    if (approximate := r.about.match(text, place)) is not None:
        place = approximate.end()
    if (day := date_at(text, place)) is not None:
        return Found((day[0],), "equal", start, day[1])
    if (version := _VERSION.match(text, place)) is not None and (place == 0 or not text[place - 1].isalnum()):
        parts = _version_parts(version[1] or version[2])
        if parts is not None and not re.match(r"[\w.]", text[version.end() : version.end() + 1]):
            return Found((_version(parts),), "equal", start, version.end())
    for bound_by, pattern in r.date_bounds:
        if (bound_match := pattern.match(text, place)) is not None:
            day = date_at(text, bound_match.end())
            if day is not None:
                return Found((day[0],), bound_by, start, day[1])
            amount = _amount(text, bound_match.end(), nouns=False)
            quantity = _points(amount)[0] if amount is not None else None
            if amount is not None and quantity is not None and year(quantity) is not None:
                return Found((quantity,), bound_by, start, amount.end)
    span = _BETWEEN.match(text, place)
    if span is not None:
        first = _amount(text, span.end(), nouns=nouns)
        to = _TO.match(text, first.end) if first else None
        second = _amount(text, to.end(), nouns=nouns) if to else None
        if first and second:
            return _range(first, second, start)
    if (bound := r.bounded(text, place, after=False)) is not None:
        relation, place = bound
        if (approximate := r.about.match(text, place)) is not None:
            place = approximate.end()
        if (day := date_at(text, place)) is not None:
            return Found((day[0],), relation, start, day[1])
    first = _amount(text, place, nouns=nouns)
    if first is None:
        return None
    if relation == "equal":
        if (dash := _DASH.match(text, first.end)) is not None and (second := _amount(text, dash.end(), nouns=nouns)) is not None:
            return _range(first, second, start)
        if (around := _PLUS_MINUS.match(text, first.end)) is not None and (second := _amount(text, around.end(), nouns=nouns)) is not None:
            unit = first.units[0] if first.units[0].dimension else second.units[0]
            readings = [_quantity(first.value - second.value, first.value + second.value, unit, first.noun or second.noun)]
            return Found(tuple(readings), "between", start, second.end)
        if (after := r.bounded(text, first.end, after=True)) is not None:
            relation, end = after
            measured = r.unit_pattern.match(text, end) if not first.units[0].dimension else None
            if measured is not None:  # `10+ kg`
                first, end = replace(first, units=tuple(r.units(measured[1])), noun=""), measured.end()
            return Found(_points(first), relation, start, end, first.comma)
    end = first.end
    readings = list(_points(first))
    while relation == "equal" and (more := _compound(text, end, readings[0])) is not None:
        readings, end = [more[0]], more[1]
    return Found(tuple(readings), relation, start, end, first.comma)


def _points(amount: _Amount) -> tuple[Quantity, ...]:
    return tuple(_quantity(amount.value, amount.value, u, amount.noun if u.dimension.split("/")[0] == "" else "") for u in amount.units)


def _quantity(low: Fraction, high: Fraction, unit: Unit, noun: str) -> Quantity:
    a, b = low * unit.factor + unit.offset, high * unit.factor + unit.offset
    return Quantity(a, b, unit.dimension, unit, noun)


def _range(first: _Amount, second: _Amount, start: int) -> Found | None:
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
    following = _amount(text, place.end(), nouns=False) if place else None
    if following is None:
        return None
    unit = next((u for u in following.units if u.dimension == so_far.dimension and u.factor < so_far.unit.factor), None)
    if unit is None:
        return None
    more = following.value * unit.factor
    return replace(so_far, low=so_far.low + more, high=so_far.high + more, unit=unit), following.end


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


def _version_parts(text: str) -> list[int] | None:
    """The parts of a version number; None where one is too long to be compared."""
    parts = text.split(".")
    return [int(p) for p in parts] if all(len(p) <= _PART_DIGITS for p in parts) else None


def _version(parts: Sequence[int]) -> Quantity:
    value = sum((Fraction(p, _PART**i) for i, p in enumerate(parts)), Fraction(0))
    return Quantity(value, value, "version")


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


ANY = "*"  # the dimension of `unlimited`: it fits every column


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

    Examples: `500 MB`, `4–6`, `up to 5`, `≥ 10`, `< 50 ms`, `10+`, `$20 / month`, `1 h 30 min`, `12 March 2024`, `1.10.2`, `unlimited`.
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
    if found is None or not _ends(text[found.end :]):
        return ()
    if re.search(r"\d", text) and re.match(r"(?:one|a)\b", low):
        return ()
    return settle(found)


def _ends(tail: str) -> bool:
    """Whether what follows a quantity in its cell is no more than a word or two, without a further number."""
    head = re.split(r"[,;:]|\s[–—-]\s", tail, maxsplit=1)[0]
    more = head.strip().startswith(("/", "-", "+", "×", "*"))  # a formula, a ratio
    return not more and not re.search(r"(?<![^\W\d_])\d", tail) and len(head.split()) <= _TAIL_WORDS


# ---------------------------------------------------------------- columns


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


_HEADER_UNIT = re.compile(r"[(\[]([^()\[\]]+)[)\]]\s*$|\b(?:in|,)\s+([^\s,]+)\s*$|/\s*([^\s/]+)\s*$")


def header_unit(header: str) -> tuple[Unit, ...]:
    """The unit a header names for the numbers below it: `Weight (kg)`, `Latency [ms]`, `RAM, GB`, `Price in EUR`."""
    match = _HEADER_UNIT.search(header.strip())
    if not match:
        first = re.match(r"[A-Za-z]{4,}s\b", header.strip())  # `Years of service`
        return tuple(u for u in reader().units(first[0].lower()) if u.dimension) if first else ()
    named = next(g for g in match.groups() if g)
    amount = _amount(f"1 {named.strip()}", 0, nouns=False)
    if amount is None or amount.end != len(f"1 {named.strip()}"):
        amount = _amount(f"{named.strip()}1", 0, nouns=False)  # a currency sign
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
        parts = _version_parts(match[1]) if match else None
        made.append((_version(parts),) if parts is not None else given)
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


# ---------------------------------------------------------------- comparing


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
            return _version([int(q.low)])
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


# ---------------------------------------------------------------- claims


def shown(q: Quantity) -> str:
    """A quantity in base units, exactly, as a claim writes it."""
    if q.low == q.high:
        return _edge(q.low)
    return f"{'(' if q.loose_low else '['}{_edge(q.low)},{_edge(q.high)}{')' if q.loose_high else ']'}{'max' if q.most else ''}"


def _edge(edge: Edge) -> str:
    return str(edge) if isinstance(edge, Fraction) else ("inf" if edge > 0 else "-inf")


def order_claim(header: str, cells: Sequence[str], direction: Direction, first: int, told: Telling = "head") -> str | None:
    """The claim that cells stand in an order and that so many of them lead; None when it is not true of them.

    The first so many lead: all of them come before the rest, and none of the rest ranks alike.

    Args:
        told: what the answer tells of it: the head, the last of the head alone, or the head and what comes right after it.
    """
    read_ = column(header, cells)
    if read_ is None or len(read_.known) != len(cells) or not 1 <= first <= len(cells):
        return None
    values = [v for v in read_.values if v is not None]
    if undecided(values):
        return None
    if ordered(values, direction) != list(range(len(values))) and not _in_order(values, direction):
        return None
    if leading(values, list(range(len(values))), direction, first) != first:
        return None
    parts = [shown(values[0])]
    for a, b in itertools.pairwise(values):
        sign = "=" if same(a, b, direction) else (">" if direction == "descending" else "<")
        parts += [sign, shown(b)]
    return f"{direction}, {told} {first} of {len(cells)}: {' '.join(parts)} {read_.dimension or 'number'}".strip()


def _in_order(values: Sequence[Quantity], direction: Direction) -> bool:
    order = ordered(list(values), direction)
    return all(i == j or same(values[i], values[j], direction) for i, j in enumerate(order))


def range_claim(header: str, cells: Sequence[str], relation: Relation, asked: str, first: int) -> str | None:
    """The claim that the first so many cells, and none of the rest, stand in a relation to a quantity of the question.

    Args:
        relation: `serves` leaves it to the sense of the header.
        asked: the quantity as the question words it, without the words of its bound.
    Returns:
        The claim in words; None when it is not true of the cells.
    """
    read_ = column(header, cells)
    found = asked_for(asked)
    if read_ is None or found is None or len(read_.known) != len(cells):
        return None
    wanted = converted(found.readings, read_)
    if wanted is None:
        return None
    values = [v for v in read_.values if v is not None]
    verdicts = [holds(v, relation, wanted, read_.sense) for v in values]
    if verdicts != [True] * first + [False] * (len(values) - first):
        return None
    told = "; ".join(f"{shown(v)} {'yes' if verdict else 'no'}" for v, verdict in zip(values, verdicts, strict=True))
    return f"{relation} {asked!r} = {shown(wanted)}, first {first} of {len(cells)}: {told} {read_.dimension or 'number'}".strip()


def holds(value: Quantity, relation: Relation, asked: Quantity, sense_: Sense | None) -> bool | None:
    """`satisfies`, or `serves` for the relation of that name."""
    if relation == "serves":
        return serves(value, asked, sense_)
    return satisfies(value, relation, asked)


def inner(phrase: str) -> str | None:
    """The quantity alone within the words that bound it, as a claim quotes it; None where it does not read so alone."""
    for match in re.finditer(r"(?<![^\W_])", phrase):
        rest = phrase[match.start() :].rstrip()
        for end in range(len(rest), 0, -1):
            found = asked_for(rest[:end]) if not rest[end - 1].isspace() and "'" not in rest[:end] else None
            if found is not None and found.relation in ("equal", "between"):
                return rest[:end]
    return None


def is_ordinal(word: str) -> bool:
    """Whether a word is an ordinal (*third*, *3rd*)."""
    return word.lower() in reader().data.words.ordinals or re.fullmatch(r"\d+(?:st|nd|rd|th)", word, re.I) is not None


def asked_for(text: str) -> Found | None:
    """The quantity that is all of a text; an ordinal in words is its number."""
    spelled = reader().data.words.ordinals
    if text.lower() in spelled:
        place = Fraction(spelled.index(text.lower()) + 1)
        return Found((_quantity(place, place, BARE, ""),), "equal", 0, len(text))
    found = at(text, 0)
    return found if found is not None and not text[found.end :].strip() else None


def words_claim(header: str, cells: Sequence[str], asked: str, first: int) -> str | None:
    """The claim that the first so many cells, and none of the rest, say some words of the question, or say yes under a header that does.

    Returns:
        The claim in words; None when it is not true of the cells.
    """
    wanted = frozenset(stems(asked))  # a run of the question's words
    if not wanted or "'" in asked or [says(header, c, wanted) for c in cells] != [True] * first + [False] * (len(cells) - first):
        return None
    return f"said '{asked}', first {first} of {len(cells)}"


def says(header: str, cell: str, wanted: frozenset[str]) -> bool:
    """Whether a cell says the words, its header helping, or says yes where its header says all of them."""
    over, held = frozenset(stems(header)), frozenset(stems(cell))
    return bool(wanted & held and wanted <= held | over) or (wanted <= over and language().polarity(cell) is True)


_CLAIM_WORDS = re.compile(r"said '([^']*)', first (\d+) of \d+")
_CLAIM_ORDER = re.compile(r"(descending|ascending), (head|place|before) (\d+) of (\d+): ")
_CLAIM_RANGE = re.compile(r"(\w+) '([^']*)' = [^:]*, first (\d+) of \d+: ")


def claim_holds(claim: str, header: str, cells: Sequence[str]) -> bool:
    """Whether a claim written by `order_claim`, `range_claim` or `words_claim` is what the cells say today."""
    if (match := _CLAIM_ORDER.match(claim)) is not None:
        direction: Direction = "descending" if match[1] == "descending" else "ascending"
        told = next(t for t in TELLINGS if t == match[2])
        return order_claim(header, cells, direction, int(match[3]), told) == claim
    if (match := _CLAIM_RANGE.match(claim)) is not None and match[1] in RELATIONS:
        return range_claim(header, cells, RELATIONS[match[1]], match[2], int(match[3])) == claim
    if (match := _CLAIM_WORDS.fullmatch(claim)) is not None:
        return words_claim(header, cells, match[1], int(match[2])) == claim
    return False


def claimed_words(claim: str) -> str | None:
    """The words of the question a claim is about; None for an order."""
    match, said = _CLAIM_RANGE.match(claim), _CLAIM_WORDS.match(claim)
    return match[2] if match else said[1] if said else None


def claimed_places(claim: str, cited: Sequence[int]) -> bool:
    """Whether the cells cited (places in the claim, rising) are those that an answer with this claim may tell.

    Of a long head only the beginning may be told, of what meets a condition any.
    """
    if (order := _CLAIM_ORDER.match(claim)) is not None:
        told, first, size = order[2], int(order[3]), int(order[4])
        head = [i for i in cited if i < first]
        if told == "place":
            return list(cited) == [first - 1]
        if head != list(range(len(head))) or (len(head) < first and len(head) < SHOWN):
            return False
        return list(cited[len(head) :]) == ([first] if told == "before" and first < size else [])
    found = _CLAIM_RANGE.match(claim) or _CLAIM_WORDS.match(claim)
    first = int(found[3] if found.re is _CLAIM_RANGE else found[2]) if found else 0
    return bool(cited) and cited[-1] < max(1, first)
