"""Blocks to facts: the smallest things worth citing, each with its labels and its exact place.

One pass over a document's blocks. Nothing is reworded: a fact's `raw` is the file's own characters, its
`value` the same without markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from corpus.markdown import Block, Mapped, Source, emphasised, parse_blocks, plain, sentences
from corpus.models import Document, Fact, FactKind, Label, Section, Span, Table
from corpus.tables import Grid, GridCell, decision_columns, entity_axis, html_grids, pipe_grid
from corpus.words import key

ARROW = re.compile(r"\s*(?:→|⇒|➜|➔|⟶|(?<![-<])->|=>(?!=))\s*")
_LABELLED = re.compile(
    r"^(?:\*\*|__)(?P<bold>[^*_\n]{1,80}?)(?:\s*:)?(?:\*\*|__)\s*(?P<bsep>[:–—-])?\s+(?=\S)"  # noqa: RUF001
    r"|^(?P<code>`[^`\n]{1,80}`)\s*(?:[:–—-])\s+(?=\S)"  # noqa: RUF001
    r"|^(?P<link>\[[^\]\n]{1,80}\]\([^)\n]*\))\s*(?:[:–—-])\s+(?=\S)"  # noqa: RUF001
    r"|^(?P<bare>[^\W\d_][^:.!?*`\n\[\]]{0,60}?)\s*:\s+(?=\S)"
)
_LABEL_WORDS = 7  # longer before a colon is a clause, not a label
_NAME_WORDS = 5
_LIST_SPLIT = re.compile(r"\s*[,;]\s*(?:and\s+|or\s+)?|\s+\+\s+|\s+&\s+|\s+and\s+|\s+or\s+")
_PROPER = re.compile(r"(?<![.!?:]\s)(?<!^)\b(?:[A-Z][\w-]*[A-Z]\w*|[A-Z][\w-]+)(?:\s+(?:[A-Z][\w./-]*|\d[\w.]*))*")


def names_of(markup: str, value: str, *, enumerates: bool) -> tuple[str, ...]:
    """The things a value enumerates or sets apart.

    Args:
        markup: the value as written; value: the same in words.
        enumerates: a cell or a labelled value, where commas separate things; in prose they do not.
    """
    found = emphasised(markup)
    ends_as_sentence = value.rstrip().endswith((".", "!", "?"))
    if enumerates and value and not ends_as_sentence:
        parts = [p.strip(" .") for p in ARROW.split(value) for p in _LIST_SPLIT.split(p)] if ARROW.search(value) else [p.strip(" .") for p in _LIST_SPLIT.split(value)]
        if all(len(p.split()) <= _NAME_WORDS for p in parts):
            found += [p for p in parts if p]
            found += [inner for p in parts for inner in re.findall(r"\(([^()]{2,40})\)", p)]
    found += [m[0] for m in _PROPER.finditer(value)]
    unique: dict[str, str] = {}
    for name in found:
        if name and len(name) <= 80:  # noqa: PLR2004 - a longer run is a sentence set in bold
            unique.setdefault(key(name), name)
    unique.pop("", None)
    return tuple(unique.values())


@dataclass(slots=True)
class Parsed:
    """Growing lists of a corpus; ids are positions in them."""

    sections: list[Section] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)  # of `tables`, in the same order
    groups: int = 0

    def group(self) -> int:
        """A fresh number for a list, a flow or a paragraph."""
        self.groups += 1
        return self.groups - 1


class _DocumentFacts:
    """Adds one document's sections, tables and facts to a corpus."""

    def __init__(self, document: Document, into: Parsed) -> None:
        self.document = document
        self.source = Source(document.text)
        self.into = into
        self.lists: dict[int, int] = {}  # list number in the file -> group in the corpus
        self.blocks = parse_blocks(self.source)
        self.section_starts: list[int] = []
        self.first_section = len(into.sections)

    def run(self) -> None:
        self.cut_sections()
        previous: Block | None = None
        for block in self.blocks:
            if block.kind == "table":
                self.table(pipe_grid(block, self.source), block, previous)
            elif block.kind == "html":
                self.html(block, previous)
            elif block.kind == "code":
                self.code(block)
            elif block.text is not None:
                self.text(block)
            previous = block

    # ---- sections

    def cut_sections(self) -> None:
        headings = [b for b in self.blocks if b.kind == "heading" and b.top]
        total = max(self.source.line_count(), 1)
        starts = [(b.first, b.level, plain(b.text.content) if b.text else "") for b in headings]
        if not starts or any(line.strip("\ufeff \t") for line in self.source.lines[: starts[0][0]]):
            starts.insert(0, (0, 0, ""))
        elif starts[0][0] > 0:
            starts[0] = (0, *starts[0][1:])  # blank lines above the first heading go with it
        path: list[tuple[int, str]] = []
        for i, (line, level, title) in enumerate(starts):
            if level:
                while path and path[-1][0] >= level:
                    path.pop()
                path.append((level, title))
            last = starts[i + 1][0] if i + 1 < len(starts) else total
            deep = next((s[0] for s in starts[i + 1 :] if s[1] <= level), total) if level else last
            number = len(self.into.sections)
            self.into.sections.append(Section(number, self.document.path, tuple(t for _, t in path), level, line + 1, max(last, line + 1), max(deep, line + 1)))
            self.section_starts.append(line)

    def section_at(self, line: int) -> int:
        """Id of the section that holds the 0-based line."""
        low = 0
        for i, start in enumerate(self.section_starts):
            if start <= line:
                low = i
            else:
                break
        return self.first_section + low

    # ---- making facts

    def add(self, kind: FactKind, start: int, end: int, value: str, *, section: int, labels: Iterable[Label] = (), names: tuple[str, ...] = (), **place: int | bool | None) -> None:
        if start >= end or not value:
            return
        fact = Fact(
            id=len(self.into.facts), kind=kind, document=self.document.path, section=section, span=self.source.span(start, end),
            raw=self.document.text[start:end], value=value, labels=tuple(labels), names=names, **place,  # type: ignore[arg-type]
        )  # fmt: skip
        self.into.facts.append(fact)

    def label_span(self, text: Mapped, start: int, end: int) -> Span:
        return self.source.span(*text.bounds(start, end))

    def text(self, block: Block) -> None:
        text = block.text
        assert text is not None
        content = text.content
        if not content.strip():
            return
        section = self.section_at(block.first)
        if block.kind == "heading":
            start, end = text.bounds(0, len(content))
            value = plain(content)
            self.add("heading", start, end, value, section=section, names=names_of(content, value, enumerates=False))
            return
        labels: list[Label] = []
        if block.term is not None and block.term.text is not None:
            term = block.term.text
            labels.append(Label("label", plain(term.content), self.label_span(term, 0, len(term.content))))
        if block.within is not None:
            self.item(block, text, section, labels)
        else:
            self.paragraph(block, text, section, labels)

    def context(self, block: Block) -> list[Label]:
        """The lead-in and the parent item that a list item stands under."""
        info = block.within
        found: list[Label] = []
        if info is None:
            return found
        for role, over in (("parent", info.parent), ("lead", info.lead)):
            if over is not None and over.text is not None and over is not block:
                content = over.text.content
                bounds = sentences(content)
                a, b = bounds[-1] if role == "lead" and bounds else (0, len(content))
                labelled = _LABELLED.match(content) if role == "parent" else None
                words = _label_text(labelled) if labelled else plain(content[a:b])
                found.append(Label(role, words.rstrip(":").strip(), self.label_span(over.text, a, b)))  # type: ignore[arg-type]
        return found

    def item(self, block: Block, text: Mapped, section: int, labels: list[Label]) -> None:
        info = block.within
        assert info is not None
        group = self.lists.setdefault(info.number, -1)
        if group < 0:
            group = self.lists[info.number] = self.into.group()
        place = {"group": group, "position": block.position, "depth": info.depth, "ordered": info.ordered}
        labels = labels + self.context(block)
        content = re.sub(r"^\[[ xX]\]\s+", lambda m: " " * len(m[0]), text.content)  # a task box is no content
        lead = len(content) - len(content.lstrip())
        content = content.rstrip()
        if not block.opens_item:
            self.sentence_facts(content, text, section, labels, block)
            return
        label = _labelled(content[lead:])
        whole = text.bounds(lead, len(content))
        if label:
            name, a, b = label
            named = Label("label", name, self.label_span(text, lead, lead + a))
            value = plain(content[lead + b :])
            self.add("pair", *whole, value, section=section, labels=[named, *labels], names=names_of(content[lead + b :], value, enumerates=True), **place)
            self.flow(content, lead + b, text, section, [named, *labels])
        else:
            value = plain(content[lead:])
            self.add("item", *whole, value, section=section, labels=labels, names=names_of(content[lead:], value, enumerates=len(value.split()) <= _NAME_WORDS), **place)
            self.flow(content, lead, text, section, labels)

    def paragraph(self, block: Block, text: Mapped, section: int, labels: list[Label]) -> None:
        content = text.content.rstrip()
        label = _labelled(content)
        one_line = "\n" not in content or len(content) < 400  # noqa: PLR2004
        if labels:  # a glossary definition
            value = plain(content)
            self.add("pair", *text.bounds(0, len(content)), value, section=section, labels=labels, names=names_of(content, value, enumerates=True))
            return
        if label and one_line and len(sentences(content[label[2] :])) <= 2:  # noqa: PLR2004
            name, a, b = label
            named = Label("label", name, self.label_span(text, 0, a))
            value = plain(content[b:])
            self.add("pair", *text.bounds(0, len(content)), value, section=section, labels=[named], names=names_of(content[b:], value, enumerates=True))
            self.flow(content, b, text, section, [named])
            return
        self.flow(content, 0, text, section, [])
        self.sentence_facts(content, text, section, [], block)

    def sentence_facts(self, content: str, text: Mapped, section: int, labels: list[Label], block: Block) -> None:
        group = self.into.group()
        for position, (a, b) in enumerate(sentences(content)):
            value = plain(content[a:b])
            self.add("sentence", *text.bounds(a, b), value, section=section, labels=labels, names=names_of(content[a:b], value, enumerates=False), group=group, position=position)

    def flow(self, content: str, begin: int, text: Mapped, section: int, labels: list[Label], **place: int | None) -> None:
        """Add the steps of an arrow flow, `a → b → c`, if the text is one."""
        arrows = list(ARROW.finditer(content, begin))
        if len(arrows) < 2:  # noqa: PLR2004 - one arrow is a mapping or a menu path
            return
        cuts = [begin, *(x for m in arrows for x in (m.start(), m.end())), len(content)]
        group = self.into.group()
        for position in range(len(arrows) + 1):
            a, b = cuts[2 * position], cuts[2 * position + 1]
            piece = content[a:b].rstrip(" .\n")
            lead = len(piece) - len(piece.lstrip())
            if piece.strip():
                value = plain(piece)
                self.add("step", *text.bounds(a + lead, a + len(piece)), value, section=section, labels=labels, names=(value,), group=group, position=position, ordered=True, **place)

    def code(self, block: Block) -> None:
        start, end = self.source.starts[block.first], self.source.starts[block.last] + len(self.source.lines[block.last])
        raw = self.document.text[start:end]
        inner = re.sub(r"^\s*(`{3,}|~{3,}).*$", "", raw, flags=re.M).strip("\r\n")
        self.add("code", start, end, inner.strip(), section=self.section_at(block.first))

    def html(self, block: Block, previous: Block | None) -> None:
        grids = html_grids(block, self.source)
        for grid in grids:
            self.table(grid, block, previous)
        if grids:
            return
        start, end = self.source.starts[block.first], self.source.starts[block.last] + len(self.source.lines[block.last])
        raw = self.document.text[start:end]
        value = plain(re.sub(r"<!--.*?-->", " ", raw, flags=re.S).replace("\n", " "))
        if re.search(r"\w", value):
            lead = len(raw) - len(raw.lstrip())
            self.add("sentence", start + lead, start + len(raw.rstrip()), value, section=self.section_at(block.first))

    # ---- tables

    def table(self, grid: Grid, block: Block, previous: Block | None) -> None:
        if not grid.rows:
            return
        section = self.section_at(block.first)
        number = len(self.into.tables)
        width = len(grid.rows[0])
        columns = tuple(c.text for c in grid.header) if grid.header else ("",) * width
        rows = tuple(row[0].text for row in grid.rows)
        lead: list[Label] = []
        near = previous is not None and previous.kind == "paragraph" and block.first - previous.last <= 2  # noqa: PLR2004
        if near and previous is not None and previous.text is not None:
            content = previous.text.content
            bounds = sentences(content)
            if bounds:
                a, b = bounds[-1]
                words = re.sub(r"^(?:table\s*)?:\s*", "", plain(content[a:b]), flags=re.I).rstrip(":").strip()
                if words:
                    lead = [Label("lead", words, self.label_span(previous.text, a, b))]
        self.into.tables.append(
            Table(number, section, self.source.span(grid.start, max(grid.end, grid.start + 1)), columns, rows, lead[0].text if lead else "", "rows", decision_columns(columns) if grid.header else None)
        )
        self.into.grids.append(grid)
        seen: set[tuple[int, int, int]] = set()
        for r, row in enumerate(grid.rows):
            for c, cell in enumerate(row):
                if (cell.start, c, -1) in seen and cell.start != cell.end:  # a cell merged downwards is one fact
                    pass
                seen.add((cell.start, c, -1))
                self.cell(grid, section, number, r, c, row, cell, lead)

    def cell(self, grid: Grid, section: int, number: int, r: int, c: int, row: list[GridCell], cell: GridCell, lead: list[Label]) -> None:
        labels: list[Label] = []
        if row[0].text:
            labels.append(Label("row", row[0].text, self.source.span(row[0].start, row[0].end)))
        if grid.header and grid.header[c].text:
            head = grid.header[c]
            labels.append(Label("column", head.text, self.source.span(head.start, head.end)))
        labels += lead
        names = names_of(cell.markup, cell.text, enumerates=True)
        self.add("cell", cell.start, cell.end, cell.text, section=section, labels=labels, names=names, table=number, row=r, column=c)
        if c and len(ARROW.findall(cell.text)) >= 2:  # noqa: PLR2004
            first = self.source.line_of(cell.start) - 1
            lines = self.document.text[cell.start : cell.end]
            if "\n" not in lines and first >= 0:
                self.flow(lines, 0, Mapped(lines, (0,), (cell.start,)), section, labels, table=number, row=r, column=c)


