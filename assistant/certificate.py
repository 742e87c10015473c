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
from pathlib import Path
from typing import Any

from assistant import numbers
from assistant.models import Atom
from assistant.wording import Claim, Figure, Quote, Rendered, Wording
from corpus.markdown import plain
from corpus.reader import read_text

Text = tuple[str, str]  # (text of the file, SHA-256 of its bytes)
_WORD = re.compile(r"\w+")
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


def make(rendered: Rendered, figures: Iterable[Figure], read: Callable[[str], Text], claims: Sequence[Claim] = ()) -> tuple[Atom, ...]:
    """The atoms of a worded answer.

    Args:
        read: gives text and SHA-256 of a document by its path.
        claims: what was computed; every quote a claim rests on becomes an atom, printed or not.
    """
    atoms: list[Atom] = []
    places: dict[tuple[str, int, int, str], int] = {}
    for quote, marker in rendered.quotes:
        text, sha = read(quote.document)
        place = (quote.document, quote.span.start, quote.span.end, quote.text)
        if place in places and atoms[places[place]].marker in (marker, None):
            if marker is not None:
                atoms[places[place]] = atoms[places[place]].model_copy(update={"marker": marker})
            continue
        places[place] = len(atoms)
        atoms.append(_quoted(quote, marker, text, sha))
    for quote in (q for claim in claims for q in claim.of):
        place = (quote.document, quote.span.start, quote.span.end, quote.text)
        if place not in places:
            places[place] = len(atoms)
            atoms.append(_quoted(quote, None, *read(quote.document)))
    for figure in figures:
        of = tuple(
            places[q.document, q.span.start, q.span.end, q.text]
            for q in figure.of
            if (q.document, q.span.start, q.span.end, q.text) in places
        )
        atoms.append(Atom(op="count", text=str(figure.value), of=of))
    for claim in claims:
        of = tuple(places[q.document, q.span.start, q.span.end, q.text] for q in claim.of)
        atoms.append(Atom(op=claim.op, text=claim.text, of=of))
    return tuple(atoms)


def _quoted(quote: Quote, marker: int | None, text: str, sha: str) -> Atom:
    start, end = quote.span.start, quote.span.end
    return Atom(
        op="quote", marker=marker, document=quote.document, sha256=sha, start=start, end=end, quote=text[start:end], text=quote.text
    )


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
        if atom["op"] in ("quote", "count"):
            allowed |= set(_WORD.findall(str(atom["text"]).lower()))
    said = _WORD.findall(str(answer["text"]).lower())
    listed = {str(i) for i in range(1, 1 + len(answer["certificate"]))}  # numbering of a list
    return [w for w in said if w not in allowed and w not in listed]


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
        if atom["op"] == "count":
            if (
                str(len(set(atom["of"]))) != atom["text"]
                or len(set(atom["of"])) != len(atom["of"])
                or any(not 0 <= i < len(atoms) or atoms[i]["op"] != "quote" for i in atom["of"])
            ):
                problems.append(f"atom {number}: counts {len(atom['of'])} quotes but says {atom['text']}")
            continue
        if atom["op"] == "order":
            problems += [f"atom {number}: {problem}" for problem in _order_problems(atom, atoms, answer)]
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


def _order_problems(atom: Mapping[str, Any], atoms: Sequence[Mapping[str, Any]], answer: Mapping[str, Any]) -> list[str]:
    """What is wrong with an order or a range claimed over cells: header first, then the cells, those shown before the rest."""
    of = list(atom["of"])
    if len(of) < 2 or len(set(of[1:])) != len(of) - 1 or any(not 0 <= i < len(atoms) or atoms[i]["op"] != "quote" for i in of):
        return ["an order is claimed over something that is not quoted"]
    header, *cells = (atoms[i] for i in of)
    found = []
    if not numbers.claim_holds(str(atom["text"]), str(header["text"]), [str(c["text"]) for c in cells]):
        found.append(f"the cells do not bear out {str(atom['text'])[:120]!r}")
    asked = numbers.claimed_words(str(atom["text"]))
    if asked is not None and asked not in f"{answer['question']} {answer.get('reading', {}).get('question', '')}":
        found.append(f"{asked!r} is not what was asked")
    cited = [i for i, c in enumerate(cells) if c["marker"] is not None]
    first = numbers.claimed_first(str(atom["text"]))
    if not cited or cited[-1] > max(0, first - 1 + (asked is None)):  # what an order is told against may be cited after its head
        found.append("what is cited is not what the claim puts first")
    return found


def _reads(raw: str, text: str) -> bool:
    """Whether a span reads `text`: as it stands, or its words in a row once markup is removed."""
    lines = re.sub(r"\s*(?:\r\n?|\n)[ \t>]*", " ", raw)
    code = re.sub(r"(?:^|\n)\s*(?:`{3,}|~{3,})[^\n]*", "", raw)
    if any(text in reading for reading in (plain(raw), plain(lines), code, raw)):
        return True
    said = _WORD.findall(text)
    if "[" in raw and said and _in_order(said, _WORD.findall(raw)):
        return True  # the targets of links stand between the words, and a reference is resolved elsewhere in the file
    return bool(said) and any(_in_a_row(said, _WORD.findall(reading)) for reading in (plain(lines), raw))


def _in_order(wanted: list[str], held: list[str]) -> bool:
    rest = iter(held)
    return all(word in rest for word in wanted)


def _in_a_row(wanted: list[str], held: list[str]) -> bool:
    size = len(wanted)
    return any(held[i : i + size] == wanted for i in range(len(held) - size + 1))


def _quotes_at_lines(citations: Iterable[Mapping[str, Any]], read: Callable[[str], Text]) -> list[str]:
    from corpus.markdown import LINE_END

    problems = []
    for citation in citations:
        try:
            text, _ = read(citation["document"])
        except (OSError, ValueError):
            continue  # said already
        first, last = citation["lines"]
        starts = [0] + [m.end() for m in LINE_END.finditer(text)] + [len(text) + 1]
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
