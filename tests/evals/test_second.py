"""The second suite, over a knowledge base in another field: what works for one document only shows here."""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from pathlib import Path

import pytest

import evals
from evals import command
from evals.lint import lint
from evals.loader import load_suite
from evals.models import Suite

FOLDER = Path(evals.__file__).parent / "second" / "cases"


@pytest.fixture(scope="module")
def suite() -> Suite:
    return load_suite(FOLDER)


def test_the_cases_fit_the_documents_they_are_about(suite: Suite) -> None:
    assert suite.knowledge == FOLDER.parent / "knowledge"
    assert lint(suite, None) == []


def test_it_holds_single_questions_of_all_kinds_and_conversations(suite: Suite) -> None:
    single = [case for case in suite.cases if len(case.turns) == 1]
    kinds = Counter(case.kind for case in single)
    noes = [case for case in single if case.turns[0].expect.refuses is True or "corrected" in case.turns[0].expect.status]

    assert len(single) >= 60
    assert len(noes) / len(single) >= 0.2
    assert set(kinds) >= {
        "decision", "definition", "goal", "cell", "attribute", "list", "count", "reverse", "membership", "equivalent", "comparison",
        "overlap", "why", "flow", "step", "challenge", "trend", "recommendation", "keyword", "several", "negation", "premise", "refusal",
        "smalltalk", "superlative", "range",
    }  # fmt: skip
    assert sum(len(case.turns) > 1 for case in suite.cases) >= 60


def test_it_is_about_another_field_than_the_shipped_documents(suite: Suite) -> None:
    def names(folder: Path) -> set[str]:
        from corpus import parse_corpus
        from corpus.reader import read_folder
        from corpus.settings import CorpusSettings

        corpus = parse_corpus(read_folder(folder, CorpusSettings()).documents)
        return {text.casefold() for fact in corpus.facts for text in [fact.label("row")] if text}

    assert suite.knowledge is not None
    boats, shipped = names(suite.knowledge), names(FOLDER.parent.parent.parent / "corpus" / "knowledge")

    assert len(boats) >= 20
    assert boats & shipped == set()


@pytest.mark.parametrize("folder", [FOLDER, FOLDER.parent.parent / "cases"], ids=["second", "shipped"])
def test_which_conversations_are_put_aside_is_decided_by_a_hash_of_their_ids(folder: Path) -> None:
    talks = [case for case in load_suite(folder).cases if case.file.endswith("stories.toml")]

    assert all(case.aside == (int(hashlib.sha256(case.id.encode()).hexdigest(), 16) % 3 != 0) for case in talks)
    assert sum(case.aside for case in talks) >= 40


@pytest.mark.model
@pytest.mark.slow
def test_a_knowledge_base_in_another_field_is_answered_as_well_as_was_accepted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--index")
    command.add_arguments(parser)
    report = tmp_path / "report.json"

    code = command.main(parser.parse_args(["--index", str(tmp_path / "index"), "--cases", str(FOLDER), "--json", str(report), "--summary"]))

    verdict = json.loads(report.read_text(encoding="utf-8"))["verdict"]
    assert (code, verdict["reasons"]) == (0, []), capsys.readouterr().out
    assert verdict["comparison"]["shared"] > 0  # held against an accepted run, not only against the floors
