"""Needs told in other words than the text's: which of the things to choose from serves one, by everything that is said of each.

Where a decision table holds no word of what is told, one row alone is near by chance. So every fact of a thing speaks for it:
its definition, its challenges, its example, its rows. Asked only where nothing answered; whether a need is near enough to the
knowledge base at all is for the judge to say.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace

from assistant.absence import said_absent, speaks_of
from assistant.finding import Finding
from assistant.frame import Frame, asking_clause
from assistant.language import language
from assistant.mentions import Tie
from assistant.question import SENTENCE
from assistant.retrieval import Candidate, Evidence
from assistant.tables import TableReader
from assistant.things import accounted
from assistant.view import View
from corpus.words import key

_SPEAKING = 3  # facts of a thing that speak for it: one alone is near by chance, all of them are as many as were written
_CLOSE = 0.1  # how far the next thing may lie behind to be named too
_TOLD_WORDS = 6  # words from which a message tells a situation
_ASKED_WORDS = 7  # words up to which what closes it only asks what to take
_ANSWERED_BY_A_THING = frozenset({None, "person"})  # types of answer that a thing to take may be (*who handles that*)
_ASKS = re.compile(
    r"(?:and |so |but )?(?:what|which|who|whom|whose|how|why|when|where|does|do|did|is|are|was|were|can|could|should|will|would"
    r"|describe|explain|list|name|define|compare|tell|show|give|write|rank|sort|delete|remove|print|ignore|translate|repeat)\b",
    re.I,
)
_ADDRESSED = re.compile(r"^\W*(?:you|your|please|kindly)\b|\byour? (?:system|prompt|instructions|rules)\b", re.I)
_OFFERS = re.compile(r"\b[\w-]+ or (?!so\b|less\b|more\b|two\b)[\w-]+(?: [\w-]+){0,8}\s*\?|^(?:[\w-]+ ){0,3}[\w-]+ or [\w-]+ for\b", re.I)


def as_need(frame: Frame, view: View) -> Frame | None:
    """The frame of a message that tells a situation and asks for nothing but what to take; None where it asks something else."""
    if frame.within is not None or frame.kept or frame.answer_type not in _ANSWERED_BY_A_THING or len(frame.tokens) < _TOLD_WORDS:
        return None
    if not view.choices or any(_is_asked_about(t, frame, view) for t in frame.content_ties()):
        return None
    if _asks_for_another_sort(frame) or _ADDRESSED.search(frame.text) or (not frame.options and _OFFERS.search(frame.text)):
        return None
    start = _asking_part(frame.text)
    told = frame.text[:start].strip(" ,;:-–—")
    if len(told.split()) < _TOLD_WORDS - 1 or (start < len(frame.text) and not _asks_what_to_take(frame, start)):
        return None
    return replace(frame, kind="decision", need=told)


def _asking_part(text: str) -> int:
    """Where the part of a message begins that asks: its last sentence or clause; the end where nothing is asked."""
    sentence = list(SENTENCE.finditer(text))[-1]
    if _ASKS.match(sentence[0]):
        return sentence.start()
    clause = asking_clause(text)
    if clause:
        return text.rindex(clause)
    return sentence.start() if sentence[0].rstrip().endswith("?") else len(text)


def _asks_what_to_take(frame: Frame, start: int) -> bool:
    """Whether a part of a message holds nothing the knowledge base knows, but words that ask what to take and things to choose from."""
    asked = [i for i, t in enumerate(frame.tokens) if t.start >= start]
    if len(asked) > _ASKED_WORDS:
        return False
    generic = language().frame_words("decision") | language().frame_words("which")
    tied = {p for t in frame.ties if t.key not in frame.options for p in range(t.start, t.end)}
    return not any(i in tied and frame.tokens[i].stem not in generic for i in asked)


def _asks_for_another_sort(frame: Frame) -> bool:
    """Whether one of a sort is asked for that the knowledge base does not know (*which tyres*): no need for what it has to choose from."""
    return frame.focus is not None and frame.focus in frame.unknown and frame.focus not in frame.soft


def _is_asked_about(tie: Tie, frame: Frame, view: View) -> bool:
    """Whether a name is what a message is about: one of the things to choose from, where it does not offer several, or a name for sure."""
    if tie.key in frame.options:
        return False
    return tie.key in view.choices or view.is_thing(tie.key) or ("name" in tie.roles and frame.certain(tie))


def served(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The thing that serves a need best, by the row that recommends it, and the next one where it lies close behind."""
    speaking: dict[str, list[Candidate]] = defaultdict(list)
    rows: dict[str, list[Candidate]] = defaultdict(list)
    absent = said_absent(frame, view)
    for candidate in evidence.candidates:
        owner = view.owner(candidate.fact) if candidate.fact.kind != "code" and not speaks_of(candidate.fact, absent, view) else None
        if owner is None or (named := key(owner.text)) not in view.choices or not frame.may_take(owner.text):
            continue
        speaking[named].append(candidate)
        if candidate.fact.table is not None and view.table(candidate.fact.table).decision:
            rows[named].append(candidate)
    strength = {n: _mean_of_best([_nearness(c) for c in found]) for n, found in speaking.items() if rows[n]}
    if len(strength) < 2:
        return None
    order = sorted(strength, key=lambda n: (-strength[n], n))
    found, second = (_recommended(rows[n], frame, evidence, view) for n in order[:2])
    if found is None:
        return None
    close = second is not None and strength[order[0]] - strength[order[1]] < _CLOSE
    return Finding(
        "decision_meant",
        {**found.slots, "next": second.slots if close and second is not None else None},
        found.deciding,
        contrast=_mean_of_best([c.dense for c in speaking[order[0]]]) - view.everyday(evidence.vector),
        meant=accounted(frame),
    )


def _recommended(rows: list[Candidate], frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The nearest of the rows that recommend a thing, as it is told."""
    found = TableReader(view, frame, evidence, max(rows, key=lambda c: (_nearness(c), -c.fact.id))).read()
    return found if found is not None and found.shape == "decision" else None


def _nearness(candidate: Candidate) -> float:
    """How near a fact is to what is told, as a whole and token by token."""
    return candidate.dense + candidate.near


def _mean_of_best(values: list[float]) -> float:
    best = sorted(values, reverse=True)[:_SPEAKING]
    return sum(best) / len(best)


__all__ = ["as_need", "served"]
