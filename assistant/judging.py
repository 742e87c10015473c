"""Whether to answer, and which kind of no otherwise: on raw scores, coverage and binding, never on a rank.

Changes nothing it is given. Where it has to know what a question means without some words, the evidence has the encoder asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from assistant.finding import Finding
from assistant.frame import AMOUNTS, Frame
from assistant.language import language
from assistant.meaning import qualified_by
from assistant.measuring import unmet
from assistant.mentions import Tie
from assistant.models import Confidence, DeclineKind
from assistant.question import tokens
from assistant.retrieval import Candidate, Evidence
from assistant.scales import vocabulary
from assistant.view import View
from assistant.wording import Figure, Quote
from corpus.words import key, stem, words

_OF_A_THING = frozenset({"cell", "owner", "decision", "decision_fact", "step_next", "step_at", "count"})
_OF_LABELS = frozenset({"cell", "row", "column", "list", "card", "compare", "compare_one", "union", "count", "holders"})
# Shapes that say yes or no of what they have checked.
_SETTLED = frozenset(
    {
        "member_yes",
        "member_no",
        "members",
        "cell_yes",
        "cell_no",
        "cell_instead",
        "decided",
        "said_yes",
        "said_no",
        "said_denied",
        "step_compared",
        "compare_polar",
        "common",
        "common_none",
        "belongs",
        "misattributed",
    }
)
_WHAT_IS = re.compile(r"(?:and |so )?(?:what(?:['’]?s| is| are)|define|explain|meaning)\b", re.I)
_OPENING = 4  # words beside the name among which a sentence that says what it is begins with it
_TOLD = frozenset({"pair", "sentence", "told", "cell", "owner", "decision", "decision_fact", "list"})  # shapes that quote what is said
_TEXTS = frozenset({"pair", "sentence", "told"})
_LISTED = frozenset({"list", "steps"})
_SAID_AT_LENGTH = _LISTED | {"sentence", "told"}
_OF_THEM = re.compile(r"^(?:and |so )?(?:which|what|who)(?: one| ones)? of (?:the|these|those) (?:two|three|four|five|ones)\b", re.I)
_TELLING_WORD = 8  # letters from which one word alone says what is asked about
_FOR = re.compile(r"\b(?:for|to|when|if|in case)\b", re.I)  # what says that a need follows
_LISTED_WHOLE = frozenset({"row", "column", "card", "table"})
_STRUCTURED = frozenset({"cell", "owner", "row", "column", "card", "list", "decision", "decision_fact"})
_NAMES_ONE = re.compile(r"(?:like|such|e|eg|for|called|named|are|is|include|including|namely)\b")
_WAY_ASKED = re.compile(
    r"(?:and |so )?(?:how (?:do|does|can|could|should|would|to|is|are)|(?:describe|explain|show|tell)\b.*\bhow|step by step)\b", re.I
)
# What tells a way of doing something: by which means, or in an imperative.
_WAY = re.compile(
    r"\b(?:by|using|uses?|via|through|with|run|add|set|click|call|create|open|install|configure|select|choose|enter|pass|first|then"
    r"|when|if)\b|→|->|^\W*[A-Z][a-z]+ (?:the|an?|your|it)\b"
)
_NAME_OF = re.compile(
    r"\bnames? of (?:the|that|this|an?|its|their)\b|\b(?:is|are|was) (?:the|that|this) (?:[\w-]+ ){1,3}(?:called|named)\b", re.I
)
_DOERS = frozenset({"to", "i", "you", "we", "they", "he", "she", "one", "someone", "somebody", "anyone", "people"})  # a verb follows them
_OWN = frozenset({"its", "their", "theirs"})
_SHORT = 9  # words up to which a question with *its* leans on something said before, and tells nothing itself
_SAYS_SO = re.compile(r":\s*(?:yes|no|true|false)\b", re.I)
_ONE_CELL = frozenset({"cell", "owner", "decision_fact"})  # shapes of a word or two, near by chance more often than a text is
_WORKS = re.compile(r"^how (?:do|does|is|are) .+ (?:work|works|function|functions|run|runs|operate|operates)\b", re.I)
_AMOUNTS = frozenset({"most", "least", "fewest"})  # words that rank by how much there is
_LEANING = re.compile(r"(?:it|its|they|their|these|those|this|that|he|she|both|each|one|another|then|here|there)\b", re.I)
_INSIDE = re.compile(  # a capital inside a sentence, of a name and no day or month
    r"(?<=[a-z,] )(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:January|February|March|April|May|June|July|August|September|October"
    r"|November|December)\b)[A-Z][\w-]+"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_POINTING = frozenset({"that", "this", "it", "they", "these", "those"})
_NARROWED = 4  # words after *for* that may narrow a name
_TELLS_STORIES = frozenset({"decision", "compare", "overlap"})  # kinds whose questions may name what is beside them
_CLAIMS = frozenset({"yesno", "howto", "why"})
_ASKED_OF = frozenset({"of", "for"})
_ASKS_AFTER = frozenset({"attribute", "howto"})  # kinds whose answer is never a word of the question
_ASKS_MORE = frozenset({"which", "attribute", "list", "howto", "definition"})  # kinds that ask for what they do not say themselves
_HARD_TYPES = AMOUNTS | {"date", "person", "version", "colour"}  # an answer without one of these is no answer


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
    deciding = finding.deciding if finding else evidence.candidates[:1]
    held = _found_together(finding, deciding) | {p for t in frame.ties if finding and t.key in finding.roles for p in range(t.start, t.end)}
    held |= set(finding.meant) if finding else set()
    if frame.kind != "yesno" or (finding is not None and finding.shape in _SETTLED):
        held |= frame.soft  # where it is asked whether something is so, every word may be what is asked
    held |= _of_one_class(frame, deciding)
    if frame.kind == "yesno" and any(_SAYS_SO.search(c.fact.value) for c in deciding):
        held |= {p for p in frame.unknown if language().polarity(frame.tokens[p].word) is not None}  # *mandatory*, told as *required: yes*
    if finding is not None:
        held |= _ranked_alike(frame, finding, deciding) | _of_its_sort(frame, finding, evidence.view)
    told = [
        *_said_of_it(frame, finding),
        *(f"{' '.join(x.text for x in c.fact.labels)}: {c.fact.value}" for c in deciding if c.fact.kind == "cell"),
    ]
    typed = any(_of_type(t, frame) for t in told) if frame.answer_pattern and finding else not frame.answer_pattern
    if typed and finding is not None and finding.shape == "owner" and frame.answer_type in ("version", "date"):
        owner = finding.slots.get("owner")  # what is told is whose the value is
        typed = isinstance(owner, Quote) and _of_type(owner.text, frame)
    if typed and frame.answer_type in AMOUNTS:
        held |= _asked_as_amount(frame, told)
    held -= frame.unheld
    missing = tuple(p for p in evidence.worth if p not in held)
    cover = sum(w for p, w in evidence.worth.items() if p in held)
    dense = max((c.dense for c in deciding), default=0.0)
    strength = max(((c.cover + c.dense) / 2 for c in deciding), default=0.0)
    bound = bool(finding and finding.bound)
    features = {
        "cover": round(cover, 4),
        "dense": round(dense, 4),
        "strength": round(strength, 4),
        "bound": float(bound),
        "typed": float(typed),
        "strange": float(len(frame.strange)),
        "unknown": float(len(frame.unknown)),
        "near": round(evidence.chunks[0][1], 4) if evidence.chunks else 0.0,
        "known": round(_known(frame, evidence), 4),
    }

    def verdict(answer: bool, decline: DeclineKind | None, because: str) -> Verdict:
        features["support"] = support(answer, dense)
        strong = (bound and cover >= 0.75) or strength >= thresholds["strong"]
        confidence: Confidence = "high" if strong else ("medium" if bound or strength >= thresholds["fair"] else "low")
        return Verdict(answer, decline, confidence, features, missing, because)

    if finding is not None and finding.computed and frame.within is not None:
        return verdict(True, None, "computed")
    if not frame.content:
        return verdict(False, "unclear", "nothing-asked")
    if finding is not None and finding.decline is not None:
        return verdict(False, finding.decline, "known-unsaid")
    if finding is not None and finding.corrected and bound and dense >= thresholds["dense"]:
        return verdict(True, None, "contradicts")  # a contradicted premise needs no further words to be found
    if frame.unheld and finding is not None and finding.computed:
        return verdict(False, "unknown_name", "strange")
    if finding is not None and finding.computed and _names_nobody(frame, finding):
        return verdict(False, "unknown_attribute", "beyond")
    if finding is not None and finding.computed:
        return verdict(True, None, "computed")
    if unmet(frame, deciding):
        far = _foreign(frame, evidence, thresholds) or _elsewhere(frame, evidence, missing, thresholds)
        return verdict(False, "off_topic" if far else "unknown_attribute", "uncomputed")
    if all(p in frame.soft for p in frame.content) and not frame.content_ties() and _POINTING & {t.word for t in frame.tokens}:
        return verdict(False, "unclear", "pointing")
    if _leans(frame):
        return verdict(False, "unclear", "pointing")
    if frame.ranking and {p for p in frame.content if p not in frame.ranking} <= set(frame.strange) and frame.strange:
        return verdict(False, "unknown_name", "ranked-strange")
    if frame.ranking and not (finding is not None and _ranks(frame, finding, deciding)):
        return verdict(False, "off_topic" if _elsewhere(frame, evidence, missing, thresholds) else "unknown_attribute", "unranked")
    strange = [p for p in frame.strange if p in missing]
    if finding is not None and _tells_a_need(frame, finding, evidence, dense, thresholds):
        features["contrast"] = round(finding.contrast or 0.0, 4)
        return verdict(True, None, "need")
    accounted = finding is not None and bound and not missing and not frame.ranking  # of every word it is known where it stands
    if not accounted and _foreign(frame, evidence, thresholds):
        return verdict(False, "off_topic", "foreign")
    if not accounted and _elsewhere(frame, evidence, missing, thresholds):
        features["contrast"] = round(evidence.contrast(), 4)
        features["alien"] = round(sum(evidence.worth[p] for p in frame.unknown if p in missing and p in evidence.worth), 4)
        return verdict(False, "off_topic", "elsewhere-ranked" if frame.ranking else "elsewhere")
    if strange and (kind := _of_a_known_name(frame, strange)) is not None:
        return verdict(False, kind, "strange-of-known")
    if strange and not (dense >= thresholds["strange_dense"] and cover >= thresholds["strange_cover"]):
        number = all(frame.tokens[p].word[0].isdigit() for p in strange)
        return verdict(False, kind_of_no(frame, evidence, missing, thresholds) if number else "unknown_name", "strange")
    if finding is not None:
        # What is asked beside the names has to be found too: a name alone carries no answer.
        found = [t for t in frame.content_ties() if not _unmet_attribute(t, finding, missing)]
        asked = {p: w for p, w in evidence.worth.items() if not any(t.start <= p < t.end for t in found)}
        left = sum(w for p, w in asked.items() if p in missing) / sum(asked.values()) if asked else 0.0
        features["left"] = round(left, 4)
        several = (
            bool(frame.content_ties()) or len(evidence.worth) > 1 or any(len(frame.tokens[p].word) >= _TELLING_WORD for p in evidence.worth)
        )
        if finding.shape == "decision" and bound and frame.answer_type is None and not strange and several:
            return verdict(True, None, "use-named")  # the use is named outright: what else is said is the story
        if finding.shape == "count" and left > 0:
            return verdict(False, "unknown_attribute", "beyond")  # of what is listed something more was asked than how many there are
        if _of_another_year(frame, missing) or _of_none_named(frame, finding, missing, evidence, thresholds["unsaid_dense"]):
            return verdict(False, "unknown_attribute", "unspoken")
        if _lacks_what_is_asked_of(frame, finding, missing):
            return verdict(False, "unknown_attribute", "unspoken")
        if _copies(frame, finding, missing):
            return replace(verdict(False, "unknown_attribute", "copied"), final=_nothing_else(frame, finding, missing, bound=bound))
        if _asks_beyond(frame, finding, missing, evidence.view) or (
            cover < thresholds["beyond_cover"] and _narrows_it(frame, finding, missing)
        ):
            return replace(verdict(False, "unknown_attribute", "beyond"), final=_nothing_else(frame, finding, missing, bound=bound))
        if finding.shape in _LISTED_WHOLE and frame.kind != "why" and _beside_whole(frame, deciding, asked, finding):
            return verdict(False, "unknown_attribute", "beyond")
        alien = [p for p in asked if p in missing and p in frame.unknown]
        if (
            set(alien) - frame.soft
            and frame.kind == "yesno"
            and not (dense >= thresholds["yesno_dense"] and cover >= thresholds["yesno_cover"])
            and (finding.shape in _STRUCTURED or (finding.shape in _TEXTS and dense < thresholds["dense_alone"]))
        ):
            return verdict(False, "unknown_name" if set(alien) & set(frame.strange) else "unknown_attribute", "yesno-unknown")
        if alien and (bound or left > thresholds["left"] or (frame.focus in alien and finding.shape in _TEXTS)):
            features["without"] = round(evidence.without(missing), 4)
            idle = features["without"] >= thresholds["idle"] and (typed or frame.answer_type not in _HARD_TYPES)
            only = (
                bound
                and dense >= thresholds["dense_alone" if frame.kind == "yesno" or frame.answer_type else "dense"]
                and _only_cell(finding, evidence.view)
            )
            if not (idle or only) and frame.focus in alien and (finding.shape in _OF_A_THING or finding.shape in _TEXTS):
                return verdict(False, "unknown_attribute", "noun-unknown")  # *which threshold*: the very noun asked for is unknown
            if any(p in frame.strange for p in alien):
                return verdict(False, "unknown_name", "strange-beside")
            if not (idle or only) and bound and (left > thresholds["left"] or frame.kind == "yesno"):
                return verdict(False, "unknown_attribute", "unknown-beside" if left > thresholds["left"] else "yesno-unknown")
            left = 0.0 if idle or only else left  # words without which the question means the same are not missed
        only_listed = (
            frame.kind == "howto" and frame.answer_type is None and not left and _of_value(frame, finding) and _WORKS.search(frame.text)
        )
        if only_listed:
            return verdict(False, "unknown_attribute", "how-unsaid")  # where it is listed is not how it works
        if frame.kind == "howto" and frame.answer_type is None and left > thresholds["left"] and finding.shape in _OF_A_THING:
            return verdict(False, "unknown_attribute", "how-unsaid")  # the thing is there, how to do it is not
        least = thresholds["left_said" if finding.shape in _SAID_AT_LENGTH else "left_dense"]
        if left > thresholds["left"] and (dense < least or _claims_of_one(frame, finding, bound=bound)):
            return verdict(False, kind_of_no(frame, evidence, missing, thresholds), "left")
        absent = sum(evidence.worth.get(p, 0.0) for p in frame.proper() if p in missing and p not in frame.denied)
        if not bound and absent >= thresholds["absent"]:
            return verdict(False, kind_of_no(frame, evidence, missing, thresholds), "left")  # of another name than the one asked about
        # A text that holds the names asked about, and of all that is asked of them nothing, speaks of something else about them.
        only_named = (
            finding.shape in _TEXTS
            and any(t.roles - {"heading", "title"} for t in found)
            and left >= thresholds["unsaid"]
            and cover < thresholds["unsaid_cover"]
            and dense < thresholds["unsaid_dense"]
        )
        enough = {
            "bound": bound and cover >= thresholds["bound_cover"] and (left < 1.0 or not _of_value(frame, finding)),
            "bound-idle": bound and left == 0.0 and "without" in features,
            "strength": not only_named
            and strength >= thresholds["answer"]
            and cover >= thresholds["cover"]
            and dense >= thresholds["dense"],
            "near-alone": dense >= thresholds["dense_alone"] and not (left >= 1.0 and frame.content_ties()),  # a name alone is near
            "said-in-part": finding.shape in _SAID_AT_LENGTH
            and frame.kind not in _TELLS_STORIES
            and cover >= thresholds["cover_said"]
            and dense >= thresholds["near_said"],
            "list-near": finding.shape in _LISTED and frame.kind not in _TELLS_STORIES and dense >= thresholds["dense_listed"],
            "text-near-alone": not only_named
            and finding.shape not in _ONE_CELL
            and dense >= thresholds["dense_text"]
            and (frame.kind == "yesno" or not (left >= 1.0 and frame.content_ties())),
            "every-word": cover >= thresholds["full_cover"]
            and dense >= thresholds["full_dense" if several else "dense"]
            and not frame.unknown,
            "decision-near": finding.shape.startswith("decision") and dense >= thresholds["decision_dense"],
        }
        first = next((name for name, met in enough.items() if met), None)
        labelled = {p for c in deciding[:1] for p in c.found("label", "heading", "above")}
        said_outright = (
            finding.shape == "cell" and bound and set(evidence.worth) <= labelled
        )  # *form factor* is a label, and asks no number
        wrong_type = frame.answer_type in _HARD_TYPES and not typed and not said_outright
        if first is not None and not wrong_type:
            return verdict(True, None, first)
        if first is not None:
            return verdict(False, kind_of_no(frame, evidence, missing, thresholds), "wrong-type")
    return verdict(False, kind_of_no(frame, evidence, missing, thresholds), "weak" if finding is not None else "nothing-found")


def _said_of_it(frame: Frame, finding: Finding | None) -> list[str]:
    """What a finding prints; of a text only the sentences that say something of what is asked, or lean on one that does.

    A number, a date or a name that stands in the same paragraph for other reasons is no answer.
    """
    texts = _texts(finding)
    if finding is None or finding.shape not in ("told", "sentence") or finding.computed or not finding.deciding:
        return texts
    labels = {p for t in frame.content_ties() if t.is_label() for p in range(t.start, t.end)}
    asked = {frame.tokens[p].stem for p in frame.content if p not in labels} or {frame.tokens[p].stem for p in frame.content}
    first = finding.deciding[0].fact.value
    proper = {frame.tokens[p].stem for p in frame.proper()}
    typed = {t.word for t in frame.tokens}
    of_it = []
    for text in texts:
        said = {stem(w) for w in words(text)}
        others = {m[0].lower() for m in _INSIDE.finditer(text)} - typed
        if proper and not proper & said and others and not _LEANING.match(text):
            continue  # it names another
        if text == first or asked & said or _LEANING.match(text):
            of_it.append(text)
    return of_it


def _asked_as_amount(frame: Frame, told: list[str]) -> set[int]:
    """Places of words that ask for an amount (*how high*, *the percentage*, *the minimum length*), where one is told."""
    amounts = language().amounts
    tied = {p for t in frame.content_ties() if t.is_label() for p in range(t.start, t.end)}
    text = " ".join(told)
    return {p for p in frame.content if p not in tied and (bound := amounts.get(frame.tokens[p].word)) is not None and bound.search(text)}


def _of_type(text: str, frame: Frame) -> bool:
    """Whether a text holds the type of answer asked for; a cell that only says yes or no holds no amount and names no one."""
    value = text.rpartition(": ")[2]
    if frame.answer_type in _HARD_TYPES and len(value.split()) == 1 and language().polarity(value) is not None:
        return False
    return frame.answer_pattern is None or frame.answer_pattern.search(text) is not None


def _unmet_attribute(tie: Tie, finding: Finding, missing: tuple[int, ...]) -> bool:
    """Whether a tie is an attribute that some table has, and what was found has not: it is asked for like any other word."""
    attribute = bool(tie.roles & {"column", "label"}) and "row" not in tie.roles
    return attribute and tie.key not in finding.roles and all(p in missing for p in range(tie.start, tie.end))


def _nothing_else(frame: Frame, finding: Finding, missing: tuple[int, ...], *, bound: bool) -> bool:
    """Whether one cell is named outright, and nothing else need be tried; who did something may still be told elsewhere."""
    deed = frame.tokens[0].word == "who" and any(p == 1 and p not in frame.unknown for p in missing)
    return finding.shape == "cell" and bound and not deed


def _claims_of_one(frame: Frame, finding: Finding, *, bound: bool) -> bool:
    """Whether something is claimed and one cell of another thing was found for it: near as it may be, it says neither yes nor no."""
    return frame.kind == "yesno" and finding.shape in _ONE_CELL and not bound


def _found_together(finding: Finding | None, deciding: list[Candidate]) -> set[int]:
    """Places of the words that what decides holds; of texts only those of one section: sections side by side say nothing together."""
    if finding is None or finding.shape not in _TEXTS or finding.computed:
        return {p for c in deciding for p in c.where}
    return {p for c in deciding if c.fact.section == deciding[0].fact.section for p in c.where}


def _beside_whole(frame: Frame, deciding: list[Candidate], asked: Mapping[int, float], finding: Finding) -> bool:
    """Whether a row or column would be told whole for a question that asks for something its labels and headings do not hold."""
    fields = ("label", "heading", "above", "document", *(("row",) if finding.shape == "column" else ()))  # the header of the first column
    held = {p for c in deciding for p in c.found(*fields)} | set(finding.meant) | frame.soft
    return any(p not in held for p in asked)


def _of_value(frame: Frame, finding: Finding) -> bool:
    """Whether the one cell found only holds the name that something is asked of."""
    if finding.shape not in ("cell", "owner") or frame.kind in ("keyword", "belongs", "yesno", "decision"):
        return False
    named = [t for t in frame.content_ties() if t.is_label()]
    return not named and bool(frame.content_ties())


def _leans(frame: Frame) -> bool:
    """Whether a short question asks for something of *its* or *their* and nothing is named whose it could be."""
    if frame.kept or len(frame.tokens) > _SHORT or not _OWN & {t.word for t in frame.tokens} or frame.strange:
        return False
    at = next(i for i, t in enumerate(frame.tokens) if t.word in _OWN)
    return not any(t.roles & {"name", "heading", "term"} or {"row", "column"} <= t.roles or t.end <= at for t in frame.content_ties())


def _known(frame: Frame, evidence: Evidence) -> float:
    """Share of the question's information in words the knowledge base holds at all, 0..1."""
    return sum(w for p, w in evidence.worth.items() if p not in frame.unknown)


