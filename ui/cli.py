"""`whichops`: arguments in, exit codes out.

Only argparse is imported before the command line is read: help has to be quick. Answers go to standard output, everything else to
standard error. This is the outermost edge: every error becomes one line here.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from typing import IO, TYPE_CHECKING

from corpus.collecting import collect_seldom
from corpus.threads import use_one_thread
from ui.arguments import USAGE, build_parser

if TYPE_CHECKING:
    from assistant import Assistant, Settings
    from assistant.models import Answer, Trace, WhyNot
    from ui.asking import Form
    from ui.batch import Question
    from ui.render import Style

ANSWERED, FAILED, DECLINED, INTERRUPTED = 0, 1, 3, 130
PIPE_CLOSED = 141  # what a shell reports for a program ended by SIGPIPE


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; nothing is raised."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        use_utf8()
        use_one_thread()
        collect_seldom()
        args = build_parser({name: declare for name, declare in ELSEWHERE.items() if name in words}).parse_args(words)
        for name in ("kb", "index", "model", "no_color", "no_history", "no_pager"):
            vars(args).setdefault(name, None)
        if isinstance(args.kb, list):
            args.kb = os.pathsep.join(args.kb)  # what the settings and the environment call several folders
        code = show_version() if args.version else COMMANDS[args.command](args)
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


def _eval_arguments(parser: argparse.ArgumentParser) -> None:
    from evals.command import add_arguments

    add_arguments(parser)


def _bench_arguments(parser: argparse.ArgumentParser) -> None:
    from evals.speed.command import add_arguments

    add_arguments(parser)


def _gaps_arguments(parser: argparse.ArgumentParser) -> None:
    from ui.gaps_command import add_arguments

    add_arguments(parser)


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
    """One line on standard error, whatever the text holds: a file may be named to move the cursor."""
    from ui.render import one_line

    print(one_line(text), file=sys.stderr, flush=True)


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


_SPEAKS_OF_RATE = 2.0  # seconds of a stage before its rate means anything
_SAYS_AGAIN = 30.0  # seconds between two lines about one stage where nothing can be rewritten


class Progress:
    """What is being built, on standard error: one line rewritten in place on a terminal, silent elsewhere until it is done."""

    def __init__(self, stream: IO[str] | None = None, *, every_stage: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        """Args: every_stage: elsewhere than on a terminal, a line for each stage, and again while it lasts; clock: seconds, rising."""
        self._stream = stream if stream is not None else sys.stderr
        self._live = self._stream.isatty()
        self._every_stage = every_stage
        self._clock = clock
        self._stage = ""
        self._began = (0.0, 0)  # when this stage was first spoken of, and how much of it was done by then
        self._said = 0.0
        self._open = False

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show a stage in words, `done` of `total` (0: not known)."""
        now = self._clock()
        new = stage != self._stage
        if new:
            self._stage, self._began, self._said = stage, (now, done), now
        counted = f"{stage}: {done:,} of {total:,}{self._rate(now, done, total)}" if total > 0 else stage
        if self._live:
            self._stream.write(f"\r\x1b[K{counted}")
            self._open = True
        elif self._every_stage and new:
            self._stream.write(f"{stage} ...\n")
        elif self._every_stage and now - self._said >= _SAYS_AGAIN:
            self._said = now
            self._stream.write(f"{counted}\n")
        self._stream.flush()

    def _rate(self, now: float, done: int, total: int) -> str:
        """How fast a stage goes and how long it will still take, once that can be told."""
        since, before = self._began
        if now - since < _SPEAKS_OF_RATE or done <= before:
            return ""
        rate = (done - before) / (now - since)
        return f" ({rate:,.0f} a second, {in_words((total - done) / rate)} left)"

    def close(self) -> None:
        """Leave the line empty for what comes next."""
        if self._open:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._open = False


