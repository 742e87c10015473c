"""Answers computed from numeric rows and columns: the largest, those in a range, all in order, how many.

A series (a column of one table, of several tables of the same make, or a row) answers only if every content word of the
question is accounted for: by its header, by what it is measured in, by the table and headings it stands in, by the rows
it has. So a column that is not there is never replaced by another. What is computed goes out with a claim over every
cell it was computed from.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from assistant import grids, numbers, scales
from assistant.finding import Finding, beyond, fact_label, value
from assistant.frame import Frame
from assistant.language import language
from assistant.numbers import Column, Direction, Quantity, Relation, Telling
from assistant.question import Token, tokens
from assistant.retrieval import Candidate, Evidence
from assistant.scales import Condition, Graded, Pole, Wish
from assistant.things import scored
from assistant.view import View
from assistant.wording import Claim, Echo, Figure, Quote
from corpus.chunking import bare_heading
from corpus.models import Fact, Table
from corpus.words import key, stem, stems, words

_TABLES = 24  # tables tried, in the order of the evidence
_SIBLINGS = 40  # tables read as one
_TIED = 0.5  # strength from which a series is tied to the question by more than the table it stands in
_CELLS = 400  # cells of a series; nobody reads a proof over more
_CELLS_OF_TABLE = 20 * _CELLS  # cells of a table whose rows and columns are looked through
_MEANT = 0.55  # cosine of the words left over and the header that means them
_IDLE = 0.75  # cosine of a question about rows told before without the words no cell or header has, from which they are not missed
_MEANT_LEAD = 0.15  # … and how far it leads the other headers
_KINDS_WITHOUT = frozenset({"why", "overlap", "steps", "example", "equivalent"})  # kinds of question that ask for no number

_DENIED: Mapping[str, Relation] = {"below": "at_least", "above": "at_most", "at_least": "below", "at_most": "above"}
_LISTS = frozenset(
    {"which", "list", "count", "keyword", "attribute", "definition"}
)  # kinds whose condition has to be met by what is listed


# ---------------------------------------------------------------- series


@dataclass(slots=True)
class _Series:
    """Cells that read as quantities of one kind, with whose they are."""

    tables: tuple[Table, ...]
    cells: list[Fact]
    holders: list[Quote | None]
    header: Quote
    column: Column
    vertical: bool
    named: int = 0  # the column that holds the holders


def _line(table: Table, line: list[Fact], vertical: bool, view: View) -> _Series | None:
    """A row or column of a table as a series; None when it is none, or a merged cell would be counted twice."""
    if not 2 <= len(line) <= _CELLS or len({(c.span.start, c.span.end) for c in line}) < len(line):
        return None
    header = fact_label(line[0], "column" if vertical else "row")
    read = numbers.column(header.text, [c.value for c in line]) if header is not None else None
    if header is None or read is None:
        return None
    told = grids.grid(table, view) if vertical else None
    if told is not None and told.named and line[0].column != told.named:
        holders = [_in_column(c, told.named, view) for c in line]  # its first column only numbers the rows
    else:
        first = vertical and line[0].column == 0
        holders = [_in_column(c, 1, view) if first else fact_label(c, "row" if vertical else "column") for c in line]
    return _Series((table,), line, holders, header, read, vertical, told.named if told is not None and line[0].column != told.named else 0)


def _in_column(fact: Fact, column: int, view: View) -> Quote | None:
    """The cell of the fact's row in a column: whose the number is, where the first column holds the numbers."""
    beside = next((c for c in view.row(fact) if c.column == column), None)
    return value(beside) if beside is not None else None


def _series(table: Table, view: View) -> list[_Series]:
    """Everything in a table that reads as numbers, along the axis its attributes are on; read once."""
    return view.made_of(table.id, _read)


def _read(table: Table, view: View) -> list[_Series]:
    if len(table.rows) * len(table.columns) > _CELLS_OF_TABLE:
        return []  # looked at before its cells are: they would take longer to load than to be left out
    by_column: dict[int | None, list[Fact]] = defaultdict(list)
    by_row: dict[int | None, list[Fact]] = defaultdict(list)
    for cell in view.cells(table.id):
        by_column[cell.column].append(cell)
        if cell.column:
            by_row[cell.row].append(cell)
    columns = [(True, by_column[n]) for n in range(len(table.columns))]
    rows = [(False, by_row[n]) for n in range(len(table.rows))]
    for lines in (rows, columns[1:]) if table.entities == "columns" else (columns, rows):
        found = [s for vertical, line in lines if (s := _line(table, line, vertical, view)) is not None]
        if found:
            return found
    return []


def _near_words(table: Table, view: View) -> frozenset[str]:
    """Stems of what a table says it is about: the header of its first column, its caption, the heading right above."""
    path = view.section(table.section).path
    first = table.columns[0] if table.columns else ""
    return view.stems_of(" ".join((first, table.caption, bare_heading(path[-1]) if path else "")))


