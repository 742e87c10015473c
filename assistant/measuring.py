"""Answers computed from numeric rows and columns: the largest, those in a range, all in order, how many.

A question is taken apart into what it wants (a place in the order, a condition, an order) and the words that say of
what. A series answers only if every content word of the question is accounted for by it: by its header, by what it
is measured in, by the table and headings it stands in, by its rows. So a column that is not there is never replaced
by another. What is computed goes out with a claim over every cell it was computed from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from assistant import numbers
from assistant.finding import Finding, fact_label, value
from assistant.frame import Frame
from assistant.language import language
from assistant.numbers import Column, Direction, Found, Quantity, Relation
from assistant.question import Token, tokens
from assistant.retrieval import Candidate, Evidence
from assistant.view import View
from assistant.wording import Claim, Figure, Quote
from corpus.chunking import bare_heading
from corpus.models import Fact, Table
from corpus.words import key, stem

Pole = Literal["high", "low"]

_TABLES = 12  # tables tried, in the order of the evidence
_SHOWN = 12  # cells listed before the rest is counted
_CELLS = 400  # cells of a series; a longer one is no table to rank by eye, and a proof over it no proof to read
_MEANT = 0.5  # cosine of the words left over and a header that means them
_MEANT_LEAD = 0.08  # … and how far it leads the other headers


# ---------------------------------------------------------------- words of high and low


@dataclass(frozen=True, slots=True)
class _Scale:
    id: str
    nouns: frozenset[str]
    dimensions: frozenset[str]
    inverse_nouns: frozenset[str]
    inverse_dimensions: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    scales: dict[str, _Scale]
    plain: dict[str, list[tuple[str, Pole]]]  # *heavy* -> the scales it is a word of
    more: dict[str, list[tuple[str, Pole]]]  # *heavier*
    most: dict[str, list[tuple[str, Pole]]]  # *heaviest*
    degrees: dict[str, Pole]  # *highest*, *least*
    sort: tuple[re.Pattern[str], ...]
    descending: tuple[re.Pattern[str], ...]
    ascending: tuple[re.Pattern[str], ...]
    aggregate: tuple[re.Pattern[str], ...]
    free: frozenset[str]


def _graded(word: str, ending: str) -> str:
    """The comparative (`er`) or superlative (`est`) of a short adjective."""
    if word.endswith("e"):
        return word + ending[1:]
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "i" + ending
    if re.fullmatch(r"[^aeiou]*[aeiou][^aeiouwxy]", word):
        return word + word[-1] + ending
    return word + ending


@lru_cache(maxsize=1)
def _vocabulary() -> _Vocabulary:
    data = numbers.reader().data
    plain: dict[str, list[tuple[str, Pole]]] = {}
    more: dict[str, list[tuple[str, Pole]]] = {}
    most: dict[str, list[tuple[str, Pole]]] = {}
    scales = {}
    poles: tuple[Pole, ...] = ("high", "low")
    for scale in data.scale:
        stems = [frozenset(stem(w) for w in text.split()) for text in (scale.nouns, scale.inverse_nouns)]
        money = frozenset(numbers.reader().money)
        dimensions = frozenset(d for name in scale.dimensions.split() for d in (money if name == "money" else {name}))
        scales[scale.id] = _Scale(scale.id, stems[0], dimensions, stems[1], frozenset(scale.inverse_dimensions.split()))
        for pole in poles:
            for word in (scale.high if pole == "high" else scale.low).split():
                plain.setdefault(word, []).append((scale.id, pole))
                irregular = data.degrees.irregular.get(word, "").split()
                comparatives = [w for w in irregular if w.endswith("r")] or [_graded(word, "er")]
                superlatives = [w for w in irregular if w.endswith("t")] or [_graded(word, "est")]
                for w in comparatives:
                    more.setdefault(w, []).append((scale.id, pole))
                for w in superlatives:
                    most.setdefault(w, []).append((scale.id, pole))
    degrees: dict[str, Pole] = dict.fromkeys(data.degrees.most.split(), "high")
    degrees.update(dict.fromkeys(data.degrees.least.split(), "low"))

    def patterns(name: str) -> tuple[re.Pattern[str], ...]:
        given = data.asking[name]
        return tuple(re.compile(p) for p in given) if not isinstance(given, str) else ()

    free = data.asking["free"]
    return _Vocabulary(
        scales,
        plain,
        more,
        most,
        degrees,
        patterns("sort"),
        patterns("descending"),
        patterns("ascending"),
        patterns("aggregate"),
        frozenset(stem(w) for w in (free.split() if isinstance(free, str) else ())),
    )


_QUANTIFIERS = frozenset({"most", "least", "max", "min", "maximum", "minimum", "maximal", "minimal"})


def ranks(word: str) -> bool:
    """Whether a word ranks on some scale (*cheapest*, *highest*): only an order of numbers can support it."""
    found = _vocabulary()
    return word in found.most or (word in found.degrees and word not in _QUANTIFIERS)


# ---------------------------------------------------------------- what is wanted


@dataclass(slots=True)
class _Wish:
    """What a question wants of a series."""

    mode: Literal["top", "sort", "range", "lookup"]
    scales: list[tuple[str, Pole]] = field(default_factory=list)  # named by an adjective; empty for *highest*
    pole: Pole | None = None  # of a degree word
    most: int = 1
    asked: Found | None = None
    words: str = ""  # the quantity as the question words it, without its bound
    relation: Relation = "equal"
    toward: list[tuple[str, Pole]] = field(default_factory=list)  # scales of a comparative (*cheaper than 20*)
    used: set[int] = field(default_factory=set)  # token places that say what is wanted
    text: str = ""


def _wish(frame: Frame, found: Sequence[Token], text: str) -> _Wish | None:
    """What the question wants; None when it asks for no number, order or extreme."""
    v = _vocabulary()
    low = [t.surface.lower() for t in found]
    wish = _Wish("top", text=text)
    ranked = _ranking(low, wish, v)
    flat = text.lower()
    sorts = [m for p in v.sort if (m := p.search(flat))]
    count = _top_count(low, wish)
    quantity = _quantity(frame, found, text, wish)
    if sorts or (count is not None and "by" in low):
        wish.mode = "sort" if count is None else "top"
        wish.most = count or 0
        if wish.pole is None and not wish.scales and any(p.search(flat) for p in v.descending):
            wish.pole = "high"
        elif wish.pole is None and not wish.scales and any(p.search(flat) for p in v.ascending):
            wish.pole = "low"
        elif wish.pole is None and not wish.scales and (count is not None or "rank" in flat):
            wish.pole = "high" if count is not None else None
        wish.used |= {i for i, w in enumerate(low) if stem(w) in v.free}
        return wish
    if ranked:
        wish.most = count or 1
        return wish
    if quantity:
        wish.mode = "lookup" if wish.relation == "equal" and not wish.toward else "range"
        return wish
    return None


def _ranking(low: list[str], wish: _Wish, v: _Vocabulary) -> bool:
    """Finds the word that ranks: *cheapest*, *most expensive*, *highest*, *first*; the first of them decides."""
    found = False
    for i, word in enumerate(low):
        after = low[i + 1] if i + 1 < len(low) else ""
        if word in ("most", "least") and i and low[i - 1] == "at":
            continue
        if word in ("most", "least") and after in v.plain:
            flip: Pole = "low" if word == "least" else "high"
            if not found:
                wish.scales = [(s, p if flip == "high" else _other(p)) for s, p in v.plain[after]]
            wish.used |= {i, i + 1}
        elif word in v.most:
            if not found:
                wish.scales = v.most[word]
                wish.pole = v.degrees.get(word)
            wish.used.add(i)
        elif word in v.degrees and not re.match(r"\d", after):
            if not found:
                wish.pole = v.degrees[word]
            wish.used.add(i)
        elif word in ("first", "last") and i == len(low) - 1 and i > 1:
            if not found:
                wish.scales = [("date", "low" if word == "first" else "high")]
            wish.used.add(i)
        else:
            continue
        found = True
    return found


def _other(pole: Pole) -> Pole:
    return "low" if pole == "high" else "high"


def _top_count(low: list[str], wish: _Wish) -> int | None:
    """How many of the head of the order are wanted: *top three*, *the two lightest*, *3 cheapest*."""
    v = _vocabulary()
    spelled = numbers.reader().data.words.one_of
    for i, word in enumerate(low):
        many = spelled.get(word) if word in spelled else int(word) if word.isascii() and word.isdigit() and len(word) < 3 else None
        if many is None or many < 1:
            continue
        before, after = low[i - 1] if i else "", low[i + 1] if i + 1 < len(low) else ""
        ranks_after = after in v.most or after in v.degrees
        if (before in ("top", "first", "bottom") or ranks_after or before in v.most) and (many > 1 or word != "one"):
            wish.used |= {i} | ({i - 1} if before in ("top", "first", "bottom") else set())
            if before == "bottom":
                wish.pole = "low"
            return many
    return None


def _quantity(frame: Frame, found: Sequence[Token], text: str, wish: _Wish) -> bool:
    """Finds the first quantity of the question that is not part of a name, with the words that bound it."""
    v = _vocabulary()
    names = [(t.start, t.end) for t in frame.ties if t.end - t.start > 1]
    for i, token in enumerate(found):
        if i in wish.used or (token.start and text[token.start - 1].isalnum()):
            continue
        start = token.start
        while start and text[start - 1] in "<>=≤≥~$€£¥₹.+-−–":
            start -= 1
        given = numbers.at(text, start, nouns=False) or (numbers.at(text, token.start, nouns=False) if start != token.start else None)
        if given is None or (not any(c.isdigit() for c in text[given.start : given.end]) and not _spelled(found[i:], given, text)):
            continue
        places = {p for p, t in enumerate(found) if t.start < given.end and given.start < t.end}
        digits = [p for p in places if found[p].surface[:1].isdigit()]
        if any(a <= p < b for p in digits for a, b in names) and not frame.answer_type:
            continue
        inner = _inner(text[given.start : given.end])
        if inner is None:
            continue
        wish.asked, wish.words, wish.relation = given, inner, given.relation
        wish.used |= places
        _comparative(found, min(places), wish, v)
        return True
    return False


def _spelled(rest: Sequence[Token], given: Found, text: str) -> bool:
    """Whether a number in words is meant as one: *for five people*, never the *one* of *which one*."""
    spelled = [t for t in rest if t.start < given.end and t.word in numbers.reader().data.words.one_of]
    return bool(spelled) and spelled[0].word != "one" and given.end < len(text.rstrip(" ?!."))


def _inner(phrase: str) -> str | None:
    """The quantity itself within the words that bound it, as the claim quotes it; None where it does not stand alone."""
    for match in re.finditer(r"(?<![^\W_])", phrase):
        rest = phrase[match.start() :]
        for end in range(len(rest), 0, -1):
            if rest[end - 1].isspace():
                continue
            found = numbers.asked_for(rest[:end])
            if found is not None and found.relation in ("equal", "between") and "'" not in rest[:end]:
                return rest[:end]
            if not rest[:end].strip():
                break
    return None


def _comparative(found: Sequence[Token], place: int, wish: _Wish, v: _Vocabulary) -> None:
    """*cheaper than 20*, *more expensive than 20*: the scale and the side of it."""
    if place < 2 or found[place - 1].word != "than" or wish.relation != "equal":
        return
    word = found[place - 2].word
    if word in v.more:
        wish.toward, wish.used = v.more[word], wish.used | {place - 1, place - 2}
    elif word in v.plain and place >= 3 and found[place - 3].word in ("more", "less"):
        flip = found[place - 3].word == "less"
        wish.toward = [(s, _other(p) if flip else p) for s, p in v.plain[word]]
        wish.used |= {place - 1, place - 2, place - 3}


# ---------------------------------------------------------------- series


@dataclass(slots=True)
class _Series:
    """A row or column of a table, read as quantities, with whose they are."""

    table: Table
    cells: list[Fact]
    holders: list[Quote | None]
    header: Quote
    column: Column
    along: bool  # on the axis that the table itself says holds the attributes


def _series(table: Table, view: View) -> list[_Series]:
    """Everything in a table that reads as numbers, columns and rows alike."""
    found = []
    cells = view.cells(table.id)
    if len(cells) > 40 * _CELLS:
        return []
    lines: list[tuple[bool, list[Fact]]] = []
    first = 1 if table.entities == "columns" else 0  # what the first column of attributes says is no number of a thing
    lines.extend((True, [c for c in cells if c.column == number]) for number in range(first, len(table.columns)))
    lines.extend((False, [c for c in cells if c.row == number and c.column]) for number in range(len(table.rows)))
    for vertical, line in lines:
        if not 2 <= len(line) <= _CELLS:
            continue
        places = {(c.span.start, c.span.end) for c in line}
        if len(places) < len(line):
            continue  # a merged cell belongs to several: what is counted would not be what stands there
        header = fact_label(line[0], "column" if vertical else "row")
        if header is None:
            continue
        read = numbers.column(header.text, [c.value for c in line])
        if read is None:
            continue
        if vertical and line[0].column == 0:
            holders: list[Quote | None] = [_beside(c, cells) for c in line]
        else:
            holders = [fact_label(c, "row" if vertical else "column") for c in line]
        found.append(_Series(table, line, holders, header, read, vertical == (table.entities == "rows")))
    return found


def _beside(fact: Fact, cells: Sequence[Fact]) -> Quote | None:
    """What a range in the first column leads to: the cell right beside it."""
    beside = next((c for c in cells if c.row == fact.row and c.column == 1), None)
    return value(beside) if beside is not None else None


@dataclass(slots=True)
class _Match:
    """A series that answers, and how well it is tied to the question."""

    series: _Series
    direction: Direction
    strength: float
    keep: list[int]  # places of the cells a condition leaves
    because: list[Quote] = field(default_factory=list)


def _match(wish: _Wish, series: _Series, frame: Frame, found: Sequence[Token], *, subject: frozenset[str]) -> _Match | None:
    """How a series fits what is wanted; None when a word of the question is left over or nothing ties the two."""
    v = _vocabulary()
    column = series.column
    if wish.asked is not None and wish.mode in ("range", "lookup") and numbers.converted(wish.asked.readings, column) is None:
        return None
    header = column.header | ({column.noun} if column.noun else set())
    direct, inverse = _scales_of(column, v)
    strength = 0.0
    pole = wish.pole
    if wish.mode in ("top", "sort") and wish.scales:
        chosen = [(s, p) for s, p in wish.scales if s in direct] or [(s, _other(p)) for s, p in wish.scales if s in inverse]
        if chosen:
            pole = chosen[0][1]
            strength += 2.0 if chosen[0][0] in _named(column, v) else 1.0
        elif wish.pole is None:
            return None
    toward: Pole | None = None
    if wish.toward:
        chosen = [(s, p) for s, p in wish.toward if s in direct] or [(s, _other(p)) for s, p in wish.toward if s in inverse]
        if not chosen:
            return None
        toward = chosen[0][1]
        strength += 2.0
    nouns: frozenset[str] = frozenset().union(*(v.scales[s].nouns for s in direct), *(v.scales[s].inverse_nouns for s in inverse))
    loose: list[int] = []
    in_header = in_subject = 0
    for place in _content(found, frame):
        if place in wish.used:
            continue
        stemmed = found[place].stem
        if stemmed in header:
            in_header += 1
        elif stemmed in nouns:
            strength += 0.75
        elif stemmed in subject:
            in_subject += 1
        elif stemmed not in v.free:
            loose.append(place)
    strength += 1.5 * in_header
    if wish.asked is not None and any(q.dimension and q.dimension == column.dimension for q in wish.asked.readings):
        strength += 1.0
    if loose or strength <= 0:
        return None
    direction: Direction = "descending" if pole == "high" else "ascending"
    if pole is None and wish.mode == "sort" and re.search(r"\brank", wish.text.lower()) and not (direct & {"price"} or "speed" in inverse):
        direction = "descending"
    if toward is not None:
        wish.relation = "above" if toward == "high" else "below"
    strength += 0.5 * in_subject + (0.25 if series.along else 0.0) + 0.25 * in_header / max(1, len(column.header))
    return _Match(series, direction, strength, column.known)


def _content(found: Sequence[Token], frame: Frame) -> Iterator[int]:
    """Places of the words that have to be accounted for: names, and all that is no function word."""
    tied = {p for t in frame.ties for p in range(t.start, t.end)}
    asking = language().frame_words(frame.kind)
    for place, token in enumerate(found):
        if (not token.function and token.stem not in asking) or (place in tied and place in frame.content):
            yield place


def _named(column: Column, v: _Vocabulary) -> set[str]:
    """Scales that a header names with a word of its own."""
    return {s.id for s in v.scales.values() if column.header & (s.nouns | s.inverse_nouns)}


def _scales_of(column: Column, v: _Vocabulary) -> tuple[set[str], set[str]]:
    """Scales a column stands on, and those it stands on the other way round; a header that names scales leaves no others."""
    direct = {s.id for s in v.scales.values() if column.header & s.nouns}
    inverse = {s.id for s in v.scales.values() if column.header & s.inverse_nouns}
    if not direct and not inverse:
        base = column.dimension.split("/")[0] if column.dimension.split("/")[0] in numbers.reader().money else column.dimension
        direct = {s.id for s in v.scales.values() if base in s.dimensions}
        inverse = {s.id for s in v.scales.values() if base in s.inverse_dimensions}
    return direct, inverse - direct


# ---------------------------------------------------------------- the answer


def answer(frame: Frame, evidence: Evidence, view: View) -> Finding | None:
    """The finding a series of numbers gives for the question; None when it asks for none, or none fits."""
    found = tokens(frame.text)
    wish = _wish(frame, found, frame.text)
    if wish is None or frame.kind in ("why", "compare", "overlap", "yesno", "howto") or frame.negated:
        return None
    if any(p.search(frame.text.lower()) for p in _vocabulary().aggregate):
        return None
    best: tuple[float, int, _Match] | None = None
    for order, table in enumerate(_tables(wish, evidence, view)):
        subject = _subject(table, view)
        matches = [m for s in _series(table, view) if (m := _match(wish, s, frame, found, subject=subject)) is not None]
        if not matches:
            continue
        matches.sort(key=lambda m: (-m.strength, m.series.cells[0].id))
        if wish.mode in ("range", "lookup") and len(matches) > 1 and matches[0].strength == matches[1].strength:
            continue  # two columns fit equally well: which one is meant cannot be told
        if best is None or matches[0].strength > best[0]:
            best = (matches[0].strength, order, matches[0])
    return _found(wish, best[2], frame, evidence) if best is not None else None


def _tables(wish: _Wish, evidence: Evidence, view: View) -> Iterator[Table]:
    """Tables that may hold the series, nearest first; those a header of the scale's own name leads to come last."""
    seen: dict[int, None] = {}
    for candidate in evidence.candidates:
        if candidate.fact.table is not None:
            seen.setdefault(candidate.fact.table)
    for scale in numbers.reader().data.scale:
        if scale.id in {s for s, _ in (*wish.scales, *wish.toward)}:
            for noun in (*scale.nouns.split(), *scale.inverse_nouns.split()):
                for entry in view.entries(key(noun))[:40]:
                    if entry.fact is not None and entry.role in ("column", "row") and (table := view.fact(entry.fact).table) is not None:
                        seen.setdefault(table)
    for number in list(seen)[:_TABLES]:
        yield view.table(number)


