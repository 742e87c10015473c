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


@pytest.mark.parametrize(
    ("lines", "read"),
    [
        (("brakes of the tourer", "not the brakes, the saddle"), [("Saddle", "Tourer")]),
        (("brakes of the tourer", "sorry, not the tourer, the racer"), [("Brakes", "Racer")]),
        (("weak point of the tourer", "no, I meant the saddle"), [("Saddle", "Tourer")]),
    ],
    ids=["what is asked", "what it is asked of", "meant"],
)
def test_a_correction_puts_one_name_in_the_place_of_another(talk: Talk, lines: tuple[str, ...], read: list[tuple[str, str]]) -> None:
    assert places(talk(*lines)[-1]) == read


@pytest.mark.parametrize("follow", ["and the others?", "the rest"])
def test_the_others_are_the_things_beside_the_one_asked_about(talk: Talk, follow: str) -> None:
    assert places(talk("brakes of the tourer", follow)[1]) == [("Brakes", "Racer"), ("Brakes", "Tandem")]


@pytest.mark.parametrize("first", [("brakes of the tourer", "brakes of the racer"), ("brakes of the tourer", "and the racer?")])
def test_they_are_the_things_that_the_same_was_asked_of(talk: Talk, first: tuple[str, str]) -> None:
    answer = talk(*first, "what about their saddles?")[2]

    assert places(answer) == [("Saddle", "Tourer"), ("Saddle", "Racer")]


def test_two_new_names_take_the_place_of_the_two_compared(talk: Talk) -> None:
    answers = talk("compare tourer and racer", "only the brakes", "same for racer and tandem")

    assert places(answers[2]) == [("Brakes", "Racer"), ("Brakes", "Tandem")]


def test_what_was_named_last_is_spoken_of_afterwards(talk: Talk) -> None:
    answer = talk("does the tourer use Magura", "and Ortlieb?", "where is it listed")[2]

    assert answer.reading.kept == ("Ortlieb",)
    assert places(answer) == [("Bags", "Tourer")]


@pytest.mark.parametrize(
    ("lines", "question"),
    [
        (("brakes of the tourer", "and the racer?", "back to the first: what is its saddle?"), "what is Tourer's saddle"),
        (("compare tourer and racer", "what is the weak point of the second?"), "what is the weak point of Racer?"),
        (("which bicycles use Brooks", "weak point of the first one", "and the second?"), "weak point of Tandem"),
    ],
    ids=["of what was spoken of", "of what was compared", "of a list, of which something was asked"],
)
def test_an_ordinal_counts_off_what_was_spoken_of_or_listed(talk: Talk, lines: tuple[str, ...], question: str) -> None:
    assert talk(*lines)[-1].reading.question.casefold().strip("?") == question.casefold().strip("?")


@pytest.mark.parametrize(
    ("follow", "text"),
    [("what is step 2?", "Lever off the tyre"), ("and after that?", "Patch the tube"), ("and 4?", "Inflate to the printed pressure")],
)
def test_a_step_is_told_by_its_number_and_by_the_one_before(talk: Talk, follow: str, text: str) -> None:
    lines = ["how do I mend a puncture", "what is step 2?"]
    answer = talk(*lines, *([] if follow in lines else [follow]))[-1]

    assert text in answer.text


def test_which_after_a_count_lists_what_was_counted(talk: Talk) -> None:
    count, listed = talk("how many brakes does the tourer have", "which?")

    assert count.text.startswith("2")
    assert listed.reading.question == "which brakes does the tourer have"
    assert places(listed) == [("Brakes", "Tourer")]


def test_what_else_is_there_is_what_stands_in_the_same_place(talk: Talk) -> None:
    answer = talk("where is Magura listed", "what else is there?")[1]

    assert places(answer) == [("Brakes", "Tourer")]
    assert "Avid" in answer.text


@pytest.mark.parametrize("question", ["which bicycle do I need?", "which one do I need?"])
def test_a_choice_without_a_need_is_asked_back_and_the_need_settles_it(talk: Talk, question: str) -> None:
    back, answer, reason = talk(question, "we race on asphalt", "why?")

    assert back.status == "clarify"
    assert ("Racing on asphalt", "Solution") in places(answer) or "Racer" in answer.text
    assert "Its low weight saves energy uphill" in reason.text


def test_several_questions_in_one_message_settle_what_was_asked_back(talk: Talk) -> None:
    back, several, second = talk("which one do I need?", "what is a racer? what is a tourer?", "the second one")

    assert (back.status, several.rule) == ("clarify", "several-questions")
    assert "need" not in second.reading.question


def test_a_capital_it_is_no_pronoun(talk: Talk) -> None:
    assert talk("brakes of the tourer", "is IT listed?")[1].reading.kept == ()


