"""A refresh does as much work as there are changed files, and what it leaves is what a build from nothing would."""

from __future__ import annotations

import os
import random
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.reader import Reading
from corpus.settings import CorpusSettings
from index import Retriever, ensure_index, making, refresh, vectors, verify
from index.facts import FactStore
from index.numbering import FIRST, ROOM, between, first_id, number_after, number_of, numbers_for
from index.refresh import Refresh
from index.settings import IndexSettings

PIECES = (
    "The service level objective (SLO) of {0} is {1}.",
    "{0}, also known as {1}, is quick.",
    "See [the {1} guide]({1}.md) and [{0} limits](sub/{0}.md#limits) and [{1} page](nowhere.md).",
    "- **{0}:** turns {1}\n- **{1}:** is turned by {0}\n- plain {0}",
    "| | {0} | {1} |\n|---|---|---|\n| Water | daily | {1} |\n| {1} | some | much |",
    "| Name | Limit | Owner |\n|---|---|---|\n| {0} | 5 | {1} |\n| {1} | 7 | {0} |",
    "## Limits\n\nAt most {1} of {0}.",
    "## {0}\n\n1. Open {1}.\n2. Close {0}.\n\n{0} → {1} → done",
    "```\n{0} --{1}\n```",
)
TIMES = ("documents", "files")  # these tell times of files; one that was only touched is not indexed again
WORDS = ("rake", "spade", "herbs", "bowl", "knife", "Water", "roses", "mixing bowl", "main bed", "SLO")


class Folder:
    """A folder that is changed by chance."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self.chance = random.Random(seed)
        self.clock = 1_000_000_000

    def text(self) -> str:
        words = [self.chance.choice(WORDS) for _ in range(2)]
        pieces = [piece.format(*self.chance.sample(WORDS, 2)) for piece in self.chance.sample(PIECES, self.chance.randint(0, 4))]
        return "\n\n".join([f"# {' '.join(words)}" if self.chance.random() < 0.8 else "", *pieces, ""])

    def write(self, name: str, text: str | None = None) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.text() if text is None else text, encoding="utf-8")
        self.clock += 10
        os.utime(path, (self.clock, self.clock))

    def files(self) -> list[Path]:
        return sorted(self.root.rglob("*.md"))

    def name(self) -> str:
        return self.chance.choice(("", "sub/")) + f"{self.chance.choice(WORDS).replace(' ', '-')}{self.chance.choice(('', '2', '-3'))}.md"

    def change(self) -> None:
        """One edit of any kind."""
        files, kind = self.files(), self.chance.random()
        if kind < 0.35 or len(files) < 2:
            self.write(self.name())
        elif kind < 0.6:
            self.write(self.chance.choice(files).relative_to(self.root).as_posix())
        elif kind < 0.7:
            self.chance.choice(files).unlink()
        elif kind < 0.8:
            self.chance.choice(files).rename(self.root / f"renamed-{self.clock}.md")
        elif kind < 0.9:
            self.write(self.name(), self.chance.choice(files).read_text(encoding="utf-8"))
        else:
            path = self.chance.choice(files)
            os.utime(path, (self.clock, self.clock))


def seen_by(retriever: Retriever, encoder: Any) -> list[object]:
    """What searches find, with each chunk told by its place among all, and scores as far as they have to agree."""
    places = {c.id: n for n, c in enumerate(retriever.facts.all_chunks())}
    found: list[object] = []
    for word in ("rake", "bowl", "water", "limit", "main", "slo"):
        found.append([(places[i], pytest.approx(score, rel=1e-3)) for i, score in retriever.search_words([(word, 1.0), ("of", 0.2)], 20)])
        found.append([(places[i], pytest.approx(score, abs=1e-6)) for i, score in retriever.search_dense(encoder.encode([word])[0], 20)])
    return found


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths of the documents taken apart, as they are."""
    taken: list[str] = []
    for module in (making, refresh):
        real = module.take_apart

        def noting(document: Any, *, several: bool, real: Any = real) -> Any:
            taken.append(document.path)
            return real(document, several=several)

        monkeypatch.setattr(module, "take_apart", noting)
    return taken


