"""A report as one HTML page that stands alone: plots, filters, and every case's answer with its sources.

Nothing is fetched (the page's own policy forbids it), everything that came from a case or an answer is escaped, and without scripts the
page still shows it all. Pure but for reading the template that comes with the program.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from evals import plots
from evals.calibration import CONFIDENCES, Asked, Point, curve, expected_of
from evals.metrics import HEADLINE, kinds_of_no, rate
from evals.models import ANSWERS, Baseline, CaseResult, Expectation, Rate, Report, TurnResult
from evals.report import percent

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATE = "report.html"


@dataclass(frozen=True, slots=True)
class _Figure:
    name: str
    value: str
    accepted: str
    meaning: str


@dataclass(frozen=True, slots=True)
class _Kind:
    """A row of the plot by kind; all in percent of its width."""

    name: str
    rate: Rate
    share: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class _Confusion:
    """Kinds of *no*: a row for each expected, a column for each that came."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[int, float, bool], ...]], ...]  # expected, (count, share of the row, right)


@dataclass(frozen=True, slots=True)
class _Case:
    """A case as the page lists it."""

    result: CaseResult
    state: str  # right, wrong, error
    change: str  # against the accepted run: worse, better, new or nothing
    search: str  # what the text filter looks in


@lru_cache(maxsize=1)
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(resources.files("evals").joinpath(TEMPLATE).read_text(encoding="utf-8"))


def to_html(report: Report, *, baseline: Baseline | None = None, aside: bool = False) -> str:
    """The page.

    Args:
        baseline: the accepted run, for the figures beside it.
        aside: also list those put aside; otherwise they are in the figures only.
    """
    from markupsafe import Markup

    shown = [result for result in report.results if aside or not result.aside]
    comparison = report.verdict.comparison if report.verdict is not None else None
    worse, better = (set(comparison.regressed), set(comparison.fixed)) if comparison is not None else (set(), set())
    new = set(comparison.new) if comparison is not None else set()
    cases = [
        _case(result, "worse" if result.id in worse else "better" if result.id in better else "new" if result.id in new else "")
        for result in shown
    ]
    cases.sort(
        key=lambda case: (case.state == "right", case.change != "worse", case.result.tier != "must", case.result.kind, case.result.id)
    )
    turns = [turn for result in report.results for turn in result.turns]
    times = [value for values in report.timing.questions_ms.values() for value in values]
    return _template().render(
        report=report,
        verdict=report.verdict,
        percent=percent,
        interval=_interval(report.metrics.right),
        parts=_parts(report),
        figures=[
            _Figure(name, _shown(name, value), _shown(name, baseline.headline.get(name)) if baseline else "", HEADLINE.get(name, ""))
            for name, value in report.metrics.headline.items()
        ],
        compared=baseline is not None,
        kinds=[_kind(name, found) for name, found in report.metrics.by_kind.items()],
        confusion=_confusion(turns),
        risk=Markup(plots.risk_coverage(_curves(report))),  # noqa: S704 - every word in it was escaped where it was drawn
        curves=[(name, colour) for name, colour, _ in _curves(report)],
        calibration=Markup(plots.calibration(_confidences(turns))),  # noqa: S704
        latency=Markup(plots.latency(times)),  # noqa: S704
        cases=cases,
        hidden=len(report.results) - len(shown),
        kinds_there=sorted({case.result.kind for case in cases}),
        tags_there=sorted({tag for case in cases for tag in case.result.tags}),
        counts=Counter(case.state for case in cases),
        changes=Counter(case.change for case in cases if case.change),
    )


def _interval(found: Rate) -> str:
    return "" if found.low is None or found.high is None else f"{found.low * 100:.1f} to {found.high * 100:.1f} %"


def _shown(name: str, value: float | None) -> str:
    return "–" if value is None else f"{value:g}" if name == "words" else percent(value)


def _parts(report: Report) -> list[tuple[str, Rate, str]]:
    """The rate over the seen cases and over those put aside, where there are both."""
    aside = rate(result.passed for result in report.results if result.aside)
    if not 0 < aside.total < report.metrics.right.total:
        return []
    seen = rate(result.passed for result in report.results if not result.aside)
    return [("seen", seen, _interval(seen)), ("put aside", aside, _interval(aside))]


def _kind(name: str, found: Rate) -> _Kind:
    value, low, high = (round(100 * (number or 0.0), 1) for number in (found.value, found.low, found.high))
    return _Kind(name, found, percent(found.value), value, low, high)


def _confusion(turns: Iterable[TurnResult]) -> _Confusion:
    table = kinds_of_no(turns)
    right = list(table)
    columns = (*right, *sorted({got for row in table.values() for got in row} - set(right)))
    rows = []
    for expected, row in table.items():
        total = sum(row.values())
        cells = tuple((row.get(got, 0), round(row.get(got, 0) / total, 3), got == expected) for got in columns)
        rows.append((expected, cells))
    return _Confusion(columns, tuple(rows))


def _asked(result: CaseResult, number: int, turn: TurnResult) -> Asked:
    return Asked(
        id=f"{result.id}/{number}",
        group=result.group or result.id,
        aside=result.aside,
        expected=expected_of(Expectation(status=turn.expected)),
        wanted=turn.expected[0],
        got=turn.decline or turn.status,
        answered=turn.status in ANSWERS,
        right=not (turn.failures or turn.defects),
        support=turn.support,
        confidence=turn.confidence or "low",
    )


def _curves(report: Report) -> list[tuple[str, str, tuple[Point, ...]]]:
    """Risk against coverage over the seen cases and over those put aside."""
    asked = [_asked(result, number, turn) for result in report.results for number, turn in enumerate(result.turns, start=1)]
    parts = [("seen", "one", [one for one in asked if not one.aside]), ("put aside", "two", [one for one in asked if one.aside])]
    return [(name, colour, points) for name, colour, part in parts if (points := curve(part))]


def _confidences(turns: Sequence[TurnResult]) -> list[tuple[str, Rate]]:
    """Of the answers given with each word of confidence, those that are right; words nobody got are left out."""
    found = [
        (str(word), rate(not (t.failures or t.defects) for t in turns if t.status in ANSWERS and t.confidence == word))
        for word in CONFIDENCES
    ]
    return [(word, share) for word, share in found if share.total]


def _case(result: CaseResult, change: str) -> _Case:
    state = "error" if result.error is not None else "right" if result.passed else "wrong"
    words = " ".join([result.id, *(f"{turn.question} {turn.text}" for turn in result.turns)])
    return _Case(result, state, change, " ".join(words.casefold().split()))
