"""The tokens of facts, one code each, and how well they answer to the tokens of a question.

A vector of a whole text blurs what it says; compared token by token, each word of a question finds its own
counterpart (late interaction: Khattab and Zaharia 2020, ColBERT). A token is kept as the signs of the first
components of its state, 16 bytes: as good for ranking as all of it. `tok.codes.npy` holds the codes of all
chunks in their order, `tok.ends.npy` where each chunk's end; chunks that are no single fact have none.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.errors import IndexDamaged
from index.export import TOKEN_BITS
from index.npy import load_array

Floats = npt.NDArray[np.float32]
Codes = npt.NDArray[np.uint8]

CODES = "tok.codes.npy"
ENDS = "tok.ends.npy"
WIDTH = TOKEN_BITS // 8  # bytes of a code
# A sign stands for a component of a unit vector; dividing by the mean size of a normal component makes the product a cosine.
_SCALE = float(np.sqrt(2 / np.pi) * np.sqrt(TOKEN_BITS))
_SIGNS = np.unpackbits(np.arange(256, dtype=np.uint8)[:, np.newaxis], axis=1).astype(np.float32) * 2 - 1  # of the bits of each byte


class TokenIndex:
    """The codes of a generation, ready to be compared by any number of threads."""

    def __init__(self, folder: Path) -> None:
        """Map the files of a generation whose checksums were verified.

        Raises:
            IndexDamaged: they do not belong together.
        """
        self._codes: Codes = load_array(folder / CODES, np.uint8, 2)
        self._ends: npt.NDArray[np.int64] = load_array(folder / ENDS, np.int64, 1)
        if not len(self._ends) or self._ends[-1] != len(self._codes) or self._codes.shape[1] != WIDTH:
            raise IndexDamaged(folder / CODES, "does not belong to the ends beside it")

    def __len__(self) -> int:
        return len(self._ends) - 1

    def of(self, chunk: int) -> bytes:
        """The codes of a chunk, as they were written."""
        return self._codes[self._ends[chunk] : self._ends[chunk + 1]].tobytes()

    def has(self, chunk: int) -> bool:
        """Whether a chunk has any."""
        return bool(self._ends[chunk + 1] > self._ends[chunk])

    def nearness(self, tokens: Floats, weights: Floats, rows: Sequence[int] | npt.NDArray[np.int64]) -> Floats:
        """How well each chunk answers to a question, token by token: (len(rows),) float32, about 0..1, higher is closer.

        For each token of the question the nearest token of the chunk counts; a chunk without tokens has 0.

        Args:
            tokens: (n, TOKEN_BITS), rows of length 1.
            weights: (n,), not negative: how much each token counts.
        Raises:
            IndexError: a row that is not there.
        """
        found = np.zeros(len(rows), dtype=np.float32)
        total = float(weights.sum())
        held, nearest = self._nearest(tokens, rows)
        if held.size and total > 0:
            found[held] = (weights @ nearest) / (total * _SCALE)
        return found

    def nearest(self, tokens: Floats, rows: Sequence[int] | npt.NDArray[np.int64]) -> Floats:
        """How near the nearest token of each chunk comes to each token of a question: (len(rows), n) float32, about -1..1.

        A chunk without tokens has 0 everywhere.

        Raises:
            IndexError: a row that is not there.
        """
        found = np.zeros((len(rows), len(tokens)), dtype=np.float32)
        held, nearest = self._nearest(tokens, rows)
        if held.size:
            found[held] = nearest.T / _SCALE
        return found

    def _nearest(self, tokens: Floats, rows: Sequence[int] | npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.intp], Floats]:
        """Which of the chunks have tokens, and (n, those) products of each token of the question and the nearest of theirs."""
        places = np.asarray(rows, dtype=np.int64)
        if places.size and (places.min() < 0 or places.max() >= len(self)):
            raise IndexError(f"rows run from 0 to {len(self) - 1}")
        starts, ends = self._ends[places], self._ends[places + 1]
        held = np.flatnonzero(ends > starts)
        if not held.size or not len(tokens):
            return held[:0], np.empty((len(tokens), 0), dtype=np.float32)
        codes = np.concatenate([self._codes[starts[i] : ends[i]] for i in held])
        signs = _SIGNS.take(codes, axis=0).reshape(len(codes), -1)
        similar = tokens @ signs.T
        sizes = (ends - starts)[held]
        nearest: Floats = np.maximum.reduceat(similar, np.concatenate([[0], np.cumsum(sizes)[:-1]]), axis=1)
        return held, nearest
