"""From frame and evidence to findings, best first: which way of answering fits this kind of question.

Ways that start from names come first, the ranked evidence last. The order is the same for every knowledge base; which of the
findings answers is decided elsewhere (`judging`, `deciding`), and it need not be the first that is good enough.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from assistant import (
    attributes,
    belonging,
    cards,
    claiming,
    comparing,
    containing,
    counterparts,
    counting,
    crossing,
    defining,
    flows,
    meaning,
    measuring,
    premises,
    prose,
    reasons,
    saying,
    scopes,
    sections,
    selecting,
    sets,
)
from assistant.absence import said_absent, speaks_of
from assistant.finding import Finding, fact_label, name, value
from assistant.frame import AMOUNTS, Frame
from assistant.language import language
from assistant.listing import enumerates
from assistant.mentions import Tie
from assistant.retrieval import Candidate, Evidence
from assistant.tables import TableReader
from assistant.things import scored, things
from assistant.view import View
from corpus.models import Fact
from corpus.words import key, stem, words

_CLAUSE = re.compile(r"[,;:.]\s+|\s+(?:and|but|also|plus)\s+", re.I)
_TOLD_IN = re.compile(r"[,;:.?!]\s+|\s+(?:and|but|so that|because|whose|that)\s+", re.I)
_CLAUSE_WORDS, _CLAUSES = 4, 5  # a clause has at least so many words; at most so many are compared
_SENTENCE = 0.8  # weight of how much nearer a fact is to one clause of a need than to all that is told
_CLAUSE_MEANT = 0.42  # cosine of a clause and a fact that serves the need it tells
_CHOSEN_FROM = 60  # candidates among which what settles a choice is looked for
_NEEDS_WITHIN = 24  # facts among which the needs of one message are looked for

Way = Callable[[Frame, Evidence, View], Finding | None]

_TRIED = 4  # units of the ranked evidence that are tried
_PROSE_LEAD = 0.05  # lead of a sentence over the best fact that could settle a choice
_SAID = 0.6  # share of the question that a sentence without a thing must hold to be that answer
_SUPPORT = 0.14  # how far below the deciding fact another may score and still support it
_SEVERAL_CELLS = frozenset({"list", "row", "column"})
_ONE_ASKED = frozenset({"attribute", "which", "howto", "keyword"})  # kinds that one cell can answer
_DECISION_BONUS = 0.06  # a table that says what to choose when is meant for the question
_PARTLY_NAMED = 0.4  # the same where the question claims something of the cell, which takes words of its own
_NAMED = 0.8  # share of the question that labels and headings must hold for a cell to be named outright
_ALL_NAMED = 0.8  # share from which more of it tells no cells apart
_EXACTLY_NAMED = 0.55  # … when both labels are names in it
_OF_ONE = frozenset({"cell", "column", "owner", "decision_fact", "pair"})  # shapes that tell of one thing
_FOCUS_BONUS = 0.08  # the noun asked for (*which parameter*) heads the table's first column
_ADVICE = 200  # characters: advice is short; a longer text that names a thing is about something else
_DATED_WITHIN = 12  # candidates among which the entry of a changelog is looked for
_UNDER_HEADINGS = frozenset({"told", "pair", "sentence", "list"})
_AMOUNT = re.compile(r"(?<![A-Za-z])\d")
_POLAR_CELLS = frozenset({"cell_yes", "cell_no"})
_ALIKE_WITHIN = 40  # candidates among which the items of a list are looked for
_ALIKE_LEAST = 3  # items that have to be there
_ALIKE = 0.06  # how far the last of them may lie below the first
_ALIKE_BEST = 0.1  # … where the first is the best fact of all
_ALIKE_BEHIND = 0.15  # … and the first below the best fact of all …
_LIST_BEHIND = 0.3  # … where no list is asked for, or one is
_HOLDERS_WITHIN = 12  # candidates among which a table of yes and no has to be
# Whether something is to be taken (*do I need A for …*, *should we use A when …*).
_WHETHER = re.compile(r"(?:so |and |but |then )?(?:do|does|should|shall|must|can|could|would|will|is|are)\b", re.I)
_SAID_OUTRIGHT = 0.75  # share of the need that a row holds to settle it
_NAMED_BONUS = 0.15  # the need is one of the very names the fact enumerates
_LIST_COVER = 0.4  # weight of the words a list holds, beside its meaning
_SUITS = 0.15  # given to a list under a heading of the sort that the form of the question wants
_OPPOSITE = 0.3  # taken off a list that stands under the opposite of what is asked for
_LIST_LEAD = 0.03  # how far a list's cosine may lie below the best fact's to be preferred for a list question


def decision(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Which thing serves a need: the decision row that means it, or the fact of a thing that does."""
    told = _Told(frame, evidence, view)
    found = _decision(frame, evidence, view, told)
    if found is not None and frame.kind == "decision" and found.shape.startswith("decision"):
        nearest = max([*(c for _, c in evidence.chunks[:1]), *(c.dense for c in found.deciding)], default=0.0)
        found.contrast = nearest - view.elsewhere(evidence.vector)
        clauses = told.near([c.fact for c in found.deciding])
        if clauses:  # told in several clauses, it is enough that one of them is near
            found.near, by_clause = max(clauses.values())
            found.contrast = max(found.contrast, by_clause)
    return found


