"""What a conversation keeps, as frames that anyone can read, and how a follow-up is made whole from them.

A turn is kept as what was asked, the names in it by their sort, what the answer was about and what it listed in order. A
follow-up becomes a whole question in plain words, shown as *Read as*, and is then answered like a first question, on its own
evidence. There is no hidden text, and nothing said before is joined to a question. A question that stands alone is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant import grids, scales
from assistant.finding import Finding
from assistant.frame import Frame, Within
from assistant.language import language
from assistant.mentions import Namer, Tie
from assistant.models import DeclineKind, Mention
from assistant.moves import Ordinal, moves
from assistant.question import Token, tokens
from assistant.suggesting import in_sentence
from assistant.view import View
from corpus.chunking import bare_heading
from corpus.models import Fact
from corpus.words import key, stem

Sort = Literal["thing", "attribute", "name", "unknown"]
"""thing: described by a table or labelled list; attribute: what is said of things; name: any other; unknown: not in the knowledge base."""

_KEPT_TURNS = 8
_SHORT = 4  # words up to which a bare name with a question mark goes on with the last question
_ENTRIES = 400  # places of one name looked at
_STEPS = frozenset({"flow", "steps", "step_at", "step_next", "step_between", "step_missing", "steps_counted", "step_none"})
_ANSWER_ASKED = frozenset({"decision", "which", "order"})  # kinds whose answer is the thing spoken of afterwards
_NEAR_WORD = 0.3  # cosine from which one word may stand in the place of another
_TABLES = 400  # looked at for choices
_EXISTENTIAL = re.compile(r"\b(?:there|all|every|each|any|exist)\b", re.I)
_VALUE = 80  # characters of a value that *it* may stand for
_PREPOSITION = re.compile(r"^(?:for|to|in|on|at|with|from|by|of|about|under|over|after|before|during|without|when|if)\b", re.I)
_IS_A = re.compile(r"(?:\b(?:is|are|was|were)\b.*?)\b(?P<what>(?:the|an?) [^?.!]+)", re.I)
_WAY_ROUND = re.compile(r"(?:what (?:comes?|is|about) |and )?(?P<way>before|after)(?: (?:it|that))?\W*", re.I)
_WHICH = re.compile(r"^(?:which|what)(?: ones?)? (?=(?:is|are|was|were|has|have|had|does|do)\b)", re.I)
_WHICH_OF_THEM = re.compile(r"^(?:which|what)(?: ones?)?(?: of (?:them|these|those))? (?:belongs?|is|are|fits?|goes|go|does|do) ", re.I)
_HOW_MANY = re.compile(r"^how many\b ?", re.I)
_OPENED_BY = re.compile(r"^(?:which|what|list|name|show me|give me|tell me)\s+(?:are\s+)?(?:the\s+)?(?:all\s+)?", re.I)
_DECIDED = re.compile(
    r"^(.*?\b(?:need|use|choose|pick|take|adopt|select|go|consider|want|get|buy|prefer|recommend\w*|suggest|right|best)\b)", re.I
)


@dataclass(frozen=True, slots=True)
class Slot:
    """A name in a question: as it stands there, as the knowledge base writes it, and of which sort it is."""

    words: str
    name: str
    sort: Sort
    axes: frozenset[tuple[int, str]] = frozenset()  # tables it labels, and whether a row or a column of them


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and what came of it, in words."""

    question: str  # as resolved
    kind: str
    slots: tuple[Slot, ...] = ()
    subject: str | None = None  # what *it* stands for afterwards
    owner: str | None = None  # the thing the answer was about
    value: str | None = None  # what the answer said, where that is short
    problem: bool = False  # … and is a difficulty
    listed: tuple[str, ...] = ()  # what the answer enumerated, in order
    place: int | None = None  # which of these was spoken of last, 0 is the first
    scope: str = ""  # the heading or names under which the list stands
    steps: bool = False  # … as the steps of an order
    cell: tuple[str, str] | None = None  # row and column label of the one cell that decided
    document: str = ""  # where what decided stands, and under which headings
    path: tuple[str, ...] = ()
    counted: bool = False  # the list is one of a turn before, of which a place was asked for
    card: bool = False  # everything known in short was told
    varied: bool = False  # it went on with the turn before
    answered: bool = True
    on_topic: bool = True  # something of it is in the knowledge base
    within: Within | None = None  # the rows of a table that were told

    def of(self, *sorts: Sort) -> list[Slot]:
        """Its names of some sorts, in order."""
        return [s for s in self.slots if s.sort in sorts]


@dataclass(frozen=True, slots=True)
class Resolved:
    """A message made whole.

    Args:
        kept: what was kept for it from the turns before, in words; empty where it stands alone.
        varied: it asks the same as the turn before of something else.
        listed, place, scope, steps: the list it speaks of, carried on.
        beyond: a place was asked for that the list does not have; `question` asks for the list.
        names_only: only the names of what is listed are wanted.
        reason: a reason is wanted and nothing else will do.
        focus: what is spoken of from here on, where that is not the first name of the question.
        otherwise: how else it may be meant, to be tried where this has no answer.
        within: the rows of a table that it is asked of.
    """

    question: str
    kept: tuple[str, ...] = ()
    varied: bool = False
    listed: tuple[str, ...] = ()
    place: int | None = None
    scope: str = ""
    steps: bool = False
    beyond: bool = False
    names_only: bool = False
    reason: bool = False
    focus: str | None = None
    otherwise: Resolved | None = None
    within: Within | None = None


@dataclass(frozen=True, slots=True)
class _Pending:
    """A question that was asked back about, and what was offered."""

    question: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """A message on its way: as typed, without its opening words, its words and the names in it."""

    typed: str
    text: str
    leaning: bool
    so: bool
    words: tuple[Token, ...]
    ties: tuple[Tie, ...]
    corrects: bool = False
    about: bool = False

    def bare(self) -> str:
        """Without its closing signs."""
        return self.text.strip(" ?.!,;:")


class Conversation:
    """The state of one chat. Pass the same object with every turn."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self._pending: _Pending | None = None

    def copy(self) -> Conversation:
        """The same state, to go on with apart."""
        other = Conversation()
        other.turns, other._pending = list(self.turns), self._pending
        return other

    # ---- what is kept

    def remember(
        self, frame: Frame, resolved: Resolved, view: View, finding: Finding | None = None, decline: DeclineKind | None = None
    ) -> None:
        """Keep a turn: what was asked, and what the answer was about. A turn about nothing here is kept as such."""
        self._pending = None
        if resolved.reason and self.turns and self.turns[-1].kind == "decision":
            return  # the reason of a choice is part of it: what follows goes on with the choice
        slots = _slots(frame, finding, view)
        if decline is not None:
            subject = resolved.focus or _named(frame, slots) or (resolved.kept[0] if resolved.kept else None)
            on_topic = decline in ("unknown_attribute", "unknown_name", "not_listed")
            self._add(Turn(frame.text, frame.kind, slots, subject, varied=resolved.varied, answered=False, on_topic=on_topic))
            return
        owned = _owner(frame, finding, view)
        listed = resolved.listed or _enumerated(finding, slots, view)
        scope = resolved.scope or _scope(finding, slots, view)
        steps = resolved.steps or (finding is not None and finding.shape in _STEPS)
        self._add(
            Turn(
                question=frame.text,
                kind=_kind(frame, finding),
                slots=slots,
                subject=(resolved.focus if frame.kind not in _ANSWER_ASKED else None)
                or _subject(frame, slots, owned, finding, scope if steps else ""),
                owner=owned,
                value=finding.says(_VALUE) if finding else None,
                problem=bool(finding and finding.problem),
                listed=listed,
                place=resolved.place if resolved.listed else _place_in(listed, slots),
                scope=scope,
                steps=steps,
                cell=_cell(finding),
                document=finding.deciding[0].fact.document if finding and finding.deciding else "",
                path=view.path(finding.deciding[0].fact) if finding and finding.deciding else (),
                counted=bool(resolved.listed),
                card=finding is not None and finding.shape == "card",
                varied=resolved.varied,
                within=_rows_told(frame, finding, view),
            )
        )

    def ask_back(self, question: str, options: Sequence[str]) -> None:
        """Keep a question that was asked back about, and what was offered."""
        self._pending = _Pending(question, tuple(options))

    def dismiss(self) -> None:
        """Forget a question that was asked back about."""
        self._pending = None

    def _add(self, turn: Turn) -> None:
        self.turns.append(turn)
        del self.turns[:-_KEPT_TURNS]

    # ---- what is made of it

    def resolve(self, text: str, namer: Namer, view: View) -> Resolved:
        """The message made whole; the text as it is where it stands alone. Changes nothing."""
        if not self.turns and self._pending is None:
            return Resolved(text)
        plain = _Resolver(self.turns, self._pending, namer, view).resolve(text)
        return _of_rows(self.turns, text, plain, namer) if self.turns and self._pending is None else plain


# ---------------------------------------------------------------- rows of a table

_ASKS_OF_ONE = re.compile(r"(?:and |so |but )?(?:how (?!many)|when|where|what(?:['’]s| is| does| do))\b", re.I)
_OF_ROWS = re.compile(
    r"\b(?:those|these|them|they|their|theirs|he|she|his|him|her|hers|it|its|each|both|that|this"
    r"|the (?:two|three|four|five|ones?|others?|rest|list)|of (?:the|all))\b",
    re.I,
)
_OF_CELLS = frozenset({"cell", "owner", "column", "row", "holders"})  # shapes that tell cells of rows
_SEVERAL_MEANT = re.compile(r"\b(?:those|these|them|they|their|theirs|each|both|all)\b", re.I)
# Goes on with what was told: opens so, or names nothing that is asked for.
_GOING_ON = re.compile(
    r"^(?:and|or|but|also|now|what about|how about|what of|then"
    r"|(?:which|who)(?: ones?)? (?:is|are|was|were|has|have|had|do|does|did)(?:n['’]t)?)\b",
    re.I,
)


def _rows_told(frame: Frame, finding: Finding | None, view: View) -> Within | None:
    """The rows of the one table that an answer told, where its rows are records."""
    if finding is None:
        return None
    named: int | None
    if finding.chosen is not None:
        table, rows, column, named = finding.chosen
    elif finding.shape not in _OF_CELLS:
        return None
    else:
        facts = [c.fact for c in finding.deciding]
        tables = {f.table for f in facts}
        if len(tables) != 1 or (number := facts[0].table) is None or any(f.row is None for f in facts):
            return None
        table, rows, column, named = number, tuple(sorted({f.row for f in facts if f.row is not None})), facts[0].column or 0, None
    read = grids.grid(view.table(table), view)
    if read is None or not rows:
        return None
    named = read.named if named is None else named
    names = tuple(dict.fromkeys(f.value for f in read.column(named, rows)))
    before = frame.within.words if frame.within is not None else frozenset[str]()
    said = frozenset(t.stem for t in frame.tokens if not t.function)
    return Within(table, frozenset(rows), column, named, before | said, names)


def _of_rows(turns: Sequence[Turn], text: str, plain: Resolved, namer: Namer) -> Resolved:
    """A message asked of the rows just told: where it points at them first of all, else where it has no answer by itself."""
    within = turns[-1].within
    if within is None:
        return plain
    compares = scales.compares(text)
    several = compares or _SEVERAL_MEANT.search(text)
    before = turns[-2].within if len(turns) > 1 else None
    if several and len(within.rows) == 1 and before is not None and before.table == within.table and len(before.rows) == 1:
        names = tuple(dict.fromkeys((*before.names, *within.names)))
        within = replace(within, rows=before.rows | within.rows, names=names)  # *and B?*, *which has more?*
    among = Resolved(text, within.names[:3], within=within)
    few = len(within.rows) < 2 and several
    if scales.instead(turns[-1].question, text) is not None:
        return plain  # the same with another bound or extreme is asked of all
    going_on = _GOING_ON.match(text) is not None and not plain.varied
    going_on |= len(within.rows) == 1 and not plain.kept and _asks_of_one(text, namer)
    if not few and (compares or _OF_ROWS.search(text) or going_on):
        return replace(among, otherwise=plain)
    return replace(plain, otherwise=among) if plain.otherwise is None and (plain.varied or not plain.kept) else plain


def _asks_of_one(text: str, namer: Namer) -> bool:
    """Whether a short message asks something and names nothing it is asked of: of the one row just told it is that row's."""
    found = tokens(text)
    if len(found) > _SHORT + 2 or _ASKS_OF_ONE.match(text) is None:
        return False
    return not any({"row", "column"} <= t.roles or "name" in t.roles for t in namer.ties(found, namer.repair(found), text))


