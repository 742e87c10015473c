"""Read a folder of Markdown: the only code of this room that touches the disk.

Files come in sorted order, hidden folders and `node_modules` are left out, links that leave the folder
are refused, and whatever is left out or repaired is named in `skipped`.
"""

from __future__ import annotations

import contextlib
import fnmatch
import hashlib
import os
import stat
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from corpus.config import FILE_NAME, KbConfig, nearest, parse_config, problem
from corpus.errors import BadKbToml, KnowledgeBaseEmpty, KnowledgeBaseMissing
from corpus.folders import Part, joined, parts_of, place_of
from corpus.models import Document
from corpus.settings import CorpusSettings

SUFFIXES = (".md", ".markdown")
_MB = 1_000_000
_MAX_CONFIG = 1_000_000  # bytes of a `kb.toml`
_HEAD = 4096  # bytes looked at to tell text from anything else
_NUL_SHARE = 10  # one NUL in so many bytes: UTF-16 without its mark, or no text at all


@dataclass(frozen=True, slots=True)
class FileStat:
    """What tells cheaply whether a file may have changed."""

    path: str  # inside the knowledge base, forward slashes
    size: int  # bytes
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Folder:
    """A knowledge base as read."""

    root: Path  # real; of several folders, all of them joined
    config: KbConfig
    documents: tuple[Document, ...]
    skipped: tuple[str, ...]  # "path: why"
    stats: tuple[FileStat, ...]  # what `scan_folder` says of the same folder


def _real_root(root: Path) -> Path:
    if not root.exists():
        raise KnowledgeBaseMissing(root, "does not exist")
    if not root.is_dir():
        raise KnowledgeBaseMissing(root, "is not a folder")
    if not os.access(root, os.R_OK | os.X_OK):
        raise KnowledgeBaseMissing(root, "may not be read by this user")
    return Path(os.path.realpath(root))


@dataclass(frozen=True, slots=True)
class _Found:
    path: str  # on disk
    shown: str  # inside the knowledge base, forward slashes
    info: os.stat_result


class _Walk:
    """Every Markdown file below a folder, each once, with its stat; fills `skipped`.

    Links are followed after everything else, so a file that can be reached both ways is listed under its own name.
    """

    def __init__(self, root: Path, settings: CorpusSettings, exclude: tuple[str, ...]) -> None:
        self.root = root
        self.max_depth = settings.max_depth
        self.exclude = tuple(pattern.rstrip("/") for pattern in exclude)
        self.skipped: list[str] = []
        self.seen: set[tuple[int, int]] = set()  # folders and files by device and number, so that a loop ends
        self.links: deque[tuple[str, str, int]] = deque()

    def files(self) -> list[_Found]:
        with contextlib.suppress(OSError):
            info = self.root.stat()
            self.seen.add((info.st_dev, info.st_ino))
        found = list(self.folder(str(self.root), "", 0))
        while self.links:
            path, shown, depth = self.links.popleft()
            found += self.entry(path, shown, depth, followed=True)
        return sorted(found, key=lambda f: f.shown)

    def folder(self, path: str, shown: str, depth: int) -> Iterator[_Found]:
        try:
            with os.scandir(path) as listed:  # plain strings from here on: paths are made by the ten thousand
                found = sorted((entry.name, entry.path) for entry in listed)
        except OSError as error:
            self.skipped.append(f"{shown or '.'}: cannot be listed ({error.strerror})")
            return
        for name, inner in found:
            if not name.startswith(".") and name != "node_modules":
                yield from self.entry(inner, f"{shown}/{name}" if shown else name, depth)

    def entry(self, path: str, shown: str, depth: int, *, followed: bool = False) -> Iterator[_Found]:
        markdown = shown.lower().endswith(SUFFIXES)
        if any(fnmatch.fnmatch(shown, pattern) for pattern in self.exclude):
            return
        try:
            info = os.lstat(path)  # one look at the disk for all but links: this is done for every file, now and then
            if stat.S_ISLNK(info.st_mode) and not followed:
                if inside(path, self.root):
                    self.links.append((path, shown, depth))
                elif markdown or Path(path).is_dir():
                    self.skipped.append(f"{shown}: a link that leaves the folder")
                return
            if stat.S_ISLNK(info.st_mode):
                info = Path(path).stat()
        except OSError as error:
            if markdown:
                self.skipped.append(f"{shown}: cannot be opened ({error.strerror})")
            return
        folder = stat.S_ISDIR(info.st_mode)
        if not folder and not markdown:
            return
        if (folder or followed) and (info.st_dev, info.st_ino) in self.seen:
            return
        self.seen.add((info.st_dev, info.st_ino))
        if folder and depth >= self.max_depth:
            self.skipped.append(f"{shown}: deeper than {self.max_depth} folders")
        elif folder:
            yield from self.folder(path, shown, depth + 1)
        elif not stat.S_ISREG(info.st_mode):
            self.skipped.append(f"{shown}: not a plain file")
        elif not _is_text(shown):
            self.skipped.append(f"{shown.encode('utf-8', 'replace').decode()}: its name is not UTF-8; rename it")
        else:
            yield _Found(path, shown, info)


