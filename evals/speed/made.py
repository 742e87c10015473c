"""Vectors of recombined text without the encoder: to have a million facts to search in less than hours.

A real sample is encoded. Of each token of the encoder's vocabulary the mean is kept of the vectors of the texts it occurs in, and of
its own states; the vector of a text is then the mean of those of its tokens, rare ones counting more. Questions are encoded as ever.
What is measured over such an index is how long it takes to search and answer, never how good the answers are: nearness follows the
words of a text and not its sense. No folder of a user is ever indexed with these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.encoder import Count, Floats, OnnxEncoder, ReadText
from index.export import TOKEN_BITS
from index.models import ModelSpec

_BLOCK = 128  # texts put together at a time: the vectors of all their tokens are held
_SAID = 512 * _BLOCK  # texts between two words of progress


class MadeEncoder:
    """Stands for an encoder while an index is built."""

    def __init__(self, real: OnnxEncoder, sample: Callable[[], Sequence[str]], kept: Path) -> None:
        """Encode a sample, or read what was learnt from one and kept in the file `kept`."""
        self._real = real
        self._tokenizer: Any = real.tokenizer
        if kept.exists():
            with np.load(kept) as arrays:
                self._mean, self._rows, self._states = arrays["mean"], arrays["rows"], arrays["states"]
        else:
            self._learn(sample())
            kept.parent.mkdir(parents=True, exist_ok=True)
            with kept.open("wb") as file:
                np.savez(file, mean=self._mean, rows=self._rows, states=self._states)

    def _learn(self, sample: Sequence[str]) -> None:
        size = int(self._tokenizer.get_vocab_size())
        rows = np.zeros((size, self.dimension), dtype=np.float32)
        states = np.zeros((size, TOKEN_BITS), dtype=np.float32)
        texts_with = np.zeros(size, dtype=np.float32)
        vectors = np.empty((len(sample), self.dimension), dtype=np.float32)
        ids = [np.array(e.ids) for e in self._tokenizer.encode_batch_fast(list(sample))]
        for places, found, codes in self._real.encode_tokens(sample):
            vectors[places] = found
            for place, code in zip(places.tolist(), codes, strict=True):
                np.add.at(states, ids[place][1:-1], np.unpackbits(code, axis=1).astype(np.float32) * 2 - 1)
        self._mean = vectors.mean(axis=0)
        for place, tokens in enumerate(ids):
            held = np.unique(tokens)
            rows[held] += vectors[place] - self._mean
            texts_with[held] += 1
        rare = np.log1p(len(sample) / np.maximum(1, texts_with))
        unseen = texts_with == 0
        self._rows = rows / np.maximum(1, texts_with)[:, None] * rare[:, None]
        chance = np.random.default_rng(0)
        self._rows[unseen] = chance.standard_normal((int(unseen.sum()), self.dimension)) * float(np.abs(self._rows[~unseen]).mean())
        states[~states.any(axis=1)] = chance.standard_normal((int((~states.any(axis=1)).sum()), TOKEN_BITS))
        self._states = np.packbits(states >= 0, axis=1)

    @property
    def spec(self) -> ModelSpec:
        return self._real.spec

    @property
    def dimension(self) -> int:
        return self._real.dimension

    @property
    def graph_sha256(self) -> str:
        return self._real.graph_sha256

    def encode(self, texts: Sequence[str]) -> Floats:
        return self._real.encode(texts)

    def read(self, text: str) -> ReadText:
        return self._real.read(text)

    def has_word(self, word: str) -> bool:
        return self._real.has_word(word)

    def encode_many(self, texts: Sequence[str], count: Count | None = None) -> Iterator[tuple[npt.NDArray[np.int64], Floats]]:
        for places, rows, _ in self.encode_tokens(texts, count):
            yield places, rows

    def encode_tokens(
        self, texts: Sequence[str], count: Count | None = None
    ) -> Iterator[tuple[npt.NDArray[np.int64], Floats, list[npt.NDArray[np.uint8]]]]:
        for start in range(0, len(texts), _BLOCK):
            encoded = self._tokenizer.encode_batch_fast([t.encode("utf-8", "replace").decode() for t in texts[start : start + _BLOCK]])
            ids = [np.array(e.ids, dtype=np.int64) for e in encoded]
            sizes = np.array([len(i) for i in ids])
            sums = np.add.reduceat(self._rows[np.concatenate(ids)], np.concatenate([[0], np.cumsum(sizes)[:-1]]), axis=0)
            rows = self._mean + sums / sizes[:, None]
            rows /= np.linalg.norm(rows, axis=1, keepdims=True)
            if count is not None and start % _SAID == 0:
                count(start, len(texts))
            yield np.arange(start, start + len(ids)), rows.astype(np.float32), [self._states[i[1:-1]] for i in ids]
