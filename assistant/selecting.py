"""Cells selected from one table: the column a question asks for, in the rows whose cells hold what else it says.

*Who scored in March*, *what are all the captains*, *how many points did Ann Lee score*: the words of the question are held
against the headers and the cells of a table. It answers only if every word is accounted for: by a header, by a cell, by what
the table stands under, or because the question means the same without it. So a column that is not there is never
replaced by another.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from assistant import numbers, scales
from assistant.finding import Finding, beyond, fact_label, value
from assistant.frame import Frame
from assistant.grids import Grid, grid, head_stem
from assistant.language import language
from assistant.mentions import Tie
from assistant.retrieval import Evidence
from assistant.things import scored
from assistant.view import View
from assistant.wording import Echo, Figure, Quote
from corpus.models import Fact
from corpus.words import key, of_one_family, stem

_KINDS = frozenset({"which", "list", "attribute", "count", "definition", "keyword", "belongs", "howto", "decision"})
_ASKS_WHO = frozenset({"which", "list", "attribute", "count"})  # kinds that may ask whose a value is, without a noun for them
_NAMES_WHO = frozenset(
    {"keyword", "belongs", "decision", "example"}
)  # … and those that may where the rows are named (*boats with a motor*)
_TABLES = 6  # tables tried, in the order of the evidence
_WITHIN = 60  # candidates whose tables are tried
_ENTRIES = 200  # places of a name that are looked at
_SHOWN = 40  # cells told; more are counted
_PARTLY = 0.5  # share of a cell's words the question has to hold for the cell to be meant …
_TELLING = 4  # … or letters of a word that no other cell of the column has
_NAME = 5  # words up to which a cell is a name, of which a part may be said
_YEAR_DIGITS = 4  # digits from which a bare number is a value by itself; of fewer, its header has to be named with it
_MEASURED = re.compile(r"(\d+)(?:[a-zµ]{1,3})?$")  # a bare number, perhaps with its unit (*50hz*)
_SPAN = 2  # numbers of a span of years
_BESIDE = 3  # words between a bare number and its header
_IDLE = 0.87  # cosine of the question without its words left over from which they are not missed …
_IDLE_BOUND = 0.75  # … where a header and a whole cell are named, or rows told before are meant
_MEANT = 0.45  # cosine of a noun and the header that means it …
_LEAD = 0.05  # … and how far it leads the other headers
_ALL = re.compile(r"\b(?:all|each|every|list|what|which|who)\b", re.I)
_SEVERAL = re.compile(r"^(?:and )?(?:what|who|which)(?: all)? (?:are|were)\b", re.I)
_EACH = re.compile(r"\b(?:each|every|respective(?:ly)?)\b", re.I)
_WITH_THEIR = re.compile(r"\b(?:with|and|plus) (?:its|their)\b", re.I)
_NOTHING = re.compile(r"[-–—]?|0+(?:[.,]0+)?\W*|n/?a|none|no|\?", re.I)  # a cell that says there is none
_JOINED = re.compile(r"\band\b|,|&", re.I)
_COMMAS = re.compile(r"\s*[,;]\s*(?:and |or )?")
_ELSE = re.compile(r"\b(?:else|others?|another)\b", re.I)
# Words before a name that is left out: *besides A*, *other than A*.
_BUT = re.compile(
    r"\b(?:besides?|apart from|aside from|other than|(?:in addition|next) to|along(?:side)?(?: with)?|except(?:ing)?(?: for)?"
    r"|excluding|not counting)\s+",
    re.I,
)
_HOW_MANY = re.compile(r"\bhow (?:many|much)\b|\bnumber of\b", re.I)
_PERSON, _TIME, _PLACE = "person or name", "date, year or time", "place, location, city or country"
_ASKING = {"who": _PERSON, "whom": _PERSON, "whose": _PERSON, "when": _TIME, "where": _PLACE}  # what the asking word wants of a header
_WHAT = frozenset({"what", "which"})  # they ask for anything, and name no column called so
_JOINING = frozenset({"the", "a", "an", "and", "or"})  # what may stand between such a word and the names
_NEW_CLAUSE = re.compile(r"[,;:]\s|\b(?:but|although|though|while|because)\b", re.I)
_IN = frozenset({"in", "of", "during", "since", "until", "by", "before", "after", "through"})  # words before a month, *May* among them
_MONTH = 3  # letters to which it is cut short
_SHORT = 3  # letters of a header from which it may be a word cut short


@dataclass(frozen=True, slots=True)
class _Held:
    """Words of the question that cells of a column hold."""

    column: int
    places: frozenset[int]
    rows: frozenset[int]
    whole: bool  # the cells say nothing else


@dataclass(slots=True)
class _Selection:
    """What a table gives: the column asked for, in the rows that are meant."""

    grid: Grid
    column: int
    rows: list[int]
    because: list[_Held]
    used: set[int]  # places of the question that are accounted for
    said: bool  # the column is named by its header
    bridged: str = ""  # the noun that the header means without saying it, as typed
    counts: bool = False  # the rows are to be counted
    is_number: bool = False  # the column holds numbers
    left: tuple[int, ...] = ()  # places that are not


# ---------------------------------------------------------------- the words of the question


class _Reading:
    """One question held against one table."""

    def __init__(self, frame: Frame, grid: Grid, view: View) -> None:
        self.frame, self.grid, self.view = frame, grid, view
        lang = language()
        asking = lang.frame_words(frame.kind)
        tied = {p for t in frame.ties for p in range(t.start, t.end)}
        self.soft = {i for i, t in enumerate(frame.tokens) if t.word in lang.soft or t.word in lang.tabled or t.stem in asking}
        self.content = [
            i
            for i, t in enumerate(frame.tokens)
            if not t.function
            or (i in tied and any(t.stem in header for header in grid.headers))
            or t.word[:1].isdigit()
            or (i > 0 and frame.tokens[i - 1].word in _IN and _is_month(t.word))
            or (len(t.word) >= _TELLING and t.word not in _WHAT and any(header == {t.stem} for header in grid.headers))
        ]

    def stem(self, place: int) -> str:
        return self.frame.tokens[place].stem

    def headers(self) -> dict[int, frozenset[int]]:
        """Column -> places of the question that name it, for those that are named best by the words they are named by."""
        found: dict[int, frozenset[int]] = {}
        for column, header in enumerate(self.grid.headers):
            places = frozenset(p for p in self.content if self._names(p, header))
            if places and header:
                found[column] = places
        best: dict[int, frozenset[int]] = {}
        for column, places in found.items():
            rivals = [c for c, other in found.items() if c != column and other & places]
            if all(self._named(column, places) >= self._named(c, found[c]) for c in rivals):
                best[column] = places
        return best

    def _names(self, place: int, header: frozenset[str]) -> bool:
        """Whether a word names a header: it stands there, cut short, or as a word of its family (*leads*, `Leader`)."""
        stem = self.stem(place)
        return (
            stem in header
            or _shortened(stem, header)
            or (not self.frame.tokens[place].function and any(of_one_family(stem, h) for h in header))
        )

    def _named(self, column: int, places: frozenset[int]) -> float:
        """How well a header is named: by how many words, and how much of it."""
        header = self.grid.headers[column]
        return len({self.stem(p) for p in places}) + len({self.stem(p) for p in places}) / len(header)

    def held(self, headers: dict[int, frozenset[int]]) -> list[_Held]:
        """Words that cells hold, the longest first; a word is taken once."""
        groups: dict[tuple[int, frozenset[int]], list[tuple[int, bool]]] = defaultdict(list)
        touched = {cell for p in self.content for cell in self.grid.holding.get(self.stem(p), ())}
        for row, column in touched:
            if row in self.grid.sums:
                continue  # a header set again, or a total, says nothing of the rows
            stems = self.grid.stems[row, column]
            places = frozenset(p for p in self.content if self.stem(p) in stems)
            listed = self._listed(self.grid.cells[row, column], places)
            if listed:
                places, stems = listed, frozenset(self.stem(p) for p in listed)  # one of the names that the cell lists
            if places and self._meant(column, stems, places, headers):
                groups[column, places].append((row, {self.stem(p) for p in places} >= stems))
        found = [
            _Held(column, places, frozenset(r for r, whole in rows if whole or not any(w for _, w in rows)), any(w for _, w in rows))
            for (column, places), rows in groups.items()
        ]
        found.sort(key=lambda h: (-len(h.places), not h.whole, h.column not in headers, h.column != self.grid.named, h.column))
        kept: list[_Held] = []
        taken: set[int] = set()
        for one in found:
            if not one.places & taken:
                kept.append(one)
                taken |= one.places
        return [*kept, *self._bare(kept, headers)]

    def _bare(self, kept: Sequence[_Held], headers: dict[int, frozenset[int]]) -> Iterator[_Held]:
        """Numbers without a header beside them, where another value of the row is named with its own: *4 blue parts of 16*.

        They say which rows if several are called so: a place in a race is no name of its row.
        """
        if not any(one.whole and (one.column in headers or len(one.places) > 1) for one in kept):
            return
        taken = {p for one in kept for p in one.places}
        closed = {one.column for one in kept} | set(headers)
        for place in self.content:
            number = _MEASURED.match(self.stem(place))
            if place in taken or number is None:
                continue
            for column in sorted({0, self.grid.named} - closed):
                rows = frozenset(r for r in self.grid.rows() if self.grid.stems.get((r, column), frozenset()) == {number[1]})
                if len(rows) > 1:
                    yield _Held(column, frozenset({place}), rows, whole=True)
                    break

    def _listed(self, fact: Fact, places: frozenset[int]) -> frozenset[int]:
        """Places of the names the question says whole, of several that a cell lists."""
        said = {self.stem(p) for p in places}
        parts = _COMMAS.split(fact.value) if places else []
        if len(parts) < 2:
            return frozenset()
        whole = [stems for part in parts if (stems := self.view.stems_of(part)) and stems <= said]
        return frozenset(p for p in places if any(self.stem(p) in stems for stems in whole))

    def _meant(self, column: int, stems: frozenset[str], places: frozenset[int], headers: dict[int, frozenset[int]]) -> bool:
        """Whether words of a cell are there to say which row, and not by chance or to name a column."""
        said = {self.stem(p) for p in places}
        if all(p in self.soft for p in places) and not said >= stems:
            return False
        for other, named in headers.items():
            # They name a column, unless it is called by more than they say and a cell by no more.
            if places <= named and not (said >= stems and (len(places) > 1 or len(self.grid.headers[other]) > len(said))):
                return False
        if all(_is_month(s) for s in said):
            return all(_is_month(s) or s[:1].isdigit() for s in stems)  # a date of that month
        if all(s[:1].isdigit() for s in said):
            beside = any(abs(p - q) <= _BESIDE for p in places for q in headers.get(column, ()))
            year = any(s.isdecimal() and len(s.lstrip("0")) >= _YEAR_DIGITS for s in said)
            several = len(said) > 1 and max(places) - min(places) < len(places)  # `1:16` is no number by chance
            return (said >= stems and (year or beside or several)) or (year and beside and len(stems) <= _SPAN)  # *2006/07*
        if said <= self.grid.context and not said >= stems:
            return False
        if said >= stems or (len(said) >= _PARTLY * len(stems) and len(said) > 1):
            return True
        if len(stems) > _NAME:
            return False  # one word of a text is there by chance
        only = [s for s in said if len(s) >= _TELLING and not s[0].isdigit()]
        texts = {self.grid.cells[cell].value for s in only for cell in self.grid.holding[s] if cell[1] == column}
        return bool(only) and len(texts) == 1

    # ---- what is asked for

    def elsewhere(self) -> bool:
        """Whether a label of another table or list is named that this table does not have."""
        return any(t.is_label() and not self._here(t) for t in self.frame.content_ties())

    def _here(self, tie: Tie) -> bool:
        filed = [e for e in tie.entries[:_ENTRIES] if e.fact is not None and e.role in ("row", "column", "label")]
        if not filed or any(self.view.fact(e.fact).table == self.grid.table.id for e in filed if e.fact is not None):
            return True
        own = {self.stem(p) for p in range(tie.start, tie.end)}
        if any(self.grid.stems[cell] == own for s in own for cell in self.grid.holding.get(s, ())):
            return True  # what another table has a row for may be all of a cell here
        return own <= self.grid.context or any(own & header for header in self.grid.headers)

    def _own_rows(self) -> set[int]:
        """Places of names that a row or column of this table has."""
        return {
            p
            for t in self.frame.content_ties()
            if any(
                e.fact is not None and e.role in ("row", "column") and self.view.fact(e.fact).table == self.grid.table.id
                for e in t.entries[:_ENTRIES]
            )
            for p in range(t.start, t.end)
        }

    def selection(self) -> _Selection | None:
        """The cells this table gives, and the words it leaves over."""
        found = self._selected()
        if found is not None:
            found.left = tuple(p for p in self.content if p not in found.used and p not in self.soft)
        return found

    def _selected(self) -> _Selection | None:
        frame, grid = self.frame, self.grid
        if self.elsewhere():
            return None
        headers = self.headers()
        held = self.held(headers)
        taken = {p for h in held for p in h.places}
        left_out = self._left_out(held)
        held = [h for h in held if h not in left_out]
        rows = self._rows(held)
        denies = bool(held) and frame.negated and not left_out and self._denies(held)
        if denies or _ELSE.search(frame.text):
            rows = self._others(rows, held, denies=denies)
        rows = [r for r in rows if not any(r in h.rows for h in left_out)]
        others = [replace(h, rows=frozenset(rows)) for h in left_out]
        if not rows or (frame.negated and not held and not left_out and self._denies(held) and not headers):
            return None
        filtering = {h.column for h in held}
        # A header right beside its own value says where the value stands; it is not what is asked for.
        focused = self._focused(headers)
        beside = {
            h.column for h in held if h.column in headers and h.column != focused and _nearest(h.places, headers[h.column]) <= _BESIDE
        }
        open_ = {c: places - taken for c, places in headers.items() if places - taken and c not in beside}
        flags = self._flags(open_, focused, names_who=bool(set(headers) & {0, grid.named}))
        if flags:
            denies = frame.negated and self._denies(held)
            if denies and held:
                return None  # what is denied cannot be told
            held = [
                *held,
                *(_Held(c, open_.pop(c), frozenset(r for r, yes in told.items() if yes != denies), whole=True) for c, told in flags),
            ]
            rows = [r for r in rows if all(r in h.rows for h in held[-len(flags) :])]
            if not rows:
                return None
        used = taken | {p for places in headers.values() for p in places}
        own = self._own_rows()  # a row that is named is meant, though the document is called so too
        used |= {p for p in self.content if p not in own and self.stem(p) in grid.context}
        used |= {p for p in self.content if frame.within and self.stem(p) in frame.within.words}
        # *gold medals*, *game dates*: a word right beside a header's own is of its name.
        named = {p for places in headers.values() for p in places}
        used |= {p for p in self.content if {p - 1, p + 1} & named and p in frame.unknown and p not in frame.strange}
        counts = bool(_HOW_MANY.search(frame.text))
        open_ = {c: places for c, places in open_.items() if self._outright(c, places)}
        theirs = _WITH_THEIR.search(frame.text) is not None
        if len({frozenset(p) for p in open_.values()}) < len(open_) or (self._several(open_) and not theirs):
            return None  # which of the columns is asked for cannot be told, or more than one is
        column = self._column(open_, filtering)
        bridged: tuple[int, ...] = ()
        said = column is not None
        if column is None and held and filtering <= {0, grid.named} and frame.within is None:
            return None  # a row is named, and nothing of it: all of it may be meant
        if column is None or (frame.kind == "howto" and not counts):
            column, bridged = self._by_meaning(filtering, used)
            used |= set(bridged)
        if counts and not (column is not None and self._is_number(column)):
            if column is None and not (frame.focus is not None and frame.focus in used):
                return None
            if filtering & {0, grid.named}:
                return None  # something of one row is to be counted, not the rows
            return _Selection(grid, grid.named, rows, held, used, said, counts=True)
        if column is None and frame.within is not None and held and frame.focus is None:
            column = frame.within.column  # the same of other rows: *and just for A and B*
        if column is None:
            if not held or grid.named in filtering or frame.kind not in _ASKS_WHO:
                return None
            wanted = frame.focus
            if wanted is None and not all(h.whole for h in held):
                return None  # nothing says what is asked for, and hardly of which row
            if wanted is not None and wanted not in used and wanted not in self.soft:
                return None  # the very noun that is asked for is nowhere in the table
            column = grid.named
        if column in (focused, grid.named) and theirs and len(beside_it := set(open_) - {column}) == 1:
            column = beside_it.pop()  # *the boats with their harbours*: both, the second for each of the first
        elif column == focused and (beside_it := set(open_) - {column}) and not _EACH.search(frame.text):
            # *Which nations have gold*, *which days are supervised*: the other column says which, without a value of its own.
            if len(beside_it) > 1 or not self._is_number(other := next(iter(beside_it))):
                return None
            return self._those_with(other, column, held, used)
        if self._of_those_with(column, focused):
            return self._those_with(column, grid.named, held, used)
        if not held and not left_out and frame.negated and self._denies(held):
            return None  # what is denied stands in no cell
        if not held and frame.within is None and not self._asks_for_all(column, bridged):
            return None
        words = " ".join(frame.tokens[p].surface for p in bridged)
        return _Selection(grid, column, rows, [*held, *others], used, said, words, is_number=self._is_number(column))

    def _flags(self, headers: dict[int, frozenset[int]], focused: int | None, *, names_who: bool) -> list[tuple[int, dict[int, bool]]]:
        """Columns of yes and no that are named to say which rows are meant (*how many tents are waterproof*), not to be told.

        Args:
            names_who: the question names the column that says which rows they are.
        """
        asks_who = self.frame.kind in _ASKS_WHO or (self.frame.kind in _NAMES_WHO and names_who)
        if not asks_who or not (bool(_HOW_MANY.search(self.frame.text)) or self.frame.within is not None or self._whose()):
            return []
        return [(c, told) for c in headers if c not in (self.grid.named, focused) and (told := self.grid.polar(c))]

    def _whose(self) -> bool:
        """Whether it is asked which rows, and of no one that is named."""
        named = {
            t.key
            for t in self.frame.content_ties()
            if any(t.key == key(f.value) for f in self.grid.column(self.grid.named, self.grid.rows()))
        }
        return self.frame.kind != "attribute" and not named

    def _outright(self, column: int, places: frozenset[int]) -> bool:
        """Whether a header is named by the noun it is about, or by most of it: *crisis* alone names no `Crisis Scenario`."""
        header = self.grid.headers[column]
        header = frozenset(h for h in header if h not in language().function_words) or header  # *Who may enter it* is about entering
        said = {self.stem(p) for p in places}
        head = head_stem(self.grid.table.columns[column])
        if self.frame.focus in places or any(head == s or of_one_family(head, s) for s in said):
            return True
        return 2 * len(said & header) > len(header) or _shortened(self.stem(min(places)), header)

    def _several(self, headers: dict[int, frozenset[int]]) -> bool:
        """Whether several columns are asked for, joined by *and*."""
        order = sorted(min(places) for places in headers.values())
        found = self.frame.tokens
        return any(_JOINED.search(self.frame.text[found[a].end : found[b].start]) is not None for a, b in pairwise(order))

    def _rows(self, held: Sequence[_Held]) -> list[int]:
        """Rows in which every column named holds one of the values named of it, in their order."""
        by_column: dict[int, list[frozenset[int]]] = defaultdict(list)
        for one in held:
            by_column[one.column].append(one.rows)
        rows = set(self.grid.rows())
        within = self.frame.within
        if (
            within is not None
            and not (held and within.column not in by_column and self.frame.focus is None)
            and not _ELSE.search(self.frame.text)
        ):
            rows &= within.rows
        for several in by_column.values():
            both = frozenset.intersection(*several)
            rows &= both or frozenset.union(*several)
        return sorted(rows)

    def _denies(self, held: Sequence[_Held]) -> bool:
        """Whether a word that denies stands outside the names in the question."""
        # *Bow no.* is a header, *outside the harbour* may stand in a cell.
        found = self.frame.tokens
        beside = [{found[q].stem for q in (p - 1, p + 1) if 0 <= q < len(found)} for p in range(len(found))]
        headed = {p for p, t in enumerate(found) for h in self.grid.headers if t.stem in h and beside[p] & h}
        inside = {p for h in held for p in h.places} | headed
        placed = [(self.frame.tokens[p].start, self.frame.tokens[p].end) for p in inside]
        meant = [(found[p].start, found[p].end) for h in held for p in h.places]
        return any(
            not any(a < m.end() and m.start() < b for a, b in placed) and self._of_one_clause(m.span(), meant)
            for m in language().negation.finditer(self.frame.text)
        )

    def _of_one_clause(self, denial: tuple[int, int], meant: Sequence[tuple[int, int]]) -> bool:
        """Whether a word that denies stands in one clause with what says which rows are meant (*critical, but no icon* denies no row)."""
        start, end = denial
        between = [self.frame.text[min(b, end) : max(a, start)] for a, b in meant]
        return not meant or any(_NEW_CLAUSE.search(text) is None for text in between)

    def _others(self, rows: list[int], held: Sequence[_Held], *, denies: bool) -> list[int]:
        """The rows that the denied words do not describe; those that were not told before, where *else* is asked for."""
        within = self.frame.within
        if not denies:
            return [r for r in rows if within is None or r not in within.rows]
        if not held or not all(h.whole or within is not None for h in held):
            return []
        everything = self._rows(())
        return [r for r in everything if r not in rows]

    def _left_out(self, held: Sequence[_Held]) -> list[_Held]:
        """Rows that are named to be left out: right after *besides*, *other than* and the like, one or several."""
        found, names = self.frame.tokens, [h for h in held if h.column in (0, self.grid.named)]
        ends = [m.end() for m in _BUT.finditer(self.frame.text)]
        left_out: list[_Held] = []
        for name in sorted(names, key=lambda h: min(h.places)):
            passed = {p for h in left_out for p in h.places}
            between = [[t.word for i, t in enumerate(found[: min(name.places)]) if t.start >= end and i not in passed] for end in ends]
            if any(found[min(name.places)].start >= end and set(w) <= _JOINING for end, w in zip(ends, between, strict=True)):
                left_out.append(name)
        return left_out

    def _focused(self, headers: dict[int, frozenset[int]]) -> int | None:
        """The column of the noun that is asked for."""
        focus = self.frame.focus
        return next((c for c, places in headers.items() if focus in places), None)

    def _column(self, headers: dict[int, frozenset[int]], filtering: set[int]) -> int | None:
        """The column named: by the noun asked for, else by the first that is named after the asking word."""
        if not headers:
            return None
        focused = self._focused(headers)
        if focused is not None:
            return focused
        free = {c: places for c, places in headers.items() if c not in filtering} or headers
        return min(free, key=lambda c: (min(free[c]), c))

    def _by_meaning(self, filtering: set[int], used: set[int]) -> tuple[int | None, tuple[int, ...]]:
        """The column whose header means the noun asked for, or what the asking word wants."""
        frame, grid = self.frame, self.grid
        focus = frame.focus
        if focus is None and frame.kind in ("list", "definition"):
            focus = next((p for p in self.content if p not in used and p not in self.soft), None)
        scale = self._scale()
        if scale is not None:
            used.add(1)
            return scale, ()
        words = ""
        places: tuple[int, ...] = ()
        if focus is not None and focus not in used and focus not in self.soft:
            stem = self.stem(focus)
            akin = [c for c, header in enumerate(grid.headers) if any(of_one_family(stem, h) for h in header)]
            if len(akin) == 1:
                return akin[0], (focus,)
            words, places = frame.tokens[focus].surface, (focus,)
        else:
            words = next((_ASKING[t.word] for t in frame.tokens[:3] if t.word in _ASKING), "")
        if not words or (focus is not None and focus in used):
            return None, ()
        headers = tuple(h for c, h in enumerate(grid.table.columns) if h and c not in filtering)
        if len(headers) < 2:
            return None, ()
        similar = self.view.label_similarity(words, headers)
        order = sorted(range(len(headers)), key=lambda i: (-similar[i], i))
        first, second = similar[order[0]], similar[order[1]]
        if first < _MEANT or first - second < _LEAD:
            return None, ()
        return grid.table.columns.index(headers[order[0]]), places

    def _those_with(self, column: int, told: int, held: Sequence[_Held], used: set[int]) -> _Selection | None:
        """The rows that have some of what a column counts, or none of it where the question denies."""
        cells, denies = self.grid.cells, self.frame.negated and self._denies(held)
        rows = self._rows(held)
        kept = [r for r in rows if (cell := cells.get((r, column))) is not None and bool(_NOTHING.fullmatch(cell.value.strip())) == denies]
        reasons = [*held, _Held(column, frozenset(), frozenset(kept), whole=True)]
        return _Selection(self.grid, told, kept, reasons, used, said=True) if kept else None

    def _of_those_with(self, column: int, focused: int | None) -> bool:
        """Whether the things are asked for that have some of what a column of numbers counts (*which nations won gold*)."""
        if column in {self.grid.named, focused} or not self._is_number(column):
            return False
        asked = self.frame.tokens[0].word if self.frame.tokens else ""
        return asked in ("which", "who") and self.frame.kind != "count" and focused in (None, self.grid.named)

    def _scale(self) -> int | None:
        """The one column on the scale that is asked for (*how tall*)."""
        found = self.frame.tokens
        graded = scales.vocabulary().plain.get(found[1].word) if len(found) > 1 and found[0].word == "how" else None
        if not graded:
            return None
        fitting = []
        for column, header in enumerate(self.grid.table.columns):
            read = numbers.column(header, [f.value for f in self.grid.column(column, self.grid.rows())])
            if read is not None and {s for s, _ in graded} & scales.named(read):
                fitting.append(column)
        return fitting[0] if len(fitting) == 1 else None

    def _is_number(self, column: int) -> bool:
        values = [f.value for f in self.grid.column(column, self.grid.rows())]
        return sum(v.strip()[:1].isdigit() or v.strip()[:1] in "$€£+-−~<>≈" for v in values) * 2 > len(values)

    def _asks_for_all(self, column: int, bridged: Sequence[int]) -> bool:
        """Whether all of a column is asked for: in the plural, or of each."""
        frame = self.frame
        if frame.each or frame.kind == "list" or _SEVERAL.search(frame.text):
            return True
        words = [frame.tokens[p] for p in self.content if self.stem(p) in self.grid.headers[column] or p in bridged]
        return bool(words) and any(t.word.endswith("s") and t.word != t.stem for t in words) and bool(_ALL.search(frame.text))


def _shortened(stem: str, header: frozenset[str]) -> bool:
    """Whether a header of one word is the beginning of a word (`Pos`, `Apps.`)."""
    return len(header) == 1 and any(len(h) >= _SHORT and stem.startswith(h) and len(stem) > len(h) for h in header)


@lru_cache(maxsize=1)
def _months() -> frozenset[str]:
    return frozenset(form for m in numbers.reader().data.words.months.split() for form in (m, stem(m), m[:_MONTH]))


def _is_month(word: str) -> bool:
    """Whether a word is a month, in full or cut to its first letters."""
    return word in _months()


def _nearest(some: Iterable[int], others: Iterable[int]) -> int:
    """The least number of places between one of these and one of those."""
    return min(abs(p - q) for p in some for q in others)


# ---------------------------------------------------------------- the answer


def selected(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The cells of the one table that accounts for the question."""
    if frame.kind not in _KINDS or language().ordinal(frame.text) is not None or _computes(frame):
        return None
    if frame.kind == "count" and language().bound.search(frame.text):
        return None  # a bound is asked for, and not how many stand there
    if frame.kind == "definition" and frame.within is None and _is_named(frame):
        return None  # *what is a lee helm*: what it is, not what a table says where the words stand
    found = [s for grid in _near(frame, evidence, view) if (s := _Reading(frame, grid, view).selection()) is not None]
    given = frame.wish.used if frame.wish is not None else set[int]()
    named = {p for t in frame.content_ties() if view.is_thing(t.key) for p in range(t.start, t.end)}
    found = [s for s in found if not set(s.left) & {*frame.strange, *named, frame.focus, *given}]
    if not found:
        return None
    found.sort(key=lambda s: (len(s.left), not s.said, -len(s.because)))
    best = found[0]
    if len(found) > 1 and (len(best.left), best.said, len(best.because)) == (len(found[1].left), found[1].said, len(found[1].because)):
        return None  # two tables say it equally well
    bound = best.said and (frame.within is not None or (bool(best.because) and all(h.whole for h in best.because)))
    if best.left and ((len(best.used) < 2 and frame.within is None) or evidence.without(best.left) < (_IDLE_BOUND if bound else _IDLE)):
        return None
    return _told(best, frame, evidence)


