"""Vectors on disk and the search among them. The only place that imports faiss.

Row i of `vec.f32.npy` is the vector of the i-th chunk in the order of their ids; `ids.npy` holds its id, `vec.marks.npy` its mark.
Up to a limit every row is compared (`IndexFlatIP`). Above it, 56-byte codes of all rows are scanned
(`RaBitQfs`: exhaustive, no graph) and the best candidates compared exactly on the mapped rows.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from index.errors import IndexDamaged

Floats = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]

ROWS = "vec.f32.npy"
MARKS = "vec.marks.npy"
IDS = "ids.npy"
CODES = "codes.faiss"
_SPARE = 16  # rows fetched beyond k, so that equal scores at the edge are seen
_EQUAL = 1e-5  # scores closer than this may swap when computed exactly; faiss and numpy add in other orders
_COMPARED = 100_000  # rows of a part that are compared one by one: 20 ms; of more, codes are scanned
_TRAINED_ON = 16_384  # rows the codes' centre is taken from; more changes nothing measurable
_READ = 8192  # rows read at a time


def mark(chunk_hash: str) -> int:
    """The first 8 bytes of a chunk's hash: what its vector and its posting carry to show whose they are."""
    return int(chunk_hash[:16], 16)


def save_codes(folder: Path) -> None:
    """Write the codes of all rows of a folder; they can be made again from the rows alone.

    Raises:
        OSError, RuntimeError: they cannot be written.
    """
    import faiss

    source = ArrayReader(folder / ROWS, np.float32, 2)
    try:
        count, dimension = source.shape
        index = faiss.index_factory(dimension, "RaBitQfs", faiss.METRIC_INNER_PRODUCT)
        step = max(1, count // _TRAINED_ON)
        sample = [block[-start % step :: step] for start, block in source.blocks(_READ)]  # every step-th row of all
        index.train(np.concatenate(sample))
        for _, block in source.blocks(_READ):
            index.add(block)
    finally:
        source.close()
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
            shape, offset = _read_header(file, path, dtype, dimensions)
        if 0 in shape:  # nothing to map
            return np.empty(shape, dtype=dtype)
        # As a plain array: each slice of a `memmap` would be made a `memmap` again, which takes longer than what is done with it.
        return np.memmap(path, dtype=dtype, mode="r", offset=offset, shape=shape).view(np.ndarray)
    except (OSError, ValueError, TypeError) as error:
        raise IndexDamaged(path, f"cannot be read ({error})") from error


def _read_header(file: IO[bytes], path: Path, dtype: type[np.generic], dimensions: int) -> tuple[tuple[int, ...], int]:
    """(shape, where the data begins) of a `.npy` file that is what is expected."""
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
    return shape, offset


class ArrayReader:
    """A `.npy` file read piece by piece: unlike a mapped one it takes no memory by how large it is."""

    def __init__(self, path: Path, dtype: type[np.generic], dimensions: int) -> None:
        """Open a file that is expected to be of that type and number of dimensions.

        Raises:
            IndexDamaged: it is not such a file.
            OSError: it cannot be read.
        """
        self._file = path.open("rb")
        try:
            self.shape, self._offset = _read_header(self._file, path, dtype, dimensions)
        except BaseException:
            self._file.close()
            raise
        self._dtype = np.dtype(dtype)

    @property
    def row_bytes(self) -> int:
        """Bytes of one row."""
        return int(np.prod(self.shape[1:])) * self._dtype.itemsize

    def read(self, start: int, end: int) -> npt.NDArray[Any]:
        """Rows [start, end)."""
        self._file.seek(self._offset + start * self.row_bytes)
        data = bytearray((end - start) * self.row_bytes)
        self._file.readinto(data)
        return np.frombuffer(data, dtype=self._dtype).reshape(end - start, *self.shape[1:])

    def blocks(self, size: int, start: int = 0, end: int | None = None) -> Iterator[tuple[int, npt.NDArray[Any]]]:
        """(first row, rows) of pieces of [start, end), so many rows at a time."""
        last = self.shape[0] if end is None else end
        for at in range(start, last, size):
            yield at, self.read(at, min(at + size, last))

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class ArrayWriter:
    """A `.npy` file written from its beginning to its end; its checksum is computed on the way."""

    def __init__(self, path: Path, dtype: str, shape: tuple[int, ...]) -> None:
        """Begin a file of that shape; `dtype` as numpy writes it (`<f4`).

        Raises:
            OSError: no space, no right to write.
        """
        self._path = path
        header = BytesIO()
        np.lib.format.write_array_header_1_0(header, {"descr": dtype, "fortran_order": False, "shape": shape})
        self._left = int(np.prod(shape)) * np.dtype(dtype).itemsize
        self._sha256 = hashlib.sha256()
        self._file = path.open("wb")
        try:
            _reserve(self._file.fileno(), len(header.getvalue()) + self._left)
            self._left += len(header.getvalue())
            self.write(header.getvalue())
        except BaseException:
            self._file.close()
            raise

    def write(self, data: bytes | npt.NDArray[Any]) -> None:
        """Add what comes next."""
        view = memoryview(data) if isinstance(data, bytes) else data.reshape(-1).view(np.uint8).data
        self._left -= len(view)
        self._sha256.update(view)
        self._file.write(view)

    def close(self) -> str:
        """Complete the file; returns its SHA-256.

        Raises:
            ValueError: it was given more or less than its shape says.
        """
        self._file.close()
        if self._left:
            raise ValueError(f"{self._path} is {abs(self._left)} bytes {'short' if self._left > 0 else 'too long'}")
        return self._sha256.hexdigest()

    def abandon(self) -> None:
        """Close it as it is."""
        self._file.close()


def _reserve(descriptor: int, size: int) -> None:
    """Reserve room first: a full disk must be known before much is written."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, size)


def save_array(path: Path, array: npt.NDArray[Any]) -> str:
    """Write a whole array; returns the SHA-256 of its file.

    Raises:
        OSError: no space, no right to write.
    """
    writer = ArrayWriter(path, array.dtype.str, array.shape)
    try:
        writer.write(np.ascontiguousarray(array))
        return writer.close()
    except BaseException:
        writer.abandon()
        raise


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
        self.ids: Ids = load_array(folder / IDS, np.int64, 1)
        if len(self.ids) != len(self.rows):
            raise IndexDamaged(folder / IDS, "does not belong to the vectors beside it")
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

    def rows_of(self, ids: Sequence[int] | Ids) -> Ids:
        """The rows of the chunks of those ids.

        Raises:
            IndexError: an id that is not there.
        """
        wanted = np.asarray(ids, dtype=np.int64)
        places = np.searchsorted(self.ids, wanted)
        there = places < len(self.ids)
        there[there] = self.ids[places[there]] == wanted[there]
        if not there.all():
            raise IndexError(f"no chunk has the id {int(wanted[~there][0])}")
        return places

    def similarity(self, vector: Floats, ids: Sequence[int] | Ids) -> Floats:
        """Cosine of `vector` (dim,) and the rows of `ids`: (len(ids),) float32.

        Each is added up in double precision on its own, so that equal rows get equal scores wherever they stand.

        Raises:
            IndexError: an id that is not there.
        """
        return self._scores(vector, self.rows_of(ids))

    def _scores(self, vector: Floats, places: Ids) -> Floats:
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
        places = np.flatnonzero(near >= np.partition(near, len(near) - k)[len(near) - k] - _EQUAL)
        return self._best(vector, places, k)

    def search(self, vector: Floats, k: int) -> list[tuple[int, float]]:
        """The k rows nearest to `vector` (dim,), as (id, cosine), best first, ties by id."""
        k = min(k, len(self))
        if k <= 0:
            return []
        query = np.ascontiguousarray(vector, dtype=np.float32).reshape(1, -1)
        fetch = min(len(self), max(k + _SPARE, self._rescore if self.coded else 0))
        while True:
            found, nearest = self._index.search(query, fetch)
            places = nearest[0][nearest[0] >= 0]
            if self.coded or fetch == len(self) or found[0][k - 1] - found[0][fetch - 1] > _EQUAL:
                break
            fetch = min(len(self), fetch * 2)
        return self._best(query[0], places, k)

    def _best(self, vector: Floats, places: Ids, k: int) -> list[tuple[int, float]]:
        scores = self._scores(vector, places)
        order = np.lexsort((places, -scores))[:k]
        ids = self.ids[places[order]]
        return [(int(i), float(scores[at])) for i, at in zip(ids, order, strict=True)]

    def search_within(self, vector: Floats, k: int, ranges: Iterable[tuple[int, int]], *, exactly: bool = False) -> list[tuple[int, float]]:
        """The same among the chunks of some half-open ranges of ids: all compared, or, where they are many, what the codes put first."""
        stretches = [(first, end) for pair in ranges for first, end in [np.searchsorted(self.ids, pair).tolist()] if first < end]
        inside = sum(end - first for first, end in stretches)
        k = min(k, inside)
        if k <= 0:
            return []
        query = np.ascontiguousarray(vector, dtype=np.float32).reshape(-1)
        if self.coded and inside > _COMPARED and not exactly:
            places = self._coded_within(query, max(k + _SPARE, self._rescore), stretches)
        else:
            near = np.concatenate([np.einsum("ij,j->i", self.rows[first:end], query) for first, end in stretches])  # one thread, as faiss
            every = np.concatenate([np.arange(first, end) for first, end in stretches])
            least = np.partition(near, inside - k)[inside - k] - _EQUAL
            places = every[near >= least]
        return self._best(query, places, k)

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
