"""What a need says there is none of serves it in no row that is about just that."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import Answer, Assistant

Ask = Callable[..., Answer]

CHOICE = """# Stoves

| Use Case | Solution | Why? |
|---|---|---|
| Cooking with gas on the road | Burner | Gas is light to carry on the road. |
| Cooking with wood at home | Range | Wood warms the house as well. |
| Cooking at home with power | Hob | Power is clean. |
"""


@pytest.fixture
def stoves(open_kb: Callable[..., Assistant], tmp_path: Path) -> Ask:
    folder = tmp_path / "stoves"
    folder.mkdir()
    (folder / "stoves.md").write_text(CHOICE, encoding="utf-8")
    return open_kb(folder).ask


@pytest.mark.parametrize(
    ("question", "thing"),
    [
        ("we cook at home, no wood at all, which do I need", "Hob"),
        ("which do I need for cooking at home without power", "Range"),
        ("which do I need for cooking at home with wood", "Range"),
    ],
)
def test_what_there_is_none_of_is_not_recommended(stoves: Ask, question: str, thing: str) -> None:
    answer = stoves(question)

    assert answer.status == "answered"
    assert answer.text.startswith(thing)


def test_what_is_spoken_of_in_another_way_as_well_is_not_absent(stoves: Ask) -> None:
    answer = stoves("no wood left, so we need more wood for cooking at home, which do I need for wood")

    assert answer.text.startswith("Range")
