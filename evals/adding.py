"""`whichops eval add`: ask, look at the answer, accept or correct it, and the case is written.

The case is checked as `whichops eval lint` checks all of them before it is written; what it finds is asked again. Prompts go to standard
error and answers are read from standard input, so that a file of answers works as well as a person.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from assistant.models import Answer, DeclineKind, Status
from corpus.errors import UsageError
from evals import gate
from evals.failures import case_to_toml
from evals.lint import Places, kinds_of_question, lint_case
from evals.loader import ASIDE, SHIPPED, load_suite, parse_reference
from evals.models import ANSWERS, Case, Expectation, Reference, Suite
from evals.runner import place
from evals.suite import open_assistant, say

FILE = "added.toml"
_ID_WORDS = 6
_MOST = 3  # texts of an answer that are proposed as what has to be said

Ask = Callable[[str], str]
"""Shows a prompt and returns the line that was typed; EOFError where there is none."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `whichops eval add`."""
    parser.add_argument("question", nargs="*", metavar="QUESTION", help="what to ask; asked for where it is left out")
    parser.add_argument("--cases", type=Path, metavar="DIR", help="folder of case files (default: the shipped ones)")
    parser.add_argument("--file", default=FILE, metavar="NAME", help="file of that folder to write to (default: %(default)s)")
    parser.add_argument("--kind", metavar="KIND", help="sort of question (default: as the question was read)")
    parser.add_argument("--yes", action="store_true", help="accept the answer as it is, without asking")


# ---------------------------------------------------------------- from an answer to a case


def reference_of(written: str, document: str) -> Reference:
    """A place as typed: `file.md#Heading@Row×Column`, or `#Heading` in the one document there is.

    Raises:
        ValueError: it cannot be read.
    """
    return parse_reference(written, document or None)


def cited(answer: Answer) -> tuple[Reference, ...]:
    """The places of an answer as a case names them: heading, and the labels of a cell."""
    found = [
        Reference(
            document=citation.document,
            heading=citation.section[-1] if citation.section else None,
            row=citation.cell.row if citation.cell else None,
            column=citation.cell.column if citation.cell else None,
        )
        for citation in answer.citations
    ]
    return tuple(dict.fromkeys(found))


def said(answer: Answer) -> tuple[str, ...]:
    """What of the cited words stands in the direct answer: the longest few, as what a right answer has to say."""
    text = " ".join(answer.text.split())
    quotes = dict.fromkeys(" ".join(re.sub(r"[*`]|__", "", citation.quote).split()).rstrip(".") for citation in answer.citations)
    return tuple(quote for quote in quotes if quote and quote in text)[:_MOST]


def expectation_of(answer: Answer) -> Expectation:
    """That the same comes again: status, kind of *no*, what was said from the places it was said from."""
    if answer.status not in ANSWERS:
        return Expectation(status=(answer.status,), decline=(answer.decline,) if answer.decline else ())
    return Expectation(status=(answer.status,), must=said(answer), cite_any=cited(answer))


def name_of(question: str, taken: Sequence[str]) -> str:
    """An id from the words of a question, with a number where it is taken."""
    words = re.findall(r"[a-z0-9]+", question.casefold())[:_ID_WORDS]
    name = "-".join(words) or "case"
    return next(one for one in (name, *(f"{name}-{n}" for n in range(2, len(taken) + 3))) if one not in taken)


# ---------------------------------------------------------------- the conversation with whoever adds


def show(answer: Answer) -> str:
    """The answer with its sources, for looking at."""
    kind = f" ({answer.decline})" if answer.decline else ""
    lines = [f"{answer.status}{kind}: {answer.text}"]
    lines += [f"  [{citation.marker}] {place(citation)}  {' '.join(citation.quote.split())[:100]}" for citation in answer.citations]
    return "\n".join(lines)


def _listed(typed: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in typed.split("|") if part.strip())


def _field(ask: Ask, name: str, now: Sequence[object], hint: str = "") -> tuple[str, ...] | None:
    """What is typed for a field; None: as it is. A single dash empties it."""
    shown = " | ".join(map(str, now)) or "nothing"
    typed = ask(f"{name}{f' ({hint})' if hint else ''} [{shown}]: ").strip()
    return None if not typed else () if typed == "-" else _listed(typed)


def correct(ask: Ask, now: Expectation, document: str) -> Expectation:
    """Ask for every field that matters; an empty line leaves it, a dash empties it, | stands between several.

    A field that cannot be read is said and asked again.
    """
    fields: dict[str, Any] = {}
    say("Return keeps what stands in brackets, - leaves it out, | stands between several.")
    while True:
        typed = _field(ask, "status", now.status, ", ".join(get_args(Status)))
        fields["status"] = now.status if typed is None else typed
        answers = bool(set(fields["status"]) & ANSWERS)
        names = ("must", "must_not", "cite_any", "cite_all") if answers else ("must", "must_not", "decline")
        for name in names:
            hint = (
                ", ".join(get_args(DeclineKind)) if name == "decline" else "file.md#Heading@Row×Column" if name.startswith("cite") else ""
            )
            typed = _field(ask, name, getattr(now, name), hint)
            if typed is not None:
                fields[name] = typed
            elif answers or name not in ("cite_any", "cite_all"):
                fields[name] = getattr(now, name)
        try:
            for name in ("cite_any", "cite_all"):
                fields[name] = tuple(p if isinstance(p, Reference) else reference_of(p, document) for p in fields.get(name, ()))
            return Expectation.model_validate(fields)
        except (ValidationError, ValueError) as error:
            problem = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
            say(f"That is no expectation: {problem}")


