"""One generation seen as if it held some of its documents only.

The files, vectors and postings are those of the whole: what belongs to the scope is known by ranges of ids, which follow from the
numbers of its documents. What the builder makes of all facts together (the words there are, how often, which other names things
have, which axis of a table holds the things) is made of the facts of the scope when it is first asked for, and kept.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from corpus.aliases import Alias, make_aliases
from corpus.facts import count_labels
from corpus.models import Corpus, Document, Section, Table
from corpus.reader import FileStat
from corpus.tables import entity_axis, is_open
from corpus.vocabulary import Entry, count_words
from index.errors import UnknownDocument
from index.facts import SUMMED, FactStore
from index.held import Names
from index.records import FACT, SECTION, TABLE, Row

_RANGES = 200  # of ids that are asked for at once; SQLite takes no condition of more than a thousand


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

    @classmethod
    def within(cls, whole: FactStore, documents: Container[str]) -> Ranges:
        """The ids of all records of some documents; those of neighbours are one range."""
        starts: list[int] = []
        ends: list[int] = []
        together = False
        for number in whole.numbers():
            inside = whole.document_of(number).path in documents
            if inside:
                first, end = whole.ids_of(number)
                if not together:
                    starts.append(first)
                    ends.append(end)
                ends[-1] = end
            together = inside
        return cls(tuple(starts), tuple(ends))

    def __contains__(self, place: int) -> bool:
        at = bisect_right(self.starts, place) - 1
        return at >= 0 and place < self.ends[at]

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(zip(self.starts, self.ends, strict=True))


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
        self._entries = Names()
        self._once = threading.Lock()
        self._made: _Made | None = None
        wanted = set(documents)
        for path in sorted(wanted):
            whole._document_id(path)
        self._scope = tuple(d for d in whole.documents() if d.path in wanted)
        self._names = frozenset(wanted)
        self.ids = Ranges.within(whole, wanted)
        self._listed = [self._make_table(row) for row in self._inside(TABLE)]

    def _inside(self, select: str) -> Iterator[Row]:
        """The rows of the scope, in the order of the files."""
        for ids in self.ids:
            yield from self._ask(f"{select} WHERE id >= ? AND id < ? ORDER BY id", ids)

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
        mine = [self.sums_of(self._by_path[path]) for path in self._names]
        own = {"documents": len(mine), **{kind: sum(found[kind] for found in mine) for kind in SUMMED if kind != "entries"}}
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
        return tuple(e for e in super()._filed(key) if e.section in self.ids)

    def all_entries(self) -> Iterator[Entry]:
        """Every name, in the order of the files."""
        return (e for e in super().all_entries() if e.section in self.ids)

    def names_like(self, text: str, most: int) -> list[str]:
        """Up to `most` different names that begin with a text; of many that do, those of the scope among the first are found."""
        found: dict[tuple[str, str], None] = {}
        ranges = list(self.ids)
        for first in range(0, len(ranges), _RANGES):
            some = ranges[first : first + _RANGES]
            here = " OR ".join(["id >= ? AND id < ?"] * len(some))
            found |= dict.fromkeys(self._begun(text, f"({here})", [place for pair in some for place in pair]))
        return [name for _, name in sorted(found, key=lambda begun: begun[0])][:most]

    # -- what is made of all facts together -----------------------------------------------------------

    @property
    def _whole(self) -> _Made:
        with self._once:
            if self._made is None:
                self._made = self._make()
            return self._made

    def _make(self) -> _Made:
        sections = tuple(map(self._make_section, self._inside(SECTION)))
        facts = tuple(map(self._make_fact, self._inside(FACT)))
        titles = {d.path: self._titles[self._by_path[d.path]] for d in self._scope} if len(self._scope) > 1 else {}
        corpus = Corpus(self._scope, sections, (), facts, (), titles=titles)
        frequencies, forms = count_words(corpus)
        return _Made(frequencies, forms, {a.key: a for a in make_aliases(corpus)}, count_labels(self._listed, facts))

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
        return (s for s in super().numbered_sections(number) if s.id in self.ids)

    def _settled(self, table: Table) -> Table:
        """The table with the things on the axis where the labels of the scope put them."""
        if not is_open(table.columns):
            return table
        axis = entity_axis(table.columns, table.rows, self._whole.labels)
        return table if axis == table.entities else replace(table, entities=axis)
