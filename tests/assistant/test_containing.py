"""Whether something is in, part of, or among what a text puts together; and what is said of two things at once."""

from __future__ import annotations

import pytest

from assistant import Answer, Assistant


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Is the Wok part of the household set?", "take Wok + Tray + Ladle as a set"),
        ("is Ladle included in the set for a small household", "take Wok + Tray + Ladle as a set"),
        ("are Ovens among what is to come?", "Ovens will bake with steam"),
    ],
)
def test_a_name_is_in_what_the_text_that_puts_things_together_names(kitchen: Assistant, question: str, said: str) -> None:
    answer = kitchen.ask(question)

    assert answer.text.removeprefix("As a forecast: ").startswith("Yes.")
    assert said in answer.text


def test_a_name_that_others_stand_in_the_place_of_is_not_in_it(kitchen: Assistant) -> None:
    answer = kitchen.ask("Is the Rack part of the household set?")

    assert answer.text.startswith("Not according to this knowledge base, which names others there:")
    assert [c.lines[0] for c in answer.citations] == [12]


def test_a_reason_asked_for_what_is_not_so_is_corrected(kitchen: Assistant) -> None:
    answer = kitchen.ask("Why is the Rack part of the household set?")

    assert answer.status == "corrected"
    assert "Wok + Tray + Ladle" in answer.text


@pytest.mark.parametrize("question", ["Is there a Rack in the household set?", "Is Gravy part of the household set?"])
def test_that_something_is_not_named_does_not_make_it_absent(kitchen: Assistant, question: str) -> None:
    """Whether there is any, or what no list knows, is not settled by a text that names other things."""
    assert not kitchen.ask(question).text.startswith(("Not according", "Yes"))


def _told(answer: Answer) -> tuple[str, list[str]]:
    return answer.text, [c.cell.column for c in answer.citations if c.cell is not None]


def test_of_two_things_that_both_list_a_name_both_are_told(kitchen: Assistant) -> None:
    text, columns = _told(kitchen.ask("do Oven and Stove both list Thermometer under Tools?"))

    assert text.startswith("Yes.")
    assert set(columns) == {"Oven", "Stove"}


def test_of_two_things_of_which_one_lists_a_name_it_is_no(kitchen: Assistant) -> None:
    text, _ = _told(kitchen.ask("do Oven and Stove both list Wok under Tools?"))

    assert text.startswith("Not according to this knowledge base: Wok is listed under Tools for Stove, not for Oven")


def test_a_word_of_the_same_class_as_the_label_is_no_stranger(kitchen: Assistant) -> None:
    """*Problem* is not in the folder; *Weak Spot* is what a problem is called."""
    text, columns = _told(kitchen.ask("is uneven heat a problem of the Oven?"))

    assert text.startswith("Yes.")
    assert columns == ["Oven"]


@pytest.mark.parametrize(
    "question",
    [
        "what plays the role of the Tray in Stove?",
        "In Stove, what does the work of the Tray?",
        "the Tray's opposite number in Stove",
        "what does Stove have where Oven has Tray",
    ],
)
def test_a_counterpart_is_asked_for_in_many_words(kitchen: Assistant, question: str) -> None:
    answer = kitchen.ask(question)

    assert answer.rule == "counterpart"
    assert "Wok, Ladle, Thermometer" in answer.text


def test_which_of_them_does_not_have_what_one_has_is_told_of_the_others(kitchen: Assistant) -> None:
    answer = kitchen.ask("which of the two does not list Ladle under Tools?")

    assert answer.rule == "not-held"
    assert answer.text.startswith("Oven")


def test_all_that_is_said_is_asked_for_by_idiom(kitchen: Assistant) -> None:
    answer = kitchen.ask("give me the full picture of the Oven")

    assert answer.rule == "everything"
    assert "Tray, Rack, Thermometer" in answer.text
    assert "Uneven heat" in answer.text


def test_that_the_asker_does_not_understand_denies_nothing(kitchen: Assistant) -> None:
    assert kitchen.ask("I don't understand the weak spot of the Oven").text == "Weak Spot – Oven: Uneven heat"
