"""Vectors of fixed texts on disk: encoded once per encoder and texts, and never a reason to fail."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from index import kept as kept_module
from index.kept import KeptTexts, kept_vectors
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


LABELS = [f"label {n}" for n in range(8)]


def labels_file(folder: Path) -> Path:
    (file,) = (folder / "labels").iterdir()
    return file


def test_single_texts_are_encoded_once_for_all_processes_in_whatever_company(tmp_path: Path) -> None:
    first, later = Counting(), Counting()
    kept = KeptTexts(first, tmp_path).vectors(LABELS[:5])
    again = KeptTexts(later, tmp_path).vectors([LABELS[6], LABELS[2], LABELS[0]])

    assert first.asked == [tuple(LABELS[:5])]
    assert later.asked == [(LABELS[6],)]
    np.testing.assert_array_equal(again[1:], kept[[2, 0]])


def test_another_encoder_finds_nothing_of_the_first(tmp_path: Path) -> None:
    KeptTexts(Counting(), tmp_path).vectors(LABELS[:2])
    other = Counting(name="others")
    KeptTexts(other, tmp_path).vectors(LABELS[:2])

    assert other.asked == [tuple(LABELS[:2])]


def test_a_record_that_was_cut_short_costs_itself_alone(tmp_path: Path) -> None:
    KeptTexts(Counting(), tmp_path).vectors(LABELS[:3])
    file = labels_file(tmp_path)
    file.write_bytes(file.read_bytes()[:-7])
    mended, later = Counting(), Counting()
    KeptTexts(mended, tmp_path).vectors(LABELS[:4])
    KeptTexts(later, tmp_path).vectors(LABELS[:4])

    assert mended.asked == [tuple(LABELS[2:4])]
    assert later.asked == []


def test_damaged_records_are_encoded_anew(tmp_path: Path) -> None:
    KeptTexts(Counting(), tmp_path).vectors(LABELS[:2])
    file = labels_file(tmp_path)
    file.write_bytes(file.read_bytes()[:32] + b"\xff" * (len(file.read_bytes()) - 32))
    later = Counting()

    np.testing.assert_array_equal(KeptTexts(later, tmp_path).vectors(LABELS[:2]), WordEncoder().encode(LABELS[:2]))


def test_what_is_kept_grows_to_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_module, "_TEXTS", 5)
    kept = KeptTexts(Counting(), tmp_path)
    kept.vectors(LABELS[:4])
    before = labels_file(tmp_path).stat().st_size
    kept.vectors(LABELS[4:])

    assert labels_file(tmp_path).stat().st_size == before


def test_single_texts_are_encoded_where_no_folder_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "labels").write_text("in the way", encoding="utf-8")

    np.testing.assert_array_equal(KeptTexts(Counting(), tmp_path).vectors(LABELS), WordEncoder().encode(LABELS))


def test_no_more_is_held_in_memory_than_is_kept_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_module, "_TEXTS", 5)
    encoder = Counting()
    kept = KeptTexts(encoder, tmp_path)

    rows = [kept.vectors(some) for some in (LABELS[:4], LABELS[2:8], LABELS[2:8])]

    np.testing.assert_array_equal(rows[1], WordEncoder().encode(LABELS[2:8]))
    np.testing.assert_array_equal(rows[2], rows[1])
    assert encoder.asked == [tuple(LABELS[:4]), tuple(LABELS[4:]), tuple(LABELS[4:])]
    assert kept._held is not None
    assert len(kept._held) == 4
