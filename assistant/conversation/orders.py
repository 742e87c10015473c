"""Steps of the order that was told of, or that is told beside what was: *what's the first step*, *where does that end*, *step by step*."""

from __future__ import annotations

from assistant.conversation.english import english
from assistant.conversation.models import Resolved
from assistant.conversation.moves import Ordinal, moves
from assistant.conversation.past import Past
from assistant.conversation.phrasing import nth
from assistant.conversation.said import Said
from assistant.mentions import Tie


def of_order(past: Past, said: Said) -> Resolved | None:
    """A question about steps that names no order: of the one told of last; of the same one of another thing where it names that."""
    last, data = past.last, english().orders
    if last is None or not last.order:
        return None
    ties = [t for t in said.ties if data.edge.fullmatch(t.words) is None]  # *begin* asks for an end, though a step may be called so
    named = [t for t in ties if not _is_step(past, t)]
    order = last.order
    if named:
        if len(named) != 1 or past.sort(named[0]) != "thing" or not last.order_label or not data.edge.search(said.text):
            return None
        order = f"{named[0].name} {last.order_label}"
    steps = any(_is_step(past, t) for t in ties)
    pronoun = moves().pronoun(said.text)
    edge = data.edge.search(said.text)
    if edge and steps and moves().polar(said.text):
        span = pronoun.span() if pronoun is not None else _span(said, named)
        question = f"{said.text[: span[0]]}the {order}{said.text[span[1] :]}" if span else None
        return Resolved(question, (order,)) if question else None
    if steps:
        return None
    if edge and data.where.match(said.text) and not _asks_more(said):
        return Resolved(f"what is the {'first' if edge['first'] else 'last'} step of the {order}", (order,))
    place = moves().ordinal(said.text)
    counted = place is not None and (place.noun in moves().steps or (last.steps and place.place and _asks_for_it(said, place)))
    if place is not None and counted and place.count == 1 and not named and not (last.steps and last.listed):
        beside = moves().beside(said.text[: place.start])
        at = place.place + (beside or 0)
        if at < 0 and last.at is not None:
            at += last.at[1] + 1
        if at == 0 or (at > 0) != (place.place > 0 or last.at is not None):
            return None
        return Resolved(f"what is the last step of the {order}" if at == -1 else f"{nth(at)} step of {order}", (order,))
    if data.whole.search(said.text) and not named:
        return Resolved(f"steps of the {order}", (order,))
    return None


def _asks_for_it(said: Said, place: Ordinal) -> bool:
    """Whether nothing but a place is asked for (*and the last?*, *what is the third one?*)."""
    around = (said.text[: place.start] + said.text[place.end :]).strip(" ?.!,")
    return place.noun in ("", *moves().generic) and (not around or english().places.tells.fullmatch(around) is not None)


def _is_step(past: Past, tie: Tie) -> bool:
    """Whether a name is that of a step of some order."""
    return any(e.role == "name" and e.fact is not None and past.view.fact(e.fact).kind == "step" for e in tie.entries)


def _span(said: Said, named: list[Tie]) -> tuple[int, int] | None:
    """Where the thing stands that the order is of, with the *one* after it."""
    if not named:
        return None
    end = named[0].end
    while end < len(said.words) and said.words[end].word in moves().generic:
        end += 1
    start = named[0].start
    if start and said.words[start - 1].word == "the":
        start -= 1
    return said.words[start].start, said.words[end - 1].end


def _asks_more(said: Said) -> bool:
    """Whether more is said than the thing and the end asked for."""
    edge = english().orders.edge
    return any(not edge.search(t.surface) for t in said.extra())
