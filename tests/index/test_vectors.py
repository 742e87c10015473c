"""Nearest vectors, exactly; and by codes, as good as exactly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from index import npy, vectors
from index.errors import IndexDamaged
from index.vectors import VectorIndex

Floats = npt.NDArray[np.float32]


def unit(rows: npt.NDArray[np.float64]) -> Floats:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def cloud(count: int, dimension: int, seed: int) -> Floats:
    """Points around common centres, as texts lie: harder to tell apart than random directions."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((max(2, count // 40), dimension))
    return unit(centres[random.integers(0, len(centres), count)] + 0.7 * random.standard_normal((count, dimension)))


def saved(folder: Path, rows: Floats, *, codes: bool = False) -> Path:
    npy.save_array(folder / vectors.ROWS, rows)
    npy.save_array(folder / vectors.IDS, np.arange(len(rows)))
    if codes:
        vectors.save_codes(folder)
    return folder


def test_the_nearest_come_first_with_their_cosine(tmp_path: Path) -> None:
    rows = cloud(300, 32, 1)
    index = VectorIndex(saved(tmp_path, rows), rescore=200)
    query = cloud(5, 32, 2)[0]

    found = index.search(query, 10)

    expected = np.argsort(-(rows.astype(np.float64) @ query), kind="stable")[:10]
    assert [i for i, _ in found] == expected.tolist()
    assert [s for _, s in found] == pytest.approx((rows @ query)[expected].tolist(), abs=1e-6)


@pytest.mark.parametrize("codes", [False, True], ids=["exact", "codes"])
def test_equal_vectors_are_ranked_by_id_and_the_cut_among_them_is_by_id_too(tmp_path: Path, codes: bool) -> None:
    rows = cloud(120, 32, 3)
    rows[20:90] = rows[5]  # 71 that are equal
    index = VectorIndex(saved(tmp_path, rows, codes=codes), rescore=120)

    found = index.search(rows[5], 12)

    assert [i for i, _ in found] == [5, *range(20, 31)]
    assert len({score for _, score in found}) == 1


@pytest.mark.parametrize(("k", "length"), [(0, 0), (-1, 0), (3, 3), (99, 7)])
def test_k_may_be_anything(tmp_path: Path, k: int, length: int) -> None:
    index = VectorIndex(saved(tmp_path, cloud(7, 16, 4)), rescore=10)

    assert len(index.search(cloud(1, 16, 5)[0], k)) == length


def test_an_index_without_rows_finds_nothing(tmp_path: Path) -> None:
    index = VectorIndex(saved(tmp_path, np.empty((0, 16), dtype=np.float32)), rescore=10)

    assert index.search(cloud(1, 16, 5)[0], 5) == []
    assert index.similarity(cloud(1, 16, 5)[0], []).shape == (0,)


def test_similarity_is_the_same_number_that_search_gives(tmp_path: Path) -> None:
    rows = cloud(50, 32, 6)
    index = VectorIndex(saved(tmp_path, rows), rescore=10)
    query = cloud(1, 32, 7)[0]

    found = index.search(query, 50)

    assert index.similarity(query, [i for i, _ in found]).tolist() == [np.float32(s) for _, s in found]
    for wrong in (50, -1):
        with pytest.raises(IndexError):
            index.similarity(query, [0, wrong])


def test_codes_and_rescoring_find_what_exact_search_finds(tmp_path: Path) -> None:
    rows = cloud(6000, 384, 8)
    (tmp_path / "exact").mkdir()
    (tmp_path / "codes").mkdir()
    exact = VectorIndex(saved(tmp_path / "exact", rows), rescore=200)
    coded = VectorIndex(saved(tmp_path / "codes", rows, codes=True), rescore=200)
    queries = unit(rows[::60].astype(np.float64) + 0.4 * np.random.default_rng(9).standard_normal((100, 384)) / np.sqrt(384))

    kept = sum(len({i for i, _ in exact.search(q, 10)} & {i for i, _ in coded.search(q, 10)}) for q in queries)

    assert not exact.coded
    assert coded.coded
    assert kept / (10 * len(queries)) >= 0.98
    assert (tmp_path / "codes" / vectors.CODES).stat().st_size < 0.06 * rows.nbytes
    for query in queries[:9]:  # the same rows and numbers, whichever way every row is compared
        assert coded.search_exactly(query, 10) == exact.search(query, 10) == exact.search_exactly(query, 10)
    assert exact.search_exactly(queries[0], 0) == []


def test_searching_twice_gives_the_same_numbers(tmp_path: Path) -> None:
    rows = cloud(3000, 64, 10)
    query = cloud(1, 64, 11)[0]
    first = VectorIndex(saved(tmp_path, rows, codes=True), rescore=100).search(query, 50)

    assert VectorIndex(tmp_path, rescore=100).search(query, 50) == first


@pytest.mark.parametrize(
    "data",
    [b"", b"\x93NUMPY", b"not an array at all", np.lib.format.magic(1, 0) + b"\x05\x00{'a':"],
    ids=["empty", "cut", "other", "header"],
)
def test_a_file_that_is_not_an_array_is_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / vectors.ROWS).write_bytes(data)

    with pytest.raises(IndexDamaged, match=vectors.ROWS):
        VectorIndex(tmp_path, rescore=10)


def test_an_array_of_another_kind_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / vectors.ROWS, np.zeros((2, 3), dtype=np.float64))

    with pytest.raises(IndexDamaged, match="float64"):
        VectorIndex(tmp_path, rescore=10)


def test_codes_of_other_rows_are_refused(tmp_path: Path) -> None:
    saved(tmp_path, cloud(300, 32, 12), codes=True)
    saved(tmp_path, cloud(200, 32, 12))

    with pytest.raises(IndexDamaged, match="does not belong"):
        VectorIndex(tmp_path, rescore=10)


def test_codes_that_cannot_be_parsed_are_an_error_and_no_crash(tmp_path: Path) -> None:
    saved(tmp_path, cloud(300, 32, 13), codes=True)
    data = (tmp_path / vectors.CODES).read_bytes()
    (tmp_path / vectors.CODES).write_bytes(data[: len(data) // 2])

    with pytest.raises(IndexDamaged, match=vectors.CODES):
        VectorIndex(tmp_path, rescore=10)
