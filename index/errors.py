"""What can go wrong with an index, in words that say what to do next.

`exit_code` 4 means that there is no usable index; 1 is any other failure.
"""

from __future__ import annotations

from pathlib import Path

from corpus.errors import KbError

REBUILD = "Run `whichops index --rebuild`."


class IndexProblem(KbError):
    """Base of the errors of this room."""


class NoUsableIndex(IndexProblem):
    """Nothing can be asked: the index is not there, not whole, or cannot be made."""

    exit_code = 4


class IndexMissing(NoUsableIndex):
    """There is no index in the folder."""

    def __init__(self, directory: Path) -> None:
        super().__init__(f"There is no index in {directory}. Run `whichops index` to build one.")


class IndexDamaged(NoUsableIndex):
    """A file of a generation is not what was written. `file` names it."""

    def __init__(self, file: Path, problem: str) -> None:
        self.file = file
        super().__init__(f"The index is damaged: {file} {problem}. {REBUILD}")


class IndexOutdated(NoUsableIndex):
    """The index was written by another version of the program or another model."""

    def __init__(self, directory: Path, problem: str) -> None:
        super().__init__(f"The index in {directory} cannot be used: {problem}. Run `whichops index` to build it anew.")


class IndexNotWritable(NoUsableIndex):
    """The index folder cannot be written, and no fresh index is in it."""

    def __init__(self, directory: Path, reason: str) -> None:
        super().__init__(
            f"The index cannot be written to {directory} ({reason}). "
            "Give this user the right to write there, free some space, or name another folder with --index DIR."
        )


class IndexInsideKb(NoUsableIndex):
    """The index folder lies inside the knowledge base, which is never written to."""

    def __init__(self, directory: Path, kb: Path) -> None:
        super().__init__(f"The index folder {directory} lies inside the knowledge base {kb}. Name a folder outside it with --index DIR.")


class IndexLocked(IndexProblem):
    """Another process is building this index and did not finish in time."""

    def __init__(self, directory: Path, holder: str, seconds: float) -> None:
        super().__init__(
            f"Another process ({holder}) has been building the index in {directory} for more than {seconds:g} s. "
            "Wait for it, or end it, and try again."
        )


class IndexBuildFailed(IndexProblem):
    """A build ended early; what was there before is untouched."""

    def __init__(self, directory: Path, reason: str) -> None:
        super().__init__(
            f"Building the index in {directory} failed ({reason}). "
            "The index that was there before is untouched. Mend the cause and run `whichops index`."
        )


class ModelUnavailable(NoUsableIndex):
    """The sentence model is not installed, not whole, or not the one expected."""

    def __init__(self, model: str, problem: str, advice: str) -> None:
        super().__init__(f"The model {model} cannot be used: {problem}. {advice}")


class UnknownDocument(IndexProblem):
    """A document was asked for that is not in the index."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path!r} is not a document of this knowledge base. Name one of its files by its path inside the folder.")


class DocumentChanged(IndexProblem):
    """A file is no longer the one that was indexed."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path} {problem} since it was indexed. Run `whichops index`, or ask again: asking refreshes the index.")
