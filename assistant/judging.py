"""Whether to answer, and which kind of no otherwise: named tests in one order, on raw scores, coverage and binding, never on a rank.

The first test that holds decides, and its name is the reason given (`answers/reasons.toml` has the words). Most refuse; some take
what no later test need be asked about. What none of them decides is taken if one reason in `ENOUGH` is enough for it.

Changes nothing it is given. What the tests look at is measured in `holding`; those with a subject of their own are told there:
`afield`, `ranked`, `serving`, `unspoken`, `copied`, `beyond`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from assistant.afield import elsewhere, foreign, kind_of_no, of_a_known_name, unknown_here
from assistant.beyond import asks_beyond, beside_whole, names_nobody, narrows_it
from assistant.copied import copies
from assistant.enough import ENOUGH, wrong_type
from assistant.finding import Finding
from assistant.frame import Frame
from assistant.grounds import Ground, M, first
from assistant.holding import Beside, Measures, beside, doubted, measured
from assistant.measuring import unmet
from assistant.models import Confidence, DeclineKind
from assistant.ranked import ranks
from assistant.retrieval import Evidence
from assistant.serving import tells_a_need
from assistant.sorts import OF_A_THING, ONE_CELL, SAID_AT_LENGTH, TEXTS
from assistant.unspoken import lacks_what_is_asked_of, of_another_year, of_none_named

_STRUCTURED = frozenset({"cell", "owner", "row", "column", "card", "list", "decision", "decision_fact"})
_WORKS = re.compile(r"^how (?:do|does|is|are) .+ (?:work|works|function|functions|run|runs|operate|operates)\b", re.I)
_POINTING = frozenset({"that", "this", "it", "they", "these", "those"})
_OWN = frozenset({"its", "their", "theirs"})
_SHORT = 9  # words up to which a question with *its* leans on something said before, and tells nothing itself


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judge's word, with the features it was given on."""

    answer: bool
    decline: DeclineKind | None
    confidence: Confidence
    features: dict[str, float]
    missing: tuple[int, ...]  # content places that the evidence does not hold
    because: str  # which test decided: an id of `answers/reasons.toml`
    final: bool = False  # what was found is what is named, and what is asked of it is not there: nothing else need be tried


def judge(frame: Frame, finding: Finding | None, evidence: Evidence, thresholds: Mapping[str, float]) -> Verdict:
    """Decide on one finding.

    Args:
        thresholds: from `judge.toml`; scores are 0..1, higher is closer.
    """
    measures = measured(frame, finding, evidence, thresholds)
    if (of_it := first(OF_THE_QUESTION, measures)) is not None:
        return _verdict(of_it, measures)
    if finding is None:
        return _verdict(_NOTHING_FOUND, measures)
    found = beside(measures, finding)
    if (ground := first(OF_WHAT_IS_FOUND, found)) is None:
        found = doubted(found)
        ground = first(OF_WHAT_IS_LEFT, found) or _enough(found)
    return _verdict(ground, found)


def _enough(found: Beside) -> Ground[Beside]:
    """The first reason to take what nothing speaks against; a reason is none where something of another type was asked for."""
    reason = first(ENOUGH, found)
    if reason is None:
        return _WEAK
    return _WRONG_TYPE if wrong_type(found) else reason


def _verdict(ground: Ground[M], measures: M) -> Verdict:
    """What a test decides, with the numbers, and how sure that is."""
    bound, strength, thresholds = measures.bound, measures.strength, measures.thresholds
    kind = ground.kind(measures)
    shown = ground.shows(measures) if ground.shows is not None else {}
    strong = (bound and measures.cover >= 0.75) or strength >= thresholds["strong"]
    return Verdict(
        answer=kind is None,
        decline=kind,
        confidence="high" if strong else "medium" if bound or strength >= thresholds["fair"] else "low",
        features={**measures.features(), **shown, "support": support(kind is None, measures.dense)},
        missing=measures.missing,
        because=ground.because,
        final=ground.settles and _nothing_else(measures),
    )


def support(answer: bool, strength: float) -> float:
    """One number to rank questions by: half and more is an answer, and within either side the stronger evidence is higher."""
    return round(0.5 * answer + 0.499 * min(1.0, max(0.0, strength)), 4)


