"""What is kept of one turn: what it was about, what it listed, where its answer stands."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.conversation.english import english
from assistant.conversation.models import ANSWER_ASKED, Resolved, Slot, Turn
from assistant.conversation.naming import slots_of
from assistant.conversation.rows import rows_told
from assistant.finding import Finding
from assistant.frame import Frame
from assistant.models import DeclineKind
from assistant.prose import siblings
from assistant.view import View
from assistant.wording import Quote
from corpus.chunking import bare_heading
from corpus.models import Fact
from corpus.words import key

_STEPS = frozenset({"flow", "steps", "step_at", "step_next", "step_between", "step_missing", "steps_counted", "step_none"})
_DENIED = frozenset({"member_no", "cell_no", "not_held", "cell_instead"})
_VALUE = 80  # characters of a value that *it* may stand for


def turn_of(frame: Frame, resolved: Resolved, view: View, finding: Finding | None, decline: DeclineKind | None) -> Turn:
    """A turn as it is kept; one about nothing here is kept as such."""
    slots = slots_of(frame, finding, view)
    if decline is not None:
        subject = resolved.focus or _named(frame, slots) or (resolved.kept[0] if resolved.kept else None)
        on_topic = decline in ("unknown_attribute", "unknown_name", "not_listed")
        return Turn(frame.text, frame.kind, slots, subject, varied=resolved.varied, answered=False, on_topic=on_topic)
    owned = _owner(frame, finding, view)
    listed = resolved.listed or _enumerated(finding, slots, view)
    scope = resolved.scope or _scope(finding, slots, view)
    steps = resolved.steps or (finding is not None and finding.shape in _STEPS)
    order, order_label = _order(finding, view)
    return Turn(
        question=frame.text,
        kind=_kind(frame, finding),
        slots=slots,
        subject=(resolved.focus if frame.kind not in ANSWER_ASKED else None)
        or _subject(frame, slots, owned, finding, view, scope if steps else ""),
        owner=owned,
        value=finding.says(_VALUE) if finding else None,
        problem=bool(finding and finding.problem),
        listed=listed,
        place=resolved.place if resolved.listed else place_in(listed, slots),
        scope=scope,
        steps=steps,
        order=order,
        order_label=order_label,
        at=_place_of_step(finding, view),
        denied=finding is not None and finding.shape in _DENIED,
        cell=_cell(finding),
        document=finding.deciding[0].fact.document if finding and finding.deciding else "",
        path=view.path(finding.deciding[0].fact) if finding and finding.deciding else (),
        counted=bool(resolved.listed),
        card=finding is not None and finding.shape == "card",
        varied=resolved.varied,
        within=rows_told(frame, finding, view),
    )


def _kind(frame: Frame, finding: Finding | None) -> str:
    """The kind of a turn: one that was answered as a choice is one, whatever else its need speaks of (*for combining …*)."""
    chosen = finding is not None and finding.shape.startswith("decision") and english().before.decided.match(frame.text)
    return "decision" if chosen else frame.kind


def _subject(frame: Frame, slots: Sequence[Slot], owner: str | None, finding: Finding | None, view: View, order: str = "") -> str | None:
    """What *it* stands for after an answer: the answer where a thing was asked for, else the first name of the question.

    A name that the answer says nothing of (*full* in *full-text*) is none that was asked about, where another is.

    Args:
        order: what the steps it gave are steps of.
    """
    told = {key(x.text) for c in finding.deciding[:1] for x in c.fact.labels} if finding is not None else set[str]()
    if (
        finding is not None
        and finding.shape in ("cell_yes", "cell_no")
        and (first := next((s for s in slots if key(s.name) in told), None))
    ):
        return first.name  # *does A run on B*: A
    step = _step_told(finding)
    said = {key(n) for n in (*(x.text for x in step.labels), *step.names)} if step is not None and step.ordered else set[str]()
    if owner and key(owner) in said and view.is_thing(key(owner)):
        return owner  # a step that is called by a thing, or speaks of it
    fact = finding.deciding[0].fact if finding is not None and finding.deciding else None
    labels = [x.text for x in fact.labels if x.role == "label"] if fact is not None and fact.table is None else []
    spoken = [s.name for s in slots] or (labels if frame.kind in ANSWER_ASKED else [])
    if len(spoken) == 1 and spoken[0] != owner and key(spoken[0]) in map(key, labels) and len(view.entries(key(spoken[0]))) == 1:
        return spoken[0]  # an item of a list, by what it is called
    if frame.kind in ANSWER_ASKED and owner and key(owner) in told and not any(key(s.name) in told for s in slots if s.sort == "thing"):
        return owner
    above = {key(bare_heading(h)) for h in view.path(fact)} if fact is not None else set[str]()
    if any(s.sort == "thing" for s in slots):
        slots = [s for s in slots if s.sort == "thing" or key(s.name) not in above]  # *the challenges of A*: A
    named = next((s.name for s in slots if s.sort in ("thing", "name") and not (order and s.name.isdigit())), None)
    if order and not named:
        return order
    if frame.kind in ANSWER_ASKED and owner and not any(s.sort == "thing" for s in slots):
        return owner
    return named or owner or _named(frame, slots)


def _owner(frame: Frame, finding: Finding | None, view: View) -> str | None:
    """The thing an answer is about; None where it is about several and none was asked for."""
    step = _step_told(finding)
    thing = view.owner(step) if step is not None and step.ordered else None
    if thing is not None:
        return thing.text
    owners = [o.text for c in (finding.deciding if finding else ()) if (o := view.owner(c.fact)) is not None]
    if not owners or (len(set(owners)) > 1 and frame.kind not in ANSWER_ASKED):
        return None
    return owners[0]


def _step_told(finding: Finding | None) -> Fact | None:
    """The one step an answer tells."""
    step = finding.slots.get("step") if finding is not None and finding.shape in _STEPS else None
    return step.fact if isinstance(step, Quote) else None


def _enumerated(finding: Finding | None, slots: Sequence[Slot], view: View) -> tuple[str, ...]:
    """What an answer lists, in order: names and steps; not the attributes that a whole row or card is labelled with."""
    fact = finding.deciding[0].fact if finding and finding.deciding else None
    if finding is None or fact is None or finding.shape in ("card", "definition"):
        return ()
    joint = english().message.joined.split(o.text) if (o := view.owner(fact)) is not None else []
    if len(joint) > 1 and finding.shape.startswith("decision") and all(view.is_thing(key(name)) for name in joint):
        return tuple(joint)  # two that are to be taken together
    if finding.shape == "belongs":
        owners = {key(o.text): o.text for c in finding.deciding if (o := view.owner(c.fact)) is not None}
        if len(owners) > 1:
            return tuple(owners.values())
    if finding.shape in ("row", "column") and fact.table is not None:
        things = view.table(fact.table).entities == ("columns" if finding.shape == "row" else "rows")
        return tuple(finding.enumerates()) if things else ()
    if finding.shape in ("row", "column") and any(s.sort == "thing" for s in slots):
        return ()
    listed = _in_series(fact, finding.enumerates({key(s.name) for s in slots}), view)
    if finding.shape == "flow" and len(listed) < 2:  # the steps inside one cell
        steps = view.group(fact) if fact.kind == "step" else view.store.section_facts(fact.section)
        inside = [f for f in steps if f.kind == "step" and (fact.kind == "step" or fact.span.start <= f.span.start < fact.span.end)]
        return tuple(f.value for f in sorted(inside, key=lambda f: f.position))
    return tuple(listed)


def _scope(finding: Finding | None, slots: Sequence[Slot], view: View) -> str:
    """In which words a list can be asked for again."""
    fact = finding.deciding[0].fact if finding and finding.deciding else None
    if fact is None or finding is None:
        return ""
    named = [s.name for s in slots if s.sort != "unknown"]
    if finding.shape in _STEPS and (fact.kind not in ("item", "pair") and named):
        return " ".join(named)
    path = view.path(fact)
    return bare_heading(path[-1]) if path and fact.table is None else " ".join(named)


def _place_of_step(finding: Finding | None, view: View) -> tuple[int, int] | None:
    """The place of the one step told in a numbered list whose steps are labelled, and how many it has."""
    step = _step_told(finding)
    if step is None or not step.ordered or step.kind != "pair":
        return None
    steps = siblings(step, view)
    return next(((i, len(steps)) for i, f in enumerate(steps) if f.id == step.id), None)


def _in_series(fact: Fact, listed: Sequence[str], view: View) -> list[str]:
    """The same list; of one text, the names in it that stand one after the other (*A, B and C*), also inside one name (*A + B*)."""
    joined = english().message.joined
    if any(name not in fact.value for name in listed):
        return list(listed)
    if len(listed) > 1:
        runs, end = [[listed[0]]], fact.value.index(listed[0]) + len(listed[0])
        for name in listed[1:]:
            start = fact.value.find(name, end)
            if start < end or joined.fullmatch(fact.value[end:start]) is None:
                runs.append([])
            runs[-1].append(name)
            end = max(end, start + len(name))
        return max(runs, key=len) if max(map(len, runs)) > 1 else []
    names = [*listed, *fact.names] if len(listed) < 2 else list(listed)
    for name in sorted(names, key=len, reverse=True):
        parts = [p.strip() for p in joined.split(name)]
        if len(parts) > 1 and all(any(key(p) == key(n) for n in fact.names) or view.is_thing(key(p)) for p in parts):
            return parts
    return list(listed)


def _order(finding: Finding | None, view: View) -> tuple[str, str]:
    """How the order an answer tells of, or the one beside it, can be asked for, and what it is called; empty where there is none."""
    fact = finding.deciding[0].fact if finding and finding.deciding else None
    if fact is None:
        return "", ""
    if fact.ordered and finding is not None and finding.shape in _STEPS:
        return (bare_heading(view.path(fact)[-1]) if view.path(fact) else ""), ""
    inside = [f for f in view.store.section_facts(fact.section) if f.kind == "step"]
    own = [f for f in inside if f.group == fact.group] if fact.kind == "step" else []
    own = own or [f for f in inside if fact.span.start <= f.span.start < fact.span.end]
    if not own and fact.table is None and len({f.group for f in inside}) == 1:
        own = inside
    if not own:
        return "", ""
    owner = view.owner(own[0])
    called = next((x.text for x in own[0].labels if x.role != "parent" and (owner is None or key(x.text) != key(owner.text))), "")
    path = view.path(own[0])
    if owner is not None and called:
        return f"{owner.text} {called}", called
    return (bare_heading(path[-1]) if path else called), called


def _cell(finding: Finding | None) -> tuple[str, str] | None:
    """Row and column label of the first cell that decided."""
    fact = finding.deciding[0].fact if finding and finding.deciding else None
    labels = {x.role: x.text for x in fact.labels} if fact is not None and fact.table is not None else {}
    return (labels["row"], labels["column"]) if "row" in labels and "column" in labels else None


def _named(frame: Frame, slots: Sequence[Slot]) -> str | None:
    """The first name of a question that can be spoken of, else the words it asks about."""
    found = next((s.name for s in slots if s.sort in ("thing", "name")), None) or next((s.name for s in slots), None)
    if found:
        return found
    content = [t for i, t in enumerate(frame.tokens) if i in frame.content]
    while len(content) > 1 and content[-1].word.endswith("ed"):
        content.pop()  # *what is the starter called*
    return frame.text[content[0].start : content[-1].end] if content else None


def place_in(listed: Sequence[str], slots: Sequence[Slot]) -> int | None:
    """The place of the one listed name that the question spoke of."""
    spoken = {key(s.name) for s in slots}
    found = [i for i, name in enumerate(listed) if key(name) in spoken]
    return found[0] if len(found) == 1 and len(listed) > 1 else None
