"""Whether the folder says what a question says: yes with the fact, no where it is said of another thing; and whose words they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.finding import Finding, placed, value
from assistant.frame import Frame
from assistant.language import language
from assistant.mentions import Tie
from assistant.retrieval import Evidence
from assistant.things import TEXTS_NEAR, accounted, facts_of, others, scored, speaks_of, things_by_key
from assistant.view import View
from assistant.wording import Echo
from corpus.models import Fact
from corpus.words import in_order, key, stem, words

_AFFIRMING = 20  # candidates among which the fact that says yes has to be
_AFFIRMING_LENGTH = 220  # characters: a longer text says too many things to be a plain yes
_MEANT_AMONG = 60  # facts of a thing that are read for what is said of another
_AS_MUCH = 0.1  # cosine by which these may lie behind and still say it
_MISATTRIBUTED = 5  # … among which what is said of another thing has to be
_MISATTRIBUTED_SHARE = 0.75  # share of what is said that the other thing's fact must hold
_TELLING = 3  # words a fact has at least to be what a question wrongly says of something
_QUOTED = 3  # blanks in a text from which its words in a question are a quotation
_DEGREE = re.compile(r"\b(?:more|most|less|least|fewer|fewest|than|only|just|merely|simply|purely|solely|always|never|every|all)\b", re.I)
YESNO = re.compile(r"(?:is|are|was|were|does|do|can|could)\b", re.I)


def affirmed(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Yes, with the fact that says so: one fact of the thing asked about holds every word of the question, or one sentence in its order."""
    strange = [p for p in set(frame.unknown) - frame.soft if not language().akin(frame.tokens[p].word)]
    if frame.negated or strange or _DEGREE.search(frame.text) or not (frame.kind == "yesno" or YESNO.match(frame.text)):
        return None
    sides = things_by_key(frame, view)
    rest = others(frame, sides.values())
    if not rest:
        return None
    written = {p: view.stems_of(t.name) for t in frame.content_ties() for p in range(t.start, t.end)}

    def held_in(stems_: frozenset[str], p: int) -> bool:
        return frame.tokens[p].stem in stems_ or (p in written and written[p] <= stems_)

    for candidate in evidence.candidates[:_AFFIRMING]:
        fact = candidate.fact
        if fact.kind in ("code", "step", "heading") or fact.value.rstrip().endswith("?") or language().negation.search(fact.value):
            continue
        owner = view.owner(fact)
        names = {key(n) for n in owner.text.split(" + ")} if owner else set()
        label = view.attribute(fact)
        held = view.stems_of(f"{fact.value} {label.text if label else ''}")
        subject = next(iter(sides), None)
        of_it = names == set(sides) or (
            subject in names and len(names) == 1 and all(view.stems_of(t.name) <= held for t in list(sides.values())[1:])
        )
        says = [p for p in rest if held_in(view.stems_of(fact.value), p)]
        named = view.stems_of(label.text) if label else frozenset[str]()
        if (
            sides
            and of_it
            and (says or len(sides) > 1)
            and all(held_in(held, p) or not language().akin(frame.tokens[p].word).isdisjoint(named) for p in rest)
        ):
            return Finding("cell_yes", placed(fact, view), [candidate], True, dict.fromkeys(sides, "entity"), meant=tuple(frame.content))
        if fact.kind in ("sentence", "item", "pair") and len(fact.value) <= _AFFIRMING_LENGTH and _says_in_order(frame, fact):
            return Finding("said_yes", {"sentence": value(fact)}, [candidate], True, meant=tuple(frame.content))
    return None


def _says_in_order(frame: Frame, fact: Fact) -> bool:
    """Whether a text holds the words of the question one after the other, so that who does what is the same."""
    said = [stem(w) for w in words(fact.value)]
    wanted = [frame.tokens[p].stem for p in frame.content if p not in frame.soft]
    return len(wanted) > 1 and in_order(wanted, said)


