"""Places in what was listed: *the second one*, *the next*, *the other*, *and the heaviest?*

A place is counted off in the last list that the words about it fit, else in what was spoken of one after the other.
"""

from __future__ import annotations

import re
from dataclasses import replace

from assistant import scales
from assistant.conversation.english import english
from assistant.conversation.keeping import place_in
from assistant.conversation.models import SHORT, Resolved, Turn
from assistant.conversation.moves import Ordinal, moves
from assistant.conversation.past import Past
from assistant.conversation.phrasing import nth, possessive, series, with_name
from assistant.conversation.said import Said, say
from assistant.conversation.settling import with_need
from assistant.conversation.together import against, of_all
from assistant.language import language
from assistant.question import tokens
from assistant.suggesting import in_sentence
from corpus.words import key


def ranked(past: Past, said: Said) -> Resolved | None:
    """Another extreme or another quantity in the place of the last one: *and the heaviest?*, *under 2 kg?*."""
    if moves().asks(said.text) or not (said.leaning or len(said.words) <= SHORT):
        return None
    for turn in reversed(past.turns):
        question = scales.instead(turn.question, said.text)
        if question is not None:
            return Resolved(question, (turn.question,), varied=True)
    return None


def ordinal(past: Past, said: Said) -> Resolved | None:
    """*The second one*: of what was offered, of the list that the words about it fit, or of what was spoken of."""
    found = moves().ordinal(said.text)
    if found is None or found.noun in language().ranking:
        return None
    if found.place == 0 and found.whole and (other := _the_other(past)) is not None:
        return other
    if past.pending is not None and past.pending.options and found.whole:
        place = place_of(found.place, len(past.pending.options), None)
        if place is not None and 0 <= place < len(past.pending.options):
            option = in_sentence(past.pending.options[place])
            return Resolved(with_need(past, f"for {option}"), (past.pending.question, option))
    turn, end = _list_for(past, said, found)
    spoken = _spoken_list(past, said, found)
    if spoken is not None and (turn is None or len(turn.listed) < 2):
        turn, end = spoken, found.end
    if turn is None:
        return None
    if found.count > 1:
        return _several_at(turn, said, found)
    if found.place == 0 and len(turn.listed) != 2 and spoken is not None:
        turn, end = spoken, found.end
    place, start = place_of(found.place, len(turn.listed), turn.place), found.start
    beside = moves().beside(said.text[:start]) if turn.steps and found.place else None
    if beside is not None and place is not None:  # *what comes after the second one*
        place, start, end = place + beside, 0, len(said.text)
    whole = _at(past, turn, said, place, start, end, wants_step=found.noun in moves().steps)
    beside_it = against(past, say(whole.question, past.namer)) if whole is not None and not whole.beyond else None
    return replace(whole, question=beside_it.question, kept=beside_it.kept) if whole is not None and beside_it is not None else whole


def _several_at(turn: Turn, said: Said, found: Ordinal) -> Resolved | None:
    """*Only the last two*: so many from one end of the list, of which the same is asked."""
    names = turn.listed[: found.count] if found.place == 1 else turn.listed[-found.count :]
    if turn.steps or abs(found.place) != 1 or len(turn.listed) < found.count:
        return None
    before, after = said.text[: found.start], said.text[found.end :]
    if not (before + after).strip(" ?.!,"):
        return of_all(turn, list(names))
    return Resolved(f"{before}{series(names)}{after}", names)


def dislocated(past: Past, said: Said) -> tuple[Said, Resolved] | None:
    """*The second one, what are its …?*: what is spoken of is told first; put where the question points at it.

    Returns:
        The question with the name in it, and what is kept for it.
    """
    match = english().message.dislocated.match(said.text)
    if match is None or not moves().asks(match["clause"]):
        return None
    head = say(match["head"], past.namer)
    place = moves().ordinal(head.text)
    found = ordinal(past, head) if place is not None and place.whole and place.count == 1 else None
    if found is not None and found.place is not None and not found.beyond:
        name = found.listed[found.place]
    elif found is None and (one := one_of(past, head, about=said.leaning)) is not None:
        name, found = one, Resolved("", (one,))
    else:
        return None
    clause = say(match["clause"], past.namer)
    if any(past.sort(t) == "thing" for t in clause.ties):
        return None
    data, pronoun, there = english().pronouns, moves().pronoun(clause.text), moves().there(clause.text)
    if pronoun is not None:
        owning = pronoun[0].lower() in data.owning_things
        whole = f"{clause.text[: pronoun.start()]}{possessive(name) if owning else name}{clause.text[pronoun.end() :]}"
    elif there is not None:
        whole = f"{clause.text[: there.start('there')]}in {name}{clause.text[there.end() :]}"
    else:
        return None
    return say(whole, past.namer), replace(found, kept=(name,), focus=name)


