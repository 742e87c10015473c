"""What stands under a heading: one that is named or numbered, one of the sort that is asked for, what it says of a thing."""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.finding import Finding, fact_label, value
from assistant.frame import Frame
from assistant.language import language
from assistant.prose import as_list, first_list
from assistant.retrieval import Evidence
from assistant.things import filed_under, others, scored, things, things_by_key
from assistant.view import View
from assistant.wording import Quote
from corpus.chunking import bare_heading
from corpus.models import Fact, Section
from corpus.words import key, words

_OCCASIONS = 40  # facts among which those under a heading that says when are looked for
_OCCASION_BEHIND = 0.25  # how far the best of them may lie below the best fact of all
_IN_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_CARD_MOST = 12  # cells of a row or column of one section
_FORBIDDEN = re.compile(
    r"\b(?:what|which|anything|something|things?)\b.*\b(?:must|should|may|shall|can|do)(?:n['’]?t| not| never)\b"
    r"|\b(?:must|should|may|shall|to|can) (?:i|we|you|one) (?:never|not|avoid)\b"
    r"|\bwhat (?:not to|to avoid|to never)\b|\b(?:should|to|must) (?:be )?avoid(?:ed)?\b",
    re.I,
)
_FORBIDS = re.compile(r"\b(?:don['’]?ts?|do nots?|avoid\w*|never|mistakes?|pitfalls?|anti-?patterns?|not to)\b", re.I)
_TELLING_STEM = 4  # letters of a stem that a heading or file is about
_ASKS_FOR_A_SORT = frozenset({"attribute", "list", "definition", "which", "keyword"})
_SORTS = frozenset({"problem", "benefit", "aim", "example", "forecast"})  # of attribute, that headings are called by in many words
_HEADED_WITHIN = 15  # candidates in whose documents such a heading is looked for
_AVOIDING = frozenset(words("never not avoid avoided do done doing make making must should may write writing use using say saying"))
_SECTION_NUMBER = re.compile(r"\b(?:section|chapter|part|§)\s*(\d{1,3})\b", re.I)


def label_heading(view: View, section: int) -> Quote | None:
    """The heading of a section as an uncited quote beside a cited value."""
    heading = view.heading_fact(section)
    return Quote(bare_heading(heading.value), heading.document, heading.span) if heading else None


