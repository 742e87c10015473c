"""What a question takes for granted where the folder says otherwise."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant import Answer

Ask = Callable[..., Answer]


@pytest.mark.parametrize(
    "question",
    [
        "Why is Natgraph a letterpress tool?",
        "How does letterpress dry with Trolley?",
        "What makes Fabriano suitable for risograph?",
        "Why is Kagaku used for screenprint?",
    ],
)
def test_a_name_listed_elsewhere_is_put_right(inquire: Ask, question: str) -> None:
    answer = inquire(question)

    assert answer.status == "corrected"
    assert answer.citations


def test_what_stands_in_its_place_is_told(inquire: Ask) -> None:
    answer = inquire("Why does risograph use Fabriano papers?")

    assert "Munken" in answer.text
    assert ("Papers", "Letterpress") in {(c.cell.row, c.cell.column) for c in answer.citations if c.cell}


@pytest.mark.parametrize(
    "question", ["Why does letterpress use Caligo?", "How is Olfa used in letterpress?", "How much does Kagaku cost in letterpress?"]
)
def test_what_is_listed_there_or_asks_for_something_else_is_not_corrected(inquire: Ask, question: str) -> None:
    assert inquire(question).status != "corrected"


def test_a_step_said_of_another_thing_is_put_right(inquire: Ask) -> None:
    answer = inquire("Why is a weekend course enough for letterpress?")

    assert answer.status == "corrected"
    assert "a weekend course is enough" in answer.text
