"""What people ask of any folder first: what there is, what differs, what instead, what without, how it works, in everyday words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant import Answer, Assistant, Conversation

Ask = Callable[..., Answer]
Sheet = Callable[[str], Assistant]


def cells(answer: Answer) -> set[tuple[str, str]]:
    return {(c.cell.row, c.cell.column) for c in answer.citations if c.cell is not None}


# ---------------------------------------------------------------- comparing


@pytest.mark.parametrize(
    "question",
    [
        "What sets the tourer apart from the racer?",
        "in what ways do tourer and racer differ",
        "contrast tourer with racer",
        "tourer against racer",
        "put tourer and racer next to each other",
        "how do I tell tourer and racer apart",
        "tourer or racer: what's the difference?",
        "tourer vs racer, what is the difference",
        "is the tourer the same as the racer",
        "are tourer and racer the same thing",
        "what's the distinction between tourer and racer",
        "do tourer and racer differ?",
    ],
)
def test_a_comparison_is_asked_for_in_many_ways(ask: Ask, question: str) -> None:
    answer = ask(question)

    assert answer.rule == "comparison"
    assert {thing for _, thing in cells(answer)} >= {"Tourer", "Racer"}
    assert "Tandem" not in answer.text


BOATS = """# Boats

## Key Differences

| Aspect | Punt | Skiff |
|---|---|---|
| Hull | flat | round |
| Key Problem | slow | tippy |

## Care

