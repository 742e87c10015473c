"""What a footnote says of a cell: the text that its mark points to, which belongs to the answer as much as the cell itself.

Three ways of writing one are read: Markdown's own `[^1]`, a raised figure `<sup>1</sup>` and a superscript character, with the text
below the table after the same mark.
"""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.finding import part
from assistant.view import View
from assistant.wording import Quote
from corpus.errors import KbError
from corpus.models import Fact

_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_MARK = re.compile(  # a figure raised right after another is an exponent
    r"\[\^(?P<own>[^\]\s]{1,30})\]|(?<!\d)<sup>\s*[\[(]?(?P<sup>[\w*†‡]{1,3})[\])]?\s*</sup>|(?<!\d)(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹]+)",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"\s*(?:\\?[\[(](?P<a>[\w*†‡]{1,3})\\?[\])]|<sup>\s*(?P<b>[\w*†‡]{1,3})\s*</sup>|(?P<c>[⁰¹²³⁴⁵⁶⁷⁸⁹]+))[:.]?\s*", re.IGNORECASE
)
_MOST = 3  # footnotes of one cell


def footnotes(fact: Fact, view: View) -> list[Quote]:
    """The footnotes of a cell, in the order of their marks; none where it has no mark or the text is not found."""
    if fact.table is None:
        return []
    found = [(m["own"], m["sup"] or (m["raised"] or "").translate(_RAISED)) for m in _MARK.finditer(fact.raw)]
    quotes = [_own(fact, own, view) if own else _below(fact, mark, view) for own, mark in found[:_MOST]]
    return [q for q in quotes if q is not None]


def unmarked(cell: Quote) -> Quote:
    """A cell without the mark it ends in, which says nothing once the footnote is told."""
    raw = cell.fact.raw if cell.fact is not None else ""
    last = next((m for m in reversed(list(_MARK.finditer(raw))) if not raw[m.end() :].strip()), None)
    shown = (last["sup"] or last["raised"] or "") if last is not None else ""
    bare = cell.text.removesuffix(shown).rstrip() if shown else cell.text
    return replace(cell, text=bare) if bare else cell


def _below(fact: Fact, mark: str, view: View) -> Quote | None:
    """The first text under the table that begins with a mark."""
    under = view.table_of(fact).span.end
    for candidate in view.store.section_facts(fact.section):
        if candidate.span.start < under or candidate.kind not in ("sentence", "item", "pair"):
            continue
        begins = _BEFORE.match(candidate.raw)
        if begins is not None and (begins["a"] or begins["b"] or (begins["c"] or "").translate(_RAISED)) == mark:
            said = re.sub(rf"^\W*(?:{re.escape(mark)}|[⁰¹²³⁴⁵⁶⁷⁸⁹]+)[\W]*?(?=\w|$)", "", candidate.value)
            return part(candidate, said) if said else None
    return None


def _own(fact: Fact, name: str, view: View) -> Quote | None:
    """The text of a footnote of Markdown's own, which may stand anywhere in the file; None where the file is no longer what was indexed."""
    try:
        text = view.store.document_text(fact.document)
    except KbError:
        return None
    defined = re.search(rf"^[ \t]*\[\^{re.escape(name)}\]:[ \t]*", text, re.MULTILINE)
    if defined is None:
        return None
    line = text.count("\n", 0, defined.end()) + 1
    section = next((s for s in view.store.sections(fact.document) if s.first_line <= line <= s.last_line), None)
    facts = view.store.section_facts(section.id) if section is not None else []
    said = next((f for f in facts if f.span.start <= defined.end() < f.span.end or f.span.start == defined.end()), None)
    return part(said, said.value) if said is not None and said.value else None


__all__ = ["footnotes", "unmarked"]
