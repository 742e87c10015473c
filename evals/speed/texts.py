"""Real sentences and words to make folders of: those of a folder, and those every Python carries about itself.

The language reference and the docstrings of the standard library are on every machine this program runs on, are prose about things
with names, and are large enough: some ten thousand sentences. Another release of Python has others, so their hash stands in a report.
"""

from __future__ import annotations

import ast
import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_PLAIN = re.compile(r"[A-Z][A-Za-z0-9 ,.;:'()/%-]*\.")  # a sentence without markup or code
_MARKS = re.compile(r"[*`\"]")
_WORD = re.compile(r"\b[a-z]{4,12}\b")
_FEWEST, _MOST = 6, 32  # words of a sentence
_NAMING = 3  # times a word has to occur to be made a name of
_OTHER = frozenset(
    ("site-packages", "dist-packages", "test", "idlelib", "lib2to3", "turtledemo", "pydoc_data")
)  # not prose, or not always there


@dataclass(frozen=True, slots=True)
class Texts:
    """What folders are made of."""

    sentences: tuple[str, ...]  # real, each once, in the order they were found
    words: tuple[str, ...]  # lower case, most frequent first: what names are made of
    sha256: str  # of the sentences

    @classmethod
    def of(cls, paragraphs: Iterable[str]) -> Texts:
        """The plain sentences of paragraphs; code, markup and fragments are left out."""
        from assistant.language import language

        sentences = tuple(dict.fromkeys(s for p in paragraphs for s in plain_sentences(p)))
        counts = Counter(w for s in sentences for w in _WORD.findall(s) if w not in language().function_words)
        words = tuple(w for w, n in sorted(counts.items(), key=lambda item: (-item[1], item[0])) if n >= _NAMING)
        return cls(sentences, words, hashlib.sha256("\n".join(sentences).encode()).hexdigest())


def plain_sentences(paragraph: str) -> Iterator[str]:
    """The whole sentences of a paragraph that are plain prose."""
    text = _MARKS.sub("", " ".join(paragraph.split()))
    for sentence in _SENTENCE_END.split(text):
        if _PLAIN.fullmatch(sentence) and _FEWEST <= len(sentence.split()) <= _MOST:
            yield sentence


def of_folder(folder: Path) -> Texts:
    """The texts of a folder of Markdown.

    Raises:
        KbError: there is no such folder, or nothing in it can be read.
    """
    return Texts.of(_facts_of(folder))


def shipped(folder: Path) -> Texts:
    """The texts of a folder, then those every Python carries: what is taken where no other folder is named."""
    return Texts.of([*_facts_of(folder), *_language_reference(), *_docstrings(Path(os.__file__).parent)])


def _facts_of(folder: Path) -> Iterator[str]:
    from corpus import parse_corpus
    from corpus.reader import read_folder
    from corpus.settings import CorpusSettings

    parsed = parse_corpus(read_folder(folder, CorpusSettings()).documents)
    return (fact.value for fact in parsed.facts if fact.kind in ("sentence", "item", "pair", "cell"))


def _language_reference() -> Iterator[str]:
    from pydoc_data.topics import topics

    for _, text in sorted(topics.items()):
        yield from _paragraphs(text)


def _docstrings(library: Path) -> Iterator[str]:
    inside = (p for p in library.glob("*/*.py") if p.parent.name not in _OTHER)
    for path in sorted((*library.glob("*.py"), *inside)):
        tree = ast.parse(path.read_bytes())
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and (text := ast.get_docstring(node)):
                yield from _paragraphs(text)


def _paragraphs(text: str) -> Iterator[str]:
    """Paragraphs that are not set in, which code and grammar are."""
    for block in re.split(r"\n\s*\n", text):
        if not block.startswith((" ", "\t", ">>>")) and "::=" not in block:
            yield block
