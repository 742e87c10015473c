"""What the tests of this room share: a corpus made by hand, a fake encoder that counts, folders to index."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pytest

from corpus.chunking import hash_of
from corpus.models import Chunk, Corpus, Document, Fact, Label, Section, Span, Table
from corpus.vocabulary import Entry, Vocabulary
from index import vectors
from index.builder import IndexReport, ensure_index
from index.facts import FactStore
from index.models import ModelSpec
from index.settings import IndexSettings

Floats = npt.NDArray[np.float32]


class WordEncoder:
    """Each word has its own direction: texts that share words are near. Remembers what it was asked to encode."""

    def __init__(self, dimension: int = 32, name: str = "words") -> None:
        self.spec = ModelSpec(name, "onnx", f"fake-{name}-{dimension}", None)
        self.dimension = dimension
        self.encoded: list[str] = []

    def _row(self, text: str) -> Floats:
        row = np.zeros(self.dimension, dtype=np.float64)
        for word in text.lower().split() or [""]:
            seed = int.from_bytes(hashlib.sha256(word.encode("utf-8", "replace")).digest()[:8], "big")
            row += np.random.default_rng(seed).standard_normal(self.dimension)
        scaled: Floats = (row / np.linalg.norm(row)).astype(np.float32)
        return scaled

    def encode(self, texts: Sequence[str]) -> Floats:
        return np.stack([self._row(t) for t in texts]) if texts else np.empty((0, self.dimension), dtype=np.float32)

    def encode_many(
        self, texts: Sequence[str], count: Callable[[int, int], None] | None = None
    ) -> Iterator[tuple[npt.NDArray[np.int64], Floats]]:
        for start in reversed(range(0, len(texts), 3)):  # any order is allowed, so give an odd one
            part = texts[start : start + 3]
            self.encoded += part
            if count is not None:
                count(len(self.encoded), len(texts))
            yield np.arange(start, start + len(part)), self.encode(part)

    def has_word(self, word: str) -> bool:
        return False


def held_by(folder: Path) -> dict[str, object]:
    """All that a generation holds, with each id told by its place among all: the same however documents are numbered."""
    store = FactStore(folder, None)
    try:
        ids: dict[str, dict[int | None, int | None]] = {}
        tables = ("sections", "tables", "facts", "chunks")
        for kind in tables:
            ids[kind] = {row[0]: place for place, row in enumerate(store._ask(f"SELECT id FROM {kind} ORDER BY id", ()))} | {None: None}
        groups = {row[0]: n for n, row in enumerate(store._ask("SELECT DISTINCT grp FROM facts WHERE grp IS NOT NULL ORDER BY grp", ()))}
        sections = [s for d in store.documents() for s in store.sections(d.path)]
        facts = store.facts(i for i in ids["facts"] if i is not None)
        entries = [(e.key, e.text, e.role, ids["facts"][e.fact], ids["sections"][e.section]) for e in store.all_entries()]
        keys = {entry[0] for entry in entries}
        aliases = [store.alias(key) for (key,) in store._ask("SELECT key FROM aliases ORDER BY key", ())]
        arrays = {path.name: path.read_bytes() for path in folder.glob("*.npy") if path.name not in (vectors.IDS, vectors.OWNERS)}
        return {
            "documents": store.documents(),
            "files": store.files(),
            "skipped": store.skipped(),
            "counts": (store.counts(), [store.rows(kind) for kind in tables]),
            "sections": [replace(s, id=ids["sections"][s.id]) for s in sections],
            "tables": [replace(t, id=ids["tables"][t.id], section=ids["sections"][t.section]) for t in store.tables()],
            "tables of sections": [[ids["tables"][t.id] for t in store.tables(s.id)] for s in sections],
            "facts": [
                replace(
                    f,
                    id=ids["facts"][f.id],
                    section=ids["sections"][f.section],
                    table=ids["tables"][f.table],
                    group=groups.get(f.group),
                )
                for f in facts
            ],
            "facts of sections": [[ids["facts"][f.id] for f in store.section_facts(s.id)] for s in sections],
            "cells": [[ids["facts"][f.id] for f in store.table_cells(t.id)] for t in store.tables()],
            "groups": [[ids["facts"][f.id] for f in store.group(g)] for g in groups],
            "chunks": [
                replace(c, id=ids["chunks"][c.id], section=ids["sections"][c.section], facts=tuple(ids["facts"][f] for f in c.facts))
                for c in store.all_chunks()
            ],
            "chunks of facts": [[ids["chunks"][c] for c in store.chunks_of_facts([f.id])[f.id]] for f in facts],
            "entries": entries,
            "filed": {key: [(e.text, e.role, ids["facts"][e.fact], ids["sections"][e.section]) for e in store.names(key)] for key in keys},
            "aliases": [a and replace(a, fact=ids["facts"][a.fact], section=ids["sections"][a.section]) for a in aliases],
            "words": [store._ask(f"SELECT * FROM {kind} ORDER BY 1", ()) for kind in ("frequencies", "forms", "labels")],
            "finds": store._ask("SELECT key, text, name, how, path, anchor FROM finds ORDER BY id", ()),
            "arrays": arrays,
            "ids": np.load(folder / vectors.IDS).tolist() == [i for i in ids["chunks"] if i is not None],
        }
    finally:
        store.close()


class Build(Protocol):
    def __call__(
        self, kb: Path, *, encoder: WordEncoder | None = None, rebuild: bool = False, settings: IndexSettings | None = None
    ) -> IndexReport: ...


def _chunk(number: int, section: int, facts: tuple[int, ...], heading: str, labels: str, value: str) -> Chunk:
    text = " › ".join(x for x in (heading, labels, value) if x)
    return Chunk(number, "fact", section, facts, text, heading, labels, value, hash_of("fact", text, heading, labels, value))


@pytest.fixture
def corpus() -> Corpus:
    """One document with a table of two rows and a list of two items, made by hand: no parser is involved."""
    text = "# Fruit\n\n| Kind | Colour |\n|---|---|\n| apple | red |\n| plum | blue |\n\n1. wash\n2. **eat**\n"
    document = Document("fruit.md", text, hashlib.sha256(text.encode()).hexdigest(), len(text.encode()), 7)

    def span(piece: str) -> Span:
        start = text.index(piece)
        line = text.count("\n", 0, start) + 1
        return Span(start, start + len(piece), line, line)

    def cell(number: int, row: int, label: str, value: str) -> Fact:
        labels = (Label("row", label, span(label)), Label("column", "Colour", span("Colour")))
        return Fact(number, "cell", "fruit.md", 0, span(value), value, value, labels, (value,), table=0, row=row, column=1)

    facts = (
        cell(0, 0, "apple", "red"),
        cell(1, 1, "plum", "blue"),
        Fact(2, "item", "fruit.md", 0, span("wash"), "wash", "wash", group=0, position=0, ordered=True),
        Fact(
            3,
            "item",
            "fruit.md",
            0,
            span("**eat**"),
            "**eat**",
            "eat",
            (Label("lead", "First this"),),
            group=0,
            position=1,
            depth=2,
            ordered=True,
        ),
    )
    sections = (Section(0, "fruit.md", ("Fruit",), 1, 1, 9, 9),)
    tables = (Table(0, 0, Span(9, 70, 3, 6), ("Kind", "Colour"), ("apple", "plum"), "What colours", "rows", (0, 1, None)),)
    chunks = (
        _chunk(0, 0, (0,), "Fruit", "apple Colour", "red"),
        _chunk(1, 0, (1,), "Fruit", "plum Colour", "blue"),
        _chunk(2, 0, (2, 3), "Fruit", "", "wash eat"),
        _chunk(3, 0, (), "Fruit", "", "a passage — with “signs” and 水"),
    )
    return Corpus((document,), sections, tables, facts, chunks, ("other.md: not text",))


@pytest.fixture
def vocabulary() -> Vocabulary:
    entries = (Entry("appl", "Apples", "heading", None, 0), Entry("appl", "apple", "row", 0, 0), Entry("colour", "Colour", "column", 0, 0))
    return Vocabulary(entries, {"appl": 1, "red": 1, "fruit": 4}, {"apple": "appl", "apples": "appl", "red": "red"})


@pytest.fixture
def kb(tmp_path: Path) -> Path:
    """A small folder of Markdown, old enough that its times are believed."""
    folder = tmp_path / "kb"
    folder.mkdir()
    (folder / "fruit.md").write_text("# Fruit\n\n| Kind | Colour |\n|---|---|\n| apple | red |\n| plum | blue |\n", encoding="utf-8")
    (folder / "tools.md").write_text(
        "# Tools\n\n- Knife: cuts fruit\n- Spoon: stirs soup\n\nEvery kitchen needs a board.\n", encoding="utf-8"
    )
    for path in folder.iterdir():
        os.utime(path, (1_000_000_000, 1_000_000_000))
    return folder


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def encoder() -> WordEncoder:
    return WordEncoder()


@pytest.fixture
def make_encoder() -> type[WordEncoder]:
    return WordEncoder


@pytest.fixture(name="held_by")
def held_by_fixture() -> Callable[[Path], dict[str, object]]:
    return held_by


@pytest.fixture
def build(directory: Path) -> Build:
    """`ensure_index` into this test's folder, with a fake encoder unless one is given."""

    def run(kb: Path, *, encoder: WordEncoder | None = None, rebuild: bool = False, settings: IndexSettings | None = None) -> IndexReport:
        return ensure_index(kb, directory=directory, encoder=encoder or WordEncoder(), rebuild=rebuild, settings=settings)

    return run
