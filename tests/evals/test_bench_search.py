"""Keys that make a heading one section however it is written, and the number that ranks what was said."""

from __future__ import annotations

import pytest

from evals.bench.search import section_key, support_of
from tests.evals.fakes import RED_IS_WARM, answer, decline


@pytest.mark.parametrize("heading", ["Climbing it", "**Climbing** it", "climbing  `it`?", "Climbing-it"])
def test_a_heading_is_the_same_however_it_is_marked_up(heading: str) -> None:
    assert section_key("a.md", heading) == "a.md#climbing it"


def test_headings_of_different_pages_are_different_sections() -> None:
    assert section_key("a.md", "Use") != section_key("b.md", "Use")
    assert section_key("a.md", None) == "a.md#"


def test_support_is_on_the_side_of_what_was_said_in_the_end() -> None:
    said = answer("Red is warm.", RED_IS_WARM)

    assert support_of(said.status, {"support": 0.8}) == 0.8
    assert support_of(said.status, {"support": 0.2}) == 0.5  # the last of several questions was declined
    assert support_of(said.status, {}) == 0.5
    assert support_of(decline().status, {"support": 0.3}) == 0.3
    assert support_of(decline().status, {"support": 0.8}) < 0.5
    assert support_of(decline().status, {}) == 0.0
