"""A report as Markdown, for a pull request or a build's summary: the verdict, what got worse (worst first), the figures. Pure.

Questions and answers are somebody's words: they are escaped, so that none of them becomes a heading, a link or a table of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from evals.changes import changes, worst_first
from evals.metrics import HEADLINE, lower_is_better, rate
from evals.models import Baseline, CaseResult, Rate, Report, TurnResult
from evals.report import percent

SHOWN = 10
"""Cases shown whole."""

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~$@!])")
_LISTED = 40  # ids named in one line


def escaped(text: str) -> str:
    """Words that Markdown shows as they are, on one line."""
    return _MARKS.sub(r"\\\1", " ".join(text.split())).replace("&", "&amp;")


def rows(head: Sequence[str], lines: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table; cells are taken as they are."""
    return [f"| {' | '.join(head)} |", "|" + "---|" * len(head), *(f"| {' | '.join(line)} |" for line in lines)]


def to_markdown(report: Report, *, baseline: Baseline | None = None, before: Report | None = None, aside: bool = False) -> str:
    """The summary of a run.

    Args:
        baseline: the accepted run, for the figures beside it.
        before: a whole run to take earlier answers from.
        aside: also show those put aside; otherwise they are only counted.
    """
    verdict = report.verdict
    right = report.metrics.right
    what = f" of {escaped(report.selection)}" if report.selection else ""
    state = "" if verdict is None else "**PASSED** – " if verdict.passed else "**FAILED** – "
    lines = ["# Evaluation", "", f"{state}{right.hits} of {right.total} cases{what} right ({_with_interval(right)})", ""]
    if verdict is not None:
        lines += [f"- **{escaped(reason)}**" for reason in verdict.reasons] + [f"- {escaped(note)}" for note in verdict.notes]
        lines += [""] if verdict.reasons or verdict.notes else []
    lines += _cases(report, before, aside=aside)
    lines += _figures(report, baseline)
    return "\n".join(lines).rstrip() + "\n"


def _with_interval(value: Rate) -> str:
    if value.low is None or value.high is None:
        return percent(value.value)
    return f"{percent(value.value)}, 95 % interval {value.low * 100:.1f}–{value.high * 100:.1f} %"


def _cases(report: Report, before: Report | None, *, aside: bool) -> list[str]:
    """What got worse, else what is wrong at all; of those put aside only the number."""
    by_id = {result.id: result for result in report.results}
    comparison = report.verdict.comparison if report.verdict is not None else None
    regressed = set(comparison.regressed) if comparison is not None else set()
    earlier = {result.id: result for result in before.results} if before is not None else {}
    if before is not None:
        regressed |= {pair.now.id for pair in changes(before, report).regressed}
    worse = worst_first(by_id[name] for name in regressed if name in by_id)
    must = [r for r in worst_first(report.results) if not r.passed and r.id not in regressed and (r.tier == "must" or r.error is not None)]
    lines: list[str] = []
    for title, results in (("Regressions, worst first", worse), ("Tier must, and crashes", must)):
        if not results:
            continue
        shown = [result for result in results if aside or not result.aside]
        hidden = len(results) - len(shown)
        lines += [f"## {title} ({len(results)})", ""]
        for result in shown[:SHOWN]:
            lines += _case(result, earlier.get(result.id))
        if rest := shown[SHOWN:]:
            lines += [f"And {len(rest)} more: {', '.join(f'`{result.id}`' for result in rest[:_LISTED])}", ""]
        if hidden:
            lines += [f"{hidden} of them put aside and not shown.", ""]
    if comparison is not None and comparison.fixed:
        fixed = [name for name in comparison.fixed if aside or not by_id[name].aside]
        count = f"## Right now, wrong in the accepted run ({len(comparison.fixed)})"
        lines += [count, "", f"{', '.join(f'`{name}`' for name in fixed[:_LISTED])}{' …' if len(fixed) > _LISTED else ''}", ""]
    return lines


def _case(result: CaseResult, before: CaseResult | None) -> list[str]:
    lines = [f"### `{result.id}` ({result.tier}, {escaped(result.kind)})", ""]
    old = before.turns if before is not None else ()
    for number, turn in enumerate(result.turns):
        if turn.failures or turn.defects:
            was = old[number] if number < len(old) else None
            lines += _turn(turn, was if was is not None and was.answer_id != turn.answer_id else None)
    if result.error is not None:
        lines += [f"- error: {escaped(result.error)}"]
    return [*lines, ""]


def _answer(turn: TurnResult) -> str:
    return f"{turn.status}{f' ({turn.decline})' if turn.decline else ''}: {escaped(turn.text)}"


def _turn(turn: TurnResult, before: TurnResult | None) -> list[str]:
    lines = [
        f"- question: **{escaped(turn.question)}**",
        f"- expected: {'; '.join(escaped(line) for line in turn.wanted)}",
        f"- got: {_answer(turn)}",
    ]
    if before is not None:
        lines.append(f"- before: {_answer(before)}")
    lines.append(f"- cited: {'; '.join(escaped(place) for place in turn.cited) or 'nothing'}")
    lines.append(f"- wrong: {'; '.join(escaped(problem) for problem in (*turn.failures, *turn.defects))}")
    if turn.trace:
        lines.append(f"- trace: {'; '.join(escaped(line) for line in turn.trace)}")
    return lines


def _shown(name: str, value: float | None) -> str:
    return "–" if value is None else f"{value:g}" if name == "words" else percent(value)


def _figures(report: Report, baseline: Baseline | None) -> list[str]:
    """Every measure beside the accepted one, and the rates by kind folded away."""
    lines = ["## Figures", ""]
    table = []
    for name, value in report.metrics.headline.items():
        cells = [f"`{name}`", _shown(name, value)]
        if baseline is not None:
            old = baseline.headline.get(name)
            better = None if value is None or old is None or value == old or name == "words" else (value < old) == lower_is_better(name)
            cells += [_shown(name, old), "" if better is None else "better" if better else "worse"]
        table.append([*cells, HEADLINE.get(name, "")])
    head = ("measure", "value", *(("accepted", "") if baseline is not None else ()), "of")
    lines += [*rows(head, table), ""]
    put_aside = rate(result.passed for result in report.results if result.aside)
    if 0 < put_aside.total < report.metrics.right.total:
        seen = rate(result.passed for result in report.results if not result.aside)
        lines += [f"Seen: {seen.hits} of {seen.total} right ({_with_interval(seen)}); put aside: {put_aside.hits} of {put_aside.total} "]
        lines[-1] += f"({_with_interval(put_aside)})."
        lines.append("")
    kinds = [(escaped(kind), f"{value.hits}/{value.total}", _with_interval(value)) for kind, value in report.metrics.by_kind.items()]
    lines += ["<details><summary>By kind</summary>", "", *rows(("kind", "right", "share"), kinds), "", "</details>"]
    return lines
