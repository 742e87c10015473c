"""What is offered for what is typed."""

from __future__ import annotations

import pytest

from tests.ui.fake import FakeAssistant
from ui.terminal.commands import COMMANDS, VERDICTS
from ui.terminal.completing import Candidate, Known, candidates, ghost

KNOWN = Known(
    names=FakeAssistant().names_like,
    headings=lambda: ("Colours", "Shades", "Of colours"),
    scopes=lambda: ("all", "cold", "warm", "cold/colours.md"),
    sources=lambda: ("colours.md:5  Colours", "colours.md:7  Snow\x1b[31m"),
)


def texts(before: str, known: Known = KNOWN) -> list[str]:
    return [one.text for one in candidates(before, known)]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("tell me of gr", ["Grass", "Green", "Grey sky"]),
        ("tell me of Gras", ["Grass"]),
        ("what about (gras", ["Grass"]),
        ("the grey s", ["Grey sky"]),  # the longest run of words that begins a name
        ("s", []),
        ("sky ", []),
        ("", []),
        ("no such", []),
    ],
)
def test_names_are_offered_for_the_words_before_the_cursor(typed: str, offered: list[str]) -> None:
    assert texts(typed) == offered


def test_a_name_takes_the_place_of_all_its_words() -> None:
    assert candidates("is it grey s", KNOWN) == [Candidate("Grey sky", replaces=len("grey s"))]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("/scope ", ["all", "cold", "warm", "cold/colours.md"]),
        ("/scope co", ["cold", "cold/colours.md"]),
        ("/scope wa", ["warm"]),
        ("/scope col", ["cold", "cold/colours.md"]),
        ("/scope cold W", ["warm"]),
        ("/scope cold ", ["all", "warm", "cold/colours.md"]),
        ("/scope none", []),
    ],
)
def test_what_may_be_asked_alone_is_offered(typed: str, offered: list[str]) -> None:
    assert texts(typed) == offered


def test_commands_are_offered_with_what_they_do() -> None:
    assert texts("/") == [c.name for c in COMMANDS]
    assert candidates("/wh", KNOWN) == [Candidate(c.name, 3, c.words) for c in COMMANDS if c.name in ("/why", "/whynot")]
    assert texts("/nothing") == texts("/nothing x") == []


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("/open ", ["1", "2"]),
        ("/sources 2", ["2"]),
        ("/open 1 ", ["edit"]),
        ("/sources 1 ", []),
        ("/whynot ", ["Colours", "Shades", "Of colours"]),
        ("/whynot COL", ["Colours", "Of colours"]),  # those that begin so come first
        ("/feedback ", list(VERDICTS)),
        ("/reading e", ["edit"]),
        ("/json ", []),
    ],
)
def test_what_may_follow_a_command_is_offered(typed: str, offered: list[str]) -> None:
    assert texts(typed) == offered


def test_the_place_of_a_source_stands_beside_its_number_without_control_characters() -> None:
    assert [one.note for one in candidates("/open ", KNOWN)] == ["colours.md:5 Colours", "colours.md:7 Snow[31m"]


def test_names_are_shown_without_control_characters_and_each_once() -> None:
    odd = Known(names=lambda _text, _most: ("A\x1b]0;x\x07b", "ab", "A  b", "\x00"))

    assert texts("ab", odd) == ["A]0;xb", "ab", "A b"]


def test_before_the_assistant_is_open_only_commands_are_offered() -> None:
    assert texts("sky", Known()) == []
    assert texts("/new", Known()) == ["/new"]


@pytest.mark.parametrize(
    ("typed", "rest"),
    [
        ("what is", " grass"),  # the newest line of the history
        ("what is t", "he sky"),
        ("which", " one"),
        ("who", ""),
        ("", ""),
        ("what is the sky", ""),
        ("a\nb", ""),
    ],
)
def test_ghost_text_comes_from_the_history_and_then_from_what_is_offered(typed: str, rest: str) -> None:
    assert ghost(typed, ["what is the sky", "what is grass", "a\nb c"], ["which one"]) == rest
