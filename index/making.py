"""One build of an index: a generation made anew, or the one before with the documents that changed taken out and put in again.

Documents are read, taken apart and written one by one; what is held of all of them are sums over words and labels, and ids and hashes
of chunks. A generation made by a refresh holds what one made anew would: the same records in the same order, the same vectors.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import shutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import KnowledgeBaseEmpty
from corpus.gathering import gather
from corpus.models import Document
from corpus.parsing import take_apart
from corpus.reader import Reading, config_bytes
from corpus.settings import CorpusSettings
from index import facts, generations, tokens, vectors
from index.arrays import Before, ChunkArrays, Stretch
from index.encoder import Encoder, open_encoder, with_tokens
from index.encoding import Known, NewChunks, Vectors
from index.errors import IndexBuildFailed, IndexDamaged, NoUsableIndex
from index.facts import FactStore
from index.filing import FactFile
from index.freshness import kb_digest, scan_digest, settings_digest, why_not_usable
from index.generations import Generation, open_generation
from index.journal import Journal
from index.manifest import SCHEMA, Counts, Manifest, ModelRecord, check_file, tool_version
from index.models import ModelSpec
from index.numbering import FIRST, first_id, number_after
from index.postings import FOLDER, WordWriter
from index.refresh import Anew, Refresh
from index.settings import IndexSettings

if TYPE_CHECKING:
    from index.builder import Progress

_SAID = 20  # documents, or so many thousand rows, between two words of progress
# What is copied from the generation before, and all in its folder of words.
_COPIED = (facts.FILE, vectors.IDS, vectors.MARKS, vectors.CODES, vectors.OWNERS, tokens.ENDS)
_LARGE = (vectors.ROWS, tokens.CODES)


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


class Build:
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
        self.given = encoder
        self.spec = spec

    def say(self, stage: str, done: int, total: int) -> None:
        if self.progress is not None:
            self.progress(stage, done, total)

    def run(self, began: float) -> Generation:
        """Read, take apart, encode, write, switch."""
        encoder = self.given or open_encoder(self.settings, notify=lambda what: self.say(what, 0, 1))
        journal = Journal(self.where, self.spec.fingerprint, encoder.dimension, anew=self.rebuild)
        try:
            generation = self.refreshed(began, encoder, journal) or self.made_anew(began, encoder, journal)
        except BaseException as error:
            journal.close(done=isinstance(error, IndexBuildFailed))  # vectors that are wrong would be wrong again
            raise
        journal.close(done=True)
        generations.clear(self.where)
        return generation

    # -- anew ----------------------------------------------------------------------------------------

    def made_anew(self, began: float, encoder: Encoder, journal: Journal) -> Generation:
        """A generation made of the files; of the one before only vectors are taken over."""
        checked_ns = time.time_ns()
        reading = Reading(self.kb, self.corpus_settings)
        self.say("reading files", 0, len(reading))
        with self.partial() as partial:
            filed, digests = self.taken_apart(partial, reading)
            before = None if self.rebuild else self.with_vectors(encoder)
            arrays = None if before is None else Before(before.folder)
            try:
                known = None if before is None or arrays is None else _known(before, arrays)
                stretches = [Stretch(True, 0, len(filed))]
                found, sha256 = self.write_arrays(partial, stretches, filed, known, arrays, encoder, journal)
            finally:
                if arrays is not None:
                    arrays.close()
            reused = int((found.known >= 0).sum())
            counts = _counts(partial)
            return self.finished(
                partial,
                reading,
                digests,
                counts,
                sha256,
                checked_ns=checked_ns,
                encoder=encoder,
                made=(found.encoded, reused),
                began=began,
            )

    def taken_apart(self, partial: Path, reading: Reading) -> tuple[NewChunks, list[tuple[str, str]]]:
        """Facts and words of all documents, one by one; returns their chunks and (path, SHA-256) of each."""
        new = NewChunks()
        digests: list[tuple[str, str]] = []
        file = FactFile(partial, anew=True)
        try:
            words = WordWriter(partial)
            number, told = FIRST, False
            with _without_collecting():
                for document, several in _with_several(document for document, _ in reading.documents()):
                    if len(digests) % _SAID == 0:
                        self.say("taking them apart", len(digests), len(reading))
                    parts = take_apart(document, several=several)
                    numbers = file.put(number, parts, gather(parts))
                    base = first_id(number)
                    words.add(number, parts.chunks, base)
                    new.add(base, parts.chunks)
                    number = number_after(number, numbers)
                    digests.append((document.path, document.sha256))
                    told = told or bool(document.text.strip())
            if not told:
                raise KnowledgeBaseEmpty(self.kb, reading.skipped)
            self.say("writing names", 0, 1)
            file.finish(reading.stats, reading.skipped)
            self.say("writing words", 0, 1)
            words.finish()
        finally:
            file.close()
        return new, digests

    def with_vectors(self, encoder: Encoder) -> Generation | None:
        """The newest generation that is whole and of the same model; None if there is none."""
        for name in generations.names(self.where):
            with contextlib.suppress(NoUsableIndex):
                before = open_generation(self.where, name)
                made_with = before.manifest.model
                if (made_with.fingerprint, made_with.dimension) == (self.spec.fingerprint, encoder.dimension):
                    check_copied(before, large=False)
                    check_copied(before, large=True)
                    Before(before.folder).close()
                    return before
        return None

    # -- from the generation before ------------------------------------------------------------------

    def refreshed(self, began: float, encoder: Encoder, journal: Journal) -> Generation | None:
        """A generation made of the one before; None where it has to be made anew."""
        before = None if self.rebuild else self.with_all(encoder)
        if before is None:
            return None
        with ThreadPoolExecutor(1) as beside, contextlib.suppress(Anew, IndexDamaged):
            return self.from_before(before, beside.submit(check_copied, before, large=True), began, encoder, journal)
        return None

    def from_before(self, before: Generation, whole: Future[None], began: float, encoder: Encoder, journal: Journal) -> Generation:
        """A generation made of the one before; `whole`: its large files are compared with its manifest meanwhile.

        Raises:
            Anew: it has to be made anew.
            IndexDamaged: one of these files is not what was written.
        """
        checked_ns = time.time_ns()
        reading = Reading(self.kb, self.corpus_settings)
        self.say("reading files", 0, len(reading))
        with contextlib.closing(Refresh(before, reading)) as refresh, self.partial() as partial:
            self.say("taking them apart", 0, refresh.changed)
            with _without_collecting():
                refresh.write(partial, lambda done: self.say("taking them apart", done, refresh.changed))
            found, sha256 = self.write_arrays(partial, refresh.stretches, refresh.new, refresh.known(), refresh.arrays, encoder, journal)
            reused = sum(s.end - s.first for s in refresh.stretches if not s.new) + int((found.known >= 0).sum())
            whole.result()
            return self.finished(
                partial,
                reading,
                refresh.digests,
                _counts(partial),
                sha256,
                checked_ns=checked_ns,
                encoder=encoder,
                made=(found.encoded, reused),
                began=began,
            )

    def with_all(self, encoder: Encoder) -> Generation | None:
        """The current generation, if all of it can be taken over but what changed in the files."""
        with contextlib.suppress(NoUsableIndex):
            before = open_generation(self.where)
            fits = why_not_usable(before.manifest, self.spec, self.corpus_settings) is None
            has_tokens = (before.folder / tokens.CODES).exists()
            if fits and before.manifest.model.dimension == encoder.dimension and has_tokens == (with_tokens(encoder) is not None):
                check_copied(before, large=False)
                return before
        return None

    # -- both ----------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def partial(self) -> Iterator[Path]:
        """The folder of the next generation; it goes if that does not come about."""
        folder = generations.start(self.where)
        try:
            yield folder
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def write_arrays(
        self,
        partial: Path,
        stretches: Sequence[Stretch],
        new: NewChunks,
        known: Known | None,
        before: Before | None,
        encoder: Encoder,
        journal: Journal,
    ) -> tuple[Vectors, dict[str, str]]:
        """Vectors and what goes with them; returns where those of new chunks came from, and the checksums of the files."""
        found = Vectors(new, known)
        store = FactStore(partial, None, mapped=False)
        try:
            found.provide(journal, encoder, store.texts, lambda done, total: self.say("encoding", done, total))
        finally:
            store.close()
        arrays = ChunkArrays(partial, stretches, new, found, before, journal)
        arrays.write_ids()
        arrays.write_rows(encoder.dimension, self.spec.name, lambda done: self.say("writing vectors", done, arrays.count))
        if with_tokens(encoder) is not None:
            arrays.write_tokens()
        if arrays.count > self.settings.exact_limit:
            self.say("writing codes", 0, arrays.count)
            arrays.write_codes()
        return found, arrays.sha256

    def finished(
        self,
        partial: Path,
        reading: Reading,
        digests: Sequence[tuple[str, str]],
        counts: Counts,
        sha256: dict[str, str],
        *,
        checked_ns: int,
        encoder: Encoder,
        made: tuple[int, int],
        began: float,
    ) -> Generation:
        """Make a filled folder the current generation; `made`: (texts encoded, chunks reused)."""
        self.say("checking and switching", 0, 1)
        manifest = Manifest(
            schema_version=SCHEMA,
            generation=partial.name,
            tool_version=tool_version(),
            created=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            kb=str(reading.root),
            kb_sha256=kb_digest(digests, config_bytes(reading.root)),
            scan_sha256=scan_digest(reading.stats),
            checked_ns=checked_ns,
            settings_sha256=settings_digest(self.corpus_settings),
            model=ModelRecord(
                name=self.spec.name,
                kind=self.spec.kind,
                fingerprint=self.spec.fingerprint,
                dimension=encoder.dimension,
                graph_sha256=getattr(encoder, "graph_sha256", None),
            ),
            counts=counts,
            encoded=made[0],
            reused=made[1],
            seconds=round(time.monotonic() - began, 3),
            files=(),
        )
        return generations.finish(partial, manifest, sha256)


def _with_several(documents: Iterator[Document]) -> Iterator[tuple[Document, bool]]:
    """Each document with whether it is one among several: of the first it is known once there is a second."""
    first = next(documents, None)
    if first is None:
        return
    second = next(documents, None)
    yield first, second is not None
    if second is not None:
        yield second, True
        for document in documents:
            yield document, True


def check_copied(before: Generation, *, large: bool) -> None:
    """Compare all that is copied from a generation with its manifest, byte by byte: damage must not be carried on.

    Args:
        large: the large arrays, in which nothing is looked up; else all but these.
    Raises:
        IndexDamaged: a file is not what was written.
    """
    for record in before.manifest.files:
        if record.path in _LARGE if large else record.path in _COPIED or record.path.startswith(f"{FOLDER}/"):
            check_file(before.folder, record, full=True)


def _known(before: Generation, arrays: Before) -> Known:
    """All texts of a generation."""
    store = FactStore(before.folder, None, mapped=False)
    try:
        return Known(enumerate(text for _, text in store.chunk_texts()), arrays.has_tokens)
    finally:
        store.close()


def _counts(partial: Path) -> Counts:
    store = FactStore(partial, None, mapped=False)
    try:
        kinds = ("documents", *facts.SUMMED, "skipped")
        return Counts(**store.counts(*kinds))
    finally:
        store.close()
