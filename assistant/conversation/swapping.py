"""Words that are no name, in the place of some of the last question: a number, a rank, a need, what follows a preposition."""

from __future__ import annotations

import re

from assistant.conversation.english import english
from assistant.conversation.models import Resolved, Slot, Turn
from assistant.conversation.moves import moves
from assistant.conversation.past import Past
from assistant.conversation.phrasing import with_name
from assistant.conversation.said import Said
from assistant.language import language
from assistant.question import tokens
from corpus.words import key

_NEAR_WORD = 0.3  # cosine from which one word may stand in the place of another


def with_unknown(past: Past, said: Said, base: Turn) -> Resolved | None:
    """A follow-up with no name of the knowledge base in it."""
    name = moves().name_of(said.text)
    swapped = _with_number(past, name) or _with_rank(past, said) or with_sibling(past, said, base)
    if swapped is not None:
        return swapped
    content = [t for t in said.words if not t.function]
    if not content:
        return None
    if base.kind == "decision":
        return other_need(said, base)
    if (swapped := complement(said, base)) is not None:
        return swapped
    strange = any(not past.namer.common(t.word) or t.surface != t.word for t in content)
    old_slot = next(iter([*base.of("thing"), *base.of("unknown"), *base.slots][:1]), None)
    last = tokens(base.question)[-1]
    loose_end = not any(key(last.surface) in key(s.words) for s in base.slots) and not last.function
    if len(content) == 1 and loose_end and not strange:  # *when does X start?*, *and end?*
        question = f"{base.question[: last.start]}{content[0].surface}{base.question[last.end :]}"
        return Resolved(question, tuple(s.name for s in base.slots) or (base.kind,), varied=True)
    if old_slot is not None and (strange or base.kind in ("definition", "keyword", "belongs")):
        kept = tuple(s.name for s in base.slots if s is not old_slot) or (base.kind,)
        return Resolved(with_name(name, old_slot, base.question), kept, varied=True)
    swapped = _with_word(past, name, base)
    if all(past.namer.knows(t) for t in content):
        return Resolved(said.bare(), otherwise=swapped)
    return swapped


def _with_number(past: Past, name: str) -> Resolved | None:
    """*And five?*: in the place of the number of the last question that had one."""
    number = moves().number(name)
    for turn in past.on_topic() if number else ():
        old = moves().number(turn.question)
        if number and old and number[0].lower() != old[0].lower():
            question = f"{turn.question[: old.start()]}{number[0]}{turn.question[old.end() :]}"
            return Resolved(question, tuple(s.name for s in turn.slots) or (turn.kind,), varied=True)
    return None


def _with_rank(past: Past, said: Said) -> Resolved | None:
    """*And the slowest?*: in the place of the word that ranked in the last question that did."""
    ranks = [t for t in said.words if t.word in language().ranking]
    for turn in past.on_topic() if ranks else ():
        ranked = [t for t in tokens(turn.question) if t.word in language().ranking]
        if ranked:
            place = moves().ordinal(said.text)
            put = ranks[0].surface if place is None else said.text[place.start :].strip(" ?.!").removeprefix("the ")
            question = f"{turn.question[: ranked[0].start]}{put}{turn.question[ranked[0].end :]}"
            kept = tuple(s.name for s in turn.slots if key(s.words) != ranked[0].stem)
            return Resolved(question, kept or (turn.kind,), varied=True)
    return None


def with_sibling(past: Past, said: Said, base: Turn) -> Resolved | None:
    """*And the late one?*: the one label beside a name of the last question that holds these words."""
    wanted = {t.stem for t in said.words if not t.function and t.word not in moves().generic}
    for slot in base.slots if wanted else ():
        for table, axis in sorted(slot.axes):
            shape = past.view.table(table)
            labels = [x for x in (shape.rows if axis == "row" else shape.columns[1:]) if wanted <= past.view.stems_of(x)]
            if len(labels) == 1 and key(labels[0]) != key(slot.name):
                kept = tuple(s.name for s in base.slots if s is not slot) or (base.kind,)
                focus = labels[0] if slot.sort == "thing" else None
                return Resolved(with_name(labels[0], slot, base.question), kept, varied=True, focus=focus)
    return None


def _with_word(past: Past, name: str, base: Turn) -> Resolved:
    """The last question with some words in the place of what is nearest to them in meaning; what is asked of each is for the judge."""
    named = {w.stem for s in base.slots for w in tokens(s.words)}
    loose = [t.surface for t in tokens(base.question) if not t.function and t.stem not in named]
    old = [s.words for s in base.slots] + loose
    near = past.view.label_similarity(name, tuple(old)) if old else []
    best = max(range(len(old)), key=lambda i: (near[i], -i), default=0)
    if not old or near[best] < _NEAR_WORD:
        return Resolved(f"{base.question.rstrip(' ?.!')} {name}", tuple(s.name for s in base.slots) or (base.question,), varied=True)
    slot = Slot(old[best], old[best], "unknown")
    kept = tuple(s.name for s in base.slots if s.words != old[best]) or (base.kind,)
    return Resolved(with_name(name, slot, base.question), kept, varied=True)


def complement(said: Said, base: Turn) -> Resolved | None:
    """*and to Y?* after *how do I get to X?*: what follows the same preposition."""
    opened = english().message.preposition.match(said.text)
    if not opened:
        return None
    found = list(re.finditer(rf"\b{opened[0]}\b", base.question, re.I))
    if not found:
        return None
    kept = base.question[: found[-1].start()].strip()
    return Resolved(f"{kept} {said.text.strip(' ?.!')}", (kept,), varied=True)


def other_need(said: Said, base: Turn) -> Resolved:
    """The last choice for another need."""
    match = english().before.decided.match(base.question)
    asking = match[1] if match else "which do I need"
    return Resolved(f"{asking} {moves().need(said.text)}", (asking,), varied=True)
