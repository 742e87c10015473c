"""What a run of `whichops bench` says. Times in milliseconds unless a name says seconds; None where something was not measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from evals.metrics import percentile


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Machine(_Frozen):
    """Where it was taken."""

    processor: str
    cores: int
    memory_gb: float | None
    system: str
    python: str
    libraries: dict[str, str]
    load: float | None  # processes that wanted to run, mean of the minute before the run


class Memory(_Frozen):
    """What a process holds."""

    resident_mb: float
    private_mb: float
    anonymous_mb: float


class Spread(_Frozen):
    """Where many times lie."""

    count: int
    p50: float
    p95: float
    p99: float

    @classmethod
    def of(cls, times: Sequence[float]) -> Spread:
        """The spread of at least one time."""
        p50, p95, p99 = (round(percentile(times, share) or 0.0, 3) for share in (0.5, 0.95, 0.99))
        return cls(count=len(times), p50=p50, p95=p95, p99=p99)


class Ran(_Frozen):
    """A process from its start to its end."""

    seconds: float
    cpu_seconds: float
    peak_mb: float | None  # the most that was resident


class Cold(_Frozen):
    """A new process to its first answer, index built, beside one that only loads the encoder and encodes the question."""

    answer: Ran
    encoder: Ran  # the bare part
    runs: int

    @property
    def ratio(self) -> float:
        """Processor time of the answer in units of the bare part's."""
        return self.answer.cpu_seconds / max(1e-9, self.encoder.cpu_seconds)


class Warm(_Frozen):
    """Questions asked once each in a process that has answered others before."""

    all: Spread
    cpu: Spread  # the same in processor time: what other work on the machine does not disturb
    kinds: dict[str, Spread]  # by kind of question
    stages: dict[str, Spread]  # of all questions, by stage
    parts: dict[str, Spread]  # the bare cost of one encoder run, one FAISS search, one search of words, for the same questions
    answered: float  # share that was answered, 0..1
    slowest: tuple[str, float]  # the question that took longest

    @property
    def bare(self) -> float:
        """Medians of the bare parts, added up: no answer can take less."""
        return sum(part.p50 for part in self.parts.values())

    @property
    def ratio(self) -> float:
        """The median answer in units of its bare parts."""
        return self.all.p50 / max(1e-9, self.bare)


class Asked(_Frozen):
    """What a process that opens the assistant and asks says of itself."""

    open_seconds: float
    warm: Warm
    opened: Memory | None
    after: Memory | None  # when all questions were asked
    recall: float | None  # share of the ten nearest vectors that are found, 0..1; None where every vector is compared


class Brought(_Frozen):
    """An index brought up to date, in a process of its own; its start and imports are not counted."""

    seconds: float
    cpu_seconds: float
    peak_mb: float | None  # the most the process ever had resident
    stages: dict[str, float]  # seconds by stage, as the progress names them
    facts: int
    chunks: int
    encoded: int
    reused: int
    files: int
    index_mb: float
    bare_seconds: float | None = None  # processor time of the encoder alone for all texts that were encoded, from a sample of them

    @property
    def share(self) -> float | None:
        """Of the processor time, what the bare encoder needs: 1 would be no overhead."""
        return None if self.bare_seconds is None else self.bare_seconds / max(1e-9, self.cpu_seconds)


class Batch(_Frozen):
    """Many questions handed to one process."""

    questions: int
    ran: Ran

    @property
    def per_second(self) -> float:
        """Questions a second, start of the process included."""
        return self.questions / max(1e-9, self.ran.seconds)


Vectors = Literal["encoded", "made"]
"""`made`: put together from vectors of a real sample, see `evals.speed.made`."""


class Size(_Frozen):
    """All that was measured on one folder."""

    name: str
    facts: int
    chunks: int
    files: int
    kb_mb: float
    index_mb: float
    vectors: Vectors
    built: Brought
    refreshed: Brought  # after one file got one line more
    cold: Cold
    asked: Asked  # where earlier processes found out which suggestions answer
    first: Spread  # warm answers where none was checked before
    batch: Batch


class SpeedReport(_Frozen):
    """A whole run."""

    version: str
    machine: Machine
    model: str
    seed: int
    texts_sha256: str | None  # of the sentences that folders were made of; None where none was made
    sizes: tuple[Size, ...]


class Figures(_Frozen):
    """What one program needs for the same texts and the same questions; medians of the runs, of the better way to run it."""

    name: str
    finds: str  # how, in a few words
    versions: dict[str, str]
    cold_seconds: float  # start of a process to its first result
    cold_cpu_seconds: float
    warm: Spread  # medians of each run's p50, p95 and p99
    warm_cpu: Spread  # the same in processor time
    warm_ways: tuple[float, ...]  # p50 with as many threads as it chooses, then with one; of this program that alone
    built: Ran  # the whole process: its start, imports, index on disk
    memory: Memory | None  # when all questions were asked
    index_mb: float
    answered: float | None = None  # share that was answered, 0..1; None for a program that finds and does not answer

    def against(self, other: Figures) -> Ratios:
        """How many times as much `other` needs."""
        memory = None
        if self.memory is not None and other.memory is not None:
            memory = min(
                other.memory.resident_mb / max(1e-9, self.memory.resident_mb), other.memory.private_mb / max(1e-9, self.memory.private_mb)
            )
        return Ratios(
            cold=other.cold_seconds / max(1e-9, self.cold_seconds),
            warm=other.warm.p50 / max(1e-9, self.warm.p50),
            build=other.built.seconds / max(1e-9, self.built.seconds),
            memory=memory,
            cold_cpu=other.cold_cpu_seconds / max(1e-9, self.cold_cpu_seconds),
            warm_cpu=other.warm_cpu.p50 / max(1e-9, self.warm_cpu.p50),
            build_cpu=other.built.cpu_seconds / max(1e-9, self.built.cpu_seconds),
        )


class Ratios(_Frozen):
    """How many times as much another program needs; above 1 it needs more."""

    cold: float
    warm: float  # of the medians
    build: float
    memory: float | None  # the lesser of resident and private
    cold_cpu: float  # in processor time, which hangs less on what else the machine does
    warm_cpu: float
    build_cpu: float


class SideBySide(_Frozen):
    """This program and others over the same texts."""

    name: str
    facts: int
    texts: int  # what is encoded: the same ones for all
    questions: int  # whose warm times count, in each run
    ours: Figures
    peers: tuple[Figures, ...]
    failed: dict[str, str]  # by name: what was the matter; nothing of it counts


class PeersReport(_Frozen):
    """A run of `whichops bench --peers`."""

    version: str
    machine: Machine
    load_after: float | None
    environment: dict[str, str]  # variables that say how many threads are used
    model: str
    seed: int
    texts_sha256: str  # of the sentences that folders were made of
    runs: int
    builds: int
    missing: dict[str, tuple[str, ...]]  # by name: what is not installed; not measured
    sizes: tuple[SideBySide, ...]
