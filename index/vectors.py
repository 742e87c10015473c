"""Vectors on disk and the search among them. The only place that imports faiss.

Row i of `vec.f32.npy` is the vector of chunk i; `vec.marks.npy` holds the mark of its chunk beside it.
Up to a limit every row is compared (`IndexFlatIP`). Above it, 56-byte codes of all rows are scanned
(`RaBitQfs`: exhaustive, no graph) and the best candidates compared exactly on the mapped rows.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.errors import IndexDamaged

Floats = npt.NDArray[np.float32]
Marks = npt.NDArray[np.uint64]

ROWS = "vec.f32.npy"
MARKS = "vec.marks.npy"
CODES = "codes.faiss"
_SPARE = 16  # rows fetched beyond k, so that equal scores at the edge are seen
_EQUAL = 1e-5  # scores closer than this may swap when computed exactly; faiss and numpy add in other orders
_COMPARED = 100_000  # rows of a part that are compared one by one: 20 ms; of more, codes are scanned
_TRAINED_ON = 65_536  # rows the codes' centre is taken from; more changes nothing measurable


def mark(chunk_hash: str) -> int:
    """The first 8 bytes of a chunk's hash: what its vector and its posting carry to show whose they are."""
    return int(chunk_hash[:16], 16)


def create_rows(folder: Path, count: int, dimension: int) -> Floats:
    """A new, zeroed `vec.f32.npy` of shape (count, dimension), mapped for writing.

    Raises:
        OSError: no space, no right to write.
    """
    if count == 0:
        empty: Floats = np.empty((0, dimension), dtype=np.float32)
        np.save(folder / ROWS, empty)
        return empty
    with (folder / ROWS).open("wb") as file:  # reserve first: a full disk must be an error here, not a signal while filling the map
        np.lib.format.write_array_header_1_0(file, {"descr": "<f4", "fortran_order": False, "shape": (count, dimension)})
        size = file.tell() + count * dimension * 4
        _reserve(file.fileno(), size)
    rows: Floats = np.lib.format.open_memmap(folder / ROWS, mode="r+")
    return rows


def _reserve(descriptor: int, size: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, size)
    else:
        os.ftruncate(descriptor, size)


def save_marks(folder: Path, hashes: Sequence[str]) -> None:
    """Write the marks of all chunks, in row order."""
    np.save(folder / MARKS, np.array([mark(h) for h in hashes], dtype=np.uint64))