def _of_one_class(frame: Frame, deciding: list[Candidate]) -> set[int]:
    """Places of words that name the same sort of attribute as a label of the evidence (*difficulties* of its challenges)."""
    lang = language()
    classes = {p: lang.classes_of(frame.tokens[p].word) for p in frame.unknown}
    told = {
        c
        for d in deciding[:1]
        for x in (*(label.text for label in d.fact.labels), *d.headings[-1:])
        for w in words(x)
        for c in lang.classes_of(w)
    }
    return {p for p, c in classes.items() if c & told}


def _of_its_sort(frame: Frame, finding: Finding, view: View) -> set[int]:
    """The place of a noun for whatever things are listed under (*which discipline …*), where a thing is told."""
    owner = finding.slots.get("owner")
    if frame.focus is None or frame.focus not in frame.unknown or not isinstance(owner, Quote) or finding.shape not in _OF_A_THING:
        return set()
    return {frame.focus} if frame.tokens[frame.focus].word in language().classifiers and view.is_thing(key(owner.text)) else set()


def _elsewhere(frame: Frame, evidence: Evidence, missing: tuple[int, ...], thresholds: Mapping[str, float]) -> bool:
    """Whether a question is of another field: as near to everyday talk, and much of it unknown here."""
    alien = [p for p in frame.unknown if p in missing and p in evidence.worth]
    if set(alien) <= set(frame.strange):
        return False  # unknown names alone tell no field
    about_it = frame.focus is not None and any(t.start <= frame.focus < t.end for t in frame.content_ties())
    if _OF_THEM.match(frame.text) or (about_it and len(alien) <= 2):
        return False  # something known is asked about: *which of the three*, *which challenge*
    if sum(evidence.worth[p] for p in alien) < thresholds["elsewhere_share"] or any(certain(frame, t) for t in frame.content_ties()):
        return False
    return evidence.contrast() < thresholds["elsewhere" if not frame.ranking else "elsewhere_ranked"]


