"""A folder's documents to one corpus: every file taken apart, ids made unique over all of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from corpus.chunking import make_chunks
from corpus.facts import Parsed, add_document, name_in_words, settle_tables
from corpus.models import Corpus, Document


def parse_corpus(documents: Iterable[Document], skipped: Iterable[str] = ()) -> Corpus:
    """Take documents apart into sections, tables, facts and chunks. Never raises, whatever their text."""
    documents = tuple(documents)
    parsed = Parsed()
    for document in documents:
        add_document(document, parsed)
    settle_tables(parsed)
    chunks = make_chunks(parsed)
    tables, facts = tuple(parsed.tables), tuple(parsed.facts)
    return Corpus(documents, tuple(parsed.sections), tables, facts, tuple(chunks), tuple(skipped), titles_of(parsed))


def titles_of(parsed: Parsed) -> dict[str, str]:
    """What each of several documents is called: by itself, else by the name of its file. One alone need not be told from others."""
    if len(parsed.titles) < 2:
        return {}
    return {document: title or name_in_words(document) for document, title in parsed.titles.items()}
