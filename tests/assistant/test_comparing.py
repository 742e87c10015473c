"""Comparisons: things beside each other in every aspect both have, the same or not, what is said of them together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import Answer, Assistant
from assistant.certificate import verify_answer
from assistant.models import Atom

Ask = Callable[..., Answer]
Place = tuple[str, str]

ASPECTS = {"Inks", "Tools", "Papers", "Cleaning", "Weak Point", "Workflow", "Cutting", "Drying", "Lifting"}  # rows of two tables
COLUMNS = {"Definition", "Main Goal"}  # columns of a third


PENS = """# Pens

| Aspect | Quill | Biro | Fountain pen |
|---|---|---|---|
| Ink | Gallnut | Paste | Dye |
| Made of | Feather | Plastic | Steel |

## Care

| Pen | Lifetime |
|---|---|
| Biro | 12 years |
| Fountain pen | 40 years |
"""


def cells(answer: Answer) -> list[Place]:
    return [(c.cell.row, c.cell.column) for c in answer.citations if c.cell is not None]


def compared(answer: Answer) -> dict[str, set[str]]:
    """aspect -> the things for which it is told"""
    found: dict[str, set[str]] = {}
    for row, column in cells(answer):
        aspect, thing = (column, row) if column in COLUMNS else (row, column)
        found.setdefault(aspect, set()).add(thing)
    return found


def verdicts(answer: Answer) -> list[Atom]:
    return [a for a in answer.certificate if a.op == "comparison"]


def table(answer: Answer) -> list[list[str]]:
    return [[c.strip() for c in line.strip("| ").split("|")] for line in answer.markdown.splitlines() if line.startswith("|")]


# ---------------------------------------------------------------- side by side


@pytest.mark.parametrize(
    "question",
    [
        "letterpress vs screenprint",
        "what is the difference between letterpress and screenprint",
        "compare letterpress with screenprint",
        "how does letterpress differ from screenprint",
        "how do letterpress and serigraphy differ",
    ],
)
def test_every_aspect_that_all_have_is_set_side_by_side_from_every_table(inquire: Ask, question: str) -> None:
    told = compared(inquire(question))

    assert told.keys() >= ASPECTS | COLUMNS
    assert all(things == {"Letterpress", "Screenprint"} for things in told.values())


def test_three_things_have_three_columns_and_a_citation_in_every_cell(inquire: Ask) -> None:
    answer = inquire("compare letterpress, screenprint and risograph")
    names, _, *rows = table(answer)

    assert names == ["Letterpress", "Screenprint", "Risograph"]
    assert {len(row) for row in rows} == {4}
    assert all(cell.count("[") == 1 for row in rows for cell in row[1:])
    assert all(things == {"Letterpress", "Screenprint", "Risograph"} for things in compared(answer).values())


def test_a_row_in_which_they_are_the_same_is_marked(inquire: Ask) -> None:
    rows = {row[0]: row for row in table(inquire("screenprint vs risograph"))[2:]}

    assert rows["Main Goal"][-1] == "same"
    assert rows["Inks"][-1] == "differs"


def test_each_row_carries_a_verdict_on_the_cells_it_compares(inquire: Ask) -> None:
    answer = inquire("screenprint vs risograph")
    told = {tuple(answer.certificate[i].text or "" for i in a.of): a.text for a in verdicts(answer)}

    assert told[("Bold colours on any surface.", "Bold colours on any surface.")] == "same"
    assert told[("Swarfega", "Zest")] == "differs"
    assert sorted(told.values()).count("same") == 1


def test_how_many_aspects_are_the_same_is_counted_from_what_is_told(inquire: Ask) -> None:
    answer = inquire("screenprint vs risograph")
    counts = {a.text for a in answer.certificate if a.op == "count"}

    assert counts == {"1", str(len(verdicts(answer)))}


def test_an_aspect_that_only_one_has_is_named_and_not_compared(tmp_path: Path, open_kb: Callable[..., Assistant]) -> None:
    folder = tmp_path / "pens"
    folder.mkdir()
    (folder / "pens.md").write_text(PENS, encoding="utf-8")
    kb = open_kb(folder)
    answer = kb.ask("quill vs biro")

    assert verify_answer(answer.as_json(), kb.kb).holds
    assert compared(answer) == {"Ink": {"Quill", "Biro"}, "Made of": {"Quill", "Biro"}}
    assert "Lifetime" in answer.text
    assert "12 years" not in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "compare the papers of letterpress and risograph",
        "papers: letterpress vs risograph",
        "difference in papers between letterpress and risograph",
    ],
)
def test_one_aspect_alone_is_compared_when_it_is_named(inquire: Ask, question: str) -> None:
    assert cells(inquire(question)) == [("Papers", "Letterpress"), ("Papers", "Risograph")]


def test_what_the_text_says_of_two_things_together_stands_beside_their_comparison(inquire: Ask) -> None:
    assert "a light table and a drying rack" in inquire("letterpress vs screenprint").text
    assert "a light table and a drying rack" not in inquire("letterpress vs risograph").text


@pytest.mark.parametrize("question", ["letterpress vs screenprint price", "compare letterpress and screenprint in price"])
def test_an_aspect_that_is_not_there_is_refused_and_no_other_given_for_it(inquire: Ask, question: str) -> None:
    answer = inquire(question)

    assert (answer.status, answer.decline) == ("declined", "unknown_attribute")
    assert "price" in answer.text


def test_the_half_that_is_known_is_told_and_the_other_half_is_said_to_be_unknown(inquire: Ask) -> None:
    answer = inquire("letterpress vs Heliograv")

    assert answer.text.startswith("Heliograv is not in this knowledge base")
    assert {thing for place in cells(answer) for thing in place} >= {"Letterpress"}
    assert "Heliograv:" not in answer.text


@pytest.mark.parametrize("question", ["Zorblat vs Heliograv", "compare them", "compare"])
def test_without_two_known_things_nothing_is_compared(inquire: Ask, question: str) -> None:
    answer = inquire(question)

    assert answer.status in ("declined", "clarify")
    assert verdicts(answer) == []


# ---------------------------------------------------------------- the same or not


@pytest.mark.parametrize(
    ("question", "told", "verdict"),
    [
        ("do screenprint and risograph have the same main goal", "Yes", "same"),
        ("do letterpress and risograph have the same main goal", "No", "differs"),
        ("do letterpress and screenprint have different papers", "Yes", "differs"),
        ("do screenprint and risograph have different main goals", "No", "same"),
    ],
)
def test_whether_things_are_the_same_in_something_is_answered_with_both_cells(inquire: Ask, question: str, told: str, verdict: str) -> None:
    answer = inquire(question)

    assert answer.text.startswith(told)
    assert [a.text for a in verdicts(answer)] == [verdict]
    assert len(cells(answer)) == 2


@pytest.mark.parametrize(
    "question", ["do letterpress and risograph have the same price", "do letterpress and Heliograv have the same inks"]
)
def test_whether_things_are_the_same_in_what_is_not_there_is_not_said(inquire: Ask, question: str) -> None:
    answer = inquire(question)

    assert verdicts(answer) == []
    assert not answer.text.startswith("Yes")


# ---------------------------------------------------------------- together


@pytest.mark.parametrize(
    "question",
    [
        "how do letterpress and screenprint work together",
        "how do screenprint and letterpress work together",
        "letterpress and screenprint together",
        "do I need both letterpress and screenprint",
    ],
)
def test_what_is_said_of_two_together_is_told_in_whatever_order_they_are_named(inquire: Ask, question: str) -> None:
    answer = inquire(question)

    assert "a light table and a drying rack" in answer.text
    assert ("Posters with tiny captions", "Solution") in cells(answer)
    assert "Wedding" not in answer.text


def test_where_nothing_is_said_of_two_together_it_is_not_made_up(inquire: Ask) -> None:
    answer = inquire("how do screenprint and risograph work together")

    assert "light table" not in answer.text
    assert "Letterpress" not in answer.text


@pytest.mark.parametrize("question", ["what are letterpress and risograph", "define letterpress and risograph"])
def test_several_things_are_defined_beside_each_other(inquire: Ask, question: str) -> None:
    assert cells(inquire(question)) == [("Letterpress", "Definition"), ("Risograph", "Definition")]