def _decision(frame: Frame, evidence: Evidence, view: View, told: _Told) -> Finding | None:
    row = _whole_row(frame, evidence, view)
    if row is not None:
        return row
    named = things(frame, view)
    absent = said_absent(frame, view)
    serving = [c for c in evidence.candidates[:_CHOSEN_FROM] if _serves(c, named, frame, view) and not speaks_of(c.fact, absent, view)]
    clauses = told.near([c.fact for c in serving])
    scored = [(c.score + _bonus(c, clauses.get(c.fact.id, (0.0, 0.0))[0], frame, view), c) for c in serving]
    if not scored:
        return None
    scored.sort(key=lambda pair: (-pair[0], pair[1].fact.id))
    top = scored[0][1]
    best = evidence.candidates[0]
    names_a_thing = view.owner(best.fact) is not None or best.cover >= _SAID
    if best.score > scored[0][0] + _PROSE_LEAD and best.fact.table is None and names_a_thing:
        return None  # the text itself says it better than any choice
    apart = best.fact.id != top.fact.id and (best.fact.table is None or best.fact.table != top.fact.table)
    if not view.choices and apart and not _asked_in_head(top.fact, frame, view):
        return None  # nothing in the folder says what to choose when: the nearest fact answers, whatever it is
    several = _several_needs(frame, view, [c for _, c in scored])
    if several is not None:
        return several
    if top.fact.table is not None and view.table(top.fact.table).decision:
        outright = _said_outright(top, [c for _, c in scored], frame, evidence, view)
        if outright is None:
            found = TableReader(view, frame, evidence, top).read()
            return _settled(found, named, frame, evidence) if found is not None else None
        slots = {**_owned(outright, view), "support": [_owned(top, view)]}
        return Finding("decision_fact", slots, [outright, top])
    support: list[Candidate] = []
    seen = {(top.fact.table, top.fact.row) if top.fact.table is not None else (None, top.fact.id)}
    for total, candidate in scored[1:]:
        place = (candidate.fact.table, candidate.fact.row) if candidate.fact.table is not None else (None, candidate.fact.id)
        if total >= scored[0][0] - _SUPPORT and place not in seen and len(support) < 2:
            seen.add(place)
            support.append(candidate)
    slots = {**_owned(top, view), "support": [_owned(c, view) for c in support]}
    return Finding("decision_fact", slots, [top, *support])


def _serves(candidate: Candidate, named: Sequence[Tie], frame: Frame, view: View) -> bool:
    """Whether a candidate may settle a choice among the things named, or among all where one or none is."""
    fact = candidate.fact
    owner = view.owner(fact)
    if owner is None or not owner.text or fact.kind in ("code", "step") or not _decides(fact, owner.text, frame, view):
        return False
    if len(named) > 1 and not any(t.key in key(owner.text) for t in named):
        return False
    if not frame.may_take(owner.text):
        return False
    attribute = view.attribute(fact)
    if attribute is not None and not frame.negated and language().negation.search(attribute.text):
        return False  # *Never on*, *Not for*: what it is no use for
    if enumerates(fact) and not candidate.found("value", "label"):
        return False  # names alone serve no need that says none of them
    if fact.table is None or view.table(fact.table).decision or _asked_in_head(fact, frame, view):
        return True
    # Else only its labels are asked for: it says nothing of the need.
    return not (fact.column == 0 or (not (set(candidate.where.values()) & {"value"}) and candidate.where))


