"""What order or range a question asks for, by its words alone."""

from __future__ import annotations

import pytest

from assistant import numbers, scales
from assistant.numbers import Column
from assistant.question import clean, tokens
from assistant.scales import Wish


def wish(question: str) -> Wish | None:
    text = clean(question)
    return scales.wish(tokens(text), text)


@pytest.mark.parametrize(
    ("word", "comparative", "superlative"),
    [("cheap", "cheaper", "cheapest"), ("heavy", "heavier", "heaviest"), ("big", "bigger", "biggest"), ("large", "larger", "largest")],
)
def test_short_adjectives_are_graded_as_english_does(word: str, comparative: str, superlative: str) -> None:
    assert (scales.graded(word, "er"), scales.graded(word, "est")) == (comparative, superlative)


@pytest.mark.parametrize(
    "question",
    [
        "what is a tent",
        "how do I pitch it?",
        "which one do I need for storms",
        "",
        "42",
        "is it at least useful",
        "the one with two doors?",
        "how do the two differ",
    ],
)
def test_a_question_without_an_order_wishes_for_none_or_only_looks_up(question: str) -> None:
    found = wish(question)

    assert found is None or found.mode == "lookup"


@pytest.mark.parametrize(
    ("question", "mode", "most"),
    [
        ("which plan is the cheapest", "top", 1),
        ("the two lightest tents", "top", 2),
        ("top 3 plans by storage", "top", 3),
        ("lightest two-handed hammer", "top", 1),
        ("sort the tents by weight", "sort", 0),
        ("from cheapest to most expensive: list the plans", "top", 1),
        ("which cost less than 20", "range", 1),
        ("which size for 5 people", "lookup", 1),
        ("which is heavier, A or B", "than", 1),
        ("which are cheaper than the Kiln", "than", 1),
        ("what is the average price", "sum", 1),
    ],
)
def test_the_wish_of_a_question_is_told_by_its_words(question: str, mode: str, most: int) -> None:
    found = wish(question)

    assert found is not None
    assert (found.mode, found.most) == (mode, most)


@pytest.mark.parametrize(
    ("question", "relation", "words"),
    [
        ("which cost less than 20 euros", "below", "20 euros"),
        ("which weigh at least 3 kg", "at_least", "3 kg"),
        ("between 10 and 50 ms", "between", "between 10 and 50 ms"),
        ("which opened after 2019", "above", "2019"),
        ("which opened before May 2021", "below", "May 2021"),
        ("what comes after 3 years", "equal", "3 years"),
        ("plans with 10 GB or more", "at_least", "10 GB"),
        ("no more than 5 kg", "at_most", "5 kg"),
    ],
)
def test_the_quantity_of_a_question_is_read_with_its_bound(question: str, relation: str, words: str) -> None:
    found = wish(question)

    assert found is not None
    assert [(c.relation, c.words) for c in found.conditions] == [(relation, words)]


def test_how_many_in_total_asks_for_no_sum() -> None:
    found = wish("how many plans are there in total")

    assert found is None or found.mode != "sum"


def column(header: str, *cells: str) -> Column:
    read = numbers.column(header, cells)
    assert read is not None
    return read


@pytest.mark.parametrize(
    ("word", "header", "cells", "side"),
    [
        ("slowest", "Speed", ("10 km/h", "20 km/h"), "low"),
        ("slowest", "Response time", ("10 ms", "20 ms"), "high"),
        ("slowest", "Latency", ("10 ms", "20 ms"), "high"),
        ("cheapest", "Monthly fee", ("$5", "$9"), "low"),
        ("oldest", "Released", ("2019-01-01", "2020-01-01"), "low"),
        ("oldest", "Age", ("7", "12"), "high"),
        ("cheapest", "Charge time", ("1 h", "2 h"), None),
        ("tallest", "Width", ("10 cm", "20 cm"), None),  # a header that names its scale is on no other
        ("hottest", "Weight", ("1 kg", "2 kg"), None),
    ],
)
def test_which_end_an_adjective_means_depends_on_what_is_measured(word: str, header: str, cells: tuple[str, ...], side: str | None) -> None:
    assert scales.side(scales.vocabulary().most[word], column(header, *cells)) == side
