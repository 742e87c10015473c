"""`whichops eval calibrate`: how well the judge knows what it can answer, and which thresholds a stated risk would have.

Every question of the suite is asked once; then, one threshold at a time, those that another value could turn are asked again. Nothing
in force is changed: `--write` puts the thresholds into a copy. Exit codes are those of `evals.gate`: 1 where more of the answers given
are wrong than the stated risk allows.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict

from assistant.models import Answer, Trace
from corpus.errors import UsageError
from evals import calibration, gate
from evals.calibration import CONFIDENCES, Asked, Feature, Part, Point, asked_of, at_support, confusion, expected_of, features, for_risk
from evals.drawing import to_svg, to_text
from evals.loader import SHIPPED, load_suite
from evals.matching import match
from evals.models import Case, Provenance, Rate
from evals.report import percent, table
from evals.suite import PARTS, Bar, open_assistant, provenance_of, say, select, write
from evals.sweep import REACH, STEP, Choice, Effect, Sweep, effect, search

if TYPE_CHECKING:
    from assistant import Assistant

RISK = 0.01  # where neither the command line nor the thresholds state one
_STATED = "risk"  # the key beside the thresholds that says for which risk they were chosen
_WORDS = frozenset({"high", "medium", "strong", "fair", _STATED})  # these choose a word, or nothing: they turn no answer
_TITLES = {"seen": "seen", "aside": "put aside", "all": "all"}
_ERROR = "error"  # what came where the assistant raised


class Judged(Protocol):
    """What is calibrated: answers with the features they were judged on, under thresholds that can be set."""

    thresholds: Mapping[str, float]

    def explain(self, question: str, conversation: Any = None, *, id: str = "1", suggest: bool = True) -> tuple[Answer, Trace]: ...


class Opened:
    """An assistant with its thresholds within reach. They are part of its loaded data, which nothing but a calibration changes."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    @property
    def thresholds(self) -> Mapping[str, float]:
        """Those it answers by."""
        return self._assistant._state.gatherer.data.thresholds

    @thresholds.setter
    def thresholds(self, values: Mapping[str, float]) -> None:
        gatherer = self._assistant._state.gatherer
        gatherer.data = gatherer.data.model_copy(update={"thresholds": dict(values)})

    def explain(self, question: str, conversation: Any = None, *, id: str = "1", suggest: bool = True) -> tuple[Answer, Trace]:
        """As `Assistant.explain`."""
        return self._assistant.explain(question, conversation, id=id, suggest=suggest)


class Asker:
    """Asks all turns of a case under some thresholds; afterwards those in force are back.

    Args:
        new_conversation: makes the state that the turns of one case share.
    """

    def __init__(self, assistant: Judged, new_conversation: Callable[[], Any]) -> None:
        self._assistant = assistant
        self._new_conversation = new_conversation
        self._talk: dict[str, bool] = {}  # question -> whether it was small talk, which no threshold changes
        self.errors: dict[str, str] = {}  # question's id -> what was raised

    def __call__(self, case: Case, thresholds: Mapping[str, float]) -> list[Asked]:
        in_force = self._assistant.thresholds
        self._assistant.thresholds = thresholds
        try:
            return self._turns(case)
        finally:
            self._assistant.thresholds = in_force

    def _turns(self, case: Case) -> list[Asked]:
        conversation = self._new_conversation()
        group = case.group or f"case {case.id}"
        found = []
        for number, turn in enumerate(case.turns, start=1):
            name = f"{case.id}/{number}"
            try:
                # Only small talk needs the suggestions that take most of the time: without them it is a question like any other.
                answer, trace = self._assistant.explain(turn.question, conversation, id=name, suggest=self._talk.get(name, True))
            except Exception as raised:  # noqa: BLE001 - one crash must not hide the other results
                self.errors[name] = f"{type(raised).__name__}: {raised}"
                found.append(_raised(name, case, number, group))
                continue
            self._talk.setdefault(name, answer.status == "smalltalk")
            right = match(answer, turn.expect).right
            found.append(asked_of(name, turn.expect, answer, trace.features, right=right, group=group, aside=case.aside))
        return found


def _raised(name: str, case: Case, number: int, group: str) -> Asked:
    expect = case.turns[number - 1].expect
    return Asked(
        id=name,
        group=group,
        aside=case.aside,
        expected=expected_of(expect),
        wanted=(expect.decline or expect.status)[0],
        got=_ERROR,
        answered=False,
        right=False,
        support=None,
        confidence="low",
    )


