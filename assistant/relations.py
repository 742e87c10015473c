"""Answers that join several facts: definitions, comparisons, counterparts, membership, flows, counts, cards.

Everything here starts from names the question was tied to, so it needs no guess about meaning; what cannot
be found so is left to the ranked evidence.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from assistant.finding import Finding, fact_label, name, part, value
from assistant.frame import Frame
from assistant.language import language
from assistant.mentions import Tie
from assistant.prose import siblings
from assistant.retrieval import Candidate, Evidence
from assistant.view import View
from assistant.wording import Echo, Figure, Quote
from corpus.chunking import bare_heading
from corpus.models import Fact
from corpus.words import key, stems

_MOST_ASPECTS = 24
_FEWEST_ATTRIBUTES, _MOST_ATTRIBUTES = 3, 60  # fewer names do not tell meanings apart; more are not attributes
_ATTRIBUTE_MEANT = 0.34  # cosine of the question without its thing and an attribute's name; asked for something else it stays below 0.25
_ATTRIBUTE_LEAD = 0.04
_SECTION_ITEMS = 10
_REASON_SHARE = 0.6  # share of the question that a decision row must hold before its reason is the reason asked for
_FLOW_WITHIN = 25  # candidates among which a flow or a numbered list has to be
_CARD_LINES = 6
_ENUMERATION = 0.6  # share of a value that its names make up when it is a list of them
_SAYS_WHAT = re.compile(
    r"\b(?:is|are) (?:an?|the|one|any|another|when|where|how|what)\b|\b(?:means?|refers? to|stands? for|denotes?)\b", re.I
)
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
    said = [c for c in evidence.candidates if c.fact.kind in ("sentence", "item", "pair") and pattern.search(c.fact.value)]
    sentences = [c for c in said if _SAYS_WHAT.search(c.fact.value)]
    pairs = [
        f
        for f in filed_under(tie, view, ("label",))
        if f.kind == "pair" and key(f.label("label") or "") == tie.key and len(stems(f.value)) > 2
    ]
    if sentences:
        return Finding("sentence", {"sentences": [value(sentences[0].fact)]}, [sentences[0]], True, {tie.key: "entity"})
    if len(pairs) == 1 or (pairs and not view.is_thing(tie.key)):
        return Finding(
            "pair",
            {"label": fact_label(pairs[0], "label"), "value": value(pairs[0])},
            _scored(evidence, pairs[:1]),
            True,
            {tie.key: "entity"},
        )
    for section in dict.fromkeys(e.section for e in tie.entries if e.role == "heading" and e.key == tie.key):
        body = [f for f in view.store.section_facts(section) if f.kind in ("sentence", "item", "pair")]
        first = [f for f in body if f.kind == "sentence"][:2]
        if first:
            quotes = first if len(first[0].value) < 120 and len(first) > 1 and first[1].group == first[0].group else first[:1]
            return Finding(
                "definition",
                {"name": label_heading(view, section), "value": value(quotes[0])},
                _scored(evidence, quotes),
                True,
                {tie.key: "entity"},
            )
    if said:
        return Finding("sentence", {"sentences": [value(said[0].fact)]}, said[:1], True, {tie.key: "entity"})
    return None


def label_heading(view: View, section: int) -> Quote | None:
    """The heading of a section as an uncited quote beside a cited value."""
    heading = view.heading_fact(section)
    return Quote(bare_heading(heading.value), heading.document, heading.span) if heading else None


# ---------------------------------------------------------------- comparison


def comparison(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """One aligned table from every place that speaks of all the things compared, a citation per cell."""
    sides = things(frame, view)
    if len(sides) < 2:
        return None
    keys = list(dict.fromkeys(t.key for t in sides))
    if len(keys) < 2:
        return None
    aspects: dict[tuple[str, int, str], dict[str, Fact]] = defaultdict(dict)
    labels: dict[tuple[str, int, str], Quote | None] = {}
    for tie in sides:
        for fact in _facts_of(tie, view):
            attribute = view.attribute(fact)
            if attribute is None:
                continue
            place = (attribute.text, fact.table if fact.table is not None else -1 - (fact.group or 0), fact.document)
            aspects[place].setdefault(tie.key, fact)
            labels.setdefault(place, name(attribute))
    shared = {place: cells for place, cells in aspects.items() if len(cells) == len(keys)}
    partly = [place for place in aspects if place not in shared]
    rest = _others(frame, sides)
    if rest:
        wanted = {frame.tokens[p].stem for p in rest}
        told = {
            place: len(wanted & view.stems_of(" ".join((place[0], *view.path(next(iter(cells.values())))))))
            for place, cells in shared.items()
            if wanted & view.stems_of(place[0])
        }
        narrowed = {place: shared[place] for place, many in told.items() if many == max(told.values())}
        if narrowed:
            shared, partly = narrowed, []
        elif shared and evidence.candidates:
            top = next(
                (c for c in evidence.candidates if any(c.fact.id == f.id for cells in shared.values() for f in cells.values())), None
            )
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
        "names": [Echo(n) for n in names],
        "rows": rows,
        "both": [{"label": fact_label(f, "label"), "value": value(f)} for f in both],
        "left": sorted({place[0] for place in partly}),
    }
    roles = dict.fromkeys(keys, "entity")
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


def attribute_by_meaning(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The attribute of a named thing that the rest of the question means, by the names of the attributes alone.

    The thing is taken out of the question first: it is in every candidate, and would drown what is asked.
    """
    named = things(frame, view)
    if len({t.key for t in named}) != 1 or not _others(frame, named):
        return None
    tie = named[0]
    facts = _facts_of(tie, view)
    labels = list(dict.fromkeys(a.text for f in facts if (a := view.attribute(f)) is not None))
    if len(labels) < _FEWEST_ATTRIBUTES or len(labels) > _MOST_ATTRIBUTES:
        return None
    first, last = frame.tokens[tie.start], frame.tokens[tie.end - 1]
    rest = f"{frame.text[: first.start]}it{frame.text[last.end :]}"
    similar = view.label_similarity(rest, tuple(labels))
    order = sorted(range(len(labels)), key=lambda i: (-similar[i], i))
    lead = similar[order[0]] - similar[order[1]]
    if similar[order[0]] < _ATTRIBUTE_MEANT or lead < _ATTRIBUTE_LEAD:
        return None
    meant = [f for f in facts if (a := view.attribute(f)) is not None and a.text == labels[order[0]]]
    candidates = _scored(evidence, meant[:1])
    owner, attribute = view.owner(meant[0]), view.attribute(meant[0])
    slots = {"owner": name(owner) if owner else None, "attribute": name(attribute) if attribute else None, "value": value(meant[0])}
    # A word the chosen name holds was tied by that word, and then the words beside it still have to be found.
    if frame.focus in frame.unknown:
        return None  # *which licence*: the very noun asked for is unknown
    return Finding("cell", slots, candidates, True, {tie.key: "entity"}, meant=meant_beside(frame, labels[order[0]], view))


