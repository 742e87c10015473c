"""What is gathered of one document for what is made of all of them together: sums that can be added and taken away again. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from corpus.aliases import Find, find_aliases
from corpus.facts import count_labels
from corpus.models import Corpus
from corpus.vocabulary import Entry, count_words, make_entries


@dataclass(frozen=True, slots=True)
class Gathered:
    """Names, words and labels of one document."""

    entries: tuple[Entry, ...]
    finds: tuple[Find, ...]  # what may be an alias
    frequencies: Mapping[str, int]  # stem -> facts that hold it
    forms: Mapping[str, str]  # word as written, lower case -> stem
    labels: Counter[str]  # key of a label -> how often it is one


def gather(parts: Corpus) -> Gathered:
    """Everything that is gathered of a document; of the same records it is the same, in the same order."""
    frequencies, forms = count_words(parts)
    return Gathered(make_entries(parts), tuple(find_aliases(parts.facts)), frequencies, forms, count_labels(parts.tables, parts.facts))