def one_of(past: Past, said: Said, *, about: bool = False) -> str | None:
    """*The A one*: the name in it, where nothing else is; after *what about* also a bare name."""
    if len(said.ties) != 1 or not past.is_name(said.ties[0]) or said.extra():
        return None
    tie = said.ties[0]
    rest = [t.word for t in said.words[tie.end :]]
    return tie.name if tie.end and ((rest and set(rest) <= moves().generic) or (about and not rest)) else None


def _the_other(past: Past) -> Resolved | None:
    """*And the other one?* after the same was asked of all things of a table but one: of that one."""
    run = [t for t in past.run() if t.of("thing")]
    asked = {key(s.name) for t in run for s in t.of("thing")}
    left = [n for n in past.siblings() if key(n) not in asked]
    if len(run) < 2 or len(asked) < 2 or len(left) != 1 or past.last is not run[-1]:
        return None
    return Resolved(
        with_name(left[0], run[-1].of("thing")[0], run[-1].question), tuple(s.name for s in run[-1].of("attribute")), varied=True
    )


def next_place(past: Past, said: Said) -> Resolved | None:
    """*The one after that*, *and then?*: beside the place spoken of last."""
    after, before = moves().match("next", said.text), moves().match("previous", said.text)
    turn = past.last
    if turn is None or not (after or before):
        return None
    at_end = turn.steps and turn.place is not None and not 0 <= turn.place + (1 if after else -1) < len(turn.listed)
    if turn.listed and turn.place is not None and not (at_end and turn.value):
        return _at(past, turn, said, turn.place + (1 if after else -1), 0, len(said.text), wants_step=turn.steps)
    at = None if turn.at is None else turn.at[0] + (1 if after else -1)
    if turn.order and turn.at is not None and at is not None and 0 <= at < turn.at[1]:
        return Resolved(f"{nth(at + 1)} step of {turn.order}", (turn.order,))
    if turn.steps and turn.value:
        of_it = f" in {turn.order}" if turn.order else ""
        return Resolved(f"what comes {'after' if after else 'before'} {turn.value}{of_it}", (turn.value,))
    return Resolved(said.typed)


def _spoken_list(past: Past, said: Said, ordinal: Ordinal) -> Turn | None:
    """What was spoken of one after the other, as a list to count off, where nothing was listed."""
    last = past.last
    if last is None or ordinal.noun not in ("", *moves().generic) or any(past.sort(t) == "thing" for t in said.ties):
        return None
    things = [s.name for s in last.of("thing")]
    names = things if len(things) > 1 else past.spoken()
    if ordinal.count > 1:
        names = list({key(s.name): s.name for t in past.turns if t.on_topic for s in t.of("thing")}.values())
    if ordinal.place == 0 and len(names) < 2 and len(siblings := past.siblings()) == 2:
        names = sorted(siblings, key=lambda n: key(n) in {key(s.name) for s in last.slots})
    if ordinal.place == 0:
        names = names[-2:]  # the other one is the one before
    place = place_of(ordinal.place, len(names), len(names) - 1)
    if len(names) < 2 or place is None or not 0 <= place < len(names):
        return None
    return Turn(
        last.question,
        last.kind,
        last.slots,
        listed=tuple(names),
        place=_spoken_of(last, names) if names == things else place_in(names, last.slots),
    )


def _spoken_of(last: Turn, names: list[str]) -> int | None:
    """The place of the one that the last answer was about, else of the one that its question named."""
    about = [i for i, n in enumerate(names) if last.owner is not None and key(n) == key(last.owner)]
    return about[0] if about else place_in(names, last.slots)


