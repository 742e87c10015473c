"""What a measure was taken on, and what a process weighs. Linux tells all of it; elsewhere what is not known is None."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from evals.speed.models import Machine, Memory

_LIBRARIES = ("faiss-cpu", "numpy", "onnxruntime", "tantivy", "tokenizers")
_KB = 1024


def this_machine() -> Machine:
    """Processor, memory, system, and the libraries that do the work."""
    return Machine(
        processor=_field(Path("/proc/cpuinfo"), "model name") or platform.processor() or platform.machine(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        memory_gb=round(int(kb.split()[0]) * _KB / 1e9, 1) if (kb := _field(Path("/proc/meminfo"), "MemTotal")) else None,
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        libraries={name: _version(name) for name in _LIBRARIES},
        load=load_now(),
    )


def load_now() -> float | None:
    """Processes that want to run, mean of the last minute; None where the system does not tell."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _field(path: Path, name: str) -> str | None:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    return next((line.partition(":")[2].strip() for line in lines if line.partition(":")[0].strip() == name), None)


def own_memory() -> Memory | None:
    """What this process holds now; None where the system does not tell.

    `private` is what would be free if it ended: its own memory, and pages of files that no other process has mapped. `anonymous` is
    its own memory alone: mapped files can be dropped and read again.
    """
    rollup = Path("/proc/self/smaps_rollup")
    values = {name: _field(rollup, name) for name in ("Rss", "Private_Clean", "Private_Dirty", "Anonymous")}
    if any(value is None for value in values.values()):
        return None
    kb = {name: int(str(value).split()[0]) for name, value in values.items()}
    return Memory(
        resident_mb=round(kb["Rss"] * _KB / 1e6, 1),
        private_mb=round((kb["Private_Clean"] + kb["Private_Dirty"]) * _KB / 1e6, 1),
        anonymous_mb=round(kb["Anonymous"] * _KB / 1e6, 1),
    )
