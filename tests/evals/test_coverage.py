from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant import Assistant, load_settings
from assistant.models import Answer
from assistant.settings import AssistantSettings, default_kb
from evals import command, coverage
from evals.coverage import CoverageReport, FactCoverage, cover, derive_folder, judge, make_report, sampled, to_console, to_json
from evals.derive import Derived, Place, Question, Target
from tests.evals.fakes import BLUE_IS_NOT, DOCUMENT, MIXING, RED_IS_WARM, FakeAssistant, answer, cite, decline

RED = Place(DOCUMENT, (7, 7), "yes", ("Red", "Warm"))


def question(form: str = "of", text: str = "What is the warm of Red?", said: tuple[str, ...] = ("yes",), shared: str = "no") -> Question:
    return Question(f"red {form}", form, text, said, shared)  # type: ignore[arg-type]


def red(*questions: Question, name: str = "red", kind: str = "cell") -> Target:
    return Target(name, kind, DOCUMENT, (7, 7), ("Colours",), "yes", (RED,), questions or (question(),))  # type: ignore[arg-type]


def derived(*targets: Target) -> Derived:
    return Derived(targets, {"heading": 2})


def three(*texts: str) -> tuple[Question, ...]:
    return tuple(question(f"form {text}", text) for text in texts)


# ---------------------------------------------------------------- one answer


def test_an_answer_that_cites_the_cell_and_says_its_value_reaches_it() -> None:
    assert judge(red(), question(), answer("Warm – Red: yes", RED_IS_WARM)) == "reached"


def test_the_same_words_of_another_cell_are_an_answer_from_elsewhere() -> None:
    other = cite(7, "yes", cell=("Red", "Bright"))

    assert judge(red(), question(), answer("Bright – Red: yes", other)) == "elsewhere"
    assert judge(red(), question(), answer("Warm – Blue: no", BLUE_IS_NOT)) == "elsewhere"


def test_a_cited_cell_whose_value_is_not_in_the_answer_is_not_reached() -> None:
    assert judge(red(), question(), answer("Red is a colour", RED_IS_WARM)) == "unsaid"
    assert judge(red(), question(said=()), answer("Red is a colour", RED_IS_WARM)) == "reached"


def test_every_part_has_to_be_said() -> None:
    both = question(said=("yes", "Red"))

    assert judge(red(), both, answer("yes, it is", RED_IS_WARM)) == "unsaid"
    assert judge(red(), both, answer("Red: yes", RED_IS_WARM)) == "reached"


def test_a_refusal_reaches_nothing_and_a_question_back_is_ambiguous() -> None:
    assert judge(red(), question(), decline()) == "declined"
    assert judge(red(), question(), answer("It could not be proved.", status="invalid")) == "invalid"
    assert judge(red(), question(), answer("Which red?", status="clarify")) == "ambiguous"


def test_an_answer_that_lists_several_where_one_was_asked_for_is_ambiguous() -> None:
    listed = answer("Red: yes; Blue: no; and more: Red and blue give purple.", RED_IS_WARM, BLUE_IS_NOT, MIXING)

    assert judge(red(), question(), listed) == "ambiguous"
    assert judge(red(), question(shared="any"), listed) == "reached"
    assert judge(red(), question(), answer("Red: yes; Blue: no", RED_IS_WARM, BLUE_IS_NOT)) == "reached"


def test_a_quote_that_holds_the_fact_or_stands_in_it_covers_it() -> None:
    place = Place(DOCUMENT, (12, 13), "Red and blue\ngive purple.")

    assert coverage.covers(MIXING, place)
    assert coverage.covers(cite(12, "Red and blue"), place)
    assert coverage.covers(cite(11, "Mixed:\nRed and blue\ngive purple."), place)
    assert not coverage.covers(cite(12, "Red alone"), place)
    assert not coverage.covers(MIXING, replace(place, lines=(20, 21)))
    assert not coverage.covers(MIXING, replace(place, document="other.md"))


# ---------------------------------------------------------------- all facts


def test_a_fact_is_covered_when_three_wordings_reach_it() -> None:
    right = answer("Red: yes", RED_IS_WARM)
    fake = FakeAssistant({"a": right, "b": right, "c": right, "d": decline()})

    [covered] = cover([red(*three("a", "b", "c", "d"))], fake)
    [missed] = cover([red(*three("a", "b", "d"))], fake)

    assert (covered.reached, covered.forms, covered.covered) == (("form a", "form b", "form c"), 4, True)
    assert (missed.reached, missed.forms, missed.covered) == (("form a", "form b"), 3, False)


