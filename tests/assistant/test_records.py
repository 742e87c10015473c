"""Tables of records: places in an order, two of them set side by side, some left out, months, and what only numbers the rows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant import Answer, Assistant, Conversation

Sheet = Callable[[str], Assistant]

GAMES = """# Summer games

## Medals

| Rank | Nation | Gold | Silver | Bronze |
|---|---|---|---|---|
| 1 | Norland | 26 | 17 | 15 |
| 2 | Vesta | 20 | 19 | 17 |
| 3 | Ostia | 9 | 11 | 4 |
| 4 | Tarn | 1 | 0 | 2 |
| 5 | Quell | 1 | 2 | 0 |

## Squad

| Player | Country | Joined | Height (m) | Age | Caps |
|---|---|---|---|---|---|
| Ada Wick | Norland | 4 May 2010 | 1.71 | 31 | 57 |
| Bo Trent | Vesta | 12 June 2011 | 1.82 | 27 | 31 |
| Cy Marsh | Norland | 3 March 2009 | 1.69 | 35 | 88 |
| Di Holt | Ostia | 30 May 2013 | 1.77 | 24 | 9 |
| Ed Lowe | Vesta | 1 July 2012 | 1.90 | 29 | 44 |
"""
NAMES = ("Norland", "Vesta", "Ostia", "Tarn", "Quell", "Ada Wick", "Bo Trent", "Cy Marsh", "Di Holt", "Ed Lowe")


def told(answer: Answer) -> set[str]:
    assert answer.status == "answered", answer.text
    return {name for name in NAMES if name in answer.text}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("which nation came in second place?", {"Vesta"}),
        ("which nation is ranked third?", {"Ostia"}),
        ("which nation finished fourth?", {"Tarn"}),
        ("which nation ranked 1st?", {"Norland"}),
        ("which nation is in last place?", {"Quell"}),
        ("what are the top three nations?", {"Norland", "Vesta", "Ostia"}),
        ("top 2 nations", {"Norland", "Vesta"}),
        ("who was the last to join the squad?", {"Di Holt"}),
    ],
)
def test_a_place_in_an_order_is_looked_up_where_places_stand(sheet: Sheet, question: str, expected: set[str]) -> None:
    assert told(sheet(GAMES).ask(question)) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("who has more caps, Bo Trent or Ed Lowe?", {"Ed Lowe"}),
        ("who has the higher age, Ada Wick or Bo Trent?", {"Ada Wick"}),
        ("which of Ada Wick and Bo Trent has more caps?", {"Ada Wick"}),
        ("which has fewer gold medals, Vesta or Ostia?", {"Ostia"}),
        ("Norland or Vesta: who won more silver?", {"Vesta"}),
    ],
)
def test_of_two_the_one_with_more_is_named(sheet: Sheet, question: str, expected: set[str]) -> None:
    assert told(sheet(GAMES).ask(question)) == expected


@pytest.mark.parametrize(
    ("question", "verdict"),
    [("does Ed Lowe have more caps than Bo Trent?", "Yes."), ("does Vesta have more gold than Norland?", "No.")],
)
def test_more_of_something_than_another_is_yes_or_no_with_both(sheet: Sheet, question: str, verdict: str) -> None:
    answer = sheet(GAMES).ask(question)

    assert answer.text.startswith(verdict)
    assert len(told(answer)) == 2


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("who apart from Ada Wick is from Norland?", {"Cy Marsh"}),
        ("which player other than Bo Trent is from Vesta?", {"Ed Lowe"}),
        ("what is the age of every player except Cy Marsh and Di Holt?", {"Ada Wick", "Bo Trent", "Ed Lowe"}),
        ("which players are not from Norland?", {"Bo Trent", "Di Holt", "Ed Lowe"}),
    ],
)
def test_those_that_are_left_out_are_not_told(sheet: Sheet, question: str, expected: set[str]) -> None:
    assert told(sheet(GAMES).ask(question)) - {"Norland", "Vesta"} == expected


def test_rows_spoken_of_are_narrowed_by_a_month_and_measured(sheet: Sheet) -> None:
    kb, talk = sheet(GAMES), Conversation()
    kb.ask("list the players", talk)

    assert told(kb.ask("how tall are they?", talk)) == set(NAMES[5:])
    assert told(kb.ask("which of them joined in May?", talk)) == {"Ada Wick", "Di Holt"}


@pytest.mark.parametrize(
    ("question", "verdict"),
    [("did Quell win a bronze medal?", "No."), ("did Tarn win any silver?", "No."), ("did Norland win any gold?", "Yes.")],
)
def test_whether_there_is_any_is_told_by_the_number(sheet: Sheet, question: str, verdict: str) -> None:
    assert sheet(GAMES).ask(question).text.startswith(verdict)


def test_a_row_that_is_only_numbered_is_called_by_its_name(sheet: Sheet) -> None:
    answer = sheet(GAMES).ask("how many bronze medals did Tarn win?")

    assert answer.text == "Bronze – Tarn: 2"
    assert [(c.cell.row, c.cell.column) for c in answer.citations if c.cell] == [("Tarn", "Bronze")]


def test_steps_that_are_numbered_keep_their_number(sheet: Sheet) -> None:
    kb = sheet("# Oven\n\n| Step | Action |\n|---|---|\n| 1 | Preheat |\n| 2 | Knead |\n| 3 | Bake |\n")

    assert "Knead" in kb.ask("what is step 2?").text


def test_the_first_of_the_verb_rank_asks_for_an_order(sheet: Sheet) -> None:
    text = sheet(GAMES).ask("rank the nations by bronze").text

    assert [text.index(n) for n in ("Vesta", "Norland", "Ostia", "Tarn", "Quell")] == sorted(
        text.index(n) for n in ("Vesta", "Norland", "Ostia", "Tarn", "Quell")
    )


RADIO = """# Radio