def confidence_of(chance: float, thresholds: Mapping[str, float]) -> Confidence:
    """A chance in words."""
    return "high" if chance >= thresholds["high"] else "medium" if chance >= thresholds["medium"] else "low"


# ---------------------------------------------------------------- kinds of no that depend


def _kind(measures: Measures) -> DeclineKind:
    """Which kind of no where it depends on what is known at all."""
    return kind_of_no(measures.frame, measures.evidence, measures.missing, measures.thresholds)


def _known_kind(measures: Measures) -> DeclineKind | None:
    """The kind that the finding itself states."""
    return measures.finding.decline if measures.finding is not None else None


def _far_or_unknown(measures: Measures) -> DeclineKind:
    return "off_topic" if foreign(measures) or elsewhere(measures) else "unknown_attribute"


def _elsewhere_or_unknown(measures: Measures) -> DeclineKind:
    return "off_topic" if elsewhere(measures) else "unknown_attribute"


def _number_or_name(measures: Measures) -> DeclineKind:
    """An unknown number is no name."""
    number = all(measures.frame.tokens[p].word[0].isdigit() for p in measures.strange)
    return _kind(measures) if number else "unknown_name"


def _name_or_attribute(found: Beside) -> DeclineKind:
    return "unknown_name" if set(found.alien) & set(found.frame.strange) else "unknown_attribute"


def _nothing_else(measures: Measures) -> bool:
    """Whether one cell is named outright, and nothing else need be tried; who did something may still be told elsewhere."""
    frame = measures.frame
    deed = frame.tokens[0].word == "who" and any(p == 1 and p not in frame.unknown for p in measures.missing)
    return measures.finding is not None and measures.finding.shape == "cell" and measures.bound and not deed


# ---------------------------------------------------------------- of the question, whatever was found


def _computed_of_rows(measures: Measures) -> bool:
    """Whether it was computed from the very rows the conversation speaks of."""
    return measures.computed and measures.frame.within is not None


def _nothing_asked(measures: Measures) -> bool:
    """Whether the question holds no word that an answer could be held against."""
    return not measures.frame.content


def _known_unsaid(measures: Measures) -> bool:
    """Whether what was looked for is known not to be said."""
    return _known_kind(measures) is not None


def _contradicts(measures: Measures) -> bool:
    """Whether the premise is contradicted by the fact it names: no further words need to be found."""
    corrected = measures.finding is not None and measures.finding.corrected
    return corrected and measures.bound and measures.dense >= measures.thresholds["dense"]


def _computed_of_no_name(measures: Measures) -> bool:
    """Whether something was computed for a name that stands nowhere as one."""
    return measures.computed and bool(measures.frame.unheld)


def _computed_of_nobody(measures: Measures) -> bool:
    """Whether it is asked who, and what was computed is no one."""
    return measures.computed and measures.finding is not None and names_nobody(measures.frame, measures.finding)


def _computed(measures: Measures) -> bool:
    """Whether it was computed from cells that account for every word."""
    return measures.computed


def _uncomputed(measures: Measures) -> bool:
    """Whether a figure or a bound is asked for that nothing found states."""
    return unmet(measures.frame, measures.deciding)


def _points(measures: Measures) -> bool:
    """Whether the question only points at something and names nothing."""
    frame = measures.frame
    bare = all(p in frame.soft for p in frame.content) and not frame.content_ties()
    return bare and bool(_POINTING & {t.word for t in frame.tokens})


def _leans(measures: Measures) -> bool:
    """Whether a short question asks for something of *its* or *their* and nothing is named whose it could be."""
    frame = measures.frame
    if frame.kept or len(frame.tokens) > _SHORT or not _OWN & {t.word for t in frame.tokens} or frame.strange:
        return False
    at = next(i for i, t in enumerate(frame.tokens) if t.word in _OWN)
    return not any(t.roles & {"name", "heading", "term"} or {"row", "column"} <= t.roles or t.end <= at for t in frame.content_ties())


def _ranks_the_strange(measures: Measures) -> bool:
    """Whether beside words that rank there are only names the knowledge base does not hold."""
    ranking, strange = measures.frame.ranking, set(measures.frame.strange)
    return bool(ranking) and bool(strange) and {p for p in measures.frame.content if p not in ranking} <= strange


