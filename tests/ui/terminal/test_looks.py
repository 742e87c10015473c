"""An answer laid out for a screen: nothing wider than it, nothing from a file that could move the cursor."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.models import Answer, Cell, Citation
from tests.ui.fake import FakeAssistant, FakeTalk
from tests.ui.terminal.vt import width_of
from ui.render import Style, columns_of
from ui.terminal.looks import answer_looks, full_sources_looks, grouped, markdown_looks
from ui.terminal.showing import show_place

NARROW, SCREEN, COLOURED = Style(40, drawn=True), Style(80, drawn=True), Style(80, colour=True, drawn=True)
WIDE = "| Aspect | One | Two |\n|---|---|---|\n| Orchestration of things | Handling decay and compliance | Avoiding false positives |"


def cited(marker: int, line: int, row: str = "", column: str = "", section: str = "Guide") -> Citation:
    cell = Cell(row=row, column=column) if row else None
    return Citation(marker=marker, document="guide.md", section=(section,), lines=(line, line), quote="x", cell=cell)


def test_a_table_is_laid_out_to_the_width_and_words_are_never_broken_for_it() -> None:
    assert markdown_looks(WIDE, Style(64, drawn=True)).split("\n") == [
        "Aspect                One                  Two",
        "─" * 64,
        "Orchestration of      Handling decay and   Avoiding false",
        "things                compliance           positives",
    ]


def test_a_table_with_columns_too_narrow_to_read_is_shown_row_by_row() -> None:
    long = WIDE.replace("compliance", "noncompliance").replace("positives", "misconfiguration")

    assert markdown_looks(long, NARROW).split("\n") == [
        "Aspect: Orchestration of things",
        "One: Handling decay and noncompliance",
        "Two: Avoiding false misconfiguration",
    ]


def test_wide_and_combining_characters_stand_in_their_columns() -> None:
    shown = markdown_looks("| A | B |\n|---|---|\n| 水水 | x |\n| e\u0301e\u0301 | y |", SCREEN).split("\n")

    assert shown[2:] == ["水水  x", "e\u0301e\u0301    y"]


def test_markers_are_in_colour_and_marks_become_looks() -> None:
    assert markdown_looks("**Bold** and *slanted*, `code` [12]", COLOURED) == (
        "\x1b[1mBold\x1b[0m and \x1b[3mslanted\x1b[0m, \x1b[1mcode\x1b[0m \x1b[35m[12]\x1b[0m"
    )


@pytest.mark.parametrize(
    ("markdown", "lines"),
    [
        ("# Head\n\nText\nmore", ["Head", "", "Text more"]),
        ("1. one\n2. two\n   - deep", ["1. one", "2. two", "   • deep"]),
        ("3. three", ["3. three"]),
        ("> quoted", ["  quoted"]),
        ("```\na  b\n```", ["    a  b"]),
        ("a\\\nb", ["a", "b"]),
        ("a<br>b <script>", ["a", "b <script>"]),
        ("[text](http://x) ![alt](y)", ["text alt"]),
        ("[1]: http://example.org", ["[1]: http://example.org"]),
        ("\\*not\\* &amp; snake_case", ["*not* & snake_case"]),
        ("---", ["────────"]),
        ("", [""]),
    ],
    ids=["heading", "lists", "start", "quotation", "code", "break", "html", "links", "marker line", "escapes", "rule", "nothing"],
)
def test_markdown_is_shown_as_it_is_meant(markdown: str, lines: list[str]) -> None:
    assert markdown_looks(markdown, SCREEN).split("\n") == lines


def test_a_long_table_is_cut_and_says_so() -> None:
    shown = markdown_looks("| A |\n|---|\n" + "| x |\n" * 1234, SCREEN).split("\n")

    assert len(shown) == 203
    assert shown[-1] == "… and 1,034 more rows; /json has them all"


def test_sources_on_the_same_lines_share_an_entry_with_what_their_labels_have_in_common() -> None:
    row = [cited(1, 9, "Tools", "One"), cited(2, 9, "Tools", "Two"), cited(3, 10, "Scope", "One")]

    assert grouped(row) == [("[1-2]", "guide.md:9  Guide — Tools"), ("[3]", "guide.md:10  Guide — Scope × One")]


def test_of_many_sources_those_of_a_section_share_an_entry() -> None:
    many = [cited(n, n + 10, "Row", f"C{n}", section="A" if n < 6 else "B") for n in range(1, 9)]

    assert grouped(many) == [("[1-5]", "guide.md:11-15  A — Row"), ("[6-8]", "guide.md:16-18  B — Row")]
    assert full_sources_looks(many, SCREEN).count("guide.md:") == 8


@pytest.mark.parametrize("question", ["sky", "table", "which", "and snow", "the sea"])
@pytest.mark.parametrize("width", [40, 57, 80, 200])
def test_no_line_is_wider_than_the_screen_or_ends_in_blanks(question: str, width: int) -> None:
    answer = FakeAssistant().ask(question, FakeTalk())
    for line in answer_looks(answer, Style(width, drawn=True), numbered=True).split("\n"):
        assert sum(map(width_of, line)) <= width
        assert line == line.rstrip()


HOSTILE = "a\x1b[31mb\x1b]0;title\x07c\x9b2Jd\u202ee\r\x08f\x00 &#27;[2J &#x9b;1m"
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def hostile(**more: Any) -> Answer:
    place = Citation(
        marker=1, document=HOSTILE, section=(HOSTILE, HOSTILE), lines=(1, 1), quote=HOSTILE, cell=Cell(row=HOSTILE, column=HOSTILE)
    )
    answer = FakeAssistant().ask("and snow", FakeTalk())
    reading = answer.reading.model_copy(update={"question": HOSTILE, "kept": (HOSTILE,)})
    markdown = f"{HOSTILE} **{HOSTILE}** `{HOSTILE}` [1]\n\n| {HOSTILE} |\n|---|\n| {HOSTILE} |\n\n- {HOSTILE}\n\n```\n{HOSTILE}\n```"
    changes = {"markdown": markdown, "citations": (place,), "nearest": (place,), "suggestions": (HOSTILE,), "reading": reading}
    return answer.model_copy(update=changes | more)


def test_no_control_character_of_a_file_reaches_the_screen() -> None:
    answer = hostile()

    assert CONTROL.search(answer_looks(answer, SCREEN, numbered=True)) is None
    assert CONTROL.search(full_sources_looks(answer.citations, SCREEN)) is None
    coloured = answer_looks(answer, COLOURED, numbered=True)
    assert set(re.findall("\x1b[^m]*m", coloured)) <= {f"\x1b[{n}m" for n in ("0", "1", "2", "3", "35", "1;35")}
    assert CONTROL.search(re.sub("\x1b\\[[0-9;]*m", "", coloured)) is None


@pytest.mark.parametrize("style", [Style(), Style(40), SCREEN, COLOURED], ids=["plain", "narrow", "screen", "coloured"])
def test_no_control_character_of_a_file_reaches_the_screen_where_it_is_opened(style: Style) -> None:
    text = f"# {HOSTILE}\n\n| A | {HOSTILE} |\n|---|---|\n| Sky | {HOSTILE} |\n\n{HOSTILE}\n".replace("\r", "")
    for quote, cell in ((HOSTILE.replace("\r", ""), None), ("", Cell(row="Sky", column="A"))):
        citation = Citation(marker=1, document=HOSTILE, section=(HOSTILE,), lines=(5, 5), quote=quote, cell=cell)
        shown = show_place(citation, text, (), style).text
        assert CONTROL.search(re.sub("\x1b\\[[0-9;]*m", "", shown)) is None


@given(st.text(alphabet=st.sampled_from("ab *_`[]()#->|\\\n\t\x1b\x07\x9b<&;1水e\u0301\u202e"), max_size=80))
def test_any_markdown_is_shown_without_controls_within_the_width(markdown: str) -> None:
    for line in markdown_looks(markdown, NARROW).split("\n"):
        assert CONTROL.search(line) is None
        assert columns_of(line) <= 40
