from __future__ import annotations

import pytest

from corpus.models import Corpus, Document
from corpus.parsing import parse_corpus
from evals.derive import CoverageDataInvalid, Derived, Target, begun, derive, in_sentence, parse_wording, shipped_wording

BOATS = """\
# Boats

## Which boat

| If you need to | Use | Why |
|---|---|---|
| Cross a lake | Canoe | It carries most |
| Run a river | Kayak | It turns at once |

## Compared

| Aspect | Canoe | Kayak |
|---|---|---|
| Seats | Two, three | One |
| Material | Cedar, canvas | Plastic |
| Launch | Carry → Float → Board | Slide |

## Dangers

- **Canoe:** Swamping in waves.
- **Kayak:** Capsizing.

## Before you go

1. Read the forecast if the lake is wide.
2. Tell somebody ashore.

## Words

A thwart is a strut across a boat. It is often made of ash.
"""


def corpus_of(**files: str) -> Corpus:
    return parse_corpus(Document(f"{name}.md", text, sha256=name, size=len(text), mtime_ns=0) for name, text in files.items())


def derived(aliases: dict[str, str] | None = None, **files: str) -> Derived:
    return derive(corpus_of(**files), aliases)


def target(found: Derived, ending: str) -> Target:
    [one] = [one for one in found.targets if one.id.endswith(ending)]
    return one


def texts(one: Target) -> dict[str, str]:
    """Form -> question; of several questions of one form the first."""
    return {question.form: question.text for question in reversed(one.questions)}


@pytest.fixture(scope="module")
def boats() -> Derived:
    return derived(boats=BOATS)


def test_a_cell_is_asked_by_its_labels_and_by_what_stands_in_it(boats: Derived) -> None:
    seats = target(boats, "#Compared@Seats×Canoe")

    asked = texts(seats)
    assert asked["of"] == "What are the seats of Canoe?"
    assert asked["keywords"] == "Canoe seats"
    assert asked["for"] == "seats for Canoe"
    assert [q.text for q in seats.questions if q.form == "among"] == [
        "Is Two among the seats of Canoe?",
        "Is three among the seats of Canoe?",
    ]
    assert {q.form: q.said for q in reversed(seats.questions)} == {
        "of": ("Two, three",),
        "keywords": ("Two, three",),
        "has": ("Two, three",),
        "for": ("Two, three",),
        "among": ("Two",),
        "which-has": ("Canoe",),
        "belongs": ("Canoe",),
    }
    assert (seats.kind, seats.lines, seats.value) == ("cell", (14, 14), "Two, three")


def test_a_value_that_is_one_thing_is_asked_for_whole(boats: Derived) -> None:
    asked = texts(target(boats, "@Seats×Kayak"))

    assert asked["which-has-only"] == "Which one has One as its seats?"
    assert "among" not in asked


def test_the_label_of_a_row_is_reached_by_any_cell_of_the_row(boats: Derived) -> None:
    material = target(boats, "@Material×Aspect")

    assert texts(material)["row-of"] == "What is the material of Canoe and Kayak?"
    assert [place.cell for place in material.places] == [("Material", "Aspect"), ("Material", "Canoe"), ("Material", "Kayak")]


def test_where_rows_are_the_things_their_header_says_what_they_are() -> None:
    found = derived(a="| Boat | Speed |\n|---|---|\n| Canoe | Slow |\n| Kayak | Quick |\n")

    asked = texts(target(found, "@Canoe×Speed"))
    assert asked["of"] == "What is the speed of Canoe?"
    assert asked["which-has-only"] == "Which boat has Slow as its speed?"
    assert texts(target(found, "@Canoe×Boat"))["what"] == "What is Canoe?"


def test_a_number_is_asked_for_with_the_header_that_says_what_it_counts() -> None:
    found = derived(a="| Grade | Rapids |\n|---|---|\n| 1 | Easy |\n| 2 | Waves |\n")

    easy = target(found, "@1×Rapids")
    assert texts(easy)["of"] == "What are the rapids of grade 1?"
    assert next(q.said for q in easy.questions if q.form == "which-has-only") == ("1",)


def test_a_table_that_says_what_to_choose_is_asked_what_when_and_why(boats: Derived) -> None:
    assert texts(target(boats, "@Cross a lake×Use"))["need"] == "Which one do I need for cross a lake?"
    why = target(boats, "@Cross a lake×Why")
    assert texts(why)["why-for"] == "Why Canoe for cross a lake?"
    assert why.questions[0].said == ("It carries most",)
    when = target(boats, "@Run a river×If you need to")
    assert texts(when)["when"] == "When do I need Kayak?"
    assert when.questions[0].said == ("Run a river",)


