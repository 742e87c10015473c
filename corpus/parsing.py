"""A folder's documents to one corpus: every file taken apart, ids made unique over all of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from corpus.chunking import make_chunks
from corpus.facts import Parsed, add_document, settle_tables
from corpus.models import Corpus, Document


def parse_corpus(documents: Iterable[Document], skipped: Iterable[str] = ()) -> Corpus:
    """Take documents apart into sections, tables, facts and chunks. Never raises, whatever their text."""
    documents = tuple(documents)
    parsed = Parsed()
    for document in documents:
        add_document(document, parsed)
    settle_tables(parsed)
    chunks = make_chunks(parsed)
    return Corpus(documents, tuple(parsed.sections), tuple(parsed.tables), tuple(parsed.facts), tuple(chunks), tuple(skipped))
