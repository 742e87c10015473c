"""What a message says of several things at once: a part of a comparison, one more, the others, whether one is among them."""

from __future__ import annotations

import pytest

from assistant import Answer, Assistant, Conversation


def talked(kb: Assistant, *turns: str) -> Answer:
    talk = Conversation()
    return [kb.ask(turn, talk) for turn in turns][-1]


@pytest.mark.parametrize("narrowed", ["only the drawbacks", "just the drawbacks"])
def test_a_part_of_a_comparison_is_told_of_the_same_two(shop: Assistant, narrowed: str) -> None:
    answer = talked(shop, "letterpress vs risograph", narrowed)

    assert answer.text == "Drawbacks – Letterpress: Setting a page by hand takes a day; Risograph: The soy ink never dries completely."


@pytest.mark.parametrize("adding", ["add screenprint to that", "add screenprint", "and screenprint too"])
def test_one_more_is_added_to_what_was_told(shop: Assistant, adding: str) -> None:
    answer = talked(shop, "letterpress vs risograph", "only the drawbacks", adding)

    assert [n for n in ("takes a day", "never dries", "has to be rinsed") if n not in answer.text] == []


def test_what_stands_before_the_others_is_asked_of_them(shop: Assistant) -> None:
    answer = talked(shop, "what is letterpress?", "what are the drawbacks of the other two?")

    assert "has to be rinsed" in answer.text
    assert "takes a day" not in answer.text


@pytest.mark.parametrize(
    ("asked", "begins"), [("is Olfa one of those?", "Yes."), ("is Fiskars among them?", "Yes."), ("is Bishop one of them?", "No.")]
)
def test_whether_one_is_among_those_told(shop: Assistant, asked: str, begins: str) -> None:
    assert talked(shop, "which tools does letterpress use for cutting?", asked).text.startswith(begins)


@pytest.mark.parametrize(
    "asked", ["what is the letterpress version?", "the letterpress version?", "what's the letterpress equivalent then"]
)
def test_the_version_of_another_thing_is_its_counterpart(shop: Assistant, asked: str) -> None:
    answer = talked(shop, "is Natgraph a letterpress tool?", asked)

    assert answer.rule == "counterpart"
    assert "Vandercook" in answer.text


def test_what_is_ranked_by_name_is_none_of_those_spoken_of(shop: Assistant) -> None:
    assert talked(shop, "letterpress vs risograph", "what is the best pizza").decline == "off_topic"


def test_a_bare_need_is_asked_back_whatever_was_spoken_of(shop: Assistant) -> None:
    assert talked(shop, "what is letterpress?", "which do I need").status == "clarify"


def test_what_the_others_use_instead_is_what_stands_there_for_them(shop: Assistant) -> None:
    answer = talked(shop, "who uses Natgraph?", "what do the others use instead?")

    assert answer.text == "Tools – Letterpress: Vandercook, Olfa, Komori; Risograph: Duplo, Ideal"


def test_which_one_that_is_for_another_thing(shop: Assistant) -> None:
    assert talked(shop, "who uses Bishop?", "which one is that for screenprint?").text == "Lifting – Screenprint: Kippax"


def test_what_one_would_get_is_of_what_was_chosen(shop: Assistant) -> None:
    answer = talked(shop, "which do I need for printing on shirts", "which tools would I get?")

    assert answer.text == "Tools – Screenprint: Natgraph, Harben"


def test_after_the_last_step_no_other_order_goes_on(shop: Assistant) -> None:
    assert talked(shop, "what comes after rinse?", "and then?", "and after that?").rule == "no-further-step"


@pytest.mark.parametrize("asked", ["what's the difference?", "so what is the difference in one line?"])
def test_the_difference_is_that_of_what_was_compared(shop: Assistant, asked: str) -> None:
    assert talked(shop, "letterpress vs risograph", asked).rule == "comparison"
