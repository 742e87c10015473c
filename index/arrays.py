"""Vectors, marks and tokens of all chunks, in the order of their ids: what a generation before holds is copied, new ones are put between.

Everything is read and written piece by piece, so that memory does not grow with the folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index import tokens, vectors
from index.encoding import NewChunks, Vectors
from index.errors import IndexBuildFailed, IndexDamaged
from index.journal import Journal
from index.npy import ArrayReader, ArrayWriter, load_array, save_array
from index.tokens import WIDTH
from index.vectors import Floats

_BLOCK = 512  # rows copied or made at a time: a megabyte stays near the processor while it is checked and written


@dataclass(frozen=True, slots=True)
class Stretch:
    """Chunks that follow each other: rows of the generation before, or places among the new ones. Half-open."""

    new: bool
    first: int
    end: int


class Before:
    """What the generation before keeps of its chunks, in the order of their ids."""

    def __init__(self, folder: Path) -> None:
        """Open the files of a generation whose checksums were verified.

        Raises:
            IndexDamaged: they do not belong together.
        """
        self.folder = folder
        self.rows = ArrayReader(folder / vectors.ROWS, np.float32, 2)
        self.ids: npt.NDArray[np.int64] = load_array(folder / vectors.IDS, np.int64, 1)
        self.marks: npt.NDArray[np.uint64] = load_array(folder / vectors.MARKS, np.uint64, 1)
        self.codes: ArrayReader | None = None
        self.ends: npt.NDArray[np.int64] | None = None
        if (folder / tokens.CODES).exists():
            self.codes = ArrayReader(folder / tokens.CODES, np.uint8, 2)
            self.ends = load_array(folder / tokens.ENDS, np.int64, 1)
        if not self.rows.shape[0] == len(self.ids) == len(self.marks) == (len(self.ids) if self.ends is None else len(self.ends) - 1):
            raise IndexDamaged(folder / vectors.ROWS, "does not belong to the files beside it")

    def rows_of(self, ids: tuple[int, int]) -> tuple[int, int]:
        """The rows of the chunks whose ids are in a half-open range."""
        first, end = np.searchsorted(self.ids, ids).tolist()
        return first, end

    def has_tokens(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Whether nothing is missing of the tokens of these rows: an encoder without tokens tells none of any text."""
        return np.ones(len(rows), dtype=np.bool_) if self.ends is None else self.ends[rows + 1] > self.ends[rows]

    def close(self) -> None:
        """Close the files."""
        self.rows.close()
        if self.codes is not None:
            self.codes.close()


