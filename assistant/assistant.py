"""Question in, cited answer out: the one object every front end talks to.

Opens the index of a folder (building or refreshing it first), then understand → retrieve → judge → compose →
verify for each question. Same files, same question, same conversation: the same bytes.
"""

from __future__ import annotations

import gc
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from assistant import bridging, certificate, messages, needs, suggesting
from assistant.conversation import Conversation, Resolved, asks_for_any, bound_names
from assistant.conversation.together import of_all_described
from assistant.deciding import decide, every, settle_likely
from assistant.explaining import Explainer, Steps
from assistant.finding import Finding, labelled
from assistant.footnotes import footnotes, unmarked
from assistant.foreign import is_foreign
from assistant.frame import Frame, Within, repaired, understand
from assistant.judging import judge
from assistant.language import is_english, load_data
from assistant.mentions import Common, Namer, Repair
from assistant.models import Answer, Atom, Cell, Citation, Confidence, DeclineKind, Reading, Status, Timings, Trace, WhyNot
from assistant.question import Token, clean, plainly
from assistant.ranking import Ranking, sections_near
from assistant.refusing import kind_by_signs, signs
from assistant.restricting import Restriction, named, restriction
from assistant.retrieval import Evidence, Gatherer
from assistant.settings import Settings, load_settings
from assistant.suggested import Suggested, suggested
from assistant.tables import told_apart
from assistant.typed import gives_reason
from assistant.view import View
from assistant.wholes import AS_ONE, with_unheld
from assistant.wording import Claim, Echo, Figure, Quote, Rendered, Rule, Wording, renumbered
from corpus.config import KbConfig
from corpus.errors import KbError
from corpus.folders import called, parts_of
from corpus.models import Fact
from corpus.reader import merged, read_config, read_text, scan_folder
from corpus.words import key
from index import IndexReport, LaterEncoder, Progress, Retriever, ensure_index
from index.settings import cache_root

_SUGGESTIONS = 3
_LABELS = frozenset({"row", "column", "label", "heading"})  # roles in which a name says what something of the folder is called
_PARTS = 16  # parts of a knowledge base that are kept ready
_EXAMPLES = 4
_NEAREST = 3
_PLAIN = frozenset(
    {"cell", "owner", "pair", "sentence", "row", "column", "list", "belongs", "card", "definition", "flow"}
)  # they tell, and give no reason
_STRUCTURED = frozenset({"cell", "owner", "row", "column", "card", "belongs", "definition"})  # they hold a value each, and no reason
_DEGREES = frozenset({"more", "most", "less", "least"})
_WITH_FOOTNOTES = frozenset({"cell", "cell_yes", "cell_no", "owner"})
_FEW_WORDS = 4  # words up to which a message may be small talk with a slip in it
_ANSWERED = ("answered", "corrected")
_LOOKING_SHARE = 20  # times as long as a look at the files took is waited for the next: ten thousand files take 0.3 s to look at
_NEAREST_DENSE = 0.22  # cosine below which a section is not even near


class OutlineEntry(BaseModel):
    """A heading of a document."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: int
    title: str
    line: int


class KbSummary(BaseModel):
    """What is indexed, for an empty page and for *what can you do*."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    description: str
    folder: str
    documents: int
    sections: int
    tables: int
    facts: int
    skipped: tuple[str, ...]
    examples: tuple[str, ...]  # each was asked, each answers
    generation: str
    kb_sha256: str  # of paths and contents of all documents and kb.toml


