"""The whole program at a terminal, with the real index and the real model, over the knowledge base that is shipped."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

pytest.importorskip("pty", reason="this system has no terminals to open")

from assistant import Assistant, Conversation
from tests.ui.terminal.program import Program
from ui.schema import schema_text

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def assistant() -> Iterator[Assistant]:
    opened = Assistant.open()  # what is built here is what the program finds
    yield opened
    opened.close()


@pytest.fixture
def program(assistant: Assistant, tmp_path: Path) -> Iterator[Program]:
    started = Program([sys.executable, "-m", "ui"], columns=100, environ={"XDG_STATE_HOME": str(tmp_path)})
    started.at_prompt()
    yield started
    started.close()


def enter(program: Program, line: str) -> list[str]:
    """The lines that a line shows."""
    return program.enter(line).rsplit(f"\n> {line}\n", 1)[1].splitlines()


def test_a_choice_is_made_by_number_or_left_for_a_new_question(program: Program) -> None:
    second = next(line for line in enter(program, "which do I need") if line.startswith(" 2 "))[3:]
    chosen = enter(program, "2")
    assert chosen[0] == f"Asking: {second}"
    assert chosen[chosen.index("Sources") + 1].startswith(" [1")

    enter(program, "which do I need")
    anew = enter(program, "what is Splunk used for?")
    assert not anew[0].startswith("Read as")
    assert "Splunk" in anew[0]


def test_a_follow_up_says_how_it_was_read_and_its_source_opens_at_the_cell(program: Program) -> None:
    enter(program, "tools of MLOps")
    assert enter(program, "and for AIOps?")[0].startswith("Read as ")
    assert any(line.startswith("> ") and "Splunk" in line for line in enter(program, "/open 1"))


def test_names_of_the_files_are_completed(program: Program) -> None:
    program.enter("tools of MLOps")
    program.type("who uses kubern\t")
    program.until("> who uses Kubernetes")


def test_every_real_answer_fits_the_schema_that_is_shipped(assistant: Assistant) -> None:
    schema: dict[str, Any] = json.loads(schema_text())
    talk = Conversation()
    statuses = set()
    for question in (
        "which do I need",
        "which do I need for model drift",
        "MLOps vs AIOps",
        "tools of MLOps",
        "and for AIOps?",
        "how many MLOps tools are there?",
        "is Splunk an MLOps tool?",
        "who won the world cup?",
        "how much does Datadog cost?",
        "kuberntes",
        "hello",
        "",
        "x" * 5000,
    ):
        answer = assistant.ask(question, talk)
        jsonschema.validate(json.loads(json.dumps(answer.as_json())), schema)
        statuses.add(answer.status)
    assert statuses >= {"answered", "clarify", "declined", "smalltalk", "invalid"}
