"""Sections, tables, facts, chunks and names of a generation, fetched by id or key from SQLite.

One file, written once, opened read-only and immutable. One connection is shared by all threads behind a
lock: a look-up takes microseconds, and a connection that is already open survives the deletion of an old
generation, where a new one would not.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from corpus.aliases import Alias
from corpus.models import Chunk, ChunkKind, Corpus, Document, Fact, Label, Section, Span, Table
from corpus.reader import FileStat, read_text
from corpus.vocabulary import Entry, Vocabulary
from corpus.words import stem, words
from index.errors import DocumentChanged, IndexDamaged, UnknownDocument

FILE = "facts.sqlite"
_CACHED = 20_000  # records of each kind kept in memory
_NAMES_KEPT = (
    200_000  # entries kept in memory, of all names together: what a label of a thousand tables is filed with is a list of thousands
)
_LOOKED_AT = 20_000  # names that are looked at to complete one; two letters may begin a hundred thousand
_UNSTEMMED = 3  # letters at the beginning of a word that its stem has too
_ASKED = 500  # ids per query; SQLite has allowed at least 999 parameters for ever

_SCHEMA = """
CREATE TABLE files (path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER) WITHOUT ROWID;
CREATE TABLE documents (id INTEGER PRIMARY KEY, path TEXT UNIQUE, sha256 TEXT, size INTEGER, mtime_ns INTEGER);
CREATE TABLE skipped (id INTEGER PRIMARY KEY, what TEXT);
CREATE TABLE sections (id INTEGER PRIMARY KEY, document INTEGER, data TEXT);
CREATE TABLE tables (id INTEGER PRIMARY KEY, section INTEGER, data TEXT);
CREATE TABLE facts (id INTEGER PRIMARY KEY, section INTEGER, tbl INTEGER, row INTEGER, col INTEGER, grp INTEGER, pos INTEGER, data TEXT);
CREATE TABLE chunks (
  id INTEGER PRIMARY KEY, kind TEXT, section INTEGER, facts TEXT, text TEXT, heading, labels, value, hash BLOB
);
CREATE TABLE chunk_facts (fact INTEGER, chunk INTEGER, PRIMARY KEY (fact, chunk)) WITHOUT ROWID;
CREATE TABLE entries (
  key TEXT, id INTEGER, text TEXT, role TEXT, fact INTEGER, section INTEGER, PRIMARY KEY (key, id)
) WITHOUT ROWID;
CREATE TABLE aliases (key TEXT PRIMARY KEY, text TEXT, name TEXT, how TEXT, fact INTEGER, section INTEGER) WITHOUT ROWID;
CREATE TABLE frequencies (stem TEXT PRIMARY KEY, facts INTEGER) WITHOUT ROWID;
CREATE TABLE forms (form TEXT PRIMARY KEY, stem TEXT) WITHOUT ROWID;
"""
_INDEXES = """
CREATE INDEX sections_document ON sections (document);
CREATE INDEX tables_section ON tables (section);
CREATE INDEX facts_section ON facts (section);
CREATE INDEX facts_cell ON facts (tbl, row, col) WHERE tbl IS NOT NULL;
CREATE INDEX facts_group ON facts (grp, pos) WHERE grp IS NOT NULL;
"""
_COUNTED = ("documents", "sections", "tables", "facts", "chunks", "entries", "aliases", "frequencies", "forms", "skipped")

# Ids of these are positions, so that nothing has to be counted: to count a million rows takes as long as an answer.
_HOW_MANY = dict.fromkeys(("documents", "sections", "tables", "facts", "chunks"), "coalesce(max(id) + 1, 0)")

T = TypeVar("T")


def _pair(row: tuple[Any, ...]) -> tuple[str, str]:
    return row[0], row[1]


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))  # ASCII: lone surrogates survive too


def _span(span: Span) -> list[int]:
    return [span.start, span.end, span.first_line, span.last_line]


def write(folder: Path, corpus: Corpus, vocabulary: Vocabulary, files: Sequence[FileStat]) -> None:
    """Write `facts.sqlite`. Not synced: whoever completes the generation does that.

    Raises:
        sqlite3.Error, OSError: it cannot be written.
        ValueError: ids are not positions, or a record names another that is not there.
    """
    documents = {d.path: i for i, d in enumerate(corpus.documents)}
    every: tuple[Sequence[Section | Table | Fact | Chunk], ...] = (corpus.sections, corpus.tables, corpus.facts, corpus.chunks)
    for records in every:
        for place, record in enumerate(records):
            if record.id != place:
                raise ValueError(f"{type(record).__name__} {record.id} stands at place {place}")
    connection = sqlite3.connect(folder / FILE, isolation_level=None)
    try:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", "encoding='UTF-8'"):
            connection.execute(f"PRAGMA {pragma}")
        connection.executescript(_SCHEMA)
        connection.execute("BEGIN")
        many = connection.executemany
        many("INSERT INTO files VALUES (?,?,?)", ((f.path, f.size, f.mtime_ns) for f in files))
        many(
            "INSERT INTO documents VALUES (?,?,?,?,?)", ((i, d.path, d.sha256, d.size, d.mtime_ns) for i, d in enumerate(corpus.documents))
        )
        many("INSERT INTO skipped (what) VALUES (?)", ((_safe(what),) for what in corpus.skipped))
        many("INSERT INTO sections VALUES (?,?,?)", ((s.id, documents[s.document], _section_data(s)) for s in corpus.sections))
        many("INSERT INTO tables VALUES (?,?,?)", ((t.id, t.section, _table_data(t)) for t in corpus.tables))
        many("INSERT INTO facts VALUES (?,?,?,?,?,?,?,?)", (_fact_row(f, documents) for f in corpus.facts))
        many("INSERT INTO chunks VALUES (?,?,?,?,?,?,?,?,?)", (_chunk_row(c) for c in corpus.chunks))
        many("INSERT OR IGNORE INTO chunk_facts VALUES (?,?)", sorted((fact, c.id) for c in corpus.chunks for fact in c.facts))
        many(
            "INSERT INTO entries VALUES (?,?,?,?,?,?)",
            sorted((_safe(e.key), i, _safe(e.text), e.role, e.fact, e.section) for i, e in enumerate(vocabulary.entries)),
        )
        many(
            "INSERT OR IGNORE INTO aliases VALUES (?,?,?,?,?,?)",
            sorted((_safe(a.key), _safe(a.text), _safe(a.name), a.how, a.fact, a.section) for a in vocabulary.aliases),
        )
        many("INSERT INTO frequencies VALUES (?,?)", ((_safe(stem), n) for stem, n in sorted(vocabulary.frequencies.items())))
        many("INSERT INTO forms VALUES (?,?)", ((_safe(form), _safe(stem)) for form, stem in sorted(vocabulary.forms.items())))
        connection.executescript(_INDEXES)
        if connection.in_transaction:
            connection.execute("COMMIT")
    finally:
        connection.close()


def _safe(text: str) -> str:
    """Lone surrogates, which SQLite refuses, as question marks. Files decode without any; only callers' own text may hold one."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _section_data(s: Section) -> str:
    return _dump([list(s.path), s.level, s.first_line, s.last_line, s.last_line_deep])


