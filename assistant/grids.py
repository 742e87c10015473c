"""Tables whose rows are records, in stems: read once, looked through with every question."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from assistant import numbers, scales
from assistant.language import language
from assistant.view import View
from corpus.chunking import bare_heading
from corpus.models import Fact, Table
from corpus.words import stem

_CELLS = 20_000  # cells of a table; a larger one is not looked through for one question
_POLAR = 0.7  # share of the cells of a column that say yes or no, from which it is one that does
_MAY = re.compile(r"\bMay\b,? ?\d|\d\.? May\b")  # the month, and no auxiliary
_NAMES = 0.5  # share of different cells from which a column of words tells the rows apart


@dataclass(frozen=True, slots=True)
class Grid:
    """A table to be looked through: its headers and cells in stems."""

    table: Table
    headers: tuple[frozenset[str], ...]
    cells: dict[tuple[int, int], Fact]
    stems: dict[tuple[int, int], frozenset[str]]
    holding: dict[str, frozenset[tuple[int, int]]]  # stem -> the cells that hold it
    named: int  # the column whose cells tell the rows apart
    context: frozenset[str]  # stems of what the table stands under
    sums: frozenset[int]  # rows that only sum up the others, or stand between them as a headline

    def rows(self) -> list[int]:
        """All rows but those that sum up the others."""
        return sorted({row for row, _ in self.cells} - self.sums)

    def tells_apart(self, column: int) -> bool:
        """Whether no two rows say the same in a column."""
        values = [fact.value for fact in self.column(column, self.rows())]
        return len(set(values)) == len(values)

    def polar(self, column: int) -> dict[int, bool]:
        """Row -> what its cell says, of a column whose cells say yes or no; empty of any other."""
        cells = {f.row: language().polarity(f.value) for f in self.column(column, self.rows()) if f.row is not None}
        said = {row: told for row, told in cells.items() if told is not None}
        return said if len(said) > 1 and len(said) >= _POLAR * len(cells) and any(said.values()) else {}

    def column(self, column: int, rows: Iterable[int]) -> list[Fact]:
        """The cells of a column in some rows; a row whose cell is blank gives none."""
        return [self.cells[row, column] for row in rows if (row, column) in self.cells]

    def beside(self, fact: Fact, column: int) -> Fact | None:
        """The cell of a column in the row a cell stands in; None where it is blank."""
        return self.cells.get((fact.row, column)) if fact.row is not None else None


def grid(table: Table, view: View) -> Grid | None:
    """The table in stems; None where its rows are no records, or there are too many. Read once."""
    return view.made_of(table.id, _read)


def too_large(table: Table) -> bool:
    """Whether a table has too many cells to be looked through for one question."""
    return len(table.rows) * len(table.columns) > _CELLS


def _read(table: Table, view: View) -> Grid | None:
    if table.decision or table.entities != "rows" or len(table.columns) < 2 or too_large(table):
        return None
    function = language().function_words
    cells: dict[tuple[int, int], Fact] = {}
    for fact in view.cells(table.id):
        if fact.row is not None and fact.column is not None:
            cells.setdefault((fact.row, fact.column), fact)
    if len({row for row, _ in cells}) < 2:
        return None
    stems = {
        place: frozenset(s for s in view.stems_of(fact.value) if s not in function or (s == "may" and _MAY.search(fact.value)))
        for place, fact in cells.items()
    }
    holding: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for place, held in stems.items():
        for said in held:
            holding[said].add(place)
    width = Counter(row for row, _ in cells)
    between = {row for row, many in width.items() if many == 1 and max(width.values()) > 1}  # a headline across the whole row
    return Grid(
        table,
        tuple(view.stems_of(header) for header in table.columns),
        cells,
        stems,
        {said: frozenset(places) for said, places in holding.items()},
        _naming(table, cells),
        view.stems_of(table.caption) | far_words(table, view),
        frozenset(
            row
            for (row, column), fact in cells.items()
            if column < 2 and (language().sums_up(fact.value) or fact.value == table.columns[column])  # or the header once more
        )
        | between,
    )


def _naming(table: Table, cells: dict[tuple[int, int], Fact]) -> int:
    """The first column of words most of whose cells differ: what its rows are called by. The first where there is none."""
    for column in range(len(table.columns)):
        values = [fact.value for (_, c), fact in cells.items() if c == column]
        if len(values) < 2 or len(set(values)) < _NAMES * len(values) or scales.ranks(table.columns[column]):
            continue
        if sum(any(ch.isalpha() for ch in v) for v in values) * 2 > len(values) and numbers.column(table.columns[column], values) is None:
            return column
    return 0


def called(fact: Fact, view: View) -> Fact | None:
    """The cell that says what the row of a fact is called, where the first column only numbers the rows."""
    read = grid(view.table(fact.table), view) if fact.table is not None and fact.row is not None else None
    return read.beside(fact, read.named) if read is not None and read.named else None


def far_words(table: Table, view: View) -> frozenset[str]:
    """Stems of the headings above a table and of its file's name."""
    section = view.section(table.section)
    document = section.document.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return view.stems_of(" ".join((*map(bare_heading, section.path), document.replace("-", " ").replace("_", " "))))


def head_stem(header: str) -> str:
    """The stem of the noun a header is about: the last word before what belongs to it (*Years of service*: year)."""
    words = re.split(r"\s+(?:of|for|per|in|to|with|by)\s+|[(\[,/]", header.strip(), maxsplit=1)[0].split()
    return stem(words[-1].lower()) if words else ""


__all__ = ["Grid", "called", "far_words", "grid", "head_stem", "too_large"]
