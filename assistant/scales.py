"""What order or range a question asks for: the words that rank, the scale they rank on, the quantity and its bound. Pure.

English comparatives and superlatives are made from the adjectives of `answers/numbers.toml`. Nothing here looks at a
knowledge base: which row or column is meant is for `measuring` to find.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from assistant import numbers
from assistant.language import language
from assistant.mentions import Tie
from assistant.numbers import Column, Found, Relation
from assistant.question import Token, tokens
from corpus.words import stem, stems

Pole = Literal["high", "low"]
Graded = list[tuple[str, Pole]]  # scales, and the side of each that a word means

_SHORT = 7  # words of a question that leans on what was told before
_TOP_MOST = 100  # *top 2024* is no number of things
_COUNTED = 3  # words between *more* and *than*: what there is more of
_PLACES = frozenset({"place", "position", "rank", "spot"})  # nouns of a place in an order
_PLACED = frozenset({"ranked", "ranks", "rank", "placed", "finished", "finish", "finishes", "ended"})  # verbs before one
_CAME = frozenset({"came", "come", "comes", "coming"})  # they say *when* with *first* and *last*, and a place with the others
_OF_TWO = re.compile(r"\b(?:of|between) .+ and \w|\b(?:either|both) ")


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale: stems that name it in a header, dimensions it is measured in; on its inverse, high is low."""

    nouns: frozenset[str]
    dimensions: frozenset[str]
    inverse_nouns: frozenset[str]
    inverse_dimensions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of all scales, by form."""

    scales: dict[str, Scale]
    plain: dict[str, Graded]  # *heavy*
    more: dict[str, Graded]  # *heavier*
    most: dict[str, Graded]  # *heaviest*
    degrees: dict[str, Pole]  # *highest*, *least*
    degree: dict[str, Pole]  # *more*, *fewer*
    compared: dict[str, Pole]  # those, and *better*, *worse*, which compare only what was spoken of
    asking: dict[str, tuple[re.Pattern[str], ...]]
    free: frozenset[str]  # stems that only ask


def graded(word: str, ending: str) -> str:
    """The comparative (`er`) or superlative (`est`) of a short adjective."""
    if word.endswith("e"):
        return word + ending[1:]
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "i" + ending
    if re.fullmatch(r"[^aeiou]*[aeiou][^aeiouwxy]", word):
        return word + word[-1] + ending
    return word + ending


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The shipped words.

    Raises:
        BadAnswerData: the file is damaged.
    """
    data = numbers.reader().data
    plain: dict[str, Graded] = {}
    more: dict[str, Graded] = {}
    most: dict[str, Graded] = {}
    scales = {}
    poles: tuple[Pole, ...] = ("high", "low")
    money = numbers.reader().money
    for scale in data.scale:
        dimensions = frozenset(d for name in scale.dimensions.split() for d in (money if name == "money" else {name}))
        scales[scale.id] = Scale(
            frozenset(stem(w) for w in scale.nouns.split()),
            dimensions,
            frozenset(stem(w) for w in scale.inverse_nouns.split()),
            frozenset(scale.inverse_dimensions.split()),
        )
        for pole in poles:
            for word in (scale.high if pole == "high" else scale.low).split():
                irregular = data.degrees.irregular.get(word, "").split()
                plain.setdefault(word, []).append((scale.id, pole))
                for form in [w for w in irregular if w.endswith("r")] or [graded(word, "er")]:
                    more.setdefault(form, []).append((scale.id, pole))
                for form in [w for w in irregular if w.endswith("t")] or [graded(word, "est")]:
                    most.setdefault(form, []).append((scale.id, pole))
    degrees: dict[str, Pole] = dict.fromkeys(data.degrees.most.split(), "high")
    degrees.update(dict.fromkeys(data.degrees.least.split(), "low"))
    degree: dict[str, Pole] = dict.fromkeys(data.degrees.more.split(), "high")
    degree.update(dict.fromkeys(data.degrees.fewer.split(), "low"))
    compared = dict.fromkeys(data.degrees.better.split(), poles[0]) | dict.fromkeys(data.degrees.worse.split(), poles[1]) | degree
    asking = {name: tuple(re.compile(p) for p in given) for name, given in data.asking.items() if not isinstance(given, str)}
    free = data.asking["free"]
    return Vocabulary(
        scales,
        plain,
        more,
        most,
        degrees,
        degree,
        compared,
        asking,
        frozenset(stem(w) for w in (free.split() if isinstance(free, str) else ())),
    )


