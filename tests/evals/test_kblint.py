from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals import command
from tests.evals.test_command import arguments


@pytest.fixture
def kb(tmp_path: Path) -> Path:
    (tmp_path / "boats.md").write_text("### Boats\n\nThe VHF is on.\n", encoding="utf-8")
    return tmp_path


def lint(kb: Path, *options: str) -> int:
    args = arguments("kblint", *options)
    args.kb = str(kb)
    return command.main(args)


def test_a_warning_exits_1_and_stands_in_one_line_with_its_place(kb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lint(kb) == 1

    told = capsys.readouterr()
    assert told.out.splitlines() == [
        "boats.md:1: warning: the first heading is of level 3; begin the file with `# What it is about` [first-heading]",
        "boats.md:3: note: VHF is used and nowhere expanded; write what it stands for once, or add an alias to kb.toml [acronym]",
    ]
    assert told.err == "1 file, 1 warning, 1 note\n"


def test_notes_alone_exit_0(kb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lint(kb, "--ignore", "first-heading") == 0
    assert capsys.readouterr().out.endswith("[acronym]\n")


def test_a_rule_that_does_not_exist_exits_2(kb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lint(kb, "--ignore", "taste") == 2
    assert capsys.readouterr().err.startswith("There is no rule 'taste'. Rules are first-heading, ")


def test_findings_are_written_as_sarif(kb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lint(kb, "--sarif", "-") == 1

    run = json.loads(capsys.readouterr().out)["runs"][0]
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} >= {result["ruleId"] for result in run["results"]}
    assert run["results"][0] == {
        "ruleId": "first-heading",
        "level": "warning",
        "message": {"text": "the first heading is of level 3; begin the file with `# What it is about`"},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": "boats.md"}, "region": {"startLine": 1}}}],
    }


def test_the_shipped_knowledge_base_has_these_and_no_others(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(arguments("kblint")) == 1

    lines = capsys.readouterr().out.splitlines()
    assert [(line.split(":")[1], line.rsplit("[", 1)[1].rstrip("]")) for line in lines] == [
        ("1", "first-heading"),
        ("4", "acronym"),
        ("14", "acronym"),
        ("23", "unlisted"),
        ("27", "unlisted"),
        ("60", "acronym"),
        ("65", "two-values"),
        ("66", "acronym"),
        ("66", "two-values"),
        ("67", "two-values"),
        ("74", "unlisted"),
    ]
