"""A question understood: what kind it is, what it names, what has to be accounted for. Pure but for the look-ups."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from assistant import scales
from assistant.language import language
from assistant.mentions import Common, Namer, Repair, Tie
from assistant.models import Mention, Reading
from assistant.question import SENTENCE, Token, tokens
from corpus.words import key

_ASKING = re.compile(
    r"(?:(?:[,;.!:]|\s[-–—])|\b(?:tell|show|explain to) (?:me|us)|\bto know|\bwondering)\s+((?:and |so |but )?"
    r"(?:what|which|who|whom|whose|how|when|where|why|can|could|is|are|does|do|did|should|will|may|must)\b[^.!?]*)[.?!]*\s*$",
    re.I,
)
_SENTENCE_END = re.compile(r"[.!?:;]\s+")
_ASKS_WHAT = re.compile(
    r"(?:and |so |now )?(?:which|what|whose|who|where|any|one of|is there|do|does|should|can|could|would|how)\b.*\?|(?:which|what)\b", re.I
)
_JOINED = re.compile(r"\s*(?:,|,?\s*or|,?\s*and|/)\s*", re.I)
_PREDICATES = frozenset({"is", "are", "be", "the", "which", "what", "works", "performs"})
_ENDING = 4  # letters an ending may have
_STORY = 5  # words a need told before the question has at least
_CHOOSING = frozenset({"decision", "attribute", "keyword", "which", "overlap", "list"})
_REPORTED = re.compile(
    r"\b(?:ask(?:s|ed|ing)?|know(?:s|ing)?|wonder(?:s|ed|ing)?|argu(?:e|es|ed|ing)|tell(?:s|ing)?|told|explain(?:s|ed)?|understand"
    r"|remember|forgot)"
    r"(?:\W+\w+){0,12}?\W+((?:what|which|who|whose|how|when|where|why)\b[^.!?]*)[.?!]*\s*$",
    re.I,
)
_CLAIMED = re.compile(  # *x - an A thing?*, *x = A?*
    r"(?!.*\b(?:what|which|who|where|when|why|how)\b)[\w/+.'’ -]{2,40}?(?:\s*=\s*|\s+[-–—]\s+(?=an? |the |part of |in "
    r"|for ))[\w/+.'’ -]{2,40}\?\s*$",
    re.I,
)
_SIDE_BY_SIDE = frozenset({"and", "or", "vs", "vs.", "versus", ",", "/", "with", "than", "to", "from", "nor", "&", "+"})
_DETERMINERS = frozenset({"the", "a", "an", "its", "their", "this", "that", "these", "those", "my", "our", "your"})
_DOES = frozenset(
    {"do", "does", "did", "is", "are", "was", "were", "can", "could", "should", "will", "would", "has", "have", "had", "must"}
)
_TELLING = 6  # words of a message that asks nothing, from which it tells something …
_TELLING_PLAINLY = 4  # … and where nothing in it is a name
_TOLD_TO = re.compile(r"\b(?:you|your|yours|yourself)\b", re.I)  # an order to the program, no need
_VERB = re.compile(
    r"\b(?:is|are|was|were|do|does|don['’]?t|doesn['’]?t|can|can['’]?t|cannot|have|has|keeps?|takes?|gets?|got|goes|went|want|wants"
    r"|need|needs|must|should|would)\b",
    re.I,
)
_NOBODY = re.compile(r"\b(?:no one|nobody|no-one|none of (?:us|them)|hardly anyone|few)\b[^.,;]{0,30}$", re.I)
_POLAR = re.compile(r"(?:so |and |but |then )?(?:is|are|was|were|does|do|did|has|have|can|could|will|would)\b(?! there\b)", re.I)
_REQUEST = re.compile(r"(?:can|could|would|will|do) (?:you|u|i|we)\b", re.I)
_STATED = re.compile(
    r"(?!.*\b(?:what|which|who|where|when|why|how)\b)(?:so |then |but |and )?[\w/+.-]+(?: [\w/+.-]+){0,3}"
    r" (?:is|are|uses?|has|have|belongs?|does|comes?|needs?)\b",
    re.I,
)
_OF_NOTHING = frozenset({"keyword", "attribute", "overlap", "howto"})  # kinds that ask nothing of a story in which nothing is named
_ASKS_FOR_ALL = re.compile(r"(?:and |so )?what (?:are|were) (?:all )?(?:the |your |our )?", re.I)
_ASKING_WORD = re.compile(r"\b(?:what|which|who|whom|whose|how|when|where|why)\b", re.I)
_MAYBE_POLAR = frozenset({"example", "steps", "belongs", "definition", "attribute", "which"})
AMOUNTS = frozenset({"number", "measure", "share", "price"})  # types of answer that are an amount
_IDENTIFIER = re.compile(r"\w[_./]\w|[a-z][A-Z]|[a-z]\d[a-z]")  # how names of code are written, and no words
_ROWS_NAMED = 6  # rows of a table that a reading names; more are counted
_LEAST_ASKED = 3  # words from which a question of no particular kind still says what is wanted
_BETWEEN = re.compile(r"\b(?:between|among)\b", re.I)
_NAMED_BY_HEADINGS = frozenset({"compare", "overlap", "decision", "steps", "order", "count"})  # kinds a heading's own words announce
_UNSPECIFIC = frozenset({"decision", "attribute", "keyword"})  # kinds a told story may be taken for


@dataclass(frozen=True, slots=True)
class Within:
    """Rows of a table that a conversation speaks of: what a question that goes on with them is asked of."""

    table: int
    rows: frozenset[int]
    column: int  # what was told of them last
    named: int  # the column that says which they are
    words: frozenset[str]  # stems of the questions that led to them
    names: tuple[str, ...]  # what the rows are called


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of one question; `tokens` and all places are those of `text`."""

    kind: str
    text: str  # the question as resolved
    tokens: tuple[Token, ...]
    ties: tuple[Tie, ...]
    content: tuple[int, ...]  # places of the tokens an answer has to account for
    unknown: tuple[int, ...]  # of those, the ones the knowledge base does not contain
    soft: frozenset[int]  # of those, words of talk about a question or a text, which no answer has to hold
    strange: tuple[int, ...]  # of those, the ones that are no ordinary English either: names of something else
    repairs: tuple[Repair, ...]
    answer_type: str | None
    answer_pattern: re.Pattern[str] | None
    negated: bool
    told: str = ""  # the text without the things it offers to choose from: what is looked for by meaning
    need: str = ""  # the part that tells a need, where sentences of their own do
    options: frozenset[str] = frozenset()  # keys of the things the question offers to choose from (*A, B or C*)
    denied: frozenset[int] = frozenset()  # places of the names a *not* or *except* speaks of
    each: bool = False  # all of a kind are asked for (*every*, *each*)
    focus: int | None = None  # place of the noun that is asked for (*which licence*)
    ranking: tuple[int, ...] = ()  # places of words that rank (*best*)
    wish: scales.Wish | None = None  # the order or range of numbers it asks for
    counted: tuple[int, ...] = ()  # places of the words that say what is to be counted (*how many …*)
    kept: tuple[str, ...] = ()
    within: Within | None = None  # asked of these rows only
    unheld: frozenset[int] = frozenset()  # places of names written as one that stand nowhere as one
    roles: dict[str, str] = field(default_factory=dict)  # tie key -> role it was given in the answer

    def content_ties(self) -> list[Tie]:
        """Names that are content, not frame words."""
        places = set(self.content)
        return [t for t in self.ties if any(p in places for p in range(t.start, t.end))]

    def may_take(self, name: str) -> bool:
        """Whether a thing, or all of several joined by a plus, is among those offered to choose from; anything is where none are."""
        return not self.options or {key(n) for n in name.split(" + ")} <= self.options

    def coordinate(self, tie: Tie, place: int) -> bool:
        """Whether a name and another word are named side by side (*x or y*, *x vs y*)."""
        first, last = (tie.end, place) if tie.start < place else (place + 1, tie.start)
        return self.text[self.tokens[first - 1].end : self.tokens[last].start].strip().lower() in _SIDE_BY_SIDE

    def certain(self, tie: Tie) -> bool:
        """Whether a tie is a name beyond doubt: an entity, a heading, or a listed name typed with a capital in it."""
        typed = "".join(t.surface for t in self.tokens[tie.start : tie.end])
        inside = tie.start > 0 or typed[1:] != typed[1:].lower()
        return (
            (tie.end - tie.start > 1 and (" " in tie.name or typed != typed.lower()))
            or bool(tie.roles & {"row", "column"} and tie.roles & {"label", "heading"})
            or (inside and typed != typed.lower())
        )

    def proper(self) -> tuple[int, ...]:
        """Places of the known names that are typed as names: with a capital, in a sentence that has other words without, or as
        identifiers are written (`retry.limit`, `TextReader`).
        """
        written = {p for t in self.content_ties() if _IDENTIFIER.search(t.name) and t.words == t.name for p in range(t.start, t.end)}
        if all(t.surface[:1].isupper() for t in self.tokens if t.surface[:1].isalpha()):
            return tuple(sorted(written))
        capital = {p for t in self.content_ties() for p in range(t.start, t.end) if p and self.tokens[p].surface[:1].isupper()}
        return tuple(sorted(written | capital))

    def _whole(self) -> str:
        """The question with what it is asked of."""
        if self.within is None:
            return self.text
        names = self.within.names
        some = ", ".join(names[:_ROWS_NAMED]) + (f" and {len(names) - _ROWS_NAMED} more" if len(names) > _ROWS_NAMED else "")
        return f"{self.text.rstrip(' ?.!')} – of {some}?"

    def reading(self, typed: str) -> Reading:
        """The frame as the answer carries it."""
        mentions = tuple(
            Mention(words=t.words, name=t.name, role=self.roles.get(t.key, "entity" if t.is_label() else "value"), how=t.how)
            for t in self.content_ties()
        )
        return Reading(
            kind=self.kind,
            question=self._whole() if self.kept else typed,
            mentions=mentions,
            kept=self.kept,
            repaired=tuple((r.typed, r.read) for r in self.repairs),
            unknown=tuple(dict.fromkeys(self.tokens[p].surface for p in self.unknown)),
        )


