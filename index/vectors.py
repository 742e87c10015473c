"""Vectors on disk and the search among them. The only place that imports faiss.

Row i of `vec.f32.npy` is the vector of the i-th chunk in the order of their ids; `ids.npy` holds its id, `vec.marks.npy` its mark.
Up to a limit every row is compared (`IndexFlatIP`). Above it, 56-byte codes of all rows are scanned
(`RaBitQfs`: exhaustive, no graph) and the best candidates compared exactly on the mapped rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.errors import IndexDamaged
from index.npy import ArrayReader, load_array, save_array

Floats = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]

ROWS = "vec.f32.npy"
MARKS = "vec.marks.npy"
IDS = "ids.npy"
OWNERS = "codes.ids.npy"  # there only where codes are in another order than rows
CODES = "codes.faiss"
_SPARE = 16  # rows fetched beyond k, so that equal scores at the edge are seen
_EQUAL = 1e-5  # scores closer than this may swap when computed exactly; faiss and numpy add in other orders
_COMPARED = 100_000  # rows of a part that are compared one by one: 20 ms; of more, codes are scanned
_TRAINED_ON = 16_384  # rows the codes' centre is taken from; more changes nothing measurable
_READ = 8192  # rows read at a time
_STALE = 20  # one code of so many may be put behind, or be of a chunk that is gone; then all are made anew
_NOBODY = -1  # whose a code is when its chunk is gone


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
        sample = [block[-start % step :: step].copy() for start, block in source.blocks(_READ)]  # every step-th row of all
        index.train(np.concatenate(sample))
        del sample
        for _, block in source.blocks(_READ):
            index.add(block)
    finally:
        source.close()
    faiss.write_index(index, str(folder / CODES))


def refresh_codes(before: Path, folder: Path, gone: Ids, added: Ids) -> bool:
    """Write the codes of a generation from those of the one before; False, and nothing is written, where they should be made anew.

    New codes are put behind the old ones, and those that are gone stay, so what is told beside them is whose each is.

    Args:
        gone: ids, ascending, of chunks of the generation before that are not in the new one; an id that is used again is in both.
        added: ids, ascending, of chunks that are new in it.
    Raises:
        IndexDamaged, OSError, RuntimeError: they cannot be read or written.
    """
    import faiss

    if not (before / CODES).exists():
        return False
    anew, owners = _owners(before)
    owners = np.where(np.isin(owners, gone), _NOBODY, owners)
    owners = np.concatenate([owners, added])
    if (len(owners) - anew + int((owners == _NOBODY).sum())) * _STALE > len(owners):
        return False
    rows = ArrayReader(folder / ROWS, np.float32, 2)
    try:
        index = _read_codes(before / CODES)
        places = np.searchsorted(load_array(folder / IDS, np.int64, 1), added)
        for start in range(0, len(places), _READ):
            index.add(np.concatenate([rows.read(place, place + 1) for place in places[start : start + _READ].tolist()]))
    finally:
        rows.close()
    faiss.write_index(index, str(folder / CODES))
    save_array(folder / OWNERS, np.concatenate([[anew], owners]).astype(np.int64))
    return True


def _owners(folder: Path) -> tuple[int, Ids]:
    """(how many codes were made together when all were made anew, the id of the chunk that each code is of)."""
    if not (folder / OWNERS).exists():
        ids = load_array(folder / IDS, np.int64, 1)
        return len(ids), ids
    told: Ids = load_array(folder / OWNERS, np.int64, 1)
    if not len(told):
        raise IndexDamaged(folder / OWNERS, "is empty")
    return int(told[0]), told[1:]


def _read_codes(path: Path) -> Any:
    import faiss

    faiss.set_deserialization_vector_byte_limit(max(1 << 24, 4 * path.stat().st_size))
    return faiss.read_index(str(path))


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
                self._index: Any = _read_codes(folder / CODES)
            else:
                self._index = faiss.IndexFlatIP(self.rows.shape[1])
                self._index.add(np.ascontiguousarray(self.rows))
        except RuntimeError as error:
            raise IndexDamaged(folder / CODES, f"cannot be read ({str(error).splitlines()[0][:200]})") from error
        # Whose each code is, as a row; None where they are in the order of the rows.
        self._row_of_code = self._rows_of_owners(folder) if self.coded and (folder / OWNERS).exists() else None
        codes = len(self.rows) if self._row_of_code is None else len(self._row_of_code)
        if self._index.ntotal != codes or self._index.d != self.rows.shape[1]:
            raise IndexDamaged(folder / CODES, "does not belong to the vectors beside it")

    def _rows_of_owners(self, folder: Path) -> Ids:
        _, owners = _owners(folder)
        found = np.full(len(owners), _NOBODY, dtype=np.int64)
        live = owners != _NOBODY
        try:
            found[live] = self.rows_of(owners[live])
        except IndexError as error:
            raise IndexDamaged(folder / OWNERS, "does not belong to the vectors beside it") from error
        if int(live.sum()) != len(self):
            raise IndexDamaged(folder / OWNERS, "does not belong to the vectors beside it")
        return found

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
        if self.coded:
            return self._best(query[0], self._coded(query, fetch, k), k)
        while True:
            found, nearest = self._index.search(query, fetch)
            if fetch == len(self) or found[0][k - 1] - found[0][fetch - 1] > _EQUAL:
                return self._best(query[0], nearest[0], k)
            fetch = min(len(self), fetch * 2)

    def _coded(self, query: Floats, fetch: int, least: int) -> Ids:
        """The rows that the codes put first: about `fetch` of them, `least` at least."""
        total = int(self._index.ntotal)
        if self._row_of_code is not None:
            fetch = min(total, fetch + fetch // _STALE + 1)  # as many more as may be of chunks that are gone
        while True:
            places: Ids = self._index.search(query, fetch)[1][0]
            places = places[places >= 0]
            if self._row_of_code is not None:
                places = self._row_of_code[places]
                places = places[places >= 0]
            if len(places) >= least or fetch >= total:
                return places
            fetch = min(total, fetch * 2)

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
            places = self._coded(query.reshape(1, -1), fetch, 0)
            inside = np.zeros(len(places), dtype=bool)
            for first, end in stretches:
                inside |= (places >= first) & (places < end)
            if inside.sum() >= wanted or fetch == len(self):
                found: npt.NDArray[np.int64] = places[inside]
                return found
            fetch = min(len(self), 4 * fetch)
