"""Things the question names, what is filed under them, and what of the question they leave over."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.frame import Frame
from assistant.mentions import Tie
from assistant.retrieval import Candidate, Evidence
from assistant.view import View
from corpus.models import Fact
from corpus.words import key

TEXTS_NEAR = 30  # candidates among which a text that speaks of both names is looked for
FILED_MOST = 2000  # facts of one name that are looked through for what is said of it; a label of every file has tens of thousands


def things(frame: Frame, view: View) -> list[Tie]:
    """The names in the question that the knowledge base describes."""
    return [t for t in frame.content_ties() if view.is_thing(t.key)]


def things_by_key(frame: Frame, view: View) -> dict[str, Tie]:
    """The same by key, each once."""
    return {t.key: t for t in things(frame, view)}


def accounted(frame: Frame) -> tuple[int, ...]:
    """Content places of which something is known: all but the strange words."""
    return tuple(p for p in frame.content if p not in frame.strange)


def others(frame: Frame, used: Iterable[Tie]) -> list[int]:
    """Content places outside the given names, words of mere talk left out."""
    taken = {p for t in used for p in range(t.start, t.end)} | frame.soft
    return [p for p in frame.content if p not in taken]


def filed_under(tie: Tie, view: View, roles: Iterable[str] = ("row", "column", "label"), most: int | None = None) -> list[Fact]:
    """Facts that carry the name as one of their labels, in the order of the files.

    Args:
        most: only so many, the first: where one of them or some are looked for. What is counted or listed needs them all.
    """
    wanted = set(roles)
    ids = sorted({e.fact for e in tie.entries if e.fact is not None and e.role in wanted})
    return view.store.facts(ids[:most])


def facts_of(tie: Tie, view: View, most: int | None = None) -> list[Fact]:
    """What is said of a thing, one fact per attribute and place; decision rows and steps left out.

    Args:
        most: looked for among so many facts, as for `filed_under`.
    """
    found = []
    for fact in filed_under(tie, view, most=most):
        owner = view.owner(fact)
        if owner is None or key(owner.text) != tie.key or fact.kind == "step" or fact.column == 0:
            continue
        if fact.table is not None and view.table(fact.table).decision:
            continue
        found.append(fact)
    return found


def scored(evidence: Evidence, facts: Iterable[Fact], exact: int = 1) -> list[Candidate]:
    """The facts as candidates: as they were ranked, or as what is surely meant.

    Args:
        exact: how many names of the question those that were not ranked are taken to hold.
    """
    known = {c.fact.id: c for c in evidence.candidates}
    return [known.get(f.id) or Candidate(f, cover=1.0, exact=exact, score=1.0) for f in facts]


def speaks_of(fact: Fact, tie: Tie, view: View) -> bool:
    """Whether a name stands in a fact or its labels."""
    return view.stems_of(tie.name) <= view.stems_of(f"{fact.value} {' '.join(x.text for x in fact.labels)}")
