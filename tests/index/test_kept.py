"""Vectors of fixed texts on disk: encoded once per encoder and texts, and never a reason to fail."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from index import kept as kept_module
from index.kept import kept_vectors
from tests.index.conftest import WordEncoder

TEXTS = ("the weather tomorrow", "a football match", "how to bake bread")


class Counting(WordEncoder):
    """Remembers every text it was asked to encode, one call after the other."""

    def __init__(self, dimension: int = 32, name: str = "words") -> None:
        super().__init__(dimension, name)
        self.asked: list[tuple[str, ...]] = []

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        self.asked.append(tuple(texts))
        return super().encode(texts)


def the_file(folder: Path) -> Path:
    (file,) = (folder / "texts").iterdir()
    return file


def test_the_vectors_are_those_of_the_encoder_a_row_for_each_text(tmp_path: Path) -> None:
    encoder = Counting()
    kept = kept_vectors(encoder, TEXTS, tmp_path)

    assert kept.dtype == np.float32
    assert kept.shape == (3, 32)
    np.testing.assert_array_equal(kept, WordEncoder().encode(TEXTS))


def test_texts_are_encoded_once_and_read_from_then_on(tmp_path: Path) -> None:
    encoder, later = Counting(), Counting()
    first, second = kept_vectors(encoder, TEXTS, tmp_path), kept_vectors(later, TEXTS, tmp_path)

    assert encoder.asked == [TEXTS]
    assert later.asked == []
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize(
    ("encoder", "texts"),
    [
        (Counting(name="others"), TEXTS),
        (Counting(dimension=16), TEXTS),
        (Counting(), TEXTS[::-1]),
        (Counting(), TEXTS[:2]),
        (Counting(), ("the weather tomorrow a football match how to bake bread",)),
    ],
    ids=["another encoder", "another dimension", "another order", "fewer texts", "the texts run together"],
)
def test_what_is_kept_of_one_encoder_and_one_list_of_texts_serves_no_other(encoder: Counting, texts: Sequence[str], tmp_path: Path) -> None:
    kept_vectors(Counting(), TEXTS, tmp_path)
    kept = kept_vectors(encoder, texts, tmp_path)

    assert encoder.asked[-1:] == [tuple(texts)]
    assert kept.shape == (len(texts), encoder.dimension)


DAMAGE = {
    "empty": b"",
    "cut short": None,
    "no array": b"not an array at all",
    "other rows": np.zeros((2, 32), dtype=np.float32),
    "other type": np.zeros((3, 32), dtype=np.float64),
    "one dimension": np.zeros(3, dtype=np.float32),
    "objects": np.array([{}, {}, {}], dtype=object),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_file_costs_time_and_nothing_else(damage: bytes | npt.NDArray[np.float32] | None, tmp_path: Path) -> None:
    kept_vectors(Counting(), TEXTS, tmp_path)
    file = the_file(tmp_path)
    if isinstance(damage, np.ndarray):
        np.save(file, damage, allow_pickle=True)
    else:
        file.write_bytes(file.read_bytes()[:-7] if damage is None else damage)
    encoder, later = Counting(), Counting()

    np.testing.assert_array_equal(kept_vectors(encoder, TEXTS, tmp_path), WordEncoder().encode(TEXTS))
    assert encoder.asked == [TEXTS]
    kept_vectors(later, TEXTS, tmp_path)
    assert later.asked == []  # it was written anew


@pytest.mark.parametrize("place", [".", "texts"])
def test_a_folder_that_cannot_be_written_costs_time_and_nothing_else(place: str, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    blocked = folder / place
    blocked.parent.mkdir(parents=True, exist_ok=True)
    blocked.write_text("a file where a folder should be")

    np.testing.assert_array_equal(kept_vectors(Counting(), TEXTS, folder), WordEncoder().encode(TEXTS))


def test_nothing_but_the_vectors_is_left_in_the_folder(tmp_path: Path) -> None:
    kept_vectors(Counting(), TEXTS, tmp_path)

    assert [p.suffix for p in tmp_path.rglob("*") if p.is_file()] == [".npy"]


def test_no_texts_are_no_rows(tmp_path: Path) -> None:
    assert kept_vectors(Counting(), (), tmp_path).shape == (0, 32)
    assert kept_vectors(Counting(), (), tmp_path).shape == (0, 32)


def test_only_the_newest_lists_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_module, "_FILES", 3)
    for number in range(5):
        kept_vectors(Counting(), (f"text {number}",), tmp_path)
        for age, path in enumerate(sorted((tmp_path / "texts").iterdir(), key=lambda p: p.stat().st_mtime_ns)):
            os.utime(path, (1_000_000_000 + age, 1_000_000_000 + age))

    assert len(list((tmp_path / "texts").iterdir())) == 3
    again = Counting()
    kept_vectors(again, ("text 4",), tmp_path)
    assert again.asked == []
