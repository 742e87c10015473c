"""How well the judge tells what it can answer: risk and coverage, separation, kinds of no, words of confidence. Pure.

*Risk* is the share of the answers given that are wrong, *coverage* the share of questions that are answered; both are over the
questions the judge had a say in, which leaves out greetings and what is no question. All of it rests on the judge's one number,
`support`: half and more is an answer, and within either side the stronger evidence is higher.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.models import Answer, Confidence, DeclineKind, Status
from evals.metrics import rate
from evals.models import ANSWERS, REFUSALS, Expectation, Rate

Expected = Literal["answer", "no", "either", "talk"]
"""What is right: to state a fact, to state none, both, or something that is neither (a greeting, an empty message)."""

HALF = 0.5
"""The support from which a question is answered."""

CONFIDENCES: tuple[Confidence, ...] = ("high", "medium", "low")
_BELOW = 0.4999  # the highest support of a question that is not answered


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Asked(_Frozen):
    """One question of a case, what was right and what came."""

    id: str  # of the case, then the number of the turn
    group: str  # what is drawn together when resampling: wordings of one question, turns of one dialogue
    aside: bool
    expected: Expected
    wanted: str  # the status or kind of no that is right; where several are, the one that came, or the first
    got: str  # the status or kind of no that came
    answered: bool
    right: bool
    support: float | None  # 0..1; None: the judge had no say
    confidence: Confidence
    features: dict[str, float] = Field(default_factory=dict)  # as the judge used them

    @property
    def leaked(self) -> bool:
        """Whether it was answered though there is no answer."""
        return self.answered and self.expected == "no"


class Point(_Frozen):
    """What answering from some support upwards gives."""

    support: float
    coverage: float
    risk: float  # of what is refused now nobody knows how it would be answered: here all of it counts as wrong …
    least: float  # … and here only what has no answer


class Area(_Frozen):
    """How often a question that has an answer gets more of something than one that has none; ties count half."""

    answerable: int
    unanswerable: int
    value: float | None
    low: float | None = None  # 95 %
    high: float | None = None


class Feature(_Frozen):
    """One raw feature on its own."""

    questions: int  # that it was worked out for
    answerable: float | None  # mean over the questions that have an answer
    unanswerable: float | None
    auroc: float | None  # below a half: less of it means an answer


class Part(_Frozen):
    """Everything about one set of questions at the point in force."""

    questions: int
    judged: int
    coverage: Rate
    risk: Rate
    leaks: Rate  # of the questions that have no answer, those that got one
    refusals: Rate  # of the questions that have one, those that were refused
    right: Rate  # of all questions
    auroc: Area
    confidence: dict[Confidence, Rate]  # of the answers given with the word, those that are right
    in_order: bool  # a stronger word is never less often right than a weaker one
    curve: tuple[Point, ...]  # one for every support that came, highest first


def expected_of(expectation: Expectation) -> Expected:
    """Which way a question should go."""
    if expectation.refuses is None:
        return "either"
    if expectation.refuses:
        return "no"
    return "answer" if set(expectation.status) & ANSWERS else "talk"


def wanted_of(expectation: Expectation, status: Status, decline: DeclineKind | None) -> str:
    """The row of a confusion matrix a question belongs in: what came where that is right, else the first that would be."""
    rights: list[str] = []
    for right in expectation.status:
        rights += expectation.decline if right in REFUSALS and expectation.decline else (right,)
    if status in expectation.status and (not expectation.decline or status not in REFUSALS):
        return status
    return decline if decline in rights else rights[0]


def support_of(status: Status, features: Mapping[str, float]) -> float | None:
    """The judge's number on the side that was taken; None for what it had no say in: a greeting, an empty message.

    An answer to several questions at once carries the features of the last of them, so the number alone may lie on the other side.
    """
    if status in ANSWERS:
        return max(HALF, features.get("support", HALF))
    return min(_BELOW, features.get("support", 0.0)) if status in REFUSALS else None


def asked_of(
    name: str, expectation: Expectation, answer: Answer, features: Mapping[str, float], *, right: bool, group: str, aside: bool
) -> Asked:
    """One question as it went."""
    return Asked(
        id=name,
        group=group,
        aside=aside,
        expected=expected_of(expectation),
        wanted=wanted_of(expectation, answer.status, answer.decline),
        got=answer.decline or answer.status,
        answered=answer.status in ANSWERS,
        right=right,
        support=support_of(answer.status, features),
        confidence=answer.confidence,
        features=dict(features),
    )


def curve(asked: Iterable[Asked]) -> tuple[Point, ...]:
    """Risk for growing coverage, a point for every support that came, highest first.

    Equal supports are answered together or not at all, so no point is better than a threshold could make it.
    Source: El-Yaniv and Wiener (2010), On the foundations of noise-free selective classification, JMLR 11.
    """
    ranked = sorted(((a.support, a) for a in asked if a.support is not None), key=lambda pair: -pair[0])
    points = []
    wrong = least = 0
    for number, (support, one) in enumerate(ranked, start=1):
        wrong += not (one.answered and one.right)
        least += (one.answered and not one.right) or (not one.answered and one.expected == "no")
        if number == len(ranked) or ranked[number][0] != support:
            points.append(Point(support=support, coverage=_r(number / len(ranked)), risk=_r(wrong / number), least=_r(least / number)))
    return tuple(points)


def in_force(points: Sequence[Point]) -> Point | None:
    """Where a curve stands now: at everything that is answered; None when nothing is."""
    return next((point for point in reversed(points) if point.support >= HALF), None)


def for_risk(points: Sequence[Point], risk: float) -> Point | None:
    """The point of largest coverage that keeps to a risk; None where none does."""
    return max((point for point in points if point.risk <= risk), key=lambda point: point.coverage, default=None)


def at_support(points: Sequence[Point], support: float) -> Point | None:
    """What answering from this support upwards gives; None when nothing has so much."""
    return next((point for point in reversed(points) if point.support >= support), None)


def separation(asked: Iterable[Asked]) -> Area:
    """How well support tells questions that have an answer from those that have none.

    The interval is a percentile bootstrap over groups with a fixed seed.
    Source: Hanley and McNeil (1982), Radiology 143; Davison and Hinkley (1997), Bootstrap methods, section 3.8, for clusters.
    """
    import numpy as np  # a tenth of a second, and only this needs it

    from evals.bench.measures import RESAMPLES, weighted_auroc
    from evals.gate import SEED

    told = [(a.support, a.expected == "answer", a.group) for a in asked if a.support is not None and a.expected in ("answer", "no")]
    positive = [yes for _, yes, _ in told]
    counts = {"answerable": sum(positive), "unanswerable": len(positive) - sum(positive)}
    if len(set(positive)) < 2:
        return Area(**counts, value=None)
    area = weighted_auroc([support for support, _, _ in told], positive)
    names, group = np.unique([name for _, _, name in told], return_inverse=True)
    drawn = np.random.default_rng(SEED).multinomial(len(names), np.full(len(names), 1 / len(names)), size=RESAMPLES).astype(np.float64)
    low, high = np.nanquantile(area(drawn[:, group]), [0.025, 0.975])
    return Area(**counts, value=_r(area(np.ones((1, len(told))))[0]), low=_r(low), high=_r(high))


def features(asked: Iterable[Asked]) -> dict[str, Feature]:
    """What each raw feature tells alone, over the questions that it was worked out for; sorted by name."""
    from evals.bench.measures import auroc

    told: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for one in asked:
        if one.expected in ("answer", "no"):
            for name, value in one.features.items():
                told[name].append((value, one.expected == "answer"))
    found = {}
    for name, values in sorted(told.items()):
        yes, no = [value for value, has in values if has], [value for value, has in values if not has]
        area = auroc([value for value, _ in values], [has for _, has in values])
        found[name] = Feature(
            questions=len(values),
            answerable=_r(fmean(yes)) if yes else None,
            unanswerable=_r(fmean(no)) if no else None,
            auroc=None if area is None else _r(area),
        )
    return found


def confusion(asked: Iterable[Asked]) -> dict[str, dict[str, int]]:
    """What was right against what came, as counts; both sorted by name."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in asked:
        counts[one.wanted][one.got] += 1
    return {wanted: dict(sorted(row.items())) for wanted, row in sorted(counts.items())}


