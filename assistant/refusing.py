"""Which kind of no a refusal is, told by all its signs together: another field, a name that is not known, or a name without what is asked.

The judge's tests name a kind by the sign they stopped at. What the question holds beside that sign tells more: how much of it is known,
whether what is not looks like a name, how near the knowledge base is at all. Three sums of small trees, one a kind, weigh the same plain
numbers; they are data, in `answers/refusing.json`, made by `whichops eval fit --refusals`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict

from assistant.frame import Frame
from assistant.language import checked, load_data
from assistant.models import DeclineKind
from assistant.retrieval import Evidence
from assistant.view import View
from assistant.weighing import Weigher

FILE = "refusing.json"
KINDS: tuple[DeclineKind, ...] = ("off_topic", "unknown_name", "unknown_attribute")  # the others are told by the tests alone
_ASKED = (
    *("which", "attribute", "list", "howto", "yesno", "why", "definition", "decision", "compare", "keyword", "count", "steps"),
    *("equivalent", "belongs"),
)
_SURER = 0.3  # of chance, by which another kind has to be likelier than that of the tests: chosen by the cases left out
_LONG_NAME = 6  # letters: a longer name is seldom an everyday word


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    kinds: dict[DeclineKind, dict[str, Any]]  # each as `assistant.weighing` reads one


@lru_cache(maxsize=1)
def weighers() -> Mapping[DeclineKind, Weigher]:
    """The trees that are shipped, by kind."""
    return {kind: Weigher.of(data) for kind, data in checked(_Model, FILE, load_data(FILE)).kinds.items()}


def kind_by_signs(kind: DeclineKind, frame: Frame, evidence: Evidence, view: View) -> DeclineKind:
    """The likeliest of the three kinds where the tests gave one of them; else, or under another encoder, what they gave."""
    if kind not in KINDS or not all(w.made_for(view.retriever.manifest.model.name) for w in weighers().values()):
        return kind
    return likeliest(kind, signs(frame, evidence, view), weighers())


def likeliest(kind: DeclineKind, found: Mapping[str, float], made: Mapping[DeclineKind, Weigher]) -> DeclineKind:
    """The kind that the tests gave, unless another is clearly likelier; a question that names a row, a column or a label is of this field.

    Args:
        kind: what the tests gave.
        found: the `signs` of the question.
    """
    open_ = [k for k in KINDS if k == kind or k != "off_topic" or not found.get("ties_labels")]
    return max(open_, key=lambda k: (made[k].chance(found) + _SURER * (k == kind), k == kind))


def signs(frame: Frame, evidence: Evidence, view: View) -> dict[str, float]:
    """What a refused question is weighed by, each a plain number."""
    ties = frame.content_ties()
    tied = {p for t in ties for p in range(t.start, t.end)}
    unknown = [p for p in frame.unknown if p not in frame.soft]
    best = evidence.best()
    first = [frame.tokens[t.start] for t in ties]
    found: dict[str, float] = {
        "contrast": evidence.contrast(),
        "elsewhere": view.elsewhere(evidence.vector),
        "nearest": evidence.chunks[0][1] if evidence.chunks else 0.0,
        "dense": best.dense if best else 0.0,
        "cover": best.cover if best else 0.0,
        "words": len(frame.tokens),
        "asked": len(frame.content),
        "unknown": len(unknown),
        "unknown_share": len(unknown) / max(1, len(frame.content)),
        "unknown_worth": sum(evidence.worth.get(p, 0.0) for p in unknown),
        "tied_worth": sum(evidence.worth.get(p, 0.0) for p in tied),
        "strange": len(frame.strange),
        "strange_small": sum(frame.tokens[p].surface.islower() for p in frame.strange),
        "capitals": sum(frame.tokens[p].surface[:1].isupper() and frame.tokens[p].start > 0 for p in unknown),
        "proper": len(frame.proper()),
        "ranking": len(frame.ranking),
        "negated": bool(frame.negated),
        "type_asked": frame.answer_type is not None,
        "focus_unknown": frame.focus is not None and frame.focus in frame.unknown,
        "ties": len(ties),
        "ties_labels": sum(t.is_label() for t in ties),
        "ties_things": sum(view.is_thing(t.key) for t in ties),
        "ties_names": sum("name" in t.roles and not t.is_label() for t in ties),
        "ties_headings": sum("heading" in t.roles for t in ties),
        "ties_long": sum(len(t.name) > _LONG_NAME for t in ties),
        "ties_words": max((t.end - t.start for t in ties), default=0),
        "ties_capitals": sum(t.surface[:1].isupper() for t in first),
        "ties_rarest": min((view.frequency(t.stem) for t in first), default=0),
    }
    found |= {f"kind_{k}": frame.kind == k for k in _ASKED}
    return {name: float(number) for name, number in found.items()}


__all__ = ["FILE", "KINDS", "kind_by_signs", "likeliest", "signs", "weighers"]