def certain(frame: Frame, tie: Tie) -> bool:
    """Whether a tie is a name beyond doubt: an entity, a heading, or a listed name typed with a capital in it."""
    typed = "".join(t.surface for t in frame.tokens[tie.start : tie.end])
    inside = tie.start > 0 or typed[1:] != typed[1:].lower()
    return (
        (tie.end - tie.start > 1 and (" " in tie.name or typed != typed.lower()))
        or bool(tie.roles & {"row", "column"} and tie.roles & {"label", "heading"})
        or (inside and typed != typed.lower())
    )


def _of_a_known_name(frame: Frame, strange: list[int]) -> DeclineKind | None:
    """The kind of no for an unknown name beside a known one: of a listed name something is asked that is not said."""
    others = [t for t in frame.content_ties() if t.roles & {"name", "row", "column", "label"} and not _beside(frame, t, strange)]
    if others and frame.answer_type in _HARD_TYPES:
        return "unknown_attribute"
    listed = [t for t in others if "name" in t.roles and not t.is_label()]
    if any(frame.coordinate(t, p) or (p < t.start and not _inside(frame, t, p)) for t in listed for p in strange):
        return None  # the unknown name is what is asked about
    return "unknown_attribute" if listed else None


def _inside(frame: Frame, tie: Tie, place: int) -> bool:
    """Whether an unknown word is of a known name: *an x for A*, *the x in A*."""
    before = frame.tokens[tie.start - 1] if tie.start > place + 1 and frame.kind != "yesno" and tie.words != tie.words.lower() else None
    return before is not None and before.word in ("for", "of", "in", "inside", "within", "on", "under")


