"""Check the cases against the knowledge base they are about, without asking anything.

Finds what makes a suite lie: places that do not exist, expected words that do not stand there, questions asked twice,
too few questions without an answer. Needs the documents, not the index and not the model.
"""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.models import Corpus, Section
from evals.loader import Fault
from evals.matching import holds, is_pattern, label, normalise
from evals.models import ANSWERS, Case, Expectation, Reference, Suite

_MARKUP = re.compile(r"[*`]|__|\[([^\]]*)\]\([^)]*\)|[|]")


@dataclass(frozen=True, slots=True)
class Places:
    """Where a citation can point, looked up by what people write."""

    texts: dict[str, str]  # document -> its text, markup removed
    sections: dict[str, tuple[Section, ...]]
    raw: dict[str, str]
    cells: dict[str, dict[str, frozenset[tuple[str, str]]]]  # document -> heading on the way -> (row, column) labels

    @classmethod
    def of(cls, corpus: Corpus) -> Places:
        sections: dict[str, list[Section]] = defaultdict(list)
        for section in corpus.sections:
            sections[section.document].append(section)
        cells: dict[str, dict[str, set[tuple[str, str]]]] = defaultdict(lambda: defaultdict(set))
        for fact in corpus.facts:
            if fact.kind == "cell":
                labels = (label(fact.label("row") or ""), label(fact.label("column") or ""))
                for heading in ("", *map(label, corpus.sections[fact.section].path)):
                    cells[fact.document][heading].add(labels)
        return cls(
            texts={document.path: plain(document.text) for document in corpus.documents},
            sections={path: tuple(found) for path, found in sections.items()},
            raw={document.path: document.text for document in corpus.documents},
            cells={path: {heading: frozenset(found) for heading, found in by.items()} for path, by in cells.items()},
        )

    def problem(self, reference: Reference) -> str | None:
        """Why a reference points nowhere, with the nearest that exists; None when it is good."""
        if reference.document not in self.texts:
            return f"there is no file {reference.document!r} in the knowledge base{_nearest(reference.document, self.texts)}"
        headings = {label(heading): heading for section in self.sections[reference.document] for heading in section.path}
        if reference.heading is not None and label(reference.heading) not in headings:
            return f"{reference.document} has no heading {reference.heading!r}{_nearest(reference.heading, headings.values())}"
        if reference.names_cell:
            place = reference.heading or reference.document
            there = self.cells.get(reference.document, {}).get(label(reference.heading or ""), frozenset())
            for name, given, position in (("row", reference.row, 0), ("column", reference.column, 1)):
                known = {cell[position] for cell in there}
                if given is not None and label(given) not in known:
                    return f"no table under {place!r} has a {name} {given!r}{_nearest(label(given), known)}"
            if not any(_fits(reference.row, row) and _fits(reference.column, column) for row, column in there):
                return f"no table under {place!r} has both row {reference.row!r} and column {reference.column!r}"
        return None

    def text(self, reference: Reference) -> str:
        """All that stands under the heading referred to, with its headings; the whole file without one."""
        if reference.heading is None:
            return self.texts.get(reference.document, "")
        wanted = label(reference.heading)
        lines = self.raw.get(reference.document, "").splitlines()
        parts: list[str] = []
        for section in self.sections.get(reference.document, ()):
            if wanted in {label(heading) for heading in section.path}:
                parts += [*section.path, *lines[section.first_line - 1 : section.last_line_deep]]
        return plain("\n".join(parts))


def plain(text: str) -> str:
    """Markdown without its marks, as an answer would say it; table bars become blanks."""
    return normalise(_MARKUP.sub(lambda found: found[1] or (" " if found[0] == "|" else ""), text))


def _fits(given: str | None, there: str) -> bool:
    return given is None or label(given) == there


def _nearest(given: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(given, sorted(set(known)), n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else ""


def _unsupported(expect: Expectation, said: str, places: Places) -> Iterable[str]:
    """Expected literals that stand neither in a cited place nor in what the user said: no honest answer could hold them."""
    cited = (*expect.cite_any, *expect.cite_all)
    source = " ".join([*map(places.text, cited), said]) if cited else " ".join([*places.texts.values(), said])
    where = "in no cited place" if cited else "nowhere in the knowledge base"
    for text in expect.must:
        if not is_pattern(text) and not holds(source, text):
            yield f"must {text!r} stands {where}; if it is fixed wording, write it as a /pattern/"
    for group in expect.any:
        if not any(is_pattern(text) or holds(source, text) for text in group):
            yield f"any of {' | '.join(group)}: none stands {where}"


def lint_case(case: Case, places: Places) -> list[Fault]:
    """What is wrong with one case."""
    problems: list[str] = []
    said = ""
    for number, turn in enumerate(case.turns, start=1):
        expect = turn.expect
        said = f"{said} {turn.question}"
        here = f"{case.id}, turn {number}" if len(case.turns) > 1 else case.id
        broken = [problem for reference in (*expect.cite_any, *expect.cite_all) if (problem := places.problem(reference)) is not None]
        problems += [f"{here}: {problem}" for problem in broken]
        problems += [f"{here}: {text!r} must be said and must not" for text in sorted(set(expect.must) & set(expect.must_not))]
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
    faults = [fault for case in suite.cases for fault in lint_case(case, places)]
    asked: dict[str, Case] = {}
    for case in suite.cases:
        if len(case.turns) == 1:
            # Case, blanks and punctuation are part of what is tested; only an exact repeat is a mistake.
            question = case.turns[0].question
            if question in asked:
                faults.append(Fault(case.file, case.line or 0, f"{case.id}: asks the same as {asked[question].id} ({question!r})"))
            asked.setdefault(question, case)
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
    """Read the knowledge base (None: the shipped one) and check the suite against it.

    Raises:
        KbError: the folder cannot be used.
    """
    from corpus import parse_corpus
    from corpus.reader import read_folder
    from corpus.settings import CorpusSettings

    if kb is None:
        import corpus

        kb = Path(corpus.__file__).parent / "knowledge"
    folder = read_folder(kb, CorpusSettings())
    return lint_suite(suite, parse_corpus(folder.documents, skipped=folder.skipped))
