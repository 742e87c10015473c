"""A question understood: what an answer has to account for, what is unknown, what is strange."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant import Assistant
from assistant.frame import Frame, repaired, understand
from corpus.words import key


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


# ---------------------------------------------------------------- what is mended


def mended(bike: Assistant, text: str) -> tuple[str, list[tuple[str, str]]]:
    read, repairs = repaired(text, bike._state.namer)
    return read, [(r.typed, r.read) for r in repairs]


@pytest.mark.parametrize(
    ("typed", "read", "repairs"),
    [
        ("saddle of the tandm", "saddle of the tandem", [("tandm", "tandem")]),
        ("sadlle of the tandom?", "saddle of the tandem?", [("sadlle", "saddle"), ("tandom", "tandem")]),
        ("whcih brakes, tandm (or racer)", "which brakes, tandem (or racer)", [("whcih", "which"), ("tandm", "tandem")]),
        ("saddle of the tandem", "saddle of the tandem", []),
        ("saddle of the TANDM", "saddle of the TANDM", []),
        ("", "", []),
    ],
)
def test_a_question_is_mended_in_its_place_and_no_other_letter_of_it_changes(
    bike: Assistant, typed: str, read: str, repairs: list[tuple[str, str]]
) -> None:
    assert mended(bike, typed) == (read, repairs)


def test_what_was_mended_needs_no_mending(bike: Assistant) -> None:
    once, _ = mended(bike, "whcih sadlle has the tandom")

    assert mended(bike, once) == (once, [])


# ---------------------------------------------------------------- what is offered to choose from, and the need told before


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("which do I need for gravel, tourer, racer or tandem", {"tourer", "racer", "tandem"}),
        ("should I take the racer or the tandem", set()),  # "the" stands between them
        ("do I need a tourer or racer for luggage", {"tourer", "racer"}),
        ("which do I need for a tourer and racer", set()),
        ("tourer vs racer", set()),
    ],
)
def test_names_joined_by_or_are_offered_to_choose_from(read: Callable[[str], Frame], text: str, offered: set[str]) -> None:
    frame = read(text)

    assert set(frame.options) in (offered, {key(o) for o in offered})


def test_what_is_offered_is_not_what_is_looked_for(read: Callable[[str], Frame]) -> None:
    frame = read("which do I need for cobblestones, tourer or racer?")

    assert said(frame, frame.content) == ["cobblestones"]
    assert "racer" not in frame.told
    assert "cobblestones" in frame.told


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("We ride far over gravel with a lot of luggage. Which one should we take?", "We ride far over gravel with a lot of luggage."),
        (
            "Nobody in the club can see the road any more. What should we use, tourer or tandem?",
            "Nobody in the club can see the road any more.",
        ),
        ("We ride. What now?", ""),  # too short to be a story
        ("We ride far over gravel with luggage. What is the saddle of the tandem?", ""),  # asks for something of its own
        ("which do I need for gravel", ""),
    ],
)
def test_a_need_told_in_sentences_of_its_own_is_what_is_asked_about(read: Callable[[str], Frame], text: str, need: str) -> None:
    frame = read(text)

    assert frame.need == need
    assert (frame.kind == "decision") is (bool(need) or text.startswith("which do I"))


# ---------------------------------------------------------------- what is denied, counted, asked for in full


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("which bicycles do not use Brooks", ["Brooks"]),
        ("saddles except Brooks and Fizik", ["Brooks", "Fizik"]),
        ("saddle of the bicycles other than the tandem", ["tandem"]),
        ("which brakes does the tandem not have", ["tandem"]),
        ("frames without carbon, and brakes of the racer", ["carbon"]),
        ("besides the racer, which one uses Fizik", ["racer"]),
        ("which uses Brooks", []),
    ],
)
def test_what_is_denied_is_what_stands_in_reach_of_the_denial(read: Callable[[str], Frame], text: str, denied: list[str]) -> None:
    frame = read(text)

    assert said(frame, tuple(sorted(frame.denied))) == denied


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("how many saddles does the tourer have", ["saddles"]),
        ("number of brakes of the racer", ["brakes"]),
        ("which brakes are there", []),
    ],
)
def test_what_is_counted_are_the_words_up_to_the_verb(read: Callable[[str], Frame], text: str, counted: list[str]) -> None:
    assert said(read(text), read(text).counted) == counted


@pytest.mark.parametrize(("text", "each"), [("all saddles", True), ("every brake of each tourer", True), ("the saddles", False)])
def test_all_of_a_kind_are_asked_for_by_all_each_and_every(read: Callable[[str], Frame], text: str, each: bool) -> None:
    assert read(text).each is each


@pytest.mark.parametrize(
    ("text", "ranking"),
    [
        ("which is the best saddle", ["best"]),
        ("which brakes are cheaper", ["cheaper"]),
        ("which frame is more popular", ["popular"]),
        ("I need something faster for asphalt", []),  # part of the need, not a ranking of what is there
        ("saddle of the tandem", []),
    ],
)
def test_words_that_rank_are_seen_where_things_are_ranked(read: Callable[[str], Frame], text: str, ranking: list[str]) -> None:
    assert said(read(text), read(text).ranking) == ranking
