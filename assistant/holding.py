"""How much of a question a finding holds, measured once: everything the judge's tests look at.

Measures and decides nothing. Scores are 0..1 and higher is closer; where it has to be known what a question means without some
words, the evidence has the encoder asked, and only then.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from assistant.finding import Finding
from assistant.frame import AMOUNTS, Frame
from assistant.language import language
from assistant.mentions import Tie
from assistant.ranked import ranked_alike
from assistant.retrieval import Candidate, Evidence
from assistant.sorts import HARD_TYPES, OF_A_THING, TEXTS
from assistant.typed import asked_as_amount, of_type, said_of_it
from assistant.view import View
from assistant.wording import Quote
from corpus.words import key, words

# Shapes that say yes or no of what they have checked.
_SETTLED = frozenset(
    {
        "member_yes",
        "member_no",
        "members",
        "cell_yes",
        "cell_no",
        "cell_instead",
        "decided",
        "said_yes",
        "said_no",
        "said_denied",
        "step_compared",
        "compare_polar",
        "common",
        "common_none",
        "belongs",
        "misattributed",
    }
)
_SAYS_SO = re.compile(r":\s*(?:yes|no|true|false)\b", re.I)
_TELLING_WORD = 8  # letters from which one word alone says what is asked about


@dataclass(frozen=True, slots=True)
class Measures:
    """A finding, or the lack of one, held against a question."""

    frame: Frame
    finding: Finding | None
    evidence: Evidence
    thresholds: Mapping[str, float]  # from `judge.toml`
    deciding: list[Candidate]  # what carries the finding, strongest first; without one the strongest candidate there is
    missing: tuple[int, ...]  # content places that the evidence does not hold
    cover: float  # share of the question's information that it holds
    dense: float  # cosine of the nearest of what decides
    strength: float  # best mean of share and cosine
    known: float  # share of the question's information in words the knowledge base holds at all
    bound: bool  # names of the question meet in one fact
    typed: bool  # what is told is of the type asked for, or none is asked for

    @property
    def computed(self) -> bool:
        """Whether it was computed from cells that account for every word."""
        return self.finding is not None and self.finding.computed

    @property
    def strange(self) -> list[int]:
        """Places of the names that are not the knowledge base's, and that what was found does not hold."""
        return [p for p in self.frame.strange if p in self.missing]

    @property
    def accounted(self) -> bool:
        """Whether of every word it is known where it stands."""
        return self.finding is not None and self.bound and not self.missing and not self.frame.ranking

    def features(self) -> dict[str, float]:
        """The numbers as the verdict carries them, a dictionary of its own each time."""
        return {
            "cover": round(self.cover, 4),
            "dense": round(self.dense, 4),
            "strength": round(self.strength, 4),
            "bound": float(self.bound),
            "typed": float(self.typed),
            "strange": float(len(self.frame.strange)),
            "unknown": float(len(self.frame.unknown)),
            "near": round(self.evidence.chunks[0][1], 4) if self.evidence.chunks else 0.0,
            "known": round(self.known, 4),
        }


@dataclass(frozen=True, slots=True)
class Beside(Measures):
    """The same, and what is asked beside the names: a name alone carries no answer, so the rest has to be found too."""

    finding: Finding
    names: list[Tie]  # those that were found
    asked: Mapping[int, float]  # place -> worth of what is asked beside them
    left: float  # share of that which is missing
    several: bool  # more than one word tells what is asked about, or one that tells enough
    alien: list[int]  # of what is asked and missing, the words that stand nowhere in the knowledge base
    without: float | None = None  # cosine of the question and the same without what is missing; None where no unknown word matters
    excused: bool = False  # the missing words add nothing to what the question means, or there is but one thing it can mean

    @property
    def lost(self) -> float:
        """The share that is still held against it: words without which the question means the same are not missed."""
        return 0.0 if self.excused else self.left

    @property
    def doubted(self) -> bool:
        """Whether a word that stands nowhere in the knowledge base speaks against it."""
        return self.without is not None

    @property
    def of_value(self) -> bool:
        """Whether the one cell found only holds the name that something is asked of."""
        if self.finding.shape not in ("cell", "owner") or self.frame.kind in ("keyword", "belongs", "yesno", "decision"):
            return False
        ties = self.frame.content_ties()
        return bool(ties) and not any(t.is_label() for t in ties)

    def features(self) -> dict[str, float]:
        """The numbers as the verdict carries them; of the question without its missing words only where that was looked at."""
        found = {**Measures.features(self), "left": round(self.left, 4)}
        return found if self.without is None else {**found, "without": self.without}


_PASSED_ON = tuple(f.name for f in fields(Measures) if f.name != "finding")


def measured(frame: Frame, finding: Finding | None, evidence: Evidence, thresholds: Mapping[str, float]) -> Measures:
    """Hold a finding against a question; without one, the strongest candidate."""
    deciding = finding.deciding if finding else evidence.candidates[:1]
    told = [
        *said_of_it(frame, finding),
        *(f"{' '.join(x.text for x in c.fact.labels)}: {c.fact.value}" for c in deciding if c.fact.kind == "cell"),
    ]
    typed = _typed(frame, finding, told)
    held = _held(frame, finding, deciding, evidence.view)
    if typed and frame.answer_type in AMOUNTS:
        held |= asked_as_amount(frame, told)
    held -= frame.unheld
    return Measures(
        frame=frame,
        finding=finding,
        evidence=evidence,
        thresholds=thresholds,
        deciding=deciding,
        missing=tuple(p for p in evidence.worth if p not in held),
        cover=sum(w for p, w in evidence.worth.items() if p in held),
        dense=max((c.dense for c in deciding), default=0.0),
        strength=max(((c.cover + c.dense) / 2 for c in deciding), default=0.0),
        known=sum(w for p, w in evidence.worth.items() if p not in frame.unknown),
        bound=bool(finding and finding.bound),
        typed=typed,
    )


