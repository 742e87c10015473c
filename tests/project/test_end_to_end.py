"""The real commands on real folders, each in a process of its own: answers, bad input, and what they leave alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.model

ROOT = Path(__file__).parents[2]
GARDEN = """\
# Garden tools

A trowel is a small hand tool for digging holes.

## Which tool

| If you need to | Use | Why |
|---|---|---|
| Plant bulbs | Trowel | It makes narrow holes |
| Gather leaves | Rake | Its tines catch them |
| Cut branches | Loppers | Long handles give force |
"""

# The process ends at once with code 99 if it looks up a name or connects outside this machine, and says which heavy modules it loaded.
GUARDED = """
import os, sys
def watch(event, args):
    if event not in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        return
    address = args[1] if event != "socket.getaddrinfo" else args
    host = address[0] if isinstance(address, tuple) else None
    if host not in (None, "", "localhost", "127.0.0.1", "::1", b"localhost"):
        sys.__stderr__.write(f"LEFT THE MACHINE: {event} {address}")
        os._exit(99)
sys.addaudithook(watch)
from ui.cli import main
code = main(sys.argv[1:])
if os.environ.get("SHOW_MODULES"):
    sys.stderr.write("MODULES " + " ".join(sorted(sys.modules)))
sys.stdout.flush()
sys.stderr.flush()
os._exit(code)
"""

Run = subprocess.CompletedProcess[str]


def whichops(*argv: str | Path, given: bytes = b"", cwd: Path = ROOT, **environ: str) -> Run:
    """Run the command; its output decoded, its time bounded."""
    result = subprocess.run(
        [sys.executable, "-c", GUARDED, *map(str, argv)],
        cwd=cwd,
        input=given,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environ},
        timeout=240,
    )
    assert result.returncode != 99, result.stderr.decode()
    return subprocess.CompletedProcess(result.args, result.returncode, result.stdout.decode(), result.stderr.decode())


def one_line(result: Run, code: int, *words: str) -> None:
    """The command said one thing on standard error, nothing on standard output, and ended as it should."""
    assert result.returncode == code, result.stderr
    assert result.stdout == ""
    assert result.stderr.startswith("whichops: ")
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.stderr
    for word in words:
        assert word in result.stderr


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A small knowledge base and its index, built once by the command."""
    kb, index = tmp_path_factory.mktemp("garden"), tmp_path_factory.mktemp("built") / "index"
    (kb / "tools.md").write_text(GARDEN)
    result = whichops("index", "--kb", kb, "--index", index)
    assert result.returncode == 0, result.stderr
    return kb, index


@pytest.fixture
def garden(built: tuple[Path, Path], tmp_path: Path) -> tuple[Path, Path]:
    """A copy of the knowledge base and of its index, to be spoilt."""
    kb, index = tmp_path / "kb", tmp_path / "index"
    shutil.copytree(built[0], kb)
    shutil.copytree(built[1], index)
    return kb, index


def test_an_answer_cites_the_cell_it_rests_on(built: tuple[Path, Path]) -> None:
    kb, index = built
    result = whichops("ask", "--kb", kb, "--index", index, "which tool do I need to plant bulbs")

    assert result.returncode == 0
    assert result.stderr == ""
    assert "Trowel" in result.stdout.splitlines()[0]
    assert "tools.md:9  Garden tools › Which tool — Plant bulbs × Use" in result.stdout


def test_every_quote_stands_at_its_lines_and_a_saved_answer_can_be_proved(built: tuple[Path, Path], tmp_path: Path) -> None:
    kb, index = built
    result = whichops("ask", "--json", "--kb", kb, "--index", index, "which tool do I need to gather leaves")
    answer = json.loads(result.stdout)
    lines = GARDEN.splitlines()
    assert answer["citations"]
    for citation in answer["citations"]:
        first, last = citation["lines"]
        assert citation["quote"] in "\n".join(lines[first - 1 : last])

    saved = tmp_path / "answer.json"
    saved.write_text(result.stdout)
    proof = whichops("verify", "--kb", kb, saved)
    assert (proof.returncode, proof.stderr) == (0, "")
    assert proof.stdout.startswith("answer 1: holds: ")

    saved.write_text(result.stdout.replace("Rake", "Hoe"))
    refuted = whichops("verify", "--kb", kb, saved)
    assert refuted.returncode == 1
    assert refuted.stdout.startswith("answer 1: does not hold\n")