def _is_named(frame: Frame) -> bool:
    """Whether all that a question asks about is one label or term of several words."""
    named = [t for t in frame.content_ties() if t.end - t.start > 1 and t.is_label()]
    return any(all(t.start <= p < t.end for p in frame.content) for t in named)


def _computes(frame: Frame) -> bool:
    """Whether an order or a range of numbers is asked for; a bare number may stand in a cell, or in what the table is called."""
    wish = frame.wish
    if wish is None or (wish.measure and not wish.used) or (wish.mode == "sort" and not wish.used):
        return False
    return wish.mode != "lookup" or any(c.relation != "equal" for c in wish.conditions)


def _near(frame: Frame, evidence: Evidence, view: View) -> Iterator[Grid]:
    """The tables near the question; of one that goes on with rows spoken of, just theirs."""
    if frame.within is not None:
        read = grid(view.table(frame.within.table), view)
        if read is not None:
            yield read
        return
    for number in evidence.tables(_WITHIN, _TABLES):
        read = grid(view.table(number), view)
        if read is not None:
            yield read


def _names_rows(held: _Held, grid: Grid) -> bool:
    """Whether words of the question name rows by a cell that no other row has, and that is no date or number."""
    cells = [grid.cells[row, held.column].value for row in sorted(held.rows) if (row, held.column) in grid.cells]
    return bool(held.places) and grid.tells_apart(held.column) and not any(numbers.read(c) for c in cells[:1])


