"""Yes with the fact that says so, what is said of another thing put right, and whose words a question quotes."""

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
    ("question", "place"),
    [
        ("does letterpress press inked type into paper", ("Letterpress", "Definition")),
        ("does the risograph spin a perforated master", ("Risograph", "Definition")),
        ("is the weak point of risograph uneven drums", ("Weak Point", "Risograph")),
    ],
)
def test_what_the_fact_of_a_thing_says_of_it_is_affirmed_by_that_fact(inquire: Ask, question: str, place: Place) -> None:
    answer = inquire(question)

    assert answer.text.startswith("Yes")
    assert cells(answer) == [place]


def test_what_a_sentence_says_in_the_same_order_is_affirmed_by_that_sentence(handbook: Ask) -> None:
    answer = handbook("does the electrician come on fridays")

    assert answer.text.startswith("Yes")
    assert quotes(answer) == ["The electrician comes on Fridays."]


@pytest.mark.parametrize(
    "question",
    [
        "does letterpress spin a perforated master",
        "does letterpress always press inked type into paper by machine",
        "is risograph the best",
        "is letterpress better than screenprint",
        "does letterpress cost much",
        "does risograph not spin a perforated master",
    ],
)
def test_what_is_not_said_is_not_affirmed(inquire: Ask, question: str) -> None:
    assert not inquire(question).text.startswith("Yes")


@pytest.mark.parametrize(
    ("question", "places"),
    [
        ("does letterpress pull ink through a stretched mesh", [("Screenprint", "Definition"), ("Letterpress", "Definition")]),
        ("does screenprint spin a perforated master around a drum", [("Risograph", "Definition"), ("Screenprint", "Definition")]),
    ],
)
def test_what_is_said_of_another_thing_is_put_right_with_what_is_said_of_both(inquire: Ask, question: str, places: list[Place]) -> None:
    answer = inquire(question)

    assert answer.status == "corrected"
    assert answer.text.startswith("No")
    assert cells(answer) == places


def test_a_reason_asked_for_what_is_said_of_another_thing_is_no_reason(inquire: Ask) -> None:
    answer = inquire("why does screenprint spin a perforated master")

    assert answer.status == "corrected"
    assert not answer.text.startswith("Yes")
    assert ("Risograph", "Definition") in cells(answer)


@pytest.mark.xfail(reason="a fact that does not hold the thing asked about is given for an answer")
def test_a_fact_that_holds_a_word_of_the_question_but_not_its_thing_is_no_answer(inquire: Ask) -> None:
    assert inquire("does a risograph need water").status == "declined"


@pytest.mark.parametrize(
    ("question", "owner"),
    [
        ("A technique that spins a perforated master around a drum", "Risograph"),
        ("what does “The dent of the type feels precious” refer to", "Letterpress"),
        ("which one has messy rinsing", "Screenprint"),
        ("whose soy ink never dries completely", "Risograph"),
    ],
)
def test_a_quotation_is_answered_by_whose_words_they_are(inquire: Ask, question: str, owner: str) -> None:
    answer = inquire(question)

    assert owner in answer.text
    assert len(answer.citations) <= 2
