"""English as data: kinds of question and their precedence, types of answer, yes and no, classes of columns."""

from __future__ import annotations

from typing import Any

import pytest

import assistant.language as module
from assistant.language import BadAnswerData, Language, is_english, language, load_data, nearest_english


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Tourer vs Racer", "compare"),
        ("what is the difference between a tourer and a racer?", "compare"),
        ("how do tourer and racer work together", "overlap"),
        ("what is the tandem counterpart of Magura", "equivalent"),
        ("what is Ortlieb used for", "belongs"),
        ("how many brakes does it have", "count"),
        ("which one should I adopt first", "order"),
        ("which do I need for racing", "decision"),
        ("Our riders want to cross a continent", "decision"),
        ("Why?", "why"),
        ("what comes after rinse", "steps"),
        ("give an example of a tandem", "example"),
        ("What is a tourer?", "definition"),
        ("define tandem", "definition"),
        ("list the saddles", "list"),
        ("which bicycle uses Brooks", "which"),
        ("is Brooks used by the racer", "yesno"),
        ("how do I mend a puncture", "howto"),
        ("where was it built", "attribute"),
        ("tandem", "keyword"),
        ("", "keyword"),
    ],
)
def test_every_kind_of_question_is_told_by_its_words(question: str, kind: str) -> None:
    assert language().kind_of(question) == kind


@pytest.mark.parametrize(
    ("question", "kind", "beaten"),
    [
        ("which do I need, Tourer vs Racer", "compare", "decision"),
        ("how many steps are there", "count", "steps"),
        ("why do I need a tandem", "decision", "why"),  # the reason a choice is made for is part of the choice
        ("list the steps", "steps", "list"),
        ("what is the meaning of tandem", "definition", "attribute"),
        ("which bicycle is Brooks part of", "which", "yesno"),
    ],
)
def test_the_first_kind_in_the_file_that_matches_decides(question: str, kind: str, beaten: str) -> None:
    order = [k.id for k in language().kinds]

    if order.index(kind) < order.index(beaten):
        assert language().kind_of(question) == kind
    else:
        assert language().kind_of(question) == beaten


def test_the_last_kind_takes_whatever_is_left() -> None:
    assert [p for k in language().kinds[-1:] for p in k.patterns] == [""]


def test_a_kind_may_be_told_by_early_and_by_late_patterns_but_no_pattern_twice() -> None:
    patterns = [p for k in language().kinds for p in k.patterns]

    assert len(patterns) == len(set(patterns))


def test_case_typographic_apostrophes_and_closing_marks_do_not_change_the_kind() -> None:
    for typed in ("what's the difference?", "WHAT’S THE DIFFERENCE", "what's  the\tdifference ?!"):
        assert language().kind_of(typed) == "compare"


@pytest.mark.parametrize(
    ("question", "type_", "holds", "lacks"),
    [
        ("how many spokes has it", "number", "36 spokes", "spokes of steel"),
        ("what percentage is steel", "share", "about 40 %", "a lot"),
        ("how much does a tandem cost", "price", "2,000 and more", "it is heavy"),
        ("when was it founded", "date", "in 1898", "in Nottingham"),
        ("who invented it", "person", "invented by a smith", "it has wheels"),
        ("which version is it", "version", "v2.1", "the new one"),
    ],
)
def test_some_questions_ask_for_an_answer_of_a_certain_type(question: str, type_: str, holds: str, lacks: str) -> None:
    found = language().answer_type(question)

    assert found is not None
    assert found[0] == type_
    assert found[1].search(holds)
    assert not found[1].search(lacks)


def test_other_questions_ask_for_no_type() -> None:
    assert language().answer_type("what is a tandem") is None


