"""Answers that join several facts: definitions, counterparts, membership, reasons, counts, cards.

Everything here starts from names the question was tied to, so it needs no guess about meaning; what cannot
be found so is left to the ranked evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.finding import Finding, beyond, fact_label, name, opening, part, value
from assistant.frame import Frame
from assistant.grids import head_stem
from assistant.language import language
from assistant.mentions import Tie
from assistant.prose import readable
from assistant.retrieval import Candidate, Evidence
from assistant.view import DecisionRow, View
from assistant.wording import Echo, Figure, Quote
from corpus.chunking import bare_heading
from corpus.models import Fact
from corpus.words import key, stem, stems, words

_FEWEST_ATTRIBUTES, _MOST_ATTRIBUTES = 3, 60  # fewer names do not tell meanings apart; more are not attributes
_OCCASIONS = 40  # facts among which those under a heading that says when are looked for
_OCCASION_BEHIND = 0.25  # how far the best of them may lie below the best fact of all
_ATTRIBUTE_MEANT = 0.34  # cosine of the question without its thing and an attribute's name; asked for something else it stays below 0.25
_ATTRIBUTE_LEAD = 0.04
_TEXTS_NEAR = 30  # candidates among which a text that speaks of both names is looked for
# Asks for a way of doing something, which no attribute is.
_TO_DO = re.compile(r"(?:and |so )?how (?:(?:do|can|could|should|would|must) (?:i|we|you|one|they|people)|to)\b", re.I)
_IN_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_REASON_SHARE = 0.6  # share of the question that a decision row must hold before its reason is the reason asked for
_REASON_NAMED = 0.45  # … and that its use and its recommendation must hold by themselves
_CARD_LINES = 12
_ENUMERATION = 0.6  # share of a value that its names make up when it is a list of them
_SAYS_WHAT = re.compile(
    r"\b(?:is|are) (?:an?|the|one|any|another|when|where|how|what)\b|\b(?:means?|refers? to|stands? for|denotes?)\b", re.I
)
_AFFIRMING = 20  # candidates among which the fact that says yes has to be
_AFFIRMING_LENGTH = 220  # characters: a longer text says too many things to be a plain yes
_MEANT_AMONG = 60  # facts of a thing that are read for what is said of another
_AS_MUCH = 0.1  # cosine by which these may lie behind and still say it
_MISATTRIBUTED = 5  # … among which what is said of another thing has to be
_MISATTRIBUTED_SHARE = 0.75  # share of what is said that the other thing's fact must hold
_SAYS = 3  # words from which the entry of a term says what it means
_TELLING = 3  # words a fact has at least to be what a question wrongly says of something
_EVERY_LINE = 16
_QUOTED = 3  # blanks in a text from which its words in a question are a quotation
_ALIKE = 4  # places of one attribute that are told together
_REASON_WHOLE = 0.99  # … or this share, of a row that recommends just what is named
_FILED_MOST = 2000  # facts of one name that are looked through for what is said of it; a label of every file has tens of thousands
_HEADED_MOST = 40  # sections of one heading that are read for a text that says what it is
_CARD_MOST = 12  # cells of a row or column of one section
_EVERYTHING = re.compile(r"\b(?:everything|anything|all(?: of)?|every|facts?|mentions?|whatever|overview|summary|profile)\b", re.I)
_USE = re.compile(
    r"\b(?:when|use cases?|uses|what for|for what|for which|good for|suited (?:for|to)|meant for)\b"
    r"|^what (?:do|does|would|should|can|could|might) .*\b(?:need|use|want|take|have)\b.* for\W*$",
    re.I,
)
_USING = frozenset(words("good suited meant run use do make apply perform need pick choose take consider"))  # verbs of who has a use for it
_FORBIDDEN = re.compile(
    r"\b(?:what|which|anything|something|things?)\b.*\b(?:must|should|may|shall|can|do)(?:n['’]?t| not| never)\b"
    r"|\b(?:must|should|may|shall|to|can) (?:i|we|you|one) (?:never|not|avoid)\b"
    r"|\bwhat (?:not to|to avoid|to never)\b|\b(?:should|to|must) (?:be )?avoid(?:ed)?\b",
    re.I,
)
_FORBIDS = re.compile(r"\b(?:don['’]?ts?|do nots?|avoid\w*|never|mistakes?|pitfalls?|anti-?patterns?|not to)\b", re.I)
_TELLING_STEM = 4  # letters of a stem that a heading or file is about
_ASKS_FOR_A_SORT = frozenset({"attribute", "list", "definition", "which", "keyword"})
_SORTS = frozenset({"problem", "benefit", "aim", "example", "forecast"})  # of attribute, that headings are called by in many words
_FORBIDDEN_WITHIN = 15  # candidates in whose documents such a heading is looked for
_AVOIDING = frozenset(words("never not avoid avoided do done doing make making must should may write writing use using say saying"))
_DEGREE = re.compile(r"\b(?:more|most|less|least|fewer|fewest|than|only|just|merely|simply|purely|solely|always|never|every|all)\b", re.I)
_SECTION_NUMBER = re.compile(r"\b(?:section|chapter|part|§)\s*(\d{1,3})\b", re.I)
YESNO = re.compile(r"(?:is|are|was|were|does|do|can|could)\b", re.I)
_STANDS_FOR = re.compile(r"\b(?:stands? for|short for|means?|meaning|abbreviat\w+|acronym|spell(?:ed|s)? out|expand\w*)\b", re.I)
_LETTERS = re.compile(r"(?=(?:.*[A-Z]){2})[A-Za-z0-9/&-]{2,8}")
_COPULA = r"(?:is|are|means?|refers? to|stands? for|describes?|denotes?)"


def things(frame: Frame, view: View) -> list[Tie]:
    """The names in the question that the knowledge base describes."""
    return [t for t in frame.content_ties() if view.is_thing(t.key)]


def filed_under(tie: Tie, view: View, roles: Iterable[str] = ("row", "column", "label"), most: int | None = None) -> list[Fact]:
    """Facts that carry the name as one of their labels, in the order of the files.

    Args:
        most: only so many, the first: where one of them or some are looked for. What is counted or listed needs them all.
    """
    wanted = set(roles)
    ids = sorted({e.fact for e in tie.entries if e.fact is not None and e.role in wanted})
    return view.store.facts(ids[:most])


def others(frame: Frame, used: Iterable[Tie]) -> list[int]:
    """Content places outside the given names, words of mere talk left out."""
    taken = {p for t in used for p in range(t.start, t.end)} | frame.soft
    return [p for p in frame.content if p not in taken]


def scored(evidence: Evidence, facts: Iterable[Fact]) -> list[Candidate]:
    known = {c.fact.id: c for c in evidence.candidates}
    return [known.get(f.id) or Candidate(f, cover=1.0, exact=1, score=1.0) for f in facts]


# ---------------------------------------------------------------- definition


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
    for fact in filed_under(tie, view, ("row", "column"), _FILED_MOST):
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
        for f in filed_under(tie, view, ("label",), _FILED_MOST)
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
    for fact in filed_under(tie, view, ("label",), _FILED_MOST):
        if fact.kind != "pair" or key(fact.label("label") or "") != tie.key or len(stems(fact.value)) < _SAYS:
            continue
        name = fact.document.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        if language().glossary & set(words(" ".join([*view.path(fact), name.replace("-", " ").replace("_", " ")]))):
            return fact
    return None


def label_heading(view: View, section: int) -> Quote | None:
    """The heading of a section as an uncited quote beside a cited value."""
    heading = view.heading_fact(section)
    return Quote(bare_heading(heading.value), heading.document, heading.span) if heading else None


def attribute_by_meaning(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The attribute of a named thing that the rest of the question means, by the names of the attributes alone.

    The thing is taken out of the question first: it is in every candidate, and would drown what is asked.
    """
    named = things(frame, view)
    if len({t.key for t in named}) != 1 or not others(frame, named):
        return None
    tie = named[0]
    facts = facts_of(tie, view)
    labels = list(dict.fromkeys(a.text for f in facts if (a := view.attribute(f)) is not None))
    if len(labels) < _FEWEST_ATTRIBUTES or len(labels) > _MOST_ATTRIBUTES:
        return None
    first, last = frame.tokens[tie.start], frame.tokens[tie.end - 1]
    rest = f"{frame.text[: first.start]}it{frame.text[last.end :]}"
    similar = view.label_similarity(rest, tuple(labels))
    order = sorted(range(len(labels)), key=lambda i: (-similar[i], i))
    lead = similar[order[0]] - similar[order[1]]
    if similar[order[0]] < _ATTRIBUTE_MEANT or lead < _ATTRIBUTE_LEAD:
        return None
    meant = [f for f in facts if (a := view.attribute(f)) is not None and a.text == labels[order[0]]]
    candidates = scored(evidence, meant[:1])
    owner, attribute = view.owner(meant[0]), view.attribute(meant[0])
    slots = {"owner": name(owner) if owner else None, "attribute": name(attribute) if attribute else None, "value": value(meant[0])}
    # A word the chosen name holds was tied by that word, and then the words beside it still have to be found.
    if frame.focus in frame.unknown:
        return None  # *which licence*: the very noun asked for is unknown
    if _TO_DO.match(frame.text) and not view.stems_of(labels[order[0]]) & {frame.tokens[p].stem for p in frame.content}:
        return None  # *how do I restore it* is not told by how often it is backed up
    return Finding("cell", slots, candidates, True, {tie.key: "entity"}, meant=meant_beside(frame, labels[order[0]], view))