def save_codes(folder: Path, rows: Floats) -> None:
    """Write the codes of all rows; they can be made again from the rows alone."""
    import faiss

    index = faiss.index_factory(rows.shape[1], "RaBitQfs", faiss.METRIC_INNER_PRODUCT)
    step = max(1, rows.shape[0] // _TRAINED_ON)
    index.train(np.ascontiguousarray(rows[::step]))
    for start in range(0, rows.shape[0], _TRAINED_ON):
        index.add(np.ascontiguousarray(rows[start : start + _TRAINED_ON]))
    faiss.write_index(index, str(folder / CODES))


_HEADER = re.compile(r"\{'descr': '([<|][a-z]\d)', 'fortran_order': False, 'shape': \((\d+),(?: (\d+))?\), \} *\n")


def load_array(path: Path, dtype: type[np.generic], dimensions: int) -> npt.NDArray[Any]:
    """A `.npy` file, mapped read-only, of the type and number of dimensions expected.

    The header is read here and not by numpy, which hands it to Python's parser: that one fails now and
    then when several threads use it at once (seen with 3.11), and takes more forms than we write.

    Raises:
        IndexDamaged: it is not such a file.
    """
    try:
        with path.open("rb") as file:
            start = file.read(10)
            found = _HEADER.fullmatch(file.read(int.from_bytes(start[8:10], "little")).decode("latin-1"))
            offset, size = file.tell(), os.fstat(file.fileno()).st_size
        if start[:8] != b"\x93NUMPY\x01\x00" or found is None:
            raise IndexDamaged(path, "is not an array")
        shape = tuple(int(n) for n in found.groups()[1:] if n is not None)
        if np.dtype(found[1]) != dtype or len(shape) != dimensions:
            raise IndexDamaged(path, f"holds {np.dtype(found[1])} of {len(shape)} dimensions")
        if size != offset + int(np.prod(shape)) * np.dtype(dtype).itemsize:
            raise IndexDamaged(path, "is longer or shorter than it says")
        if 0 in shape:  # nothing to map
            return np.empty(shape, dtype=dtype)
        # As a plain array: each slice of a `memmap` would be made a `memmap` again, which takes longer than what is done with it.
        return np.memmap(path, dtype=dtype, mode="r", offset=offset, shape=shape).view(np.ndarray)
    except (OSError, ValueError, TypeError) as error:
        raise IndexDamaged(path, f"cannot be read ({error})") from error


class VectorIndex:
    """All vectors of a generation, ready to be searched by any number of threads."""

    def __init__(self, folder: Path, *, rescore: int) -> None:
        """Open the files of a generation whose checksums were verified.

        Raises:
            IndexDamaged: a file cannot be parsed.
        """
        import faiss

        faiss.omp_set_num_threads(1)  # one question, one thread: pools of several libraries fight over few cores
        self.rows: Floats = load_array(folder / ROWS, np.float32, 2)
        self._rescore = rescore
        self.coded = (folder / CODES).exists()
        try:
            if self.coded:
                faiss.set_deserialization_vector_byte_limit(max(1 << 24, 4 * (folder / CODES).stat().st_size))
                self._index: Any = faiss.read_index(str(folder / CODES))
            else:
                self._index = faiss.IndexFlatIP(self.rows.shape[1])
                self._index.add(np.ascontiguousarray(self.rows))
        except RuntimeError as error:
            raise IndexDamaged(folder / CODES, f"cannot be read ({str(error).splitlines()[0][:200]})") from error
        if self._index.ntotal != self.rows.shape[0] or self._index.d != self.rows.shape[1]:
            raise IndexDamaged(folder / CODES, "does not belong to the vectors beside it")

    def __len__(self) -> int:
        return int(self.rows.shape[0])

    @property
    def dimension(self) -> int:
        return int(self.rows.shape[1])

    def similarity(self, vector: Floats, ids: Sequence[int] | npt.NDArray[np.int64]) -> Floats:
        """Cosine of `vector` (dim,) and the rows of `ids`: (len(ids),) float32.

        Each is added up in double precision on its own, so that equal rows get equal scores wherever they stand.

        Raises:
            IndexError: an id that is not there.
        """
        places = np.asarray(ids, dtype=np.int64)
        if places.size and (places.min() < 0 or places.max() >= len(self)):
            raise IndexError(f"chunk ids run from 0 to {len(self) - 1}")
        scores: npt.NDArray[np.float64] = (self.rows[places] * vector).sum(axis=1, dtype=np.float64)
        return scores.astype(np.float32)

    def search_exactly(self, vector: Floats, k: int) -> list[tuple[int, float]]:
        """What `search` gives where no codes are used: every row compared. Reads all of them: to hold the codes to, not to answer."""
        k = min(k, len(self))
        if k <= 0:
            return []
        near = np.empty(len(self), dtype=np.float32)
        for start in range(0, len(self), _TRAINED_ON):
            near[start : start + _TRAINED_ON] = self.rows[start : start + _TRAINED_ON] @ vector
        ids = np.flatnonzero(near >= np.partition(near, len(near) - k)[len(near) - k] - _EQUAL)
        return self._best(vector, ids, k)

    def search(self, vector: Floats, k: int) -> list[tuple[int, float]]:
        """The k rows nearest to `vector` (dim,), as (id, cosine), best first, ties by id."""
        k = min(k, len(self))
        if k <= 0:
            return []
        query = np.ascontiguousarray(vector, dtype=np.float32).reshape(1, -1)
        fetch = min(len(self), max(k + _SPARE, self._rescore if self.coded else 0))
        while True:
            found, places = self._index.search(query, fetch)
            ids = places[0][places[0] >= 0]
            if self.coded or fetch == len(self) or found[0][k - 1] - found[0][fetch - 1] > _EQUAL:
                break
            fetch = min(len(self), fetch * 2)
        return self._best(query[0], ids, k)

    def _best(self, vector: Floats, ids: npt.NDArray[np.int64], k: int) -> list[tuple[int, float]]:
        scores = self.similarity(vector, ids)
        order = np.lexsort((ids, -scores))[:k]
        return [(int(ids[i]), float(scores[i])) for i in order]

    def search_within(self, vector: Floats, k: int, ranges: Iterable[tuple[int, int]], *, exactly: bool = False) -> list[tuple[int, float]]:
        """The same among the rows of some half-open ranges: all of them compared, or, where they are many, what the codes put first."""
        stretches = list(ranges)
        inside = sum(end - first for first, end in stretches)
        k = min(k, inside)
        if k <= 0:
            return []
        query = np.ascontiguousarray(vector, dtype=np.float32).reshape(-1)
        if self.coded and inside > _COMPARED and not exactly:
            ids = self._coded_within(query, max(k + _SPARE, self._rescore), stretches)
        else:
            near = np.concatenate([np.einsum("ij,j->i", self.rows[first:end], query) for first, end in stretches])  # one thread, as faiss
            places = np.concatenate([np.arange(first, end) for first, end in stretches])
            least = np.partition(near, inside - k)[inside - k] - _EQUAL
            ids = places[near >= least]
        scores = self.similarity(query, ids.tolist())
        order = np.lexsort((ids, -scores))[:k]
        return [(int(ids[i]), float(scores[i])) for i in order]

    def _coded_within(self, query: Floats, wanted: int, stretches: Sequence[tuple[int, int]]) -> npt.NDArray[np.int64]:
        """The rows of the ranges among those the codes put first, `wanted` of them at least."""
        fetch = min(len(self), 2 * wanted)
        while True:
            places = self._index.search(query.reshape(1, -1), fetch)[1][0]
            inside = np.zeros(len(places), dtype=bool)
            for first, end in stretches:
                inside |= (places >= first) & (places < end)
            if inside.sum() >= wanted or fetch == len(self):
                found: npt.NDArray[np.int64] = places[inside]
                return found
            fetch = min(len(self), 4 * fetch)
