"""Short messages that name nothing themselves: *why?*, *more*, *only the names*, *how many?*, *what should we take then?*"""

from __future__ import annotations

import re

from assistant.conversation.english import english
from assistant.conversation.models import ENTRIES, SHORT, Resolved, Turn
from assistant.conversation.moves import moves
from assistant.conversation.past import Past
from assistant.conversation.said import Said
from assistant.language import language
from corpus.words import key


def repeated(past: Past, said: Said) -> Resolved | None:
    """*What was the question?*: the last one again; the one that was asked back about where one is not sure."""
    if past.pending is not None and moves().match("unsure", said.text):
        return Resolved(past.pending.question, (past.pending.question,))
    if past.last is not None and moves().match("repeat", said.text):
        return Resolved(past.last.question, (past.last.question,), listed=past.last.listed, place=past.last.place, scope=past.last.scope)
    return None


def reason(past: Past, said: Said) -> Resolved | None:
    """*Why?*: the reason of the last choice, else of what the last question named."""
    last = past.last
    both = last is not None and last.kind == "decision" and moves().match("why_both", said.text)
    if last is None or not (both or moves().match("why", said.text)):
        return None
    if last.kind == "decision" and last.owner is not None:
        beside = (
            (last.cell[0] if last.cell else "") or _need_of(last) or " ".join(s.words for s in last.slots if key(s.name) != key(last.owner))
        )
        kept = (last.owner, *([beside] if beside else []))
        return Resolved(f"why {last.owner} for {beside}" if beside else f"why {last.owner}", kept, reason=True)
    asked = last.question.strip(" ?.!")
    if last.kind in ("why", "yesno") or not last.slots:
        plain = asked if asked.lower().startswith("why") else f"why {asked}" if last.kind == "yesno" else f"why: {asked}"
        return Resolved(plain, (asked,), reason=True)
    names = [s.name for s in last.slots]
    return Resolved(f"why {' '.join(names)}", tuple(names), reason=True)


def _need_of(turn: Turn) -> str:
    """The words of a decision question that tell the need."""
    match = english().before.decided.match(turn.question)
    rest = turn.question[match.end() :].strip(" ?.!") if match else ""
    return english().before.need.sub("", rest)


def besides(past: Past, said: Said) -> Resolved | None:
    """*What else is there?* after where one name stands: everything that stands there."""
    last = past.last
    if last is None or last.cell is None or not last.of("name") or not moves().match("besides", said.text):
        return None
    row, column = last.cell
    return Resolved(f"{row} of {column}", (row, column))


def who_else(past: Past, said: Said) -> Resolved | None:
    """*Who else does?* after it was asked whether a thing has a name: all that have it."""
    names = past.last.of("name") if past.last is not None and past.last.cell is not None else []
    if len(names) != 1 or said.ties or not moves().match("who_else", said.text):
        return None
    return Resolved(f"who uses {names[0].name}", (names[0].name,), focus=names[0].name)


def more(past: Past, said: Said) -> Resolved | None:
    """*Tell me more*: of what was spoken of; everything where it was told in short already."""
    subject = past.it
    if subject and moves().match("more", said.text):
        told = past.last is not None and past.last.card
        return Resolved(f"everything about {subject}" if told else subject, (subject,))
    return None


def example(past: Past, said: Said) -> Resolved | None:
    """*For example?*: of what was spoken of."""
    subject = past.it
    if subject and moves().match("example", said.text):
        return Resolved(f"an example of {subject}", (subject,))
    return None


def beware(past: Past, said: Said) -> Resolved | None:
    """*Anything to watch out for?*: the difficulties of what was spoken of."""
    subject = past.it
    if subject is None or any(past.is_name(t) for t in said.ties) or not moves().match("beware", said.text):
        return None
    return Resolved(f"{english().message.difficulties} of {subject}", (subject,))


def names_only(past: Past, said: Said) -> Resolved | None:
    """*Only the names*: the last list again, without what is told of each."""
    turn = past.listing()
    if turn is not None and (moves().match("names_only", said.text) or moves().match("names_only", said.typed)):
        return Resolved(turn.question, (turn.question,), names_only=True)
    return None


