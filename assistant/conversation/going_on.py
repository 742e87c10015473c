"""A name that goes on with the last question: *and for X?*, *not X, Y*, *back to X*.

It takes the place of the name it is most like; where it is like none, it is asked of what was spoken of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.conversation.english import english
from assistant.conversation.models import ENTRIES, SHORT, Resolved, Slot, Turn
from assistant.conversation.moves import moves
from assistant.conversation.of_thing import attribute_of
from assistant.conversation.past import Past
from assistant.conversation.phrasing import comparison, series, with_name
from assistant.conversation.places import place_of
from assistant.conversation.said import Said, say
from assistant.conversation.swapping import complement, other_need, with_sibling, with_unknown
from assistant.language import language
from assistant.mentions import Tie
from assistant.question import tokens
from corpus.words import key


def gone_back(past: Past, said: Said) -> Resolved | None:
    """*Back to X: what is its …?*"""
    found = moves().going_back(said.text)
    if found is None:
        return None
    name, rest = found
    name = moves().name_of(name)
    place = moves().ordinal(name)
    if place is not None and place.whole:
        listed = past.last.listed if past.last is not None and len(past.last.listed) > 1 else tuple(past.spoken())
        index = place_of(place.place, len(listed), len(listed) - 1)
        if index is None or not 0 <= index < len(listed):
            return None
        name = listed[index]
    if not re.search(r"\w", rest):
        return Resolved(name, (name,))
    inner = say(rest, past.namer)
    pronoun = moves().pronoun(inner.text)
    if pronoun is None:
        named = {t.key for t in inner.ties}
        return Resolved(rest if key(name) in named else f"{inner.bare()} of {name}", (name,))
    owning = "'s" if pronoun[0].lower() in english().pronouns.owning_things else ""
    return Resolved(f"{inner.text[: pronoun.start()]}{name}{owning}{inner.text[pronoun.end() :]}", (name,))


def replaced(past: Past, said: Said) -> Resolved | None:
    """*Not X, Y*: one name in the place of another, or of what was asked."""
    base = past.last
    for text in dict.fromkeys((said.text, said.typed)) if base is not None else ():
        match = moves().match("not_but", text)
        old = _slot_called(past, match["old"], base) if match is not None and base is not None else None
        if match is None or base is None or (old is None and not said.corrects):
            continue
        new = say(moves().name_of(match["new"]), past.namer)
        if old is None:
            if not new.ties or text != said.text:
                continue  # *no wait, actually …*: what stands after *no* is no name
            return gone_on(past, replace(new, leaning=True, corrects=True))
        name = new.ties[0].name if len(new.ties) == 1 else new.bare()
        return Resolved(with_name(name, old, base.question), tuple(s.name for s in base.slots if s is not old) or (base.kind,), varied=True)
    return None


def _slot_called(past: Past, words: str, base: Turn) -> Slot | None:
    """The name of a question that somebody calls so, if only in part (*history* for `History kept`)."""
    exact = next((s for s in base.slots if key(words) in (key(s.words), key(s.name))), None)
    wanted = past.view.stems_of(words)
    return exact or next((s for s in base.slots if wanted and wanted <= past.view.stems_of(s.name)), None)


def gone_on(past: Past, said: Said) -> Resolved | None:
    """*And for X?*: the last question with what is named in the place of what it named of the same sort."""
    base = past.last
    if base is None or moves().asks(said.text):
        return None
    if said.corrects and english().message.own_need.match(said.text):
        return Resolved(said.text)  # a need told anew
    if (of_one := _of_one_alone(past, said, base)) is not None:
        return of_one
    if (apart := english().message.alone.search(said.text)) is not None:
        said = replace(say(said.text[: apart.start()], past.namer), leaning=said.leaning)
    ties = said.ties
    if not base.answered and base.question == base.question.rstrip("?") and not moves().asks(base.question):
        base = next((t for t in past.on_topic() if t.answered), base)  # what was told and not understood has no place for anything
    if not base.answered and not any(_alike(past, t, s) > 0 for t in ties for s in base.slots):
        base = next((t for t in past.on_topic() if t.answered), base)  # what was refused has no place for it
    part = _part_told(past, base) if len(ties) == 1 and past.sort(ties[0]) == "thing" and not said.extra() else None
    bare = part is not None and english().message.preposition.match(said.text) is not None
    if not said.leaning and not bare and not _goes_on_bare(past, said, ties, base):
        return None
    if not re.search(r"\w", moves().name_of(said.text)):
        return None
    named = attribute_of(past, said, base)
    if (
        named is not None
        and not any(past.sort(t) == "thing" for t in ties)
        and (not base.answered or all("heading" in t.roles and not past.axes(t) for t in ties))
    ):
        thing = base.of("thing")[0].name
        if (old := next(iter(base.of("attribute")), None)) is not None and base.answered:
            return Resolved(with_name(named, old, base.question), (thing,), varied=True)
        return Resolved(f"{named} of {thing}", (thing,), varied=True)
    if not ties:
        return with_unknown(past, said, base)
    if part is not None:
        return Resolved(f"{part} of {ties[0].name}", (part,), varied=True, focus=ties[0].name)
    chosen = base.chosen
    if chosen and not english().message.preposition.match(said.text) and all(past.tells_of_things(t) for t in ties):
        return Resolved(f"{series([t.name for t in ties])} of {chosen}", (chosen,), varied=True, focus=chosen)
    if all(_alike(past, t, s) < 3 for t in ties for s in base.slots) and (sibling := with_sibling(past, said, base)) is not None:
        return sibling
    return _carried(past, said, ties, base)


def _part_told(past: Past, base: Turn) -> str | None:
    """The heading that a question was, and nothing else: of a thing named next, what stands there is asked for."""
    asked = key(base.question)
    headed = any(e.role == "heading" for e in past.view.entries(asked))
    return base.question.strip(" ?.!") if base.answered and headed and not past.view.is_thing(asked) else None


def _of_one_alone(past: Past, said: Said, base: Turn) -> Resolved | None:
    """*And A alone?*, *just A* after two were asked about together: the same of the one."""
    alone = english().message.alone.search(said.text)
    ties = say(said.text[: alone.start()], past.namer).ties if alone is not None else said.ties
    if len(ties) != 1 or (alone is None and not said.about):
        return None
    name, joined = ties[0].name, english().message.joined
    joint = next((s for s in base.slots if past.view.stems_of(name) < past.view.stems_of(s.name) and joined.search(s.name)), None)
    if joint is None and alone is not None and ties[0].key in {key(s.name) for s in base.of("thing")} and len(base.of("thing")) > 1:
        joint = _series_of(base)
    if joint is None:
        return None
    question = english().before.jointly.sub("", base.question)
    return Resolved(with_name(name, joint, question), (base.kind,), varied=True, focus=name)


def _series_of(base: Turn) -> Slot | None:
    """The things of a question as they stand together in it (*A and B*)."""
    things = base.of("thing")
    between = r"[\s,+&]+(?:(?:and|or|the)\s+)*"
    found = re.search(between.join(re.escape(s.words) for s in things), base.question, re.I)
    return Slot(found[0], found[0], "thing") if found else None


def _goes_on_bare(past: Past, said: Said, ties: Sequence[Tie], base: Turn) -> bool:
    """Whether a few words with names in them, and a question mark, only go on with the last question."""
    of_chosen = base.chosen is not None and all(past.tells_of_things(t) for t in ties)
    of_thing = bool(ties) and all(past.sort(t) == "attribute" for t in ties) and bool(base.of("thing") or of_chosen)
    if not said.typed.rstrip().endswith("?") and not english().message.preposition.match(said.text):
        alone = not moves().together(said.text) and not english().message.existential.search(said.text)
        return alone and len(said.words) <= SHORT and base is past.turns[-1] and bool(ties) and attribute_of(past, said, base) is not None
    if len(said.words) > SHORT:
        return of_thing and sum(not t.function for t in said.words) <= SHORT
    if any(t.word in language().ranking for t in said.words) and any(t.word in language().ranking for t in tokens(base.question)):
        return True
    if any(_alike(past, t, s) >= 2 for t in ties for s in base.slots) or attribute_of(past, said, base):
        return True
    if with_sibling(past, said, base) is not None:
        return True
    return of_thing


def _carried(past: Past, said: Said, ties: Sequence[Tie], base: Turn) -> Resolved | None:
    """The last question with each name in the place of the one it is most like."""
    placed: dict[int, list[Tie]] = {}
    loose: list[Tie] = []
    latest = base.kind == "compare"
    for tie in ties:
        scores = [(_alike(past, tie, slot), place if latest else -place) for place, slot in enumerate(base.slots)]
        best = max(scores, default=(0.0, 0))
        if best[0] > 0:
            placed.setdefault(abs(best[1]), []).append(tie)
        else:
            loose.append(tie)
    sorts = {past.sort(t) for t in ties}
    if loose and not placed:
        return _beside(past, said, loose, base)
    if loose and "thing" in sorts and len(ties) > 1:
        return Resolved(said.text)  # it names its own thing, and something the last question has no place for
    extra = said.extra()
    question = base.question
    if not loose and sorts == {"thing"} and base.kind == "compare" and len(ties) > 1:
        asked = [s.name for s in base.of("attribute")]
        return Resolved(comparison(asked, [t.name for t in ties]), tuple(asked) or (base.kind,), varied=True)
    together = series([s.name for s in base.of("thing")]) if base.of("thing") else ""
    if not loose and sorts == {"thing"} and len(base.of("thing")) > 1 and base.kind != "compare" and together in question:
        kept = tuple(s.name for s in base.slots if s.sort != "thing") or (base.kind,)
        return Resolved(question.replace(together, series([t.name for t in ties])), kept, varied=True)
    if extra and base.kind == "decision":
        return other_need(said, base)
    if extra and (swapped := complement(said, base)) is not None:
        return swapped
    for place, group in placed.items():
        names = series([t.name for t in group])
        if extra and len(placed) == 1:
            names = moves().name_of(said.text)
        question = with_name(names, base.slots[place], question)
    if loose:
        question = f"{question.rstrip(' ?.!')} {series([t.name for t in loose])}"
    kept = tuple(s.name for i, s in enumerate(base.slots) if i not in placed) or (base.kind,)
    named = [t.name for group in placed.values() for t in group if past.is_name(t)]
    return Resolved(question, kept, varied=True, focus=named[0] if len(named) == 1 else None)


def _beside(past: Past, said: Said, loose: Sequence[Tie], base: Turn) -> Resolved | None:
    """A name of a sort that the last question has no place for."""
    names = series([t.name for t in loose])
    sort = past.sort(loose[0])
    things = base.of("thing")
    if sort == "thing" and base.kind == "decision" and base.slots:
        return Resolved(f"is {base.slots[0].words} in {names}?", (base.slots[0].name,), varied=True)
    if sort == "thing" and not things and base.of("attribute"):
        return Resolved(f"{base.question.rstrip(' ?.!')} for {names}", tuple(s.name for s in base.slots), varied=True)
    if sort == "thing" and not things and base.slots and all(key(t.name) in map(key, base.listed) for t in loose):
        asked = series([s.name for s in base.slots])  # told of each of them: of these alone
        return Resolved(f"{asked} of {names}", (asked,), varied=True, focus=names if len(loose) == 1 else None)
    if base.kind == "decision":
        return other_need(said, base)
    subject = [s.name for s in things] or ([base.subject] if base.subject else [])
    if not things and base.owner and all(past.tells_of_things(t) for t in loose):
        subject = [base.owner]  # what is said of things is asked of the one that a name was found with
    if base.kind == "compare" and len(subject) > 1 and sort != "thing" and "heading" in loose[0].roles:
        return Resolved(f"compare {names} of {series(subject)}", tuple(subject), varied=True)
    if sort == "attribute" or (loose[0].roles & {"heading"} and sort != "thing" and "name" not in loose[0].roles):
        if not subject:
            return None
        if len(loose) == 1 and len(subject) == 1 and _in_one_list(past, loose[0], Slot(subject[0], subject[0], "name")):
            return Resolved(names, (base.kind,), varied=True, focus=names)
        if base.kind == "compare" and len(subject) > 1:
            return Resolved(f"compare {names} of {series(subject)}", tuple(subject), varied=True)
        return Resolved(f"{names} of {series(subject)}", tuple(subject), varied=True)
    if len(base.slots) == 1:
        return Resolved(with_name(names, base.slots[0], base.question), (base.kind,), varied=True)
    return Resolved(said.text)


def _alike(past: Past, tie: Tie, slot: Slot) -> float:
    """How far a name may stand in another's place: labels of one axis, one sort, anything for an unknown name."""
    sort = past.sort(tie)
    if past.axes(tie) & slot.axes or _in_one_list(past, tie, slot):
        return 3.0
    if sort == slot.sort and sort != "unknown" and not (sort == "attribute" and slot.axes and "heading" in tie.roles):
        return 2.0
    return 1.5 if slot.sort == "unknown" else 0.0


def _in_one_list(past: Past, tie: Tie, slot: Slot) -> bool:
    """Whether two names are labels of one list (`**A:** …`, `**B:** …`)."""
    entries = (tie.entries[:ENTRIES], past.view.entries(key(slot.name))[:ENTRIES])
    groups = [{past.view.fact(e.fact).group for e in found if e.fact is not None and e.role == "label"} - {None} for found in entries]
    return bool(groups[0] & groups[1]) and tie.key != key(slot.name)
