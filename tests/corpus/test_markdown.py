"""Forms of Markdown that are out there: what becomes a fact, what is dropped, and where the lines stay."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from corpus.markdown import code_spans, plain, sentences
from corpus.models import Corpus

Parse = Callable[..., Corpus]
Check = Callable[[Corpus], None]
Values = Callable[..., list[str]]


def lines(corpus: Corpus) -> list[tuple[int, str]]:
    return [(f.span.first_line, f.value) for f in corpus.facts]


# ---------------------------------------------------------------- headings and sections


def test_sections_nest_by_level_and_partition_the_lines(parse: Parse) -> None:
    corpus = parse("Intro.\n\n# One\ntext\n### Deep\n\n## Two\n# Three\n")

    assert [(s.path, s.level, s.first_line, s.last_line, s.last_line_deep) for s in corpus.sections] == [
        ((), 0, 1, 2, 2),
        (("One",), 1, 3, 4, 7),
        (("One", "Deep"), 3, 5, 6, 6),
        (("One", "Two"), 2, 7, 7, 7),
        (("Three",), 1, 8, 8, 8),
    ]


def test_blank_lines_above_the_first_heading_belong_to_it(parse: Parse) -> None:
    assert [(s.path, s.first_line, s.last_line) for s in parse("\n\n# One\n\ntext\n").sections] == [(("One",), 1, 5)]


def test_setext_headings_are_headings_and_a_rule_is_none(parse: Parse) -> None:
    corpus = parse("One\n===\n\ntext\n\n---\n\nTwo\n---\n")

    assert [(s.path, s.first_line, s.last_line) for s in corpus.sections] == [(("One",), 1, 7), (("One", "Two"), 8, 9)]


def test_duplicate_headings_are_sections_of_their_own(parse: Parse) -> None:
    corpus = parse("# A\n## Usage\none\n# B\n## Usage\ntwo\n")
    sentences_of = {f.value: corpus.sections[f.section].path for f in corpus.facts if f.kind == "sentence"}

    assert sentences_of == {"one": ("A", "Usage"), "two": ("B", "Usage")}


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("## **Bold** and *soft*", "Bold and soft"),
        ("## [Linked](a.md) `code()`", "Linked code()"),
        ("## Anchored {#the-anchor}", "Anchored"),
        ("## Anchored { #a .b }", "Anchored"),
        ("## Kramdown {: .no_toc }", "Kramdown"),
        ('## <a name="x"></a>Named', "Named"),
        ("## Closed ##", "Closed"),
        ("## {braces} stay", "{braces} stay"),
        ("## C# and F#", "C# and F#"),
        ("## Fish &amp; chips", "Fish & chips"),
        ("## Kiln [![build](https://b.example/x.svg)](https://b.example)", "Kiln"),
        ('## <img src="logo.png" alt="Logo"> Kiln', "Kiln"),
        ("## ![Kiln](logo.png)", "Kiln"),
    ],
)
def test_a_heading_is_its_words_without_markup(parse: Parse, line: str, title: str) -> None:
    corpus = parse(f"{line}\n")

    assert corpus.sections[-1].path == (title,)
    assert line.find(corpus.facts[0].raw) >= 0


def test_seven_hashes_or_no_blank_are_no_heading(values: Values) -> None:
    assert values("####### seven\n\n#tag\n", "heading") == []


def test_a_heading_inside_a_quotation_or_item_cuts_no_section(parse: Parse) -> None:
    corpus = parse("# One\n\n> # Quoted\n\n- # Listed\n")

    assert [s.path for s in corpus.sections] == [("One",)]
    assert [f.value for f in corpus.facts if f.kind == "heading"] == ["One", "Quoted", "Listed"]


def test_a_comment_in_code_is_no_heading(parse: Parse) -> None:
    assert [s.path for s in parse("# One\n\n```sh\n# not a heading\n```\n").sections] == [("One",)]


# ---------------------------------------------------------------- markup that is not content


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ('!!! note "A *title*"\n    Inside. Twice.\n\nOut.\n', [(1, "A title"), (2, "Inside."), (2, "Twice."), (4, "Out.")]),
        (
            "!!! tip\n    Outer.\n\n    !!! note\n        Deep.\n\n    After.\n\nOut.\n",
            [(2, "Outer."), (5, "Deep."), (7, "After."), (9, "Out.")],
        ),
        ("!!! tip\n\tTabbed.\n\n\t- item\n", [(2, "Tabbed."), (4, "item")]),
        (
            '=== "Linux"\n\n    Inside.\n\n=== "Mac"\n\n    - item\n\nOut.\n',
            [(1, "Linux"), (3, "Inside."), (5, "Mac"), (7, "item"), (9, "Out.")],
        ),
        ("1. Step.\n\n    !!! note\n        Aside.\n\n2. Next.\n", [(1, "Step."), (4, "Aside."), (6, "Next.")]),
        ("???+ question\n    Answer.\n", [(2, "Answer.")]),
        (":::note\nA.\n:::\n", [(2, "A.")]),
        (":::tip[My title]\nA.\n:::\n", [(1, "My title"), (2, "A.")]),
        ("::: warning Look out\nA.\n:::\n", [(1, "Look out"), (2, "A.")]),
        ("::::{note} T\n:class: x\nA.\n::::\n", [(1, "T"), (3, "A.")]),
        (':::image type="content" source="x.png":::\n', []),
        ("> [!NOTE]\n> Careful. Really.\n", [(2, "Careful."), (2, "Really.")]),
        ("> [!tip]- Folded\n> Inside.\n", [(1, "Folded"), (2, "Inside.")]),
        ('{% hint style="info" %}\nHint.\n{% endhint %}\n', [(2, "Hint.")]),
        ("{% a %} kept {% b %}\n", [(1, "kept")]),
        ('{% tabs %}\n{% tab title="On *Linux*" %}\nRun it.\n{% endtab %}\n{% endtabs %}\n', [(2, "On Linux"), (3, "Run it.")]),
        ('<Tab title="On Linux">\n\nRun it.\n\n</Tab>\n', [(1, "On Linux"), (3, "Run it.")]),
        ('{% include "x.md" %}\n{{< figure src="a.png" title="A view" >}}\nText.\n', [(2, "A view"), (3, "Text.")]),
        ("{{< note >}}\nInside.\n{{< /note >}}\n", [(2, "Inside.")]),
        ("Text {{ page.title }} goes on.\n", [(1, "Text goes on.")]),
        ("{: .no_toc }\nText.\n\n[TOC]\n\n[[_TOC_]]\n", [(2, "Text.")]),
        ("```{note}\n:class: x\nProse. Two.\n```\n", [(3, "Prose."), (3, "Two.")]),
        ("````{tip} Title\nA.\n```python\ncode\n```\nB.\n````\n", [(1, "Title"), (2, "A."), (3, "code"), (6, "B.")]),
        ("import T from '@x/T';\nimport {a, b} from \"y\"\nimport 'z.css'\n\nexport const c = 1\n\nText.\n", [(7, "Text.")]),
        ("{/* gone */}\n\n<!-- gone\n\ntoo -->\n\nText.\n", [(7, "Text.")]),
        ("<script>\ngone()\n</script>\n\n<style>\n.gone {}\n</style>\n\nText.\n", [(9, "Text.")]),
        ("<details><summary>Q</summary>\n\nA.\n\n</details>\n", [(1, "Q"), (3, "A.")]),
    ],
)
def test_markup_is_dropped_from_the_text_and_never_from_the_line_numbers(parse: Parse, text: str, facts: list[tuple[int, str]]) -> None:
    assert lines(parse(text)) == facts


@pytest.mark.parametrize(
    "text",
    [
        "!!! wow this is text\n",
        "import data from the raw folder.\n",
        "import the data from 'raw', then clean.\n",
        "export default settings to a file\n",
        "export const values as they are\n",
        "a {% b\n",
        "?? what\n",
        ":: two colons\n",
    ],
)
def test_prose_that_looks_like_markup_stays(values: Values, text: str) -> None:
    assert " ".join(values(text)) == text.strip()


@pytest.mark.parametrize(
    "mark", ["---\ntitle: The front\ntags: [a, b]\n---\n", "+++\ntitle = 'The front'\n+++\n", "---\n# c\ntitle: x\n...\n"]
)
def test_front_matter_makes_no_facts_and_its_lines_belong_to_a_section(parse: Parse, mark: str) -> None:
    corpus = parse(f"{mark}# Title\n\nText.\n")
    after = mark.count("\n")

    assert [(s.path, s.first_line, s.last_line) for s in corpus.sections] == [((), 1, after), (("Title",), after + 1, after + 3)]
    assert lines(corpus) == [(after + 1, "Title"), (after + 3, "Text.")]


@pytest.mark.parametrize(
    "text", ["---\nOnly prose here.\n\n---\n", "---\ntitle: never closed\n", "\n---\ntitle: x\n---\n", "---\nmixed: x\n+++\n"]
)
def test_what_is_no_front_matter_keeps_its_text(values: Values, text: str) -> None:
    assert " ".join(values(text, "sentence") + values(text, "pair") + values(text, "heading"))


# ---------------------------------------------------------------- code


def test_code_is_one_fact_quoted_with_its_fences_and_said_without(parse: Parse) -> None:
    corpus = parse("```python\n# the limit\nlimit = 3\n```\n\n    indented\n    code\n")

    assert [(f.kind, f.value, f.raw) for f in corpus.facts] == [
        ("code", "# the limit\nlimit = 3", "```python\n# the limit\nlimit = 3\n```"),
        ("code", "indented\ncode", "indented\n    code"),
    ]


def test_code_in_a_quotation_or_item_is_said_without_the_marks(values: Values) -> None:
    assert values("> ```\n> a\n> b\n> ```\n", "code") == ["a\nb"]
    assert values("- x\n\n  ```\n  a\n  ```\n", "code") == ["a"]


def test_a_fence_that_is_never_closed_runs_to_the_end_of_what_holds_it(values: Values) -> None:
    assert values("~~~\n# a\n\nb\n") == ["# a\n\nb"]
    assert values("> ```\n> a\n\nAfter.\n") == ["a", "After."]


def test_markup_inside_code_stays(values: Values) -> None:
    text = "```\n!!! note\n    x\n{% raw %}\nimport a from 'b'\n:::\n```\n"

    assert values(text) == ["!!! note\n    x\n{% raw %}\nimport a from 'b'\n:::"]


def test_a_fence_in_a_quotation_does_not_hide_what_follows(values: Values) -> None:
    assert values("> ```\n> a\n> ```\n\n!!! note\n    Inside.\n") == ["a", "Inside."]


# ---------------------------------------------------------------- inline markup


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("**bold** *soft* ~~gone~~ `code`", "bold soft gone code"),
        ("[text](http://x 'title') and ![alt](i.png)", "text and alt"),
        ("[![badge](b.svg)](c)", "badge"),
        ("a<br>b<br/>c", "a; b; c"),
        ("<ul><li>a</li><li>b</li></ul>", "a; b"),
        ("a,<br>b.<br>c", "a, b. c"),
        ("text[^1] more[^note]", "text more"),
        ('text<a href="#fn1"><sup>1</sup></a>', "text"),
        ("10<sup>2</sup> m", "102 m"),
        ("a &lt; b &amp; c &mdash; d", "a < b & c — d"),
        (r"a \* b \[c\]", "a * b [c]"),
        ("snake_case and __dunder__", "snake_case and dunder"),
        ("a <!-- hidden --> b", "a b"),
        ("<https://x.y>", "https://x.y"),
        ("two\nlines", "two lines"),
        ("  spaces \t and\u00a0no-break ", "spaces and no-break"),
        ("`a | b`", "a | b"),
        ('<img src="a.png" alt="A &amp; B" width=1> and <img src="b.png">', "A & B and"),
        ("*unclosed **markup", "*unclosed **markup"),
        ('[text](a.md){:target="_blank" .x} and `code`{.sh}', "text and code"),
        ("![alt](a.png){width=40} {not: this}", "alt {not: this}"),
    ],
)
def test_plain_words(markup: str, words: str) -> None:
    assert plain(markup) == words


def test_links_by_reference_are_their_text_where_the_file_defines_them(values: Values) -> None:
    text = "See [the guide][g], [short] and [other][]; array[0][1] and [none][x] stay.\n\n[g]: a.md\n[short]: b.md 'T'\n[other]: c.md\n"

    assert values(text) == ["See the guide, short and other; array[0][1] and [none][x] stay."]


def test_long_markup_is_taken_off_all_the_same() -> None:
    assert plain("[word](http://x) **bold** `code` <b>x</b> &amp; " * 200) == " ".join(["word bold code x &"] * 200)


def test_code_spans_close_with_as_many_ticks_as_they_open() -> None:
    assert [("a `b` ``c ` d`` e `f"[a:b]) for a, b in code_spans("a `b` ``c ` d`` e `f")] == ["`b`", "``c ` d``"]


# ---------------------------------------------------------------- sentences


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Use tools, e.g. Hammers. Then rest.", ["Use tools, e.g. Hammers.", "Then rest."]),
        ("See Fig. 3 and Dr. Who vs. others.", ["See Fig. 3 and Dr. Who vs. others."]),
        ("Is it No. 5, max. 3? I say no. Then 10 min. Rest.", ["Is it No. 5, max. 3?", "I say no.", "Then 10 min.", "Rest."]),
        ("Apples, pears etc. Then more etc. and on.", ["Apples, pears etc.", "Then more etc. and on."]),
        ("Version 1.2.3 is out. J. Smith said so.", ["Version 1.2.3 is out.", "J. Smith said so."]),
        ("It ends here.) **Bold** next.", ["It ends here.)", "**Bold** next."]),
        ('He said "stop." She did.', ['He said "stop."', "She did."]),
        ("It goes on. but in lower case.", ["It goes on. but in lower case."]),
        ("Really?! Yes... no. Maybe.", ["Really?!", "Yes... no.", "Maybe."]),
        ("A note.[^1] Another.", ["A note.[^1]", "Another."]),
        ("Call `a. B` now. Then go.", ["Call `a. B` now.", "Then go."]),
        ("It`s odd. But fine. Yes.", ["It`s odd.", "But fine.", "Yes."]),
        ("Ends one.\nStarts another.", ["Ends one.", "Starts another."]),
        ("![One. Two. Three.](a.png) After. End", ["![One. Two. Three.](a.png) After.", "End"]),
        ("See [Go. Now.](a.md) today. Then rest.", ["See [Go. Now.](a.md) today.", "Then rest."]),
        ("Use v1.2. Then i.e. this. And 3.5 GB.", ["Use v1.2.", "Then i.e. this.", "And 3.5 GB."]),
    ],
)
def test_sentences_end_where_readers_end_them(text: str, parts: list[str]) -> None:
    assert [text[a:b] for a, b in sentences(text)] == parts


def test_a_sentence_without_end_is_cut_between_words() -> None:
    text = "word " * 1000
    parts = [text[a:b] for a, b in sentences(text)]

    assert all(len(p) <= 2000 for p in parts)
    assert " ".join(parts) == text.strip()


# ---------------------------------------------------------------- nothing is lost


def test_text_nested_deeper_than_the_parser_goes_is_kept(values: Values) -> None:
    quotes = "".join(f"{'>' * depth} level{depth}\n" for depth in range(1, 200))
    items = "".join(f"{'  ' * depth}- depth{depth}\n" for depth in range(200))
    said = " ".join(values(quotes) + values(items)).split()

    assert {f"level{d}" for d in range(1, 200)} | {f"depth{d}" for d in range(200)} <= set(said)


def test_a_footnote_is_kept_where_it_stands_used_or_not(parse: Parse) -> None:
    corpus = parse("Text.[^1]\n\n[^1]: The note. Two.\n    And more.\n\n[^unused]: Still here.\n")

    assert lines(corpus) == [(1, "Text."), (3, "The note."), (3, "Two."), (4, "And more."), (6, "Still here.")]


def test_link_definitions_are_no_facts(values: Values) -> None:
    assert values("[a]: http://x\n[b]: http://y\n  'a title'\n\nText.\n") == ["Text."]


def test_an_html_table_that_is_never_closed_swallows_nothing(parse: Parse) -> None:
    corpus = parse("<table>\n<tr><td>one</td></tr>\n\n# Next\n\nText.\n")

    assert [s.path for s in corpus.sections] == [(), ("Next",)]
    assert [f.value for f in corpus.facts] == ["one", "Next", "Text."]


def test_a_line_of_no_break_spaces_shifts_nothing(parse: Parse) -> None:
    assert lines(parse("\u00a0\n\u00a0\nFirst.\nSecond.\n")) == [(3, "First."), (4, "Second.")]


def test_a_tab_inside_an_item_keeps_the_place_of_the_words(parse: Parse) -> None:
    corpus = parse("-\tfirst\n\n\tsecond part\n\n\t- inner\n")

    assert [(f.raw, f.span.first_line) for f in corpus.facts] == [("first", 1), ("second part", 3), ("inner", 5)]


# ---------------------------------------------------------------- HTML


def test_headings_written_as_html_cut_sections(parse: Parse, check: Check) -> None:
    corpus = parse('<div align="center">\n<h1 id="top">The <b>tool</b></h1>\n<p>Small. Fast.</p>\n</div>\n\n<h2>\nUse\n</h2>\n\nRun it.\n')
    check(corpus)

    assert [(s.path, s.level, s.first_line, s.last_line) for s in corpus.sections] == [
        ((), 0, 1, 1),
        (("The tool",), 1, 2, 5),
        (("The tool", "Use"), 2, 6, 10),
    ]
    assert [(f.kind, f.value, f.span.first_line) for f in corpus.facts] == [
        ("heading", "The tool", 2),
        ("sentence", "Small.", 3),
        ("sentence", "Fast.", 3),
        ("heading", "Use", 7),
        ("sentence", "Run it.", 10),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "<table><tr><td>\n<h2>In a cell</h2>\n</td></tr></table>\n",
        "<!--\n<h2>Hidden</h2>\n-->\n",
        "<p>Words <h2>inside</h2></p>\n",
        "<h2>Begins</h2> a line\n",
        "<h2>Never closed\n\nText.\n",
        "<pre>\n<h2>Shown as code</h2>\n</pre>\n",
        "<header>No heading</header>\n",
    ],
)
def test_other_heading_tags_cut_nothing(parse: Parse, text: str) -> None:
    assert [s.path for s in parse(text).sections] == [()]


def test_text_beside_a_table_in_one_block_of_html_is_kept(parse: Parse, check: Check) -> None:
    table = "<table><tr><td>{}</td></tr></table>"
    corpus = parse(f"<div>\n<p>Before. It.</p>\n{table.format('a')} between <!-- gone -->\n{table.format('b')}\nAfter.</div>\n")
    check(corpus)

    assert sorted(lines(corpus)) == [(1, "Before."), (2, "It."), (3, "a"), (3, "between"), (4, "b"), (5, "After.")]


def test_prose_in_html_is_its_sentences_in_order(parse: Parse) -> None:
    facts = parse("<p>One here. Two\nthere.</p>\n<!-- Not. This. -->\n<p>Three.</p>\n").facts

    assert [(f.value, f.raw, f.position) for f in facts] == [
        ("One here.", "<p>One here.", 0),
        ("Two there.", "Two\nthere.</p>", 1),
        ("Three.", "<p>Three.</p>", 2),
    ]


def test_a_table_in_a_content_tab_is_a_table(values: Values) -> None:
    text = '=== "Version 4"\n\n    | Mode | Limit |\n    |---|---|\n    | K1000 | -103 |\n    | D50 | -112 |\n'

    assert {"K1000", "-103", "D50", "-112"} <= set(values(text))


def test_a_title_underlined_like_a_tab_is_none(values: Values) -> None:
    assert values('=== "Linux"\nInside.\n') == ['=== "Linux" Inside.']


def test_how_a_picture_looks_is_no_word_of_a_cell(values: Values) -> None:
    assert ":x:" in values("| A | B |\n|---|---|\n| one | :x:{ .red } |\n| two | :check:{ .green } |\n")
