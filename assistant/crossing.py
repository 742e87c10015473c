"""Cells where named rows and named columns of one table cross: several of a row, or several of a column.

*Type and default of x*, *the merge rule for a, b and c*, *how do A and B change over time*: every label is named whole, and nothing
else is asked. One row and one column are answered like any other question; so is all of a row or column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.finding import Finding, fact_label, value
from assistant.frame import Frame
from assistant.language import language
from assistant.retrieval import Evidence
from assistant.things import scored
from assistant.view import View
from corpus.models import Fact, Table
from corpus.words import runs, stems

_KINDS = frozenset({"keyword", "attribute", "list", "which", "definition", "howto"})
_WITHIN = 60  # candidates whose tables are tried …
_TABLES = 12  # … so many of them
_MOST = 12  # cells told


@dataclass(frozen=True, slots=True)
class _Named:
    """A label that a question says whole: its row or column, and the places of its words."""

    at: int
    places: frozenset[int]


def crossed(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The cells of the one table in which the rows and columns named cross, where that is more than one cell."""
    if frame.kind not in _KINDS or frame.negated or frame.within is not None:
        return None
    tables = (view.table(number) for number in evidence.tables(_WITHIN, _TABLES))
    found = [c for table in tables if (c := _crossing(table, frame, view)) is not None]
    if not found:
        return None
    table, rows, columns, _ = max(found, key=lambda c: c[3])  # the first of those that account for most words
    cells = [cell for r in rows for k in columns if (cell := _cell(table, r, k, view)) is not None]
    if not 1 < len(cells) <= _MOST:
        return None
    shape, across = ("row", "column") if len(rows) == 1 else ("column", "row")
    told = [{"label": fact_label(c, across), "value": value(c)} for c in cells]
    subject = fact_label(cells[0], "row" if shape == "row" else "column")
    return Finding(shape, {"subject": subject, "cells": told, "left": 0}, scored(evidence, cells), True, computed=True, meant=frame.content)


def _crossing(table: Table, frame: Frame, view: View) -> tuple[Table, list[int], list[int], int] | None:
    """The rows and columns of a table that are named, one or the other just once, and how many words they account for."""
    if table.decision:
        return None
    across_named = [n for n in _whole(table.columns, frame) if n.at]
    if not across_named:
        return None  # before the rows, which may be many, are read
    named = [(False, n) for n in _whole(table.rows, frame)] + [(True, n) for n in across_named]
    kept = [(across, n) for across, n in named if not any(n.places < other.places for _, other in named)]
    rows, columns = ([n for a, n in kept if a == across] for across in (False, True))
    # A word that names a row and a column names the column where another row is named, and the row where another column is.
    rows = [n for n in rows if not any(n.places & c.places for c in columns)] or rows
    columns = [n for n in columns if not any(n.places & r.places for r in rows)] or columns
    if not rows or not columns or min(len(rows), len(columns)) > 1 or len(rows) * len(columns) < 2:
        return None
    if any(len([m for m in (*rows, *columns) if m.places & n.places]) > 1 for n in (*rows, *columns)):
        return None  # one word names two of them
    used = frozenset[int]().union(*(n.places for n in (*rows, *columns)))
    over = view.stems_of(" ".join((*view.section(table.section).path, table.caption, *table.columns[:1])))
    asking = language().frame_words(frame.kind)
    left = [p for p in frame.content if p not in used and p not in frame.soft]
    ranked = frame.wish.used if frame.wish is not None else set[int]()
    if any(frame.tokens[p].stem not in over | asking for p in left) or not set(ranked) <= used:
        return None
    return table, [n.at for n in rows], [n.at for n in columns], len(used)


def _whole(labels: Sequence[str], frame: Frame) -> list[_Named]:
    """The labels whose words stand side by side in the question, each named once."""
    asked = [t.stem for t in frame.tokens]
    found = []
    for at, label in enumerate(labels):
        said = stems(label)
        places = runs(said, asked) if said else []
        if len(places) == 1:
            found.append(_Named(at, frozenset(range(places[0], places[0] + len(said)))))
    return found


def _cell(table: Table, row: int, column: int, view: View) -> Fact | None:
    return next(iter(view.cells(table.id, row=row, column=column)), None)


__all__ = ["crossed"]
