"""The command line as it is declared: commands, options, help with examples. Nothing is run here and nothing heavy is imported."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

USAGE = 2  # exit code for a command line that cannot be understood

DESCRIPTION = "Answers questions about a folder of Markdown, with every claim tied to the line it came from."
EXIT_CODES = (
    (0, "answered or declined"),
    (1, "failed"),
    (2, "usage"),
    (3, "declined (with --fail-on-decline)"),
    (4, "no usable knowledge base or index"),
    (130, "interrupted"),
)
EXAMPLES = {
    "": """\
# a first run, from an empty folder to a cited answer
mkdir notes
printf '# Colours\\n\\n| Thing | Colour |\\n|---|---|\\n| Sky | Blue |\\n' > notes/colours.md
whichops ask --kb notes "what colour is the sky"
""",
    "chat": """\
# talk about the shipped knowledge base, or about a folder of your own
whichops
whichops chat --kb notes
# ask several questions in one conversation, without a prompt
printf 'what colour is the sky\\nand grass?\\n' | whichops --kb notes
""",
    "ask": """\
# one answer, with its sources
whichops ask --kb notes "what colour is the sky"
# for a program: the whole answer as one JSON object (its form: whichops schema)
whichops ask --json "what can you answer" | jq -r .text
# one question per line in, one JSON object per line out
whichops ask --jsonl - < questions.txt
# the same with ids, conversations and scopes: {"id", "question", "conversation", "scope"} a line
whichops ask --batch questions.jsonl > answers.jsonl
# for a document: Markdown with a list of its sources
whichops ask --kb notes --markdown "sky vs grass" > comparison.md
# in a script: 3 if there is no answer
whichops ask --fail-on-decline "who is on call" || echo "not in the handbook"
# several folders are one knowledge base; a question may be asked of one of them
whichops ask --kb notes --kb handbook --scope handbook "who is on call"
# how it was answered, and why a section was not used
whichops ask --explain --not "Future Trends" "which tools are there for MLOps"
""",
    "ui": """\
# the web chat, in your browser
whichops ui
whichops ui --port 0 --no-browser --kb notes
""",
    "index": """\
whichops index --kb notes
whichops index --kb notes --status
""",
    "mcp": """\
# as the program that starts it would
whichops mcp --kb notes
""",
    "gaps": """\
# what people could not find out, and one of it in full
whichops gaps --kb notes
whichops gaps show 3f2a --kb notes
""",
    "eval": """\
# ask the suite and compare with the accepted run
whichops eval
# check the cases themselves
whichops eval lint
""",
    "bench": """\
# the shipped folder, and folders of 1,000 and 10,000 facts made of real sentences
whichops bench --json speed.json --svg speed.svg
# a larger one, made of your own text
whichops bench --facts 100000 --from notes
# side by side with other programs, those installed for that Python
whichops bench --peers ../peers/bin/python --json beside.json
""",
    "settings": """\
whichops settings
WHICHOPS_UI_PORT=8000 whichops settings --json | jq '."ui.port"'
""",
    "verify": """\
whichops ask --kb notes --json "what colour is the sky" > answer.json
whichops verify --kb notes answer.json
""",
    "schema": """\
whichops schema > answer.schema.json
""",
    "completion": """\