| Aspect | Punt | Skiff |
|---|---|---|
| Paint | tar | oil |
"""


@pytest.mark.parametrize(
    "question",
    [
        "what are the key differences between punt and skiff?",
        "key differences between punt and skiff",
        "the main differences between punt and skiff",
    ],
)
def test_the_key_differences_are_those_under_the_heading_of_that_name_and_no_attribute_like_it(sheet: Sheet, question: str) -> None:
    assert {row for row, _ in cells(sheet(BOATS).ask(question))} - {"Paint"} == {"Hull", "Key Problem"}


def test_the_key_differences_by_themselves_are_the_table_under_that_heading(sheet: Sheet) -> None:
    assert {row for row, _ in cells(sheet(BOATS).ask("what are the key differences?"))} == {"Hull", "Key Problem"}


@pytest.mark.parametrize("question", ["compare all three", "compare all of them", "how do all three differ?"])
def test_all_three_are_the_three_that_the_tables_describe(ask: Ask, question: str) -> None:
    answer = ask(question)

    assert {thing for _, thing in cells(answer)} >= {"Tourer", "Racer", "Tandem"}
    assert answer.reading.kept == ("Tourer", "Racer", "Tandem")


def test_which_of_the_three_has_something_names_one_and_compares_nothing(ask: Ask) -> None:
    assert "Tandem" in ask("which of the three has Hope").text


def test_two_numbers_of_a_question_are_amounts_and_not_compared(sheet: Sheet) -> None:
    kb = sheet("# Racks\n\n| Slots | Depth |\n|---|---|\n| 9 | 2 |\n| 16 | 3 |\n")

    assert kb.ask("weight of 9 shelves of 16?").rule != "comparison"


# ---------------------------------------------------------------- parts of the text


@pytest.mark.parametrize("question", ["accessories", "Accessories?", "show me the accessories table", "what are the accessories?"])
def test_a_heading_over_a_table_asks_for_the_table(ask: Ask, question: str) -> None:
    answer = ask(question)

    assert answer.rule == "table-whole"
    assert cells(answer) == {(row, thing) for row in ("Lighting", "Bags") for thing in ("Tourer", "Racer", "Tandem")}


def test_a_heading_over_a_table_of_choices_asks_for_the_choices(sheet: Sheet) -> None:
    guide = "# Kit\n\n## Packing guide\n\n| Use case | Solution |\n|---|---|\n| Rain | cape |\n| Snow | parka |\n"

    text = sheet(guide).ask("packing guide").text

    assert [thing in text for thing in ("cape", "parka")] == [True, True]


def test_a_heading_with_parts_is_told_by_what_each_says_first(sheet: Sheet) -> None:
    text = "# Barn\n\n## Stories\n\n### The owl\n\nAn owl lived in the loft.\n\n### The cat\n\nA cat slept on the hay.\n"

    assert sheet(text).ask("stories").text == "The owl: An owl lived in the loft; The cat: A cat slept on the hay."


def test_a_table_too_long_to_read_at_a_glance_is_told_in_part_and_counted(sheet: Sheet) -> None:
    rows = "".join(f"| Bolt {n} | steel | {n} mm |\n" for n in range(1, 31))
    answer = sheet(f"# Shop\n\n## Bolts on sale\n\n| Bolt | Made of | Length |\n|---|---|---|\n{rows}").ask("bolts on sale")

    assert answer.rule == "table-whole"
    assert "and 18 more" in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "summarize the document",
        "overview",
        "tl;dr",
        "give me the gist",
        "what does this guide cover?",
        "which sections are there?",
        "table of contents",
        "list all topics",
    ],
)
def test_what_there_is_is_told_by_the_headings(bike: Assistant, question: str) -> None:
    answer = bike.ask(question)

    assert answer.rule == "overview"
    assert answer.status == "smalltalk"
    assert "Bicycles" in answer.text
    assert "Workshop" in answer.text


def test_a_folder_with_a_heading_of_that_name_tells_what_it_says(sheet: Sheet) -> None:
    kb = sheet("# Kiln\n\n## Overview\n\nThe kiln burns at night.\n\n## Fuel\n\nIt burns oak.\n")

    assert kb.ask("overview").text == "The kiln burns at night."


PARTS = "| Part | Weight |\n|---|---|\n| Bolt | 5 kg |\n| Nut | 3 kg |\n"


@pytest.mark.parametrize(
    ("question", "said"), [("how many parts are there", "2"), ("list all parts", "Bolt"), ("what parts are there", "Nut")]
)
def test_what_the_folder_has_a_column_for_is_no_small_talk(sheet: Sheet, question: str, said: str) -> None:
    answer = sheet(f"# Store\n\n## Shelf\n\n{PARTS}\n## Hours\n\nIt opens at nine.\n").ask(question)

    assert answer.status == "answered"
    assert said in answer.text


@pytest.mark.parametrize(
    ("text", "overview"),
    [
        (f"# Store\n\n{PARTS}", "Store: Store. Ask about any of them."),
        (PARTS, "kb. Ask about anything in it."),
        ("# Store\n\n## Shelf\n\nIt is long.\n\n## Hours\n\nIt opens at nine.\n", "Store: Shelf; Hours. Ask about any of them."),
    ],
    ids=["one heading", "no heading", "two sections"],
)
def test_an_overview_tells_what_there_is_however_little_it_is(sheet: Sheet, text: str, overview: str) -> None:
    answer = sheet(text).ask("overview")

    assert answer.text == overview
    assert ": ." not in answer.markdown


def test_the_header_of_a_first_column_asks_for_its_rows(ask: Ask) -> None:
    answer = ask("use cases")

    assert [row in answer.text for row in ("Crossing a continent", "Racing on asphalt", "Riding with a blind partner")] == [True] * 3


# ---------------------------------------------------------------- in everyday words


@pytest.mark.parametrize(
    "question",
    [
        "in a nutshell, what is a tandem?",
        "eli5 tandem",
        "wtf is a tandem",
        "what the heck is a tandem",
        "what's the idea behind the tandem",
        "explain tandem like I'm five",
    ],
)
def test_how_short_or_how_cross_a_question_is_changes_nothing(ask: Ask, question: str) -> None:
    assert "seats two riders" in ask(question).text


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("which category is Lezyne in", "Lighting"),
        ("which discipline uses Carradice", "Tandem"),
        ("what group does Apidura belong to", "Bags"),
    ],
)
def test_where_something_is_listed_is_asked_for_by_any_noun_for_it(ask: Ask, question: str, named: str) -> None:
    answer = ask(question)

    assert answer.status == "answered"
    assert named in answer.text


def test_which_of_two_has_a_name_that_neither_lists(ask: Ask) -> None:
    answer = ask("which of racer and tandem has Ortlieb?")

    assert answer.text == "Ortlieb is listed under Bags for Tourer"


@pytest.mark.parametrize("question", ["alternatives to Lezyne", "alternative for Lezyne", "replacements for Lezyne"])
def test_what_there_is_instead_is_what_the_others_have_there(ask: Ask, question: str) -> None:
    assert cells(ask(question)) == {("Lighting", "Tourer"), ("Lighting", "Tandem"), ("Lighting", "Racer")}


@pytest.mark.parametrize(
    ("question", "left", "never"),
    [
        ("what is no brake of the tourer", ["Campagnolo", "Hope"], ["Magura"]),
        ("everything except bags for the racer", ["Lezyne"], ["Apidura"]),
        ("when should I not use a tandem", ["Tourer", "Racer"], ["Tandem"]),
    ],
)
def test_what_is_left_out_is_not_told(ask: Ask, question: str, left: list[str], never: list[str]) -> None:
    text = ask(question).text

    assert [n for n in left if n in text] == left
    assert [n for n in never if n in text] == []


def test_how_a_thing_works_is_told_by_its_flow(inquire: Ask) -> None:
    assert inquire("how does screenprint work?").text == "Screenprint: Coat → Expose → Rinse → Pull"


def test_where_something_is_listed_is_not_how_it_works(inquire: Ask) -> None:
    answer = inquire("how does Natgraph work?")

    assert (answer.status, answer.decline) == ("declined", "unknown_attribute")


def test_the_right_order_is_that_of_the_list_that_says_it(inquire: Ask) -> None:
    assert inquire("order of booking a press?").text.startswith("1. Choose a press.")


# ---------------------------------------------------------------- bounds and keys


LIMITS = """# Lift

