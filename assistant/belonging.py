"""Where a name is listed: under which thing, as what; and whether it is where the question says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.finding import Finding, placed, value
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


@dataclass(frozen=True, slots=True)
class _Place:
    """A name that cells of tables list, and what a question names beside it."""

    tie: Tie
    cells: list[Fact]
    texts: list[Fact]  # where it stands outside of tables
    asked: list[Tie]  # the things named
    attributes: list[Tie]  # the rows and columns named

    @property
    def inside(self) -> list[Tie]:
        """The rows and columns named that it is listed under."""
        return [t for t in self.attributes if stands_under(t, self.cells)]

    @property
    def heads(self) -> list[Tie]:
        """Those right after one of them: *a monitoring tool* is listed under the first, and is one."""
        inside = self.inside
        return [t for t in self.attributes if t not in inside and any(t.start == i.end for i in inside)]

    def rest(self, frame: Frame) -> list[int]:
        """Places of the question beside the name and the things."""
        return others(frame, [self.tie, *self.asked])

    def fits(self, frame: Frame, places: Iterable[int], view: View) -> bool:
        """Whether the words of the question at these places only say where the cells stand."""
        return all(category(frame.tokens[p].stem, self.cells, view) for p in places)


def belonging(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Where a name is listed: under which thing, as what; for yes/no questions, whether it is where the question says."""
    place = _place(frame, view)
    if place is None:
        return None
    if _OR.search(frame.text) and (len(place.asked) > 1 or len(place.attributes) > 1):
        chosen = _of_those_offered(place, frame, evidence, view)
        if chosen is not None:
            return chosen
        place = replace(place, asked=[])  # a choice among them is asked for, not whether one of them holds
    said = _not_as_said(place, frame, evidence, view) or _as_said(place, frame, evidence, view)
    if said is not None:
        return said
    if place.asked:
        return _of_the_thing(place, frame, evidence, view)
    if frame.negated and frame.kind not in ("yesno", "why"):
        return not_held(place.tie, place.cells, evidence, view)
    return _where(place, frame, evidence, view)


def _place(frame: Frame, view: View) -> _Place | None:
    named = [t for t in frame.content_ties() if "name" in t.roles and not t.roles & {"row", "column", "label"}]
    if not named:
        return None
    tie = max(named, key=lambda t: ("heading" not in t.roles, t.end - t.start, len(t.key)))  # a heading says where
    facts = holders_of(tie, view)
    cells = [f for f in facts if f.table is not None and any(key(n) == tie.key for n in f.names) and enumerates(f)]
    if not cells:
        return None
    asked = [t for t in things(frame, view) if t.key != tie.key]
    attributes = [t for t in frame.content_ties() if t.roles & {"row", "column"} and not view.is_thing(t.key)]
    return _Place(tie, cells, [f for f in facts if f.table is None], asked, attributes)