def test_the_same_question_gives_the_same_bytes(built: tuple[Path, Path]) -> None:
    kb, index = built
    runs = [json.loads(whichops("ask", "--json", "--kb", kb, "--index", index, "what is a trowel").stdout) for _ in range(2)]
    lines = b'{"id": "1", "question": "what is a trowel"}\n' * 2
    runs += [json.loads(line) for line in whichops("ask", "--batch", "-", "--kb", kb, "--index", index, given=lines).stdout.splitlines()]

    for run in runs:
        del run["timings_ms"]
    assert runs[1:] == runs[:1] * 3


def test_asking_loads_neither_torch_nor_anything_of_the_page(built: tuple[Path, Path]) -> None:
    kb, index = built
    result = whichops("ask", "--kb", kb, "--index", index, "what is a trowel", SHOW_MODULES="1")

    modules = set(result.stderr.partition("MODULES ")[2].split())
    assert "onnxruntime" in modules
    assert modules & {"torch", "transformers", "sentence_transformers", "gradio", "fastapi"} == set()


def test_the_conversation_in_the_terminal_gives_the_same_answer(built: tuple[Path, Path]) -> None:
    kb, index = built
    asked = whichops("ask", "--kb", kb, "--index", index, "what is a trowel")
    talked = whichops("chat", "--kb", kb, "--index", index, given=b"what is a trowel\n/quit\n")

    assert (talked.returncode, talked.stderr) == (0, "")
    assert talked.stdout == asked.stdout + "\n"


def test_a_batch_goes_on_after_a_line_that_cannot_be_read(built: tuple[Path, Path]) -> None:
    kb, index = built
    lines = [
        b'{"id": "a", "question": "which tool do I need to plant bulbs", "conversation": "c"}',
        b'{"question": "torn',
        b'{"id": "b", "question": "why?", "conversation": "c"}',
    ]
    result = whichops("ask", "--batch", "-", "--kb", kb, "--index", index, given=b"\n".join(lines))

    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.returncode == 0
    assert [(r["id"], r["status"]) for r in rows] == [("a", "answered"), ("2", "invalid"), ("b", "answered")]
    assert "Line 2 is not JSON" in rows[1]["text"]
    assert "narrow holes" in rows[2]["text"]
    assert result.stderr == "whichops: 1 of 3 lines could not be read (line 2); the rest is answered.\n"


def test_a_changed_file_is_noticed_and_said(garden: tuple[Path, Path]) -> None:
    kb, index = garden
    (kb / "tools.md").write_text(GARDEN.replace("Rake", "Broom"))
    status = whichops("index", "--status", "--kb", kb, "--index", index)
    result = whichops("ask", "--kb", kb, "--index", index, "which tool do I need to gather leaves")

    assert (status.returncode, "stale" in status.stdout) == (0, True)
    assert "Broom" in result.stdout.splitlines()[0]
    assert result.stderr.startswith("Indexed 1 file, ")
    assert whichops("index", "--status", "--kb", kb, "--index", index).stdout.startswith("state           fresh\n")


def missing(kb: Path, _: Path) -> tuple[int, list[str]]:
    shutil.rmtree(kb)
    return 4, [str(kb), "does not exist", "--kb FOLDER"]


def a_file(kb: Path, _: Path) -> tuple[int, list[str]]:
    shutil.rmtree(kb)
    kb.write_text("# No folder\n")
    return 4, [str(kb), "not a folder"]


def empty(kb: Path, _: Path) -> tuple[int, list[str]]:
    (kb / "tools.md").unlink()
    return 4, [str(kb), "holds no Markdown to answer from"]


def unknown_key(kb: Path, _: Path) -> tuple[int, list[str]]:
    (kb / "kb.toml").write_text('titel = "Tools"\n')
    return 4, ["kb.toml", "unknown key 'titel'; did you mean 'title'?"]


def index_within(kb: Path, index: Path) -> tuple[int, list[str]]:
    shutil.rmtree(index)
    index.symlink_to(kb / "index")
    return 4, ["inside the knowledge base", "--index DIR"]


def index_not_writable(_: Path, index: Path) -> tuple[int, list[str]]:
    shutil.rmtree(index)
    index.write_text("in the way, for every user")
    return 4, [str(index), "--index DIR"]


SPOILS = (missing, a_file, empty, unknown_key, index_within, index_not_writable)


