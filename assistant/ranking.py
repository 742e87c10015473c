"""The sections nearest to a question, best first, whether or not one of them answers it: for search, and for measuring it.

The order is that of the evidence an answer is looked for in, so what is measured here is what answers are made from.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from assistant.frame import Frame
from assistant.retrieval import Gatherer


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
    """The k sections with the strongest facts; fewer where fewer facts were found at all. Ties by place in the folder."""
    found: dict[int, Hit] = {}
    for candidate in gatherer.gather(frame).candidates:
        fact = candidate.fact
        if fact.section in found:
            continue
        if len(found) == k:
            break
        found[fact.section] = Hit(
            document=fact.document,
            section=gatherer.view.path(fact),
            lines=(fact.span.first_line, fact.span.last_line),
            quote=fact.raw,
            score=candidate.score,
        )
    return tuple(found.values())


__all__ = ["Hit", "Ranking", "sections_near"]
