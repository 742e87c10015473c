"""This program and those others would pick, side by side: the same texts, the same questions, each measure in processes of their own.

Programs take turns within a round, so that what else the machine does falls on all of them. The others are given the very texts that
are encoded here; this program is given the folder, and has to read it first. It answers, with proof; the others find.

The others are asked in two ways, with the threads they choose themselves and with one: where another program keeps a core busy, threads
of theirs wait for each other, half a second for one question. The first run tries both, later ones the quicker way; of each figure the
better one for them counts.
"""

from __future__ import annotations

import itertools
import json
import shutil
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.errors import KbError
from evals.speed.making import Question
from evals.speed.measuring import Place, Say, asking_command, median_of
from evals.speed.models import Asked, Figures, Memory, Ran, SideBySide, Spread
from evals.speed.peers import About, Peer
from evals.speed.processes import own_environment, run_python, run_watched, told_by

OURS = "whichops"

_FINDS = "an answer with proof"
_WAYS = (None, 1)  # threads the others are asked with; None: as many as they choose
_LIMIT = 3_600.0  # seconds for one process
_PROBES = 5  # texts that are asked for as they stand
_PROBED_WORDS = range(8, 40)  # long enough to be nobody else's, short enough that the model reads all of it


@dataclass(slots=True)
class _Taken:
    """What was measured of one program so far; asked in one way."""

    cold: list[float] = field(default_factory=list)
    cold_cpu: list[float] = field(default_factory=list)
    warm: list[Spread] = field(default_factory=list)
    warm_cpu: list[Spread] = field(default_factory=list)
    memory: list[Memory | None] = field(default_factory=list)


def _figures(name: str, about: About, index: Path, builds: Sequence[Ran], ways: Sequence[_Taken], answered: float | None = None) -> Figures:
    """Medians of the runs; of several ways the better one for each figure."""
    memories = [memory for taken in ways if (memory := _median_memory(taken.memory)) is not None]
    return Figures(
        name=name,
        finds=about.finds,
        versions={needed: version for needed, version in about.versions.items() if version},
        cold_seconds=min(statistics.median(taken.cold) for taken in ways),
        cold_cpu_seconds=min(statistics.median(taken.cold_cpu) for taken in ways),
        warm=min((_median_spread(taken.warm) for taken in ways), key=lambda spread: spread.p50),
        warm_cpu=min((_median_spread(taken.warm_cpu) for taken in ways), key=lambda spread: spread.p50),
        warm_ways=tuple(_median_spread(taken.warm).p50 for taken in ways),
        built=median_of(builds),
        memory=min(memories, key=lambda memory: memory.resident_mb) if memories else None,
        index_mb=round(sum(p.stat().st_size for p in index.rglob("*") if p.is_file()) / 1e6, 2),
        answered=answered,
    )


def side_by_side(
    place: Place,
    peers: Sequence[tuple[Peer, About]],
    *,
    runs: int,
    builds: int,
    settings: dict[str, Any],
    version: str,
    say: Say,
) -> SideBySide:
    """Measure one folder with this program and each of the peers.

    Args:
        runs: processes that are asked, of each program.
        builds: indexes that are built from nothing, of each program.
    Raises:
        KbError: this program could not be measured. A peer that could not is named in what is returned.
    """
    folder = place.index.with_name("beside")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    own = Place(place.name, place.kb, folder / "index", place.questions)
    ours, built = _Taken(), []
    answered = None
    others = _Others(peers, folder, lambda words: say(f"{place.name}: {words}"))
    for n in range(builds):
        say(f"{place.name}: {OURS}, build {n + 1} of {builds}")
        shutil.rmtree(own.index, ignore_errors=True)
        built.append(_build(own, settings))
        if n == 0:
            others.texts = _texts(own.index)
        others.build(f"build {n + 1} of {builds}")
    asked, counted = in_order(place.questions)
    for n in range(runs):
        say(f"{place.name}: {OURS}, run {n + 1} of {runs}")
        seconds, cpu = _first_answer(own, asked[0], settings)
        ours.cold.append(seconds)
        ours.cold_cpu.append(cpu)
        task = {"kb": str(own.kb), "index": str(own.index), "questions": own.questions, "settings": settings}
        told = Asked.model_validate(told_by("evals.speed.asking", task, what="asking")[1])
        ours.warm.append(told.warm.all)
        ours.warm_cpu.append(told.warm.cpu)
        ours.memory.append(told.after)
        answered = told.warm.answered
        others.ask(asked, counted, f"run {n + 1} of {runs}")
    measured = SideBySide(
        name=place.name,
        facts=_facts(own.index),
        texts=len(others.texts),
        questions=sum(counted),
        ours=_figures(OURS, About(finds=_FINDS, versions={OURS: version}), own.index, built, [ours], answered),
        peers=others.figures(),
        failed=others.failed,
    )
    (folder / "measured.json").write_text(measured.model_dump_json(), encoding="utf-8")  # a run may be cut short at the next size
    return measured