@pytest.mark.parametrize(
    ("command", "spoil"), [*(("ask", s) for s in SPOILS), *(("index", s) for s in SPOILS), ("chat", missing), ("batch", empty)]
)
def test_what_cannot_be_asked_is_one_message_that_says_what_to_do(
    garden: tuple[Path, Path], command: str, spoil: Callable[[Path, Path], tuple[int, list[str]]]
) -> None:
    kb, index = garden
    code, words = spoil(kb, index)
    argv = {"ask": ["ask", "what is a trowel"], "chat": ["chat"], "index": ["index"], "batch": ["ask", "--batch", "-"]}[command]

    result = whichops(*argv, "--kb", kb, "--index", index, given=b'{"question": "what is a trowel"}\n')

    if command == "index":  # its stages are told before what went wrong
        result.stderr = "".join(line for line in result.stderr.splitlines(keepends=True) if not line.endswith("...\n"))
    one_line(result, code, *words)


def test_a_file_that_is_not_utf_8_is_used_as_far_as_it_can_be_and_named(garden: tuple[Path, Path]) -> None:
    kb, index = garden
    (kb / "latin.md").write_bytes("# Saws\n\nA fret saw cuts curves; the café has one.\n".encode("latin-1"))

    built = whichops("index", "--kb", kb, "--index", index)
    asked = whichops("ask", "--kb", kb, "--index", index, "what is a trowel")

    assert built.returncode == 0
    warnings = [line for line in built.stderr.splitlines() if line.startswith("whichops: ")]
    assert len(warnings) == 1
    assert "latin.md" in warnings[0]
    assert "UTF-8" in warnings[0]
    assert asked.returncode == 0
    assert "trowel" in asked.stdout.lower()


def test_a_file_that_cannot_be_read_is_skipped_and_named(garden: tuple[Path, Path]) -> None:
    kb, index = garden
    shutil.rmtree(index)
    (kb / "elsewhere.md").symlink_to(ROOT / "pyproject.toml")  # leaves the folder: refused for every user

    built = whichops("index", "--kb", kb, "--index", index)

    assert built.returncode == 0
    assert "whichops: elsewhere.md: a link that leaves the folder\n" in built.stderr


@pytest.mark.parametrize("question", ["", " \n\t ", "x " * 50_000], ids=["empty", "blank", "100,000 characters"])
def test_what_is_no_question_is_told_and_ends_with_2(built: tuple[Path, Path], question: str) -> None:
    kb, index = built
    one_line(whichops("ask", "--kb", kb, "--index", index, "-", given=question.encode()), 2)
    result = whichops("ask", "--json", "--kb", kb, "--index", index, "-", given=question.encode())
    assert result.returncode == 2
    assert json.loads(result.stdout)["status"] == "invalid"


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))


def test_a_damaged_index_is_found_said_and_mended_and_nothing_is_lost(garden: tuple[Path, Path]) -> None:
    kb, index = garden
    files = [path for path in index.rglob("*") if path.is_file() and path.stat().st_size > 100]
    flip(max(files, key=lambda path: path.stat().st_size))

    verified = whichops("index", "--verify", "--kb", kb, "--index", index)
    assert verified.returncode == 4
    assert "whichops index --rebuild" in verified.stdout

    asked = whichops("ask", "--kb", kb, "--index", index, "which tool do I need to cut branches")
    assert asked.returncode == 0
    assert "Loppers" in asked.stdout.splitlines()[0]
    assert "Traceback" not in asked.stderr
    assert (kb / "tools.md").read_text() == GARDEN

    assert whichops("index", "--rebuild", "--kb", kb, "--index", index).returncode == 0
    assert whichops("index", "--verify", "--kb", kb, "--index", index).returncode == 0


def test_the_knowledge_base_is_never_written_to(garden: tuple[Path, Path]) -> None:
    kb, index = garden
    before = {path: path.stat().st_mtime_ns for path in [kb, *kb.rglob("*")]}
    whichops("index", "--rebuild", "--kb", kb, "--index", index)
    whichops("ask", "--kb", kb, "--index", index, "what is a trowel")
    assert {path: path.stat().st_mtime_ns for path in [kb, *kb.rglob("*")]} == before


def test_without_an_index_asking_builds_it_first_and_says_so(garden: tuple[Path, Path]) -> None:
    kb, index = garden
    shutil.rmtree(index)

    status = whichops("index", "--status", "--kb", kb, "--index", index)
    asked = whichops("ask", "--kb", kb, "--index", index, "what is a trowel")

    assert (status.returncode, status.stdout.splitlines()[0].startswith("state           missing")) == (4, True)
    assert asked.returncode == 0
    assert asked.stderr.startswith("Indexed 1 file, ")
