"""`whichops eval metamorphic`: change the knowledge base or the questions in ways that must not matter, and compare the answers.

Every relation of `evals.following` is made on a copy of the folder with an index of its own; the folder itself is only read.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from assistant.models import Answer, DeclineKind, Status
from corpus.config import FILE_NAME
from corpus.errors import KbError, UsageError
from evals import gate, transforms
from evals.following import OLD_NAME, RELATIONS, Accepted, Change, Data, Relation, differences, load_data
from evals.integrity import check_answer
from evals.loader import SHIPPED, load_suite
from evals.matching import match
from evals.models import Case, Provenance
from evals.report import percent
from evals.runner import Answers, place
from evals.suite import PARTS, open_assistant, provenance_of, say, select, verifier, write
from evals.transforms import Texts

if TYPE_CHECKING:
    from assistant import Settings


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


# --- the report ----------------------------------------------------------------------------------------------------------


class Side(_Frozen):
    """An answer, as far as it was compared."""

    status: Status
    decline: DeclineKind | None
    text: str
    cited: tuple[str, ...]


class Difference(_Frozen):
    """A case that did not follow: the first turn in which it did not."""

    case: str
    aside: bool
    known: str | None = None  # the reason why that is accepted
    turn: int = Field(ge=1)
    was_right: bool = False  # the answer before the change, to that turn
    problems: tuple[str, ...] = ()
    question: str = ""  # of a case put aside nothing is told that would show it
    asked: str = ""
    before: Side | None = None
    after: Side | None = None


class RelationReport(_Frozen):
    """How many cases followed one change. `cases` = `followed` + `known` + `differ`."""

    name: str
    what: str
    cases: int = Field(ge=0)  # in which the relation changes anything
    questions: int = Field(ge=0)  # asked for them
    followed: int = Field(ge=0)
    known: int = Field(ge=0)  # differ, and are accepted one by one
    differ: int = Field(ge=0)
    differ_right: int = Field(ge=0)  # of them, right before the change
    differ_aside: int = Field(ge=0)  # of them, put aside
    left_alone: int = Field(ge=0)  # nothing to change in them
    rate: float | None  # followed / (followed + differ); None where there was nothing to follow
    floor: float
    impossible: str | None = None  # why the change cannot be made on this folder
    differences: tuple[Difference, ...] = ()
    mended: tuple[str, ...] = ()  # known exceptions that follow now
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether enough follow, and no answer says a name that is gone."""
        told = any(problem.startswith(OLD_NAME) for found in self.differences for problem in found.problems)
        return not told and (self.rate is None or self.rate >= self.floor)


class MetamorphicReport(_Frozen):
    """A run of relations over cases."""

    version: int = 1
    provenance: Provenance
    selection: str | None = None
    relations: tuple[RelationReport, ...]

    @property
    def passed(self) -> bool:
        """Whether every relation passed."""
        return all(relation.passed for relation in self.relations)


# --- asking --------------------------------------------------------------------------------------------------------------

