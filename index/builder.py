"""A folder of Markdown to a generation on disk, and the question whether that is needed.

A build killed at any moment leaves the old generation as it was.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from corpus.folders import called, parts_of
from corpus.reader import FileStat, scan_folder
from corpus.settings import CorpusSettings
from index import generations
from index.encoder import Encoder
from index.errors import IndexBuildFailed, IndexInsideKb, IndexMissing, IndexNotWritable, NoUsableIndex
from index.freshness import is_fresh
from index.generations import Generation, open_generation
from index.manifest import Counts
from index.models import resolve
from index.settings import IndexSettings, cache_root

Progress = Callable[[str, int, int], None]  # (stage in words, done, total)

_NO_ROOM_OR_RIGHT = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT)


class IndexReport(BaseModel):
    """What `ensure_index` found or did."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    directory: Path
    generation: str
    built: bool
    reused: int = 0  # chunks whose vectors were copied
    encoded: int = 0  # texts encoded
    counts: Counts
    seconds: float
    warnings: tuple[str, ...] = ()


def default_directory(kb: Path, settings: IndexSettings | None = None) -> Path:
    """The cache folder of a knowledge base: its name, for people, and a hash of its real path (of several folders, of all)."""
    real = os.pathsep.join(os.path.realpath(part.root) for part in parts_of(kb))
    name = "".join(c if c.isalnum() or c in "-_." else "-" for c in called(kb).replace(", ", "+"))[:40].strip(".") or "kb"
    return cache_root(settings) / "index" / f"{name}-{hashlib.sha256(os.fsencode(real)).hexdigest()[:12]}"


def index_directory(kb: Path, directory: Path | None, settings: IndexSettings) -> Path:
    """Where the index lives: as given, as set, or the cache folder.

    Raises:
        IndexInsideKb: that would be inside the knowledge base.
    """
    chosen = directory or settings.directory or default_directory(kb, settings)
    real = Path(os.path.realpath(chosen))
    for part in parts_of(kb):
        root = Path(os.path.realpath(part.root))
        if real == root or root in real.parents:
            raise IndexInsideKb(chosen, part.root)
    return real


def ensure_index(
    kb: Path,
    *,
    directory: Path | None = None,
    settings: IndexSettings | None = None,
    corpus_settings: CorpusSettings | None = None,
    progress: Progress | None = None,
    rebuild: bool = False,
    encoder: Encoder | None = None,
    seen: Sequence[FileStat] | None = None,
) -> IndexReport:
    """Make sure that a whole, fresh index of `kb` is there; build or refresh it if not.

    Args:
        directory: the index folder; None: as set, else a cache folder named by the knowledge base.
        progress: told each stage in words, with how much of it is done.
        rebuild: build even if it is fresh, and encode every text again.
        encoder: use this one instead of the one the settings name.
        seen: what `scan_folder` told a moment ago; where that is what was indexed, the folder is not looked at again.
    Raises:
        KnowledgeBaseError: there is nothing to index.
        IndexNotWritable, IndexInsideKb, ModelUnavailable: no index can be made (exit code 4).
        IndexLocked, IndexBuildFailed: the build could not be done now; what was there is untouched (exit code 1).
    """
    began = time.monotonic()
    settings = settings or IndexSettings()
    corpus_settings = corpus_settings or CorpusSettings()
    where = index_directory(kb, directory, settings)
    spec = encoder.spec if encoder is not None else resolve(settings)
    warnings: list[str] = []

    def look(seen: Sequence[FileStat] | None = None) -> Generation | None:
        """The current generation if it is whole and fresh."""
        try:
            found = open_generation(where)
        except NoUsableIndex as error:
            if not isinstance(error, IndexMissing) and str(error) not in warnings:
                warnings.append(str(error))
            return None
        return found if is_fresh(where, found, kb, spec, corpus_settings, seen) else None

    found = None if rebuild else look(seen)
    if found is None:
        scan_folder(kb, corpus_settings)  # a missing folder is to be said before anything is written

        def waiting(holder: str) -> None:
            if progress is not None:
                progress(f"waiting for another build ({holder})", 0, 1)

        try:
            with _translated(where), generations.writing(where, settings.lock_timeout, waiting):
                found = None if rebuild else look()  # another process may have built it while this one waited
                if found is None:
                    from index.making import Build  # asking needs no parser

                    built = Build(kb, where, settings, corpus_settings, progress, rebuild, encoder, spec).run(began)
                    return _report(where, built, True, began, warnings)
        except (IndexNotWritable, IndexBuildFailed) as error:
            found = generations.newest_whole(where, but=generations.current_or_none(where))
            if rebuild or found is None or not is_fresh(where, found, kb, spec, corpus_settings):
                raise
            warnings.append(f"{error} Answering from {found.name}, which was built from the same files.")
    return _report(where, found, False, began, warnings)


def _report(where: Path, generation: Generation, built: bool, began: float, warnings: Sequence[str]) -> IndexReport:
    manifest = generation.manifest
    return IndexReport(
        directory=where,
        generation=generation.name,
        built=built,
        reused=manifest.reused if built else 0,
        encoded=manifest.encoded if built else 0,
        counts=manifest.counts,
        seconds=round(time.monotonic() - began, 3),
        warnings=tuple(warnings),
    )


@contextlib.contextmanager
def _translated(where: Path) -> Iterator[None]:
    """What the disk and the libraries that write to it raise, as errors of this room."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM_OR_RIGHT and generations.current_or_none(where) is None:
            raise IndexNotWritable(where, error.strerror or str(error)) from error
        raise IndexBuildFailed(where, error.strerror or str(error)) from error
    except (sqlite3.Error, ValueError, RuntimeError) as error:
        if isinstance(error, sqlite3.OperationalError) and generations.current_or_none(where) is None:  # a full disk, in SQLite's words
            raise IndexNotWritable(where, str(error)) from error
        raise IndexBuildFailed(where, str(error).splitlines()[0][:300] if str(error) else type(error).__name__) from error