class _Resolver:
    """One message read against what is kept."""

    def __init__(self, turns: Sequence[Turn], pending: _Pending | None, namer: Namer, view: View) -> None:
        self.turns, self.pending, self.namer, self.view = turns, pending, namer, view

    def resolve(self, text: str) -> Resolved:
        said = self._said(text)
        ways: tuple[Callable[[_Said], Resolved | None], ...] = (
            self._repeated,
            self._reason,
            self._besides,
            self._more,
            self._example,
            self._names_only,
            self._counted,
            self._which,
            self._turned,
            self._of_one,
            self._told_before,
            self._of_chosen,
            self._gone_back,
            self._next,
            self._ranked,
            self._ordinal,
            self._compared,
            self._against,
            self._added,
            self._counterpart,
            self._replaced,
            self._together,
            self._under_heading,
            self._pointed,
            self._pronoun,
            self._there,
            self._gone_on,
            self._stated,
            self._question_word,
            self._attribute_alone,
            self._need,
        )
        corrected = moves().meant(said.text)
        if corrected is not None:
            inner = self._said(corrected)
            said = replace(inner, typed=text, corrects=True, leaning=True)
        for way in ways:
            found = way(said)
            if found is not None:
                return found
        return Resolved(said.text if said.corrects and moves().asks(said.text) else text)

    def _said(self, text: str) -> _Said:
        opened = moves().opened(text)
        words = tokens(opened.text)
        ties = [
            t
            for t in self.namer.ties(words, self.namer.repair(words), opened.text)
            if not all(words[p].function for p in range(t.start, t.end))
        ]
        owning = opened.text.rstrip(" ?.!").endswith(("'s", "’s", "s'", "s’"))
        return _Said(text, opened.text, opened.joined or opened.about or owning, opened.so, tuple(words), tuple(ties), about=opened.about)

    # ---- turns

    @property
    def last(self) -> Turn | None:
        """The last turn that something of is in the knowledge base."""
        return next((t for t in reversed(self.turns) if t.on_topic), None)

    # ---- moves that name nothing themselves

    def _repeated(self, said: _Said) -> Resolved | None:
        if self.pending is not None and moves().match("unsure", said.text):
            return Resolved(self.pending.question, (self.pending.question,))
        if self.last is not None and moves().match("repeat", said.text):
            return Resolved(
                self.last.question, (self.last.question,), listed=self.last.listed, place=self.last.place, scope=self.last.scope
            )
        return None

    def _reason(self, said: _Said) -> Resolved | None:
        last = self.last
        both = last is not None and last.kind == "decision" and moves().match("why_both", said.text)
        if last is None or not (both or moves().match("why", said.text)):
            return None
        if last.kind == "decision" and last.owner is not None:
            beside = (
                (last.cell[0] if last.cell else "")
                or self._need_of(last)
                or " ".join(s.words for s in last.slots if key(s.name) != key(last.owner))
            )
            kept = (last.owner, *([beside] if beside else []))
            return Resolved(f"why {last.owner} for {beside}" if beside else f"why {last.owner}", kept, reason=True)
        asked = last.question.strip(" ?.!")
        if last.kind in ("why", "yesno") or not last.slots:
            plain = asked if asked.lower().startswith("why") else f"why {asked}" if last.kind == "yesno" else f"why: {asked}"
            return Resolved(plain, (asked,), reason=True)
        names = [s.name for s in last.slots]
        return Resolved(f"why {' '.join(names)}", tuple(names), reason=True)

    def _need_of(self, turn: Turn) -> str:
        """The words of a decision question that tell the need."""
        match = _DECIDED.match(turn.question)
        rest = turn.question[match.end() :].strip(" ?.!") if match else ""
        return re.sub(r"^(?:for|to|when|if)\s+", "", rest)

    def _more(self, said: _Said) -> Resolved | None:
        subject = self._it()
        if subject and moves().match("more", said.text):
            told = self.last is not None and self.last.card
            return Resolved(f"everything about {subject}" if told else subject, (subject,))
        return None

    def _example(self, said: _Said) -> Resolved | None:
        subject = self._it()
        if subject and moves().match("example", said.text):
            return Resolved(f"an example of {subject}", (subject,))
        return None

    def _names_only(self, said: _Said) -> Resolved | None:
        turn = self._listing()
        if turn is not None and (moves().match("names_only", said.text) or moves().match("names_only", said.typed)):
            return Resolved(turn.question, (turn.question,), names_only=True)
        return None

    def _listing(self) -> Turn | None:
        """The last turn with an answer that listed something; else the last that had one."""
        answered = [t for t in reversed(self.turns) if t.answered]
        return next((t for t in answered if len(t.listed) > 1 and not t.counted), answered[0] if answered else None)

    def _counted(self, said: _Said) -> Resolved | None:
        last = self._listing()
        if last is None or not moves().match("counting", said.text):
            return None
        if last.steps and last.scope:
            return Resolved(f"how many steps of {last.scope}", (last.scope,))
        if _HOW_MANY.match(last.question):
            return Resolved(last.question, (last.question,))
        asked = _OPENED_BY.sub("", last.question.strip(" ?.!"))
        return Resolved(f"how many {asked}", (last.question,))

    def _which(self, said: _Said) -> Resolved | None:
        """*Which?* after a count: what was counted. *And which are?* after *which are not*: the others, and the other way round."""
        last = self.last if moves().match("then_what", said.text) else self._listing()
        if last is None:
            return None
        if moves().match("which", said.text) and _HOW_MANY.match(last.question):
            return Resolved(_HOW_MANY.sub("which ", last.question), (last.question,))
        told = _IS_A.search(last.question)
        if told and last.kind != "definition" and moves().match("then_what", said.text):
            return Resolved(f"what is {told['what']}", (told["what"],))
        flips = moves().match("which_are", said.text)
        if flips is None:
            return None
        denied = language().negation.search(last.question)
        if denied and not flips["no"]:
            kept = f"{last.question[: denied.start()].rstrip()} {last.question[denied.end() :].lstrip()}"
            return Resolved(kept, (kept,))
        verb = re.search(r"\b(?:are|is|do|does|can|have|has)\b", last.question)
        if flips["no"] and not denied and verb:
            kept = f"{last.question[: verb.end()]} not{last.question[verb.end() :]}"
            return Resolved(kept, (last.question,))
        return None

    def _turned(self, said: _Said) -> Resolved | None:
        """*And before?* after *what comes after X*: the other way."""
        match = _WAY_ROUND.fullmatch(said.text)
        last = self.last
        if match is None or last is None:
            return None
        way = match["way"].lower()
        turned = re.sub(rf"\b{'before' if way == 'after' else 'after'}\b", way, last.question, count=1, flags=re.I)
        return Resolved(turned, (last.question,), varied=True) if turned != last.question else None

    def _of_one(self, said: _Said) -> Resolved | None:
        """*Which of them belong to A?* after what was told under an attribute of several things: that of A."""
        last = self.last
        if last is None or not last.answered or _WHICH_OF_THEM.match(said.text) is None or self._extra(said):
            return None
        attributes = [s for s in last.of("attribute") if s.axes]
        things = {t.key: t for t in said.ties if _sort(t, self.view) == "thing"}
        if not attributes or last.of("thing") or len(things) != 1 or len(said.ties) != 1:
            return None
        name = next(iter(things.values())).name
        attribute = next((s.name for s in attributes if s.name == last.subject), attributes[-1].name)
        return Resolved(f"{attribute} of {name}", (attribute,), varied=True, focus=name)

    def _told_before(self, said: _Said) -> Resolved | None:
        """*What should we take?* after a need was told in messages of its own, which asked nothing."""
        told: list[str] = []
        for turn in reversed(self.turns):
            if turn.answered or turn.question.rstrip().endswith("?") or moves().asks(turn.question) or len(turn.question.split()) < _SHORT:
                break
            told.insert(0, turn.question.rstrip(" .!"))
        asking = language().frame_words("decision")
        if not told or said.ties or not moves().asks(said.text) or any(t.stem not in asking for t in self._extra(said)):
            return None
        if language().kind_of(said.text) != "decision":
            return None
        return Resolved(f"{'. '.join(told)}. {said.typed}", tuple(told))

    def _of_chosen(self, said: _Said) -> Resolved | None:
        """*And which tools would I use?* after a choice: those of what was chosen."""
        last = self.last
        chosen = _chosen(last) if last is not None else None
        if not chosen or not said.leaning or not moves().asks(said.text) or not said.ties or self._extra(said):
            return None
        if not all(self._tells_of_things(t) for t in said.ties) or _EXISTENTIAL.search(said.text):
            return None
        return Resolved(f"{_listed([t.name for t in said.ties])} of {chosen}", (chosen,), varied=True, focus=chosen)

    def _besides(self, said: _Said) -> Resolved | None:
        """*What else is there?* after where one name stands: everything that stands there."""
        last = self.last
        if last is None or last.cell is None or not last.of("name") or not moves().match("besides", said.text):
            return None
        row, column = last.cell
        return Resolved(f"{row} of {column}", (row, column))

    # ---- places in a list

    def _ranked(self, said: _Said) -> Resolved | None:
        """Another extreme or another quantity in the place of the last one: *and the heaviest?*, *under 2 kg?*."""
        if moves().asks(said.text) or not (said.leaning or len(said.words) <= _SHORT):
            return None
        for turn in reversed(self.turns):
            question = scales.instead(turn.question, said.text)
            if question is not None:
                return Resolved(question, (turn.question,), varied=True)
        return None

    def _ordinal(self, said: _Said) -> Resolved | None:
        found = moves().ordinal(said.text)
        if found is None or found.noun in language().ranking:
            return None
        if found.place == 0 and found.whole and (other := self._the_other()) is not None:
            return other
        if self.pending is not None and self.pending.options and found.whole:
            place = _index(found.place, len(self.pending.options), None)
            if place is not None and 0 <= place < len(self.pending.options):
                option = in_sentence(self.pending.options[place])
                return Resolved(self._with_need(f"for {option}"), (self.pending.question, option))
        turn, end = self._list_for(said, found)
        spoken = self._spoken_list(said, found)
        if spoken is not None and (turn is None or len(turn.listed) < 2):
            turn, end = spoken, found.end
        if turn is None:
            return None
        place, start = _index(found.place, len(turn.listed), turn.place), found.start
        beside = moves().beside(said.text[:start]) if turn.steps and found.place else None
        if beside is not None and place is not None:  # *what comes after the second one*
            place, start, end = place + beside, 0, len(said.text)
        return self._at(turn, said, place, start, end, wants_step=found.noun in moves().steps)

    def _the_other(self) -> Resolved | None:
        """*And the other one?* after the same was asked of all things of a table but one: of that one."""
        run = [t for t in self._run() if t.of("thing")]
        asked = {key(s.name) for t in run for s in t.of("thing")}
        left = [n for n in self._siblings() if key(n) not in asked]
        if len(run) < 2 or len(asked) < 2 or len(left) != 1 or self.last is not run[-1]:
            return None
        return Resolved(
            _put(left[0], run[-1].of("thing")[0], run[-1].question), tuple(s.name for s in run[-1].of("attribute")), varied=True
        )

    def _next(self, said: _Said) -> Resolved | None:
        """*The one after that*, *and then?*: beside the place spoken of last."""
        after, before = moves().match("next", said.text), moves().match("previous", said.text)
        turn = self.last
        if turn is None or not (after or before):
            return None
        if turn.listed and turn.place is not None:
            return self._at(turn, said, turn.place + (1 if after else -1), 0, len(said.text), wants_step=turn.steps)
        if turn.steps and turn.value:
            return Resolved(f"what comes {'after' if after else 'before'} {turn.value}", (turn.value,))
        return Resolved(said.typed)

    def _spoken(self) -> list[str]:
        """What the conversation was about, each once, in the order of its first mention."""
        return list({key(t.subject): t.subject for t in reversed(self._on_topic()) if t.subject and t.answered}.values())

    def _spoken_list(self, said: _Said, ordinal: Ordinal) -> Turn | None:
        """What was spoken of one after the other, as a list to count off, where nothing was listed."""
        last = self.last
        if last is None or ordinal.noun not in ("", *moves().generic) or any(self._is_name(t) for t in said.ties):
            return None
        things = [s.name for s in last.of("thing")]
        names = things if len(things) > 1 else self._spoken()
        if ordinal.place == 0:
            names = names[-2:]  # the other one is the one before
        place = _index(ordinal.place, len(names), len(names) - 1)
        if len(names) < 2 or place is None or not 0 <= place < len(names):
            return None
        return Turn(last.question, last.kind, last.slots, listed=tuple(names), place=_place_in(names, last.slots))

    def _list_for(self, said: _Said, ordinal: Ordinal) -> tuple[Turn | None, int]:
        """The turn whose list an ordinal counts off, and where the words that count it off end."""
        names = [t for t in said.ties if said.words[t.start].start >= ordinal.end or said.words[t.end - 1].end <= ordinal.start]
        if re.search(rf"\b(?:does|do|did|will|would|can|could|should|must) the \w+ {re.escape(ordinal.noun)}\b", said.text, re.I):
            ordinal = replace(ordinal, noun="", end=min(ordinal.end, said.text.lower().index(f" {ordinal.noun}", ordinal.start)))
        for turn in reversed(self.turns):
            if len(turn.listed) < 2 and not (turn.listed and turn.answered):
                continue
            told = self.view.stems_of(" ".join([turn.question, turn.scope, *(s.name for s in turn.slots)])) | moves().generic_stems()
            end, narrowed = ordinal.end, False
            for word in tokens(said.text[ordinal.end :]) if ordinal.noun not in ("", *moves().generic, *moves().steps) else ():
                if word.function or word.stem not in told:
                    break  # *the first MLOps tool*, *the second trend*
                end, narrowed = ordinal.end + word.end, True
            if ordinal.noun in moves().steps and not turn.steps:
                continue
            if ordinal.noun not in ("", *moves().generic, *moves().steps) and not narrowed and not ordinal.whole:
                continue
            held = {key(s.name) for s in turn.slots}
            if any(t.key not in held for t in names if said.words[t.start].start < end and said.words[t.start].start >= ordinal.end):
                continue
            return turn, end
        return None, ordinal.end

    def _at(self, turn: Turn, said: _Said, place: int | None, start: int, end: int, *, wants_step: bool) -> Resolved | None:
        if place is None:
            return None
        carried = {"listed": turn.listed, "place": place, "scope": turn.scope, "steps": turn.steps}
        if not 0 <= place < len(turn.listed):
            return Resolved(
                turn.question, (turn.scope or turn.question,), beyond=True, listed=turn.listed, scope=turn.scope, steps=turn.steps
            )
        item = turn.listed[place]
        if (swapped := self._swapped(turn, said, place)) is not None:
            return replace(swapped, **carried)  # type: ignore[arg-type]
        before, after = said.text[:start], said.text[end:]
        around = (before + after).strip(" ?.!,")
        tells = moves().match("more_about", f"{before}x{after}") or re.fullmatch(
            r"(?:what|which|who)(?:['’]?s| is| are| was| were)", around, re.I
        )
        if turn.steps and (wants_step or not around or tells) and turn.scope:
            return Resolved(f"step {place + 1} of {turn.scope}", (turn.scope,), otherwise=Resolved(item, (item,), **carried), **carried)  # type: ignore[arg-type]
        named = any(said.words[t.start].start >= end or said.words[t.end - 1].end <= start for t in said.ties)
        if not around or tells or not (named or moves().asks(said.text)):
            return Resolved(item, (item,), **carried)  # type: ignore[arg-type]
        return Resolved(f"{before}{item}{after}".strip(), (item,), **carried)  # type: ignore[arg-type]

    def _swapped(self, turn: Turn, said: _Said, place: int) -> Resolved | None:
        """*And the third?* after something was asked of the first: the same of the third."""
        last = self.last
        if last is None or moves().asks(said.text) or (last.listed and last.listed != turn.listed):
            return None
        spoken = last.place if last.listed else turn.place
        if spoken is None or spoken == place or moves().match("more_about", said.text):
            return None
        old = turn.listed[spoken]
        found = re.search(rf"(?<!\w){re.escape(old)}(?!\w)", last.question, re.I)
        if found is None or found[0] == last.question.strip(" ?.!"):
            return None
        question = f"{last.question[: found.start()]}{turn.listed[place]}{last.question[found.end() :]}"
        kept = tuple(s.name for s in last.slots if key(s.name) != key(old)) or (last.kind,)
        return Resolved(question, kept, varied=True)

    # ---- several together

    def _several(self, count: int) -> tuple[list[str], list[str]]:
        """Names spoken of together, and what was asked of all of them; none where there are not so many."""
        siblings = self._siblings() if count > 2 or count < 0 else []
        asked = [s.name for s in self.last.of("attribute")] if self.last is not None else []
        if siblings and ((count < 0 and not (self.last and len(self.last.listed) > 1)) or (asked and len(siblings) == count)):
            return siblings, asked
        count = max(count, 0)
        for group, asked in self._groups():
            names = list({key(n): n for n in group}.values())
            if len(names) > 1 and (not count or len(names) == count):
                return names, asked
        for group, asked in self._groups():
            names = list({key(n): n for n in group}.values())
            if count and len(names) > count:
                return names[-count:], asked
        return [], []

    def _groups(self) -> Iterable[tuple[list[str], list[str]]]:
        last = self.last
        if last is None:
            return
        things = [s.name for s in last.of("thing")]
        asked = [s.name for s in last.of("attribute")]
        if len(things) > 1:
            yield things, asked
        run = self._run()
        if any(t.of("thing") for t in run):
            run = [t for t in run if t.of("thing")]  # a thing and a name it lists are no pair
        if len(run) > 1:
            spoken = [t.of("thing")[0].name if t.of("thing") else t.subject for t in run]
            same = [s.name for s in run[0].of("attribute") if all(key(s.name) in {key(x.name) for x in t.slots} for t in run)]
            yield [n for n in spoken if n], same
        if len(last.listed) > 1 and not last.problem:
            yield list(last.listed), []
        spoken_of = [s.name for t in self.turns if t.on_topic for s in t.of("thing")] + [
            t.owner for t in self.turns if t.on_topic and t.owner and t.kind in _ANSWER_ASKED
        ]
        yield list(reversed(list({key(n): n for n in reversed(spoken_of)}.values()))), []
        yield [s.name for s in last.of("name")], asked

    def _run(self) -> list[Turn]:
        """The last turns on end that asked the same of one thing after the other, in order."""
        run: list[Turn] = []
        for turn in self._on_topic():
            if run and not (run[-1].varied or _asks_the_same(turn, run[-1])):
                break
            run.append(turn)
        return run[::-1]

    def _siblings(self) -> list[str]:
        """All the things described beside the one spoken of last."""
        last = self.last
        things = list(last.of("thing")) if last else []
        for table, axis in sorted(things[-1].axes) if things else ():
            shape = self.view.table(table)
            if (shape.entities == "rows") == (axis == "row"):
                return list(self.view.things_of(shape))
        return []

    def _compared(self, said: _Said) -> Resolved | None:
        if said.ties or not moves().match("compare", said.text):
            return None
        names, asked = self._several((moves().together(said.text) or (0, 0, 0))[2])
        if not names:
            return None
        return Resolved(_comparison(asked, names), (*asked, *names))

    def _against(self, said: _Said) -> Resolved | None:
        """*What is the difference to X?*: between X and what was spoken of last, in what was asked of it."""
        match = moves().match("compare_with", said.text)
        last, subject = self.last, self._it()
        things = [t for t in said.ties if _sort(t, self.view) == "thing"] or [t for t in said.ties if self._is_name(t)][-1:]
        if match is None or last is None or subject is None or len(things) != 1 or things[0].key == key(subject):
            return None
        same = re.search(r"\b(?:same|that|this|those)\b", said.text, re.I) is not None  # as what was asked of the other
        asked = [s.name for s in last.of("attribute")] if same or not moves().asks(said.text) else []
        return Resolved(_comparison(asked, [subject, things[0].name]), (*asked, subject))

    def _added(self, said: _Said) -> Resolved | None:
        """*Add A*, *and A too* after things were compared: the same with one more."""
        last, match = self.last, moves().match("adding", said.typed)
        things = {t.key: t for t in said.ties if _sort(t, self.view) == "thing"}
        if match is None or last is None or last.kind != "compare" or len(last.of("thing")) < 2 or len(things) != 1:
            return None
        names = [s.name for s in last.of("thing")]
        new = next(iter(things.values())).name
        if key(new) in {key(n) for n in names} or any(_sort(t, self.view) != "thing" for t in said.ties):
            return None
        asked = [s.name for s in last.of("attribute")]
        return Resolved(_comparison(asked, [*names, new]), (*asked, *names))

    def _counterpart(self, said: _Said) -> Resolved | None:
        """*Is there a counterpart in A?*: of the name spoken of last."""
        last = self.last
        names = last.of("name") if last is not None else []
        if len(names) != 1 or language().kind_of(said.text) != "equivalent" or moves().pronoun(said.text) is not None:
            return None
        things = [t for t in said.ties if _sort(t, self.view) == "thing"]
        if len(things) != 1 or any(_sort(t, self.view) == "name" for t in said.ties):
            return None
        return Resolved(f"what is the {things[0].name} counterpart of {names[0].name}", (names[0].name,), varied=True)

    def _together(self, said: _Said) -> Resolved | None:
        """*Both*, *all three*, *them*: the names spoken of together in their place."""
        found = moves().together(said.text)
        if found is None:
            choosing = moves().match("choosing", said.text)
            if choosing and not said.ties and any(t.word in language().ranking for t in said.words):
                names, _ = self._several(0)
                rest = _WHICH.sub("", said.bare())
                if names and rest != said.bare():
                    return Resolved(f"which of {_listed(names)} {rest}", tuple(names))
                if names:
                    return Resolved(f"{said.bare()}: {_listed(names, 'or')}?", tuple(names))
            return None
        start, end, count = found
        if any(said.words[t.start].start < start for t in said.ties if self._is_name(t)):
            return None  # named in the message itself
        names = self._others() if count == -2 else self._several(count)[0]
        if not names or (count == 0 and self._speaks_of_many()):
            return None
        rest = (said.text[:start] + said.text[end:]).strip(" ?.!,")
        last = self.last
        if last is not None and (not moves().name_of(rest) or (said.leaning and not moves().asks(said.text) and not said.ties)):
            return self._of_all(last, names)
        after = said.text[end:]
        possessive = re.match(r"\s*(?:all |both )", after)
        return Resolved(f"{said.text[:start]}{_listed(names)}{after[possessive.end() - 1 :] if possessive else after}", tuple(names))

    def _others(self) -> list[str]:
        """What was listed beside the one spoken of last; else the things beside those asked about."""
        listing, last = self._listing(), self.last
        if last is None:
            return []
        run = self._run()
        spoken = {key(n) for t in run for n in (t.subject, *(s.name for s in t.slots)) if n}
        listed = listing.listed if listing is not None else ()
        siblings = self._siblings()
        if siblings and not any(key(n) in spoken for n in listed):
            left = [n for n in siblings if key(n) not in spoken]
            return left or [n for n in siblings if key(n) not in {key(s.name) for s in last.slots}]
        return [n for n in listed if key(n) not in spoken]

    def _of_all(self, last: Turn, names: list[str]) -> Resolved:
        asked = [s.name for s in last.of("attribute")]
        things = last.of("thing")
        if asked:
            return Resolved(_comparison(asked, names), (*asked, *names))
        if things or last.of("name"):
            return Resolved(_put(_listed(names), (things or last.of("name"))[0], last.question), tuple(names))
        return Resolved(_comparison([], names), tuple(names))

    # ---- pronouns

    def _it(self) -> str | None:
        """What *it* stands for."""
        last = self.last
        return last.subject or last.owner if last is not None else None

    def _is_name(self, tie: Tie) -> bool:
        return _sort(tie, self.view) in ("thing", "name")

    def _pronoun(self, said: _Said) -> Resolved | None:
        match = moves().pronoun(said.text)
        last = self.last
        if match is None or last is None:
            return None
        last_word = not re.search(r"\w", said.text[match.end() :])
        counterpart = language().kind_of(said.text) == "equivalent" and last_word
        objective = last_word and moves().polar(said.text) and not moves().personal(match[0])  # *does A use it*: it is not A
        if objective and len(listed := last.of("name")) == 1 and any(_sort(t, self.view) == "thing" for t in said.ties):
            return Resolved(f"{said.text[: match.start()]}{listed[0].name}{said.text[match.end() :]}", (listed[0].name,))
        if not counterpart and any(said.words[t.end - 1].end <= match.start() for t in said.ties if self._is_name(t)):
            return None  # it stands for what the message itself names
        subject = (last.owner if moves().personal(match[0]) else None) or self._it()
        several = last.of("attribute")
        if (
            match[0].lower() in ("them", "they", "these", "those")
            and len(several) == 1
            and len(last.of("thing")) == 1
            and _is_plural(several[0])
        ):
            subject = f"the {several[0].words} of {last.of('thing')[0].name}"
        elif match[0].lower() in ("them", "they", "their", "theirs") and len(names := self._in_run()) > 1 and not self._speaks_of_many():
            subject = _listed(names)
            owned = said.text[match.end() :].strip(" ?.!")
            if match[0].lower() == "their" and len(owned.split()) <= _SHORT:
                return Resolved(f"{said.text[: match.start()]}{owned} of {subject}", tuple(names))
        if last.problem and last.value and any(t.word in language().meeting for t in said.words):
            subject = last.value  # a difficulty is met, not the thing that has it
        if not subject or (
            match[0].lower() in ("these", "those", "them") and re.search(r"\b(?:which|one|any) of $", said.text[: match.start()], re.I)
        ):
            return None  # *which of these* asks of several
        owning = match[0].lower() in ("its", "their", "theirs", "his", "hers") or (match[0].lower() == "her" and not last_word)
        ending = ("'" if subject.endswith("s") and subject[-2:] != subject[-2:].upper() else "'s") if owning else ""
        whole = f"{said.text[: match.start()]}{subject}{ending}{said.text[match.end() :]}"
        stated = moves().statement(whole) if not match.start() and said.ties else None
        return Resolved(f"is it true that {stated.strip(' ?.!')}" if stated else whole, (subject,))

    def _there(self, said: _Said) -> Resolved | None:
        """*How do I get there?*: to, or in, what was spoken of last."""
        match, subject = moves().there(said.text), self._it()
        if match is None or subject is None or any(self._is_name(t) for t in said.ties):
            return None
        to = "to" if match["going"] else "in"
        return Resolved(f"{said.text[: match.start('there')]}{to} {subject}{said.text[match.end() :]}", (subject,))

    def _speaks_of_many(self) -> bool:
        """Whether the one thing asked about last was named in the plural (*and leaves?*)."""
        last = self.last
        things = last.of("thing", "name") if last is not None else []
        return len(things) == 1 and _is_plural(things[0]) and not _is_plural(replace(things[0], words=things[0].name))

    def _under_heading(self, said: _Said) -> Resolved | None:
        """Headings that recur under several headings are what is said of these: *and the phone?*, *and the other shop?*"""
        last = self.last
        if last is None or len(last.path) < 2 or not last.answered:
            return None
        inside = {p for t in said.ties if "heading" in t.roles for p in range(t.start, t.end)}
        if any(self._is_name(t) and "heading" not in t.roles for t in said.ties):
            return None
        asks = moves().asks(said.text)
        wanted = {t.stem for t in said.words if not t.function and t.word not in moves().generic} or {t.stem for t in said.words}
        if len(said.words) > _SHORT + 2 or not (asks or said.leaning or inside or len(said.words) <= _SHORT):
            return None
        tree = self._headings(last.document)
        for depth in range(len(last.path) - 1, 0, -1):
            top, below = last.path[: depth - 1], last.path[depth:]
            things = [h for h in tree.get(top, ()) if set(tree.get((*top, h), ())) & set(tree.get(last.path[:depth], ()))]
            if len(things) < 2:
                continue  # nothing beside it is told of in the same way
            thing = last.path[depth - 1]
            attributes = [h for h in tree.get(last.path[:depth], ()) if self._means(h, wanted, asks=asks)]
            if len(attributes) == 1:
                return Resolved(
                    f"{attributes[0].strip(' ?.!:')} of {bare_heading(thing)}",
                    (bare_heading(thing),),
                    varied=True,
                    focus=bare_heading(thing),
                )
            others = [h for h in things if h != thing and self._means(h, wanted, asks=False)]
            if len(others) == 1 and not asks and below[0] in tree.get((*top, others[0]), ()):
                return Resolved(
                    f"{below[0].strip(' ?.!:')} of {bare_heading(others[0])}", (below[0],), varied=True, focus=bare_heading(others[0])
                )
        return None

    def _headings(self, document: str) -> dict[tuple[str, ...], list[str]]:
        """The headings right under each heading of a document."""
        found: dict[tuple[str, ...], list[str]] = {}
        if not any(d.path == document for d in self.view.store.documents()):
            return found  # it is gone, or lies outside the part that is asked now
        for section in self.view.store.sections(document):
            if section.path:
                found.setdefault(section.path[:-1], []).append(section.path[-1])
        return found

    def _means(self, heading: str, wanted: set[str], *, asks: bool) -> bool:
        """Whether words name a heading: they are all in it; of a whole question, all that matters of the heading is in them."""
        own = self.view.stems_of(heading)
        if not asks:
            return wanted <= own
        telling = frozenset(t.stem for t in tokens(heading) if not t.function) or own
        return telling <= wanted

    def _in_run(self) -> list[str]:
        """The things that the last turns on end asked the same of."""
        return list({key(s.name): s.name for t in self._run() for s in t.of("thing")}.values())

    def _pointed(self, said: _Said) -> Resolved | None:
        """*That company*: the noun is kept where it asks for something, and stands for the subject where it only points."""
        match = moves().pointing(said.text)
        subject = self._it()
        last = self.last
        if match is None or subject is None or last is None:
            return None
        noun = stem(match["noun"].lower())
        generic = moves().generic_stems() | {
            stem(w) for w in match["noun"].lower().split() if w.endswith("s") and stem(w[:-1]) in moves().generic_stems()
        }
        own = self.view.stems_of(" ".join(s.name for s in last.slots) + " " + last.scope)
        if match["word"].lower() in ("these", "those"):
            names, _ = self._several(0)
            if names:
                return Resolved(f"{said.text[: match.start()]}{_listed(names)}{said.text[match.end() :]}", tuple(names))
        if noun not in generic | own and self.namer.knows(tokens(match["noun"])[0]):
            return Resolved(said.text)  # something else is asked about than was spoken of
        if noun in generic or noun in own or not self.namer.knows(tokens(match["noun"])[0]):
            return Resolved(f"{said.text[: match.start()]}{subject}{said.text[match.end() :]}", (subject,))
        return Resolved(f"{said.text[: match.start()]}{match['noun']} of {subject}{said.text[match.end() :]}", (subject,))

    # ---- going on with the last question

    def _gone_back(self, said: _Said) -> Resolved | None:
        """*Back to X: what is its …?*"""
        found = moves().going_back(said.text)
        if found is None:
            return None
        name, rest = found
        name = moves().name_of(name)
        place = moves().ordinal(name)
        if place is not None and place.whole:
            listed = self.last.listed if self.last is not None and len(self.last.listed) > 1 else tuple(self._spoken())
            index = _index(place.place, len(listed), len(listed) - 1)
            if index is None or not 0 <= index < len(listed):
                return None
            name = listed[index]
        if not re.search(r"\w", rest):
            return Resolved(name, (name,))
        inner = self._said(rest)
        pronoun = moves().pronoun(inner.text)
        if pronoun is None:
            named = {t.key for t in inner.ties}
            return Resolved(rest if key(name) in named else f"{inner.bare()} of {name}", (name,))
        owning = "'s" if pronoun[0].lower() in ("its", "their") else ""
        return Resolved(f"{inner.text[: pronoun.start()]}{name}{owning}{inner.text[pronoun.end() :]}", (name,))

    def _replaced(self, said: _Said) -> Resolved | None:
        """*Not X, Y*: one name in the place of another, or of what was asked."""
        base = self.last
        for text in dict.fromkeys((said.text, said.typed)) if base is not None else ():
            match = moves().match("not_but", text)
            old = self._slot_called(match["old"], base) if match is not None and base is not None else None
            if match is None or base is None or (old is None and not said.corrects):
                continue
            new = self._said(moves().name_of(match["new"]))
            if old is None:
                return self._gone_on(replace(new, leaning=True, corrects=True))
            name = new.ties[0].name if len(new.ties) == 1 else new.bare()
            return Resolved(_put(name, old, base.question), tuple(s.name for s in base.slots if s is not old) or (base.kind,), varied=True)
        return None

    def _slot_called(self, words: str, base: Turn) -> Slot | None:
        """The name of a question that somebody calls so, if only in part (*history* for `History kept`)."""
        exact = next((s for s in base.slots if key(words) in (key(s.words), key(s.name))), None)
        wanted = self.view.stems_of(words)
        return exact or next((s for s in base.slots if wanted and wanted <= self.view.stems_of(s.name)), None)

    def _gone_on(self, said: _Said) -> Resolved | None:
        """*And for X?*: the last question with what is named in the place of what it named of the same sort."""
        base = self.last
        if base is None or moves().asks(said.text):
            return None
        ties = said.ties
        if not base.answered and not any(self._alike(t, s) > 0 for t in ties for s in base.slots):
            base = next((t for t in self._on_topic() if t.answered), base)  # what was refused has no place for it
        if not said.leaning and not self._goes_on_bare(said, ties, base):
            return None
        if not re.search(r"\w", moves().name_of(said.text)):
            return None
        named = self._attribute_of(said, base)
        if (
            named is not None
            and not any(_sort(t, self.view) == "thing" for t in ties)
            and (not base.answered or all("heading" in t.roles and not _axes(t, self.view) for t in ties))
        ):
            thing = base.of("thing")[0].name
            if (old := next(iter(base.of("attribute")), None)) is not None and base.answered:
                return Resolved(_put(named, old, base.question), (thing,), varied=True)
            return Resolved(f"{named} of {thing}", (thing,), varied=True)
        if not ties:
            return self._with_unknown(said, base)
        chosen = _chosen(base)
        if chosen and not _PREPOSITION.match(said.text) and all(self._tells_of_things(t) for t in ties):
            return Resolved(f"{_listed([t.name for t in ties])} of {chosen}", (chosen,), varied=True, focus=chosen)
        if all(self._alike(t, s) < 3 for t in ties for s in base.slots) and (sibling := self._with_sibling(said, base)) is not None:
            return sibling
        return self._carried(said, ties, base)

    def _tells_of_things(self, tie: Tie) -> bool:
        """Whether a name is what is said of things, and no need that a table of choices knows."""
        axes = _axes(tie, self.view)
        if _sort(tie, self.view) != "attribute" or any(self.view.table(table).decision for table, _ in axes):
            return False
        return bool(axes) or "heading" in tie.roles

    def _attribute_of(self, said: _Said, base: Turn) -> str | None:
        """The attribute of the thing spoken of that a message names, if only in part (*the goal* for *Primary Goal*)."""
        things = base.of("thing")
        wanted = {t.stem for t in said.words if not t.function}
        if len(things) != 1 or not wanted:
            return None
        for table, axis in sorted(things[0].axes):
            shape = self.view.table(table)
            for label in shape.columns[1:] if axis == "row" else shape.rows:
                if wanted <= self.view.stems_of(label):
                    return label
        return None

    def _goes_on_bare(self, said: _Said, ties: Sequence[Tie], base: Turn) -> bool:
        """Whether a few words with names in them, and a question mark, only go on with the last question."""
        of_chosen = _chosen(base) is not None and all(self._tells_of_things(t) for t in ties)
        of_thing = bool(ties) and all(_sort(t, self.view) == "attribute" for t in ties) and bool(base.of("thing") or of_chosen)
        if not said.typed.rstrip().endswith("?") and not _PREPOSITION.match(said.text):
            alone = not moves().together(said.text) and not _EXISTENTIAL.search(said.text)
            return (
                alone and len(said.words) <= _SHORT and base is self.turns[-1] and bool(ties) and self._attribute_of(said, base) is not None
            )
        if len(said.words) > _SHORT:
            return of_thing and sum(not t.function for t in said.words) <= _SHORT
        if any(t.word in language().ranking for t in said.words) and any(t.word in language().ranking for t in tokens(base.question)):
            return True
        if any(self._alike(t, s) >= 2 for t in ties for s in base.slots) or self._attribute_of(said, base):
            return True
        if self._with_sibling(said, base) is not None:
            return True
        return of_thing

    def _alike(self, tie: Tie, slot: Slot) -> float:
        """How far a name may stand in another's place: labels of one axis, one sort, anything for an unknown name."""
        sort = _sort(tie, self.view)
        if _axes(tie, self.view) & slot.axes or self._in_one_list(tie, slot):
            return 3.0
        if sort == slot.sort and sort != "unknown" and not (sort == "attribute" and slot.axes and "heading" in tie.roles):
            return 2.0
        return 1.5 if slot.sort == "unknown" else 0.0

    def _in_one_list(self, tie: Tie, slot: Slot) -> bool:
        """Whether two names are labels of one list (`**A:** …`, `**B:** …`)."""
        entries = (tie.entries[:_ENTRIES], self.view.entries(key(slot.name))[:_ENTRIES])
        groups = [{self.view.fact(e.fact).group for e in found if e.fact is not None and e.role == "label"} - {None} for found in entries]
        return bool(groups[0] & groups[1]) and tie.key != key(slot.name)

    def _carried(self, said: _Said, ties: Sequence[Tie], base: Turn) -> Resolved | None:
        placed: dict[int, list[Tie]] = {}
        loose: list[Tie] = []
        latest = base.kind == "compare"
        for tie in ties:
            scores = [(self._alike(tie, slot), place if latest else -place) for place, slot in enumerate(base.slots)]
            best = max(scores, default=(0.0, 0))
            if best[0] > 0:
                placed.setdefault(abs(best[1]), []).append(tie)
            else:
                loose.append(tie)
        sorts = {_sort(t, self.view) for t in ties}
        if loose and not placed:
            return self._beside(said, loose, base)
        if loose and "thing" in sorts and len(ties) > 1:
            return Resolved(said.text)  # it names its own thing, and something the last question has no place for
        extra = self._extra(said)
        question = base.question
        if not loose and sorts == {"thing"} and base.kind == "compare" and len(ties) > 1:
            asked = [s.name for s in base.of("attribute")]
            return Resolved(_comparison(asked, [t.name for t in ties]), tuple(asked) or (base.kind,), varied=True)
        together = _listed([s.name for s in base.of("thing")]) if base.of("thing") else ""
        if not loose and sorts == {"thing"} and len(base.of("thing")) > 1 and base.kind != "compare" and together in question:
            kept = tuple(s.name for s in base.slots if s.sort != "thing") or (base.kind,)
            return Resolved(question.replace(together, _listed([t.name for t in ties])), kept, varied=True)
        if extra and base.kind == "decision":
            return self._other_need(said, base)
        if extra and (swapped := self._complement(said, base)) is not None:
            return swapped
        for place, group in placed.items():
            names = _listed([t.name for t in group])
            if extra and len(placed) == 1:
                names = moves().name_of(said.text)
            question = _put(names, base.slots[place], question)
        if loose:
            question = f"{question.rstrip(' ?.!')} {_listed([t.name for t in loose])}"
        kept = tuple(s.name for i, s in enumerate(base.slots) if i not in placed) or (base.kind,)
        named = [t.name for group in placed.values() for t in group if self._is_name(t)]
        return Resolved(question, kept, varied=True, focus=named[0] if len(named) == 1 else None)

    def _extra(self, said: _Said) -> list[Token]:
        """Content words of a message beside the names in it."""
        tied = {p for t in said.ties for p in range(t.start, t.end)}
        soft = language().soft
        return [
            t for i, t in enumerate(said.words) if i not in tied and not t.function and t.word not in soft and t.word not in moves().generic
        ]

    def _beside(self, said: _Said, loose: Sequence[Tie], base: Turn) -> Resolved | None:
        """A name of a sort that the last question has no place for."""
        names = _listed([t.name for t in loose])
        sort = _sort(loose[0], self.view)
        things = base.of("thing")
        if sort == "thing" and base.kind == "decision" and base.slots:
            return Resolved(f"is {base.slots[0].words} in {names}?", (base.slots[0].name,), varied=True)
        if sort == "thing" and not things and base.of("attribute"):
            return Resolved(f"{base.question.rstrip(' ?.!')} for {names}", tuple(s.name for s in base.slots), varied=True)
        if base.kind == "decision":
            return self._other_need(said, base)
        subject = [s.name for s in things] or ([base.subject] if base.subject else [])
        if not things and base.owner and all(self._tells_of_things(t) for t in loose):
            subject = [base.owner]  # what is said of things is asked of the one that a name was found with
        if sort == "attribute" or (loose[0].roles & {"heading"} and sort != "thing" and "name" not in loose[0].roles):
            if not subject:
                return None
            if len(loose) == 1 and len(subject) == 1 and self._in_one_list(loose[0], Slot(subject[0], subject[0], "name")):
                return Resolved(names, (base.kind,), varied=True, focus=names)
            if base.kind == "compare" and len(subject) > 1:
                return Resolved(f"compare {names} of {_listed(subject)}", tuple(subject), varied=True)
            return Resolved(f"{names} of {_listed(subject)}", tuple(subject), varied=True)
        if len(base.slots) == 1:
            return Resolved(_put(names, base.slots[0], base.question), (base.kind,), varied=True)
        return Resolved(said.text)

    def _with_unknown(self, said: _Said, base: Turn) -> Resolved | None:
        """A follow-up with no name of the knowledge base in it."""
        name = moves().name_of(said.text)
        swapped = self._with_number(name) or self._with_rank(said) or self._with_sibling(said, base)
        if swapped is not None:
            return swapped
        content = [t for t in said.words if not t.function]
        if not content:
            return None
        if base.kind == "decision":
            return self._other_need(said, base)
        if (swapped := self._complement(said, base)) is not None:
            return swapped
        strange = any(not self.namer.common(t.word) or t.surface != t.word for t in content)
        old_slot = next(iter([*base.of("thing"), *base.of("unknown"), *base.slots][:1]), None)
        last = tokens(base.question)[-1]
        loose_end = not any(key(last.surface) in key(s.words) for s in base.slots) and not last.function
        if len(content) == 1 and loose_end and not strange:  # *when does X start?*, *and end?*
            question = f"{base.question[: last.start]}{content[0].surface}{base.question[last.end :]}"
            return Resolved(question, tuple(s.name for s in base.slots) or (base.kind,), varied=True)
        if old_slot is not None and (strange or base.kind in ("definition", "keyword", "belongs")):
            kept = tuple(s.name for s in base.slots if s is not old_slot) or (base.kind,)
            return Resolved(_put(name, old_slot, base.question), kept, varied=True)
        swapped = self._with_word(name, base)
        if all(self.namer.knows(t) for t in content):
            return Resolved(said.bare(), otherwise=swapped)
        return swapped

    def _with_word(self, name: str, base: Turn) -> Resolved:
        """The last question with some words in the place of what is nearest to them in meaning; what is asked of each is for the judge."""
        named = {w.stem for s in base.slots for w in tokens(s.words)}
        loose = [t.surface for t in tokens(base.question) if not t.function and t.stem not in named]
        old = [s.words for s in base.slots] + loose
        near = self.view.label_similarity(name, tuple(old)) if old else []
        best = max(range(len(old)), key=lambda i: (near[i], -i), default=0)
        if not old or near[best] < _NEAR_WORD:
            return Resolved(f"{base.question.rstrip(' ?.!')} {name}", tuple(s.name for s in base.slots) or (base.question,), varied=True)
        slot = Slot(old[best], old[best], "unknown")
        kept = tuple(s.name for s in base.slots if s.words != old[best]) or (base.kind,)
        return Resolved(_put(name, slot, base.question), kept, varied=True)

    def _with_sibling(self, said: _Said, base: Turn) -> Resolved | None:
        """*And the late one?*: the one label beside a name of the last question that holds these words."""
        wanted = {t.stem for t in said.words if not t.function and t.word not in moves().generic}
        for slot in base.slots if wanted else ():
            for table, axis in sorted(slot.axes):
                shape = self.view.table(table)
                labels = [x for x in (shape.rows if axis == "row" else shape.columns[1:]) if wanted <= self.view.stems_of(x)]
                if len(labels) == 1 and key(labels[0]) != key(slot.name):
                    kept = tuple(s.name for s in base.slots if s is not slot) or (base.kind,)
                    focus = labels[0] if slot.sort == "thing" else None
                    return Resolved(_put(labels[0], slot, base.question), kept, varied=True, focus=focus)
        return None

    def _with_number(self, name: str) -> Resolved | None:
        """*And five?*: in the place of the number of the last question that had one."""
        number = moves().number(name)
        for turn in self._on_topic() if number else ():
            old = moves().number(turn.question)
            if number and old and number[0].lower() != old[0].lower():
                question = f"{turn.question[: old.start()]}{number[0]}{turn.question[old.end() :]}"
                return Resolved(question, tuple(s.name for s in turn.slots) or (turn.kind,), varied=True)
        return None

    def _with_rank(self, said: _Said) -> Resolved | None:
        """*And the slowest?*: in the place of the word that ranked in the last question that did."""
        ranks = [t for t in said.words if t.word in language().ranking]
        for turn in self._on_topic() if ranks else ():
            ranked = [t for t in tokens(turn.question) if t.word in language().ranking]
            if ranked:
                place = moves().ordinal(said.text)
                put = ranks[0].surface if place is None else said.text[place.start :].strip(" ?.!").removeprefix("the ")
                question = f"{turn.question[: ranked[0].start]}{put}{turn.question[ranked[0].end :]}"
                kept = tuple(s.name for s in turn.slots if key(s.words) != ranked[0].stem)
                return Resolved(question, kept or (turn.kind,), varied=True)
        return None

    def _on_topic(self) -> list[Turn]:
        """Turns that something of is in the knowledge base, latest first."""
        return [t for t in reversed(self.turns) if t.on_topic]

    def _complement(self, said: _Said, base: Turn) -> Resolved | None:
        """*and to Y?* after *how do I get to X?*: what follows the same preposition."""
        opened = _PREPOSITION.match(said.text)
        if not opened:
            return None
        found = list(re.finditer(rf"\b{opened[0]}\b", base.question, re.I))
        if not found:
            return None
        kept = base.question[: found[-1].start()].strip()
        return Resolved(f"{kept} {said.text.strip(' ?.!')}", (kept,), varied=True)

    def _other_need(self, said: _Said, base: Turn) -> Resolved:
        """The last choice for another need."""
        match = _DECIDED.match(base.question)
        asking = match[1] if match else "which do I need"
        return Resolved(f"{asking} {moves().need(said.text)}", (asking,), varied=True)

    # ---- what else leans

    def _stated(self, said: _Said) -> Resolved | None:
        """*So X is a Y then*: asked, never taken over."""
        if not (said.so or moves().holds_that(said.text)) or not said.ties or moves().asks(said.text):
            return None
        stated = moves().statement(said.text)
        return Resolved(f"is it true that {stated.strip(' ?.!')}", (stated.strip(" ?.!"),)) if stated else None

    def _question_word(self, said: _Said) -> Resolved | None:
        """A question of nothing but small words: of what was spoken of, in the attribute that is called so (*since when?*) if one is."""
        subject, last = self._it(), self.last
        if subject is None or last is None or said.ties:
            return None
        if not moves().bare_question(said.text) and (not moves().asks(said.text) or any(not t.function for t in said.words)):
            return None
        said_stems = {t.stem for t in said.words}
        for thing in last.of("thing"):
            for label in self._labels_beside(thing):
                if self.view.stems_of(label) <= said_stems:
                    return Resolved(f"{label} of {thing.name}", (thing.name,))
        joined = "" if moves().bare_question(said.text) else "for "
        return Resolved(f"{said.bare()} {joined}{subject}", (subject,))

    def _labels_beside(self, thing: Slot) -> list[str]:
        """What the tables say of a thing: the labels of the other axis."""
        found: list[str] = []
        for table, axis in sorted(thing.axes):
            shape = self.view.table(table)
            found += shape.columns[1:] if axis == "row" else shape.rows
        return found

    def _attribute_alone(self, said: _Said) -> Resolved | None:
        """*What is the goal?* after a question about one thing: of that thing, where its table has such an attribute."""
        last = self.last
        if last is None or not moves().asks(said.text) or _EXISTENTIAL.search(said.text):
            return None
        things = last.of("thing")
        if (
            len(things) != 1
            or any("heading" in t.roles and t.words.lower().endswith("s") for t in said.ties)
            or self._attribute_of(said, last) is None
        ):
            return None
        if re.match(r"(?:what|which) (?:is|are|was|were) (?:the )?", said.text, re.I):
            return Resolved(f"{said.bare()} of {things[0].name}", (things[0].name,))
        if not said.ties or any(_sort(t, self.view) == "thing" for t in said.ties) or self._extra(said):
            return None
        if moves().polar(said.text):
            return Resolved(f"{said.bare()} for {things[0].name}", (things[0].name,))
        return Resolved(f"{self._attribute_of(said, last)} of {things[0].name}", (things[0].name,))

    def _need(self, said: _Said) -> Resolved | None:
        """What settles a question that was asked back about; a new question comes before it."""
        if self.pending is None or moves().asks(said.text):
            return None
        if len(said.ties) == 1 and self._is_name(said.ties[0]) and said.ties[0].end - said.ties[0].start == len(said.words):
            return None
        return Resolved(self._with_need(moves().need(said.text)), (self.pending.question,), otherwise=Resolved(said.typed))

    def _with_need(self, need: str) -> str:
        asked = self.pending.question if self.pending is not None else ""
        return f"{asked.strip(' ?.!')} {need}".strip()


