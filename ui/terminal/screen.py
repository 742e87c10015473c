"""Where a conversation is shown: answers and what was asked for on one stream, notes on the other, tall texts in a pager."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TextIO

from assistant.models import Answer, Citation
from ui.render import Style, answer_text, clean, full_sources, wrap
from ui.terminal.paging import page, pager_command


def answer_shown(answer: Answer, style: Style, *, numbered: bool = False) -> str:
    """An answer as this style shows it. `numbered`: the questions that may be asked next carry the number that asks them."""
    if not style.drawn:
        return answer_text(answer, style)
    from ui.terminal.looks import answer_looks

    return answer_looks(answer, style, numbered=numbered)


def sources_shown(citations: tuple[Citation, ...], style: Style) -> str:
    """Citations with their quotes as this style shows them."""
    if not style.drawn:
        return full_sources(citations, style)
    from ui.terminal.looks import full_sources_looks

    return full_sources_looks(citations, style)


class Screen:
    """The two streams of a conversation and how they are written to.

    Args:
        out: for answers and what was asked for.
        notes: for everything else.
        style: asked again for every text, since a window changes its size.
        rows: of the screen, asked when a text may be too tall; None: there is no screen.
        pages: whether a text that is taller goes to the pager.
        environ: names the pager.
        before: called before anything is written: a sign of life has to go first.
    """

    def __init__(
        self,
        out: TextIO,
        notes: TextIO,
        style: Callable[[], Style],
        *,
        rows: Callable[[], int] | None = None,
        pages: bool = True,
        environ: Mapping[str, str] | None = None,
        before: Callable[[], object] = lambda: None,
    ) -> None:
        self.out, self.notes = out, notes
        self._style, self._rows, self._pages = style, rows, pages
        self._environ = environ or {}
        self._before = before

    @property
    def style(self) -> Style:
        """How texts are laid out now."""
        return self._style()

    def print(self, text: str) -> None:
        """What was asked for, with an empty line after it."""
        self.raw(text + "\n")

    def raw(self, text: str) -> None:
        """What was asked for, for a program to read: nothing is added but the end of the line."""
        self._before()
        print(text, file=self.out, flush=True)

    def note(self, text: str) -> None:
        """Anything else that has to be said."""
        self._before()
        lines = [piece for line in clean(text).split("\n") for piece in wrap(line, self.style.width)]
        print("\n".join(lines), file=self.notes, flush=True)

    def page(self, text: str, start: int = 1) -> None:
        """What was asked for; in the pager, from a line on (1-based), if it is taller than the screen."""
        if self._pages and self._rows is not None and text.count("\n") + 3 > self._rows():
            self._before()
            command = pager_command(self._environ, start)
            if command is not None and page(text + "\n", command, self._environ):
                return
        self.print(text)

    def hand_over(self) -> None:
        """Another program is about to draw on the screen."""
        self._before()

    def clear(self) -> None:
        """Empty the screen, where there is one."""
        if self._rows is not None and self.style.drawn:
            self._before()
            self.out.write("\x1b[2J\x1b[H")
            self.out.flush()
