"""An assistant that is opened in a thread of its own, while the prompt already stands."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from assistant.models import Answer, Trace, WhyNot

Progress = Callable[[str, int, int], None]  # (stage in words, done, total)
Tell = Callable[[str], object]  # one line that the user has to know
Open = Callable[[Progress, Tell], "Chatting"]


class Entry(Protocol):
    """One heading of a document."""

    @property
    def level(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def line(self) -> int: ...


class Summary(Protocol):
    """What is indexed."""

    @property
    def title(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def documents(self) -> int: ...
    @property
    def sections(self) -> int: ...
    @property
    def tables(self) -> int: ...
    @property
    def facts(self) -> int: ...
    @property
    def skipped(self) -> tuple[str, ...]: ...
    @property
    def examples(self) -> tuple[str, ...]: ...
    @property
    def generation(self) -> str: ...
    @property
    def kb_sha256(self) -> str: ...


class Chatting(Protocol):
    """What a conversation needs of an assistant (`assistant.Assistant` has it)."""

    @property
    def kb(self) -> Path: ...
    def explain(self, question: str, conversation: Any = None, *, id: str = "1") -> tuple[Answer, Trace]: ...
    def why_not(self, question: str, section: str, conversation: Any = None) -> WhyNot: ...
    def summary(self) -> Summary: ...
    def refresh(self) -> bool: ...
    def documents(self) -> tuple[str, ...]: ...
    def document(self, path: str) -> str: ...
    def outline(self, path: str) -> tuple[Entry, ...]: ...
    def names_like(self, text: str, most: int = 20) -> tuple[str, ...]: ...
    def close(self) -> None: ...


class Opening:
    """One assistant, from the moment it is begun to be opened.

    Args:
        open_assistant: opens it; called once, in the thread, with what takes its progress and what it has to tell.
        on_failure: told, in the thread, that it could not be opened; `error` says why.
    """

    def __init__(self, open_assistant: Open, on_failure: Callable[[], object] = lambda: None) -> None:
        self._open = open_assistant
        self._on_failure = on_failure
        self._thread = threading.Thread(target=self._run, name="open-assistant", daemon=True)
        self._begun = False
        self.ready: Chatting | None = None  # once it is open
        self.error: Exception | None = None
        self.stage = ""  # what is being done, in words
        self.told: list[str] = []  # kept until somebody can show it: a thread must not write into a line that is being typed

    def begin(self) -> None:
        """Start to open it; a second call changes nothing."""
        if not self._begun:
            self._begun = True
            self._thread.start()

    def _run(self) -> None:
        try:
            self.ready = self._open(self._progress, self.told.append)
        except Exception as error:  # noqa: BLE001  raised again where the assistant is wanted
            self.error = error
            self._on_failure()

    def _progress(self, stage: str, done: int, total: int) -> None:
        self.stage = f"{stage}: {done:,} of {total:,}" if total > 0 else stage

    def wait(self) -> Chatting:
        """The assistant, once it is open. An interrupt ends the waiting, not the opening.

        Raises:
            Exception: what it failed with.
        """
        self.begin()
        while self._thread.is_alive():
            self._thread.join(0.1)  # in short turns, or an interrupt would have to wait as well
        if self.error is not None:
            raise self.error
        assert self.ready is not None  # noqa: S101  the thread ended without an error
        return self.ready

    def close(self) -> None:
        """Close the assistant if it is open; one still being opened is left to the end of the process."""
        if self.ready is not None:
            self.ready.close()
