"""Numbers of documents, and the ids of what is in them.

The records of a document have ids of their own: its number, shifted, and their place inside it. Numbers ascend in the order of the
paths, so ids are in the order of the files, and leave room between them, so that a new file finds a number between its neighbours and
no id of another document changes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

SHIFT = 20  # bits of a place inside a document: a million records of each kind; a larger document takes several numbers
ROOM = 64  # from one document to the next where all are numbered anew
FIRST = ROOM  # there is room before the first as well


def first_id(number: int) -> int:
    """The id of the first record of a document."""
    return number << SHIFT


def numbers_for(records: int) -> int:
    """How many numbers a document takes that has so many records of one kind."""
    return max(1, -(-records >> SHIFT))


def number_after(number: int, taken: int) -> int:
    """The number of the next document where all are numbered anew."""
    return number + taken - 1 + ROOM


def number_of(numbers: Sequence[int], record: int) -> int:
    """The number, of these ascending ones, of the document that a record of that id is in.

    Raises:
        KeyError: no document can have such an id.
    """
    at = bisect_right(numbers, record >> SHIFT) - 1
    if at < 0:
        raise KeyError(f"no record {record}")
    return numbers[at]


def between(before: int, after: int | None, count: int) -> list[int] | None:
    """Numbers for so many new documents after the number `before` and below `after`, spread evenly; None where there is no room.

    Args:
        before: the last number taken in front of them; 0 where they come first.
        after: the number of the next document; None where they come last.
    """
    step = ROOM if after is None else (after - before) // (count + 1)
    return [before + step * (place + 1) for place in range(count)] if step > 0 else None
