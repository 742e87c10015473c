"""Talks by the name a program gave them, for front ends that are called rather than sat before."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")

MAX_CONVERSATIONS = 500
CONVERSATION_SECONDS = 3600.0  # since it was last used


@dataclass
class Talk:
    """A conversation, and the lock that keeps its turns apart."""

    conversation: Any
    lock: threading.Lock = field(default_factory=threading.Lock)
    used: float = 0.0

    def turn(self, ask: Callable[[Any], T], given_up: Callable[[], bool] = lambda: False) -> T:
        """One turn after the other: what `ask` makes of the conversation. A turn nobody waits for any more was not said."""
        with self.lock:
            conversation = self.conversation.copy()
            found = ask(conversation)
            if not given_up():
                self.conversation = conversation
            return found


class Conversations:
    """Talks by the name a program gave them: bounded in number and age, each with one turn at a time."""

    def __init__(self, new_conversation: Callable[[], Any]) -> None:
        self._new = new_conversation
        self._talks: OrderedDict[str, Talk] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: str) -> Talk:
        """The talk of that name, begun if need be."""
        now = time.monotonic()
        with self._lock:
            talk = self._talks.get(name)
            if talk is None or now - talk.used > CONVERSATION_SECONDS:
                talk = self._talks[name] = Talk(self._new())
            talk.used = now
            self._talks.move_to_end(name)
            while len(self._talks) > MAX_CONVERSATIONS:
                self._talks.popitem(last=False)
        return talk