# ---------------------------------------------------------------- matching


@dataclass(slots=True)
class _Asked:
    """A question, ready to be held against tables."""

    frame: Frame
    wish: Wish
    found: list[Token]
    content: list[int]  # places of the words that have to be accounted for


@dataclass(slots=True)
class _Match:
    """A series that answers, how well it is tied to the question, and the rows a further condition leaves."""

    series: _Series
    direction: Direction
    strength: float
    subject: frozenset[str]  # stems of the question that the table accounts for
    keep: list[int]
    relation: Relation = "equal"
    because: list[tuple[Quote | None, dict[int, Fact]]] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    named: list[int] = field(default_factory=list)  # places of the rows the question names, in its order
    meant: tuple[int, ...] = ()
    bridged: str = ""  # words of the question that the header means without saying them


@dataclass(slots=True)
class _Fit:
    """A series of a table, and how the words of the question lie to it."""

    series: _Series
    table: Table
    strength: float
    loose: list[int]  # places of the words it leaves over
    subject: frozenset[str]  # stems that its table takes
    said: bool  # a word of the question stands in its header


def _asked(frame: Frame) -> _Asked | None:
    """The question ready to be held against tables; None when it asks for no number, or in a way that is not understood."""
    wish = frame.wish
    if wish is None or wish.mode == "sum" or frame.kind in _KINDS_WITHOUT or (frame.kind == "howto" and not wish.measure):
        return None
    found = tokens(frame.text)
    if len(found) != len(frame.tokens):
        return None
    outside = [
        m.start()
        for m in language().negation.finditer(frame.text)
        if not any(found[min(c.places)].start <= m.start() < found[max(c.places)].end for c in wish.conditions)
    ]
    if outside:
        first = wish.conditions[0] if wish.mode == "range" and len(wish.conditions) == 1 else None
        if (
            first is None
            or first.toward
            or first.relation not in _DENIED
            or len(outside) > 1
            or outside[0] > found[min(first.places)].start
        ):
            return None
        wish = replace(wish, conditions=[replace(first, relation=_DENIED[first.relation])])  # *does not weigh more than*: at most
    tied = {p for t in frame.ties for p in range(t.start, t.end)}
    asking = language().frame_words(frame.kind)
    free = scales.vocabulary().free
    content = [
        i
        for i, t in enumerate(found)
        if i not in wish.used and ((not t.function and t.stem not in asking and t.stem not in free) or (i in tied and i in frame.content))
    ]
    return _Asked(frame, wish, found, content)


def _ties(asked: _Asked, series: _Series, table: Table, view: View) -> _Fit | None:
    """How the words of the question lie to a series; None when it cannot be what is asked for."""
    wish, column = asked.wish, series.column
    header = column.header | ({column.noun} if column.noun else set())
    direct, inverse = scales.scales_of(column)
    all_scales = scales.vocabulary().scales
    nouns = frozenset[str]().union(*(all_scales[s].nouns for s in direct), *(all_scales[s].inverse_nouns for s in inverse))
    near, far = _near_words(table, view), grids.far_words(table, view)
    others = view.stems_of(" ".join(_others(series)))
    within = asked.frame.within
    # Nothing else being said, rows spoken of are compared by what was told of them last.
    strength = _TIED if within is not None and series.vertical and series.cells[0].column == within.column else 0.0
    loose: list[int] = []
    subject = set()
    said = False
    for place in asked.content:
        stemmed = asked.found[place].stem
        if stemmed in header:
            strength += 1.5 + 0.25 / max(1, len(column.header))
            said = True
        elif stemmed in nouns:
            strength += 0.75
        elif stemmed in near:
            strength += 0.02  # which table, not which column: it only tells tables apart
            subject.add(stemmed)
        elif stemmed in far or (within is not None and stemmed in within.words):
            strength += 0.01
            subject.add(stemmed)
        elif place != asked.frame.focus and asked.found[place].word in language().tabled:
            continue  # it holds of every row
        elif stemmed in others and (place == asked.frame.focus or (wish.rank and place - 1 in wish.ranking)):
            subject.add(stemmed)
        else:
            loose.append(place)
    # *Gold medals*: a word right beside that of a header, which no text has, is of its name.
    heads = {p for p in asked.content if asked.found[p].stem in header}
    loose = [p for p in loose if not ({p - 1, p + 1} & heads and p in asked.frame.unknown and p not in asked.frame.strange)]
    focus = asked.frame.focus
    if focus in asked.content and asked.found[focus or 0].stem == grids.head_stem(table.columns[0] if table.columns else ""):
        strength += 2.0 if strength else 0.0  # the very things of this table are asked for
        subject.add(asked.found[focus or 0].stem)
    graded, condition = _graded(wish), wish.conditions[0] if wish.mode in ("range", "lookup") else None
    if graded:
        if scales.side(graded, column) is not None:
            strength += 2.0 if {s for s, _ in graded} & scales.named(column) else 1.0
        elif wish.mode == "range" or wish.pole is None:
            return None  # *highest* is a word of every scale, *tallest* of one
    if wish.rank or (condition is not None and condition.rank):
        if not scales.is_rank(column):
            return None
        strength += 1.0
    if condition is not None:
        if numbers.converted(condition.asked.readings, column) is None:
            return None
        if any(q.dimension and q.dimension == column.dimension for q in condition.asked.readings):
            strength += 1.0
        elif not condition.rank and not _counts(asked, condition, series):
            return None
        elif _people(asked, condition) and (column.sense == "upper" or header & _people_stems()):
            strength += 1.0  # *for five people*, where a header says how many it sleeps
    return _Fit(series, table, strength, loose, frozenset(subject), said)