def repaired(text: str, namer: Namer) -> tuple[str, tuple[Repair, ...]]:
    """The question with misspelt words mended, and what was mended."""
    found = tokens(text)
    repairs = namer.repair(found, text)
    for repair in sorted(repairs, key=lambda r: -found[r.place].start):
        token = found[repair.place]
        text = text[: token.start] + repair.read + text[token.end :]
    return namer.completed(text, tokens(text)), tuple(repairs)


def understand(
    text: str,
    namer: Namer,
    common: Common,
    *,
    kept: tuple[str, ...] = (),
    repairs: tuple[Repair, ...] = (),
    within: Within | None = None,
) -> Frame:
    """Read a cleaned question against a knowledge base.

    Args:
        text: the question, mended (`repaired`) and resolved if it was a follow-up.
        namer: ties words to the knowledge base.
        common: tells ordinary English words from names.
        kept: what was kept from the conversation, in words.
        repairs: what was mended in it.
        within: rows of a table that it is asked of.
    """
    lang = language()
    found = tokens(text)
    ties = namer.ties(found, repairs, text)
    mended = text
    kind = _kind(_with_names(mended, found, ties, headings=False))
    if kind in _NAMED_BY_HEADINGS and not (kind == "compare" and _BETWEEN.search(mended)):
        kind = _kind(_with_names(mended, found, ties, headings=True))  # *in Key Differences* compares nothing
    typed = text
    options = _options(typed, found, ties) if kind in _CHOOSING else ()
    if kind == "definition" and _ASKS_FOR_ALL.match(mended) and len(ties) == 1 and _all_of(ties[0], found):
        kind = "list"  # *what are the moorings*, where that is the name of a row or a column
    story_end = _story(typed, found, ties, options, namer)
    if story_end or (
        kind in _OF_NOTHING and _tells(mended, _TELLING_PLAINLY) and _ASKING_WORD.search(mended) is None and not any(map(_names_it, ties))
    ):
        kind = "decision"
    elif kind != "decision":
        options = ()
    asking = lang.frame_words(kind)
    tied = {p for t in ties for p in range(t.start, t.end)}
    idle = [m.span() for cue in (lang.negation, lang.everything) for m in cue.finditer(typed)]
    content = [i for i, t in enumerate(found) if i in tied or not (t.function or any(a <= t.start and t.end <= b for a, b in idle))]
    asked = [i for i in content if not (_only_asks(found[i], asking) or lang.only_asks(kind, found[i].word)) or _in_longer_name(i, ties)]
    if kind == "decision" and asked and all(i in tied for i in asked) and len(asked) < len(content):
        asked = [i for i in content if i in asked or namer.knows(found[i])]  # *when should I adopt it*: the verb is all that is asked
    # Of a question of frame words alone only names are left; one for an order keeps what the knowledge base says of it.
    offered = {p for t in options for p in range(t.start, t.end)}
    asked = [i for i in asked if i not in offered and (not story_end or found[i].start < story_end)]
    content = asked or [i for i in content if i in tied or (kind == "order" and namer.knows(found[i]))]
    unknown = [i for i in content if i not in tied and not namer.knows(found[i])]
    # A single capital is a name (*R*), whatever the letter stands for in a hurry (*r u*).
    soft = {i for i in unknown if found[i].word in lang.soft and not (len(found[i].surface) == 1 and found[i].surface.isupper())}
    strange = [i for i in unknown if i not in soft and (not _is_english(found[i].word, common) or _looks_like_name(found, i))]
    wanted = lang.answer_type(mended) if kind != "equivalent" else None
    return Frame(
        kind=kind,
        text=typed,
        tokens=tuple(found),
        ties=tuple(ties),
        content=tuple(content),
        unknown=tuple(unknown),
        soft=frozenset(soft),
        strange=tuple(strange),
        repairs=tuple(repairs),
        answer_type=wanted[0] if wanted else None,
        answer_pattern=wanted[1] if wanted else None,
        negated=bool(lang.negation.search(mended)),
        told=_told(typed, found, options),
        need=typed[:story_end].strip() if story_end else "",
        options=frozenset(t.key for t in options),
        denied=frozenset(_denied(typed, found, ties)),
        each=any(t.word in ("every", "each", "all") for t in found)
        or _ACROSS.search(typed) is not None
        or lang.everything.search(typed) is not None,
        focus=_focus(found),
        ranking=_ranking(found, tied, kind),
        wish=scales.wish(found, typed, ties, among=within is not None),
        counted=_counted(found),
        kept=kept,
        within=within,
    )