def meant_beside(frame: Frame, label: str, view: View) -> tuple[int, ...]:
    """Places of the question that a name of an attribute covers by meaning: all but those that narrow it.

    In *security tools* and *tools for security* an unknown word narrows a name that is there, and has to be found itself.
    """
    held = view.stems_of(label)
    literal = [i for i, t in enumerate(frame.tokens) if t.stem in held]
    after_for = next((i for i, t in enumerate(frame.tokens) if literal and i > literal[-1] and t.word == "for"), len(frame.tokens))
    return tuple(p for p in frame.content if p not in frame.unknown or not literal or not (p + 1 in literal or p > after_for))


def _facts_of(tie: Tie, view: View) -> list[Fact]:
    """What is said of a thing, one fact per attribute and place; decision rows and steps left out."""
    found = []
    for fact in filed_under(tie, view):
        owner = view.owner(fact)
        if owner is None or key(owner.text) != tie.key or fact.kind == "step" or fact.column == 0:
            continue
        if fact.table is not None and view.table(fact.table).decision:
            continue
        found.append(fact)
    return found


def reason(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The reason a decision row gives, for the row or the recommendation the question names."""
    best: list[tuple[float, Fact]] = []
    for candidate in evidence.candidates:
        fact = candidate.fact
        if fact.table is None or fact.row is None:
            continue
        decided = view.table(fact.table).decision
        if not decided or decided[2] is None:
            continue
        row = {c.column: c for c in view.row(fact)}
        why, what, when = row.get(decided[2]), row.get(decided[1]), row.get(decided[0])
        if why is None or what is None or when is None:
            continue
        held = view.stems_of(f"{what.value} {when.value} {why.value}")
        share = sum(w for p, w in evidence.worth.items() if frame.tokens[p].stem in held)
        if share >= _REASON_SHARE:
            best.append((share + 0.2 * candidate.dense, why))
    if not best:
        return None
    best.sort(key=lambda pair: (-pair[0], pair[1].id))
    why = best[0][1]
    decided = view.table(why.table).decision if why.table is not None else None
    if decided is None:
        return None
    row = {c.column: c for c in view.row(why)}
    asked = {t.key for t in things(frame, view)}
    given = {key(n) for n in row[decided[1]].names}
    slots = {"what": value(row[decided[1]]), "when": value(row[decided[0]]), "why": value(why)}
    scored = _scored(evidence, [why, row[decided[0]], row[decided[1]]])
    if asked and not asked & given:
        return Finding("decision", slots, scored, True, corrected=True)
    return Finding("decision", slots, scored, True)


def section(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What stands under a heading the question names: its list, its labelled subsections, or its first sentences."""
    named = [t for t in frame.content_ties() if "heading" in t.roles]
    if not named:
        return None
    tie = max(named, key=lambda t: (t.end - t.start, len(t.key)))
    rest = {frame.tokens[p].stem for p in _others(frame, [tie])}
    sections = [
        s
        for s in dict.fromkeys(e.section for e in tie.entries if e.role == "heading")
        if rest <= view.stems_of(" ".join(view.section(s).path))
    ]
    if not sections:
        return None
    facts = [f for f in view.store.section_facts(sections[0]) if f.kind != "heading"]
    items = [f for f in facts if f.kind in ("item", "pair") and f.depth == 0 and f.group is not None]
    scored = {c.fact.id: c for c in evidence.candidates}
    roles = {tie.key: "topic"}
    if items:
        group = [f for f in items if f.group == items[0].group]
        shown = [{"label": fact_label(f, "label"), "value": value(f)} for f in group[:_SECTION_ITEMS]]
        lead = fact_label(group[0], "lead") or label_heading(view, sections[0])
        slots = {"lead": lead, "items": shown, "left": len(group) - len(shown)}
        return Finding(
            "steps" if group[0].ordered else "list",
            slots,
            [scored.get(f.id) or Candidate(f, cover=1.0, score=1.0) for f in group],
            True,
            roles,
        )
    sentences = [f for f in facts if f.kind == "sentence"][:2]
    if sentences:
        return Finding("sentence", {"sentences": [value(f) for f in sentences]}, _scored(evidence, sentences), True, roles)
    return None


def overlap(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What the text says of two things together: when both are needed, and what they share."""
    keys = list(dict.fromkeys(t.key for t in things(frame, view)))
    pair = [t for t in frame.content_ties() if "label" in t.roles and not view.is_thing(t.key)]
    if not keys and pair:  # `A + B` is one name in the question
        keys = [key(part) for part in pair[0].name.split(" + ") if view.is_thing(key(part))]
    facts = together(keys, view) if len(keys) > 1 else [f for t in pair for f in filed_under(t, view, ("label",))]
    items: list[dict[str, object]] = []
    if len(keys) > 1:
        for row in _recommending(keys, view):
            items.append({"label": value(row["what"]), "value": value(row["when"]), "why": value(row["why"]) if row.get("why") else None})
            facts = [*list(row.values()), *facts]
    items += [{"label": fact_label(f, "label"), "value": value(f), "why": None} for f in facts if f.kind != "cell"]
    if not items:
        return None
    if len(items) == 1 and items[0]["why"] is None:
        return Finding("pair", items[0], _scored(evidence, facts), True)
    return Finding("together", {"items": items}, _scored(evidence, facts), True, dict.fromkeys(keys, "entity"))


def _recommending(keys: list[str], view: View) -> list[dict[str, Fact]]:
    """Decision rows that recommend all the things at once."""
    rows: dict[tuple[int, int], dict[str, Fact]] = {}
    for entry in view.entries(keys[0]):
        if entry.fact is None or entry.role != "name":
            continue
        fact = view.fact(entry.fact)
        decided = view.table(fact.table).decision if fact.table is not None else None
        if decided and fact.column == decided[1] and {key(n) for n in fact.names} >= set(keys):
            cells = {c.column: c for c in view.row(fact)}
            found = {"what": fact, "when": cells[decided[0]]}
            if decided[2] is not None and decided[2] in cells:
                found["why"] = cells[decided[2]]
            rows[fact.table or 0, fact.row or 0] = found
    return list(rows.values())


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
        "name": part(first, named[0].name) if named[0].name in first.value else value(first),
        "owner": name(owner) if owner else None,
        "attribute": name(attribute) if attribute else None,
        "others": [{"owner": name(o) if (o := view.owner(f)) else None, "value": value(f)} for f in mine],
    }
    return Finding("counterpart", slots, _scored(evidence, [*mine, first]), True, {named[0].key: "value"})


def belonging(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Where a name is listed: under which thing, as what; for yes/no questions, whether it is where the question says."""
    named = [t for t in frame.content_ties() if "name" in t.roles and not t.roles & {"row", "column", "label"}]
    if not named:
        return None
    tie = max(named, key=lambda t: (t.end - t.start, len(t.key)))
    facts = list(_holders(tie, view))
    cells = [f for f in facts if f.table is not None and any(key(n) == tie.key for n in f.names) and enumerates(f)]
    if not cells:
        return None
    asked = [t for t in things(frame, view) if t.key != tie.key]
    if len(asked) > 1 and re.search(r"\bor\b", frame.text):
        asked = []  # a choice among them is asked for, not whether one of them holds
    rest = list(_others(frame, [tie, *asked]))
    aspect = next(
        (t for t in frame.content_ties() if t.roles & {"row", "column"} and not view.is_thing(t.key) and not _under(t, cells)), None
    )
    if frame.kind == "yesno" and aspect is not None and not asked and not [p for p in rest if not aspect.start <= p < aspect.end]:
        slots = _listed(tie, None, cells, view) | {"attribute": Echo(aspect.name)}
        return Finding("member_no", slots, _scored(evidence, cells), True, {tie.key: "value", aspect.key: "attribute"})
    inside = [t for t in frame.content_ties() if t.roles & {"row", "column"} and not view.is_thing(t.key) and _under(t, cells)]
    if (
        frame.kind == "yesno"
        and inside
        and not asked
        and not frame.negated
        and not [p for p in rest if not any(t.start <= p < t.end for t in inside)]
    ):
        under = [c for c in cells if all(_under(t, [c]) for t in inside)]
        if under:
            slots = _listed(tie, None, under, view)
            return Finding("member_yes", slots, _scored(evidence, under), True, {tie.key: "value", inside[0].key: "attribute"})
    if asked:
        mine = [f for f in cells if (o := view.owner(f)) and key(o.text) in {t.key for t in asked}]
        roles = {tie.key: "value", asked[0].key: "entity"}
        if frame.kind == "why" and not mine:
            slots = _listed(tie, asked[0], cells, view)
            instead = [
                c
                for cell in cells
                for c in (view.row(cell) if view.table(cell.table or 0).entities == "columns" else view.column(cell))
                if (o := view.owner(c)) and key(o.text) == asked[0].key and c.column
            ]
            if instead:
                slots["instead"] = value(instead[0])
            return Finding("member_no", slots, _scored(evidence, [*cells, *instead[:1]]), True, roles, corrected=True)
        if frame.kind != "yesno" or [p for p in rest if not _category(frame.tokens[p].stem, cells, view)]:
            return None
        shown = mine or cells
        if frame.negated:  # *is it not …*: yes and no would mean either
            return Finding("belongs", _listed(tie, None, cells, view) | {"mentions": []}, _scored(evidence, cells), True, roles)
        return Finding("member_yes" if mine else "member_no", _listed(tie, asked[0], shown, view), _scored(evidence, shown), True, roles)
    if frame.negated and frame.kind not in ("yesno", "why"):
        return _without(tie, cells, evidence, view)
    if frame.kind in ("which", "belongs", "keyword", "definition", "attribute", "decision", "yesno"):
        if rest and not all(_category(frame.tokens[p].stem, cells, view) for p in rest):
            return None
        mentions = [f for f in facts if f.table is None][:2]
        slots = _listed(tie, None, cells, view)
        slots["mentions"] = [value(f) for f in mentions]
        return Finding("belongs", slots, _scored(evidence, [*cells, *mentions]), True, {tie.key: "value"})
    return None


def _under(tie: Tie, cells: list[Fact]) -> bool:
    """Whether any of the cells stands under the row or column of that name."""
    return any(key(x.text) == tie.key for f in cells for x in f.labels)


def _without(tie: Tie, cells: list[Fact], evidence: Evidence, view: View) -> Finding | None:
    """The things of the same table that do not list the name."""
    table = view.table(cells[0].table or 0)
    holders = {key(o.text) for c in cells if (o := view.owner(c))}
    others = [t for t in view.things_of(table) if key(t) not in holders]
    if not others:
        return None
    mine = [c for c in cells if c.table == table.id]
    line = view.row(cells[0]) if table.entities == "columns" else view.column(cells[0])
    shown = [c for c in line if (o := view.owner(c)) and key(o.text) not in holders and c.column]
    if not shown:
        return None
    places = [{"owner": name(o) if (o := view.owner(c)) else None, "value": value(c)} for c in shown]
    owners = {key(o.text): name(o) for c in mine if (o := view.owner(c))}
    slots = {
        "name": part(cells[0], tie.name) if tie.name in cells[0].value else Echo(tie.name),
        "owners": [o for o in owners.values() if o is not None],
        "places": places,
    }
    return Finding("not_held", slots, _scored(evidence, [*cells, *shown]), True, {tie.key: "value"})


def enumerates(fact: Fact) -> bool:
    """Whether a value is a list of names rather than a sentence that mentions one."""
    apart = [n for n in fact.names if n in fact.value]
    return sum(len(n) for n in apart) >= _ENUMERATION * len(fact.value)


def _category(stem: str, cells: list[Fact], view: View) -> bool:
    """Whether a word names the row, column or section these cells stand in (`tool` beside a Tools row)."""
    return any(stem in view.stems_of(" ".join([*(x.text for x in f.labels), *view.path(f)])) for f in cells)


def _listed(tie: Tie, asked: Tie | None, facts: list[Fact], view: View) -> dict[str, object]:
    places = []
    for fact in facts:
        owner, attribute = view.owner(fact), view.attribute(fact)
        places.append({"owner": name(owner) if owner else None, "attribute": name(attribute) if attribute else None, "value": value(fact)})
    return {
        "name": part(facts[0], tie.name) if tie.name in facts[0].value else Echo(tie.name),
        "asked": Echo(asked.name) if asked else None,
        "places": places,
        "attribute": None,
        "instead": None,
    }


# ---------------------------------------------------------------- flows, counts, cards


def step_order(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What comes after, before, first or last in a flow."""
    text = frame.text.lower()
    after, before = re.search(r"\b(?:after|follows|following|next)\b", text), re.search(r"\b(?:before|precedes|preceding)\b", text)
    first, last = re.search(r"\b(?:first|start\w*|begin\w*)\b", text), re.search(r"\b(?:last|final\w*|end\w*)\b", text)
    steps: list[Candidate] = [c for c in evidence.candidates if c.fact.kind == "step"]
    for tie in frame.content_ties():
        for entry in tie.entries:
            if (
                entry.fact is not None
                and entry.role == "name"
                and (fact := view.fact(entry.fact)).kind == "step"
                and all(c.fact.id != fact.id for c in steps)
            ):
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
            return Finding("step_none", {"step": value(here), "last": bool(after)}, [named[0]], True)
        return Finding("step_next", {"step": value(flow[at]), "here": value(here), "after": bool(after)}, [named[0]], True)
    flows = [c for c in evidence.candidates[:_FLOW_WITHIN] if _holds_flow(c.fact, view)]
    scope = max(flows, key=lambda c: (round(c.cover, 1), c.score, -c.fact.id), default=None)  # what is named decides, then what is near
    if scope is None:
        return _ordered(evidence, view, first=bool(first), last=bool(last))
    flow = _flow_of(scope.fact, view)
    owner = view.owner(flow[0])
    if first or last:
        return Finding(
            "step_edge",
            {"step": value(flow[0] if first else flow[-1]), "first": bool(first), "owner": name(owner) if owner else None},
            [scope],
            scope.exact > 0,
        )
    whole = (
        scope.fact
        if scope.fact.kind != "step"
        else next(
            (
                f
                for f in view.store.section_facts(scope.fact.section)
                if f.kind != "step" and f.span.start <= flow[0].span.start and flow[-1].span.end <= f.span.end
            ),
            None,
        )
    )
    shown = [value(whole)] if whole is not None and whole.kind == "cell" else [value(f) for f in flow]
    return Finding("flow", {"owner": name(owner) if owner else None, "steps": shown}, [scope], scope.exact > 0)


def ordered_list(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The numbered list that puts the things asked about in an order."""
    text = frame.text.lower()
    first = bool(re.search(r"\bfirst\b|\bstart\b|\bbegin\b", text)) and not re.search(r"\border\b|\bsequence\b", text)
    named = {t.key for t in things(frame, view)}
    best: tuple[float, Candidate] | None = None
    seen: set[int] = set()
    for candidate in evidence.candidates:
        fact = candidate.fact
        if not fact.ordered or fact.kind not in ("item", "pair") or fact.group is None or fact.group in seen:
            continue
        seen.add(fact.group)
        held = {key(n) for f in view.group(fact) for n in f.names}
        share = len(named & held) / len(named) if named else 0.0
        if named and share < 1.0:
            continue
        if best is None or share + candidate.score > best[0]:
            best = (share + candidate.score, candidate)
    if best is None:
        return None
    found = _list_as_order(best[1], view, first=first, last=bool(re.search(r"\blast\b", text)))
    found.bound = bool(named)
    found.roles = dict.fromkeys(named, "entity")
    found.meant = tuple(_others(frame, things(frame, view)))
    return found


def _ordered(evidence: Evidence, view: View, *, first: bool, last: bool) -> Finding | None:
    """A numbered list taken as an order: whole, or its first or last item."""
    scope = next((c for c in evidence.candidates[:_FLOW_WITHIN] if c.fact.ordered and c.fact.kind in ("item", "pair")), None)
    return _list_as_order(scope, view, first=first, last=last) if scope is not None else None


def _list_as_order(scope: Candidate, view: View, *, first: bool, last: bool) -> Finding:
    items = siblings(scope.fact, view)
    if first or last:
        return Finding("step_edge", {"step": value(items[0] if first else items[-1]), "first": first, "owner": None}, [scope])
    shown = [{"label": fact_label(f, "label"), "value": value(f)} for f in items[:_SECTION_ITEMS]]
    return Finding("steps", {"lead": fact_label(scope.fact, "lead"), "items": shown, "left": len(items) - len(shown)}, [scope])


def _flow_of(fact: Fact, view: View) -> list[Fact]:
    if fact.kind == "step":
        return [f for f in view.group(fact) if f.kind == "step"]
    inside = [
        f
        for f in view.store.section_facts(fact.section)
        if f.kind == "step" and fact.span.start <= f.span.start and f.span.end <= fact.span.end
    ]
    return sorted(inside, key=lambda f: f.position)


def _holds_flow(fact: Fact, view: View) -> bool:
    return fact.kind == "step" or (("→" in fact.raw or "->" in fact.raw) and bool(_flow_of(fact, view)))


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
        items = [Quote(q.text, q.document, q.span, i["value"].fact) for q, i in zip(items, finding.slots["items"], strict=True)]
        if finding.slots["left"]:
            return None
    elif finding.shape in ("row", "column") and not finding.slots["left"]:
        items = [
            Quote(c["label"].text, c["label"].document, c["label"].span, c["value"].fact) for c in finding.slots["cells"] if c["label"]
        ]
    if len(items) < 2:
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
    for fact in _facts_of(tie, view):
        attribute = view.attribute(fact)
        if attribute is None or len(lines) >= _CARD_LINES:
            continue
        if attribute.text not in lines:
            lines[attribute.text] = {"label": name(attribute), "value": value(fact)}
            facts.append(fact)
    if not lines:
        return None
    return Finding("card", {"name": Echo(tie.name), "lines": list(lines.values())}, _scored(evidence, facts), True, {tie.key: "entity"})
