"""The cells of one table that a question selects: its column, in the rows that its cells describe, and what goes on with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import Answer, Assistant, Conversation

Ask = Callable[..., Answer]
Open = Callable[..., Assistant]


@pytest.fixture
def ask(regatta: Assistant) -> Ask:
    return regatta.ask


def told(answer: Answer, *names: str) -> list[str]:
    return [name for name in names if name in answer.text]


BOATS = ("Curlew", "Tern", "Avocet", "Plover", "Dunlin")
SKIPPERS = ("Ida Holm", "Piet Maas", "Ruth Quill", "Jonas Berg", "Ida Brandt")


@pytest.mark.parametrize(
    ("question", "expected", "never"),
    [
        ("what are all the skippers?", SKIPPERS, BOATS[:1]),
        ("who were the skippers of the 2019 lantern lake regatta?", SKIPPERS, ()),
        ("which boats are from Vassvik?", ("Curlew", "Avocet"), ("Tern", "Plover")),
        ("which skippers sailed from oldersum?", ("Piet Maas", "Ida Brandt"), ("Ida Holm",)),
        ("how many points did ruth quill get?", ("31",), ("40",)),
        ("how many laps did holm complete?", ("12",), ("11",)),
        ("what were the laps of each boat?", ("Curlew", "12", "Dunlin", "4"), ("48",)),
        ("what is the harbour of the plover?", ("Harlow Quay",), ("Vassvik",)),
        ("who did the ropes?", ("Sanna", "Vera"), ("Tomas",)),
        ("which boats have no points?", ("Dunlin",), ("Curlew", "Plover")),
        ("which boats have points?", ("Curlew", "Plover"), ("Dunlin",)),
        ("bow no. of the curlew", ("14",), ("7", "22")),
        ("which skippers sailed from oldersum, though no one saw them?", ("Piet Maas", "Ida Brandt"), ("Ida Holm",)),
        ("which boats are not from Vassvik?", ("Tern", "Plover", "Dunlin"), ("Curlew", "Avocet")),
    ],
)
def test_a_column_is_told_in_the_rows_that_the_question_describes(
    ask: Ask, question: str, expected: tuple[str, ...], never: tuple[str, ...]
) -> None:
    answer = ask(question)

    assert answer.status == "answered", answer.text
    assert [x for x in expected if x not in answer.text] == [], answer.text
    assert told(answer, *never) == [], answer.text


def test_a_row_of_sums_is_none_of_the_things(ask: Ask) -> None:
    assert "Total" not in ask("what are all the boats?").text


def test_rows_are_counted_that_meet_what_is_said(ask: Ask) -> None:
    answer = ask("how many boats are from Oldersum?")

    assert answer.text.startswith("2"), answer.text
    assert told(answer, *BOATS) == ["Tern", "Dunlin"]


@pytest.mark.parametrize(
    "question",
    [
        "which sponsors are from Vassvik?",  # boats are, sponsors are not told of
        "what is the price of the plover?",
        "how many crew members did ruth quill take?",
        "which boats are from Lisbon?",
        "what are all the trophies?",
    ],
)
def test_a_column_or_value_that_is_not_there_is_not_replaced_by_another(ask: Ask, question: str) -> None:
    answer = ask(question)

    assert answer.status == "declined", answer.text


@pytest.mark.parametrize(
    ("turns", "expected", "never"),
    [
        (("which boats are from Vassvik?", "who are their skippers?"), ("Ida Holm", "Ruth Quill"), ("Piet Maas",)),
        (("which boats are from Vassvik?", "which of them has more points?"), ("Curlew", "40"), ("Avocet",)),
        (("what are all the boats?", "what are their harbours?"), ("Vassvik", "Oldersum", "Harlow Quay"), ()),
        (("how many points did ruth quill get?", "what about jonas berg?"), ("12",), ("31",)),
        (("how many points did ruth quill get?", "what about jonas berg?", "who had more?"), ("Ruth Quill",), ("Jonas Berg", "Ida Holm")),
        (("what are all the boats?", "of those, which completed at least 11 laps?"), ("Curlew", "Tern", "Avocet"), ("Dunlin",)),
        (("what are all the boats?", "which of these scored the least points?"), ("Dunlin",), ("Curlew",)),
        (("which boats are from Vassvik?", "and their laps?"), ("12", "11"), ("9",)),
        (("which boats are from Oldersum?", "which other boats are there?"), ("Curlew",), ()),
    ],
)
def test_what_goes_on_is_asked_of_the_rows_just_told(
    ask: Ask, turns: tuple[str, ...], expected: tuple[str, ...], never: tuple[str, ...]
) -> None:
    talk = Conversation()

    answer = [ask(turn, talk) for turn in turns][-1]

    assert answer.status == "answered", answer.text
    assert [x for x in expected if x not in answer.text] == [], answer.text
    assert told(answer, *never) == [], answer.text


def test_the_reading_says_which_rows_are_meant(ask: Ask) -> None:
    talk = Conversation()
    ask("which boats are from Vassvik?", talk)

    answer = ask("who are their skippers?", talk)

    assert answer.reading.question == "who are their skippers – of Curlew, Avocet?"
    assert answer.reading.kept == ("Curlew", "Avocet")


def test_a_question_that_stands_alone_is_asked_of_the_whole_table(ask: Ask) -> None:
    talk = Conversation()
    ask("which boats are from Vassvik?", talk)

    answer = ask("what are all the skippers?", talk)

    assert told(answer, *SKIPPERS) == list(SKIPPERS)
    assert answer.reading.kept == ()


def test_what_may_be_asked_next_goes_by_the_names_of_the_rows(ask: Ask) -> None:
    answer = ask("what were the laps of each boat?")

    assert answer.suggestions[0] == "Laps of Tern"
    assert ask(answer.suggestions[0]).text == "Laps – Tern: 12"


def test_how_many_more_there_are_is_proved(open_kb: Open, tmp_path: Path) -> None:
    marks = "abcdefghijklmnopqrstuvwxyz"
    turn = "Turn wheel {} until the mark on its rim meets the mark on the frame, then let go of it."
    steps = "\n".join(f"{n}. {turn.format(marks[n % 26] * 3)}" for n in range(1, 61))
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "loom.md").write_text(f"# Loom\n\n## Setting up the loom\n\nThe steps are:\n\n{steps}\n", encoding="utf-8")

    answer = open_kb(tmp_path / "kb").ask("what are the steps of setting up the loom?")

    assert answer.status == "answered", answer.text
    left = int(answer.text.rsplit(" and ", 1)[1].split()[0])
    assert 0 < left < 60
    assert any(a.op == "count" and a.text == str(left) for a in answer.certificate)


GATES = """# Gates

