"""Words that only point, with what they stand for in their place: *it*, *their*, *that company*, *there*."""

from __future__ import annotations

import re

from assistant.conversation.english import english
from assistant.conversation.models import SHORT, Resolved, Turn
from assistant.conversation.moves import moves
from assistant.conversation.past import Past
from assistant.conversation.phrasing import is_plural, possessive, series
from assistant.conversation.said import Said, say
from assistant.conversation.together import spoken_together
from assistant.language import language
from assistant.question import tokens
from corpus.words import key, stem


def pronoun(past: Past, said: Said) -> Resolved | None:
    match = moves().pronoun(said.text)
    last = past.last
    if match is None or last is None:
        return None
    word, data = match[0].lower(), english().pronouns
    last_word = not re.search(r"\w", said.text[match.end() :])
    counterpart = language().kind_of(said.text) == "equivalent" and last_word
    objective = last_word and moves().polar(said.text) and not moves().personal(match[0])  # *does A use it*: it is not A
    if objective and len(listed := last.of("name")) == 1 and any(past.sort(t) == "thing" for t in said.ties):
        return Resolved(f"{said.text[: match.start()]}{listed[0].name}{said.text[match.end() :]}", (listed[0].name,))
    asked_of = last_word and english().pronouns.holding.match(said.text) is not None  # *which A have it*: it is no A
    named = [t for t in said.ties if past.is_name(t) and not (t.start and said.words[t.start - 1].word in data.measuring)]
    if not counterpart and not asked_of and any(said.words[t.end - 1].end <= match.start() for t in named):
        return None  # it stands for what the message itself names
    subject = (last.owner if moves().personal(match[0]) else None) or past.it
    several = last.of("attribute")
    if word in data.plural and len(several) == 1 and len(last.of("thing")) == 1 and is_plural(several[0]):
        subject = f"the {several[0].words} of {last.of('thing')[0].name}"
    elif word in data.things and len(names := past.in_run()) > 1 and not past.speaks_of_many():
        subject = series(names)
        owned = said.text[match.end() :].strip(" ?.!")
        if word in data.owning_things and len(owned.split()) <= SHORT:
            return Resolved(f"{said.text[: match.start()]}{owned} of {subject}", tuple(names))
    if word == "it" and (name := _found_name(said, last)) is not None:
        subject = name
        thing = say(said.text[match.end() :], past.namer)
        if len(thing.ties) == 1 and past.sort(thing.ties[0]) == "thing" and not thing.extra() and len(thing.words) == thing.ties[0].end:
            return Resolved(f"is {subject} in {thing.ties[0].name}", (subject,))  # *isn't it A?*
    elif last.owner and not last.of("thing") and data.acting.match(said.text, match.end()) and _tells_of_things(past, said):
        subject = last.owner  # *what does it use for …*: asked of the thing, not of the name found with it
    joint = english().message.joined.split(subject) if subject else []
    if len(joint) > 1 and all(past.view.is_thing(key(n)) for n in joint) and _tells_of_things(past, said):
        told = [t.name for t in said.ties if past.tells_of_things(t)]
        return Resolved(f"{series(told)} of {series(joint)}", tuple(joint))  # a choice of two together: of each of them
    if last.problem and last.value and any(t.word in language().meeting for t in said.words):
        subject = last.value  # a difficulty is met, not the thing that has it
    if not subject or (word in data.plural and english().message.one_of.search(said.text[: match.start()])):
        return None  # *which of these* asks of several
    owning = word in data.owning or (word in data.owning_before_noun and not last_word)
    whole = f"{said.text[: match.start()]}{possessive(subject) if owning else subject}{said.text[match.end() :]}"
    stated = moves().statement(whole) if not match.start() and said.ties else None
    return Resolved(f"is it true that {stated.strip(' ?.!')}" if stated else whole, (subject,))


def _tells_of_things(past: Past, said: Said) -> bool:
    """Whether a message names what a table says of things."""
    return any(past.tells_of_things(t) and past.axes(t) for t in said.ties)


def _found_name(said: Said, last: Turn) -> str | None:
    """The name whose place was asked for, where a message asks what else it is: *who uses X* – *is it also a Y?*"""
    names = last.of("name")
    found = last.cell is not None and len(names) == 1 and (last.kind == "yesno" or not last.of("thing"))
    return names[0].name if found and english().pronouns.being.match(said.text) else None


def pointed(past: Past, said: Said) -> Resolved | None:
    """*That company*: the noun is kept where it asks for something, and stands for the subject where it only points."""
    match = moves().pointing(said.text)
    subject = past.it
    last = past.last
    if match is None or subject is None or last is None:
        return None
    noun = stem(match["noun"].lower())
    generic = moves().generic_stems() | {
        stem(w) for w in match["noun"].lower().split() if w.endswith("s") and stem(w[:-1]) in moves().generic_stems()
    }
    own = past.view.stems_of(" ".join(s.name for s in last.slots) + " " + last.scope)
    if match["word"].lower() in english().pronouns.plural:
        names, _ = spoken_together(past, 0)
        if names:
            return Resolved(f"{said.text[: match.start()]}{series(names)}{said.text[match.end() :]}", tuple(names))
    if noun not in generic | own and past.namer.knows(tokens(match["noun"])[0]):
        return Resolved(said.text)  # something else is asked about than was spoken of
    if noun in generic or noun in own or not past.namer.knows(tokens(match["noun"])[0]):
        return Resolved(f"{said.text[: match.start()]}{subject}{said.text[match.end() :]}", (subject,))
    return Resolved(f"{said.text[: match.start()]}{match['noun']} of {subject}{said.text[match.end() :]}", (subject,))


def there(past: Past, said: Said) -> Resolved | None:
    """*How do I get there?*: to, or in, what was spoken of last."""
    match, subject = moves().there(said.text), past.it
    if match is None or subject is None or any(past.is_name(t) for t in said.ties):
        return None
    to = "to" if match["going"] else "in"
    return Resolved(f"{said.text[: match.start('there')]}{to} {subject}{said.text[match.end() :]}", (subject,))
