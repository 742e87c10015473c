"""What a user would otherwise pick, asked in the same run: BM25, sentence vectors, and both fused by rank.

Each ranks plain texts as they are, with the encoder and the words of the assistant but none of its parsing, names or weights.
"""

from __future__ import annotations

import hashlib
import math
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.language import language
from corpus.models import Chunk
from corpus.words import stem, words
from index import lexical, postings
from index.encoder import Encoder, gather

BM25, DENSE, FUSED = "BM25", "dense", "fused"
PEERS = (BM25, DENSE, FUSED)

_DEPTH = 100  # ranks that are fused, of each side
_RRF_K = 60  # Cormack, Clarke and Büttcher (2009), Reciprocal rank fusion, SIGIR

Floats = npt.NDArray[np.float32]
Ranked = list[tuple[str, float]]  # (key, raw score), best first


@dataclass(frozen=True, slots=True)
class Unit:
    """A text that is ranked, and what finding it counts as: texts that share a key are windows of one thing."""

    key: str
    text: str


class Peers:
    """Three plain rankings of the same units. Equal scores stand in the order of the units."""

    def __init__(self, units: Sequence[Unit], encoder: Encoder, cache: Path, count: Callable[[int, int], None] | None = None) -> None:
        """Encode the units, or take their vectors from `cache`.

        Raises:
            OSError: the cache cannot be written.
        """
        self._units = list(units)
        self._encoder = encoder
        self._rows = _vectors([u.text for u in self._units], encoder, cache, count)
        self._folder = tempfile.TemporaryDirectory(prefix="bench-words-")
        folder = Path(self._folder.name)
        # One field, as plain BM25 has it.
        postings.build(folder, (Chunk(n, "passage", 0, (), "", "", "", u.text, "0" * 64) for n, u in enumerate(self._units)))
        self._words = lexical.WordIndex(folder, {"heading": 0.0, "labels": 0.0, "value": 1.0})

    def close(self) -> None:
        """Remove what was written to search by words."""
        self._folder.cleanup()

    def rank(self, question: str) -> dict[str, Ranked]:
        """Each peer's ranking by key, with its own raw scores."""
        terms = {stem(w) for w in words(question) if w not in language().function_words}
        found = self._words.search([(t, 1.0) for t in terms], 4 * _DEPTH)
        similar = self._rows @ self._encoder.encode([question])[0]
        near = np.argsort(-similar, kind="stable")[: 4 * _DEPTH]
        by_words = self._keys([(n, score) for n, score in found])
        by_meaning = self._keys([(int(n), float(similar[n])) for n in near])
        return {BM25: by_words, DENSE: by_meaning, FUSED: fuse([by_words, by_meaning])}

    def _keys(self, found: Sequence[tuple[int, float]]) -> Ranked:
        best: dict[str, float] = {}
        for n, score in found:
            best.setdefault(self._units[n].key, score)
        return list(best.items())[:_DEPTH]


def fuse(rankings: Sequence[Ranked]) -> Ranked:
    """Reciprocal rank fusion of equal weight; ties by key."""
    sums: dict[str, float] = {}
    for ranking in rankings:
        for place, (key, _) in enumerate(ranking, 1):
            sums[key] = sums.get(key, 0.0) + 1 / (_RRF_K + place)
    return sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))


def top_score(rankings: Mapping[str, Ranked]) -> dict[str, float]:
    """The raw score of each peer's first hit: all that plain search has to tell whether there is an answer."""
    return {name: ranked[0][1] if ranked else -math.inf for name, ranked in rankings.items()}


def _vectors(texts: Sequence[str], encoder: Encoder, cache: Path, count: Callable[[int, int], None] | None) -> Floats:
    whole = "\x1f".join([encoder.spec.fingerprint, *texts])
    path = cache / "vectors" / f"{hashlib.sha256(whole.encode('utf-8', 'surrogatepass')).hexdigest()[:24]}.npy"
    if path.is_file():
        kept: Floats = np.load(path)
        if kept.shape == (len(texts), encoder.dimension):
            return kept
    rows: Floats = np.zeros((len(texts), encoder.dimension), dtype=np.float32)
    gather(encoder.encode_many(texts, count), rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".npy")
    with os.fdopen(handle, "wb") as file:
        np.save(file, rows)
    Path(name).replace(path)
    return rows
