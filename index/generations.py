"""Generations of an index on disk: which is current, how the next one takes its place, who may write.

    index/
      gen-000007/       a whole generation, never changed once it has this name
      gen-000006/       the one before, kept
      CURRENT           "gen-000007 <SHA-256 of its manifest.json>", replaced in one step
      seen.json         when the files of the knowledge base were last found unchanged; may be lost
      LOCK, LOCK.json   held by the one writer, and who that is; the system frees it when the writer dies

Readers take no lock.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from index.errors import IndexDamaged, IndexLocked, IndexMissing, IndexNotWritable, NoUsableIndex
from index.manifest import FILE as MANIFEST
from index.manifest import Manifest, check_files, dump, load, record_files

CURRENT = "CURRENT"
SEEN = "seen.json"
LOCK = "LOCK"
_HOLDER = "LOCK.json"
_NAME = re.compile(r"gen-(\d{6,})")
_PARTIAL = ".partial"


@dataclass(frozen=True, slots=True)
class Generation:
    """A generation that was found whole."""

    name: str
    folder: Path
    manifest: Manifest


def names(directory: Path) -> list[str]:
    """Names of all complete generations, newest first."""
    try:
        found = [p.name for p in directory.iterdir() if _NAME.fullmatch(p.name)]
    except OSError:
        return []
    return sorted(found, key=lambda n: -int(n[4:]))


def current_name(directory: Path) -> tuple[str, str]:
    """Name of the current generation and the checksum its manifest must have.

    Raises:
        IndexMissing: nothing was ever built here.
        IndexDamaged: CURRENT is gone though generations are there, or is not what was written.
    """
    path = directory / CURRENT
    try:
        text = path.read_text(encoding="ascii")
    except FileNotFoundError as error:
        if names(directory):
            raise IndexDamaged(path, "is missing") from error
        raise IndexMissing(directory) from error
    except NotADirectoryError as error:
        raise IndexMissing(directory) from error
    except OSError as error:
        raise IndexDamaged(path, f"cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise IndexDamaged(path, "does not name a generation") from error
    found = re.fullmatch(r"(gen-\d{6,}) ([0-9a-f]{64})\n", text)
    if found is None:
        raise IndexDamaged(path, "does not name a generation")
    return found[1], found[2]


def open_generation(directory: Path, name: str | None = None, *, full: bool = False) -> Generation:
    """The current generation, or the one named, after its files were compared with its manifest.

    Raises:
        IndexMissing, IndexDamaged, IndexOutdated: it cannot be used, and why.
    """
    for attempt in range(5):
        wanted, checksum = current_name(directory) if name is None else (name, None)
        folder = directory / wanted
        try:
            if checksum is not None and not folder.is_dir():
                raise IndexDamaged(directory / CURRENT, f"names {wanted}, which is not there")
            manifest, found = load(folder)
            if checksum is not None and found != checksum:
                raise IndexDamaged(directory / CURRENT, f"does not belong to {wanted}")
            check_files(folder, manifest, full=full)
        except IndexDamaged:
            if name is None and attempt < 4 and current_name(directory)[0] != wanted:
                continue  # two builds went by while this one was being opened, and it was cleared away
            raise
        return Generation(wanted, folder, manifest)
    raise IndexMissing(directory)


def newest_whole(directory: Path, *, but: str | None = None) -> Generation | None:
    """The newest generation that can be used, other than `but`; None if there is none."""
    for name in names(directory):
        if name != but:
            with contextlib.suppress(NoUsableIndex):
                return open_generation(directory, name)
    return None


def current_or_none(directory: Path) -> str | None:
    """Name of the current generation if CURRENT can be read."""
    try:
        return current_name(directory)[0]
    except NoUsableIndex:
        return None


# -- writing -----------------------------------------------------------------------------------------


@contextlib.contextmanager
def writing(directory: Path, timeout: float, waiting: Callable[[str], None] | None = None) -> Iterator[None]:
    """Be the only writer of an index folder, which is made if it is not there; `waiting` is told for whom, if for anyone.

    Raises:
        IndexNotWritable: the folder cannot be made or written to.
        IndexLocked: another process was still building after `timeout` seconds.
    """
    from filelock import FileLock, Timeout

    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = FileLock(str(directory / LOCK), timeout=timeout)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if waiting is not None:
                waiting(_holder(directory))
            try:
                lock.acquire()
            except Timeout as error:
                raise IndexLocked(directory, _holder(directory), timeout) from error
    except (OSError, NotImplementedError) as error:
        raise IndexNotWritable(directory, _reason(error)) from error
    try:
        try:
            (directory / _HOLDER).write_text(
                json.dumps({"pid": os.getpid(), "started": time.strftime("%Y-%m-%d %H:%M:%S")}), encoding="utf-8"
            )
        except OSError as error:
            raise IndexNotWritable(directory, _reason(error)) from error
        yield
    finally:
        with contextlib.suppress(OSError):
            (directory / _HOLDER).unlink()
        lock.release()


def _holder(directory: Path) -> str:
    try:
        holder = json.loads((directory / _HOLDER).read_text(encoding="utf-8"))
        return f"process {holder['pid']}, since {holder['started']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "of unknown number"


def _reason(error: BaseException) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__


def start(directory: Path) -> Path:
    """An empty folder for the next generation; what earlier builds left unfinished is removed.

    Raises:
        OSError: it cannot be made.
    """
    clear(directory)
    taken = names(directory)
    named = current_or_none(directory)
    last = max([int(n[4:]) for n in ([*taken, named] if named else taken)], default=0)
    folder = directory / f"gen-{last + 1:06d}{_PARTIAL}"
    folder.mkdir()
    return folder


def finish(partial: Path, manifest: Manifest, sha256: Mapping[str, str] | None = None) -> Generation:
    """Make a filled folder the current generation: sync, name, switch. `manifest.files` is filled in here.

    A process killed at any point before the last rename leaves the old generation current.

    Args:
        sha256: of files by their path in the folder, where it is known.
    Raises:
        OSError: it cannot be written; the old generation stays current.
    """
    directory = partial.parent
    name = partial.name.removesuffix(_PARTIAL)
    manifest = manifest.model_copy(update={"generation": name, "files": record_files(partial, sha256 or {})})
    data = dump(manifest)
    _write_synced(partial / MANIFEST, data)
    for folder in [partial, *(p for p in partial.rglob("*") if p.is_dir())]:
        _sync_folder(folder)
    final = directory / name
    partial.rename(final)
    _sync_folder(directory)
    replace(directory / CURRENT, f"{name} {hashlib.sha256(data).hexdigest()}\n".encode())
    return Generation(name, final, manifest)


def replace(path: Path, data: bytes) -> None:
    """Put `data` at `path` in one step: whoever reads sees the old bytes or the new, whole.

    Raises:
        OSError: it cannot be written; what was there before still is.
    """
    temporary = path.with_name(path.name + ".tmp")
    try:
        _write_synced(temporary, data)
        temporary.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(path.parent)


def clear(directory: Path) -> None:
    """Remove unfinished folders and all generations but the current one and the newest before it."""
    named = current_or_none(directory)
    kept = {named} if named else set()
    older = [n for n in names(directory) if named is None or int(n[4:]) < int(named[4:])]
    kept.update(older[:1] if named else older[:2])
    for path in sorted(directory.iterdir()):
        if path.name.endswith(_PARTIAL) or (_NAME.fullmatch(path.name) and path.name not in kept):
            shutil.rmtree(path, ignore_errors=True)
        elif path.name.endswith(".tmp"):
            with contextlib.suppress(OSError):
                path.unlink()


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    """Make renames inside a folder durable, where the system can."""
    with contextlib.suppress(OSError, AttributeError):  # Windows opens no folders
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
