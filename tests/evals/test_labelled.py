"""Questions with known answers, read from beside a folder, and answers held against them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.models import Answer
from corpus.errors import UsageError
from evals.labelled import Labelled, labelled_folders
from tests.evals.fakes import DOCUMENT, answer, cite, decline


def labelled(**changes: Any) -> Labelled:
    given = {"id": "q1", "question": "how wide?", "expect": "answer", "must": ["40 mm"], "cite": [{"doc": DOCUMENT, "heading": "Tyres"}]}
    return Labelled.model_validate(given | changes)


def answered(text: str, section: tuple[str, ...] = ("Tyres",)) -> Answer:
    return answer(text, cite(1, text, section=section))


def test_facts_and_a_right_section_make_an_answer_right() -> None:
    assert labelled().right(answered("**Gravel**: 40 MM"))


@pytest.mark.parametrize(
    ("text", "section"),
    [("50 mm", ("Tyres",)), ("40 mm", ("Saddles",)), ("40 mm", ())],
    ids=["another fact", "another section", "no section"],
)
def test_a_wrong_fact_or_place_makes_it_wrong(text: str, section: tuple[str, ...]) -> None:
    assert not labelled().right(answered(text, section))


def test_a_fact_may_be_a_pattern_and_one_of_a_group_is_enough() -> None:
    question = labelled(must=[r"/\b4\d\b/"], any=[["mm", "millimetres"]])

    assert question.right(answered("about 42 millimetres"))
    assert not question.right(answered("about 142 miles"))


def test_the_section_may_be_one_above_and_its_heading_be_marked_up() -> None:
    question = labelled(cite=[{"doc": DOCUMENT, "heading": "<a id='x'></a>Tyres, wide"}])

    assert question.right(answered("40 mm", ("Tyres wide", "Gravel")))


def test_where_there_is_no_answer_a_refusal_is_right() -> None:
    question = labelled(expect="abstain", must=[], cite=[])

    assert question.right(decline("Nothing is said of that."))
    assert not question.right(answered("40 mm"))


def test_folders_are_read_with_the_questions_beside_them(tmp_path: Path) -> None:
    (tmp_path / "bikes").mkdir()
    line = json.dumps({"id": "q1", "question": "how wide?", "expect": "answer", "note": "left alone"})
    (tmp_path / "bikes.questions.jsonl").write_text(f"{line}\n\n", encoding="utf-8")

    (folder,) = labelled_folders(tmp_path)

    assert (folder.name, folder.kb, [q.id for q in folder.questions]) == ("bikes", tmp_path / "bikes", ["q1"])


def test_a_folder_without_questions_is_an_error_that_says_what_is_wanted(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"NAME\.questions\.jsonl"):
        list(labelled_folders(tmp_path))


def test_questions_without_their_folder_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "bikes.questions.jsonl").write_text("", encoding="utf-8")

    with pytest.raises(UsageError, match="no folder bikes"):
        list(labelled_folders(tmp_path))


def test_a_line_that_is_no_question_is_named(tmp_path: Path) -> None:
    (tmp_path / "bikes").mkdir()
    (tmp_path / "bikes.questions.jsonl").write_text('{"id": "q1"}\n', encoding="utf-8")

    with pytest.raises(UsageError, match=r"bikes\.questions\.jsonl:1"):
        list(labelled_folders(tmp_path))