# ---------------------------------------------------------------- names and their sorts


def _axes(tie: Tie, view: View) -> frozenset[tuple[int, str]]:
    """The tables a name labels, and whether a row or a column; the header of the labels themselves is neither."""
    found = set()
    for entry in tie.entries[:_ENTRIES]:
        if entry.fact is not None and entry.role in ("row", "column"):
            fact = view.fact(entry.fact)
            if fact.table is not None and not (entry.role == "column" and fact.column == 0):
                found.add((fact.table, str(entry.role)))
    return frozenset(found)


def _sort(tie: Tie, view: View) -> Sort:
    found = _sort_of(tie.key, tie.roles, _axes(tie, view), view)
    if found == "thing" and not _axes(tie, view):
        labelled = [view.owner(view.fact(e.fact)) for e in tie.entries[:_ENTRIES] if e.fact is not None and e.role == "label"]
        if labelled and all(o is not None and key(o.text) != tie.key for o in labelled):
            return "attribute"  # it recurs under the headings of several things (`Flow:`)
    return found


def _sort_of(name_key: str, roles: frozenset[str], axes: frozenset[tuple[int, str]], view: View) -> Sort:
    for table, axis in axes:
        shape = view.table(table)
        if not shape.decision and (shape.entities == "rows") == (axis == "row"):
            return "thing"
    if axes:
        return "attribute"
    if "label" in roles and view.is_thing(name_key):
        return "thing"
    if roles & {"name"} or not roles & {"row", "column", "label", "heading"}:
        return "name"
    return "attribute"


