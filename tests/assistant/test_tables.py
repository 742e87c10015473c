"""Which cell a question means when its words fit more than one, and answers made of two."""

from __future__ import annotations

from collections.abc import Callable

from assistant import Assistant

KILNS = """# Kilns

## Firing

| Kiln | Peak heat | Glaze | Needs a flue |
|---|---|---|---|
| Anagama | 1300 degrees | Ash | Required |
| Raku | 900 degrees | Crackle | Optional |
| Tunnel | 1200 degrees | Celadon | Required |
"""


def test_two_cells_are_told_where_two_attributes_are_asked_for(sheet: Callable[[str], Assistant]) -> None:
    text = sheet(KILNS).ask("glaze and peak heat of the Raku kiln").text

    assert "900 degrees" in text
    assert "Crackle" in text
    assert "Ash" not in text


def test_a_row_under_blank_headers_is_told_whole(sheet: Callable[[str], Assistant]) -> None:
    kb = sheet(
        "# Crews\n\nEach crew has a room and a phone number.\n\n| | | |\n|---|---|---|\n"
        "| Heron crew | #heron | 555-0101 |\n| Plover crew | #plover | 555-0102 |\n"
    )

    text = kb.ask("phone number of the plover crew").text

    assert "555-0102" in text
    assert "555-0101" not in text