Verify = Callable[[Answer], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Opened:
    """An assistant to ask, how its conversations begin, and what checks its certificates."""

    assistant: Answers
    new_conversation: Callable[[], Any]
    verify: Verify

    def ask(self, case: Case, questions: Sequence[str]) -> list[Answer] | str:
        """The answers to the turns of a case, in a conversation of their own; or what was raised instead, in words."""
        conversation = self.new_conversation()
        try:
            return [self.assistant.ask(q, conversation, id=f"{case.id}/{n}") for n, q in enumerate(questions, start=1)]
        except Exception as raised:  # noqa: BLE001 - one crash must not hide the other results
            return f"{type(raised).__name__}: {raised}"

    def defects(self, answer: Answer) -> list[str]:
        """What no answer may have, whatever was asked."""
        return check_answer(answer, self.assistant.document) + [f"certificate: {problem}" for problem in self.verify(answer)]


def compare_cases(
    cases: Sequence[Case],
    before: Mapping[str, Sequence[Answer] | str],
    opened: Opened,
    relation: Relation,
    change: Change,
    accepted: Accepted,
    *,
    show_aside: bool = False,
    clock: Callable[[], float] = time.perf_counter,
) -> RelationReport:
    """Ask every case under one change and hold its answers against those from before it.

    Args:
        before: case id -> the answers to its turns, or what was raised instead.
        opened: over the folder as changed.
        show_aside: tell of cases put aside what was asked and answered.
    """
    begin = clock()
    found: list[Difference] = []
    mended: list[str] = []
    asked = questions = 0
    for case in cases:
        changed = [change.question(turn.question) for turn in case.turns]
        if (change.texts is None and not any(changed)) or not all(change.applies(turn.question) for turn in case.turns):
            continue
        said = [new or turn.question for new, turn in zip(changed, case.turns, strict=True)]
        asked, questions = asked + 1, questions + len(said)
        difference = _difference(case, before[case.id], said, opened, relation, change)
        if difference is None:
            mended += [case.id] if case.id in accepted.known else []
            continue
        difference = difference.model_copy(update={"known": accepted.known.get(case.id)})
        if case.aside and not show_aside:
            kept = tuple(OLD_NAME for problem in difference.problems if problem.startswith(OLD_NAME))[:1]
            difference = Difference(
                case=case.id, aside=True, known=difference.known, turn=difference.turn, was_right=difference.was_right, problems=kept
            )
        found.append(difference)
    known = sum(difference.known is not None for difference in found)
    followed, differ = asked - len(found), len(found) - known
    return RelationReport(
        name=relation.name,
        what=relation.what,
        cases=asked,
        questions=questions,
        followed=followed,
        known=known,
        differ=differ,
        differ_right=sum(d.was_right and d.known is None for d in found),
        differ_aside=sum(d.aside and d.known is None for d in found),
        left_alone=len(cases) - asked,
        rate=followed / (followed + differ) if followed + differ else None,
        floor=accepted.floor,
        differences=tuple(found),
        mended=tuple(mended),
        seconds=round(clock() - begin, 2),
    )


def _difference(
    case: Case, before: Sequence[Answer] | str, said: Sequence[str], opened: Opened, relation: Relation, change: Change
) -> Difference | None:
    """The first turn that does not follow, or None. Later turns build on it, so they are not told."""
    answers = opened.ask(case, said)
    if isinstance(before, str) or isinstance(answers, str):
        raised = before if isinstance(before, str) else str(answers)
        return Difference(case=case.id, aside=case.aside, turn=1, problems=(raised,), question=case.turns[0].question, asked=said[0])
    for number, (turn, old, new) in enumerate(zip(case.turns, before, answers, strict=True), start=1):
        problems = (*differences(old, new, relation, change), *opened.defects(new))
        if problems:
            return Difference(
                case=case.id,
                aside=case.aside,
                turn=number,
                was_right=match(old, turn.expect).right,
                problems=problems,
                question=turn.question,
                asked=said[number - 1],
                before=_side(old),
                after=_side(new),
            )
    return None


def _side(answer: Answer) -> Side:
    return Side(status=answer.status, decline=answer.decline, text=answer.text, cited=tuple(map(place, answer.citations)))


def sampled(cases: Sequence[Case], size: int | None, relation: str) -> tuple[Case, ...]:
    """`size` of the cases, chosen by a hash of their ids and the relation, in their own order; all of them where it is None."""
    if size is None:
        return tuple(cases)
    chosen = set(sorted((case.id for case in cases), key=lambda id: hashlib.sha256(f"{relation} {id}".encode()).digest())[:size])
    return tuple(case for case in cases if case.id in chosen)


def texts_of(kb: Path, assistant: Answers, documents: Sequence[str]) -> dict[str, str]:
    """The texts of a folder as indexed, and its `kb.toml` where it has one."""
    texts = {path: assistant.document(path) for path in documents}
    config = kb / FILE_NAME
    return texts | ({FILE_NAME: config.read_text(encoding="utf-8-sig")} if config.is_file() else {})


def write_folder(texts: Texts, folder: Path) -> Path:
    """The texts as files of a new folder."""
    for path, text in texts.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="")
    return folder


