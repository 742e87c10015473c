"""Text to words: the one tokeniser that the index, the vocabulary and every question share.

Pure. Lower case, compatibility forms folded, accents dropped, possessives and plurals reduced by the Snowball
English stemmer, irregular forms by a list. Nothing is thrown away as a stop word here: a knowledge base may be about any word.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import Stemmer

from corpus.irregular import BASE

_TOKEN = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+")
_POSSESSIVE = re.compile(r"(?<=\w)['’]s\b|(?<=s)['’](?=\s|$)")
_NEGATED = re.compile(r"n['’]t\b")
_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_MIXED = re.compile(r"[a-z][A-Z]|[A-Z][A-Z][a-z]|[A-Za-z][0-9]|[0-9][A-Za-z]")  # wherever `_CAMEL` cuts a token, one of these stands
# Letters read one by one, in the plural (*LLMs*): the stemmer takes no *s* off a word without a vowel.
_PLURAL_LETTERS = re.compile(r"[^aeiouy]{2,}(?<!s)s")
_LONGEST_STEMMED = 40  # a longer token is an identifier or noise; stemming it says nothing
# What such endings are once the stemmer has been over them.
_ENDINGS = frozenset(
    (
        *("or", "ori", "er", "ar", "ator", "atori", "ation", "at", "ion", "ional", "iv", "ativ", "al", "ial", "ist", "ism", "ment", "iz"),
        *("abl", "ibl", "iti", "anc", "enc", "ant", "ent", "i", "ic", "ful", "less", "ness", "ship", "ur"),
    )
)
_FAMILY = 4  # letters from which a stem that opens another is of its family


def fold(text: str) -> str:
    """Lower case, compatibility forms and accents removed, possessives cut, *n't* read as *not*."""
    if not text.isascii():  # most text is, and has no other form
        text = unicodedata.normalize("NFKC", text)
        text = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
    text = text.lower()
    if "'" in text or "’" in text:
        text = _NEGATED.sub(" not", _POSSESSIVE.sub("", text))
    return text


def words(text: str) -> list[str]:
    """Word tokens in order, unstemmed. Numbers keep their decimals and lose thousands separators."""
    return [re.sub(r",(?=\d{3}\b)", "", t) if t[0].isdigit() else t for t in _TOKEN.findall(fold(text))]


class _Stemmers(threading.local):
    """A stemmer for each thread: they keep state of their own."""

    def __init__(self) -> None:
        self.english = Stemmer.Stemmer("english", 0)  # keeps no words: `stem` does


_STEMMERS = _Stemmers()


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The stem of one lower-case word."""
    if len(word) > _LONGEST_STEMMED or not word.isalpha():
        return word
    if _PLURAL_LETTERS.fullmatch(word):
        return word[:-1]
    return str(_STEMMERS.english.stemWord(BASE.get(word, word)))


def stems(text: str) -> list[str]:
    """Stemmed word tokens in order: `stems("ML Models in production") == ["ml", "model", "in", "product"]`."""
    return [stem(w) for w in words(text)]


def camel_parts(text: str) -> list[str]:
    """The words inside camel-case tokens: `camel_parts("TestMeanValue") == ["Test", "Mean", "Value"]`; others give nothing."""
    found: list[str] = []
    if _MIXED.search(text) is None:  # nearly every text
        return found
    for token in re.findall(r"[A-Za-z0-9]+", text):
        parts = _CAMEL.findall(token)
        if len(parts) > 1 and all(len(p) > 1 or p.isdigit() for p in parts):
            found += parts
    return found


def index_stems(text: str) -> list[str]:
    """`stems` plus the parts of camel-case names, so that *mean value test* finds `TestMeanValue`."""
    return stems(text) + [stem(p.lower()) for p in camel_parts(text)]


@lru_cache(maxsize=100_000)
def key(text: str) -> str:
    """A name's look-up key: its stems run together, so *data base*, *Data-Base* and *database* are one name."""
    return "".join(stems(text))


def is_made_of(root: str, word: str) -> bool:
    """Whether a stem is another with an ending that makes words of words (*artifact*: *artifactory*, *regulation*: *regulatory*)."""
    return len(root) >= _FAMILY and word.startswith(root) and word[len(root) :] in _ENDINGS


def of_one_family(one: str, other: str) -> bool:
    """Whether two stems are of one family: the one opens the other (*lead*, *leader*)."""
    short, long = sorted((one, other), key=len)
    return len(short) >= _FAMILY and long.startswith(short)


def in_order(wanted: Iterable[str], said: Iterable[str]) -> bool:
    """Whether all that is wanted stands in what is said in its order, whatever stands between."""
    rest = iter(said)
    return all(one in rest for one in wanted)


def runs(wanted: list[str], said: list[str]) -> list[int]:
    """The places of what is said at which all that is wanted begins to stand side by side."""
    return [i for i in range(len(said) - len(wanted) + 1) if said[i : i + len(wanted)] == wanted]