def compose(
    ask: Ask, answer: Answer, suite: Suite, *, kind: str, document: str, file: str, accept: bool, check: Callable[[Case], list[str]]
) -> Case | None:
    """The case that whoever is asked makes of an answer; None when nothing is to be written.

    Args:
        accept: take the answer as it is, without asking.
        check: what is wrong with a case, in words.
    Raises:
        UsageError: the answer as it is makes no case.
    """
    expect = expectation_of(answer)
    name, tier, why = name_of(answer.question, [case.id for case in suite.cases]), "should", ""
    choice = "a" if accept else ""
    while True:
        while choice not in ("a", "c", "q"):
            choice = ask("[a]ccept this answer, [c]orrect what is expected, or [q]uit: ").strip().casefold()[:1]
        if choice == "q":
            return None
        if choice == "c":
            expect = correct(ask, expect, document)
        if not accept:
            name = ask(f"id [{name}]: ").strip() or name
            tier = ask(f"tier (must, should) [{tier}]: ").strip() or tier
            why = ask(f"why [{why or 'nothing'}]: ").strip() or why
        try:
            case = Case.model_validate(
                {
                    "id": name,
                    "turns": ({"question": answer.question, "expect": expect},),
                    "kind": kind,
                    "tier": tier,
                    "why": why,
                    "file": file,
                }
            )
            problems = check(case)
        except ValidationError as error:
            problems = [f"{error.errors()[0]['loc'][0]}: {error.errors()[0]['msg']}"]
        if name in {one.id for one in suite.cases}:
            problems.append(f"{name}: there is a case of this name")
        if asked := [one.id for one in suite.cases if len(one.turns) == 1 and one.turns[0].question == answer.question]:
            problems.append(f"{name}: asks the same as {asked[0]}")
            accept = True  # no correction helps
        if not problems:
            return case
        if accept:
            raise UsageError(f"Nothing was written: {'; '.join(problems)}.")
        for problem in problems:
            say(f"  {problem}")
        choice = ""


def append(path: Path, text: str) -> None:
    """Add a case at the end of a file.

    Raises:
        UsageError: it cannot be written.
    """
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        gap = "" if not before else "\n" if before.endswith("\n") else "\n\n"
        path.write_text(before + gap + text, encoding="utf-8", newline="\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The case cannot be written to {path}: {error}.") from error


def _prompt(text: str) -> str:
    """Ask on standard error, so that standard output stays for results."""
    sys.stderr.write(text)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\n")


def run(arguments: argparse.Namespace, ask: Ask = _prompt) -> int:
    """Ask, look, write; returns the exit code.

    Raises:
        UsageError: the file cannot take a case, or nothing could be read.
        KbError: there is no usable knowledge base or index.
    """
    folder: Path = arguments.cases or SHIPPED
    suite = load_suite(folder)
    path = folder / arguments.file
    if path.suffix != ".toml" or path.parent != folder:
        raise UsageError(f"--file is the name of a *.toml file in {folder}, not {arguments.file!r}.")
    if (folder / ASIDE / path.name).exists():
        raise UsageError(
            f"Half of the cases in {path.name} are put aside by a hash of their names, and none of them was written with an answer in "
            f"sight. Leave --file out, or name a file of its own."
        )
    try:
        question = " ".join(arguments.question).strip() or ask("question: ").strip()
        if not question:
            raise UsageError("There is no question to add.")
        assistant, settings = open_assistant(arguments, kb=suite.knowledge)
        try:
            answer = assistant.ask(question)
        finally:
            assistant.close()
        print(show(answer))
        places = Places.of_folder(settings.kb, settings.corpus)
        kinds = kinds_of_question()
        documents = list(places.texts)
        case = compose(
            ask,
            answer,
            suite,
            kind=arguments.kind or ("refusal" if answer.status not in ANSWERS else answer.reading.kind),
            document=documents[0] if len(documents) == 1 else "",
            file=path.name,
            accept=arguments.yes,
            check=lambda case: [fault.problem for fault in lint_case(case, places, kinds)],
        )
    except EOFError as error:
        raise UsageError("The answers ended before the case was whole; nothing was written.") from error
    if case is None:
        say("Nothing was written.")
        return gate.PASSED
    append(path, case_to_toml(case))
    load_suite(folder)  # what was written has to be readable
    say(f"{case.id} is written to {path}.")
    return gate.PASSED
