"""Attributes asked for by what sort they are of rather than by name: difficulties, aims, reasons, what is to come.

A class of attribute (`language.toml`) is a handful of English words; a row, column, label or heading that holds one of
them answers a question that holds another.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.finding import Finding, beyond, distinct, fact_label, name, placed, value
from assistant.frame import Frame
from assistant.language import language
from assistant.retrieval import Evidence
from assistant.scopes import Scope, scope_of
from assistant.things import accounted, facts_of, others, scored, things_by_key
from assistant.view import View
from corpus.models import Fact
from corpus.words import key, words

_NEAR = 60  # candidates whose tables and lists may hold the attribute
_MOST = 12  # values told at once
_OPEN = frozenset({"attribute", "keyword", "list", "which", "definition", "howto", "belongs"})
_OTHERWISE = frozenset({"definition", "example", "forecast"})  # classes with ways of their own
_AHEAD = re.compile(
    r"\b(?:in|over|for|within) the (?:next|coming) (?:few |couple of |\d+ )?(?:years?|months?|decade)\b|\b(?:what|whats"
    r"|what['’]s)(?: is| are)?(?: still)? (?:coming|next|ahead)\b"
    r"|\bfuture\b|\bto come\b|\bexpect(?:ed)? (?:of|for|from)\b|\bpredict(?:ed|ions?)\b|\bwhere (?:is|are|will) .* (?:heading|going"
    r"|go|move|headed)\b|\bup ?coming\b|\boutlook\b|\bforecasts?\b|\btrends?\b",
    re.I,
)
_TIME = frozenset(
    words(
        "next coming years year months month decade future ahead outlook trend trends upcoming forecast forecasts expect expected predicted"
        " prediction predictions heading headed going go move come soon"
    )
)  # words that only say *in time to come*


def of_class(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What is filed under an attribute of the class asked for: of the things named, of the part pointed at, else of all things."""
    if frame.kind not in _OPEN or frame.negated:
        return None
    tied = {p for t in frame.ties for p in range(t.start, t.end)}
    asked = {
        p: c for p, t in enumerate(frame.tokens) if p not in tied and not t.function for c in language().classes_of(t.word) - _OTHERWISE
    }
    classes = set(asked.values())
    if len(classes) != 1 or not any(p in frame.unknown or p not in frame.content for p in asked):
        return None  # a word the knowledge base has itself is tied by that word
    sides = list(things_by_key(frame, view).values())
    scope = scope_of(frame, evidence, view) or _headed(frame, view)
    held = set(scope.places) if scope is not None else set()
    rest = [p for p in others(frame, sides) if p not in asked and p not in held and frame.tokens[p].word not in language().soft]
    if rest:
        return None
    (wanted,) = classes

    def fits(fact: Fact) -> bool:
        attribute = view.attribute(fact)
        return attribute is not None and language().label_is(attribute.text, wanted) and fact.kind not in ("step", "heading", "code")

    if scope is not None:
        facts = [f for s in scope.sections for f in view.store.section_facts(s) if f.column != 0 and fits(f)]
        facts = [f for f in facts if not sides or ((o := view.owner(f)) is not None and key(o.text) in {t.key for t in sides})]
    elif sides:
        facts = [f for t in sides for f in facts_of(t, view) if fits(f)]
    else:
        facts = _of_all(evidence, view, fits)
    facts = distinct(facts)[:_MOST]
    if not facts:
        return None
    roles = dict.fromkeys((t.key for t in sides), "entity")
    meant = accounted(frame)
    owners = {key(o.text) for f in facts if (o := view.owner(f)) is not None}
    if len(owners) == 1 and len(facts) > 1:
        cells = [{"label": name(view.attribute(f)), "value": value(f)} for f in facts]
        owner = view.owner(facts[0])
        slots: dict[str, object] = {"subject": name(owner), "cells": cells, "left": 0}
        return Finding("row", slots, scored(evidence, facts), True, roles, meant=meant)
    if len(facts) == 1:
        return Finding("cell", placed(facts[0], view), scored(evidence, facts), True, roles, meant=meant)
    decision = facts[0].table is not None and view.table(facts[0].table).decision is not None
    cells = [{"label": fact_label(f, "row") if decision else name(view.owner(f)), "value": value(f)} for f in facts]
    slots = {"subject": name(view.attribute(facts[0])), "cells": cells, "left": 0}
    return Finding("column", slots, scored(evidence, facts), True, roles, meant=meant)


