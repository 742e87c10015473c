"""`whichops gaps`: list what people could not find out, and take what would mend it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import UsageError
from corpus.folders import parts_of
from ui import gaps
from ui.feedback import FeedbackLog, default_path
from ui.verifying import must_be_there

if TYPE_CHECKING:
    from assistant import Settings
    from evals.models import Suite

ACTIONS = ("list", "show", "accept", "clear")
ACCEPTED, REFUSED = 0, 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments after `gaps`; `--kb`, `--index` and `--model` are the caller's."""
    parser.add_argument("action", nargs="?", choices=ACTIONS, default="list", help="what to do (default: list)")
    parser.add_argument("gap", nargs="?", metavar="ID", help="which gap, for show and accept")
    parser.add_argument("--to", metavar="NAME", help="with accept: the name of the folder that the missing words stand for")
    parser.add_argument(
        "--cases", type=Path, metavar="DIR", help="with accept: suite that must not suffer (default for the shipped folder: its own)"
    )
    parser.add_argument("--as-case", action="store_true", help="with accept: keep the refusal as it is, as a case of the suite")
    parser.add_argument("--json", action="store_true", help="with list: as JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Do what the arguments say; returns the exit code.

    Raises:
        KbError: the folder, its feedback or the suite cannot be used.
    """
    log = FeedbackLog(default_path(settings.kb))
    if args.action == "clear":
        count = len(log.read())
        log.path.unlink(missing_ok=True)
        _say(f"{count} record{'' if count == 1 else 's'} of feedback {'is' if count == 1 else 'are'} gone ({log.path}).")
        return ACCEPTED
    must_be_there(settings.kb)
    records = log.read()
    found = gaps.find_gaps(records, gaps.names_of(settings.kb, settings) if records else ())
    if args.action == "list":
        return _list(found, log, praised=sum(r.kind == "up" for r in records), as_json=args.json)
    gap = _choose(found, args.gap)
    if args.action == "show":
        _print(_describe(gap, whole=True))
        _print("\nas a case for a suite:\n\n" + gaps.draft_case(gap).rstrip())
        return ACCEPTED
    return _accept(gap, args, settings, log)


def _choose(found: tuple[gaps.Gap, ...], wanted: str | None) -> gaps.Gap:
    if not wanted:
        raise UsageError("Name the gap by its id; `whichops gaps` lists them.")
    held = [g for g in found if g.id.startswith(wanted.lower())]
    if len(held) != 1:
        raise UsageError(f"{'Several gaps have' if held else 'No gap has'} the id {wanted!r}; `whichops gaps` lists them.")
    return held[0]


def _list(found: tuple[gaps.Gap, ...], log: FeedbackLog, *, praised: int, as_json: bool) -> int:
    if as_json:
        data = [
            {
                "id": g.id,
                "kind": g.kind,
                "missing": g.missing,
                "about": g.about,
                "count": len(g.records),
                "questions": g.questions,
                "notes": g.notes,
                "proposal": {"typed": g.proposal.typed, "to": g.proposal.to, "why": g.proposal.why} if g.proposal else None,
            }
            for g in found
        ]
        _print(json.dumps(data, ensure_ascii=False, indent=2))
        return ACCEPTED
    if not found:
        _say(f"No gaps have been reported ({log.path}).")
    else:
        _print("\n\n".join(_describe(g) for g in found))
    if praised:
        _say(f"{praised} answer{' was' if praised == 1 else 's were'} marked as helpful.")
    return ACCEPTED


_WHAT = {"name": "not in the folder", "attribute": "not said", "answer": "called wrong"}


def _describe(gap: gaps.Gap, *, whole: bool = False) -> str:
    times = f"{len(gap.records)}×"
    what = ", ".join(f"“{_clean(m)}”" for m in gap.missing)
    about = f" about {', '.join(_clean(a) for a in gap.about)}" if gap.about and gap.kind == "attribute" else ""
    lines = [f"{gap.id}  {times:>4}  {_WHAT[gap.kind]}: {what}{about}"]
    if gap.scope:
        lines.append(f"      asked in {', '.join(_clean(name) for name in gap.scope)} only")
    questions = gap.questions if whole else gap.questions[:3]
    lines += [f"      {_clean(q)}" for q in questions]
    if len(questions) < len(gap.questions):
        lines.append(f"      … and {len(gap.questions) - len(questions)} more (`whichops gaps show {gap.id}`)")
    lines += [f"      noted: {_clean(n)}" for n in (gap.notes if whole else gap.notes[:2])]
    if gap.proposal:
        lines.append(f"      → alias “{_clean(gap.proposal.typed)}” = {_clean(gap.proposal.to)} ({_clean(gap.proposal.why)})")
        lines.append(f"        whichops gaps accept {gap.id}")
    elif gap.kind == "answer":
        lines.append(f"      → a case for the suite: whichops gaps show {gap.id}")
    else:
        lines.append("      → write it into the files, or name what it stands for, or keep the refusal as a case of the suite:")
        lines.append(f"        whichops gaps accept {gap.id} --to NAME")
        lines.append(f"        whichops gaps accept {gap.id} --as-case")
    return "\n".join(lines)


def _accept(gap: gaps.Gap, args: argparse.Namespace, settings: Settings, log: FeedbackLog) -> int:
    if args.as_case:
        return _accept_case(gap, _cases(args.cases, settings), settings, log)
    proposal = gap.proposal
    if args.to:
        if gap.kind == "answer":
            raise UsageError("An alias mends what was not found, not what was answered wrongly; see `whichops gaps show`.")
        proposal = gaps.Proposal(" ".join(gap.missing), args.to, "accepted from what was asked")
    if len(parts_of(settings.kb)) > 1:
        raise UsageError("An alias stands in one folder's kb.toml: accept it with the one --kb FOLDER it belongs to.")
    if proposal is None:
        raise UsageError("There is no alias to accept for this gap. Name what it stands for with --to NAME.")
    suite = _suite(args.cases, settings)
    _say(f"Asking {len(suite.cases)} cases without and with “{proposal.typed}” = {proposal.to} …")
    trial = gaps.try_alias(gap, proposal, suite, settings)
    if trial.refusal:
        _say(f"Refused: {trial.refusal}. Nothing was changed.")
        return REFUSED
    path = gaps.accept(proposal, settings.kb)
    log.drop(gap.records)
    better = f"; {len(trial.fixed)} that were wrong are right now" if trial.fixed else ""
    _print(f"Accepted: “{proposal.typed}” = {proposal.to}, in {path}. {trial.asked} cases asked, none worse{better}.")
    return ACCEPTED


def _accept_case(gap: gaps.Gap, cases: Path, settings: Settings, log: FeedbackLog) -> int:
    if gap.kind == "answer":
        raise UsageError(f"What a right answer says only a person knows: complete the case that `whichops gaps show {gap.id}` prints.")
    text, case = gaps.with_case(gap, cases)
    from evals.models import Suite

    outcome = gaps.ask_folder(settings.kb, settings.index.directory, Suite(cases=(case,), hash=""), (), settings)
    if not outcome.passed[case.id]:
        _say(f"Refused: “{case.turns[0].question}” is not refused in this way any more. Nothing was changed.")
        return REFUSED
    path = gaps.accept_case(text, cases)
    log.drop(gap.records)
    _print(f"Accepted as case {case.id}, in {path}.")
    return ACCEPTED


def _cases(folder: Path | None, settings: Settings) -> Path:
    from assistant.settings import default_kb
    from evals.loader import SHIPPED

    if folder is not None:
        return folder
    if settings.kb.resolve() == default_kb().resolve():
        return SHIPPED
    raise UsageError("No suite of questions is known for this folder, so nothing can be accepted safely. Name one with --cases DIR.")


def _suite(folder: Path | None, settings: Settings) -> Suite:
    from evals.loader import load_suite

    return load_suite(_cases(folder, settings))


def _clean(text: str) -> str:
    from ui.render import one_line

    return one_line(text)


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


def _say(text: str) -> None:
    sys.stderr.write(_clean(text) + "\n")
