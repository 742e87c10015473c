"""How an answer came about, as data: what was bound, scored, tried and refused; and why a section did not answer.

Nothing here decides anything: it reads what understanding, retrieval and the judge left behind, so explaining an answer cannot
change it. The words for the judge's reasons and numbers are in `answers/reasons.toml`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

from assistant.finding import Finding, printed
from assistant.frame import Frame
from assistant.judging import Verdict, judge
from assistant.language import checked, load_data
from assistant.models import Answer, Bound, Cell, Check, Mention, Place, Scored, Trace, Tried, Used, WhyNot
from assistant.question import tokens
from assistant.resolving import findings
from assistant.retrieval import Candidate, Evidence, Gatherer, points
from assistant.view import View
from assistant.wording import Wording
from corpus.chunking import bare_heading
from corpus.config import Alias
from corpus.errors import UsageError
from corpus.markdown import LINE_END
from corpus.models import Fact, Section
from corpus.words import key, runs, stems

_SHOWN = 8  # facts an answer was made from that are shown with their scores
_NEXT = 5  # … and facts after them
_PLACES = 3  # facts shown of a finding
_NEAREST = 3  # headings named where none was meant
_CHECK = re.compile(r"(\w+)(?: (>=|<=|<) (\w+))?")
_NEEDS: dict[str, Literal["at least", "at most", "below", "yes"]] = {">=": "at least", "<=": "at most", "<": "below", "": "yes"}
_RAW = ("score", "dense", "near", "words", "cover", "exact", "precise")


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Measure(_Data):
    """A number the judge looks at, in words."""

    id: str
    words: str
    form: Literal["share", "cosine", "flag"]


class Reason(_Data):
    """Why the judge took or refused a finding."""

    id: str
    taken: bool
    text: str
    ways: tuple[tuple[str, ...], ...] = ()  # each test as `measure >= threshold`, or a measure that has to be met at all


class Outcome(_Data):
    """Why a section did not answer."""

    id: str
    text: str


class _ReasonsFile(_Data):
    measure: tuple[Measure, ...]
    reason: tuple[Reason, ...]
    outcome: tuple[Outcome, ...]


@dataclass(frozen=True)
class Reasons:
    """The loaded file, by id."""

    measures: Mapping[str, Measure]
    reasons: Mapping[str, Reason]
    outcomes: Mapping[str, str]


@lru_cache(maxsize=1)
def reasons() -> Reasons:
    """The words for what the judge says.

    Raises:
        BadAnswerData: the file is damaged.
    """
    file = checked(_ReasonsFile, "reasons.toml", load_data("reasons.toml"))
    return Reasons({m.id: m for m in file.measure}, {r.id: r for r in file.reason}, {o.id: o.text for o in file.outcome})


class UnknownSection(UsageError):
    """What was given names no section of the knowledge base, or several."""


@dataclass(slots=True)
class Steps:
    """What each stage made of one question."""

    frame: Frame
    evidence: Evidence | None = None
    finding: Finding | None = None
    verdict: Verdict | None = None
    tried: list[tuple[Finding, Verdict]] = field(default_factory=list)
    likely: int | None = None  # which of them is likely to be right though no test takes it
    second: Finding | None = None  # what may be right instead, where it is not sure that `finding` is


class Explainer:
    """Explains questions to one generation of the index.

    Args:
        read: gives the text of a document by its path.
    """

    def __init__(
        self, view: View, gatherer: Gatherer, wording: Wording, aliases: Mapping[str, Alias], read: Callable[[str], tuple[str, str]]
    ) -> None:
        self._view, self._gatherer, self._wording, self._read = view, gatherer, wording, read
        self._aliases = {key(typed): alias.reason for typed, alias in aliases.items()}

    # ---- why

    def trace(self, answer: Answer, steps: Steps | None, notes: Sequence[str] = ()) -> Trace:
        """Everything that led to an answer; the rule alone where nothing was looked up."""
        data = self._gatherer.data
        trace = Trace(
            rule=answer.rule,
            generation=self._view.retriever.generation,
            thresholds=dict(data.thresholds),
            weights=dict(data.weights),
            features={},
            candidates=(),
            notes=tuple(notes),
            why=self.rule_in_words(answer.rule),
        )
        if steps is None:
            return trace
        frame, evidence, verdict = steps.frame, steps.evidence, steps.verdict
        tried = [self._tried(f, v) for f, v in steps.tried]
        if not tried and verdict is not None:
            tried = [self._tried(None, verdict)]
        reading = answer.reading
        return trace.model_copy(
            update={
                "asked": frame.text,
                "features": verdict.features if verdict else {},
                "candidates": self._candidates(evidence, steps.finding) if evidence is not None else (),
                "bound": tuple(self._bound(m, frame, steps.finding) for m in reading.mentions),
                "repaired": reading.repaired,
                "kept": reading.kept,
                "aside": _aside(answer.question, frame),
                "missing": tuple(dict.fromkeys(frame.tokens[p].surface for p in verdict.missing)) if verdict else (),
                "unknown": reading.unknown,
                "used": self._used(answer),
                "tried": tuple(tried),
            }
        )

    def rule_in_words(self, rule: str) -> str:
        """When a rule applies."""
        return next((r.why for r in self._wording.rules.values() if r.id == rule.removeprefix("no-")), "")

    def _tried(self, finding: Finding | None, verdict: Verdict) -> Tried:
        reason = reasons().reasons[verdict.because]
        shape = finding.shape if finding is not None else ""
        return Tried(
            shape=shape,
            rule=self._wording.rules[shape].id if shape in self._wording.rules else "",
            taken=verdict.answer,
            decline=verdict.decline,
            reason=reason.id,
            text=reason.text,
            checks=checks(reason, verdict.features, self._gatherer.data.thresholds),
            features=verdict.features,
            places=tuple(dict.fromkeys(self.place(c.fact) for c in (finding.deciding if finding else ())))[:_PLACES],
        )

    def _bound(self, mention: Mention, frame: Frame, finding: Finding | None) -> Bound:
        reason = self._reason(mention.words) if mention.how == "alias" else ""
        tie = next((t for t in frame.content_ties() if t.name == mention.name), None)
        place = None
        if tie is not None and tie.entries:
            entry = min(tie.entries, key=lambda e: (e.text != mention.name, e.fact is None, e.fact or 0))
            place = self.place(self._view.fact(entry.fact)) if entry.fact is not None else self._whole(self._view.section(entry.section))
        elif mention.how == "meaning" and finding is not None and finding.deciding:
            place = self.place(finding.deciding[0].fact)
        return Bound(words=mention.words, name=mention.name, role=mention.role, how=mention.how, reason=reason, place=place)

    def _reason(self, words: str) -> str:
        """Why words are read as a name: as `kb.toml` gives it, else the place of the knowledge base that says so itself."""
        told = self._aliases.get(key(words), "")
        other = None if told else self._view.store.alias(key(words))
        if other is None:
            return told
        fact = self._view.fact(other.fact)
        return f"{fact.document}:{fact.span.first_line} writes {other.text} for {other.name}"

    def _used(self, answer: Answer) -> tuple[Used, ...]:
        cited = {c.marker: c for c in answer.citations}
        found = []
        for atom in answer.certificate:
            if atom.op != "quote" or atom.document is None or atom.start is None or atom.end is None:
                continue
            citation = cited.get(atom.marker) if atom.marker is not None else None
            if citation is not None:
                place = Place(document=citation.document, section=citation.section, lines=citation.lines, cell=citation.cell)
            else:
                place = self._at(atom.document, atom.start, atom.end)
            found.append(Used(place=place, start=atom.start, end=atom.end, text=atom.text or "", marker=atom.marker))
        return tuple(found)

    def _at(self, document: str, start: int, end: int) -> Place:
        """The place of a stretch of a file that is no citation: a label beside a value, a cell that was counted."""
        starts = [0, *(m.end() for m in LINE_END.finditer(self._read(document)[0]))]
        first, last = bisect_right(starts, start), bisect_right(starts, max(start, end - 1))
        section = next((s for s in self._view.store.sections(document) if s.first_line <= first <= s.last_line), None)
        return Place(document=document, section=section.path if section else (), lines=(first, last))

    # ---- scores

    def _candidates(self, evidence: Evidence, finding: Finding | None) -> tuple[Scored, ...]:
        used = self._scored(evidence, [*(c.fact for c in finding.deciding), *_printed(finding.slots)]) if finding is not None else []
        carried = {c.fact.id for c in used}
        others = [c for c in evidence.candidates if c.fact.id not in carried]
        winner = next(iter([*used, *others]), None)
        shown = [(c, True) for c in used[:_SHOWN]] + [(c, False) for c in others[:_NEXT]]
        return tuple(self._shown(c, evidence.frame, winner, used=is_used) for c, is_used in shown)

    def _scored(self, evidence: Evidence, facts: Iterable[Fact]) -> list[Candidate]:
        """Facts with their own raw scores, also where a way of answering came to them without any; each once, in order."""
        known = {c.fact.id: c for c in evidence.candidates}
        wanted = list(dict.fromkeys(f.id for f in facts))
        unscored = [i for i in wanted if i not in known]
        if unscored:
            known |= {c.fact.id: c for c in self._gatherer.weigh(evidence, unscored)}
        return [known[i] for i in wanted if i in known]

    def _shown(self, candidate: Candidate, frame: Frame, winner: Candidate | None, *, used: bool) -> Scored:
        fact = candidate.fact
        return Scored(
            place=self.place(fact),
            kind=fact.kind,
            value=fact.value,
            used=used,
            score=_round(candidate.score),
            behind=_round((winner or candidate).score - candidate.score),
            dense=_round(candidate.dense),
            near=_round(candidate.near) if candidate.near else None,
            words=_round(candidate.words),
            cover=_round(candidate.cover),
            exact=candidate.exact,
            precise=_round(candidate.precise),
            headed=candidate.headed,
            typed=candidate.typed,
            parts={name: _round(gives) for name, gives in points(candidate, self._gatherer.data.weights).items() if gives},
            found={frame.tokens[p].surface: field for p, field in sorted(candidate.where.items())},
        )

    def place(self, fact: Fact) -> Place:
        """Where a fact stands."""
        row, column = fact.label("row"), fact.label("column")
        cell = Cell(row=row or "", column=column or "") if fact.table is not None else None
        return Place(document=fact.document, section=self._view.path(fact), lines=(fact.span.first_line, fact.span.last_line), cell=cell)

    @staticmethod
    def _whole(section: Section) -> Place:
        return Place(document=section.document, section=section.path, lines=(section.first_line, section.last_line_deep))

    # ---- why not

    def section(self, named: str) -> Section:
        """The section somebody means: by its number, its heading or a part of it, `file.md#heading`, or `heading › heading below it`.

        Raises:
            UnknownSection: none has that name, or several have; the message names the nearest.
        """
        every = [s for d in self._view.store.documents() for s in self._view.store.sections(d.path) if s.path]
        return find_section(named, every)

    def why_not(self, answer: Answer, steps: Steps | None, named: str) -> WhyNot:
        """Why a section did not answer.

        Raises:
            UnknownSection: see `section`.
        """
        section = self.section(named)
        told = WhyNot(
            question=answer.question,
            asked=steps.frame.text if steps else answer.question,
            section=self._whole(section),
            status=answer.status,
            rule=answer.rule,
            outcome="talk",
            text=reasons().outcomes["talk"],
            best=None,
            winner=None,
            behind={},
            rank=None,
            weighed=0,
            lacks=(),
            elsewhere=(),
            winner_has=(),
            tried=(),
        )
        if steps is None or steps.evidence is None:
            return told
        frame, evidence = steps.frame, steps.evidence
        facts = [f for s in self._below(section) for f in self._view.store.section_facts(s.id) if f.kind != "heading"]
        inside = {f.id for f in facts}
        ranked = sorted(self._scored(evidence, facts), key=lambda c: (-round(c.score, 6), c.fact.id))
        best = ranked[0] if ranked else None
        deciding = self._scored(evidence, [c.fact for c in steps.finding.deciding]) if steps.finding is not None else []
        winner = next(iter([*deciding, *evidence.candidates]), None)
        tried = self._from_it(steps, evidence, inside)
        cited = any(c.document == section.document and c.section[: len(section.path)] == section.path for c in answer.citations)
        outcome = self._outcome(cited, best, winner, tried, steps)
        lacks = [p for p in evidence.worth if best is not None and p not in best.where]
        held = {p for c in ranked for p in c.where}
        lines = "" if best is None or winner is None else f"{abs(winner.score - best.score):.2f}"
        refused = next((t.text for t in tried if not t.taken), "")
        text = (
            reasons()
            .outcomes[outcome]
            .format(
                reason=refused or (steps.verdict and reasons().reasons[steps.verdict.because].text) or "",
                behind=lines,
                rule=answer.rule,
            )
        )

        def typed(places: Iterable[int]) -> tuple[str, ...]:
            return tuple(dict.fromkeys(frame.tokens[p].surface for p in places))

        return told.model_copy(
            update={
                "outcome": outcome,
                "text": text,
                "best": self._shown(best, frame, winner, used=False) if best else None,
                "winner": self._shown(winner, frame, winner, used=steps.finding is not None) if winner else None,
                "behind": _margins(winner, best) if winner and best else {},
                "rank": next((n for n, c in enumerate(evidence.candidates, 1) if best and c.fact.id == best.fact.id), None),
                "weighed": len(evidence.candidates),
                "lacks": typed(lacks),
                "elsewhere": typed(p for p in lacks if p in held),
                "winner_has": typed(p for p in lacks if winner is not None and p in winner.where),
                "tried": tuple(tried),
            }
        )

    def _below(self, section: Section) -> list[Section]:
        """The section and those under its heading."""
        return [
            s
            for s in self._view.store.sections(section.document)
            if section.first_line <= s.first_line and s.last_line <= section.last_line_deep
        ]

    def _from_it(self, steps: Steps, evidence: Evidence, inside: set[int]) -> list[Tried]:
        """Findings that would print something of these facts: those that were tried, and those that would have been taken later."""
        found = []
        for number, finding in enumerate(findings(steps.frame, evidence, self._view)):
            if any(f.id in inside for f in _printed(finding.slots)):
                verdict = judge(steps.frame, finding, evidence, self._gatherer.data.thresholds)
                if number < len(steps.tried) or verdict.answer:
                    found.append(self._tried(finding, verdict))
        return list({(t.shape, t.places): t for t in reversed(found)}.values())[::-1]

    @staticmethod
    def _outcome(cited: bool, best: Candidate | None, winner: Candidate | None, tried: Sequence[Tried], steps: Steps) -> str:
        if cited:
            return "cited"
        if best is None or winner is None:
            return "empty"
        if any(t.taken for t in tried) and steps.finding is not None:
            return "later"
        if tried:
            return "refused"
        if steps.finding is None:
            return "unanswered-best" if best.fact.id == winner.fact.id else "unanswered"
        return "behind" if best.score <= winner.score else "ahead"


# ---------------------------------------------------------------- the judge's numbers


def checks(reason: Reason, features: Mapping[str, float], thresholds: Mapping[str, float]) -> tuple[Check, ...]:
    """The numbers a reason rests on, each against its threshold; those that were never measured are left out."""
    found = []
    for way, tests in enumerate(reason.ways):
        for test in tests:
            match = _CHECK.fullmatch(test)
            if match is None or match[1] not in features:
                continue
            measure, value = reasons().measures[match[1]], features[match[1]]
            needs, threshold = _NEEDS[match[2] or ""], match[3] or ""
            limit = thresholds[threshold] if threshold else 1.0
            met = {"at least": value >= limit, "at most": value <= limit, "below": value < limit, "yes": value >= 1.0}[needs]
            found.append(
                Check(
                    measure=measure.id,
                    words=measure.words,
                    form=measure.form,
                    value=value,
                    needs=needs,
                    threshold=threshold,
                    limit=limit,
                    met=met,
                    way=way,
                )
            )
    return tuple(found)


def _margins(winner: Candidate, other: Candidate) -> dict[str, float]:
    """How far a fact lies behind the winner in each channel, raw."""
    names = [name for name in _RAW if name != "near" or (winner.near and other.near)]
    return {name: _round(float(getattr(winner, name)) - float(getattr(other, name))) for name in names}


def _round(value: float) -> float:
    return round(float(value), 6)


def _aside(question: str, frame: Frame) -> tuple[str, ...]:
    """Content words of the message that are not in what was looked for."""
    if frame.kept:
        return ()  # a follow-up is put together anew
    asked = {t.word for t in frame.tokens} | {r.typed.lower() for r in frame.repairs}
    return tuple(dict.fromkeys(t.surface for t in tokens(question) if not t.function and t.word not in asked))


def _printed(slots: object) -> list[Fact]:
    """Facts a finding cites."""
    return [q.fact for q in printed(slots) if q.fact is not None]


# ---------------------------------------------------------------- naming a section


def find_section(named: str, every: Sequence[Section]) -> Section:
    """The one section that is meant: by number, by its whole heading, or by a part of it; the first way that finds any decides.

    Raises:
        UnknownSection: none, or several; the message names the nearest.
    """
    document, hash_sign, heading = named.strip().partition("#")
    pool = [s for s in every if hash_sign and heading and document in ("", s.document, s.document.rpartition("/")[2])]
    wanted = [part.strip() for part in re.split(r"\s+[›>]\s+", heading if pool else named) if part.strip()]
    pool = pool or list(every)  # a `#` may be part of a heading
    if not wanted:
        raise UnknownSection(f"{named!r} names no section. Give a number, a heading or a part of one, or file.md#heading.")
    for fits in (_has_number, _is_heading, _holds_words):
        found = [s for s in pool if len(s.path) >= len(wanted) and all(fits(s.path[i - len(wanted)], w) for i, w in enumerate(wanted))]
        if len(found) == 1:
            return found[0]
        if found:
            raise UnknownSection(f"{named!r} may be any of {_listed(found)}. Name one of them.")
    raise UnknownSection(f"There is no section {named!r}. The nearest: {_listed(_nearest(wanted[-1], every))}.")


def _has_number(heading: str, wanted: str) -> bool:
    number = re.fullmatch(r"(?:§|section |chapter |part )?\s*(\d+(?:\.\d+)*)\.?", wanted, re.I)
    return number is not None and re.match(rf"(?:\w+ )?{re.escape(number[1])}(?![\d])(?!\.\d)", heading) is not None


def _is_heading(heading: str, wanted: str) -> bool:
    return key(wanted) in (key(heading), key(bare_heading(heading))) and bool(key(wanted))


def _holds_words(heading: str, wanted: str) -> bool:
    asked = stems(wanted)
    return bool(asked and runs(asked, stems(heading))) or (len(wanted) > 2 and wanted.casefold() in heading.casefold())


def _nearest(wanted: str, every: Sequence[Section]) -> list[Section]:
    from rapidfuzz import fuzz, process

    scored = process.extract(wanted.casefold(), [s.path[-1].casefold() for s in every], scorer=fuzz.WRatio, limit=_NEAREST)
    return [every[place] for _, _, place in scored]


def _listed(sections: Sequence[Section]) -> str:
    named = [s.document + "#" + s.path[-1] for s in sections]
    told = [n if named.count(n) == 1 else s.document + "#" + " › ".join(s.path) for n, s in zip(named, sections, strict=True)]
    return ", ".join(dict.fromkeys(told[:6])) + (", …" if len(told) > 6 else "")


__all__ = ["Explainer", "Reasons", "Steps", "UnknownSection", "checks", "find_section", "reasons"]