def confidences(asked: Iterable[Asked]) -> dict[Confidence, Rate]:
    """Of the answers given with each word, the share that is right."""
    outcomes: dict[Confidence, list[bool]] = {word: [] for word in CONFIDENCES}
    for one in asked:
        if one.answered:
            outcomes[one.confidence].append(one.right)
    return {word: _rate(found) for word, found in outcomes.items()}


def in_order(words: Mapping[Confidence, Rate]) -> bool:
    """Whether no word is less often right than a weaker one that was used."""
    used = [value for word in CONFIDENCES if (value := words[word].value) is not None]
    return used == sorted(used, reverse=True)


def measure(asked: Sequence[Asked]) -> Part:
    """All figures of one set of questions."""
    judged = [one for one in asked if one.support is not None]
    words = confidences(judged)
    return Part(
        questions=len(asked),
        judged=len(judged),
        coverage=_rate(one.answered for one in judged),
        risk=_rate(not one.right for one in judged if one.answered),
        leaks=_rate(one.leaked for one in judged if one.expected == "no"),
        refusals=_rate(not one.answered for one in judged if one.expected == "answer"),
        right=_rate(one.right for one in asked),
        auroc=separation(judged),
        confidence=words,
        in_order=in_order(words),
        curve=curve(judged),
    )


def _rate(outcomes: Iterable[bool]) -> Rate:
    found = rate(outcomes)
    rounded = {name: None if (end := getattr(found, name)) is None else _r(end) for name in ("value", "low", "high")}
    return found.model_copy(update=rounded)


def _r(value: float) -> float:
    """Rounded, so that a report does not depend on the last bit of a sum."""
    return round(float(value), 6)