def _unranked(measures: Measures) -> bool:
    """Whether the question ranks, and what was found does not."""
    frame, finding = measures.frame, measures.finding
    return bool(frame.ranking) and not (finding is not None and ranks(frame, finding, measures.deciding))


def _foreign(measures: Measures) -> bool:
    """Whether nothing here is near, and it is not known of every word where it stands."""
    return not measures.accounted and foreign(measures)


def _elsewhere(measures: Measures) -> bool:
    """Whether it is of another field, and it is not known of every word where it stands."""
    return not measures.accounted and elsewhere(measures)


def _elsewhere_ranked(measures: Measures) -> bool:
    """Whether it ranks and is of another field: *the best* sounds like everyday talk, so it has to be nearer to that."""
    return bool(measures.frame.ranking) and _elsewhere(measures)


def _strange_of_known(measures: Measures) -> bool:
    """Whether a strange name stands beside a known one, of which this is not said."""
    return of_a_known_name(measures) is not None


def _strange(measures: Measures) -> bool:
    """Whether there is a strange name, and the rest is not near enough to do without it."""
    near = measures.dense >= measures.thresholds["strange_dense"] and measures.cover >= measures.thresholds["strange_cover"]
    return bool(measures.strange) and not near


def _need_shown(measures: Measures) -> dict[str, float]:
    contrast = measures.finding.contrast if measures.finding is not None else None
    return {"contrast": round(contrast or 0.0, 4)}


def _elsewhere_shown(measures: Measures) -> dict[str, float]:
    alien = sum(measures.evidence.worth[p] for p in unknown_here(measures))
    return {"contrast": round(measures.evidence.contrast(), 4), "alien": round(alien, 4)}


OF_THE_QUESTION: tuple[Ground[Measures], ...] = (
    Ground("computed", _computed_of_rows),
    Ground("nothing-asked", _nothing_asked, "unclear"),
    Ground("known-unsaid", _known_unsaid, _known_kind),
    Ground("contradicts", _contradicts),
    Ground("strange", _computed_of_no_name, "unknown_name"),
    Ground("beyond", _computed_of_nobody, "unknown_attribute"),
    Ground("computed", _computed),
    Ground("uncomputed", _uncomputed, _far_or_unknown),
    Ground("pointing", _points, "unclear"),
    Ground("pointing", _leans, "unclear"),
    Ground("ranked-strange", _ranks_the_strange, "unknown_name"),
    Ground("unranked", _unranked, _elsewhere_or_unknown),
    Ground("need", tells_a_need, shows=_need_shown),
    Ground("foreign", _foreign, "off_topic"),
    Ground("elsewhere-ranked", _elsewhere_ranked, "off_topic", shows=_elsewhere_shown),
    Ground("elsewhere", _elsewhere, "off_topic", shows=_elsewhere_shown),
    Ground("strange-of-known", _strange_of_known, of_a_known_name),
    Ground("strange", _strange, _number_or_name),
)


# ---------------------------------------------------------------- of what was found, beside the names


def _use_named(found: Beside) -> bool:
    """Whether the use is named outright: what else is said is the story."""
    outright = found.finding.shape == "decision" and found.bound and found.frame.answer_type is None
    return outright and not found.strange and found.several


def _counts_more(found: Beside) -> bool:
    """Whether of what is listed something more was asked than how many there are."""
    return found.finding.shape == "count" and found.left > 0


def _claims_the_unknown(found: Beside) -> bool:
    """Whether it is asked if something is so with a word that is not found there, of what says it in a word or two or is not near."""
    frame, shape, thresholds = found.frame, found.finding.shape, found.thresholds
    if frame.kind != "yesno" or not set(found.alien) - frame.soft:
        return False
    if found.dense >= thresholds["yesno_dense"] and found.cover >= thresholds["yesno_cover"]:
        return False
    return shape in _STRUCTURED or (shape in TEXTS and found.dense < thresholds["dense_alone"])


