"""What other thresholds would do: every outcome exactly, with as few questions asked again as can be.

A threshold does nothing but be compared. So while a question is asked, each comparison is written down, and as long as a threshold
stays on the same side of all it was compared with, the question goes the same way: it has to be asked again only where that ends.
Knows nothing of files and wording; asking comes in as a function.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict

from evals.calibration import Asked
from evals.models import Case

STEP = 0.02
"""How far apart the values tried for a threshold are: about what a reworded question moves a cosine by."""
REACH = 0.2
"""How far from the value in force they go, in either direction."""

Log = dict[str, set[float]]
"""Threshold -> what it was compared with."""

Ask = Callable[[Case, Mapping[str, float]], Sequence[Asked]]
"""Asks all turns of a case under some thresholds."""

Progress = Callable[[int, int, str], None]
"""Called with how much is done, of how much, and in words what."""


class Probe(float):
    """A threshold that writes down what it is compared with."""

    # Numbers of numpy would compare by themselves; so they leave it to us.
    __array_ufunc__ = None

    _name: str
    _log: Log

    def __new__(cls, value: float, name: str, log: Log) -> Probe:
        made = super().__new__(cls, value)
        made._name, made._log = name, log
        return made

    def _met(self, other: Any) -> float:
        value = float(other)
        self._log.setdefault(self._name, set()).add(value)
        return value

    def __lt__(self, other: Any) -> bool:
        return float(self) < self._met(other)

    def __le__(self, other: Any) -> bool:
        return float(self) <= self._met(other)

    def __gt__(self, other: Any) -> bool:
        return float(self) > self._met(other)

    def __ge__(self, other: Any) -> bool:
        return float(self) >= self._met(other)


def probes(thresholds: Mapping[str, float], log: Log) -> dict[str, float]:
    """The same thresholds, writing to a log."""
    return {name: Probe(value, name, log) for name, value in thresholds.items()}


class Effect(BaseModel):
    """What a set of thresholds does on a set of questions."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float | None = None  # of the threshold; None: several at once
    coverage: float | None
    risk: float | None
    right: float | None  # of all questions
    better: int = 0  # questions that are right now and were not
    worse: int = 0