def counted(past: Past, said: Said) -> Resolved | None:
    """*How many?*: of what was listed last."""
    last = past.listing()
    if last is None or not moves().match("counting", said.text):
        return None
    if past.last is not None and past.last.order and any(t.word in moves().steps for t in said.words):
        return Resolved(f"how many steps has the {past.last.order}", (past.last.order,))
    if last.steps and last.scope:
        return Resolved(f"how many steps of {last.scope}", (last.scope,))
    if english().before.how_many.match(last.question):
        return Resolved(last.question, (last.question,))
    asked = english().before.opened_by.sub("", last.question.strip(" ?.!"))
    return Resolved(f"how many {asked}", (last.question,))


def which(past: Past, said: Said) -> Resolved | None:
    """*Which?* after a count: what was counted. *And which are?* after *which are not*: the others, and the other way round."""
    last = past.last if moves().match("then_what", said.text) else past.listing()
    if last is None:
        return None
    if moves().match("which", said.text) and english().before.how_many.match(last.question):
        return Resolved(english().before.how_many.sub("which ", last.question), (last.question,))
    told = english().before.is_a.search(last.question)
    if told and last.kind != "definition" and moves().match("then_what", said.text):
        return Resolved(f"what is {told['what']}", (told["what"],))
    flips = moves().match("which_are", said.text)
    if flips is None:
        return None
    denied = language().negation.search(last.question)
    if denied and not flips["no"]:
        kept = f"{last.question[: denied.start()].rstrip()} {last.question[denied.end() :].lstrip()}"
        return Resolved(kept, (kept,))
    verb = english().before.verb.search(last.question)
    if flips["no"] and not denied and verb:
        kept = f"{last.question[: verb.end()]} not{last.question[verb.end() :]}"
        return Resolved(kept, (last.question,))
    return None


def turned_round(past: Past, said: Said) -> Resolved | None:
    """*And before?* after *what comes after X*: the other way."""
    match = english().message.way_round.fullmatch(said.text)
    last = past.last
    if match is None or last is None:
        return None
    way = match["way"].lower()
    turned = re.sub(rf"\b{english().before.opposite[way]}\b", way, last.question, count=1, flags=re.I)
    return Resolved(turned, (last.question,), varied=True) if turned != last.question else None


def told_before(past: Past, said: Said) -> Resolved | None:
    """*What should we take?* after a need was told in messages of its own, which asked nothing."""
    told: list[str] = []
    for turn in reversed(past.turns):
        if turn.answered or turn.question.rstrip().endswith("?") or moves().asks(turn.question) or len(turn.question.split()) < SHORT:
            break
        told.insert(0, turn.question.rstrip(" .!"))
    asking = language().frame_words("decision")
    if not told or said.ties or not moves().asks(said.text) or any(t.stem not in asking for t in said.extra()):
        return None
    if language().kind_of(said.text) != "decision":
        return None
    return Resolved(f"{'. '.join(told)}. {said.typed}", tuple(told))


def stated(past: Past, said: Said) -> Resolved | None:
    """*So X is a Y then*: asked, never taken over."""
    if not (said.so or moves().holds_that(said.text)) or not said.ties or moves().asks(said.text):
        return None
    claim = moves().statement(said.text)
    last, asked = past.last, past.attribute()
    if claim is None and len(said.ties) == 1 and past.sort(said.ties[0]) == "name" and last is not None and asked is not None:
        name, thing = said.ties[0].name, last.subject if last.of("thing") else last.owner  # *I thought B*: of the same place
        facts = [past.view.fact(e.fact) for e in said.ties[0].entries[:ENTRIES] if e.fact is not None]
        where = f"under {asked} of {thing}" if any(key(asked) == key(x.text) for f in facts for x in f.labels) else f"for {asked}"
        return Resolved(f"is {name} {where}", (asked, thing)) if thing else None
    return Resolved(f"is it true that {claim.strip(' ?.!')}", (claim.strip(" ?.!"),)) if claim else None
