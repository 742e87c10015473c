"""One process that opens an index, asks many questions and says how long each took: `python -m evals.speed.asking`.

Reads a task as JSON from standard input, writes an `Asked` to standard output.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from corpus.collecting import collect_seldom
from evals.speed.machine import own_memory
from evals.speed.models import Asked, Spread, Warm
from evals.speed.stages import STAGES, Stopwatch, watching

if TYPE_CHECKING:
    from assistant import Assistant
    from index import Retriever

T = TypeVar("T")

_NEIGHBOURS = 60  # hits each engine is asked for, as an answer asks for them
_RECALL_AT = 10
_RECALLED = 100  # questions by which recall is measured: each is compared with every vector
_EQUAL = 1e-6
_ANSWERED = ("answered", "corrected")


def ask_all(assistant: Assistant, questions: Sequence[tuple[str, str]]) -> tuple[Warm, list[str]]:
    """Ask every question once; the first of each kind warms up and is not counted. Returns the times and the questions counted."""
    watch = Stopwatch()
    seen: set[str] = set()
    by_kind: dict[str, list[float]] = {}
    stages: dict[str, list[float]] = {stage: [] for stage in STAGES}
    times: list[float] = []
    cpu: list[float] = []
    asked: list[str] = []
    answered = 0
    with watching(assistant, watch):
        for kind, text in questions:
            watch.taken()
            begin, burnt = time.perf_counter(), time.process_time()
            watch.enter("compose")
            answer = assistant.ask(text)
            watch.leave()
            took, used = (time.perf_counter() - begin) * 1000, (time.process_time() - burnt) * 1000
            if kind not in seen:
                seen.add(kind)
                continue
            by_kind.setdefault(kind, []).append(took)
            times.append(took)
            cpu.append(used)
            asked.append(text)
            answered += answer.status in _ANSWERED
            for stage, spent in watch.taken().items():
                stages[stage].append(spent)
    warm = Warm(
        all=Spread.of(times),
        cpu=Spread.of(cpu),
        kinds={kind: Spread.of(taken) for kind, taken in sorted(by_kind.items())},
        stages={stage: Spread.of(taken) for stage, taken in stages.items()},
        parts=bare_parts(assistant._state.retriever, asked),
        answered=round(answered / len(asked), 3),
        slowest=(asked[times.index(max(times))], round(max(times), 2)),
    )
    return warm, asked


def bare_parts(retriever: Retriever, questions: Sequence[str]) -> dict[str, Spread]:
    """One encoder run, one search among vectors, one among words, for each question: no caches, nothing else."""
    from assistant.language import language
    from corpus.words import stem, words

    times: dict[str, list[float]] = {"encoder": [], "vectors": [], "words": []}

    def timed(part: str, work: Callable[[], T]) -> T:
        begin = time.perf_counter()
        found = work()
        times[part].append((time.perf_counter() - begin) * 1000)
        return found

    for text in questions:
        vector = timed("encoder", partial(retriever.encoder.encode, [text]))[0]
        terms = [(stem(w), 1.0) for w in dict.fromkeys(words(text)) if w not in language().function_words]
        timed("vectors", partial(retriever.search_dense, vector, _NEIGHBOURS))
        timed("words", partial(retriever.search_words, terms, _NEIGHBOURS))
    return {part: Spread.of(taken) for part, taken in times.items()}


def recall(retriever: Retriever, questions: Sequence[str]) -> float | None:
    """Share of the ten nearest vectors that the search finds, compared with every vector, 0..1; None where it compares all itself."""
    if not retriever.compares_codes:
        return None
    hits = wanted = 0
    for text in questions[:_RECALLED]:
        vector = retriever.encoder.encode([text])[0]
        exact = retriever.search_dense(vector, _RECALL_AT, exactly=True)
        found = retriever.search_dense(vector, _RECALL_AT)
        hits += sum(score >= exact[-1][1] - _EQUAL for _, score in found)  # equal scores are equally right
        wanted += len(exact)
    return round(hits / wanted, 4)


def main(task: dict[str, Any]) -> Asked:
    """Do what the task says: `kb`, `index`, `questions`, `settings`."""
    from assistant import Assistant, load_settings

    begin = time.perf_counter()
    kb, index = Path(task["kb"]), Path(task["index"])
    settings = load_settings({"kb": str(kb), "index.directory": str(index), **task.get("settings", {})})
    assistant = Assistant.open(kb, index=index, settings=settings)
    opened_in = time.perf_counter() - begin
    try:
        questions = [(str(kind), str(text)) for kind, text in task["questions"]]
        assistant.ask(questions[0][1])  # the encoder is loaded beside the rest, so it is waited for here
        opened = own_memory()
        warm, asked = ask_all(assistant, questions)
        after = own_memory()
        return Asked(
            open_seconds=round(opened_in, 4), warm=warm, opened=opened, after=after, recall=recall(assistant._state.retriever, asked)
        )
    finally:
        assistant.close()


if __name__ == "__main__":
    collect_seldom()  # as the commands that answer do
    sys.stdout.write(main(json.load(sys.stdin)).model_dump_json())
