"""A speed run as text for people, and as JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from evals.report import table
from evals.speed.models import Memory, Size, SpeedReport
from evals.speed.stages import STAGES


def to_json(report: SpeedReport) -> str:
    """The whole report."""
    return report.model_dump_json(indent=1) + "\n"


def to_console(report: SpeedReport) -> str:
    """Tables with a column for each folder: what a user waits for, then each figure beside its bare cost."""
    machine = report.machine
    memory = f", {machine.memory_gb:g} GB" if machine.memory_gb else ""
    load = f", load {machine.load:g} before the run" if machine.load is not None else ""
    lines = [
        f"whichops {report.version} on {machine.processor}, {machine.cores} cores{memory}, {machine.system}, Python {machine.python}{load}",
        ", ".join(f"{name} {version}" for name, version in machine.libraries.items()),
        "",
    ]
    for title, rows in (
        ("Figures", _figures(report.sizes)),
        ("Beside the bare parts", _ratios(report.sizes)),
        ("Kinds", _kinds(report.sizes)),
    ):
        lines += [*table([title, *(size.name for size in report.sizes)], rows), ""]
    lines += [f"slowest of {size.name}: {size.asked.warm.slowest[1]:.1f} ms, {size.asked.warm.slowest[0]!r}" for size in report.sizes]
    if any(size.vectors == "made" for size in report.sizes):
        lines.append("* vectors put together from those of a real sample: the encoder did not run for every text")
    return "\n".join(lines) + "\n"


def _row(name: str, values: Iterable[str | None]) -> list[str]:
    return [name, *("-" if value is None else value for value in values)]


def _ms(value: float) -> str:
    return f"{value:.2f} ms" if value < 10 else f"{value:.0f} ms"


def _private(memory: Memory | None) -> str | None:
    return None if memory is None else f"{memory.private_mb:.0f} MB ({memory.anonymous_mb:.0f} of its own)"


def _figures(sizes: Sequence[Size]) -> list[list[str]]:
    return [
        _row("facts / files", (f"{s.facts:,} / {s.files:,}" + ("*" if s.vectors == "made" else "") for s in sizes)),
        _row("new process to first answer", (f"{s.cold.answer.seconds:.2f} s ({s.cold.answer.cpu_seconds:.2f} CPU)" for s in sizes)),
        _row("warm answer p50", (_ms(s.asked.warm.all.p50) for s in sizes)),
        _row("warm answer p95", (_ms(s.asked.warm.all.p95) for s in sizes)),
        _row("warm answer p99", (_ms(s.asked.warm.all.p99) for s in sizes)),
        _row("warm answer p50 / p99, CPU", (f"{_ms(s.asked.warm.cpu.p50)} / {_ms(s.asked.warm.cpu.p99)}" for s in sizes)),
        _row("  no suggestion checked before", (f"{_ms(s.first.p50)} / {_ms(s.first.p99)}" for s in sizes)),
        *(_row(f"  {stage}, p50", (_ms(s.asked.warm.stages[stage].p50) for s in sizes)) for stage in STAGES),
        _row("answered", (f"{s.asked.warm.answered:.0%} of {s.asked.warm.all.count}" for s in sizes)),
        _row("batch", (f"{s.batch.per_second:.0f} questions/s" for s in sizes)),
        _row("private memory, opened", (_private(s.asked.opened) for s in sizes)),
        _row("private memory, all asked", (_private(s.asked.after) for s in sizes)),
        _row("build", (f"{s.built.seconds:.1f} s ({s.built.chunks / max(1e-9, s.built.seconds):,.0f} texts/s)" for s in sizes)),
        _row("most memory while building", (None if s.built.peak_mb is None else f"{s.built.peak_mb:.0f} MB" for s in sizes)),
        _row("refresh, one file changed", (f"{s.refreshed.seconds:.2f} s ({s.refreshed.cpu_seconds:.2f} CPU)" for s in sizes)),
        _row("index on disk", (f"{s.index_mb:.1f} MB" for s in sizes)),
    ]


def _ratios(sizes: Sequence[Size]) -> list[list[str]]:
    return [
        _row("encoder alone, p50", (_ms(s.asked.warm.parts["encoder"].p50) for s in sizes)),
        _row("vector search alone, p50", (_ms(s.asked.warm.parts["vectors"].p50) for s in sizes)),
        _row("word search alone, p50", (_ms(s.asked.warm.parts["words"].p50) for s in sizes)),
        _row("warm answer / those three", (f"{s.asked.warm.ratio:.1f}" for s in sizes)),
        _row("cold start / encoder's, CPU", (f"{s.cold.ratio:.1f}" for s in sizes)),
        _row("build: encoder's share of CPU", (None if s.built.share is None else f"{s.built.share:.0%}" for s in sizes)),
        _row("recall@10 of the vector search", ("exact" if s.asked.recall is None else f"{s.asked.recall:.3f}" for s in sizes)),
    ]


def _kinds(sizes: Sequence[Size]) -> list[list[str]]:
    """p50 and p99 of each kind of question."""
    kinds = sorted({kind for s in sizes for kind in s.asked.warm.kinds})
    return [
        _row(kind, (f"{_ms(spread.p50)} / {_ms(spread.p99)}" if (spread := s.asked.warm.kinds.get(kind)) else None for s in sizes))
        for kind in kinds
    ]