@dataclass(slots=True)
class Condition:
    """A quantity the question compares with: as it was read, as the question words it without its bound, and how.

    Args:
        toward: scales of a comparative (*cheaper than 20*), instead of the relation.
        places: of the words that say all this.
        rank: it names a place in an order (*in third place*), which only a column of such places answers.
    """

    asked: Found
    words: str
    relation: Relation
    toward: Graded
    places: set[int]
    rank: bool = False


@dataclass(slots=True)
class Wish:
    """What order or range a question asks for.

    Args:
        mode: the head of an order, an order, what a condition leaves, what an amount falls under, what a comparative says of
            named things; `sum` is no order at all.
        graded: scales an adjective names; empty for *highest*, whose side `pole` tells.
        most: how many of the head; 0 for all.
        conditions: the quantities, in the order of the question.
        toward: scales of a comparative with things instead of a number (*cheaper than the Kiln*).
        ranking: places of the words that say so.
        sums: places of words that ask for a sum or a mean.
        ranked: it says *rank*: the best first, where *sort* says nothing.
        nth: which place from the head (*second cheapest*), 0 for the head itself; `ordinal` is its word.
        measure: it asks *how much* or *how heavy*: for the value itself.
        rank: the order is that of places in it (*the top three*, *in last place*), which only a column of such places answers.
    """

    mode: Literal["top", "sort", "range", "lookup", "than", "sum"]
    graded: Graded = field(default_factory=list)
    pole: Pole | None = None
    most: int = 1
    conditions: list[Condition] = field(default_factory=list)
    toward: Graded = field(default_factory=list)
    ranking: set[int] = field(default_factory=set)
    sums: set[int] = field(default_factory=set)
    ranked: bool = False
    nth: int = 0
    ordinal: str = ""
    measure: bool = False
    rank: bool = False

    @property
    def used(self) -> set[int]:
        """Places of all words that only say what is wanted."""
        return self.ranking.union(*(c.places for c in self.conditions))


def wish(found: Sequence[Token], text: str, ties: Iterable[Tie] = (), *, among: bool = False) -> Wish | None:
    """What order or range a question asks for; None when it asks for none.

    Args:
        among: it is asked of rows spoken of before, so that *which has more* asks for the head of them; so it does of things named.
    """
    v = vocabulary()
    low = [t.surface.lower() for t in found]
    flat = text.lower()
    made = Wish("top")
    ties = list(ties)
    sums = [m.span() for p in v.asking["sums"] for m in p.finditer(flat)]
    if sums and not re.search(r"\bhow many\b|\bnumber of\b|^count\b", flat):  # *how many in total* is counted
        made.mode = "sum"
        made.sums = {i for i, t in enumerate(found) for a, b in sums if t.start < b and a < t.end}
        return made
    count = _top_count(found, text, made, v)
    extreme = _ranking(low, made, v)
    if extreme and (place := _nth(low, made, v)):
        made.most = place
    if any(c.isdigit() for c in text) or any(w in language().numbers for w in low):
        made.conditions = list(
            _conditions(found, text, made, [(t.start, t.end) for t in ties if t.end - t.start > 1 and not numbers.read(t.name)], v)
        )
    if not extreme and _placed(found, count, made):
        return made
    # A word that is a name here (*the ranking preset*) asks for no order, but where the question begins with it.
    named = [(found[t.start].start, found[t.end - 1].end) for t in ties if t.is_label()]
    sorting = [
        m for p in v.asking["sort"] for m in p.finditer(flat) if not m.start() or not any(a <= m.start() and m.end() <= b for a, b in named)
    ]
    if sorting or (count is not None and "by" in low and not extreme):
        made.mode = "sort" if count is None else "top"
        made.most = count or 0
        made.ranked = "rank" in flat
        if made.pole is None and not made.graded:
            if any(p.search(flat) for p in v.asking["descending"]):
                made.pole = "high"
            elif any(p.search(flat) for p in v.asking["ascending"]):
                made.pole = "low"
            elif count is not None:
                made.pole = "high"
        return made
    if len(low) > 2 and low[0] == "how" and (low[1] in ("much", "many") or low[1] in v.plain):
        made.measure = True
        made.ranking |= {1} if extreme else set()
    if extreme:
        made.most = count or made.nth or 1
        return made
    if made.conditions:
        made.conditions.sort(key=lambda c: c.relation == "equal" and not c.toward)  # a bound is a condition, a bare number an amount
        first = made.conditions[0]
        made.mode = "lookup" if first.relation == "equal" and not first.toward else "range"
        return made
    compared = None
    if "than" not in low and (among or ("or" in low and len({t.key for t in ties if t.is_label()}) > 1) or _OF_TWO.search(flat)):
        compared = next((i for i, w in enumerate(low) if w in (v.compared if among else v.degree)), None)
    if compared is None and _more(low, made, v):
        made.mode = "than"
        if among and "than" not in low:
            made.mode, made.graded = "top", made.toward
        return made
    if compared is not None:
        made.pole = v.compared[low[compared]]
        made.ranking.add(compared)
        return made
    return None


