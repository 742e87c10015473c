"""Many questions in, one JSON line out for each, in order."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.models import Answer
from corpus.errors import KnowledgeBaseMissing
from ui import batch
from ui.batch import Outcome, lines_of, read_line, run_batch


def answers(fake: Any, new_talk: Any, *lines: bytes, **more: Any) -> tuple[list[dict[str, Any]], Outcome]:
    out: list[str] = []
    outcome = run_batch(lines, fake, out.append, new_conversation=new_talk, **more)
    return [json.loads(line) for line in out], outcome


def test_one_line_comes_out_for_each_line_in_in_order_with_its_id(fake: Any, new_talk: Any) -> None:
    rows, outcome = answers(fake, new_talk, b'{"id": "b", "question": "sky"}', b'{"question": "sea"}', b'{"id": 7, "question": "grass"}')

    assert [(r["id"], r["status"], r["text"]) for r in rows] == [
        ("b", "answered", "Blue. (turn 1)"),
        ("2", "declined", "That is not in the knowledge base."),
        ("7", "answered", "Green. (turn 1)"),
    ]
    assert dict(outcome.statuses) == {"answered": 2, "declined": 1}


def test_lines_that_share_a_conversation_are_turns_of_one_talk_and_others_start_afresh(fake: Any, new_talk: Any) -> None:
    lines = [{"question": "sky", "conversation": c} for c in ("x", "y", "x", None)] + [{"question": "sky"}]

    rows, _ = answers(fake, new_talk, *(json.dumps(line).encode() for line in lines))

    assert [r["text"] for r in rows] == ["Blue. (turn 1)", "Blue. (turn 1)", "Blue. (turn 2)", "Blue. (turn 1)", "Blue. (turn 1)"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{oops", "Line 1 is not JSON: Expecting property name enclosed in double quotes at column 2."),
        (b"", "Line 1 is empty; each line has to be a JSON object with a question."),
        (b'["question"]', 'Line 1 is not a JSON object such as {"question": "…"}.'),
        (b"{}", 'Line 1 has no "question".'),
        (b'{"question": 3}', 'Line 1: "question" has to be text.'),
        (b'{"question": "a", "id": []}', 'Line 1: "id" has to be text.'),
        (b'{"question": "a", "conversation": true}', 'Line 1: "conversation" has to be text.'),
        (b'{"question": "a", "scope": 3}', 'Line 1: "scope" has to be a name, or a list of names.'),
        (b'{"question": "a", "scope": "warn"}', "Line 1: Nothing in this knowledge base is called 'warn'; did you mean 'warm'?"),
        (b'{"question": "\xff"}', "Line 1 is not UTF-8 (byte 15)."),
        (b"[" * 100_000, "Line 1 is not JSON"),
        (b'{"id": ' + b"9" * 5000 + b', "question": "a"}', "Line 1 is not JSON that can be read"),
    ],
    ids=[
        "torn",
        "empty",
        "list",
        "no question",
        "number",
        "bad id",
        "bad conversation",
        "bad scope",
        "unknown scope",
        "not utf-8",
        "deep",
        "huge number",
    ],
)
def test_a_line_that_cannot_be_read_says_why_and_the_run_goes_on(fake: Any, new_talk: Any, line: bytes, reason: str) -> None:
    rows, outcome = answers(fake, new_talk, line, b'{"question": "sky"}')

    assert rows[0]["status"] == "invalid"
    assert rows[0]["id"] == "1"
    assert rows[0]["text"].startswith(reason)
    assert rows[0]["citations"] == []
    assert rows[1]["text"] == "Blue. (turn 1)"
    assert outcome.refused == [1]


def test_a_line_may_say_what_it_is_asked_in_and_others_are_asked_in_what_holds_for_all(fake: Any, new_talk: Any) -> None:
    lines = [{"question": "sky"}, {"question": "sky", "scope": "cold"}, {"question": "sky", "scope": ["warm", "cold"]}]
    lines.append({"question": "sky", "scope": []})

    answers(fake, new_talk, *(json.dumps(line).encode() for line in lines), scope=("warm",))

    assert fake.scopes == [("warm",), ("cold",), ("cold", "warm"), ()]


def test_a_refused_line_has_every_field_of_an_answer(fake: Any, new_talk: Any) -> None:
    rows, _ = answers(fake, new_talk, b"{oops", b'{"question": "sky"}')

    assert list(rows[0]) == list(rows[1]) == list(Answer.model_fields)
    assert Answer.model_validate(rows[0]).question == "{oops"


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    assert read_line(b'\xef\xbb\xbf{"question": "sky"}', 1).text == "sky"


def test_half_a_surrogate_pair_becomes_a_replacement_character(fake: Any, new_talk: Any) -> None:
    rows, _ = answers(fake, new_talk, rb'{"question": "sky \ud83d", "id": "\udc00"}')

    assert (rows[0]["question"], rows[0]["id"]) == ("sky \ufffd", "\ufffd")


def test_each_line_is_written_before_the_next_is_read(fake: Any, new_talk: Any) -> None:
    events: list[str] = []

    def lines() -> Any:
        for n in "12":
            events.append(f"read {n}")
            yield b'{"question": "sky"}'

    run_batch(lines(), fake, lambda line: events.append(f"wrote {json.loads(line)['id']}"), new_conversation=new_talk)

    assert events == ["read 1", "wrote 1", "read 2", "wrote 2"]


def test_a_line_too_long_is_refused_without_being_held_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "LONGEST_LINE", 10)

    got = list(lines_of(io.BytesIO(b"0123456789\n" + b"x" * 50 + b"\r\nshort\r\n\nlast")))

    assert [len(line) for line in got] == [10, 12, 5, 0, 4]
    with pytest.raises(batch.LineRefused, match="longer than 10 bytes"):
        read_line(got[1], 2)


def test_a_fault_of_the_program_takes_no_other_line_with_it(fake: Any, new_talk: Any) -> None:
    told: list[tuple[int, str]] = []

    rows, outcome = answers(
        fake,
        new_talk,
        b'{"id": "a", "question": "crash"}',
        b'{"question": "sky"}',
        on_fault=lambda n, e: told.append((n, type(e).__name__)),
    )

    assert (rows[0]["id"], rows[0]["status"]) == ("a", "invalid")
    assert rows[1]["status"] == "answered"
    assert outcome.broken == [1]
    assert told == [(1, "ZeroDivisionError")]


def test_a_knowledge_base_that_is_gone_ends_the_run_with_what_was_answered_kept(fake: Any, new_talk: Any) -> None:
    out: list[str] = []
    with pytest.raises(KnowledgeBaseMissing):
        run_batch([b'{"question": "sky"}', b'{"question": "gone"}'], fake, out.append, new_conversation=new_talk)
    assert len(out) == 1


def test_explained_lines_hold_answer_and_trace(fake: Any, new_talk: Any) -> None:
    rows, _ = answers(fake, new_talk, b'{"question": "sky"}', b"oops", explain=True)

    assert list(rows[0]) == ["answer", "trace"]
    assert rows[0]["trace"]["features"] == {"cosine": 0.5}
    assert rows[1]["status"] == "invalid"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=60).filter(lambda line: b"\n" not in line), max_size=6))
def test_any_bytes_give_as_many_lines_out_as_in(fake: Any, new_talk: Any, lines: list[bytes]) -> None:
    data = b"".join(line + b"\n" for line in lines)

    rows, outcome = answers(fake, new_talk, *lines_of(io.BytesIO(data)))

    assert len(rows) == len(lines)
    assert outcome.statuses.total() == len(lines)


def test_a_file_without_a_last_line_end_is_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_bytes(b"a\nb")
    with file.open("rb") as stream:
        assert list(lines_of(stream)) == [b"a", b"b"]
