"""Answers from tables: which row, which column and which cell a question speaks of, and what it leaves open.

What is bound decides what is asked: row and column bound ask for the cell, a row and a value ask for the
column, a value alone asks for its owner. The same in every table of every folder.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from assistant import grids, numbers
from assistant.finding import Finding, beyond, distinct, fact_label, placed, value
from assistant.frame import Frame
from assistant.language import language
from assistant.retrieval import Candidate, Evidence
from assistant.view import View
from assistant.wording import Quote
from corpus.models import Fact, Table
from corpus.words import key, of_one_family

_OWNER_KINDS = frozenset({"decision", "which", "belongs"})
_ALL_KINDS = frozenset({"list", "count", "which", "attribute", "decision", "compare", "definition"})  # kinds that may ask for every row
_SELECTING = frozenset({*_OWNER_KINDS, "list", "count", "keyword"})  # kinds that ask for whatever rows hold a value
_ATTRIBUTE_KINDS = frozenset({"attribute", "howto"})
_AND = re.compile(r"\b(?:and|or)\b|[,;&]", re.I)
_ANY = re.compile(r"\b(?:any|some|an?)\b", re.I)  # they ask whether there is one at all
_SECOND = 0.1  # share of the question that a second thing asked for has to hold
_NARROW = 3  # columns of a table of which whole rows are shown one under the other
_MOST_COLUMNS, _LEAST_ROWS, _MOST_ROWS, _MOST_LETTERS = 6, 2, 12, 1500  # of a table that is told whole; what is more is counted
_FILED = 200  # places of a row label that are looked at
_MANY = 12  # cells shown of a row or column before the rest is counted
_ROW_NAMED = 0.5  # share of the question that a decision row's label must hold to be named by it
_ROW_ALONE = 0.35  # share of the question that a row's label has to hold where no header names what stands beside it
_BESIDE = 0.5  # share of a list question that may stand outside the table's headings
_BETTER = 0.04  # lead in score of a cell over the one both labels name
_ALSO = 0.3  # how far the score of a cell that a second part of the question names may lie below the first
_CLEAR = 0.035  # lead in score of one cell over the next before meaning alone picks it


@dataclass(slots=True)
class Binding:
    """What of a table the question's words are tied to. None: nothing, or several equally well."""

    row: int | None
    column: int | None
    rows: list[int]  # all rows tied equally well
    columns: list[int]
    row_share: float  # information of the question tied to the row's label
    column_share: float
    value_share: float  # … found in the candidate's own value and in no label
    loose: list[int]  # content places tied to no label of the table


