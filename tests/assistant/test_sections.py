"""What a section says: one that is named, one that is numbered."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant import Answer

Ask = Callable[..., Answer]
Place = tuple[str, str]


def cells(answer: Answer) -> list[Place]:
    return [(c.cell.row, c.cell.column) for c in answer.citations if c.cell is not None]


def quotes(answer: Answer) -> list[str]:
    return [c.quote for c in answer.citations]


@pytest.mark.parametrize(
    ("question", "places"),
    [
        ("tools by task of screenprint", [(a, "Screenprint") for a in ("Cutting", "Drying", "Lifting")]),
        ("papers in differences", [("Papers", t) for t in ("Letterpress", "Screenprint", "Risograph")]),
    ],
)
def test_a_named_section_says_its_own_of_a_thing_or_attribute(inquire: Ask, question: str, places: list[Place]) -> None:
    assert cells(inquire(question)) == places


@pytest.mark.parametrize(
    "question",
    [
        "what stands in section 2",
        "what does section 2 say",
    ],
)
def test_a_section_is_found_by_the_number_its_heading_begins_with(handbook: Ask, question: str) -> None:
    answer = handbook(question)

    assert quotes(answer) == ["Buy them warm.", "Change them cold."]


def test_the_number_of_a_section_is_taken_whole(handbook: Ask) -> None:
    assert quotes(handbook("what does section 10 say")) == ["The electrician comes on Fridays."]
    assert handbook("what does section 7 say").status == "declined"
