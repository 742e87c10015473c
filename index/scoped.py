"""One generation seen as if it held some of its documents only.

The files, vectors and postings are those of the whole: what belongs to the scope is known by ranges of ids, which are given in the
order of the documents. What the builder makes of all facts together (the words there are, how often, which other names things
have, which axis of a table holds the things) is made of the facts of the scope when it is first asked for, and kept.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from corpus.aliases import Alias, make_aliases
from corpus.models import Corpus, Document, Section, Table
from corpus.reader import FileStat
from corpus.tables import entity_axis
from corpus.vocabulary import Entry, count_words
from corpus.words import key, stems
from index.errors import UnknownDocument
from index.facts import _FACT, FactStore, _make_table, _Names

_DECIDED = 3  # columns from which the first header, or the labels of all, decide what a table is about


@dataclass(frozen=True, slots=True)
class Ranges:
    """Some of the ids of one kind of record, as half-open ranges in order."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, places: Iterable[int]) -> Ranges:
        """The ranges of ascending ids."""
        starts: list[int] = []
        ends: list[int] = []
        for place in places:
            if ends and ends[-1] == place:
                ends[-1] = place + 1
            else:
                starts.append(place)
                ends.append(place + 1)
        return cls(tuple(starts), tuple(ends))

    def __contains__(self, place: int) -> bool:
        at = bisect_right(self.starts, place) - 1
        return at >= 0 and place < self.ends[at]

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(zip(self.starts, self.ends, strict=True))

    def __len__(self) -> int:
        return sum(self.ends) - sum(self.starts)


@dataclass(frozen=True, slots=True)
class _Made:
    """What the builder makes of all facts together, made of those of a scope."""

    frequencies: Mapping[str, int]
    forms: Mapping[str, str]
    aliases: Mapping[str, Alias]
    labels: Counter[str]  # key of a label -> how often it labels a table or a pair