def _slots(frame: Frame, finding: Finding | None, view: View) -> tuple[Slot, ...]:
    """The names of a question in order; those the answer was bound by, written otherwise, and unknown names among them."""
    found: list[tuple[int, Slot]] = []
    taken: set[int] = set()
    for tie in frame.content_ties():
        axes = _axes(tie, view)
        found.append((tie.start, Slot(tie.words, tie.name, _sort(tie, view), axes)))
        taken.update(range(tie.start, tie.end))
    known = {key(s.name) for _, s in found}
    fact = finding.deciding[0].fact if finding and finding.deciding else None
    for label in fact.labels if fact is not None and fact.table is not None else ():
        if label.role not in ("row", "column") or key(label.text) in known:
            continue
        wanted = view.stems_of(label.text)
        places = [i for i, t in enumerate(frame.tokens) if t.stem in wanted]
        if places and {frame.tokens[i].stem for i in places} == wanted and not taken & set(range(places[0], places[-1] + 1)):
            words = frame.text[frame.tokens[places[0]].start : frame.tokens[places[-1]].end]
            axes = frozenset({(fact.table or 0, str(label.role))}) if fact is not None else frozenset()
            found.append((places[0], Slot(words, label.text, _sort_of(key(label.text), frozenset({label.role}), axes, view), axes)))
            taken.update(places)
    unknown = [(place, frame.tokens[place].surface) for place in frame.strange if place not in taken]
    found.extend((place, Slot(typed, typed, "unknown")) for place, typed in unknown)
    return tuple(slot for _, slot in sorted(found, key=lambda pair: pair[0]))


