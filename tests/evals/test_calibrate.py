from __future__ import annotations

import argparse
import json
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from assistant import Conversation
from assistant.models import Answer, Trace
from corpus.errors import KnowledgeBaseMissing
from evals import calibrate, command
from evals.calibrate import Asker, CalibrationReport, in_force, rewritten
from tests.evals.fakes import PROVENANCE, RED_IS_WARM, answer, decline, make_case

CASES = """
[[case]]
id = "red"
kind = "cell"
question = "Is red warm?"
must = ["yes"]

[[case]]
id = "pink"
kind = "cell"
question = "Is pink warm?"
must = ["yes"]

[[case]]
id = "cup"
kind = "refusal"
question = "who won the warm cup?"
decline = "off_topic"

[[case]]
id = "hello"
kind = "talk"
question = "hello"
status = "smalltalk"

[[case]]
id = "talk"
kind = "dialogue"
[[case.turns]]
question = "Is red warm?"
must = ["yes"]
[[case.turns]]
question = "and taupe?"
decline = "unknown_name"
"""
ASIDE = """
[[case]]
id = "cold"
kind = "cell"
question = "Is blue warm?"
must = ["no"]
"""
NEAR = {"Is red warm?": 0.9, "Is pink warm?": 0.44, "who won the warm cup?": 0.52, "and taupe?": 0.3, "Is blue warm?": 0.8}
THRESHOLDS = {"answer": 0.5, "other": 0.2, "high": 0.7}

Run = Callable[..., int]


class Judging:
    """Answers *yes* where a question is near enough; remembers what it was asked, and lets its thresholds be set."""

    def __init__(self, near: Mapping[str, float] = NEAR, thresholds: Mapping[str, float] = THRESHOLDS) -> None:
        self.near = dict(near)
        self.thresholds: Mapping[str, float] = dict(thresholds)
        self.asked: list[tuple[str, object, bool]] = []
        self.raises: set[str] = set()
        self.closed = False

    def explain(self, question: str, conversation: Any = None, *, id: str = "1", suggest: bool = True) -> tuple[Answer, Trace]:
        self.asked.append((question, conversation, suggest))
        if question in self.raises:
            raise OSError("disk")
        features: dict[str, float] = {}
        if question == "hello" and suggest:
            found = answer("Hello.", status="smalltalk")
        else:
            near = self.near.get(question, 0.0)
            answered = near >= self.thresholds["answer"]
            word = "high" if near >= self.thresholds["high"] else "low"
            found = answer("yes", RED_IS_WARM, confidence=word) if answered else decline()
            features = {"near": near, "support": round(0.5 * answered + 0.499 * near, 4)}
        return found, Trace(rule="r", generation="g", thresholds=dict(self.thresholds), features=features, candidates=())

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def judging(monkeypatch: pytest.MonkeyPatch) -> Judging:
    """What the command asks; everything else runs as it is."""
    made = Judging()
    monkeypatch.setattr(calibrate, "open_assistant", lambda args, kb=None: (made, None))
    monkeypatch.setattr(calibrate, "Opened", lambda assistant: assistant)
    monkeypatch.setattr(calibrate, "provenance_of", lambda *given: PROVENANCE)
    return made


@pytest.fixture
def run(write_cases: Callable[..., Path]) -> Run:
    folder = write_cases(all=CASES)
    (folder / "aside").mkdir()
    (folder / "aside" / "more.toml").write_text(ASIDE, encoding="utf-8")

    def start(*words: str) -> int:
        parser = argparse.ArgumentParser()
        command.add_arguments(parser)
        return command.main(parser.parse_args(["calibrate", "--cases", str(folder), *words]))

    return start


def report(run: Run, folder: Path, *words: str) -> CalibrationReport:
    run("--json", str(folder / "r.json"), *words)
    return CalibrationReport.model_validate_json((folder / "r.json").read_text(encoding="utf-8"))


# ---------------------------------------------------------------- what is measured