class ScopedStore(FactStore):
    """The records of some documents. A record is fetched by its id as from the whole; what is listed or counted is the scope's own."""

    def __init__(self, whole: FactStore, documents: Iterable[str], prefix: str = "") -> None:
        """Use the open file and the records kept of the whole.

        Args:
            documents: paths of the scope.
            prefix: what the paths begin with that is not said of them: the name of the one folder the scope lies in.
        Raises:
            UnknownDocument: one is not indexed.
        """
        self.__dict__.update(vars(whole))  # one connection, one lock, one set of records
        self.prefix = prefix
        self._entries = _Names()
        self._once = threading.Lock()
        self._made: _Made | None = None
        wanted = set(documents)
        for path in sorted(wanted):
            whole._document_id(path)
        self._mine = Ranges.of(i for i, d in enumerate(whole.documents()) if d.path in wanted)
        self._scope = tuple(d for d in whole.documents() if d.path in wanted)
        self._names = frozenset(wanted)
        self.section_ids = self._sections_of(self._mine)
        self.fact_ids = self._under(self.section_ids, "facts")
        self.chunk_ids = self._under(self.section_ids, "chunks")
        rows = [
            row
            for first, end in self.section_ids
            for row in self._ask("SELECT id, section, data FROM tables WHERE section >= ? AND section < ? ORDER BY id", (first, end))
        ]
        self._listed = [_make_table(row) for row in rows]

    # -- which ids ------------------------------------------------------------------------------------

    def _sections_of(self, documents: Ranges) -> Ranges:
        """The sections of documents; a document has one at least."""
        bounds = [
            self._ask("SELECT min(id), max(id) + 1 FROM sections WHERE document >= ? AND document < ?", (first, end))[0]
            for first, end in documents
        ]
        found = [(int(a), int(b)) for a, b in bounds if a is not None]
        return Ranges(tuple(a for a, _ in found), tuple(b for _, b in found))

    def _under(self, sections: Ranges, kind: str) -> Ranges:
        """The facts or chunks of sections: their ids are given in the order of the documents."""
        total = int(self._ask(f"SELECT count(*) FROM {kind}", ())[0][0])  # noqa: S608 - our own names

        def first_in(section: int) -> int:
            low, high = 0, total
            while low < high:
                middle = (low + high) // 2
                at = int(self._ask(f"SELECT section FROM {kind} WHERE id = ?", (middle,))[0][0])  # noqa: S608 - our own names
                low, high = (middle + 1, high) if at < section else (low, middle)
            return low

        found = [(first_in(a), first_in(b)) for a, b in sections]
        return Ranges(tuple(a for a, b in found if a < b), tuple(b for a, b in found if a < b))

    # -- what is listed -------------------------------------------------------------------------------

    def documents(self) -> list[Document]:
        """The documents of the scope, in order, each with an empty text."""
        return list(self._scope)

    def _document_id(self, path: str) -> int:
        if path not in self._names:
            raise UnknownDocument(path)
        return super()._document_id(path)

    def counts(self, *kinds: str) -> dict[str, int]:
        """How many there are of what is shown; of words and names, of the whole."""
        own = {"documents": len(self._scope), "sections": len(self.section_ids), "facts": len(self.fact_ids), "chunks": len(self.chunk_ids)}
        own["tables"] = len(self._listed)
        if kinds:
            return {kind: own[kind] if kind in own else super(ScopedStore, self).counts(kind)[kind] for kind in kinds}
        return {**super().counts(), **own}

    def skipped(self) -> tuple[str, ...]:
        """What was left out of the folder the scope lies in."""
        return tuple(what.removeprefix(self.prefix) for what in super().skipped() if self.prefix and what.startswith(self.prefix))

    def files(self) -> tuple[FileStat, ...]:
        """The files of the scope."""
        return tuple(f for f in super().files() if f.path in self._names)

    def tables_by_id(self, ids: Iterable[int]) -> list[Table]:
        """The tables of those ids, in that order."""
        return [self._settled(table) for table in super().tables_by_id(ids)]

    def tables(self, section: int | None = None, *, most: int = -1) -> list[Table]:
        """The tables of a section, or of all the first `most` (-1: every one), in the order of the files."""
        if section is not None:
            return [self._settled(table) for table in super().tables(section)]
        return [self._settled(table) for table in (self._listed if most < 0 else self._listed[:most])]

    def _filed(self, key: str) -> tuple[Entry, ...]:
        return tuple(e for e in super()._filed(key) if e.section in self.section_ids)

    def all_entries(self) -> Iterator[Entry]:
        """Every name, in the order of the files."""
        return (e for e in super().all_entries() if e.section in self.section_ids)

    def names_like(self, text: str, most: int) -> list[str]:
        """Up to `most` different names that begin with a text; of many that do, those of the scope among the first are found."""
        here = " OR ".join(["section >= ? AND section < ?"] * len(self.section_ids.starts)) or "0"
        return self._begun(text, most, f"({here})", [x for pair in self.section_ids for x in pair])

    # -- what is made of all facts together -----------------------------------------------------------

    @property
    def _whole(self) -> _Made:
        with self._once:
            if self._made is None:
                self._made = self._make()
            return self._made

    def _make(self) -> _Made:
        sections = tuple(s for first, end in self.section_ids for s in self.sections_by_id(range(first, end)))
        facts = tuple(
            self._make_fact(row) for first, end in self.fact_ids for row in self._ask(f"{_FACT} WHERE id >= ? AND id < ?", (first, end))
        )
        corpus = Corpus(self._scope, sections, (), facts, (), titles=self._titles(sections))
        labels = Counter(key(text) for table in self._listed for text in (*table.columns, *table.rows))
        labels.update(key(label.text) for fact in facts for label in fact.labels if label.role == "label")
        frequencies, forms = count_words(corpus)
        return _Made(frequencies, forms, {a.key: a for a in make_aliases(corpus)}, labels)

    def _titles(self, sections: Sequence[Section]) -> dict[str, str]:
        """What the documents are called, as far as it shows in their names; one alone need not be told from others."""
        if len(self._scope) < 2:
            return {}
        titles: dict[str, str] = {}
        for section in sections:
            if section.document not in titles:
                rows = self._ask("SELECT text FROM entries WHERE section = ? AND role = 'title' ORDER BY id LIMIT 1", (section.id,))
                titles[section.document] = str(rows[0][0]) if rows else section.path[0] if section.path else ""
        return titles

    def alias(self, key: str) -> Alias | None:
        """What the scope itself says that the wording of that key stands for; None where it says nothing."""
        return self._whole.aliases.get(key)

    def frequency(self, stem: str) -> int:
        """Number of facts of the scope that hold a word of that stem."""
        return self._whole.frequencies.get(stem, 0)

    def forms(self) -> Mapping[str, str]:
        """Word as the scope writes it, lower case → stem."""
        return self._whole.forms

    def words_like(self, first: str, shortest: int, longest: int) -> list[str]:
        """The words as the scope writes them that begin with a letter and have so many letters, sorted."""
        return sorted(form for form in self.forms() if form.startswith(first) and shortest <= len(form) <= longest)

    def numbered_sections(self, number: str) -> Iterator[Section]:
        """Sections of the scope with a heading, their own or one above, that begins with a number."""
        return (s for s in super().numbered_sections(number) if s.id in self.section_ids)

    def _settled(self, table: Table) -> Table:
        """The table with the things on the axis where the labels of the scope put them."""
        if len(table.columns) < _DECIDED or stems(table.columns[0]):
            return table  # decided by the table alone
        axis = entity_axis(table.columns, table.rows, self._whole.labels)
        return table if axis == table.entities else replace(table, entities=axis)
