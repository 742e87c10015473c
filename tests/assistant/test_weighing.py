"""Trees as data: walked to the leaf that the numbers lead to, and refused where they are no trees."""

from __future__ import annotations

import math
from typing import Any

import pytest

from assistant.language import BadAnswerData
from assistant.weighing import Weigher


def model(**changes: Any) -> dict[str, Any]:
    tree = {"feature": [0, 1, 1], "limit": [0.5, 0.2, 0.8], "value": [-2.0, -1.0, 1.0, 2.0]}
    return {"model": "m", "chosen_on": "a test", "depth": 2, "base": 0.0, "features": ["cover", "dense"], "trees": [tree], **changes}


def odds(chance: float) -> float:
    return math.log(chance / (1 - chance))


@pytest.mark.parametrize(
    ("cover", "dense", "leaf"),
    [(0.1, 0.1, -2.0), (0.1, 0.3, -1.0), (0.9, 0.8, 1.0), (0.9, 0.81, 2.0), (0.5, 0.2, -2.0)],
)
def test_a_tree_is_walked_to_its_leaf_and_a_number_at_the_limit_goes_left(cover: float, dense: float, leaf: float) -> None:
    chance = Weigher.of(model()).chance({"cover": cover, "dense": dense})

    assert odds(chance) == pytest.approx(leaf, abs=0.01)


def test_trees_add_up_on_top_of_the_base() -> None:
    two = model(base=0.5, trees=model()["trees"] * 2)

    assert odds(Weigher.of(two).chance({"cover": 0.1, "dense": 0.3})) == pytest.approx(0.5 - 2.0, abs=0.01)


def test_a_feature_that_is_left_out_counts_as_nothing() -> None:
    weigher = Weigher.of(model())

    assert weigher.chance({}) == weigher.chance({"cover": 0.0, "dense": 0.0, "another": 9.0})


def test_what_is_told_apart_by_less_than_the_last_digit_is_the_same() -> None:
    weigher = Weigher.of(model())

    assert weigher.chance({"cover": 0.50004}) == weigher.chance({"cover": 0.5})


@pytest.mark.parametrize(
    "changes",
    [{"depth": "two"}, {"trees": [{"feature": [0]}]}, {"surplus": 1}, {"features": 3}],
    ids=["depth", "tree", "surplus", "features"],
)
def test_a_file_that_holds_no_trees_is_named(changes: dict[str, Any]) -> None:
    with pytest.raises(BadAnswerData, match=r"weighing\.json"):
        Weigher.of(model(**changes))


@pytest.mark.parametrize(
    "tree",
    [
        {"feature": [0, 1], "limit": [0.5, 0.2, 0.8], "value": [0.0, 0.0, 0.0, 0.0]},
        {"feature": [0, 1, 5], "limit": [0.5, 0.2, 0.8], "value": [0.0, 0.0, 0.0, 0.0]},
    ],
    ids=["a node short", "a feature that is not there"],
)
def test_a_tree_of_another_size_is_named(tree: dict[str, Any]) -> None:
    with pytest.raises(BadAnswerData, match=r"weighing\.json"):
        Weigher.of(model(trees=[tree]))