@pytest.mark.usefixtures("judging")
def test_risk_and_coverage_are_those_of_the_questions_the_judge_had_a_say_in(run: Run, tmp_path: Path) -> None:
    found = report(run, tmp_path)

    seen, aside, both = found.parts["seen"], found.parts["aside"], found.parts["all"]
    assert (seen.questions, seen.judged) == (6, 5)  # a greeting is not judged
    assert (seen.coverage.hits, seen.risk.hits, seen.risk.total) == (3, 1, 3)  # the cup is answered
    assert (seen.leaks.hits, seen.leaks.total) == (1, 2)
    assert (seen.refusals.hits, seen.refusals.total) == (1, 3)  # pink is refused
    assert (aside.coverage.hits, aside.risk.hits) == (1, 1)  # blue is said to be warm
    assert both.judged == 6


@pytest.mark.usefixtures("judging")
def test_the_point_for_the_stated_risk_is_chosen_on_the_seen_questions_and_read_on_the_others(run: Run, tmp_path: Path) -> None:
    cut = report(run, tmp_path).cut

    assert cut is not None
    assert cut.support == round(0.5 + 0.499 * 0.9, 4)
    assert cut.points["seen"] is not None
    assert (cut.points["seen"].coverage, cut.points["seen"].risk) == (0.4, 0.0)
    assert cut.points["aside"] is None


@pytest.mark.usefixtures("judging")
def test_every_turn_stands_in_the_confusion_matrix(run: Run, tmp_path: Path) -> None:
    assert report(run, tmp_path).confusion == {
        "answered": {"answered": 3, "off_topic": 1},
        "off_topic": {"answered": 1},
        "smalltalk": {"smalltalk": 1},
        "unknown_name": {"off_topic": 1},
    }


@pytest.mark.usefixtures("judging")
def test_raw_features_and_words_of_confidence_are_in_the_report(run: Run, tmp_path: Path) -> None:
    found = report(run, tmp_path)

    assert found.questions[0].features == {"near": 0.9, "support": 0.9491}
    assert list(found.features) == ["near", "support"]
    seen = found.parts["seen"]
    assert {word: (rate.hits, rate.total) for word, rate in seen.confidence.items()} == {"high": (2, 2), "medium": (0, 0), "low": (0, 1)}
    assert seen.in_order


def test_turns_of_a_dialogue_share_a_conversation_and_cases_do_not(judging: Judging, run: Run) -> None:
    run("--no-search", "--set", "seen")

    talks = [talk for _, talk, _ in judging.asked]
    assert talks[-1] is talks[-2]
    assert len({id(talk) for talk in talks}) == 5
    assert all(isinstance(talk, Conversation) for talk in talks)


# ---------------------------------------------------------------- other thresholds


@pytest.mark.usefixtures("judging")
def test_the_value_chosen_keeps_to_the_risk_and_its_effect_is_shown_on_both_sets(run: Run, tmp_path: Path) -> None:
    (choice,) = report(run, tmp_path, "--threshold", "answer").choices

    assert (choice.name, choice.now, choice.chosen, choice.kept, choice.compared) == ("answer", 0.5, 0.54, True, 5)
    assert (choice.seen.coverage, choice.seen.risk, choice.seen.better, choice.seen.worse) == (0.4, 0.0, 1, 0)
    assert choice.aside is not None
    assert (choice.aside.coverage, choice.aside.risk) == (1.0, 1.0)


def test_thresholds_that_nothing_was_compared_with_and_those_of_words_are_not_tried(judging: Judging, run: Run, tmp_path: Path) -> None:
    found = report(run, tmp_path)

    assert [choice.name for choice in found.choices] == ["answer"]
    assert judging.thresholds == THRESHOLDS
    assert judging.closed


def test_asking_again_leaves_out_suggestions_but_not_for_small_talk(judging: Judging, run: Run) -> None:
    run()

    again = judging.asked[7:]
    assert again
    assert not any(suggest for _, _, suggest in again)
    assert all(suggest for _, _, suggest in judging.asked[:7])
    asker = Asker(judging, object)
    hello = make_case("hello", "hello", status=("smalltalk",))
    assert [asker(hello, THRESHOLDS)[0].got for _ in range(2)] == ["smalltalk", "smalltalk"]