def _subject(table: Table, view: View) -> frozenset[str]:
    """Stems that say what a table is about: the header of its first column, its caption, the headings above, the file's name."""
    path = [bare_heading(h) for h in view.section(table.section).path]
    document = view.section(table.section).document.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    first = table.columns[0] if table.columns else ""
    return view.stems_of(" ".join((first, table.caption, *path, document.replace("-", " ").replace("_", " "))))


def _found(wish: _Wish, match: _Match, frame: Frame, evidence: Evidence) -> Finding | None:
    if wish.mode in ("top", "sort"):
        return _extreme(wish, match, evidence)
    return _within(wish, match, frame, evidence)


def _extreme(wish: _Wish, match: _Match, evidence: Evidence) -> Finding | None:
    series, column = match.series, match.series.column
    values: list[Quantity | None] = [q if i in match.keep else None for i, q in enumerate(column.values)]
    order = numbers.ordered(values, match.direction)
    if len(order) < 2 or numbers.undecided(q for q in values if q is not None):
        return None
    first = len(order) if wish.mode == "sort" or wish.most == 0 else numbers.leading(values, order, match.direction, wish.most)
    claim = numbers.order_claim(series.header.text, [series.cells[i].value for i in order], match.direction, first)
    if claim is None:
        return None
    shown = order[: min(first, _SHOWN)]
    slots = _slots(series, shown, order, column) | {"high": match.direction == "descending", "date": column.dimension == "date"}
    slots["left"] = first - len(shown)
    shape = "number_order" if wish.mode == "sort" or wish.most > 1 else "number_top"
    return _finding(shape, slots, series, shown, evidence, claim, order)