class UnknownDocumentError(KbError):
    """A document was asked for that is not in the index."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path!r} is not a document of this knowledge base. Ask for one that a citation names.")


@dataclass
class _State:
    """Everything that belongs to one generation; replaced whole on refresh."""

    report: IndexReport
    retriever: Retriever
    view: View
    config: KbConfig
    namer: Namer
    gatherer: Gatherer
    called: str  # what its folders are called
    scope: tuple[str, ...] = ()  # names of the part of the knowledge base it is; () for all of it
    configs: dict[str, KbConfig] = field(default_factory=dict)  # of each of several folders, by its name
    texts: dict[str, tuple[str, str]] = field(default_factory=dict)  # path -> (text, sha256), as read for this generation
    parts: dict[tuple[str, ...], _State] = field(default_factory=dict)  # names as given -> that part, as it is asked
    asked: Suggested = field(default_factory=Suggested)
    examples: tuple[str, ...] | None = None

    @cached_property
    def documents(self) -> tuple[str, ...]:
        """Paths of its documents, sorted."""
        return tuple(d.path for d in self.view.store.documents())

    @cached_property
    def named(self) -> dict[str, str]:
        """What a part of it can be named by."""
        return named(self.documents, tuple(self.configs))


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

    def _load(self, progress: Progress | None) -> _State:
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
        return _State(
            report,
            retriever,
            *_over(retriever, merged(configs)),
            called(self.kb),
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

    def _current(self) -> _State:
        pause = self.settings.assistant.refresh_seconds
        if time.monotonic() - self._looked >= (max(pause, _LOOKING_SHARE * self._look_took) if pause else 0.0):
            try:
                self.refresh()
            except KbError:
                self._looked = time.monotonic()  # what is indexed is still true of the files it was made from; the certificate says if not
        return self._state

    def _part(self, scope: Sequence[str]) -> _State:
        """What is asked: everything, or the part that the names stand for. Parts that were asked are kept with their generation."""
        whole = self._current()
        if not scope:
            return whole
        names = tuple(scope)
        with self._parting:
            found = whole.parts.pop(names, None)
            if found is None:
                part = restriction(names, whole.documents, tuple(whole.configs), whole.named)
                found = whole if part is None else whole.parts.get(part.names) or _part_of(whole, part)
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
        return _Asking(self, self._part(scope), self._wording, conversation, id, traced=False).run(question)[0]

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
        return _Asking(self, state, self._wording, conversation, id, suggest=suggest).run(question)

    def why_not(self, question: str, section: str, conversation: Conversation | None = None, *, scope: Sequence[str] = ()) -> WhyNot:
        """Why a section did not answer a question: its best fact beside the one that decided, and what the judge refused of it.

        Of a message of several questions it is told for the one the section is nearest to. The conversation is read, to make a
        follow-up whole, and left as it is.

        Args:
            section: its number, its heading or a part of it, or `file.md#heading`.
        Raises:
            UnknownSection: it names no section, or several; the message names the nearest.
        """
        asking = _Asking(self, self._part(scope), self._wording, conversation.copy() if conversation is not None else None, "1")
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
        return _Asking(self, self._part(scope), self._wording, None, "1", suggest=False, traced=False).ways(question)

    def refusal(self, question: str) -> tuple[dict[str, float], DeclineKind, Answer] | None:
        """A refusal with the signs that its kind is told by and the kind the tests alone would give; None where a question is answered.

        What kinds are learned from, never an answer to anybody. Suggestions are left out.
        """
        asking = _Asking(self, self._state, self._wording, None, "1", suggest=False, traced=False)
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
        return _read(self._state, self.kb, path)[0]

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
        return self._summary(self._part(scope))

    def _summary(self, state: _State) -> KbSummary:
        counts = state.view.store.counts("documents", "sections", "tables", "facts")
        if state.examples is None:
            state.examples = tuple(_answering(self, state, suggesting.examples(state.view), _EXAMPLES))
        return KbSummary(
            title=_title(state),
            description=state.config.description,
            folder=state.called,
            documents=counts["documents"],
            sections=counts["sections"],
            tables=counts["tables"],
            facts=counts["facts"],
            skipped=state.view.store.skipped(),
            examples=state.examples,
            generation=state.retriever.generation,
            kb_sha256=state.retriever.manifest.kb_sha256,
        )


class _Asking:
    """One question, start to end."""

    def __init__(
        self,
        owner: Assistant,
        state: _State,
        wording: Wording,
        conversation: Conversation | None,
        id: str,
        *,
        suggest: bool = True,
        traced: bool = True,
        second: bool = True,
    ) -> None:
        self.second = second  # whether what is next likely is told too, where it is not sure of the answer
        self.owner, self.state, self.wording, self.conversation, self.id, self.suggest = owner, state, wording, conversation, id, suggest
        self.traced = traced
        self.explainer = Explainer(state.view, state.gatherer, wording, state.config.aliases, self._read)
        self.parts: list[tuple[Answer, Steps | None]] = []  # of a message of several questions
        self._led: list[tuple[Trace, Steps | None]] = []  # every answer tried, and what led to it
        self.began = time.perf_counter()
        self.spent = {"understand": 0.0, "retrieve": 0.0, "compose": 0.0}
        self.aside: list[Echo] = []  # names of the question that are left out of the answer, and said to be
        self.problems: tuple[str, ...] = ()  # why an answer could not be proved
        self.resolved = Resolved("")  # the question made whole from the conversation
        self.repairs: tuple[Repair, ...] = ()
        self.options: list[str] = []  # needs offered when asked back
        self.last: Steps | None = None  # what the answer given was made of
        self._frames: dict[tuple[str, tuple[str, ...], Within | None, tuple[Repair, ...]], Frame] = {}
        self._works: dict[tuple[str, tuple[str, ...], Within | None], Steps] = {}  # text and what was kept of the talk -> what was found

    def run(self, question: str) -> tuple[Answer, Trace]:
        question = question.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate cannot be written back
        text = clean(question)
        limit = self.owner.settings.assistant.max_question_characters
        if len(text) > limit:
            return self._said("invalid", question[:limit], "too_long", {"size": len(question), "limit": limit})
        if not text or (not re.search(r"\w", text) and text.strip("?! ")):
            if not text:
                return self._said("invalid", question, "empty", {})
            return self._declined(question, self._frame(text), None, "unclear")
        typed, text = text, plainly(text)
        mended = repaired(text, self.state.namer)[0] if len(text.split()) <= _FEW_WORDS else text
        talk = (
            next(filter(None, map(_talk, (typed, text, mended))), None) if self.suggest else None
        )  # a heading that is asked to see whether it answers is no small talk
        if talk is not None and self._means_the_folders_own(talk, text):
            talk = None
        if talk is not None:
            if self.conversation is not None and talk.id == "dismissal":
                self.conversation.dismiss()
            return self._talk(question, talk.id)
        if several := messages.parts(text):
            together = self._several(question, several)
            if together is not None:
                return together
        answer, trace = self._meant(question, self._resolve(text), self._asked)
        self._remember(answer)
        return answer, trace

    def _means_the_folders_own(self, talk: _Talk, text: str) -> bool:
        """Whether what sounds like small talk is of the folder: a heading *Overview*, a column *Part* where all parts are asked for."""
        if talk.id == "overview" and self.state.view.entries(key(text)):
            return True
        return bool(talk.noun) and any(e.role in _LABELS for e in self.state.view.entries(key(talk.noun)))

    def _meant(self, question: str, text: str, ask: Callable[[str, str], tuple[Answer, Trace]]) -> tuple[Answer, Trace]:
        """The answer to a message as it was made whole, else as it may be meant otherwise."""
        answer, trace = ask(question, text)
        if answer.status != "declined" or self.resolved.otherwise is None:
            return answer, trace
        first, refused, self.resolved = self.resolved, self.last, self.resolved.otherwise
        other = ask(question, self.resolved.question)
        if other[0].status in _ANSWERED or first.within is not None:  # that it is no question about rows told before is no refusal
            return other
        self.resolved, self.last = first, refused
        return answer, trace

    def _resolve(self, text: str) -> str:
        """Mend the message and make it whole; from here on it is a question like any other."""
        began = time.perf_counter()
        text, self.repairs = repaired(text, self.state.namer)
        self.resolved = Resolved(text)
        if self.conversation is not None:
            self.resolved = self.conversation.resolve(text, self.state.namer, self.state.view)
        if not self.resolved.kept and (whole := of_all_described(self.resolved.question, self.state.view)):
            self.resolved = replace(self.resolved, question=whole[0], kept=whole[1])
        self.spent["understand"] += (time.perf_counter() - began) * 1000
        return self.resolved.question

    def _remember(self, answer: Answer) -> None:
        if self.conversation is None or self.last is None:
            return
        if answer.status == "clarify":
            self.conversation.ask_back(self.last.frame.text, self.options)
        elif answer.status in _ANSWERED and self.last.finding is not None:
            self.conversation.remember(self.last.frame, self.resolved, self.state.view, self.last.finding)
        elif answer.decline is not None:
            self.conversation.remember(self.last.frame, self.resolved, self.state.view, decline=answer.decline)

    def _asked(self, question: str, text: str) -> tuple[Answer, Trace]:
        """Answer a whole question: as it stands, or the part of it that asks."""
        frame = self._frame(text)
        asked = [a for a in messages.asked_alone(frame.text, frame) if a != text]
        first = next((a for a in asked if self._stands_alone(a, frame)), None)
        if first is not None:
            answer, trace = self._one(question, first)
            if answer.status in _ANSWERED:
                return answer, trace
        answer, trace = self._one(question, text)
        if answer.status == "declined":
            refused = self.last
            otherwise = self._otherwise(question, text, [a for a in asked if a != first and self._asks_something(a, frame)])
            if otherwise is not None:
                return otherwise
            served = self._served(question, refused) or self._likely(question, refused)
            if served is not None:
                return served
            self.last = refused
        return answer, trace

    def _served(self, question: str, refused: Steps | None) -> tuple[Answer, Trace] | None:
        """The answer to a declined message as to a need told in other words than the text's; None where it tells none that is near."""
        need = needs.as_need(refused.frame, self.state.view) if refused is not None else None
        if need is None or refused is None or refused.evidence is None:
            return None
        began = time.perf_counter()
        work = self.last = Steps(need, refused.evidence)
        finding = needs.served(need, refused.evidence, self.state.view)
        if finding is not None:
            work.verdict = judge(need, finding, refused.evidence, self.state.gatherer.data.thresholds)
            work.tried.append((finding, work.verdict))
        self.spent["compose"] += (time.perf_counter() - began) * 1000
        if finding is None or work.verdict is None or not work.verdict.answer:
            return None
        work.finding = finding
        return self._told(question, work, finding, work.verdict.confidence)

    def _likely(self, question: str, refused: Steps | None) -> tuple[Answer, Trace] | None:
        """The answer that is likely to be right, by all signs together, where no test takes one; None where none is."""
        if refused is None or is_foreign(question) or not settle_likely(refused, self.state.gatherer.data.thresholds):
            return None
        if refused.finding is None or refused.verdict is None:
            return None
        self.last = refused
        return self._told(question, refused, refused.finding, refused.verdict.confidence)

    def _stands_alone(self, asked: str, whole: Frame) -> bool:
        """Whether the part of a message that asks is a question of its own: it names all that is named, and tells no need."""
        frame = self._frame(asked)
        named = {t.key for t in frame.content_ties()}
        if messages.is_verdict(whole.text):
            return bool(named)
        if not any(frame.certain(t) or whole.certain(t) or t.is_label() for t in frame.content_ties()):
            return False
        complete = {t.key for t in whole.content_ties()} <= named
        if whole.wish is not None and whole.wish.conditions and (frame.wish is None or not frame.wish.conditions):
            return False  # the number it is asked with was told before: *it is at 120 °C, which level is that*
        return complete and frame.kind not in ("decision", "keyword") and whole.kind != "decision"

    def _asks_something(self, asked: str, whole: Frame) -> bool:
        """Whether the part of a message that asks holds more than the things to choose from, where a need is told before it."""
        if whole.kind != "decision":
            return True
        frame = self._frame(asked)
        offered = {p for t in frame.content_ties() if self.state.view.is_thing(t.key) for p in range(t.start, t.end)}
        return bool(set(frame.content) - offered - frame.soft)

    def _otherwise(self, question: str, text: str, asked: list[str]) -> tuple[Answer, Trace] | None:
        """The answer to a declined message without what is beside its question, or to the half of it that is known."""
        work = self._work(text)
        if work.verdict is not None and work.verdict.decline == "off_topic":
            # A common word in the place of a pronoun makes no question of another field one of this.
            asked = [a for a in asked if a in text or self._names_surely(a)]
        others = [*asked, messages.without_asides(work.frame), *self._wanted(work.frame)]
        for other in dict.fromkeys(o for o in others if o and o != text):
            answer, trace = self._one(question, other)
            if answer.status in _ANSWERED and not (other in asked and self._leaves_names_out(work.frame)):
                return answer, trace
        half = messages.known_half(work.frame, work.verdict.missing if work.verdict else work.frame.content)
        if half is None or work.frame.answer_type is not None or work.frame.ranking:
            return None
        known, words = half
        self.aside = [Echo(w) for w in _runs(text=work.frame.text, tokens=words)]
        names = [t.name for t in work.frame.content_ties() if t.roles & {"row", "column", "label", "name"}]
        for other in dict.fromkeys([known, *names[:1]]):
            answer, trace = self._one(question, other)
            if answer.status in _ANSWERED:
                return answer, trace
        self.aside = []
        return None

    def _leaves_names_out(self, whole: Frame) -> bool:
        """Whether cells were selected by a part of a message that does not hold all it names: the rest may say which rows are meant."""
        if self.last is None or self.last.finding is None or self.last.finding.chosen is None:
            return False
        named = {t.key for t in whole.content_ties() if t.roles & {"row", "column", "label", "heading", "name"}}
        return not named <= {t.key for t in self.last.frame.content_ties()}

    def _names_surely(self, text: str) -> bool:
        frame = self._frame(text)
        return any(frame.certain(t) or t.is_label() for t in frame.content_ties())

    def _wanted(self, whole: Frame) -> list[str]:
        """What a message wants that asks by telling, where it names all that the message names."""
        told = {t.key for t in whole.content_ties() if t.is_label() or "name" in t.roles}
        found = []
        for text in messages.wanted(whole.text):
            frame = self._frame(text)
            if told and told <= {t.key for t in frame.content_ties()} and not frame.strange:
                found.append(text)
        return found

    # ---- stages

    def _frame(self, text: str) -> Frame:
        """The frame of a text, understood once however often it is tried; the roles that an answer gives are each caller's own."""
        tried = (text, self.resolved.kept, self.resolved.within, self.repairs)
        if tried not in self._frames:
            began = time.perf_counter()
            text, repairs = repaired(text, self.state.namer)
            self._frames[tried] = understand(
                text,
                self.state.namer,
                self.state.namer.common,
                kept=self.resolved.kept,
                within=self.resolved.within,
                repairs=tuple(dict.fromkeys((*self.repairs, *repairs))),
            )
            self.spent["understand"] += (time.perf_counter() - began) * 1000
        return replace(self._frames[tried], roles={})

    def _work(self, text: str) -> Steps:
        """What was found for a text; a text that is tried twice for one message is looked up once."""
        tried = (text, self.resolved.kept, self.resolved.within)
        if tried not in self._works:
            self._works[tried] = self._looked_up(text)
        return self._works[tried]

    def _looked_up(self, text: str) -> Steps:
        work = Steps(self._frame(text))
        if not work.frame.content and work.frame.within is None:
            return work
        began = time.perf_counter()
        work.evidence = self.state.gatherer.gather(work.frame)
        work.frame = with_unheld(work.frame, work.evidence)
        self.spent["retrieve"] += (time.perf_counter() - began) * 1000
        began = time.perf_counter()
        decide(work, work.evidence, self.state.view, self.state.gatherer.data.thresholds, second=self.second)
        self.spent["compose"] += (time.perf_counter() - began) * 1000
        return work

    def _one(self, question: str, text: str) -> tuple[Answer, Trace]:
        work = self.last = self._work(text)
        if asks_for_any(work.frame, self.state.view) and next(suggesting.needs(self.state.view), None) is not None:
            return self._clarify(question, work)
        if work.finding is None or work.verdict is None:
            kind = work.verdict.decline if work.verdict and work.verdict.decline else "unclear"
            if work.evidence is not None:
                kind = kind_by_signs(kind, work.frame, work.evidence, self.state.view)
            if kind == "off_topic" and self.resolved.varied and work.frame.strange:
                kind = "unknown_name"  # the rest was asked of something known
            if kind == "unclear" and work.frame.kind == "decision":
                return self._clarify(question, work)
            return self._declined(question, work.frame, work, kind)
        return self._told(question, work, work.finding, work.verdict.confidence)

    def _told(self, question: str, work: Steps, finding: Finding, confidence: Confidence) -> tuple[Answer, Trace]:
        """What was found, in words and proved."""
        began = time.perf_counter()
        frame = work.frame
        members = finding.members() if self.resolved.beyond or self.resolved.names_only else []
        if self.resolved.names_only and len(members) > 1:
            finding = work.finding = replace(finding, shape="names", slots={"items": members}, claims=[])
        if frame.kind == "why" and finding.shape in _STRUCTURED and not finding.corrected and not gives_reason(frame, finding):
            return self._declined(question, frame, work, "unknown_attribute", reasonless=True)
        finding, rule, rendered = self._worded(finding)
        work.finding = finding
        alone = finding.shape == "told" and sum(len(part["sentences"]) for part in finding.slots["parts"]) == 1
        plain = finding.shape in _PLAIN or alone or (self.resolved.reason and finding.slots.get("why") is None)
        reason = frame.kind == "why" and gives_reason(frame, finding)
        if (frame.kind == "why" or self.resolved.reason) and not finding.corrected and plain and not reason:
            rendered = self.wording.prefixed("no_reason", rendered)
        if self.aside:
            rendered = self.wording.prefixed("half", rendered, {"words": self.aside})
        frame = _with_roles(frame, finding)
        reading, steps = bridging.reading(frame, question, finding, self.state.view)
        told = {m.name for m in reading.mentions}
        bound = (m for m in bound_names(frame, finding, self.state.view) if m.name not in told)
        reading = reading.model_copy(update={"mentions": (*reading.mentions, *bound)})
        rendered = self._bridged(rendered, steps)
        claims = [*finding.claims, *_figures(finding.slots), *_besides(finding.slots)]
        if self.resolved.beyond and members:
            rendered = self.wording.prefixed(
                "only_so_many", rendered, {"number": Figure(len(members), tuple(members)), "one": len(members) == 1}
            )
            claims.append(Claim("count", tuple(members), str(len(members))))
        if work.second is not None and self.second and not members:
            other, _, next_likely = self._worded(work.second)
            rendered = self.wording.followed(rendered, "second", next_likely)
            claims += [*other.claims, *_figures(other.slots), *_besides(other.slots)]
        answer = self._finish(
            question, "corrected" if finding.corrected else "answered", rule.id, rendered, reading, confidence, claims, began
        )
        if answer is None:
            return self._failed(question, work)
        answer = answer.model_copy(update={"suggestions": self.suggestions(work)})
        return answer, self._trace(answer, work)

    def _worded(self, finding: Finding) -> tuple[Finding, Rule, Rendered]:
        """A finding in words, with the footnotes of its cell, and what tells rows of one name apart."""
        cell = finding.slots.get("value") if finding.shape in _WITH_FOOTNOTES else None
        if isinstance(cell, Quote) and cell.fact is not None and (notes := footnotes(cell.fact, self.state.view)):
            finding = replace(finding, slots={**finding.slots, "value": unmarked(cell), "footnotes": notes})
        finding = told_apart(finding, self.state.view)
        rule, rendered = self.wording.render(finding.shape, finding.slots, self.state.view.is_forecast)
        return finding, rule, rendered

    def _finish(
        self,
        question: str,
        status: Status,
        rule: str,
        rendered: Rendered,
        reading: Reading,
        confidence: Any,
        claims: list[Claim],
        began: float,
    ) -> Answer | None:
        """Build, prove and identify the answer; None when it cannot be proved."""
        citations = tuple(self._citation(fact, number) for number, fact in enumerate(rendered.cited, 1))
        try:
            atoms = certificate.make(rendered, claims, self._read)
        except (OSError, ValueError) as error:  # a file is gone since it was indexed
            self.problems = (str(error),)
            return None
        answer = self._answer(question, status, rendered.text, rendered.markdown, citations, reading, rule, confidence, atoms)
        checked = certificate.check(answer.as_json(), self._read, self.wording.fixed_words)
        self.spent["compose"] += (time.perf_counter() - began) * 1000
        if not checked.holds:
            self.problems = checked.problems
            return None
        return answer.model_copy(update={"timings_ms": self._timings()})

    def _several(self, question: str, parts: list[str]) -> tuple[Answer, Trace] | None:
        """Several questions in one message: each answered apart; None when that is not what it is."""
        talk = self.conversation.copy() if self.conversation is not None else Conversation()
        answers, traces, steps = [], [], []
        for part in parts:
            asked = _Asking(self.owner, self.state, self.wording, talk, self.id, suggest=False, traced=self.traced, second=False)
            answer, trace = asked._meant(part, asked._resolve(part), asked._one)
            asked._remember(answer)
            answers.append(answer)
            traces.append(trace)
            steps.append(asked.steps_of(trace))
            for stage, spent in asked.spent.items():
                self.spent[stage] += spent
        if not all(a.status in (*_ANSWERED, "declined") for a in answers) or all(a.status == "declined" for a in answers):
            return None
        citations: list[Citation] = []
        atoms: list[Atom] = []
        texts, marked = [], []
        for number, answer in enumerate(answers, 1):
            shift, base = len(citations), len(atoms)
            citations += [c.model_copy(update={"marker": c.marker + shift}) for c in answer.citations]
            atoms += [
                a.model_copy(update={"marker": a.marker + shift if a.marker else None, "of": tuple(i + base for i in a.of)})
                for a in answer.certificate
            ]
            texts.append(f"{number}. {answer.text}")
            moved = renumbered(answer.markdown, shift.__add__)
            marked.append(f"**{number}.** {moved}")
        reading = answers[0].reading.model_copy(
            update={
                "kind": "several",
                "question": question,
                "mentions": tuple(m for a in answers for m in a.reading.mentions),
                "repaired": tuple(dict.fromkeys(r for a in answers for r in a.reading.repaired)),
            }
        )
        order = ("high", "medium", "low")
        worst = max((a.confidence for a in answers if a.status != "declined"), key=order.index)
        made = self._answer(
            question, "answered", " ".join(texts), "\n\n".join(marked), tuple(citations), reading, "several-questions", worst, tuple(atoms)
        )
        if self.conversation is not None:
            self.conversation.take(talk)
        self.parts = list(zip(answers, steps, strict=True))
        whole = self._trace(made, None)
        return made, whole.model_copy(update={"features": traces[-1].features, "parts": tuple(traces)})

    def ways(self, question: str) -> Iterator[tuple[dict[str, float], Answer]]:
        """As `Assistant.ways`."""
        work = self._work(self._resolve(plainly(clean(question))))
        if work.evidence is None:
            return
        for numbers, finding, verdict in every(work.frame, work.evidence, self.state.view, self.state.gatherer.data.thresholds):
            self.last = Steps(work.frame, work.evidence, finding, verdict)
            yield numbers, self._told(question, self.last, finding, verdict.confidence)[0]

    def refusal(self, question: str) -> tuple[dict[str, float], DeclineKind, Answer] | None:
        """As `Assistant.refusal`."""
        answer, _ = self.run(question)
        work = self.last
        if answer.decline is None or work is None or work.evidence is None or work.verdict is None or work.verdict.decline is None:
            return None
        return signs(work.frame, work.evidence, self.state.view), work.verdict.decline, answer

    # ---- no, and talk

    def _declined(
        self, question: str, frame: Frame, work: Steps | None, kind: DeclineKind, *, reasonless: bool = False
    ) -> tuple[Answer, Trace]:
        began = time.perf_counter()
        view = self.state.view
        verdict = work.verdict if work else None
        missing = [frame.tokens[p] for p in (verdict.missing if verdict else frame.content)]
        strange = [frame.tokens[p] for p in frame.strange]
        tied = {p for t in frame.content_ties() for p in range(t.start, t.end)}
        beside = [t for t in missing if t not in [frame.tokens[p] for p in tied] and not t.function]
        beside = beside or [frame.tokens[p] for p in frame.ranking]
        left = [t for t in missing if not t.function]
        several = {t.key for t in frame.content_ties() if any(frame.tokens[p] not in missing for p in range(t.start, t.end))}
        words = strange if kind == "unknown_name" and strange else beside or (left if several or not tied else [])
        present = [
            t
            for t in frame.content_ties()
            if t.roles & {"row", "column", "label", "name"} and not all(frame.tokens[p] in words for p in range(t.start, t.end))
        ]
        present = suggesting.worth_telling(present, view)
        slots: dict[str, Any] = {
            "words": [Echo(w) for w in _runs(text=frame.text, tokens=words)][:3],
            "names": [Echo(n) for n in dict.fromkeys(t.name for t in present)][:3],
            "topics": [Echo(t) for t in suggesting.topics(view)] if self.suggest else [],
            "ranks": [],
            "several": len(present) == 1 and _in_the_plural(present[0].name, self.state.namer.common),
        }
        if kind == "unknown_attribute":  # a word that stands in the files is not one they say nothing about
            unsaid = [t for t in words if not view.frequency(t.stem)]
            slots["words"] = [Echo(w) for w in _runs(text=frame.text, tokens=unsaid)][:3]
            ranks = [p for p in frame.ranking if frame.tokens[p] in words]
            if ranks and all(t in [frame.tokens[p] for p in ranks] for t in unsaid):
                slots["ranks"] = [Echo(_with_degree(frame, p)) for p in ranks][:1]
        foreign = is_foreign(question)
        kind = "unclear" if foreign else kind
        _, rendered = self.wording.render("foreign" if foreign else "reasonless" if self.resolved.reason or reasonless else kind, slots)
        reading, steps = bridging.reading(frame, question, None, view)
        rendered = self._bridged(rendered, steps)
        nearest = self._nearest(work.evidence) if work and work.evidence else ()
        options: list[str] = []
        if self.suggest:
            sections = [c.section for c, _ in (work.evidence.chunks if work and work.evidence else [])[:2]]
            near = (q for s in sections for q in suggesting.around(s, view))
            pool = chain((t.name for t in present[:1]), near, suggesting.examples(view))  # the last of them are seldom needed
            options = list(_answering(self.owner, self.state, pool, _SUGGESTIONS))
        self.spent["compose"] += (time.perf_counter() - began) * 1000
        answer = self._answer(
            question,
            "declined",
            rendered.text,
            rendered.markdown,
            (),
            reading,
            "no-english" if foreign else f"no-{kind.replace('_', '-')}",
            "low",
            (),
            decline=kind,
            nearest=nearest,
            suggestions=tuple(options),
        )
        return answer, self._trace(answer, work)

    def _clarify(self, question: str, work: Steps) -> tuple[Answer, Trace]:
        """Ask back what a choice is for, with needs that the knowledge base settles."""
        if self.suggest:
            pool = suggesting.needs(self.state.view)
            self.options = [need for need, asked in pool if any(_answering(self.owner, self.state, iter([asked]), 1))][:_SUGGESTIONS]
        asked = work.frame.text.strip(" ?.!")
        shown = [Echo(suggesting.in_sentence(o)) for o in self.options]
        _, rendered = self.wording.render("clarify", {"options": shown})
        reading, steps = bridging.reading(work.frame, question, None, self.state.view)
        rendered = self._bridged(rendered, steps)
        answer = self._answer(
            question,
            "clarify",
            rendered.text,
            rendered.markdown,
            (),
            reading,
            "clarify",
            "low",
            (),
            decline="unclear",
            suggestions=tuple(f"{asked} for {suggesting.in_sentence(o)}" for o in self.options),
        )
        return answer, self._trace(answer, work)

    def _nearest(self, evidence: Evidence) -> tuple[Citation, ...]:
        found: dict[int, Citation] = {}
        for chunk, cosine in evidence.chunks:
            if cosine < _NEAREST_DENSE or len(found) >= _NEAREST:
                break
            facts = self.state.view.store.facts(chunk.facts[:1])
            if facts and chunk.section not in found:
                found[chunk.section] = self._citation(facts[0], len(found) + 1)
        return tuple(found.values())

    def _talk(self, question: str, talk: str) -> tuple[Answer, Trace]:
        summary = self.owner._summary(self.state) if self.suggest else None
        slots: dict[str, Any] = summary.model_dump() if summary else {}
        if talk == "overview":
            slots["contents"], slots["left"] = suggesting.contents(self.state.view)
        return self._said(
            "smalltalk",
            question,
            f"talk_{talk}",
            slots,
            suggestions=summary.examples[:_SUGGESTIONS]
            if summary and talk in ("greeting", "help", "overview", "displeased", "tongue")
            else (),
        )

    def _said(
        self, status: Status, question: str, shape: str, slots: dict[str, Any], suggestions: tuple[str, ...] = ()
    ) -> tuple[Answer, Trace]:
        rule, rendered = self.wording.render(shape, slots)
        answer = self._answer(
            question,
            status,
            rendered.text,
            rendered.markdown,
            (),
            Reading(kind=status, question=question),
            rule.id,
            "high",
            (),
            suggestions=suggestions,
        )
        return answer, self._trace(answer, None)

    def _failed(self, question: str, work: Steps) -> tuple[Answer, Trace]:
        rule, rendered = self.wording.render("failed", {})
        reading, _ = bridging.reading(work.frame, question, None, self.state.view)
        answer = self._answer(question, "invalid", rendered.text, rendered.markdown, (), reading, rule.id, "low", ())
        return answer, self._trace(answer, work, self.problems)

    # ---- parts

    def _bridged(self, rendered: Rendered, steps: Sequence[bridging.Bridge]) -> Rendered:
        """The same with a closing line on every word that was read as another name."""
        if not steps:
            return rendered
        _, line = self.wording.render("bridge", bridging.slots(steps))
        return replace(rendered, markdown=f"{rendered.markdown}\n\n{line.markdown}")

    def _read(self, path: str) -> tuple[str, str]:
        return _read(self.state, self.owner.kb, path)

    def _citation(self, fact: Fact, marker: int) -> Citation:
        row, column = fact.label("row"), fact.label("column")
        cell = Cell(row=row or "", column=column or "") if fact.table is not None else None
        return Citation(
            marker=marker,
            document=fact.document,
            section=self.state.view.path(fact),
            lines=(fact.span.first_line, fact.span.last_line),
            quote=fact.raw,
            cell=cell,
        )

    def _answer(
        self,
        question: str,
        status: Status,
        text: str,
        markdown: str,
        citations: tuple[Citation, ...],
        reading: Reading,
        rule: str,
        confidence: Any,
        atoms: tuple[Atom, ...],
        *,
        decline: DeclineKind | None = None,
        nearest: tuple[Citation, ...] = (),
        suggestions: tuple[str, ...] | None = None,
    ) -> Answer:
        if self.state.scope:
            reading = reading.model_copy(update={"scope": self.state.scope})
        digest = certificate.digest(status, text, markdown, [c.model_dump(mode="json") for c in citations], decline, rule)
        return Answer(
            id=self.id,
            question=question,
            status=status,
            text=text,
            markdown=markdown,
            citations=citations,
            decline=decline,
            nearest=nearest,
            suggestions=suggestions or (),
            reading=reading,
            rule=rule,
            answer_id=digest,
            confidence=confidence,
            certificate=atoms,
            timings_ms=self._timings(),
        )

    def _timings(self) -> Timings:
        """Milliseconds so far, by stage."""
        spent = {k: round(v, 3) for k, v in self.spent.items()}
        return Timings(**spent, total=round((time.perf_counter() - self.began) * 1000, 3))

    def suggestions(self, work: Steps) -> tuple[str, ...]:
        """Follow-on questions, each known to answer."""
        if not self.suggest or work.finding is None:
            return ()
        asked = work.frame.text.lower().strip(" ?")
        pool = (q for q in suggesting.following(work.finding, self.state.view) if q.lower().strip(" ?") != asked)
        return tuple(_answering(self.owner, self.state, pool, _SUGGESTIONS))

    def _trace(self, answer: Answer, work: Steps | None, notes: tuple[str, ...] = ()) -> Trace:
        if not self.traced:
            return Trace(rule=answer.rule, generation=self.state.retriever.generation, thresholds={}, features={}, candidates=())
        trace = self.explainer.trace(answer, work, notes)
        self._led.append((trace, work))
        return trace

    def steps_of(self, trace: Trace) -> Steps | None:
        """What led to an answer given here; None where nothing was looked up."""
        return next((steps for told, steps in self._led if told is trace), None)