def bound_names(frame: Frame, finding: Finding, view: View) -> tuple[Mention, ...]:
    """Labels that an answer was bound by through words of the question that are not written like them (*half a day*)."""
    tied = {key(t.name) for t in frame.content_ties()}
    return tuple(
        Mention(words=s.words, name=s.name, role="attribute" if s.sort == "attribute" else "entity", how="spelling")
        for s in _slots(frame, finding, view)
        if s.sort != "unknown" and key(s.name) not in tied
    )


def asks_for_any(frame: Frame, view: View) -> bool:
    """Whether a choice is asked for of the things a table describes, and nothing is said of what for (*which craft do I need*)."""
    ties = frame.content_ties()
    named = {p for t in ties for p in range(t.start, t.end)}
    if frame.kind != "decision" or frame.need:
        return False
    if ties and named >= set(frame.content) and all(_is_header(t, view) for t in ties):
        return True
    asked = {frame.tokens[p].stem for p in frame.content}
    return bool(asked) and any(asked <= common for common in _sorts_chosen(view))


def _sorts_chosen(view: View) -> list[frozenset[str]]:
    """For each table of choices the words that all it recommends have in common (*oven* of *Rack oven* and *Stone oven*)."""
    found = []
    for table in view.first_tables(_TABLES):
        if table.decision is not None:
            values = [view.stems_of(c.value) for c in view.cells(table.id, column=table.decision[1])]
            if len(set(values)) > 1:
                found.append(frozenset.intersection(*map(frozenset, values)))
    return found