class ChunkArrays:
    """Writes the arrays of a generation."""

    def __init__(
        self, folder: Path, stretches: Sequence[Stretch], new: NewChunks, found: Vectors, before: Before | None, journal: Journal
    ) -> None:
        """`stretches`: all chunks, in the order of their ids."""
        self._folder = folder
        self._stretches = stretches
        self._new = new
        self._single = new.single
        self._found = found
        self._before = before
        self._journal = journal
        self.count = sum(s.end - s.first for s in stretches)
        self.sha256: dict[str, str] = {}  # of the files written, by name

    def _held(self) -> Before:
        if self._before is None:
            raise ValueError("rows of a generation before are to be copied, and there is none")
        return self._before

    def write_ids(self) -> None:
        """Ids and marks."""
        new_ids, new_marks = self._new.ids, self._new.marks
        ids = [new_ids[s.first : s.end] if s.new else self._held().ids[s.first : s.end] for s in self._stretches]
        marks = [new_marks[s.first : s.end] if s.new else self._held().marks[s.first : s.end] for s in self._stretches]
        self.sha256[vectors.IDS] = save_array(self._folder / vectors.IDS, np.concatenate([np.empty(0, np.int64), *ids]))
        self.sha256[vectors.MARKS] = save_array(self._folder / vectors.MARKS, np.concatenate([np.empty(0, np.uint64), *marks]))

    def write_codes(self) -> None:
        """Codes of all vectors, which are written."""
        kept = np.zeros(0 if self._before is None else len(self._before.ids), dtype=np.bool_)
        for stretch in self._stretches:
            if not stretch.new:
                kept[stretch.first : stretch.end] = True
        if (
            self._before is None
            or not kept.any()
            or not vectors.refresh_codes(self._before.folder, self._folder, self._before.ids[~kept], self._new.ids)
        ):
            vectors.save_codes(self._folder)

    def write_rows(self, dimension: int, model: str, say: Callable[[int], None]) -> None:
        """Vectors.

        Raises:
            IndexBuildFailed: a new one is not of length 1: `model` is at fault.
        """
        writer = ArrayWriter(self._folder / vectors.ROWS, "<f4", (self.count, dimension))
        done = 0
        try:
            for stretch in self._stretches:
                for block in self._new_rows(stretch, dimension) if stretch.new else self._old_rows(stretch):
                    if stretch.new:
                        norms = np.linalg.norm(block, axis=1)
                        if not np.all(np.abs(norms - 1) < 1e-3):  # also false for what is not a number
                            raise IndexBuildFailed(self._folder.parent, f"the model {model} gave a vector that is not of length 1")
                    writer.write(block)
                    done += len(block)
                    say(done)
            self.sha256[vectors.ROWS] = writer.close()
        finally:
            writer.abandon()

    def _old_rows(self, stretch: Stretch) -> Iterator[Floats]:
        for _, block in self._held().rows.blocks(_BLOCK, stretch.first, stretch.end):
            yield block

    def _new_rows(self, stretch: Stretch, dimension: int) -> Iterator[Floats]:
        for start in range(stretch.first, stretch.end, _BLOCK):
            end = min(start + _BLOCK, stretch.end)
            block = np.empty((end - start, dimension), dtype=np.float32)
            pairs = zip(self._found.known[start:end].tolist(), self._found.journal[start:end].tolist(), strict=True)
            for at, (row, place) in enumerate(pairs):
                block[at] = self._journal.row(place) if row < 0 else self._held().rows.read(row, row + 1)[0]
            yield block

    def write_tokens(self) -> None:
        """Codes of the tokens of single facts."""
        sizes = [np.empty(0, np.int64), *(self._new_sizes(s) if s.new else self._old_sizes(s.first, s.end) for s in self._stretches)]
        ends = np.concatenate([[0], np.cumsum(np.concatenate(sizes))]).astype(np.int64)
        writer = ArrayWriter(self._folder / tokens.CODES, "|u1", (int(ends[-1]), WIDTH))
        try:
            for stretch in self._stretches:
                for codes in self._new_codes(stretch) if stretch.new else self._old_codes(stretch.first, stretch.end):
                    writer.write(codes)
            self.sha256[tokens.CODES] = writer.close()
        finally:
            writer.abandon()
        self.sha256[tokens.ENDS] = save_array(self._folder / tokens.ENDS, ends)

    def _old_sizes(self, first: int, end: int) -> npt.NDArray[np.int64]:
        ends = self._held().ends
        return np.zeros(end - first, np.int64) if ends is None else np.diff(ends[first : end + 1])

    def _new_sizes(self, stretch: Stretch) -> npt.NDArray[np.int64]:
        rows, places = self._found.known[stretch.first : stretch.end], self._found.journal[stretch.first : stretch.end]
        sizes = self._journal.tokens(places)
        old = np.flatnonzero(rows >= 0)
        ends = self._held().ends if len(old) else None
        if ends is not None:
            sizes[old] = ends[rows[old] + 1] - ends[rows[old]]
        return np.where(self._single[stretch.first : stretch.end], sizes, 0)

    def _old_codes(self, first: int, end: int) -> Iterator[bytes | npt.NDArray[np.uint8]]:
        codes, ends = self._held().codes, self._held().ends
        if codes is not None and ends is not None:
            for _, block in codes.blocks(_BLOCK * 64, int(ends[first]), int(ends[end])):
                yield block

    def _new_codes(self, stretch: Stretch) -> Iterator[bytes | npt.NDArray[np.uint8]]:
        for at in range(stretch.first, stretch.end):
            if self._single[at]:
                row = int(self._found.known[at])
                if row < 0:
                    yield self._journal.codes(int(self._found.journal[at]))
                else:
                    yield from self._old_codes(row, row + 1)
