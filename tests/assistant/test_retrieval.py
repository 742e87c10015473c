"""How facts are weighed: by their neighbours as well as by themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant import Assistant, Conversation, retrieval
from assistant.frame import Frame, understand
from assistant.language import BadAnswerData
from assistant.retrieval import Candidate, Company, Evidence, Gatherer, load_weights, points
from corpus.models import Fact, Span

SENTENCE = Fact(1, "sentence", "a.md", 7, Span(0, 4, 1, 1), "Text", "Text of some length that says a thing")


def scored(section: int, document: str, score: float) -> Candidate:
    return Candidate(replace(SENTENCE, section=section, document=document), score=score)


def test_a_damaged_file_of_weights_is_bad_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrieval, "load_data", lambda file: {"weights": {"exact": "much"}})

    with pytest.raises(BadAnswerData, match=r"judge\.toml: "):
        load_weights()


def test_a_section_is_as_good_as_its_three_best_facts() -> None:
    company = Company.of([scored(7, "a.md", s) for s in (0.9, 0.1, 0.6, 0.3)])

    assert company.sections == {7: pytest.approx((0.9 + 0.6 + 0.3) / 3)}


def test_a_section_with_fewer_facts_counts_as_having_bad_ones() -> None:
    company = Company.of([scored(7, "a.md", 0.9), scored(8, "a.md", 0.6), scored(8, "a.md", 0.6)])

    assert company.sections == {7: pytest.approx(0.9 / 3), 8: pytest.approx((0.6 + 0.6) / 3)}
    assert company.pages == {"a.md": pytest.approx((0.9 + 0.6 + 0.6) / 3)}


def test_passage_section_and_page_give_points_of_their_own() -> None:
    weights = load_weights().weights
    alone = Candidate(SENTENCE, new=3)
    among = replace(alone, passage=0.5, section=0.4, page=0.3)

    gained = sum(points(among, weights).values()) - sum(points(alone, weights).values())

    assert gained == pytest.approx(weights["passage"] * 0.5 + weights["section"] * 0.4 + weights["page"] * 0.3)


def test_a_list_item_that_only_repeats_the_question_is_worth_less_than_one_that_adds_a_word() -> None:
    weights = load_weights().weights
    item = replace(SENTENCE, kind="item")

    assert points(Candidate(item, new=0), weights)["says_little"] == -weights["says_little"]
    assert points(Candidate(item, new=1), weights)["says_little"] == 0


def test_a_question_that_is_ranked_and_then_answered_is_looked_up_once(bike: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    gathered: list[str] = []
    whole = Gatherer._gathered

    def counted(self: Gatherer, frame: Frame) -> Evidence:
        gathered.append(frame.text)
        return whole(self, frame)

    monkeypatch.setattr(Gatherer, "_gathered", counted)
    question = "what is the weight of the folding bike"
    bike.rank(question, Conversation())

    bike.explain(question, Conversation(), suggest=False)

    assert gathered == [question]


def test_evidence_that_was_kept_is_not_changed_by_who_had_it_before(bike: Assistant) -> None:
    gatherer = bike._state.gatherer
    frame = understand("what is the weight of the folding bike", bike._state.namer, bike._state.namer.common)
    first = gatherer.gather(frame)
    order = [c.fact.id for c in first.candidates]
    first.candidates.clear()

    assert [c.fact.id for c in gatherer.gather(frame).candidates] == order