@lru_cache(maxsize=1)
def _people_stems() -> frozenset[str]:
    return frozenset(stem(w) for pair in numbers.reader().data.words.plurals.items() for w in pair)


def _graded(wish: Wish) -> Graded:
    """The adjective that decides on the series: of the first condition, or of what is compared or ranked."""
    if wish.mode == "range":
        return wish.conditions[0].toward
    return wish.toward if wish.mode == "than" else wish.graded


def _people(asked: _Asked, condition: Condition) -> bool:
    """Whether the word after the number is people, who are a function word elsewhere."""
    places = sorted(condition.places)
    after = asked.found[places[-1] + 1].word if places and places[-1] + 1 < len(asked.found) else ""
    return after in numbers.reader().data.words.plurals


def _counts(asked: _Asked, condition: Condition, series: _Series) -> bool:
    """Whether a bare number of the question can be one of this series: the word after it is no other's, the word before no label.

    *20 XP* is no level, and in *level 6* the number names a row.
    """
    column, found = series.column, asked.found
    places = sorted(i for i in condition.places if found[i].surface[:1].isdigit()) or sorted(condition.places)
    if not places:
        return True
    header = column.header | ({column.noun} if column.noun else set())
    after, before = places[-1] + 1, places[0] - 1
    if after in asked.content and found[after].stem not in header:
        return column.sense == "upper" and found[after].word in numbers.reader().data.words.plurals
    return not (before in asked.content and found[before].stem not in header and asked.wish.mode == "lookup")


def _best(asked: _Asked, evidence: Evidence, view: View) -> _Match | None:
    """The series that fits best, of all tables near the question; None when none does or two fit equally well."""
    fits: list[_Fit] = []
    within = asked.frame.within
    tables = [view.table(within.table)] if within is not None else list(_tables(asked.wish, evidence, view))
    closest: set[str] = set()  # words that some table near the question is about by its own header, caption or heading
    for table in tables:
        closest |= {asked.found[p].stem for p in asked.content} & _near_words(table, view)
    for table in tables:
        near = _near_words(table, view)
        for series in _series(table, view):
            fit = _ties(asked, series, table, view)
            # A table that only stands below a heading that names the subject gives way to one that is about it.
            if fit is not None and not (fit.subject & closest) - near - view.stems_of(" ".join(_others(series))):
                fits.append(fit)
    fits.sort(key=lambda f: (len(f.loose), -f.strength, f.series.cells[0].id))
    for fit in fits:
        if fit.strength >= _TIED:
            found, final = _settled(asked, fit, fits, view)
            if found is not None or final:
                return found
    return _by_meaning(asked, fits, view)


def _others(series: _Series) -> tuple[str, ...]:
    """The labels beside the series' own: what else its rows or columns are asked for by."""
    return series.tables[0].columns if series.vertical else series.tables[0].rows


def _settled(asked: _Asked, fit: _Fit, fits: list[_Fit], view: View) -> tuple[_Match | None, bool]:
    """A fitting series with its siblings, narrowed by what the question says of the rows.

    Returns:
        The match, None when a word is left over; and whether it is settled then that there is no answer: what fits cannot be
        compared, or something else fits as well.
    """
    wish, series = asked.wish, fit.series
    equal = [f for f in fits if f is not fit and f.loose == fit.loose and f.strength == fit.strength]
    if wish.mode in ("range", "lookup", "than") and any(f.table.id == fit.table.id for f in equal):
        return None, True  # two columns fit equally well: which one is meant cannot be told
    whole = _with_siblings(series, fit.table, fit.subject, view)
    if whole is None:
        return None, True
    narrowed = _narrowed(asked, whole, fit.loose, view)
    if narrowed is None:
        return None, False
    keep, because, claims, named = narrowed
    others = any(f.table.columns != fit.table.columns for f in fits if f.loose == fit.loose and f.strength >= _TIED and f.said >= fit.said)
    if not (fit.subject or named or because or asked.frame.within) and (
        others or (wish.mode == "top" and wish.pole is not None and not fit.said)
    ):
        return None, True  # nothing says of what: *the cheapest*, *the smallest*
    graded = _graded(wish)
    pole: Pole | None = (scales.side(graded, whole.column) if graded else None) or wish.pole
    if pole is not None and not graded and scales.is_rank(whole.column):
        pole = scales.opposite(pole)  # the highest rank is the first
    if pole is None and wish.mode == "sort" and wish.ranked:
        pole = "low" if {"price"} & scales.scales_of(whole.column)[0] or whole.column.dimension == "time" else "high"
    direction: Direction = "descending" if pole == "high" else "ascending"
    relation = _relation(asked, wish.conditions[0], whole.column) if wish.mode in ("range", "lookup") else "equal"
    return _Match(_facing(asked, whole, view), direction, fit.strength, fit.subject, keep, relation, because, claims, named), True


