"""The reference of the command line for the documentation, made from what the program itself goes by.

`python -m ui.reference` writes `docs/commands.md`; a test keeps the two equal.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from assistant.settings import OTHER_VARIABLES, Settings, default_kb, variable
from ui.arguments import DESCRIPTION, EXAMPLES, EXIT_CODES, build_parser
from ui.cli import ELSEWHERE
from ui.shells import Declared, declared
from ui.terminal.commands import COMMANDS, KEYS
from ui.terminal.history import LIMIT

FILE = Path(__file__).parents[1] / "docs" / "commands.md"


def reference() -> str:
    """The whole page, as Markdown."""
    return "\n".join(_lines()).rstrip("\n") + "\n"


def _lines() -> Iterator[str]:
    top, *commands = declared(build_parser({"bench": ELSEWHERE["bench"]}))
    yield from ("# Commands", "", f"`whichops` {DESCRIPTION[0].lower()}{DESCRIPTION[1:]}", "")
    yield "Written by `python -m ui.reference` from the program itself; a test keeps it true."
    yield from ("", "| command | does |", "|---|---|")
    yield from (f"| [`whichops {c.name}`](#whichops-{c.name}) | {_cell(c.words)} |" for c in commands)
    yield from ("", "Answers go to standard output, everything else to standard error.", "")
    shared = set.intersection(*({option.names for option in command.options} for command in commands))
    everywhere = Declared("", "", tuple(option for option in top.options if option.names in shared))
    yield from ("## Options of every command", "", *_options(everywhere), "", "`whichops --version` shows the version.", "")
    yield from ("## Exit codes", "", "| code | means |", "|---|---|", *(f"| {code} | {_cell(words)} |" for code, words in EXIT_CODES), "")
    for command in commands:
        yield from (f"## whichops {command.name}", "", f"{command.words[0].upper()}{command.words[1:]}.", "")
        own = Declared("", "", tuple(o for o in command.options if o.names not in shared))
        yield from ("```", f"whichops {command.name}{_usage(command)}", "```", "")
        if own.options:
            yield from (*_options(own), "")
        if command.name in ("eval", "gaps"):
            yield from (f"Its actions and their options: `whichops {command.name} --help`.", "")
        if command.name == "chat":
            yield from _conversation()
        if command.name in EXAMPLES:
            yield from ("```console", *EXAMPLES[command.name].splitlines(), "```", "")
    yield from _variables()


def _usage(command: Declared) -> str:
    rest = " {" + "|".join(command.choices) + "}" if command.choices else f" {command.value}" if command.value else ""
    return " [options]" + rest


def _options(declared: Declared) -> Iterator[str]:
    yield from ("| option | does |", "|---|---|")
    for option in declared.options:
        names = ", ".join(f"`{name}{f' {option.value}' if option.value else ''}`" for name in option.names)
        yield f"| {names} | {_cell(option.words)} |"


def _conversation() -> Iterator[str]:
    yield "At the prompt a line is a question, a number asks the question that was offered under it, and a line that begins with `/` is a"
    yield "command. `quit` and `exit` leave too. What is piped in is answered line by line, without prompt, colours, pager or history."
    yield from ("", "| command | does |", "|---|---|", *(f"| `{c.usage}` | {_cell(c.words)} |" for c in COMMANDS), "")
    yield from ("| key | does |", "|---|---|", *(f"| {key} | {_cell(words)} |" for key, words in KEYS), "")
    yield "What is typed is kept in `$XDG_STATE_HOME/whichops/history` (else `~/.local/state/whichops/history`), readable by its owner"
    yield f"alone, at most {LIMIT:,} entries; a line that begins with a blank is not kept."
    yield ""


def _variables() -> Iterator[str]:
    yield from ("## Environment", "", "| variable | sets |", "|---|---|")
    yield from (f"| `{variable(name)}` | {_cell(words)} |" for name, _, _, words in Settings(kb=default_kb()).rows())
    yield from (f"| `{name}` | {_cell(words)} |" for name, words in OTHER_VARIABLES.items())
    yield "| `NO_COLOR`, `FORCE_COLOR`, `TERM=dumb` | no colours; colours also in a pipe; plain lines without any escape |"
    yield "| `PAGER`, `VISUAL`, `EDITOR` | the programs that show what is taller than the screen, and open a place to edit |"
    yield "| `XDG_CACHE_HOME`, `XDG_STATE_HOME` | where indexes are kept; where history and feedback are |"
    yield ""
    yield "`whichops settings` shows every setting, its value and where it came from."


def _cell(words: str) -> str:
    return words.replace("|", "\\|").replace("%%", "%")


if __name__ == "__main__":
    FILE.write_text(reference(), encoding="utf-8")