# ---------------------------------------------------------------- the report


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Cut(_Frozen):
    """The support from which to answer for the stated risk, chosen on the seen questions, and what it does on each set."""

    support: float
    points: dict[str, Point | None]  # None: no question of the set has so much support


class CalibrationReport(_Frozen):
    """One calibration; two of the same thing are equal."""

    version: Literal[1] = 1
    provenance: Provenance
    part: str  # which cases were asked
    risk: float  # stated
    passed: bool
    thresholds: dict[str, float]  # in force
    parts: dict[str, Part]
    cut: Cut | None  # None: no support keeps to the stated risk
    confusion: dict[str, dict[str, int]]  # right -> came -> questions
    features: dict[str, Feature]
    choices: tuple[Choice, ...]
    together: dict[str, Effect]  # all choices at once, by set
    errors: dict[str, str]
    questions: tuple[Asked, ...]


def sets_of(asked: Sequence[Asked]) -> dict[str, list[Asked]]:
    """The questions by set; where both are there, all of them last."""
    found = {"seen": [one for one in asked if not one.aside], "aside": [one for one in asked if one.aside]}
    there = {name: listed for name, listed in found.items() if listed}
    return there | {"all": list(asked)} if len(there) > 1 else there


def make_report(
    sweep: Sweep, choices: Sequence[Choice], *, risk: float, part: str, provenance: Provenance, errors: Mapping[str, str]
) -> CalibrationReport:
    """All figures of a sweep."""
    asked = sweep.asked
    sets = sets_of(asked)
    parts = {name: calibration.measure(listed) for name, listed in sets.items()}
    first = for_risk(next(iter(parts.values())).curve, risk) if parts else None
    changed = {choice.name: choice.chosen for choice in choices if choice.chosen != choice.now}
    together: dict[str, Effect] = {}
    if changed:
        after = sets_of(sweep.together(changed))
        together = {name: effect(after[name], listed) for name, listed in sets.items()}
    whole = list(parts.values())[-1] if parts else None
    return CalibrationReport(
        provenance=provenance,
        part=part,
        risk=risk,
        passed=whole is not None and (whole.risk.value or 0.0) <= risk,
        thresholds={name: float(value) for name, value in sweep.thresholds.items()},
        parts=parts,
        cut=None if first is None else Cut(support=first.support, points={n: at_support(p.curve, first.support) for n, p in parts.items()}),
        confusion=confusion(asked),
        features=features(asked),
        choices=tuple(choices),
        together=together,
        errors=dict(errors),
        questions=asked,
    )


