"""Where a name is listed, of the places that are offered."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant import Answer

Ask = Callable[..., Answer]


@pytest.mark.parametrize(
    ("question", "told", "places"),
    [
        ("is Munken for letterpress or risograph", "Munken is listed under Papers for Risograph", 1),
        ("is Fiskars for cutting or drying", "Fiskars is listed under Cutting for Letterpress", 1),
        ("Natgraph: drying or lifting?", "Natgraph is listed under Drying for Screenprint", 1),
        ("does Zest belong to screenprint or risograph", "Zest is listed under Cleaning for Risograph", 1),
    ],
)
def test_of_two_places_offered_the_one_is_told_that_holds_the_name(inquire: Ask, question: str, told: str, places: int) -> None:
    answer = inquire(question)

    assert answer.text.startswith(told)
    assert len(answer.citations) == places


def test_where_neither_place_offered_holds_the_name_it_is_told_where_it_is(inquire: Ask) -> None:
    answer = inquire("is Munken for letterpress or screenprint")

    assert answer.text.startswith("Munken is listed under Papers for Risograph")