OF_WHAT_IS_FOUND: tuple[Ground[Beside], ...] = (
    Ground("use-named", _use_named),
    Ground("beyond", _counts_more, "unknown_attribute"),
    Ground("unspoken", of_another_year, "unknown_attribute"),
    Ground("unspoken", of_none_named, "unknown_attribute"),
    Ground("unspoken", lacks_what_is_asked_of, "unknown_attribute"),
    Ground("copied", copies, "unknown_attribute", settles=True),
    Ground("beyond", asks_beyond, "unknown_attribute", settles=True),
    Ground("beyond", narrows_it, "unknown_attribute", settles=True),
    Ground("beyond", beside_whole, "unknown_attribute"),
    Ground("yesno-unknown", _claims_the_unknown, _name_or_attribute),
)


# ---------------------------------------------------------------- of what is left, knowing whether the missing words matter


def _noun_unknown(found: Beside) -> bool:
    """Whether the very noun that is asked for is unknown (*which threshold*)."""
    told = found.finding.shape in OF_A_THING or found.finding.shape in TEXTS
    return found.doubted and not found.excused and found.frame.focus in found.alien and told


def _strange_beside(found: Beside) -> bool:
    """Whether an unknown word beside the names is a name itself."""
    return found.doubted and any(p in found.frame.strange for p in found.alien)


def _unknown_beside(found: Beside) -> bool:
    """Whether the names are known, but too much of what is asked of them is not found."""
    return found.doubted and found.bound and found.lost > found.thresholds["left"]


def _claims_beside(found: Beside) -> bool:
    """Whether it is asked if something is so of the names that are known, with an unknown word that matters."""
    return found.doubted and not found.excused and found.bound and found.frame.kind == "yesno"


def _where_not_how(found: Beside) -> bool:
    """Whether it is asked how something works, and all that is found is where it is listed."""
    if found.frame.kind != "howto" or found.frame.answer_type is not None or found.lost:
        return False
    return found.of_value and _WORKS.search(found.frame.text) is not None


def _how_unsaid(found: Beside) -> bool:
    """Whether the thing is there, and how to do it is not."""
    asked = found.frame.kind == "howto" and found.frame.answer_type is None
    return asked and found.lost > found.thresholds["left"] and found.finding.shape in OF_A_THING


def _left(found: Beside) -> bool:
    """Whether too much of what is asked beside the names is not found, and it is not near enough to do without."""
    least = found.thresholds["left_said" if found.finding.shape in SAID_AT_LENGTH else "left_dense"]
    return found.lost > found.thresholds["left"] and (found.dense < least or _claims_of_one(found))


def _of_another_name(found: Beside) -> bool:
    """Whether names that are typed as such are missing: it is of another than the one asked about."""
    frame, worth = found.frame, found.evidence.worth
    absent = sum(worth.get(p, 0.0) for p in frame.proper() if p in found.missing and p not in frame.denied)
    return not found.bound and absent >= found.thresholds["absent"]


def _claims_of_one(found: Beside) -> bool:
    """Whether something is claimed and one cell of another thing was found for it: near as it may be, it says neither yes nor no."""
    return found.frame.kind == "yesno" and found.finding.shape in ONE_CELL and not found.bound


OF_WHAT_IS_LEFT: tuple[Ground[Beside], ...] = (
    Ground("noun-unknown", _noun_unknown, "unknown_attribute"),
    Ground("strange-beside", _strange_beside, "unknown_name"),
    Ground("unknown-beside", _unknown_beside, "unknown_attribute"),
    Ground("yesno-unknown", _claims_beside, "unknown_attribute"),
    Ground("how-unsaid", _where_not_how, "unknown_attribute"),
    Ground("how-unsaid", _how_unsaid, "unknown_attribute"),
    Ground("left", _left, _kind),
    Ground("left", _of_another_name, _kind),
)


_WRONG_TYPE: Ground[Beside] = Ground("wrong-type", wrong_type, _kind)
_WEAK: Ground[Beside] = Ground("weak", lambda _: True, _kind)
_NOTHING_FOUND: Ground[Measures] = Ground("nothing-found", lambda measures: measures.finding is None, _kind)

__all__ = ["OF_THE_QUESTION", "OF_WHAT_IS_FOUND", "OF_WHAT_IS_LEFT", "Ground", "Verdict", "confidence_of", "judge", "support"]
