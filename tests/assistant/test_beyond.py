"""Whether a question asks for more than what was found can tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from assistant.beyond import asks_beyond, names_nobody, narrows_it
from assistant.finding import Finding
from assistant.holding import Beside
from assistant.retrieval import Candidate
from corpus.models import Fact, Label, Span

Against = Callable[..., Beside]


def cell(value: str, column: str = "Inks", **more: Any) -> Finding:
    labels = (Label("row", "Letterpress"), Label("column", column))
    return Finding("cell", {}, [Candidate(Fact(1, "cell", "a.md", 7, Span(0, len(value), 1, 1), value, value, labels=labels))], **more)


@pytest.mark.parametrize(("value", "nobody"), [("yes", True), ("42", True), ("Zecchi", False)])
def test_who_is_answered_by_no_number_and_no_yes(against: Against, value: str, nobody: bool) -> None:
    assert names_nobody(against("who inks letterpress").frame, cell(value)) is nobody


@pytest.mark.parametrize(("column", "beyond"), [("Maximum run", True), ("Minimum run", False), ("Run", False)])
def test_a_minimum_is_not_told_by_a_maximum(against: Against, column: str, beyond: bool) -> None:
    assert asks_beyond(against("minimum run of letterpress", finding=cell("500", column, bound=True))) is beyond


@pytest.mark.parametrize(
    ("question", "problem", "beyond"),
    [
        ("how do I avoid slow setting", True, True),
        ("how do I avoid slow setting", False, False),
        ("is setting slow", True, False),
        ("which weak point is solved", True, False),
    ],
)
def test_a_difficulty_tells_no_way_out_of_it(against: Against, question: str, problem: bool, beyond: bool) -> None:
    assert asks_beyond(against(question, finding=cell("Slow setting", "Weak Point", problem=problem))) is beyond


@pytest.mark.parametrize(
    ("question", "cover", "narrows"),
    [
        ("bookbinding tools", 0.1, True),
        ("tools for bookbinding", 0.1, True),
        ("tools for bookbinding", 1.0, False),
        ("can bookbind tools", 0.1, False),
    ],
)
def test_a_word_that_narrows_a_name_is_missed_unless_most_of_the_question_is_held(
    against: Against, question: str, cover: float, narrows: bool
) -> None:
    assert narrows_it(against(question, finding=cell("Olfa", "Tools"), cover=cover)) is narrows
