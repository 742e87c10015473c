"""Units and the words around a number (currencies, multiples, bounds, months), read from `answers/numbers.toml`."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cached_property, lru_cache

from pydantic import BaseModel, ConfigDict

from assistant.language import ascii_lower, checked, language, load_data
from assistant.numbers.models import Relation, Unit
from corpus.words import stem


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
