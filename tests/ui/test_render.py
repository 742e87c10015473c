"""What a terminal shows of an answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.models import Answer, Cell, Citation, Reading
from ui.render import (
    KINDS,
    Style,
    answer_text,
    clean,
    columns_of,
    full_sources,
    inline,
    markdown_text,
    number_of,
    place,
    style_for,
    table,
    wrap,
)

CELL = Citation(
    marker=1,
    document="guide.md",
    section=("Guide", "Which one"),
    lines=(12, 12),
    quote="Trowel",
    cell=Cell(row="Planting bulbs", column="Tool"),
)
LINES = Citation(marker=2, document="sub/notes.md", section=(), lines=(3, 5), quote="First line\nsecond line")


def answer(markdown: str = "Use a **trowel**. [1]", **more: object) -> Answer:
    data: dict[str, object] = {
        "id": "1",
        "question": "what for bulbs",
        "status": "answered",
        "text": "Use a trowel.",
        "markdown": markdown,
        "citations": (CELL,),
        "reading": Reading(kind="decision", question="what for bulbs"),
        "rule": "decision.one",
        "answer_id": "a1",
        "confidence": "high",
    }
    return Answer.model_validate(data | more)


def test_an_answer_shows_its_sentence_then_its_source_as_editors_open_it() -> None:
    assert answer_text(answer()) == "Use a trowel. [1]\n\nSources:\n  [1] guide.md:12  Guide › Which one — Planting bulbs × Tool"


def test_a_citation_of_several_lines_names_both_ends_and_no_heading_it_does_not_have() -> None:
    assert place(LINES) == "sub/notes.md:3-5"


def test_what_was_kept_stands_above_the_answer() -> None:
    reading = Reading(kind="definition", question="q", kept=("the tool: Trowel",))

    assert answer_text(answer(reading=reading)).split("\n")[0] == "Read as: q (kept from before: the tool: Trowel)"


def test_a_kind_of_question_that_was_kept_is_told_in_words() -> None:
    reading = Reading(kind="howto", question="how much does MLflow cost?", kept=("howto",))

    assert answer_text(answer(reading=reading)).split("\n")[0] == "Read as: how much does MLflow cost? (kept from before: what was asked)"


def test_every_kind_of_question_is_known_to_what_is_shown() -> None:
    from assistant.language import language

    assert {kind.id for kind in language().kinds} == KINDS


def test_a_number_goes_with_its_noun() -> None:
    assert [number_of(n, "file") for n in (0, 1, 2000)] == ["0 files", "1 file", "2,000 files"]
    assert [number_of(n, "entry", "entries") for n in (1, 2)] == ["1 entry", "2 entries"]


def test_what_was_mended_is_told_once_by_the_answer_itself() -> None:
    reading = Reading(kind="definition", question="q", repaired=(("trwel", "Trowel"),))

    shown = answer_text(answer("Use a trowel. [1]\n\nRead “trwel” as “Trowel” (spelling).", reading=reading))

    assert shown.count("trwel") == 1


def test_what_is_offered_beside_a_no_is_said_to_be_no_answer() -> None:
    no = answer(markdown="Nothing is said about that.", status="declined", decline="unknown_attribute", citations=(), nearest=(LINES,))

    assert answer_text(no.model_copy(update={"suggestions": ("what is a trowel?",)})) == (
        "Nothing is said about that.\n\n"
        "Nearest in the knowledge base, not an answer:\n  - sub/notes.md:3-5\n\n"
        "You could ask:\n  - what is a trowel?"
    )


def test_sources_stand_in_columns_and_hang_under_their_place_where_they_wrap() -> None:
    many = answer(citations=(CELL, LINES.model_copy(update={"marker": 12})))

    assert answer_text(many, Style(width=40)).split("\n")[2:] == [
        "Sources:",
        "  [1]  guide.md:12  Guide › Which one —",
        "       Planting bulbs × Tool",
        "  [12] sub/notes.md:3-5",
    ]


def test_full_sources_show_each_quote_under_its_place() -> None:
    assert full_sources([LINES]) == "[2] sub/notes.md:3-5\n    First line\n    second line"


def test_a_table_stands_in_aligned_columns() -> None:
    text = markdown_text("| Tool | For |\n|---|:-:|\n| Spade | digging [1] |\n| Rake | a \\| b |")

    assert text.split("\n") == ["Tool   For", "-----  -----------", "Spade  digging [1]", "Rake   a | b"]


def test_a_table_wider_than_the_terminal_wraps_in_its_cells() -> None:
    lines = markdown_text("| Tool | For |\n|---|---|\n| Spade | digging deep holes in heavy soil |", Style(width=24)).split("\n")

    assert lines == ["Tool   For", "-----  -----------------", "Spade  digging deep", "       holes in heavy", "       soil"]


def test_a_table_with_more_columns_than_fit_becomes_a_list_of_its_rows() -> None:
    rows = [["Tool", "A", "B", "C", "D", "E"], ["Spade", "one two three", "two", "three four five", "four", "five six seven"]]

    assert table(rows, Style(width=40)) == [
        "Tool: Spade",
        "A: one two three",
        "B: two",
        "C: three four five",
        "D: four",
        "E: five six seven",
    ]


def test_a_break_in_a_cell_is_a_new_line_of_that_cell() -> None:
    assert markdown_text("| A | B |\n|---|---|\n| x<br>y | z |").split("\n") == ["A  B", "-  -", "x  z", "y"]


def test_lists_hang_under_their_bullets() -> None:
    lines = markdown_text("Three:\n\n- one two three\n* four\n1. five\n   six", Style(width=12)).split("\n")

    assert lines == ["Three:", "", "- one two", "  three", "- four", "1. five six"]


def test_code_keeps_its_lines_and_a_fence_left_open_ends_with_the_text() -> None:
    assert markdown_text("Say:\n```sh\nrake  --all *.md\n") == "Say:\n    rake  --all *.md"


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("a **bold `b`** c", "a bold `b` c"),
        ("*soft* and _soft_", "soft and soft"),
        ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
        (r"\*not soft\* \[1\]", "*not soft* [1]"),
        ("[words](page.md) ![alt](x.png)", "words alt"),
        ("`a * b * c`", "`a * b * c`"),
        ("AT&amp;T &lt;b&gt;", "AT&T <b>"),
        ("&#27;[31mred&#7;", "[31mred"),
        ("`` a`b ``", "` a`b `"),
    ],
)
def test_inline_marks_are_read_not_shown(markdown: str, shown: str) -> None:
    assert inline(markdown) == shown


def test_colours_are_used_only_where_they_are_allowed() -> None:
    assert inline("**bold** [1]", Style(colour=True)) == "\x1b[1mbold\x1b[0m \x1b[2m[1]\x1b[0m"
    assert "\x1b" not in answer_text(answer(), Style(width=60))


@pytest.mark.parametrize(
    ("tty", "environ", "expected"),
    [
        (True, {}, Style(width=80, colour=True, drawn=True)),
        (False, {}, Style(width=0, colour=False)),
        (True, {"NO_COLOR": "1"}, Style(width=80, drawn=True)),
        (True, {"TERM": "dumb"}, Style(width=80, colour=False)),
        (False, {"FORCE_COLOR": "1"}, Style(width=80, colour=True, drawn=True)),
        (True, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, Style(width=80, drawn=True)),
    ],
    ids=["terminal", "pipe", "no colour", "dumb", "forced", "no colour beats forced"],
)
def test_the_style_follows_the_stream_and_the_environment(tty: bool, environ: dict[str, str], expected: Style) -> None:
    assert style_for(tty=tty, columns=80, environ=environ) == expected


def test_the_width_has_bounds() -> None:
    assert style_for(tty=True, columns=7, environ={}).width == 40
    assert style_for(tty=True, columns=1000, environ={}).width == 200


def test_nothing_in_a_knowledge_base_can_steer_the_terminal() -> None:
    evil = "\x1b[2J\x1b]0;title\x07\x9b31m\u202egnp.exe\u2066\x00\x08"
    shown = answer_text(
        answer(
            markdown=f"{evil} text | [1]",
            citations=(CELL.model_copy(update={"document": f"a{evil}.md", "section": (evil,), "quote": evil}),),
            suggestions=(evil,),
            reading=Reading(kind="x", question=evil, repaired=((evil, evil),), kept=(evil,)),
        )
    )

    assert not [c for c in shown if (ord(c) < 32 and c != "\n") or 0x7F <= ord(c) <= 0x9F or c in "\u202e\u2066"]


def test_wide_and_combining_characters_take_the_columns_they_are_shown_in() -> None:
    assert columns_of("日本") == 4
    assert columns_of("e\u0301") == 1
    assert columns_of("\x1b[1mbold\x1b[0m") == 4


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["**a ", "`a ", "``` ", "*a ", "[a](", "\\", "&#", "_a ", "| - ", "a|", " "])
def test_marks_that_are_never_closed_take_no_more_than_linear_time(piece: str) -> None:
    for text in (piece * 20_000, f"|\n-{piece * 20_000}"):  # quadratic time would be minutes here
        assert markdown_text(text, Style(width=80)) is not None


@given(st.text(max_size=400), st.sampled_from([0, 40, 41, 80, 200]), st.booleans())
def test_any_text_can_be_shown_without_an_error_or_a_control_character(text: str, width: int, colour: bool) -> None:
    shown = markdown_text(text, Style(width=width, colour=colour))

    assert all(c == "\n" or (c == "\x1b" and colour) or (ord(c) >= 32 and not 0x7F <= ord(c) <= 0x9F) for c in shown)


@given(st.lists(st.text("abc日 \u0301", max_size=30), max_size=8), st.integers(2, 60))
def test_no_wrapped_line_is_wider_than_asked_for_and_no_letter_is_lost(words: list[str], width: int) -> None:
    text = clean(" ".join(words))

    lines = wrap(text, width)

    assert max((columns_of(line) for line in lines), default=0) <= width
    assert "".join("".join(lines).split()) == "".join(text.split())
