from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from evals.calibration import Point
from evals.drawing import ceiling, percent, to_svg, to_text

SVG = "{http://www.w3.org/2000/svg}"


def point(support: float, coverage: float, risk: float, least: float | None = None) -> Point:
    return Point(support=support, coverage=coverage, risk=risk, least=risk if least is None else least)


SURE = (point(0.9, 0.25, 0.0), point(0.7, 0.5, 0.02), point(0.4, 0.75, 0.2, 0.1), point(0.1, 1.0, 0.4, 0.2))


def drawn(*curves: tuple[Point, ...], risk: float = 0.01, names: str = "seen aside") -> ET.Element:
    return ET.fromstring(to_svg(dict(zip(names.split(), curves, strict=False)), risk=risk, title="Risk & coverage"))


def texts(picture: ET.Element) -> list[str]:
    return [element.text or "" for element in picture.iter(f"{SVG}text")]


def test_the_dot_stands_at_the_point_in_force() -> None:
    picture = drawn(SURE)

    frame = picture.find(f"{SVG}clipPath/{SVG}rect")
    dot = picture.find(f"{SVG}circle")
    assert frame is not None
    assert dot is not None
    left, top, width, height = (float(frame.get(name, "")) for name in ("x", "y", "width", "height"))
    assert float(dot.get("cx", "")) == pytest.approx(left + 0.5 * width, abs=0.01)
    assert float(dot.get("cy", "")) == pytest.approx(top + height * (1 - 0.02 / 0.05), abs=0.01)


def test_each_curve_is_named_with_what_it_covers_and_risks() -> None:
    words = texts(drawn(SURE, (point(0.8, 0.4, 0.025),)))

    assert "seen: 50 % answered, 2 % of it wrong" in words
    assert "aside: 40 % answered, 2.5 % of it wrong" in words
    assert "stated: 1 %" in words
    assert "Risk & coverage" in words


def test_what_is_refused_now_is_drawn_apart() -> None:
    whole, given = drawn(SURE), drawn(SURE[:2])

    def dashed(picture: ET.Element) -> int:
        return sum(element.get("stroke-dasharray") == "5 4" for element in picture.iter(f"{SVG}path"))

    assert (dashed(whole), dashed(given)) == (1, 0)
    assert len(list(whole.iter(f"{SVG}path"))) == 3  # the line, what is beyond, and the band between its bounds
    assert len(list(given.iter(f"{SVG}path"))) == 1


def test_the_picture_asks_for_nothing_from_elsewhere() -> None:
    text = to_svg({"seen": SURE}, risk=0.01, title="t")

    assert re.findall(r"https?://\S+?(?=\")", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"href|@import|url\((?!#)", text)


def test_words_of_the_caller_are_escaped() -> None:
    text = to_svg({"<b>": SURE}, risk=0.01, title="a < b & c")

    assert "&lt;b&gt;" in text
    assert "a &lt; b &amp; c" in text


@pytest.mark.parametrize("points", [(), (point(0.2, 1.0, 0.4),), (point(0.9, 1.0, 0.0),)], ids=["none", "nothing answered", "one point"])
def test_little_to_draw_is_drawn_too(points: tuple[Point, ...]) -> None:
    assert drawn(points).tag == f"{SVG}svg"
    assert "nan" not in to_svg({"seen": points}, risk=0.01, title="t")


@pytest.mark.parametrize(
    ("curves", "risk", "top"),
    [
        ([SURE], 0.01, 0.05),  # half as much again as the highest of 2 %
        ([SURE], 0.1, 0.2),
        ([SURE, (point(0.8, 1.0, 0.18),)], 0.01, 0.3),
        ([(point(0.8, 1.0, 0.9),)], 0.01, 1.0),
        ([()], 0.0, 0.02),
    ],
)
def test_the_scale_leaves_room_above_every_point_in_force(curves: list[tuple[Point, ...]], risk: float, top: float) -> None:
    assert ceiling(curves, risk) == top


def test_shares_have_the_digits_they_need() -> None:
    assert [percent(value) for value in (0.02, 0.025, 1.0, 0.0, 0.12345)] == ["2 %", "2.5 %", "100 %", "0 %", "12.3 %"]


def test_in_characters_the_point_in_force_and_the_stated_risk_stand_in_their_rows() -> None:
    lines = to_text(SURE, risk=0.01)

    cells = [line[10:] for line in lines if "|" in line]
    assert [row.index("O") for row in cells if "O" in row] == [30]  # half of sixty columns
    assert cells[11 - round(0.02 / 0.05 * 11)][30] == "O"
    assert lines[1 + 11 - round(0.01 / 0.05 * 11)].startswith("     1 % |")
    assert "".join(cells).count("*") > 0
    assert to_text((), risk=0.01) == []