def test_where_labels_allow_fewer_wordings_all_of_them_are_needed() -> None:
    fake = FakeAssistant({"a": answer("Red: yes", RED_IS_WARM)})

    assert [fact.covered for fact in cover([red(*three("a")), red(*three("a", "b"))], fake)] == [True, False]


def test_a_wording_counts_when_all_its_questions_reach_the_fact() -> None:
    fake = FakeAssistant({"is it red?": answer("Red: yes", RED_IS_WARM)})

    [fact] = cover([red(question("among", "is it red?"), question("among", "is it blue?"))], fake)

    assert (fact.reached, fact.forms) == ((), 1)


def test_a_question_of_several_facts_is_asked_once() -> None:
    fake = FakeAssistant({})

    cover([red(), red(name="again")], fake)

    assert len(fake.asked) == 1


def test_what_was_answered_instead_is_kept_for_the_report() -> None:
    fake = FakeAssistant({"What is the warm of Red?": answer("Warm – Blue: no", BLUE_IS_NOT)})

    [fact] = cover([red()], fake)

    assert (fact.asked[0].got, fact.asked[0].cited) == ("Warm – Blue: no", ("colours.md:8 Blue×Warm",))


def test_a_sample_is_always_the_same_and_keeps_the_order() -> None:
    many = [red(name=f"fact {n}") for n in range(50)]

    few = sampled(many, 7)

    assert few == sampled(many, 7)
    assert len(few) == 7
    assert [target.id for target in few] == [target.id for target in many if target in few]
    assert sampled(many, None) == tuple(many)


# ---------------------------------------------------------------- the report


def report_of(*targets: Target, fake: FakeAssistant, min_rate: float = 1.0, before: CoverageReport | None = None) -> CoverageReport:
    asked = coverage.with_earlier(targets, before) if before else targets
    return make_report(derived(*targets), cover(asked, fake), min_rate=min_rate, before=before)


RIGHT = {text: answer("Red: yes", RED_IS_WARM) for text in "abc"}


def test_figures_are_told_by_kind_of_fact() -> None:
    fake = FakeAssistant({**RIGHT, "d": answer("Blue: no", BLUE_IS_NOT)})

    report = report_of(
        red(*three(*"abcd")), red(*three("a", "b", "x"), name="r2"), red(*three("x", "d"), name="r3", kind="item"), fake=fake
    )

    cells = report.kinds["cell"]
    assert (cells.facts, cells.by_one, cells.by_two, cells.by_three, cells.covered) == (2, 2, 2, 1, 1)
    assert cells.questions == {"declined": 1, "elsewhere": 1, "reached": 5}
    assert report.kinds["item"].by_one == 0
    assert report.rate == 1 / 3


def test_sentences_are_counted_but_do_not_decide() -> None:
    fake = FakeAssistant(RIGHT)

    report = report_of(red(*three(*"abc")), red(*three("x"), name="s", kind="sentence"), fake=fake)

    assert (report.rate, report.passed) == (1.0, True)


def test_below_the_rate_asked_for_the_run_fails() -> None:
    targets = (red(*three(*"abc")), red(*three("x"), name="r2"))

    assert not report_of(*targets, fake=FakeAssistant(RIGHT)).passed
    assert report_of(*targets, fake=FakeAssistant(RIGHT), min_rate=0.5).passed


def test_the_table_names_each_fact_that_is_not_covered_and_what_was_answered() -> None:
    fake = FakeAssistant({**RIGHT, "d": answer("Blue: no", BLUE_IS_NOT)})

    text = to_console(report_of(red(*three("a", "d", "x")), fake=fake))

    lines = text.splitlines()
    assert lines[0] == "red (line 7): reached by 1 of 3 wordings"
    assert lines[1:3] == ["    elsewhere d", "              Blue: no [colours.md:8 Blue×Warm]"]
    assert lines[3:5] == ["    declined  x", "              No."]
    assert "no question made for: heading 2" in lines
    assert lines[-2:] == ["0 of 1 cells, list items, flows and steps are reached by 3 wordings: 0.0 %", "FAILED: below 100.0 %"]
    assert "red (line 7)" not in to_console(report_of(red(*three("a", "d", "x")), fake=fake), listed=False)


