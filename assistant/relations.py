"""Answers that join several facts: definitions, comparisons, counterparts, membership, flows, counts, cards.

Everything here starts from names the question was tied to, so it needs no guess about meaning; what cannot
be found so is left to the ranked evidence.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from assistant.finding import Finding, distinct, fact_label, label, name, part, value
from assistant.frame import Frame
from assistant.language import language
from assistant.mentions import Tie
from assistant.retrieval import Candidate, Evidence
from assistant.view import View
from assistant.wording import Echo, Figure, Quote
from corpus.models import Fact
from corpus.words import key, stems

_MOST_ASPECTS = 24
_COPULA = r"(?:is|are|means?|refers? to|stands? for|describes?|denotes?)"


def things(frame: Frame, view: View) -> list[Tie]:
    """The names in the question that the knowledge base describes."""
    return [t for t in frame.content_ties() if view.is_thing(t.key)]


def filed_under(tie: Tie, view: View, roles: Iterable[str] = ("row", "column", "label")) -> list[Fact]:
    """Facts that carry the name as one of their labels, in the order of the files."""
    wanted = set(roles)
    ids = sorted({e.fact for e in tie.entries if e.fact is not None and e.role in wanted})
    return view.store.facts(ids)


def _others(frame: Frame, used: Iterable[Tie]) -> list[int]:
    """Content places outside the given names."""
    taken = {p for t in used for p in range(t.start, t.end)}
    return [p for p in frame.content if p not in taken]


def _scored(evidence: Evidence, facts: Iterable[Fact]) -> list[Candidate]:
    known = {c.fact.id: c for c in evidence.candidates}
    return [known.get(f.id) or Candidate(f, cover=1.0, exact=1, score=1.0) for f in facts]


# ---------------------------------------------------------------- definition


def definition(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What something is: a definition cell, a glossary entry, a sentence that says so, the text under its heading."""
    asked = [t for t in frame.content_ties() if t.roles & {"row", "column", "label", "heading", "name", "term"}]
    if not asked:
        return None
    tie = max(asked, key=lambda t: (t.end - t.start, len(t.key)))
    rest = [p for p in _others(frame, [tie]) if not language().label_is(frame.tokens[p].word, "definition")]
    if rest:
        return None
    for fact in filed_under(tie, view, ("row", "column")):
        attribute = view.attribute(fact)
        owner = view.owner(fact)
        if attribute and owner and key(owner.text) == tie.key and fact.column and language().label_is(attribute.text, "definition"):
            return Finding("definition", {"name": name(owner), "value": value(fact)}, _scored(evidence, [fact]), True, {tie.key: "entity"})
    pattern = re.compile(rf"^(?:(?:an?|the)\s+)?{re.escape(tie.name)}(?:\s*\([^)]*\))?\s+{_COPULA}\b", re.I)
    sentences = [c for c in evidence.candidates if c.fact.kind in ("sentence", "item", "pair") and pattern.search(c.fact.value)]
    pairs = [f for f in filed_under(tie, view, ("label",)) if f.kind == "pair" and key(f.label("label") or "") == tie.key and len(stems(f.value)) > 2]  # noqa: PLR2004
    if sentences:
        return Finding("sentence", {"sentences": [value(sentences[0].fact)]}, [sentences[0]], True, {tie.key: "entity"})
    if len(pairs) == 1 or (pairs and not view.is_thing(tie.key)):
        return Finding("pair", {"label": fact_label(pairs[0], "label"), "value": value(pairs[0])}, _scored(evidence, pairs[:1]), True, {tie.key: "entity"})
    for section in dict.fromkeys(e.section for e in tie.entries if e.role == "heading"):
        body = [f for f in view.store.section_facts(section) if f.kind in ("sentence", "item", "pair")]
        first = [f for f in body if f.kind == "sentence"][:2]
        if first and key(view.section(section).path[-1]) == tie.key:
            quotes = first if len(first[0].value) < 120 and len(first) > 1 and first[1].group == first[0].group else first[:1]  # noqa: PLR2004
            return Finding("definition", {"name": label_heading(view, section, first[0]), "value": value(quotes[0])}, _scored(evidence, quotes), True, {tie.key: "entity"})
    return None


