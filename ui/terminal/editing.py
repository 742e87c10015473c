"""The prompt, made with prompt_toolkit: editing, history, completion, ghost text, lines that break.

Enter sends, Alt-Enter breaks the line; what is pasted is put in as it is, and sent only by Enter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextvars import Context, copy_context
from typing import Any, TextIO

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app, run_in_terminal
from prompt_toolkit.auto_suggest import AutoSuggest, Suggestion
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition, is_searching
from prompt_toolkit.history import History as ToolkitHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import create_output
from prompt_toolkit.output.color_depth import ColorDepth
from prompt_toolkit.styles import Style as ToolkitStyle

from ui.terminal.completing import Candidate, ghost
from ui.terminal.history import History

PROMPT = "> "
LEAVING = "Ctrl-D leaves, and so does /quit."
_CONTINUED = ". "
_LOOKS = {
    "prompt": "bold",
    "auto-suggestion": "ansibrightblack",
    "completion-menu": "noreverse bg:default",
    "completion-menu.completion": "bg:default fg:default",
    "completion-menu.completion.current": "bg:default fg:default reverse",
    "completion-menu.meta.completion": "bg:default fg:default italic",
    "completion-menu.meta.completion.current": "bg:default fg:default reverse italic",
    "scrollbar.background": "bg:default",
    "scrollbar.button": "bg:default reverse",
}


class _Kept(ToolkitHistory):
    """Our history in the form the toolkit asks for it."""

    def __init__(self, history: History) -> None:
        super().__init__()
        self._kept = history

    def load_history_strings(self) -> Iterable[str]:
        return reversed(self._kept.entries)

    def append_string(self, string: str) -> None:
        if string.strip() and not string[0].isspace() and self._kept.entries[-1:] != [string]:
            super().append_string(string)  # what is not kept is not recalled either

    def store_string(self, string: str) -> None:
        self._kept.add(string)


class _Completing(Completer):
    def __init__(self, candidates: Callable[[str], Iterable[Candidate]]) -> None:
        self._candidates = candidates

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:  # noqa: ARG002
        for one in self._candidates(document.text_before_cursor):
            yield Completion(one.text, start_position=-one.replaces, display_meta=one.note)


class _Ghost(AutoSuggest):
    def __init__(self, history: History, offered: Callable[[], Iterable[str]]) -> None:
        self._history, self._offered = history, offered

    def get_suggestion(self, buffer: Buffer, document: Document) -> Suggestion | None:  # noqa: ARG002
        rest = ghost(document.text, self._history.entries, list(self._offered()))
        return Suggestion(rest) if rest else None


class Prompt:
    """The line at which questions are typed.

    Args:
        screen: the terminal to draw on.
        candidates: completions of the text before the cursor.
        offered: questions that ghost text may come from, besides the history.
        on_shown: called once, when the prompt can be seen for the first time.
        colour: whether colours may be used.
    """

    def __init__(
        self,
        screen: TextIO,
        history: History,
        *,
        candidates: Callable[[str], Iterable[Candidate]],
        offered: Callable[[], Iterable[str]],
        on_shown: Callable[[], object],
        colour: bool,
    ) -> None:
        self._stopped = False
        self._screen = screen
        self._context: Context | None = None  # in which the toolkit knows the prompt that is shown
        self._on_shown: Callable[[], object] | None = on_shown
        completing = _Completing(candidates)
        commanding = Condition(lambda: get_app().current_buffer.text.startswith("/"))
        self._session: PromptSession[str] = PromptSession(
            [("class:prompt", PROMPT)],
            output=create_output(stdout=screen),
            history=_Kept(history),
            completer=completing,
            # Commands are few and worth a list at once; names come when Tab asks for them, and the arrows are the history's.
            complete_while_typing=commanding,
            enable_history_search=~commanding,
            complete_in_thread=False,
            auto_suggest=_Ghost(history, offered),
            key_bindings=_keys(completing),
            multiline=True,
            prompt_continuation=lambda _width, _number, _wraps: _CONTINUED,
            style=ToolkitStyle.from_dict(_LOOKS),
            color_depth=None if colour else ColorDepth.MONOCHROME,
            include_default_pygments_style=False,
            mouse_support=False,
            enable_suspend=True,
            enable_open_in_editor=True,
        )
        self._session.app.after_render += self._shown

    def _shown(self, _app: Any) -> None:
        if self._context is None:
            self._context = copy_context()
        if self._on_shown is not None:
            tell, self._on_shown = self._on_shown, None
            tell()

    def ask(self, begun: str = "", prompt: str = PROMPT) -> str:
        """One entry, as typed.

        Args:
            begun: what stands in the line already.
            prompt: what stands before it.
        Raises:
            EOFError: Ctrl-D at an empty line, or the prompt was stopped.
            KeyboardInterrupt: Ctrl-C; at an empty line with words on how to leave.
        """
        if self._stopped:
            raise EOFError
        return self._session.prompt([("class:prompt", prompt)], default=begun)

    def greet(self, words: str, told: Callable[[], object]) -> None:
        """Show a text above the prompt, from any thread, unless something has been typed; `told` is called when it is there."""
        app = self._session.app

        def show() -> None:
            if app.is_running and not app.is_done and not app.current_buffer.text:
                run_in_terminal(lambda: (print(words, file=self._screen, flush=True), told()))

        if app.is_running and app.loop is not None:
            app.loop.call_soon_threadsafe(show, context=self._context)

    def stop(self) -> None:
        """End the prompt, from any thread."""
        self._stopped = True
        app = self._session.app
        if app.is_running and app.loop is not None:
            app.loop.call_soon_threadsafe(_leave, app)


def _leave(app: Any) -> None:
    if app.is_running and not app.is_done:
        app.exit(exception=EOFError)


def _keys(completing: Completer) -> KeyBindings:
    keys = KeyBindings()
    # In a Ctrl-R search the toolkit's own keys hold: what is typed then stands in a buffer of its own, which is neither sent nor left.
    typing = ~is_searching

    @keys.add("tab", filter=typing)
    def _complete(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.complete_state is not None and buffer.complete_state.completions:
            buffer.complete_next()
            return
        found = list(completing.get_completions(buffer.document, CompleteEvent(completion_requested=True)))
        if len(found) == 1:  # at once: a list that is still being made for what was typed before would swallow the key
            buffer.apply_completion(found[0])
        elif found:
            buffer.start_completion(insert_common_part=True)

    @keys.add("enter", filter=typing)
    def _send(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        state = buffer.complete_state
        if state is not None and state.current_completion is not None and len(state.completions) > 1:
            buffer.complete_state = None  # the first Enter takes what is chosen in the list, as in a shell
        else:
            buffer.validate_and_handle()

    @keys.add("c-c", filter=typing)
    def _drop(event: KeyPressEvent) -> None:
        event.app.exit(exception=KeyboardInterrupt("" if event.current_buffer.text else LEAVING), style="class:aborting")

    @keys.add("escape", "enter", filter=typing)
    def _break(event: KeyPressEvent) -> None:
        event.current_buffer.newline(copy_margin=False)

    return keys
