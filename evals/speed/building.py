"""One process that brings an index up to date and says what that took: `python -m evals.speed.building`.

Reads a task as JSON from standard input, writes a `Brought` to standard output.
"""

from __future__ import annotations

import itertools
import json
import sys
import time
from pathlib import Path
from typing import Any

from evals.speed.models import Brought

_SAMPLE = 5_000  # chunks that are encoded to make vectors of others
_BARE = 600  # texts by which the encoder alone is measured, spread over the folder


class _Stages:
    """Seconds between the words of progress."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._stage, self._since = "looking", time.perf_counter()

    def __call__(self, stage: str, *_: int) -> None:
        if stage != self._stage:
            now = time.perf_counter()
            self.spent[self._stage] = round(self.spent.get(self._stage, 0.0) + now - self._since, 3)
            self._stage, self._since = stage, now


def bring(task: dict[str, Any]) -> Brought:
    """Do what the task says: `kb`, `index`, `settings`, `rebuild`, `bare`, `made` (a file that keeps what vectors are made from, or null).

    With `bare` the encoder is run alone as well, once the index is there.
    """
    from assistant.settings import load_settings
    from evals.speed.made import MadeEncoder
    from index.builder import ensure_index
    from index.encoder import OnnxEncoder, open_encoder
    from index.facts import FactStore
    from index.generations import open_generation

    settings = load_settings({"kb": task["kb"], "index.directory": task["index"], **task.get("settings", {})})
    encoder = None
    if task.get("made") is not None:
        real = open_encoder(settings.index)
        if isinstance(real, OnnxEncoder):
            encoder = MadeEncoder(real, lambda: _sample(Path(task["kb"])), Path(task["made"]))
    stages = _Stages()
    begin, burnt = time.perf_counter(), time.process_time()
    report = ensure_index(
        Path(task["kb"]),
        directory=Path(task["index"]),
        settings=settings.index,
        corpus_settings=settings.corpus,
        progress=stages,
        rebuild=bool(task.get("rebuild")),
        encoder=encoder,
    )
    seconds, cpu = time.perf_counter() - begin, time.process_time() - burnt
    stages("")
    manifest = open_generation(report.directory, report.generation).manifest
    bare = None
    if task.get("bare") and encoder is None:
        store = FactStore(report.directory / report.generation, None)
        try:
            step = max(1, report.counts.chunks // _BARE)
            texts = [text for _, text in itertools.islice(store.chunk_texts(), 0, None, step)]
        finally:
            store.close()
        alone = open_encoder(settings.index)
        burnt = time.process_time()
        for _ in alone.encode_many(texts):
            pass
        bare = (time.process_time() - burnt) / max(1, len(texts)) * report.encoded
    return Brought(
        seconds=round(seconds, 3),
        cpu_seconds=round(cpu, 3),
        peak_mb=_peak(),
        stages=stages.spent,
        facts=report.counts.facts,
        chunks=report.counts.chunks,
        encoded=report.encoded,
        reused=report.reused,
        files=report.counts.documents,
        index_mb=round(manifest.size / 1e6, 2),
        bare_seconds=None if bare is None else round(bare, 3),
    )


def _peak() -> float | None:
    try:
        import resource
    except ImportError:  # not on this system
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6, 1)


def _sample(kb: Path) -> list[str]:
    """Texts of chunks from the first files: in a folder made here those hold the real sentences."""
    from corpus import parse_corpus
    from corpus.models import Document

    found: dict[str, None] = {}
    for path in sorted(kb.rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        for chunk in parse_corpus([Document(path.name, text, "", len(text), 0)]).chunks:
            found[chunk.text] = None
        if len(found) >= _SAMPLE:
            break
    return list(found)[:_SAMPLE]


if __name__ == "__main__":
    sys.stdout.write(bring(json.load(sys.stdin)).model_dump_json())
