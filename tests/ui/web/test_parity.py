"""One answer everywhere: page, terminal, batch, API and tools give the same `answer_id` for every question of the suite."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant import Assistant, Conversation
from evals.loader import load_suite
from evals.models import Case
from ui.batch import run_batch
from ui.mcp import Tools
from ui.opening import Opening
from ui.web.api import make_router
from ui.web.page import Replies, Session

pytestmark = [pytest.mark.model, pytest.mark.slow]


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    opened = Assistant.open(index=tmp_path_factory.mktemp("index"))
    yield opened
    opened.close()


SHARE = 1 if os.environ.get("WHOLE_SUITE") else 8  # every eighth case, unless all are wanted: that takes minutes
CASES = load_suite().cases


def on_the_page(opening: Opening, cases: tuple[Case, ...]) -> list[list[str]]:
    async def run() -> list[list[str]]:
        replies, told = Replies(opening), []
        for case in cases:
            session: Session | None = None
            for turn in case.turns:
                _messages, _box, session = await replies.begin(turn.question, session)
                await replies.answer(session)
            shown = [str(m["content"]) for m in session.messages()[1::2]] if session else []
            told.append([re.findall(r'id="turn-\d+-([0-9a-f]+)"', html)[0] for html in shown])
        return told

    return asyncio.run(run())


def by_the_tools(opening: Opening, cases: tuple[Case, ...]) -> list[list[str]]:
    async def run() -> list[list[str]]:
        tools = Tools(opening)
        return [[(await tools.ask(turn.question, conversation=case.id)).answer_id for turn in case.turns] for case in cases]

    return asyncio.run(run())


def test_every_front_end_gives_every_question_of_the_suite_the_same_answer(assistant: Assistant) -> None:
    # The page does not send an empty line.
    cases = tuple(
        c for c in CASES if all(t.question.strip() for t in c.turns) and int(hashlib.sha256(c.id.encode()).hexdigest(), 16) % SHARE == 0
    )
    assert len(cases) > 1500 / SHARE
    opening = Opening.ready(assistant)

    terminal = []
    for case in cases:
        talk = Conversation()
        terminal.append([assistant.explain(turn.question, talk)[0].answer_id for turn in case.turns])

    lines = [
        json.dumps({"id": f"{n}", "question": turn.question, "conversation": case.id}).encode()
        for n, (case, turn) in enumerate((case, turn) for case in cases for turn in case.turns)
    ]
    printed: list[str] = []
    run_batch(lines, assistant, printed.append, new_conversation=Conversation)
    flat = iter(json.loads(line)["answer_id"] for line in printed)
    batch = [[next(flat) for _ in case.turns] for case in cases]

    app = FastAPI()
    app.include_router(make_router(opening))
    client = TestClient(app, base_url="http://127.0.0.1")

    def posted(case: Case, question: str) -> Any:
        return client.post("/api/ask", json={"question": question, "conversation": case.id}).json()["answer_id"]

    api = [[posted(case, turn.question) for turn in case.turns] for case in cases]

    assert batch == terminal
    assert api == terminal
    assert on_the_page(opening, cases) == terminal
    assert by_the_tools(opening, cases) == terminal
