"""Small trees boosted on examples (Friedman 2001), laid out as `assistant.weighing` walks them; scikit-learn grows them."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.weighing import Weigher
from corpus.errors import KbError

_SEED = 0
_FAR = 1e9  # a limit that every number stays below: the node has no question to ask


class LearnerMissing(KbError):
    """The library that grows the trees is not installed."""

    exit_code = 3

    def __init__(self) -> None:
        super().__init__("Weights are learned with scikit-learn, which is not installed. Run `pip install scikit-learn`.")


@dataclass(frozen=True, slots=True)
class Shape:
    """How many trees are grown, and how."""

    trees: int
    depth: int
    rate: float  # how much of each is added
    sample: float  # share of the examples each is grown on
    numbers: float  # share of the numbers it may ask about
    leaf: int  # examples in a leaf, at least


def grow(numbers: Sequence[Sequence[float]], right: Sequence[bool], names: tuple[str, ...], model: str, shape: Shape) -> Weigher:
    """Trees that tell right examples from wrong ones.

    Args:
        numbers: (examples, names).
        right: of each example.
        model: the encoder whose numbers they are.
    Raises:
        LearnerMissing: scikit-learn is not installed.
    """
    try:
        from sklearn.ensemble import GradientBoostingClassifier  # type: ignore[import-untyped]
    except ImportError as error:
        raise LearnerMissing from error
    wanted: npt.NDArray[np.bool_] = np.array(right, dtype=bool)
    learner = GradientBoostingClassifier(
        n_estimators=shape.trees,
        max_depth=shape.depth,
        learning_rate=shape.rate,
        subsample=shape.sample,
        max_features=shape.numbers,
        min_samples_leaf=shape.leaf,
        random_state=_SEED,
    ).fit(np.array(numbers), wanted)
    grown = [_laid_out(one.tree_, shape.depth) for one in learner.estimators_[:, 0]]
    share = float(wanted.mean())
    return Weigher(
        model,
        names,
        shape.depth,
        round(math.log(share / (1 - share)), 4),
        np.array([f for f, _, _ in grown]),
        np.array([x for _, x, _ in grown]).round(5),
        (np.array([v for _, _, v in grown]) * shape.rate).round(5),
    )


def _laid_out(tree: Any, depth: int) -> tuple[list[int], list[float], list[float]]:
    """A tree as a full one of so many levels: a leaf higher up is repeated below."""
    feature, limit, value = [0] * (2**depth - 1), [_FAR] * (2**depth - 1), [0.0] * 2**depth

    def walk(node: int, place: int) -> None:
        if place >= len(feature):
            value[place - len(feature)] = float(tree.value[node][0][0])
            return
        leaf = tree.children_left[node] < 0
        if not leaf:
            feature[place], limit[place] = int(tree.feature[node]), float(tree.threshold[node])
        walk(node if leaf else int(tree.children_left[node]), 2 * place + 1)
        walk(node if leaf else int(tree.children_right[node]), 2 * place + 2)

    walk(0, 0)
    return feature, limit, value


def as_text(made: Weigher, chosen_on: str) -> str:
    """The trees as the file they are read from, a tree a line."""
    head = {"model": made.model, "chosen_on": chosen_on, "depth": made.depth, "base": made.base, "features": made.names}
    lines = [f"{json.dumps(k)}: {json.dumps(v)},\n" for k, v in head.items()]
    trees = [
        json.dumps({"feature": f, "limit": x, "value": v}, separators=(",", ":"))
        for f, x, v in zip(made.feature.tolist(), made.limit.tolist(), made.value.tolist(), strict=True)
    ]
    return "{" + "".join(lines) + '"trees": [\n' + ",\n".join(trees) + "\n]}\n"


__all__ = ["LearnerMissing", "Shape", "as_text", "grow"]