class TableReader:
    """Reads one table for one question."""

    def __init__(self, view: View, frame: Frame, evidence: Evidence, best: Candidate) -> None:
        self.view, self.frame, self.evidence, self.best = view, frame, evidence, best
        self.table: Table = view.table(best.fact.table if best.fact.table is not None else -1)
        self.scored = {c.fact.id: c for c in evidence.candidates if c.fact.table == self.table.id}
        self.sort = self._sort_asked()
        self.binding = self._bind()

    # ---- binding

    def _bind(self) -> Binding:
        rows, row_share = self._axis([(i, t) for i, t in enumerate(self.table.rows)])
        columns, column_share = self._axis([(i, t) for i, t in enumerate(self.table.columns) if i or not self.table.decision])
        fact = self.best.fact
        # One word cannot be both the row and the column asked for: the axis that takes more of the question keeps it.
        row_places, column_places = self._places(self.table.rows, rows), self._places(self.table.columns, columns)
        if rows and columns and row_places == column_places:
            if fact.row in rows and row_share > column_share:
                columns, column_share = [], 0.0
            else:
                rows, row_share = [], 0.0
        elif rows and columns and row_places < column_places:
            rows, row_share = [], 0.0  # *the target column* names no row *Target speed*
        elif rows and columns and column_places < row_places:
            columns, column_share = [], 0.0
        labelled = row_places | column_places
        sort = self.view.stems_of(
            " ".join((*self.view.section(self.table.section).path, self.table.columns[0] if self.table.columns else ""))
        )
        loose = [
            p
            for p in self.evidence.worth
            if p not in labelled and p not in self.frame.soft and (self.frame.tokens[p].stem not in sort or not labelled)
        ]
        held = self.view.stems_of(fact.value)
        value_share = sum(self.evidence.worth[p] for p in loose if self.frame.tokens[p].stem in held)
        row = fact.row if fact.row in rows else (rows[0] if len(rows) == 1 else None)
        column = fact.column if fact.column in columns else (columns[0] if len(columns) == 1 else None)
        return Binding(row, column, rows, columns, row_share, column_share, value_share, loose)

    def _axis(self, labels: list[tuple[int, str]]) -> tuple[list[int], float]:
        """Places on an axis whose labels take most of the question, and how much they take."""
        ties = {t.key for t in self.frame.content_ties()}
        scores: dict[int, tuple[float, float]] = {}
        for place, text in labels:
            held = self.view.stems_of(text)
            share = sum(w for p, w in self.evidence.worth.items() if p not in self.sort and self._says(p, held))
            if share > 0:
                asked = sum(any(self.frame.tokens[p].stem == s for p in self.evidence.worth) for s in held)
                whole = 1.0 if key(text) in ties else asked / max(1, len(held))
                scores[place] = (share + 0.05 * whole, share)
        if not scores:
            return [], 0.0
        top = max(s for s, _ in scores.values())
        chosen = [p for p, (s, _) in scores.items() if s >= top - 1e-9]
        if len(chosen) == len(labels) and len(labels) > 1:
            return [], 0.0  # every label says it: it tells nothing apart
        return chosen, scores[chosen[0]][1]

    def _says(self, place: int, held: frozenset[str]) -> bool:
        if self.frame.tokens[place].stem in held:
            return True
        return any(t.start <= place < t.end and self.view.stems_of(t.name) and self.view.stems_of(t.name) <= held for t in self.frame.ties)

    def _places(self, labels: tuple[str, ...], chosen: list[int]) -> set[int]:
        found: set[int] = set()
        for i in chosen:
            held = self.view.stems_of(labels[i])
            found |= {p for p in self.evidence.worth if p not in self.sort and self._says(p, held)}
        return found

    def _sort_asked(self) -> frozenset[int]:
        """Places of the noun that says what sort of thing is asked for (*which search service …*), unless it is a label of this table.

        It is no word by which one thing is told from the others, even if it stands in the label of one of them.
        """
        focus = self.frame.focus
        if focus is None or self.frame.kind not in _OWNER_KINDS:
            return frozenset()
        over = [t for t in self.frame.ties if t.start <= focus < t.end]
        if {t.key for t in over} & {key(x) for x in (*self.table.columns, *self.table.rows)}:
            return frozenset()
        return frozenset({focus, *(p for t in over for p in range(t.start, t.end))})

    # ---- the answer

    def read(self) -> Finding | None:
        """The finding this table gives, or None when it gives none."""
        b, table = self.binding, self.table
        if b.columns and b.columns[0] == 0 and b.row is None and self.frame.kind in _ALL_KINDS and not b.value_share:
            return self._labels(next((c for c in b.columns if c), None))
        if b.column == 0:
            b.column = next((c for c in b.columns if c), None)
        if table.decision and self.frame.kind != "why":
            found = self._decide()
            if found is not None:
                return found
        if self.frame.each and b.column:
            return self._in_column(b.column)
        if b.row is not None and b.column is not None:
            fact = self._at(b.row, b.column)
            return self._bound(fact) if fact is not None else None
        if (both := self._both_named()) is not None:
            return both
        if b.row is not None:
            return self._in_row(b.row)
        if b.column is not None:
            return self._in_column(b.column)
        if len(b.rows) > 1 and b.columns == [] and b.value_share < b.row_share and self.best.fact.row in b.rows:
            return self._in_row(self.best.fact.row or 0)
        return self.owner(self.best)

    def _at(self, row: int, column: int) -> Fact | None:
        return next((c for c in self.view.cells(self.table.id, row=row) if c.column == column), None)

    def _candidate(self, fact: Fact) -> Candidate:
        return self.scored.get(fact.id) or Candidate(
            fact, dense=self.best.dense, cover=self.best.cover, score=self.best.score, exact=self.best.exact
        )

    def _labels(self, column: int | None) -> Finding | None:
        """The first column's header is asked for: all its rows, or with a second header the rows of that column."""
        if column is not None:
            return self._in_column(column)
        cells = distinct(self.view.cells(self.table.id, column=0))
        if len(cells) < 2:
            return None
        items: list[dict[str, object]] = [{"label": None, "value": value(c)} for c in cells[:_MANY]]
        return Finding(
            "list",
            {"lead": fact_label(cells[0], "column"), "items": items, "left": beyond(cells[len(items) :])},
            [self._candidate(c) for c in cells],
            True,
        )

    def bound_cell(self) -> Finding | None:
        """The cell whose row and column the question names, each with words of its own; None when it does not."""
        b = self.binding
        if b.row is None or b.column in (None, 0) or self.table.decision or self.frame.each:
            return None
        fact = self._at(b.row, b.column or 0)
        if fact is None:
            return None
        return self._bound(fact)

    def _bound(self, fact: Fact) -> Finding | None:
        """The cell both names lead to, or the one beside it that answers the whole question clearly better.

        A label that holds a word of the question need not be the one that is meant: *scale automatically* is said of *Autoscaling*,
        not of *Scale limit*.
        """
        own = self.scored.get(fact.id)
        beside = [c for c in self.scored.values() if c.fact.column and (c.fact.row == fact.row or c.fact.column == fact.column)]
        best = max(beside, key=lambda c: (round(c.score, 6), -c.fact.id), default=own)
        meant = self.table.decision is None and self.frame.kind != "why"
        if meant and own is not None and best is not None and best.score >= own.score + _BETTER:
            fact = best.fact
        return self._together(fact) or self._cell(fact.row or 0, fact.column or 0, bound=True)

    def _together(self, fact: Fact) -> Finding | None:
        """Two cells of one line, where the question names a label of each (*the hit die and the saving throws*); None where it does not."""
        own = self.scored.get(fact.id)
        if own is None or self.frame.kind in ("yesno", "why"):
            return None
        named = set(own.found("label"))
        found: list[tuple[float, Candidate]] = []
        for other in self.scored.values():
            line = (other.fact.row == fact.row) != (other.fact.column == fact.column)
            more = set(other.found("label")) - named
            if line and other.fact.column and more and named and other.score >= own.score - _ALSO and self._joined(named, more):
                found.append((sum(self.evidence.worth[p] for p in more), other))
        if not found:
            return None
        share, other = max(found, key=lambda pair: (round(pair[0], 6), round(pair[1].score, 6), -pair[1].fact.id))
        if share < _SECOND:
            return None
        cells = sorted((fact, other.fact), key=lambda f: (f.row or 0, f.column or 0))
        across = "column" if other.fact.row == fact.row else "row"
        return self._whole(cells, "row" if across == "column" else "column", [fact_label(c, across) for c in cells])

    def _joined(self, first: set[int], second: set[int]) -> bool:
        """Whether an *and* or a comma stands between words of the one and words of the other."""
        low, high = sorted((min(first), min(second)))
        between = self.frame.text[self.frame.tokens[low].end : self.frame.tokens[high].start]
        return _AND.search(between) is not None

    def _both_named(self) -> Finding | None:
        """What the line meant says of each of several things that the question names in full (*A or B if …*, *A vs B*)."""
        asked = {self.frame.tokens[p].stem for p in self.evidence.worth}
        named = {t.key for t in self.frame.content_ties()}
        columns, rows = (
            [i for i, x in enumerate(labels) if i >= first and x and (key(x) in named or self.view.stems_of(x) <= asked)]
            for labels, first in ((self.table.columns, 1), (self.table.rows, 0))
        )
        fact = self.best.fact
        if len(columns) > 1 and fact.column in columns and len(columns) < len(self.table.columns) - 1:
            cells = [f for c in columns if (f := self._at(fact.row or 0, c)) is not None]
            return self._whole(cells, "row", [fact_label(c, "column") for c in cells]) if len(cells) > 1 else None
        if len(rows) > 1 and fact.row in rows and len(rows) < len(self.table.rows) and len(self.table.columns) <= _NARROW:
            told = table_slots(self.table.id, self.view, rows) if len(self.table.columns) > _NARROW - 1 else None
            if told is not None:
                return Finding("table", told[0], [self._candidate(c) for c in told[1]], True)
            cells = [f for r in rows for f in self.view.cells(self.table.id, row=r) if f.column]
            return self._whole(cells, "column", [fact_label(c, "row") for c in cells])
        return None

    def asked_column(self) -> Finding | None:
        """The cell of the column a *which* asks for by its header, in the row that the rest of the question means."""
        focus = self.frame.focus
        if focus is None or self.table.decision or self.best.fact.column is None:
            return None
        asked = [i for i, c in enumerate(self.table.columns) if i and self.view.stems_of(c) == {self.frame.tokens[focus].stem}]
        if len(asked) != 1 or self.best.fact.column in (0, asked[0]) or not set(self.best.found("value")) - {focus}:
            return None
        fact = self._at(self.best.fact.row or 0, asked[0])
        if fact is None:
            return None
        return Finding("cell", self._cell_slots(fact), [self.best, self._candidate(fact)], False)

    def holders(self) -> Finding | None:
        """Who says yes, or no where the question denies: the columns of the row asked about, or the rows of the column."""
        column = self.binding.column
        if column and self.binding.row is None:
            return self._polar(distinct(self.view.cells(self.table.id, column=column)), "row", "column", bound=True)
        row = self.binding.row if self.binding.row is not None else self.best.fact.row
        if row is None or column is not None or not self.best.found("label"):
            return None
        cells = [c for c in self.view.cells(self.table.id, row=row) if c.column]
        return self._polar(cells, "column", "row", bound=self.binding.row is not None)

    def _polar(self, cells: list[Fact], holder: str, attribute: str, *, bound: bool) -> Finding | None:
        """Those of the cells that say what the question wants; None unless most of them say yes or no."""
        told = [(language().polarity(c.value), c) for c in cells]
        if len(cells) < 2 or sum(t is not None for t, _ in told) * 2 <= len(told):
            return None
        kept = [c for t, c in told if t is (not self.frame.negated)]
        if not kept:
            return None
        slots = {
            "holders": [fact_label(c, holder, cite=True) for c in kept],
            "attribute": fact_label(cells[0], attribute),
            "values": [value(c) for c in kept],
        }
        return Finding("holders", slots, [self._candidate(c) for c in kept], bound)

    def all_rows(self) -> Finding | None:
        """All rows, when the question names the header of the first column."""
        named = {t.key for t in self.frame.content_ties() if "column" in t.roles}
        listed = any(
            e.fact is not None and e.role == "name" and self.view.fact(e.fact).column
            for t in self.frame.content_ties()
            if not t.is_label()
            for e in t.entries
        )  # where a listed name stands is asked for
        if key(self.table.columns[0]) not in named or self.binding.row is not None or listed:
            return None
        heads = self.view.stems_of(" ".join((*self.table.columns, *self.view.section(self.table.section).path, self.table.caption)))
        beside = sum(w for p, w in self.evidence.worth.items() if self.frame.tokens[p].stem not in heads)
        if beside > (_BESIDE if self.frame.kind == "list" else 0.0):
            return None  # something in the table is asked for, not all of it
        return self._labels(next((c for c in self.binding.columns if c), None) or self._other_column())

    def _other_column(self) -> int | None:
        """A further column whose header is a name in the question."""
        named = {t.key for t in self.frame.content_ties()}
        return next((i for i, c in enumerate(self.table.columns) if i and key(c) in named), None)

    def _elsewhere(self, fact: Fact) -> Fact | None:
        """The cell of the same row or column that holds what the question wrongly says of this one."""
        loose = {self.frame.tokens[p].stem for p in self.binding.loose}
        if not loose or loose & self.view.stems_of(fact.value):
            return None
        for other in [*self.view.row(fact), *self.view.column(fact)]:
            if other.id != fact.id and other.column and loose & self.view.stems_of(other.value):
                return other
        return None

    def _cell(self, row: int, column: int, *, bound: bool) -> Finding | None:
        fact = self._at(row, column)
        if fact is None:
            return None
        if self.frame.kind in ("why", "yesno") and bound and self._named_whole(fact):
            other = self._elsewhere(fact)
            if other is not None:
                slots = self._cell_slots(fact) | {"other": self._cell_slots(other), "yesno": self.frame.kind == "yesno"}
                return Finding("cell_instead", slots, [self._candidate(fact), self._candidate(other)], True, corrected=True)
        if self.frame.kind == "yesno":
            told = language().polarity(fact.value)
            said = {self.frame.tokens[p].stem for p in self.binding.loose} & self.view.stems_of(fact.value)
            asked = self._named_instead(fact) if told is None and said else None
            if asked is not None:  # it is said of another row than the one named
                slots = self._cell_slots(asked) | {"other": self._cell_slots(fact), "yesno": True}
                return Finding("cell_instead", slots, [self._candidate(asked), self._candidate(fact)], True, corrected=True)
            if (
                told is None
                and said
                and not self.frame.negated
                and not self._of_another(fact)
                and not language().negation.search(fact.value)
            ):
                told = True
            if told is None and bound and self.frame.wish is None and (most := _amount(fact)) is not None:
                told = most > 0 if not most or _ANY.search(self.frame.text) else None  # *did A win any gold*, and the cell counts it
            if told is not None:
                held_by_all = tuple(i for i, t in enumerate(self.frame.tokens) if t.word in language().tabled)
                return Finding("cell_yes" if told else "cell_no", self._cell_slots(fact), [self._candidate(fact)], bound, meant=held_by_all)
        return Finding("cell", self._cell_slots(fact), [self._candidate(fact)], bound)

    def _named_instead(self, fact: Fact) -> Fact | None:
        """The same thing's cell in the one row that is named by its whole label, in any table, where that cell does not say it."""
        named = [t for t in self.frame.content_ties() if "row" in t.roles and not self.view.is_thing(t.key)]
        owner = self.view.owner(fact)
        if len(named) != 1 or key(fact.label("row") or "") == named[0].key or owner is None or self.frame.negated:
            return None
        filed = [self.view.fact(e.fact) for e in named[0].entries[:_FILED] if e.fact is not None and e.role == "row"]
        asked = next((f for f in filed if f.column and (o := self.view.owner(f)) is not None and key(o.text) == key(owner.text)), None)
        loose = {self.frame.tokens[p].stem for p in self.binding.loose}
        return asked if asked is not None and not loose & self.view.stems_of(asked.value) else None

    def _of_another(self, fact: Fact) -> bool:
        """Whether the question names a thing that is not what the cell is about."""
        things = {t.key for t in self.frame.content_ties() if self.view.is_thing(t.key)}
        owner = self.view.owner(fact)
        return bool(things) and (owner is None or not things & {key(n) for n in owner.text.split(" + ")})

    def _named_whole(self, fact: Fact) -> bool:
        """Whether the question names both labels of a cell, not just a word of them."""
        asked = {self.frame.tokens[p].stem for p in self.frame.content} | {s for t in self.frame.ties for s in self.view.stems_of(t.name)}
        return all(self.view.stems_of(x.text) <= asked for x in fact.labels if x.role in ("row", "column"))

    def _cell_slots(self, fact: Fact) -> dict[str, object]:
        slots = placed(fact, self.view)
        called = grids.called(fact, self.view)
        if called is not None and called.id != fact.id:
            slots["owner"] = Quote(called.value, called.document, called.span)
        return slots

    def _decide(self) -> Finding | None:
        """A decision row: what it recommends, when, and why."""
        row = self.view.decision(self.best.fact)
        if row is None:
            return None
        if self.best.fact.column == row.what.column and self.best.found("value") and not self.best.found("row", "label"):
            return None  # the question names the recommendation: its uses are asked for, not a decision
        slots = {"when": value(row.when), "what": value(row.what), "why": value(row.why) if row.why else None}
        return Finding(
            "decision",
            slots,
            [self._candidate(row.what), self.best],
            bound=self.binding.row == (self.best.fact.row or 0) and self.binding.row_share >= _ROW_NAMED,
        )

    def _in_row(self, row: int) -> Finding | None:
        """A row is meant: one of its cells, the columns that say yes, or all of it."""
        cells = [c for c in self.view.cells(self.table.id, row=row) if c.column]
        if not cells:
            return None
        if len(cells) == 1:
            return self._bound(cells[0])
        loose = {self.frame.tokens[p].stem for p in self.binding.loose}
        said = [(len(loose & self.view.stems_of(c.value)), c) for c in cells]
        most = max(n for n, _ in said)
        if most and self.frame.kind in (*_OWNER_KINDS, "list", "attribute", "yesno") and sum(n == most for n, _ in said) == 1:
            return self.owner(self._candidate(next(c for n, c in said if n == most)))
        if self.frame.kind in (*_OWNER_KINDS, "list", "attribute") and (held := self.holders()) is not None:
            return held
        headed = any(self.table.columns[1:])  # without a header nothing says which of its cells is meant
        if headed and self.binding.loose and self.frame.kind not in ("list", "count") and not self.frame.each:
            picked = self._clearest(cells)
            if picked is not None:
                return self._cell(row, picked.column or 0, bound=False)
        found = self._whole(cells, "row", [fact_label(c, "column") for c in cells])
        if not headed and self.binding.row == row and self.binding.row_share >= _ROW_ALONE:
            found.meant = tuple(self.binding.loose)  # no header says what its cells are: that has to be seen from them
        return found

    def _in_column(self, column: int) -> Finding | None:
        """A column is meant: the row whose value the question holds, the one it means, or all of it."""
        cells = distinct(self.view.cells(self.table.id, column=column))
        if not cells:
            return None
        if self.best.fact.column == column and self.binding.value_share > 0:
            return self.owner(self.best)
        if self.frame.kind in (*_OWNER_KINDS, "list") and (held := self.holders()) is not None:
            return held
        if self.frame.kind not in ("list", "count", "compare") and self.binding.loose and not self.frame.each:
            picked = self._clearest(cells)
            if picked is not None:
                return self._cell(picked.row or 0, column, bound=False)
        return self._whole(cells, "column", [fact_label(c, "row") for c in cells])

    def _clearest(self, cells: list[Fact]) -> Fact | None:
        """The cell that means what is asked, if it leads the others clearly."""
        ranked = sorted(((self.scored[c.id].score, c) for c in cells if c.id in self.scored), key=lambda x: -x[0])
        if not ranked:
            return None
        if len(ranked) == 1 or ranked[0][0] - ranked[1][0] >= _CLEAR:
            return ranked[0][1]
        return None

    def _whole(self, cells: list[Fact], shape: str, labels: list[object]) -> Finding:
        shown = [{"label": tag, "value": value(c)} for c, tag in list(zip(cells, labels, strict=True))[:_MANY]]
        subject = fact_label(cells[0], "row" if shape == "row" else "column")
        return Finding(
            shape, {"subject": subject, "cells": shown, "left": beyond(cells[len(shown) :])}, [self._candidate(c) for c in cells], True
        )

    def _beside_value(self, candidate: Candidate) -> Fact | None:
        """The other cell of its row that is asked for, where the question holds the value of this one and asks for something else."""
        if self.frame.kind not in _ATTRIBUTE_KINDS or not candidate.found("value"):
            return None
        left = {self.frame.tokens[p].stem for p in self.evidence.worth if candidate.where.get(p) not in ("value", "label")}
        others = [
            c
            for c in self.scored.values()
            if c.fact.row == candidate.fact.row
            and c.fact.column not in (0, candidate.fact.column)
            and any(of_one_family(a, b) for a in left for b in self.view.stems_of(c.fact.label("column") or ""))
        ]
        return max(others, key=lambda c: (round(c.score, 6), -c.fact.id)).fact if others else None

    def owner(self, candidate: Candidate) -> Finding | None:
        """Whose value it is: asked when the question holds the value itself."""
        fact = candidate.fact
        if self.table.decision:
            return self._decide()
        if fact.column == 0:
            cells = [c for c in self.view.row(fact) if c.column]
            if len(cells) == 1:
                return self._cell(fact.row or 0, cells[0].column or 0, bound=True)
            return self._whole(cells, "row", [fact_label(c, "column") for c in cells]) if cells else None
        beside = self._beside_value(candidate)
        if beside is not None:
            return Finding("cell", self._cell_slots(beside), [self._candidate(beside), candidate], False)
        if self.frame.kind in _SELECTING and (same := self._as_many_as_say(fact)):
            said = self.view.stems_of(fact.value)
            if any(self.frame.tokens[p].stem not in said for p in self.binding.loose):
                return None  # the rows of this value are not all meant, and which are is not looked for in so large a table
            return self._whole(same, "column", [fact_label(c, "row") for c in same])
        shape = "owner" if self.frame.kind in (*_OWNER_KINDS, "list", "yesno") and self.view.owner(fact) else "cell"
        return Finding(shape, placed(fact, self.view), [candidate], candidate.exact > 0)

    def _as_many_as_say(self, fact: Fact) -> list[Fact]:
        """The cells of a column that say the same, in a table too large to be looked through; none where but one does."""
        if not grids.too_large(self.table) or self.table.entities != "rows":
            return []
        same = [c for c in self.view.column(fact) if c.value == fact.value]
        return same if len(same) > 1 else []


