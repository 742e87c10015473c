from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from evals.failures import case_to_toml, to_toml
from evals.loader import load_suite
from evals.models import Case, Expectation, FrameExpectation, Reference, Suite, Turn
from tests.evals.fakes import BLUE_IS_NOT, RED_IS_WARM, FakeAssistant, answer, decline, make_case, ref, run

Load = Callable[..., Suite]

TALK = Case(
    id="talk",
    kind="dialogue",
    tags=("warm",),
    tier="must",
    why='Says "both".',
    turns=(
        Turn(question="Is red warm?", expect=Expectation(must=("yes",), cite_any=(ref(row="Red", column="Warm"),))),
        Turn(
            question="and blue?",
            expect=Expectation(
                must=("no", r"/\bnot?\b/"),
                any=(("blue", "it"), ("cold",)),
                cite_all=(Reference(document="colours.md", heading="a@b"),),
                frame=FrameExpectation(mentions=("Blue",), kept=True),
            ),
        ),
        Turn(question="bye", expect=Expectation(status=("smalltalk", "declined"), decline=("off_topic",))),
    ),
)


def test_a_case_written_out_is_the_same_case_when_it_is_read(load: Load) -> None:
    read = load(a=case_to_toml(TALK)).cases[0]

    assert read.model_copy(update={"file": "", "line": None}) == TALK
    assert read.hash == TALK.hash


def test_the_shipped_cases_can_all_be_written_out_and_read_again(load: Load) -> None:
    cases = load_suite().cases

    again = load(a="\n".join(case_to_toml(case) for case in cases)).cases

    assert {case.id: case.hash for case in again} == {case.id: case.hash for case in cases}


def test_what_came_stands_in_comments_beside_what_was_expected(load: Load) -> None:
    assistant = FakeAssistant({"Is red warm?": answer("It is\nnot.", BLUE_IS_NOT)})
    fine = make_case("fine", "who won?", status=("declined",))
    wrong = make_case("wrong", must=("yes",), cite_any=(ref(row="Red", column="Warm"),))
    report = run(assistant, fine, wrong)

    written = to_toml(report, [fine, wrong], aside=False)

    assert written.startswith("# 1 of 2 cases failed.")
    assert written[written.index("[[case]]") :] == (
        '[[case]]\nid = "wrong"\nkind = "cell"\n'
        'question = "Is red warm?"\n'
        'must = ["yes"]\n'
        'cite_any = ["colours.md#Colours@Red×Warm"]\n'
        '# got: status = ["answered"]\n'
        '# got: cite_any = ["colours.md#Colours@Blue×Warm"]\n'
        '# got: must = ["It is\\nnot."]\n'
        "# wrong: says not: yes\n"
        "# wrong: cites none of: colours.md#Colours@Red×Warm\n"
    )
    assert load(a=written).cases[0].hash == wrong.hash


def test_what_came_becomes_a_case_by_uncommenting_it(load: Load) -> None:
    wrong = make_case("wrong", must=("yes",), cite_any=(ref(),))
    report = run(FakeAssistant({"Is red warm?": decline("Nothing on red.", "not_listed")}), wrong)
    kept = [line for line in to_toml(report, [wrong], aside=False).splitlines() if not line.startswith(("must", "cite_any"))]

    accepted = load(a="\n".join(line.removeprefix("# got: ") for line in kept)).cases[0].turns[0].expect

    assert accepted == Expectation(status=("declined",), decline=("not_listed",), must=("Nothing on red.",))


def test_only_the_turns_at_fault_say_what_came_and_the_turns_after_a_crash_are_kept() -> None:
    assistant = FakeAssistant({"Is red warm?": answer("yes", RED_IS_WARM), "and blue?": ValueError('two\nlines "quoted"')})

    written = to_toml(run(assistant, TALK), [TALK], aside=False)

    assert "# got" not in written
    assert '# error: turn 2: ValueError: two\\nlines \\"quoted\\"\n' in written
    assert [turn["question"] for turn in tomllib.loads(written)["case"][0]["turns"]] == ["Is red warm?", "and blue?", "bye"]


@pytest.mark.parametrize("text", ["a\x7fb", "\x00\x1b[31m", "\ud83d", "tab\there", 'quote " and \\', "zwj 👩‍💻", "a\u2028b"])
def test_an_answer_may_hold_anything_and_the_file_still_loads(load: Load, text: str) -> None:
    case = make_case("odd", must=("yes",), cite_any=(ref(),))

    written = to_toml(run(FakeAssistant({"Is red warm?": answer(text, RED_IS_WARM)}), case), [case], aside=False)

    uncommented = written.replace("# got: must", "must_not")
    expected = text.encode("utf-8", "replace").decode()
    assert load(a=uncommented).cases[0].turns[0].expect.must_not == (expected,)


def test_cases_put_aside_are_counted_and_not_shown_unless_asked_for() -> None:
    seen, aside = make_case("seen", must=("yes",)), make_case("hidden", "Is blue warm?", must=("no",)).model_copy(update={"aside": True})
    report = run(FakeAssistant({}), seen, aside)

    written = to_toml(report, [seen, aside], aside=False)

    assert written.startswith("# 1 of 2 cases failed, and 1 put aside.")
    assert "Is blue warm?" not in written
    assert "Is blue warm?" in to_toml(report, [seen, aside], aside=True)


def test_the_run_writes_the_file_it_is_told_to(
    write_cases: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import argparse

    from evals import command, suite

    folder = write_cases(a='[[case]]\nid = "red"\nkind = "cell"\nquestion = "Is red warm?"\nmust = "yes"\ncite_any = "colours.md"\n')
    monkeypatch.setattr(suite, "evaluate", lambda args, cases: run(FakeAssistant({}), *cases.cases))
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)

    code = command.main(parser.parse_args(["--cases", str(folder), "--failures", str(tmp_path / "failed.toml")]))

    assert code == 0  # no floor, no baseline, no must: nothing closes the gate
    assert tomllib.loads((tmp_path / "failed.toml").read_text(encoding="utf-8"))["case"][0]["id"] == "red"
    assert "red" in capsys.readouterr().out