# ---------------------------------------------------------------- helpers


def _figures(slots: Any) -> list[Claim]:
    """The counts behind every number that is printed."""
    if isinstance(slots, Figure):
        return [Claim("count", slots.of, str(slots.value))]
    if isinstance(slots, dict):
        return [c for v in slots.values() for c in _figures(v)]
    return [c for v in slots for c in _figures(v)] if isinstance(slots, list | tuple) else []


def _besides(slots: Any) -> list[Claim]:
    """That every label printed beside a cell is of its row or column."""
    return [Claim("beside", pair) for pair in dict.fromkeys(labelled(slots))]


def _with_roles(frame: Frame, finding: Finding) -> Frame:
    if finding.roles:
        frame.roles.update(finding.roles)
    return frame


def _runs(text: str, tokens: Sequence[Token]) -> list[str]:
    """Words of the question as typed; capitals side by side (`New Relic`) and what code joins (`max_size`) are one name."""
    found: list[tuple[int, int]] = []
    for token in tokens:
        capital = token.surface[:1].isupper()
        between = text[found[-1][1] : token.start] if found else ""
        if found and ((capital and text[found[-1][0] : found[-1][0] + 1].isupper() and between == " ") or AS_ONE.fullmatch(between)):
            found[-1] = (found[-1][0], token.end)
        else:
            found.append((token.start, token.end))
    return list(dict.fromkeys(text[a:b] for a, b in found))


