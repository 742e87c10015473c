from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import parse_qs

import pytest

from assistant.models import Answer
from tests.ui.web.fake import TEA, FakeAssistant, cite
from tests.ui.web.payloads import PAYLOADS
from ui.web.render import SHOWN_ROWS, answer_html, error_html, markdown_html, question_html, welcome_html

TAGS = {"a", "b", "blockquote", "br", "button", "code", "details", "div", "em", "h2", "h4", "hr", "i", "li", "ol", "p", "pre", "s"}
TAGS |= {"small", "span", "strong", "summary", "table", "tbody", "td", "th", "thead", "tr", "ul"}
ATTRIBUTES = {"class", "id", "href", "title", "open", "scope", "start", "colspan"}


class Seen(HTMLParser):
    """What a browser would find in a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def of(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        return [a for t, a in self.tags if t == tag and all(a.get(n.rstrip("_")) == v for n, v in attributes.items())]


def ask(question: str, conversation: list[str] | None = None) -> Answer:
    return FakeAssistant().ask(question, conversation)


def test_the_answer_comes_first_with_a_chip_behind_each_claim() -> None:
    html = answer_html(ask("which tea in the evening"))

    assert Seen(html).words.startswith("In the evening: Keemunsource 1, or Banchasource 2 at 75 degrees.source 3")
    links = Seen(html).of("a", class_="cite")
    assert [parse_qs(str(a["href"])[1:])["src"] for a in links] == [["1"], ["2"], ["3"]]
    assert parse_qs(str(links[0]["href"])[1:]) == {
        "src": ["1"], "document": ["tea.md"], "first": ["10"], "last": ["10"], "quote": ["Keemun"], "row": ["Evening"], "column": ["Black"],
    }  # fmt: skip


def test_the_sources_name_heading_row_column_file_and_line() -> None:
    words = Seen(answer_html(ask("which tea in the evening"))).words

    assert "Sources (3)" in words
    assert "11. Which tea when › Evening × Black tea.md:10" in words
    assert "32. Water tea.md:14" in words


def test_a_comparison_is_a_table_with_a_chip_in_each_cell() -> None:
    html = answer_html(ask("green vs black"))

    cells = re.findall(r"<td>(.*?)</td>", html)
    assert [len(Seen(c).of("a", class_="cite")) for c in cells[1:7]] == [0, 1, 1, 0, 1, 1]  # the first one heads nothing


def test_a_chip_stays_with_the_word_before_it_and_stands_after_the_end_of_the_sentence() -> None:
    html = answer_html(ask("keemum"))

    assert re.search(
        r'for the <span class="nb">evening<span class="sign">\.</span><a class="cite".*?<span class="sr">source </span>1</a></span>', html
    )


def test_a_comma_stays_behind_the_chip_and_a_full_stop_behind_the_last_of_several() -> None:
    answer = ask("which tea in the evening")
    html = markdown_html("Keemun [1], or **Bancha** [2]. Both (by day [3]). Never [1][2].", answer.citations)

    assert Seen(html).words.replace("source ", "") == "Keemun1, or Bancha.2 Both (by day).3 Never12."


def test_a_follow_up_names_no_kind_of_question_as_kept() -> None:
    followed = ask("and in the morning?", ["which tea in the evening"])
    reading = followed.reading.model_copy(update={"kept": ("definition",)})

    words = Seen(answer_html(followed.model_copy(update={"reading": reading}))).words
    assert words.startswith("Read as which tea in the morning Change · kept from before: what was asked")


def test_a_follow_up_says_how_it_was_read() -> None:
    words = Seen(answer_html(ask("and in the morning?", ["which tea in the evening"]))).words

    assert words.startswith("Read as which tea in the morning Change · kept from before: tea")


def test_a_mended_spelling_is_announced_once_under_the_answer() -> None:
    words = Seen(answer_html(ask("keemum"))).words

    assert words.index("Keemun is a black tea") < words.index("Read “keemum” as “Keemun” (spelling).")
    assert words.count("keemum") == 1


def test_nothing_is_announced_when_the_question_was_read_as_typed() -> None:
    assert "Read as" not in answer_html(ask("which tea in the evening"))


def test_a_refusal_looks_like_one_and_offers_the_closest_without_claiming_an_answer() -> None:
    html = answer_html(ask("how much is Keemun"))
    seen = Seen(html)

    assert 'class="answer is-declined no-unknown-attribute"' in html
    assert "Closest sections, which may not answer this:" in seen.words
    assert "Sources" not in seen.words
    assert "confidence" not in seen.words
    assert re.findall(r'<button class="ask">(.*?)</button>', html) == ["which tea in the evening"]


def test_a_refusal_can_be_reported_as_a_gap_and_an_answer_cannot() -> None:
    refused, answered = (Seen(answer_html(ask(q))).of("button") for q in ("how much is Keemun", "which tea in the evening"))

    assert [b["class"] for b in refused if "act" in str(b["class"])] == ["act link", "act up", "act down", "act gap"]
    assert [b["class"] for b in answered if "act" in str(b["class"])] == ["act copy", "act link", "act up", "act down"]


def test_an_answer_that_is_not_what_it_was_says_so() -> None:
    answer = ask("which tea in the evening")
    told = "The files have changed since this was first asked."

    assert told in answer_html(answer, before="0123456789abcdef")
    assert told not in answer_html(answer, before=answer.answer_id)
    assert told not in answer_html(answer)
    assert f'id="turn-3-{answer.answer_id}"' in answer_html(answer, turn=3)


def test_small_talk_has_no_sources_no_confidence_and_no_workings() -> None:
    assert Seen(answer_html(ask("hi"))).words == "Hello. Ask me about tea."


@pytest.mark.parametrize(("question", "badge"), [("is keemun green", "The files say otherwise"), ("which one", "Which one do you mean?")])
def test_corrections_and_questions_back_are_marked(question: str, badge: str) -> None:
    assert Seen(answer_html(ask(question))).words.startswith(badge)


def test_how_it_was_answered_is_there_but_closed() -> None:
    html = answer_html(ask("which tea in the evening"))

    assert '<details class="how"><summary>How this was answered</summary>' in html
    for_all, _, for_developers = Seen(html).words.partition("For developers")
    assert "“evening” → Evening as written" in for_all
    assert "Time4 ms" in for_all
    assert not any(word in for_all for word in ("cell-1", "decision", "condition", "retrieve"))  # names from within the program
    assert "Rulecell-1Kind of questiondecisionRoles“evening” conditionStagesunderstand 1.0, retrieve 2.0, compose 1.0 ms" in for_developers


def test_a_marker_without_a_citation_stays_text() -> None:
    assert markdown_html("See [7].", ()) == "<p>See [7].</p>"


def test_an_escaped_bracket_is_the_files_own_text_not_a_marker() -> None:
    citation = cite("tea.md", TEA, "Keemun")

    assert markdown_html(r"Footnote \[1\] of the file [1].", (citation,)).count("<a ") == 1


def test_a_marker_in_code_is_code() -> None:
    assert "<a " not in markdown_html("Use `a[1]`.", (cite("tea.md", TEA, "Keemun"),))


def test_adjoining_markers_are_two_chips() -> None:
    two = (cite("tea.md", TEA, "Keemun", 1), cite("tea.md", TEA, "Bancha", 2))

    assert markdown_html("Both [1][2].", two).count('<a class="cite"') == 2


def test_a_long_table_is_cut_and_says_so() -> None:
    table = "| a | b |\n|---|---|\n" + "".join(f"| {n} | x |\n" for n in range(300))
    html = markdown_html(table)

    assert html.count("<tr>") == 1 + SHOWN_ROWS + 1
    assert f"… and {300 - SHOWN_ROWS} more rows" in html


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("[docs](https://a.example/x)", "docs (https://a.example/x)"),
        ("[mail](mailto:a@b.example)", "mail (mailto:a@b.example)"),
        ("[file](../secret.md)", "file"),
        ("![picture](https://a.example/p.png)", "[picture]"),
    ],
)
def test_links_are_shown_as_text_and_pictures_never_fetched(markdown: str, shown: str) -> None:
    assert Seen(markdown_html(markdown)).words == shown
    assert "href" not in markdown_html(markdown)
    assert "src" not in markdown_html(markdown)


def test_html_is_one_line_so_that_markdown_cannot_begin_again_inside_it() -> None:
    answer = ask("echo ```\na\n\n\nb\n```\n\n# x\n\n- y")

    assert "\n" not in answer_html(answer)
    assert "\n" not in question_html("a\n\n\n# b\r\n\r\nc")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_becomes_markup(payload: str) -> None:
    pages = [
        answer_html(ask("echo " + payload)),
        question_html(payload),
        error_html(payload, payload),
        welcome_html(payload, payload, ((1, "file"),), (payload,), (payload,)),
    ]
    for page in pages:
        seen = Seen(page)
        for tag, attributes in seen.tags:
            assert tag in TAGS
            assert set(attributes) <= ATTRIBUTES
            assert str(attributes.get("href", "#src=")).startswith("#src=")
        assert "\x00" not in page
        assert "\u202e" not in page
    plain = payload.replace("\x00", "�").replace("\u202e", "�").replace("\u202c", "�")
    assert unescape(Seen(pages[1]).words) == unescape(plain) + "Edit"  # the button beside it


def test_lone_surrogates_do_not_break_the_page() -> None:
    answer_html(ask("echo \ud800 \udfff")).encode()
    question_html("\ud800").encode()


def test_a_huge_question_is_shown_in_part() -> None:
    assert len(question_html("x" * 100_000)) < 9000


def test_counts_of_one_are_singular() -> None:
    assert "<b>1</b> file, <b>2</b> tables" in welcome_html("T", "", ((1, "file"), (2, "table")), (), ())