def _copies(frame: Frame, finding: Finding, missing: tuple[int, ...]) -> bool:
    """Whether a finding says again what the question says, and not what is asked of it: a name, which one, who, how."""
    return (
        _unheard_deed(frame, finding, missing)
        or _nameless(frame, finding)
        or _unspecified(frame, finding)
        or _no_way(frame, finding)
        or _echoes(frame, finding)
    )


def _asks_beyond(frame: Frame, finding: Finding, missing: tuple[int, ...], view: View) -> bool:
    """Whether the question goes beyond what the finding can say, whatever its words."""
    lang = language()
    said = {stem(w) for c in finding.deciding for w in words(c.fact.value)}
    tied = {p for t in frame.content_ties() for p in range(t.start, t.end)}
    if (
        _of_another_sort(frame, finding)
        or _only_qualified(frame, finding, missing, view)
        or _names_nobody(frame, finding)
        or _of_another_bound(frame, finding)
        or (finding.problem and finding.shape in _TOLD and _asks_for_a_name(frame, missing))
    ):
        return True
    if finding.problem and frame.kind in ("howto", "steps") and finding.shape in _TOLD:
        return True  # a difficulty that is named tells no way out of it
    if (
        finding.problem
        and any(t.word in lang.meeting and t.stem not in said and i not in tied for i, t in enumerate(frame.tokens))
        and frame.kind not in ("yesno", "list", "which")
    ):
        return True  # *how is it solved*, where only the problem is told
    if frame.kind == "definition" and not finding.bound and _WHAT_IS.match(frame.text) and finding.shape in ("pair", "sentence", "told"):
        return not _explains(frame, finding)
    return False