def table_slots(number: int, view: View, only: Collection[int] | None = None) -> tuple[dict[str, object], list[Fact]] | None:
    """A table as a table, as far as it is read at a glance: the slots of the shape `table`, and the cells that are told.

    Args:
        only: the rows wanted; None: all of them.
    """
    cells = {(c.row, c.column): c for c in view.cells(number)}
    columns = [n for n, header in enumerate(view.table(number).columns) if n and header]
    rows = sorted({row for row, _ in cells if row is not None and (only is None or row in only)})
    rows = [r for r in rows if any((r, n) in cells for n in columns)]  # a headline across the whole row is none
    if len(columns) > _MOST_COLUMNS or len(rows) < _LEAST_ROWS or any((row, 0) not in cells for row in rows):
        return None
    headers = [next((h for r in rows if (r, n) in cells and (h := fact_label(cells[r, n], "column"))), None) for n in columns]
    if not columns or None in headers:
        return None
    told: list[dict[str, object]] = []
    used: list[Fact] = []
    size = 0
    for row in rows:
        mine = [cells.get((row, n)) for n in columns]
        size += sum(len(c.value) for c in mine if c is not None)
        if len(told) == _MOST_ROWS or (told and size > _MOST_LETTERS):
            break
        name_ = cells[row, 0]
        said = [value(c) if c is not None and c.value else None for c in mine]
        told.append({"name": Quote(name_.value, name_.document, name_.span), "cells": said})
        used += [*(c for c in mine if c is not None), name_]
    left = beyond([cells[row, 0] for row in rows[len(told) :]])
    return {"corner": fact_label(cells[rows[0], 0], "column"), "headers": headers, "rows": told, "left": left}, used


