"""What a conversation keeps: the last frames, as names and questions anyone can read. No hidden text.

A follow-up is turned into a whole question by putting its names in the place of the last question's names
of the same sort; the result is shown as *Read as*. A question that stands on its own is left alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.frame import Frame
from assistant.mentions import Namer, Tie
from assistant.question import tokens
from assistant.view import View

_KEPT_TURNS = 8
_ELLIPSIS = re.compile(
    r"^(?:(?:and|ok(?:ay)?|so|but|then|also)[ ,]+)*(?:what|how) about\b|^(?:and|or|same|only|just|also)\b|^(?:what|how) (?:abt|bout)\b|^for \w+\W*$|^(?:and |but )?(?:in|with|on) [\w ]{2,30}\?*$", re.I
)
_OPENING = re.compile(r"^(?:(?:and|ok(?:ay)?|so|but|then|also|or)\b[ ,]*)*(?:(?:what|how) (?:about|abt|bout)\b)?[ ,]*(?:(?:the )?same )?(?:for|with|in|on|of)?\b[ ,]*(?:the case of )?", re.I)
_PRONOUN = re.compile(r"\b(?:it|its|they|them|their|this one|that one|this|that)\b", re.I)
_WHY = re.compile(r"^(?:but |and |so )?why(?: (?:is that|that|so|not))?\W*$", re.I)
_MORE = re.compile(r"^(?:tell me more|more|more details?|go on|continue|elaborate|and\?*)\W*$", re.I)


@dataclass(frozen=True, slots=True)
class Turn:
    """One answered turn: the whole question and the names it was tied to."""

    question: str
    kind: str
    names: tuple[str, ...]  # as the knowledge base writes them, in order
    words: tuple[str, ...]  # the same as typed
    owner: str | None  # the thing the answer was about


class Conversation:
    """The state of one chat. Pass the same object with every turn."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []

    def remember(self, frame: Frame, owner: str | None) -> None:
        """Keep an answered turn."""
        ties = frame.content_ties()
        self.turns.append(Turn(frame.text, frame.kind, tuple(t.name for t in ties), tuple(t.words for t in ties), owner))
        del self.turns[:-_KEPT_TURNS]

    def resolve(self, text: str, namer: Namer, view: View) -> tuple[str, tuple[str, ...]]:
        """The question made whole, and what was kept from the last turn, in words; unchanged when it stands alone."""
        if not self.turns:
            return text, ()
        last = self.turns[-1]
        found = tokens(text)
        ties = [t for t in namer.ties(found, namer.repair(found)) if not all(found[p].function for p in range(t.start, t.end))]
        if _WHY.match(text):
            subject = last.owner or (last.names[0] if last.names else "")
            return f"why {subject} {_without_question_words(last)}".strip(), (last.question,)
        content = [t for t in found if not t.function]
        if _MORE.match(text):
            subject = last.owner or (last.names[0] if last.names else last.question)
            return subject, (subject,)
        elliptical = bool(_ELLIPSIS.match(text)) or (len(content) <= 2 and ties and not _asks(text) and len(found) <= 4 and text.rstrip().endswith("?") and self._same_sort(ties, last, view))  # noqa: PLR2004
        if elliptical and ties:
            return self._replace(ties, last, view)
        if elliptical and content:
            rest = _OPENING.sub("", text).strip(" ?.!")
            return f"{last.question.rstrip(' ?.!')} {rest}", (last.question,)
        pronoun = _PRONOUN.search(text)
        if pronoun and not any(view.is_thing(t.key) for t in ties):
            subject = last.owner or next((n for n in last.names), None)
            if subject:
                possessive = pronoun[0].lower() in ("its", "their")
                return text[: pronoun.start()] + subject + ("'s" if possessive else "") + text[pronoun.end() :], (subject,)
        return text, ()

    def _same_sort(self, ties: list[Tie], last: Turn, view: View) -> bool:
        from corpus.words import key

        return any(view.is_thing(t.key) for t in ties) == any(view.is_thing(key(n)) for n in last.names)

    def _replace(self, ties: list[Tie], last: Turn, view: View) -> tuple[str, tuple[str, ...]]:
        """The last question with the new names in the place of its names of the same sort."""
        from corpus.words import key

        question = last.question
        things = [(n, w) for n, w in zip(last.names, last.words, strict=True) if view.is_thing(key(n))]
        others = [(n, w) for n, w in zip(last.names, last.words, strict=True) if not view.is_thing(key(n))]
        for tie in ties:
            pool = things if view.is_thing(tie.key) else others
            if pool:
                _, old = pool.pop(0)
                question = re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", lambda _: tie.name, question, count=1)  # noqa: B023 - used at once
            else:
                question = f"{question.rstrip(' ?.!')} {tie.name}"
        kept = tuple(n for n in last.names if re.search(rf"(?<!\w){re.escape(n)}(?!\w)", question, re.I)) or (last.kind,)
        return question, kept


def _asks(text: str) -> bool:
    return bool(re.match(r"^(?:what|which|who|whom|where|when|why|how|is|are|do|does|can|should|will)\b", text, re.I))


def _without_question_words(turn: Turn) -> str:
    return " ".join(w for w in turn.words if w != turn.owner)


__all__ = ["Conversation", "Turn"]
