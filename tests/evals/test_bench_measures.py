"""Figures worked out by hand beside what the bench says."""

from __future__ import annotations

import math
import sys

import pytest

from evals.bench.measures import MeasuresMissing, auroc, auroc_figures, mean_figure, ranking_measures, risk_coverage, share_figure
from evals.metrics import wilson


def test_rankings_are_measured_as_trec_eval_does() -> None:
    qrels = {"q": {"a": 1, "b": 1, "x": 0}, "r": {"c": 1}, "s": {"d": 1}}
    runs = {"q": ["x", "a", "y", "b"], "r": ["c"], "other": ["a"]}

    found = ranking_measures(qrels, runs, ["nDCG@10", "RR@10", "Success@1", "Success@5"])

    gain = (1 / math.log2(3) + 1 / math.log2(5)) / (1 / math.log2(2) + 1 / math.log2(3))
    assert found["nDCG@10"] == pytest.approx({"q": gain, "r": 1.0, "s": 0.0})  # s found nothing
    assert found["RR@10"] == pytest.approx({"q": 1 / 2, "r": 1.0, "s": 0.0})
    assert found["Success@1"] == {"q": 0.0, "r": 1.0, "s": 0.0}
    assert found["Success@5"] == {"q": 1.0, "r": 1.0, "s": 0.0}


def test_a_missing_library_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ir_measures", None)

    with pytest.raises(MeasuresMissing, match="pip install ir-measures"):
        ranking_measures({"q": {"a": 1}}, {"q": ["a"]}, ["RR@10"])


def test_a_mean_has_its_interval_and_the_gain_over_every_other_system() -> None:
    ours = {f"q{n}": float(n % 2) for n in range(40)}
    worse = dict.fromkeys(ours, 0.0)
    (first, second) = mean_figure("RR@10", {"ours": ours, "plain": worse})

    assert (first.value, first.questions) == (0.5, 40)
    assert first.low is not None
    assert first.high is not None
    assert 0.3 < first.low < 0.5 < first.high < 0.7
    (gain,) = first.gains
    assert (gain.over, gain.value, gain.low, gain.high) == ("plain", 0.5, first.low, first.high)  # over nought, the same resamples
    assert (second.value, second.low, second.high, second.gains) == (0.0, 0.0, 0.0, ())
    assert mean_figure("RR@10", {"ours": ours, "plain": worse}) == (first, second)


def test_turns_of_one_dialogue_are_drawn_together() -> None:
    values = {f"{talk}{n}": float(talk == "a") for talk in "ab" for n in range(30)}
    apart = mean_figure("x", {"ours": values})[0]
    together = mean_figure("x", {"ours": values}, {q: q[0] for q in values})[0]

    assert apart.low is not None
    assert (together.low, together.high) == (0.0, 1.0)  # both draws may be the same dialogue
    assert apart.low > 0.3


def test_a_share_has_the_interval_of_wilson() -> None:
    found = share_figure("hit@1", [True, False, False, True])
    interval = wilson(2, 4)

    assert interval is not None
    assert (found.value, found.low, found.high) == (0.5, round(interval[0], 6), round(interval[1], 6))
    assert mean_figure("hit@1", {"ours": {"a": 1.0, "b": 0.0, "c": 0.0, "d": 1.0}}, share=True)[0].low == found.low
    assert share_figure("hit@1", []).value is None
    assert mean_figure("x", {"ours": {}})[0].value is None


@pytest.mark.parametrize(
    ("scores", "positive", "area"),
    [
        ([0.9, 0.8, 0.2, 0.1], [True, True, False, False], 1.0),
        ([0.9, 0.8, 0.2, 0.1], [True, False, True, False], 3 / 4),
        ([0.5, 0.5], [True, False], 1 / 2),
        ([-math.inf, 0.5], [True, False], 0.0),
        ([0.5, 0.4], [True, True], None),
        ([], [], None),
    ],
    ids=["apart", "one pair of four wrong", "a tie", "nothing found", "one kind only", "no questions"],
)
def test_area_under_the_curve_is_the_share_of_pairs_in_order(scores: list[float], positive: list[bool], area: float | None) -> None:
    assert auroc(scores, positive) == area


def test_two_scores_are_compared_over_the_same_draws() -> None:
    positive = [n % 2 == 0 for n in range(60)]
    good = [n % 2 == 0 or n < 6 for n in range(60)]
    figures = auroc_figures({"ours": [float(g) for g in good], "plain": [0.0] * 60}, positive, ours="ours")

    assert figures[0].value == pytest.approx(1 - 3 / 30 / 2)
    assert (figures[1].value, figures[1].low, figures[1].high) == (0.5, 0.5, 0.5)
    (gain,) = figures[0].gains
    assert gain.value == pytest.approx(0.45)
    assert gain.low is not None
    assert gain.low > 0.38
    assert auroc_figures({"ours": [1.0]}, [True], ours="ours")[0].value is None


def test_risk_grows_with_coverage_and_ties_stand_or_fall_together() -> None:
    curve = risk_coverage([0.9, 0.8, 0.8, 0.1], [True, True, False, False])

    assert [(p.coverage, p.risk) for p in curve] == [(0.25, 0.0), (0.75, round(1 / 3, 6)), (1.0, 0.5)]
    assert risk_coverage([], []) == ()
