"""What is kept in memory of what was fetched from `facts.sqlite`: as much as answers in a row ask for again, and no more."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from corpus.vocabulary import Entry
from index.records import Row, safe

_CACHED = 20_000  # records of each kind kept in memory
_NAMES_KEPT = (
    200_000  # entries kept in memory, of all names together: what a label of a thousand tables is filed with is a list of thousands
)

T = TypeVar("T")


def _pair(row: Row) -> tuple[str, str]:
    return row[0], row[1]


class Forms(Mapping[str, str]):
    """Word as written → stem; single look-ups by query, all of them read at the first iteration and kept."""

    def __init__(self, ask: Callable[[str, Sequence[Any]], list[Row]]) -> None:
        self._ask = ask
        self._all: dict[str, str] | None = None

    def _whole(self) -> dict[str, str]:
        if self._all is None:
            self._all = dict(map(_pair, self._ask("SELECT form, stem FROM forms ORDER BY form", ())))
        return self._all

    def __getitem__(self, form: str) -> str:
        if self._all is not None:
            return self._all[form]
        rows = self._ask("SELECT stem FROM forms WHERE form = ?", (safe(form),))
        if not rows:
            raise KeyError(form)
        return str(rows[0][0])

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole())

    def __len__(self) -> int:
        return len(self._whole())


K = TypeVar("K")


def keep(cache: dict[K, T], key: K, value: T) -> None:
    """Remember a record; the oldest make room. Each step is atomic, so threads can at worst fetch one twice."""
    cache[key] = value
    if len(cache) > _CACHED:
        for old in list(cache)[: _CACHED // 4]:
            cache.pop(old, None)


class Names:
    """Entries by key; those kept longest make room for new ones, as many as there are of them together."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, tuple[Entry, ...]] = {}
        self._size = 0

    def get(self, key: str) -> tuple[Entry, ...] | None:
        """The entries of a key, if they are kept."""
        return self._held.get(key)

    def keep(self, key: str, entries: tuple[Entry, ...]) -> None:
        """Remember the entries of a key, however many; a key without any counts as well."""
        with self._lock:
            if key in self._held:
                return
            self._held[key] = entries
            self._size += len(entries) + 1
            while self._size > _NAMES_KEPT and len(self._held) > 1:
                self._size -= len(self._held.pop(next(iter(self._held)))) + 1