def _only_asks(token: Token, asking: frozenset[str]) -> bool:
    """Whether a word only asks: one of the asking words in any ending, but no longer word made from one (*explainability*)."""
    return token.stem in asking and len(token.word) <= len(token.stem) + _ENDING


def _in_longer_name(place: int, ties: list[Tie]) -> bool:
    """Whether a word is part of a name of several words, where it cannot be a mere asking word."""
    return any(t.start <= place < t.end and t.end - t.start > 1 for t in ties)


def asking_clause(text: str) -> str | None:
    """The clause that asks, where something is told before it; None where the whole text asks."""
    match = _ASKING.search(text) or _REPORTED.search(text)
    if match is None or _NOBODY.search(text[: match.start(1)]):
        return None  # *nobody knows which version is live* tells, and asks nothing
    return match[1]


def _kind(text: str) -> str:
    """The kind of a question; where a story is told before it, the sentence or clause that asks says what kind of answer is wanted."""
    sentences = [m[0].strip() for m in SENTENCE.finditer(text) if m[0].strip()]
    asking = next((s for s in reversed(sentences) if s.endswith("?")), None) if len(sentences) > 1 else None
    if asking is not None:
        kind = _kind(asking)
        if kind not in _UNSPECIFIC or len(asking.split()) > _LEAST_ASKED:
            return kind
    kind = language().kind_of(text)
    clause = asking_clause(text) if kind in _UNSPECIFIC else None
    if clause:
        return language().kind_of(clause)
    if kind in ("keyword", "attribute") and _CLAIMED.match(text):
        return "yesno"
    if kind == "keyword" and _tells(text, _TELLING):
        return "decision"  # a sentence that asks nothing tells a need
    polar = _POLAR.match(text) is not None and not _REQUEST.match(text)
    stated = text.rstrip().endswith("?") and _STATED.match(text) is not None
    return "yesno" if (polar and kind in _MAYBE_POLAR) or (stated and kind in ("keyword", "attribute")) else kind