def _table_data(t: Table) -> str:
    return _dump([_span(t.span), list(t.columns), list(t.rows), t.caption, t.entities, list(t.decision) if t.decision else None])


def _fact_row(f: Fact, documents: Mapping[str, int]) -> tuple[Any, ...]:
    labels = [[x.role, x.text, _span(x.span)] if x.span else [x.role, x.text] for x in f.labels]
    value = None if f.value == f.raw else f.value
    data = _dump([f.kind, documents[f.document], *_span(f.span), f.raw, value, labels, list(f.names), f.depth, int(f.ordered)])
    return f.id, f.section, f.table, f.row, f.column, f.group, f.position, data


def _chunk_row(c: Chunk) -> tuple[Any, ...]:
    facts = ",".join(map(str, c.facts))
    text = _safe(c.text)
    fields = (_within(text, _safe(x)) for x in (c.heading, c.labels, c.value))
    return c.id, c.kind, c.section, facts, text, *fields, bytes.fromhex(c.hash)


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


class _Forms(Mapping[str, str]):
    """Word as written → stem; single look-ups by query, all of them read at the first iteration and kept."""

    def __init__(self, ask: Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]) -> None:
        self._ask = ask
        self._all: dict[str, str] | None = None

    def _whole(self) -> dict[str, str]:
        if self._all is None:
            self._all = dict(map(_pair, self._ask("SELECT form, stem FROM forms ORDER BY form", ())))
        return self._all

    def __getitem__(self, form: str) -> str:
        if self._all is not None:
            return self._all[form]
        rows = self._ask("SELECT stem FROM forms WHERE form = ?", (_safe(form),))
        if not rows:
            raise KeyError(form)
        return str(rows[0][0])

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole())

    def __len__(self) -> int:
        return len(self._whole())


