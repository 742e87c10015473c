"""txtai as its guide sets up hybrid search: Faiss and BM25 side by side, the texts themselves in SQLite."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

REQUIRES = ("txtai", "faiss-cpu", "sentence-transformers", "torch")
FINDS = "vectors (Faiss) and words (BM25)"


def build(texts: list[str], folder: Path, weights: str) -> None:
    from txtai import Embeddings

    embeddings = Embeddings(path=weights, hybrid=True, content=True)
    embeddings.index((n, text, None) for n, text in enumerate(texts))
    embeddings.save(str(folder))


def opened(folder: Path, weights: str, most: int) -> Callable[[str], list[int]]:  # noqa: ARG001 - the index says where they are
    from txtai import Embeddings

    embeddings = Embeddings()
    embeddings.load(str(folder))
    return lambda question: [int(hit["id"]) for hit in embeddings.search(question, most)]
