"""What is answered, and how: every kind of question on a small folder about bicycles, and every kind of no.

What is cited and quoted is what counts here; how it is worded is the rules' own business.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import Answer, Assistant

Ask = Callable[..., Answer]
Place = tuple[str, str]


def cells(answer: Answer) -> list[Place]:
    return [(c.cell.row, c.cell.column) for c in answer.citations if c.cell is not None]


def lines(answer: Answer) -> list[tuple[str, int]]:
    return [(c.document, c.lines[0]) for c in answer.citations]


# ---------------------------------------------------------------- tables


@pytest.mark.parametrize(
    "question",
    [
        "saddle of the tandem",
        "what is the saddle of the tandem?",
        "Tandem saddle",
        "tandem's saddles",
        "which saddle does the tandem have",
        "SADDLE OF THE TANDEM",
        "saddle for tandem",
        "what saddle does a two-seater use",
    ],
)
def test_a_cell_is_found_by_its_two_labels_when_things_stand_across(ask: Ask, question: str) -> None:
    answer = ask(question)

    assert (answer.status, answer.confidence) == ("answered", "high")
    assert cells(answer) == [("Saddle", "Tandem")]
    assert [c.quote for c in answer.citations] == ["Brooks"]
    assert answer.citations[0].section == ("Bicycles", "Differences")
    assert answer.citations[0].lines == (17, 17)
    assert answer.text.endswith("Brooks")


@pytest.mark.parametrize("question", ["main purpose of the racer", "what is the racer's main purpose", "Racer: main purpose"])
def test_a_cell_is_found_by_its_two_labels_when_things_stand_down(ask: Ask, question: str) -> None:
    answer = ask(question)

    assert cells(answer) == [("Racer", "Main Purpose")]
    assert "Winning road races" in answer.text


def test_a_number_in_a_cell_is_quoted_as_it_stands(ask: Ask) -> None:
    answer = ask("what is the height of Medium")

    assert cells(answer) == [("Medium", "Height")]
    assert "172 cm" in answer.text


@pytest.mark.parametrize(("question", "told"), [("does the small have mudguards", "Yes"), ("does the large have mudguards", "No")])
def test_a_cell_that_says_yes_or_no_answers_so(ask: Ask, question: str, told: str) -> None:
    answer = ask(question)

    assert answer.text.startswith(told)
    assert cells(answer) == [("Small" if told == "Yes" else "Large", "Mudguards")]


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("which bicycle has carbon", ("Frame", "Racer")),
        ("which one does Ortlieb belong to", ("Bags", "Tourer")),
        ("what is Lezyne used for", ("Lighting", "Racer")),
        ("Carradice", ("Bags", "Tandem")),
        ("who uses Selle Royal", ("Saddle", "Tourer")),
    ],
)
def test_a_value_is_looked_up_the_other_way_round(ask: Ask, question: str, place: Place) -> None:
    answer = ask(question)

    assert cells(answer) == [place]
    assert place[1] in answer.text


def test_a_value_listed_twice_is_told_with_both_places(ask: Ask) -> None:
    assert cells(ask("which bicycles use Brooks")) == [("Saddle", "Tourer"), ("Saddle", "Tandem")]


@pytest.mark.parametrize(
    ("question", "told", "place"),
    [
        ("does the tourer use Magura", True, ("Brakes", "Tourer")),
        ("is the frame of the racer carbon", True, ("Frame", "Racer")),
        ("is Magura used with the racer", False, ("Brakes", "Tourer")),
        ("does the racer have a steel frame", False, ("Frame", "Tourer")),
        ("is Brooks a brake", False, ("Saddle", "Tourer")),
    ],
)
def test_membership_is_answered_by_the_cell_that_decides_it(ask: Ask, question: str, told: bool, place: Place) -> None:
    answer = ask(question)

    assert answer.status == "answered"
    assert answer.text.startswith("Yes") is told
    assert place in cells(answer)


def test_what_a_question_takes_for_granted_is_corrected_by_a_cited_cell(ask: Ask) -> None:
    answer = ask("why does the racer use Magura")

    assert answer.status == "corrected"
    assert cells(answer) == [("Brakes", "Tourer"), ("Brakes", "Racer")]
    assert "Campagnolo" in answer.text


@pytest.mark.parametrize(
    ("question", "row", "what"),
    [
        ("which do I need for crossing a continent", "Crossing a continent", "Tourer"),
        ("what should we use for racing on asphalt?", "Racing on asphalt", "Racer"),
        ("I ride with a blind partner", "Riding with a blind partner", "Tandem"),
    ],
)
def test_a_need_is_answered_by_its_row_of_the_decision_table(ask: Ask, question: str, row: str, what: str) -> None:
    answer = ask(question)

    assert answer.reading.kind == "decision"
    assert answer.text.startswith(what)
    assert cells(answer)[0] == (row, "Solution")
    assert {c[0] for c in cells(answer)} == {row}


def test_the_reason_of_a_choice_is_its_why_cell(ask: Ask) -> None:
    answer = ask("why is the racer the right one for racing on asphalt")

    assert ("Racing on asphalt", "Why?") in cells(answer)
    assert "Its low weight saves energy uphill" in answer.text


@pytest.mark.parametrize("question", ["Tourer vs Racer", "what is the difference between the tourer and the racer"])
def test_a_comparison_sets_every_shared_aspect_side_by_side_with_a_citation_in_each_cell(ask: Ask, question: str) -> None:
    answer = ask(question)
    found = cells(answer)

    assert answer.reading.kind == "compare"
    assert {("Tourer", "Definition"), ("Racer", "Definition"), ("Brakes", "Tourer"), ("Brakes", "Racer"), ("Bags", "Racer")} <= set(found)
    assert not any("Tandem" in place for place in found)
    table = [line for line in answer.markdown.splitlines() if line.startswith("|")]
    assert all(line.count("|") == 4 for line in table)
    assert all(line.count("[") == 2 for line in table[2:])


@pytest.mark.parametrize("question", ["compare the brakes of Tourer and Tandem", "brakes: tourer vs tandem"])
def test_a_comparison_of_one_aspect_says_nothing_of_the_others(ask: Ask, question: str) -> None:
    assert cells(ask(question)) == [("Brakes", "Tourer"), ("Brakes", "Tandem")]


def test_what_two_things_have_together_is_found_under_both_names(ask: Ask) -> None:
    assert "derailleurs" in ask("how do tourer and racer work together").text


def test_the_counterpart_is_the_same_row_in_the_other_column(ask: Ask) -> None:
    answer = ask("what is the Tandem counterpart of Magura")

    assert cells(answer) == [("Brakes", "Tandem"), ("Brakes", "Tourer")]
    assert answer.text.startswith("Tandem has Hope")


def test_a_row_without_a_column_is_told_whole(ask: Ask) -> None:
    assert cells(ask("list the saddles")) == [("Saddle", "Tourer"), ("Saddle", "Racer"), ("Saddle", "Tandem")]


def test_the_header_of_the_first_column_asks_for_all_its_rows(ask: Ask) -> None:
    answer = ask("list the bicycles")

    assert [c.quote.strip("*") for c in answer.citations] == ["Tourer", "Racer", "Tandem"]


@pytest.mark.parametrize(
    ("question", "number", "counted"),
    [
        ("how many brakes does the tourer have", 2, ["Magura", "Avid"]),
        ("how many bicycles are there", 3, ["Tourer", "Racer", "Tandem"]),
        ("how many sizes are there", 3, ["Small", "Medium", "Large"]),
    ],
)
def test_a_count_names_what_it_counts(ask: Ask, question: str, number: int, counted: list[str]) -> None:
    answer = ask(question)

    assert answer.reading.kind == "count"
    assert answer.text.startswith(str(number))
    assert all(name in answer.text for name in counted)


@pytest.mark.parametrize("question", ["Tandem", "tandem?", "two-seater"])
def test_a_bare_name_gets_a_card_of_what_is_known_with_three_questions(ask: Ask, question: str) -> None:
    answer = ask(question)

    assert cells(answer)[0] == ("Tandem", "Definition")
    assert {"Tandem"} == {name for place in cells(answer) for name in place if name in ("Tourer", "Racer", "Tandem")}
    assert len(answer.suggestions) == 3


DEFINITIONS = ["what is a tourer", "define tourer", "What does Tourer mean?", "definition of tourer"]
SHORT_FORMS = ["whats a tourer", "what's a tourer", "what is a tourer exactly?"]


@pytest.mark.parametrize("question", [*DEFINITIONS, *SHORT_FORMS])
def test_a_definition_is_the_cell_that_holds_it(ask: Ask, question: str) -> None:
    answer = ask(question)

    assert cells(answer) == [("Tourer", "Definition")]
    assert "built to carry luggage over long distances" in answer.text


# ---------------------------------------------------------------- running text, lists, flows


def test_a_definition_may_be_a_sentence(ask: Ask) -> None:
    answer = ask("what is a derailleur")

    assert answer.text == "A derailleur is a device that moves the chain between sprockets."
    assert lines(answer) == [("workshop.md", 18)]
    assert answer.citations[0].cell is None


def test_a_labelled_list_is_told_whole(ask: Ask) -> None:
    assert lines(ask("list the weaknesses")) == [("bicycles.md", 37), ("bicycles.md", 38), ("bicycles.md", 39)]


@pytest.mark.parametrize(
    ("question", "step"),
    [
        ("what comes after rinse", "Dry"),
        ("what happens before dry?", "Rinse"),
        ("what comes first in chain care", "Degrease"),
        ("what is the last step of chain care", "Lubricate"),
    ],
)
def test_a_flow_knows_the_order_of_its_steps(ask: Ask, question: str, step: str) -> None:
    answer = ask(question)

    assert step in answer.text.replace(question, "")
    assert lines(answer)[0] == ("workshop.md", 7)
    assert answer.citations[0].quote == step


@pytest.mark.parametrize("question", ["what comes after lubricate", "what comes before degrease"])
def test_beyond_the_ends_of_a_flow_there_is_no_step(ask: Ask, question: str) -> None:
    answer = ask(question)

    assert answer.status == "answered"
    assert len(answer.citations) == 1


def test_the_whole_flow_is_told_in_order(ask: Ask) -> None:
    text = ask("steps of chain care").text

    assert sorted(("Degrease", "Rinse", "Dry", "Lubricate"), key=text.index) == ["Degrease", "Rinse", "Dry", "Lubricate"]


def test_numbered_steps_are_told_in_order_with_a_citation_each(ask: Ask) -> None:
    answer = ask("how do I mend a puncture")

    assert lines(answer) == [("workshop.md", n) for n in (11, 12, 13, 14)]


def test_a_heading_that_asks_is_answered_by_what_stands_under_it(ask: Ask) -> None:
    answer = ask("How often should I replace the chain?")

    assert lines(answer)[0] == ("workshop.md", 22)
    assert "3,000 kilometres" in answer.text


def test_what_stands_under_a_heading_about_the_future_is_told_as_a_forecast(ask: Ask) -> None:
    answer = ask("belt drives")

    assert "Belts will replace chains" in answer.text
    assert not answer.text.startswith("Belt")


def test_several_questions_in_one_message_are_answered_each(ask: Ask) -> None:
    answer = ask("what is the saddle of the tandem and what is the frame of the racer?")

    assert cells(answer) == [("Saddle", "Tandem"), ("Frame", "Racer")]
    assert [c.marker for c in answer.citations] == [1, 2]
    assert answer.markdown.index("[1]") < answer.markdown.index("[2]")


# ---------------------------------------------------------------- every kind of no

REFUSED = {
    "off_topic": ["what is the capital of France", "who won the election", "what is a unicorn"],
    "unknown_name": ["does Shimano make brakes", "Zorblat", "what is a Zorblat bicycle"],
    "unknown_attribute": ["what is the price of the Racer", "who invented the Tourer", "what is the wheelbase of the Racer"],
    "unclear": ["🚲", "???", "is it?", "this one"],
}


@pytest.mark.parametrize(("kind", "question"), [(k, q) for k, questions in REFUSED.items() for q in questions])
def test_what_the_folder_does_not_hold_is_refused_for_the_right_reason(ask: Ask, kind: str, question: str) -> None:
    answer = ask(question)

    assert (answer.status, answer.decline) == ("declined", kind)
    assert answer.citations == ()
    assert answer.certificate == ()
    assert "[" not in answer.markdown
    assert answer.text


@pytest.mark.parametrize("question", ["which one should I choose", "which do I need?", "what should we use"])
def test_a_choice_without_a_need_is_asked_back_with_needs_that_answer(ask: Ask, question: str) -> None:
    answer = ask(question)

    assert answer.status == "clarify"
    assert answer.citations == ()
    assert "for example" in answer.text
    assert answer.suggestions
    assert {ask(s).status for s in answer.suggestions} == {"answered"}


def test_a_refusal_names_the_word_that_is_not_covered(ask: Ask) -> None:
    assert "Shimano" in ask("does Shimano make brakes").text
    assert "wheelbase" in ask("what is the wheelbase of the Racer").text
    assert "Racer" in ask("what is the wheelbase of the Racer").text


def test_a_refusal_states_nothing_of_the_folder(ask: Ask) -> None:
    for question in (q for questions in REFUSED.values() for q in questions):
        assert not {"Campagnolo", "Brooks", "Carbon"} & set(ask(question).text.split())


def test_what_is_offered_beside_a_refusal_stands_in_the_files(bike: Assistant, ask: Ask) -> None:
    for question in (q for questions in REFUSED.values() for q in questions):
        for near in ask(question).nearest:
            assert near.quote in bike.document(near.document)


@pytest.mark.parametrize(
    ("question", "status"), [("hello", "smalltalk"), ("thank you!", "smalltalk"), ("help", "smalltalk"), ("", "invalid")]
)
def test_talk_is_answered_without_looking_anything_up(ask: Ask, question: str, status: str) -> None:
    answer = ask(question)

    assert answer.status == status
    assert answer.citations == answer.nearest == ()


# ---------------------------------------------------------------- spelling


@pytest.mark.parametrize(
    ("question", "repaired"),
    [
        ("saddle of the tandom", ("tandom", "tandem")),
        ("sadlle of the tandem", ("sadlle", "saddle")),
        ("saddle of the t4m", ("t4m", "tandem")),
    ],
)
def test_a_spelling_that_was_mended_is_announced(ask: Ask, question: str, repaired: tuple[str, str]) -> None:
    answer = ask(question)

    assert cells(answer) == [("Saddle", "Tandem")]
    assert answer.reading.repaired == (repaired,)


def test_a_name_typed_on_purpose_is_not_taken_for_another(ask: Ask) -> None:
    answer = ask("saddle of the TANDUM")

    assert answer.status == "declined"
    assert answer.reading.repaired == ()


# ---------------------------------------------------------------- negation, refusals, flows in cells


def test_negation_is_seen_in_the_plural_too(ask: Ask) -> None:
    answer = ask("which bicycles do not use Brooks")

    assert answer.status == "declined" or answer.text.startswith("Racer")


def test_who_lacks_something_is_told_without_a_false_only(ask: Ask) -> None:
    answer = ask("which bicycle does not use Brooks")

    assert answer.text.startswith("Racer")
    assert "Tourer only" not in answer.text


@pytest.mark.parametrize("question", ["saddles of the tourer except Brooks", "saddles that are not on the tourer"])
def test_what_is_to_be_left_out_is_left_out(ask: Ask, question: str) -> None:
    assert "Brooks, Selle Royal" not in ask(question).text


def test_what_is_said_of_another_thing_is_not_said_of_this_one(ask: Ask) -> None:
    answer = ask("does the tandem carry luggage")

    assert answer.status == "corrected"
    assert answer.text.startswith("No")
    assert cells(answer) == [("Tourer", "Definition"), ("Tandem", "Definition")]


def test_three_things_are_compared_with_each_other_and_not_just_two_of_them(ask: Ask) -> None:
    answer = ask("tourer, racer and tandem compared")

    assert all(cells(answer).count(("Brakes", bicycle)) == 1 for bicycle in ("Tourer", "Racer", "Tandem"))
    table = [line for line in answer.markdown.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in table} == {5}


def test_which_things_have_it_names_only_those_that_do(ask: Ask) -> None:
    assert {c.cell.row for c in ask("which sizes have mudguards").citations if c.cell} == {"Small", "Medium"}


def test_a_refusal_never_says_that_a_known_name_is_not_covered(ask: Ask) -> None:
    answer = ask("İstanbul brakes")

    assert "or brakes" not in answer.text


@pytest.mark.model
def test_a_reason_is_not_taken_from_a_row_about_something_else(shipped: Assistant) -> None:
    assert "Why?" not in {column for _, column in cells(shipped.ask("why does DevOps need storage"))}


FLOWS = """# Rides

