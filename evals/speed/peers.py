"""A program that others would pick, measured: `evals/peers/peer.py` run by the Python that has it installed.

What it says is checked before it counts: a peer that crashes, or whose answers make no sense, has failed and has no figures.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.errors import KbError
from evals.speed.models import Memory, Ran
from evals.speed.processes import run_watched

SCRIPTS = Path(__file__).parents[1] / "peers"
NAMES = {
    "txtai": "with_txtai",
    "LlamaIndex": "with_llama_index",
    "Haystack": "with_haystack",
    "LangChain": "with_langchain",
    "Chroma": "with_chroma",
}
"""As shown to people, and the file of each."""

FOUND = 10  # texts a peer answers with, at most
_LIMIT = 3_600.0  # seconds for one process
_OURS = ("PYTHONPATH", "OPENBLAS_NUM_THREADS")  # set for the processes of this program; the others choose for themselves
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
_QUIET = {  # weights are on disk; nothing is looked up, and nothing told to anyone
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "ANONYMIZED_TELEMETRY": "False",
    "LANGSMITH_TRACING": "false",
    "PYTHONIOENCODING": "utf-8",
}


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class About(_Said):
    """What a peer says of itself."""

    finds: str
    versions: dict[str, str | None]  # of all that it needs; None: not installed

    @property
    def missing(self) -> tuple[str, ...]:
        """What is not installed."""
        return tuple(name for name, version in self.versions.items() if version is None)


class _Built(_Said):
    texts: int


class _Found(_Said):
    ms: float = Field(ge=0)
    cpu_ms: float = Field(ge=0)
    cpu_seconds: float = Field(ge=0)  # of the process, from its start
    found: tuple[int, ...]  # ids of texts, best first


class _Weighed(_Said):
    memory: Memory | None


S = TypeVar("S", bound=_Said)


class MakesNoSense(KbError):
    """What a peer said cannot be right, so what it took does not count."""

    def __init__(self, peer: str, why: str) -> None:
        super().__init__(f"{peer} {why}")


@dataclass(frozen=True, slots=True)
class Answers:
    """One process of a peer that opened its index and was asked."""

    first_seconds: float  # start of the process to its first result
    first_cpu_seconds: float  # the same in processor time
    ms: tuple[float, ...]  # each further question
    cpu_ms: tuple[float, ...]
    memory: Memory | None  # when all were asked
    ran: Ran


@dataclass(frozen=True, slots=True)
class Peer:
    """One peer, and the Python that has it."""

    name: str
    python: Path
    weights: Path  # folder of the sentence model, in the form of sentence-transformers
    scripts: Path = SCRIPTS

    def about(self) -> About:
        """Its versions, and what it lacks.

        Raises:
            MeasureFailed: the Python cannot be run.
            MakesNoSense: it said something else.
        """
        _, lines = self._run("about")
        return self._told(About, lines[-1][1] if lines else "")

    def build(self, texts: Path, count: int, index: Path) -> Ran:
        """Build an index of the texts, one JSON string a line; returns what the process took.

        Raises:
            MeasureFailed: the process failed.
            MakesNoSense: other than `count` texts were indexed.
        """
        ran, lines = self._run("build", str(texts), str(index), str(self.weights))
        built = self._told(_Built, lines[-1][1] if lines else "")
        if built.texts != count:
            raise MakesNoSense(self.name, f"indexed {built.texts:,} of {count:,} texts")
        return ran

    def ask(
        self, index: Path, questions: Path, asked: Sequence[str], texts: Sequence[str], probes: int, threads: int | None = None
    ) -> Answers:
        """Open the index and ask.

        Args:
            questions: the file that holds `asked`, one JSON string a line.
            probes: so many questions at the end are texts themselves. Each has to be found, most of them first (of two rankings that
                are fused another text may come out best once in a while); their times do not count.
            threads: how many its libraries may use; None: as many as they choose.
        Raises:
            MeasureFailed: the process failed.
            MakesNoSense: an answer is missing, or names no text, or a probe was not found.
        """
        ran, lines = self._run("ask", str(index), str(questions), str(self.weights), threads=threads)
        if len(lines) != len(asked) + 1:
            raise MakesNoSense(self.name, f"gave {max(0, len(lines) - 1)} answers to {len(asked)} questions")
        found = [self._told(_Found, line) for _, line in lines[:-1]]
        for question, answer in zip(asked, found, strict=True):
            ids = answer.found
            if not 1 <= len(ids) <= FOUND or len(set(ids)) < len(ids) or not all(0 <= n < len(texts) for n in ids):
                raise MakesNoSense(self.name, f"answered {question!r} with {list(ids)}: wanted are 1 to {FOUND} different ids of texts")
        first = 0
        for question, answer in list(zip(asked, found, strict=True))[len(asked) - probes :]:
            if question not in (texts[n] for n in answer.found):
                raise MakesNoSense(self.name, f"was asked for the text {question!r} and did not find it")
            first += texts[answer.found[0]] == question
        if 2 * first < probes:
            raise MakesNoSense(self.name, f"was asked for {probes} texts as they stand and found {first} of them first")
        weighed = self._told(_Weighed, lines[-1][1])
        warm = found[1 : len(found) - probes]
        return Answers(
            first_seconds=round(lines[0][0], 4),
            first_cpu_seconds=found[0].cpu_seconds,
            ms=tuple(answer.ms for answer in warm),
            cpu_ms=tuple(answer.cpu_ms for answer in warm),
            memory=weighed.memory,
            ran=ran,
        )

    def _run(self, action: Literal["about", "build", "ask"], *more: str, threads: int | None = None) -> tuple[Ran, list[tuple[float, str]]]:
        environment = {name: value for name, value in os.environ.items() if name not in _OURS} | _QUIET
        if threads is not None:
            environment |= dict.fromkeys(_THREADS, str(threads))
        command = [str(self.python), str(self.scripts / "peer.py"), NAMES[self.name], action, *more]
        return run_watched(command, environment=environment, limit=_LIMIT, what=f"{self.name} ({action})")

    def _told(self, kind: type[S], line: str) -> S:
        try:
            return kind.model_validate(json.loads(line))
        except (ValueError, ValidationError):
            raise MakesNoSense(self.name, f"said {line.strip()[:200]!r}, which is not what was asked of it") from None
