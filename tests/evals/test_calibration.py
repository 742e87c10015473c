from __future__ import annotations

from typing import Any

import pytest
from scipy.stats import mannwhitneyu

from evals.calibration import (
    Asked,
    Point,
    asked_of,
    at_support,
    confidences,
    confusion,
    curve,
    expected_of,
    features,
    for_risk,
    in_force,
    in_order,
    measure,
    separation,
    wanted_of,
)
from evals.models import Expectation
from tests.evals.fakes import RED_IS_WARM, answer, decline


def one(support: float | None, *, right: bool = True, expected: str = "answer", **fields: Any) -> Asked:
    """A question that was answered if its support is a half and more; each its own group."""
    answered = support is not None and support >= 0.5
    given: dict[str, Any] = {
        "id": fields.pop("name", f"at {support} {right} {expected}"),
        "group": fields.pop("group", f"at {support} {right} {expected}"),
        "aside": False,
        "expected": expected,
        "wanted": "answered",
        "got": "answered" if answered else "off_topic",
        "answered": answered,
        "right": right,
        "support": support,
        "confidence": "high",
        **fields,
    }
    return Asked.model_validate(given)


HAND_MADE = [
    one(0.9),
    one(0.8),
    one(0.7, right=False),
    one(0.6),
    one(0.4, right=False),  # has an answer and was refused
    one(0.3, expected="no"),  # has none, and was rightly refused
    one(None, expected="talk"),
]


# ---------------------------------------------------------------- risk and coverage


def test_the_curve_of_a_hand_made_set_is_exact() -> None:
    assert curve(HAND_MADE) == (
        Point(support=0.9, coverage=round(1 / 6, 6), risk=0.0, least=0.0),
        Point(support=0.8, coverage=round(2 / 6, 6), risk=0.0, least=0.0),
        Point(support=0.7, coverage=0.5, risk=round(1 / 3, 6), least=round(1 / 3, 6)),
        Point(support=0.6, coverage=round(4 / 6, 6), risk=0.25, least=0.25),
        Point(support=0.4, coverage=round(5 / 6, 6), risk=0.4, least=0.2),
        Point(support=0.3, coverage=1.0, risk=0.5, least=round(2 / 6, 6)),
    )


def test_coverage_only_grows_and_the_order_of_the_questions_does_not_matter() -> None:
    points = curve(HAND_MADE)

    assert [p.coverage for p in points] == sorted({p.coverage for p in points})
    assert [p.support for p in points] == sorted({p.support for p in points}, reverse=True)
    assert curve(list(reversed(HAND_MADE))) == points


def test_equal_supports_are_answered_together() -> None:
    assert [(p.coverage, p.risk) for p in curve([one(0.8), one(0.8, right=False)])] == [(1.0, 0.5)]


def test_what_is_in_force_ends_where_answering_ends() -> None:
    assert in_force(curve(HAND_MADE)) == Point(support=0.6, coverage=round(4 / 6, 6), risk=0.25, least=0.25)
    assert in_force(curve([one(0.2)])) is None
    assert in_force(()) is None


@pytest.mark.parametrize(("risk", "support"), [(0.0, 0.8), (0.24, 0.8), (0.25, 0.6), (0.4, 0.4), (1.0, 0.3)])
def test_the_point_for_a_risk_covers_as_much_as_keeps_to_it(risk: float, support: float) -> None:
    found = for_risk(curve(HAND_MADE), risk)

    assert found is not None
    assert found.support == support


def test_no_point_keeps_to_a_risk_below_that_of_the_surest_answer() -> None:
    assert for_risk(curve([one(0.9, right=False), one(0.8)]), 0.4) is None


def test_a_cut_is_read_off_another_curve_at_the_same_support() -> None:
    points = curve(HAND_MADE)

    assert at_support(points, 0.65) == points[2]
    assert at_support(points, 0.7) == points[2]
    assert at_support(points, 0.95) is None


# ---------------------------------------------------------------- separation


def told(scores: dict[float, bool]) -> list[Asked]:
    return [one(score, expected="answer" if has else "no") for score, has in scores.items()]


def test_auroc_is_the_share_of_pairs_in_the_right_order() -> None:
    area = separation(told({0.9: True, 0.7: False, 0.6: True, 0.2: False}))

    assert area.value == 3 / 4  # 0.6 loses to 0.7, the three other pairs are in order
    assert (area.answerable, area.unanswerable) == (2, 2)


def test_auroc_agrees_with_the_mann_whitney_statistic_ties_included() -> None:
    yes, no = [0.9, 0.8, 0.8, 0.55, 0.3, 0.1], [0.8, 0.5, 0.3, 0.3, 0.05]
    asked = [one(s, name=f"y{i}", group=f"y{i}") for i, s in enumerate(yes)]
    asked += [one(s, name=f"n{i}", group=f"n{i}", expected="no") for i, s in enumerate(no)]

    area = separation(asked)

    assert area.value == pytest.approx(mannwhitneyu(yes, no).statistic / (len(yes) * len(no)), abs=1e-6)
    assert area.low is not None
    assert area.high is not None
    assert area.low < area.value < area.high
    assert area == separation(asked)


def test_wordings_of_one_question_widen_the_interval_as_they_fail_together() -> None:
    scores = [(0.9, True), (0.4, True), (0.7, True), (0.6, False), (0.1, False), (0.3, False)]
    alone = [one(s, name=f"{n} {s}", group=f"{n} {s}", expected="answer" if y else "no") for s, y in scores for n in range(10)]
    grouped = [a.model_copy(update={"group": a.id.split()[1]}) for a in alone]

    narrow, wide = separation(alone), separation(grouped)

    assert narrow.value == wide.value == round(8 / 9, 6)
    assert narrow.low is not None
    assert wide.low is not None
    assert wide.low < narrow.low


