"""LangChain with FAISS and rank_bm25, fused by its ensemble. It keeps no words on disk: they are counted anew at every start."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

REQUIRES = (
    "langchain-classic",
    "langchain-community",
    "langchain-huggingface",
    "faiss-cpu",
    "rank-bm25",
    "sentence-transformers",
    "torch",
)
FINDS = "vectors (FAISS) and words (rank_bm25)"

_ID = "id"


def _model(weights: str) -> Any:
    from langchain_huggingface import HuggingFaceEmbeddings

    return HuggingFaceEmbeddings(model_name=weights, encode_kwargs={"normalize_embeddings": True})


def build(texts: list[str], folder: Path, weights: str) -> None:
    from langchain_community.vectorstores import FAISS

    FAISS.from_texts(texts, _model(weights), metadatas=[{_ID: n} for n in range(len(texts))]).save_local(str(folder))


def opened(folder: Path, weights: str, most: int) -> Callable[[str], list[int]]:
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.retrievers import BM25Retriever
    from langchain_community.vectorstores import FAISS

    # The file is the one `build` wrote.
    store = FAISS.load_local(str(folder), _model(weights), allow_dangerous_deserialization=True)
    texts = [store.docstore.search(key) for _, key in sorted(store.index_to_docstore_id.items())]
    words = BM25Retriever.from_documents(texts, k=most)
    both = EnsembleRetriever(retrievers=[store.as_retriever(search_kwargs={"k": most}), words], weights=[0.5, 0.5], id_key=_ID)
    return lambda question: [int(hit.metadata[_ID]) for hit in both.invoke(question)[:most]]
