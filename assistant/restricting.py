"""Which documents a question may be answered from, where it is asked of a part of the knowledge base.

A part is named as its documents are cited: by the folder of several, a folder inside, or a document. Pure.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.errors import UsageError

_LISTED = 8  # names in a message


class UnknownScope(UsageError):
    """A part was named that is not there."""

    def __init__(self, name: str, known: Sequence[str], nearest: Sequence[str]) -> None:
        told = ", ".join(known[:_LISTED]) + (", …" if len(known) > _LISTED else "")
        near = f"; did you mean {nearest[0]!r}?" if nearest else "."
        super().__init__(f"Nothing in this knowledge base is called {name!r}{near} It holds {told}.")


@dataclass(frozen=True, slots=True)
class Restriction:
    """A part of the knowledge base."""

    names: tuple[str, ...]  # as documents are cited by them, sorted; none lies in another
    documents: tuple[str, ...]
    folders: tuple[str, ...]  # those of several folders that it reaches into; () where there is one alone

    @property
    def prefix(self) -> str:
        """What all its paths begin with and nobody would say of them: the one of several folders that it lies in."""
        return f"{self.folders[0]}/" if len(self.folders) == 1 else ""


def named(documents: Iterable[str], folders: Sequence[str]) -> dict[str, str]:
    """Everything a part can be named by: in small letters -> as documents are cited by it. Folders come first.

    Args:
        folders: the names of several folders; () where there is one alone.
    """
    found = {folder.casefold(): folder for folder in folders}
    for path in documents:
        cut = path.rfind("/")
        while cut > 0:
            found.setdefault(path[:cut].casefold(), path[:cut])
            cut = path.rfind("/", 0, cut)
    for path in documents:
        found.setdefault(path.casefold(), path)
    return found


def restriction(scope: Iterable[str], documents: Sequence[str], folders: Sequence[str], known: dict[str, str]) -> Restriction | None:
    """The part that some names stand for together; None where that is everything.

    Args:
        scope: names, whatever their case, a closing slash or not.
        documents: every path there is, sorted.
        folders, known: as for and from `named`.
    Raises:
        UnknownScope: one of them names nothing; the message has the nearest.
    """
    names: set[str] = set()
    for given in scope:
        name = known.get(given.strip().rstrip("/").removeprefix("./").casefold())
        if name is None:
            raise UnknownScope(given, folders or sorted(known.values()), nearest(given, known))
        names.add(name)
    outer = tuple(sorted(n for n in names if not any(n.startswith(f"{o}/") for o in names)))
    held = tuple(d for d in documents if any(d == n or d.startswith(f"{n}/") for n in outer))
    if not outer or len(held) == len(documents):
        return None
    reached = tuple(f for f in folders if any(d.startswith(f"{f}/") for d in held))
    return Restriction(outer, held, reached)


def nearest(name: str, known: dict[str, str]) -> list[str]:
    """The names most like one that is none, the nearest first: by the whole of it, or by its last part."""
    wanted = name.strip().rstrip("/").casefold()
    ends = {k.rsplit("/", 1)[-1].rsplit(".", 1)[0]: v for k, v in reversed(known.items())}
    close = difflib.get_close_matches(wanted, known, n=1, cutoff=0.7)
    by_end = difflib.get_close_matches(wanted.rsplit("/", 1)[-1].rsplit(".", 1)[0], ends, n=1, cutoff=0.6)
    found = [*(known[c] for c in close), *(ends[e] for e in by_end)]
    return found or [known[c] for c in difflib.get_close_matches(wanted, known, n=1, cutoff=0.0)]
