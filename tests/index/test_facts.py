"""What goes into the fact store comes out the same."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from corpus.aliases import Alias, Find
from corpus.chunking import hash_of
from corpus.gathering import Gathered
from corpus.models import Corpus
from corpus.reader import FileStat
from corpus.vocabulary import Vocabulary
from index import facts, held
from index.errors import DocumentChanged, IndexDamaged, UnknownDocument
from index.facts import FactStore
from index.filing import FactFile

FILES = (FileStat("fruit.md", 96, 7), FileStat("other.md", 3, 8))


def write_facts(folder: Path, corpus: Corpus, vocabulary: Vocabulary, files: Sequence[FileStat]) -> None:
    """One document under the number 0: ids are places inside it."""
    finds = tuple(map(Find, vocabulary.aliases))
    file = FactFile(folder, anew=True)
    file.put(0, corpus, Gathered(vocabulary.entries, finds, vocabulary.frequencies, vocabulary.forms, Counter()))
    file.finish(files, corpus.skipped)


@pytest.fixture
def store(tmp_path: Path, corpus: Corpus, vocabulary: Vocabulary) -> FactStore:
    kb = tmp_path / "kb"
    kb.mkdir()
    (kb / "fruit.md").write_bytes(corpus.documents[0].text.encode())
    write_facts(tmp_path, corpus, vocabulary, FILES)
    return FactStore(tmp_path, kb)


def test_every_record_comes_back_equal(store: FactStore, corpus: Corpus) -> None:
    assert tuple(store.facts(range(4))) == corpus.facts
    assert tuple(store.chunks(range(4))) == corpus.chunks
    assert store.section(0) == corpus.sections[0]
    assert store.table(0) == corpus.tables[0]
    assert store.sections("fruit.md") == list(corpus.sections)
    assert store.tables() == store.tables(section=0) == list(corpus.tables)
    assert store.skipped() == corpus.skipped
    assert store.files() == FILES


def test_ids_are_answered_in_the_order_asked_and_repeats_are_kept(store: FactStore) -> None:
    assert [f.id for f in store.facts([3, 0, 3, 1])] == [3, 0, 3, 1]
    assert [c.id for c in store.chunks([2, 2])] == [2, 2]
    assert store.facts([]) == []


def test_more_ids_than_one_query_holds_are_answered(tmp_path: Path, corpus: Corpus) -> None:
    many = tuple(type(corpus.chunks[0])(i, "fact", 0, (), f"t{i}", "", "", "", hash_of("fact", f"t{i}", "", "", "")) for i in range(1234))
    write_facts(tmp_path, Corpus(corpus.documents, corpus.sections, (), (), many), Vocabulary((), {}, {}), ())
    with_all = FactStore(tmp_path, None)

    assert [c.id for c in with_all.chunks(reversed(range(1234)))] == list(reversed(range(1234)))


@pytest.mark.parametrize(
    ("row", "column", "expected"), [(None, None, [0, 1]), (1, None, [1]), (None, 1, [0, 1]), (0, 1, [0]), (0, 0, []), (9, 9, [])]
)
def test_cells_are_found_by_table_row_and_column(store: FactStore, row: int | None, column: int | None, expected: list[int]) -> None:
    assert [f.id for f in store.table_cells(0, row=row, column=column)] == expected


def test_groups_sections_and_chunks_lead_to_each_other(store: FactStore) -> None:
    assert [f.id for f in store.group(0)] == [2, 3]
    assert [f.id for f in store.section_facts(0)] == [0, 1, 2, 3]
    assert store.chunks_of_facts([3]) == {3: (2,)}
    assert store.group(99) == store.section_facts(99) == []
    assert store.chunks_of_facts([99]) == {99: ()}


def test_names_are_found_by_key_in_the_order_of_the_files(store: FactStore, vocabulary: Vocabulary) -> None:
    assert store.entries("appl") == [vocabulary.entries[0], vocabulary.entries[1]]
    assert store.entries("nothing") == []
    assert tuple(store.all_entries()) == vocabulary.entries


@pytest.mark.parametrize(
    ("typed", "names"),
    [("app", ["Apples", "apple"]), ("APPLES", ["Apples"]), ("col", ["Colour"]), ("colours", []), ("pear", []), ("", []), ("?", [])],
)
def test_names_are_completed_from_their_beginning_whatever_the_case(store: FactStore, typed: str, names: list[str]) -> None:
    assert store.names_like(typed, 9) == names
    assert store.names_like(typed, 1) == names[:1]


def test_a_caller_may_change_the_list_it_got(store: FactStore) -> None:
    store.entries("appl").clear()

    assert len(store.entries("appl")) == 2


def test_words_have_frequencies_and_forms(store: FactStore) -> None:
    assert (store.frequency("fruit"), store.frequency("unheard")) == (4, 0)
    forms = store.forms()
    assert forms["apples"] == "appl"
    assert "pear" not in forms
    assert dict(forms) == {"apple": "appl", "apples": "appl", "red": "red"}
    assert forms.get("pear") is None


def test_words_are_found_by_their_first_letter_and_their_length(store: FactStore) -> None:
    assert store.words_like("a", 5, 6) == ["apple", "apples"]
    assert store.words_like("a", 6, 9) == ["apples"]
    assert store.words_like("r", 4, 9) == []


def test_names_that_are_looked_at_seldom_make_room(store: FactStore, vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "_NAMES_KEPT", 2)
    kept = held.Names()
    two, one = vocabulary.entries[:2], vocabulary.entries[2:3]

    kept.keep("long", two)  # alone it is kept, however long
    assert kept.get("long") == two
    kept.keep("short", one)

    assert (kept.get("long"), kept.get("short")) == (None, one)


def test_sections_are_found_by_the_number_of_a_heading(tmp_path: Path, corpus: Corpus) -> None:
    paths = (("Fruit",), ("Fruit", "4. Apples"), ("Fruit", "4. Apples", "Red"), ("Fruit", "Chapter 4"), ("Fruit", "41 Plums"))
    sections = tuple(type(corpus.sections[0])(i, "fruit.md", path, len(path), i + 1, i + 1, 9) for i, path in enumerate(paths))
    write_facts(tmp_path, Corpus(corpus.documents, sections, (), (), ()), Vocabulary((), {}, {}), ())

    assert [s.id for s in FactStore(tmp_path, None).numbered_sections("4")] == [1, 2, 4]


def test_words_of_a_question_may_be_any_text(store: FactStore) -> None:
    for odd in ("\ud800", "\x00", "'; DROP TABLE facts; --", "水" * 5000):
        assert store.frequency(odd) == 0
        assert store.entries(odd) == []
        assert store.names_like(odd, 9) == []
        assert odd not in store.forms()
        assert store.words_like(odd, 1, 9) == []


def test_counts_say_how_much_there_is(store: FactStore) -> None:
    expected = {
        "documents": 1,
        "sections": 1,
        "tables": 1,
        "facts": 4,
        "chunks": 4,
        "entries": 3,
        "aliases": 0,
        "frequencies": 3,
        "forms": 3,
        "skipped": 1,
    }
    assert store.counts() == expected


def test_another_name_is_found_by_its_key_with_the_place_that_says_so(tmp_path: Path, corpus: Corpus) -> None:
    alias = Alias("slo", "SLO", "Service Level Objective", "acronym", 2, 0)
    write_facts(tmp_path, corpus, Vocabulary((), {}, {}, (alias,)), ())
    store = FactStore(tmp_path, None)

    assert store.alias("slo") == alias
    assert store.alias("sla") is None


def test_an_unknown_id_is_an_error_and_not_a_shorter_list(store: FactStore) -> None:
    with pytest.raises(KeyError):
        store.facts([0, 4])
    with pytest.raises(KeyError):
        store.chunk(-1)


def test_a_document_is_read_from_the_folder_and_only_if_it_is_the_one_indexed(store: FactStore, corpus: Corpus, tmp_path: Path) -> None:
    assert store.document_text("fruit.md") == corpus.documents[0].text
    assert [d.path for d in store.documents()] == ["fruit.md"]
    assert store.documents()[0].text == ""

    (tmp_path / "kb" / "fruit.md").write_text("# Other\n", encoding="utf-8")
    with pytest.raises(DocumentChanged, match=r"fruit\.md has changed"):
        store.document_text("fruit.md")
    (tmp_path / "kb" / "fruit.md").unlink()
    with pytest.raises(DocumentChanged, match="removed"):
        store.document_text("fruit.md")


@pytest.mark.parametrize("path", ["other.md", "../kb/fruit.md", "/etc/passwd", "", "fruit.md/", "./fruit.md"])
def test_a_path_that_is_no_document_is_refused_whatever_lies_there(store: FactStore, path: str) -> None:
    with pytest.raises(UnknownDocument):
        store.document_text(path)


def test_a_file_that_is_not_a_store_is_named(tmp_path: Path) -> None:
    (tmp_path / facts.FILE).write_bytes(b"SQLite format 3\0" + b"x" * 500)

    with pytest.raises(IndexDamaged, match=r"facts\.sqlite"):
        FactStore(tmp_path, None)


def test_threads_may_ask_at_the_same_time(store: FactStore, corpus: Corpus) -> None:
    wrong: list[object] = []

    def ask() -> None:
        for _ in range(200):
            wrong.extend(f for f in store.facts(range(4)) if f != corpus.facts[f.id])
            wrong.extend(f for f in store.table_cells(0) if f != corpus.facts[f.id])

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []


def test_records_out_of_place_are_refused_when_written(tmp_path: Path, corpus: Corpus, vocabulary: Vocabulary) -> None:
    shuffled = Corpus(corpus.documents, corpus.sections, corpus.tables, corpus.facts[::-1], corpus.chunks)

    with pytest.raises(ValueError, match="Fact 3 stands at place 0"):
        write_facts(tmp_path, shuffled, vocabulary, FILES)


def test_kinds_of_chunks_are_told_without_their_texts(tmp_path: Path, corpus: Corpus, vocabulary: Vocabulary) -> None:
    write_facts(tmp_path, corpus, vocabulary, [])
    store = FactStore(tmp_path, None)

    assert store.chunk_kinds([3, 0, 3]) == {0: "fact", 3: "fact"}
    assert store.chunk_kinds([]) == {}
    with pytest.raises(KeyError, match="99"):
        store.chunk_kinds([0, 99])


def test_how_many_there_are_is_told_of_all_kinds_or_of_some(tmp_path: Path, corpus: Corpus, vocabulary: Vocabulary) -> None:
    write_facts(tmp_path, corpus, vocabulary, [])
    store = FactStore(tmp_path, None)

    assert store.counts("facts", "tables") == {"facts": len(corpus.facts), "tables": len(corpus.tables)}
    assert {**store.counts(), **store.counts("facts")} == store.counts()
    assert store.tables(most=0) == []
    assert store.tables(most=9) == store.tables() == list(corpus.tables)
