"""What every kind of collection needs: the assistant over a folder, the plain rankings beside it, progress, and how a ranking is scored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from assistant.models import Answer, OutlineEntry, Trace
from assistant.ranking import Ranking
from evals.bench.layout import Qrels
from evals.bench.measures import mean_figure, ranking_measures
from evals.bench.models import Figure
from index import IndexReport
from index.encoder import Encoder

NEAR = 50  # sections asked for, so that ten different documents are among them
SHOWN = 3  # hits of each system that a report keeps per question

ItemT = TypeVar("ItemT")


class Engine(Protocol):
    """What is measured."""

    def rank(self, question: str, conversation: Any = None, *, k: int = 10) -> Ranking: ...

    def explain(self, question: str, conversation: Any = None, *, id: str = "1", suggest: bool = True) -> tuple[Answer, Trace]: ...

    def documents(self) -> tuple[str, ...]: ...

    def document(self, path: str) -> str: ...

    def outline(self, path: str) -> tuple[OutlineEntry, ...]: ...

    @property
    def index_report(self) -> IndexReport: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Bench:
    """One run's surroundings.

    Args:
        cache: what may be kept between runs.
        open: the assistant over a folder, with its index in the second.
        talk: makes the state of a fresh conversation.
        say: told what is being done, how much of it, of how much.
        limit: questions taken of each collection, the first ones; None: all.
    """

    cache: Path
    encoder: Encoder
    open: Callable[[Path, Path], Engine]
    talk: Callable[[], Any]
    say: Callable[[str, int, int], None]
    limit: int | None = None

    def each(self, items: Sequence[ItemT], what: str) -> Iterator[ItemT]:
        """The items in order, counted aloud."""
        for number, item in enumerate(items, 1):
            yield item
            self.say(what, number, len(items))

    def count(self, what: str) -> Callable[[int, int], None]:
        """A progress callback of one stage."""
        return lambda done, total: self.say(what, done, total)


def firsts(keys: Iterable[str]) -> list[str]:
    """Each key once, where it first stands."""
    return list(dict.fromkeys(keys))


def ranking_figures(
    qrels: Qrels,
    runs: Mapping[str, Mapping[str, Sequence[str]]],
    measures: Mapping[str, str],
    groups: Mapping[str, str] | None = None,
) -> tuple[Figure, ...]:
    """Measures of several systems over the same questions; the first is compared with the others.

    Args:
        runs: system -> question -> keys, best first.
        measures: what ir_measures calls it -> what the report calls it; `Success@k` is a share.
    """
    by_system = {system: ranking_measures(qrels, run, list(measures)) for system, run in runs.items()}
    return tuple(
        figure
        for name, shown in measures.items()
        for figure in mean_figure(shown, {s: by_system[s][name] for s in runs}, groups, share=name.startswith("Success"))
    )


def place_of(relevant: Mapping[str, int], keys: Sequence[str]) -> int | None:
    """Place of the first relevant key, 1 is best; None: it is not among them."""
    return next((place for place, key in enumerate(keys, 1) if relevant.get(key, 0) > 0), None)
