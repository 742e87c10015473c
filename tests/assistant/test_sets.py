"""Several listings taken together: all but some, what is common, all of a sort, several names or attributes at once.

What is listed and cited counts here, not the words around it; the certificate is checked with every answer.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant import Answer, Assistant
from assistant.certificate import verify_answer
from assistant.models import Atom

Ask = Callable[..., Answer]
Place = tuple[str, str]

WRONG = pytest.mark.xfail(reason="what is denied is told, or what is missing is not named")


def cells(answer: Answer) -> list[Place]:
    return [(c.cell.row, c.cell.column) for c in answer.citations if c.cell is not None]


def computed(answer: Answer, op: str) -> list[Atom]:
    return [a for a in answer.certificate if a.op == op]


def of(answer: Answer, atom: Atom) -> list[str]:
    """What the quotes say that an atom is computed from."""
    return [answer.certificate[i].text or "" for i in atom.of]


# ---------------------------------------------------------------- all but some


@pytest.mark.parametrize(
    ("question", "left", "never"),
    [
        ("inks of letterpress except Caligo", ["Gamblin", "Zecchi"], ["Caligo"]),
        ("inks of letterpress other than Caligo and Zecchi", ["Gamblin"], ["Caligo", "Zecchi"]),
        ("tools of screenprint without Natgraph", ["Harben"], ["Natgraph"]),
        ("which papers does letterpress use apart from Arches", ["Fabriano"], ["Arches"]),
    ],
)
def test_names_that_are_excepted_are_left_out_of_their_listing(inquire: Ask, question: str, left: list[str], never: list[str]) -> None:
    answer = inquire(question)

    assert answer.status == "answered"
    assert all(name in answer.text for name in left)
    assert not any(name in answer.text for name in never)
    assert len(cells(answer)) == 1


@pytest.mark.parametrize(
    ("question", "places"),
    [
        ("papers that are not for letterpress", [("Papers", "Screenprint"), ("Papers", "Risograph")]),
        ("which inks are not used for letterpress", [("Inks", "Screenprint"), ("Inks", "Risograph")]),
        ("weak point of the techniques other than the risograph", [("Weak Point", "Letterpress"), ("Weak Point", "Screenprint")]),
        ("weak point of every technique except risograph", [("Weak Point", "Letterpress"), ("Weak Point", "Screenprint")]),
        ("main goal of the other techniques, not letterpress", [("Screenprint", "Main Goal"), ("Risograph", "Main Goal")]),
    ],
)
def test_things_that_are_excepted_are_left_out_of_their_row(inquire: Ask, question: str, places: list[Place]) -> None:
    assert cells(inquire(question)) == places


@pytest.mark.parametrize(
    "question",
    [
        "weak points of all techniques but risograph",
        "goal of every technique except risograph",
        "which technique other than risograph is crisp",
    ],
)
def test_what_is_excepted_is_never_the_answer(inquire: Ask, question: str) -> None:
    assert not any("Risograph" in place for place in cells(inquire(question)))


def test_a_thing_that_is_excepted_does_not_hold_what_is_asked_for(inquire: Ask) -> None:
    answer = inquire("which technique other than letterpress uses Caligo")

    assert ("Inks", "Letterpress") not in cells(answer)


def test_the_names_of_a_row_that_is_excepted_are_left_out(inquire: Ask) -> None:
    answer = inquire("which tools of letterpress are not for cutting")

    assert "Olfa" not in answer.text
    assert not {"Screenprint", "Risograph"} & {name for place in cells(answer) for name in place}


def test_a_thing_without_a_name_is_told_beside_those_that_have_it(inquire: Ask) -> None:
    answer = inquire("which technique does not use Swarfega")

    assert ("Cleaning", "Risograph") in cells(answer)
    assert "Risograph" in answer.text.split(":")[0]


@WRONG
def test_where_nothing_is_without_a_name_no_other_listing_is_told(inquire: Ask) -> None:
    assert "Gamblin" not in inquire("which techniques do not use Caligo").text


# ---------------------------------------------------------------- in common


@pytest.mark.parametrize(
    ("question", "names", "never"),
    [
        ("which inks do letterpress and screenprint share", ["Caligo"], ["Gamblin", "Speedball"]),
        ("which inks do letterpress and screenprint have in common", ["Caligo"], ["Gamblin", "Speedball"]),
        ("which tools do letterpress and risograph share", ["Marabu"], ["Olfa", "Ideal"]),
        ("which tools do letterpress, screenprint and risograph share", ["Marabu"], ["Olfa", "Ideal"]),
    ],
)
def test_what_things_share_is_every_name_that_all_of_them_list(inquire: Ask, question: str, names: list[str], never: list[str]) -> None:
    answer = inquire(question)

    assert answer.status == "answered"
    assert all(name in answer.text for name in names)
    assert not any(name in answer.text for name in never)


def test_a_shared_name_is_cited_where_each_thing_lists_it(inquire: Ask) -> None:
    answer = inquire("which inks do letterpress and screenprint share")

    assert cells(answer) == [("Inks", "Letterpress"), ("Inks", "Screenprint")]


def test_that_all_of_three_share_a_name_is_not_said_of_two(inquire: Ask) -> None:
    text = inquire("which tools do letterpress, screenprint and risograph share").text

    assert "both" not in text
    assert "all" in text


@pytest.mark.parametrize("question", ["which papers do letterpress and risograph share", "do letterpress and risograph share papers"])
def test_that_nothing_is_shared_is_proved_by_each_name_that_is_absent(inquire: Ask, question: str) -> None:
    answer = inquire(question)

    assert answer.status == "answered"
    assert cells(answer) == [("Papers", "Letterpress"), ("Papers", "Risograph")]
    assert {a.text for a in computed(answer, "absence")} == {"Fabriano", "Arches"}
    assert all(of(answer, a) == ["Munken"] for a in computed(answer, "absence"))


@pytest.mark.parametrize(
    ("question", "told"),
    [("do letterpress and risograph share papers", "No"), ("do letterpress and screenprint share inks", "Yes")],
)
def test_whether_something_is_shared_is_answered_by_yes_or_no(inquire: Ask, question: str, told: str) -> None:
    assert inquire(question).text.startswith(told)


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("what do Fabriano and Arches have in common", ("Papers", "Letterpress")),
        ("Swarfega and Zest in common", ("Cleaning", "Letterpress")),
        ("what do Olfa and Fiskars have in common", ("Cutting", "Letterpress")),
    ],
)
def test_names_listed_in_one_cell_have_that_cell_in_common(inquire: Ask, question: str, place: Place) -> None:
    assert cells(inquire(question)) == [place]


def test_how_names_of_one_cell_differ_is_said_not_to_be_said(inquire: Ask) -> None:
    answer = inquire("what is the difference between Fabriano and Arches")

    assert cells(answer) == [("Papers", "Letterpress")]
    assert "is not said" in answer.markdown


def test_names_listed_apart_are_each_told_with_their_places(inquire: Ask) -> None:
    answer = inquire("what do Vandercook and Munken have in common")

    assert cells(answer) == [("Tools", "Letterpress"), ("Papers", "Risograph")]
    assert "both" not in answer.text


@pytest.mark.parametrize("question", ["what do Fabriano and Zorblat have in common", "difference between Fabriano and Zorblat"])
def test_nothing_is_said_to_be_common_with_an_unknown_name(inquire: Ask, question: str) -> None:
    answer = inquire(question)

    assert answer.status == "declined" or answer.text.startswith("Zorblat is not")


# ---------------------------------------------------------------- all of a sort


@pytest.mark.parametrize("question", ["all tools of letterpress", "how many tools does letterpress have", "list all tools for letterpress"])
def test_all_names_of_a_sort_are_gathered_from_every_listing_of_that_sort_each_once(inquire: Ask, question: str) -> None:
    answer = inquire(question)
    names = [
        "Vandercook",
        "Olfa",
        "Komori",
        "Fiskars",
        "Marabu",
        "Bishop",
    ]  # three in the row Tools, three more by task; Olfa stands in both

    assert answer.text.startswith("6")
    assert sorted(names, key=answer.text.index) == names
    assert answer.text.count("Olfa") == 1
    assert set(cells(answer)) == {
        ("Tools", "Letterpress"),
        ("Cutting", "Letterpress"),
        ("Drying", "Letterpress"),
        ("Lifting", "Letterpress"),
    }


def test_a_union_names_every_quote_it_unites_and_counts_each_name_once(inquire: Ask) -> None:
    answer = inquire("how many tools does risograph have")
    (union,) = computed(answer, "union")

    assert of(answer, union) == ["Duplo", "Ideal", "Ideal", "Marabu", "Trolley"]
    assert union.text == "Duplo; Ideal; Marabu; Trolley"
    assert {(a.text, len(a.of)) for a in computed(answer, "count")} >= {("4", 4)}


def test_how_many_of_a_union_stand_under_the_very_name_is_said_too(inquire: Ask) -> None:
    answer = inquire("how many tools does letterpress have")

    assert sorted(a.text or "" for a in computed(answer, "count")) == ["3", "6"]


def test_a_single_listing_is_no_union(inquire: Ask) -> None:
    answer = inquire("how many inks does letterpress have")

    assert answer.text.startswith("3")
    assert computed(answer, "union") == []


@pytest.mark.parametrize("question", ["how many cutting tools does letterpress have", "how many tools for cutting does letterpress have"])
def test_a_word_that_narrows_the_sort_narrows_what_is_counted(inquire: Ask, question: str) -> None:
    answer = inquire(question)

    assert answer.text.startswith("2")
    assert cells(answer) == [("Cutting", "Letterpress")]


@pytest.mark.xfail(reason="the words after *kinds of* are not what is counted")
@pytest.mark.parametrize(
    "question", ["how many kinds of paper does letterpress have", "how many types of papers are there for letterpress"]
)
def test_kinds_of_something_are_counted_like_the_thing(inquire: Ask, question: str) -> None:
    assert inquire(question).text.startswith("2")


@pytest.mark.parametrize("question", ["how many licences does letterpress have", "all licences of letterpress"])
def test_a_sort_that_is_not_listed_is_not_counted(inquire: Ask, question: str) -> None:
    assert inquire(question).status == "declined"


# ---------------------------------------------------------------- several names


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("does letterpress use Caligo or Speedball", {"Caligo": "yes", "Speedball": "no"}),
        ("does screenprint use Fabriano and Canson", {"Fabriano": "no", "Canson": "yes"}),
        ("does risograph use Harben or Duplo or Ideal", {"Harben": "no", "Duplo": "yes", "Ideal": "yes"}),
        ("is Olfa or Marabu used for cutting", {"Olfa": "yes", "Marabu": "no"}),
    ],
)
def test_whether_several_names_are_listed_is_told_of_each(inquire: Ask, question: str, told: dict[str, str]) -> None:
    text = inquire(question).text

    for name, word in told.items():
        assert f"{name}: {word}" in text


@pytest.mark.parametrize("question", ["Vandercook or Duplo", "Vandercook and Duplo", "Vandercook, Duplo"])
def test_several_bare_names_are_each_told_with_their_place_and_no_yes_or_no(inquire: Ask, question: str) -> None:
    answer = inquire(question)

    assert cells(answer) == [("Tools", "Letterpress"), ("Tools", "Risograph")]
    assert "yes" not in answer.text
    assert "no," not in answer.text


def test_an_unknown_name_beside_known_ones_is_not_said_to_be_unlisted(inquire: Ask) -> None:
    answer = inquire("does letterpress use Caligo or Zorblat")

    assert "Zorblat: no" not in answer.text
    assert "Zorblat is not in this knowledge base" in answer.text
    assert ("Inks", "Letterpress") in cells(answer)


# ---------------------------------------------------------------- several attributes


@pytest.mark.parametrize(
    ("question", "places"),
    [
        ("inks and papers of letterpress", [("Inks", "Letterpress"), ("Papers", "Letterpress")]),
        ("what are the inks, papers and weak point of screenprint", [(a, "Screenprint") for a in ("Inks", "Papers", "Weak Point")]),
        ("cleaning and drying of letterpress", [("Cleaning", "Letterpress"), ("Drying", "Letterpress")]),
        ("what is the weak point and the main goal of risograph", [("Weak Point", "Risograph"), ("Risograph", "Main Goal")]),
    ],
)
def test_several_attributes_of_one_thing_are_told_a_line_each(inquire: Ask, question: str, places: list[Place]) -> None:
    answer = inquire(question)

    assert answer.status == "answered"
    assert cells(answer) == places


def test_the_sort_of_several_attributes_is_no_attribute_of_its_own(inquire: Ask) -> None:
    assert cells(inquire("drying and lifting tools of screenprint")) == [("Drying", "Screenprint"), ("Lifting", "Screenprint")]


@pytest.mark.parametrize("question", ["inks, papers and prices of letterpress", "inks and prices of letterpress"])
def test_an_attribute_that_is_not_there_is_not_passed_over_in_silence(inquire: Ask, question: str) -> None:
    answer = inquire(question)

    assert answer.status == "declined"
    assert "prices" in answer.text


@pytest.mark.parametrize(
    ("question", "places"),
    [
        ("the inks of letterpress and the papers of risograph", [("Inks", "Letterpress"), ("Papers", "Risograph")]),
        ("weak point of screenprint, cleaning of risograph", [("Weak Point", "Screenprint"), ("Cleaning", "Risograph")]),
    ],
)
def test_each_of_several_things_may_be_asked_for_an_attribute_of_its_own(inquire: Ask, question: str, places: list[Place]) -> None:
    assert cells(inquire(question)) == places


def test_names_over_several_rows_are_counted_and_not_the_rows(inquire: Ask) -> None:
    answer = inquire("how many tools are there for drying and lifting of screenprint")

    assert answer.text.startswith("3: Natgraph, Marabu and Kippax")
    assert cells(answer) == [("Drying", "Screenprint"), ("Lifting", "Screenprint")]


SAILS = """# Boats

## Numbers

| Boat | Length |
|---|---|
| Swift | 5 m |
| Slow | 7 m |

## Sails

- Gig: Jib, Genoa
- Yawl: Spinnaker, Jib
- Punt: Lugsail, Genoa
"""


@pytest.mark.parametrize("question", ["which of the Yawl sails is not Spinnaker", "which one of the Yawl is not Spinnaker"])
def test_of_names_that_stand_in_no_table_no_table_is_asked_who_lacks_them(sheet: Callable[[str], Assistant], question: str) -> None:
    kb = sheet(SAILS)

    answer = kb.ask(question)

    assert verify_answer(answer.as_json(), kb.kb).problems == ()
    assert "Swift" not in answer.text


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
