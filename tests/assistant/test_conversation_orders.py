"""Steps asked for with no order named: of the one told last, or told beside what was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import Answer, Assistant
from tests.assistant.conftest import said

Talk = Callable[..., list[Answer]]
Open = Callable[..., Assistant]

BREAD = """# Bread

| Aspect | Rye | Wheat |
|---|---|---|
| Plan | Mix → Rest → Bake | Mix → Knead → Bake |

## Rye at work

- **Example:** A village bakery makes **Borodinsky** for the market.
  - **Route:** Scald malt → Add sour → Mould loaf → Steam.

## Wheat at work

- **Example:** A hotel bakes **Baguette** at dawn.
  - **Route:** Chill flour → Fold dough → Bake.
"""


@pytest.fixture
def shop_talk(shop: Assistant) -> Talk:
    """Say some lines in one conversation about a print shop; the answers, each proved."""
    return lambda *lines: said(shop, lines)


@pytest.fixture
def bread(open_kb: Open, tmp_path: Path) -> Talk:
    """The same about bread, of which each kind has a plan in a table and a route beside an example."""
    folder = tmp_path / "bread"
    folder.mkdir()
    (folder / "bread.md").write_text(BREAD, encoding="utf-8")
    kb = open_kb(folder)
    return lambda *lines: said(kb, lines)


@pytest.mark.parametrize("follow", ["give me a real case", "an example?", "in practice?"])
def test_a_case_is_an_example(bread: Talk, follow: str) -> None:
    assert "Borodinsky" in bread("plan of rye", follow)[1].text


def test_the_steps_are_those_told_beside_the_example(bread: Talk) -> None:
    _, first, second, third = bread("an example of rye", "the first step?", "and then?", "and then?")

    assert "Scald malt" in first.text
    assert second.text.startswith("Add sour")
    assert third.text.startswith("Mould loaf")


def test_step_by_step_is_told_of_the_same_order(bread: Talk) -> None:
    *_, whole, third = bread("an example of rye", "walk me through it step by step", "what follows the second step?")

    assert "Scald malt → Add sour → Mould loaf → Steam" in whole.text
    assert "Mould loaf" in third.text


def test_the_ends_are_those_of_the_order_spoken_of(bread: Talk) -> None:
    _, no, end = bread("does the rye route end with steam?", "does it start with mixing?", "where does it end?")

    assert no.text.startswith("No") or "Scald malt" in no.text
    assert "Steam" in end.text


def test_another_things_order_is_the_one_that_is_called_so(bread: Talk) -> None:
    route = bread("what is the last step of the rye route", "and the wheat one, how does it begin?")[1]
    plan = bread("what is the last step of the rye plan", "and the wheat one, how does it begin?")[1]

    assert "Chill flour" in route.text
    assert "Mix" in plan.text


def test_a_flow_in_a_table_is_gone_on_with(shop_talk: Talk) -> None:
    _, no, third, other = shop_talk(
        "workflow of the screenprint", "does it start with expose?", "what's the third step", "and the letterpress one?"
    )

    assert no.text.startswith("No")
    assert "Rinse" in third.text
    assert "Ink" in other.text


def test_labelled_steps_are_gone_through_by_their_labels(shop_talk: Talk) -> None:
    _, second, last, goal = shop_talk(
        "which technique should a beginner start with", "what comes next?", "and the last?", "what is its main goal"
    )

    assert "Screenprint" in second.text
    assert "Letterpress" in last.text
    assert "Crisp text" in goal.text


def test_after_the_last_step_there_is_none(shop_talk: Talk) -> None:
    answer = shop_talk("how do I book a press", "what's the last step", "and then?")[2]

    assert "Choose a press" not in answer.text
    assert not answer.text.startswith("Last step")


def test_the_last_one_is_the_last_step_of_the_order_gone_through(bread: Talk) -> None:
    assert "Steam" in bread("an example of rye", "the first step?", "and what's the last one?")[2].text


def test_steps_are_counted_of_the_order_spoken_of(bread: Talk) -> None:
    assert bread("an example of rye", "how many steps is that?")[1].text.startswith("4")


def test_a_word_for_an_end_is_no_step_though_one_is_called_so(open_kb: Open, tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    folder.mkdir()
    (folder / "ledger.md").write_text(
        "# Ledger\n\n| Aspect | Cash | Credit |\n|---|---|---|\n| Route | Begin → Count → Seal | Ask → Check → Pay |\n", encoding="utf-8"
    )
    _, start = said(open_kb(folder), ("route of credit", "where does it begin?"))

    assert "Ask" in start.text


def test_a_step_that_speaks_of_a_thing_is_gone_on_with_as_that_thing(shop_talk: Talk) -> None:
    *_, tools = shop_talk("which technique should a beginner start with", "and the second?", "its papers?")

    assert "Canson" in tools.text
