"""Documents to facts: each taken apart by itself, or all of a folder to one corpus. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from corpus.chunking import make_chunks
from corpus.facts import Parsed, add_document, name_in_words, settle_tables
from corpus.models import Corpus, Document
from corpus.tables import entity_axis


def parse_corpus(documents: Iterable[Document], skipped: Iterable[str] = ()) -> Corpus:
    """Take documents apart into sections, tables, facts and chunks, ids made unique over all of them. Never raises, whatever their text."""
    documents = tuple(documents)
    parsed = Parsed()
    for document in documents:
        add_document(document, parsed)
    settle_tables(parsed)
    chunks = make_chunks(parsed)
    tables, facts = tuple(parsed.tables), tuple(parsed.facts)
    return Corpus(documents, tuple(parsed.sections), tables, facts, tuple(chunks), tuple(skipped), titles_of(parsed))


def take_apart(document: Document, *, several: bool) -> Corpus:
    """One document as a corpus of its own, which no other document has a say in. Never raises, whatever its text.

    What the labels of a whole folder decide (`corpus.tables.is_open`) stands as if there were none.

    Args:
        several: it is one among several documents, so its chunks and names carry what it is called.
    """
    parsed = Parsed()
    add_document(document, parsed)
    tables = tuple(replace(t, entities=entity_axis(t.columns, t.rows, {})) for t in parsed.tables)
    chunks = make_chunks(parsed, several=several)
    titles = {document.path: parsed.titles[document.path] or name_in_words(document.path)} if several else {}
    return Corpus((document,), tuple(parsed.sections), tables, tuple(parsed.facts), tuple(chunks), (), titles)


def titles_of(parsed: Parsed) -> dict[str, str]:
    """What each of several documents is called: by itself, else by the name of its file. One alone need not be told from others."""
    if len(parsed.titles) < 2:
        return {}
    return {document: title or name_in_words(document) for document, title in parsed.titles.items()}
