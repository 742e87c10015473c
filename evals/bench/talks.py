"""Conversations: whether a follow-up, made whole by the assistant, finds more than its words alone, and whether it knows when to say no."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from evals.bench.asking import NEAR, Bench, Engine, firsts, ranking_figures
from evals.bench.folders import Rendered, render_passages
from evals.bench.layout import Collection, Passage, Question, Talk, read_qrels
from evals.bench.models import OURS, CollectionReport, Part
from evals.bench.peers import PEERS, Peers, top_score
from evals.bench.search import abstention_part, answer_result, passage_units, ranked_result

ALONE, JOINED, REWRITTEN = "last turn alone", "all turns joined", "rewritten by people"

_MEASURES = {"nDCG@10": "nDCG@10", "Success@1": "hit@1", "Success@5": "hit@5"}
_JUDGED = {"ANSWERABLE": True, "UNANSWERABLE": False}  # the rest is neither
_SENTENCE = re.compile(r"(?<=[.?!])\s+|\s{2,}")
_TURN = re.compile(r"^(.*)<::>\d+$", re.S)  # ids: conversation, turn


def measure_talks(collection: Collection, bench: Bench) -> CollectionReport:
    """Ranking of the last turn of each talk, with and without what was said before, and telling those that nothing answers."""
    passages = collection.read("corpus.jsonl", Passage)
    talks = collection.read("tasks.jsonl", Talk)[: bench.limit]
    rendered = render_passages(passages, bench.cache, collection.name)
    engine = bench.open(rendered.kb, rendered.index)
    peers = Peers(passage_units(passages), bench.encoder, bench.cache, bench.count(f"{collection.name}: plain vectors"))
    try:
        parts, results = _tasks(collection, bench, talks, engine, peers, rendered)
        if all((collection.folder / file).exists() for file in _PEOPLE):
            more, rewritten = _people(collection, bench, engine, peers, rendered)
            parts += more
            results += rewritten
        counts = engine.index_report.counts.model_dump()
    finally:
        peers.close()
        engine.close()
    return CollectionReport(name=collection.name, sort=collection.sort, counts=counts, parts=tuple(parts), questions=tuple(results))


def _documents(engine: Engine, rendered: Rendered, question: str, talk: Any = None) -> tuple[list[str], str, tuple[str, ...]]:
    """Passages near a question, best first; the question as resolved; what was kept for it."""
    ranking = engine.rank(question, talk, k=NEAR)
    return firsts(rendered.ids[h.document] for h in ranking.hits), ranking.question, ranking.kept


def _spoken(engine: Engine, bench: Bench, before: Sequence[str]) -> Any:
    """The state of a conversation in which these were said; what the other side said is the assistant's own."""
    talk = bench.talk()
    for turn in before:
        engine.explain(turn, talk, suggest=False)
    return talk


def _tasks(
    collection: Collection, bench: Bench, talks: Sequence[Talk], engine: Engine, peers: Peers, rendered: Rendered
) -> tuple[list[Part], list[dict[str, Any]]]:
    qrels = read_qrels(collection.folder / "qrels.tsv")
    runs: dict[str, dict[str, list[str]]] = {system: {} for system in (OURS, ALONE, *PEERS)}
    said: dict[str, dict[str, Any]] = {}
    tops: dict[str, dict[str, float]] = {}
    results: list[dict[str, Any]] = []
    for task in bench.each(talks, f"{collection.name}: conversations"):
        talk = _spoken(engine, bench, task.before)
        plain = peers.rank(task.text)
        tops[task.id] = top_score(plain)
        runs[OURS][task.id], resolved, kept = _documents(engine, rendered, task.text, talk)
        runs[ALONE][task.id] = _documents(engine, rendered, task.text)[0]
        for name, ranked in plain.items():
            runs[name][task.id] = [key for key, _ in ranked]
        answer, trace = engine.explain(task.text, talk, id=task.id, suggest=False)
        result = answer_result(answer, trace.features, answerable=task.answerability == "ANSWERABLE")
        if task.answerability in _JUDGED:
            said[task.id] = result
        whole = {"id": task.id, "turn": task.turn, "question": task.text, "before": list(task.before)[-3:], "resolved": resolved}
        found = ranked_result(qrels[task.id], {s: runs[s][task.id] for s in runs}) if task.id in qrels else {}
        results.append({**whole, "kept": list(kept), "answerability": task.answerability, **result, **found})
    asked = {t.id: qrels[t.id] for t in talks if t.id in qrels}
    later = {t.id: qrels[t.id] for t in talks if t.id in qrels and t.before}
    parts = [Part(title="last turns", figures=ranking_figures(asked, runs, _MEASURES))]
    parts.append(Part(title="last turns that follow others", figures=ranking_figures(later, runs, _MEASURES)))
    judged = abstention_part("abstention", said, {q: tops[q] for q in said})
    states = sorted({(r["answerability"], r["status"]) for r in results})
    notes = tuple(f"{a}, {s}: {sum((r['answerability'], r['status']) == (a, s) for r in results)}" for a, s in states)
    parts.append(judged.model_copy(update={"notes": notes}))
    return parts, results


