"""What was found for a question, told: in words, with citations and a certificate that is checked at once; or a no, or a question back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from assistant import bridging, certificate, suggesting
from assistant.conversation import Resolved, bound_names
from assistant.declining import known_names, no_slots, without_answer
from assistant.explaining import Steps
from assistant.finding import Finding, figures, labelled
from assistant.footnotes import footnotes, unmarked
from assistant.foreign import is_foreign
from assistant.frame import Frame
from assistant.models import Answer, Atom, Cell, Citation, Confidence, DeclineKind, Reading, Status, Timings
from assistant.opened import Opened
from assistant.retrieval import Evidence
from assistant.several import together
from assistant.tables import told_apart
from assistant.typed import gives_reason
from assistant.wording import Claim, Echo, Figure, Quote, Rendered, Rule
from corpus.models import Fact

SUGGESTIONS = 3  # offered with an answer
_NEAREST = 3
_PLAIN = frozenset(
    {"cell", "owner", "pair", "sentence", "row", "column", "list", "belongs", "card", "definition", "flow"}
)  # they tell, and give no reason
_STRUCTURED = frozenset({"cell", "owner", "row", "column", "card", "belongs", "definition"})  # they hold a value each, and no reason
_WITH_FOOTNOTES = frozenset({"cell", "cell_yes", "cell_no", "owner"})
_NEAREST_DENSE = 0.22  # cosine below which a section is not even near

Offered = Callable[[Iterator[str], int], Iterator[str]]  # those of some questions that answer, at most so many


class Spent:
    """Milliseconds that a question took so far, by stage."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._stages = {"understand": 0.0, "retrieve": 0.0, "compose": 0.0}

    def add(self, stage: str, began: float) -> None:
        """Book what was spent since a time of `time.perf_counter`."""
        self._stages[stage] += (time.perf_counter() - began) * 1000

    def take(self, other: Spent) -> None:
        """Book what a part of the message took."""
        for stage, spent in other._stages.items():
            self._stages[stage] += spent

    def timings(self) -> Timings:
        """As an answer has them."""
        spent = {k: round(v, 3) for k, v in self._stages.items()}
        return Timings(**spent, total=round((time.perf_counter() - self._began) * 1000, 3))


