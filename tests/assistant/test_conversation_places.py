"""Places counted off in what was told: of a comparison, a sentence, a choice of two; several at once; told first, then asked of."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant import Answer, Assistant
from tests.assistant.conftest import said

Talk = Callable[..., list[Answer]]
Open = Callable[..., Assistant]


def places(answer: Answer) -> list[tuple[str, str]]:
    return [(c.cell.row, c.cell.column) for c in answer.citations if c.cell]


def test_the_second_one_of_a_comparison_is_the_second_thing(talk: Talk) -> None:
    _, second, first = talk("compare tourer and racer on brakes", "the second one, which saddle has it?", "and the first?")

    assert places(second) == [("Saddle", "Racer")]
    assert places(first) == [("Saddle", "Tourer")]


def test_what_is_told_first_is_asked_of_in_the_clause_after_it(shop_talk: Talk) -> None:
    answer = shop_talk("inks of the letterpress", "and the risograph, does that use Speedball?")[1]

    assert answer.reading.question == "does Risograph use Speedball?"
    assert answer.text.startswith("Not")


def test_only_the_last_two_keeps_what_was_asked(talk: Talk) -> None:
    _, narrowed, other = talk("brakes of all three bicycles", "just the last two", "same for the frame")

    assert places(narrowed) == [("Brakes", "Racer"), ("Brakes", "Tandem")]
    assert places(other) == [("Frame", "Racer"), ("Frame", "Tandem")]


def test_things_asked_about_one_after_the_other_are_a_list_of_several(talk: Talk) -> None:
    *_, answer = talk("lighting of the tourer", "and the tandem?", "and the racer?", "only the last two")

    assert places(answer) == [("Lighting", "Tandem"), ("Lighting", "Racer")]


def test_names_joined_in_a_sentence_are_counted_off(open_kb: Open, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("kit")
    (folder / "kit.md").write_text(
        "# Kit\n\n| Aspect | Tourer | Racer |\n|---|---|---|\n| Bags | **Ortlieb** | Apidura |\n| Lamps | Busch | **Lezyne** |\n\n"
        "## Light packing\n\nFor light packing, take **Ortlieb + Lezyne** as a set.\n",
        encoding="utf-8",
    )
    _, answer = said(open_kb(folder), ("what do I take for light packing", "the second one, what does it belong to?"))

    assert "Racer" in answer.text
    assert "Lezyne" in answer.reading.question


def test_names_scattered_in_a_sentence_are_no_list(talk: Talk) -> None:
    """Nothing in *built for speed on smooth asphalt* can be the second one."""
    answer = talk("what is a racer", "and the second?")[1]

    assert "asphalt" not in answer.reading.question


def test_a_choice_of_two_together_has_a_first_and_another(shop_talk: Talk) -> None:
    _, first, other = shop_talk(
        "which do I need for posters with tiny captions",
        "what is the definition of the first of these?",
        "and the other one, what does it use for drying?",
    )

    assert places(first) == [("Letterpress", "Definition")]
    assert places(other) == [("Drying", "Screenprint")]


def test_two_that_overlap_are_told_apart(shop_talk: Talk) -> None:
    """*The two* after *A* and *A + B* are A and B."""
    answer = shop_talk("when do I need letterpress?", "what do the two have in common?")[1]

    assert answer.reading.question == "what do Letterpress and Screenprint have in common?"


def test_one_thing_alone_takes_the_place_of_two_together(shop_talk: Talk) -> None:
    answer = shop_talk("When do I need letterpress and screenprint together?", "and letterpress alone?")[1]

    assert answer.reading.question == "When do I need Letterpress?"
    assert "Wedding invitations" in answer.text


def test_the_other_one_of_two_is_the_one_not_spoken_of(open_kb: Open, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("ovens")
    (folder / "ovens.md").write_text(
        "# Ovens\n\n| Aspect | Rack oven | Stone oven |\n|---|---|---|\n| Heat | Hot air | Radiation |\n| Fuel | Gas | Wood |\n",
        encoding="utf-8",
    )
    _, other = said(open_kb(folder), ("fuel of the rack oven", "compare it with the other one"))

    assert places(other) == [("Fuel", "Rack oven"), ("Fuel", "Stone oven")]


def test_the_other_one_is_not_the_one_that_was_the_answer(talk: Talk) -> None:
    *_, answer = talk("compare tourer and racer on brakes", "which of the two has Avid", "the other one's lighting?")

    assert places(answer) == [("Lighting", "Racer")]


def test_a_thing_left_out_leaves_the_same_of_the_others(talk: Talk) -> None:
    _, two, frame = talk("brakes of all three bicycles", "leave out the racer", "same for the frame")

    assert places(two) == [("Brakes", "Tourer"), ("Brakes", "Tandem")]
    assert places(frame) == [("Frame", "Tourer"), ("Frame", "Tandem")]


def test_what_is_named_beside_a_place_is_asked_of_it(shop_talk: Talk) -> None:
    *_, answer = shop_talk(
        "which do I need for posters with tiny captions", "what are the papers of the second", "and the inks of the first"
    )

    assert places(answer) == [("Inks", "Letterpress")]


def test_the_other_two_after_a_comparison_are_those_beside_it(talk: Talk) -> None:
    *_, answer = talk("frame of the tourer", "and the other two?")

    assert places(answer) == [("Frame", "Racer"), ("Frame", "Tandem")]


@pytest.mark.parametrize(
    ("message", "thing"), [("only the second one", "Racer"), ("just the last one please", "Tandem"), ("the first one only", "Tourer")]
)
def test_of_one_place_alone_the_same_is_asked(talk: Talk, message: str, thing: str) -> None:
    answer = talk("compare the brakes of Tourer, Racer and Tandem", message)[-1]

    assert answer.reading.question == f"Brakes of {thing}"
    assert answer.text.startswith(f"Brakes – {thing}: ")


def test_a_place_without_a_word_for_alone_is_the_thing_itself(talk: Talk) -> None:
    assert talk("compare the brakes of Tourer, Racer and Tandem", "the second one")[-1].reading.question == "Racer"
