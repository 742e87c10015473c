"""A folder of Markdown to a generation on disk, and the question whether that is needed.

What is already known is used again: the vector of a text that the generation before held is copied, a
text that occurs twice is encoded once. A build killed at any moment leaves the old generation as it was.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import gc
import hashlib
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

import corpus
from corpus.folders import called, parts_of
from corpus.models import Chunk, Corpus
from corpus.reader import FileStat, config_bytes, read_folder, scan_folder
from corpus.settings import CorpusSettings
from index import facts, generations, lexical, tokens, vectors
from index.encoder import Encoder, Floats, open_encoder, with_tokens
from index.errors import IndexBuildFailed, IndexDamaged, IndexInsideKb, IndexMissing, IndexNotWritable, NoUsableIndex
from index.generations import Generation, open_generation
from index.journal import Journal
from index.manifest import SCHEMA, Counts, Manifest, ModelRecord, check_file
from index.models import ModelSpec, resolve
from index.settings import APP, IndexSettings, cache_root

Progress = Callable[[str, int, int], None]  # (stage in words, done, total)

_RACY_NS = 2_000_000_000  # a file changed this close to the check may have changed after it without a new time
_NO_ROOM_OR_RIGHT = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT)
_SAVED_EVERY = 2.0  # seconds of encoding that a killed build may lose
_BLOCK = 65_536  # rows copied or checked at a time


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


# -- is it fresh? ------------------------------------------------------------------------------------


def _digest(*parts: str) -> str:
    whole = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogateescape")
        whole.update(len(data).to_bytes(8, "big") + data)
    return whole.hexdigest()


def scan_digest(stats: Sequence[FileStat]) -> str:
    """Hash of paths, sizes and times: equal while nothing seems touched."""
    return _digest(*(f"{s.path}\0{s.size}\0{s.mtime_ns}" for s in stats))


def kb_digest(documents: Sequence[tuple[str, str]], config: bytes | None) -> str:
    """Hash of the contents: (path, SHA-256) of every document, and the bytes of `kb.toml`."""
    settings = "" if config is None else hashlib.sha256(config).hexdigest()
    return _digest(*(f"{path}\0{sha256}" for path, sha256 in sorted(documents)), settings)


@lru_cache(maxsize=1)
def parser_digest() -> str:
    """Hash of the code that makes facts of files: other code may make other facts of the same files."""
    folder = Path(corpus.__file__).parent
    sources = sorted(folder.glob("*.py"))
    return _digest(*(f"{p.name}\0{hashlib.sha256(p.read_bytes()).hexdigest()}" for p in sources))


def settings_digest(corpus_settings: CorpusSettings) -> str:
    """Hash of what decides, besides files and model, what an index holds."""
    return _digest(str(SCHEMA), parser_digest(), corpus_settings.model_dump_json())


def tool_version() -> str:
    """The installed version of this program, or "unknown" when it runs from a plain folder."""
    import importlib.metadata

    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        return importlib.metadata.version(APP)
    return "unknown"


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


def why_not_usable(manifest: Manifest, spec: ModelSpec, corpus_settings: CorpusSettings) -> str | None:
    """Why a generation does not fit model and settings, in words; None if it does."""
    if manifest.model.fingerprint != spec.fingerprint:
        return f"it was built with the model {manifest.model.name}, the settings name {spec.name}"
    if manifest.settings_sha256 != settings_digest(corpus_settings):
        return "it was built with other limits or by another version of this program"
    return None


def untouched(directory: Path, manifest: Manifest, stats: Sequence[FileStat]) -> bool:
    """Whether paths, sizes and times say that no file has changed since it was indexed or last compared."""
    seen = _seen(directory, manifest)
    if seen.scan_sha256 != scan_digest(stats):
        return False
    return not any(abs(s.mtime_ns - seen.checked_ns) < _RACY_NS for s in stats)


def same_contents(manifest: Manifest, kb: Path, corpus_settings: CorpusSettings) -> bool:
    """Read all files and compare their contents with what was indexed."""
    folder = read_folder(kb, corpus_settings)
    return manifest.kb_sha256 == kb_digest([(d.path, d.sha256) for d in folder.documents], config_bytes(kb))


def _remember(directory: Path, manifest: Manifest, stats: Sequence[FileStat], checked_ns: int) -> None:
    """Note that the files were compared; not being able to only means comparing them again."""
    seen = _Seen(generation=manifest.generation, scan_sha256=scan_digest(stats), checked_ns=checked_ns)
    with contextlib.suppress(OSError):
        generations.replace(directory / generations.SEEN, seen.model_dump_json().encode())


def _fresh(
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
    if {s.path for s in stats} == set() or not same_contents(generation.manifest, kb, corpus_settings):
        return False
    _remember(directory, generation.manifest, stats, now)
    return True


# -- build ---------------------------------------------------------------------------------------------


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
        return found if _fresh(where, found, kb, spec, corpus_settings, seen) else None

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
                    built = _Build(kb, where, settings, corpus_settings, progress, rebuild, encoder, spec).run(began)
                    return _report(where, built, True, began, warnings)
        except (IndexNotWritable, IndexBuildFailed) as error:
            found = generations.newest_whole(where, but=generations.current_or_none(where))
            if rebuild or found is None or not _fresh(where, found, kb, spec, corpus_settings):
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


@contextlib.contextmanager
def _without_collecting() -> Iterator[None]:
    """Look for no cycles meanwhile: what files are taken apart into has none, and the search grows with it, to a sixth of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class _Build:
    """One build, under the lock."""

    def __init__(
        self,
        kb: Path,
        where: Path,
        settings: IndexSettings,
        corpus_settings: CorpusSettings,
        progress: Progress | None,
        rebuild: bool,
        encoder: Encoder | None,
        spec: ModelSpec,
    ) -> None:
        self.kb = kb
        self.where = where
        self.settings = settings
        self.corpus_settings = corpus_settings
        self.progress = progress
        self.rebuild = rebuild
        self.encoder = encoder
        self.spec = spec

    def say(self, stage: str, done: int, total: int) -> None:
        if self.progress is not None:
            self.progress(stage, done, total)

    def run(self, began: float) -> Generation:
        """Read, parse, encode, write, switch."""
        from corpus import parse_corpus  # asking needs neither
        from corpus.vocabulary import make_vocabulary

        checked_ns = time.time_ns()
        stats = scan_folder(self.kb, self.corpus_settings)
        self.say("reading files", 0, len(stats))
        folder = read_folder(self.kb, self.corpus_settings)
        config = config_bytes(folder.root)
        self.say("taking them apart", 0, len(folder.documents))
        with _without_collecting():
            parsed = parse_corpus(folder.documents, skipped=folder.skipped)
            vocabulary = make_vocabulary(parsed)
        encoder = self.encoder or open_encoder(self.settings, notify=lambda what: self.say(what, 0, 1))
        partial = None
        journal = Journal(self.where, self.spec.fingerprint, encoder.dimension, anew=self.rebuild)
        try:
            partial = generations.start(self.where)
            encoded, reused = self.write_vectors(partial, parsed.chunks, encoder, journal)
            self.say("writing facts", 0, len(parsed.facts))
            facts.write(partial, parsed, vocabulary, stats)
            lexical.build(partial, parsed.chunks, lambda done: self.say("writing words", done, len(parsed.chunks)))
            self.say("checking and switching", 0, 1)
            manifest = Manifest(
                schema_version=SCHEMA,
                generation=partial.name,
                tool_version=tool_version(),
                created=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
                kb=str(folder.root),
                kb_sha256=kb_digest([(d.path, d.sha256) for d in folder.documents], config),
                scan_sha256=scan_digest(stats),
                checked_ns=checked_ns,
                settings_sha256=settings_digest(self.corpus_settings),
                model=ModelRecord(
                    name=self.spec.name,
                    kind=self.spec.kind,
                    fingerprint=self.spec.fingerprint,
                    dimension=encoder.dimension,
                    graph_sha256=getattr(encoder, "graph_sha256", None),
                ),
                counts=_counts(parsed, len(vocabulary.entries)),
                encoded=encoded,
                reused=reused,
                seconds=round(time.monotonic() - began, 3),
                files=(),
            )
            generation = generations.finish(partial, manifest)
        except BaseException as error:
            if partial is not None:
                shutil.rmtree(partial, ignore_errors=True)
            journal.close(done=isinstance(error, IndexBuildFailed))  # vectors that are wrong would be wrong again
            raise
        journal.close(done=True)
        generations.clear(self.where)
        return generation

    def write_vectors(self, partial: Path, chunks: Sequence[Chunk], encoder: Encoder, journal: Journal) -> tuple[int, int]:
        """Rows of all chunks in the order of their ids; returns (texts encoded, chunks reused)."""
        rows = vectors.create_rows(partial, len(chunks), encoder.dimension)
        vectors.save_marks(partial, [c.hash for c in chunks])
        known = self.known_rows(encoder) if not self.rebuild else None
        places: dict[bytes, list[int]] = {}  # by the hash of a text that no generation holds: its chunks
        copies: list[tuple[int, int]] = []  # (row here, row there)
        for chunk in chunks:
            key = _key(chunk.text)
            there = known.rows_of.get(key) if known is not None else None
            if known is not None and there is not None and _wants_tokens(chunk) and not known.has_tokens(there):
                there = None
            if there is None:
                places.setdefault(key, []).append(chunk.id)
            else:
                copies.append((chunk.id, there))
        if known is not None:
            for start in range(0, len(copies), _BLOCK):
                part = np.array(copies[start : start + _BLOCK], dtype=np.int64)
                rows[part[:, 0]] = known.rows[part[:, 1]]
        done_before = len(places.keys() & journal.keys())
        self.encode([(key, chunks[ids[0]].text) for key, ids in places.items() if key not in journal], encoder, journal, done_before)
        for key, ids in places.items():
            rows[ids] = journal.row(key)
        if with_tokens(encoder) is not None:
            there_of = dict(copies)
            tokens.save(partial, (_codes_of(c, journal, known, there_of) for c in chunks))
        for start in range(0, len(chunks), _BLOCK):
            norms = np.linalg.norm(rows[start : start + _BLOCK], axis=1)
            if not np.all(np.abs(norms - 1) < 1e-3):  # also false for what is not a number
                raise IndexBuildFailed(self.where, f"the model {self.spec.name} gave a vector that is not of length 1")
        if isinstance(rows, np.memmap):
            rows.flush()
        if len(chunks) > self.settings.exact_limit:
            self.say("writing codes", 0, len(chunks))
            vectors.save_codes(partial, rows)
        return len(places), len(copies)

    def encode(self, texts: Sequence[tuple[bytes, str]], encoder: Encoder, journal: Journal, before: int) -> None:
        """Encode (hash, text) into the journal; `before` texts were encoded by a build that did not end."""
        self.say("encoding", before, before + len(texts))
        reader = with_tokens(encoder)
        saved = time.monotonic()

        def said(done: int, total: int) -> None:
            self.say("encoding", before + done, before + total)

        only_texts = [text for _, text in texts]
        for places, fresh, codes in (
            reader.encode_tokens(only_texts, said)
            if reader is not None
            else ((places, fresh, [None] * len(places)) for places, fresh in encoder.encode_many(only_texts, said))
        ):
            for place, row, code in zip(places.tolist(), fresh, codes, strict=True):
                journal.add(texts[place][0], row, code)
            if time.monotonic() - saved > _SAVED_EVERY:
                journal.flush()
                saved = time.monotonic()

    def known_rows(self, encoder: Encoder) -> _Known | None:
        """Text → row of the newest generation that is whole and of the same model; None if there is none."""
        for name in generations.names(self.where):
            with contextlib.suppress(NoUsableIndex):
                before = open_generation(self.where, name)
                made_with = before.manifest.model
                if (made_with.fingerprint, made_with.dimension) != (self.spec.fingerprint, encoder.dimension):
                    continue
                for record in before.manifest.files:
                    if record.path in (vectors.ROWS, facts.FILE, tokens.CODES, tokens.ENDS):
                        check_file(before.folder, record, full=True)  # damage must not be carried on
                store = facts.FactStore(before.folder, None)
                rows = vectors.load_array(before.folder / vectors.ROWS, np.float32, 2)
                if rows.shape != (before.manifest.counts.chunks, encoder.dimension):
                    raise IndexDamaged(before.folder / vectors.ROWS, "has another shape than its manifest says")
                known = _Known({}, rows, tokens.TokenIndex(before.folder) if (before.folder / tokens.CODES).exists() else None)
                try:
                    for row, text in store.chunk_texts():
                        known.note(_key(text), row)
                finally:
                    store.close()
                return known
        return None