def _read(state: _State, kb: Path, path: str) -> tuple[str, str]:
    found = state.texts.get(path)
    if found is None:
        found = state.texts[path] = read_text(kb, path)
    return found


def _with_degree(frame: Frame, place: int) -> str:
    """A word that ranks, as typed, with the *more* or *most* before it."""
    found = frame.tokens
    first = place - 1 if place and found[place - 1].word in _DEGREES else place
    return frame.text[found[first].start : found[place].end]


def _in_the_plural(name: str, common: Common) -> bool:
    """Whether a name is an ordinary word in the plural (*Tools*), and no proper name that ends so."""
    last = name.rsplit(maxsplit=1)[-1].lower()
    return last.endswith("s") and not last.endswith("ss") and common(last) and common(last.removesuffix("s"))


def _common(retriever: Retriever) -> Common:
    """Whether a word is ordinary English: one whole piece of the encoder's own vocabulary, or in the word list."""

    def common(word: str) -> bool:
        return retriever.is_common_word(word) or is_english(word)

    return lru_cache(maxsize=20_000)(common)


def _title(state: _State) -> str:
    if state.config.title:
        return state.config.title
    documents, shown = state.view.store.documents(), state.view.shown_path
    for document in documents[:1] if len(documents) == 1 else [d for d in documents if shown(d.path).lower() in ("readme.md", "index.md")]:
        for section in state.view.store.sections(document.path):
            if section.level == 1:
                return section.path[-1]
    return state.called.replace("-", " ").replace("_", " ")


