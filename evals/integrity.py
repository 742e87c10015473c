"""What has to hold for every answer, whatever was asked: the promises that no expectation needs to repeat.

Pure: the text of a document comes from the caller. Each finding is one line that names the citation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.models import Answer, Citation
from evals.models import ANSWERS

Read = Callable[[str], str]
"""Path inside the knowledge base -> the document's text. May raise; that is a finding."""

_LINE = re.compile(r"\r\n|\r|\n")
_MARKER = re.compile(r"(?<![\w\]])\[(\d+)\](?!\()")


def quote_stands(text: str, quote: str, lines: tuple[int, int]) -> bool:
    """Whether `quote` stands in `text` word for word, from the first of `lines` to the last (1-based, inclusive).

    Wider lines than the quote needs do not count: a citation that names a whole file would always be true.
    """
    starts = [0, *(found.end() for found in _LINE.finditer(text))]
    first, last = lines
    if not quote or not 1 <= first <= last <= len(starts):
        return False
    begin = starts[first - 1]
    end = starts[last] if last < len(starts) else len(text)
    second = starts[first] if first < len(starts) else len(text) + 1
    at = text.find(quote, begin, end)
    while at != -1 and at < second:
        if at + len(quote) > starts[last - 1]:
            return True
        at = text.find(quote, at + 1, end)
    return False


def _false_quotes(citations: Sequence[Citation], read: Read, what: str) -> list[str]:
    found = []
    for citation in citations:
        place = f"{what} [{citation.marker}] {citation.document}:{citation.lines[0]}-{citation.lines[1]}"
        try:
            text = read(citation.document)
        except Exception as error:  # noqa: BLE001 - a document that cannot be read is what is being looked for
            found.append(f"{place}: cannot be opened ({error})")
            continue
        if not quote_stands(text, citation.quote, citation.lines):
            found.append(f"{place}: the quote is not there: {citation.quote[:80]!r}")
    return found


def check_answer(answer: Answer, read: Read) -> list[str]:
    """Every broken promise of one answer; an empty list when it keeps them all."""
    found = _false_quotes(answer.citations, read, "citation") + _false_quotes(answer.nearest, read, "nearest")
    if not answer.text.strip() or not answer.markdown.strip():
        found.append("the answer is empty")
    markers = [citation.marker for citation in answer.citations]
    if sorted(set(markers)) != list(range(1, len(set(markers)) + 1)) or len(set(markers)) != len(markers):
        found.append(f"markers are not 1 to {len(markers)}, each once: {markers}")
    shown = {int(number) for number in _MARKER.findall(answer.markdown)}
    if missing := sorted(set(markers) - shown):
        found.append(f"cited, but no marker in the Markdown: {missing}")
    if answer.status in ANSWERS and not answer.citations:
        found.append(f"{answer.status} without a citation")
    if answer.status not in ANSWERS and answer.citations:
        found.append(f"{answer.status}, yet it cites {len(answer.citations)} places as if it were an answer")
    if (answer.status == "declined") != (answer.decline is not None) and answer.status not in {"corrected", "clarify"}:
        found.append(f"status {answer.status} with decline {answer.decline}")
    if any(marker in answer.text for marker in (f"[{number}]" for number in markers)):
        found.append("the plain text holds citation markers")
    return found
