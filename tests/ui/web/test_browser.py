"""The page driven in a real browser, over a fake assistant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ui.web.conftest import BOX, Server, ask, serve_in_thread
from tests.ui.web.fake import TEA, FakeAssistant
from tests.ui.web.payloads import PAYLOADS

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("outside")]


def test_the_empty_page_says_what_is_there_and_its_examples_ask(chat: Page) -> None:
    expect(chat.locator("#title")).to_contain_text("2 files · 1 table · 14 facts")
    expect(chat.locator(BOX)).to_be_focused()
    expect(chat.locator("#source")).to_have_count(0)

    chat.locator(".welcome .ask").first.click()

    expect(chat.locator(".answer .body")).to_contain_text("In the evening: Keemun")
    expect(chat.locator(BOX)).to_have_value("")


def test_a_double_click_on_a_suggestion_asks_once(chat: Page) -> None:
    ask(chat, "which tea in the evening").locator("button.ask").first.dblclick()

    expect(chat.locator(".answer")).to_have_count(2)
    ask(chat, "hi")  # whatever was asked twice would be there by now
    assert chat.locator(".typed").all_text_contents() == ["which tea in the evening", "green vs black", "hi"]


def test_a_chip_opens_its_source_with_cell_row_and_column_lit_and_esc_goes_back(chat: Page) -> None:
    answer = ask(chat, "which tea in the evening")
    chip = answer.locator(".body a.cite").first

    chip.focus()
    chat.keyboard.press("Enter")

    expect(chat.locator("#source .paper td.cell")).to_have_text("Keemun")
    expect(chat.locator("#source .paper td.cell")).to_be_in_viewport()
    expect(chat.locator("#source .label")).to_have_text(["Black", "Evening"])
    expect(chat.locator("#source .path")).to_have_text("Tea for every hour › 1. Which tea when › line 10")
    expect(chat.locator("#source h2").first).to_be_focused()

    chat.keyboard.press("Escape")

    expect(chat.locator("#source")).to_be_hidden()
    expect(chip).to_be_focused()


def test_a_cell_with_a_footnote_is_lit_in_its_table_and_the_mark_is_set_above_the_line(chat: Page) -> None:
    ask(chat, "cups for six").locator(".body a.cite").click()

    expect(chat.locator("#source .paper td.cell")).to_have_text("5 3, 7 m2")
    assert chat.locator("#source .paper td.cell sup").all_text_contents() == ["3", "2"]
    expect(chat.locator("#source .label")).to_have_text(["Large pot", "Six"])
    expect(chat.locator("#source table")).to_have_count(1)


def test_the_source_of_an_earlier_answer_says_so_when_the_next_has_come(chat: Page) -> None:
    first = ask(chat, "which tea in the evening")
    first.locator(".body a.cite").first.click()
    expect(chat.locator("#source .earlier")).to_be_hidden()

    ask(chat, "is keemun green")

    expect(chat.locator("#source .earlier")).to_contain_text("A source of an earlier answer.")
    expect(chat.locator("#source .count")).to_have_text("1 of 3")

    chat.locator("#source .earlier button").click()

    expect(chat.locator("#source .earlier")).to_be_hidden()
    expect(chat.locator("#source .count")).to_have_text("")
    first.locator(".body a.cite").first.click()
    expect(chat.locator("#source .earlier")).to_be_visible()

    chat.get_by_role("button", name="New chat").click()
    expect(chat.locator("#source")).to_be_hidden()


def test_on_a_phone_comparisons_are_read_without_moving_sideways(chat: Page) -> None:
    chat.set_viewport_size({"width": 390, "height": 844})
    two = ask(chat, "green vs black, same or not")

    green, black = (two.locator("tbody tr").first.locator("td").nth(n).bounding_box() for n in (1, 2))
    assert green["y"] == black["y"]  # side by side
    assert green["x"] + green["width"] <= black["x"]
    expect(two.locator("tbody tr").first.locator("td").nth(3)).to_be_in_viewport(ratio=1)

    three = ask(chat, "all three")
    expect(three.locator("tbody td").nth(3)).to_be_in_viewport(ratio=1)
    assert three.locator("tbody td").nth(3).evaluate("cell => getComputedStyle(cell, '::before').content") == '"White: "'
    for answer in (two, three):
        assert answer.locator(".wide").evaluate("box => box.scrollWidth <= box.clientWidth")


def test_a_sentence_is_lit_where_it_stands_in_the_document(chat: Page) -> None:
    ask(chat, "which tea in the evening").locator(".body a.cite").nth(2).click()

    expect(chat.locator("#source .paper li .hl")).to_have_text("Green tea: 75 degrees.")
    assert chat.locator("#source .paper mark").all_text_contents() == ["Green tea:", "75 degrees."]


def test_the_file_can_be_seen_line_by_line_and_the_choice_is_kept(chat: Page) -> None:
    ask(chat, "which tea in the evening").locator(".body a.cite").first.click()
    chat.get_by_role("button", name="Lines").click()

    expect(chat.locator("#source td.cell")).to_have_text("Keemun")
    expect(chat.locator("#source .line.hl")).to_have_count(1)
    expect(chat.locator("#source .line.hl mark")).to_have_text("Keemun")
    expect(chat.locator("#source .line.hl .number")).to_have_text("10")
    expect(chat.locator("#source .line.hl")).to_be_in_viewport()

    chat.reload()
    chat.locator(".answer .body a.cite").nth(2).click()
    expect(chat.locator("#source .line.hl")).to_contain_text("Green tea:")
    expect(chat.locator("#source .pane-table")).to_have_count(0)
    chat.get_by_role("button", name="Document").click()
    expect(chat.locator("#source .paper")).to_be_visible()


def test_the_sources_of_an_answer_can_be_walked_through(chat: Page) -> None:
    answer = ask(chat, "which tea in the evening")
    answer.locator(".sources a.cite").nth(0).click()
    expect(chat.locator("#source .count")).to_have_text("1 of 3")

    chat.get_by_role("button", name="Next source").click()
    expect(chat.locator("#source td.cell")).to_have_text("Bancha")
    chat.get_by_role("button", name="Next source").click()
    expect(chat.locator("#source .hl")).to_contain_text("Green tea:")
    expect(chat.locator("#source .cell")).to_have_count(0)
    chat.get_by_role("button", name="Next source").click()
    expect(chat.locator("#source .count")).to_have_text("1 of 3")
    chat.get_by_role("button", name="Previous source").click()
    expect(chat.locator("#source .count")).to_have_text("3 of 3")
    chat.get_by_role("button", name="Close the source").click()
    expect(chat.locator("#source")).to_be_hidden()


def test_the_contents_lead_to_a_heading(chat: Page) -> None:
    ask(chat, "which tea in the evening").locator("a.cite").first.click()
    chat.get_by_role("button", name="Contents").click()
    chat.locator("#source .outline button", has_text="Hard water").click()

    expect(chat.locator("#source .paper h3", has_text="Hard water")).to_be_in_viewport()
    expect(chat.locator("#source .outline")).to_be_hidden()


def test_a_long_file_opens_at_its_line_and_can_be_read_on(chat: Page) -> None:
    ask(chat, "long").locator(".body a.cite").click()
    expect(chat.locator("#source .paper mark")).to_have_text("Line number 4000 of a long file.")
    expect(chat.locator("#source .paper mark")).to_be_in_viewport()

    chat.get_by_role("button", name="Lines").click()
    expect(chat.locator("#source .line.hl")).to_have_text(re.compile("Line number 4000"))
    expect(chat.locator("#source .line.hl")).to_be_in_viewport()

    first = chat.locator("#source .line .number").first.text_content()
    chat.get_by_role("button", name="Earlier lines").click()

    expect(chat.locator("#source #line-1010")).to_have_count(1)
    expect(chat.locator(f"#source #line-{first}")).to_be_in_viewport()
    chat.get_by_role("button", name="Later lines").click()
    expect(chat.locator("#source #line-6002")).to_have_count(1)
    numbers = chat.locator("#source .line .number").all_text_contents()
    assert [int(n) for n in numbers] == list(range(int(numbers[0]), 6003))


def test_a_follow_up_is_read_in_the_light_of_the_turn_before_and_a_new_chat_forgets(chat: Page) -> None:
    ask(chat, "which tea in the evening")
    follow_up = ask(chat, "and in the morning")
    expect(follow_up.locator(".reading")).to_contain_text("Read as which tea in the morning")
    expect(follow_up.locator(".body")).to_contain_text("In the light of", ignore_case=True)

    chat.get_by_role("button", name="New chat").click()

    expect(chat.locator(".answer")).to_have_count(0)
    expect(chat.locator(".welcome .ask")).to_have_count(4)
    expect(ask(chat, "and in the morning").locator(".body")).to_contain_text("Nothing was asked before")


def test_two_tabs_are_two_conversations(chat: Page, page_server: Server) -> None:
    ask(chat, "which tea in the evening")
    other = chat.context.new_page()
    other.goto(page_server.url)
    expect(other.locator(".welcome .ask").first).to_be_visible()

    expect(ask(other, "and in the morning").locator(".body")).to_contain_text("Nothing was asked before")


def test_suggestions_ask(chat: Page) -> None:
    ask(chat, "which tea in the evening").locator(".next .ask", has_text="green vs black").click()

    expect(chat.locator(".answer .body table")).to_have_count(1)
    expect(chat.locator(".typed").last).to_have_text("green vs black")
    expect(chat.locator(".answer").last).to_be_in_viewport()


def test_a_refusal_is_styled_apart(chat: Page) -> None:
    answer = ask(chat, "how much is keemun")

    expect(answer).to_have_class(re.compile("is-declined"))
    expect(answer).to_contain_text("Closest sections, which may not answer this")
    answer.locator(".nearest a.cite").click()
    expect(chat.locator("#source td.cell")).to_have_text("Keemun")


def test_an_error_leaves_the_page_usable(chat: Page) -> None:
    answer = ask(chat, "boom")
    expect(answer).to_contain_text("Something went wrong")
    expect(chat.locator("body")).not_to_contain_text("secret detail")

    expect(ask(chat, "hi")).to_contain_text("Ask me about tea")


def test_a_link_with_a_question_asks_it(page: Page, page_server: Server) -> None:
    page.goto(page_server.url + "?q=which+tea+in+the+evening")

    expect(page.locator(".answer .body")).to_contain_text("Keemun")


def test_the_keyboard_is_enough(chat: Page) -> None:
    answer = ask(chat, "which tea in the evening")
    chat.locator("#new").focus()
    chat.keyboard.press("/")
    expect(chat.locator(BOX)).to_be_focused()
    expect(chat.locator(BOX)).to_have_value("")

    chat.keyboard.press("ArrowUp")
    expect(chat.locator(BOX)).to_have_value("which tea in the evening")
    chat.keyboard.press("ArrowDown")
    expect(chat.locator(BOX)).to_have_value("")

    chat.keyboard.type("a")
    chat.keyboard.press("Shift+Enter")
    chat.keyboard.type("/b")
    expect(chat.locator(BOX)).to_have_value("a\n/b")
    answer.locator(".how > summary").focus()
    chat.keyboard.press("Enter")
    expect(answer.locator(".how .rests")).to_have_text("Keemun tea.md:10 1. Which tea when › Evening × Black")
    expect(answer.get_by_text("Kind of question")).to_be_hidden()  # of use to developers only
    answer.locator(".developers summary").click()
    expect(answer.get_by_text("Kind of question")).to_be_visible()


def test_the_box_takes_no_focus_by_itself_when_it_grows(chat: Page) -> None:
    ask(chat, "which tea in the evening")
    chat.locator(BOX).focus()
    chat.evaluate(
        """() => {
            const focus = HTMLElement.prototype.focus;
            window.taken = [];
            HTMLElement.prototype.focus = function (...how) {
                window.taken.push(this.tagName);
                return focus.apply(this, how);
            };
        }"""
    )
    chat.keyboard.type("a")
    chat.keyboard.press("Shift+Enter")
    chat.keyboard.type("/b")
    chat.wait_for_timeout(500)  # some frames after it has grown, when the user may be elsewhere

    expect(chat.locator(BOX)).to_have_value("a\n/b")
    assert chat.evaluate("window.taken") == []


def test_copying_takes_the_sources_along(chat: Page) -> None:
    chat.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(chat, "which tea in the evening").locator(".copy").click()

    expect(chat.locator(".copy")).to_have_text("Copied")
    assert chat.evaluate("() => navigator.clipboard.readText()") == (
        "In the evening: Keemun [1], or Bancha [2] at 75 degrees [3].\n"
        "[1] 1. Which tea when › Evening × Black (tea.md:10)\n[2] 1. Which tea when › Evening × Green (tea.md:10)\n[3] 2. Water (tea.md:14)"
    )


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_is_wider_than_the_screen(chat: Page, width: int) -> None:
    chat.set_viewport_size({"width": width, "height": 800})
    for question in ("which tea in the evening", "green vs black", "how much is keemun", "echo " + "x" * 3000):
        ask(chat, question).locator("a.cite").first.click()
        expect(chat.locator("#source :is(.hl, .cell, .note)").first).to_be_visible()
        chat.keyboard.press("Escape")

    assert chat.evaluate("() => document.documentElement.scrollWidth") <= width
    assert (
        chat.evaluate(
            "() => document.querySelector('#chat .bubble-wrap').scrollWidth - document.querySelector('#chat .bubble-wrap').clientWidth"
        )
        <= 0
    )


def test_on_a_phone_the_source_is_a_sheet_and_chips_are_large_enough_to_hit(chat: Page) -> None:
    chat.set_viewport_size({"width": 390, "height": 844})
    answer = ask(chat, "which tea in the evening")
    answer.locator(".body a.cite").first.click()
    sheet = chat.locator("#source").bounding_box()
    close = chat.get_by_role("button", name="Close the source").bounding_box()

    assert sheet is not None
    assert close is not None
    assert (sheet["x"], sheet["width"]) == (0, 390)
    assert sheet["y"] > 200
    assert min(close["width"], close["height"]) >= 44
    expect(chat.locator("#source td.cell")).to_be_in_viewport()


CONTRAST = (Path(__file__).parent / "contrast.js").read_text("utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_stands_out_from_its_ground(browser: Browser, page_server: Server, scheme: Any) -> None:
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce", viewport={"width": 1400, "height": 900})
    page = context.new_page()
    page.goto(page_server.url)
    expect(page.locator(".welcome .ask").first).to_be_visible()
    assert page.evaluate(CONTRAST) == []
    for question in (
        "which tea in the evening",
        "green vs black",
        "keemum",
        "is keemun green",
        "which one",
        "how much is keemun",
        "nothing",
        "boom",
        "hi",
    ):
        answer = ask(page, question)
        for summary in answer.locator("summary").all():
            summary.click()
    page.locator("a.cite").first.click()
    expect(page.locator("#source td.cell")).to_be_visible()
    page.mouse.move(0, 0)
    assert page.evaluate(CONTRAST) == []
    context.close()


AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text("utf-8")
VIOLATIONS = """async () => {
    const told = await axe.run(document, { runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] } });
    return told.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 200)}`));
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_against_wcag_22_aa(browser: Browser, page_server: Server, scheme: Any) -> None:
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce", viewport={"width": 1280, "height": 800}, bypass_csp=True)
    page = context.new_page()
    page.goto(page_server.url)
    expect(page.locator(".welcome .ask").first).to_be_visible()
    page.add_script_tag(content=AXE)
    assert page.evaluate(VIOLATIONS) == []
    for question in (
        "which tea in the evening",
        "and in the morning",
        "green vs black",
        "is keemun green",
        "which one",
        "how much is keemun",
    ):
        ask(page, question)
    page.locator(".how > summary").first.click()
    expect(page.locator(".rests").first).to_be_visible()
    page.locator(".developers > summary").first.click()
    page.locator(".act.down").first.click()
    page.locator("a.cite").first.click()
    expect(page.locator("#source td.cell")).to_be_visible()
    assert page.evaluate(VIOLATIONS) == []
    page.get_by_role("button", name="Lines").click()
    page.get_by_role("button", name="Contents").click()
    assert page.evaluate(VIOLATIONS) == []
    page.locator("button.chats").click()
    assert page.evaluate(VIOLATIONS) == []
    context.close()


def test_a_screen_reader_hears_words_not_markup(chat: Page) -> None:
    ask(chat, "which tea in the evening")

    assert chat.locator("[aria-label*='<']").count() == 0
    expect(chat.get_by_role("log")).to_contain_text("In the evening: Keemun")
    expect(chat.get_by_role("textbox", name="Your question")).to_be_visible()
    expect(chat.get_by_role("link", name="source 1", exact=True)).to_be_visible()


BANNED = (
    "script, iframe, object, embed, form, base, link, meta, style, img, svg, math, video, audio, input, template, "
    "[onload], [onerror], [onfocus], [onmouseover], [ontoggle], [style]"
)


@pytest.fixture(scope="module")
def hostile_server() -> Iterator[Server]:
    """Every payload as the body, a cell, a heading and the name of a file."""
    files = {"tea.md": TEA}
    for number, payload in enumerate(PAYLOADS):
        line = payload.replace("\n", " ").replace("|", "\\|")
        files[f"{number} {line}.md"] = f"{payload}\n\n# {line}\n\n| {line} | b |\n|---|---|\n| {line} | {line} |\n\n{payload}\n"
    yield from serve_in_thread(FakeAssistant(files=files))


def test_no_text_of_a_question_or_a_file_runs_or_loads_anything(page: Page, hostile_server: Server) -> None:
    page.goto(hostile_server.url)
    expect(page.locator(".welcome .ask").first).to_be_visible()
    page.evaluate("() => { window.hacked = 0; }")
    for number, payload in enumerate(PAYLOADS):
        if number % 20 == 19:
            page.locator("#new").click()
            expect(page.locator(".answer")).to_have_count(0)
        answer = ask(page, "echo " + payload.replace("\x00", ""))
        answer.locator("a.cite").first.click()
        expect(page.locator("#source")).to_be_visible()
        expect(page.locator("#source .pane-body")).to_have_attribute("aria-busy", "false")
        found = page.evaluate(
            """(banned) => [...document.querySelectorAll(".answer, .typed, #source")]
                .flatMap((part) => [...part.querySelectorAll(banned)]).map((node) => node.outerHTML)""",
            BANNED,
        )
        assert found == []
    page.get_by_role("button", name="Lines").click()
    for how in page.locator(".answer .how").all()[-3:]:
        how.locator("> summary").click()
        how.locator(".developers > summary").click()
    page.keyboard.press("Escape")
    page.locator("button.chats").click()
    assert page.locator("#chats .name").count() >= 4
    found = page.evaluate(
        "(banned) => [...document.querySelectorAll('#chats, #source, .answer')].flatMap((p) => [...p.querySelectorAll(banned)]).length",
        BANNED,
    )
    assert found == 0
    assert page.evaluate("() => window.hacked") == 0
    assert page.url == hostile_server.url
    assert (
        page.evaluate("() => [...document.querySelectorAll('.answer a')].filter((a) => !a.getAttribute('href').startsWith('#src=')).length")
        == 0
    )


def test_a_text_that_is_too_long_for_a_question_is_told_so_and_stays_in_the_box(chat: Page) -> None:
    long = "please read this. " * 300 + "which tea in the evening"
    chat.fill(BOX, long)
    chat.press(BOX, "Enter")

    expect(chat.locator("#limit")).to_have_text("The question is 5424 characters long; at most 4000 are read. Ask in a sentence or two.")
    expect(chat.locator(BOX)).to_have_value(long)
    expect(chat.locator(".typed")).to_have_count(0)

    chat.fill(BOX, long[-24:])
    expect(chat.locator("#limit")).to_have_count(0)
    chat.press(BOX, "Enter")
    expect(chat.locator(".answer .body")).to_contain_text("In the evening: Keemun")


def test_the_page_and_the_server_agree_on_how_long_a_question_may_be() -> None:
    from ui.web.replay import MAX_QUESTION
    from ui.web.shell import STATIC

    assert f"export const LONGEST = {MAX_QUESTION};" in (STATIC / "dom.js").read_text("utf-8")
