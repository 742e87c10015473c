"""How likely a finding is right: a number learned from questions whose answers are known, over raw scores and flags.

The judge's tests each look at one thing; what they miss is how the signs come together. Here every finding is described by the same
numbers, and a sum of small decision trees (gradient boosting: Friedman 2001) turns them into a chance. The trees are data, in
`answers/weighing.json`, made by `whichops eval fit`; nothing in them knows a word or a name of any knowledge base.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from assistant.finding import Finding, printed
from assistant.frame import Frame
from assistant.judging import Verdict
from assistant.language import BadAnswerData, checked, load_data
from assistant.question import tokens
from assistant.retrieval import Evidence

FILE = "weighing.json"
_SHAPES = ("list", "steps", "told", "sentence", "pair", "code", "cell", "owner", "row", "column", "decision", "decision_fact")
_KINDS = ("which", "attribute", "list", "howto", "yesno", "why", "definition", "decision", "compare", "keyword", "count")
_RAW = ("cover", "dense", "near", "score", "exact", "precise", "passage", "section", "page", "opens", "unnamed", "typed", "headed")
_JUDGED = ("cover", "strength", "bound", "typed", "near", "known", "left")
_READ = 4  # facts of a finding that are compared word by word
_NEAREST = 8  # chunks among which it is counted how many are of the finding's section
_FAR = 200  # place in the evidence from which all are equally far
_DIGITS = 4  # of every number: what is told apart by less is the machine's rounding


class _Tree(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    feature: tuple[int, ...]  # of each inner node, level by level: which number is looked at …
    limit: tuple[float, ...]  # … and up to which it goes left
    value: tuple[float, ...]  # of each leaf, left to right


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str  # the encoder whose cosines it was learned from: those of another are not the same numbers
    features: tuple[str, ...]
    depth: int
    base: float  # log odds before any tree has spoken
    trees: tuple[_Tree, ...]
    chosen_on: str  # the questions it was learned from


@dataclass(frozen=True, slots=True)
class Weigher:
    """The trees, laid out so that all are walked at once."""

    model: str
    names: tuple[str, ...]
    depth: int
    base: float
    feature: npt.NDArray[np.int64]  # (trees, 2 ** depth - 1)
    limit: npt.NDArray[np.float64]  # (trees, 2 ** depth - 1)
    value: npt.NDArray[np.float64]  # (trees, 2 ** depth)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Weigher:
        """From the contents of a file.

        Raises:
            BadAnswerData: they are not a model.
        """
        model = checked(_Model, FILE, dict(data))
        inner, known = 2**model.depth - 1, range(len(model.features))
        for number, tree in enumerate(model.trees, 1):
            sizes = len(tree.feature) == len(tree.limit) == inner == len(tree.value) - 1
            if not sizes or any(f not in known for f in tree.feature):
                raise BadAnswerData(FILE, f"tree {number} is not one of {inner} questions about {len(model.features)} numbers")
        return cls(
            model.model,
            model.features,
            model.depth,
            model.base,
            np.array([t.feature for t in model.trees], dtype=np.int64).reshape(-1, 2**model.depth - 1),
            np.array([t.limit for t in model.trees], dtype=np.float64).reshape(-1, 2**model.depth - 1),
            np.array([t.value for t in model.trees], dtype=np.float64).reshape(-1, 2**model.depth),
        )

    def made_for(self, model: str) -> bool:
        """Whether it was learned from the numbers of this encoder."""
        return self.model == model

    def chance(self, features: Mapping[str, float]) -> float:
        """The chance that a finding with these features is right, 0..1; a feature that is left out counts as 0."""
        numbers = np.array([round(float(features.get(n, 0.0)), _DIGITS) for n in self.names], dtype=np.float64)
        trees = np.arange(len(self.feature))
        node = np.zeros(len(trees), dtype=np.int64)
        for _ in range(self.depth):
            node = 2 * node + 1 + (numbers[self.feature[trees, node]] > self.limit[trees, node])
        odds = self.base + math.fsum(self.value[trees, node - (2**self.depth - 1)].tolist())
        return round(1 / (1 + math.exp(-odds)), _DIGITS)


@lru_cache(maxsize=1)
def weigher() -> Weigher:
    """The trees that are shipped."""
    return Weigher.of(load_data(FILE))


def features(frame: Frame, finding: Finding, evidence: Evidence, verdict: Verdict, *, place: int, first: bool) -> dict[str, float]:
    """What a finding is weighed by, each a plain number.

    Args:
        place: how many findings were tried before it.
        first: whether it is the first that the judge's tests take.
    """
    deciding = finding.deciding
    top = deciding[0] if deciding else None
    best = evidence.best()
    worth = max(1, len(frame.content))
    told = printed(finding.slots)
    found: dict[str, float] = {f"raw_{n}": float(getattr(top, n)) if top else 0.0 for n in _RAW}
    found |= {f"judged_{n}": verdict.features.get(n, 0.0) for n in _JUDGED}
    nearest = [c.section for c, _ in evidence.chunks[:_NEAREST]]
    ties = frame.content_ties()
    score = max((c.score for c in deciding), default=0.0)
    among = {c.fact.id for c in deciding}
    rank = next((i for i, c in enumerate(evidence.candidates) if c.fact.id in among), _FAR)
    found |= {
        "taken": verdict.answer,
        "first": first,
        "place": place,
        "rank": math.log1p(min(rank, _FAR)),
        "behind": best.score - score if best else 0.0,
        "of_section": nearest.count(top.fact.section) / _NEAREST if top else 0.0,
        "of_nearest": bool(top and nearest and nearest[0] == top.fact.section),
        "deciding": min(len(deciding), 6),
        "letters": math.log1p(sum(len(q.text) for q in told)),
        "facts": math.log1p(len({q.fact.id for q in told if q.fact is not None})),
        "computed": finding.computed,
        "corrected": finding.corrected,
        "meant": len(finding.meant),
        "asked": len(frame.content),
        "unknown": len(frame.unknown),
        "strange": len(frame.strange),
        "ranking": len(frame.ranking),
        "negated": bool(frame.negated),
        "ties": len(ties),
        "labels": sum(t.is_label() for t in ties),
        "nearest": evidence.chunks[0][1] if evidence.chunks else 0.0,
        "contrast": evidence.contrast(),
        "type_asked": frame.answer_type is not None,
        "type_held": frame.answer_type is not None and bool(top and top.typed),
        "missing": len(verdict.missing),
        "missing_share": len(verdict.missing) / worth,
    }
    found |= {f"shape_{s}": finding.shape == s for s in _SHAPES}
    found |= {f"kind_{k}": frame.kind == k for k in _KINDS}
    found |= {f"fact_{k}": bool(top and top.fact.kind in kinds) for k, kinds in _FACTS.items()}
    found |= _missing(frame, evidence, verdict)
    found |= _word_by_word(frame, finding, evidence, verdict)
    return {name: round(float(number), _DIGITS) for name, number in found.items()}


_FACTS = {"sentence": ("sentence",), "cell": ("cell",), "item": ("item", "pair")}


def _missing(frame: Frame, evidence: Evidence, verdict: Verdict) -> dict[str, float]:
    """Of what sort the words are that were not found."""
    missing = verdict.missing
    proper = set(frame.proper())
    return {
        "missing_worth": max((evidence.worth.get(p, 0.0) for p in missing), default=0.0),
        "missing_noun": frame.focus is not None and frame.focus in missing,
        "missing_names": sum(p in proper for p in missing),
        "missing_numbers": sum(frame.tokens[p].word[:1].isdigit() for p in missing),
        "missing_strange": sum(p in frame.strange for p in missing),
        "missing_unknown": sum(p in frame.unknown for p in missing),
    }


def _word_by_word(frame: Frame, finding: Finding, evidence: Evidence, verdict: Verdict) -> dict[str, float]:
    """How near the words that were not found, and those that were, come to a word of the finding: a synonym is near."""
    retriever, store, read = evidence.view.retriever, evidence.view.store, evidence.read
    lost = {frame.tokens[p].word for p in verdict.missing}
    held = {frame.tokens[p].word for p in evidence.worth if p not in verdict.missing}
    chunks = sorted({c for ids in store.chunks_of_facts([c.fact.id for c in finding.deciding[:_READ]]).values() for c in ids})
    kinds = store.chunk_kinds(chunks)
    own = [c for c in chunks if kinds[c] == "fact"]
    near = retriever.nearest_tokens(read, own) if own else None
    if near is None:
        return {"near_missing": -1.0, "near_least": -1.0, "near_held": -1.0}
    spoken = tokens(read.text)
    words = [next((t.word for t in spoken if t.start < end and start < t.end), None) for start, end in read.spans]

    def nearest(wanted: set[str]) -> float:
        places = [i for i, w in enumerate(words) if w in wanted]
        return float(near[:, places].mean(axis=1).max()) if places else 1.0

    return {
        "near_missing": nearest(lost),
        "near_least": min((nearest({w}) for w in sorted(lost)), default=1.0),
        "near_held": nearest(held),
    }


__all__ = ["FILE", "Weigher", "features", "weigher"]
