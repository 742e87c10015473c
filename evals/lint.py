"""Check the cases against the knowledge base they are about, without asking anything.

Finds what makes a suite lie: places that do not exist, expected words that do not stand there, questions asked twice,
too few questions without an answer. Needs the documents, not the index and not the model.
"""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import get_args

from assistant.models import Status
from corpus.models import Corpus, Section
from corpus.settings import CorpusSettings
from evals.loader import Fault
from evals.matching import compile_text, heading_labels, is_pattern, label, leads_through, normalise
from evals.models import ANSWERS, Case, Expectation, FrameExpectation, Reference, Suite

_MARKUP = re.compile(r"[*`]|__|\[([^\]]*)\]\([^)]*\)|[|]")


@dataclass(frozen=True, slots=True)
class Places:
    """Where a citation can point, looked up by what people write."""

    texts: dict[str, str]  # document -> its text, markup removed
    sections: dict[str, tuple[tuple[tuple[str, ...], Section], ...]]  # document -> headings on the way as labels, section
    lines: dict[str, list[str]]
    cells: dict[str, tuple[tuple[tuple[str, ...], tuple[str, str]], ...]]  # document -> headings on the way, (row, column), as labels
    found: dict[Reference, str] = field(default_factory=dict)  # texts looked up before: most places are named by many cases

    @classmethod
    def of(cls, corpus: Corpus) -> Places:
        sections: dict[str, list[Section]] = defaultdict(list)
        for section in corpus.sections:
            sections[section.document].append(section)
        cells: dict[str, list[tuple[tuple[str, ...], tuple[str, str]]]] = defaultdict(list)
        for fact in corpus.facts:
            if fact.kind == "cell":
                labels = (label(fact.label("row") or ""), label(fact.label("column") or ""))
                cells[fact.document].append((_labels(corpus.sections[fact.section]), labels))
        return cls(
            texts={document.path: plain(document.text) for document in corpus.documents},
            sections={path: tuple((_labels(section), section) for section in found) for path, found in sections.items()},
            lines={document.path: document.text.splitlines() for document in corpus.documents},
            cells={path: tuple(found) for path, found in cells.items()},
        )

    @classmethod
    def of_folder(cls, kb: Path, settings: CorpusSettings) -> Places:
        """The same of a folder on disk.

        Raises:
            KbError: the folder cannot be used.
        """
        from corpus import parse_corpus
        from corpus.reader import read_folder

        folder = read_folder(kb, settings)
        return cls.of(parse_corpus(folder.documents, skipped=folder.skipped))

    def problem(self, reference: Reference) -> str | None:
        """Why a reference points nowhere, with the nearest that exists; None when it is good."""
        if reference.document not in self.texts:
            return f"there is no file {reference.document!r} in the knowledge base{_nearest(reference.document, self.texts)}"
        wanted = () if reference.heading is None else heading_labels(reference.heading)
        sections = self.sections.get(reference.document, ())
        if wanted and not any(leads_through(way, wanted) for way, _ in sections):
            headings = {heading for _, section in sections for heading in section.path}
            return f"{reference.document} has no heading {reference.heading!r}{_nearest(reference.heading or '', headings)}"
        if reference.names_cell:
            place = reference.heading or reference.document
            there = {cell for way, cell in self.cells.get(reference.document, ()) if leads_through(way, wanted)}
            for name, given, position in (("row", reference.row, 0), ("column", reference.column, 1)):
                known = {cell[position] for cell in there}
                if given is not None and label(given) not in known:
                    return f"no table under {place!r} has a {name} {given!r}{_nearest(label(given), known)}"
            if not any(_fits(reference.row, row) and _fits(reference.column, column) for row, column in there):
                return f"no table under {place!r} has both row {reference.row!r} and column {reference.column!r}"
        return None

    def hold(self, name: str) -> bool:
        """Whether a name stands anywhere in the knowledge base, as whole words."""
        return any(_stands(text, name) for text in self.texts.values())

    def text(self, reference: Reference) -> str:
        """All that stands under the heading referred to, with its headings; the whole file without one."""
        if reference.heading is None:
            return self.texts.get(reference.document, "")
        if reference not in self.found:
            wanted = heading_labels(reference.heading)
            parts: list[str] = []
            for way, section in self.sections.get(reference.document, ()):
                if leads_through(way, wanted):
                    parts += [*section.path, *self.lines[reference.document][section.first_line - 1 : section.last_line_deep]]
            self.found[reference] = plain("\n".join(parts))
        return self.found[reference]


def plain(text: str) -> str:
    """Markdown without its marks, as an answer would say it; table bars become blanks."""
    return normalise(_MARKUP.sub(lambda found: found[1] or (" " if found[0] == "|" else ""), text))


@cache
def _literal(text: str) -> re.Pattern[str]:
    """As `compile_text`; the same words are expected over and over, and compiling them is most of the work."""
    return compile_text(text)


def _stands(source: str, text: str) -> bool:
    """Whether a text that is in one form already (see `plain`) holds an expected literal."""
    return _literal(text).search(source) is not None


def _labels(section: Section) -> tuple[str, ...]:
    return tuple(map(label, section.path))


def _fits(given: str | None, there: str) -> bool:
    return given is None or label(given) == there


