"""Set-up with a stub in place of pip: what is installed when, and what is left when it fails."""

from __future__ import annotations

import importlib.util
import io
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


def load_run() -> ModuleType:
    spec = importlib.util.spec_from_file_location("run_py", ROOT / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


run = load_run()


class StubPip:
    """Stands in for every command: makes the environment's Python, answers torch reports, fails where told to."""

    def __init__(self, torch: str = "2.13.0+cpu", requires: tuple[str, ...] = ()) -> None:
        self.commands: list[list[str]] = []
        self.torch, self.requires = torch, requires
        self.fail: Callable[[list[str]], str | None] = lambda _: None

    def __call__(self, command: list[str], step: object) -> object:
        self.commands.append(command)
        words = self.fail(command)
        if words is not None:
            return run.Result(1, words)
        if command[1:3] == ["-m", "venv"]:
            folder = Path(command[-1])
            (folder / "bin").mkdir(parents=True)
            (folder / "pyvenv.cfg").write_text(f"home = {Path(sys.executable).parent}\nprompt = 'whichops'\n")
            (folder / "bin" / "python").symlink_to(sys.executable)
        if "--report" in command:
            metadata = {"version": self.torch, "requires_dist": list(self.requires)}
            Path(command[command.index("--report") + 1]).write_text(json.dumps({"install": [{"metadata": metadata}]}))
        return run.Result(0, "")

    def pip(self) -> list[list[str]]:
        """The pip commands, without the words that are always there."""
        always = {"--no-input", "--disable-pip-version-check", "--progress-bar", "off"}
        return [[word for word in c[3:] if word not in always] for c in self.commands if c[1:3] == ["-m", "pip"]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (folder / "constraints.txt").write_text("numpy==2\n")
    return folder


@pytest.fixture
def pip() -> StubPip:
    return StubPip()


def environment(root: Path, pip: StubPip) -> tuple[object, list[str]]:
    said: list[str] = []
    return run.Environment(root, runner=pip, say=said.append, stream=io.StringIO()), said


def options(*argv: str) -> object:
    return run.parse(list(argv))


def test_a_first_run_makes_the_environment_takes_torch_alone_then_the_rest_within_the_constraints(root: Path, pip: StubPip) -> None:
    env, said = environment(root, pip)

    assert env.prepare(options()) is True

    report = str(root / ".venv" / "torch-report.json")
    assert pip.pip() == [
        ["install", "--dry-run", "--no-deps", "--ignore-installed", "--report", report, "torch==2.13.*"],
        ["install", "--no-deps", "torch==2.13.0+cpu"],
        ["install", "--editable", str(root), "--constraint", str(root / "constraints.txt")],
    ]
    assert said == []


def test_a_second_run_starts_no_command_at_all(root: Path, pip: StubPip) -> None:
    environment(root, pip)[0].prepare(options())
    again = StubPip()

    assert environment(root, again)[0].prepare(options()) is False
    assert again.commands == []


def test_tests_add_their_tools_to_the_same_environment_and_both_are_then_ready(root: Path, pip: StubPip) -> None:
    environment(root, pip)[0].prepare(options())
    again = StubPip()
    env, said = environment(root, again)

    assert env.prepare(options("test")) is True
    assert again.pip()[-1][:3] == ["install", "--editable", f"{root}[test]"]
    assert said == ["The project's requirements have changed; bringing .venv up to date."]
    assert env.is_ready(options())
    assert env.is_ready(options("test"))


def test_a_changed_requirement_updates_in_place_and_keeps_the_extras(root: Path, pip: StubPip) -> None:
    environment(root, pip)[0].prepare(options("test"))
    (root / "pyproject.toml").write_text("[project]\nname = 'y'\n")
    again = StubPip()

    assert environment(root, again)[0].prepare(options()) is True
    assert [c for c in again.commands if "venv" in c] == []
    assert again.pip()[-1][2] == f"{root}[test]"


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "the disk is full; make room in"),
        (
            "WARNING: Retrying ... NewConnectionError('...: Failed to establish')\nERROR: No matching distribution",
            "cannot be reached; check the network",
        ),
        ("ERROR: No matching distribution found for faiss-cpu>=1.15.1", "ERROR: No matching distribution found for faiss-cpu>=1.15.1"),
        ("", "no message."),
    ],
    ids=["disk full", "no network", "no such release", "silent"],
)
def test_a_failed_first_set_up_says_why_in_one_line_and_leaves_nothing_half_made(root: Path, pip: StubPip, output: str, words: str) -> None:
    pip.fail = lambda command: output if "--editable" in command else None
    env, _ = environment(root, pip)

    with pytest.raises(run.SetupError) as caught:
        env.prepare(options())

    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (root / ".venv").exists()
    assert (root / "setup.log").read_text() == output


