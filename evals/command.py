"""`whichops eval ACTION`: one table of what the command can do.

Each action lives in a module of this room that has `add_arguments(parser)` and `run(arguments) -> int`, and is imported only when it
is asked for. Results go to standard output, progress and notes to standard error. Exit codes are those of `evals.gate`,
and 4 as everywhere where there is nothing to ask.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from corpus.errors import KbError, KnowledgeBaseError, UsageError
from evals import gate

UNUSABLE = KnowledgeBaseError.exit_code  # as in every command: there is no usable knowledge base or index

if TYPE_CHECKING:
    _SubParsers = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    _SubParsers = argparse._SubParsersAction  # at run time the class takes no parameters


@dataclass(frozen=True, slots=True)
class Action:
    """One thing `whichops eval` does: the module that does it and a line of help."""

    module: str
    help: str


ACTIONS: dict[str, Action] = {
    "run": Action("evals.suite", "ask all cases and apply the gate (the default)"),
    "accept": Action("evals.suite", "ask all cases and make this run the baseline"),
    "lint": Action("evals.suite", "check the cases themselves, ask nothing"),
    "add": Action("evals.adding", "ask, look at the answer, accept or correct it, and the case is written"),
    "schema": Action("evals.schema", "the form of a case file as a JSON Schema, for editors"),
    "kblint": Action("evals.kblint", "what makes the knowledge base itself hard to answer from, ask nothing"),
    "bench": Action(
        "evals.bench.command", "measure public collections beside plain search (see docs/bench.md); how fast it is: `whichops bench`"
    ),
    "coverage": Action("evals.coverage", "ask every fact in several wordings and list what cannot be reached"),
    "kbdiff": Action("evals.kbdiff", "which answers change between two versions of a folder, as Markdown for a pull request"),
    "calibrate": Action("evals.calibrate", "show risk against coverage, and the thresholds that a stated risk would have"),
    "fit": Action("evals.bench.fitting", "learn how findings are weighed, from folders with questions whose answers are known"),
    "metamorphic": Action("evals.metamorphic", "change folder and questions in ways that must not matter, and compare the answers"),
}
DEFAULT = "run"


class _Chosen(_SubParsers):
    """Gives an action its options when it is chosen.

    The options of the default action may stand alone, without its name. Before the name of an action that does not share them they
    would be dropped without a word, so there they are an error.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.defaults: dict[str, object] = {}  # what the options of the default action are where nobody gave them
        self._ready: set[str] = set()

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        name = str((values or [""])[0])
        if name in ACTIONS:
            module = ACTIONS[name].module
            given = [key for key, value in self.defaults.items() if getattr(namespace, key) != value]
            if given and module != ACTIONS[DEFAULT].module:
                parser.error(f"the options of {name} stand after its name")
            if name not in self._ready:
                self._ready.add(name)
                importlib.import_module(module).add_arguments(self._name_parser_map[name])
        super().__call__(parser, namespace, values, option_string)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The actions and their options; `--kb`, `--index` and `--model` are the caller's, and may stand on either side of the action."""
    default = importlib.import_module(ACTIONS[DEFAULT].module)
    alone = argparse.ArgumentParser(add_help=False)
    default.add_arguments(alone)
    default.add_arguments(parser)
    actions = cast("_Chosen", parser.add_subparsers(title="actions", metavar="ACTION", dest="action", action=_Chosen))
    actions.defaults = vars(alone.parse_args([]))
    parser.set_defaults(action=DEFAULT)
    for name, action in ACTIONS.items():
        # What the default action's options were set to before the name has to outlive the name.
        defaults = argparse.SUPPRESS if action.module == ACTIONS[DEFAULT].module else None
        words = action.help[0].upper() + action.help[1:] + "."
        sub = actions.add_parser(name, help=action.help, description=words, argument_default=defaults)
        sub.add_argument("--kb", metavar="FOLDER", default=argparse.SUPPRESS, help="folder of Markdown to ask (default: the shipped one)")
        sub.add_argument("--index", metavar="DIR", default=argparse.SUPPRESS, help="where its index lives (default: a cache folder)")
        sub.add_argument("--model", metavar="NAME", default=argparse.SUPPRESS, help="sentence model, a folder or a name")


def main(arguments: argparse.Namespace) -> int:
    """Do what the arguments say; returns the exit code. Errors on purpose are printed as one message."""
    try:
        return int(importlib.import_module(ACTIONS[arguments.action].module).run(arguments))
    except UsageError as error:
        print(error, file=sys.stderr)
        return gate.BAD_CASES
    except KbError as error:
        print(f"Nothing could be evaluated: {error}", file=sys.stderr)
        return UNUSABLE if error.exit_code == UNUSABLE else gate.NOT_EVALUATED
