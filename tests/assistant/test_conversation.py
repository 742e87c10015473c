"""Follow-ups: what is kept from the turn before, what is dropped, and that nothing else is known."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant import Answer, Assistant, Conversation
from assistant.certificate import verify_answer

Talk = Callable[..., list[Answer]]


@pytest.fixture
def talk(bike: Assistant) -> Talk:
    """Say some lines in one conversation; the answers, each proved."""

    def run(*lines: str) -> list[Answer]:
        conversation = Conversation()
        answers = [bike.ask(line, conversation) for line in lines]
        assert all(verify_answer(a.as_json(), bike.kb).holds for a in answers)
        return answers

    return run


def places(answer: Answer) -> list[tuple[str, str]]:
    return [(c.cell.row, c.cell.column) for c in answer.citations if c.cell]


@pytest.mark.parametrize("follow", ["and for the racer?", "What about the racer?", "the racer?", "Racer?", "how about racers"])
def test_another_thing_takes_the_place_of_the_last_one(talk: Talk, follow: str) -> None:
    first, second = talk("brakes of the tourer", follow)

    assert places(first) == [("Brakes", "Tourer")]
    assert places(second) == [("Brakes", "Racer")]
    assert second.reading.kept
    assert second.reading.question != follow
    assert "Racer" in second.reading.question


@pytest.mark.parametrize("follow", ["and the saddle?", "what about the saddle?", "its saddle?", "and what is its saddle"])
def test_another_attribute_is_asked_of_the_same_thing(talk: Talk, follow: str) -> None:
    assert places(talk("brakes of the tourer", follow)[1]) == [("Saddle", "Tourer")]


def test_what_was_kept_is_kept_over_several_turns(talk: Talk) -> None:
    answers = talk("brakes of the tourer", "and for the racer?", "and the saddle?", "and for the tandem?")

    assert [places(a) for a in answers] == [[("Brakes", "Tourer")], [("Brakes", "Racer")], [("Saddle", "Racer")], [("Saddle", "Tandem")]]


def test_an_aspect_narrows_a_comparison(talk: Talk) -> None:
    whole, narrow = talk("compare tourer and racer", "only the brakes")

    assert len(whole.citations) > 2
    assert places(narrow) == [("Brakes", "Tourer"), ("Brakes", "Racer")]


def test_membership_goes_on_with_another_thing_or_name(talk: Talk) -> None:
    yes, no, also_no = talk("does the tourer use Magura", "and the racer?", "and Avid?")

    assert [a.text.startswith("Yes") for a in (yes, no, also_no)] == [True, False, False]
    assert "Avid" in also_no.text


@pytest.mark.parametrize("why", ["why?", "Why", "but why", "why is that?"])
def test_why_asks_for_the_reason_of_the_last_choice(talk: Talk, why: str) -> None:
    answer = talk("which do I need for crossing a continent", why)[1]

    assert ("Crossing a continent", "Why?") in places(answer)
    assert "It carries luggage" in answer.text


def test_a_pronoun_stands_for_what_the_last_answer_was_about(talk: Talk) -> None:
    assert places(talk("which do I need for racing on asphalt", "what are its brakes?")[1]) == [("Brakes", "Racer")]


def test_a_change_of_topic_takes_nothing_along(talk: Talk, bike: Assistant) -> None:
    second = talk("brakes of the tourer", "what is a derailleur")[1]
    alone = bike.ask("what is a derailleur")

    assert second.reading.kept == ()
    assert (second.text, second.citations, second.answer_id) == (alone.text, alone.citations, alone.answer_id)


@pytest.mark.parametrize("question", ["saddle of the tandem", "Tourer vs Racer", "how do I mend a puncture", "which do I need for racing?"])
def test_a_whole_question_is_answered_as_if_it_were_the_first(talk: Talk, bike: Assistant, question: str) -> None:
    for before in ("brakes of the tourer", "what is a derailleur", "what is the price of the Racer"):
        assert talk(before, question)[1].answer_id == bike.ask(question).answer_id


def test_a_refusal_carries_no_citations_and_is_not_gone_on_with(talk: Talk) -> None:
    first, refused, third = talk("brakes of the tourer", "what is the capital of France", "and for the tandem?")

    assert first.status == "answered"
    assert (refused.status, refused.citations) == ("declined", ())
    assert places(third) == [("Brakes", "Tandem")]


def test_small_talk_in_between_changes_nothing(talk: Talk) -> None:
    assert places(talk("brakes of the tourer", "thanks", "and for the tandem?")[2]) == [("Brakes", "Tandem")]


@pytest.mark.parametrize("follow", ["why?", "and?", "its brakes?", "the second one", "more"])
def test_a_fresh_conversation_knows_nothing(bike: Assistant, follow: str) -> None:
    bike.ask("weak point of the tourer", Conversation())
    fresh = bike.ask(follow, Conversation())

    assert fresh.answer_id == bike.ask(follow).answer_id
    assert "Sluggish" not in fresh.text or follow == "its brakes?"
    assert fresh.reading.kept == ()


def test_conversations_side_by_side_do_not_mix(bike: Assistant) -> None:
    one, two = Conversation(), Conversation()
    bike.ask("brakes of the tourer", one)
    bike.ask("saddle of the tourer", two)

    assert places(bike.ask("and for the racer?", one)) == [("Brakes", "Racer")]
    assert places(bike.ask("and for the racer?", two)) == [("Saddle", "Racer")]


def test_a_conversation_keeps_only_its_last_turns(bike: Assistant) -> None:
    conversation = Conversation()
    for _ in range(12):
        bike.ask("brakes of the tourer", conversation)

    assert len(conversation.turns) <= 8


def test_the_same_talk_gives_the_same_answers(talk: Talk) -> None:
    lines = ("compare tourer and racer", "only the brakes", "and the tandem?", "why?", "and the saddle?")

    assert [a.answer_id for a in talk(*lines)] == [a.answer_id for a in talk(*lines)]


def test_a_name_typed_with_a_hyphen_is_replaced_like_any_other(talk: Talk) -> None:
    assert places(talk("brakes of the two-seater", "and for the racer?")[1]) == [("Brakes", "Racer")]


def test_another_name_takes_the_place_of_the_last_name(talk: Talk) -> None:
    assert places(talk("which bicycles use Brooks", "and Ortlieb?")[1]) == [("Bags", "Tourer")]


def test_after_a_refusal_the_same_of_another_thing_is_refused_too(talk: Talk) -> None:
    assert talk("who invented the tourer", "and for the racer?")[1].status == "declined"


def test_a_comparison_with_the_last_thing_is_one_of_both(talk: Talk) -> None:
    assert talk("what is a tourer", "compare it with the racer")[1].rule.startswith("comparison")
