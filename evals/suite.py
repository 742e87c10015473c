"""`whichops eval run`, `accept` and `lint`: ask the suite and hold it against the baseline, make a run the baseline, check the cases."""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import time
from collections.abc import Callable, Collection, Sequence
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import UsageError
from evals import gate, history
from evals.loader import SHIPPED, load_suite, read_suite
from evals.models import Baseline, Case, CaseResult, Provenance, Report, Suite
from evals.report import failure_lines, to_console, to_json

if TYPE_CHECKING:
    from assistant import Assistant, Settings
    from assistant.models import Answer

PARTS = ("seen", "aside", "all")
SHIPPED_BASELINE = Path(__file__).parent / "baseline.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the three; `--kb` and `--index` are the caller's."""
    parser.add_argument("-k", dest="match", metavar="WORDS", help="only cases whose id or question holds WORDS; * and ? as in file names")
    parser.add_argument("--kind", action="append", metavar="KIND", help="only cases of this kind; may be repeated")
    parser.add_argument("--tag", action="append", metavar="TAG", help="only cases with this tag; may be repeated")
    parser.add_argument(
        "--set",
        dest="part",
        choices=PARTS,
        default="all",
        help="only the cases seen while rules are written, or those put aside (default: all)",
    )
    parser.add_argument(
        "--json", dest="json_file", metavar="FILE", help="write the report to FILE; - for standard output, without the table"
    )
    parser.add_argument("--html", metavar="FILE", help="write one page with plots, filters and every answer with its sources to FILE")
    parser.add_argument("--markdown", metavar="FILE", help="write a summary, worst regressions first, to FILE")
    parser.add_argument("--junit", metavar="FILE", help="write the cases as JUnit XML, for a build server, to FILE")
    parser.add_argument("--failures", metavar="FILE", help="write the failed cases to FILE as a case file, with what came in comments")
    parser.add_argument("--failed", action="store_true", help="only the cases that failed in the last run")
    parser.add_argument("--diff", metavar="RUN", help="also show what changed since RUN: a report of --json, or `last`")
    parser.add_argument(
        "--watch", action="store_true", help="ask again whenever a case, a document or kb.toml changes, and show what changed"
    )
    parser.add_argument("--jobs", type=_count, metavar="N", help="processes that ask (default: one for each core; 1 for few cases)")
    parser.add_argument("--cases", type=Path, metavar="DIR", help="folder of case files (default: the shipped ones)")
    parser.add_argument("--baseline", type=Path, metavar="FILE", help="accepted run to compare with (default: that of the cases)")
    parser.add_argument("--summary", action="store_true", help="leave the failed cases out of the table")


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError
    return value


_count.__name__ = "count"  # what argparse calls it when it refuses


def select(
    cases: Sequence[Case],
    *,
    match: str | None,
    kinds: Sequence[str] | None,
    tags: Sequence[str] | None,
    part: str = "all",
    failed: Collection[str] | None = None,
) -> tuple[tuple[Case, ...], str | None]:
    """The cases asked for, and in words how the suite was narrowed (None: not at all).

    Args:
        failed: ids of the cases that failed in the last run, where only those are wanted.
    Raises:
        UsageError: no case is left; the message lists the kinds or tags there are.
    """

    def wanted(case: Case) -> bool:
        if part != "all" and case.aside != (part == "aside"):
            return False
        if kinds and case.kind not in kinds:
            return False
        if tags and not set(tags) & set(case.tags):
            return False
        if failed is not None and case.id not in failed:
            return False
        if match is None:
            return True
        pattern = f"*{match.casefold()}*"
        return any(fnmatchcase(text.casefold(), pattern) for text in (case.id, *(turn.question for turn in case.turns)))

    parts = [f"-k {match}"] if match is not None else []
    parts += [f"--kind {kind}" for kind in kinds or ()] + [f"--tag {tag}" for tag in tags or ()]
    parts += [f"--set {part}"] if part != "all" else []
    parts += ["--failed"] if failed is not None else []
    chosen = tuple(case for case in cases if wanted(case))
    if not chosen and failed is not None and len(parts) == 1:
        raise UsageError("No case failed in the last run.")
    if not chosen:
        there = ", ".join(sorted({case.kind for case in cases}))
        marks = ", ".join(sorted({tag for case in cases for tag in case.tags}))
        raise UsageError(f"No case matches {' '.join(parts)}. Kinds: {there}. Tags: {marks}.")
    return chosen, " ".join(parts) or None


def _digest(data: object) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


