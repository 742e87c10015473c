"""Times are taken where they are spent, and nothing of that stays behind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant, asking, load_settings
from evals.speed import command, measuring
from evals.speed.asking import ask_all, recall
from evals.speed.machine import own_memory, this_machine
from evals.speed.measuring import Place, measure, median_of
from evals.speed.models import Asked, Brought, Ran, Spread
from evals.speed.processes import MeasureFailed, run_python
from evals.speed.stages import STAGES, Stopwatch
from tests.evals.bench_fakes import stems_for_model

QUESTIONS = [
    ("cell", "what is the colour of the sky"),
    ("cell", "what is the colour of grass"),
    ("off topic", "how do I boil an egg"),
    ("off topic", "who won the match"),
]


@pytest.fixture
def kb(tmp_path: Path) -> Path:
    folder = tmp_path / "kb"
    folder.mkdir()
    (folder / "colours.md").write_text("# Colours\n\n| Thing | Colour |\n|---|---|\n| Sky | Blue |\n| Grass | Green |\n", encoding="utf-8")
    return folder


@pytest.fixture
def asked_of(kb: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Assistant]:
    stems_for_model(monkeypatch)
    with_index = Assistant.open(kb, index=tmp_path / "index", settings=load_settings({"kb": str(kb)}))
    yield with_index
    with_index.close()


def test_a_stage_inside_another_counts_once() -> None:
    now = [0.0]
    watch = Stopwatch(lambda: now[0])

    def encode() -> None:
        now[0] += 0.002

    def gather() -> None:
        now[0] += 0.003
        watch.wrapped("encode", encode)()
        now[0] += 0.001

    watch.enter("compose")
    now[0] += 0.010
    watch.wrapped("search", gather)()
    now[0] += 0.005
    watch.leave()

    assert watch.taken() == pytest.approx({"understand": 0, "encode": 2, "search": 3 + 1, "compose": 10 + 5, "verify": 0})
    assert set(watch.taken().values()) == {0.0}


def test_every_stage_of_an_answer_is_seen_and_the_assistant_is_left_as_it_was(asked_of: Assistant) -> None:
    warm, asked = ask_all(asked_of, QUESTIONS)

    assert asked == ["what is the colour of grass", "who won the match"]  # the first of each kind warms up
    assert set(warm.kinds) == {"cell", "off topic"}
    assert warm.all.count == 2
    assert warm.answered == 1 / 2
    assert all(warm.stages[stage].p99 > 0 for stage in STAGES)
    assert sum(spread.p50 for spread in warm.stages.values()) <= warm.all.p99 * 1.01
    assert set(warm.parts) == {"encoder", "vectors", "words"}
    assert warm.slowest[0] in asked
    assert "search_dense" not in vars(asked_of._state.retriever)
    assert not hasattr(asking.understand, "__wrapped__")
    assert asking.understand.__module__ == "assistant.frame"


def test_recall_is_not_told_where_every_vector_is_compared(asked_of: Assistant) -> None:
    assert recall(asked_of._state.retriever, ["grass"]) is None


def test_recall_by_codes_is_measured_against_every_vector(asked_of: Assistant, kb: Path, tmp_path: Path) -> None:
    lines = "\n\n".join(f"Thing number {n} is kept in drawer {n * 7 % 50} of cabinet {n % 9}." for n in range(60))
    (kb / "things.md").write_text(f"# Things\n\n{lines}\n", encoding="utf-8")
    settings = load_settings({"kb": str(kb), "index.exact_limit": "10", "index.rescore": "100"})
    with_codes = Assistant.open(kb, index=tmp_path / "coded", settings=settings)

    retriever = with_codes._state.retriever
    assert retriever.compares_codes
    assert recall(retriever, ["which drawer is thing number 8 in", "cabinet 3"]) == 1.0  # more candidates than there are rows
    with_codes.close()


def test_a_process_that_fails_says_so_and_one_that_runs_is_weighed() -> None:
    ran, out = run_python(["-c", "import sys; print(sys.stdin.read() * 2)"], given="ab", what="doubling")

    assert out == "abab\n"
    assert 0 < ran.cpu_seconds <= ran.seconds * 8
    with pytest.raises(MeasureFailed, match="counting ended with status 3: out of fingers"):
        run_python(["-c", "import sys; print('out of fingers', file=sys.stderr); sys.exit(3)"], what="counting")


def test_what_the_measures_were_taken_on_is_told() -> None:
    machine = this_machine()

    assert machine.cores >= 1
    assert machine.libraries["numpy"][0].isdigit()
    memory = own_memory()
    assert memory is None or 0 < memory.anonymous_mb <= memory.resident_mb


def test_the_median_is_taken_of_each_figure() -> None:
    ran = [Ran(seconds=s, cpu_seconds=c, peak_mb=p) for s, c, p in ((1, 9, 100), (2, 8, None), (9, 1, 300))]

    assert median_of(ran) == Ran(seconds=2, cpu_seconds=8, peak_mb=200)


def _brought(task: dict[str, Any], log: list[str]) -> Brought:
    text = "".join(p.read_text() for p in sorted(Path(task["kb"]).rglob("*.md")))
    log.append("changed" if "One more sentence" in text else "as it was")
    return Brought(
        seconds=2.0, cpu_seconds=4.0, peak_mb=99.0, stages={"looking": 0.1, "encoding": 1.9}, facts=6, chunks=7, encoded=7, reused=0,
        files=1, index_mb=0.1, bare_seconds=3.0,
    )  # fmt: skip


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """No process is started; what would have been measured is in the list."""
    log: list[str] = []
    spread = Spread(count=2, p50=1.0, p95=2.0, p99=2.0)

    def told_by(module: str, task: dict[str, Any], *, what: str) -> tuple[Ran, Any]:
        ran = Ran(seconds=1.0, cpu_seconds=1.0, peak_mb=None)
        if module == "evals.speed.building":
            return ran, _brought(task, log).model_dump()
        stages = dict.fromkeys(STAGES, spread)
        parts = {"encoder": spread, "vectors": spread, "words": spread}
        warm = {"all": spread, "cpu": spread, "kinds": {"cell": spread}, "stages": stages, "parts": parts, "answered": 0.5}
        asked = {"open_seconds": 0.1, "warm": {**warm, "slowest": ("why", 2.0)}, "opened": None, "after": None, "recall": None}
        return ran, Asked.model_validate(asked).model_dump()

    def run(arguments: list[str], *, given: str = "", what: str) -> tuple[Ran, str]:
        log.append(what)
        return Ran(seconds=0.5, cpu_seconds=0.4, peak_mb=100.0), ""

    monkeypatch.setattr(measuring, "told_by", told_by)
    monkeypatch.setattr(measuring, "run_python", run)
    return log


def test_a_folder_is_built_refreshed_with_one_file_changed_and_put_back(kb: Path, tmp_path: Path, processes: list[str]) -> None:
    before = (kb / "colours.md").read_bytes()

    size = measure(Place("tiny", kb, tmp_path / "index", tuple(QUESTIONS)), runs=3, rebuild=False, settings={}, say=lambda _: None)

    assert processes == [
        *("as it was", "changed", "as it was", "changed", "as it was"),
        *["a first answer"] * 3,
        *["the encoder alone"] * 3,
        "the batch",
    ]
    assert (kb / "colours.md").read_bytes() == before
    assert size.built.share == 3 / 4
    assert size.asked.warm.ratio == pytest.approx(1 / 3)
    assert size.batch.per_second == 4 / 0.5


def test_the_command_measures_the_shipped_folder_and_those_it_makes(
    tmp_path: Path, processes: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    from ui.cli import main

    text = tmp_path / "text"
    text.mkdir()
    sentences = [f"The keeper of tower {n} lights the lamp before the boats come home with their nets." for n in range(9)]
    (text / "a.md").write_text("# Lamps\n\n" + " ".join(sentences) + "\n", encoding="utf-8")
    words = ["--facts", "100,200", "--encoded", "150", "--from", str(text), "--cache", str(tmp_path / "cache"), "--questions", "2"]
    drawn = tmp_path / "speed.svg"

    assert main(["bench", *words, "--json", "-", "--svg", str(drawn)]) == 0

    report = json.loads(capsys.readouterr().out)
    assert [(size["name"], size["vectors"]) for size in report["sizes"]] == [("shipped", "encoded"), ("100", "encoded"), ("200", "made")]
    assert drawn.read_text().startswith("<svg ")
    assert drawn.read_text().count("<polyline") == 3
    assert main(["bench", *words, "--facts", "0"]) == 0
    shown = capsys.readouterr().out
    assert "new process to first answer" in shown
    assert "0.50 s (0.40 CPU)" in shown
    assert "nan" not in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(["--kb", "notes"], "leave --kb and --index out", id="a folder of one's own"),
        pytest.param(["--facts", "many"], "not a list of numbers", id="no number"),
        pytest.param(["--facts", "99000000"], "sizes run from 0 to 5,000,000 facts", id="too many"),
        pytest.param(["--runs", "0"], "has to be 1 or more", id="no run"),
    ],
)
def test_what_cannot_be_measured_is_refused(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    from ui.cli import main

    assert main(["bench", *words]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.model
@pytest.mark.slow
def test_a_small_folder_is_measured_for_real(tmp_path: Path) -> None:
    import argparse

    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    args = parser.parse_args(
        ["--facts", "300,301", "--encoded", "300", "--runs", "1", "--questions", "2", "--cache", str(tmp_path / "cache")]
    )
    args.model = None

    report = command.measure_all(args, lambda _: None)

    shipped, small, made = report.sizes
    assert (shipped.vectors, small.vectors, made.vectors) == ("encoded", "encoded", "made")
    for size in report.sizes:
        assert size.refreshed.encoded < size.built.encoded / 2
        assert size.asked.warm.stages["encode"].p50 > 0
        assert size.cold.answer.cpu_seconds > 0
    assert small.built.share is not None
    assert small.built.share > 0
    assert made.built.share is None
