"""What a need says there is none of (*no x at all*, *without x*): what is about just that serves it badly."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.frame import Frame
from assistant.view import View
from corpus.models import Fact

_NONE_OF = re.compile(
    r"\b(?:no|without(?: any)?|(?:do|does|did)(?:n['’]?t| not) (?:have|use|do)(?: any)?|not (?:using|doing)(?: any)?)\s+$", re.I
)


def said_absent(frame: Frame, view: View) -> list[frozenset[str]]:
    """Names and words, stem by stem, that a need says there is none of (*no x at all*, *without x*), and speaks of in no other way."""
    if frame.kind not in ("decision", "keyword"):
        return []
    written = {t.start: view.stems_of(t.name) for t in frame.content_ties()}
    none, some = [], set()
    for place, token in enumerate(frame.tokens):
        if token.function:
            continue
        if place in frame.content and _NONE_OF.search(frame.text, 0, token.start):
            none.append(written.get(place, frozenset({token.stem})))
        else:
            some.add(token.stem)
    return [stems for stems in none if stems and not stems <= some]


def speaks_of(fact: Fact, names: Sequence[frozenset[str]], view: View) -> bool:
    """Whether a fact, or the decision row it stands in, holds one of some names."""
    if not names:
        return False
    row = fact.table is not None and view.table(fact.table).decision
    held = frozenset[str]().union(*(view.stems_of(f.value) for f in (view.row(fact) if row else [fact])))
    return any(n <= held for n in names)


__all__ = ["said_absent", "speaks_of"]