def to_json(report: CalibrationReport) -> str:
    """The whole report; equal runs give equal bytes."""
    return json.dumps(report.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n"


def _counted(found: Rate) -> str:
    return f"{percent(found.value)} ({found.hits}/{found.total})"


def _sets(report: CalibrationReport) -> list[str]:
    def area(part: Part) -> str:
        found = part.auroc
        return "-" if found.value is None else f"{found.value:.3f}"

    def interval(part: Part) -> str:
        found = part.auroc
        return "-" if found.low is None or found.high is None else f"{found.low:.3f}-{found.high:.3f}"

    def point(name: str) -> str:
        found = None if report.cut is None else report.cut.points[name]
        return "-" if found is None else f"{percent(found.coverage)} / {percent(found.risk)}"

    from_support = "" if report.cut is None else f", from support {report.cut.support:.4f}"
    parts = report.parts
    rows: list[tuple[str, ...]] = [
        ("questions", *(f"{part.questions:,}" for part in parts.values())),
        ("put to the judge", *(f"{part.judged:,}" for part in parts.values())),
        ("in force: coverage", *(_counted(part.coverage) for part in parts.values())),
        ("in force: risk, of the answers wrong", *(_counted(part.risk) for part in parts.values())),
        ("without an answer, answered", *(_counted(part.leaks) for part in parts.values())),
        ("with an answer, refused", *(_counted(part.refusals) for part in parts.values())),
        ("right", *(_counted(part.right) for part in parts.values())),
        (f"for risk {percent(report.risk)}{from_support}: coverage / risk", *(point(name) for name in parts)),
        ("AUROC of support, with against without an answer", *(area(part) for part in parts.values())),
        ("95 % interval", *(interval(part) for part in parts.values())),
    ]
    rows += [(f"confidence {word}: right", *(_counted(part.confidence[word]) for part in parts.values())) for word in CONFIDENCES]
    rows.append(("a stronger word is never less often right", *("yes" if part.in_order else "no" for part in parts.values())))
    return table(("", *(_TITLES[name] for name in parts)), rows)


def _confusion(report: CalibrationReport) -> list[str]:
    came = sorted({got for row in report.confusion.values() for got in row})
    rows = [(wanted, *(str(row.get(got) or ".") for got in came)) for wanted, row in report.confusion.items()]
    return table(("right \\ came", *came), rows)


def _features(report: CalibrationReport) -> list[str]:
    def number(value: float | None) -> str:
        return "-" if value is None else f"{value:.3f}"

    rows = [
        (name, f"{found.questions:,}", number(found.answerable), number(found.unanswerable), number(found.auroc))
        for name, found in report.features.items()
    ]
    return table(("raw feature", "questions", "mean with", "mean without", "AUROC"), rows)


def _did(found: Effect | None) -> tuple[str, ...]:
    if found is None:
        return ("-",) * 4
    return (percent(found.coverage), percent(found.risk), percent(found.right), f"+{found.better} -{found.worse}")


def _thresholds(report: CalibrationReport) -> list[str]:
    if not report.choices:
        return []
    changed = [choice for choice in report.choices if choice.chosen != choice.now]
    kept = [choice.name for choice in report.choices if choice.chosen == choice.now]
    idle = [name for name in report.thresholds if name not in _WORDS and name not in {choice.name for choice in report.choices}]
    head = (
        "threshold",
        "now",
        "would be",
        "keeps risk",
        "cases",
        "coverage",
        "risk",
        "right",
        "turns",
        "aside: coverage",
        "risk",
        "right",
        "turns",
    )
    rows = [
        (
            choice.name,
            f"{choice.now:g}",
            f"{choice.chosen:g}",
            "yes" if choice.kept else "no",
            str(choice.compared),
            *_did(choice.seen),
            *_did(choice.aside),
        )
        for choice in changed
    ]
    if report.together:
        both = _did(report.together.get("seen")) + _did(report.together.get("aside"))
        rows.append(("all of these at once", "", "", "", "", *both))
    lines: list[str] = [
        f"One threshold at a time, {REACH:g} up and down in steps of {STEP:g}: most right on the seen questions within the risk, or,"
    ]
    lines += ["where no value keeps to it, without raising it. Turns: questions that come right, and that go wrong.", ""]
    lines += table(head, rows) if rows else []
    lines += [f"stay as they are: {', '.join(kept)}"] if kept else []
    lines += [f"not tried: {', '.join(idle)}"] if idle else []
    return [*lines, ""]


def to_console(report: CalibrationReport) -> str:
    """The report for a terminal, the verdict last."""
    curve = next(reversed(report.parts.values())).curve if report.parts else ()
    lines = [*_sets(report), "", *to_text(curve, risk=report.risk), ""]
    lines += [*_confusion(report), "", *_features(report), "", *_thresholds(report)]
    lines += [f"error: {name}: {problem}" for name, problem in report.errors.items()]
    found = next(reversed(report.parts.values())).risk if report.parts else None
    words = "nothing is answered" if found is None or found.value is None else f"{percent(found.value)} of the answers are wrong"
    lines.append(f"{'PASSED' if report.passed else 'FAILED'}: {words}, stated are {percent(report.risk)}")
    return "\n".join(lines) + "\n"


# ---------------------------------------------------------------- thresholds as a file

_LINE = re.compile(r"^(?P<key>\w+)(?P<is>\s*=\s*)(?P<value>[-+.\w]+)")


def in_force() -> Path:
    """The file whose thresholds answers are judged by."""
    return Path(str(resources.files("assistant").joinpath("answers", "judge.toml")))


def rewritten(text: str, values: Mapping[str, float], risk: float) -> str:
    """The text of a file of thresholds with other values for some, and the risk they are for; all else stays, comments too."""
    lines: list[str] = []
    inside = stated = False
    start = None
    for line in text.splitlines():
        if line.startswith("["):
            inside = line.split("#")[0].strip() == "[thresholds]"
            start = len(lines) + 1 if inside else start
        found = _LINE.match(line) if inside else None
        if found is not None and found["key"] == _STATED:
            stated = True
        given = None if found is None else (risk if found["key"] == _STATED else values.get(found["key"]))
        lines.append(line if found is None or given is None else f"{found['key']}{found['is']}{given:.12g}{line[found.end() :]}")
    if not stated and start is not None:
        lines.insert(start, f"# of these, the ones that `whichops eval calibrate` changed are for a risk of {risk:g}")
    return "\n".join(lines) + "\n"


# ---------------------------------------------------------------- the command


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise ValueError
    return value


_share.__name__ = "share from 0 to 1"  # what argparse calls it when it refuses


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `whichops eval calibrate`."""
    parser.add_argument(
        "--risk",
        type=_share,
        metavar="R",
        help=f"share of the answers that may be wrong (default: the one stated beside the thresholds, else {RISK})",
    )
    parser.add_argument("--set", dest="part", choices=PARTS, default="all", help="only the cases seen, or those put aside (default: all)")
    parser.add_argument("--cases", type=Path, metavar="DIR", help="folder of case files (default: the shipped ones)")
    parser.add_argument(
        "--threshold", action="append", metavar="NAME", help="try other values of this threshold only; may be repeated (default: all)"
    )
    parser.add_argument("--no-search", action="store_true", help="try no other values: the cases are asked once")
    parser.add_argument(
        "--json", dest="json_file", metavar="FILE", help="write the report to FILE; - for standard output, without the tables"
    )
    parser.add_argument("--plot", metavar="FILE.svg", help="draw risk against coverage, with the point in force")
    parser.add_argument("--write", metavar="FILE", help="write the thresholds file with the values chosen to FILE, a copy")


def _check(arguments: argparse.Namespace) -> None:
    """Refuse before anything is asked what could not be done afterwards.

    Raises:
        UsageError: options that do not go together, or a file of the wrong sort.
    """
    if arguments.plot and not arguments.plot.lower().endswith(".svg"):
        raise UsageError(f"The plot is drawn as SVG: name a file that ends in .svg, not {arguments.plot}.")
    searches = not arguments.no_search and arguments.part != "aside"
    if arguments.write and not searches:
        raise UsageError("--write needs thresholds, which are chosen on the seen cases: leave --no-search and --set aside out.")
    if arguments.write and Path(arguments.write).resolve() == in_force().resolve():
        raise UsageError("--write makes a copy: name another file than the one in force, and compare the two.")
    if arguments.threshold and not searches:
        raise UsageError("Values are tried on the seen cases: leave --no-search and --set aside out, or --threshold.")


def run(arguments: argparse.Namespace) -> int:
    """Ask, measure, try, report; returns the exit code.

    Raises:
        CasesInvalid: the cases have faults.
        UsageError: options, a name or a file are wrong.
        KbError: there is no usable knowledge base or index.
    """
    _check(arguments)
    suite = load_suite(arguments.cases or SHIPPED)
    cases, _ = select(suite.cases, match=None, kinds=None, tags=None, part=arguments.part)
    from assistant import Conversation

    assistant, settings = open_assistant(arguments, kb=suite.knowledge)
    try:
        judged = Opened(assistant)
        thresholds = {name: float(value) for name, value in judged.thresholds.items()}
        tunable = [name for name in thresholds if name not in _WORDS]
        if unknown := [name for name in arguments.threshold or () if name not in tunable]:
            raise UsageError(f"There is no threshold {', '.join(unknown)}. There are: {', '.join(tunable)}.")
        risk = thresholds.get(_STATED, RISK) if arguments.risk is None else arguments.risk
        asker, bar = Asker(judged, Conversation), Bar()
        sweep = Sweep(cases, thresholds, asker, progress=bar.show)
        errors = dict(asker.errors)
        choices: tuple[Choice, ...] = ()
        if not arguments.no_search and arguments.part != "aside":
            compared = sweep.compared()
            names = [name for name in tunable if name in (arguments.threshold or compared)]
            choices = search(sweep, risk, names, progress=bar.show)
        provenance = provenance_of(assistant, settings, suite)
        report = make_report(sweep, choices, risk=risk, part=arguments.part, provenance=provenance, errors=errors)
    finally:
        assistant.close()
    if len(errors) == len(report.questions):
        say(f"Nothing could be evaluated: {next(iter(errors.values()))}")
        return gate.NOT_EVALUATED
    _deliver(report, arguments)
    return gate.PASSED if report.passed else gate.FAILED


def _deliver(report: CalibrationReport, arguments: argparse.Namespace) -> None:
    if arguments.plot:
        curves = {_TITLES[name]: part.curve for name, part in report.parts.items() if name != "all"}
        write(to_svg(curves, risk=report.risk, title="Risk against coverage"), arguments.plot)
    if arguments.write:
        changed = {choice.name: choice.chosen for choice in report.choices if choice.chosen != choice.now}
        write(rewritten(in_force().read_text(encoding="utf-8"), changed, report.risk), arguments.write)
        say(f"{len(changed)} thresholds changed in {arguments.write}; what is in force is as it was.")
    if arguments.json_file == "-":
        sys.stdout.write(to_json(report))
    else:
        if arguments.json_file:
            write(to_json(report), arguments.json_file)
        sys.stdout.write(to_console(report))