@dataclass(frozen=True, slots=True)
class _Known:
    """What an earlier generation knows of texts."""

    rows_of: dict[bytes, int]
    rows: Floats
    tokens: tokens.TokenIndex | None

    def note(self, key: bytes, row: int) -> None:
        """Of the rows of one text, one with tokens is kept: a list of one item and the item itself may be the same words."""
        if key not in self.rows_of or not self.has_tokens(self.rows_of[key]):
            self.rows_of[key] = row

    def has_tokens(self, row: int) -> bool:
        """Whether nothing is missing: an encoder without tokens tells none of any text."""
        return self.tokens is None or self.tokens.has(row)


def _wants_tokens(chunk: Chunk) -> bool:
    return chunk.kind == "fact"


def _codes_of(chunk: Chunk, journal: Journal, known: _Known | None, there_of: dict[int, int]) -> bytes:
    """The codes of a chunk, new or from an earlier generation; none of what is no single fact."""
    if not _wants_tokens(chunk):
        return b""
    there = there_of.get(chunk.id)
    if there is None:
        return journal.codes(_key(chunk.text))
    return known.tokens.of(there) if known is not None and known.tokens is not None else b""


def _key(text: str) -> bytes:
    """Texts are compared by hash: a million of them need not be held in memory."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()


def _counts(parsed: Corpus, entries: int) -> Counts:
    return Counts(
        documents=len(parsed.documents),
        sections=len(parsed.sections),
        tables=len(parsed.tables),
        facts=len(parsed.facts),
        chunks=len(parsed.chunks),
        entries=entries,
        skipped=len(parsed.skipped),
    )