def _is_header(tie: Tie, view: View) -> bool:
    """Whether a name is but the header of a table's labels, or of what a decision table recommends."""
    facts = [(e.role, view.fact(e.fact)) for e in tie.entries[:_ENTRIES] if e.fact is not None and e.role != "name"]
    return bool(facts) and all(role == "column" and fact.column in (0, _recommending(fact, view)) for role, fact in facts)


def _recommending(fact: Fact, view: View) -> int:
    """The column of a decision table that says what to take; 0 for any other table."""
    decision = view.table(fact.table).decision if fact.table is not None else None
    return decision[1] if decision else 0


def _owner(frame: Frame, finding: Finding | None, view: View) -> str | None:
    """The thing an answer is about; None where it is about several and none was asked for."""
    owners = [o.text for c in (finding.deciding if finding else ()) if (o := view.owner(c.fact)) is not None]
    if not owners or (len(set(owners)) > 1 and frame.kind not in _ANSWER_ASKED):
        return None
    return owners[0]


def _enumerated(finding: Finding | None, slots: Sequence[Slot], view: View) -> tuple[str, ...]:
    """What an answer lists, in order: names and steps; not the attributes that a whole row or card is labelled with."""
    fact = finding.deciding[0].fact if finding and finding.deciding else None
    if finding is None or fact is None or finding.shape in ("card", "definition"):
        return ()
    if finding.shape == "belongs":
        owners = {key(o.text): o.text for c in finding.deciding if (o := view.owner(c.fact)) is not None}
        if len(owners) > 1:
            return tuple(owners.values())
    if finding.shape in ("row", "column") and fact.table is not None:
        things = view.table(fact.table).entities == ("columns" if finding.shape == "row" else "rows")
        return tuple(finding.enumerates()) if things else ()
    if finding.shape in ("row", "column") and any(s.sort == "thing" for s in slots):
        return ()
    listed = finding.enumerates({key(s.name) for s in slots})
    if finding.shape == "flow" and len(listed) < 2:  # the steps inside one cell
        steps = view.group(fact) if fact.kind == "step" else view.store.section_facts(fact.section)
        inside = [f for f in steps if f.kind == "step" and (fact.kind == "step" or fact.span.start <= f.span.start < fact.span.end)]
        return tuple(f.value for f in sorted(inside, key=lambda f: f.position))
    return tuple(listed)


