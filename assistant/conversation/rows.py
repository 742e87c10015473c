"""Rows of a table that an answer told, and messages asked of them: *which of those …*, *what is his …*"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant import grids, scales
from assistant.conversation.english import english
from assistant.conversation.models import SHORT, Resolved, Turn
from assistant.conversation.moves import moves
from assistant.conversation.past import Past
from assistant.conversation.phrasing import series
from assistant.conversation.said import Said
from assistant.finding import Finding
from assistant.frame import Frame, Within
from assistant.mentions import Namer
from assistant.question import tokens
from assistant.view import View
from corpus.words import key

_OF_CELLS = frozenset({"cell", "owner", "column", "row", "holders"})  # shapes that tell cells of rows


def rows_told(frame: Frame, finding: Finding | None, view: View) -> Within | None:
    """The rows of the one table that an answer told, where its rows are records."""
    if finding is None:
        return None
    named: int | None
    if finding.chosen is not None:
        table, rows, column, named = finding.chosen
    elif finding.shape not in _OF_CELLS:
        return None
    else:
        facts = [c.fact for c in finding.deciding]
        tables = {f.table for f in facts}
        if len(tables) != 1 or (number := facts[0].table) is None or any(f.row is None for f in facts):
            return None
        table, rows, column, named = number, tuple(sorted({f.row for f in facts if f.row is not None})), facts[0].column or 0, None
    read = grids.grid(view.table(table), view)
    if read is None or not rows:
        return None
    named = read.named if named is None else named
    names = tuple(dict.fromkeys(f.value for f in read.column(named, rows)))
    before = frame.within.words if frame.within is not None else frozenset[str]()
    said = frozenset(t.stem for t in frame.tokens if not t.function)
    return Within(table, frozenset(rows), column, named, before | said, names)


def named_after(past: Past, said: Said) -> Resolved | None:
    """*What about just A and B?* after a column was told of several rows: that column of the rows that are named."""
    within = past.last.within if past.last is not None else None
    if within is None or len(within.rows) < 2 or not said.about or within.column == within.named:
        return None
    table = past.view.table(within.table)
    read = grids.grid(table, past.view)
    header = table.columns[within.column] if within.column < len(table.columns) else ""
    asked = [key(moves().name_of(part)) for part in english().message.joined.split(said.bare()) if part]
    if read is None or not header or not asked:
        return None
    for column in sorted(range(len(table.columns)), key=lambda c: (c != within.named, c)):
        held = {key(f.value): f.value for f in read.column(column, read.rows())} if column != within.column else {}
        if all(a in held for a in asked):
            names = [held[a] for a in asked]
            return Resolved(f"{header} of {series(names)}", (header,), varied=True, focus=names[0] if len(names) == 1 else None)
    return None


def of_rows(turns: Sequence[Turn], text: str, plain: Resolved, namer: Namer) -> Resolved:
    """A message asked of the rows just told: where it points at them first of all, else where it has no answer by itself."""
    within = turns[-1].within
    if within is None:
        return plain
    compares = scales.compares(text)
    several = compares or english().rows.several.search(text)
    before = turns[-2].within if len(turns) > 1 else None
    if several and len(within.rows) == 1 and before is not None and before.table == within.table and len(before.rows) == 1:
        names = tuple(dict.fromkeys((*before.names, *within.names)))
        within = replace(within, rows=before.rows | within.rows, names=names)  # *and B?*, *which has more?*
    among = Resolved(text, within.names[:3], within=within)
    few = len(within.rows) < 2 and several
    if scales.instead(turns[-1].question, text) is not None:
        return plain  # the same with another bound or extreme is asked of all
    going_on = english().rows.going_on.match(text) is not None and not plain.varied
    going_on |= len(within.rows) == 1 and not plain.kept and _asks_of_one(text, namer)
    others = english().rows.others.search(text) is not None and not plain.varied
    if not few and (compares or english().rows.pointed.search(text) or going_on or others):
        return replace(among, otherwise=plain)
    return replace(plain, otherwise=among) if plain.otherwise is None and (plain.varied or not plain.kept) else plain


def _asks_of_one(text: str, namer: Namer) -> bool:
    """Whether a short message asks something and names nothing it is asked of: of the one row just told it is that row's."""
    found = tokens(text)
    if len(found) > SHORT + 2 or english().rows.of_one.match(text) is None:
        return False
    return not any({"row", "column"} <= t.roles or "name" in t.roles for t in namer.ties(found, namer.repair(found, text), text))