class _Others:
    """The peers over one folder; whoever fails once is measured no further."""

    def __init__(self, peers: Sequence[tuple[Peer, About]], folder: Path, say: Say) -> None:
        self.texts: list[str] = []
        self.failed: dict[str, str] = {}
        self._peers = peers
        self._folder = folder
        self._say = say
        self._builds: dict[str, list[Ran]] = {peer.name: [] for peer, _ in peers}
        self._taken = {peer.name: [_Taken() for _ in _WAYS] for peer, _ in peers}

    def build(self, what: str) -> None:
        """Each builds an index of the texts, from nothing."""
        texts = _written(self._folder / "texts.jsonl", self.texts)

        def build(peer: Peer) -> None:
            shutil.rmtree(self._index(peer), ignore_errors=True)
            self._builds[peer.name].append(peer.build(texts, len(self.texts), self._index(peer)))

        self._each(what, build)

    def ask(self, asked: Sequence[str], counted: Sequence[bool], what: str) -> None:
        """Each is asked in new processes; the times that count are taken, and those of texts asked for as they stand are not."""
        probes = chosen_texts(self.texts)
        every = [*asked, *probes]
        questions = _written(self._folder / "questions.jsonl", every)

        def ask(peer: Peer) -> None:
            every_way = list(zip(_WAYS, self._taken[peer.name], strict=True))
            tried = [(threads, taken) for threads, taken in every_way if taken.warm]
            for threads, taken in [min(tried, key=lambda way: way[1].warm[0].p50)] if tried else every_way:
                answers = peer.ask(self._index(peer), questions, every, self.texts, len(probes), threads)
                taken.cold.append(answers.first_seconds)
                taken.cold_cpu.append(answers.first_cpu_seconds)
                for times, spreads in ((answers.ms, taken.warm), (answers.cpu_ms, taken.warm_cpu)):
                    spreads.append(Spread.of([ms for ms, counts in zip(times, counted[1:], strict=True) if counts]))
                taken.memory.append(answers.memory)

        self._each(what, ask)

    def figures(self) -> tuple[Figures, ...]:
        """Of all that did not fail."""
        return tuple(
            _figures(peer.name, about, self._index(peer), self._builds[peer.name], self._taken[peer.name])
            for peer, about in self._peers
            if peer.name not in self.failed
        )

    def _index(self, peer: Peer) -> Path:
        return self._folder / peer.name.lower()

    def _each(self, what: str, measure: Callable[[Peer], None]) -> None:
        for peer, _ in self._peers:
            if peer.name in self.failed:
                continue
            self._say(f"{peer.name}, {what}")
            try:
                measure(peer)
            except KbError as error:
                self.failed[peer.name] = str(error)
                self._say(f"{peer.name} failed: {error}")


def _build(place: Place, settings: dict[str, Any]) -> Ran:
    model = settings.get("index.model")
    words = ["-m", "ui", "index", "--rebuild", "--kb", str(place.kb), "--index", str(place.index), *(["--model", model] if model else [])]
    return run_python(words, what="whichops index")[0]


def _first_answer(place: Place, question: str, settings: dict[str, Any]) -> tuple[float, float]:
    """Seconds from the start of `whichops ask` to the first line of its answer, and the processor time of all of it."""
    command = [sys.executable, *asking_command(place, settings), "--json", question]
    ran, lines = run_watched(command, environment=own_environment(), limit=_LIMIT, what="whichops ask")
    return round(lines[0][0], 4), ran.cpu_seconds


def _texts(index: Path) -> list[str]:
    """What was encoded, in the order of its ids."""
    from index.facts import FactStore
    from index.generations import current_name

    store = FactStore(index / current_name(index)[0], None)
    try:
        return [text for _, text in store.chunk_texts()]
    finally:
        store.close()


def _facts(index: Path) -> int:
    from index.generations import open_generation

    return open_generation(index).manifest.counts.facts


def _written(path: Path, strings: Sequence[str]) -> Path:
    path.write_text("".join(json.dumps(text) + "\n" for text in strings), encoding="utf-8", newline="\n")
    return path


def in_order(questions: Sequence[Question]) -> tuple[list[str], list[bool]]:
    """The questions with the one for a cold start first, and which of them count as warm: not the first of a kind, as in `asking`."""
    cold = next(n for n, (kind, _) in enumerate(questions) if kind != "off topic")  # the first of its kind, so it never counts
    first = {kind: n for n, (kind, _) in reversed(list(enumerate(questions)))}
    order = [cold, *(n for n in range(len(questions)) if n != cold)]
    return [questions[n][1] for n in order], [first[questions[n][0]] != n for n in order]


def chosen_texts(texts: Sequence[str]) -> list[str]:
    """A few texts, spread over all."""
    fit = [text for text in dict.fromkeys(texts) if len(text.split()) in _PROBED_WORDS] or list(dict.fromkeys(texts))
    return list(itertools.islice(fit, 0, None, max(1, len(fit) // _PROBES)))[:_PROBES]


def _median_spread(spreads: Sequence[Spread]) -> Spread:
    p50, p95, p99 = (statistics.median(getattr(s, name) for s in spreads) for name in ("p50", "p95", "p99"))
    return Spread(count=spreads[0].count, p50=p50, p95=p95, p99=p99)


def _median_memory(taken: Sequence[Memory | None]) -> Memory | None:
    known = [memory for memory in taken if memory is not None]
    if not known:
        return None
    return Memory(**{name: statistics.median(getattr(m, name) for m in known) for name in Memory.model_fields})
