from __future__ import annotations

from pathlib import Path

import pytest

from corpus import parse_corpus
from corpus.models import Corpus, Document
from evals.lint import lint_suite
from evals.models import Case, FrameExpectation, Suite
from tests.evals.fakes import DOCUMENT, TEXT, make_case, ref


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return parse_corpus([Document(path=DOCUMENT, text=TEXT, sha256="", size=len(TEXT), mtime_ns=0)])


def findings(corpus: Corpus, *cases: Case, share: float = 0.0) -> list[str]:
    return [fault.problem for fault in lint_suite(Suite(cases=cases, hash="", min_unanswerable=share), corpus)]


def test_a_case_that_fits_the_documents_has_no_findings(corpus: Corpus) -> None:
    fine = make_case("a", must=("yes",), any=(("red", "crimson"),), cite_any=(ref(row="Red", column="Warm"), ref("Mixing")))

    assert findings(corpus, fine) == []


@pytest.mark.parametrize(
    ("place", "problem"),
    [
        (ref("Mixin"), "a: colours.md has no heading 'Mixin'; did you mean 'Mixing'?"),
        (ref(row="Rad", column="Warm"), "a: no table under 'Colours' has a row 'Rad'; did you mean 'red'?"),
        (ref(column="Warmth"), "a: no table under 'Colours' has a column 'Warmth'; did you mean 'warm'?"),
        (
            ref().model_copy(update={"document": "color.md"}),
            "a: there is no file 'color.md' in the knowledge base; did you mean 'colours.md'?",
        ),
    ],
    ids=["heading", "row", "column", "file"],
)
def test_a_place_that_does_not_exist_is_found_with_the_nearest_that_does(corpus: Corpus, place: object, problem: str) -> None:
    assert findings(corpus, make_case("a", must=("yes",), cite_any=(place,))) == [problem]


def test_an_expected_text_has_to_stand_in_a_cited_place_or_be_a_pattern(corpus: Corpus) -> None:
    assert findings(corpus, make_case("a", must=("purple", "/^no/", "warm?"), cite_any=(ref("Mixing"),))) == []
    assert findings(corpus, make_case("a", must=("green",), cite_any=(ref("Mixing"),))) == [
        "a: must 'green' stands in no cited place; if it is fixed wording, write it as a /pattern/"
    ]
    assert findings(corpus, make_case("a", any=(("green", "black"),), cite_any=(ref("Mixing"),))) == [
        "a: any of green | black: none stands in no cited place"
    ]


def test_an_answer_that_expects_nothing_is_found(corpus: Corpus) -> None:
    assert findings(corpus, make_case("a")) == ["a: any answer would pass; say what must be in it", "a: name the place that is to be cited"]
    assert findings(corpus, make_case("a", status=("declined",))) == []


def test_contradictions_repeats_and_lonely_groups_are_found(corpus: Corpus) -> None:
    expect = {"must": ("yes",), "cite_any": (ref(),)}

    assert findings(corpus, make_case("a", must=("yes",), must_not=("yes",), cite_any=(ref(),))) == ["a: 'yes' must be said and must not"]
    assert findings(corpus, make_case("a", **expect), make_case("b", **expect)) == ["b: asks the same as a ('Is red warm?')"]
    assert findings(corpus, make_case("a", group="g", **expect)) == ["a: is alone in group 'g'"]


def test_a_frame_names_kinds_that_exist_and_what_the_documents_hold(corpus: Corpus) -> None:
    fine = FrameExpectation(kind=("list", "declined"), mentions=("red",), without=("Blue",))
    faulty = FrameExpectation(kind=("lisst",), mentions=("Red", "Green"), without=("red", "Red"))
    expect = {"must": ("yes",), "cite_any": (ref(),)}

    assert findings(corpus, make_case("a", frame=fine, **expect)) == []
    assert findings(corpus, make_case("a", frame=faulty, **expect)) == [
        "a: frame: 'Red' must be tied and must not",
        "a: frame: mentions: 'Green' stands nowhere in the knowledge base",
        "a: frame: there is no kind of question 'lisst'; did you mean 'list'?",
    ]


def test_a_place_may_be_named_with_the_headings_above_it(corpus: Corpus) -> None:
    assert findings(corpus, make_case("a", must=("purple",), cite_any=(ref("Colours › Mixing"),))) == []
    assert findings(corpus, make_case("a", must=("purple",), cite_any=(ref("Paints › Mixing"),))) == [
        "a: colours.md has no heading 'Paints › Mixing'; did you mean 'Mixing'?"
    ]


def test_a_case_put_aside_cannot_be_of_tier_must(corpus: Corpus) -> None:
    case = make_case("a", tier="must", must=("yes",), cite_any=(ref(),))

    assert findings(corpus, case) == []
    assert findings(corpus, case.model_copy(update={"aside": True})) == ["a: is put aside, so it cannot be of tier must"]


def test_too_few_questions_without_an_answer_are_found(corpus: Corpus) -> None:
    assert findings(corpus, make_case("a", must=("yes",), cite_any=(ref(),)), share=0.2) == [
        "0 of 1 questions have no answer; min_unanswerable asks for 20%"
    ]


def test_a_suite_that_names_its_knowledge_base_is_checked_against_that(tmp_path: Path) -> None:
    from evals.lint import lint

    (tmp_path / DOCUMENT).write_text(TEXT)
    case = make_case("a", must=("yes",), cite_any=(ref("Colours"),))

    assert lint(Suite(cases=(case,), hash="", knowledge=tmp_path), None) == []
    assert lint(Suite(cases=(case,), hash=""), None) != []


def test_the_documents_are_read_from_the_folder_named(tmp_path: Path) -> None:
    from evals.lint import lint

    (tmp_path / DOCUMENT).write_text(TEXT)

    assert lint(Suite(cases=(make_case("a", must=("yes",), cite_any=(ref("Gone"),)),), hash=""), tmp_path)[0].problem.startswith(
        "a: colours.md has no"
    )