def test_equal_runs_give_equal_json_that_can_be_read_again(tmp_path: Path) -> None:
    one, other = (report_of(red(*three("a", "x")), fake=FakeAssistant(RIGHT)) for _ in range(2))

    (tmp_path / "r.json").write_text(to_json(one), encoding="utf-8")

    assert to_json(one) == to_json(other)
    assert coverage.read_report(tmp_path / "r.json") == one


def test_a_fact_that_fewer_wordings_reach_than_before_is_named_and_fails_the_run() -> None:
    before = report_of(red(*three(*"abc")), fake=FakeAssistant(RIGHT))

    now = report_of(red(*three(*"abc")), fake=FakeAssistant({"a": RIGHT["a"], "c": RIGHT["c"]}), min_rate=0.0, before=before)

    [fall] = now.fallen
    assert (fall.id, fall.before, fall.now, fall.lost) == ("red", 3, 2, ("b",))
    assert not now.passed
    assert "fell: red: 3 -> 2 wordings; no longer: b" in to_console(now)


def test_questions_that_nothing_calls_for_any_more_are_asked_again() -> None:
    before = report_of(red(*three(*"ab")), fake=FakeAssistant(RIGHT))

    still = report_of(red(*three("a")), fake=FakeAssistant(RIGHT), before=before)
    lost = report_of(red(*three("a")), fake=FakeAssistant({"a": RIGHT["a"]}), before=before)

    assert still.fallen == ()
    assert [fall.lost for fall in lost.fallen] == [("b",)]


def test_a_fact_that_is_gone_is_no_fall() -> None:
    before = report_of(red(*three("a")), red(*three("b"), name="r2"), fake=FakeAssistant(RIGHT))

    now = report_of(red(*three("a")), fake=FakeAssistant(RIGHT), before=before)

    assert (now.gone, now.fallen, now.passed) == (("r2",), (), True)
    assert "1 facts of the earlier report are there no more" in to_console(now)


# ---------------------------------------------------------------- the command


class Reading:
    """Knows one table by heart: says the cell whose labels are both in the question."""

    def __init__(self, cells: dict[tuple[str, str], tuple[int, str]]) -> None:
        self.cells = cells

    def ask(self, question: str, /) -> Answer:
        for (row, column), (line, value) in self.cells.items():
            if row.lower() in question.lower() and column.lower() in question.lower():
                return answer(f"{column} – {row}: {value}", cite(line, value, cell=(row, column)))
        for (row, column), (line, value) in self.cells.items():
            if row.lower() in question.lower() or value.lower() in question.lower():
                return answer(f"{row} – {column}: {value}", cite(line, value, cell=(row, column)))
        return decline()

    def close(self) -> None: ...


@pytest.fixture
def kb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "kb"
    folder.mkdir()
    (folder / DOCUMENT).write_text("| Name | Warmth |\n|---|---|\n| Red | high |\n| Blue | low |\n", encoding="utf-8")
    knows = Reading({("Red", "Warmth"): (3, "high"), ("Blue", "Warmth"): (4, "low")})
    settings = load_settings({"kb": str(folder)})
    monkeypatch.setattr(coverage, "open_assistant", lambda args: (knows, settings))
    return folder


