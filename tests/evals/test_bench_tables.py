"""When an answer has all cells right."""

from __future__ import annotations

import pytest

from assistant.models import Atom
from evals.bench.folders import table_grid
from evals.bench.layout import TableData
from evals.bench.tables import Cell, all_right, quoted_cells
from tests.evals.fakes import answer, decline

TABLE = TableData.model_validate(
    {
        "_id": "t",
        "title": "Lights",
        "header": ["Light", "Height", "Colour", "Built"],
        "rows": [["Skerry", "31 m", "white", "1821"], ["Holm", "12 m", "red", "1840"], ["Ness", "12 m", "", "1907"]],
    }
)


@pytest.mark.parametrize(
    ("question", "gold", "quoted", "right"),
    [
        ("how high is it", {(0, 1)}, {(0, 1)}, True),
        ("how high is it", {(0, 1)}, {(0, 1), (0, 0)}, True),
        ("how high is it", {(0, 1)}, {(0, 0), (0, 1), (0, 2)}, False),
        ("how high is it", {(0, 1)}, {(0, 1), (1, 1)}, False),
        ("how high is it", {(0, 1), (1, 1)}, {(0, 1)}, False),
        ("how high is it", {(1, 1)}, {(2, 1)}, True),
        ("is it red or white", {(1, 2)}, {(1, 2), (0, 2)}, True),
        ("which lights are there", {(0, 0), (1, 0), (2, 0)}, {(0, 0), (1, 0), (2, 0)}, True),
        ("all colours", {(0, 2), (1, 2), (2, 2)}, {(0, 2), (1, 2)}, True),
        ("which has no colour", {(2, 2)}, set(), False),
        ("how high is it", {(0, 1)}, set(), False),
        ("what", set(), {(0, 0)}, False),
    ],
    ids=[
        "the cell",
        "with its label",
        "the whole row",
        "one too many",
        "one missing",
        "the same text in its column",
        "named in the question",
        "a column",
        "blank cells are not read out",
        "only a blank cell",
        "no answer",
        "nothing is right",
    ],
)
def test_all_cells_and_no_others(question: str, gold: set[Cell], quoted: set[Cell], right: bool) -> None:
    assert all_right(question, gold, quoted, TABLE) is right


def test_cells_are_those_the_words_are_copied_from() -> None:
    grid = table_grid(TABLE)

    def atom(text: str) -> Atom:
        return Atom(op="quote", document="table.md", start=grid.text.index(text), end=grid.text.index(text) + len(text), quote=text)

    atoms = (atom("Holm"), atom("red"), atom("Height"), atom("Lights"), Atom(op="count", text="2"))

    assert quoted_cells(answer("Holm: red", certificate=atoms), grid) == {(1, 0), (1, 2)}
    assert quoted_cells(decline(), grid) == set()
