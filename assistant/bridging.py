"""Say where a word of the question is not the knowledge base's own: read by an alias, by initials, mended, or by meaning.

Nothing is decided here. What understanding and finding have tied is told, so that a reader sees every step from the words
typed to the names answered with. Case, plural and hyphens are no step.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.finding import Finding
from assistant.frame import Frame
from assistant.language import language
from assistant.mentions import Repair, Tie
from assistant.models import Mention, Reading
from assistant.view import View
from assistant.wording import Echo, Quote
from corpus.chunking import bare_heading
from corpus.words import is_made_of, key, stem, words

How = Literal["alias", "initials", "short", "family", "spelling", "meaning"]
_TERM = 3  # content words beyond which a stretch of a question is no term for something
_PAUSE = re.compile(r"[,;:.!?()–—]")
_OF_AN_ATTRIBUTE = frozenset({"cell"})  # shapes that tell one attribute of one thing, and name it
_HOW: dict[How, Literal["alias", "spelling", "meaning"]] = {
    "alias": "alias",
    "initials": "alias",
    "short": "alias",
    "family": "spelling",
    "spelling": "spelling",
    "meaning": "meaning",
}


@dataclass(frozen=True, slots=True)
class Bridge:
    """Words of the question, and the name they were read as.

    Args:
        words: as typed; words that do not stand side by side are joined by an ellipsis.
        name: as the knowledge base writes it.
        how: `short` is a word written short (*max*), or letters with the number of those left out (*i18n*); `family` is
            another word of the same root (*regulation* for *regulatory*).
        strange: none of the words is one of the knowledge base.
    """

    words: str
    name: str
    how: How
    strange: bool = False


def bridges(frame: Frame, finding: Finding | None, view: View) -> tuple[Bridge, ...]:
    """Every step from typed words to names, in the order of the question; those by meaning last."""
    found = [*_mended(frame), *(b for t in frame.content_ties() if (b := _renamed(frame, t)) is not None)]
    if finding is not None:
        found += _meant(frame, finding, view)
    return tuple(dict.fromkeys(b for b in found if key(b.words) != key(b.name)))


def reading(frame: Frame, typed: str, finding: Finding | None, view: View) -> tuple[Reading, tuple[Bridge, ...]]:
    """The frame as the answer carries it, with every bridge among its mentions; words of a mention are those typed."""
    steps = bridges(frame, finding, view)
    plain = frame.reading(typed)
    mentions = []
    for tie, mention in zip(frame.content_ties(), plain.mentions, strict=True):
        as_typed, how = _as_typed(mention.words, frame.repairs), mention.how
        step = next((b for b in steps if b.words == as_typed and b.how != "meaning"), None)
        role = mention.role if tie.key in frame.roles else _role(tie, finding, view)
        mentions.append(mention.model_copy(update={"words": as_typed, "how": how if step is None else _HOW[step.how], "role": role}))
    mentions += [Mention(words=b.words, name=b.name, role="attribute", how="meaning") for b in steps if b.how == "meaning"]
    return plain.model_copy(update={"mentions": tuple(mentions)}), steps


def slots(steps: Sequence[Bridge]) -> dict[str, object]:
    """What the rule `bridge` prints: `read`, and `meant` of words the knowledge base does not hold."""
    told = [{"words": Echo(b.words), "name": Echo(b.name), "how": b.how} for b in steps]
    apart = [b.how == "meaning" and b.strange for b in steps]
    return {
        "read": [t for t, alone in zip(told, apart, strict=True) if not alone],
        "meant": [t for t, alone in zip(told, apart, strict=True) if alone],
    }


# ---------------------------------------------------------------- by spelling, by another name


def _mended(frame: Frame) -> list[Bridge]:
    """Each word mended, with the whole name it belongs to where it is part of one."""
    found = []
    for repair in frame.repairs:
        left_out = any(c.isdigit() for c in repair.typed) and not any(c.isdigit() for c in repair.read)
        short = left_out or any(repair.read.lower().startswith(w) for w in language().written_out(repair.typed.lower()))
        kin = is_made_of(*sorted((stem(repair.read.lower()), stem(repair.typed.lower())), key=len))
        how: How = "short" if short else "family" if kin else "spelling"
        tie = next((t for t in frame.content_ties() if t.how != "alias" and repair.read.lower() in _words(t.words)), None)
        if tie is None:
            found.append(Bridge(repair.typed, repair.read, how))
        else:
            found.append(Bridge(_as_typed(tie.words, frame.repairs), tie.name, how))
    return found


def _renamed(frame: Frame, tie: Tie) -> Bridge | None:
    if tie.how != "alias":
        return None
    run = frame.tokens[tie.start : tie.end]
    initials = len(run) > 1 and "".join(t.word[0] for t in run) == tie.key
    return Bridge(_as_typed(tie.words, frame.repairs), tie.name, "initials" if initials else "alias")


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _as_typed(text: str, repairs: Sequence[Repair]) -> str:
    """A part of the mended question with its words as they were typed."""
    for repair in repairs:
        place = re.search(rf"(?<!\w){re.escape(repair.read)}(?!\w)", text, re.I)
        if place is not None:
            text = text[: place.start()] + repair.typed + text[place.end() :]
    return text


def _role(tie: Tie, finding: Finding | None, view: View) -> Literal["entity", "attribute", "topic", "value"]:
    """What a name is in the question: a thing, what is asked of it, a heading, or something that is said."""
    told = finding.slots.get("attribute") if finding is not None else None
    if isinstance(told, Quote) and key(told.text) == tie.key:
        return "attribute"
    if view.is_thing(tie.key):
        return "entity"
    if tie.roles & {"row", "column", "label"}:
        return "attribute"
    return "topic" if "heading" in tie.roles else "value"


# ---------------------------------------------------------------- by meaning


def _meant(frame: Frame, finding: Finding, view: View) -> list[Bridge]:
    """Names of attributes and headings that the question means without saying them."""
    bridged, attribute = finding.slots.get("bridged"), finding.slots.get("attribute")
    if isinstance(bridged, Echo) and isinstance(attribute, Quote):
        return [_by_meaning(frame, bridged.text, attribute.text)]
    if not finding.deciding:
        return []
    names = {p for t in frame.content_ties() if t.key in finding.roles or t.is_label() for p in range(t.start, t.end)}
    found = _of_one_class(frame, finding, names, view)
    if found or finding.shape not in _OF_AN_ATTRIBUTE or not isinstance(attribute, Quote):
        return found
    if view.stems_of(attribute.text) & {frame.tokens[p].stem for p in frame.content}:
        return []  # the name is said, if only in part: what else is said was weighed by the judge
    if finding.deciding[0].found("value"):
        return []  # it was found by what it says
    typed_as_names = {p for t in frame.content_ties() if t.words != t.words.lower() for p in range(t.start, t.end)}
    told = {p for c in finding.deciding for p in c.found("label", "value")} | names | typed_as_names
    runs = _runs(frame, [p for p in frame.content if p not in told])
    if all(set(run) <= frame.soft for run in runs):
        return []
    typed = [frame.text[frame.tokens[run[0]].start : frame.tokens[run[-1]].end] for run in runs]
    near = [view.label_similarity(t, (attribute.text,))[0] for t in typed] if len(runs) > 1 else [1.0]
    best = max(range(len(runs)), key=lambda i: (near[i], -i))
    return [_by_meaning(frame, typed[best], attribute.text)] if len(runs[best]) <= _TERM else []


def _of_one_class(frame: Frame, finding: Finding, names: set[int], view: View) -> list[Bridge]:
    """Words that name the same sort of attribute as a label or heading of what was found (*hurdles* of its challenges)."""
    lang = language()
    fact = finding.deciding[0].fact
    held = {p for c in finding.deciding for p in c.where} | names | frame.soft
    over = [*(x.text for x in fact.labels), *(bare_heading(h) for h in view.path(fact)[-1:])]
    found = []
    for place in (p for p in frame.content if p not in held):
        classes = lang.classes_of(frame.tokens[place].word)
        name = next((n for n in over if any(classes & lang.classes_of(w) for w in words(n))), None)
        if name is not None and frame.tokens[place].stem not in view.stems_of(name):
            found.append(_by_meaning(frame, frame.tokens[place].surface, name))
    return found


def _by_meaning(frame: Frame, typed: str, name: str) -> Bridge:
    unknown = {w for p in frame.unknown for w in _words(frame.tokens[p].surface)}
    said = [t.word for t in frame.tokens if not t.function and t.surface.lower() in _words(typed)]
    return Bridge(typed, name, "meaning", strange=bool(said) and set(said) <= unknown)


def _runs(frame: Frame, places: Sequence[int]) -> list[list[int]]:
    """Places side by side but for small words; a name or a pause ends a run."""
    runs: list[list[int]] = []
    for place in places:
        last = runs[-1][-1] if runs else place
        between = frame.text[frame.tokens[last].end : frame.tokens[place].start]
        if runs and all(frame.tokens[p].function for p in range(last + 1, place)) and not _PAUSE.search(between):
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


__all__ = ["Bridge", "bridges", "reading", "slots"]
