"""Where a name is listed: under which thing, as what; and whether it is where the question says."""

from __future__ import annotations

import re

from assistant.finding import Finding, name, value
from assistant.frame import Frame
from assistant.language import language
from assistant.listing import category, enumerates, holders_of, listed, not_held, said_together, stands_under
from assistant.mentions import Tie
from assistant.retrieval import Evidence
from assistant.things import others, scored, things
from assistant.view import View
from assistant.wording import Echo
from corpus.models import Fact
from corpus.words import key

_OR = re.compile(r"\bor\b", re.IGNORECASE)
_ONLY = re.compile(r"\b(?:only|just|solely|exclusively|nothing but|merely)\b", re.I)
_WHICH_OF = re.compile(
    r"^(?:and |so |but )?(?:which|who|what)(?: one)? (?:of|among) .+ (?:uses?|has|have|lists?|contains?|includes?|needs?|runs?|holds?)\b",
    re.I,
)


def _chosen(tie: Tie, offered: list[Tie], attributes: list[Tie], cells: list[Fact], frame: Frame, view: View) -> list[Fact]:
    """The cells that hold a name, of those offered (*is it A's or B's*), else all that hold it; none where more is asked."""
    if frame.negated or frame.kind not in ("yesno", "belongs", "which", "keyword"):
        return []
    beside = others(frame, [tie, *offered, *attributes])
    if any(not category(frame.tokens[p].stem, cells, view) for p in beside):
        return []
    owners = {t.key for t in offered}
    mine = [c for c in cells if not owners or ((o := view.owner(c)) is not None and key(o.text) in owners)]
    return [c for c in mine if not attributes or any(stands_under(t, [c]) for t in attributes)] or cells