def told_apart(finding: Finding, view: View) -> Finding:
    """The finding with a second name for those of its lines that go by the same first one and say different things.

    It is the value of the first column that tells them apart beside the first (*Standard, 100 GB: 2.5*).
    """
    listed = next((n for n in ("cells", "items") if isinstance(finding.slots.get(n), list)), "")
    lines = finding.slots.get(listed, [])
    facts = [line["value"].fact for line in lines if isinstance(line, dict) and isinstance(line.get("value"), Quote)]
    if len(facts) < len(lines) or len(lines) < 2 or any(f is None or f.table is None or f.table != facts[0].table for f in facts):
        return finding
    labels = [line["label"].text if isinstance(line.get("label"), Quote) else "" for line in lines]
    rows = [view.row(f) for f in facts]
    if len(set(labels)) == len(labels) or "" in labels or len({f.row for f in facts}) < len(facts):
        return finding
    if any(all(c.value != label for c in row) for row, label in zip(rows, labels, strict=True)):
        return finding  # they are not called by a cell of their rows
    twice = {i for i, label in enumerate(labels) if labels.count(label) > 1}
    if len({(labels[i], facts[i].value) for i in twice}) == len({labels[i] for i in twice}):
        return finding  # they say the same
    told = {f.column for f in facts}
    beside = {i: {c.column: c for c in rows[i]} for i in twice}
    for column in sorted(frozenset.intersection(*(frozenset(cells) for cells in beside.values())) - told, key=lambda c: c or 0):
        second = {i: cells[column] for i, cells in beside.items()}
        pairs = {(labels[i], c.value) for i, c in second.items()}
        if len(pairs) == len(twice) and all(c.value.strip() not in ("", facts[i].value) for i, c in second.items()):
            named = {i: {"which": Quote(c.value, c.document, c.span)} for i, c in second.items()}
            return replace(finding, slots={**finding.slots, listed: [{**line, **named.get(i, {})} for i, line in enumerate(lines)]})
    return finding


def _amount(fact: Fact) -> numbers.Edge | None:
    """The bare number that is all of a cell; None where it holds anything else."""
    read = numbers.read(fact.value)
    return read[0].low if len(read) == 1 and read[0].point and not read[0].dimension else None
