from __future__ import annotations

import argparse
import json
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.errors import KbError, KnowledgeBaseMissing, UsageError
from evals import command, suite, watching
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

    def evaluate(args: argparse.Namespace, cases: Suite) -> Report:
        chosen, selection = suite.choose(args, cases)
        return run(FakeAssistant(given), *chosen).model_copy(update={"selection": selection})  # type: ignore[arg-type]

    monkeypatch.setattr(suite, "evaluate", evaluate)
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


def test_only_what_failed_last_time_is_asked_again(folder: Path, answers: dict[str, object], capsys: pytest.CaptureFixture[str]) -> None:
    answers["who won?"] = answer("Red.", RED_IS_WARM)
    command.main(arguments("--cases", str(folder)))
    capsys.readouterr()

    del answers["who won?"]
    assert command.main(arguments("--failed", "--cases", str(folder))) == 0
    assert "1 of 1 cases of --failed right" in capsys.readouterr().out

    assert command.main(arguments("--failed", "--cases", str(folder))) == 2
    assert capsys.readouterr().err == "No case failed in the last run.\n"


def test_failed_without_a_run_before_says_what_to_do(folder: Path, capsys: pytest.CaptureFixture[str], answers: object) -> None:
    assert command.main(arguments("--failed", "--cases", str(folder))) == 2
    assert capsys.readouterr().err.endswith("Run `whichops eval` first.\n")


@pytest.mark.parametrize("named", ["last", "file"])
def test_what_changed_since_another_run_is_shown(
    folder: Path, answers: dict[str, object], tmp_path: Path, capsys: pytest.CaptureFixture[str], named: str
) -> None:
    saved = tmp_path / "run.json"
    command.main(arguments("--json", str(saved), "--cases", str(folder)))
    answers["Is red warm?"] = answer("No.", RED_IS_WARM)
    capsys.readouterr()

    assert command.main(arguments("--diff", "last" if named == "last" else str(saved), "--cases", str(folder))) == 1

    out = capsys.readouterr().out
    assert out.startswith("wrong now: 1\n  red  [must, cell]\n")
    assert "    was       answered: Yes. [colours.md#Colours@Red×Warm L7]\n" in out


def test_a_file_that_is_no_run_is_refused(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], answers: object) -> None:
    (tmp_path / "x.json").write_text("{}")

    assert command.main(arguments("--diff", str(tmp_path / "x.json"), "--cases", str(folder))) == 2
    assert "is no report of `whichops eval --json`" in capsys.readouterr().err


@pytest.mark.usefixtures("answers")
def test_a_run_is_written_in_every_form_at_once(folder: Path, tmp_path: Path) -> None:
    targets = {option: tmp_path / f"run.{option}" for option in ("html", "markdown", "junit", "json", "failures")}
    options = [word for option, target in targets.items() for word in (f"--{option}", str(target))]

    assert command.main(arguments(*options, "--cases", str(folder))) == 0

    begin = {option: target.read_text(encoding="utf-8").split("\n")[0][:38] for option, target in targets.items()}
    assert begin == {
        "html": "<!doctype html>",
        "markdown": "# Evaluation",
        "junit": '<?xml version="1.0" encoding="utf-8"?>',
        "json": "{",
        "failures": "# 0 of 2 cases failed. Everything here",
    }


