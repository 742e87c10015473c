"""The ways in which a message may lean on what was said, in the order they are tried: the first that fits makes it whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from assistant.conversation import beside, going_on, of_thing, orders, places, pronouns, rows, settling, short, together
from assistant.conversation.english import english
from assistant.conversation.models import Resolved
from assistant.conversation.moves import moves
from assistant.conversation.past import Past
from assistant.conversation.said import Said, say

_WAYS: tuple[Callable[[Past, Said], Resolved | None], ...] = (
    short.repeated,
    short.reason,
    short.besides,
    short.who_else,
    short.more,
    short.example,
    short.beware,
    short.names_only,
    short.counted,
    short.which,
    short.turned_round,
    of_thing.of_one,
    short.told_before,
    of_thing.of_chosen,
    rows.named_after,
    going_on.gone_back,
    beside.of_that_one,
    beside.instead,
    beside.used_by,
    beside.weighed,
    orders.of_order,
    places.next_place,
    places.ranked,
    places.ordinal,
    together.compared,
    together.against,
    together.added,
    together.removed,
    together.elsewhere,
    together.counterpart,
    going_on.replaced,
    together.among,
    together.together,
    of_thing.under_heading,
    pronouns.pointed,
    pronouns.pronoun,
    pronouns.there,
    going_on.gone_on,
    short.stated,
    of_thing.question_word,
    of_thing.attribute_alone,
    settling.need,
)

_CLAUSE = (orders.of_order, pronouns.pronoun)  # what a question may still leave open that follows the name of what it is asked of


def read(text: str, past: Past) -> Resolved:
    """A message made whole; as it is where it stands alone."""
    said = say(text, past.namer)
    corrected = moves().meant(said.text)
    if corrected is not None:
        said = replace(say(corrected, past.namer), typed=text, corrects=True, leaning=True)
    spoken_of = places.dislocated(past, said)
    if spoken_of is not None:
        said, kept = spoken_of
        asked = next((f for way in _CLAUSE if (f := way(past, said)) is not None), Resolved(said.text, kept.kept, focus=kept.focus))
        return asked if asked.listed else replace(asked, listed=kept.listed, place=kept.place, scope=kept.scope, steps=kept.steps)
    for way in _WAYS:
        found = way(past, said)
        if found is not None:
            return found
    remark = english().message.remark.match(text[: len(text) - len(said.text)]) if text.endswith(said.text) else None
    return Resolved(said.text if (said.corrects or remark) and moves().asks(said.text) else text)