def in_words(seconds: float) -> str:
    """A stretch of time as people say it: `40 s`, `12 min`, `1 h 5 min`."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def settings_of(args: argparse.Namespace, **more: str | None) -> Settings:
    """All settings, with what the command line says."""
    from assistant.settings import load_settings

    return load_settings({"kb": args.kb, "index.directory": args.index, "index.model": args.model, **more})


def open_assistant(
    settings: Settings, *, progress: Callable[[str, int, int], None] | None = None, tell: Callable[[str], object] | None = None
) -> Assistant:
    """The assistant over the chosen folder; says if the index had to be built or refreshed first, on standard error or to `tell`."""
    from index import LaterEncoder

    shown = Progress()
    tell = tell or say
    progress = progress or shown
    # First of all: it loads beside the modules that follow. A model that has to be prepared is announced like any other stage.
    encoder = LaterEncoder(settings.index, lambda what: progress(what, 0, 1))
    from assistant import Assistant

    try:
        assistant = Assistant.open(settings.kb, index=settings.index.directory, settings=settings, progress=progress, encoder=encoder)
    finally:
        shown.close()
    report = assistant.index_report
    if report.built:
        from ui.indexing import build_line, left_out

        tell(build_line(report))
        for words in left_out(report, settings.kb):
            tell(f"whichops: {words}")
    for warning in report.warnings:
        tell(f"whichops: {warning}")
    return assistant


def stdout_style(args: argparse.Namespace) -> Style:
    """How answers are laid out on standard output."""
    import shutil

    from ui.render import style_for

    return style_for(
        tty=sys.stdout.isatty(), columns=shutil.get_terminal_size().columns, environ=os.environ, colour=not getattr(args, "no_color", False)
    )


def run_chat(args: argparse.Namespace) -> int:
    """`whichops chat`."""
    from ui.terminal.loop import chat

    folders = args.kb or os.environ.get("WHICHOPS_KB") or "the knowledge base"
    return chat(
        # Settings are read in the thread that opens the assistant: the prompt is there at once.
        lambda progress, tell: open_assistant(settings_of(args), progress=progress, tell=tell),
        style=lambda: stdout_style(args),
        keep_history=not args.no_history,
        use_pager=not args.no_pager,
        about=folders if os.path.exists(folders) else folders.replace(os.pathsep, " and "),  # noqa: PTH110 (pathlib is not loaded yet)
        greets=True,
    )


def run_ask(args: argparse.Namespace) -> int:
    """`whichops ask`: one question, or many."""
    from corpus.errors import UsageError

    if args.unanswered is not None and (not args.explain or args.batch is not None):
        raise UsageError("--not SECTION explains one question: give it with --explain, and without --batch.")
    if args.explain and args.markdown:
        raise UsageError("--markdown prints the answer alone; --explain goes with --json, --jsonl or --plain.")
    if args.batch is not None:
        if args.question:
            raise UsageError("Give a question or --batch FILE, not both.")
        if args.markdown or args.plain:
            raise UsageError("--batch prints JSON lines; leave --markdown and --plain out.")
        return ask_batch(args)
    if not args.question:
        raise UsageError('No question. Say `whichops ask "…"`, or `whichops ask -` to read it from standard input.')
    if args.jsonl and args.question == ["-"]:
        if args.unanswered is not None:
            raise UsageError("--not SECTION explains one question: with --jsonl give it on the command line, not as -.")
        return ask_lines(args)
    from ui.batch import without_surrogates

    question = " ".join(args.question)
    if args.question == ["-"]:
        question = sys.stdin.buffer.read().decode("utf-8", "replace").rstrip("\r\n")
    question = without_surrogates(question)
    answer, trace, told = _ask_one(args, question)
    from ui.asking import answer_as

    form: Form = "json" if args.json or args.jsonl else "markdown" if args.markdown else "plain" if args.plain else "screen"
    if answer.status == "invalid" and form != "json":
        say(f"whichops: {answer.text}")
    else:
        print(answer_as(form, answer, trace, told, stdout_style(args)))
    return exit_code(answer, fail_on_decline=args.fail_on_decline)


def _ask_one(args: argparse.Namespace, question: str) -> tuple[Answer, Trace | None, WhyNot | None]:
    """The answer, and how it was come by where that was asked for; a sign of life on standard error if it takes long."""
    from ui.terminal.waiting import LOOKING, Waiting

    stage = LOOKING

    def progress(words: str, done: int, total: int) -> None:
        nonlocal stage
        stage = f"{words}: {done:,} of {total:,}" if total > 0 else words

    def tell(words: str) -> None:
        waiting.end()
        say(words)

    with Waiting(sys.stderr if sys.stderr.isatty() and os.environ.get("TERM") != "dumb" else None, lambda: stage) as waiting:
        assistant = open_assistant(settings_of(args), progress=progress, tell=tell)
        import ui.asking  # noqa: F401  (how answers are laid out is loaded while the encoder still is)

        try:
            stage = LOOKING
            told = assistant.why_not(question, args.unanswered, scope=args.scope) if args.unanswered is not None else None
            answer, trace = (
                assistant.explain(question, scope=args.scope) if args.explain else (assistant.ask(question, scope=args.scope), None)
            )
        finally:
            assistant.close()
    return answer, trace, told


def exit_code(answer: Answer, *, fail_on_decline: bool) -> int:
    """The exit code for one answer."""
    if answer.status == "invalid":
        return USAGE
    return DECLINED if fail_on_decline and answer.status == "declined" else ANSWERED


def ask_batch(args: argparse.Namespace) -> int:
    """`whichops ask --batch FILE`."""
    from corpus.errors import UsageError
    from ui.batch import lines_of, read_line

    try:
        stream: IO[bytes] = sys.stdin.buffer if args.batch == "-" else open(args.batch, "rb")  # noqa: PTH123, SIM115
    except OSError as error:
        raise UsageError(f"{args.batch} cannot be read ({error.strerror}). Name a file of JSON lines, or - for standard input.") from error
    with stream:
        return _many(args, lines_of(stream), read_line)


def ask_lines(args: argparse.Namespace) -> int:
    """`whichops ask --jsonl -`: every line of standard input is a question."""
    from ui.batch import lines_of, read_plain_line

    return _many(args, lines_of(sys.stdin.buffer), read_plain_line)


def _many(args: argparse.Namespace, lines: Iterable[bytes], read: Callable[[bytes, int], Question]) -> int:
    """Answer many questions, a JSON line each."""
    from assistant import Conversation
    from ui.batch import run_batch

    def on_fault(number: int, error: Exception) -> None:
        say(f"whichops: line {number}: a fault in the program, please report it: {type(error).__name__}: {error}")

    assistant = open_assistant(settings_of(args))
    try:
        outcome = run_batch(
            lines,
            assistant,
            _print_line,
            new_conversation=Conversation,
            read=read,
            explain=args.explain,
            scope=assistant.scope(args.scope),  # a name that is not there is told before the first line is read
            on_fault=on_fault,
        )
    finally:
        assistant.close()
    if outcome.refused:
        numbers = ", ".join(str(n) for n in outcome.refused[:10]) + (", …" if len(outcome.refused) > 10 else "")
        total, which = outcome.statuses.total(), "line" if len(outcome.refused) == 1 else "lines"
        say(f"whichops: {len(outcome.refused)} of {total} lines could not be read ({which} {numbers}); the rest is answered.")
    if outcome.broken:
        return FAILED
    if args.fail_on_decline and outcome.refused:
        return USAGE
    return DECLINED if args.fail_on_decline and outcome.statuses["declined"] else ANSWERED


def _print_line(line: str) -> None:
    print(line, flush=True)


def run_ui(args: argparse.Namespace) -> int:
    """`whichops ui`."""
    from ui.web import serve
    from ui.web.limits import Limits

    settings = settings_of(args, **{"ui.host": args.host, "ui.port": args.port, "ui.open_browser": "false" if args.no_browser else None})
    return serve(
        lambda progress: open_assistant(settings, progress=progress),
        host=settings.ui.host,
        port=settings.ui.port,
        open_browser=settings.ui.open_browser,
        folder=settings.kb,
        limits=Limits(settings.ui.question_seconds, settings.ui.questions_per_second, settings.ui.questions_at_once),
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


def run_bench(args: argparse.Namespace) -> int:
    """`whichops bench`."""
    from evals.speed.command import run

    return run(args)


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


def run_schema(_: argparse.Namespace) -> int:
    """`whichops schema`."""
    from ui.schema import schema_text

    print(schema_text(), end="")
    return ANSWERED


def run_completion(args: argparse.Namespace) -> int:
    """`whichops completion SHELL`."""
    from ui.shells import script

    print(script(args.shell, build_parser()), end="")
    return ANSWERED


# Commands whose arguments live with what they do, which is imported only when they are asked for.
ELSEWHERE: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "bench": _bench_arguments,
    "eval": _eval_arguments,
    "gaps": _gaps_arguments,
}

COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "chat": run_chat,
    "ask": run_ask,
    "ui": run_ui,
    "mcp": run_mcp,
    "index": run_index,
    "gaps": run_gaps,
    "eval": run_eval,
    "bench": run_bench,
    "settings": run_settings,
    "verify": run_verify,
    "schema": run_schema,
    "completion": run_completion,
}