def _within(wish: _Wish, match: _Match, frame: Frame, evidence: Evidence) -> Finding | None:
    series, column = match.series, match.series.column
    if wish.asked is None:
        return None
    asked = numbers.asked_for(wish.words)
    wanted = numbers.converted(asked.readings, column) if asked is not None else None
    if wanted is None:
        return None
    relation: Relation = "serves" if wish.mode == "lookup" else wish.relation
    told = {i: numbers.holds(q, relation, wanted, column.sense) for i, q in enumerate(column.values) if q is not None and i in match.keep}
    if any(verdict is None for verdict in told.values()) or not told:
        return None
    near: Direction = (
        "descending" if relation in ("below", "at_most") or (relation == "serves" and column.sense == "lower") else "ascending"
    )
    order = numbers.ordered([q if i in told else None for i, q in enumerate(column.values)], near)
    inside = [i for i in order if told[i]]
    outside = [i for i in order if not told[i]]
    if not inside:
        if wish.mode == "lookup":
            return None
        return _none(wish, match, evidence)
    claim = numbers.range_claim(series.header.text, [series.cells[i].value for i in (*inside, *outside)], relation, wish.words, len(inside))
    if claim is None:
        return None
    shown = inside[:_SHOWN]
    slots = _slots(series, shown, [*inside, *outside], column)
    slots["left"] = len(inside) - len(shown)
    shape = "number_range"
    if frame.kind == "count":
        slots["number"] = Figure(len(inside), tuple(value(series.cells[i]) for i in inside))
        shape = "number_count"
    return _finding(shape, slots, series, shown, evidence, claim, [*inside, *outside])


