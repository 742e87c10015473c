"""Answers from running text and lists: the sentence, the labelled item, the list with its lead-in, the steps."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Any

from assistant.finding import Finding, beyond, fact_label, name, opening, part, value
from assistant.frame import Frame
from assistant.retrieval import Candidate, Evidence
from assistant.view import Name, View
from assistant.wording import Quote
from corpus.chunking import bare_heading
from corpus.markdown import sentences
from corpus.models import Fact
from corpus.words import key

_LONG_ITEM = 320  # characters: a longer item is answered by its best sentence
_TWO_SENTENCES = 500  # characters a sentence may have together with the one it leans on
_SEVERAL_SENTENCES = 420  # characters of all sentences quoted together
_NEAR_AS_GOOD = 8  # candidates looked at for more of the same section
_AS_GOOD = 0.08  # how far their score may lie below the best
_LEADS_WITHIN = 12  # candidates among which a sentence is looked for that opens a list of the same section …
_LEADS_BEHIND = 0.1  # … and how far its score may lie below the best
ONE_SAID = frozenset({"yesno", "definition", "compare", "why"})  # kinds that a list hardly answers
_TIED = 0.03  # score below the best within which a text of another section is quoted too
_DIRECT = 320  # characters of a direct answer from several sections
_ENOUGH = 200  # characters from which an answer is not made longer by what stands beside it
_GROWN = 300  # characters up to which it is
_INTRODUCED = 420  # characters of the paragraphs that a sentence introduces
_SHORT_HEADING = 60  # characters of a heading that can open an answer
_FEW_ITEMS = 5  # reasons that are told together
_SHOWN = 10  # items of a list before the rest is counted …
_LIST_CHARS = 900  # … unless all of them are no longer than this
_LEANS = re.compile(
    r"^(?:this|that|these|those|it|its|they|their|such|he|she|also|however|instead|otherwise|then|if so|for example"
    r"|in (?:this|that|these|such) cases?)\b",
    re.I,
)
_INTRODUCES = re.compile(r"[:,]\s*$|\b(?:following|below|as follows|these|listed)\b[^.]*\.?\s*$", re.I)
# A heading that is a question or a trouble told: what stands under it answers it.
_ASKS_ITSELF = re.compile(
    r"\?\s*$|^(?:how (?:do|does|can|could|should|to)|why (?:do|does|is|are|can)"
    r"|(?:what|when|where|which|who|can|could|do|does|is|are|should) .*"
    r"|.*\b(?:i|we) (?:can(?:no|['’])t|cannot|forgot|lost|see|get|have|am|want|need)\b.*)",
    re.I,
)
_ASKED_WITHIN = 40  # candidates under whose headings the question is looked for
_SAME_QUESTION = 0.75  # share of the words of both that a heading and a question have in common to ask the same
_ASKED_THINGS = 2  # words that say what such a heading asks about
_ASKING_WORDS = 4  # words such a heading has at least
_LIST_KINDS = frozenset({"list", "count", "steps", "howto"})
_MAY_LIST = frozenset({"list", "attribute", "keyword", "decision"})  # kinds that one sentence may leave half answered


def answer_from(candidate: Candidate, frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The finding a list item, a labelled item, a sentence or a code block gives."""
    fact = candidate.fact
    nested = _nested(fact, view) if fact.value.rstrip().endswith(":") else []
    if nested:  # an item that only opens what is listed under it
        return Finding("list", {"lead": opening(value(fact)), **_items(nested, view)}, [candidate])
    if fact.kind in ("item", "pair") and fact.group is not None:
        whole = list_of(candidate, frame, evidence, view)
        if whole is not None:
            return whole
    if fact.kind == "pair":
        return labelled(candidate, evidence)
    if fact.kind == "step":
        return flow(candidate, view)
    if fact.kind == "code":
        return code(candidate, view)
    return sentence(candidate, frame, evidence, view)


def labelled(candidate: Candidate, evidence: Evidence) -> Finding:
    """A `Label: value` item, and what else its section says as well to the question."""
    fact = candidate.fact
    beside = [c for c in _as_good(candidate, evidence, len(fact.value)) if c.fact.kind == "sentence"]
    if beside and candidate.exact == 0:
        parts = [{"about": fact_label(c.fact, "label"), "sentences": [value(c.fact)]} for c in (candidate, *beside)]
        return Finding("told", {"parts": parts}, [candidate, *beside])
    return Finding("pair", {"label": fact_label(fact, "label"), "value": value(fact)}, [candidate], candidate.exact > 0)


