"""Small talk: which sort of it a message is, if it is no question. The patterns are data: `answers/talk.toml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from assistant.language import load_data


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[str, list[re.Pattern[str]]]]:
    return [(t["id"], [re.compile(p) for p in t["patterns"]]) for t in load_data("talk.toml")["talk"]]


@dataclass(frozen=True, slots=True)
class Talk:
    """A message that is small talk."""

    id: str
    noun: str  # what it asks about by a word that a folder may have for something of its own; "" for nothing


def small_talk(text: str) -> Talk | None:
    """Which sort of small talk a message is, or None."""
    flat = " ".join(re.sub(r"[^\w\s'?]", " ", text.lower()).split())
    bare = flat.strip(" ?") or flat
    for name, patterns in _patterns():
        found = next((m for p in patterns if (m := p.fullmatch(bare) or p.fullmatch(flat)) is not None), None)
        if found is not None:
            return Talk(name, found.groupdict().get("noun") or "")
    return None
