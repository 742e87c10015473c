"""Whether what was found ranks, where the question does (*best*, *longest*): a ranking the text does not make is not made."""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.finding import Finding
from assistant.frame import Frame
from assistant.language import language
from assistant.retrieval import Candidate
from assistant.scales import vocabulary
from assistant.sorts import TEXTS
from assistant.typed import gives_reason
from corpus.words import key, stem, words

_FOR = re.compile(r"\b(?:for|to|when|if|in case)\b", re.I)  # what says that a need follows
BY_AMOUNT = frozenset({"most", "least", "fewest"})  # words that rank by how much there is


def ranks(frame: Frame, finding: Finding, deciding: list[Candidate]) -> bool:
    """Whether the evidence itself ranks: it says the very word, or singles one thing out where the question does."""
    lang = language()
    said = {w for c in deciding for w in words(c.fact.value)}
    if any(frame.tokens[p].word in said for p in frame.ranking):
        return True
    told = {frame.tokens[p].word for p in frame.ranking}
    if ranked_alike(frame, finding, deciding) or _holds_both(frame, finding, deciding):
        return True
    both = any({"row", "column"} <= t.roles for t in frame.content_ties())  # a thing: its own row says nothing of what fits
    if (
        finding.shape.startswith("decision")
        or (frame.kind == "decision" and finding.shape == "row" and not both and _FOR.search(frame.text) is not None)
    ) and told <= lang.fitting:
        labels = {p for t in frame.content_ties() if t.is_label() and finding.shape != "row" for p in range(t.start, t.end)}
        return any(p not in labels and p not in frame.ranking for p in frame.content)  # *the best for …*: what fits a need is asked for
    if finding.shape in ("most", "order", "superlative"):
        return True
    named = {w for c in deciding for x in c.fact.labels for w in words(x.text)}
    return len(deciding) == 1 and bool(named & lang.chief) and told <= lang.chief | {"important"} and not told <= BY_AMOUNT


def ranked_alike(frame: Frame, finding: Finding, deciding: list[Candidate]) -> frozenset[int]:
    """Places of the words that rank, where the evidence ranks in other words: by a label (*maximum* for *the biggest*), by a reason."""
    told = {frame.tokens[p].word for p in frame.ranking}
    heads = {w for c in deciding for x in c.fact.labels for w in words(x.text)}
    labelled = any(told & same and heads & same for same in language().extremes)
    explained = frame.kind == "why" and finding.shape == "told" and gives_reason(frame, finding)
    return frozenset(frame.ranking) if labelled or explained or _bounded(told, deciding[:1]) else frozenset()


def _holds_both(frame: Frame, finding: Finding, deciding: list[Candidate]) -> bool:
    """Whether one sentence speaks of the two or more things a question ranks against each other (*is A quicker than B*)."""
    named = {t.key for t in frame.content_ties() if t.is_label() or "name" in t.roles}
    if finding.shape not in TEXTS or len(named) < 2 or " than " not in f" {frame.text} ":
        return False
    ranked = {frame.tokens[p].stem for p in frame.ranking}
    return any(
        all(n in key(c.fact.value) for n in named) and (" than " in c.fact.value or bool(ranked & {stem(w) for w in words(c.fact.value)}))
        for c in deciding[:1]
    )


def _bounded(ranking: set[str], deciding: list[Candidate]) -> bool:
    """Whether a fact tells the bound of an amount that the ranking words ask for: *the shortest x*, told as *minimum length: 4*."""
    bounds = [b for w in sorted(ranking) if (b := _bound(w)) is not None]
    told = [f"{' '.join(x.text for x in c.fact.labels)}: {c.fact.value}" for c in deciding]
    return any(b.search(t) and re.search(r"\d", t) for b in bounds for t in told)


def ranks_by_amount(frame: Frame) -> bool:
    """Whether a question ranks by what can be measured (*the longest*), not by worth (*the best*, *the most used*)."""
    return bool(frame.ranking) and all(_bound(frame.tokens[p].word) is not None for p in frame.ranking) and not _most(frame)


def _most(frame: Frame) -> bool:
    return any(t.word in ("most", "least") for p in frame.ranking for t in frame.tokens[max(0, p - 1) : p + 1])


@lru_cache(maxsize=256)
def _bound(word: str) -> re.Pattern[str] | None:
    """How a text tells the bound of an amount that a superlative asks for; None of a word that ranks by no amount (*best*)."""
    if word in language().amounts:
        return language().amounts[word]
    poles = {pole for _, pole in vocabulary().most.get(word, ())} | {p for w, p in vocabulary().degrees.items() if w == word}
    return language().told_as(*poles) if len(poles) == 1 else None


__all__ = ["ranked_alike", "ranks", "ranks_by_amount"]
