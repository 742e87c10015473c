"""Collections as folders of Markdown: nothing is lost, nothing becomes another construct, nothing is written twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.models import Document
from corpus.parsing import parse_corpus
from evals.bench.folders import passage_text, render_passages, render_table, table_grid
from evals.bench.layout import Passage, TableData, read_lines
from tests.evals.bench_fakes import tables


def passage(text: str, title: str = "") -> Passage:
    return Passage.model_validate({"_id": "p", "title": title, "text": text})


def parsed(text: str) -> list[tuple[str, str]]:
    """(kind, value) of every fact that the assistant would see in a file."""
    facts = parse_corpus([Document("a.md", text, "0" * 64, len(text), 0)]).facts
    return [(f.kind, f.value) for f in facts]


@pytest.mark.parametrize(
    "line",
    [
        "# not a heading",
        "> not quoted",
        "| not | a table |",
        "p <b and <i>x</i>",
        "a > b",
        "---",
        "``` no fence",
        "{% no tag %}",
        "a {{ b }} c",
    ],
)
def test_a_line_of_plain_text_stays_a_line_of_text(line: str) -> None:
    found = parsed(passage_text(passage(f"Before it.\n\n{line}\n\nAfter it.")))

    assert [kind for kind, _ in found] == ["sentence"] * 3
    assert found[1][1] == line


def test_a_title_is_the_heading_and_not_said_again() -> None:
    found = parsed(passage_text(passage("Fog  horn\nIt sounds twice.", title="\r\n\tFog horn\r\n")))

    assert found == [("heading", "Fog horn"), ("sentence", "It sounds twice.")]


def test_lists_and_links_keep_their_meaning() -> None:
    found = parsed(passage_text(passage("Two things:\n\n* a [bell](http://x.example/y)\n* a horn")))

    assert ("item", "a bell") in found
    assert ("item", "a horn") in found


def test_every_cell_is_found_at_its_place(tmp_path: Path) -> None:
    (table,) = read_lines(tables(tmp_path) / "tables.jsonl", TableData)
    grid = table_grid(table)

    facts = [f for f in parse_corpus([Document("table.md", grid.text, "0" * 64, 1, 0)]).facts if f.kind == "cell"]

    assert len(facts) == 9 - 1  # one is blank
    for fact in facts:
        assert grid.at(fact.span.start) == (fact.row, fact.column)
        row, column = fact.row, fact.column
        assert row is not None
        assert column is not None
        assert " ".join(fact.value.split()) == " ".join(table.rows[row][column].split())
    assert grid.at(0) is None
    assert grid.at(grid.text.index("Height")) is None  # the header is no body cell


@pytest.mark.parametrize("cell", ["a|b", "*x*", "`y`", "<td>", "[1]", r"back\slash", "~~no~~", "a & b"])
def test_signs_in_cells_stay_signs(cell: str) -> None:
    table = TableData.model_validate({"_id": "t", "header": ["A", "B"], "rows": [["x", cell]]})

    assert ("cell", cell) in parsed(table_grid(table).text)


def test_a_rendering_is_written_once_and_named_by_its_content(tmp_path: Path) -> None:
    first = render_passages([passage("One.")], tmp_path, "set")
    (made,) = first.kb.iterdir()
    before = made.stat().st_mtime_ns

    again = render_passages([passage("One.")], tmp_path, "set")
    other = render_passages([passage("Two.")], tmp_path, "set")

    assert again == first
    assert made.stat().st_mtime_ns == before
    assert other.kb != first.kb
    assert first.ids == {made.name: "p"}
    assert first.kb not in first.index.parents


def test_a_rendering_that_was_broken_off_is_not_taken_for_whole(tmp_path: Path) -> None:
    whole = render_passages([passage("One.")], tmp_path, "set")
    (whole.kb / "0001.md").rename(whole.kb.parent / "kb-left-behind")
    whole.kb.rmdir()

    assert (render_passages([passage("One.")], tmp_path, "set").kb / "0001.md").read_text(encoding="utf-8") == "One.\n"


def test_a_table_is_a_folder_of_its_own(tmp_path: Path) -> None:
    (table,) = read_lines(tables(tmp_path / "data") / "tables.jsonl", TableData)

    rendered, grid = render_table(table, tmp_path / "cache")

    assert [p.name for p in rendered.kb.iterdir()] == ["table.md"]
    assert (rendered.kb / "table.md").read_text(encoding="utf-8") == grid.text
