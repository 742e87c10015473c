"""Names that a question writes as one – `a.b`, *Big Name* – and whether what was found for it holds them as one. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from assistant.frame import Frame
from assistant.language import language
from assistant.mentions import Tie
from assistant.retrieval import Evidence
from corpus.words import runs, stem, words

AS_ONE = re.compile(r"(?:\.|_|::|->)+")  # what joins the parts of an identifier; hyphens and slashes join ordinary words too


def with_unheld(frame: Frame, evidence: Evidence) -> Frame:
    """The frame with the words of every name that is written as one and stands nowhere as one counted as not known.

    Each word of *Google Cloud Storage* may stand somewhere; where they never stand together, the name is of something else.
    """
    if frame.kind == "decision":
        return frame  # names in a story are part of the story
    spans = [span for span in (*_identifiers(frame), *_capitals(frame)) if not _held(frame, span, evidence)]
    places = tuple(p for start, end in spans for p in range(start, end))
    if not places:
        return frame
    return replace(
        frame,
        unheld=frozenset(places),
        strange=tuple(sorted({*frame.strange, *places})),
        unknown=tuple(sorted({*frame.unknown, *places})),
        content=tuple(sorted({*frame.content, *places})),
        ties=tuple(t for t in frame.ties if not any(p in places for p in range(t.start, t.end))),
    )


def _identifiers(frame: Frame) -> Iterator[tuple[int, int]]:
    """Runs of words joined as code joins them (`retry.limit`, `max_size`), at least two of them with letters."""
    for start, end in _runs(frame, lambda between: AS_ONE.fullmatch(between) is not None):
        if sum(t.word[0].isalpha() and len(t.word) > 1 for t in frame.tokens[start:end]) > 1:
            yield start, end


def _capitals(frame: Frame) -> Iterator[tuple[int, int]]:
    """Runs of two words and more with a capital each, inside a sentence that has words without.

    None of them names a known thing, and each is a word of the knowledge base or of English: it is only together that they are a name.
    """
    if all(t.surface[:1].isupper() for t in frame.tokens if t.surface[:1].isalpha()):
        return
    soft = language().soft
    named = [t for t in frame.ties if {"row", "column"} <= t.roles or t.end - t.start > 1 or _as_written(t)]
    things = {p for t in named for p in range(t.start, t.end)}
    for start, end in _runs(frame, lambda between: between == " "):
        begin = start
        for place in range(start, end + 1):
            token = frame.tokens[place] if place < end else None
            proper = token is not None and place > 0 and token.surface[:1].isupper() and not token.function and token.word not in soft
            if proper:
                continue
            if place - begin > 1 and not (things | set(frame.strange)) & set(range(begin, place)):
                yield begin, place
            begin = place + 1


def _runs(frame: Frame, joined: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
    """Runs of tokens with only such text between them, as first place and place after the last."""
    start = 0
    for place in range(1, len(frame.tokens) + 1):
        if place < len(frame.tokens) and joined(frame.text[frame.tokens[place - 1].end : frame.tokens[place].start]):
            continue
        if place - start > 1:
            yield start, place
        start = place


def _held(frame: Frame, span: tuple[int, int], evidence: Evidence) -> bool:
    """Whether the words stand side by side, in this order, in a fact that was found or in what it stands under."""
    wanted = [t.stem for t in frame.tokens[span[0] : span[1]]]
    joined = "".join(t.word for t in frame.tokens[span[0] : span[1]])
    for candidate in evidence.candidates:
        fact = candidate.fact
        for text in (fact.value, *(x.text for x in fact.labels), *candidate.headings, *fact.names, fact.document):
            said = words(text)
            if joined in said or runs(wanted, [stem(w) for w in said]):
                return True
    return False


def _as_written(tie: Tie) -> bool:
    """Whether the words of a tie are its name but for case and plural; a shared stem (*Making*, `Make`) does not make a name."""
    return tie.words.lower().rstrip("s") == tie.name.lower().rstrip("s")
