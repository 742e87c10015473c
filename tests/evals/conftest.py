"""Case files written for one test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from evals.loader import load_suite
from evals.models import Suite


@pytest.fixture
def write_cases(tmp_path: Path) -> Callable[..., Path]:
    """Write `{file name: text}` into a fresh folder of cases."""

    def write(**files: str) -> Path:
        folder = tmp_path / "cases"
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            (folder / f"{name}.toml").write_text(text, encoding="utf-8")
        return folder

    return write


@pytest.fixture
def load(write_cases: Callable[..., Path]) -> Callable[..., Suite]:
    """Load a suite from `{file name: text}`."""
    return lambda **files: load_suite(write_cases(**files))
