from __future__ import annotations

import pytest

from assistant.models import Mention, Reading
from evals.matching import cites, cites_section, holds, label, match, match_frame, normalise, score_citations
from evals.models import CitationScore, Expectation, FrameExpectation
from tests.evals.fakes import BLUE_IS_NOT, MIXING, RED_IS_WARM, answer, decline, ref


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Red is  WARM,\nyes", "warm, yes"),
        ("the model\u2019s drift", "model's drift"),
        ("Code -> Build \u2192 Deploy", "code → build -> deploy"),
        ("pre\u2011release", "pre-release"),
        ("(e.g., Docker)", "(e.g., Docker)"),
        ("No, it is not.", "no"),
        ("There are 5 of them", r"/\b(5|five)\b/"),
    ],
)
def test_text_is_found_whatever_its_case_blanks_and_typography(text: str, expected: str) -> None:
    assert holds(text, expected)


@pytest.mark.parametrize(("text", "expected"), [("noise", "no"), ("Azure DevOpsX", "DevOps"), ("15", "5"), ("warm", r"/^arm/")])
def test_a_literal_is_found_as_whole_words_only(text: str, expected: str) -> None:
    assert not holds(text, expected)


def test_labels_are_compared_without_markup_numbering_case_and_colon() -> None:
    assert label("**2. Key  Differences**:") == label("key differences")
    assert label("3") == "3"  # a label that is only a number stays one
    assert normalise("a => b") == "a → b"


def test_a_place_is_cited_by_any_heading_on_the_way_to_it() -> None:
    assert cites(MIXING, ref("Colours"))
    assert cites(MIXING, ref("mixing"))
    assert cites(MIXING, ref(None))
    assert not cites(RED_IS_WARM, ref("Mixing"))


def test_a_cell_is_cited_by_both_labels_and_a_wildcard_fits_any() -> None:
    assert cites(RED_IS_WARM, ref(row="red", column="WARM"))
    assert cites(RED_IS_WARM, ref(row="Red"))
    assert not cites(RED_IS_WARM, ref(row="Blue", column="Warm"))
    assert not cites(MIXING, ref(row="Red"))


def test_a_right_answer_has_no_failures() -> None:
    expectation = Expectation(must=("yes",), any=(("warm", "hot"),), must_not=("blue",), cite_all=(ref(row="Red", column="Warm"),))

    found = match(answer("Yes, red is warm.", RED_IS_WARM), expectation)

    assert found.right
    assert found.score == CitationScore(section_precision=1.0, section_recall=1.0, cell_precision=1.0, cell_recall=1.0)


def test_every_shortcoming_is_reported_in_words() -> None:
    expectation = Expectation(
        must=("yes",), any=(("warm", "hot"),), must_not=("blue",), cite_all=(ref("Mixing"),), cite_any=(ref(row="Red", column="Warm"),)
    )

    assert match(answer("Blue.", BLUE_IS_NOT), expectation).failures == (
        "says not: yes",
        "says none of: warm | hot",
        "must not say: blue",
        "cites not: colours.md#Mixing",
        "cites none of: colours.md#Colours@Red×Warm",
    )


def test_a_wrong_status_is_the_only_failure_reported() -> None:
    found = match(decline(), Expectation(must=("yes",), cite_any=(ref(),)))

    assert found.failures == ("status: expected answered, got declined (off_topic)",)
    assert found.score == CitationScore()


def test_the_wrong_kind_of_no_is_a_failure() -> None:
    expectation = Expectation(status=("declined",), decline=("unknown_name", "not_listed"))

    assert match(decline(kind="off_topic"), expectation).failures == ("kind of no: expected unknown_name or not_listed, got off_topic",)
    assert match(decline(kind="not_listed"), expectation).right


