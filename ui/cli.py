"""`whichops`: arguments in, exit codes out.

Only argparse is imported before the command line is read: help has to be quick. Answers go to standard output, everything else to
standard error. This is the outermost edge: every error becomes one line here.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import IO, TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from assistant import Assistant, Settings
    from assistant.models import Answer
    from ui.render import Style

ANSWERED, FAILED, USAGE, DECLINED, UNUSABLE, INTERRUPTED = 0, 1, 2, 3, 4, 130
PIPE_CLOSED = 141  # what a shell reports for a program ended by SIGPIPE

DESCRIPTION = "Answers questions about a folder of Markdown, with every claim tied to the line it came from."
EPILOG = """\
a first run, from an empty folder to a cited answer:
  mkdir notes
  printf '# Colours\\n\\n| Thing | Colour |\\n|---|---|\\n| Sky | Blue |\\n' > notes/colours.md
  whichops ask --kb notes "what colour is the sky"

exit codes: 0 answered or declined, 1 failed, 2 usage, 3 declined (with --fail-on-decline),
4 no usable knowledge base or index, 130 interrupted
"""


class Parser(argparse.ArgumentParser):
    """Errors on one line, like every other error of the command."""

    def error(self, message: str) -> NoReturn:
        """Print the error and leave with the code for wrong usage."""
        print(f"whichops: {message}. See `{self.prog} --help`.", file=sys.stderr)
        raise SystemExit(USAGE)


def build_parser(argv: Sequence[str]) -> Parser:
    """The whole command line. `argv` tells whether the arguments of `eval`, which live in their own room, are wanted."""
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
    parser = Parser(
        prog="whichops", description=DESCRIPTION, epilog=EPILOG, parents=[common], formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="store_true", help="show the version and leave")
    parser.set_defaults(run=run_chat, plain=False)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", prog="whichops")

    def command(name: str, run: Callable[[argparse.Namespace], int], words: str) -> Parser:
        sub = commands.add_parser(name, help=words, description=words[0].upper() + words[1:] + ".", parents=[common])
        sub.set_defaults(run=run)
        return sub

    command("chat", run_chat, "a conversation in the terminal (the default)")

    ask = command("ask", run_ask, "answer one question, or a file of them")
    ask.add_argument("question", nargs="*", metavar="QUESTION", help="the question; - reads it from standard input")
    ask.add_argument("--batch", metavar="FILE", help='questions as JSON lines {"id", "question", "conversation"}; - for standard input')
    ask.add_argument("--json", action="store_true", help="print the whole answer as one JSON object")
    ask.add_argument("--explain", action="store_true", help="also say how it was answered; as JSON: {answer, trace}")
    ask.add_argument(
        "--not",
        dest="unanswered",
        metavar="SECTION",
        help="with --explain: why this section did not answer (its number, heading or a part of it, or file.md#heading)",
    )
    ask.add_argument("--fail-on-decline", action="store_true", help="exit with 3 when the answer is a no")

    ui = command("ui", run_ui, "the web chat, on this machine only")
    ui.add_argument("--host", metavar="NAME", help="address to listen on, loopback only (default: 127.0.0.1)")
    ui.add_argument("--port", metavar="N", help="port to listen on, 0 for any that is free (default: 7860)")
    ui.add_argument("--no-browser", action="store_true", help="do not open a browser window")

    command("mcp", run_mcp, "serve the tools ask, search and source to a program over standard input and output (MCP)")

    index = command("index", run_index, "build or refresh the index")
    what = index.add_mutually_exclusive_group()
    what.add_argument("--status", action="store_true", help="say what is there and whether it is fresh; build nothing")
    what.add_argument("--verify", action="store_true", help="check every file of the index against its checksum")
    what.add_argument("--rebuild", action="store_true", help="build from nothing, reusing no part of the old index")

    gaps = command("gaps", run_gaps, "what people could not find out, by what was missing, and what would mend it")
    if "gaps" in argv:
        from ui.gaps_command import add_arguments as add_gap_arguments

        add_gap_arguments(gaps)

    evaluate = command("eval", run_eval, "run the suite of questions and hold it against the committed baseline")
    if "eval" in argv:
        from evals.command import add_arguments

        add_arguments(evaluate)

    settings = command("settings", run_settings, "every setting, its value and where it came from")
    settings.add_argument("--json", action="store_true", help="as one JSON object")

    verify = command("verify", run_verify, "prove a saved answer against the files of the knowledge base")
    verify.add_argument("file", metavar="FILE", help="what `whichops ask --json` or --batch printed; - for standard input")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; nothing is raised."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        use_utf8()
        args = build_parser(words).parse_args(words)
        for name in ("kb", "index", "model"):
            vars(args).setdefault(name, None)
        if isinstance(args.kb, list):
            args.kb = os.pathsep.join(args.kb)  # what the settings and the environment call several folders
        code = show_version() if args.version else int(args.run(args))
        sys.stdout.flush()
    except SystemExit as error:  # argparse: help was shown, or the usage is wrong
        return error.code if isinstance(error.code, int) else USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has gone. Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except Exception as error:  # noqa: BLE001  the outermost edge
        return report_error(error)
    return code


def report_error(error: Exception) -> int:
    """Print an error as one line and return its exit code; WHICHOPS_DEBUG=1 shows where it came from."""
    from corpus.errors import KbError

    if os.environ.get("WHICHOPS_DEBUG"):
        import traceback

        traceback.print_exception(error)
    if isinstance(error, KbError):
        say(f"whichops: {error}")
        return error.exit_code
    if isinstance(error, OSError):
        say(f"whichops: {error.strerror or error}{f': {error.filename}' if error.filename else ''}")
        return FAILED
    say(f"whichops: a fault in the program, please report it: {type(error).__name__}: {error} (WHICHOPS_DEBUG=1 shows where)")
    return FAILED


def say(text: str) -> None:
    """One line on standard error, whatever the text holds."""
    print(" ".join(text.split()), file=sys.stderr, flush=True)


def use_utf8() -> None:
    """The same bytes everywhere, whatever the locale says; what cannot be written is shown as an escape."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def show_version() -> int:
    """`whichops --version`."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        print(f"whichops {version('whichops')}")
    except PackageNotFoundError:
        print("whichops (not installed)")
    return ANSWERED


class Progress:
    """What is being built, on standard error: one line rewritten in place on a terminal, silent elsewhere until it is done."""

    def __init__(self, stream: IO[str] | None = None, *, every_stage: bool = False) -> None:
        self._stream = stream if stream is not None else sys.stderr
        self._live = self._stream.isatty()
        self._every_stage = every_stage
        self._stage = ""
        self._open = False

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show a stage in words, `done` of `total` (0: not known)."""
        counted = f"{stage}: {done:,} of {total:,}" if total > 0 else stage
        if self._live:
            self._stream.write(f"\r\x1b[K{counted}")
            self._open = True
        elif self._every_stage and stage != self._stage:
            self._stream.write(f"{stage} ...\n")
        self._stage = stage
        self._stream.flush()

    def close(self) -> None:
        """Leave the line empty for what comes next."""
        if self._open:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._open = False


