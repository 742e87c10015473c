"""Which finding answers, if any: the first that the judge's tests take, unless what all of them are worth says otherwise.

The tests decide what they are sure of. Where they are not, the findings are weighed against each other: an unlikely one gives way
to one that is much likelier, one that none of the tests takes may be likely enough, and where all are unlikely it is a no.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from assistant.afield import kind_of_no
from assistant.explaining import Steps
from assistant.finding import Finding, printed
from assistant.frame import Frame
from assistant.judging import Verdict, confidence_of, judge, support
from assistant.ranked import ranks_by_amount
from assistant.resolving import findings
from assistant.retrieval import Evidence
from assistant.view import View
from assistant.weighing import features, weigher
from assistant.wording import Quote
from corpus.words import key

# What no weight makes up for: the question is of another field, or the finding is not of the kind that is asked for.
_FIRM = frozenset(
    {
        *("foreign", "elsewhere", "elsewhere-ranked", "pointing", "nothing-asked", "known-unsaid"),
        *("ranked-strange", "wrong-type", "noun-unknown", "how-unsaid", "unspoken", "copied"),
    }
)
# What is quoted as it stands; what is put together by a rule of its own is right or wrong with that rule.
_CHOICES = frozenset({"decision", "decision_fact"})
_ONLY_WEAK = frozenset({"weak", "beyond", "uncomputed"})  # nothing speaks against it but that little speaks for it: a lower chance does
_QUOTED = frozenset({"told", "sentence", "pair", "list", "steps", "code", "cell", "owner", "row", "column", "table"}) | _CHOICES
_LISTED = {"list": "items", "row": "cells", "column": "cells"}  # shapes that list, and under which name
_CHANCES = 2  # times as much as nearness the chance counts in the one number that questions are ranked by
_OF_ONE_CELL = _CHOICES | {"cell", "owner"}
_WAYS = frozenset({"howto", "steps"})  # kinds of question that one cell which is named outright does not answer by being named


def decide(work: Steps, evidence: Evidence, view: View, thresholds: Mapping[str, float], *, second: bool = True) -> None:
    """Try the findings for a question and settle on one, or on none; what was tried, with its numbers, stays in `work`.

    Args:
        second: what is next likely is wanted as well, so others are tried until it is sure.
    """
    frame, tried = work.frame, work.tried
    in_order = findings(frame, evidence, view)
    settled = False
    for finding in in_order:
        verdict = judge(frame, finding, evidence, thresholds)
        tried.append((finding, verdict))
        settled = finding.decline is not None or verdict.final
        if verdict.answer or settled:
            break
    if not tried:
        work.verdict = judge(frame, None, evidence, thresholds)
        return
    taken = len(tried) - 1 if tried[-1][1].answer else None
    if not weigher().made_for(view.retriever.manifest.model.name):
        work.verdict = tried[taken if taken is not None else -1 if settled else 0][1]
        work.finding = tried[taken][0] if taken is not None else None
        return
    chances = _weighed(work, evidence, taken)
    if taken is None:
        work.verdict = tried[-1 if settled else 0][1]
        work.likely = None if tried[-1][0].decline is not None else _likeliest(work, chances, thresholds)
        return
    weighable = not _certain(tried[taken][0]) and frame.within is None
    if weighable and chances[taken] < (thresholds["high"] if second else thresholds["unsure"]):
        for finding in in_order:
            tried.append((finding, judge(frame, finding, evidence, thresholds)))
        chances += _weighed(work, evidence, taken, start=len(chances))
    if weighable and chances[taken] < thresholds["unsure"]:
        best = _likeliest(work, chances, thresholds)
        if max(chances) < thresholds["unlikely"] and tried[taken][0].shape not in _CHOICES:
            no = _overturned(tried[taken][1], answer=False, because="outweighed")
            work.verdict = replace(no, decline=kind_of_no(frame, evidence, no.missing, thresholds))
            tried[taken] = (tried[taken][0], work.verdict)
            return
        if best is not None and chances[best] >= max(thresholds["likelier"] * chances[taken], thresholds["likelier_least"]):
            tried[taken] = (tried[taken][0], _overturned(tried[taken][1], answer=False, because="likelier"))
            taken = best
            tried[best] = (tried[best][0], _overturned(tried[best][1], answer=True, because="weighed"))
    _settle(work, taken, tried[taken][1], thresholds)


def every(
    frame: Frame, evidence: Evidence, view: View, thresholds: Mapping[str, float]
) -> Iterator[tuple[dict[str, float], Finding, Verdict]]:
    """All findings that could answer a question, with what each is weighed by."""
    tried = [(f, judge(frame, f, evidence, thresholds)) for f in findings(frame, evidence, view) if f.decline is None]
    first = next((i for i, (_, verdict) in enumerate(tried) if verdict.answer), None)
    for place, (finding, verdict) in enumerate(tried):
        yield features(frame, finding, evidence, verdict, place=place, first=place == first), finding, verdict


def settle_likely(work: Steps, thresholds: Mapping[str, float]) -> bool:
    """Take the finding that no test takes and that is likely all the same, where there is one: when nothing else answers."""
    if work.likely is None:
        return False
    _settle(work, work.likely, _overturned(work.tried[work.likely][1], answer=True, because="weighed"), thresholds)
    return True


def _likeliest(work: Steps, chances: list[float], thresholds: Mapping[str, float]) -> int | None:
    """The place of the finding that is likeliest to be right: of those a test takes, and of others that are at least so likely."""

    def least(verdict: Verdict) -> float:
        only_weak = verdict.because in _ONLY_WEAK and not work.frame.ranking
        return thresholds["likely_weak" if only_weak else "likely"]

    open_ = [i for i, (f, v) in enumerate(work.tried) if v.answer or (chances[i] >= least(v) and _may_answer(work.frame, f, v))]
    return max(open_, key=lambda i: chances[i], default=None)


def _may_answer(frame: Frame, finding: Finding, verdict: Verdict) -> bool:
    """Whether a finding that no test takes can be likely: a claim is not settled by one cell that holds a part of it."""
    if finding.decline is not None or verdict.because in _FIRM or finding.shape not in _QUOTED:
        return False
    if verdict.because == "unranked" and not ranks_by_amount(frame):
        return False  # *the best* is a judgement, and where the text makes none there is none
    untyped = frame.answer_type is not None and not verdict.features["typed"]
    if (verdict.final and (frame.kind in _WAYS or untyped)) or (verdict.because == "uncomputed" and untyped):
        return False
    return frame.kind != "yesno" or finding.shape not in _OF_ONE_CELL


def _certain(finding: Finding) -> bool:
    """Whether there is nothing to weigh: it is computed or put together by rule, or corrects the question."""
    return finding.computed or finding.corrected or finding.shape not in _QUOTED


def _weighed(work: Steps, evidence: Evidence, taken: int | None, start: int = 0) -> list[float]:
    """The chance of each finding that was tried, from a place on; it is kept with the numbers of its verdict."""
    chances = []
    for place, (finding, verdict) in enumerate(work.tried[start:], start):
        found = weigher().chance(features(work.frame, finding, evidence, verdict, place=place, first=place == taken))
        verdict.features["chance"] = found
        verdict.features["support"] = support(verdict.answer, _strength(verdict))
        chances.append(found)
    return chances


def _strength(verdict: Verdict) -> float:
    """The chance and the nearness in one: of questions unlike those the weights were learned from, nearness tells more."""
    return (_CHANCES * verdict.features["chance"] + max(0.0, verdict.features["dense"])) / (_CHANCES + 1)


def _overturned(verdict: Verdict, *, answer: bool, because: str) -> Verdict:
    """A weighed verdict the other way round, with numbers of its own: those of the first stay as they were."""
    strength = support(answer, _strength(verdict))
    decline = None if answer else verdict.decline
    return replace(verdict, answer=answer, decline=decline, because=because, features={**verdict.features, "support": strength})


def _settle(work: Steps, place: int, verdict: Verdict, thresholds: Mapping[str, float]) -> None:
    finding = work.tried[place][0]
    if not _certain(finding):  # else the judge's own word holds
        verdict = replace(verdict, confidence=confidence_of(verdict.features["chance"], thresholds))
    work.tried[place] = (finding, verdict)
    work.finding, work.verdict = finding, verdict
    work.second = None if _certain(finding) or work.frame.within is not None else _second(work, place, thresholds)


def _second(work: Steps, place: int, thresholds: Mapping[str, float]) -> Finding | None:
    """What may be right instead of a finding of which it is not sure, and says something else; None where nothing is likely enough."""
    finding, verdict = work.tried[place]
    if finding.meant or verdict.features["chance"] >= thresholds["high"]:
        return None  # what is bridged by meaning says already how it was read
    told = _facts(finding)
    others = [
        (unsaid, v.features["chance"])
        for i, (f, v) in enumerate(work.tried)
        if i != place and v.features.get("chance", 0.0) >= thresholds["second"] and _may_answer(work.frame, f, v)
        if not (work.frame.kind == "decision" and _same_choice(finding, f))
        if (unsaid := _without(f, told)) is not None
    ]
    return max(others, key=lambda pair: pair[1])[0] if others else None


def _same_choice(finding: Finding, other: Finding) -> bool:
    """Whether a choice would be followed by a fact of the very thing that was chosen: that is no other answer."""
    chosen = finding.slots.get("what") or finding.slots.get("owner")
    if finding.shape not in _CHOICES or not isinstance(chosen, Quote) or not other.deciding:
        return False
    named = {key(x.text) for x in other.deciding[0].fact.labels} | {
        key(q.text) for k in ("what", "owner") if isinstance(q := other.slots.get(k), Quote)
    }
    return key(chosen.text) in named


def _without(finding: Finding, told: frozenset[int]) -> Finding | None:
    """A finding without the sentences, cells and items that are told already; None where nothing is left."""

    def is_new(quote: Quote) -> bool:
        return quote.fact is None or quote.fact.id not in told

    listed = _LISTED.get(finding.shape)
    if _facts(finding) <= told:
        return None
    if finding.shape == "told":
        parts = [{**p, "sentences": left} for p in finding.slots["parts"] if (left := [s for s in p["sentences"] if is_new(s)])]
        return replace(finding, slots={**finding.slots, "parts": parts}) if parts else None
    if listed is not None:
        left = [entry for entry in finding.slots[listed] if is_new(entry["value"])]
        return replace(finding, slots={**finding.slots, listed: left}) if left else None
    return finding


def _facts(finding: Finding) -> frozenset[int]:
    """The facts that a finding prints."""
    return frozenset(q.fact.id for q in printed(finding.slots) if q.fact is not None)


__all__ = ["decide", "every", "settle_likely"]
