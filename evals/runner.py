"""Cases × assistant → report. Asks, times and judges; decides nothing about passing as a whole (that is `gate`).

The assistant comes in as an argument, so that anything which answers can be measured. Every case gets a conversation of
its own; every answer is held to the promises in `integrity`, whatever its case expects.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from assistant.models import Answer, Citation, Trace
from evals.calibration import support_of
from evals.integrity import check_answer
from evals.matching import Located, describe, match
from evals.metrics import measure, percentile
from evals.models import ANSWERS, Case, CaseResult, Provenance, RankingScore, Report, Timing, Turn, TurnResult
from evals.retrieval import DEPTH, relevant, score_ranking

Verify = Callable[[Answer], Sequence[str]]
"""Recomputes an answer's certificate from the files; returns what is wrong with it, in words."""

Progress = Callable[[int, int, CaseResult], None]
"""Called after each case with how many are done, of how many, and how this one went."""


class Answers(Protocol):
    """What is measured."""

    def ask(self, question: str, conversation: Any = None, *, id: str = "1") -> Answer: ...

    def document(self, path: str) -> str: ...


@runtime_checkable
class Explains(Protocol):
    """What also tells how it came to an answer."""

    def explain(self, question: str, conversation: Any = None, *, id: str = "1") -> tuple[Answer, Trace]: ...


class Ranked(Protocol):
    """Sections in the order they were found."""

    @property
    def hits(self) -> Sequence[Located]: ...


@runtime_checkable
class Ranks(Protocol):
    """What also tells which sections it finds for a question, best first, and leaves the conversation as it is."""

    def rank(self, question: str, conversation: Any = None, *, k: int = 10) -> Ranked: ...


def place(citation: Citation) -> str:
    """A citation in one readable line: file, innermost heading, cell, lines."""
    heading = f"#{citation.section[-1]}" if citation.section else ""
    cell = f"@{citation.cell.row}×{citation.cell.column}" if citation.cell else ""
    first, last = citation.lines
    return f"{citation.document}{heading}{cell} L{first}" + (f"-{last}" if last != first else "")


def told(answer: Answer, trace: Trace | None) -> tuple[str, ...]:
    """How an answer came about, a line for each thing: the reading, the judge's reason, the rule."""
    reading = answer.reading
    lines = [f"read as {reading.kind}" + (f": {reading.question}" if reading.question not in ("", answer.question) else "")]
    lines += [f"“{mention.words}” is {mention.name} ({mention.role}, {mention.how})" for mention in reading.mentions]
    lines += [f"kept: {kept}" for kept in reading.kept]
    lines += [f"“{typed}” read as {meant}" for typed, meant in reading.repaired]
    if reading.unknown:
        lines.append(f"not known here: {', '.join(reading.unknown)}")
    if trace is not None:
        if trace.missing:
            lines.append(f"not in what was found: {', '.join(trace.missing)}")
        if trace.tried:
            last = trace.tried[-1]
            checks = "; ".join(
                f"{c.words} {c.value:g}, {c.needs} {c.limit:g}" for c in last.checks if c.form != "flag" and c.met != last.taken
            )
            lines.append(f"{'taken' if last.taken else 'refused'}: {last.text}" + (f" ({checks})" if checks else ""))
        lines += [f"could not be proved: {note}" for note in trace.notes]
    lines.append(f"rule {answer.rule}, confidence {answer.confidence}")
    return tuple(lines)


def make_report(
    asked: Iterable[tuple[CaseResult, Sequence[float]]], provenance: Provenance, *, selection: str | None = None, seconds: float = 0.0
) -> Report:
    """Results, with the milliseconds that each of their questions took, as a report without a verdict."""
    results: list[CaseResult] = []
    times: dict[str, tuple[float, ...]] = {}
    for result, milliseconds in asked:
        results.append(result)
        times[result.id] = tuple(round(value, 3) for value in milliseconds)
    return Report(
        provenance=provenance, selection=selection, metrics=measure(results), results=tuple(results), timing=timing_of(times, seconds)
    )


def timing_of(times: Mapping[str, tuple[float, ...]], seconds: float) -> Timing:
    """How long a run took, and its questions: case id -> milliseconds, one for each turn."""
    flat = [value for values in times.values() for value in values]
    return Timing(
        seconds=round(seconds, 3), latency_p50_ms=percentile(flat, 0.5), latency_p95_ms=percentile(flat, 0.95), questions_ms=dict(times)
    )