def within(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What a named section says of a thing, or of an attribute: its row, column or items there."""
    headings = [t for t in frame.content_ties() if "heading" in t.roles and not view.is_thing(t.key)]
    sides = things_by_key(frame, view)
    if not headings or len(sides) > 1:
        return None
    heading = max(headings, key=lambda t: (t.end - t.start, len(t.key)))
    below = {e.section for e in heading.entries if e.role == "heading"}
    paths = {s.path for s in view.store.sections_by_id(sorted(below))}
    depths = sorted({len(p) for p in paths})  # a heading that every file has stands in thousands of places
    labels = [t for t in frame.content_ties() if t is not heading and t.roles & {"row", "column"} and t.key not in sides]
    asked = list(sides.values()) or labels[:1]
    if not asked or others(frame, [heading, *asked]):
        return None

    def inside(fact: Fact) -> bool:
        return any(view.path(fact)[:depth] in paths for depth in depths)

    facts = [f for f in filed_under(asked[0], view) if inside(f) and f.column != 0 and f.kind != "step"]
    facts = [f for f in facts if any(key(x.text) == asked[0].key and x.role in ("row", "column", "label") for x in f.labels)]
    if len(facts) < 2 or len(facts) > _CARD_MOST or len({f.table for f in facts}) != 1:
        return None
    subject = next((x for x in facts[0].labels if key(x.text) == asked[0].key), None)
    across = "column" if subject is not None and subject.role == "row" else "row"
    cells = [{"label": fact_label(f, across), "value": value(f)} for f in facts]
    slots = {"subject": fact_label(facts[0], subject.role) if subject else None, "cells": cells, "left": 0}
    return Finding("row", slots, scored(evidence, facts), True, {asked[0].key: "entity", heading.key: "topic"}, meant=tuple(frame.soft))


def numbered_section(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What stands under the heading of that number (*what does section 4 say*)."""
    asked = _SECTION_NUMBER.search(frame.text)
    if asked is None:
        return None
    for place in view.store.numbered_sections(asked[1]):
        if place.path and re.match(rf"{asked[1]}(?:[.):]|\s)", place.path[-1]):
            found = contents(place.id, evidence, view)
            if found is not None:
                found.meant = tuple(frame.content)
            return found
    return None


def section(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What stands under a heading the question names: its list, its labelled subsections, or its first sentences."""
    named = [t for t in frame.content_ties() if "heading" in t.roles]
    if not named:
        return None
    tie = max(named, key=lambda t: (t.end - t.start, len(t.key)))
    rest = {frame.tokens[p].stem for p in others(frame, [tie])}
    headed = dict.fromkeys(e.section for e in tie.entries if e.role == "heading")
    fitting = [s for s in headed if rest <= view.stems_of(" ".join(view.section(s).path))]
    # The heading that is just the name, before one that it is a part of (`Masts` before `Masts and sails`); written as typed, if one is.
    just = [s for s in fitting if key(_IN_BRACKETS.sub("", bare_heading(view.section(s).path[-1]))) == tie.key] or fitting
    first = next((s for s in just if tie.words.lower() in view.section(s).path[-1].lower()), next(iter(just), None))
    if first is None:
        return None
    found = contents(first, evidence, view)
    if found is not None:
        found.roles = {tie.key: "topic"}
    return found


def occasion(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What stands under a heading that says when (*when should X be used*, `When to use`), where it is of all that is named."""
    best = evidence.best()
    fitting = [c for c in evidence.candidates[:_OCCASIONS] if c.suits and c.fact.table is None]
    if best is None or not fitting or frame.negated:
        return None
    top = max(fitting, key=lambda c: (round(c.score, 6), -c.fact.id))
    named = {p for t in frame.content_ties() for p in range(t.start, t.end) if not frame.tokens[p].function}
    over = view.path(top.fact)[-1:]
    if (
        not named <= set(top.where)
        or top.score < best.score - _OCCASION_BEHIND
        or not any(language().wanted(frame.text) & language().classes_in(h) for h in over)
    ):
        return None
    found = contents(top.fact.section, evidence, view)
    if found is not None:
        found.meant = tuple(frame.soft)
    return found


def forbidden(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What stands under a heading for what is not to be done, where it is about what the question names (*what must I never …*)."""
    if _FORBIDDEN.search(frame.text) is None or frame.kind in ("why", "count"):
        return None
    asked = {frame.tokens[p].stem for p in frame.content if p not in frame.soft and frame.tokens[p].word not in _AVOIDING}

    def fits(section: Section, document: str) -> bool:
        if _FORBIDS.search(section.path[-1]) is None:
            return False
        about = key(" ".join((*section.path[:-1], view.shown_path(document))))  # *post-mortems* are postmortems
        return any(s in about for s in asked if len(s) >= _TELLING_STEM)

    return _first_fitting(fits, frame, evidence, view)


def headed_alike(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What stands under a heading that says the same sort of thing in another word: *drawbacks of x*, `Limitations` below `x`."""
    if frame.kind not in _ASKS_FOR_A_SORT or frame.negated or things(frame, view):
        return None
    lang = language()
    filed = {p for t in frame.content_ties() if t.roles & {"heading", "row", "column", "label"} for p in range(t.start, t.end)}
    sorts = {p: lang.classes_of(frame.tokens[p].word) & _SORTS for p in frame.content if p not in filed or p in frame.unknown}
    asked = {c for found in sorts.values() for c in found}
    about = {frame.tokens[p].stem for p in frame.content if not sorts.get(p) and p not in frame.soft}
    if not asked or not about:
        return None

    def fits(section: Section, document: str) -> bool:
        if not asked & lang.classes_in(bare_heading(section.path[-1])):
            return False
        return about <= view.stems_of(" ".join((*map(bare_heading, section.path[:-1]), view.shown_path(document))))

    return _first_fitting(fits, frame, evidence, view)


def _first_fitting(fits: Callable[[Section, str], bool], frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What stands under the first fitting heading of the documents near the question; it accounts for all that is asked."""
    for document in dict.fromkeys(c.fact.document for c in evidence.candidates[:_HEADED_WITHIN]):
        for section in view.store.sections(document):
            found = contents(section.id, evidence, view) if section.path and fits(section, document) else None
            if found is not None:
                found.meant = tuple(frame.content)
                return found
    return None


def contents(place: int, evidence: Evidence, view: View) -> Finding | None:
    """What a section holds: its list, the rows of its table, or its first sentences."""
    facts = [f for f in view.store.section_facts(place) if f.kind != "heading"]
    if group := first_list(facts):
        return as_list(group, fact_label(group[0], "lead") or label_heading(view, place), scored(evidence, group, exact=0))
    sentences = [f for f in facts if f.kind == "sentence"][:2]
    if sentences:
        return Finding("sentence", {"sentences": [value(f) for f in sentences]}, scored(evidence, sentences), True)
    return None