class Telling:
    """The answers to one question, or to the several readings of it that are tried."""

    def __init__(self, state: Opened, id: str, spent: Spent, offered: Offered | None = None, *, second: bool = True) -> None:
        """
        Args:
            offered: what is asked of suggestions before they are shown; None: none are made.
            second: whether what is next likely is told too, where it is not sure of the answer.
        """
        self.state, self.wording, self.id, self.spent, self.offered, self.second = state, state.wording, id, spent, offered, second
        self.problems: tuple[str, ...] = ()  # why the last answer could not be proved

    def told(
        self, question: str, work: Steps, finding: Finding, confidence: Confidence, resolved: Resolved, aside: Sequence[Echo] = ()
    ) -> Answer:
        """What was found, in words and proved; where it cannot be proved, that this is so, and `problems` says why.

        Args:
            work: what led to it; the finding as it is told is noted there.
            resolved: the question made whole from the conversation.
            aside: names of the question that are left out, and said to be.
        """
        began = time.perf_counter()
        self.problems = ()
        frame = work.frame
        members = finding.members() if resolved.beyond or resolved.names_only else []
        if resolved.names_only and len(members) > 1:
            finding = work.finding = replace(finding, shape="names", slots={"items": members}, claims=[])
        if frame.kind == "why" and finding.shape in _STRUCTURED and not finding.corrected and not gives_reason(frame, finding):
            return self.declined(question, frame, work, "unknown_attribute", reasonless=True)
        finding, rule, rendered = self._worded(finding)
        work.finding = finding
        alone = finding.shape == "told" and sum(len(part["sentences"]) for part in finding.slots["parts"]) == 1
        plain = finding.shape in _PLAIN or alone or (resolved.reason and finding.slots.get("why") is None)
        reason = frame.kind == "why" and gives_reason(frame, finding)
        if (frame.kind == "why" or resolved.reason) and not finding.corrected and plain and not reason:
            rendered = self.wording.prefixed("no_reason", rendered)
        if aside:
            rendered = self.wording.prefixed("half", rendered, {"words": list(aside)})
        if finding.roles:
            frame.roles.update(finding.roles)
        reading, steps = bridging.reading(frame, question, finding, self.state.view)
        told = {m.name for m in reading.mentions}
        bound = (m for m in bound_names(frame, finding, self.state.view) if m.name not in told)
        reading = reading.model_copy(update={"mentions": (*reading.mentions, *bound)})
        rendered = self._bridged(rendered, steps)
        claims = _claims(finding)
        if resolved.beyond and members:
            rendered = self.wording.prefixed(
                "only_so_many", rendered, {"number": Figure(len(members), tuple(members)), "one": len(members) == 1}
            )
            claims.append(Claim("count", tuple(members), str(len(members))))
        if work.second is not None and self.second and not members:
            other, _, next_likely = self._worded(work.second)
            rendered = self.wording.followed(rendered, "second", next_likely)
            claims += _claims(other)
        answer = self._finish(
            question, "corrected" if finding.corrected else "answered", rule.id, rendered, reading, confidence, claims, began
        )
        if answer is None:
            return self._failed(question, work.frame)
        return answer.model_copy(update={"suggestions": self._following(work)})

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
        confidence: Confidence,
        claims: list[Claim],
        began: float,
    ) -> Answer | None:
        """Build, prove and identify the answer; None when it cannot be proved."""
        citations = tuple(self._citation(fact, number) for number, fact in enumerate(rendered.cited, 1))
        try:
            atoms = certificate.make(rendered, claims, self.state.read)
        except (OSError, ValueError) as error:  # a file is gone since it was indexed
            self.problems = (str(error),)
            return None
        answer = self._answer(question, status, rendered.text, rendered.markdown, citations, reading, rule, confidence, atoms)
        checked = certificate.check(answer.as_json(), self.state.read, self.wording.fixed_words)
        self.spent.add("compose", began)
        if not checked.holds:
            self.problems = checked.problems
            return None
        return answer.model_copy(update={"timings_ms": self.spent.timings()})

    def declined(self, question: str, frame: Frame, work: Steps | None, kind: DeclineKind, *, reasonless: bool = False) -> Answer:
        """A no, with what is near it.

        Args:
            reasonless: a reason was asked for, and none is given.
        """
        began = time.perf_counter()
        view = self.state.view
        words = without_answer(frame, kind, work.verdict if work else None)
        names = known_names(frame, words, view)
        slots = no_slots(frame, kind, words, names, view, self.state.namer.common)
        slots["topics"] = [Echo(t) for t in suggesting.topics(view)] if self.offered else []
        foreign = is_foreign(question)
        kind = "unclear" if foreign else kind
        _, rendered = self.wording.render("foreign" if foreign else "reasonless" if reasonless else kind, slots)
        reading, steps = bridging.reading(frame, question, None, view)
        rendered = self._bridged(rendered, steps)
        nearest = self._nearest(work.evidence) if work and work.evidence else ()
        options: list[str] = []
        if self.offered:
            sections = [c.section for c, _ in (work.evidence.chunks if work and work.evidence else [])[:2]]
            near = (q for s in sections for q in suggesting.around(s, view))
            first = suggesting.needs_like(frame.text, view) if frame.kind == "decision" else (t.name for t in names[:1])
            pool = chain(first, near, suggesting.examples(view))  # the last of them are seldom needed
            options = list(self.offered(pool, SUGGESTIONS))
        self.spent.add("compose", began)
        return self._answer(
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

    def clarify(self, question: str, frame: Frame, options: Sequence[str]) -> Answer:
        """The question back, what a choice is for, with the needs to choose from."""
        asked = frame.text.strip(" ?.!")
        shown = [Echo(suggesting.in_sentence(o)) for o in options]
        _, rendered = self.wording.render("clarify", {"options": shown})
        reading, steps = bridging.reading(frame, question, None, self.state.view)
        rendered = self._bridged(rendered, steps)
        return self._answer(
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
            suggestions=tuple(f"{asked} for {suggesting.in_sentence(o)}" for o in options),
        )

    def said(self, status: Status, question: str, shape: str, slots: dict[str, Any], suggestions: tuple[str, ...] = ()) -> Answer:
        """What needs nothing to be looked up: small talk, and what is no question."""
        rule, rendered = self.wording.render(shape, slots)
        return self._answer(
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

    def several(self, question: str, answers: Sequence[Answer]) -> Answer:
        """The answers to the questions of one message as one."""
        one = together(question, answers)
        return self._answer(
            question, "answered", one.text, one.markdown, one.citations, one.reading, "several-questions", one.confidence, one.atoms
        )

    def _failed(self, question: str, frame: Frame) -> Answer:
        rule, rendered = self.wording.render("failed", {})
        reading, _ = bridging.reading(frame, question, None, self.state.view)
        return self._answer(question, "invalid", rendered.text, rendered.markdown, (), reading, rule.id, "low", ())

    # ---- parts

    def _bridged(self, rendered: Rendered, steps: Sequence[bridging.Bridge]) -> Rendered:
        """The same with a closing line on every word that was read as another name."""
        if not steps:
            return rendered
        _, line = self.wording.render("bridge", bridging.slots(steps))
        return replace(rendered, markdown=f"{rendered.markdown}\n\n{line.markdown}")

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
        confidence: Confidence,
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
            timings_ms=self.spent.timings(),
        )

    def _nearest(self, evidence: Evidence) -> tuple[Citation, ...]:
        found: dict[int, Citation] = {}
        for chunk, cosine in evidence.chunks:
            if cosine < _NEAREST_DENSE or len(found) >= _NEAREST:
                break
            facts = self.state.view.store.facts(chunk.facts[:1])
            if facts and chunk.section not in found:
                found[chunk.section] = self._citation(facts[0], len(found) + 1)
        return tuple(found.values())

    def _following(self, work: Steps) -> tuple[str, ...]:
        """Follow-on questions, each known to answer."""
        if not self.offered or work.finding is None:
            return ()
        asked = work.frame.text.lower().strip(" ?")
        pool = (q for q in suggesting.following(work.finding, self.state.view) if q.lower().strip(" ?") != asked)
        return tuple(self.offered(pool, SUGGESTIONS))


def _claims(finding: Finding) -> list[Claim]:
    """What a finding claims: of itself, by every number it prints, and that every label beside a cell is of its row or column."""
    counts = [Claim("count", f.of, str(f.value)) for f in figures(finding.slots)]
    return [*finding.claims, *counts, *(Claim("beside", pair) for pair in dict.fromkeys(labelled(finding.slots)))]
