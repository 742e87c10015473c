"""The knowledge base that is shipped: every cell is found, quoted and placed, also with its tables turned about."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus import parse_corpus
from corpus.models import Corpus
from corpus.reader import read_folder
from corpus.settings import CorpusSettings

Parse = Callable[..., Corpus]
Check = Callable[[Corpus], None]

ROW = re.compile(r"^\|(.+)\|\s*$")


def split(line: str) -> list[str]:
    """The cells of a row as they stand, blanks trimmed: enough for a file without escaped pipes."""
    found = ROW.match(line)
    assert found is not None
    return [c.strip() for c in found[1].split("|")]


def tables(text: str) -> list[tuple[int, list[list[str]]]]:
    """Every pipe table of a text, read the simple way: 0-based first line, rows without the delimiter row."""
    lines = text.split("\n")
    found: list[tuple[int, list[list[str]]]] = []
    for number, line in enumerate(lines):
        if not ROW.match(line) or set(line) <= set("|-: "):
            continue
        if number and ROW.match(lines[number - 1]) and found:
            found[-1][1].append(split(line))
        else:
            found.append((number, [split(line)]))
    return found


def words(markup: str) -> str:
    return markup.replace("**", "")


def verify(corpus: Corpus, text: str) -> int:
    """Compare every body cell of a text with the corpus; the number of cells compared."""
    lines = text.split("\n")
    compared = 0
    for number, (first, rows) in enumerate(tables(text)):
        for r, row in enumerate(rows[1:]):
            for c, raw in enumerate(row):
                (fact,) = [f for f in corpus.facts if f.kind == "cell" and (f.table, f.row, f.column) == (number, r, c)]
                assert (fact.raw, fact.value) == (raw, words(raw))
                assert fact.span.first_line == fact.span.last_line == first + 2 + r + 1
                assert text[fact.span.start : fact.span.end] == raw
                before = lines[fact.span.first_line - 1][: fact.span.start - sum(len(x) + 1 for x in lines[: fact.span.first_line - 1])]
                assert before.count("|") == c + 1  # the cell of its column, not an equal text elsewhere in the row
                assert (fact.label("row"), fact.label("column")) == (words(row[0]), words(rows[0][c]))
                compared += 1
    return compared


def permuted(text: str, chance: random.Random) -> str:
    """The text with the columns and the body rows of every table in another order."""
    lines = text.split("\n")
    for first, rows in tables(text):
        columns = chance.sample(range(len(rows[0])), len(rows[0]))
        body = chance.sample(rows[1:], len(rows) - 1)
        made = [[rows[0][c] for c in columns], ["---"] * len(columns), *([row[c] for c in columns] for row in body)]
        lines[first : first + len(made)] = ["| " + " | ".join(row) + " |" for row in made]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def text(shipped: Path) -> str:
    return next(shipped.glob("*.md")).read_bytes().decode()


def test_every_cell_of_the_shipped_file_is_quoted_as_it_stands(parse: Parse, check: Check, text: str) -> None:
    corpus = parse(text)
    check(corpus)

    assert verify(corpus, text) == 3 * 3 + 5 * 4 + 5 * 3 + 4 * 4  # the four tables: rows × columns


@pytest.mark.parametrize("seed", range(10))
def test_every_cell_is_quoted_as_it_stands_with_columns_and_rows_permuted(parse: Parse, check: Check, text: str, seed: int) -> None:
    turned = permuted(text, random.Random(seed))
    corpus = parse(turned)
    check(corpus)

    assert verify(corpus, turned) == 60


def test_every_cell_is_quoted_as_it_stands_with_windows_line_ends(parse: Parse, check: Check, text: str) -> None:
    corpus, windows = parse(text), parse(text.replace("\n", "\r\n"))
    check(windows)

    assert [(f.value, f.raw, f.span.first_line) for f in windows.facts if f.kind == "cell"] == [
        (f.value, f.raw, f.span.first_line) for f in corpus.facts if f.kind == "cell"
    ]


def test_each_table_of_the_shipped_file_is_told_for_what_it_is(parse: Parse, text: str) -> None:
    found = parse(text).tables

    assert [t.entities for t in found] == ["rows", "columns", "rows", "columns"]
    assert [t.decision for t in found] == [None, None, (0, 1, 2), None]


def test_every_line_with_words_is_in_some_fact(parse: Parse, text: str) -> None:
    corpus = parse(text)
    said = {n for f in corpus.facts for n in range(f.span.first_line, f.span.last_line + 1)}
    headers = {t.span.first_line for t in corpus.tables}

    assert [n for n, line in enumerate(text.split("\n"), 1) if re.search(r"\w", line) and n not in said | headers] == []


def test_the_flows_of_the_shipped_file_have_their_steps(parse: Parse, text: str) -> None:
    corpus = parse(text)
    groups: dict[int | None, list[str]] = {}
    for fact in corpus.facts:
        if fact.kind == "step":
            groups.setdefault(fact.group, []).append(fact.value)

    expected = [
        [words(s).strip(" .") for s in line.split(":**")[-1].strip(" |").split("→")]
        for line in text.split("\n")
        if ":**" in line and "→" in line
    ]
    assert [steps for steps in groups.values() if steps in expected] == expected
    assert len(groups) == len(expected) + 3  # and three cells


def test_the_shipped_folder_reads_without_a_word(shipped: Path, check: Check) -> None:
    folder = read_folder(shipped, CorpusSettings())
    check(parse_corpus(folder.documents, folder.skipped))

    assert folder.skipped == ()
