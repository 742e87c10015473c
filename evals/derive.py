"""Questions made from the facts of a knowledge base: every cell, labelled value, list item, flow and step, and the sentences that
define or name something, each asked for in several wordings.

Pure: a parsed folder in, questions out; the same folder gives the same questions. The wording is data (`coverage.toml`), and nothing
here knows any folder. Each question knows the fact it has to be answered from, and what has to be said.
"""

from __future__ import annotations

import re
import string
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib import resources
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from assistant.language import language
from corpus.chunking import bare_heading
from corpus.errors import KbError
from corpus.markdown import sentences
from corpus.models import Corpus, Fact, Section, Table
from corpus.words import key

FILE = "coverage.toml"
Kind = Literal["cell", "item", "flow", "step", "sentence"]
Shape = Literal["cell", "row", "when", "what", "why", "pair", "topic", "item", "flow", "step", "definition", "mention"]

_NAME_WORDS = 5  # longer is no name that anybody would type
_MEMBERS = 8  # of a longer enumeration the first ones stand for all
_PROSE_WORDS = 40  # a longer value is not repeated in a question
_LABEL_WORDS = 12  # nor is a longer label: it is a sentence in a cell
_LIST_WORDS = 10
_GIST_WORDS = 7
_GIST_LEAST = 3  # fewer say nothing of their own
_SMALL = 3  # letters of a word that stays small in a title
_HOLDERS = 5  # a value that more things hold tells none of them apart
_TOGETHER = " + "  # between things that a label names side by side
_THINGS = 4  # things named side by side in one question


class CoverageDataInvalid(KbError):
    """The wording of derived questions is wrong: a fault of the program, never of the user."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"evals/{FILE}: {problem}. Reinstall whichops, or undo your change to that file.")


# ---------------------------------------------------------------- wording


def _slots(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for _, name, _, _ in string.Formatter().parse(text) if name))


class Form(BaseModel):
    """One way to ask for a fact."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1)
    shapes: tuple[Shape, ...] = Field(min_length=1)
    text: str = Field(min_length=1)
    asks: str = "value"  # the slot that has to be said; "": being cited is enough
    shared: Literal["no", "list", "any"] = "no"

    @property
    def slots(self) -> tuple[str, ...]:
        """Names of the slots of its text."""
        return _slots(self.text)


class Words(BaseModel):
    """What of the language derived questions need beside their texts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    is_: tuple[str, str] = Field(alias="is")
    plural: re.Pattern[str]
    ordinals: tuple[str, ...]
    last: str
    qualified: str
    and_: str = Field(alias="and")
    conditions: tuple[str, ...]
    definition: re.Pattern[str]
    lead: re.Pattern[str]
    pronouns: frozenset[str]
    verbs: frozenset[str]
    dangling: frozenset[str]
    imperative: re.Pattern[str]

    @field_validator("definition", "lead", "plural", "imperative", mode="after")
    @classmethod
    def _either_case(cls, pattern: re.Pattern[str]) -> re.Pattern[str]:
        return re.compile(pattern.pattern, re.IGNORECASE)

    @field_validator("definition", mode="after")
    @classmethod
    def _names_its_subject(cls, pattern: re.Pattern[str]) -> re.Pattern[str]:
        if "subject" not in pattern.groupindex:
            raise ValueError("the pattern has no group 'subject'")
        return pattern


class Wording(BaseModel):
    """The forms, in the order they are asked, and the words they share."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: Words
    form: tuple[Form, ...]

    @field_validator("form", mode="after")
    @classmethod
    def _are_usable(cls, forms: tuple[Form, ...]) -> tuple[Form, ...]:
        twice = [name for name, n in Counter(form.id for form in forms).items() if n > 1]
        if twice:
            raise ValueError(f"more than one form is called {twice[0]!r}")
        for form in forms:
            if unknown := [slot for slot in (*form.slots, form.asks) if slot and slot not in SLOTS]:
                raise ValueError(f"form {form.id!r}: there is no slot {unknown[0]!r}; slots are {', '.join(sorted(SLOTS))}")
        return forms


