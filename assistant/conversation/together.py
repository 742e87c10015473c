"""Several things at once: *compare them*, *both*, *the others*, *the difference to X*, *add Y*.

Which things are meant together is told by how they were spoken of: in one question, one after the other, or in a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.conversation.english import english
from assistant.conversation.models import ANSWER_ASKED, SHORT, Resolved, Turn
from assistant.conversation.moves import moves
from assistant.conversation.past import Past
from assistant.conversation.phrasing import comparison, series, with_name
from assistant.conversation.said import Said
from assistant.language import language
from assistant.suggesting import described_most
from assistant.view import View
from corpus.words import key

_SEVERAL, _FEW = 3, 4  # *all three*, *all four* say how many they are; *all of them* are no more than a few
# They are chosen among, not all meant.
_CHOSEN_AMONG = re.compile(
    r"\b(?:which|what|who|whose|one|any|either|neither|none) of (?:the )?$", re.I
)  # they are chosen among, not all meant


def compared(past: Past, said: Said) -> Resolved | None:
    """*Compare them*: what was spoken of together, in what was asked of it."""
    asking = language().frame_words("compare")  # *what is the difference?*, though a heading may be called so
    named = any(past.is_name(t) and not all(w.stem in asking for w in said.words[t.start : t.end]) for t in said.ties)
    if named or not moves().match("compare", said.text):
        return None
    names, asked = spoken_together(past, (moves().together(said.text) or (0, 0, 0))[2])
    if not names:
        return None
    return Resolved(comparison(asked, names), (*asked, *names))


def against(past: Past, said: Said) -> Resolved | None:
    """*What is the difference to X?*: between X and what was spoken of last, in what was asked of it."""
    match = moves().match("compare_with", said.text)
    last, subject = past.last, past.it
    things = [t for t in said.ties if past.sort(t) == "thing"] or [t for t in said.ties if past.is_name(t)][-1:]
    if match is None or last is None or subject is None or len(things) != 1 or things[0].key == key(subject):
        return None
    same = english().message.same.search(said.text) is not None  # as what was asked of the other
    told = len(last.of("thing")) == 1 and len(last.of("attribute")) == 1 and moves().pronoun(said.text) is not None
    same = same or (told and last.answered)  # *compare it with A*: what was just told
    asked = [s.name for s in last.of("attribute")] if same or not moves().asks(said.text) else []
    return Resolved(comparison(asked, [subject, things[0].name]), (*asked, subject))


def added(past: Past, said: Said) -> Resolved | None:
    """*Add A*, *and A too* after things were compared: the same with one more."""
    last, match = past.last, moves().match("adding", said.typed)
    things = {t.key: t for t in said.ties if past.sort(t) == "thing"}
    if match is None or last is None or not last.of("thing") or len(things) != 1:
        return None
    if not (last.kind == "compare" and len(last.of("thing")) > 1) and (not last.answered or moves().asks(said.text)):
        return None
    names = [s.name for s in last.of("thing")]
    new = next(iter(things.values())).name
    if key(new) in {key(n) for n in names} or any(past.sort(t) != "thing" for t in said.ties):
        return None
    asked = [s.name for s in last.of("attribute")]
    return Resolved(comparison(asked, [*names, new]), (*asked, *names))


def removed(past: Past, said: Said) -> Resolved | None:
    """*Leave out A* after several things were told of: the same of the others."""
    last = past.last
    if last is None or len(said.ties) != 1 or not moves().match("removing", said.text):
        return None
    if any(t.start > said.words[said.ties[0].start].start for t in said.extra()):
        return None
    names = list(last.listed) if said.ties[0].key in map(key, last.listed) else [s.name for s in last.of("thing")]
    left = [n for n in names if key(n) != said.ties[0].key]
    return of_all(last, left) if 0 < len(left) < len(names) else None


def elsewhere(past: Past, said: Said) -> Resolved | None:
    """*Which one is that for A?*, *what do the others use instead?* after a name was placed: what stands there for the other things."""
    last = past.last
    if last is None or last.cell is None or not last.answered or not last.of("name"):
        return None
    things = [n for n in last.cell if n and past.view.is_thing(key(n))]
    asked = [n for n in last.cell if n and n not in things]
    if len(things) != 1 or len(asked) != 1:
        return None
    named = [t.name for t in said.ties if past.sort(t) == "thing"]
    if english().message.that_for.match(said.text) is not None and named and not any(past.sort(t) == "name" for t in said.ties):
        return Resolved(f"{asked[0]} of {series(named)}", (asked[0],), varied=True)
    slot = past.slot(things[0])
    if english().message.others_use.match(said.text) is None or said.ties or slot is None:
        return None
    others = [n for table, _ in sorted(slot.axes) for n in past.view.things_of(past.view.table(table)) if key(n) != key(things[0])]
    others = list({key(n): n for n in others}.values())
    return Resolved(comparison(asked, others), (asked[0], *others), varied=True) if 0 < len(others) <= _FEW else None


def counterpart(past: Past, said: Said) -> Resolved | None:
    """*Is there a counterpart in A?*: of the name spoken of last."""
    last = past.last
    names = last.of("name") if last is not None else []
    version = english().message.version.search(said.bare()) is not None
    if (language().kind_of(said.text) != "equivalent" and not version) or moves().pronoun(said.text) is not None:
        return None
    things = [t for t in said.ties if past.sort(t) == "thing"]
    if any(past.sort(t) == "name" for t in said.ties) or len(things) > 1:
        return None
    attribute = next((n for n in last.cell if n and not past.view.is_thing(key(n))), None) if last is not None and last.cell else None
    if len(things) == 1 and not names and attribute is not None:  # *what's the A equivalent*, of what a cell said
        return Resolved(f"{attribute} of {things[0].name}", (attribute, things[0].name), varied=True)
    if not things and len(names) == 1 and not said.ties and len(said.words) <= SHORT:
        return Resolved(f"{said.bare()} to {names[0].name}", (names[0].name,))
    if len(things) != 1 or len(names) != 1:
        return None
    return Resolved(f"what is the {things[0].name} counterpart of {names[0].name}", (names[0].name,), varied=True)


def together(past: Past, said: Said) -> Resolved | None:
    """*Both*, *all three*, *them*: the names spoken of together in their place."""
    found = moves().together(said.text)
    if found is None:
        choosing = moves().match("choosing", said.text)
        if choosing and not said.ties and any(t.word in language().ranking for t in said.words):
            names, _ = spoken_together(past, 0) if not _ranks_a_noun(said) else ([], [])
            rest = english().message.which.sub("", said.bare())
            if names and rest != said.bare():
                return Resolved(f"which of {series(names)} {rest}", tuple(names))
            if names:
                return Resolved(f"{said.bare()}: {series(names, 'or')}?", tuple(names))
        return None
    start, end, count = found
    any_of = english().message.any_of.search(said.text[:start])
    # What stands before *the others* is asked of them, unless it is a thing itself.
    if any(said.words[t.start].start < start for t in said.ties if past.is_name(t) and (count != -2 or past.sort(t) == "thing")):
        listed = past.last.listed if past.last is not None and any_of is not None else ()
        if any_of is None or len(listed) < 2:
            return None  # named in the message itself
        return Resolved(f"{said.text[: any_of.start()]}{series(listed)}{said.text[end:]}", tuple(listed))
    names = _others(past) if count == -2 else spoken_together(past, count)[0]
    if not names or (count == 0 and past.speaks_of_many()):
        return None
    rest = (said.text[:start] + said.text[end:]).strip(" ?.!,")
    last = past.last
    if last is not None and (not moves().name_of(rest) or (said.leaning and not moves().asks(said.text) and not said.ties)):
        return of_all(last, names)
    after = said.text[end:]
    possessive = english().message.all_after.match(after)
    return Resolved(f"{said.text[:start]}{series(names)}{after[possessive.end() - 1 :] if possessive else after}", tuple(names))


def _ranks_a_noun(said: Said) -> bool:
    """Whether a message says what it ranks, and that is no word for what was spoken of (*what is the best pizza*)."""
    found, lang = said.words, language()
    at = max((i for i, t in enumerate(found) if t.word in lang.ranking), default=len(found))
    noun = found[at + 1] if at + 1 < len(found) else None
    copula = english().message.ranked_noun.match(said.text) is not None
    return copula and noun is not None and not noun.function and noun.word not in lang.soft and noun.word not in english().generic


def among(past: Past, said: Said) -> Resolved | None:
    """*Is A one of those?*: whether it is listed where what was told stands."""
    match = english().message.among_them.match(said.bare())
    last = next((t for t in past.on_topic() if t.answered and t.cell is not None and t.kind != "yesno"), None)
    if match is None or last is None or last.cell is None:
        return None
    labels = [n for n in last.cell if n]
    things = [n for n in labels if past.view.is_thing(key(n))]
    asked = [n for n in labels if n not in things]
    if len(things) != 1 or len(asked) != 1:
        return None
    return Resolved(f"is {match['name']} listed under {asked[0]} for {things[0]}", (asked[0], things[0]), varied=True)


def of_all_described(text: str, view: View) -> tuple[str, tuple[str, ...]] | None:
    """*All three*, where nothing was spoken of before: the things the folder describes in their place, if there are just so many.

    Returns:
        The question with their names, and the names; None where none are meant.
    """
    found = moves().together(text) if language().kind_of(text) in ("compare", "overlap") else None
    if found is None or (found[2] < _SEVERAL and found[2] != -1) or _CHOSEN_AMONG.search(text[: found[0]]):
        return None
    names = described_most(view)
    if len(names) != found[2] if found[2] > 0 else not 1 < len(names) <= _FEW:
        return None
    return f"{text[: found[0]]}{series(names)}{text[found[1] :]}", tuple(names)


def spoken_together(past: Past, count: int) -> tuple[list[str], list[str]]:
    """Names spoken of together, and what was asked of all of them; none where there are not so many."""
    siblings = past.siblings() if count > 2 or count < 0 else []
    asked = [s.name for s in past.last.of("attribute")] if past.last is not None else []
    if siblings and ((count < 0 and not (past.last and len(past.last.listed) > 1)) or (asked and len(siblings) == count)):
        return siblings, asked
    count = max(count, 0)
    for group, asked in _groups(past):
        names = _apart(past, group)
        if len(names) > 1 and (not count or len(names) == count):
            return names, asked
    for group, asked in _groups(past):
        names = list({key(n): n for n in group}.values())
        if count and len(names) > count:
            return names[-count:], asked
    return [], []


def _apart(past: Past, group: Iterable[str]) -> list[str]:
    """Each name once; a name of several things that are in the group themselves (*A* and *A + B*) in its parts."""
    names = {key(n): n for n in group}
    for joint in list(names.values()):
        parts = english().message.joined.split(joint)
        if len(parts) > 1 and any(key(p) in names for p in parts) and all(past.view.is_thing(key(p)) for p in parts):
            del names[key(joint)]
            names |= {key(p): names.get(key(p), p) for p in parts}
    return list(names.values())


def _groups(past: Past) -> Iterable[tuple[list[str], list[str]]]:
    """Names that may be meant together, and what was asked of all of them: likeliest first."""
    last = past.last
    if last is None:
        return
    things = [s.name for s in last.of("thing")]
    asked = [s.name for s in last.of("attribute")]
    if len(things) > 1:
        yield things, asked
    run = past.run()
    if any(t.of("thing") for t in run):
        run = [t for t in run if t.of("thing")]  # a thing and a name it lists are no pair
    if len(run) > 1:
        spoken = [t.of("thing")[0].name if t.of("thing") else t.subject for t in run]
        same = [s.name for s in run[0].of("attribute") if all(key(s.name) in {key(x.name) for x in t.slots} for t in run)]
        yield [n for n in spoken if n], same
    if len(last.listed) > 1 and not last.problem:
        yield list(last.listed), []
    spoken_of = [s.name for t in past.turns if t.on_topic for s in t.of("thing")] + [
        t.owner for t in past.turns if t.on_topic and t.owner and t.kind in ANSWER_ASKED
    ]
    yield list(reversed(list({key(n): n for n in reversed(spoken_of)}.values()))), []
    yield [s.name for s in last.of("name")], asked


def _others(past: Past) -> list[str]:
    """What was listed beside the one spoken of last; else the things beside those asked about."""
    listing, last = past.listing(), past.last
    if last is None:
        return []
    run = past.run()
    spoken = {key(n) for t in run for n in (t.subject, *(s.name for s in t.slots)) if n}
    listed = listing.listed if listing is not None else ()
    siblings = past.siblings()
    if siblings and not any(key(n) in spoken for n in listed):
        left = [n for n in siblings if key(n) not in spoken]
        return left or [n for n in siblings if key(n) not in {key(s.name) for s in last.slots}]
    return [n for n in listed if key(n) not in spoken]


def of_all(last: Turn, names: list[str]) -> Resolved:
    """What was asked last, of several things."""
    asked = [s.name for s in last.of("attribute")]
    things = last.of("thing")
    if asked:
        return Resolved(comparison(asked, names), (*asked, *names))
    if not things and [*map(key, names)] == [*map(key, last.listed)]:
        return Resolved(last.question, tuple(names))  # they are what was answered
    if things or last.of("name"):
        return Resolved(with_name(series(names), (things or last.of("name"))[0], last.question), tuple(names))
    return Resolved(comparison([], names), tuple(names))
