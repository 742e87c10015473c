"""Damage to any file of an index is found before the file is used, named, and mended by the next build."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from index import Retriever, status, verify
from index.errors import IndexBuildFailed, IndexDamaged, IndexMissing, IndexOutdated, NoUsableIndex
from index.generations import CURRENT, newest_whole
from index.manifest import FILE, dump, load


@pytest.fixture
def built(kb: Path, directory: Path, build: Any) -> Path:
    """An index with codes, so that every kind of file is there; its folder."""
    from index.settings import IndexSettings

    build(kb, settings=IndexSettings(exact_limit=3))
    return directory


def files(directory: Path) -> list[str]:
    """Every file that a reader depends on, by its path inside the index folder."""
    folder = directory / "gen-000001"
    return [*sorted(p.relative_to(directory).as_posix() for p in folder.rglob("*") if p.is_file()), CURRENT]


def opened(directory: Path, encoder: Any) -> None:
    Retriever.open(directory, encoder=encoder).close()


def names_the_file(error: NoUsableIndex, name: str) -> bool:
    return Path(name).name in str(error) or CURRENT in str(error)  # CURRENT holds the checksum of the manifest


def test_every_kind_of_file_is_listed_and_checked(built: Path) -> None:
    manifest, _ = load(built / "gen-000001")

    assert {f"gen-000001/{r.path}" for r in manifest.files} | {f"gen-000001/{FILE}", CURRENT} == set(files(built))
    assert {r.path.split("/")[0] for r in manifest.files} == {
        "facts.sqlite",
        "vec.f32.npy",
        "vec.marks.npy",
        "ids.npy",
        "codes.faiss",
        "words",
    }


def test_one_flipped_bit_anywhere_is_found(built: Path, encoder: Any) -> None:
    chance = random.Random(7)
    for name in files(built):
        path = built / name
        whole = path.read_bytes()
        times = path.stat()
        for place in {0, len(whole) - 1, *(chance.randrange(len(whole)) for _ in range(12))} if whole else ():
            data = bytearray(whole)
            data[place] ^= 1 << chance.randrange(8)
            path.write_bytes(data)
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))  # as a failing disk would leave it
            from index import manifest

            manifest._verified.clear()  # as a new process would start
            with pytest.raises(NoUsableIndex) as caught:
                opened(built, encoder)
            assert names_the_file(caught.value, name), (name, str(caught.value))
            assert not verify(built).ok
        path.write_bytes(whole)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    manifest._verified.clear()
    opened(built, encoder)
    assert verify(built).ok


@pytest.mark.parametrize("harm", ["cut by one byte", "cut in half", "emptied", "longer", "missing", "a folder", "another file's bytes"])
def test_any_other_harm_to_any_file_is_found(built: Path, encoder: Any, harm: str, tmp_path: Path) -> None:
    for name in files(built):
        path = built / name
        whole = path.read_bytes()
        spare = tmp_path / "spare"
        shutil.copy2(path, spare)
        if harm == "cut by one byte":
            path.write_bytes(whole[:-1])
        elif harm == "cut in half":
            path.write_bytes(whole[: len(whole) // 2])
        elif harm == "emptied":
            path.write_bytes(b"")
        elif harm == "longer":
            path.write_bytes(whole + b"\0")
        elif harm == "another file's bytes":
            path.write_bytes((built / "gen-000001" / "words" / "meta.json").read_bytes() + b" " * ("meta.json" in name))
        else:
            path.unlink()
            if harm == "a folder":
                path.mkdir()
        if whole or harm not in ("cut by one byte", "cut in half", "emptied"):
            with pytest.raises(NoUsableIndex) as caught:
                opened(built, encoder)
            assert caught.value.exit_code == 4
            assert "whichops index" in str(caught.value)
            assert names_the_file(caught.value, name), (name, str(caught.value))
        if path.is_dir():
            path.rmdir()
        shutil.copy2(spare, path)
    opened(built, encoder)


@pytest.mark.parametrize("name", ["facts.sqlite", "vec.f32.npy", "words/meta.json", FILE])
def test_asking_mends_damage_and_says_so(built: Path, kb: Path, build: Any, encoder: Any, name: str) -> None:
    path = built / "gen-000001" / name
    path.write_bytes(path.read_bytes()[:-3])
    assert status(kb, directory=built).state == "damaged"

    report = build(kb, encoder=encoder)

    assert report.built
    assert report.generation == "gen-000002"
    assert len(report.warnings) == 1
    assert Path(name).name in report.warnings[0]
    assert len(encoder.encoded) == report.encoded > 0  # nothing of the damaged one was carried over
    opened(built, encoder)


def test_vectors_are_taken_from_the_generation_before_if_the_last_is_damaged(kb: Path, directory: Path, build: Any, encoder: Any) -> None:
    build(kb)
    (kb / "more.md").write_text("# More\n\nNew here.\n", encoding="utf-8")
    build(kb)
    (directory / "gen-000002" / "vec.f32.npy").unlink()

    report = build(kb, encoder=encoder)

    assert report.built
    assert report.reused > 0
    assert all("New here" in text for text in encoder.encoded)
    assert encoder.encoded


def test_the_newest_whole_generation_is_found_behind_a_damaged_one(kb: Path, directory: Path, build: Any) -> None:
    build(kb)
    build(kb, rebuild=True)
    (directory / "gen-000002" / "facts.sqlite").write_bytes(b"")

    found = newest_whole(directory)

    assert found is not None
    assert found.name == "gen-000001"


def test_when_damage_cannot_be_mended_the_generation_before_answers_if_it_is_of_the_same_files(
    kb: Path, directory: Path, build: Any, encoder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(kb)
    build(kb, rebuild=True)
    (directory / "gen-000002" / "facts.sqlite").write_bytes(b"")
    from index import generations

    def full(directory: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(generations, "start", full)

    report = build(kb, encoder=encoder)

    assert (report.built, report.generation) == (False, "gen-000001")
    assert "facts.sqlite" in report.warnings[0]
    assert "gen-000001" in report.warnings[-1]
    Retriever.open(directory, encoder=encoder, generation=report.generation).close()

    (kb / "fruit.md").write_text("# Changed\n\nNow the old one is not of these files.\n", encoding="utf-8")
    with pytest.raises(IndexBuildFailed, match="No space left"):
        build(kb, encoder=encoder)


def test_swapped_generations_and_a_changed_pointer_are_found(kb: Path, directory: Path, build: Any, encoder: Any) -> None:
    build(kb)
    build(kb, rebuild=True)
    one, two, aside = directory / "gen-000001", directory / "gen-000002", directory / "aside"
    one.rename(aside)
    two.rename(one)
    aside.rename(two)
    with pytest.raises(IndexDamaged):
        opened(directory, encoder)
    two.rename(aside)
    one.rename(two)
    aside.rename(one)
    opened(directory, encoder)

    (directory / CURRENT).write_text((directory / CURRENT).read_text().replace("gen-000002", "gen-000001"))
    with pytest.raises(IndexDamaged, match=CURRENT):
        opened(directory, encoder)


def test_an_index_of_another_version_is_told_from_a_damaged_one(built: Path, kb: Path, build: Any, encoder: Any) -> None:
    folder = built / "gen-000001"
    manifest, _ = load(folder)
    data = dump(manifest.model_copy(update={"schema_version": 999}))
    (folder / FILE).write_bytes(data)
    import hashlib

    (built / CURRENT).write_text(f"gen-000001 {hashlib.sha256(data).hexdigest()}\n")

    with pytest.raises(IndexOutdated, match="form 999"):
        opened(built, encoder)
    assert status(kb, directory=built).state == "stale"
    assert build(kb).built


def test_a_folder_without_an_index_is_missing_not_damaged(tmp_path: Path, encoder: Any) -> None:
    for folder in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(IndexMissing, match="whichops index"):
            opened(folder, encoder)


def test_lost_or_damaged_notes_about_the_files_do_no_harm(kb: Path, directory: Path, build: Any) -> None:
    build(kb)
    for junk in (b"", b"{}", b'{"generation": "gen-000001", "scan_sha256": "x", "checked_ns": 0}', b"\xff\xfe"):
        (directory / "seen.json").write_bytes(junk)
        assert not build(kb).built


@pytest.mark.parametrize("name", ["facts.sqlite", "vec.f32.npy", "vec.marks.npy", "ids.npy", "codes.faiss", "words"])
def test_damage_that_only_a_full_look_finds_is_not_carried_on_by_a_refresh(
    built: Path, kb: Path, build: Any, encoder: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from index import manifest
    from index.settings import IndexSettings

    monkeypatch.setattr(manifest, "_ALWAYS_HASHED", 0)  # as if every file were large
    path = built / "gen-000001" / name
    path = next(p for p in path.iterdir() if p.suffix == ".term") if path.is_dir() else path
    data, times = bytearray(path.read_bytes()), path.stat()
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    manifest._verified.clear()
    (kb / "more.md").write_text("# More\n\nNew here.\n", encoding="utf-8")

    report = build(kb, encoder=encoder, settings=IndexSettings(exact_limit=3))

    assert report.built
    assert report.encoded == len(encoder.encoded) > 3  # nothing of it was taken over
    assert verify(built).ok