# ---------------------------------------------------------------- with rewrites by people

_PEOPLE = ("human_lastturn.jsonl", "human_questions.jsonl", "human_rewrite.jsonl", "human_qrels.tsv")


def _people(
    collection: Collection, bench: Bench, engine: Engine, peers: Peers, rendered: Rendered
) -> tuple[list[Part], list[dict[str, Any]]]:
    last = {q.id: q.text for q in collection.read(_PEOPLE[0], Question)[: bench.limit]}
    joined = {q.id: q.text for q in collection.read(_PEOPLE[1], Question)}
    rewrites = {q.id: q.text for q in collection.read(_PEOPLE[2], Question)}
    qrels = {q: grades for q, grades in read_qrels(collection.folder / _PEOPLE[3]).items() if q in last and q in joined and q in rewrites}
    runs: dict[str, dict[str, list[str]]] = {system: {} for system in (OURS, ALONE, JOINED, REWRITTEN, *PEERS)}
    results = []
    for name in bench.each(sorted(qrels), f"{collection.name}: rewrites"):
        before = turns_before(joined[name], last[name], [joined[q] for q in joined if _talk_of(q) == _talk_of(name)])
        talk = _spoken(engine, bench, before)
        runs[OURS][name], resolved, kept = _documents(engine, rendered, last[name], talk)
        for system, text in ((ALONE, last[name]), (JOINED, joined[name]), (REWRITTEN, rewrites[name])):
            runs[system][name] = _documents(engine, rendered, text)[0]
        for system, ranked in peers.rank(last[name]).items():
            runs[system][name] = [key for key, _ in ranked]
        results.append(
            {"id": f"human/{name}", "question": last[name], "before": list(before)[-3:], "resolved": resolved, "kept": list(kept)}
            | {"rewritten": rewrites[name], **ranked_result(qrels[name], {s: runs[s][name] for s in runs})}
        )
    groups = {name: _talk_of(name) for name in qrels}
    needs = {q: grades for q, grades in qrels.items() if needs_context(last[q], rewrites[q])}
    others = {q: grades for q, grades in qrels.items() if q not in needs}
    parts = [
        Part(title=title, figures=ranking_figures(chosen, runs, _MEASURES, groups))
        for title, chosen in (("follow-ups that people rewrote", needs), ("turns that people left alone", others))
        if chosen
    ]
    return parts, results


def needs_context(last: str, rewrite: str) -> bool:
    """Whether people changed more than capitals and signs to make a turn stand alone."""
    return re.findall(r"\w+", last.casefold()) != re.findall(r"\w+", rewrite.casefold())


def turns_before(joined: str, last: str, others: Sequence[str] = ()) -> tuple[str, ...]:
    """The turns before the last, cut out of all turns run together.

    Where the same conversation was cut off at an earlier turn, that is a cut; else a sentence is taken for a turn.

    Args:
        others: the same conversation, run together up to other turns.
    """
    whole = " ".join(joined.split())
    end = " ".join(last.split())
    head = whole[: -len(end)].rstrip() if end and whole.endswith(end) else ""
    ends = sorted({len(" ".join(other.split())) for other in others if head.startswith(" ".join(other.split()))})
    turns: list[str] = []
    start = 0
    for cut in [*ends, len(head)]:
        turns += [s.strip() for s in _SENTENCE.split(head[start:cut]) if s.strip()]
        start = cut
    return tuple(turns)


def _talk_of(name: str) -> str:
    match = _TURN.match(name)
    return match[1] if match else name


__all__ = ["measure_talks", "needs_context", "turns_before"]
