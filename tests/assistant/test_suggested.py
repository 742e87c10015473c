"""Which suggestions answer is found out once for what an index holds, and kept for the processes that come after."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.asking import Asking
from assistant.suggested import Suggested

Open = Callable[..., Assistant]
QUESTION = "what is a tandem"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every question that is looked up, suggestions among them."""
    found: list[str] = []
    run = Asking.run

    def running(self: Asking, question: str) -> object:
        found.append(question)
        return run(self, question)

    monkeypatch.setattr(Asking, "run", running)
    return found


@pytest.fixture
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def kept(cache: Path) -> list[Path]:
    return sorted(cache.rglob("suggestions/*.txt"))


def test_a_second_process_asks_no_suggestion_again(open_kb: Open, bicycles: Path, asked: list[str], own_cache: Path) -> None:
    first = open_kb(bicycles, keep_suggestions=True).ask(QUESTION)
    looked_up = len(asked)
    asked.clear()
    second = open_kb(bicycles, keep_suggestions=True).ask(QUESTION)

    assert looked_up > 1
    assert asked == [QUESTION]
    assert second.suggestions == first.suggestions != ()
    assert len(kept(own_cache)) == 1


def test_what_a_user_typed_is_not_kept(open_kb: Open, bicycles: Path, own_cache: Path) -> None:
    open_kb(bicycles, keep_suggestions=True).ask("is my neighbour's tandem older than mine")

    assert "neighbour" not in "".join(path.read_text(encoding="utf-8") for path in kept(own_cache))


def test_other_files_are_asked_anew(open_kb: Open, editable: Path, asked: list[str], own_cache: Path) -> None:
    open_kb(editable, keep_suggestions=True).ask(QUESTION)
    (editable / "more.md").write_text("# More\n\nA recumbent is a bicycle to lie on.\n", encoding="utf-8")
    asked.clear()
    open_kb(editable, keep_suggestions=True).ask(QUESTION)

    assert len(asked) > 1
    assert len(kept(own_cache)) == 2


def test_nothing_is_written_where_the_setting_says_so(open_kb: Open, bicycles: Path, own_cache: Path) -> None:
    open_kb(bicycles, keep_suggestions=False).ask(QUESTION)

    assert kept(own_cache) == []


def test_a_line_that_was_cut_short_and_lines_of_something_else_are_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "known.txt"
    file.write_text("+what is A\n-what is B\nwhat is C\n\n+what is D", encoding="utf-8")
    known = Suggested(lambda: file)

    assert [known.get(f"what is {x}") for x in "ABCD"] == [True, False, None, None]


def test_what_is_learnt_is_there_for_the_next_and_only_the_last_word_counts(tmp_path: Path) -> None:
    file = tmp_path / "known.txt"
    known = Suggested(lambda: file)
    known.get("x")
    known.put("what is A", answers=True)
    known.put("two\nlines", answers=True)
    known.put("what is A", answers=False)

    assert known.get("two\nlines")
    assert [Suggested(lambda: file).get(q) for q in ("what is A", "two\nlines")] == [False, None]


def test_a_file_that_cannot_be_written_or_read_is_none(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("no folder", encoding="utf-8")
    known = Suggested(lambda: tmp_path / "taken" / "known.txt")
    known.put("what is A", answers=True)

    assert known.get("what is A")
    assert known.get("what is B") is None


def test_old_files_make_room(tmp_path: Path) -> None:
    for n in range(60):
        (tmp_path / f"{n:02}.txt").write_text("", encoding="utf-8")
    Suggested(lambda: tmp_path / "new.txt").get("what is A")

    assert len(list(tmp_path.glob("*.txt"))) == 40