def _over(retriever: Retriever, config: KbConfig) -> tuple[View, KbConfig, Namer, Gatherer]:
    """What questions are answered with, over one generation or a part of it."""
    view = View(retriever)
    namer = Namer(
        view,
        {typed: alias.to for typed, alias in config.aliases.items()},
        _common(retriever),
        lambda a, b: view.label_similarity(a, (b,))[0],
        view.store.alias,
    )
    return view, config, namer, Gatherer(view)


def _part_of(whole: _State, part: Restriction) -> _State:
    """A part of what is open, to be asked as if there were nothing else."""
    retriever = whole.retriever.within(part.documents, part.prefix)
    config = merged({name: whole.configs[name] for name in part.folders}) if part.folders else whole.config
    return _State(
        whole.report,
        retriever,
        *_over(retriever, config),
        ", ".join(part.folders) or whole.called,
        scope=part.names,
        configs={name: whole.configs[name] for name in part.folders},
        texts=whole.texts,
    )


@lru_cache(maxsize=1)
def _talk_patterns() -> list[tuple[str, list[re.Pattern[str]]]]:
    return [(t["id"], [re.compile(p) for p in t["patterns"]]) for t in load_data("talk.toml")["talk"]]


@dataclass(frozen=True, slots=True)
class _Talk:
    """A message that is small talk."""

    id: str
    noun: str  # what it asks about by a word that a folder may have for something of its own; "" for nothing


def _talk(text: str) -> _Talk | None:
    """Which sort of small talk a message is, or None."""
    flat = " ".join(re.sub(r"[^\w\s'?]", " ", text.lower()).split())
    bare = flat.strip(" ?") or flat
    for name, patterns in _talk_patterns():
        found = next((m for p in patterns if (m := p.fullmatch(bare) or p.fullmatch(flat)) is not None), None)
        if found is not None:
            return _Talk(name, found.groupdict().get("noun") or "")
    return None


def _answering(owner: Assistant, state: _State, questions: Iterator[str], most: int) -> Iterator[str]:
    """Those of the questions that answer, at most so many; each is asked once per generation."""
    given: set[str] = set()
    tried = 0
    for question in questions:
        if len(given) >= most or tried >= 4 * most:
            return
        answers = state.asked.get(question)
        if question in given or (answers is None and _talk(question)):  # what was asked is no talk
            continue
        tried += 1
        if answers is None:
            answer, _ = _Asking(owner, state, owner._wording, None, "", suggest=False, traced=False, second=False).run(question)
            answers = answer.status == "answered"
            state.asked.put(question, answers)
        if answers:
            given.add(question)
            yield question


__all__ = ["Assistant", "KbSummary", "OutlineEntry"]