def test_a_labelled_item_belongs_to_the_thing_its_label_names(boats: Derived) -> None:
    danger = target(boats, "#Dangers/Kayak")

    assert texts(danger)["of"] == "What are the dangers of Kayak?"
    assert texts(danger)["list"] == "List the dangers"
    assert next(q.said for q in danger.questions if q.form == "which-has-only" or q.form == "told") == ("Kayak",)


def test_a_labelled_item_under_a_thing_is_an_attribute_of_it() -> None:
    found = derived(a=BOATS + "\n## Kayak in use\n\n- **Paddle:** Two blades.\n")

    assert texts(target(found, "#Kayak in use/Paddle"))["of"] == "What is the paddle of Kayak?"


def test_a_label_that_names_no_thing_stands_for_itself() -> None:
    found = derived(a="# Knots\n\n- **Bowline:** A loop that holds.\n- **Hitch:** A turn round a post.\n")

    assert texts(target(found, "/Bowline")) == {
        "what-is": "What is Bowline?",
        "label-in": "Bowline in Knots",
        "says-of": "What does Knots say about Bowline?",
        "label": "Bowline",
        "explain": "Explain Bowline",
        "list": "List the knots",
    }


def test_two_things_named_together_have_to_be_said_apart() -> None:
    found = derived(a=BOATS + "\n## Overlaps\n\n- **Canoe + Kayak:** Both need a paddle.\n")

    both = target(found, "/Canoe + Kayak")
    assert texts(both)["of"] == "What are the overlaps of Canoe and Kayak?"
    assert next(q.said for q in both.questions if q.form == "told") == ("Canoe", "Kayak")


def test_an_instruction_is_asked_for_by_its_condition(boats: Derived) -> None:
    asked = texts(target(boats, "#Before you go/1"))

    assert asked["if"] == "What should I do if the lake is wide?"
    assert asked["instruction"] == "When should I read the forecast?"
    assert asked["step-number"] == "What is step 1 of Before you go?"
    assert "if" not in texts(target(boats, "#Before you go/2"))


def test_a_flow_is_asked_as_a_whole_and_step_by_step(boats: Derived) -> None:
    whole = target(boats, "@Launch×Canoe→")
    assert texts(whole)["steps-of"] == "What are the steps of the Canoe launch?"
    assert whole.questions[0].said == ("Carry", "Float", "Board")
    assert whole.places[0].raw == "Carry → Float → Board"

    float_ = target(boats, "@Launch×Canoe→2")
    assert texts(float_) == {
        "after": "What comes after carry in the Canoe launch?",
        "follows": "What follows carry in the Canoe launch?",
        "before": "What comes before board in the Canoe launch?",
        "precedes": "Which step precedes board in the Canoe launch?",
        "ordinal": "What is the second step of the Canoe launch?",
    }
    assert texts(target(boats, "@Launch×Canoe→3"))["last"] == "What is the last step of the Canoe launch?"


def test_a_sentence_is_asked_for_by_what_it_defines_and_a_pronoun_defines_nothing(boats: Derived) -> None:
    assert texts(target(boats, "#Words/thwart"))["define"] == "What is thwart?"
    assert [one.value for one in boats.targets if one.kind == "sentence"] == ["A thwart is a strut across a boat."]
    assert boats.left_out["a sentence without a subject that could be told"] == 1


def test_every_fact_gets_at_least_three_wordings(boats: Derived) -> None:
    few = {one.id: texts(one) for one in boats.targets if len(texts(one)) < 3 and one.kind != "item"}

    assert few == {}
    assert {one.kind for one in boats.targets} == {"cell", "item", "flow", "step", "sentence"}


def test_facts_that_would_be_asked_for_in_the_same_words_are_told_apart_by_their_headings() -> None:
    table = "| Boat | Seats |\n|---|---|\n| Canoe | {} |\n"

    found = derived(a=f"# Lakes\n\n{table.format('Two')}\n# Rivers\n\n{table.format('One')}")

    assert texts(target(found, "#Lakes@Canoe×Seats"))["of"] == "What are the seats of Canoe in Lakes?"
    assert texts(target(found, "#Rivers@Canoe×Seats"))["of"] == "What are the seats of Canoe in Rivers?"


def test_under_equal_headings_the_file_tells_facts_apart() -> None:
    text = "# Lakes\n\n| Boat | Seats |\n|---|---|\n| Canoe | {} |\n"

    found = derived(north=text.format("Two"), south=text.format("One"))

    assert texts(target(found, "south.md#Lakes@Canoe×Seats"))["of"] == "What are the seats of Canoe in south?"


