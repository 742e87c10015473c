"""The conversation from its first line to its last: typed at a prompt, or piped in.

The prompt stands before the assistant is open; it is opened in a thread behind it. What is piped in is answered line by line, without
prompt, colours, pager or history. Answers go to standard output, everything else to standard error.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from ui.opening import STARTING, Answering, Opening, Progress, Tell
from ui.render import one_line, wrap
from ui.terminal.history import History, default_history
from ui.terminal.waiting import LOOKING, Waiting

if TYPE_CHECKING:
    from ui.render import Style
    from ui.terminal.chat import Chat
    from ui.terminal.completing import Candidate

Open = Callable[[Progress, Tell], Answering]

PROMPT = "> "
LONGEST_SCOPE = 24  # characters of a scope beside the prompt
OUTLINED = 500  # documents whose headings are offered to complete with
WELCOME = "Ask about {}. /help lists what else there is; Ctrl-D leaves."


def shown_prompt(scope: Sequence[str]) -> str:
    """The prompt, with what is asked alone before it."""
    names = one_line(", ".join(scope))
    return f"{names if len(names) <= LONGEST_SCOPE else names[: LONGEST_SCOPE - 1] + '…'} {PROMPT}" if names else PROMPT


class Lines(Protocol):
    """Where lines are typed."""

    def ask(self, begun: str = "", prompt: str = PROMPT) -> str: ...
    def greet(self, words: str, told: Callable[[], object]) -> None: ...
    def stop(self) -> None: ...


class PlainPrompt:
    """A prompt for terminals that can do no more than show lines: `TERM=dumb`, or input that is typed while output goes elsewhere."""

    def __init__(self, screen: TextIO, history: History, *, on_shown: Callable[[], object]) -> None:
        self._screen, self._history, self._on_shown = screen, history, on_shown
        self._stopped = False

    def ask(self, begun: str = "", prompt: str = PROMPT) -> str:
        """One line.

        Args:
            begun: what stands in it already.
            prompt: what stands before it.
        Raises:
            EOFError: the input has ended, or the prompt was stopped.
            KeyboardInterrupt: Ctrl-C.
        """
        if self._stopped:
            raise EOFError
        if begun:
            print(begun, file=self._screen, flush=True)
        print(prompt, end="", file=self._screen, flush=True)
        self._on_shown()
        try:
            line = sys.stdin.readline()
        except KeyboardInterrupt:
            print(file=self._screen, flush=True)
            raise
        if not line:
            print(file=self._screen, flush=True)
            raise EOFError
        self._history.add(line.rstrip("\n"))
        return line.rstrip("\n")

    def greet(self, words: str, told: Callable[[], object]) -> None:
        """Nothing: a line that is being read cannot be moved."""

    def stop(self) -> None:
        """End the prompt, from any thread: reading a line can only be ended by an interrupt."""
        self._stopped = True
        ident = threading.main_thread().ident
        if hasattr(signal, "pthread_kill") and ident is not None:
            signal.pthread_kill(ident, signal.SIGINT)


def chat(
    open_assistant: Open,
    *,
    style: Callable[[], Style],
    stdin: TextIO | None = None,
    out: TextIO | None = None,
    notes: TextIO | None = None,
    new_conversation: Callable[[], Any] | None = None,
    keep_history: bool = True,
    use_pager: bool = True,
    about: str = "the knowledge base",
    greets: bool = False,
) -> int:
    """Hold a conversation until the input ends; returns the exit code.

    Args:
        open_assistant: opens the assistant; called once, in a thread.
        style: how texts are laid out, asked again for every text.
        stdin: where questions come from; typed ones only if it is a terminal.
        new_conversation: makes the state of a fresh conversation (default: the assistant's own).
        keep_history: keep what is typed in a file of the user's.
        use_pager: show what is taller than the screen in a pager.
        about: what is asked, in the words of the welcome.
        greets: say what it holds as soon as it is open, with questions to begin with, unless something is typed by then.
    Raises:
        Exception: what the assistant could not be opened with.
    """
    stdin, out, notes = stdin or sys.stdin, out or sys.stdout, notes or sys.stderr
    if new_conversation is None:
        new_conversation = _new_conversation
    if stdin.isatty():
        session = _Session(
            open_assistant, style, out, notes, new_conversation, keep_history=keep_history, use_pager=use_pager, greets=greets
        )
        print("\n".join(wrap(WELCOME.format(one_line(about)), style().width)), file=notes, flush=True)
        return session.run()
    return _piped(open_assistant, style, stdin, out, notes, new_conversation)


def _new_conversation() -> Any:
    from assistant import Conversation

    return Conversation()


def _piped(
    open_assistant: Open,
    style: Callable[[], Style],
    stdin: TextIO,
    out: TextIO,
    notes: TextIO,
    new_conversation: Callable[[], Any],
) -> int:
    from corpus.errors import KbError
    from ui.terminal.chat import Chat
    from ui.terminal.screen import Screen

    told: list[str] = []
    opening = Opening(lambda progress: open_assistant(progress, told.append))
    faults = 0
    try:
        assistant = opening.opened()  # what cannot be opened is an error whatever is piped in
        for words in told:
            print(one_line(words), file=notes, flush=True)
        talk = Chat(lambda: assistant, new_conversation, Screen(out, notes, style), environ=os.environ)
        for line in stdin:
            try:
                if not talk.handle(line):
                    break
            except (KbError, BrokenPipeError):
                raise
            except Exception as error:  # noqa: BLE001  one question must not take the others with it
                faults += 1
                print(one_line(_fault(error)), file=notes, flush=True)
    finally:
        opening.close()
    return 1 if faults else 0


class _Session:
    """A conversation that is typed. Only what the prompt itself needs is imported before it stands."""

    def __init__(
        self,
        open_assistant: Open,
        style: Callable[[], Style],
        out: TextIO,
        notes: TextIO,
        new_conversation: Callable[[], Any],
        *,
        keep_history: bool,
        use_pager: bool,
        greets: bool,
    ) -> None:
        self._style, self._out, self._notes = style, out, notes
        self._new_conversation, self._use_pager = new_conversation, use_pager
        self._history = History(default_history() if keep_history else None)
        self._headings: tuple[str, ...] | None = None
        self._talk: Chat | None = None
        self._examples: tuple[str, ...] = ()  # that were shown before anything was asked
        self._greets = greets
        self._told: list[str] = []  # kept until it can be shown: a thread must not write into a line that is being typed
        self.opening = Opening(
            lambda progress: self._greeted(_with_company(open_assistant(progress, self._told.append))),
            on_failure=lambda _error: self._failed(),
        )
        self._prompt = self._make_prompt()

    def _make_prompt(self) -> Lines:
        screen = self._out if self._out.isatty() else self._notes
        if os.environ.get("TERM") == "dumb" or not screen.isatty():
            return PlainPrompt(screen, self._history, on_shown=self.opening.start)
        from ui.terminal.editing import Prompt

        return Prompt(
            screen,
            self._history,
            candidates=self._candidates,
            offered=lambda: self._talk.offered if self._talk is not None else self._examples,
            on_shown=self.opening.start,
            colour=self._style().colour,
        )

    def _greeted(self, assistant: Answering) -> Answering:
        """The assistant, with what it holds told above the prompt."""
        if self._greets:
            from corpus.errors import KbError
            from ui.terminal.looks import greeting_looks

            with suppress(KbError):  # an index that is being replaced: whoever asks is told
                summary = assistant.summary()
                words = greeting_looks(summary.title, summary.examples, self._style())
                self._prompt.greet(words, lambda: setattr(self, "_examples", summary.examples))
        return assistant

    def run(self) -> int:
        """Read and answer until the end; the exit code.

        Raises:
            BrokenPipeError: nobody reads the answers any more.
            Exception: what the assistant could not be opened with.
        """
        try:
            self._converse()
        finally:
            self.opening.close()
        if self.opening.error is not None:
            raise self.opening.error
        return 0

    def _converse(self) -> None:
        begun = ""
        told = False
        while True:
            try:
                line = self._prompt.ask(begun, shown_prompt(self._talk.scope if self._talk is not None else ()))
            except EOFError:
                return
            except KeyboardInterrupt as interrupt:
                if self.opening.error is not None:
                    return
                if str(interrupt):
                    print(interrupt, file=self._notes, flush=True)
                begun = ""
                continue
            if self._history.problem and not told:
                self._say(self._history.problem)
                told = True
            if not self._answer(line):
                return
            begun = self._talk.prefilled if self._talk is not None else ""

    def _answer(self, line: str) -> bool:
        """Do what one line asks for; False at the end of the conversation. Whatever goes wrong with one line is told, and ends nothing."""
        from corpus.errors import KbError

        signs = self._notes if self._notes.isatty() and os.environ.get("TERM") != "dumb" else None
        try:
            with Waiting(signs, self._doing) as waiting:
                return self._chat(waiting).handle(line)
        except KeyboardInterrupt:
            print("\nStopped.", file=self._notes, flush=True)
        except BrokenPipeError:
            raise
        except KbError as error:  # such as a file that is being replaced: asking again may do
            if self.opening.error is not None:
                return False
            self._say(f"whichops: {error}")
        except Exception as error:  # noqa: BLE001  one question must not end the conversation
            if self.opening.error is not None:
                return False
            self._say(_fault(error))
        return True

    def _doing(self) -> str:
        """What an answer waits for, in words."""
        waits = self.opening.assistant is None and self.opening.stage is not STARTING
        return self.opening.stage.counted if waits else LOOKING

    def _say(self, words: str) -> None:
        """One thing that has to be told, without what a file's name may hold to move the cursor."""
        print("\n".join(wrap(one_line(words), self._style().width)), file=self._notes, flush=True)

    def _assistant(self) -> Answering:
        """The assistant, once it is open; what its opening had to tell is shown first."""
        assistant = self.opening.opened()
        if self._talk is not None:
            while self._told:
                self._talk.screen.note(self._told.pop(0))
        return assistant

    def _chat(self, waiting: Waiting) -> Chat:
        """The conversation, made with the first line; before anything is shown the sign of life is taken away."""
        from ui.terminal.chat import Chat
        from ui.terminal.screen import Screen

        rows = (lambda: shutil.get_terminal_size().lines) if self._out.isatty() else None
        screen = Screen(self._out, self._notes, self._style, rows=rows, pages=self._use_pager, environ=os.environ, before=waiting.end)
        if self._talk is None:
            self._talk = Chat(
                self._assistant, self._new_conversation, screen, numbered=True, history=self._history.entries, environ=os.environ
            )
            self._talk.offered = self._examples
        else:
            self._talk.screen = screen
        return self._talk

    def _failed(self) -> None:
        self._prompt.stop()

    # ---------------------------------------------------------------- completion

    def _candidates(self, before: str) -> list[Candidate]:
        """What may be meant by what is typed; names come once the assistant is open."""
        from corpus.errors import KbError
        from ui.terminal.completing import Known, candidates

        assistant = self.opening.assistant
        if assistant is None:
            return candidates(before, Known())
        try:
            return candidates(before, Known(self._names_like, self._all_headings, self._scopes, self._places))
        except KbError:  # an index that is being replaced; nobody wants to read of that while typing
            return []

    def _all_headings(self) -> tuple[str, ...]:
        assistant = self.opening.assistant
        if self._headings is None and assistant is not None:
            paths = assistant.documents()[:OUTLINED]
            self._headings = tuple(dict.fromkeys(entry.title for path in paths for entry in assistant.outline(path)))
        return self._headings or ()

    def _names_like(self, text: str, most: int) -> tuple[str, ...]:
        assistant, scope = self.opening.assistant, self._talk.scope if self._talk is not None else ()
        return assistant.names_like(text, most, scope=scope) if assistant is not None else ()

    def _scopes(self) -> list[str]:
        """What may be asked alone: folders, then documents; and all again."""
        assistant = self.opening.assistant
        return ["all", *assistant.folders(), *assistant.documents()] if assistant is not None else []

    def _places(self) -> list[str]:
        from ui.render import place

        return [place(citation) for citation in self._talk.sources] if self._talk is not None else []


def _with_company(assistant: Answering) -> Answering:
    """The assistant, with what the first answer needs besides it imported while nobody waits."""
    import ui.terminal.chat
    import ui.terminal.looks  # noqa: F401

    return assistant


def _fault(error: Exception) -> str:
    return f"whichops: a fault in the program, please report it: {type(error).__name__}: {error}"
