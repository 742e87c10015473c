"""Weights are learned from examples, laid out as data, and measured on folders they never saw."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from assistant.weighing import Weigher
from evals.bench import fitting
from evals.bench.fitting import Example, learn
from evals.bench.growing import LearnerMissing, as_text

NAMES = ("cover", "dense")


def examples(group: str, count: int, seed: int) -> list[Example]:
    """Questions with two ways of answering: the right one has a high cover, whatever its dense."""
    chosen = random.Random(seed)
    made = []
    for _ in range(count):
        right = {"cover": chosen.uniform(0.6, 1.0), "dense": chosen.random()}
        wrong = {"cover": chosen.uniform(0.0, 0.4), "dense": chosen.random()}
        made.append(Example(group, True, ((wrong, False), (right, True))))
    return made


@pytest.fixture(scope="module")
def learned() -> Weigher:
    return learn(examples("here", 150, 1), NAMES, "m")


def test_what_is_learned_tells_right_from_wrong_elsewhere(learned: Weigher) -> None:
    for example in examples("there", 50, 2):
        (wrong, _), (right, _) = example.ways
        assert learned.chance(right) > 0.8
        assert learned.chance(wrong) < 0.2


def test_the_same_examples_give_the_same_weights(learned: Weigher) -> None:
    assert as_text(learn(examples("here", 150, 1), NAMES, "m"), "x") == as_text(learned, "x")


def test_the_file_written_is_the_file_read(learned: Weigher) -> None:
    read = Weigher.of(json.loads(as_text(learned, "two hundred questions")))

    for example in examples("there", 20, 3):
        for numbers, _ in example.ways:
            assert read.chance(numbers) == learned.chance(numbers)


def test_without_the_learning_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sklearn.ensemble", None)

    with pytest.raises(LearnerMissing, match="pip install scikit-learn"):
        learn(examples("here", 5, 1), NAMES, "m")


def test_each_folder_is_measured_by_weights_that_never_saw_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [*examples("north", 40, 1), *examples("south", 40, 2), *examples("put aside", 40, 3)]
    learned_from: list[set[str]] = []
    whole = fitting.learn
    monkeypatch.setattr(fitting, "_examples", lambda args: iter(given))
    monkeypatch.setattr(
        fitting, "learn", lambda some, names, model: learned_from.append({e.group for e in some}) or whole(some, names, model)
    )
    parser = __import__("argparse").ArgumentParser()
    fitting.add_arguments(parser)

    code = fitting.run(parser.parse_args(["--write", str(tmp_path / "weights.json")]))

    assert code == 0
    assert learned_from == [{"south"}, {"north"}, {"north", "south"}, {"north", "south"}]
    assert "100.0 %" in capsys.readouterr().out
    assert json.loads((tmp_path / "weights.json").read_text(encoding="utf-8"))["chosen_on"] == "questions of north (40), south (40)"
