"""What one thing has in the place of what another has."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant import Answer

Ask = Callable[..., Answer]
Place = tuple[str, str]


def cells(answer: Answer) -> list[Place]:
    return [(c.cell.row, c.cell.column) for c in answer.citations if c.cell is not None]


@pytest.mark.parametrize(
    ("question", "places"),
    [
        ("what is the screenprint counterpart of Fabriano", [("Papers", "Screenprint"), ("Papers", "Letterpress")]),
        ("what is the risograph equivalent of Vandercook", [("Tools", "Risograph"), ("Tools", "Letterpress")]),
        ("what is the Fabriano of screenprint", [("Papers", "Screenprint"), ("Papers", "Letterpress")]),
    ],
)
def test_the_counterpart_of_a_name_stands_in_its_row(inquire: Ask, question: str, places: list[Place]) -> None:
    assert cells(inquire(question)) == places


def test_the_name_asked_of_a_thing_that_lists_it_needs_no_counterpart(inquire: Ask) -> None:
    assert "where Letterpress" not in inquire("what is the Caligo of risograph").text
