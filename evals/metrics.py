"""Figures from results. Pure; every formula names its source; what does not apply is None, never 0.

A *refusal* is an answer that states no fact (declined, or a question back). Cases where both an answer and a refusal
would be right are left out of the refusal figures.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from statistics import NormalDist, fmean, median

from evals.models import REFUSALS, CaseResult, Metrics, Rate, TurnResult

HEADLINE: dict[str, str] = {
    "right": "cases that are right in every turn",
    "must": "cases of tier must that are right",
    "sound": "answers whose every quote stands and whose certificate verifies",
    "citation_precision": "citations that are to an expected section (mean over answers)",
    "citation_recall": "expected sections that are cited (mean over answers)",
    "cell_precision": "cited cells that are expected cells (mean over answers)",
    "cell_recall": "expected cells that are cited (mean over answers)",
    "ndcg_10": "of what has to be cited, found early among ten sections (nDCG@10, mean)",
    "rr_10": "reciprocal rank of the first section that has to be cited (RR@10, mean)",
    "success_1": "questions whose first section has to be cited",
    "success_5": "questions with one that has to be cited among the first five sections",
    "refusal_precision": "refusals that were right to refuse",
    "refusal_recall": "questions without an answer that were refused",
    "false_answers": "questions without an answer that got one (lower is better)",
    "false_refusals": "questions with an answer that were refused (lower is better)",
    "kind_of_no": "refusals of the right kind, of those rightly refused",
    "consistency": "pairs of wordings of one question that got the same answer",
    "words": "words of a direct answer (median)",
}
"""Every headline measure and what it means; shares of 1 unless said otherwise."""

_LOWER_IS_BETTER = frozenset({"false_answers", "false_refusals"})


def lower_is_better(measure: str) -> bool:
    """Whether a floor for this measure is a ceiling."""
    return measure in _LOWER_IS_BETTER


def wilson(hits: int, total: int, confidence: float = 0.95) -> tuple[float, float] | None:
    """The Wilson score interval of a rate; None when nothing was counted.

    Source: Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22, formula (4).
    """
    if total == 0:
        return None
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    rate = hits / total
    middle = (rate + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * math.sqrt(rate * (1 - rate) / total + z * z / (4 * total * total))
    # At the ends the bounds are exactly 0 and 1; rounding would leave 1.0000000000000002.
    return (0.0 if hits == 0 else max(0.0, middle - half), 1.0 if hits == total else min(1.0, middle + half))


def rate(outcomes: Iterable[bool]) -> Rate:
    """Share of true outcomes with its interval."""
    listed = list(outcomes)
    hits, total = sum(listed), len(listed)
    interval = wilson(hits, total)
    if interval is None:
        return Rate(hits=0, total=0, value=None)
    return Rate(hits=hits, total=total, value=hits / total, low=interval[0], high=interval[1])


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least `share` of the values do not exceed (nearest rank); None without values.

    Source: Hyndman and Fan (1996), Sample quantiles in statistical packages, definition 1.
    """
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _refused(turn: TurnResult) -> bool:
    return turn.status in REFUSALS


def refusal_counts(turns: Iterable[TurnResult]) -> dict[str, int]:
    """How often refusing was and was not right: `true_refusal`, `false_refusal`, `true_answer`, `false_answer`."""
    counts = {"true_refusal": 0, "false_refusal": 0, "true_answer": 0, "false_answer": 0}
    for turn in turns:
        expected = turn.refuses
        if expected is None:
            continue
        counts[f"{'true' if _refused(turn) == expected else 'false'}_{'refusal' if _refused(turn) else 'answer'}"] += 1
    return counts


def kinds_of_no(turns: Iterable[TurnResult]) -> dict[str, dict[str, int]]:
    """Confusion table: the kind of *no* expected (the first, where several are right) against what came.

    What came is the kind, or the status where there was no refusal. Only turns that expect a kind are counted.
    """
    table: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for turn in turns:
        if turn.expected_decline and turn.refuses:
            got = turn.decline or turn.status
            expected = got if got in turn.expected_decline else turn.expected_decline[0]
            table[expected][got] += 1
    return {expected: dict(sorted(row.items())) for expected, row in sorted(table.items())}


def consistency(results: Iterable[CaseResult]) -> float | None:
    """Share of pairs within a paraphrase group that got the same status and cited the same places, over all groups."""
    groups: dict[str, list[tuple[tuple[str, frozenset[str]], ...]]] = defaultdict(list)
    for result in results:
        if result.group is not None and result.error is None:
            groups[result.group].append(tuple((turn.status, frozenset(turn.cited)) for turn in result.turns))
    pairs = [one == other for members in groups.values() for one, other in combinations(members, 2)]
    return _ratio(sum(pairs), len(pairs))


def measure(results: Sequence[CaseResult]) -> Metrics:
    """All figures of a run.

    Precision and recall of refusals are those of a yes/no classifier whose positive class is "has no answer":
    Manning, Raghavan and Schütze, Introduction to Information Retrieval (2008), section 8.3. A case that raised counts
    as not right and is left out of everything else.
    """
    turns = [turn for result in results for turn in result.turns]
    counts = refusal_counts(turns)
    refused = counts["true_refusal"] + counts["false_refusal"]
    unanswerable = counts["true_refusal"] + counts["false_answer"]
    answerable = counts["true_answer"] + counts["false_refusal"]
    kinds = [turn.decline in turn.expected_decline for turn in turns if turn.expected_decline and turn.refuses and _refused(turn)]
    right = rate(result.passed for result in results)
    must = rate(result.passed for result in results if result.tier == "must")
    rankings = [turn.ranking for turn in turns if turn.ranking is not None]
    words = [len(turn.text.split()) for turn in turns if turn.status in {"answered", "corrected"}]
    by_kind: dict[str, list[bool]] = defaultdict(list)
    by_tag: dict[str, list[bool]] = defaultdict(list)
    for result in results:
        by_kind[result.kind].append(result.passed)
        for tag in result.tags:
            by_tag[tag].append(result.passed)
    headline: dict[str, float | None] = {
        "right": right.value,
        "must": must.value,
        "sound": _ratio(sum(not turn.defects for turn in turns), len(turns)),
        "citation_precision": _mean(turn.score.section_precision for turn in turns),
        "citation_recall": _mean(turn.score.section_recall for turn in turns),
        "cell_precision": _mean(turn.score.cell_precision for turn in turns),
        "cell_recall": _mean(turn.score.cell_recall for turn in turns),
        "ndcg_10": _mean(ranking.ndcg_10 for ranking in rankings),
        "rr_10": _mean(ranking.rr_10 for ranking in rankings),
        "success_1": _mean(float(ranking.success_1) for ranking in rankings),
        "success_5": _mean(float(ranking.success_5) for ranking in rankings),
        "refusal_precision": _ratio(counts["true_refusal"], refused),
        "refusal_recall": _ratio(counts["true_refusal"], unanswerable),
        "false_answers": _ratio(counts["false_answer"], unanswerable),
        "false_refusals": _ratio(counts["false_refusal"], answerable),
        "kind_of_no": _ratio(sum(kinds), len(kinds)),
        "consistency": consistency(results),
        "words": median(words) if words else None,
    }
    return Metrics(
        headline={key: None if value is None else round(value, 6) for key, value in headline.items()},
        right=right,
        must=must,
        by_kind={key: rate(by_kind[key]) for key in sorted(by_kind)},
        by_tag={key: rate(by_tag[key]) for key in sorted(by_tag)},
        kinds_of_no=kinds_of_no(turns),
    )
