"""What Markdown is taken apart into: documents, sections, facts, chunks.

Plain frozen dataclasses: they are made by the hundred thousand and never cross the program's border
(the answer that does is a pydantic model, in `assistant.models`). All offsets are in characters of the
decoded file, all lines are 1-based and inclusive, as editors count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

FactKind = Literal["cell", "item", "pair", "step", "sentence", "code", "heading"]
"""
cell      a body cell of a table, with its row and column labels
item      a list item
pair      a `Label: value` item, paragraph or glossary entry
step      one step of an arrow flow
sentence  a sentence of a paragraph or quotation
code      a code block
heading   the text of a heading
"""

LabelRole = Literal["row", "column", "label", "lead", "parent", "title", "term"]
"""
row, column  the labels of a table cell
label        the part before the colon of a `Label: value` pair
lead         the sentence that introduces a list or table
parent       the list item that a nested item hangs under
title        the title of the admonition, tab or folded part it stands in, or the bold line that heads it
term         a name the text itself sets apart (bold, code), used to find the fact, never to word it
"""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a file: characters [start, end), lines first..last (1-based, inclusive)."""

    start: int
    end: int
    first_line: int
    last_line: int


@dataclass(frozen=True, slots=True)
class Label:
    """A name a fact is filed under, markup removed, and where it stands (None: it is implied)."""

    role: LabelRole
    text: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One file as read: `text` keeps its own line ends, so offsets are exact."""

    path: str  # inside the knowledge base, forward slashes
    text: str
    sha256: str  # of the file's bytes
    size: int  # bytes
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with the lines under it, up to the next heading of any level.

    The sections of a document partition its lines. Text above the first heading is a section with
    an empty path. `last_line_deep` reaches to the end of its last subsection.
    """

    id: int
    document: str
    path: tuple[str, ...]  # heading texts, outermost first, markup removed
    level: int  # 0 above the first heading, else 1..6
    first_line: int
    last_line: int
    last_line_deep: int


@dataclass(frozen=True, slots=True)
class Table:
    """The shape of a table; its cells are facts."""

    id: int
    section: int
    span: Span
    columns: tuple[str, ...]  # header texts; "" for a blank or missing header
    rows: tuple[str, ...]  # text of each body row's first cell
    caption: str
    entities: Literal["rows", "columns"]  # which axis holds the things that are described
    decision: tuple[int, int, int | None] | None  # columns that say (when, what, why)


@dataclass(frozen=True, slots=True)
class Fact:
    """The smallest thing worth citing.

    `span` covers the fact as it stands in the file; `raw` is exactly the file's characters there, and
    `value` the same with markup (and the label of a pair) removed.
    """

    id: int
    kind: FactKind
    document: str
    section: int
    span: Span
    raw: str
    value: str
    labels: tuple[Label, ...] = ()
    names: tuple[str, ...] = ()  # the things the value enumerates or sets apart
    table: int | None = None
    row: int | None = None  # body row, 0 = first under the header
    column: int | None = None
    group: int | None = None  # the list, flow or paragraph it belongs to, unique in the corpus
    position: int = 0  # place in its group, 0-based
    depth: int = 0  # nesting of a list item
    ordered: bool = False  # a numbered list or a flow: position means order

    def label(self, role: LabelRole) -> str | None:
        """The first label of that role, or None."""
        for x in self.labels:  # plainly: this is asked a million times
            if x.role == role:
                return x.text
        return None


ChunkKind = Literal["fact", "row", "list", "passage"]


@dataclass(frozen=True, slots=True)
class Chunk:
    """What the index ranks: a fact in words, a table row, a list with its lead-in, or a passage.

    `text` is what is encoded. The three fields are what the lexical index searches, each weighted on
    its own. `hash` is the SHA-256 of kind, text and fields: a text, its vector and its posting carry it.
    """

    id: int  # 0..n-1; also the row of its vector
    kind: ChunkKind
    section: int
    facts: tuple[int, ...]
    text: str
    heading: str
    labels: str
    value: str
    hash: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """A whole folder, parsed. Ids are positions: `facts[3].id == 3`, the same for the others."""

    documents: tuple[Document, ...]
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]
    facts: tuple[Fact, ...]
    chunks: tuple[Chunk, ...]
    skipped: tuple[str, ...] = field(default=())  # "path: why", for files left out or repaired
    titles: Mapping[str, str] = field(default_factory=dict)  # document -> what it is called
