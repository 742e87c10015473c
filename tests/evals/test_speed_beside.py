"""Other programs are measured in processes of their own, over the same texts; only what makes sense counts. None has to be installed."""

from __future__ import annotations

import importlib
import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evals.speed import beside
from evals.speed.beside import chosen_texts, in_order, side_by_side
from evals.speed.measuring import Place
from evals.speed.models import Memory, Ran, Spread
from evals.speed.peers import NAMES, SCRIPTS, About, MakesNoSense, Peer
from evals.speed.processes import MeasureFailed, run_watched
from evals.speed.stages import STAGES

TEXTS = [
    "the keeper of the tower lights the lamp before the boats come home",
    "the horn is blown when fog hides the lamp from every boat",
    "stone that cracks is mended before the winter by two masons of the island",
]
FINDS_WORDS = """
import json

REQUIRES = ("pytest",)
FINDS = "words they share"


def build(texts, folder, weights):
    print("progress goes elsewhere")
    (folder / "kept.json").write_text(json.dumps(texts))


def opened(folder, weights, most):
    texts = json.loads((folder / "kept.json").read_text())
    def find(question):
        shared = lambda n: len(set(texts[n].split()) & set(question.split()))
        return sorted(range(len(texts)), key=shared, reverse=True)[:most]
    return find
"""
LACKS = 'REQUIRES = ("pytest", "a-package-that-nobody-made")\nFINDS = "nothing"\n'
OUT_OF_OIL = 'raise RuntimeError("out of oil")'


@pytest.fixture
def peer(tmp_path: Path) -> Callable[..., Peer]:
    """A peer whose script is the text given, run by this Python."""
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    shutil.copy(SCRIPTS / "peer.py", scripts)

    def written(script: str = FINDS_WORDS, name: str = "txtai") -> Peer:
        (scripts / f"{NAMES[name]}.py").write_text(script, encoding="utf-8")
        return Peer(name, Path(sys.executable), tmp_path, scripts)

    return written


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    return lines(tmp_path / "texts.jsonl", TEXTS)


def lines(path: Path, strings: list[str]) -> Path:
    path.write_text("".join(json.dumps(text) + "\n" for text in strings), encoding="utf-8")
    return path


# ---- one peer


def test_a_peer_is_built_and_asked_in_processes_of_its_own(peer: Callable[..., Peer], texts: Path, tmp_path: Path) -> None:
    one, asked = peer(), ["who lights the lamp", "when is the horn blown", "cracks", TEXTS[2]]

    assert one.about() == About(finds="words they share", versions={"pytest": pytest.__version__})
    assert one.build(texts, 3, tmp_path / "index").seconds > 0
    answers = one.ask(tmp_path / "index", lines(tmp_path / "asked.jsonl", asked), asked, TEXTS, 1)

    assert 0 < answers.first_seconds <= answers.ran.seconds
    assert answers.first_cpu_seconds > 0
    assert len(answers.ms) == len(answers.cpu_ms) == 4 - 1 - 1  # without the first one, which is cold, and the text that was asked for
    assert answers.memory is None or 0 < answers.memory.anonymous_mb <= answers.memory.resident_mb


def test_what_a_peer_lacks_is_named(peer: Callable[..., Peer]) -> None:
    assert peer(LACKS).about().missing == ("a-package-that-nobody-made",)


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        pytest.param(OUT_OF_OIL, r"txtai \(ask\) ended with status 1: .*out of oil", id="it crashes"),
        pytest.param("return []", r"answered 'boats' with \[\]", id="nothing is found"),
        pytest.param("return [1, 1]", r"answered 'boats' with \[1, 1\]", id="one text twice"),
        pytest.param("return [3]", r"answered 'boats' with \[3\]", id="no such text"),
        pytest.param('return ["a"]', "which is not what was asked of it", id="no id"),
        pytest.param("return [1]", "was asked for the text 'the keeper .*' and did not find it", id="a text is not found"),
        pytest.param("return [1, 0]", "was asked for 1 texts as they stand and found 0 of them first", id="another text is nearer"),
        pytest.param("import os; os._exit(0)", "gave 0 answers to 2 questions", id="it stops"),
    ],
)
def test_a_peer_that_answers_nonsense_has_failed(peer: Callable[..., Peer], texts: Path, tmp_path: Path, inside: str, said: str) -> None:
    one = peer(FINDS_WORDS.replace("        shared =", f"        {inside}\n        shared ="))
    one.build(texts, 3, tmp_path / "index")
    asked = ["boats", TEXTS[0]]

    with pytest.raises((MeasureFailed, MakesNoSense), match=f"(?s){said}"):
        one.ask(tmp_path / "index", lines(tmp_path / "asked.jsonl", asked), asked, TEXTS, 1)


