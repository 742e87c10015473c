"""The knowledge base seen as things with attributes: whose fact is this, what else stands in its row.

A thin, cached layer over the fact store; tables in both orientations, decision tables, labelled lists and
headings all answer the same few questions here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeVar

import numpy as np

from assistant.language import language, load_data
from corpus.chunking import bare_heading
from corpus.models import Fact, Label, Span, Table
from corpus.words import index_stems, key, stem, words
from index import Retriever

Made = TypeVar("Made")

_EVERYDAY = 10  # things talked about elsewhere that a question is held against
_DECISIONS_WITHIN = 40  # tables among which those are looked for that say what to choose
_LABELS = 10_000  # labels whose vectors are kept: 15 MB
_WORTH_KEEPING = 6  # labels to be encoded at once from which their vectors are kept for other processes


@dataclass(frozen=True, slots=True)
class Name:
    """A name with the place it stands at: what an answer may print. `fact` is cited for it, if any."""

    text: str
    document: str
    span: Span | None
    fact: Fact | None = None


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A row of a decision table: for what need, what it recommends, and why where that is said."""

    when: Fact
    what: Fact
    why: Fact | None

    def cells(self) -> list[Fact]:
        """The cells there are: what, when, why."""
        return [c for c in (self.what, self.when, self.why) if c is not None]


