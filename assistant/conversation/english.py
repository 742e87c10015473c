"""The English of follow-ups as data: `answers/conversation.toml`, checked, with a type for everything in it.

A pattern is compiled when it is first used, so that a first question, which leans on nothing, pays for none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from assistant.language import checked, load_data

_FILE = "conversation.toml"


class LazyPattern:
    """A regular expression as it stands in the data; small letters match capitals where it does not say otherwise."""

    def __init__(self, source: str) -> None:
        self.source = source

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        return re.compile(self.source, re.I)

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """A match that begins at `start`."""
        return self.compiled.match(text, start)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """A match of the whole text."""
        return self.compiled.fullmatch(text)

    def search(self, text: str) -> re.Match[str] | None:
        """The first match anywhere."""
        return self.compiled.search(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Every match, in order."""
        return self.compiled.finditer(text)

    def split(self, text: str) -> list[str]:
        """What stands between the matches."""
        return self.compiled.split(text)

    def sub(self, put: str, text: str, count: int = 0) -> str:
        """The text with something in the place of what matches."""
        return self.compiled.sub(put, text, count=count)


def _pattern(value: Any) -> LazyPattern:
    if not isinstance(value, str):
        raise ValueError("a pattern has to be a string")
    return LazyPattern(value)


def _split(value: Any) -> tuple[str, ...]:
    if not isinstance(value, str):
        raise ValueError("words have to be one string, with blanks between them")
    return tuple(value.split())


Pattern = Annotated[LazyPattern, BeforeValidator(_pattern)]
Words = Annotated[frozenset[str], BeforeValidator(_split)]
Ordered = Annotated[tuple[str, ...], BeforeValidator(_split)]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True)


class Message(_Data):
    """What is looked for in a message that goes on with what was said."""

    existential: Pattern
    preposition: Pattern
    way_round: Pattern
    which: Pattern
    which_of_them: Pattern
    what_is: Pattern
    same: Pattern
    one_of: Pattern
    all_after: Pattern
    among_them: Pattern
    that_for: Pattern
    others_use: Pattern
    would_get: Pattern
    version: Pattern
    ranked_noun: Pattern
    dislocated: Pattern
    joined: Pattern
    alone: Pattern
    own_need: Pattern
    difficulties: str
    any_of: Pattern
    remark: Pattern
    purpose: Pattern


class Beside(_Data):
    """How what is under discussion is asked of a thing beside the one spoken of."""

    the_one: Pattern
    which: Pattern
    instead: Pattern
    using: Pattern
    more_than: Pattern
    between: Pattern


class Orders(_Data):
    """How steps are asked for of an order that is not named."""

    edge: Pattern
    where: Pattern
    whole: Pattern


class Before(_Data):
    """What is looked for in the question before."""

    how_many: Pattern
    opened_by: Pattern
    is_a: Pattern
    decided: Pattern
    need: Pattern
    verb: Pattern
    opposite: dict[str, str]
    jointly: Pattern


class Rows(_Data):
    """How a message is asked of the rows of a table that were told."""

    of_one: Pattern
    pointed: Pattern
    others: Pattern
    several: Pattern
    going_on: Pattern


class Pronouns(_Data):
    """Pronouns, and what each may stand for."""

    form: str
    one: str
    before_one: Ordered
    personal: Words
    plural: Words
    things: Words
    owning: Words
    owning_things: Words
    owning_before_noun: Words
    pointing: Words
    with_noun: Pattern
    linking: Words
    linked: Pattern
    after: Words
    nouns: Words
    dummy: Pattern
    there: Pattern
    being: Pattern
    acting: Pattern
    measuring: Words
    holding: Pattern


class Places(_Data):
    """How a place in a list is named."""

    ends: dict[str, int]
    numbered: Ordered
    before: str
    copulas: Words
    copula: Pattern
    of_several: str
    tried: Pattern
    beside: Pattern
    acting: str
    tells: Pattern
    alone: Pattern


class Whole(_Data):
    """Messages that ask for something and name nothing; the first pattern that matches counts."""

    unsure: tuple[Pattern, ...]
    repeat: tuple[Pattern, ...]
    why: tuple[Pattern, ...]
    which: tuple[Pattern, ...]
    which_are: tuple[Pattern, ...]
    then_what: tuple[Pattern, ...]
    besides: tuple[Pattern, ...]
    who_else: tuple[Pattern, ...]
    why_both: tuple[Pattern, ...]
    more: tuple[Pattern, ...]
    more_about: tuple[Pattern, ...]
    example: tuple[Pattern, ...]
    beware: tuple[Pattern, ...]
    names_only: tuple[Pattern, ...]
    compare: tuple[Pattern, ...]
    compare_with: tuple[Pattern, ...]
    adding: tuple[Pattern, ...]
    removing: tuple[Pattern, ...]
    choosing: tuple[Pattern, ...]
    counting: tuple[Pattern, ...]
    next: tuple[Pattern, ...]
    previous: tuple[Pattern, ...]
    meant: tuple[Pattern, ...]
    not_but: tuple[Pattern, ...]


class Need(_Data):
    """How the answer to a question back goes on with it."""

    whole: Pattern
    wanting: Pattern
    doing: Pattern
    going: Pattern


class English(_Data):
    """`conversation.toml`."""

    opening: str
    joining: Pattern
    concluding: Pattern
    about: str
    closing: str
    before_name: str
    going_back: Pattern
    asking: Pattern
    bare_question: Pattern
    stating: Pattern
    stated: Pattern
    generic: Words
    steps: Words
    together: dict[str, int]
    message: Message
    before: Before
    beside: Beside
    orders: Orders
    rows: Rows
    pronouns: Pronouns
    places: Places
    moves: Whole
    need: Need


@lru_cache(maxsize=1)
def english() -> English:
    """The shipped data.

    Raises:
        BadAnswerData: it is damaged; names the key.
    """
    return checked(English, _FILE, load_data(_FILE))


__all__ = ["English", "LazyPattern", "english"]
