"""Sections, tables, facts, chunks and names of a generation, fetched by id or key from SQLite.

One file, opened read-only and immutable. One connection is shared by all threads behind a lock: a look-up takes microseconds, and a
connection that is already open survives the deletion of an old generation, where a new one would not.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from corpus.aliases import Alias
from corpus.models import Chunk, ChunkKind, Corpus, Document, Fact, Section, Table
from corpus.reader import FileStat, read_text
from corpus.vocabulary import Entry
from corpus.words import stem, words
from index import records
from index.errors import DocumentChanged, IndexDamaged, UnknownDocument
from index.held import Forms, Names, keep
from index.numbering import SHIFT, first_id, number_of
from index.records import CHUNK, ENTRY, FACT, SECTION, TABLE, Row, make_entry, safe

FILE = "facts.sqlite"
_MAPPED = 1 << 30  # bytes
_LOOKED_AT = 20_000  # names that are looked at to complete one; two letters may begin a hundred thousand
_UNSTEMMED = 3  # letters at the beginning of a word that its stem has too
_ASKED = 500  # ids per query; SQLite has allowed at least 999 parameters for ever

# How many there are of these is kept with each document: to count a million rows takes as long as an answer.
SUMMED = ("sections", "tables", "facts", "chunks", "entries")
_COUNTED = ("documents", *SUMMED, "aliases", "frequencies", "forms", "skipped")
_DOCUMENT = f"SELECT id, path, sha256, size, mtime_ns, title, numbers, {', '.join(SUMMED)} FROM documents ORDER BY id"  # noqa: S608 - our own names

T = TypeVar("T")


class FactStore:
    """Records of one generation by id. Safe to use from several threads. An unknown id is a KeyError: it is a bug of the caller."""

    prefix = ""  # what paths begin with that is not said of them, where only a part is seen

    def __init__(self, folder: Path, kb: Path | None, *, mapped: bool = True) -> None:
        """Open `facts.sqlite` of a generation whose checksums were verified.

        Args:
            kb: where `document_text` reads.
            mapped: share the file's pages with other processes instead of copying them; who goes through all of it would hold all of it.
        Raises:
            IndexDamaged: it is not such a file.
        """
        self._path = folder / FILE
        self._kb = kb
        self._lock = threading.Lock()
        try:
            self._connection = sqlite3.connect(f"{self._path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
            self._connection.execute(f"PRAGMA mmap_size={_MAPPED if mapped else 0}")
            rows = self._connection.execute(_DOCUMENT).fetchall()
        except sqlite3.Error as error:
            raise IndexDamaged(self._path, f"cannot be read ({error})") from error
        self._numbers = [int(row[0]) for row in rows]
        self._documents = {int(row[0]): records.make_document(row) for row in rows}
        self._by_path = {d.path: number for number, d in self._documents.items()}
        self._titles = {int(row[0]): str(row[5]) for row in rows}
        self._spans = {int(row[0]): int(row[6]) for row in rows}
        self._sums: dict[int, Row] = {int(row[0]): row[7:] for row in rows}  # in the order of `SUMMED`
        self._facts: dict[int, Fact] = {}
        self._chunks: dict[int, Chunk] = {}
        self._kinds: dict[int, ChunkKind] = {}
        self._chunks_of: dict[int, tuple[int, ...]] = {}  # fact -> the chunks that cover it
        self._sections: dict[int, Section] = {}
        self._tables: dict[int, Table] = {}
        self._entries = Names()
        self._frequencies: dict[str, int] = {}
        self._forms = Forms(self._ask)

    def close(self) -> None:
        """Close the file; nothing can be fetched afterwards."""
        with self._lock:
            self._connection.close()

    # -- numbers and ids --------------------------------------------------------------------------

    def numbers(self) -> list[int]:
        """The numbers of all documents, ascending."""
        return list(self._numbers)

    def document_of(self, number: int) -> Document:
        """The document of that number, with an empty text."""
        return self._documents[number]

    def ids_of(self, number: int) -> tuple[int, int]:
        """First and, half-open, last id that records of a document may have."""
        return first_id(number), first_id(number + self._spans[number])

    def sums_of(self, number: int) -> Mapping[str, int]:
        """How many records of each kind a document has."""
        return dict(zip(SUMMED, self._sums[number], strict=True))

    def _number(self, record: int) -> int:
        """The number of the document that a record is in."""
        number = record >> SHIFT
        return number if number in self._documents else number_of(self._numbers, record)

    def _base(self, record: int) -> int:
        """The first id of the document that a record is in."""
        return self._number(record) << SHIFT

    # -- fetching ---------------------------------------------------------------------------------

    def _ask(self, sql: str, parameters: Sequence[Any]) -> list[Row]:
        try:
            with self._lock:
                return self._connection.execute(sql, parameters).fetchall()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.ProgrammingError):  # closed, or a bug: not the file's fault
                raise
            raise IndexDamaged(self._path, f"cannot be read ({error})") from error

    def _records(self, ids: Iterable[int], cache: dict[int, T], sql: str, make: Callable[[Row], T]) -> list[T]:
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
            keep(cache, i, found[i])
        return [found[i] for i in wanted]

    def fact(self, fact_id: int) -> Fact:
        """The fact of that id."""
        known = self._facts.get(fact_id)
        return known if known is not None else self.facts([fact_id])[0]

    def facts(self, ids: Iterable[int]) -> list[Fact]:
        """The facts of those ids, in that order."""
        return self._records(ids, self._facts, f"{FACT} WHERE id IN (", self._make_fact)

    def section(self, section_id: int) -> Section:
        """The section of that id."""
        known = self._sections.get(section_id)
        return known if known is not None else self.sections_by_id([section_id])[0]

    def sections_by_id(self, ids: Iterable[int]) -> list[Section]:
        """The sections of those ids, in that order."""
        return self._records(ids, self._sections, f"{SECTION} WHERE id IN (", self._make_section)

    def sections(self, document: str) -> list[Section]:
        """All sections of a document, from top to bottom.

        Raises:
            UnknownDocument: there is no such document.
        """
        ids = self.ids_of(self._document_id(document))
        return [self._make_section(row) for row in self._ask(f"{SECTION} WHERE id >= ? AND id < ? ORDER BY id", ids)]

    def table(self, table_id: int) -> Table:
        """The table of that id."""
        return self.tables_by_id([table_id])[0]

    def tables_by_id(self, ids: Iterable[int]) -> list[Table]:
        """The tables of those ids, in that order."""
        return self._records(ids, self._tables, f"{TABLE} WHERE id IN (", self._make_table)

    def tables(self, section: int | None = None, *, most: int = -1) -> list[Table]:
        """The tables of a section, or of all the first `most` (-1: every one), in the order of the files."""
        if section is None:
            return [self._make_table(row) for row in self._ask(f"{TABLE} ORDER BY id LIMIT ?", (most,))]
        return [self._make_table(row) for row in self._in_section(TABLE, "table", section)]

    def _in_section(self, select: str, kind: str, section: int) -> list[Row]:
        """The rows of a section, in order; none of one that is not there."""
        found = self._ask(f"SELECT first_{kind}, end_{kind} FROM sections WHERE id = ?", (section,))  # noqa: S608 - our own names
        if not found:
            return []
        base = self._base(section)
        first, end = found[0]
        return self._ask(f"{select} WHERE id >= ? AND id < ? AND section = ? ORDER BY id", (base + first, base + end, section - base))

    def chunk(self, chunk_id: int) -> Chunk:
        """The chunk of that id."""
        known = self._chunks.get(chunk_id)
        return known if known is not None else self.chunks([chunk_id])[0]

    def chunks(self, ids: Iterable[int]) -> list[Chunk]:
        """The chunks of those ids, in that order."""
        return self._records(ids, self._chunks, f"{CHUNK} WHERE id IN (", self._make_chunk)

    def chunk_kinds(self, ids: Iterable[int]) -> dict[int, ChunkKind]:
        """Which kind each of those chunks is; their texts are not read."""
        wanted = set(ids)
        found = {i: self._kinds[i] for i in wanted if i in self._kinds}
        missing = sorted(wanted - found.keys())
        for start in range(0, len(missing), _ASKED):
            part = missing[start : start + _ASKED]
            for i, kind in self._ask(f"SELECT id, kind FROM chunks WHERE id IN ({','.join('?' * len(part))})", part):  # noqa: S608 - question marks
                found[i] = records.KINDS[kind]
                keep(self._kinds, i, found[i])
        if len(found) < len(wanted):
            raise KeyError(f"no chunk {min(wanted - found.keys())}")
        return found

    def chunks_of_facts(self, facts: Iterable[int]) -> dict[int, tuple[int, ...]]:
        """Ids of the chunks that cover each of some facts, ascending; none for a fact that no chunk holds."""
        wanted = list(facts)
        found = {f: self._chunks_of[f] for f in wanted if f in self._chunks_of}
        missing = sorted(set(wanted) - found.keys())
        for start in range(0, len(missing), _ASKED):
            part = missing[start : start + _ASKED]
            asked = f"SELECT id, chunks FROM facts WHERE id IN ({','.join('?' * len(part))})"  # noqa: S608 - question marks
            held = {fact: records.places(chunks, self._base(fact)) for fact, chunks in self._ask(asked, part)}
            for fact in part:
                found[fact] = held.get(fact, ())
                keep(self._chunks_of, fact, found[fact])
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
        return self._kept(self._in_section(FACT, "fact", section))

    def _found(self, where: str, parameters: Sequence[Any]) -> list[Fact]:
        return self._kept(self._ask(f"{FACT} WHERE {where}", parameters))

    def _kept(self, rows: Iterable[Row]) -> list[Fact]:
        """The facts of these rows; those that are kept are not made again."""
        facts = []
        for row in rows:
            fact = self._facts.get(row[0])
            if fact is None:
                fact = self._make_fact(row)
                keep(self._facts, fact.id, fact)
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
        rows = self._ask(f"{ENTRY} WHERE key = ? ORDER BY told, id", (safe(key),))  # headings first
        return tuple(map(self._make_entry, rows))

    def alias(self, key: str) -> Alias | None:
        """What the folder itself says that the wording of that key stands for; None where it says nothing."""
        rows = self._ask("SELECT key, text, name, how, fact, section FROM aliases WHERE key = ?", (safe(key),))
        return records.make_alias(rows[0]) if rows else None

    def all_entries(self) -> Iterator[Entry]:
        """Every name, in the order of the files. Reads all of them: for tables made once, not per question."""
        for row in self._ask(f"{ENTRY} ORDER BY told, id", ()):
            yield self._make_entry(row)

    def names_like(self, text: str, most: int) -> list[str]:
        """Up to `most` different names that begin with a text, whatever its case, in the order of their keys: to complete what is typed.

        The last word may be cut anywhere, so of that only the first letters are looked up, which stemming leaves alone.
        """
        return [name for _, name in self._begun(text, "1", ())][:most]

    def _begun(self, text: str, where: str, parameters: Sequence[int]) -> list[tuple[str, str]]:
        """Different names that begin with a text, each after its key, in the order of the keys: of the entries that meet a condition."""
        *whole, last = words(text) or [""]
        first = "".join(map(stem, whole)) + last[:_UNSTEMMED]
        if not first:
            return []
        sql = f"SELECT DISTINCT key, text FROM entries WHERE key >= ? AND key < ? AND {where} LIMIT ?"  # noqa: S608 - our own condition
        rows = self._ask(sql, (safe(first), safe(first) + "\U0010ffff", *parameters, _LOOKED_AT))
        begun = " ".join(text.casefold().split())
        return [(key, name) for key, name in rows if name.casefold().startswith(begun)]

    def frequency(self, stem: str) -> int:
        """Number of facts that hold a word of that stem; 0 for a word the knowledge base does not know."""
        known = self._frequencies.get(stem)
        if known is None:
            rows = self._ask("SELECT facts FROM frequencies WHERE stem = ?", (safe(stem),))
            known = int(rows[0][0]) if rows else 0
            keep(self._frequencies, stem, known)
        return known

    def forms(self) -> Mapping[str, str]:
        """Word as written, lower case → stem. A look-up is one query; the first iteration reads all and keeps them."""
        return self._forms

    def words_like(self, first: str, shortest: int, longest: int) -> list[str]:
        """The words as written that begin with a letter and have so many letters, sorted: what a misspelt word may have been meant as."""
        sql = "SELECT form FROM forms WHERE form >= ? AND form < ? AND length(form) BETWEEN ? AND ? ORDER BY form"
        return [str(form) for (form,) in self._ask(sql, (safe(first), safe(first) + "\U0010ffff", shortest, longest))]

    def numbered_sections(self, number: str) -> Iterator[Section]:
        """Sections with a heading, their own or one above, that begins with a number, in the order of the files."""
        for row in self._ask(f"{SECTION} WHERE instr(data, ?) ORDER BY id", (f'"{number}',)):
            yield self._make_section(row)

    def counts(self, *kinds: str) -> dict[str, int]:
        """How many there are of each kind of record, or of the kinds named."""
        return {kind: self._count(kind) for kind in kinds or _COUNTED}

    def _count(self, kind: str) -> int:
        if kind == "documents":
            return len(self._documents)
        if kind not in SUMMED:
            return self.rows(kind)
        place = SUMMED.index(kind)
        return sum(found[place] for found in self._sums.values())

    def rows(self, kind: str) -> int:
        """The same, counted row by row."""
        return int(self._ask(f"SELECT count(*) FROM {kind}", ())[0][0])  # noqa: S608 - our own names

    def skipped(self) -> tuple[str, ...]:
        """`path: why`, for files left out or repaired when the index was built."""
        return tuple(row[0] for row in self._ask("SELECT what FROM skipped ORDER BY id", ()))

    def files(self) -> tuple[FileStat, ...]:
        """Every file that was looked at when the index was built, sorted by path."""
        return tuple(FileStat(*row) for row in self._ask("SELECT path, size, mtime_ns FROM files ORDER BY path", ()))

    def documents(self) -> list[Document]:
        """All documents, in order, each with an empty text."""
        return list(self._documents.values())

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

    def texts(self, ids: Sequence[int]) -> list[str]:
        """The texts of the chunks of those ids, in that order, past the cache."""
        found: dict[int, str] = {}
        for start in range(0, len(ids), _ASKED):
            part = ids[start : start + _ASKED]
            found.update(self._ask(f"SELECT id, text FROM chunks WHERE id IN ({','.join('?' * len(part))})", part))  # noqa: S608 - question marks
        return [found[i] for i in ids]

    def all_chunks(self) -> Iterator[Chunk]:
        """Every chunk, ascending, past the cache."""
        for row in self._stream(f"{CHUNK} ORDER BY id"):
            yield self._make_chunk(row)

    def chunks_of(self, number: int) -> list[Chunk]:
        """All chunks of a document, past the cache."""
        return [self._make_chunk(row) for row in self._ask(f"{CHUNK} WHERE id >= ? AND id < ? ORDER BY id", self.ids_of(number))]

    def parts_of(self, number: int) -> Corpus:
        """Sections, tables and facts of a document with what it is called, as they were taken apart, past the cache."""
        ids = self.ids_of(number)
        document = self._documents[number]

        def rows(select: str) -> list[Row]:
            return self._ask(f"{select} WHERE id >= ? AND id < ? ORDER BY id", ids)

        sections, tables = tuple(map(self._make_section, rows(SECTION))), tuple(map(self._make_table, rows(TABLE)))
        titles = {document.path: self._titles[number]} if len(self._numbers) > 1 else {}
        return Corpus((document,), sections, tables, tuple(map(self._make_fact, rows(FACT))), (), titles=titles)

    def integrity(self) -> list[str]:
        """What SQLite finds wrong with its own file; empty when nothing is."""
        return [str(row[0]) for row in self._ask("PRAGMA integrity_check(10)", ()) if row[0] != "ok"]

    def _stream(self, sql: str) -> Iterator[Row]:
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

    def _path_of(self, record: int) -> str:
        return self._documents[self._number(record)].path

    def _make_section(self, row: Row) -> Section:
        return records.make_section(row, self._path_of(row[0]))

    def _make_table(self, row: Row) -> Table:
        return records.make_table(row, self._base(row[0]))

    def _make_fact(self, row: Row) -> Fact:
        number = self._number(row[0])
        return records.make_fact(row, self._documents[number].path, first_id(number))

    def _make_chunk(self, row: Row) -> Chunk:
        return records.make_chunk(row, self._base(row[0]))

    def _make_entry(self, row: Row) -> Entry:
        number = row[0] >> SHIFT  # as `_base`, plainly: a name that every file has has ten thousand entries
        return make_entry(row, number << SHIFT if number in self._documents else self._base(row[0]))
