"""Words of all chunks and the search among them (BM25), by tantivy.

Text is split into stems by `corpus.words` before it comes here, the words of a question likewise, so
tantivy only splits at blanks. Three fields, weighted when asked, not when built.
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

from corpus.models import Chunk
from corpus.words import index_stems
from index.errors import IndexDamaged
from index.vectors import mark

FOLDER = "words"
FIELDS = ("heading", "labels", "value")
_HEAP = 128_000_000  # bytes the writer may hold before it writes a segment
_SPARE = 16  # hits fetched beyond k, so that equal scores at the edge are seen
_EQUAL = 1e-6  # relative; scores of the same terms are added in the same order, so true ties are equal
_PARTS = 64  # parts of which is kept how many chunks they have
_I63 = (1 << 63) - 1  # marks are kept in 63 bits here: the fast field reads back signed


def _schema() -> Any:
    import tantivy

    builder = tantivy.SchemaBuilder()
    for name in FIELDS:
        builder.add_text_field(name, stored=False, tokenizer_name="whitespace", index_option="freq")
    builder.add_unsigned_field("document", stored=False, indexed=True, fast=False)  # its number: what is taken out together
    builder.add_unsigned_field("id", stored=False, indexed=False, fast=True)
    builder.add_unsigned_field("mark", stored=False, indexed=False, fast=True)
    return builder.build()


def build(folder: Path, chunks: Iterable[Chunk]) -> None:
    """Write the words of `chunks` to `folder/words`.

    Raises:
        OSError, ValueError: what tantivy raises when it cannot write.
    """
    writer = WordWriter(folder)
    writer.add(0, chunks)
    writer.finish()


class WordWriter:
    """The words of a generation while they are written."""

    def __init__(self, folder: Path) -> None:
        """Begin `folder/words`.

        Raises:
            OSError, ValueError: what tantivy raises when it cannot write.
        """
        import tantivy

        self._tantivy: Any = tantivy
        self._target = folder / FOLDER
        self._target.mkdir()
        index = tantivy.Index(_schema(), path=str(self._target), reuse=False)
        self._writer: Any = index.writer(heap_size=_HEAP, num_threads=1)  # one thread: documents keep the order of their ids
        self._stems = _Stems()

    def add(self, number: int, chunks: Iterable[Chunk], base: int = 0) -> None:
        """Add the chunks of the document of that number, whose ids count from `base`."""
        for chunk in chunks:
            document = self._tantivy.Document()
            for name, text in zip(FIELDS, (chunk.heading, chunk.labels, chunk.value), strict=True):
                if text:
                    document.add_text(name, self._stems.joined(text))
            document.add_unsigned("document", number)
            document.add_unsigned("id", base + chunk.id)
            document.add_unsigned("mark", mark(chunk.hash) & _I63)
            self._writer.add_document(document)

    def finish(self) -> None:
        """Complete the folder."""
        self._writer.commit()
        self._writer.wait_merging_threads()
        for leftover in self._target.glob(".tantivy-*.lock"):
            leftover.unlink()  # empty lock files of the writer; a generation is never written again


class _Stems:
    """Headings and labels repeat from chunk to chunk: remember the last few thousand."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def joined(self, text: str) -> str:
        found = self._known.get(text)
        if found is None:
            found = " ".join(index_stems(text))
            if len(self._known) >= 4096:
                self._known.clear()
            self._known[text] = found
        return found


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
                    rarer = 1.0 if part is None else self._rarer(name, stem, term, part)
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

    def _rarer(self, name: str, stem: str, term: Any, part: _Part) -> float:
        """How much more a word tells among the chunks of a part than among all, as a ratio of weights; 0: none of them holds it."""
        tantivy = self._tantivy
        both = tantivy.Query.boolean_query([(tantivy.Occur.Must, term), (tantivy.Occur.Must, part.query)])
        held = int(self._searcher.search(both, 1, count=True).count)
        everywhere = int(self._searcher.doc_freq(name, stem))
        return _weight(held, part.size) / _weight(everywhere, len(self)) if held else 0.0

    def marks(self) -> dict[int, int]:
        """Mark (63 bits) of every posting by chunk id; reads the whole index, for `verify`."""
        hits = self._searcher.search(self._tantivy.Query.all_query(), max(1, len(self)), count=False).hits
        addresses = [address for _, address in hits]
        ids = self._searcher.fast_field_values("id", addresses)
        marks = self._searcher.fast_field_values("mark", addresses)
        return {int(i): int(m) for i, m in zip(ids, marks, strict=True)}


def expected_mark(chunk_hash: str) -> int:
    """What `marks` holds for a chunk of that hash."""
    return mark(chunk_hash) & _I63