def _named(fact: Fact) -> Quote:
    """What a row is called, where it only says whose the value beside it is."""
    return Quote(fact.value, fact.document, fact.span)


def _told(found: _Selection, frame: Frame, evidence: Evidence) -> Finding | None:
    grid = found.grid
    facts = grid.column(found.column, found.rows)
    if not facts or (header := fact_label(facts[0], "column")) is None:
        return None
    kept = set(found.rows)
    reasons = [c for h in found.because for row in sorted(h.rows & kept) if (c := grid.cells.get((row, h.column))) is not None]
    deciding = scored(evidence, [*facts, *reasons])
    by = next((h.column for h in found.because if h.column != found.column and _names_rows(h, grid)), grid.named)
    chosen = (grid.table.id, tuple(found.rows), found.column, by)
    meant = tuple(p for p in frame.content if p not in frame.strange)
    if found.counts:
        items = tuple(value(f) for f in facts)
        slots = {"header": header, "number": Figure(len(items), items), "items": list(items[:_SHOWN]), "left": beyond(facts[_SHOWN:])}
        return Finding("selected_count", slots, deciding, True, computed=True, meant=meant, chosen=chosen)
    bridged = Echo(found.bridged) if found.bridged else None
    if len(facts) == 1:
        if found.column == grid.named and reasons and reasons[0].column == grid.named:
            return None  # what a row is called is known already
        if found.column == grid.named and reasons:
            owner, reason = _named(facts[0]) if not grid.named else value(facts[0]), reasons[0]
            slots = {"owner": owner, "attribute": fact_label(reason, "column"), "value": value(reason)}
            return Finding("owner", slots, deciding, True, computed=True, meant=meant, chosen=chosen)
        whose = grid.beside(facts[0], by) if by != found.column else None
        slots = {"attribute": header, "value": value(facts[0]), "owner": _named(whose) if whose is not None else None, "bridged": bridged}
        return Finding("cell", slots, deciding, True, computed=True, meant=meant, chosen=chosen)
    # Names say what they are; a number says whose it is.
    each = _EACH.search(frame.text) or _WITH_THEIR.search(frame.text)
    labelled = found.column != grid.named and (each is not None or found.is_number or bool(found.because))
    lines: list[dict[str, Quote | None]] = []
    told: list[Fact] = []
    seen: set[str] = set()
    for fact in facts:
        if not labelled and fact.value in seen:
            continue
        seen.add(fact.value)
        called = grid.beside(fact, grid.named) if labelled else None
        lines.append({"label": _named(called) if called is not None else None, "value": value(fact)})
        told.append(fact)
    slots = {"attribute": header, "items": lines[:_SHOWN], "left": beyond(told[_SHOWN:]), "bridged": bridged}
    return Finding("selected", slots, deciding, True, computed=True, meant=meant, chosen=chosen)


__all__ = ["selected"]
