"""Answers from running text: whole short lists, what only a heading names, notes, sentences that say nothing of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import Assistant

Open = Callable[..., Assistant]


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        kb = tmp_path / "kb"
        kb.mkdir()
        (kb / "page.md").write_text(text, encoding="utf-8")
        return kb

    return write


def test_a_short_checklist_is_told_to_its_last_line(open_kb: Open, folder: Callable[[str], Path]) -> None:
    lines = [
        f"Pack the {x}." for x in ("tent", "rope", "stove", "lamp", "map", "knife", "towel", "soap", "cup", "plate", "spoon", "whistle")
    ]
    kb = open_kb(folder("# Trip\n\n## Packing checklist\n\nThe steps:\n\n" + "".join(f"1. {x}\n" for x in lines)))

    text = kb.ask("packing checklist steps").text

    assert all(line.rstrip(".") in text for line in lines)
    assert "more" not in text


def test_a_list_too_long_to_read_is_counted(open_kb: Open, folder: Callable[[str], Path]) -> None:
    lines = [f"Pack item number {i} " + "and keep it dry in the usual way, whatever the weather may be outside " * 2 for i in range(14)]
    kb = open_kb(folder("# Trip\n\n## Packing checklist\n\nThe steps:\n\n" + "".join(f"1. {x}\n" for x in lines)))

    assert kb.ask("packing checklist steps").text.endswith("and 4 more")


def test_the_heading_opens_a_sentence_that_does_not_say_what_it_is_about(open_kb: Open, folder: Callable[[str], Path]) -> None:
    kb = open_kb(folder("# Herbs\n\n## Nightwort\n\nWhoever drinks the brew cannot lie for an hour.\n\n## Dock\n\nDock grows on walls.\n"))

    answer = kb.ask("which brew makes whoever drinks it unable to lie")

    assert answer.text == "Nightwort: Whoever drinks the brew cannot lie for an hour."
    assert kb.ask("where does dock grow").text == "Dock grows on walls."


def test_a_sentence_with_no_word_of_its_own_yields_to_one_that_says_something(open_kb: Open, folder: Callable[[str], Path]) -> None:
    kb = open_kb(folder("# Crew\n\n## Harbour pilot\n\nThe harbour pilot.\n\nCall the harbour pilot on channel twelve before you enter.\n"))

    assert "channel twelve" in kb.ask("how do I reach the harbour pilot").text


def test_a_sentence_that_opens_a_list_stands_for_the_list(open_kb: Open, folder: Callable[[str], Path]) -> None:
    kb = open_kb(
        folder(
            "# Camp\n\n## Long rest\n\nDuring a long rest you sleep six hours.\n\nWhen you finish the long rest you gain:\n\n"
            "- All strength.\n- Clear sight.\n- Dry boots.\n"
        )
    )

    text = kb.ask("what do you gain during a long rest").text

    assert "All strength" in text
    assert "Dry boots" in text


def test_a_sentence_that_opens_a_table_stands_for_its_rows(open_kb: Open, folder: Callable[[str], Path]) -> None:
    kb = open_kb(
        folder(
            "# Boat\n\nThe crew shows the following signals to other boats:\n\n"
            "| Cloth | Says |\n|---|---|\n| Blue | Ready |\n| Red | Wait |\n"
        )
    )

    answer = kb.ask("signals the crew shows to other boats")

    assert [line for line in ("Blue: Ready", "Red: Wait") if line not in answer.text] == []
    assert "::" not in answer.text


FAQ = """\
# FAQ

## I lost the shed key, what now?

The caretaker keeps a spare in the kitchen drawer. Sign for it in the book.

Lost shed keys cost nothing.

## Can two crews share the same mooring?

Yes, if both skippers agree. The harbour master writes it down.

## retry.limit