def _tells(text: str, least: int) -> bool:
    """Whether a message asks nothing: a sentence of so many words with a verb that is not its first word, and no question mark."""
    verb = _VERB.search(text)
    return (
        verb is not None
        and verb.start() > 0
        and not text.rstrip().endswith("?")
        and len(text.split()) >= least
        and _TOLD_TO.search(text) is None
        and asking_clause(text) is None
    )


def _is_english(word: str, common: Common) -> bool:
    """Whether a word is ordinary English, in any of its spellings (*analyse*)."""
    return common(word) or any(common(w) for w in language().variants(word))


def _all_of(tie: Tie, found: list[Token]) -> bool:
    """Whether a tie in the plural names what is said of things, and stands at the end."""
    last = found[tie.end - 1]
    attribute = bool(tie.roles & {"row", "column", "label"}) and not {"row", "column"} <= tie.roles
    return attribute and tie.end == len(found) and last.word.endswith("s") and last.word != last.stem


def _names_it(tie: Tie) -> bool:
    """Whether a tie is what a question may be about: a label, a heading, or a name typed as one."""
    return tie.is_label() or "heading" in tie.roles or tie.words != tie.words.lower()


def _options(text: str, found: list[Token], ties: list[Tie]) -> tuple[Tie, ...]:
    """The names offered to choose from: at least two labels joined by commas and an *or*."""
    labels = [t for t in ties if t.is_label()]
    runs: list[list[Tie]] = []
    for tie in labels:
        between = text[found[runs[-1][-1].end - 1].end : found[tie.start].start] if runs else "?"
        if runs and _JOINED.fullmatch(between):
            runs[-1].append(tie)
        else:
            runs.append([tie])
    for run in runs:
        if len(run) > 1 and re.search(r"\bor\b|/", text[found[run[0].start].start : found[run[-1].start].start], re.I):
            return tuple(run)
    return ()


