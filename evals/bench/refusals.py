"""`whichops eval fit --refusals`: learn which kind of no a refusal is, from the cases of the suite that have no answer.

Three sums of small trees, one a kind, on what `assistant.refusing` describes a refused question by. Measured by parts of the seen cases
left out in turn, and on the cases put aside, which are never learned from.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.models import DeclineKind
from assistant.refusing import KINDS, likeliest
from assistant.weighing import Weigher
from evals.bench.growing import Shape, as_text, grow
from evals.loader import SHIPPED, load_suite
from evals.report import percent, table
from evals.suite import open_assistant, settings_of, write
from index.models import resolve

_SHAPE = Shape(trees=60, depth=3, rate=0.08, sample=0.6, numbers=0.3, leaf=20)  # the best of eight by the cases left out
_PARTS = 8  # in which the seen cases are left out in turn


@dataclass(frozen=True, slots=True)
class Refused:
    """One refusal: what it is weighed by, the kind that the tests give it, and the kinds that are right."""

    numbers: dict[str, float]
    by_tests: DeclineKind
    wanted: frozenset[DeclineKind]
    aside: bool

    @property
    def told(self) -> DeclineKind:
        """The kind to learn: that of the tests where it is right, else the first that is."""
        return self.by_tests if self.by_tests in self.wanted else next(k for k in KINDS if k in self.wanted)

    def right(self, made: dict[DeclineKind, Weigher] | None) -> bool:
        """Whether the kind is right: that of the trees, or, where there are none or the kind is not theirs to tell, that of the tests."""
        if made is None or self.by_tests not in KINDS:
            return self.by_tests in self.wanted
        return likeliest(self.by_tests, self.numbers, made) in self.wanted


def run(args: argparse.Namespace) -> int:
    """Learn, show what it is worth, write."""
    found = list(_refusals(args))
    model = resolve(settings_of(args).index).name
    seen, aside = [r for r in found if not r.aside], [r for r in found if r.aside]
    made = learn(seen, model)
    left_out = [learn([r for i, r in enumerate(seen) if i % _PARTS != part], model) for part in range(_PARTS)]
    rows = [
        ("seen", len(seen), sum(r.right(None) for r in seen), sum(r.right(left_out[i % _PARTS]) for i, r in enumerate(seen))),
        ("put aside", len(aside), sum(r.right(None) for r in aside), sum(r.right(made) for r in aside)),
    ]
    told = [(name, str(n), *(percent(x / n) if n else "–" for x in (tests, trees))) for name, n, tests, trees in rows]
    print("\n".join(table(("refusals", "cases", "kind right by the tests", "by trees that never saw them"), told)))
    texts = [f"{json.dumps(k)}: {as_text(made[k], f'{len(seen)} refusals of the suite').strip()}" for k in KINDS]
    write('{"kinds": {' + ",\n".join(texts) + "}}\n", str(args.refusals))
    return 0


def _refusals(args: argparse.Namespace) -> Iterator[Refused]:
    assistant, _ = open_assistant(args)
    try:
        for case in load_suite(SHIPPED).cases:
            wanted = frozenset(case.turns[0].expect.decline) if len(case.turns) == 1 else frozenset()
            refusal = assistant.refusal(case.turns[0].question) if wanted & set(KINDS) else None
            if refusal is not None:
                yield Refused(refusal[0], refusal[1], wanted, case.aside)
    finally:
        assistant.close()


def learn(refusals: Sequence[Refused], model: str) -> dict[DeclineKind, Weigher]:
    """One sum of trees a kind, that tells it from the others.

    Args:
        model: the encoder whose numbers they are.
    Raises:
        LearnerMissing: scikit-learn is not installed.
    """
    told = [r for r in refusals if r.by_tests in KINDS]
    names = tuple(sorted(told[0].numbers))
    numbers = [[r.numbers[n] for n in names] for r in told]
    return {kind: grow(numbers, [r.told == kind for r in told], names, model, _SHAPE) for kind in KINDS}


__all__ = ["Refused", "learn", "run"]
