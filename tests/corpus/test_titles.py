"""What a fact stands under besides headings: boxes, tabs, folded parts, bold lines, and what its document is called."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from corpus.facts import name_in_words
from corpus.models import Corpus, Document
from corpus.parsing import parse_corpus
from corpus.vocabulary import make_vocabulary

Parse = Callable[..., Corpus]
Check = Callable[[Corpus], None]


def titles(corpus: Corpus) -> dict[str, list[str]]:
    """Every value with the titles it stands under."""
    return {f.value: [x.text for x in f.labels if x.role == "title"] for f in corpus.facts if f.kind != "heading"}


@pytest.mark.parametrize(
    "box",
    [
        '!!! note "The *title*"\n    Inside.\n\n    - item\n\n    | A | B |\n    |---|---|\n    | x | y |\n\n',
        '???+ question "The *title*"\n    Inside.\n\n    - item\n\n    | A | B |\n    |---|---|\n    | x | y |\n\n',
        ":::tip[The *title*]\nInside.\n\n- item\n\n| A | B |\n|---|---|\n| x | y |\n:::\n\n",
        "> [!NOTE] The *title*\n> Inside.\n>\n> - item\n>\n> | A | B |\n> |---|---|\n> | x | y |\n\n",
        "```{admonition} The *title*\nInside.\n\n- item\n\n| A | B |\n|---|---|\n| x | y |\n```\n\n",
        '{% tab title="The *title*" %}\nInside.\n\n- item\n\n| A | B |\n|---|---|\n| x | y |\n{% endtab %}\n\n',
        '{{< tab title="The *title*" >}}\nInside.\n\n- item\n\n| A | B |\n|---|---|\n| x | y |\n{{< /tab >}}\n\n',
        "<details>\n\n<summary>The *title*</summary>\n\nInside.\n\n- item\n\n| A | B |\n|---|---|\n| x | y |\n\n</details>\n\n",
        "<details><summary>The *title*</summary>\n\nInside.\n\n- item\n\n| A | B |\n|---|---|\n| x | y |\n\n</details>\n\n",
        '<TabItem value="a" label="The *title*">\n\nInside.\n\n- item\n\n| A | B |\n|---|---|\n| x | y |\n\n</TabItem>\n\n',
    ],
    ids=["mkdocs", "folded mkdocs", "colons", "alert", "myst", "gitbook tab", "hugo tab", "details", "details on one line", "component"],
)
def test_the_title_of_a_box_is_a_label_of_what_is_inside_and_of_nothing_after(parse: Parse, check: Check, box: str) -> None:
    corpus = parse(f"Before.\n\n{box}After.\n")
    check(corpus)
    found = titles(corpus)

    assert {value: found[value] for value in ("Inside.", "item", "y")} == {
        "Inside.": ["The title"],
        "item": ["The title"],
        "y": ["The title"],
    }
    assert (found["The title"], found["Before."], found["After."]) == ([], [], [])
    label = next(x for f in corpus.facts if f.value == "Inside." for x in f.labels)
    assert label.span is not None
    assert corpus.documents[0].text[label.span.start : label.span.end] == "The *title*"


def test_code_shows_the_title_of_its_fence(parse: Parse) -> None:
    found = titles(parse('```python title="app.py" {1}\nrun()\n```\n\n```python\ntitle="x"\n```\n\n> ```{note} Aside\n> text\n> ```\n'))

    assert found == {"run()": ["app.py"], 'title="x"': [], "text": ["Aside"]}


def test_titles_of_boxes_in_boxes_come_outermost_first(parse: Parse) -> None:
    found = titles(
        parse('::::note[Outer]\n:::tip[Inner]\nDeep.\n:::\nHigh.\n::::\n\n!!! tip "A"\n    !!! note "B"\n        C.\n\n    D.\n')
    )

    assert (found["Deep."], found["High."], found["C."], found["D."]) == (["Outer", "Inner"], ["Outer"], ["A", "B"], ["A"])


@pytest.mark.parametrize("line", ["**Limits**", "__Limits__", "**Limits:**", "**Limits**:"])
def test_a_bold_line_heads_what_follows(parse: Parse, check: Check, line: str) -> None:
    corpus = parse(f"# H\n\nBefore.\n\n{line}\n\nFirst.\n\n- item\n\n# Next\n\nAfter.\n")
    check(corpus)
    found = titles(corpus)

    assert (found["Before."], found["First."], found["item"], found["After."]) == ([], ["Limits"], ["Limits"], [])


def test_a_bold_line_holds_to_the_next_one_and_one_with_a_colon_to_the_end_of_its_list(parse: Parse) -> None:
    found = titles(parse("**A**\n\n- one\n\nStill A.\n\n**B:**\n\n- two\n\nNo longer B.\n\n**C**\n\nThree.\n"))

    assert (found["one"], found["two"]) == ([], [])  # they carry it as the lead-in of their list
    assert (found["Still A."], found["No longer B."], found["Three."]) == (["A"], [], ["C"])


@pytest.mark.parametrize(
    "line",
    ["**A bold sentence is no title.**", "**Bold** and more", "- **Item**", "> **Quoted**", "**" + "word " * 11 + "**", "* * *"],
)
def test_other_bold_is_no_title(parse: Parse, line: str) -> None:
    assert titles(parse(f"{line}\n\nText.\n"))["Text."] == []


def test_a_box_that_is_never_closed_ends_at_the_next_heading(parse: Parse) -> None:
    found = titles(parse(":::tip[T]\nInside.\n\n# Next\n\nAfter.\n"))

    assert (found["Inside."], found["After."]) == (["T"], [])


def test_a_title_is_found_with_what_it_heads(parse: Parse) -> None:
    corpus = parse("# Jobs\n\n<details>\n\n<summary>Nightly export</summary>\n\nStarts at two.\n\n</details>\n")

    assert "Jobs › Nightly export: Starts at two." in [c.text for c in corpus.chunks]
    assert ("Nightly export", "title") in [(e.text, e.role) for e in make_vocabulary(corpus).entries]


# ---------------------------------------------------------------- what a document is called


def headings(corpus: Corpus) -> list[tuple[str, str]]:
    return [(c.heading, c.text) for c in corpus.chunks if c.kind == "fact"]


@pytest.mark.parametrize(
    ("text", "heading", "said"),
    [
        ("# One\n\n## Two\n\nText.\n", "One › Two", "One › Two: Text."),
        ("Text.\n\n# One\n", "One", "One: Text."),
        ("---\ntitle: 'Front *title*'\n---\n\n## Two\n\nText.\n", "Front title › Two", "Front title › Two: Text."),
        ('+++\ntitle = "Front title"\n+++\n\nText.\n', "Front title", "Front title: Text."),
        ("---\ntitle: Front title\n---\n\n# One\n\nText.\n", "One", "One: Text."),
        ("---\ntitle: Front title\n---\n\n# One\n\nText.\n\n# Other\n", "Front title › One", "Front title › One: Text."),
        ("---\ntitle: >\n  folded\n---\n\n## Two\n\nText.\n", "page › Two", "Two: Text."),
        ("## Two\n\nText.\n", "page › Two", "Two: Text."),
    ],
    ids=[
        "its heading",
        "text above it",
        "front matter",
        "TOML",
        "heading before front matter",
        "two headings",
        "folded value",
        "file name",
    ],
)
def test_a_document_among_others_is_found_by_its_title_and_else_by_its_name(parse: Parse, text: str, heading: str, said: str) -> None:
    assert headings(parse(text, "# Another\n"))[0] == (heading, said)


def test_a_document_alone_needs_no_title(parse: Parse) -> None:
    assert headings(parse("---\ntitle: Front title\n---\n\n## Two\n\nText.\n")) == [("Two", "Two: Text.")]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("docs/peaks/index.md", "peaks"),
        ("docs/peaks/manual.md", "peaks manual"),
        ("docs/02_two-rings/Overview.md", "two rings"),
        ("docs/peaks/calibration.md", "calibration"),
        ("manual.md", "manual"),
    ],
)
def test_a_page_that_its_own_name_does_not_tell_from_others_goes_by_its_folder(path: str, name: str) -> None:
    assert name_in_words(path) == name


def test_what_a_folder_is_about_is_said_with_its_pages_and_a_file_name_is_only_searched() -> None:
    pages = {"docs/peaks/manual.md": "Needs 60 mA.", "docs/peaks/calibration.md": "Takes an hour.", "docs/rings/index.md": "Is 14 wide."}
    corpus = parse_corpus(Document(path, f"## Facts\n\n{text}\n", "0", 1, 0) for path, text in pages.items())
    fact = {corpus.sections[c.section].document: c for c in corpus.chunks if c.kind == "fact"}

    assert fact["docs/peaks/manual.md"].text == "peaks manual › Facts: Needs 60 mA."
    assert fact["docs/rings/index.md"].text == "rings › Facts: Is 14 wide."
    assert fact["docs/peaks/calibration.md"].text == "Facts: Takes an hour."
    assert fact["docs/peaks/calibration.md"].heading == "calibration › Facts"
