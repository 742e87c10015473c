from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np
import pytest

from evals.calibration import Asked
from evals.models import Case
from evals.sweep import Choice, Effect, Log, Probe, Sweep, choose, effect, probes, search, values_around
from tests.evals.fakes import make_case

THRESHOLDS = {"near": 0.5, "words": 0.3, "unused": 0.9}


class Judge:
    """Answers a question when two of its numbers are high enough; counts how often it was asked."""

    def __init__(self, numbers: Mapping[str, tuple[float, float, bool]]) -> None:
        self.numbers = numbers
        self.count = 0

    def __call__(self, case: Case, thresholds: Mapping[str, float]) -> list[Asked]:
        self.count += 1
        near, words, has = self.numbers[case.id]
        answered = near >= thresholds["near"] and not words < thresholds["words"]
        asked = Asked(
            id=f"{case.id}/1",
            group=case.id,
            aside=case.aside,
            expected="answer" if has else "no",
            wanted="answered" if has else "off_topic",
            got="answered" if answered else "off_topic",
            answered=answered,
            right=answered == has,
            support=0.5 * answered + 0.49 * near,
            confidence="high",
        )
        return [asked]


def cases_of(numbers: Mapping[str, tuple[float, float, bool]], aside: str = "") -> list[Case]:
    return [make_case(name).model_copy(update={"aside": name in aside.split()}) for name in numbers]


def some(count: int, seed: int) -> dict[str, tuple[float, float, bool]]:
    draw = random.Random(seed)
    return {f"c{n}": (round(draw.random(), 2), round(draw.random(), 2), draw.random() < 0.6) for n in range(count)}


# ---------------------------------------------------------------- what a threshold is compared with


def test_a_probe_is_the_number_it_stands_for_and_writes_down_what_it_is_compared_with() -> None:
    log: Log = {}
    half, number = Probe(0.5, "half", log), 0.9

    results = [half <= 0.4, half < 0.6, half < 0.7, half <= 0.2, half <= 0.5, half > 0.5, number >= half, number < half]

    assert results == [False, True, True, False, True, False, True, False]
    assert log == {"half": {0.4, 0.6, 0.7, 0.2, 0.5, 0.9}}
    assert half == 0.5
    assert half + 0.25 == 0.75


@pytest.mark.parametrize("number", [np.float64(0.7), np.float32(0.5), 1, True])
def test_numbers_of_other_types_are_written_down_too(number: float) -> None:
    log: Log = {}

    assert bool(number >= Probe(0.5, "half", log)) is True
    assert log == {"half": {float(number)}}


def test_only_what_is_reached_is_written_down() -> None:
    log: Log = {}
    Judge({"far": (0.2, 0.9, True)})(make_case("far"), probes(THRESHOLDS, log))

    assert log == {"near": {0.2}}


# ---------------------------------------------------------------- other values, exactly


@pytest.mark.parametrize("seed", range(5))
def test_every_other_value_gives_what_asking_everything_again_would_give(seed: int) -> None:
    numbers = some(60, seed)
    cases = cases_of(numbers)
    sweep = Sweep(cases, THRESHOLDS, Judge(numbers))
    fresh = Judge(numbers)

    for name in THRESHOLDS:
        for value in (0.0, 0.13, 0.3, 0.31, 0.5, 0.52, 0.77, 1.0, -1.0):
            changed = THRESHOLDS | {name: value}
            assert sweep.at(name, value) == tuple(one for case in cases for one in fresh(case, changed)), (name, value)
    both = {"near": 0.2, "words": 0.6}
    assert sweep.together(both) == tuple(one for case in cases for one in fresh(case, THRESHOLDS | both))


def test_only_questions_that_could_turn_are_asked_again() -> None:
    numbers = {"near": (0.55, 0.9, True), "far": (0.9, 0.9, True), "wordless": (0.8, 0.1, False)}
    judge = Judge(numbers)
    sweep = Sweep(cases_of(numbers), THRESHOLDS, judge)
    assert judge.count == 3

    sweep.at("near", 0.54)
    assert judge.count == 3
    sweep.at("near", 0.6)
    assert judge.count == 4
    sweep.at("near", 0.62)
    sweep.at("unused", 0.1)
    sweep.together({"near": 0.54, "unused": 0.0})
    assert judge.count == 4


def test_a_threshold_counts_the_cases_it_was_compared_in() -> None:
    numbers = {"a": (0.6, 0.9, True), "b": (0.2, 0.9, True)}

    assert Sweep(cases_of(numbers), THRESHOLDS, Judge(numbers)).compared() == {"near": 2, "words": 1}


