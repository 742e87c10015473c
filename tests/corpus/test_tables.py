"""Tables: every form in which they come, every cell with its labels and its exact place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from corpus.models import Corpus, Fact
from corpus.tables import decision_columns, entity_axis

Parse = Callable[..., Corpus]
Check = Callable[[Corpus], None]


def cells(corpus: Corpus) -> list[Fact]:
    return [f for f in corpus.facts if f.kind == "cell"]


def at(corpus: Corpus, row: str, column: str) -> list[tuple[str, str, int]]:
    """Value, raw text and line of every cell under two labels."""
    return [(f.value, f.raw, f.span.first_line) for f in cells(corpus) if f.label("row") == row and f.label("column") == column]


# ---------------------------------------------------------------- pipe tables


def test_a_cell_is_filed_under_its_row_and_its_column_with_their_places(parse: Parse, check: Check) -> None:
    text = "| Name | Size |\n|------|:----:|\n| **a** | 1 |\n| b | `2` |\n"
    corpus = parse(text)
    check(corpus)

    assert at(corpus, "a", "Size") == [("1", "1", 3)]
    assert at(corpus, "b", "Size") == [("2", "`2`", 4)]
    assert [(x.role, text[x.span.start : x.span.end]) for x in cells(corpus)[1].labels if x.span] == [("row", "**a**"), ("column", "Size")]
    assert (corpus.tables[0].columns, corpus.tables[0].rows) == (("Name", "Size"), ("a", "b"))
    assert (corpus.tables[0].span.first_line, corpus.tables[0].span.last_line) == (1, 4)


@pytest.mark.parametrize(
    ("row", "values"),
    [
        ("| a \\| b | 2 |", ["a | b", "2"]),
        ("| `a\\|b` | 2 |", ["a|b", "2"]),
        ("a | 2", ["a", "2"]),
        ("|a|2|", ["a", "2"]),
        ("|  a  |\t2\t|", ["a", "2"]),
        ("| a | 2 | spare |", ["a", "2", "spare"]),
        ("| a |", ["a"]),
        ("| a | |", ["a"]),
        ("| | 2 |", ["2"]),
        ("| [x](y) | ![i](z) |", ["x", "i"]),
        ("| one<br>two | <ul><li>x</li><li>y</li></ul> |", ["one; two", "x; y"]),
        ("| a[^1] | 2[^note] |", ["a", "2"]),
        ("| a\\\\| 2 |", ["a| 2"]),
    ],
)
def test_the_cells_of_a_row(parse: Parse, check: Check, row: str, values: list[str]) -> None:
    corpus = parse(f"| K | V |\n|---|---|\n{row}\n")
    check(corpus)

    assert [f.value for f in cells(corpus)] == values
    assert all(f.raw in row and f.span.first_line == 3 for f in cells(corpus))


def test_equal_cells_of_one_row_keep_their_own_places(parse: Parse) -> None:
    corpus = parse("| K | A | B |\n|---|---|---|\n| x | same | same |\n")
    text = corpus.documents[0].text

    assert [f.span.start for f in cells(corpus)[1:]] == [text.index("same"), text.rindex("same")]


def test_blank_headers_are_no_labels(parse: Parse) -> None:
    corner = parse("| | A |\n|---|---|\n| x | 1 |\n")
    none = parse("| | |\n|---|---|\n| x | 1 |\n")
    missing = parse("|---|---|\n| x | 1 |\n| y | 2 |\n")

    assert corner.tables[0].columns == ("", "A")
    assert [f.label("column") for f in cells(corner)] == [None, "A"]
    assert [f.label("column") for f in cells(none)] == [None, None]
    assert (missing.tables[0].columns, missing.tables[0].rows) == (("", ""), ("x", "y"))
    assert [(f.value, f.label("row")) for f in cells(missing)] == [("x", "x"), ("1", "x"), ("y", "y"), ("2", "y")]


HTML_BOLD = """\
<table>
  <tr><td><strong>Name</strong></td><td><b>Size</b></td></tr>
  <tr><td>Ant</td><td>small</td></tr>
  <tr><td>Bee</td><td>{bee}</td></tr>
