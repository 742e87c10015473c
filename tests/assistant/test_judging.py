"""Whether to answer, and which kind of no: what a question hangs on has to be found, and nothing else is held against it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Answer, Assistant
from assistant.enough import ENOUGH
from assistant.explaining import reasons
from assistant.finding import Finding
from assistant.frame import Frame, repaired, understand
from assistant.grounds import Ground, first
from assistant.holding import Beside, Measures
from assistant.judging import OF_THE_QUESTION, OF_WHAT_IS_FOUND, OF_WHAT_IS_LEFT, Verdict, judge
from assistant.resolving import findings
from assistant.retrieval import Candidate, Evidence

Ask = Callable[..., Answer]


def gathered(kb: Assistant, question: str) -> tuple[Frame, Evidence]:
    state = kb._state
    text, repairs = repaired(question, state.namer)
    frame = understand(text, state.namer, state.namer.common, repairs=repairs)
    return frame, state.gatherer.gather(frame)


def thresholds(kb: Assistant, **changed: float) -> dict[str, float]:
    return {**kb._state.gatherer.data.thresholds, **changed}


def judged(kb: Assistant, question: str, **changed: float) -> list[tuple[Finding, Verdict]]:
    frame, evidence = gathered(kb, question)
    return [(f, judge(frame, f, evidence, thresholds(kb, **changed))) for f in findings(frame, evidence, kb._state.view)]


def cells(answer: Answer) -> list[tuple[str, str]]:
    return [(c.cell.row, c.cell.column) for c in answer.citations if c.cell is not None]


# ---------------------------------------------------------------- what a question hangs on


@pytest.mark.parametrize(
    "question",
    [
        "what papers does letterpress use, honestly",
        "the papers of letterpress, please, my friend",
        "so which papers are there for letterpress, exactly?",
        "could you perhaps tell me the papers of letterpress",
        "which papers does letterpress typically take nowadays",
        "would you kindly tell us which papers letterpress takes",
    ],
)
def test_words_of_mere_talk_are_not_missed(inquire: Ask, question: str) -> None:
    assert cells(inquire(question)) == [("Papers", "Letterpress")]


@pytest.mark.parametrize(("near", "answered"), [(0.99, True), (0.5, False)])
def test_words_without_which_the_question_means_the_same_are_idle(
    shop: Assistant, monkeypatch: pytest.MonkeyPatch, near: float, answered: bool
) -> None:
    monkeypatch.setattr(Evidence, "without", lambda self, places: near)
    taken = [f.shape for f, v in judged(shop, "does letterpress honour Caligo inks fondly") if v.answer]

    assert bool(taken) is answered


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("which licence does the risograph have", "licence"),
        ("bookbinding tools of letterpress", "bookbinding"),
        ("tools for bookbinding", "bookbinding"),
        ("papers of letterpress for etching", "etching"),
        ("how do I install a risograph", "install"),
        ("does letterpress use electricity", "electricity"),
    ],
)
def test_the_word_that_is_asked_for_has_to_be_found(inquire: Ask, question: str, missing: str) -> None:
    answer = inquire(question)

    assert (answer.status, answer.decline) == ("declined", "unknown_attribute")
    assert missing in answer.text


@pytest.mark.parametrize(
    ("question", "row"),
    [("cutting tools of letterpress", "Cutting"), ("tools for cutting of letterpress", "Cutting"), ("tools of letterpress", "Tools")],
)
def test_a_word_that_narrows_a_name_and_is_found_narrows_it(inquire: Ask, question: str, row: str) -> None:
    assert cells(inquire(question)) == [(row, "Letterpress")]


@pytest.mark.parametrize(
    "question",
    [
        "which paper supplier does letterpress use",
        pytest.param("tool vendors of screenprint", marks=pytest.mark.xfail(reason="a noun after the name (paper weight) is passed over")),
    ],
)
def test_a_noun_that_the_name_only_qualifies_has_to_be_found(inquire: Ask, question: str) -> None:
    assert inquire(question).status == "declined"


@pytest.mark.parametrize(
    "question",
    [
        "how many people use letterpress",
        pytest.param(
            "how many engineers work with risograph",
            marks=pytest.mark.xfail(reason="people and teams are no content, so anything is counted"),
        ),
    ],
)
def test_what_is_counted_has_to_be_what_is_asked_for(inquire: Ask, question: str) -> None:
    assert inquire(question).status == "declined"


# ---------------------------------------------------------------- rankings


@pytest.mark.parametrize(
    "question",
    [
        "which is the best technique",
        "what is the cheapest technique",
        "is letterpress the most popular technique",
        "is letterpress better than screenprint",
        "what is the worst weak point of letterpress",
        "which paper is the strongest",
        "what is the leading ink",
    ],
)
def test_a_ranking_the_text_does_not_make_is_not_made(inquire: Ask, question: str) -> None:
    answer = inquire(question)

    assert answer.status == "clarify" or answer.decline in ("unknown_attribute", "off_topic")
    assert answer.citations == ()


@pytest.mark.parametrize(
    "question",
    [
        "which is best for shirts that are washed in a machine",
        "which one is best for tiny captions on posters",
        pytest.param("what is the best thing for fanzines", marks=pytest.mark.xfail(reason="*what is … for* asks where a thing belongs")),
    ],
)
def test_what_is_best_for_a_need_is_what_the_text_recommends_for_it(inquire: Ask, question: str) -> None:
    answer = inquire(question)

    assert answer.status == "answered"
    assert {c for _, c in cells(answer)} <= {"Solution", "Use Case", "Why?"}


@pytest.mark.xfail(reason="a need named outright is taken for a name, and the ranking refused")
def test_what_is_best_for_a_need_named_outright_is_its_row(inquire: Ask) -> None:
    assert ("Printing on shirts", "Solution") in cells(inquire("which technique is best for printing on shirts"))


# ---------------------------------------------------------------- what kind of answer is wanted


@pytest.mark.parametrize(
    "question",
    [
        "who invented letterpress",
        "when was the risograph invented",
        "what is the latest version of the risograph",
        "what percentage of screenprint is water",
        "what is the price of the risograph",
        "how heavy is the risograph",
    ],
)
def test_without_a_person_a_date_a_number_or_a_price_such_a_question_is_not_answered(inquire: Ask, question: str) -> None:
    assert (inquire(question).status, inquire(question).decline) == ("declined", "unknown_attribute")


@pytest.mark.parametrize("question", ["how do I avoid messy rinsing", "how is the slow setting of letterpress solved"])
def test_where_only_the_difficulty_is_told_how_it_is_met_is_not(inquire: Ask, question: str) -> None:
    assert (inquire(question).status, inquire(question).decline) == ("declined", "unknown_attribute")


def test_a_word_for_a_remedy_that_is_a_name_here_is_no_question_for_one(inquire: Ask) -> None:
    # *technique* is such a word, and the header of the things of this folder.
    assert cells(inquire("weak point of the technique letterpress")) == [("Weak Point", "Letterpress")]


# ---------------------------------------------------------------- kinds of no


KINDS = {
    "unknown_name": ["does letterpress use Hahnemühle", "what is Hahnemühle", "papers of Hahnemühle", "is Hahnemühle a paper"],
    "off_topic": ["how tall is the Eiffel tower", "who won the world cup in 1998", "recipe for lasagne", "how do I fix my car"],
    "unclear": ["what is it", "???", "why?", "this one"],
}


@pytest.mark.parametrize(("kind", "question"), [(k, q) for k, questions in KINDS.items() for q in questions])
def test_each_no_has_its_kind(inquire: Ask, kind: str, question: str) -> None:
    answer = inquire(question)

    assert (answer.status, answer.decline) == ("declined", kind)


@pytest.mark.parametrize(("contrast", "kind"), [(0.5, {"unknown_attribute"}), (-0.9, {"off_topic"})])
def test_a_question_as_near_to_everyday_talk_as_to_the_folder_is_of_another_field(
    shop: Assistant, monkeypatch: pytest.MonkeyPatch, contrast: float, kind: set[str]
) -> None:
    monkeypatch.setattr(Evidence, "contrast", lambda self: contrast)

    assert {v.decline for _, v in judged(shop, "which song makes the crowd dance on paper")} == kind


def test_a_question_of_names_is_of_this_field_whatever_it_sounds_like(shop: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Evidence, "contrast", lambda self: -0.9)

    assert not {v.decline for _, v in judged(shop, "which song makes Letterpress dance")} & {"off_topic"}


# ---------------------------------------------------------------- the order of the tests


def test_the_question_itself_is_tested_first_and_what_was_computed_needs_no_more_than_that() -> None:
    assert [(g.because, g.no is None) for g in OF_THE_QUESTION] == [
        ("computed", True),
        ("nothing-asked", False),
        ("known-unsaid", False),
        ("contradicts", True),
        ("strange", False),
        ("beyond", False),
        ("computed", True),
        ("uncomputed", False),
        ("pointing", False),
        ("pointing", False),
        ("ranked-strange", False),
        ("unranked", False),
        ("need", True),
        ("foreign", False),
        ("elsewhere-ranked", False),
        ("elsewhere", False),
        ("strange-of-known", False),
        ("strange", False),
    ]


def test_then_what_was_found_is_tested_and_only_a_use_that_is_named_outright_is_taken() -> None:
    assert [(g.because, g.no is None) for g in OF_WHAT_IS_FOUND] == [
        ("use-named", True),
        ("beyond", False),
        ("unspoken", False),
        ("unspoken", False),
        ("unspoken", False),
        ("copied", False),
        ("beyond", False),
        ("beyond", False),
        ("beyond", False),
        ("yesno-unknown", False),
    ]


def test_what_only_the_encoder_can_excuse_is_tested_last() -> None:
    assert [(g.because, g.no is None) for g in OF_WHAT_IS_LEFT] == [
        ("noun-unknown", False),
        ("strange-beside", False),
        ("unknown-beside", False),
        ("yesno-unknown", False),
        ("how-unsaid", False),
        ("how-unsaid", False),
        ("left", False),
        ("left", False),
    ]


def test_every_test_gives_a_reason_that_has_words_and_every_reason_that_has_words_is_given() -> None:
    told = {r.id: r.taken for r in reasons().reasons.values()}
    grounds: list[Ground[Any]] = [*OF_THE_QUESTION, *OF_WHAT_IS_FOUND, *OF_WHAT_IS_LEFT, *ENOUGH]
    weighed = {"weighed", "outweighed", "likelier"}  # given where all signs together say otherwise
    closing = {"weak", "wrong-type", "nothing-found"}  # where no test holds

    assert {g.because: g.no is None for g in grounds} == {i: taken for i, taken in told.items() if i not in weighed | closing}
    assert weighed | closing <= set(told)


def test_the_first_test_that_holds_decides_and_those_after_it_are_not_asked(against: Callable[..., Beside]) -> None:
    asked: list[str] = []

    def ground(name: str, *, holds: bool) -> Ground[Measures]:
        def test(_: Measures) -> bool:
            asked.append(name)
            return holds

        return Ground(name, test)

    found = first([ground("weak", holds=False), ground("left", holds=True), ground("bound", holds=True)], against("papers"))

    assert found is not None
    assert (found.because, asked) == ("left", ["weak", "left"])


# ---------------------------------------------------------------- the tests one by one


def holding(because: str, measures: Measures) -> bool:
    """Whether any of the tests of the question that give a reason holds."""
    return any(g.holds(measures) for g in OF_THE_QUESTION if g.because == because)


def left(because: str, found: Beside) -> bool:
    """Whether any of the tests of what is found or left that give a reason holds."""
    return any(g.holds(found) for g in (*OF_WHAT_IS_FOUND, *OF_WHAT_IS_LEFT) if g.because == because)


@pytest.mark.parametrize(
    ("because", "question", "holds"),
    [
        ("nothing-asked", "papers of letterpress", False),
        ("pointing", "what is this", True),
        ("pointing", "what is its weight", True),
        ("pointing", "what is the weight of letterpress and its papers", False),
        ("ranked-strange", "which is the best Zorblat", True),
        ("ranked-strange", "which is the best letterpress", False),
        ("unranked", "which paper is the strongest", True),
        ("unranked", "which paper is for letterpress", False),
        ("strange", "papers of Zorblat", True),
        ("strange", "papers of letterpress", False),
    ],
)
def test_of_the_question(against: Callable[..., Beside], because: str, question: str, holds: bool) -> None:
    assert holding(because, against(question)) is holds


def test_a_premise_is_contradicted_only_by_a_fact_that_names_meet_in_and_that_is_near(against: Callable[..., Beside]) -> None:
    corrected = Finding("cell", {}, [], corrected=True)
    near = {"finding": corrected, "bound": True, "dense": 0.9}

    assert holding("contradicts", against("papers of letterpress", **near))
    assert not holding("contradicts", against("papers of letterpress", **{**near, "bound": False}))
    assert not holding("contradicts", against("papers of letterpress", **{**near, "dense": 0.0}))


def test_a_strange_name_is_done_without_where_the_rest_is_near_and_held(against: Callable[..., Beside]) -> None:
    assert not holding("strange", against("papers of Zorblat", dense=1.0, cover=1.0))
    assert holding("strange", against("papers of Zorblat", dense=1.0, cover=0.1))


@pytest.mark.parametrize(
    ("because", "question", "shape", "measures", "holds"),
    [
        ("use-named", "printing on shirts", "decision", {"bound": True}, True),
        ("use-named", "printing on shirts", "decision", {"bound": False}, False),
        ("use-named", "how many for printing on shirts", "decision", {"bound": True}, False),
        ("beyond", "how many papers", "count", {"left": 0.1}, True),
        ("beyond", "how many papers", "count", {"left": 0.0}, False),
        ("unknown-beside", "licence of letterpress", "cell", {"bound": True, "left": 1.0, "without": 0.5}, True),
        ("unknown-beside", "licence of letterpress", "cell", {"bound": True, "left": 1.0, "without": 0.99, "excused": True}, False),
        ("unknown-beside", "licence of letterpress", "cell", {"bound": False, "left": 1.0, "without": 0.5}, False),
        ("how-unsaid", "how do I install the risograph", "cell", {"left": 1.0}, True),
        ("how-unsaid", "how do I install the risograph", "told", {"left": 1.0}, False),
        ("left", "papers of letterpress", "cell", {"left": 1.0, "dense": 0.0}, True),
        ("left", "papers of letterpress", "cell", {"left": 1.0, "dense": 1.0, "bound": True}, False),
        ("left", "papers of letterpress", "cell", {"left": 0.0, "dense": 0.0, "bound": True}, False),
    ],
)
def test_of_what_is_found_and_left(
    against: Callable[..., Beside], because: str, question: str, shape: str, measures: dict[str, Any], holds: bool
) -> None:
    assert left(because, against(question, shape, **measures)) is holds


# ---------------------------------------------------------------- the verdict itself

QUESTIONS = [
    "papers of letterpress",
    "which do I need for printing on shirts",
    "what is a risograph",
    "letterpress vs screenprint",
    "which licence does the risograph have",
    "bookbinding tools",
    "how do I wash a screen",
    "does letterpress use Caligo or Speedball",
    "everything about Olfa",
    "who won the cup",
    "which papers do letterpress and risograph share",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_support_is_half_and_more_for_an_answer_and_less_for_a_no(shop: Assistant, question: str) -> None:
    found = judged(shop, question)

    assert found
    for _, verdict in found:
        assert (verdict.features["support"] >= 0.5) is verdict.answer
        assert 0.0 <= verdict.features["support"] <= 1.0
        assert (verdict.decline is None) is verdict.answer


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_is_missing_are_words_of_the_question_that_the_evidence_does_not_hold(shop: Assistant, question: str) -> None:
    frame, evidence = gathered(shop, question)
    found = list(findings(frame, evidence, shop._state.view))

    assert found
    for finding in found:
        verdict = judge(frame, finding, evidence, thresholds(shop))
        held = {p for c in finding.deciding for p in c.where}

        assert set(verdict.missing) <= set(frame.content)
        assert not set(verdict.missing) & held


@given(
    question=st.sampled_from(QUESTIONS),
    name=st.sampled_from(["answer", "cover", "dense", "bound_cover", "full_cover"]),
    more=st.floats(0.0, 1.0),
)
def test_asking_for_more_evidence_never_gives_more_answers(shop: Assistant, question: str, name: str, more: float) -> None:
    usual = thresholds(shop)[name]
    before = [v.answer for _, v in judged(shop, question)]
    after = [v.answer for _, v in judged(shop, question, **{name: min(1.0, usual + more)})]

    assert all(was or not now for was, now in zip(before, after, strict=True))


def test_what_was_computed_from_every_word_has_nothing_left_to_weigh(shop: Assistant) -> None:
    frame, evidence = gathered(shop, "papers of Zorblat")
    found = Finding("cell", {}, [], computed=True)

    assert judge(frame, found, evidence, thresholds(shop)).answer


def test_what_is_known_not_to_be_said_is_refused_with_its_kind(shop: Assistant) -> None:
    frame, evidence = gathered(shop, "papers of letterpress")
    found = Finding("cell", {}, evidence.candidates[:1], True, decline="not_listed")

    assert judge(frame, found, evidence, thresholds(shop)).decline == "not_listed"


def test_without_a_finding_there_is_no_answer(shop: Assistant) -> None:
    frame, evidence = gathered(shop, "papers of letterpress")

    assert not judge(frame, None, evidence, thresholds(shop)).answer


def test_a_name_alone_carries_no_answer(shop: Assistant) -> None:
    frame, evidence = gathered(shop, "letterpress quickens heartbeats")
    about = [c for c in evidence.candidates if "Letterpress" in [x.text for x in c.fact.labels]]
    found = Finding("cell", {}, about[:1], True)

    assert isinstance(about[0], Candidate)
    assert not judge(frame, found, evidence, thresholds(shop)).answer
