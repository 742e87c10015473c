"""Blocks to facts: the smallest things worth citing, each with its labels and its exact place.

One pass over a document's blocks. Nothing is reworded: a fact's `raw` is the file's own characters, its
`value` the same without markup.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from corpus.markdown import (
    Block,
    ListInfo,
    Mapped,
    Source,
    code_spans,
    emphasised,
    fence_title,
    front_title,
    heading_words,
    parse_blocks,
    plain,
    sentences,
)
from corpus.models import Document, Fact, FactKind, Label, LabelRole, Section, Table
from corpus.tables import Grid, GridCell, decision_columns, entity_axis, html_grids, outside_comments, pipe_grid
from corpus.words import key

ARROW = re.compile(r"→|⇒|➜|➔|⟶|(?<![-<])->|(?<![=<])=>(?!=)")
_LINK = r"\[[^\[\]\n]{1,80}\]\([^()\n]{0,500}\)"
_LINK_AHEAD = r"\[[^\[\]\n]{1,80}\]\("  # a link is taken whole or not at all: two readings of each would be tried in turn
_IN_BRACKETS = r"\s*\([^()\n]{1,60}\)"  # of a type or a unit: `name` (string):
_LABELLED = re.compile(
    rf"(?P<mark>\*\*|__)(?P<bold>(?:{_LINK}|(?!(?P=mark)|{_LINK_AHEAD})[^*\n]){{1,80}}?)(?P<bcolon>\s*:)?(?P<bclose>(?P=mark))"
    rf"(?:(?P<after>{_IN_BRACKETS})?\s*(?P<bsep>[:–—-])|(?P<bdot>\.))?(?:\s|<br\s*/?>)+(?=\S)"
    rf"|(?P<code>`[^`\n]{{1,80}}`(?:(?:\s*[,/|]\s*|\s+or\s+)`[^`\n]{{1,80}}`){{0,3}}(?:{_IN_BRACKETS})?)\s*(?:[:–—-])\s+(?=\S)"
    rf"|(?P<link>{_LINK})(?:\s*[:–—-]|\.)\s+(?=\S)"
    r"|(?P<bare>[^\W\d_][^:.!?*`\n\[\]]{0,60}?)\s*:\s+(?=\S)"
)
_DASHED = re.compile(
    r"(?P<bare>[^\W_][^:.!?*`\n\[\]–—]{0,60}?)\s+(?P<dash>[–—]|--?)\s+(?=\S)"
)  # of list items only: in prose a dash is an aside
_DASHED_WORDS = 5
_DASHED_VALUE = 3  # words; `Saddle - Exotic` is one name
_LABEL_WORDS = 7  # longer before a colon is a clause, not a label
_NAME_WORDS = 5
_NAME_CHARS = 80  # a longer run in bold is a sentence
_LABEL_CHARS = 300  # a label is repeated with everything it labels
_LONG_ITEM = 2000  # characters; a longer list item is read by its sentences
_PAIR_CHARS, _PAIR_SENTENCES = 400, 2  # more after `Label:` is a paragraph that happens to begin with a colon
_FLOW_ARROWS = 2  # one arrow is a mapping or a menu path
_TITLES = 3  # titles of boxes inside boxes that a fact carries
_NEAR = 2  # lines from a caption to its table: at most one blank line between
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
        parts = [p.strip(" .:") for step in ARROW.split(value) for p in _LIST_SPLIT.split(step)]
        if all(len(p.split()) <= _NAME_WORDS for p in parts):
            found += [p for p in parts if p]
            found += [inner for p in parts for inner in re.findall(r"\(([^()]{2,40})\)", p)]
    found += [m[0] for m in _PROPER.finditer(value)]
    unique: dict[str, str] = {}
    for name in found:
        if name and len(name) <= _NAME_CHARS:
            unique.setdefault(key(name), name)
    unique.pop("", None)
    return tuple(unique.values())


@dataclass(slots=True)
class Parsed:
    """Growing lists of a corpus; ids are positions in them."""

    sections: list[Section] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)  # document -> what it calls itself, "" where it does not
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
        self.contexts: dict[int, list[Label]] = {}  # list number in the file -> what all its items stand under
        self.blocks = parse_blocks(self.source)
        self.section_starts: list[int] = []
        self.first_section = len(into.sections)
        self.run_of = (-1, 0, -1, 0)  # group, position, section and end of the last labelled paragraph
        self.titles: list[Label] = []  # what the block at hand stands under besides headings, outermost first
        self.title_labels: dict[int, list[Label]] = {}  # by the place of the title

    def run(self) -> None:
        self.cut_sections()
        self.into.titles[self.document.path] = self.document_title()
        for i, block in enumerate(self.blocks):
            self.titles = self.titles_over(block.title)
            if block.kind == "table":
                self.table(pipe_grid(block, self.source), self.caption(i))
            elif block.kind == "html":
                self.html(block, self.caption(i))
            elif block.kind == "code":
                self.code(block, self.blocks[i - 1] if i else None)
            elif block.text is not None:
                self.text(block, block.text)

    def plain(self, markup: str) -> str:
        return plain(markup, self.source.references)

    # ---- sections

    def cut_sections(self) -> None:
        headings = [b for b in self.blocks if b.kind == "heading" and b.top]
        total = max(self.source.line_count(), 1)
        starts = [(b.first, b.level, _shortened(heading_words(b.text.content, self.source.references)) if b.text else "") for b in headings]
        if not starts or any(line.strip("\ufeff \t") for line in self.source.lines[: starts[0][0]]):
            starts.insert(0, (0, 0, ""))
        elif starts[0][0] > 0:
            starts[0] = (0, *starts[0][1:])  # blank lines above the first heading go with it
        deep = [total] * len(starts)  # where each section ends with all its subsections
        still: list[int] = []
        path: list[tuple[int, str]] = []
        for i, (line, level, _) in enumerate(starts):
            while still and level <= starts[still[-1]][1]:
                deep[still.pop()] = line
            still.append(i)
        for i, (line, level, title) in enumerate(starts):
            if level:
                while path and path[-1][0] >= level:
                    path.pop()
                path.append((level, title))
            last = starts[i + 1][0] if i + 1 < len(starts) else total
            number, titles = len(self.into.sections), tuple(t for _, t in path)
            end = deep[i] if level else last
            self.into.sections.append(Section(number, self.document.path, titles, level, line + 1, max(last, line + 1), max(end, line + 1)))
            self.section_starts.append(line)

    def document_title(self) -> str:
        """What the document calls itself: its one heading of the first level, else the title its front matter gives."""
        tops = [s.path[-1] for s in self.into.sections[self.first_section :] if s.level == 1]
        if len(tops) == 1 and tops[0]:
            return tops[0]
        return front_title(self.source.lines)

    def section_at(self, line: int) -> int:
        """Id of the section that holds the 0-based line."""
        return self.first_section + max(bisect_right(self.section_starts, line) - 1, 0)

    # ---- making facts

    def add(
        self,
        kind: FactKind,
        bounds: tuple[int, int],
        value: str,
        *,
        section: int,
        labels: Iterable[Label] = (),
        names: tuple[str, ...] = (),
        table: tuple[int, int, int] | None = None,
        group: int | None = None,
        position: int = 0,
        depth: int = 0,
        ordered: bool = False,
    ) -> None:
        """Append a fact, unless it says nothing. `table` is (id, row, column)."""
        start, end = bounds
        if start >= end or not value.strip():
            return
        number, row, column = table or (None, None, None)
        labels = tuple(labels)
        if self.titles:
            said = {value.rstrip(":"), *(x.text for x in labels)}
            labels = (*labels, *(x for x in self.titles if x.text not in said))
        self.into.facts.append(
            Fact(
                id=len(self.into.facts),
                kind=kind,
                document=self.document.path,
                section=section,
                span=self.source.span(start, end),
                raw=self.document.text[start:end],
                value=value,
                labels=labels,
                names=names,
                table=number,
                row=row,
                column=column,
                group=group,
                position=position,
                depth=depth,
                ordered=ordered,
            )
        )

    def label(self, role: LabelRole, name: str, start: int, end: int) -> list[Label]:
        """The label as a list of one; of none where it has no words."""
        text = _shortened(name)
        return [Label(role, text, self.source.span(start, end))] if text and start < end else []

    def titles_over(self, title: Block | None) -> list[Label]:
        """The innermost titles a block stands under, as labels, outermost first."""
        found: list[Label] = []
        over = title
        for _ in range(_TITLES):
            if over is None or over.text is None:
                break
            where = over.text.offset(0)
            if where not in self.title_labels:
                content = over.text.content
                words = self.plain(_LINE_ENDS.sub(" ", content)).rstrip(":").strip()
                self.title_labels[where] = self.label("title", words, *over.text.bounds(0, len(content)))
            found = self.title_labels[where] + found
            over = over.title
        return found

    def text(self, block: Block, text: Mapped) -> None:
        content = text.content
        if not content.strip():
            return
        section = self.section_at(block.first)
        if block.kind == "heading":
            value = self.plain(content)
            self.add("heading", text.bounds(0, len(content)), value, section=section, names=names_of(content, value, enumerates=False))
            return
        if block.is_term:
            return  # it is the label of what defines it
        labels: list[Label] = []
        if block.term is not None and block.term.text is not None:
            term = block.term.text
            labels = self.label("label", self.plain(term.content), *term.bounds(0, len(term.content)))
        if block.within is not None:
            self.item(block, block.within, text, section, labels)
        else:
            for a, b in _run_ins(text.content):
                self.paragraph(_part(text, a, b), section, labels)

    def context(self, info: ListInfo) -> list[Label]:
        """The parent item and the lead-in that the items of a list stand under."""
        if info.number in self.contexts:
            return self.contexts[info.number]
        found: list[Label] = []
        if info.parent is not None and info.parent.text is not None:
            content = info.parent.text.content
            begin = _task_box(content)
            labelled = _labelled(content[begin:], item=True)
            words = labelled[0] if labelled else self.plain(content[begin:])
            found += self.label("parent", words.rstrip(":,").strip(), *info.parent.text.bounds(begin, len(content)))
        if info.lead is not None and info.lead.text is not None:
            found += self.last_sentence("lead", info.lead.text)
        self.contexts[info.number] = found
        return found

    def last_sentence(self, role: LabelRole, text: Mapped, cut: re.Pattern[str] | None = None) -> list[Label]:
        """The sentence that ends a paragraph, as the label of what follows; what `cut` matches at its start is left out.

        None where a paragraph of several sentences simply ends: what comes after it is not introduced by its last one.
        """
        bounds = sentences(text.content)
        if not bounds:
            return []
        a, b = bounds[-1]
        words = self.plain(text.content[a:b])
        if len(bounds) > 1 and words.endswith((".", "!", "?", ")")) and not _INTRODUCES.search(words):
            return []
        if cut is not None:
            words = cut.sub("", words)
        return self.label(role, words.rstrip(":,").strip(), *text.bounds(a, b))

    def item(self, block: Block, info: ListInfo, text: Mapped, section: int, labels: list[Label]) -> None:
        group = self.lists.get(info.number)
        if group is None:
            group = self.lists[info.number] = self.into.group()
        labels = labels + self.context(info)
        content = text.content.rstrip()
        if not block.opens_item or len(content) > _LONG_ITEM:
            self.sentence_facts(content, text, section, labels)
            return
        lead = _task_box(content)
        label = _labelled(content[lead:], item=True)
        begin = lead + label[2] if label else lead
        value = self.plain(content[begin:])
        names = names_of(content[begin:], value, enumerates=label is not None or len(value.split()) <= _NAME_WORDS)
        if label:
            labels = [*self.label("label", label[0], *text.bounds(lead, lead + label[1])), *labels]
        self.add(
            "pair" if label else "item",
            text.bounds(lead, len(content)),
            value,
            section=section,
            labels=labels,
            names=names,
            group=group,
            position=block.position,
            depth=info.depth,
            ordered=info.ordered,
        )
        self.flow(content, begin, text, section, labels)

    def paragraph(self, text: Mapped, section: int, labels: list[Label]) -> None:
        content = text.content.rstrip()
        label = None if labels else _labelled(content)
        if label and not _is_one_value(content, label[2]):
            if not content.startswith(("**", "__", "`", "[")):
                self.flow(content, 0, text, section, [])
                self.sentence_facts(content, text, section, [])
                return
            named = self.label("label", label[0], *text.bounds(0, label[1]))  # each sentence carries the label
            self.flow(content, label[2], text, section, named)
            self.sentence_facts(content, text, section, named, label[2])
            return
        if not labels and not label:
            self.flow(content, 0, text, section, [])
            self.sentence_facts(content, text, section, [])
            return
        begin = 0
        if label:
            begin = label[2]
            labels = self.label("label", label[0], *text.bounds(0, label[1]))
        value = self.plain(content[begin:])
        names = names_of(content[begin:], value, enumerates=True)
        group, position = self.labelled_run(section, text.bounds(0, len(content)))
        self.add("pair", text.bounds(0, len(content)), value, section=section, labels=labels, names=names, group=group, position=position)
        self.flow(content, begin, text, section, labels)

    def labelled_run(self, section: int, bounds: tuple[int, int]) -> tuple[int, int]:
        """(group, position) of a labelled paragraph: paragraphs one after the other are one list in all but dashes."""
        group, position, last, end = self.run_of
        together = last == section and not self.document.text[end : bounds[0]].strip()
        group, position = (group, position + 1) if together else (self.into.group(), 0)
        self.run_of = (group, position, section, bounds[1])
        return group, position

    def sentence_facts(self, content: str, text: Mapped, section: int, labels: list[Label], begin: int = 0) -> None:
        group = self.into.group()
        for position, (start, end) in enumerate(sentences(content[begin:])):
            a, b = start + begin, end + begin
            value = self.plain(content[a:b])
            names = names_of(content[a:b], value, enumerates=False)
            self.add("sentence", text.bounds(a, b), value, section=section, labels=labels, names=names, group=group, position=position)

    def flow(
        self, content: str, begin: int, text: Mapped, section: int, labels: list[Label], table: tuple[int, int, int] | None = None
    ) -> None:
        """Add the steps of every sentence that is an arrow flow, `a → b → c`. Arrows in code are none."""
        if not ARROW.search(content, begin):
            return
        masked, at = [], 0
        for a, b in code_spans(content):
            masked += [content[at:a], "X" * (b - a)]
            at = b
        masked.append(content[at:])
        outside = "".join(masked)
        for first, last in sentences(outside[begin:]):
            arrows = [m.span() for m in ARROW.finditer(outside, begin + first, begin + last)]
            if len(arrows) >= _FLOW_ARROWS:
                introduced = outside.rfind(": ", begin + first, arrows[0][0])  # `The order is: a → b → c`
                start = introduced + 2 if introduced >= 0 else begin + first
                cuts = [start, *(x for arrow in arrows for x in arrow), begin + last]
                self.steps(cuts, text, section, labels, table)

    def steps(self, cuts: list[int], text: Mapped, section: int, labels: list[Label], table: tuple[int, int, int] | None) -> None:
        """Add one flow; `cuts` are the bounds of its steps, two each."""
        group = self.into.group()
        for position, (a, b) in enumerate(zip(cuts[::2], cuts[1::2], strict=True)):
            piece = text.content[a:b].rstrip(" .\t\n")
            start = a + len(piece) - len(piece.lstrip())
            piece = piece.strip()
            if piece.count("**") % 2:  # the whole flow is bold
                start += 2 if piece.startswith("**") else 0
                piece = piece.removeprefix("**").removesuffix("**").rstrip(" .")
            value = self.plain(piece)
            if value:
                bounds, place = text.bounds(start, start + len(piece)), {"group": group, "position": position}
                self.add("step", bounds, value, section=section, labels=labels, names=(value,), table=table, ordered=True, **place)

    def code(self, block: Block, above: Block | None) -> None:
        """A code block, under the sentence that introduces it and the title its fence carries."""
        start, end = self.trimmed(block)
        lead: list[Label] = []
        line = self.source.lines[block.first]
        opening = line.lstrip("\ufeff")
        if (titled := fence_title(opening)) is not None:
            base = self.source.starts[block.first] + len(line) - len(opening)
            lead = self.label("title", self.plain(opening[slice(*titled)]), base + titled[0], base + titled[1])
        if above is not None and above.kind == "paragraph" and above.text is not None and block.first - above.last <= _NEAR:
            same_item = above.within is block.within and (block.within is None or above.position == block.position)
            if same_item and above.text.content.rstrip("*_ ").endswith(":"):
                lead += self.last_sentence("lead", above.text)
        self.add("code", (start, end), block.code.strip(), section=self.section_at(block.first), labels=lead)

    def trimmed(self, block: Block) -> tuple[int, int]:
        """Where the words of a whole block begin and end."""
        start, end = self.source.starts[block.first], self.source.starts[block.last] + len(self.source.lines[block.last])
        raw = self.document.text[start:end]
        return start + len(raw) - len(raw.lstrip("\ufeff \t\r\n")), start + len(raw.rstrip())

    def html(self, block: Block, caption: list[Label]) -> None:
        """The tables of an HTML block, and the sentences of what stands beside them and its comments."""
        start, end = self.trimmed(block)
        if _NO_TEXT.match(self.document.text, start):
            return
        taken: list[tuple[int, int]] = []
        for grid in html_grids(block, self.source):
            self.table(grid, caption)
            taken.append((grid.start, grid.end))
        at = start
        for a, b in [*taken, (end, end)]:
            self.html_text(at, min(a, end))
            at = max(at, b)

    def html_text(self, start: int, end: int) -> None:
        """The sentences of a piece of HTML, outside its comments."""
        group = None
        for a, b in outside_comments(self.document.text, start, end):
            content = self.document.text[a:b]
            for x, y in sentences(content):
                value = self.plain(_LINE_ENDS.sub(" ", content[x:y]))
                if re.search(r"\w", value):
                    group = self.into.group() if group is None else group
                    names = names_of(content[x:y], value, enumerates=False)
                    section = self.section_at(self.source.line_of(a + x) - 1)
                    position = self.position_in(group)
                    self.add("sentence", (a + x, a + y), value, section=section, names=names, group=group, position=position)

    def position_in(self, group: int) -> int:
        """Place of the next fact of a group that was begun last."""
        last = self.into.facts[-1] if self.into.facts else None
        return last.position + 1 if last is not None and last.group == group else 0

    # ---- tables

    def caption(self, i: int) -> list[Label]:
        """The paragraph just above a table, or a `Table: …` line just below it, as a label."""
        block = self.blocks[i]
        above = self.blocks[i - 1] if i else None
        if above is not None and above.kind == "paragraph" and above.text is not None and block.first - above.last <= _NEAR:
            same_item = above.within is block.within and (block.within is None or above.position == block.position)
            if same_item or above.text.content.rstrip("*_ ").endswith(":"):  # else a list just happens to stand above
                return self.last_sentence("lead", above.text, _CAPTION)
        below = self.blocks[i + 1] if i + 1 < len(self.blocks) else None
        near = below is not None and below.first - block.last <= _NEAR
        if near and below is not None and below.text is not None and _CAPTION_BELOW.match(below.text.content):
            return self.last_sentence("lead", below.text, _CAPTION)
        return []

    def table(self, grid: Grid, caption: list[Label]) -> None:
        if not grid.rows:  # a header alone: what it says is still said
            grid = replace(grid, header=None, rows=[grid.header] if grid.header else [])
        if not grid.rows:
            return
        if grid.caption is not None:
            caption = self.label("lead", grid.caption.text, grid.caption.start, grid.caption.end)
        header = [c.text for c in grid.header] if grid.header else []
        columns = tuple(header + [""] * (grid.width - len(header)))
        table = Table(
            id=len(self.into.tables),
            section=self.section_at(self.source.line_of(grid.start) - 1),
            span=self.source.span(grid.start, max(grid.end, grid.start + 1)),
            columns=columns,
            rows=tuple(_row_name(row[0])[0] for row in grid.rows),
            caption=caption[0].text if caption else "",
            entities="rows",  # settled once the whole folder is read
            decision=decision_columns(columns, [[c.text for c in row] for row in grid.rows]) if grid.header else None,
        )
        self.into.tables.append(table)
        for r, row in enumerate(grid.rows):
            # A cell merged across the whole row is a headline between rows: one fact. Any other merged cell is a fact
            # in each place it covers, so that it is found under each of its labels; the facts share one span.
            headline = len(row) > 1 and all(cell is row[0] for cell in row)
            for c, cell in enumerate(row[:1] if headline else row):
                self.cell(grid, table, (r, c), cell, caption)

    def cell(self, grid: Grid, table: Table, place: tuple[int, int], cell: GridCell, caption: list[Label]) -> None:
        r, c = place
        name, start, end = _row_name(grid.rows[r][0])
        if c and grid.header is None and start < end and name != grid.rows[r][0].text and (own := _row_name(cell))[0] != cell.text:
            name, start, end = own  # a grid of cards: each cell names what it tells of
        labels = self.label("row", name, start, end)
        for row in (grid.header or [], *reversed(grid.over)):  # the lowest header first: it is the most exact
            if c < len(row) and row[c].text not in (x.text for x in labels if x.role == "column"):
                labels += self.label("column", row[c].text, row[c].start, row[c].end)
        labels += caption
        names = names_of(cell.markup, cell.text, enumerates=True)
        where = (table.id, r, c)
        self.add("cell", (cell.start, cell.end), cell.text, section=table.section, labels=labels, names=names, table=where)
        if c:
            self.cell_parts(cell, labels, table.section)
        if c and ARROW.search(cell.text):
            lines = self.document.text[cell.start : cell.end]
            if not _LINE_ENDS.search(lines):
                self.flow(lines, 0, Mapped(lines, (0,), (cell.start,)), table.section, labels, where)

    def cell_parts(self, cell: GridCell, labels: Sequence[Label], section: int) -> None:
        """The lines or list items that a cell is set in, each a fact of its own under the row and column; none of a cell set in one."""
        source = self.document.text[cell.start : cell.end]
        cuts = [0, *(x for m in _CELL_BREAK.finditer(source) for x in m.span()), len(source)]
        bounds = [(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=True) if re.search(r"\w", source[a:b])]
        parts = []
        for a, b in bounds:
            inner = source[a:b].strip()
            start = a + len(source[a:b]) - len(source[a:b].lstrip())
            parts.append((start, inner, _PART_LABEL.match(inner)))
        listed = "<li" in source.lower()
        if len(parts) < 2 or not (listed or len(parts) >= _CELL_LINES or all(label for _, _, label in parts)):
            return
        rows = [replace(x, role="lead") for x in labels if x.role == "row"]
        over = [*rows, *(replace(x, role="title" if rows else "lead") for x in labels if x.role == "column")][:2]
        group = self.into.group()
        for position, (start, inner, label) in enumerate(parts):
            at = cell.start + start
            begin = label.end() if label else 0
            value = self.plain(_LINE_ENDS.sub(" ", inner[begin:]))
            own = self.label("label", self.plain(label["name"]), at, at + label.end("name")) if label else []
            self.add(
                "pair" if own else "item",
                (at, at + len(inner)),
                value,
                section=section,
                labels=[*own, *over],
                names=names_of(inner[begin:], value, enumerates=True),
                group=group,
                position=position,
                depth=1,
            )


# Between the lines of a cell: breaks, and the tags of lists and paragraphs.
_CELL_BREAK = re.compile(r"(?:\s*<\s*/?\s*(?:br|li|ul|ol|p)\b[^<>]{0,100}>\s*)+", re.IGNORECASE)
_CELL_LINES = 3  # lines from which a cell is a list; two are one text that was too long for its column
_PART_LABEL = re.compile(
    r"(?P<name>`[^`\n]{1,60}`(?:\s*(?:/|,|or)\s*`[^`\n]{1,60}`){0,3}|\*\*[^*\n]{1,60}\*\*|[^\W_][\w.<>-]{0,40}(?: [\w.-]{1,30}){0,2})"
    r"\s*(?:=|:|–|—)\s+(?=\S)"
)
_CELL_NAME = re.compile(rf"(?P<name>\*\*[^*\n]{{1,80}}\*\*|__[^_\n]{{1,80}}__|`[^`\n]{{1,80}}`|{_LINK})(?P<after>[:.,]?)(?=\s|<|$)")
_TOLD_WORDS = 6  # more words after the name in a row's first cell tell of it


def _row_name(cell: GridCell) -> tuple[str, int, int]:
    """What a row is called by its first cell, and where that stands: the name a cell begins with if it goes on to tell of it."""
    found = _CELL_NAME.match(cell.markup)
    if found:
        name = plain(found["name"]).rstrip(":.")
        rest = cell.text[len(name) :]
        if name and cell.text.startswith(name) and len(name.split()) <= _LABEL_WORDS and len(rest.split()) > _TOLD_WORDS:
            return name, cell.start, cell.start + found.end("name")
    return cell.text, cell.start, cell.end


# Words by which an English sentence points at the list or table under it.
_INTRODUCES = re.compile(
    r"\b(?:following|follows|below|here\s+(?:is|are)|these|listed|includ(?:e|es|ing)|such\s+as|table)\b", re.IGNORECASE
)
_TASK_BOX = re.compile(r"\[[ xX]\]\s+")
_NO_TEXT = re.compile(r"<(?:script|style)\b", re.IGNORECASE)
_LINE_ENDS = re.compile(r"[\r\n]+")
_CAPTION = re.compile(r"^(?:table\s*[\d.]*)?\s*:\s*", re.IGNORECASE)
_CAPTION_BELOW = re.compile(r"[*_]{0,3}(?:table\s*[\d.]*)?\s*:\s", re.IGNORECASE)


def _is_one_value(content: str, begin: int) -> bool:
    """Whether what follows a label is its value: a sentence or two; what ends in a colon only introduces it."""
    if content.rstrip("*_ ").endswith(":") or ("\n" in content and len(content) >= _PAIR_CHARS):
        return False
    return len(sentences(content[begin:])) <= _PAIR_SENTENCES


_RUN_IN = re.compile(r"\n(?=(\*\*|__)(?=\S)[^*\n]{1,80}(?:[:.]\1|\1\s*:))")


def _run_ins(content: str) -> list[tuple[int, int]]:
    """A paragraph cut where its lines begin with a bold label of their own: that is one paragraph each to its reader."""
    cuts = [0, *(m.end() for m in _RUN_IN.finditer(content)), len(content) + 1]
    return [(a, b - 1) for a, b in pairwise(cuts)]


def _part(text: Mapped, start: int, end: int) -> Mapped:
    """Whole lines of a text."""
    if (start, end) == (0, len(text.content)):
        return text
    first, last = bisect_right(text.line_starts, start) - 1, bisect_right(text.line_starts, end) - 1
    starts = tuple(at - start for at in text.line_starts[first : last + 1])
    return Mapped(text.content[start:end], starts, text.source_starts[first : last + 1])


_INDEX_NAMES = frozenset({"readme", "index", "_index", "overview", "summary"})
_PAGE_NAMES = frozenset({"manual", "introduction", "intro", "guide", "usage", "specs", "specifications", "features", "details", "about"})
_FILE_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W_\d]+")


def name_in_words(path: str) -> str:
    """The name of a file in words, its leading number left out; of an index page, the name of its folder; of one of many, both."""
    *folders, name = path.split("/")
    stem = name.rsplit(".", 1)[0]
    if named_by_folder(path):
        return " ".join(filter(None, (_in_words(folders[-1]), "" if stem.lower() in _INDEX_NAMES else _in_words(stem))))
    return "" if stem.lower() in _INDEX_NAMES else _in_words(stem)


def named_by_folder(path: str) -> bool:
    """Whether a file is what its folder is about: its own name only says which page of that (`peaks/index.md`, `peaks/manual.md`)."""
    *folders, name = path.split("/")
    return bool(folders) and name.rsplit(".", 1)[0].lower() in _INDEX_NAMES | _PAGE_NAMES


def _in_words(name: str) -> str:
    found = _FILE_WORDS.findall(name)
    while len(found) > 1 and found[0].isdigit():
        found.pop(0)
    return " ".join(found)


def _task_box(content: str) -> int:
    """Length of the `[x] ` a task begins with: it is no content."""
    box = _TASK_BOX.match(content)
    return box.end() if box else 0


def _shortened(label: str) -> str:
    """A label that is repeated with everything it labels: no longer than a long sentence, cut between words."""
    if len(label) <= _LABEL_CHARS:
        return label
    return label[:_LABEL_CHARS].rsplit(" ", 1)[0].strip() or label[:_LABEL_CHARS]


def _label_text(match: re.Match[str]) -> str:
    found = match.groupdict()
    name = next(g for g in (found.get("bold"), found.get("code"), found.get("link"), found["bare"]) if g)
    return plain(name + (found.get("after") or "")).rstrip(":").strip()


def _labelled(content: str, *, item: bool = False) -> tuple[str, int, int] | None:
    """(label, end of the label, start of the value) of a `Label: value` text, or None. In an `item` a dash may stand for the colon."""
    match = _LABELLED.match(content)
    if not match:
        return _dashed(content) if item else None
    name = _label_text(match)
    if match["bold"] and not match["bsep"] and not match["bcolon"] and not match["bdot"]:
        if not name.endswith(".") or name.count(".") > 1:
            return None  # bold words that merely open a sentence
        name = name.rstrip(".")  # a heading run into its paragraph: **Name.** Text
    if not name or len(name.split()) > _LABEL_WORDS or not _balanced(name) or not _says_something(content[match.end() :]):
        return None
    end = match.end("bsep" if match["bsep"] else "bclose") if match["bold"] else len(match[0].rstrip())
    return name, end, match.end()


def _says_something(markup: str) -> bool:
    """Whether what follows a label has words beside tags (`Example: <br />` has none)."""
    return re.search(r"\w", re.sub(r"<[^<>]{0,300}>", "", markup) if "<" in markup else markup) is not None


def _dashed(content: str) -> tuple[str, int, int] | None:
    match = _DASHED.match(content)
    if not match or len(match["bare"].split()) > _DASHED_WORDS or not _balanced(match["bare"]):
        return None
    told = content[match.end() :].split()
    if len(told) < _DASHED_VALUE or match["dash"] in told:  # two dashes set an aside apart
        return None
    return plain(match["bare"]), match.end("bare"), match.end()


def _balanced(name: str) -> bool:
    """Whether every bracket and quotation mark that opens in a label closes in it: else its colon is inside an aside."""
    return name.count("(") == name.count(")") and name.count('"') % 2 == 0 and name.count("“") == name.count("”")


def add_document(document: Document, into: Parsed) -> None:
    """Parse one document and append its sections, tables and facts. Never raises, whatever the text."""
    _DocumentFacts(document, into).run()


def count_labels(tables: Iterable[Table], facts: Iterable[Fact]) -> Counter[str]:
    """Key of a label -> how often it labels a row or column of these tables, or a pair among these facts."""
    known: Counter[str] = Counter(key(text) for table in tables for text in (*table.columns, *table.rows))
    known.update(key(label.text) for fact in facts for label in fact.labels if label.role == "label")
    return known


def settle_tables(parsed: Parsed) -> None:
    """Decide every table's entity axis, once all labels of the folder are known."""
    known = count_labels(parsed.tables, parsed.facts)
    for i, table in enumerate(parsed.tables):
        axis = entity_axis(table.columns, table.rows, known)
        if axis != table.entities:
            parsed.tables[i] = replace(table, entities=axis)
