"""What is kept of what was typed."""

from __future__ import annotations

import json
from pathlib import Path

from ui.terminal import history
from ui.terminal.history import History


def test_entries_come_back_in_the_order_they_were_typed_also_those_of_several_lines(tmp_path: Path) -> None:
    one = History(tmp_path / "history")
    for text in ("first", "second\nline “é”", "first\n"):
        one.add(text)

    assert History(tmp_path / "history").entries == one.entries == ["first", "second\nline “é”", "first"]


def test_what_begins_with_a_blank_is_empty_or_repeats_the_last_is_not_kept(tmp_path: Path) -> None:
    one = History(tmp_path / "history")
    for text in (" secret", "\tsecret", "", "  ", "\n", "asked", "asked", "asked\n"):
        one.add(text)

    assert History(tmp_path / "history").entries == one.entries == ["asked"]


def test_the_oldest_entries_go_first_and_the_file_stays_bounded(tmp_path: Path) -> None:
    file = tmp_path / "history"
    file.write_text("".join(json.dumps(f"q{n}") + "\n" for n in range(2_000)))

    one = History(file, limit=500)

    assert one.entries == [f"q{n}" for n in range(1_500, 2_000)]
    assert len(file.read_text().splitlines()) == 500
    one.add("new")
    assert (one.entries[0], one.entries[-1]) == ("q1501", "new")


def test_the_file_is_left_alone_until_it_is_well_over_the_limit(tmp_path: Path) -> None:
    file = tmp_path / "history"
    file.write_text("".join(json.dumps(f"q{n}") + "\n" for n in range(500 + history._SLACK)))

    assert len(History(file, limit=500).entries) == 500
    assert len(file.read_text().splitlines()) == 500 + history._SLACK


def test_lines_that_are_not_ours_are_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "history"
    file.write_bytes(b'"one"\nnot json\n[1]\n"two"\n\xff\xfe\n"thr')

    assert History(file).entries == ["one", "two"]


def test_without_a_file_entries_last_as_long_as_the_program() -> None:
    one = History(None)
    one.add("asked")

    assert (one.entries, one.problem) == (["asked"], "")


def test_a_file_that_cannot_be_written_is_a_problem_that_is_told_and_nothing_more(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    one = History(tmp_path / "file" / "history")
    one.add("asked")

    assert one.entries == ["asked"]
    assert one.problem.startswith(f"What you type is not kept: {tmp_path}/file/history cannot be written (File exists).")
