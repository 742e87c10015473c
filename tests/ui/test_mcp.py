"""The tools, called by the protocol's own client: in process over a fake, and over a pipe to the real command."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from assistant.ranking import Hit, Ranking
from corpus.errors import KbError
from tests.ui.web.fake import TEA, FakeAssistant
from ui.mcp import make_server
from ui.opening import Opening


class Searching(FakeAssistant):
    def rank(self, question: str, conversation: Any = None, *, k: int = 10, scope: Sequence[str] = ()) -> Ranking:
        hit = Hit(document="tea.md", section=("Tea for every hour",), lines=(3, 3), quote="Tea is a drink made from leaves.", score=0.5)
        return Ranking(question=question, kept=(), hits=(hit,) * k)


def talk(steps: Callable[[Client], Awaitable[Any]], opening: Opening | None = None) -> Any:
    async def run() -> Any:
        async with Client(make_server(opening or Opening.ready(Searching(), new_conversation=list))) as client:
            return await steps(client)

    return asyncio.run(run())


def call(name: str, opening: Opening | None = None, **arguments: Any) -> Any:
    return talk(lambda client: client.call_tool(name, arguments), opening)


def test_the_tools_say_what_they_do_and_that_they_only_read() -> None:
    tools = talk(lambda client: client.list_tools()).tools

    assert [t.name for t in tools] == ["ask", "search", "source", "documents"]
    assert all(t.description and t.annotations.read_only_hint for t in tools)
    assert tools[0].input_schema["required"] == ["question"]
    assert "answer_id" in tools[0].output_schema["properties"]


def test_ask_gives_the_answer_of_every_front_end() -> None:
    told = call("ask", question="which tea in the evening").structured_content

    assert told == FakeAssistant().ask("which tea in the evening").as_json()


def test_turns_that_share_a_conversation_know_each_other() -> None:
    async def steps(client: Client) -> list[str]:
        said = []
        for question, name in (("which tea in the evening", "a"), ("and in the morning", "a"), ("and in the morning", "b")):
            said.append((await client.call_tool("ask", {"question": question, "conversation": name})).structured_content["text"])
        return said

    assert talk(steps)[1:] == ["Sencha. Read in the light of “which tea in the evening”.", "Sencha. Nothing was asked before."]


def test_a_question_may_be_asked_of_a_part_and_an_unknown_part_is_told() -> None:
    assistant = Searching(parts=("leaves", "pots"))
    opening = Opening.ready(assistant, new_conversation=list)

    assert not call("ask", opening, question="hi", scope=["pots"]).is_error
    assert assistant.scopes == [("pots",)]
    told = call("ask", opening, question="hi", scope=["leafs"])
    assert told.is_error
    assert "did you mean 'leaves'?" in told.content[0].text
    assert call("documents", opening).structured_content["folders"] == ["leaves", "pots"]


def test_search_gives_as_many_sections_as_wanted() -> None:
    assert len(call("search", question="tea", limit=3).structured_content["hits"]) == 3
    assert call("search", question="tea", limit=1000).is_error


def test_source_gives_the_lines_with_their_headings() -> None:
    told = call("source", document="tea.md", first_line=9, last_line=10, quote="Keemun").structured_content

    assert told == {
        "document": "tea.md",
        "section": ["Tea for every hour", "1. Which tea when"],
        "first_line": 9,
        "total_lines": 19,
        "text": TEA.splitlines()[8:10],
        "found": "here",
        "lines": [9, 10],
    }


def test_words_that_have_moved_are_followed() -> None:
    told = call("source", document="tea.md", first_line=2, last_line=2, quote="| **Evening** | Bancha | Keemun |").structured_content

    assert (told["found"], told["first_line"], told["text"]) == ("moved", 10, ["| **Evening** | Bancha | Keemun |"])


@pytest.mark.parametrize("document", ["/etc/passwd", "../tea.md", "tea.md\x00"])
def test_only_indexed_documents_are_read(document: str) -> None:
    told = call("source", document=document)

    assert told.is_error
    assert "No indexed document" in told.content[0].text
    assert "root:" not in told.content[0].text


def test_documents_names_the_folder_and_what_can_be_asked() -> None:
    told = call("documents").structured_content

    assert (told["title"], told["documents"], told["knowledge_base"]) == ("Tea for every hour", ["tea.md", "long.md", "pots.md"], "ab" * 32)
    assert told["examples"][0] == "which tea in the evening"


def test_a_folder_that_cannot_be_opened_is_an_error_that_says_why() -> None:
    def fail(_progress: Any) -> FakeAssistant:
        raise KbError("x is not a folder.")

    opening = Opening(fail)
    opening.start()
    told = call("ask", opening, question="hi")

    assert told.is_error
    assert "x is not a folder." in told.content[0].text


@pytest.mark.model
def test_the_command_serves_a_client_over_a_pipe_with_the_answers_of_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "tea.md").write_text(TEA, "utf-8")
    command = ["-m", "ui", "mcp", "--kb", str(tmp_path / "kb"), "--index", str(tmp_path / "index")]
    server = StdioServerParameters(command=sys.executable, args=command, env=dict(os.environ), cwd=str(Path(__file__).parents[2]))

    async def run() -> tuple[Any, Any, Any]:
        async with Client(server) as client:
            asked = await client.call_tool("ask", {"question": "which green tea in the evening?"})
            found = await client.call_tool("search", {"question": "hard water", "limit": 2})
            read = await client.call_tool("source", {"document": "tea.md", "first_line": 10, "last_line": 10})
        return asked.structured_content, found.structured_content, read.structured_content

    asked, found, read = asyncio.run(run())

    from assistant import Assistant

    assistant = Assistant.open(tmp_path / "kb", index=tmp_path / "index")
    assert asked["answer_id"] == assistant.ask("which green tea in the evening?").answer_id
    assert [tuple(hit["section"]) for hit in found["hits"]] == [h.section for h in assistant.rank("hard water", k=2).hits]
    assert read["text"] == ["| **Evening** | Bancha | Keemun |"]
    assistant.close()
