"""What makes a knowledge base hard to answer from: rules over its facts. Pure: a parsed folder in, findings out.

No rule knows any folder or field. Each looks for something a reader would trip over as well: a name written in two ways, two values for one
thing, an abbreviation nobody explains, a heading that cannot be told from another.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations, pairwise
from posixpath import dirname, join, normpath
from typing import Literal
from urllib.parse import unquote

from assistant.language import is_english
from corpus.chunking import bare_heading
from corpus.models import Corpus, Document, Fact, Section, Table
from corpus.words import key, stems

Level = Literal["warning", "note"]

_ACRONYM = re.compile(r"(?<![\w-])[A-Z]{3,6}(?![\w-])")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]+")
_INNER_CAPITAL = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]")
_JOINED = re.compile(r"\s+[+&]\s+|,\s+|\s+and\s+")
_LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
_CODE = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]*`", re.DOTALL)
_TITLE = re.compile(r"\A---\s*\n(?:(?!---).*\n)*?title\s*:", re.IGNORECASE)
_LONG_NAME = 6  # letters from which one slip of the pen is no other word
_COMPARES = 3  # columns from which a table compares things
_VALUE_WORDS = 12  # a longer value is a description, and there can be two of those
_SHOWN = 80  # characters of a value in a message


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something to look at; `line` is 1-based."""

    document: str
    line: int
    rule: str
    message: str


