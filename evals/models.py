"""What goes in and out of an evaluation: cases, results, reports, the accepted baseline.

Everything read from a file or written to one is one of these: frozen, unknown keys refused. Rates are in 0..1,
times in milliseconds unless a name says seconds; a measure that does not apply is None, never 0.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from assistant.models import Citation, Confidence, DeclineKind, Status

Tier = Literal["must", "should"]

REFUSALS: frozenset[str] = frozenset({"declined", "clarify"})
"""The statuses that state no fact: a *no*, or a question back."""

ANSWERS: frozenset[str] = frozenset({"answered", "corrected"})
"""The statuses that state a fact, and so have to cite."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Reference(_Frozen):
    """A place that a right answer cites, as a person names it: file, heading, and in a table row and column.

    `None` means any: no heading is anywhere in the file, a row without a column is any cell of that row.
    """

    document: str = Field(min_length=1)
    heading: str | None = None
    row: str | None = None
    column: str | None = None

    def __str__(self) -> str:
        cell = "" if self.row is None and self.column is None else f"@{self.row or '*'}×{self.column or '*'}"
        return f"{self.document}{'' if self.heading is None else '#' + self.heading}{cell}"

    @property
    def names_cell(self) -> bool:
        return self.row is not None or self.column is not None


class FrameExpectation(_Frozen):
    """How a question has to be understood, whatever is then answered. Nothing given is nothing asked.

    Names are compared as labels are: without markup, numbering and letter case.
    """

    kind: tuple[str, ...] = ()  # one of them
    mentions: tuple[str, ...] = ()  # the knowledge base's name for what was tied: each of them
    without: tuple[str, ...] = ()  # none of these may be tied: they belong to another topic
    kept: bool | None = None  # whether anything was taken over from the turns before
    repaired: tuple[str, ...] = ()  # what a misspelt word was read as: each of them
    unknown: tuple[str, ...] = ()  # words that nothing could be tied to: each of them


class Expectation(_Frozen):
    """What a right answer is. Texts are literals (whole words) or `/regular expressions/`, matched without regard to case."""

    status: tuple[Status, ...] = Field(default=("answered",), min_length=1)
    must: tuple[str, ...] = ()  # each has to be in the direct answer
    any: tuple[tuple[str, ...], ...] = ()  # of each group one has to be
    must_not: tuple[str, ...] = ()  # none may be
    cite_any: tuple[Reference, ...] = ()  # one of them has to be cited; all of them may be
    cite_all: tuple[Reference, ...] = ()  # each has to be cited
    decline: tuple[DeclineKind, ...] = ()  # the kinds of *no* that are right; empty: any
    frame: FrameExpectation | None = None

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Expectation:
        states = set(self.status)
        if self.decline and not states & {"declined", "clarify", "corrected"}:
            raise ValueError(f"decline is only for status declined, clarify or corrected, not {', '.join(self.status)}")
        if (self.cite_any or self.cite_all) and not states & ANSWERS:
            raise ValueError(f"only an answer cites; with status {', '.join(self.status)} leave cite_any and cite_all out")
        return self

    @property
    def refuses(self) -> bool | None:
        """Whether the right thing is to state no fact; None where both would be right."""
        states = set(self.status)
        if states <= REFUSALS:
            return True
        return None if states & REFUSALS else False


class Turn(_Frozen):
    """One question of a conversation and what its answer has to be."""

    question: str
    expect: Expectation