class FactStore:
    """Records of one generation by id. Safe to use from several threads. An unknown id is a KeyError: it is a bug of the caller."""

    prefix = ""  # what paths begin with that is not said of them, where only a part is seen

    def __init__(self, folder: Path, kb: Path | None) -> None:
        """Open `facts.sqlite` of a generation whose checksums were verified; `kb` is where `document_text` reads.

        Raises:
            IndexDamaged: it is not such a file.
        """
        self._path = folder / FILE
        self._kb = kb
        self._lock = threading.Lock()
        try:
            self._connection = sqlite3.connect(f"{self._path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
            self._connection.execute("PRAGMA mmap_size=1073741824")  # pages are shared with other processes, not copied
            rows = self._connection.execute("SELECT id, path, sha256, size, mtime_ns FROM documents ORDER BY id").fetchall()
        except sqlite3.Error as error:
            raise IndexDamaged(self._path, f"cannot be read ({error})") from error
        self._documents = tuple(Document(path, "", sha256, size, mtime_ns) for _, path, sha256, size, mtime_ns in rows)
        self._by_path = {d.path: i for i, d in enumerate(self._documents)}
        self._facts: dict[int, Fact] = {}
        self._chunks: dict[int, Chunk] = {}
        self._kinds: dict[int, ChunkKind] = {}
        self._chunks_of: dict[int, tuple[int, ...]] = {}  # fact -> the chunks that cover it
        self._sections: dict[int, Section] = {}
        self._tables: dict[int, Table] = {}
        self._entries = _Names()
        self._frequencies: dict[str, int] = {}
        self._forms = _Forms(self._ask)

    def close(self) -> None:
        """Close the file; nothing can be fetched afterwards."""
        with self._lock:
            self._connection.close()

    # -- fetching ---------------------------------------------------------------------------------

    def _ask(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        try:
            with self._lock:
                return self._connection.execute(sql, parameters).fetchall()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.ProgrammingError):  # closed, or a bug: not the file's fault
                raise
            raise IndexDamaged(self._path, f"cannot be read ({error})") from error

    def _records(self, ids: Iterable[int], cache: dict[int, T], sql: str, make: Callable[[tuple[Any, ...]], T]) -> list[T]:
        """Records in the order of `ids`; `sql` ends in `IN (` and its first column is the id."""
        wanted = list(ids)
        found = {i: cache[i] for i in wanted if i in cache}
        missing = sorted(set(wanted) - found.keys())
        for start in range(0, len(missing), _ASKED):
            part = missing[start : start + _ASKED]
            for row in self._ask(f"{sql}{','.join('?' * len(part))})", part):
                found[row[0]] = make(row)
        for i in missing:
            if i not in found:
                raise KeyError(f"no record {i} for: {sql}…)")
            _keep(cache, i, found[i])
        return [found[i] for i in wanted]

    def fact(self, fact_id: int) -> Fact:
        """The fact of that id."""
        known = self._facts.get(fact_id)
        return known if known is not None else self.facts([fact_id])[0]

    def facts(self, ids: Iterable[int]) -> list[Fact]:
        """The facts of those ids, in that order."""
        return self._records(ids, self._facts, f"{_FACT} WHERE id IN (", self._make_fact)

    def section(self, section_id: int) -> Section:
        """The section of that id."""
        return self.sections_by_id([section_id])[0]

    def sections_by_id(self, ids: Iterable[int]) -> list[Section]:
        """The sections of those ids, in that order."""
        return self._records(ids, self._sections, "SELECT id, document, data FROM sections WHERE id IN (", self._make_section)

    def sections(self, document: str) -> list[Section]:
        """All sections of a document, from top to bottom.

        Raises:
            UnknownDocument: there is no such document.
        """
        rows = self._ask("SELECT id, document, data FROM sections WHERE document = ? ORDER BY id", (self._document_id(document),))
        return [self._make_section(row) for row in rows]

    def table(self, table_id: int) -> Table:
        """The table of that id."""
        return self.tables_by_id([table_id])[0]

    def tables_by_id(self, ids: Iterable[int]) -> list[Table]:
        """The tables of those ids, in that order."""
        return self._records(ids, self._tables, "SELECT id, section, data FROM tables WHERE id IN (", _make_table)

    def tables(self, section: int | None = None, *, most: int = -1) -> list[Table]:
        """The tables of a section, or of all the first `most` (-1: every one), in the order of the files."""
        if section is None:
            return [_make_table(row) for row in self._ask("SELECT id, section, data FROM tables ORDER BY id LIMIT ?", (most,))]
        return [_make_table(row) for row in self._ask("SELECT id, section, data FROM tables WHERE section = ? ORDER BY id", (section,))]

    def chunk(self, chunk_id: int) -> Chunk:
        """The chunk of that id."""
        known = self._chunks.get(chunk_id)
        return known if known is not None else self.chunks([chunk_id])[0]

    def chunks(self, ids: Iterable[int]) -> list[Chunk]:
        """The chunks of those ids, in that order."""
        return self._records(ids, self._chunks, f"{_CHUNK} WHERE id IN (", _make_chunk)

    def chunk_kinds(self, ids: Iterable[int]) -> dict[int, ChunkKind]:
        """Which kind each of those chunks is; their texts are not read."""
        wanted = set(ids)
        found = {i: self._kinds[i] for i in wanted if i in self._kinds}
        missing = sorted(wanted - found.keys())
        for start in range(0, len(missing), _ASKED):
            part = missing[start : start + _ASKED]
            for i, kind in self._ask(f"SELECT id, kind FROM chunks WHERE id IN ({','.join('?' * len(part))})", part):  # noqa: S608 - question marks
                found[i] = kind
                _keep(self._kinds, i, found[i])
        if len(found) < len(wanted):
            raise KeyError(f"no chunk {min(wanted - found.keys())}")
        return found

    def chunks_of_fact(self, fact: int) -> list[int]:
        """Ids of the chunks that cover a fact, ascending; empty for a fact that no chunk holds."""
        return list(self.chunks_of_facts([fact])[fact])

    def chunks_of_facts(self, facts: Iterable[int]) -> dict[int, tuple[int, ...]]:
        """The same of several facts, asked for at once."""
        wanted = list(facts)
        found = {f: self._chunks_of[f] for f in wanted if f in self._chunks_of}
        missing = sorted(set(wanted) - found.keys())
        for start in range(0, len(missing), _ASKED):
            part = missing[start : start + _ASKED]
            held: dict[int, list[int]] = {f: [] for f in part}
            places = ",".join("?" * len(part))
            asked = f"SELECT fact, chunk FROM chunk_facts WHERE fact IN ({places}) ORDER BY fact, chunk"  # noqa: S608 - question marks
            for fact, chunk in self._ask(asked, part):
                held[fact].append(chunk)
            for fact, chunks in held.items():
                found[fact] = tuple(chunks)
                _keep(self._chunks_of, fact, found[fact])
        return found

    def table_cells(self, table: int, row: int | None = None, column: int | None = None) -> list[Fact]:
        """The cells of a table, of one of its rows, of one of its columns, or the one cell; by row, then column, then place in the file.

        A cell that holds several facts (a list, say) gives several.
        """
        where, parameters = "tbl = ?", [table]
        for name, value in (("row", row), ("col", column)):
            if value is not None:
                where += f" AND {name} = ?"
                parameters.append(value)
        return self._found(f"{where} ORDER BY row, col, id", parameters)

    def group(self, group_id: int) -> list[Fact]:
        """The facts of one list, flow or paragraph, in order."""
        return self._found("grp = ? ORDER BY pos, id", (group_id,))

    def section_facts(self, section: int) -> list[Fact]:
        """The facts that stand directly in a section, from top to bottom."""
        return self._found("section = ? ORDER BY id", (section,))

    def _found(self, where: str, parameters: Sequence[Any]) -> list[Fact]:
        facts = []
        for row in self._ask(f"{_FACT} WHERE {where}", parameters):
            fact = self._facts.get(row[0])
            if fact is None:
                fact = self._make_fact(row)
                _keep(self._facts, fact.id, fact)
            facts.append(fact)
        return facts

    def entries(self, key: str) -> list[Entry]:
        """The names filed under `corpus.words.key(text)`, in the order of the files."""
        return list(self.names(key))

    def names(self, key: str) -> tuple[Entry, ...]:
        """The same, not copied."""
        known = self._entries.get(key)
        if known is None:
            known = self._filed(key)
            self._entries.keep(key, known)
        return known

    def _filed(self, key: str) -> tuple[Entry, ...]:
        rows = self._ask("SELECT key, text, role, fact, section FROM entries WHERE key = ? ORDER BY id", (_safe(key),))
        return tuple(Entry(*row) for row in rows)

    def alias(self, key: str) -> Alias | None:
        """What the folder itself says that the wording of that key stands for; None where it says nothing."""
        rows = self._ask("SELECT key, text, name, how, fact, section FROM aliases WHERE key = ?", (_safe(key),))
        return Alias(*rows[0]) if rows else None

    def all_entries(self) -> Iterator[Entry]:
        """Every name, in the order of the files. Reads all of them: for tables made once, not per question."""
        for row in self._ask("SELECT key, text, role, fact, section FROM entries ORDER BY id", ()):
            yield Entry(*row)

    def names_like(self, text: str, most: int) -> list[str]:
        """Up to `most` different names that begin with a text, whatever its case, in the order of their keys: to complete what is typed.

        The last word may be cut anywhere, so of that only the first letters are looked up, which stemming leaves alone.
        """
        return self._begun(text, most, "1", ())

    def _begun(self, text: str, most: int, where: str, parameters: Sequence[int]) -> list[str]:
        """`names_like`, of the entries that meet a condition."""
        *whole, last = words(text) or [""]
        first = "".join(map(stem, whole)) + last[:_UNSTEMMED]
        if not first:
            return []
        sql = f"SELECT DISTINCT text FROM entries WHERE key >= ? AND key < ? AND {where} LIMIT ?"  # noqa: S608 - our own condition
        rows = self._ask(sql, (_safe(first), _safe(first) + "\U0010ffff", *parameters, _LOOKED_AT))
        begun = " ".join(text.casefold().split())
        return [name for (name,) in rows if name.casefold().startswith(begun)][:most]

    def frequency(self, stem: str) -> int:
        """Number of facts that hold a word of that stem; 0 for a word the knowledge base does not know."""
        known = self._frequencies.get(stem)
        if known is None:
            rows = self._ask("SELECT facts FROM frequencies WHERE stem = ?", (_safe(stem),))
            known = int(rows[0][0]) if rows else 0
            _keep(self._frequencies, stem, known)
        return known

    def forms(self) -> Mapping[str, str]:
        """Word as written, lower case → stem. A look-up is one query; the first iteration reads all and keeps them."""
        return self._forms

    def words_like(self, first: str, shortest: int, longest: int) -> list[str]:
        """The words as written that begin with a letter and have so many letters, sorted: what a misspelt word may have been meant as."""
        sql = "SELECT form FROM forms WHERE form >= ? AND form < ? AND length(form) BETWEEN ? AND ? ORDER BY form"
        return [str(form) for (form,) in self._ask(sql, (_safe(first), _safe(first) + "\U0010ffff", shortest, longest))]

    def numbered_sections(self, number: str) -> Iterator[Section]:
        """Sections with a heading, their own or one above, that begins with a number, in the order of the files."""
        for row in self._ask("SELECT id, document, data FROM sections WHERE instr(data, ?) ORDER BY id", (f'"{number}',)):
            yield self._make_section(row)

    def counts(self, *kinds: str) -> dict[str, int]:
        """How many there are of each kind of record, or of the kinds named."""
        return {kind: int(self._ask(f"SELECT {_HOW_MANY.get(kind, 'count(*)')} FROM {kind}", ())[0][0]) for kind in kinds or _COUNTED}  # noqa: S608 - our own names

    def skipped(self) -> tuple[str, ...]:
        """`path: why`, for files left out or repaired when the index was built."""
        return tuple(row[0] for row in self._ask("SELECT what FROM skipped ORDER BY id", ()))

    def files(self) -> tuple[FileStat, ...]:
        """Every file that was looked at when the index was built, sorted by path."""
        return tuple(FileStat(*row) for row in self._ask("SELECT path, size, mtime_ns FROM files ORDER BY path", ()))

    def documents(self) -> list[Document]:
        """All documents, in order, each with an empty text."""
        return list(self._documents)

    def document_text(self, path: str) -> str:
        """Text of an indexed document, read from the knowledge base now.

        Raises:
            UnknownDocument: `path` is not a document of the index, whatever may lie there on disk.
            DocumentChanged: the file is gone, unreadable, or not what was indexed.
        """
        document = self._documents[self._document_id(path)]
        if self._kb is None:
            raise DocumentChanged(path, "cannot be found: the index does not say where its folder is, and none was named,")
        try:
            text, sha256 = read_text(self._kb, path)
        except (OSError, ValueError) as error:
            raise DocumentChanged(path, "was removed or made unreadable") from error
        if sha256 != document.sha256:
            raise DocumentChanged(path, "has changed")
        return text

    def _document_id(self, path: str) -> int:
        try:
            return self._by_path[path]
        except KeyError:
            raise UnknownDocument(path) from None

    # -- for the builder and `verify`: everything, in order -------------------------------------------

    def chunk_texts(self) -> Iterator[tuple[int, str]]:
        """(id, text) of every chunk, ascending."""
        yield from self._stream("SELECT id, text FROM chunks ORDER BY id")

    def all_chunks(self) -> Iterator[Chunk]:
        """Every chunk, ascending, past the cache."""
        for row in self._stream(f"{_CHUNK} ORDER BY id"):
            yield _make_chunk(row)

    def integrity(self) -> list[str]:
        """What SQLite finds wrong with its own file; empty when nothing is."""
        return [str(row[0]) for row in self._ask("PRAGMA integrity_check(10)", ()) if row[0] != "ok"]

    def _stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        step = 4096
        with self._lock:
            cursor = self._connection.execute(sql)
        while True:
            try:
                with self._lock:
                    rows = cursor.fetchmany(step)
            except sqlite3.DatabaseError as error:
                raise IndexDamaged(self._path, f"cannot be read ({error})") from error
            yield from rows
            if len(rows) < step:
                return

    # -- making records -----------------------------------------------------------------------------

    def _make_section(self, row: tuple[Any, ...]) -> Section:
        path, level, first, last, deep = json.loads(row[2])
        return Section(row[0], self._documents[row[1]].path, tuple(path), level, first, last, deep)

    def _make_fact(self, row: tuple[Any, ...]) -> Fact:
        fact_id, section, table, table_row, column, group, position, data = row
        kind, document, start, end, first, last, raw, value, labels, names, depth, ordered = json.loads(data)
        return Fact(
            id=fact_id,
            kind=kind,
            document=self._documents[document].path,
            section=section,
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


_FACT = "SELECT id, section, tbl, row, col, grp, pos, data FROM facts"
_CHUNK = "SELECT id, kind, section, facts, text, heading, labels, value, hash FROM chunks"

K = TypeVar("K")


def _keep(cache: dict[K, T], key: K, value: T) -> None:
    """Remember a record; the oldest make room. Each step is atomic, so threads can at worst fetch one twice."""
    cache[key] = value
    if len(cache) > _CACHED:
        for old in list(cache)[: _CACHED // 4]:
            cache.pop(old, None)


class _Names:
    """Entries by key; those kept longest make room for new ones, as many as there are of them together."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, tuple[Entry, ...]] = {}
        self._size = 0

    def get(self, key: str) -> tuple[Entry, ...] | None:
        """The entries of a key, if they are kept."""
        return self._held.get(key)

    def keep(self, key: str, entries: tuple[Entry, ...]) -> None:
        """Remember the entries of a key, however many; a key without any counts as well."""
        with self._lock:
            if key in self._held:
                return
            self._held[key] = entries
            self._size += len(entries) + 1
            while self._size > _NAMES_KEPT and len(self._held) > 1:
                self._size -= len(self._held.pop(next(iter(self._held)))) + 1


def _make_table(row: tuple[Any, ...]) -> Table:
    span, columns, rows, caption, entities, decision = json.loads(row[2])
    when_what_why = (decision[0], decision[1], decision[2]) if decision else None
    return Table(row[0], row[1], Span(*span), tuple(columns), tuple(rows), caption, entities, when_what_why)


def _make_chunk(row: tuple[Any, ...]) -> Chunk:
    facts = tuple(map(int, row[3].split(","))) if row[3] else ()
    text = row[4]
    return Chunk(row[0], row[1], row[2], facts, text, _part(text, row[5]), _part(text, row[6]), _part(text, row[7]), row[8].hex())
