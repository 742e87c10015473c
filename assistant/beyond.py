"""Whether a question asks for more than what was found can tell, though its words are there: of another sort, bound or thing."""

from __future__ import annotations

import re

from assistant.finding import Finding
from assistant.frame import Frame
from assistant.holding import Beside
from assistant.language import language
from assistant.meaning import qualified_by
from assistant.mentions import Tie
from assistant.sorts import LISTED_WHOLE, ONE_CELL, TEXTS, TOLD
from assistant.view import View
from assistant.wording import Quote
from corpus.words import key, stem, words

_OF_LABELS = frozenset({"cell", "row", "column", "list", "card", "compare", "compare_one", "union", "count", "holders"})
_WHAT_IS = re.compile(r"(?:and |so )?(?:what(?:['’]?s| is| are)|define|explain|meaning)\b", re.I)
_OPENING = 4  # words beside the name among which a sentence that says what it is begins with it
_DOERS = frozenset({"to", "i", "you", "we", "they", "he", "she", "one", "someone", "somebody", "anyone", "people"})  # a verb follows them
_NARROWED = 4  # words after *for* that may narrow a name


def asks_beyond(measures: Beside) -> bool:
    """Whether the question goes beyond what the finding can say, whatever its words."""
    frame, finding, missing = measures.frame, measures.finding, measures.missing
    return (
        _of_another_sort(frame, finding)
        or _only_qualified(frame, finding, missing, measures.evidence.view)
        or names_nobody(frame, finding)
        or _of_another_bound(frame, finding)
        or (finding.problem and _asks_for_a_remedy(frame, finding, missing))
        or _asks_what_it_is(frame, finding)
    )


def _of_another_sort(frame: Frame, finding: Finding) -> bool:
    """Whether one of an attribute's own things is asked for (*which tool of A …*), and a fact of A under another attribute is found."""
    if finding.shape != "decision_fact" or frame.kind != "which" or frame.focus is None or not finding.deciding:
        return False
    fact = finding.deciding[0].fact
    asked = next((t for t in frame.content_ties() if t.start <= frame.focus < t.end and t.roles & {"row", "column"}), None)
    owner = finding.slots.get("owner")
    if asked is None or not isinstance(owner, Quote) or key(owner.text) not in {t.key for t in frame.content_ties()} - {asked.key}:
        return False
    return asked.key not in {key(x.text) for x in fact.labels}


def _only_qualified(frame: Frame, finding: Finding, missing: tuple[int, ...], view: View) -> bool:
    """Whether a column is named by words that only qualify what it is about, and they qualify another (*max payload*, `Max memory`)."""
    if finding.shape not in ONE_CELL or not finding.deciding or finding.deciding[0].fact.kind != "cell":
        return False
    labels = (x.text for x in finding.deciding[0].fact.labels if x.role in ("row", "column"))
    return any(qualified_by(frame, text, view) & set(missing) for text in labels)


def names_nobody(frame: Frame, finding: Finding) -> bool:
    """Whether it is asked who, and a cell was found that only says yes, no or a number."""
    if finding.shape != "cell" or frame.tokens[0].word not in ("who", "whom", "whose") or not finding.deciding:
        return False
    said = finding.deciding[0].fact.value
    return language().polarity(said) is not None or not any(c.isalpha() for c in said)


def _of_another_bound(frame: Frame, finding: Finding) -> bool:
    """Whether a default or a minimum is asked for where a maximum stands, or the other way round."""
    if finding.shape not in ONE_CELL or not finding.deciding or finding.deciding[0].fact.kind != "cell":
        return False
    bounds = language().bounds
    asked = {bounds[w] for p in frame.content if (w := frame.tokens[p].word) in bounds}
    told = {bounds[w] for x in finding.deciding[0].fact.labels for w in words(x.text) if w in bounds}
    return bool(asked and told and not asked & told)


