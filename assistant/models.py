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
    template file, or words of the question. Later operations build on the quotes before them.
    """

    op: Literal["quote", "union", "count", "comparison", "absence", "order", "text"]
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


class Trace(_Frozen):
    """What `--explain` shows beside the answer: candidates with every raw score, winner first."""

    rule: str
    generation: str
    thresholds: dict[str, float]
    features: dict[str, float]
    candidates: tuple[dict[str, Any], ...]
    notes: tuple[str, ...] = ()