def test_a_question_of_small_words_is_asked_of_the_last_thing(talk: Talk) -> None:
    answer = talk("how often should I replace the chain", "and how come?")[1]

    assert "chain" in answer.reading.question.casefold()


def test_a_few_words_of_another_name_are_enough_beside_the_last_one(talk: Talk) -> None:
    assert places(talk("height of the small outfit", "the medium one?")[1]) == [("Medium", "Height")]


def test_a_statement_is_asked_and_never_taken_over(talk: Talk) -> None:
    _, stated, after = talk("what are the brakes of the racer", "so it uses Magura", "which brakes does it have?")

    assert "not" in stated.text.casefold()
    assert places(after) == [("Brakes", "Racer")]


def test_the_reason_of_a_choice_is_that_of_the_row_that_decided(talk: Talk) -> None:
    back, choice, reason = talk("which one do I need?", "we ride with a blind partner", "why that")

    assert (back.status, choice.status) == ("clarify", "answered")
    assert ("Riding with a blind partner", "Why?") in places(reason)


def test_what_is_asked_after_a_choice_is_asked_of_what_was_chosen(talk: Talk) -> None:
    answer = talk("which do I need for racing on asphalt", "weaknesses?")[1]

    assert answer.reading.question == "Weaknesses of Racer"
    assert answer.text == "Racer – Weaknesses: Uncomfortable on cobblestones; Weak Point: Fragile wheels"


@pytest.mark.parametrize(
    ("turns", "read"),
    [
        (("saddle of the Racer", "does the Tourer have the same?"), "compare Saddle of Racer and Tourer"),
        (("saddle of the Racer", "compare that with the Tourer"), "compare Saddle of Racer and Tourer"),
        (("saddle of the Racer", "is it the same for the Tourer?"), "compare Saddle of Racer and Tourer"),
        (("list all saddles", "which of them belong to the Tourer?"), "Saddle of Tourer"),
        (("which bicycle do I need for crossing a continent", "and which lighting would I use?"), "Lighting of Tourer"),
    ],
)
def test_what_was_asked_of_one_thing_goes_on_with_another(bike: Assistant, turns: tuple[str, ...], read: str) -> None:
    talk = Conversation()

    answer = [bike.ask(turn, talk) for turn in turns][-1]

    assert (answer.status, answer.reading.question) == ("answered", read), answer.text


def test_a_need_told_in_messages_of_its_own_is_what_the_choice_is_for(bike: Assistant) -> None:
    talk = Conversation()
    told = bike.ask("my knees hurt and the Alps are next", talk)
    assert told.status == "declined"

    answer = bike.ask("what should I choose?", talk)

    assert answer.reading.question.startswith("my knees hurt and the Alps are next. what should I choose")


def test_the_step_before_is_asked_for_in_the_place_of_the_one_after(shop: Assistant) -> None:
    talk = Conversation()
    shop.ask("what comes after inking in letterpress", talk)

    answer = shop.ask("and before?", talk)

    assert answer.reading.question == "what comes before inking in letterpress"


# ---------------------------------------------------------------- one more, the other, the one before


def test_one_more_thing_joins_a_comparison(talk: Talk) -> None:
    for follow in ("add the tandem", "and the tandem too"):
        _, second = talk("compare the brakes of tourer and racer", follow)

        assert places(second) == [("Brakes", "Tourer"), ("Brakes", "Racer"), ("Brakes", "Tandem")]


def test_the_other_one_is_the_one_thing_not_asked_of_yet(talk: Talk) -> None:
    *_, third = talk("brakes of the tourer", "and the racer?", "and the other one?")

    assert places(third) == [("Brakes", "Tandem")]


def test_after_the_second_is_the_third(talk: Talk) -> None:
    _, second, third = talk("what is the chain care flow", "what comes after the second step", "and before it?")

    assert "Dry" in second.text
    assert "Rinse" in third.text


def test_whats_last_is_asked_of_the_steps_just_told(talk: Talk) -> None:
    assert "Lubricate" in talk("what is the chain care flow", "what's last")[1].text


def test_a_counterpart_is_that_of_the_name_spoken_of(talk: Talk) -> None:
    answer = talk("what is Ortlieb", "is there a racer counterpart")[1]

    assert ("Bags", "Racer") in places(answer)


def test_it_at_the_end_is_not_the_thing_that_is_asked_about(talk: Talk) -> None:
    answer = talk("who uses Lezyne", "does the tourer use it")[1]

    assert "Lezyne" in answer.reading.question
    assert answer.text.startswith(("No", "Not"))


def test_what_to_try_second_is_the_second_step_just_told(talk: Talk) -> None:
    assert "tyre" in talk("how do I mend a puncture", "what should I do second")[1].text
