"""How much one client may ask, and how long one question may take.

The server is for one machine, so the limits are far above what people and programs on it reach: they keep a program that
runs wild, or a question that takes for ever, from taking the server with it. Knows nothing of HTTP or Gradio.
"""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from anyio import CapacityLimiter, fail_after, to_thread

from corpus.errors import KbError

T = TypeVar("T")
GivenUp = Callable[[], bool]  # whether nobody waits any more

WORKERS = 16  # questions answered at the same time
CLIENTS = 1000  # whose budgets are known; of more, those that asked longest ago begin anew


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be set."""

    seconds: float = 10.0  # for one question; 0: as long as it takes
    per_second: float = 200.0  # questions of one client, in the long run; 0: as many as there are
    at_once: int = 1000  # questions of one client before that counts


class TookTooLong(KbError):
    """A question was not answered in time."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"There was no answer within {seconds:g} seconds, so the question was given up. Ask again in a moment: files may just be read "
            f"again. If it stays so, ask in fewer words, or in one folder; WHICHOPS_UI_QUESTION_SECONDS sets the time."
        )


class TooMany(KbError):
    """A client asks more than it may."""

    def __init__(self, wait: float) -> None:
        self.wait = max(1, round(wait + 0.5))  # whole seconds, as HTTP says it
        super().__init__(f"Too many questions at once. Wait {self.wait} {'second' if self.wait == 1 else 'seconds'}, then ask again.")


class Budget:
    """What each client may still ask: a bucket that fills at an even rate.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._most, self._clock = limits.per_second, float(limits.at_once), clock
        self._known: OrderedDict[str, tuple[float, float]] = OrderedDict()  # client -> (questions left, at what time)
        self._lock = threading.Lock()

    def spend(self, client: str, questions: int = 1) -> None:
        """Take questions from a client's budget. A chat that is longer than the whole budget needs a full one.

        Raises:
            TooMany: there is not so much left; nothing is taken.
        """
        if self._rate <= 0:
            return
        with self._lock:
            now = self._clock()
            left, before = self._known.pop(client, (self._most, now))
            left = min(self._most, left + (now - before) * self._rate)
            wanted = min(float(questions), self._most)
            self._known[client] = (left - wanted if left >= wanted else left, now)
            while len(self._known) > CLIENTS:
                self._known.popitem(last=False)
        if left < wanted:
            raise TooMany((wanted - left) / self._rate)


class Asking:
    """Runs questions in threads of their own, a few at a time, each for so long.

    A thread cannot be ended from outside: one that takes too long is left to itself, still counted among the few, and what it
    brings is dropped. So questions that take for ever can hold up other questions, which are then told, but nothing else.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.budget = Budget(limits)
        self._few: CapacityLimiter | None = None
        self._every: CapacityLimiter | None = None

    async def run(self, work: Callable[[GivenUp], T], questions: int = 1) -> T:
        """What `work` returns, in a thread.

        Args:
            work: is told how to learn that nobody waits for it any more.
            questions: how many it asks; each has its time.
        Raises:
            TookTooLong: it was not done in time, or did not even begin.
        """
        if self._few is None:
            self._few = CapacityLimiter(WORKERS)
        few, loop, turn = self._few, asyncio.get_running_loop(), object()
        seconds = self.limits.seconds * max(1, questions)
        begun, over = threading.Event(), threading.Event()

        def free() -> None:
            with suppress(RuntimeError):  # it is free already
                few.release_on_behalf_of(turn)

        def in_thread() -> T:
            begun.set()  # from here on the thread gives its place back itself: one that is given up keeps it until it ends
            try:
                return work(over.is_set)
            finally:
                with suppress(RuntimeError):  # the server has ended meanwhile
                    loop.call_soon_threadsafe(free)

        try:
            with fail_after(seconds or None):
                await few.acquire_on_behalf_of(turn)
                return await to_thread.run_sync(in_thread, limiter=self._threads(), abandon_on_cancel=True)
        except TimeoutError as error:
            raise TookTooLong(seconds) from error
        finally:
            over.set()
            if not begun.is_set():
                free()

    def _threads(self) -> CapacityLimiter:
        """No limit of its own: the places are counted above."""
        if self._every is None:
            self._every = CapacityLimiter(math.inf)
        return self._every
