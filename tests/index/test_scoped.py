"""A part of an index answers as an index of that part alone would."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.folders import joined
from index import Retriever, ensure_index
from index.errors import UnknownDocument
from index.npy import save_array
from index.scoped import Ranges, ScopedStore
from index.settings import IndexSettings
from index.vectors import IDS, ROWS, VectorIndex, save_codes

GARDEN = {
    "beds.md": "# Beds\n\n| | Herbs | Roses |\n|---|---|---|\n| Water | daily | weekly |\n| Light | some | much |\n"
    "\nThe main bed (MB) is south.\n",
    "tools.md": "# Garden tools\n\n- Rake: gathers leaves\n- Spade: turns soil\n\nEvery spade needs oil in spring.\n",
}
KITCHEN = {
    "beds.md": "# Cold storage\n\nThe mixing bowl (MB) is cold.\n\n- Herbs: keep in water\n- Roses: are no food\n- Water: boil it\n",
    "tools.md": "# Kitchen tools\n\n- Spoon: stirs soup\n- Knife: cuts herbs\n\nEvery knife needs a sharp edge.\n",
}
WORDS = ("herbs", "water", "spade", "oil", "tools", "every", "knife", "mb", "nothing")


def write(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


class Both:
    """An index of two folders, and one of each alone."""

    def __init__(self, folder: Path, encoder: Any) -> None:
        garden, kitchen = write(folder / "garden", GARDEN), write(folder / "kitchen", KITCHEN)
        self.encoder = encoder
        self.whole = self._opened(joined([garden, kitchen]), folder / "whole")
        self.alone = {kb.name: self._opened(kb, folder / f"index-{kb.name}") for kb in (garden, kitchen)}

    def _opened(self, kb: Path, directory: Path) -> Retriever:
        ensure_index(kb, directory=directory, encoder=self.encoder)
        return Retriever.open(directory, kb=kb, encoder=self.encoder)

    def part(self, name: str) -> Retriever:
        documents = [d.path for d in self.whole.facts.documents() if d.path.startswith(f"{name}/")]
        return self.whole.within(documents, f"{name}/")


@pytest.fixture
def both(tmp_path: Path, make_encoder: Any) -> Iterator[Both]:
    opened = Both(tmp_path, make_encoder())
    yield opened
    for retriever in (opened.whole, *opened.alone.values()):
        retriever.close()


def texts(retriever: Retriever, hits: list[tuple[int, float]]) -> list[tuple[str, str]]:
    return [(c.kind, c.text) for c in retriever.facts.chunks(i for i, _ in hits)]


@pytest.mark.parametrize("name", ["garden", "kitchen"])
def test_a_folder_among_others_holds_what_it_holds_alone(both: Both, name: str) -> None:
    part, alone = both.part(name).facts, both.alone[name].facts
    assert isinstance(part, ScopedStore)

    assert [d.path.removeprefix(f"{name}/") for d in part.documents()] == [d.path for d in alone.documents()]
    shown = ("documents", "sections", "tables", "facts", "chunks")
    assert [part.counts()[n] for n in shown] == [alone.counts()[n] for n in shown]
    assert dict(part.forms()) == dict(alone.forms())
    assert [part.words_like(letter, 3, 7) for letter in "abcdpr"] == [alone.words_like(letter, 3, 7) for letter in "abcdpr"]
    assert {s: part.frequency(s) for s in (*alone.forms().values(), "nothing")} == {
        s: alone.frequency(s) for s in (*alone.forms().values(), "nothing")
    }
    assert [(t.columns, t.entities) for t in part.tables()] == [(t.columns, t.entities) for t in alone.tables()]
    assert [(t.columns, t.entities) for t in map(part.table, [t.id for t in part.tables()])] == [
        (t.columns, t.entities) for t in alone.tables()
    ]
    assert [(e.key, e.text, e.role) for e in part.all_entries()] == [(e.key, e.text, e.role) for e in alone.all_entries()]
    for key in {e.key for e in both.whole.facts.all_entries()}:
        assert [(e.text, e.role) for e in part.entries(key)] == [(e.text, e.role) for e in alone.entries(key)]
    for begun in ("h", "wa", "garden t", "kn"):
        assert part.names_like(begun, 9) == alone.names_like(begun, 9)


def test_names_are_completed_in_a_scope_of_any_number_of_stretches(both: Both) -> None:
    part = both.part("garden").facts
    assert isinstance(part, ScopedStore)
    apart = [(place, place + 1) for place in range(0, 4000, 2)]  # of files that are not there, before and after those that are
    behind = [(start + max(part.ids.ends), end + max(part.ids.ends)) for start, end in apart]
    begun = {text: part.names_like(text, 9) for text in ("b", "h", "ro", "w", "sp", "zz")}
    stretches = [*apart, *part.ids, *behind]
    part.ids = Ranges(tuple(start for start, _ in stretches), tuple(end for _, end in stretches))

    assert {text: part.names_like(text, 9) for text in begun} == begun
    assert begun["h"]


def test_what_a_short_form_stands_for_is_settled_in_the_part(both: Both) -> None:
    assert both.whole.facts.alias("mb") is None  # two things
    found = [both.part(name).facts.alias("mb") for name in ("garden", "kitchen")]

    assert [a and a.name for a in found] == ["main bed", "mixing bowl"]


def test_which_axis_of_a_table_holds_the_things_is_settled_in_the_part(both: Both) -> None:
    assert [t.entities for t in both.whole.facts.tables()] != [t.entities for t in both.part("garden").facts.tables()]


@pytest.mark.parametrize("name", ["garden", "kitchen"])
def test_the_same_is_found_in_the_same_order_as_in_the_folder_alone(both: Both, name: str) -> None:
    part, alone = both.part(name), both.alone[name]
    for word in WORDS:
        vector = both.encoder.encode([word])[0]
        assert texts(part, part.search_dense(vector, 5)) == texts(alone, alone.search_dense(vector, 5))
        assert set(texts(part, part.search_words([(word, 1.0)], 50))) == set(texts(alone, alone.search_words([(word, 1.0)], 50)))


def test_one_document_may_be_a_part_and_others_are_unknown_there(both: Both) -> None:
    part = both.whole.within(["kitchen/tools.md"]).facts

    assert [d.path for d in part.documents()] == ["kitchen/tools.md"]
    assert (part.frequency("spade"), both.whole.facts.frequency("spade")) == (0, 2)
    with pytest.raises(UnknownDocument):
        part.sections("garden/tools.md")
    with pytest.raises(UnknownDocument):
        both.whole.within(["garden/none.md"])


def test_parts_that_lie_apart_are_one(both: Both) -> None:
    part = both.whole.within(["garden/beds.md", "kitchen/tools.md"])

    found = part.search_dense(both.encoder.encode(["every"])[0], 50)
    assert len(found) == part.facts.counts()["chunks"]
    assert {part.facts.section(c.section).document for c in part.facts.chunks(i for i, _ in found)} == {
        "garden/beds.md",
        "kitchen/tools.md",
    }


def test_ranges_hold_their_ids_and_no_others() -> None:
    ranges = Ranges.of([2, 3, 7])

    assert [(i, i in ranges) for i in range(9)] == [(i, i in (2, 3, 7)) for i in range(9)]
    assert list(ranges) == [(2, 4), (7, 8)]


def test_a_large_part_is_found_by_codes_as_by_comparing_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = np.random.default_rng(7).standard_normal((600, 32)).astype(np.float32)
    rows = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    save_array(tmp_path / ROWS, rows)
    save_array(tmp_path / IDS, np.arange(len(rows)))
    save_codes(tmp_path)
    index = VectorIndex(tmp_path, rescore=IndexSettings().rescore)
    ranges = [(10, 200), (300, 310)]

    compared = index.search_within(rows[42], 10, ranges)
    monkeypatch.setattr("index.vectors._COMPARED", 0)
    assert compared[0][0] == 42
    assert index.search_within(rows[42], 10, ranges) == compared
    assert index.search_within(rows[42], 10, []) == []
