from __future__ import annotations

import json

from evals.gate import judge
from evals.models import Report
from evals.report import to_console, to_json
from tests.evals.fakes import RED_IS_WARM, FakeAssistant, answer, decline, make_case, ref, run


def sample() -> Report:
    assistant = FakeAssistant(
        {"Is red warm?": answer("Yes.", RED_IS_WARM), "Is blue warm?": answer("Yes.", RED_IS_WARM), "who won?": decline()}
    )
    report = run(
        assistant,
        make_case("red", must=("yes",), cite_any=(ref(row="Red"),)),
        make_case("blue", "Is blue warm?", must=("no",), cite_any=(ref(row="Blue"),), tier="must"),
        make_case("cup", "who won?", status=("declined",), decline=("off_topic",), kind="refusal"),
        make_case("crash", "crash", kind="list"),
    )
    return report.model_copy(update={"verdict": judge(report, floors={}, baseline=None)})


def test_the_console_shows_a_failure_with_what_was_asked_and_what_came() -> None:
    lines = to_console(sample()).splitlines()

    at = lines.index("  blue  [must, cell]")
    assert lines[at + 1 : at + 7] == [
        "    asked     Is blue warm?",
        "    got       answered: Yes.",
        "    cited     colours.md#Colours@Red×Warm L7",
        "    taken as  cell, by rule cell",
        "    wrong     says not: no",
        "    wrong     cites none of: colours.md#Colours@Blue×*",
    ]


def test_the_console_ends_with_the_verdict() -> None:
    lines = to_console(sample()).splitlines()

    assert lines[-1] == "FAILED: 1 of tier must failed: blue"
    assert any(line.startswith("2 of 4 cases right (50.0 %") for line in lines)
    assert any(line.split() == ["cell", "1/2", "50.0", "%", "9-91", "%"] for line in lines)


def test_the_summary_leaves_the_failed_cases_out() -> None:
    assert "Is blue warm?" not in to_console(sample(), failures=False)


def test_the_json_is_the_whole_report_with_the_timing_last() -> None:
    text = to_json(sample())

    data = json.loads(text)
    assert list(data)[-1] == "timing"
    assert Report.model_validate(data) == sample()
    assert to_json(sample()) == text