| Receiver | Diversity | LNA |
|---|---|---|
| Alpha | {yes} | {no} |
| Beta | {no} | {yes} |
| Gamma | {yes} | {yes} |
"""


@pytest.mark.parametrize(
    ("yes", "no"), [("Yes", "No"), ("✅", "❌"), (":material-check-bold:{ .green }", ":material-close-thick:{ .red }")]
)
@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("which receiver has diversity?", {"Alpha", "Gamma"}),
        ("receivers with diversity", {"Alpha", "Gamma"}),
        ("which receivers have an LNA?", {"Beta", "Gamma"}),
        ("receiver without LNA", {"Alpha"}),
        ("which receivers have both diversity and LNA?", {"Gamma"}),
    ],
)
def test_of_a_column_of_yes_and_no_those_are_told_that_say_so(sheet: Sheet, yes: str, no: str, question: str, expected: set[str]) -> None:
    text = sheet(RADIO.format(yes=yes, no=no)).ask(question).text

    assert {n for n in ("Alpha", "Beta", "Gamma") if n in text} == expected


def test_a_denial_written_without_its_apostrophe_is_read(sheet: Sheet) -> None:
    kb = sheet("# Streams\n\n| Option | Editable |\n|---|---|\n| Name | No |\n| Subjects | Yes |\n| Storage | No |\n")

    text = kb.ask("which options cant be edited?").text

    assert "Name" in text
    assert "Subjects" not in text


@pytest.mark.parametrize(
    ("asked", "expected"), [("what about just Ada Wick?", "Caps – Ada Wick: 57"), ("and only Cy Marsh?", "Caps – Cy Marsh: 88")]
)
def test_of_a_column_that_was_told_the_rows_named_next_are_told_alone(sheet: Sheet, asked: str, expected: str) -> None:
    kb, talk = sheet(GAMES), Conversation()
    kb.ask("what were the caps of each player?", talk)

    assert kb.ask(asked, talk).text == expected


def test_another_is_none_of_those_just_told(sheet: Sheet) -> None:
    kb, talk = sheet(GAMES), Conversation()
    kb.ask("which players are from Norland?", talk)

    assert not {"Ada Wick", "Cy Marsh"} & told(kb.ask("who are the other players?", talk))


@pytest.mark.parametrize(
    ("question", "expected"),
    [("which nations won more than one gold medal?", {"Norland", "Vesta", "Ostia"}), ("which nation had the top rank?", {"Norland"})],
)
def test_one_in_words_bounds_and_the_top_rank_is_the_first(sheet: Sheet, question: str, expected: set[str]) -> None:
    assert told(sheet(GAMES).ask(question)) == expected


BANDS = """# Risk

| Category | Score |
|---|---|
| High | >= 12 |
| Medium | >= 8 and < 12 |
| Low | < 8 |
"""


@pytest.mark.parametrize(("score", "category"), [("16", "High"), ("12", "High"), ("9", "Medium"), ("8", "Medium"), ("5", "Low")])
def test_a_number_is_looked_up_in_bounds_that_stand_together(sheet: Sheet, score: str, category: str) -> None:
    assert sheet(BANDS).ask(f"which category is a score of {score}?").text.startswith(f"{category} – Score: ")
