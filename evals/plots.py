"""The plots of the report page as SVG: risk against coverage, calibration, latency. Pure: numbers in, markup out.

Drawn for the width of a phone and scaled up from there, so that the words in them can be read on either. Colours are the page's own
(`currentColor` and its classes), so that they follow its light and dark.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from evals.calibration import HALF, Point, in_force
from evals.metrics import percentile
from evals.models import Rate

_WIDTH, _HEIGHT = 360, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 336, 20, 212
_TOPS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
_BARS = 24  # of a histogram


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale in the picture's own units."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def at(self, value: float) -> float:
        """Where a value lies; beyond the ends of the scale it is drawn at its end."""
        value = min(max(value, self.low), self.high)
        share = math.log(value / self.low) / math.log(self.high / self.low) if self.log else (value - self.low) / (self.high - self.low)
        return round(self.start + (self.end - self.start) * share, 1)


def _text(x: float, y: float, words: str, anchor: str = "middle", more: str = "") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}"{more}>{escape(words)}</text>'


def _frame(title: str, x_name: str, y_name: str, columns: Iterable[tuple[float, str]], lines: Iterable[tuple[float, str]]) -> list[str]:
    """The title for those who cannot see it, the axes with their names and marks."""
    parts = [f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(title)}"><title>{escape(title)}</title>']
    for y, words in lines:
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{_RIGHT}" y1="{y}" y2="{y}"/>' + _text(_LEFT - 6, y + 4, words, "end"))
    for x, words in columns:
        parts.append(f'<line class="grid" x1="{x}" x2="{x}" y1="{_TOP}" y2="{_BOTTOM}"/>' + _text(x, _BOTTOM + 16, words))
    parts.append(_text((_LEFT + _RIGHT) / 2, _HEIGHT - 10, x_name, more=' class="name"'))
    middle = (_TOP + _BOTTOM) / 2
    parts.append(_text(11, middle, y_name, more=f' class="name" transform="rotate(-90 11 {middle})"'))
    return parts


def _percent(value: float) -> str:
    return f"{round(value * 100, 1):g}%"


def risk_coverage(curves: Sequence[tuple[str, str, Sequence[Point]]]) -> str:
    """Risk for growing coverage.

    Args:
        curves: name, class of its colour, points; the dot is where answering stops now, what lies beyond it is dashed.
    """
    here = [point for _, _, points in curves if (point := in_force(points)) is not None]
    top = next((value for value in _TOPS if value >= 1.4 * max((point.risk for point in here), default=0.0)), 1.0)
    across, up = Axis(0, 1, _LEFT, _RIGHT), Axis(0, top, _BOTTOM, _TOP)
    parts = _frame(
        "Risk against coverage",
        "questions answered",
        "answers wrong",
        [(across.at(n / 5), _percent(n / 5)) for n in range(6)],
        [(up.at(top * n / 5), _percent(top * n / 5)) for n in range(6)],
    )
    for name, colour, points in curves:
        given = [(across.at(point.coverage), up.at(point.risk)) for point in points if point.support >= HALF]
        beyond = given[-1:] + [(across.at(p.coverage), up.at(p.risk)) for p in points if p.support < HALF and p.risk <= top]
        for path, more in ((beyond, ' stroke-dasharray="3 3"'), (given, ' stroke-width="2"')):
            if len(path) > 1:
                parts.append(f'<polyline class="line {colour}" points="{" ".join(f"{x},{y}" for x, y in path)}"{more}/>')
        if (point := in_force(points)) is not None:
            words = f"{name}: {_percent(point.coverage)} answered, {_percent(point.risk)} of it wrong"
            parts.append(f'<circle class="dot {colour}" cx="{across.at(point.coverage)}" cy="{up.at(point.risk)}" r="4">')
            parts.append(f"<title>{escape(words)}</title></circle>")
    return "".join([*parts, "</svg>"])


def calibration(groups: Sequence[tuple[str, Rate]]) -> str:
    """Share of right answers for each word of confidence, with its interval."""
    step = (_RIGHT - _LEFT) / max(1, len(groups))
    up = Axis(0, 1, _BOTTOM, _TOP)
    places = [_LEFT + step * (n + 0.5) for n in range(len(groups))]
    parts = _frame(
        "Calibration",
        "confidence the answer was given with",
        "answers right",
        [(round(x, 1), f"{name} ({found.total})") for x, (name, found) in zip(places, groups, strict=True)],
        [(up.at(n / 4), _percent(n / 4)) for n in range(5)],
    )
    for x, (name, found) in zip(places, groups, strict=True):
        if found.value is None or found.low is None or found.high is None:
            continue
        between = f"95 % interval {_percent(found.low)} to {_percent(found.high)}"
        words = f"{name}: {found.hits} of {found.total} right, {_percent(found.value)} ({between})"
        wide = round(step * 0.44, 1)
        y = up.at(found.value)
        parts.append(f'<rect class="bar" x="{round(x - wide / 2, 1)}" y="{y}" width="{wide}" height="{round(_BOTTOM - y, 1)}">')
        parts.append(f"<title>{escape(words)}</title></rect>")
        parts.append(f'<line class="whisker" x1="{round(x, 1)}" x2="{round(x, 1)}" y1="{up.at(found.low)}" y2="{up.at(found.high)}"/>')
        parts.append(_text(round(x, 1), _BOTTOM - 8, _percent(found.value), more=' class="value"'))
    return "".join([*parts, "</svg>"])


def latency(milliseconds: Sequence[float]) -> str:
    """How many questions took how long, on a logarithmic scale, with the median and the 95th percentile."""
    if not milliseconds:
        return ""
    low = 10 ** math.floor(math.log10(max(0.1, min(milliseconds))))
    high = max(low * 10.0, 10 ** math.ceil(math.log10(max(1.0, *milliseconds))))
    across = Axis(low, high, _LEFT, _RIGHT, log=True)
    counts = [0] * _BARS
    for value in milliseconds:
        counts[min(_BARS - 1, int((across.at(value) - _LEFT) / (_RIGHT - _LEFT) * _BARS))] += 1
    most = max(counts)
    step = _round_up(most / 4)
    up = Axis(0, 4 * step, _BOTTOM, _TOP)
    tens = [low * 10**n for n in range(round(math.log10(high / low)) + 1)]
    parts = _frame(
        "Latency",
        "time for a question",
        "questions",
        [(across.at(ten), f"{ten / 1000:g} s" if ten >= 1000 else f"{ten:g} ms") for ten in tens],
        [(up.at(step * n), f"{step * n}") for n in range(5)],
    )
    wide = (_RIGHT - _LEFT) / _BARS
    for number, count in enumerate(counts):
        if count:
            y = up.at(count)
            x = round(_LEFT + wide * number + 0.5, 1)
            parts.append(f'<rect class="bar" x="{x}" y="{y}" width="{round(wide - 1, 1)}" height="{round(_BOTTOM - y, 1)}"/>')
    for share, words in ((0.5, "p50"), (0.95, "p95")):
        took = percentile(milliseconds, share)
        if took is not None:
            x = across.at(took)
            parts.append(f'<line class="whisker" x1="{x}" x2="{x}" y1="{_TOP}" y2="{_BOTTOM}"/>')
            parts.append(_text(x, _TOP - 6, words, more=' class="value"'))
    return "".join([*parts, "</svg>"])


def _round_up(value: float) -> int:
    """The next number that reads well on a scale: 1, 2 or 5 times a power of ten."""
    ten: int = 10 ** math.floor(math.log10(max(1.0, value)))
    return next(step * ten for step in (1, 2, 5, 10) if step * ten >= value)
