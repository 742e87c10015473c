from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.ui.web.payloads import PAYLOADS
from ui.web.reading import SHOWN_ROWS, TAGS, document_nodes


def walk(nodes: Any) -> Iterator[dict[str, Any]]:
    for node in nodes:
        if not isinstance(node, str):
            yield node
            yield from walk(node["c"])


def words(nodes: Any) -> str:
    return "".join(node if isinstance(node, str) else words(node["c"]) for node in nodes)


def test_blocks_say_on_which_lines_they_stand() -> None:
    nodes = document_nodes("# A\n\ntwo\nlines\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n")

    assert [(n["t"], n["l"]) for n in nodes] == [("h1", [1, 1]), ("p", [3, 4]), ("table", [6, 9])]
    assert [n["l"] for n in walk(nodes) if n["t"] == "tr"] == [[6, 6], [8, 8], [9, 9]]


def test_a_line_of_a_paragraph_can_be_found_by_its_number() -> None:
    (paragraph,) = document_nodes("one *two\nthree* four\nfive\n")

    assert [(n["l"], words([n])) for n in paragraph["c"]] == [([1, 1], "one two\nthree four\n"), ([3, 3], "five\n")]


def test_front_matter_is_shown_as_it_is_written() -> None:
    nodes = document_nodes("---\ntitle: x\n---\n# A\n")

    assert [(n["t"], words([n]), n["l"]) for n in nodes] == [("pre", "title: x", [1, 3]), ("h1", "A", [4, 4])]


def test_web_links_lead_there_and_no_other_links_do() -> None:
    nodes = document_nodes("[a](https://example.org/x) [b](javascript:alert(1)) [c](other.md) [d](data:text/html,x)\n")

    links = [n for n in walk(nodes) if n["t"] == "a"]
    assert [n.get("href") for n in links if words([n]) in ("a", "c")] == ["https://example.org/x", None]
    assert not [n for n in links if n.get("href", "https:").split(":")[0] not in ("https", "http", "mailto")]


def test_a_long_table_is_cut_and_says_so() -> None:
    nodes = document_nodes("| a | b |\n|---|---|\n" + "".join(f"| {n} | x |\n" for n in range(SHOWN_ROWS + 1000)))

    rows = [n for n in walk(nodes) if n["t"] == "tr"]
    assert len(rows) == 1 + SHOWN_ROWS + 1
    assert words([rows[-1]]) == "… and 1,000 more rows"
    assert words(document_nodes("| a |\n|---|\n| 1 |\n\nafter\n")[1:]) == "after"


def test_of_html_the_words_are_kept_one_line_for_each_row() -> None:
    nodes = document_nodes(
        "<table>\n<tr><td>SEV-1</td><td>Call <b>now</b></td></tr>\n<tr><td>SEV-2</td><td>Wait</td></tr>\n</table>\n\nafter\n"
    )

    assert [words([n]) for n in nodes] == ["SEV-1 · Call now\nSEV-2 · Wait", "after"]
    assert nodes[0]["l"] == [1, 4]


def test_inside_a_sentence_known_tags_go_and_anything_else_stays() -> None:
    (paragraph,) = document_nodes(
        'Run <kbd>x</kbd> on <pod-name><br>and <script>y</script> [z](https://e.org){:target="_blank"} <!-- no -->.\n'
    )

    assert words([paragraph]) == "Run x on <pod-name>and <script>y</script> z ."
    assert [n["t"] for n in walk([paragraph])] == ["p", "br", "a"]


def test_footnotes_and_what_is_set_above_or_below_the_line_are_kept_apart_from_the_words() -> None:
    nodes = document_nodes('5 <a href="#n"><sup>3</sup></a> m<sup>2</sup> H<sub>2</sub>O x[^1]\n\n[^1]: note\n')

    assert [(n["t"], words([n])) for n in walk(nodes) if n["t"] in ("sup", "sub")] == [
        ("sup", "3"),
        ("sup", "2"),
        ("sub", "2"),
        ("sup", "1"),
    ]
    assert words(nodes[:1]) == "5 3 m2 H2O x1"


@pytest.mark.parametrize("line", ["a<sup>1</sip> b", "a</sup> b", "a</span> b", "[a<sup>](https://e.org)b</sup> c", "a<sup>1 b"])
def test_a_mark_that_is_never_closed_raises_nothing(line: str) -> None:
    assert [n for n in walk(document_nodes(line)) if n["t"] == "sup"] == []


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_only_plain_tags_come_out_whatever_goes_in(payload: str) -> None:
    for node in walk(document_nodes(f"{payload}\n\n# {payload}\n\n| {payload} | b |\n|---|---|\n| {payload} | c |\n")):
        assert node["t"] in TAGS | {"span", "div"}
        assert set(node) <= {"t", "l", "c", "href", "start", "more", "html"}
        assert node.get("href", "https:").lower().startswith(("http:", "https:", "mailto:"))