def _asked_in_head(fact: Fact, frame: Frame, view: View) -> bool:
    """Whether the noun a question asks for is what the first column of the fact's table is called."""
    if fact.table is None or frame.focus is None:
        return False
    return frame.tokens[frame.focus].stem in view.stems_of(view.table(fact.table).columns[0])


def _bonus(candidate: Candidate, by_clause: float, frame: Frame, view: View) -> float:
    """What a candidate that may settle a choice is given beside its score.

    Args:
        by_clause: its cosine to the nearest clause of the need; 0 where there is only one clause.
    """
    fact = candidate.fact
    names = enumerates(fact) and any(t.key in {key(n) for n in fact.names} and not view.is_thing(t.key) for t in frame.content_ties())
    bonus = _NAMED_BONUS if names else 0.0
    bonus += _SENTENCE * max(0.0, by_clause - candidate.dense)
    if fact.table is not None:
        if view.table(fact.table).decision:
            bonus += _DECISION_BONUS
        elif _asked_in_head(fact, frame, view):
            bonus += _FOCUS_BONUS
    return bonus


def _settled(found: Finding, named: Sequence[Tie], frame: Frame, evidence: Evidence) -> Finding:
    """Yes or no, where it is asked whether the one thing named is to be taken and a row says outright what is: else the row alone."""
    asked = {t.key for t in named}
    rest = {p: w for p, w in evidence.worth.items() if not any(t.start <= p < t.end for t in named)}
    held = {p for c in found.deciding for p in c.found("value", "label", "row")}
    said = sum(w for p, w in rest.items() if p in held)
    if found.shape != "decision" or not asked or not _WHETHER.match(frame.text) or said < _SAID_OUTRIGHT * sum(rest.values()):
        return found
    given = {key(n) for n in found.slots["what"].text.split(" + ")}
    return replace(found, shape="decided", slots={**found.slots, "yes": asked == given, "part": asked < given})


def _said_outright(row: Candidate, candidates: list[Candidate], frame: Frame, evidence: Evidence, view: View) -> Candidate | None:
    """A fact of what a decision row recommends that says every word and name of the need, where the row itself does not."""
    recommended = view.owner(row.fact)
    whole = set(evidence.worth)
    names = [key(t.name) for t in frame.content_ties() if t.end - t.start > 1]
    cells = [key(c.value) for c in view.row(row.fact)]
    if recommended is None or (whole <= set(row.found("value", "label", "row")) and all(any(n in c for c in cells) for n in names)):
        return None
    for candidate in candidates:
        owner, said = view.owner(candidate.fact), key(candidate.fact.value)
        if owner is None or key(owner.text) != key(recommended.text) or not all(n in said for n in names):
            continue
        if whole <= set(candidate.found("value")):
            return candidate
    return None


class _Told:
    """A need told in several sentences or clauses: how near facts are to the clause that means each of them best.

    Where everything is told at once, what is beside the need would outweigh it. Facts are read when they are asked for: to
    encode a fact costs more than all else that is done with it.
    """

    def __init__(self, frame: Frame, evidence: Evidence, view: View) -> None:
        self._view = view
        self._clauses: list[str] = []
        self._known: dict[int, tuple[float, float]] = {}  # what was asked for already
        if frame.kind == "decision":
            told = _TOLD_IN.split(frame.need or frame.told or frame.text)
            self._clauses = [c for c in told if len(c.split()) >= _CLAUSE_WORDS][:_CLAUSES]
        several = len(self._clauses) > 1
        self._facts = {c.fact.id for c in evidence.candidates[:_CHOSEN_FROM] if several and c.fact.kind != "code"}

    def near(self, facts: Sequence[Fact]) -> dict[int, tuple[float, float]]:
        """How near the best clause is to each of the facts that is a candidate.

        Returns:
            fact id -> cosine of the nearest clause, and how much nearer that is than what people talk about elsewhere; empty
            where there is only one clause.
        """
        wanted = [f for f in facts if f.id in self._facts]
        new = [f for f in wanted if f.id not in self._known]
        if new:
            self._known |= self._compared(new)
        return {f.id: self._known[f.id] for f in wanted}

    def _compared(self, facts: Sequence[Fact]) -> dict[int, tuple[float, float]]:
        texts = tuple(_row_text(f, self._view) for f in facts)
        best = [(0.0, 0.0)] * len(facts)
        for clause in self._clauses:
            elsewhere = self._view.elsewhere(self._view.retriever.encode([clause])[0])
            for i, similar in enumerate(self._view.label_similarity(clause, texts)):
                best[i] = max(best[i], (similar, similar - elsewhere))
        return {f.id: s for f, s in zip(facts, best, strict=True)}


