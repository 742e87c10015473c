"""What must not matter to an answer: changes of folder and question, and what *follows* means for each.

A change has a stated effect on every answer: the new name instead of the old one, or none at all. So no right answer has to be
known, any folder will do, and an answer that came from anywhere but the folder is found out.

*Follows* means: the same status and kind of *no*; the same facts cited, by their words, their innermost heading and in a table
their labels, wherever they stand in the changed files; the same text. Where the change moves facts, the text may tell them in
their new order. What a refusal or small talk says of the folder as a whole is compared only where the folder is the same; what a
refusal repeats of the question, as words in any case, the mistyped for the meant.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from assistant.language import language
from assistant.models import Answer, Citation
from corpus.errors import UsageError
from corpus.models import Corpus
from evals import transforms
from evals.loader import SHIPPED
from evals.models import ANSWERS, REFUSALS
from evals.transforms import Renaming, Said, Slips, Texts

DATA_FILE = "metamorphic.toml"

OLD_NAME = "says the old name"
"""How the problem begins that no floor excuses."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


# --- what is accepted ----------------------------------------------------------------------------------------------------


class Distractor(_Frozen):
    """A file about something else."""

    file: str = Field(min_length=1)
    text: str = Field(min_length=1)


class Accepted(_Frozen):
    """What of a relation is accepted: the least share of cases that follow, and by id the cases that need not, with the reason."""

    floor: float = Field(ge=0.0, le=1.0)
    known: dict[str, str] = Field(default_factory=dict)


class Data(_Frozen):
    """What is shipped beside this file."""

    distractor: Distractor
    relation: dict[str, Accepted]


class _Beside(_Frozen):
    """What another folder of cases accepts, in a file beside it; a relation left out has the shipped floor."""

    relation: dict[str, Accepted]


def load_data(cases: Path = SHIPPED) -> Data:
    """Floors, known exceptions and the distracting file: the shipped ones, and what the file beside a folder of cases says instead.

    Raises:
        UsageError: that file is wrong.
    """
    shipped = Data.model_validate(tomllib.loads(resources.files("evals").joinpath(DATA_FILE).read_text(encoding="utf-8")))
    if cases.resolve() == SHIPPED.resolve():
        return shipped
    relations = {name: Accepted(floor=accepted.floor) for name, accepted in shipped.relation.items()}
    path = cases.resolve().parent / DATA_FILE
    if path.is_file():
        try:
            given = _Beside.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).relation
        except (OSError, ValueError) as error:  # not UTF-8, not TOML and not as it has to be are all values
            raise UsageError(f"{path} cannot be used: {error}") from error
        if unknown := sorted(set(given) - set(relations)):
            raise UsageError(f"{path}: there is no relation {unknown[0]!r}; there are {', '.join(relations)}.")
        relations |= given
    return shipped.model_copy(update={"relation": relations})


# --- relations -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """A relation made for one folder: its texts and the questions changed, and what that makes of an answer."""

    texts: Texts | None = None  # None: the folder stays as it is
    question: Said = str
    renaming: Renaming | None = None
    applies: Callable[[str], bool] = lambda _: True  # to a question; a case with one that it does not apply to is left alone

    def said(self, text: str) -> str:
        """What an answer about the folder as it was has to say now."""
        return self.renaming.text(text) if self.renaming else text


@dataclass(frozen=True, slots=True)
class Relation:
    """A change and what has to follow from it."""

    name: str
    what: str
    make: Callable[[Texts, Corpus, Data], Change]
    moves: bool = False  # facts stand elsewhere: lists may be told in another order
    turns: bool = False  # rows are columns now
    announced: bool = False  # what was mended has to be said


def _renamed(names: Callable[[Corpus], Sequence[str]]) -> Callable[[Texts, Corpus, Data], Change]:
    def make(texts: Texts, corpus: Corpus, _: Data) -> Change:
        renaming = Renaming(names(corpus), corpus)
        return Change({path: renaming.text(text) for path, text in texts.items()}, renaming.question, renaming)

    return make


def _moved(change: Callable[[Texts, Corpus], Texts]) -> Callable[[Texts, Corpus, Data], Change]:
    return lambda texts, corpus, _: Change(change(texts, corpus))


def _transposed(texts: Texts, corpus: Corpus, _: Data) -> Change:
    return Change(transforms.transposed(texts, corpus), applies=lambda q: not transforms.names_corner(q, corpus))


def _asked(question: Said) -> Callable[[Texts, Corpus, Data], Change]:
    return lambda *_: Change(question=question)


