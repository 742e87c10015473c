"""Answers that join several facts: definitions, counterparts, membership, reasons, counts, cards.

Everything here starts from names the question was tied to, so it needs no guess about meaning; what cannot
be found so is left to the ranked evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.finding import Finding, fact_label, name, part, value
from assistant.frame import Frame
from assistant.language import language
from assistant.mentions import Tie
from assistant.retrieval import Candidate, Evidence
from assistant.view import View
from assistant.wording import Echo, Figure, Quote
from corpus.chunking import bare_heading
from corpus.models import Fact
from corpus.words import key, stems

_FEWEST_ATTRIBUTES, _MOST_ATTRIBUTES = 3, 60  # fewer names do not tell meanings apart; more are not attributes
_ATTRIBUTE_MEANT = 0.34  # cosine of the question without its thing and an attribute's name; asked for something else it stays below 0.25
_ATTRIBUTE_LEAD = 0.04
_SECTION_ITEMS = 10
_REASON_SHARE = 0.6  # share of the question that a decision row must hold before its reason is the reason asked for
_REASON_NAMED = 0.45  # … and that its use and its recommendation must hold by themselves
_CARD_LINES = 6
_ENUMERATION = 0.6  # share of a value that its names make up when it is a list of them
_SAYS_WHAT = re.compile(
    r"\b(?:is|are) (?:an?|the|one|any|another|when|where|how|what)\b|\b(?:means?|refers? to|stands? for|denotes?)\b", re.I
)
_YESNO = re.compile(r"(?:is|are|was|were|does|do|can|could)\b", re.I)
_STANDS_FOR = re.compile(r"\b(?:stands? for|short for|means?|meaning|abbreviat\w+|acronym|spell(?:ed|s)? out|expand\w*)\b", re.I)
_LETTERS = re.compile(r"(?=(?:.*[A-Z]){2})[A-Za-z0-9/&-]{2,8}")
_COPULA = r"(?:is|are|means?|refers? to|stands? for|describes?|denotes?)"


def things(frame: Frame, view: View) -> list[Tie]:
    """The names in the question that the knowledge base describes."""
    return [t for t in frame.content_ties() if view.is_thing(t.key)]


def filed_under(tie: Tie, view: View, roles: Iterable[str] = ("row", "column", "label")) -> list[Fact]:
    """Facts that carry the name as one of their labels, in the order of the files."""
    wanted = set(roles)
    ids = sorted({e.fact for e in tie.entries if e.fact is not None and e.role in wanted})
    return view.store.facts(ids)


def others(frame: Frame, used: Iterable[Tie]) -> list[int]:
    """Content places outside the given names."""
    taken = {p for t in used for p in range(t.start, t.end)}
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
    rest = [p for p in others(frame, [tie]) if not language().label_is(frame.tokens[p].word, "definition")]
    if rest:
        return None
    for fact in filed_under(tie, view, ("row", "column")):
        attribute = view.attribute(fact)
        owner = view.owner(fact)
        if attribute and owner and key(owner.text) == tie.key and fact.column and language().label_is(attribute.text, "definition"):
            return Finding("definition", {"name": name(owner), "value": value(fact)}, scored(evidence, [fact]), True, {tie.key: "entity"})
    pattern = re.compile(rf"^(?:(?:an?|the)\s+)?{re.escape(tie.name)}(?:\s*\([^)]*\))?\s+{_COPULA}\b", re.I)
    said = [c for c in evidence.candidates if c.fact.kind in ("sentence", "item", "pair") and pattern.search(c.fact.value)]
    sentences = [c for c in said if _SAYS_WHAT.search(c.fact.value)]
    pairs = [
        f
        for f in filed_under(tie, view, ("label",))
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
    for section in dict.fromkeys(e.section for e in tie.entries if e.role == "heading" and e.key == tie.key):
        body = [f for f in view.store.section_facts(section) if f.kind in ("sentence", "item", "pair")]
        first = [f for f in body if f.kind == "sentence"][:2]
        if first:
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
    return Finding("cell", slots, candidates, True, {tie.key: "entity"}, meant=meant_beside(frame, labels[order[0]], view))


def meant_beside(frame: Frame, label: str, view: View) -> tuple[int, ...]:
    """Places of the question that a name of an attribute covers by meaning: all but those that narrow it.

    In *security tools* and *tools for security* an unknown word narrows a name that is there, and has to be found itself.
    """
    held = view.stems_of(label)
    literal = [i for i, t in enumerate(frame.tokens) if t.stem in held]
    after_for = next((i for i, t in enumerate(frame.tokens) if literal and i > literal[-1] and t.word == "for"), len(frame.tokens))
    return tuple(p for p in frame.content if p not in frame.unknown or not literal or not (p + 1 in literal or p > after_for))


def facts_of(tie: Tie, view: View) -> list[Fact]:
    """What is said of a thing, one fact per attribute and place; decision rows and steps left out."""
    found = []
    for fact in filed_under(tie, view):
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
    best: list[tuple[float, Fact]] = []
    for candidate in evidence.candidates:
        fact = candidate.fact
        if fact.table is None or fact.row is None:
            continue
        decided = view.table(fact.table).decision
        if not decided or decided[2] is None:
            continue
        row = {c.column: c for c in view.row(fact)}
        why, what, when = row.get(decided[2]), row.get(decided[1]), row.get(decided[0])
        if why is None or what is None or when is None:
            continue
        held = view.stems_of(f"{what.value} {when.value} {why.value}")
        named = view.stems_of(f"{what.value} {when.value}")
        share = sum(w for p, w in evidence.worth.items() if frame.tokens[p].stem in held)
        # A reason is one for what is recommended, or for when: its own words alone do not ask for it.
        share_named = sum(w for p, w in evidence.worth.items() if frame.tokens[p].stem in named)
        if share >= _REASON_SHARE and share_named >= _REASON_NAMED:
            exact = bool(asked) and {key(n) for n in what.names or (what.value,)} == asked
            best.append((share + 0.2 * candidate.dense + 0.2 * exact, why))
    if not best:
        return None
    best.sort(key=lambda pair: (-pair[0], pair[1].id))
    why = best[0][1]
    decided = view.table(why.table).decision if why.table is not None else None
    if decided is None:
        return None
    row = {c.column: c for c in view.row(why)}
    given = {key(n) for n in row[decided[1]].names or (row[decided[1]].value,)}
    slots = {"what": value(row[decided[1]]), "when": value(row[decided[0]]), "why": value(why)}
    deciding = scored(evidence, [why, row[decided[0]], row[decided[1]]])
    return Finding("decision", slots, deciding, True, corrected=bool(asked and not asked & given))


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


def section(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What stands under a heading the question names: its list, its labelled subsections, or its first sentences."""
    named = [t for t in frame.content_ties() if "heading" in t.roles]
    if not named:
        return None
    tie = max(named, key=lambda t: (t.end - t.start, len(t.key)))
    rest = {frame.tokens[p].stem for p in others(frame, [tie])}
    sections = [
        s
        for s in dict.fromkeys(e.section for e in tie.entries if e.role == "heading")
        if rest <= view.stems_of(" ".join(view.section(s).path))
    ]
    if not sections:
        return None
    facts = [f for f in view.store.section_facts(sections[0]) if f.kind != "heading"]
    items = [f for f in facts if f.kind in ("item", "pair") and f.depth == 0 and f.group is not None]
    known = {c.fact.id: c for c in evidence.candidates}
    roles = {tie.key: "topic"}
    if items:
        group = [f for f in items if f.group == items[0].group]
        shown = [{"label": fact_label(f, "label"), "value": value(f)} for f in group[:_SECTION_ITEMS]]
        lead = fact_label(group[0], "lead") or label_heading(view, sections[0])
        slots = {"lead": lead, "items": shown, "left": len(group) - len(shown)}
        return Finding(
            "steps" if group[0].ordered else "list",
            slots,
            [known.get(f.id) or Candidate(f, cover=1.0, score=1.0) for f in group],
            True,
            roles,
        )
    sentences = [f for f in facts if f.kind == "sentence"][:2]
    if sentences:
        return Finding("sentence", {"sentences": [value(f) for f in sentences]}, scored(evidence, sentences), True, roles)
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
    for cell in sorted(ours, key=lambda f: (len(f.names), f.id)):
        columns = view.table(cell.table or 0).entities == "columns"
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
        "yes": all(any(key(n) == t.key for f in mine for n in f.names) for t in claimed) if claimed and _YESNO.match(frame.text) else None,
    }
    return Finding("counterpart", slots, scored(evidence, [*mine, first]), True, dict.fromkeys((t.key for t in named), "value"))


