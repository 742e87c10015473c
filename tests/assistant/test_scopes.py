"""Parts of a folder that a question points at: a section or table by a word for it, all names of a sort, rows of a decision table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import Answer, Assistant, scopes
from assistant.frame import understand

Ask = Callable[..., Answer]
Open = Callable[..., Assistant]


def test_what_a_table_holds_of_a_thing_is_its_row(inquire: Ask) -> None:
    answer = inquire("What does the tools by task table hold on screenprint?")

    assert answer.status == "answered"
    assert {(c.cell.row, c.cell.column) for c in answer.citations if c.cell} == {
        ("Cutting", "Screenprint"),
        ("Drying", "Screenprint"),
        ("Lifting", "Screenprint"),
    }


def test_a_section_is_found_by_the_word_beside_section(inquire: Ask) -> None:
    answer = inquire("What is in the drawbacks section?")

    assert "Setting a page by hand takes a day" in answer.text
    assert {c.section[-1] for c in answer.citations} == {"Drawbacks"}


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("How many items does the drawbacks list have?", "3"),
        ("How many rows does the opening hours table have?", "3"),
        ("how many drawbacks are there", "3"),
    ],
)
def test_the_items_of_a_part_are_counted(inquire: Ask, question: str, number: str) -> None:
    assert inquire(question).text.startswith(f"{number}: ")


def test_names_of_a_sort_are_counted_once_over_a_whole_table(inquire: Ask) -> None:
    answer = inquire("How many inks are there in total?")

    # Caligo, Gamblin, Zecchi; Speedball; Kagaku: Caligo stands three times
    assert answer.text.startswith("5: ")
    assert [atom.text for atom in answer.certificate if atom.op == "count"] == ["5"]


@pytest.mark.parametrize(
    ("question", "needs"),
    [
        ("Which use cases do not need screenprint?", {"Wedding invitations", "Cheap fanzines"}),
        ("Which use cases have a combined solution?", {"Posters with tiny captions"}),
        ("Which use cases do not need a combined solution?", {"Wedding invitations", "Printing on shirts", "Cheap fanzines"}),
    ],
)
def test_needs_are_told_by_what_serves_them(inquire: Ask, question: str, needs: set[str]) -> None:
    answer = inquire(question)

    assert {c.quote for c in answer.citations if c.cell and c.cell.column == "Use Case"} == needs


def test_needs_that_call_for_a_thing_are_counted(inquire: Ask) -> None:
    assert inquire("In how many use cases is letterpress needed?").text.startswith("2: ")


def test_a_decision_table_is_told_whole(inquire: Ask) -> None:
    answer = inquire("Show the whole what to choose table")

    assert {"Letterpress", "Screenprint", "Risograph", "Letterpress + Screenprint"} <= {c.quote for c in answer.citations}


def test_a_part_that_is_not_there_is_not_made_up(inquire: Ask) -> None:
    assert inquire("How many rows does the suppliers table have?").status == "declined"


def test_a_heading_that_every_file_has_is_no_part_one_points_at(tmp_path: Path, open_kb: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    kb = tmp_path / "kb"
    kb.mkdir()
    for name in ("lamps", "chairs", "desks"):
        (kb / f"{name}.md").write_text(f"# All {name}\n\n## Upkeep\n\n- Dust the {name}.\n- Move the {name}.\n", encoding="utf-8")
    state = open_kb(kb)._state
    frame = understand("what does the upkeep section list", state.namer, state.namer.common)
    evidence = state.gatherer.gather(frame)
    scope = scopes.scope_of(frame, evidence, state.view)
    assert scope is not None
    assert len(scope.sections) == 3

    monkeypatch.setattr(scopes, "_POINTED_AT", 2)

    assert scopes.scope_of(frame, evidence, state.view) is None