def _by_meaning(asked: _Asked, fits: list[_Fit], view: View) -> _Match | None:
    """The series whose header means what the words left over say (*disk* for *Storage*), within the table of the named subject."""
    wish = asked.wish
    if _graded(wish) and (wish.pole is None or wish.mode != "top"):
        return None  # an adjective has named the scale already, and no header is on it
    for table in {f.table.id: f.table for f in fits if f.subject}.values():
        mine = [f for f in fits if f.table.id == table.id]
        left = mine[0].loose
        if not left or any(f.loose != left for f in mine):
            continue
        headers = tuple(dict.fromkeys([*(f.series.header.text for f in mine), *(c for c in table.columns[1:] if c)]))
        if len(headers) < 2:
            continue
        words = " ".join(asked.found[p].surface for p in left)
        similar = view.label_similarity(words, headers)
        order = sorted(range(len(headers)), key=lambda i: (-similar[i], i))
        if similar[order[0]] < _MEANT or similar[order[0]] - similar[order[1]] < _MEANT_LEAD:
            continue
        for fit in mine:
            if fit.series.header.text == headers[order[0]]:
                found, _ = _settled(asked, replace(fit, strength=_TIED, loose=[]), [], view)
                return replace(found, meant=tuple(left), bridged=words) if found is not None else None
    return None


def _with_siblings(series: _Series, table: Table, subject: frozenset[str], view: View) -> _Series | None:
    """The series together with those under the same header in tables of the same make that are about the same.

    None when they cannot be compared: then the one table would not be the whole of what was asked about.
    """
    if not series.vertical:
        return series
    others: dict[int, Table] = {}
    for entry in view.entries(key(series.header.text)):
        if entry.fact is None or entry.role != "column" or len(others) >= _SIBLINGS:
            continue
        number = view.fact(entry.fact).table
        if number is not None and number != table.id:
            others.setdefault(number, view.table(number))
    joined = [
        t for t in others.values() if [key(c) for c in t.columns[1:]] == [key(c) for c in table.columns[1:]] and _about(t, subject, view)
    ]
    if not joined:
        return series
    place = series.cells[0].column
    tables = sorted([table, *joined], key=lambda t: t.id)
    labels = [key(r) for t in tables for r in t.rows]
    if len(set(labels)) < len(labels):
        return None  # the same rows in each: they are of different things, and nothing says of which
    cells = [c for t in tables for c in view.cells(t.id, column=place)]
    if len(cells) > _CELLS or len({(c.document, c.span.start) for c in cells}) < len(cells):
        return None
    read = numbers.column(series.header.text, [c.value for c in cells])
    if read is None or place == 0:
        return None
    return _Series(tuple(tables), cells, [fact_label(c, "row") for c in cells], series.header, read, vertical=True)


def _about(table: Table, subject: frozenset[str], view: View) -> bool:
    return subject <= _near_words(table, view) | grids.far_words(table, view)


def _facing(asked: _Asked, series: _Series, view: View) -> _Series:
    """The series with the cells of the column that the question asks for by its header (*which layout*) as holders."""
    if not series.vertical:
        return series
    columns, mine, focus = series.tables[0].columns, series.cells[0].column, asked.frame.focus
    place = next((i for i, c in enumerate(columns) if i != mine and len(c.split()) > 1 and c.lower() in asked.frame.text.lower()), None)
    if place is None and focus is not None and focus not in asked.wish.used:
        wanted = asked.found[focus].stem
        place = next((i for i, c in enumerate(columns) if i != mine and wanted in view.stems_of(c)), None)
    if place is None and asked.frame.within is not None and asked.frame.within.named != mine:
        place = asked.frame.within.named  # as the rows were named before
        if place == series.named:
            return series
    elif place is None or (place == 0 and series.cells[0].column and not series.named):
        return series
    return replace(series, holders=[_in_column(c, place, view) for c in series.cells], named=place)


# ---------------------------------------------------------------- conditions on the rows


_Narrowed = tuple[list[int], list[tuple[Quote | None, dict[int, Fact]]], list[Claim], list[int]]