def label_heading(view: View, section: int, beside: Fact) -> Quote | None:
    """The heading of a section as an uncited quote beside a cited value."""
    heading = view.heading_fact(section)
    return Quote(heading.value, heading.document, heading.span) if heading else None


# ---------------------------------------------------------------- comparison


def comparison(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """One aligned table from every place that speaks of all the things compared, a citation per cell."""
    sides = things(frame, view)
    if len(sides) < 2:  # noqa: PLR2004
        return None
    keys = list(dict.fromkeys(t.key for t in sides))
    if len(keys) < 2:  # noqa: PLR2004
        return None
    aspects: dict[tuple[str, int, str], dict[str, Fact]] = defaultdict(dict)
    labels: dict[tuple[str, int, str], Quote | None] = {}
    for tie in sides:
        for fact in filed_under(tie, view):
            owner, attribute = view.owner(fact), view.attribute(fact)
            if owner is None or attribute is None or key(owner.text) != tie.key or fact.kind == "step" or fact.column == 0:
                continue
            if fact.table is not None and view.table(fact.table).decision:
                continue
            place = (attribute.text, fact.table if fact.table is not None else -1 - (fact.group or 0), fact.document)
            aspects[place].setdefault(tie.key, fact)
            labels.setdefault(place, name(attribute))
    shared = {place: cells for place, cells in aspects.items() if len(cells) == len(keys)}
    partly = [place for place in aspects if place not in shared]
    rest = _others(frame, sides)
    if rest:
        wanted = {frame.tokens[p].stem for p in rest}
        narrowed = {place: cells for place, cells in shared.items() if wanted & view.stems_of(place[0])}
        if narrowed:
            shared, partly = narrowed, []
        elif shared and evidence.candidates:
            top = next((c for c in evidence.candidates if any(c.fact.id == f.id for cells in shared.values() for f in cells.values())), None)
            share = sum(evidence.worth.get(p, 0.0) for p in rest if top and p in top.where)
            if top is None or share <= 0:
                return None
            shared = {place: cells for place, cells in shared.items() if top.fact in cells.values()}
    if not shared:
        return None
    by_key = {t.key: t for t in reversed(sides)}
    rows = [
        {"aspect": labels[place], "cells": [value(cells[k]) for k in keys], "same": len({key(cells[k].value) for k in keys}) == 1}
        for place, cells in list(shared.items())[:_MOST_ASPECTS]
    ]
    names = [by_key[k].name for k in keys]
    facts = [f for cells in shared.values() for f in cells.values()]
    both = together(keys, view)
    slots = {
        "names": [Echo(n) for n in names], "rows": rows, "both": [{"label": fact_label(f, "label"), "value": value(f)} for f in both],
        "left": sorted({place[0] for place in partly}),
    }  # fmt: skip
    roles = {k: "entity" for k in keys}
    return Finding("compare" if len(rows) > 1 else "compare_one", slots, _scored(evidence, facts), True, roles)


def together(keys: list[str], view: View) -> list[Fact]:
    """Facts filed under the things as a pair (`A + B`), in any order."""
    found: dict[int, Fact] = {}
    for first in keys:
        for second in keys:
            if first != second:
                for entry in view.entries(first + second):
                    if entry.fact is not None and entry.role == "label":
                        found[entry.fact] = view.fact(entry.fact)
    return [found[i] for i in sorted(found)]


def overlap(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What the text says of two things together."""
    keys = list(dict.fromkeys(t.key for t in things(frame, view)))
    pair = [t for t in frame.content_ties() if t.roles & {"label"} and not view.is_thing(t.key)]
    facts = together(keys, view) if len(keys) > 1 else [f for t in pair for f in filed_under(t, view, ("label",))]
    if not facts:
        return None
    items = [{"label": fact_label(f, "label"), "value": value(f)} for f in facts]
    if len(items) == 1:
        return Finding("pair", items[0], _scored(evidence, facts), True)
    return Finding("list", {"lead": None, "items": items, "left": 0}, _scored(evidence, facts), True)


# ---------------------------------------------------------------- counterpart, membership


def _holders(tie: Tie, view: View) -> list[Fact]:
    """Facts whose value enumerates the name."""
    ids = sorted({e.fact for e in tie.entries if e.fact is not None and e.role == "name"})
    return [f for f in view.store.facts(ids) if f.kind not in ("heading", "step") and f.column != 0]


def counterpart(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The same row, the other column: what one thing has where another has the named one."""
    named = [t for t in frame.content_ties() if "name" in t.roles and not view.is_thing(t.key)]
    others = things(frame, view)
    if not named:
        return None
    cells = [f for t in named for f in _holders(t, view) if f.table is not None and not view.table(f.table).decision]
    cells.sort(key=lambda f: (len(f.names), f.id))
    found = []
    for cell in cells:
        if cell.table is None:
            continue
        columns = view.table(cell.table).entities == "columns"
        line = view.row(cell) if columns else view.column(cell)
        owner = view.owner(cell)
        for other in line:
            theirs = view.owner(other)
            if other.id == cell.id or theirs is None or other.column == 0:
                continue
            if others and key(theirs.text) not in {t.key for t in others}:
                continue
            if owner is not None and key(theirs.text) == key(owner.text):
                continue
            found.append((cell, other))
    if not found:
        return None
    first = found[0][0]
    mine = [other for cell, other in found if cell.id == first.id]
    owner, attribute = view.owner(first), view.attribute(first)
    slots = {
        "name": part(first, named[0].name) if named[0].name in first.value else value(first), "owner": name(owner) if owner else None, "attribute": name(attribute) if attribute else None,
        "others": [{"owner": name(o) if (o := view.owner(f)) else None, "value": value(f)} for f in mine],
    }  # fmt: skip
    return Finding("counterpart", slots, _scored(evidence, [*mine, first]), True, {named[0].key: "value"})


def belonging(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Where a name is listed: under which thing, as what; for yes/no questions, whether it is where the question says."""
    named = [t for t in frame.content_ties() if "name" in t.roles and not view.is_thing(t.key)]
    if not named:
        return None
    tie = max(named, key=lambda t: (t.end - t.start, len(t.key)))
    facts = [f for f in _holders(tie, view)]
    cells = [f for f in facts if f.table is not None and any(key(n) == tie.key for n in f.names)]
    if not cells:
        return None
    asked = [t for t in things(frame, view) if t.key != tie.key]
    rest = [p for p in _others(frame, [tie, *asked])]
    if frame.kind == "yesno" and asked:
        if [p for p in rest if not _category(frame.tokens[p].stem, cells, view)]:
            return None
        mine = [f for f in cells if (o := view.owner(f)) and key(o.text) in {t.key for t in asked}]
        shape = "member_yes" if mine else "member_no"
        shown = mine or cells
        return Finding(shape, _listed(tie, asked[0], shown, view), _scored(evidence, shown), True, {tie.key: "value", asked[0].key: "entity"}, corrected=False)
    if frame.kind in ("which", "keyword", "definition", "attribute", "decision") and not asked:
        if rest and not all(_category(frame.tokens[p].stem, cells, view) for p in rest):
            return None
        mentions = [f for f in facts if f.table is None][:2]
        slots = _listed(tie, None, cells, view)
        slots["mentions"] = [value(f) for f in mentions]
        return Finding("belongs", slots, _scored(evidence, [*cells, *mentions]), True, {tie.key: "value"})
    return None


def _category(stem: str, cells: list[Fact], view: View) -> bool:
    """Whether a word names the row, column or section these cells stand in (`tool` beside a Tools row)."""
    return any(stem in view.stems_of(" ".join([*(x.text for x in f.labels), *view.path(f)])) for f in cells)


def _listed(tie: Tie, asked: Tie | None, facts: list[Fact], view: View) -> dict[str, object]:
    places = []
    for fact in facts:
        owner, attribute = view.owner(fact), view.attribute(fact)
        places.append({"owner": name(owner) if owner else None, "attribute": name(attribute) if attribute else None, "value": value(fact)})
    return {"name": part(facts[0], tie.name) if tie.name in facts[0].value else Echo(tie.name), "asked": Echo(asked.name) if asked else None, "places": places}


# ---------------------------------------------------------------- flows, counts, cards


def step_order(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What comes after, before, first or last in a flow."""
    text = frame.text.lower()
    after, before = re.search(r"\b(?:after|follows|following|next)\b", text), re.search(r"\b(?:before|precedes|preceding)\b", text)
    first, last = re.search(r"\b(?:first|start\w*|begin\w*)\b", text), re.search(r"\b(?:last|final\w*|end\w*)\b", text)
    steps: list[Candidate] = [c for c in evidence.candidates if c.fact.kind == "step"]
    for tie in frame.content_ties():
        for entry in tie.entries:
            if entry.fact is not None and entry.role == "name" and (fact := view.fact(entry.fact)).kind == "step" and all(c.fact.id != fact.id for c in steps):
                steps.append(Candidate(fact, cover=1.0, exact=1, score=0.5))
    ties = {t.key for t in frame.content_ties()}
    named = [c for c in steps if key(c.fact.value) in ties]
    if (after or before) and named:
        asked = {t.key for t in things(frame, view)}
        named.sort(key=lambda c: (not (asked and (o := view.owner(c.fact)) is not None and key(o.text) in asked), -c.score, c.fact.id))
        here = named[0].fact
        flow = [f for f in view.group(here) if f.kind == "step"]
        at = here.position + (1 if after else -1)
        if not 0 <= at < len(flow):
            return Finding("step_none", {"step": value(here), "end": "last" if after else "first"}, [named[0]], True)
        return Finding("step_next", {"step": value(flow[at]), "here": value(here), "side": "after" if after else "before"}, [named[0]], True)
    scope = next((c for c in evidence.candidates if _holds_flow(c.fact, view)), None)
    if scope is None:
        return None
    flow = _flow_of(scope.fact, view)
    owner = view.owner(flow[0])
    if first or last:
        return Finding("step_edge", {"step": value(flow[0] if first else flow[-1]), "edge": "First" if first else "Last", "owner": name(owner) if owner else None}, [scope], scope.exact > 0)
    return Finding("flow", {"owner": name(owner) if owner else None, "steps": [value(f) for f in flow]}, [scope], scope.exact > 0)


def _flow_of(fact: Fact, view: View) -> list[Fact]:
    if fact.kind == "step":
        return [f for f in view.group(fact) if f.kind == "step"]
    inside = [f for f in view.store.section_facts(fact.section) if f.kind == "step" and fact.span.start <= f.span.start and f.span.end <= fact.span.end]
    return sorted(inside, key=lambda f: f.position)


def _holds_flow(fact: Fact, view: View) -> bool:
    return fact.kind == "step" or ("→" in fact.raw or "->" in fact.raw) and bool(_flow_of(fact, view))


def count(finding: Finding) -> Finding | None:
    """How many, from a finding that lists things: the number, the things, and where they stand."""
    items: list[Quote] = []
    if finding.shape == "cell":
        quote = finding.slots["value"]
        fact = quote.fact
        items = [part(fact, n) for n in fact.names if n in fact.value] if fact is not None else []
        items = [q for q in items if not any(q.text != o.text and q.text in o.text for o in items)]
    elif finding.shape in ("list", "steps"):
        items = [i["label"] or i["value"] for i in finding.slots["items"]]
        if finding.slots["left"]:
            return None
    elif finding.shape in ("row", "column") and not finding.slots["left"]:
        items = [c["label"] for c in finding.slots["cells"] if c["label"]]
    if len(items) < 2:  # noqa: PLR2004
        return None
    return Finding("count", {"number": Figure(len(items), tuple(items)), "items": items}, finding.deciding, finding.bound, finding.roles)


def card(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What is known of a bare name: its definition first, then one line per attribute."""
    asked = [t for t in frame.content_ties() if view.is_thing(t.key)]
    if len(asked) != 1 or _others(frame, asked):
        return None
    tie = asked[0]
    lines: dict[str, dict[str, object]] = {}
    facts = []
    for fact in filed_under(tie, view):
        owner, attribute = view.owner(fact), view.attribute(fact)
        if owner is None or attribute is None or key(owner.text) != tie.key or fact.kind == "step" or fact.column == 0 or len(lines) >= 6:  # noqa: PLR2004
            continue
        if fact.table is not None and view.table(fact.table).decision:
            continue
        if attribute.text not in lines:
            lines[attribute.text] = {"label": name(attribute), "value": value(fact)}
            facts.append(fact)
    if not lines:
        return None
    return Finding("card", {"name": Echo(tie.name), "lines": list(lines.values())}, _scored(evidence, facts), True, {tie.key: "entity"})


__all__ = ["belonging", "card", "comparison", "count", "counterpart", "definition", "distinct", "filed_under", "label", "overlap", "step_order", "things"]
