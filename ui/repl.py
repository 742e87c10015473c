"""A conversation in the terminal: a plain loop over `input()`, with a few commands that begin with a slash.

The assistant is opened in the background while the prompt already stands. Input that is piped in is answered line by line, without
prompts. Answers go to standard output, everything else to standard error.
"""

from __future__ import annotations

import contextlib
import difflib
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import IO, Any, Protocol

from assistant.models import Answer, Trace, WhyNot
from corpus.errors import KbError, UsageError
from ui.batch import as_line, without_surrogates
from ui.explaining import explanation, why_not_text
from ui.render import Style, answer_text, clean, full_sources

Progress = Callable[[str, int, int], None]  # (stage in words, done, total)

PROMPT = "> "
COMMANDS = {
    "/help": "this list",
    "/why": "how the last answer was come by",
    "/whynot SECTION": "why a section did not answer (its number, heading or a part of it)",
    "/sources": "what the last answer rests on, word for word",
    "/json": "the last answer as one JSON object",
    "/new": "forget what was said and begin anew",
    "/quit": "leave (also Ctrl-D)",
}


_NAMES = [command.split()[0] for command in COMMANDS]


class Chatting(Protocol):
    """What a conversation needs of an assistant (`assistant.Assistant` has it)."""

    def explain(self, question: str, conversation: Any = None, *, id: str = "1") -> tuple[Answer, Trace]: ...
    def why_not(self, question: str, section: str, conversation: Any = None) -> WhyNot: ...
    def close(self) -> None: ...


