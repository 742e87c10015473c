"""Figures from rankings and scores. Pure; each names its source.

Ranking measures are `ir_measures`' (trec_eval's own code). Intervals: Wilson for shares of questions, else percentile bootstrap by
question with a fixed seed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean

import numpy as np
import numpy.typing as npt

from corpus.errors import KbError
from evals.bench.models import OURS, Figure, Gain, Point
from evals.gate import SEED, paired_interval
from evals.metrics import rate

RESAMPLES = 2_000  # an end of an interval then moves by about a hundredth of its width between seeds
_POINTS = 20  # of a risk–coverage curve

PerQuestion = dict[str, dict[str, float]]  # measure -> question id -> value
Scores = npt.NDArray[np.float64]


class MeasuresMissing(KbError):
    """The library that measures rankings is not installed."""

    exit_code = 3

    def __init__(self) -> None:
        super().__init__("Rankings are measured by ir-measures, which is not installed. Run `pip install ir-measures`.")


def ranking_measures(qrels: Mapping[str, Mapping[str, int]], runs: Mapping[str, Sequence[str]], names: Sequence[str]) -> PerQuestion:
    """Measures of one system's rankings, question by question.

    Args:
        qrels: question -> document -> grade; only these questions are measured.
        runs: question -> documents, best first; a question that is missing found nothing and scores 0.
        names: as ir_measures writes them: `nDCG@10`, `RR@10`, `Success@5`.
    Raises:
        MeasuresMissing: ir-measures is not installed.
    """
    try:
        import ir_measures
    except ImportError as error:
        raise MeasuresMissing from error
    measures = [ir_measures.parse_measure(name) for name in names]
    found: PerQuestion = {name: dict.fromkeys(qrels, 0.0) for name in names}
    # Ranks as scores: equal raw scores would be put in another order by trec_eval.
    run = {q: {d: float(-place) for place, d in enumerate(runs.get(q, ()))} for q in qrels}
    for value in ir_measures.iter_calc(measures, {q: dict(d) for q, d in qrels.items()}, {q: d for q, d in run.items() if d}):
        found[str(value.measure)][value.query_id] = float(value.value)
    return found


def mean_figure(
    measure: str, values: Mapping[str, Mapping[str, float]], groups: Mapping[str, str] | None = None, *, share: bool = False
) -> tuple[Figure, ...]:
    """One measure of several systems over the same questions; the first system is compared with all others.

    Args:
        values: system -> question -> value.
        groups: question -> what is drawn together when resampling (the turns of one dialogue); each its own if left out.
        share: the values are 0 or 1, and the interval is Wilson's.
    """
    systems = list(values)
    questions = list(values[systems[0]])
    cluster = [groups[q] if groups else q for q in questions]
    figures = []
    for system in systems:
        own = [values[system][q] for q in questions]
        if not own:
            figures.append(Figure(measure=measure, system=system, questions=0, value=None))
            continue
        if share:
            counted = rate(bool(v) for v in own)
            interval = None if counted.low is None or counted.high is None else (counted.low, counted.high)
        else:
            interval = paired_interval(own, cluster, resamples=RESAMPLES)
        gains = []
        for other in systems[1:] if system == systems[0] else ():
            differences = [a - values[other][q] for a, q in zip(own, questions, strict=True)]
            ends = paired_interval(differences, cluster, resamples=RESAMPLES)
            gains.append(Gain(over=other, value=_r(fmean(differences)), low=_end(ends, 0), high=_end(ends, 1)))
        figures.append(
            Figure(
                measure=measure,
                system=system,
                questions=len(own),
                value=_r(fmean(own)),
                low=_end(interval, 0),
                high=_end(interval, 1),
                gains=tuple(gains),
            )
        )
    return tuple(figures)


def auroc(scores: Sequence[float], positive: Sequence[bool]) -> float | None:
    """How often a question that has an answer scores above one that has none; ties count half. None without both kinds.

    Source: Hanley and McNeil (1982), The meaning and use of the area under a ROC curve, Radiology 143: the Mann–Whitney statistic.
    """
    found = weighted_auroc(scores, positive)(np.ones((1, len(positive))))
    return None if np.isnan(found[0]) else float(found[0])


def auroc_figures(
    scores: Mapping[str, Sequence[float]], positive: Sequence[bool], *, measure: str = "AUROC", ours: str = OURS
) -> tuple[Figure, ...]:
    """The measure above for several systems over the same questions, with bootstrap intervals and paired differences to `ours`."""
    n = len(positive)
    if not n or len(set(positive)) < 2:
        return tuple(Figure(measure=measure, system=s, questions=n, value=None) for s in scores)
    drawn = np.random.default_rng(SEED).multinomial(n, np.full(n, 1 / n), size=RESAMPLES).astype(np.float64)
    resampled = {name: weighted_auroc(values, positive)(drawn) for name, values in scores.items()}
    whole = {name: auroc(values, positive) or 0.0 for name, values in scores.items()}
    figures = []
    for name in scores:
        low, high = np.nanquantile(resampled[name], [0.025, 0.975])
        gains = []
        for other in scores if name == ours else ():
            if other != ours:
                ends = np.nanquantile(resampled[ours] - resampled[other], [0.025, 0.975])
                gains.append(Gain(over=other, value=_r(whole[ours] - whole[other]), low=_r(ends[0]), high=_r(ends[1])))
        figures.append(
            Figure(measure=measure, system=name, questions=n, value=_r(whole[name]), low=_r(low), high=_r(high), gains=tuple(gains))
        )
    return tuple(figures)


def weighted_auroc(scores: Sequence[float], positive: Sequence[bool]) -> Callable[[Scores], Scores]:
    """A function of how often each question was drawn, (resamples, n), giving (resamples,); NaN where one kind was not drawn."""
    _, group = np.unique(np.asarray(scores, dtype=np.float64), return_inverse=True)
    size = int(group.max()) + 1 if len(group) else 0
    yes = np.asarray(positive, dtype=bool)

    def counted(drawn: Scores, which: npt.NDArray[np.bool_]) -> Scores:
        table = np.zeros((len(drawn), size))
        order = np.argsort(group[which], kind="stable")
        columns, starts = np.unique(group[which][order], return_index=True)
        if len(columns):
            table[:, columns] = np.add.reduceat(drawn[:, which][:, order], starts, axis=1)
        return table

    def area(drawn: Scores) -> Scores:
        above, below = counted(drawn, yes), counted(drawn, ~yes)
        beaten = np.cumsum(below, axis=1) - below / 2
        pairs = above.sum(axis=1) * below.sum(axis=1)
        won: Scores = (above * beaten).sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            share: Scores = won / pairs
        return share

    return area


def risk_coverage(scores: Sequence[float], positive: Sequence[bool]) -> tuple[Point, ...]:
    """Share of questions without an answer among those that score highest, for growing shares of questions.

    Equal scores are answered together or not at all, so a point is never better than a threshold could make it.
    Source: El-Yaniv and Wiener (2010), On the foundations of noise-free selective classification, JMLR 11.
    """
    ranked = sorted(zip(scores, positive, strict=True), key=lambda pair: -pair[0])
    ends = np.array([n for n in range(1, len(ranked) + 1) if n == len(ranked) or ranked[n][0] != ranked[n - 1][0]])
    if not len(ends):
        return ()
    wanted = {int(ends[np.abs(ends - len(ranked) * part / _POINTS).argmin()]) for part in range(1, _POINTS + 1)}
    return tuple(Point(coverage=_r(n / len(ranked)), risk=_r(sum(not p for _, p in ranked[:n]) / n)) for n in sorted(wanted))


def share_figure(measure: str, outcomes: Sequence[bool], system: str = OURS) -> Figure:
    """A share of questions with its Wilson interval."""
    found = rate(outcomes)
    value, low, high = (None if end is None else _r(end) for end in (found.value, found.low, found.high))
    return Figure(measure=measure, system=system, questions=found.total, value=value, low=low, high=high)


def _r(value: float) -> float:
    """Rounded, so that a report does not depend on the last bit of a sum."""
    return round(float(value), 6)


def _end(interval: tuple[float, float] | None, which: int) -> float | None:
    return None if interval is None else _r(interval[which])
