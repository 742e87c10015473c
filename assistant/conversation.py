"""What a conversation keeps: the last questions, as names and words anyone can read. No hidden text.

A follow-up is turned into a whole question by putting its names in the place of the last question's names
of the same sort; the result is shown as *Read as*. A question that stands on its own is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant import scales
from assistant.frame import Frame
from assistant.mentions import Namer, Tie
from assistant.question import Token, tokens
from assistant.view import View
from corpus.words import key

Resolved = tuple[str, tuple[str, ...]]  # the whole question, and what was kept for it, in words

_KEPT_TURNS = 8
_SHORT = 4  # words up to which a bare name with a question mark goes on with the last question
_AND = r"(?:(?:and|ok(?:ay)?|so|but|then|also|or|well)\b[ ,]*)*"
_ABOUT = r"(?:what|how) (?:about|abt|bout)\b"
_ELLIPSIS = re.compile(
    rf"^(?:{_AND}{_ABOUT}|(?:and|or|same|only|just|also)\b|for [\w/+-]+\W*$|{_AND}(?:in|with|on) [\w /+-]{{2,30}}\?*$)", re.I
)
_OPENING = re.compile(rf"^{_AND}(?:{_ABOUT})?[ ,]*(?:(?:the )?same )?(?:only |just )?(?:for|with|in|on|of)?\b[ ,]*(?:the case of )?", re.I)
_CORRECTION = re.compile(
    r"^(?:no|nope|sorry|actually|wait)\b[ ,.]*(?:(?:i|we) (?:mean|meant)\b)?[ ,]*(?=\S)|^(?:i|we) (?:mean|meant)\b[ ,]*(?=\S)", re.I
)
_SEVERAL = re.compile(r"\b(?:them|both|these two|those two|the two|all three|they)\b", re.I)
_PRONOUN = re.compile(r"\b(?:it|its|they|them|their|this one|that one|this|that)\b", re.I)
_WHY = re.compile(r"^(?:but |and |so )?why(?: (?:is that|that|so|not))?\W*$", re.I)
_MORE = re.compile(r"^(?:tell me more|more|more details?|go on|continue|elaborate)\W*$", re.I)
_ORDINAL = re.compile(
    r"^(?:and |what about |tell me about )?the (first|second|third|fourth|fifth|last|other)(?: (?:one|tool|item|option))?\W*$", re.I
)
_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1}
_COMPARING = re.compile(r"^(?:compare|how does|is|what about) (?:it|that|this)\b", re.I)
_ASKING = re.compile(
    r"^(?:what|which|who|whom|where|when|why|how|is|are|do|does|can|should|will|list|name|compare|define|explain|tell|show)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One answered turn."""

    question: str  # as resolved
    kind: str
    names: tuple[str, ...]  # names it was tied to, as the knowledge base writes them
    words: tuple[str, ...]  # the same as they stand in `question`
    owner: str | None  # the thing the answer was about
    listed: tuple[str, ...] = ()  # what the answer enumerated, in order


