"""Which wordings of a folder are aliases: decided over all places that say so, for the wordings something has changed about."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from corpus.aliases import Find, Targets, paths_that_lead_to, the_one
from corpus.models import Section
from index import records
from index.numbering import first_id, number_of
from index.records import FIND, SECTION

_ASKED = 500  # parameters of a query


class Changes:
    """Documents put in or taken out, and the wordings found in them."""

    def __init__(self) -> None:
        self.documents: set[str] = set()
        self.keys: set[str] = set()

    def note(self, document: str, finds: Iterable[Find]) -> None:
        """A document with these finds was put in or taken out."""
        self.documents.add(document)
        self.keys.update(records.safe(find.alias.key) for find in finds)


def settle(connection: sqlite3.Connection, changes: Changes, *, all_anew: bool) -> None:
    """Follow the links that may lead elsewhere now, and decide every wording that may stand for something else now."""
    numbers: list[int] = []
    numbers_taken: dict[int, int] = {}
    by_path: dict[str, int] = {}
    for number, path, taken in connection.execute("SELECT id, path, numbers FROM documents ORDER BY id"):
        numbers.append(number)
        numbers_taken[number] = taken
        by_path[path] = number

    def sections_of(document: str) -> Iterator[Section]:
        number = by_path[document]
        ids = first_id(number), first_id(number + numbers_taken[number])
        for row in connection.execute(f"{SECTION} WHERE id >= ? AND id < ? ORDER BY id", ids):
            yield records.make_section(row, document)

    targets = Targets(by_path.keys(), sections_of)
    renamed = []
    for row in _links(connection, changes, by_path, numbers_taken, all_anew=all_anew):
        alias = targets.named(records.make_find(row, 0))
        name = "" if alias is None else records.safe(alias.name)
        if name != row[3]:
            renamed.append((name, row[0]))
            changes.keys.add(row[1])
    connection.executemany("UPDATE finds SET name = ? WHERE id = ?", renamed)
    connection.executemany("DELETE FROM aliases WHERE key = ?", ((key,) for key in changes.keys))
    for key in sorted(changes.keys):
        rows = connection.execute(f"{FIND} WHERE key = ? AND name <> '' ORDER BY id", (key,)).fetchall()
        found = [records.make_find(row, first_id(number_of(numbers, row[0]))).alias for row in rows]
        chosen = the_one(found)
        if chosen is not None:
            connection.execute("INSERT INTO aliases VALUES (?,?,?,?,?,?)", records.alias_row(chosen))


def _links(
    connection: sqlite3.Connection, changes: Changes, by_path: dict[str, int], taken: dict[int, int], *, all_anew: bool
) -> list[records.Row]:
    """The links that may lead elsewhere: those in documents put in, and those to any that was put in or taken out."""
    if all_anew:
        return connection.execute(f"{FIND} WHERE path IS NOT NULL ORDER BY id").fetchall()
    found: dict[int, records.Row] = {}
    for document in sorted(changes.documents & by_path.keys()):
        ids = first_id(by_path[document]), first_id(by_path[document] + taken[by_path[document]])
        rows = connection.execute(f"{FIND} WHERE id >= ? AND id < ? AND path IS NOT NULL", ids)
        found.update((row[0], row) for row in rows)
    paths = sorted({path for document in changes.documents for path in paths_that_lead_to(document)})
    for start in range(0, len(paths), _ASKED):
        part = paths[start : start + _ASKED]
        rows = connection.execute(f"{FIND} WHERE path IN ({','.join('?' * len(part))})", part)
        found.update((row[0], row) for row in rows)
    return [found[place] for place in sorted(found)]
