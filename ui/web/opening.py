"""Open the assistant beside the page, so that the page can be looked at while an index is built.

Holds the one assistant of a server with the state it is in. Knows nothing of HTTP or Gradio.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from corpus.errors import KbError

if TYPE_CHECKING:
    from assistant.models import Answer, Trace

log = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]  # (stage in words, done, total)
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
    """What the page needs of an assistant (`assistant.Assistant` has it)."""

    def ask(self, question: str, conversation: Any = None, *, id: str = "1") -> Answer: ...
    def explain(self, question: str, conversation: Any = None, *, id: str = "1") -> tuple[Answer, Trace]: ...
    def changed(self) -> bool: ...
    def refresh(self) -> bool: ...
    def summary(self) -> Summary: ...
    def documents(self) -> tuple[str, ...]: ...
    def document(self, path: str) -> str: ...
    def outline(self, path: str) -> tuple[Entry, ...]: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Stage:
    """How far opening has come. `total` 0: not known."""

    words: str
    done: int
    total: int

    @property
    def sentence(self) -> str:
        """The stage as the page shows it."""
        if self.total <= 0:
            return self.words
        return f"{self.words} ({self.done:,} of {self.total:,})"


class Opening:
    """An assistant that is being opened, is ready, or could not be opened.

    `start` runs `open_assistant` in a thread of its own; `assistant` is None until `state` is "ready".
    """

    def __init__(self, open_assistant: Callable[[Progress], Answering], *, new_conversation: Callable[[], Any] | None = None) -> None:
        self._open = open_assistant
        self._new_conversation = new_conversation
        self._done = threading.Event()
        self._closed = False
        self._lock = threading.Lock()
        self.assistant: Answering | None = None
        self.error: Exception | None = None
        self.stage = Stage("Starting", 0, 0)
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
        summary = self.assistant.summary()
        return hashlib.sha256(f"{summary.title}\0{summary.folder}".encode("utf-8", "replace")).hexdigest()[:12]

    @property
    def message(self) -> str:
        """Why it failed, in words for the user; "" if it did not."""
        if self.error is None:
            return ""
        if isinstance(self.error, KbError):
            return str(self.error)
        return f"The knowledge base could not be opened ({type(self.error).__name__}). The terminal has the details."

    def start(self) -> None:
        """Begin to open, in the background."""
        threading.Thread(target=self._run, name="open-assistant", daemon=True).start()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end of opening, good or bad; False if the time ran out first."""
        return self._done.wait(seconds)

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
        except KbError as error:
            self.error = error
        except Exception as error:  # the edge of a thread: it is shown, and ends the server
            log.exception("The knowledge base could not be opened")
            self.error = error
        else:
            with self._lock:
                self.assistant = assistant
                closed = self._closed
            if closed:
                assistant.close()
        self.seconds = time.perf_counter() - started
        self._done.set()