def test_without_both_sorts_of_questions_there_is_no_auroc() -> None:
    assert separation([one(0.9), one(0.6)]).value is None
    assert separation([]).value is None


def test_questions_that_may_go_either_way_or_were_not_judged_do_not_count_for_it() -> None:
    asked = [*told({0.9: True, 0.2: False}), one(0.1, expected="either"), one(None), one(0.1, expected="talk")]

    assert separation(asked) == separation(told({0.9: True, 0.2: False}))


def test_each_raw_feature_is_measured_over_the_questions_that_have_it() -> None:
    asked = [
        one(0.9, features={"near": 0.8, "left": 0.0}),
        one(0.6, features={"near": 0.6}),
        one(0.2, expected="no", features={"near": 0.1, "left": 1.0}),
        one(0.3, expected="either", features={"near": 0.0}),
    ]

    found = features(asked)

    assert list(found) == ["left", "near"]
    assert (found["near"].questions, found["near"].answerable, found["near"].unanswerable, found["near"].auroc) == (3, 0.7, 0.1, 1.0)
    assert (found["left"].questions, found["left"].auroc) == (2, 0.0)


# ---------------------------------------------------------------- kinds of no


@pytest.mark.parametrize(
    ("expectation", "expected"),
    [
        (Expectation(), "answer"),
        (Expectation(status=("corrected",)), "answer"),
        (Expectation(status=("declined",)), "no"),
        (Expectation(status=("clarify", "declined")), "no"),
        (Expectation(status=("answered", "declined")), "either"),
        (Expectation(status=("smalltalk",)), "talk"),
        (Expectation(status=("invalid",)), "talk"),
    ],
)
def test_which_way_a_question_should_go(expectation: Expectation, expected: str) -> None:
    assert expected_of(expectation) == expected


def test_a_row_of_the_confusion_matrix_is_what_was_right_and_the_first_of_several_where_none_came() -> None:
    either = Expectation(status=("declined",), decline=("unknown_name", "off_topic"))

    assert wanted_of(either, "declined", "off_topic") == "off_topic"
    assert wanted_of(either, "declined", "unclear") == "unknown_name"
    assert wanted_of(either, "answered", None) == "unknown_name"
    assert wanted_of(Expectation(status=("declined",)), "declined", "unclear") == "declined"
    assert wanted_of(Expectation(status=("corrected", "answered")), "answered", None) == "answered"
    assert wanted_of(Expectation(status=("answered", "declined"), decline=("not_listed",)), "declined", "not_listed") == "not_listed"
    assert wanted_of(Expectation(status=("answered", "declined"), decline=("not_listed",)), "answered", None) == "answered"


def test_the_confusion_matrix_counts_every_question_once() -> None:
    asked = [
        one(0.9),
        one(0.2, wanted="off_topic", got="off_topic"),
        one(0.1, wanted="off_topic", got="unknown_name"),
        one(0.8, wanted="off_topic", got="answered"),
        one(0.7),
    ]

    assert confusion(asked) == {"answered": {"answered": 2}, "off_topic": {"answered": 1, "off_topic": 1, "unknown_name": 1}}


# ---------------------------------------------------------------- one question, and words of confidence


def test_support_stays_on_the_side_that_was_taken() -> None:
    def support(of: Any, **given: float) -> float | None:
        return asked_of("a/1", Expectation(), of, given, right=True, group="a", aside=False).support

    given = answer("Warm.", RED_IS_WARM)

    assert support(given, support=0.73) == 0.73
    assert support(given, support=0.2) == 0.5  # the features of the last of several questions
    assert support(given) == 0.5
    assert support(decline(), support=0.31) == 0.31
    assert support(decline()) == 0.0
    assert support(answer("Hello.", status="smalltalk"), support=0.4) is None
    assert support(answer("It could not be proved.", status="invalid"), support=0.8) is None


def test_a_leak_is_an_answer_where_there_is_none() -> None:
    assert one(0.9, right=False, expected="no").leaked
    assert not one(0.2, expected="no").leaked
    assert not one(0.9, right=False).leaked


def test_words_of_confidence_are_counted_over_the_answers_given() -> None:
    asked = [
        one(0.9),
        one(0.8, right=False),
        one(0.7, confidence="medium"),
        one(0.2, confidence="low"),
        one(0.6, confidence="low", right=False),
    ]

    words = confidences(asked)

    assert [(words[w].hits, words[w].total) for w in ("high", "medium", "low")] == [(1, 2), (1, 1), (0, 1)]
    assert not in_order(words)
    assert in_order(confidences([one(0.9), one(0.8, confidence="low", right=False)]))  # a word never used says nothing
    assert in_order(confidences([]))


def test_the_figures_of_a_set_are_shares_of_what_they_are_about() -> None:
    part = measure([*HAND_MADE, one(0.55, right=False, expected="no")])

    assert (part.questions, part.judged) == (8, 7)
    assert (part.coverage.hits, part.coverage.total) == (5, 7)
    assert (part.risk.hits, part.risk.total) == (2, 5)
    assert (part.leaks.hits, part.leaks.total) == (1, 2)
    assert (part.refusals.hits, part.refusals.total) == (1, 5)
    assert (part.right.hits, part.right.total) == (5, 8)
