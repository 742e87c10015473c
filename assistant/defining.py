"""What something is: a definition cell, the entry of a term, a sentence that says so, letters written out."""

from __future__ import annotations

import re

from assistant.finding import Finding, fact_label, name, value
from assistant.frame import Frame
from assistant.language import language
from assistant.mentions import Tie
from assistant.retrieval import Evidence
from assistant.sections import label_heading
from assistant.things import FILED_MOST, filed_under, others, scored, things
from assistant.view import View
from corpus.models import Fact
from corpus.words import key, stems, words

_SAYS_WHAT = re.compile(
    r"\b(?:is|are) (?:an?|the|one|any|another|when|where|how|what)\b|\b(?:means?|refers? to|stands? for|denotes?)\b", re.I
)
_SAYS = 3  # words from which the entry of a term says what it means
_HEADED_MOST = 40  # sections of one heading that are read for a text that says what it is
_STANDS_FOR = re.compile(r"\b(?:stands? for|short for|means?|meaning|abbreviat\w+|acronym|spell(?:ed|s)? out|expand\w*)\b", re.I)
_LETTERS = re.compile(r"(?=(?:.*[A-Z]){2})[A-Za-z0-9/&-]{2,8}")
_COPULA = r"(?:is|are|means?|refers? to|stands? for|describes?|denotes?)"


def definition(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What something is: a definition cell, a glossary entry, a sentence that says so, the text under its heading."""
    asked = [t for t in frame.content_ties() if t.roles & {"row", "column", "label", "heading", "name", "term"}]
    if not asked:
        return None
    tie = max(asked, key=lambda t: (t.end - t.start, len(t.key)))
    if len({t.key for t in things(frame, view)}) > 1:
        return None
    rest = [p for p in others(frame, [tie]) if not language().label_is(frame.tokens[p].word, "definition")]
    if rest:
        return None
    for fact in filed_under(tie, view, ("row", "column"), FILED_MOST):
        attribute = view.attribute(fact)
        if attribute is None or not fact.column or not language().label_is(attribute.text, "definition"):
            continue
        owner = view.owner(fact)
        if owner and key(owner.text) == tie.key:
            return Finding("definition", {"name": name(owner), "value": value(fact)}, scored(evidence, [fact]), True, {tie.key: "entity"})
    pattern = re.compile(rf"^(?:(?:an?|the)\s+)?{re.escape(tie.name)}(?:e?s)?(?:\s*\([^)]*\))?\s+{_COPULA}\b", re.I)
    said = [
        c
        for c in evidence.candidates
        if c.fact.kind in ("sentence", "item", "pair") and pattern.search(c.fact.value) and not c.fact.value.rstrip().endswith(":")
    ]
    sentences = [c for c in said if _SAYS_WHAT.search(c.fact.value)]
    pairs = [
        f
        for f in filed_under(tie, view, ("label",), FILED_MOST)
        if f.kind == "pair" and key(f.label("label") or "") == tie.key and len(stems(f.value)) > 2
    ]
    if sentences:
        return Finding("sentence", {"sentences": [value(sentences[0].fact)]}, [sentences[0]], True, {tie.key: "entity"})
    if len(pairs) == 1 or (pairs and not view.is_thing(tie.key)):
        return Finding(
            "pair",
            {"label": fact_label(pairs[0], "label"), "value": value(pairs[0])},
            scored(evidence, pairs[:1]),
            True,
            {tie.key: "entity"},
        )
    for section in list(dict.fromkeys(e.section for e in tie.entries if e.role == "heading" and e.key == tie.key))[:_HEADED_MOST]:
        body = [
            f
            for f in view.store.section_facts(section)
            if f.kind in ("sentence", "item", "pair") and any(c.isalpha() for c in f.value)  # a picture's number says nothing
        ]
        first = [f for f in body if f.kind == "sentence"][:2]
        if first and body[0].kind == "sentence":
            quotes = first if len(first[0].value) < 120 and len(first) > 1 and first[1].group == first[0].group else first[:1]
            return Finding(
                "definition",
                {"name": label_heading(view, section), "value": value(quotes[0])},
                scored(evidence, quotes),
                True,
                {tie.key: "entity"},
            )
    if said:
        return Finding("sentence", {"sentences": [value(said[0].fact)]}, said[:1], True, {tie.key: "entity"})
    return None


def term(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The entry of the one term a question names, where terms are listed to say what they mean."""
    named = [t for t in frame.content_ties() if "label" in t.roles]
    asked = [p for p in frame.content if not language().label_is(frame.tokens[p].word, "definition")]
    tie = next((t for t in named if all(t.start <= p < t.end for p in asked)), None)
    entry = _entry(tie, view) if tie is not None else None
    if tie is None or entry is None:
        return None
    slots = {"label": fact_label(entry, "label"), "value": value(entry)}
    return Finding("pair", slots, scored(evidence, [entry]), True, {tie.key: "entity"})


def _entry(tie: Tie, view: View) -> Fact | None:
    for fact in filed_under(tie, view, ("label",), FILED_MOST):
        if fact.kind != "pair" or key(fact.label("label") or "") != tie.key or len(stems(fact.value)) < _SAYS:
            continue
        name = fact.document.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        if language().glossary & set(words(" ".join([*view.path(fact), name.replace("-", " ").replace("_", " ")]))):
            return fact
    return None


def expansion(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What letters stand for: written out beside them, or a plain statement that they are not."""
    if not _STANDS_FOR.search(frame.text):
        return None
    asked = [t for t in frame.content_ties() if not t.roles & {"row", "column", "label", "heading", "term"} and _LETTERS.fullmatch(t.name)]
    if len(asked) != 1 or others(frame, asked):
        return None
    letters = asked[0].name
    for candidate in [
        *scored(evidence, view.store.facts(sorted({e.fact for e in asked[0].entries if e.fact is not None}))),
        *evidence.candidates,
    ]:
        said = candidate.fact.value
        written = re.search(rf"\w[\w /-]*\({re.escape(letters)}s?\)|\b{re.escape(letters)} \([A-Za-z][^)]*\)", said)
        if written and candidate.fact.kind != "heading" and len(stems(written[0])) > 2:
            return Finding("sentence", {"sentences": [value(candidate.fact)]}, [candidate], True, {asked[0].key: "topic"})
    return Finding("unexplained", {}, evidence.candidates[:1], decline="unknown_attribute")