def test_a_failed_update_that_changed_nothing_leaves_the_environment_as_it_was(root: Path, pip: StubPip) -> None:
    environment(root, pip)[0].prepare(options())
    again = StubPip()
    again.fail = lambda command: "NameResolutionError" if "--editable" in command else None
    env, _ = environment(root, again)

    with pytest.raises(run.SetupError, match=r"The environment is as it was\.$"):
        env.prepare(options("test"))

    assert env.is_ready(options())


def test_an_update_that_broke_off_while_installing_is_made_again_from_nothing(root: Path, pip: StubPip) -> None:
    environment(root, pip)[0].prepare(options())
    again = StubPip()
    again.fail = lambda command: "Installing collected packages: numpy\nERROR: killed" if "--editable" in command else None
    with pytest.raises(run.SetupError):
        environment(root, again)[0].prepare(options("test"))
    last = StubPip()
    env, said = environment(root, last)

    assert env.prepare(options()) is True
    assert said == ["The last set-up did not finish; repairing it: .venv is made again."]
    assert last.commands[0][1:3] == ["-m", "venv"]


def half_made(root: Path) -> None:
    (root / ".venv" / "lib").mkdir(parents=True)
    (root / ".venv" / run.STAMP).write_text('{"finished": false}')


def empty(root: Path) -> None:
    (root / ".venv").mkdir()


def torn_stamp(root: Path) -> None:
    environment(root, StubPip())[0].prepare(options())
    (root / ".venv" / run.STAMP).write_text('{"finished": tr')


def no_stamp(root: Path) -> None:
    environment(root, StubPip())[0].prepare(options())
    (root / ".venv" / run.STAMP).unlink()


@pytest.mark.parametrize("damage", [half_made, empty, torn_stamp, no_stamp])
def test_what_was_cut_short_is_repaired_and_said(root: Path, pip: StubPip, damage: Callable[[Path], None]) -> None:
    damage(root)
    env, said = environment(root, pip)

    assert env.prepare(options()) is True
    assert said == ["The last set-up did not finish; repairing it: .venv is made again."]
    assert env.is_ready(options())


def gone_python(root: Path) -> None:
    (root / ".venv" / "bin" / "python").unlink()
    (root / ".venv" / "bin" / "python").symlink_to(root / "nowhere")


def moved(root: Path) -> None:
    stamp = root / ".venv" / run.STAMP
    stamp.write_text(stamp.read_text().replace(str(root), str(root.parent / "elsewhere")))
    (root / "pyproject.toml").write_text("")  # the key holds the place too


@pytest.mark.parametrize("damage", [gone_python, moved])
def test_an_environment_that_cannot_work_any_more_is_made_again(root: Path, pip: StubPip, damage: Callable[[Path], None]) -> None:
    environment(root, StubPip())[0].prepare(options())
    damage(root)
    env, said = environment(root, pip)

    assert env.prepare(options()) is True
    assert said == ["The environment in .venv was made elsewhere or its Python is gone; making it again."]


def test_an_environment_somebody_else_made_is_kept_beside(root: Path, pip: StubPip) -> None:
    (root / ".venv").mkdir()
    (root / ".venv" / "pyvenv.cfg").write_text("home = /usr/bin\n")
    env, said = environment(root, pip)

    env.prepare(options())

    assert (root / ".venv.old1" / "pyvenv.cfg").read_text() == "home = /usr/bin\n"
    assert said == ["The .venv here was not made by run.py; it is kept as .venv.old1 and a new one is made."]


def test_an_interrupt_in_the_middle_leaves_nothing(root: Path, pip: StubPip) -> None:
    def interrupt(command: list[str]) -> str | None:
        if "--editable" in command:
            raise KeyboardInterrupt
        return None

    pip.fail = interrupt

    with pytest.raises(KeyboardInterrupt):
        environment(root, pip)[0].prepare(options())
    assert not (root / ".venv").exists()


