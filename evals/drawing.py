"""Risk–coverage curves as an SVG picture, and in characters for a terminal. Pure: curves in, text out.

The picture names no font or style from elsewhere, so that it looks the same without a network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evals.calibration import HALF, Point, in_force

_WIDTH, _HEIGHT = 760, 460
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 20, 48, 72
_COLOURS = ("#1f5fa8", "#c0561a", "#4d7a2f")
_CEILINGS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)  # tops of the scale of risk: each parts into fifths that read well
_COLUMNS, _ROWS = 61, 12

_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{{ width }}" height="{{ height }}" viewBox="0 0 {{ width }} {{ height }}" role="img" \
font-family="sans-serif" font-size="12">
<title>{{ title }}</title>
<rect width="{{ width }}" height="{{ height }}" fill="#ffffff"/>
<text x="{{ left }}" y="24" font-size="15" fill="#1a1a1a">{{ title }}</text>
<clipPath id="plot"><rect x="{{ left }}" y="{{ top }}" width="{{ right - left }}" height="{{ bottom - top }}"/></clipPath>
{% for y, text in rows %}<line x1="{{ left }}" y1="{{ y }}" x2="{{ right }}" y2="{{ y }}" stroke="#dddddd"/>
<text x="{{ left - 8 }}" y="{{ y + 4 }}" text-anchor="end" fill="#444444">{{ text }}</text>
{% endfor %}{% for x, text in columns %}<line x1="{{ x }}" y1="{{ top }}" x2="{{ x }}" y2="{{ bottom }}" stroke="#eeeeee"/>
<text x="{{ x }}" y="{{ bottom + 18 }}" text-anchor="middle" fill="#444444">{{ text }}</text>
{% endfor %}<rect x="{{ left }}" y="{{ top }}" width="{{ right - left }}" height="{{ bottom - top }}" fill="none" stroke="#888888"/>
<text x="{{ (left + right) / 2 }}" y="{{ height - 30 }}" text-anchor="middle" fill="#1a1a1a">coverage: share of questions answered</text>
<text transform="translate(16 {{ (top + bottom) / 2 }}) rotate(-90)" text-anchor="middle" fill="#1a1a1a">risk: share of answers wrong</text>
{% if stated is not none %}<line x1="{{ left }}" y1="{{ stated }}" x2="{{ right }}" y2="{{ stated }}" stroke="#a02020" \
stroke-dasharray="2 4"/>
<text x="{{ right - 4 }}" y="{{ stated - 4 }}" text-anchor="end" fill="#a02020">{{ stated_text }}</text>
{% endif %}<g clip-path="url(#plot)" fill="none">
{% for one in curves %}{% if one.band %}<path d="{{ one.band }}" fill="{{ one.colour }}" fill-opacity="0.12"/>
{% endif %}{% if one.beyond %}<path d="{{ one.beyond }}" stroke="{{ one.colour }}" stroke-dasharray="5 4"/>
{% endif %}{% if one.line %}<path d="{{ one.line }}" stroke="{{ one.colour }}" stroke-width="2"/>
{% endif %}{% endfor %}</g>
{% for one in curves %}{% if one.dot %}<circle cx="{{ one.dot[0] }}" cy="{{ one.dot[1] }}" r="5" fill="{{ one.colour }}" \
stroke="#ffffff" stroke-width="1.5"><title>{{ one.text }}</title></circle>
{% endif %}<rect x="{{ left + 14 }}" y="{{ top + 10 + 20 * loop.index0 }}" width="14" height="4" fill="{{ one.colour }}"/>
<text x="{{ left + 36 }}" y="{{ top + 17 + 20 * loop.index0 }}" fill="#1a1a1a">{{ one.text }}</text>
{% endfor %}<text x="{{ (left + right) / 2 }}" y="{{ height - 10 }}" text-anchor="middle" font-size="11" fill="#666666">\
solid: answered; dot: in force; shaded: were all answered, counting the rest as wrong where it has no answer, or always</text>
</svg>
"""


@dataclass(frozen=True, slots=True)
class _Drawn:
    """One curve in the picture's own units."""

    colour: str
    text: str
    line: str  # paths; empty where there is nothing to draw
    beyond: str
    band: str
    dot: tuple[float, float] | None