def _nearest(given: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(given, sorted(set(known)), n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else ""


def _unsupported(expect: Expectation, said: str, places: Places) -> Iterable[str]:
    """Expected literals that stand neither in a cited place nor in what the user said: no honest answer could hold them."""
    cited = (*expect.cite_any, *expect.cite_all)
    source = " ".join([*(map(places.text, cited) if cited else places.texts.values()), normalise(said)])
    where = "in no cited place" if cited else "nowhere in the knowledge base"
    for text in expect.must:
        if not is_pattern(text) and not _stands(source, text):
            yield f"must {text!r} stands {where}; if it is fixed wording, write it as a /pattern/"
    for group in expect.any:
        if not any(is_pattern(text) or _stands(source, text) for text in group):
            yield f"any of {' | '.join(group)}: none stands {where}"


def _unfit_frame(frame: FrameExpectation, places: Places, kinds: frozenset[str]) -> Iterable[str]:
    """Kinds of question that do not exist, and names that nothing in the knowledge base could be tied to."""
    for kind in frame.kind:
        if kind not in kinds:
            yield f"frame: there is no kind of question {kind!r}{_nearest(kind, kinds)}"
    for key, names in (("mentions", frame.mentions), ("without", frame.without), ("repaired", frame.repaired)):
        for name in names:
            if not places.hold(name):
                yield f"frame: {key}: {name!r} stands nowhere in the knowledge base"
    for name in sorted(set(frame.mentions) & set(frame.without)):
        yield f"frame: {name!r} must be tied and must not"


def kinds_of_question() -> frozenset[str]:
    """What `reading.kind` can be: the kinds the rules know, several questions in one, and the statuses of what is no question."""
    from assistant.language import load_data

    return frozenset(str(kind["id"]) for kind in load_data("kinds.toml")["kind"]) | {"several"} | frozenset(get_args(Status))


def lint_case(case: Case, places: Places, kinds: frozenset[str]) -> list[Fault]:
    """What is wrong with one case; `kinds` are the kinds of question that exist."""
    problems: list[str] = []
    said = ""
    for number, turn in enumerate(case.turns, start=1):
        expect = turn.expect
        said = f"{said} {turn.question}"
        here = f"{case.id}, turn {number}" if len(case.turns) > 1 else case.id
        broken = [problem for reference in (*expect.cite_any, *expect.cite_all) if (problem := places.problem(reference)) is not None]
        problems += [f"{here}: {problem}" for problem in broken]
        problems += [f"{here}: {text!r} must be said and must not" for text in sorted(set(expect.must) & set(expect.must_not))]
        if expect.frame is not None:
            problems += [f"{here}: {problem}" for problem in _unfit_frame(expect.frame, places, kinds)]
        if broken:
            continue
        problems += [f"{here}: {problem}" for problem in _unsupported(expect, said, places)]
        if set(expect.status) <= ANSWERS:
            if not (expect.must or expect.any):
                problems.append(f"{here}: any answer would pass; say what must be in it")
            if not (expect.cite_any or expect.cite_all):
                problems.append(f"{here}: name the place that is to be cited")
    return [Fault(case.file, case.line or 0, problem) for problem in problems]


def lint_suite(suite: Suite, corpus: Corpus) -> list[Fault]:
    """All findings over a parsed knowledge base, in order of file and line."""
    places = Places.of(corpus)
    kinds = kinds_of_question()
    faults = [fault for case in suite.cases for fault in lint_case(case, places, kinds)]
    asked: dict[str, Case] = {}
    for case in suite.cases:
        if len(case.turns) == 1:
            # Case, blanks and punctuation are part of what is tested; only an exact repeat is a mistake.
            question = case.turns[0].question
            if question in asked:
                faults.append(Fault(case.file, case.line or 0, f"{case.id}: asks the same as {asked[question].id} ({question!r})"))
            asked.setdefault(question, case)
    # A must that fails has to be looked at, and what has been looked at is put aside no longer.
    aside = [case for case in suite.cases if case.aside and case.tier == "must"]
    faults += [Fault(case.file, case.line or 0, f"{case.id}: is put aside, so it cannot be of tier must") for case in aside]
    groups: dict[str, list[Case]] = defaultdict(list)
    for case in suite.cases:
        if case.group is not None:
            groups[case.group].append(case)
    alone = [(group, cases[0]) for group, cases in groups.items() if len(cases) == 1]
    faults += [Fault(case.file, case.line or 0, f"{case.id}: is alone in group {group!r}") for group, case in alone]
    faults += _share_of_noes(suite)
    return sorted(faults)


def _share_of_noes(suite: Suite) -> Sequence[Fault]:
    turns = [turn for case in suite.cases for turn in case.turns]
    noes = sum(turn.expect.refuses is True or "corrected" in turn.expect.status for turn in turns)
    if turns and noes / len(turns) < suite.min_unanswerable:
        wanted = f"min_unanswerable asks for {suite.min_unanswerable:.0%}"
        return [Fault("suite.toml", 0, f"{noes} of {len(turns)} questions have no answer; {wanted}")]
    return []


def lint(suite: Suite, kb: Path | None) -> list[Fault]:
    """Read the knowledge base (None: the one the suite names, else the shipped one) and check the suite against it.

    Raises:
        KbError: the folder cannot be used.
    """
    from corpus import parse_corpus
    from corpus.reader import read_folder

    kb = kb or suite.knowledge
    if kb is None:
        import corpus

        kb = Path(corpus.__file__).parent / "knowledge"
    folder = read_folder(kb, CorpusSettings())
    return lint_suite(suite, parse_corpus(folder.documents, skipped=folder.skipped))
