"""A measure is a process: what one has loaded, cached and allocated must not help or burden the next."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
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
    with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        stdin.write(given.encode())
        stdin.seek(0)
        began = time.perf_counter()
        process = subprocess.Popen([sys.executable, *arguments], stdin=stdin, stdout=out, stderr=err, env=own_environment())
        code, cpu, peak = _ended(process)
        seconds = time.perf_counter() - began
        out.seek(0)
        err.seek(0)
        if code != 0:
            raise MeasureFailed(what, code, err.read().decode("utf-8", "replace"))
        return Ran(seconds=round(seconds, 4), cpu_seconds=round(cpu, 4), peak_mb=peak), out.read().decode("utf-8", "replace")


def own_environment() -> dict[str, str]:
    """The variables a process needs to find the rooms."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])}


def run_watched(command: Sequence[str], *, environment: Mapping[str, str], limit: float, what: str) -> tuple[Ran, list[tuple[float, str]]]:
    """Run any command without standard input; returns what it took, and each line it wrote with the seconds from its start to that line.

    Args:
        limit: seconds after which it is ended.
    Raises:
        MeasureFailed: it could not be started, took longer than the limit, or ended with another status than 0.
    """
    with tempfile.TemporaryFile() as err:
        began = time.perf_counter()
        try:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=err, env=dict(environment))
        except OSError as error:
            raise MeasureFailed(what, 127, f"{command[0]} cannot be started: {error.strerror}") from error
        late = threading.Timer(limit, process.kill)
        late.start()
        try:
            lines = [(time.perf_counter() - began, line.decode("utf-8", "replace")) for line in process.stdout or ()]
            code, cpu, peak = _ended(process)
        finally:
            overdue = not late.is_alive()
            late.cancel()
        seconds = time.perf_counter() - began
        if code != 0:
            err.seek(0)
            words = f"it took longer than {limit:g} s" if overdue else err.read().decode("utf-8", "replace")
            raise MeasureFailed(what, code, words)
        return Ran(seconds=round(seconds, 4), cpu_seconds=round(cpu, 4), peak_mb=peak), lines


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
