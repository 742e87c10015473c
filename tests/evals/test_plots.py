from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from evals.calibration import Point
from evals.metrics import rate
from evals.plots import Axis, calibration, latency, risk_coverage


def points(*given: tuple[float, float, float]) -> tuple[Point, ...]:
    return tuple(Point(support=support, coverage=coverage, risk=risk, least=risk) for support, coverage, risk in given)


def words(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter("text")]


@pytest.mark.parametrize(
    ("axis", "value", "place"),
    [
        (Axis(0, 1, 10, 110), 0.25, 35.0),
        (Axis(0, 1, 110, 10), 0.25, 85.0),
        (Axis(1, 100, 0, 200, log=True), 10, 100.0),
        (Axis(0, 1, 10, 110), 7, 110.0),
    ],
    ids=["across", "upwards", "logarithmic", "beyond the end"],
)
def test_a_value_has_its_place_on_a_scale(axis: Axis, value: float, place: float) -> None:
    assert axis.at(value) == place


def test_risk_is_drawn_solid_where_it_is_answered_and_dashed_beyond() -> None:
    svg = risk_coverage([("seen", "one", points((0.9, 0.25, 0.0), (0.6, 0.5, 0.1), (0.2, 1.0, 0.15)))])

    lines = [(line.get("points"), line.get("stroke-dasharray")) for line in ET.fromstring(svg).iter("polyline")]
    across, up = Axis(0, 1, 52, 336), Axis(0, 0.2, 212, 20)
    assert lines == [
        (f"{across.at(0.5)},{up.at(0.1)} {across.at(1.0)},{up.at(0.15)}", "3 3"),
        (f"{across.at(0.25)},{up.at(0.0)} {across.at(0.5)},{up.at(0.1)}", None),
    ]
    assert "seen: 50% answered, 10% of it wrong" in svg


def test_calibration_names_how_many_answers_had_each_word() -> None:
    shown = words(calibration([("high", rate([True] * 3 + [False])), ("low", rate([False]))]))

    assert {"high (4)", "low (1)", "75%", "0%"} <= set(shown)


def test_latency_marks_the_median_and_the_95th_percentile() -> None:
    svg = latency([float(n) for n in range(1, 101)])

    assert {"p50", "p95", "1 ms", "10 ms", "100 ms"} <= set(words(svg))
    bars = [float(bar.get("height") or 0) for bar in ET.fromstring(svg).iter("rect")]
    assert len(bars) <= 24
    assert latency([]) == ""


@pytest.mark.parametrize("milliseconds", [[0.0], [0.05, 0.05], [12_345.0]], ids=["none", "hardly any", "many seconds"])
def test_any_time_can_be_drawn(milliseconds: list[float]) -> None:
    assert not re.search("nan|inf", latency(milliseconds))
    ET.fromstring(latency(milliseconds))