def test_raising_one_bar_never_raises_coverage() -> None:
    numbers = some(80, 9)
    sweep = Sweep(cases_of(numbers), THRESHOLDS, Judge(numbers))

    shares = [effect(sweep.at("near", value), sweep.asked).coverage or 0.0 for value in values_around(0.5)]

    assert shares[0] > shares[-1]
    assert all(earlier >= later for earlier, later in pairwise(shares))


# ---------------------------------------------------------------- what would be chosen


def test_the_values_tried_hold_the_one_in_force_and_rise() -> None:
    assert values_around(0.45, step=0.02, reach=0.04) == [0.41, 0.43, 0.45, 0.47, 0.49]


def tried(*rows: tuple[float, float, float]) -> list[Effect]:
    return [Effect(value=value, coverage=0.5, risk=risk, right=right) for value, risk, right in rows]


@pytest.mark.parametrize(
    ("rows", "chosen"),
    [
        (((0.4, 0.2, 0.9), (0.5, 0.1, 0.8), (0.6, 0.05, 0.7)), 0.6),  # the only one within the risk, whatever it costs
        (((0.4, 0.05, 0.6), (0.5, 0.1, 0.8), (0.6, 0.05, 0.7)), 0.6),  # of two within it, the one with more right
        (((0.4, 0.2, 0.9), (0.5, 0.1, 0.8), (0.6, 0.09, 0.85)), 0.6),  # none within it: more right without more risk
        (((0.4, 0.2, 0.9), (0.5, 0.1, 0.8), (0.6, 0.08, 0.7)), 0.5),  # … and never fewer right for less risk
        (((0.4, 0.05, 0.8), (0.5, 0.05, 0.8), (0.6, 0.05, 0.8)), 0.5),  # what is in force, where nothing is better
        (((0.3, 0.05, 0.9), (0.5, 0.05, 0.8), (0.6, 0.05, 0.9)), 0.6),  # the nearest of equals
    ],
)
def test_one_value_is_chosen_for_a_risk(rows: tuple[tuple[float, float, float], ...], chosen: float) -> None:
    assert choose(tried(*rows), 0.5, 0.06).value == chosen


def test_a_value_is_chosen_on_the_seen_questions_and_shown_on_those_put_aside() -> None:
    numbers = {"a": (0.9, 0.9, True), "b": (0.55, 0.9, False), "c": (0.56, 0.9, True), "d": (0.8, 0.9, True), "e": (0.54, 0.9, False)}
    sweep = Sweep(cases_of(numbers, aside="c d e"), THRESHOLDS, Judge(numbers))

    (near,) = search(sweep, 0.01, ["near"])

    assert (near.name, near.now, near.chosen, near.kept, near.compared) == ("near", 0.5, 0.56, True, 5)
    assert near.seen == Effect(value=0.56, coverage=0.5, risk=0.0, right=1.0, better=1, worse=0)
    assert near.aside == Effect(value=0.56, coverage=round(2 / 3, 6), risk=0.0, right=1.0, better=1, worse=0)
    assert [one.value for one in near.tried] == values_around(0.5)


def test_without_questions_put_aside_there_is_nothing_to_show_on_them() -> None:
    numbers = some(20, 3)

    choices = search(Sweep(cases_of(numbers), THRESHOLDS, Judge(numbers)), 0.01)

    assert [(choice.name, choice.aside) for choice in choices] == [("near", None), ("words", None)]


def test_progress_is_told_while_asking_and_while_searching() -> None:
    numbers = some(3, 1)
    heard: list[tuple[int, int, str]] = []

    sweep = Sweep(cases_of(numbers), THRESHOLDS, Judge(numbers), progress=lambda *told: heard.append(told))
    search(sweep, 0.1, ["near"], progress=lambda *told: heard.append(told))

    assert heard == [*((n, 3, "cases asked") for n in (1, 2, 3)), (1, 1, "thresholds tried, near last")]


def test_an_effect_names_what_came_right_and_what_went_wrong() -> None:
    def asked(rights: str) -> Iterator[Asked]:
        numbers = {f"c{n}": (0.9, 0.9, sign == "+") for n, sign in enumerate(rights)}
        return (one for case in cases_of(numbers) for one in Judge(numbers)(case, THRESHOLDS))

    assert effect(list(asked("++--")), list(asked("+-+-"))) == Effect(coverage=1.0, risk=0.5, right=0.5, better=1, worse=1)
    assert effect([], []) == Effect(coverage=None, risk=None, right=None)


def test_a_choice_can_be_read_back_from_json() -> None:
    numbers = some(10, 4)
    (choice,) = search(Sweep(cases_of(numbers), THRESHOLDS, Judge(numbers)), 0.1, ["near"])

    assert Choice.model_validate_json(choice.model_dump_json()) == choice
