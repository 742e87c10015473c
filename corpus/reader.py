"""Read a folder of Markdown: the only code of this room that touches the disk.

Files come in sorted order, hidden folders and `node_modules` are left out, links that leave the folder
are refused, and whatever is left out or repaired is named in `skipped`.
"""

from __future__ import annotations

import fnmatch
import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.config import FILE_NAME, KbConfig, parse_config
from corpus.errors import BadKbToml, KnowledgeBaseEmpty, KnowledgeBaseMissing
from corpus.models import Document
from corpus.settings import CorpusSettings

SUFFIXES = (".md", ".markdown")
_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class FileStat:
    """What tells cheaply whether a file may have changed."""

    path: str  # inside the knowledge base, forward slashes
    size: int  # bytes
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Folder:
    """A knowledge base as read."""

    root: Path
    config: KbConfig
    documents: tuple[Document, ...]
    skipped: tuple[str, ...]  # "path: why"
    stats: tuple[FileStat, ...]


def _real_root(root: Path) -> Path:
    if not root.exists():
        raise KnowledgeBaseMissing(root, "does not exist")
    if not root.is_dir():
        raise KnowledgeBaseMissing(root, "is not a folder")
    if not os.access(root, os.R_OK | os.X_OK):
        raise KnowledgeBaseMissing(root, "may not be read by this user")
    return Path(os.path.realpath(root))


def _walk(root: Path, settings: CorpusSettings, skipped: list[str]) -> Iterator[tuple[str, os.stat_result]]:
    """Every Markdown file below `root` with its stat, depth first; fills `skipped`."""
    seen: set[tuple[int, int]] = set()

    def inside(path: str) -> bool:
        return path == str(root) or path.startswith(str(root) + os.sep)

    def visit(folder: str, depth: int) -> Iterator[tuple[str, os.stat_result]]:
        info = os.stat(folder)
        if (info.st_dev, info.st_ino) in seen:
            return
        seen.add((info.st_dev, info.st_ino))
        relative = os.path.relpath(folder, root)
        try:
            names = sorted(os.listdir(folder))
        except OSError as error:
            skipped.append(f"{relative}: cannot be listed ({error.strerror})")
            return
        for name in names:
            path = os.path.join(folder, name)
            shown = os.path.relpath(path, root).replace(os.sep, "/")
            if name.startswith(".") or name == "node_modules":
                continue
            markdown = name.lower().endswith(SUFFIXES)
            try:
                if os.path.islink(path) and not inside(os.path.realpath(path)):
                    if markdown or os.path.isdir(path):
                        skipped.append(f"{shown}: a link that leaves the folder")
                    continue
                entry = os.stat(path)
            except OSError as error:
                if markdown:
                    skipped.append(f"{shown}: cannot be opened ({error.strerror})")
                continue
            if stat.S_ISDIR(entry.st_mode):
                if depth >= settings.max_depth:
                    skipped.append(f"{shown}: deeper than {settings.max_depth} folders")
                else:
                    yield from visit(path, depth + 1)
            elif markdown and stat.S_ISREG(entry.st_mode):
                yield shown, entry
            elif markdown:
                skipped.append(f"{shown}: not a plain file")

    yield from visit(str(root), 0)


def scan_folder(root: Path, settings: CorpusSettings) -> tuple[FileStat, ...]:
    """Path, size and time of every file that would be read, sorted; reads no contents. Includes `kb.toml`.

    Raises:
        KnowledgeBaseMissing: the folder is not there, not a folder, or may not be read.
    """
    real = _real_root(root)
    found = [FileStat(path, info.st_size, info.st_mtime_ns) for path, info in _walk(real, settings, [])]
    config = real / FILE_NAME
    if config.is_file():
        info = config.stat()
        found.append(FileStat(FILE_NAME, info.st_size, info.st_mtime_ns))
    return tuple(sorted(found, key=lambda f: f.path))


def read_config(root: Path) -> KbConfig:
    """The folder's `kb.toml`, or defaults where there is none.

    Raises:
        BadKbToml: it cannot be read or says something unknown.
    """
    path = root / FILE_NAME
    if not path.is_file():
        return KbConfig()
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise BadKbToml(path, f"cannot be read ({error.strerror}). Give this user permission to read it.") from error
    except UnicodeDecodeError as error:
        raise BadKbToml(path, f"is not UTF-8 (byte {error.start}). Save it as UTF-8.") from error
    return parse_config(text, path)


def _decode(data: bytes, shown: str, skipped: list[str]) -> str | None:
    """Text of a file, or None when it is not text at all; what was repaired is named in `skipped`."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        skipped.append(f"{shown}: UTF-16, not UTF-8; save it as UTF-8")
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if b"\x00" in data[:4096]:
            skipped.append(f"{shown}: not a text file")
            return None
        skipped.append(f"{shown}: not UTF-8 at byte {error.start}; indexed with that character replaced")
        return data.decode("utf-8", errors="replace")


def read_text(root: Path, path: str) -> tuple[str, str]:
    """Text and SHA-256 of one file inside `root`, decoded as the index decoded it.

    Raises:
        OSError: the file is gone or may not be read.
        ValueError: `path` leads out of the folder.
    """
    real = Path(os.path.realpath(root))
    target = os.path.realpath(real / path)
    if not target.startswith(str(real) + os.sep):
        raise ValueError(f"{path} is not inside the knowledge base")
    data = Path(target).read_bytes()
    return data.decode("utf-8", errors="replace"), hashlib.sha256(data).hexdigest()


def read_folder(root: Path, settings: CorpusSettings) -> Folder:
    """Read every Markdown file of the folder, in sorted order.

    Raises:
        KnowledgeBaseMissing: the folder is not there, not a folder, or may not be read.
        KnowledgeBaseEmpty: nothing in it could be read, or it is larger than the limits.
        BadKbToml: its `kb.toml` is wrong.
    """
    real = _real_root(root)
    config = read_config(real)
    unknown = set(config.limits) - set(CorpusSettings.model_fields)
    if unknown:
        raise BadKbToml(real / FILE_NAME, f"unknown limit {sorted(unknown)[0]!r}. Known limits: {', '.join(CorpusSettings.model_fields)}.")
    settings = CorpusSettings.model_validate({**settings.model_dump(), **config.limits})
    skipped: list[str] = []
    documents: list[Document] = []
    stats: list[FileStat] = []
    total = 0
    for path, info in sorted(_walk(real, settings, skipped), key=lambda found: found[0]):
        if any(fnmatch.fnmatch(path, pattern) for pattern in config.exclude):
            continue
        stats.append(FileStat(path, info.st_size, info.st_mtime_ns))
        if info.st_size > settings.max_file_mb * _MB:
            skipped.append(f"{path}: larger than {settings.max_file_mb:g} MB")
            continue
        if len(documents) >= settings.max_files:
            skipped.append(f"{path}: beyond the first {settings.max_files} files")
            continue
        try:
            data = (real / path).read_bytes()
        except OSError as error:
            skipped.append(f"{path}: cannot be read ({error.strerror})")
            continue
        total += len(data)
        if total > settings.max_total_mb * _MB:
            skipped.append(f"{path}: the folder is larger than {settings.max_total_mb:g} MB")
            break
        text = _decode(data, path, skipped)
        if text is not None:
            documents.append(Document(path, text, hashlib.sha256(data).hexdigest(), len(data), info.st_mtime_ns))
    if not any(d.text.strip() for d in documents):
        raise KnowledgeBaseEmpty(root, skipped)
    return Folder(real, config, tuple(documents), tuple(skipped), tuple(stats))
