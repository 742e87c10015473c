"""A folder and a question changed: what changes, what stays, what is left alone."""

from __future__ import annotations

import pytest

from assistant.language import is_english
from corpus.words import words
from evals import transforms
from evals.transforms import Renaming, Slips, parse

BEES = """# Bees

Keeping bees with the FlowHive.

| Aspect | FlowHive | Langstroth | Warre |
|---|:-:|---|---|
| **Frames** | Plastic | Wood \\| wire | |
| Yield | 20 kg | 30 kg | 10 kg |

## Kinds

| Hive | Meaning |
|---|---|
| FlowHive | A hive with a tap. |
| Langstroth | A hive of stacked boxes. |

## Which one?

| Use case | Solution | Why? |
|---|---|---|
| Honey without tools | FlowHive | The Flow-Hive opens by a key. |
| Moving hives | Langstroth | Its boxes part. |

## Extras

- **Smoker:** calms the bees; sold by Apimax and Dadant.
"""
FOLDER = {"bees.md": BEES, "kb.toml": 'title = "Bees"\n[aliases]\n"tap hive" = "FlowHive"\n'}


def rows_of(text: str, heading: str | None = None) -> list[str]:
    """The lines of the first table after a heading."""
    lines = text.split("\n")
    start = lines.index(heading) if heading else 0
    first = next(i for i in range(start, len(lines)) if lines[i].startswith("|"))
    return lines[first : next((i for i in range(first, len(lines)) if not lines[i].startswith("|")), len(lines))]


# --- names


def test_the_things_tables_describe_are_found_and_the_needs_of_a_decision_table_are_not() -> None:
    assert transforms.entity_names(parse(FOLDER)) == ("FlowHive", "Langstroth", "Warre")


def test_several_ordinary_words_or_one_written_small_are_no_name() -> None:
    rows = "".join(f"| {label} | 5 | 1 |\n" for label in ("Garden chair", "Warre chair", "Chair", "stool"))
    folder = {"a.md": f"| Kind | Price | Size |\n|---|---|---|\n{rows}"}

    assert transforms.entity_names(parse(folder)) == ("Chair", "Warre chair")


def test_names_of_their_own_are_words_no_language_has_and_the_folder_never_writes_small() -> None:
    folder = {"a.md": "| Aspect | One | Two |\n|---|---|---|\n| Sold by | Apimax, Water | Zorblat, Apimax |\n\nA zorblat is heavy.\n"}

    assert transforms.foreign_names(parse(folder)) == ("Apimax",)


def test_a_new_name_has_the_shape_of_the_old_one_and_is_no_word_of_anyone() -> None:
    corpus = parse(FOLDER)
    renaming = Renaming(transforms.entity_names(corpus), corpus)
    new = renaming.text("FlowHive")

    assert [len(new), new[0].isupper(), new[4].isupper()] == [8, True, True]
    assert sum(a == b for a, b in zip(new, "FlowHive", strict=True)) == 0
    assert not is_english(new.lower())
    assert new.lower() not in words(BEES)


def test_a_name_is_changed_in_every_spelling_of_a_text_and_nowhere_inside_a_longer_word() -> None:
    corpus = parse(FOLDER)
    renaming = Renaming(["FlowHive"], corpus)
    new = renaming.text("FlowHive")

    changed = renaming.text("FlowHive, Flow-Hive, flow hives, FLOWHIVE's, overflowhive, flow")

    assert changed == f"{new}, {new[:4]}-{new[4:]}, {new[:4].lower()} {new[4:].lower()}s, {new.upper()}'s, overflowhive, flow"
    assert renaming.old_name(changed) is None
    assert renaming.old_name("A flow hive.") == "flow hive"


def test_a_slip_in_a_name_is_a_slip_in_the_new_name() -> None:
    corpus = parse(FOLDER)
    renaming = Renaming(["Langstroth", "FlowHive"], corpus)
    new = renaming.text("langstroth")

    assert renaming.question("what is a langstrth?") == f"what is a {new[:-3] + new[-2:]}?"
    assert renaming.question("lang stroth yield") == f"{new[:4]} {new[4:]} yield"
    assert renaming.question("what is a smoker? which boxes?") == "what is a smoker? which boxes?"


