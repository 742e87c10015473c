"""Conversations that lie run together, cut into turns."""

from __future__ import annotations

import pytest

from evals.bench.talks import needs_context, turns_before


@pytest.mark.parametrize(
    ("joined", "last", "others", "before"),
    [
        ("Who keeps it? Is he paid? Where is he?", "Where is he?", [], ("Who keeps it?", "Is he paid?")),
        ("who keeps it is he paid", "is he paid", [], ("who keeps it",)),
        ("who keeps it is he paid why", "why", ["who keeps it"], ("who keeps it", "is he paid")),
        ("Who keeps it?", "Who keeps it?", ["Who keeps it?"], ()),
        ("Who  keeps\nit? Why?", "Why?", [], ("Who keeps it?",)),
        ("Something else", "Why?", [], ()),
    ],
    ids=["sentences", "no signs", "cut where an earlier turn ends", "first turn", "blanks", "not its end"],
)
def test_turns_before_the_last(joined: str, last: str, others: list[str], before: tuple[str, ...]) -> None:
    assert turns_before(joined, last, others) == before


def test_only_words_make_a_rewrite() -> None:
    assert not needs_context("who keeps it", "Who keeps it?")
    assert needs_context("who keeps it", "Who keeps the light?")
