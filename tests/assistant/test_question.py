"""A question as typed: what is taken out of it, and how it is cut into words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.question import clean, plainly, tokens


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("  brakes \t of\r\nthe   tandem ", "brakes of the tandem"),
        ("brakes\x00of\x07 the tandem\x7f", "brakes of the tandem"),
        ("\u202ebrakes\u202c of \u2066the\u2069 tandem", "brakes of the tandem"),
        ("\ufeffbra\u200bkes", "brakes"),
        ("brakes\u2028of\u2029the tandem", "brakes of the tandem"),
        ("brakes \ud800 of", "brakes ? of"),
        ("\x00\x1f\u202e", ""),
        ("Größe? 自行车 🚲", "Größe? 自行车 🚲"),
    ],
    ids=["blanks", "control", "direction", "invisible", "line separators", "surrogate", "nothing left", "other scripts"],
)
def test_control_and_direction_characters_are_taken_out(typed: str, read: str) -> None:
    assert clean(typed) == read


@settings(max_examples=60, derandomize=True)
@given(st.text(st.characters(codec=None)))
def test_any_text_can_be_cleaned_and_cut(text: str) -> None:
    cleaned = clean(text)

    assert clean(cleaned) == cleaned
    cleaned.encode("utf-8")
    assert all(cleaned[t.start : t.end] == t.surface and t.word == t.word.lower() for t in tokens(cleaned))


def test_words_keep_their_place_and_know_whether_they_only_hold_the_sentence_together() -> None:
    found = tokens("What is the Tandem's frame?")

    assert [(t.surface, t.word, t.function) for t in found] == [
        ("What", "what", True),
        ("is", "is", True),
        ("the", "the", True),
        ("Tandem", "tandem", False),
        ("frame", "frame", False),
    ]
    assert (found[3].start, found[3].end) == (12, 18)


def test_numbers_keep_their_decimals_and_lose_their_separators() -> None:
    assert [t.word for t in tokens("3,000 km at 7.5 bar")] == ["3000", "km", "at", "7.5", "bar"]


def test_n_t_is_read_as_not() -> None:
    assert [t.word for t in tokens("doesn't brake")] == ["does", "not", "brake"]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("wots a tandem", "what is a tandem"),
        ("hw many brakes has it", "how many brakes has it"),
        ("wich tandem", "which tandem"),
        ("what do you people mean by tandem", "what is tandem"),
        ("what do you mean", "what do you mean"),
        ("the hw of it", "the hw of it"),
        ("a wat of copper", "a wat of copper"),
    ],
)
def test_asking_words_written_in_a_hurry_are_asking_words(typed: str, read: str) -> None:
    assert plainly(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("<b>What is the Tandem?</b>", "What is the Tandem?"),
        ("![tandem](http://example.org/a.png) brakes", "tandem brakes"),
        ("[brakes](javascript:alert(1)) of the tandem", "brakes of the tandem"),
        ("is the weight <5 kg", "is the weight <5 kg"),
        ("what is <pod-name>", "what is <pod-name>"),
        ("<br>", "<br>"),
    ],
    ids=["tags", "image", "link", "no tag", "a placeholder", "nothing else"],
)
def test_markup_around_the_words_is_taken_out(typed: str, read: str) -> None:
    assert plainly(typed) == read
