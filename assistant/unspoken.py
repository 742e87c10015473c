"""Whether the very thing, number or year that a question names is not spoken of in what was found, however near the rest is."""

from __future__ import annotations

import re

from assistant.finding import Finding
from assistant.frame import Frame
from assistant.holding import Beside
from assistant.language import language
from assistant.sorts import CLAIMS, LISTED_WHOLE, ONE_CELL, TELLS_STORIES, TEXTS, TOLD
from assistant.wording import Quote
from corpus.words import stem, words

_YEAR = re.compile(r"(?:19|20)\d\d")
_ASKED_OF = frozenset({"of", "for"})
_CLOSING = 4  # words after *of* or *for* up to which they say what something is asked of


def of_another_year(measures: Beside) -> bool:
    """Whether a year is named that what was found does not speak of; a story may name any."""
    frame, missing = measures.frame, measures.missing
    return frame.kind != "decision" and any(_YEAR.fullmatch(frame.tokens[p].word) for p in missing)


def of_none_named(measures: Beside) -> bool:
    """Whether a thing is named and what was found does not speak of it: it is tied to another name, or not near at all."""
    frame, finding, near = measures.frame, measures.finding, measures.thresholds["unsaid_dense"]
    if finding.shape not in (ONE_CELL | TEXTS | LISTED_WHOLE) or frame.kind in ("decision", "compare", "overlap") or frame.negated:
        return False
    proper = set(frame.proper()) & set(measures.missing)
    lost = [t for t in frame.content_ties() if measures.evidence.view.is_thing(t.key) and all(p in proper for p in range(t.start, t.end))]
    return bool(lost) and (finding.bound or not finding.deciding or finding.deciding[0].dense < near)


def lacks_what_is_asked_of(measures: Beside) -> bool:
    """Whether what was found does not hold what a short question is asked of, however near the rest is.

    A number says which one is meant (*level 9*), so does what closes the question after *of* or *for* (*properties of the x*);
    and a default is only one where it is said to be. In a story each may be a circumstance.
    """
    frame, finding, missing = measures.frame, measures.finding, measures.missing
    if frame.kind in TELLS_STORIES or finding.shape not in TOLD | LISTED_WHOLE:
        return False
    found = frame.tokens
    if finding.shape == "cell" and _named_otherwise(frame, finding, missing):
        return True
    if any(found[p].word.isdigit() or language().bounds.get(found[p].word) == "standard" for p in missing) and not frame.negated:
        return True
    if frame.kind in CLAIMS:
        return False
    asked_of = _asked_of(frame)
    closes = bool(asked_of) and asked_of[-1] == len(found) - 1 and len(asked_of) <= _CLOSING
    return closes and asked_of[-1] in missing and (asked_of[-1] in frame.unknown or finding.bound)


def _named_otherwise(frame: Frame, finding: Finding, missing: tuple[int, ...]) -> bool:
    """Whether the thing a cell is of is called by another noun than the one asked about: *the price of glass boats* for `Glass bowls`."""
    found = frame.tokens
    asked_of = _asked_of(frame)
    if len(asked_of) < 2 or asked_of[-1] != len(found) - 1 or not finding.bound or not finding.deciding:
        return False
    place = finding.deciding[0].where.get(asked_of[-1])  # a word of another cell in the row names another thing
    if asked_of[-1] not in missing and place != "row":
        return False
    owner = finding.slots.get("owner")
    label = {stem(w) for w in words(owner.text)} if isinstance(owner, Quote) else set()
    shared = {found[p].stem for p in asked_of} & label
    return bool(shared) and bool(label - {t.stem for t in found})


def _asked_of(frame: Frame) -> list[int]:
    """Places of the words that follow the last *of* or *for*."""
    found = frame.tokens
    at = next((i for i in range(len(found) - 2, 0, -1) if found[i].word in _ASKED_OF), None)
    return [p for p in frame.content if at is not None and p > at]


__all__ = ["lacks_what_is_asked_of", "of_another_year", "of_none_named"]
