"""Which cell a question means when its words fit more than one, and answers made of two."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import Assistant

Open = Callable[..., Assistant]


@pytest.fixture
def over(open_kb: Open, tmp_path: Path) -> Callable[[str], Assistant]:
    """An assistant over one page with this text."""

    def write(text: str) -> Assistant:
        kb = tmp_path / "kb"
        kb.mkdir()
        (kb / "page.md").write_text(text, encoding="utf-8")
        return open_kb(kb)

    return write


KILNS = """# Kilns

## Firing

| Kiln | Peak heat | Glaze | Needs a flue |
|---|---|---|---|
| Anagama | 1300 degrees | Ash | Required |
| Raku | 900 degrees | Crackle | Optional |
| Tunnel | 1200 degrees | Celadon | Required |
"""


def test_two_cells_are_told_where_two_attributes_are_asked_for(over: Callable[[str], Assistant]) -> None:
    text = over(KILNS).ask("glaze and peak heat of the Raku kiln").text

    assert "900 degrees" in text
    assert "Crackle" in text
    assert "Ash" not in text


def test_optional_is_a_no_where_it_is_asked_which_ones_need_it(over: Callable[[str], Assistant]) -> None:
    text = over(KILNS).ask("which kiln needs a flue").text

    assert "Anagama" in text
    assert "Tunnel" in text
    assert "Raku" not in text


def test_a_word_of_the_column_that_is_asked_for_names_no_row(over: Callable[[str], Assistant]) -> None:
    kb = over(
        "# Checks\n\n| Check | Target column | Reference |\n|---|---|---|\n"
        "| Text check | Optional | Optional |\n| Target drift | Optional | Required |\n| Sorting | Required | Optional |\n"
    )

    text = kb.ask("which check needs a target column").text

    assert "Sorting" in text
    assert "Target drift" not in text


def test_a_row_under_blank_headers_is_told_whole(over: Callable[[str], Assistant]) -> None:
    kb = over(
        "# Crews\n\nEach crew has a room of its own.\n\n| | | |\n|---|---|---|\n"
        "| Heron crew | #heron | 555-0101 |\n| Plover crew | #plover | 555-0102 |\n"
    )

    text = kb.ask("phone number of the plover crew").text

    assert "555-0102" in text
    assert "555-0101" not in text
