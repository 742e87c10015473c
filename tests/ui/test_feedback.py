from __future__ import annotations

import os
import stat
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.ui.web.fake import FakeAssistant
from ui.feedback import FeedbackLog, FeedbackUnusable, Record, default_path, record_of

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def record(question: str = "how much is keemun", note: str = "") -> Record:
    return record_of(FakeAssistant().ask(question), "down", note=note, generation="gen-1", now=NOW)


def test_a_record_says_what_was_asked_answered_and_cited() -> None:
    kept = record("which tea in the evening", note=" not \n this ")

    assert kept.model_dump() == {
        "at": "2026-03-04T05:06:07Z", "kind": "down", "question": "which tea in the evening", "reading": "which tea in the evening",
        "note": "not this", "status": "answered", "decline": None, "rule": "cell-1", "answer_id": kept.answer_id, "generation": "gen-1",
        "names": ("Evening",), "missing": (), "cited": ("tea.md:10", "tea.md:14"), "scope": (),
    }  # fmt: skip


def test_what_was_kept_is_read_back_in_order(tmp_path: Path) -> None:
    log = FeedbackLog(tmp_path / "a" / "b" / "feedback.jsonl")
    assert log.read() == ()
    for n in range(3):
        log.add(record(f"echo {n}"))

    assert [r.question for r in log.read()] == ["echo 0", "echo 1", "echo 2"]


@pytest.mark.skipif(os.name == "nt", reason="permissions are of another kind there")
def test_the_file_is_the_owners_whatever_it_was_before(tmp_path: Path) -> None:
    path = tmp_path / "feedback.jsonl"
    path.touch(0o644)
    FeedbackLog(path).add(record())

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("kept")
    (tmp_path / "feedback.jsonl").symlink_to(tmp_path / "precious")

    with pytest.raises(FeedbackUnusable, match="Feedback could not be kept"):
        FeedbackLog(tmp_path / "feedback.jsonl").add(record())
    assert (tmp_path / "precious").read_text() == "kept"


def test_when_it_is_full_the_older_half_goes(tmp_path: Path) -> None:
    log = FeedbackLog(tmp_path / "feedback.jsonl", max_bytes=10_000)
    for n in range(100):
        log.add(record(f"echo {n}"))

    assert log.path.stat().st_size <= 10_000
    questions = [r.question for r in log.read()]
    assert questions[-1] == "echo 99"
    assert questions == [f"echo {n}" for n in range(100 - len(questions), 100)]


def test_a_line_cut_off_by_a_crash_is_passed_over(tmp_path: Path) -> None:
    log = FeedbackLog(tmp_path / "feedback.jsonl")
    log.add(record("echo 1"))
    with log.path.open("ab") as stream:
        stream.write(b'{"at": "2026\n\xff\xfe\n')
    log.add(record("echo 2"))

    assert [r.question for r in log.read()] == ["echo 1", "echo 2"]


def test_many_at_once_are_all_kept(tmp_path: Path) -> None:
    log = FeedbackLog(tmp_path / "feedback.jsonl")
    threads = [threading.Thread(target=lambda n=n: log.add(record(f"echo {n}"))) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(r.question for r in log.read()) == sorted(f"echo {n}" for n in range(20))


def test_half_a_character_does_no_harm(tmp_path: Path) -> None:
    log = FeedbackLog(tmp_path / "feedback.jsonl")
    log.add(record("echo x").model_copy(update={"question": "a\udc80b"}))
    assert [r.question for r in log.read()] == ["a?b"]


def test_records_can_be_taken_out(tmp_path: Path) -> None:
    log = FeedbackLog(tmp_path / "feedback.jsonl")
    for n in range(3):
        log.add(record(f"echo {n}"))
    log.drop((record("echo 1"),))

    assert [r.question for r in log.read()] == ["echo 0", "echo 2"]


def test_it_lives_in_the_users_state_folder_named_like_the_index(tmp_path: Path) -> None:
    kb = tmp_path / "tea"
    one = default_path(kb, {"XDG_STATE_HOME": str(tmp_path / "state")})
    other = default_path(tmp_path / "other" / "tea", {"XDG_STATE_HOME": str(tmp_path / "state")})

    assert one.parent.parent == tmp_path / "state" / "whichops"
    assert one.parent.name.startswith("tea-")
    assert one != other
    assert default_path(kb, {"XDG_STATE_HOME": "relative"}).is_relative_to(Path.home())
