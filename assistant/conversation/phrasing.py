"""How names are put into a question, in words. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.conversation.models import Slot


def series(names: Sequence[str], last: str = "and") -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"


def possessive(subject: str) -> str:
    """What owns something: *A's*, *tools'*."""
    return f"{subject}'" if subject.endswith("s") and subject[-2:] != subject[-2:].upper() else f"{subject}'s"


def nth(place: int) -> str:
    """A place as an ordinal in digits (*2nd*), which names it whatever the list is called."""
    ending = "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{ending}"


def comparison(asked: Sequence[str], names: Sequence[str]) -> str:
    """The question that compares things, in what is asked of them where something is."""
    return f"compare {' and '.join(asked)} of {series(names)}" if asked else f"compare {series(names)}"


def with_name(new: str, slot: Slot, question: str) -> str:
    """A question with a name in the place of another, and the article that goes with it."""
    for old in (slot.words, slot.name):
        found = re.search(rf"(?<!\w)(?P<article>\ban? )?{re.escape(old)}(?!\w)", question, re.I)
        if found:
            article = found["article"] or ""
            if article:
                article = "an " if new[:1].lower() in "aeiou" else "a "
            return f"{question[: found.start()]}{article}{new}{question[found.end() :]}"
    return f"{question.rstrip(' ?.!')} {new}"


def is_plural(slot: Slot) -> bool:
    return slot.words.lower().endswith("s") and not slot.words.lower().endswith("ss")
