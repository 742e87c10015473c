"""Comparisons: two or more things beside each other, one aligned table from every place that speaks of all of them.

What only some of them have is named and left out; what the text says of them together is added.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from assistant.finding import Finding, fact_label, name, value
from assistant.frame import Frame
from assistant.language import language
from assistant.retrieval import Evidence
from assistant.things import facts_of, filed_under, others, scored, things, things_by_key
from assistant.view import DecisionRow, View
from assistant.wording import Claim, Echo, Figure, Quote
from corpus.models import Fact
from corpus.words import key

_SAME = re.compile(r"\b(?:same|identical|equal|alike|shared?)\b", re.I)
_DIFFERENT = re.compile(r"\b(?:differ|differs|different)\b", re.I)
_MOST_ASPECTS = 24
_COMPARED = 2000  # facts of each thing that are set side by side: a table shows two dozen
_MOST_LEFT = 6  # aspects named that only some of the things have
_DIFFERENCE = re.compile(r"difference|differences|distinction|distinctions|contrast|contrasts")
_Place = tuple[str, int, str]  # of an aspect: its name, its table or list, its document
_COMPARING = frozenset({"compare", "overlap"})  # kinds that set things against each other


def comparison(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """One aligned table from every place that speaks of all the things compared, a citation per cell."""
    sides = things(frame, view)
    if len(sides) < 2:
        return None
    keys = list(dict.fromkeys(t.key for t in sides))
    if len(keys) < 2 or (frame.kind not in _COMPARING and all(k.isdigit() for k in keys)):
        return None  # two numbers in a question are amounts, unless it compares
    aspects: dict[tuple[str, int, str], dict[str, Fact]] = defaultdict(dict)
    labels: dict[tuple[str, int, str], Quote | None] = {}
    for tie in sides:
        for fact in facts_of(tie, view, _COMPARED):
            attribute = view.attribute(fact)
            if attribute is None:
                continue
            place = (attribute.text, fact.table if fact.table is not None else -1 - (fact.group or 0), fact.document)
            aspects[place].setdefault(tie.key, fact)
            labels.setdefault(place, name(attribute))
    shared = {place: cells for place, cells in aspects.items() if len(cells) == len(keys)}
    partly = [place for place in aspects if place not in shared]
    rest = others(frame, sides)
    corners = {s for _, table, _ in shared if table >= 0 for s in view.stems_of(view.table(table).columns[0])}
    rest = [p for p in rest if not (_SAME.fullmatch(frame.tokens[p].surface) or _DIFFERENT.fullmatch(frame.tokens[p].surface))]
    rest = [p for p in rest if frame.tokens[p].stem not in corners]  # *by which aspects*: by all there are
    if by_degree := _main_differences(frame, rest):
        rest = [p for p in rest if p not in by_degree]
        headed = _under(frame, by_degree, shared, view)
        if headed:
            shared, partly = headed, []
    if rest and all(p in frame.unknown for p in rest) and frame.kind == "compare":
        return Finding("uncompared", {}, evidence.candidates[:1], decline="unknown_attribute")
    if rest:
        wanted = {frame.tokens[p].stem for p in rest if not _SAME.fullmatch(frame.tokens[p].surface)}
        told = {
            place: len(wanted & view.stems_of(" ".join((place[0], *view.path(next(iter(cells.values())))))))
            for place, cells in shared.items()
            if wanted & view.stems_of(place[0])
        }
        narrowed = {place: shared[place] for place, many in told.items() if many == max(told.values())}
        if not narrowed and all(wanted <= view.stems_of(" ".join(view.path(next(iter(c.values()))))) for c in shared.values()):
            narrowed = shared  # what is said beside the names is the heading over all of it
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
    names = [by_key[k].name for k in keys]
    lines = list(shared.items())[:_MOST_ASPECTS]
    same = {place: len({key(cells[k].value) for k in keys}) == 1 for place, cells in lines}
    rows = [{"aspect": labels[place], "cells": [value(cells[k]) for k in keys], "same": same[place]} for place, cells in lines]
    firsts = {place: value(cells[keys[0]]) for place, cells in lines}
    both = together(keys, view)
    slots: dict[str, Any] = {
        "names": [Echo(n) for n in names],
        "rows": rows,
        "number": Figure(len(rows), tuple(firsts.values())),
        "differ": len(rows) - sum(same.values()),
        "alike_count": sum(same.values()),
        "alike": Figure(sum(same.values()), tuple(q for place, q in firsts.items() if same[place])),
        "both": [{"label": fact_label(f, "label"), "value": value(f)} for f in both] if len(rows) > 1 else [],
        "left": [q for place in partly if (q := labels[place]) is not None][:_MOST_LEFT],
    }
    claims = [Claim("comparison", tuple(value(cells[k]) for k in keys), "same" if same[place] else "differs") for place, cells in lines]
    facts = [f for _, cells in lines for f in cells.values()]
    return Finding(
        "compare" if len(rows) > 1 else "compare_one", slots, scored(evidence, facts), True, dict.fromkeys(keys, "entity"), claims=claims
    )


def asks_for_differences(frame: Frame) -> bool:
    """Whether a question asks for *the key differences*, whatever attribute has a name like it."""
    return len(_main_differences(frame, list(range(len(frame.tokens))))) > 1


def _main_differences(frame: Frame, rest: list[int]) -> set[int]:
    """Places of *the key differences*, *the biggest difference*: they ask for the comparison, and for no aspect of that name."""
    found, chief = frame.tokens, language().chief | language().ranking
    places: set[int] = set()
    for at, token in enumerate(found):
        if _DIFFERENCE.fullmatch(token.word):
            before = at - 1
            while before >= 0 and (found[before].word in chief or found[before].word in ("single", "important", "and")):
                before -= 1
            places |= set(range(before + 1, at + 1))
    return places & set(rest)


def _under(frame: Frame, places: set[int], shared: Mapping[_Place, dict[str, Fact]], view: View) -> dict[_Place, dict[str, Fact]]:
    """Of what is compared, the aspects under the heading that is called so (`Key differences`)."""
    headings = [t for t in frame.content_ties() if "heading" in t.roles and places & set(range(t.start, t.end))]
    paths = {view.section(e.section).path for t in headings for e in t.entries if e.role == "heading"}
    return {
        place: cells for place, cells in shared.items() if any(view.path(f)[: len(path)] == path for path in paths for f in cells.values())
    }


def labelled(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The items that two or more labels name, beside each other, where nothing aligns them: of one list, if they stand in one."""
    asked = list({t.key: t for t in frame.content_ties() if "label" in t.roles}.values())
    if len(asked) < 2 or others(frame, asked):
        return None
    filed = {
        t.key: [f for f in filed_under(t, view, ("label",)) if f.kind == "pair" and key(f.label("label") or "") == t.key] for t in asked
    }
    if not all(filed.values()):
        return None
    in_all = set.intersection(*({f.group for f in facts} for facts in filed.values())) - {None}
    chosen = [next((f for f in facts if f.group in in_all), facts[0]) for facts in filed.values()]
    items = [{"label": fact_label(f, "label"), "value": value(f)} for f in chosen]
    return Finding("list", {"lead": None, "items": items, "left": 0}, scored(evidence, chosen), True, dict.fromkeys(filed, "entity"))


