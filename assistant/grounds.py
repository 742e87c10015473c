"""On what ground a finding is taken or refused: a named test, and the first of several that holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from assistant.holding import Measures
from assistant.models import DeclineKind

M = TypeVar("M", bound=Measures)  # what a test looks at: a finding, or also what is asked beside the names


@dataclass(frozen=True, slots=True)
class Ground(Generic[M]):
    """One test: where it holds, it decides.

    Args:
        because: the reason that is given then, an id of `answers/reasons.toml`; tests of one subject may share it.
        holds: what is tested.
        no: the kind of no, or what tells it; None where the finding is taken.
        shows: numbers the verdict carries beside the usual ones, as what it was decided on.
        settles: where one cell was named outright, nothing else need be tried.
    """

    because: str
    holds: Callable[[M], bool]
    no: DeclineKind | Callable[[M], DeclineKind | None] | None = None
    shows: Callable[[M], dict[str, float]] | None = None
    settles: bool = False

    def kind(self, measures: M) -> DeclineKind | None:
        """The kind of no; None where the finding is taken."""
        return self.no(measures) if callable(self.no) else self.no


def first(grounds: Iterable[Ground[M]], measures: M) -> Ground[M] | None:
    """The first test that holds; those after it are not asked."""
    for ground in grounds:
        if ground.holds(measures):
            return ground
    return None


__all__ = ["Ground", "M", "first"]
