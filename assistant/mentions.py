"""Tie the words of a question to what the knowledge base knows: names, aliases, words, repaired spellings.

Longest name first, so that a name inside a longer name is not seen. Spelling is repaired only for words the
knowledge base does not contain, never for what looks like another name, and the repair is kept to be shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, Protocol

from assistant.language import language, nearest_english
from assistant.question import Token
from corpus.aliases import Alias
from corpus.vocabulary import Entry
from corpus.words import in_order, is_made_of, key, stem

_LONGEST = 8  # words of a name
_SHORTEST_REPAIRED = 5  # letters; a shorter word has too many neighbours one letter away
_TWO_MISTAKES = 8  # letters from which two mistakes may be repaired
_ACRONYM_MEANT = 0.5  # cosine of words and an acronym that stands for them; for mere like initials it is below 0.3
_FILED = frozenset({"row", "column", "label", "heading"})  # roles of a name that something is filed under
_NUMERONYM = re.compile(r"^([a-z])(\d{1,2})([a-z])$")  # k8s, i18n


class Known(Protocol):
    """What tying needs of the fact store."""

    def entries(self, key: str) -> Sequence[Entry]: ...

    def frequency(self, stem: str) -> int: ...

    def forms(self) -> Mapping[str, str]: ...

    def words_like(self, first: str, shortest: int, longest: int) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class Tie:
    """Words of the question tied to a name of the knowledge base."""

    words: str  # as typed
    name: str  # as the knowledge base writes it
    key: str
    start: int  # token indexes [start, end)
    end: int
    how: Literal["exact", "alias", "spelling", "kept"]
    roles: frozenset[str]  # row, column, label, heading, name …
    entries: tuple[Entry, ...]
    sections: frozenset[int] = frozenset()  # sections headed by exactly this name

    def is_label(self) -> bool:
        """Whether something is filed under this name, rather than only saying it."""
        return bool(self.roles & _FILED)


@dataclass(frozen=True, slots=True)
class Repair:
    """A spelling mended: the place of the token, as typed, as read."""

    place: int
    typed: str
    read: str


_COUNTING = frozenset({"many", "few", "several", "some", "of"})  # words before a unit without a number (*how many min*)
_ASKING_WORDS = frozenset({"what", "which", "how", "why", "when", "where", "who"})
_JOINS = frozenset("_-/")  # signs inside a longer name
_SHORTEST_ROOT, _LONGEST_ENDING = 5, 6  # letters of a stem that another word is made of, and of what is put to it
_DONE = ("ed", "ing")  # endings of what is done: *founded* is no word for what is foundational
_SHORTEST_CUT, _LONGEST_CUT = 3, 5  # letters of a word that is taken for the beginning of another …
_TELLING_CUT = 5  # letters from which it may be one that is no ordinary word (`dedup`)
_CUT_OFF, _LONGEST_WHOLE = 4, 16  # … how many of it are cut off at least, and how long the other is
_SHORTEST_ENGLISH = 5  # letters of a word that is taken for misspelt English


_JOINERS = frozenset({"and", "or", "vs", "versus"})
_UNIT = 3  # letters of a word right after a number up to which it is a unit


def _is_unit(tokens: Sequence[Token], place: int) -> bool:
    """Whether a short word stands right after a number (*200 cm*): a unit, and no name cut short or misspelt."""
    return place > 0 and len(tokens[place].word) <= _UNIT and tokens[place - 1].word[:1].isdigit()


_VOWEL = re.compile(r"[aeiou]")


class Common(Protocol):
    """Tells whether a lower-case word is ordinary English."""

    def __call__(self, word: str) -> bool: ...


class Namer:
    """Ties questions to one knowledge base.

    Args:
        known: its vocabulary.
        aliases: what users type -> what the knowledge base writes, from `kb.toml`.
        common: tells whether a lower-case word is ordinary English, which is never a misspelling.
        alike: cosine of two short texts.
        written: what the knowledge base itself says that the wording of a key stands for.
    """

    def __init__(
        self,
        known: Known,
        aliases: Mapping[str, str],
        common: Common,
        alike: Callable[[str, str], float],
        written: Callable[[str], Alias | None] = lambda _: None,
    ) -> None:
        self._known = known
        self._aliases = {key(typed): name for typed, name in aliases.items()}
        self.common = common
        self._alike = alike
        self._written = written
        self._gists = lru_cache(maxsize=4096)(lambda joined: _Gist.of(known.entries(joined)))

    # ---- spelling

    def repair(self, tokens: Sequence[Token], text: str = "") -> list[Repair]:
        """Misspelt words of the question, and words written short, with what they are read as.

        Args:
            text: the question the tokens were cut from; a part of a longer name (`max_size`) is not read as a word written short.
        """
        found = []
        for place, token in enumerate(tokens):
            if _is_unit(tokens, place):
                continue
            if self._is_known(token) or self._joins_neighbour(tokens, place):
                counted = place > 0 and tokens[place - 1].word in _COUNTING
                whole = self._bound_in_full(token, text) if not counted else None
                if whole is not None and not any(t.start <= place < t.end and t.end - t.start > 1 for t in self.ties(tokens)):
                    found.append(Repair(place, token.surface, whole))
                continue
            read = (
                self._variant(token.word)
                or self._numeronym(token.word)
                or self._written_out(token, text)
                or self._made_from(token)
                or self._cut_short(token)
                or self._function_word(token)
                or self._nearest(token)
                or self._nearest_singular(token)
                or self._english(token)
            )
            if read:
                found.append(Repair(place, token.surface, read))
        return found

    def completed(self, text: str, tokens: Sequence[Token]) -> str:
        """The question with the noun that two names share put after each (*broadcast or hash join*: *broadcast join or hash join*)."""
        for place in range(len(tokens) - 4, -1, -1):
            first, joiner, second, head = tokens[place : place + 4]
            if joiner.word not in _JOINERS or any(t.function for t in (first, second, head)):
                continue
            if (
                text[head.start - 1] == " "
                and all(self._labels(t.stem + head.stem) for t in (first, second))
                and not self._labels(first.stem)
            ):
                text = f"{text[: first.end]} {head.surface}{text[first.end :]}"
        return text

    def _labels(self, joined: str) -> bool:
        """Whether a key names a row, a column, an item or a heading."""
        return any(e.role not in ("name", "term") for e in self._known.entries(joined))

    def knows(self, token: Token) -> bool:
        """Whether the knowledge base holds the word in any form."""
        return bool(token.word in self._known.forms() or self._known.frequency(token.stem) or token.stem in self._aliases)

    def _is_known(self, token: Token) -> bool:
        return token.function or self.knows(token)

    def _joins_neighbour(self, tokens: Sequence[Token], place: int) -> bool:
        """Whether the word is part of a name written apart (`Git Lab`)."""
        for a, b in ((place - 1, place + 1), (place, place + 2)):
            if a >= 0 and b <= len(tokens):
                joined = "".join(t.stem for t in tokens[a:b])
                if self._known.entries(joined) or joined in self._aliases or self._apart(tokens[a:b]) is not None:
                    return True
        return False

    def _variant(self, word: str) -> str | None:
        """The same word in the spelling of the knowledge base (`armour` where it writes `armor`)."""
        fits = [w for w in language().variants(word) if w in self._known.forms()]
        return fits[0] if len(fits) == 1 else None

    def _numeronym(self, word: str) -> str | None:
        match = _NUMERONYM.match(word)
        if not match:
            return None
        length = int(match[2]) + 2
        fits = {f for f in self._words(match[1], length, length) if f.startswith(match[1]) and f.endswith(match[3])}
        return fits.pop() if len(fits) == 1 else None

    def _written_out(self, token: Token, text: str) -> str | None:
        """The word of the knowledge base that an English word written short stands for (`max`, `chars`)."""
        joined = text[max(0, token.start - 1) : token.start] in _JOINS or text[token.end : token.end + 1] in _JOINS
        if token.surface != token.word or (text and joined):
            return None
        return next((form for w in language().written_out(token.word) for form in (w, f"{w}s") if form in self._known.forms()), None)

    def _made_from(self, token: Token) -> str | None:
        """The known word of which an ordinary word is made, or that is made of it, if there is one alone (*regulation*: `regulatory`)."""
        if token.surface != token.word or len(token.stem) < _SHORTEST_ROOT or token.word.endswith(_DONE) or token.word in language().asking:
            return None
        longest = len(token.word) + _LONGEST_ENDING
        kin = [w for w in self._words(token.word[0], _SHORTEST_ROOT, longest) if is_made_of(*sorted((stem(w), token.stem), key=len))]
        return min(kin, key=lambda w: (len(w), w)) if len({stem(w) for w in kin}) == 1 else None

    def _bound_in_full(self, token: Token, text: str) -> str | None:
        """`maximum` for `max` where the folder writes it in full, and has the short form for something else (`15 min`)."""
        return self._written_out(token, text) if token.word in language().bounds and not self._labels(token.stem) else None

    def _cut_short(self, token: Token) -> str | None:
        """The one ordinary word of the knowledge base that a short word in small letters is the beginning of (`algos`, `certs`)."""
        word = token.word.removesuffix("s")
        if not word.isalpha() or token.surface != token.word or self.common(token.word):
            return None
        if _SHORTEST_CUT <= len(word) <= _LONGEST_CUT and not _VOWEL.search(word):
            return self._without_vowels(word)
        if not _SHORTEST_CUT <= len(word) <= _LONGEST_CUT or self.common(word):
            return None
        begun = [
            w
            for w in self._words(word[0], len(word) + _CUT_OFF, _LONGEST_WHOLE)
            if w.startswith(word) and (self.common(w) or len(word) >= _TELLING_CUT)
        ]
        return min(begun, key=len) if len({stem(w) for w in begun}) == 1 else None

    def _without_vowels(self, word: str) -> str | None:
        """The one ordinary word of the knowledge base that is left when vowels and some letters more are left out (`pkg`, `mgmt`)."""
        fits = [
            w
            for w in self._words(word[0], len(word) + 2, _LONGEST_WHOLE)
            if self.common(w) and _VOWEL.sub("", w.removesuffix("s"))[-1:] == word[-1] and in_order(word, w)
        ]
        return min(fits, key=len) if len({stem(w) for w in fits}) == 1 else None

    def _words(self, first: str, shortest: int, longest: int) -> list[str]:
        """Known words of letters alone that begin with a letter and have so many."""
        return [form for form in self._known.words_like(first, shortest, longest) if form.isalpha()]

    def _function_word(self, token: Token) -> str | None:
        """The question word a short word with two letters swapped or one too many was meant to be (`waht`)."""
        word = token.word
        if not 4 <= len(word) <= 6 or self.common(word) or token.surface != word:
            return None
        from rapidfuzz.distance import OSA

        near = [
            w
            for w in language().function_words | language().chief
            if len(w) >= 4 and w[0] == word[0] and OSA.distance(w, word, score_cutoff=1) <= 1
        ]
        swapped = [w for w in near if sorted(w) == sorted(word)]
        fits = swapped or near
        return fits[0] if len(fits) == 1 else None

    def _nearest_singular(self, token: Token) -> str | None:
        """The same for a plural of which only the singular is known."""
        if not token.word.endswith("s") or self.common(token.word):
            return None
        single = replace(token, surface=token.surface[:-1], word=token.word[:-1])
        return self._nearest(single)

    def _english(self, token: Token) -> str | None:
        """The ordinary English word that a longer word in small letters is one slip away from, if there is one clear such word."""
        word = token.word
        if len(word) < _SHORTEST_ENGLISH or not word.isalpha() or token.surface != word or self.common(word):
            return None
        if any(self.common(word[:i]) and self.common(word[i:]) for i in range(_SHORTEST_CUT, len(word) - _SHORTEST_CUT + 1)):
            return None  # *backend*: two words written as one
        return nearest_english(word)

    def _nearest(self, token: Token) -> str | None:
        """The one known word within the allowed number of mistakes, or None.

        A word with capitals inside, or all in capitals, is a name typed on purpose; an ordinary English
        word is no misspelling either. The first letter is rarely mistyped, and look-alike names differ there.
        """
        word = token.word
        if len(word) == _SHORTEST_REPAIRED - 1:
            return self._nearest_name(word)
        if len(word) < _SHORTEST_REPAIRED or not word.isalpha() or self.common(word):
            return None
        if token.surface[1:] != token.surface[1:].lower():
            return self._swapped(word)
        from rapidfuzz.distance import OSA

        allowed = 2 if len(word) >= _TWO_MISTAKES else 1
        best: list[tuple[int, int, str]] = []
        for form in self._words(word[0], len(word) - allowed, len(word) + allowed):
            distance = OSA.distance(word, form, score_cutoff=allowed)
            if distance <= allowed:
                best.append((distance, -self._known.frequency(stem(form)), form))
        best.sort()
        if not best:
            return None
        tied = {stem(f) for d, _, f in best if d == best[0][0]}
        return best[0][2] if len(tied) == 1 or best[0][1] < best[1][1] else None

    def _swapped(self, word: str) -> str | None:
        """The one known name of which two letters side by side are swapped: all that is ever mistyped in a name written on purpose."""
        turned = {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(1, len(word) - 1)} - {word}
        fits = {form for form in self._words(word[0], len(word), len(word)) if form in turned}
        return fits.pop() if len(fits) == 1 else None

    def _nearest_name(self, word: str) -> str | None:
        """The one name that a short word has a letter too few of, or two of them swapped (`slak`); anything else is too near to many."""
        if not word.isalpha() or self.common(word):
            return None
        from rapidfuzz.distance import OSA

        near = [
            form
            for form in self._words(word[0], len(word), len(word) + 1)
            if OSA.distance(word, form, score_cutoff=1) == 1 and (len(form) > len(word) or sorted(form) == sorted(word))
        ]
        fits = [form for form in near if any(e.role != "heading" for e in self._known.entries(stem(form)))]
        return fits[0] if len(fits) == 1 else None

    # ---- names

    def ties(self, tokens: Sequence[Token], repairs: Sequence[Repair] = (), text: str = "") -> list[Tie]:
        """Names in the question, longest first where they overlap, in order of place.

        Args:
            text: the question the tokens were cut from; a name's words are then given exactly as typed.
        """
        read = {r.read.lower() for r in repairs}
        repaired = {i for i, t in enumerate(tokens) if t.surface.lower() in read}
        found: list[Tie] = []
        place = 0
        while place < len(tokens):
            unit = _is_unit(tokens, place) and tokens[place].surface == tokens[place].word
            tie = None if unit else self._longest(tokens, place, repaired, _until_pause(tokens, place, text))
            if tie is not None and text:
                tie = replace(tie, words=text[tokens[tie.start].start : tokens[tie.end - 1].end])
            if tie is None:
                place += 1
            else:
                found.append(tie)
                place = tie.end
        return found

    def _longest(self, tokens: Sequence[Token], start: int, repaired: set[int], limit: int) -> Tie | None:
        for end in range(min(limit, start + _LONGEST), start, -1):
            run = tokens[start:end]
            if all(t.function for t in run) and not self._written_so(run):
                continue
            joined = "".join(t.stem for t in run)
            how: Literal["exact", "alias", "spelling"] = "exact"
            if joined in self._aliases and not self._known.entries(joined):
                joined, how = key(self._aliases[joined]), "alias"
            entries = self._known.entries(joined)
            if run[0].word in _ASKING_WORDS and end - start > 1 and entries and not any(e.role in _FILED for e in entries):
                continue  # what a text sets in bold so is a question, and no name (*What is x?*)
            if not entries and end - start > 1 and (chief := self._chief(run)) is not None:
                joined, entries, how = *chief, "alias"
            if not entries and end - start > 1 and (together := self._apart(run)) is not None:
                joined, entries = together
            if how == "exact" and not self._gist(joined, entries).roles & _FILED:
                # Nothing is filed under these words: by the folder's own other name for them something may be.
                other = self._written(joined)
                filed = self._known.entries(key(other.name)) if other is not None else ()
                if other is not None and self._gist(key(other.name), filed).roles & _FILED:
                    joined, how, entries = key(other.name), "alias", filed
            if not entries and end - start > 1:
                joined, how = "".join(t.word[0] for t in run), "alias"
                entries = self._acronym(joined, run)
            if entries:
                if how == "exact" and any(p in repaired for p in range(start, end)):
                    how = "spelling"
                gist, typed = self._gist(joined, entries), " ".join(t.surface for t in run)
                name = typed if typed in gist.texts else gist.best
                return Tie(typed, name, joined, start, end, how, gist.roles, tuple(entries), gist.headed)
        return None

    def _gist(self, joined: str, entries: Sequence[Entry]) -> _Gist:
        """What the entries of a name say together; kept where they are all that is filed under its key."""
        return self._gists(joined) if len(entries) == len(self._known.entries(joined)) else _Gist.of(entries)

    def _apart(self, run: Sequence[Token]) -> tuple[str, Sequence[Entry]] | None:
        """A name of one word that is written in several (*elastic search*), whose stem is not that of its parts."""
        if any(t.function or not t.word.isalpha() for t in run):
            return None
        joined = stem("".join(t.word for t in run))
        found = [e for e in self._known.entries(joined) if " " not in e.text]
        return (joined, found) if found else None

    def _chief(self, run: Sequence[Token]) -> tuple[str, Sequence[Entry]] | None:
        """A label that singles something out by another word than the question does (*main difficulty* where it is the *key* one)."""
        lang = language()
        if run[0].word not in lang.chief or self.knows(run[0]) or any(t.function for t in run):
            return None
        for word in sorted(lang.chief):
            joined = stem(word) + "".join(t.stem for t in run[1:])
            found = [e for e in self._known.entries(joined) if e.role in ("row", "column", "label", "heading")]
            if found:
                return joined, found
        return None

    def _acronym(self, initials: str, run: Sequence[Token]) -> Sequence[Entry]:
        """A name that the knowledge base writes only as these words' initials, in capitals (*machine learning* for `ML`)."""
        if any(t.function for t in run):
            return ()
        found = [e for k in (initials, f"{initials}s") for e in self._known.entries(k) if e.text.removesuffix("s") == initials.upper()]
        return found if found and self._alike(" ".join(t.word for t in run), initials.upper()) >= _ACRONYM_MEANT else ()

    def _written_so(self, run: Sequence[Token]) -> bool:
        """Whether function words are typed exactly as a name of the knowledge base is written, capitals and all (`IT`, `Go`)."""
        typed = " ".join(t.surface for t in run)
        if typed != typed.upper() or len(typed) < 2:
            return False
        return any(e.text == typed for e in self._known.entries("".join(t.stem for t in run)))


def _until_pause(tokens: Sequence[Token], start: int, text: str) -> int:
    """Index after the last token a name from `start` may reach: a name does not run over a comma or a question mark."""
    for place in range(start + 1, len(tokens)):
        if any(sign in ",;?!" for sign in text[tokens[place - 1].end : tokens[place].start]):
            return place
    return len(tokens)


_ROLE_ORDER = ("row", "column", "label", "name", "heading", "term", "parent", "lead", "title")


@dataclass(frozen=True, slots=True)
class _Gist:
    """What all entries of one name say together: a label of a thousand tables has thousands, and is looked at for every question."""

    roles: frozenset[str]
    headed: frozenset[int]  # sections headed by exactly this name
    texts: frozenset[str]  # the ways it is written
    best: str  # as its most telling label writes it; "" where there is none

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> _Gist:
        best = min(entries, key=lambda e: (_ROLE_ORDER.index(e.role), e.fact if e.fact is not None else -1), default=None)
        return cls(
            frozenset(e.role for e in entries),
            frozenset(e.section for e in entries if e.role == "heading"),
            frozenset(e.text for e in entries),
            best.text if best is not None else "",
        )