def compares(text: str) -> bool:
    """Whether a short question only asks which of several has more of something."""
    low = [t.surface.lower() for t in tokens(text)]
    return len(low) <= _SHORT and "than" not in low and any(w in vocabulary().compared or w in vocabulary().degrees for w in low)


def _ranking(low: list[str], made: Wish, v: Vocabulary) -> bool:
    """Finds the words that rank: *cheapest*, *most expensive*, *highest*, a *first* at the end; the first of them decides."""
    found = False
    for i, word in enumerate(low):
        after = low[i + 1] if i + 1 < len(low) else ""
        chosen: Graded = []
        pole: Pole | None = None
        if word in ("most", "least") and i and low[i - 1] == "at":
            continue
        if word in ("most", "least") and after in v.plain:
            chosen = v.plain[after] if word == "most" else [(s, opposite(p)) for s, p in v.plain[after]]
            made.ranking.add(i + 1)
        elif word in v.most:
            chosen, pole = v.most[word], v.degrees.get(word)
        elif word in v.degrees and not after[:1].isdigit():
            pole = v.degrees[word]
        elif word in ("first", "last") and i > 1 and (i == len(low) - 1 or after == "to") and low[i - 1] not in _PLACED:
            chosen = [("date", "low" if word == "first" else "high")]
        else:
            continue
        if not found:
            made.graded, made.pole = chosen, pole
        made.ranking.add(i)
        found = True
    return found


def opposite(pole: Pole) -> Pole:
    """The other side of a scale."""
    return "low" if pole == "high" else "high"


def _top_count(found: Sequence[Token], text: str, made: Wish, v: Vocabulary) -> int | None:
    """How many of the head of the order are wanted: *top three*, *the two lightest*, *3 cheapest*."""
    spelled = language().numbers
    low = [t.surface.lower() for t in found]
    for i, word in enumerate(low):
        many = spelled.get(word) or (int(word) if word.isascii() and word.isdigit() and len(word) < 3 else 0)
        if not 1 < many < _TOP_MOST or text[found[i].end : found[i].end + 1] == "-":
            continue
        before, after = low[i - 1] if i else "", low[i + 1] if i + 1 < len(low) else ""
        beyond = low[i + 2] if i + 2 < len(low) else ""
        ranked = after in v.most or after in v.degrees or before in v.most
        if (before in ("top", "first", "bottom") or ranked) and not (after in ("most", "least") and beyond not in v.plain):
            made.ranking |= {i} | ({i - 1} if before in ("top", "first", "bottom") else set())
            if before == "bottom":
                made.pole = "low"
            return many
    return None


def _nth(low: list[str], made: Wish, v: Vocabulary) -> int:
    """Which place is asked for by an ordinal right before the word that ranks: *second cheapest*; 0 for none."""
    spelled = numbers.reader().data.words.ordinals
    for i, word in enumerate(low[:-1]):
        match = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)", word)
        place = int(match[1]) if match else spelled.index(word) + 1 if word in spelled else 0
        if place > 1 and (low[i + 1] in v.most or low[i + 1] in v.degrees):
            made.nth, made.ordinal = place, word
            made.ranking.add(i)
            return place
    return 0


