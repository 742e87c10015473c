from __future__ import annotations

from evals.gate import judge, make_baseline
from evals.markdown import escaped, to_markdown
from evals.models import Report
from tests.evals.fakes import RED_IS_WARM, FakeAssistant, answer, decline, make_case, ref, run

RED = make_case("red", must=("yes",), cite_any=(ref(row="Red", column="Warm"),))
CUP = make_case("cup", "who won?", status=("declined",), kind="refusal")
RIGHT = {"Is red warm?": answer("Yes.", RED_IS_WARM), "who won?": decline()}


def reported(answers: object, *cases: object, accepted: Report | None = None, **options: object) -> str:
    report = run(FakeAssistant(answers), *(cases or (RED, CUP)))  # type: ignore[arg-type]
    baseline = make_baseline(accepted or run(FakeAssistant(RIGHT), RED, CUP))
    report = report.model_copy(update={"verdict": judge(report, floors={"right": 0.9}, baseline=baseline)})
    return to_markdown(report, baseline=baseline, **options)  # type: ignore[arg-type]


def test_a_run_like_the_accepted_one_has_only_figures() -> None:
    lines = reported(RIGHT).splitlines()

    assert lines[:5] == ["# Evaluation", "", "**PASSED** – 2 of 2 cases right (100.0 %, 95 % interval 34.2–100.0 %)", "", "## Figures"]


def test_a_regression_shows_question_expectation_answer_citation_fault_and_trace() -> None:
    text = reported({**RIGHT, "Is red warm?": answer("No.", RED_IS_WARM)})
    lines = text.splitlines()

    at = lines.index("### `red` (should, cell)")
    assert lines[at - 2] == "## Regressions, worst first (1)"
    assert lines[at + 2 : at + 8] == [
        "- question: **Is red warm?**",
        r"- expected: is answered; says yes; cites colours.md\#Colours\@Red×Warm",
        "- got: answered: No.",
        r"- cited: colours.md\#Colours\@Red×Warm L7",
        "- wrong: says not: yes",
        "- trace: read as cell: ?; rule cell, confidence high",
    ]
    assert r"- **right is 0.500, below the least allowed, 0.900**" in lines


def test_an_earlier_run_tells_what_was_said_before() -> None:
    text = reported({**RIGHT, "Is red warm?": answer("No.", RED_IS_WARM)}, before=run(FakeAssistant(RIGHT), RED, CUP))

    assert "- got: answered: No.\n- before: answered: Yes.\n" in text


def test_figures_stand_beside_the_accepted_ones() -> None:
    text = reported({**RIGHT, "who won?": answer("Red.", RED_IS_WARM)})

    assert "| `right` | 50.0 % | 100.0 % | worse | cases that are right in every turn |" in text
    assert "| `false_answers` | 100.0 % | 0.0 % | worse |" in text
    assert "| `ndcg_10` | – | – |  |" in text  # what was asked ranks nothing


def test_a_case_put_aside_is_counted_and_not_shown() -> None:
    aside = make_case("secret", "a secret", must=("x",), tier="must").model_copy(update={"aside": True})

    text = reported(RIGHT, RED, CUP, aside)

    assert "## Tier must, and crashes (1)\n\n1 of them put aside and not shown." in text
    assert "a secret" not in text


def test_what_was_asked_cannot_become_markup() -> None:
    assert escaped("a | b\n# c <img src=x> [d](e) `f` @team & #1") == r"a \| b \# c \<img src=x\> \[d\](e) \`f\` \@team &amp; \#1"
