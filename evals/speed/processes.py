"""A measure is a process: what one has loaded, cached and allocated must not help or burden the next."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpus.errors import KbError
from evals.speed.models import Ran

_ROOT = Path(__file__).parents[2]  # where the rooms are: the processes find them wherever they are started
_TOLD = 600  # characters of a failed process's last words


class MeasureFailed(KbError):
    """A process that was to be measured ended with an error."""

    def __init__(self, what: str, code: int, words: str) -> None:
        super().__init__(f"{what} ended with status {code}: {words.strip()[-_TOLD:] or 'it said nothing'}")


def run_python(arguments: Sequence[str], *, given: str = "", what: str) -> tuple[Ran, str]:
    """Run `python ARGUMENTS`, `given` on its standard input; returns what it took and its standard output.

    Raises:
        MeasureFailed: it ended with another status than 0.
    """
    path = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        stdin.write(given.encode())
        stdin.seek(0)
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *arguments], stdin=stdin, stdout=out, stderr=err, env={**os.environ, "PYTHONPATH": path}
        )
        code, cpu, peak = _ended(process)
        seconds = time.perf_counter() - began
        out.seek(0)
        err.seek(0)
        if code != 0:
            raise MeasureFailed(what, code, err.read().decode("utf-8", "replace"))
        return Ran(seconds=round(seconds, 4), cpu_seconds=round(cpu, 4), peak_mb=peak), out.read().decode("utf-8", "replace")


def _ended(process: subprocess.Popen[bytes]) -> tuple[int, float, float | None]:
    """Status, seconds of processor time, and the most that was resident, in MB."""
    if hasattr(os, "wait4"):
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)  # else Popen waits for what was already waited for
        unit = 1 if sys.platform == "darwin" else 1024
        return process.returncode, used.ru_utime + used.ru_stime, round(used.ru_maxrss * unit / 1e6, 1)
    return process.wait(), float("nan"), None


def told_by(module: str, task: dict[str, Any], *, what: str) -> tuple[Ran, Any]:
    """Run a module of this package with a task as JSON; returns what it took and the JSON it wrote."""
    ran, out = run_python(["-m", module], given=json.dumps(task), what=what)
    return ran, json.loads(out)