def inside(path: Path | str, root: Path) -> bool:
    """Whether a path, its links followed, is `root` or below it; `root` is a real path."""
    real = os.path.realpath(path)
    return real == str(root) or real.startswith(str(root).rstrip(os.sep) + os.sep)


def _is_text(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:  # bytes that are no UTF-8, as Python hands them through
        return False
    return True


def _limited(config: KbConfig, settings: CorpusSettings, path: Path) -> CorpusSettings:
    """The settings with the folder's own limits over them."""
    _check_limits(config, path)
    try:
        return CorpusSettings.model_validate({**settings.model_dump(), **config.limits})
    except ValidationError as error:
        raise BadKbToml(path, f"limits.{problem(error)}") from error


def _check_limits(config: KbConfig, path: Path) -> None:
    for name in config.limits:
        if name not in CorpusSettings.model_fields:
            known = ", ".join(CorpusSettings.model_fields)
            near = nearest(name, CorpusSettings.model_fields)
            raise BadKbToml(path, f"unknown limit {name!r}; did you mean {near!r}? Known limits: {known}.")


def read_limits(root: Path) -> dict[str, float]:
    """The `[limits]` of the folder's `kb.toml`, by name; none where there are several folders, each of which is read within its own.

    Raises:
        BadKbToml: it cannot be read or limits something unknown.
    """
    parts = parts_of(root)
    if len(parts) > 1:
        return {}
    config = _config_of(parts[0].root)
    _check_limits(config, parts[0].root / FILE_NAME)
    return config.limits


def scan_folder(root: Path, settings: CorpusSettings) -> tuple[FileStat, ...]:
    """Path, size and time of every file that would be read, sorted; reads no Markdown. Includes `kb.toml`.

    A `kb.toml` that is wrong excludes nothing here: that it changed is what the caller will see, and `read_folder`
    says what is wrong with it.

    Raises:
        KnowledgeBaseMissing: the folder is not there, not a folder, or may not be read.
    """
    stats: list[FileStat] = []
    for part in parts_of(root):
        real = _real_root(part.root)
        limits = settings
        exclude: tuple[str, ...] = ()
        with contextlib.suppress(BadKbToml):
            config = _config_of(real)
            limits = _limited(config, settings, real / FILE_NAME)
            exclude = config.exclude
        stats += _stats(part, real, _Walk(real, limits, exclude).files())
    return tuple(sorted(stats, key=lambda f: f.path))


def _stat(part: Part, file: _Found) -> FileStat:
    return FileStat(part.shown(file.shown), file.info.st_size, file.info.st_mtime_ns)


def _stats(part: Part, root: Path, found: list[_Found]) -> list[FileStat]:
    stats = [_stat(part, f) for f in found]
    with contextlib.suppress(OSError):
        info = (root / FILE_NAME).stat()
        if stat.S_ISREG(info.st_mode):
            stats.append(FileStat(part.shown(FILE_NAME), info.st_size, info.st_mtime_ns))
    return stats


def read_config(root: Path) -> KbConfig:
    """What the folder's `kb.toml` says, or defaults where there is none; of several folders, what all of them say.

    Of several, a title is made of theirs (or of their names), and the first folder to give an alias decides what it means.

    Raises:
        BadKbToml: one cannot be read or says something unknown.
    """
    parts = parts_of(root)
    if len(parts) == 1:
        return _config_of(parts[0].root)
    return merged({part.name: _config_of(part.root) for part in parts})


def merged(configs: Mapping[str, KbConfig]) -> KbConfig:
    """What several folders say together, by their names in order; one alone says what it says."""
    found = list(configs.values())
    if len(found) == 1:
        return found[0]
    return KbConfig(
        title=", ".join(config.title or name.replace("-", " ").replace("_", " ") for name, config in configs.items()),
        description=" ".join(config.description for config in found if config.description),
        aliases={typed: alias for config in reversed(found) for typed, alias in config.aliases.items()},
    )


def config_bytes(root: Path) -> bytes | None:
    """The `kb.toml` as it is, one after the other where there are several; None where there is none. For comparing only."""
    parts = parts_of(root)
    found: list[bytes] = []
    for part in parts:
        with contextlib.suppress(OSError):
            data = (part.root / FILE_NAME).read_bytes()
            found.append(data if len(parts) == 1 else b"%s\0%d\0%s" % (part.name.encode("utf-8", "surrogateescape"), len(data), data))
    return b"".join(found) if found else None


def _config_of(root: Path) -> KbConfig:
    path = root / FILE_NAME
    try:
        if not path.is_file():
            return KbConfig()
        if not inside(path, Path(os.path.realpath(root))):
            raise BadKbToml(path, "is a link that leaves the folder. Put the file itself there.")
        if path.stat().st_size > _MAX_CONFIG:
            raise BadKbToml(path, f"is larger than {_MAX_CONFIG // _MB} MB. It should hold settings only.")
        text = path.read_bytes().decode("utf-8-sig")
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
    head = data[:_HEAD]
    if head.count(0) * _NUL_SHARE > len(head):
        skipped.append(f"{shown}: not a text file, or not UTF-8; save it as UTF-8")
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if 0 in head:
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
    folder, path = place_of(root, path)
    real = Path(os.path.realpath(folder))
    target = Path(os.path.realpath(real / path))
    if target == real or not inside(target, real):
        raise ValueError(f"{path} is not inside the knowledge base")
    data = target.read_bytes()
    return data.decode("utf-8", errors="replace"), hashlib.sha256(data).hexdigest()


class Reading:
    """A folder while it is read: what was found in it at once, its documents one by one, so that no more than one need be held.

    Raises:
        KnowledgeBaseMissing: the folder is not there, not a folder, or may not be read.
        BadKbToml: its `kb.toml` is wrong.
    """

    def __init__(self, root: Path, settings: CorpusSettings) -> None:
        parts = [(part, _real_root(part.root)) for part in parts_of(root)]
        parts.sort(key=lambda found: found[0].shown(""))  # so that all documents come in the order of their paths
        self.config = read_config(root)
        self.skipped: list[str] = []  # "path: why"; grows while documents are read
        self.root = parts[0][1] if len(parts) == 1 else joined([real for _, real in sorted(parts, key=lambda found: found[0].name)])
        stats: list[FileStat] = []
        self._found: list[tuple[FileStat, Path, CorpusSettings]] = []  # each with the limits of the folder it lies in
        for part, real in parts:
            own = _config_of(real)
            limits = _limited(own, settings, real / FILE_NAME)
            walk = _Walk(real, limits, own.exclude)
            found = walk.files()
            self.skipped += [part.shown(what) for what in walk.skipped]
            stats += _stats(part, real, found)
            self._found += [(_stat(part, file), Path(file.path), limits) for file in found]
            self._whole = limits if len(parts) == 1 else settings
        self.stats = tuple(sorted(stats, key=lambda f: f.path))  # what `scan_folder` says of the same folder

    def __len__(self) -> int:
        """How many files there are to read."""
        return len(self._found)

    def documents(self, known: Callable[[FileStat], Document | None] = lambda _stat: None) -> Iterator[tuple[Document, bool]]:
        """Every document in the order of their paths, with whether it was read.

        A folder's own limits hold for that folder; how much is read in all is up to the settings.

        Args:
            known: told of each file before it is read; gives what it holds if it need not be read.
        """
        count, megabytes = 0, 0.0
        for stat_, path, limits in self._found:
            shown = stat_.path
            if count >= self._whole.max_files:
                self.skipped.append(f"{shown}: beyond the first {self._whole.max_files} files")
                continue
            document = known(stat_)
            data = None if document is not None else self._bytes(path, shown, limits)
            size = document.size if document is not None else None if data is None else len(data)
            if size is None:
                continue
            megabytes += size / _MB
            if megabytes > self._whole.max_total_mb:
                self.skipped.append(f"{shown} and what follows: the folder is larger than {self._whole.max_total_mb:g} MB")
                return
            if document is not None:
                count += 1
                yield document, False
            elif data is not None and (text := _decode(data, shown, self.skipped)) is not None:
                count += 1
                yield Document(shown, text, hashlib.sha256(data).hexdigest(), len(data), stat_.mtime_ns), True

    def _bytes(self, path: Path, shown: str, limits: CorpusSettings) -> bytes | None:
        """What a file holds; None, with a word on why, for one that is left out."""
        try:
            data = _read(path, limits)
        except OSError as error:
            self.skipped.append(f"{shown}: cannot be read ({error.strerror})")
            return None
        if data is None:
            self.skipped.append(f"{shown}: larger than {limits.max_file_mb:g} MB")
        return data


def read_folder(root: Path, settings: CorpusSettings) -> Folder:
    """Read every Markdown file of the folder, in sorted order; of several folders, those of all of them.

    A folder's own limits hold for that folder; how much is read in all is up to `settings`.

    Raises:
        KnowledgeBaseMissing: the folder is not there, not a folder, or may not be read.
        KnowledgeBaseEmpty: nothing in it could be read, or it is larger than the limits.
        BadKbToml: its `kb.toml` is wrong.
    """
    reading = Reading(root, settings)
    documents = tuple(document for document, _ in reading.documents())
    if not any(d.text.strip() for d in documents):
        raise KnowledgeBaseEmpty(root, reading.skipped)
    return Folder(reading.root, reading.config, documents, tuple(reading.skipped), reading.stats)


def _read(path: Path, settings: CorpusSettings) -> bytes | None:
    """Bytes of a file; None for one beyond the limit, however large it has grown since it was listed."""
    most = int(settings.max_file_mb * _MB)
    with path.open("rb") as file:
        data = file.read(most + 1)
    return data if len(data) <= most else None
