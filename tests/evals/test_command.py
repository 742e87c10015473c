from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.errors import KnowledgeBaseMissing
from evals import command
from evals.models import Report, Suite
from tests.evals.fakes import RED_IS_WARM, FakeAssistant, answer, run

CASES = """
[[case]]
id = "red"
kind = "cell"
question = "Is red warm?"
must = ["yes"]
cite_any = ["colours.md#Colours@Red×Warm"]
tier = "must"
tags = ["table"]

[[case]]
id = "cup"
kind = "refusal"
question = "who won?"
decline = "off_topic"
"""

Write = Callable[..., Path]


def arguments(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return parser.parse_args(list(words))


@pytest.fixture
def folder(write_cases: Write) -> Path:
    return write_cases(all=CASES)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """What the assistant says; the command runs as it is but for where its answers come from."""
    given: dict[str, object] = {"Is red warm?": answer("Yes.", RED_IS_WARM)}

    def evaluate(args: argparse.Namespace, suite: Suite) -> Report:
        chosen, selection = command.select(suite.cases, match=args.match, kinds=args.kind, tags=args.tag)
        return run(FakeAssistant(given), *chosen).model_copy(update={"selection": selection})  # type: ignore[arg-type]

    monkeypatch.setattr(command, "evaluate", evaluate)
    return given


@pytest.mark.usefixtures("answers")
def test_a_right_run_exits_0_and_prints_the_table(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(arguments("--cases", str(folder))) == 0
    out = capsys.readouterr().out
    assert "2 of 2 cases right" in out
    assert out.endswith("PASSED\n")


def test_a_failed_must_exits_1(folder: Path, answers: dict[str, object], capsys: pytest.CaptureFixture[str]) -> None:
    answers["Is red warm?"] = answer("No.", RED_IS_WARM)

    assert command.main(arguments("--cases", str(folder))) == 1
    assert capsys.readouterr().out.endswith("FAILED: 1 of tier must failed: red\n")


def test_accept_writes_a_baseline_that_the_next_run_is_held_against(
    folder: Path, answers: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(arguments("accept", "--cases", str(folder))) == 0
    assert "first baseline: 2 of 2 cases right" in capsys.readouterr().out

    answers["who won?"] = answer("Red.", RED_IS_WARM)
    assert command.main(arguments("--cases", str(folder))) == 0

    assert "1 that passed before now fail, within chance: cup" in capsys.readouterr().out


def test_accept_refuses_a_part_of_the_suite(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(arguments("accept", "-k", "red", "--cases", str(folder))) == 2
    assert "A baseline is a whole run" in capsys.readouterr().err


def test_accept_refuses_a_run_that_raised(folder: Path, answers: dict[str, object]) -> None:
    answers["who won?"] = OSError("disk")

    assert command.main(arguments("accept", "--cases", str(folder))) == 3
    assert not (folder / "baseline.json").exists()


@pytest.mark.usefixtures("answers")
@pytest.mark.parametrize(("option", "value"), [("-k", "WON"), ("--kind", "refusal"), ("-k", "c?p")])
def test_a_run_can_be_narrowed(folder: Path, capsys: pytest.CaptureFixture[str], option: str, value: str) -> None:
    assert command.main(arguments(option, value, "--cases", str(folder))) == 0
    assert "1 of 1 cases of" in capsys.readouterr().out


def test_a_choice_that_leaves_nothing_exits_2_and_lists_what_there_is(
    folder: Path, capsys: pytest.CaptureFixture[str], answers: object
) -> None:
    assert command.main(arguments("--kind", "cel", "--cases", str(folder))) == 2
    assert capsys.readouterr().err == "No case matches --kind cel. Kinds: cell, refusal. Tags: table.\n"


def test_faulty_cases_exit_2_with_every_fault(write_cases: Write, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_cases(a='[[case]]\nid = "a"\nquestion = "q"\nkinnd = "x"\n')

    assert command.main(arguments("--cases", str(folder))) == 2
    assert "a.toml:4: unknown key 'kinnd' in case 'a'; did you mean 'kind'?" in capsys.readouterr().err


def test_what_cannot_be_evaluated_exits_3(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def missing(args: argparse.Namespace, suite: Suite) -> Report:
        raise KnowledgeBaseMissing(Path("gone"), "does not exist")

    monkeypatch.setattr(command, "evaluate", missing)

    assert command.main(arguments("--cases", str(folder))) == 3
    assert "Nothing could be evaluated: gone does not exist" in capsys.readouterr().err


@pytest.mark.usefixtures("answers")
def test_json_goes_to_a_file_beside_the_table_or_alone_to_standard_output(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "report.json"

    assert command.main(arguments("--json", str(target), "--cases", str(folder))) == 0
    assert "PASSED" in capsys.readouterr().out
    assert command.main(arguments("--json", "-", "--cases", str(folder))) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(target.read_text())
    assert json.loads(target.read_text())["verdict"]["exit_code"] == 0


@pytest.mark.usefixtures("answers")
def test_a_report_that_cannot_be_written_is_said_in_one_line(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(arguments("--json", str(tmp_path / "no" / "report.json"), "--cases", str(folder))) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_lint_reads_the_documents_and_asks_nothing(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kb = tmp_path / "kb"
    kb.mkdir()
    (kb / "colours.md").write_text("# Shades\n")
    args = arguments("lint", "--cases", str(folder))
    args.kb = str(kb)

    assert command.main(args) == 2
    assert capsys.readouterr().out == "all.toml:2: red: colours.md has no heading 'Colours'\n"


def test_importing_the_room_loads_nothing_heavy() -> None:
    code = (
        "import sys, evals, evals.command, evals.runner, evals.gate, evals.lint, evals.report\n"
        "heavy = {'torch', 'gradio', 'matplotlib', 'numpy', 'scipy', 'faiss', 'onnxruntime', 'transformers'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])

    assert done.stdout == "[]\n"


def test_the_room_can_be_run_as_a_module() -> None:
    root = Path(__file__).parents[2]

    done = subprocess.run([sys.executable, "-m", "evals", "lint"], capture_output=True, text=True, cwd=root)

    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.endswith("0 findings\n")