def test_thresholds_in_force_are_back_even_when_asking_raises(judging: Judging) -> None:
    judging.raises.add("Is red warm?")
    asker = Asker(judging, object)

    (found,) = asker(make_case("red", must=("yes",)), {"answer": 0.1, "other": 0.0, "high": 0.0})

    assert (found.got, found.right, found.support, found.expected) == ("error", False, None, "answer")
    assert asker.errors == {"red/1": "OSError: disk"}
    assert judging.thresholds == THRESHOLDS


# ---------------------------------------------------------------- the command


@pytest.mark.parametrize(("risk", "code"), [("0.01", 1), ("0.5", 0), ("0.49", 1)])
@pytest.mark.usefixtures("judging")
def test_the_exit_code_says_whether_the_stated_risk_is_kept(run: Run, capsys: pytest.CaptureFixture[str], risk: str, code: int) -> None:
    assert run("--risk", risk) == code  # 2 of 4 answers are wrong
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == f"{'FAILED' if code else 'PASSED'}: 50.0 % of the answers are wrong, stated are {float(risk) * 100:.1f} %"


def test_the_risk_stated_beside_the_thresholds_holds_where_none_is_given(judging: Judging, run: Run, tmp_path: Path) -> None:
    assert report(run, tmp_path).risk == 0.01
    judging.thresholds = THRESHOLDS | {"risk": 0.6}
    assert report(run, tmp_path).risk == 0.6
    assert report(run, tmp_path, "--risk", "0.02").risk == 0.02
    assert [choice.name for choice in report(run, tmp_path).choices] == ["answer"]


@pytest.mark.parametrize(("part", "sets"), [("seen", ["seen"]), ("aside", ["aside"]), ("all", ["seen", "aside", "all"])])
@pytest.mark.usefixtures("judging")
def test_one_set_can_be_asked_alone(run: Run, tmp_path: Path, part: str, sets: list[str]) -> None:
    assert list(report(run, tmp_path, "--set", part).parts) == sets


@pytest.mark.usefixtures("judging")
def test_nothing_is_chosen_on_cases_put_aside(run: Run, tmp_path: Path) -> None:
    assert report(run, tmp_path, "--set", "aside").choices == ()


