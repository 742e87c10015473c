"""The cases as tests, so that `pytest evals` runs what `whichops eval` runs.

Every `*.toml` of a folder that holds a `suite.toml` is collected, one test for each case. A case that fails and was right in the accepted
run, or is of tier must, fails; one that was wrong in the accepted run is an expected failure, for the gate accepts it too. For a folder of
your own: `pytest -p evals.pytest_plugin FOLDER`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import KbError
from evals.gate import read_baseline
from evals.loader import ASIDE, SHIPPED, SUITE_FILE, load_suite
from evals.models import Baseline, Case, CaseResult, Suite
from evals.report import failure_lines
from evals.runner import Runner
from evals.suite import SHIPPED_BASELINE

_suites = pytest.StashKey[dict[Path, Suite]]()
_runners = pytest.StashKey[dict[Path | None, tuple[Runner, Any]]]()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A file of cases: `*.toml` beside a `suite.toml`, or in the folder of those put aside below it."""
    folder = file_path.parent.parent if file_path.parent.name == ASIDE else file_path.parent
    if file_path.suffix != ".toml" or file_path.name == SUITE_FILE or not (folder / SUITE_FILE).is_file():
        return None
    return CaseFile.from_parent(parent, path=file_path)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let go of every index that was opened."""
    for _, assistant in session.stash.get(_runners, {}).values():
        assistant.close()


class CaseFile(pytest.File):
    """One file of cases."""

    @property
    def folder(self) -> Path:
        """The folder the suite is in."""
        return self.path.parent.parent if self.path.parent.name == ASIDE else self.path.parent

    def collect(self) -> Iterator[CaseItem]:
        """One test for each case, in the order of the file."""
        suites = self.session.stash.setdefault(_suites, {})
        if self.folder not in suites:
            try:
                suites[self.folder] = load_suite(self.folder)
            except KbError as error:
                raise self.CollectError(str(error)) from error
        suite = suites[self.folder]
        accepted = read_baseline(SHIPPED_BASELINE if self.folder == SHIPPED else self.folder / "baseline.json")
        file = self.path.relative_to(self.folder).as_posix()
        for case in suite.cases:
            if case.file == file:
                item = CaseItem.from_parent(self, name=case.id)
                item.use(case, suite, accepted)
                yield item


class CaseFailed(Exception):
    """A case is wrong; the text says how."""


class CaseItem(pytest.Item):
    """One case."""

    case: Case
    suite: Suite

    def use(self, case: Case, suite: Suite, accepted: Baseline | None) -> None:
        """What is asked; known failures are expected to fail."""
        self.case, self.suite = case, suite
        for mark in (*case.tags, case.kind, case.tier):
            self.extra_keyword_matches.add(mark)
        known = accepted.results.get(case.id) if accepted is not None else None
        if case.tier != "must" and known is not None and known.hash == case.hash and not known.passed:
            self.add_marker(pytest.mark.xfail(reason="wrong in the accepted run", raises=CaseFailed, strict=False))

    def runtest(self) -> None:
        """Ask, and raise where the answer is wrong."""
        result, _ = self._runner().run_case(self.case)
        if not result.passed:
            raise CaseFailed(self._told(result))

    def _told(self, result: CaseResult) -> str:
        if self.case.aside:
            return f"{self.case.id} is put aside: what was asked and what came is not shown"
        return "\n".join(failure_lines(result))

    def _runner(self) -> Runner:
        """One index for all cases about a folder, opened when the first of them runs."""
        runners = self.session.stash.setdefault(_runners, {})
        if self.suite.knowledge not in runners:
            from assistant import Assistant, Conversation, load_settings
            from evals.suite import verifier

            knowledge = self.suite.knowledge
            settings = load_settings({"kb": None if knowledge is None else str(knowledge)})
            assistant = Assistant.open(settings.kb, index=settings.index.directory, settings=settings)
            runners[knowledge] = (Runner(assistant, new_conversation=Conversation, verify=verifier(settings.kb)), assistant)
        return runners[self.suite.knowledge][0]

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What was asked, what came and what is wrong with it, instead of where in the program that was noticed."""
        if isinstance(excinfo.value, (CaseFailed, KbError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the case stands in its file."""
        return self.path, (self.case.line or 1) - 1, self.case.id
