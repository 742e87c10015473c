"""One question, start to end: understand, retrieve, judge, and have it told; what of a message is asked, and in which reading.

Here too are the questions that are asked only to see whether they answer: suggestions and examples.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from assistant import messages, needs, suggesting
from assistant.conversation import Conversation, Resolved, asks_for_any
from assistant.conversation.together import of_all_described
from assistant.deciding import decide, every, settle_likely
from assistant.declining import runs_of
from assistant.explaining import Explainer, Steps
from assistant.finding import Finding
from assistant.foreign import is_foreign
from assistant.frame import Frame, Within, repaired, understand
from assistant.judging import judge
from assistant.mentions import Repair
from assistant.models import Answer, Confidence, DeclineKind, KbSummary, Status, Trace
from assistant.opened import Opened
from assistant.question import clean, plainly
from assistant.refusing import kind_by_signs, signs
from assistant.talk import Talk, small_talk
from assistant.telling import SUGGESTIONS, Spent, Telling
from assistant.wholes import with_unheld
from assistant.wording import Echo
from corpus.words import key

_LABELS = frozenset({"row", "column", "label", "heading"})  # roles in which a name says what something of the folder is called
_EXAMPLES = 4
_FEW_WORDS = 4  # words up to which a message may be small talk with a slip in it
_ANSWERED = ("answered", "corrected")


class Asking:
    """One question, start to end."""

    def __init__(
        self,
        state: Opened,
        conversation: Conversation | None,
        id: str,
        *,
        suggest: bool = True,
        traced: bool = True,
        second: bool = True,
    ) -> None:
        self.second = second  # whether what is next likely is told too, where it is not sure of the answer
        self.state, self.conversation, self.id, self.suggest = state, conversation, id, suggest
        self.traced = traced
        self.explainer = Explainer(state.view, state.gatherer, state.wording, state.config.aliases, state.read)
        self.parts: list[tuple[Answer, Steps | None]] = []  # of a message of several questions
        self._led: list[tuple[Trace, Steps | None]] = []  # every answer tried, and what led to it
        self.spent = Spent()
        self.telling = Telling(state, id, self.spent, partial(answering, state) if suggest else None, second=second)
        self.aside: list[Echo] = []  # names of the question that are left out of the answer, and said to be
        self.resolved = Resolved("")  # the question made whole from the conversation
        self.repairs: tuple[Repair, ...] = ()
        self.options: list[str] = []  # needs offered when asked back
        self.last: Steps | None = None  # what the answer given was made of
        self._frames: dict[tuple[str, tuple[str, ...], Within | None, tuple[Repair, ...]], Frame] = {}
        self._works: dict[tuple[str, tuple[str, ...], Within | None], Steps] = {}  # text and what was kept of the talk -> what was found

    def run(self, question: str) -> tuple[Answer, Trace]:
        question = question.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate cannot be written back
        text = clean(question)
        limit = self.state.settings.assistant.max_question_characters
        if len(text) > limit:
            return self._said("invalid", question[:limit], "too_long", {"size": len(question), "limit": limit})
        if not text or (not re.search(r"\w", text) and text.strip("?! ")):
            if not text:
                return self._said("invalid", question, "empty", {})
            return self._declined(question, self._frame(text), None, "unclear")
        typed, text = text, plainly(text)
        mended = repaired(text, self.state.namer)[0] if len(text.split()) <= _FEW_WORDS else text
        talk = (
            next(filter(None, map(small_talk, (typed, text, mended))), None) if self.suggest else None
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

    def _means_the_folders_own(self, talk: Talk, text: str) -> bool:
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
        self.spent.add("understand", began)
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
        self.spent.add("compose", began)
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
        self.aside = [Echo(w) for w in runs_of(work.frame.text, words)]
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
            self.spent.add("understand", began)
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
        self.spent.add("retrieve", began)
        began = time.perf_counter()
        decide(work, work.evidence, self.state.view, self.state.gatherer.data.thresholds, second=self.second)
        self.spent.add("compose", began)
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

    def _several(self, question: str, parts: list[str]) -> tuple[Answer, Trace] | None:
        """Several questions in one message: each answered apart; None when that is not what it is."""
        talk = self.conversation.copy() if self.conversation is not None else Conversation()
        answers, traces, steps = [], [], []
        for part in parts:
            asked = Asking(self.state, talk, self.id, suggest=False, traced=self.traced, second=False)
            answer, trace = asked._meant(part, asked._resolve(part), asked._one)
            asked._remember(answer)
            answers.append(answer)
            traces.append(trace)
            steps.append(asked.steps_of(trace))
            self.spent.take(asked.spent)
        if not all(a.status in (*_ANSWERED, "declined") for a in answers) or all(a.status == "declined" for a in answers):
            return None
        made = self.telling.several(question, answers)
        if self.conversation is not None:
            self.conversation.take(talk)
        self.parts = list(zip(answers, steps, strict=True))
        whole = self._trace(made, None)
        return made, whole.model_copy(update={"features": traces[-1].features, "parts": tuple(traces)})

    # ---- what is told

    def _told(self, question: str, work: Steps, finding: Finding, confidence: Confidence) -> tuple[Answer, Trace]:
        answer = self.telling.told(question, work, finding, confidence, self.resolved, self.aside)
        return answer, self._trace(answer, work, self.telling.problems)

    def _declined(self, question: str, frame: Frame, work: Steps | None, kind: DeclineKind) -> tuple[Answer, Trace]:
        answer = self.telling.declined(question, frame, work, kind, reasonless=self.resolved.reason)
        return answer, self._trace(answer, work)

    def _clarify(self, question: str, work: Steps) -> tuple[Answer, Trace]:
        """Ask back what a choice is for, with needs that the knowledge base settles."""
        if self.suggest:
            pool = suggesting.needs(self.state.view)
            self.options = [need for need, asked in pool if any(answering(self.state, iter([asked]), 1))][:SUGGESTIONS]
        answer = self.telling.clarify(question, work.frame, self.options)
        return answer, self._trace(answer, work)

    def _said(
        self, status: Status, question: str, shape: str, slots: dict[str, Any], suggestions: tuple[str, ...] = ()
    ) -> tuple[Answer, Trace]:
        answer = self.telling.said(status, question, shape, slots, suggestions)
        return answer, self._trace(answer, None)

    def _talk(self, question: str, talk: str) -> tuple[Answer, Trace]:
        told = summary(self.state) if self.suggest else None
        slots: dict[str, Any] = told.model_dump() if told else {}
        if talk == "overview":
            slots["contents"], slots["left"] = suggesting.contents(self.state.view)
        return self._said(
            "smalltalk",
            question,
            f"talk_{talk}",
            slots,
            suggestions=told.examples[:SUGGESTIONS] if told and talk in ("greeting", "help", "overview", "displeased", "tongue") else (),
        )

    def _trace(self, answer: Answer, work: Steps | None, notes: tuple[str, ...] = ()) -> Trace:
        if not self.traced:
            return Trace(rule=answer.rule, generation=self.state.retriever.generation, thresholds={}, features={}, candidates=())
        trace = self.explainer.trace(answer, work, notes)
        self._led.append((trace, work))
        return trace

    def steps_of(self, trace: Trace) -> Steps | None:
        """What led to an answer given here; None where nothing was looked up."""
        return next((steps for told, steps in self._led if told is trace), None)


def answering(state: Opened, questions: Iterator[str], most: int) -> Iterator[str]:
    """Those of the questions that answer, at most so many; each is asked once per generation."""
    given: set[str] = set()
    tried = 0
    for question in questions:
        if len(given) >= most or tried >= 4 * most:
            return
        answers = state.asked.get(question)
        if question in given or (answers is None and small_talk(question)):  # what was asked is no talk
            continue
        tried += 1
        if answers is None:
            answer, _ = Asking(state, None, "", suggest=False, traced=False, second=False).run(question)
            answers = answer.status == "answered"
            state.asked.put(question, answers)
        if answers:
            given.add(question)
            yield question


def summary(state: Opened) -> KbSummary:
    """What is indexed, with example questions that answer."""
    counts = state.view.store.counts("documents", "sections", "tables", "facts")
    if state.examples is None:
        state.examples = tuple(answering(state, suggesting.examples(state.view), _EXAMPLES))
    return KbSummary(
        title=state.title,
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
