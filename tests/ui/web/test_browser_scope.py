"""What is asked, chosen on the page where several folders are one knowledge base."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ui.web.conftest import Server, ask, serve_in_thread
from tests.ui.web.fake import FakeAssistant
from tests.ui.web.test_browser import AXE, CONTRAST, VIOLATIONS

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("outside")]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    yield from serve_in_thread(FakeAssistant(parts=("leaves", "pots", "water")), feedback=tmp_path / "feedback.jsonl")


@pytest.fixture
def several(page: Page, server: Server) -> Page:
    """The page over three folders, once the choice is there."""
    page.goto(server.url)
    expect(page.locator("#scope .what")).to_have_text("all 3 folders")
    return page


def choose(page: Page, *names: str) -> None:
    """Ask these folders only."""
    page.locator("#scope .act").click()
    for box in page.locator("#scopes input").all():
        box.set_checked(box.get_attribute("value") in names)
    page.locator("#scopes .go").click()


def test_one_folder_alone_needs_no_choice(chat: Page) -> None:
    ask(chat, "which tea in the evening")
    expect(chat.locator("#scope")).to_have_count(0)


def test_what_is_chosen_is_asked_and_stands_beside_the_question(several: Page, server: Server) -> None:
    choose(several, "water")
    expect(several.locator(".welcome .ask")).to_have_text(["what is water"])
    choose(several, "pots")
    expect(several.locator("#scope .what")).to_have_text("pots")
    expect(several.locator(".welcome .ask")).to_have_text(["what is pots"])
    ask(several, "which tea in the evening")
    choose(several, "pots", "water")
    ask(several, "hi")
    several.locator("#scope .act").click()
    several.get_by_role("button", name="All folders").click()
    several.keyboard.press("Escape")
    ask(several, "hi")

    expect(several.locator("#chat .within")).to_have_text(["in pots", "in pots, water"])
    assert server.assistant.scopes == [("pots",), ("pots", "water"), ()]


def test_a_reload_brings_back_what_each_question_was_asked_in_and_goes_on_so(several: Page, server: Server) -> None:
    choose(several, "leaves")
    ask(several, "which tea in the evening")
    several.reload()

    expect(several.locator(".answer")).to_have_count(1)
    expect(several.locator("#chat .within")).to_have_text("in leaves")
    expect(several.locator("#scope .what")).to_have_text("leaves")
    ask(several, "and in the morning")
    assert server.assistant.scopes == [("leaves",)] * 3


def test_a_refusal_within_a_folder_offers_to_ask_everything(several: Page, server: Server) -> None:
    choose(several, "leaves")
    answer = ask(several, "who won the cup")
    expect(answer.locator(".only")).to_contain_text("Asked in leaves only.")
    expect(several.locator("#title p")).to_have_text("1 file · 1 table · 14 facts")
    answer.get_by_role("button", name="Ask everything").click()

    expect(several.locator(".answer")).to_have_count(2)
    expect(several.locator("#scope .what")).to_have_text("all 3 folders")
    expect(several.locator(".answer .only")).to_have_count(1)
    expect(several.locator("#title p")).to_have_text("2 files · 1 table · 14 facts")
    assert server.assistant.scopes == [("leaves",), ()]


def test_a_new_chat_keeps_the_choice(several: Page, server: Server) -> None:
    choose(several, "leaves")
    ask(several, "hi")
    several.locator("#new").click()
    expect(several.locator(".welcome")).to_be_visible()
    ask(several, "hi")

    assert server.assistant.scopes == [("leaves",)] * 2


def test_a_link_to_an_answer_has_what_it_was_asked_in(several: Page, server: Server) -> None:
    several.goto(f"{server.url}?q=hi&in=pots&in=leaves")

    expect(several.locator(".answer")).to_have_count(1)
    expect(several.locator("#chat .within")).to_have_text("in pots, leaves")
    expect(several.locator("#scope .what")).to_have_text("pots, leaves")


def test_the_choice_is_made_by_keyboard_alone(several: Page, server: Server) -> None:
    several.locator("#scope .act").focus()
    several.keyboard.press("Enter")
    expect(several.locator("#scopes input").first).to_be_focused()
    several.keyboard.press("Space")
    several.keyboard.press("Escape")
    expect(several.locator("#box textarea")).to_be_focused()
    several.keyboard.type("hi")
    several.keyboard.press("Enter")

    expect(several.locator("#chat .within")).to_have_text("in pots, water")
    assert server.assistant.scopes == [("pots", "water")]


def test_a_folder_that_is_gone_is_told_and_can_be_left(several: Page, server: Server) -> None:
    several.goto(f"{server.url}?q=hi&in=leafs")

    expect(several.locator(".answer.is-error")).to_contain_text("did you mean 'leaves'?")
    several.locator("#scope .act").click()
    several.get_by_role("button", name="All folders").click()
    several.get_by_role("button", name="Done").click()
    ask(several, "hi")
    assert server.assistant.scopes == [()]


def test_nothing_at_all_cannot_be_chosen(several: Page) -> None:
    several.locator("#scope .act").click()
    for box in several.locator("#scopes input").all():
        box.click()

    expect(several.locator("#scopes input:checked")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_choice_is_for_everybody_on_any_screen(browser: Browser, server: Server, scheme: Any) -> None:
    """No violation of WCAG 2.2 AA, text that stands out, nothing wider than a narrow screen."""
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce", viewport={"width": 320, "height": 700}, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{server.url}?q=who+won+the+cup&in=leaves&in=pots")
    expect(page.locator(".only")).to_be_visible()
    page.add_script_tag(content=AXE)
    assert page.evaluate(VIOLATIONS) == page.evaluate(CONTRAST) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 320
    page.locator("#scope .act").click()
    page.mouse.move(0, 0)
    assert page.evaluate(VIOLATIONS) == page.evaluate(CONTRAST) == []
    dialog = page.locator("#scopes").bounding_box()
    assert dialog is not None
    assert dialog["x"] > 0
    assert dialog["x"] + dialog["width"] < 320
    context.close()