def settings_of(args: argparse.Namespace, **more: str | None) -> Settings:
    """All settings, with what the command line says."""
    from assistant.settings import load_settings

    return load_settings({"kb": args.kb, "index.directory": args.index, "index.model": args.model, **more})


def open_assistant(settings: Settings, *, progress: Callable[[str, int, int], None] | None = None) -> Assistant:
    """The assistant over the chosen folder; says on standard error if the index had to be built or refreshed first."""
    from assistant import Assistant

    shown = Progress()
    try:
        assistant = Assistant.open(settings.kb, index=settings.index.directory, settings=settings, progress=progress or shown)
    finally:
        shown.close()
    report = assistant.index_report
    if report.built:
        from ui.indexing import build_line, left_out

        say(build_line(report))
        for words in left_out(report, settings.kb):
            say(f"whichops: {words}")
    for warning in report.warnings:
        say(f"whichops: {warning}")
    return assistant


def stdout_style() -> Style:
    """How answers are laid out on standard output."""
    import shutil

    from ui.render import style_for

    return style_for(tty=sys.stdout.isatty(), columns=shutil.get_terminal_size().columns, environ=os.environ)


def run_chat(args: argparse.Namespace) -> int:
    """`whichops chat`."""
    from ui.repl import chat

    settings = settings_of(args)
    return chat(lambda progress: open_assistant(settings, progress=progress), style=stdout_style())


def run_ask(args: argparse.Namespace) -> int:
    """`whichops ask`: one question, or a batch."""
    from corpus.errors import UsageError

    if args.unanswered is not None and (not args.explain or args.batch is not None):
        raise UsageError("--not SECTION explains one question: give it with --explain, and without --batch.")
    if args.batch is not None:
        if args.question:
            raise UsageError("Give a question or --batch FILE, not both.")
        return ask_batch(args)
    if not args.question:
        raise UsageError('No question. Say `whichops ask "…"`, or `whichops ask -` to read it from standard input.')
    from ui.batch import as_line, without_surrogates

    question = " ".join(args.question)
    if args.question == ["-"]:
        question = sys.stdin.buffer.read().decode("utf-8", "replace").rstrip("\r\n")
    question = without_surrogates(question)
    assistant = open_assistant(settings_of(args))
    try:
        told = assistant.why_not(question, args.unanswered) if args.unanswered is not None else None
        if args.explain:
            answer, trace = assistant.explain(question)
        else:
            answer, trace = assistant.ask(question), None
    finally:
        assistant.close()
    if args.json:
        print(as_line(answer, trace, told))
    elif answer.status == "invalid":
        say(f"whichops: {answer.text}")
    else:
        from ui.render import answer_text

        style = stdout_style()
        print(answer_text(answer, style))
        if trace is not None:
            from ui.explaining import explanation, why_not_text

            print("\n" + explanation(answer, trace, style))
            if told is not None:
                print("\n" + why_not_text(told, style))
    return exit_code(answer, fail_on_decline=args.fail_on_decline)


