"""Judge one answer against one expectation. Pure: no files, no model, no clock.

A text is compared after both sides are brought to one form: one kind of quotation mark, dash, arrow and blank, white
space as one blank. A literal has to stand as whole words ("No" is not in "noise"); a `/regular expression/` may match
anywhere. Case never counts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.models import Answer, Citation, Reading
from evals.models import ANSWERS, CitationScore, Expectation, FrameExpectation, Reference

_TYPOGRAPHY = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"',
        "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-",
        "\u21d2": "→", "\u27f6": "→",
    }
)  # fmt: skip
_ENUMERATION = re.compile(r"^(?:§\s*)?\d+(?:\.\d+)*[.):]?\s+")


@dataclass(frozen=True, slots=True)
class Match:
    """The judgement: right when there are no failures; each says what was expected."""

    failures: tuple[str, ...]
    score: CitationScore

    @property
    def right(self) -> bool:
        return not self.failures


def normalise(text: str) -> str:
    """One form for text that a reader would call the same; letter case is kept."""
    text = unicodedata.normalize("NFKC", text).translate(_TYPOGRAPHY)
    text = re.sub(r"-+>|=+>", "→", text)
    return re.sub(r"\s+", " ", text).strip()


def is_pattern(text: str) -> bool:
    """Whether an expected text is a `/regular expression/` and not a literal."""
    return len(text) > 2 and text.startswith("/") and text.endswith("/")


def compile_text(expected: str) -> re.Pattern[str]:
    """The pattern that finds an expected text in a normalised one.

    Raises:
        re.error: the regular expression is faulty.
    """
    if is_pattern(expected):
        return re.compile(expected[1:-1], re.IGNORECASE)
    literal = normalise(expected)
    # Word boundaries only where the literal itself begins or ends with a word character: "(e.g." or "CI/CD →" stay findable.
    before = r"(?<!\w)" if literal[:1].isalnum() else ""
    after = r"(?!\w)" if literal[-1:].isalnum() else ""
    return re.compile(before + re.escape(literal) + after, re.IGNORECASE)


def holds(text: str, expected: str) -> bool:
    """Whether `text` (as it came) holds the expected literal or pattern."""
    return compile_text(expected).search(normalise(text)) is not None


def label(text: str) -> str:
    """A heading or table label for comparing: no markup, no numbering, no case, no closing colon."""
    text = normalise(re.sub(r"[*`]|__", "", text)).casefold().strip().rstrip(":").rstrip()
    return _ENUMERATION.sub("", text) or text


def heading_labels(heading: str) -> tuple[str, ...]:
    """The labels of a heading as a reference writes it: one, or several from the outermost in, with › between them."""
    return tuple(label(part) for part in heading.split("›"))


def leads_through(path: Iterable[str], labels: Iterable[str]) -> bool:
    """Whether the headings on the way to a place, outermost first and as labels, hold these in this order."""
    rest = iter(path)
    return all(wanted in rest for wanted in labels)


class Located(Protocol):
    """Something that stands in a section of a file: a citation, a section that was found."""

    @property
    def document(self) -> str: ...

    @property
    def section(self) -> tuple[str, ...]: ...


def cites_section(citation: Located, reference: Reference) -> bool:
    """Same file and, where the reference names a heading, that heading anywhere on the way to the cited place."""
    if citation.document != reference.document:
        return False
    return reference.heading is None or leads_through(map(label, citation.section), heading_labels(reference.heading))


def cites(citation: Citation, reference: Reference) -> bool:
    """As `cites_section`, and the cell where the reference names one."""
    if not cites_section(citation, reference):
        return False
    if not reference.names_cell:
        return True
    if citation.cell is None:
        return False
    row = reference.row is None or label(reference.row) == label(citation.cell.row)
    column = reference.column is None or label(reference.column) == label(citation.cell.column)
    return row and column


def _share(values: Iterable[bool]) -> float | None:
    listed = list(values)
    return sum(listed) / len(listed) if listed else None


def score_citations(citations: Sequence[Citation], expectation: Expectation) -> CitationScore:
    """Precision and recall of the places cited, as sets of citations and references.

    Precision is the share of citations that match any expected place, recall the share of expected places that are
    cited; of `cite_any`, which asks for one, the whole group counts as one place. None where the denominator is empty.
    Source: Manning, Raghavan and Schütze, Introduction to Information Retrieval (2008), section 8.3.
    """
    if not (expectation.cite_any or expectation.cite_all):
        return CitationScore()
    everywhere = (*expectation.cite_any, *expectation.cite_all)
    groups = [[reference] for reference in expectation.cite_all]
    if expectation.cite_any:
        groups.append(list(expectation.cite_any))
    cell_groups = [group for group in groups if all(reference.names_cell for reference in group)]
    celled = [citation for citation in citations if citation.cell is not None] if cell_groups else []
    return CitationScore(
        section_precision=_share(any(cites_section(c, r) for r in everywhere) for c in citations),
        section_recall=_share(any(cites_section(c, r) for c in citations for r in group) for group in groups),
        cell_precision=_share(any(cites(c, r) for r in everywhere) for c in celled),
        cell_recall=_share(any(cites(c, r) for c in citations for r in group) for group in cell_groups),
    )


def _listing(items: Iterable[object]) -> str:
    return " or ".join(str(item) for item in items)


def describe(expectation: Expectation) -> tuple[str, ...]:
    """What an expectation asks for, a line for each thing, for reading."""
    kinds = f" ({_listing(expectation.decline)})" if expectation.decline else ""
    lines = [f"is {_listing(expectation.status)}{kinds}"]
    lines += [f"says {text}" for text in expectation.must]
    lines += [f"says one of: {' | '.join(group)}" for group in expectation.any]
    lines += [f"does not say {text}" for text in expectation.must_not]
    lines += [f"cites {reference}" for reference in expectation.cite_all]
    if expectation.cite_any:
        lines.append(f"cites {'one of: ' if len(expectation.cite_any) > 1 else ''}{' | '.join(map(str, expectation.cite_any))}")
    if expectation.frame is not None:
        for key, value in expectation.frame:
            if value not in ((), None):
                lines.append(f"is read with {key}: {value if isinstance(value, bool) else ', '.join(value)}")
    return tuple(lines)


def match_frame(reading: Reading, expected: FrameExpectation) -> list[str]:
    """In what a question was understood otherwise than expected; each line says what was expected and what came."""
    failures: list[str] = []
    if expected.kind and reading.kind not in expected.kind:
        failures.append(f"frame: kind: expected {_listing(expected.kind)}, got {reading.kind}")
    tied = tuple(dict.fromkeys(mention.name for mention in reading.mentions))
    known = {label(name) for name in tied}
    got = ", ".join(tied) or "nothing"
    if missing := [name for name in expected.mentions if label(name) not in known]:
        failures.append(f"frame: mentions: expected {', '.join(missing)}, got {got}")
    if extra := [name for name in expected.without if label(name) in known]:
        failures.append(f"frame: mentions: expected none of {', '.join(extra)}, got {got}")
    if expected.kept is not None and expected.kept != bool(reading.kept):
        failures.append(f"frame: kept: expected {'something' if expected.kept else 'nothing'}, got {', '.join(reading.kept) or 'nothing'}")
    pairs: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
        ("repaired", expected.repaired, tuple(read for _, read in reading.repaired)),
        ("unknown", expected.unknown, reading.unknown),
    )
    for key, wanted, there in pairs:
        if missing := [name for name in wanted if label(name) not in set(map(label, there))]:
            failures.append(f"frame: {key}: expected {', '.join(missing)}, got {', '.join(there) or 'nothing'}")
    return failures


def match(answer: Answer, expectation: Expectation) -> Match:
    """Everything in which an answer falls short of an expectation.

    A wrong status is then reported alone, or with how the question was misread: what a refusal does not say would be noise.
    Where a case allows an answer or a refusal, texts and citations are asked of the answer only; the frame is asked of both.
    """
    failures: list[str] = []
    misread = [] if expectation.frame is None else match_frame(answer.reading, expectation.frame)
    score = score_citations(answer.citations, expectation) if answer.status in ANSWERS else CitationScore()
    if answer.status not in expectation.status:
        got = f"{answer.status} ({answer.decline})" if answer.decline else answer.status
        failures.append(f"status: expected {_listing(expectation.status)}, got {got}")
        return Match((*failures, *misread), score)
    if expectation.decline and answer.status not in {"answered", "smalltalk"} and answer.decline not in expectation.decline:
        failures.append(f"kind of no: expected {_listing(expectation.decline)}, got {answer.decline}")
    mixed = expectation.refuses is None and answer.status not in ANSWERS
    if not mixed:
        failures += [f"says not: {text}" for text in expectation.must if not holds(answer.text, text)]
        failures += [f"says none of: {' | '.join(group)}" for group in expectation.any if not any(holds(answer.text, t) for t in group)]
    failures += [f"must not say: {text}" for text in expectation.must_not if holds(answer.text, text)]
    if answer.status in ANSWERS:
        failures += [f"cites not: {r}" for r in expectation.cite_all if not any(cites(c, r) for c in answer.citations)]
        wanted = expectation.cite_any
        if wanted and not any(cites(c, r) for c in answer.citations for r in wanted):
            failures.append(f"cites none of: {' | '.join(map(str, wanted))}")
    return Match((*failures, *misread), score)
