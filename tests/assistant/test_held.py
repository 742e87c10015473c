"""What is asked has to be held as it is asked: whole names, amounts, numbers told in a sentence, columns of yes and no."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant import Answer, Assistant, Conversation
from assistant.certificate import verify_answer

Ask = Callable[[str], Answer]


@pytest.fixture
def ask(hut: Assistant) -> Ask:
    def run(question: str) -> Answer:
        answer = hut.ask(question)
        assert verify_answer(answer.as_json(), hut.kb).problems == ()
        return answer

    return run


@pytest.fixture
def say(hut: Assistant) -> Callable[..., list[Answer]]:
    def run(*lines: str) -> list[Answer]:
        talk = Conversation()
        return [hut.ask(line, talk) for line in lines]

    return run


@pytest.mark.parametrize("name", ["stove.colour", "lamp.timeout", "stove_colour"])
def test_an_identifier_is_known_as_a_whole_or_not_at_all(ask: Ask, name: str) -> None:
    answer = ask(f"what is the default of {name}")

    assert answer.status == "declined"
    assert answer.decline == "unknown_name"
    assert name in answer.text


def test_an_identifier_that_is_there_is_answered(ask: Ask) -> None:
    assert "40 min" in ask("what is the default of stove.timeout").text


def test_capitals_side_by_side_are_one_name(ask: Ask) -> None:
    answer = ask("who welded the Water Stove")

    assert answer.status == "declined"
    assert "Water Stove" in answer.text


def test_an_irregular_form_is_a_form_of_its_word(ask: Ask) -> None:
    assert "Ada Moor" not in ask("who welded the water tank").text
    assert "30" in ask("how many blankets are kept dry").text


def test_how_many_there_are_is_told_by_the_sentence_that_says_so(ask: Ask) -> None:
    assert "fourteen" in ask("how many bunks are there").text


def test_a_column_of_yes_and_no_says_which_rows_are_counted(ask: Ask) -> None:
    heated, not_heated = ask("how many rooms are heated"), ask("how many rooms are not heated")

    assert heated.text.startswith("2")
    assert "Parlour" in heated.text
    assert "Attic" not in heated.text
    assert not_heated.text.startswith("2")
    assert "Cellar" in not_heated.text


def test_a_rows_own_name_is_not_what_is_counted(ask: Ask) -> None:
    answer = ask("how many dogs may a guest bring")

    assert "Limit – Dogs per guest: 2" in answer.text or answer.status == "declined"
    assert "Kind" not in answer.text


def test_the_column_whose_header_asks_is_told(ask: Ask) -> None:
    assert "guests" in ask("who may sleep in the attic").text


def test_a_part_of_a_heading_names_what_stands_under_it(ask: Ask) -> None:
    answer = ask("what are the permits")

    assert "season" in answer.text


def test_he_and_she_are_the_one_just_told(say: Callable[..., list[Answer]]) -> None:
    first, second = say("who is the cook", "how do I reach him")

    assert "Ben Ridge" in first.text
    assert "bell 7" in second.text


def test_of_the_one_row_just_told_a_short_question_asks(say: Callable[..., list[Answer]]) -> None:
    _, second = say("what about the attic", "what floor?")

    assert "2" in second.text
    assert "Cellar" not in second.text


def test_a_term_is_what_its_glossary_says(ask: Ask) -> None:
    assert "leaves before dark" in ask("what is a day guest").text


def test_a_bold_line_over_a_list_stands_for_it(ask: Ask) -> None:
    assert "Gas cooker" in ask("what was removed in 1.0").text


def test_when_is_told_by_the_heading_an_entry_stands_under(ask: Ask) -> None:
    answer = ask("when was the radio mast added")

    assert "2022-11-30" in answer.text
    assert "Radio mast" in answer.text


def test_who_did_something_is_looked_for_beyond_what_is_named(ask: Ask) -> None:
    assert "Dov Lind" in ask("who gave the solar lamp").text


def test_what_a_thing_is_no_use_for_serves_no_need(ask: Ask) -> None:
    answer = ask("which tool do I need for wet ropes")

    assert "Scraper" in answer.text
    assert "Axe" not in answer.text


def test_by_default_is_said_in_other_words(ask: Ask) -> None:
    assert "40 min" in ask("what is stove.timeout unless told otherwise").text


def test_a_bound_is_no_count_of_rows(ask: Ask) -> None:
    assert not ask("how many rooms may I book at most").text.startswith("4")


def test_who_is_not_answered_by_a_yes(ask: Ask) -> None:
    answer = ask("who heated the parlour")

    assert answer.status == "declined" or "yes" not in answer.text
