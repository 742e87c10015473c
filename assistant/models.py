"""The answer as data: the fixed contract that every front end shows and other programs read.

Field names and types are a promise (see README, "The answer as data"): add nothing here without
saying so there.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["answered", "corrected", "clarify", "declined", "smalltalk", "invalid"]
DeclineKind = Literal["off_topic", "unknown_name", "unknown_attribute", "unclear", "not_listed"]
Confidence = Literal["high", "medium", "low"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Cell(_Frozen):
    """The labels of a cited table cell, markup removed."""

    row: str
    column: str


class Citation(_Frozen):
    """One place an answer rests on, precise enough to open and check."""

    marker: int = Field(ge=1)  # the n of [n] in the answer's Markdown
    document: str  # path inside the knowledge base, forward slashes
    section: tuple[str, ...]  # heading texts, outermost first; () is text above the first heading
    lines: tuple[int, int]  # first and last line, 1-based, inclusive
    quote: str  # verbatim from the file
    cell: Cell | None = None


class Atom(_Frozen):
    """One step of the proof of an answer; `certificate.verify` recomputes each from the files.

    `op` says what is claimed: `quote`: the span holds exactly `quote`; `text`: fixed wording of the
    template file, or words of the question. Later operations build on the quotes before them:
    `beside`: of a label and a table cell, that the label is one of the cell's own or stands in its row.
    """

    op: Literal["quote", "union", "count", "comparison", "absence", "order", "beside", "text"]
    marker: int | None = None  # the citation it proves
    document: str | None = None
    sha256: str | None = None  # of the whole file, as read
    start: int | None = None  # characters of the decoded file
    end: int | None = None
    quote: str | None = None
    text: str | None = None  # how it is worded in the answer
    of: tuple[int, ...] = ()  # places (0-based) of the atoms it is computed from


class Mention(_Frozen):
    """Words of the question tied to something the knowledge base knows, and how."""

    words: str  # as typed
    name: str  # as the knowledge base writes it
    role: Literal["entity", "attribute", "condition", "value", "topic"]
    how: Literal["exact", "alias", "spelling", "meaning", "kept"]


class Reading(_Frozen):
    """The frame: how a question was understood."""

    kind: str  # decision, definition, cell, …
    question: str  # the question as it was resolved; equals the one typed unless something was kept
    mentions: tuple[Mention, ...] = ()
    kept: tuple[str, ...] = ()  # what was kept from the conversation, in words
    repaired: tuple[tuple[str, str], ...] = ()  # (typed, read as) for each spelling mended
    unknown: tuple[str, ...] = ()  # content words that nothing in the knowledge base could be tied to
    scope: tuple[str, ...] = ()  # folders or documents the question was restricted to; () for everything


class Timings(_Frozen):
    """Milliseconds."""

    understand: float = 0.0
    retrieve: float = 0.0
    compose: float = 0.0
    total: float = 0.0


class Answer(_Frozen):
    """One object per question: `ask --json`, `--batch`, the chat and the API all carry this."""

    id: str
    question: str
    status: Status
    text: str
    markdown: str
    citations: tuple[Citation, ...] = ()
    decline: DeclineKind | None = None
    nearest: tuple[Citation, ...] = ()  # offered beside a refusal, never evidence
    suggestions: tuple[str, ...] = ()
    reading: Reading
    rule: str
    answer_id: str
    confidence: Confidence
    certificate: tuple[Atom, ...] = ()
    timings_ms: Timings = Timings()

    def as_json(self) -> dict[str, Any]:
        """The answer as JSON-ready data, in the order of the contract."""
        return self.model_dump(mode="json")


class Place(_Frozen):
    """Where something stands."""

    document: str
    section: tuple[str, ...]  # heading texts, outermost first
    lines: tuple[int, int]  # first and last, 1-based, inclusive
    cell: Cell | None = None


class Scored(_Frozen):
    """A fact that may carry an answer, with its raw scores."""

    place: Place
    kind: str  # cell, item, pair, step, sentence, code
    value: str
    used: bool  # the answer was made from it
    score: float  # what facts are ranked by: the sum of `parts`
    behind: float  # how far the score lies below that of the fact that decided; below 0: above it
    dense: float  # cosine to the question, -1..1
    near: float | None  # nearness to the question token by token, about 0..1; None: only the best are read so closely
    words: float  # BM25; it brings a fact in and gives no points
    cover: float  # share of the question found at it, 0..1
    exact: int  # names of the question that are its label or one of its names
    precise: float  # share of its labels the question asked for, 0..1
    headed: bool  # right under a heading the question names
    typed: bool  # holds the type of answer asked for
    parts: dict[str, float]  # what each of these gives, in points of the score
    found: dict[str, str]  # word of the question -> where at the fact it was found: label, value, heading, above, row, near, document


class Check(_Frozen):
    """One number of the judge against its threshold."""

    measure: str  # cover, dense, …: an id of `answers/reasons.toml`
    words: str  # what is measured, in words
    form: Literal["share", "cosine", "flag"]
    value: float
    needs: Literal["at least", "at most", "below", "yes"]
    threshold: str  # its name in `answers/judge.toml`; "" for a flag
    limit: float
    met: bool
    way: int  # checks of one way have to hold together, and one way is enough; 0-based


class Tried(_Frozen):
    """A finding the judge looked at: what it would have said, and why it was taken or refused."""

    shape: str
    rule: str  # the rule that words it; "" where nothing was found
    taken: bool
    decline: DeclineKind | None  # the kind of no it would have been
    reason: str  # an id of `answers/reasons.toml`
    text: str  # the same in words
    checks: tuple[Check, ...]
    features: dict[str, float]
    places: tuple[Place, ...]  # of the facts that decide it, strongest first


class Used(_Frozen):
    """A stretch of a file that the answer prints or counts on."""

    place: Place
    start: int  # characters of the decoded file
    end: int
    text: str  # as the answer prints it
    marker: int | None  # its citation; None where it is printed beside a cited value, or only computed with


class Bound(_Frozen):
    """A mention, with the reason `kb.toml` gives for an alias and the first place that has the name."""

    words: str
    name: str
    role: str
    how: str
    reason: str = ""
    place: Place | None = None


class Trace(_Frozen):
    """What `--explain` shows beside the answer. The same question to the same files gives the same trace; times are in the answer."""

    rule: str
    generation: str
    thresholds: dict[str, float]
    features: dict[str, float]  # what the judge measured of the finding that was taken, or of the first that was refused
    candidates: tuple[Scored, ...]  # those the answer was made from, strongest first, then the next ones by score
    notes: tuple[str, ...] = ()  # why an answer could not be proved
    asked: str = ""  # what was looked for: the message, or the part of it that asks, mended and made whole
    why: str = ""  # when the rule applies, in words
    bound: tuple[Bound, ...] = ()
    repaired: tuple[tuple[str, str], ...] = ()
    kept: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()  # words of the message that were left out of what was looked for
    missing: tuple[str, ...] = ()  # words that what was found does not hold
    unknown: tuple[str, ...] = ()  # words the knowledge base does not hold at all
    used: tuple[Used, ...] = ()
    tried: tuple[Tried, ...] = ()  # in order; the last is the one that was taken, where one was
    weights: dict[str, float] = {}
    parts: tuple[Trace, ...] = ()  # of a message of several questions: each


class WhyNot(_Frozen):
    """Why a section did not answer a question."""

    question: str
    asked: str
    section: Place  # the lines of all of it
    status: Status  # of the answer
    rule: str
    outcome: str  # an id of `answers/reasons.toml`
    text: str  # the same in words
    best: Scored | None  # its best fact for this question
    winner: Scored | None  # the fact that decided, or the best there is where nothing answered
    behind: dict[str, float]  # the winner's raw scores less those of `best`
    rank: int | None  # of `best` among all that was weighed, 1-based; None: it was not among them
    weighed: int  # how many facts were
    lacks: tuple[str, ...]  # words of the question that `best` does not hold
    elsewhere: tuple[str, ...]  # of these, those that another place of the section holds
    winner_has: tuple[str, ...]  # of these, those that the winner holds
    tried: tuple[Tried, ...]  # findings from it that were tried, and those that would have been taken had they come first


class OutlineEntry(_Frozen):
    """A heading of a document."""

    level: int
    title: str
    line: int


class KbSummary(_Frozen):
    """What is indexed, for an empty page and for *what can you do*."""

    title: str
    description: str
    folder: str
    documents: int
    sections: int
    tables: int
    facts: int
    skipped: tuple[str, ...]
    examples: tuple[str, ...]  # each was asked, each answers
    generation: str
    kb_sha256: str  # of paths and contents of all documents and kb.toml