@pytest.mark.usefixtures("judging")
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--plot", "risk.png"), "ends in .svg"),
        (("--write", "t.toml", "--no-search"), "leave --no-search"),
        (("--write", "t.toml", "--set", "aside"), "leave --no-search and --set aside out"),
        (("--threshold", "answer", "--no-search"), "tried on the seen cases"),
        (("--threshold", "gone"), "There is no threshold gone. There are: answer, other."),
        (("--threshold", "high"), "There is no threshold high"),
    ],
)
def test_what_cannot_be_done_exits_2_before_anything_is_asked(
    judging: Judging, run: Run, words: Sequence[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*words) == 2
    assert message in capsys.readouterr().err
    assert judging.asked == []


@pytest.mark.usefixtures("judging")
def test_a_risk_that_is_no_share_is_refused_when_the_command_is_read(run: Run) -> None:
    with pytest.raises(SystemExit):
        run("--risk", "2")


def test_where_every_question_raises_nothing_was_evaluated(judging: Judging, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    judging.raises |= {*NEAR, "hello"}

    assert run("--no-search") == 3
    assert "OSError: disk" in capsys.readouterr().err


def test_one_question_that_raises_is_named_and_the_others_are_measured(
    judging: Judging, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    judging.raises.add("Is pink warm?")

    assert run() == 1
    out = capsys.readouterr().out
    assert "error: pink/1: OSError: disk" in out
    assert "put to the judge" in out


@pytest.mark.usefixtures("judging")
def test_a_folder_that_cannot_be_opened_is_not_evaluated(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(*given: object, **options: object) -> None:
        raise KnowledgeBaseMissing(Path("gone"), "it is not there")

    monkeypatch.setattr(calibrate, "open_assistant", missing)

    assert run() == 4
    assert "gone" in capsys.readouterr().err


@pytest.mark.usefixtures("judging")
def test_two_runs_write_the_same_bytes(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written = []
    for name in ("one", "two"):
        run("--json", str(tmp_path / f"{name}.json"), "--plot", str(tmp_path / f"{name}.svg"))
        written.append([(tmp_path / f"{name}{end}").read_bytes() for end in (".json", ".svg")])
    assert written[0] == written[1]
    capsys.readouterr()

    run("--json", "-")

    assert capsys.readouterr().out.encode() == written[0][0]
    assert json.loads(written[0][0])["version"] == 1
    assert ET.fromstring(written[0][1]).tag.endswith("svg")


@pytest.mark.usefixtures("judging")
def test_the_tables_say_what_the_report_holds(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run()

    out = capsys.readouterr().out
    rows = [" ".join(line.split()) for line in out.splitlines()]
    assert "in force: coverage 60.0 % (3/5) 100.0 % (1/1) 66.7 % (4/6)" in rows
    assert "in force: risk, of the answers wrong 33.3 % (1/3) 100.0 % (1/1) 50.0 % (2/4)" in rows
    assert "answer 0.5 0.54 yes 5 40.0 % 0.0 % 66.7 % +1 -0 100.0 % 100.0 % 0.0 % +0 -0" in rows
    assert "not tried: other" in out


# ---------------------------------------------------------------- thresholds as a file


def test_a_copy_has_the_values_chosen_the_risk_and_every_comment() -> None:
    text = '# why\n[weights]\nanswer = 0.1\n\n[thresholds]\nanswer = 0.50   # least\nother = -0.08\nname = "answer"\n'

    found = rewritten(text, {"answer": 0.54, "other": 0.1}, 0.02)

    assert found == (
        "# why\n[weights]\nanswer = 0.1\n\n[thresholds]\n"
        "# of these, the ones that `whichops eval calibrate` changed are for a risk of 0.02\n"
        'answer = 0.54   # least\nother = 0.1\nname = "answer"\n'
    )


def test_a_risk_that_is_stated_there_is_replaced() -> None:
    assert rewritten("[thresholds]\nrisk = 0.01 # stated\nanswer = 0.5\n", {}, 0.05) == "[thresholds]\nrisk = 0.05 # stated\nanswer = 0.5\n"


@pytest.mark.usefixtures("judging")
def test_write_makes_a_copy_and_leaves_what_is_in_force(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = in_force().read_bytes()

    run("--write", str(tmp_path / "t.toml"))

    assert "1 thresholds changed in" in capsys.readouterr().err
    old, new = tomllib.loads(before.decode()), tomllib.loads((tmp_path / "t.toml").read_text(encoding="utf-8"))
    assert new["thresholds"] == old["thresholds"] | {"answer": 0.54}
    assert {key: new[key] for key in new if key != "thresholds"} == {key: old[key] for key in old if key != "thresholds"}
    assert in_force().read_bytes() == before
    assert run("--write", str(in_force())) == 2
    assert in_force().read_bytes() == before


# ---------------------------------------------------------------- the shipped folder, with the real encoder


@pytest.mark.model
@pytest.mark.slow
def test_other_thresholds_of_the_shipped_folder_give_what_asking_again_gives(tmp_path: Path) -> None:
    from assistant import Assistant, load_settings
    from evals.loader import SHIPPED, load_suite
    from evals.sweep import Sweep

    cases = load_suite(SHIPPED).cases[::120]
    assistant = Assistant.open(index=tmp_path / "index", settings=load_settings({}, {}))
    try:
        opened = calibrate.Opened(assistant)
        asker, in_use = Asker(opened, Conversation), dict(opened.thresholds)
        sweep = Sweep(cases, in_use, asker)
        assert sum(one.answered for one in sweep.asked) > len(cases) / 4
        turned = 0
        for name, value in (("elsewhere", -1.0), ("topic", 0.9), ("bound_cover", 1.1)):
            again = tuple(one for case in cases for one in asker(case, in_use | {name: value}))
            assert sweep.at(name, value) == again
            turned += again != sweep.asked
        assert turned
        assert dict(opened.thresholds) == in_use
    finally:
        assistant.close()
