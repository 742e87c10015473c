"""Folders are made of real sentences, the same ones for the same seed, and hold what they say they hold."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from corpus import parse_corpus
from corpus.models import Document
from evals.speed.making import Maker, chosen, make_pages, write_folder
from evals.speed.texts import Texts, of_folder, plain_sentences, shipped

PARAGRAPHS = (
    "The lamp is lit when the keeper climbs the tower. The keeper writes the hour in the book, and the book lies under the lamp.",
    "A lamp that smokes is trimmed before the next watch. The horn is blown when the fog hides the lamp from the boats.",
    "Every watch ends with the keeper who trims the lamp for the next watch. Boats that pass the tower answer with a horn.",
    "The tower was built with stone from the island. Stone that cracks is mended before the winter, and the lamp is moved.",
)


@pytest.fixture
def texts() -> Texts:
    return Texts.of(PARAGRAPHS)


def test_only_whole_plain_sentences_are_taken() -> None:
    text = "See `open(path)` for more.  It takes a *path* and returns the file that is found there. No. Fn: x[0] = {1} does too much here."

    assert list(plain_sentences(text)) == ["It takes a path and returns the file that is found there."]


def test_the_words_names_are_made_of_are_frequent_ones_without_those_that_only_hold_sentences_together(texts: Texts) -> None:
    assert texts.words[:2] == ("lamp", "keeper")
    assert not {"that", "with", "when", "before"} & set(texts.words)


def test_one_seed_gives_one_folder_and_a_larger_one_begins_with_the_smaller(texts: Texts) -> None:
    small, again, large = (list(make_pages(texts, facts)) for facts in (200, 200, 600))

    assert small == again
    assert large[: len(small)] == small
    assert list(make_pages(texts, 200, seed=2)) != small


def test_every_real_sentence_stands_as_it_is_before_any_comes_a_second_time(texts: Texts) -> None:
    import random

    maker, chance = Maker(texts), random.Random(0)

    told = [maker.sentence(chance) for _ in range(len(texts.sentences) + 5)]

    assert tuple(told[: len(texts.sentences)]) == texts.sentences
    heads = {s.split()[0] for s in texts.sentences}
    assert all(s.split()[0] in heads for s in told)


def test_a_page_holds_about_as_many_facts_as_it_says_and_things_of_every_sort(texts: Texts) -> None:
    pages = list(make_pages(texts, 1500))
    facts = [fact for page in pages for fact in parse_corpus([Document(page.path, page.text, "", len(page.text), 0)]).facts]

    assert len(facts) == pytest.approx(sum(page.facts for page in pages), rel=0.1)
    assert {"cell", "item", "pair", "sentence", "heading", "step"} <= {fact.kind for fact in facts}


def test_some_things_are_spoken_of_far_more_often_than_others(texts: Texts) -> None:
    pages = list(make_pages(texts, 6000))
    names = [page.text.splitlines()[0][2:] for page in pages]
    spoken_of = Counter({name: sum(f"works with {name} when" in page.text for page in pages) for name in names[:20]})

    assert spoken_of.most_common(1)[0][0] == names[0]
    assert spoken_of[names[0]] > 3 * spoken_of[names[10]]


def test_a_folder_is_written_with_its_questions(texts: Texts, tmp_path: Path) -> None:
    questions = write_folder(tmp_path, texts, 300)

    files = sorted(tmp_path.rglob("*.md"))
    assert files
    asked = chosen(questions, 2)
    kinds = Counter(kind for kind, _ in asked)
    assert set(kinds) >= {"definition", "cell", "list", "steps", "keyword", "misspelt", "attribute", "in other words", "off topic"}
    assert max(kinds.values()) == 2
    assert asked == chosen(questions, 2)
    name = files[0].read_text().splitlines()[0][2:]
    assert any(name in text for _, text in questions)


@pytest.mark.slow  # reads the whole standard library
def test_the_texts_of_a_folder_and_those_every_python_carries(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Tower\n\n" + "\n\n".join(PARAGRAPHS), encoding="utf-8")

    own, more = of_folder(tmp_path), shipped(tmp_path)

    assert own.sentences == tuple(dict.fromkeys(s for p in PARAGRAPHS for s in plain_sentences(p)))
    assert more.sentences[: len(own.sentences)] == own.sentences
    assert len(more.sentences) > 3000
    assert len(more.words) > 1000