def ceiling(curves: Sequence[Sequence[Point]], risk: float) -> float:
    """The top of the scale of risk: what is stated and every point in force fit well below it."""
    highest = max([risk, *(point.risk for points in curves if (point := in_force(points)) is not None)])
    return next((top for top in _CEILINGS if top >= 1.5 * highest), 1.0)


def percent(value: float) -> str:
    """A share with as many digits as it needs, one after the point at most from 10 % on: 2.25 %, 12.3 %."""
    return f"{round(100 * value, 1 if value >= 0.1 else 2):g} %"


def to_svg(curves: Mapping[str, Sequence[Point]], *, risk: float, title: str) -> str:
    """The picture of several curves, by their names, with the point in force on each and the risk that was stated."""
    from jinja2 import Environment, StrictUndefined

    top = ceiling(list(curves.values()), risk)
    left, right, upper, lower = _LEFT, _WIDTH - _RIGHT, _TOP, _HEIGHT - _BOTTOM

    def x(coverage: float) -> float:
        return round(left + (right - left) * coverage, 2)

    def y(value: float) -> float:
        return round(lower - (lower - upper) * value / top, 2)

    def path(points: Sequence[tuple[float, float]]) -> str:
        return "M" + " L".join(f"{x(coverage)} {y(value)}" for coverage, value in points) if len(points) > 1 else ""

    drawn = []
    for number, (name, points) in enumerate(curves.items()):
        here = in_force(points)
        given = [(point.coverage, point.risk) for point in points if point.support >= HALF]
        rest = [point for point in points if point.support < HALF]
        above = given[-1:] + [(point.coverage, point.risk) for point in rest]
        below = given[-1:] + [(point.coverage, point.least) for point in rest]
        words = "nothing is answered" if here is None else f"{percent(here.coverage)} answered, {percent(here.risk)} of it wrong"
        drawn.append(
            _Drawn(
                colour=_COLOURS[number % len(_COLOURS)],
                text=f"{name}: {words}",
                line=path(given),
                beyond=path(above),
                band=path([*above, *reversed(below)]) + "Z" if len(above) > 1 else "",
                dot=None if here is None else (x(here.coverage), y(here.risk)),
            )
        )
    environment = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    return environment.from_string(_SVG).render(
        width=_WIDTH,
        height=_HEIGHT,
        left=left,
        right=right,
        top=upper,
        bottom=lower,
        title=title,
        rows=[(y(top * part / 5), percent(top * part / 5)) for part in range(6)],
        columns=[(x(part / 10), percent(part / 10)) for part in range(0, 11, 2)],
        stated=y(risk) if risk <= top else None,
        stated_text=f"stated: {percent(risk)}",
        curves=drawn,
    )


def to_text(points: Sequence[Point], *, risk: float) -> list[str]:
    """One curve in characters: `*` what is answered, `O` the point in force, `.` what is refused now, `-` the stated risk."""
    if not points:
        return []
    top = ceiling([points], risk)
    grid = [[" "] * _COLUMNS for _ in range(_ROWS)]

    def put(coverage: float, value: float, sign: str) -> None:
        if value <= top:
            grid[_ROWS - 1 - round(value / top * (_ROWS - 1))][round(coverage * (_COLUMNS - 1))] = sign

    for column in range(_COLUMNS):
        put(column / (_COLUMNS - 1), risk, "-")
    for column in range(_COLUMNS):
        # The first point that covers so much: between two points nothing can be chosen.
        found = next((point for point in points if round(point.coverage * (_COLUMNS - 1)) >= column), None)
        if found is not None:
            put(column / (_COLUMNS - 1), found.risk, "*" if found.support >= HALF else ".")
    here = in_force(points)
    if here is not None:
        put(here.coverage, here.risk, "O")
    marks = {row: percent(top * (_ROWS - 1 - row) / (_ROWS - 1)) for row in (0, _ROWS - 1)}
    marks[_ROWS - 1 - round(risk / top * (_ROWS - 1))] = percent(risk)
    lines = [f"{marks.get(row, ''):>8} |{''.join(cells).rstrip()}" for row, cells in enumerate(grid)]
    scale = "".join(f"{20 * part} %".ljust((_COLUMNS - 1) // 5) for part in range(6)).rstrip()
    return ["    risk", *lines, " " * 9 + "+" + "-" * _COLUMNS, " " * 10 + scale + "  coverage"]