def _story(text: str, found: list[Token], ties: list[Tie], options: tuple[Tie, ...], namer: Namer) -> int:
    """Where a need told in sentences of its own ends, when what follows only asks what to take; 0 where it is not so.

    *Everything breaks at night. What should we look at?*: the last sentence holds nothing the knowledge base knows but
    the names to choose from.
    """
    end = next((m.end() for m in reversed(list(_SENTENCE_END.finditer(text))) if text[m.end() :].strip()), 0)
    asking = [i for i, t in enumerate(found) if t.start >= end]
    offered = {p for t in options for p in range(t.start, t.end)}
    only_options = bool(offered) and all(i in offered or found[i].function for i in asking)
    if not end or not asking or len(found) - len(asking) < _STORY or not (only_options or _ASKS_WHAT.match(text[end:].strip())):
        return 0
    generic = language().frame_words("decision")
    named = {p for t in ties for p in range(t.start, t.end)}
    if any(
        i in named or namer.knows(found[i]) for i in asking if i not in offered and not found[i].function and found[i].stem not in generic
    ):
        return 0
    return end


def _told(text: str, found: list[Token], options: tuple[Tie, ...]) -> str:
    """The text without the things offered to choose from, which would outweigh what they are wanted for."""
    if not options:
        return text
    return f"{text[: found[options[0].start].start].rstrip(' ,:')} {text[found[options[-1].end - 1].end :].lstrip()}".strip()


def _with_names(text: str, found: list[Token], ties: list[Tie], *, headings: bool) -> str:
    """The question with names written apart put together, so that *ML flow* is no flow; headings of several words taken out if wanted."""
    for tie in reversed(ties):
        if tie.end - tie.start > 1:
            heading = headings and "heading" in tie.roles and not tie.roles & {"row", "column", "label"}
            put = "it" if heading else tie.name if " " not in tie.name else None
            if put is not None:
                text = text[: found[tie.start].start] + put + text[found[tie.end - 1].end :]
    return text


def _focus(found: list[Token]) -> int | None:
    """Place of the noun right after *which*, *what* or *how many*, or of the one whose name is asked for."""
    for i, token in enumerate(found[:-3]):
        if token.word in ("name", "names") and found[i + 1].word == "of" and found[i + 2].function:
            return _head(found, i + 3)
    for i, token in enumerate(found[:4]):
        if token.word in ("which", "what") or (token.word in ("many", "much") and i and found[i - 1].word == "how"):
            if i + 1 >= len(found) or found[i + 1].function:
                return None
            if token.word == "what" and i + 2 < len(found) and found[i + 2].word in _DETERMINERS:
                return None  # *what drives the …*: a verb
            head = _head(found, i + 1)
            after = found[head + 1].word if head + 1 < len(found) else ""
            return head if after in _DOES else i + 1  # *which anomaly detection library does …*; else a verb may stand beside it
    return None


def _head(found: list[Token], start: int) -> int:
    """Place of the last of the words side by side from a place on: the noun that the others only qualify."""
    end = start
    while end + 1 < len(found) and not found[end + 1].function and found[end + 1].start - found[end].end <= 1:
        end += 1
    return end


