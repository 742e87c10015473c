"""Answers that join facts: yes with the fact that says so, what is said of another, everything, uses, whose words, sections, reasons."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import Answer, Assistant, scopes
from assistant.certificate import verify_answer
from assistant.frame import understand
from assistant.things import facts_of, filed_under

Ask = Callable[..., Answer]
Open = Callable[..., Assistant]
Place = tuple[str, str]


def cells(answer: Answer) -> list[Place]:
    return [(c.cell.row, c.cell.column) for c in answer.citations if c.cell is not None]


def quotes(answer: Answer) -> list[str]:
    return [c.quote for c in answer.citations]


HANDBOOK = """# Handbook

## 1. Lamps

| Aspect | Desk lamp | Floor lamp |
|---|---|---|
| Shade | Linen | Paper |
| Shade colour | White | Amber |
| Example | The Kestrel on the reading desk | The Heron beside the sofa |
| Stand | Oak | Brass |

## 2. Bulbs

- Buy them warm.
- Change them cold.

## 3. Wiring

A Residual Current Device (RCD) guards every socket. The desk lamp is plugged in at night.

## 10. Repairs

The electrician comes on Fridays.
"""


@pytest.fixture
def handbook(tmp_path: Path, open_kb: Callable[..., Assistant]) -> Ask:
    """Ask about lamps; every answer given is also proved."""
    (tmp_path / "lamps").mkdir()
    (tmp_path / "lamps" / "handbook.md").write_text(HANDBOOK, encoding="utf-8")
    kb = open_kb(tmp_path / "lamps")

    def run(question: str) -> Answer:
        answer = kb.ask(question)
        assert verify_answer(answer.as_json(), kb.kb).problems == ()
        return answer

    return run


# ---------------------------------------------------------------- yes, with the fact that says so


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("does letterpress press inked type into paper", ("Letterpress", "Definition")),
        ("does the risograph spin a perforated master", ("Risograph", "Definition")),
        ("is the weak point of risograph uneven drums", ("Weak Point", "Risograph")),
    ],
)
def test_what_the_fact_of_a_thing_says_of_it_is_affirmed_by_that_fact(inquire: Ask, question: str, place: Place) -> None:
    answer = inquire(question)

    assert answer.text.startswith("Yes")
    assert cells(answer) == [place]


def test_what_a_sentence_says_in_the_same_order_is_affirmed_by_that_sentence(handbook: Ask) -> None:
    answer = handbook("does the electrician come on fridays")

    assert answer.text.startswith("Yes")
    assert quotes(answer) == ["The electrician comes on Fridays."]


@pytest.mark.parametrize(
    "question",
    [
        "does letterpress spin a perforated master",
        "does letterpress always press inked type into paper by machine",
        "is risograph the best",
        "is letterpress better than screenprint",
        "does letterpress cost much",
        "does risograph not spin a perforated master",
    ],
)
def test_what_is_not_said_is_not_affirmed(inquire: Ask, question: str) -> None:
    assert not inquire(question).text.startswith("Yes")


# ---------------------------------------------------------------- what is said of another thing


@pytest.mark.parametrize(
    ("question", "places"),
    [
        ("does letterpress pull ink through a stretched mesh", [("Screenprint", "Definition"), ("Letterpress", "Definition")]),
        ("does screenprint spin a perforated master around a drum", [("Risograph", "Definition"), ("Screenprint", "Definition")]),
    ],
)
def test_what_is_said_of_another_thing_is_put_right_with_what_is_said_of_both(inquire: Ask, question: str, places: list[Place]) -> None:
    answer = inquire(question)

    assert answer.status == "corrected"
    assert answer.text.startswith("No")
    assert cells(answer) == places


def test_a_reason_asked_for_what_is_said_of_another_thing_is_no_reason(inquire: Ask) -> None:
    answer = inquire("why does screenprint spin a perforated master")

    assert answer.status == "corrected"
    assert not answer.text.startswith("Yes")
    assert ("Risograph", "Definition") in cells(answer)


@pytest.mark.xfail(reason="a fact that does not hold the thing asked about is given for an answer")
def test_a_fact_that_holds_a_word_of_the_question_but_not_its_thing_is_no_answer(inquire: Ask) -> None:
    assert inquire("does a risograph need water").status == "declined"


# ---------------------------------------------------------------- what a decision row recommends


@pytest.mark.parametrize(
    ("question", "told", "row"),
    [
        ("is printing on shirts done with screenprint", "Yes", "Printing on shirts"),
        ("do I need letterpress for shirts I am printing on", "No", "Printing on shirts"),
        ("should we use screenprint to print on our shirts", "Yes", "Printing on shirts"),
        ("is risograph right for wedding invitations", "No", "Wedding invitations"),
        ("is letterpress enough for posters with tiny captions", "Not alone", "Posters with tiny captions"),
    ],
)
def test_whether_a_thing_is_the_one_for_a_use_is_decided_by_the_row_of_that_use(inquire: Ask, question: str, told: str, row: str) -> None:
    answer = inquire(question)

    assert answer.text.startswith(told) or (answer.status == "answered" and answer.reading.kind == "decision")
    assert (row, "Solution") in cells(answer)
    assert {place[0] for place in cells(answer)} == {row}


def test_a_use_taken_for_granted_that_is_of_another_thing_is_corrected(inquire: Ask) -> None:
    answer = inquire("why use risograph for wedding invitations")

    assert answer.status == "corrected"
    assert ("Wedding invitations", "Solution") in cells(answer)
    assert "Letterpress" in answer.text


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("why use letterpress for wedding invitations", "Wedding invitations"),
        ("why is screenprint used for printing on shirts", "Printing on shirts"),
        ("why letterpress and screenprint for posters with tiny captions", "Posters with tiny captions"),
    ],
)
def test_the_reason_for_a_use_is_that_of_its_row(inquire: Ask, question: str, row: str) -> None:
    answer = inquire(question)

    assert answer.status == "answered"
    assert (row, "Why?") in cells(answer)


@pytest.mark.parametrize("question", ["why is the weak point of letterpress slow setting", "why does risograph use Munken"])
def test_where_no_reason_is_given_that_is_said_and_no_other_reason_is_told(inquire: Ask, question: str) -> None:
    answer = inquire(question)

    assert answer.text.startswith("No reason is given") or answer.status == "declined"
    assert "Why?" not in {column for _, column in cells(answer)}


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("when do I use screenprint", {"Printing on shirts", "Posters with tiny captions"}),
        ("when do I need letterpress and screenprint", {"Posters with tiny captions"}),
        ("what are the use cases of risograph", {"Cheap fanzines"}),
        pytest.param(
            "what is letterpress used for",
            {"Wedding invitations", "Posters with tiny captions"},
            marks=pytest.mark.xfail(reason="*used for* is not seen to ask for uses"),
        ),
    ],
)
def test_what_a_thing_is_for_is_every_row_that_recommends_it(inquire: Ask, question: str, rows: set[str]) -> None:
    assert {row for row, _ in cells(inquire(question))} == rows


def test_a_thing_that_alone_serves_a_use_comes_before_what_serves_it_with_another(inquire: Ask) -> None:
    assert cells(inquire("when do I use letterpress"))[0][0] == "Wedding invitations"


# ---------------------------------------------------------------- everything


def test_everything_on_a_name_is_every_place_that_lists_it(inquire: Ask) -> None:
    answer = inquire("tell me everything about Olfa")

    assert set(cells(answer)) == {("Tools", "Letterpress"), ("Cutting", "Letterpress"), ("Cutting", "Screenprint")}


def test_everything_on_a_thing_holds_every_table_and_list_that_has_it(inquire: Ask) -> None:
    answer = inquire("everything about risograph")

    assert set(cells(answer)) >= {("Risograph", "Definition"), ("Papers", "Risograph"), ("Cutting", "Risograph")}
    assert "The soy ink never dries completely" in answer.text
    assert not {"Letterpress", "Screenprint"} & {name for place in cells(answer) for name in place}


@pytest.mark.xfail(reason="facts that say the same of different things are told once")
def test_places_that_say_the_same_of_different_things_are_all_told(inquire: Ask) -> None:
    assert set(cells(inquire("all facts on Marabu"))) == {("Drying", "Letterpress"), ("Drying", "Screenprint"), ("Drying", "Risograph")}


@pytest.mark.parametrize("question", ["everything about Zorblat", "all facts on prices"])
def test_of_what_is_not_there_there_is_nothing_to_tell(inquire: Ask, question: str) -> None:
    assert inquire(question).status == "declined"


# ---------------------------------------------------------------- whose words, what letters stand for


@pytest.mark.parametrize(
    ("question", "owner"),
    [
        ("A technique that spins a perforated master around a drum", "Risograph"),
        ("what does “The dent of the type feels precious” refer to", "Letterpress"),
        ("which one has messy rinsing", "Screenprint"),
        ("whose soy ink never dries completely", "Risograph"),
    ],
)
def test_a_quotation_is_answered_by_whose_words_they_are(inquire: Ask, question: str, owner: str) -> None:
    answer = inquire(question)

    assert owner in answer.text
    assert len(answer.citations) <= 2


@pytest.mark.parametrize("question", ["what does GRN stand for", "what does GRN mean"])
def test_letters_are_explained_by_the_text_that_writes_them_out(inquire: Ask, question: str) -> None:
    answer = inquire(question)

    assert answer.status == "answered"
    assert "Goods Receipt Note (GRN)" in answer.text


@pytest.mark.parametrize("question", ["what does CMYK stand for", "what does WHO mean"])
def test_letters_that_are_nowhere_written_out_are_not_explained(inquire: Ask, question: str) -> None:
    assert inquire(question).status == "declined"


# ---------------------------------------------------------------- sections and attributes of like names


@pytest.mark.parametrize(
    ("question", "places"),
    [
        ("tools by task of screenprint", [(a, "Screenprint") for a in ("Cutting", "Drying", "Lifting")]),
        ("papers in differences", [("Papers", t) for t in ("Letterpress", "Screenprint", "Risograph")]),
    ],
)
def test_a_named_section_says_its_own_of_a_thing_or_attribute(inquire: Ask, question: str, places: list[Place]) -> None:
    assert cells(inquire(question)) == places


@pytest.mark.parametrize(
    "question",
    [
        "what stands in section 2",
        "what does section 2 say",
    ],
)
def test_a_section_is_found_by_the_number_its_heading_begins_with(handbook: Ask, question: str) -> None:
    answer = handbook(question)

    assert quotes(answer) == ["Buy them warm.", "Change them cold."]


def test_the_number_of_a_section_is_taken_whole(handbook: Ask) -> None:
    assert quotes(handbook("what does section 10 say")) == ["The electrician comes on Fridays."]
    assert handbook("what does section 7 say").status == "declined"


def test_an_attribute_and_those_that_hold_its_name_are_told_together(handbook: Ask) -> None:
    assert cells(handbook("shade of the desk lamp")) == [("Shade", "Desk lamp"), ("Shade colour", "Desk lamp")]
    assert cells(handbook("shade colour of the desk lamp")) == [("Shade colour", "Desk lamp")]


@pytest.mark.parametrize("question", ["example of a desk lamp", "give me an example of the desk lamp"])
def test_an_example_of_a_thing_is_the_one_given_of_it(handbook: Ask, question: str) -> None:
    assert quotes(handbook(question)) == ["The Kestrel on the reading desk"]


@pytest.mark.xfail(reason="where no example is given, an item that shares the name is told")
def test_where_no_example_is_given_none_is_told(inquire: Ask) -> None:
    assert inquire("example of letterpress").status == "declined"


# ---------------------------------------------------------------- the same row, another column


@pytest.mark.parametrize(
    ("question", "places"),
    [
        ("what is the screenprint counterpart of Fabriano", [("Papers", "Screenprint"), ("Papers", "Letterpress")]),
        ("what is the risograph equivalent of Vandercook", [("Tools", "Risograph"), ("Tools", "Letterpress")]),
        ("what is the Fabriano of screenprint", [("Papers", "Screenprint"), ("Papers", "Letterpress")]),
    ],
)
def test_the_counterpart_of_a_name_stands_in_its_row(inquire: Ask, question: str, places: list[Place]) -> None:
    assert cells(inquire(question)) == places


def test_the_name_asked_of_a_thing_that_lists_it_needs_no_counterpart(inquire: Ask) -> None:
    assert "where Letterpress" not in inquire("what is the Caligo of risograph").text


# ---------------------------------------------------------------- tables of yes and no


def test_who_says_yes_is_every_row_that_does(inquire: Ask) -> None:
    assert cells(inquire("which days are supervised")) == [("Monday", "Supervised")]


@pytest.mark.parametrize(("question", "days"), [("which days are open", ["Monday", "Tuesday"]), ("which day is not open", ["Sunday"])])
def test_who_says_yes_or_no_is_told_without_the_rest(inquire: Ask, question: str, days: list[str]) -> None:
    assert [row for row, _ in cells(inquire(question))] == days


# ---------------------------------------------------------------- who lists the most


@pytest.mark.parametrize(
    ("question", "winner"),
    [
        ("which technique lists the most papers", "Letterpress"),
        pytest.param(
            "which technique has the most tools", "Letterpress", marks=pytest.mark.xfail(reason="a number is wished for and refused")
        ),
    ],
)
def test_who_lists_the_most_is_told_with_every_number_proved(inquire: Ask, question: str, winner: str) -> None:
    answer = inquire(question)

    assert answer.text.startswith(winner)
    counts = [a for a in answer.certificate if a.op == "count"]
    assert [a.text for a in counts] == [str(len(a.of)) for a in counts]
    assert len(counts) == 3


def test_what_is_looked_for_among_the_first_facts_of_a_name_are_the_first_of_all(bike: Assistant) -> None:
    state = bike._state
    frame = understand("what is a tandem", state.namer, state.namer.common)
    tie = max(frame.content_ties(), key=lambda t: len(t.entries))

    every = filed_under(tie, state.view)

    assert len(every) > 2
    assert filed_under(tie, state.view, most=2) == every[:2]
    assert facts_of(tie, state.view, len(every)) == facts_of(tie, state.view)


def test_a_heading_that_every_file_has_is_no_part_one_points_at(tmp_path: Path, open_kb: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    kb = tmp_path / "kb"
    kb.mkdir()
    for name in ("lamps", "chairs", "desks"):
        (kb / f"{name}.md").write_text(f"# All {name}\n\n## Upkeep\n\n- Dust the {name}.\n- Move the {name}.\n", encoding="utf-8")
    state = open_kb(kb)._state
    frame = understand("what does the upkeep section list", state.namer, state.namer.common)
    evidence = state.gatherer.gather(frame)
    scope = scopes.scope_of(frame, evidence, state.view)
    assert scope is not None
    assert len(scope.sections) == 3

    monkeypatch.setattr(scopes, "_POINTED_AT", 2)

    assert scopes.scope_of(frame, evidence, state.view) is None


@pytest.mark.parametrize(
    ("question", "told", "places"),
    [
        ("is Munken for letterpress or risograph", "Munken is listed under Papers for Risograph", 1),
        ("is Fiskars for cutting or drying", "Fiskars is listed under Cutting for Letterpress", 1),
        ("Natgraph: drying or lifting?", "Natgraph is listed under Drying for Screenprint", 1),
        ("does Zest belong to screenprint or risograph", "Zest is listed under Cleaning for Risograph", 1),
    ],
)
def test_of_two_places_offered_the_one_is_told_that_holds_the_name(inquire: Ask, question: str, told: str, places: int) -> None:
    answer = inquire(question)

    assert answer.text.startswith(told)
    assert len(answer.citations) == places


def test_where_neither_place_offered_holds_the_name_it_is_told_where_it_is(inquire: Ask) -> None:
    answer = inquire("is Munken for letterpress or screenprint")

    assert answer.text.startswith("Munken is listed under Papers for Risograph")