| Gate | Global/regional | Protocols |
|---|---|---|
| Alder | Global | HTTP, TCP |
| Birch | Regional | HTTP |
| Cedar | Regional | UDP |
"""


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("which gates are regional?", ["Birch", "Cedar"]),
        ("which gates are not regional?", ["Alder"]),
        ("which gates have the protocol http?", ["Alder", "Birch"]),
        ("which gates have tcp?", ["Alder"]),
    ],
)
def test_a_word_is_looked_for_in_cells_that_list_several_and_beside_a_header_that_holds_it(
    open_kb: Open, tmp_path: Path, question: str, expected: list[str]
) -> None:
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "gates.md").write_text(GATES, encoding="utf-8")

    answer = open_kb(tmp_path / "kb").ask(question)

    assert [g for g in ("Alder", "Birch", "Cedar") if g in answer.text] == expected, answer.text


@pytest.mark.model
def test_a_header_that_is_meant_and_not_said_is_told_to_be(open_kb: Open, tmp_path: Path) -> None:
    table = "| Rank | Nation | Gold |\n|---|---|---|\n| 1 | Norway | 4 |\n| 2 | Peru | 2 |\n| 3 | Kenya | 0 |\n"
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "games.md").write_text(f"# Lake Games\n\n{table}", encoding="utf-8")

    answer = open_kb(tmp_path / "kb").ask("what are all the countries?")

    assert answer.text == "Nation: Norway; Peru; Kenya"
    assert ("countries", "Nation", "meaning") in [(m.words, m.name, m.how) for m in answer.reading.mentions]
    assert "countries" in answer.markdown


@pytest.mark.parametrize("question", ["list the boats with their harbours", "all boats and their harbours"])
def test_things_with_what_is_theirs_are_told_together(ask: Ask, question: str) -> None:
    text = ask(question).text

    assert [pair for pair in ("Curlew", "Vassvik", "Plover", "Harlow Quay") if pair not in text] == []
