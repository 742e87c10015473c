"""What each command loads, measured in a process of its own: nothing that it does not need."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUILD_ONLY = {"torch", "transformers", "sentence_transformers", "onnx", "huggingface_hub"}  # to export the model, or to run another one
PAGE_ONLY = {"gradio", "fastapi", "starlette", "uvicorn", "httpx", "pandas"}
SCREEN_ONLY = {"prompt_toolkit", "rich"}
NEVER = {"scipy", "matplotlib", "sklearn", "nltk", "requests"}
ENGINES = {"faiss", "tantivy", "onnxruntime", "tokenizers"}
EACH = {"numpy", "pydantic", "sqlite3", "jinja2", "markdown_it", "rapidfuzz", "spellchecker", "ir_measures", "mcp"}
HEAVY = BUILD_ONLY | PAGE_ONLY | SCREEN_ONLY | NEVER | ENGINES | EACH

RUN = """
import contextlib, io, json, sys
from ui.cli import main
with contextlib.redirect_stdout(io.StringIO()):
    code = main(sys.argv[1:])
print(json.dumps([code, sorted({name.split(".")[0] for name in sys.modules})]))
"""


def loaded(*words: str) -> set[str]:
    """The heavy libraries that a command line loads."""

    done = subprocess.run([sys.executable, "-c", RUN, *words], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    code, modules = json.loads(done.stdout.splitlines()[-1])
    assert code == 0, done.stderr
    return HEAVY & set(modules)


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        pytest.param(["--help"], set(), id="help"),
        pytest.param(["ask", "--help"], set(), id="help of a command"),
        pytest.param(["--version"], set(), id="version"),
        pytest.param(["completion", "bash"], set(), id="completion"),
        pytest.param(["schema"], set(), id="schema"),
        pytest.param(["settings"], {"pydantic"}, id="settings"),
        pytest.param(["bench", "--help"], {"pydantic"}, id="help of bench"),
        pytest.param(["eval", "--help"], {"pydantic"}, id="help of eval"),
        pytest.param(["eval", "lint"], {"pydantic", "markdown_it"}, id="eval lint"),
    ],
)
def test_a_command_that_asks_nothing_loads_no_engine(words: list[str], allowed: set[str]) -> None:
    assert loaded(*words) <= allowed


@pytest.mark.model
def test_what_asks_loads_what_searches_and_nothing_that_builds_or_shows(tmp_path: Path) -> None:
    (tmp_path / "colours.md").write_text("# Colours\n\n| Thing | Colour |\n|---|---|\n| Sky | Blue |\n", encoding="utf-8")
    place = ["--kb", str(tmp_path), "--index", str(tmp_path.parent / f"{tmp_path.name}-index")]
    assert not loaded("index", *place) & (BUILD_ONLY | PAGE_ONLY | SCREEN_ONLY | NEVER)

    asking = loaded("ask", *place, "--json", "what colour is the sky")
    looking = loaded("index", *place, "--status")

    assert asking >= ENGINES
    assert not asking & (BUILD_ONLY | PAGE_ONLY | SCREEN_ONLY | NEVER)
    assert looking <= {"numpy", "pydantic", "sqlite3"}
