"""Haystack with the store it brings along: kept in memory, saved as JSON; vectors and words joined by rank."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

REQUIRES = ("haystack-ai", "sentence-transformers-haystack", "sentence-transformers", "torch")
FINDS = "vectors and words (InMemoryDocumentStore)"

_FILE = "store.json"


def build(texts: list[str], folder: Path, weights: str) -> None:
    from haystack import Document
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack_integrations.components.embedders.sentence_transformers import SentenceTransformersDocumentEmbedder

    embedder = SentenceTransformersDocumentEmbedder(model=weights, progress_bar=False)
    embedder.warm_up()
    store = InMemoryDocumentStore(embedding_similarity_function="cosine")
    store.write_documents(embedder.run([Document(id=str(n), content=text) for n, text in enumerate(texts)])["documents"])
    store.save_to_disk(str(folder / _FILE))


def opened(folder: Path, weights: str, most: int) -> Callable[[str], list[int]]:
    from haystack import Pipeline
    from haystack.components.joiners import DocumentJoiner
    from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack_integrations.components.embedders.sentence_transformers import SentenceTransformersTextEmbedder

    store = InMemoryDocumentStore.load_from_disk(str(folder / _FILE))
    pipeline = Pipeline()
    pipeline.add_component("embedder", SentenceTransformersTextEmbedder(model=weights, progress_bar=False))
    pipeline.add_component("vectors", InMemoryEmbeddingRetriever(store, top_k=most))
    pipeline.add_component("words", InMemoryBM25Retriever(store, top_k=most))
    pipeline.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=most))
    pipeline.connect("embedder.embedding", "vectors.query_embedding")
    pipeline.connect("vectors", "joiner")
    pipeline.connect("words", "joiner")

    def find(question: str) -> list[int]:
        said = pipeline.run({"embedder": {"text": question}, "words": {"query": question}})
        return [int(document.id) for document in said["joiner"]["documents"]]

    return find
