"""Which files make a collection, and what a faulty line is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import UsageError
from evals.bench.layout import Passage, Talk, find_collections, read_lines, read_qrels
from tests.evals.bench_fakes import pages, passages, tables, talks


def test_collections_are_told_apart_by_their_files(tmp_path: Path) -> None:
    passages(tmp_path / "one")
    pages(tmp_path / "two")
    tables(tmp_path / "three")
    talks(tmp_path / "four")
    (tmp_path / "notes").mkdir()

    assert [(c.name, c.sort) for c in find_collections(tmp_path)] == [
        ("four", "talks"),
        ("one", "passages"),
        ("three", "tables"),
        ("two", "pages"),
    ]
    assert [c.name for c in find_collections(tmp_path, ["two"])] == ["two"]
    assert [c.name for c in find_collections(tmp_path / "one")] == ["one"]


def test_a_folder_without_collections_and_an_unknown_name_are_told_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a folder"):
        find_collections(tmp_path / "gone")
    with pytest.raises(UsageError, match=r"no collection\..*corpus\.jsonl, queries\.jsonl, qrels\.tsv"):
        find_collections(tmp_path)
    passages(tmp_path / "lamps")
    with pytest.raises(UsageError, match=r"no collection 'lamp'\. There are: lamps"):
        find_collections(tmp_path, ["lamp"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"_id": "a", "text": "x"}\n{"_id": "b"}\n', "line 2: text: field required"),
        ('{"_id": "a", "text": "x"}\n\n{"_id": "a", "text": "y"}\n', "line 3: the id 'a' comes twice"),
        ("no json\n", "line 1: the line: invalid json"),
    ],
    ids=["missing field", "id twice", "no JSON"],
)
def test_a_faulty_line_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "corpus.jsonl").write_text(text, encoding="utf-8")

    with pytest.raises(UsageError, match=said):
        read_lines(tmp_path / "corpus.jsonl", Passage)


def test_qrels_are_grades_by_question_and_document(tmp_path: Path) -> None:
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\ta\t1\nq\tb\t0\n\nr\ta\t2\n", encoding="utf-8")
    assert read_qrels(tmp_path / "qrels.tsv") == {"q": {"a": 1, "b": 0}, "r": {"a": 2}}

    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq a 1\n", encoding="utf-8")
    with pytest.raises(UsageError, match="line 2: expected question id"):
        read_qrels(tmp_path / "qrels.tsv")


def test_what_the_user_said_before_the_last_turn(tmp_path: Path) -> None:
    (first, second) = read_lines(talks(tmp_path) / "tasks.jsonl", Talk)

    assert first.before == ("What is a fog horn?",)
    assert second.before == ()
