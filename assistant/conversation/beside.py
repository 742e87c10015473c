"""What is under discussion, of another thing: *what's the A one*, *what does it use instead*, *is that more than in A?*"""

from __future__ import annotations

from assistant.conversation.english import english
from assistant.conversation.going_on import gone_on
from assistant.conversation.models import Resolved, Turn
from assistant.conversation.moves import moves
from assistant.conversation.past import Past
from assistant.conversation.phrasing import comparison, series
from assistant.conversation.places import one_of
from assistant.conversation.said import Said, say
from corpus.words import key


def of_that_one(past: Past, said: Said) -> Resolved | None:
    """*What's the A one?*: what is under discussion, of A."""
    last, match = past.last, english().beside.the_one.match(said.text)
    if last is None or match is None:
        return None
    inner = say(match["name"], past.namer)
    name = one_of(past, inner)
    if name is None:
        return None
    asked = past.attribute()
    if asked is not None and past.sort(inner.ties[0]) == "thing":
        return Resolved(f"{asked} of {name}", (asked,), varied=True, focus=name)
    return gone_on(past, say(f"and {name}", past.namer))


def instead(past: Past, said: Said) -> Resolved | None:
    """*What does it use instead?*, *what would I use there?* after a name was found not to be one of a thing's: what that thing has."""
    last, data = past.last, english().beside
    if last is None or data.which.match(said.text) is None or len(last.of("name")) != 1:
        return None
    things = [t for t in said.ties if past.sort(t) == "thing"]
    asked = [t.name for t in said.ties if past.sort(t) == "attribute"]
    if len(things) + len(asked) < len(said.ties) or len(things) > 1:
        return None
    wanted = data.instead.search(said.typed) is not None
    if not wanted and not (last.denied and data.using.search(said.text) and not said.ties and not said.extra()):
        return None
    thing = things[0].name if things else _denied_of(last)
    if thing is None:
        return None
    row = series(asked) if asked else past.attribute(named=True)
    name = last.of("name")[0].name
    question = f"{row} of {thing}" if row else f"what is the {thing} counterpart of {name}"
    return Resolved(question, (row or name, thing), varied=True, focus=thing)


def used_by(past: Past, said: Said) -> Resolved | None:
    """*And what would A use?* after something was asked of another thing: the same of A."""
    data = english().beside
    if not said.leaning or data.which.match(said.text) is None or data.using.search(said.text) is None or said.extra():
        return None
    asked = past.attribute()
    if asked is None or len(said.ties) != 1 or past.sort(said.ties[0]) != "thing":
        return None
    return Resolved(f"{asked} of {said.ties[0].name}", (asked,), varied=True, focus=said.ties[0].name)


def _denied_of(last: Turn) -> str | None:
    """The thing of which it was denied that it has a name."""
    things = last.of("thing")
    return things[0].name if last.denied and len(things) == 1 else None


def weighed(past: Past, said: Said) -> Resolved | None:
    """*Is that more than in A?*, *does A lie in between?*: what was asked, of both or of all of them side by side."""
    last = past.last
    if last is None or not last.answered or not moves().polar(said.text):
        return None
    things = [t.name for t in said.ties if past.sort(t) == "thing"]
    asked = past.attribute()
    spoken = [s.name for s in last.of("thing") if s.name != asked] or ([last.owner] if last.owner else [])
    if len(things) != 1 or asked is None or key(things[0]) in map(key, spoken) or any(past.sort(t) == "attribute" for t in said.ties):
        return None
    data = english().beside
    if (len(spoken) == 1 and data.more_than.match(said.text)) or (len(spoken) > 1 and data.between.search(said.text)):
        return Resolved(comparison([asked], [*spoken, things[0]]), (asked, *spoken), varied=True)
    return None
