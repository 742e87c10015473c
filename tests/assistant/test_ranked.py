"""Whether what was found ranks: by the very word, by a label that says the same, by the bound of an amount."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.finding import Finding
from assistant.holding import Beside
from assistant.ranked import ranked_alike, ranks, ranks_by_amount
from assistant.retrieval import Candidate
from corpus.models import Fact, Span


def sentence(text: str) -> list[Candidate]:
    return [Candidate(Fact(1, "sentence", "a.md", 7, Span(0, len(text), 1, 1), text, text))]


@pytest.mark.parametrize("question", ["longest", "longest paper", "longest paper, at most", "shortest run you like most"])
def test_a_word_that_opens_the_question_is_ranked_by_no_word_that_closes_it(against: Callable[..., Beside], question: str) -> None:
    assert ranks_by_amount(against(question).frame)


@pytest.mark.parametrize(("question", "amount"), [("the longest run", True), ("the best paper", False), ("the most used paper", False)])
def test_what_can_be_measured_is_an_amount_and_worth_is_none(against: Callable[..., Beside], question: str, amount: bool) -> None:
    assert ranks_by_amount(against(question).frame) is amount


@pytest.mark.parametrize(
    ("question", "text", "ranked"),
    [
        ("which paper is the strongest", "Arches is the strongest.", True),
        ("which paper is the strongest", "Arches is strong.", False),
        ("is letterpress cheaper than screenprint", "Letterpress costs less than screenprint.", True),
        ("is letterpress cheaper than screenprint", "Letterpress costs little.", False),
    ],
)
def test_a_text_ranks_in_the_very_word_or_where_it_sets_both_things_against_each_other(
    against: Callable[..., Beside], question: str, text: str, ranked: bool
) -> None:
    told = sentence(text)

    assert ranks(against(question).frame, Finding("sentence", {}, told), told) is ranked


@pytest.mark.parametrize(("text", "alike"), [("The minimum length is 4 pages.", True), ("The minimum length varies.", False)])
def test_the_bound_of_an_amount_says_what_the_shortest_is(against: Callable[..., Beside], text: str, alike: bool) -> None:
    frame, told = against("the shortest run").frame, sentence(text)

    assert bool(ranked_alike(frame, Finding("sentence", {}, told), told)) is alike
