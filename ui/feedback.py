"""What people say of the answers, in one file on this machine: readable by its owner only, and never larger than its bound.

Written for the one who keeps the folder: `whichops gaps` reads it. Nothing here changes an answer or a ranking.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.models import Answer
from corpus.errors import KbError
from index.builder import default_directory

MAX_BYTES = 1_000_000  # of the file; when it is full the older half goes
MAX_NOTE = 300  # characters
_LOCK_SECONDS = 5.0

Kind = Literal["up", "down", "wrong_source", "outdated", "gap"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class FeedbackUnusable(KbError):
    """The file cannot be written or read."""

    exit_code = 1

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(f"Feedback could not be kept in {path} ({error.strerror or error}). Make it writable, or set XDG_STATE_HOME.")


class Record(BaseModel):
    """One opinion of one answer, with what is needed to see why."""

    model_config = ConfigDict(frozen=True, extra="ignore")  # a newer version may have written more

    at: str  # UTC, ISO 8601, to the second
    kind: Kind
    question: str = Field(max_length=8000)
    reading: str = Field(max_length=8000)  # the question made whole from the conversation
    note: str = Field(default="", max_length=MAX_NOTE)
    status: str
    decline: str | None = None
    rule: str
    answer_id: str
    generation: str
    names: tuple[str, ...] = ()  # of the folder, that the question was tied to
    missing: tuple[str, ...] = ()  # its words that nothing was tied to
    cited: tuple[str, ...] = ()  # file.md:line
    scope: tuple[str, ...] = ()  # folders or documents it was asked in; () for all


def record_of(answer: Answer, kind: Kind, *, note: str, generation: str, now: datetime | None = None) -> Record:
    """What is kept of an opinion."""
    return Record(
        at=(now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        kind=kind,
        question=answer.question[:4000],
        reading=answer.reading.question[:4000],
        note=" ".join(note.split())[:MAX_NOTE],
        status=answer.status,
        decline=answer.decline,
        rule=answer.rule,
        answer_id=answer.answer_id,
        generation=generation,
        names=tuple(dict.fromkeys(m.name for m in answer.reading.mentions)),
        missing=answer.reading.unknown,
        cited=tuple(dict.fromkeys(f"{c.document}:{c.lines[0]}" for c in answer.citations)),
        scope=answer.reading.scope,
    )


def _line(record: Record) -> bytes:
    # Half a surrogate pair has no UTF-8; what cannot be written becomes a question mark.
    text = json.dumps(record.model_dump(mode="python"), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace") + b"\n"


def default_path(kb: Path, environ: Mapping[str, str] | None = None) -> Path:
    """Where the feedback on a folder is kept: in the user's state folder, named like the folder's index."""
    environ = os.environ if environ is None else environ
    base = environ.get("XDG_STATE_HOME", "")
    if base and Path(base).is_absolute():
        root = Path(base)
    elif os.name == "nt" and environ.get("LOCALAPPDATA"):
        root = Path(environ["LOCALAPPDATA"])
    else:
        root = Path("~").expanduser() / ".local" / "state"
    return root / "whichops" / default_directory(kb).name / "feedback.jsonl"


class FeedbackLog:
    """The file. Safe to use from several threads and processes."""

    def __init__(self, path: Path, *, max_bytes: int = MAX_BYTES) -> None:
        self.path = path
        self.max_bytes = max_bytes
        self._lock = threading.Lock()

    def add(self, record: Record) -> None:
        """Keep one record.

        Raises:
            FeedbackUnusable: it could not be written.
        """
        line = _line(record)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._lock, FileLock(str(self.path) + ".lock", timeout=_LOCK_SECONDS, mode=0o600):
                self._make_room(len(line))
                handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0), 0o600)
                try:
                    if hasattr(os, "fchmod"):
                        os.fchmod(handle, 0o600)  # whoever made it, and whatever the umask was
                    os.write(handle, line)
                finally:
                    os.close(handle)
        except OSError as error:
            raise FeedbackUnusable(self.path, error) from error

    def _make_room(self, needed: int) -> None:
        try:
            size = self.path.lstat().st_size
        except FileNotFoundError:
            return
        if size + needed <= self.max_bytes:
            return
        kept = self.path.read_bytes()[-(self.max_bytes // 2) :]
        self._replace(kept[kept.find(b"\n") + 1 :])

    def _replace(self, data: bytes) -> None:
        part = self.path.with_suffix(".part")
        part.unlink(missing_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        part.replace(self.path)

    def read(self) -> tuple[Record, ...]:
        """All records, oldest first; a line that is none (cut off by a crash) is passed over.

        Raises:
            FeedbackUnusable: it cannot be read.
        """
        try:
            data = self.path.read_bytes()[-2 * self.max_bytes :]
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise FeedbackUnusable(self.path, error) from error
        found = []
        for line in data.split(b"\n"):
            try:
                found.append(Record.model_validate_json(line))
            except ValidationError:
                continue
        return tuple(found)

    def drop(self, records: tuple[Record, ...]) -> None:
        """Take records out.

        Raises:
            FeedbackUnusable: the file cannot be rewritten.
        """
        gone = set(records)
        try:
            with self._lock, FileLock(str(self.path) + ".lock", timeout=_LOCK_SECONDS, mode=0o600):
                kept = [r for r in self.read() if r not in gone]
                self._replace(b"".join(map(_line, kept)))
        except OSError as error:
            raise FeedbackUnusable(self.path, error) from error