def _as_good(candidate: Candidate, evidence: Evidence, size: int, chosen: Collection[int] = ()) -> list[Candidate]:
    """Other texts of the candidate's section that score nearly as high, as many as are read with it at a glance."""
    found = []
    for other in evidence.candidates[:_NEAR_AS_GOOD]:
        fact = other.fact
        if fact.section != candidate.fact.section or fact.id == candidate.fact.id or fact.id in chosen:
            continue
        if fact.kind not in ("sentence", "item", "pair") or fact.value.endswith(("?", ":")) or other.score < candidate.score - _AS_GOOD:
            continue
        if size + len(fact.value) <= _SEVERAL_SENTENCES:
            size += len(fact.value)
            found.append(other)
    return found


def sentence(candidate: Candidate, frame: Frame, evidence: Evidence, view: View) -> Finding:
    """The sentence itself, with its neighbour when it leans on it (`This …`), and what else the section says to the question."""
    fact = candidate.fact
    if fact.kind == "sentence" and (_INTRODUCES.search(fact.value) or len(fact.value) <= _SHORT_HEADING):
        following = _introduced(fact, view)  # what it introduces, or stands over like a heading, is the answer
        if following and (_INTRODUCES.search(fact.value) or following[0].label("lead") == fact.value):
            return Finding(
                "list",
                {"lead": opening(value(fact)), **_items(following, view)},
                [candidate],
            )
    lead = next(
        (
            c
            for c in evidence.candidates[:_LEADS_WITHIN]
            if c.fact.section == fact.section and c.fact.value.rstrip().endswith(":") and c.score >= candidate.score - _LEADS_BEHIND
        ),
        None,
    )
    if lead is not None and lead is not candidate and lead.fact.kind == "sentence" and not _asks_for_one(frame):
        following = _introduced(lead.fact, view)
        if len(following) > 1:  # a sentence that opens a list stands for all of it
            beside = [c for c in evidence.candidates[:_LEADS_WITHIN] if c.fact.section == fact.section and c is not candidate]
            return Finding("list", {"lead": opening(value(lead.fact)), **_items(following, view)}, [candidate, *beside])
    if fact.value.rstrip().endswith("?"):  # the text asks it itself: what follows answers
        answer = next(
            (f for f in view.store.section_facts(fact.section) if f.span.start >= fact.span.end and f.kind in ("sentence", "item", "pair")),
            None,
        )
        if answer is not None and not answer.value.rstrip().endswith("?"):
            return Finding("sentence", {"sentences": [value(answer)]}, [candidate])
    if len(fact.value) > _LONG_ITEM and fact.kind == "item":
        return Finding("sentence", {"sentences": [part(fact, _best_sentence(fact, frame, view))]}, [candidate])
    opening_of = _from_the_top(fact, view)
    if opening_of:
        return Finding("told", {"parts": [_told(opening_of, view)]}, [candidate])
    if frame.kind in _MAY_LIST and frame.answer_type is None and (listed := _list_below(fact, view)):
        return Finding("list", {"lead": opening(value(fact)), **_items(listed, view)}, [candidate])
    chosen = {fact.id: fact}
    _lean(chosen, view)
    used = [candidate, *_as_good(candidate, evidence, sum(len(f.value) for f in chosen.values()), chosen)]
    chosen |= {c.fact.id: c.fact for c in used}
    _lean(chosen, view)
    _grow(chosen, view)
    last = chosen[max(chosen)]
    if last.value.rstrip().endswith(":") and last.kind == "sentence" and (following := _introduced(last, view)):
        return Finding("list", {"lead": opening(value(last)), **_items(following, view)}, used)
    parts = [_told([chosen[i] for i in sorted(chosen)], view)]
    size = sum(len(f.value) for f in chosen.values())
    for other in evidence.candidates[:_NEAR_AS_GOOD]:
        near = other.score >= candidate.score - _TIED and other.fact.section not in {c.fact.section for c in used}
        if near and _stands_alone(other.fact) and size + len(other.fact.value) <= _DIRECT:
            size += len(other.fact.value)
            parts.append(_told([other.fact], view))
            used.append(other)
    return Finding("told", {"parts": parts}, used)


