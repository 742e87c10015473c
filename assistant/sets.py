"""Answers that take several listings together: all but some, what is common, the union, several names or attributes at once.

Everything starts from names the question was tied to and from facts that enumerate names; the rest of the question has to
be the name of a row, column or heading of these facts, or nothing is answered here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from assistant import numbers
from assistant.finding import Finding, name, part, placed, value
from assistant.frame import Frame
from assistant.grids import grid
from assistant.listing import category, enumerates, holders_of, listed_names, not_held
from assistant.mentions import Tie
from assistant.retrieval import Evidence
from assistant.saying import YESNO
from assistant.things import accounted, facts_of, filed_under, others, scored, things, things_by_key
from assistant.view import View
from assistant.wording import Claim, Echo, Figure, Quote
from corpus.models import Fact
from corpus.words import key

_FILED = frozenset({"row", "column", "label", "heading"})
_MOST_CELLS = 8
_MOST_NAMES = 40  # beyond this a union is no answer any more
_LOOKED_AT = 400  # facts of a name whose tables are looked through
_LISTS = 2  # names from which a cell lists some
_WHICH_OF_THEM = re.compile(r"\b(?:which|what|who)(?: ones?)? (?:of|among) (?:the|these|those|them)\b|\b(?:which|what) ones?\b", re.I)
_SHARES = re.compile(r"\b(?:shar(?:e|es|ed|ing)|in common|common to|both|same|also)\b", re.I)
_JOINED = re.compile(r"\band\b|,|\+|/|&", re.I)
_MOST = re.compile(r"\b(?:most|fewest|least|more|fewer|less)\b(?! (?:about|on|of))", re.I)
_EVERYTHING = re.compile(r"\b(?:everything|all|anything|every|each)\b", re.I)
_CHOICE = re.compile(r"\b(?:or|and|nor)\b|,", re.I)


# ---------------------------------------------------------------- all but


def excluded(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What is left without the names the question denies (*not in A*, *other than x*)."""
    denied = [t for t in frame.content_ties() if frame.denied & set(range(t.start, t.end))]
    kept = [t for t in frame.content_ties() if t not in denied]
    if not denied or frame.kind in ("yesno", "why"):
        return None
    if not kept and any(view.is_thing(t.key) for t in denied):
        mine, theirs = [t for t in denied if view.is_thing(t.key)], [t for t in denied if not view.is_thing(t.key)]
        # *What is no tool of A*: A is left out; *everything but the tools of A*: they are.
        denied, kept = (theirs, mine) if _EVERYTHING.search(frame.text) and theirs else (mine, theirs)
    sides = [t for t in kept if view.is_thing(t.key)]
    if len(sides) == 1 and all(t.roles & _FILED and not view.is_thing(t.key) for t in denied):
        rest = _names_without(frame, sides[0], [t for t in kept if t not in sides], denied, evidence, view)
        if rest is not None:
            return rest
        denied, kept = sides, [t for t in (*kept, *denied) if t not in sides]  # *what does A not use for b*: A is what is left out
    if any(view.is_thing(t.key) for t in denied):
        return _other_things(frame, denied, kept, evidence, view)
    return _other_names(frame, denied, kept, evidence, view)