def same_or_not(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Whether things are the same in the aspect named (*do A and B have the same goal*)."""
    same, different = _SAME.search(frame.text), _DIFFERENT.search(frame.text)
    if not (same or different):
        return None
    found = comparison(frame, evidence, view)
    if found is not None and found.shape == "compare":
        found.meant = tuple(frame.content)
        if frame.kind == "yesno" and not frame.negated:
            found.slots["polar"] = (found.slots["differ"] == 0) == bool(same)
        return found  # in nothing named: in what they differ says it
    if found is None or found.shape != "compare_one":
        return None
    alike = found.slots["differ"] == 0
    found.shape = "compare_polar"
    found.slots["yes"] = alike if same else not alike
    found.meant = tuple(
        p for p in frame.content if _SAME.fullmatch(frame.tokens[p].surface) or _DIFFERENT.fullmatch(frame.tokens[p].surface)
    )
    return found


def definitions(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What each of several things is (*what are A and B*)."""
    sides = list(things_by_key(frame, view).values())
    if len(sides) < 2 or others(frame, sides):
        return None
    cells: dict[str, Fact] = {}
    for tie in sides:
        for fact in facts_of(tie, view, _COMPARED):
            if (a := view.attribute(fact)) is not None and language().label_is(a.text, "definition"):
                cells.setdefault(tie.key, fact)
    if len(cells) < len(sides):
        return None
    facts = [cells[t.key] for t in sides]
    label = view.attribute(facts[0])
    row = {"aspect": name(label), "cells": [value(f) for f in facts], "same": False}
    slots = {"names": [Echo(t.name) for t in sides], "rows": [row]}
    return Finding("compare_one", slots, scored(evidence, facts), True, dict.fromkeys(cells, "entity"))


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
    """What the text says of two things together: when both are needed, and what they share."""
    keys = list(things_by_key(frame, view))
    pair = [t for t in frame.content_ties() if "label" in t.roles and not view.is_thing(t.key)]
    if not keys and pair:  # `A + B` is one name in the question
        keys = [key(part) for part in pair[0].name.split(" + ") if view.is_thing(key(part))]
    facts = together(keys, view) if len(keys) > 1 else [f for t in pair for f in filed_under(t, view, ("label",))]
    items: list[dict[str, object]] = []
    if len(keys) > 1:
        for row in _recommending(keys, view):
            items.append({"label": value(row.what), "value": value(row.when), "why": value(row.why) if row.why else None})
            facts = [*row.cells(), *facts]
    items += [{"label": fact_label(f, "label"), "value": value(f), "why": None} for f in facts if f.kind != "cell"]
    if not items:
        return None
    if len(items) == 1 and items[0]["why"] is None:
        return Finding("pair", items[0], scored(evidence, facts), True)
    return Finding("together", {"items": items}, scored(evidence, facts), True, dict.fromkeys(keys, "entity"))


def _recommending(keys: list[str], view: View) -> list[DecisionRow]:
    """Decision rows that recommend all the things at once."""
    rows: dict[tuple[int, int], DecisionRow] = {}
    for entry in view.entries(keys[0]):
        fact = view.fact(entry.fact) if entry.fact is not None and entry.role == "name" else None
        row = view.decision(fact) if fact is not None else None
        if fact is not None and row is not None and fact.column == row.what.column and {key(n) for n in fact.names} >= set(keys):
            rows[view.table_of(fact).id, fact.row or 0] = row
    return list(rows.values())
