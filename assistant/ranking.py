"""The sections nearest to a question, best first, whether or not one of them answers it: for search, and for measuring it.

The order is that of the evidence an answer is looked for in, so what is measured here is what answers are made from.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from assistant.frame import Frame
from assistant.retrieval import Candidate, Gatherer


class Hit(BaseModel):
    """A section, shown by the best of its facts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document: str  # path inside the knowledge base, forward slashes
    section: tuple[str, ...]  # heading texts, outermost first; () is text above the first heading
    lines: tuple[int, int]  # of the fact; first and last, 1-based, inclusive
    quote: str  # the fact, verbatim from the file
    score: float  # higher is nearer; compares hits of one question only


class Ranking(BaseModel):
    """What was looked for and what is near it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str  # as resolved; the one typed unless something was kept from the conversation
    kept: tuple[str, ...]
    hits: tuple[Hit, ...]  # best first, one per section


def sections_near(frame: Frame, gatherer: Gatherer, k: int) -> tuple[Hit, ...]:
    """The k sections with the strongest facts; fewer where fewer facts were found at all. Ties by place in the folder.

    A section is as strong as the best of its facts, and a little stronger the more its words match: BM25 of its best chunk, as a share
    of the best of all. For a single fact that helps no more; a section of the right words is worth reading.
    """
    candidates = gatherer.gather(frame).candidates
    best: dict[int, Candidate] = {}
    words: dict[int, float] = {}
    for candidate in candidates:
        section = candidate.fact.section
        best.setdefault(section, candidate)
        words[section] = max(words.get(section, 0.0), candidate.words)
    most = max(words.values(), default=0.0)
    weight = gatherer.data.weights["section_words"] / most if most else 0.0
    scored = sorted(
        ((c.score + weight * words[section], c) for section, c in best.items()), key=lambda pair: (-round(pair[0], 6), pair[1].fact.id)
    )
    return tuple(
        Hit(
            document=c.fact.document,
            section=gatherer.view.path(c.fact),
            lines=(c.fact.span.first_line, c.fact.span.last_line),
            quote=c.fact.raw,
            score=score,
        )
        for score, c in scored[:k]
    )


__all__ = ["Hit", "Ranking", "sections_near"]
