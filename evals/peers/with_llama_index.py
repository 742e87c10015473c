"""LlamaIndex with the stores it brings along: its own vector store and bm25s, fused by rank; no language model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

REQUIRES = ("llama-index-core", "llama-index-embeddings-huggingface", "llama-index-retrievers-bm25", "sentence-transformers", "torch")
FINDS = "vectors (SimpleVectorStore) and words (bm25s)"


def build(texts: list[str], folder: Path, weights: str) -> None:
    from llama_index.core import VectorStoreIndex
    from llama_index.core.schema import TextNode
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.retrievers.bm25 import BM25Retriever

    nodes = [TextNode(id_=str(n), text=text) for n, text in enumerate(texts)]
    index = VectorStoreIndex(nodes, embed_model=HuggingFaceEmbedding(model_name=weights))
    index.storage_context.persist(persist_dir=str(folder / "vectors"))
    BM25Retriever.from_defaults(nodes=nodes).persist(str(folder / "words"))


def opened(folder: Path, weights: str, most: int) -> Callable[[str], list[int]]:
    from llama_index.core import StorageContext, load_index_from_storage
    from llama_index.core.llms import MockLLM
    from llama_index.core.retrievers import QueryFusionRetriever
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.retrievers.bm25 import BM25Retriever

    storage = StorageContext.from_defaults(persist_dir=str(folder / "vectors"))
    index = load_index_from_storage(storage, embed_model=HuggingFaceEmbedding(model_name=weights))
    words = BM25Retriever.from_persist_dir(str(folder / "words"))
    words.similarity_top_k = most
    both = QueryFusionRetriever(
        [index.as_retriever(similarity_top_k=most), words],
        similarity_top_k=most,
        num_queries=1,  # the question as it is: more would be worded by a language model
        mode="reciprocal_rerank",
        use_async=False,
        llm=MockLLM(),
    )
    return lambda question: [int(hit.node.node_id) for hit in both.retrieve(question)]