def _narrows_it(frame: Frame, finding: Finding, missing: tuple[int, ...]) -> bool:
    """Whether a word that narrows the name of what is listed is not found itself (*security tools*, *tools for review*)."""
    if finding.shape not in _OF_LABELS:
        return False
    lang = language()
    named = [t for t in frame.content_ties() if t.roles & {"row", "column"} and t.key not in finding.roles]
    narrowing = {p for t in named if not _a_verb(frame, p := t.start - 1)} | {p for t in named for p in _after_for(frame, t)}
    return any(p in narrowing and frame.tokens[p].word not in lang.soft and frame.tokens[p].word not in lang.ranking for p in missing)


def _of_another_year(frame: Frame, missing: tuple[int, ...]) -> bool:
    """Whether a year is named that what was found does not speak of; a story may name any."""
    return frame.kind != "decision" and any(_YEAR.fullmatch(frame.tokens[p].word) for p in missing)


def _lacks_what_is_asked_of(frame: Frame, finding: Finding, missing: tuple[int, ...]) -> bool:
    """Whether what was found does not hold what a short question is asked of, however near the rest is.

    A number says which one is meant (*level 9*), so does what closes the question after *of* or *for* (*properties of the x*);
    and a default is only one where it is said to be. In a story each may be a circumstance.
    """
    if frame.kind in _TELLS_STORIES or finding.shape not in _TOLD | _LISTED_WHOLE:
        return False
    found = frame.tokens
    if finding.shape == "cell" and _named_otherwise(frame, finding, missing):
        return True
    if any(found[p].word.isdigit() or language().bounds.get(found[p].word) == "standard" for p in missing) and not frame.negated:
        return True
    at = next((i for i in range(len(found) - 2, 0, -1) if found[i].word in _ASKED_OF), None)
    if at is None or frame.kind in _CLAIMS:
        return False
    asked_of = [p for p in frame.content if p > at]
    closes = bool(asked_of) and asked_of[-1] == len(found) - 1 and len(asked_of) <= _NARROWED
    return closes and asked_of[-1] in missing and (asked_of[-1] in frame.unknown or finding.bound)


def _named_otherwise(frame: Frame, finding: Finding, missing: tuple[int, ...]) -> bool:
    """Whether the thing a cell is of is called by another noun than the one asked about: *the price of glass boats* for `Glass bowls`."""
    found = frame.tokens
    at = next((i for i in range(len(found) - 2, 0, -1) if found[i].word in _ASKED_OF), None)
    asked_of = [p for p in frame.content if at is not None and p > at]
    if len(asked_of) < 2 or asked_of[-1] != len(found) - 1 or not finding.bound or not finding.deciding:
        return False
    place = finding.deciding[0].where.get(asked_of[-1])  # a word of another cell in the row names another thing
    if asked_of[-1] not in missing and place != "row":
        return False
    owner = finding.slots.get("owner")
    label = {stem(w) for w in words(owner.text)} if isinstance(owner, Quote) else set()
    shared = {found[p].stem for p in asked_of} & label
    return bool(shared) and bool(label - {t.stem for t in found})


