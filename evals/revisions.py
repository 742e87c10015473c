"""A version of a knowledge base: a folder as it is, or as git has it at some revision, unpacked where nobody minds."""

from __future__ import annotations

import io
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import UsageError


@dataclass(frozen=True, slots=True)
class Version:
    """A folder to read, and what to call it."""

    name: str
    folder: Path
    unpacked: bool  # made for this run: its index has no place in the user's cache


def _git(folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", "-C", str(folder), *words], capture_output=True, check=False)
    except OSError as error:
        raise UsageError(f"git cannot be started ({error}). Name two folders instead of revisions.") from error


def open_version(name: str, *, kb: Path, room: Path) -> Version:
    """The version that a folder or a git revision names.

    Args:
        name: a folder; or a revision of the repository that `kb` lies in (`main`, `HEAD~3`), which may name the folder as git does
            (`main:docs`).
        kb: the folder meant by a revision that names none.
        room: an empty folder to unpack into; made if it is not there.
    Raises:
        UsageError: it is neither; the message says what was looked for.
    """
    if Path(name).is_dir():
        return Version(name, Path(name), unpacked=False)
    if name.startswith("-"):
        raise UsageError(f"{name!r} is neither a folder nor a git revision.")
    revision, colon, path = name.partition(":")
    where = Path.cwd() if colon else kb
    top = _git(where, "rev-parse", "--show-toplevel")
    if top.returncode:
        raise UsageError(f"{name!r} is no folder, and {where} is in no git repository whose revision it could be.")
    root = Path(top.stdout.decode().strip())
    if not colon:
        path = kb.resolve().relative_to(root.resolve()).as_posix()
    found = _git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    if found.returncode:
        raise UsageError(f"{name!r} is no folder, and {root} has no revision {revision!r}.")
    commit = found.stdout.decode().strip()
    packed = _git(root, "archive", "--format=tar", commit if path in ("", ".") else f"{commit}:{path}")
    if packed.returncode:
        raise UsageError(f"Revision {revision!r} of {root} has no folder {path!r}.")
    room.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(room, filter="data")  # no link or path of it may leave the folder
    return Version(f"{revision} ({commit[:10]})" if not commit.startswith(revision) else commit[:10], room, unpacked=True)
