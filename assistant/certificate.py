"""Proof of an answer: what it quotes stands in the files, and nothing else is said.

`make` writes the atoms of a worded answer; `verify_answer` checks a saved answer against the files alone:
it needs neither the index nor the engine. Every word of an answer is a word of a quoted span, of the fixed
wording, or of the question; a number is the count of the quotes it names.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant import numbers
from assistant.models import Atom
from assistant.question import clean, plainly
from assistant.wording import Claim, Quote, Rendered, Wording
from corpus.markdown import plain
from corpus.reader import read_text
from corpus.words import in_order, key, runs

Text = tuple[str, str]  # (text of the file, SHA-256 of its bytes)
_WORD = re.compile(r"\w+")
_LIST_NUMBER = re.compile(r"(?<!\S)(\d{1,4})\.(?!\S)")
_CELL_TAG = re.compile(r"<t[dh]\b(?:[^<>]*?\browspan\s*=\s*[\"']?\s*(?P<rows>\d{1,4}))?[^<>]*>", re.I)
_TAG_WITHIN = 1000  # characters before the text of an HTML cell in which its tag is
_CELL_ENDS = re.compile(r"</(?:t[dhr]|table)\b", re.I)
_ROW_TAG = re.compile(r"<tr\b", re.I)
_PROVED = ("answered", "corrected")


@dataclass(frozen=True, slots=True)
class Check:
    """What a check of a saved answer found."""

    problems: tuple[str, ...]  # empty: the answer holds
    notes: tuple[str, ...]  # changes elsewhere that do not touch it

    @property
    def holds(self) -> bool:
        """Whether every claim stands."""
        return not self.problems


def make(rendered: Rendered, claims: Iterable[Claim], read: Callable[[str], Text]) -> tuple[Atom, ...]:
    """The atoms of a worded answer: a quote for everything printed of the files, then what is computed from quotes.

    Args:
        claims: counts, unions, comparisons, absences and orders, with the quotes they rest on; a quote that is not
            printed becomes an atom without a marker. That a label is beside a cell is claimed of what is printed only.
        read: gives text and SHA-256 of a document by its path.
    """
    atoms: list[Atom] = []
    places: dict[tuple[str, int, int, str], int] = {}

    def quoted(quote: Quote, marker: int | None) -> int:
        place = _place(quote)
        if place in places and atoms[places[place]].marker in (marker, None):
            if marker is not None:
                atoms[places[place]] = atoms[places[place]].model_copy(update={"marker": marker})
            return places[place]
        text, sha = read(quote.document)
        span = quote.span
        places[place] = len(atoms)
        atoms.append(
            Atom(
                op="quote",
                marker=marker,
                document=quote.document,
                sha256=sha,
                start=span.start,
                end=span.end,
                quote=text[span.start : span.end],
                text=quote.text,
            )
        )
        return places[place]

    for quote, marker in rendered.quotes:
        quoted(quote, marker)
    for claim in claims:
        if claim.op == "beside" and not (_apart(claim.of) and all(_place(q) in places for q in claim.of)):
            continue
        of = tuple(places.get(_place(q), -1) for q in claim.of)
        of = tuple(dict.fromkeys(quoted(q, None) if at < 0 else at for q, at in zip(claim.of, of, strict=True)))
        text = "; ".join(_distinct(q.text for q in claim.of)) if claim.op == "union" else claim.text
        atoms.append(Atom(op=claim.op, text=text, of=of))
    return tuple(atoms)


def _place(quote: Quote) -> tuple[str, int, int, str]:
    return quote.document, quote.span.start, quote.span.end, quote.text


def _apart(pair: Sequence[Quote]) -> bool:
    """Whether two quotes stand at two places: a name that is the very cell stands beside nothing."""
    label, cell = pair
    return (label.document, label.span) != (cell.document, cell.span)


def digest(status: str, text: str, markdown: str, citations: Sequence[Mapping[str, Any]], decline: str | None, rule: str) -> str:
    """The `answer_id`: a hash that is equal for equal answers, whatever the question's id and the time it took."""
    same = json.dumps([status, text, markdown, list(citations), decline, rule], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(same.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def unproved(answer: Mapping[str, Any], fixed: frozenset[str]) -> list[str]:
    """Words of an answer's text that nothing accounts for, in order."""
    allowed = set(fixed)
    allowed |= set(_WORD.findall(str(answer["question"]).lower()))
    allowed |= set(_WORD.findall(str(answer.get("reading", {}).get("question", "")).lower()))
    for mention in answer.get("reading", {}).get("mentions", ()):
        allowed |= set(_WORD.findall(str(mention["name"]).lower()))
    for atom in answer["certificate"]:
        if atom["op"] in ("quote", "count", "absence"):
            allowed |= set(_WORD.findall(str(atom["text"]).lower()))
    text = str(answer["text"]).lower()
    numbering = _numbering(text)
    return [m[0] for m in _WORD.finditer(text) if m[0] not in allowed and m.start() not in numbering]


def _numbering(text: str) -> set[int]:
    """Where the numbers of a list stand: `1.`, and each that goes on from one before it."""
    reached, places = {0}, set[int]()
    for match in _LIST_NUMBER.finditer(text):
        if int(match[1]) - 1 in reached:
            reached.add(int(match[1]))
            places.add(match.start())
    return places


def check(answer: Mapping[str, Any], read: Callable[[str], Text], fixed: frozenset[str]) -> Check:
    """Recompute every atom of an answer.

    Args:
        answer: as JSON data (`Answer.as_json()`).
        read: gives text and SHA-256 of a document by its path; raises OSError or ValueError when it is gone.
        fixed: the closed vocabulary of the templates.
    """
    problems: list[str] = []
    notes: list[str] = []
    atoms: Sequence[Mapping[str, Any]] = answer["certificate"]
    proved: set[int] = set()
    changed: set[str] = set()
    for number, atom in enumerate(atoms):
        if atom["op"] in (*_COMPUTED, "beside"):
            of = atom["of"]
            if len(set(of)) != len(of) or any(not 0 <= i < len(atoms) or atoms[i]["op"] != "quote" for i in of):
                problems.append(f"atom {number}: {atom['op']} of something that is no quote of this answer")
                continue
            quotes: list[Mapping[str, Any]] = [atoms[i] for i in of]
            wrong = _COMPUTED[atom["op"]](quotes, atom["text"]) if atom["op"] != "beside" else _wrong_beside(quotes, answer, read)
            problems += [f"atom {number}: {wrong}"] if wrong else []
            asked = numbers.claimed_words(atom["text"] or "") if atom["op"] == "order" else None
            if asked is not None and not any(asked in text for text in _as_read(answer)):
                problems.append(f"atom {number}: {asked!r} is not what was asked")
            continue
        if atom["op"] != "quote":
            problems.append(f"atom {number}: {atom['op']!r} is no operation this version can check")
            continue
        try:
            text, sha = read(atom["document"])
        except (OSError, ValueError) as error:
            problems.append(f"atom {number}: {atom['document']} cannot be read ({error})")
            continue
        found = text[atom["start"] : atom["end"]]
        if found != atom["quote"]:
            where = f"{atom['document']} characters {atom['start']}-{atom['end']}"
            problems.append(f"atom {number}: {where} hold {found[:80]!r}, not {atom['quote'][:80]!r}")
            continue
        if not _reads(found, atom["text"]):
            problems.append(f"atom {number}: {atom['text'][:80]!r} does not stand in {found[:80]!r}")
            continue
        if sha != atom["sha256"]:
            changed.add(atom["document"])
        if atom["marker"] is not None:
            proved.add(atom["marker"])
    notes += [f"{document} has changed since, but not where it is quoted" for document in sorted(changed)]
    said = (answer["status"], answer["text"], answer["markdown"], answer["citations"], answer["decline"], answer["rule"])
    if digest(*said) != answer["answer_id"]:
        problems.append("the answer was changed after it was given: it does not match its answer_id")
    if answer["status"] in _PROVED:
        unshown = [c["marker"] for c in answer["citations"] if c["marker"] not in proved]
        problems += [f"citation [{marker}] is not proved by any atom" for marker in unshown]
        problems += [f"the word {w!r} is not accounted for" for w in dict.fromkeys(unproved(answer, fixed))]
        problems += _quotes_at_lines(answer["citations"], read)
    return Check(tuple(problems), tuple(notes))


def _as_read(answer: Mapping[str, Any]) -> list[str]:
    """The question as typed and as resolved, each also as it is read: blanks run together, no markup, no shouting, spelling mended.

    A claim quotes the question that was read, so a quantity is found in it however it was typed.
    """
    reading = answer.get("reading", {})
    typed = [str(answer["question"]), str(reading.get("question", ""))]
    plain = [plainly(clean(text)) for text in typed]
    return [*typed, *plain, *(_mended(text, reading.get("repaired", ())) for text in plain)]


def _mended(text: str, repairs: Iterable[Sequence[str]]) -> str:
    """A text with every misspelt word as it was read."""
    for typed, read in repairs:
        text = re.sub(rf"(?<!\w){re.escape(typed)}(?!\w)", read.replace("\\", r"\\"), text)
    return text


def _distinct(names: Iterable[str]) -> list[str]:
    """Names in order, each once, whatever their case and ending."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(key(name), name)
    return list(found.values())


def _wrong_count(quotes: Sequence[Mapping[str, Any]], text: str | None) -> str | None:
    return None if text == str(len(quotes)) else f"counts {len(quotes)} quotes but says {text}"


def _wrong_union(quotes: Sequence[Mapping[str, Any]], text: str | None) -> str | None:
    names = {key(q["text"]) for q in quotes}
    return (
        None if text is not None and {key(n) for n in text.split("; ")} == names else f"the union of {len(quotes)} quotes is not {text!r}"
    )


def _wrong_comparison(quotes: Sequence[Mapping[str, Any]], text: str | None) -> str | None:
    same = "same" if len({key(q["text"]) for q in quotes}) == 1 else "differs"
    return None if text == same else f"says {text!r} of quotes of which {same!r} is true"


def _wrong_absence(quotes: Sequence[Mapping[str, Any]], text: str | None) -> str | None:
    wanted = _WORD.findall((text or "").lower())
    if not wanted:
        return "nothing is said to be absent"
    held = next((str(q["quote"]) for q in quotes if runs(wanted, _WORD.findall(q["quote"].lower()))), None)
    return f"{text!r} is said to be absent but stands in {held[:80]!r}" if held is not None else None


def _wrong_order(quotes: Sequence[Mapping[str, Any]], text: str | None) -> str | None:
    if text is not None:
        return _wrong_numbers(quotes, text)
    places: list[tuple[str, int]] = [(q["document"], q["start"]) for q in quotes]
    return None if places == sorted(places) and len({d for d, _ in places}) == 1 else "the quotes do not stand in this order in the file"


def _wrong_numbers(quotes: Sequence[Mapping[str, Any]], text: str) -> str | None:
    """What is wrong with an order or a range told of numbers: first their header, then the cells, those it is told of before the rest."""
    header, *cells = quotes or [{}]
    if not cells or not numbers.claim_holds(text, str(header["text"]), [str(c["text"]) for c in cells]):
        return f"the cells do not bear out {text[:120]!r}"
    if not numbers.claimed_places(text, [i for i, c in enumerate(cells) if c["marker"] is not None]):
        return "what is cited is not what the claim puts first"
    return None


def _wrong_beside(quotes: Sequence[Mapping[str, Any]], answer: Mapping[str, Any], read: Callable[[str], Text]) -> str | None:
    """What is wrong with a label and a cell told together: the label is neither one of the cell's own nor in its row of the file."""
    if len(quotes) != 2:
        return f"sets {len(quotes)} quotes beside each other"
    label, cell = quotes
    place = [cell[field] for field in ("document", "start", "end")]
    cited = {a["marker"] for a in answer["certificate"] if [a[field] for field in ("document", "start", "end")] == place}
    own = [c["cell"] for c in answer["citations"] if c["marker"] in cited and c["cell"]]  # of a merged cell several
    if key(label["text"]) in {key(text) for labels in own for text in labels.values()}:
        return None
    try:
        text = read(cell["document"])[0] if label["document"] == cell["document"] else ""
    except (OSError, ValueError):
        return None  # said already
    first, second = sorted([label, cell], key=lambda q: q["start"])
    if text and _in_one_row(text, first["start"], first["end"], second["start"]):
        return None
    return f"{label['text'][:80]!r} is told beside {cell['text'][:80]!r} but stands in another row"


def _in_one_row(text: str, start: int, end: int, then: int) -> bool:
    """Whether two places of a file are in one row of a table: on one line, or in HTML no more rows apart than the first cell spans."""
    between = text[end:then]
    if "\n" not in between and "\r" not in between:
        return True
    before = text[max(0, start - _TAG_WITHIN) : start]
    opened = list(_CELL_TAG.finditer(before))
    if not opened or _CELL_ENDS.search(before, opened[-1].end()) is not None:
        return False
    return len(_ROW_TAG.findall(between)) < max(1, int(opened[-1]["rows"] or 1))


_COMPUTED: dict[str, Callable[[Sequence[Mapping[str, Any]], str | None], str | None]] = {
    "count": _wrong_count,
    "union": _wrong_union,
    "comparison": _wrong_comparison,
    "absence": _wrong_absence,
    "order": _wrong_order,
}


def _reads(raw: str, text: str) -> bool:
    """Whether a span reads `text`: as it stands, or its words in a row once markup is removed."""
    lines = re.sub(r"\s*(?:\r\n?|\n)[ \t>]*", " ", raw)
    code = re.sub(r"(?:^|\n)\s*(?:`{3,}|~{3,})[^\n]*", "", raw)
    if any(text in reading for reading in (plain(raw), plain(lines), code, raw)):
        return True
    said = _WORD.findall(text)
    if "[" in raw and said and in_order(said, _WORD.findall(raw)):
        return True  # the targets of links stand between the words, and a reference is resolved elsewhere in the file
    return bool(said) and any(runs(said, _WORD.findall(reading)) for reading in (plain(lines), raw))


@lru_cache(maxsize=16)
def _line_starts(text: str) -> tuple[int, ...]:
    """Where each line of a file begins, and where one more would; kept for the files that an answer and its suggestions cite."""
    from corpus.markdown import LINE_END

    return (0, *(m.end() for m in LINE_END.finditer(text)), len(text) + 1)


def _quotes_at_lines(citations: Iterable[Mapping[str, Any]], read: Callable[[str], Text]) -> list[str]:
    problems = []
    for citation in citations:
        try:
            text, _ = read(citation["document"])
        except (OSError, ValueError):
            continue  # said already
        first, last = citation["lines"]
        starts = _line_starts(text)
        if not 1 <= first <= last < len(starts) or citation["quote"] not in text[starts[first - 1] : starts[last]]:
            problems.append(f"citation [{citation['marker']}]: the quote does not stand in {citation['document']} lines {first}-{last}")
    return problems


def verify_answer(answer: Mapping[str, Any], kb: Path) -> Check:
    """Check a saved answer (`ask --json`) against the files of a knowledge base, without index or engine.

    Raises:
        KeyError, TypeError: the object is no answer.
    """
    return check(answer, lambda path: read_text(kb, path), Wording().fixed_words)


__all__ = ["Check", "check", "make", "unproved", "verify_answer"]