def _impossible(relation: Relation, accepted: Accepted, why: str) -> RelationReport:
    counts = dict.fromkeys(("cases", "questions", "followed", "known", "differ", "differ_right", "differ_aside", "left_alone"), 0)
    return RelationReport(name=relation.name, what=relation.what, rate=None, floor=accepted.floor, impossible=why, **counts)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask under which relations.

    Args:
        names: of the relations, in order.
        sample: cases for each relation; None: all.
        show_aside: tell of cases put aside what was asked and answered.
    """

    cases: Sequence[Case]
    names: Sequence[str] = tuple(RELATIONS)
    data: Data = field(default_factory=load_data)
    sample: int | None = None
    show_aside: bool = False


def compare(
    plan: Plan, base: Opened, texts: Texts, settings: Settings, *, progress: Callable[[str], None] = lambda _: None
) -> tuple[RelationReport, ...]:
    """Every relation over its cases.

    Args:
        base: over the folder as it is.
        texts: of that folder.
        settings: it was opened with; a changed folder gets the same name, which is its title where it has no other.
        progress: told the relation that is next.
    """
    corpus = transforms.parse(texts)
    before: dict[str, Sequence[Answer] | str] = {}
    reports: list[RelationReport] = []
    for name in plan.names:
        progress(name)
        relation, accepted = RELATIONS[name], plan.data.relation[name]
        cases = sampled(plan.cases, plan.sample, name)
        before |= {case.id: base.ask(case, [turn.question for turn in case.turns]) for case in cases if case.id not in before}
        try:
            change = relation.make(texts, corpus, plan.data)
        except ValueError as error:
            reports.append(_impossible(relation, accepted, str(error)))
            continue
        if change.texts == texts:
            reports.append(_impossible(relation, accepted, "there is nothing in the folder that it changes"))
            continue
        with nullcontext(base) if change.texts is None else _changed(change.texts, settings) as opened:
            reports.append(compare_cases(cases, before, opened, relation, change, accepted, show_aside=plan.show_aside))
    return tuple(reports)


@contextmanager
def _changed(texts: Texts, settings: Settings) -> Iterator[Opened]:
    """An assistant over a folder of these texts, with an index that is gone afterwards."""
    from assistant import Assistant, Conversation

    with tempfile.TemporaryDirectory(prefix="whichops-") as name:
        folder = write_folder(texts, Path(name) / settings.kb.name)
        assistant = Assistant.open(folder, index=Path(name) / "index", settings=settings)
        try:
            yield Opened(assistant, Conversation, verifier(folder))
        finally:
            assistant.close()


def _compare_alone(plan: Plan, settings: Settings) -> tuple[RelationReport, ...]:
    """`compare` with an assistant of its own over the folder as it is."""
    from assistant import Assistant, Conversation

    try:
        assistant = Assistant.open(settings.kb, index=settings.index.directory, settings=settings)
    except KbError as error:
        raise KbError(str(error)) from error  # one with arguments of its own cannot be sent between processes
    try:
        base = Opened(assistant, Conversation, verifier(settings.kb))
        return compare(plan, base, texts_of(settings.kb, assistant, assistant.documents()), settings, progress=_tell)
    finally:
        assistant.close()


def _tell(relation: str) -> None:
    say(f"asking: {relation}")


def compare_in_parallel(plan: Plan, settings: Settings, jobs: int) -> tuple[RelationReport, ...]:
    """`compare` in several processes, the relations shared out among them; reports in the order of the plan."""
    parts = [part for n in range(jobs) if (part := plan.names[n::jobs])]
    if len(parts) < 2:
        return _compare_alone(plan, settings)
    # Not forked: the libraries that encode keep threads, which a fork would lose.
    with ProcessPoolExecutor(len(parts), mp_context=get_context("spawn")) as pool:
        running = [pool.submit(_compare_alone, replace(plan, names=part), settings) for part in parts]
        reports = {report.name: report for future in running for report in future.result()}
    return tuple(reports[name] for name in plan.names)


# --- the command ---------------------------------------------------------------------------------------------------------


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options; `--kb` and `--index` are the caller's."""
    parser.add_argument(
        "--relation",
        action="append",
        choices=tuple(RELATIONS),
        metavar="NAME",
        help=f"only this one; may be repeated: {', '.join(RELATIONS)}",
    )
    parser.add_argument("-k", dest="match", metavar="WORDS", help="only cases whose id or question holds WORDS; * and ? as in file names")
    parser.add_argument("--set", dest="part", choices=PARTS, default="all", help="only the cases seen, or those put aside (default: all)")
    parser.add_argument("--sample", type=int, metavar="N", help="only N cases for each relation, always the same, others for each")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes to ask with (default: %(default)s)")
    parser.add_argument("--json", dest="json_file", metavar="FILE", help="write the report to FILE; - for standard output")
    parser.add_argument("--cases", type=Path, metavar="DIR", help="folder of case files (default: the shipped ones)")
    parser.add_argument("--summary", action="store_true", help="leave out the answers that differ")