def misattributed(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What the question says of one thing is said of another: the fact, and what is said of the thing itself in the same place."""
    sides = things_by_key(frame, view)
    if len(sides) != 1 or frame.negated or (frame.answer_type not in (None, "reason")):
        return None
    (asked,) = sides
    of_class = {p for p in frame.unknown if language().classes_of(frame.tokens[p].word)}
    rest = {p: w for p, w in evidence.worth.items() if p in others(frame, sides.values()) and p not in of_class}
    total = sum(rest.values())
    if not rest or total <= 0:
        return None

    def share(fact: Fact) -> float:
        label = view.attribute(fact)
        held = view.stems_of(f"{fact.value} {label.text if label else ''} {' '.join(view.path(fact)[-1:])}")
        return sum(w for p, w in rest.items() if frame.tokens[p].stem in held) / total

    for candidate in evidence.candidates[:_MISATTRIBUTED]:
        fact = candidate.fact
        owner = view.owner(fact)
        if owner is None or fact.kind in ("code", "step") or not view.is_entity(key(owner.text)) or key(owner.text) == asked:
            continue
        told_of = {key(n) for n in fact.names} | {key(x.text) for x in fact.labels if x.role in ("row", "column", "label")}
        if asked in told_of or asked in key(fact.value) or share(fact) < _MISATTRIBUTED_SHARE or len(view.stems_of(fact.value)) < _TELLING:
            continue
        held_by_value = sum(w for p, w in rest.items() if frame.tokens[p].stem in view.stems_of(fact.value)) / total
        if held_by_value < 0.5 or any(share(f) >= share(fact) for f in facts_of(sides[asked], view)):
            continue
        beside = [c.fact for c in evidence.candidates[:TEXTS_NEAR] if c.fact.table is None and speaks_of(c.fact, sides[asked], view)]
        if any(share(f) >= share(fact) for f in beside):
            continue
        label = view.attribute(fact)
        mine = next(
            (f for f in facts_of(sides[asked], view) if label and (a := view.attribute(f)) is not None and a.text == label.text), None
        )
        if mine is None:
            continue  # only what both have can be mistaken
        if _says_as_much(frame, sides[asked], fact, [mine, *beside, *facts_of(sides[asked], view, _MEANT_AMONG)], view):
            continue  # in other words it is said of the thing itself
        slots = {
            "other": placed(fact, view),
            "asked": Echo(sides[asked].name),
            "value": value(mine),
            "yesno": frame.kind == "yesno",
        }
        used = [fact, mine]
        meant = accounted(frame)
        return Finding("misattributed", slots, scored(evidence, used), True, {asked: "entity"}, corrected=True, meant=meant)
    return None


def _says_as_much(frame: Frame, asked: Tie, other: Fact, own: Sequence[Fact], view: View) -> bool:
    """Whether what is said of a thing means nearly as much of what is asked of it as what is said of another does."""
    first, last = frame.tokens[asked.start], frame.tokens[asked.end - 1]
    rest = " ".join(f"{frame.text[: first.start]} {frame.text[last.end :]}".split())
    near, *mine = view.label_similarity(rest, tuple(dict.fromkeys(f.value for f in (other, *own))))
    return bool(mine) and max(mine) > near - _AS_MUCH


def quoted(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Whose words these are: the fact whose whole text stands in the question."""
    asked = " ".join(words(frame.text))
    for candidate in evidence.candidates[:_AFFIRMING]:
        fact = candidate.fact
        said = " ".join(words(fact.value))
        if fact.kind in ("heading", "code") or said.count(" ") < _QUOTED or said not in asked:
            continue
        if fact.table is not None and (decided := view.table(fact.table).decision) and fact.column == decided[0]:
            return None  # a need is named, and what serves it is asked for
        if view.owner(fact) is None:
            return None
        return Finding("owner", placed(fact, view), [candidate], True, meant=tuple(frame.content))
    return None
