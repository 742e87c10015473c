"""Whether an index is what would be built now: the model and settings fit, and the files hold what was indexed.

A file counts as unchanged by its size and time, unless its time is so near to when it was looked at that it may have changed after
that without a new one; only others are read.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

import corpus
from corpus.models import Document
from corpus.reader import FileStat, Reading, config_bytes, scan_folder
from corpus.settings import CorpusSettings
from index import generations
from index.facts import FactStore
from index.generations import Generation
from index.manifest import SCHEMA, Manifest
from index.models import ModelSpec

_RACY_NS = 2_000_000_000  # a file changed this close to the check may have changed after it without a new time


def _digest(parts: Iterable[str]) -> str:
    whole = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogateescape")
        whole.update(len(data).to_bytes(8, "big") + data)
    return whole.hexdigest()


def scan_digest(stats: Sequence[FileStat]) -> str:
    """Hash of paths, sizes and times: equal while nothing seems touched."""
    return _digest(f"{s.path}\0{s.size}\0{s.mtime_ns}" for s in stats)


def kb_digest(documents: Iterable[tuple[str, str]], config: bytes | None) -> str:
    """Hash of the contents: (path, SHA-256) of every document, in the order of their paths, and the bytes of `kb.toml`."""
    settings = "" if config is None else hashlib.sha256(config).hexdigest()
    return _digest([*(f"{path}\0{sha256}" for path, sha256 in documents), settings])


@lru_cache(maxsize=1)
def parser_digest() -> str:
    """Hash of the code that makes facts of files: other code may make other facts of the same files."""
    folder = Path(corpus.__file__).parent
    sources = sorted(folder.glob("*.py"))
    return _digest(f"{p.name}\0{hashlib.sha256(p.read_bytes()).hexdigest()}" for p in sources)


def settings_digest(corpus_settings: CorpusSettings) -> str:
    """Hash of what decides, besides files and model, what an index holds."""
    return _digest((str(SCHEMA), parser_digest(), corpus_settings.model_dump_json()))


def why_not_usable(manifest: Manifest, spec: ModelSpec, corpus_settings: CorpusSettings) -> str | None:
    """Why a generation does not fit model and settings, in words; None if it does."""
    if manifest.model.fingerprint != spec.fingerprint:
        return f"it was built with the model {manifest.model.name}, the settings name {spec.name}"
    if manifest.settings_sha256 != settings_digest(corpus_settings):
        return "it was built with other limits or by another version of this program"
    return None


class _Seen(BaseModel):
    """`seen.json`: the files were looked at since the build and found to hold what was indexed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    generation: str
    scan_sha256: str
    checked_ns: int


def _seen(directory: Path, manifest: Manifest) -> _Seen:
    try:
        seen = _Seen.model_validate_json((directory / generations.SEEN).read_bytes())
    except (OSError, ValueError):
        seen = None
    if seen is not None and seen.generation == manifest.generation:
        return seen
    return _Seen(generation=manifest.generation, scan_sha256=manifest.scan_sha256, checked_ns=manifest.checked_ns)


def _remember(directory: Path, manifest: Manifest, stats: Sequence[FileStat], checked_ns: int) -> None:
    """Note that the files were compared; not being able to only means comparing them again."""
    seen = _Seen(generation=manifest.generation, scan_sha256=scan_digest(stats), checked_ns=checked_ns)
    with contextlib.suppress(OSError):
        generations.replace(directory / generations.SEEN, seen.model_dump_json().encode())


class Unread:
    """What a generation holds of files that seem untouched since: they need not be read."""

    def __init__(self, store: FactStore, manifest: Manifest, root: Path) -> None:
        """`root`: the folder, as `Reading` has it. Of another than the generation was made of, times and sizes say nothing."""
        self._checked_ns = manifest.checked_ns
        self._stats = {stat.path: stat for stat in store.files()} if manifest.kb == str(root) else {}
        self._documents = {document.path: document for document in store.documents()}
        for what in store.skipped():  # what was left out or mended is read again, and said again
            for path in _beginnings(what):
                self._documents.pop(path, None)

    def __call__(self, stat: FileStat) -> Document | None:
        """The document, with an empty text, that a file still is."""
        if self._stats.get(stat.path) != stat or abs(stat.mtime_ns - self._checked_ns) < _RACY_NS:
            return None
        return self._documents.get(stat.path)


def _beginnings(what: str) -> Iterable[str]:
    """What may be the path in a `path: why`."""
    at = what.find(": ")
    while at >= 0:
        yield what[:at]
        at = what.find(": ", at + 1)


def untouched(directory: Path, manifest: Manifest, stats: Sequence[FileStat]) -> bool:
    """Whether paths, sizes and times say that no file has changed since it was indexed or last compared."""
    seen = _seen(directory, manifest)
    if seen.scan_sha256 != scan_digest(stats):
        return False
    return not any(abs(s.mtime_ns - seen.checked_ns) < _RACY_NS for s in stats)


def same_contents(generation: Generation, kb: Path, corpus_settings: CorpusSettings) -> bool:
    """Read the files that seem touched and compare their contents with what was indexed.

    Raises:
        IndexDamaged: the generation cannot be read.
    """
    store = FactStore(generation.folder, None, mapped=False)
    try:
        reading = Reading(kb, corpus_settings)
        found = reading.documents(Unread(store, generation.manifest, reading.root))
        return generation.manifest.kb_sha256 == kb_digest(((d.path, d.sha256) for d, _ in found), config_bytes(kb))
    finally:
        store.close()


def is_fresh(
    directory: Path,
    generation: Generation,
    kb: Path,
    spec: ModelSpec,
    corpus_settings: CorpusSettings,
    seen: Sequence[FileStat] | None = None,
) -> bool:
    """Whether a generation is what would be built now; `seen` is a look at the files that was taken a moment ago."""
    if why_not_usable(generation.manifest, spec, corpus_settings) is not None:
        return False
    if seen is not None and untouched(directory, generation.manifest, seen):
        return True
    now = time.time_ns()
    stats = scan_folder(kb, corpus_settings)
    if untouched(directory, generation.manifest, stats):
        return True
    if not stats or not same_contents(generation, kb, corpus_settings):
        return False
    _remember(directory, generation.manifest, stats, now)
    return True
