"""`python -m evals`: the same as `whichops eval`, with the two options that the command line shares."""

from __future__ import annotations

import argparse
import sys

from corpus.collecting import collect_seldom
from corpus.threads import use_one_thread
from evals.command import add_arguments, main


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals", description="Ask the evaluation suite and hold it against the baseline.")
    parser.add_argument("--kb", metavar="FOLDER", help="folder of Markdown to ask about (default: the shipped one)")
    parser.add_argument("--index", metavar="DIR", help="where its index lives (default: a cache folder)")
    add_arguments(parser)
    return parser


if __name__ == "__main__":
    use_one_thread()
    collect_seldom()
    try:
        sys.exit(main(_parser().parse_args()))
    except KeyboardInterrupt:
        sys.exit(130)  # as shells say that a command was interrupted
