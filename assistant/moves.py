"""How a message leans on what was said before it: the English of follow-ups, as data, compiled once.

Everything specific to a language is in `answers/conversation.toml`; this file gives it types and reads a message with it.
It knows nothing of any knowledge base and nothing of what was said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from pydantic import BaseModel, ConfigDict

from assistant.language import checked, language, load_data
from corpus.words import stem, words

_FILE = "conversation.toml"
_LINKED = re.compile(r"\s+(?:of|for|in|from|with)\b", re.I)


class _Need(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    whole: str
    wanting: str
    doing: str


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    opening: str
    joining: str
    about: str
    closing: str
    before_name: str
    going_back: str
    asking: str
    bare_question: str
    stating: str
    stated: str
    generic: str
    steps: str
    after_pronoun: str
    dummy: str
    there: str
    before_one: str
    numbers: str
    nouns: str
    ends: dict[str, int]
    together: dict[str, int]
    moves: dict[str, tuple[str, ...]]
    need: _Need


_PERSONAL = frozenset({"he", "him", "his", "she", "her", "hers"})
_TRY = re.compile(r"(?:and |so )?what (?:do|should|must|can|would|shall) (?:i|we|you|one) \w+ (?P<place>\w+)", re.I)
_COPULAS = frozenset({"'s", "’s", "is", "comes", "was"})
_COPULA = re.compile(r"(?:and |so )?(?:what|which|who)(?:['’]?s| (?:is|was|comes|came))(?: the)?", re.I)
_BESIDE = re.compile(r"\b(?:(?P<after>after|follows|following)|before|precedes|preceding)\s+$", re.I)


@dataclass(frozen=True, slots=True)
class Opened:
    """A message without the words that only open and close it."""

    text: str
    joined: bool  # it opens with *and*, *or*, *but*
    about: bool  # … or with *what about*, *same for*, *only*
    so: bool  # … or draws a conclusion


@dataclass(frozen=True, slots=True)
class Ordinal:
    """*the second one* in a text: characters [start, end), the place (1 is the first, -1 the last, 0 the other one), the word after it."""

    start: int
    end: int
    place: int
    noun: str  # lower case; "" for none
    whole: bool  # nothing but it stands there


class Moves:
    """The loaded file, compiled. One instance serves the whole process."""

    def __init__(self) -> None:
        self._file = checked(_File, _FILE, load_data(_FILE))
        file = self._file
        self._opening = re.compile(rf"^{file.opening}[ ,.!:;-]*", re.I)
        self._joining = re.compile(file.joining, re.I)
        self._about = re.compile(rf"^{file.about}[ ,:]*", re.I)
        self._closing = re.compile(rf"{file.closing}(?=[\s.?!]*$)", re.I)
        self._before_name = re.compile(rf"^{file.before_name}", re.I)
        self._going_back = re.compile(file.going_back, re.I)
        self._asking = re.compile(file.asking, re.I)
        self._polar = re.compile(rf"(?:{'|'.join(sorted(language().auxiliaries))})\b", re.I)
        self._bare = re.compile(file.bare_question, re.I)
        self._stating = re.compile(file.stating, re.I)
        self._stated = re.compile(file.stated, re.I)
        self._dummy = re.compile(file.dummy, re.I)
        self._there = re.compile(file.there, re.I)
        before = "|".join(rf"(?<=\b{word} )" for word in file.before_one.split())
        self._pronouns = re.compile(
            r"\b(?:it|its|they|them|their|theirs|he|him|his|she|her|hers|this one|that one|this|that|these|those)\b"
            rf"|(?:{before})one(?=\s*(?:$|[?.!,;]|(?:then|too|myself|yet|at all)\b))",
            re.I,
        )
        self._moves = {name: [re.compile(p, re.I) for p in patterns] for name, patterns in file.moves.items()}
        self._need = {name: re.compile(pattern, re.I) for name, pattern in file.need.model_dump().items()}
        self.generic = frozenset(file.generic.split())
        self.steps = frozenset(file.steps.split())
        self.after_pronoun = frozenset(file.after_pronoun.split())
        self.numbers = tuple(file.numbers.split())
        self._holding = (self.after_pronoun | language().function_words) - frozenset(file.nouns.split())

    # ---- the message as a whole

    def opened(self, text: str) -> Opened:
        """The message without its opening and closing words, and what the opening says."""
        rest, openings = text.strip(), ""
        while (match := self._opening.match(rest)) and re.search(r"\w", rest[match.end() :]):
            openings, rest = openings + match[0].lower(), rest[match.end() :]
        so = bool(re.search(r"\b(?:so|then|but|ok|okay)\b", openings))
        closing = self._closing.search(rest)
        if closing and re.search(r"\w", rest[: closing.start()]):
            so = so or "then" in closing[0].lower()
            rest = rest[: closing.start()] + rest[closing.end() :]
        about = False
        match = self._about.match(rest)
        if match and re.search(r"\w", rest[match.end() :]):
            about, rest = True, rest[match.end() :]
        return Opened(rest, bool(self._joining.search(openings)), about, so)

    def match(self, move: str, text: str) -> re.Match[str] | None:
        """The first pattern of a move that matches the text."""
        plain = _plain(text)
        return next((m for p in self._moves[move] if (m := p.search(plain))), None)

    def asks(self, text: str) -> bool:
        """Whether a text begins as a question or a request does."""
        return bool(self._asking.match(text))

    def polar(self, text: str) -> bool:
        """Whether a text asks for yes or no."""
        return bool(self._polar.match(text))

    def bare_question(self, text: str) -> bool:
        """Whether a text is nothing but a question word."""
        return bool(self._bare.match(_plain(text)))

    def going_back(self, text: str) -> tuple[str, str] | None:
        """*Back to X: …*: the name, and what is asked after it."""
        match = self._going_back.match(text.strip(" ?.!"))
        return (match["name"].strip(), match["rest"].strip()) if match else None

    def name_of(self, text: str) -> str:
        """What a message goes on with, without the words before it (*for the …*)."""
        return self._before_name.sub("", text.strip(), count=1).strip(" ?.!,:;")

    def meant(self, text: str) -> str | None:
        """What a correction puts in the place of what was said before; None where the message is none."""
        for pattern in self._moves["meant"]:
            match = pattern.match(text.strip())
            if match and re.search(r"\w", text.strip()[match.end() :]):
                return text.strip()[match.end() :]
        return None

    def statement(self, text: str) -> str | None:
        """What a message states, without the words that say who said so; None where it states nothing."""
        if self.asks(text):
            return None
        said = self._stated.sub("", text.strip())
        return said if self._stating.search(said) else None

    def holds_that(self, text: str) -> bool:
        """Whether a message opens with words of holding something for true (*I thought …*)."""
        return bool(self._stated.match(text.strip()))

    # ---- words inside it

    def together(self, text: str) -> tuple[int, int, int] | None:
        """Words for several things: start, end, and how many are meant (0: not said, -1: all)."""
        found = None
        for phrase in sorted(self._file.together, key=len, reverse=True):
            match = re.search(rf"\b{phrase}\b", text, re.I)
            if match and phrase in ("these", "those") and not self._stands_for(text, match):
                continue
            if match and phrase in ("these", "those") and _LINKED.match(text, match.end()):
                continue  # *those of X*: not the ones just named
            if match and (found is None or match.start() < found[0]):
                found = (match.start(), match.end(), self._file.together[phrase])
        return found

    def pronoun(self, text: str) -> re.Match[str] | None:
        """The first pronoun that stands for a thing; `this` and `that` only where no noun follows."""
        dummies = [m.span() for m in self._dummy.finditer(text)]
        for match in self._pronouns.finditer(text):
            if any(a <= match.start() < b for a, b in dummies) or (match[0] == "IT" and text != text.upper()):
                continue
            if match[0].lower() in ("this", "that", "these", "those") and not self._stands_for(text, match):
                continue
            if match[0].lower() in ("that", "those") and _LINKED.match(text, match.end()):
                continue
            return match
        return None

    def personal(self, pronoun: str) -> bool:
        """Whether a pronoun stands for a person."""
        return pronoun.lower() in _PERSONAL

    def there(self, text: str) -> re.Match[str] | None:
        """*There* where it stands for a place or a thing (group `there`; group `going` where one goes to it)."""
        return self._there.search(text)

    def pointing(self, text: str) -> re.Match[str] | None:
        """*that company*: a word that points, and the noun it points with."""
        for match in re.finditer(r"\b(?P<word>this|that|these|those|such an?) (?P<noun>[a-z-]{3,})\b", text, re.I):
            before = text[: match.start()].rstrip().rsplit(" ", 1)[-1].lower()
            follows = match["noun"].lower() in self._holding
            if not follows and (not before or before in language().function_words):
                return match
        return None

    def _stands_for(self, text: str, match: re.Match[str]) -> bool:
        before = text[: match.start()].rstrip().rsplit(" ", 1)[-1].lower().strip(",")
        after = re.match(r"\s+([\w'-]+)", text[match.end() :])
        if after is None and before:
            return True  # at the end it points with no noun
        alone = after is None or after[1].lower() in self._holding
        return alone and (not before or before in language().function_words or not before[-1:].isalnum())

    @cached_property
    def _places(self) -> re.Pattern[str]:
        ordinals = "|".join(sorted(self._file.ends, key=len, reverse=True))
        named = "|".join(language().ordinal_words)
        counted = "|".join(rf"(?<={word} )\d{{1,2}}" for word in ("number", "option", "step", "stage", "phase", "point", "item", "entry"))
        return re.compile(
            rf"(?P<det>\bthe |\byour |\bthat |^|['’]s |\b(?:is|comes|was) |\bnumber |\b(?:option|step|stage|phase|point|item|entry) |#)"
            rf"(?P<place>{ordinals}|{named}|\d{{1,2}}(?:st|nd|rd|th)|other|{counted}|(?<=#)\d{{1,2}})\b"
            rf"(?P<of> of (?:them|these|those|the (?:two|three|four|list)))?",
            re.I,
        )

    def ordinal(self, text: str) -> Ordinal | None:
        """*the second one*, *the other*, *number three* in a text; None where there is none."""
        tried = _TRY.fullmatch(text.strip(" ?.!"))
        if tried is not None and (place := self._place(tried["place"].lower())):
            return Ordinal(0, len(text), place, "", True)  # *what should I try second*
        for match in self._places.finditer(text):
            place = self._place(match["place"].lower())
            after = re.match(r"\s+([\w'-]+)", text[match.end() :]) if not match["of"] else None
            det = (match["det"] or "").strip().lower()
            noun = after[1].lower() if after and after[1].lower() not in language().function_words - self.generic else ""
            end = match.end() + (after.end() if after and noun in self.generic | self.steps else 0)
            of = re.match(r" of (?:them|these|those|the (?:two|three|four|list))\b", text[end:], re.I)
            end += of.end() if of else 0
            if det in self.steps:
                noun = det
            rest = (text[: match.start()] + text[end:]).strip(" ?.!,")
            alone = not noun and _COPULA.fullmatch(text[: match.start("place")].strip()) is not None  # *what's last*
            if det in _COPULAS:
                if not alone:
                    continue
                return Ordinal(0, len(text), place, "", True)
            if not match["det"] and noun not in self.generic | self.steps and rest:
                continue
            return Ordinal(match.start(), end, place, noun, not rest)
        return None

    def beside(self, before: str) -> int | None:
        """1 where the words before a place in a list ask for the one after it, -1 for the one before; None where they do not."""
        match = _BESIDE.search(before)
        return None if match is None else 1 if match["after"] else -1

    def _place(self, word: str) -> int:
        if word == "other":
            return 0
        if word in self._file.ends:
            return self._file.ends[word]
        digits = re.match(r"\d+", word)
        return int(digits[0]) if digits else language().ordinal(word) or 0

    def number(self, text: str) -> re.Match[str] | None:
        """The first number of a text, in digits or as a word."""
        return re.search(rf"(?<![\w.])(?:\d+(?:[.,]\d+)*|{'|'.join(self.numbers)})(?![\w])", text, re.I)

    def need(self, text: str) -> str:
        """A need told in answer to a question back, so that it can follow the question (*for …*, *to …*)."""
        said = text.strip(" ?.!,")
        if self._need["whole"].match(said):
            return said
        wanting = self._need["wanting"].match(said)
        if wanting:
            said = said[wanting.end() :]
            return said if self._need["whole"].match(said) else f"for {said}"
        doing = self._need["doing"].match(said)
        if doing:
            rest = said[doing.end() :]
            return f"for {rest}" if re.match(r"\w+ing\b", rest, re.I) else f"to {rest}"
        return f"for {said}"

    def generic_stems(self) -> frozenset[str]:
        """Stems of the words for one thing of any list."""
        return frozenset(stem(w) for text in (self.generic, self.steps) for word in text for w in words(word))


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s'’,-]", " ", text.lower()).replace("’", "'").split()).strip(" ,")


@lru_cache(maxsize=1)
def moves() -> Moves:
    """The shipped data.

    Raises:
        BadAnswerData: the file is damaged.
    """
    return Moves()


__all__ = ["Moves", "Opened", "Ordinal", "moves"]