Tries again so many times. The engine gives up afterwards.
"""


def test_under_a_heading_that_asks_the_first_sentences_answer(open_kb: Open, folder: Callable[[str], Path]) -> None:
    kb = open_kb(folder(FAQ))

    assert "spare in the kitchen drawer" in kb.ask("lost the shed key, what do I do").text
    assert kb.ask("can two crews share the same mooring?").text.startswith("Yes, if both skippers agree.")


def test_a_heading_that_is_a_name_opens_what_does_not_spell_it(open_kb: Open, folder: Callable[[str], Path]) -> None:
    assert open_kb(folder(FAQ)).ask("what makes the engine give up after so many tries").text.startswith("retry.limit: Tries again")


def test_paragraphs_that_a_sentence_announces_follow_it(open_kb: Open, folder: Callable[[str], Path]) -> None:
    kb = open_kb(
        folder("# Rules\n\n## Snared\n\nWhile snared you suffer the following effects.\n\nYour pace is nil.\n\nYour aim is poor.\n")
    )

    text = kb.ask("which effects do you suffer while snared").text

    assert "Your pace is nil" in text
    assert "Your aim is poor" in text


def test_items_that_answer_equally_well_are_told_together(open_kb: Open, folder: Callable[[str], Path]) -> None:
    kb = open_kb(
        folder(
            "# Ferry\n\n## Boarding\n\nThe ferry boards at the pier.\n\n## Signs of a storm\n\n"
            "- A storm brings low swell.\n- A storm brings red haze.\n- A storm brings gulls ashore.\n"
        )
    )

    text = kb.ask("how do you tell what a storm brings").text

    assert [x for x in ("low swell", "red haze", "gulls ashore") if x in text] == ["low swell", "red haze", "gulls ashore"]


KILNS = """# Wood kilns

A wood kiln fires pots with burning wood.

## Advantages of a wood kiln

- Wood ash glazes the pots of a wood kiln.
- A wood kiln needs no power line.
- Wood for a kiln grows back.

## Challenges

- Somebody has to feed it all night.
- No two firings come out alike.
- Smoke annoys the neighbours.

## When to use a wood kiln

- Big jars are wanted.
- Ash glaze is wanted.
- The studio lies far from town.
"""


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("what are the downsides of a wood kiln?", "Challenges"),
        ("which disadvantages does a wood kiln have?", "Challenges"),
        ("what are the pros of a wood kiln?", "Advantages of a wood kiln"),
        ("when is a wood kiln the right choice?", "When to use a wood kiln"),
        ("when should a wood kiln be fired up at all?", "When to use a wood kiln"),
    ],
)
def test_a_list_stands_under_the_sort_of_heading_that_is_asked_for_and_never_under_its_opposite(
    open_kb: Open, tmp_path: Path, question: str, heading: str
) -> None:
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "kilns.md").write_text(KILNS, encoding="utf-8")

    answer = open_kb(tmp_path / "kb").ask(question)

    assert answer.status == "answered", answer.text
    assert {c.section[-1] for c in answer.citations} == {heading}, answer.text


BUOYS = """\
# Harbour

## Buoys and marks

Every harbour paints them anew in spring.

## Buoys

The following sorts are laid out:

- CAN: shows the left side
- CONE: shows the right side, and carries the bell that every skipper listens for in fog
- SPAR: shows neither

Ask the harbour office what else you can get.

- A chart
- A tide table
"""


def test_the_section_whose_heading_is_just_the_name_comes_before_one_that_holds_it(open_kb: Open, folder: Callable[[str], Path]) -> None:
    assert "shows the left side" in open_kb(folder(BUOYS)).ask("buoys").text


def test_labels_that_no_table_aligns_are_compared_by_their_items(open_kb: Open, folder: Callable[[str], Path]) -> None:
    answer = open_kb(folder(BUOYS)).ask("difference between CAN and CONE")

    assert "CAN: shows the left side" in answer.text
    assert "CONE: shows the right side" in answer.text
    assert "SPAR" not in answer.text
    assert [c.lines[0] for c in answer.citations] == [11, 12]


def test_a_list_right_under_the_sentence_that_was_found_is_told_with_it(open_kb: Open, folder: Callable[[str], Path]) -> None:
    text = open_kb(folder(BUOYS)).ask("list what else I can get at the harbour office").text

    assert "A chart" in text
    assert "A tide table" in text


def test_an_item_that_only_opens_what_is_listed_under_it_stands_for_that(open_kb: Open, folder: Callable[[str], Path]) -> None:
    steps = "1. Check the ropes.\n2. Never use the green winch. Reasons against the winch:\n   * It jams.\n   * It squeals.\n3. Cast off.\n"
    text = open_kb(folder(f"# Leaving\n\n## Order\n\n{steps}")).ask("why should I never use the green winch").text

    assert "It jams" in text
    assert "It squeals" in text
    assert "Cast off" not in text
