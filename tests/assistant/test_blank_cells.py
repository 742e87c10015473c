"""Tables with cells left blank: a value is told of its own row, and nothing is told for a cell that is not there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant import Answer, Assistant
from assistant.certificate import verify_answer

Sheet = Callable[[str], Assistant]

BOATS = [
    ("Swift", "Ann Lee", "5 m", "Kiel"),
    ("Slow", "Tom Ray", "7 m", "Kiel"),
    ("Mid", "Bob Roe", "12 m", "Kiel"),
    ("Gale", "Cid Fox", "9 m", "Bergen"),
]
HEAD = ("Boat", "Captain", "Length", "Harbour")
IN_KIEL = BOATS[:3]


def table(rows: list[tuple[str, ...]], *, blank: tuple[int, int] | None = None) -> str:
    """A page of one table; of one row, counted from 0, one cell is left blank."""
    cells = [["" if (r, c) == blank else cell for c, cell in enumerate(row)] for r, row in enumerate(rows)]
    lines = [HEAD, ("---",) * len(HEAD), *cells]
    return "# Fleet\n\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def proved(kb: Assistant, question: str) -> Answer:
    answer = kb.ask(question)
    assert verify_answer(answer.as_json(), kb.kb).problems == ()
    return answer


def test_a_value_is_told_of_its_own_row_where_a_cell_before_it_is_blank(sheet: Sheet) -> None:
    kb = sheet(table(BOATS, blank=(1, 2)))

    lengths = proved(kb, "length of the boats in Kiel")
    captain = proved(kb, "captain in Kiel")

    assert lengths.text == "Length: Swift – 5 m; Mid – 12 m"
    assert [c.cell.row for c in lengths.citations if c.cell] == ["Swift", "Mid"]
    assert "Slow – Tom Ray" in captain.text


@pytest.mark.parametrize("blank", range(len(IN_KIEL)), ids=["first", "middle", "last"])
@pytest.mark.parametrize(("question", "column"), [("length of the boats in Kiel", 2), ("captains of the boats in Kiel", 1)])
def test_wherever_a_cell_is_blank_every_other_row_keeps_its_value(sheet: Sheet, question: str, column: int, blank: int) -> None:
    answer = proved(sheet(table(BOATS, blank=(blank, column))), question)

    assert answer.status == "answered"
    for place, row in enumerate(IN_KIEL):
        assert (f"{row[0]} – {row[column]}" in answer.text) == (place != blank)
        assert (row[0] in answer.text) == (place != blank)


def test_the_one_value_there_is_belongs_to_the_row_it_stands_in(sheet: Sheet) -> None:
    rows = [("Swift", "Ann Lee", "", "Kiel"), ("Mid", "Bob Roe", "12 m", "Kiel"), BOATS[3]]

    answer = proved(sheet(table(rows)), "length of the boats in Kiel")

    assert "12 m" in answer.text
    assert "Swift" not in answer.text


ABOUT_BOATS = (
    *(
        "length of the boats in Kiel",
        "captain of each boat",
        "which boats are in Kiel",
        "which boat is the longest",
        "boats and their captains",
    ),
    *(
        "which boats are longer than 6 m",
        "sort the boats by length",
        "how many boats are in Kiel",
        "captain of Slow",
        "what is the length of Mid",
    ),
    *(
        "who is the captain of the boat in Bergen",
        "is Swift longer than Mid",
        "list the harbours",
        "boats not in Kiel",
        "Slow vs Mid",
        "Gale",
    ),
)


@pytest.mark.parametrize("row", range(len(BOATS)), ids=[row[0] for row in BOATS])
@pytest.mark.parametrize("column", range(len(HEAD)), ids=HEAD)
def test_whichever_cell_is_blank_no_answer_joins_two_rows(sheet: Sheet, row: int, column: int) -> None:
    kb = sheet(table(BOATS, blank=(row, column)))

    for question in ABOUT_BOATS:
        answer = proved(kb, question)
        assert answer.status != "invalid", question
        told = [[answer.certificate[i].text for i in atom.of] for atom in answer.certificate if atom.op == "beside"]
        names = [pair for pair in told if pair[0] not in HEAD]
        assert all(any(set(pair) <= {*boat, *HEAD} for boat in BOATS) for pair in names), (question, answer.text)


@pytest.mark.parametrize("question", ["which boats have no captain", "boats without a captain"])
def test_the_things_without_are_those_whose_cell_is_blank_or_says_none(sheet: Sheet, question: str) -> None:
    rows = [BOATS[0], ("Slow", "", "7 m", "Kiel"), ("Mid", "none", "12 m", "Kiel"), BOATS[3]]

    assert proved(sheet(table(rows)), question).text == "Slow; Mid"


@pytest.mark.parametrize(
    "question", ["which boats have no captain", "boats without a captain", "which boats have no captain and no harbour"]
)
def test_where_no_cell_is_blank_the_cells_of_other_columns_are_no_answer(sheet: Sheet, question: str) -> None:
    answer = proved(sheet(table(BOATS)), question)

    assert "Kiel" not in answer.text
    assert "5 m" not in answer.text


CHOICES = """# Gardening

## What to use

| Use case | Recommended | Why |
|---|---|---|
| Mowing lawns | Alpha + Beta | Wide and light |
| Cutting hedges | Beta | Long arm |
| Felling trees | Alpha | Strong |

## Gear

| Attribute | Alpha | Beta |
|---|---|---|
| Blade | steel | iron |
| Weight | 5 kg | 7 kg |
"""
ABOUT_CHOICES = (
    *("when should I use Beta", "when do I need both Alpha and Beta", "what is Beta used for", "which do I need for cutting hedges"),
    *("why Beta for cutting hedges", "what do Alpha and Beta have in common", "is Beta recommended for cutting hedges", "what to use"),
    *("when not to use Alpha", "which use cases need both", "why Beta", "should I use Alpha for mowing lawns"),
)
BLANKED = ("Mowing lawns", "Alpha + Beta", "Wide and light", "Cutting hedges", "| Beta ", "Long arm", "Felling trees", "| Alpha ", "Strong")


@pytest.mark.parametrize("blank", BLANKED)
def test_a_decision_table_with_a_blank_cell_is_asked_like_any_other(sheet: Sheet, blank: str) -> None:
    kb = sheet(CHOICES.replace(blank, "| " if blank.startswith("|") else "", 1))

    for question in ABOUT_CHOICES:
        assert proved(kb, question).status != "invalid"


def test_of_a_row_that_does_not_say_when_nothing_is_told_as_a_use(sheet: Sheet) -> None:
    answer = proved(sheet(CHOICES.replace("Cutting hedges", "")), "when should I use Beta")

    assert "Mowing lawns" in answer.text
    assert "Long arm" not in answer.text


PLANS = """# Plans

| Plan | Tier | Size | Price |
|---|---|---|---|
| Standard | Basic | 10 GB | 5 € |
| Standard | {} | 20 GB | 6 € |
| Pro | Basic | 30 GB | 9 € |
"""


@pytest.mark.parametrize(("tier", "second"), [("Gold", ("Basic", "Gold")), ("", ("10 GB", "20 GB"))], ids=["given", "blank"])
def test_rows_of_one_name_are_told_apart_by_one_column_that_both_have(sheet: Sheet, tier: str, second: tuple[str, str]) -> None:
    answer = proved(sheet(PLANS.format(tier)), "what are the prices of the plans")

    assert f"Standard, {second[0]} – 5 €; Standard, {second[1]} – 6 €" in answer.text.replace(": ", " – ")