def belonging(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Where a name is listed: under which thing, as what; for yes/no questions, whether it is where the question says."""
    named = [t for t in frame.content_ties() if "name" in t.roles and not t.roles & {"row", "column", "label"}]
    if not named:
        return None
    tie = max(named, key=lambda t: ("heading" not in t.roles, t.end - t.start, len(t.key)))  # a heading says where
    facts = list(holders_of(tie, view))
    cells = [f for f in facts if f.table is not None and any(key(n) == tie.key for n in f.names) and enumerates(f)]
    if not cells:
        return None
    asked = [t for t in things(frame, view) if t.key != tie.key]
    attributes = [t for t in frame.content_ties() if t.roles & {"row", "column"} and not view.is_thing(t.key)]
    if _OR.search(frame.text) and (len(asked) > 1 or len(attributes) > 1):
        offered, asked = asked, []  # a choice among them is asked for, not whether one of them holds
        chosen = _chosen(tie, offered, attributes, cells, frame, view)
        if chosen:
            slots = listed(tie, None, chosen, view) | {"mentions": []}
            return Finding("belongs", slots, scored(evidence, chosen), True, {tie.key: "value"})
    rest = list(others(frame, [tie, *asked]))
    inside = [t for t in attributes if stands_under(t, cells)]
    outside = [t for t in attributes if t not in inside]
    heads = [t for t in outside if any(t.start == i.end for i in inside)]  # *a monitoring tool*: listed under the first, it is one
    aspect = next((t for t in outside if t not in heads), None)
    headed = {p for t in frame.content_ties() if "heading" in t.roles and t.end - t.start > 1 for p in range(t.start, t.end)}
    beside_aspect = [p for p in rest if p not in headed and (aspect is None or not aspect.start <= p < aspect.end)]
    if (
        frame.kind == "yesno"
        and aspect is not None
        and not asked
        and all(category(frame.tokens[p].stem, cells, view) for p in beside_aspect)
    ):
        slots = listed(tie, None, cells, view) | {"attribute": Echo(aspect.name)}
        return Finding("member_no", slots, scored(evidence, cells), True, {tie.key: "value", aspect.key: "attribute"})
    told = {p for t in (*inside, *heads) for p in range(t.start, t.end)}
    if frame.kind == "yesno" and inside and not asked and not frame.negated and not [p for p in rest if p not in told]:
        under = [c for c in cells if all(stands_under(t, [c]) for t in inside)]
        if under:
            slots = listed(tie, None, under, view)
            return Finding("member_yes", slots, scored(evidence, under), True, {tie.key: "value", inside[0].key: "attribute"})
    if asked:
        mine = [f for f in cells if (o := view.owner(f)) and key(o.text) in {t.key for t in asked}]
        without = [t for t in asked if not any((o := view.owner(f)) and key(o.text) == t.key for f in mine)]
        if mine and without and frame.kind == "yesno":  # of one it is listed, of the other it is not: a text may speak of both
            if said_together(tie, without[0], evidence, view):
                return None
            asked, mine = without, []
        roles = {tie.key: "value", asked[0].key: "entity"}
        if frame.kind == "why" and not mine:
            slots = listed(tie, asked[0], cells, view)
            instead = [
                c
                for cell in cells
                for c in (view.row(cell) if view.table_of(cell).entities == "columns" else view.column(cell))
                if (o := view.owner(c)) and key(o.text) == asked[0].key and c.column
            ]
            if instead:
                slots["instead"] = value(instead[0])
            return Finding("member_no", slots, scored(evidence, [*cells, *instead[:1]]), True, roles, corrected=True)
        if frame.kind != "yesno" or [p for p in rest if not category(frame.tokens[p].stem, cells, view)]:
            return None
        if not mine and said_together(tie, asked[0], evidence, view):
            return None  # a text speaks of both
        shown = mine or cells
        if mine and _ONLY.search(frame.text) and any(len(f.names) > 1 for f in mine):  # *is A only about x*: what it lists says what else
            cell = mine[0]
            slots_ = {"owner": name(o) if (o := view.owner(cell)) else None, "attribute": name(x) if (x := view.attribute(cell)) else None}
            return Finding("cell", {**slots_, "value": value(cell)}, scored(evidence, [cell]), True, roles)
        if frame.negated:  # *is it not …*: yes and no would mean either
            return Finding("belongs", listed(tie, None, cells, view) | {"mentions": []}, scored(evidence, cells), True, roles)
        return Finding("member_yes" if mine else "member_no", listed(tie, asked[0], shown, view), scored(evidence, shown), True, roles)
    if frame.negated and frame.kind not in ("yesno", "why"):
        return not_held(tie, cells, evidence, view)
    if frame.kind in ("which", "belongs", "keyword", "definition", "attribute", "decision", "yesno"):
        # *Which discipline uses x*: the noun asks where it belongs, whatever that is called here.
        where = {
            p for p in rest if frame.kind in ("which", "belongs") and p == frame.focus and frame.tokens[p].word in language().classifiers
        }
        if not all(category(frame.tokens[p].stem, cells, view) for p in rest if p not in where):
            return None
        mentions = [f for f in facts if f.table is None][:2]
        slots = listed(tie, None, cells, view)
        slots["mentions"] = [value(f) for f in mentions]
        return Finding("belongs", slots, scored(evidence, [*cells, *mentions]), True, {tie.key: "value"}, meant=tuple(sorted(where)))
    return None


def among(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Where else a name is listed, where it is asked which of two things has it and neither does (*which of A and B uses x*)."""
    named = [t for t in frame.content_ties() if "name" in t.roles and not t.is_label()]
    sides = {t.key for t in things(frame, view)}
    if len(named) != 1 or len(sides) < 2 or frame.negated or not _WHICH_OF.match(frame.text):
        return None
    cells = [
        f for f in holders_of(named[0], view) if f.table is not None and enumerates(f) and any(key(n) == named[0].key for n in f.names)
    ]
    if not cells or any(not category(frame.tokens[p].stem, cells, view) for p in others(frame, frame.content_ties())):
        return None
    if any((o := view.owner(c)) and key(o.text) in sides for c in cells):
        return None
    slots = listed(named[0], None, cells, view) | {"mentions": []}
    return Finding("belongs", slots, scored(evidence, cells), True, {named[0].key: "value"}, meant=tuple(frame.content))
