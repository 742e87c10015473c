from __future__ import annotations

import pytest
from scipy.stats import binomtest

from evals.metrics import HEADLINE, consistency, kinds_of_no, measure, percentile, rate, refusal_counts, wilson
from evals.models import CaseResult, CitationScore, TurnResult


def turn(expected: str = "answered", status: str = "answered", **fields: object) -> TurnResult:
    return TurnResult.model_validate({"question": "q", "expected": tuple(expected.split()), "status": status, **fields})


def result(*turns: TurnResult, passed: bool = True, **fields: object) -> CaseResult:
    return CaseResult.model_validate({"id": "c", "kind": "cell", "tier": "should", "hash": "h", "passed": passed, "turns": turns, **fields})


@pytest.mark.parametrize(("hits", "total"), [(0, 5), (5, 5), (45, 50), (180, 200), (1, 3)])
def test_the_interval_is_that_of_wilson(hits: int, total: int) -> None:
    reference = binomtest(hits, total).proportion_ci(0.95, method="wilson")

    assert wilson(hits, total) == pytest.approx((reference.low, reference.high), abs=1e-12)


def test_a_rate_of_nothing_has_no_value() -> None:
    assert rate([]).value is None
    assert wilson(0, 0) is None
    assert rate([True, False]).value == 1 / 2


def test_the_percentile_is_a_value_that_occurred() -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.0
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.95) == 4.0
    assert percentile([], 0.5) is None


def test_refusals_are_counted_as_a_classifier_would_be_and_doubtful_ones_left_out() -> None:
    turns = [
        turn("declined", "declined"),
        turn("declined clarify", "clarify"),
        turn("declined", "answered"),
        turn("answered", "declined"),
        turn("answered", "answered"),
        turn("answered declined", "declined"),
    ]

    assert refusal_counts(turns) == {"true_refusal": 2, "false_refusal": 1, "true_answer": 1, "false_answer": 1}
    headline = measure([result(*turns)]).headline
    assert headline["refusal_precision"] == pytest.approx(2 / 3, abs=1e-6)
    assert headline["refusal_recall"] == pytest.approx(2 / 3, abs=1e-6)
    assert headline["false_answers"] == pytest.approx(1 / 3, abs=1e-6)
    assert headline["false_refusals"] == 1 / 2


def test_kinds_of_no_are_counted_against_each_other() -> None:
    turns = [
        turn("declined", "declined", expected_decline=("off_topic",), decline="off_topic"),
        turn("declined", "declined", expected_decline=("unknown_name", "not_listed"), decline="not_listed"),
        turn("declined", "declined", expected_decline=("unknown_name",), decline="off_topic"),
        turn("declined", "answered", expected_decline=("unknown_name",)),
    ]

    assert kinds_of_no(turns) == {
        "not_listed": {"not_listed": 1},
        "off_topic": {"off_topic": 1},
        "unknown_name": {"answered": 1, "off_topic": 1},
    }
    assert measure([result(*turns)]).headline["kind_of_no"] == pytest.approx(2 / 3, abs=1e-6)  # of the three that were refused


def test_wordings_of_one_question_agree_by_status_and_places() -> None:
    def one(*cited: str) -> CaseResult:
        return result(turn(cited=cited), group="g")

    assert consistency([one("a", "b"), one("b", "a"), one("a")]) == 1 / 3
    assert consistency([one("a")]) is None


def test_citations_are_averaged_over_the_answers_that_have_a_score() -> None:
    turns = [turn(score=CitationScore(section_precision=1.0)), turn(score=CitationScore(section_precision=0.5)), turn()]

    headline = measure([result(*turns)]).headline

    assert headline["citation_precision"] == 3 / 4
    assert headline["cell_recall"] is None


def test_what_does_not_apply_is_none_and_never_zero() -> None:
    headline = measure([]).headline

    assert set(headline) == set(HEADLINE)
    assert set(headline.values()) == {None}


def test_rates_are_given_by_kind_tag_and_tier() -> None:
    metrics = measure(
        [
            result(turn(text="one two three"), tier="must", tags=("a",)),
            result(turn(text="one", defects=("x",)), passed=False, kind="list", tags=("a", "b")),
        ]
    )

    assert {kind: (r.hits, r.total) for kind, r in metrics.by_kind.items()} == {"cell": (1, 1), "list": (0, 1)}
    assert {tag: (r.hits, r.total) for tag, r in metrics.by_tag.items()} == {"a": (1, 2), "b": (0, 1)}
    assert (metrics.must.hits, metrics.must.total, metrics.right.value) == (1, 1, 1 / 2)
    assert (metrics.headline["sound"], metrics.headline["words"]) == (1 / 2, 2.0)
