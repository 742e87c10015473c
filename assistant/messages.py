"""A message as typed, taken apart: several questions in one, asides, a story before the question, a half that is unknown. Pure.

Each function gives other texts to ask; whether they are answered is for the judge to say.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from assistant.frame import Frame, asking_clause
from assistant.question import Token

MOST_PARTS = 4  # questions answered in one message

_ASKS = re.compile(
    r"(?:and |also |so |but )?(?:what|which|who|whom|whose|how|why|when|where|whats|does|do|did|is|are|was|were|can|could|should"
    r"|will|would|has|have|list|name|compare|define|explain|tell|show|give)\b",
    re.I,
)
_SENTENCE = re.compile(r"[^.?!]+(?:[.](?=\w)[^.?!]*)*[.?!]*(?:\s+|$)")
_NUMBERED = re.compile(r"(?:^|\s)\(?\d[.)]\s+")
_SPLIT = re.compile(
    r"\?\s+(?=\S)|[,;]?\s+(?:and|plus)\s+(?:also\s+)?(?=(?:(?:in|on|for|to|at|with|under) )?"
    r"(?:what|which|who|whose|how|why|when|where|does|do|did|is|are|can|should|will|would)\b)|;\s+",
    re.I,
)
_SEGMENT = re.compile(r"\s*[,;:]\s+|\s+[-–—]+\s+|(?<=[.?!])\s+")
_PRONOUN = re.compile(r"\b(?:it|its|this one|that one|this|that)\b", re.I)
_SEVERAL = re.compile(r"\b(?:(?:of )?the (?:two|three)|both(?: of them)?|they|them|these|each other)\b", re.I)
_NAMED = frozenset({"row", "column", "label", "name"})
_JOINER = r"(?:,|/|\+|&|\b(?:and|or|nor|vs\.?|versus)\b)"
_COMPARING_JOINER = r"(?:,|/|\+|&|\b(?:and|or|nor|vs\.?|versus|with|than|to|from)\b)"


def parts(text: str) -> list[str]:
    """The questions of a message, when it asks several: numbered, or each with words that ask; else nothing."""
    numbered = [p.strip(" ,;") for p in _NUMBERED.split(text)]
    found = [p for p in numbered if p] if len(numbered) > 2 else [p.strip() for p in _SPLIT.split(text) if p.strip(" ?")]
    if not 1 < len(found) <= MOST_PARTS or any(len(p.split()) < 2 for p in found):
        return []
    if len(numbered) > 2:
        return found
    # What is told before the first question belongs to it.
    return found if all(_ASKS.match(p) for p in found[1:]) and any(_ASKS.match(s.strip()) for s in _SENTENCE.findall(found[0])) else []


def asked_alone(text: str, frame: Frame) -> list[str]:
    """The parts of a message that ask, without what is told around them; a pronoun gives way to the names told before it.

    *X is new to us. What is it for?*: `What is X for?`
    """
    sentences = [m for m in _SENTENCE.finditer(text) if m[0].strip()]
    asking = [m.span() for m in sentences if m[0].rstrip().endswith("?")] or [m.span() for m in sentences[-1:]]
    spans = asking[-1:] if len(sentences) > 1 else []
    clause = asking_clause(text)
    if clause:
        start = text.rindex(clause)
        spans.append((start, start + len(clause)))
    return list(dict.fromkeys(_in_context(text, frame, *span) for span in spans))


def _in_context(text: str, frame: Frame, start: int, end: int) -> str:
    """A part of a message with the names told before it in the place of its pronoun."""
    asked = text[start:end].strip()
    told = {t.key: t.name for t in frame.content_ties() if frame.tokens[t.end - 1].end <= start and t.roles & _NAMED}
    inside = {t.key for t in frame.content_ties() if start <= frame.tokens[t.start].start < end}
    names = [n for k, n in told.items() if k not in inside]
    several = _SEVERAL.search(asked)
    if several and len(names) > 1:
        return asked[: several.start()] + " and ".join(names[-3:]) + asked[several.end() :]
    pronoun = _PRONOUN.search(asked)
    if pronoun and names:
        return asked[: pronoun.start()] + names[-1] + asked[pronoun.end() :]
    return asked


def without_asides(frame: Frame) -> str | None:
    """The message without the segments that hold nothing the knowledge base knows and ask nothing; None if there is no such."""
    text = frame.text
    bounds = [0, *(m.end() for m in _SEGMENT.finditer(text)), len(text)]
    spans = [(a, b) for a, b in itertools.pairwise(bounds) if text[a:b].strip()]
    known = {p for t in frame.content_ties() for p in range(t.start, t.end)} | (set(frame.content) - set(frame.unknown))
    kept = []
    for a, b in spans:
        inside = [i for i, t in enumerate(frame.tokens) if a <= t.start < b]
        if any(i in known for i in inside) or any(frame.tokens[i].word in _QUESTION_WORDS for i in inside):
            kept.append((a, b))
    if not kept or len(kept) == len(spans):
        return None
    return " ".join(text[a:b].strip(" ,;:-–—") for a, b in kept).strip()


def known_half(frame: Frame, missing: Sequence[int]) -> tuple[str, list[Token]] | None:
    """The question without an unknown name that is joined to a known one (*A or X*, *X vs A*), and the words left out."""
    if frame.kind in ("howto", "steps", "count", "why"):
        return None
    runs: list[list[int]] = []
    for place in [p for p in frame.strange if p in missing]:
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    tied = {p for t in frame.content_ties() for p in range(t.start, t.end)}
    joiner = _COMPARING_JOINER if frame.kind == "compare" else _JOINER
    for run in runs:
        first, last = frame.tokens[run[0]], frame.tokens[run[-1]]
        before, after = frame.text[: first.start], frame.text[last.end :]
        joined_before = re.search(rf"\s*{joiner}\s*(?:an? |the )?$", before, re.I)
        joined_after = re.match(rf"\s*{joiner}\s*", after, re.I)
        if joined_before and _names_near(frame, tied, before, backwards=True):
            return f"{before[: joined_before.start()]} {after.lstrip()}".strip(), [frame.tokens[i] for i in run]
        if joined_after and _names_near(frame, tied, after[joined_after.end() :], backwards=False):
            return f"{before}{after[joined_after.end() :]}".strip(), [frame.tokens[i] for i in run]
    return None


def _names_near(frame: Frame, tied: set[int], text: str, *, backwards: bool) -> bool:
    """Whether the text beside an unknown name holds a known one."""
    if backwards:
        return any(frame.tokens[p].end <= len(text) for p in tied)
    return any(frame.tokens[p].start >= len(frame.text) - len(text) for p in tied)


_QUESTION_WORDS = frozenset({"what", "which", "who", "whom", "whose", "where", "when", "why", "how"})

__all__ = ["MOST_PARTS", "asked_alone", "known_half", "parts", "without_asides"]