def evaluate(*words: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.main(parser.parse_args(["coverage", *words]))


@pytest.mark.usefixtures("kb")
def test_the_command_asks_every_fact_of_the_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate() == 0

    out, err = capsys.readouterr()
    assert "4 of 4 cells, list items, flows and steps are reached by 3 wordings: 100.0 %\nPASSED\n" in out
    assert err == ""


def test_what_is_missing_exits_1_unless_less_is_asked_for(kb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (kb / "more.md").write_text("# Knots\n\n- Bowline\n- Hitch\n", encoding="utf-8")

    assert evaluate() == 1
    assert "more.md#Knots/1 (line 3): reached by 0 of" in capsys.readouterr().out
    assert evaluate("--min-rate", "0.6", "--summary") == 0
    assert "(line 3)" not in capsys.readouterr().out


@pytest.mark.usefixtures("kb")
def test_a_limit_samples_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate("--limit", "2") == 0
    assert "(a sample: 2 of 4 facts)" in capsys.readouterr().out


@pytest.mark.usefixtures("kb")
def test_json_goes_to_a_file_or_to_standard_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate("--json", str(tmp_path / "r.json")) == 0
    assert "PASSED" in capsys.readouterr().out
    assert evaluate("--json", "-") == 0
    assert json.loads(capsys.readouterr().out) == json.loads((tmp_path / "r.json").read_text())


def test_a_value_that_is_said_no_more_is_named_against_the_earlier_report(
    kb: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    evaluate("--json", str(tmp_path / "r.json"))
    forgetful = Reading({("Red", "Warmth"): (3, "high")})
    monkeypatch.setattr(coverage, "open_assistant", lambda args: (forgetful, load_settings({"kb": str(kb)})))
    capsys.readouterr()

    assert evaluate("--min-rate", "0", "--summary", "--against", str(tmp_path / "r.json")) == 1

    fell = [line for line in capsys.readouterr().out.splitlines() if line.startswith("fell: ")]
    assert [line.split(":")[1].strip() for line in fell] == ["colours.md@Blue×Name", "colours.md@Blue×Warmth"]


@pytest.mark.usefixtures("kb")
@pytest.mark.parametrize(("words", "message"), [(("--min-rate", "2"), "share from 0 to 1"), (("--limit", "0"), "count")])
def test_a_wrong_number_is_refused_when_the_command_is_read(words: Sequence[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        evaluate(*words)
    assert message in capsys.readouterr().err


@pytest.mark.usefixtures("kb")
def test_what_is_no_report_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "r.json").write_text('{"version": 2}')

    assert evaluate("--against", str(tmp_path / "r.json")) == 2
    assert "is no report of `whichops eval coverage --json`" in capsys.readouterr().err
    assert evaluate("--against", str(tmp_path / "none.json")) == 2


def test_a_folder_without_facts_is_not_evaluated(kb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (kb / DOCUMENT).write_text("# Nothing\n", encoding="utf-8")

    assert evaluate() == 3
    assert "no fact" in capsys.readouterr().err


# ---------------------------------------------------------------- the shipped folder, with the real encoder

Open = Callable[[Path], Assistant]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Open a folder over an index of its own; closed at the end of the test."""
    all_opened: list[Assistant] = []

    def run(kb: Path) -> Assistant:
        settings = load_settings({}, {}, kb=kb).model_copy(update={"assistant": AssistantSettings(refresh_seconds=3600.0)})
        all_opened.append(Assistant.open(kb, index=tmp_path / f"index-{len(all_opened)}", settings=settings))
        return all_opened[-1]

    yield run
    for one in all_opened:
        one.close()


def questions_of(kb: Path) -> Derived:
    return derive_folder(kb, load_settings({}, {}, kb=kb).corpus)


@pytest.mark.model
@pytest.mark.slow
def test_every_cell_list_item_and_flow_of_the_shipped_folder_is_reached_by_three_wordings(opened: Open) -> None:
    derived = questions_of(default_kb())

    facts = cover(derived.targets, opened(default_kb()))

    assert [fact.id for fact in facts if fact.kind in coverage.GATED and not fact.covered] == []


@pytest.mark.model
@pytest.mark.slow
def test_every_cell_list_item_and_flow_of_the_shipped_folder_is_asked_for_in_three_wordings() -> None:
    targets = questions_of(default_kb()).targets

    assert sum(target.kind == "cell" for target in targets) == 60
    assert sum(target.kind == "item" for target in targets) == 18
    assert sum(target.kind == "flow" for target in targets) == 6
    assert [target.id for target in targets if len({question.form for question in target.questions}) < 3] == []


@pytest.mark.model
@pytest.mark.slow
def test_without_an_alias_the_cells_it_led_to_are_reached_by_fewer_wordings_and_named(opened: Open, tmp_path: Path) -> None:
    kb = Path(shutil.copytree(default_kb(), tmp_path / "kb"))
    config, typed = (kb / "kb.toml").read_text(encoding="utf-8"), "wombat"
    (kb / "kb.toml").write_text(f'{config}\n"{typed}" = "Prometheus"\n', encoding="utf-8")

    def facts_with(alias_of: Derived, before: CoverageReport | None) -> tuple[FactCoverage, ...]:
        asked = coverage.with_earlier(alias_of.targets, before) if before else alias_of.targets
        return cover([target for target in asked if any(f"alias {typed}" == question.form for question in target.questions)], opened(kb))

    whole = questions_of(kb)
    before = make_report(whole, facts_with(whole, None))
    (kb / "kb.toml").write_text(config, encoding="utf-8")
    without = questions_of(kb)
    after = make_report(without, facts_with(without, before), before=before)

    led_to = [target.id for target in whole.targets if any(question.alias == typed for question in target.questions)]
    assert led_to
    assert all(f"alias {typed}" in fact.reached for fact in before.facts)
    assert [fall.id for fall in after.fallen] == led_to
    assert all(fall.now == fall.before - 1 for fall in after.fallen)
