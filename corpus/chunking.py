"""Facts to chunks: what the index ranks.

A fact in words carries the headings and labels it stands under, so a cell is found by its row, its column
and its section alike. Rows, lists and passages are chunks too: some questions are about the whole.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from corpus.facts import Parsed, name_in_words, named_by_folder
from corpus.models import Chunk, ChunkKind, Fact, Section, Span

PATH_SEPARATOR = " › "  # the sign readers know from breadcrumbs
_PASSAGE_CHARS = 900  # about 200 tokens: the encoder reads 256
_FACT_CHARS = 700
_WORD = re.compile(r"\w")
_ROLES = {role: rank for rank, role in enumerate(("title", "lead", "parent", "label", "row", "column"))}  # outermost first
# But no year (`2024 in review`), and no version with its date (`1.2.0 – 2024-05-01`).
_NUMBERING = re.compile(r"^(?:\d{1,2}(?:\.\d+)*[.)]?|\d+(?:\.\d+)*[.)]|[A-Z][.)])\s+(?=[^\s–—(-])")


def bare_heading(text: str) -> str:
    """A heading without its numbering: `"5. Decision Guide"` -> `"Decision Guide"`."""
    return _NUMBERING.sub("", text)


def heading_words(path: Iterable[str]) -> str:
    """A heading path in words, numbering removed."""
    return PATH_SEPARATOR.join(bare_heading(p) for p in path if p)


def fact_labels(fact: Fact) -> str:
    """A fact's labels in words, outermost first."""
    if not fact.labels:
        return ""
    found = [(_ROLES[x.role], x.text) for x in fact.labels if x.role in _ROLES]
    own = fact.value if fact.column == 0 else None
    return PATH_SEPARATOR.join(text for _, text in sorted(found, key=lambda pair: pair[0]) if text != own)


def hash_of(kind: str, text: str, heading: str, labels: str, value: str) -> str:
    """The hash of a chunk that says this."""
    content = f"{kind}\x1f{text}\x1f{heading}\x1f{labels}\x1f{value}"
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


class _Chunks:
    """Collects chunks. Among several documents each also goes by its title; one without a title is found by its file's name."""

    def __init__(self, titles: Mapping[str, str], several: bool) -> None:
        self.titles = titles if several else {}
        self.names = {document: name_in_words(document) for document, title in self.titles.items() if not title}
        self.made: list[Chunk] = []
        self.section = -1  # the one at hand, with its headings: as encoded, as searched, and whether they say a word
        self.headings = ("", "", False)

    def headings_of(self, section: Section) -> tuple[str, str, bool]:
        """(as encoded, as searched, whether the section's own say a word). The chunks of a section come one after the other."""
        if section.id != self.section:
            title = self.titles.get(section.document, "")
            if not title and named_by_folder(section.document):
                title = self.names.get(section.document, "")  # what the folder is about is what its pages are about
            encoded = heading_words(section.path if section.path[:1] == (title,) else (title, *section.path))
            # Searched for, not encoded: the name of a file is no part of what is said in it.
            name = self.names.get(section.document, "") if not title else ""
            searched = PATH_SEPARATOR.join(x for x in (name, encoded) if x)
            self.headings = encoded, searched, any(_WORD.search(x) for x in section.path)
            self.section = section.id
        return self.headings

    def add(self, kind: ChunkKind, section: Section, facts: Iterable[int], labels: str, value: str, limit: int) -> None:
        encoded, heading, speaks = self.headings_of(section)
        if not (speaks or _WORD.search(value) or _WORD.search(labels)):  # a title alone says nothing of its own
            return
        before = PATH_SEPARATOR.join((encoded, labels)) if encoded and labels else encoded or labels
        text = (f"{before}: {value}" if before and value else before or value)[:limit]
        digest = hash_of(kind, text, heading, labels, value)
        self.made.append(Chunk(len(self.made), kind, section.id, tuple(facts), text, heading, labels, value, digest))


