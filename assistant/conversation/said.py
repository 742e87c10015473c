"""A message on its way: as typed, without its opening words, its words and the names in it."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.conversation.moves import moves
from assistant.language import language
from assistant.mentions import Namer, Tie
from assistant.question import Token, tokens


@dataclass(frozen=True, slots=True)
class Said:
    """A message and what stands in it.

    Args:
        typed: as it came.
        text: without the words that only open and close it; all places are those of this text.
        leaning: it opens so, or ends so, that it goes on with what was said.
        so: it draws a conclusion.
        corrects: it puts right what was said before.
        about: it opens with *what about* and the like.
    """

    typed: str
    text: str
    leaning: bool
    so: bool
    words: tuple[Token, ...]
    ties: tuple[Tie, ...]
    corrects: bool = False
    about: bool = False

    def bare(self) -> str:
        """Without its closing signs."""
        return self.text.strip(" ?.!,;:")

    def extra(self) -> list[Token]:
        """Content words beside the names in it."""
        tied = {p for t in self.ties for p in range(t.start, t.end)}
        soft = language().soft
        return [
            t for i, t in enumerate(self.words) if i not in tied and not t.function and t.word not in soft and t.word not in moves().generic
        ]


def say(text: str, namer: Namer) -> Said:
    """A message with the names of the knowledge base in it."""
    opened = moves().opened(text)
    words = tokens(opened.text)
    ties = [
        t
        for t in namer.ties(words, namer.repair(words, opened.text), opened.text)
        if not all(words[p].function for p in range(t.start, t.end))
    ]
    owning = opened.text.rstrip(" ?.!").endswith(("'s", "’s", "s'", "s’"))
    return Said(text, opened.text, opened.joined or opened.about or owning, opened.so, tuple(words), tuple(ties), about=opened.about)
