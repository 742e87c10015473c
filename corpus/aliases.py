"""Other names a folder itself gives its things: acronyms it spells out, *also known as*, the words it links with.

Pure. Each is kept with the fact that says so, so that whoever reads a question by one can show where it comes from. Spacing,
case, hyphens, plurals and the parts of identifiers need no alias: `corpus.words.key` folds them into one.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import unquote

from corpus.chunking import bare_heading
from corpus.markdown import plain
from corpus.models import Corpus, Fact, Section
from corpus.words import key, stem, stems, words

How = Literal["acronym", "also", "link"]
_NAME_WORDS = 6
_IN_BRACKETS = re.compile(r"\s*[(\[](?P<inside>[^()\[\]]{2,80})[)\]]")
_LONGEST = 200  # characters of what a short form stands for
_SHORT = re.compile(r"[^\W_][\w&/.-]{1,9}")
_ALSO = re.compile(
    r"(?:\s*[,(]\s*(?:which\s+)?(?:(?:is|are)\s+)?|\s+(?:is|are)\s+)(?:also|sometimes|commonly|often|otherwise)\s+(?:known\s+as|called|referred\s+to\s+as)\s+"
    r"|\s*[,(]\s*(?:a\.?k\.?a\.?|formerly(?:\s+known\s+as)?|abbreviated(?:\s+(?:as|to))?)\s+",
    re.IGNORECASE,
)
_NAME_END = re.compile(r"[,;:.()\[\]](?=\s|$|[)\]])|\s(?:is|are|was|were|has|have|can|which|that|and|or|to|in|for|on|by)\s", re.IGNORECASE)
_NAME_START = re.compile(r"[,;:.()\[\]]\s|\s(?:is|are|was|were|has|have|can|which|that|and|or|to|in|for|on|by|of|with)\s", re.IGNORECASE)
_REACH = 100  # characters on either side of *also known as* that are looked at
_SAID_WORDS = 4
_LITTLE = frozenset({"and", "of", "the", "for", "in", "as", "a", "an", "on", "to", "or", "with", "&"})
_POINTING = frozenset({"this", "that", "these", "those", "it", "they", "which", "we", "you", "he", "she"})
_WRITTEN_AS_NAME = re.compile(r"(?:[A-Z][\w-]*\s+)*[A-Z][\w-]*$")
_LEADING = re.compile(r"^(?:an?|the|our|your|this|these|its)\s+", re.IGNORECASE)
_LINK = re.compile(r"(?<!!)\[(?P<text>[^\[\]]{2,80})\]\((?P<target>[^()\s]{1,300})(?:\s[^()]*)?\)")
_EMPTY_TEXTS = frozenset(
    {
        *("here", "there", "this", "link", "page", "more", "see", "article", "guide", "section", "example", "examples", "overview"),
        *("documentation", "docs", "read", "learn", "details", "instructions", "below", "above", "next", "previous", "tutorial"),
        *("the", "a", "an", "for", "to", "of", "in", "on", "and", "about", "how", "following", "reference", "table", "list"),
    }
)


@dataclass(frozen=True, slots=True)
class Alias:
    """A wording and the name it stands for, as one place of the folder has it."""

    key: str  # `corpus.words.key(text)`
    text: str  # the wording
    name: str  # what it stands for, as written
    how: How
    fact: int  # the fact that says so
    section: int


@dataclass(frozen=True, slots=True)
class Find:
    """A wording at one place that may be an alias. What a link leads to is known once all documents are."""

    alias: Alias  # of a link, without a name
    path: str | None = None  # of a link: the file it leads to, as far as its text says
    anchor: str | None = None  # of a link to a heading


def make_aliases(corpus: Corpus) -> tuple[Alias, ...]:
    """The aliases of a corpus, in the order of the files, each wording and name once; a wording that stands for several names is none."""
    sections: dict[str, list[Section]] = defaultdict(list)
    for section in corpus.sections:
        sections[section.document].append(section)
    targets = Targets({d.path for d in corpus.documents}, lambda document: sections[document])
    by_key: dict[str, list[Alias]] = defaultdict(list)
    for found in find_aliases(corpus.facts):
        alias = targets.named(found)
        if alias is not None:
            by_key[alias.key].append(alias)
    return tuple(alias for same in by_key.values() if (alias := the_one(same)) is not None)


def find_aliases(facts: Iterable[Fact]) -> Iterator[Find]:
    """Everything in these facts that may be an alias, in their order."""
    for fact in facts:
        if fact.kind == "code":
            continue
        pairs: list[tuple[str, str, How]] = [(a, b, "acronym") for text in _texts(fact) for a, b in acronyms(text)]
        pairs += [(a, b, "also") for a, b in also_known(fact.value)]
        both = [*pairs, *((b, a, how) for a, b, how in pairs)]
        both += [(f"{a}s", b, how) for a, b, how in pairs if how == "acronym"]  # the stemmer leaves the plural of capitals alone
        for text, name, how in both:
            if (folded := key(text)) and folded != key(name):
                yield Find(Alias(folded, text, name, how, fact.id, fact.section))
        for text, path, anchor in _links(fact):
            if folded := key(text):
                yield Find(Alias(folded, text, "", "link", fact.id, fact.section), path, anchor)


def the_one(same: Sequence[Alias]) -> Alias | None:
    """The alias that a wording is, of all places that have it in their order: the first, if all mean one thing."""
    names = {key(" ".join(w for w in words(alias.name) if w not in _LITTLE)) for alias in same}
    return same[0] if len(names) == 1 else None


def _texts(fact: Fact) -> list[str]:
    return list(dict.fromkeys([fact.value, *(x.text for x in fact.labels)]))


# ---------------------------------------------------------------- acronyms


def acronyms(text: str) -> Iterator[tuple[str, str]]:
    """(short form, long form) wherever one stands in brackets after the other: `Service Level Objective (SLO)`, `SLO (service …)`."""
    for bracket in _IN_BRACKETS.finditer(text):
        inside, before = bracket["inside"].strip(), text[max(0, bracket.start() - _LONGEST) : bracket.start()]
        short = _singular(inside)
        if _is_short(short):
            window = before.split()[-min(len(short) + 5, 2 * len(short)) :]
            long = _spelled_out(short, " ".join(window))
            if long is not None:
                yield short, long
        elif (last := before.split()[-1:]) and _is_short(short := _singular(last[0].strip("*_`\"'"))):
            words_inside = inside.split()
            if 1 < len(words_inside) <= 2 * len(short) and (_spelled_out(short, inside) or "").split() == words_inside:
                yield short, inside


def _singular(short: str) -> str:
    return short[:-1] if len(short) > 2 and short.endswith("s") and short[:-1].isupper() else short


def _is_short(text: str) -> bool:
    """Whether a text may be a short form: no blank, at most ten characters, two capitals or a digit among them."""
    return _SHORT.fullmatch(text) is not None and text[0].isupper() and sum(c.isupper() or c.isdigit() for c in text) >= 2


def _spelled_out(short: str, text: str) -> str | None:
    """The end of `text` that `short` abbreviates, or None: words with those initials, else words that hold its letters in order."""
    letters = [c.lower() for c in short if c.isalnum()]
    long = _by_initials(letters, text) or _by_letters(letters, text)
    if long is None:
        return None
    long = long.strip(" ,;:*_\"'“”")
    told = [part for part in re.split(r"[-/\s]+", long) if part and part.lower() not in _LITTLE]
    capitals = sum(c.isupper() or c.isdigit() for c in short)
    if not told or len(told) > capitals + 1 or short in told or len(long) <= len(short) or re.search(r"[()\[\]]", long):
        return None
    initials = {part[0].lower() for part in told}
    return long if 2 * len(initials & set(letters)) >= len(set(letters)) else None


def _by_initials(letters: list[str], text: str) -> str | None:
    """The words at the end of `text` whose initials are the letters; little words may stand between them."""
    left = len(letters)
    start = None
    for word in reversed(list(re.finditer(r"[^\s/-]+", text))):
        initial = next((c for c in word[0].lower() if c.isalnum()), "")
        if left and initial == letters[left - 1]:
            left, start = left - 1, word.start()
        elif word[0].lower() not in _LITTLE or start is None:
            break
        if not left:
            return text[start:]
    return None


def _by_letters(letters: list[str], text: str) -> str | None:
    """The end of `text` that holds the letters in order, the first of them at the beginning of a word.

    Source: Schwartz and Hearst 2003, "A simple algorithm for identifying abbreviation definitions in biomedical text".
    """
    at = len(text)
    for i in range(len(letters) - 1, -1, -1):
        at -= 1
        while at >= 0 and (text[at].lower() != letters[i] or (i == 0 and at > 0 and text[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return None
    return text[at:]


# ---------------------------------------------------------------- also known as


def also_known(text: str) -> Iterator[tuple[str, str]]:
    """(other name, name) of `X, also known as Y`, where X opens the text or is written as a name: else it is the end of a clause."""
    for said in _ALSO.finditer(text):
        before = text[max(0, said.start() - _REACH) : said.start()].strip(" \"'“”*_")
        starts = [m.end() for m in _NAME_START.finditer(before)]
        name = _LEADING.sub("", before[starts[-1] if starts else 0 :])
        opens = not starts and said.start() <= _REACH
        if not _is_name(name) and (written := _WRITTEN_AS_NAME.search(name)):
            name = written[0]
        rest = text[said.end() : said.end() + _REACH]
        end = _NAME_END.search(rest)
        other = _LEADING.sub("", rest[: end.start() if end else len(rest)].strip(" \"'“”*_."))
        if not all(_is_name(x) for x in (name, other)):
            continue
        if opens or all(w[0].isupper() or w in _LITTLE for w in name.split()):
            yield other, name


def _is_name(text: str) -> bool:
    told = text.split()
    return 0 < len(told) <= _SAID_WORDS and text[0].isalnum() and text.lower() not in _POINTING and not re.search(r"[()\[\]\"“”:]", text)


# ---------------------------------------------------------------- links


_INDEX_PAGES = ("", ".md", "/README.md", "/index.md")  # what a link may leave out at the end of a path


def _links(fact: Fact) -> Iterator[tuple[str, str, str | None]]:
    """(text, path inside the folder as far as it is said, anchor) of the links in a fact whose text may be a name of what they lead to."""
    if "](" not in fact.raw:
        return
    for link in _LINK.finditer(fact.raw):
        target = link["target"]
        if "://" in target or target.startswith(("mailto:", "/")):
            continue
        text = plain(link["text"]).strip(" .,:;")
        if _may_name(text):
            path, _, anchor = unquote(target).partition("#")
            where = posixpath.normpath(posixpath.join(posixpath.dirname(fact.document), path)) if path else fact.document
            yield text, where, slug(anchor) if anchor else None


def paths_that_lead_to(document: str) -> list[str]:
    """Every `Find.path` that may mean a document."""
    return [document.removesuffix(end) for end in _INDEX_PAGES if document.endswith(end)]


class Targets:
    """What the links of a folder lead to: documents by path, sections by the anchor of their heading."""

    def __init__(self, documents: Container[str], sections_of: Callable[[str], Iterable[Section]]) -> None:
        """`sections_of`: the sections of a document, from top to bottom."""
        self._documents = documents
        self._sections_of = sections_of
        self._headings: dict[str, tuple[str | None, dict[str, str]]] = {}

    def named(self, found: Find) -> Alias | None:
        """The alias a find is, or None: a link whose text is a name of its own, and the heading it leads to another."""
        if found.path is None:
            return found.alias
        heading = self._heading(found.path, found.anchor)
        if heading is None or not _names_something(found.alias.text, heading):
            return None
        name = bare_heading(heading)
        return replace(found.alias, name=name) if found.alias.key != key(name) else None

    def _heading(self, path: str, anchor: str | None) -> str | None:
        """The heading a link leads to; None outside the folder, and where no heading is meant."""
        for end in _INDEX_PAGES:
            if path + end in self._documents:
                top, anchors = self._headings_of(path + end)
                return top if anchor is None else anchors.get(anchor)
        return None

    def _headings_of(self, document: str) -> tuple[str | None, dict[str, str]]:
        """The one heading that stands for a whole document, and all of them by anchor."""
        if document not in self._headings:
            told = [s for s in self._sections_of(document) if s.path]
            tops = [s.path[-1] for s in told if s.level == 1]
            anchors: dict[str, str] = {}
            for section in told:
                anchors.setdefault(slug(section.path[-1]), section.path[-1])
            self._headings[document] = tops[0] if len(tops) == 1 else None, anchors
        return self._headings[document]


def slug(text: str) -> str:
    """The anchor of a heading as renderers make it: lower case, hyphens for blanks, other signs left out."""
    return re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", text.lower())).strip("-")


def _may_name(text: str) -> bool:
    """Whether a link text can be a name: a few words that say something."""
    told = words(text)
    return 0 < sum(w not in _LITTLE for w in told) <= _NAME_WORDS and not set(told) <= _EMPTY_TEXTS and not text.endswith("?")


def _names_something(text: str, heading: str) -> bool:
    """Whether a link text that can be a name is another name of what it leads to: half of its words are those of the heading."""
    told = [stem(w) for w in words(text) if w not in _LITTLE]
    shared = sum(w in set(stems(heading)) for w in told)
    return 2 * shared >= len(told)