def test_torch_with_cuda_is_announced_in_one_line_and_left_to_the_next_step(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    pip = StubPip(torch="2.13.0", requires=("numpy", "nvidia-cublas==13; platform_system == 'Linux'"))
    env, said = environment(root, pip)

    env.prepare(options())

    assert len(said) == 1
    assert "pip offers torch 2.13.0 with CUDA only" in said[0]
    assert "--torch-index URL" in said[0]
    assert [c[1] for c in pip.pip()] == ["--dry-run", "--editable"]


def test_a_named_torch_index_is_asked_alone_and_briefly(root: Path, pip: StubPip) -> None:
    environment(root, pip)[0].prepare(options("--torch-index", "file:///wheels"))

    brief = ["--retries", "1", "--timeout", "10"]
    assert pip.pip()[0] == ["install", "--no-deps", *brief, "--index-url", "file:///wheels", "torch==2.13.*"]
    assert len(pip.pip()) == 2


def test_a_torch_index_without_torch_is_said_and_passed_over(root: Path, pip: StubPip) -> None:
    pip.fail = lambda command: "ReadTimeout" if "--index-url" in command else None
    env, said = environment(root, pip)

    env.prepare(options("--torch-index=file:///wheels"))

    assert said == ["    Nothing usable at --torch-index file:///wheels; going on with pip's own configuration."]
    assert len(pip.pip()) == 4


def test_offline_asks_no_index_at_any_step(root: Path, pip: StubPip) -> None:
    environment(root, pip)[0].prepare(options("--offline", "--torch-index", "file:///wheels"))

    assert [("--no-index" in command, "--index-url" in command) for command in pip.pip()] == [(True, False)] * 3


def test_latest_leaves_the_constraints_out_and_makes_a_difference_to_the_stamp(root: Path, pip: StubPip) -> None:
    env, _ = environment(root, pip)
    env.prepare(options("--latest"))

    assert "--constraint" not in pip.pip()[-1]
    assert not env.is_ready(options())


def test_runs_at_the_same_time_set_up_once(root: Path) -> None:
    class SlowPip(StubPip):
        def __call__(self, command: list[str], step: object) -> object:
            time.sleep(0.05)
            return super().__call__(command, step)

    pips = [SlowPip(), SlowPip()]
    said: list[str] = []
    environments = [run.Environment(root, runner=pip, say=said.append, stream=io.StringIO()) for pip in pips]
    threads = [threading.Thread(target=env.prepare, args=(options(),)) for env in environments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(len(pip.commands) for pip in pips) == [0, 4]
    assert said == ["Another run.py is setting up here; waiting for it."]


def test_a_run_that_was_killed_is_waited_for_until_its_pip_has_ended(root: Path) -> None:
    code = (
        "import sys, os, pathlib; sys.path.insert(0, sys.argv[1]); import run\n"
        "with run.only_one(pathlib.Path(sys.argv[2]), print):\n"
        "    step = run.Step('x'); print('held', flush=True)\n"
        "    run.run_command([sys.executable, '-c', 'import time; time.sleep(1.5)'], step)\n"
    )
    lock = root / ".venv.lock"
    with subprocess.Popen([sys.executable, "-c", code, str(ROOT), str(lock)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        time.sleep(0.5)  # until its child has started
        process.kill()
    began, said = time.monotonic(), []
    with run.only_one(lock, said.append):
        waited = time.monotonic() - began

    assert said == ["Another run.py is setting up here; waiting for it."]
    assert 0.2 < waited < 30


def test_a_python_that_is_too_old_is_told_so() -> None:
    with pytest.raises(run.SetupError, match=r"needs Python 3\.11 or newer; this is 3\.9\.2"):
        run.check_python((3, 9, 2))


def test_a_python_without_venv_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *a: None if name == "ensurepip" else real(name, *a))

    with pytest.raises(run.SetupError, match=r"no ensurepip module.*sudo apt install python3\.\d+-venv"):
        run.check_can_make_environments()


def test_a_disk_without_room_is_refused_before_anything_is_made(root: Path, pip: StubPip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "NEEDED_BYTES", 10**18)

    with pytest.raises(run.SetupError, match="Make room, then run this again"):
        environment(root, pip)[0].prepare(options())
    assert not (root / ".venv").exists()
    assert pip.commands == []


def test_a_folder_that_cannot_be_written_is_named(root: Path, pip: StubPip) -> None:
    (root / ".venv.lock").mkdir()  # stands for whatever keeps the file from being opened, for every user

    with pytest.raises(run.SetupError, match="Make its folder writable"):
        environment(root, pip)[0].prepare(options())


@pytest.mark.parametrize(
    ("argv", "command", "arguments"),
    [
        ([], "serve", []),
        (["serve", "--port", "1"], "serve", ["--port", "1"]),
        (["--port", "1"], "serve", ["--port", "1"]),
        (["--offline", "test", "-k", "serve"], "test", ["-k", "serve"]),
        (["test", "--help"], "test", ["--help"]),
    ],
)
def test_arguments_go_to_what_they_are_meant_for(argv: list[str], command: str, arguments: list[str]) -> None:
    parsed = run.parse(argv)

    assert (parsed.command, parsed.arguments) == (command, arguments)


@pytest.mark.parametrize("argv", [["frobnicate"], ["setup", "x"], ["--torch-index"]])
def test_a_wrong_command_line_ends_with_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(argv) == 2
    assert capsys.readouterr().err.startswith("run.py: ")


def test_run_py_uses_the_standard_library_alone() -> None:
    code = "import sys, run; print(sorted({n.split('.')[0] for n in sys.modules} - set(sys.stdlib_module_names) - {'run', '__main__'}))"

    result = subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "[]"