def test_a_plural_name_is_changed_in_the_singular_too() -> None:
    renaming = Renaming(["Zorblats"], parse({"a.md": "Zorblats fly.\n"}))
    new = renaming.text("Zorblats")

    assert renaming.text("a Zorblat") == f"a {new[:-1]}"


def test_a_folder_without_names_cannot_be_renamed() -> None:
    with pytest.raises(ValueError, match="no name to change"):
        Renaming([], parse({"a.md": "Water is wet.\n"}))


# --- tables


def test_rows_are_reversed_under_their_header() -> None:
    changed = transforms.rows_reversed(FOLDER, parse(FOLDER))

    assert rows_of(changed["bees.md"], "## Kinds") == [
        "| Hive | Meaning |",
        "| --- | --- |",
        "| Langstroth | A hive of stacked boxes. |",
        "| FlowHive | A hive with a tap. |",
    ]
    assert changed["kb.toml"] == FOLDER["kb.toml"]


def test_columns_are_reversed_after_the_first_with_escaped_pipes_and_alignment_kept() -> None:
    changed = transforms.columns_reversed(FOLDER, parse(FOLDER))

    assert rows_of(changed["bees.md"]) == [
        "| Aspect | Warre | Langstroth | FlowHive |",
        "| --- | --- | --- | :-: |",
        "| **Frames** |  | Wood \\| wire | Plastic |",
        "| Yield | 10 kg | 30 kg | 20 kg |",
    ]


def test_a_table_turned_says_the_same_and_tables_that_would_not_stay() -> None:
    changed = transforms.transposed(FOLDER, parse(FOLDER))["bees.md"]

    assert rows_of(changed) == [
        "| Name | **Frames** | Yield |",
        "| --- | --- | --- |",
        "| FlowHive | Plastic | 20 kg |",
        "| Langstroth | Wood \\| wire | 30 kg |",
        "| Warre |  | 10 kg |",
    ]
    for heading in ("## Kinds", "## Which one?"):  # two columns; a decision table
        assert rows_of(changed, heading) == rows_of(BEES, heading)


def test_entities_of_a_turned_table_stand_on_the_other_side() -> None:
    corpus = parse(FOLDER)
    turned = parse(transforms.transposed(FOLDER, corpus))

    def cells(of: str) -> set[tuple[frozenset[str], str]]:
        return {
            (frozenset((fact.label("row") or "", fact.label("column") or "")), fact.value)
            for fact in (corpus if of == "before" else turned).facts
            if fact.table == 0 and fact.value and fact.column != 0
        }

    assert (corpus.tables[0].entities, turned.tables[0].entities) == ("columns", "rows")
    assert (frozenset(("FlowHive", "Yield")), "20 kg") in cells("after")
    assert cells("before") == cells("after")


@pytest.mark.parametrize(("question", "names"), [("which aspects are told?", True), ("which hives are there?", False)])
def test_a_question_that_names_a_corner_cannot_follow_a_turned_table(question: str, names: bool) -> None:
    assert transforms.names_corner(question, parse(FOLDER)) is names


@pytest.mark.parametrize(
    "table",
    [
        "| A | B |\n|---|---|\n| 1 | 2 |\n| | 3 |\n",  # a blank label goes on with the row above
        "| A | B |\n|---|---|\n| 1 | 2 | 3 |\n| 4 |\n",
        "> | A | B |\n> |---|---|\n> | 1 | 2 |\n> | 3 | 4 |\n",
        "<table><tr><th>A</th></tr><tr><td>1</td></tr><tr><td>2</td></tr></table>\n",
    ],
    ids=["blank label", "uneven", "quoted", "HTML"],
)
def test_a_table_whose_order_may_carry_meaning_is_left_alone(table: str) -> None:
    folder = {"a.md": f"# T\n\n{table}"}

    assert transforms.rows_reversed(folder, parse(folder)) == folder
    assert transforms.columns_reversed(folder, parse(folder)) == folder


def test_a_changed_table_holds_the_facts_it_held() -> None:
    corpus = parse(FOLDER)
    for change in (transforms.rows_reversed, transforms.columns_reversed, transforms.sections_reversed, transforms.files_split):
        after = parse(change(FOLDER, corpus))
        assert sorted((f.value, f.labels[0].text if f.labels else "") for f in after.facts if f.kind != "heading") == sorted(
            (f.value, f.labels[0].text if f.labels else "") for f in corpus.facts if f.kind != "heading"
        )


