"""A bench run as text for people. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from evals.bench.models import BenchReport, CollectionReport, Figure, Part


def to_json(report: BenchReport) -> str:
    """The whole report; byte-identical for two runs of the same thing, but for `seconds`, which stands last."""
    return report.model_dump_json(indent=1) + "\n"


def to_console(report: BenchReport) -> str:
    """A table for each part of each collection: systems down, measures across, 95 % intervals, paired differences."""
    lines: list[str] = []
    for collection in report.collections:
        lines += [*_head(collection, report), ""]
        for part in collection.parts:
            lines += [*_part(part), ""]
    lines.append("95 % intervals: Wilson for shares, else bootstrap by question; differences are paired. * : the interval leaves out 0.")
    return "\n".join(lines) + "\n"


def _head(collection: CollectionReport, report: BenchReport) -> list[str]:
    counted = ", ".join(f"{n:,} {what}" for what, n in collection.counts.items() if what in ("documents", "sections", "tables", "facts"))
    taken = f", the first {report.limit} questions" if report.limit else ""
    title = f"{collection.name} ({collection.sort}; {counted}{taken})"
    return [title, "=" * len(title)]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _span(figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return _number(figure.value)
    return f"{_number(figure.value)} [{figure.low:.3f}, {figure.high:.3f}]"


def _part(part: Part) -> list[str]:
    measures = list(dict.fromkeys(f.measure for f in part.figures))
    systems = list(dict.fromkeys(f.system for f in part.figures))
    lines = []
    across = [m for m in measures if sum(f.measure == m for f in part.figures) > 1]
    if across:
        asked = max((f.questions for f in part.figures if f.measure == across[0]), default=0)
        rows = [[f"{part.title} ({asked})", *across]]
        for system in systems:
            own = {f.measure: f for f in part.figures if f.system == system}
            if any(m in own for m in across):
                rows.append([system, *(_span(own[m]) if m in own else "" for m in across)])
        compared = {(g.over, f.measure): g for f in part.figures if f.measure in across for g in f.gains}
        for other in dict.fromkeys(over for over, _ in compared):
            cells = []
            for m in across:
                gain = compared.get((other, m))
                sure = gain is not None and gain.low is not None and gain.high is not None and (gain.low > 0 or gain.high < 0)
                cells.append("" if gain is None else f"{gain.value:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}]" + ("*" if sure else " "))
            rows.append([f"  over {other}", *cells])
        lines += _columns(rows)
    alone = [f for f in part.figures if f.measure not in across]
    if alone:
        lines += _columns(
            [[part.title if not across else "", "questions", "share"]] + [[f.measure, str(f.questions), _span(f)] for f in alone]
        )
    if part.curve:
        step = max(1, len(part.curve) // 5)
        points = [*part.curve[step - 1 :: step]]
        lines.append("risk at coverage: " + ", ".join(f"{p.risk:.3f} at {p.coverage:.2f}" for p in points))
    if part.notes:
        lines.append("; ".join(part.notes))
    return lines


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    text = ["  ".join([row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))]).rstrip() for row in rows]
    return [text[0], "  ".join("-" * w for w in widths), *text[1:]]
