"""Collections rendered as folders of Markdown in the cache: one file per passage, one folder per table.

A rendering is named by its content, so it is written once and its index is built once; nothing is ever written beside the data.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.bench.layout import Passage, TableData

# Would start a heading, a fence, a quotation …
_OPENS = re.compile(r"^(#{1,6}(?=\s|$)|>|[-=_*~`]{3,}\s*$|~~~|```|:::|!!!|\+\+\+|\|)")
_TAG = re.compile(r"(<)(?=[A-Za-z/!?])|(?<=\{)([%{])")  # of HTML, and of template languages
_CELL_SIGNS = re.compile(r"([\\`*_\[\]<>|~&$])")
_ESCAPED = r"\\\g<0>"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A knowledge base made of a collection, and where its index is to live."""

    kb: Path
    index: Path
    ids: Mapping[str, str]  # path inside the knowledge base -> id in the collection


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as Markdown, with the place of every cell: (start, end, row, column), characters of the text; row -1 is the header."""

    text: str
    cells: tuple[tuple[int, int, int, int], ...]

    def at(self, start: int) -> tuple[int, int] | None:
        """(row, column) of the body cell that holds a character, or None."""
        return next(((row, column) for a, b, row, column in self.cells if a <= start < b and row >= 0), None)


def passage_text(passage: Passage) -> str:
    """A passage as a Markdown file: its title as a heading, its lines as they are but for what would start another construct.

    Lists, links and emphasis in the text keep their meaning; a tag is shown as text.
    """
    title = " ".join(passage.title.split())
    lines = [line.strip() for line in passage.text.splitlines()]
    if title and lines and " ".join(lines[0].split()) == title:
        lines = lines[1:]  # the title is repeated as the first line
    body = "\n".join(_OPENS.sub(_ESCAPED, _TAG.sub(_ESCAPED, line)) for line in lines).strip("\n")
    return (f"# {_TAG.sub(_ESCAPED, title)}\n\n" if title else "") + body + "\n"


def table_grid(table: TableData) -> Grid:
    """A table as a Markdown file under its title."""
    out: list[str] = []
    cells: list[tuple[int, int, int, int]] = []
    size = 0

    def put(text: str) -> None:
        nonlocal size
        out.append(text)
        size += len(text)

    title = " ".join(table.title.split())
    if title:
        put(f"# {_CELL_SIGNS.sub(_ESCAPED, title)}\n\n")
    for number, row in enumerate((table.header, *table.rows), -1):
        put("|")
        for column in range(len(table.header)):
            text = row[column] if column < len(row) else ""
            written = _CELL_SIGNS.sub(_ESCAPED, " ".join(text.split()))
            put(" ")
            cells.append((size, size + max(1, len(written)), number, column))
            put(written + " |")
        put("\n")
        if number == -1:
            put("|" + "---|" * len(table.header) + "\n")
    return Grid("".join(out), tuple(cells))


def render_passages(passages: Sequence[Passage], cache: Path, name: str) -> Rendered:
    """A folder with one file per passage, written if it is not there yet."""
    width = max(4, len(str(len(passages))))
    files = {f"{number:0{width}}.md": passage_text(p) for number, p in enumerate(passages, 1)}
    return _render(files, cache, name, dict(zip(files, (p.id for p in passages), strict=True)))


def render_table(table: TableData, cache: Path) -> tuple[Rendered, Grid]:
    """A folder with one file that holds the table."""
    grid = table_grid(table)
    return _render({"table.md": grid.text}, cache, "table", {"table.md": table.id}), grid


def index_for(kb: Path, cache: Path, name: str) -> Path:
    """Where the index of a folder that is read in place lives."""
    return cache / "folders" / f"{name}-{_short(str(kb.resolve()))}" / "index"


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _render(files: Mapping[str, str], cache: Path, name: str, ids: Mapping[str, str]) -> Rendered:
    whole = "\x1f".join(f"{path}\x1e{text}" for path, text in files.items())
    home = cache / "folders" / f"{name}-{_short(whole)}"
    kb = home / "kb"
    if not kb.is_dir():
        home.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix="kb-", dir=home))
        for path, text in files.items():
            (new / path).write_text(text, encoding="utf-8", newline="\n")
        try:
            new.rename(kb)  # whole or not at all: a run that was broken off leaves nothing that looks finished
        except OSError:
            shutil.rmtree(new)
            if not kb.is_dir():  # else another run was faster
                raise
    return Rendered(kb, home / "index", ids)
