from __future__ import annotations

import time

import pytest

from tests.ui.web.fake import LONG, TEA, FakeAssistant
from ui.web.source import MAX_LINES, Asked, OutlineItem, SourceView, split_lines, view_source


def view(text: str, **asked: object) -> SourceView:
    return view_source(Asked.model_validate({"document": "a.md", **asked}), text, [])


def test_the_cited_cell_is_shown_in_its_table_with_row_and_column() -> None:
    found = view(TEA, first=10, last=10, quote="Keemun", row="Evening", column="Black")

    assert found.table is not None
    assert found.table.columns == ("Hour", "Green", "Black")
    assert [r.cells for r in found.table.rows] == [("Morning", "Sencha", "Assam, Ceylon"), ("Evening", "Bancha", "Keemun")]
    assert (found.table.row, found.table.column) == (1, 2)
    assert found.table.rows[1].line == 10
    assert found.marked[0].model_dump() == {"line": 10, "before": "| **Evening** | Bancha | ", "quote": "Keemun", "after": " |"}


def test_of_two_equal_cells_in_a_row_the_cited_one_is_marked() -> None:
    text = "| Hour | Green | Black |\n|---|---|---|\n| Noon | same | same |\n"

    found = view(text, first=3, last=3, quote="same", row="Noon", column="Black")

    assert found.table is not None
    assert found.table.column == 2
    assert found.marked[0].before == "| Noon | same | "


def test_a_flow_in_a_cell_is_shown_whole() -> None:
    text = "| Aspect | A | B |\n|---|---|---|\n| Flow | Code → Build → Deploy | Data → Train |\n| Tool | x | y |\n"

    found = view(text, first=4, last=4, quote="x", row="Tool", column="A")

    assert found.table is not None
    assert found.table.rows[0].cells == ("Flow", "Code → Build → Deploy", "Data → Train")


def test_a_place_that_is_no_cell_has_its_lines_and_no_table() -> None:
    found = view(TEA, first=14, last=14, quote="**Green tea:** 75 degrees.")

    assert found.table is None
    assert found.lines == (14, 14)
    assert found.marked[0].before == "- "


def test_the_headings_above_the_line_are_its_path() -> None:
    outline = [OutlineItem(level=e.level, title=e.title, line=e.line) for e in FakeAssistant().outline("tea.md")]

    assert view_source(Asked(document="tea.md", first=19, last=19), TEA, outline).section == (
        "Tea for every hour",
        "2. Water",
        "Hard water",
    )
    assert view_source(Asked(document="tea.md", first=7, last=7), TEA, outline).section == ("Tea for every hour", "1. Which tea when")


def test_a_quote_that_moved_is_found_at_its_new_place() -> None:
    found = view("\n\n\n" + TEA, first=10, last=10, quote="Keemun", row="Evening", column="Black")

    assert found.found == "moved"
    assert found.lines == (13, 13)
    assert found.table is not None


def test_a_quote_that_is_gone_is_said_to_be() -> None:
    found = view(TEA.replace("Keemun", "Lapsang"), first=10, last=10, quote="Keemun", row="Evening", column="Black")

    assert found.found == "gone"
    assert found.table is None
    assert found.marked == ()


def test_lines_are_counted_as_editors_do_whatever_their_ends() -> None:
    assert split_lines("a\r\nb\rc\nd\n") == ["a", "b", "c", "d"]
    assert split_lines("") == [""]
    assert view(TEA.replace("\n", "\r\n"), first=10, last=10, quote="Keemun", row="Evening", column="Black").found == "here"


def test_a_quote_over_two_lines_is_found_and_its_lines_are_lit() -> None:
    found = view("one\r\ntwo\r\nthree\r\n", first=1, last=2, quote="one\r\ntwo")

    assert (found.found, found.lines, found.marked) == ("here", (1, 2), ())


def test_a_long_file_comes_in_parts_around_the_cited_line() -> None:
    found = view(LONG, first=4002, last=4002, quote="Line number 4000 of a long file.")

    assert found.total_lines == 6002
    assert len(found.text) == MAX_LINES
    assert found.text[4002 - found.first_line] == "Line number 4000 of a long file."

    later = view(LONG, at=found.first_line + MAX_LINES)
    assert later.text[0] == LONG.split("\n")[found.first_line + MAX_LINES - 1]


def test_lines_out_of_range_are_brought_back_into_it() -> None:
    assert view("a\nb\n", first=900, last=901).lines == (2, 2)
    assert view("", first=5, last=9).lines == (1, 1)
    assert view("a\nb\n", first=2, last=1).lines == (2, 2)


@pytest.mark.slow
def test_a_ten_thousand_row_table_is_cut_around_the_cell_and_quick() -> None:
    rows = "".join(f"| row {n} | value {n} | {'x' * 30} |\n" for n in range(10_000))
    text = "# Big\n\n| Name | Value | Rest |\n|---|---|---|\n" + rows

    view(text, first=7505, last=7505, quote="value 7500", row="row 7500", column="Value")  # the first call imports
    started = time.perf_counter()
    found = view(text, first=7505, last=7505, quote="value 7500", row="row 7500", column="Value")

    assert found.table is not None
    assert found.table.total_rows == 10_000
    assert len(found.table.rows) <= 61
    assert found.table.rows[found.table.row].cells[1] == "value 7500"
    assert found.table.first_row + found.table.row == 7501
    assert time.perf_counter() - started < 5


def test_a_table_in_a_file_too_large_to_parse_is_parsed_alone() -> None:
    text = LONG * 3 + "\n| Hour | Tea |\n|---|---|\n| Noon | Oolong |\n\n" + LONG
    line = text[: text.index("| Noon")].count("\n") + 1

    found = view(text, first=line, last=line, quote="Oolong", row="Noon", column="Tea")

    assert found.table is not None
    assert found.table.rows[0].line == line
    assert found.marked[0].line == line


def test_a_very_long_line_is_cut() -> None:
    assert len(view("x" * 5_000_000, first=1, last=1).text[0]) < 21_000


@pytest.mark.parametrize(
    "text", ["", "|", "|\n|-", "| a |\n|---|\n", "<table><tr><td>a</td></tr></table>", "```\n| a |\n|---|\n| b |\n```"]
)
def test_no_text_makes_it_raise(text: str) -> None:
    view(text, first=1, last=3, quote="a", row="a", column="a")


def test_of_a_very_tall_table_only_what_is_near_is_parsed_and_the_numbers_are_those_of_the_whole() -> None:
    text = "# Big\n\n| name | what |\n|---|---|\n" + "".join(f"| row {n} | value {n} |\n" for n in range(10_000))
    for n in (0, 1, 45, 7495, 9999):
        asked = Asked(document="b.md", first=5 + n, last=5 + n, quote=f"value {n}", row=f"row {n}", column="what")
        table = view_source(asked, text, ()).table

        assert table is not None
        assert table.rows[table.row].cells == (f"row {n}", f"value {n}")
        assert table.rows[table.row].line == 5 + n
        assert table.first_row + table.row == n + 1
        assert table.total_rows == 10_000
