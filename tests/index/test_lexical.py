"""Words find the chunks that hold them; fields weigh what the settings say; ties go by id."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from corpus.models import Chunk, Corpus
from index import postings
from index.errors import IndexDamaged
from index.lexical import WordIndex

EVEN = {"heading": 1.0, "labels": 1.0, "value": 1.0}


def chunk(number: int, *, heading: str = "", labels: str = "", value: str = "") -> Chunk:
    text = f"{heading} {labels} {value}"
    return Chunk(number, "fact", 0, (), text, heading, labels, value, hashlib.sha256(f"{number}{text}".encode()).hexdigest())


def opened(folder: Path, chunks: Sequence[Chunk], boosts: dict[str, float] | None = None) -> WordIndex:
    postings.build(folder, chunks)
    return WordIndex(folder, boosts or EVEN)


def ids(found: list[tuple[int, float]]) -> list[int]:
    return [i for i, _ in found]


def test_a_word_finds_the_chunks_that_hold_it_in_any_field(tmp_path: Path, corpus: Corpus) -> None:
    index = opened(tmp_path, corpus.chunks)

    assert ids(index.search([("plum", 1.0)], 10)) == [1]
    assert ids(index.search([("appl", 1.0)], 10)) == [0]
    assert sorted(ids(index.search([("fruit", 1.0)], 10))) == [0, 1, 2, 3]
    assert index.search([("pear", 1.0)], 10) == []


def test_more_words_and_rarer_words_rank_higher(tmp_path: Path) -> None:
    chunks = [chunk(0, value="common word"), chunk(1, value="common rare"), chunk(2, value="common thing"), chunk(3, value="rare other")]

    found = opened(tmp_path, chunks).search([("common", 1.0), ("rare", 1.0)], 10)

    assert ids(found) == [1, 3, 0, 2]
    assert found[0][1] > found[1][1] > found[2][1] == found[3][1]


def test_weights_of_terms_and_boosts_of_fields_decide(tmp_path: Path) -> None:
    chunks = [chunk(0, heading="apple", value="one two"), chunk(1, labels="pear", value="one two")]
    postings.build(tmp_path, chunks)
    both = [("appl", 1.0), ("pear", 1.0)]

    assert ids(WordIndex(tmp_path, {**EVEN, "heading": 3.0}).search(both, 2)) == [0, 1]
    assert ids(WordIndex(tmp_path, {**EVEN, "labels": 3.0}).search(both, 2)) == [1, 0]
    assert ids(WordIndex(tmp_path, {**EVEN, "labels": 0.0}).search(both, 2)) == [0]
    assert ids(WordIndex(tmp_path, EVEN).search([("appl", 1.0), ("pear", 5.0)], 2)) == [1, 0]


@pytest.mark.parametrize("terms", [[], [("", 1.0)], [("appl", 0.0)], [("appl", -1.0)]], ids=["none", "empty", "zero", "negative"])
def test_terms_without_weight_find_nothing(tmp_path: Path, corpus: Corpus, terms: list[tuple[str, float]]) -> None:
    assert opened(tmp_path, corpus.chunks).search(terms, 10) == []


def test_equal_scores_are_ranked_and_cut_by_id(tmp_path: Path) -> None:
    index = opened(tmp_path, [chunk(i, value="same words") for i in range(200)])

    assert ids(index.search([("same", 1.0)], 7)) == list(range(7))
    assert ids(index.search([("word", 1.0)], 150)) == list(range(150))


def test_the_order_of_the_terms_does_not_matter(tmp_path: Path) -> None:
    words = ["alpha", "beta", "gamma", "delta", "omega"]
    index = opened(tmp_path, [chunk(i, value=" ".join(words[: 1 + i % 5]), heading=words[i % 3]) for i in range(60)])
    terms = [(w, 0.3 + i / 7) for i, w in enumerate(words)]

    assert index.search(terms, 20) == index.search(terms[::-1], 20) == WordIndex(tmp_path, EVEN).search(terms, 20)


def test_words_are_found_by_their_stem_and_by_the_parts_of_a_joined_name(tmp_path: Path) -> None:
    index = opened(tmp_path, [chunk(0, value="Deploying the TestMeanValue")])

    for stem in ("deploy", "mean", "testmeanvalu"):
        assert ids(index.search([(stem, 1.0)], 1)) == [0], stem


def test_signs_of_a_query_language_are_only_words(tmp_path: Path, corpus: Corpus) -> None:
    index = opened(tmp_path, corpus.chunks)

    for odd in ("value:red", "*", "a AND b", '"', "\x00", "[a TO z]", "水"):
        assert isinstance(index.search([(odd, 1.0)], 5), list)
    assert ids(index.search([("水", 1.0)], 5)) == [3]


def test_an_index_without_chunks_finds_nothing(tmp_path: Path) -> None:
    index = opened(tmp_path, [])

    assert (len(index), index.search([("a", 1.0)], 5), index.marks()) == (0, [], {})


def test_every_posting_carries_the_mark_of_its_chunk(tmp_path: Path, corpus: Corpus) -> None:
    index = opened(tmp_path, corpus.chunks)

    assert index.marks() == {c.id: postings.expected_mark(c.hash) for c in corpus.chunks}


def test_a_folder_that_is_no_index_is_named(tmp_path: Path) -> None:
    (tmp_path / postings.FOLDER).mkdir()
    (tmp_path / postings.FOLDER / "meta.json").write_text("{}", encoding="utf-8")

    with pytest.raises(IndexDamaged, match=postings.FOLDER):
        WordIndex(tmp_path, EVEN)


def test_a_word_is_as_rare_as_it_is_in_the_part_that_is_searched(tmp_path: Path) -> None:
    here = [chunk(i, value="usual thing") for i in range(3)] + [chunk(3, value="unusual thing")]
    elsewhere = [chunk(i, value="unusual matter") for i in range(4, 30)]
    index = opened(tmp_path, [*here, *elsewhere])
    both = [("usual", 1.0), ("unusu", 1.0)]

    assert 3 not in ids(index.search(both, 3))
    assert ids(index.search(both, 3, [(0, 4)]))[0] == 3
    assert ids(index.search(both, 9, [(0, 1), (3, 4)])) == [0, 3]
    assert index.search([("matter", 1.0)], 9, [(0, 4)]) == []
    assert index.search(both, 9, []) == []