def _of_none_named(frame: Frame, finding: Finding, missing: tuple[int, ...], evidence: Evidence, near: float) -> bool:
    """Whether a thing is named and what was found does not speak of it: it is tied to another name, or below the cosine that is near."""
    if finding.shape not in (_ONE_CELL | _TEXTS | _LISTED_WHOLE) or frame.kind in ("decision", "compare", "overlap") or frame.negated:
        return False
    proper = set(frame.proper()) & set(missing)
    lost = [t for t in frame.content_ties() if evidence.view.is_thing(t.key) and all(p in proper for p in range(t.start, t.end))]
    return bool(lost) and (finding.bound or not finding.deciding or finding.deciding[0].dense < near)


def _only_qualified(frame: Frame, finding: Finding, missing: tuple[int, ...], view: View) -> bool:
    """Whether a column is named by words that only qualify what it is about, and they qualify another (*max payload*, `Max memory`)."""
    if finding.shape not in _ONE_CELL or not finding.deciding or finding.deciding[0].fact.kind != "cell":
        return False
    labels = (x.text for x in finding.deciding[0].fact.labels if x.role in ("row", "column"))
    return any(qualified_by(frame, text, view) & set(missing) for text in labels)


def _names_nobody(frame: Frame, finding: Finding) -> bool:
    """Whether it is asked who, and a cell was found that only says yes, no or a number."""
    if finding.shape != "cell" or frame.tokens[0].word not in ("who", "whom", "whose") or not finding.deciding:
        return False
    said = finding.deciding[0].fact.value
    return language().polarity(said) is not None or not any(c.isalpha() for c in said)


def _of_another_bound(frame: Frame, finding: Finding) -> bool:
    """Whether a default or a minimum is asked for where a maximum stands, or the other way round."""
    if finding.shape not in _ONE_CELL or not finding.deciding or finding.deciding[0].fact.kind != "cell":
        return False
    bounds = language().bounds
    asked = {bounds[w] for p in frame.content if (w := frame.tokens[p].word) in bounds}
    told = {bounds[w] for x in finding.deciding[0].fact.labels for w in words(x.text) if w in bounds}
    return bool(asked and told and not asked & told)


def _asks_for_a_name(frame: Frame, missing: tuple[int, ...]) -> bool:
    """Whether one of what is listed somewhere is asked for (*which tool prevents …*), and what was found says nothing of such."""
    if frame.kind != "which" or frame.focus is None:
        return False
    return any(
        t.is_label() and frame.focus <= t.start <= frame.focus + 1 and all(p in missing for p in range(t.start, t.end))
        for t in frame.content_ties()
    )


def _only_cell(finding: Finding, view: View) -> bool:
    """Whether a table says one thing only of the row that is named: whatever its column is called, nothing else can be meant."""
    fact = finding.deciding[0].fact if finding.shape == "cell" and len(finding.deciding) == 1 else None
    return fact is not None and fact.table is not None and fact.column != 0 and sum(c.column != 0 for c in view.row(fact)) == 1


def _echoes(frame: Frame, finding: Finding) -> bool:
    """Whether a text only says again what the question says, labels and all, or a cell does, and something more is asked for."""
    owner = finding.slots.get("owner") if finding.shape == "owner" else None
    if isinstance(owner, Quote) and frame.kind not in _CLAIMS and any(t.key == key(owner.text) for t in frame.content_ties()):
        return True  # whose the name is that was asked about: its own
    if finding.shape in ("cell", "owner") and frame.kind in _ASKS_AFTER and len(finding.deciding) == 1:
        said = words(owner.text if isinstance(owner, Quote) else finding.deciding[0].fact.value)
        return bool(said) and all(stem(w) in {t.stem for t in frame.tokens} for w in said) and not any(w.isdigit() for w in said)
    if finding.shape not in _TEXTS or frame.kind not in _ASKS_MORE or not finding.deciding:
        return False
    asked = {t.stem for t in frame.tokens}
    said = [w for c in finding.deciding for text in (c.fact.value, *(x.text for x in c.fact.labels)) for w in words(text)]
    told = {stem(w) for w in said if w not in language().function_words}
    return bool(told) and told <= asked


def _unheard_deed(frame: Frame, finding: Finding, missing: tuple[int, ...]) -> bool:
    """Whether it is asked who did something, and what was found does not say so.

    One cell is found for what the knowledge base has no word for (*who forged it*), or a text that has not the word it has elsewhere.
    """
    deed = 1 if len(frame.tokens) > 1 and frame.tokens[0].word == "who" else None
    if deed is None or deed not in frame.content or finding.computed or frame.tokens[deed].word in language().soft | language().tabled:
        return False
    unheard = deed in frame.unknown and finding.shape in _ONE_CELL
    return unheard or (deed in missing and deed not in frame.unknown and finding.shape in ("list", "steps", "told"))


def _of_another_sort(frame: Frame, finding: Finding) -> bool:
    """Whether one of an attribute's own things is asked for (*which tool of A …*), and a fact of A under another attribute is found."""
    if finding.shape != "decision_fact" or frame.kind != "which" or frame.focus is None or not finding.deciding:
        return False
    fact = finding.deciding[0].fact
    asked = next((t for t in frame.content_ties() if t.start <= frame.focus < t.end and t.roles & {"row", "column"}), None)
    owner = finding.slots.get("owner")
    if asked is None or not isinstance(owner, Quote) or key(owner.text) not in {t.key for t in frame.content_ties()} - {asked.key}:
        return False
    return asked.key not in {key(x.text) for x in fact.labels}


def _nameless(frame: Frame, finding: Finding) -> bool:
    """Whether the name of something is asked for of which the evidence speaks without one (*a company uses …*), or not at all."""
    asked = _NAME_OF.search(frame.text)
    if asked is None or finding.shape not in _TOLD or frame.focus is None:
        return False
    noun = frame.tokens[frame.focus]
    if frame.focus in frame.unknown:
        return True
    said = " ".join(c.fact.value for c in finding.deciding[:2])
    return re.search(rf"\b(?:an?|some|another)\s+(?:[\w-]+\s+){{0,2}}{re.escape(noun.word)}\b", said, re.I) is not None


