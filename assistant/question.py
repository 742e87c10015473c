"""A question as typed, cleaned and cut into tokens with their places. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from assistant.language import language
from corpus.words import fold, stem

MAX_CHARS = 4000  # beyond this it is a document, not a question
_TOKEN = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:['’](?!s\b)[^\W_]+)?")
_BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200B, 0x200E, 0x200F, 0xFEFF])


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the question: as typed, folded, its stem, its place, and whether it only holds the sentence together."""

    surface: str
    word: str
    stem: str
    start: int
    end: int
    function: bool


def clean(text: str) -> str:
    """The question without control and direction characters, blanks run together. Never raises."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    text = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text).translate(_BIDI)
    return " ".join(text.split())


def tokens(text: str) -> list[Token]:
    """Word tokens of a cleaned question, in order."""
    found: list[Token] = []
    known = language().function_words
    for match in _TOKEN.finditer(text):
        folded = fold(match[0])
        for typed in re.findall(r"\d+(?:[.,]\d+)+|[^\W_]+", folded):
            word = re.sub(r",(?=\d{3}\b)", "", typed) if typed[0].isdigit() else typed
            found.append(Token(match[0], word, stem(word), match.start(), match.end(), word in known))
    return [t for i, t in enumerate(found) if not (t.word == "s" and i and text[found[i - 1].end : t.start] in ("'", "’"))]
