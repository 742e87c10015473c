"""Open an assistant in a thread of its own, while a prompt or a page already stands; and what front ends need of one.

Knows nothing of terminals, HTTP or Gradio, and imports nothing heavy: the prompt waits for it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from assistant.models import Answer, Trace, WhyNot
    from assistant.ranking import Ranking

Progress = Callable[[str, int, int], None]  # (stage in words, done, total)
Tell = Callable[[str], object]  # one line that the user has to know
State = Literal["opening", "ready", "failed"]


class Entry(Protocol):
    """One heading of a document's outline."""

    @property
    def level(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def line(self) -> int: ...


class Summary(Protocol):
    """What is indexed, in counts, with questions that are known to answer."""

    @property
    def title(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def folder(self) -> str: ...
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


class Answering(Protocol):
    """What every front end needs of an assistant (`assistant.Assistant` has it).

    A `scope` has folders or documents, named as citations name them; empty is everything. A name that is not there is a `UsageError`.
    """

    @property
    def kb(self) -> Path: ...
    def ask(self, question: str, conversation: Any = None, *, id: str = "1", scope: Sequence[str] = ()) -> Answer: ...
    def explain(self, question: str, conversation: Any = None, *, id: str = "1", scope: Sequence[str] = ()) -> tuple[Answer, Trace]: ...
    def why_not(self, question: str, section: str, conversation: Any = None, *, scope: Sequence[str] = ()) -> WhyNot: ...
    def rank(self, question: str, conversation: Any = None, *, k: int = 10, scope: Sequence[str] = ()) -> Ranking: ...
    def scope(self, names: Sequence[str]) -> tuple[str, ...]: ...
    def folders(self) -> tuple[str, ...]: ...
    def summary(self, scope: Sequence[str] = ()) -> Summary: ...
    def changed(self) -> bool: ...
    def refresh(self) -> bool: ...
    def documents(self) -> tuple[str, ...]: ...
    def document(self, path: str) -> str: ...
    def outline(self, path: str) -> tuple[Entry, ...]: ...
    def names_like(self, text: str, most: int = 20, *, scope: Sequence[str] = ()) -> tuple[str, ...]: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Stage:
    """How far opening has come. `total` 0: not known."""

    words: str
    done: int
    total: int

    @property
    def sentence(self) -> str:
        """The stage as a page shows it."""
        return f"{self.words} ({self.done:,} of {self.total:,})" if self.total > 0 else self.words

    @property
    def counted(self) -> str:
        """The stage as a line that is rewritten shows it."""
        return f"{self.words}: {self.done:,} of {self.total:,}" if self.total > 0 else self.words


STARTING = Stage("Starting", 0, 0)


def log_unforeseen(error: Exception) -> None:
    """Log with its place what nobody foresaw; what the user can mend is told in words by whoever wanted the assistant."""
    from corpus.errors import KbError

    if not isinstance(error, KbError):
        import logging

        logging.getLogger(__name__).error("The knowledge base could not be opened", exc_info=error)


class Opening:
    """An assistant that is being opened, is ready, or could not be opened; `assistant` is None until `state` is "ready".

    Args:
        open_assistant: opens it; called once, in the thread, with what takes its progress.
        new_conversation: makes the state of a fresh conversation (default: the assistant's own).
        on_failure: told, in the thread, what it could not be opened with.
    """

    def __init__(
        self,
        open_assistant: Callable[[Progress], Answering],
        *,
        new_conversation: Callable[[], Any] | None = None,
        on_failure: Callable[[Exception], object] = lambda _error: None,
    ) -> None:
        self._open, self._new_conversation, self._on_failure = open_assistant, new_conversation, on_failure
        self._done = threading.Event()
        self._begun = self._closed = False
        self._lock = threading.Lock()
        self.assistant: Answering | None = None
        self.error: Exception | None = None
        self.stage = STARTING
        self.seconds = 0.0  # how long opening took

    @classmethod
    def ready(cls, assistant: Answering, *, new_conversation: Callable[[], Any] | None = None) -> Opening:
        """One that is open already."""
        opening = cls(lambda _progress: assistant, new_conversation=new_conversation)
        opening._run()
        return opening

    @property
    def state(self) -> State:
        """Where it stands."""
        if not self._done.is_set():
            return "opening"
        return "failed" if self.error is not None else "ready"

    @property
    def kb(self) -> str:
        """Stands for the folder that is asked, where a browser keeps chats by it: twelve hexadecimal digits, "" until it is open."""
        if self.assistant is None:
            return ""
        import hashlib

        summary = self.assistant.summary()
        return hashlib.sha256(f"{summary.title}\0{summary.folder}".encode("utf-8", "replace")).hexdigest()[:12]

    @property
    def message(self) -> str:
        """Why it failed, in words for the user; "" if it did not."""
        from corpus.errors import KbError

        if self.error is None:
            return ""
        if isinstance(self.error, KbError):
            return str(self.error)
        return f"The knowledge base could not be opened ({type(self.error).__name__}). The terminal has the details."

    def start(self) -> None:
        """Begin to open, in the background; a second call changes nothing."""
        with self._lock:
            begun, self._begun = self._begun, True
        if not begun:
            threading.Thread(target=self._run, name="open-assistant", daemon=True).start()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end of opening, good or bad; False if the time ran out first."""
        return self._done.wait(seconds)

    def opened(self) -> Answering:
        """The assistant, once it is open. An interrupt ends the waiting, not the opening.

        Raises:
            Exception: what it failed with.
        """
        self.start()
        while not self._done.wait(0.1):  # in short turns, or an interrupt would have to wait as well
            pass
        if self.error is not None:
            raise self.error
        assert self.assistant is not None  # noqa: S101  the thread ended without an error
        return self.assistant

    def conversation(self) -> Any:
        """A fresh conversation; what is inside is the assistant's own."""
        if self._new_conversation is not None:
            return self._new_conversation()
        from assistant import Conversation

        return Conversation()

    def close(self) -> None:
        """Let go of the assistant, now or as soon as it is open."""
        with self._lock:
            self._closed = True
            assistant = self.assistant
        if assistant is not None:
            assistant.close()

    def _progress(self, words: str, done: int, total: int) -> None:
        self.stage = Stage(words, done, total)

    def _run(self) -> None:
        started = time.perf_counter()
        try:
            assistant = self._open(self._progress)
        except Exception as error:  # noqa: BLE001 (the edge of a thread: whoever wants the assistant is told)
            self.error = error
        else:
            with self._lock:
                self.assistant = assistant
                closed = self._closed
            if closed:
                assistant.close()
        self.seconds = time.perf_counter() - started
        self._done.set()
        if self.error is not None:
            self._on_failure(self.error)
