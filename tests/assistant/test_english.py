"""The English of follow-ups as data: a fault in the file is named, and no pattern is compiled before it is used."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import BaseModel

import assistant.conversation.english as module
from assistant.conversation.english import LazyPattern, english
from assistant.language import BadAnswerData, load_data


@pytest.fixture
def damaged(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[dict[str, Any]], None]]:
    """Load the file anew with something else in it."""
    data = copy.deepcopy(load_data("conversation.toml"))
    monkeypatch.setattr(module, "load_data", lambda file: data)
    english.cache_clear()

    def change(changes: dict[str, Any]) -> None:
        for place, value in changes.items():
            *tables, name = place.split(".")
            held = data
            for table in tables:
                held = held[table]
            if value is None:
                del held[name]
            else:
                held[name] = value

    yield change
    english.cache_clear()


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"closings": "now"}, "closings"),
        ({"asking": None}, "asking"),
        ({"pronouns.plurals": "them"}, r"pronouns\.plurals"),
        ({"pronouns.plural": None}, r"pronouns\.plural"),
        ({"moves.whither": ["^whither$"]}, r"moves\.whither"),
        ({"moves.why": None}, r"moves\.why"),
        ({"rows.several": 3}, r"rows\.several: .*a pattern has to be a string"),
        ({"generic": ["one", "ones"]}, "generic: .*words have to be one string"),
    ],
    ids=["unknown", "missing", "unknown word", "missing word", "unknown move", "missing move", "no pattern", "no words"],
)
def test_a_fault_in_the_file_is_named(damaged: Callable[[dict[str, Any]], None], changes: dict[str, Any], named: str) -> None:
    damaged(changes)

    with pytest.raises(BadAnswerData, match=rf"conversation\.toml: {named}"):
        english()


def patterns(data: BaseModel) -> Iterator[tuple[str, LazyPattern]]:
    for name, value in data:
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, LazyPattern):
                yield name, one
            elif isinstance(one, BaseModel):
                yield from patterns(one)


def test_every_pattern_is_one() -> None:
    found = list(patterns(english()))

    assert all(pattern.compiled.pattern == pattern.source for _, pattern in found)
    assert len(found) > 50


def test_a_pattern_is_compiled_when_it_is_first_used() -> None:
    pattern = LazyPattern("^and (")  # would fail, were it compiled

    with pytest.raises(Exception, match="missing \\)"):
        pattern.match("and so")


def test_small_letters_match_capitals_unless_the_pattern_says_otherwise() -> None:
    assert LazyPattern("which").match("WHICH")
    assert LazyPattern("(?-i:which)").match("WHICH") is None
