"""The commands of the conversation, as data: help, completion and the documentation are made from this one table."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from ui.feedback import Kind


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name, what may follow it, what it does."""

    name: str
    words: str
    argument: str = ""
    completes: Literal["", "source", "heading", "scope"] = ""  # what its argument is completed with
    choices: tuple[str, ...] = ()  # words its argument begins with
    asked: bool = True  # whether a question has to have been asked before

    @property
    def usage(self) -> str:
        """The command as it is typed."""
        return f"{self.name} {self.argument}".strip()


# What may be said of an answer, and what it is kept as.
VERDICTS: dict[str, Kind] = {"good": "up", "bad": "down", "wrong-source": "wrong_source", "outdated": "outdated", "missing": "gap"}

COMMANDS = (
    Command("/help", "this list", asked=False),
    Command("/sources", "what the last answer rests on, word for word", "[N]", completes="source"),
    Command("/open", "the place in its file, marked; with “edit” in your editor", "N [edit]", completes="source"),
    Command("/why", "how the last answer was come by"),
    Command("/whynot", "why a section did not answer (its number, heading or a part of it)", "SECTION", completes="heading"),
    Command("/reading", "how the last question was read; with “edit” to change it and ask again", "[edit]", choices=("edit",)),
    Command("/json", "the last answer as one JSON object"),
    Command("/kb", "which knowledge base is asked, and what is in it", asked=False),
    Command(
        "/scope",
        "ask only some folders or files; alone, what is asked",
        "[NAME … | all]",
        completes="scope",
        asked=False,
    ),
    Command("/export", "save the conversation, as Markdown or as JSON by the ending of the name", "FILE"),
    Command("/feedback", "say how good the last answer was; kept in a file on this machine", "WORD [NOTE]", choices=tuple(VERDICTS)),
    Command("/history", "what was typed before, the last N lines", "[N]", asked=False),
    Command("/clear", "clear the screen (also Ctrl-L); the conversation goes on", asked=False),
    Command("/new", "forget what was said and begin anew", asked=False),
    Command("/quit", "leave (also Ctrl-D)", asked=False),
)
KEYS = (
    ("Enter", "send what is typed; in a list of completions, take the chosen one"),
    ("Alt-Enter", "break the line (also Esc, then Enter)"),
    ("Tab", "complete a name of the knowledge base, a command, a heading"),
    ("→", "take the grey text that is offered from the history"),
    ("↑ ↓", "recall what was typed before that begins like the line"),
    ("Ctrl-R", "search in what was typed before; Enter takes the line that was found, Ctrl-C drops the search"),
    ("Ctrl-X Ctrl-E", "write the question in your editor"),
    ("Ctrl-C", "drop the line; while an answer is awaited, stop waiting"),
    ("Ctrl-L", "clear the screen"),
    ("Ctrl-Z", "back to the shell; `fg` comes back here"),
    ("Ctrl-D", "leave, at an empty line"),
)
BY_NAME = {command.name: command for command in COMMANDS} | {"/exit": COMMANDS[-1], "/?": COMMANDS[0]}
LEAVING = ("quit", "exit")  # words that end the conversation without a slash


def nearest(name: str) -> str | None:
    """The command that is most like a name that is none; None where nothing is like it."""
    return next(iter(difflib.get_close_matches(name, BY_NAME, n=1)), None)