def _names_without(frame: Frame, side: Tie, kept: list[Tie], denied: list[Tie], evidence: Evidence, view: View) -> Finding | None:
    """The names a thing lists under what is asked for, without those under what is denied (*which sails of A are not for racing*)."""
    asked = [t for t in kept if t.roles & _FILED and not view.is_thing(t.key)]
    if others(frame, [side, *asked, *denied]):
        return None
    if not asked:
        return _rows_without(side, denied, evidence, view) if _EVERYTHING.search(frame.text) else None
    own = [f for f in facts_of(side, view) if enumerates(f)]
    out = [f for f in own if any(_within(frame.tokens[p].stem, f, view) for t in denied for p in range(t.start, t.end))]
    listing = [f for f in own if f not in out and all(_within(frame.tokens[p].stem, f, view) for t in asked for p in range(t.start, t.end))]
    without = {key(n) for f in out for n in listed_names(f)}
    items: dict[str, Quote] = {}
    for fact in listing:
        for n in listed_names(fact):
            if key(n) not in without:
                items.setdefault(key(n), part(fact, n))
    if not out or not items:
        return None
    slots = {
        "owner": Echo(side.name),
        "attribute": Echo(asked[0].name),
        "items": list(items.values()),
        "without": [value(f) for f in out],
    }
    roles = {side.key: "entity"} | dict.fromkeys((t.key for t in (*asked, *denied)), "attribute")
    return Finding("rest", slots, scored(evidence, [*listing, *out]), True, roles, meant=accounted(frame))


def _rows_without(side: Tie, denied: list[Tie], evidence: Evidence, view: View) -> Finding | None:
    """What the tables that have the denied rows say of a thing in their other rows (*everything but the sails of A*)."""
    without = {t.key for t in denied}
    own = [f for f in facts_of(side, view) if f.table is not None and f.column]
    tables = {f.table for f in own if (a := view.attribute(f)) is not None and key(a.text) in without}
    left = [f for f in own if f.table in tables and (a := view.attribute(f)) is not None and key(a.text) not in without]
    if not left:
        return None
    cells = [{"label": name(view.attribute(f)), "value": value(f)} for f in left]
    owner = view.owner(left[0])
    slots = {"subject": name(owner), "cells": cells, "left": 0}
    roles = {side.key: "entity"} | dict.fromkeys(sorted(without), "attribute")
    return Finding("row", slots, scored(evidence, left), True, roles, meant=tuple(p for t in denied for p in range(t.start, t.end)))


def _other_things(frame: Frame, denied: list[Tie], kept: list[Tie], evidence: Evidence, view: View) -> Finding | None:
    """The same attribute of the other things."""
    without = {t.key for t in denied}
    only = {t.key for t in kept if view.is_thing(t.key)} - without
    attributes = [t for t in kept if t.roles & _FILED and not view.is_thing(t.key)]
    rest = others(frame, [*denied, *(t for t in kept if t.key in only)])
    listed = [t for t in kept if "name" in t.roles and not t.is_label()]
    if listed:
        left = [f for f in holders_of(listed[0], view) if enumerates(f) and (o := view.owner(f)) is not None and key(o.text) not in without]
        if not left:
            return None
        places = [placed(f, view) for f in left]
        slots: dict[str, Any] = {"name": _printed(listed[0], left[0]), "places": places, "mentions": []}
        return Finding("belongs", slots, scored(evidence, left), True, {listed[0].key: "value"}, meant=accounted(frame))
    best: tuple[int, list[Fact]] | None = None
    for tie in attributes:
        groups: dict[tuple[str, int], list[Fact]] = {}
        for fact in _carrying(tie, view):
            place = ("table", fact.table) if fact.table is not None else ("group", fact.group or 0)
            groups.setdefault(place, []).append(fact)
        for facts in groups.values():
            owners = [(key(o.text), f) for f in facts if (o := view.owner(f)) is not None]
            if not without & {o for o, _ in owners}:
                continue
            apart = [(o, f) for o, f in owners if not without & {o, *(key(n) for n in f.names)}]
            left = [f for o, f in apart if not only or o in only]
            said = sum(category(frame.tokens[p].stem, left, view) for p in rest)
            if left and said == len(rest) and (best is None or said > best[0]):
                best = (said, left)
    if best is None:
        return None
    cells = [{"label": name(view.owner(f)), "value": value(f)} for f in best[1]]
    attribute = view.attribute(best[1][0])
    slots = {
        "subject": name(attribute),
        "cells": cells,
        "without": [Echo(n) for n in dict.fromkeys(t.name for t in denied)],
    }
    return Finding("others", slots, scored(evidence, best[1]), True, dict.fromkeys(without, "entity"), meant=accounted(frame))