class Opening:
    """An assistant that is being opened in a thread of its own."""

    def __init__(self, open_assistant: Callable[[Progress], Chatting], on_failure: Callable[[], object]) -> None:
        self._open = open_assistant
        self._on_failure = on_failure
        self._assistant: Chatting | None = None
        self.error: Exception | None = None
        self.stage = ""
        self._thread = threading.Thread(target=self._run, name="open-assistant", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._assistant = self._open(self._progress)
        except Exception as error:  # noqa: BLE001  raised again where the assistant is wanted
            self.error = error
            self._on_failure()

    def _progress(self, stage: str, done: int, total: int) -> None:
        self.stage = f"{stage}: {done:,} of {total:,}" if total > 0 else stage

    def wait(self, show: Callable[[str], object]) -> Chatting:
        """The assistant, once it is open; `show` is given each new stage while it is waited for.

        Raises:
            KbError: it could not be opened.
        """
        shown = ""
        while self._thread.is_alive():
            self._thread.join(0.25)
            if self._thread.is_alive() and self.stage != shown:
                shown = self.stage
                show(shown)
        if self.error is not None:
            raise self.error
        assert self._assistant is not None  # noqa: S101  the thread ended without an error
        return self._assistant

    def close(self) -> None:
        """Close the assistant if it is open; one still being opened is left to the end of the process."""
        if not self._thread.is_alive() and self._assistant is not None:
            self._assistant.close()


class Chat:
    """One conversation: the state between two lines of input."""

    def __init__(
        self,
        assistant: Callable[[], Chatting],
        new_conversation: Callable[[], Any],
        *,
        out: IO[str],
        notes: IO[str],
        style: Style,
    ) -> None:
        self._assistant = assistant
        self._new_conversation = new_conversation
        self._conversation: Any = None
        self._out, self._notes, self._style = out, notes, style
        self._last: tuple[Answer, Trace] | None = None
        self._before: Any = None  # the conversation as it was when the last question was asked
        self._asked = 0

    def handle(self, line: str) -> bool:
        """Answer one line or do what it commands; False when the conversation is to end.

        Raises:
            KbError: there is no assistant to ask.
        """
        text = without_surrogates(line).strip()
        if not text:
            return True
        if text.startswith("/"):
            name, _, rest = text.partition(" ")
            return self._command(name.lower(), rest.strip())
        if text.lower() in ("quit", "exit"):
            return False
        assistant = self._assistant()
        if self._conversation is None:
            self._conversation = self._new_conversation()
        self._asked += 1
        self._before = deepcopy(self._conversation)
        self._last = assistant.explain(text, self._conversation, id=str(self._asked))
        self._print(answer_text(self._last[0], self._style) + "\n")
        return True

    def _command(self, name: str, rest: str) -> bool:
        if name in ("/quit", "/exit"):
            return False
        if name in ("/new", "/clear"):
            self._conversation = self._last = None
            self._note("A new conversation.")
        elif name == "/help":
            self._note("Ask a question in your own words, or:")
            for command, words in COMMANDS.items():
                self._note(f"  {command.ljust(max(map(len, COMMANDS)))}  {words}")
        elif name not in _NAMES:
            near = difflib.get_close_matches(name, _NAMES, n=1, cutoff=0.0)[0]
            self._note(f"There is no command {clean(name)}; did you mean {near}? /help lists all.")
        elif self._last is None:
            self._note("Nothing has been asked yet.")
        else:
            answer, trace = self._last
            if name == "/whynot":
                self._why_not(answer, rest)
            elif name == "/why":
                self._print(explanation(answer, trace, self._style) + "\n")
            elif name == "/json":
                self._print(as_line(answer))
            elif answer.citations or answer.nearest:
                self._print(full_sources(answer.citations or answer.nearest, self._style) + "\n")
            else:
                self._note("The last answer rests on no source.")
        return True

    def _why_not(self, answer: Answer, section: str) -> None:
        if not section:
            self._note("Name a section after /whynot: its number, its heading or a part of it, or file.md#heading.")
            return
        try:
            told = self._assistant().why_not(answer.question, section, self._before)
        except UsageError as error:  # no such section; the message names the nearest
            self._note(clean(str(error)))
        else:
            self._print(why_not_text(told, self._style) + "\n")

    def _print(self, text: str) -> None:
        print(text, file=self._out, flush=True)

    def _note(self, text: str) -> None:
        print(text, file=self._notes, flush=True)


def typed_lines(out: IO[str], notes: IO[str], failed: Callable[[], bool]) -> Iterator[str]:
    """Lines a person types at the prompt. Ctrl-C drops the line, Ctrl-D ends; `failed` ends it too, after a Ctrl-C of our own."""
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  editing and history of the line, where the system has it
    while True:
        try:
            if not out.isatty():  # `input` would write the prompt among the answers
                print(PROMPT, end="", file=notes, flush=True)
            line = input(PROMPT if out.isatty() else "")
        except EOFError:
            print(file=notes)
            return
        except KeyboardInterrupt:
            print(file=notes)
            if failed():
                return
        else:
            yield line


def chat(
    open_assistant: Callable[[Progress], Chatting],
    *,
    style: Style,
    stdin: IO[str] | None = None,
    out: IO[str] | None = None,
    notes: IO[str] | None = None,
    new_conversation: Callable[[], Any] | None = None,
) -> int:
    """Hold a conversation until the input ends; returns the exit code.

    Args:
        open_assistant: opens the assistant; called once, in a thread, with a progress callback.
        stdin: where questions come from; a prompt is shown only if it is a terminal.
        new_conversation: makes the state of a fresh conversation (default: the assistant's own).
    Raises:
        KbError: the assistant could not be opened.
    """
    stdin, out, notes = stdin or sys.stdin, out or sys.stdout, notes or sys.stderr
    tty = stdin.isatty()
    opening = Opening(open_assistant, on_failure=_interrupt_main if tty and stdin is sys.stdin else lambda: None)

    def show(stage: str) -> None:
        if tty:
            print(f"\r\x1b[K{stage} ...", end="", file=notes, flush=True)

    def assistant() -> Chatting:
        try:
            return opening.wait(show)
        finally:
            if tty and opening.stage:
                print("\r\x1b[K", end="", file=notes, flush=True)
                opening.stage = ""

    def conversation() -> Any:
        if new_conversation is not None:
            return new_conversation()
        from assistant import Conversation

        return Conversation()

    talk = Chat(assistant, conversation, out=out, notes=notes, style=style)
    faults = 0
    try:
        if tty:
            print("Ask about the knowledge base. /help lists what else there is; Ctrl-D ends.", file=notes, flush=True)
            lines: Iterator[str] = typed_lines(out, notes, lambda: opening.error is not None)
        else:
            assistant()  # nobody waits at a prompt, and what cannot be opened is an error whatever is piped in
            lines = iter(stdin)
        for line in lines:
            try:
                if not talk.handle(line):
                    break
            except KeyboardInterrupt:
                if not tty or opening.error is not None:
                    raise
                print("\nStopped.", file=notes, flush=True)
            except (KbError, BrokenPipeError) as error:
                if not tty or opening.error is not None or isinstance(error, BrokenPipeError):
                    raise
                print(f"whichops: {error}", file=notes, flush=True)  # such as a file that is being replaced: asking again may do
            except Exception as error:  # noqa: BLE001  one question must not end the conversation
                faults += 1
                print(f"whichops: a fault in the program, please report it: {type(error).__name__}: {error}", file=notes, flush=True)
    except KeyboardInterrupt:
        if opening.error is None:
            raise
    finally:
        opening.close()
    if opening.error is not None:
        raise opening.error
    return 1 if faults and not tty else 0


def _interrupt_main() -> None:
    """Wake the prompt, so that an assistant that cannot be opened is not found out only with the first question."""
    if hasattr(signal, "pthread_kill"):
        ident = threading.main_thread().ident
        if ident is not None:
            signal.pthread_kill(ident, signal.SIGINT)
