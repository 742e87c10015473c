"""Answers about an order: flows and numbered lists, whole, by place, and what stands before or after what.

An order is a flow (`a → b → c`) or a numbered list. Which one is meant is told by the steps and the things the
question names; where in it, by ordinals and by words for before and after.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assistant.finding import Finding, beyond, fact_label, name, opening, part, value
from assistant.frame import Frame
from assistant.language import language
from assistant.prose import flow, owner_of, readable, siblings
from assistant.retrieval import Candidate, Evidence
from assistant.tables import TableReader
from assistant.things import filed_under, others, scored, things, things_by_key
from assistant.view import View
from assistant.wording import Claim, Figure, Quote
from corpus.models import Fact
from corpus.words import key

_FLOW_WITHIN = 25  # candidates among which a flow or a numbered list has to be
_NAMED = 0.5  # share of the question a text holds before the flow beside it is the one asked for
_SAID_STEP = 0.5  # share of a step's words the question must hold to speak of it
_MEANT_STEP = 0.55  # … or cosine of what stands beside *before* or *after* and the step

_AFTER = re.compile(
    r"\b(?:(?<!look )(?<!looks )(?<!looking )(?<!looked )(?<!named )after"
    r"|follow(?:s|ed|ing)?|next|later than|(?<=happens )once|(?<=comes )once|(?<=done )once|leads? to)\b"
    r"|^(?:once|since)\b.*,\s*what\b",
    re.I,
)
_BEFORE = re.compile(r"\b(?:before|precedes?|preceding|prior to|ahead of|earlier than|(?<=happens )until|(?<=done )until)\b", re.I)
_BETWEEN = re.compile(r"\bbetween\s+(.+?)\s+and\s+(.+?)[?.!]*$", re.I)
_FIRST = re.compile(r"\b(?:first|starts?|starting|begins?|beginning|initial\w*)\b", re.I)
_LAST = re.compile(r"\b(?:last|final\w*|end|ends|ending|finish\w*)\b", re.I)
_PART = re.compile(r"\b(?:part|steps?|stages?|in|of|belongs?|included?|flow|workflow|example)\b", re.I)
_WORKING = frozenset({"work", "works", "function", "run", "runs", "operate", "operates", "practice", "exactly", "internally", "here"})
_WORKS = re.compile(
    r"how (?:do|does|is|are) .+? (?:work|works|function|run|runs|operate|operates)\b(?: (?:in practice|exactly|internally|here))?\W*", re.I
)
_FILED_MOST = 2000  # facts filed under a thing among which its flow is looked for
_OR = re.compile(r"\bor\b", re.I)
_WHOLE_ORDER = re.compile(r"\b(?:order|sequence)\b", re.I)


@dataclass(frozen=True, slots=True)
class _Order:
    """An order of the knowledge base: its steps, first to last, and the candidate that led to it."""

    steps: tuple[Fact, ...]
    scope: Candidate
    bound: bool  # the question names it


def step_order(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What the question asks of an order: a place in it, what is beside a step, which of two is first, or all of it."""
    text = frame.text
    after, before = _AFTER.search(text), _BEFORE.search(text)
    between = _BETWEEN.search(text)
    if between and frame.kind != "compare":
        found = _between(between[1], between[2], frame, evidence, view)
        if found is not None:
            found.meant = _known(frame)
            return found
    if after or before:
        found = _beside(frame, evidence, view, after, before)
        if found is not None:
            found.meant = _known(frame)
        if found is not None or frame.kind not in ("steps", "order", "count", "attribute"):
            return found
    if frame.kind == "yesno":
        return _polar(frame, evidence, view)
    if frame.kind not in ("steps", "order", "count", "attribute", "which", "keyword", "list", "definition", "decision"):
        return None
    listed = _named_list(frame, evidence, view)
    order = listed or _scope(evidence, view)
    if order is None:
        return None
    place = _place(text, len(order.steps))
    if place == 0 and len(things(frame, view)) > 1 and _OR.search(text) is not None:
        return ordered_list(frame, evidence, view)
    if listed is not None and language().ordinal(text) is None and frame.kind not in ("count", "steps", "order"):
        return None
    if place is not None:
        found = _at(order, place, view)
        found.meant = tuple(p for p in frame.content if frame.tokens[p].word.isdigit() or language().ordinal(frame.tokens[p].surface))
        return found
    if frame.kind == "count":
        counted = _counted(order)
        asking = language().frame_words("steps")
        counted.meant = tuple(p for p in frame.content if frame.tokens[p].stem in asking)
        return counted if counted.meant else None
    if frame.kind not in ("steps", "order"):
        return None
    fact = order.scope.fact
    labelled = fact.table is not None and any(key(fact.label("row") or "") == t.key for t in frame.content_ties())
    if labelled and not things(frame, view):
        return TableReader(view, frame, evidence, order.scope).read()  # the same attribute of all things is asked for
    return _whole(order, view)


