"""What counts as following a change, and what is accepted of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.models import Answer, Reading
from corpus.errors import UsageError
from evals.following import RELATIONS, Accepted, Change, differences, load_data
from evals.loader import SHIPPED, load_suite
from evals.transforms import Renaming, parse
from tests.evals.fakes import BLUE_IS_NOT, MIXING, RED_IS_WARM, answer, cite, decline

SAME = Change()
MOVED = Change(texts={"a.md": "x"})
SECOND = SHIPPED.parent / "second" / "cases"


# --- what follows


def test_the_same_answer_follows() -> None:
    assert differences(answer("Yes.", RED_IS_WARM), answer("Yes.", RED_IS_WARM), RELATIONS["upper"], SAME) == ()


@pytest.mark.parametrize(
    ("after", "problems"),
    [
        (decline(), ("status answered -> declined", "kind of no None -> off_topic", "cites no longer: yes")),
        (answer("Yes.", BLUE_IS_NOT), ("cites no longer: yes", "cites now: no")),
        (answer("Yes.", RED_IS_WARM, MIXING), ("cites now: Red and blue\ngive purple.",)),
        (answer("Warm.", RED_IS_WARM), ("text",)),
    ],
    ids=["declined", "another fact", "one more fact", "other words"],
)
def test_each_way_of_not_following_is_named(after: Answer, problems: tuple[str, ...]) -> None:
    assert differences(answer("Yes.", RED_IS_WARM), after, RELATIONS["upper"], SAME) == problems


def test_the_line_a_fact_stands_on_does_not_count_but_its_heading_and_labels_do() -> None:
    lower = cite(3, "yes", cell=("Red", "Warm"))
    elsewhere = cite(7, "yes", section=("Sounds",), cell=("Red", "Warm"))
    turned = cite(7, "yes", cell=("Warm", "Red"))
    before = answer("Yes.", RED_IS_WARM)

    assert differences(before, answer("Yes.", lower), RELATIONS["rows"], MOVED) == ()
    assert differences(before, answer("Yes.", elsewhere), RELATIONS["rows"], MOVED) == ("cites no longer: yes", "cites now: yes")
    assert differences(before, answer("Yes.", turned), RELATIONS["rows"], MOVED) == ("cites no longer: yes", "cites now: yes")
    assert differences(before, answer("Yes.", turned), RELATIONS["transpose"], MOVED) == ()


def test_a_list_may_follow_the_new_order_of_the_folder_only_where_the_change_moves_facts() -> None:
    before, after = answer("Red and blue.", RED_IS_WARM), answer("Blue and red.", RED_IS_WARM)

    assert differences(before, after, RELATIONS["rows"], MOVED) == ()
    assert differences(before, answer("Red.", RED_IS_WARM), RELATIONS["rows"], MOVED) == ("text",)
    assert differences(before, after, RELATIONS["hey"], SAME) == ("text",)


def test_what_a_refusal_tells_of_the_folder_is_not_compared_when_the_folder_changed() -> None:
    before, after = decline("It covers red and blue."), decline("It covers stones.")

    assert differences(before, after, RELATIONS["distractor"], MOVED) == ()
    assert differences(before, after, RELATIONS["hey"], SAME) == ("text",)


def asked(question: str, text: str) -> Answer:
    return decline(text).model_copy(update={"question": question})


def test_a_refusal_may_repeat_the_question_as_it_was_typed_but_not_cut_a_word() -> None:
    before = asked("price of gold", "Nothing here is about price or gold.")

    for question, text in (
        ("PRICE OF GOLD", "Nothing here is about PRICE or GOLD."),
        ("pricce of gold", "Nothing here is about pricce and gold."),
        ("pricce of gold", "Nothing here is about price or gold."),
    ):
        assert differences(before, asked(question, text), RELATIONS["typo-other"], SAME) == ()
    cut = asked("pricce of gold", "Nothing here is about price or old.")
    assert differences(before, cut, RELATIONS["typo-other"], SAME) == ("text",)


def test_a_mended_slip_has_to_be_announced() -> None:
    before = answer("Yes.", RED_IS_WARM).model_copy(update={"question": "is crimson warm"})
    silent = before.model_copy(update={"question": "is crimsn warm"})
    reading = Reading(kind="cell", question="is crimson warm", repaired=(("crimsn", "crimson"),))

    assert differences(before, silent, RELATIONS["typo-known"], SAME) == ("not announced",)
    assert differences(before, silent.model_copy(update={"reading": reading}), RELATIONS["typo-known"], SAME) == ()
    assert differences(before, before, RELATIONS["typo-known"], SAME) == ()  # a turn without a slip
    assert differences(before, silent, RELATIONS["typo-other"], SAME) == ()


@pytest.fixture
def renamed() -> Change:
    renaming = Renaming(["Zorblat"], parse({"a.md": "A Zorblat flies.\n"}))
    return Change({"a.md": ""}, renaming.question, renaming)


def test_a_renamed_answer_says_the_new_name_throughout(renamed: Change) -> None:
    before = answer("Zorblat: yes.", cite(7, "yes", cell=("Zorblat", "Warm")))
    new = renamed.said("Zorblat")

    assert differences(before, answer(f"{new}: yes.", cite(7, "yes", cell=(new, "Warm"))), RELATIONS["rename"], renamed) == ()
    assert differences(before, before, RELATIONS["rename"], renamed) == (
        "cites no longer: yes",
        "cites now: yes",
        "says the old name Zorblat",
    )


def test_an_old_name_is_found_wherever_an_answer_can_say_it(renamed: Change) -> None:
    plain = answer("Yes.", RED_IS_WARM)

    for field in (
        {"suggestions": ("What is a zorblat?",)},
        {"nearest": (cite(3, "A Zorblat flies."),)},
        {"markdown": "Yes [1]. Zorblats."},
    ):
        assert "says the old name" in differences(plain, plain.model_copy(update=field), RELATIONS["rename"], renamed)[-1]


# --- what is accepted


@pytest.mark.parametrize("cases", [SHIPPED, SECOND], ids=["shipped", "second"])
def test_every_relation_has_a_floor_and_known_exceptions_are_cases_that_are_seen(cases: Path) -> None:
    seen = {case.id for case in load_suite(cases).cases if not case.aside}
    data = load_data(cases)

    assert set(data.relation) == set(RELATIONS)
    for name, accepted in data.relation.items():
        assert set(accepted.known) <= seen, name
        assert all(len(reason.split()) >= 4 for reason in accepted.known.values()), name


def test_other_cases_have_the_shipped_floors_but_for_what_the_file_beside_them_says(tmp_path: Path) -> None:
    cases = tmp_path / "cases"
    cases.mkdir()
    assert load_data(cases).relation == {name: Accepted(floor=a.floor) for name, a in load_data().relation.items()}

    (tmp_path / "metamorphic.toml").write_text('[relation.rows]\nfloor = 0.5\nknown = { a = "so it is" }\n', encoding="utf-8")

    assert load_data(cases).relation["rows"] == Accepted(floor=0.5, known={"a": "so it is"})
    assert load_data(cases).relation["columns"].floor == load_data().relation["columns"].floor


@pytest.mark.parametrize(
    ("text", "said"),
    [("[relation.rows]\nfloor = 2\n", "floor"), ("[relation.row]\nfloor = 1\n", "no relation 'row'"), ("[", "cannot be used")],
    ids=["no share", "unknown", "no TOML"],
)
def test_a_faulty_file_of_floors_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "cases").mkdir()
    (tmp_path / "metamorphic.toml").write_text(text, encoding="utf-8")

    with pytest.raises(UsageError, match=said) as error:
        load_data(tmp_path / "cases")
    assert "metamorphic.toml" in str(error.value)
