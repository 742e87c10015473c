"""From a frame to evidence: the facts that may carry the answer, each with every raw score.

Two channels propose (vectors, words), names add what is filed under them; then each fact is scored on its
own: how much of the question's information stands at the fact and where, how near it is in meaning.
No ranks are fused; every score keeps its scale and can be shown.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from typing import TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict

from assistant.frame import Frame
from assistant.language import checked, language, load_data
from assistant.question import tokens
from assistant.view import View
from corpus.chunking import bare_heading
from corpus.models import Chunk, Fact
from corpus.words import key
from index import ReadText

_SOFT = 0.35  # weight of a word that only holds the question together, against one of its subject
_DENSE_K = 60
_WORDS_K = 60
_WORDS_WEIGHED = 1000  # chunks among which the BM25 of a fact that was not gathered is looked up
_FILED_K = 40  # facts taken per name from what is filed under it
_TOLD = frozenset({"sentence", "item"})
_NAMING = frozenset({"label", "heading"})  # where a word of the same class says what stands there (*downsides* of `Challenges`)
_SAYS_LITTLE = {"sentence": 3, "item": 1}  # content words; a text with fewer of its own repeats its heading or the question
_NEAR_USUAL = 0.5  # nearness of a fair match: adds nothing to a score
_ARTICLE = re.compile(r"^(?:an?|the)\s+", re.I)
_OPENING = 5  # words among which the name stands that a sentence begins with
_COMPANY = 3  # facts of a section or document by which it is judged
_TOKENS_K = 150  # candidates that are compared token by token
_CHUNK_SHARE = {"fact": 1.0, "row": 0.97, "list": 0.95, "passage": 0.9}  # a larger chunk says less of each of its facts


class _Weights(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    credit: dict[str, float]
    weights: dict[str, float]
    thresholds: dict[str, float]


def load_weights() -> _Weights:
    """Weights and thresholds of the judge, from `answers/judge.toml`.

    Raises:
        BadAnswerData: the file is damaged.
    """
    return checked(_Weights, "judge.toml", load_data("judge.toml"))


@dataclass(slots=True)
class Candidate:
    """A fact that may carry the answer, with its raw scores."""

    fact: Fact
    dense: float = 0.0  # cosine to the question, -1..1
    words: float = 0.0  # BM25 of its best chunk
    cover: float = 0.0  # share of the question's information found at the fact, 0..1
    where: dict[int, str] = field(default_factory=dict)  # token place -> field it was found in
    headed: bool = False  # stands right under a heading that is exactly a name in the question
    exact: int = 0  # names of the question that are a label or name of the fact
    precise: float = 0.0  # share of the fact's labels the question asked for, 0..1
    headings: tuple[str, ...] = ()  # above the fact, outermost first
    near: float = 0.0  # nearness to the question token by token, about 0..1
    typed: bool = False  # holds the type of answer asked for
    new: int = 0  # content words it says beside those of the question and of its headings
    passage: float = 0.0  # cosine of the question and the passage it stands in, -1..1; 0 where it stands in none
    section: float = 0.0  # mean score of the best facts of its section, before this and the next are added
    page: float = 0.0  # the same of its document
    opens: bool = False  # begins with a name in the question: it says something of just that
    suits: bool = False  # stands under a heading of the sort that the form of the question wants (*when should I …*, `When to use`)
    opposite: bool = False  # stands under the opposite of what is asked for (*drawbacks*, under `Advantages`)
    unnamed: float = 0.0  # share of the question in names, typed as such, that the fact does not hold, 0..1
    score: float = 0.0

    def found(self, *fields: str) -> list[int]:
        """Places of the content tokens found in any of the fields."""
        return [p for p, w in self.where.items() if w in fields]


_LINK = re.compile(r"!?\[([^\]\n]*)\](?:\([^)\n]*\)|\[[^\]\n]*\])")
_LINKED = 0.5  # share of a text that is the words of links from which it only points


def _points_elsewhere(fact: Fact) -> bool:
    """Whether a text only points to where the answer is: an entry of a table of contents, or mostly the words of links."""
    if fact.kind == "pair" and fact.raw.lstrip("*_").startswith("["):
        return True
    if fact.kind not in ("item", "pair", "sentence") or ("](" not in fact.raw and "][" not in fact.raw):
        return False
    linked = sum(len(m[1]) for m in _LINK.finditer(fact.raw))
    return linked >= _LINKED * len(fact.value)


@dataclass(frozen=True, slots=True)
class Company:
    """How good the best facts of each section and document are: one fact that fits by chance has no good neighbours."""

    sections: Mapping[int, float]
    pages: Mapping[str, float]

    @classmethod
    def of(cls, candidates: Sequence[Candidate]) -> Company:
        """Means of the scores of the best few; a section with fewer facts than that counts as having bad ones."""
        return cls(
            _best_few((c.fact.section, c.score) for c in candidates),
            _best_few((c.fact.document, c.score) for c in candidates),
        )


@dataclass(frozen=True, slots=True)
class Held:
    """What a fact holds whatever is asked: read once, compared with every question."""

    headings: tuple[str, ...]  # above it, outermost first
    fields: tuple[tuple[str, frozenset[str]], ...]  # name and stems of each place a word of the question may be found in, nearest first
    names: frozenset[str]  # keys of its labels and names
    labels: tuple[str, ...]  # stems of its own labels, repeats and all
    classes: frozenset[str]  # of the words of the heading, lead-in or label it stands under
    own: frozenset[str]  # stems it says beside those of its heading; of what tells something, else none
    opening: str  # key of its first words; of a sentence, else ""
    asks: bool  # ends in a question mark
    leads: bool  # ends in a colon: what it says follows
    points: bool  # only points to where the answer is

    @classmethod
    def of(cls, fact: Fact, view: View) -> Held:
        own = [x.text for x in fact.labels if x.role in ("row", "column", "label")]
        over = [x.text for x in fact.labels if x.role in ("lead", "parent")]
        path = [bare_heading(p) for p in view.path(fact)]
        fields = [
            ("label", frozenset[str]().union(*(view.stems_of(x) for x in own))),
            ("value", view.stems_of(fact.value)),
            ("heading", view.stems_of(path[-1]) if path else frozenset[str]()),
            ("above", frozenset[str]().union(*(view.stems_of(x) for x in (*over, *path[:-1])))),
        ]
        if fact.table is not None:
            first = view.table(fact.table).columns[0]
            fields.append(("row", view.stems_of(first).union(*(view.stems_of(c.value) for c in view.row(fact)))))
        elif fact.group is not None and fact.kind == "sentence":  # the items of a list are about different things
            beside = (f for f in view.group(fact) if abs(f.position - fact.position) == 1)
            fields.append(("near", frozenset[str]().union(*(view.stems_of(f.value) for f in beside))))
        fields.append(("document", view.stems_of(view.shown_path(fact.document))))
        said = view.content_of(fact.value) - view.stems_of(" ".join(view.path(fact)[-1:])) if fact.kind in _TOLD else frozenset[str]()
        return cls(
            headings=tuple(path),
            fields=tuple(fields),
            names=frozenset((*(key(x) for x in own), *(key(n) for n in fact.names))),
            labels=tuple(s for x in own for s in view.stems_of(x)),
            classes=language().classes_in(" ".join((*own, *over, *path[-1:]))),
            own=said,
            opening=key(" ".join(_ARTICLE.sub("", fact.value).split()[:_OPENING])) if fact.kind == "sentence" else "",
            asks=fact.value.rstrip().endswith("?"),
            leads=fact.value.rstrip().endswith(":"),
            points=_points_elsewhere(fact),
        )


@dataclass(frozen=True, slots=True)
class _Sought:
    """What facts are looked through for: the parts of a frame that are the same for each of them."""

    worth: Mapping[int, float]
    stems: Mapping[int, str]  # of each content word
    akin: Mapping[int, frozenset[str]]  # stems of words of the same class, of each content word that has one
    wanted: frozenset[str]  # classes of heading that the form of the question wants
    classes: frozenset[str]  # opposite to those of the content words
    keys: frozenset[str]  # of the names
    written: Mapping[int, frozenset[str]]  # stems of the knowledge base's own writing of the name a word belongs to
    sections: frozenset[int]  # whose heading is exactly one of the names
    proper: tuple[int, ...]  # places of what is typed as a name, and not denied
    asked: frozenset[str]  # stems of the content words
    said: frozenset[str]  # stems of all words
    found: frozenset[str]  # stems of which a field has to hold one, that any content word is found in it

    @classmethod
    def of(cls, frame: Frame, worth: Mapping[int, float], view: View) -> _Sought:
        keys = frozenset(t.key for t in frame.content_ties())
        stems = {p: frame.tokens[p].stem for p in worth}
        akin = {p: others for p in worth if (others := language().akin(frame.tokens[p].word))}
        written = {p: view.stems_of(t.name) for t in frame.ties for p in range(t.start, t.end)}
        return cls(
            worth=worth,
            stems=stems,
            akin=akin,
            wanted=language().wanted(frame.text),
            classes=language().opposites(" ".join(frame.tokens[p].word for p in worth)),
            keys=keys,
            written=written,
            sections=frozenset(s for t in frame.ties if t.key in keys for s in t.sections),
            proper=tuple(p for p in frame.proper() if p not in frame.denied),
            asked=frozenset(stems.values()),
            said=frozenset(t.stem for t in frame.tokens),
            found=frozenset(stems.values()).union(*akin.values(), *written.values()),
        )


PlaceT = TypeVar("PlaceT", int, str)


def _best_few(scores: Iterable[tuple[PlaceT, float]]) -> dict[PlaceT, float]:
    found: dict[PlaceT, list[float]] = {}
    for place, score in scores:
        found.setdefault(place, []).append(score)
    return {place: sum(sorted(told, reverse=True)[:_COMPANY]) / _COMPANY for place, told in found.items()}


@dataclass(slots=True)
class Evidence:
    """All candidates of a question, best first, and what each content word is worth."""

    candidates: list[Candidate]
    worth: dict[int, float]  # token place -> information content, sums to 1
    read: ReadText  # the question, as it is compared
    chunks: list[tuple[Chunk, float]]  # best chunks by meaning, best first
    frame: Frame
    view: View
    company: Company = field(default_factory=lambda: Company({}, {}))
    _kept: dict[str, float] = field(default_factory=dict)  # what was computed on demand

    @property
    def vector(self) -> np.ndarray:
        """The question's, unit length."""
        return self.read.vector

    def contrast(self) -> float:
        """How much nearer the question is to the knowledge base than to what people talk about elsewhere, in cosine."""
        if "contrast" not in self._kept:
            nearest = self.chunks[0][1] if self.chunks else 0.0
            self._kept["contrast"] = nearest - self.view.elsewhere(self.vector)
        return self._kept["contrast"]

    def without(self, places: tuple[int, ...]) -> float:
        """Cosine of the question and the same without some of its words: near 1 when they carry nothing of its meaning."""
        name = " ".join(str(p) for p in places)
        if name not in self._kept:
            text = self.frame.text
            for place in sorted(places, reverse=True):
                token = self.frame.tokens[place]
                text = text[: token.start] + text[token.end :]
            self._kept[name] = float(self.view.retriever.encode([canonical(" ".join(text.split()))])[0] @ self.vector)
        return self._kept[name]

    def tables(self, within: int, most: int) -> list[int]:
        """The tables that the first so many candidates stand in, each once and so many of them, in the order of the evidence."""
        numbers = (c.fact.table for c in self.candidates[:within])
        return list(dict.fromkeys(n for n in numbers if n is not None))[:most]

    def best(self) -> Candidate | None:
        """The strongest candidate."""
        return self.candidates[0] if self.candidates else None