def test_what_nothing_tells_apart_is_left_out_and_counted() -> None:
    found = derived(a="# Lakes\n\n| Boat | Seats |\n|---|---|\n| Canoe | Two |\n| Canoe | One |\n")

    assert all("of" not in texts(one) for one in found.targets)


def test_two_places_that_say_the_same_stand_for_each_other() -> None:
    table = "| Boat | Seats |\n|---|---|\n| Canoe | Two |\n"

    found = derived(a=f"# Lakes\n\n{table}\n# Rivers\n\n{table}")

    lakes = target(found, "#Lakes@Canoe×Seats")
    assert texts(lakes)["of"] == "What are the seats of Canoe?"
    assert [place.lines for place in lakes.places] == [(5, 5), (11, 11)]


def test_an_alias_asks_for_what_it_stands_for() -> None:
    found = derived({"yak": "Kayak", "tree": "Cedar"}, boats=BOATS)

    by_alias = {question.alias: question.text for one in found.targets for question in one.questions if question.alias}
    assert texts(target(found, "@Seats×Kayak"))["alias yak"] == "What are the seats of yak?"
    assert texts(target(found, "@Material×Canoe"))["alias tree"] == "Is tree among the material of Canoe?"
    assert set(by_alias) == {"yak", "tree"}
    assert target(found, "@Material×Canoe").questions[-1].said == ("Cedar",)


def test_an_edit_of_a_value_leaves_the_ids_of_its_questions_alone(boats: Derived) -> None:
    edited = derived(boats=BOATS.replace("Plastic", "Rubber"))

    one, other = target(boats, "@Material×Kayak"), target(edited, "@Material×Kayak")
    assert [question.id for question in one.questions] == [question.id for question in other.questions]
    assert (one.value, other.value) == ("Plastic", "Rubber")


def test_moved_lines_change_no_id(boats: Derived) -> None:
    moved = derived(boats="Read this first.\n\n" + BOATS)

    ids = {question.id for one in boats.targets for question in one.questions}
    assert ids <= {question.id for one in moved.targets for question in one.questions}


def test_ids_are_unique_even_under_equal_headings() -> None:
    found = derived(a=BOATS + BOATS, b=BOATS)

    ids = [one.id for one in found.targets]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Key Challenge", "key challenge"),
        ("Supports text in English", "supports text in English"),
        ("API Key", "API key"),
        ("iOS", "iOS"),
        ("Data Role", "data role"),
    ],
)
def test_a_label_inside_a_sentence(label: str, expected: str) -> None:
    assert in_sentence(label) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Crossing a lake.", "crossing a lake"),
        ("Old Town Canoes last", "Old Town Canoes last"),
        ("UV resists", "UV resists"),
        ("Repairing GRP hulls", "repairing GRP hulls"),
    ],
)
def test_a_sentence_that_goes_on_within_another(text: str, expected: str) -> None:
    assert begun(text) == expected


def test_the_shipped_wording_is_sound_and_every_form_is_used_somewhere(boats: Derived) -> None:
    wording = shipped_wording()
    knots = derived(
        a="# Knots\n\n## Which are there?\n\n- Bowline\n- Sheet bend for two ropes\n",
        b="# Loops\n\n- Butterfly\n- Eight\n\nThe knot Zeppelin Loop holds well.\n",
    )
    extra = derived(a=BOATS + "\n## Overlaps\n\n- **Bow:** The end in front.\n", b="| Boat | Speed |\n|---|---|\n| Canoe | Slow |\n")

    used = {question.form for found in (boats, knots, extra) for one in found.targets for question in one.questions}
    assert {form.id for form in wording.form} - used == set()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("{noun} of {entity}", "{nuon} of {entity}"), "form 'of': there is no slot 'nuon'"),
        (('id = "keywords"', 'id = "of"'), "more than one form is called 'of'"),
        (("(?P<subject>", "(?P<thing>"), "no group 'subject'"),
        (('asks = ""', "asks = 3"), "asks"),
        (("[words]", "[words"), "evals/coverage.toml"),
    ],
)
def test_wording_that_is_wrong_says_where(change: tuple[str, str], message: str) -> None:
    from importlib import resources

    text = resources.files("evals").joinpath("coverage.toml").read_text(encoding="utf-8")
    assert change[0] in text

    with pytest.raises(CoverageDataInvalid, match=message):
        parse_wording(text.replace(*change))
