"""Finding: the passage, or the page and section, that answers; and telling questions that nothing answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assistant.models import Answer
from corpus.words import words
from evals.bench.asking import NEAR, SHOWN, Bench, Engine, firsts, place_of, ranking_figures
from evals.bench.folders import index_for, render_passages
from evals.bench.layout import Collection, Passage, Qrels, Question, read_qrels
from evals.bench.measures import auroc_figures, risk_coverage, share_figure
from evals.bench.models import OURS, CollectionReport, Figure, Part
from evals.bench.peers import PEERS, Peers, Unit, top_score
from evals.calibration import support_of

_WINDOW = 1000  # characters of a section that are one text for plain search; about what the encoder reads
_FEATURES = ("strength", "dense", "cover")  # of the judge; each is shown as if it alone decided
_RANKED = {"nDCG@10": "nDCG@10", "RR@10": "RR@10", "Success@1": "hit@1", "Success@5": "hit@5"}
_SPACES = re.compile(r"\W+")


def measure_passages(collection: Collection, bench: Bench) -> CollectionReport:
    """Ranking of passages and, where questions say whether they have an answer, telling the two apart."""
    passages = collection.read("corpus.jsonl", Passage)
    questions = collection.read("queries.jsonl", Question)[: bench.limit]
    qrels = read_qrels(collection.folder / "qrels.tsv")
    rendered = render_passages(passages, bench.cache, collection.name)
    engine = bench.open(rendered.kb, rendered.index)
    peers = Peers(passage_units(passages), bench.encoder, bench.cache, bench.count(f"{collection.name}: plain vectors"))
    try:
        answered = {q.id: qrels[q.id] for q in questions if any(grade > 0 for grade in qrels.get(q.id, {}).values())}
        runs: dict[str, dict[str, list[str]]] = {system: {} for system in (OURS, *PEERS)}
        results: dict[str, dict[str, Any]] = {q.id: {"id": q.id, "question": q.text} for q in questions}
        tops: dict[str, dict[str, float]] = {}
        for question in bench.each(questions, f"{collection.name}: ranking"):
            plain = peers.rank(question.text)
            tops[question.id] = top_score(plain)
            if question.id in answered:
                runs[OURS][question.id] = firsts(rendered.ids[h.document] for h in engine.rank(question.text, k=NEAR).hits)
                for name, ranked in plain.items():
                    runs[name][question.id] = [key for key, _ in ranked]
                results[question.id] |= ranked_result(answered[question.id], {s: runs[s][question.id] for s in runs})
        parts = [Part(title="retrieval", figures=ranking_figures(answered, runs, _RANKED))]
        judged = [q for q in questions if q.is_impossible is not None]
        if judged:
            part, said = abstention(collection.name, bench, engine, judged, tops)
            parts.append(part)
            for name, result in said.items():
                results[name] |= result
        counts = engine.index_report.counts.model_dump()
    finally:
        peers.close()
        engine.close()
    return CollectionReport(
        name=collection.name, sort=collection.sort, counts=counts, parts=tuple(parts), questions=tuple(results[q.id] for q in questions)
    )


def passage_units(passages: Sequence[Passage]) -> list[Unit]:
    """Passages as plain search has them: title and text."""
    return [Unit(p.id, f"{p.title.strip()}\n{p.text.strip()}".strip()) for p in passages]


def ranked_result(relevant: Mapping[str, int], runs: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What a report keeps of one ranked question."""
    return {
        "gold": sorted(key for key, grade in relevant.items() if grade > 0)[:20],
        "place": {system: place_of(relevant, keys) for system, keys in runs.items()},
        "first": {system: list(keys[:SHOWN]) for system, keys in runs.items()},
    }


# ---------------------------------------------------------------- whether there is an answer


def abstention(
    name: str, bench: Bench, engine: Engine, questions: Sequence[Question], tops: Mapping[str, Mapping[str, float]]
) -> tuple[Part, dict[str, dict[str, Any]]]:
    """Questions with and without an answer, asked alone."""
    said: dict[str, dict[str, Any]] = {}
    for question in bench.each(questions, f"{name}: asking"):
        answer, trace = engine.explain(question.text, id=question.id, suggest=False)
        said[question.id] = answer_result(answer, trace.features, answerable=not question.is_impossible)
        if question.answers:
            said[question.id]["holds"] = any(holds(a, answer.text) for a in question.answers)
    return abstention_part("abstention", said, tops), said


def answer_result(answer: Answer, features: Mapping[str, float], *, answerable: bool) -> dict[str, Any]:
    """What a report keeps of one question asked."""
    return {
        "answerable": answerable,
        "status": answer.status,
        "decline": answer.decline,
        "rule": answer.rule,
        "text": answer.text[:300],
        "support": support_of(answer.status, features) or 0.0,
        "features": dict(features),
    }


