"""Answers about a part of the knowledge base that the question points at: a section, a table, the rows of a decision table.

What it holds, which names stand in it, how many there are. The part is told by its heading, or by a word for a part of a
text (*table*, *section*) beside words of a heading; what else the question says has to name the sort of what is listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from assistant.finding import Finding, distinct, fact_label, name, part, value
from assistant.frame import Frame
from assistant.language import language
from assistant.listing import enumerates, listed_names
from assistant.prose import as_list, first_list, sentence
from assistant.retrieval import Evidence
from assistant.selecting import selected
from assistant.tables import table_slots
from assistant.things import accounted, others, scored, things, things_by_key
from assistant.view import View
from assistant.wording import Claim, Figure, Quote
from corpus.models import Fact
from corpus.words import key, stem, words

_NEAR = 40  # candidates whose sections and tables a question may point at
_POINTED_AT = 200  # sections of one heading; what stands in more places (*Overview*, in every file) is no part that one points at
_FILED_WITH = 2000  # facts a name is filed with whose tables are looked at
_MODIFIERS = 3  # words beside *table* or *section* that may name it
_MOST_NAMES = 60  # beyond this a list of names is no answer any more
_LISTING = frozenset({"list", "which", "attribute", "keyword", "definition", "example", "count", "belongs", "steps"})
_NAMES_A_PART = frozenset({"keyword", "list", "attribute", "definition", "which", "example", "compare", "overlap"})
_MOST_PARTS, _MOST_FIRST = 8, 300  # sections below a heading, and letters that each begins with
_PARTS = frozenset(
    words("section sections table tables chapter chapters list lists part guide page paragraph heading overview matrix")
)  # words for a part of a text
_SEVERAL = re.compile(r"\b(?:combin\w+|pair(?:s|ed)?|joint(?:ly)?|more than one|several of them|two at once|both)\b", re.I)
_EXISTS = re.compile(
    r"\b(?:there(?:['’]s| is| are| were)|have|has|had|hold|holds|contains?|consists? of|offers?|owns?|with)\s+(?:[\w-]+\s+){0,2}$",
    re.I,
)
_WHEN = re.compile(r"^(?:and |so )?when\b", re.I)
_ALONE = re.compile(r"\b(?:alone|only|solely|exclusively|by itself|on its own)\b", re.I)
_TOTAL = re.compile(r"\b(?:total|altogether|in all|overall|all in all|in sum)\b", re.I)


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of the knowledge base: its sections, and the places of the words that point at it."""

    sections: tuple[int, ...]
    places: frozenset[int]


def scope_of(frame: Frame, evidence: Evidence, view: View) -> Scope | None:
    """The part of the knowledge base a question points at with a word for a part of a text; None where it points at none."""
    tokens = frame.tokens
    pointing = [i for i, t in enumerate(tokens) if t.word in _PARTS]
    if not pointing:
        return None
    named = {p: t for t in frame.ties for p in range(t.start, t.end) if "heading" in t.roles and not view.is_thing(t.key)}
    for place in pointing:
        for beside in (place - 1, place + 1):
            tie = named.get(beside)
            if tie is not None:
                sections = tuple(dict.fromkeys(e.section for e in tie.entries if e.role == "heading"))
                return None if len(sections) > _POINTED_AT else Scope(sections, frozenset({place, *range(tie.start, tie.end)}))
        if place in named:  # *Decision Guide*: the word is part of the heading
            continue
        before = _run(frame, range(place - 1, -1, -1), view)
        after = _run(frame, range(place + 1, len(tokens)), view)
        for run in (before, after):
            for size in range(len(run), 0, -1):
                wanted = {tokens[p].stem for p in run[:size]}
                for section in _sections(evidence):
                    path = view.section(section).path
                    if path and wanted <= view.stems_of(path[-1]):
                        return Scope((section,), frozenset({place, *run[:size]}))
    return None


def _run(frame: Frame, places: Iterable[int], view: View) -> list[int]:
    """Up to three words side by side that may name a part: none that holds the sentence together, no thing."""
    owned = {p for t in frame.ties if view.is_thing(t.key) for p in range(t.start, t.end)}
    found: list[int] = []
    for place in places:
        token = frame.tokens[place]
        if token.function or place in owned or len(found) == _MODIFIERS:
            break
        found.append(place)
    return found


def _sections(evidence: Evidence) -> list[int]:
    return list(dict.fromkeys(c.fact.section for c in evidence.candidates[:_NEAR]))


