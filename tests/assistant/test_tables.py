"""Which cell a question means when its words fit more than one, and answers made of two."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant import Answer, Assistant, grids, measuring
from assistant.certificate import verify_answer

KILNS = """# Kilns

## Firing

| Kiln | Peak heat | Glaze | Needs a flue |
|---|---|---|---|
| Anagama | 1300 degrees | Ash | Required |
| Raku | 900 degrees | Crackle | Optional |
| Tunnel | 1200 degrees | Celadon | Required |
"""


def test_two_cells_are_told_where_two_attributes_are_asked_for(sheet: Callable[[str], Assistant]) -> None:
    text = sheet(KILNS).ask("glaze and peak heat of the Raku kiln").text

    assert "900 degrees" in text
    assert "Crackle" in text
    assert "Ash" not in text


def test_a_row_under_blank_headers_is_told_whole(sheet: Callable[[str], Assistant]) -> None:
    kb = sheet(
        "# Crews\n\nEach crew has a room and a phone number.\n\n| | | |\n|---|---|---|\n"
        "| Heron crew | #heron | 555-0101 |\n| Plover crew | #plover | 555-0102 |\n"
    )

    text = kb.ask("phone number of the plover crew").text

    assert "555-0102" in text
    assert "555-0101" not in text


# ---------------------------------------------------------------- tables too large to be looked through

PARTS = "# Parts\n\n| Part | Weight | Colour | Maker |\n|---|---|---|---|\n" + "".join(
    f"| Part{n}x | {n} kg | {'red' if n % 2 else 'blue'} | {'Ames' if n % 3 else 'Birk'} |\n" for n in range(1, 41)
)


@pytest.fixture
def large(sheet: Callable[[str], Assistant], monkeypatch: pytest.MonkeyPatch) -> Assistant:
    """An assistant over a table that counts as too large."""
    monkeypatch.setattr(grids, "_CELLS", 100)
    return sheet(PARTS)


@pytest.mark.parametrize("question", ["which parts are red", "list the red parts", "how many parts are red"])
def test_in_a_table_too_large_to_be_looked_through_no_row_is_told_as_if_it_were_all(large: Assistant, question: str) -> None:
    answer = large.ask(question)

    assert "Part1x: red" in answer.text
    assert answer.text.endswith("and 8 more")
    assert verify_answer(answer.as_json(), large.kb).problems == ()


def test_in_such_a_table_rows_of_two_values_are_not_looked_for(large: Assistant) -> None:
    assert large.ask("which parts are red and made by Birk").status == "declined"


def test_in_such_a_table_a_value_that_one_row_has_is_told_of_it(large: Assistant) -> None:
    assert "40 kg" in large.ask("weight of Part40x").text


def test_a_table_too_large_to_be_compared_is_not_even_loaded(sheet: Callable[[str], Assistant], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "_CELLS_OF_TABLE", 100)
    view = sheet(PARTS)._state.view
    (table,) = view.first_tables(2)
    monkeypatch.setattr(view, "cells", lambda *_: pytest.fail("its cells were loaded"))

    assert measuring._series(table, view) == []


def test_what_is_made_of_a_table_is_made_once_and_kept_with_its_view(sheet: Callable[[str], Assistant]) -> None:
    view = sheet(PARTS)._state.view
    (table,) = view.first_tables(2)

    assert grids.grid(table, view) is grids.grid(table, view)
    assert measuring._series(table, view) is measuring._series(table, view)


def test_who_says_yes_is_every_row_that_does(inquire: Callable[..., Answer]) -> None:
    cells = [c.cell for c in inquire("which days are supervised").citations]

    assert [(c.row, c.column) for c in cells if c is not None] == [("Monday", "Supervised")]


@pytest.mark.parametrize(("question", "days"), [("which days are open", ["Monday", "Tuesday"]), ("which day is not open", ["Sunday"])])
def test_who_says_yes_or_no_is_told_without_the_rest(inquire: Callable[..., Answer], question: str, days: list[str]) -> None:
    assert [c.cell.row for c in inquire(question).citations if c.cell is not None] == days
