"""What each weight of `answers/judge.toml` does to the order of sections, on several collections at once.

    python -m evals.bench.weighing DIR [--task NAME] [--limit N] [--cache DIR]

The evidence of every question is gathered once; then each weight is moved down and up, one at a time, and the place of the right
section or passage is counted again. Nothing is written: a weight that helps several collections and hurts none is worth writing down.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant import Assistant, load_settings
from assistant.frame import understand
from assistant.question import clean, plainly
from assistant.retrieval import load_weights, points
from corpus.models import Fact
from evals.bench.folders import index_for, render_passages
from evals.bench.layout import Collection, Passage, Question, find_collections, read_qrels
from evals.bench.search import section_key
from index.settings import cache_root

_WITHIN = 400  # facts of a question that are ordered
_STEPS = (0.5, 1.5)  # what each weight is multiplied by
_SORTS = ("pages", "passages")
_AFTER = frozenset({"section", "page"})  # means of scores: they move with the rest, and are computed again from it

Parts = Mapping[str, float]
Right = Callable[[Fact], bool]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A fact as a question weighs it: what each weight gave it, where it stands, whether it stands in the right place."""

    parts: Parts
    section: int
    page: str
    right: bool


def standing(facts: Sequence[Weighed], factors: Mapping[str, float], company: int = 3) -> int | None:
    """Place of the first right section (1 is best) when the points of each part are multiplied; None where it is not among the facts.

    Args:
        factors: part -> factor; 1 for those left out.
        company: best facts by which a section and a page are judged.
    """
    weights = load_weights().weights
    alone = [sum(p * factors.get(n, 1.0) for n, p in f.parts.items() if n not in _AFTER) for f in facts]
    total = [
        score + sum(weights[n] * factors.get(n, 1.0) * _mean(facts, alone, n, f, company) for n in sorted(_AFTER))
        for f, score in zip(facts, alone, strict=True)
    ]
    places: dict[int, int] = {}
    for at in sorted(range(len(facts)), key=lambda i: (-total[i], i)):
        place = places.setdefault(facts[at].section, len(places) + 1)
        if facts[at].right:
            return place
    return None


def _mean(facts: Sequence[Weighed], alone: Sequence[float], name: str, fact: Weighed, company: int) -> float:
    own = [s for f, s in zip(facts, alone, strict=True) if (f.section == fact.section if name == "section" else f.page == fact.page)]
    return sum(sorted(own, reverse=True)[:company]) / company


def gathered(engine: Assistant, text: str, right: Right) -> list[Weighed]:
    """The facts of a question, strongest first, with what each weight gives them."""
    state = engine._current()
    frame = understand(plainly(clean(text)), state.namer, state.namer.common)
    if not frame.content:
        return []
    weights = state.gatherer.data.weights
    return [
        Weighed(points(c, weights), c.fact.section, c.fact.document, right(c.fact))
        for c in state.gatherer.gather(frame).candidates[:_WITHIN]
    ]


def questions(collection: Collection, cache: Path, limit: int | None) -> Iterator[tuple[str, Right, Assistant]]:
    """Every question that has a right place, how that is told, and the assistant over the collection."""
    settings = load_settings()
    asked = collection.read("queries.jsonl", Question)
    if collection.sort == "pages":
        kb = collection.folder / "md"
        engine = Assistant.open(kb, index=index_for(kb, cache, collection.name), settings=settings.model_copy(update={"kb": kb}))
        for question in [q for q in asked if q.doc and q.heading][:limit]:
            gold = section_key(question.doc or "", question.heading)
            yield question.text, lambda f, gold=gold: _key(engine, f) == gold, engine  # type: ignore[misc]
    else:
        rendered = render_passages(collection.read("corpus.jsonl", Passage), cache, collection.name)
        engine = Assistant.open(rendered.kb, index=rendered.index, settings=settings.model_copy(update={"kb": rendered.kb}))
        qrels = read_qrels(collection.folder / "qrels.tsv")
        for question in [q for q in asked if any(g > 0 for g in qrels.get(q.id, {}).values())][:limit]:
            wanted = {key for key, grade in qrels[question.id].items() if grade > 0}
            yield question.text, lambda f, wanted=wanted: rendered.ids[f.document] in wanted, engine  # type: ignore[misc]
    engine.close()


def _key(engine: Assistant, fact: Fact) -> str:
    path = engine._current().view.path(fact)
    return section_key(fact.document, path[-1] if path else "")


def table(sets: Mapping[str, Sequence[Sequence[Weighed]]]) -> Iterator[str]:
    """One line for the weights as they are and two for each weight moved: first and in the first five, in per cent, by collection."""

    def line(name: str, factors: Mapping[str, float]) -> str:
        cells = []
        for asked in sets.values():
            places = [standing(facts, factors) for facts in asked]
            first, five = (sum(p is not None and p <= k for p in places) / max(1, len(places)) for k in (1, 5))
            cells.append(f"{100 * first:6.1f} {100 * five:6.1f}")
        return f"{name:24}" + "  ".join(cells)

    yield " " * 24 + "  ".join(f"{name[:13]:13}" for name in sets)
    yield line("as it is", {})
    names = sorted({n for asked in sets.values() for facts in asked for f in facts for n in f.parts})
    for name in names:
        for step in _STEPS:
            yield line(f"{name} x {step:g}", {name: step})


def main() -> None:
    """Gather, then print the table."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.weighing", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path, metavar="DIR", help="a collection, or a folder of collections")
    parser.add_argument("--task", action="append", metavar="NAME", help="only the collection of this name; may be repeated")
    parser.add_argument("--limit", type=int, metavar="N", help="questions taken of each collection (default: all)")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="where folders and indexes are kept (default: the user's cache)")
    args = parser.parse_args()
    cache = args.cache or cache_root(load_settings().index) / "bench"
    chosen = [c for c in find_collections(args.folder, args.task) if c.sort in _SORTS]
    sets = {c.name: [gathered(engine, text, right) for text, right, engine in questions(c, cache, args.limit)] for c in chosen}
    for one in table(sets):
        print(one)


if __name__ == "__main__":
    main()
