"""Whether something is in, part of, or among what one text puts together (*is A in the recommended stack*).

Tables say what they list by row and column (`belonging`); here it is a sentence or an item that names several things as one.
"""

from __future__ import annotations

import re

from assistant.finding import Finding, value
from assistant.frame import Frame
from assistant.language import language
from assistant.mentions import Tie
from assistant.retrieval import Evidence
from assistant.things import others, scored
from assistant.view import View
from corpus.chunking import bare_heading
from corpus.models import Fact
from corpus.words import key

_AMONG = 20  # candidates among which the text has to be
_TOGETHER = 2  # names a text has at least, to be one that puts things together
_INSIDE = (
    r"(?:in|inside|within|among|amongst|part of|one of|a member of|included in|contained in|listed (?:in|under|among)|mentioned in"
    r"|named in)"
)
_ASKED = re.compile(rf"^(?:and |so |but )?(?:is|are|was|were)\b(?! there\b).*?\b{_INSIDE}\b", re.I)
_SUPPOSED = re.compile(
    rf"^(?:and |so |but )?why (?:is|are|was|were)\b(?! there\b).*?\b{_INSIDE}\b", re.I
)  # a reason is asked for what may not be so
_BETWEEN = re.compile(rf"\W*(?:also |really |already |still |even )?{_INSIDE}\b", re.I)


def contained(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Yes, with the text that puts the named thing with others as the question says; no, with the one that names others only."""
    supposed = _SUPPOSED.match(frame.text) is not None
    if frame.negated or not (supposed or _ASKED.match(frame.text)):
        return None
    inside = _inside(frame)
    if inside is None or (set(frame.unknown) & set(frame.content)) - frame.soft:
        return None
    tie, named, until = inside
    rest = {frame.tokens[p].stem for p in others(frame, [tie] if tie is not None else []) if frame.tokens[p].start >= until}
    if not rest:
        return None
    without: Fact | None = None
    for fact in (c.fact for c in evidence.candidates[:_AMONG]):
        if fact.kind not in ("sentence", "item", "pair") or language().negation.search(fact.value):
            continue
        own = view.stems_of(fact.value)
        headings = (bare_heading(p) for p in view.path(fact))
        over = frozenset[str]().union(*(view.stems_of(x) for x in (*headings, *(label.text for label in fact.labels))))
        if not rest <= own | over:
            continue
        if view.stems_of(named) <= own:
            if supposed:
                return None  # it is so: why, is for others to say
            roles = {tie.key: "value"} if tie is not None else {}
            return Finding("said_yes", {"sentence": value(fact)}, scored(evidence, [fact]), True, roles)
        if without is None and rest & own and len({key(n) for n in fact.names if n in fact.value}) >= _TOGETHER:
            without = fact
    if without is None or tie is None or "name" not in tie.roles:
        return None
    return Finding("said_no", {"sentence": value(without)}, scored(evidence, [without]), True, {tie.key: "value"}, corrected=supposed)


def _inside(frame: Frame) -> tuple[Tie | None, str, int] | None:
    """What is asked about: the first thing the question speaks of, as a name where it is one, and where what it may be in begins.

    None where it does not stand right before the word that says *in*.
    """
    first = min(frame.content, default=None)
    if first is None:
        return None
    tie = max((t for t in frame.content_ties() if t.start == first), key=lambda t: t.end - t.start, default=None)
    last = tie.end - 1 if tie is not None else first
    between = _BETWEEN.match(frame.text, frame.tokens[last].end)
    return (tie, tie.name if tie is not None else frame.tokens[first].word, between.end()) if between else None


__all__ = ["contained"]