def _none(wish: _Wish, match: _Match, evidence: Evidence) -> Finding | None:
    """No cell stands in the relation: the one that comes nearest shows it."""
    series, column = match.series, match.series.column
    direction: Direction = "ascending" if wish.relation in ("below", "at_most") else "descending"
    order = numbers.ordered(column.values, direction)
    claim = numbers.range_claim(series.header.text, [series.cells[i].value for i in order], wish.relation, wish.words, 0)
    if claim is None or wish.relation in ("between", "equal"):
        return None
    slots = _slots(series, order[:1], order, column) | {"high": direction == "descending", "date": column.dimension == "date"}
    return _finding("number_none", slots, series, order[:1], evidence, claim, order)


def _slots(series: _Series, shown: Sequence[int], compared: Sequence[int], column: Column) -> dict[str, object]:
    lines = [{"holder": series.holders[i], "value": value(series.cells[i])} for i in shown]
    unread = [{"holder": series.holders[i], "value": value(series.cells[i])} for i in column.unread]
    return {
        "attribute": series.header,
        "lines": lines,
        "compared": Figure(len(compared), tuple(value(series.cells[i]) for i in compared)),
        "unread": unread[:3],
    }


def _finding(
    shape: str, slots: dict[str, object], series: _Series, shown: Iterable[int], evidence: Evidence, claim: str, order: Sequence[int]
) -> Finding:
    known = {c.fact.id: c for c in evidence.candidates}
    deciding = [known.get(series.cells[i].id) or Candidate(series.cells[i], cover=1.0, exact=1, score=1.0) for i in shown]
    proof = Claim("order", claim, (series.header, *(value(series.cells[i]) for i in order)))
    return Finding(shape, slots, deciding, True, claims=(proof,), computed=True)


__all__ = ["answer", "ranks"]
