"""Chroma on disk. What runs on one's own machine searches by vectors alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

REQUIRES = ("chromadb", "sentence-transformers", "torch")
FINDS = "vectors alone (HNSW)"

_NAME = "texts"


def _client(folder: Path) -> Any:
    import chromadb

    return chromadb.PersistentClient(str(folder), settings=chromadb.Settings(anonymized_telemetry=False))


def _model(weights: str) -> Any:
    from chromadb.utils.embedding_functions import SentenceTransformerEmbeddingFunction

    return SentenceTransformerEmbeddingFunction(model_name=weights, normalize_embeddings=True)


def build(texts: list[str], folder: Path, weights: str) -> None:
    client = _client(folder)
    kept = client.create_collection(_NAME, embedding_function=_model(weights), configuration={"hnsw": {"space": "cosine"}})
    step = client.get_max_batch_size()
    for first in range(0, len(texts), step):
        part = texts[first : first + step]
        kept.add(ids=[str(n) for n in range(first, first + len(part))], documents=part)


def opened(folder: Path, weights: str, most: int) -> Callable[[str], list[int]]:
    kept = _client(folder).get_collection(_NAME, embedding_function=_model(weights))
    return lambda question: [int(key) for key in kept.query(query_texts=[question], n_results=most)["ids"][0]]
