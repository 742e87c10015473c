"""A report as a console table and as JSON. Pure: text in, text out; nothing is printed here.

The JSON of two runs of the same thing is byte-identical but for the block `timing`, which stands last.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Sequence

from evals.metrics import HEADLINE, rate
from evals.models import CaseResult, Rate, Report, TurnResult

_SHARES = frozenset(HEADLINE) - {"words"}


def to_json(report: Report) -> str:
    """The whole report; keys in the order of the model, case ids in the order they were asked."""
    data = report.model_dump(mode="json")
    data["timing"] = data.pop("timing")
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def percent(value: float | None) -> str:
    """A share for reading; a dash where there is none."""
    return "-" if value is None else f"{value * 100:.1f} %"


def _interval(rate: Rate) -> str:
    return "" if rate.low is None or rate.high is None else f"{rate.low * 100:.0f}-{rate.high * 100:.0f} %"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Columns aligned by their widest cell: the first to the left, the others to the right."""
    lines = [list(head), *map(list, rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(head))]
    text = ["  ".join([line[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(line[1:], widths[1:], strict=True))]) for line in lines]
    return [text[0].rstrip(), "  ".join("-" * width for width in widths), *(line.rstrip() for line in text[1:])]


def _rates(title: str, rates: dict[str, Rate]) -> list[str]:
    rows = [(name, f"{r.hits}/{r.total}", percent(r.value), _interval(r)) for name, r in rates.items()]
    return [*table((title, "right", "share", "95 %"), rows), ""] if rows else []


def _wrapped(label: str, text: str, width: int) -> list[str]:
    body = textwrap.wrap(" ".join(text.split()), width=max(20, width - 14)) or [""]
    return [f"    {label:<9} {body[0]}", *(" " * 14 + line for line in body[1:])]


def _turn(turn: TurnResult, width: int) -> list[str]:
    got = turn.status + (f" ({turn.decline})" if turn.decline else "")
    lines = _wrapped("asked", turn.question, width) + _wrapped("got", f"{got}: {turn.text}", width)
    if turn.cited:
        lines += _wrapped("cited", "; ".join(turn.cited), width)
    lines += _wrapped("taken as", f"{turn.reading or '?'}, by rule {turn.rule or '?'}", width)
    for problem in (*turn.failures, *turn.defects):
        lines += _wrapped("wrong", problem, width)
    return lines


def answer_lines(label: str, turn: TurnResult, width: int) -> list[str]:
    """One answer for reading, under a word that says which."""
    got = turn.status + (f" ({turn.decline})" if turn.decline else "")
    cited = f" [{'; '.join(turn.cited)}]" if turn.cited else ""
    return _wrapped(label, f"{got}: {turn.text}{cited}", width)


def failure_lines(result: CaseResult, width: int = 120) -> list[str]:
    """One failed case for reading: what was asked, what came, what is wrong with it. Of a conversation only the turns at fault."""
    lines = [f"  {result.id}  [{result.tier}, {result.kind}]"]
    for turn in result.turns:
        if turn.failures or turn.defects:
            lines += _turn(turn, width)
    if result.error is not None:
        lines += _wrapped("error", result.error, width)
    return lines


def to_console(report: Report, *, failures: bool = True, width: int = 120, aside: bool = False) -> str:
    """The report for a terminal: failures first, figures next, the verdict last, where the eye is.

    Args:
        failures: list every failed case, tier must first.
        width: columns to wrap long texts at.
        aside: also list those put aside, which nobody is meant to read; otherwise they are only counted.
    """
    lines: list[str] = []
    failed = [result for result in report.results if not result.passed]
    shown = sorted((r for r in failed if aside or not r.aside), key=lambda result: (result.tier != "must", result.kind, result.id))
    if failures and failed:
        hidden = f", {len(failed) - len(shown)} of them put aside and not shown" if len(shown) < len(failed) else ""
        lines += [f"{len(failed)} failed{hidden}", ""]
        for result in shown:
            lines += [*failure_lines(result, width), ""]
    lines += _rates("kind", report.metrics.by_kind)
    lines += _rates("tag", report.metrics.by_tag)
    if report.metrics.kinds_of_no:
        kinds = [(expected, ", ".join(f"{got} {n}" for got, n in row.items())) for expected, row in report.metrics.kinds_of_no.items()]
        lines += [*table(("kind of no expected", "got"), kinds), ""]
    rows = [
        (name, "-" if value is None else percent(value) if name in _SHARES else f"{value:g}", HEADLINE[name])
        for name, value in report.metrics.headline.items()
    ]
    widest = max(len(row[2]) for row in rows) if rows else 0
    lines += [*table(("measure", "value", "of".ljust(widest)), [(a, b, c.ljust(widest)) for a, b, c in rows]), ""]
    timing = report.timing
    if timing.latency_p50_ms is not None and timing.latency_p95_ms is not None:
        lines.append(f"latency p50 {timing.latency_p50_ms:.1f} ms, p95 {timing.latency_p95_ms:.1f} ms; {timing.seconds:.1f} s in all")
    right = report.metrics.right
    what = f" of {report.selection}" if report.selection else ""
    lines.append(f"{right.hits} of {right.total} cases{what} right ({percent(right.value)}, 95 % interval {_interval(right) or '-'})")
    put_aside = rate(result.passed for result in report.results if result.aside)
    if 0 < put_aside.total < right.total:
        seen = rate(result.passed for result in report.results if not result.aside)
        lines += [
            f"{words}: {part.hits} of {part.total} right ({percent(part.value)}, 95 % interval {_interval(part)})"
            for words, part in (("seen", seen), ("put aside", put_aside))
        ]
    if report.verdict is not None:
        lines += [f"note: {note}" for note in report.verdict.notes]
        lines += [f"FAILED: {reason}" for reason in report.verdict.reasons]
        if report.verdict.passed:
            lines.append("PASSED")
    return "\n".join(lines) + "\n"
