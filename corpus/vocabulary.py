"""The words and names a corpus knows, made from its facts: what a question's words can be tied to.

Pure. The index stores what is made here; the assistant looks it up by key.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from corpus.aliases import Alias, make_aliases
from corpus.chunking import bare_heading
from corpus.models import Corpus
from corpus.words import camel_parts, key, stem, words

EntryRole = Literal["row", "column", "label", "lead", "parent", "term", "heading", "name", "title"]
_REPEATED = 4096  # texts kept with their stems: headings, labels and titles come with every fact under them
_NAME_WORDS = 8  # a longer label is a sentence: found through the index, not as a name
_PARENTHESES = re.compile(r"\s*[(\[]([^()\[\]]+)[)\]]")
_ALTERNATIVES = re.compile(r"\s*[:–—;]\s+|\s+/\s+|\s+\|\s+")
_JOINS = re.compile(r"\s*(?:&|,|\band\b)\s*", re.I)
_JOINED = 3  # things a heading may join …
_PART_WORDS = 2  # … in so many words each
_ASSIGNED = re.compile(r"\s*=\s*\S.*$")  # `drift_method=model`, `size: Size = FULL`: the name stands before the sign


@dataclass(frozen=True, slots=True)
class Entry:
    """One name at one place: `key` is `corpus.words.key(text)`, so spacing, case and plural fall together."""

    key: str
    text: str  # as the knowledge base writes it, markup removed
    role: EntryRole
    fact: int | None  # None for a heading or title
    section: int


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every name, and every word with the number of facts it occurs in."""

    entries: tuple[Entry, ...]
    frequencies: dict[str, int]  # stem -> number of facts whose value, labels or heading path hold it
    forms: dict[str, str]  # word as written, lower case -> stem
    aliases: tuple[Alias, ...] = ()  # other names the texts themselves give to things


def spellings(text: str) -> Iterator[str]:
    """The ways a label may be called: as written, without numbering, without and by its bracket, by its parts."""
    text = bare_heading(text).strip()
    yield text
    outside = _PARENTHESES.sub("", text).strip()
    if outside != text:
        yield outside
        for inner in _PARENTHESES.findall(text):
            if len(inner.split()) <= _NAME_WORDS:
                yield inner
    parts = _ALTERNATIVES.split(outside)
    if len(parts) > 1:
        yield from (p for p in parts if p)
    named = _ASSIGNED.sub("", parts[0])
    if named and named != parts[0]:
        yield named
    camel = camel_parts(outside)
    if camel and len(outside.split()) == 1:
        yield " ".join(camel)


def heading_parts(heading: str) -> list[str]:
    """The things a heading joins, a word or two each, by any of which it may be called (*Berths & moorings*)."""
    parts = [p.strip() for p in _JOINS.split(bare_heading(heading)) if p.strip()]
    return parts if 1 < len(parts) <= _JOINED and all(len(p.split()) <= _PART_WORDS for p in parts) else []


@lru_cache(maxsize=_REPEATED)
def _names_in(text: str) -> tuple[tuple[str, str], ...]:
    """(key, name) of everything a label may be called."""
    return tuple((found, name) for name in spellings(text) if len(name.split()) <= _NAME_WORDS and (found := key(name)))


def make_vocabulary(corpus: Corpus) -> Vocabulary:
    """Collect the names and words of a corpus."""
    frequencies, forms = count_words(corpus)
    return Vocabulary(make_entries(corpus), frequencies, forms, make_aliases(corpus))


def make_entries(corpus: Corpus) -> tuple[Entry, ...]:
    """Every name of a corpus at every place: those of headings and titles, then those of facts, in the order of the files."""
    seen: dict[tuple[str, str, int | None, int], Entry] = {}

    def add(text: str, role: EntryRole, fact: int | None, section: int) -> None:
        for found, name in _names_in(text):
            if (found, role, fact, section) not in seen:
                seen[found, role, fact, section] = Entry(found, name, role, fact, section)

    opened: set[str] = set()
    for section in corpus.sections:
        if section.path:
            add(section.path[-1], "heading", None, section.id)
            whole = bare_heading(section.path[-1])
            for found in filter(None, map(key, heading_parts(section.path[-1]))):
                seen.setdefault((found, "heading", None, section.id), Entry(found, whole, "heading", None, section.id))
        title = corpus.titles.get(section.document, "")
        if section.document not in opened and title not in section.path:
            add(title, "title", None, section.id)
        opened.add(section.document)
    for fact in corpus.facts:
        for label in fact.labels:
            add(label.text, label.role, fact.id, fact.section)
        for name in fact.names:
            add(name, "name", fact.id, fact.section)
    return tuple(seen.values())


@lru_cache(maxsize=_REPEATED)
def _read(text: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """The words of a text as written, and their stems with those of the parts of joined names, as `index_stems` has them."""
    told = tuple(words(text))
    return told, frozenset([*map(stem, told), *(stem(p.lower()) for p in camel_parts(text))])


def count_words(corpus: Corpus) -> tuple[dict[str, int], dict[str, str]]:
    """(stem -> number of facts that hold it, word as written -> stem), as `Vocabulary` has them.

    The sections and facts may be some of a larger corpus: they go by their ids.
    """
    paths = {section.id: section.path for section in corpus.sections}
    counts: Counter[str] = Counter()
    forms: dict[str, str] = {}

    known: dict[str, frozenset[str]] = {}  # headings and labels recur from fact to fact

    def of(text: str) -> frozenset[str]:
        told, held = _read.__wrapped__(text)
        forms.update((word, stem(word)) for word in told if word not in forms)
        return held

    def shared(text: str) -> frozenset[str]:
        held = known.get(text)
        if held is None:
            told, held = _read(text)
            forms.update((word, stem(word)) for word in told if word not in forms)
            known[text] = held
        return held

    for fact in corpus.facts:
        path = paths[fact.section]
        title = corpus.titles.get(fact.document, "")
        over = [*path, *(x.text for x in fact.labels), *([title] if title not in path else [])]
        counts.update(of(fact.value).union(*map(shared, over)))
    return dict(counts), forms
