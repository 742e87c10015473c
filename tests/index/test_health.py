"""Status and verification say what is so, and change nothing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.errors import KnowledgeBaseMissing
from index import freshness, health, status, verify
from index.errors import IndexMissing
from index.generations import finish, open_generation
from index.models import ModelSpec


@pytest.fixture(autouse=True)
def fake_model(monkeypatch: pytest.MonkeyPatch, encoder: Any) -> None:
    """Status compares with the model the settings name: here, the fake one."""
    monkeypatch.setattr(health, "resolve", lambda _settings: encoder.spec)


def test_an_index_goes_from_missing_to_fresh_to_stale(kb: Path, directory: Path, build: Any) -> None:
    missing = status(kb, directory=directory)
    assert (missing.state, missing.generation, missing.counts) == ("missing", None, None)
    assert not directory.exists()

    report = build(kb)
    fresh = status(kb, directory=directory)
    assert (fresh.state, fresh.reason, bool(fresh.changes)) == ("fresh", "", False)
    assert (fresh.generation, fresh.previous, fresh.model, fresh.dimension) == ("gen-000001", None, "words", 32)
    assert fresh.counts == report.counts
    assert (
        fresh.bytes_on_disk
        == sum(fresh.files.values())
        == sum(p.stat().st_size for p in (directory / "gen-000001").rglob("*") if p.is_file()) - _extra(directory)
    )

    (kb / "new.md").write_text("# New\n", encoding="utf-8")
    (kb / "tools.md").unlink()
    os.utime(kb / "fruit.md", (5, 5))
    stale = status(kb, directory=directory)
    assert stale.state == "stale"
    assert "changed" in stale.reason
    assert (stale.changes.added, stale.changes.removed, stale.changes.touched) == (("new.md",), ("tools.md",), ("fruit.md",))

    build(kb)
    after = status(kb, directory=directory)
    assert (after.state, after.generation, after.previous) == ("fresh", "gen-000002", "gen-000001")


def _extra(directory: Path) -> int:
    folder = directory / "gen-000001"
    return (folder / "manifest.json").stat().st_size + sum(p.stat().st_size for p in folder.rglob(".tantivy*"))


def test_a_touched_file_with_the_same_text_leaves_it_fresh(kb: Path, directory: Path, build: Any) -> None:
    build(kb)
    os.utime(kb / "fruit.md", (5, 5))

    assert status(kb, directory=directory).state == "fresh"


def test_another_model_makes_it_stale(kb: Path, directory: Path, build: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    build(kb)
    monkeypatch.setattr(health, "resolve", lambda _settings: ModelSpec("other", "onnx", "other", None))

    found = status(kb, directory=directory)

    assert found.state == "stale"
    assert "words" in found.reason
    assert "other" in found.reason


def test_status_and_verification_write_nothing(kb: Path, directory: Path, build: Any) -> None:
    build(kb)
    status(kb, directory=directory)  # tantivy makes its empty lock file when it is first opened
    verify(directory)
    before = {p: p.stat().st_mtime_ns for p in directory.rglob("*")}
    os.utime(kb / "fruit.md", (5, 5))

    status(kb, directory=directory)
    verify(directory)

    assert {p: p.stat().st_mtime_ns for p in directory.rglob("*")} == before


def test_a_missing_folder_is_an_error(tmp_path: Path, directory: Path) -> None:
    with pytest.raises(KnowledgeBaseMissing):
        status(tmp_path / "nowhere", directory=directory)
    with pytest.raises(IndexMissing):
        verify(directory)


def test_a_whole_index_verifies(kb: Path, directory: Path, build: Any) -> None:
    report = build(kb)

    found = verify(directory)

    assert found.ok
    assert found.problems == ()
    assert found.chunks == report.counts.chunks
    assert found.files >= 8


def _rewritten(directory: Path, change: Any) -> None:
    """A new generation whose checksums are right though its parts are not of one build."""
    before = open_generation(directory)
    partial = directory / "gen-000009.partial"
    shutil.copytree(before.folder, partial, ignore=shutil.ignore_patterns("manifest.json", ".tantivy*"))
    change(partial)
    finish(partial, before.manifest)


def test_parts_that_do_not_belong_together_are_found_though_their_checksums_are_right(kb: Path, directory: Path, build: Any) -> None:
    build(kb)

    def swap_marks(folder: Path) -> None:
        marks = np.load(folder / "vec.marks.npy")
        np.save(folder / "vec.marks.npy", marks[::-1])

    _rewritten(directory, swap_marks)
    found = verify(directory)
    assert not found.ok
    assert any("not of one build" in p for p in found.problems)


def test_a_vector_that_is_not_of_length_one_is_found(kb: Path, directory: Path, build: Any) -> None:
    build(kb)

    def stretch(folder: Path) -> None:
        rows = np.load(folder / "vec.f32.npy")
        rows[1] *= 2
        np.save(folder / "vec.f32.npy", rows)

    _rewritten(directory, stretch)
    assert any("row 1 is not of length 1" in p for p in verify(directory).problems)


def test_fewer_vectors_than_chunks_are_found(kb: Path, directory: Path, build: Any) -> None:
    build(kb)

    def shorten(folder: Path) -> None:
        np.save(folder / "vec.f32.npy", np.load(folder / "vec.f32.npy")[:-1])

    _rewritten(directory, shorten)
    assert any("vectors" in p for p in verify(directory).problems)


def test_the_parser_is_part_of_what_makes_an_index_fresh(kb: Path, directory: Path, build: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    build(kb)
    monkeypatch.setattr(freshness, "parser_digest", lambda: "another parser")

    assert status(kb, directory=directory).state == "stale"
    assert build(kb).built
