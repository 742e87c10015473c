"""Several cells at once: where the rows and columns that a question names cross."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import Answer, Assistant

Ask = Callable[..., Answer]

OPTIONS = """\
# Pump

## Settings

| Setting | Type | Default | Meaning |
|---|---|---|---|
| flow_rate | number | 40 | Litres a minute |
| type | text | "sand" | What is pumped |
| max | number | 90 | Upper end |
| sum | yes or no | no | Adds up all runs |

## Kinds

| Aspect | Diaphragm pump | Screw pump |
|---|---|---|
| Noise over time | Grows | Stays |
| Price | Low | High |
"""


@pytest.fixture
def ask(tmp_path: Path, open_kb: Callable[..., Assistant]) -> Ask:
    (tmp_path / "pump").mkdir()
    (tmp_path / "pump" / "pump.md").write_text(OPTIONS, encoding="utf-8")
    return open_kb(tmp_path / "pump").ask


def told(answer: Answer) -> list[tuple[str, str]]:
    return [(c.cell.row, c.cell.column) for c in answer.citations if c.cell is not None]


@pytest.mark.parametrize(
    ("question", "crossing"),
    [
        ("flow_rate type + default", [("flow_rate", "Type"), ("flow_rate", "Default")]),
        ("what are the default and the meaning of flow_rate", [("flow_rate", "Default"), ("flow_rate", "Meaning")]),
        ("default of sum, max and flow_rate", [("flow_rate", "Default"), ("max", "Default"), ("sum", "Default")]),
        (
            "diaphragm pump vs screw pump: how is their noise over time",
            [("Noise over time", "Diaphragm pump"), ("Noise over time", "Screw pump")],
        ),
    ],
)
def test_every_cell_in_which_what_is_named_crosses_is_told(ask: Ask, question: str, crossing: list[tuple[str, str]]) -> None:
    assert told(ask(question)) == crossing


@pytest.mark.parametrize(
    ("question", "crossing"),
    [
        ("default of flow_rate", [("flow_rate", "Default")]),  # one cell
        ("default of type", [("type", "Default")]),  # the word is a row here, and no column
    ],
)
def test_one_row_and_one_column_are_one_cell(ask: Ask, question: str, crossing: list[tuple[str, str]]) -> None:
    assert told(ask(question)) == crossing


def test_what_no_label_names_is_not_passed_over(ask: Ask) -> None:
    assert told(ask("colour and default of flow_rate")) != [("flow_rate", "Type"), ("flow_rate", "Default")]
