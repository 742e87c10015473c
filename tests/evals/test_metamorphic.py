"""Answers before and after a change: what counts as following, how it is counted and told, and that the shipped cases follow."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from assistant import Assistant, load_settings
from assistant.models import Answer
from evals import command, metamorphic
from evals.following import RELATIONS, Accepted, Change, load_data
from evals.loader import SHIPPED, load_suite
from evals.metamorphic import (
    MetamorphicReport,
    Opened,
    Plan,
    RelationReport,
    compare,
    compare_cases,
    compare_in_parallel,
    sampled,
    to_console,
    to_json,
)
from evals.models import Case, Expectation, Turn
from evals.transforms import Renaming, parse, upper
from tests.evals.fakes import PROVENANCE, RED_IS_WARM, FakeAssistant, answer, cite, make_case

IN_CAPITALS = Change(question=upper)
SAMPLE = 250  # cases for each relation; the whole set is for `whichops eval metamorphic`, which takes minutes
SECOND = SHIPPED.parent / "second" / "cases"


def opened(answers: Mapping[str, Answer | Exception]) -> Opened:
    return Opened(FakeAssistant(answers), object, lambda _: ())


def report(
    cases: list[Case],
    answers: Mapping[str, Answer | Exception],
    *,
    relation: str = "upper",
    change: Change = IN_CAPITALS,
    floor: float = 1.0,
    known: Mapping[str, str] | None = None,
    show_aside: bool = False,
) -> RelationReport:
    """One relation over cases, asked of a fake before and after."""
    fake = opened(answers)
    before = {case.id: fake.ask(case, [turn.question for turn in case.turns]) for case in cases}
    accepted = Accepted(floor=floor, known=dict(known or {}))
    return compare_cases(cases, before, fake, RELATIONS[relation], change, accepted, show_aside=show_aside, clock=lambda: 0.0)


@pytest.fixture
def renamed() -> Change:
    renaming = Renaming(["Zorblat"], parse({"a.md": "A Zorblat flies.\n"}))
    return Change({"a.md": ""}, renaming.question, renaming)


# --- counting


def test_cases_are_counted_by_what_became_of_them() -> None:
    cases = [make_case("good", "red"), make_case("bad", "blue"), make_case("known", "green"), make_case("empty", "???")]
    yes = answer("Yes.", RED_IS_WARM)
    found = report(cases, {"red": yes, "RED": yes, "blue": yes, "green": yes}, known={"known": "because", "good": "once"})

    assert (found.cases, found.followed, found.known, found.differ, found.left_alone) == (3, 1, 1, 1, 1)
    assert found.rate == 1 / (1 + 1)
    assert [(d.case, d.known) for d in found.differences] == [("bad", None), ("known", "because")]
    assert found.mended == ("good",)


def test_a_rate_below_its_floor_fails_and_nothing_to_follow_does_not() -> None:
    yes = answer("Yes.", RED_IS_WARM)
    cases, answers = [make_case("good", "red"), make_case("bad", "blue")], {"red": yes, "RED": yes, "blue": yes}

    assert not report(cases, answers, floor=0.51).passed
    assert report(cases, answers, floor=0.5).passed
    assert report([make_case("empty", "???")], {}).rate is None
    assert report([make_case("empty", "???")], {}).passed


def test_an_old_name_fails_whatever_the_floor(renamed: Change) -> None:
    hidden = make_case("hidden", "red").model_copy(update={"aside": True})
    found = report([hidden], {"red": answer("Zorblat.", RED_IS_WARM)}, relation="rename", change=renamed, floor=0.0, known={"hidden": "so"})

    assert found.known == 1
    assert not found.passed


def test_a_conversation_is_asked_turn_by_turn_and_its_first_difference_told() -> None:
    turns = tuple(Turn(question=q, expect=Expectation()) for q in ("red", "and blue", "and green"))
    yes = answer("Yes.", RED_IS_WARM)
    found = report([Case(id="talk", turns=turns, kind="dialogue")], {"red": yes, "RED": yes, "and blue": yes})

    (difference,) = found.differences
    assert (found.cases, found.questions, found.differ) == (1, 3, 1)
    assert (difference.turn, difference.question, difference.asked) == (2, "and blue", "AND BLUE")
    assert difference.before is not None
    assert difference.before.cited == ("colours.md#Colours@Red×Warm L7",)


def test_a_question_that_raises_is_a_difference_of_its_case_only() -> None:
    yes = answer("Yes.", RED_IS_WARM)
    found = report([make_case("bad", "red"), make_case("good", "blue")], {"red": yes, "RED": OSError("gone"), "blue": yes, "BLUE": yes})

    assert (found.followed, found.differ) == (1, 1)
    assert found.differences[0].problems == ("OSError: gone",)
    assert report([make_case("bad", "red")], {"red": OSError("lost"), "RED": yes}).differences[0].problems == ("OSError: lost",)


def test_an_answer_that_breaks_a_promise_does_not_follow() -> None:
    false = answer("Yes.", cite(7, "not there", cell=("Red", "Warm")))
    found = report([make_case("red", "red")], {"red": false, "RED": false})

    assert "the quote is not there" in found.differences[0].problems[0]


def test_a_question_the_change_does_not_apply_to_leaves_its_case_alone() -> None:
    change = Change(texts={"a.md": ""}, applies=lambda question: "corner" not in question)
    found = report([make_case("a", "the corner"), make_case("b", "red")], {}, relation="transpose", change=change)

    assert (found.cases, found.left_alone, found.followed) == (1, 1, 1)


def test_of_a_case_put_aside_only_the_name_is_told_unless_asked_for() -> None:
    hidden = make_case("hidden", "secret").model_copy(update={"aside": True})
    answers = {"secret": answer("Yes.", RED_IS_WARM)}
    found = report([hidden], answers)
    data = to_json(MetamorphicReport(provenance=PROVENANCE, relations=(found,)))

    assert (found.differ, found.differ_aside) == (1, 1)
    assert "hidden" in data
    assert "secret" not in data.casefold()
    assert "secret" not in to_console(MetamorphicReport(provenance=PROVENANCE, relations=(found,)))
    assert report([hidden], answers, show_aside=True).differences[0].question == "secret"


def test_a_sample_is_always_the_same_in_the_order_of_the_cases_and_another_for_each_relation() -> None:
    cases = [make_case(f"c{n}") for n in range(20)]
    some = sampled(cases, 5, "rows")

    assert len(some) == 5
    assert [case.id for case in some] == [case.id for case in cases if case in some]
    assert sampled(list(reversed(cases)), 5, "rows") == tuple(reversed(some))
    assert set(some) < set(sampled(cases, 6, "rows"))
    assert set(some) != set(sampled(cases, 5, "columns"))
    assert sampled(cases, None, "rows") == tuple(cases)


def test_a_difference_says_whether_the_answer_before_was_right() -> None:
    yes = answer("Yes.", RED_IS_WARM)
    found = report([make_case("right", "red", must=["yes"]), make_case("wrong", "blue", must=["no"])], {"red": yes, "blue": yes})

    assert [(d.case, d.was_right) for d in found.differences] == [("right", True), ("wrong", False)]
    assert (found.differ, found.differ_right) == (2, 1)


# --- telling


@pytest.fixture
def two_relations() -> MetamorphicReport:
    yes = answer("Yes.", RED_IS_WARM)
    good = report([make_case("good", "red")], {"red": yes, "RED": yes})
    bad = report([make_case("bad", "blue"), make_case("known", "green")], {"blue": yes, "green": yes}, known={"known": "grey"})
    return MetamorphicReport(provenance=PROVENANCE, relations=(good, bad.model_copy(update={"name": "lower"})))


def test_the_console_tells_what_differs_then_the_counts_then_the_verdict(two_relations: MetamorphicReport) -> None:
    assert to_console(two_relations) == (
        "lower: bad, turn 1: status answered -> declined; kind of no None -> off_topic; cites no longer: yes\n"
        "    asked   'blue' as 'BLUE'\n"
        "    before  answered: Yes.  [colours.md#Colours@Red×Warm L7]\n"
        "    after   declined (off_topic): No.  []\n"
        "\n"
        "lower: known, turn 1: status answered -> declined; kind of no None -> off_topic; cites no longer: yes (known: grey)\n"
        "    asked   'green' as 'GREEN'\n"
        "    before  answered: Yes.  [colours.md#Colours@Red×Warm L7]\n"
        "    after   declined (off_topic): No.  []\n"
        "\n"
        "relation  cases  followed  known  differ  of right  left alone   follow    floor\n"
        "upper         1         1      0       0         0           0  100.0 %  100.0 %\n"
        "lower         2         0      1       1         1           0    0.0 %  100.0 %  FAILED\n"
        "3 questions in 0 s; of those that differ, 0 are of cases put aside\n"
        "FAILED: lower\n"
    )
    assert to_console(two_relations, details=False).startswith("relation")


def test_the_json_holds_counts_differences_and_verdicts_and_times_stand_last(two_relations: MetamorphicReport) -> None:
    data = json.loads(to_json(two_relations))

    assert [(r["name"], r["passed"], r["rate"]) for r in data["relations"]] == [("upper", True, 1.0), ("lower", False, 0.0)]
    assert data["relations"][1]["differences"][0]["after"]["status"] == "declined"
    assert data["passed"] is False
    assert list(data)[-1] == "timing"


# --- the command


CASES = """
[[case]]
id = "red"
question = "Is red warm?"
kind = "cell"
must = ["yes"]
"""


@pytest.fixture
def eval_metamorphic(write_cases: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., int]:
    """The command over one case, asked of a fake; a folder is never changed."""
    yes = answer("Yes.", RED_IS_WARM)
    fake = FakeAssistant({"Is red warm?": yes, "is red warm?": yes})
    monkeypatch.setattr(FakeAssistant, "documents", lambda self: ("colours.md",), raising=False)
    monkeypatch.setattr(FakeAssistant, "close", lambda self: None, raising=False)
    monkeypatch.setattr(metamorphic, "open_assistant", lambda args, kb: (fake, load_settings({}, {}, kb=tmp_path)))
    monkeypatch.setattr(metamorphic, "provenance_of", lambda *args: PROVENANCE)
    monkeypatch.setattr(Assistant, "open", lambda *args, **kwargs: fake)
    monkeypatch.setattr(metamorphic, "verifier", lambda kb: lambda answer: ())
    cases = write_cases(all=CASES)

    def run(*words: str) -> int:
        parser = argparse.ArgumentParser()
        command.add_arguments(parser)
        return command.main(parser.parse_args(["metamorphic", "--cases", str(cases), *words]))

    return run


def test_the_command_exits_0_when_all_follow_and_1_when_too_few_do(
    eval_metamorphic: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert eval_metamorphic("--relation", "lower") == 0
    assert capsys.readouterr().out.endswith("PASSED\n")
    assert eval_metamorphic("--relation", "lower", "--relation", "upper") == 1
    assert capsys.readouterr().out.endswith("FAILED: upper\n")


def test_the_report_goes_where_it_is_asked_to(
    eval_metamorphic: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    eval_metamorphic("--relation", "upper", "--json", "-")
    printed = json.loads(capsys.readouterr().out)
    eval_metamorphic("--relation", "upper", "--json", str(tmp_path / "out.json"), "--sample", "1", "--summary")
    written = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))

    assert printed["relations"] == written["relations"]
    assert (printed["selection"], written["selection"]) == (None, "--sample 1")
    assert "asked" not in capsys.readouterr().out


def test_no_case_left_is_an_error_that_says_so(eval_metamorphic: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert eval_metamorphic("-k", "no such words") == 2
    assert "No case matches -k no such words" in capsys.readouterr().err
    assert eval_metamorphic("--sample", "0") == 2
    assert "at least 1, not 0" in capsys.readouterr().err


# --- the shipped data and the shipped cases


def test_a_folder_that_a_relation_cannot_change_says_why(tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    (folder / "a.md").write_text("Water is wet.\n", encoding="utf-8")
    settings = load_settings({}, {}, kb=folder)
    found = compare(Plan([], ("rename", "rows", "split")), opened({}), {"a.md": "Water is wet.\n"}, settings)

    assert [(r.cases, r.passed, r.impossible) for r in found] == [
        (0, True, "the folder has no name to change"),
        (0, True, "there is nothing in the folder that it changes"),
        (0, True, "there is nothing in the folder that it changes"),
    ]


@pytest.mark.skipif(not os.environ.get("WHICHOPS_METAMORPHIC"), reason="asks the whole suite many times over: set WHICHOPS_METAMORPHIC=1")
@pytest.mark.slow
@pytest.mark.model
@pytest.mark.parametrize("cases", [SHIPPED, SECOND], ids=["shipped", "second"])
def test_the_answers_to_the_cases_follow_every_change(cases: Path, tmp_path: Path) -> None:
    suite = load_suite(cases)
    settings = load_settings({}, {}, kb=suite.knowledge)
    settings = settings.model_copy(update={"index": settings.index.model_copy(update={"directory": tmp_path / "index"})})
    found = compare_in_parallel(Plan(suite.cases, data=load_data(cases), sample=SAMPLE), settings, jobs=2)
    told = MetamorphicReport(provenance=PROVENANCE, relations=found)

    assert told.passed, to_console(told)
    assert min(relation.cases for relation in found if relation.impossible is None) >= len(suite.cases) / 4
