"""Whether what a finding prints is of the sort that is asked for: an amount, a date, a person, a reason.

Asked of what is printed, word by word, and never of a score.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.finding import Finding
from assistant.frame import Frame
from assistant.language import language
from assistant.sorts import HARD_TYPES
from assistant.wording import Figure, Quote
from corpus.words import stem, words

_LEANING = re.compile(r"(?:it|its|they|their|these|those|this|that|he|she|both|each|one|another|then|here|there)\b", re.I)
_INSIDE = re.compile(  # a capital inside a sentence, of a name and no day or month
    r"(?<=[a-z,] )(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:January|February|March|April|May|June|July|August|September|October"
    r"|November|December)\b)[A-Z][\w-]+"
)


def said_of_it(frame: Frame, finding: Finding | None) -> list[str]:
    """What a finding prints; of a text only the sentences that say something of what is asked, or lean on one that does.

    A number, a date or a name that stands in the same paragraph for other reasons is no answer.
    """
    texts = _texts(finding)
    if finding is None or finding.shape not in ("told", "sentence") or finding.computed or not finding.deciding:
        return texts
    labels = {p for t in frame.content_ties() if t.is_label() for p in range(t.start, t.end)}
    asked = {frame.tokens[p].stem for p in frame.content if p not in labels} or {frame.tokens[p].stem for p in frame.content}
    first = finding.deciding[0].fact.value
    proper = {frame.tokens[p].stem for p in frame.proper()}
    typed = {t.word for t in frame.tokens}
    of_it = []
    for text in texts:
        said = {stem(w) for w in words(text)}
        others = {m[0].lower() for m in _INSIDE.finditer(text)} - typed
        if proper and not proper & said and others and not _LEANING.match(text):
            continue  # it names another
        if text == first or asked & said or _LEANING.match(text):
            of_it.append(text)
    return of_it


def asked_as_amount(frame: Frame, told: list[str]) -> set[int]:
    """Places of words that ask for an amount (*how high*, *the percentage*, *the minimum length*), where one is told."""
    amounts = language().amounts
    tied = {p for t in frame.content_ties() if t.is_label() for p in range(t.start, t.end)}
    text = " ".join(told)
    return {p for p in frame.content if p not in tied and (bound := amounts.get(frame.tokens[p].word)) is not None and bound.search(text)}


def of_type(text: str, frame: Frame) -> bool:
    """Whether a text holds the type of answer asked for; a cell that only says yes or no holds no amount and names no one."""
    value = text.rpartition(": ")[2]
    if frame.answer_type in HARD_TYPES and len(value.split()) == 1 and language().polarity(value) is not None:
        return False
    return frame.answer_pattern is None or frame.answer_pattern.search(text) is not None


def gives_reason(frame: Frame, finding: Finding) -> bool:
    """Whether what a finding prints holds words that give a reason."""
    return frame.answer_pattern is None or any(frame.answer_pattern.search(t) for t in _texts(finding))


def _texts(found: object) -> list[str]:
    """Everything a finding prints of the knowledge base, and the numbers it computed."""
    if isinstance(found, Finding):
        return _texts(found.slots)
    if isinstance(found, Quote):
        return [found.text] if found.fact is not None else []  # a name beside a value answers nothing
    if isinstance(found, Figure):
        return [str(found.value)]
    if isinstance(found, Mapping):
        return [t for v in found.values() for t in _texts(v)]
    if isinstance(found, list | tuple):
        return [t for v in found for t in _texts(v)]
    return []


__all__ = ["asked_as_amount", "gives_reason", "of_type", "said_of_it"]
