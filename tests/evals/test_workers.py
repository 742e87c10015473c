from __future__ import annotations

import os
import time
from multiprocessing import active_children
from pathlib import Path

import pytest

from evals.loader import load_suite
from evals.report import to_json
from evals.workers import WorkerDied, ask_all, open_runner, processes

SECOND = Path(__file__).parents[2] / "evals" / "second" / "cases"


@pytest.mark.model
@pytest.mark.slow
def test_several_processes_give_the_same_report_as_one() -> None:
    from assistant import load_settings
    from evals.runner import make_report
    from tests.evals.fakes import PROVENANCE

    suite = load_suite(SECOND)
    cases = [case for case in suite.cases if not case.aside][:20]
    settings = load_settings({"kb": str(suite.knowledge)})
    runner = open_runner(settings)

    alone = make_report([runner.run_case(case) for case in cases], PROVENANCE)
    counted: list[tuple[int, int]] = []
    together = make_report(ask_all(cases, settings, jobs=2, progress=lambda done, total, _: counted.append((done, total))), PROVENANCE)

    assert to_json(together).split('"timing"')[0] == to_json(alone).split('"timing"')[0]
    assert counted == [(n, len(cases)) for n in range(1, len(cases) + 1)]


def nothing(settings: object) -> None:
    """What a process does when it starts."""


def test_a_process_that_ends_is_told() -> None:
    with pytest.raises(WorkerDied, match="Try again with --jobs 1"), processes(1, nothing, None) as pool:  # type: ignore[arg-type]
        pool.submit(os._exit, 9).result()


def test_whatever_ends_a_run_early_ends_what_was_being_asked() -> None:
    before = set(active_children())

    def interrupted() -> None:
        with processes(1, nothing, None) as pool:  # type: ignore[arg-type]
            pool.submit(abs, 1).result()
            pool.submit(time.sleep, 600)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    for child in set(active_children()) - before:
        child.join(30)
    assert set(active_children()) - before == set()