_ACROSS = re.compile(
    r"\bacross (?:all|the|them|both|every)\b|\b(?:of|for|in|among) (?:all |the )(?:two|three|four|five|six)\b(?! \w+s\b)", re.I
)
_MAKING = frozenset({"make", "makes", "making", "made", "keep", "keeps", "get", "gets", "become", "becomes", "becoming"})
_MADE = 5  # words up to which what is made so stands before the adjective


def _ranking(found: list[Token], tied: set[int], kind: str) -> tuple[int, ...]:
    """Places of words that rank: *best*, *cheaper*, the adjective after *more* or *most*.

    A need may be for something faster or better; there only what is said of the things to choose from ranks them.
    """
    lang = language()
    more = [
        i
        for i, t in enumerate(found)
        if i
        and found[i - 1].word in ("more", "most", "less", "least")
        and (t.word in lang.gradable or (found[i - 1].word in ("most", "least") and t.word.endswith("ed")))
    ]
    # *The most data*, *the least effort*: so much of something, which nothing but numbers could tell.
    amount = {
        i - 1
        for i, t in enumerate(found)
        if i > 1 and found[i - 1].word in ("most", "least", "fewest") and found[i - 2].word == "the" and not t.function
    }
    places = {*more, *(i for i, t in enumerate(found) if t.word in lang.ranking)} - tied | amount
    # *The hardest part* asks for a difficulty, *make it more efficient* names an aim.
    places -= {i for i in places if "problem" in lang.classes_of(found[i].word)}
    places -= {i for i in more if any(t.word in _MAKING for t in found[max(0, i - _MADE) : i - 1])}
    # *Who is leading the work*, *on top of it*: what is done, or where, and no rank.
    places -= {i for i in places if i + 1 < len(found) and found[i].word.endswith("ing") and found[i + 1].word in _DETERMINERS}
    places -= {i for i in places if 0 < i < len(found) - 1 and found[i - 1].word == "on" and found[i + 1].word == "of"}
    asking = {t.word for t in found}
    if "than" not in asking:
        places -= {i for i in places if found[i].word in lang.soft}  # *later* is no comparison there
    if not asking & {"which", "what", "who", "than", "or"}:
        places = {i for i in places if i in more or found[i].word.endswith("est") or found[i].word in lang.highest}
    if kind == "decision":
        places = {i for i in places if i in more or found[i].word.endswith("est") or (i and found[i - 1].word in _PREDICATES)}
    return tuple(sorted(places))


def _counted(found: list[Token]) -> tuple[int, ...]:
    """Places of the words between *how many* (or *number of*) and the verb."""
    if found and found[0].word == "count":
        return tuple(range(1, len(found)))
    for i, token in enumerate(found[:-1]):
        if (token.word, found[i + 1].word) in (("how", "many"), ("number", "of")):
            end = next((j for j in range(i + 2, len(found)) if found[j].word in language().auxiliaries), len(found))
            return tuple(range(i + 2, end))
    return ()


def _denied(text: str, found: list[Token], ties: list[Tie]) -> set[int]:
    """Places of the names in the scope of a negation: after it up to the end of its clause, or before a closing *lacks*."""
    named = sorted({p for t in ties for p in range(t.start, t.end) if not found[p].function or t.end - t.start > 1})
    denied: set[int] = set()
    for begins, ends, scope_end in language().denied(text):
        scope = [p for p in named if ends <= found[p].start < scope_end]
        if not scope:  # *that A lacks*, *A does not have*: the name before it
            before = [p for p in named if found[p].end <= begins]
            near = [t for t in ties if before and t.start <= before[-1] < t.end and text[found[t.end - 1].end : begins].count(" ") <= 2]
            scope = [p for t in near for p in range(t.start, t.end)]
        denied.update(scope)
    return denied


def _looks_like_name(found: list[Token], place: int) -> bool:
    """Capitals inside the sentence, or capitals within the word, say that a name was meant."""
    surface = found[place].surface
    if surface[1:] != surface[1:].lower() and len(surface) > 1:
        return True
    following = found[place + 1].surface if place + 1 < len(found) else ""
    if place == 0 and surface[:1].isupper() and following[:1].isupper() and not found[0].function:
        return True  # *Red Fox*: a name of several words opens the question
    all_capital = all(t.surface[:1].isupper() for t in found if t.surface[:1].isalpha())
    return place > 0 and surface[:1].isupper() and not all_capital