def test_of_texts_asked_for_as_they_stand_most_have_to_come_first_and_all_be_found(
    peer: Callable[..., Peer], texts: Path, tmp_path: Path
) -> None:
    swapped = "if 'horn' in question: return [0, 1]"
    one = peer(FINDS_WORDS.replace("        shared =", f"        {swapped}\n        shared ="))
    one.build(texts, 3, tmp_path / "index")

    answers = one.ask(tmp_path / "index", lines(tmp_path / "asked.jsonl", ["boats", *TEXTS]), ["boats", *TEXTS], TEXTS, 3)

    assert answers.ms == ()


def test_an_index_of_other_texts_does_not_count(peer: Callable[..., Peer], texts: Path, tmp_path: Path) -> None:
    with pytest.raises(MakesNoSense, match="txtai indexed 3 of 4 texts"):
        peer().build(texts, 4, tmp_path / "index")


def test_a_peer_takes_as_many_threads_as_it_likes_or_as_it_is_told(
    peer: Callable[..., Peer], texts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")  # as this program has it set for itself
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    threads = 'import os\n    return lambda question: [int(os.environ.get("OPENBLAS_NUM_THREADS", 2)) - 1]'
    one = peer(FINDS_WORDS.replace("texts = json.loads", f"{threads}\n    texts = json.loads"))
    one.build(texts, 3, tmp_path / "index")
    asked = lines(tmp_path / "asked.jsonl", TEXTS[:1])

    one.ask(tmp_path / "index", asked, TEXTS[:1], TEXTS, 1, threads=1)
    with pytest.raises(MakesNoSense, match="did not find it"):
        one.ask(tmp_path / "index", asked, TEXTS[:1], TEXTS, 1)


def test_a_process_that_takes_too_long_is_ended_and_one_that_cannot_start_is_named() -> None:
    with pytest.raises(MeasureFailed, match=r"sleeping ended with status -9: it took longer than 0\.2 s"):
        run_watched([sys.executable, "-c", "import time; time.sleep(60)"], environment={}, limit=0.2, what="sleeping")
    with pytest.raises(MeasureFailed, match="nothing-of-the-sort cannot be started"):
        run_watched(["nothing-of-the-sort"], environment={}, limit=1, what="starting")


def test_a_line_is_timed_when_it_is_written() -> None:
    code = "import sys, time; print('first', flush=True); time.sleep(0.3); print('second')"

    ran, said = run_watched([sys.executable, "-c", code], environment={}, limit=60, what="talking")

    assert [line for _, line in said] == ["first\n", "second\n"]
    assert said[0][0] + 0.3 <= said[1][0] <= ran.seconds


@pytest.mark.parametrize("name", NAMES)
def test_every_script_says_what_it_needs_without_it(name: str) -> None:
    script: Any = importlib.import_module(f"evals.peers.{NAMES[name]}")
    pinned = re.findall(r"^([a-z0-9-]+)==", (SCRIPTS / "requirements.txt").read_text(encoding="utf-8"), re.M)

    assert set(script.REQUIRES) <= set(pinned)
    assert script.FINDS.startswith("vectors")
    assert callable(script.build)
    assert callable(script.opened)


# ---- side by side


def test_the_cold_question_comes_first_and_the_first_of_each_kind_does_not_count() -> None:
    questions = [("off topic", "eggs"), ("cell", "a"), ("list", "b"), ("cell", "c"), ("off topic", "trains"), ("list", "d")]

    asked, counted = in_order(questions)

    assert asked == ["a", "eggs", "b", "c", "trains", "d"]
    assert counted == [False, False, False, True, True, True]


def test_texts_asked_for_as_they_stand_are_spread_and_long_enough() -> None:
    texts = [f"{n} is the number of this text, which has ten words" for n in range(10)]

    assert chosen_texts(["short", *texts, texts[0]]) == texts[::2]
    assert chosen_texts(["short", "also short"]) == ["short", "also short"]


QUESTIONS = (("cell", "who lights the lamp"), ("cell", "who blows the horn"), ("off topic", "eggs"), ("off topic", "trains"))


@pytest.fixture
def ours(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """This program is not started; what would have been is in the list."""
    log: list[str] = []
    spread = Spread(count=2, p50=2.0, p95=3.0, p99=4.0)
    kept = Memory(resident_mb=1.5, private_mb=1.0, anonymous_mb=0.5)

    def told_by(module: str, task: dict[str, Any], *, what: str) -> tuple[Ran, Any]:
        log.append(module)
        warm = {"all": spread, "cpu": spread, "kinds": {}, "stages": dict.fromkeys(STAGES, spread), "parts": {}, "answered": 0.5}
        asked = {"open_seconds": 0.1, "warm": {**warm, "slowest": ("why", 2.0)}, "opened": kept, "after": kept, "recall": None}
        return Ran(seconds=1.0, cpu_seconds=1.0, peak_mb=None), asked

    def run(arguments: list[str], *, given: str = "", what: str) -> tuple[Ran, str]:
        log.append(" ".join(arguments[1:4]))
        return Ran(seconds=0.001, cpu_seconds=0.001, peak_mb=100.0), ""

    def watched(command: list[str], **_: Any) -> tuple[Ran, list[tuple[float, str]]]:
        log.append(" ".join(command[2:4]) + f" {command[-1]}")
        return Ran(seconds=0.5, cpu_seconds=0.4, peak_mb=100.0), [(0.001, "{}")]

    monkeypatch.setattr(beside, "told_by", told_by)
    monkeypatch.setattr(beside, "run_python", run)
    monkeypatch.setattr(beside, "run_watched", watched)
    monkeypatch.setattr(beside, "_texts", lambda _: list(TEXTS))
    monkeypatch.setattr(beside, "_facts", lambda _: 7)
    return log


def test_each_takes_its_turn_and_who_fails_is_named_and_not_counted(peer: Callable[..., Peer], tmp_path: Path, ours: list[str]) -> None:
    no_build = FINDS_WORDS.replace('    print("progress', f'    {OUT_OF_OIL}\n    print("progress')
    no_answer = FINDS_WORDS.replace("        shared =", f"        {OUT_OF_OIL}\n        shared =")
    peers = [peer(), peer(no_build, "Haystack"), peer(no_answer, "Chroma")]
    said: list[str] = []

    place = Place("tiny", tmp_path / "kb", tmp_path / "index", QUESTIONS)
    measured = side_by_side(
        place, [(p, p.about()) for p in peers], runs=2, builds=2, settings={}, version="1", say=lambda words: said.append(str(words))
    )

    assert ours == [*["ui index --rebuild"] * 2, *["ui ask who lights the lamp", "evals.speed.asking"] * 2]
    assert [figures.name for figures in measured.peers] == ["txtai"]
    found = measured.peers[0]
    assert found.warm.count == measured.questions == 2
    assert found.warm.p50 == min(found.warm_ways)
    assert len(found.warm_ways) == 2
    assert found.index_mb == pytest.approx(len(json.dumps(TEXTS)) / 1e6, abs=0.01)
    assert measured.failed.keys() == {"Haystack", "Chroma"}
    assert "Haystack (build) ended with status 1" in measured.failed["Haystack"]
    assert "out of oil" in measured.failed["Chroma"]
    assert (measured.ours.cold_seconds, measured.ours.answered, measured.facts, measured.texts) == (0.001, 0.5, 7, 3)
    assert said.count("tiny: txtai, run 2 of 2") == 1
    assert "tiny: Haystack, build 2 of 2" not in said


def test_the_command_measures_those_that_are_installed_and_names_the_others(
    peer: Callable[..., Peer], tmp_path: Path, ours: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from ui.cli import main

    for name in NAMES:
        scripts = peer(FINDS_WORDS if name == "LangChain" else LACKS, name).scripts
    monkeypatch.setattr("evals.speed.peers.Peer", lambda name, python, weights: Peer(name, python, weights, scripts))
    monkeypatch.setattr("index.encoder.open_encoder", lambda _: type("Encoder", (), {"encode": staticmethod(list)}))
    text = tmp_path / "text"
    text.mkdir()
    sentences = [f"The keeper of tower {n} lights the lamp before the boats come home with their nets." for n in range(9)]
    (text / "a.md").write_text("# Lamps\n\n" + " ".join(sentences) + "\n", encoding="utf-8")
    words = ["--from", str(text), "--cache", str(tmp_path / "cache"), "--questions", "2", "--runs", "1"]

    kept = tmp_path / "beside.json"
    assert main(["bench", "--peers", sys.executable, "--facts", "100", *words, "--json", str(kept)]) == 0

    shown = capsys.readouterr().out
    assert "txtai: not measured, not installed: a-package-that-nobody-made" in shown
    assert re.search(r"^LangChain +\d+\.\d\d s \(\d", shown, re.M)
    report = json.loads(kept.read_text(encoding="utf-8"))
    assert report["missing"].keys() == NAMES.keys() - {"LangChain"}
    assert [figures["name"] for figures in report["sizes"][0]["peers"]] == ["LangChain"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        pytest.param(["--peers", sys.executable, "--facts", "0"], 2, "name sizes with --facts", id="nothing to measure"),
        pytest.param(["--peers", sys.executable, "--svg", "a.svg"], 2, "leave --svg out", id="a picture"),
        pytest.param(["--peers", "no/such/python"], 1, "no/such/python cannot be started", id="no such Python"),
    ],
)
def test_what_cannot_be_measured_beside_others_is_refused(
    words: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from ui.cli import main

    assert main(["bench", *words]) == code
    assert said in capsys.readouterr().err


def test_a_python_that_has_none_of_them_is_refused(
    peer: Callable[..., Peer], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from ui.cli import main

    for name in NAMES:
        scripts = peer(LACKS, name).scripts
    monkeypatch.setattr("evals.speed.peers.Peer", lambda name, python, weights: Peer(name, python, weights, scripts))

    assert main(["bench", "--peers", sys.executable]) == 2
    assert "has none of txtai, LlamaIndex, Haystack, LangChain, Chroma installed" in capsys.readouterr().err
