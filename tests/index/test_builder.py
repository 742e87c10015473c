"""The index follows the files: built when missing, refreshed when they change, and only as much as changed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.errors import KnowledgeBaseEmpty, KnowledgeBaseMissing
from corpus.reader import scan_folder
from corpus.settings import CorpusSettings
from corpus.words import stems
from index import Retriever, ensure_index, freshness
from index import builder as builder_module
from index.builder import default_directory, index_directory
from index.errors import IndexBuildFailed, IndexInsideKb, IndexLocked, IndexNotWritable
from index.generations import CURRENT, writing
from index.settings import IndexSettings


def write(path: Path, text: str, *, at: int = 1_100_000_000) -> None:
    path.write_text(text, encoding="utf-8")
    os.utime(path, (at, at))


def tree(folder: Path) -> dict[str, tuple[int, int]]:
    return {p.relative_to(folder).as_posix(): (p.stat().st_size, p.stat().st_mtime_ns) for p in sorted(folder.rglob("*"))}


def generations(directory: Path) -> list[str]:
    return sorted(p.name for p in directory.iterdir() if p.is_dir())


def test_what_was_built_can_be_asked(kb: Path, directory: Path, build: Any, encoder: Any) -> None:
    report = build(kb, encoder=encoder)

    assert report.built
    assert report.generation == "gen-000001"
    assert report.directory == directory
    assert report.encoded == len(set(encoder.encoded)) == len(encoder.encoded)
    with Retriever.open(directory, encoder=encoder) as retriever:
        best = retriever.search_words([(s, 1.0) for s in stems("blue plum")], 3)[0][0]
        chunk = retriever.facts.chunk(best)
        assert "blue" in chunk.value
        nearest, cosine = retriever.search_dense(retriever.encode([chunk.text])[0], 1)[0]
        assert retriever.facts.chunk(nearest).text == chunk.text
        assert cosine == pytest.approx(1.0, abs=1e-6)
        assert retriever.facts.counts()["documents"] == 2
        assert retriever.facts.document_text("tools.md").startswith("# Tools")
        assert retriever.generation == "gen-000001"
        assert retriever.manifest.counts.chunks == report.counts.chunks


def test_nothing_is_read_again_while_nothing_changes(
    kb: Path, build: Any, encoder: Any, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(kb, encoder=encoder)
    before = tree(directory)
    monkeypatch.setattr(freshness, "Reading", lambda *_: pytest.fail("the files were read"))

    again = build(kb, encoder=encoder)

    assert (again.built, again.generation, again.encoded) == (False, "gen-000001", 0)
    assert tree(directory) == before


def test_the_knowledge_base_is_never_written_to(kb: Path, build: Any) -> None:
    before = tree(kb)
    build(kb)
    write(kb / "new.md", "# New\n\nA line.\n")
    build(kb)
    (kb / "new.md").unlink()

    assert tree(kb) == before


def test_only_new_texts_are_encoded(kb: Path, build: Any, encoder: Any) -> None:
    first = build(kb, encoder=encoder)
    encoder.encoded.clear()
    write(kb / "more.md", "# More\n\nA quite new sentence stands here.\n")

    second = build(kb, encoder=encoder)

    assert second.built
    assert second.generation == "gen-000002"
    assert second.reused == first.counts.chunks
    assert second.counts.chunks > first.counts.chunks
    assert second.encoded == len(encoder.encoded) > 0
    assert all("new sentence" in text for text in encoder.encoded)


def test_the_same_text_twice_is_encoded_once(kb: Path, build: Any, encoder: Any, directory: Path) -> None:
    for name in ("a.md", "b.md", "c.md"):
        write(kb / name, "# Same\n\nOne sentence in three files.\n")

    report = build(kb, encoder=encoder)

    assert len(encoder.encoded) == len(set(encoder.encoded)) == report.encoded < report.counts.chunks
    with Retriever.open(directory, encoder=encoder) as retriever:
        for chunk in retriever.facts.all_chunks():
            assert retriever.similarity(encoder.encode([chunk.text])[0], [chunk.id])[0] == pytest.approx(1.0, abs=1e-6)


def test_a_refreshed_index_equals_one_built_from_scratch(kb: Path, build: Any, directory: Path, tmp_path: Path) -> None:
    build(kb)
    write(kb / "aaa.md", "# First\n\nThis file comes before the others, so all ids move.\n")
    (kb / "tools.md").unlink()
    build(kb)

    ensure_index(kb, directory=tmp_path / "scratch", encoder=make())

    assert held_by(directory / "gen-000002") == held_by(tmp_path / "scratch" / "gen-000001")


def test_two_indexes_built_from_nothing_are_the_same_byte_for_byte(kb: Path, directory: Path, build: Any, tmp_path: Path) -> None:
    build(kb)
    ensure_index(kb, directory=tmp_path / "again", encoder=make())

    one, other = directory / "gen-000001", tmp_path / "again" / "gen-000001"
    for name in ("facts.sqlite", "vec.f32.npy", "vec.marks.npy", "ids.npy"):
        assert (one / name).read_bytes() == (other / name).read_bytes(), name


def shared() -> Any:
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("index_conftest", Path(__file__).with_name("conftest.py"))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make() -> Any:
    return shared().WordEncoder()


def held_by(folder: Path) -> Any:
    return shared().held_by(folder)


@pytest.mark.parametrize("change", ["edited", "added", "removed", "renamed", "kb.toml"])
def test_every_change_of_the_files_is_seen(kb: Path, build: Any, change: str) -> None:
    build(kb)
    if change == "edited":
        write(kb / "fruit.md", "# Fruit\n\nAnother text.\n")
    elif change == "added":
        write(kb / "new.markdown", "# New\n\nText.\n")
    elif change == "removed":
        (kb / "tools.md").unlink()
    elif change == "renamed":
        (kb / "tools.md").rename(kb / "utensils.md")
    else:
        write(kb / "kb.toml", 'title = "Kitchen"\n')

    assert build(kb).built
    assert not build(kb).built


def test_a_file_that_was_only_touched_is_compared_once_and_nothing_is_built(kb: Path, build: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    build(kb)
    os.utime(kb / "fruit.md", (1_200_000_000, 1_200_000_000))
    assert not build(kb).built

    monkeypatch.setattr(freshness, "Reading", lambda *_: pytest.fail("the files were read again"))
    assert not build(kb).built


def test_a_change_right_after_the_build_is_seen_though_size_and_time_are_the_same(kb: Path, build: Any) -> None:
    path = kb / "fruit.md"
    path.write_text("# Fruit\n\nIt is ripe.\n", encoding="utf-8")
    time_of_build = path.stat().st_mtime_ns
    build(kb)
    path.write_text("# Fruit\n\nIt is sour.\n", encoding="utf-8")
    os.utime(path, ns=(time_of_build, time_of_build))

    assert build(kb).built


def test_other_limits_and_another_model_make_another_index(kb: Path, directory: Path, build: Any, make_encoder: Any) -> None:
    build(kb)
    other = make_encoder(dimension=24, name="other")
    assert build(kb, encoder=other).built
    assert len(other.encoded) > 0
    assert not build(kb, encoder=other).built

    report = ensure_index(kb, directory=directory, encoder=other, corpus_settings=CorpusSettings(max_depth=5))
    assert report.built
    assert report.encoded == 0


def test_rebuilding_encodes_everything_again(kb: Path, build: Any, encoder: Any) -> None:
    first = build(kb, encoder=encoder)
    encoder.encoded.clear()

    again = build(kb, encoder=encoder, rebuild=True)

    assert again.built
    assert again.reused == 0
    assert len(encoder.encoded) == first.encoded


def test_one_old_generation_is_kept_and_leftovers_go(kb: Path, directory: Path, build: Any) -> None:
    for number in range(4):
        write(kb / "fruit.md", f"# Fruit\n\nText number {number}.\n", at=1_100_000_000 + number)
        build(kb)
        (directory / "gen-000099.partial").mkdir(exist_ok=True)
        (directory / "CURRENT.tmp").write_text("half", encoding="utf-8")

    write(kb / "fruit.md", "# Fruit\n\nThe last.\n")
    build(kb)

    assert generations(directory) == ["gen-000004", "gen-000005"]
    assert {p.name for p in directory.iterdir() if p.is_file()} <= {CURRENT, "LOCK", "seen.json"}


def test_an_open_retriever_keeps_answering_from_its_generation(kb: Path, directory: Path, build: Any, encoder: Any) -> None:
    build(kb, encoder=encoder)
    old = Retriever.open(directory, encoder=encoder)
    query = encoder.encode(["plum blue"])[0]
    before = (old.search_dense(query, 5), old.search_words([("plum", 1.0)], 5))
    for number in range(3):  # its generation is cleared away
        write(kb / "fruit.md", f"# Nothing {number}\n\nof the kind.\n", at=1_100_000_000 + number)
        build(kb, encoder=encoder)
    assert "gen-000001" not in generations(directory)

    assert (old.search_dense(query, 5), old.search_words([("plum", 1.0)], 5)) == before
    first = old.facts.sections("fruit.md")[0].id
    assert [f.document for f in old.facts.section_facts(first)] == ["fruit.md"] * len(old.facts.section_facts(first))
    assert old.facts.counts()["documents"] == 2
    old.close()


def test_stages_are_reported_in_words_and_up_to_the_end(kb: Path, directory: Path, encoder: Any) -> None:
    told: list[tuple[str, int, int]] = []
    ensure_index(kb, directory=directory, encoder=encoder, progress=lambda stage, done, total: told.append((stage, done, total)))

    assert list(dict.fromkeys(t[0] for t in told))[:2] == ["reading files", "taking them apart"]
    encoding = [t for t in told if t[0] == "encoding"]
    assert encoding[0][1] == 0
    assert encoding[-1][1] == encoding[-1][2] == len(encoder.encoded)


def test_the_folder_is_named_by_the_knowledge_base_and_lies_outside_it(kb: Path, tmp_path: Path, own_cache: Path) -> None:
    folder = default_directory(kb)
    assert folder.parent == own_cache / "whichops" / "index"
    assert folder.name.startswith("kb-")
    link = tmp_path / "link"
    link.symlink_to(kb)
    assert default_directory(link) == folder
    assert default_directory(tmp_path / "x" / "kb") != folder
    assert index_directory(kb, None, IndexSettings(directory=tmp_path / "set")) == tmp_path / "set"
    assert index_directory(kb, tmp_path / "given", IndexSettings(directory=tmp_path / "set")) == tmp_path / "given"


@pytest.mark.parametrize("inside", [".", "sub/index"])
def test_an_index_inside_the_knowledge_base_is_refused(kb: Path, inside: str) -> None:
    with pytest.raises(IndexInsideKb, match="--index DIR") as caught:
        ensure_index(kb, directory=kb / inside, encoder=make())
    assert caught.value.exit_code == 4


def test_a_missing_or_empty_folder_is_said_and_nothing_is_made(tmp_path: Path, directory: Path) -> None:
    with pytest.raises(KnowledgeBaseMissing):
        ensure_index(tmp_path / "nowhere", directory=directory, encoder=make())
    assert not directory.exists()
    (tmp_path / "empty").mkdir()
    with pytest.raises(KnowledgeBaseEmpty):
        ensure_index(tmp_path / "empty", directory=directory, encoder=make())
    assert not (directory / CURRENT).exists()


def test_files_that_vanish_after_the_build_leave_the_old_generation(kb: Path, directory: Path, build: Any) -> None:
    build(kb)
    for path in kb.iterdir():
        path.unlink()
    with pytest.raises(KnowledgeBaseEmpty):
        build(kb)

    assert generations(directory) == ["gen-000001"]


def test_a_disk_that_is_really_full_leaves_a_whole_index(kb: Path, directory: Path, tmp_path: Path) -> None:
    code = """
