from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.evals.test_command import CASES

ROOT = Path(__file__).parents[2]
PLUGIN = """
import pytest
from evals import pytest_plugin
from tests.evals.fakes import BLUE_IS_NOT, RED_IS_WARM, FakeAssistant, answer
from evals.runner import Runner

ANSWERS = {{"Is red warm?": answer({red!r}, RED_IS_WARM), "who won?": answer("Red.", RED_IS_WARM)}}
pytest_plugin.CaseItem._runner = lambda self: Runner(FakeAssistant(ANSWERS), new_conversation=object)
pytest_plugins = ["evals.pytest_plugin"]
"""
ACCEPTED = '{{"version": 1, "provenance": {{"kb": "", "cases": "", "model": "", "settings": ""}}, "headline": {{}}, "results": {results}}}'


def pytest_over(folder: Path, *options: str) -> list[str]:
    plain = ["-p", "no:cacheprovider", "-p", "fake_answers", "-rA", "--no-header", "-c", "/dev/null"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plain, *options, str(folder)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{folder.parent}"},
    )
    return done.stdout.splitlines()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    from evals.loader import load_suite

    folder = tmp_path / "cases"
    folder.mkdir()
    (folder / "all.toml").write_text(CASES, encoding="utf-8")
    (folder / "suite.toml").write_text("", encoding="utf-8")
    (tmp_path / "fake_answers.py").write_text(PLUGIN.format(red="Yes."), encoding="utf-8")
    cup = next(case for case in load_suite(folder).cases if case.id == "cup")
    results = f'{{"cup": {{"hash": "{cup.hash}", "passed": false}}}}'
    (folder / "baseline.json").write_text(ACCEPTED.format(results=results), encoding="utf-8")
    return folder


def test_every_case_is_a_test_and_what_was_wrong_in_the_accepted_run_is_expected_to_fail(folder: Path) -> None:
    lines = pytest_over(folder)

    assert [line.split(" ")[0] for line in lines if "all.toml::" in line and line.startswith(("PASSED", "XFAIL"))] == ["PASSED", "XFAIL"]
    assert "1 passed, 1 xfailed" in lines[-1]


def test_a_regression_fails_and_shows_the_case_instead_of_the_program(folder: Path) -> None:
    (folder / "baseline.json").unlink()

    lines = pytest_over(folder)

    assert "1 failed, 1 passed" in lines[-1]
    assert "    asked     who won?" in lines
    assert "    wrong     status: expected declined, got answered" in lines
    assert not any("Traceback" in line or "runtest" in line for line in lines)


def test_cases_can_be_chosen_by_kind_and_tag(folder: Path) -> None:
    assert "1 passed, 1 deselected" in pytest_over(folder, "-k", "table")[-1]
    assert "1 xfailed, 1 deselected" in [*pytest_over(folder, "-k", "refusal")][-1].replace(
        "1 deselected, 1 xfailed", "1 xfailed, 1 deselected"
    )


def test_of_a_case_put_aside_only_the_verdict_is_told(folder: Path) -> None:
    (folder / "aside").mkdir()
    (folder / "aside" / "more.toml").write_text(
        '[[case]]\nid = "secret"\nkind = "cell"\nquestion = "a secret"\nmust = "x"\n', encoding="utf-8"
    )

    lines = pytest_over(folder, "-k", "secret")

    assert "1 failed" in lines[-1]
    assert not any("a secret" in line for line in lines)
    assert any("secret is put aside" in line for line in lines)
