"""A knowledge base or a question changed in a way whose effect on the answers is known. Pure: texts in, texts out.

Every change is found from the parsed folder, so that it works for any: names from the labels of tables, tables and
sections from where the parser saw them. What a change cannot be made on without changing the meaning is left alone.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby, pairwise, product
from pathlib import PurePosixPath

from rapidfuzz.distance import OSA

from assistant.language import is_english, language
from corpus import parse_corpus
from corpus.models import Corpus, Document, Section, Table
from corpus.words import camel_parts, fold, key, stem, stems, words

Texts = Mapping[str, str]
"""Path inside the folder, forward slashes -> text; `kb.toml` may be among them."""

Said = Callable[[str], str | None]
"""A question -> the same question changed; None where there is nothing in it to change."""

Letters = Mapping[int, str]
"""What `str.translate` takes."""

NAME_LETTERS = 3  # a shorter word is part of too many others to be renamed throughout
MISTYPED_LETTERS = 6  # in a shorter word one slip leaves too little to know it by
_SLIP_LETTERS = 5  # a shorter word is as near to too many names
_VOWELS, _CONSONANTS = "aeiou", "bcdfghjklmnpqrstvwxz"
_LABEL_WORDS = 4  # a longer label is a sentence, not a name
_WORD = re.compile(r"[^\W\d_]+")
_GAP = r"[\s_/.-]*"  # what may stand between the parts of a name, as typed by one or the other


def parse(texts: Texts) -> Corpus:
    """The Markdown among the texts, taken apart."""
    return parse_corpus(
        Document(path, text, "", 0, 0) for path, text in sorted(texts.items()) if path.lower().endswith((".md", ".markdown"))
    )


# --- names ---------------------------------------------------------------------------------------------------------------


def entity_names(corpus: Corpus) -> tuple[str, ...]:
    """The things that tables describe: labels on the entity axis, decision tables left out (their rows are needs).

    Left out are several ordinary words, a description which a question may take apart, and one that is written small:
    it is a word of the text like any other.
    """
    found: dict[str, None] = {}
    for table in corpus.tables:
        if table.decision is None:
            found.update(dict.fromkeys(table.rows if table.entities == "rows" else table.columns[1:]))
    return tuple(sorted(name for name in found if _is_name(name)))


def _is_name(label: str) -> bool:
    parts = words(label)
    telling = [part for part in parts if part not in language().function_words and len(part) >= NAME_LETTERS]
    ordinary = all(map(_english, telling)) and (len(parts) > 1 or label == label.lower())
    return bool(telling) and len(parts) <= _LABEL_WORDS and not ordinary


def foreign_names(corpus: Corpus) -> tuple[str, ...]:
    """Words of enumerated names that are no words of a language, the entities left out: what only this folder can know.

    A word that the folder writes small anywhere, in whatever form, is one of its terms and no name.
    """
    taken = {w for name in entity_names(corpus) for w in (*words(name), *map(str.lower, camel_parts(name)))}
    texts = [text for fact in corpus.facts for text in (fact.value, *(label.text for label in fact.labels))]
    small = {stem(token) for text in texts for token in _WORD.findall(text) if token == token.lower()}
    found = {token for fact in corpus.facts for name in fact.names for token in _WORD.findall(name) if len(token) >= NAME_LETTERS}
    return tuple(
        sorted(
            token for token in found if fold(token) not in taken and not {stem(fold(token)), fold(token)} & small and not _english(token)
        )
    )


def _english(word: str) -> bool:
    return is_english(word.lower()) or is_english(stem(word.lower()))


class Renaming:
    """Names written with other letters throughout: vowels exchanged for vowels, consonants for consonants.

    Letter by letter, because then a name that a question spells apart, small or wrong is changed with its slip.

    Args:
        names: as the folder writes them.
        corpus: the folder, to choose letters that make none of its words and no English one.
    Raises:
        ValueError: there are no names, or no exchange of letters makes fresh ones.
    """

    def __init__(self, names: Sequence[str], corpus: Corpus) -> None:
        if not names:
            raise ValueError("the folder has no name to change")
        self._known = frozenset(_vocabulary(corpus))
        self._found = _any_of(_pattern(name) for name in names)
        self._typed = _any_of(_GAP.join(_run(name)) for name in names)
        self._letters = self._choose(names)

    def _choose(self, names: Sequence[str]) -> dict[str, Letters]:
        """The exchange for each name, by its letters run together: the same for all where one serves, so that parts stay shared."""
        others = self._known - set(map(_run, names))

        def serves(name: str, letters: Letters) -> bool:
            fresh = _run(name).translate(letters)
            if fresh in self._known or _english(fresh) or _nearest(fresh, others) <= _repaired(fresh):
                return False
            # A name that is known when typed apart stays so: its parts have to be words of the same kind, no plurals.
            return not _known_apart(name) or _known_apart(name.translate(letters))

        exchanges = list(_exchanges())
        common = next((letters for letters in exchanges if all(serves(name, letters) for name in names)), None)
        chosen: dict[str, Letters] = {}
        for name in sorted(names):
            letters = common or next((letters for letters in exchanges if serves(name, letters)), None)
            if letters is None:
                raise ValueError(f"no exchange of letters makes a fresh name of {name}")
            chosen[_run(name)] = letters
        return chosen

    def _changed(self, found: re.Match[str]) -> str:
        run = _run(found[0])
        letters = self._letters.get(run) or self._letters[f"{run}s"]
        return found[0].translate(letters)

    def text(self, text: str) -> str:
        """A text of the folder, or an answer made from it, with the new names."""
        return self._found.sub(self._changed, text)

    def question(self, question: str) -> str:
        """As `text`, wherever a name is typed apart, and in words that can only be a slip in a name."""
        fresh = {name.translate(letters) for name, letters in self._letters.items()}

        def slip(found: re.Match[str]) -> str:
            typed = fold(found[0])
            if len(typed) < _SLIP_LETTERS or typed in self._known or typed in fresh or is_english(typed):
                return found[0]
            meant = min(self._letters, key=lambda name: (_nearest(typed, [name]), name))
            return found[0].translate(self._letters[meant]) if _nearest(typed, [meant]) <= _repaired(typed) else found[0]

        return _WORD.sub(slip, self._typed.sub(self._changed, self.text(question)))

    def old_name(self, text: str) -> str | None:
        """A name from before that the text still says, or None."""
        found = self._found.search(text)
        return found[0] if found else None


def _exchanges() -> Iterator[Letters]:
    """Ways to exchange letters, each as a table for `str.translate`; capitals stay capitals."""
    for stretch, turn, vowels in product((1, 3, 7, 9, 11, 13, 17, 19), range(1, len(_CONSONANTS)), range(1, len(_VOWELS))):
        small = {ord(letter): _VOWELS[(i + vowels) % len(_VOWELS)] for i, letter in enumerate(_VOWELS)}
        # A stretch that shares no factor with the number of consonants gives each of them another.
        small |= {ord(letter): _CONSONANTS[(stretch * i + turn) % len(_CONSONANTS)] for i, letter in enumerate(_CONSONANTS)}
        yield small | {ord(chr(old).upper()): new.upper() for old, new in small.items()}


def _repaired(word: str) -> int:
    """Slips within which a word might be taken for another."""
    return 0 if len(word) < _SLIP_LETTERS else 1 if len(word) < 8 else 2


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """Whole words, possibly in the plural or possessive; longer patterns first."""
    spelt = "|".join(sorted(patterns, key=lambda pattern: (-len(pattern), pattern)))
    return re.compile(rf"(?<![^\W_])(?:{spelt})(?=(?:'?s)?(?![^\W_]))", re.IGNORECASE)


def _known_apart(name: str) -> bool:
    """Whether the look-up key of the parts of a camel-case name is that of the name."""
    return all(key(" ".join(parts)) == key(word) for word in _as_written(name) if (parts := camel_parts(word)))


def _as_written(text: str) -> list[str]:
    """The words of a text, capitals and all."""
    return re.findall(r"[^\W_]+", text)


def _run(name: str) -> str:
    return "".join(words(name))


def _pattern(name: str) -> str:
    """A name, its words and the parts of camel case together or apart; a plural in the singular as well."""
    parts = [p for word in _as_written(name) for p in (camel_parts(word) or [word])]
    spelt = _GAP.join(map(re.escape, parts))
    return f"{spelt}?" if len(parts[-1]) > NAME_LETTERS and parts[-1].endswith("s") and stem(_run(name)) == _run(name)[:-1] else spelt


def _vocabulary(corpus: Corpus) -> set[str]:
    """Every word the folder writes anywhere that counts."""
    texts: list[str] = [heading for section in corpus.sections for heading in section.path]
    for fact in corpus.facts:
        texts += [fact.value, *(label.text for label in fact.labels)]
    texts += [label for table in corpus.tables for label in (*table.columns, *table.rows)]
    return {word for text in texts for word in words(text)}


def _nearest(word: str, among: Iterable[str]) -> int:
    """Slips between a word and the nearest of some others; 9 stands for many."""
    return min((OSA.distance(word, other, score_cutoff=2) if abs(len(word) - len(other)) <= 2 else 9 for other in among), default=9)


# --- tables --------------------------------------------------------------------------------------------------------------

Rows = list[list[str]]
"""Header, delimiters, body rows: cells as written, blanks at their ends removed."""


def _split(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    inner = re.sub(r"(?<!\\)\|$", "", inner)
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", inner)]


def _rows(lines: Sequence[str]) -> Rows | None:
    """A pipe table as rows, or None for what is none, or is uneven, or has a blank label: order may carry meaning there."""
    if len(lines) < 3 or any("|" not in line or line.lstrip().startswith((">", "-", "*", "+")) for line in lines[:1]):
        return None
    rows = [_split(line) for line in lines]
    if not all(re.fullmatch(r":?-+:?", cell) for cell in rows[1]) or len({len(row) for row in rows}) > 1 or len(rows[0]) < 2:
        return None
    return rows if all(row[0] for row in rows[2:]) else None


def change_tables(texts: Texts, corpus: Corpus, change: Callable[[Table, Rows], Rows | None]) -> dict[str, str]:
    """The texts with tables rewritten; one for which `change` gives None, or that is no even pipe table, stays as it is."""
    found = dict(texts)
    for path, tables in _by_document(corpus):
        lines = texts[path].splitlines(keepends=True)
        for table in sorted(tables, key=lambda t: -t.span.first_line):
            first, last = table.span.first_line - 1, table.span.last_line
            rows = _rows(lines[first:last])
            changed = None if rows is None else change(table, rows)
            if changed is not None:
                lines[first:last] = [f"| {' | '.join(row)} |\n" for row in changed]
        found[path] = "".join(lines)
    return found


def _by_document(corpus: Corpus) -> Iterator[tuple[str, list[Table]]]:
    def document(table: Table) -> str:
        return corpus.sections[table.section].document

    for path, tables in groupby(sorted(corpus.tables, key=document), key=document):
        yield path, list(tables)


def rows_reversed(texts: Texts, corpus: Corpus) -> dict[str, str]:
    """The rows of every table in the opposite order."""
    return change_tables(texts, corpus, lambda _, rows: [*rows[:2], *reversed(rows[2:])])


def columns_reversed(texts: Texts, corpus: Corpus) -> dict[str, str]:
    """The columns of every table in the opposite order, the first staying the first."""
    return change_tables(texts, corpus, lambda _, rows: [[row[0], *reversed(row[1:])] for row in rows])


def transposed(texts: Texts, corpus: Corpus) -> dict[str, str]:
    """Rows for columns in every table that then still says what stands on which side.

    Not in a decision table, whose columns are parts of a sentence, and not where a list of things with one value each
    is all there is. The corner names what stands below it, so it is written anew.
    """

    def turned(table: Table, rows: Rows) -> Rows | None:
        head, body = rows[0], rows[2:]
        if not _can_turn(table) or not all(head[1:]):
            return None
        corner = "Aspect" if table.entities == "rows" else "Name"
        across = [[head[i], *(row[i] for row in body)] for i in range(1, len(head))]
        return [[corner, *(row[0] for row in body)], ["---"] * (len(body) + 1), *across]

    return change_tables(texts, corpus, turned)


def _can_turn(table: Table) -> bool:
    return table.decision is None and len(table.columns) >= 3 and len(table.rows) >= 2


def names_corner(question: str, corpus: Corpus) -> bool:
    """Whether a question uses the word in the corner of a table that `transposed` turns: it then stands nowhere any more."""
    corners = {s for table in corpus.tables if _can_turn(table) for s in stems(table.columns[0])}
    return not corners.isdisjoint(stems(question))


# --- sections and files --------------------------------------------------------------------------------------------------


def _blocks(text: str, sections: Sequence[Section]) -> tuple[str, list[tuple[Section, str]]]:
    """A text as what stands first and the sections of the shallowest level that has more than one, deeper ones with them."""
    levels = [s.level for s in sections if s.level]
    level = next((level for level in sorted(set(levels)) if levels.count(level) > 1), None)
    tops = [s for s in sections if s.level == level] if level else []
    lines = text.splitlines(keepends=True)
    starts = [*(s.first_line - 1 for s in tops), len(lines)]
    pieces = ["".join(lines[a:b]) for a, b in pairwise(starts)]
    return "".join(lines[: starts[0]]), list(zip(tops, pieces, strict=True))


def _joined(pieces: Iterable[str]) -> str:
    """Pieces one after the other, a blank line between any two."""
    return "\n".join(piece if piece.endswith("\n") or not piece else piece + "\n" for piece in pieces)


def _sections(corpus: Corpus, path: str) -> list[Section]:
    return [section for section in corpus.sections if section.document == path]


def sections_reversed(texts: Texts, corpus: Corpus) -> dict[str, str]:
    """The sections of every file in the opposite order; what stands above them stays."""
    found = dict(texts)
    for document in corpus.documents:
        first, blocks = _blocks(texts[document.path], _sections(corpus, document.path))
        if len(blocks) > 1:
            found[document.path] = _joined([*([first] if first else []), *(piece for _, piece in reversed(blocks))])
    return found


def files_split(texts: Texts, corpus: Corpus) -> dict[str, str]:
    """Every file in two, at the heading nearest its middle; the headings above that one are repeated in the second."""
    found = dict(texts)
    for document in corpus.documents:
        sections = _sections(corpus, document.path)
        first, blocks = _blocks(texts[document.path], sections)
        if len(blocks) < 2:
            continue
        sizes = [len(first) + sum(len(piece) for _, piece in blocks[:i]) for i in range(len(blocks))]
        half = len(texts[document.path]) // 2
        cut = max(1, min(bisect_left(sizes, half), len(blocks) - 1))
        above = [
            f"{'#' * s.level} {s.path[-1]}\n"
            for s in sections
            if s.level and s.path == blocks[cut][0].path[: len(s.path)] and s is not blocks[cut][0]
        ]
        found[document.path] = first + "".join(piece for _, piece in blocks[:cut])
        found[_free(found, document.path)] = _joined([*above, *(piece for _, piece in blocks[cut:])])
    return found


def _free(texts: Texts, path: str) -> str:
    name = PurePosixPath(path)
    return next(str(new) for n in range(2, len(texts) + 3) if str(new := name.with_stem(f"{name.stem}-{n}")) not in texts)


def with_file(texts: Texts, name: str, text: str) -> dict[str, str]:
    """The texts and one more, under a name that is not yet taken."""
    return {**texts, (name if name not in texts else _free(texts, name)): text}


# --- questions -----------------------------------------------------------------------------------------------------------

_ASKED = re.compile(r"\w")
_CLOSING = re.compile(r"[\s?!.]*$")


def _where_asked(change: Callable[[str], str]) -> Said:
    """Only where there is a word to ask with, and only where something changes."""

    def said(question: str) -> str | None:
        changed = change(question) if _ASKED.search(question) else question
        return None if changed == question else changed

    return said


def _politely(question: str) -> str:
    body = _CLOSING.sub("", question)
    return f"{body} please{question[len(body) :]}"


def _otherwise_closed(question: str) -> str:
    body = _CLOSING.sub("", question)
    return body if body != question else f"{question}?"


upper = _where_asked(str.upper)
lower = _where_asked(str.lower)
politely = _where_asked(_politely)
greeted = _where_asked(lambda question: f"hey, {question}")
otherwise_closed = _where_asked(_otherwise_closed)  # the closing mark away, or a question mark where there was none
spaced = _where_asked(lambda question: f"  {re.sub(' +', '   ', question)} ")


class Slips:
    """One slip of the finger in a word of at least six letters, where it is clear what was meant.

    The mistyped word is no English word and none of the folder's, and no other word of the folder is as near to it. A
    word with capitals inside is typed small: in such a word a slip looks like another name on purpose.

    Args:
        corpus: whose words count as known.
        known: mistype words of the folder; else words that the folder does not hold.
    """

    def __init__(self, corpus: Corpus, *, known: bool) -> None:
        self._words = frozenset(_vocabulary(corpus))
        self._stems = frozenset(map(stem, self._words))
        self._known = known

    def __call__(self, question: str) -> str | None:
        """The question with the slip, or None where no word can carry one."""
        places = [m for m in re.finditer(r"(?<![\w-])[^\W\d_]+(?![\w-])", question) if self._may(m[0])]
        # Not always the first word, nor the first letter pair, and yet every time the same.
        for place in sorted(places, key=lambda m: _hash(f"{question}\0{m.start()}")):
            typed = _slip(place[0], self._words)
            if typed is not None:
                return question[: place.start()] + typed + question[place.end() :]
        return None

    def _may(self, word: str) -> bool:
        meant = fold(word)
        if len(word) < MISTYPED_LETTERS or not meant.isascii():
            return False
        held = meant in self._words or stem(meant) in self._stems
        return held and meant not in language().function_words if self._known else not held


@lru_cache(maxsize=4096)
def _slip(word: str, known: frozenset[str]) -> str | None:
    """The word with two letters exchanged, one left out or one doubled; the first letter is rarely mistyped and stays."""
    typed = word if word[1:] == word[1:].lower() or word == word.upper() else word.lower()
    edits = [typed[:i] + typed[i + 1] + typed[i] + typed[i + 2 :] for i in range(1, len(typed) - 1)]
    edits += [typed[:i] + typed[i + 1 :] for i in range(1, len(typed))]
    edits += [typed[:i] + typed[i] + typed[i:] for i in range(1, len(typed))]
    others = {w for w in known if stem(w) != stem(fold(word))}
    stems_known = {*known, *map(stem, known), stem(fold(word))}
    for edit in sorted(set(edits), key=_hash):
        made = fold(edit)
        if stem(made) not in stems_known and not _english(made) and _nearest(made, others) > 1:
            return edit
    return None


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
