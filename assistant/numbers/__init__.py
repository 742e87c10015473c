"""What quantity a table cell or a few words of a question state, and how quantities compare. Pure.

Exact throughout (fractions, never floats), so that an order claimed today is the order recomputed tomorrow. Units of
one dimension compare; two currencies, or a number of seats and a number of doors, do not. Units and wording are data:
`answers/numbers.toml`. From the text to the answer: `amounts`, `reading`, `columns`, `ordering`, `claims`.
"""

from assistant.numbers.claims import (
    SHOWN,
    Telling,
    claim_holds,
    claimed_places,
    claimed_words,
    order_claim,
    range_claim,
    says,
    words_claim,
)
from assistant.numbers.columns import Column, column, converted, sense
from assistant.numbers.models import ANY, INFINITE, Direction, Edge, Found, Quantity, Relation
from assistant.numbers.ordering import holds, leading, ordered, same, satisfies, serves, undecided
from assistant.numbers.reading import asked_for, at, inner, is_ordinal, missing, read
from assistant.numbers.units import reader

__all__ = [
    "ANY",
    "INFINITE",
    "SHOWN",
    "Column",
    "Direction",
    "Edge",
    "Found",
    "Quantity",
    "Relation",
    "Telling",
    "asked_for",
    "at",
    "claim_holds",
    "claimed_places",
    "claimed_words",
    "column",
    "converted",
    "holds",
    "inner",
    "is_ordinal",
    "leading",
    "missing",
    "order_claim",
    "ordered",
    "range_claim",
    "read",
    "reader",
    "same",
    "satisfies",
    "says",
    "sense",
    "serves",
    "undecided",
    "words_claim",
]
