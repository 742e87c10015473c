"""The seam: everything above asks an index through `Retriever` and knows no engine.

Readers take no lock and see one generation from open to close, whatever is built meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from types import TracebackType

import numpy as np

from index.encoder import Encoder, Floats, LaterEncoder, ReadText, with_tokens
from index.errors import IndexDamaged, IndexMissing, IndexOutdated
from index.facts import FactStore
from index.generations import Generation, current_or_none, open_generation
from index.kept import KeptTexts, kept_vectors
from index.lexical import WordIndex
from index.manifest import Manifest
from index.scoped import ScopedStore
from index.settings import IndexSettings, cache_root
from index.tokens import CODES, TokenIndex
from index.vectors import VectorIndex

_ATTEMPTS = 5  # to open a generation while others replace it
_REMEMBERED = 256  # texts whose vectors are kept: one question is compared as a whole several times, and the model is most of the cost


class Retriever:
    """One generation, open for questions. Safe to use from several threads."""

    def __init__(self, generation: Generation, settings: IndexSettings, encoder: Encoder, kb: Path | None) -> None:
        """Use `Retriever.open`."""
        self._generation = generation
        self.encoder = encoder
        self._vector_of = lru_cache(maxsize=_REMEMBERED)(self._encode_one)
        self._read_once = lru_cache(maxsize=_REMEMBERED)(self._read)
        self._cache = cache_root(settings)
        self._kept_texts = KeptTexts(self.encoder, self._cache)
        manifest = generation.manifest
        self.facts = FactStore(generation.folder, kb if kb is not None else Path(manifest.kb))
        self._words = WordIndex(
            generation.folder, {"heading": settings.boost_heading, "labels": settings.boost_labels, "value": settings.boost_value}
        )
        self._vectors = VectorIndex(generation.folder, rescore=settings.rescore)
        self._tokens = TokenIndex(generation.folder) if (generation.folder / CODES).exists() else None
        if self._tokens is not None and len(self._tokens) != manifest.counts.chunks:
            raise IndexDamaged(generation.folder / CODES, f"holds the tokens of {len(self._tokens)} chunks for {manifest.counts.chunks}")
        if not len(self._vectors) == len(self._words) == manifest.counts.chunks:
            raise IndexDamaged(
                generation.folder, f"holds {len(self._vectors)} vectors and {len(self._words)} postings for {manifest.counts.chunks} chunks"
            )

    @classmethod
    def open(
        cls,
        directory: Path,
        settings: IndexSettings | None = None,
        *,
        generation: str | None = None,
        kb: Path | None = None,
        encoder: Encoder | None = None,
    ) -> Retriever:
        """Open the current generation of an index folder, or the one named, after checking its files.

        Args:
            directory: the index folder, as `IndexReport.directory` gives it.
            kb: where documents are read; the folder the index was built from if left out.
            encoder: use this one (a `LaterEncoder`, say, that `ensure_index` had too) instead of loading the one the settings name.
        Raises:
            IndexMissing, IndexDamaged: there is no whole generation; the message names the file.
            IndexOutdated: it was built with another model than the settings name, or by another version.
            ModelUnavailable: the settings name a model that is not here.
        """
        settings = settings or IndexSettings()
        used: Encoder = LaterEncoder(settings) if encoder is None else encoder
        spec = used.spec
        for attempt in range(_ATTEMPTS):
            found = open_generation(directory, generation)
            made_with = found.manifest.model
            if made_with.fingerprint != spec.fingerprint:
                raise IndexOutdated(directory, f"it was built with the model {made_with.name}, the settings name {spec.name}")
            try:
                return cls(found, settings, used, kb)
            except IndexDamaged:
                if generation is not None or attempt == _ATTEMPTS - 1 or current_or_none(directory) == found.name:
                    raise  # else two builds went by meanwhile and cleared it away: take the new one
        raise IndexMissing(directory)

    @property
    def generation(self) -> str:
        """Name of the generation, new with every build."""
        return self._generation.name

    @property
    def manifest(self) -> Manifest:
        """What the generation says about itself."""
        return self._generation.manifest

    def encode(self, texts: Sequence[str]) -> Floats:
        """(n, dim) float32, each row of L2 norm 1: the vectors of questions."""
        return self._vector_of(texts[0])[np.newaxis] if len(texts) == 1 else self.encoder.encode(texts)

    def _encode_one(self, text: str) -> Floats:
        row: Floats = self.encoder.encode([text])[0]
        row.flags.writeable = False  # it is handed out again
        return row

    def encode_fixed(self, texts: Sequence[str]) -> Floats:
        """The same for texts that never change: encoded once per machine, then read from the cache folder."""
        return kept_vectors(self.encoder, texts, self._cache)

    def encode_kept(self, texts: Sequence[str]) -> Floats:
        """The same for texts of the knowledge base, each by itself: encoded once for this process and later ones."""
        return self._kept_texts.vectors(texts)

    def read(self, text: str) -> ReadText:
        """A question as it is compared: its vector, and its tokens where the model tells them."""
        return self._read_once(text)

    def _read(self, text: str) -> ReadText:
        reader = with_tokens(self.encoder)
        if reader is not None:
            return reader.read(text)
        return ReadText(text, self.encoder.encode([text])[0], np.empty((0, 0), dtype=np.float32), ())

    def nearness(self, asked: ReadText, weights: Floats, chunk_ids: Sequence[int]) -> Floats | None:
        """How well each chunk answers to a question token by token, (len(chunk_ids),) float32, about 0..1; None where tokens are not known.

        Args:
            weights: (tokens of the question,), how much each counts.
        Raises:
            IndexError: an id that is not there.
        """
        if self._tokens is None or not len(asked.tokens):
            return None
        return self._tokens.nearness(asked.tokens, weights, self._vectors.rows_of(chunk_ids))

    def nearest_tokens(self, asked: ReadText, chunk_ids: Sequence[int]) -> Floats | None:
        """How near each chunk comes to each token of a question, (len(chunk_ids), tokens) float32, about -1..1; None as for `nearness`.

        Raises:
            IndexError: an id that is not there.
        """
        if self._tokens is None or not len(asked.tokens):
            return None
        return self._tokens.nearest(asked.tokens, self._vectors.rows_of(chunk_ids))

    def is_common_word(self, word: str) -> bool:
        """Whether a lower-case word is one whole piece of the encoder's own vocabulary: ordinary English, no typing mistake."""
        return self.encoder.has_word(word)

    @property
    def compares_codes(self) -> bool:
        """Whether there are so many chunks that codes of their vectors are searched, and only the best candidates compared exactly."""
        return self._vectors.coded

    def search_dense(self, vector: Floats, k: int, *, exactly: bool = False) -> list[tuple[int, float]]:
        """The k chunks nearest in meaning to `vector` (dim,), as (chunk id, cosine), best first, ties by id.

        Args:
            exactly: compare every vector, however many there are: what the search by codes is held to.
        """
        search = self._vectors.search_exactly if exactly else self._vectors.search
        return search(np.asarray(vector, dtype=np.float32).reshape(-1), k)

    def search_words(self, terms: Sequence[tuple[str, float]], k: int) -> list[tuple[int, float]]:
        """The k chunks best matching any of `terms` (stem, weight), as (chunk id, BM25), best first, ties by id. 0 < weight."""
        return self._words.search(terms, k)

    def similarity(self, vector: Floats, chunk_ids: Sequence[int]) -> Floats:
        """Cosine of `vector` (dim,) and each chunk: (len(chunk_ids),) float32.

        Raises:
            IndexError: an id that is not there.
        """
        return self._vectors.similarity(np.asarray(vector, dtype=np.float32).reshape(-1), chunk_ids)

    def within(self, documents: Iterable[str], prefix: str = "") -> Retriever:
        """The same generation as if it held these documents only; it shares the files, and is closed with this one.

        Args:
            documents: their paths.
            prefix: what the paths begin with that is not said of them, such as the name of one of several folders.
        Raises:
            UnknownDocument: one is not indexed.
        """
        part = _Within.__new__(_Within)
        part.__dict__.update(vars(self))
        part.facts = ScopedStore(self.facts, documents, prefix)
        return part

    def close(self) -> None:
        """Close the files; nothing can be asked afterwards."""
        self.facts.close()

    def __enter__(self) -> Retriever:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


class _Within(Retriever):
    """A generation of which some documents are searched."""

    facts: ScopedStore

    def search_dense(self, vector: Floats, k: int, *, exactly: bool = False) -> list[tuple[int, float]]:
        """The k chunks of the part that are nearest in meaning to `vector` (dim,)."""
        return self._vectors.search_within(np.asarray(vector, dtype=np.float32).reshape(-1), k, self.facts.ids, exactly=exactly)

    def search_words(self, terms: Sequence[tuple[str, float]], k: int) -> list[tuple[int, float]]:
        """The k chunks of the part that best match any of `terms`."""
        return self._words.search(terms, k, self.facts.ids)