def _carrying(tie: Tie, view: View) -> list[Fact]:
    """Facts of an attribute: cells of the row or column of that name, labelled items under the heading of that name."""
    found = [f for f in filed_under(tie, view) if (a := view.attribute(f)) is not None and key(a.text) == tie.key and f.column != 0]
    for section in dict.fromkeys(e.section for e in tie.entries if e.role == "heading"):
        found += [f for f in view.store.section_facts(section) if f.kind in ("pair", "item") and f.label("label")]
    return found


def _other_names(frame: Frame, denied: list[Tie], kept: list[Tie], evidence: Evidence, view: View) -> Finding | None:
    """The other names of the listing that holds the denied ones."""
    scope = [t for t in kept if t.roles & _FILED]
    if not scope:
        return None
    without = {t.key for t in denied}
    rest = others(frame, denied)
    listings = [f for t in denied for f in holders_of(t, view) if enumerates(f)]
    fitting = [
        f
        for f in listings
        if all(category(frame.tokens[p].stem, [f], view) for p in rest) and {t.key for t in scope} & {key(x.text) for x in f.labels}
    ]
    if not fitting:
        return _names_of_other_rows(frame, denied, scope, evidence, view)
    if _WHICH_OF_THEM.search(frame.text):  # the things are asked for, not what else the one lists
        return not_held(denied[0], fitting, evidence, view)
    fact = fitting[0]
    left = [part(fact, n) for n in listed_names(fact) if key(n) not in without]
    if not left:
        return None
    slots = {
        "owner": name(view.owner(fact)),
        "attribute": name(view.attribute(fact)),
        "items": left,
        "without": [Echo(n) for n in dict.fromkeys(t.name for t in denied)],
    }
    return Finding("rest", slots, scored(evidence, [fact]), True, dict.fromkeys(without, "value"), meant=accounted(frame))


def _names_of_other_rows(frame: Frame, denied: list[Tie], asked: list[Tie], evidence: Evidence, view: View) -> Finding | None:
    """The names listed in a table of such names, without those of the row denied (*which sails are not for racing*)."""
    without = {t.key for t in denied}
    wanted = {frame.tokens[p].stem for t in asked for p in range(t.start, t.end)}
    for fact in (f for t in denied for f in filed_under(t, view, ("row", "column"), _LOOKED_AT) if f.table is not None and f.column):
        table = view.table_of(fact)
        about = view.stems_of(" ".join((table.columns[0], table.caption, *view.path(fact)[-1:])))
        cells = [f for f in view.cells(table.id) if f.column]
        if table.decision or not wanted <= about:
            continue
        if table.entities == "rows" and key(fact.label("column") or "") in without:
            return _things_lacking(frame, fact, denied, asked, evidence, view)
        if not all(enumerates(f) for f in cells):
            continue
        out = {key(n) for f in cells if without & {key(x.text) for x in f.labels} for n in listed_names(f)}
        items: dict[str, Quote] = {}
        for cell in cells:
            for n in listed_names(cell):
                if key(n) not in out:
                    items.setdefault(key(n), part(cell, n))
        if out and items and len(items) <= _MOST_NAMES:
            used = [q.fact for q in items.values() if q.fact is not None]
            return Finding("names", {"items": list(items.values())}, scored(evidence, used), True, meant=accounted(frame))
    return None


def _things_lacking(frame: Frame, cell: Fact, denied: list[Tie], asked: list[Tie], evidence: Evidence, view: View) -> Finding | None:
    """The things down the first column whose cell in a column is blank, or says that there is none (*boats without a captain*)."""
    read = grid(view.table(cell.table), view) if cell.table is not None else None
    if read is None or len(denied) > 1 or others(frame, [*denied, *asked]):
        return None
    given = {f.row for f in read.column(cell.column or 0, read.rows()) if not numbers.missing(f.value)}
    lacking = read.column(read.named, [row for row in read.rows() if row not in given])
    if not lacking or len(lacking) > _MOST_NAMES:
        return None
    return Finding("names", {"items": [value(f) for f in lacking]}, scored(evidence, lacking), True, meant=accounted(frame))


