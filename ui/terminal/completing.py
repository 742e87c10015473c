"""What may be meant by what is typed so far: commands, their arguments, names of the knowledge base. Pure.

Names are offered for the longest run of words before the cursor that begins one: *tools of feature st* offers *Feature Stores*.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ui.render import one_line
from ui.terminal.commands import COMMANDS

MOST = 20  # candidates; a longer list is not read
LONGEST = 5  # words of a name that are looked back at
SHORTEST = 2  # characters from which names are offered

_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One completion: the text, how many characters before the cursor it takes the place of, a note to show beside it."""

    text: str
    replaces: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What there is to complete with, each asked for when it is wanted."""

    names: Callable[[str, int], Iterable[str]] = lambda _text, _most: ()  # names that begin with a text, at most so many
    headings: Callable[[], Iterable[str]] = tuple
    scopes: Callable[[], Iterable[str]] = tuple  # what a question may be restricted to
    sources: Callable[[], Sequence[str]] = tuple  # where each source of the last answer stands, the first is number 1


def candidates(before: str, known: Known) -> list[Candidate]:
    """Completions of the text before the cursor, best first, at most MOST."""
    typed = before.lstrip()
    if not typed.startswith("/"):
        return list(_names(before, known))[:MOST]
    name, blank, rest = typed.partition(" ")
    if not blank:
        return [Candidate(c.name, len(typed), c.words) for c in COMMANDS if c.name.startswith(typed.lower())]
    return list(_arguments(name.lower(), rest.lstrip(), known))[:MOST]


def _arguments(name: str, rest: str, known: Known) -> Iterator[Candidate]:
    command = next((c for c in COMMANDS if c.name == name), None)
    if command is None:
        return
    number, blank, word = rest.partition(" ")
    if command.completes == "source":
        if not blank:
            numbered = enumerate(known.sources(), 1)
            yield from (Candidate(str(n), len(rest), one_line(where)) for n, where in numbered if str(n).startswith(number))
        elif name == "/open" and "edit".startswith(word):
            yield Candidate("edit", len(word), "in your editor")
    elif command.completes == "heading":
        begun = rest.casefold()
        found = sorted(dict.fromkeys(known.headings()), key=lambda h: not h.casefold().startswith(begun))
        yield from (Candidate(one_line(h), len(rest)) for h in found if begun in h.casefold())
    elif command.completes == "scope":
        word = rest.rpartition(" ")[2]
        given, begun = set(rest.split()[: -1 if word else None]), word.casefold()
        found = [name for name in known.scopes() if begun in name.casefold() and name not in given]
        found.sort(key=lambda name: not name.casefold().startswith(begun))
        yield from (Candidate(one_line(name), len(word)) for name in found)
    else:
        yield from (Candidate(choice, len(rest)) for choice in command.choices if choice.startswith(rest.casefold()))


def _names(before: str, known: Known) -> Iterator[Candidate]:
    starts = [m.start() for m in _WORD.finditer(before)]
    if not starts or before[-1:].isspace():
        return
    for start in starts[-LONGEST:]:
        typed = before[start:].lstrip("(\"'“‘")
        names = known.names(typed, MOST) if len(typed) >= SHORTEST else ()
        shown = {name.casefold(): name for name in reversed([one_line(n) for n in names]) if name}  # each once, as first written
        if shown:
            yield from (Candidate(name, len(typed)) for name in reversed(shown.values()))
            return


def ghost(text: str, history: Sequence[str], offered: Sequence[str]) -> str:
    """What is likely to follow: the rest of the newest line of the history that begins so, else of a question that was offered."""
    if not text.strip() or "\n" in text:
        return ""
    for line in [*reversed(history), *offered]:
        if line.startswith(text) and len(line) > len(text) and "\n" not in line:
            return line[len(text) :]
    return ""
