"""The base of every error this project raises on purpose.

An error says what happened, where, and what to do next. The outermost edge prints it as one line and
exits with its `exit_code`; nothing below that edge prints or exits.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar


class KbError(Exception):
    """Something the user can understand and mend. `exit_code` is what a command ends with."""

    exit_code: ClassVar[int] = 1


class UsageError(KbError):
    """The command, a setting or an input file is not what it has to be."""

    exit_code = 2


class KnowledgeBaseError(KbError):
    """There is no usable knowledge base at the folder named."""

    exit_code = 4


class KnowledgeBaseMissing(KnowledgeBaseError):
    """The folder does not exist, is not a folder, or may not be read."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(f"{folder} {reason}. Name a folder that holds Markdown files with --kb FOLDER.")


class KnowledgeBaseEmpty(KnowledgeBaseError):
    """The folder holds no Markdown that can be read; says what was skipped and why."""

    def __init__(self, folder: Path, skipped: list[str]) -> None:
        because = f" Skipped: {'; '.join(skipped[:3])}{' …' if len(skipped) > 3 else ''}." if skipped else ""
        super().__init__(
            f"{folder} holds no Markdown to answer from (*.md, *.markdown).{because} Add a file, or name another folder with --kb FOLDER."
        )


class FoldersOverlap(KnowledgeBaseError):
    """One of several folders lies inside another: its files would be read twice."""

    def __init__(self, inner: Path, outer: Path) -> None:
        super().__init__(f"{inner} lies inside {outer}, which is read with all its folders. Leave out --kb {inner}.")


class BadKbToml(KnowledgeBaseError):
    """`kb.toml` cannot be read or says something unknown."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
