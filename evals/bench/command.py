"""`whichops eval bench DIR`: run collections, print the figures, write the report."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import UsageError
from evals import gate
from evals.bench.layout import Collection, Sort, find_collections
from evals.bench.models import BenchReport, CollectionReport

if TYPE_CHECKING:
    from evals.bench.asking import Bench


_LONG = 1000  # texts; encoding fewer is over before anybody would wonder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the action."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="a collection, or a folder of collections (see docs/bench.md)")
    parser.add_argument("--task", action="append", metavar="NAME", help="only the collection of this name; may be repeated")
    parser.add_argument("--limit", type=_positive, metavar="N", help="only the first N questions of each collection (default: all)")
    parser.add_argument(
        "--json", dest="json_file", metavar="FILE", help="write the report, with every question, to FILE; - for standard output"
    )
    parser.add_argument("--cache", type=Path, metavar="DIR", help="where folders, indexes and vectors are kept (default: the user's cache)")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("has to be 1 or more")
    return number


class _Progress:
    """One line on standard error that counts up where that is a terminal; else a line when a stage of `least` steps is done."""

    def __init__(self, least: int) -> None:
        self._least = least
        self._shown = sys.stderr.isatty()

    def __call__(self, what: str, done: int, total: int) -> None:
        if self._shown:
            sys.stderr.write(f"\r{what} {done}/{total}\x1b[K" + ("\n" if done == total else ""))
            sys.stderr.flush()
        elif done == total and total >= self._least:
            print(f"{what} {total}", file=sys.stderr)


def run(args: argparse.Namespace) -> int:
    """Measure what the arguments name; returns the exit code.

    Raises:
        KbError: a collection cannot be read, an index cannot be built, ir-measures is not installed.
    """
    from assistant import Assistant, Conversation, load_settings
    from evals.bench.asking import Bench
    from index import LaterEncoder
    from index.settings import cache_root

    if getattr(args, "kb", None) is not None:
        raise UsageError("A bench brings its own folders: leave --kb out.")
    settings = load_settings({"index.model": getattr(args, "model", None)})
    collections = find_collections(args.folder, args.task)
    building = _Progress(_LONG)
    bench = Bench(
        cache=args.cache or cache_root(settings.index) / "bench",
        encoder=LaterEncoder(settings.index),
        open=lambda kb, index: Assistant.open(kb, index=index, settings=settings.model_copy(update={"kb": kb}), progress=building),
        talk=Conversation,
        say=_Progress(1),
        limit=args.limit,
    )
    report = measure(collections, bench)
    _show(report, args.json_file)
    return gate.PASSED


def measure(collections: tuple[Collection, ...], bench: Bench, clock: Callable[[], float] = time.perf_counter) -> BenchReport:
    """Measure collections one after the other.

    Args:
        clock: seconds, rising; replaced in tests.
    """
    from evals.bench.measures import RESAMPLES
    from evals.bench.search import measure_pages, measure_passages
    from evals.bench.tables import measure_tables
    from evals.bench.talks import measure_talks

    by_sort: dict[Sort, Callable[[Collection, Bench], CollectionReport]] = {
        "pages": measure_pages,
        "passages": measure_passages,
        "tables": measure_tables,
        "talks": measure_talks,
    }
    reports = []
    seconds = {}
    for collection in collections:
        begin = clock()
        reports.append(by_sort[collection.sort](collection, bench))
        seconds[collection.name] = round(clock() - begin, 1)
    return BenchReport(
        model=bench.encoder.spec.fingerprint,
        limit=bench.limit,
        resamples=RESAMPLES,
        seed=gate.SEED,
        collections=tuple(reports),
        seconds=seconds,
    )


def _show(report: BenchReport, target: str | None) -> None:
    from evals.bench.report import to_console, to_json

    if target == "-":
        sys.stdout.write(to_json(report))
        return
    sys.stdout.write(to_console(report))
    if target is not None:
        try:
            Path(target).write_text(to_json(report), encoding="utf-8", newline="\n")
        except OSError as error:
            raise UsageError(f"The report cannot be written to {target}: {error}.") from error