@dataclass(frozen=True, slots=True)
class Known:
    """A parsed folder, with what its `kb.toml` says."""

    corpus: Corpus
    aliases: Mapping[str, str] = field(default_factory=dict)  # as typed -> as the folder writes it

    def section(self, fact: Fact) -> Section:
        """Where a fact stands."""
        return self.corpus.sections[fact.section]

    def prose(self) -> Iterator[Fact]:
        """Everything but code."""
        return (fact for fact in self.corpus.facts if fact.kind != "code")


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is looked for."""

    id: str
    level: Level
    help: str
    find: Callable[[Known], Iterable[Finding]]


def _found(rule: str, fact: Fact, message: str) -> Finding:
    return Finding(fact.document, fact.span.first_line, rule, message)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _SHOWN else f"{flat[:_SHOWN].rstrip()}…"


def _texts(fact: Fact) -> str:
    return " ".join([*(label.text for label in fact.labels if label.role in ("row", "label")), fact.value])


# ---------------------------------------------------------------- names


def acronyms(known: Known) -> Iterator[Finding]:
    """Words in capitals that are explained nowhere: not beside a bracket, not as a label with its meaning, not as an alias."""
    first: dict[str, Fact] = {}
    count: Counter[str] = Counter()
    for fact in known.prose():
        for word in _ACRONYM.findall(_texts(fact)):
            first.setdefault(word, fact)
            count[word] += 1
    text = "\n".join(document.text for document in known.corpus.documents)
    aliased = {word for pair in known.aliases.items() for name in pair for word in _ACRONYM.findall(name)}
    labelled = {fact.label("label") or fact.label("row") for fact in known.corpus.facts if fact.kind in ("pair", "cell")}
    for word, fact in first.items():
        if word in aliased or word in labelled or (is_english(word.lower()) and re.search(rf"\b{word.lower()}\b", text)):
            continue
        plain = re.sub(r"[*_]", "", text)
        if re.search(
            rf"\b{word}\s+\([^()\n]*\w\s+\w[^()\n]*\)|\w[ -]\w[^().\n]*\({word}\)|\b{word}\s+(?:stands for|means|is short for)\b", plain
        ):
            continue
        times = f" ({count[word]} times)" if count[word] > 1 else ""
        yield _found(
            "acronym", fact, f"{word} is used{times} and nowhere expanded; write what it stands for once, or add an alias to kb.toml"
        )


def spellings(known: Known) -> Iterator[Finding]:
    """Names written in several ways: capitals inside that come and go, a letter more, less, other or swapped."""
    from rapidfuzz.distance import OSA

    first: dict[str, Fact] = {}
    count: Counter[str] = Counter()
    for fact in known.prose():
        for word in _WORD.findall(_texts(fact)):
            first.setdefault(word, fact)
            count[word] += 1
    by_letters: dict[str, list[str]] = defaultdict(list)
    for word in count:
        by_letters[word.lower()].append(word)
    for letters, ways in by_letters.items():
        # All small is how addresses and commands are written, and a word of the language may begin a sentence.
        same = sorted((w for w in ways if not w.islower() and not w.isupper()), key=lambda w: (-count[w], not _INNER_CAPITAL.search(w), w))
        if len(same) > 1 and any(_INNER_CAPITAL.search(word) for word in same) and not is_english(letters):
            usual, *others = same
            where = f"{first[usual].document}:{first[usual].span.first_line}"
            for word in others:
                yield _found("spelling", first[word], f"{word} is written {usual} elsewhere ({where})")
    names = sorted(w for w in count if w[0].isupper() and len(w) >= _LONG_NAME)
    for one, other in combinations(names, 2):
        if one.lower() == other.lower() or abs(len(one) - len(other)) > 1 or key(one) == key(other):
            continue
        if is_english(one.lower()) and is_english(other.lower()):
            continue
        if OSA.distance(one.lower(), other.lower(), score_cutoff=1) == 1:
            rare, usual = sorted((one, other), key=lambda word: (count[word], word))
            where = f"{first[usual].document}:{first[usual].span.first_line}"
            yield _found("spelling", first[rare], f"{rare} and {usual} ({where}) differ by one letter; are they one name?")


def unlisted(known: Known) -> Iterator[Finding]:
    """Names in bold beside one that a table lists, which no table lists."""
    tabled: dict[str, Fact] = {}
    for fact in known.corpus.facts:
        if fact.kind == "cell" and len(fact.names) > 1:
            for name in fact.names:
                tabled.setdefault(key(name), fact)
    told: set[str] = set()
    for fact in known.prose():
        if fact.kind == "cell":
            continue
        for bold in re.findall(r"\*\*([^*\n]+)\*\*", fact.raw):
            parts = [part.strip() for part in _JOINED.split(bold) if part.strip()]
            listed = next((part for part in parts if key(part) in tabled), None)
            if listed is None:
                continue
            table = tabled[key(listed)]
            where = f"{table.document}:{table.span.first_line}"
            for part in parts:
                if all(word[0].isupper() for word in _WORD.findall(part)) and key(part) not in tabled and key(part) not in told:
                    told.add(key(part))
                    yield _found("unlisted", fact, f"{part} stands beside {listed}, which a table lists ({where}), but no table lists it")


# ---------------------------------------------------------------- values


@dataclass(frozen=True, slots=True)
class _Value:
    """What a fact says of a thing."""

    thing: str
    attribute: str
    fact: Fact
    source: tuple[str, int]  # the table or list it stands in: within one, order and rows tell facts apart
    form: tuple[str, ...]  # the columns of the table; of a list none

    def says_something(self) -> bool:
        """Whether it is a value that can be held against another: no sentence, not the name of the thing again."""
        words = self.fact.value.split()
        return 0 < len(words) <= _VALUE_WORDS and bool(key(self.attribute)) and key(self.fact.value) not in ("", key(self.thing))


def _values(known: Known) -> Iterator[_Value]:
    """Cells of tables that compare things, and the pairs that such a thing labels.

    A table of two columns describes what its section is about, not its rows; a label that no table has as a thing is often only a word
    that introduces something.
    """
    tables: dict[int, Table] = {table.id: table for table in known.corpus.tables if not table.decision and len(table.columns) >= _COMPARES}
    things: set[str] = set()
    for table in tables.values():
        things.update(key(name) for name in (table.rows if table.entities == "rows" else table.columns[1:]))
    for fact in known.corpus.facts:
        if fact.kind == "cell" and fact.table in tables and fact.column:  # the first column holds labels
            row, column = fact.label("row") or "", fact.label("column") or ""
            table = tables[fact.table]
            thing, attribute = (row, column) if table.entities == "rows" else (column, row)
            yield _Value(thing, attribute, fact, ("table", table.id), tuple(map(key, table.columns)))
        elif fact.kind == "pair" and known.section(fact).path and key(fact.label("label") or "") in things:
            yield _Value(fact.label("label") or "", bare_heading(known.section(fact).path[-1]), fact, ("list", fact.group or -fact.id), ())


def _same_attribute(one: str, other: str) -> bool:
    """The same words, or the same with one more before them: *Challenges*, *Key Challenge*."""
    a, b = sorted((stems(one), stems(other)), key=len)
    return bool(a) and len(b) - len(a) <= 1 and b[len(b) - len(a) :] == a


def two_values(known: Known) -> Iterator[Finding]:
    """One thing with two values for the same attribute, in two places."""
    by_thing: dict[str, list[_Value]] = defaultdict(list)
    for value in _values(known):
        if re.search(r"[^\W\d_]", value.thing) and value.says_something():  # a bare number names no thing
            by_thing[key(value.thing)].append(value)
    told: set[tuple[object, ...]] = set()
    for same in by_thing.values():
        for one, other in combinations(same, 2):
            apart = (one.source, other.source, key(one.thing))
            if one.source == other.source or apart in told or not _same_attribute(one.attribute, other.attribute):
                continue
            if key(one.fact.value) == key(other.fact.value) or _forms(known, one, other):
                continue
            told.add(apart)
            here = f"{one.thing} has “{_short(other.fact.value)}” for {other.attribute}"
            there = f"“{_short(one.fact.value)}” for {one.attribute} ({one.fact.document}:{one.fact.span.first_line})"
            yield _found("two-values", other.fact, f"{here} here, and {there}")


def _forms(known: Known, one: _Value, other: _Value) -> bool:
    """Whether two tables are one form, filled in for different things that their headings name."""
    headings = {
        key(known.section(value.fact).path[-1]) if known.section(value.fact).path else value.fact.document for value in (one, other)
    }
    return bool(one.form) and one.form == other.form and len(headings) > 1


def empty_cells(known: Known) -> Iterator[Finding]:
    """Cells of a table that hold nothing."""
    cells: dict[int, dict[tuple[int, int], Fact]] = defaultdict(dict)
    for fact in known.corpus.facts:
        if fact.table is not None and fact.row is not None and fact.column is not None:
            cells[fact.table][fact.row, fact.column] = fact
    for table in known.corpus.tables:
        there = cells[table.id]
        columns = {column for _, column in there}
        for number, label in enumerate(table.rows):
            line = next((fact.span.first_line for (row, _), fact in there.items() if row == number), None)
            empty = [c for c in sorted(columns) if (number, c) not in there or not there[number, c].value.strip()]
            missing = [table.columns[c] for c in empty if table.columns[c].strip()]
            if line is not None and missing:
                names = ", ".join(name or "a column without a name" for name in missing)
                yield Finding(
                    known.corpus.sections[table.section].document, line, "empty-cell", f"the row {label!r} has nothing under {names}"
                )


# ---------------------------------------------------------------- headings and links


def _by_document(known: Known) -> Iterator[tuple[Document, list[Section]]]:
    sections: dict[str, list[Section]] = defaultdict(list)
    for section in known.corpus.sections:
        if section.path:
            sections[section.document].append(section)
    for document in known.corpus.documents:
        yield document, sections[document.path]


def first_headings(known: Known) -> Iterator[Finding]:
    """Files whose first heading is not of the top level: then nothing says what the file as a whole is about."""
    for document, sections in _by_document(known):
        if _TITLE.match(document.text):
            continue
        if not sections:
            yield Finding(document.path, 1, "first-heading", "the file has no heading; begin it with `# What it is about`")
        elif sections[0].level > 1:
            first = sections[0]
            yield Finding(
                document.path,
                first.first_line,
                "first-heading",
                f"the first heading is of level {first.level}; begin the file with `# What it is about`",
            )


def heading_jumps(known: Known) -> Iterator[Finding]:
    """Headings more than one level below the one before."""
    for document, sections in _by_document(known):
        for before, now in pairwise(sections):
            if now.level > before.level + 1:
                yield Finding(
                    document.path,
                    now.first_line,
                    "heading-jump",
                    f"{now.path[-1]!r} is of level {now.level}, right after one of level {before.level}",
                )


def same_headings(known: Known) -> Iterator[Finding]:
    """Two sections of a file with the same headings above them: a citation cannot tell them apart."""
    for document, sections in _by_document(known):
        first: dict[tuple[str, ...], Section] = {}
        for section in sections:
            way = tuple(key(heading) for heading in section.path)
            if way in first:
                yield Finding(
                    document.path,
                    section.first_line,
                    "same-heading",
                    f"{section.path[-1]!r} is also the heading of line {first[way].first_line}",
                )
            first.setdefault(way, section)


def empty_sections(known: Known) -> Iterator[Finding]:
    """Headings with nothing under them."""
    filled = {fact.section for fact in known.corpus.facts if fact.kind != "heading"} | {table.section for table in known.corpus.tables}
    for document, sections in _by_document(known):
        for section in sections:
            if section.id not in filled and section.last_line_deep == section.last_line:
                yield Finding(document.path, section.first_line, "empty-section", f"nothing stands under {section.path[-1]!r}")


@cache
def slug(heading: str) -> str:
    """The anchor of a heading as hosts of Markdown make it: small letters, blanks as hyphens, no other punctuation."""
    text = unicodedata.normalize("NFC", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def broken_links(known: Known) -> Iterator[Finding]:
    """Links to a file that is not there, or to a heading that it does not have."""
    anchors: dict[str, set[str]] = {}
    for document, sections in _by_document(known):
        anchors[document.path] = {slug(section.path[-1]) for section in sections}
    for document in known.corpus.documents:
        text = _CODE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), document.text)
        for found in _LINK.finditer(text):
            path, _, anchor = found[1].partition("#")
            if re.match(r"[a-z][a-z0-9+.-]*:|//|/", path, re.IGNORECASE):
                continue
            target = normpath(join(dirname(document.path), unquote(path))) if path else document.path
            line = text.count("\n", 0, found.start()) + 1
            if not target.lower().endswith((".md", ".markdown")):
                continue
            if target not in anchors:
                yield Finding(document.path, line, "broken-link", f"there is no {target} in the folder")
            elif (
                anchor
                and re.sub(r"-\d+$", "", unquote(anchor).lower()) not in anchors[target]
                and unquote(anchor).lower() not in anchors[target]
            ):
                yield Finding(document.path, line, "broken-link", f"{target} has no heading for #{anchor}")


RULES: tuple[Rule, ...] = (
    Rule("first-heading", "warning", "The first heading of a file is not of the top level, or there is none.", first_headings),
    Rule("heading-jump", "note", "A heading is more than one level below the one before it.", heading_jumps),
    Rule(
        "same-heading",
        "warning",
        "Two sections of a file have the same headings, so that a citation cannot tell them apart.",
        same_headings,
    ),
    Rule("empty-section", "note", "Nothing stands under a heading.", empty_sections),
    Rule("broken-link", "warning", "A link leads to a file or a heading that is not there.", broken_links),
    Rule("acronym", "note", "An abbreviation is nowhere expanded.", acronyms),
    Rule("spelling", "warning", "A name is written in several ways.", spellings),
    Rule("two-values", "warning", "One thing has two values for the same attribute.", two_values),
    Rule("unlisted", "note", "A name stands beside one that a table lists, and no table lists it.", unlisted),
    Rule("empty-cell", "note", "A cell of a table is empty.", empty_cells),
)
"""Everything that is looked for, in the order it is told."""


def check(known: Known, rules: Iterable[Rule] = RULES) -> list[Finding]:
    """All findings, by file and line."""
    return sorted({finding for rule in rules for finding in rule.find(known)})
