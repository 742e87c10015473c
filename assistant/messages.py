"""A message as typed, taken apart: several questions in one, asides, a story before the question, a half that is unknown. Pure.

Each function gives other texts to ask; whether they are answered is for the judge to say.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from assistant.frame import Frame, asking_clause
from assistant.mentions import Tie
from assistant.question import SENTENCE, Token

MOST_PARTS = 4  # questions answered in one message

_BEFORE_ASKING = "(?:by|in|on|for|to|at|with|under|from|since|until|of|into) "
_ASKS = re.compile(
    rf"(?:and |also |so |but )?(?:{_BEFORE_ASKING})?(?:what|which|who|whom|whose|how|why|when|where|whats|does|do|did|is|are|was|were"
    r"|can|could|should"
    r"|will|would|has|have|list|name|compare|define|explain|tell|show|give)\b",
    re.I,
)
_NUMBERED = re.compile(r"(?:^|\s)\(?\d[.)]\s+")
_SPLIT = re.compile(
    rf"\?\s+(?=\S)"
    rf"|[,;]?\s+(?:and|plus|&)\s+(?:also\s+)?(?=(?:{_BEFORE_ASKING})?"
    r"(?:what|which|who|whose|how|why|when|where|does|do|did|is|are|can|should|will|would)\b)"
    r"|[,;]?\s+(?:and|plus|&)\s+(?:also\s+|then\s+)*(?=(?:give|show|tell|name|list|explain|define|compare|describe)\b)|;\s+",
    re.I,
)
# A full stop between two sentences that ask (*Define A. Give an example.*).
_STOP = re.compile(
    rf"(?<=\w)(?<!\bvs)(?<!\betc)[.!]\s+(?=(?:and |also |then )?(?:{_BEFORE_ASKING})?(?:what|which|who|whose|how|why|when|where"
    r"|give|show|tell|name|list|explain|define|compare|describe)\b)",
    re.I,
)
_SEGMENT = re.compile(r"\s*[,;:]\s+|\s+[-–—]+\s+|(?<=[.?!])\s+")
_PRONOUN = re.compile(r"\b(?:it|its|this one|that one|this|that)\b", re.I)
_MEANS = re.compile(r"^what (?:does|did|do) (?:he|she|they|you|it|that|this) mean\b.*", re.I)
_BARE_WH = re.compile(
    r"^(?:so |and )?(?:what|which|who|whose|how|why|when|where)(?: (?:one|ones|are they|is it|is that|exactly|then))?$", re.I
)
_IDLE = re.compile(
    r"^(?:so |and )?(?:what|how|where) (?:do|should|would|can|could|shall) (?:i|we|one|you) (?:write|say|answer|tell|put|reply"
    r"|start|do)\b.{0,12}$",
    re.I,
)
# What is asked of a statement told before: whether it is so.
_VERDICT = re.compile(
    r"^(?:so |and |now |well )?(?:(?:is|was|isn['’]?t|wasn['’]?t) (?:that|this|it|he|she) (?:so|true|right|wrong|correct|really so"
    r"|the case)"
    r"|(?:am|are|was|were|is) (?:i|he|she|they|we|you) (?:right|wrong|correct)|(?:do|does|did|will|would) (?:i|he|she|they|we) (?:win|lose)"
    r"|who (?:is|was|['’]s) (?:right|wrong)|(?:do|does|did|can|could) (?:you|it|they|the \w+(?: \w+)?) (?:say|confirm|agree|support"
    r"|back)(?: (?:so|that|this|it|with (?:that|this|it)))?"
    r"|(?:right|true|correct|agreed|really|yes or no|fact or (?:myth|fiction)|true or false))$",
    re.I,
)
_SAYS = re.compile(
    r"\b(?:says?|said|claims?|claimed|argues?|argued|thinks?|thought|believes?|insists?|insisted|swears?|told (?:me|us)|heard|read"
    r"|bet|betting)\b[^:,]{0,24}?(?:\bthat\b|:|,)?\s+",
    re.I,
)
_BEGINS_ASKING = re.compile(r"(?:and |so |but )?(?:which|what|who|whose|how|why|when|where|is|are|was|were|does|did)\b", re.I)
# Verbs after which stands what is wanted, in a message that asks by telling.
_WANTS = re.compile(
    r"\b(?:wants?|wanted|needs?|needed|require[sd]?|asks? (?:me |us )?(?:for|about)|asked (?:me |us )?(?:for|about)|looking (?:for"
    r"|up)|search(?:ing)? for|after"
    r"|missing|forgot|forgotten|remember|recall|understand|understood|grasp|get|got|learn|know|knew|present|list|collect|gather"
    r"|write (?:down|about|up)|summari[sz]e|explain|interested in|curious about"
    r"|wondering about|question about|talk about|talking about|hear about|read (?:about|up on)|on about|it is about|it['’]?s about"
    r"|give me|show me|tell me|send me|name me)\s+(?=(?:the|all|any|each|every|both|what|which|who|how|why|when|where|its?"
    r"|[A-Z\d])\b)",
)
_ABOUT_WH = re.compile(r"\b(?:on|about|of|over|as to|into|for)\s+((?:what|which|who|whose|how|why|when|where)\b[^.!?;]*)", re.I)
_INVERTED = re.compile(r"^(what|who|where|how|when) ((?!is\b|are\b|was\b|do\b|does\b).+?) (is|are|was|were|means?|stands? for)$", re.I)
# What a message says of the asking itself, at its end: whom it is for, by when, how short.
_ADJUNCT = re.compile(
    r"[,;]?\s+(?:(?:for|to|in|on|at|by|before|until|after|during) (?:my|our|his|her|their|your) (?:\w+ ?){1,3}"
    r"|in (?:one|a|an|two|three|few|\d+) (?:short |single |simple |plain )?(?:bullet(?: point)?|sentence|word|line|paragraph|minute)s?"
    r"|(?:by|before|until) (?:noon|tonight|tomorrow|lunch|monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|the end of \w+)"
    r"|(?:right )?(?:now|today|tonight|tomorrow|quickly|briefly|shortly|again|asap|urgently|please|in short|in brief|in a nutshell"
    r"|in simple (?:words|terms)|in plain (?:words|english)|if you (?:can|please|would)))+[.?!]*$",
    re.I,
)
_SEVERAL = re.compile(r"\b(?:(?:of )?the (?:two|three)|both(?: of them)?|they|them|these|each other)\b", re.I)
_NAMED = frozenset({"row", "column", "label", "name"})
_JOINER = r"(?:,|/|\+|&|\b(?:and|or|nor|vs\.?|versus)\b)"
_COMPARING_JOINER = r"(?:,|/|\+|&|\b(?:and|or|nor|vs\.?|versus|with|than|to|from)\b)"


def parts(text: str) -> list[str]:
    """The questions of a message, when it asks several: numbered, or each with words that ask; else nothing."""
    numbered = [p.strip(" ,;") for p in _NUMBERED.split(text)]
    found = [p for p in numbered if p] if len(numbered) > 2 else [p.strip() for p in _SPLIT.split(text) if p.strip(" ?")]
    if len(numbered) <= 2:
        found = [p for one in found for p in (_STOP.split(one) if _ASKS.match(one) else [one])]
    if not 1 < len(found) <= MOST_PARTS or any(len(p.split()) < 2 for p in found):
        return []
    if len(numbered) > 2:
        return found
    # What is told before the first question belongs to it.
    return found if all(_ASKS.match(p) for p in found[1:]) and any(_ASKS.match(s.strip()) for s in SENTENCE.findall(found[0])) else []


def asked_alone(text: str, frame: Frame) -> list[str]:
    """The parts of a message that ask, without what is told around them; a pronoun gives way to the names told before it.

    *X is new to us. What is it for?*: `What is X for?`. *X does Y, says Tom. Is that so?*: `is it true that X does Y`.
    """
    sentences = [m for m in SENTENCE.finditer(text) if m[0].strip()]
    asking = [m.span() for m in sentences if m[0].rstrip().endswith("?")] or [m.span() for m in sentences[-1:]]
    spans = asking[-1:] if len(sentences) > 1 else []
    found: list[str] = []
    if spans:
        asked, before = text[slice(*spans[0])].strip(" ?!."), text[: spans[0][0]].strip()
        if _VERDICT.match(asked) and before:
            found.append(_claimed(before))
        elif (_BARE_WH.match(asked) or _IDLE.match(asked)) and before:
            found += [before.rstrip(" .!"), *wanted(before)]
    clause = asking_clause(text)
    if clause:
        start = text.rindex(clause)
        spans.append((start, start + len(clause)))
    asked_there = [_in_context(text, frame, *span) for span in spans]
    return list(dict.fromkeys([*found, *(a for one in asked_there for a in (one, _upright(one)))]))


def is_verdict(text: str) -> bool:
    """Whether the last sentence only asks if what is told before it is so (*does he win?*, *is that right?*)."""
    last = [m[0] for m in SENTENCE.finditer(text) if m[0].strip()]
    return len(last) > 1 and _VERDICT.match(last[-1].strip(" ?!.")) is not None


def _claimed(statement: str) -> str:
    """What a statement claims, as a question; of a dispute, the question it is about."""
    about = _ABOUT_WH.search(statement) or re.search(r"\bwhether\s+([^.!?;]*)", statement, re.I)
    if about:
        clause = about[1].strip(" ,.!")
        return f"is it true that {clause}" if about[0].lower().startswith("whether") else clause
    last = [m[0].strip(" .!") for m in SENTENCE.finditer(statement) if m[0].strip()][-1]
    said = _SAYS.search(last)
    claim = last[said.end() :] if said and last[said.end() :].count(" ") > 1 else last
    claim = claim.rsplit(": ", 1)[-1] if ": " in claim else claim
    return f"is it true that {claim.strip(' ,:')}"


def wanted(text: str) -> list[str]:
    """What a message wants that asks by telling (*I need the x of A for my talk*, *a sentence on what A is*), nearest reading first."""
    found: list[str] = []
    for sentence in [m[0].strip() for m in SENTENCE.finditer(text) if m[0].strip()]:
        bare = _ADJUNCT.sub("", sentence).strip()
        if about := _ABOUT_WH.search(bare):
            found.append(about[1])
        if not _BEGINS_ASKING.match(bare):  # *which one needs the most data* wants nothing for whoever asks
            found += [bare[match.end() :] for match in _WANTS.finditer(bare)]
        if bare != sentence:
            found.append(bare)
        after_colon = bare.split(": ", 1)
        found += after_colon[1:]
    cut = [part for f in found for part in (f, re.split(r"[,;]\s+|\s+[-–—]\s+", f)[0])]
    return list(dict.fromkeys(_upright(_ADJUNCT.sub("", c).strip(" ,;.!")) for c in cut if len(c.split()) > 1))


def _upright(clause: str) -> str:
    """A reported question in the order of a direct one: *what A is* as *what is A*."""
    match = _INVERTED.match(clause.strip(" ?.!"))
    return f"{match[1]} {match[3]} {match[2]}" if match else clause


def _in_context(text: str, frame: Frame, start: int, end: int) -> str:
    """A part of a message with the names told before it in the place of its pronoun."""
    asked = text[start:end].strip()
    before = [t for t in frame.content_ties() if frame.tokens[t.end - 1].end <= start and t.roles & _NAMED]
    # What is only listed is what a message is about; the words for its sort (*X, the tool*) stand beside it.
    before.sort(key=lambda t: "name" in t.roles and not t.is_label())
    told = {t.key: t.name for t in before}
    inside = {t.key for t in frame.content_ties() if start <= frame.tokens[t.start].start < end}
    names = [n for k, n in told.items() if k not in inside]
    several = _SEVERAL.search(asked)
    if several and len(names) > 1:
        return asked[: several.start()] + " and ".join(names[-3:]) + asked[several.end() :]
    if names and _MEANS.match(asked):
        return f"what is {names[-1]}"
    pronoun = _PRONOUN.search(asked)
    if pronoun and names:
        return asked[: pronoun.start()] + names[-1] + asked[pronoun.end() :]
    return asked


def without_asides(frame: Frame) -> str | None:
    """The message without the segments that hold nothing the knowledge base knows and ask nothing; None if there is no such."""
    text = frame.text
    bounds = [0, *(m.end() for m in _SEGMENT.finditer(text)), len(text)]
    spans = [(a, b) for a, b in itertools.pairwise(bounds) if text[a:b].strip()]
    known = {p for t in frame.content_ties() for p in range(t.start, t.end)} | (set(frame.content) - set(frame.unknown))
    kept = []
    for a, b in spans:
        inside = [i for i, t in enumerate(frame.tokens) if a <= t.start < b]
        if any(i in known for i in inside) or any(frame.tokens[i].word in _QUESTION_WORDS for i in inside):
            kept.append((a, b))
    if not kept or len(kept) == len(spans):
        return None
    return " ".join(text[a:b].strip(" ,;:-–—") for a, b in kept).strip()


def known_half(frame: Frame, missing: Sequence[int]) -> tuple[str, list[Token]] | None:
    """The question without an unknown name that is joined to a known one (*A or X*, *X vs A*), and the words left out."""
    if frame.kind in ("howto", "steps", "count", "why"):
        return None
    runs: list[list[int]] = []
    listed = [
        p for p in frame.unknown if p not in frame.soft and any(_attribute(t) and frame.coordinate(t, p) for t in frame.content_ties())
    ]
    for place in sorted({*frame.strange, *listed} & set(missing)):
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    tied = {p for t in frame.content_ties() for p in range(t.start, t.end)}
    joiner = _COMPARING_JOINER if frame.kind == "compare" else _JOINER
    for run in runs:
        first, last = frame.tokens[run[0]], frame.tokens[run[-1]]
        before, after = frame.text[: first.start], frame.text[last.end :]
        joined_before = re.search(rf"\s*{joiner}\s*(?:an? |the )?$", before, re.I)
        joined_after = re.match(rf"\s*{joiner}\s*", after, re.I)
        if joined_before and _names_near(frame, tied, before, backwards=True):
            return f"{before[: joined_before.start()]} {after.lstrip()}".strip(), [frame.tokens[i] for i in run]
        if joined_after and _names_near(frame, tied, after[joined_after.end() :], backwards=False):
            return f"{before}{after[joined_after.end() :]}".strip(), [frame.tokens[i] for i in run]
    return None


def _attribute(tie: Tie) -> bool:
    """Whether a tie names what is said of things, and no thing."""
    return tie.is_label() and not {"row", "column"} <= tie.roles


def _names_near(frame: Frame, tied: set[int], text: str, *, backwards: bool) -> bool:
    """Whether the text beside an unknown name holds a known one."""
    if backwards:
        return any(frame.tokens[p].end <= len(text) for p in tied)
    return any(frame.tokens[p].start >= len(frame.text) - len(text) for p in tied)


_QUESTION_WORDS = frozenset({"what", "which", "who", "whom", "whose", "where", "when", "why", "how"})

__all__ = ["MOST_PARTS", "asked_alone", "is_verdict", "known_half", "parts", "wanted", "without_asides"]