def exit_code(answer: Answer, *, fail_on_decline: bool) -> int:
    """The exit code for one answer."""
    if answer.status == "invalid":
        return USAGE
    return DECLINED if fail_on_decline and answer.status == "declined" else ANSWERED


def ask_batch(args: argparse.Namespace) -> int:
    """`whichops ask --batch FILE`."""
    from assistant import Conversation
    from corpus.errors import UsageError
    from ui.batch import lines_of, run_batch

    def on_fault(number: int, error: Exception) -> None:
        say(f"whichops: line {number}: a fault in the program, please report it: {type(error).__name__}: {error}")

    try:
        stream: IO[bytes] = sys.stdin.buffer if args.batch == "-" else open(args.batch, "rb")  # noqa: PTH123, SIM115
    except OSError as error:
        raise UsageError(f"{args.batch} cannot be read ({error.strerror}). Name a file of JSON lines, or - for standard input.") from error
    with stream:
        assistant = open_assistant(settings_of(args))
        try:
            outcome = run_batch(
                lines_of(stream), assistant, _print_line, new_conversation=Conversation, explain=args.explain, on_fault=on_fault
            )
        finally:
            assistant.close()
    if outcome.refused:
        numbers = ", ".join(str(n) for n in outcome.refused[:10]) + (", …" if len(outcome.refused) > 10 else "")
        total = outcome.statuses.total()
        say(f"whichops: {len(outcome.refused)} of {total} lines could not be read (line {numbers}); the rest is answered.")
    if outcome.broken:
        return FAILED
    return DECLINED if args.fail_on_decline and outcome.statuses["declined"] else ANSWERED


def _print_line(line: str) -> None:
    print(line, flush=True)


def run_ui(args: argparse.Namespace) -> int:
    """`whichops ui`."""
    from ui.web import serve

    settings = settings_of(args, **{"ui.host": args.host, "ui.port": args.port, "ui.open_browser": "false" if args.no_browser else None})
    return serve(
        lambda progress: open_assistant(settings, progress=progress),
        host=settings.ui.host,
        port=settings.ui.port,
        open_browser=settings.ui.open_browser,
        folder=settings.kb,
        ready=lambda url: print(f"whichops is at {url} (Ctrl-C ends it)", flush=True),
    )


def run_mcp(args: argparse.Namespace) -> int:
    """`whichops mcp`."""
    from ui.mcp import serve

    settings = settings_of(args)
    return serve(lambda progress: open_assistant(settings, progress=progress))


def run_index(args: argparse.Namespace) -> int:
    """`whichops index`."""
    settings = settings_of(args)
    from ui.indexing import build, show_status, show_verify

    if args.status:
        return show_status(settings)
    if args.verify:
        return show_verify(settings)
    progress = Progress(every_stage=True)
    return build(settings, rebuild=args.rebuild, progress=progress, done=progress.close, warn=lambda words: say(f"whichops: {words}"))


def run_eval(args: argparse.Namespace) -> int:
    """`whichops eval`."""
    from evals.command import main as evaluate

    return evaluate(args)


def run_gaps(args: argparse.Namespace) -> int:
    """`whichops gaps`."""
    from ui.gaps_command import run

    return run(args, settings_of(args))


def run_settings(args: argparse.Namespace) -> int:
    """`whichops settings`."""
    settings = settings_of(args)
    rows = [(name, "" if value is None else str(value), origin, words) for name, value, origin, words in settings.rows()]
    if args.json:
        import json

        print(json.dumps({name: {"value": value, "origin": origin} for name, value, origin, _ in rows}, ensure_ascii=False, indent=2))
        return ANSWERED
    head = ("setting", "value", "from", "what it is")
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(3)]
    for row in [head, *rows]:
        print("  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]).rstrip())
    return ANSWERED


def run_verify(args: argparse.Namespace) -> int:
    """`whichops verify FILE`."""
    from ui.verifying import verify_file

    return verify_file(args.file, settings_of(args).kb)