def _kind(frame: Frame, finding: Finding | None) -> str:
    """The kind of a turn: one that was answered as a choice is one, whatever else its need speaks of (*for combining …*)."""
    chosen = finding is not None and finding.shape.startswith("decision") and _DECIDED.match(frame.text)
    return "decision" if chosen else frame.kind


def _chosen(turn: Turn) -> str | None:
    """The thing that was the answer, where one was asked for."""
    return turn.owner if turn.kind in _ANSWER_ASKED and not turn.of("thing") else None


def _asks_the_same(one: Turn, other: Turn) -> bool:
    """Whether two turns ask the same of one thing each."""
    things = one.of("thing"), other.of("thing")
    asked = [[key(s.name) for s in t.of("attribute")] for t in (one, other)]
    return (
        one.answered
        and one.kind == other.kind
        and asked[0] == asked[1]
        and all(len(t) == 1 for t in things)
        and bool(things[0][0].axes & things[1][0].axes)
        and key(things[0][0].name) != key(things[1][0].name)
    )


def _cell(finding: Finding | None) -> tuple[str, str] | None:
    """Row and column label of the first cell that decided."""
    fact = finding.deciding[0].fact if finding and finding.deciding else None
    labels = {x.role: x.text for x in fact.labels} if fact is not None and fact.table is not None else {}
    return (labels["row"], labels["column"]) if "row" in labels and "column" in labels else None


