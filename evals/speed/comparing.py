"""Programs side by side as text for people, and whether this one is as far ahead as it means to be. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evals.report import table
from evals.speed.models import Figures, Machine, PeersReport, Ratios, SideBySide

WANTED = Ratios(cold=8.0, warm=1.5, build=1.5, memory=3.0, cold_cpu=8.0, warm_cpu=1.5, build_cpu=1.5)
"""How many times as much each of the others has to need."""

_MEASURES = tuple(Ratios.model_fields)
_HEAD = ("cold start", "CPU", "warm p50", "CPU", "p99", "build", "CPU", "most", "resident", "private", "on disk")


def least(size: SideBySide) -> dict[str, tuple[float, str]]:
    """By measure: the least ratio to any of the others, and whose it is. A measure nobody could take is left out."""
    found: dict[str, tuple[float, str]] = {}
    for measure in _MEASURES:
        ratios = [(ratio, peer.name) for peer in size.peers if (ratio := getattr(size.ours.against(peer), measure)) is not None]
        if ratios:
            found[measure] = min(ratios)
    return found


def to_console(report: PeersReport) -> str:
    """One table for each folder, then how far ahead of each other program this one is."""
    lines = [
        f"whichops {report.version} on {_machine(report.machine)}",
        f"load {_number(report.machine.load)} before the run, {_number(report.load_after)} after; medians of {report.runs} processes, "
        f"builds of {report.builds}" + "".join(f"; {name}={value}" for name, value in report.environment.items()),
        "",
    ]
    for size in report.sizes:
        title = f"{size.name} facts, {size.texts:,} texts"
        lines += [*table([title, *_HEAD], [_row(figures, size.ours) for figures in (size.ours, *size.peers)]), ""]
        lines += [f"{peer.name}: {peer.finds}; {', '.join(' '.join(item) for item in peer.versions.items())}" for peer in size.peers]
        lines += [f"{name}: failed, not counted: {why}" for name, why in size.failed.items()]
        lines += ["", *_verdict(size), ""]
    lines += [f"{name}: not measured, not installed: {', '.join(needed)}" for name, needed in report.missing.items()]
    return "\n".join(lines).rstrip("\n") + "\n"


def to_json(report: PeersReport) -> str:
    """The whole report."""
    return report.model_dump_json(indent=1) + "\n"


def _machine(machine: Machine) -> str:
    memory = f", {machine.memory_gb:g} GB" if machine.memory_gb else ""
    return f"{machine.processor}, {machine.cores} cores{memory}, {machine.system}, Python {machine.python}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"


def _row(figures: Figures, ours: Figures) -> Sequence[str]:
    def beside(text: str, value: float, own: float) -> str:
        return text if figures is ours else f"{text} ({value / max(1e-9, own):.1f}×)"

    def held(name: str) -> str:
        if figures.memory is None or ours.memory is None:
            return "-"
        value: float = getattr(figures.memory, name)
        return beside(f"{value:.0f} MB", value, getattr(ours.memory, name))

    return (
        figures.name,
        beside(f"{figures.cold_seconds:.2f} s", figures.cold_seconds, ours.cold_seconds),
        beside(f"{figures.cold_cpu_seconds:.2f} s", figures.cold_cpu_seconds, ours.cold_cpu_seconds),
        beside(f"{figures.warm.p50:.1f} ms", figures.warm.p50, ours.warm.p50),
        beside(f"{figures.warm_cpu.p50:.1f} ms", figures.warm_cpu.p50, ours.warm_cpu.p50),
        f"{figures.warm.p99:.1f} ms",
        beside(f"{figures.built.seconds:.1f} s", figures.built.seconds, ours.built.seconds),
        beside(f"{figures.built.cpu_seconds:.1f} s", figures.built.cpu_seconds, ours.built.cpu_seconds),
        "-" if figures.built.peak_mb is None else f"{figures.built.peak_mb:.0f} MB",
        held("resident_mb"),
        held("private_mb"),
        f"{figures.index_mb:.1f} MB",
    )


def _verdict(size: SideBySide) -> Iterator[str]:
    """A line for each measure: the least ratio, whose it is, and whether that is enough."""
    answered = "" if size.ours.answered is None else f" ({size.ours.answered:.0%} of {size.questions} answered)"
    yield f"times as much as {size.ours.name}{answered}, the least of all:"
    for measure, (ratio, name) in least(size).items():
        wanted = getattr(WANTED, measure)
        shown = measure.replace("_cpu", ", CPU")
        yield f"  {shown}: {ratio:.1f} ({name}), wanted {wanted:g}: {'reached' if ratio >= wanted else 'not reached'}"
