"""Whether a question leads away from the knowledge base: to another field, or to a name it does not hold; and so which kind of no."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.frame import Frame
from assistant.holding import Measures
from assistant.mentions import Tie
from assistant.models import DeclineKind
from assistant.retrieval import Evidence
from assistant.sorts import HARD_TYPES

_OF_THEM = re.compile(r"^(?:and |so )?(?:which|what|who)(?: one| ones)? of (?:the|these|those) (?:two|three|four|five|ones)\b", re.I)


def foreign(measures: Measures) -> bool:
    """Whether nothing in the knowledge base is near, and none of several words asked about is its own."""
    frame, evidence, thresholds = measures.frame, measures.evidence, measures.thresholds
    best = evidence.chunks[0][1] if evidence.chunks else 0.0
    names = [t for t in frame.content_ties() if t.is_label() or "name" in t.roles]
    return (
        best < thresholds["topic"]
        and not names
        and measures.known < thresholds["foreign"]
        and (len(evidence.worth) > len(frame.strange) or best < thresholds["alien"])
    )


def elsewhere(measures: Measures) -> bool:
    """Whether a question is of another field: as near to everyday talk, and much of it unknown here."""
    frame, evidence, thresholds, alien = measures.frame, measures.evidence, measures.thresholds, unknown_here(measures)
    if set(alien) <= set(frame.strange):
        return False  # unknown names alone tell no field
    about_it = frame.focus is not None and any(t.start <= frame.focus < t.end for t in frame.content_ties())
    if _OF_THEM.match(frame.text) or (about_it and len(alien) <= 2):
        return False  # something known is asked about: *which of the three*, *which challenge*
    if sum(evidence.worth[p] for p in alien) < thresholds["elsewhere_share"] or any(frame.certain(t) for t in frame.content_ties()):
        return False
    return evidence.contrast() < thresholds["elsewhere" if not frame.ranking else "elsewhere_ranked"]


def unknown_here(measures: Measures) -> list[int]:
    """Places of the missing words that stand nowhere in the knowledge base."""
    return [p for p in measures.frame.unknown if p in measures.missing and p in measures.evidence.worth]


def of_a_known_name(measures: Measures) -> DeclineKind | None:
    """The kind of no for an unknown name beside a known one: of a listed name something is asked that is not said."""
    frame, strange = measures.frame, measures.strange
    if not strange:
        return None
    others = [t for t in frame.content_ties() if t.roles & {"name", "row", "column", "label"} and not _beside(frame, t, strange)]
    if others and frame.answer_type in HARD_TYPES:
        return "unknown_attribute"
    listed = [t for t in others if "name" in t.roles and not t.is_label()]
    if any(frame.coordinate(t, p) or (p < t.start and not _inside(frame, t, p)) for t in listed for p in strange):
        return None  # the unknown name is what is asked about
    return "unknown_attribute" if listed else None


def _inside(frame: Frame, tie: Tie, place: int) -> bool:
    """Whether an unknown word is of a known name: *an x for A*, *the x in A*."""
    before = frame.tokens[tie.start - 1] if tie.start > place + 1 and frame.kind != "yesno" and tie.words != tie.words.lower() else None
    return before is not None and before.word in ("for", "of", "in", "inside", "within", "on", "under")


def _beside(frame: Frame, tie: Tie, strange: list[int]) -> bool:
    """Whether a known name is but a part of an unknown one (`Fox` in *Red Fox*): capitals side by side."""
    return any(p in (tie.start - 1, tie.end) and frame.tokens[p].surface[:1].isupper() for p in strange)


def kind_of_no(frame: Frame, evidence: Evidence, missing: tuple[int, ...], thresholds: Mapping[str, float]) -> DeclineKind:
    """Which kind of no: nothing known of it at all, or a known name without what was asked."""
    known = [t for t in frame.content_ties() if t.roles & {"row", "column", "label", "name", "heading"}]
    best = evidence.best()
    if not known and (best is None or best.dense < thresholds["topic"]):
        return "off_topic"
    if not missing and not frame.unknown and best is None:
        return "unclear"
    return "unknown_attribute" if known or (best is not None and best.dense >= thresholds["topic"]) else "off_topic"


__all__ = ["elsewhere", "foreign", "kind_of_no", "of_a_known_name", "unknown_here"]
