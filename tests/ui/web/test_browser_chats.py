"""Conversations in a real browser: kept, restored, edited, linked to, saved, and what is said of their answers."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.ui.web.conftest import BOX, Server, ask, serve_in_thread
from tests.ui.web.fake import TEA, FakeAssistant
from ui.feedback import FeedbackLog
from ui.opening import Opening

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("outside")]


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """A server of the test's own, which it may stop and change."""
    yield from serve_in_thread(FakeAssistant(), feedback=tmp_path / "feedback.jsonl")


def open_page(page: Page, server: Server) -> Page:
    page.goto(server.url)
    expect(page.locator(".welcome .ask").first).to_be_visible()
    return page


def test_a_reload_brings_the_chat_back_and_it_goes_on(chat: Page) -> None:
    ask(chat, "which tea in the evening")
    ask(chat, "and in the morning")

    chat.reload()

    expect(chat.locator(".typed")).to_have_text(["which tea in the evening", "and in the morning"])
    expect(chat.locator(".answer").nth(1)).to_contain_text("Read in the light of “which tea in the evening”")
    expect(chat.locator(".changed")).to_have_count(0)
    ask(chat, "and in the morning")
    expect(chat.locator(".answer .body").last).to_contain_text("Read in the light of “and in the morning”")


def test_a_server_that_was_stopped_is_announced_and_a_new_one_knows_the_chat(page: Page, own_server: Server) -> None:
    open_page(page, own_server)
    ask(page, "which tea in the evening")

    own_server.stop()
    expect(page.locator("#banner.bad")).to_contain_text("The server does not answer")
    page.fill(BOX, "and in the morning")
    page.press(BOX, "Enter")
    expect(page.locator(BOX)).to_have_value("and in the morning")
    own_server.start()

    expect(page.locator("#banner.bad")).to_have_count(0)
    expect(page.locator(".typed")).to_have_text(["which tea in the evening"])
    page.press(BOX, "Enter")
    expect(page.locator(".answer .body").nth(1)).to_contain_text("Read in the light of “which tea in the evening”")


def test_a_question_to_a_server_that_was_started_anew_finds_the_talk_before_it(page: Page, own_server: Server) -> None:
    open_page(page, own_server)
    ask(page, "hi")
    ask(page, "which tea in the evening")
    own_server.stop()
    own_server.start()

    page.fill(BOX, "and in the morning")
    page.press(BOX, "Enter")

    expect(page.locator(".typed")).to_have_text(["hi", "which tea in the evening", "and in the morning"])
    expect(page.locator(".answer .body").nth(2)).to_contain_text("Read in the light of “which tea in the evening”")


def test_a_question_can_be_edited_and_what_came_after_it_goes(chat: Page) -> None:
    for question in ("hi", "which tea in the evening", "and in the morning"):
        ask(chat, question)

    chat.locator("button.edit").nth(1).click()
    expect(chat.locator("#editing")).to_contain_text("Asking question 2 again; the one after it will go.")
    expect(chat.locator(BOX)).to_have_value("which tea in the evening")
    chat.fill(BOX, "green vs black")
    chat.press(BOX, "Enter")

    expect(chat.locator(".typed")).to_have_text(["hi", "green vs black"])
    expect(chat.locator(".answer")).to_have_count(2)
    expect(chat.locator(".answer table").first).to_be_visible()
    expect(chat.locator("#editing")).to_have_count(0)


def test_esc_ends_editing_and_changes_nothing(chat: Page) -> None:
    ask(chat, "hi")
    chat.locator("button.edit").click()
    chat.keyboard.press("Escape")

    expect(chat.locator("#editing")).to_have_count(0)
    expect(chat.locator(BOX)).to_have_value("")
    expect(chat.locator(".typed")).to_have_text(["hi"])


def test_how_a_follow_up_was_read_can_be_changed(chat: Page) -> None:
    ask(chat, "which tea in the evening")
    ask(chat, "and in the morning").locator("button.reread").click()

    expect(chat.locator(BOX)).to_have_value("which tea in the morning")
    expect(chat.locator("#editing")).to_contain_text("Asking question 2 again.")


