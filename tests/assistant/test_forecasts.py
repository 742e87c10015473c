"""Whatever is cited from a section about the future is introduced as a forecast, alone or beside what holds today."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import Answer, Assistant
from assistant.certificate import verify_answer

Open = Callable[..., Assistant]

ORCHARD = """\
# Orchard

## Trees

| **Aspect** | **Apple** | **Pear** | **Quince** |
|---|---|---|---|
| **Harvest** | September | August | October |
| **Rootstock** | M9, M26 | Quince A | Seedling |

## Future Trends

- **Apple:** Columnar growth will spread.
- **Pear:** Fireblight will move north.

## Pruning

- **Apple:** Every winter.
- **Pear:** After the harvest.
- **Quince:** Hardly ever.

## Outlook

1. Robots will pick.
2. Drones will spray.

## Where it goes

| **Aspect** | **Apple** | **Pear** |
|---|---|---|
| **Harvest** | Cider | Perry |

### Roadmap

| **Tree** | **Irrigation** |
|---|---|
| **Apple** | Drip lines |
| **Pear** | Sensors |
"""


@pytest.fixture
def orchard(tmp_path: Path, open_kb: Open) -> Assistant:
    kb = tmp_path / "orchard"
    kb.mkdir()
    (kb / "orchard.md").write_text(ORCHARD, encoding="utf-8")
    return open_kb(kb)


def asked(kb: Assistant, question: str) -> Answer:
    answer = kb.ask(question)
    assert answer.status == "answered"
    assert verify_answer(answer.as_json(), kb.kb).problems == ()
    return answer


def test_an_answer_from_the_future_alone_opens_as_a_forecast(orchard: Assistant) -> None:
    answer = asked(orchard, "where will fireblight move")

    assert answer.text == "As a forecast: Pear: Fireblight will move north."
    assert answer.markdown.startswith("As a forecast: **Pear:**")


def test_a_list_from_the_future_is_introduced_once_and_stays_a_list(orchard: Assistant) -> None:
    answer = asked(orchard, "outlook")

    assert answer.text.startswith("As a forecast: ")
    assert answer.markdown.split("\n\n")[0] in ("As a forecast: Outlook:", "As a forecast:")
    assert [line for line in answer.markdown.split("\n") if line.startswith(("1. ", "2. "))] == [
        "1. Robots will pick [1].",
        "2. Drones will spray [2].",
    ]
    assert answer.markdown.lower().count("as a forecast") == 1


def test_in_a_card_only_the_line_from_the_future_is_a_forecast(orchard: Assistant) -> None:
    answer = asked(orchard, "apple")

    lines = [line for line in answer.markdown.split("\n") if line.startswith("- ")]
    assert [line for line in lines if "forecast" in line] == [line for line in lines if "Columnar growth" in line or "Drip lines" in line]
    assert any("as a forecast: Columnar growth will spread" in line for line in lines)
    assert "as a forecast: Columnar growth will spread" in answer.text
    assert not answer.text.startswith("As a forecast")


def test_in_everything_on_a_thing_each_line_from_the_future_is_a_forecast(orchard: Assistant) -> None:
    answer = asked(orchard, "everything about the pear")

    told = [line for line in answer.markdown.split("\n") if line.startswith("- ")]
    assert {line for line in told if "forecast" in line} == {line for line in told if "Fireblight" in line or "Sensors" in line}
    assert len(told) > 4


def test_in_a_comparison_the_cells_from_the_future_are_forecasts(orchard: Assistant) -> None:
    answer = asked(orchard, "apple vs pear")

    rows = [line for line in answer.markdown.split("\n") if line.startswith("| ")]
    ahead = [row for row in rows if "forecast" in row]
    assert ahead
    assert all(row.count("As a forecast:") == 2 for row in ahead)  # one in each cell
    assert {cell for row in ahead for cell in ("Columnar", "Fireblight", "Drip lines", "Sensors") if cell in row} >= {
        "Columnar",
        "Fireblight",
    }
    assert not any("forecast" in row for row in rows if "September" in row or "winter" in row)


def test_each_of_several_questions_is_introduced_for_itself(orchard: Assistant) -> None:
    answer = asked(orchard, "where will fireblight move? what is the rootstock of the quince?")

    first, second = answer.markdown.split("**2.**")
    assert first.startswith("**1.** As a forecast: ")
    assert "forecast" not in second


def test_what_holds_today_is_no_forecast(orchard: Assistant) -> None:
    for question in ("harvest of the apple", "pruning of the quince", "rootstock", "apple vs quince harvest"):
        assert "forecast" not in asked(orchard, question).markdown.lower()


@pytest.mark.model
def test_in_the_shipped_folder_the_trends_are_forecasts_and_the_tools_are_not(shipped: Assistant) -> None:
    everything = asked(shipped, "everything about AIOps")

    assert [line for line in everything.markdown.split("\n") if "forecast" in line.lower()] == [
        line for line in everything.markdown.split("\n") if line.startswith(("- **Convergence", "- **AI-Native", "- **Unified"))
    ]
    assert asked(shipped, "future trends").text.startswith("As a forecast: ")
    assert "forecast" not in asked(shipped, "monitoring tools of AIOps").markdown.lower()