# ---------------------------------------------------------------- in common


def shared(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What several names, or several things, have in common: where they stand together, which names both list."""
    if frame.kind not in ("overlap", "compare") and not _SHARES.search(frame.text):
        return None
    named = _values(frame, view)
    sides = list(things_by_key(frame, view).values())
    if len(named) > 1 and not sides:
        return _listed_together(named, frame, evidence, view)
    if len(sides) > 1 and frame.kind != "compare":
        return _common_names(sides, frame, evidence, view)
    return None


def _listed_together(named: list[Tie], frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Names that are no things of their own: under what each of them is listed, together where it is so."""
    rest = others(frame, named)
    listings = {t.key: [f for f in holders_of(t, view) if enumerates(f)] for t in named}
    if any(not facts for facts in listings.values()) or any(p in frame.unknown for p in rest):
        return None
    every = [f for f in listings[named[0].key] if all(f.id in {x.id for x in listings[t.key]} for t in named)]
    roles = dict.fromkeys((t.key for t in named), "value")
    apart = {k: [f for f in facts if f not in every] for k, facts in listings.items()}
    if every and not (frame.kind == "compare" and all(apart.values())):
        slots: dict[str, Any] = {
            "names": [part(every[0], t.name) if t.name in every[0].value else Echo(t.name) for t in named],
            "places": [placed(f, view) for f in every],
            "differ": frame.kind == "compare",
        }
        return Finding("listed_together", slots, scored(evidence, every), True, roles, meant=accounted(frame))
    # Asked how they differ, where they stand together says nothing.
    listings = apart if every else listings
    if all(_says_no_place(f, view) for facts in listings.values() for f in facts):
        return None  # under what they are listed says nothing of whose they are
    entries = [{"name": _printed(t, listings[t.key][0]), "places": [placed(f, view) for f in listings[t.key]]} for t in named]
    facts = [f for t in named for f in listings[t.key]]
    return Finding("listed_apart", {"entries": entries}, scored(evidence, facts), True, roles, meant=accounted(frame))


def _says_no_place(fact: Fact, view: View) -> bool:
    """Whether where something is listed is told by one label alone, which stands for the thing and the attribute both."""
    owner, attribute = view.owner(fact), view.attribute(fact)
    return owner is None or attribute is None or key(owner.text) == key(attribute.text)


def _common_names(sides: list[Tie], frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Names that all the things list under the attribute asked about; that there is none is said with the listings looked at."""
    rest = [p for p in others(frame, sides) if not _SHARES.search(frame.tokens[p].surface)]
    if not rest:
        return None
    listings = {
        t.key: [f for f in facts_of(t, view) if enumerates(f) and all(category(frame.tokens[p].stem, [f], view) for p in rest)]
        for t in sides
    }
    if any(not facts for facts in listings.values()):
        return None
    held = {k: {key(n): (n, f) for f in reversed(facts) for n in listed_names(f)} for k, facts in listings.items()}
    first = held[sides[0].key]
    common = [k for k in first if all(k in names for names in held.values())]
    facts = [f for found in listings.values() for f in found]
    roles = dict.fromkeys((t.key for t in sides), "entity")
    if common:
        items = [{"value": part(first[k][1], first[k][0]), "places": [placed(held[t.key][k][1], view) for t in sides]} for k in common]
        used = [held[t.key][k][1] for k in common for t in sides]
        return Finding(
            "common",
            {"items": items, "names": [Echo(t.name) for t in sides], "yesno": bool(YESNO.match(frame.text))},
            scored(evidence, used),
            True,
            roles,
            meant=accounted(frame),
        )
    claims = [
        Claim("absence", tuple(value(f) for t in sides[1:] for f in listings[t.key]), n)
        for n in dict.fromkeys(n for n, _ in first.values())
    ]
    slots = {
        "names": [Echo(t.name) for t in sides],
        "listings": [{"owner": Echo(t.name), "values": [value(f) for f in listings[t.key]]} for t in sides],
        "yesno": bool(YESNO.match(frame.text)),
    }
    return Finding("common_none", slots, scored(evidence, facts), True, roles, claims=claims, meant=accounted(frame))


# ---------------------------------------------------------------- unions


def union(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """All names of a sort that one thing has, over every listing of that sort: *all tools of A*, *how many tools has A*."""
    if frame.kind not in ("count", "list", "which", "attribute", "keyword") or not (frame.each or frame.kind == "count") or frame.negated:
        return None
    sides = list(things_by_key(frame, view).values())
    rest = others(frame, sides)
    if len(sides) != 1 or not rest:
        return None
    listings = [
        f
        for f in facts_of(sides[0], view)
        if enumerates(f) and all(_within(frame.tokens[p].stem, f, view, sides[0].key) for p in rest) and listed_names(f)
    ]
    names: dict[str, Quote] = {}
    for fact in listings:
        for n in listed_names(fact):
            names.setdefault(key(n), part(fact, n))
    if len(listings) < 2 or len(names) <= max(len(listed_names(f)) for f in listings) or len(names) > _MOST_NAMES:
        return None
    own = [f for f in listings if (a := view.attribute(f)) is not None and any(frame.tokens[p].stem in view.stems_of(a.text) for p in rest)]
    items = tuple(names.values())
    slots: dict[str, Any] = {
        "number": Figure(len(items), items),
        "items": list(items),
        "own": [
            {
                "number": Figure(len(listed_names(f)), tuple(part(f, n) for n in listed_names(f))),
                "label": name(view.attribute(f)),
            }
            for f in own[:1]
        ],
        "places": [placed(f, view) for f in listings],
        "counted": frame.kind == "count",
    }
    every = tuple(part(f, n) for f in listings for n in listed_names(f))
    return Finding(
        "union", slots, scored(evidence, listings), True, {sides[0].key: "entity"}, claims=[Claim("union", every)], meant=accounted(frame)
    )


def _within(stem: str, fact: Fact, view: View, thing: str = "") -> bool:
    """Whether a word names the row, column, first column or section of a fact; of a thing's own row the first column says nothing."""
    own = bool(thing) and key(fact.label("row") or "") == thing
    heads = view.table(fact.table).columns[:1] if fact.table is not None and not own else ()
    return stem in view.stems_of(" ".join([*(x.text for x in fact.labels), *view.path(fact), *heads]))


def most(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Who lists the most, or the fewest, under an attribute: the numbers side by side (*which has the most x*, *more x than B*)."""
    asked = _MOST.search(frame.text)
    attributes = [t for t in frame.content_ties() if t.roles & {"row", "column"} and not view.is_thing(t.key)]
    if asked is None or not attributes:
        return None
    sides = {t.key for t in things(frame, view)}
    best: list[Fact] = []
    for tie in attributes:
        facts = [
            f for f in _carrying(tie, view) if enumerates(f) and (o := view.owner(f)) is not None and (not sides or key(o.text) in sides)
        ]
        rest = [p for p in others(frame, [tie]) if frame.tokens[p].stem not in view.stems_of(" ".join(t.name for t in frame.ties))]
        if len(facts) > 1 and len({f.table for f in facts}) == 1 and all(_within(frame.tokens[p].stem, facts[0], view) for p in rest):
            best = facts if not best or len(attributes) == 1 or _within(key(attributes[0].name), facts[0], view) else best
    if len(best) < 2:
        return None
    counts = {f.id: Figure(len(listed_names(f)), tuple(part(f, n) for n in listed_names(f))) for f in best}
    largest = max(n.value for n in counts.values())
    smallest = min(n.value for n in counts.values())
    if largest < _LISTS:
        return None  # single values, which count nothing
    wanted = smallest if asked[0].lower().split()[0] in ("least", "fewest", "fewer", "less") else largest
    attribute = view.attribute(best[0])
    slots = {
        "attribute": name(attribute),
        "same": largest == smallest,
        "rows": [
            {
                "owner": name(view.owner(f)),
                "number": counts[f.id],
                "value": value(f),
                "won": counts[f.id].value == wanted,
            }
            for f in best
        ],
    }
    return Finding("most", slots, scored(evidence, best), True, dict.fromkeys(sides, "entity"), meant=accounted(frame))


# ---------------------------------------------------------------- several at once


def members(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Several names at once: for each, whether it is listed where the question says (*does A use x or y*)."""
    named = _values(frame, view)
    if len(named) < 2 or frame.negated or frame.kind not in ("yesno", "attribute", "keyword", "which", "decision", "belongs", "list"):
        return None
    apart = frame.text[frame.tokens[named[0].start].start : frame.tokens[named[-1].end - 1].end]
    if not _CHOICE.search(apart):
        return None
    sides = list(things_by_key(frame, view).values())
    inside = [t for t in frame.content_ties() if t.roles & _FILED and t not in named and not view.is_thing(t.key)]
    listings = _each_listed(named, [*sides, *inside], frame, view)
    if listings is None or len(sides) > 1:
        return None
    entries = []
    used: list[Fact] = []
    for tie in named:
        facts = listings[tie.key]
        mine = [
            f for f in facts if _owned_by(f, sides, view) and all(category(s, [f], view) for t in inside for s in view.stems_of(t.name))
        ]
        shown = mine or facts
        used += shown
        yes = bool(mine) if sides or inside else None
        entries.append(_entry(tie, yes, shown, view))
    roles = dict.fromkeys((t.key for t in named), "value") | dict.fromkeys((t.key for t in sides), "entity")
    return Finding("members", {"entries": entries}, scored(evidence, used), True, roles, meant=accounted(frame))


def _each_listed(named: list[Tie], beside: list[Tie], frame: Frame, view: View) -> dict[str, list[Fact]] | None:
    """The cells that list each of several names; None where none lists one of them, or the question asks more than where they stand."""
    listings = {t.key: [f for f in holders_of(t, view) if f.table is not None and enumerates(f) and "→" not in f.raw] for t in named}
    every = [f for facts in listings.values() for f in facts]
    if not all(listings.values()) or any(not category(frame.tokens[p].stem, every, view) for p in others(frame, [*named, *beside])):
        return None
    return listings


def _entry(tie: Tie, yes: bool | None, cells: list[Fact], view: View) -> dict[str, object]:
    return {"name": _printed(tie, cells[0]), "yes": yes, "places": [placed(f, view) for f in cells]}


def odd_ones(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Of several names, those that are not listed where the question says (*which of x, y, z is no A thing*), and where they are."""
    named = _values(frame, view)
    sides = list(things_by_key(frame, view).values())
    if len(named) < 2 or len(sides) != 1 or not frame.negated or frame.kind in ("yesno", "why", "decision"):
        return None
    listings = _each_listed(named, sides, frame, view)
    if listings is None:
        return None
    odd = [t for t in named if not any(_owned_by(f, sides, view) for f in listings[t.key])]
    if not odd or len(odd) == len(named):
        return None
    entries = [_entry(t, None, listings[t.key], view) for t in odd]
    roles = dict.fromkeys((t.key for t in named), "value") | {sides[0].key: "entity"}
    used = [f for t in odd for f in listings[t.key]]
    return Finding("members", {"entries": entries}, scored(evidence, used), True, roles, meant=accounted(frame))


def several_attributes(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Several attributes of one thing in one question: a line each."""
    sides = list(things_by_key(frame, view).values())
    rest = others(frame, sides)
    if len(sides) != 1 or len(rest) < 2 or not _JOINED.search(frame.text):
        return None
    facts = facts_of(sides[0], view)
    told: dict[str, Fact] = {}
    for fact in facts:
        if (a := view.attribute(fact)) is not None:
            told.setdefault(a.text, fact)
    found: dict[int, Fact] = {}
    for place in rest:
        stem = frame.tokens[place].stem
        fitting = [label for label in told if stem in view.stems_of(label)]
        if fitting:
            found[place] = told[min(fitting, key=lambda x: (len(view.stems_of(x)), x))]
    for place in list(found):  # *the tools for storage*: what only names the sort of the others is no attribute of its own
        beside = [f for p, f in found.items() if f.id != found[place].id]
        narrowed = frame.tokens[place + 1 : place + 2] and frame.tokens[place + 1].word == "for"
        if narrowed and beside and all(_within(frame.tokens[place].stem, f, view) for f in beside):
            del found[place]
    used = list({f.id: f for f in found.values()}.values())
    if not 2 <= len(used) <= _MOST_CELLS or any(
        p not in found and not all(_within(frame.tokens[p].stem, f, view) for f in used) for p in rest
    ):
        return None
    cells = [{"label": name(view.attribute(f)), "value": value(f)} for f in used]
    owner = view.owner(used[0])
    slots = {"subject": name(owner), "cells": cells, "left": 0}
    return Finding("row", slots, scored(evidence, used), True, {sides[0].key: "entity"}, meant=accounted(frame))


def pairs(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """An attribute for each of several things, each its own (*the a of A and the b of B*)."""
    order = [t for t in frame.content_ties() if view.is_thing(t.key) or t.roles & _FILED]
    sides = [t for t in order if view.is_thing(t.key)]
    if len(sides) < 2 or len(sides) != len({t.key for t in sides}) or len(order) != len(frame.content_ties()):
        return None
    apart: list[list[int]] = [[] for _ in sides]
    for place in others(frame, sides):
        nearest = min(range(len(sides)), key=lambda i: (not sides[i].start > place, abs(sides[i].start - place)))
        apart[nearest].append(place)
    if any(not places for places in apart):
        return None
    facts: list[Fact] = []
    for tie, places in zip(sides, apart, strict=True):
        wanted = {frame.tokens[p].stem for p in places}
        labelled = [(view.stems_of(a.text), f) for f in facts_of(tie, view) if (a := view.attribute(f)) is not None]
        fitting = [(len(label), f.id, f) for label, f in labelled if wanted <= label]
        if not fitting:
            return None
        facts.append(min(fitting)[-1])
    labels = {a.text for f in facts if (a := view.attribute(f)) is not None}
    if len(labels) < 2:
        return None
    cells = [placed(f, view) for f in facts]
    return Finding(
        "cells", {"cells": cells}, scored(evidence, facts), True, dict.fromkeys((t.key for t in sides), "entity"), meant=accounted(frame)
    )


# ---------------------------------------------------------------- parts


def _values(frame: Frame, view: View) -> list[Tie]:
    """Names in the question that the knowledge base only lists, each once."""
    found: dict[str, Tie] = {}
    for tie in frame.content_ties():
        if "name" in tie.roles and not tie.roles & {"row", "column", "label"} and not view.is_thing(tie.key):
            found.setdefault(tie.key, tie)
    return list(found.values())


def _owned_by(fact: Fact, sides: Sequence[Tie], view: View) -> bool:
    owner = view.owner(fact)
    return not sides or (owner is not None and key(owner.text) in {t.key for t in sides})


def _printed(tie: Tie, fact: Fact) -> Quote | Echo:
    return part(fact, tie.name) if tie.name in fact.value else Echo(tie.name)


__all__ = ["excluded", "members", "most", "odd_ones", "pairs", "several_attributes", "shared", "union"]