class Choice(BaseModel):
    """What would be chosen for one threshold, all others being as they are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    now: float
    chosen: float
    kept: bool  # whether the risk that was stated is kept to on the seen questions
    compared: int  # cases that it was compared in
    seen: Effect
    aside: Effect | None
    tried: tuple[Effect, ...]  # on the seen questions, by rising value


@dataclass(frozen=True, slots=True)
class _Piece:
    """Where a threshold may lie for a case to go this way: between two values, or at one."""

    low: float
    high: float
    asked: tuple[Asked, ...]

    def holds(self, value: float) -> bool:
        return self.low < value < self.high or self.low == value == self.high


@dataclass(slots=True)
class _Run:
    """One case as it goes under the thresholds in force, and what is known of other values."""

    case: Case
    asked: tuple[Asked, ...]
    log: Log
    pieces: dict[str, list[_Piece]] = field(default_factory=dict)


def _piece(value: float, met: Iterable[float], asked: tuple[Asked, ...]) -> _Piece:
    met = list(met)
    if value in met:
        return _Piece(value, value, asked)  # on which side equals fall is not written down
    low = max((other for other in met if other < value), default=-math.inf)
    return _Piece(low, min((other for other in met if other > value), default=math.inf), asked)


class Sweep:
    """Cases under any thresholds.

    Args:
        thresholds: those in force.
        ask: asks a case under thresholds. What it raises ends the sweep.
    """

    def __init__(self, cases: Sequence[Case], thresholds: Mapping[str, float], ask: Ask, *, progress: Progress | None = None) -> None:
        self.thresholds = dict(thresholds)
        self._ask = ask
        self._runs: list[_Run] = []
        for number, case in enumerate(cases, start=1):
            log: Log = {}
            self._runs.append(_Run(case, tuple(ask(case, probes(self.thresholds, log))), log))
            if progress is not None:
                progress(number, len(cases), "cases asked")

    @property
    def asked(self) -> tuple[Asked, ...]:
        """Every question under the thresholds in force."""
        return tuple(one for run in self._runs for one in run.asked)

    def compared(self) -> dict[str, int]:
        """In how many cases each threshold was compared with anything, in the order of the thresholds."""
        return {name: count for name in self.thresholds if (count := sum(name in run.log for run in self._runs))}

    def at(self, name: str, value: float) -> tuple[Asked, ...]:
        """Every question with one threshold at a value and all others as they are in force."""
        return tuple(one for run in self._runs for one in self._case_at(run, name, value))

    def _case_at(self, run: _Run, name: str, value: float) -> tuple[Asked, ...]:
        if name not in run.log or value == self.thresholds[name]:
            return run.asked
        pieces = run.pieces.setdefault(name, [_piece(self.thresholds[name], run.log[name], run.asked)])
        found = next((piece for piece in pieces if piece.holds(value)), None)
        if found is None:
            log: Log = {}
            asked = tuple(self._ask(run.case, probes(self.thresholds | {name: value}, log)))
            found = _piece(value, log.get(name, ()), asked)
            pieces.append(found)
        return found.asked

    def together(self, values: Mapping[str, float]) -> tuple[Asked, ...]:
        """Every question with several thresholds at other values."""
        found: list[Asked] = []
        for run in self._runs:
            same = all(_piece(self.thresholds[name], run.log.get(name, ()), ()).holds(value) for name, value in values.items())
            found += run.asked if same else self._ask(run.case, self.thresholds | dict(values))
        return tuple(found)


def effect(asked: Sequence[Asked], before: Sequence[Asked], *, value: float | None = None) -> Effect:
    """Coverage, risk and the share that is right, and how many questions went otherwise than before (the same, in the same order)."""
    judged = [one for one in asked if one.support is not None]
    answers = [one for one in judged if one.answered]
    pairs = list(zip(asked, before, strict=True))
    return Effect(
        value=value,
        coverage=_share(len(answers), len(judged)),
        risk=_share(sum(not one.right for one in answers), len(answers)),
        right=_share(sum(one.right for one in asked), len(asked)),
        better=sum(now.right and not then.right for now, then in pairs),
        worse=sum(then.right and not now.right for now, then in pairs),
    )


def values_around(now: float, *, step: float = STEP, reach: float = REACH) -> list[float]:
    """The values tried for a threshold, rising, with the one in force among them."""
    steps = round(reach / step)
    return [round(now + step * number, 6) if number else now for number in range(-steps, steps + 1)]


def choose(tried: Sequence[Effect], now: float, risk: float) -> Effect:
    """Of the values tried for one threshold, the one to take for a risk.

    Among those that keep to the risk, the one with the most questions right; then the lowest risk, then the nearest to what is in
    force, then the lower. Where none keeps to it, the same among those that do not raise the risk.
    """
    most = next(one for one in tried if one.value == now).risk
    within = [one for one in tried if _risk(one) <= risk] or [one for one in tried if _risk(one) <= (1.0 if most is None else most)]
    return min(within, key=lambda one: (-(one.right or 0.0), _risk(one), abs((one.value or 0.0) - now), one.value or 0.0))


def search(sweep: Sweep, risk: float, names: Iterable[str] | None = None, *, progress: Progress | None = None) -> tuple[Choice, ...]:
    """For each threshold in turn, all others being as they are in force, the value that the seen questions would have.

    Args:
        names: thresholds; None: every one that anything was compared with.
    """
    compared = sweep.compared()
    chosen = [name for name in sweep.thresholds if name in (compared if names is None else set(names))]
    before = sweep.asked
    seen_before, aside_before = _seen(before), _aside(before)
    choices = []
    for number, name in enumerate(chosen, start=1):
        now = sweep.thresholds[name]
        tried = [effect(_seen(sweep.at(name, value)), seen_before, value=value) for value in values_around(now)]
        best = choose(tried, now, risk)
        value = now if best.value is None else best.value
        choices.append(
            Choice(
                name=name,
                now=now,
                chosen=value,
                kept=_risk(best) <= risk,
                compared=compared.get(name, 0),
                seen=best,
                aside=effect(_aside(sweep.at(name, value)), aside_before, value=value) if aside_before else None,
                tried=tuple(tried),
            )
        )
        if progress is not None:
            progress(number, len(chosen), f"thresholds tried, {name} last")
    return tuple(choices)


def _seen(asked: Iterable[Asked]) -> list[Asked]:
    return [one for one in asked if not one.aside]


def _aside(asked: Iterable[Asked]) -> list[Asked]:
    return [one for one in asked if one.aside]


def _risk(one: Effect) -> float:
    """Nothing answered is nothing wrong."""
    return one.risk or 0.0


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 6) if whole else None
