"""The search among the words of all chunks (BM25), by tantivy. `index.postings` writes what is searched here.

Fields are weighted when asked, not when built. tantivy reckons how rare a word is with chunks that were taken out as well; that is put
right here by the weight a word is asked with.
"""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from index.errors import IndexDamaged
from index.postings import FIELDS, FOLDER, Weighed

_SPARE = 16  # hits fetched beyond k, so that equal scores at the edge are seen
_EQUAL = 1e-6  # relative; scores of the same terms are added in the same order, so true ties are equal
_COUNTED = 20_000  # words of which is kept how many chunks hold them
_PARTS = 64  # parts of which is kept how many chunks they have


@dataclass(frozen=True, slots=True)
class _Part:
    """Some of the chunks."""

    size: int
    query: Any


def _weight(held: int, of: int) -> float:
    """What BM25 makes of a word that `held` of so many texts hold, as tantivy reckons it."""
    return math.log(1 + (of - held + 0.5) / (held + 0.5))


class WordIndex:
    """The words of a generation, ready to be searched by any number of threads."""

    def __init__(self, folder: Path, boosts: Mapping[str, float]) -> None:
        """Open `folder/words`, whose checksums were verified.

        Raises:
            IndexDamaged: it cannot be parsed.
        """
        import tantivy

        self._tantivy: Any = tantivy
        self._boosts = dict(boosts)
        self._weighed = Weighed.read(folder)
        self._held_by = lru_cache(maxsize=_COUNTED)(self._count)
        self._part = lru_cache(maxsize=_PARTS)(self._make_part)
        place = folder / FOLDER
        try:
            if os.access(place, os.W_OK):
                index = tantivy.Index.open(str(place))
                index.config_reader("manual", 0)  # the default keeps a thread that waits for commits, which never come
                self._searcher: Any = index.searcher()
            else:  # to open an index tantivy makes a lock file beside it, which a read-only folder refuses
                with tempfile.TemporaryDirectory(prefix="words-") as links:
                    for path in place.iterdir():
                        (Path(links) / path.name).symlink_to(path.resolve())
                    index = tantivy.Index.open(links)
                    index.config_reader("manual", 0)
                    self._searcher = index.searcher()  # holds every file open: the links are not needed again
            self._schema: Any = index.schema
        except (OSError, ValueError) as error:
            raise IndexDamaged(place, f"cannot be read ({error})") from error

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def search(
        self, terms: Sequence[tuple[str, float]], k: int, within: Iterable[tuple[int, int]] | None = None
    ) -> list[tuple[int, float]]:
        """The k chunks that hold the weightiest of `terms` (stem, weight), as (id, BM25), best first, ties by id.

        Any term may match (OR). Terms of weight 0 or less are left out; a term given twice counts with its last weight.

        Args:
            within: half-open ranges of ids; only chunks in them are found, and a word is as rare as it is among them. The length of a
                text is still measured against that of all.
        """
        part = None if within is None else self._part(tuple(within))
        query = self._query(terms, part)
        k = min(k, len(self) if part is None else part.size)
        if query is None or k <= 0:
            return []
        fetch = min(len(self), k + _SPARE)
        while True:
            hits = self._searcher.search(query, fetch, count=False).hits
            if len(hits) < fetch or fetch == len(self) or hits[k - 1][0] - hits[-1][0] > _EQUAL * hits[k - 1][0]:
                break
            fetch = min(len(self), fetch * 2)
        ids = self._searcher.fast_field_values("id", [address for _, address in hits])
        ranked = sorted(zip(ids, (float(score) for score, _ in hits), strict=True), key=lambda hit: (-hit[1], hit[0]))
        return [(int(i), score) for i, score in ranked[:k]]

    def _query(self, terms: Sequence[tuple[str, float]], part: _Part | None) -> Any:
        tantivy = self._tantivy
        parts = []
        for stem, weight in sorted(dict(terms).items()):  # sorted: the order of a sum decides its last bit
            for name in FIELDS:
                boost = weight * self._boosts[name]
                if boost > 0 and stem:
                    term = tantivy.Query.term_query(self._schema, name, stem, "freq")
                    rarer = 1.0 if part is None and self._weighed.counted == len(self) else self._rarer(name, stem, term, part)
                    if rarer > 0:
                        parts.append((tantivy.Occur.Should, tantivy.Query.boost_query(term, boost * rarer)))
        if not parts:
            return None
        query = tantivy.Query.boolean_query(parts)
        return query if part is None else tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, part.query)])

    def _make_part(self, within: tuple[tuple[int, int], ...]) -> _Part:
        """The chunks of some ranges, as a query that adds nothing to a score."""
        tantivy = self._tantivy
        stretches = [(first, end) for first, end in within if first < end]
        ranges = [
            tantivy.Query.range_query(self._schema, "id", tantivy.FieldType.Unsigned, first, end, include_upper=False)
            for first, end in stretches
        ]
        found = tantivy.Query.boolean_query([(tantivy.Occur.Should, r) for r in ranges]) if ranges else tantivy.Query.empty_query()
        size = int(self._searcher.search(found, 1, count=True).count)
        return _Part(size, tantivy.Query.const_score_query(found, 0.0))

    def _rarer(self, name: str, stem: str, term: Any, part: _Part | None) -> float:
        """How much more a word tells among the chunks of a part (None: all that are not taken out) than tantivy reckons.

        A ratio of weights; 0: none of them holds it.
        """
        if part is None:
            held, size = self._held_by(name, stem), len(self)
        else:
            both = self._tantivy.Query.boolean_query([(self._tantivy.Occur.Must, term), (self._tantivy.Occur.Must, part.query)])
            held, size = int(self._searcher.search(both, 1, count=True).count), part.size
        everywhere = int(self._searcher.doc_freq(name, stem))
        return _weight(held, size) / _weight(everywhere, self._weighed.counted) if held else 0.0

    def _count(self, name: str, stem: str) -> int:
        """How many chunks that are not taken out hold a word in a field."""
        term = self._tantivy.Query.term_query(self._schema, name, stem, "freq")
        return int(self._searcher.search(term, 1, count=True).count)

    def marks(self) -> dict[int, int]:
        """Mark (63 bits) of every posting by chunk id; reads the whole index, for `verify`."""
        hits = self._searcher.search(self._tantivy.Query.all_query(), max(1, len(self)), count=False).hits
        addresses = [address for _, address in hits]
        ids = self._searcher.fast_field_values("id", addresses)
        marks = self._searcher.fast_field_values("mark", addresses)
        return {int(i): int(m) for i, m in zip(ids, marks, strict=True)}