def pointed(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What the part holds that the question points at: of the thing named, of the sort asked for, how many, or all of it."""
    if frame.kind not in _LISTING or frame.negated:
        return None
    scope = scope_of(frame, evidence, view)
    if scope is None:
        return None
    facts = [f for s in scope.sections for f in view.store.section_facts(s) if f.kind != "heading"]
    sides = things_by_key(frame, view)
    rest = [p for p in others(frame, sides.values()) if p not in scope.places and not _idle(frame, p)]
    heads = view.stems_of(" ".join([*(x for s in scope.sections for x in view.section(s).path), *_first_columns(facts, view)]))
    classes = {c for s in scope.sections for w in view.section(s).path[-1:] for x in w.split() for c in language().classes_of(x.lower())}
    rest = [p for p in rest if frame.tokens[p].stem not in heads and not (language().classes_of(frame.tokens[p].word) & classes)]
    meant = (*scope.places, *(p for p in frame.content if p not in frame.strange))
    if len(sides) == 1 and not rest:
        found = _of_thing(next(iter(sides.values())).key, facts, evidence)
    elif sides or rest:
        return None
    else:
        found = _members(frame, facts, evidence, view)
    if found is not None:
        found.meant = tuple(dict.fromkeys(meant))
    return found


def headed(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What stands under the one heading that a question names and asks nothing else about: its table, or what its parts begin with.

    Lists, steps and text under a heading are told by the ways that know them.
    """
    if frame.kind not in _NAMES_A_PART or frame.negated or frame.answer_type is not None or frame.within is not None:
        return None
    for tie in (t for t in frame.content_ties() if "heading" in t.roles and not view.is_thing(t.key)):
        places = set(range(tie.start, tie.end))
        rest = [p for p in frame.content if p not in places and not _idle(frame, p) and frame.tokens[p].word not in _PARTS]
        sections = list(dict.fromkeys(e.section for e in tie.entries if e.role == "heading"))
        if rest or len(sections) != 1:
            continue
        facts = [f for f in view.store.section_facts(sections[0]) if f.kind != "heading"]
        tables = _tables(facts)
        found = None
        if len(tables) == 1 and all(f.table is not None for f in facts):
            if selected(frame, evidence, view) is not None:
                return None  # some of what its rows say is asked for
            found = _decisions(tables[0], evidence, view) if view.table(tables[0]).decision else _whole_table(tables[0], evidence, view)
        elif not facts:
            found = _by_parts(sections[0], evidence, view)
        if found is not None:
            found.roles, found.meant, found.computed = {tie.key: "topic"}, tuple(frame.content), True
            return found
    return None


def _whole_table(number: int, evidence: Evidence, view: View) -> Finding | None:
    """A table row by row, as far as it is read at a glance."""
    told = table_slots(number, view)
    return Finding("table", told[0], scored(evidence, told[1]), True) if told is not None else None


def _by_parts(section: int, evidence: Evidence, view: View) -> Finding | None:
    """What each section right below a heading says first, under its own heading."""
    top = view.section(section)
    below = [s for s in view.store.sections(top.document) if s.path[:-1] == top.path and len(s.path) == len(top.path) + 1]
    items, used = [], []
    for part_ in below:
        first = next((f for f in view.store.section_facts(part_.id) if f.kind in ("sentence", "item", "pair")), None)
        heading = view.heading_fact(part_.id)
        if first is None or heading is None or len(first.value) > _MOST_FIRST:
            return None
        items.append({"label": Quote(heading.value, heading.document, heading.span), "value": value(first)})
        used.append(first)
    if not 1 < len(items) <= _MOST_PARTS:
        return None
    return Finding("list", {"lead": None, "items": items, "left": 0}, scored(evidence, used), True)


def _idle(frame: Frame, place: int) -> bool:
    token = frame.tokens[place]
    return token.word in language().soft or token.stem in language().frame_words(frame.kind) or token.stem in language().frame_words("list")


def _first_columns(facts: list[Fact], view: View) -> list[str]:
    return [view.table(t).columns[0] for t in dict.fromkeys(f.table for f in facts if f.table is not None)]


def _of_thing(asked: str, facts: list[Fact], evidence: Evidence) -> Finding | None:
    """The row or column of one thing in the table of a section."""
    mine = [
        f for f in facts if f.kind == "cell" and f.column and any(key(x.text) == asked and x.role in ("row", "column") for x in f.labels)
    ]
    if not mine:
        return None
    subject = next(x for x in mine[0].labels if key(x.text) == asked)
    across = "column" if subject.role == "row" else "row"
    cells = [{"label": fact_label(f, across), "value": value(f)} for f in distinct(mine)]
    slots = {"subject": fact_label(mine[0], subject.role), "cells": cells, "left": 0}
    return Finding("row", slots, scored(evidence, mine), True, {asked: "entity"})


def _members(frame: Frame, facts: list[Fact], evidence: Evidence, view: View) -> Finding | None:
    """The items of a section's list, or the labels of its table's rows; their number where it is asked for."""
    if group := first_list(facts):
        if frame.kind == "count":
            told: list[Quote] = [q for f in group for q in [fact_label(f, "label", cite=True) or value(f)]]
            return _number(told, group, evidence)
        return as_list(group, fact_label(group[0], "lead"), scored(evidence, group))
    decided = next((f for f in facts if f.table is not None and view.table(f.table).decision), None)
    if decided is not None and frame.kind != "count":
        return _decisions(view.table_of(decided).id, evidence, view)
    labels = distinct([f for f in facts if f.kind == "cell" and f.column == 0])
    if frame.kind == "count" and len(labels) > 1:
        return _number([value(f) for f in labels], labels, evidence)
    return None


def _decisions(table: int, evidence: Evidence, view: View) -> Finding | None:
    """A decision table told whole: for each need what it recommends, and why."""
    roles = view.table(table).decision
    if roles is None:
        return None
    rows, used = [], []
    for what in view.cells(table, column=roles[1]):
        if (row := view.decision(what)) is not None:
            rows.append({"owner": value(what), "attribute": value(row.when) if row.why else None, "value": value(row.why or row.when)})
            used += row.cells()
    return Finding("decisions", {"rows": rows}, scored(evidence, used), True) if rows else None


def told(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The sentence that says itself how many there are (*there are twelve moorings*), before anything is counted."""
    if frame.kind != "count" or frame.negated or frame.within is not None:
        return None
    nouns = [p for p in frame.counted if not frame.tokens[p].function and p in frame.content]
    if not nouns:
        return None
    head = frame.tokens[nouns[-1]].stem
    rest = [p for p in frame.content if p not in nouns and p not in frame.soft and not _idle(frame, p)]
    for candidate in evidence.candidates[: 2 * _NEAR]:
        fact = candidate.fact
        if fact.kind not in ("sentence", "item", "pair") or not all(p in candidate.where for p in (*rest, *nouns)):
            continue
        for match in language().quantity.finditer(fact.value):
            said = [stem(w) for w in words(match["what"])]
            if head not in said or (not rest and _EXISTS.search(fact.value[: match.start()]) is None):
                continue  # *two moorings are closed* says not how many there are
            found = sentence(candidate, frame, evidence, view)
            found.bound = True
            return found
    return None


def counted(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """How many items stand under the heading that says what is counted (*how many trends are there*)."""
    if frame.kind != "count" or frame.negated or things(frame, view):
        return None
    wanted = {frame.tokens[p].stem for p in frame.counted if not frame.tokens[p].function and p in frame.content}
    if not wanted or any(not _idle(frame, p) for p in others(frame, []) if frame.tokens[p].stem not in wanted):
        return None
    for section in _sections(evidence):
        path = view.section(section).path
        if not path or not wanted <= view.stems_of(path[-1]):
            continue
        items = [f for f in view.store.section_facts(section) if f.kind in ("item", "pair") and f.depth == 0 and f.group is not None]
        if len(items) > 1 and len({f.group for f in items}) == 1:
            found = _number([fact_label(f, "label", cite=True) or value(f) for f in items], items, evidence)
            if found is not None:
                found.meant = accounted(frame)
            return found
    return None


def counted_rows(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """How many rows a table of things side by side has, or how many of them list a name (*in how many sorts is x found*)."""
    nouns = {frame.tokens[p].stem for p in frame.counted if not frame.tokens[p].function and p in frame.content}
    sides = [t for t in things(frame, view) if not set(range(t.start, t.end)) & set(frame.counted)]
    if frame.kind != "count" or frame.negated or not nouns or sides:
        return None
    named = [t for t in frame.content_ties() if "name" in t.roles and not t.is_label()]
    headed = [view.store.section_facts(e.section) for t in frame.content_ties() for e in t.entries[:_POINTED_AT] if e.role == "heading"]
    near = [*(f for facts in headed for f in facts), *_named_by(frame, view), *(c.fact for c in evidence.candidates[:_NEAR])]
    rest = {frame.tokens[p].stem for p in others(frame, named) if not _idle(frame, p)} - nouns
    for number in _tables(near):
        table = view.table(number)
        over = view.stems_of(" ".join([table.caption, *view.section(table.section).path]))
        if table.entities != "columns" or not nouns <= view.stems_of(table.columns[0]) or not rest <= over:
            continue
        rows = view.cells(number, column=0)
        holding = [f for f in view.cells(number) if any(t.key in {key(n) for n in f.names} for t in named)]
        chosen = [f for f in rows if not named or any(h.row == f.row for h in holding)]
        found = _number([value(f) for f in chosen], [*chosen, *holding], evidence, least=1)
        if found is not None:
            found.meant = accounted(frame)
            return found
    return None


def _number(items: list[Quote], facts: list[Fact], evidence: Evidence, least: int = 2) -> Finding | None:
    if len(items) < least:
        return None
    return Finding("count", {"number": Figure(len(items), tuple(items)), "items": items}, scored(evidence, facts), True, computed=True)


# ---------------------------------------------------------------- names of a sort


def total(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """How many names of a sort stand in the cells of a table, whoever they belong to (*how many x are there in total*)."""
    return _of_a_sort(frame, frame.counted, evidence, view) if frame.kind == "count" else None


def every(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The names of a sort that stand in the cells of a table, whoever they belong to (*list all x*)."""
    return _of_a_sort(frame, frame.content, evidence, view) if frame.kind == "list" and frame.each else None


def _of_a_sort(frame: Frame, nouns: tuple[int, ...], evidence: Evidence, view: View) -> Finding | None:
    """The names that are listed under what some nouns say, or their number where that is asked for."""
    if frame.negated or things(frame, view):
        return None
    rest = {frame.tokens[p].stem for p in others(frame, []) if not _idle(frame, p) and not _TOTAL.fullmatch(frame.tokens[p].word)}
    counted = {frame.tokens[p].stem for p in nouns} & rest
    asked = [t for t in frame.content_ties() if set(range(t.start, t.end)) & set(nouns)]
    listed = any(t.roles & {"row", "column"} for t in asked)
    if any(e.role == "column" and e.fact is not None and view.fact(e.fact).column == 0 for t in asked for e in t.entries):
        return None  # the rows of a table are counted
    if not rest or not ((counted and listed) or _TOTAL.search(frame.text)):
        return None  # what is counted has to be something that names are listed under
    near = [c.fact for c in evidence.candidates[: 2 * _NEAR]]
    best: list[Fact] = []
    for table in _tables([*near, *_named_by(frame, view)]):
        if view.table(table).decision or counted & view.stems_of(view.table(table).columns[0]):
            continue
        cells = distinct([f for f in view.cells(table) if f.column and enumerates(f) and len(f.names) > 1])
        over = view.path(cells[0])[-1:] if cells else ()
        cells = [f for f in cells if rest <= view.stems_of(" ".join([*(x.text for x in f.labels), *view.table(table).columns[:1], *over]))]
        if frame.kind == "list" and len(cells) > 1:
            best = [*best, *cells]  # wherever such names stand
        elif len(cells) > max(1, len(best)):
            best = cells
    names: dict[str, Quote] = {}
    for fact in best:
        for n in listed_names(fact):
            names.setdefault(key(n), part(fact, n))
    if len(best) < 2 or len(names) > _MOST_NAMES:
        return None
    items = list(names.values())
    if frame.kind == "list":
        best.sort(key=lambda f: f.id)
        owned = _by_thing(best, view)
        if len(owned) > 1:
            return Finding("names_by", {"groups": owned}, scored(evidence, best), True, meant=tuple(frame.content))
        return Finding("names", {"items": items}, scored(evidence, best), True, meant=tuple(frame.content))
    found = _number(items, best, evidence)
    if found is not None:
        found.claims = [Claim("union", tuple(part(f, n) for f in best for n in listed_names(f)))]
        found.meant = accounted(frame)
    return found


def _by_thing(facts: Iterable[Fact], view: View) -> list[dict[str, object]]:
    """The names that facts list, by the thing they are listed for, each once; nothing where one of them is of no thing."""
    groups: dict[str, tuple[Quote | None, dict[str, Quote]]] = {}
    for fact in facts:
        owner = view.owner(fact)
        if owner is None or not view.is_thing(key(owner.text)):
            return []
        _, names = groups.setdefault(key(owner.text), (name(owner), {}))
        for n in listed_names(fact):
            names.setdefault(key(n), part(fact, n))
    return [{"label": label, "names": list(names.values())} for label, names in groups.values()]


def _named_by(frame: Frame, view: View) -> list[Fact]:
    """The facts that the names of a question are filed with."""
    return [
        f for t in frame.content_ties() for f in view.store.facts(islice((e.fact for e in t.entries if e.fact is not None), _FILED_WITH))
    ]


def _tables(facts: Iterable[Fact]) -> list[int]:
    """The tables that facts stand in, each once."""
    return list(dict.fromkeys(f.table for f in facts if f.table is not None))


# ---------------------------------------------------------------- rows of a decision table


def needs_of(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The rows of a decision table that do, or do not, call for the things named, or for several at once; how many."""
    asked = {t.key for t in things(frame, view)} | {key(n) for t in frame.content_ties() if " + " in t.name for n in t.name.split(" + ")}
    several, alone = _SEVERAL.search(frame.text) is not None, _ALONE.search(frame.text) is not None
    columns = {t.key for t in frame.content_ties() if "column" in t.roles}
    when_not = frame.negated and bool(asked) and _WHEN.match(frame.text) is not None  # *when not to use A*: when something else is
    if not (columns or when_not) or not (asked or several) or frame.kind not in (*_LISTING, "overlap", "decision"):
        return None
    if not (frame.negated or several or alone or frame.kind == "count"):
        return None  # the rows of one thing are told as what it is for
    for table in _tables(_named_by(frame, view)):
        roles = view.table(table).decision
        if roles is None or not (when_not or key(view.table(table).columns[roles[0]]) in columns):
            continue
        chosen: list[tuple[Fact, Fact]] = []
        for what in view.cells(table, column=roles[1]):
            row = view.decision(what)
            given = {key(n) for n in what.value.split(" + ")}
            fits = (not asked or (asked == given if alone else asked <= given)) and (not several or len(given) > 1)
            if row is not None and fits is not frame.negated:
                chosen.append((row.when, what))
        if not chosen:
            return None
        used = [f for pair in chosen for f in pair]
        meant = accounted(frame)
        roles_of = dict.fromkeys(sorted(asked), "entity")
        if frame.kind == "count":
            found = _number([value(when) for when, _ in chosen], [f for pair in chosen for f in pair], evidence, least=1)
            if found is not None:
                found.roles, found.meant = roles_of, meant
            return found
        rows = [{"owner": value(what), "attribute": None, "value": value(when)} for when, what in chosen]
        return Finding("decisions", {"rows": rows}, scored(evidence, used), True, roles_of, meant=meant, computed=True)
    return None


def named_in(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The names of a sort that stand below a heading, in whatever is said there (*which x are named in the examples*)."""
    if frame.kind not in ("list", "which", "example", "attribute", "count") or frame.negated or things(frame, view):
        return None
    headings = [t for t in frame.content_ties() if "heading" in t.roles and not view.is_thing(t.key)]
    sorts = [t for t in frame.content_ties() if (t not in headings and "row" in t.roles) or (t not in headings and "column" in t.roles)]
    if len(sorts) == 1 and (frame.focus is None or not sorts[0].start <= frame.focus < sorts[0].end):
        return None  # *which x …*: x is what is asked for
    if len(headings) != 1 or len(sorts) != 1 or any(not _idle(frame, p) for p in others(frame, [*headings, *sorts])):
        return None
    filed = (e.fact for e in sorts[0].entries[:_FILED_WITH] if e.fact is not None)
    if not any(enumerates(f) and len(f.names) > 1 for f in map(view.fact, filed) if f.column):
        return None  # nothing of that sort is ever listed
    headed = [e.section for e in headings[0].entries if e.role == "heading"]
    if len(headed) > _POINTED_AT or {e.section for e in sorts[0].entries if e.role in ("row", "column")} & set(headed):
        return None  # the row or column of that name is asked for, or no one part
    tops = view.store.sections_by_id(headed)
    below = [
        f
        for top in tops
        for s in view.store.sections(top.document)
        if s.path[: len(top.path)] == top.path
        for f in view.store.section_facts(s.id)
    ]
    names: dict[str, Quote] = {}
    for fact in below:
        if fact.kind in ("heading", "step") or "→" in fact.raw:
            continue  # steps are no names
        for n in listed_names(fact):
            if view.entries(key(n)) and any(e.role == "name" for e in view.entries(key(n))) and not view.is_thing(key(n)):
                names.setdefault(key(n), part(fact, n))
    items = list(names.values())
    if len(items) < 2 or len(items) > _MOST_NAMES:
        return None
    return Finding("names", {"items": items}, scored(evidence, [q.fact for q in items if q.fact]), True, meant=tuple(frame.content))


__all__ = ["Scope", "counted", "every", "named_in", "needs_of", "pointed", "scope_of", "total"]