def _narrowed(asked: _Asked, series: _Series, loose: list[int], view: View) -> _Narrowed | None:
    """What further conditions leave: rows named, a second quantity, words that the cells of another column say.

    Returns:
        Places left; for each condition its header and the cells that meet it; the claims; the places of the rows named. None when
        a word is left over.
    """
    keep = series.column.known
    if asked.frame.within is not None:
        keep = [i for i in keep if series.vertical and series.cells[i].row in asked.frame.within.rows]
    because: list[tuple[Quote | None, dict[int, Fact]]] = []
    claims: list[Claim] = []
    wish = asked.wish
    named, loose = _named_rows(asked, series, loose)
    if wish.mode == "than":
        if not named or not set(named) <= set(keep):
            return None
        keep = named if len(named) > 1 else keep
    elif named:
        keep = [i for i in keep if i in named]
        if len(keep) < len(named) or (len(named) < 2 and asked.frame.kind != "yesno"):
            return None
    for condition in wish.conditions[1:] if wish.mode in ("range", "lookup") else wish.conditions:
        found = _where_number(asked, condition, series, loose, view)
        if found is None:
            return None
        places, loose, cells, claim = found
        keep = [i for i in keep if i in places]
        because.append((claim.of[0], cells))
        claims.append(claim)
    if loose:
        said = _where_words(asked, series, loose, view)
        if said is None:
            return None
        keep = [i for i in keep if i in said[0]]
        because.append((said[1].of[0], said[0]))
        claims.append(said[1])
    return (keep, because, claims, named) if keep else None


def _named_rows(asked: _Asked, series: _Series, loose: list[int]) -> tuple[list[int], list[int]]:
    """Places of the rows the question names, and the words left over without their names."""
    labels: dict[str, list[int]] = {}
    for i, holder in enumerate(series.holders):
        if holder is not None:
            labels.setdefault(key(holder.text), []).append(i)
    named: list[int] = []
    left = list(loose)
    for tie in asked.frame.content_ties():
        if tie.key in labels and any(p in loose for p in range(tie.start, tie.end)):
            named += [i for i in labels[tie.key] if i not in named]
            left = [p for p in left if not tie.start <= p < tie.end]
    return named, left


def _where_number(
    asked: _Asked, condition: Condition, series: _Series, loose: list[int], view: View
) -> tuple[set[int], list[int], dict[int, Fact], Claim] | None:
    """The places whose row meets a quantity (*under 3 kg*), the words left over, the cells, the claim."""
    best: tuple[float, _Series, list[int]] | None = None
    if len(series.tables) > 1 or not series.vertical:
        return None
    for other in _series(series.tables[0], view):
        if not other.vertical or numbers.converted(condition.asked.readings, other.column) is None:
            continue
        direct, _ = scales.scales_of(other.column)
        held = other.column.header | ({other.column.noun} if other.column.noun else set())
        held = held.union(*(scales.vocabulary().scales[s].nouns for s in direct))
        said = [p for p in loose if asked.found[p].stem in held]
        same = any(q.dimension and q.dimension == other.column.dimension for q in condition.asked.readings)
        toward = bool(condition.toward) and scales.side(condition.toward, other.column) is not None
        seats = not same and _people(asked, condition) and (other.column.sense == "upper" or bool(held & _people_stems()))
        strength = len(said) + same + 2.0 * toward + seats
        if strength and (best is None or strength > best[0]):
            best = (strength, other, [p for p in loose if p not in said])
        elif strength and best is not None and strength == best[0]:
            return None
    if best is None:
        return None
    _, other, left = best
    relation = _relation(asked, condition, other.column)
    told = _told(condition, other, relation, other.column.known)
    claim = _range_claim(condition, other, relation, told) if told is not None else None
    if told is None or claim is None:
        return None
    rows = {other.cells[i].row: other.cells[i] for i in told if told[i]}
    cells = {i: rows[c.row] for i, c in enumerate(series.cells) if c.row in rows}
    return (set(cells), left, cells, claim) if cells else None


def _relation(asked: _Asked, condition: Condition, column: Column) -> Relation:
    """How the cells of a column have to stand to a quantity; without a bound, its header says, and a price has to be within a budget."""
    if condition.toward:
        return "above" if scales.side(condition.toward, column) == "high" else "below"
    if condition.relation != "equal":
        return condition.relation
    before = min(condition.places) - 1
    budget = numbers.reader().data.senses["budget"].split()
    money = column.dimension.split("/")[0] in numbers.reader().money
    return "at_most" if money and before >= 0 and asked.found[before].word in budget else "serves"