def provenance_of(assistant: Assistant, settings: Settings, suite: Suite) -> Provenance:
    """Hashes of whatever may change an answer: documents, cases, model, settings (not where anything lies on this machine)."""
    from index.models import resolve

    files = {path: hashlib.sha256(assistant.document(path).encode()).hexdigest() for path in assistant.documents()}
    shaping = {
        "corpus": settings.corpus.model_dump(mode="json"),
        "index": settings.index.model_dump(mode="json", exclude={"model", "directory", "cache_directory", "threads", "lock_timeout"}),
        "assistant": settings.assistant.model_dump(mode="json"),
    }
    return Provenance(kb=_digest(files), cases=suite.hash, model=resolve(settings.index).fingerprint, settings=_digest(shaping))


def verifier(kb: Path) -> Callable[[Answer], Sequence[str]]:
    """What checks certificates against the files of a folder, as `assistant.certificate.verify_answer` does.

    Each file is read once, and the wording loaded once, for all answers of a run.
    """
    from assistant.certificate import check
    from assistant.wording import Wording
    from corpus.reader import read_text

    fixed = Wording().fixed_words

    @cache
    def read(path: str) -> tuple[str, str]:
        return read_text(kb, path)

    return lambda answer: check(answer.as_json(), read, fixed).problems


