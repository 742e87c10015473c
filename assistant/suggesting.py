"""Questions worth asking next, made from the knowledge base itself. Each is asked before it is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant import grids
from assistant.finding import Finding
from assistant.language import language
from assistant.mentions import Tie
from assistant.view import View
from corpus.chunking import bare_heading
from corpus.models import Fact, Table
from corpus.tables import is_field
from corpus.words import key, stems

_TABLES = 400  # looked at for what a folder is about
_TITLES = 3  # times as many documents are looked at as titles are told: some have none
_LONGEST_LABEL = 32  # characters of a label that is asked for in an example
_SIGNS = re.compile(r"[?!:;|()<>{}\[\]\"“”‘’'*=]|\.\s")
_LONGEST = 60  # characters of a name in a suggestion


def following(finding: Finding, view: View) -> Iterator[str]:
    """Questions next to an answer: the same of another thing, another attribute of the same, the two compared."""
    fact = finding.deciding[0].fact if finding.deciding else None
    if fact is None:
        return
    owner, attribute = view.owner(fact), view.attribute(fact)
    if fact.table is not None and owner is not None:
        table = view.table(fact.table)
        if table.decision:
            yield from (_asking_for(r) for r in table.rows if r not in (fact.value, fact.label("row")) and _short(r))
            return
        name, things = _called(fact, owner.text, table, view)
        others = [t for t in things if key(t) != key(name)]
        if others and attribute is not None and others[0] not in (fact.value, name) and name != fact.value:
            yield f"{attribute.text} of {others[0]}"
        for cell in view.column(fact) if table.entities == "columns" else view.row(fact):
            theirs = view.attribute(cell)
            if theirs is not None and attribute is not None and cell.column and theirs.text != attribute.text and _short(theirs.text):
                yield f"{theirs.text} of {name}"
                break
        if others and name == owner.text:
            yield f"{name} vs {others[0]}"
    if fact.group is not None:
        for sibling in view.group(fact):
            label = sibling.label("label")
            if label and label != fact.label("label") and _short(label):
                yield f"{label} {bare_heading(view.path(fact)[-1])}" if view.path(fact) else label
    yield from around(fact.section, view)


def _called(fact: Fact, owner: str, table: Table, view: View) -> tuple[str, Sequence[str]]:
    """What the thing of a cell is called, and the things of its table: where the first column only numbers them, by what names them."""
    read = grids.grid(table, view)
    if read is None or not read.named or fact.row is None:
        return owner, view.things_of(table)
    names = [f.value for f in read.column(read.named, read.rows()) if _short(f.value)]
    own = read.cells.get((fact.row, read.named))
    return (own.value if own is not None else owner), names


def around(section: int, view: View) -> Iterator[str]:
    """Questions about the sections next to one: question headings as they are, others as *what is …*."""
    for number in (section + 1, section - 1, section + 2):
        try:
            other = view.section(number)
        except (KeyError, IndexError):
            continue
        if other.path and other.document == view.section(section).document:
            heading = bare_heading(other.path[-1])
            if _short(heading):
                yield heading


def examples(view: View) -> Iterator[str]:
    """First questions for a folder: a decision, a definition, a comparison, a cell; else its headings and labels."""
    tables = view.first_tables(_TABLES)
    for table in tables:
        if table.decision:
            told = [r for r in table.rows if _short(r) and " " in r and _SIGNS.search(r) is None]  # in words, and no code
            for row in told[1:2] or told[:1]:
                yield _asking_for(row)
            if told:
                break
    things: dict[str, tuple[str, int]] = {}
    for table in tables:
        if not table.decision:
            for thing in view.things_of(table):
                things[key(thing)] = (thing, things.get(key(thing), ("", 0))[1] + 1)
    known = [t for t, n in sorted(things.values(), key=lambda p: -p[1]) if _is_name(t) and n > 1][:3]
    if known:
        yield f"What is {known[-1]}?"
    if len(known) > 1:
        yield f"{known[0]} vs {known[1]}"
    for table in sorted(tables, key=lambda t: -len(t.rows) * len(t.columns) if len(t.columns) < 8 else 0)[:3]:
        if table.decision or len(table.columns) < 2 or not table.rows:
            continue
        of_table = [t for t in view.things_of(table) if not language().sums_up(t) and _is_name(t)]
        names = [x for x in (table.rows if table.entities == "columns" else table.columns[1:]) if _is_asked_for(x)]
        if of_table and names:
            yield f"{names[-1]} of {of_table[-1]}"
    for document in view.store.documents()[:40]:
        for section in view.store.sections(document.path)[:6]:
            if section.path:
                heading = bare_heading(section.path[-1])
                if (heading.endswith("?") and _short(heading)) or 1 < len(stems(heading)) <= 5:
                    yield heading


def needs(view: View) -> Iterator[tuple[str, str]]:
    """Needs that a decision table settles, each with the question that asks it, table by table."""
    for table in view.first_tables(_TABLES):
        if table.decision:
            for row in table.rows:
                if row and _short(row):
                    yield row, _asking_for(row)


def _asking_for(need: str) -> str:
    """The question that asks what serves a need."""
    return f"Which do I need for {in_sentence(need)}?"


def needs_like(told: str, view: View) -> Iterator[str]:
    """The needs that a decision table settles as questions, those nearest in meaning to what was told first."""
    known = dict(needs(view))
    if known:
        near = view.label_similarity(told, tuple(known))
        yield from (known[row] for _, row in sorted(zip((-n for n in near), known, strict=True)))


def in_sentence(label: str) -> str:
    """A label inside a sentence: its first word in small letters, unless it is a name or an acronym."""
    first = label.split(" ", 1)[0]
    return label if first[1:] != first[1:].lower() or len(first) == 1 else label[0].lower() + label[1:]


def topics(view: View, most: int = 4) -> list[str]:
    """What the folder is about, in a few names: of several documents their titles, the longest documents first; of one the
    things its tables describe most, else its headings.
    """
    documents = view.store.documents()
    if len(documents) >= most:
        titles = (_title(d.path, view) for d in sorted(documents, key=lambda d: (-d.size, d.path))[: _TITLES * most])
        return list(dict.fromkeys(t for t in titles if t))[:most]
    often = described_most(view)
    if often:
        return often[:most]
    found: dict[str, None] = {}
    for document in documents:
        if title := _title(document.path, view):
            found[title] = None
    return list(found)[:most]


def contents(view: View, most: int = 12) -> tuple[list[str], int]:
    """What a folder holds, by its headings: of several documents their titles, of one its sections right below the title.

    Of one that is not divided it is what it is about; of one without any heading nothing.

    Returns:
        As many as are read at a glance, in the order of the files, and how many more there are.
    """
    documents = view.store.documents()
    if len(documents) > 1:
        titles = list(dict.fromkeys(_title(d.path, view) or d.path for d in documents[: _TITLES * most]))
        return titles[:most], max(0, len(documents) - most)
    paths = list(dict.fromkeys(s.path for d in documents for s in view.store.sections(d.path) if s.path))
    depths = [len(p) for p in paths]
    level = next((n for n in sorted(set(depths)) if depths.count(n) > 1), None)
    if level is None:
        return topics(view, most), 0
    named = [bare_heading(p[-1]) for p in paths if len(p) == level]
    return named[:most], max(0, len(named) - most)


def described_most(view: View) -> list[str]:
    """The things that several tables describe, those of most tables first."""
    counts: dict[str, tuple[str, int]] = {}
    for table in view.first_tables(_TABLES):
        if not table.decision:
            for thing in view.things_of(table):
                counts[key(thing)] = (counts.get(key(thing), (thing, 0))[0], counts.get(key(thing), (thing, 0))[1] + 1)
    return [t for t, n in sorted(counts.values(), key=lambda p: -p[1]) if n > 1 and _short(t)]


def _title(document: str, view: View) -> str | None:
    """The first heading of a document, where it is short enough to stand in a sentence."""
    sections = view.store.sections(document)[:2]
    return next((bare_heading(s.path[0]) for s in sections if s.path and len(s.path[-1]) <= _LONGEST), None)


def worth_telling(names: Sequence[Tie], view: View) -> list[Tie]:
    """Of the names in a question those that say what it is about: things, and names of several words or with capitals inside.

    Where there are none of these the others are told: all but numbers, and words that only talk of a question.
    """
    names = [t for t in names if t.name.lower() not in language().asking and not t.name.replace(" ", "").isdigit()]
    return [t for t in names if view.is_thing(t.key) or " " in t.name or t.name[1:] != t.name[1:].lower()] or list(names)


def _is_asked_for(label: str) -> bool:
    """Whether a label is one that people ask for: a few words, and no sentence, sign or number."""
    return _short(label) and len(label) <= _LONGEST_LABEL and label[:1].isalpha() and _SIGNS.search(label) is None


def _is_name(label: str) -> bool:
    """Whether a label looks like the name of something: written large, of several words or put together, and no field of a form."""
    large = any(c.isupper() for c in label) or " " in label or any(c in "-._" for c in label)
    return _is_asked_for(label) and large and not is_field(label)


def _short(text: str) -> bool:
    return 1 < len(text) <= _LONGEST
