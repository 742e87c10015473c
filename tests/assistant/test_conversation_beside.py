"""What is under discussion is kept: the row for another thing, the name that was looked for, the choice that was made."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant import Answer

Talk = Callable[..., list[Answer]]


def places(answer: Answer) -> list[tuple[str, str]]:
    return [(c.cell.row, c.cell.column) for c in answer.citations if c.cell]


@pytest.mark.parametrize("follow", ["what's the racer one", "and which is the racer one?"])
def test_the_one_of_another_thing_is_what_was_asked_for(talk: Talk, follow: str) -> None:
    assert places(talk("lighting of the tourer", follow)[1]) == [("Lighting", "Racer")]


def test_the_row_of_a_name_is_kept_over_a_question_about_the_name(shop_talk: Talk) -> None:
    *_, answer = shop_talk("is Olfa for cutting?", "but isn't it risograph?", "so which is the risograph one?")

    assert places(answer) == [("Cutting", "Risograph")]


def test_instead_of_a_name_that_is_not_there_stands_its_counterpart(talk: Talk) -> None:
    answer = talk("does the tourer use Lezyne", "which does it take instead?")[1]

    assert places(answer)[0] == ("Lighting", "Tourer")


def test_there_is_the_thing_that_does_not_have_it(talk: Talk) -> None:
    answer = talk("does the racer use Ortlieb", "then which would they take there?")[1]

    assert ("Bags", "Racer") in places(answer)


def test_instead_keeps_to_the_row_that_was_asked_for(shop_talk: Talk) -> None:
    *_, answer = shop_talk(
        "which drying tools has the screenprint", "does the letterpress use Natgraph for drying?", "what does it use instead"
    )

    assert places(answer) == [("Drying", "Letterpress")]


def test_what_it_is_used_for_is_asked_of_the_name(talk: Talk) -> None:
    """Nothing is wanted in its stead."""
    answer = talk("does the tourer use Lezyne", "what is it used for then")[1]

    assert "Lezyne" in answer.reading.question


def test_more_than_in_another_sets_both_side_by_side(talk: Talk) -> None:
    for follow in ("is that less than for the racer?", "is that the same as for the racer?"):
        assert places(talk("bags of the tourer", follow)[1]) == [("Bags", "Tourer"), ("Bags", "Racer")]


def test_a_third_that_may_lie_in_between_is_set_beside_the_two(talk: Talk) -> None:
    answer = talk("compare the frame of tourer and racer", "is the tandem somewhere in between?")[1]

    assert places(answer) == [("Frame", "Tourer"), ("Frame", "Racer"), ("Frame", "Tandem")]


def test_compared_with_another_is_what_was_just_told(talk: Talk) -> None:
    *_, both, bags = talk(
        "which do I need for crossing a continent", "what's the weak point", "compare it with the racer", "and their bags?"
    )

    assert places(both) == [("Weak Point", "Tourer"), ("Weak Point", "Racer")]
    assert places(bags) == [("Bags", "Tourer"), ("Bags", "Racer")]


@pytest.mark.parametrize("follow", ["is it a cutting tool too?", "is it for cutting?"])
def test_it_is_the_name_that_was_looked_for_where_a_place_is_asked(shop_talk: Talk, follow: str) -> None:
    answer = shop_talk("who uses Natgraph", follow)[1]

    assert answer.text.startswith("Not")
    assert "Natgraph" in answer.text


def test_for_what_asks_what_a_name_is_used_for(shop_talk: Talk) -> None:
    assert shop_talk("who uses Natgraph", "what for?")[1].reading.question == "what is Natgraph used for"


def test_is_it_not_another_things_asks_for_its_place(shop_talk: Talk) -> None:
    answer = shop_talk("is Bishop for lifting?", "but isn't it risograph?")[1]

    assert answer.text.startswith("Not")
    assert "Letterpress" in answer.text


def test_what_to_watch_out_for_are_the_difficulties(talk: Talk) -> None:
    answer = talk("which do I need for racing on asphalt", "what should I be careful about?")[1]

    assert "Fragile wheels" in answer.text
    assert "Uncomfortable on cobblestones" in answer.text


def test_a_need_told_anew_is_asked_without_the_words_that_take_back(shop_talk: Talk) -> None:
    *_, answer, after = shop_talk("which do I need for cheap fanzines", "sorry, no, actually we need to print on shirts", "its drawbacks?")

    assert ("Printing on shirts", "Solution") in places(answer)
    assert "mesh" in after.text


def test_what_was_not_understood_has_no_place_for_what_follows(talk: Talk) -> None:
    *_, answer = talk(
        "which do I need for racing on asphalt", "we are five folks in a shed with no Magura", "and for crossing a continent?"
    )

    assert "shed" not in answer.reading.question
    assert ("Crossing a continent", "Solution") in places(answer)


def test_the_name_of_an_item_is_what_it_stands_for(shop_talk: Talk) -> None:
    answer = shop_talk("what will replace cast lead", "who sells it?")[1]

    assert answer.status == "declined"
    assert "Plastic type" in answer.text


def test_who_else_asks_for_all_that_have_the_name(talk: Talk) -> None:
    answer = talk("does the tandem use Brooks", "who else does?")[1]

    assert {("Saddle", "Tourer"), ("Saddle", "Tandem")} <= set(places(answer))


def test_any_of_those_are_the_names_just_listed(shop_talk: Talk) -> None:
    answer = shop_talk("inks of the screenprint", "does risograph use any of those?")[1]

    assert answer.reading.question.startswith("does risograph use Speedball and Caligo")
    assert "Caligo: yes" in answer.text


def test_both_of_those_that_were_the_answer_say_it_again(talk: Talk) -> None:
    first, again = talk("who has Brooks", "both?")

    assert again.text == first.text


def test_the_other_two_are_asked_the_same(talk: Talk) -> None:
    assert places(talk("lighting of the racer", "and the other two?")[1]) == [("Lighting", "Tourer"), ("Lighting", "Tandem")]


def test_what_has_it_is_not_what_it_stands_for(shop_talk: Talk) -> None:
    assert shop_talk("what is Swarfega", "which techniques use it?")[1].reading.question == "which techniques use Swarfega?"


def test_what_it_uses_is_asked_of_the_thing_found_with_a_name(talk: Talk) -> None:
    assert places(talk("who has Apidura", "what does that one use for lighting?")[1]) == [("Lighting", "Racer")]


def test_what_another_thing_would_use_is_asked_of_the_same_row(talk: Talk) -> None:
    assert places(talk("which lighting has the racer", "and what would the tandem use?")[1]) == [("Lighting", "Tandem")]


def test_a_part_of_a_label_is_asked_of_what_was_chosen(talk: Talk) -> None:
    answer = talk("which do I need for racing on asphalt", "what's the purpose?")[1]

    assert places(answer) == [("Racer", "Main Purpose")]


def test_one_of_the_things_a_list_was_told_by_narrows_it(talk: Talk) -> None:
    assert talk("tell me the weaknesses of all", "just the racer")[1].text.count("cobblestones") == 1


def test_the_reason_of_an_answer_is_part_of_it(talk: Talk) -> None:
    *_, answer = talk("does the tourer use Magura", "why?", "and the racer?")

    assert answer.reading.question == "does the Racer use Magura"


@pytest.mark.parametrize(
    ("held", "said"), [("I thought Natgraph", "Natgraph is listed under"), ("hm? I thought Bishop", "Bishop is listed under Lifting")]
)
def test_a_name_held_for_the_right_one_is_looked_for_in_the_same_place(shop_talk: Talk, held: str, said: str) -> None:
    answer = shop_talk("cutting tools of letterpress", held)[1]

    assert answer.text.startswith("Not")
    assert said in answer.text


def test_of_two_that_are_taken_together_each_is_asked_for(shop_talk: Talk) -> None:
    answer = shop_talk("which do I need for posters with tiny captions", "which papers would that be?")[1]

    assert places(answer) == [("Papers", "Letterpress"), ("Papers", "Screenprint")]


def test_the_heading_that_was_asked_for_is_not_what_is_spoken_of(talk: Talk) -> None:
    answer = talk("what are the weaknesses of the racer", "what is its saddle")[1]

    assert places(answer) == [("Saddle", "Racer")]
