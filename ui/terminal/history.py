"""What was typed at the prompt before: one JSON string a line, so that a question of several lines stays one entry."""

from __future__ import annotations

import json
from pathlib import Path

from ui.state import append_line, read_lines, replace_lines, state_folder

LIMIT = 10_000  # entries; the oldest go first
_SLACK = 1_000  # entries over the limit before the file is written anew


def default_history() -> Path:
    """The file the prompt keeps its history in."""
    return state_folder() / "history"


class History:
    """The entries of one file. Where it cannot be written they last as long as the program; `problem` says why.

    Args:
        path: the file; None keeps nothing on disk.
        limit: entries that are kept.
    """

    def __init__(self, path: Path | None, *, limit: int = LIMIT) -> None:
        self._path, self._limit = path, limit
        self.problem = ""
        self.entries: list[str] = []  # oldest first
        if path is None:
            return
        lines = read_lines(path)
        self.entries = [entry for line in lines[-limit:] if (entry := _entry(line))]
        if len(lines) > limit + _SLACK:
            try:
                replace_lines(path, map(json.dumps, self.entries))
            except OSError as error:
                self._broken(path, error)

    def add(self, text: str) -> None:
        """Keep what was typed, unless it begins with a blank, is empty, or is what was typed just before."""
        text = text.rstrip()
        if not text or text[0].isspace() or self.entries[-1:] == [text]:
            return
        self.entries.append(text)
        del self.entries[: -self._limit]
        if self._path is not None and not self.problem:
            try:
                append_line(self._path, json.dumps(text))
            except OSError as error:
                self._broken(self._path, error)

    def _broken(self, path: Path, error: OSError) -> None:
        self.problem = f"What you type is not kept: {path} cannot be written ({error.strerror}). Set XDG_STATE_HOME, or use --no-history."


def _entry(line: str) -> str:
    """The entry of a line; empty for a line that was cut or is not ours."""
    try:
        value = json.loads(line)
    except ValueError:
        return ""
    return value if isinstance(value, str) else ""