</table>
"""


@pytest.mark.parametrize(
    "text",
    [HTML_BOLD.format(bee="medium"), "| | |\n|---|---|\n| **Name** | **Size** |\n| Ant | small |\n| Bee | medium |\n"],
    ids=["html", "pipes under blank headers"],
)
def test_a_first_row_in_bold_is_the_header_where_there_is_none(parse: Parse, check: Check, text: str) -> None:
    corpus = parse(text)
    check(corpus)

    assert corpus.tables[0].columns == ("Name", "Size")
    assert [place[:2] for place in at(corpus, "Ant", "Size")] == [("small", "small")]


def test_bold_in_another_row_too_makes_no_header(parse: Parse) -> None:
    corpus = parse(HTML_BOLD.format(bee="medium").replace("<td>Bee</td><td>medium</td>", "<td><b>Bee</b></td><td><b>medium</b></td>"))

    assert corpus.tables[0].columns == ("", "")
    assert corpus.tables[0].rows == ("Name", "Ant", "Bee")


@pytest.mark.parametrize(
    "text",
    [
        "|| **Name** || Size ||\n||---||---||\n|| Ant || small ||\n",
        "||Name|Size|\n|-|-|-|\n|| Ant | small |\n",
        "| Name || Size |\n|---||---|\n| Ant || small |\n",
    ],
    ids=["all doubled", "doubled at the start", "doubled between"],
)
def test_doubled_pipes_make_no_columns(parse: Parse, check: Check, text: str) -> None:
    corpus = parse(text)
    check(corpus)

    assert corpus.tables[0].columns == ("Name", "Size")
    assert at(corpus, "Ant", "Size") == [("small", "small", 3)]


@pytest.mark.parametrize("delimiters", ["|---|---|---|", "|---|", "|---|---|---|---|"], ids=["one more", "one less", "two more"])
def test_delimiters_that_do_not_match_the_header_still_make_a_table(parse: Parse, check: Check, delimiters: str) -> None:
    corpus = parse(f"Sizes of ants.\n\n| Name | Size |\n{delimiters}\n| Ant | small |\n")
    check(corpus)

    assert corpus.tables[0].columns == ("Name", "Size")
    assert at(corpus, "Ant", "Size") == [("small", "small", 5)]


def test_a_ruled_line_under_words_makes_no_table(parse: Parse) -> None:
    assert parse("| Only a remark |\n| --- | --- |\n| more of it |\n").tables == ()


def test_a_column_with_a_header_and_no_cells_stays(parse: Parse) -> None:
    assert parse("| A | B | C |\n|---|---|---|\n| x | | 1 |\n").tables[0].columns == ("A", "B", "C")


def test_a_header_alone_still_says_its_words(parse: Parse) -> None:
    assert [f.value for f in cells(parse("| A | B |\n|---|---|\n"))] == ["A", "B"]


def test_pipes_in_prose_make_no_table(parse: Parse) -> None:
    assert parse("Use a | b here.\nOr c | d.\n\n--- | no\n").tables == ()


@pytest.mark.parametrize(
    "text",
    [
        "- The sizes:\n\n  | K | V |\n  |---|---|\n  | a | 1 |\n",
        "> The sizes:\n>\n> | K | V |\n> |---|---|\n> | a | 1 |\n",
        "1. The sizes:\n   > | K | V |\n   > |---|---|\n   > | a | 1 |\n",
        "!!! note\n    The sizes:\n\n    | K | V |\n    |---|---|\n    | a | 1 |\n",
    ],
    ids=["item", "quotation", "quotation in an item", "admonition"],
)
def test_a_table_inside_something_is_a_table_with_its_lead_in(parse: Parse, check: Check, text: str) -> None:
    corpus = parse(text)
    check(corpus)

    assert [(f.value, f.raw) for f in cells(corpus)] == [("a", "a"), ("1", "1")]
    assert cells(corpus)[1].label("lead") == "The sizes"


@pytest.mark.parametrize(
    ("text", "caption"),
    [
        ("Table 1: The sizes\n\n| K | V |\n|---|---|\n| a | 1 |\n", "The sizes"),
        ("| K | V |\n|---|---|\n| a | 1 |\n\nTable: The sizes\n", "The sizes"),
        ("| K | V |\n|---|---|\n| a | 1 |\n\n: The sizes\n", "The sizes"),
        ("First this. These are the sizes:\n| K | V |\n|---|---|\n| a | 1 |\n", "These are the sizes"),
        ("<table><caption>The sizes</caption><tr><td>a</td><td>1</td></tr></table>\n", "The sizes"),
        ("Far away.\n\n\n| K | V |\n|---|---|\n| a | 1 |\n\nText after.\n", ""),
        ("- **The sizes:**\n\n| K | V |\n|---|---|\n| a | 1 |\n", "The sizes"),
        ("- The last item\n\n| K | V |\n|---|---|\n| a | 1 |\n", ""),
        ("# Heading\n| K | V |\n|---|---|\n| a | 1 |\n", ""),
    ],
)
def test_a_caption_is_the_lead_of_all_cells(parse: Parse, text: str, caption: str) -> None:
    corpus = parse(text)

    assert corpus.tables[0].caption == caption
    assert {f.label("lead") for f in cells(corpus)} == {caption or None}


# ---------------------------------------------------------------- HTML tables

MERGED = """<table>
<thead><tr><th rowspan=2>Plan</th><th colspan="2">Cost</th></tr><tr><th>Month</th><th>Year</th></tr></thead>
<tbody>
<tr><td rowspan='2'>Basic</td><td>1</td><td>10</td></tr>
<tr><td colspan=2>free</td></tr>
<tr><td colspan=3>Others</td></tr>
<tr><td>Pro</td><td>2</td></tr>
</tbody></table>
"""


def test_a_merged_cell_is_a_fact_in_each_place_it_covers_with_one_span(parse: Parse, check: Check) -> None:
    corpus = parse(MERGED)
    check(corpus)

    assert at(corpus, "Basic", "Month") == [("1", "1", 4), ("free", "free", 5)]
    assert at(corpus, "Basic", "Year") == [("10", "10", 4), ("free", "free", 5)]
    assert [(f.row, f.column) for f in cells(corpus) if f.value == "Basic"] == [(0, 0), (1, 0)]
    assert len({f.span for f in cells(corpus) if f.value == "Basic"}) == 1
    assert len({f.span for f in cells(corpus) if f.value == "free"}) == 1


def test_a_cell_merged_across_the_whole_row_is_a_headline_and_one_fact(parse: Parse) -> None:
    assert [(f.row, f.column) for f in cells(parse(MERGED)) if f.value == "Others"] == [(2, 0)]


def test_the_lowest_header_comes_first_and_those_above_are_labels_too(parse: Parse) -> None:
    corpus = parse(MERGED)
    one = next(f for f in cells(corpus) if f.value == "1")

    assert corpus.tables[0].columns == ("Plan", "Month", "Year")
    assert [(x.role, x.text) for x in one.labels] == [("row", "Basic"), ("column", "Month"), ("column", "Cost")]


def test_chunks_say_a_merged_cell_once(parse: Parse) -> None:
    chunks = [c.text for c in parse(MERGED).chunks if c.kind in ("row", "passage")]

    assert chunks == [
        "Plan: Basic; Month: 1; Year: 10",
        "Plan: Basic; Month / Year: free",
        "Plan: Others",
        "Plan: Pro; Month: 2",
        "Basic 1 10 free Others Pro 2",
    ]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("<table>\n\n<tr>\n\n<td>**a**</td>\n\n<td>\n\n`b`\n\n</td></tr>\n\n</table>\n", ["a", "b"]),
        ("<TABLE><TR><TD>a<TD>b<TR><TD>c</TABLE>\n", ["a", "b", "c"]),
        ("<div><table><tr><td>a</td></tr></table></div>\n", ["a"]),
        ("<table><tr><td>a</td></tr></table> <table><tr><td>b</td></tr></table>\n", ["a", "b"]),
        ("<table><tr><td>a <table><tr><td>in</td></tr></table> z</td><td>b</td></tr></table>\n", ["a in; z", "b"]),
        ("<table><!-- <tr><td>gone</td></tr> --><tr><td>a <!-- gone --></td></tr></table>\n", ["a"]),
        ("<table><tr><td colspan=0 rowspan=x>a</td><td rowspan=999999>b</td></tr></table>\n", ["a", "b"]),
        ("<table><tr><td>one<br>two</td><td>&lt;x&gt; &amp; y</td></tr></table>\n", ["one; two", "<x> & y"]),
        ("<table><tr><td></td><td> </td></tr></table>\n", []),
        ("<table></table>\n", []),
        ("<table><td>a</td></table>\n", ["a"]),
    ],
)
def test_html_tables_of_all_kinds(parse: Parse, check: Check, text: str, values: list[str]) -> None:
    corpus = parse(text)
    check(corpus)

    assert [f.value for f in cells(corpus)] == values


def test_text_after_an_html_table_is_read_as_usual(parse: Parse) -> None:
    corpus = parse("<table>\n<tr><td>a</td></tr>\n\n</table>\n\n# After\n\nText.\n")

    assert [(f.kind, f.value, f.span.first_line) for f in corpus.facts] == [
        ("cell", "a", 2),
        ("heading", "After", 6),
        ("sentence", "Text.", 8),
    ]


def test_a_merge_that_would_fill_the_memory_is_ignored(parse: Parse) -> None:
    corpus = parse("<table>" + "<tr><td rowspan=1000 colspan=100>x</td></tr>" * 500 + "</table>\n")

    assert len(cells(corpus)) == 500


# ---------------------------------------------------------------- what a table is for


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (("Use Case", "Solution", "Why?"), (0, 1, 2)),
        (("If you need", "Choose"), (0, 1, None)),
        (("Recommended option", "Scenario", "Reason"), (1, 0, 2)),
        (("When", "Use", "Notes"), (0, 1, None)),
        (("Situation", "Plant", "Why?"), (0, 1, 2)),
        (("Situation", "Plant", "Soil", "Why?"), None),
        (("Name", "Description"), None),
        (("Concept", "Definition", "Primary Goal"), None),
        (("Use Case", "Notes"), None),
        ((), None),
        (("", ""), None),
        (("Your cargo", "Use", "Because"), (0, 1, 2)),
        (("Your cargo", "Choose"), (0, 1, None)),
        (("Sail", "Use", "Area"), None),
        (("Sail", "Reason"), None),
    ],
)
def test_decision_tables_are_told_by_their_columns(columns: tuple[str, ...], expected: tuple[int, int, int | None] | None) -> None:
    assert decision_columns(columns) == expected


def test_of_several_columns_that_say_when_the_one_whose_cells_differ_tells_the_rows_apart() -> None:
    columns = ("When I work on", "I want this outcome", "so I should consider")
    rows = [
        ("Development", "find slow parts", "profiling"),
        ("Development", "find leaks", "soak tests"),
        ("Operation", "find limits", "drills"),
    ]

    assert decision_columns(columns, rows) == (1, 2, None)
    assert decision_columns(columns) == (0, 2, None)


@pytest.mark.parametrize(
    ("columns", "rows", "known", "axis"),
    [
        (("Aspect", "A", "B"), ("Size", "Cost"), {}, "columns"),
        (("Features", "A", "B"), ("Size", "Cost"), {}, "columns"),
        (("Name", "Size", "Cost"), ("A", "B"), {}, "rows"),
        (("Key", "Value"), ("a", "b"), {}, "rows"),
        (("", "A", "B"), ("Size", "Cost"), {"a": 3, "b": 3, "size": 1, "cost": 1}, "columns"),
        (("", "Size", "Cost"), ("A", "B"), {"a": 3, "b": 3, "size": 1, "cost": 1}, "rows"),
        (("", "A", "B"), (), {}, "rows"),
        (("Property", "Description", "Default"), ("a", "b"), {}, "rows"),
        (("Attribute", "Score", "Save"), ("a", "b"), {}, "rows"),
        (("Quality attribute", "Meaning", "Common metrics"), ("a", "b"), {}, "rows"),
    ],
)
def test_the_axis_of_the_things_described(columns: tuple[str, ...], rows: tuple[str, ...], known: dict[str, int], axis: str) -> None:
    assert entity_axis(columns, rows, known) == axis


def test_both_orientations_answer_the_same_two_labels(parse: Parse) -> None:
    down = parse("| Concept | Size | Cost |\n|---|---|---|\n| Ant | small | 1 |\n| Bee | tiny | 2 |\n")
    across = parse("| Aspect | Ant | Bee |\n|---|---|---|\n| Size | small | tiny |\n| Cost | 1 | 2 |\n")

    assert (down.tables[0].entities, across.tables[0].entities) == ("rows", "columns")
    assert at(down, "Bee", "Size")[0][0] == at(across, "Size", "Bee")[0][0] == "tiny"


def test_a_table_with_a_blank_corner_is_turned_by_what_recurs_in_the_folder(parse: Parse) -> None:
    corpus = parse(
        "| | Ant | Bee |\n|---|---|---|\n| Legs | 6 | 6 |\n", "| Concept | Meaning |\n|---|---|\n| Ant | walks |\n| Bee | flies |\n"
    )

    assert corpus.tables[0].entities == "columns"


# ---------------------------------------------------------------- what a row is called


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("**run()** <br> Starts the job and waits for its end, always.", "run()"),
        ("**run()** <ul><li>Starts the job.</li><li>Waits for its end, always.</li></ul>", "run()"),
        ("`run`: starts the job and waits for its end, always", "run"),
        ("[Runner](a.md). Starts the job and waits for its end.", "Runner"),
        ("**Runner** (old)", "Runner (old)"),
        ("`ks` <br> Kolmogorov–Smirnov test", "ks; Kolmogorov–Smirnov test"),
        ("Starts the **job** and waits for its end, always.", "Starts the job and waits for its end, always."),
        ("**A whole bold sentence that goes on and on** and then goes on in plain words.", None),
    ],
)
def test_a_row_goes_by_the_name_its_first_cell_begins_with(parse: Parse, check: Check, cell: str, name: str | None) -> None:
    corpus = parse(f"| Method | Needs |\n|---|---|\n| {cell} | nothing |\n")
    check(corpus)
    first, second = cells(corpus)
    wanted = name or first.value

    assert (first.label("row"), second.label("row"), corpus.tables[0].rows) == (wanted, wanted, (wanted,))
    assert first.raw == cell
    assert ("fact" in {c.kind for c in corpus.chunks if c.facts == (first.id,)}) == (wanted != first.value)


def test_cells_of_a_grid_of_cards_name_themselves(parse: Parse) -> None:
    card = "**{}**<br>Shows what there is to be seen in it."
    corpus = parse(f"| | |\n|---|---|\n| {card.format('One')} | {card.format('Two')} |\n")
    headed = parse(f"| A | B |\n|---|---|\n| {card.format('One')} | {card.format('Two')} |\n")

    assert [f.label("row") for f in cells(corpus)] == ["One", "Two"]
    assert [f.label("row") for f in cells(headed)] == ["One", "One"]


# ---------------------------------------------------------------- tables set side by side


@pytest.mark.parametrize(
    "text",
    [
        "| Score | Cost | Score | Cost |\n|---|---|---|---|\n| 8 | 0 | 12 | 4 |\n| 9 | 1 | | |\n",
        "<table>\n<tr><th>Score</th><th>Cost</th><th>Score</th><th>Cost</th></tr>\n<tr><td>8<td>0<td>12<td>4</tr><tr><td>9<td>1</tr></table>\n",
    ],
    ids=["pipes", "HTML"],
)
def test_a_table_set_side_by_side_is_one_table(parse: Parse, check: Check, text: str) -> None:
    corpus = parse(text)
    check(corpus)

    assert (corpus.tables[0].columns, corpus.tables[0].rows) == (("Score", "Cost"), ("8", "9", "12"))
    assert [f.value for f in cells(corpus) if f.label("row") == "12"] == ["12", "4"]


@pytest.mark.parametrize(
    "header",
    ["| A | B | A | C |", "| A | A |", "| | B | | B |", "| A | B | A |"],
    ids=["not all", "one wide", "unnamed", "not a whole time"],
)
def test_headers_that_do_not_repeat_as_a_whole_are_left_alone(parse: Parse, header: str) -> None:
    width = header.count("|") - 1
    corpus = parse(f"{header}\n|{'---|' * width}\n|{'x|' * width}\n")

    assert len(corpus.tables[0].rows) == 1


LISTED = """| Option | Values | Since |
|---|---|---|
| Retain | `0` / `off` = leave nothing behind<br>`1` / `on` = leave the last message | 9.1 |
| Checks | <ul><li>the mean is far off</li><li>a value is missing</li></ul> | 9.2 |
| Steps | wash it<br/>dry it<br/>fold it | 9.3 |
| Remark | a text that was too long<br>for its column | 9.4 |
"""


def test_lines_and_list_items_of_a_cell_are_facts_of_their_own_beside_the_cell(parse: Parse, check: Check) -> None:
    corpus = parse(LISTED)

    check(corpus)
    parts = [f for f in corpus.facts if f.kind in ("item", "pair")]
    assert [(f.label("lead"), f.label("title"), f.label("label"), f.value) for f in parts] == [
        ("Retain", "Values", "0 / off", "leave nothing behind"),
        ("Retain", "Values", "1 / on", "leave the last message"),
        ("Checks", "Values", None, "the mean is far off"),
        ("Checks", "Values", None, "a value is missing"),
        ("Steps", "Values", None, "wash it"),
        ("Steps", "Values", None, "dry it"),
        ("Steps", "Values", None, "fold it"),
    ]
    assert [f.raw for f in parts][:3] == [
        "`0` / `off` = leave nothing behind",
        "`1` / `on` = leave the last message",
        "the mean is far off",
    ]
    assert len({f.group for f in parts}) == 3
    assert all(f.table is None for f in parts)
    assert sum(f.kind == "cell" for f in corpus.facts) == 12


def test_a_cell_of_two_lines_without_labels_is_one_text(parse: Parse) -> None:
    corpus = parse(LISTED)

    assert [f.kind for f in corpus.facts if "too long" in f.value] == ["cell"]


def test_the_lines_of_a_cell_are_not_said_twice_in_a_passage(parse: Parse) -> None:
    corpus = parse(LISTED)

    (passage,) = [c for c in corpus.chunks if c.kind == "passage"]
    assert passage.value.count("dry it") == 1


def test_a_cell_that_is_all_breaks_is_no_list(parse: Parse, check: Check) -> None:
    corpus = parse("| A | B |\n|---|---|\n| x | <br><br><br> |\n| y | one<br><br><br>two |\n")

    check(corpus)
    assert not [f for f in corpus.facts if f.kind in ("item", "pair")]