def points(candidate: Candidate, weights: Mapping[str, float]) -> dict[str, float]:
    """What each raw score gives, in points; their sum is the candidate's score."""
    fact = candidate.fact
    little = candidate.new < _SAYS_LITTLE.get(fact.kind, 0) and not fact.value.rstrip().endswith(":")
    return {
        "cover": weights["cover"] * candidate.cover,
        "dense": weights["dense"] * candidate.dense,
        "exact": weights["exact"] * min(candidate.exact, 2),
        "headed": weights["headed"] * candidate.headed,
        "asks": -weights["asks"] * fact.value.rstrip().endswith("?"),
        "points": -weights["points"] * _points_elsewhere(fact),
        "says_little": -weights["says_little"] * little,
        "cell": weights["cell"] * (fact.kind == "cell" and bool(fact.column)),
        "precise": weights["precise"] * candidate.precise,
        "answer_type": weights["answer_type"] * candidate.typed,
        "near": weights["near"] * (candidate.near - _NEAR_USUAL) if candidate.near else 0.0,  # only the best are read token by token
        "opens": weights["opens"] * candidate.opens,
        "unnamed": -weights["unnamed"] * candidate.unnamed,
        "opposite": -weights["opposite"] * candidate.opposite,
        "suits": weights["suits"] * candidate.suits,
        "passage": weights["passage"] * candidate.passage,
        "section": weights["section"] * candidate.section,
        "page": weights["page"] * candidate.page,
    }