def _headed(frame: Frame, view: View) -> Scope | None:
    """The part whose whole heading the question names."""
    named = [t for t in frame.content_ties() if "heading" in t.roles and not view.is_thing(t.key) and t.end - t.start > 1]
    if len(named) != 1:
        return None
    sections = tuple(dict.fromkeys(e.section for e in named[0].entries if e.role == "heading"))
    return Scope(sections, frozenset(range(named[0].start, named[0].end)))


def _of_all(evidence: Evidence, view: View, fits: Callable[[Fact], bool]) -> list[Fact]:
    """The row, column or list of that attribute with the most things in it, among what is near."""
    best: list[Fact] = []
    seen: set[tuple[str, int]] = set()
    for candidate in evidence.candidates[:_NEAR]:
        fact = candidate.fact
        place = ("table", fact.table) if fact.table is not None else ("group", fact.group or -fact.id)
        if place in seen or not fits(fact):
            continue
        seen.add(place)
        line = (
            [f for f in (view.row(fact) if view.table_of(fact).entities == "columns" else view.column(fact)) if f.column]
            if fact.table is not None
            else view.group(fact)
        )
        line = [f for f in line if fits(f)]
        if len(line) > len(best):
            best = line
    return best


def outlook(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What stands under a heading about the future: of the names in the question, or all of it."""
    if frame.kind in ("yesno", "why", "count", "compare") or frame.negated or not _AHEAD.search(frame.text):
        return None
    if any("heading" in t.roles and language().label_is(t.name, "forecast") for t in frame.ties):
        return None  # named itself, it is a section like any other
    sections = [
        s
        for s in dict.fromkeys(c.fact.section for c in evidence.candidates[:_NEAR])
        if any(language().label_is(h, "forecast") for h in view.section(s).path)
    ]
    facts = [f for s in sections for f in view.store.section_facts(s) if f.kind in ("item", "pair", "sentence")]
    if not facts:
        return None
    named = [
        t for t in frame.content_ties() if t.roles & {"name", "row", "column", "label"} and not language().label_is(t.name, "forecast")
    ]
    rest = [p for p in others(frame, named) if frame.tokens[p].word not in _TIME and p not in frame.strange]
    if any(
        p not in frame.unknown or frame.tokens[p].word not in language().soft
        for p in rest
        if not any(frame.tokens[p].stem in view.stems_of(f.value) | view.heads_of(f) for f in facts)
    ):
        return None
    if frame.strange:
        return None
    about = [
        f
        for f in facts
        if named
        and all(
            t.key in {key(n) for n in f.names} or view.stems_of(t.name) <= view.stems_of(f"{f.value} {' '.join(x.text for x in f.labels)}")
            for t in named
        )
    ]
    wanted = {frame.tokens[p].stem for p in rest if frame.tokens[p].word not in language().soft}
    beside = [f for f in facts if wanted <= view.stems_of(f"{f.value} {' '.join(x.text for x in f.labels)}") | view.heads_of(f)]
    told = about or ([] if named else beside)
    if not told:
        return None
    meant = tuple(frame.content)
    if len(told) == 1:
        return Finding("pair", {"label": fact_label(told[0], "label"), "value": value(told[0])}, scored(evidence, told), True, meant=meant)
    items = [{"label": fact_label(f, "label"), "value": value(f)} for f in told[:_MOST]]
    return Finding("list", {"lead": None, "items": items, "left": beyond(told[len(items) :])}, scored(evidence, told), True, meant=meant)


__all__ = ["of_class", "outlook"]
