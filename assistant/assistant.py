"""Question in, cited answer out: the one object every front end talks to.

Opens the index of a folder, building or refreshing it first; how a question is answered is told in `asking`.
Same files, same question, same conversation: the same bytes.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.asking import Asking, summary
from assistant.conversation import Conversation, Resolved
from assistant.frame import understand
from assistant.models import Answer, DeclineKind, KbSummary, OutlineEntry, Trace, WhyNot
from assistant.opened import Opened, over
from assistant.question import clean, plainly
from assistant.ranking import Ranking, sections_near
from assistant.restricting import restriction
from assistant.settings import Settings, load_settings
from assistant.suggested import Suggested, suggested
from assistant.wording import Wording
from corpus.errors import KbError
from corpus.folders import called, parts_of
from corpus.reader import merged, read_config, scan_folder
from index import IndexReport, LaterEncoder, Progress, Retriever, ensure_index
from index.settings import cache_root

_PARTS = 16  # parts of a knowledge base that are kept ready
_LOOKING_SHARE = 20  # times as long as a look at the files took is waited for the next: ten thousand files take 0.3 s to look at


class UnknownDocumentError(KbError):
    """A document was asked for that is not in the index."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path!r} is not a document of this knowledge base. Ask for one that a citation names.")


class Assistant:
    """Answers questions about one folder of Markdown. Safe to use from several threads."""

    def __init__(
        self, kb: Path, settings: Settings, directory: Path | None, progress: Progress | None, encoder: LaterEncoder | None = None
    ) -> None:
        self.kb = kb
        self.settings = settings
        self._directory = directory
        self._wording = Wording()
        self._lock = threading.Lock()
        self._parting = threading.Lock()
        self._looked = 0.0
        self._look_took = 0.0  # seconds
        # Loaded beside everything else, once; a prepared model is announced like any other stage.
        self._encoder = encoder or LaterEncoder(settings.index, None if progress is None else lambda what: progress(what, 0, 1))
        self._state = self._load(progress)

    @classmethod
    def open(
        cls,
        kb: Path | None = None,
        *,
        index: Path | None = None,
        settings: Settings | None = None,
        progress: Progress | None = None,
        encoder: LaterEncoder | None = None,
    ) -> Assistant:
        """Open a knowledge base, building or refreshing its index first.

        Args:
            kb: the folder; the shipped one if left out.
            index: where its index lives; a cache folder named by the knowledge base if left out.
            progress: told what is being built, and how far.
            encoder: of the same settings, where its loading was begun before this module was.
        Raises:
            KbError: folder, settings or index cannot be used; the message says what to do.
        """
        settings = settings or load_settings(kb=kb)
        return cls(kb or settings.kb, settings, index, progress, encoder)

    # ---- life

    def _load(self, progress: Progress | None) -> Opened:
        stats = scan_folder(self.kb, self.settings.corpus)  # before the build: what changes during it is noticed by the next look
        folders = parts_of(self.kb)
        configs = {part.name: read_config(part.root) for part in folders}
        report = ensure_index(
            self.kb,
            directory=self._directory,
            settings=self.settings.index,
            corpus_settings=self.settings.corpus,
            progress=progress,
            encoder=self._encoder,
            seen=stats,
        )
        retriever = Retriever.open(report.directory, self.settings.index, generation=report.generation, kb=self.kb, encoder=self._encoder)
        self._looked = time.monotonic()
        self._stats = stats
        kept = self.settings.assistant.keep_suggestions
        return Opened(
            report,
            retriever,
            *over(retriever, merged(configs)),
            called(self.kb),
            self.kb,
            self.settings,
            self._wording,
            configs=configs if len(folders) > 1 else {},
            asked=suggested(cache_root(self.settings.index) / "suggestions", retriever.manifest) if kept else Suggested(),
        )

    def refresh(self) -> bool:
        """Look whether the files have changed; if so build and switch to the new generation. True if it changed.

        Raises:
            KbError: the folder is gone or cannot be indexed; the old generation goes on answering.
        """
        with self._lock:
            began = time.monotonic()
            same = scan_folder(self.kb, self.settings.corpus) == self._stats
            self._look_took = time.monotonic() - began
            if same:
                self._looked = time.monotonic()
                return False
            old = self._state
            self._state = self._load(None)
            changed = old.retriever.generation != self._state.retriever.generation
            del old
            gc.collect()  # what the old one kept in memory points at itself: it would stay until Python next looks through everything
            return changed

    def changed(self) -> bool:
        """Whether files have changed since they were indexed. Only looks; the next question reads them again.

        Raises:
            KbError: the folder is gone or cannot be read.
        """
        return scan_folder(self.kb, self.settings.corpus) != self._stats

    def _current(self) -> Opened:
        pause = self.settings.assistant.refresh_seconds
        if time.monotonic() - self._looked >= (max(pause, _LOOKING_SHARE * self._look_took) if pause else 0.0):
            try:
                self.refresh()
            except KbError:
                self._looked = time.monotonic()  # what is indexed is still true of the files it was made from; the certificate says if not
        return self._state

    def _part(self, scope: Sequence[str]) -> Opened:
        """What is asked: everything, or the part that the names stand for. Parts that were asked are kept with their generation."""
        whole = self._current()
        if not scope:
            return whole
        names = tuple(scope)
        with self._parting:
            found = whole.parts.pop(names, None)
            if found is None:
                part = restriction(names, whole.documents, tuple(whole.configs), whole.named)
                found = whole if part is None else whole.parts.get(part.names) or whole.part(part)
            whole.parts[names] = whole.parts[found.scope or names] = found  # the one asked last comes last
            while len(whole.parts) > _PARTS:
                del whole.parts[next(iter(whole.parts))]
        return found

    def scope(self, names: Sequence[str]) -> tuple[str, ...]:
        """The names of a part of the knowledge base as documents are cited by them; () where they name all of it.

        Raises:
            UnknownScope: one of them names no folder and no document; the message has the nearest.
        """
        return self._part(names).scope

    def folders(self) -> tuple[str, ...]:
        """The names of the folders that are one knowledge base, sorted; () where it is one alone."""
        return tuple(self._state.configs)

    @property
    def index_report(self) -> IndexReport:
        """How the index was opened or built."""
        return self._state.report

    def close(self) -> None:
        """Let go of the index."""
        self._state.retriever.close()

    # ---- asking

    def ask(self, question: str, conversation: Conversation | None = None, *, id: str = "1", scope: Sequence[str] = ()) -> Answer:
        """Answer one question; never raises on any text.

        Args:
            conversation: the talk it belongs to; None starts fresh.
            id: what the answer carries as its id.
            scope: folders or documents, named as citations name them; it is answered as if there were nothing else.
        Raises:
            UnknownScope: the scope names what is not there.
        """
        return Asking(self._part(scope), conversation, id, traced=False).run(question)[0]

    def explain(
        self,
        question: str,
        conversation: Conversation | None = None,
        *,
        id: str = "1",
        suggest: bool = True,
        scope: Sequence[str] = (),
    ) -> tuple[Answer, Trace]:
        """The answer with everything that led to it: rule, scores, what lost and by how much.

        Args:
            suggest: without suggestions, each of which has to be asked first, thousands of questions take a tenth of the time;
                small talk is then a question like any other.
            scope: as for `ask`.
        """
        state = self._part(scope)
        return Asking(state, conversation, id, suggest=suggest).run(question)

    def why_not(self, question: str, section: str, conversation: Conversation | None = None, *, scope: Sequence[str] = ()) -> WhyNot:
        """Why a section did not answer a question: its best fact beside the one that decided, and what the judge refused of it.

        Of a message of several questions it is told for the one the section is nearest to. The conversation is read, to make a
        follow-up whole, and left as it is.

        Args:
            section: its number, its heading or a part of it, or `file.md#heading`.
        Raises:
            UnknownSection: it names no section, or several; the message names the nearest.
        """
        asking = Asking(self._part(scope), conversation.copy() if conversation is not None else None, "1")
        asking.explainer.section(section)  # said at once, not after the question was asked
        answer, trace = asking.run(question)
        told = [asking.explainer.why_not(a, s, section) for a, s in asking.parts or [(answer, asking.steps_of(trace))]]
        return max(told, key=lambda t: (t.outcome == "cited", t.best.score if t.best else 0.0))

    def rank(self, question: str, conversation: Conversation | None = None, *, k: int = 10, scope: Sequence[str] = ()) -> Ranking:
        """The k sections nearest to a question, best first, whether or not they answer it.

        The conversation is read, to make a follow-up whole, and left as it is. Never raises on any text.
        """
        state = self._part(scope)
        text = clean(question.encode("utf-8", "replace").decode("utf-8"))[: self.settings.assistant.max_question_characters]
        resolved = Resolved(plainly(text))
        if conversation is not None:
            resolved = conversation.resolve(resolved.question, state.namer, state.view)
        frame = understand(resolved.question, state.namer, state.namer.common, kept=resolved.kept)
        return Ranking(question=resolved.question, kept=resolved.kept, hits=sections_near(frame, state.gatherer, k))

    def ways(self, question: str, *, scope: Sequence[str] = ()) -> Iterator[tuple[dict[str, float], Answer]]:
        """Every way in which a question could be answered, likely or not: the numbers it is weighed by, and the answer it would be.

        What weights are learned from, never an answer to anybody. Suggestions are left out.
        """
        return Asking(self._part(scope), None, "1", suggest=False, traced=False).ways(question)

    def refusal(self, question: str) -> tuple[dict[str, float], DeclineKind, Answer] | None:
        """A refusal with the signs that its kind is told by and the kind the tests alone would give; None where a question is answered.

        What kinds are learned from, never an answer to anybody. Suggestions are left out.
        """
        asking = Asking(self._state, None, "1", suggest=False, traced=False)
        return asking.refusal(question)

    # ---- looking

    def documents(self) -> tuple[str, ...]:
        """Paths of the indexed documents, sorted."""
        return self._state.documents

    def document(self, path: str) -> str:
        """Text of an indexed document.

        Raises:
            UnknownDocumentError: no such document; never a path on disk.
        """
        if path not in self.documents():
            raise UnknownDocumentError(path)
        return self._state.read(path)[0]

    def outline(self, path: str) -> tuple[OutlineEntry, ...]:
        """The headings of a document, in order.

        Raises:
            UnknownDocumentError: no such document.
        """
        if path not in self.documents():
            raise UnknownDocumentError(path)
        return tuple(
            OutlineEntry(level=s.level, title=s.path[-1], line=s.first_line) for s in self._state.view.store.sections(path) if s.path
        )

    def names_like(self, text: str, most: int = 20, *, scope: Sequence[str] = ()) -> tuple[str, ...]:
        """Names of the knowledge base that begin with a text, as it writes them: what a prompt offers while one types."""
        return tuple((self._part(scope) if scope else self._state).view.store.names_like(text, most))

    def summary(self, scope: Sequence[str] = ()) -> KbSummary:
        """What is indexed, with example questions that answer; the hash is that of everything, whatever the scope."""
        return summary(self._part(scope))


__all__ = ["Assistant", "UnknownDocumentError"]
