"""Collections as they lie on disk: which files say what sort they are, and their lines as models.

Four sorts are known, told apart by their files:

pages     `md/` and `queries.jsonl`: documents, and for each question the page and heading that answer it
passages  `corpus.jsonl`, `queries.jsonl`, `qrels.tsv`: the BEIR layout; questions may say `is_impossible`
tables    `tables.jsonl`, `queries.jsonl`: questions in sequences over one table, answers as cells
talks     `corpus.jsonl`, `tasks.jsonl`, `qrels.tsv`: conversations whose last turn is asked; `human_*.jsonl` adds rewrites by people
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.errors import UsageError

Sort = Literal["pages", "passages", "tables", "talks"]
Qrels = dict[str, dict[str, int]]  # question id -> document id -> grade, 1 and more is relevant

_FILES: dict[Sort, tuple[str, ...]] = {
    "pages": ("md", "queries.jsonl"),
    "tables": ("tables.jsonl", "queries.jsonl"),
    "talks": ("corpus.jsonl", "tasks.jsonl", "qrels.tsv"),
    "passages": ("corpus.jsonl", "queries.jsonl", "qrels.tsv"),
}


class _Line(BaseModel):
    """Collections carry more than is needed here; the rest is left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str = Field(validation_alias="_id", min_length=1)


LineT = TypeVar("LineT", bound=_Line)


class Passage(_Line):
    """One document of a collection."""

    title: str = ""
    text: str


class Question(_Line):
    """A question that stands alone."""

    text: str
    answers: tuple[str, ...] = ()
    is_impossible: bool | None = None  # None: the collection does not say
    doc: str | None = None  # the page that answers it, inside `md/`
    heading: str | None = None  # the section's heading; None: the whole page


class TableQuestion(_Line):
    """A question of a sequence over one table."""

    sequence: str
    position: int = Field(ge=0)  # 0 stands alone
    text: str
    table: str
    answers: tuple[str, ...]
    answer_coordinates: tuple[tuple[int, int], ...]  # (row, column); 0 is the first row under the header


class TableData(_Line):
    """A table: header and body as texts."""

    title: str = ""
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Message(BaseModel):
    """One message of a conversation."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    speaker: Literal["user", "agent"]
    text: str


class Talk(_Line):
    """A conversation; its last message, the user's, is what is asked."""

    conversation: tuple[Message, ...] = Field(min_length=1)
    text: str
    turn: int = 1
    answerability: str = ""

    @property
    def before(self) -> tuple[str, ...]:
        """What the user said before the last turn, in order."""
        return tuple(m.text for m in self.conversation[:-1] if m.speaker == "user")


@dataclass(frozen=True, slots=True)
class Collection:
    """A folder that holds one collection."""

    name: str
    sort: Sort
    folder: Path

    def read(self, file: str, model: type[LineT]) -> tuple[LineT, ...]:
        """The lines of one of its files."""
        return read_lines(self.folder / file, model)


def _sort_of(folder: Path) -> Sort | None:
    return next((sort for sort, files in _FILES.items() if all((folder / file).exists() for file in files)), None)


def find_collections(folder: Path, names: Sequence[str] | None = None) -> tuple[Collection, ...]:
    """The collection that `folder` is, or those it holds, by name.

    Args:
        names: only these.
    Raises:
        UsageError: there is none, or none of a name; the message lists what there is.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder. Name one that holds collections, each in a folder of its own.")
    own = _sort_of(folder)
    places = [folder] if own else sorted(p for p in folder.iterdir() if p.is_dir())
    found = [Collection(p.resolve().name, sort, p) for p in places if (sort := _sort_of(p)) is not None]
    if not found:
        wanted = "; ".join(f"{sort}: {', '.join(files)}" for sort, files in _FILES.items())
        raise UsageError(f"{folder} holds no collection. A collection is a folder with these files: {wanted}.")
    missing = [name for name in names or () if name not in {c.name for c in found}]
    if missing:
        raise UsageError(f"{folder} holds no collection {missing[0]!r}. There are: {', '.join(c.name for c in found)}.")
    return tuple(c for c in found if not names or c.name in names)


def read_lines(path: Path, model: type[LineT]) -> tuple[LineT, ...]:
    """A file of one JSON object per line.

    Raises:
        UsageError: it cannot be read, or a line is not what it has to be (file and line are named), or an id comes twice.
    """
    lines: list[LineT] = []
    seen: set[str] = set()
    try:
        with path.open(encoding="utf-8") as file:
            for number, text in enumerate(file, 1):
                if not text.strip():
                    continue
                try:
                    line = model.model_validate_json(text)
                except ValidationError as error:
                    first = error.errors()[0]
                    where = ".".join(str(part) for part in first["loc"])
                    raise UsageError(f"{path}, line {number}: {where or 'the line'}: {first['msg'].lower()}.") from error
                if line.id in seen:
                    raise UsageError(f"{path}, line {number}: the id {line.id!r} comes twice.")
                seen.add(line.id)
                lines.append(line)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.") from error
    return tuple(lines)


def read_qrels(path: Path) -> Qrels:
    """Which documents answer which question: lines of question id, document id and grade, tabs between, under a header.

    Raises:
        UsageError: it cannot be read, or a line has other than three fields or no whole grade.
    """
    found: Qrels = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.") from error
    for number, line in enumerate(lines[1:], 2):
        fields = line.split("\t")
        if not line.strip():
            continue
        if len(fields) != 3 or not fields[2].strip().lstrip("-").isdigit():
            raise UsageError(f"{path}, line {number}: expected question id, document id and a whole number with tabs between.")
        found.setdefault(fields[0], {})[fields[1]] = int(fields[2])
    return found
