"""Two runs side by side, case by case: what is wrong now, what is right now, what is answered otherwise. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from evals.models import CaseResult, Report, TurnResult
from evals.report import answer_lines, failure_lines


@dataclass(frozen=True, slots=True)
class Pair:
    """One case in both runs."""

    before: CaseResult
    now: CaseResult


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs. A case that was reworded between the runs is among none of the pairs."""

    regressed: tuple[Pair, ...]  # worst first
    fixed: tuple[Pair, ...]
    otherwise: tuple[Pair, ...]  # as right or wrong as before, in other words or from other places
    reworded: tuple[str, ...]
    only_before: int
    only_now: int


def severity(result: CaseResult) -> tuple[object, ...]:
    """For sorting failed cases, worst first: tier must; a crash; a broken promise; a fact stated where there is none; the rest."""
    leaks = any(turn.refuses and turn.status in ("answered", "corrected") for turn in result.turns)
    defects = any(turn.defects for turn in result.turns)
    wrong = sum(len(turn.failures) for turn in result.turns)
    return (result.tier != "must", result.error is None, not defects, not leaks, -wrong, result.id)


def worst_first(results: Iterable[CaseResult]) -> list[CaseResult]:
    """Failed cases in the order they are worth reading."""
    return sorted(results, key=severity)


def answers(result: CaseResult) -> tuple[str, ...]:
    """What identifies the answers of a case."""
    return (*(turn.answer_id for turn in result.turns), result.error or "")


def changes(before: Report, now: Report) -> Changes:
    """Everything in which `now` differs from `before`."""
    old = {result.id: result for result in before.results}
    pairs = [Pair(old[result.id], result) for result in now.results if result.id in old]
    same = [pair for pair in pairs if pair.before.hash == pair.now.hash]
    regressed = [pair for pair in same if pair.before.passed and not pair.now.passed]
    return Changes(
        regressed=tuple(sorted(regressed, key=lambda pair: severity(pair.now))),
        fixed=tuple(pair for pair in same if not pair.before.passed and pair.now.passed),
        otherwise=tuple(pair for pair in same if pair.before.passed == pair.now.passed and answers(pair.before) != answers(pair.now)),
        reworded=tuple(pair.now.id for pair in pairs if pair.before.hash != pair.now.hash),
        only_before=len(old) - len(pairs),
        only_now=len(now.results) - len(pairs),
    )


def _differing(pair: Pair) -> Iterable[tuple[TurnResult, TurnResult]]:
    yield from ((a, b) for a, b in zip(pair.before.turns, pair.now.turns, strict=False) if a.answer_id != b.answer_id)


def to_text(found: Changes, *, width: int = 120, aside: bool = False) -> str:
    """For a terminal: what was, and what is.

    Args:
        aside: also show those put aside; otherwise they are only counted.
    """
    lines: list[str] = []
    for title, pairs in (("wrong now", found.regressed), ("right now", found.fixed), ("answered otherwise", found.otherwise)):
        shown = [pair for pair in pairs if aside or not pair.now.aside]
        hidden = f", {len(pairs) - len(shown)} of them put aside" if len(shown) < len(pairs) else ""
        lines += [f"{title}: {len(pairs)}{hidden}"]
        for pair in shown:
            lines += failure_lines(pair.now, width) if not pair.now.passed else [f"  {pair.now.id}  [{pair.now.tier}, {pair.now.kind}]"]
            for before, now in _differing(pair):
                lines += answer_lines("was", before, width)
                if pair.now.passed:
                    lines += answer_lines("is", now, width)
        if shown:
            lines.append("")
    if found.reworded:
        lines.append(f"reworded since: {', '.join(found.reworded)}")
    if found.only_now or found.only_before:
        lines.append(f"only in this run: {found.only_now}; only in the other: {found.only_before}")
    return "\n".join(lines).rstrip() + "\n"
