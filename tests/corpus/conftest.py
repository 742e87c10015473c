"""What the tests of this room share: text to a parsed corpus, and the promises every corpus keeps."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from corpus import parse_corpus
from corpus.models import Corpus, Document, Fact, Span

# The same examples on every machine and every run: a failure is a change of the code, never of chance.
settings.register_profile("corpus", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("corpus")

_LINE_END = re.compile(r"\r\n?|\n")

Parse = Callable[..., Corpus]
Check = Callable[[Corpus], None]
Values = Callable[..., list[str]]


def _document(text: str, path: str = "page.md") -> Document:
    data = text.encode("utf-8", "surrogatepass")
    return Document(path, text, hashlib.sha256(data).hexdigest(), len(data), 0)


def _parse(*texts: str) -> Corpus:
    return parse_corpus([_document(t, f"page{i or ''}.md") for i, t in enumerate(texts)])


def _lines(text: str) -> list[str]:
    lines = _LINE_END.split(text)
    return lines[:-1] if len(lines) > 1 and not lines[-1] else lines


def _check_span(span: Span, text: str, starts: list[int]) -> None:
    assert 0 <= span.start < span.end <= len(text)
    assert span.first_line == bisect_right(starts, span.start)
    assert span.last_line == bisect_right(starts, span.end - 1)


def _check_fact(fact: Fact, corpus: Corpus, text: str, starts: list[int]) -> None:
    _check_span(fact.span, text, starts)
    assert fact.raw == text[fact.span.start : fact.span.end]
    assert fact.value.strip()
    section = corpus.sections[fact.section]
    assert section.document == fact.document
    assert section.first_line <= fact.span.first_line <= fact.span.last_line <= section.last_line
    for label in fact.labels:
        assert label.text.strip()
        if label.span is not None:
            _check_span(label.span, text, starts)
    if fact.table is not None:
        table = corpus.tables[fact.table]
        assert table.section == fact.section
        assert fact.row in range(len(table.rows))
        assert fact.column in range(len(table.columns))


def _check(corpus: Corpus) -> None:
    texts = {d.path: d.text for d in corpus.documents}
    starts = {path: [0, *(m.end() for m in _LINE_END.finditer(text))] for path, text in texts.items()}
    for things in (corpus.sections, corpus.tables, corpus.facts, corpus.chunks):
        assert [x.id for x in things] == list(range(len(things)))
    for fact in corpus.facts:
        _check_fact(fact, corpus, texts[fact.document], starts[fact.document])
    for table in corpus.tables:
        document = corpus.sections[table.section].document
        _check_span(table.span, texts[document], starts[document])
    for chunk in corpus.chunks:
        assert chunk.text.strip()
        assert all(corpus.facts[f].section == chunk.section for f in chunk.facts)
    for path, text in texts.items():
        sections = [s for s in corpus.sections if s.document == path]
        total = max(len(_lines(text)), 1)
        owned = [line for s in sections for line in range(s.first_line, s.last_line + 1)]
        assert owned == list(range(1, total + 1))  # every line, blank or not, in exactly one section, in order
        assert all(s.last_line <= s.last_line_deep <= total for s in sections)


@pytest.fixture(scope="session")
def parse() -> Parse:
    """Texts, each a document, to a corpus."""
    return _parse


@pytest.fixture(scope="session")
def check() -> Check:
    """Asserts what every corpus promises: spans, raw texts, lines, sections, ids."""
    return _check


@pytest.fixture(scope="session")
def values() -> Values:
    """The values of a text's facts, of one kind or of all but headings."""

    def of(text: str, kind: str = "") -> list[str]:
        corpus = _parse(text)
        _check(corpus)
        return [f.value for f in corpus.facts if (f.kind == kind if kind else f.kind != "heading")]

    return of


@pytest.fixture(scope="session")
def shipped() -> Path:
    """The knowledge base that comes with the project."""
    return Path(__file__).parents[2] / "corpus" / "knowledge"