def beside(measures: Measures, finding: Finding) -> Beside:
    """Measure what is asked beside the names that were found."""
    frame, missing, worth = measures.frame, measures.missing, measures.evidence.worth
    ties = frame.content_ties()
    names = [t for t in ties if not _unmet_attribute(t, finding, missing)]
    asked = {p: w for p, w in worth.items() if not any(t.start <= p < t.end for t in names)}
    return Beside(
        **{name: getattr(measures, name) for name in _PASSED_ON},
        finding=finding,
        names=names,
        asked=asked,
        left=sum(w for p, w in asked.items() if p in missing) / sum(asked.values()) if asked else 0.0,
        several=bool(ties) or len(worth) > 1 or any(len(frame.tokens[p].word) >= _TELLING_WORD for p in worth),
        alien=[p for p in asked if p in missing and p in frame.unknown],
    )


def doubted(found: Beside) -> Beside:
    """The same, knowing what the question means without the missing words: looked at only where an unknown word may matter."""
    frame, thresholds = found.frame, found.thresholds
    noun = frame.focus in found.alien and found.finding.shape in TEXTS
    if not found.alien or not (found.bound or found.left > thresholds["left"] or noun):
        return found
    without = round(found.evidence.without(found.missing), 4)
    idle = without >= thresholds["idle"] and (found.typed or frame.answer_type not in HARD_TYPES)
    enough = thresholds["dense_alone" if frame.kind == "yesno" or frame.answer_type else "dense"]
    only = found.bound and found.dense >= enough and _only_cell(found.finding, found.evidence.view)
    return replace(found, without=without, excused=idle or only)


def _held(frame: Frame, finding: Finding | None, deciding: list[Candidate], view: View) -> set[int]:
    """Places of the words that need not be looked for any more: they stand there, or what stands there says the same."""
    held = _found_together(finding, deciding) | {p for t in frame.ties if finding and t.key in finding.roles for p in range(t.start, t.end)}
    held |= set(finding.meant) if finding else set()
    if frame.kind != "yesno" or (finding is not None and finding.shape in _SETTLED):
        held |= frame.soft  # where it is asked whether something is so, every word may be what is asked
    held |= _of_one_class(frame, deciding)
    if frame.kind == "yesno" and any(_SAYS_SO.search(c.fact.value) for c in deciding):
        held |= {p for p in frame.unknown if language().polarity(frame.tokens[p].word) is not None}  # *mandatory*, told as *required: yes*
    if finding is not None:
        held |= ranked_alike(frame, finding, deciding) | _of_its_sort(frame, finding, view)
    return held


def _found_together(finding: Finding | None, deciding: list[Candidate]) -> set[int]:
    """Places of the words that what decides holds; of texts only those of one section: sections side by side say nothing together."""
    if finding is None or finding.shape not in TEXTS or finding.computed:
        return {p for c in deciding for p in c.where}
    return {p for c in deciding if c.fact.section == deciding[0].fact.section for p in c.where}


def _of_one_class(frame: Frame, deciding: list[Candidate]) -> set[int]:
    """Places of words that name the same sort of attribute as a label of the evidence (*difficulties* of its challenges)."""
    lang = language()
    classes = {p: lang.classes_of(frame.tokens[p].word) for p in frame.unknown}
    told = {
        c
        for d in deciding[:1]
        for x in (*(label.text for label in d.fact.labels), *d.headings[-1:])
        for w in words(x)
        for c in lang.classes_of(w)
    }
    return {p for p, c in classes.items() if c & told}


def _of_its_sort(frame: Frame, finding: Finding, view: View) -> set[int]:
    """The place of a noun for whatever things are listed under (*which discipline …*), where a thing is told."""
    owner = finding.slots.get("owner")
    if frame.focus is None or frame.focus not in frame.unknown or not isinstance(owner, Quote) or finding.shape not in OF_A_THING:
        return set()
    return {frame.focus} if frame.tokens[frame.focus].word in language().classifiers and view.is_thing(key(owner.text)) else set()


def _typed(frame: Frame, finding: Finding | None, told: list[str]) -> bool:
    """Whether what is told is of the type asked for; always so where none is asked for."""
    typed = any(of_type(t, frame) for t in told) if frame.answer_pattern and finding else not frame.answer_pattern
    if typed and finding is not None and finding.shape == "owner" and frame.answer_type in ("version", "date"):
        owner = finding.slots.get("owner")  # what is told is whose the value is
        return isinstance(owner, Quote) and of_type(owner.text, frame)
    return typed


def _unmet_attribute(tie: Tie, finding: Finding, missing: tuple[int, ...]) -> bool:
    """Whether a tie is an attribute that some table has, and what was found has not: it is asked for like any other word."""
    attribute = bool(tie.roles & {"column", "label"}) and "row" not in tie.roles
    return attribute and tie.key not in finding.roles and all(p in missing for p in range(tie.start, tie.end))


def _only_cell(finding: Finding, view: View) -> bool:
    """Whether a table says one thing only of the row that is named: whatever its column is called, nothing else can be meant."""
    fact = finding.deciding[0].fact if finding.shape == "cell" and len(finding.deciding) == 1 else None
    return fact is not None and fact.table is not None and fact.column != 0 and sum(c.column != 0 for c in view.row(fact)) == 1


__all__ = ["Beside", "Measures", "beside", "doubted", "measured"]