def _unspecified(frame: Frame, finding: Finding) -> bool:
    """Whether it is asked which one of a sort, and the text only speaks of the sort (*which gaps …*: *… bridge gaps*)."""
    if (
        finding.shape not in _TEXTS
        or frame.focus is None
        or frame.kind not in ("which", "attribute", "list")
        or frame.answer_type is not None
    ):
        return False
    noun = frame.tokens[frame.focus].stem
    asked = {t.stem for t in frame.tokens}
    told = False
    for candidate in finding.deciding[:2]:
        fact = candidate.fact
        labels = " ".join([*(x.text for x in fact.labels), *candidate.headings])
        if noun in {stem(w) for w in words(labels)}:
            return False  # what stands under a name is one of it
        if fact.kind == "sentence" and candidate.headings and not {stem(w) for w in words(candidate.headings[-1])} <= asked:
            return False  # the heading says which one
        said = tokens(fact.value)
        for i, found in enumerate(said):
            if found.stem != noun:
                continue
            told = True
            before = said[i - 1] if i else None
            after = " ".join(t.word for t in said[i + 1 : i + 3])
            if any(t.word in ("as", "is", "are", "be") for t in said[max(0, i - 2) : i]):
                return False  # *x as a stack*, *these are gaps*
            if before is not None and before.stem not in asked and not before.function:
                return False  # *regional gaps*
            if _NAMES_ONE.match(after) or fact.value[found.end :].lstrip()[:1] in ("(", ":", "–", "—"):
                return False  # *gaps such as …*
    return told


def _no_way(frame: Frame, finding: Finding) -> bool:
    """Whether a way of doing something is asked for, and the text that holds the very words of the question tells none."""
    if (
        frame.kind not in ("howto", "steps")
        or frame.answer_type is not None
        or finding.shape not in (_TEXTS | {"cell", "owner", "definition"})
    ):
        return False
    if not _WAY_ASKED.match(frame.text):
        return False
    own = {p for t in frame.content_ties() if {"row", "column"} <= t.roles or "name" in t.roles for p in range(t.start, t.end)}
    if finding.shape in _ONE_CELL and any(p not in own for c in finding.deciding[:1] if not c.found("value") for p in c.found("label")):
        return False  # the column that is asked about: *how can I reach her*, `Reach at`
    asked = {t.stem for t in frame.tokens}
    copied = all(frame.tokens[p].stem in asked and any(p in c.found("value", "label") for c in finding.deciding[:2]) for p in frame.content)
    said = " ".join(c.fact.value for c in finding.deciding[:2])
    return copied and not _WAY.search(said)


def _explains(frame: Frame, finding: Finding) -> bool:
    """Whether a text says what something is: it is headed or labelled by it, opens with it, or joins it to an *is*."""
    for candidate in finding.deciding:
        fact = candidate.fact
        asked = {frame.tokens[p].stem for p in frame.content if p not in frame.soft}
        labels = {stem(w) for x in fact.labels for w in words(x.text)} | {stem(w) for h in candidate.headings[-1:] for w in words(h)}
        said = [stem(w) for w in words(fact.value)]
        opening = set(said[: len(asked) + _OPENING])
        if 2 * len(asked & labels) > len(asked) or asked <= opening:
            return True
    return False


def _a_verb(frame: Frame, place: int) -> bool:
    """Whether a word follows an auxiliary, *to* or *we*: what is done to the name after it, not what narrows it (*can run x jobs*)."""
    before = frame.tokens[place - 1].word if place > 0 else ""
    return before in language().auxiliaries or before in _DOERS


def _after_for(frame: Frame, tie: Tie) -> list[int]:
    """Places of the words that follow a name with *for* (*tools for code review*)."""
    after = frame.tokens[tie.end : tie.end + 1]
    if not after or after[0].word != "for":
        return []
    return [p for p in frame.content if tie.end < p <= tie.end + _NARROWED]


def _beside(frame: Frame, tie: Tie, strange: list[int]) -> bool:
    """Whether a known name is but a part of an unknown one (`Fox` in *Red Fox*): capitals side by side."""
    return any(p in (tie.start - 1, tie.end) and frame.tokens[p].surface[:1].isupper() for p in strange)


def _tells_a_need(frame: Frame, finding: Finding, evidence: Evidence, dense: float, thresholds: Mapping[str, float]) -> bool:
    """Whether a need told as a story is near enough to a fact that serves it: its words are never those of the text.

    Near means nearer than to what people talk about elsewhere; a name the knowledge base does not hold is part of the
    story unless the story is little else.
    """
    if frame.kind != "decision" or not finding.shape.startswith("decision") or finding.contrast is None:
        return False
    if sum(evidence.worth.get(p, 0.0) for p in frame.strange) > thresholds["need_strange"] or _of_the_named(frame, finding):
        return False
    if finding.shape == "decision_meant":
        return finding.contrast >= thresholds["need_meant"]
    near = max(dense, finding.near)
    if finding.contrast >= thresholds["need_contrast"] and near >= thresholds["need_dense"]:
        return True
    if finding.contrast >= thresholds["need_near_contrast"] and near >= thresholds["need_near"]:
        return True
    held = [p for c in finding.deciding for p in c.found("value", "label") if p not in frame.unknown]
    if finding.shape == "decision_fact":
        held = [p for p in held if any(t.start <= p < t.end for t in frame.content_ties())]
        return finding.contrast >= thresholds["need_name_contrast"] and bool(held)
    return finding.contrast >= thresholds["need_word_contrast"] and bool(held)


def _of_the_named(frame: Frame, finding: Finding) -> bool:
    """Whether one of a sort is asked for (*which certificate for A*), and all that was found is what is said of the thing named."""
    owner = finding.slots.get("owner")
    if finding.shape != "decision_fact" or frame.focus is None or not isinstance(owner, Quote):
        return False
    lang, noun = language(), frame.tokens[frame.focus].word
    labels = {stem(w) for c in finding.deciding[:1] for x in c.fact.labels for w in words(x.text)}
    if noun in lang.classifiers or noun in lang.soft or frame.tokens[frame.focus].stem in labels:
        return False
    return any(t.key == key(owner.text) for t in frame.content_ties())


def support(answer: bool, strength: float) -> float:
    """One number to rank questions by: half and more is an answer, and within either side the stronger evidence is higher."""
    return round(0.5 * answer + 0.499 * min(1.0, max(0.0, strength)), 4)