def _where_words(asked: _Asked, series: _Series, loose: list[int], view: View) -> tuple[dict[int, Fact], Claim] | None:
    """The places whose row says the words left over: in a cell of a further column, or by a yes under a header that says them."""
    if not series.vertical or asked.wish.mode == "lookup" or loose[-1] - loose[0] >= 2 * len(loose):
        return None
    found = asked.found
    words = asked.frame.text[found[loose[0]].start : found[loose[-1]].end]
    wanted = frozenset(found[p].stem for p in loose)
    if wanted != frozenset(stems(words)):
        return None  # other words stand between them
    best: tuple[int, dict[int, Fact], Claim] | None = None
    for place in range(len(series.tables[0].columns)):
        if place == series.cells[0].column:
            continue
        cells = {i: c for i, cell in enumerate(series.cells) for c in view.row(cell) if c.column == place}
        header = fact_label(next(iter(cells.values())), "column") if cells else None
        if header is None or len({(c.document, c.span.start) for c in cells.values()}) < len(cells):
            continue
        inside = [i for i in cells if numbers.says(header.text, cells[i].value, wanted)]
        order = [*inside, *(i for i in cells if i not in inside)]
        claim = numbers.words_claim(header.text, [cells[i].value for i in order], words, len(inside))
        if inside and claim is not None and (best is None or len(inside) > best[0]):
            best = (len(inside), {i: cells[i] for i in inside}, Claim("order", (header, *(value(cells[i]) for i in order)), claim))
    return (best[1], best[2]) if best is not None else None


# ---------------------------------------------------------------- the answer


