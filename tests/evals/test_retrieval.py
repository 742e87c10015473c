from __future__ import annotations

from dataclasses import dataclass
from math import log2

import ir_measures
import pytest

from evals.models import Expectation, RankingScore, Reference
from evals.retrieval import found_by, relevant, score_ranking
from tests.evals.fakes import ref


@dataclass(frozen=True)
class Found:
    """A section of a ranking."""

    section: tuple[str, ...]
    document: str = "colours.md"


RED, BLUE, MIXING, OTHER = (Found(("Colours", name)) for name in ("Red", "Blue", "Mixing", "Other"))


def expecting(*, any_of: tuple[str, ...] = (), all_of: tuple[str, ...] = ()) -> Expectation:
    return Expectation(cite_any=tuple(map(ref, any_of)), cite_all=tuple(map(ref, all_of)))


def test_what_has_to_be_cited_and_stands_first_is_perfect() -> None:
    assert score_ranking([RED, OTHER], expecting(all_of=("Red",))) == RankingScore(ndcg_10=1.0, rr_10=1.0, success_1=True, success_5=True)


def test_of_places_of_which_one_is_enough_one_is_all_there_is_to_find() -> None:
    assert relevant(expecting(any_of=("Red", "Blue"))) == ((ref("Red"), ref("Blue")),)
    assert score_ranking([RED], expecting(any_of=("Red", "Blue"))) == score_ranking([RED, BLUE], expecting(any_of=("Red", "Blue")))


def test_each_of_several_that_have_to_be_cited_counts_where_it_stands() -> None:
    score = score_ranking([OTHER, BLUE, RED], expecting(all_of=("Red", "Blue")))

    assert score is not None
    assert score.ndcg_10 == pytest.approx((1 / log2(3) + 1 / log2(4)) / (1 / log2(2) + 1 / log2(3)), abs=1e-6)
    assert (score.rr_10, score.success_1, score.success_5) == (0.5, False, True)


def test_a_second_section_that_answers_to_the_same_place_adds_nothing() -> None:
    below = Found(("Colours", "Red", "Shades"))

    assert found_by([RED, below], [(ref("Red"),)]) == [0, None]


def test_only_ten_sections_are_looked_at() -> None:
    assert score_ranking([OTHER] * 10 + [RED], expecting(all_of=("Red",))) == RankingScore(
        ndcg_10=0.0, rr_10=0.0, success_1=False, success_5=False
    )


def test_where_the_case_names_no_place_there_is_no_score() -> None:
    assert score_ranking([RED], Expectation(status=("declined",))) is None


@pytest.mark.parametrize("ranking", [[RED, BLUE, MIXING], [OTHER, RED, MIXING, BLUE], [OTHER, OTHER], [MIXING]], ids=str)
def test_the_measures_are_those_of_trec_eval(ranking: list[Found]) -> None:
    expectation = expecting(any_of=("Red",), all_of=("Blue", "Mixing"))
    hits = found_by(ranking, relevant(expectation))
    run = {"q": {str(hit) if hit is not None else f"other {rank}": -float(rank) for rank, hit in enumerate(hits)}}
    theirs = ir_measures.calc_aggregate(
        [ir_measures.nDCG @ 10, ir_measures.RR @ 10, ir_measures.Success @ 1, ir_measures.Success @ 5],
        {"q": {str(number): 1 for number in range(len(relevant(expectation)))}},
        run,
    )

    ours = score_ranking(ranking, expectation)

    assert ours is not None
    assert {str(measure): pytest.approx(value, abs=1e-6) for measure, value in theirs.items()} == {
        "nDCG@10": ours.ndcg_10, "RR@10": ours.rr_10, "Success@1": float(ours.success_1), "Success@5": float(ours.success_5),
    }  # fmt: skip


def test_a_place_is_a_reference_not_a_section_number() -> None:
    assert relevant(expecting(all_of=("Red",))) == ((Reference(document="colours.md", heading="Red"),),)
