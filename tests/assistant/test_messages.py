"""A message taken apart: several questions, asides, a story before the question, courtesy, a half that is unknown."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant import Answer, Assistant
from assistant.frame import Frame, understand
from assistant.messages import MOST_PARTS, asked_alone, known_half, parts, without_asides
from assistant.question import plainly

Ask = Callable[..., Answer]
Place = tuple[str, str]

PAPERS = "what are the papers of risograph"


TAG = pytest.mark.xfail(reason="a question that ends in *is it* is taken for a statement with a tag")


def cells(answer: Answer) -> list[Place]:
    return [(c.cell.row, c.cell.column) for c in answer.citations if c.cell is not None]


@pytest.fixture
def read(shop: Assistant) -> Callable[[str], Frame]:
    def run(text: str) -> Frame:
        namer = shop._state.namer
        return understand(text, namer, namer.common)

    return run


# ---------------------------------------------------------------- several questions


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("what is A? what is B?", ["what is A", "what is B?"]),
        ("what is A and what is B", ["what is A", "what is B"]),
        ("what is A, and how does B work", ["what is A", "how does B work"]),
        ("what is A; which one is B", ["what is A", "which one is B"]),
        ("1. what is A 2. colour of B 3) price of C", ["what is A", "colour of B", "price of C"]),
        ("A is new here. What is it? And who sells it?", ["A is new here. What is it", "And who sells it?"]),
    ],
)
def test_questions_of_one_message_are_told_apart(text: str, found: list[str]) -> None:
    assert parts(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "what is A",
        "the difference between A and B",
        "does A use b and c",
        "what is A and B",
        "A breaks and B does not",
        "what is A? B?",
        "which is it, A or B",
        "what? why?",
        "; ".join(f"what is thing number {n}" for n in range(MOST_PARTS + 1)),
        "",
    ],
)
def test_one_question_stays_one(text: str) -> None:
    assert parts(text) == []


def test_several_questions_are_answered_each_with_its_own_number(inquire: Ask) -> None:
    answer = inquire("1. what is a risograph 2. papers of letterpress 3. weak point of screenprint")

    assert answer.reading.kind == "several"
    assert cells(answer) == [("Risograph", "Definition"), ("Papers", "Letterpress"), ("Weak Point", "Screenprint")]
    assert [answer.text.index(f"{n}. ") for n in (1, 2, 3)] == sorted(answer.text.index(f"{n}. ") for n in (1, 2, 3))
    assert [answer.markdown.index(f"[{n}]") for n in (1, 2, 3)] == sorted(answer.markdown.index(f"[{n}]") for n in (1, 2, 3))


@pytest.mark.parametrize("question", ["what is a risograph and what are its papers", "What is a risograph? And which papers does it use?"])
def test_a_later_question_takes_its_subject_from_the_one_before(inquire: Ask, question: str) -> None:
    assert cells(inquire(question)) == [("Risograph", "Definition"), ("Papers", "Risograph")]


def test_what_was_computed_for_each_question_still_holds_in_the_whole_answer(inquire: Ask) -> None:
    answer = inquire("how many papers does letterpress have? what comes after expose?")
    (count,) = [a for a in answer.certificate if a.op == "count"]
    (order,) = [a for a in answer.certificate if a.op == "order"]

    assert [answer.certificate[i].text for i in count.of] == ["Fabriano", "Arches"]
    assert [answer.certificate[i].text for i in order.of] == ["Expose", "Rinse"]


@pytest.mark.parametrize(
    "question",
    [
        "what is a risograph and who won the cup",
        "what is a risograph? what is its wheelbase?",
        pytest.param("what is a risograph? how much is it?", marks=TAG),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused_beside_the_one_that_can(inquire: Ask, question: str) -> None:
    answer = inquire(question)

    assert answer.status == "answered"
    assert cells(answer) == [("Risograph", "Definition")]
    assert answer.text.startswith("1. Risograph")
    assert "2. " in answer.text


def test_where_no_question_of_several_can_be_answered_all_is_refused(inquire: Ask) -> None:
    assert inquire("who won the cup and how much is the bread").status == "declined"


# ---------------------------------------------------------------- what is told beside the question


@pytest.mark.parametrize(
    "message",
    [
        "Risographs are new to us. What are their papers?",
        "We just bought a risograph, a nice machine. Which papers does it take?",
        "My name is Fred, I live in Leeds, what are the papers of risograph?",
        "By the way, nice weather today. What are the papers of the risograph?",
        "I want to know which papers the risograph takes",
        "My boss asked me what the papers of the risograph are.",
        "tell me, what are the papers of the risograph",
    ],
)
def test_what_is_told_before_a_question_does_not_change_its_answer(inquire: Ask, message: str) -> None:
    assert inquire(message).text == inquire(PAPERS).text


@pytest.mark.parametrize("told", ["Letterpress and screenprint are both old. How do they differ?"])
def test_several_names_told_before_are_meant_by_they(inquire: Ask, told: str) -> None:
    assert inquire(told).text == inquire("how do letterpress and screenprint differ").text


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("A risograph stands here. What is its weak point?", "What is Risograph weak point?"),
        ("Letterpress or screenprint? We own both of them already. How do they differ?", "How do Letterpress and Screenprint differ?"),
        ("Tell me what the weak point of letterpress is", "what the weak point of letterpress is"),
    ],
)
def test_the_part_that_asks_gets_the_names_told_before_it(read: Callable[[str], Frame], text: str, asked: str) -> None:
    found = [a.casefold() for a in asked_alone(text, read(text))]

    assert asked.casefold() in found


def test_a_message_that_is_only_a_question_has_no_part_of_its_own(read: Callable[[str], Frame]) -> None:
    assert asked_alone(PAPERS, read(PAPERS)) in ([], [PAPERS])


def test_asides_are_segments_that_hold_nothing_known_and_ask_nothing(read: Callable[[str], Frame]) -> None:
    assert without_asides(read("well, honestly, papers of risograph, cheers mate")) == "papers of risograph"


@pytest.mark.parametrize("text", [PAPERS, "papers, inks and cleaning of risograph", "hello, world", "which one, exactly, is letterpress"])
def test_without_asides_nothing_is_taken_away(read: Callable[[str], Frame], text: str) -> None:
    kept = without_asides(read(text))

    assert kept is None or {"letterpress", "risograph", "papers"} & set(text.split()) <= set(kept.split())


# ---------------------------------------------------------------- courtesy and shouting


@pytest.mark.parametrize(
    "message",
    [
        "Hello, what are the papers of risograph? Thanks!",
        "please what are the papers of risograph",
        "hi there what are the papers of risograph please",
        "Good morning, what are the papers of risograph, thank you in advance",
        "WHAT ARE THE PAPERS OF RISOGRAPH",
        "what are the papers of risograph",
        "What are the papers of risograph ?!",
    ],
)
def test_courtesy_capitals_and_marks_change_no_answer(inquire: Ask, message: str) -> None:
    assert inquire(message).text == inquire(PAPERS).text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("please tell me what it is", "tell me what it is"),
        ("what is it, please?", "what is it?"),
        ("Hi, what is it", "what is it"),
        ("what is it? thanks a lot!", "what is it?"),
        ("WHAT IS THE COST", "what is the cost"),
        ("WHAT IS SQL", "what is sql"),
        ("A risograph is cheap, right?", "is it true that A risograph is cheap"),
    ],
)
def test_a_question_is_read_without_courtesy_and_shouting(text: str, plain: str) -> None:
    assert plainly(text) == plain


@pytest.mark.parametrize("text", ["how long and wide is it?", "which of the papers is it?"])
def test_a_question_that_ends_in_its_verb_is_no_statement_with_a_tag(text: str) -> None:
    assert plainly(text) == text


@pytest.mark.parametrize("text", ["hello", "thanks", "please", "SQL", "what is SQL", "is it right", "🙂"])
def test_what_is_nothing_but_courtesy_or_a_name_stays_as_it_is(text: str) -> None:
    assert plainly(text) == text


@pytest.mark.parametrize("message", ["Hi there", "hello all", "hey team", "Good morning!", "many thanks", "thank you so much"])
def test_courtesy_alone_is_small_talk(shop: Assistant, message: str) -> None:
    assert shop.ask(message).status == "smalltalk"


@pytest.mark.parametrize("text", ["hi, what is it? thanks", "WHAT IS IT NOW", "it is so, right?"])
def test_reading_plainly_twice_is_reading_plainly_once(text: str) -> None:
    assert plainly(plainly(text)) == plainly(text)


# ---------------------------------------------------------------- the half that is known


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("does letterpress use Caligo or Zorblat", ("Inks", "Letterpress")),
        ("does letterpress use Zorblat or Caligo", ("Inks", "Letterpress")),
        ("what is letterpress and Heliograv", ("Letterpress", "Definition")),
        ("letterpress vs Heliograv", ("Letterpress", "Definition")),
        ("Heliograv vs letterpress", ("Letterpress", "Definition")),
    ],
)
def test_the_known_half_is_answered_and_the_other_is_said_to_be_unknown(inquire: Ask, question: str, place: Place) -> None:
    answer = inquire(question)

    assert answer.status == "answered"
    assert answer.text.split(" is not in this knowledge base")[0] in ("Zorblat", "Heliograv")
    assert place in cells(answer)


def test_a_half_that_was_left_out_is_named(inquire: Ask) -> None:
    assert "Heliograv" in inquire("papers of letterpress and Heliograv").text


@pytest.mark.parametrize(
    "question", ["does Heliograv use Caligo", "what is Heliograv", "why does letterpress use Caligo or Zorblat", "Heliograv papers"]
)
def test_a_question_about_an_unknown_name_has_no_known_half(inquire: Ask, question: str) -> None:
    answer = inquire(question)

    assert answer.status in ("declined", "corrected")
    assert not answer.text.startswith("Letterpress")


@pytest.mark.parametrize(
    ("text", "known", "left"),
    [
        ("letterpress or Heliograv", "letterpress", ["Heliograv"]),
        ("letterpress vs Zorblat Duo", "letterpress", ["Zorblat", "Duo"]),
        ("Heliograv/letterpress papers", "letterpress papers", ["Heliograv"]),
    ],
)
def test_the_known_half_is_the_question_without_the_unknown_name_and_its_joiner(
    read: Callable[[str], Frame], text: str, known: str, left: list[str]
) -> None:
    frame = read(text)
    found = known_half(frame, frame.content)

    assert found is not None
    assert " ".join(found[0].split()) == known
    assert [t.surface for t in found[1]] == left


@pytest.mark.parametrize("text", ["papers of letterpress", "Heliograv or Zorblat", "how many inks do letterpress and Heliograv have"])
def test_there_is_no_half_where_all_is_known_or_nothing_is_or_it_would_be_another_question(read: Callable[[str], Frame], text: str) -> None:
    frame = read(text)

    assert known_half(frame, frame.content) is None
