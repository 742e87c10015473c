from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import bootstrap

from corpus.errors import UsageError
from evals.gate import compare, describe_change, judge, make_baseline, paired_interval, read_baseline, write_baseline
from evals.models import Report
from tests.evals.fakes import RED_IS_WARM, FakeAssistant, answer, decline, make_case, run

RIGHT = answer("Yes.", RED_IS_WARM)


def report(outcomes: dict[str, bool], *, tier: str = "should", must: str = "yes", groups: dict[str, str] | None = None) -> Report:
    """A run in which each case passes or not, as told."""
    cases = [make_case(name, name, tier=tier, must=(must,), group=(groups or {}).get(name)) for name in outcomes]
    return run(FakeAssistant({name: RIGHT if passed else decline() for name, passed in outcomes.items()}), *cases)


def names(count: int) -> list[str]:
    return [f"c{number:02}" for number in range(count)]


def test_a_run_without_fault_passes_and_says_that_there_is_no_baseline() -> None:
    verdict = judge(report({"a": True}), floors={}, baseline=None)

    assert (verdict.passed, verdict.exit_code) == (True, 0)
    assert "no baseline" in verdict.notes[0]


def test_a_failed_case_of_tier_must_closes_the_gate() -> None:
    verdict = judge(report({"a": True, "b": False}, tier="must"), floors={}, baseline=None)

    assert (verdict.exit_code, verdict.reasons) == (1, ("1 of tier must failed: b",))


def test_a_missed_floor_closes_the_gate_and_one_that_does_not_apply_does_not() -> None:
    run_ = report({"a": True, "b": False})

    assert judge(run_, floors={"right": 0.5, "kind_of_no": 0.9}, baseline=None).passed
    assert judge(run_, floors={"right": 0.6}, baseline=None).reasons == ("right is 0.500, below the least allowed, 0.600",)
    assert judge(run_, floors={"false_refusals": 0.4}, baseline=None).reasons == ("false_refusals is 0.500, above the most allowed, 0.400",)


def test_floors_are_for_whole_runs() -> None:
    narrowed = report({"a": False}).model_copy(update={"selection": "-k a"})

    assert judge(narrowed, floors={"right": 0.9}, baseline=None).passed


def test_one_regression_is_within_chance_and_ten_are_not() -> None:
    before = make_baseline(report(dict.fromkeys(names(40), True)))
    one = report({name: name != "c00" for name in names(40)})
    ten = report({name: name >= "c10" for name in names(40)})

    small, large = judge(one, floors={}, baseline=before), judge(ten, floors={}, baseline=before)

    assert small.passed
    assert "1 that passed before now fail, within chance: c00" in small.notes
    assert large.exit_code == 1
    assert large.reasons[0].startswith("10 that passed before now fail: c00, c01")
    assert large.comparison is not None
    assert large.comparison.difference == -10 / 40
    assert large.comparison.high is not None
    assert large.comparison.high < 0


def test_paraphrases_that_fail_together_count_as_one() -> None:
    together = dict.fromkeys(names(10), "one question")
    before = make_baseline(report(dict.fromkeys(names(40), True), groups=together))

    verdict = judge(report({name: name >= "c10" for name in names(40)}, groups=together), floors={}, baseline=before)

    assert verdict.passed


def test_a_reworded_case_is_new_and_not_regressed() -> None:
    before = make_baseline(report({"a": True, "b": True, "gone": True}))

    change = compare(report({"a": False, "b": False}, must="no"), before)

    assert (change.shared, change.regressed, change.new, change.gone) == (0, (), ("a", "b"), ("gone",))
    assert change.difference is None
    assert change.low is None


def test_an_unrecorded_improvement_is_reported() -> None:
    verdict = judge(report({"a": True}), floors={}, baseline=make_baseline(report({"a": False})))

    assert verdict.passed
    assert "1 failed before and are right now: a" in verdict.notes[0]


def test_what_was_measured_otherwise_is_named() -> None:
    run_ = report({"a": True})
    other = run_.model_copy(update={"provenance": run_.provenance.model_copy(update={"kb": "x", "settings": "y"})})

    assert compare(other, make_baseline(run_)).changed == ("knowledge base", "settings")


def test_a_run_in_which_everything_raised_could_not_be_evaluated() -> None:
    broken = run(FakeAssistant({"a": OSError("disk")}), make_case("a", "a"))

    assert judge(broken, floors={}, baseline=None).exit_code == 3


def test_some_errors_close_the_gate() -> None:
    mixed = run(FakeAssistant({"a": OSError("disk"), "b": RIGHT}), make_case("a", "a"), make_case("b", "b", must=("yes",)))

    assert judge(mixed, floors={}, baseline=None).reasons == ("1 raised an error: a",)


def test_the_interval_is_that_of_a_plain_bootstrap_where_every_group_is_one_case() -> None:
    differences = [-1.0] * 12 + [0.0] * 60 + [1.0] * 3
    ours = paired_interval(differences, [str(n) for n in range(75)])
    theirs = bootstrap(
        (np.array(differences),), np.mean, n_resamples=10_000, method="percentile", rng=np.random.default_rng(1)
    ).confidence_interval

    assert ours == pytest.approx((theirs.low, theirs.high), abs=2 / 75)


def test_the_interval_is_the_same_each_time_and_none_without_cases() -> None:
    assert paired_interval([-1, 0, 1], ["a", "b", "c"]) == paired_interval([-1, 0, 1], ["a", "b", "c"])
    assert paired_interval([], []) is None


def test_a_baseline_comes_back_as_it_was_written_one_case_a_line(tmp_path: Path) -> None:
    baseline = make_baseline(report({"b": False, "a": True}))
    path = tmp_path / "new" / "baseline.json"

    write_baseline(path, baseline)

    assert read_baseline(path) == baseline
    assert [line.split(":")[0].strip() for line in path.read_text().splitlines() if '"passed"' in line] == ['"a"', '"b"']
    assert list(path.parent.iterdir()) == [path]


def test_a_damaged_baseline_says_what_to_do_and_a_missing_one_is_none(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    assert read_baseline(path) is None

    path.write_text('{"version": 1}')

    with pytest.raises(UsageError, match="Restore it from version control"):
        read_baseline(path)


def test_accepting_says_what_changes() -> None:
    before = make_baseline(report({"a": True, "b": False, "gone": True}))

    assert describe_change(report({"a": False, "b": True, "new": True}), before)[:4] == [
        "now wrong: a",
        "now right: b",
        "new or reworded: right new",
        "removed: gone",
    ]
    assert describe_change(report({"a": True}), make_baseline(report({"a": True}))) == ["nothing changed"]
    assert describe_change(report({"a": True}), None) == ["first baseline: 1 of 1 cases right"]
