"""Yes and no by one clause of a text: it says every word that is asked about, and denies it or does not.

*Are backups supported?*: `Backups are not supported yet` is a no. A clause with a condition (*unless*, *only*) settles nothing, and
where two names meet in a question they have to meet in its order: who does what is what is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.finding import Finding, value
from assistant.frame import Frame
from assistant.language import language
from assistant.retrieval import Evidence
from assistant.things import scored
from assistant.view import View
from corpus.chunking import bare_heading
from corpus.models import Fact
from corpus.words import in_order, of_one_family, stem, words

_CANDIDATES = 20  # among which the text has to be
_LONGEST = 260  # characters: a longer text says too many things to be a plain yes or no
_LONGEST_CLAUSE = 16  # words: in a longer clause the words asked about stand by chance
_LEAST = 2  # words asked about that the clause itself has to say
_CLAUSE = re.compile(r"[;:(),]\s|\s[–—-]\s|\b(?:so|but|because|since|although|though|while|whereas|however|which|who)\b", re.I)
# Words by which a text says when it is so, or that it may be.
_CONDITION = re.compile(
    r"\b(?:unless|except|until|only|if|when|whenever|where|without|before|after|may|might|some|sometimes|usually|most|often|longer)\b",
    re.I,
)
_ASKS_MORE = re.compile(
    r"\b(?:or|more|most|less|least|fewer|than|only|just|merely|simply|purely|solely|always|never|every|all|without|if|when)\b", re.I
)


def claimed(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The sentence that says what is asked about, with yes or no; None where none says all of it."""
    strange = [p for p in frame.unknown if p not in frame.soft and p not in frame.denied]
    if frame.kind != "yesno" or frame.negated or strange or _ASKS_MORE.search(frame.text) or frame.answer_type is not None:
        return None
    asked = [frame.tokens[p].stem for p in frame.content if p not in frame.soft]
    names = [t for t in frame.content_ties() if view.is_thing(t.key)]
    for candidate in evidence.candidates[:_CANDIDATES]:
        fact = candidate.fact
        if fact.kind not in ("sentence", "item", "pair") or len(fact.value) > _LONGEST or fact.value.rstrip().endswith("?"):
            continue
        over = _over(fact, view)
        for clause in _clauses(fact.value):
            said = [stem(w) for w in words(clause)]
            if len(said) > _LONGEST_CLAUSE or not _says(asked, said, over):
                continue
            if len(names) > 1 and not in_order([stem(w) for t in names for w in words(t.name)], said):
                continue
            denials = [m[0] for m in language().negation.finditer(clause)]
            if len(denials) > 1 or _CONDITION.search(fact.value) is not None:
                return None  # what it says is not as plain as that
            shape = "said_denied" if denials else "said_yes"
            return Finding(shape, {"sentence": value(fact)}, scored(evidence, [fact]), True, meant=tuple(frame.content))
    return None


def _clauses(text: str) -> Iterator[str]:
    """The clauses of a sentence, in order."""
    start = 0
    for cut in _CLAUSE.finditer(text):
        yield text[start : cut.start()]
        start = cut.end()
    yield text[start:]


def _over(fact: Fact, view: View) -> frozenset[str]:
    """Stems of what a text stands under: they say what it is about."""
    labels = (x.text for x in fact.labels)
    return view.stems_of(" ".join((*map(bare_heading, view.path(fact)), *labels)))


def _says(asked: list[str], said: list[str], over: frozenset[str]) -> bool:
    """Whether a clause says all words, those of its headings left out; enough of them itself."""
    here = [a for a in asked if a in said or any(of_one_family(a, s) for s in said)]
    return len(here) >= _LEAST and all(a in here or a in over for a in asked)


__all__ = ["claimed"]