class Runner:
    """Asks cases of one assistant.

    Args:
        new_conversation: makes the state that the turns of one case share.
        verify: checks a certificate; None where there is nothing to check it with (a fake assistant).
        clock: seconds, rising; replaced in tests.
    """

    def __init__(
        self,
        assistant: Answers,
        *,
        new_conversation: Callable[[], Any],
        verify: Verify | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._assistant = assistant
        self._new_conversation = new_conversation
        self._verify = verify
        self._clock = clock
        self._suggested: dict[str, str] = {}  # a suggestion -> the status it gets when asked

    def run(
        self, cases: Sequence[Case], provenance: Provenance, *, selection: str | None = None, progress: Progress | None = None
    ) -> Report:
        """Ask every case in order; the report has no verdict yet."""
        begin = self._clock()
        asked: list[tuple[CaseResult, list[float]]] = []
        for number, case in enumerate(cases, start=1):
            asked.append(self.run_case(case))
            if progress is not None:
                progress(number, len(cases), asked[-1][0])
        return make_report(asked, provenance, selection=selection, seconds=self._clock() - begin)

    def run_case(self, case: Case) -> tuple[CaseResult, list[float]]:
        """One case and the milliseconds each of its questions took. An exception ends the case as an error, not the run."""
        conversation = self._new_conversation()
        turns: list[TurnResult] = []
        milliseconds: list[float] = []
        error: str | None = None
        for number, turn in enumerate(case.turns, start=1):
            try:
                ranking = self._ranking(turn, conversation)  # before asking, which changes the conversation
                begin = self._clock()
                answer, trace = self._asked(turn.question, conversation, f"{case.id}/{number}")
            except Exception as raised:  # noqa: BLE001 - one crash must not hide the other results
                error = f"turn {number}: {type(raised).__name__}: {raised}"
                break
            milliseconds.append((self._clock() - begin) * 1000)
            found = match(answer, turn.expect)
            # Later suggestions may lean on what was said before; only those of a first turn stand alone.
            defects = self._defects(answer, suggestions=number == 1)
            turns.append(
                TurnResult(
                    question=turn.question,
                    expected=turn.expect.status,
                    expected_decline=turn.expect.decline,
                    status=answer.status,
                    decline=answer.decline,
                    reading=answer.reading.kind,
                    rule=answer.rule,
                    answer_id=answer.answer_id,
                    confidence=answer.confidence,
                    text=answer.text,
                    cited=tuple(dict.fromkeys(place(citation) for citation in answer.citations)),
                    wanted=describe(turn.expect),
                    sources=answer.citations,
                    trace=told(answer, trace),
                    support=None if trace is None else support_of(answer.status, trace.features),
                    failures=found.failures,
                    defects=tuple(defects),
                    score=found.score,
                    ranking=ranking,
                )
            )
        passed = error is None and not any(turn.failures or turn.defects for turn in turns)
        result = CaseResult(
            id=case.id,
            kind=case.kind,
            tier=case.tier,
            tags=case.tags,
            group=case.group,
            aside=case.aside,
            hash=case.hash,
            passed=passed,
            error=error,
            turns=tuple(turns),
        )
        return result, milliseconds

    def _asked(self, question: str, conversation: Any, name: str) -> tuple[Answer, Trace | None]:
        if isinstance(self._assistant, Explains):
            return self._assistant.explain(question, conversation, id=name)
        return self._assistant.ask(question, conversation, id=name), None

    def _ranking(self, turn: Turn, conversation: Any) -> RankingScore | None:
        if not relevant(turn.expect) or not isinstance(self._assistant, Ranks):
            return None
        return score_ranking(self._assistant.rank(turn.question, conversation, k=DEPTH).hits, turn.expect)

    def _defects(self, answer: Answer, *, suggestions: bool) -> list[str]:
        found = check_answer(answer, self._assistant.document)
        if self._verify is not None:
            try:
                found += [f"certificate: {problem}" for problem in self._verify(answer)]
            except Exception as raised:  # noqa: BLE001 - a certificate that cannot be checked has not been checked
                found.append(f"certificate: {type(raised).__name__}: {raised}")
        if suggestions:
            statuses = {text: self._status(text) for text in answer.suggestions}
            found += [f"suggests what gets {status}: {text}" for text, status in statuses.items() if status not in ANSWERS]
        return found

    def _status(self, suggestion: str) -> str:
        if suggestion not in self._suggested:
            try:
                self._suggested[suggestion] = self._assistant.ask(suggestion, self._new_conversation()).status
            except Exception as raised:  # noqa: BLE001 - reported as what the suggestion gets
                self._suggested[suggestion] = f"an error ({raised})"
        return self._suggested[suggestion]
