"""What is enough to take a finding nothing speaks against: one reason will do, and the first that holds is the one given."""

from __future__ import annotations

from assistant.grounds import Ground
from assistant.holding import Beside
from assistant.sorts import HARD_TYPES, LISTED, ONE_CELL, SAID_AT_LENGTH, TELLS_STORIES, TEXTS


def _bound_and_held(found: Beside) -> bool:
    """Names meet in one fact that holds enough; a value alone that is the name asked of is none."""
    return found.bound and found.cover >= found.thresholds["bound_cover"] and (found.lost < 1.0 or not found.of_value)


def _bound_and_idle(found: Beside) -> bool:
    """Names meet in one fact, and the unknown words beside them are not missed."""
    return found.bound and found.lost == 0.0 and found.doubted


def _strong(found: Beside) -> bool:
    """Enough of the question stands there, and it is near."""
    limits = found.thresholds
    near = found.strength >= limits["answer"] and found.cover >= limits["cover"] and found.dense >= limits["dense"]
    return near and not _only_named(found)


def _near_alone(found: Beside) -> bool:
    """So near that the words do not matter."""
    return found.dense >= found.thresholds["dense_alone"] and not _a_name_alone(found)


def _said_in_part(found: Beside) -> bool:
    """A text or list that holds a part, and is near enough for the rest."""
    at_length = found.finding.shape in SAID_AT_LENGTH and found.frame.kind not in TELLS_STORIES
    return at_length and found.cover >= found.thresholds["cover_said"] and found.dense >= found.thresholds["near_said"]


def _list_near(found: Beside) -> bool:
    """A list so near that it need not say the same words."""
    listed = found.finding.shape in LISTED and found.frame.kind not in TELLS_STORIES
    return listed and found.dense >= found.thresholds["dense_listed"]


def _text_near_alone(found: Beside) -> bool:
    """A text or several facts, so near that the words do not matter."""
    if found.finding.shape in ONE_CELL or found.dense < found.thresholds["dense_text"] or _only_named(found):
        return False
    return found.frame.kind == "yesno" or not _a_name_alone(found)


def _every_word(found: Beside) -> bool:
    """One fact holds nearly every word; where it is a single one that tells little, it has to be as near as any."""
    near = found.dense >= found.thresholds["full_dense" if found.several else "dense"]
    return near and found.cover >= found.thresholds["full_cover"] and not found.frame.unknown


def _decision_near(found: Beside) -> bool:
    """A row that says what to choose is near to the need."""
    return found.finding.shape.startswith("decision") and found.dense >= found.thresholds["decision_dense"]


def _a_name_alone(found: Beside) -> bool:
    """Whether nothing of what is asked of a name is there: a name alone is near."""
    return found.lost >= 1.0 and bool(found.frame.content_ties())


def _only_named(found: Beside) -> bool:
    """Whether a text holds the names asked about and of all that is asked of them nothing: it says something else about them."""
    limits = found.thresholds
    named = found.finding.shape in TEXTS and any(t.roles - {"heading", "title"} for t in found.names)
    far = found.lost >= limits["unsaid"] and found.cover < limits["unsaid_cover"] and found.dense < limits["unsaid_dense"]
    return named and far


ENOUGH: tuple[Ground[Beside], ...] = (
    Ground("bound", _bound_and_held),
    Ground("bound-idle", _bound_and_idle),
    Ground("strength", _strong),
    Ground("near-alone", _near_alone),
    Ground("said-in-part", _said_in_part),
    Ground("list-near", _list_near),
    Ground("text-near-alone", _text_near_alone),
    Ground("every-word", _every_word),
    Ground("decision-near", _decision_near),
)


def wrong_type(found: Beside) -> bool:
    """Whether an amount, a date, a person … is asked for, and nothing of that sort stands there."""
    if found.frame.answer_type not in HARD_TYPES or found.typed:
        return False
    labelled = {p for c in found.deciding[:1] for p in c.found("label", "heading", "above")}
    said_outright = found.finding.shape == "cell" and found.bound and set(found.evidence.worth) <= labelled
    return not said_outright  # *form factor* is a label, and asks no number


__all__ = ["ENOUGH", "wrong_type"]
