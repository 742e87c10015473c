"""How high the places that a right answer cites stand among the sections found for a question. Pure: rankings in, figures out.

What is relevant is what the case names: each `cite_all` is one thing to find, a `cite_any` as a whole is one, since one of its places
is enough. A thing is found by the first section that answers to it; a second one adds nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from evals.matching import Located, cites_section
from evals.models import Expectation, RankingScore, Reference

DEPTH = 10
"""Sections of a ranking that are looked at."""


def relevant(expectation: Expectation) -> tuple[tuple[Reference, ...], ...]:
    """The things to find, each as the places that would do."""
    groups: list[tuple[Reference, ...]] = [(reference,) for reference in expectation.cite_all]
    if expectation.cite_any:
        groups.append(expectation.cite_any)
    return tuple(groups)


def found_by(sections: Sequence[Located], groups: Sequence[Sequence[Reference]]) -> list[int | None]:
    """For each section of a ranking, the thing it is the first to answer to, as its place in `groups`; None where there is none."""
    left = dict(enumerate(groups))
    found: list[int | None] = []
    for section in sections:
        hit = next((number for number, group in left.items() if any(cites_section(section, reference) for reference in group)), None)
        if hit is not None:
            del left[hit]
        found.append(hit)
    return found


def score_ranking(sections: Sequence[Located], expectation: Expectation) -> RankingScore | None:
    """nDCG@10, reciprocal rank and success of a ranking, best first; None where the case names no place.

    Source: Järvelin and Kekäläinen (2002), Cumulated gain-based evaluation of IR techniques, ACM TOIS 20 (binary gains, discount
    log2(rank + 1), as trec_eval has it); Craswell (2009), Mean reciprocal rank, Encyclopedia of Database Systems.
    """
    groups = relevant(expectation)
    if not groups:
        return None
    hits = [hit is not None for hit in found_by(sections[:DEPTH], groups)]
    gain = sum(1 / math.log2(rank + 1) for rank, hit in enumerate(hits, start=1) if hit)
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(len(groups), DEPTH) + 1))
    first = next((rank for rank, hit in enumerate(hits, start=1) if hit), None)
    return RankingScore(
        ndcg_10=round(gain / ideal, 6),
        rr_10=0.0 if first is None else round(1 / first, 6),
        success_1=first == 1,
        success_5=first is not None and first <= 5,
    )
