from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.threads import use_one_thread

VARIABLE = "OPENBLAS_NUM_THREADS"


@pytest.mark.parametrize(("said", "used"), [(None, "1"), ("3", "3")], ids=["nothing said", "said otherwise"])
def test_one_thread_is_used_unless_the_environment_says_otherwise(said: str | None, used: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    if said:
        monkeypatch.setenv(VARIABLE, said)

    use_one_thread()

    assert os.environ[VARIABLE] == used


def test_the_cases_are_asked_in_one_thread_from_the_module_too() -> None:
    code = (
        "import os, runpy, sys; sys.argv = ['evals', 'lint']; os.environ.pop('OPENBLAS_NUM_THREADS', None)\n"
        "try: runpy.run_module('evals', run_name='__main__')\n"
        "except SystemExit: print(os.environ['OPENBLAS_NUM_THREADS'])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])

    assert done.stdout == "1\n"
