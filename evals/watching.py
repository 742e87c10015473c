"""`whichops eval --watch`: ask again whenever something changes that an answer may depend on, and show what changed."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from corpus.errors import KbError
from evals import gate
from evals.loader import load_suite
from evals.models import Report
from evals.suite import cases_of, run_once, say

PAUSE = 1.0
"""Seconds between two looks at the files."""

_Snapshot = dict[str, tuple[int, int]]


def snapshot(folders: Iterable[Path]) -> _Snapshot:
    """Every case, document and `kb.toml` below the folders, with its time of change (nanoseconds) and size."""
    found: _Snapshot = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix.casefold() in (".md", ".markdown", ".toml"):
                try:
                    stat = path.stat()
                except OSError:  # gone between the listing and the look
                    continue
                found[str(path)] = (stat.st_mtime_ns, stat.st_size)
    return found


def watch(args: argparse.Namespace, *, sleep: Callable[[float], None] = time.sleep) -> int:
    """Run until interrupted; returns the exit code of the last run.

    A fault in a case or a document is said, and the next change looked for: whoever edits is not done yet.

    Args:
        sleep: waits; replaced in tests.
    """
    code = gate.NOT_EVALUATED
    before: Report | None = None
    try:
        while True:
            folders = [cases_of(args)]
            try:
                suite = load_suite(folders[0])
                folders += _knowledge(args, suite.knowledge)
                seen = snapshot(folders)
                report = run_once(args, suite, before)
                before = report
                code = gate.NOT_EVALUATED if report.verdict is None else report.verdict.exit_code
            except KbError as error:
                seen = snapshot(folders)
                code = error.exit_code
                say(str(error))
            say("Waiting for a change of a case, a document or kb.toml; Ctrl-C leaves.")
            while snapshot(folders) == seen:
                sleep(PAUSE)
    except KeyboardInterrupt:
        return code


def _knowledge(args: argparse.Namespace, of_suite: Path | None) -> tuple[Path, ...]:
    """The folder or folders that are asked."""
    from assistant.settings import load_settings
    from corpus.folders import parts_of

    given = getattr(args, "kb", None) or (str(of_suite) if of_suite is not None else None)
    return tuple(part.root for part in parts_of(load_settings({"kb": given}).kb))