# --- sections and files


def headings(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.startswith("#")]


def test_sections_of_the_shallowest_level_that_has_several_are_reversed() -> None:
    changed = transforms.sections_reversed(FOLDER, parse(FOLDER))["bees.md"]

    assert headings(changed) == ["# Bees", "## Extras", "## Which one?", "## Kinds"]
    assert changed.startswith(BEES[: BEES.index("## Kinds")])


def test_deeper_sections_move_with_the_one_above_them() -> None:
    folder = {"a.md": "# A\n\n## A1\n\nx\n\n# B\n\n## B1\n\ny"}

    assert headings(transforms.sections_reversed(folder, parse(folder))["a.md"]) == ["# B", "## B1", "# A", "## A1"]


def test_a_file_is_split_near_its_middle_and_keeps_the_headings_above() -> None:
    changed = transforms.files_split(FOLDER, parse(FOLDER))

    assert sorted(changed) == ["bees-2.md", "bees.md", "kb.toml"]
    assert headings(changed["bees.md"]) == ["# Bees", "## Kinds"]
    assert headings(changed["bees-2.md"]) == ["# Bees", "## Which one?", "## Extras"]
    assert changed["bees.md"] + changed["bees-2.md"].removeprefix("# Bees\n\n").replace("\n\n\n", "\n\n") == BEES.replace("\n\n\n", "\n\n")


def test_a_file_with_one_section_is_not_split() -> None:
    folder = {"a.md": "# A\n\ntext\n"}

    assert transforms.files_split(folder, parse(folder)) == folder


def test_one_more_file_replaces_none() -> None:
    assert transforms.with_file({"a.md": "x"}, "a.md", "y") == {"a.md": "x", "a-2.md": "y"}


# --- questions


@pytest.mark.parametrize(
    ("change", "question", "asked"),
    [
        (transforms.upper, "What is a hive?", "WHAT IS A HIVE?"),
        (transforms.lower, "What is a FlowHive?", "what is a flowhive?"),
        (transforms.lower, "what is a hive?", None),
        (transforms.politely, "What is a hive?", "What is a hive please?"),
        (transforms.politely, "hive", "hive please"),
        (transforms.greeted, "What is a hive?", "hey, What is a hive?"),
        (transforms.otherwise_closed, "What is a hive ?", "What is a hive"),
        (transforms.otherwise_closed, "hive", "hive?"),
        (transforms.spaced, "a  hive", "  a   hive "),
        (transforms.upper, "???", None),
        (transforms.spaced, "  ", None),
    ],
)
def test_a_question_asked_otherwise(change: transforms.Said, question: str, asked: str | None) -> None:
    assert change(question) == asked


def test_a_slip_is_made_in_a_word_that_stays_recognisable() -> None:
    slips = Slips(parse(FOLDER), known=True)
    asked = slips("what does the smoker calm?")
    assert asked is not None
    typed = asked.removeprefix("what does the ").removesuffix(" calm?")

    assert typed != "smoker"
    assert typed[0] == "s"
    assert not is_english(typed)
    assert slips("what does the smoker calm?") == asked


def test_a_word_with_capitals_inside_is_mistyped_small() -> None:
    asked = Slips(parse(FOLDER), known=True)("FlowHive")

    assert asked is not None
    assert asked == asked.lower() != "flowhive"


@pytest.mark.parametrize(
    ("question", "known", "can"),
    [
        ("bees and tap", True, False),  # too short
        ("which one should I buy", True, False),  # not the folder's
        ("what should I do", False, True),
        ("Langstroth", False, False),
        ("smokers", True, True),  # the folder's in another form
        ("smoker-free", True, False),  # part of a longer one
    ],
)
def test_only_long_words_of_the_right_kind_are_mistyped(question: str, known: bool, can: bool) -> None:
    assert (Slips(parse(FOLDER), known=known)(question) is not None) is can


def test_no_slip_is_made_that_is_as_near_to_another_word() -> None:
    folder = {"a.md": "Colour of the carpet, carpets and carpels.\n"}
    asked = Slips(parse(folder), known=True)("carpet")

    assert asked is not None
    assert asked not in ("carpel", "carpes")
    assert transforms._nearest(asked, ["carpel", "carpels"]) > 1