def _of_those_offered(place: _Place, frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Of the places offered (*is it A's or B's*) those that list the name, else all that list it; None where more is asked."""
    if frame.negated or frame.kind not in ("yesno", "belongs", "which", "keyword"):
        return None
    if not place.fits(frame, others(frame, [place.tie, *place.asked, *place.attributes]), view):
        return None
    owners = {t.key for t in place.asked}
    mine = [c for c in place.cells if not owners or ((o := view.owner(c)) is not None and key(o.text) in owners)]
    chosen = [c for c in mine if not place.attributes or any(stands_under(t, [c]) for t in place.attributes)] or place.cells
    return _told(place.tie, chosen, evidence, view)


def _not_as_said(place: _Place, frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """No: it is listed, but not under the row or column that the question says."""
    told = [*place.inside, *place.heads]
    aspect = next((t for t in place.attributes if t not in told), None)
    if frame.kind != "yesno" or aspect is None or place.asked:
        return None
    headed = {p for t in frame.content_ties() if "heading" in t.roles and t.end - t.start > 1 for p in range(t.start, t.end)}
    if not place.fits(frame, (p for p in place.rest(frame) if p not in headed and not aspect.start <= p < aspect.end), view):
        return None
    slots = listed(place.tie, None, place.cells, view) | {"attribute": Echo(aspect.name)}
    return Finding("member_no", slots, scored(evidence, place.cells), True, {place.tie.key: "value", aspect.key: "attribute"})


def _as_said(place: _Place, frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Yes: it is listed under all the rows and columns that the question says."""
    inside = place.inside
    if frame.kind != "yesno" or not inside or place.asked or frame.negated:
        return None
    told = {p for t in (*inside, *place.heads) for p in range(t.start, t.end)}
    under = [c for c in place.cells if all(stands_under(t, [c]) for t in inside)]
    if not under or any(p not in told for p in place.rest(frame)):
        return None
    roles = {place.tie.key: "value", inside[0].key: "attribute"}
    return Finding("member_yes", listed(place.tie, None, under, view), scored(evidence, under), True, roles)


def _of_the_thing(place: _Place, frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Whether the things named list it."""
    asked = place.asked
    mine = [f for f in place.cells if (o := view.owner(f)) and key(o.text) in {t.key for t in asked}]
    if frame.kind == "why" and not mine:
        return _instead(place, evidence, view)
    if frame.kind != "yesno":
        return None
    without = [t for t in asked if not any((o := view.owner(f)) and key(o.text) == t.key for f in mine)]
    if mine and without:  # of one it is listed, of the other it is not
        asked, mine = without, []
    if not mine and said_together(place.tie, asked[0], evidence, view):
        return None  # a text speaks of both
    if not place.fits(frame, others(frame, [place.tie, *place.asked]), view):
        return None
    roles = {place.tie.key: "value", asked[0].key: "entity"}
    if mine and _ONLY.search(frame.text) and any(len(f.names) > 1 for f in mine):  # *is A only about x*: what it lists says what else
        return Finding("cell", placed(mine[0], view), scored(evidence, mine[:1]), True, roles)
    if frame.negated:  # *is it not …*: yes and no would mean either
        return _told(place.tie, place.cells, evidence, view, roles)
    shown = mine or place.cells
    return Finding("member_yes" if mine else "member_no", listed(place.tie, asked[0], shown, view), scored(evidence, shown), True, roles)


def _instead(place: _Place, evidence: Evidence, view: View) -> Finding:
    """That the thing named does not list it, with what it has in that place."""
    thing = place.asked[0]
    slots = listed(place.tie, thing, place.cells, view)
    instead = [
        c
        for cell in place.cells
        for c in (view.row(cell) if view.table_of(cell).entities == "columns" else view.column(cell))
        if (o := view.owner(c)) and key(o.text) == thing.key and c.column
    ]
    if instead:
        slots["instead"] = value(instead[0])
    roles = {place.tie.key: "value", thing.key: "entity"}
    return Finding("member_no", slots, scored(evidence, [*place.cells, *instead[:1]]), True, roles, corrected=True)


def _where(place: _Place, frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Every place where it is listed, and the first texts that name it."""
    if frame.kind not in ("which", "belongs", "keyword", "definition", "attribute", "decision", "yesno"):
        return None
    rest = place.rest(frame)
    # *Which discipline uses x*: the noun asks where it belongs, whatever that is called here.
    where = [p for p in rest if frame.kind in ("which", "belongs") and p == frame.focus and frame.tokens[p].word in language().classifiers]
    if not place.fits(frame, (p for p in rest if p not in where), view):
        return None
    return _told(place.tie, place.cells, evidence, view, mentions=place.texts[:2], meant=tuple(sorted(where)))


def _told(
    tie: Tie,
    cells: list[Fact],
    evidence: Evidence,
    view: View,
    roles: dict[str, str] | None = None,
    mentions: Sequence[Fact] = (),
    meant: tuple[int, ...] = (),
) -> Finding:
    slots = listed(tie, None, cells, view) | {"mentions": [value(f) for f in mentions]}
    return Finding("belongs", slots, scored(evidence, [*cells, *mentions]), True, roles or {tie.key: "value"}, meant=meant)


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
    return _told(named[0], cells, evidence, view, meant=tuple(frame.content))