@pytest.mark.parametrize(
    ("value", "told"),
    [
        *((text, True) for text in ("Yes", "yes, with screws", "✅", "Required")),
        *((text, False) for text in ("No", "not supported", "-", "✗", "No, never")),
        *((text, None) for text in ("Brooks", "", "Notched steel", "Yesterday", "Nova")),
    ],
)
def test_the_first_word_of_a_cell_says_yes_or_no_or_neither(value: str, told: bool | None) -> None:
    assert language().polarity(value) is told


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("Definition", "definition"),
        ("Short Description", "definition"),
        ("Why?", "why"),
        ("Examples", "example"),
        ("Future Trends", "forecast"),
    ],
)
def test_columns_are_of_a_class_by_any_of_their_words(label: str, kind: str) -> None:
    assert language().label_is(label, kind)
    assert not language().label_is("Brakes", kind)


@pytest.mark.parametrize(
    ("word", "end", "told", "not_told"),
    [
        ("max", "most", "up to 12 riders", "at least 12 riders"),
        ("limit", "most", "12 riders at most", "12 riders or more"),
        ("minimum", "least", "at least 12 riders", "up to 12 riders"),
    ],
)
def test_a_word_that_names_a_bound_is_of_one_end_asks_for_it_and_has_to_be_told(word: str, end: str, told: str, not_told: str) -> None:
    assert language().bounds[word] == end
    assert language().bound.search(f"how many riders is the {word}")
    assert language().amounts[word].search(told)
    assert not language().amounts[word].search(not_told)
    assert sum(word in words for words in language().extremes) == 1


def test_a_default_is_neither_end_and_a_word_that_ranks_names_no_bound() -> None:
    assert language().bounds["default"] == "standard"
    assert "default" not in language().amounts
    assert "longest" in language().amounts
    assert "longest" not in language().bounds
    assert language().bound.search("at least how many")
    assert not language().bound.search("the longest of at best four")


def test_a_number_in_words_is_worth_something_or_only_says_how_many_there_are() -> None:
    assert language().numbers["twelve"] == 12
    assert "dozen" not in language().numbers
    for said in ("twelve spokes", "thirteen spokes", "a dozen spokes", "36 spokes"):
        found = language().quantity.search(said)
        assert found is not None
        assert found["what"] == "spokes"
    assert language().quantity.search("zero spokes") is None


def test_ordinary_words_are_told_from_names() -> None:
    assert is_english("bicycle")
    assert not is_english("kubeflow")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("softwre", "software"),
        ("softwaree", "software"),
        ("sotfware", "software"),
        ("softwars", "software"),
        ("oftware", None),  # another first letter
        ("batt", None),  # bath, bats, battle, …
        ("qqqqqq", None),
    ],
    ids=["left out", "put in", "swapped", "changed", "first letter", "not clear", "none"],
)
def test_the_word_one_slip_away_is_the_one_that_is_clearly_meant(typed: str, meant: str | None) -> None:
    assert nearest_english(typed) == meant


def test_words_that_only_ask_belong_to_their_kind() -> None:
    assert "need" in language().frame_words("decision")
    assert "need" not in language().frame_words("definition")


def test_a_file_that_is_missing_is_bad_data() -> None:
    with pytest.raises(BadAnswerData, match=r"assistant/answers/nothing\.toml"):
        load_data("nothing.toml")


def test_a_file_that_is_not_toml_is_bad_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "kinds.toml").write_text("[[kind", encoding="utf-8")
    monkeypatch.setattr(module.resources, "files", lambda package: tmp_path)

    with pytest.raises(BadAnswerData, match=r"kinds\.toml: .*Reinstall"):
        load_data("kinds.toml")


@pytest.mark.parametrize("damage", [{"kind": []}, {"kind": [{"id": "x", "pattern": ["a"]}]}, {}], ids=["no kinds", "unknown key", "empty"])
def test_a_file_of_the_wrong_shape_is_bad_data(monkeypatch: pytest.MonkeyPatch, damage: dict[str, Any]) -> None:
    monkeypatch.setattr(module, "load_data", lambda file: damage if file == "kinds.toml" else load_data(file))

    with pytest.raises(BadAnswerData):
        Language()
