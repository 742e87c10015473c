from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from corpus.errors import KbError
from tests.ui.web.fake import FakeAssistant
from ui.opening import Opening
from ui.talks import MAX_CONVERSATIONS, Conversations
from ui.web.api import make_router
from ui.web.app import build_app

LOCAL = "http://127.0.0.1"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(build_app(Opening.ready(FakeAssistant(), new_conversation=list)), base_url=LOCAL) as found:
        yield found


def only_api(opening: Opening) -> TestClient:
    """The routes alone, for states in which the page is not needed."""
    app = FastAPI()
    app.include_router(make_router(opening))
    return TestClient(app, base_url=LOCAL)


def test_ask_returns_the_answer_as_the_assistant_gives_it(client: TestClient) -> None:
    reply = client.post("/api/ask", json={"question": "which tea in the evening", "id": "q7"})

    assert reply.status_code == 200
    assert reply.json() == FakeAssistant().ask("which tea in the evening", id="q7").as_json()


def test_turns_of_one_conversation_know_each_other_and_no_others(client: TestClient) -> None:
    def say(question: str, name: str | None) -> str:
        return str(client.post("/api/ask", json={"question": question, "conversation": name}).json()["text"])

    say("which tea in the evening", "a")
    assert say("and in the morning", "a") == "Sencha. Read in the light of “which tea in the evening”."
    assert say("and in the morning", "b") == "Sencha. Nothing was asked before."
    assert say("and in the morning", None) == "Sencha. Nothing was asked before."


def test_conversations_are_bounded() -> None:
    talks = Conversations(list)
    first = talks.get("first")
    for n in range(MAX_CONVERSATIONS):
        talks.get(str(n))

    assert talks.get("first") is not first
    assert talks.get(str(MAX_CONVERSATIONS - 1)) is talks.get(str(MAX_CONVERSATIONS - 1))


def test_source_returns_the_lines_and_the_cell(client: TestClient) -> None:
    reply = client.get(
        "/api/source", params={"document": "tea.md", "first": 10, "last": 10, "quote": "Keemun", "row": "Evening", "column": "Black"}
    )

    assert reply.status_code == 200
    assert reply.json()["table"]["rows"][1]["cells"] == ["Evening", "Bancha", "Keemun"]
    assert reply.json()["section"] == ["Tea for every hour", "1. Which tea when"]


@pytest.mark.parametrize(
    "document",
    [
        "/etc/passwd", "../../../etc/passwd", "..%2f..%2fetc%2fpasswd", "....//....//etc/passwd", "tea.md/../../etc/passwd", "./tea.md",
        "tea.md\x00", "file:///etc/passwd", "\\\\host\\share", "C:\\boot.ini", "TEA.MD", "tea.md ", "kb.toml", "%00", "~/.ssh/id_rsa",
        "/proc/self/environ", ".", "*",
    ],
)  # fmt: skip
def test_only_an_indexed_documents_exact_name_opens_anything(client: TestClient, document: str) -> None:
    reply = client.get("/api/source", params={"document": document})

    assert reply.status_code == 404
    assert reply.json() == {"error": "No indexed document has that name."}


@pytest.mark.parametrize(
    "params",
    [{}, {"document": ""}, {"document": "tea.md", "first": "x"}, {"document": "tea.md", "first": -1},
     {"document": "tea.md", "path": "/etc/passwd"}, {"document": "x" * 5000}],
)  # fmt: skip
def test_a_source_that_makes_no_sense_is_refused_in_words(client: TestClient, params: dict[str, Any]) -> None:
    reply = client.get("/api/source", params=params)

    assert reply.status_code == 422
    assert set(reply.json()) == {"error"}


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"question": 1}', b'{"question": "hi", "extra": 1}', b"\xff\xfe", b"1" * 1000]
)
def test_a_malformed_body_is_refused_in_words(client: TestClient, body: bytes) -> None:
    reply = client.post("/api/ask", content=body, headers={"Content-Type": "application/json"})

    assert reply.status_code == 422
    assert set(reply.json()) == {"error"}


def test_a_question_that_utf8_has_no_bytes_for_comes_back_as_it_was(client: TestClient) -> None:
    reply = client.post("/api/ask", content=b'{"question": "\\ud800"}', headers={"Content-Type": "application/json"})

    assert reply.status_code == 200
    assert reply.json()["question"] == "\ud800"


def test_a_form_of_another_site_cannot_ask(client: TestClient) -> None:
    reply = client.post("/api/ask", content='{"question": "hi"}', headers={"Content-Type": "text/plain"})

    assert reply.status_code == 422


