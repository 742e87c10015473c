"""Tiny collections in the layout of the public ones, written by us, and an encoder that needs no model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import assistant.assistant as room
import index.encoder
from assistant.language import language
from corpus.words import stem, words
from index.models import ModelSpec

Floats = npt.NDArray[np.float32]
DIMENSION = 256


@cache
def _direction(stemmed: str) -> npt.NDArray[np.float64]:
    seed = int.from_bytes(hashlib.sha256(stemmed.encode("utf-8", "replace")).digest()[:8], "big")
    return np.random.default_rng(seed).standard_normal(DIMENSION)


class StemEncoder:
    """Texts are near as far as they share stems. Counts the texts it was given to encode in bulk."""

    spec = ModelSpec("stems", "onnx", "fake-stems-bench", None)
    dimension = DIMENSION

    def __init__(self) -> None:
        self.encoded = 0

    def _row(self, text: str) -> Floats:
        row = 0.05 * _direction("\0")
        for word in words(text):
            row = row + (0.05 if word in language().function_words else 1.0) * _direction(stem(word))
        scaled: Floats = (row / np.linalg.norm(row)).astype(np.float32)
        return scaled

    def encode(self, texts: Sequence[str]) -> Floats:
        return np.stack([self._row(t) for t in texts]) if texts else np.empty((0, DIMENSION), dtype=np.float32)

    def encode_many(
        self, texts: Sequence[str], count: Callable[[int, int], None] | None = None
    ) -> Iterator[tuple[npt.NDArray[np.int64], Floats]]:
        self.encoded += len(texts)
        if count is not None:
            count(len(texts), len(texts))
        yield np.arange(len(texts)), self.encode(texts)

    def has_word(self, word: str) -> bool:
        return False


def write_lines(path: Path, lines: Iterable[Mapping[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def write_qrels(path: Path, rows: Iterable[tuple[str, str, int]]) -> None:
    path.write_text("query-id\tcorpus-id\tscore\n" + "".join(f"{q}\t{d}\t{n}\n" for q, d, n in rows), encoding="utf-8")


LAMPS = (
    {
        "_id": "oil",
        "title": "Oil lamp",
        "text": "An oil lamp burns whale oil behind a polished lens. Keepers trimmed its wick every four hours.",
    },
    {"_id": "horn", "title": "Fog horn", "text": "A fog horn is driven by compressed air. It sounds twice a minute in thick weather."},
    {"_id": "buoy", "title": "Bell buoy", "text": "A bell buoy is moored over the shoal. Waves ring its bell without any engine."},
)


def passages(folder: Path) -> Path:
    """Three passages; two questions they answer and two they do not."""
    write_lines(folder / "corpus.jsonl", LAMPS)
    write_lines(
        folder / "queries.jsonl",
        [
            {"_id": "q1", "text": "What drives the fog horn?", "answers": ["compressed air"], "is_impossible": False, "doc": "horn"},
            {"_id": "q2", "text": "Which oil does an oil lamp burn?", "answers": ["whale oil"], "is_impossible": False, "doc": "oil"},
            {"_id": "q3", "text": "Which currency is used in Bolivia?", "answers": [], "is_impossible": True},
            {"_id": "q4", "text": "Who composed the opera Fidelio?", "answers": [], "is_impossible": True},
        ],
    )
    write_qrels(folder / "qrels.tsv", [("q1", "horn", 1), ("q2", "oil", 1)])
    return folder


def pages(folder: Path) -> Path:
    """Two pages; one question about a section, one about a whole page."""
    (folder / "md" / "sub").mkdir(parents=True)
    (folder / "md" / "tower.md").write_text(
        "Built of granite.\n\n# The tower\n\n## Painting it\n\nWhite paint lasts six winters.\n\n"
        "## Climbing it\n\nThe stairs have ninety steps.\n",
        encoding="utf-8",
    )
    (folder / "md" / "sub" / "boat.md").write_text("# The boat\n\nThe tender lands on Fridays with coal and letters.\n", encoding="utf-8")
    write_lines(
        folder / "queries.jsonl",
        [
            {"_id": "p1", "text": "How many steps do the stairs have when climbing?", "doc": "tower.md", "heading": "**Climbing it**"},
            {"_id": "p2", "text": "When does the tender land with coal?", "doc": "sub/boat.md", "heading": None},
        ],
    )
    return folder


def tables(folder: Path) -> Path:
    """One table with a pipe, a line break and a blank in its cells; one sequence of three questions."""
    write_lines(
        folder / "tables.jsonl",
        [
            {
                "_id": "t1",
                "title": "Lights | north",
                "header": ["Light", "Height", "Colour"],
                "rows": [["Skerry", "31 m", "white"], ["Holm", "12 m", "red"], ["Ness\nPoint", "20 m", ""]],
            }
        ],
    )
    asked = ("what is the height of holm?", "and the colour?", "what is the height of skerry?")
    cells = ([[1, 1]], [[1, 2]], [[0, 1]])
    answers = (["12 m"], ["red"], ["31 m"])
    write_lines(
        folder / "queries.jsonl",
        [
            {"_id": f"s|{n}", "sequence": "s", "position": n, "text": asked[n], "table": "t1", "answers": answers[n]}
            | {"answer_coordinates": cells[n]}
            for n in (2, 0, 1)
        ],
    )
    return folder


def talks(folder: Path) -> Path:
    """Two talks over the passages: a follow-up that needs what was said before, and one that nothing answers; rewrites beside them."""
    write_lines(folder / "corpus.jsonl", LAMPS)
    before = [{"speaker": "user", "text": "What is a fog horn?"}, {"speaker": "agent", "text": "A horn."}]
    write_lines(
        folder / "tasks.jsonl",
        [
            {"_id": "a<::>2", "turn": 2, "conversation": [*before, {"speaker": "user", "text": "What is it driven by?"}]}
            | {"text": "What is it driven by?", "answerability": "ANSWERABLE"},
            {"_id": "b<::>1", "turn": 1, "conversation": [{"speaker": "user", "text": "Who composed the opera Fidelio?"}]}
            | {"text": "Who composed the opera Fidelio?", "answerability": "UNANSWERABLE"},
        ],
    )
    write_qrels(folder / "qrels.tsv", [("a<::>2", "horn", 1)])
    for file, text in (
        ("human_lastturn", "What is it driven by?"),
        ("human_questions", "What is a fog horn? What is it driven by?"),
        ("human_rewrite", "What is the fog horn driven by?"),
    ):
        write_lines(folder / f"{file}.jsonl", [{"_id": "c<::>2", "text": text}, {"_id": "d<::>1", "text": "What rings the bell buoy?"}])
    write_qrels(folder / "human_qrels.tsv", [("c<::>2", "horn", 1), ("d<::>1", "buoy", 1)])
    return folder


def stems_for_model(patch: pytest.MonkeyPatch) -> StemEncoder:
    """Whatever loads an encoder gets the one of the tests, which is returned."""
    made = StemEncoder()

    class Made:
        """Stands for the class, which others ask whether something is one of; whatever is made of it is the one above."""

        def __new__(cls, *args: object, **options: object) -> StemEncoder:  # type: ignore[misc]
            return made

    for module in (room, index.encoder):
        patch.setattr(module, "LaterEncoder", Made)
    return made