def meant_beside(frame: Frame, label: str, view: View) -> tuple[int, ...]:
    """Places of the question that a name of an attribute covers by meaning: all but those that narrow it.

    In *security tools* and *tools for security* an unknown word narrows a name that is there, and has to be found itself; so has
    the noun after a word that only qualifies what is named (*max payload*, `Max memory`).
    """
    held = view.stems_of(label)
    literal = [i for i, t in enumerate(frame.tokens) if t.stem in held]
    qualified = qualified_by(frame, label, view)
    after_for = next((i for i, t in enumerate(frame.tokens) if literal and i > literal[-1] and t.word == "for"), len(frame.tokens))
    beside = {p for p in frame.unknown if any(frame.coordinate(t, p) for t in frame.content_ties())}  # *A and x*: x is asked for as well
    return tuple(
        p
        for p in frame.content
        if p not in beside | qualified and (not literal or frame.tokens[p].stem in held or not (p + 1 in literal or p > after_for))
    )


def qualified_by(frame: Frame, label: str, view: View) -> set[int]:
    """Places right after the words a question shares with a label, where they only say how much of something: it may be another."""
    held = view.stems_of(label)
    literal = [i for i, t in enumerate(frame.tokens) if t.stem in held and not t.function]
    shared = [frame.tokens[i] for i in literal]
    only_amounts = all(t.word in language().amounts for t in shared) and head_stem(label) not in {t.stem for t in shared}
    return {i + 1 for i in literal} if only_amounts else set()


def facts_of(tie: Tie, view: View, most: int | None = None) -> list[Fact]:
    """What is said of a thing, one fact per attribute and place; decision rows and steps left out.

    Args:
        most: looked for among so many facts, as for `filed_under`.
    """
    found = []
    for fact in filed_under(tie, view, most=most):
        owner = view.owner(fact)
        if owner is None or key(owner.text) != tie.key or fact.kind == "step" or fact.column == 0:
            continue
        if fact.table is not None and view.table(fact.table).decision:
            continue
        found.append(fact)
    return found


