"""The last run over each folder of cases, kept in the user's cache, for `--failed` and `--diff last`."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import ValidationError

from corpus.errors import UsageError
from evals.models import Report
from evals.report import to_json

LAST = "last"
"""The name of the last run where a file is asked for."""


def file_of(cases: Path) -> Path:
    """Where the last run over a folder of cases is kept."""
    from index.settings import cache_root

    return cache_root() / "evals" / f"{hashlib.sha256(str(cases.resolve()).encode()).hexdigest()[:16]}.json"


def keep(report: Report, cases: Path) -> None:
    """Keep a run as the last one. That it cannot be kept is no reason to fail: the run itself is what was asked for."""
    path = file_of(cases)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.write_text(to_json(report), encoding="utf-8", newline="\n")
        new.replace(path)
    except OSError:
        return


def read_report(path: Path) -> Report:
    """A report written by `whichops eval --json FILE`.

    Raises:
        UsageError: it cannot be read, or is no such report.
    """
    try:
        return Report.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The run {path} cannot be read: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise UsageError(f"{path} is no report of `whichops eval --json` ({where}: {first['msg']}).") from error


def last_run(cases: Path) -> Report:
    """The run before this one.

    Raises:
        UsageError: there is none, or one of another version.
    """
    path = file_of(cases)
    if not path.is_file():
        raise UsageError(f"There is no run over {cases} yet that could be looked back at. Run `whichops eval` first.")
    return read_report(path)


def named_run(name: str, cases: Path) -> Report:
    """The run that `last` or a file names.

    Raises:
        UsageError: it is not there, or is no run.
    """
    return last_run(cases) if name == LAST else read_report(Path(name))