| Aspect | Town | Hill |
|---|---|---|
| Flow | Mount → Pedal → Park | Climb → Rest → Descend |
| Length | Short | Long |
"""


@pytest.fixture
def rides(tmp_path: Path, open_kb: Callable[..., Assistant]) -> Assistant:
    """An assistant over a table with flows in its cells."""
    (tmp_path / "rides").mkdir()
    (tmp_path / "rides" / "rides.md").write_text(FLOWS, encoding="utf-8")
    return open_kb(tmp_path / "rides")


def test_a_flow_in_a_cell_is_the_cell_and_knows_its_steps(rides: Assistant) -> None:
    assert cells(rides.ask("flow of the hill")) == [("Flow", "Hill")]
    assert rides.ask("what comes after pedal").citations[0].quote == "Park"


def test_the_steps_of_a_flow_in_a_cell_are_no_cells_of_their_own(rides: Assistant) -> None:
    assert [c.quote for c in rides.ask("list the flows").citations] == ["Mount → Pedal → Park", "Climb → Rest → Descend"]
    assert not rides.ask("how many flows are there").text.startswith("8")


# ---------------------------------------------------------------- known to be wrong


SHARED = pytest.mark.xfail(reason="a fact that shares a name or a word is given for an answer")


@pytest.mark.parametrize(
    ("question", "never"),
    [
        pytest.param("is the racer heavy", "cobblestones", id="another fact of the same thing"),
        pytest.param("what if I have no partner", "Tandem", id="the need denied", marks=SHARED),
    ],
)
def test_what_does_not_answer_is_not_given(ask: Ask, question: str, never: str) -> None:
    assert never not in ask(question).text


@pytest.mark.xfail(reason="a numbered list is told whole when one of its ends is asked for")
def test_the_first_of_numbered_steps_is_told_alone(ask: Ask) -> None:
    assert lines(ask("what is the first step of mending a puncture")) == [("workshop.md", 11)]