def reason(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The reason a decision row gives, for the row or the recommendation the question names."""
    asked = {t.key for t in things(frame, view)}
    idle = language().frame_words("overlap") | language().frame_words("decision")
    worth = {p: w for p, w in evidence.worth.items() if frame.tokens[p].stem not in idle and p not in frame.soft}
    total = sum(worth.values()) or 1.0
    best: list[tuple[float, Fact, DecisionRow]] = []
    for candidate in evidence.candidates:
        row = view.decision(candidate.fact)
        if row is None or row.why is None:
            continue
        what = row.what
        held = view.stems_of(f"{what.value} {row.when.value} {row.why.value}")
        named = view.stems_of(f"{what.value} {row.when.value}")
        share = sum(w for p, w in worth.items() if frame.tokens[p].stem in held) / total
        # A reason is one for what is recommended, or for when: its own words alone do not ask for it.
        share_named = sum(w for p, w in worth.items() if frame.tokens[p].stem in named) / total
        exact = bool(asked) and {key(n) for n in what.names or (what.value,)} == asked
        if share >= _REASON_SHARE and (share_named >= _REASON_NAMED or (exact and share >= _REASON_WHOLE)):
            best.append((share + 0.2 * candidate.dense + 0.2 * exact, row.why, row))
    if not best:
        return None
    _, why, row = min(best, key=lambda found: (-found[0], found[1].id))
    given = {key(n) for n in row.what.names or (row.what.value,)}
    slots = {"what": value(row.what), "when": value(row.when), "why": value(why)}
    deciding = scored(evidence, [why, row.when, row.what])
    return Finding("decision", slots, deciding, True, corrected=bool(asked and not asked & given))


def affirmed(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Yes, with the fact that says so: one fact of the thing asked about holds every word of the question, or one sentence in its order."""
    strange = [p for p in set(frame.unknown) - frame.soft if not language().akin(frame.tokens[p].word)]
    if frame.negated or strange or _DEGREE.search(frame.text) or not (frame.kind == "yesno" or YESNO.match(frame.text)):
        return None
    sides = {t.key: t for t in things(frame, view)}
    rest = others(frame, sides.values())
    if not rest:
        return None
    written = {p: view.stems_of(t.name) for t in frame.content_ties() for p in range(t.start, t.end)}

    def held_in(stems_: frozenset[str], p: int) -> bool:
        return frame.tokens[p].stem in stems_ or (p in written and written[p] <= stems_)

    for candidate in evidence.candidates[:_AFFIRMING]:
        fact = candidate.fact
        if fact.kind in ("code", "step", "heading") or fact.value.rstrip().endswith("?") or language().negation.search(fact.value):
            continue
        owner = view.owner(fact)
        names = {key(n) for n in owner.text.split(" + ")} if owner else set()
        label = view.attribute(fact)
        held = view.stems_of(f"{fact.value} {label.text if label else ''}")
        subject = next(iter(sides), None)
        of_it = names == set(sides) or (
            subject in names and len(names) == 1 and all(view.stems_of(t.name) <= held for t in list(sides.values())[1:])
        )
        says = [p for p in rest if held_in(view.stems_of(fact.value), p)]
        named = view.stems_of(label.text) if label else frozenset[str]()
        if (
            sides
            and of_it
            and (says or len(sides) > 1)
            and all(held_in(held, p) or not language().akin(frame.tokens[p].word).isdisjoint(named) for p in rest)
        ):
            slots = {"owner": name(owner) if owner else None, "attribute": name(label) if label else None, "value": value(fact)}
            return Finding("cell_yes", slots, [candidate], True, dict.fromkeys(sides, "entity"), meant=tuple(frame.content))
        if fact.kind in ("sentence", "item", "pair") and len(fact.value) <= _AFFIRMING_LENGTH and _says_in_order(frame, fact):
            return Finding("said_yes", {"sentence": value(fact)}, [candidate], True, meant=tuple(frame.content))
    return None


def _says_in_order(frame: Frame, fact: Fact) -> bool:
    """Whether a text holds the words of the question one after the other, so that who does what is the same."""
    said = [stem(w) for w in words(fact.value)]
    wanted = [frame.tokens[p].stem for p in frame.content if p not in frame.soft]
    rest = iter(said)
    return len(wanted) > 1 and all(w in rest for w in wanted)


def decided(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Whether the thing named is what a decision row recommends for the use named: yes, or no with the row."""
    asked = {t.key for t in things(frame, view)}
    pair = [t for t in frame.content_ties() if " + " in t.name]
    asked |= {key(n) for t in pair for n in t.name.split(" + ")}
    uses = [t for t in frame.content_ties() if "row" in t.roles and not view.is_thing(t.key) and " + " not in t.name]
    if not asked:
        return None
    for tie in uses:
        for fact in filed_under(tie, view, ("row",)):
            row = view.decision(fact)
            if row is None or key(fact.label("row") or "") != tie.key:
                continue
            given = {key(n) for n in row.what.value.split(" + ")}
            slots = {
                "what": value(row.what),
                "when": value(row.when),
                "why": value(row.why) if row.why else None,
                "yes": asked == given,
                "part": asked < given,
            }
            found = Finding("decided", slots, scored(evidence, [row.what, row.when]), True, dict.fromkeys(asked, "entity"))
            found.meant = tuple(p for p in frame.content if p not in frame.strange)
            if frame.kind != "yesno":
                return None if asked & given else _corrected(found)
            return found
    return None


def _corrected(found: Finding) -> Finding:
    found.corrected = True
    return found


def misattributed(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What the question says of one thing is said of another: the fact, and what is said of the thing itself in the same place."""
    sides = {t.key: t for t in things(frame, view)}
    if len(sides) != 1 or frame.negated or (frame.answer_type not in (None, "reason")):
        return None
    (asked,) = sides
    of_class = {p for p in frame.unknown if language().classes_of(frame.tokens[p].word)}
    rest = {p: w for p, w in evidence.worth.items() if p in others(frame, sides.values()) and p not in of_class}
    total = sum(rest.values())
    if not rest or total <= 0:
        return None

    def share(fact: Fact) -> float:
        label = view.attribute(fact)
        held = view.stems_of(f"{fact.value} {label.text if label else ''} {' '.join(view.path(fact)[-1:])}")
        return sum(w for p, w in rest.items() if frame.tokens[p].stem in held) / total

    for candidate in evidence.candidates[:_MISATTRIBUTED]:
        fact = candidate.fact
        owner = view.owner(fact)
        if owner is None or fact.kind in ("code", "step") or not view.is_entity(key(owner.text)) or key(owner.text) == asked:
            continue
        told_of = {key(n) for n in fact.names} | {key(x.text) for x in fact.labels if x.role in ("row", "column", "label")}
        if asked in told_of or asked in key(fact.value) or share(fact) < _MISATTRIBUTED_SHARE or len(view.stems_of(fact.value)) < _TELLING:
            continue
        held_by_value = sum(w for p, w in rest.items() if frame.tokens[p].stem in view.stems_of(fact.value)) / total
        if held_by_value < 0.5 or any(share(f) >= share(fact) for f in facts_of(sides[asked], view)):
            continue
        beside = [c.fact for c in evidence.candidates[:_TEXTS_NEAR] if c.fact.table is None and _speaks_of(c.fact, sides[asked], view)]
        if any(share(f) >= share(fact) for f in beside):
            continue
        label = view.attribute(fact)
        mine = next(
            (f for f in facts_of(sides[asked], view) if label and (a := view.attribute(f)) is not None and a.text == label.text), None
        )
        if mine is None:
            continue  # only what both have can be mistaken
        if _says_as_much(frame, sides[asked], fact, [mine, *beside, *facts_of(sides[asked], view, _MEANT_AMONG)], view):
            continue  # in other words it is said of the thing itself
        slots = {
            "other": {"owner": name(owner), "attribute": name(label) if label else None, "value": value(fact)},
            "asked": Echo(sides[asked].name),
            "value": value(mine),
            "yesno": frame.kind == "yesno",
        }
        used = [fact, mine]
        meant = tuple(p for p in frame.content if p not in frame.strange)
        return Finding("misattributed", slots, scored(evidence, used), True, {asked: "entity"}, corrected=True, meant=meant)
    return None


def _says_as_much(frame: Frame, asked: Tie, other: Fact, own: Sequence[Fact], view: View) -> bool:
    """Whether what is said of a thing means nearly as much of what is asked of it as what is said of another does."""
    first, last = frame.tokens[asked.start], frame.tokens[asked.end - 1]
    rest = " ".join(f"{frame.text[: first.start]} {frame.text[last.end :]}".split())
    near, *mine = view.label_similarity(rest, tuple(dict.fromkeys(f.value for f in (other, *own))))
    return bool(mine) and max(mine) > near - _AS_MUCH


def example(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The example given of the thing named, or of each thing."""
    sides = {t.key: t for t in things(frame, view)}
    asked = [t for t in sides.values() if not language().label_is(t.name, "example")]
    words_of = [p for p in others(frame, asked) if not language().label_is(frame.tokens[p].word, "example")]
    if len(asked) > 1 or words_of or not (asked or frame.each):
        return None
    labelled: dict[str, Fact] = {}
    for candidate in evidence.candidates:
        fact = candidate.fact
        owner, label = view.owner(fact), view.attribute(fact)
        if owner is not None and label is not None and language().label_is(label.text, "example") and view.is_entity(key(owner.text)):
            labelled.setdefault(key(owner.text), fact)
    facts = [labelled[asked[0].key]] if asked and asked[0].key in labelled else [] if asked else list(labelled.values())
    if not facts:
        return None
    if len(facts) == 1:
        slots: dict[str, object] = {"label": fact_label(facts[0], "label"), "value": value(facts[0])}
        return Finding("pair", slots, scored(evidence, facts), True, {t.key: "entity" for t in asked}, meant=tuple(frame.content))
    cells = [{"label": name(o) if (o := view.owner(f)) else None, "value": value(f)} for f in facts]
    return Finding("list", {"lead": None, "items": cells, "left": 0}, scored(evidence, facts), True, meant=tuple(frame.content))


def elsewhere(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The counterpart, where a listed name is asked for of a thing that does not list it (*the x of B*)."""
    named = [t for t in frame.content_ties() if "name" in t.roles and not t.is_label() and not view.is_thing(t.key)]
    sides = things(frame, view)
    if len(named) != 1 or len({t.key for t in sides}) != 1:
        return None
    if any(frame.tokens[p].word not in language().soft for p in others(frame, [*named, *sides])):
        return None
    listed = [f for f in holders_of(named[0], view) if f.table is not None and enumerates(f)]
    if not listed or any((o := view.owner(f)) is not None and key(o.text) == sides[0].key for f in listed):
        return None
    return counterpart(frame, evidence, view)


def everything(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Every fact that names the one thing or name asked about, when all of it is asked for."""
    asked = [t for t in frame.content_ties() if t.roles & {"name", "row", "column", "label"}]
    if len({t.key for t in asked}) != 1 or others(frame, asked) or not (frame.each or _EVERYTHING.search(frame.text)):
        return None
    tie = asked[0]
    if not view.is_thing(tie.key) and tie.roles & {"row", "column"}:
        return None  # an attribute: its row or column is asked for
    ids = sorted({e.fact for e in tie.entries if e.fact is not None and e.role in ("name", "row", "column", "label")})
    facts = [f for f in view.store.facts(ids) if f.kind not in ("heading", "step") and f.column != 0]
    different = list({f.value: f for f in reversed(facts)}.values())[::-1]  # of those that say the same, the first
    used = different[:_EVERY_LINE]
    lines: list[dict[str, object]] = []
    for fact in used:
        owner, attribute = view.owner(fact), view.attribute(fact)
        told = owner if owner is not None and key(owner.text) != tie.key else None
        lines.append({"owner": name(told) if told else None, "label": name(attribute) if attribute else None, "value": value(fact)})
    if len(lines) < 2:
        return None
    slots = {"name": Echo(tie.name), "lines": lines, "left": beyond(different[len(used) :])}
    return Finding("everything", slots, scored(evidence, used), True, {tie.key: "entity"}, meant=tuple(frame.soft))


def uses(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """All decision rows that recommend the thing, or the pair, named: what it is for, when it is needed."""
    asked = {t.key for t in things(frame, view)}
    pairs = [t for t in frame.content_ties() if " + " in t.name]
    asked |= {key(n) for t in pairs for n in t.name.split(" + ")}
    columns = [t for t in frame.content_ties() if t.roles & {"column"} and not view.is_thing(t.key)]
    listed = [t for t in frame.content_ties() if "name" in t.roles and not t.is_label()] if not asked else []
    asked |= {t.key for t in listed[:1]}
    if not asked or not (_USE.search(frame.text) or columns):
        return None
    rest = [p for p in others(frame, [*things(frame, view), *pairs, *listed]) if frame.tokens[p].word not in _USING]
    rows: dict[tuple[int, int], tuple[bool, dict[str, object]]] = {}
    used: dict[tuple[int, int], list[Fact]] = {}
    for entry in view.entries(next(iter(sorted(asked)))):
        fact = view.fact(entry.fact) if entry.fact is not None and entry.role == "name" else None
        row = view.decision(fact) if fact is not None else None
        if fact is None or row is None or fact.column != row.what.column:
            continue
        given = {key(n) for n in (fact.names if listed else fact.value.split(" + "))}
        heads = view.stems_of(" ".join((*view.table_of(fact).columns, *view.path(fact))))
        if not asked <= given or any(frame.tokens[p].stem not in heads for p in rest):
            continue
        place = (view.table_of(fact).id, fact.row or 0)
        rows[place] = (given == asked, {"owner": value(fact), "attribute": None, "value": value(row.when)})
        used[place] = [fact, row.when]
    if not rows:
        return None
    order = sorted(rows, key=lambda p: (not rows[p][0], p))
    facts = [f for p in order for f in used[p]]
    shape = Finding("decisions", {"rows": [rows[p][1] for p in order]}, scored(evidence, facts), True, dict.fromkeys(asked, "entity"))
    shape.meant = tuple(p for p in frame.content if p not in frame.strange)
    return shape


def quoted(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Whose words these are: the fact whose whole text stands in the question."""
    asked = " ".join(words(frame.text))
    for candidate in evidence.candidates[:_AFFIRMING]:
        fact = candidate.fact
        said = " ".join(words(fact.value))
        if fact.kind in ("heading", "code") or said.count(" ") < _QUOTED or said not in asked:
            continue
        if fact.table is not None and (decided := view.table(fact.table).decision) and fact.column == decided[0]:
            return None  # a need is named, and what serves it is asked for
        owner, attribute = view.owner(fact), view.attribute(fact)
        if owner is None:
            return None
        slots = {"owner": name(owner), "attribute": name(attribute) if attribute else None, "value": value(fact)}
        return Finding("owner", slots, [candidate], True, meant=tuple(frame.content))
    return None


def named_alike(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Every attribute of a thing that the question's word names, exactly or in part, where there are several places."""
    sides = {t.key: t for t in things(frame, view)}
    rest = {frame.tokens[p].stem for p in others(frame, sides.values())}
    if len(sides) != 1 or not rest:
        return None
    found: dict[str, Fact] = {}
    for fact in facts_of(next(iter(sides.values())), view):
        attribute = view.attribute(fact)
        if attribute is not None and rest <= view.stems_of(attribute.text):
            found.setdefault(fact.value, fact)
    facts = sorted(found.values(), key=lambda f: (view.stems_of(a.text) != rest if (a := view.attribute(f)) else True, f.id))
    labels = [a.text for f in facts if (a := view.attribute(f)) is not None]
    if not 2 <= len(facts) <= _ALIKE or len(set(labels)) < 2 or view.stems_of(labels[0]) != rest:
        return None
    cells = [{"label": name(a) if (a := view.attribute(f)) else None, "value": value(f)} for f in facts]
    owner = view.owner(facts[0])
    return Finding(
        "row",
        {"subject": name(owner) if owner else None, "cells": cells, "left": 0},
        scored(evidence, facts),
        True,
        dict.fromkeys(sides, "entity"),
        meant=tuple(frame.soft),
    )


def within(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What a named section says of a thing, or of an attribute: its row, column or items there."""
    headings = [t for t in frame.content_ties() if "heading" in t.roles and not view.is_thing(t.key)]
    sides = {t.key: t for t in things(frame, view)}
    if not headings or len(sides) > 1:
        return None
    heading = max(headings, key=lambda t: (t.end - t.start, len(t.key)))
    below = {e.section for e in heading.entries if e.role == "heading"}
    paths = {s.path for s in view.store.sections_by_id(sorted(below))}
    depths = sorted({len(p) for p in paths})  # a heading that every file has stands in thousands of places
    labels = [t for t in frame.content_ties() if t is not heading and t.roles & {"row", "column"} and t.key not in sides]
    asked = list(sides.values()) or labels[:1]
    if not asked or others(frame, [heading, *asked]):
        return None

    def inside(fact: Fact) -> bool:
        return any(view.path(fact)[:depth] in paths for depth in depths)

    facts = [f for f in filed_under(asked[0], view) if inside(f) and f.column != 0 and f.kind != "step"]
    facts = [f for f in facts if any(key(x.text) == asked[0].key and x.role in ("row", "column", "label") for x in f.labels)]
    if len(facts) < 2 or len(facts) > _CARD_MOST or len({f.table for f in facts}) != 1:
        return None
    subject = next((x for x in facts[0].labels if key(x.text) == asked[0].key), None)
    across = "column" if subject is not None and subject.role == "row" else "row"
    cells = [{"label": fact_label(f, across), "value": value(f)} for f in facts]
    slots = {"subject": fact_label(facts[0], subject.role) if subject else None, "cells": cells, "left": 0}
    return Finding("row", slots, scored(evidence, facts), True, {asked[0].key: "entity", heading.key: "topic"}, meant=tuple(frame.soft))


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


def numbered_section(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What stands under the heading of that number (*what does section 4 say*)."""
    asked = _SECTION_NUMBER.search(frame.text)
    if asked is None:
        return None
    for place in view.store.numbered_sections(asked[1]):
        if place.path and re.match(rf"{asked[1]}(?:[.):]|\s)", place.path[-1]):
            found = _contents(place.id, evidence, view)
            if found is not None:
                found.meant = tuple(frame.content)
            return found
    return None


def section(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What stands under a heading the question names: its list, its labelled subsections, or its first sentences."""
    named = [t for t in frame.content_ties() if "heading" in t.roles]
    if not named:
        return None
    tie = max(named, key=lambda t: (t.end - t.start, len(t.key)))
    rest = {frame.tokens[p].stem for p in others(frame, [tie])}
    headed = dict.fromkeys(e.section for e in tie.entries if e.role == "heading")
    fitting = [s for s in headed if rest <= view.stems_of(" ".join(view.section(s).path))]
    # The heading that is just the name, before one that it is a part of (`Masts` before `Masts and sails`); written as typed, if one is.
    just = [s for s in fitting if key(_IN_BRACKETS.sub("", bare_heading(view.section(s).path[-1]))) == tie.key] or fitting
    first = next((s for s in just if tie.words.lower() in view.section(s).path[-1].lower()), next(iter(just), None))
    if first is None:
        return None
    found = _contents(first, evidence, view)
    if found is not None:
        found.roles = {tie.key: "topic"}
    return found


def occasion(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What stands under a heading that says when (*when should X be used*, `When to use`), where it is of all that is named."""
    best = evidence.best()
    fitting = [c for c in evidence.candidates[:_OCCASIONS] if c.suits and c.fact.table is None]
    if best is None or not fitting or frame.negated:
        return None
    top = max(fitting, key=lambda c: (round(c.score, 6), -c.fact.id))
    named = {p for t in frame.content_ties() for p in range(t.start, t.end) if not frame.tokens[p].function}
    over = view.path(top.fact)[-1:]
    if (
        not named <= set(top.where)
        or top.score < best.score - _OCCASION_BEHIND
        or not any(language().wanted(frame.text) & language().classes_in(h) for h in over)
    ):
        return None
    found = _contents(top.fact.section, evidence, view)
    if found is not None:
        found.meant = tuple(frame.soft)
    return found


def forbidden(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What stands under a heading for what is not to be done, where it is about what the question names (*what must I never …*)."""
    if _FORBIDDEN.search(frame.text) is None or frame.kind in ("why", "count"):
        return None
    asked = {frame.tokens[p].stem for p in frame.content if p not in frame.soft and frame.tokens[p].word not in _AVOIDING}
    for document in dict.fromkeys(c.fact.document for c in evidence.candidates[:_FORBIDDEN_WITHIN]):
        for section in view.store.sections(document):
            if not section.path or _FORBIDS.search(section.path[-1]) is None:
                continue
            about = key(" ".join((*section.path[:-1], view.shown_path(document))))  # *post-mortems* are postmortems
            if not any(s in about for s in asked if len(s) >= _TELLING_STEM):
                continue
            found = _contents(section.id, evidence, view)
            if found is not None:
                found.meant = tuple(frame.content)
                return found
    return None


def headed_alike(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What stands under a heading that says the same sort of thing in another word: *drawbacks of x*, `Limitations` below `x`."""
    if frame.kind not in _ASKS_FOR_A_SORT or frame.negated or things(frame, view):
        return None
    lang = language()
    filed = {p for t in frame.content_ties() if t.roles & {"heading", "row", "column", "label"} for p in range(t.start, t.end)}
    sorts = {p: lang.classes_of(frame.tokens[p].word) & _SORTS for p in frame.content if p not in filed or p in frame.unknown}
    asked = {c for found in sorts.values() for c in found}
    about = {frame.tokens[p].stem for p in frame.content if not sorts.get(p) and p not in frame.soft}
    if not asked or not about:
        return None
    for document in dict.fromkeys(c.fact.document for c in evidence.candidates[:_FORBIDDEN_WITHIN]):
        for section in view.store.sections(document):
            if not section.path or not asked & lang.classes_in(bare_heading(section.path[-1])):
                continue
            if not about <= view.stems_of(" ".join((*map(bare_heading, section.path[:-1]), view.shown_path(document)))):
                continue
            found = _contents(section.id, evidence, view)
            if found is not None:
                found.meant = tuple(frame.content)
                return found
    return None


def _contents(place: int, evidence: Evidence, view: View) -> Finding | None:
    """What a section holds: its list, the rows of its table, or its first sentences."""
    facts = [f for f in view.store.section_facts(place) if f.kind != "heading"]
    items = [f for f in facts if f.kind in ("item", "pair") and f.depth == 0 and f.group is not None]
    known = {c.fact.id: c for c in evidence.candidates}
    if items:
        group = [f for f in items if f.group == items[0].group]
        shown = [{"label": fact_label(f, "label"), "value": value(f)} for f in readable(group)]
        lead = fact_label(group[0], "lead") or label_heading(view, place)
        slots = {"lead": opening(lead), "items": shown, "left": beyond(group[len(shown) :])}
        deciding = [known.get(f.id) or Candidate(f, cover=1.0, score=1.0) for f in group]
        return Finding("steps" if group[0].ordered else "list", slots, deciding, True)
    sentences = [f for f in facts if f.kind == "sentence"][:2]
    if sentences:
        return Finding("sentence", {"sentences": [value(f) for f in sentences]}, scored(evidence, sentences), True)
    return None


# ---------------------------------------------------------------- counterpart, membership


def holders_of(tie: Tie, view: View) -> list[Fact]:
    """Facts whose value enumerates the name."""
    ids = sorted({e.fact for e in tie.entries if e.fact is not None and e.role == "name"})
    return [f for f in view.store.facts(ids) if f.kind not in ("heading", "step") and f.column != 0]


def counterpart(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The same row, the other column: what one thing has where another has the named one."""
    named = [t for t in frame.content_ties() if "name" in t.roles and not view.is_thing(t.key)]
    sides = things(frame, view)
    if not named:
        return None
    wanted = {t.key for t in sides}
    cells = {f.id: f for t in named for f in holders_of(t, view) if f.table is not None and not view.table(f.table).decision}
    # Where the other side is named with what it has (*is y of B the counterpart of x*), x is what is looked from.
    ours = [f for f in cells.values() if (o := view.owner(f)) is None or key(o.text) not in wanted] or list(cells.values())
    found = []
    typed = {frame.tokens[p].word for t in named for p in range(t.start, t.end)}
    as_typed = {f.id: len(typed.intersection(words(f.value))) for f in ours}  # of two cells that hold its stem, the one that writes it so
    for cell in sorted(ours, key=lambda f: (-as_typed[f.id], len(f.names), f.id)):
        columns = view.table_of(cell).entities == "columns"
        owner = view.owner(cell)
        for other in view.row(cell) if columns else view.column(cell):
            theirs = view.owner(other)
            if other.id == cell.id or theirs is None or other.column == 0:
                continue
            if sides and key(theirs.text) not in wanted:
                continue
            if owner is not None and key(theirs.text) == key(owner.text):
                continue
            found.append((cell, other))
    if not found:
        return None
    first = found[0][0]
    mine = [other for cell, other in found if cell.id == first.id]
    said = next((t for t in named if t.name in first.value), named[0])
    claimed = [t for t in named if t.key != said.key]
    owner, attribute = view.owner(first), view.attribute(first)
    slots = {
        "name": part(first, said.name) if said.name in first.value else value(first),
        "owner": name(owner) if owner else None,
        "attribute": name(attribute) if attribute else None,
        "others": [{"owner": name(o) if (o := view.owner(f)) else None, "value": value(f)} for f in mine],
        "yes": all(any(key(n) == t.key for f in mine for n in f.names) for t in claimed) if claimed and YESNO.match(frame.text) else None,
    }
    return Finding("counterpart", slots, scored(evidence, [*mine, first]), True, dict.fromkeys((t.key for t in named), "value"))


_OR = re.compile(r"\bor\b", re.IGNORECASE)
_ONLY = re.compile(r"\b(?:only|just|solely|exclusively|nothing but|merely)\b", re.I)
_WHICH_OF = re.compile(
    r"^(?:and |so |but )?(?:which|who|what)(?: one)? (?:of|among) .+ (?:uses?|has|have|lists?|contains?|includes?|needs?|runs?|holds?)\b",
    re.I,
)


def _chosen(tie: Tie, offered: list[Tie], attributes: list[Tie], cells: list[Fact], frame: Frame, view: View) -> list[Fact]:
    """The cells that hold a name, of those offered (*is it A's or B's*), else all that hold it; none where more is asked."""
    if frame.negated or frame.kind not in ("yesno", "belongs", "which", "keyword"):
        return []
    beside = others(frame, [tie, *offered, *attributes])
    if any(not category(frame.tokens[p].stem, cells, view) for p in beside):
        return []
    owners = {t.key for t in offered}
    mine = [c for c in cells if not owners or ((o := view.owner(c)) is not None and key(o.text) in owners)]
    return [c for c in mine if not attributes or any(_under(t, [c]) for t in attributes)] or cells


def belonging(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Where a name is listed: under which thing, as what; for yes/no questions, whether it is where the question says."""
    named = [t for t in frame.content_ties() if "name" in t.roles and not t.roles & {"row", "column", "label"}]
    if not named:
        return None
    tie = max(named, key=lambda t: ("heading" not in t.roles, t.end - t.start, len(t.key)))  # a heading says where
    facts = list(holders_of(tie, view))
    cells = [f for f in facts if f.table is not None and any(key(n) == tie.key for n in f.names) and enumerates(f)]
    if not cells:
        return None
    asked = [t for t in things(frame, view) if t.key != tie.key]
    attributes = [t for t in frame.content_ties() if t.roles & {"row", "column"} and not view.is_thing(t.key)]
    if _OR.search(frame.text) and (len(asked) > 1 or len(attributes) > 1):
        offered, asked = asked, []  # a choice among them is asked for, not whether one of them holds
        chosen = _chosen(tie, offered, attributes, cells, frame, view)
        if chosen:
            slots = _listed(tie, None, chosen, view) | {"mentions": []}
            return Finding("belongs", slots, scored(evidence, chosen), True, {tie.key: "value"})
    rest = list(others(frame, [tie, *asked]))
    inside = [t for t in attributes if _under(t, cells)]
    outside = [t for t in attributes if t not in inside]
    heads = [t for t in outside if any(t.start == i.end for i in inside)]  # *a monitoring tool*: listed under the first, it is one
    aspect = next((t for t in outside if t not in heads), None)
    headed = {p for t in frame.content_ties() if "heading" in t.roles and t.end - t.start > 1 for p in range(t.start, t.end)}
    beside_aspect = [p for p in rest if p not in headed and (aspect is None or not aspect.start <= p < aspect.end)]
    if (
        frame.kind == "yesno"
        and aspect is not None
        and not asked
        and all(category(frame.tokens[p].stem, cells, view) for p in beside_aspect)
    ):
        slots = _listed(tie, None, cells, view) | {"attribute": Echo(aspect.name)}
        return Finding("member_no", slots, scored(evidence, cells), True, {tie.key: "value", aspect.key: "attribute"})
    told = {p for t in (*inside, *heads) for p in range(t.start, t.end)}
    if frame.kind == "yesno" and inside and not asked and not frame.negated and not [p for p in rest if p not in told]:
        under = [c for c in cells if all(_under(t, [c]) for t in inside)]
        if under:
            slots = _listed(tie, None, under, view)
            return Finding("member_yes", slots, scored(evidence, under), True, {tie.key: "value", inside[0].key: "attribute"})
    if asked:
        mine = [f for f in cells if (o := view.owner(f)) and key(o.text) in {t.key for t in asked}]
        without = [t for t in asked if not any((o := view.owner(f)) and key(o.text) == t.key for f in mine)]
        if mine and without and frame.kind == "yesno":  # of one it is listed, of the other it is not: a text may speak of both
            if said_together(tie, without[0], evidence, view):
                return None
            asked, mine = without, []
        roles = {tie.key: "value", asked[0].key: "entity"}
        if frame.kind == "why" and not mine:
            slots = _listed(tie, asked[0], cells, view)
            instead = [
                c
                for cell in cells
                for c in (view.row(cell) if view.table_of(cell).entities == "columns" else view.column(cell))
                if (o := view.owner(c)) and key(o.text) == asked[0].key and c.column
            ]
            if instead:
                slots["instead"] = value(instead[0])
            return Finding("member_no", slots, scored(evidence, [*cells, *instead[:1]]), True, roles, corrected=True)
        if frame.kind != "yesno" or [p for p in rest if not category(frame.tokens[p].stem, cells, view)]:
            return None
        if not mine and said_together(tie, asked[0], evidence, view):
            return None  # a text speaks of both
        shown = mine or cells
        if mine and _ONLY.search(frame.text) and any(len(f.names) > 1 for f in mine):  # *is A only about x*: what it lists says what else
            cell = mine[0]
            slots_ = {"owner": name(o) if (o := view.owner(cell)) else None, "attribute": name(x) if (x := view.attribute(cell)) else None}
            return Finding("cell", {**slots_, "value": value(cell)}, scored(evidence, [cell]), True, roles)
        if frame.negated:  # *is it not …*: yes and no would mean either
            return Finding("belongs", _listed(tie, None, cells, view) | {"mentions": []}, scored(evidence, cells), True, roles)
        return Finding("member_yes" if mine else "member_no", _listed(tie, asked[0], shown, view), scored(evidence, shown), True, roles)
    if frame.negated and frame.kind not in ("yesno", "why"):
        return not_held(tie, cells, evidence, view)
    if frame.kind in ("which", "belongs", "keyword", "definition", "attribute", "decision", "yesno"):
        # *Which discipline uses x*: the noun asks where it belongs, whatever that is called here.
        where = {
            p for p in rest if frame.kind in ("which", "belongs") and p == frame.focus and frame.tokens[p].word in language().classifiers
        }
        if not all(category(frame.tokens[p].stem, cells, view) for p in rest if p not in where):
            return None
        mentions = [f for f in facts if f.table is None][:2]
        slots = _listed(tie, None, cells, view)
        slots["mentions"] = [value(f) for f in mentions]
        return Finding("belongs", slots, scored(evidence, [*cells, *mentions]), True, {tie.key: "value"}, meant=tuple(sorted(where)))
    return None


def among(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Where else a name is listed, where it is asked which of two things has it and neither does (*which of A and B uses x*)."""
    named = [t for t in frame.content_ties() if "name" in t.roles and not t.is_label()]
    sides = {t.key for t in things(frame, view)}
    if len(named) != 1 or len(sides) < 2 or frame.negated or not _WHICH_OF.match(frame.text):
        return None
    cells = [
        f for f in holders_of(named[0], view) if f.table is not None and enumerates(f) and any(key(n) == named[0].key for n in f.names)
    ]
    if not cells or any(not category(frame.tokens[p].stem, cells, view) for p in others(frame, frame.content_ties())):
        return None
    if any((o := view.owner(c)) and key(o.text) in sides for c in cells):
        return None
    slots = _listed(named[0], None, cells, view) | {"mentions": []}
    return Finding("belongs", slots, scored(evidence, cells), True, {named[0].key: "value"}, meant=tuple(frame.content))


def said_together(tie: Tie, other: Tie, evidence: Evidence, view: View) -> bool:
    """Whether a text near the question speaks of both names: what a table does not say of them, it may."""
    texts = [c.fact for c in evidence.candidates[:_TEXTS_NEAR] if c.fact.table is None and c.fact.kind != "code"]
    return any(_speaks_of(f, tie, view) and _speaks_of(f, other, view) for f in texts)


def _speaks_of(fact: Fact, tie: Tie, view: View) -> bool:
    """Whether a name stands in a fact or its labels."""
    return view.stems_of(tie.name) <= view.stems_of(f"{fact.value} {' '.join(x.text for x in fact.labels)}")


def _under(tie: Tie, cells: list[Fact]) -> bool:
    """Whether any of the cells stands under the row or column of that name."""
    return any(key(x.text) == tie.key for f in cells for x in f.labels)


def not_held(tie: Tie, cells: list[Fact], evidence: Evidence, view: View) -> Finding | None:
    """The things of the same table that do not list the name; None where it is listed in no table."""
    if cells[0].table is None:
        return None
    table = view.table_of(cells[0])
    holders = {key(o.text) for c in cells if (o := view.owner(c))}
    rest = [t for t in view.things_of(table) if key(t) not in holders]
    if not rest:
        return None
    mine = [c for c in cells if c.table == table.id]
    line = view.row(cells[0]) if table.entities == "columns" else view.column(cells[0])
    shown = [c for c in line if (o := view.owner(c)) and key(o.text) not in holders and c.column]
    if not shown:
        return None
    places = [{"owner": name(o) if (o := view.owner(c)) else None, "value": value(c)} for c in shown]
    owners = {key(o.text): name(o) for c in mine if (o := view.owner(c))}
    slots = {
        "name": part(cells[0], tie.name) if tie.name in cells[0].value else Echo(tie.name),
        "owners": [o for o in owners.values() if o is not None],
        "places": places,
    }
    return Finding("not_held", slots, scored(evidence, [*cells, *shown]), True, {tie.key: "value"})


def enumerates(fact: Fact) -> bool:
    """Whether a value is a list of names rather than a sentence that mentions one."""
    apart = [n for n in fact.names if n in fact.value]
    return sum(len(n) for n in apart) >= _ENUMERATION * len(fact.value)


def listed_names(fact: Fact) -> list[str]:
    """The names a fact enumerates, those that are part of a longer one left out."""
    apart = [n for n in dict.fromkeys(fact.names) if n in fact.value]
    return [n for n in apart if not any(n != o and n in o for o in apart)]


def category(stem: str, cells: list[Fact], view: View) -> bool:
    """Whether a word names the row, column, first column or section these cells stand in (`tool` beside a Tools row)."""
    return any(stem in view.heads_of(f) for f in cells)


def _listed(tie: Tie, asked: Tie | None, facts: list[Fact], view: View) -> dict[str, object]:
    places = []
    for fact in facts:
        owner, attribute = view.owner(fact), view.attribute(fact)
        places.append({"owner": name(owner) if owner else None, "attribute": name(attribute) if attribute else None, "value": value(fact)})
    return {
        "name": part(facts[0], tie.name) if tie.name in facts[0].value else Echo(tie.name),
        "asked": Echo(asked.name) if asked else None,
        "places": places,
        "attribute": None,
        "instead": None,
    }


# ---------------------------------------------------------------- flows, counts, cards


def count(finding: Finding, *, names: bool = False) -> Finding | None:
    """How many, from a finding that lists things: the number, the things, and where they stand.

    Args:
        names: of a row or column the names its cells list are counted, not the cells.
    """
    items: list[Quote] = []
    if finding.shape == "cell":
        quote = finding.slots["value"]
        fact = quote.fact
        items = [part(fact, n) for n in fact.names if n in fact.value] if fact is not None else []
        items = [q for q in items if not any(q.text != o.text and q.text in o.text for o in items)]
    elif finding.shape in ("list", "steps"):
        items = [i["label"] or i["value"] for i in finding.slots["items"]]
        items = [Quote(q.text, q.document, q.span, i["value"].fact) for q, i in zip(items, finding.slots["items"], strict=True)]
        if finding.slots["left"]:
            return None
    elif finding.shape in ("row", "column") and names and not finding.slots["left"]:
        facts = [fact for c in finding.slots["cells"] if (fact := c["value"].fact) is not None]
        listed = {key(n): part(fact, n) for fact in reversed(facts) if enumerates(fact) for n in reversed(listed_names(fact))}
        items = list(reversed(listed.values()))
    elif finding.shape in ("row", "column") and not finding.slots["left"]:
        items = [
            Quote(c["label"].text, c["label"].document, c["label"].span, c["value"].fact) for c in finding.slots["cells"] if c["label"]
        ]
    if len(items) < 2:
        return None
    return Finding("count", {"number": Figure(len(items), tuple(items)), "items": items}, finding.deciding, finding.bound, finding.roles)


def card(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What is known of a bare name: its definition first, then one line per attribute."""
    asked = [t for t in frame.content_ties() if view.is_thing(t.key)]
    if len(asked) != 1 or others(frame, asked):
        return None
    tie = asked[0]
    told: dict[str, Fact] = {}
    for fact in facts_of(tie, view):
        attribute = view.attribute(fact)
        if attribute is not None:
            told.setdefault(attribute.text, fact)
    # Which lines are shown must not hang on the order of the file: what it is, what its own row says, then by name.
    weight = {
        a: (not language().label_is(a, "definition"), f.table is None or view.table(f.table).entities != "rows") for a, f in told.items()
    }
    chosen = set(sorted(told, key=lambda a: (weight[a], a))[:_CARD_LINES])
    facts = sorted(
        (f for a, f in told.items() if a in chosen), key=lambda f: (weight[n.text] if (n := view.attribute(f)) else (True, True), f.id)
    )
    lines = {a.text: {"label": name(a), "value": value(f)} for f in facts if (a := view.attribute(f)) is not None}
    if not lines:
        return None
    left = beyond([f for a, f in told.items() if a not in chosen])
    slots = {"name": Echo(tie.name), "lines": list(lines.values()), "left": left}
    return Finding("card", slots, scored(evidence, facts), True, {tie.key: "entity"})