def test_watching_asks_again_after_a_change_and_shows_what_changed(
    folder: Path, answers: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    def changing(file: Path, text: str) -> None:
        answers["Is red warm?"] = answer("No.", RED_IS_WARM)
        file.write_text(text, encoding="utf-8")

    def leaving() -> None:
        raise KeyboardInterrupt

    steps = iter(
        [
            lambda: None,  # nothing changed: no run
            lambda: changing(folder / "all.toml", CASES + "# edited\n"),
            lambda: changing(folder / "more.toml", "[[case]"),  # half an edit
            lambda: changing(folder / "more.toml", ""),
            leaving,
        ]
    )

    code = watching.watch(arguments("--watch", "--cases", str(folder)), sleep=lambda _: next(steps)())

    told = capsys.readouterr()
    assert code == 1
    assert told.out.count("cases right") == 3
    assert "wrong now: 1\n  red  [must, cell]" in told.out
    assert told.out.rstrip().endswith("FAILED: 1 of tier must failed: red")
    assert "not valid TOML" in told.err


def test_a_choice_that_leaves_nothing_exits_2_and_lists_what_there_is(
    folder: Path, capsys: pytest.CaptureFixture[str], answers: object
) -> None:
    assert command.main(arguments("--kind", "cel", "--cases", str(folder))) == 2
    assert capsys.readouterr().err == "No case matches --kind cel. Kinds: cell, refusal. Tags: table.\n"


def test_faulty_cases_exit_2_with_every_fault(write_cases: Write, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_cases(a='[[case]]\nid = "a"\nquestion = "q"\nkinnd = "x"\n')

    assert command.main(arguments("--cases", str(folder))) == 2
    assert "a.toml:4: unknown key 'kinnd' in case 'a'; did you mean 'kind'?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [(KnowledgeBaseMissing(Path("gone"), "does not exist"), 4), (KbError("gone does not exist"), 3)],
    ids=["no knowledge base, as in every command", "anything else"],
)
def test_what_cannot_be_evaluated_has_a_code_of_its_own(
    error: Exception, code: int, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(args: argparse.Namespace, cases: Suite) -> Report:
        raise error

    monkeypatch.setattr(suite, "evaluate", fails)

    assert command.main(arguments("--cases", str(folder))) == code
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


ASIDE = """
[[case]]
id = "blue"
kind = "cell"
question = "Is blue warm?"
must = ["yes"]
"""


@pytest.fixture
def with_aside(folder: Path) -> Path:
    (folder / "aside").mkdir()
    (folder / "aside" / "more.toml").write_text(ASIDE)
    return folder


@pytest.mark.usefixtures("answers")
def test_a_whole_run_gives_the_rate_of_what_was_put_aside_apart(with_aside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command.main(arguments("--cases", str(with_aside)))

    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("2 of 3 cases right") for line in lines)
    assert any(line.startswith("seen: 2 of 2 right (100.0 %") for line in lines)
    assert any(line.startswith("put aside: 0 of 1 right (0.0 %") for line in lines)


@pytest.mark.usefixtures("answers")
@pytest.mark.parametrize(
    ("part", "expected"), [("seen", "2 of 2 cases of --set seen right"), ("aside", "0 of 1 cases of --set aside right")]
)
def test_only_what_is_seen_or_put_aside_can_be_asked(
    with_aside: Path, capsys: pytest.CaptureFixture[str], part: str, expected: str
) -> None:
    command.main(arguments("--set", part, "--cases", str(with_aside)))

    out = capsys.readouterr().out
    assert expected in out
    assert "put aside:" not in out


def test_accept_refuses_what_is_seen_alone(with_aside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(arguments("accept", "--set", "seen", "--cases", str(with_aside))) == 2
    assert "A baseline is a whole run" in capsys.readouterr().err


def test_without_an_action_the_suite_is_run_and_options_may_stand_on_either_side_of_run() -> None:
    assert arguments().action == "run"
    alone, before, after = arguments("-k", "a"), arguments("-k", "a", "run"), arguments("run", "-k", "a")
    assert vars(alone) == vars(before) == vars(after)


@pytest.mark.parametrize("action", command.ACTIONS)
def test_every_action_has_help_of_its_own_and_takes_the_folder_on_either_side(action: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        arguments(action, "--help")

    assert left.value.code == 0
    out = capsys.readouterr().out
    assert "--kb FOLDER" in out
    assert "--index DIR" in out


@pytest.fixture
def telling(monkeypatch: pytest.MonkeyPatch) -> list[argparse.Namespace]:
    """An action `tell` in a module of its own, which keeps what it was run with."""
    heard: list[argparse.Namespace] = []
    module = types.ModuleType("telling")

    def run(arguments: argparse.Namespace) -> int:
        heard.append(arguments)
        if arguments.loud:
            raise UsageError("Not so loud.")
        return 1

    vars(module)["add_arguments"] = lambda parser: parser.add_argument("--loud", action="store_true")
    vars(module)["run"] = run
    monkeypatch.setitem(sys.modules, "telling", module)
    monkeypatch.setitem(command.ACTIONS, "tell", command.Action("telling", "tell something"))
    return heard


def test_an_action_runs_its_module_and_its_code_is_the_exit_code(telling: list[argparse.Namespace]) -> None:
    assert command.main(arguments("tell", "--kb", "notes")) == 1
    assert [(args.action, args.kb, args.loud) for args in telling] == [("tell", "notes", False)]


def test_a_wrong_use_that_an_action_finds_is_one_line_and_exits_2(
    telling: list[argparse.Namespace], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(arguments("tell", "--loud")) == 2
    assert capsys.readouterr().err == "Not so loud.\n"


def test_an_option_of_run_before_another_action_is_refused_rather_than_dropped(
    telling: list[argparse.Namespace], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        arguments("-k", "red", "tell")
    assert "the options of tell stand after its name" in capsys.readouterr().err


def test_an_action_that_is_not_asked_for_is_not_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(command.ACTIONS, "gone", command.Action("evals.no_such_module", "nothing"))

    assert arguments("lint").action == "lint"
    with pytest.raises(ModuleNotFoundError):
        arguments("gone")


def test_lint_reads_the_documents_and_asks_nothing(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kb = tmp_path / "kb"
    kb.mkdir()
    (kb / "colours.md").write_text("# Shades\n")
    args = arguments("lint", "--cases", str(folder))
    args.kb = str(kb)

    assert command.main(args) == 2
    assert capsys.readouterr().out == "all.toml:2: red: colours.md has no heading 'Colours'\n"


def test_lint_tells_what_cannot_be_read_and_what_cannot_be_so_at_once(
    write_cases: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kb = tmp_path / "kb"
    kb.mkdir()
    (kb / "colours.md").write_text("# Shades\n")
    args = arguments("lint", "--cases", str(write_cases(all=CASES, bad='[[case]]\nid = "b"\nkind = "cell"\nquestion = "q"\nmusst = "x"\n')))
    args.kb = str(kb)

    assert command.main(args) == 2
    assert capsys.readouterr().out.splitlines() == [
        "all.toml:2: red: colours.md has no heading 'Colours'",
        "bad.toml:5: unknown key 'musst' in case 'b'; did you mean 'must'?",
    ]


def test_importing_the_room_loads_nothing_heavy() -> None:
    code = (
        "import importlib, pkgutil, sys, evals\n"
        "names = [module.name for module in pkgutil.iter_modules(evals.__path__)]\n"
        "for name in names:\n"
        "    if name not in ('__main__', 'bench'):\n"
        "        importlib.import_module('evals.' + name)\n"
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
