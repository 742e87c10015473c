"""`whichops bench`: how fast this machine answers and builds, over the shipped folder and over larger ones made for it."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import UsageError

if TYPE_CHECKING:
    from evals.speed.measuring import Place
    from evals.speed.models import PeersReport, SpeedReport
    from evals.speed.texts import Texts

FACTS = (1_000, 10_000)
ENCODED_UP_TO = 20_000
EACH = 12
RUNS = 5
BUILDS = 1
SHIPPED = "shipped"
_SEED = 1
_MOST = 5_000_000  # facts; more would not fit the limits on a folder
_QUESTIONS = "questions.json"
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OMP_WAIT_POLICY")  # told where they are set: the others' speed hangs on them


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command; `--kb` is not among them: a folder that is measured is written to."""
    parser.add_argument(
        "--facts",
        type=_sizes,
        default=FACTS,
        metavar="N,…",
        help="sizes of the folders made, in facts, after the shipped one; 0: none (default: 1000,10000)",
    )
    parser.add_argument("--from", dest="source", type=Path, metavar="FOLDER", help="Markdown whose sentences the folders are made of")
    parser.add_argument("--questions", type=_positive, default=EACH, metavar="N", help="questions of each kind (default: %(default)s)")
    parser.add_argument("--runs", type=_positive, default=RUNS, metavar="N", help="processes for each cold start (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=_SEED, metavar="N", help="another folder of the same size (default: %(default)s)")
    parser.add_argument(
        "--encoded",
        type=int,
        default=ENCODED_UP_TO,
        metavar="N",
        help="facts up to which every text is encoded; larger folders get vectors made from a sample (default: %(default)s)",
    )
    parser.add_argument("--rebuild", action="store_true", help="build every index anew; else one that still fits keeps its figures")
    parser.add_argument(
        "--peers",
        type=Path,
        metavar="PYTHON",
        help="measure side by side with other programs over the folders made: those installed for this Python, see docs/speed.md",
    )
    parser.add_argument(
        "--builds", type=_positive, default=BUILDS, metavar="N", help="with --peers: builds of each program (default: %(default)s)"
    )
    parser.add_argument("--cache", type=Path, metavar="DIR", help="where folders and indexes are kept (default: the user's cache)")
    parser.add_argument("--json", dest="json_file", metavar="FILE", help="write the report to FILE; - for standard output")
    parser.add_argument("--svg", dest="svg_file", type=Path, metavar="FILE", help="draw the figures by size")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("has to be 1 or more")
    return number


def _sizes(text: str) -> tuple[int, ...]:
    try:
        sizes = tuple(int(part.replace("_", "")) for part in text.split(",") if part.strip())
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of numbers, such as 1000,10000") from None
    if any(n < 0 or n > _MOST for n in sizes):
        raise argparse.ArgumentTypeError(f"sizes run from 0 to {_MOST:,} facts")
    return tuple(sorted({n for n in sizes if n}))


def run(args: argparse.Namespace) -> int:
    """Measure what the arguments name; returns the exit code.

    Raises:
        KbError: a folder cannot be read, an index cannot be built, a process that was measured failed.
    """
    if args.kb is not None or args.index is not None:
        raise UsageError("bench measures folders of its own: leave --kb and --index out, and name the text they are made of with --from.")
    if args.peers is not None:
        _show_peers(measure_peers(args, _say), args)
    else:
        _show(measure_all(args, _say), args)
    return 0


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def measure_all(args: argparse.Namespace, say: Callable[[str], object]) -> SpeedReport:
    """Measure the shipped folder and every size asked for."""
    from assistant.settings import load_settings
    from evals.speed.machine import this_machine
    from evals.speed.measuring import measure
    from evals.speed.models import SpeedReport
    from index.manifest import tool_version
    from index.models import resolve
    from index.settings import cache_root

    given: dict[str, Any] = {"index.model": args.model} if args.model else {}
    settings = load_settings(dict(given))
    machine = this_machine()
    cache = (args.cache or cache_root(settings.index) / "speed").resolve()
    places = [_shipped_place(cache, args.questions)]
    texts = None
    if args.facts:
        texts = _sentences(args)
        places += [_made_place(cache, texts, facts, args) for facts in args.facts]
    return SpeedReport(
        version=tool_version(),
        machine=machine,
        model=resolve(settings.index).fingerprint,
        seed=args.seed,
        texts_sha256=texts.sha256 if texts is not None else None,
        sizes=tuple(measure(place, runs=args.runs, rebuild=args.rebuild, settings=given, say=say) for place in places),
    )


def measure_peers(args: argparse.Namespace, say: Callable[[str], object]) -> PeersReport:
    """Measure this program and those that the Python named has, over every size asked for.

    Raises:
        UsageError: that Python has none of them, or the arguments name nothing to measure.
        KbError: that Python cannot be run, or this program could not be measured.
    """
    from assistant.settings import load_settings
    from evals.speed.beside import side_by_side
    from evals.speed.machine import load_now, this_machine
    from evals.speed.models import PeersReport
    from evals.speed.peers import NAMES, Peer
    from index.encoder import open_encoder
    from index.manifest import tool_version
    from index.models import package_folder, resolve
    from index.settings import cache_root

    if not args.facts or args.svg_file is not None:
        raise UsageError("--peers measures folders that are made, and draws nothing: name sizes with --facts, and leave --svg out.")
    given: dict[str, Any] = {"index.model": args.model} if args.model else {}
    settings = load_settings(dict(given))
    spec = resolve(settings.index)
    python = args.peers.absolute()  # not resolved: a link is how an environment's own Python is known
    every = [Peer(name, python, spec.folder or package_folder()) for name in NAMES]
    found = [(peer, peer.about()) for peer in every]
    present = [(peer, about) for peer, about in found if not about.missing]
    if not present:
        raise UsageError(f"{args.peers} has none of {', '.join(NAMES)} installed: see docs/speed.md for how to.")
    open_encoder(settings.index).encode(["ready"])  # made once after installing, so no part of any measure
    machine = this_machine()
    cache = (args.cache or cache_root(settings.index) / "speed").resolve()
    texts = _sentences(args)
    version = tool_version()
    places = [_made_place(cache, texts, facts, args) for facts in args.facts]
    sizes = [side_by_side(place, present, runs=args.runs, builds=args.builds, settings=given, version=version, say=say) for place in places]
    return PeersReport(
        version=version,
        machine=machine,
        load_after=load_now(),
        environment={name: os.environ[name] for name in _THREADS if name in os.environ},
        model=spec.fingerprint,
        seed=args.seed,
        texts_sha256=texts.sha256,
        runs=args.runs,
        builds=args.builds,
        missing={peer.name: about.missing for peer, about in found if about.missing},
        sizes=tuple(sizes),
    )


def _sentences(args: argparse.Namespace) -> Texts:
    """What folders are made of."""
    from evals.speed.texts import of_folder, shipped

    texts = of_folder(args.source) if args.source is not None else shipped(_shipped_folder())
    if not texts.sentences or not texts.words:
        raise UsageError(f"{args.source} holds too few plain sentences to make a folder of. Name a larger one with --from.")
    return texts


def _shipped_folder() -> Path:
    from assistant.settings import default_kb

    return default_kb()


def _shipped_place(cache: Path, each: int) -> Place:
    """A copy of the shipped folder, with questions of the suite: one sentence each, of every kind that has enough."""
    from evals.loader import load_suite
    from evals.speed.measuring import Place

    source = _shipped_folder()
    kb = cache / SHIPPED / "kb"
    shutil.copytree(source, kb, dirs_exist_ok=True)
    by_kind: dict[str, list[str]] = {}
    for case in load_suite().cases:
        if len(case.turns) == 1 and not case.aside:
            by_kind.setdefault(case.kind, []).append(case.turns[0].question)
    taken = [(kind, text) for kind, texts in sorted(by_kind.items()) for text in texts[:each]]
    return Place(SHIPPED, kb, cache / SHIPPED / "index", tuple(taken))


def _made_place(cache: Path, texts: Texts, facts: int, args: argparse.Namespace) -> Place:
    """A folder of so many facts, made unless an earlier run left it."""
    from evals.speed import making
    from evals.speed.making import chosen, write_folder
    from evals.speed.measuring import Place

    vectors: Any = "encoded" if facts <= args.encoded else "made"
    made_by = hashlib.sha256(Path(making.__file__).read_bytes()).hexdigest()  # another way of making makes another folder
    named = hashlib.sha256(f"{texts.sha256} {made_by} {args.seed}".encode()).hexdigest()[:12]
    folder = cache / f"{facts}-{named}"
    questions = folder / _QUESTIONS  # written last: it says that the folder is whole
    if not questions.exists():
        shutil.rmtree(folder, ignore_errors=True)
        made = write_folder(folder / "kb", texts, facts, args.seed)
        questions.write_text(json.dumps(made), encoding="utf-8")
    asked = [(kind, text) for kind, text in json.loads(questions.read_text(encoding="utf-8"))]
    return Place(
        f"{facts:,}",
        folder / "kb",
        folder / ("index" if vectors == "encoded" else "index-made"),
        tuple(chosen(asked, args.questions, args.seed)),
        vectors,
        cache / f"vectors-{named}.npz" if vectors == "made" else None,
    )


def _show(report: SpeedReport, args: argparse.Namespace) -> None:
    from evals.speed.drawing import to_svg
    from evals.speed.report import to_console, to_json

    sys.stdout.write(to_json(report) if args.json_file == "-" else to_console(report))
    _write(args.json_file, to_json(report))
    if args.svg_file is not None:
        _write(args.svg_file, to_svg(report))


def _show_peers(report: PeersReport, args: argparse.Namespace) -> None:
    from evals.speed.comparing import to_console, to_json

    sys.stdout.write(to_json(report) if args.json_file == "-" else to_console(report))
    _write(args.json_file, to_json(report))


def _write(target: str | Path | None, text: str) -> None:
    if target is None or str(target) == "-":
        return
    try:
        Path(target).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror or error}.") from error
