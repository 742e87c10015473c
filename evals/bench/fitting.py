"""`whichops eval fit`: learn how findings are weighed, from questions whose answers are known.

Every way in which a question could be answered is one example: the numbers `assistant.weighing` describes it by, and whether that answer
would be right. Small trees are boosted on them (Friedman 2001; scikit-learn does it). What it is worth is measured as a stranger would
find it: each folder is weighed by trees that never saw it. The cases put aside are only ever measured, never learned from.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.weighing import Weigher
from evals.bench import refusals
from evals.bench.folders import render_passages
from evals.bench.growing import Shape, as_text, grow
from evals.bench.layout import Passage, Question, find_collections
from evals.bench.measures import auroc
from evals.bench.search import holds
from evals.labelled import Labelled, labelled_folders
from evals.loader import SHIPPED, load_suite
from evals.matching import match
from evals.models import ANSWERS, Expectation
from evals.report import percent, table
from evals.suite import Bar, open_assistant, settings_of, write
from index.models import resolve
from index.settings import cache_root

if TYPE_CHECKING:
    from assistant import Assistant, Settings
    from assistant.models import Answer

Right = Callable[["Answer"], bool]

_SHAPE = Shape(trees=350, depth=4, rate=0.06, sample=0.5, numbers=0.1, leaf=30)
_ASIDE = "put aside"
_SUITE = "suite"


@dataclass(frozen=True, slots=True)
class Example:
    """One question: each way of answering it with its numbers, and whether it would be right."""

    group: str  # the folder it is asked of: what is learned from it is never measured on it
    answerable: bool
    ways: tuple[tuple[dict[str, float], bool], ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folders", nargs="*", type=Path, metavar="DIR", help="holds NAME/ and NAME.questions.jsonl, or is a passage collection"
    )
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the weights that all of it together gives")
    parser.add_argument(
        "--refusals", type=Path, metavar="FILE", help="learn instead which kind of no a refusal is, from the suite; write it"
    )


def run(args: argparse.Namespace) -> int:
    if args.refusals is not None:
        return refusals.run(args)
    examples = list(_examples(args))
    groups = list(dict.fromkeys(e.group for e in examples))
    names = tuple(sorted(next(f for e in examples for f, _ in e.ways)))
    model = resolve(settings_of(args).index).name
    rows = []
    bar = Bar()
    for done, group in enumerate(groups, 1):
        learned = learn([e for e in examples if e.group not in (group, _ASIDE)], names, model)
        rows.append(_measured(group, [e for e in examples if e.group == group], learned))
        bar.show(done, len(groups), "folders left out in turn")
    print("\n".join(table(("folder", "questions", "best way right", "chance tells right from wrong", "chance tells answerable"), rows)))
    if args.write is not None:
        made = learn([e for e in examples if e.group != _ASIDE], names, model)
        counts = ", ".join(f"{g} ({sum(e.group == g for e in examples)})" for g in groups if g != _ASIDE)
        write(as_text(made, f"questions of {counts}"), str(args.write))
    return 0


# ---------------------------------------------------------------- examples


def _examples(args: argparse.Namespace) -> Iterator[Example]:
    assistant, settings = open_assistant(args)
    try:
        for case in load_suite(SHIPPED).cases:
            if len(case.turns) == 1:
                expect = case.turns[0].expect
                yield _example(
                    assistant,
                    _ASIDE if case.aside else _SUITE,
                    case.turns[0].question,
                    answerable=bool(set(expect.status or ("answered",)) & ANSWERS),
                    right=_meets(expect),
                )
    finally:
        assistant.close()
    for root in args.folders:
        yield from _of_collections(root, settings) if (root / "corpus.jsonl").is_file() else _of_folders(root, settings)


def _meets(expect: Expectation) -> Right:
    return lambda answer: answer.status in ANSWERS and match(answer, expect).right


def _of_folders(root: Path, settings: Settings) -> Iterator[Example]:
    from assistant import Assistant

    for folder in labelled_folders(root):
        assistant = Assistant.open(folder.kb, settings=settings.model_copy(update={"kb": folder.kb}))
        try:
            for q in folder.questions:
                yield _example(assistant, folder.name, q.question, answerable=q.answerable, right=_answers(q))
        finally:
            assistant.close()


def _of_collections(root: Path, settings: Settings) -> Iterator[Example]:
    from assistant import Assistant

    for collection in find_collections(root):
        rendered = render_passages(collection.read("corpus.jsonl", Passage), cache_root(settings.index) / "bench", collection.name)
        assistant = Assistant.open(rendered.kb, index=rendered.index, settings=settings.model_copy(update={"kb": rendered.kb}))
        try:
            for q in collection.read("queries.jsonl", Question):
                if q.is_impossible is not None:
                    yield _example(assistant, collection.name, q.text, answerable=not q.is_impossible, right=_holds(q))
        finally:
            assistant.close()


def _holds(question: Question) -> Right:
    return lambda answer: answer.status in ANSWERS and not question.is_impossible and any(holds(x, answer.text) for x in question.answers)


def _answers(question: Labelled) -> Right:
    return lambda answer: question.answerable and question.right(answer)


def _example(assistant: Assistant, group: str, question: str, *, answerable: bool, right: Right) -> Example:
    ways: dict[str, tuple[dict[str, float], bool]] = {}
    for numbers, answer in assistant.ways(question):
        ways.setdefault(answer.text, (numbers, bool(right(answer))))
    return Example(group, answerable, tuple(ways.values()))


# ---------------------------------------------------------------- learning


def learn(examples: Sequence[Example], names: tuple[str, ...], model: str) -> Weigher:
    """Trees boosted on the examples.

    Args:
        model: the encoder whose numbers the examples are.
    Raises:
        LearnerMissing: scikit-learn is not installed.
    """
    numbers = [[way[n] for n in names] for e in examples for way, _ in e.ways]
    return grow(numbers, [r for e in examples for _, r in e.ways], names, model, _SHAPE)


# ---------------------------------------------------------------- what it is worth


def _measured(group: str, examples: Sequence[Example], learned: Weigher) -> tuple[str, ...]:
    best: list[tuple[float, bool, bool]] = []
    for example in examples:
        chances = [learned.chance(numbers) for numbers, _ in example.ways]
        top = max(range(len(chances)), key=chances.__getitem__, default=None)
        best.append((chances[top], example.ways[top][1], example.answerable) if top is not None else (0.0, False, example.answerable))
    answerable = [right for _, right, has in best if has]
    share = sum(answerable) / len(answerable) if answerable else 0.0
    return (
        group,
        str(len(examples)),
        percent(share),
        _area([c for c, _, _ in best], [r for _, r, _ in best]),
        _area([c for c, _, _ in best], [has for _, _, has in best]),
    )


def _area(scores: Sequence[float], positive: Sequence[bool]) -> str:
    found = auroc(scores, positive)
    return "–" if found is None else f"{found:.3f}"
