"""What a no says: the words nothing is known of, and the names that are known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant import suggesting
from assistant.frame import Frame
from assistant.judging import Verdict
from assistant.mentions import Common, Tie
from assistant.models import DeclineKind
from assistant.question import Token
from assistant.ranked import BY_AMOUNT
from assistant.view import View
from assistant.wholes import AS_ONE
from assistant.wording import Echo

_MOST = 3  # words and names that a no tells
_OF_A_NAME = (" ", " & ")  # between capitals: of one name (`New Relic`, `Weights & Biases`)
_DEGREES = frozenset({"more", "most", "less", "least"})


def without_answer(frame: Frame, kind: DeclineKind, verdict: Verdict | None) -> list[Token]:
    """The words a no is about: those that no name holds, else what else is missing; for a name that is not known the strange ones."""
    strange = [frame.tokens[p] for p in frame.strange]
    if kind == "unknown_name" and strange:
        return strange
    missing = [frame.tokens[p] for p in (verdict.missing if verdict else frame.content)]
    ties = frame.content_ties()
    tied = [frame.tokens[p] for t in ties for p in range(t.start, t.end)]
    beside = [t for t in missing if t not in tied and not t.function] or [frame.tokens[p] for p in frame.ranking]
    held = any(frame.tokens[p] not in missing for t in ties for p in range(t.start, t.end))
    return beside or ([t for t in missing if not t.function] if held or not tied else [])


def known_names(frame: Frame, words: Sequence[Token], view: View) -> list[Tie]:
    """The names of the question that are known, for a no about some words."""
    present = [
        t
        for t in frame.content_ties()
        if t.roles & {"row", "column", "label", "name"} and not all(frame.tokens[p] in words for p in range(t.start, t.end))
    ]
    return suggesting.worth_telling(present, view)


def no_slots(frame: Frame, kind: DeclineKind, words: Sequence[Token], names: Sequence[Tie], view: View, common: Common) -> dict[str, Any]:
    """What a no prints: at most three of the words and of the names, and a word that ranks where that is all it is about."""
    ranks: list[Echo] = []
    amount = False
    said = words
    if kind == "unknown_attribute":  # a word that stands in the files is not one they say nothing about
        said = [t for t in words if not view.frequency(t.stem)]
        ranking = [p for p in frame.ranking if frame.tokens[p] in words]
        if ranking and all(t in [frame.tokens[p] for p in ranking] for t in said):
            ranks = [Echo(_with_degree(frame, ranking[0]))]
            amount = frame.tokens[ranking[0]].word in BY_AMOUNT and frame.tokens[ranking[0] - 1].word == "the"
    return {
        "words": [Echo(w) for w in runs_of(frame.text, said)][:_MOST],
        "names": [Echo(n) for n in dict.fromkeys(t.name for t in names)][:_MOST],
        "ranks": ranks,
        "amount": amount,
        "several": len(names) == 1 and _in_the_plural(names[0].name, common),
    }


def runs_of(text: str, tokens: Sequence[Token]) -> list[str]:
    """Words of the question as typed; capitals side by side (`New Relic`) and what code joins (`max_size`) are one name."""
    found: list[tuple[int, int]] = []
    for token in tokens:
        capital = token.surface[:1].isupper()
        between = text[found[-1][1] : token.start] if found else ""
        if found and ((capital and text[found[-1][0] : found[-1][0] + 1].isupper() and between in _OF_A_NAME) or AS_ONE.fullmatch(between)):
            found[-1] = (found[-1][0], token.end)
        else:
            found.append((token.start, token.end))
    return list(dict.fromkeys(text[a:b] for a, b in found))


def _with_degree(frame: Frame, place: int) -> str:
    """A word that ranks, as typed, with the *more* or *most* before it."""
    found = frame.tokens
    first = place - 1 if place and found[place - 1].word in _DEGREES else place
    return frame.text[found[first].start : found[place].end]


def _in_the_plural(name: str, common: Common) -> bool:
    """Whether a name is an ordinary word in the plural (*Tools*), and no proper name that ends so."""
    last = name.rsplit(maxsplit=1)[-1].lower()
    return last.endswith("s") and not last.endswith("ss") and common(last) and common(last.removesuffix("s"))
