"""Kinds of no are learned from refusals whose kind is known; what the tests alone tell is left to them."""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

import pytest

from assistant.models import DeclineKind
from assistant.refusing import KINDS
from assistant.weighing import Weigher
from evals.bench import refusals
from evals.bench.refusals import Refused, learn


def refused(count: int, seed: int, *, aside: bool = False, by_tests: DeclineKind = "off_topic") -> list[Refused]:
    """Refusals whose kind shows in one number each; the tests always say the same."""
    chosen = random.Random(seed)
    made = []
    for i in range(count):
        kind = KINDS[i % len(KINDS)]
        numbers = {k: chosen.uniform(0.6, 1.0) if k == kind else chosen.uniform(0.0, 0.4) for k in KINDS}
        made.append(Refused(numbers, by_tests, frozenset({kind}), aside))
    return made


def test_the_kind_is_told_by_its_signs_whatever_the_tests_say() -> None:
    made = learn(refused(150, 1), "m")

    others = refused(60, 2)
    assert sum(r.right(None) for r in others) == 20
    assert all(r.right(made) for r in others)


def test_a_kind_that_is_not_learned_is_that_of_the_tests() -> None:
    made = learn(refused(150, 1), "m")
    unclear = Refused(refused(1, 3)[0].numbers, "unclear", frozenset({"unclear", "off_topic"}), aside=False)

    assert unclear.right(made)
    assert not Refused(unclear.numbers, "unclear", frozenset({"off_topic"}), aside=False).right(made)


def test_what_is_put_aside_is_measured_and_never_learned_from(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [*refused(120, 1), *refused(30, 2, aside=True)]
    learned_from: list[int] = []
    whole = refusals.learn
    monkeypatch.setattr(refusals, "_refusals", lambda args: iter(given))
    monkeypatch.setattr(refusals, "learn", lambda some, model: learned_from.append(sum(r.aside for r in some)) or whole(some, model))
    parser = argparse.ArgumentParser()
    parser.add_argument("--refusals", type=Path)

    assert refusals.run(parser.parse_args(["--refusals", str(tmp_path / "kinds.json")])) == 0

    assert set(learned_from) == {0}
    assert capsys.readouterr().out.count("100.0 %") == 2
    kinds = json.loads((tmp_path / "kinds.json").read_text(encoding="utf-8"))["kinds"]
    assert list(kinds) == list(KINDS)
    assert Weigher.of(kinds["off_topic"]).chance(given[0].numbers) > 0.5