# bash, for this user
whichops completion bash > ~/.local/share/bash-completion/completions/whichops
# zsh: a folder of $fpath
whichops completion zsh > ~/.zfunc/_whichops
# fish
whichops completion fish > ~/.config/fish/completions/whichops.fish
""",
}


class Parser(argparse.ArgumentParser):
    """Errors on one line, like every other error of the command."""

    def error(self, message: str) -> NoReturn:
        """Print the error and leave with the code for wrong usage."""
        sys.stderr.write(f"whichops: {message}. See `{self.prog} --help`.\n")
        raise SystemExit(USAGE)

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """The arguments; an option that is none is told with the nearest of the command it was given to."""
        found, left = self.parse_known_args(args, namespace)
        if left:
            parser = self._last_named(list(sys.argv[1:] if args is None else args))
            near = [difflib.get_close_matches(word.partition("=")[0], parser._option_string_actions, n=1, cutoff=0.75) for word in left]
            meant = next((f"; the nearest is {one[0]!r}" for word, one in zip(left, near, strict=True) if word.startswith("-") and one), "")
            parser.error(f"unrecognized arguments: {' '.join(left)}{meant}")
        return found

    def _last_named(self, words: Sequence[str]) -> argparse.ArgumentParser:
        """The parser of the command, or the command of a command, that the words name."""
        parser: argparse.ArgumentParser = self
        for word in words:
            chosen = next((a for a in parser._actions if isinstance(a, argparse._SubParsersAction)), None)
            if chosen is None:
                break
            parser = chosen.choices.get(word, parser)
        return parser

    def _check_value(self, action: argparse.Action, value: object) -> None:
        """A word where a command is expected may be one that is misspelt, or a question that lacks its `ask`."""
        if isinstance(action, argparse._SubParsersAction) and isinstance(value, str) and value not in action.choices:
            near = difflib.get_close_matches(value, action.choices, n=1)
            meant = f"; the nearest is {near[0]!r}" if near else f'; to ask a question, say `whichops ask "{value}"`'
            self.error(f"there is no command {value!r}{meant}")
        super()._check_value(action, value)


def epilog(name: str) -> str:
    """Examples of a command, and after those of the whole the exit codes."""
    text = ""
    if name in EXAMPLES:
        text = "examples:\n" + "".join(f"  {line}\n" for line in EXAMPLES[name].splitlines())
    if not name:
        text += "\nexit codes:\n" + "".join(f"  {code:>3}  {words}\n" for code, words in EXIT_CODES)
        text += "\nAnswers go to standard output, everything else to standard error. `whichops COMMAND --help` says more of each command.\n"
    return text


def build_parser(elsewhere: Mapping[str, Callable[[argparse.ArgumentParser], object]] | None = None) -> Parser:
    """The whole command line; the parsed `command` names what to run.

    Args:
        elsewhere: by command, what declares its arguments where those live elsewhere and are wanted.
    """
    common = Parser(add_help=False)
    common.add_argument(
        "--kb",
        metavar="FOLDER",
        action="append",
        default=argparse.SUPPRESS,
        help="folder of Markdown to ask; give it again for several (default: the shipped one)",
    )
    common.add_argument(
        "--index", metavar="DIR", default=argparse.SUPPRESS, help="where its index lives (default: a folder in the user's cache)"
    )
    common.add_argument(
        "--model", metavar="NAME", default=argparse.SUPPRESS, help="sentence model, a folder or a name (default: all-MiniLM-L6-v2)"
    )
    looks = Parser(add_help=False)
    looks.add_argument(
        "--no-color", "--no-colour", dest="no_color", action="store_true", default=argparse.SUPPRESS, help="no colours (also NO_COLOR=1)"
    )
    talking = Parser(add_help=False, parents=[looks])
    talking.add_argument("--no-history", action="store_true", default=argparse.SUPPRESS, help="keep nothing of what is typed")
    talking.add_argument(
        "--no-pager", action="store_true", default=argparse.SUPPRESS, help="never show anything in a pager (also PAGER=cat)"
    )
    formatter = argparse.RawDescriptionHelpFormatter
    parser = Parser(prog="whichops", description=DESCRIPTION, epilog=epilog(""), parents=[common, talking], formatter_class=formatter)
    parser.add_argument("--version", action="store_true", help="show the version and leave")
    parser.set_defaults(command="chat")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", prog="whichops")

    def command(name: str, words: str, *parents: Parser) -> Parser:
        sub = commands.add_parser(
            name,
            help=words,
            description=words[0].upper() + words[1:] + ".",
            epilog=epilog(name),
            parents=[common, *parents],
            formatter_class=formatter,
        )
        sub.set_defaults(command=name)
        return sub

    command("chat", "a conversation in the terminal (the default)", talking)

    ask = command("ask", "answer one question, or a file of them", looks)
    ask.add_argument("question", nargs="*", metavar="QUESTION", help="the question; - reads it from standard input")
    ask.add_argument(
        "--scope",
        metavar="NAME",
        action="append",
        default=[],
        help="answer from one of several folders, or from a document, as if there were nothing else; give it again for more",
    )
    ask.add_argument(
        "--batch",
        metavar="FILE",
        help='questions as JSON lines {"id", "question", "conversation", "scope"}; - for standard input; '
        "what cannot be read is answered with status invalid",
    )
    form = ask.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the whole answer as one JSON object")
    form.add_argument("--jsonl", action="store_true", help="the same; with - every line of standard input is a question of its own")
    form.add_argument("--markdown", action="store_true", help="print the answer as Markdown, its sources as a list")
    form.add_argument("--plain", action="store_true", help="print it as to a pipe: no colours, lines as long as they are")
    ask.add_argument("--explain", action="store_true", help="also say how it was answered; as JSON: {answer, trace}")
    ask.add_argument(
        "--not",
        dest="unanswered",
        metavar="SECTION",
        help="with --explain: why this section did not answer (its number, heading or a part of it, or file.md#heading)",
    )
    ask.add_argument(
        "--fail-on-decline", action="store_true", help="exit with 3 when the answer is a no, with 2 when a line could not be read"
    )

    ui = command("ui", "the web chat, on this machine only")
    ui.add_argument("--host", metavar="NAME", help="address to listen on, loopback only (default: 127.0.0.1)")
    ui.add_argument("--port", metavar="N", help="port to listen on, 0 for any that is free (default: 7860)")
    ui.add_argument("--no-browser", action="store_true", help="do not open a browser window")

    command("mcp", "serve the tools ask, search and source to a program over standard input and output (MCP)")

    index = command("index", "build or refresh the index")
    what = index.add_mutually_exclusive_group()
    what.add_argument("--status", action="store_true", help="say what is there and whether it is fresh; build nothing")
    what.add_argument("--verify", action="store_true", help="check every file of the index against its checksum")
    what.add_argument("--rebuild", action="store_true", help="build from nothing, reusing no part of the old index")

    command("gaps", "what people could not find out, by what was missing, and what would mend it")
    command("eval", "run the suite of questions and hold it against the committed baseline")
    command("bench", "how fast this machine answers and builds, by size of the folder (how right answers are: eval, eval bench)")

    settings = command("settings", "every setting, its value and where it came from")
    settings.add_argument("--json", action="store_true", help="as one JSON object")

    verify = command("verify", "prove a saved answer against the files of the knowledge base")
    verify.add_argument("file", metavar="FILE", help="what `whichops ask --json` or --batch printed; - for standard input")

    command("schema", "the form of an answer, as JSON Schema")

    completion = command("completion", "a script that completes this command in a shell")
    completion.add_argument("shell", choices=("bash", "zsh", "fish"), help="the shell it is for")
    for name, declare in (elsewhere or {}).items():
        declare(commands.choices[name])
    return parser
