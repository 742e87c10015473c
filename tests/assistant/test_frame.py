"""A question understood: what an answer has to account for, what is unknown, what is strange."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant import Assistant
from assistant.frame import Frame, repaired, understand


@pytest.fixture
def read(bike: Assistant) -> Callable[[str], Frame]:
    def run(text: str) -> Frame:
        namer = bike._state.namer
        mended, repairs = repaired(text, namer)
        return understand(mended, namer, namer.common, repairs=repairs)

    return run


def said(frame: Frame, places: tuple[int, ...]) -> list[str]:
    return [frame.tokens[p].surface for p in places]


def test_names_and_open_words_are_content_and_asking_words_are_not(read: Callable[[str], Frame]) -> None:
    frame = read("which one do I need to choose for racing on asphalt")

    assert frame.kind == "decision"
    assert said(frame, frame.content) == ["racing", "on", "asphalt"]  # "on" is part of a name here


def test_a_word_the_folder_does_not_hold_is_unknown_and_strange_if_it_is_no_english(read: Callable[[str], Frame]) -> None:
    frame = read("what is the price of a Zorblat tandem")

    assert said(frame, frame.unknown) == ["price", "Zorblat"]
    assert "Zorblat" in said(frame, frame.strange)


def test_a_capital_inside_the_sentence_marks_a_name(read: Callable[[str], Frame]) -> None:
    named, ordinary = read("does Hammer make brakes"), read("does a hammer help")

    assert said(named, named.strange) == ["Hammer"]
    assert said(ordinary, ordinary.strange) == []


def test_a_sentence_all_in_capitals_marks_none(read: Callable[[str], Frame]) -> None:
    frame = read("Does A Hammer Help")

    assert said(frame, frame.strange) == []


def test_a_question_of_asking_words_alone_has_no_content(read: Callable[[str], Frame]) -> None:
    assert read("which one should I choose").content == ()


def test_the_noun_after_which_is_the_focus(read: Callable[[str], Frame]) -> None:
    frame = read("which saddle does it have")

    assert frame.focus is not None
    assert frame.tokens[frame.focus].word == "saddle"
    assert read("which is it").focus is None


@pytest.mark.parametrize(
    ("text", "negated"), [("which do not use Brooks", True), ("which doesn’t use Brooks", True), ("which uses Brooks", False)]
)
def test_negation_is_seen(read: Callable[[str], Frame], text: str, negated: bool) -> None:
    assert read(text).negated is negated


def test_the_reading_tells_what_was_tied_and_mended_and_what_was_not_found(read: Callable[[str], Frame]) -> None:
    reading = read("price of the two seater tandm").reading("typed")

    assert reading.question == "typed"
    assert [(m.words, m.name, m.how) for m in reading.mentions] == [("two seater", "Tandem", "alias"), ("tandem", "Tandem", "spelling")]
    assert reading.repaired == (("tandm", "tandem"),)
    assert reading.unknown == ("price",)


def test_a_mention_gives_the_words_as_typed(read: Callable[[str], Frame]) -> None:
    assert [m.words for m in read("brakes of the two-seater").reading("").mentions] == ["brakes", "two-seater"]