def confidence_of(chance: float, thresholds: Mapping[str, float]) -> Confidence:
    """A chance in words."""
    return "high" if chance >= thresholds["high"] else "medium" if chance >= thresholds["medium"] else "low"


def gives_reason(frame: Frame, finding: Finding) -> bool:
    """Whether what a finding prints holds words that give a reason."""
    return frame.answer_pattern is None or any(frame.answer_pattern.search(t) for t in _texts(finding))


def _texts(found: object) -> list[str]:
    """Everything a finding prints of the knowledge base, and the numbers it computed."""
    if isinstance(found, Finding):
        return _texts(found.slots)
    if isinstance(found, Quote):
        return [found.text] if found.fact is not None else []  # a name beside a value answers nothing
    if isinstance(found, Figure):
        return [str(found.value)]
    if isinstance(found, Mapping):
        return [t for v in found.values() for t in _texts(v)]
    if isinstance(found, list | tuple):
        return [t for v in found for t in _texts(v)]
    return []


def _ranked_alike(frame: Frame, finding: Finding, deciding: list[Candidate]) -> frozenset[int]:
    """Places of the words that rank, where the evidence ranks in other words: by a label (*maximum* for *the biggest*), by a reason."""
    told = {frame.tokens[p].word for p in frame.ranking}
    heads = {w for c in deciding for x in c.fact.labels for w in words(x.text)}
    labelled = any(told & same and heads & same for same in language().extremes)
    explained = frame.kind == "why" and finding.shape == "told" and gives_reason(frame, finding)
    return frozenset(frame.ranking) if labelled or explained or _bounded(told, deciding[:1]) else frozenset()


def _bounded(ranking: set[str], deciding: list[Candidate]) -> bool:
    """Whether a fact tells the bound of an amount that the ranking words ask for: *the shortest x*, told as *minimum length: 4*."""
    bounds = [b for w in sorted(ranking) if (b := _bound(w)) is not None]
    told = [f"{' '.join(x.text for x in c.fact.labels)}: {c.fact.value}" for c in deciding]
    return any(b.search(t) and re.search(r"\d", t) for b in bounds for t in told)


def ranks_by_amount(frame: Frame) -> bool:
    """Whether a question ranks by what can be measured (*the longest*), not by worth (*the best*, *the most used*)."""
    return bool(frame.ranking) and all(_bound(frame.tokens[p].word) is not None for p in frame.ranking) and not _most(frame)


def _most(frame: Frame) -> bool:
    return any(t.word in ("most", "least") for p in frame.ranking for t in frame.tokens[max(0, p - 1) : p + 1])


@lru_cache(maxsize=256)
def _bound(word: str) -> re.Pattern[str] | None:
    """How a text tells the bound of an amount that a superlative asks for; None of a word that ranks by no amount (*best*)."""
    if word in language().amounts:
        return language().amounts[word]
    poles = {pole for _, pole in vocabulary().most.get(word, ())} | {p for w, p in vocabulary().degrees.items() if w == word}
    return language().told_as(*poles) if len(poles) == 1 else None


def _holds_both(frame: Frame, finding: Finding, deciding: list[Candidate]) -> bool:
    """Whether one sentence speaks of the two or more things a question ranks against each other (*is A quicker than B*)."""
    named = {t.key for t in frame.content_ties() if t.is_label() or "name" in t.roles}
    if finding.shape not in _TEXTS or len(named) < 2 or " than " not in f" {frame.text} ":
        return False
    ranked = {frame.tokens[p].stem for p in frame.ranking}
    return any(
        all(n in key(c.fact.value) for n in named) and (" than " in c.fact.value or bool(ranked & {stem(w) for w in words(c.fact.value)}))
        for c in deciding[:1]
    )


def _ranks(frame: Frame, finding: Finding, deciding: list[Candidate]) -> bool:
    """Whether the evidence itself ranks: it says the very word, or singles one thing out where the question does."""
    lang = language()
    said = {w for c in deciding for w in words(c.fact.value)}
    if any(frame.tokens[p].word in said for p in frame.ranking):
        return True
    told = {frame.tokens[p].word for p in frame.ranking}
    if _ranked_alike(frame, finding, deciding) or _holds_both(frame, finding, deciding):
        return True
    both = any({"row", "column"} <= t.roles for t in frame.content_ties())  # a thing: its own row says nothing of what fits
    if (
        finding.shape.startswith("decision")
        or (frame.kind == "decision" and finding.shape == "row" and not both and _FOR.search(frame.text) is not None)
    ) and told <= lang.fitting:
        labels = {p for t in frame.content_ties() if t.is_label() and finding.shape != "row" for p in range(t.start, t.end)}
        return any(p not in labels and p not in frame.ranking for p in frame.content)  # *the best for …*: what fits a need is asked for
    if finding.shape in ("most", "order", "superlative"):
        return True
    named = {w for c in deciding for x in c.fact.labels for w in words(x.text)}
    return len(deciding) == 1 and bool(named & lang.chief) and told <= lang.chief | {"important"} and not told <= _AMOUNTS


def _foreign(frame: Frame, evidence: Evidence, thresholds: Mapping[str, float]) -> bool:
    """Whether nothing in the knowledge base is near, and none of several words asked about is its own."""
    best = evidence.chunks[0][1] if evidence.chunks else 0.0
    known = _known(frame, evidence)
    names = [t for t in frame.content_ties() if t.is_label() or "name" in t.roles]
    return (
        best < thresholds["topic"]
        and not names
        and known < thresholds["foreign"]
        and (len(evidence.worth) > len(frame.strange) or best < thresholds["alien"])
    )


def kind_of_no(frame: Frame, evidence: Evidence, missing: tuple[int, ...], thresholds: Mapping[str, float]) -> DeclineKind:
    """Which kind of no: nothing known of it at all, or a known name without what was asked."""
    known = [t for t in frame.content_ties() if t.roles & {"row", "column", "label", "name", "heading"}]
    best = evidence.best()
    if not known and (best is None or best.dense < thresholds["topic"]):
        return "off_topic"
    if not missing and not frame.unknown and best is None:
        return "unclear"
    return "unknown_attribute" if known or (best is not None and best.dense >= thresholds["topic"]) else "off_topic"
