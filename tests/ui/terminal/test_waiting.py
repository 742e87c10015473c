"""A sign of life only where it takes long, and a line that is empty afterwards."""

from __future__ import annotations

import io
import time

import pytest

from tests.ui.terminal.vt import Vt
from ui.terminal.waiting import Waiting


def shown(text: str) -> str:
    screen = Vt(40, 2)
    screen.feed(text)
    return screen.everything()


def test_nothing_is_shown_of_what_is_quick() -> None:
    screen = io.StringIO()
    with Waiting(screen, lambda: "Looking", patience=5):
        pass

    assert screen.getvalue() == ""


def test_what_takes_longer_is_said_and_taken_away_before_anything_else_is_shown() -> None:
    screen = io.StringIO()
    with Waiting(screen, lambda: "Looking", patience=0) as waiting:
        while "Looking" not in screen.getvalue():
            time.sleep(0.01)
        assert shown(screen.getvalue()) == "⠋ Looking …\n"
        waiting.end()
        assert shown(screen.getvalue()) == "\n"
        written = screen.getvalue()

    assert screen.getvalue() == written


def test_where_there_is_no_terminal_nothing_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with Waiting(None, lambda: "Looking", patience=0) as waiting:
        time.sleep(0.05)
        waiting.end()

    assert capsys.readouterr() == ("", "")