def _placed(found: Sequence[Token], count: int | None, made: Wish) -> bool:
    """Finds the words that ask for places in an order: *in third place*, *ranked 2nd*, *came last*, *the top three*."""
    low = [t.surface.lower() for t in found]
    for i, word in enumerate(low):
        before, after = low[i - 1] if i else "", low[i + 1] if i + 1 < len(low) else ""
        if not (after in _PLACES or before in _PLACED or (before in _CAME and word not in ("first", "last"))):
            continue
        said = {i} | ({i + 1} if after in _PLACES else set()) | ({i - 1} if before in _PLACED | _CAME else set())
        asked = numbers.asked_for(word)
        if word in ("last", "bottom", "top"):
            made.mode, made.rank, made.pole = "top", True, "high" if word == "top" else "low"
            made.ranking |= said
            return True
        if asked is not None and numbers.is_ordinal(word):
            made.mode = "lookup"
            made.conditions = [
                Condition(asked, found[i].surface, "equal", [], said, rank=True),
                *(c for c in made.conditions if i not in c.places),
            ]
            return True
    if count is not None and any(low[i] in ("top", "bottom") for i in made.ranking) and "by" not in low:
        made.mode, made.rank, made.most = "top", True, count
        made.pole = made.pole or "high"
        return True
    return False


def _conditions(found: Sequence[Token], text: str, made: Wish, names: list[tuple[int, int]], v: Vocabulary) -> Iterator[Condition]:
    """The quantities of the question that are no part of a name, each with the words that bound it."""
    low = [t.surface.lower() for t in found]
    reached = 0
    for i, token in enumerate(found):
        if i in made.ranking or token.start < reached:
            continue
        start = token.start
        while start and text[start - 1] in "<>=≤≥~$€£¥₹.+-−–":
            start -= 1
        if start and (text[start - 1].isalnum() or text[start - 1] in "_/"):
            continue
        given = numbers.at(text, start, nouns=False) or (numbers.at(text, token.start, nouns=False) if start != token.start else None)
        if given is None:
            continue
        places = {p for p, t in enumerate(found) if t.start < given.end and given.start < t.end}
        digits = [p for p in places if found[p].surface[:1].isdigit()]
        words = numbers.inner(text[given.start : given.end])
        if words is None or (not digits and not _spelled(found, i, given, text)) or any(a <= p < b for p in digits for a, b in names):
            continue
        reached = given.end
        place = min(places)
        toward, said = _compared(low, place - 1, v) if given.relation == "equal" and place > 1 and low[place - 1] == "than" else ([], set())
        yield Condition(given, words, given.relation, toward, places | said)


def _spelled(found: Sequence[Token], place: int, given: Found, text: str) -> bool:
    """Whether a number in words is meant as one: *for five people*, never the *one* of *which one* or a *two-handed* thing."""
    if place and found[place - 1].word in ("the", "these", "those", "all", "other", "last", "first"):
        return False  # *the two* are things named before
    spelled = [t for t in found[place:] if t.start < given.end and t.word in language().numbers]
    if spelled and spelled[0].word == "one" and given.relation != "equal":
        return True  # *more than one*
    return bool(spelled) and spelled[0].word != "one" and given.end < len(text.rstrip(" ?!.")) and text[given.end] != "-"


def _compared(low: list[str], than: int, v: Vocabulary) -> tuple[Graded, set[int]]:
    """The comparative before *than*, if any (*cheaper than*, *more expensive than*), and where it stands."""
    word = low[than - 1] if than else ""
    if word in v.more:
        return v.more[word], {than, than - 1}
    if word in v.plain and than > 1 and low[than - 2] in ("more", "less"):
        toward = [(s, opposite(p)) for s, p in v.plain[word]] if low[than - 2] == "less" else v.plain[word]
        return toward, {than, than - 1, than - 2}
    return [], set()


