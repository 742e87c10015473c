"""Folders of Markdown with questions beside them: `NAME/` and `NAME.questions.jsonl`, a question a line.

Each line has `id`, `question` and `expect` (`answer` or `abstain`); one that has an answer also has the facts it must hold (`must`: all
of them, `any`: one of each group; `/…/` is a regular expression, everything else a text, without regard to case) and the sections one
of which has to be cited (`cite`: `doc` and `heading`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.models import Answer
from corpus.errors import UsageError
from evals.models import ANSWERS

SUFFIX = ".questions.jsonl"
_MARKUP = re.compile(r"\*\*|`|__")
_TAGS = re.compile(r"<[^<>]*>")
_SIGNS = re.compile(r"[^a-z0-9]+")


class _Place(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    doc: str
    heading: str = ""


class Labelled(BaseModel):
    """A question with what a right answer to it holds."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    question: str
    expect: str
    must: tuple[str, ...] = ()
    any: tuple[tuple[str, ...], ...] = ()
    cite: tuple[_Place, ...] = ()

    @property
    def answerable(self) -> bool:
        """Whether the folder holds an answer."""
        return self.expect == "answer"

    def right(self, answer: Answer) -> bool:
        """Whether an answer holds the facts and cites a right section; where there is no answer, whether none is given."""
        given = answer.status in ANSWERS
        if not self.answerable:
            return not given
        said = " ".join(_MARKUP.sub("", answer.text).split())
        facts = all(_holds(said, m) for m in self.must) and all(any(_holds(said, x) for x in group) for group in self.any)
        return given and facts and any(self._cited(c.document, c.section) for c in answer.citations)

    def _cited(self, document: str, section: tuple[str, ...]) -> bool:
        headings = {_heading(h) for h in section}
        return any(p.doc == document and (_heading(p.heading) in headings or not (p.heading or headings)) for p in self.cite)


@dataclass(frozen=True, slots=True)
class LabelledFolder:
    """A knowledge base and the questions about it."""

    name: str
    kb: Path
    questions: tuple[Labelled, ...]


def labelled_folders(root: Path) -> Iterator[LabelledFolder]:
    """The folders of a folder that have questions beside them, by name.

    Raises:
        UsageError: there is none, or a line is no question; the message names file and line.
    """
    files = sorted(root.glob(f"*{SUFFIX}"))
    if not files:
        raise UsageError(f"{root} holds no NAME{SUFFIX} with a folder NAME beside it.")
    for file in files:
        kb = root / file.name.removesuffix(SUFFIX)
        if not kb.is_dir():
            raise UsageError(f"{file} has no folder {kb.name} beside it.")
        found = []
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip():
                try:
                    found.append(Labelled.model_validate_json(line))
                except ValidationError as error:
                    raise UsageError(f"{file}:{number} is no question: {error.errors()[0]['msg'].lower()}.") from error
        yield LabelledFolder(kb.name, kb, tuple(found))


def _holds(text: str, wanted: str) -> bool:
    if len(wanted) > 2 and wanted[0] == wanted[-1] == "/":
        return re.search(wanted[1:-1], text, re.IGNORECASE) is not None
    return " ".join(wanted.split()).lower() in text.lower()


def _heading(text: str) -> str:
    return _SIGNS.sub(" ", _TAGS.sub("", text.lower())).strip()
