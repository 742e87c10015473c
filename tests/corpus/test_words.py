"""Words and names: one tokeniser for files and questions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.models import Corpus
from corpus.vocabulary import make_vocabulary, spellings
from corpus.words import camel_parts, fold, in_order, index_stems, is_made_of, key, runs, stem, stems, words

Parse = Callable[..., Corpus]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, World!", ["hello", "world"]),
        ("the team's tools", ["the", "team", "tools"]),
        ("the teams’ tools", ["the", "teams", "tools"]),
        ("it doesn't", ["it", "does", "not"]),
        ("Café naïve ﬁne", ["cafe", "naive", "fine"]),
        ("1,000.5 and 2.3.1", ["1000.5", "and", "2.3.1"]),
        ("CI/CD, snake_case", ["ci", "cd", "snake", "case"]),
        ("", []),
        ("…→|", []),
    ],
)
def test_words_of_a_text(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("one", "other"), [("ML Ops", "MLOps"), ("ml-ops", "MLOps"), ("Pipelines", "pipeline"), ("CI/CD", "ci cd"), ("Café", "cafe")]
)
def test_a_name_has_one_key_however_it_is_spelt(one: str, other: str) -> None:
    assert key(one) == key(other)


def test_different_names_have_different_keys() -> None:
    assert key("DevOps") != key("AIOps")
    assert key("!?") == ""


def test_plurals_and_forms_share_a_stem_and_numbers_stay() -> None:
    assert stems("Models deploying") == stems("model deploys")
    assert stem("2024") == "2024"
    assert stem("x" * 100) == "x" * 100


@pytest.mark.parametrize(
    ("one", "other", "made"),
    [
        ("regulation", "regulatory", True),
        ("artifacts", "artifactory", True),
        ("archers", "archery", True),
        ("commit", "committee", False),
        ("short", "shortcoming", False),
        ("port", "portfolio", False),
    ],
)
def test_words_are_of_one_root_where_an_ending_makes_one_of_the_other(one: str, other: str, made: bool) -> None:
    root, word = sorted((stem(one), stem(other)), key=len)

    assert is_made_of(root, word) is made


def test_the_parts_of_camel_case_are_found_too() -> None:
    assert camel_parts("TestMeanValue HTTPServer plain ABC") == ["Test", "Mean", "Value", "HTTP", "Server"]
    assert index_stems("TestMeanValue") == ["testmeanvalu", "test", "mean", "valu"]


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("2. Key Differences", ["Key Differences"]),
        ("Service Level Objective (SLO)", ["Service Level Objective (SLO)", "Service Level Objective", "SLO"]),
        ("Guide: Which One", ["Guide: Which One", "Guide", "Which One"]),
        ("MeanValue", ["MeanValue", "Mean Value"]),
    ],
)
def test_a_label_may_be_called_in_several_ways(text: str, ways: list[str]) -> None:
    assert list(spellings(text)) == ways


def test_the_vocabulary_holds_every_name_with_its_place(parse: Parse) -> None:
    corpus = parse("# Sizes\n\n| Name | Size |\n|---|---|\n| Ant | small, quick |\n\n- **Bee:** flies\n")
    vocabulary = make_vocabulary(corpus)
    roles = {(e.text, e.role) for e in vocabulary.entries}

    assert {("Sizes", "heading"), ("Ant", "row"), ("Size", "column"), ("quick", "name"), ("Bee", "label")} <= roles
    assert all(e.key == key(e.text) for e in vocabulary.entries)
    assert all(e.fact is None or corpus.facts[e.fact].section == e.section for e in vocabulary.entries)


def test_frequencies_count_facts_and_forms_lead_to_stems(parse: Parse) -> None:
    vocabulary = make_vocabulary(parse("Models drift. A model is a model.\n\nOther.\n"))

    assert vocabulary.frequencies[stem("model")] == 2
    assert vocabulary.forms["models"] == vocabulary.forms["model"] == stem("model")
    assert "absent" not in vocabulary.frequencies


@given(st.text(st.sampled_from("aB Ab1’'sn tXé-_.,")))
def test_the_quick_ways_give_what_the_plain_ones_give(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text))
    plain = "".join(c for c in decomposed if unicodedata.category(c) != "Mn")
    plain = re.sub(r"n['’]t\b", " not", re.sub(r"(?<=\w)['’]s\b|(?<=s)['’](?=\s|$)", "", plain.lower()))
    parts = [re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+", token) for token in re.findall(r"[A-Za-z0-9]+", text)]

    assert fold(text) == plain
    assert camel_parts(text) == [p for of in parts if len(of) > 1 and all(len(p) > 1 or p.isdigit() for p in of) for p in of]


def test_words_stand_in_their_order_with_others_between_or_side_by_side() -> None:
    said = ["a", "b", "c", "a", "b"]

    assert in_order(["a", "c", "b"], said)
    assert not in_order(["c", "b", "a"], said)
    assert runs(["a", "b"], said) == [0, 3]
    assert runs(["a", "c"], said) == []