def _named(frame: Frame, slots: Sequence[Slot]) -> str | None:
    """The first name of a question that can be spoken of, else the words it asks about."""
    found = next((s.name for s in slots if s.sort in ("thing", "name")), None) or next((s.name for s in slots), None)
    if found:
        return found
    content = [t for i, t in enumerate(frame.tokens) if i in frame.content]
    while len(content) > 1 and content[-1].word.endswith("ed"):
        content.pop()  # *what is the starter called*
    return frame.text[content[0].start : content[-1].end] if content else None


def _subject(frame: Frame, slots: Sequence[Slot], owner: str | None, finding: Finding | None, order: str = "") -> str | None:
    """What *it* stands for after an answer: the answer where a thing was asked for, else the first name of the question.

    A name that the answer says nothing of (*full* in *full-text*) is none that was asked about, where another is.

    Args:
        order: what the steps it gave are steps of.
    """
    told = {key(x.text) for c in finding.deciding[:1] for x in c.fact.labels} if finding is not None else set[str]()
    if (
        finding is not None
        and finding.shape in ("cell_yes", "cell_no")
        and (first := next((s for s in slots if key(s.name) in told), None))
    ):
        return first.name  # *does A run on B*: A
    if frame.kind in _ANSWER_ASKED and owner and key(owner) in told and not any(key(s.name) in told for s in slots if s.sort == "thing"):
        return owner
    named = next((s.name for s in slots if s.sort in ("thing", "name") and not (order and s.name.isdigit())), None)
    if order and not named:
        return order
    if frame.kind in _ANSWER_ASKED and owner and not any(s.sort == "thing" for s in slots):
        return owner
    return named or owner or _named(frame, slots)


def _scope(finding: Finding | None, slots: Sequence[Slot], view: View) -> str:
    """In which words a list can be asked for again."""
    fact = finding.deciding[0].fact if finding and finding.deciding else None
    if fact is None or finding is None:
        return ""
    named = [s.name for s in slots if s.sort != "unknown"]
    if finding.shape in _STEPS and (fact.kind not in ("item", "pair") and named):
        return " ".join(named)
    path = view.path(fact)
    return bare_heading(path[-1]) if path and fact.table is None else " ".join(named)


def _place_in(listed: Sequence[str], slots: Sequence[Slot]) -> int | None:
    """The place of the one listed name that the question spoke of."""
    spoken = {key(s.name) for s in slots}
    found = [i for i, name in enumerate(listed) if key(name) in spoken]
    return found[0] if len(found) == 1 and len(listed) > 1 else None


def _index(place: int, size: int, spoken: int | None) -> int | None:
    """0-based place of an ordinal in a list of so many; *the other* is the one of two not spoken of."""
    if place == 0:
        return (1 - spoken if spoken is not None else 1) if size == 2 else None
    return place - 1 if place > 0 else size + place


def _listed(names: Sequence[str], last: str = "and") -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"


def _comparison(asked: Sequence[str], names: Sequence[str]) -> str:
    """The question that compares things, in what is asked of them where something is."""
    return f"compare {' and '.join(asked)} of {_listed(names)}" if asked else f"compare {_listed(names)}"


def _is_plural(slot: Slot) -> bool:
    return slot.words.lower().endswith("s") and not slot.words.lower().endswith("ss")


def _put(new: str, slot: Slot, question: str) -> str:
    """A question with a name in the place of another, and the article that goes with it."""
    for old in (slot.words, slot.name):
        found = re.search(rf"(?<!\w)(?P<article>\ban? )?{re.escape(old)}(?!\w)", question, re.I)
        if found:
            article = found["article"] or ""
            if article:
                article = "an " if new[:1].lower() in "aeiou" else "a "
            return f"{question[: found.start()]}{article}{new}{question[found.end() :]}"
    return f"{question.rstrip(' ?.!')} {new}"


__all__ = ["Conversation", "Resolved", "Slot", "Turn"]