| Item | Value |
|---|---|
| Minimum length of a key | 4 letters |
| Maximum length of a key | 12 letters |
| Maximum load | 900 kg |
"""


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("max load", "900 kg"),
        ("min length of a key", "4 letters"),
        ("max length of a key", "12 letters"),
    ],
)
def test_a_bound_is_told_by_whatever_word_it_is_asked_for(sheet: Sheet, question: str, said: str) -> None:
    assert said in sheet(LIMITS).ask(question).text


def test_the_shortest_is_told_as_a_minimum(sheet: Sheet) -> None:
    text = "# Lift\n\n| Item | Value |\n|---|---|\n| Minimum length of a key | 4 letters |\n| Load | 900 kg |\n"

    assert "4 letters" in sheet(text).ask("shortest length of a key").text


def test_a_minimum_is_never_told_for_a_maximum(sheet: Sheet) -> None:
    assert "900" not in sheet(LIMITS).ask("min load").text


KEYS = """# Raid

| Total disks | Parity disks | Ratio |
|---|---|---|
| 16 | 8 | 2.00 |
| 16 | 4 | 1.34 |
| 12 | 4 | 1.50 |
"""


def test_two_numbers_say_which_row_of_several_with_one_name(sheet: Sheet) -> None:
    answer = sheet(KEYS).ask("ratio with 4 parity disks of 16?")

    assert "1.34" in answer.text
    assert "2.00" not in answer.text
    assert "1.50" not in answer.text


def test_rows_of_one_name_are_told_apart_by_what_stands_beside_it(sheet: Sheet) -> None:
    text = sheet(KEYS).ask("ratio").text

    assert [line in text for line in ("16, 8: 2.00", "16, 4: 1.34", "12: 1.50")] == [True] * 3


def test_a_row_that_is_named_is_not_answered_with_its_own_name(sheet: Sheet) -> None:
    kb = sheet("# Settings\n\n| Name | Meaning |\n|---|---|\n| RENEW_AFTER | how long a lease holds |\n| RETRY | how often |\n")

    assert "how long a lease holds" in kb.ask("RENEW_AFTER").text


# ---------------------------------------------------------------- conversations


@pytest.mark.parametrize(
    ("lines", "places"),
    [
        (("lighting of the racer", "what's the tandem equivalent?"), {("Lighting", "Tandem")}),
        (("compare tourer and racer", "in terms of brakes"), {("Brakes", "Tourer"), ("Brakes", "Racer")}),
        (
            ("brakes of the tourer", "and of the racer", "compare those two", "what's the main difference"),
            {("Brakes", "Tourer"), ("Brakes", "Racer")},
        ),
    ],
)
def test_a_follow_up_keeps_the_attribute_that_is_spoken_of(bike: Assistant, lines: tuple[str, ...], places: set[tuple[str, str]]) -> None:
    talk = Conversation()

    assert cells([bike.ask(line, talk) for line in lines][-1]) == places


def test_alternatives_alone_are_those_of_what_was_spoken_of(bike: Assistant) -> None:
    talk = Conversation()
    bike.ask("Lezyne", talk)

    assert ("Lighting", "Tandem") in cells(bike.ask("alternatives?", talk))


@pytest.mark.parametrize(
    ("question", "first"),
    [("which comes first, letterpress or screenprint?", "Screenprint"), ("what comes first, letterpress or risograph", "Risograph")],
)
def test_of_two_things_the_one_that_the_list_has_first_comes_first(inquire: Ask, question: str, first: str) -> None:
    assert first in inquire(question).text


def test_all_of_a_sort_are_told_by_name(inquire: Ask) -> None:
    text = inquire("list all tools").text

    assert [n for n in ("Vandercook", "Olfa", "Natgraph", "Harben", "Duplo", "Ideal") if n not in text] == []
    assert text.startswith("Letterpress: Vandercook, Olfa, Komori, Fiskars; Screenprint: ")


def test_only_one_of_several_is_no_yes(inquire: Ask) -> None:
    answer = inquire("does letterpress only use Olfa as a tool?")

    assert not answer.text.startswith("Yes")


def test_a_question_set_in_bold_is_no_name(sheet: Sheet) -> None:
    kb = sheet("# Loom\n\nA heddle is a frame that lifts the warp.\n\n## More\n\n**What is a heddle?** Read the first page.\n")

    assert "A heddle is a frame that lifts the warp." in kb.ask("what is a heddle").text


@pytest.mark.parametrize(
    "question", ["what must I never do with the kiln?", "kiln mistakes to avoid", "what should we not do with the kiln"]
)
def test_what_is_not_to_be_done_stands_under_a_heading_for_it(sheet: Sheet, question: str) -> None:
    text = "# The Kiln\n\n## Do\n\n- Sweep it.\n- Warm it slowly.\n\n## Don'ts\n\n- Open it hot.\n- Leave it alone.\n"

    assert sheet(text).ask(question).text.endswith("Open it hot; Leave it alone.")


def test_a_no_names_what_is_known_and_no_number_or_word_of_talk(ask: Ask) -> None:
    text = ask("what warranty do 3 tandems come with").text

    assert text.startswith("Tandem is in this knowledge base, but it says nothing about warranty")


@pytest.mark.parametrize(
    "question",
    [
        "what can go wrong with the tandem?",
        "what should I watch out for with the tandem",
        "what is the tandem bad at?",
        "what does the tandem struggle with",
    ],
)
def test_what_may_go_wrong_is_told_by_what_the_text_calls_weak(ask: Ask, question: str) -> None:
    assert "Difficult to store in a flat" in ask(question).text or "Awkward parking" in ask(question).text


@pytest.mark.parametrize("question", ["tourer v racer", "whats the diff btwn tourer and racer", "diff between tourer and racer"])
def test_signs_for_a_comparison_in_a_hurry_are_read(ask: Ask, question: str) -> None:
    assert ask(question).rule == "comparison"


@pytest.mark.parametrize("follow_up", ["and for the racer?", "for the racer"])
def test_of_a_thing_named_after_a_part_that_was_told_it_is_asked_what_stands_there(bike: Assistant, follow_up: str) -> None:
    talk = Conversation()
    bike.ask("accessories", talk)

    assert cells(bike.ask(follow_up, talk)) == {("Lighting", "Racer"), ("Bags", "Racer")}


@pytest.mark.parametrize(
    "question",
    [
        "which one suffers from uneven drums",
        "which technique has to deal with uneven drums",
        "which of them struggles with uneven drums?",
        "which discipline is about uneven drums",
    ],
)
def test_a_verb_of_having_to_do_with_something_is_not_missed(inquire: Ask, question: str) -> None:
    answer = inquire(question)

    assert answer.status == "answered"
    assert "Risograph" in answer.text


@pytest.mark.parametrize(
    "question", ["hardest thing about the tandem?", "toughest part of the tandem", "what keeps tandem owners up at night?"]
)
def test_the_hardest_part_is_what_the_text_calls_weak(ask: Ask, question: str) -> None:
    assert "Difficult to store in a flat" in ask(question).text or "Awkward parking" in ask(question).text


@pytest.mark.parametrize(
    "hearer", ["to a beginner", "to my boss", "like I'm the new intern", "as if I were five", "for a non-technical person"]
)
def test_to_whom_something_is_explained_changes_nothing(ask: Ask, hearer: str) -> None:
    assert ask(f"explain the tandem {hearer}").text == ask("explain the tandem").text


def test_two_that_meet_are_asked_for_what_they_share(ask: Ask) -> None:
    assert ask("where do the tourer and the racer meet?").rule == ask("what do the tourer and the racer have in common?").rule


def test_one_of_a_sort_that_is_nowhere_is_not_answered_with_what_is_said_of_the_thing(ask: Ask) -> None:
    assert ask("which certificate should I get for the tandem?").status == "declined"


def test_two_that_no_sentence_compares_are_not_compared(sheet: Sheet) -> None:
    kb = sheet("# Boats\n\n- **Kayak:** narrow.\n- **Canoe:** open.\n\n## Note\n\nThe kayak and the canoe serve other needs.\n")

    assert kb.ask("is the kayak cheaper than the canoe?").status == "declined"


@pytest.mark.parametrize("word", ["drawbacks", "downsides", "weaknesses", "limitations"])
def test_a_heading_is_found_by_another_word_of_its_sort(sheet: Sheet, word: str) -> None:
    text = "# Boat\n\n## Sail kit\n\nThe sail kit is easy to set.\n\n### Limitations\n\n- It needs wind.\n- It has no reef.\n"

    assert sheet(text).ask(f"{word} of the sail kit").text.endswith("It needs wind; It has no reef.")


def test_of_steps_called_alike_the_one_with_more_of_its_words_is_meant(sheet: Sheet) -> None:
    text = "# Bread\n\n| Step | Flow |\n|---|---|\n| Plain | Mix → Rest → Bake |\n\n## Rye\n\nSour mix → Long rest → Steam → Sell\n"

    assert sheet(text).ask("what comes after the long rest of the rye story?").text.startswith("Steam comes after Long rest")


@pytest.mark.parametrize("question", ["is letterpress the same as risograph?", "so letterpress is the same as risograph, right?"])
def test_whether_two_are_the_same_is_a_yes_or_no_first(inquire: Ask, question: str) -> None:
    assert inquire(question).text.startswith("No. Letterpress and Risograph are the same in 1 of ")


@pytest.mark.parametrize("question", ["do I need letterpress?", "should we also use letterpress?"])
def test_whether_a_thing_is_needed_is_told_by_when_it_is(inquire: Ask, question: str) -> None:
    assert "Wedding invitations" in inquire(question).text


def test_sentences_that_ask_are_answered_each(inquire: Ask) -> None:
    answer = inquire("Define letterpress. Which tools does it use?")

    assert answer.rule == "several-questions"
    assert "Vandercook" in answer.text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("what is the best tool", "Tools are in this knowledge base, but it does not say which is best."),
        ("which is more robust, letterpress or risograph", "it does not say which is more robust"),
    ],
)
def test_what_nothing_ranks_is_refused_in_words_of_the_ranking(inquire: Ask, question: str, said: str) -> None:
    assert said in inquire(question).text


def test_what_has_the_least_to_do_with_something_is_never_what_has_it(inquire: Ask) -> None:
    text = inquire("which technique has the least to do with Canson").text

    assert "Screenprint – " not in text
