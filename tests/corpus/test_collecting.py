from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.collecting import collect_seldom


def test_old_objects_are_looked_through_less_often_than_python_would() -> None:
    before = gc.get_threshold()
    try:
        gc.set_threshold(700, 10, 10)
        collect_seldom()

        assert gc.get_threshold() == (10_000, 10, 10)
        assert gc.isenabled()
    finally:
        gc.set_threshold(*before)


@pytest.mark.parametrize(
    "code",
    [
        "import ui.cli; ui.cli.main(['--version'])",
        "import runpy, sys; sys.argv = ['evals', '--help']\ntry: runpy.run_module('evals', run_name='__main__')\nexcept SystemExit: pass",
    ],
    ids=["whichops", "evals"],
)
def test_every_way_to_start_says_so(code: str) -> None:
    told = f"{code}\nimport gc, sys; print(gc.get_threshold()[0], file=sys.stderr)"

    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])

    assert done.stderr == "10000\n"
