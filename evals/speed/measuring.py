"""One folder measured: built, refreshed, asked cold, warm and in a batch. Each measure runs in processes of its own."""

from __future__ import annotations

import json
import shutil
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.speed.making import Question
from evals.speed.models import Asked, Batch, Brought, Cold, Ran, Size, Vectors
from evals.speed.processes import run_python, told_by

_BUILT = "built.json"
_KEPT = "assistant.keep_suggestions"
_ONE_LINE = "\nOne more sentence was written at the end of this file.\n"
_ENCODER_ALONE = """\
import sys
from index.encoder import open_encoder
from index.settings import IndexSettings
open_encoder(IndexSettings(model=sys.argv[2])).encode([sys.argv[1]])
"""

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Place:
    """A folder to measure, and where what is made of it is kept."""

    name: str
    kb: Path  # written to and put back: never a user's own
    index: Path
    questions: tuple[Question, ...]
    vectors: Vectors = "encoded"
    learnt: Path | None = None  # what vectors are made from, where they are made


def measure(place: Place, *, runs: int, rebuild: bool, settings: dict[str, Any], say: Say) -> Size:
    """Measure one folder.

    Args:
        runs: new processes for each cold start and refresh; the median counts.
        rebuild: build the index from nothing even if one is there; else the figures of the build that made it are used.
    Raises:
        MeasureFailed: one of the processes ended with an error.
    """
    built = _build(place, rebuild=rebuild, settings=settings, say=say)
    say(f"{place.name}: refreshing after one file changed")
    refreshed = _refresh(place, runs, settings)
    say(f"{place.name}: new processes to their first answer")
    cold = _cold(place, runs, settings)
    say(f"{place.name}: {len(place.questions)} questions, one by one")
    first = _asked(place, {**settings, _KEPT: False})
    say(f"{place.name}: the same where suggestions were checked before")
    for _ in range(2):  # the first checks what was not
        asked = _asked(place, {**settings, _KEPT: True})
    say(f"{place.name}: the same in a batch")
    return Size(
        name=place.name,
        facts=built.facts,
        chunks=built.chunks,
        files=built.files,
        kb_mb=round(sum(p.stat().st_size for p in place.kb.rglob("*.md")) / 1e6, 2),
        index_mb=built.index_mb,
        vectors=place.vectors,
        built=built,
        refreshed=refreshed,
        cold=cold,
        asked=asked,
        first=first.warm.all,
        batch=_batch(place, settings),
    )


def _asked(place: Place, settings: dict[str, Any]) -> Asked:
    task = {"kb": str(place.kb), "index": str(place.index), "questions": place.questions, "settings": settings}
    return Asked.model_validate(told_by("evals.speed.asking", task, what="asking")[1])


def _bring(place: Place, settings: dict[str, Any], what: str, **more: Any) -> Brought:
    learnt = str(place.learnt) if place.learnt is not None else None
    task = {"kb": str(place.kb), "index": str(place.index), "made": learnt, "settings": settings, **more}
    return Brought.model_validate(told_by("evals.speed.building", task, what=what)[1])


def _build(place: Place, *, rebuild: bool, settings: dict[str, Any], say: Say) -> Brought:
    """Build from nothing, unless an earlier run did and the index still fits; the figures of a build are kept beside it."""
    kept = place.index.with_name(_BUILT)
    if not rebuild and kept.exists() and _is_fresh(place, settings):
        return Brought.model_validate_json(kept.read_bytes())
    say(f"{place.name}: building")
    kept.unlink(missing_ok=True)
    shutil.rmtree(place.index, ignore_errors=True)
    built = _bring(place, settings, "building", rebuild=True, bare=place.learnt is None)
    kept.write_text(built.model_dump_json(), encoding="utf-8")
    return built


def _is_fresh(place: Place, settings: dict[str, Any]) -> bool:
    from assistant.settings import load_settings
    from index import status

    loaded = load_settings({"kb": str(place.kb), **settings})
    return status(place.kb, directory=place.index, settings=loaded.index, corpus_settings=loaded.corpus).state == "fresh"


def _refresh(place: Place, runs: int, settings: dict[str, Any]) -> Brought:
    """Append a line to the file in the middle, refresh, put the file back, refresh: the median of all of these."""
    files = sorted(place.kb.rglob("*.md"))
    path = files[len(files) // 2]
    before = path.read_bytes()
    taken = []
    try:
        for _ in range((runs + 1) // 2):
            path.write_bytes(before + _ONE_LINE.encode())
            taken.append(_bring(place, settings, "refreshing"))
            path.write_bytes(before)
            taken.append(_bring(place, settings, "refreshing"))
    finally:
        path.write_bytes(before)
    return sorted(taken, key=lambda brought: brought.seconds)[len(taken) // 2]


def _cold(place: Place, runs: int, settings: dict[str, Any]) -> Cold:
    question = next(text for kind, text in place.questions if kind != "off topic")
    asking = [*asking_command(place, settings), "--json", question]
    model = str(settings.get("index.model", ""))
    return Cold(
        answer=median_of([run_python(asking, what="a first answer")[0] for _ in range(runs)]),
        encoder=median_of([run_python(["-c", _ENCODER_ALONE, question, model], what="the encoder alone")[0] for _ in range(runs)]),
        runs=runs,
    )


def median_of(taken: Sequence[Ran]) -> Ran:
    """The median of each figure by itself."""
    peaks = [ran.peak_mb for ran in taken if ran.peak_mb is not None]
    return Ran(
        seconds=statistics.median(ran.seconds for ran in taken),
        cpu_seconds=statistics.median(ran.cpu_seconds for ran in taken),
        peak_mb=statistics.median(peaks) if peaks else None,
    )


def _batch(place: Place, settings: dict[str, Any]) -> Batch:
    lines = "".join(json.dumps({"id": str(n), "question": text}) + "\n" for n, (_, text) in enumerate(place.questions))
    ran, _ = run_python([*asking_command(place, settings), "--batch", "-"], given=lines, what="the batch")
    return Batch(questions=len(place.questions), ran=ran)


def asking_command(place: Place, settings: dict[str, Any]) -> list[str]:
    """The words after `python` that start `whichops ask` over the folder."""
    model = settings.get("index.model")
    return ["-m", "ui", "ask", "--kb", str(place.kb), "--index", str(place.index), *(["--model", model] if model else [])]