import importlib.util, sys
from pathlib import Path
from corpus.errors import KbError
from index import ensure_index, verify
spec = importlib.util.spec_from_file_location("shared", sys.argv[3])
shared = importlib.util.module_from_spec(spec)
spec.loader.exec_module(shared)
kb, directory = Path(sys.argv[1]), Path(sys.argv[2])
for dimension, fits in ((20_000, False), (4_000, True), (9_000, False), (8_000, False), (2_000, True)):
    try:
        report = ensure_index(kb, directory=directory, encoder=shared.WordEncoder(dimension))
        assert fits and report.built, dimension
    except KbError as error:
        assert not fits, (dimension, error)
        print(error.exit_code, error)
    if (directory / "CURRENT").exists():
        assert verify(directory).ok
    assert not list(directory.glob("*.partial")) and not list(directory.glob("*.tmp"))
"""
    small = tmp_path / "small"
    small.mkdir()
    conftest = Path(__file__).with_name("conftest.py")
    mounted = 'mount -t tmpfs -o size=600k none "$1" || exit 77; shift; exec "$@"'
    command = [
        "unshare",
        "-m",
        "sh",
        "-c",
        mounted,
        "sh",
        str(small),
        sys.executable,
        "-c",
        code,
        str(kb),
        str(small / "index"),
        str(conftest),
    ]
    try:
        done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("this system has no unshare")
    if done.returncode in (1, 77) and "Traceback" not in done.stderr:
        pytest.skip("this user may not mount a small disk")

    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["4", "1", "1"]


@pytest.mark.parametrize("place", ["a file in the way", "a file instead"])
def test_a_folder_that_cannot_be_made_is_said_with_what_to_do(kb: Path, tmp_path: Path, place: str) -> None:
    blocker = tmp_path / "blocker"
    blocker.write_text("", encoding="utf-8")
    directory = blocker / "index" if place == "a file in the way" else blocker

    with pytest.raises(IndexNotWritable, match="--index DIR") as caught:
        ensure_index(kb, directory=directory, encoder=make())
    assert caught.value.exit_code == 4


def test_only_one_builds_and_the_other_is_told_who(kb: Path, directory: Path) -> None:
    held = [
        "import sys, time; from pathlib import Path; from index.generations import writing",
        "with writing(Path(sys.argv[1]), 5):",
        "    print('held', flush=True); time.sleep(60)",
    ]
    holder = subprocess.Popen(
        [sys.executable, "-c", "\n".join(held), str(directory)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(IndexLocked, match=f"process {holder.pid}") as caught:
            ensure_index(kb, directory=directory, encoder=make(), settings=IndexSettings(lock_timeout=0.2))
        assert caught.value.exit_code == 1
    finally:
        holder.kill()
        holder.wait()

    began = time.monotonic()
    assert ensure_index(kb, directory=directory, encoder=make()).built  # the lock of a dead process is no lock
    assert time.monotonic() - began < 30


def test_the_second_of_two_builds_finds_the_work_done(
    kb: Path, directory: Path, build: Any, encoder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = builder_module.open_generation, []

    def not_at_first(where: Path, *args: Any, **kwargs: Any) -> Any:
        calls.append(where)
        if len(calls) == 1:  # as if the other process finished between the look and the lock
            build(kb)
            raise builder_module.IndexMissing(where)
        return real(where, *args, **kwargs)

    monkeypatch.setattr(builder_module, "open_generation", not_at_first)

    report = ensure_index(kb, directory=directory, encoder=encoder)

    assert (report.built, report.generation, encoder.encoded) == (False, "gen-000001", [])


class Sick:
    """Encodes like the fake, until it does not."""

    def __init__(self, trouble: Any) -> None:
        self._well = make()
        self.spec, self.dimension, self.encode, self._trouble = self._well.spec, self._well.dimension, self._well.encode, trouble

    def encode_many(self, texts: Any, count: Any = None) -> Any:
        for places, rows in self._well.encode_many(texts, count):
            yield places, rows
            if isinstance(self._trouble, BaseException):
                raise self._trouble
            yield places, rows * self._trouble


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        (np.float32("nan"), IndexBuildFailed),
        (np.float32(3.0), IndexBuildFailed),
        (OSError(28, "No space left on device"), IndexBuildFailed),
        (RuntimeError("model broke"), IndexBuildFailed),
        (KeyboardInterrupt(), KeyboardInterrupt),
        (MemoryError(), MemoryError),
    ],
    ids=["nan", "not unit", "disk full", "model", "interrupted", "memory"],
)
def test_a_build_that_fails_leaves_what_was_there_and_nothing_half_made(
    kb: Path, directory: Path, build: Any, trouble: Any, expected: type[BaseException]
) -> None:
    build(kb)
    before = {name: stat for name, stat in tree(directory).items() if name.startswith("gen-") or name == CURRENT}
    write(kb / "fruit.md", "# Changed\n\nquite.\n")

    with pytest.raises(expected):
        build(kb, encoder=Sick(trouble))

    assert {name: stat for name, stat in tree(directory).items() if name.startswith("gen-") or name == CURRENT} == before
    with writing(directory, 0):  # and the lock is free
        pass
    assert build(kb).built


def test_a_full_disk_at_the_first_build_means_that_there_is_no_index(kb: Path, build: Any) -> None:
    with pytest.raises(IndexNotWritable, match="No space left") as caught:
        build(kb, encoder=Sick(OSError(28, "No space left on device")))
    assert caught.value.exit_code == 4


def test_above_the_limit_codes_are_written_and_searched(kb: Path, directory: Path, build: Any, encoder: Any) -> None:
    settings = IndexSettings(exact_limit=5, rescore=50)
    exact = build(kb, encoder=encoder)
    query = encoder.encode(["every kitchen knife"])[0]
    with Retriever.open(directory, encoder=encoder) as retriever:
        expected = retriever.search_dense(query, 5)

    build(kb, encoder=encoder, settings=settings, rebuild=True)

    assert (directory / "gen-000002" / "codes.faiss").exists()
    assert not (directory / exact.generation / "codes.faiss").exists()
    with Retriever.open(directory, settings, encoder=encoder) as retriever:
        assert retriever.search_dense(query, 5) == expected


def test_two_searches_and_two_builds_give_the_same_bytes(kb: Path, directory: Path, build: Any, encoder: Any) -> None:
    def everything() -> Any:
        with Retriever.open(directory, encoder=encoder) as r:
            query = r.encode(["red fruit for the soup"])[0]
            return (
                r.search_dense(query, 20),
                r.search_words([("fruit", 1.0), ("soup", 2.0)], 20),
                r.similarity(query, [c.id for c in r.facts.all_chunks()][2::-1]).tobytes(),
            )

    build(kb)
    first = everything()
    assert everything() == first
    build(kb, rebuild=True)
    assert everything() == first


def test_readers_that_open_while_others_build_never_fail(kb: Path, directory: Path, build: Any, encoder: Any) -> None:
    build(kb)
    wrong: list[BaseException] = []
    opened: set[str] = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                with Retriever.open(directory, encoder=encoder) as retriever:
                    opened.add(retriever.generation)
                    if len(retriever.search_words([("plum", 1.0)], 1)) != 1 or retriever.facts.counts()["documents"] != 2:
                        wrong.append(AssertionError(retriever.generation))
            except Exception as error:
                wrong.append(error)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(12):
        build(kb, rebuild=True)
    done.set()
    for thread in threads:
        thread.join()

    assert wrong == []
    assert len(opened) > 3


def test_a_folder_that_was_just_looked_at_is_not_looked_at_again(
    kb: Path, directory: Path, build: Any, encoder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = build(kb, encoder=encoder)
    ensure_index(kb, directory=directory, encoder=encoder)  # files this young are compared once
    seen = scan_folder(kb, CorpusSettings())
    looked: list[Path] = []
    for module in (builder_module, freshness):
        monkeypatch.setattr(module, "scan_folder", lambda root, settings: looked.append(root) or scan_folder(root, settings))
    monkeypatch.setattr(freshness, "_RACY_NS", 0)

    known = ensure_index(kb, directory=directory, encoder=encoder, seen=seen)
    assert (known.generation, looked) == (first.generation, [])

    (kb / "new.md").write_text("# New\n\nA plum more.\n", encoding="utf-8")
    report = ensure_index(
        kb, directory=directory, encoder=encoder, seen=seen[:-1]
    )  # what was seen is not what was indexed: it is looked at

    assert report.built
    assert looked