def _more(low: list[str], made: Wish, v: Vocabulary) -> bool:
    """A comparative without a number: *which is heavier, A or B*, *which are cheaper than A*."""
    for i, word in enumerate(low):
        if word == "than":
            made.toward, made.ranking = _compared(low, i, v)
            # *Higher than*, *more goals than*: words of every scale.
            degree = next((j for j in range(i - 1, max(-1, i - _COUNTED - 2), -1) if low[j] in v.degree), None)
            if degree is not None:
                made.pole = v.degree[low[degree]]
                made.ranking |= {degree, i}
            if made.toward or made.pole:
                return True
    for i, word in enumerate(low):
        if word in v.more:
            made.toward = v.more[word]
            made.ranking.add(i)
        elif word in ("more", "less") and i + 1 < len(low) and low[i + 1] in v.plain:
            made.toward = [(s, opposite(p)) for s, p in v.plain[low[i + 1]]] if word == "less" else v.plain[low[i + 1]]
            made.ranking |= {i, i + 1}
    return bool(made.toward)


# ---------------------------------------------------------------- scales of a column


def named(column: Column) -> set[str]:
    """Scales that a header names with a word of its own, and that its cells can be measured on (`Charge time` is no price)."""
    scales = vocabulary().scales
    measured = {d for s in scales.values() for d in s.dimensions | s.inverse_dimensions}
    free = column.dimension not in measured and _base(column) not in measured
    return {
        name
        for name, s in scales.items()
        if column.header & (s.nouns | s.inverse_nouns)
        and (free or {column.dimension, _base(column)} & (s.dimensions | s.inverse_dimensions))
    }


def _base(column: Column) -> str:
    """What the dimension is so much a month or a piece of, where it is money; otherwise the dimension."""
    first = column.dimension.split("/")[0]
    return first if first in numbers.reader().money else column.dimension


def scales_of(column: Column) -> tuple[set[str], set[str]]:
    """Scales a column stands on, and those it stands on the other way round; a header that names scales leaves no others."""
    scales = vocabulary().scales
    said = named(column)
    direct = {name for name in said if column.header & scales[name].nouns}
    inverse = said - direct
    if not said:
        direct = {name for name, s in scales.items() if _base(column) in s.dimensions}
        inverse = {name for name, s in scales.items() if _base(column) in s.inverse_dimensions}
    return direct, inverse - direct


@lru_cache(maxsize=1)
def _rank_stems() -> frozenset[str]:
    return frozenset(stem(w) for w in numbers.reader().data.senses["rank"].split())


def ranks(header: str) -> bool:
    """Whether a header says that what stands under it are places in an order, of which the lowest is the best."""
    return bool(_rank_stems() & set(stems(header)))


def is_rank(column: Column) -> bool:
    """The same of a column that was read."""
    return bool(column.header & _rank_stems())


def side(wanted: Graded, column: Column) -> Pole | None:
    """Which end of a column a graded word means: the slowest has the lowest speed, or the highest time; None where it means neither."""
    direct, inverse = scales_of(column)
    for scale, pole in wanted:
        if scale in direct:
            return pole
    for scale, pole in wanted:
        if scale in inverse:
            return opposite(pole)
    return None


# ---------------------------------------------------------------- going on


def instead(last: str, text: str) -> str | None:
    """The last question with another extreme or another quantity in the place of its own (*and the heaviest?*, *and under 2 kg?*).

    Returns:
        The whole question; None when the text says more than that, or the last question has no place for it.
    """
    old, new = tokens(last), tokens(text)
    before, now = wish(old, last), wish(new, text)
    if before is None or now is None or now.toward or any(i not in now.used and not t.function for i, t in enumerate(new)):
        return None
    if now.conditions and now.mode in ("range", "lookup"):
        said = _span(now.conditions[0].places, new, text)
        if said is not None and before.conditions:
            return _swapped(before.conditions[0].places, old, last, said)
        return f"{last.rstrip(' ?.!')} {said}" if said is not None and before.ranking else None
    if now.mode == "top" and before.ranking and not now.conditions:
        said = _span(now.ranking, new, text)
        return _swapped(before.ranking, old, last, said) if said is not None else None
    return None


def _span(places: set[int], found: Sequence[Token], text: str) -> str | None:
    """The run of words at the places; None when others stand between them."""
    if not places or max(places) - min(places) >= len(places):
        return None
    return text[found[min(places)].start : found[max(places)].end]


def _swapped(places: set[int], found: Sequence[Token], text: str, new: str) -> str | None:
    if _span(places, found, text) is None:
        return None
    return text[: found[min(places)].start] + new + text[found[max(places)].end :]
