"""Whether a message is in another language than English, told by its script and its small words.

Asked only where nothing was found to answer: a name of the knowledge base is the same in every language.
Knows nothing of any knowledge base.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pydantic import BaseModel, ConfigDict

from assistant.language import checked, language, load_data
from corpus.words import fold

_FILE = "foreign.toml"
_SCRIPT_SHARE = 0.2  # of the letters of another script, from which the message is of that script
_ENOUGH = 2  # small words, other letters and words in both languages that make a longer message foreign
_FEW = 4  # words of a message in which one such word is enough
_WORD = re.compile(r"[^\W\d_]+")


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    sure: str
    maybe: str


@lru_cache(maxsize=1)
def _small_words() -> tuple[frozenset[str], frozenset[str]]:
    """Small words of other languages: those that are no small words of English, and those that are in both."""
    file = checked(_File, _FILE, load_data(_FILE))
    maybe = frozenset(file.maybe.split())
    sure = frozenset(file.sure.split())
    both = maybe | (sure & language().function_words)
    return sure - both, both


def is_foreign(text: str) -> bool:
    """Whether a text is most likely not English. Never raises."""
    letters = [c for c in text if c.isalpha()]
    other = sum("LATIN" not in unicodedata.name(c, "") for c in letters)
    if letters and other >= _SCRIPT_SHARE * len(letters):
        return True
    sure, both = _small_words()
    words = [w.lower() for w in _WORD.findall(unicodedata.normalize("NFC", text))]
    small = [w for w in words if fold(w) in sure]
    english = [w for w in words if w in language().function_words and w not in both]
    beside = sum(fold(w) in both or not w.isascii() for w in words if w not in small)
    return bool(small) and not english and (len(small) + beside >= _ENOUGH or len(words) <= _FEW)


__all__ = ["is_foreign"]