def _row_text(fact: Fact, view: View) -> str:
    """What a fact says of the need it serves: of a decision row all of it."""
    if fact.table is not None and view.table(fact.table).decision:
        return ": ".join(c.value for c in view.row(fact))
    attribute = view.attribute(fact)
    return f"{attribute.text}: {fact.value}" if attribute is not None else fact.value


def _whole_row(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The row a need names outright (*for monitoring*): it says what each thing has for it, and prefers none."""
    for tie in frame.content_ties():
        if "row" not in tie.roles or view.is_thing(tie.key) or any(not tie.start <= p < tie.end for p in frame.content):
            continue
        for candidate in evidence.candidates:
            fact = candidate.fact
            if fact.table is not None and key(fact.label("row") or "") == tie.key and not view.table(fact.table).decision:
                found = TableReader(view, frame, evidence, candidate).read()
                return found if found is not None and found.shape == "row" else None
    return None


def _decides(fact: Fact, owner: str, frame: Frame, view: View) -> bool:
    """Whether a fact can settle a choice: it is of a thing the knowledge base describes; prose only where a choice is asked for."""
    if fact.table is not None:
        return True
    names = [owner, *owner.split(" + ")]
    return frame.kind == "decision" and len(fact.value) <= _ADVICE and any(view.is_thing(key(n)) for n in names)


def _several_needs(frame: Frame, view: View, candidates: list[Candidate]) -> Finding | None:
    """A fact for each need of a message that tells several, each in a clause of its own; None for one need."""
    clauses = [c for c in _CLAUSE.split(frame.need or frame.told or frame.text) if len(c.split()) > 1]
    if len(clauses) < 2 or frame.kind != "decision":
        return None
    places: dict[tuple[int | None, int], Candidate] = {}
    for candidate in candidates[:_NEEDS_WITHIN]:
        fact = candidate.fact
        places.setdefault((fact.table, fact.row or 0) if fact.table is not None else (None, fact.id), candidate)
    facts = list(places.values())
    said = [[c.value for c in view.row(f.fact)] if _is_decision_row(f, view) else [f.fact.value] for f in facts]
    texts = [(i, text) for i, values in enumerate(said) for text in (*values, " ".join(values))]
    chosen: dict[int, float] = {}
    for clause in clauses:
        similar = view.label_similarity(clause, tuple(text for _, text in texts))
        meant, best = max(zip(similar, (i for i, _ in texts), strict=True), key=lambda pair: (pair[0], -pair[1]))
        if meant >= _CLAUSE_MEANT:
            chosen[best] = max(chosen.get(best, 0.0), meant)
    picked = [facts[i] for i in sorted(chosen)]
    owners = {o.text for c in picked if (o := view.owner(c.fact)) is not None}
    if len(picked) < 2 or len(owners) < 2:
        return None
    return Finding("decisions", {"rows": [_owned(c, view) for c in picked]}, picked)


def _is_decision_row(candidate: Candidate, view: View) -> bool:
    return candidate.fact.table is not None and view.table(candidate.fact.table).decision is not None


def _owned(candidate: Candidate, view: View) -> dict[str, object]:
    fact = candidate.fact
    if (row := view.decision(fact)) is not None:
        return {"owner": value(row.what), "attribute": value(row.when) if row.why else None, "value": value(row.why or row.when)}
    owner, attribute = view.owner(fact), view.attribute(fact)
    plain_attribute = attribute if attribute and owner and attribute.text != owner.text else None
    return {"owner": name(owner), "attribute": name(plain_attribute), "value": value(fact)}


def whole_list(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The list that answers as a whole: by what its lead-in, headings and items hold of the question, and its meaning."""
    best = evidence.best()
    if best is None:
        return None
    scored = {c.fact.id: c for c in evidence.candidates}
    akin = {p: language().akin(frame.tokens[p].word) for p in evidence.worth}
    ranked_lists: list[tuple[float, list[Candidate]]] = []
    for chunk, cosine in evidence.chunks:
        if chunk.kind != "list":
            continue
        mine = [scored[f] for f in chunk.facts if f in scored]
        if mine:
            over = " ".join(x.text for x in mine[0].fact.labels if x.role in ("lead", "parent"))
            held = view.stems_of(f"{over} {chunk.heading} {chunk.value} {view.shown_path(mine[0].fact.document)}")
            named = view.stems_of(" ".join((over, *view.path(mine[0].fact)[-1:])))
            cover = sum(w for p, w in evidence.worth.items() if frame.tokens[p].stem in held or akin[p] & named)
            against = _OPPOSITE * mine[0].opposite  # the advantages of what the drawbacks are asked of
            suits = _SUITS * mine[0].suits
            ranked_lists.append((_LIST_COVER * cover + (1 - _LIST_COVER) * cosine - against + suits, mine))
    if not ranked_lists:
        return None
    score, mine = max(ranked_lists, key=lambda pair: (pair[0], -pair[1][0].fact.id))
    if score < (best.cover + best.dense) / 2 - _LIST_LEAD and score < best.score - _LIST_LEAD:
        return None
    mine.sort(key=lambda c: (-c.score, c.fact.id))
    found = prose.whole(mine[0], view)
    if found is not None:
        found.deciding = mine
    return found


def ranked(frame: Frame, evidence: Evidence, view: View) -> Iterator[Finding]:
    """What the ranked evidence gives, unit by unit."""
    together = alike(frame, evidence, view)
    if together is not None:
        yield together
    seen: set[tuple[str, int]] = set()
    for candidate in evidence.candidates:
        fact = candidate.fact
        unit = (
            ("table", fact.table)
            if fact.table is not None
            else ("group", fact.group)
            if fact.group is not None and fact.kind != "sentence"
            else ("fact", fact.id)
        )
        if unit in seen:
            continue
        if len(seen) >= _TRIED:
            return
        seen.add(unit)
        if fact.table is None:
            found = prose.answer_from(candidate, frame, evidence, view)
        else:
            reader = TableReader(view, frame, evidence, candidate)
            found = reader.read()
            if found is not None and found.shape in _SEVERAL_CELLS and frame.kind in _ONE_ASKED and not frame.negated:
                yield found  # where too much is asked for all of them to say it, the nearest cell may still
                found = reader.owner(candidate)
        if found is not None:
            yield found


def alike(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The list of which several items answer about equally well, none of them better than the rest."""
    best = evidence.best()
    if best is None or frame.kind in prose.ONE_SAID or frame.answer_type is not None:
        return None
    groups: dict[int, list[Candidate]] = {}
    for candidate in evidence.candidates[:_ALIKE_WITHIN]:
        if candidate.fact.kind in ("item", "pair") and candidate.fact.group is not None:
            groups.setdefault(candidate.fact.group, []).append(candidate)
    several = [
        g
        for g in groups.values()
        if len(g) >= _ALIKE_LEAST and g[0].score - g[_ALIKE_LEAST - 1].score <= (_ALIKE_BEST if g[0] is best else _ALIKE)
    ]
    if not several:
        return None
    mine = max(several, key=lambda g: (round(sum(c.score for c in g[:_ALIKE_LEAST]), 6), -g[0].fact.id))
    if mine[0].score < best.score - (_LIST_BEHIND if frame.kind == "list" else _ALIKE_BEHIND):
        return None
    found = prose.whole(mine[0], view)
    if found is not None:
        found.deciding = mine
    return found


def asked_column(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The cell under the header that a *which* asks for, in the row of the very best fact."""
    best = evidence.best()
    if best is None or best.fact.table is None:
        return None
    return TableReader(view, frame, evidence, best).asked_column()


def bound_cell(frame: Frame, evidence: Evidence, view: View, least: float = 0.0) -> Finding | None:
    """The table cell whose row and column are both named, with nothing of weight left over."""
    tables: set[int] = set()
    ranked_cells = sorted(
        (c for c in evidence.candidates if c.fact.kind == "cell" and c.fact.column),
        key=lambda c: (-min(_by_labels(c, evidence), _ALL_NAMED), -c.score, c.fact.id),
    )
    for candidate in ranked_cells[:6]:
        outright = _EXACTLY_NAMED if _exactly_named(candidate, frame) else _NAMED
        if candidate.fact.table in tables or _by_labels(candidate, evidence) < (least or outright):
            continue
        tables.add(candidate.fact.table or 0)
        found = TableReader(view, frame, evidence, candidate).bound_cell()
        if found is not None:
            found.meant = meaning.meant_beside(frame, " ".join(x.text for x in candidate.fact.labels), view)
            return found
    return None


def _exactly_named(candidate: Candidate, frame: Frame) -> bool:
    """Whether both labels of a cell are names in the question."""
    ties = {t.key for t in frame.content_ties() if t.roles & {"row", "column"}}
    return {key(x.text) for x in candidate.fact.labels if x.role in ("row", "column")} == ties and not frame.strange


def polar_cell(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The named cell, when it says yes or no itself."""
    best = evidence.best()
    found = None
    if best is not None and best.fact.column and language().polarity(best.fact.value) is not None:  # the very best fact says it
        found = TableReader(view, frame, evidence, best).bound_cell()
    if found is None or found.shape not in _POLAR_CELLS:
        found = bound_cell(frame, evidence, view)
    return found if found is not None and found.shape in _POLAR_CELLS else None


def contradicted(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The named cell, when it says otherwise than the question takes for granted."""
    found = bound_cell(frame, evidence, view, least=_PARTLY_NAMED)
    return found if found is not None and found.corrected else None


def holders(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The columns that say yes (or no) in a row the question means, when it asks which."""
    tables: set[int] = set()
    for candidate in evidence.candidates[:_HOLDERS_WITHIN]:
        fact = candidate.fact
        if fact.table is None or fact.table in tables or view.table(fact.table).decision:
            continue
        tables.add(fact.table)
        found = TableReader(view, frame, evidence, candidate).holders()
        if found is not None:
            return found
    return None


def all_rows(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Every row of the table whose first column the question names by its header."""
    tables: set[int] = set()
    for candidate in evidence.candidates[:30]:
        if candidate.fact.table is not None and candidate.fact.table not in tables:
            tables.add(candidate.fact.table)
            found = TableReader(view, frame, evidence, candidate).all_rows()
            if found is not None:
                return found
    return None


def _by_labels(candidate: Candidate, evidence: Evidence) -> float:
    """Share of the question that the fact's labels and headings hold; its own labels count a little more."""
    return sum(
        w * (1.0 if candidate.where[p] == "label" else 0.97)
        for p, w in evidence.worth.items()
        if candidate.where.get(p) in ("label", "heading", "above")
    )


_WAYS: dict[str, tuple[Way, ...]] = {
    "compare": (sets.pairs, comparing.comparison, comparing.labelled, sets.shared, all_rows, bound_cell),
    "overlap": (saying.affirmed, sets.shared, comparing.overlap, comparing.comparison, comparing.labelled),
    "equivalent": (sets.shared, counterparts.counterpart),
    "definition": (
        defining.expansion,
        defining.term,
        comparing.definitions,
        counterparts.elsewhere,
        sections.within,
        cards.named_alike,
        bound_cell,
        defining.definition,
        belonging.belonging,
        cards.card,
        sections.section,
        meaning.attribute_by_meaning,
    ),
    "order": (flows.ordered_list, flows.step_order, decision),
    "decision": (sets.members, counterparts.elsewhere, reasons.uses, bound_cell, sections.section, decision, belonging.belonging),
    "belongs": (sets.several_attributes, reasons.uses, saying.quoted, belonging.belonging, holders, meaning.attribute_by_meaning),
    "which": (
        sets.excluded,
        belonging.among,
        sets.members,
        saying.quoted,
        sets.shared,
        sets.union,
        cards.everything,
        reasons.uses,
        sections.within,
        cards.named_alike,
        flows.step_order,
        all_rows,
        bound_cell,
        holders,
        asked_column,
        belonging.belonging,
        decision,
        meaning.attribute_by_meaning,
    ),
    "yesno": (
        sets.members,
        sets.shared,
        comparing.same_or_not,
        belonging.belonging,
        flows.step_order,
        reasons.decided,
        polar_cell,
        containing.contained,
        saying.affirmed,
        claiming.claimed,
        saying.misattributed,
        bound_cell,
    ),
    "why": (
        flows.step_order,
        containing.contained,
        belonging.belonging,
        reasons.decided,
        reasons.reason,
        saying.misattributed,
        contradicted,
    ),
    "attribute": (
        saying.quoted,
        sets.pairs,
        counterparts.elsewhere,
        cards.everything,
        reasons.uses,
        sections.within,
        cards.named_alike,
        sets.several_attributes,
        sets.members,
        flows.step_order,
        all_rows,
        bound_cell,
        comparing.comparison,
        belonging.belonging,
        sections.section,
        meaning.attribute_by_meaning,
    ),
    "steps": (sets.several_attributes, flows.step_order),
    "example": (cards.example, bound_cell),
    "list": (
        cards.everything,
        reasons.uses,
        sections.within,
        cards.named_alike,
        sets.union,
        sets.several_attributes,
        sets.shared,
        flows.step_order,
        all_rows,
        bound_cell,
        comparing.comparison,
        cards.card,
        sections.section,
        meaning.attribute_by_meaning,
        whole_list,
    ),
    "count": (sets.union, flows.step_order, all_rows, bound_cell, sections.section),
    "howto": (flows.works, flows.step_order, saying.misattributed, bound_cell, meaning.attribute_by_meaning),
    "keyword": (
        all_rows,
        saying.quoted,
        sets.pairs,
        counterparts.elsewhere,
        cards.everything,
        sections.within,
        cards.named_alike,
        sets.several_attributes,
        sets.members,
        bound_cell,
        cards.card,
        sections.section,
        defining.definition,
        belonging.belonging,
    ),
}


def findings(frame: Frame, evidence: Evidence, view: View) -> Iterator[Finding]:
    """Findings worth judging, in the order in which they are to be tried."""
    denied = {t.key for t in frame.content_ties() if frame.denied & set(range(t.start, t.end))}
    for found in (prose.completed(f, view) for f in _in_order(frame, evidence, view)):
        if denied and frame.kind not in ("yesno", "why") and _owner_key(found, view) in denied:
            continue  # just what is to be left out
        dated = _dated(found, frame, evidence, view)
        if dated is not None:
            yield dated
        narrowed = _narrowed(found, frame, evidence)
        if narrowed is not None:
            yield narrowed
        found.problem = bool(found.deciding) and all(view.is_problem(c.fact) for c in found.deciding)
        if frame.kind == "count" and not found.computed:
            counted = counting.count(found, names=not _counts_labels(frame, found, view))
            if (
                counted is not None
                and _counts(frame, found, view)
                and not (found.shape == "cell" and _AMOUNT.match(found.slots["value"].text))
            ):
                yield counted
        yield found


def _dated(found: Finding, frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What a text under a dated heading says, with the heading that says when or in which version (`1.2.0 – 2024-05-01`)."""
    if frame.answer_type not in ("date", "version") or frame.answer_pattern is None or found.shape not in _UNDER_HEADINGS:
        return None
    best = found.deciding[0] if found.deciding else None
    if best is not None:  # of the entries of one list that speak of it, the one that begins with it
        opening = max((t.key for t in frame.content_ties()), key=len, default="")
        near = [c for c in evidence.candidates[:_DATED_WITHIN] if c.fact.document == best.fact.document]
        best = next((c for c in near if opening and key(c.fact.value).startswith(opening)), best)
    if best is None or frame.answer_pattern.search(best.fact.value):
        return None
    path = view.section(best.fact.section).path
    depth = next((d for d in range(len(path), 0, -1) if frame.answer_pattern.search(path[d - 1])), 0)
    over = [s.id for s in view.store.sections(best.fact.document) if depth and s.path == path[:depth] and s.id <= best.fact.section]
    heading = view.heading_fact(over[-1]) if over else None
    if heading is None:
        return None
    dated = Candidate(heading, dense=best.dense, cover=best.cover, where=dict(best.where))
    return Finding("pair", {"label": value(heading), "value": value(best.fact)}, [best, dated], found.bound, found.roles)


def _narrowed(found: Finding, frame: Frame, evidence: Evidence) -> Finding | None:
    """The one cell of a row that holds an amount, where an amount is asked for and none of the row's columns is named."""
    if found.shape != "row" or frame.answer_type not in AMOUNTS or frame.answer_pattern is None or found.computed:
        return None
    facts = [v.fact for c in found.slots["cells"] if (v := c["value"]).fact is not None]
    holding = [f for f in facts if _AMOUNT.search(f.value)]
    owner = fact_label(facts[0], "row") if facts else None
    if len(holding) != 1 or len(facts) < 2 or owner is None or found.slots["left"]:
        return None
    named = {stem(w) for w in words(owner.text)}
    if not any(frame.tokens[p].stem in named for p in frame.counted) and not all(p in found.deciding[0].where for p in frame.content):
        return None  # an amount of something else
    slots = {"owner": owner, "attribute": fact_label(holding[0], "column"), "value": value(holding[0])}
    return Finding("cell", slots, scored(evidence, holding), found.bound, found.roles)


def _owner_key(found: Finding, view: View) -> str | None:
    """The key of the one thing a finding tells of; None where it tells of several."""
    if found.shape not in _OF_ONE or not found.deciding:
        return None
    owner = view.owner(found.deciding[0].fact)
    return key(owner.text) if owner is not None else None


def _counts_labels(frame: Frame, found: Finding, view: View) -> bool:
    """Whether the labels of a row or column are what is to be counted (*how many sorts*), and not the names that stand in its cells."""
    table = found.deciding[0].fact.table if found.deciding else None
    if table is None or not frame.counted:
        return True
    shape = view.table(table)
    across = shape.columns[0] if shape.entities == "columns" else shape.caption
    return any(frame.tokens[p].stem in view.stems_of(across) for p in frame.counted)


def _counts(frame: Frame, found: Finding, view: View) -> bool:
    """Whether what a finding lists is what the question wants counted: a word of that names its row, column or heading."""
    if not frame.counted or not found.deciding:
        return True
    fact = found.deciding[0].fact
    heads = view.heads_of(fact)
    if found.shape in ("row", "column") and fact.table is not None:
        # What a row or column is called is not what stands in it: its cells are told by the labels across, and counted as such.
        heads -= view.stems_of(fact.label("row" if found.shape == "row" else "column") or "")
        across = view.table(fact.table).columns[0] if found.shape == "column" else ""
        heads |= view.stems_of(across)
    return any(frame.tokens[p].stem in heads for p in frame.counted)


def _in_order(frame: Frame, evidence: Evidence, view: View) -> Iterator[Finding]:
    compares = frame.kind == "compare" and comparing.asks_for_differences(frame)
    for at_once in (measuring.answer,) if compares else (crossing.crossed, measuring.answer):
        computed = at_once(frame, evidence, view)
        if computed is not None:
            yield computed
    if frame.within is not None:  # asked of rows of a table: nothing else is meant
        found = selecting.selected(frame, evidence, view)
        if found is not None:
            yield found
        return
    ways = _WAYS.get(frame.kind, ())
    told = frame.kind == "decision" and not any(
        view.is_thing(t.key) for t in frame.content_ties() if frame.denied & set(range(t.start, t.end))
    )
    if frame.negated and frame.kind not in ("why", "yesno") and not told:  # of a need told, what does not work is no exception
        first = (sets.excluded, belonging.belonging)
        ways = (*first, *(w for w in ways if w not in (*first, bound_cell)), comparing.comparison)
    ways = (
        prose.under_its_question,
        scopes.headed,
        defining.expansion,
        sections.numbered_section,
        sections.occasion,
        sections.forbidden,
        sections.headed_alike,
        premises.listed_elsewhere,
        premises.told_otherwise,
        sets.odd_ones,
        scopes.needs_of,
        scopes.pointed,
        scopes.named_in,
        scopes.told,
        scopes.total,
        scopes.counted,
        scopes.counted_rows,
        attributes.outlook,
        attributes.of_class,
        sets.most,
        selecting.selected,
        scopes.every,
        *(w for w in ways if w is not defining.expansion),
    )
    ordered = language().ordinal(frame.text) is not None or flows.beside(frame.text)
    if ordered and frame.kind != "decision" and (flows.step_order not in ways or frame.kind == "yesno"):
        ways = (flows.step_order, *(w for w in ways if w is not flows.step_order))
    for way in ways:
        found = way(frame, evidence, view)
        if found is not None:
            yield found
    yield from ranked(frame, evidence, view)


__all__ = ["findings"]
