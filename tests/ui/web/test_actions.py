from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.ui.web.fake import FakeAssistant
from ui.feedback import FeedbackLog
from ui.opening import Opening
from ui.web.actions import make_actions
from ui.web.replay import MAX_TURNS

TALK = [{"question": "which tea in the evening"}, {"question": "and in the morning"}]


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "state" / "feedback.jsonl"


@pytest.fixture
def client(kept: Path) -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(make_actions(Opening.ready(FakeAssistant(), new_conversation=list), kept))
    with TestClient(app, base_url="http://127.0.0.1") as found:
        yield found


def test_a_turn_is_explained_in_the_light_of_those_before(client: TestClient) -> None:
    told = client.post("/api/explain", json={"turns": TALK}).json()

    talk: list[str] = ["which tea in the evening"]
    assert told["answer_id"] == FakeAssistant().ask("and in the morning", talk).answer_id
    assert told["rests"] == [{"place": "tea.md:10 1. Which tea when › Evening × Black", "characters": [1, 7], "text": "Keemun"}]


def test_a_chat_is_saved_as_markdown_with_citations_and_the_hash_of_the_files(client: TestClient) -> None:
    reply = client.post("/api/export", json={"turns": TALK, "title": "Tea *time*"})

    assert reply.headers["content-type"] == "text/markdown; charset=utf-8"
    assert reply.text.splitlines()[:7] == [
        "# Tea \\*time\\*",
        "",
        f"Asked of *Tea for every hour*, knowledge base `{'ab' * 32}` (gen-1).",
        "",
        "## 1. which tea in the evening",
        "",
        "In the evening: **Keemun** [1], or **Bancha** [2] at 75 degrees [3].",
    ]
    assert "[1] tea.md:10 Tea for every hour › 1. Which tea when — Evening × Black: `Keemun`" in reply.text
    assert "## 2. and in the morning\n\n*Read as: which tea in the morning*\n\nSencha [1]. Read in the light of" in reply.text


def test_a_turn_is_asked_again_in_what_it_was_asked_in(kept: Path) -> None:
    assistant = FakeAssistant(parts=("leaves", "pots"))
    app = FastAPI()
    app.include_router(make_actions(Opening.ready(assistant, new_conversation=list), kept))
    turns = [{"question": "hi", "scope": ["leaves"]}, {"question": "hi", "scope": ["pots"]}]
    with TestClient(app, base_url="http://127.0.0.1") as client:
        for route in ("/api/explain", "/api/export"):
            assert client.post(route, json={"turns": turns}).status_code == 200

    assert assistant.scopes == [("leaves",), ("pots",)] * 2


def test_a_saved_answer_that_has_changed_since_says_so(client: TestClient) -> None:
    reply = client.post("/api/export", json={"turns": [{"question": "hi", "answer_id": "0123456789abcdef"}]})

    assert "(it was `0123456789abcdef` when it was first asked: the files have changed)" in reply.text


def test_a_chat_is_saved_as_json_with_the_answers_of_the_api(client: TestClient) -> None:
    told = json.loads(client.post("/api/export", json={"turns": TALK, "form": "json", "title": "Tea"}).text)
    talk: list[str] = []
    expected = [FakeAssistant().ask(t["question"], talk, id=str(n)).as_json() for n, t in enumerate(TALK, 1)]

    assert told == {
        "title": "Tea",
        "knowledge_base": {"title": "Tea for every hour", "sha256": "ab" * 32, "generation": "gen-1"},
        "answers": expected,
    }


def test_an_opinion_is_kept_with_what_the_answer_was_and_for_the_owner_alone(client: TestClient, kept: Path) -> None:
    asked = {"turns": [{"question": "how much is keemun"}], "kind": "gap", "note": "a  price\nlist"}
    assert client.post("/api/feedback", json=asked).json() == {"kept": True}

    (record,) = FeedbackLog(kept).read()
    assert (record.kind, record.status, record.decline, record.note) == ("gap", "declined", "unknown_attribute", "a price list")
    assert (record.question, record.generation) == ("how much is keemun", "gen-1")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"turns": []},
        {"turns": [{"question": "x"}] * (MAX_TURNS + 1)},
        {"turns": [{"question": "x" * 8001}]},
        {"turns": [{"question": 7}]},
        {"turns": TALK, "kind": "spam"},
        {"turns": TALK, "kind": "down", "note": "x" * 301},
        {"turns": TALK, "kind": "down", "path": "/etc/passwd"},
    ],
    ids=["empty", "no turns", "too many", "too long", "no text", "unknown kind", "long note", "unknown field"],
)
def test_anything_else_is_refused_and_nothing_kept(client: TestClient, kept: Path, body: Any) -> None:
    assert client.post("/api/feedback", json=body).status_code == 422
    assert not kept.exists()


def test_without_a_file_opinions_are_refused_in_words() -> None:
    app = FastAPI()
    app.include_router(make_actions(Opening.ready(FakeAssistant(), new_conversation=list), None))
    reply = TestClient(app).post("/api/feedback", json={"turns": TALK, "kind": "up"})

    assert (reply.status_code, reply.json()["error"]) == (503, "This server keeps no feedback.")


@pytest.mark.parametrize("path", ["/api/explain", "/api/export", "/api/feedback"])
def test_an_error_inside_is_told_without_its_inside(client: TestClient, path: str) -> None:
    reply = client.post(path, json={"turns": [{"question": "boom"}], **({"kind": "up"} if path.endswith("feedback") else {})})

    assert reply.status_code == 500
    assert "secret" not in reply.text


def test_changed_files_are_read_again_when_asked(kept: Path) -> None:
    assistant = FakeAssistant(stale=True)
    app = FastAPI()
    app.include_router(make_actions(Opening.ready(assistant, new_conversation=list), kept))
    client = TestClient(app)

    assert [client.post("/api/refresh").json() for _ in range(2)] == [{"changed": True}, {"changed": False}]
