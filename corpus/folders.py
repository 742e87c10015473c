"""Several folders as one knowledge base.

They are named by one path, joined as the `PATH` variable joins folders (`handbook:runbooks`, on Windows with `;`), so that
whoever only hands a knowledge base on need not know how many there are. A document of several carries the name of its folder
as the first part of its path, `handbook/oncall.md`, so that two files of one name stay apart. Looks at the disk, reads nothing.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

from corpus.errors import FoldersOverlap, UsageError


@dataclass(frozen=True, slots=True)
class Part:
    """One folder of a knowledge base, and what its documents' paths begin with."""

    name: str  # "" where it is the only one
    root: Path

    def shown(self, path: str) -> str:
        """The path of one of its files inside the knowledge base."""
        return f"{self.name}/{path}" if self.name else path


def joined(folders: Sequence[str | Path]) -> Path:
    """One path for these folders. They are not looked at."""
    return Path(os.pathsep.join(str(folder) for folder in folders))


def parts_of(kb: Path) -> tuple[Part, ...]:
    """The folders a knowledge base is made of, sorted by name; a single one has no name. A folder named twice counts once.

    Raises:
        UsageError: one of several names is empty.
        FoldersOverlap: one lies inside another, so that its files would be read twice.
    """
    if os.pathsep not in str(kb) or kb.exists():  # a folder may have that sign in its own name
        return (Part("", kb),)
    given: dict[str, Path] = {}
    for text in str(kb).split(os.pathsep):
        if not text:
            raise UsageError(f"{kb} names an empty folder. Give each folder with its own --kb FOLDER.")
        folder = Path(text).expanduser()
        given.setdefault(os.path.realpath(folder), folder)
    if len(given) == 1:
        return (Part("", next(iter(given.values()))),)
    for (inner, named), (outer, above) in permutations(given.items(), 2):
        if inner.startswith(outer.rstrip(os.sep) + os.sep):
            raise FoldersOverlap(named, above)
    names = _names(sorted(given))
    return tuple(sorted((Part(names[real], folder) for real, folder in given.items()), key=lambda part: part.name))


def _names(reals: Sequence[str]) -> dict[str, str]:
    """A name for each folder: its own, with the folder above it where two share one, numbered where they share that too."""
    names = {real: Path(real).name or "root" for real in reals}
    shared = Counter(names.values())
    names = {real: f"{Path(real).parent.name}-{name}".strip("-") if shared[name] > 1 else name for real, name in names.items()}
    taken: Counter[str] = Counter()
    for real in reals:
        taken[names[real]] += 1
        if taken[names[real]] > 1:
            names[real] = f"{names[real]}-{taken[names[real]]}"
    return names


def place_of(kb: Path, path: str) -> tuple[Path, str]:
    """The folder a document lies in, and its path inside that one.

    Raises:
        ValueError: no folder of the knowledge base is called what the path begins with.
    """
    parts = parts_of(kb)
    if len(parts) == 1:
        return parts[0].root, path
    name, _, inner = path.partition("/")
    for part in parts:
        if part.name == name and inner:
            return part.root, inner
    raise ValueError(f"{path} is not inside the knowledge base")


def called(kb: Path) -> str:
    """What to call a knowledge base by its folders: `handbook`, or `handbook, runbooks`."""
    parts = parts_of(kb)
    return ", ".join(part.name or part.root.resolve().name for part in parts)