def test_chats_are_listed_renamed_deleted_and_opened_again(chat: Page) -> None:
    ask(chat, "which tea in the evening")
    chat.locator("#new").click()
    expect(chat.locator(".answer")).to_have_count(0)
    ask(chat, "hi")

    chat.locator("button.chats").click()
    expect(chat.locator("#chats .name")).to_have_text(["hi", "which tea in the evening"])
    chat.locator("#chats .rename").nth(1).click()
    chat.locator("#chats input").fill("Evening <b>tea</b>")
    chat.keyboard.press("Enter")
    expect(chat.locator("#chats .name")).to_have_text(["hi", "Evening <b>tea</b>"])
    chat.locator("#chats .delete").first.click()
    expect(chat.locator("#chats .name")).to_have_text(["Evening <b>tea</b>"])
    chat.locator("#chats .undo button").click()
    expect(chat.locator("#chats .name")).to_have_count(2)
    chat.locator("#chats .open", has_text="Evening").click()

    expect(chat.locator(".typed")).to_have_text(["which tea in the evening"])
    expect(chat.locator("#chats")).to_be_hidden()
    ask(chat, "and in the morning")
    expect(chat.locator(".answer .body").last).to_contain_text("Read in the light of “which tea in the evening”")


def test_the_empty_page_offers_to_go_on_with_the_last_chat(chat: Page) -> None:
    ask(chat, "which tea in the evening")
    chat.locator("#new").click()
    chat.locator(".continue button").click()

    expect(chat.locator(".typed")).to_have_text(["which tea in the evening"])


@pytest.mark.parametrize(("form", "ending"), [("Markdown", ".md"), ("JSON", ".json")])
def test_a_chat_is_saved_as_a_file(chat: Page, form: str, ending: str) -> None:
    ask(chat, "which tea in the evening")
    chat.locator("button.export").click()
    with chat.expect_download() as coming:
        chat.locator("#save button", has_text=form).click()
    saved = Path(coming.value.path()).read_text("utf-8")

    assert coming.value.suggested_filename == "which-tea-in-the-evening" + ending
    if ending == ".json":
        assert json.loads(saved)["answers"][0]["citations"][0]["quote"] == "Keemun"
    else:
        assert "[1] tea.md:10 Tea for every hour › 1. Which tea when — Evening × Black: `Keemun`" in saved
    assert "ab" * 32 in saved


def test_a_link_to_a_follow_up_brings_the_talk_it_rests_on(chat: Page, page_server: Server) -> None:
    chat.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(chat, "hi")
    ask(chat, "which tea in the evening")
    ask(chat, "and in the morning").locator(".act.link").click()
    expect(chat.locator(".answer").nth(2).locator(".act.link")).to_have_text("Link copied")
    link = chat.evaluate("() => navigator.clipboard.readText()")
    assert re.fullmatch(re.escape(page_server.url) + r"\?q=which\+tea\+in\+the\+evening&q=and\+in\+the\+morning&a=[0-9a-f]{16}", link)

    other = chat.context.new_page()
    other.goto(link)
    expect(other.locator(".typed")).to_have_text(["which tea in the evening", "and in the morning"])
    expect(other.locator(".answer .body").nth(1)).to_contain_text("Read in the light of “which tea in the evening”")
    expect(other.locator(".changed")).to_have_count(0)
    assert other.url == page_server.url


def test_a_link_whose_answer_has_changed_says_so(page: Page, page_server: Server) -> None:
    page.goto(page_server.url + "?q=which+tea+in+the+evening&a=0123456789abcdef")

    expect(page.locator(".changed")).to_contain_text("The files have changed since this was first asked.")


def test_a_link_to_a_place_opens_it(chat: Page, page_server: Server) -> None:
    chat.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(chat, "which tea in the evening").locator("a.cite").first.click()
    chat.get_by_role("button", name="Copy link").click()
    expect(chat.locator("#source .pane-bar")).to_contain_text("Copied")
    other = chat.context.new_page()
    other.goto(chat.evaluate("() => navigator.clipboard.readText()"))

    expect(other.locator("#source td.cell")).to_have_text("Keemun")


def test_an_opinion_is_kept_on_this_machine(page: Page, own_server: Server) -> None:
    open_page(page, own_server)
    answer = ask(page, "which tea in the evening")
    answer.locator(".act.down").click()
    answer.locator(".opinion .choice", has_text="Wrong source").click()
    page.keyboard.type("see <the> table")
    page.keyboard.press("Enter")
    expect(answer.locator(".opinion")).to_contain_text("Kept on this machine")

    ask(page, "hi")
    answer.locator(".act.up").click()
    expect(answer.locator(".act.up")).to_have_class(re.compile(r"\bon\b"))

    assert own_server.feedback is not None
    assert [(r.kind, r.question, r.note) for r in FeedbackLog(own_server.feedback).read()] == [
        ("wrong_source", "which tea in the evening", "see <the> table"), ("up", "which tea in the evening", ""),
    ]  # fmt: skip


