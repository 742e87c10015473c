"""What a generation says about itself, and the check that it still is what was written.

`manifest.json` is `{"sha256": …, "manifest": {…}}`: the checksum covers the exact bytes of the inner
object, so no damage to the file itself goes unseen.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from index.errors import IndexDamaged, IndexOutdated
from index.models import sha256_of
from index.settings import APP

FILE = "manifest.json"
SCHEMA = 10  # raise it when a generation written before cannot be read any more
_ALWAYS_HASHED = 8_000_000  # bytes; 5 ms at most. A larger file is hashed when its time is not the one recorded, and by `verify`
_HEAD = b'{"sha256":"'
_MIDDLE = b'","manifest":'
_TAIL = b"}\n"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FileRecord(_Frozen):
    """One file of a generation."""

    path: str  # inside the generation, forward slashes
    size: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    mtime_ns: int


class ModelRecord(_Frozen):
    """What the vectors were made with."""

    name: str
    kind: Literal["onnx", "sentence-transformers"]
    fingerprint: str
    dimension: int = Field(ge=1)
    graph_sha256: str | None = None


class Counts(_Frozen):
    """How much there is of what."""

    documents: int = Field(ge=0)
    sections: int = Field(ge=0)
    tables: int = Field(ge=0)
    facts: int = Field(ge=0)
    chunks: int = Field(ge=0)
    entries: int = Field(ge=0)
    skipped: int = Field(ge=0)


class Manifest(_Frozen):
    """Everything that decides whether a generation can be used and whether it is fresh."""

    schema_version: int
    generation: str
    tool_version: str
    created: str  # UTC, ISO 8601
    kb: str  # the folder, as an absolute path
    kb_sha256: str  # of paths and contents of all documents and kb.toml
    scan_sha256: str  # of paths, sizes and times of all files looked at
    checked_ns: int  # when they were looked at
    settings_sha256: str  # of the settings and the parser that decide what facts are made
    model: ModelRecord
    counts: Counts
    encoded: int = Field(ge=0)  # texts encoded for this generation
    reused: int = Field(ge=0)  # chunks whose vectors came from the one before
    seconds: float = Field(ge=0)
    files: tuple[FileRecord, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(f.size for f in self.files)


def tool_version() -> str:
    """The installed version of this program, or "unknown" when it runs from a plain folder."""
    import importlib.metadata

    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        return importlib.metadata.version(APP)
    return "unknown"


def dump(manifest: Manifest) -> bytes:
    """The bytes of `manifest.json`."""
    body = manifest.model_dump_json().encode()
    return _HEAD + hashlib.sha256(body).hexdigest().encode() + _MIDDLE + body + _TAIL


def load(folder: Path) -> tuple[Manifest, str]:
    """The manifest of a generation and the SHA-256 of its file.

    Raises:
        IndexDamaged: missing, or not the bytes that were written.
        IndexOutdated: written by a version whose form this one does not read.
    """
    path = folder / FILE
    try:
        data = path.read_bytes()
    except OSError as error:
        raise IndexDamaged(path, f"cannot be read ({error.strerror})") from error
    start = len(_HEAD) + 64 + len(_MIDDLE)
    body = data[start : -len(_TAIL)]
    if data != _HEAD + hashlib.sha256(body).hexdigest().encode() + _MIDDLE + body + _TAIL:
        raise IndexDamaged(path, "does not have its checksum")
    try:
        manifest = Manifest.model_validate_json(body)
    except ValidationError as error:  # its checksum is right, so another version wrote it
        raise IndexOutdated(folder, "its manifest is of another version of this program") from error
    if manifest.schema_version != SCHEMA:
        raise IndexOutdated(folder, f"it has form {manifest.schema_version}, this version reads form {SCHEMA}")
    if manifest.generation != folder.name:
        raise IndexDamaged(path, f"belongs to {manifest.generation}")
    return manifest, hashlib.sha256(data).hexdigest()


_verified: dict[tuple[str, int, int, int], str] = {}
_verified_lock = threading.Lock()


def check_file(folder: Path, record: FileRecord, *, full: bool = False) -> None:
    """Compare one file with its record, before anything parses it.

    Size always; SHA-256 if the file is small, its time is not the one recorded, or `full`. What was
    hashed in this process and looks untouched is not hashed again.

    Raises:
        IndexDamaged: missing, unreadable, or not what was written.
    """
    path = folder / record.path
    try:
        info = path.stat()
        if info.st_size != record.size:
            raise IndexDamaged(path, f"has {info.st_size} bytes instead of {record.size}")
        if not full and record.size > _ALWAYS_HASHED and info.st_mtime_ns == record.mtime_ns:
            return
        seen = (str(path), info.st_size, info.st_mtime_ns, info.st_ino)
        with _verified_lock:
            known = None if full else _verified.get(seen)
        found = known or sha256_of(path)
    except OSError as error:
        raise IndexDamaged(path, "is missing" if isinstance(error, FileNotFoundError) else f"cannot be read ({error.strerror})") from error
    if found != record.sha256:
        raise IndexDamaged(path, "does not have its checksum")
    with _verified_lock:
        if len(_verified) > 10_000:
            _verified.clear()
        _verified[seen] = found


def check_files(folder: Path, manifest: Manifest, *, full: bool = False) -> None:
    """`check_file` for every file of a generation.

    Raises:
        IndexDamaged: names the first file at fault.
    """
    for record in manifest.files:
        check_file(folder, record, full=full)


def record_files(folder: Path, sha256: Mapping[str, str]) -> tuple[FileRecord, ...]:
    """Sync every file below `folder` to disk and describe it.

    Args:
        sha256: of files whose checksum was computed while they were written.
    Raises:
        OSError: one cannot be read or synced.
    """
    records = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                name = path.relative_to(folder).as_posix()
                digest = sha256.get(name) or hashlib.file_digest(file, "sha256").hexdigest()
                os.fsync(file.fileno())
                info = os.fstat(file.fileno())
            records.append(FileRecord(path=name, size=info.st_size, sha256=digest, mtime_ns=info.st_mtime_ns))
    return tuple(records)
