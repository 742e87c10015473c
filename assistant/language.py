"""English as data: function words, kinds of question, answer types, loaded once and checked.

What is listed of a language is in `answers/language.toml` and `answers/kinds.toml`; this file gives it types. Patterns that
spell English words stand in other modules too, beside what they are for. It knows nothing of any knowledge base.
"""

from __future__ import annotations

import gzip
import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.errors import KbError
from corpus.words import fold, stem, words

_OPPOSITE = (("problem", "benefit"), ("benefit", "problem"))  # classes of attribute of which the one is not the other
_OCCASION = re.compile(
    r"(?:and |but )?(?:when|in (?:which|what) (?:cases?|situations?)) (?:is|are|should|do|does|would|could|can|must|to)\b", re.I
)
_FREQUENT = 200  # times a word is met in the speller's own corpus from which it may be what was meant
_CLEARLY = 5  # times as frequent as the next candidate


class BadAnswerData(KbError):
    """A rule, wording or language file shipped with the program is wrong: a fault of ours, never of the user."""

    def __init__(self, file: str, problem: str) -> None:
        super().__init__(f"assistant/answers/{file}: {problem}. Reinstall whichops, or undo your change to that file.")


def load_data(file: str) -> dict[str, Any]:
    """The contents of one file of `assistant/answers/`.

    Raises:
        BadAnswerData: it is missing, or neither TOML nor, where its name says so, JSON.
    """
    try:
        text = resources.files("assistant").joinpath("answers", file).read_text(encoding="utf-8")
        found: dict[str, Any] = json.loads(text) if file.endswith(".json") else tomllib.loads(text)
        return found
    except (OSError, ValueError) as error:
        raise BadAnswerData(file, str(error)) from error


M = TypeVar("M", bound=BaseModel)


