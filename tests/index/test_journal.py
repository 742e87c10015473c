"""What was encoded outlives the process that encoded it, and nothing that is not whole is believed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.builder import ensure_index
from index.journal import FILE, KEY, Journal
from index.tokens import WIDTH

KEYS = [bytes([n]) * 16 for n in range(3)]
ROWS = [np.full(4, n, np.float32) for n in range(3)]
CODES = [np.full((n, WIDTH), n, np.uint8) for n in (2, 0, 1)]


def filled(folder: Path, **more: Any) -> Journal:
    journal = Journal(folder, "model", 4, **more)
    for key, row, codes in zip(KEYS, ROWS, CODES, strict=True):
        journal.add(key, row, codes)
    return journal


def held(journal: Journal) -> list[int]:
    places = places_of(journal, KEYS)
    found = [n for n, place in enumerate(places) if place >= 0]
    for n in found:
        assert journal.row(places[n]).tolist() == ROWS[n].tolist()
        assert journal.codes(places[n]) == CODES[n].tobytes()
    assert journal.tokens(np.array(places)).tolist() == [len(CODES[n]) if n in found else 0 for n in range(3)]
    return found


def places_of(journal: Journal, keys: list[bytes]) -> list[int]:
    return journal.find(np.array(keys, dtype=KEY)).tolist()


def test_what_was_added_is_there_at_once_and_after_it_was_opened_again(tmp_path: Path) -> None:
    journal = filled(tmp_path)
    assert held(journal) == [0, 1, 2]
    journal.add(b"x" * 16, np.ones(4, np.float32), None)
    assert journal.codes(places_of(journal, [b"x" * 16])[0]) == b""
    journal.close(done=False)

    again = Journal(tmp_path, "model", 4)

    assert held(again) == [0, 1, 2]
    assert len(again) == 4
    again.close(done=True)
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize("model", [("other", 4), ("model", 8)], ids=["another model", "another length"])
def test_vectors_of_another_model_are_forgotten(tmp_path: Path, model: tuple[str, int]) -> None:
    filled(tmp_path).close(done=False)

    assert len(Journal(tmp_path, *model)) == 0


def test_a_rebuild_forgets_everything(tmp_path: Path) -> None:
    filled(tmp_path).close(done=False)

    assert len(Journal(tmp_path, "model", 4, anew=True)) == 0


@pytest.mark.parametrize("cut", range(1, 40))
def test_a_record_that_was_cut_short_is_dropped_and_written_over(tmp_path: Path, cut: int) -> None:
    filled(tmp_path).close(done=False)
    with (tmp_path / FILE).open("rb+") as file:
        file.truncate((tmp_path / FILE).stat().st_size - cut)

    journal = Journal(tmp_path, "model", 4)
    assert held(journal) == [0, 1]
    journal.add(KEYS[2], ROWS[2], CODES[2])
    journal.close(done=False)

    assert held(Journal(tmp_path, "model", 4)) == [0, 1, 2]


def test_a_record_with_another_bit_is_dropped_with_all_that_follow(tmp_path: Path) -> None:
    filled(tmp_path).close(done=False)
    data = bytearray((tmp_path / FILE).read_bytes())
    second = data.index(KEYS[1])
    data[second + 30] ^= 1
    (tmp_path / FILE).write_bytes(data)

    assert held(Journal(tmp_path, "model", 4)) == [0]


SLOWLY = """
import importlib.util, sys, time
from pathlib import Path
from index.builder import ensure_index
spec = importlib.util.spec_from_file_location("shared", sys.argv[3])
shared = importlib.util.module_from_spec(spec)
spec.loader.exec_module(shared)

class Slow(shared.WordEncoder):
    def encode_many(self, texts, count=None):
        for piece in super().encode_many(texts, count):
            yield piece
            time.sleep(0.02)

import index.encoding
index.encoding._SAVED_EVERY = 0.0
ensure_index(Path(sys.argv[1]), directory=Path(sys.argv[2]), encoder=Slow())
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system kills otherwise")
def test_a_build_that_is_killed_goes_on_where_it_was(kb: Path, directory: Path, encoder: Any, tmp_path: Path) -> None:
    lines = "\n\n".join(f"Sentence number {n} stands alone." for n in range(300))
    (kb / "long.md").write_text(f"# Long\n\n{lines}\n", encoding="utf-8")
    os.utime(kb / "long.md", (1_000_000_000, 1_000_000_000))
    conftest = str(Path(__file__).with_name("conftest.py"))
    slow = subprocess.Popen([sys.executable, "-c", SLOWLY, str(kb), str(directory), conftest], cwd=Path(__file__).parents[2])
    journal = directory / FILE
    for _ in range(3000):
        if journal.exists() and journal.stat().st_size > 10_000:
            break
        assert slow.poll() is None
        time.sleep(0.01)
    slow.send_signal(signal.SIGKILL)
    assert slow.wait() == -signal.SIGKILL
    said: list[tuple[int, int]] = []

    report = ensure_index(
        kb,
        directory=directory,
        encoder=encoder,
        progress=lambda stage, done, total: said.append((done, total)) if stage == "encoding" else None,
    )

    assert 0 < len(encoder.encoded) <= report.encoded - 10_000 // (24 + 32 * 4) // 2
    assert said[0] == (report.encoded - len(encoder.encoded), report.encoded)
    assert not journal.exists()
    scratch = type(encoder)()
    ensure_index(kb, directory=tmp_path / "scratch", encoder=scratch)
    for name in ("vec.f32.npy", "facts.sqlite"):
        assert (directory / "gen-000001" / name).read_bytes() == (tmp_path / "scratch" / "gen-000001" / name).read_bytes()
