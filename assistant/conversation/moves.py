"""How a message leans on what was said before it, read with the English of follow-ups.

It knows nothing of any knowledge base and nothing of what was said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from assistant.conversation.english import english
from assistant.language import ascii_lower, language
from corpus.words import stem, words


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
    count: int = 1  # *the last two*: so many from that end


class Moves:
    """What the data says of a message. One instance serves the whole process; what has to be put together is, when it is first used."""

    def __init__(self) -> None:
        self._english = english()
        self.generic = self._english.generic
        self.steps = self._english.steps

    @cached_property
    def _opening(self) -> re.Pattern[str]:
        return re.compile(rf"^{self._english.opening}[ ,.!?:;-]*", re.I)

    @cached_property
    def _about(self) -> re.Pattern[str]:
        return re.compile(rf"^{self._english.about}[ ,:]*", re.I)

    @cached_property
    def _closing(self) -> re.Pattern[str]:
        return re.compile(rf"{self._english.closing}(?=[\s.?!]*$)", re.I)

    @cached_property
    def _before_name(self) -> re.Pattern[str]:
        return re.compile(rf"^{self._english.before_name}", re.I)

    @cached_property
    def _polar(self) -> re.Pattern[str]:
        return re.compile(rf"(?:{'|'.join(sorted(language().auxiliaries))})\b", re.I)

    @cached_property
    def _pronouns(self) -> re.Pattern[str]:
        data = self._english.pronouns
        before = "|".join(rf"(?<=\b{word} )" for word in data.before_one)
        return re.compile(rf"\b(?:{data.form})\b|(?:{before}){data.one}", re.I)

    @cached_property
    def _together(self) -> list[tuple[str, re.Pattern[str]]]:
        phrases = sorted(self._english.together, key=len, reverse=True)
        return [(phrase, re.compile(rf"\b{phrase}\b", re.I)) for phrase in phrases]

    @cached_property
    def _numbers(self) -> re.Pattern[str]:
        return re.compile(rf"(?<![\w.])(?:\d+(?:[.,]\d+)*|{'|'.join(language().numbers)})(?![\w])", re.I)

    @cached_property
    def _holding(self) -> frozenset[str]:
        data = self._english.pronouns
        return (data.after | language().function_words) - data.nouns

    # ---- the message as a whole

    def opened(self, text: str) -> Opened:
        """The message without its opening and closing words, and what the opening says."""
        rest, openings = text.strip(), ""
        while (match := self._opening.match(rest)) and re.search(r"\w", rest[match.end() :]):
            openings, rest = openings + match[0].lower(), rest[match.end() :]
        so = self._english.concluding.search(openings) is not None
        closing = self._closing.search(rest)
        if closing and re.search(r"\w", rest[: closing.start()]):
            so = so or self._english.concluding.search(closing[0]) is not None
            rest = rest[: closing.start()] + rest[closing.end() :]
        about = False
        match = self._about.match(rest)
        if match and re.search(r"\w", rest[match.end() :]):
            about, rest = True, rest[match.end() :]
        return Opened(rest, self._english.joining.search(openings) is not None, about, so)

    def match(self, move: str, text: str) -> re.Match[str] | None:
        """The first pattern of a move that matches the text."""
        plain = _plain(text)
        return next((m for p in getattr(self._english.moves, move) if (m := p.search(plain))), None)

    def asks(self, text: str) -> bool:
        """Whether a text begins as a question or a request does."""
        return self._english.asking.match(text) is not None

    def polar(self, text: str) -> bool:
        """Whether a text asks for yes or no."""
        return self._polar.match(text) is not None

    def bare_question(self, text: str) -> bool:
        """Whether a text is nothing but a question word."""
        return self._english.bare_question.match(_plain(text)) is not None

    def going_back(self, text: str) -> tuple[str, str] | None:
        """*Back to X: …*: the name, and what is asked after it."""
        match = self._english.going_back.match(text.strip(" ?.!"))
        return (match["name"].strip(), match["rest"].strip()) if match else None

    def name_of(self, text: str) -> str:
        """What a message goes on with, without the words before it (*for the …*)."""
        return self._before_name.sub("", text.strip(), count=1).strip(" ?.!,:;")

    def meant(self, text: str) -> str | None:
        """What a correction puts in the place of what was said before; None where the message is none."""
        for pattern in self._english.moves.meant:
            match = pattern.match(text.strip())
            if match and re.search(r"\w", text.strip()[match.end() :]):
                return text.strip()[match.end() :]
        return None

    def statement(self, text: str) -> str | None:
        """What a message states, without the words that say who said so; None where it states nothing."""
        if self.asks(text):
            return None
        said = self._english.stated.sub("", text.strip())
        return said if self._english.stating.search(said) else None

    def holds_that(self, text: str) -> bool:
        """Whether a message opens with words of holding something for true (*I thought …*)."""
        return self._english.stated.match(text.strip()) is not None

    # ---- words inside it

    def together(self, text: str) -> tuple[int, int, int] | None:
        """Words for several things: start, end, and how many are meant (0: not said, -1: all)."""
        data = self._english.pronouns
        found = None
        for phrase, pattern in self._together:
            match = pattern.search(text)
            if match is None:
                continue
            if phrase in data.pointing and (not self._stands_for(text, match) or data.linked.match(text, match.end())):
                continue  # *those of X*: not the ones just named
            if found is None or match.start() < found[0]:
                found = (match.start(), match.end(), self._english.together[phrase])
        return found

    def pronoun(self, text: str) -> re.Match[str] | None:
        """The first pronoun that stands for a thing; `this` and `that` only where no noun follows."""
        data = self._english.pronouns
        dummies = [m.span() for m in data.dummy.finditer(text)]
        for match in self._pronouns.finditer(text):
            if any(a <= match.start() < b for a, b in dummies) or (match[0] == "IT" and text != text.upper()):
                continue
            if match[0].lower() in data.pointing and not self._stands_for(text, match):
                continue
            if match[0].lower() in data.linking and data.linked.match(text, match.end()):
                continue
            return match
        return None

    def personal(self, pronoun: str) -> bool:
        """Whether a pronoun stands for a person."""
        return pronoun.lower() in self._english.pronouns.personal

    def there(self, text: str) -> re.Match[str] | None:
        """*There* where it stands for a place or a thing (group `there`; group `going` where one goes to it)."""
        return self._english.pronouns.there.search(text)

    def pointing(self, text: str) -> re.Match[str] | None:
        """*that company*: a word that points, and the noun it points with."""
        for match in self._english.pronouns.with_noun.finditer(text):
            before = text[: match.start()].rstrip().rsplit(" ", 1)[-1].lower()
            follows = match["noun"].lower() in self._holding | language().gradable  # *why is that hard*: nothing is called so
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
        data = self._english.places
        ends = "|".join(sorted(data.ends, key=len, reverse=True))
        named = "|".join(language().ordinal_words)
        counted = "|".join(rf"(?<={word} )\d{{1,2}}" for word in data.numbered)
        many = [word for word, worth in language().numbers.items() if worth > 1]
        return re.compile(
            rf"(?P<det>{data.before}|\b(?:{'|'.join(data.numbered)}) |#)"
            rf"(?P<place>{ends}|{named}|\d{{1,2}}(?:st|nd|rd|th)|{counted}|(?<=#)\d{{1,2}})\b"
            rf"(?:(?<=first|.last) (?P<count>{'|'.join(many)}|\d{{1,2}})\b)?"
            rf"(?P<of>{data.of_several})?",
            re.I,
        )

    @cached_property
    def _of_several(self) -> re.Pattern[str]:
        return re.compile(rf"{self._english.places.of_several}\b", re.I)

    def ordinal(self, text: str) -> Ordinal | None:
        """*the second one*, *the other*, *number three* in a text; None where there is none."""
        data = self._english.places
        tried = data.tried.fullmatch(text.strip(" ?.!"))
        if tried is not None and (place := self._place(tried["place"].lower())):
            return Ordinal(0, len(text), place, "", True)  # *what should I try second*
        for match in self._places.finditer(text):
            place = self._place(match["place"].lower())
            after = re.match(r"\s+([\w-]+)(?:['’]s\b)?", text[match.end() :]) if not match["of"] else None
            det = (match["det"] or "").strip().lower()
            noun = after[1].lower() if after and after[1].lower() not in language().function_words - self.generic else ""
            end = match.end() + (after.end() if after and noun in self.generic | self.steps else 0)
            of = self._of_several.match(text[end:])
            end += of.end() if of else 0
            if place == 0 and after and after[1].lower() in language().numbers and after[1].lower() != "one":
                continue  # *the other two* are several
            if det in self.steps:
                noun = det
            rest = (text[: match.start()] + text[end:]).strip(" ?.!,")
            alone = not noun and data.copula.fullmatch(text[: match.start("place")].strip()) is not None  # *what's last*
            if det in data.copulas:
                if not alone:
                    continue
                return Ordinal(0, len(text), place, "", True)
            if not match["det"] and noun not in self.generic | self.steps and rest:
                continue
            many = match["count"]
            count = 1 if not many else int(many) if many.isdecimal() else language().numbers[ascii_lower(many)]
            return Ordinal(match.start(), end, place, noun, not rest, count)
        return None

    def beside(self, before: str) -> int | None:
        """1 where the words before a place in a list ask for the one after it, -1 for the one before; None where they do not."""
        match = self._english.places.beside.search(before)
        return None if match is None else 1 if match["after"] else -1

    def _place(self, word: str) -> int:
        ends = self._english.places.ends
        if word in ends:
            return ends[word]
        digits = re.match(r"\d+", word)
        return int(digits[0]) if digits else language().ordinal(word) or 0

    def number(self, text: str) -> re.Match[str] | None:
        """The first number of a text, in digits or as a word."""
        return self._numbers.search(text)

    def need(self, text: str) -> str:
        """A need told in answer to a question back, so that it can follow the question (*for …*, *to …*)."""
        data = self._english.need
        said = text.strip(" ?.!,")
        if data.whole.match(said):
            return said
        wanting = data.wanting.match(said)
        if wanting:
            said = said[wanting.end() :]
            return said if data.whole.match(said) else f"for {said}"
        doing = data.doing.match(said)
        if doing:
            rest = said[doing.end() :]
            return f"for {rest}" if data.going.match(rest) else f"to {rest}"
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
