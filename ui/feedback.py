"""What a user says of an answer, kept in a private file on this machine and nowhere else. It never changes an answer by itself."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from assistant.models import Answer
from ui.state import append_line, read_lines, replace_lines, state_folder

LIMIT = 10_000  # entries; the oldest go first
LONGEST_NOTE = 2_000  # characters


def default_feedback() -> Path:
    """The file feedback is kept in."""
    return state_folder() / "feedback.jsonl"


def keep_feedback(path: Path, answer: Answer, verdict: str, note: str, *, kb: Path, generation: str, now: datetime | None = None) -> None:
    """Add one entry: the question, which answer it got, and what was said of it.

    Raises:
        OSError: the file cannot be written.
    """
    entry = {
        "time": (now or datetime.now(UTC)).isoformat(timespec="seconds"),
        "verdict": verdict,
        "note": note[:LONGEST_NOTE],
        "question": answer.question,
        "read_as": answer.reading.question,
        "status": answer.status,
        "rule": answer.rule,
        "answer_id": answer.answer_id,
        "kb": str(kb),
        "generation": generation,
    }
    append_line(path, json.dumps(entry, ensure_ascii=False))
    lines = read_lines(path)
    if len(lines) > LIMIT + LIMIT // 10:
        replace_lines(path, lines[-LIMIT:])