def make_chunks(parsed: Parsed, *, several: bool | None = None) -> list[Chunk]:
    """All chunks of a corpus, in the order of their facts.

    Args:
        several: whether it is one among several documents, so that its title tells it from others; None: if it holds several itself.
    """
    chunks = _Chunks(parsed.titles, len(parsed.titles) > 1 if several is None else several)
    rows: dict[tuple[int, int], list[Fact]] = defaultdict(list)
    groups: dict[int | None, list[Fact]] = defaultdict(list)
    by_section: dict[int, list[Fact]] = defaultdict(list)
    for fact in parsed.facts:
        by_section[fact.section].append(fact)
        if fact.kind == "cell" and fact.table is not None and fact.row is not None:
            rows[fact.table, fact.row].append(fact)
        elif fact.group is not None and fact.kind in ("item", "pair"):
            groups[fact.group].append(fact)
    for section in parsed.sections:
        facts = by_section[section.id]
        for fact in facts:
            tells = fact.column or fact.value != fact.label("row")  # the first cell of a row mostly just names it
            if fact.kind in ("item", "pair", "sentence", "code") or (fact.kind == "cell" and tells):
                chunks.add("fact", section, (fact.id,), fact_labels(fact), fact.value, _FACT_CHARS)
        _rows(chunks, section, facts, rows, parsed)
        for group in dict.fromkeys(f.group for f in facts if f.group in groups):
            items = groups[group]
            if len(items) > 1:
                shared = [x for x in items[0].labels if x.role in ("title", "lead", "parent")]
                value = "; ".join(_item_words(f).rstrip(":") for f in items)
                chunks.add("list", section, (f.id for f in items), PATH_SEPARATOR.join(x.text for x in shared), value, _PASSAGE_CHARS)
        _passages(chunks, section, facts)
    return chunks.made


def _rows(chunks: _Chunks, section: Section, facts: list[Fact], rows: dict[tuple[int, int], list[Fact]], parsed: Parsed) -> None:
    for where in dict.fromkeys((f.table, f.row) for f in facts if f.kind == "cell" and f.table is not None and f.row is not None):
        cells = rows[where]
        table = parsed.tables[where[0]]
        merged: dict[Span, list[Fact]] = defaultdict(list)  # one merged cell, said once with all its columns
        for cell in cells:
            merged[cell.span].append(cell)
        words = []
        for same in merged.values():
            columns = " / ".join(x for c in same if (x := table.columns[c.column or 0]))
            words.append(f"{columns}: {same[0].value}" if columns else same[0].value)
        chunks.add("row", section, (c.id for c in cells), table.caption, "; ".join(words), _PASSAGE_CHARS)


def _item_words(fact: Fact) -> str:
    label = fact.label("label")
    return f"{label}: {fact.value}" if label else fact.value


def _passages(chunks: _Chunks, section: Section, facts: list[Fact]) -> None:
    """The section's text in windows that the encoder can read whole; the heading alone where it has none."""
    window: list[Fact] = []
    size = 0
    parts: list[str] = []
    said: set[int] = set()  # where the cells of the window stand: a merged one is said once
    done = False
    end = -1  # of the last cell: its parts are said with it
    for fact in [f for f in facts if f.kind not in ("heading", "step")]:
        if fact.kind == "cell":
            end = fact.span.end
        elif fact.span.start < end:
            continue
        words = fact.value if fact.kind == "cell" else _item_words(fact)
        if window and size + len(words) > _PASSAGE_CHARS - 100:
            chunks.add("passage", section, (f.id for f in window), "", " ".join(parts), _PASSAGE_CHARS)
            window, parts, size, said, done = [], [], 0, set(), True
        window.append(fact)
        if fact.kind != "cell" or fact.span.start not in said:
            parts.append(words)
            size += len(words) + 1
            said.add(fact.span.start)
    if window or not done:
        held = window or [f for f in facts if f.kind == "heading"]
        chunks.add("passage", section, (f.id for f in held), "", " ".join(parts), _PASSAGE_CHARS)