SLOTS = frozenset(
    {
        *("value", "entity", "attribute", "is", "thing", "things", "name", "prose", "topic", "when", "what", "label", "list", "condition"),
        *(
            "instruction",
            "gist",
            "number",
            "flow",
            "previous",
            "next",
            "ordinal",
            "last",
            "subject",
            "member",
            "only",
            "noun",
            "heading",
            "bare",
            "listed",
        ),
    }
)
"""Everything a text may ask to be filled in."""

_EACH = frozenset({"name", "member"})  # slots filled by one thing after the other


@lru_cache(maxsize=1)
def shipped_wording() -> Wording:
    """The wording that comes with the program.

    Raises:
        CoverageDataInvalid: the file is missing or wrong.
    """
    try:
        return parse_wording(resources.files("evals").joinpath(FILE).read_text(encoding="utf-8"))
    except OSError as error:
        raise CoverageDataInvalid(str(error)) from error


def parse_wording(text: str) -> Wording:
    """Read the text of such a file.

    Raises:
        CoverageDataInvalid: not TOML, or something in it is unknown; the message names it.
    """
    try:
        return Wording.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise CoverageDataInvalid(str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        raise CoverageDataInvalid(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error


# ---------------------------------------------------------------- what comes out


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a file that proves a fact: lines 1-based and inclusive, `raw` the file's own characters."""

    document: str
    lines: tuple[int, int]
    raw: str
    cell: tuple[str, str] | None = None  # labels of row and column


@dataclass(frozen=True, slots=True)
class Question:
    """One question for one fact; `id` is the fact's with the form, so an edit of the value leaves it alone."""

    id: str
    form: str
    text: str
    said: tuple[str, ...]  # each has to be in the answer
    shared: Literal["no", "list", "any"] = "no"  # unless "no", the answer may name others beside this one
    alias: str | None = None  # the alias that stands for a name in it
    bare: str = ""  # the text before a heading was added that tells it apart; "" where none was


@dataclass(frozen=True, slots=True)
class Target:
    """A fact that has to be reached, and the questions that ask for it."""

    id: str  # file, heading and labels: says where it stands and outlives moved lines
    kind: Kind
    document: str
    lines: tuple[int, int]
    section: tuple[str, ...]
    value: str
    places: tuple[Place, ...]  # citing any of them covers it: its own, and others that say the same of the same
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Derived:
    """All questions of a folder, and what no question was made for: reason -> how many facts."""

    targets: tuple[Target, ...]
    left_out: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Draft:
    """A fact on its way to a target: `slots` hold one filling each, `each` fills `name` or `member`, one question for each."""

    fact: Fact
    kind: Kind
    shape: Shape
    name: str  # the last part of its id
    places: list[Place]
    slots: dict[str, str]
    each: tuple[str, ...] = ()
    says: dict[str, tuple[str, ...]] = field(default_factory=dict)  # slot -> what has to be said of it, where that is not its words
    same: tuple[str, ...] = ()  # (of what, what, value): facts with an equal one say the same of the same
    contexts: tuple[str, ...] = ()  # what it can be told apart by: its heading, the outermost heading, the file


# ---------------------------------------------------------------- words in sentences


def in_sentence(label: str) -> str:
    """A label inside a sentence: every word lowered where it is in title case, else its first; acronyms and inner capitals stay."""
    words = label.split()
    titled = all(word[:1].isupper() or len(word) <= _SMALL or not word[:1].isalpha() for word in words)
    return " ".join(_lowered(word) if titled or not at else word for at, word in enumerate(words))


def begun(text: str) -> str:
    """A sentence that goes on within another: its first word lowered, unless it begins a name; no full stop at its end."""
    words = text.strip().rstrip(".").split()
    if words and not (len(words) > 1 and words[1][:1].isupper() and not words[1].isupper()):  # an acronym may follow any word
        words[0] = _lowered(words[0])
    return " ".join(words)


def _lowered(word: str) -> str:
    """A word in lower case, unless it is an acronym or has capitals inside."""
    return word if word[1:] != word[1:].lower() or len(word) == 1 else word.lower()


def _title(label: str) -> str:
    """A label without the punctuation it ends with."""
    return label.strip().rstrip("?:.*").strip()


def _short(text: str, most: int = _LABEL_WORDS) -> bool:
    return 0 < len(text.split()) <= most and re.search(r"\w", text) is not None


def _members(value: str) -> tuple[str, ...]:
    """The things a value enumerates, or the value itself where it is one; none of prose."""
    if value.rstrip().endswith((".", "!", "?")) or "→" in value:
        return ()
    parts = [part.strip() for part in re.split(r"[,;]\s+", value)]
    if not all(_short(part, _NAME_WORDS) and part.count("(") == part.count(")") and part.count("[") == part.count("]") for part in parts):
        return ()
    return tuple(dict.fromkeys(parts))[:_MEMBERS]


def _clause(value: str, dangling: frozenset[str]) -> str:
    """The first words of a text up to a stop, at most a few, and none at the end that calls for another (*of*, *the*)."""
    found = re.split(r"[;:(–—.?!]\s|\s[(–—-]\s?", value.strip().rstrip(".?!:|,; "))[0].split()[:_GIST_WORDS]
    while found and found[-1].lower() in dangling:
        found.pop()
    return " ".join(found)


# ---------------------------------------------------------------- facts to drafts


class _Deriving:
    """One folder on its way."""

    def __init__(self, corpus: Corpus, words: Words) -> None:
        self.corpus = corpus
        self.words = words
        self.left_out: Counter[str] = Counter()
        self.sections: dict[int, Section] = {section.id: section for section in corpus.sections}
        self.texts = {document.path: document.text for document in corpus.documents}
        self.cells: dict[tuple[int, int], list[Fact]] = defaultdict(list)  # (table, row) -> its cells
        self.groups: dict[int, list[Fact]] = defaultdict(list)
        self.lists: dict[int, list[int]] = defaultdict(list)  # section -> its lists, outermost items only
        mentioned: Counter[str] = Counter()
        for fact in corpus.facts:
            if fact.kind == "cell" and fact.table is not None and fact.row is not None:
                self.cells[fact.table, fact.row].append(fact)
            if fact.group is not None:
                self.groups[fact.group].append(fact)
                if fact.kind in ("item", "pair") and fact.depth == 0 and fact.group not in self.lists[fact.section]:
                    self.lists[fact.section].append(fact.group)
            mentioned.update({key(name) for name in (*fact.names, *(label.text for label in fact.labels))})
        self.mentioned = mentioned
        self.things: dict[str, str] = {}
        for table in corpus.tables:
            if not table.decision:
                self.things.update({key(name): name for name in self.things_of(table) if _short(name)})
        self.things.pop("", None)
        self.condition = re.compile(rf"\s(?P<all>(?:{'|'.join(map(re.escape, words.conditions))})\s+\S[^.?!]*)[.?!]?$", re.IGNORECASE)

    def things_of(self, table: Table) -> list[str]:
        """The labels of a table's entity axis."""
        return [_title(x) for x in (table.columns[1:] if table.entities == "columns" else table.rows) if _title(x)]

    def topic(self, fact: Fact) -> str:
        """What the section is about: its heading without number, or the file's name."""
        return self.contexts(fact)[0]

    def contexts(self, fact: Fact) -> tuple[str, ...]:
        """Its heading without number, the outermost heading, the file's name in words."""
        path = self.sections[fact.section].path
        headings = [_title(bare_heading(heading)) for heading in (path[-1:] + path[:1])]
        file = re.sub(r"[-_]+", " ", fact.document.rsplit("/", 1)[-1].rsplit(".", 1)[0]).strip()
        return tuple(dict.fromkeys(name for name in (*headings, file) if name)) or (fact.document,)

    def agreeing(self, label: str) -> str:
        """*is* or *are*, by the last word of a label."""
        return self.words.is_[bool(self.words.plural.search(label))]

    def joined(self, names: Sequence[str]) -> str:
        return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {self.words.and_} {names[-1]}"

    def drafts(self) -> Iterator[_Draft]:
        """Every fact that can be asked for, in the order of the files; whatever cannot is counted."""
        done: set[int] = set()  # flows
        for fact in self.corpus.facts:
            if not re.search(r"\w", fact.value):
                self.left_out["holds no words"] += 1
            elif fact.kind == "cell":
                yield from self.cell(fact)
            elif fact.kind in ("pair", "item"):
                yield from self.item(fact)
            elif fact.kind == "step" and fact.group is not None:
                if fact.group not in done:
                    done.add(fact.group)
                    yield from self.flow(self.groups[fact.group])
            elif fact.kind == "sentence":
                yield from self.sentence(fact)
            else:
                self.left_out[{"heading": "heading", "code": "code block"}.get(fact.kind, fact.kind)] += 1

    def place(self, fact: Fact) -> Place:
        cell = (fact.label("row") or "", fact.label("column") or "") if fact.table is not None else None
        return Place(fact.document, (fact.span.first_line, fact.span.last_line), fact.raw, cell)

    def draft(self, fact: Fact, kind: Kind, shape: Shape, name: str, **slots: str) -> _Draft:
        offered = {"value": fact.value, "topic": self.topic(fact), "thing": "one", **slots}
        if "attribute" in slots:
            offered["is"] = self.agreeing(slots["attribute"])
            offered["noun"] = "" if slots["attribute"].split(" ", 1)[0].lower() in self.words.verbs else slots["attribute"]
        return _Draft(fact, kind, shape, name, [self.place(fact)], {k: v for k, v in offered.items() if v}, contexts=self.contexts(fact))

    # ---- cells

    def cell(self, fact: Fact) -> Iterator[_Draft]:
        table = self.corpus.tables[fact.table or 0]
        row, column = (_title(fact.label(role) or "") for role in ("row", "column"))
        name = f"@{row or '-'}×{column or '-'}"
        if fact.column == 0:
            yield from self.row_label(fact, table, name)
        elif table.decision and fact.column in table.decision:
            yield from self.decision(fact, table, name)
        elif row and not column:  # a table of two columns without a header: name and value
            if _short(row):
                yield self.draft(fact, "cell", "topic", name, label=row)
            else:
                self.left_out["its label is a text of its own"] += 1
        elif not row:
            self.left_out["its row has no label"] += 1
        else:
            # In a table that says what to choose, the other columns are attributes of the case.
            entity, attribute = (column, row) if table.entities == "columns" and not table.decision else (row, column)
            if not (_short(entity) and _short(attribute)):
                self.left_out["its label is a text of its own"] += 1
                return
            header = _title(table.columns[0]) if table.entities == "rows" else ""
            thing = in_sentence(header) if _short(header, 3) and not re.search(r"\d", header) else ""
            # *The cost of 3* says nothing, *the cost of level 3* does.
            named = entity if re.search(r"[^\W\d]", entity) else f"{thing} {entity}".strip()
            slots = {"entity": named, "attribute": in_sentence(attribute), "thing": thing or "one"}
            made = self.draft(fact, "cell", "cell", name, **slots, **self.reversed(fact))
            made.says["entity"] = (entity,)
            made.each = _members(fact.value) if len(_members(fact.value)) > 1 else ()
            made.same = (key(entity), key(attribute), key(fact.value))
            yield made

    def reversed(self, fact: Fact) -> dict[str, str]:
        """The value itself as what is known, to ask whose it is."""
        if language().polarity(fact.value) is not None:
            return {}  # whatever else is *yes* as well
        members = _members(fact.value)
        if members:
            return {"only": members[0]} if len(members) == 1 else {}
        return {"prose": begun(fact.value)} if len(fact.value.split()) <= _PROSE_WORDS else {}

    def row_label(self, fact: Fact, table: Table, name: str) -> Iterator[_Draft]:
        """The first cell of a row: the whole row answers for it."""
        label = _title(fact.value)
        if table.decision and table.decision[0] == 0:
            yield from self.decision(fact, table, name)
            return
        if not _short(label):
            self.left_out["its label is a text of its own"] += 1
            return
        if table.entities == "rows":
            made = self.draft(fact, "cell", "row", name, entity=label)
        else:
            things = self.things_of(table)
            together = self.joined(things) if 1 < len(things) <= _THINGS else ""
            made = self.draft(fact, "cell", "row", name, attribute=in_sentence(label), things=together)
        made.places += [self.place(other) for other in self.cells[fact.table or 0, fact.row or 0] if other is not fact]
        yield made

    def decision(self, fact: Fact, table: Table, name: str) -> Iterator[_Draft]:
        when, what, _ = table.decision or (0, 0, None)
        row = {cell.column: cell for cell in self.cells[fact.table or 0, fact.row or 0]}
        if when not in row or what not in row:
            self.left_out["its row has no label"] += 1
            return
        slots = {
            "when": begun(row[when].value),
            "what": _title(row[what].value),
            "attribute": in_sentence(_title(table.columns[fact.column or 0])),
        }
        if len(slots["when"].split()) > _PROSE_WORDS or not _short(slots["what"]):
            self.left_out["its label is a text of its own"] += 1
            return
        shape: Shape = "when" if fact.column == when else "what" if fact.column == what else "why"
        yield self.draft(fact, "cell", shape, name, **slots)

    # ---- lists

    def item(self, fact: Fact) -> Iterator[_Draft]:
        """A list item or a labelled paragraph."""
        label = _title(fact.label("label") or "")
        parts = tuple(label.split(_TOGETHER))
        slots: dict[str, str] = {"list": self.list_name(fact)}
        names = [name for name in (label, fact.label("parent") or "") if name]
        name = f"/{'/'.join(reversed(names))}" if label else f"/{'/'.join([*names, ''])}{fact.position + 1}"
        above = self.thing_above(fact)
        if label and not _short(label):
            self.left_out["its label is a text of its own"] += 1
        elif label and all(key(part) in self.things for part in parts):
            made = self.pair(fact, name, self.joined(parts), in_sentence(self.topic(fact)), slots)
            made.says["entity"] = parts
            yield made
        elif label and above:
            yield self.pair(fact, name, above, in_sentence(label), {})
        elif label:
            yield self.draft(fact, "item", "topic", name, label=label, **slots)
        else:
            made = self.draft(fact, "item", "item", name, **self.item_slots(fact))
            first = sentences(fact.value)[:1]
            if first:  # of a longer item the first sentence is enough
                made.says["value"] = (fact.value[first[0][0] : first[0][1]],)
            yield made

    def pair(self, fact: Fact, name: str, entity: str, attribute: str, slots: Mapping[str, str]) -> _Draft:
        made = self.draft(fact, "item", "pair", name, entity=entity, attribute=attribute, **slots, **self.reversed(fact))
        made.same = (key(entity), key(attribute), key(fact.value))
        return made

    def thing_above(self, fact: Fact) -> str:
        """A thing of the tables that the heading names (`Kayaks in use`), the longest first."""
        words = self.topic(fact).split()
        for size in range(min(4, len(words)), 0, -1):
            for start in range(len(words) - size + 1):
                if key(" ".join(words[start : start + size])) in self.things:
                    return self.things[key(" ".join(words[start : start + size]))]
        return ""

    def list_name(self, fact: Fact) -> str:
        """What a list can be asked by: the line that introduces it, else its heading where that has no other list."""
        if fact.depth or fact.group is None:
            return ""
        lead = self.words.lead.sub("", _title(fact.label("lead") or ""))
        alone = self.lists[fact.section] == [fact.group] and len(self.groups[fact.group]) > 1
        name = begun(lead) if lead else in_sentence(self.topic(fact)) if alone else ""
        usable = _short(name, _LIST_WORDS) and "," not in name and self.is_name(name, _LIST_WORDS)
        return name if usable and self.words.plural.search(name) else ""

    def item_slots(self, fact: Fact) -> dict[str, str]:
        """What an item without a label can be asked by: its list, its first words, the condition it is said for."""
        found = {"list": self.list_name(fact)}
        path = self.sections[fact.section].path
        if fact.depth == 0 and fact.group is not None and self.lists[fact.section] == [fact.group]:
            found["listed"] = self.topic(fact)
            found["number"] = str(fact.position + 1) if fact.ordered else ""
            if path and path[-1].rstrip().endswith("?"):
                found["heading"] = self.topic(fact)
        if not re.search(r"[.!?;:]", fact.value) and _short(fact.value, _NAME_WORDS):
            found["bare"] = fact.value
        if "?" in fact.value or self.mentioned[key(fact.value)] > 1:
            return found  # a question is no answer, and a name that stands elsewhere too is asked for there
        gist = _clause(fact.value, self.words.dangling)
        if len(gist.split()) >= _GIST_LEAST:
            found["gist"] = begun(gist)
        split = self.condition.search(fact.value)
        if split is not None and self.words.imperative.search(fact.value) and len(fact.value.split()) <= _PROSE_WORDS:
            told = fact.value[: split.start()]
            if self.is_name(told, _GIST_WORDS) and fact.value.rstrip().endswith((".", "!")):
                found |= {"condition": begun(split["all"]), "instruction": begun(told)}
        return found

    # ---- flows

    def flow(self, steps: Sequence[Fact]) -> Iterator[_Draft]:
        """A flow as a whole, then each of its steps."""
        first, last = steps[0], steps[-1]
        name, called = self.flow_name(first)
        if not called:
            self.left_out["a flow without a name"] += 1
            return
        text = self.texts[first.document][first.span.start : last.span.end]
        place = replace(self.place(first), lines=(first.span.first_line, last.span.last_line), raw=text)
        whole = self.draft(first, "flow", "flow", f"{name}→", flow=called)
        whole.places, whole.says["value"], whole.slots["value"] = [place], tuple(step.value for step in steps), text
        yield whole
        ordinals = dict(enumerate(self.words.ordinals))
        for at, step in enumerate(steps):
            beside = {
                "previous": begun(steps[at - 1].value) if at else "",
                "next": begun(steps[at + 1].value) if at + 1 < len(steps) else "",
                "ordinal": ordinals.get(at, ""),
                "last": self.words.last if at + 1 == len(steps) else "",
            }
            made = self.draft(step, "step", "step", f"{name}→{at + 1}", flow=called, **beside)
            made.places.append(place)
            yield made

    def is_name(self, text: str, most: int = _NAME_WORDS) -> bool:
        """Whether words are a name or a bare phrase rather than a clause with its own verb."""
        words = text.lower().split()
        return _short(text, most) and words[0] not in self.words.pronouns and not self.words.verbs.intersection(words)

    def is_proper(self, text: str) -> bool:
        """Whether words are a name of something in particular; one word with a capital may only have begun a link or a clause."""
        return self.is_name(text) and re.search(r"[A-Z0-9]", text) is not None and (" " in text or not text.istitle())

    def flow_name(self, step: Fact) -> tuple[str, str]:
        """(id, name) of a flow: whose it is and what it is called."""
        if step.table is not None:
            row, column = (_title(step.label(role) or "") for role in ("row", "column"))
            table = self.corpus.tables[step.table]
            entity, attribute = (column, row) if table.entities == "columns" and not table.decision else (row, column)
            words = f"{entity} {in_sentence(attribute)}".strip() if _short(entity) and _short(attribute) else ""
            return f"@{row or '-'}×{column or '-'}", words
        label, parent, above = _title(step.label("label") or ""), step.label("parent") or "", self.thing_above(step)
        what = in_sentence(label) if _short(label, _NAME_WORDS) else in_sentence(self.topic(step))
        whose = above if above and key(above) not in key(what) else "" if not label else f"{self.topic(step)}"
        name = f"/{parent}/{label}" if parent else f"/{label or step.group}"
        return name, f"{whose} {what}".strip()

    # ---- prose

    def sentence(self, fact: Fact) -> Iterator[_Draft]:
        """A sentence that defines something, or sets a name apart that few others hold; any other has no subject that could be told."""
        name = f"/{fact.position + 1}"
        found = self.words.definition.match(fact.value)
        subject = found["subject"].strip() if found else ""
        if subject and not self.words.pronouns.intersection(subject.lower().split()) and _short(subject, _NAME_WORDS):
            yield self.draft(fact, "sentence", "definition", f"/{subject}", subject=subject)
            return
        rare = [name for name in fact.names if self.mentioned[key(name)] == 1 and self.is_proper(name)]
        if not rare:
            self.left_out["a sentence without a subject that could be told"] += 1
            return
        made = self.draft(fact, "sentence", "mention", name)
        made.each = (rare[0],)
        yield made


# ---------------------------------------------------------------- drafts to targets


def _fill(form: Form, draft: _Draft, spoken: Mapping[str, str] | None = None) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """(what tells it apart, text, what has to be said) of each question of one form; none where a slot is empty.

    Args:
        spoken: names -> what is typed for them.
    """
    names = draft.each if (each := _EACH.intersection(form.slots)) else ("",)
    for name in names:
        slots = {**draft.slots, **dict.fromkeys(each, name)}
        if all(slots.get(slot) for slot in (*form.slots, form.asks) if slot):
            typed = {slot: (spoken or {}).get(value, value) for slot, value in slots.items()}
            yield name, form.text.format(**typed), draft.says.get(form.asks) or ((slots[form.asks],) if form.asks else ())


def _in_context(words: Words, question: Question, context: str) -> Question:
    """The question with a heading that tells it apart, instead of any it had before."""
    bare = question.bare or question.text
    text = words.qualified.format(question=bare.removesuffix("?"), topic=context) + ("?" if bare.endswith("?") else "")
    return replace(question, text=text, bare=bare)


def _questions(draft: _Draft, identity: str, forms: Sequence[Form], aliases: Mapping[str, str]) -> Iterator[Question]:
    """The questions of one fact."""
    using = [form for form in forms if draft.shape in form.shapes]
    for form in using:
        for apart, text, said in _fill(form, draft):
            yield Question(f"{identity} {form.id}{f' {apart}' if apart else ''}", form.id, text, said, form.shared)
    for typed, written in aliases.items():
        yield from _by_alias(draft, identity, using, typed, key(written))


def _by_alias(draft: _Draft, identity: str, forms: Sequence[Form], typed: str, written: str) -> Iterator[Question]:
    """The first form in which an alias can stand for a name of the fact."""
    for form in forms:
        offered = [*(draft.slots.get(slot, "") for slot in form.slots), *(draft.each if _EACH.intersection(form.slots) else ())]
        name = next((name for name in offered if key(name) == written), None)
        if name is None:
            continue
        for apart, text, said in _fill(form, draft, {name: typed}):
            if not apart or apart == name:
                yield Question(f"{identity} alias {typed}", f"alias {typed}", text, said, shared="any", alias=typed)
                return


def derive(corpus: Corpus, aliases: Mapping[str, str] | None = None, wording: Wording | None = None) -> Derived:
    """All questions that the facts of a folder call for.

    Two facts of different sections that would be asked for in the same words are told apart by their headings. What cannot be told
    apart even so is left out, unless its form says that one answer may name several.

    Args:
        aliases: other names of the folder's things, as typed -> as the folder writes them.
        wording: the forms; those shipped if left out.
    """
    wording = wording or shipped_wording()
    deriving = _Deriving(corpus, wording.words)
    drafts = list(deriving.drafts())
    identities = _identities(drafts, deriving)
    _drop_common(drafts)
    _join_twins(drafts)
    asked = [list(_questions(draft, identity, wording.form, aliases or {})) for draft, identity in zip(drafts, identities, strict=True)]
    asked = _told_apart(drafts, asked, wording.words)
    left_out = Counter(deriving.left_out)
    targets = []
    for draft, identity, questions in zip(drafts, identities, asked, strict=True):
        if not questions:
            left_out["cannot be told apart from another by its labels"] += 1
            continue
        fact = draft.fact
        targets.append(
            Target(
                id=identity,
                kind=draft.kind,
                document=fact.document,
                lines=draft.places[0].lines,
                section=deriving.sections[fact.section].path,
                value=draft.slots["value"],
                places=tuple(draft.places),
                questions=tuple(questions),
            )
        )
    return Derived(tuple(targets), dict(sorted(left_out.items())))


def _identities(drafts: Sequence[_Draft], deriving: _Deriving) -> list[str]:
    """File, heading and labels of each, with a number where two would be equal."""
    seen: Counter[str] = Counter()
    found = []
    for draft in drafts:
        path = deriving.sections[draft.fact.section].path
        identity = f"{draft.fact.document}{f'#{path[-1]}' if path else ''}{draft.name}"
        seen[identity] += 1
        found.append(identity if seen[identity] == 1 else f"{identity} ({seen[identity]})")
    return found


def _drop_common(drafts: Iterable[_Draft]) -> None:
    """Take the value out of what is known of a fact where many others hold the same: whoever asks whose it is has to be told them all."""
    holders: Counter[tuple[str, str]] = Counter()
    held = [
        (draft, [key(value) for value in (*draft.each, draft.slots.get("only", ""), draft.slots.get("prose", "")) if value])
        for draft in drafts
    ]
    for draft, values in held:
        holders.update({(draft.slots.get("attribute", ""), value) for value in values})
    for draft, values in held:
        common = {value for value in values if holders[draft.slots.get("attribute", ""), value] > _HOLDERS}
        draft.each = tuple(value for value in draft.each if key(value) not in common)
        for slot in ("only", "prose"):
            if key(draft.slots.get(slot, "")) in common:
                del draft.slots[slot]


def _join_twins(drafts: Iterable[_Draft]) -> None:
    """Let facts that say the same of the same stand for each other: which of them is cited makes no difference.

    Where others say something else of it, what was meant depends on the heading, and only facts under equal headings are joined.
    """
    rivals: dict[tuple[str, ...], list[_Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.same:
            rivals[draft.same[:2]].append(draft)
    for about in rivals.values():
        one_voice = len({draft.same for draft in about}) == 1
        twins: dict[tuple[str, ...], list[_Draft]] = defaultdict(list)
        for draft in about:
            twins[draft.same if one_voice else (*draft.same, draft.contexts[0])].append(draft)
        for same in twins.values():
            places = list(dict.fromkeys(place for draft in same for place in draft.places))
            for draft in same:
                draft.places = places


_Asked = list[list[Question]]


def _told_apart(drafts: Sequence[_Draft], asked: _Asked, words: Words) -> _Asked:
    """The questions again; where several facts had the same one, with the first context that tells them apart, or left out."""
    for level in range(max((len(draft.contexts) for draft in drafts), default=0) + 1):
        rivals = _rivals(drafts, asked)
        if not any(rivals):
            break
        found: _Asked = []
        for draft, questions, troubled in zip(drafts, asked, rivals, strict=True):
            contexts = draft.contexts[level : level + 1]
            kept = []
            for number, question in enumerate(questions):
                if number not in troubled:
                    kept.append(question)
                elif contexts:
                    kept.append(_in_context(words, question, contexts[0]))
            found.append(kept)
        asked = found
    return asked


def _rivals(drafts: Sequence[_Draft], asked: _Asked) -> list[set[int]]:
    """Per fact, the places of its questions that a fact with another answer has too."""
    owners: dict[str, set[int]] = defaultdict(set)
    texts = [[key(question.text) for question in questions] for questions in asked]
    for at, keys in enumerate(texts):
        for text in keys:
            owners[text].add(at)
    places = [set(draft.places) for draft in drafts]
    found = []
    for at, (keys, questions) in enumerate(zip(texts, asked, strict=True)):
        mine = drafts[at]
        troubled = set()
        for number, (text, question) in enumerate(zip(keys, questions, strict=True)):
            others = owners[text] - {at}
            if question.shared == "list" and mine.fact.group is not None:
                others = {n for n in others if drafts[n].fact.group != mine.fact.group}
            if question.shared != "any" and not all(places[at] & places[n] for n in others):
                troubled.add(number)
        found.append(troubled)
    return found


__all__ = ["Derived", "Form", "Place", "Question", "Target", "Wording", "derive", "parse_wording", "shipped_wording"]
