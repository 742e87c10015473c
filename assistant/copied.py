"""Whether a finding only says again what the question says, and not what is asked of it: a name, which one, who, how."""

from __future__ import annotations

import re

from assistant.finding import Finding
from assistant.frame import Frame
from assistant.holding import Beside
from assistant.language import language
from assistant.question import tokens
from assistant.sorts import CLAIMS, ONE_CELL, TEXTS, TOLD
from assistant.wording import Quote
from corpus.words import key, stem, words

_ASKS_AFTER = frozenset({"attribute", "howto"})  # kinds whose answer is never a word of the question
_ASKS_MORE = frozenset({"which", "attribute", "list", "howto", "definition"})  # kinds that ask for what they do not say themselves
_NAME_OF = re.compile(
    r"\bnames? of (?:the|that|this|an?|its|their)\b|\b(?:is|are|was) (?:the|that|this) (?:[\w-]+ ){1,3}(?:called|named)\b", re.I
)
_NAMES_ONE = re.compile(r"(?:like|such|e|eg|for|called|named|are|is|include|including|namely)\b")
_WAY_ASKED = re.compile(
    r"(?:and |so )?(?:how (?:do|does|can|could|should|would|to|is|are)|(?:describe|explain|show|tell)\b.*\bhow|step by step)\b", re.I
)
# What tells a way of doing something: by which means, or in an imperative.
_WAY = re.compile(
    r"\b(?:by|using|uses?|via|through|with|run|add|set|click|call|create|open|install|configure|select|choose|enter|pass|first|then"
    r"|when|if)\b|→|->|^\W*[A-Z][a-z]+ (?:the|an?|your|it)\b"
)


def copies(measures: Beside) -> bool:
    """Whether a finding says again what the question says, and not what is asked of it: a name, which one, who, how."""
    frame, finding = measures.frame, measures.finding
    return (
        _unheard_deed(frame, finding, measures.missing)
        or _nameless(frame, finding)
        or unspecified(frame, finding)
        or _no_way(frame, finding)
        or _echoes(frame, finding)
    )


def _unheard_deed(frame: Frame, finding: Finding, missing: tuple[int, ...]) -> bool:
    """Whether it is asked who did something, and what was found does not say so.

    One cell is found for what the knowledge base has no word for (*who forged it*), or a text that has not the word it has elsewhere.
    """
    deed = 1 if len(frame.tokens) > 1 and frame.tokens[0].word == "who" else None
    if deed is None or deed not in frame.content or finding.computed or frame.tokens[deed].word in language().soft | language().tabled:
        return False
    unheard = deed in frame.unknown and finding.shape in ONE_CELL
    return unheard or (deed in missing and deed not in frame.unknown and finding.shape in ("list", "steps", "told"))


def _nameless(frame: Frame, finding: Finding) -> bool:
    """Whether the name of something is asked for of which the evidence speaks without one (*a company uses …*), or not at all."""
    asked = _NAME_OF.search(frame.text)
    if asked is None or finding.shape not in TOLD or frame.focus is None:
        return False
    noun = frame.tokens[frame.focus]
    if frame.focus in frame.unknown:
        return True
    said = " ".join(c.fact.value for c in finding.deciding[:2])
    return re.search(rf"\b(?:an?|some|another)\s+(?:[\w-]+\s+){{0,2}}{re.escape(noun.word)}\b", said, re.I) is not None


def unspecified(frame: Frame, finding: Finding) -> bool:
    """Whether it is asked which one of a sort, and the text only speaks of the sort (*which gaps …*: *… bridge gaps*)."""
    if (
        finding.shape not in TEXTS
        or frame.focus is None
        or frame.kind not in ("which", "attribute", "list")
        or frame.answer_type is not None
    ):
        return False
    noun = frame.tokens[frame.focus].stem
    asked = {t.stem for t in frame.tokens}
    told = False
    for candidate in finding.deciding[:2]:
        fact = candidate.fact
        labels = " ".join([*(x.text for x in fact.labels), *candidate.headings])
        if noun in {stem(w) for w in words(labels)}:
            return False  # what stands under a name is one of it
        if fact.kind == "sentence" and candidate.headings and not {stem(w) for w in words(candidate.headings[-1])} <= asked:
            return False  # the heading says which one
        said = tokens(fact.value)
        for i, found in enumerate(said):
            if found.stem != noun:
                continue
            told = True
            before = said[i - 1] if i else None
            after = " ".join(t.word for t in said[i + 1 : i + 3])
            if any(t.word in ("as", "is", "are", "be") for t in said[max(0, i - 2) : i]):
                return False  # *x as a stack*, *these are gaps*
            if before is not None and before.stem not in asked and not before.function:
                return False  # *regional gaps*
            if _NAMES_ONE.match(after) or fact.value[found.end :].lstrip()[:1] in ("(", ":", "–", "—"):
                return False  # *gaps such as …*
    return told


def _no_way(frame: Frame, finding: Finding) -> bool:
    """Whether a way of doing something is asked for, and the text that holds the very words of the question tells none."""
    if (
        frame.kind not in ("howto", "steps")
        or frame.answer_type is not None
        or finding.shape not in (TEXTS | {"cell", "owner", "definition"})
    ):
        return False
    if not _WAY_ASKED.match(frame.text):
        return False
    own = {p for t in frame.content_ties() if {"row", "column"} <= t.roles or "name" in t.roles for p in range(t.start, t.end)}
    if finding.shape in ONE_CELL and any(p not in own for c in finding.deciding[:1] if not c.found("value") for p in c.found("label")):
        return False  # the column that is asked about: *how can I reach her*, `Reach at`
    asked = {t.stem for t in frame.tokens}
    copied = all(frame.tokens[p].stem in asked and any(p in c.found("value", "label") for c in finding.deciding[:2]) for p in frame.content)
    said = " ".join(c.fact.value for c in finding.deciding[:2])
    return copied and not _WAY.search(said)


def _echoes(frame: Frame, finding: Finding) -> bool:
    """Whether a text only says again what the question says, labels and all, or a cell does, and something more is asked for."""
    owner = finding.slots.get("owner") if finding.shape == "owner" else None
    if isinstance(owner, Quote) and frame.kind not in CLAIMS and any(t.key == key(owner.text) for t in frame.content_ties()):
        return True  # whose the name is that was asked about: its own
    if finding.shape in ("cell", "owner") and frame.kind in _ASKS_AFTER and len(finding.deciding) == 1:
        said = words(owner.text if isinstance(owner, Quote) else finding.deciding[0].fact.value)
        return bool(said) and all(stem(w) in {t.stem for t in frame.tokens} for w in said) and not any(w.isdigit() for w in said)
    if finding.shape not in TEXTS or frame.kind not in _ASKS_MORE or not finding.deciding:
        return False
    asked = {t.stem for t in frame.tokens}
    said = [w for c in finding.deciding for text in (c.fact.value, *(x.text for x in c.fact.labels)) for w in words(text)]
    told = {stem(w) for w in said if w not in language().function_words}
    return bool(told) and told <= asked


__all__ = ["copies", "unspecified"]
