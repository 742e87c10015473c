"""Whether a need told as a story is near enough to a fact that serves it: its words are never those of the text."""

from __future__ import annotations

from assistant.finding import Finding
from assistant.frame import Frame
from assistant.holding import Measures
from assistant.language import language
from assistant.wording import Quote
from corpus.words import key, stem, words


def tells_a_need(measures: Measures) -> bool:
    """Whether a need told as a story is near enough to a fact that serves it: its words are never those of the text.

    Near means nearer than to what people talk about elsewhere; a name the knowledge base does not hold is part of the
    story unless the story is little else.
    """
    frame, finding, thresholds = measures.frame, measures.finding, measures.thresholds
    if finding is None or frame.kind != "decision" or not finding.shape.startswith("decision") or finding.contrast is None:
        return False
    if sum(measures.evidence.worth.get(p, 0.0) for p in frame.strange) > thresholds["need_strange"] or _of_the_named(frame, finding):
        return False
    if finding.shape == "decision_meant":
        return finding.contrast >= thresholds["need_meant"]
    near = max(measures.dense, finding.near)
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


__all__ = ["tells_a_need"]