def _list_for(past: Past, said: Said, ordinal: Ordinal) -> tuple[Turn | None, int]:
    """The turn whose list an ordinal counts off, and where the words that count it off end."""
    names = [t for t in said.ties if said.words[t.start].start >= ordinal.end or said.words[t.end - 1].end <= ordinal.start]
    if ordinal.noun not in ("", *moves().generic) and re.search(rf"{english().places.acting}{re.escape(ordinal.noun)}\b", said.text, re.I):
        ordinal = replace(ordinal, noun="", end=min(ordinal.end, said.text.lower().index(f" {ordinal.noun}", ordinal.start)))
    for turn in reversed(past.turns):
        if len(turn.listed) < 2 and not (turn.listed and turn.answered):
            continue
        told = past.view.stems_of(" ".join([turn.question, turn.scope, *(s.name for s in turn.slots)])) | moves().generic_stems()
        end, narrowed = ordinal.end, False
        for word in tokens(said.text[ordinal.end :]) if ordinal.noun not in ("", *moves().generic, *moves().steps) else ():
            if word.function or word.stem not in told:
                break  # *the first sail of the gig*, *the second trend*
            end, narrowed = ordinal.end + word.end, True
        if ordinal.noun in moves().steps and not turn.steps:
            continue
        if ordinal.noun not in ("", *moves().generic, *moves().steps) and not narrowed and not ordinal.whole:
            continue
        held = {key(s.name) for s in turn.slots}
        if any(t.key not in held for t in names if said.words[t.start].start < end and said.words[t.start].start >= ordinal.end):
            continue
        return turn, end
    return None, ordinal.end


def _at(past: Past, turn: Turn, said: Said, place: int | None, start: int, end: int, *, wants_step: bool) -> Resolved | None:
    """A message with what stands at a place of a list in the place of the words [start, end) that count it off."""
    if place is None:
        return None
    carried = {"listed": turn.listed, "place": place, "scope": turn.scope, "steps": turn.steps}
    if not 0 <= place < len(turn.listed):
        return Resolved(turn.question, (turn.scope or turn.question,), beyond=True, listed=turn.listed, scope=turn.scope, steps=turn.steps)
    item = turn.listed[place]
    named = any(said.words[t.start].start >= end or said.words[t.end - 1].end <= start for t in said.ties)
    if not named and (swapped := _swapped(past, turn, said, place)) is not None:
        return replace(swapped, **carried)  # type: ignore[arg-type]
    before, after = said.text[:start], said.text[end:]
    around = (before + after).strip(" ?.!,")
    tells = moves().match("more_about", f"{before}x{after}") or english().places.tells.fullmatch(around)
    if turn.steps and (wants_step or not around or tells) and turn.scope:
        return Resolved(f"step {place + 1} of {turn.scope}", (turn.scope,), otherwise=Resolved(item, (item,), **carried), **carried)  # type: ignore[arg-type]
    asked = [s.name for s in turn.of("attribute")]
    alone = english().places.alone  # *only the second one*
    if asked and alone.search(said.typed) and not alone.sub("", around).strip() and len(turn.of("thing")) != 1:
        return Resolved(f"{series(asked)} of {item}", (*asked, item), **carried)  # type: ignore[arg-type]
    if not around or tells or not (named or moves().asks(said.text)):
        return Resolved(item, (item,), **carried)  # type: ignore[arg-type]
    return Resolved(f"{before}{item}{after}".strip(), (item,), **carried)  # type: ignore[arg-type]


def _swapped(past: Past, turn: Turn, said: Said, place: int) -> Resolved | None:
    """*And the third?* after something was asked of the first: the same of the third."""
    last = past.last
    if last is None or moves().asks(said.text) or (last.listed and last.listed != turn.listed):
        return None
    spoken = last.place if last.listed else turn.place
    if spoken is None or spoken == place or moves().match("more_about", said.text):
        return None
    old = turn.listed[spoken]
    found = re.search(rf"(?<!\w){re.escape(old)}(?!\w)", last.question, re.I)
    if found is None or found[0] == last.question.strip(" ?.!"):
        return None
    question = f"{last.question[: found.start()]}{turn.listed[place]}{last.question[found.end() :]}"
    kept = tuple(s.name for s in last.slots if key(s.name) != key(old)) or (last.kind,)
    return Resolved(question, kept, varied=True, focus=turn.listed[place])


def place_of(place: int, size: int, spoken: int | None) -> int | None:
    """0-based place of an ordinal in a list of so many; *the other* is the one of two not spoken of."""
    if place == 0:
        return (1 - spoken if spoken is not None else 1) if size == 2 else None
    return place - 1 if place > 0 else size + place
