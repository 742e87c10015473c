"""Looking up cells: questions in sequences over one table, which is all the assistant is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assistant.models import Answer
from corpus.words import words
from evals.bench.asking import Bench
from evals.bench.folders import Grid, render_table
from evals.bench.layout import Collection, TableData, TableQuestion
from evals.bench.measures import share_figure
from evals.bench.models import CollectionReport, Figure, Part

Cell = tuple[int, int]  # (row, column); 0 is the first row under the header
_KEPT = 40  # gold and quoted cells that a report keeps per question
_PLACES = 3  # places of a sequence that are given apart


def measure_tables(collection: Collection, bench: Bench) -> CollectionReport:
    """Shares of questions with all cells right: first questions, which stand alone, and follow-ups, asked in one conversation."""
    tables = {table.id: table for table in collection.read("tables.jsonl", TableData)}
    sequences: dict[str, list[TableQuestion]] = {}
    for question in collection.read("queries.jsonl", TableQuestion):
        sequences.setdefault(question.sequence, []).append(question)
    chosen = list(_within_limit(list(sequences.values()), bench.limit))
    by_table: dict[str, list[list[TableQuestion]]] = {}
    for sequence in chosen:
        by_table.setdefault(sequence[0].table, []).append(sequence)
    results: dict[str, dict[str, Any]] = {}
    counts: dict[str, int] = {}
    for name in bench.each(list(by_table), f"{collection.name}: tables"):
        table = tables[name]
        rendered, grid = render_table(table, bench.cache)
        engine = bench.open(rendered.kb, rendered.index)
        try:
            for key, value in engine.index_report.counts.model_dump().items():
                counts[key] = counts.get(key, 0) + value
            for sequence in by_table[name]:
                talk = bench.talk()
                for question in sorted(sequence, key=lambda q: q.position):
                    answer, _ = engine.explain(question.text, talk, id=question.id, suggest=False)
                    results[question.id] = _result(question, answer, table, grid)
        finally:
            engine.close()
    ordered = [q for sequence in chosen for q in sequence]
    return CollectionReport(
        name=collection.name,
        sort=collection.sort,
        counts=counts,
        parts=(Part(title="all cells right", figures=tuple(_figures(ordered, results))),),
        questions=tuple(results[q.id] for q in ordered),
    )


def _within_limit(sequences: Sequence[list[TableQuestion]], limit: int | None) -> Iterator[list[TableQuestion]]:
    """Whole sequences, as many as the limit reaches into."""
    taken = 0
    for sequence in sequences:
        if limit is not None and taken >= limit:
            return
        taken += len(sequence)
        yield sequence


def _figures(questions: Sequence[TableQuestion], results: Mapping[str, Mapping[str, Any]]) -> Iterator[Figure]:
    def right(chosen: Sequence[TableQuestion]) -> list[bool]:
        return [bool(results[q.id]["right"]) for q in chosen]

    yield share_figure("first questions", right([q for q in questions if q.position == 0]))
    yield share_figure("follow-ups", right([q for q in questions if q.position > 0]))
    yield share_figure("all questions", right(questions))
    whole: dict[str, bool] = {}
    for q in questions:
        whole[q.sequence] = whole.get(q.sequence, True) and bool(results[q.id]["right"])
    yield share_figure("whole sequences", list(whole.values()))
    for place in range(1, _PLACES + 1):
        yield share_figure(f"follow-ups, number {place}", right([q for q in questions if q.position == place]))
    yield share_figure("answered at all", [results[q.id]["status"] in ("answered", "corrected") for q in questions])


def _result(question: TableQuestion, answer: Answer, table: TableData, grid: Grid) -> dict[str, Any]:
    quoted = quoted_cells(answer, grid)
    gold = set(question.answer_coordinates)
    return {
        "id": question.id,
        "position": question.position,
        "question": question.text,
        "read_as": answer.reading.question,
        "right": all_right(question.text, gold, quoted, table),
        "status": answer.status,
        "kind": answer.reading.kind,
        "rule": answer.rule,
        "text": answer.text[:300],
        "expected": list(question.answers[:_KEPT]),
        "gold": [list(cell) for cell in sorted(gold)[:_KEPT]],
        "quoted": [list(cell) for cell in sorted(quoted)[:_KEPT]],
    }


def quoted_cells(answer: Answer, grid: Grid) -> set[Cell]:
    """The body cells an answer's words are copied from; none where it is no answer.

    A cell that was only compared is proved with it, and not told.
    """
    if answer.status not in ("answered", "corrected"):
        return set()
    said = " ".join(words(answer.text))
    told = [atom for atom in answer.certificate if atom.op == "quote" and " ".join(words(atom.text or "")) in said]
    places = {atom.start for atom in told if atom.start is not None}
    return {cell for start in places if (cell := grid.at(start)) is not None}


def all_right(question: str, gold: set[Cell], quoted: set[Cell], table: TableData) -> bool:
    """Whether an answer gives exactly the cells asked for.

    Every gold cell is quoted (or one of its column with the same text), and no other of its columns is. From other columns an answer
    may quote what the question names, and one cell for each gold row: the label it is told with. A whole row poured out is not right.
    """

    def text(cell: Cell) -> str:
        row, column = cell
        return " ".join(words(table.rows[row][column])) if row < len(table.rows) and column < len(table.rows[row]) else ""

    asked = f" {' '.join(words(question))} "

    def named(cell: Cell) -> bool:
        return bool(text(cell)) and f" {text(cell)} " in asked

    gold = {cell for cell in gold if text(cell)} or gold  # blank cells among others are not what anybody would read out
    columns = {column for _, column in gold}
    wanted = {(column, text((row, column))) for row, column in gold}
    if not gold or not wanted <= {(column, text((row, column))) for row, column in quoted}:
        return False
    rest = [cell for cell in quoted if (cell[1], text(cell)) not in wanted and not named(cell)]
    beside = {(cell[1], text(cell)) for cell in rest if cell[1] not in columns}
    return all(cell[1] not in columns for cell in rest) and len(beside) <= len({row for row, _ in gold})
