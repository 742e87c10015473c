"""Files that belong to the user and to nobody else: what was typed, what was said of an answer.

They stand in the user's state folder, never in a knowledge base or its index, and nobody else may read them.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

APP = "whichops"
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700


def state_folder(environ: Mapping[str, str] | None = None) -> Path:
    """`$XDG_STATE_HOME/whichops`, or what the system has in its place."""
    environ = os.environ if environ is None else environ
    base = environ.get("XDG_STATE_HOME", "")
    if base and Path(base).is_absolute():  # the specification says that a relative path is to be ignored
        return Path(base) / APP
    if os.name == "nt" and environ.get("LOCALAPPDATA"):
        return Path(environ["LOCALAPPDATA"]) / APP
    return Path("~").expanduser() / ".local" / "state" / APP


def append_line(path: Path, line: str) -> None:
    """Add a line to a private file, which is made if there is none; one write, so that lines of two programs do not mix.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    number = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE_FILE)
    try:
        if hasattr(os, "fchmod") and stat.S_IMODE(os.fstat(number).st_mode) != PRIVATE_FILE:
            os.fchmod(number, PRIVATE_FILE)  # one that was made by hand, or copied
        os.write(number, f"{line}\n".encode("utf-8", "replace"))
    finally:
        os.close(number)


def replace_lines(path: Path, lines: Iterable[str]) -> None:
    """Write a private file anew, whole or not at all.

    Raises:
        OSError: it cannot be written; what was there stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    try:
        with os.fdopen(number, "wb") as file:
            file.writelines(f"{line}\n".encode("utf-8", "replace") for line in lines)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_lines(path: Path) -> list[str]:
    """The lines of a file, oldest first; none where there is no file, or none that can be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").split("\n")[:-1]
    except OSError:
        return []