class Bar:
    """A line on standard error that counts up; nothing where standard error is not a terminal."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()

    def show(self, done: int, total: int, words: str) -> None:
        """Rewrite the line; it ends when all is done."""
        if not self._shown:
            return
        full = 30 * done // total
        sys.stderr.write(f"\r[{'#' * full}{'.' * (30 - full)}] {done}/{total}, {words} " + ("\n" if done == total else ""))
        sys.stderr.flush()


class Progress(Bar):
    """Counts cases, and those that failed."""

    _failed = 0

    def __call__(self, done: int, total: int, result: CaseResult) -> None:
        self._failed += not result.passed
        self.show(done, total, f"{self._failed} failed")


def say(text: str) -> None:
    """One line on standard error."""
    print(text, file=sys.stderr)


def open_assistant(args: argparse.Namespace, *, kb: Path | None = None) -> tuple[Assistant, Settings]:
    """The assistant over the folder, index and model the command line names, with its settings; the caller closes it.

    Args:
        kb: the folder to ask where the command line names none; None: the one in the settings.
    Raises:
        KbError: there is no usable knowledge base or index.
    """
    from assistant import Assistant

    settings = settings_of(args, kb=kb)
    return Assistant.open(settings.kb, index=settings.index.directory, settings=settings), settings


def settings_of(args: argparse.Namespace, *, kb: Path | None = None) -> Settings:
    """The settings with the folder, index and model the command line names; `kb` as for `open_assistant`."""
    from assistant import load_settings

    shared = {"kb": "kb", "index": "index.directory", "model": "index.model"}
    given = {name: getattr(args, option, None) for option, name in shared.items()}
    if given["kb"] is None and kb is not None:
        given["kb"] = str(kb)
    return load_settings(given)


def choose(args: argparse.Namespace, suite: Suite) -> tuple[tuple[Case, ...], str | None]:
    """The cases that the command line asks for, and in words how the suite was narrowed (None: not at all).

    Raises:
        UsageError: no case is left, or --failed is given and there was no run yet.
    """
    failed = {result.id for result in history.last_run(cases_of(args)).results if not result.passed} if args.failed else None
    return select(suite.cases, match=args.match, kinds=args.kind, tags=args.tag, part=args.part, failed=failed)


def evaluate(args: argparse.Namespace, suite: Suite) -> Report:
    """Ask the chosen cases of the assistant over the chosen knowledge base; the report has no verdict yet.

    Raises:
        KbError: there is no usable knowledge base or index.
    """
    chosen, selection = choose(args, suite)
    from assistant import Conversation
    from evals.runner import Runner, make_report
    from evals.workers import WORTH_IT, ask_all, cores

    assistant, settings = open_assistant(args, kb=suite.knowledge)
    try:
        provenance = provenance_of(assistant, settings, suite)
        jobs = args.jobs or (cores() if len(chosen) >= WORTH_IT else 1)
        if jobs == 1:
            runner = Runner(assistant, new_conversation=Conversation, verify=verifier(settings.kb))
            return runner.run(chosen, provenance, selection=selection, progress=Progress())
    finally:
        assistant.close()
    begin = time.perf_counter()
    asked = ask_all(chosen, settings, jobs=jobs, progress=Progress())
    return make_report(asked, provenance, selection=selection, seconds=time.perf_counter() - begin)


def cases_of(args: argparse.Namespace) -> Path:
    """The folder of cases that the command line names."""
    return args.cases or SHIPPED


def _lint(args: argparse.Namespace) -> int:
    """Everything that is wrong with the cases at once: what cannot be read, and what can be read and cannot be so."""
    from evals.lint import lint

    suite, unreadable = read_suite(cases_of(args))
    kb = getattr(args, "kb", None)
    faults = sorted({*unreadable, *lint(suite, Path(kb) if kb else suite.knowledge)})
    for fault in faults:
        print(fault)
    questions = sum(len(case.turns) for case in suite.cases)
    say(f"{len(suite.cases)} cases, {questions} questions, {len(faults)} finding{'s' if len(faults) != 1 else ''}")
    return gate.BAD_CASES if faults else gate.PASSED


def write(text: str, target: str) -> None:
    """Write a report to a file.

    Raises:
        UsageError: it cannot be written.
    """
    try:
        Path(target).write_text(text, encoding="utf-8", errors="replace", newline="\n")
    except OSError as error:
        raise UsageError(f"The report cannot be written to {target}: {error}.") from error


def run(args: argparse.Namespace) -> int:
    """Do what `args.action` says; returns the exit code.

    Raises:
        CasesInvalid: the cases have faults.
        UsageError: no case matches, or a file cannot be read or written.
        KbError: there is no usable knowledge base or index.
    """
    if args.watch:
        from evals.watching import watch

        if args.action != "run":
            raise UsageError(f"--watch is for running the cases; leave it out of `whichops eval {args.action}`.")
        return watch(args)
    if args.action == "lint":
        return _lint(args)
    suite = load_suite(cases_of(args))
    if args.action == "accept":
        if args.match or args.kind or args.tag or args.failed or args.part != "all":
            raise UsageError("A baseline is a whole run: leave -k, --kind, --tag, --failed and --set out of `whichops eval accept`.")
        return _accept(evaluate(args, suite), baseline_of(args), args.json_file)
    before = history.named_run(args.diff, cases_of(args)) if args.diff else None
    report = run_once(args, suite, before)
    return gate.NOT_EVALUATED if report.verdict is None else report.verdict.exit_code


def baseline_of(args: argparse.Namespace) -> Path:
    """The accepted run that the command line names: beside the cases, where none is given."""
    given: Path | None = args.baseline
    return given or (args.cases / "baseline.json" if args.cases else SHIPPED_BASELINE)


def run_once(args: argparse.Namespace, suite: Suite, before: Report | None) -> Report:
    """Ask, judge, write every report that is wanted; the run is kept as the last one.

    Args:
        before: the run to show the differences to.
    Raises:
        UsageError: no case matches, or a file cannot be read or written.
        KbError: there is no usable knowledge base or index.
    """
    baseline = gate.read_baseline(baseline_of(args))
    report = evaluate(args, suite)
    report = report.model_copy(update={"verdict": gate.judge(report, floors=suite.floors, baseline=baseline)})
    history.keep(report, cases_of(args))
    aside = args.part == "aside"
    write_reports(args, suite, report, baseline, before)
    if args.json_file != "-":
        width = min(160, shutil.get_terminal_size((120, 40)).columns)
        if before is not None:
            from evals.changes import changes, to_text

            sys.stdout.write(to_text(changes(before, report), width=width, aside=aside) + "\n")
        sys.stdout.write(to_console(report, failures=not args.summary and before is None, width=width, aside=aside))
    return report


def write_reports(args: argparse.Namespace, suite: Suite, report: Report, baseline: Baseline | None, before: Report | None) -> None:
    """Every file the command line asks for; those put aside are listed in none but the JSON unless they alone were asked.

    Raises:
        UsageError: a file cannot be written.
    """
    aside = args.part == "aside"
    if args.json_file == "-":
        sys.stdout.write(to_json(report))
    elif args.json_file:
        write(to_json(report), args.json_file)
    if args.failures:
        from evals.failures import to_toml

        write(to_toml(report, suite.cases, aside=aside), args.failures)
    if args.markdown:
        from evals.markdown import to_markdown

        write(to_markdown(report, baseline=baseline, before=before, aside=aside), args.markdown)
    if args.junit:
        from evals.junit import to_junit

        write(to_junit(report, aside=aside), args.junit)
    if args.html:
        from evals.page import to_html

        write(to_html(report, baseline=baseline, aside=aside), args.html)


def _accept(report: Report, path: Path, json_file: str | None) -> int:
    """Write the baseline and say what that changes; a run in which anything raised is not accepted."""
    broken = [result for result in report.results if result.error is not None]
    if broken:
        for result in broken:
            print("\n".join(failure_lines(result)))
        say(f"Not accepted: {len(broken)} cases raised an error. Mend that first; a baseline holds what was right and what was wrong.")
        return gate.NOT_EVALUATED
    try:
        before = gate.read_baseline(path)
    except UsageError as error:
        say(f"{error} It is replaced.")
        before = None
    for line in gate.describe_change(report, before):
        print(line)
    must = [result.id for result in report.results if result.tier == "must" and not result.passed]
    gate.write_baseline(path, gate.make_baseline(report))
    if json_file and json_file != "-":
        write(to_json(report), json_file)
    say(f"Accepted: {report.metrics.right.hits} of {report.metrics.right.total} right, in {path}.")
    if must:
        say(f"Of tier must, {len(must)} fail; the gate stays closed until they pass: {', '.join(must)}")
    return gate.PASSED
