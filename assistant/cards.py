"""All that is said of one name: a card with a line for each attribute, every fact, the places of one word, the example."""

from __future__ import annotations

import re

from assistant.finding import Finding, beyond, fact_label, name, value
from assistant.frame import Frame
from assistant.language import language
from assistant.retrieval import Evidence
from assistant.things import facts_of, others, scored, things_by_key
from assistant.view import View
from assistant.wording import Echo
from corpus.models import Fact
from corpus.words import key

_CARD_LINES = 12
_EVERY_LINE = 16
_ALIKE = 4  # places of one attribute that are told together
_EVERYTHING = re.compile(r"\b(?:everything|anything|all(?: of)?|every|facts?|mentions?|whatever|overview|summary|profile)\b", re.I)


def example(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The example given of the thing named, or of each thing."""
    sides = things_by_key(frame, view)
    asked = [t for t in sides.values() if not language().label_is(t.name, "example")]
    words_of = [p for p in others(frame, asked) if not language().label_is(frame.tokens[p].word, "example")]
    if len(asked) > 1 or words_of or not (asked or frame.each):
        return None
    labelled: dict[str, Fact] = {}
    for candidate in evidence.candidates:
        fact = candidate.fact
        owner, label = view.owner(fact), view.attribute(fact)
        if owner is not None and label is not None and language().label_is(label.text, "example") and view.is_entity(key(owner.text)):
            labelled.setdefault(key(owner.text), fact)
    facts = [labelled[asked[0].key]] if asked and asked[0].key in labelled else [] if asked else list(labelled.values())
    if not facts:
        return None
    if len(facts) == 1:
        slots: dict[str, object] = {"label": fact_label(facts[0], "label"), "value": value(facts[0])}
        return Finding("pair", slots, scored(evidence, facts), True, {t.key: "entity" for t in asked}, meant=tuple(frame.content))
    cells = [{"label": name(view.owner(f)), "value": value(f)} for f in facts]
    return Finding("list", {"lead": None, "items": cells, "left": 0}, scored(evidence, facts), True, meant=tuple(frame.content))


def everything(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Every fact that names the one thing or name asked about, when all of it is asked for."""
    asked = [t for t in frame.content_ties() if t.roles & {"name", "row", "column", "label"}]
    if len({t.key for t in asked}) != 1 or others(frame, asked) or not (frame.each or _EVERYTHING.search(frame.text)):
        return None
    tie = asked[0]
    if not view.is_thing(tie.key) and tie.roles & {"row", "column"}:
        return None  # an attribute: its row or column is asked for
    ids = sorted({e.fact for e in tie.entries if e.fact is not None and e.role in ("name", "row", "column", "label")})
    facts = [f for f in view.store.facts(ids) if f.kind not in ("heading", "step") and f.column != 0]
    different = list({f.value: f for f in reversed(facts)}.values())[::-1]  # of those that say the same, the first
    used = different[:_EVERY_LINE]
    lines: list[dict[str, object]] = []
    for fact in used:
        owner, attribute = view.owner(fact), view.attribute(fact)
        told = owner if owner is not None and key(owner.text) != tie.key else None
        lines.append({"owner": name(told), "label": name(attribute), "value": value(fact)})
    if len(lines) < 2:
        return None
    slots = {"name": Echo(tie.name), "lines": lines, "left": beyond(different[len(used) :])}
    return Finding("everything", slots, scored(evidence, used), True, {tie.key: "entity"}, meant=tuple(frame.soft))


def named_alike(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Every attribute of a thing that the question's word names, exactly or in part, where there are several places."""
    sides = things_by_key(frame, view)
    rest = {frame.tokens[p].stem for p in others(frame, sides.values())}
    if len(sides) != 1 or not rest:
        return None
    found: dict[str, Fact] = {}
    for fact in facts_of(next(iter(sides.values())), view):
        attribute = view.attribute(fact)
        if attribute is not None and rest <= view.stems_of(attribute.text):
            found.setdefault(fact.value, fact)
    facts = sorted(found.values(), key=lambda f: (view.stems_of(a.text) != rest if (a := view.attribute(f)) else True, f.id))
    labels = [a.text for f in facts if (a := view.attribute(f)) is not None]
    if not 2 <= len(facts) <= _ALIKE or len(set(labels)) < 2 or view.stems_of(labels[0]) != rest:
        return None
    cells = [{"label": name(view.attribute(f)), "value": value(f)} for f in facts]
    owner = view.owner(facts[0])
    return Finding(
        "row",
        {"subject": name(owner), "cells": cells, "left": 0},
        scored(evidence, facts),
        True,
        dict.fromkeys(sides, "entity"),
        meant=tuple(frame.soft),
    )


def card(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What is known of a bare name: its definition first, then one line per attribute."""
    asked = [t for t in frame.content_ties() if view.is_thing(t.key)]
    if len(asked) != 1 or others(frame, asked):
        return None
    tie = asked[0]
    told: dict[str, Fact] = {}
    for fact in facts_of(tie, view):
        attribute = view.attribute(fact)
        if attribute is not None:
            told.setdefault(attribute.text, fact)
    # Which lines are shown must not hang on the order of the file: what it is, what its own row says, then by name.
    weight = {
        a: (not language().label_is(a, "definition"), f.table is None or view.table(f.table).entities != "rows") for a, f in told.items()
    }
    chosen = set(sorted(told, key=lambda a: (weight[a], a))[:_CARD_LINES])
    facts = sorted(
        (f for a, f in told.items() if a in chosen), key=lambda f: (weight[n.text] if (n := view.attribute(f)) else (True, True), f.id)
    )
    lines = {a.text: {"label": name(a), "value": value(f)} for f in facts if (a := view.attribute(f)) is not None}
    if not lines:
        return None
    left = beyond([f for a, f in told.items() if a not in chosen])
    slots = {"name": Echo(tie.name), "lines": list(lines.values()), "left": left}
    return Finding("card", slots, scored(evidence, facts), True, {tie.key: "entity"})
