"""The figures of a speed run by size of the folder, as an SVG picture. Pure: a report in, markup out.

Left, on logarithmic scales, how long a warm answer and its bare parts take; right, where the median answer's time goes. The picture
names no font or style from elsewhere, so that it looks the same without a network.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from html import escape

from evals.plots import Axis
from evals.speed.models import Size, SpeedReport
from evals.speed.stages import STAGES

_WIDTH, _HEIGHT = 900, 400
_TOP, _BOTTOM = 48, 340
_LEFT, _MIDDLE, _SECOND, _RIGHT = 64, 470, 540, 880
_COLOURS = ("#1f5fa8", "#c0561a", "#4d7a2f", "#7a4d8f", "#8f8320")
_LINES: tuple[tuple[str, Callable[[Size], float]], ...] = (
    ("p99", lambda s: s.asked.warm.all.p99),
    ("p50", lambda s: s.asked.warm.all.p50),
    ("encoder, vector and word search alone", lambda s: s.asked.warm.bare),
)


def to_svg(report: SpeedReport) -> str:
    """The picture of a report that measured at least one folder."""
    sizes = sorted(report.sizes, key=lambda s: s.facts)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}"',
        ' role="img" font-family="sans-serif" font-size="12"><title>Speed by size of the folder</title>',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        *_by_size(sizes),
        *_by_stage(sizes),
        "</svg>\n",
    ]
    return "\n".join(parts)


def _text(x: float, y: float, words: str, anchor: str = "middle", colour: str = "#1a1a1a", size: int = 12) -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{colour}" font-size="{size}">{escape(words)}</text>'


def _decades(low: float, high: float) -> list[float]:
    first, last = math.floor(math.log10(low)), max(math.floor(math.log10(low)) + 1, math.ceil(math.log10(high)))
    return [10.0**n for n in range(first, last + 1)]


def _count(value: float) -> str:
    return f"{value / 1e6:g} M" if value >= 1e6 else f"{value / 1e3:g} k" if value >= 1e3 else f"{value:g}"


def _by_size(sizes: list[Size]) -> list[str]:
    """Milliseconds against facts."""
    times = [of(s) for _, of in _LINES for s in sizes]
    columns = _decades(min(s.facts for s in sizes), max(s.facts for s in sizes))
    rows = _decades(max(0.01, min(times)), max(times))
    across = Axis(columns[0], columns[-1], _LEFT, _MIDDLE, log=True)
    up = Axis(rows[0], rows[-1], _BOTTOM, _TOP, log=True)
    drawn = [_text(_LEFT, 22, "One warm answer, ms", "start", size=15)]
    for row in rows:
        drawn.append(f'<line x1="{_LEFT}" y1="{up.at(row)}" x2="{_MIDDLE}" y2="{up.at(row)}" stroke="#dddddd"/>')
        drawn.append(_text(_LEFT - 8, up.at(row) + 4, f"{row:g}", "end", "#444444"))
    for column in columns:
        drawn.append(f'<line x1="{across.at(column)}" y1="{_TOP}" x2="{across.at(column)}" y2="{_BOTTOM}" stroke="#eeeeee"/>')
        drawn.append(_text(across.at(column), _BOTTOM + 18, _count(column), colour="#444444"))
    drawn.append(_text((_LEFT + _MIDDLE) / 2, _BOTTOM + 40, "facts in the folder"))
    for number, (name, of) in enumerate(_LINES):
        colour = _COLOURS[number]
        points = [(across.at(s.facts), up.at(of(s)), of(s)) for s in sizes]
        drawn.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{" ".join(f"{x},{y}" for x, y, _ in points)}"/>')
        for x, y, value in points:
            drawn.append(f'<circle cx="{x}" cy="{y}" r="4" fill="{colour}"><title>{escape(name)}: {value:.2f} ms</title></circle>')
        drawn.append(f'<rect x="{_LEFT + 10}" y="{_TOP + 8 + 18 * number}" width="14" height="4" fill="{colour}"/>')
        drawn.append(_text(_LEFT + 30, _TOP + 14 + 18 * number, name, "start"))
    return drawn


def _by_stage(sizes: list[Size]) -> list[str]:
    """Median milliseconds of each stage, one on the other, a bar for each folder."""
    sums = [sum(s.asked.warm.stages[stage].p50 for stage in STAGES) for s in sizes]
    up = Axis(0, max(1e-3, *sums), _BOTTOM, _TOP)
    step = (_RIGHT - _SECOND) / len(sizes)
    drawn = [_text(_SECOND, 22, "Where the time of an answer goes, ms", "start", size=15)]
    for place, (size, total) in enumerate(zip(sizes, sums, strict=True)):
        left, below = _SECOND + step * (place + 0.2), 0.0
        for number, stage in enumerate(STAGES):
            value = size.asked.warm.stages[stage].p50
            high, low = up.at(below + value), up.at(below)
            shape = (
                f'<rect x="{left:.1f}" y="{high}" width="{step * 0.6:.1f}" height="{max(0.0, low - high):.1f}" fill="{_COLOURS[number]}">'
            )
            drawn.append(f"{shape}<title>{escape(size.name)}, {stage}: {value:.2f} ms</title></rect>")
            below += value
        drawn.append(_text(left + step * 0.3, up.at(total) - 5, f"{total:.1f}"))
        drawn.append(_text(left + step * 0.3, _BOTTOM + 18, size.name, colour="#444444"))
    x = float(_SECOND - 20)
    for number, stage in enumerate(STAGES):
        drawn.append(f'<rect x="{x:g}" y="{_BOTTOM + 34}" width="10" height="10" fill="{_COLOURS[number]}"/>')
        drawn.append(_text(x + 14, _BOTTOM + 43, stage, "start", size=11))
        x += 30 + 6 * len(stage)  # about as wide as its letters
    return drawn
