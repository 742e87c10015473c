"""`facts.sqlite` while it is written: documents are put in and taken out one by one, what is made of all of them follows.

Sums (how many facts hold a stem, how often a label is one) are added and taken away; what cannot be a sum (what an alias stands for,
which axis of a table holds the things) is decided anew wherever something it rests on has changed.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from corpus.gathering import Gathered
from corpus.models import Chunk, Corpus, Document, Fact, Section, Table
from corpus.reader import FileStat
from corpus.tables import entity_axis
from corpus.words import key
from index import naming, records
from index.facts import FILE
from index.numbering import first_id, numbers_for
from index.records import safe

_SORTED = "sorted.tmp"  # names as they come, until they are sorted
_HELD = 200_000  # words and labels whose sums are held in memory before they are written
_PAGES = 32_000  # KB of the file that SQLite may hold while writing
_MASK = (1 << 63) - 1


def numbers_of(parts: Corpus, found: Gathered) -> int:
    """How many numbers a document takes."""
    groups = 1 + max((f.group for f in parts.facts if f.group is not None), default=-1)
    every = (parts.sections, parts.tables, parts.facts, parts.chunks, found.entries, found.finds, range(groups))
    return numbers_for(max(map(len, every)))


class FactFile:
    """The file of one generation, for as long as it is written. Not synced: whoever completes the generation does that."""

    def __init__(self, folder: Path, *, anew: bool) -> None:
        """Begin a file, or go on with a copy of the one of an earlier generation.

        Raises:
            sqlite3.Error, OSError: it cannot be written.
        """
        self._anew = anew
        self._unsorted = folder / _SORTED
        self._connection = sqlite3.connect(folder / FILE, isolation_level=None)
        self._frequencies: Counter[str] = Counter()  # what is to be added, or taken away, of each sum
        self._forms: Counter[str] = Counter()
        self._stems: dict[str, str] = {}
        self._labels: Counter[int] = Counter()
        self._names = naming.Changes()
        self._renamed: set[int] = set()  # labels whose sum changed
        try:
            for pragma in ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", "encoding='UTF-8'", f"cache_size=-{_PAGES}"):
                self._connection.execute(f"PRAGMA {pragma}")
            if anew:
                self._connection.executescript(records.SCHEMA)
                self._connection.execute("ATTACH DATABASE ? AS beside", (str(self._unsorted),))
                self._connection.execute("PRAGMA beside.journal_mode=OFF")
                self._connection.execute("PRAGMA beside.synchronous=OFF")
                self._connection.execute("CREATE TABLE beside.entries AS SELECT * FROM main.entries")
            self._connection.execute("BEGIN")
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Let go of the file, finished or not."""
        self._connection.close()

    # -- documents in and out -----------------------------------------------------------------------

    def put(self, number: int, parts: Corpus, found: Gathered) -> int:
        """File a document, taken apart, under a number; its ids count inside it. Returns how many numbers it takes.

        Raises:
            ValueError: ids are not places, or a record names another that is not there.
        """
        _check(parts)
        document = parts.documents[0]
        base = first_id(number)
        numbers = numbers_of(parts, found)
        covering: dict[int, dict[int, None]] = defaultdict(dict)
        for chunk in parts.chunks:
            for fact in chunk.facts:
                covering[fact][chunk.id] = None
        many = self._connection.executemany
        sums = (len(parts.sections), len(parts.tables), len(parts.facts), len(parts.chunks), len(found.entries))
        title = parts.titles.get(document.path, "")
        row = (number, document.path, document.sha256, document.size, document.mtime_ns, title, numbers, *sums)
        many("INSERT INTO documents VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", [row])
        many("INSERT INTO sections VALUES (?,?,?,?,?,?)", records.section_rows(parts.sections, parts.tables, parts.facts, base))
        many("INSERT INTO tables VALUES (?,?,?,?)", [records.table_row(t, base) for t in parts.tables])
        many("INSERT INTO facts VALUES (?,?,?,?,?,?,?,?,?)", [records.fact_row(f, covering[f.id], base) for f in parts.facts])
        many("INSERT INTO chunks VALUES (?,?,?,?,?,?,?,?)", [records.chunk_row(c, base) for c in parts.chunks])
        beside = "beside.entries" if self._anew else "entries"
        many(
            f"INSERT INTO {beside} VALUES (?,?,?,?,?,?,?)",  # noqa: S608 - our own names
            [records.entry_row(e, place, base) for place, e in enumerate(found.entries)],
        )
        many("INSERT INTO finds VALUES (?,?,?,?,?,?,?,?,?)", [records.find_row(f, place, base) for place, f in enumerate(found.finds)])
        self._add(found, 1)
        self._names.note(document.path, found.finds)
        return numbers

    def take(self, ids: tuple[int, int], document: Document, found: Gathered) -> None:
        """Take out a document that was filed with these ids; `found` is what was gathered of it, in the order of then."""
        number = self._connection.execute("SELECT id FROM documents WHERE path = ?", (document.path,)).fetchone()[0]
        base = first_id(number)
        self._connection.execute("DELETE FROM documents WHERE id = ?", (number,))
        for kind in ("sections", "tables", "facts", "chunks", "finds"):
            self._connection.execute(f"DELETE FROM {kind} WHERE id >= ? AND id < ?", ids)  # noqa: S608 - our own names
        rows = (records.entry_row(e, place, base) for place, e in enumerate(found.entries))
        self._connection.executemany("DELETE FROM entries WHERE key = ? AND told = ? AND id = ?", (row[:3] for row in rows))
        self._add(found, -1)
        self._names.note(document.path, found.finds)

    def note(self, document: Document) -> None:
        """Note that a file has another time, or another length in another encoding, though it holds what was filed."""
        self._connection.execute(
            "UPDATE documents SET size = ?, mtime_ns = ? WHERE path = ?", (document.size, document.mtime_ns, document.path)
        )

    def _add(self, found: Gathered, sign: int) -> None:
        for stem, facts in found.frequencies.items():
            self._frequencies[stem] += sign * facts
        for form, stem in found.forms.items():
            self._forms[form] += sign
            self._stems[form] = stem
        for label, times in found.labels.items():
            self._labels[_label_id(label)] += sign * times
        if len(self._frequencies) + len(self._forms) + len(self._labels) > _HELD:
            self._write_sums()

    # -- what is made of all of them -----------------------------------------------------------------

    def finish(self, files: Sequence[FileStat], skipped: Iterable[str]) -> None:
        """Bring in line what is made of all documents, and complete the file."""
        run = self._connection.execute
        run("DELETE FROM files")
        run("DELETE FROM skipped")
        self._connection.executemany("INSERT INTO files VALUES (?,?,?)", ((f.path, f.size, f.mtime_ns) for f in files))
        self._connection.executemany("INSERT INTO skipped (what) VALUES (?)", ((safe(what),) for what in skipped))
        self._write_sums()
        if self._anew:
            run("INSERT INTO entries SELECT * FROM beside.entries ORDER BY key, told, id")
            self._connection.executescript(records.INDEXES)  # ends the transaction
            run("BEGIN")
        self._settle_tables()
        naming.settle(self._connection, self._names, all_anew=self._anew)
        run("COMMIT")
        if self._anew:
            run("DETACH DATABASE beside")
            self._connection.close()
            self._unsorted.unlink()
        else:
            self._connection.close()

    def _write_sums(self) -> None:
        many = self._connection.executemany
        many(
            "INSERT INTO frequencies VALUES (?,?) ON CONFLICT (stem) DO UPDATE SET facts = facts + excluded.facts",
            sorted((safe(stem), n) for stem, n in self._frequencies.items() if n),
        )
        many("DELETE FROM frequencies WHERE stem = ? AND facts = 0", ((safe(stem),) for stem, n in self._frequencies.items() if n < 0))
        many(
            "INSERT INTO forms VALUES (?,?,?) ON CONFLICT (form) DO UPDATE SET documents = documents + excluded.documents",
            sorted((safe(form), safe(self._stems[form]), n) for form, n in self._forms.items() if n),
        )
        many("DELETE FROM forms WHERE form = ? AND documents = 0", ((safe(form),) for form, n in self._forms.items() if n < 0))
        many(
            "INSERT INTO labels VALUES (?,?) ON CONFLICT (id) DO UPDATE SET times = times + excluded.times",
            sorted((label, n) for label, n in self._labels.items() if n),
        )
        many("DELETE FROM labels WHERE id = ? AND times = 0", ((label,) for label, n in self._labels.items() if n < 0))
        if not self._anew:
            self._renamed.update(label for label, n in self._labels.items() if n)
        self._frequencies.clear()
        self._forms.clear()
        self._stems.clear()
        self._labels.clear()

    def _settle_tables(self) -> None:
        """Decide every open table one of whose labels is another number of times a label than before."""
        if not (self._anew or self._renamed):
            return
        known = _Known(self._connection)
        changed = []
        for row in self._connection.execute(f"{records.TABLE} WHERE open = 1"):
            table = records.make_table(row, 0)
            if self._anew or not self._renamed.isdisjoint(_label_id(key(text)) for text in (*table.columns, *table.rows)):
                axis = entity_axis(table.columns, table.rows, known)
                if axis != table.entities:
                    changed.append((records.table_data(records.with_axis(table, axis)), table.id))
        self._connection.executemany("UPDATE tables SET data = ? WHERE id = ?", changed)


class _Known(Mapping[str, int]):
    """How often each key of a label is one."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __getitem__(self, label: str) -> int:
        found = self._connection.execute("SELECT times FROM labels WHERE id = ?", (_label_id(label),)).fetchone()
        if found is None:
            raise KeyError(label)
        return int(found[0])

    def __iter__(self) -> Iterator[str]:
        raise NotImplementedError("only their hashes are kept")

    def __len__(self) -> int:
        return int(self._connection.execute("SELECT count(*) FROM labels").fetchone()[0])


def _label_id(label: str) -> int:
    """Labels are counted by hash: what they say is of no interest."""
    return int.from_bytes(hashlib.blake2b(label.encode("utf-8", "replace"), digest_size=8).digest(), "big") & _MASK


def _check(parts: Corpus) -> None:
    every: tuple[Sequence[Section | Table | Fact | Chunk], ...] = (parts.sections, parts.tables, parts.facts, parts.chunks)
    for kind in every:
        for place, record in enumerate(kind):
            if record.id != place:
                raise ValueError(f"{type(record).__name__} {record.id} stands at place {place}")