def belonging(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """Where a name is listed: under which thing, as what; for yes/no questions, whether it is where the question says."""
    named = [t for t in frame.content_ties() if "name" in t.roles and not t.roles & {"row", "column", "label"}]
    if not named:
        return None
    tie = max(named, key=lambda t: (t.end - t.start, len(t.key)))
    facts = list(holders_of(tie, view))
    cells = [f for f in facts if f.table is not None and any(key(n) == tie.key for n in f.names) and enumerates(f)]
    if not cells:
        return None
    asked = [t for t in things(frame, view) if t.key != tie.key]
    if len(asked) > 1 and re.search(r"\bor\b", frame.text):
        asked = []  # a choice among them is asked for, not whether one of them holds
    rest = list(others(frame, [tie, *asked]))
    aspect = next(
        (t for t in frame.content_ties() if t.roles & {"row", "column"} and not view.is_thing(t.key) and not _under(t, cells)), None
    )
    if frame.kind == "yesno" and aspect is not None and not asked and not [p for p in rest if not aspect.start <= p < aspect.end]:
        slots = _listed(tie, None, cells, view) | {"attribute": Echo(aspect.name)}
        return Finding("member_no", slots, scored(evidence, cells), True, {tie.key: "value", aspect.key: "attribute"})
    inside = [t for t in frame.content_ties() if t.roles & {"row", "column"} and not view.is_thing(t.key) and _under(t, cells)]
    if (
        frame.kind == "yesno"
        and inside
        and not asked
        and not frame.negated
        and not [p for p in rest if not any(t.start <= p < t.end for t in inside)]
    ):
        under = [c for c in cells if all(_under(t, [c]) for t in inside)]
        if under:
            slots = _listed(tie, None, under, view)
            return Finding("member_yes", slots, scored(evidence, under), True, {tie.key: "value", inside[0].key: "attribute"})
    if asked:
        mine = [f for f in cells if (o := view.owner(f)) and key(o.text) in {t.key for t in asked}]
        roles = {tie.key: "value", asked[0].key: "entity"}
        if frame.kind == "why" and not mine:
            slots = _listed(tie, asked[0], cells, view)
            instead = [
                c
                for cell in cells
                for c in (view.row(cell) if view.table(cell.table or 0).entities == "columns" else view.column(cell))
                if (o := view.owner(c)) and key(o.text) == asked[0].key and c.column
            ]
            if instead:
                slots["instead"] = value(instead[0])
            return Finding("member_no", slots, scored(evidence, [*cells, *instead[:1]]), True, roles, corrected=True)
        if frame.kind != "yesno" or [p for p in rest if not category(frame.tokens[p].stem, cells, view)]:
            return None
        shown = mine or cells
        if frame.negated:  # *is it not …*: yes and no would mean either
            return Finding("belongs", _listed(tie, None, cells, view) | {"mentions": []}, scored(evidence, cells), True, roles)
        return Finding("member_yes" if mine else "member_no", _listed(tie, asked[0], shown, view), scored(evidence, shown), True, roles)
    if frame.negated and frame.kind not in ("yesno", "why"):
        return _without(tie, cells, evidence, view)
    if frame.kind in ("which", "belongs", "keyword", "definition", "attribute", "decision", "yesno"):
        if rest and not all(category(frame.tokens[p].stem, cells, view) for p in rest):
            return None
        mentions = [f for f in facts if f.table is None][:2]
        slots = _listed(tie, None, cells, view)
        slots["mentions"] = [value(f) for f in mentions]
        return Finding("belongs", slots, scored(evidence, [*cells, *mentions]), True, {tie.key: "value"})
    return None


def _under(tie: Tie, cells: list[Fact]) -> bool:
    """Whether any of the cells stands under the row or column of that name."""
    return any(key(x.text) == tie.key for f in cells for x in f.labels)


def _without(tie: Tie, cells: list[Fact], evidence: Evidence, view: View) -> Finding | None:
    """The things of the same table that do not list the name."""
    table = view.table(cells[0].table or 0)
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


def category(stem: str, cells: list[Fact], view: View) -> bool:
    """Whether a word names the row, column or section these cells stand in (`tool` beside a Tools row)."""
    return any(stem in view.stems_of(" ".join([*(x.text for x in f.labels), *view.path(f)])) for f in cells)


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


def count(finding: Finding) -> Finding | None:
    """How many, from a finding that lists things: the number, the things, and where they stand."""
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
    lines: dict[str, dict[str, object]] = {}
    facts = []
    for fact in facts_of(tie, view):
        attribute = view.attribute(fact)
        if attribute is None or len(lines) >= _CARD_LINES:
            continue
        if attribute.text not in lines:
            lines[attribute.text] = {"label": name(attribute), "value": value(fact)}
            facts.append(fact)
    if not lines:
        return None
    return Finding("card", {"name": Echo(tie.name), "lines": list(lines.values())}, scored(evidence, facts), True, {tie.key: "entity"})
