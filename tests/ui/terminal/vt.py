"""As much of a terminal as our screens need: the characters and looks at every place, and the lines that scrolled away.

Written after ECMA-48 and what xterm does at the right edge: a full line waits for the next character before it wraps.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

_SEQUENCE = re.compile(
    r"\x1b(?:\[(?P<private>[?>=]?)(?P<numbers>[\d;]*)(?P<final>[@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Za-z0-9]|[=>78M])"
)
_UNFINISHED = re.compile(r"\x1b(?:\[[?>=]?[\d;]*|\][^\x07\x1b]*|[()])?$")

Look = frozenset[str]
PLAIN: Look = frozenset()
_LOOKS = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse"}
_COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")


def width_of(character: str) -> int:
    """Columns of one character."""
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


@dataclass
class Vt:
    """A screen of so many columns and rows."""

    columns: int
    rows: int
    scrolled: list[list[tuple[str, Look]]] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)  # sequences that were not understood

    def __post_init__(self) -> None:
        self._grid = [self._blank() for _ in range(self.rows)]
        self._x = self._y = 0
        self._look: Look = PLAIN
        self._wraps = True
        self._rest = ""

    def _blank(self) -> list[tuple[str, Look]]:
        return [(" ", PLAIN)] * self.columns

    # ------------------------------------------------------------ what is shown

    def lines(self) -> list[str]:
        """The rows of the screen, without blanks at their ends."""
        return [_text(row) for row in self._grid]

    def everything(self) -> str:
        """What scrolled away, then the screen, without empty lines at its end."""
        return "\n".join([_text(row) for row in [*self.scrolled, *self._grid]]).rstrip("\n") + "\n"

    def looks(self) -> list[list[tuple[str, Look]]]:
        """The same, in stretches of one look."""
        out = []
        for row in [*self.scrolled, *self._grid]:
            runs: list[tuple[str, Look]] = []
            for character, look in row:
                if runs and runs[-1][1] == look:
                    runs[-1] = (runs[-1][0] + character, look)
                else:
                    runs.append((character, look))
            while runs and not runs[-1][0].strip() and not runs[-1][1] & {"reverse"}:
                runs.pop()
            out.append(runs)
        while out and not out[-1]:
            out.pop()
        return out

    # ------------------------------------------------------------ what is written

    def feed(self, text: str) -> None:
        """Take what a program wrote; a sequence may be cut anywhere."""
        text = self._rest + text
        cut = _UNFINISHED.search(text)
        self._rest = text[cut.start() :] if cut else ""
        text = text[: cut.start()] if cut else text
        at = 0
        for found in _SEQUENCE.finditer(text):
            self._write(text[at : found.start()])
            at = found.end()
            if found["final"]:
                self._control(found["private"], found["numbers"], found["final"])
        self._write(text[at:])

    def _write(self, text: str) -> None:
        for character in text:
            if character == "\r":
                self._x = 0
            elif character == "\n":
                self._down()
            elif character == "\b":
                self._x = max(0, min(self._x, self.columns - 1) - 1)
            elif character == "\t":
                self._x = min(self.columns - 1, self._x // 8 * 8 + 8)
            elif character < " " or character == "\x7f":
                if character != "\x07":
                    self.unknown.add(repr(character))
            else:
                self._put(character)

    def _put(self, character: str) -> None:
        width = width_of(character)
        if width == 0:
            x = max(0, self._x - 1)
            while x and not self._grid[self._y][x][0]:
                x -= 1
            before, look = self._grid[self._y][x]
            self._grid[self._y][x] = (before + character, look)
            return
        if self._x + width > self.columns:
            if self._wraps:
                self._x = 0
                self._down()
            else:
                self._x = self.columns - width
        self._grid[self._y][self._x] = (character, self._look)
        if width == 2:
            self._grid[self._y][self._x + 1] = ("", self._look)
        self._x += width

    def _down(self) -> None:
        if self._y < self.rows - 1:
            self._y += 1
        else:
            self.scrolled.append(self._grid.pop(0))
            self._grid.append(self._blank())

    def _control(self, private: str, numbers: str, final: str) -> None:
        values = [int(n) if n else 0 for n in numbers.split(";")]
        count = values[0] or 1
        x = min(self._x, self.columns - 1)
        if private:
            if final in "hl" and 7 in values:
                self._wraps = final == "h"
            return
        if final == "A":
            self._y = max(0, self._y - count)
        elif final == "B":
            self._y = min(self.rows - 1, self._y + count)
        elif final == "C":
            self._x = min(self.columns - 1, x + count)
        elif final == "D":
            self._x = max(0, x - count)
        elif final == "G":
            self._x = min(self.columns, count) - 1
        elif final in "Hf":
            self._y = min(self.rows, count) - 1
            self._x = min(self.columns, (values[1] if len(values) > 1 else 0) or 1) - 1
        elif final == "J":
            self._erase_line(self._y, x if values[0] == 0 else 0, x + 1 if values[0] == 1 else self.columns)
            for row in range(self.rows):
                if (values[0] == 0 and row > self._y) or (values[0] == 1 and row < self._y) or values[0] == 2:
                    self._grid[row] = self._blank()
        elif final == "K":
            self._erase_line(self._y, x if values[0] == 0 else 0, x + 1 if values[0] == 1 else self.columns)
        elif final == "m":
            self._style(values)
        elif final != "n":
            self.unknown.add(f"CSI {numbers}{final}")

    def _erase_line(self, row: int, first: int, end: int) -> None:
        self._grid[row][first:end] = [(" ", PLAIN)] * (end - first)

    def _style(self, values: list[int]) -> None:
        at = 0
        while at < len(values):
            value = values[at]
            if value == 0:
                self._look = PLAIN
            elif value in _LOOKS:
                self._look |= {_LOOKS[value]}
            elif value in (22, 23, 24, 27):
                self._look -= {22: {"bold", "dim"}, 23: {"italic"}, 24: {"underline"}, 27: {"reverse"}}[value]
            elif 30 <= value <= 39 or 90 <= value <= 97:
                self._look = frozenset(x for x in self._look if x.removeprefix("bright ") not in _COLOURS)
                if value < 38:
                    self._look |= {_COLOURS[value - 30]}
                elif value >= 90:
                    self._look |= {"bright " + _COLOURS[value - 90]}
                elif value == 38:
                    self.unknown.add("a colour beyond the sixteen")
                    at += 2 if values[at + 1 : at + 2] == [5] else 4
            elif value == 48:
                self.unknown.add("a background beyond the sixteen")
                at += 2 if values[at + 1 : at + 2] == [5] else 4
            elif not (40 <= value <= 49 or value in (5, 8, 9, 25, 28, 29)):
                self.unknown.add(f"look {value}")
            at += 1


def _text(row: list[tuple[str, Look]]) -> str:
    return "".join(character for character, _ in row).rstrip()