def canonical(text: str) -> str:
    """A question as it is encoded: with one closing mark, whatever it was typed with."""
    return text.rstrip(" ?!.,;:") + "?"


def _weights(read: ReadText, function_word: float) -> np.ndarray:
    """How much each token of a question counts where texts are compared token by token: signs not at all, frame words less."""
    placed = tokens(read.text)
    weights = np.zeros(len(read.spans), dtype=np.float32)
    for i, (start, end) in enumerate(read.spans):
        word = next((t for t in placed if t.start < end and start < t.end), None)
        weights[i] = 0.0 if word is None else (function_word if word.function else 1.0)
    return weights


class Gatherer:
    """Gathers evidence from one generation."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.data = load_weights()
        self.total = max(1, view.store.counts("facts")["facts"])
        self._last: tuple[tuple[object, ...], Evidence] | None = None  # what the last question was looked for with, and what was found
        self.held = lru_cache(maxsize=20_000)(lambda fact: Held.of(view.fact(fact), view))

    def worth(self, frame: Frame) -> dict[int, float]:
        """Information content of each content token, summing to 1: rare words weigh more, repeats count once."""
        raw: dict[int, float] = {}
        seen: set[str] = set()
        for place in frame.content:
            token = frame.tokens[place]
            if token.stem in seen:
                continue
            seen.add(token.stem)
            frequency = self.view.frequency(token.stem)
            value = math.log(1 + self.total / (frequency + 0.5))
            raw[place] = value * (_SOFT if token.function or place in frame.soft else 1.0)
        total = sum(raw.values()) or 1.0
        return {p: v / total for p, v in raw.items()}

    def gather(self, frame: Frame) -> Evidence:
        """Propose and score candidates; best first, ties by id.

        What was gathered last is kept: a question that is ranked and then answered is looked up once.
        """
        sought = (frame.told or frame.text, frame.tokens, frame.ties, frame.content, frame.soft, frame.denied, frame.answer_pattern)
        last = self._last
        if last is None or last[0] != sought:
            last = self._last = (sought, self._gathered(frame))  # set at once, so that threads can at worst gather twice
        return replace(last[1], frame=frame, candidates=list(last[1].candidates), chunks=list(last[1].chunks), _kept={})

    def _gathered(self, frame: Frame) -> Evidence:
        retriever = self.view.retriever
        asked = retriever.read(canonical(frame.told or frame.text))
        vector = asked.vector
        worth = self.worth(frame)
        dense = retriever.search_dense(vector, _DENSE_K)
        terms = [(frame.tokens[p].stem, 1.0) for p in worth]
        by_words = retriever.search_words(terms, _WORDS_K) if terms else []
        cosine = dict(dense)
        bm25 = dict(by_words)
        facts: dict[int, None] = {}
        hit_chunks = self.view.store.chunks([*cosine, *(c for c in bm25 if c not in cosine)])
        for chunk in hit_chunks:
            for fact in chunk.facts[:40] if chunk.kind != "passage" else chunk.facts[:12]:
                facts[fact] = None
        for tie in frame.content_ties():
            facts |= dict.fromkeys(islice((e.fact for e in tie.entries if e.fact is not None), _FILED_K))
        candidates = self.score(frame, worth, asked, list(facts), bm25)
        company = Company.of(candidates)
        self._in_company(candidates, company)
        best = sorted((c for c in hit_chunks if c.id in cosine), key=lambda c: (-cosine[c.id], c.id))
        return Evidence(candidates, worth, asked, [(c, cosine[c.id]) for c in best], frame, self.view, company)

    def weigh(self, evidence: Evidence, facts: Sequence[int]) -> list[Candidate]:
        """Score facts that were not gathered as if they had been; best first, ties by id. To explain, never to answer."""
        frame = evidence.frame
        terms = [(frame.tokens[p].stem, 1.0) for p in evidence.worth]
        bm25 = dict(self.view.retriever.search_words(terms, _WORDS_WEIGHED)) if terms else {}
        weighed = self.score(frame, evidence.worth, self.view.retriever.read(canonical(frame.told or frame.text)), facts, bm25)
        alone, gathered = Company.of(weighed), evidence.company
        self._in_company(weighed, Company({**alone.sections, **gathered.sections}, {**alone.pages, **gathered.pages}))
        return weighed

    def _in_company(self, candidates: list[Candidate], company: Company) -> None:
        """Add what the section, the document and the passage of each fact give, and put the candidates in their new order."""
        weights = self.data.weights
        for candidate in candidates:
            candidate.section = company.sections[candidate.fact.section]
            candidate.page = company.pages[candidate.fact.document]
            candidate.score += (
                weights["passage"] * candidate.passage + weights["section"] * candidate.section + weights["page"] * candidate.page
            )
        read, rest = candidates[:_TOKENS_K], candidates[_TOKENS_K:]  # the rest was not read so closely: it stays behind
        for part in (read, rest):
            part.sort(key=lambda c: (-round(c.score, 6), c.fact.id))
        candidates[:] = [*read, *rest]

    def score(self, frame: Frame, worth: dict[int, float], read: ReadText, facts: Sequence[int], bm25: dict[int, float]) -> list[Candidate]:
        """Score facts against a frame; best first, ties by id."""
        store = self.view.store
        loaded = [f for f in store.facts(facts) if f.kind != "heading"]
        chunk_ids = store.chunks_of_facts(f.id for f in loaded)
        distinct = sorted({c for ids in chunk_ids.values() for c in ids})
        kinds = store.chunk_kinds(distinct)
        similar = dict(zip(distinct, self.view.retriever.similarity(read.vector, distinct).tolist(), strict=True)) if distinct else {}
        near = {c: similar[c] * _CHUNK_SHARE[kinds[c]] for c in distinct}
        passages = {c: similar[c] for c in distinct if kinds[c] == "passage"}
        sought = _Sought.of(frame, worth, self.view)
        w = self.data.weights
        candidates = []
        for fact in loaded:
            candidate, held = Candidate(fact), self.held(fact.id)
            ids = chunk_ids[fact.id]
            candidate.dense = max(map(near.__getitem__, ids), default=0.0)
            candidate.passage = max([passages[c] for c in ids if c in passages], default=0.0)
            candidate.words = max([bm25[c] for c in ids if c in bm25], default=0.0)
            self._cover(candidate, held, sought)
            if fact.kind in _TOLD:
                candidate.new = len(held.own - sought.said)
            if fact.kind == "sentence":
                candidate.opens = any(held.opening.startswith(k) for k in sought.keys)
            candidate.typed = bool(frame.answer_pattern and frame.answer_pattern.search(fact.value))
            candidate.score = (  # `points`, written out: this is done for hundreds of facts a question
                w["cover"] * candidate.cover
                + w["dense"] * candidate.dense
                + w["exact"] * min(candidate.exact, 2)
                + w["headed"] * candidate.headed
                - w["asks"] * held.asks
                - w["points"] * held.points
                - w["says_little"] * (candidate.new < _SAYS_LITTLE.get(fact.kind, 0) and not held.leads)
                + w["cell"] * (fact.kind == "cell" and bool(fact.column))
                + w["precise"] * candidate.precise
                + w["answer_type"] * candidate.typed
                + w["opens"] * candidate.opens
                - w["unnamed"] * candidate.unnamed
                - w["opposite"] * candidate.opposite
                + w["suits"] * candidate.suits
            )
            candidates.append(candidate)
        candidates.sort(key=lambda c: (-round(c.score, 6), c.fact.id))
        self._by_tokens(candidates, read, chunk_ids, kinds)
        return candidates

    def _by_tokens(
        self, candidates: list[Candidate], read: ReadText, chunk_ids: Mapping[int, Sequence[int]], kinds: Mapping[int, str]
    ) -> None:
        """Score the best candidates token by token as well, and put them in their new order; the others keep theirs, behind."""
        best = candidates[:_TOKENS_K]
        own = [next((i for i in chunk_ids[c.fact.id] if kinds[i] == "fact"), None) for c in best]
        found = self.view.retriever.nearness(read, _weights(read, self.data.weights["function_word"]), [i for i in own if i is not None])
        if found is None:
            return
        near, least = iter(found.tolist()), float(found.min(initial=1.0))
        for candidate, chunk in zip(best, own, strict=True):
            candidate.near = next(near) if chunk is not None else least
            candidate.score += self.data.weights["near"] * (candidate.near - _NEAR_USUAL)
        best.sort(key=lambda c: (-round(c.score, 6), c.fact.id))
        candidates[: len(best)] = best

    def _cover(self, candidate: Candidate, held: Held, sought: _Sought) -> None:
        credit = self.data.credit
        candidate.headings = held.headings
        cover = 0.0
        where = candidate.where
        fields = [(name, stems) for name, stems in held.fields if not stems.isdisjoint(sought.found)]
        for place, share in sought.worth.items():
            stem = sought.stems[place]
            # A name written apart or by an alias is found where the knowledge base's own writing of it is found.
            written, akin = sought.written.get(place), sought.akin.get(place)
            for name, stems in fields:
                if stem in stems or (written and written <= stems):
                    where[place] = name
                    cover += share * credit[name]
                    break
                if akin and name in _NAMING and not akin.isdisjoint(stems):
                    where[place] = name
                    cover += share * credit[name] * credit["akin"]
                    break
        candidate.cover = min(1.0, cover)
        candidate.suits = not sought.wanted.isdisjoint(held.classes)
        candidate.opposite = not sought.classes.isdisjoint(held.classes)
        candidate.exact = len(sought.keys & held.names)
        candidate.headed = bool(held.headings) and candidate.fact.section in sought.sections
        if sought.proper:
            candidate.unnamed = sum([sought.worth.get(p, 0.0) for p in sought.proper if p not in where])
        candidate.precise = sum([s in sought.asked for s in held.labels]) / len(held.labels) if held.labels else 0.0
