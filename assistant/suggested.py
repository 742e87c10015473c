"""Which suggestions answer: each is asked once for what an index holds, and that is kept beside the other things that can be made again.

A suggestion is shown only if it answers, so each is asked first, and that is half of the work of a first answer. Whether it answers hangs
on the files, the model, the settings and this program alone; the name of the file is a hash of all four, so what was found with others is
not looked at. Nothing that a user typed is kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from index.manifest import Manifest

_KNOWN = 20_000  # suggestions that are held; beyond it, it is begun anew
_FILES = 40  # files that are kept, of as many indexes or versions
_ANSWERS, _DECLINES = "+", "-"


class Suggested:
    """Suggestion -> whether it answers. Safe to use from several threads and processes; a file that cannot be read or written is none."""

    def __init__(self, file: Callable[[], Path] | None = None) -> None:
        """Keep it in the file that `file` names when first asked; None: in memory alone."""
        self._named = file
        self._held: dict[str, bool] | None = None if file is not None else {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """How many are known."""
        with self._lock:
            return len(self._held or ())

    def get(self, question: str) -> bool | None:
        """Whether a suggestion answers; None where it was not asked yet."""
        with self._lock:
            if self._held is None:
                self._held = self._read()
            return self._held.get(question)

    def put(self, question: str, answers: bool) -> None:
        """Remember whether a suggestion answers."""
        with self._lock:
            if self._held is None:
                self._held = self._read()
            if len(self._held) >= _KNOWN:
                self._held.clear()
            self._held[question] = answers
            if self._named is not None and "\n" not in question:
                with contextlib.suppress(OSError, UnicodeEncodeError), self._named().open("a", encoding="utf-8", newline="\n") as file:
                    file.write(f"{_ANSWERS if answers else _DECLINES}{question}\n")  # one write: lines of two processes do not mix

    def _read(self) -> dict[str, bool]:
        file = self._named() if self._named is not None else None
        if file is None:
            return {}
        try:
            lines = file.read_text(encoding="utf-8").split("\n")[:-1]  # what has no end was cut short
        except (OSError, UnicodeDecodeError):
            with contextlib.suppress(OSError):
                file.parent.mkdir(parents=True, exist_ok=True)
                _thin(file.parent)
            return {}
        return {line[1:]: line[0] == _ANSWERS for line in lines[-_KNOWN:] if line[:1] in (_ANSWERS, _DECLINES)}


def suggested(folder: Path, manifest: Manifest) -> Suggested:
    """What is known of the suggestions over one index.

    Args:
        folder: where such files are kept.
    """

    @lru_cache(maxsize=1)
    def file() -> Path:
        parts = (manifest.kb_sha256, manifest.settings_sha256, manifest.model.fingerprint, _program())
        return folder / f"{hashlib.sha256(' '.join(parts).encode()).hexdigest()[:24]}.txt"

    return Suggested(file)


@lru_cache(maxsize=1)
def _program() -> str:
    """A hash of what this program is made of, by name, size and time: another version may answer something else."""
    found = hashlib.sha256()
    here = Path(__file__).parent
    for room in (here, here.with_name("index")):
        for path in sorted(p for p in room.rglob("*") if p.suffix in (".py", ".toml", ".json")):
            info = path.stat()
            found.update(f"{path.name} {info.st_size} {info.st_mtime_ns}\n".encode())
    return found.hexdigest()


def _thin(folder: Path) -> None:
    """Leave the newest files alone, as many as are kept."""
    files = sorted(folder.glob("*.txt"), key=lambda p: -p.stat().st_mtime_ns)
    for path in files[_FILES:]:
        path.unlink(missing_ok=True)


__all__ = ["Suggested", "suggested"]
