"""Wording from data: faults told together, nothing printed that is not accounted for, markup shown as typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

import assistant.wording as module
from assistant.language import BadAnswerData
from assistant.wording import Echo, Figure, Quote, Wording
from corpus.models import Fact, Span

Load = Callable[..., Wording]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Load:
    """A wording made of the given rules, each shape -> its templates."""

    def run(*rules: dict[str, str]) -> Wording:
        monkeypatch.setattr(module, "load_data", lambda file: {"rule": [{"id": r["shape"], "text": "", **r} for r in rules]})
        return Wording(("own.toml",))

    return run


def fact(number: int, text: str = "value") -> Fact:
    return Fact(number, "sentence", "a.md", 0, Span(number, number + 1, 1, 1), text, text)


def quote(text: str, number: int | None = None) -> Quote:
    return Quote(text, "a.md", Span(0, len(text), 1, 1), None if number is None else fact(number, text))


def test_faults_of_templates_are_reported_together_each_with_its_rule(load: Load) -> None:
    found = load(
        {"shape": "one", "text": "{{ a }"},
        {"shape": "two", "text": "fine", "more": "{% if %}"},
        {"shape": "three", "text": "fine", "markdown": "{{ x | nothing }}"},
        {"shape": "four", "text": "{{ fine }}"},
    ).faults()

    assert [fault.split(":")[0] for fault in found] == ["rule 'one'", "rule 'two'", "rule 'three'"]
    assert "'nothing'" in found[2]


def test_two_rules_for_one_shape_are_a_fault_and_all_are_told(load: Load) -> None:
    with pytest.raises(BadAnswerData) as caught:
        load({"shape": "cell"}, {"shape": "cell"}, {"shape": "row"}, {"shape": "row"})

    assert "own.toml" in str(caught.value)
    assert "'cell'" in str(caught.value)
    assert "'row'" in str(caught.value)


@pytest.mark.parametrize(
    "rule", [{"id": "a", "shape": "b"}, {"id": "a", "shape": "b", "text": "c", "texts": "d"}], ids=["missing", "unknown"]
)
def test_a_rule_with_a_wrong_key_is_reported_like_any_fault(monkeypatch: pytest.MonkeyPatch, rule: dict[str, str]) -> None:
    monkeypatch.setattr(module, "load_data", lambda file: {"rule": [rule]})

    with pytest.raises(BadAnswerData, match=r"own\.toml"):
        Wording(("own.toml",))


def test_the_shipped_rules_have_no_fault_and_no_id_twice_for_one_shape() -> None:
    wording = Wording()

    assert wording.faults() == []
    assert len({r.shape for r in wording.rules.values()}) == len(wording.rules)
    assert all(r.text.strip() for r in wording.rules.values())


@pytest.mark.parametrize("slots", [{}, {"b": "x"}], ids=["nothing given", "another given"])
def test_a_value_that_is_not_there_is_an_error_never_a_gap(load: Load, slots: dict[str, Any]) -> None:
    with pytest.raises(BadAnswerData, match="'own'"):
        load({"shape": "own", "text": "It is {{ a }}."}).render("own", slots)


def test_a_value_missing_only_in_the_supporting_text_is_an_error_too(load: Load) -> None:
    with pytest.raises(BadAnswerData):
        load({"shape": "own", "text": "x", "more": "{{ a }}"}).render("own", {})


def test_a_shape_without_a_rule_is_an_error(load: Load) -> None:
    with pytest.raises(BadAnswerData, match="'other'"):
        load({"shape": "own", "text": "x"}).render("other", {})


def test_markers_are_numbered_in_the_order_of_the_text_and_one_fact_has_one(load: Load) -> None:
    wording = load({"shape": "own", "text": "{{ b }}; {{ a }}; {{ b }}; {{ c }}"})

    _, made = wording.render("own", {"a": quote("first", 7), "b": quote("second", 3), "c": quote("label")})

    assert made.text == "second; first; second; label"
    assert made.markdown == "second [1]; first [2]; second [1]; label"
    assert [f.id for f in made.cited] == [3, 7]
    assert sorted((q.text, m) for q, m in made.quotes if m) == [("first", 2), ("second", 1)]


def test_words_of_the_question_and_numbers_have_no_marker(load: Load) -> None:
    items = (quote("a", 1), quote("b", 2))
    _, made = load({"shape": "own", "text": "{{ n }} of {{ word }}"}).render("own", {"n": Figure(2, items), "word": Echo("spokes")})

    assert (made.text, made.markdown, made.cited) == ("2 of spokes", "2 of spokes", ())


def test_supporting_text_is_in_the_markdown_alone_and_is_cited(load: Load) -> None:
    _, made = load({"shape": "own", "text": "{{ a }}", "more": "- {{ b }}"}).render("own", {"a": quote("yes", 1), "b": quote("also", 2)})

    assert made.text == "yes"
    assert made.markdown == "yes [1]\n\n- also [2]"
    assert [m for q, m in made.quotes] == [1, 2]


@pytest.mark.parametrize(
    "text", ["**a** _b_", "`code`", "[x](y)", "<b>", "a | b", "# a", "~~a~~", "\\", "![i](j)", "<script>alert(1)</script>"]
)
def test_markup_in_a_value_is_shown_as_typed(load: Load, text: str) -> None:
    from markdown_it import MarkdownIt

    _, made = load({"shape": "own", "text": "x {{ a }} y"}).render("own", {"a": quote(text)})
    (inline,) = [t for t in MarkdownIt("commonmark").enable("table").enable("strikethrough").parse(made.markdown) if t.type == "inline"]

    assert made.text == f"x {text} y"
    assert "".join(t.content for t in inline.children or []) == f"x {text} y"
    assert {t.type for t in inline.children or []} <= {"text", "text_special"}


def test_a_character_reference_in_a_value_is_shown_as_typed(load: Load) -> None:
    from markdown_it import MarkdownIt

    _, made = load({"shape": "own", "text": "x {{ a }}"}).render("own", {"a": quote("&copy; and &lt;b&gt;")})

    assert "&amp;copy;" in MarkdownIt().render(made.markdown)


def test_what_looks_like_a_slot_in_a_value_is_no_slot(load: Load) -> None:
    values = {"a": quote("{{ b }} {% x %} \x021\x03"), "b": quote("secret")}
    _, made = load({"shape": "own", "text": "{{ a }}"}).render("own", values)

    assert "secret" not in made.text
    assert "{{ b }}" in made.text


def test_a_quoted_full_stop_gives_way_to_the_sentence_around_it(load: Load) -> None:
    _, made = load({"shape": "own", "text": "{{ a }}; {{ b }}."}).render("own", {"a": quote("One.", 1), "b": quote("Two.", 2)})

    assert made.text == "One; Two."
    assert made.markdown == "One [1]; Two [2]."


def test_nothing_given_leaves_nothing_behind(load: Load) -> None:
    _, made = load({"shape": "own", "text": "a{{ b }} {% if b %}c{% endif %}"}).render("own", {"b": None})

    assert made.text == "a"


def test_a_prefix_is_fixed_wording_before_text_and_markdown(load: Load) -> None:
    wording = load({"shape": "own", "text": "{{ a }}"}, {"shape": "soon", "text": "As a forecast: "})
    _, made = wording.render("own", {"a": quote("belts", 1)})

    assert wording.prefixed("soon", made).text == "As a forecast: belts"
    assert wording.prefixed("soon", made).markdown == "As a forecast: belts [1]"


def test_a_second_answer_goes_on_counting_its_markers_and_shares_what_both_cite(load: Load) -> None:
    wording = load({"shape": "own", "text": "{{ a }} and {{ b }}"}, {"shape": "next", "text": "Or:"})
    _, first = wording.render("own", {"a": quote("belts", 1), "b": quote("chains", 2)})
    _, second = wording.render("own", {"a": quote("chains", 2), "b": quote("hubs", 3)})

    made = wording.followed(first, "next", second)

    assert made.text == "belts and chains\n\nOr: chains and hubs"
    assert made.markdown == "belts [1] and chains [2]\n\nOr: chains [2] and hubs [3]"
    assert [f.id for f in made.cited] == [1, 2, 3]
    assert [marker for _, marker in made.quotes] == [1, 2, 2, 3]


def test_the_fixed_words_are_those_outside_the_slots(load: Load) -> None:
    wording = load({"shape": "own", "text": "Brakes of {{ owner }}: {% if x %}yes{% endif %}{{ y | join('; also ') }}"})

    fixed = wording.fixed_words
    assert {"brakes", "of", "yes", "also", "and", "or"} <= fixed
    assert not {"owner", "x", "y", "if", "endif"} & fixed


def test_no_template_of_ours_prints_a_placeholder_or_a_brace() -> None:
    for rule in Wording().rules.values():
        for part in (rule.text, rule.markdown, rule.more):
            bare = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", part)
            assert not re.search(r"[{}\x02\x03$]", bare), rule.id