def abstention_part(title: str, said: Mapping[str, Mapping[str, Any]], tops: Mapping[str, Mapping[str, float]]) -> Part:
    """AUROC of the judge, of its features one by one and of plain search; what was answered; the risk–coverage curve."""
    positive = [bool(r["answerable"]) for r in said.values()]
    scores: dict[str, list[float]] = {OURS: [r["support"] for r in said.values()]}
    for feature in _FEATURES:
        scores[f"its {feature}"] = [r["features"].get(feature, 0.0) for r in said.values()]
    for peer in PEERS:
        scores[peer] = [tops[q][peer] for q in said]
    figures: list[Figure] = [*auroc_figures(scores, positive)]
    given = {q: r["status"] in ("answered", "corrected") for q, r in said.items()}
    figures.append(share_figure("answered, of those with an answer", [given[q] for q, r in said.items() if r["answerable"]]))
    figures.append(share_figure("answered, of those without", [given[q] for q, r in said.items() if not r["answerable"]]))
    holds = [bool(r["holds"]) for q, r in said.items() if given[q] and "holds" in r]
    if holds:
        figures.append(share_figure("accepted answer in the text, of those answered", holds))
    return Part(title=title, figures=tuple(figures), curve=risk_coverage(scores[OURS], positive))


def holds(part: str, text: str) -> bool:
    """Whether a text holds the words of another, in order and next to each other."""
    return f" {' '.join(words(part))} " in f" {' '.join(words(text))} "


# ---------------------------------------------------------------- pages and sections


def measure_pages(collection: Collection, bench: Bench) -> CollectionReport:
    """Ranking of sections, and of the pages they stand on, over a folder of Markdown read in place."""
    kb = collection.folder / "md"
    questions = [q for q in collection.read("queries.jsonl", Question) if q.doc][: bench.limit]
    engine = bench.open(kb, index_for(kb, bench.cache, collection.name))
    peers = Peers(list(section_units(engine)), bench.encoder, bench.cache, bench.count(f"{collection.name}: plain vectors"))
    try:
        sections: Qrels = {q.id: {section_key(q.doc or "", q.heading): 1} for q in questions if q.heading}
        pages: Qrels = {q.id: {q.doc or "": 1} for q in questions}
        anywhere: Qrels = {q.id: sections.get(q.id, pages[q.id]) for q in questions}
        runs: dict[str, dict[str, list[str]]] = {system: {} for system in (OURS, *PEERS)}
        results = []
        for question in bench.each(questions, f"{collection.name}: ranking"):
            ranked = {name: [key for key, _ in keys] for name, keys in peers.rank(question.text).items()}
            hits = engine.rank(question.text, k=NEAR).hits
            ranked[OURS] = firsts(section_key(h.document, h.section[-1] if h.section else "") for h in hits)
            for system, run in runs.items():
                run[question.id] = ranked[system]
            relevant = sections.get(question.id) or {key: 1 for keys in ranked.values() for key in keys if _page(key) == question.doc}
            results.append(
                {"id": question.id, "question": question.text, **ranked_result(relevant, {s: run[question.id] for s, run in runs.items()})}
                | {"gold": [section_key(question.doc or "", question.heading) if question.heading else question.doc]}
            )
        # A whole page is the answer where no heading is named: any section of it counts as found.
        whole = {s: {q: _as_page(keys, anywhere[q], sections.get(q)) for q, keys in run.items()} for s, run in runs.items()}
        on_page = {s: {q: firsts(_page(key) for key in keys) for q, keys in run.items()} for s, run in runs.items()}
        parts = (
            Part(title="section", figures=ranking_figures(anywhere, whole, {"Success@1": "hit@1", "Success@5": "hit@5", "RR@10": "RR@10"})),
            Part(title="page", figures=ranking_figures(pages, on_page, _RANKED)),
        )
        counts = engine.index_report.counts.model_dump()
    finally:
        peers.close()
        engine.close()
    return CollectionReport(name=collection.name, sort=collection.sort, counts=counts, parts=parts, questions=tuple(results))


def section_key(document: str, heading: str | None) -> str:
    """A section by its page and heading, however the heading is marked up; headings that repeat on a page are one."""
    return f"{document}#{_SPACES.sub(' ', heading or '').strip().casefold()}"


def _page(key: str) -> str:
    return key.partition("#")[0]


def _as_page(keys: Sequence[str], relevant: Mapping[str, int], section: Mapping[str, int] | None) -> list[str]:
    """The ranking with the first section of a page that is the answer as a whole standing for the page."""
    if section is not None:
        return list(keys)
    return firsts(page if (page := _page(key)) in relevant else key for key in keys)


def section_units(engine: Engine) -> Iterator[Unit]:
    """The sections of every document as plain search has them: windows of text under their headings."""
    for path in engine.documents():
        lines = engine.document(path).splitlines()
        outline = engine.outline(path)
        ends = [*(entry.line for entry in outline), len(lines) + 1]
        if ends[0] > 1:  # text above the first heading
            yield from _windows(section_key(path, ""), "", lines[: ends[0] - 1])
        above: list[tuple[int, str]] = []
        for entry, end in zip(outline, ends[1:], strict=True):
            above = [(level, title) for level, title in above if level < entry.level] + [(entry.level, entry.title)]
            yield from _windows(section_key(path, entry.title), " › ".join(t for _, t in above), lines[entry.line : end - 1])


def _windows(key: str, heading: str, lines: Sequence[str]) -> Iterator[Unit]:
    window: list[str] = []
    size = 0
    for line in lines:
        if window and size + len(line) > _WINDOW:
            yield Unit(key, "\n".join([heading, *window]).strip())
            window, size = [], 0
        window.append(line)
        size += len(line) + 1
    if heading or any(line.strip() for line in window):
        yield Unit(key, "\n".join([heading, *window]).strip())