@pytest.mark.parametrize("seed", range(8))
def test_after_any_changes_an_index_is_as_one_built_from_nothing(
    tmp_path: Path, encoder: Any, make_encoder: Any, held_by: Any, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.postings._ANEW_BELOW", 0)
    monkeypatch.setattr("index.postings._LATER", 1)
    monkeypatch.setattr("index.vectors._STALE", 1)
    monkeypatch.setattr("index.filing._HELD", 20 if seed % 3 == 0 else 500_000)
    settings = IndexSettings(exact_limit=5 if seed % 2 else 1000)
    folder = Folder(tmp_path / "kb", seed)
    for _ in range(1 + seed % 4):
        folder.write(folder.name())
    for step in range(6):
        report = ensure_index(folder.root, directory=tmp_path / "index", encoder=encoder, settings=settings)
        scratch = ensure_index(folder.root, directory=tmp_path / f"scratch-{step}", encoder=make_encoder(), settings=settings)

        one, other = report.directory / report.generation, scratch.directory / scratch.generation
        held = [{kind: found for kind, found in held_by(x).items() if report.built or kind not in TIMES} for x in (one, other)]
        assert held[0] == held[1]
        assert report.counts == scratch.counts
        assert verify(report.directory).problems == ()
        with Retriever.open(report.directory, encoder=encoder) as a, Retriever.open(scratch.directory, encoder=encoder) as b:
            assert seen_by(a, encoder) == seen_by(b, encoder)
        for _ in range(folder.chance.randint(1, 3)):
            folder.change()


def test_one_changed_file_is_taken_apart_alone_and_only_its_new_texts_are_encoded(tmp_path: Path, encoder: Any, counted: list[str]) -> None:
    folder = Folder(tmp_path / "kb", 7)
    for number in range(40):
        folder.write(f"file-{number:02d}.md", f"# File {number}\n\nIt holds the number {number}.\n\n- apple {number}\n- pear {number}\n")
    ensure_index(folder.root, directory=tmp_path / "index", encoder=encoder)
    counted.clear()
    encoder.encoded.clear()
    folder.write("file-20.md", "# File 20\n\nIt holds the number 20.\n\n- apple 20\n- plum 20\n")

    report = ensure_index(folder.root, directory=tmp_path / "index", encoder=encoder)

    assert counted == ["file-20.md"]
    assert encoder.encoded
    assert all("plum 20" in text for text in encoder.encoded)
    assert report.reused + len(encoder.encoded) == report.counts.chunks


def test_a_renamed_file_and_a_copied_one_are_not_encoded_again(tmp_path: Path, encoder: Any) -> None:
    folder = Folder(tmp_path / "kb", 3)
    for name in ("one.md", "two.md", "three.md"):
        folder.write(name, f"# Title of {name}\n\nA sentence that only {name} has.\n")
    ensure_index(folder.root, directory=tmp_path / "index", encoder=encoder)
    encoder.encoded.clear()
    (folder.root / "two.md").rename(folder.root / "zwei.md")
    folder.write("copy.md", (folder.root / "one.md").read_text(encoding="utf-8"))

    report = ensure_index(folder.root, directory=tmp_path / "index", encoder=encoder)

    assert report.built
    assert encoder.encoded == []


def test_ids_of_what_did_not_change_stay(tmp_path: Path, encoder: Any) -> None:
    folder = Folder(tmp_path / "kb", 5)
    for number in range(30):
        folder.write(f"{number:02d}.md")

    def ids() -> dict[str, list[int]]:
        report = ensure_index(folder.root, directory=tmp_path / "index", encoder=encoder)
        store = FactStore(report.directory / report.generation, None)
        try:
            return {d.path: [s.id for s in store.sections(d.path)] for d in store.documents()}
        finally:
            store.close()

    before = ids()
    folder.write("04x.md")
    (folder.root / "11.md").unlink()
    folder.write("20.md")
    after = ids()

    assert {path: found for path, found in after.items() if path in before and path != "20.md"} == {
        path: found for path, found in before.items() if path not in ("11.md", "20.md")
    }
    assert after["20.md"][0] == before["20.md"][0]
    assert before["04.md"][-1] < after["04x.md"][0] < before["05.md"][0]


def test_where_no_number_is_left_all_are_numbered_anew(
    tmp_path: Path, encoder: Any, make_encoder: Any, held_by: Any, counted: list[str]
) -> None:
    folder = Folder(tmp_path / "kb", 9)
    for number in range(25):
        folder.write(f"b{number:02d}.md")
    ensure_index(folder.root, directory=tmp_path / "index", encoder=encoder)
    all_anew = 0
    for number in range(12):  # each before the one that was put in last
        folder.write(f"a{99 - number}.md")
        counted.clear()
        report = ensure_index(folder.root, directory=tmp_path / "index", encoder=encoder)
        all_anew += len(counted) > 1

    assert all_anew == 1  # 64, 32, … 1, and then none; after that there is room again
    scratch = ensure_index(folder.root, directory=tmp_path / "scratch", encoder=make_encoder())
    assert held_by(report.directory / report.generation) == held_by(scratch.directory / scratch.generation)


def test_a_document_with_more_records_than_a_number_has_room_for_takes_several(
    tmp_path: Path, encoder: Any, make_encoder: Any, held_by: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("index.numbering", "index.refresh", "index.facts"):
        monkeypatch.setattr(f"{module}.SHIFT", 3)
    folder = Folder(tmp_path / "kb", 2)
    for number in range(5):
        folder.write(f"{number}.md")
    folder.write("2.md", "# Long\n\n" + "\n\n".join(f"Sentence number {n} stands alone." for n in range(90)) + "\n")
    ensure_index(folder.root, directory=tmp_path / "index", encoder=encoder)
    folder.write("3.md")
    folder.write("2-and-a-half.md")
    report = ensure_index(folder.root, directory=tmp_path / "index", encoder=encoder)

    scratch = ensure_index(folder.root, directory=tmp_path / "scratch", encoder=make_encoder())
    assert held_by(report.directory / report.generation) == held_by(scratch.directory / scratch.generation)
    folder.write("3.md", (folder.root / "2.md").read_text(encoding="utf-8") * 9)  # no longer fits before the next
    report = ensure_index(folder.root, directory=tmp_path / "index", encoder=encoder)
    scratch = ensure_index(folder.root, directory=tmp_path / "scratch", encoder=make_encoder())
    assert held_by(report.directory / report.generation) == held_by(scratch.directory / scratch.generation)


def test_a_file_whose_time_is_too_near_is_read_though_nothing_seems_changed(tmp_path: Path, encoder: Any, held_by: Any) -> None:
    folder = Folder(tmp_path / "kb", 4)
    for number in range(3):
        folder.write(f"{number}.md")
    path = folder.root / "1.md"
    path.write_text("# One\n\nIt is ripe.\n", encoding="utf-8")
    time = path.stat().st_mtime_ns
    ensure_index(folder.root, directory=tmp_path / "index", encoder=encoder)
    path.write_text("# One\n\nIt is sour.\n", encoding="utf-8")
    os.utime(path, ns=(time, time))
    folder.write("2.md")

    report = ensure_index(folder.root, directory=tmp_path / "index", encoder=encoder)

    assert any("sour" in f.value for f in held_by(report.directory / report.generation)["facts"])


def test_times_of_another_folder_say_nothing_of_what_its_files_hold(tmp_path: Path, encoder: Any, held_by: Any) -> None:
    folders = [Folder(tmp_path / name, 4) for name in ("one", "two")]
    for folder, word in zip(folders, ("ripe", "sour"), strict=True):
        for number in range(3):
            folder.write(f"{number}.md", f"# Fruit {number}\n\nIt is {word}.\n")
    folders[1].write("3.md")
    for folder in folders:
        report = ensure_index(folder.root, directory=tmp_path / "index", encoder=encoder)

    facts = held_by(report.directory / report.generation)["facts"]
    assert sum("sour" in f.value for f in facts) == 3
    assert not any("ripe" in f.value for f in facts)


def test_a_file_that_was_mended_is_told_again_by_every_refresh(tmp_path: Path, encoder: Any) -> None:
    folder = Folder(tmp_path / "kb", 4)
    for number in range(3):
        folder.write(f"{number}.md")
    (folder.root / "odd.md").write_bytes(b"# Odd\n\nA caf\xe9 stands here.\n")
    os.utime(folder.root / "odd.md", (1_000_000_000, 1_000_000_000))

    def told() -> tuple[str, ...]:
        report = ensure_index(folder.root, directory=tmp_path / "index", encoder=encoder)
        store = FactStore(report.directory / report.generation, None)
        try:
            return store.skipped()
        finally:
            store.close()

    before = told()
    folder.write("2.md", "# Other\n\nText.\n")

    assert told() == before
    assert len(before) == 1


@pytest.mark.parametrize(
    ("before", "after", "count", "numbers"),
    [(0, 64, 1, [32]), (64, 128, 3, [80, 96, 112]), (64, 66, 1, [65]), (64, 65, 1, None), (64, 128, 64, None), (64, None, 2, [128, 192])],
)
def test_new_documents_find_numbers_between_their_neighbours(before: int, after: int | None, count: int, numbers: list[int] | None) -> None:
    assert between(before, after, count) == numbers


def test_ids_tell_their_document_however_many_numbers_it_takes() -> None:
    assert [numbers_for(n) for n in (0, 1, 1 << 20, (1 << 20) + 1)] == [1, 1, 1, 2]
    assert number_after(FIRST, 3) == FIRST + 2 + ROOM
    assert [number_of([64, 128], i) for i in (first_id(64), first_id(66) - 1, first_id(128))] == [64, 64, 128]
    with pytest.raises(KeyError):
        number_of([64, 128], first_id(64) - 1)


@pytest.fixture
def many(tmp_path: Path, encoder: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[Folder, Path]:
    """A folder of so many files that words are not written anew, and where its index lies."""
    monkeypatch.setattr("index.postings._ANEW_BELOW", 100)
    folder = Folder(tmp_path / "kb", 11)
    for number in range(400):
        folder.write(f"{number:03d}.md", f"# Part {number}\n\nThe part {number % 7} holds word{number % 50} and rare{number} here.\n")
    ensure_index(folder.root, directory=tmp_path / "index", encoder=encoder)
    return folder, tmp_path / "index"


def test_scores_of_words_stay_those_of_an_index_built_from_nothing(
    many: tuple[Folder, Path], encoder: Any, make_encoder: Any, tmp_path: Path
) -> None:
    folder, directory = many
    added = 0
    for number in (17, 170, 17, 300):
        folder.write(f"{number:03d}.md", f"# Part {number}\n\nThe part {number % 7} holds word{number % 50} and seldom{number} twice.\n")
        report = ensure_index(folder.root, directory=directory, encoder=encoder)
        added += b'"dead":{"chunks":0' not in (directory / report.generation / "words" / "weighed.json").read_bytes()
    assert added == 4  # none of these wrote all words anew
    assert verify(directory).problems == ()

    scratch = ensure_index(folder.root, directory=tmp_path / "scratch", encoder=make_encoder())
    with Retriever.open(directory, encoder=encoder) as one, Retriever.open(scratch.directory, encoder=encoder) as other:
        places = [{c.id: n for n, c in enumerate(r.facts.all_chunks())} for r in (one, other)]
        for terms in (["part", "word17"], ["seldom17", "hold"], ["twice"], ["rare17"], ["word20", "word0", "here"]):
            found = [r.search_words([(t, 1.0) for t in terms], 30) for r in (one, other)]
            assert [places[0][i] for i, _ in found[0]] == [places[1][i] for i, _ in found[1]]
            assert [s for _, s in found[0]] == pytest.approx([s for _, s in found[1]], rel=1e-3)
        part = [d.path for d in one.facts.documents()][100:200]
        found = [r.within(part).search_words([("part", 1.0), ("word17", 1.0), ("twice", 1.0)], 30) for r in (one, other)]
        assert [places[0][i] for i, _ in found[0]] == [places[1][i] for i, _ in found[1]]
        assert [s for _, s in found[0]] == pytest.approx([s for _, s in found[1]], rel=1e-3)


def test_words_are_written_anew_before_many_are_dead(many: tuple[Folder, Path], encoder: Any) -> None:
    folder, directory = many
    for number in range(30):
        folder.write(f"{number * 3:03d}.md", f"# Part {number}\n\n" + "A text that is far longer than what stood here before. " * 9)
        report = ensure_index(folder.root, directory=directory, encoder=encoder)
        told = (directory / report.generation / "words" / "weighed.json").read_bytes()
        if number and b'"dead":{"chunks":0' in told:
            return
    pytest.fail("the words were never written anew")


def test_codes_of_what_did_not_change_stay_and_find_what_codes_made_anew_find(
    tmp_path: Path, encoder: Any, make_encoder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = IndexSettings(exact_limit=100, rescore=300)
    folder = Folder(tmp_path / "kb", 11)
    for number in range(200):
        folder.write(f"{number:03d}.md", f"# Part {number}\n\nThe part {number % 7} holds word{number % 50} and rare{number} here.\n")
    ensure_index(folder.root, directory=tmp_path / "index", encoder=encoder, settings=settings)
    monkeypatch.setattr(vectors, "save_codes", lambda *_: pytest.fail("all were made anew"))
    for number in (17, 170, 17):
        folder.write(f"{number:03d}.md", f"# Part {number}\n\nThe part {number % 7} holds word{number % 50} and seldom{number} twice.\n")
    (folder.root / "099.md").unlink()
    report = ensure_index(folder.root, directory=tmp_path / "index", encoder=encoder, settings=settings)
    assert (report.directory / report.generation / vectors.OWNERS).exists()
    assert verify(report.directory).problems == ()
    monkeypatch.undo()

    scratch = ensure_index(folder.root, directory=tmp_path / "scratch", encoder=make_encoder(), settings=settings)
    with (
        Retriever.open(report.directory, settings, encoder=encoder) as one,
        Retriever.open(scratch.directory, settings, encoder=encoder) as other,
    ):
        places = [{c.id: n for n, c in enumerate(r.facts.all_chunks())} for r in (one, other)]
        for text in ("seldom17 twice", "The part 3 holds word17", "rare180"):
            vector = encoder.encode([text])[0]
            found = [r.search_dense(vector, 10) for r in (one, other)]
            assert [places[0][i] for i, _ in found[0]] == [places[1][i] for i, _ in found[1]]
            assert found[0] == one.search_dense(vector, 10, exactly=True)


def test_a_refresh_that_is_too_large_is_left_to_a_build_from_nothing(
    many: tuple[Folder, Path], encoder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, directory = many
    monkeypatch.setattr(Refresh, "write", lambda *_: pytest.fail("it was refreshed"))
    for path in folder.files()[:150]:
        folder.write(path.name, path.read_text(encoding="utf-8") + "\nMore.\n")
    encoder.encoded.clear()

    report = ensure_index(folder.root, directory=directory, encoder=encoder)

    assert report.built
    assert report.reused > 250
    assert all("More" in text for text in encoder.encoded)
    ids = np.load(directory / report.generation / "ids.npy")
    assert (np.diff(ids) > 0).all()


def test_taking_apart_four_times_as_many_files_takes_hardly_more_memory(tmp_path: Path, encoder: Any) -> None:
    def peak(files: int) -> int:
        """Bytes held at most while so many files are taken apart and written."""
        folder = Folder(tmp_path / f"kb-{files}", 1)
        for number in range(files):
            lines = "\n\n".join(f"The part {n % 7} of word{n % 50} holds word{n * number % 90} and stands here." for n in range(60))
            folder.write(f"{number:03d}.md", f"# Part {number % 9}\n\n{lines}\n")
        build = making.Build(folder.root, tmp_path, IndexSettings(), CorpusSettings(), None, True, encoder, encoder.spec)
        partial = tmp_path / f"partial-{files}"
        partial.mkdir()
        tracemalloc.start()
        try:
            build.taken_apart(partial, Reading(folder.root, CorpusSettings()))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)  # what is kept once and for all
    assert peak(80) < 1.5 * peak(20)
