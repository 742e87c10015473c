"""What an answer claims of the order, the amounts or the words of cells, in a line that can be proved from the cells again. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal, get_args

from assistant.language import language
from assistant.numbers.columns import column, converted
from assistant.numbers.models import RELATIONS, Direction, Edge, Quantity, Relation
from assistant.numbers.ordering import holds, leading, ordered, same, undecided
from assistant.numbers.reading import asked_for
from corpus.words import stems

Telling = Literal["head", "place", "before"]
TELLINGS: tuple[Telling, ...] = get_args(Telling)
SHOWN = 12  # cells an answer lists before the rest is counted
_CLAIM_WORDS = re.compile(r"said '([^']*)', first (\d+) of \d+")
_CLAIM_ORDER = re.compile(r"(descending|ascending), (head|place|before) (\d+) of (\d+): ")
_CLAIM_RANGE = re.compile(r"(\w+) '([^']*)' = [^:]*, first (\d+) of \d+: ")


def shown(q: Quantity) -> str:
    """A quantity in base units, exactly, as a claim writes it."""
    if q.low == q.high:
        return _edge(q.low)
    return f"{'(' if q.loose_low else '['}{_edge(q.low)},{_edge(q.high)}{')' if q.loose_high else ']'}{'max' if q.most else ''}"


def _edge(edge: Edge) -> str:
    return str(edge) if isinstance(edge, Fraction) else ("inf" if edge > 0 else "-inf")


def order_claim(header: str, cells: Sequence[str], direction: Direction, first: int, told: Telling = "head") -> str | None:
    """The claim that cells stand in an order and that so many of them lead; None when it is not true of them.

    The first so many lead: all of them come before the rest, and none of the rest ranks alike.

    Args:
        told: what the answer tells of it: the head, the last of the head alone, or the head and what comes right after it.
    """
    read_ = column(header, cells)
    if read_ is None or len(read_.known) != len(cells) or not 1 <= first <= len(cells):
        return None
    values = [v for v in read_.values if v is not None]
    if undecided(values):
        return None
    if ordered(values, direction) != list(range(len(values))) and not _in_order(values, direction):
        return None
    if leading(values, list(range(len(values))), direction, first) != first:
        return None
    parts = [shown(values[0])]
    for a, b in itertools.pairwise(values):
        sign = "=" if same(a, b, direction) else (">" if direction == "descending" else "<")
        parts += [sign, shown(b)]
    return f"{direction}, {told} {first} of {len(cells)}: {' '.join(parts)} {read_.dimension or 'number'}".strip()


def _in_order(values: Sequence[Quantity], direction: Direction) -> bool:
    order = ordered(list(values), direction)
    return all(i == j or same(values[i], values[j], direction) for i, j in enumerate(order))


def range_claim(header: str, cells: Sequence[str], relation: Relation, asked: str, first: int) -> str | None:
    """The claim that the first so many cells, and none of the rest, stand in a relation to a quantity of the question.

    Args:
        relation: `serves` leaves it to the sense of the header.
        asked: the quantity as the question words it, without the words of its bound.
    Returns:
        The claim in words; None when it is not true of the cells.
    """
    read_ = column(header, cells)
    found = asked_for(asked)
    if read_ is None or found is None or len(read_.known) != len(cells):
        return None
    wanted = converted(found.readings, read_)
    if wanted is None:
        return None
    values = [v for v in read_.values if v is not None]
    verdicts = [holds(v, relation, wanted, read_.sense) for v in values]
    if verdicts != [True] * first + [False] * (len(values) - first):
        return None
    told = "; ".join(f"{shown(v)} {'yes' if verdict else 'no'}" for v, verdict in zip(values, verdicts, strict=True))
    return f"{relation} {asked!r} = {shown(wanted)}, first {first} of {len(cells)}: {told} {read_.dimension or 'number'}".strip()


def words_claim(header: str, cells: Sequence[str], asked: str, first: int) -> str | None:
    """The claim that the first so many cells, and none of the rest, say some words of the question, or say yes under a header that does.

    Returns:
        The claim in words; None when it is not true of the cells.
    """
    wanted = frozenset(stems(asked))  # a run of the question's words
    if not wanted or "'" in asked or [says(header, c, wanted) for c in cells] != [True] * first + [False] * (len(cells) - first):
        return None
    return f"said '{asked}', first {first} of {len(cells)}"


def says(header: str, cell: str, wanted: frozenset[str]) -> bool:
    """Whether a cell says the words, its header helping, or says yes where its header says all of them."""
    over, held = frozenset(stems(header)), frozenset(stems(cell))
    return bool(wanted & held and wanted <= held | over) or (wanted <= over and language().polarity(cell) is True)


def claim_holds(claim: str, header: str, cells: Sequence[str]) -> bool:
    """Whether a claim written by `order_claim`, `range_claim` or `words_claim` is what the cells say today."""
    if (match := _CLAIM_ORDER.match(claim)) is not None:
        direction: Direction = "descending" if match[1] == "descending" else "ascending"
        told = next(t for t in TELLINGS if t == match[2])
        return order_claim(header, cells, direction, int(match[3]), told) == claim
    if (match := _CLAIM_RANGE.match(claim)) is not None and match[1] in RELATIONS:
        return range_claim(header, cells, RELATIONS[match[1]], match[2], int(match[3])) == claim
    if (match := _CLAIM_WORDS.fullmatch(claim)) is not None:
        return words_claim(header, cells, match[1], int(match[2])) == claim
    return False


def claimed_words(claim: str) -> str | None:
    """The words of the question a claim is about; None for an order."""
    match, said = _CLAIM_RANGE.match(claim), _CLAIM_WORDS.match(claim)
    return match[2] if match else said[1] if said else None


def claimed_places(claim: str, cited: Sequence[int]) -> bool:
    """Whether the cells cited (places in the claim, rising) are those that an answer with this claim may tell.

    Of a long head only the beginning may be told, of what meets a condition any.
    """
    if (order := _CLAIM_ORDER.match(claim)) is not None:
        told, first, size = order[2], int(order[3]), int(order[4])
        head = [i for i in cited if i < first]
        if told == "place":
            return list(cited) == [first - 1]
        if head != list(range(len(head))) or (len(head) < first and len(head) < SHOWN):
            return False
        return list(cited[len(head) :]) == ([first] if told == "before" and first < size else [])
    found = _CLAIM_RANGE.match(claim) or _CLAIM_WORDS.match(claim)
    first = int(found[3] if found.re is _CLAIM_RANGE else found[2]) if found else 0
    return bool(cited) and cited[-1] < max(1, first)