def _label_text(match: re.Match[str]) -> str:
    return plain(next(g for g in (match["bold"], match["code"], match["link"], match["bare"]) if g)).rstrip(":").strip()


def _labelled(content: str) -> tuple[str, int, int] | None:
    """(label, end of the label, start of the value) of a `Label: value` text, or None."""
    match = _LABELLED.match(content)
    if not match:
        return None
    name = _label_text(match)
    if match["bold"] and not match["bsep"] and not match[0].rstrip("*_ \n").endswith(":"):
        return None  # bold words that merely open a sentence
    if not name or len(name.split()) > _LABEL_WORDS:
        return None
    return name, len(match[0].rstrip()), match.end()


def add_document(document: Document, into: Parsed) -> None:
    """Parse one document and append its sections, tables and facts. Never raises, whatever the text."""
    _DocumentFacts(document, into).run()


def settle_tables(parsed: Parsed) -> None:
    """Decide every table's entity axis, once all labels of the folder are known."""
    known: dict[str, int] = {}
    for table in parsed.tables:
        for text in (*table.columns, *table.rows):
            known[key(text)] = known.get(key(text), 0) + 1
    for fact in parsed.facts:
        for label in fact.labels:
            if label.role == "label":
                known[key(label.text)] = known.get(key(label.text), 0) + 1
    for i, table in enumerate(parsed.tables):
        axis = entity_axis(table.columns, table.rows, known)
        if axis != table.entities:
            parsed.tables[i] = Table(table.id, table.section, table.span, table.columns, table.rows, table.caption, axis, table.decision)
