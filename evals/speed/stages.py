"""Where the time of an answer goes: understand, encode, search, compose, verify.

Functions of the assistant are wrapped while questions are asked, and time is given to the stage entered last (an encoder that is run
while a question is understood is time of the encoder). What is under no wrapped function is `compose`: judging, wording, suggestions.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant import Assistant

STAGES = ("understand", "encode", "search", "compose", "verify")


class Stopwatch:
    """Milliseconds by stage; what is inside another stage counts once, where it happened."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        """`clock`: seconds, rising."""
        self._clock = clock
        self._entered: list[str] = []
        self._since = 0.0
        self.spent: dict[str, float] = dict.fromkeys(STAGES, 0.0)

    def enter(self, stage: str) -> None:
        """Time counts for `stage` from now on."""
        self._book()
        self._entered.append(stage)

    def leave(self) -> None:
        """Time counts again for what was entered before."""
        self._book()
        self._entered.pop()

    def _book(self) -> None:
        now = self._clock()
        if self._entered:
            self.spent[self._entered[-1]] += (now - self._since) * 1000
        self._since = now

    def wrapped(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, its time booked under `stage`."""

        def timed(*args: Any, **kwargs: Any) -> Any:
            self.enter(stage)
            try:
                return function(*args, **kwargs)
            finally:
                self.leave()

        return timed

    def taken(self) -> dict[str, float]:
        """What was spent since the last call."""
        spent, self.spent = self.spent, dict.fromkeys(STAGES, 0.0)
        return spent


@contextmanager
def watching(assistant: Assistant, watch: Stopwatch) -> Iterator[None]:
    """Book the stages of every question that is asked inside.

    Raises:
        AttributeError: the assistant has no longer a function that is wrapped here.
    """
    from assistant import asking, certificate

    state = assistant._state  # the seams are inside on purpose: an answer says nothing of them
    retriever, gatherer = state.retriever, state.gatherer
    places: list[tuple[Any, str, str]] = [
        *((asking, name, "understand") for name in ("repaired", "understand")),
        *((retriever, name, "encode") for name in ("encode", "encode_fixed", "read")),
        *((retriever, name, "search") for name in ("search_dense", "search_words", "similarity", "nearness")),
        (gatherer, "gather", "search"),
        *((certificate, name, "verify") for name in ("make", "check")),
    ]
    before = [(owner, name, vars(owner).get(name), getattr(owner, name)) for owner, name, _ in places]
    for (owner, name, stage), (*_, function) in zip(places, before, strict=True):
        setattr(owner, name, watch.wrapped(stage, function))
    try:
        yield
    finally:
        for owner, name, own, _ in before:
            if own is None:
                delattr(owner, name)  # it was the class's
            else:
                setattr(owner, name, own)
