"""A sign of life while an answer takes longer than a blink. Nothing is shown of what is quick.

Until there is an answer the terminal does not repeat what is typed ahead: it would stand in the answer. It is kept for the next prompt.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, TextIO

PATIENCE = 0.3  # seconds; below it a sign would only flicker
LOOKING = "Looking it up"  # what is being done, where nothing else is known
_TURN = 0.1  # seconds between two pictures
_PICTURES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"


class Waiting:
    """Shows, from a thread of its own, that something is being done; leaves the line empty.

    Args:
        stream: a terminal; None shows nothing.
        words: what is being done, asked again for every picture.
        patience: seconds before anything is shown.
    """

    def __init__(self, stream: TextIO | None, words: Callable[[], str], *, patience: float = PATIENCE) -> None:
        self._stream, self._words, self._patience = stream, words, patience
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="waiting", daemon=True)
        self._echo: list[Any] | None = None  # how the terminal was before it was told to be quiet

    def _run(self) -> None:
        if self._stream is None or self._ended.wait(self._patience):
            return
        turn = 0
        while True:
            self._stream.write(f"\r\x1b[K{_PICTURES[turn % len(_PICTURES)]} {self._words()} …")
            self._stream.flush()
            turn += 1
            if self._ended.wait(_TURN):
                self._stream.write("\r\x1b[K")
                self._stream.flush()
                return

    def __enter__(self) -> Waiting:
        if self._stream is not None:
            self._echo = _echo_off()
            self._thread.start()
        return self

    def end(self) -> None:
        """Take the sign away; a second call changes nothing."""
        self._ended.set()
        if self._stream is not None:
            self._thread.join()
            _echo_as(self._echo)
            self._echo = None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.end()


def _echo_off() -> list[Any] | None:
    """Stop the terminal of standard input from repeating what is typed; how it was before, None where there is none."""
    try:
        import termios
    except ImportError:  # a system whose terminals are of another kind
        return None
    if not sys.stdin.isatty():
        return None
    before = termios.tcgetattr(sys.stdin.fileno())
    quiet = list(before)
    quiet[3] &= ~termios.ECHO
    termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, quiet)
    return before


def _echo_as(before: list[Any] | None) -> None:
    if before is not None:
        import termios

        termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, before)