def completed(found: Finding, view: View) -> Finding:
    """A text with what its last sentence opens (*… as follows:*); a last sentence that opens nothing is left out where another is told."""
    if found.shape == "told":
        parts: list[dict[str, Any]] = found.slots["parts"]
        told: list[Quote] = parts[-1]["sentences"]
    elif found.shape in ("sentence", "definition"):
        parts, told = [], found.slots["sentences"] if found.shape == "sentence" else [found.slots["value"]]
    else:
        return found
    last = told[-1]
    if last.fact is None or not last.text.rstrip().endswith(":"):
        return found
    if len(told) == 1 and len(parts) < 2 and (following := _introduced(last.fact, view)):
        return replace(found, shape="list", slots={"lead": opening(last), **_items(following, view)})
    if found.shape == "told" and len(told) + len(parts) > 2:
        kept = [*parts[:-1], *([{**parts[-1], "sentences": told[:-1]}] if len(told) > 1 else [])]
        return replace(found, slots={"parts": kept})
    return found


def under_its_question(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """What stands under a heading that asks what the question asks, in the same words."""
    asked = view.content_of(frame.text)
    if len(asked) < _ASKING_WORDS - 1:
        return None
    for candidate in evidence.candidates[:_ASKED_WITHIN]:
        heading = view.heading_fact(candidate.fact.section)
        told = view.content_of(bare_heading(heading.value)) if heading is not None else frozenset[str]()
        if len(asked & told) >= _SAME_QUESTION * len(asked | told) and (found := _from_the_top(candidate.fact, view)):
            return Finding("told", {"parts": [_told(found, view)]}, [candidate], True)
    return None


def _from_the_top(fact: Fact, view: View) -> list[Fact]:
    """The beginning of a section whose heading asks what the section answers, with the sentence found there if it stands further down.

    *I forgot the key. What now?*: the first sentences answer, and the one that says the words of the question may be an afterthought.
    """
    heading = view.heading_fact(fact.section)
    if heading is None or not _ASKS_ITSELF.search(heading.value) or len(heading.value.split()) < _ASKING_WORDS:
        return []
    if len(view.content_of(bare_heading(heading.value))) < _ASKED_THINGS:
        return []  # *How does it work?*
    said = [f for f in view.store.section_facts(fact.section) if f.kind == "sentence" and f.value.rstrip(' *_)"”').endswith((".", "!"))]
    found: list[Fact] = []
    left = _SEVERAL_SENTENCES
    for one in said:
        left -= len(one.value)
        if left < 0:
            break
        found.append(one)
    return found if fact in found or fact not in said else [*found, fact]


def _list_below(fact: Fact, view: View) -> list[Fact]:
    """The short list right under the paragraph a sentence stands in: it goes on with what is said there."""
    if fact.kind != "sentence":
        return []
    last = max((f for f in view.group(fact) if f.kind == "sentence"), key=lambda f: f.position, default=fact)
    found = _introduced(last, view)
    short = 1 < len(found) <= _SHOWN and sum(len(f.value) for f in found) <= _SEVERAL_SENTENCES
    return found if short and all(f.kind in ("item", "pair") for f in found) else []


def _asks_for_one(frame: Frame) -> bool:
    """Whether one sentence is wanted: by the kind of question, or by *who* and *when*."""
    return frame.kind in ONE_SAID or frame.tokens[0].word in ("who", "when")


def _lean(chosen: dict[int, Fact], view: View) -> None:
    """Put the sentence before each that leans on it (`This …`), where the two are read at a glance."""
    for fact in list(chosen.values()):
        if fact.kind == "sentence" and _LEANS.match(fact.value) and fact.position:
            before = next((f for f in view.group(fact) if f.position == fact.position - 1), None)
            if before is not None and len(before.value) + sum(len(f.value) for f in chosen.values()) < _TWO_SENTENCES:
                chosen[before.id] = before


def _grow(chosen: dict[int, Fact], view: View) -> None:
    """Let a short answer go on in its paragraph, forward first, as far as it is read at a glance."""
    size = sum(len(f.value) for f in chosen.values())
    for fact in sorted((f for f in chosen.values() if f.kind == "sentence"), key=lambda f: f.id):
        beside = {f.position: f for f in view.group(fact) if f.kind == "sentence"}
        for step in (1, -1):
            place = fact.position + step
            while (near := beside.get(place)) is not None and size < _ENOUGH and size + len(near.value) <= _GROWN:
                if near.id not in chosen:
                    chosen[near.id] = near
                    size += len(near.value)
                place += step


def _stands_alone(fact: Fact) -> bool:
    """Whether a text can be quoted beside another without its neighbours."""
    return fact.kind in ("sentence", "item", "pair") and not fact.value.endswith(("?", ":")) and not _LEANS.match(fact.value)


def _told(facts: list[Fact], view: View) -> dict[str, object]:
    """Sentences of one section, after its heading where they do not say themselves what they are about."""
    heading = view.heading_fact(facts[0].section)
    about = None
    if heading is not None and len(heading.value) <= _SHORT_HEADING:
        said = frozenset[str]().union(*(view.stems_of(f.value) for f in facts))
        told = view.content_of(bare_heading(heading.value))
        named = bare_heading(heading.value)
        one_name = (
            " " not in named and not named.isalpha() and not any(named in f.value for f in facts)
        )  # `retry.limit`, spelled nowhere below
        if told and not named.endswith("?") and (one_name or not told & said):
            about = Quote(bare_heading(heading.value), heading.document, heading.span)
    return {"about": about, "sentences": [value(f) for f in facts]}


def _best_sentence(fact: Fact, frame: Frame, view: View) -> str:
    """The sentence of a long item that holds most of the question."""
    asked = {frame.tokens[p].stem for p in frame.content}
    pieces = [fact.value[a:b] for a, b in sentences(fact.value)]
    return max(pieces, key=lambda s: (len(asked & view.stems_of(s)), -len(s)), default=fact.value)


def _introduced(fact: Fact, view: View) -> list[Fact]:
    """The items or block right after a lead-in sentence."""
    after = [f for f in view.store.section_facts(fact.section) if f.span.start >= fact.span.end and f.kind != "step"]
    if not after:
        return []
    first = after[0]
    begins = (view.table(first.table) if first.table is not None else first).span.first_line
    if begins - fact.span.last_line > 2:
        return []
    if first.table is not None:
        return _first_of_rows(first.table, view)
    if first.kind == "sentence" and first.group != fact.group and first.label("label") is None:
        return _paragraphs(after, view)
    if first.kind not in ("item", "code") and first.label("label"):
        return _labelled_paragraphs(after)
    if first.kind not in ("item", "pair", "code"):
        return []
    if first.kind == "code":
        return [first]
    return [f for f in view.group(first) if f.kind in ("item", "pair")] if first.group is not None else []


def _first_of_rows(table: int, view: View) -> list[Fact]:
    """What each row of a table says first of what it is called, as items of a list."""
    columns = view.table(table).columns
    return view.cells(table, column=1 if len(columns) > 1 else 0)


def _paragraphs(facts: list[Fact], view: View) -> list[Fact]:
    """Sentences of the paragraphs that follow, as many as are read at a glance; what one of them opens is told in its place."""
    found: list[Fact] = []
    for fact in takewhile(lambda f: f.kind == "sentence", facts):
        if fact.value.rstrip().endswith(":") and (opened := _introduced(fact, view)):
            return opened
        if sum(len(f.value) for f in found) + len(fact.value) > _INTRODUCED:
            break
        found.append(fact)
    return found if len({f.group for f in found}) > 1 else []


def _labelled_paragraphs(facts: list[Fact]) -> list[Fact]:
    """Labelled paragraphs in a row, the first sentence of each."""
    found: list[Fact] = []
    for fact in takewhile(lambda f: f.kind in ("pair", "sentence") and f.label("label") is not None, facts):
        if not found or found[-1].label("label") != fact.label("label"):
            found.append(fact)
    return found


def siblings(fact: Fact, view: View) -> list[Fact]:
    """The items of the list a fact is in, those nested in them left out, in order."""
    return [f for f in view.group(fact) if f.kind in ("item", "pair") and f.depth == fact.depth]


def list_of(candidate: Candidate, frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The whole list an item is in, when the question asks for a list or several of its items answer."""
    fact = candidate.fact
    items = siblings(fact, view)
    if len(items) < 2:
        return None
    near = [c for c in evidence.candidates[:12] if c.fact.group == fact.group]
    in_items = any(candidate.where.get(p) in ("label", "value") for p in evidence.worth)
    alike = [c for c in near if c.score >= candidate.score - 0.08]
    ordered = fact.ordered and frame.kind in ("howto", "steps", "list")
    over = view.stems_of(" ".join(x.text for x in fact.labels if x.role in ("lead", "parent")))
    # What opens the list says what is asked for; a few reasons are told together.
    called = frame.kind == "list" and any(frame.tokens[p].stem in over for p in evidence.worth)
    few = len(items) <= _FEW_ITEMS and sum(len(f.value) for f in items) <= _LIST_CHARS
    reasons = frame.kind == "why" and few and not fact.ordered
    asks = frame.kind in _LIST_KINDS and (len(alike) >= 2 or not in_items or ordered or called)
    if not (reasons or asks or len(alike) >= 3 or (not in_items and len(items) <= _SHOWN)):
        return None
    found = whole(candidate, view)
    if found is not None:
        found.deciding = [candidate, *near]
    return found


def whole(candidate: Candidate, view: View) -> Finding | None:
    """The list an item is in, with its lead-in; None for a lone item."""
    fact = candidate.fact
    items = siblings(fact, view)
    if len(items) < 2:
        return None
    lead = opening(fact_label(fact, "lead") or fact_label(fact, "parent"))
    return Finding("steps" if fact.ordered else "list", {"lead": lead, **_items(items, view)}, [candidate])


def first_list(facts: list[Fact]) -> list[Fact]:
    """The outermost items of the first list among the facts of a section."""
    items = [f for f in facts if f.kind in ("item", "pair") and f.depth == 0 and f.group is not None]
    return [f for f in items if f.group == items[0].group]


def as_list(group: list[Fact], lead: Quote | None, deciding: list[Candidate]) -> Finding:
    """A list told by its outermost items."""
    shown = readable(group)
    items = [{"label": fact_label(f, "label"), "value": value(f)} for f in shown]
    slots = {"lead": opening(lead), "items": items, "left": beyond(group[len(shown) :])}
    return Finding("steps" if group[0].ordered else "list", slots, deciding, True)


def _items(facts: list[Fact], view: View) -> dict[str, object]:
    """Items for a list, each followed by the items nested under it; what is beyond the first few is counted."""
    below: dict[int, list[Fact]] = {}
    for fact in view.store.section_facts(facts[0].section):
        over = next((x.span for x in fact.labels if x.role == "parent" and x.span is not None), None)
        if over is not None and fact.kind in ("item", "pair"):
            below.setdefault(over.start, []).append(fact)
    listed = [f for item in facts for f in (item, *below.get(item.span.start, ()))]
    shown = readable(listed)
    return {"items": [_item(f) for f in shown], "left": beyond(listed[len(shown) :])}


def readable(facts: list[Fact]) -> list[Fact]:
    """As many items of a list as are shown: the first few, or all while they are short; a checklist needs its last lines."""
    return facts if sum(len(f.value) for f in facts) <= _LIST_CHARS else facts[:_SHOWN]


def _nested(fact: Fact, view: View) -> list[Fact]:
    """The items listed right under an item."""
    if fact.kind not in ("item", "pair"):
        return []
    under = [f for f in view.store.section_facts(fact.section) if f.kind in ("item", "pair") and f.depth > fact.depth]
    return [f for f in under if any(x.role == "parent" and x.span is not None and x.span.start == fact.span.start for x in f.labels)]


def _item(fact: Fact) -> dict[str, object]:
    return {"label": fact_label(fact, "row" if fact.kind == "cell" else "label"), "value": value(fact)}


def owner_of(steps: Sequence[Fact], view: View) -> Name | None:
    """Whose flow the steps are; a step that is a thing of its own owns none."""
    owner = view.owner(steps[0])
    return None if owner is None or key(owner.text) in {key(f.value) for f in steps} else owner


def flow(candidate: Candidate, view: View) -> Finding | None:
    """A flow in order."""
    steps = [f for f in view.group(candidate.fact) if f.kind == "step"]
    if not steps:
        return None
    owner = owner_of(steps, view)
    return Finding("flow", {"owner": name(owner), "steps": [value(f) for f in steps]}, [candidate], candidate.exact > 0)


def code(candidate: Candidate, view: View) -> Finding:
    """A code block, with the sentence before it if there is one."""
    fact = candidate.fact
    before = [f for f in view.store.section_facts(fact.section) if f.kind == "sentence" and f.span.end <= fact.span.start]
    lead = before[-1] if before and fact.span.first_line - before[-1].span.last_line <= 2 else None
    return Finding("code", {"lead": value(lead) if lead else None, "code": value(fact)}, [candidate])