class View:
    """Look-ups over one generation of the index. Safe to share between threads."""

    def __init__(self, retriever: Retriever) -> None:
        self.retriever = retriever
        self.store = retriever.facts
        self.fact = lru_cache(maxsize=20_000)(self.store.fact)  # as many as the store keeps: the same ones, not more
        self.section = lru_cache(maxsize=10_000)(self.store.section)
        self.table = lru_cache(maxsize=5_000)(self.store.table)
        self.entries = self.store.names
        self.frequency = lru_cache(maxsize=50_000)(self.store.frequency)
        self._cells = lru_cache(maxsize=20_000)(self._read_cells)
        self._group = lru_cache(maxsize=10_000)(lambda number: tuple(self.store.group(number)))
        self._made_of = lru_cache(maxsize=2_000)(lambda number, make: make(self.table(number), self))
        self._first_tables = lru_cache(maxsize=4)(lambda most: tuple(self.store.tables(most=most)))
        self._label_vectors: dict[str, np.ndarray] = {}
        self._heading_fact = lru_cache(maxsize=10_000)(self._read_heading_fact)
        self.is_entity = lru_cache(maxsize=20_000)(self._is_entity)
        self.is_thing = lru_cache(maxsize=20_000)(self._is_thing)
        self.content_of = lru_cache(maxsize=20_000)(self._content_of)
        self.stems_of = lru_cache(maxsize=50_000)(lambda text: frozenset(index_stems(text)))

    def forms(self) -> Mapping[str, str]:
        """Every word of the knowledge base, lower case -> its stem."""
        return self.store.forms()

    def words_like(self, first: str, shortest: int, longest: int) -> list[str]:
        """The words of the knowledge base that begin with a letter and have so many letters."""
        return self.store.words_like(first, shortest, longest)

    def shown_path(self, document: str) -> str:
        """The path of a document as one would say it: where one of several folders is asked alone, without the name of that folder."""
        return document.removeprefix(self.store.prefix)

    def label_similarity(self, text: str, labels: tuple[str, ...]) -> list[float]:
        """Cosine of a text and each label; the labels' vectors are kept."""
        kept = self._label_vectors
        if len(kept) > _LABELS:
            kept = self._label_vectors = {}  # begun anew rather than thinned out: other threads may be reading
        missing = [x for x in dict.fromkeys(labels) if x not in kept]
        if len(missing) >= _WORTH_KEEPING:  # such as the rows of a table: the same whenever they are asked for, in this process or another
            vectors = self.retriever.encode_kept(missing)
        else:
            vectors = self.retriever.encode(missing) if missing else np.empty((0, 0), dtype=np.float32)
        kept.update(zip(missing, vectors, strict=True))
        vector = self.retriever.encode([text])[0]
        return [float(vector @ kept[x]) for x in labels]

    @cached_property
    def _background(self) -> np.ndarray:
        return self.retriever.encode_fixed(load_data("background.toml")["texts"])

    def elsewhere(self, vector: np.ndarray) -> float:
        """Cosine of a question's vector and the nearest of the things people talk about elsewhere, -1..1."""
        return float((self._background @ vector).max())

    def everyday(self, vector: np.ndarray) -> float:
        """Mean cosine of a question's vector and the ten nearest of those things: steadier than the nearest alone, -1..1."""
        return float(np.sort(self._background @ vector)[-_EVERYDAY:].mean())

    @cached_property
    def choices(self) -> frozenset[str]:
        """Keys of what the decision tables recommend."""
        tables = [t for t in self.first_tables(_DECISIONS_WITHIN) if t.decision]
        return frozenset(key(c.value) for t in tables for c in self.cells(t.id, column=_what(t)))

    @staticmethod
    def _content_of(text: str) -> frozenset[str]:
        """Stems of a text without the words that only hold a sentence together."""
        return frozenset(stem(w) for w in words(text) if w not in language().function_words)

    # ---- neighbours

    def cells(self, table: int, row: int | None = None, column: int | None = None) -> list[Fact]:
        """Cells of a table, its row or its column; the steps of a flow inside a cell are not cells."""
        return list(self._cells(table, row, column))

    def _read_cells(self, table: int, row: int | None, column: int | None) -> tuple[Fact, ...]:
        return tuple(f for f in self.store.table_cells(table, row, column) if f.kind == "cell")

    def made_of(self, table: int, make: Callable[[Table, View], Made]) -> Made:
        """What a function makes of a table; made once as long as it is asked for."""
        made: Made = self._made_of(table, make)
        return made

    def first_tables(self, most: int) -> tuple[Table, ...]:
        """So many tables in the order of the files: what a whole folder is judged by, where all would be too many."""
        return self._first_tables(most)

    def table_of(self, cell: Fact) -> Table:
        """The table a cell stands in.

        Raises:
            ValueError: the fact stands in no table.
        """
        if cell.table is None:
            raise ValueError(f"fact {cell.id} stands in no table")
        return self.table(cell.table)

    def row(self, fact: Fact) -> list[Fact]:
        """The cells of the fact's table row, left to right."""
        return self.cells(fact.table, row=fact.row) if fact.table is not None else []

    def decision(self, fact: Fact) -> DecisionRow | None:
        """The row of a decision table a fact stands in; None of any other fact, and of a row that leaves blank what to choose or when."""
        roles = self.table(fact.table).decision if fact.table is not None else None
        if roles is None:
            return None
        cells = {c.column: c for c in self.row(fact)}
        when, what = cells.get(roles[0]), cells.get(roles[1])
        return DecisionRow(when, what, cells.get(roles[2])) if when is not None and what is not None else None

    def column(self, fact: Fact) -> list[Fact]:
        """The cells of the fact's table column, top to bottom."""
        return self.cells(fact.table, column=fact.column) if fact.table is not None else []

    def group(self, fact: Fact) -> list[Fact]:
        """The list, flow or paragraph the fact is in, in order."""
        return list(self._group(fact.group)) if fact.group is not None else [fact]

    def path(self, fact: Fact) -> tuple[str, ...]:
        """Heading texts above the fact, outermost first."""
        return self.section(fact.section).path

    # ---- things and attributes

    def _is_entity(self, name_key: str) -> bool:
        """Whether a name is on the entity axis of a table."""
        for entry in self.entries(name_key)[:400]:
            if entry.fact is not None and entry.role in ("row", "column"):
                table = self.fact(entry.fact).table
                if entry.role == "column" and self.fact(entry.fact).column == 0:
                    continue  # what the rows are called, and none of the things across
                if table is not None and (self.table(table).entities == "rows") == (entry.role == "row") and not self.table(table).decision:
                    return True
        return False

    def _is_thing(self, name_key: str) -> bool:
        """Whether a name is one of the things the knowledge base describes: an entity of a table, or a label that recurs."""
        places: set[tuple[str, int]] = set()
        for entry in self.entries(name_key)[:400]:
            if entry.fact is None or entry.role not in ("row", "column", "label"):
                continue
            fact = self.fact(entry.fact)
            if fact.table is not None and entry.role == "column" and fact.column == 0:
                continue
            if fact.table is not None:
                axis = self.table(fact.table).entities
                if (axis == "rows") == (entry.role == "row") and not self.table(fact.table).decision:
                    places.add(("table", fact.table))
            elif fact.group is not None:
                places.add(("group", fact.group))
        return len(places) >= 2 or any(kind == "table" for kind, _ in places)

    def owner(self, fact: Fact) -> Name | None:
        """The thing a fact is about: what a decision row recommends, the entity of a cell, the label of a pair, the thing a text names.

        An entity of a table comes before a label that merely recurs (`Flow:` under the headings of several things).
        """
        if fact.table is not None and fact.row is not None and fact.column is not None:
            return self._cell_owner(fact, self.table(fact.table))
        return self._owner(fact, self.is_entity) or self._owner(fact, self.is_thing) or self._own_label(fact)

    def _owner(self, fact: Fact, known: Callable[[str], bool]) -> Name | None:
        for label in fact.labels:
            if (
                label.role == "label"
                and label.span is not None
                and (known(key(label.text)) or any(known(key(n)) for n in label.text.split(" + ")))
            ):
                return Name(label.text, fact.document, label.span, fact)
        for name in fact.names:
            if known(key(name)) and name in fact.value:
                return Name(name, fact.document, fact.span, fact)
        return self._heading_thing(fact, known)

    @staticmethod
    def _own_label(fact: Fact) -> Name | None:
        found = next((x for x in fact.labels if x.role == "label"), None)
        return Name(found.text, fact.document, found.span, fact) if found else None

    def _cell_owner(self, fact: Fact, table: Table) -> Name | None:
        if table.decision:
            what = next((c for c in self.row(fact) if c.column == _what(table)), None)
            return Name(what.value, what.document, what.span, what) if what else None
        label = _label(fact, "column" if table.entities == "columns" else "row")
        return Name(label.text, fact.document, label.span, fact) if label else None

    def _heading_thing(self, fact: Fact, known: Callable[[str], bool]) -> Name | None:
        """A thing named in a heading above the fact (`Widgets in action`), nearest heading first."""
        for depth, heading in reversed(list(enumerate(self.path(fact)))):
            words = bare_heading(heading).split()
            for size in range(min(4, len(words)), 0, -1):
                for start in range(len(words) - size + 1):
                    name = " ".join(words[start : start + size])
                    if known(key(name)):
                        place = self.heading_fact(fact.section) if depth == len(self.path(fact)) - 1 else None
                        return Name(name, fact.document, place.span if place else None, place)
        return None

    def heading_fact(self, section: int) -> Fact | None:
        """The heading of a section as a fact, to cite it."""
        return self._heading_fact(section)

    def _read_heading_fact(self, section: int) -> Fact | None:
        return next((f for f in self.store.section_facts(section) if f.kind == "heading"), None)

    def attribute(self, fact: Fact) -> Name | None:
        """What a fact says of its owner: the other label of a cell, the label or last heading otherwise."""
        if fact.table is not None:
            table = self.table(fact.table)
            label = _label(fact, "row" if table.entities == "columns" and not table.decision else "column")
            return Name(label.text, fact.document, label.span, fact) if label else None
        owner = self.owner(fact)
        label = next((x for x in fact.labels if x.role == "label" and (owner is None or x.text != owner.text)), None)
        if label is not None:
            return Name(label.text, fact.document, label.span, fact)
        path = self.path(fact)
        if not path:
            return None
        place = self.heading_fact(fact.section)
        return Name(bare_heading(path[-1]), fact.document, place.span if place else None, place)

    def heads_of(self, fact: Fact) -> frozenset[str]:
        """Stems of everything a fact is filed under: its labels, its headings, the first column of its table."""
        first = self.table(fact.table).columns[:1] if fact.table is not None else ()
        return self.stems_of(" ".join([*(x.text for x in fact.labels), *self.path(fact), *first]))

    def is_problem(self, fact: Fact) -> bool:
        """Whether a fact stands under a label or heading of difficulties."""
        return any(language().label_is(x, "problem") for x in (*self.path(fact)[-1:], *(x.text for x in fact.labels if x.role != "lead")))

    def is_forecast(self, fact: Fact) -> bool:
        """Whether a fact stands under a heading about the future."""
        return any(language().label_is(h, "forecast") for h in self.path(fact))

    def things_of(self, table: Table) -> Sequence[str]:
        """The labels of a table's entity axis."""
        return [c for c in table.columns[1:] if c] if table.entities == "columns" else [r for r in table.rows if r]


def _label(fact: Fact, role: str) -> Label | None:
    return next((x for x in fact.labels if x.role == role), None)


def _what(table: Table) -> int | None:
    """The column of a decision table that says what to choose."""
    return table.decision[1] if table.decision else None