def _asks_for_a_name(frame: Frame, missing: tuple[int, ...]) -> bool:
    """Whether one of what is listed somewhere is asked for (*which tool prevents …*), and what was found says nothing of such."""
    if frame.kind != "which" or frame.focus is None:
        return False
    return any(
        t.is_label() and frame.focus <= t.start <= frame.focus + 1 and all(p in missing for p in range(t.start, t.end))
        for t in frame.content_ties()
    )


def _asks_for_a_remedy(frame: Frame, finding: Finding, missing: tuple[int, ...]) -> bool:
    """Whether a way out is asked for, or what helps: a difficulty that is named tells neither."""
    if finding.shape in TOLD and (frame.kind in ("howto", "steps") or _asks_for_a_name(frame, missing)):
        return True
    if frame.kind in ("yesno", "list", "which"):
        return False
    said = {stem(w) for c in finding.deciding for w in words(c.fact.value)}
    tied = {p for t in frame.content_ties() for p in range(t.start, t.end)}
    meeting = language().meeting  # *how is it solved*
    return any(t.word in meeting and t.stem not in said and i not in tied for i, t in enumerate(frame.tokens))


def _asks_what_it_is(frame: Frame, finding: Finding) -> bool:
    """Whether it is asked what something is, and a text was found that does not say so."""
    if frame.kind != "definition" or finding.bound or finding.shape not in TEXTS or not _WHAT_IS.match(frame.text):
        return False
    return not _explains(frame, finding)


def _explains(frame: Frame, finding: Finding) -> bool:
    """Whether a text says what something is: it is headed or labelled by it, opens with it, or joins it to an *is*."""
    for candidate in finding.deciding:
        fact = candidate.fact
        asked = {frame.tokens[p].stem for p in frame.content if p not in frame.soft}
        labels = {stem(w) for x in fact.labels for w in words(x.text)} | {stem(w) for h in candidate.headings[-1:] for w in words(h)}
        said = [stem(w) for w in words(fact.value)]
        opening = set(said[: len(asked) + _OPENING])
        if 2 * len(asked & labels) > len(asked) or asked <= opening:
            return True
    return False


def narrows_it(measures: Beside) -> bool:
    """Whether a word that narrows the name of what is listed is not found itself (*security tools*, *tools for review*)."""
    frame, finding = measures.frame, measures.finding
    if finding.shape not in _OF_LABELS or measures.cover >= measures.thresholds["beyond_cover"]:
        return False
    lang = language()
    named = [t for t in frame.content_ties() if t.roles & {"row", "column"} and t.key not in finding.roles]
    narrowing = {p for t in named if not _a_verb(frame, p := t.start - 1)} | {p for t in named for p in _after_for(frame, t)}
    return any(
        p in narrowing and frame.tokens[p].word not in lang.soft and frame.tokens[p].word not in lang.ranking for p in measures.missing
    )


def _a_verb(frame: Frame, place: int) -> bool:
    """Whether a word follows an auxiliary, *to* or *we*: what is done to the name after it, not what narrows it (*can run x jobs*)."""
    before = frame.tokens[place - 1].word if place > 0 else ""
    return before in language().auxiliaries or before in _DOERS


def _after_for(frame: Frame, tie: Tie) -> list[int]:
    """Places of the words that follow a name with *for* (*tools for code review*)."""
    after = frame.tokens[tie.end : tie.end + 1]
    if not after or after[0].word != "for":
        return []
    return [p for p in frame.content if tie.end < p <= tie.end + _NARROWED]


def beside_whole(measures: Beside) -> bool:
    """Whether a row or column would be told whole for a question that asks for something its labels and headings do not hold."""
    finding = measures.finding
    if finding.shape not in LISTED_WHOLE or measures.frame.kind == "why":
        return False
    fields = ("label", "heading", "above", "document", *(("row",) if finding.shape == "column" else ()))  # the header of the first column
    held = {p for c in measures.deciding for p in c.found(*fields)} | set(finding.meant) | measures.frame.soft
    return any(p not in held for p in measures.asked)


__all__ = ["asks_beyond", "beside_whole", "names_nobody", "narrows_it"]