def works(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The steps a thing goes through, where it is asked how it works and a flow is told of it."""
    sides = things(frame, view)
    if len(sides) != 1 or _WORKS.fullmatch(frame.text) is None:
        return None
    if any(frame.tokens[p].word not in _WORKING for p in others(frame, sides)):
        return None
    steps = [f for f in filed_under(sides[0], view, most=_FILED_MOST) if f.kind == "step"]
    found = flow(scored(evidence, steps[:1])[0], view) if steps else None
    if found is not None:
        found.bound, found.roles, found.meant = True, {sides[0].key: "entity"}, tuple(frame.content)
    return found


def beside(text: str) -> bool:
    """Whether a question asks for what stands before, after or between something; what is told before it does not ask."""
    asked = [s for s in re.split(r"(?<=[.?!;:])\s+", text.strip()) if s][-1:]
    return any(_AFTER.search(s) or _BEFORE.search(s) or _BETWEEN.search(s) for s in asked)


def ordered_list(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The numbered list that puts the things asked about in an order."""
    edge = None if _WHOLE_ORDER.search(frame.text) else _place(frame.text, 2**16)
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
    order = _Order(tuple(siblings(best[1].fact, view)), best[1], bool(named))
    at = None if edge is None else 0 if edge == 0 else len(order.steps) - 1 if edge == 2**16 - 1 else edge
    if edge == 0 and len(named) > 1 and _OR.search(frame.text) is not None:  # *which comes first, A or B*
        at = next(i for i, f in enumerate(order.steps) if named & {key(n) for n in f.names})
    found = _at(order, at, view) if at is not None and at < len(order.steps) else _whole(order, view)
    found.bound = bool(named) or bool(best[1].where)
    found.roles = dict.fromkeys(named, "entity")
    found.meant = tuple(others(frame, things(frame, view)))
    return found


# ---------------------------------------------------------------- which order, which step


def _scope(evidence: Evidence, view: View) -> _Order | None:
    """The flow or numbered list the question is about: what is named decides, then what is near."""
    best = evidence.best()
    if best is not None and not _holds_flow(best.fact, view) and not best.fact.ordered and best.cover >= _NAMED:
        inside = [f for f in view.store.section_facts(best.fact.section) if f.kind == "step"]
        if inside and len({f.group for f in inside}) == 1:  # what is told of it in words, and beside that as a flow
            return _Order(tuple(sorted(inside, key=lambda f: f.position)), best, best.exact > 0)
    flows = [c for c in evidence.candidates[:_FLOW_WITHIN] if _holds_flow(c.fact, view)]
    scope = max(flows, key=lambda c: (round(c.cover, 1), c.score, -c.fact.id), default=None)
    if scope is not None:
        return _Order(tuple(_flow_of(scope.fact, view)), scope, scope.exact > 0)
    listed = next((c for c in evidence.candidates[:_FLOW_WITHIN] if c.fact.ordered and c.fact.kind in ("item", "pair")), None)
    return _Order(tuple(siblings(listed.fact, view)), listed, False) if listed is not None else None


def _named_list(frame: Frame, evidence: Evidence, view: View) -> _Order | None:
    """The list or table under the heading the question names, whose items are counted off (*the second trend*)."""
    edge = frame.kind in ("steps", "order") and (_FIRST.search(frame.text) or _LAST.search(frame.text))
    if language().ordinal(frame.text) is None and frame.kind != "count" and not edge:
        return None
    named = [t for t in frame.content_ties() if "heading" in t.roles]
    asking = language().frame_words("steps") | language().frame_words("count")
    wanted = {
        frame.tokens[p].stem
        for p in frame.content
        if language().ordinal(frame.tokens[p].surface) is None
        and not (frame.tokens[p].word.isdigit() and language().ordinal(frame.text) is not None)  # *step 4*
        and frame.tokens[p].stem not in asking
        and p not in frame.soft
    }
    sections = dict.fromkeys(
        e.section for t in sorted(named, key=lambda t: (t.start - t.end, t.key)) for e in t.entries if e.role == "heading"
    )
    if not wanted:
        return None
    sections.update(dict.fromkeys(c.fact.section for c in evidence.candidates[:_FLOW_WITHIN]))
    for section in sections:
        if not wanted <= view.stems_of(" ".join(view.section(section).path)):
            continue
        facts = view.store.section_facts(section)
        first = next((f for f in facts if f.kind in ("item", "pair") and f.group is not None), None)
        items = siblings(first, view) if first is not None else [f for f in facts if f.kind == "cell" and f.column == 0]
        if len(items) > 1:
            scope = Candidate(items[0], dense=0.5, cover=1.0, exact=1, score=0.5)
            return _Order(tuple(items), scope, True)
    return None


def _orders(frame: Frame, evidence: Evidence, view: View) -> list[_Order]:
    """Every order that may hold the steps the question names: those of named steps and those of the evidence."""
    found: dict[tuple[int, int], _Order] = {}
    asked = {t.key for t in things(frame, view)}
    scopes = [c for c in evidence.candidates[: 2 * _FLOW_WITHIN] if c.fact.ordered or _holds_flow(c.fact, view)]
    known = {c.fact.id for c in scopes}
    for tie in frame.content_ties():
        facts = [view.fact(e.fact) for e in tie.entries if e.fact is not None and e.role == "name"]
        scopes += scored(evidence, [f for f in facts if f.kind == "step" and f.id not in known])
    for candidate in scopes:
        steps = tuple(_flow_of(candidate.fact, view)) if _holds_flow(candidate.fact, view) else tuple(siblings(candidate.fact, view))
        if len(steps) > 1:
            found.setdefault((steps[0].id, steps[-1].id), _Order(steps, candidate, candidate.exact > 0))
    return sorted(found.values(), key=lambda o: not (asked and (n := view.owner(o.steps[0])) is not None and key(n.text) in asked))


def _said(phrase: str, order: _Order, view: View) -> int | None:
    """The place of the step a phrase speaks of, by its words; None where no step is named, or several equally."""
    held = view.stems_of(phrase)
    shares = []
    for place, step in enumerate(order.steps):
        own = view.stems_of(step.value)
        shares.append((len(own & held) / max(1, len(own)), place))
    top = max(shares, default=(0.0, 0))
    if top[0] < _SAID_STEP or sum(s == top[0] for s, _ in shares) > 1:
        return None
    return top[1]


def _words_said(phrase: str, order: _Order, view: View) -> int:
    """How many words of the step that a phrase speaks of it says."""
    place, held = _said(phrase, order, view), view.stems_of(phrase)
    return len(view.stems_of(order.steps[place].value) & held) if place is not None else 0


def _meant(phrase: str, order: _Order, view: View) -> int | None:
    similar = view.label_similarity(phrase, tuple(s.value for s in order.steps))
    top = max(range(len(similar)), key=lambda i: (similar[i], -i))
    return top if similar[top] >= _MEANT_STEP else None


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


def _known(frame: Frame) -> tuple[int, ...]:
    """Places of the question that named steps account for: all but what looks like the name of something else."""
    return tuple(
        p for p in frame.content if p not in frame.strange and not (p == frame.focus and p in frame.unknown and frame.kind == "which")
    )


# ---------------------------------------------------------------- answers


def _place(text: str, size: int) -> int | None:
    """The place in an order that the question names by an ordinal: 0-based; None for none."""
    ordinal = language().ordinal(text)
    if ordinal is not None:
        return ordinal - 1 if ordinal > 0 else size + ordinal
    if _asks(_FIRST, text):
        return 0
    if _asks(_LAST, text):
        return size - 1
    return None


def _asks(edge: re.Pattern[str], text: str) -> bool:
    """Whether a word for an end of an order asks for it; *does not start* is no beginning."""
    match = edge.search(text)
    return match is not None and not any(m.end() <= match.start() <= m.end() + 1 for m in language().negation.finditer(text))


def _step(fact: Fact) -> Quote:
    """A step as part of a sentence: without its own full stop."""
    return part(fact, fact.value.rstrip(" .;"))


def _proof(order: _Order) -> Claim:
    return Claim("order", tuple(_step(s) for s in order.steps))


def _at(order: _Order, place: int, view: View) -> Finding:
    steps = order.steps
    owner = view.owner(steps[0]) if steps[0].kind == "step" else None
    owned = name(owner)
    ordered = steps[0].ordered or steps[0].kind == "step"
    if not 0 <= place < len(steps):
        missing: dict[str, Any] = {
            "number": Figure(len(steps), tuple(_step(s) for s in steps)),
            "owner": owned,
            "steps": [_step(s) for s in steps],
            "ordered": ordered,
        }
        return Finding("step_missing", missing, [order.scope], order.bound, claims=[_proof(order)])
    edge = "first" if place == 0 else "last" if place == len(steps) - 1 else None
    slots: dict[str, Any] = {
        "step": _step(steps[place]),
        "edge": edge,
        "place": place + 1,
        "owner": owned,
        "ordered": ordered,
        "label": fact_label(steps[place], "label") if steps[place].kind == "pair" else None,
    }
    counted_off = Claim("count", tuple(_step(s) for s in steps[: place + 1]), str(place + 1))
    return Finding("step_at", slots, [order.scope], order.bound, claims=[_proof(order), counted_off])


def _counted(order: _Order) -> Finding:
    steps = [_step(s) for s in order.steps]
    slots: dict[str, Any] = {"number": Figure(len(steps), tuple(steps)), "steps": steps}
    return Finding("steps_counted", slots, [order.scope], order.bound, claims=[_proof(order)])


def _whole(order: _Order, view: View) -> Finding:
    first, last = order.steps[0], order.steps[-1]
    if first.kind != "step":
        shown = [{"label": fact_label(f, "label"), "value": value(f)} for f in readable(list(order.steps))]
        listed = {"lead": opening(fact_label(order.scope.fact, "lead")), "items": shown, "left": beyond(order.steps[len(shown) :])}
        return Finding("steps", listed, [order.scope])
    owner = owner_of(order.steps, view)
    # A cell that only stands in the same section as the flow is none of its steps.
    held = (order.scope.fact, *view.store.section_facts(first.section))
    around = next((f for f in held if f.kind != "step" and _spans(f, first, last)), None)
    shown_steps = [value(around)] if around is not None and around.kind == "cell" else [_step(f) for f in order.steps]
    slots: dict[str, Any] = {"owner": name(owner), "steps": shown_steps}
    return Finding("flow", slots, [order.scope], order.bound)


def _spans(fact: Fact, first: Fact, last: Fact) -> bool:
    return fact.kind != "step" and fact.span.start <= first.span.start and last.span.end <= fact.span.end


def _beside(frame: Frame, evidence: Evidence, view: View, after: re.Match[str] | None, before: re.Match[str] | None) -> Finding | None:
    """What comes right after or before a step; for yes/no questions, whether one step comes before another."""
    cue = after or before
    if cue is None:
        return None
    left, right = frame.text[: cue.start()], frame.text[cue.end() :]
    orders = _orders(frame, evidence, view)
    asked = things_by_key(frame, view)
    mine = [o for o in orders if (n := view.owner(o.steps[0])) is not None and key(n.text) in asked]
    if asked and mine and frame.kind != "yesno":
        elsewhere = next((o for o in orders if o not in mine and _said(right, o, view) is not None), None)
        if elsewhere is not None and all(_said(right, o, view) is None for o in mine):
            return _not_of(mine[0], elsewhere, _said(right, elsewhere, view) or 0, view)
    for find in (_said, _meant):
        # Of orders that have a step called so, the one that has more of its words comes first (*code commit* before *code*).
        for order in sorted(orders, key=lambda o: (o not in mine, -_words_said(right, o, view))) if find is _said else orders:
            there = find(right, order, view) if right.strip(" ?.!") else None
            here = find(left, order, view) if there is None or frame.kind in ("yesno", "why") else None
            if frame.kind in ("yesno", "why"):
                if here is not None and there is not None and here != there:
                    found = _compared(order, here, there, bool(after), either=bool(after and before))
                    if frame.kind == "yesno":
                        return found
                    if not found.slots["yes"]:
                        found.corrected = True
                        return found
                continue
            if there is None and here is not None and find is _said:  # *what does X precede*, *X is followed by what*
                there = here
            if there is not None:
                return _neighbour(order, there, there + (1 if after else -1), bool(after))
    return None


def _not_of(mine: _Order, elsewhere: _Order, at: int, view: View) -> Finding:
    """A step that is one of another order than that of the thing named."""
    owner = view.owner(mine.steps[0])
    slots: dict[str, Any] = {
        "step": _step(elsewhere.steps[at]),
        "owner": name(owner),
        "steps": [_step(s) for s in mine.steps],
    }
    return Finding("step_elsewhere", slots, [mine.scope, elsewhere.scope], True, corrected=True, claims=[_proof(mine)])


def _polar(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Whether a step is the first or last one, or a step at all, of the order of the thing named."""
    asked = {t.key for t in things(frame, view)}
    steps = {
        t.key: t
        for t in frame.content_ties()
        if any(e.role == "name" and e.fact is not None and view.fact(e.fact).kind == "step" for e in t.entries)
        and not (_FIRST.fullmatch(t.words) or _LAST.fullmatch(t.words))  # *begin* asks for an end, though a step may be called so
    }
    if not asked or not steps:
        return None
    orders = _orders(frame, evidence, view)
    mine = [o for o in orders if (n := view.owner(o.steps[0])) is not None and key(n.text) in asked]
    edge = "first" if _FIRST.search(frame.text) else "last" if _LAST.search(frame.text) else None
    if not mine:
        return None
    if edge is not None:
        owners = {key(n.text) for o in mine if (n := view.owner(o.steps[0])) is not None}
        named = {t.key for t in frame.content_ties()} - owners  # of several orders of a thing the one that is called so
        order = max(mine, key=lambda o: (any(key(x.text) in named for x in o.scope.fact.labels), o.scope.score, -o.steps[0].id))
        end = order.steps[0 if edge == "first" else -1]
        owner = view.owner(order.steps[0])
        slots = {"yes": key(end.value) in steps, "edge": edge, "owner": name(owner), "step": _step(end)}
        return Finding("step_polar", slots, [order.scope], True, claims=[_proof(order)], meant=_known(frame))
    if not _PART.search(frame.text):
        return None
    for order in mine:
        at = next((i for i, f in enumerate(order.steps) if key(f.value) in steps), None)
        if at is not None:
            owner = view.owner(order.steps[0])
            slots = {"step": _step(order.steps[at]), "owner": name(owner), "steps": [_step(f) for f in order.steps]}
            return Finding("step_of", slots, [order.scope], True, claims=[_proof(order)], meant=_known(frame))
    other = next(((o, i) for o in orders if o not in mine for i, f in enumerate(o.steps) if key(f.value) in steps), None)
    return _not_of(mine[0], other[0], other[1], view) if other is not None else None


def _compared(order: _Order, here: int, there: int, after: bool, *, either: bool = False) -> Finding:
    yes = None if either else (here > there) if after else (here < there)
    steps = order.steps
    slots: dict[str, Any] = {"yes": yes, "here": _step(steps[here]), "there": _step(steps[there]), "after": here > there}
    candidate = Candidate(steps[here], dense=order.scope.dense, cover=1.0, score=order.scope.score, exact=1)
    earlier, later = sorted((here, there))
    claims = [Claim("order", (_step(steps[earlier]), _step(steps[later])))]
    return Finding("step_compared", slots, [order.scope, candidate], True, claims=claims)


def _neighbour(order: _Order, here: int, at: int, after: bool) -> Finding:
    steps = order.steps
    if not 0 <= at < len(steps):
        return Finding("step_none", {"step": _step(steps[here]), "last": after}, [order.scope], True, claims=[_proof(order)])
    slots: dict[str, Any] = {"step": _step(steps[at]), "here": _step(steps[here]), "after": after}
    pair = (steps[here], steps[at]) if after else (steps[at], steps[here])
    return Finding("step_next", slots, [order.scope], True, claims=[Claim("order", tuple(_step(s) for s in pair))])


def _between(one: str, other: str, frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    for order in _orders(frame, evidence, view):
        a, b = _said(one, order, view), _said(other, order, view)
        if a is None or b is None or a == b:
            continue
        low, high = sorted((a, b))
        steps: Sequence[Fact] = order.steps[low + 1 : high]
        slots = {"steps": [_step(s) for s in steps], "low": _step(order.steps[low]), "high": _step(order.steps[high])}
        return Finding("step_between", slots, [order.scope], True, claims=[_proof(order)])
    return None


__all__ = ["beside", "ordered_list", "step_order"]
