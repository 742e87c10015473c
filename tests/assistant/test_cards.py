"""Everything on one name, attributes of like names, the example of a thing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant import Answer

Ask = Callable[..., Answer]
Place = tuple[str, str]


def cells(answer: Answer) -> list[Place]:
    return [(c.cell.row, c.cell.column) for c in answer.citations if c.cell is not None]


def quotes(answer: Answer) -> list[str]:
    return [c.quote for c in answer.citations]


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


def test_an_attribute_and_those_that_hold_its_name_are_told_together(handbook: Ask) -> None:
    assert cells(handbook("shade of the desk lamp")) == [("Shade", "Desk lamp"), ("Shade colour", "Desk lamp")]
    assert cells(handbook("shade colour of the desk lamp")) == [("Shade colour", "Desk lamp")]


@pytest.mark.parametrize("question", ["example of a desk lamp", "give me an example of the desk lamp"])
def test_an_example_of_a_thing_is_the_one_given_of_it(handbook: Ask, question: str) -> None:
    assert quotes(handbook(question)) == ["The Kestrel on the reading desk"]


@pytest.mark.xfail(reason="where no example is given, an item that shares the name is told")
def test_where_no_example_is_given_none_is_told(inquire: Ask) -> None:
    assert inquire("example of letterpress").status == "declined"
