from __future__ import annotations

from evals.changes import changes, to_text, worst_first
from evals.models import CaseResult, Report
from tests.evals.fakes import BLUE_IS_NOT, MIXING, RED_IS_WARM, FakeAssistant, answer, decline, make_case, ref, run

RED = make_case("red", must=("yes",), cite_any=(ref(),))
BLUE = make_case("blue", "Is blue warm?", must=("no",), cite_any=(ref(),), tier="must")
CUP = make_case("cup", "who won?", status=("declined",))


def report(**answers: object) -> Report:
    given = {"Is red warm?": answer("Yes.", RED_IS_WARM), "Is blue warm?": answer("No.", BLUE_IS_NOT), **answers}
    return run(FakeAssistant(given), RED, BLUE, CUP)  # type: ignore[arg-type]


def names(results: object) -> list[str]:
    return [pair.now.id for pair in results]  # type: ignore[attr-defined]


def test_a_run_beside_itself_has_no_changes() -> None:
    found = changes(report(), report())

    assert (found.regressed, found.fixed, found.otherwise, found.reworded, found.only_before, found.only_now) == ((), (), (), (), 0, 0)


def test_what_broke_what_was_mended_and_what_only_reads_otherwise_are_told_apart() -> None:
    before = report(**{"Is blue warm?": decline()})
    now = report(**{"Is red warm?": answer("Yes, it is.", RED_IS_WARM), "who won?": answer("Red.", MIXING)})

    found = changes(before, now)

    assert (names(found.regressed), names(found.fixed), names(found.otherwise)) == (["cup"], ["blue"], ["red"])


def test_a_case_that_was_reworded_is_neither_better_nor_worse() -> None:
    now = run(FakeAssistant({}), make_case("red", must=("perhaps",), cite_any=(ref(),)))

    found = changes(report(), now)

    assert (found.regressed, found.reworded, found.only_before) == ((), ("red",), 2)


def test_the_text_shows_what_was_and_what_is() -> None:
    text = to_text(changes(report(), report(**{"Is red warm?": answer("No.", RED_IS_WARM)})))

    assert text.splitlines() == [
        "wrong now: 1",
        "  red  [should, cell]",
        "    asked     Is red warm?",
        "    got       answered: No.",
        "    cited     colours.md#Colours@Red×Warm L7",
        "    taken as  cell, by rule cell",
        "    wrong     says not: yes",
        "    was       answered: Yes. [colours.md#Colours@Red×Warm L7]",
        "",
        "right now: 0",
        "answered otherwise: 0",
    ]


def test_what_is_put_aside_is_counted_and_not_shown() -> None:
    aside = make_case("red", must=("yes",), cite_any=(ref(),)).model_copy(update={"aside": True})
    before = run(FakeAssistant({"Is red warm?": answer("Yes.", RED_IS_WARM)}), aside)
    now = run(FakeAssistant({"Is red warm?": answer("No.", RED_IS_WARM)}), aside)

    assert to_text(changes(before, now)).splitlines()[0] == "wrong now: 1, 1 of them put aside"
    assert "Is red warm?" not in to_text(changes(before, now))
    assert "Is red warm?" in to_text(changes(before, now), aside=True)


def test_the_worst_come_first() -> None:
    failed: list[CaseResult] = list(
        run(
            FakeAssistant(
                {
                    "a": answer("x", RED_IS_WARM),
                    "b": decline(),
                    "c": answer("x", RED_IS_WARM.model_copy(update={"lines": (8, 8)})),
                    "d": RuntimeError("boom"),
                    "e": decline(),
                }
            ),
            make_case("one fact short".replace(" ", "-"), "b", must=("y",)),
            make_case("false-quote", "c", must=("x",)),
            make_case("leak", "a", status=("declined",)),
            make_case("must", "e", tier="must"),
            make_case("crash", "d"),
        ).results
    )

    assert [result.id for result in worst_first(failed)] == ["must", "crash", "false-quote", "leak", "one-fact-short"]
