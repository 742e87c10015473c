"""Attributes asked for by their sort: difficulties, aims, reasons, what is to come."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant import Answer

Ask = Callable[..., Answer]


@pytest.mark.parametrize("question", ["what is the purpose of risograph", "what does risograph aim at", "objective of risograph"])
def test_an_aim_is_the_goal_of_a_thing(inquire: Ask, question: str) -> None:
    answer = inquire(question)

    assert "Bold colours on any surface." in answer.text
    assert ("Risograph", "Main Goal") in {(c.cell.row, c.cell.column) for c in answer.citations if c.cell}


def test_reasons_of_a_section_are_its_column_of_reasons(inquire: Ask) -> None:
    answer = inquire("which reasons are in the what to choose table")

    assert {c.cell.column for c in answer.citations if c.cell} == {"Why?"}
    assert len(answer.citations) == 4


@pytest.mark.parametrize("question", ["what is coming in the next years", "what does the future hold", "which trends are expected"])
def test_what_is_to_come_stands_under_the_future(inquire: Ask, question: str) -> None:
    answer = inquire(question)

    assert answer.text.startswith("As a forecast:")
    assert {c.section[-1] for c in answer.citations} == {"Future Trends"}


def test_what_is_to_come_of_a_name_is_only_what_names_it(inquire: Ask) -> None:
    answer = inquire("what is the future of plastic type")

    assert "Printed type will replace cast lead" in answer.text
    assert "solvents" not in answer.text


def test_a_sort_of_attribute_that_is_nowhere_is_not_answered_with_another(inquire: Ask) -> None:
    assert inquire("what is the licence of risograph").status == "declined"
