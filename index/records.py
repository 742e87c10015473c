"""Records to rows of `facts.sqlite` and back.

What a row says of other records of its document is told by places inside the document, which are short; only what is looked up
across documents is a whole id.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Literal, cast, get_args

from corpus.aliases import Alias, Find, How
from corpus.chunking import hash_of
from corpus.models import Chunk, ChunkKind, Document, Fact, Label, Section, Span, Table
from corpus.tables import is_open
from corpus.vocabulary import Entry, EntryRole

Row = tuple[Any, ...]

SCHEMA = """
CREATE TABLE files (path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER) WITHOUT ROWID;
CREATE TABLE documents (
  id INTEGER PRIMARY KEY, path TEXT UNIQUE, sha256 TEXT, size INTEGER, mtime_ns INTEGER, title TEXT, numbers INTEGER,
  sections INTEGER, tables INTEGER, facts INTEGER, chunks INTEGER, entries INTEGER
);
CREATE TABLE skipped (id INTEGER PRIMARY KEY, what TEXT);
CREATE TABLE sections (
  id INTEGER PRIMARY KEY, first_fact INTEGER, end_fact INTEGER, first_table INTEGER, end_table INTEGER, data TEXT
);
CREATE TABLE tables (id INTEGER PRIMARY KEY, section INTEGER, open INTEGER, data TEXT);
CREATE TABLE facts (
  id INTEGER PRIMARY KEY, section INTEGER, tbl INTEGER, row INTEGER, col INTEGER, grp INTEGER, pos INTEGER, chunks TEXT, data TEXT
);
CREATE TABLE chunks (id INTEGER PRIMARY KEY, kind INTEGER, section INTEGER, facts TEXT, text TEXT, heading, labels, value);
CREATE TABLE entries (
  key TEXT, told INTEGER, id INTEGER, text TEXT, role INTEGER, fact INTEGER, section INTEGER, PRIMARY KEY (key, told, id)
) WITHOUT ROWID;
CREATE TABLE finds (
  id INTEGER PRIMARY KEY, key TEXT, text TEXT, name TEXT, how INTEGER, fact INTEGER, section INTEGER, path TEXT, anchor TEXT
);
CREATE TABLE aliases (key TEXT PRIMARY KEY, text TEXT, name TEXT, how INTEGER, fact INTEGER, section INTEGER) WITHOUT ROWID;
CREATE TABLE frequencies (stem TEXT PRIMARY KEY, facts INTEGER) WITHOUT ROWID;
CREATE TABLE forms (form TEXT PRIMARY KEY, stem TEXT, documents INTEGER) WITHOUT ROWID;
CREATE TABLE labels (id INTEGER PRIMARY KEY, times INTEGER);
"""
INDEXES = """
CREATE INDEX facts_cell ON facts (tbl, row, col) WHERE tbl IS NOT NULL;
CREATE INDEX facts_group ON facts (grp, pos) WHERE grp IS NOT NULL;
CREATE INDEX tables_open ON tables (open) WHERE open = 1;
CREATE INDEX finds_key ON finds (key);
CREATE INDEX finds_path ON finds (path) WHERE path IS NOT NULL;
"""
FACT = "SELECT id, section, tbl, row, col, grp, pos, data FROM facts"
CHUNK = "SELECT id, kind, section, facts, text, heading, labels, value FROM chunks"
SECTION = "SELECT id, data FROM sections"
TABLE = "SELECT id, section, data FROM tables"
ENTRY = "SELECT id, key, text, role, fact, section FROM entries"
FIND = "SELECT id, key, text, name, how, fact, section, path, anchor FROM finds"

KINDS: tuple[ChunkKind, ...] = get_args(ChunkKind)
_KIND = {kind: place for place, kind in enumerate(KINDS)}
_ROLES: tuple[EntryRole, ...] = get_args(EntryRole)
_ROLE = {role: place for place, role in enumerate(_ROLES)}
HOWS: tuple[How, ...] = get_args(How)
_HOW = {how: place for place, how in enumerate(HOWS)}


def safe(text: str) -> str:
    """Lone surrogates, which SQLite refuses, as question marks. Files decode without any; only callers' own text may hold one."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))  # ASCII: lone surrogates survive too


def _span(span: Span) -> list[int]:
    return [span.start, span.end, span.first_line, span.last_line]


def _list(places: Iterable[int]) -> str:
    return ",".join(map(str, places))


def places(text: str, base: int) -> tuple[int, ...]:
    """Ids from places inside a document, written one after the other."""
    return tuple(base + int(place) for place in text.split(",")) if text else ()


# -- to rows; ids of the records count inside their document ------------------------------------------


def section_rows(sections: Iterable[Section], tables: Iterable[Table], facts: Iterable[Fact], base: int) -> list[Row]:
    """Rows of a document's sections, each with where its facts and tables lie, half-open."""
    bounds = {s.id: [0, 0, 0, 0] for s in sections}
    records: tuple[tuple[int, Iterable[Table | Fact]], ...] = ((0, facts), (2, tables))
    for at, found in records:
        for record in found:
            bound = bounds[record.section]
            if bound[at + 1] == 0:
                bound[at] = record.id
            bound[at] = min(bound[at], record.id)
            bound[at + 1] = max(bound[at + 1], record.id + 1)
    return [(base + s.id, *bounds[s.id], _section_data(s)) for s in sections]


