"""The sections nearest to a question, and the number questions are ranked by."""

from __future__ import annotations

import pytest

from assistant import Assistant, Conversation


def test_the_section_that_says_it_comes_first_with_its_fact(bike: Assistant) -> None:
    ranking = bike.rank("which saddle does the tandem have")

    best = ranking.hits[0]
    assert ranking.question == "which saddle does the tandem have"
    assert best.document == "bicycles.md"
    assert best.quote in bike.document(best.document).splitlines()[best.lines[0] - 1]
    assert bike.ask("which saddle does the tandem have").citations[0].section == best.section


def test_every_section_comes_once_strongest_first_and_no_more_than_asked_for(bike: Assistant) -> None:
    hits = bike.rank("brakes of the tourer", k=4).hits

    assert len(hits) == 4
    assert len({(h.document, h.section) for h in hits}) == 4
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)
    assert bike.rank("brakes of the tourer", k=2).hits == hits[:2]


def test_what_is_declined_is_ranked_all_the_same(bike: Assistant) -> None:
    assert bike.ask("what is the price of the Racer").status == "declined"
    assert bike.rank("what is the price of the Racer").hits


@pytest.mark.parametrize(
    "text", ["", "???", "the of and", "\ud800", "x" * 100_000], ids=["empty", "signs", "frame words", "surrogate", "long"]
)
def test_no_text_is_too_strange_to_rank(bike: Assistant, text: str) -> None:
    assert len(bike.rank(text).question) <= bike.settings.assistant.max_question_characters


def test_a_follow_up_is_made_whole_and_the_conversation_left_as_it_was(bike: Assistant) -> None:
    talk = Conversation()
    bike.ask("what saddle does the Tandem have", talk)
    before = list(talk.turns)

    ranking = bike.rank("and the Racer?", talk)

    assert "Racer" in ranking.question
    assert "saddle" in ranking.question
    assert ranking.kept
    assert bike.rank("and the Racer?").kept == ()
    assert talk.turns == before


def test_support_is_from_a_half_up_exactly_where_there_is_an_answer(bike: Assistant) -> None:
    for question in ("saddle of the tandem", "what is a tourer", "what is the price of the Racer", "what is the capital of France"):
        answer, trace = bike.explain(question)
        assert 0 <= trace.features["support"] <= 1
        assert (trace.features["support"] >= 0.5) == (answer.status == "answered"), question


def test_left_without_suggestions_an_answer_is_the_same_otherwise(bike: Assistant) -> None:
    with_them, _ = bike.explain("what is a tourer")
    without, _ = bike.explain("what is a tourer", suggest=False)

    assert with_them.suggestions
    assert without.suggestions == ()
    assert without.answer_id == with_them.answer_id
