"""`whichops eval coverage`: ask every fact of a folder in several wordings, and say which cannot be reached, are answered from
elsewhere, or are ambiguous.

A wording reaches a fact when the answer cites its place and says what was asked for. A fact is covered when three wordings reach it
(all of them, where its labels allow fewer). Exit codes are those of `evals.gate`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.models import Answer, Citation
from corpus.errors import UsageError
from corpus.parsing import parse_corpus
from corpus.reader import read_config, read_folder
from corpus.settings import CorpusSettings
from corpus.words import key
from evals import gate
from evals.derive import Derived, Kind, Place, Question, Target, derive
from evals.report import percent, table
from evals.suite import Bar, open_assistant, say, write

Outcome = Literal["reached", "elsewhere", "ambiguous", "unsaid", "declined", "invalid"]
"""
reached    cites the fact's place and says what was asked for
elsewhere  an answer that cites other places only
ambiguous  a question back, or an answer that lists several things where one was asked for
unsaid     cites the place, but what was asked for is not in the answer
declined   no answer
invalid    an answer that could not be proved: a fault of the program
"""

ENOUGH = 3  # wordings that have to reach a fact
GATED: frozenset[Kind] = frozenset({"cell", "item", "flow", "step"})
"""What `--min-rate` is about: what the file itself takes apart and labels. The subject of a sentence is guessed, so it only counts."""

_SEVERAL = 2  # other things said beside the one asked for: then the answer is a list
_SHOWN = 200  # characters of an answer in a report
_ORDER: tuple[Kind, ...] = ("cell", "item", "flow", "step", "sentence")
_NAMES: dict[Kind, str] = {"cell": "table cells", "item": "list items", "flow": "flows", "step": "steps", "sentence": "sentences"}


class Answers(Protocol):
    """What is asked."""

    def ask(self, question: str, /) -> Answer: ...


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Asked(_Frozen):
    """One question for one fact, and what came of it."""

    id: str
    form: str
    question: str
    said: tuple[str, ...]
    shared: Literal["no", "list", "any"] = "no"
    outcome: Outcome
    got: str = ""  # the answer, shortened; empty where the fact was reached
    cited: tuple[str, ...] = ()


class FactCoverage(_Frozen):
    """One fact and every question asked for it. A form counts as reached when all its questions reach the fact."""

    id: str
    kind: Kind
    lines: tuple[int, int]
    value: str
    reached: tuple[str, ...]  # forms
    forms: int
    asked: tuple[Asked, ...]

    @property
    def covered(self) -> bool:
        """Whether enough wordings reach it."""
        return len(self.reached) >= min(ENOUGH, self.forms)


class KindCoverage(_Frozen):
    """Facts of one kind, by how many wordings reach them, and all their questions by outcome."""

    facts: int
    by_one: int
    by_two: int
    by_three: int
    covered: int
    questions: dict[Outcome, int]


class Fallen(_Frozen):
    """A fact that fewer wordings reach than in an earlier report."""

    id: str
    before: int
    now: int
    lost: tuple[str, ...]  # the questions that reached it before


class CoverageReport(_Frozen):
    """One run over a folder."""

    version: Literal[1] = 1
    facts_there: int  # before any limit
    left_out: dict[str, int]  # reason -> facts that no question was made for
    kinds: dict[str, KindCoverage]
    rate: float | None = Field(ge=0.0, le=1.0)  # covered, of cells, items, flows and steps; None without any
    min_rate: float
    fallen: tuple[Fallen, ...] = ()
    gone: tuple[str, ...] = ()  # facts of an earlier report that are there no more
    facts: tuple[FactCoverage, ...]

    @property
    def passed(self) -> bool:
        """Whether enough is covered, and nothing fell."""
        return (self.rate is None or self.rate >= self.min_rate) and not self.fallen


def derive_folder(kb: Path, settings: CorpusSettings) -> Derived:
    """All questions of a folder on disk, by its own aliases too.

    Raises:
        KbError: the folder or its `kb.toml` cannot be used.
    """
    folder = read_folder(kb, settings)
    aliases = {typed: alias.to for typed, alias in read_config(kb).aliases.items()}
    return derive(parse_corpus(folder.documents), aliases)


# ---------------------------------------------------------------- judging one answer


def _flat(text: str) -> str:
    return " ".join(text.split())


def covers(citation: Citation, place: Place) -> bool:
    """Whether a citation is to that place: same file, lines that meet, and one quote within the other; in a table the same cell."""
    if citation.document != place.document or citation.lines[1] < place.lines[0] or citation.lines[0] > place.lines[1]:
        return False
    if place.cell is not None and citation.cell is not None and (citation.cell.row, citation.cell.column) != place.cell:
        return False
    quote, raw = _flat(citation.quote), _flat(place.raw)
    return quote in raw or raw in quote


def judge(target: Target, question: Question, answer: Answer) -> Outcome:
    """What an answer to a question makes of the fact it was made from."""
    if answer.status == "clarify":
        return "ambiguous"
    if answer.status not in ("answered", "corrected"):
        return "invalid" if answer.status == "invalid" else "declined"
    hits = [citation for citation in answer.citations if any(covers(citation, place) for place in target.places)]
    if not hits:
        return "elsewhere"
    text = key(f"{answer.text}\n{answer.markdown}")
    if not all(key(said) in text for said in question.said):
        return "unsaid"
    return "ambiguous" if question.shared == "no" and len(_beside(answer, question, hits)) >= _SEVERAL else "reached"


def _beside(answer: Answer, question: Question, hits: Sequence[Citation]) -> set[tuple[str, ...]]:
    """What a direct answer says that was not asked for: each cell of a row that was asked about, other rows and items as one each."""
    direct, asked = key(answer.text), key(question.text)
    rows = {(hit.document, hit.cell.row) for hit in hits if hit.cell}
    found: set[tuple[str, ...]] = set()
    for citation in answer.citations:
        quote = key(citation.quote)
        if citation in hits or not quote or quote not in direct or quote in asked:
            continue
        where = (citation.document, citation.cell.row) if citation.cell else (citation.document, str(citation.lines))
        found.add((*where, quote) if where in rows else where)
    return found


def _place(citation: Citation) -> str:
    cell = f" {citation.cell.row}×{citation.cell.column}" if citation.cell else ""
    return f"{citation.document}:{citation.lines[0]}{cell}"


# ---------------------------------------------------------------- asking them all


def cover(
    targets: Sequence[Target], assistant: Answers, *, progress: Callable[[int, int, int], None] | None = None
) -> tuple[FactCoverage, ...]:
    """Ask every question of every fact; one asked for several facts is asked once.

    Args:
        progress: told how many facts are done, of how many, and how many of them are not covered.
    """
    answers: dict[str, Answer] = {}
    found: list[FactCoverage] = []
    missed = 0
    for number, target in enumerate(targets, start=1):
        asked = []
        for question in target.questions:
            if question.text not in answers:
                answers[question.text] = assistant.ask(question.text)
            asked.append(_asked(target, question, answers[question.text]))
        outcomes: dict[str, list[Outcome]] = defaultdict(list)
        for one in asked:
            outcomes[one.form].append(one.outcome)
        made = FactCoverage(
            id=target.id,
            kind=target.kind,
            lines=target.lines,
            value=target.value,
            reached=tuple(form for form, came in outcomes.items() if set(came) == {"reached"}),
            forms=len(outcomes),
            asked=tuple(asked),
        )
        found.append(made)
        missed += not made.covered
        if progress is not None:
            progress(number, len(targets), missed)
    return tuple(found)


def _asked(target: Target, question: Question, answer: Answer) -> Asked:
    outcome = judge(target, question, answer)
    got = ""
    cited: tuple[str, ...] = ()
    if outcome != "reached":
        text = _flat(answer.text)
        got = text if len(text) <= _SHOWN else f"{text[:_SHOWN].rstrip()}…"
        cited = tuple(dict.fromkeys(_place(citation) for citation in answer.citations))
    return Asked(
        id=question.id,
        form=question.form,
        question=question.text,
        said=question.said,
        shared=question.shared,
        outcome=outcome,
        got=got,
        cited=cited,
    )


def sampled(targets: Sequence[Target], limit: int | None) -> tuple[Target, ...]:
    """At most `limit` facts, chosen by a hash of their ids: always the same ones, from all over the folder, in its order."""
    if limit is None or limit >= len(targets):
        return tuple(targets)
    chosen = sorted(targets, key=lambda target: hashlib.sha256(target.id.encode()).digest())[:limit]
    ids = {target.id for target in chosen}
    return tuple(target for target in targets if target.id in ids)


# ---------------------------------------------------------------- the report


def summarise(facts: Iterable[FactCoverage]) -> dict[str, KindCoverage]:
    """Figures per kind of fact, kinds without facts left out."""
    by_kind: dict[Kind, list[FactCoverage]] = defaultdict(list)
    for fact in facts:
        by_kind[fact.kind].append(fact)
    return {
        kind: KindCoverage(
            facts=len(found),
            by_one=sum(len(fact.reached) >= 1 for fact in found),
            by_two=sum(len(fact.reached) >= 2 for fact in found),
            by_three=sum(len(fact.reached) >= ENOUGH for fact in found),
            covered=sum(fact.covered for fact in found),
            questions=dict(sorted(Counter(asked.outcome for fact in found for asked in fact.asked).items())),
        )
        for kind in _ORDER
        if (found := by_kind[kind])
    }


def make_report(
    derived: Derived, facts: Sequence[FactCoverage], *, min_rate: float = 1.0, before: CoverageReport | None = None
) -> CoverageReport:
    """Everything a run has to say, compared with an earlier one if there is one."""
    gated = [fact.covered for fact in facts if fact.kind in GATED]
    there = {target.id for target in derived.targets}
    return CoverageReport(
        facts_there=len(derived.targets),
        left_out=derived.left_out,
        kinds=summarise(facts),
        rate=sum(gated) / len(gated) if gated else None,
        min_rate=min_rate,
        fallen=fallen(facts, before) if before else (),
        gone=tuple(fact.id for fact in before.facts if fact.id not in there) if before else (),
        facts=tuple(facts),
    )


def fallen(facts: Iterable[FactCoverage], before: CoverageReport) -> tuple[Fallen, ...]:
    """Facts that fewer wordings reach than before, of those that both reports hold."""
    old = {fact.id: fact for fact in before.facts}
    found = []
    for fact in facts:
        if fact.id in old and (lost := [form for form in old[fact.id].reached if form not in fact.reached]):
            questions = [asked.question for asked in old[fact.id].asked if asked.form in lost]
            now = len(old[fact.id].reached) - len(lost)
            found.append(Fallen(id=fact.id, before=len(old[fact.id].reached), now=now, lost=tuple(questions)))
    return tuple(found)


def with_earlier(targets: Sequence[Target], before: CoverageReport) -> tuple[Target, ...]:
    """The facts with the questions an earlier report asked for them and that nothing calls for any more: those of an alias that was
    deleted, say. Whoever asked them then may ask them now."""
    old = {fact.id: fact for fact in before.facts}
    found = []
    for target in targets:
        known = {question.id for question in target.questions}
        more = [
            Question(asked.id, asked.form, asked.question, asked.said, asked.shared)
            for asked in (old[target.id].asked if target.id in old else ())
            if asked.id not in known
        ]
        found.append(replace(target, questions=(*target.questions, *more)) if more else target)
    return tuple(found)


def read_report(path: Path) -> CoverageReport:
    """A report written by `--json`.

    Raises:
        UsageError: it cannot be read, or is no such report.
    """
    try:
        return CoverageReport.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The report {path} cannot be read: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise UsageError(f"{path} is no report of `whichops eval coverage --json` ({where}: {first['msg']}).") from error


def to_json(report: CoverageReport) -> str:
    """The whole report; equal runs give equal bytes."""
    return json.dumps(report.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n"


def _outcomes(questions: Mapping[Outcome, int]) -> tuple[str, ...]:
    every: tuple[Outcome, ...] = ("reached", "elsewhere", "ambiguous", "unsaid", "declined", "invalid")
    return (str(sum(questions.values())), *(str(questions.get(outcome, 0)) for outcome in every))


def to_console(report: CoverageReport, *, listed: bool = True) -> str:
    """The report for a terminal: what is not covered first, figures next, the verdict last.

    Args:
        listed: list every fact that is not covered, with the questions that missed it.
    """
    lines: list[str] = []
    if listed:
        for fact in report.facts:
            if not fact.covered:
                lines.append(f"{fact.id} (line {fact.lines[0]}): reached by {len(fact.reached)} of {fact.forms} wordings")
                for asked in fact.asked:
                    if asked.outcome != "reached":
                        cited = f" [{'; '.join(asked.cited[:3])}]" if asked.cited else ""
                        lines.append(f"    {asked.outcome:<9} {asked.question}")
                        lines.append(f"              {asked.got}{cited}")
                lines.append("")
    head = ("kind", "facts", "by 1", "by 2", "by 3", "questions", "reached", "elsewhere", "ambiguous", "not said", "no answer", "invalid")
    rows = [
        (_NAMES[kind], str(found.facts), str(found.by_one), str(found.by_two), str(found.by_three), *_outcomes(found.questions))
        for kind in _ORDER
        if (found := report.kinds.get(kind)) is not None
    ]
    lines += [*table(head, rows), ""]
    if report.left_out:
        lines.append(f"no question made for: {', '.join(f'{why} {count:,}' for why, count in report.left_out.items())}")
    for fall in report.fallen:
        lines.append(f"fell: {fall.id}: {fall.before} -> {fall.now} wordings; no longer: {'; '.join(fall.lost)}")
    if report.gone:
        lines.append(f"{len(report.gone)} facts of the earlier report are there no more")
    count = len(report.facts)
    sample = f" (a sample: {count:,} of {report.facts_there:,} facts)" if count < report.facts_there else ""
    gated = [found for kind, found in report.kinds.items() if kind in GATED]
    total, covered = sum(found.facts for found in gated), sum(found.covered for found in gated)
    lines.append(
        f"{covered:,} of {total:,} cells, list items, flows and steps are reached by {ENOUGH} wordings: {percent(report.rate)}{sample}"
    )
    if report.passed:
        lines.append("PASSED")
    if report.rate is not None and report.rate < report.min_rate:
        lines.append(f"FAILED: below {percent(report.min_rate)}")
    if report.fallen:
        lines.append(f"FAILED: {len(report.fallen)} facts are reached by fewer wordings than before")
    return "\n".join(lines) + "\n"


# ---------------------------------------------------------------- the command


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise ValueError
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError
    return value


_share.__name__, _count.__name__ = "share from 0 to 1", "count"  # what argparse calls them when they refuse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `whichops eval coverage`."""
    parser.add_argument("--limit", type=_count, metavar="N", help="only N facts, always the same ones, from all over the folder")
    parser.add_argument(
        "--min-rate",
        type=_share,
        default=1.0,
        metavar="R",
        help="exit 1 when a smaller share of cells, list items, flows and steps is reached by three wordings (default: 1.0)",
    )
    parser.add_argument(
        "--against",
        type=Path,
        metavar="FILE",
        help="an earlier --json report: ask its questions too, name every fact that fewer wordings reach now, and exit 1 if there is one",
    )
    parser.add_argument(
        "--json", dest="json_file", metavar="FILE", help="write the report to FILE; - for standard output, without the table"
    )
    parser.add_argument("--summary", action="store_true", help="leave the facts that are not covered out of the table")


def run(arguments: argparse.Namespace) -> int:
    """Derive, ask, report; returns the exit code.

    Raises:
        UsageError: a file cannot be read or written.
        KbError: there is no usable knowledge base or index.
    """
    before = read_report(arguments.against) if arguments.against else None
    assistant, settings = open_assistant(arguments)
    try:
        derived = derive_folder(settings.kb, settings.corpus)
        targets = sampled(derived.targets, arguments.limit)
        bar = Bar()
        facts = cover(
            with_earlier(targets, before) if before else targets,
            assistant,
            progress=lambda done, total, missed: bar.show(done, total, f"{missed} not covered"),
        )
    finally:
        assistant.close()
    if not facts:
        say("There is no fact in this folder that a question could be made for.")
        return gate.NOT_EVALUATED
    report = make_report(derived, facts, min_rate=arguments.min_rate, before=before)
    if arguments.json_file == "-":
        sys.stdout.write(to_json(report))
    else:
        if arguments.json_file:
            write(to_json(report), arguments.json_file)
        sys.stdout.write(to_console(report, listed=not arguments.summary))
    return gate.PASSED if report.passed else gate.FAILED