def test_where_a_refusal_is_as_right_texts_are_asked_of_the_answer_only() -> None:
    expectation = Expectation(status=("answered", "declined"), must=("yes",), decline=("not_listed",), must_not=("purple",))

    assert match(decline("Nothing is listed.", "not_listed"), expectation).right
    assert match(answer("no", BLUE_IS_NOT), expectation).failures == ("says not: yes",)
    assert match(decline("purple", "not_listed"), expectation).failures == ("must not say: purple",)


def test_precision_counts_citations_and_recall_counts_places() -> None:
    expectation = Expectation(cite_all=(ref(row="Red", column="Warm"), ref("Mixing")))

    score = score_citations((RED_IS_WARM, BLUE_IS_NOT), expectation)

    assert score.section_precision == 2 / 2  # both stand under Colours
    assert score.section_recall == 1 / 2
    assert score.cell_precision == 1 / 2
    assert score.cell_recall == 1 / 1  # only one of the places is a cell


def test_a_group_of_alternatives_counts_as_one_place() -> None:
    expectation = Expectation(cite_any=(ref(row="Red"), ref(row="Blue")))

    assert score_citations((BLUE_IS_NOT,), expectation).cell_recall == 1.0
    assert score_citations((), expectation) == CitationScore(section_recall=0.0, cell_recall=0.0)


def test_no_score_is_given_where_nothing_was_expected() -> None:
    assert score_citations((RED_IS_WARM,), Expectation()) == CitationScore()


UNDERSTOOD = Reading(
    kind="list",
    question="which warm colours are there for **Red**",
    mentions=(
        Mention(words="warm", name="Warm", role="attribute", how="kept"),
        Mention(words="rde", name="**Red**", role="entity", how="spelling"),
    ),
    kept=("Warm",),
    repaired=(("rde", "Red"),),
    unknown=("crimson",),
)


def test_a_frame_that_is_as_expected_has_no_failures() -> None:
    expected = FrameExpectation(
        kind=("list", "cell"), mentions=("red", "Warm"), without=("Blue",), kept=True, repaired=("red",), unknown=("Crimson",)
    )

    assert match_frame(UNDERSTOOD, expected) == []
    assert match_frame(Reading(kind="definition", question="?"), FrameExpectation()) == []


def test_what_was_misread_is_said_with_what_came() -> None:
    expected = FrameExpectation(
        kind=("cell", "row"), mentions=("Blue", "Red"), without=("warm",), kept=False, repaired=("Blue",), unknown=("teal",)
    )

    assert match_frame(UNDERSTOOD, expected) == [
        "frame: kind: expected cell or row, got list",
        "frame: mentions: expected Blue, got Warm, **Red**",
        "frame: mentions: expected none of warm, got Warm, **Red**",
        "frame: kept: expected nothing, got Warm",
        "frame: repaired: expected Blue, got Red",
        "frame: unknown: expected teal, got crimson",
    ]
    assert match_frame(Reading(kind="list", question="?"), FrameExpectation(mentions=("Red",), kept=True)) == [
        "frame: mentions: expected Red, got nothing",
        "frame: kept: expected something, got nothing",
    ]


def test_a_frame_is_asked_of_every_answer_even_of_a_refusal() -> None:
    misread = "frame: mentions: expected Blue, got nothing"
    frame = FrameExpectation(mentions=("Blue",))

    assert match(answer("yes", RED_IS_WARM), Expectation(must=("yes",), frame=frame)).failures == (misread,)
    assert match(decline(), Expectation(status=("declined",), frame=frame)).failures == (misread,)
    assert match(decline(), Expectation(frame=frame)).failures == ("status: expected answered, got declined (off_topic)", misread)


def test_of_two_sections_with_one_heading_the_parent_tells_which() -> None:
    under = MIXING.model_copy(update={"section": ("1. Paints", "Oil", "Mixing")})

    assert cites_section(under, ref("Mixing"))
    assert cites_section(under, ref("Paints › Mixing"))
    assert not cites_section(under, ref("Inks › Mixing"))
    assert not cites_section(under, ref("Mixing › Paints"))
