"""The page over the real assistant and the shipped folder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.ui.web.conftest import Server, serve_in_thread

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.usefixtures("outside")]


@pytest.fixture(scope="module")
def real_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    from assistant import Assistant, Conversation

    index: Path = tmp_path_factory.mktemp("index")
    assistant = Assistant.open(index=index)
    yield from serve_in_thread(assistant, new_conversation=Conversation)
    assistant.close()


def test_the_first_question_of_the_readme_ends_at_the_very_cell(page: Page, real_server: Server) -> None:
    page.goto(real_server.url)
    expect(page.locator(".welcome .ask")).to_have_count(4)
    page.fill("#box textarea", "which do I need for model drift")
    page.press("#box textarea", "Enter")
    expect(page.locator(".answer.is-answered .body")).to_contain_text("MLOps")

    page.locator(".answer .body a.cite[href*='first=17&']").first.click()

    expect(page.locator("#source td.cell")).to_have_text("Model drift & reproducibility")
    expect(page.locator("#source .label")).to_have_text(["MLOps", "Key Challenge"])
    expect(page.locator("#source td.cell")).to_be_in_viewport()
    page.get_by_role("button", name="Lines").click()
    expect(page.locator("#source .line.hl .number")).to_have_text("17")
    expect(page.locator("#source .line.hl mark")).to_have_text("Model drift & reproducibility")
    expect(page.locator("#source .line.hl")).to_be_in_viewport()


def test_every_example_of_the_empty_page_answers(page: Page, real_server: Server) -> None:
    page.goto(real_server.url)
    for number in range(4):
        page.locator(".welcome .ask").nth(number).click()
        expect(page.locator(".answer.is-answered")).to_have_count(1)
        page.locator("#new").click()
        expect(page.locator(".welcome .ask")).to_have_count(4)


def test_every_citation_of_a_comparison_opens_where_it_says(page: Page, real_server: Server) -> None:
    reply = page.request.post(real_server.url + "api/ask", data={"question": "MLOps vs AIOps"}).json()

    assert len(reply["citations"]) > 10
    for citation in reply["citations"]:
        first, last = citation["lines"]
        asked = {"document": citation["document"], "first": first, "last": last, "quote": citation["quote"]}
        asked |= {"row": citation["cell"]["row"], "column": citation["cell"]["column"]} if citation["cell"] else {}
        found = page.request.get(real_server.url + "api/source", params=asked).json()
        assert (found["found"], found["lines"]) == ("here", [first, last])
        assert found["section"] == citation["section"]
        assert citation["quote"] in "\n".join(found["text"])
        if citation["cell"]:
            table = found["table"]
            assert table["columns"][table["column"]] == citation["cell"]["column"]
            assert table["rows"][table["row"]]["line"] == first
