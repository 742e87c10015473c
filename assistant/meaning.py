"""The attribute of a named thing that a question means by other words than its name."""

from __future__ import annotations

import re

from assistant.finding import Finding, placed
from assistant.frame import Frame
from assistant.grids import head_stem
from assistant.language import language
from assistant.retrieval import Evidence
from assistant.things import facts_of, others, scored, things
from assistant.view import View

_FEWEST_ATTRIBUTES, _MOST_ATTRIBUTES = 3, 60  # fewer names do not tell meanings apart; more are not attributes
_ATTRIBUTE_MEANT = 0.34  # cosine of the question without its thing and an attribute's name; asked for something else it stays below 0.25
_ATTRIBUTE_LEAD = 0.04
# Asks for a way of doing something, which no attribute is.
_TO_DO = re.compile(r"(?:and |so )?how (?:(?:do|can|could|should|would|must) (?:i|we|you|one|they|people)|to)\b", re.I)


def attribute_by_meaning(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The attribute of a named thing that the rest of the question means, by the names of the attributes alone.

    The thing is taken out of the question first: it is in every candidate, and would drown what is asked.
    """
    named = things(frame, view)
    if len({t.key for t in named}) != 1 or not others(frame, named):
        return None
    tie = named[0]
    facts = facts_of(tie, view)
    labels = list(dict.fromkeys(a.text for f in facts if (a := view.attribute(f)) is not None))
    if len(labels) < _FEWEST_ATTRIBUTES or len(labels) > _MOST_ATTRIBUTES:
        return None
    first, last = frame.tokens[tie.start], frame.tokens[tie.end - 1]
    rest = f"{frame.text[: first.start]}it{frame.text[last.end :]}"
    similar = view.label_similarity(rest, tuple(labels))
    order = sorted(range(len(labels)), key=lambda i: (-similar[i], i))
    lead = similar[order[0]] - similar[order[1]]
    if similar[order[0]] < _ATTRIBUTE_MEANT or lead < _ATTRIBUTE_LEAD:
        return None
    meant = [f for f in facts if (a := view.attribute(f)) is not None and a.text == labels[order[0]]]
    candidates = scored(evidence, meant[:1])
    # A word the chosen name holds was tied by that word, and then the words beside it still have to be found.
    if frame.focus in frame.unknown:
        return None  # *which licence*: the very noun asked for is unknown
    if _TO_DO.match(frame.text) and not view.stems_of(labels[order[0]]) & {frame.tokens[p].stem for p in frame.content}:
        return None  # *how do I restore it* is not told by how often it is backed up
    return Finding("cell", placed(meant[0], view), candidates, True, {tie.key: "entity"}, meant=meant_beside(frame, labels[order[0]], view))


def meant_beside(frame: Frame, label: str, view: View) -> tuple[int, ...]:
    """Places of the question that a name of an attribute covers by meaning: all but those that narrow it.

    In *security tools* and *tools for security* an unknown word narrows a name that is there, and has to be found itself; so has
    the noun after a word that only qualifies what is named (*max payload*, `Max memory`).
    """
    held = view.stems_of(label)
    literal = [i for i, t in enumerate(frame.tokens) if t.stem in held]
    qualified = qualified_by(frame, label, view)
    after_for = next((i for i, t in enumerate(frame.tokens) if literal and i > literal[-1] and t.word == "for"), len(frame.tokens))
    beside = {p for p in frame.unknown if any(frame.coordinate(t, p) for t in frame.content_ties())}  # *A and x*: x is asked for as well
    return tuple(
        p
        for p in frame.content
        if p not in beside | qualified and (not literal or frame.tokens[p].stem in held or not (p + 1 in literal or p > after_for))
    )


def qualified_by(frame: Frame, label: str, view: View) -> set[int]:
    """Places right after the words a question shares with a label, where they only say how much of something: it may be another."""
    held = view.stems_of(label)
    literal = [i for i, t in enumerate(frame.tokens) if t.stem in held and not t.function]
    shared = [frame.tokens[i] for i in literal]
    only_amounts = all(t.word in language().amounts for t in shared) and head_stem(label) not in {t.stem for t in shared}
    return {i + 1 for i in literal} if only_amounts else set()