class Case(_Frozen):
    """One requirement, with a name: a question, or the turns of a conversation, and the right answers."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")
    turns: tuple[Turn, ...] = Field(min_length=1)
    kind: str = Field(min_length=1)  # what sort of question it is; rates are given by it
    tags: tuple[str, ...] = ()
    group: str | None = None  # the same question in other words shares it
    tier: Tier = "should"
    why: str = ""  # what goes wrong when this fails, or where the expectation comes from
    aside: bool = False  # put aside: not looked at while rules are written
    file: str = ""
    line: int | None = None

    @property
    def hash(self) -> str:
        """Equal for cases that ask and expect the same, whatever their tags and comments; 16 hex digits."""
        turns = [turn.model_dump(mode="json") for turn in self.turns]
        for turn in turns:
            if turn["expect"]["frame"] is None:
                del turn["expect"]["frame"]  # so that a case without one keeps the hash it was accepted with
        text = json.dumps(turns, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


class Suite(_Frozen):
    """All cases of a folder, with what holds for the folder as a whole."""

    cases: tuple[Case, ...]
    floors: dict[str, float] = Field(default_factory=dict)  # headline measure -> smallest value that passes
    min_unanswerable: float = Field(default=0.0, ge=0.0, le=1.0)  # share of questions whose right answer is a *no*
    knowledge: Path | None = None  # the folder of Markdown the cases are about; None: the shipped one
    hash: str  # of ids, questions, expectations and tiers


class CitationScore(_Frozen):
    """Citations of one answer against the places expected. None: nothing was expected, or nothing was cited.

    Sections are compared by file and heading, cells also by labels; cells only where the case names them.
    """

    section_precision: float | None = None
    section_recall: float | None = None
    cell_precision: float | None = None
    cell_recall: float | None = None


class RankingScore(_Frozen):
    """How high what a right answer cites stands among the sections found; see `evals.retrieval`."""

    ndcg_10: float = Field(ge=0.0, le=1.0)
    rr_10: float = Field(ge=0.0, le=1.0)
    success_1: bool
    success_5: bool


class TurnResult(_Frozen):
    """One answer as it came, and everything that is wrong with it."""

    question: str
    expected: tuple[Status, ...]
    expected_decline: tuple[DeclineKind, ...] = ()
    status: Status
    decline: DeclineKind | None = None
    reading: str = ""  # how the assistant took the question
    rule: str = ""
    answer_id: str = ""
    confidence: Confidence | None = None
    text: str = ""
    cited: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()  # what the case expects, a line for each thing
    sources: tuple[Citation, ...] = ()  # of the answer, as it gave them
    trace: tuple[str, ...] = ()  # how the question was read and by what it was answered, a line for each thing
    support: float | None = Field(default=None, ge=0.0, le=1.0)  # the judge's number, a half and more answers; None: it had no say
    failures: tuple[str, ...] = ()  # what the case expected and did not get
    defects: tuple[str, ...] = ()  # what no answer may have, whatever was asked: a quote that is not there, …
    score: CitationScore = CitationScore()
    ranking: RankingScore | None = None  # None: the case names no place, or what is measured ranks nothing

    @property
    def refuses(self) -> bool | None:
        """Whether a refusal was expected; None where both would be right."""
        return Expectation(status=self.expected).refuses


class CaseResult(_Frozen):
    """A case that was asked. It passed when no turn has a failure or a defect."""

    id: str
    kind: str
    tier: Tier
    tags: tuple[str, ...] = ()
    group: str | None = None
    aside: bool = False
    hash: str
    passed: bool
    error: str | None = None  # the assistant raised: neither right nor wrong
    turns: tuple[TurnResult, ...] = ()


class Rate(_Frozen):
    """A share, with its 95 % Wilson interval; `value` is None when nothing was counted."""

    hits: int = Field(ge=0)
    total: int = Field(ge=0)
    value: float | None
    low: float | None = None
    high: float | None = None


class Metrics(_Frozen):
    """The figures of a run. See `evals.metrics` for every formula."""

    headline: dict[str, float | None]
    right: Rate
    must: Rate
    by_kind: dict[str, Rate]
    by_tag: dict[str, Rate]
    kinds_of_no: dict[str, dict[str, int]]  # expected -> got -> count


class Provenance(_Frozen):
    """What was measured: anything that may change an answer, as a hash or a name."""

    kb: str
    cases: str
    model: str
    settings: str


class Timing(_Frozen):
    """The only part of a report that differs between two runs of the same thing."""

    seconds: float = 0.0
    latency_p50_ms: float | None = None
    latency_p95_ms: float | None = None
    questions_ms: dict[str, tuple[float, ...]] = Field(default_factory=dict)  # case id -> one per turn


class Comparison(_Frozen):
    """This run against the accepted one, over the cases that both hold unchanged."""

    shared: int
    regressed: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    new: tuple[str, ...] = ()  # not in the baseline, or asked or expected otherwise since
    gone: tuple[str, ...] = ()
    difference: float | None = None  # in the share of right cases; positive is better
    low: float | None = None  # 95 % interval of it, paired bootstrap
    high: float | None = None
    changed: tuple[str, ...] = ()  # which of knowledge base, cases, model and settings differ


class Verdict(_Frozen):
    """Whether a run may pass, and every reason why not."""

    passed: bool
    exit_code: int = Field(ge=0, le=3)
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    comparison: Comparison | None = None


class Report(_Frozen):
    """One run of a suite."""

    version: Literal[1] = 1
    provenance: Provenance
    selection: str | None = None  # how the suite was narrowed; None: all of it
    metrics: Metrics
    results: tuple[CaseResult, ...]
    verdict: Verdict | None = None
    timing: Timing = Timing()


class Accepted(_Frozen):
    """One case of the baseline."""

    hash: str
    passed: bool


class Baseline(_Frozen):
    """The run last accepted, as committed."""

    version: Literal[1] = 1
    provenance: Provenance
    headline: dict[str, float | None]
    results: dict[str, Accepted]
