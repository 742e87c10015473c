"""One peer in a process of its own: what it is, an index built with it, questions asked of it.

    PYTHON evals/peers/peer.py PEER about
    PYTHON evals/peers/peer.py PEER build TEXTS.jsonl INDEX_DIR WEIGHTS
    PYTHON evals/peers/peer.py PEER ask INDEX_DIR QUESTIONS.jsonl WEIGHTS

PEER is a file beside this one that holds `REQUIRES`, `FINDS`, `build` and `opened`, see `Peer`. TEXTS and QUESTIONS hold one JSON string
a line; a text's id is the number of its line, from 0. PYTHON need not have this program installed: nothing here is imported from it.
Everything said is one JSON object a line on standard output; what libraries print there goes to standard error.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Protocol

FOUND = 10  # texts a question is answered with

Find = Callable[[str], "list[int]"]  # a question to the ids of the best texts, best first


class Peer(Protocol):
    """What a peer's file holds. Its libraries are imported inside the functions, so that it can be asked what it needs without them."""

    REQUIRES: tuple[str, ...]  # distributions
    FINDS: str  # how, in a few words

    def build(self, texts: list[str], folder: Path, weights: str) -> None:
        """Index the texts with the sentence model in `weights`, and write the index to `folder` as the peer itself keeps it."""
        ...

    def opened(self, folder: Path, weights: str, most: int) -> Find:
        """Open what `build` wrote; so many texts, at most, are found for a question."""
        ...


def about(peer: Peer) -> dict[str, Any]:
    """Versions of what the peer needs; None for what is not installed."""
    found: dict[str, str | None] = {}
    for name in peer.REQUIRES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return {"finds": peer.FINDS, "versions": found}


def memory() -> dict[str, float] | None:
    """MB that this process has resident, and that would be free if it ended; None where the system does not tell."""
    try:
        lines = Path("/proc/self/smaps_rollup").read_text(encoding="utf-8").splitlines()[1:]
    except OSError:
        return None
    kb = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
    sums = {"resident_mb": kb["Rss"], "private_mb": kb["Private_Clean"] + kb["Private_Dirty"], "anonymous_mb": kb["Anonymous"]}
    return {name: round(number * 1024 / 1e6, 1) for name, number in sums.items()}


def main(words: list[str]) -> int:
    """Do what the words say."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def say(**told: Any) -> None:
        out.write(json.dumps(told) + "\n")
        out.flush()

    name, action, *rest = words
    peer: Peer = importlib.import_module(name)
    if action == "about":
        say(**about(peer))
        return 0
    if action == "build":
        texts, folder, weights = _strings(rest[0]), Path(rest[1]), rest[2]
        folder.mkdir(parents=True, exist_ok=True)
        peer.build(texts, folder, weights)
        say(texts=len(texts))
        return 0
    questions, weights = _strings(rest[1]), rest[2]
    find = peer.opened(Path(rest[0]), weights, FOUND)
    for question in questions:
        began, burnt = time.perf_counter(), time.process_time()
        found = find(question)
        ms, cpu_ms = (time.perf_counter() - began) * 1000, (time.process_time() - burnt) * 1000
        say(ms=round(ms, 3), cpu_ms=round(cpu_ms, 3), cpu_seconds=round(time.process_time(), 3), found=found)
    say(memory=memory())
    return 0


def _strings(path: str) -> list[str]:
    with Path(path).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
