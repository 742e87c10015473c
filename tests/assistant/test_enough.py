"""What is enough to take a finding nothing speaks against."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from assistant.enough import ENOUGH, wrong_type
from assistant.grounds import first
from assistant.holding import Beside

FAR = {"bound": False, "cover": 0.0, "dense": 0.0, "strength": 0.0, "left": 0.0}


def test_names_that_meet_come_first_and_a_near_choice_last() -> None:
    assert [g.because for g in ENOUGH] == [
        "bound",
        "bound-idle",
        "strength",
        "near-alone",
        "said-in-part",
        "list-near",
        "text-near-alone",
        "every-word",
        "decision-near",
    ]


@pytest.mark.parametrize(
    ("question", "shape", "measures", "because"),
    [
        ("papers of letterpress", "cell", {}, None),
        ("papers of letterpress", "cell", {"bound": True, "cover": 1.0}, "bound"),
        ("papers of letterpress", "cell", {"bound": True, "without": 0.99, "excused": True}, "bound-idle"),
        ("papers of letterpress", "cell", {"strength": 1.0, "cover": 1.0, "dense": 0.7}, "strength"),
        ("papers of letterpress", "cell", {"dense": 1.0}, "near-alone"),
        ("papers of letterpress", "cell", {"dense": 1.0, "left": 1.0}, None),
        ("papers of letterpress", "list", {"cover": 0.7, "dense": 0.5}, "said-in-part"),
        ("papers of letterpress", "cell", {"cover": 0.7, "dense": 0.5}, None),
        ("printing on shirts", "decision", {"dense": 1.0}, "near-alone"),
    ],
)
def test_the_first_reason_that_holds_is_the_one_given(
    against: Callable[..., Beside], question: str, shape: str, measures: dict[str, Any], because: str | None
) -> None:
    ground = first(ENOUGH, against(question, shape, **{**FAR, **measures}))

    assert (ground.because if ground is not None else None) == because


@pytest.mark.parametrize(
    ("question", "typed", "wrong"),
    [
        ("how heavy is the risograph", False, True),
        ("how heavy is the risograph", True, False),
        ("papers of letterpress", False, False),
    ],
)
def test_where_an_amount_is_asked_for_no_reason_makes_up_for_its_lack(
    against: Callable[..., Beside], question: str, typed: bool, wrong: bool
) -> None:
    assert wrong_type(against(question, "cell", typed=typed)) is wrong