def checked(model: type[M], file: str, data: dict[str, Any]) -> M:
    """Data as the model it has to be.

    Raises:
        BadAnswerData: it is not; names the place in the file.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadAnswerData(file, f"{'.'.join(str(x) for x in first['loc'])}: {first['msg'].lower()}") from error


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Kind(_Data):
    """A kind of question: the patterns that announce it and examples with slots."""

    id: str
    patterns: tuple[str, ...]
    examples: tuple[str, ...] = ()


class AnswerType(_Data):
    """What an answer has to hold when the question asks for a number, a price, a date …"""

    id: str
    asks: tuple[str, ...]
    has: str


class _Amounts(_Data):
    asked: str


class _Bound(_Data):
    names: str
    ranks: str
    ranks_also: str = ""
    phrase: str
    told: str


class _Bounds(_Data):
    standard: str
    most: _Bound
    least: _Bound


class _Numbers(_Data):
    worth: dict[str, int]
    told: str


class _LanguageFile(_Data):
    function_words: str
    soft_words: str
    tabled_words: str
    classifiers: str
    sums: str
    auxiliaries: str
    frame_words: dict[str, str]
    ranking: dict[str, str]
    spelling: dict[str, tuple[tuple[str, str], ...]]
    clipped: dict[str, str]
    answer_type: tuple[AnswerType, ...]
    polarity: dict[str, str]
    signs: dict[str, str]
    glossary: str
    amounts: _Amounts
    bounds: _Bounds
    numbers: _Numbers
    attribute_classes: dict[str, str]
    ordinals: dict[str, int]
    negation: dict[str, str]
    everything: str  # pattern of what asks for all that is said of something
    meeting: dict[str, str]


class _KindsFile(_Data):
    kind: tuple[Kind, ...] = Field(min_length=1)


@dataclass(frozen=True)
class _CompiledType:
    id: str
    asks: tuple[re.Pattern[str], ...]
    has: re.Pattern[str]


class Language:
    """The loaded files, compiled. One instance serves the whole process."""

    def __init__(self) -> None:
        self._file = checked(_LanguageFile, "language.toml", load_data("language.toml"))
        self.kinds = checked(_KindsFile, "kinds.toml", load_data("kinds.toml")).kind
        self.function_words = frozenset(words(self._file.function_words)) | {"s", "t", "d", "ll", "m", "re", "ve"}

    @cached_property
    def _patterns(self) -> list[tuple[str, list[re.Pattern[str]]]]:
        return [(kind.id, [re.compile(p) for p in kind.patterns]) for kind in self.kinds]

    def kind_of(self, question: str) -> str:
        """The kind whose pattern matches the question first, in the order of the file."""
        text = " ".join(question.lower().replace("’", "'").split()).rstrip(" ?!.")
        for name, patterns in self._patterns:
            if any(p.search(text) for p in patterns):
                return name
        return "keyword"

    @lru_cache(maxsize=64)  # noqa: B019 - one instance per process
    def frame_words(self, kind: str) -> frozenset[str]:
        """Stems that only ask, in a question of that kind."""
        return frozenset(stem(w) for name in (kind, "any") for w in words(self._file.frame_words.get(name, "")))

    @cached_property
    def asking(self) -> frozenset[str]:
        """Words that only ask, in any kind of question, only talk of what is asked, or rank it, lower case."""
        return self.soft | self.ranking | self.gradable | {w for listed in self._file.frame_words.values() for w in words(listed)}

    def only_asks(self, kind: str, word: str) -> bool:
        """Whether a word is written as one that only asks, in a question of that kind."""
        return any(word in words(self._file.frame_words.get(name, "")) for name in (kind, "any"))

    def written_out(self, word: str) -> list[str]:
        """What a word that is written short may stand for (`max`, `creds`), the likeliest first."""
        return self._file.clipped.get(word, self._file.clipped.get(word.removesuffix("s"), "")).split()

    def variants(self, word: str) -> list[str]:
        """Other accepted spellings a word may have (*colour*, *color*), the word itself left out."""
        found = [word.replace(a, b) for a, b in self._file.spelling["variants"] if a in word]
        return [w for w in dict.fromkeys(found) if w != word]

    @cached_property
    def auxiliaries(self) -> frozenset[str]:
        """Verbs and prepositions that end what *how many* counts, lower case."""
        return frozenset(words(self._file.auxiliaries))

    @cached_property
    def tabled(self) -> frozenset[str]:
        """Words that hold of everything in a table, and so tell nothing apart in it."""
        return frozenset(words(self._file.tabled_words))

    @cached_property
    def _sums(self) -> frozenset[str]:
        return frozenset(words(self._file.sums))

    def sums_up(self, label: str) -> bool:
        """Whether a label is that of a sum of the others, and nothing else."""
        said = words(label)
        return bool(said) and self._sums.issuperset(said)

    @cached_property
    def soft(self) -> frozenset[str]:
        """Words of talk about a question or a text, lower case: never missed in an answer."""
        return frozenset(words(self._file.soft_words))

    @cached_property
    def ranking(self) -> frozenset[str]:
        """Words that rank, lower case: *best*, and the comparatives and superlatives of adjectives of degree."""
        return frozenset(words(self._file.ranking["words"])) | {f for w in self.gradable for f in (*_degrees(w, "er"), *_degrees(w, "est"))}

    @cached_property
    def fitting(self) -> frozenset[str]:
        """Words that rank only by how well something fits a need, lower case."""
        return frozenset(words(self._file.ranking["fitting"]))

    @cached_property
    def highest(self) -> frozenset[str]:
        """Words that say what is at one end of a ranking without an ending that tells so, lower case: *best*, *worst*, *leader*."""
        return frozenset(words(self._file.ranking["highest"]))

    @cached_property
    def gradable(self) -> frozenset[str]:
        """Adjectives of degree, lower case."""
        return frozenset(words(self._file.ranking["gradable"]))

    @cached_property
    def extremes(self) -> tuple[frozenset[str], ...]:
        """Words for one and the same end of a scale, of either end."""
        return tuple(frozenset(words(f"{end.names} {end.ranks} {end.ranks_also}")) for end in self._ends.values())

    @cached_property
    def classifiers(self) -> frozenset[str]:
        """Nouns for whatever something is listed under, lower case."""
        return frozenset(words(self._file.classifiers))

    @cached_property
    def chief(self) -> frozenset[str]:
        """Words by which a text singles one thing out, lower case."""
        return frozenset(words(self._file.ranking["chief"]))

    @cached_property
    def meeting(self) -> frozenset[str]:
        """Words that ask how a difficulty is met, lower case."""
        return frozenset(words(self._file.meeting["words"]))

    @cached_property
    def _types(self) -> list[_CompiledType]:
        return [_CompiledType(t.id, tuple(re.compile(p) for p in t.asks), re.compile(t.has, re.I)) for t in self._file.answer_type]

    def answer_type(self, question: str) -> tuple[str, re.Pattern[str]] | None:
        """The most specific type of answer asked for, and what such an answer must hold; None when any will do.

        Later types in the file are more specific than earlier ones.
        """
        text = question.lower()
        found = None
        for kind in self._types:
            if any(p.search(text) for p in kind.asks):
                found = (kind.id, kind.has)
        return found

    def polarity(self, value: str) -> bool | None:
        """Whether a table cell says yes (True) or no (False) in its first word; None when neither."""
        first = value.strip().lower()
        sign = re.match(r":([\w+-]+):(?!\S)", first)
        if sign is not None:  # a picture by name (`:white_check_mark:`)
            return next((told for told, name in ((True, "yes"), (False, "no")) if re.search(self._file.signs[name], sign[1])), None)
        token = re.match(r"[\w/+-]+|\S", first)
        if not token:
            return None
        if token[0] in self._file.polarity["no"].split() or first.startswith(("not ", "no ")):
            return False
        return True if token[0] in self._file.polarity["yes"].split() else None

    @cached_property
    def glossary(self) -> frozenset[str]:
        """What a heading or a file is called under which terms are listed with what they mean."""
        return frozenset(words(self._file.glossary))

    @cached_property
    def amounts(self) -> dict[str, re.Pattern[str]]:
        """A word that asks for an amount, and what a text has to hold beside a number that it need not say the word."""
        anything = re.compile("")
        bounds = {w: re.compile(end.told, re.I) for end in self._ends.values() for w in words(f"{end.names} {end.ranks}")}
        return dict.fromkeys(words(self._file.amounts.asked), anything) | bounds

    def told_as(self, end: Literal["high", "low"]) -> re.Pattern[str]:
        """How a text tells the bound of an amount at one end of its scale."""
        return re.compile(self._ends["most" if end == "high" else "least"].told, re.I)

    @property
    def _ends(self) -> dict[str, _Bound]:
        return {"most": self._file.bounds.most, "least": self._file.bounds.least}

    @cached_property
    def bounds(self) -> dict[str, str]:
        """A word that names a bound, or the value where none is set, lower case, and which of the three it is."""
        named = {w: name for name, end in self._ends.items() for w in words(end.names)}
        return named | dict.fromkeys(words(self._file.bounds.standard), "standard")

    @cached_property
    def bound(self) -> re.Pattern[str]:
        """What asks for a bound: its name, or how it is said of a number."""
        said = [*(end.phrase for end in self._ends.values()), *(w for end in self._ends.values() for w in words(end.names))]
        return re.compile(rf"\b(?:{'|'.join(said)})\b", re.I)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """A word that is read as a number, lower case, and what it is worth."""
        return dict(self._file.numbers.worth)

    @cached_property
    def quantity(self) -> re.Pattern[str]:
        """A number and, as `what`, the words right after it, of which one may be what there are so many of."""
        numbers = "|".join((*(w for w, worth in self.numbers.items() if worth), *words(self._file.numbers.told)))
        return re.compile(rf"(?<![\w.,])(?:\d[\d,.]*|(?:{numbers})(?:-\w+)?)\s+(?P<what>\w[\w-]*(?:\s+[\w-]+){{0,2}})", re.I)

    @cached_property
    def negation(self) -> re.Pattern[str]:
        """Words that deny what follows them."""
        return re.compile(self._file.negation["cues"], re.I)

    @cached_property
    def everything(self) -> re.Pattern[str]:
        """Asks for all that is said of something (*the full picture of*)."""
        return re.compile(self._file.everything, re.I)

    def denied(self, text: str) -> list[tuple[int, int, int]]:
        """Each negation of a text: start and end of its cue, and where its scope ends, all in characters."""
        found = [(m.start(), m.end(), self._scope_end(text, m)) for m in self.negation.finditer(text)]
        every = re.search(r"\b(?:all|every|each|any)\b", text, re.I)
        but = re.compile(r"\bbut\b(?! (?:also|not|what|which|who)\b)", re.I).search(text, every.end()) if every else None
        return [*found, (but.start(), but.end(), len(text))] if but else found  # *all but x*

    def _scope_end(self, text: str, cue: re.Match[str]) -> int:
        data = self._file.negation
        exception = re.search(data["exceptions"], cue[0], re.I) is not None
        ends = f"{data['ends']}|{data['exceptions_end']}" if exception else data["ends"]
        end = re.compile(ends, re.I).search(text, cue.end())
        return end.start() if end else len(text)

    @cached_property
    def ordinal_words(self) -> tuple[str, ...]:
        """Words that name a place in an order, longest first."""
        return tuple(sorted(self._file.ordinals, key=len, reverse=True))

    @cached_property
    def _ordinal(self) -> re.Pattern[str]:
        named = "|".join(self.ordinal_words)
        return re.compile(rf"\b(?:({named})|(\d{{1,3}})(?:st|nd|rd|th)|(?:step|stage|phase|number|no\.?) (\d{{1,3}}))\b", re.I)

    def ordinal(self, text: str) -> int | None:
        """The place an ordinal names: 1 is the first, -2 the last but one; None when there is none. *first* and *last* are not counted."""
        match = self._ordinal.search(text)
        if match is None:
            return None
        return self._file.ordinals[ascii_lower(match[1])] if match[1] else int(match[2] or match[3])

    @cached_property
    def _classes(self) -> dict[str, frozenset[str]]:
        return {name: frozenset(stem(w) for w in words(text)) for name, text in self._file.attribute_classes.items()}

    @cached_property
    def _classes_by_stem(self) -> dict[str, frozenset[str]]:
        every = frozenset[str]().union(*self._classes.values())
        return {s: frozenset(name for name, stems in self._classes.items() if s in stems) for s in every}

    def classes_of(self, word: str) -> frozenset[str]:
        """The classes of attribute a word names."""
        return self._classes_by_stem.get(stem(word), frozenset())

    def classes_in(self, text: str) -> frozenset[str]:
        """The classes of attribute that the words of a text name."""
        return frozenset[str]().union(*(self.classes_of(w) for w in words(text)))

    def wanted(self, text: str) -> frozenset[str]:
        """The classes of heading that the form of a question wants: *when should I …* wants `When to …`."""
        return frozenset({"occasion"}) if _OCCASION.match(text) else frozenset()

    def opposites(self, text: str) -> frozenset[str]:
        """The classes opposite to those that a text names; none where it names both sides."""
        named = self.classes_in(text)
        return frozenset(b for a, b in _OPPOSITE if a in named) - named

    def akin(self, word: str) -> frozenset[str]:
        """Stems of the words that name the same classes of attribute, its own among them; empty for a word of none."""
        return frozenset[str]().union(*(self._classes[name] for name in self.classes_of(word)))

    def label_is(self, label: str, kind: str) -> bool:
        """Whether a column, row or heading name is of a class such as `definition`, `why` or `forecast`."""
        return any(stem(w) in self._classes[kind] for w in words(label))


def ascii_lower(text: str) -> str:
    """A word that a pattern in ASCII letters has matched without regard to case, in small letters.

    Such a pattern takes ſ for an s, and ı and İ for an i, which `lower` leaves as they are.
    """
    return fold(text).replace("ı", "i")


def _degrees(adjective: str, ending: str) -> tuple[str, ...]:
    """The comparative or superlative of an adjective, in the spellings it may have."""
    if adjective.endswith("y") and len(adjective) > 3:
        return (adjective[:-1] + "i" + ending,)
    if adjective.endswith("e"):
        return (adjective + ending[1:],)
    return (adjective + ending, adjective + adjective[-1] + ending)


@lru_cache(maxsize=1)
def _english() -> str:
    """The list of English words with their frequencies, as JSON in small letters; read only when a word is met that nothing else knows."""
    return gzip.decompress((resources.files("spellchecker") / "resources" / "en.json.gz").read_bytes()).decode("utf-8")


@lru_cache(maxsize=64)
def _english_from(letter: str) -> str:
    """The stretch of that list in which all words stand that begin with a letter: to look for a word in it takes no reading of the rest."""
    begins = f'"{letter}'  # where a word ends a colon follows
    first, last = _english().find(begins), _english().rfind(begins)
    end = _english().find(",", last)
    return _english()[first : end if end >= 0 else None] if first >= 0 else ""


def is_english(word: str) -> bool:
    """Whether a lower-case word is in the list of ordinary English words."""
    return f'"{word}":' in _english_from(word[:1])


@lru_cache(maxsize=64)
def _frequencies_from(letter: str) -> dict[str, int]:
    """The English words that begin with a letter, with their frequencies."""
    return {word: int(often) for word, often in re.findall(rf'"({re.escape(letter)}[^"]*)":\s*(\d+)', _english_from(letter))}


@lru_cache(maxsize=4096)
def nearest_english(word: str) -> str | None:
    """The frequent English word one slip away from a lower-case word, first letters alike; None when several are as frequent."""
    known = _frequencies_from(word[:1])
    letters = set[str]().union(*known)
    ranked = sorted({w for w in _one_slip_from(word, letters) if w in known}, key=lambda w: (-known[w], w))
    if not ranked or known[ranked[0]] < _FREQUENT:
        return None
    clear = len(ranked) == 1 or known[ranked[0]] >= _CLEARLY * known[ranked[1]]
    return ranked[0] if clear else None


def _one_slip_from(word: str, letters: Iterable[str]) -> Iterator[str]:
    """A word with a letter left out, two swapped, one changed into another or one put in, in every place."""
    for i in range(len(word) + 1):
        before, after = word[:i], word[i:]
        yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for letter in letters:
            yield before + letter + after[1:]
            yield before + letter + after


@lru_cache(maxsize=1)
def language() -> Language:
    """The shipped language data.

    Raises:
        BadAnswerData: the files are damaged.
    """
    return Language()
