"""Programs of the user's own choice: the pager for what is taller than the screen, the editor for a place in a file."""

from __future__ import annotations

import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

PAGER = ("less", "-RFX")  # colours shown, gone at once if all fits, and what was read stays on the screen
_LESS_LIKE = ("less", "more", "most")  # these take +N for the line to begin with

# How editors that do not know `+LINE FILE` are told the line.
_FILE_LINE = ("code", "code-insiders", "codium", "cursor", "subl", "zed", "hx", "helix")
_GOTO = ("code", "code-insiders", "codium", "cursor")


def pager_command(environ: Mapping[str, str], line: int) -> list[str] | None:
    """The pager with its arguments, to begin at a line (1-based); None where there is none. `PAGER=cat` and an empty one page nothing."""
    chosen = environ.get("PAGER")
    command = list(PAGER) if chosen is None else _words(chosen)
    if not command or command[0] == "cat" or shutil.which(command[0], path=environ.get("PATH")) is None:
        return None
    if line > 1 and Path(command[0]).name in _LESS_LIKE:
        command.append(f"+{line}")
    return command


def _words(command: str) -> list[str]:
    """A command as a shell would take it apart; one with an open quotation mark is a single word."""
    try:
        return shlex.split(command)
    except ValueError:
        return [command]


def page(text: str, command: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Show a text in a pager until the user leaves it; False if it could not be started."""
    with _interrupts_left_alone():
        try:
            # LESSSECURE: the text may come from a stranger's files; no shell and no editor from within the pager.
            subprocess.run(
                command,
                input=text.encode("utf-8", "replace"),
                env={**environ, "LESSSECURE": "1", "LESSCHARSET": "utf-8"},
                check=False,
            )
        except BrokenPipeError:
            return True  # left before the end
        except OSError:
            return False
    return True


def editor_command(environ: Mapping[str, str], path: Path, line: int) -> list[str] | None:
    """The user's editor with its arguments, at a line (1-based); None where `$VISUAL` and `$EDITOR` name none."""
    command = _words(environ.get("VISUAL") or environ.get("EDITOR") or "")
    if not command:
        return None
    name = Path(command[0]).name.removesuffix(".exe")
    if name in _FILE_LINE:
        return [*command, *(["--goto"] if name in _GOTO else []), f"{path}:{line}"]
    return [*command, f"+{line}", str(path)]


def edit(command: Sequence[str]) -> int:
    """Run an editor until it is left; its exit code.

    Raises:
        OSError: there is no such program.
    """
    with _interrupts_left_alone():
        return subprocess.run(command, check=False).returncode


@contextmanager
def _interrupts_left_alone() -> Iterator[None]:
    """Ctrl-C is for the program in front. A handler that does nothing, and not SIG_IGN, which that program would inherit."""
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