def test_refusals_are_kept_unasked_only_after_that_was_allowed(page: Page, own_server: Server) -> None:
    assert own_server.feedback is not None
    log = FeedbackLog(own_server.feedback)
    open_page(page, own_server)
    ask(page, "how much is keemun")
    second = ask(page, "nothing of that kind")
    assert log.read() == ()

    second.locator(".act.gap").click()
    expect(second.locator(".act.gap")).to_have_text("Reported")
    second.locator(".opinion button", has_text="Keep every refused question").click()
    expect(second.locator(".opinion")).to_contain_text("every refused question is kept on this machine")
    third = ask(page, "nothing either")
    expect(third.locator(".act.gap")).to_have_text("Reported")

    second.locator(".opinion button", has_text="Keep only what I report").click()  # taken back where it was pressed
    expect(second.locator(".opinion")).to_contain_text("only what you report is kept")
    expect(ask(page, "nor this").locator(".act.gap")).to_have_text("Report a gap")

    assert [(r.kind, r.question) for r in log.read()] == [("gap", "nothing of that kind"), ("gap", "nothing either")]


def test_files_that_have_changed_are_announced_and_read_again(page: Page, own_server: Server) -> None:
    open_page(page, own_server)
    ask(page, "which tea in the evening")
    own_server.assistant.files["tea.md"] = TEA.replace("Keemun", "Yunnan")
    own_server.assistant.stale = True

    expect(page.locator("#banner")).to_contain_text("The files have changed. The next question reads them again.")
    page.locator("#banner button", has_text="Read them now").click()
    expect(page.locator("#banner")).to_contain_text("The answers above are from before.")
    page.locator("#banner button", has_text="Ask them again").click()
    expect(page.locator("#banner")).to_be_hidden()
    page.locator(".answer .body a.cite").first.click()
    expect(page.locator("#source .note.warn")).to_contain_text("the quoted words are not in it any more")


def test_a_question_asked_while_the_folder_is_opened_waits_and_is_kept(page: Page) -> None:
    go_on = threading.Event()

    def slow(progress: Any) -> FakeAssistant:
        progress("Encoding", 3, 10)
        go_on.wait(60)
        return FakeAssistant()

    opening = Opening(slow, new_conversation=list)
    opening.start()
    server = Server(None, opening=opening)
    server.start()
    page.goto(server.url)
    expect(page.locator(".opening .stage")).to_have_text("Encoding (3 of 10) …")
    page.fill(BOX, "which tea in the evening")
    page.press(BOX, "Enter")
    expect(page.locator(".pending .stage")).to_have_text("Encoding (3 of 10) …")

    go_on.set()

    expect(page.locator(".answer .body")).to_contain_text("Keemun")
    expect(page.locator("#title")).to_contain_text("Tea for every hour")
    page.reload()
    expect(page.locator(".answer .body")).to_contain_text("Keemun")
    server.stop()


def test_light_and_dark_can_be_chosen_and_the_choice_is_kept(chat: Page) -> None:
    chat.locator("button.scheme").click()
    assert chat.evaluate("() => [document.documentElement, document.body].every((n) => n.classList.contains('dark'))")
    chat.reload()
    expect(chat.locator(".welcome .ask").first).to_be_visible()
    assert chat.evaluate("() => [document.documentElement, document.body].every((n) => n.classList.contains('dark'))")
    chat.locator("button.scheme").click()
    assert not chat.evaluate("() => [document.documentElement, document.body].some((n) => n.classList.contains('dark'))")


def test_at_twice_the_size_nothing_is_lost_to_the_side(chat: Page) -> None:
    chat.set_viewport_size({"width": 640, "height": 400})  # 1280 by 800 at 200 %
    ask(chat, "green vs black")
    ask(chat, "which tea in the evening").locator("a.cite").first.click()
    expect(chat.locator("#source td.cell")).to_be_visible()

    assert chat.evaluate("() => document.documentElement.scrollWidth") <= 640
    chat.keyboard.press("Escape")
    expect(chat.locator(BOX)).to_be_in_viewport()


def test_a_table_of_ten_thousand_rows_does_not_slow_the_page(page: Page) -> None:
    rows = "".join(f"| row {n} | value {n} |\n" for n in range(10_000))
    files = {"tea.md": TEA, "big.md": f"# Big\n\n| name | what |\n|---|---|\n{rows}"}
    for server in serve_in_thread(FakeAssistant(files=files)):
        page.goto(server.url + "#src=1&document=big.md&first=7500&last=7500&quote=value+7495&row=row+7495&column=what")
        expect(page.locator("#source td.cell")).to_have_text("value 7495")
        began = time.perf_counter()
        ask(page, "hi")
        assert time.perf_counter() - began < 5
        assert page.locator("#source tr").count() < 1000
