"""How an index is: fresh or not, what changed, what it weighs; and a full check that it is whole.

Looks only: nothing here writes, locks, or loads a model.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from corpus.reader import FileStat, scan_folder
from corpus.settings import CorpusSettings
from index import facts, lexical, npy, vectors
from index.builder import index_directory
from index.errors import IndexDamaged, IndexMissing, IndexOutdated, NoUsableIndex
from index.freshness import same_contents, untouched, why_not_usable
from index.generations import Generation, current_name, names, open_generation
from index.manifest import Counts
from index.models import resolve
from index.postings import expected_mark
from index.settings import IndexSettings

State = Literal["fresh", "stale", "missing", "damaged"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Changes(_Frozen):
    """Files that differ from what was indexed, by path, size and time; `touched` ones may hold the same text."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    touched: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.touched)


class IndexStatus(_Frozen):
    """What `whichops index --status` shows."""

    state: State
    reason: str  # why it is not fresh; "" when it is
    directory: Path
    kb: Path
    generation: str | None = None
    previous: str | None = None
    created: str | None = None  # UTC, ISO 8601
    model: str | None = None
    dimension: int | None = None
    tool_version: str | None = None
    counts: Counts | None = None
    bytes_on_disk: int = 0  # of the current generation
    files: dict[str, int] = {}  # bytes by file or folder of the current generation
    skipped: tuple[str, ...] = ()  # "path: why", for files left out or mended when it was built
    changes: Changes = Changes()


class Verification(_Frozen):
    """What `whichops index --verify` found. `problems` is empty when everything agrees."""

    directory: Path
    generation: str | None
    files: int  # whose checksums were computed
    chunks: int  # whose text, vector and posting were compared
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def changes(before: tuple[FileStat, ...], now: tuple[FileStat, ...]) -> Changes:
    """What differs between two looks at a folder."""
    old, new = {f.path: f for f in before}, {f.path: f for f in now}
    return Changes(
        added=tuple(sorted(new.keys() - old.keys())),
        removed=tuple(sorted(old.keys() - new.keys())),
        touched=tuple(sorted(path for path in old.keys() & new.keys() if old[path] != new[path])),
    )


def status(
    kb: Path, *, directory: Path | None = None, settings: IndexSettings | None = None, corpus_settings: CorpusSettings | None = None
) -> IndexStatus:
    """The state of the index of a knowledge base. Damage is a state here, not an error.

    Raises:
        KnowledgeBaseError: there is no such folder.
        IndexInsideKb, ModelUnavailable: the settings cannot be right.
    """
    settings = settings or IndexSettings()
    corpus_settings = corpus_settings or CorpusSettings()
    where = index_directory(kb, directory, settings)
    now = scan_folder(kb, corpus_settings)
    try:
        generation = open_generation(where)
        store = facts.FactStore(generation.folder, kb)
    except IndexMissing as error:
        return IndexStatus(state="missing", reason=str(error), directory=where, kb=kb)
    except IndexOutdated as error:
        return IndexStatus(state="stale", reason=str(error), directory=where, kb=kb, previous=_previous(where))
    except NoUsableIndex as error:
        return IndexStatus(state="damaged", reason=str(error), directory=where, kb=kb, previous=_previous(where))
    try:
        changed = changes(store.files(), now)
        skipped = store.skipped()
    finally:
        store.close()
    manifest = generation.manifest
    reason = why_not_usable(manifest, resolve(settings), corpus_settings)
    if reason is None and not untouched(where, manifest, now) and not same_contents(generation, kb, corpus_settings):
        reason = "files changed since it was built" if changed else "the contents of a file changed since it was built"
    sizes: dict[str, int] = {}
    for record in manifest.files:
        top = record.path.split("/")[0]
        sizes[top] = sizes.get(top, 0) + record.size
    return IndexStatus(
        state="fresh" if reason is None else "stale",
        reason=reason or "",
        directory=where,
        kb=kb,
        generation=generation.name,
        previous=_previous(where),
        created=manifest.created,
        model=manifest.model.name,
        dimension=manifest.model.dimension,
        tool_version=manifest.tool_version,
        counts=manifest.counts,
        bytes_on_disk=manifest.size,
        files=sizes,
        skipped=skipped,
        changes=changed if reason is not None else Changes(),
    )


def _previous(where: Path) -> str | None:
    try:
        current = current_name(where)[0]
    except NoUsableIndex:
        return next(iter(names(where)), None)
    return next((n for n in names(where) if n != current), None)


def verify(directory: Path, settings: IndexSettings | None = None) -> Verification:
    """Compute every checksum anew and compare text, vector and posting of every chunk.

    Raises:
        IndexMissing: there is no index in the folder.
    """
    settings = settings or IndexSettings()
    try:
        generation = open_generation(directory, full=True)
    except IndexMissing:
        raise
    except NoUsableIndex as error:
        return Verification(directory=directory, generation=None, files=0, chunks=0, problems=(str(error),))
    try:
        problems = _disagreements(generation, settings)
    except IndexDamaged as error:
        problems = [str(error)]
    manifest = generation.manifest
    return Verification(
        directory=directory, generation=generation.name, files=len(manifest.files), chunks=manifest.counts.chunks, problems=tuple(problems)
    )


def _disagreements(generation: Generation, settings: IndexSettings) -> list[str]:
    """What does not agree inside a generation whose files all have their checksums."""
    folder, manifest = generation.folder, generation.manifest
    problems: list[str] = []
    store = facts.FactStore(folder, None)
    try:
        problems += [f"{folder / facts.FILE}: {what}" for what in store.integrity()]
        told = store.counts()
        for name, expected in manifest.counts.model_dump().items():
            for found in dict.fromkeys((told[name], store.rows(name))):
                if found != expected:
                    problems.append(f"{folder / facts.FILE}: holds {found} {name}, its manifest says {expected}")
        hashes = {chunk.id: chunk.hash for chunk in store.all_chunks()}
    finally:
        store.close()
    marks = npy.load_array(folder / vectors.MARKS, np.uint64, 1)
    rows = npy.load_array(folder / vectors.ROWS, np.float32, 2)
    ids = npy.load_array(folder / vectors.IDS, np.int64, 1)
    postings = lexical.WordIndex(folder, {}).marks()
    if not len(hashes) == len(marks) == len(rows) == len(ids) == len(postings):
        problems.append(f"{folder}: {len(hashes)} chunks, {len(rows)} vectors with {len(marks)} marks, {len(postings)} postings")
    else:
        held = zip(hashes.items(), ids.tolist(), marks.tolist(), strict=True)
        wrong = [i for (i, h), row, mark in held if (row, mark) != (i, vectors.mark(h)) or postings.get(i) != expected_mark(h)]
        problems += [f"{folder}: text, vector and posting of chunk {i} are not of one build" for i in wrong[:10]]
    for start in range(0, len(rows), 65_536):
        norms = np.linalg.norm(rows[start : start + 65_536], axis=1)
        bad = np.flatnonzero(~(np.abs(norms - 1) < 1e-3))
        problems += [f"{folder / vectors.ROWS}: row {start + int(i)} is not of length 1" for i in bad[:10]]
    if len(rows) > 0:
        vectors.VectorIndex(folder, rescore=settings.rescore)
    return problems
