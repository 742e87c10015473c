"""What the rows of decision tables say of what they recommend: why, whether it is what a use asks for, for which uses."""

from __future__ import annotations

import re

from assistant.finding import Finding, value
from assistant.frame import Frame
from assistant.language import language
from assistant.retrieval import Evidence
from assistant.things import accounted, filed_under, others, scored, things
from assistant.view import DecisionRow, View
from corpus.models import Fact
from corpus.words import key, words

_REASON_SHARE = 0.6  # share of the question that a decision row must hold before its reason is the reason asked for
_REASON_NAMED = 0.45  # … and that its use and its recommendation must hold by themselves
_REASON_WHOLE = 0.99  # … or this share, of a row that recommends just what is named
_USE = re.compile(
    r"\b(?:when|use cases?|uses|what for|for what|for which|good for|suited (?:for|to)|meant for)\b"
    r"|^what (?:do|does|would|should|can|could|might) .*\b(?:need|use|want|take|have)\b.* for\W*$",
    re.I,
)
_USING = frozenset(words("good suited meant run use do make apply perform need pick choose take consider"))  # verbs of who has a use for it


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
            found.meant = accounted(frame)
            if frame.kind != "yesno":
                return None if asked & given else _corrected(found)
            return found
    return None


def _corrected(found: Finding) -> Finding:
    found.corrected = True
    return found


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
    shape.meant = accounted(frame)
    return shape
