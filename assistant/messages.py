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
_PRONOUN = re.compile(r"\b(?:it|its|they|them|their|this one|that one|this|that)\b", re.I)
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


def asked_alone(text: str) -> list[str]:
    """The part of a message that asks, without what is told before or after it: its questions, the clause that asks."""
    sentences = [s.strip() for s in _SENTENCE.findall(text) if s.strip()]
    asking = [s for s in sentences if s.endswith("?")] or sentences[-1:]
    clause = asking_clause(text)
    return list(dict.fromkeys([*(asking[-1:] if len(sentences) > 1 else []), *([clause.strip()] if clause else [])]))


def in_context(text: str, frame: Frame) -> str | None:
    """The last sentence with the name told before it in the place of its pronoun (*X is new to us. What is it for?*)."""
    sentences = [m for m in _SENTENCE.finditer(text) if m[0].strip()]
    if len(sentences) < 2:
        return None
    last = sentences[-1]
    pronoun = _PRONOUN.search(last[0])
    told = [t for t in frame.content_ties() if frame.tokens[t.end - 1].end <= last.start()]
    if (
        pronoun is None
        or not told
        or any(frame.tokens[t.start].start >= last.start() and t.key == told[-1].key for t in frame.content_ties())
    ):
        return None
    named = max(told, key=lambda t: ("name" in t.roles and not t.is_label(), t.start)).name
    return f"{last[0][: pronoun.start()]}{named}{last[0][pronoun.end() :]}".strip()


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

__all__ = ["MOST_PARTS", "asked_alone", "in_context", "known_half", "parts", "without_asides"]
