"""A program at a terminal of its own: what is typed, what the screen shows, how it ends."""

from __future__ import annotations

import os
import pty
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.ui.terminal.vt import Vt

ROOT = Path(__file__).parents[3]
PASTE = "\x1b[200~{}\x1b[201~"


class Program:
    """A program, started on a pseudo-terminal of so many columns and rows.

    Args:
        command: what to run; Python code if it is one string.
        environ: variables besides those of the tests; None takes one away.
        piped: the numbers of streams that are pipes instead of the terminal: 0, 1 or 2.
    """

    def __init__(
        self,
        command: str | Sequence[str],
        *arguments: str,
        columns: int = 80,
        rows: int = 24,
        environ: Mapping[str, str | None] | None = None,
        piped: Sequence[int] = (),
    ) -> None:
        import fcntl
        import termios

        self._main, other = pty.openpty()
        fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        base: dict[str, str | None] = {
            **{
                k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "PAGER", "EDITOR", "VISUAL")
            },
            "TERM": "xterm-256color",
            "PYTHONPATH": str(ROOT),
            "PROMPT_TOOLKIT_NO_CPR": "1",  # nobody answers where the cursor is
            "PAGER": "cat",
        }
        whole = {k: v for k, v in {**base, **(environ or {})}.items() if v is not None}
        argv = [sys.executable, "-c", command, *arguments] if isinstance(command, str) else [*command, *arguments]
        streams = [subprocess.PIPE if n in piped else other for n in range(3)]

        def own_terminal() -> None:
            os.setsid()
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # a suite run in the background hands on that Ctrl-C is ignored
            fcntl.ioctl(other, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            argv,
            stdin=streams[0],
            stdout=streams[1],
            stderr=streams[2],
            env=whole,
            cwd=ROOT,
            preexec_fn=own_terminal,  # noqa: PLW1509 (a terminal cannot be made one's own in another way)
            pass_fds=(other,),
        )
        os.close(other)
        self.screen = Vt(columns, rows)
        self.written = ""  # everything, escapes included

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._main], [], [], max(0.0, seconds))
        if not ready:
            return False
        try:
            data = os.read(self._main, 65536).decode("utf-8", "replace")
        except OSError:  # Linux says so when the other side is closed
            return False
        self.written += data
        self.screen.feed(data)
        return bool(data)

    def until(self, text: str, seconds: float = 30) -> str:
        """Read until a text is on the screen or scrolled off it; what was shown by then."""
        end = time.monotonic() + seconds
        while text not in self.screen.everything():
            assert self._read(end - time.monotonic()) or time.monotonic() < end, (
                f"{text!r} was not shown, only {self.screen.everything()!r}"
            )
            assert self.process.poll() is None or self._read(0.2) or text in self.screen.everything(), self.screen.everything()
        return self.screen.everything()

    def at_prompt(self, seconds: float = 30) -> str:
        """Read until the last line is an empty prompt and nothing more comes."""
        end = time.monotonic() + seconds
        while True:
            quiet = not self._read(0.15)
            if quiet and self.screen.everything().rstrip("\n").split("\n")[-1].rstrip() == ">":
                return self.screen.everything()
            assert time.monotonic() < end, f"no prompt: {self.screen.everything()!r}"
            assert self.process.poll() is None, f"it ended: {self.screen.everything()!r}"

    def type(self, text: str) -> None:
        """Send keys; each arrives by itself, as if typed."""
        os.write(self._main, text.encode())

    def enter(self, line: str) -> str:
        """Type a line, send it, and wait for the next prompt."""
        self.type(line + "\r")
        self.until(line[:10])
        return self.at_prompt()

    def interrupt(self) -> None:
        """Ctrl-C as the terminal sends it where a program does not read keys itself."""
        os.killpg(self.process.pid, signal.SIGINT)

    def end(self, seconds: float = 20) -> int:
        """Read what is left and wait for the end; the exit code."""
        end = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < end:
            self._read(0.05)
        while self._read(0.05):
            pass
        return self.process.wait(1)

    def close(self) -> None:
        """End the program, whatever it does."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()
        os.close(self._main)