def _section_data(s: Section) -> str:
    return _dump([list(s.path), s.level, s.first_line, s.last_line, s.last_line_deep])


def table_row(t: Table, base: int) -> Row:
    """The row of a table."""
    return base + t.id, t.section, int(is_open(t.columns)), table_data(t)


def table_data(t: Table) -> str:
    """What the row of a table says of it."""
    return _dump([_span(t.span), list(t.columns), list(t.rows), t.caption, t.entities, list(t.decision) if t.decision else None])


def fact_row(f: Fact, chunks: Iterable[int], base: int) -> Row:
    """The row of a fact that these chunks cover."""
    labels = [[x.role, x.text, _span(x.span)] if x.span else [x.role, x.text] for x in f.labels]
    value = None if f.value == f.raw else f.value
    data = _dump([f.kind, *_span(f.span), f.raw, value, labels, list(f.names), f.depth, int(f.ordered)])
    table, group = (None if place is None else base + place for place in (f.table, f.group))
    return base + f.id, f.section, table, f.row, f.column, group, f.position, _list(chunks), data


def chunk_row(c: Chunk, base: int) -> Row:
    """The row of a chunk; its hash follows from what it says."""
    text = safe(c.text)
    fields = (_within(text, safe(x)) for x in (c.heading, c.labels, c.value))
    return base + c.id, _KIND[c.kind], c.section, _list(c.facts), text, *fields


def entry_row(e: Entry, place: int, base: int) -> Row:
    """The row of the entry at a place among those of its document."""
    return safe(e.key), int(e.fact is not None), base + place, safe(e.text), _ROLE[e.role], e.fact, e.section


def find_row(f: Find, place: int, base: int) -> Row:
    """The row of the find at a place among those of its document."""
    a = f.alias
    return base + place, safe(a.key), safe(a.text), safe(a.name), _HOW[a.how], a.fact, a.section, f.path, f.anchor


def alias_row(a: Alias) -> Row:
    """The row of an alias; its ids are whole."""
    return safe(a.key), safe(a.text), safe(a.name), _HOW[a.how], a.fact, a.section


_SHIFT = 1 << 31  # longer than any text: a file is at most some megabytes


def _within(text: str, part: str) -> int | str:
    """Where `part` stands in `text` and how long it is, as one number; itself if it is not in there. A third of the file is saved so."""
    start = text.find(part) if part else -1
    return start * _SHIFT + len(part) if start >= 0 else part


def _part(text: str, stored: int | str) -> str:
    """What `_within` was given."""
    if isinstance(stored, str):
        return stored
    start, length = divmod(stored, _SHIFT)
    return text[start : start + length]


# -- from rows; `base` is the first id of the document -----------------------------------------------


def make_section(row: Row, document: str) -> Section:
    """A section of that document."""
    path, level, first, last, deep = json.loads(row[1])
    return Section(row[0], document, tuple(path), level, first, last, deep)


def make_table(row: Row, base: int) -> Table:
    """A table."""
    span, columns, rows, caption, entities, decision = json.loads(row[2])
    when_what_why = (decision[0], decision[1], decision[2]) if decision else None
    return Table(row[0], base + row[1], Span(*span), tuple(columns), tuple(rows), caption, entities, when_what_why)


def make_fact(row: Row, document: str, base: int) -> Fact:
    """A fact of that document."""
    fact_id, section, table, table_row, column, group, position, data = row
    kind, start, end, first, last, raw, value, labels, names, depth, ordered = json.loads(data)
    return Fact(
        id=fact_id,
        kind=kind,
        document=document,
        section=base + section,
        span=Span(start, end, first, last),
        raw=raw,
        value=raw if value is None else value,
        labels=tuple(Label(x[0], x[1], Span(*x[2]) if len(x) > 2 else None) for x in labels),
        names=tuple(names),
        table=table,
        row=table_row,
        column=column,
        group=group,
        position=position,
        depth=depth,
        ordered=bool(ordered),
    )


def make_chunk(row: Row, base: int) -> Chunk:
    """A chunk."""
    kind, text = KINDS[row[1]], row[4]
    fields = _part(text, row[5]), _part(text, row[6]), _part(text, row[7])
    return Chunk(row[0], kind, base + row[2], places(row[3], base), text, *fields, hash_of(kind, text, *fields))


def make_entry(row: Row, base: int) -> Entry:
    """An entry."""
    _, key, text, role, fact, section = row
    return Entry(key, text, _ROLES[role], None if fact is None else base + fact, base + section)


def make_find(row: Row, base: int) -> Find:
    """A find; of a link the name is empty where it leads nowhere."""
    _, key, text, name, how, fact, section, path, anchor = row
    return Find(Alias(key, text, name, HOWS[how], base + fact, base + section), path, anchor)


def make_alias(row: Row) -> Alias:
    """An alias."""
    key, text, name, how, fact, section = row
    return Alias(key, text, name, HOWS[how], fact, section)


def make_document(row: Row) -> Document:
    """A document with an empty text; the row is (number, path, SHA-256, size, time, …)."""
    return Document(row[1], "", row[2], cast("int", row[3]), cast("int", row[4]))


def with_axis(table: Table, axis: Literal["rows", "columns"]) -> Table:
    """The table with the things on that axis."""
    return replace(table, entities=axis)
