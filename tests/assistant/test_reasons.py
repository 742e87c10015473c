"""What a decision row recommends: whether it is for a use, why, and for which uses."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant import Answer

Ask = Callable[..., Answer]
Place = tuple[str, str]


def cells(answer: Answer) -> list[Place]:
    return [(c.cell.row, c.cell.column) for c in answer.citations if c.cell is not None]


@pytest.mark.parametrize(
    ("question", "told", "row"),
    [
        ("is printing on shirts done with screenprint", "Yes", "Printing on shirts"),
        ("do I need letterpress for shirts I am printing on", "No", "Printing on shirts"),
        ("should we use screenprint to print on our shirts", "Yes", "Printing on shirts"),
        ("is risograph right for wedding invitations", "No", "Wedding invitations"),
        ("is letterpress enough for posters with tiny captions", "Not alone", "Posters with tiny captions"),
    ],
)
def test_whether_a_thing_is_the_one_for_a_use_is_decided_by_the_row_of_that_use(inquire: Ask, question: str, told: str, row: str) -> None:
    answer = inquire(question)

    assert answer.text.startswith(told) or (answer.status == "answered" and answer.reading.kind == "decision")
    assert (row, "Solution") in cells(answer)
    assert {place[0] for place in cells(answer)} == {row}


def test_a_use_taken_for_granted_that_is_of_another_thing_is_corrected(inquire: Ask) -> None:
    answer = inquire("why use risograph for wedding invitations")

    assert answer.status == "corrected"
    assert ("Wedding invitations", "Solution") in cells(answer)
    assert "Letterpress" in answer.text


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("why use letterpress for wedding invitations", "Wedding invitations"),
        ("why is screenprint used for printing on shirts", "Printing on shirts"),
        ("why letterpress and screenprint for posters with tiny captions", "Posters with tiny captions"),
    ],
)
def test_the_reason_for_a_use_is_that_of_its_row(inquire: Ask, question: str, row: str) -> None:
    answer = inquire(question)

    assert answer.status == "answered"
    assert (row, "Why?") in cells(answer)


@pytest.mark.parametrize("question", ["why is the weak point of letterpress slow setting", "why does risograph use Munken"])
def test_where_no_reason_is_given_that_is_said_and_no_other_reason_is_told(inquire: Ask, question: str) -> None:
    answer = inquire(question)

    assert answer.text.startswith("No reason is given") or answer.status == "declined"
    assert "Why?" not in {column for _, column in cells(answer)}


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("when do I use screenprint", {"Printing on shirts", "Posters with tiny captions"}),
        ("when do I need letterpress and screenprint", {"Posters with tiny captions"}),
        ("what are the use cases of risograph", {"Cheap fanzines"}),
        pytest.param(
            "what is letterpress used for",
            {"Wedding invitations", "Posters with tiny captions"},
            marks=pytest.mark.xfail(reason="*used for* is not seen to ask for uses"),
        ),
    ],
)
def test_what_a_thing_is_for_is_every_row_that_recommends_it(inquire: Ask, question: str, rows: set[str]) -> None:
    assert {row for row, _ in cells(inquire(question))} == rows


def test_a_thing_that_alone_serves_a_use_comes_before_what_serves_it_with_another(inquire: Ask) -> None:
    assert cells(inquire("when do I use letterpress"))[0][0] == "Wedding invitations"