def test_a_question_may_be_asked_of_a_part_and_an_unknown_part_is_told() -> None:
    assistant = FakeAssistant(parts=("leaves", "pots"))
    client = only_api(Opening.ready(assistant, new_conversation=list))
    asked = {"question": "which tea in the evening", "scope": ["pots"]}

    assert client.post("/api/ask", json=asked).status_code == 200
    assert client.post("/api/ask", json={**asked, "conversation": "a"}).status_code == 200
    reply = client.post("/api/ask", json={**asked, "scope": ["leafs"]})
    assert (reply.status_code, reply.json()["error"]) == (
        422,
        "Nothing in this knowledge base is called 'leafs'; did you mean 'leaves'? It holds leaves, pots.",
    )
    assert client.post("/api/ask", json={**asked, "scope": ["pots"] * 101}).status_code == 422
    assert assistant.scopes == [("pots",), ("pots",)]
    assert client.get("/api/health").json()["folders"] == ["leaves", "pots"]


def test_health_names_what_is_served(client: TestClient) -> None:
    told = client.get("/api/health").json()
    assert len(told.pop("instance")) == len(told.pop("kb")) == 12
    assert told == {
        "state": "ready", "stage": "Starting", "done": 0, "total": 0, "title": "Tea for every hour", "generation": "gen-1", "error": "",
        "stale": False, "trouble": "", "folders": [],
    }  # fmt: skip
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").status_code == 200


def test_health_says_when_files_have_changed_and_when_they_cannot_be_read() -> None:
    assistant = FakeAssistant(stale=True)
    client = only_api(Opening.ready(assistant, new_conversation=list))
    assert (client.get("/api/health").json()["stale"], client.get("/api/health").json()["trouble"]) == (True, "")

    def gone() -> bool:
        raise KbError("tea is not a folder any more.")

    assistant.changed = gone  # type: ignore[method-assign]
    told = only_api(Opening.ready(assistant, new_conversation=list)).get("/api/health").json()
    assert (told["stale"], told["trouble"]) == (True, "tea is not a folder any more.")


def test_a_document_is_sent_set_out(client: TestClient) -> None:
    told = client.get("/api/document", params={"document": "tea.md"}).json()

    assert (told["whole"], told["edit"], told["total_lines"]) == (True, "", 19)
    assert told["nodes"][0] == {"t": "h1", "c": ["Tea for every hour"], "l": [1, 1]}
    assert client.get("/api/document", params={"document": "../tea.md"}).status_code == 404


def test_the_openapi_description_is_served_and_names_the_answer(client: TestClient) -> None:
    found = client.get("/api/openapi.json").json()

    assert {"/api/ask", "/api/source", "/api/document", "/api/health"} <= set(found["paths"])
    assert "Answer" in found["components"]["schemas"]


def test_while_it_is_opening_it_says_so_and_when_to_come_back() -> None:
    go_on = threading.Event()
    said = threading.Event()

    def slow(progress: Any) -> FakeAssistant:
        progress("Encoding chunks", 5, 10)
        said.set()
        go_on.wait(10)
        return FakeAssistant()

    opening = Opening(slow, new_conversation=list)
    client = only_api(opening)
    opening.start()
    said.wait(5)
    reply = client.post("/api/ask", json={"question": "hi"})
    health = client.get("/api/health").json()
    go_on.set()
    opening.wait(5)

    assert (reply.status_code, reply.headers["retry-after"]) == (503, "2")
    assert reply.json() == {"error": "The knowledge base is still being opened: Encoding chunks (5 of 10). Ask again in a moment."}
    assert (health["state"], health["done"], health["total"]) == ("opening", 5, 10)
    assert client.post("/api/ask", json={"question": "hi"}).status_code == 200


def test_a_folder_that_cannot_be_opened_is_named() -> None:
    def fail(_progress: Any) -> FakeAssistant:
        raise KbError("x holds no Markdown. Name another folder with --kb FOLDER.")

    opening = Opening(fail)
    opening._run()
    client = only_api(opening)

    assert client.get("/api/source", params={"document": "a"}).json() == {
        "error": "x holds no Markdown. Name another folder with --kb FOLDER."
    }
    assert client.get("/readyz").status_code == 503


def test_an_error_nobody_foresaw_keeps_its_details_to_itself(client: TestClient) -> None:
    reply = client.post("/api/ask", json={"question": "boom"})

    assert reply.status_code == 500
    assert "secret" not in reply.text
    assert "Traceback" not in reply.text
    assert "error " in reply.json()["error"]


def test_an_error_with_advice_is_passed_on(client: TestClient) -> None:
    reply = client.post("/api/ask", json={"question": "mend me"})

    assert (reply.status_code, reply.json()) == (500, {"error": "The index in x is damaged. Run `whichops index --rebuild`."})
