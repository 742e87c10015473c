"""Screens of the real conversation for the documentation, as SVG, light and dark: `python tools/capture_terminal.py`.

The program runs at a pseudo-terminal, is typed to, and what its screen shows is drawn; nothing is drawn by hand.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.ui.terminal.program import Program  # noqa: E402
from tests.ui.terminal.vt import Look, width_of  # noqa: E402

CELL, LINE, SIZE, MARGIN = 8.4, 19, 14, 14  # pixels
FONT = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"
THEMES = {
    "dark": {"ground": "#1b1d23", "text": "#e4e6eb", "faint": "#9aa0ac", "magenta": "#e58fe5", "grey": "#8a90a0"},
    "light": {"ground": "#ffffff", "text": "#1f2328", "faint": "#636b76", "magenta": "#a626a4", "grey": "#77808c"},
}
SCREENS: dict[str, tuple[int, int, Sequence[str]]] = {
    "terminal": (80, 40, ("which do I need", "2", "/open 1", "MLOps tools", "and for AIOps?")),
    "terminal-narrow": (40, 40, ("what is model drift about", "tools of MLOps", "/open 1")),
    "terminal-table": (100, 40, ("MLOps vs AIOps", "how much does Datadog cost?", "/whynot Future Trends")),
}


def main() -> None:
    """Draw every screen."""
    subprocess.run([sys.executable, "-m", "ui", "index"], cwd=ROOT, check=True)  # or the first screen tells of that
    for name, (columns, rows, lines) in SCREENS.items():
        with tempfile.TemporaryDirectory() as folder:
            program = Program([sys.executable, "-m", "ui"], columns=columns, rows=rows, environ={"XDG_STATE_HOME": folder})
            try:
                program.until("by number")
                program.at_prompt()
                for line in lines:
                    program.enter(line)
                looks = program.screen.looks()
            finally:
                program.close()
        for theme, colours in THEMES.items():
            (ROOT / "docs" / f"{name}-{theme}.svg").write_text(svg(looks, columns, colours), encoding="utf-8")


def svg(rows: Sequence[Sequence[tuple[str, Look]]], columns: int, colours: dict[str, str]) -> str:
    """A screen as SVG: each stretch of one look a text that is held to its columns."""
    width, height = 2 * MARGIN + columns * CELL, 2 * MARGIN + len(rows) * LINE
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}">',
        f'<rect width="100%" height="100%" rx="8" fill="{colours["ground"]}"/>',
        f'<g font-family="{FONT}" font-size="{SIZE}">',
    ]
    for y, row in enumerate(rows):
        x = 0
        for text, look in row:
            # Every run of words by itself: what draws the picture may swallow blanks.
            for found in re.finditer(r"\S+(?: \S+)*", text):
                begins, long = x + _columns(text[: found.start()]), _columns(found[0])
                out.append(_stretch(found[0], look, MARGIN + begins * CELL, MARGIN + y * LINE, long * CELL, colours))
            x += _columns(text)
    return "\n".join([*out, "</g>", "</svg>"]) + "\n"


def _columns(text: str) -> int:
    return sum(map(width_of, text))


def _stretch(text: str, look: Look, x: float, y: float, width: float, colours: dict[str, str]) -> str:
    ink = colours["magenta"] if "magenta" in look else colours["faint"] if "dim" in look else colours["text"]
    if "bright black" in look:
        ink = colours["grey"]
    ground = ""
    if "reverse" in look:
        ground = f'<rect x="{x:g}" y="{y + 1:g}" width="{width:g}" height="{LINE}" fill="{colours["text"]}"/>'
        ink = colours["ground"]
    weight = ' font-weight="bold"' if "bold" in look else ""
    slant = ' font-style="italic"' if "italic" in look else ""
    place = f'x="{x:g}" y="{y + 15:g}" textLength="{width:g}" lengthAdjust="spacingAndGlyphs"'
    return f'{ground}<text {place} fill="{ink}"{weight}{slant}>{escape(text)}</text>'


if __name__ == "__main__":
    main()
