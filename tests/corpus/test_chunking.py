"""Chunks: what the index ranks, in words, each tied to its facts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from corpus.chunking import bare_heading, heading_words
from corpus.models import Corpus

Parse = Callable[..., Corpus]


def texts(corpus: Corpus, kind: str) -> list[str]:
    return [c.text for c in corpus.chunks if c.kind == kind]


def test_a_cell_is_said_with_its_headings_and_both_labels(parse: Parse) -> None:
    corpus = parse("# 2. Sizes\n\n| Name | Size |\n|---|---|\n| Ant | small |\n")

    assert texts(corpus, "fact") == ["Sizes › Ant › Size: small"]
    assert texts(corpus, "row") == ["Sizes: Name: Ant; Size: small"]


def test_an_item_is_said_with_its_lead_in_and_a_list_as_a_whole(parse: Parse) -> None:
    corpus = parse("# Clouds\n\nWe support:\n\n- Large:\n  - **One:** big\n  - Two\n- Small\n")

    assert texts(corpus, "fact") == [
        "Clouds: We support:",
        "Clouds › We support: Large:",
        "Clouds › Large › One: big",
        "Clouds › Large: Two",
        "Clouds › We support: Small",
    ]
    assert texts(corpus, "list") == ["Clouds › We support: Large; Small", "Clouds › Large: One: big; Two"]


def test_every_fact_but_headings_and_steps_is_in_some_passage(parse: Parse) -> None:
    corpus = parse("# A\n\n" + "A sentence of some length that fills the window. " * 60 + "\n\n- item\n\n## B\n\n## C\n\ntext\n")
    passages = [c for c in corpus.chunks if c.kind == "passage"]
    held = {f for c in passages for f in c.facts}

    assert held >= {f.id for f in corpus.facts if f.kind not in ("heading", "step")}
    assert all(len(c.text) <= 900 for c in corpus.chunks)
    assert len(passages) > 3
    assert [c.text for c in passages if corpus.sections[c.section].path == ("A", "B")] == ["A › B"]


def test_a_hash_is_of_kind_text_and_fields_and_changes_with_them(parse: Parse) -> None:
    one, two = parse("# A\n\ntext\n").chunks, parse("# A\n\ntext\n\nmore\n").chunks

    assert one[0].hash == two[0].hash
    assert one[-1].hash != two[-1].hash
    assert one[0].hash == hashlib.sha256(b"fact\x1fA: text\x1fA\x1f\x1ftext").hexdigest()


def test_punctuation_alone_is_no_chunk(parse: Parse) -> None:
    assert parse("...\n\n| | |\n|---|---|\n| - | * |\n").chunks == ()


def test_numbering_is_taken_off_headings() -> None:
    assert [bare_heading(x) for x in ("5. Guide", "2.3.1 Guide", "A) Guide", "2024 Guide", "5.", "A Guide")] == [
        *["Guide", "Guide", "Guide", "2024 Guide", "5.", "A Guide"]  # a year is no numbering
    ]
    assert heading_words(("1. One", "", "Two")) == "One › Two"
