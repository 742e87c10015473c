"""Answers from running text and lists: the sentence, the labelled item, the list with its lead-in, the steps."""

from __future__ import annotations

import re
from itertools import takewhile

from assistant.finding import Finding, fact_label, name, part, value
from assistant.frame import Frame
from assistant.retrieval import Candidate, Evidence
from assistant.view import View
from corpus.markdown import sentences
from corpus.models import Fact

_LONG_ITEM = 320  # characters: a longer item is answered by its best sentence
_TWO_SENTENCES = 500  # characters a sentence may have together with the one it leans on
_SEVERAL_SENTENCES = 420  # characters of all sentences quoted together
_NEAR_AS_GOOD = 8  # candidates looked at for more of the same section
_AS_GOOD = 0.06  # how far their score may lie below the best
_SHOWN = 10  # items of a list before the rest is counted
_LEANS = re.compile(
    r"^(?:this|that|these|those|it|its|they|their|such|he|she|also|however|instead|otherwise|then|if so|for example"
    r"|in (?:this|that|these|such) cases?)\b",
    re.I,
)
_INTRODUCES = re.compile(r"[:,]\s*$|\b(?:following|below|as follows|these|listed)\b[^.]*\.?\s*$", re.I)
_LIST_KINDS = frozenset({"list", "count", "steps", "howto"})


