from __future__ import annotations

import pytest

from evals.matching import cites, holds, label, match, normalise, score_citations
from evals.models import CitationScore, Expectation
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