RELATIONS: dict[str, Relation] = {
    relation.name: relation
    for relation in (
        Relation("rename", "the things that tables describe have other names", _renamed(transforms.entity_names)),
        Relation("rename-words", "what else has a name of its own has another", _renamed(transforms.foreign_names)),
        Relation("rows", "table rows in the opposite order", _moved(transforms.rows_reversed), moves=True),
        Relation("columns", "table columns after the first in the opposite order", _moved(transforms.columns_reversed), moves=True),
        Relation("transpose", "rows for columns where a table then says the same", _transposed, moves=True, turns=True),
        Relation("sections", "sections in the opposite order", _moved(transforms.sections_reversed), moves=True),
        Relation("split", "every file in two, at a heading", _moved(transforms.files_split), moves=True),
        Relation(
            "distractor",
            "one more file, about something else",
            lambda texts, _, data: Change(transforms.with_file(texts, data.distractor.file, data.distractor.text)),
            moves=True,
        ),
        Relation(
            "typo-known",
            "a slip in a word of the folder: mended, and said so",
            lambda _, corpus, __: Change(question=Slips(corpus, known=True)),
            announced=True,
        ),
        Relation("typo-other", "a slip in any other word", lambda _, corpus, __: Change(question=Slips(corpus, known=False))),
        Relation("upper", "the question in capitals", _asked(transforms.upper)),
        Relation("lower", "the question in small letters", _asked(transforms.lower)),
        Relation("please", "please at the end of the question", _asked(transforms.politely)),
        Relation("hey", "hey before the question", _asked(transforms.greeted)),
        Relation("mark", "the closing mark away, or one where there was none", _asked(transforms.otherwise_closed)),
        Relation("blanks", "more blanks between and around the words", _asked(transforms.spaced)),
    )
}


# --- comparing -----------------------------------------------------------------------------------------------------------

Fact = tuple[str, str, frozenset[str] | tuple[str, str] | None]
"""Words, innermost heading, labels of a cell."""


def _fact(citation: Citation, relation: Relation, said: Callable[[str], str]) -> Fact:
    quote = said(citation.quote)
    if relation.moves:  # a citation of a whole row
        quote = " | ".join(sorted(cell.strip() for cell in quote.split("|")))
    heading = said(citation.section[-1]) if citation.section else ""
    if citation.cell is None:
        return quote, heading, None
    labels = said(citation.cell.row), said(citation.cell.column)
    return quote, heading, frozenset(labels) if relation.turns else labels


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _same_text(before: str, after: str, relation: Relation) -> bool:
    return sorted(_words(before)) == sorted(_words(after)) if relation.moves else before == after


def _same_refusal(before: str, after: str, question: str, asked: str) -> bool:
    """Whether two refusals say the same, but for words repeated as they were typed."""
    meant, typed = _words(question), _words(asked)
    slips = dict(zip(typed, meant, strict=True)) if len(typed) == len(meant) else {}
    told = [{slips.get(word, word) for word in _words(text)} - language().function_words for text in (before, after)]
    return told[0] == told[1]


def differences(before: Answer, after: Answer, relation: Relation, change: Change) -> tuple[str, ...]:
    """Everything in which an answer does not follow from the one before the change; empty when it does."""
    found: list[str] = []
    if before.status != after.status:
        found.append(f"status {before.status} -> {after.status}")
    if before.decline != after.decline:
        found.append(f"kind of no {before.decline} -> {after.decline}")
    facts = [{_fact(c, relation, s) for c in a.citations} for a, s in ((before, change.said), (after, str))]
    found += [f"cites no longer: {quote}" for quote, *_ in sorted(facts[0] - facts[1], key=str)]
    found += [f"cites now: {quote}" for quote, *_ in sorted(facts[1] - facts[0], key=str)]
    if not found and not _text_follows(before, after, relation, change):
        found.append("text")
    if relation.announced and after.question != before.question and after.status in ANSWERS:
        found += [] if len(after.reading.repaired) > len(before.reading.repaired) else ["not announced"]
    if change.renaming is not None:
        texts = (after.text, after.markdown, *after.suggestions, *(c.quote for c in (*after.citations, *after.nearest)))
        told = {change.renaming.old_name(text) for text in texts} - {None}
        found += [f"{OLD_NAME} {old}" for old in sorted(map(str, told))]
    return tuple(found)


def _text_follows(before: Answer, after: Answer, relation: Relation, change: Change) -> bool:
    if before.status not in ANSWERS and change.renaming is None and change.texts is not None:
        return True  # told of the folder, in the order of the folder
    if before.status in REFUSALS and change.texts is None:
        return _same_refusal(before.text, after.text, before.question, after.question)
    return _same_text(change.said(before.text), after.text, relation)
