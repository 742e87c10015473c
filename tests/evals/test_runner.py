from __future__ import annotations

import pytest

from evals.models import Case, CaseResult, Expectation, Turn
from evals.report import to_json
from evals.runner import place
from tests.evals.fakes import BLUE_IS_NOT, MIXING, RED_IS_WARM, FakeAssistant, answer, decline, make_case, ref, run

RED = make_case("red", must=("yes",), cite_any=(ref(row="Red", column="Warm"),))


def test_a_right_answer_passes_and_is_recorded_as_it_came() -> None:
    report = run(FakeAssistant({"Is red warm?": answer("Yes.", RED_IS_WARM)}), RED)

    (result,) = report.results
    assert result.passed
    (turn,) = result.turns
    assert (turn.status, turn.text, turn.cited, turn.failures, turn.defects) == (
        "answered",
        "Yes.",
        ("colours.md#Colours@Red×Warm L7",),
        (),
        (),
    )
    assert report.metrics.right.value == 1.0


def test_a_false_quote_fails_a_case_whose_words_are_right() -> None:
    false = RED_IS_WARM.model_copy(update={"lines": (8, 8)})

    (result,) = run(FakeAssistant({"Is red warm?": answer("Yes.", false)}), RED).results

    assert not result.passed
    assert result.turns[0].failures == ()
    assert result.turns[0].defects == ("citation [1] colours.md:8-8: the quote is not there: 'yes'",)


@pytest.mark.parametrize(
    ("verify", "defect"),
    [
        (lambda _: ["atom 3: the span holds other words"], "certificate: atom 3: the span holds other words"),
        (lambda _: 1 / 0, "certificate: ZeroDivisionError: division by zero"),
    ],
    ids=["a finding", "a crash"],
)
def test_every_certificate_is_verified(verify: object, defect: str) -> None:
    (result,) = run(FakeAssistant({"Is red warm?": answer("Yes.", RED_IS_WARM)}), RED, verify=verify).results

    assert result.turns[0].defects == (defect,)


def test_the_turns_of_a_case_share_a_conversation_and_no_other_case_does() -> None:
    assistant = FakeAssistant({})
    talk = Case(id="talk", kind="dialogue", turns=(Turn(question="a", expect=Expectation()), Turn(question="b", expect=Expectation())))

    run(assistant, talk, make_case("alone", "c"))

    (_, first), (_, second), (_, third) = assistant.asked
    assert first is second
    assert third is not first


def test_a_crash_ends_its_case_as_an_error_and_the_run_goes_on() -> None:
    report = run(FakeAssistant({"Is red warm?": RuntimeError("boom")}), RED, make_case("no", "who won?", status=("declined",)))

    broken, fine = report.results
    assert (broken.passed, broken.error, broken.turns) == (False, "turn 1: RuntimeError: boom", ())
    assert fine.passed


def test_a_suggestion_that_does_not_answer_is_a_defect_and_is_asked_once() -> None:
    suggesting = answer("Yes.", RED_IS_WARM, suggestions=("Is blue warm?", "who won?"))
    assistant = FakeAssistant({"Is red warm?": suggesting, "Is blue warm?": answer("No.", BLUE_IS_NOT), "again": suggesting})

    report = run(assistant, RED, make_case("again", "again", must=("yes",)))

    assert [result.turns[0].defects for result in report.results] == [("suggests what gets declined: who won?",)] * 2
    assert [question for question, _ in assistant.asked].count("who won?") == 1


def test_progress_is_told_after_each_case() -> None:
    told: list[tuple[int, int, str]] = []

    def tell(done: int, total: int, result: CaseResult) -> None:
        told.append((done, total, result.id))

    from evals.runner import Runner
    from tests.evals.fakes import PROVENANCE

    Runner(FakeAssistant({}), new_conversation=object).run([RED, make_case("b", "b")], PROVENANCE, progress=tell)

    assert told == [(1, 2, "red"), (2, 2, "b")]


def test_two_runs_differ_in_the_timing_block_alone() -> None:
    import itertools

    from evals.runner import Runner
    from tests.evals.fakes import PROVENANCE

    def once(step: float) -> str:
        ticks = itertools.count(0, step)
        assistant = FakeAssistant({"Is red warm?": answer("Yes.", RED_IS_WARM, MIXING)})
        return to_json(Runner(assistant, new_conversation=object, clock=lambda: next(ticks)).run([RED], PROVENANCE))

    fast, slow = once(0.001), once(0.5)

    assert fast != slow
    assert fast.split('"timing"')[0] == slow.split('"timing"')[0]
    assert once(0.001) == fast


def test_latency_is_per_question_in_milliseconds() -> None:
    timing = run(FakeAssistant({"Is red warm?": decline()}), RED).timing  # the fake clock ticks once a millisecond

    assert timing.questions_ms == {"red": (1.0,)}
    assert (timing.latency_p50_ms, timing.latency_p95_ms) == (pytest.approx(1.0), pytest.approx(1.0))


def test_a_place_is_shown_in_one_line() -> None:
    assert place(MIXING) == "colours.md#Mixing L12-13"
