"""The examples kept with the kinds of question: filled from any folder, asked, answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import pytest

from assistant import Assistant
from assistant.certificate import verify_answer
from assistant.language import language
from corpus.models import Fact, Table

SLOTS = {"entity", "entity2", "name", "attribute", "condition"}
MOST = 6  # fillings of one example
EXAMPLES = [(kind.id, example) for kind in language().kinds for example in kind.examples]


def tables(kb: Assistant) -> list[Table]:
    return [t for t in kb._state.view.store.tables() if len(t.columns) > 2]


def fillings(kb: Assistant) -> Iterator[dict[str, str]]:
    """What the folder itself offers for the slots: every thing with its attributes, names and needs, whole tables in turn."""
    view = kb._state.view
    needs = [row for t in tables(kb) if t.decision for row in t.rows]
    for number, table in enumerate(t for t in tables(kb) if not t.decision and len(view.things_of(t)) > 1):
        things = list(view.things_of(table))
        attributes = [*table.rows] if table.entities == "columns" else [*table.columns[1:]]
        for i, thing in enumerate(things):
            other = things[(i + 1) % len(things)]
            for j, attribute in enumerate(attributes):
                names = [n for c in cells_of(kb, table, thing, attribute) for n in c.names if n in c.value and len(c.names) > 1]
                own = [n for n in names if len(view.entries(n.lower())) == 1] or names
                need = needs[(number + i + j) % len(needs)]
                yield {"entity": thing, "entity2": other, "attribute": attribute, "condition": need} | ({"name": own[0]} if own else {})


def cells_of(kb: Assistant, table: Table, thing: str, attribute: str) -> list[Fact]:
    cells = kb._state.view.store.table_cells(table.id)
    return [c for c in cells if {c.label("row"), c.label("column")} == {thing, attribute}]


def asked(kb: Assistant, example: str) -> list[str]:
    wanted = set(re.findall(r"\{(\w+)\}", example))
    questions = dict.fromkeys(example.format_map(f) for f in fillings(kb) if wanted <= f.keys())
    step = max(1, len(questions) // MOST)
    return list(islice(questions, 0, None, step))[: MOST + 1]


def unanswered(kb: Assistant, example: str) -> list[str]:
    questions = asked(kb, example)
    assert questions, f"the folder offers nothing for {example!r}"
    found = []
    for question in questions:
        answer = kb.ask(question)
        if answer.status != "answered" or not verify_answer(answer.as_json(), kb.kb).holds:
            found.append(f"{question}: {answer.status} {answer.text[:60]}")
    return found


def test_examples_name_only_slots_that_any_folder_fills() -> None:
    assert EXAMPLES
    assert {slot for _, example in EXAMPLES for slot in re.findall(r"\{(\w+)\}", example)} <= SLOTS


@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_every_example_is_of_its_kind(kind: str, example: str) -> None:
    values = {"entity": "Tourer", "entity2": "Racer", "name": "Magura", "attribute": "Brakes", "condition": "racing on asphalt"}
    told = language().kind_of(example.format_map(values))

    if (kind, told) != ("attribute", "definition"):  # *what is the X of Y* has the form of both, and is tied to a cell in both
        assert told == kind


@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_every_example_answers_on_a_small_folder(bike: Assistant, kind: str, example: str) -> None:
    assert unanswered(bike, example) == []


@pytest.mark.model
@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_every_example_answers_on_the_shipped_folder(shipped: Assistant, kind: str, example: str) -> None:
    assert unanswered(shipped, example) == []