def answer_from(candidate: Candidate, frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The finding a list item, a labelled item, a sentence or a code block gives."""
    fact = candidate.fact
    if fact.kind in ("item", "pair") and fact.group is not None:
        whole = list_of(candidate, frame, evidence, view)
        if whole is not None:
            return whole
    if fact.kind == "pair":
        return labelled(candidate)
    if fact.kind == "step":
        return flow(candidate, view)
    if fact.kind == "code":
        return code(candidate, view)
    return sentence(candidate, frame, evidence, view)


def labelled(candidate: Candidate) -> Finding:
    """A `Label: value` item, under its heading."""
    fact = candidate.fact
    return Finding("pair", {"label": fact_label(fact, "label"), "value": value(fact)}, [candidate], candidate.exact > 0)


def sentence(candidate: Candidate, frame: Frame, evidence: Evidence, view: View) -> Finding:
    """The sentence itself, with its neighbour when it leans on it (`This …`), and what else the section says to the question."""
    fact = candidate.fact
    if fact.kind == "sentence" and _INTRODUCES.search(fact.value):  # what it introduces is the answer
        following = _introduced(fact, view)
        if following:
            return Finding(
                "list",
                {"lead": value(fact), **_items(following, view)},
                [candidate],
            )
    if fact.value.rstrip().endswith("?"):  # the text asks it itself: what follows answers
        answer = next(
            (f for f in view.store.section_facts(fact.section) if f.span.start >= fact.span.end and f.kind in ("sentence", "item", "pair")),
            None,
        )
        if answer is not None and not answer.value.rstrip().endswith("?"):
            return Finding("sentence", {"sentences": [value(answer)]}, [candidate])
    if len(fact.value) > _LONG_ITEM and fact.kind == "item":
        return Finding("sentence", {"sentences": [part(fact, _best_sentence(fact, frame, view))]}, [candidate])
    chosen = {fact.id: fact}
    if fact.kind == "sentence" and _LEANS.match(fact.value) and fact.position:
        before = next((f for f in view.group(fact) if f.position == fact.position - 1), None)
        if before is not None and len(before.value) + len(fact.value) < _TWO_SENTENCES:
            chosen[before.id] = before
    used = [candidate]
    for other in evidence.candidates[:_NEAR_AS_GOOD]:
        size = sum(len(f.value) for f in chosen.values())
        same = other.fact.section == fact.section and other.fact.kind in ("sentence", "item", "pair") and other.fact.id not in chosen
        if (
            same
            and other.score >= candidate.score - _AS_GOOD
            and size + len(other.fact.value) <= _SEVERAL_SENTENCES
            and not other.fact.value.endswith(("?", ":"))
        ):
            chosen[other.fact.id] = other.fact
            used.append(other)
    quotes = [value(chosen[i]) for i in sorted(chosen)]
    return Finding("sentence", {"sentences": quotes}, used)


def _best_sentence(fact: Fact, frame: Frame, view: View) -> str:
    """The sentence of a long item that holds most of the question."""
    asked = {frame.tokens[p].stem for p in frame.content}
    pieces = [fact.value[a:b] for a, b in sentences(fact.value)]
    return max(pieces, key=lambda s: (len(asked & view.stems_of(s)), -len(s)), default=fact.value)


def _introduced(fact: Fact, view: View) -> list[Fact]:
    """The items or block right after a lead-in sentence."""
    after = [f for f in view.store.section_facts(fact.section) if f.span.start >= fact.span.end and f.kind != "step"]
    if not after or after[0].span.first_line - fact.span.last_line > 2:
        return []
    first = after[0]
    if first.kind not in ("item", "code") and first.label("label"):
        return _labelled_paragraphs(after)
    if first.kind not in ("item", "pair", "code"):
        return []
    if first.kind == "code":
        return [first]
    return [f for f in view.group(first) if f.kind in ("item", "pair")] if first.group is not None else []


def _labelled_paragraphs(facts: list[Fact]) -> list[Fact]:
    """Labelled paragraphs in a row, the first sentence of each."""
    found: list[Fact] = []
    for fact in takewhile(lambda f: f.kind in ("pair", "sentence") and f.label("label") is not None, facts):
        if not found or found[-1].label("label") != fact.label("label"):
            found.append(fact)
    return found


def siblings(fact: Fact, view: View) -> list[Fact]:
    """The items of the list a fact is in, those nested in them left out, in order."""
    return [f for f in view.group(fact) if f.kind in ("item", "pair") and f.depth == fact.depth]


def list_of(candidate: Candidate, frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The whole list an item is in, when the question asks for a list or several of its items answer."""
    fact = candidate.fact
    items = siblings(fact, view)
    if len(items) < 2:
        return None
    near = [c for c in evidence.candidates[:12] if c.fact.group == fact.group]
    in_items = any(candidate.where.get(p) in ("label", "value") for p in evidence.worth)
    alike = [c for c in near if c.score >= candidate.score - 0.08]
    ordered = fact.ordered and frame.kind in ("howto", "steps", "list")
    asks = frame.kind in _LIST_KINDS and (len(alike) >= 2 or not in_items or ordered)
    if not (asks or len(alike) >= 3 or (not in_items and len(items) <= _SHOWN)):
        return None
    found = whole(candidate, view)
    if found is not None:
        found.deciding = [candidate, *near]
    return found


def whole(candidate: Candidate, view: View) -> Finding | None:
    """The list an item is in, with its lead-in; None for a lone item."""
    fact = candidate.fact
    items = siblings(fact, view)
    if len(items) < 2:
        return None
    lead = fact_label(fact, "lead") or fact_label(fact, "parent")
    return Finding("steps" if fact.ordered else "list", {"lead": lead, **_items(items, view)}, [candidate])


def _items(facts: list[Fact], view: View) -> dict[str, object]:
    """Items for a list, each followed by the items nested under it; what is beyond the first few is counted."""
    below: dict[int, list[Fact]] = {}
    for fact in view.store.section_facts(facts[0].section):
        over = next((x.span for x in fact.labels if x.role == "parent" and x.span is not None), None)
        if over is not None and fact.kind in ("item", "pair"):
            below.setdefault(over.start, []).append(fact)
    listed = [f for item in facts for f in (item, *below.get(item.span.start, ()))]
    return {"items": [_item(f) for f in listed[:_SHOWN]], "left": max(0, len(listed) - _SHOWN)}


def _item(fact: Fact) -> dict[str, object]:
    return {"label": fact_label(fact, "label"), "value": value(fact)}


def flow(candidate: Candidate, view: View) -> Finding | None:
    """A flow in order."""
    steps = [f for f in view.group(candidate.fact) if f.kind == "step"]
    if not steps:
        return None
    owner = view.owner(steps[0])
    return Finding("flow", {"owner": name(owner) if owner else None, "steps": [value(f) for f in steps]}, [candidate], candidate.exact > 0)


def code(candidate: Candidate, view: View) -> Finding:
    """A code block, with the sentence before it if there is one."""
    fact = candidate.fact
    before = [f for f in view.store.section_facts(fact.section) if f.kind == "sentence" and f.span.end <= fact.span.start]
    lead = before[-1] if before and fact.span.first_line - before[-1].span.last_line <= 2 else None
    return Finding("code", {"lead": value(lead) if lead else None, "code": value(fact)}, [candidate])