def answer(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The finding that rows and columns of numbers give; None when none is asked for, or none fits."""
    asked = _asked(frame)
    if asked is None:
        return None
    match = _best(asked, evidence, view)
    idle = tuple(p for p in asked.content if p in frame.unknown and p not in frame.strange and p != frame.focus)
    if match is None and idle and frame.within is not None and evidence.without(idle) >= _IDLE:
        asked = replace(asked, content=[p for p in asked.content if p not in idle])
        match = _best(asked, evidence, view)
    if match is not None and asked.wish.mode in ("top", "sort", "than"):
        return _extreme(asked, match, evidence)
    if match is not None:
        return _within(asked, match, evidence)
    if asked.wish.mode == "top" and asked.wish.pole is not None and asked.wish.conditions and asked.wish.conditions[0].relation == "equal":
        asked = replace(asked, wish=replace(asked.wish, mode="lookup"))  # *the smallest that takes 4 kg*: first of those that do
        match = _best(asked, evidence, view)
        return _within(asked, match, evidence, nearest=True) if match is not None else None
    return None


def unmet(frame: Frame, deciding: Iterable[Candidate]) -> bool:
    """Whether the question wants something computed that none of these facts says itself.

    A sum or a mean has to be stated; so has the number of a condition that what is listed has to meet, and the word of
    an extreme that one of several things is asked to be.
    """
    wish = frame.wish
    if wish is None:
        return False
    facts = list(deciding)
    if wish.mode == "sum":
        return frame.kind not in _KINDS_WITHOUT and not any(wish.sums & set(c.where) for c in facts)
    measured = any(q.dimension for c in wish.conditions for q in c.asked.readings)
    if (wish.mode == "range" or (wish.mode == "lookup" and measured)) and frame.kind in _LISTS:
        return not any(_states(c.fact, wish.conditions[0]) for c in facts)
    if wish.mode == "sort":
        return frame.kind in _LISTS and bool(re.search(r"\b(?:sort|rank)", frame.text.lower()))
    if (
        wish.mode == "top"
        and wish.pole is not None
        and re.search(r"^(?:which|what) [\w -]+? (?:is|are|has|have) the \w+(?:\W|$)", frame.text.lower())
    ):
        return not any(frame.tokens[p].stem in {t.stem for t in tokens(c.fact.value)} for p in wish.ranking for c in facts)
    return False


def _states(fact: Fact, condition: Condition) -> bool:
    """Whether a fact states the very quantity of the question, as a bound where the question has one."""
    for text in (fact.value, *(x.text for x in fact.labels)):
        for place in re.finditer(r"(?<!\w)(?=[\w<>=≤≥$€£])", text):
            given = numbers.at(text, place.start(), nouns=False)
            if given is None or (condition.relation != "equal" and given.relation == "equal"):
                continue
            if any(a.low == b.low and a.dimension == b.dimension for a in given.readings for b in condition.asked.readings):
                return True
    return False


def _tables(wish: Wish, evidence: Evidence, view: View) -> Iterator[Table]:
    """Tables that may hold the series: those of the evidence, nearest first, then those with a header that names the scale."""
    seen: dict[int, None] = {}
    for candidate in evidence.candidates:
        if candidate.fact.table is not None:
            seen.setdefault(candidate.fact.table)
    asked = {s for s, _ in (*wish.graded, *wish.toward, *(g for c in wish.conditions for g in c.toward))}
    for scale in numbers.reader().data.scale:
        for noun in (*scale.nouns.split(), *scale.inverse_nouns.split()) if scale.id in asked else ():
            for entry in view.entries(key(noun))[:40]:
                if entry.fact is not None and entry.role in ("column", "row") and (table := view.fact(entry.fact).table) is not None:
                    seen.setdefault(table)
    for number in list(seen)[:_TABLES]:
        yield view.table(number)


def _extreme(asked: _Asked, match: _Match, evidence: Evidence) -> Finding | None:
    """The head of an order, all of it, or what stands before a thing that the question names."""
    wish, series, column = asked.wish, match.series, match.series.column
    values: list[Quantity | None] = [q if i in match.keep else None for i, q in enumerate(column.values)]
    order = numbers.ordered(values, match.direction)
    if numbers.undecided(q for q in values if q is not None) or (len(order) < 2 and not match.because):
        return None
    against: list[int] = []
    if wish.mode == "sort":
        first = len(order)
    elif wish.mode == "than" and len(match.named) == 1:
        if match.named[0] not in order:
            return None  # a further condition leaves out the very thing the others are compared with
        place = order.index(match.named[0])
        while place and _alike(values, order[place - 1], order[place], match.direction):
            place -= 1
        first = place
        order = [*order[:place], match.named[0], *(i for i in order[place:] if i != match.named[0])]
        against = [match.named[0]]
        if not first:
            return None
    else:
        first = numbers.leading(values, order, match.direction, wish.most or len(order))
        if wish.nth and (first != wish.nth or (first > 1 and numbers.leading(values, order, match.direction, first - 1) != first - 1)):
            return None  # places shared with others are no second or third place
    pair = wish.mode == "than" and len(match.named) == len(order) == 2 and (wish.measure or asked.frame.kind == "yesno")
    told: Telling = "place" if wish.nth else "before" if against or pair else "head"
    claim = numbers.order_claim(series.header.text, [series.cells[i].value for i in order], match.direction, first, told)
    if claim is None:
        return None
    shown = order[first - 1 : first] if wish.nth else order[: min(first, numbers.SHOWN)]
    slots = _slots(match, shown, order) | {
        "nth": Echo(wish.ordinal) if wish.nth else None,
        "high": match.direction == "descending",
        "date": column.dimension == "date",
        "rank": scales.is_rank(column) and not wish.nth,
    }
    left = [] if wish.nth else [series.cells[i] for i in order[len(shown) : first]]
    slots |= {"left": beyond(left), "against": _lines(match, against)}
    shape = "number_order" if wish.mode == "sort" or (wish.mode == "top" and wish.most != 1 and not wish.nth) else "number_top"
    if wish.mode == "than":
        shape = "number_than" if against else "number_top"
        if pair:  # of both, and no difference: that would be a number nobody wrote
            slots |= {"yes": first == 1 and order[0] == match.named[0], "polar": not wish.measure, "lines": _lines(match, match.named)}
            shape = "number_pair"
        elif asked.frame.kind == "yesno":
            return None
    elif asked.frame.kind == "yesno" and not (len(match.named) > 1 and asked.frame.options):
        return None
    return _finding(shape, slots, match, shown, evidence, _order(series, claim, order))


def _alike(values: Sequence[Quantity | None], a: int, b: int, direction: Direction) -> bool:
    first, second = values[a], values[b]
    return first is not None and second is not None and numbers.same(first, second, direction)


def _told(condition: Condition, series: _Series, relation: Relation, keep: Sequence[int]) -> dict[int, bool] | None:
    """Which of the cells meet a quantity, nearest to it first; None when one of them cannot be told."""
    column = series.column
    asked = numbers.asked_for(condition.words)
    wanted = numbers.converted(asked.readings, column) if asked is not None else None
    if wanted is None:
        return None
    told = {i: numbers.holds(q, relation, wanted, column.sense) for i, q in enumerate(column.values) if q is not None and i in keep}
    if not told or any(verdict is None for verdict in told.values()):
        return None
    falling = relation in ("below", "at_most") or (relation == "serves" and column.sense == "lower")
    order = numbers.ordered([q if i in told else None for i, q in enumerate(column.values)], "descending" if falling else "ascending")
    return {i: bool(told[i]) for i in order}


def _range_claim(condition: Condition, series: _Series, relation: Relation, told: Mapping[int, bool]) -> Claim | None:
    order = [*(i for i in told if told[i]), *(i for i in told if not told[i])]
    cells = [series.cells[i].value for i in order]
    claim = numbers.range_claim(series.header.text, cells, relation, condition.words, sum(told.values()))
    return _order(series, claim, order) if claim is not None else None


def _within(asked: _Asked, match: _Match, evidence: Evidence, *, nearest: bool = False) -> Finding | None:
    """What a condition leaves, or what an amount falls under; of that, only what an extreme of it is."""
    wish, series, condition = asked.wish, match.series, asked.wish.conditions[0]
    focus = asked.frame.focus
    if asked.frame.kind == "yesno" and len(match.named) > 1:
        return None
    if asked.frame.kind == "count" and wish.mode == "lookup" and focus is not None and asked.found[focus].stem in series.column.header:
        return None  # *how many seats for 5 people* asks for the seats
    if wish.mode == "lookup" and match.relation in ("equal", "serves") and _asks_beside(asked, series):
        return None  # the amount only says which row: another column of it is asked for
    told = _told(condition, series, match.relation, match.keep)
    claim = _range_claim(condition, series, match.relation, told) if told is not None else None
    if told is None or claim is None:
        return None
    inside = [i for i in told if told[i]]
    if asked.frame.kind == "yesno" and match.named:
        slots = {"yes": bool(inside), "polar": True, "attribute": series.header, "lines": _lines(match, match.named)}
        return _finding("number_pair", slots, match, match.named, evidence, claim)
    if not inside:
        return _none(condition, match, evidence) if wish.mode == "range" else None
    shown = inside[: numbers.SHOWN]
    if nearest:
        direction: Direction = "ascending" if wish.pole == "low" else "descending"
        order = numbers.ordered([q if told.get(i) else None for i, q in enumerate(series.column.values)], direction)
        first = numbers.leading(series.column.values, order, direction, 1)
        head = numbers.order_claim(series.header.text, [series.cells[i].value for i in order], direction, first)
        if head is None or series.column.sense != ("upper" if wish.pole == "low" else "lower"):
            return None  # *the smallest for 4 kg* is the one with the least room, where the header says that it is room
        match.claims.append(_order(series, head, order))
        shown, inside = order[:first], order[:first]
    slots = _slots(match, shown, list(told))
    slots["left"] = beyond([series.cells[i] for i in inside[len(shown) :]])
    shape = "number_some" if asked.frame.kind == "yesno" else "number_range"
    slots["number"] = Figure(len(inside), tuple(value(series.cells[i]) for i in inside))
    if asked.frame.kind == "count":
        shape = "number_count"
    return _finding(shape, slots, match, shown, evidence, claim)


def _asks_beside(asked: _Asked, series: _Series) -> bool:
    """Whether a question names a column beside that of an amount and that of the things the rows are about."""
    if not series.vertical:
        return False
    own = {series.cells[0].column, series.named}
    beside = {stem(w) for n, header in enumerate(series.tables[0].columns) if n not in own for w in words(header)}
    return any(asked.found[p].stem in beside - series.column.header for p in asked.content)


def _none(condition: Condition, match: _Match, evidence: Evidence) -> Finding | None:
    """No cell stands in the relation: the one that comes nearest shows it."""
    if match.relation in ("between", "equal", "serves"):
        return None
    series, column = match.series, match.series.column
    direction: Direction = "ascending" if match.relation in ("below", "at_most") else "descending"
    order = numbers.ordered([q if i in match.keep else None for i, q in enumerate(column.values)], direction)
    claim = numbers.range_claim(series.header.text, [series.cells[i].value for i in order], match.relation, condition.words, 0)
    if claim is None:
        return None
    slots = _slots(match, order[:1], order) | {"high": direction == "descending", "date": column.dimension == "date"}
    return _finding("number_none", slots, match, order[:1], evidence, _order(series, claim, order))


def _order(series: _Series, claim: str, order: Sequence[int]) -> Claim:
    return Claim("order", (series.header, *(value(series.cells[i]) for i in order)), claim)


def _lines(match: _Match, places: Iterable[int]) -> list[dict[str, object]]:
    return [{"holder": match.series.holders[i], "value": value(match.series.cells[i])} for i in places]


def _slots(match: _Match, shown: Sequence[int], compared: Sequence[int]) -> dict[str, object]:
    because = [
        {"holder": match.series.holders[i], "attribute": header, "value": value(cells[i])}
        for header, cells in match.because
        for i in shown
        if i in cells
    ]
    return {
        "attribute": match.series.header,
        "lines": _lines(match, shown),
        "compared": Figure(len(compared), tuple(value(match.series.cells[i]) for i in compared)),
        "unread": _lines(match, [i for i in match.series.column.unread if all(i in cells for _, cells in match.because)][:3]),
        "because": because,
        "bridged": Echo(match.bridged) if match.bridged else None,
    }


def _finding(shape: str, slots: dict[str, object], match: _Match, shown: Iterable[int], evidence: Evidence, claim: Claim) -> Finding:
    series = match.series
    deciding = scored(evidence, [series.cells[i] for i in shown])
    found = Finding(shape, slots, deciding, True, claims=[claim, *match.claims], computed=True, meant=match.meant)
    if series.vertical and len(series.tables) == 1 and series.tables[0].entities == "rows":
        rows = dict.fromkeys(series.cells[i].row for i in shown)
        found.chosen = (series.tables[0].id, tuple(r for r in rows if r is not None), series.cells[0].column or 0, series.named)
    return found


__all__ = ["answer", "unmet"]
