"""What a bench run says: figures with intervals, by measure and system, and every question's own result."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

OURS = "whichops"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Gain(_Frozen):
    """One system against another over the same questions: mean of the differences, positive is better."""

    over: str
    value: float
    low: float | None = None  # 95 % interval, paired bootstrap by question
    high: float | None = None


class Figure(_Frozen):
    """One measure of one system; `value` is None where it does not apply."""

    measure: str
    system: str
    questions: int
    value: float | None
    low: float | None = None  # 95 %: Wilson for shares of questions, else bootstrap by question
    high: float | None = None
    gains: tuple[Gain, ...] = ()


class Point(_Frozen):
    """A point of a risk–coverage curve."""

    coverage: float  # share of questions answered
    risk: float  # share of those that have no answer


class Part(_Frozen):
    """Figures over one set of questions."""

    title: str
    figures: tuple[Figure, ...]
    curve: tuple[Point, ...] = ()
    notes: tuple[str, ...] = ()


class CollectionReport(_Frozen):
    """One collection."""

    name: str
    sort: str
    counts: dict[str, int]  # of what was indexed
    parts: tuple[Part, ...]
    questions: tuple[dict[str, Any], ...]  # what came of each, for reading failures


class BenchReport(_Frozen):
    """One run. Two runs of the same thing differ in `seconds` alone."""

    version: Literal[1] = 1
    model: str  # fingerprint of the encoder
    limit: int | None = None
    resamples: int
    seed: int
    collections: tuple[CollectionReport, ...]
    seconds: dict[str, float] = Field(default_factory=dict)  # by collection