class Conversation:
    """The state of one chat. Pass the same object with every turn."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []

    def remember(self, frame: Frame, owner: str | None, listed: Sequence[str] = ()) -> None:
        """Keep an answered turn."""
        ties = frame.content_ties()
        self.turns.append(Turn(frame.text, frame.kind, tuple(t.name for t in ties), tuple(t.words for t in ties), owner, tuple(listed)))
        del self.turns[:-_KEPT_TURNS]

    def resolve(self, text: str, namer: Namer, view: View) -> Resolved:
        """The question made whole, and what was kept from the turns before; unchanged when it stands alone."""
        if not self.turns:
            return text, ()
        last = self.turns[-1]
        for way in (self._why_or_more, self._ordinal):
            found = way(text, last)
            if found is not None:
                return found
        if (_ELLIPSIS.match(text) or len(text.split()) <= _SHORT) and not _ASKING.match(text):
            for turn in reversed(self.turns):
                other = scales.instead(turn.question, _OPENING.sub("", text))
                if other is not None:
                    return other, (turn.question,)
        correction = _CORRECTION.match(text)
        rest = text[correction.end() :] if correction else text
        words = tokens(rest)
        ties = [t for t in namer.ties(words, namer.repair(words), rest) if not all(words[p].function for p in range(t.start, t.end))]
        if correction and _ASKING.match(rest):
            return rest, ()
        if ties and (correction or self._goes_on(rest, words, ties, last, view)):
            return self._replace(ties, last, view)
        content = [t for t in words if not t.function]
        if _ELLIPSIS.match(rest) and content:
            return f"{last.question.rstrip(' ?.!')} {_OPENING.sub('', rest).strip(' ?.!')}", (last.question,)
        if any(view.is_thing(t.key) for t in ties) and not _COMPARING.match(text):
            return text, ()
        return self._pronoun(text, last, view)

    def _why_or_more(self, text: str, last: Turn) -> Resolved | None:
        subject = last.owner or next(iter(last.names), last.question)
        if _WHY.match(text):
            beside = " ".join(w for w in last.words if w.lower() != subject.lower())
            return f"why {subject} {beside}".strip(), (subject, *([beside] if beside else []))
        if _MORE.match(text):
            return subject, (subject,)
        return None

    def _ordinal(self, text: str, last: Turn) -> Resolved | None:
        """*The second one*: of what the last answer enumerated."""
        match = _ORDINAL.match(text)
        if not match:
            return None
        place = 1 if match[1].lower() == "other" and len(last.listed) == 2 else _ORDINALS.get(match[1].lower())
        if place is None or not -len(last.listed) <= place < len(last.listed):
            return None
        return last.listed[place], (last.listed[place],)

    def _goes_on(self, text: str, words: Sequence[Token], ties: Sequence[Tie], last: Turn, view: View) -> bool:
        """Whether a message with names in it only goes on with the last question."""
        if _ELLIPSIS.match(text):
            return True
        bare = len(words) <= _SHORT and text.rstrip().endswith("?") and not _ASKING.match(text)
        return bare and any(view.is_thing(t.key) for t in ties) == any(view.is_thing(key(n)) for n in last.names)

    def _replace(self, ties: Sequence[Tie], last: Turn, view: View) -> Resolved:
        """The last question with the new names in the place of its names of the same sort."""
        question = last.question
        pairs = list(zip(last.names, last.words, strict=True))
        things = [p for p in pairs if view.is_thing(key(p[0]))]
        others = [p for p in pairs if not view.is_thing(key(p[0]))]
        for tie in ties:
            pool = things if view.is_thing(tie.key) else others
            if pool:
                named, old = pool.pop(0)
                put = _put(tie.name, old, question)
                question = put if put != question else _put(tie.name, named, question)  # a name mended stands there as mended
            elif last.kind == "decision" and others and view.is_thing(tie.key):
                question = f"is {others[0][1]} in {tie.name}?"  # the need is kept; whether it is this thing's is asked
            else:
                question = f"{question.rstrip(' ?.!')} {tie.name}"
        kept = tuple(n for n, w in pairs if re.search(rf"(?<!\w){re.escape(w)}(?!\w)", question, re.I)) or (last.kind,)
        return question, kept

    def _pronoun(self, text: str, last: Turn, view: View) -> Resolved:
        several = _SEVERAL.search(text)
        if several:
            named = self._last_things(view)
            if len(named) > 1:
                both = " and ".join(reversed(named[:3] if "three" in several[0].lower() else named[:2]))
                return text[: several.start()] + both + text[several.end() :], tuple(named)
        pronoun = _PRONOUN.search(text)
        subject = last.owner or next(iter(last.names), None)
        if pronoun and subject:
            ending = "'s" if pronoun[0].lower() in ("its", "their") else ""
            return text[: pronoun.start()] + subject + ending + text[pronoun.end() :], (subject,)
        return text, ()

    def _last_things(self, view: View) -> list[str]:
        """The things spoken of in this conversation, latest first."""
        found: dict[str, str] = {}
        for turn in reversed(self.turns):
            for name in (*reversed([n for n in turn.names if view.is_thing(key(n))]), *([turn.owner] if turn.owner else [])):
                if view.is_thing(key(name)):
                    found.setdefault(key(name), name)
        return list(found.values())


def _put(new: str, old: str, question: str) -> str:
    return re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", lambda _: new, question, count=1)


__all__ = ["Conversation", "Turn"]