def to_json(report: MetamorphicReport) -> str:
    """The whole report; of cases put aside only which did not follow, unless they alone were asked for."""
    data = report.model_dump(mode="json")
    data["passed"] = report.passed
    for relation, written in zip(report.relations, data["relations"], strict=True):
        written["passed"] = relation.passed
    data["timing"] = {written["name"]: written.pop("seconds") for written in data["relations"]}
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


_HEAD = ("relation", "cases", "followed", "known", "differ", "of right", "left alone", "follow", "floor", "")


def to_console(report: MetamorphicReport, *, details: bool = True) -> str:
    """What differs, then a line for every relation, then the verdict."""
    lines: list[str] = []
    for relation in report.relations if details else ():
        for found in relation.differences:
            lines += _told(relation, found)
    rows = [_HEAD]
    for r in report.relations:
        counts = (str(r.cases), str(r.followed), str(r.known), str(r.differ), str(r.differ_right), str(r.left_alone))
        rows.append((r.name, *counts, percent(r.rate), percent(r.floor), "" if r.passed else "FAILED"))
    widths = [max(len(row[n]) for row in rows) for n in range(len(_HEAD))]
    lines += [
        "  ".join([row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:-1], widths[1:], strict=False)), row[-1]]).rstrip()
        for row in rows
    ]
    lines += [f"{r.name}: not asked, {r.impossible}" for r in report.relations if r.impossible]
    lines += [f"{r.name}: follows now and need no longer be excepted: {', '.join(r.mended)}" for r in report.relations if r.mended]
    questions = sum(r.questions for r in report.relations)
    seconds = sum(r.seconds for r in report.relations)
    aside = sum(r.differ_aside for r in report.relations)
    lines.append(f"{questions} questions in {seconds:.0f} s; of those that differ, {aside} are of cases put aside")
    failed = [r.name for r in report.relations if not r.passed]
    lines.append(f"FAILED: {', '.join(failed)}" if failed else "PASSED")
    return "\n".join(lines) + "\n"


def _told(relation: RelationReport, found: Difference) -> list[str]:
    if found.before is None or found.after is None:
        return [] if found.aside else [f"{relation.name}: {found.case} {'; '.join(found.problems)}", ""]
    return [
        f"{relation.name}: {found.case}, turn {found.turn}: {'; '.join(found.problems)}"
        + (f" (known: {found.known})" if found.known else ""),
        f"    asked   {found.question!r}" + (f" as {found.asked!r}" if found.asked != found.question else ""),
        *(
            f"    {label}  {side.status}{f' ({side.decline})' if side.decline else ''}: {side.text}  [{'; '.join(side.cited)}]"
            for label, side in (("before", found.before), ("after ", found.after))
        ),
        "",
    ]


def run(args: argparse.Namespace) -> int:
    """Do what the arguments say; returns the exit code: 1 where too little follows.

    Raises:
        CasesInvalid: the cases have faults.
        UsageError: no case is left, or the report cannot be written.
        KbError: there is no usable knowledge base or index.
    """
    suite = load_suite(args.cases or SHIPPED)
    cases, selection = select(suite.cases, match=args.match, kinds=None, tags=None, part=args.part)
    if args.sample is not None:
        if args.sample < 1:
            raise UsageError(f"--sample is a number of cases, at least 1, not {args.sample}.")
        selection = " ".join(filter(None, (selection, f"--sample {args.sample}")))
    if args.jobs < 1:
        raise UsageError(f"--jobs is a number of processes, at least 1, not {args.jobs}.")
    assistant, settings = open_assistant(args, kb=suite.knowledge)  # builds the index, which the processes then share
    try:
        provenance = provenance_of(assistant, settings, suite)
    finally:
        assistant.close()
    plan = Plan(
        cases=cases,
        names=tuple(dict.fromkeys(args.relation or RELATIONS)),
        data=load_data(args.cases or SHIPPED),
        sample=args.sample,
        show_aside=args.part == "aside",
    )
    relations = compare_in_parallel(plan, settings, args.jobs)
    report = MetamorphicReport(provenance=provenance, selection=selection, relations=relations)
    if args.json_file == "-":
        sys.stdout.write(to_json(report))
    else:
        if args.json_file:
            write(to_json(report), args.json_file)
        sys.stdout.write(to_console(report, details=not args.summary))
    return gate.PASSED if report.passed else gate.FAILED
