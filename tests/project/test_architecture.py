"""What holds for the project as a whole: rooms, what is imported when, what may stand in a file."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("corpus", "index", "assistant", "evals", "ui")  # imports run from right to left
HEAVY = (
    "torch",
    "transformers",
    "sentence_transformers",
    "gradio",
    "faiss",
    "onnxruntime",
    "tantivy",
    "numpy",
    "pydantic",
    "prompt_toolkit",
    "rich",
)


def sources(room: str) -> Iterator[Path]:
    return (path for path in sorted((ROOT / room).rglob("*.py")))


def tracked() -> list[Path]:
    """Every file of the project; without git, whatever is not made by tools."""
    found = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True)
    if found.returncode == 0 and found.stdout:
        return [path for name in found.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]
    made = {".venv", ".git", "build", "dist"}
    return [p for p in ROOT.rglob("*") if p.is_file() and not made & set(p.relative_to(ROOT).parts) and "cache" not in str(p)]


def imported_rooms(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports by dots"
            names = [node.module or ""]
        for name in names:
            if name.split(".")[0] in ROOMS:
                yield name.split(".")[0], node.lineno


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_from_itself_and_the_rooms_before_it(room: str) -> None:
    allowed = ROOMS[: ROOMS.index(room) + 1]

    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in sources(room)
        for name, line in imported_rooms(path)
        if name not in allowed
    ]

    assert wrong == []
    assert list(sources(room)), f"{room} has no source"


def test_only_the_commands_that_ask_the_suite_let_the_front_end_use_the_evaluation_room() -> None:
    users = {path.name for path in sources("ui") for name, _ in imported_rooms(path) if name == "evals"}

    assert users <= {"cli.py", "gaps.py", "gaps_command.py"}  # what is proposed for a gap is taken only after the suite was asked with it


def test_no_file_names_a_folder_of_one_machine_or_a_package_registry() -> None:
    # Put together here, or this file would name them itself.
    machine = re.compile(rb"(?<![\w.])/(?:work|root|home/[a-z])/" + rb"|(?<![\w.])/opt/(?:wheels|py" + rb"pi)|[A-Z]:\\\\Users")
    registry = re.compile(
        rb"py" + rb"pi\.org|files\.python" + rb"hosted|download\.py" + rb"torch|registry\.np" + rb"mjs|conda\.an" + rb"aconda"
    )
    wrong = []
    for path in tracked():
        data = path.read_bytes()
        if b"\0" in data[:8000]:
            continue
        wrong += [f"{path.relative_to(ROOT)}: {found[0].decode()}" for pattern in (machine, registry) for found in pattern.finditer(data)]

    assert wrong == []


def run_python(code: str, *argv: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *argv], cwd=ROOT, capture_output=True, text=True, env={**os.environ, **environ}, timeout=300
    )


def test_help_loads_nothing_heavy_and_costs_little() -> None:
    code = (
        "import sys, json, time, contextlib, io\n"
        "from ui.cli import main\n"
        "with contextlib.redirect_stdout(io.StringIO()) as out: code = main(['--help'])\n"
        "print(json.dumps([code, sorted(sys.modules), time.process_time(), out.getvalue()]))"
    )

    code_, modules, seconds, text = json.loads(run_python(code).stdout)

    assert code_ == 0
    assert "exit codes" in text
    assert [name for name in HEAVY if name in modules] == []
    assert seconds < 0.3  # processor time, so a busy machine makes no difference; 0.05 when this was written


def test_what_stands_between_the_command_and_its_prompt_loads_nothing_heavy() -> None:
    code = "import sys\nfrom ui import cli\nfrom ui.terminal import loop, editing, completing\nprint(*sys.modules)"

    loaded = set(run_python(code).stdout.split())

    assert [name for name in HEAVY if name in loaded] == ["prompt_toolkit"]


@pytest.mark.slow
@pytest.mark.parametrize("room", ROOMS)
def test_every_module_can_be_imported_alone_without_what_only_a_build_or_the_page_needs(room: str) -> None:
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in sources(room)
        if path.name != "__main__.py"
    ]
    code = "import sys, importlib\nfor name in sys.argv[1:]: importlib.import_module(name)\nprint(*sys.modules)"

    result = run_python(code, *modules)

    assert result.returncode == 0, result.stderr
    loaded = set(result.stdout.split())
    assert {"torch", "sentence_transformers", "transformers"} & loaded == set()
    if room != "ui":
        assert "gradio" not in loaded


def test_every_package_and_every_data_file_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = set(project["tool"]["setuptools"]["packages"])
    there = {".".join(path.parent.relative_to(ROOT).parts) for room in ROOMS for path in sources(room)}
    assert there == declared

    globs = project["tool"]["setuptools"]["package-data"]
    covered = {
        path for package, patterns in globs.items() for pattern in patterns for path in (ROOT / package.replace(".", "/")).glob(pattern)
    }
    data = {p for p in tracked() if p.relative_to(ROOT).parts[0] in ROOMS and p.suffix != ".py"}
    assert sorted(str(p.relative_to(ROOT)) for p in data - covered) == []


def test_dependencies_keep_the_floors_that_matter() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert project["requires-python"] == ">=3.11"
    assert {"gradio>=6.31,<7", "faiss-cpu>=1.15.1", "pydantic>=2.12"} <= set(project["dependencies"])
    assert any(d.startswith("sentence-transformers>=6") for d in project["dependencies"])


def test_constraints_name_one_release_of_every_direct_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {re.split(r"[<>=\[]", d)[0].lower() for d in project["dependencies"] + project["optional-dependencies"]["test"]}
    lines = [line for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    pinned = dict(line.split("==") for line in lines)

    assert wanted - pinned.keys() == set()
