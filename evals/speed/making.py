"""Folders of Markdown of any size, made from real sentences, with the questions that ask for what they hold.

One seed gives one folder, byte for byte; a larger folder begins with the files of a smaller one. Every real sentence stands as it
is before any is used a second time; after that the head of one goes on with the tail of another, cut where both have the same word,
so that the words keep the frequencies of real text. Names are pairs of real words, drawn as often as words are (Zipf 1949: the r-th
in rank 1/r as often), and things are spoken of by others unevenly: the r-th in proportion to 1/r². Each file is about one named thing
and has what files have: an opening, paragraphs, tables, labelled lists, numbered steps, a flow. Pure but for `write_folder`.
"""

from __future__ import annotations

import bisect
import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from evals.speed.texts import Texts

_FOLDERS = 100  # files of a sub-folder
_OPENING = 3  # sentences
_PARAGRAPH = (3, 6)
_ITEMS = (4, 9)
_STEPS = (4, 8)
_ROWS = (4, 10)
_EXTRA = 4  # sections beyond the fixed ones, at most; few files have many
_SEAMS = (" and ", " that ", " which ", " for ", " with ", " to ", ", ")
_COLUMNS = ("Default", "Limit", "Owner", "Status", "Since", "Cost per month", "Meaning", "Region", "Timeout", "Priority")
_OWNERS = ("Platform team", "Data team", "Release team", "Support", "Security team", "Research group")
_STATES = ("stable", "beta", "deprecated", "planned", "experimental")
_REGIONS = ("north", "south", "east", "west", "central")
_ASPECTS = ("Focus", "Main risk", "Primary user", "Storage", "Review cycle", "Metrics")
OFF_TOPIC = (
    "how long do I boil an egg",
    "who won the football match yesterday",
    "what is the capital of Portugal",
    "how do I tie a bow tie",
    "which wine goes with grilled trout",
    "when does the last bus leave",
    "how tall is the tallest oak",
    "what should I give my aunt for her birthday",
    "why do cats purr at night",
    "how do I get red wine out of a carpet",
)
Question = tuple[str, str]  # (kind, text)


@dataclass(frozen=True, slots=True)
class Page:
    """One file: where it goes, what is in it, how many facts that are (about: the parser decides), what can be asked of it."""

    path: str
    text: str
    facts: int
    questions: tuple[Question, ...]


class Maker:
    """Makes the files of a folder, one after the other."""

    def __init__(self, texts: Texts, seed: int = 1) -> None:
        self._texts = texts
        self._seed = seed
        self._named: list[str] = []
        self._taken: set[str] = set()
        self._names = random.Random(f"{seed} names")  # noqa: S311 - nothing is kept secret
        self._weights = list(itertools.accumulate(1 / (rank + 1) for rank in range(len(texts.words))))
        self._tails: dict[str, list[str]] = {}
        for sentence in texts.sentences:
            for seam in _SEAMS:
                head, found, tail = sentence.partition(seam)
                if found and len(head.split()) > 2 and len(tail.split()) > 2:
                    self._tails.setdefault(seam, []).append(tail)
        self._told = 0  # sentences given out so far

    def pages(self) -> Iterator[Page]:
        """Files without end."""
        for number in itertools.count():
            yield self._page(number)

    def _page(self, number: int) -> Page:
        return _Writing(self, number, random.Random(f"{self._seed} {number}")).page()  # noqa: S311

    def name(self, number: int) -> str:
        """What the file of that number is about."""
        while len(self._named) <= number:
            words = [self.word(self._names) for _ in range(2 if self._names.random() < 0.8 else 3)]
            name = " ".join(w.capitalize() for w in dict.fromkeys(words))
            if name in self._taken:  # few words make few names
                name += f" {len(self._named)}"
            self._taken.add(name)
            self._named.append(name)
        return self._named[number]

    def word(self, chance: random.Random) -> str:
        """A real word; frequent ones come more often."""
        return self._texts.words[bisect.bisect_left(self._weights, chance.random() * self._weights[-1])]

    def sentence(self, chance: random.Random) -> str:
        """The next real sentence; when all were given, one made of two."""
        self._told += 1
        sentences = self._texts.sentences
        if self._told <= len(sentences):
            return sentences[self._told - 1]
        first = sentences[chance.randrange(len(sentences))]
        seams = [s for s in _SEAMS if s in first]
        if not seams:
            return first
        seam = chance.choice(seams)
        tails = self._tails.get(seam)
        return first.partition(seam)[0] + seam + chance.choice(tails) if tails else first


class _Writing:
    """One file while it is written."""

    def __init__(self, maker: Maker, number: int, chance: random.Random) -> None:
        self.maker = maker
        self.number = number
        self.chance = chance
        self.name = maker.name(number)
        self.lines: list[str] = []
        self.facts = 0
        self.questions: list[Question] = []

    def page(self) -> Page:
        self.heading(1, self.name)
        opening = [self.maker.sentence(self.chance) for _ in range(_OPENING)]
        opening[0] = f"{self.name} is the part in which {opening[0][0].lower()}{opening[0][1:]}"
        self.paragraph(opening)
        self.ask("definition", f"what is {self.name}")
        self.ask("keyword", self.name)
        self.ask("misspelt", f"what is {self.swapped(self.name)}")
        self.settings()
        self.labelled()
        self.told("Background")
        self.steps()
        self.problems()
        more: list[Callable[[], None]] = [self.compared, self.flow, self.settings_of_another, self.another_background]
        for _ in range(min(_EXTRA, int(1 / (1 - self.chance.random())) - 1)):  # half of all files have none, few have many
            self.chance.choice(more)()
        folder = f"part-{self.number // _FOLDERS:03d}"
        path = f"{folder}/{self.name.lower().replace(' ', '-')}.md"
        return Page(path, "\n".join(self.lines).rstrip() + "\n", self.facts, tuple(self.questions))

    # ---- what stands in a file

    def settings(self) -> None:
        self.table("Settings")

    def settings_of_another(self) -> None:
        self.table(f"Settings with {self.another()}")

    def table(self, title: str) -> None:
        self.heading(2, title)
        columns = self.chance.sample(_COLUMNS, self.chance.randint(2, 4))
        rows = list(dict.fromkeys(self.title() for _ in range(self.chance.randint(*_ROWS))))
        self.lines += ["", f"| Setting | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
        for row in rows:
            self.lines.append(f"| {row} | {' | '.join(self.value(c) for c in columns)} |")
        self.facts += len(rows) * (len(columns) + 1)
        row, column = self.chance.choice(rows), self.chance.choice(columns)
        self.ask("cell", f"what is the {column.lower()} of {row.lower()} in {self.name}")

    def value(self, column: str) -> str:
        chance = self.chance
        if column in ("Default", "Limit", "Priority"):
            return f"{chance.choice((1, 2, 5, 8, 10, 16, 25, 32, 50, 64, 100, 250, 500)) * chance.choice((1, 1, 10, 100)):,}"
        if column == "Timeout":
            return f"{chance.randint(1, 90)} {chance.choice(('s', 'min', 'ms'))}"
        if column == "Cost per month":
            return f"{chance.randint(1, 900)} EUR"
        if column == "Since":
            return f"{chance.randint(1, 9)}.{chance.randint(0, 20)}"
        if column == "Meaning":
            return self.phrase()
        return chance.choice({"Owner": _OWNERS, "Status": _STATES, "Region": _REGIONS}[column])

    def labelled(self) -> None:
        self.heading(2, "Options")
        self.lines.append("")
        labels = list(dict.fromkeys(self.title() for _ in range(self.chance.randint(*_ITEMS))))
        for label in labels:
            self.lines.append(f"- **{label}:** {self.maker.sentence(self.chance)}")
        self.facts += len(labels)
        self.ask("attribute", f"what does the option {self.chance.choice(labels).lower()} of {self.name} do")

    def told(self, title: str) -> None:
        self.heading(2, title)
        for _ in range(self.chance.randint(1, 3)):
            told = [self.maker.sentence(self.chance) for _ in range(self.chance.randint(*_PARAGRAPH))]
            if self.chance.random() < 0.5:  # things speak of each other, of some far more than of others
                told.append(f"It works with {self.another()} when {told[0][0].lower()}{told[0][1:]}")
            self.paragraph(told)
        words = [w.strip(".,;:()") for w in told[0].split() if len(w) > 4]
        self.ask("in other words", f"how about {' '.join(words[:6]).lower()}")

    def another_background(self) -> None:
        self.told(self.title())

    def steps(self) -> None:
        self.heading(2, f"How to set up {self.name}")
        self.lines.append("")
        many = self.chance.randint(*_STEPS)
        self.lines += [f"{n + 1}. {self.chance.choice(('Check', 'Open', 'Set', 'Start', 'Remove'))} {self.phrase()}." for n in range(many)]
        self.facts += many
        self.ask("steps", f"how do I set up {self.name}")

    def problems(self) -> None:
        self.heading(2, "Known problems")
        self.lines.append("")
        many = self.chance.randint(*_ITEMS)
        self.lines += [f"- {self.maker.sentence(self.chance)}" for _ in range(many)]
        self.facts += many
        self.ask("list", f"list the known problems of {self.name}")

    def compared(self) -> None:
        others = list(dict.fromkeys((self.name, self.another(), self.another())))
        if len(others) < 2:
            return
        self.heading(2, f"{self.name} and its neighbours")
        self.lines += ["", f"| Aspect | {' | '.join(others)} |", "|---" * (len(others) + 1) + "|"]
        for aspect in self.chance.sample(_ASPECTS, 4):
            self.lines.append(f"| {aspect} | {' | '.join(self.phrase() for _ in others)} |")
        self.facts += 4 * (len(others) + 1)
        self.ask("comparison", f"{others[0]} vs {others[1]}")

    def flow(self) -> None:
        self.heading(2, f"{self.name} in order")
        steps = [self.maker.word(self.chance) for _ in range(5)]
        self.lines += ["", " → ".join(steps)]
        self.facts += len(steps)

    # ---- parts

    def heading(self, level: int, text: str) -> None:
        self.lines += ["", f"{'#' * level} {text}"] if self.lines else [f"# {text}"]
        self.facts += 1

    def paragraph(self, sentences: list[str]) -> None:
        self.lines += ["", " ".join(sentences)]
        self.facts += len(sentences)

    def ask(self, kind: str, text: str) -> None:
        self.questions.append((kind, text))

    def title(self) -> str:
        return f"{self.maker.word(self.chance)} {self.maker.word(self.chance)}".capitalize()

    def phrase(self) -> str:
        """A few words that stand together in a real sentence."""
        words = self.maker.sentence(self.chance).rstrip(".").split()
        start = self.chance.randrange(max(1, len(words) - 6))
        return " ".join(words[start : start + self.chance.randint(3, 6)]).strip(",;:()")

    def another(self) -> str:
        """Another thing; the first ones are spoken of most."""
        return self.maker.name(min(self.number + 20, int(1.0 / max(1e-5, self.chance.random())) - 1))

    def swapped(self, name: str) -> str:
        """The name with two letters of its longest word swapped."""
        word = max(name.split(), key=len)
        at = self.chance.randint(1, max(1, len(word) - 3))
        return name.replace(word, word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]).lower()


def make_pages(texts: Texts, facts: int, seed: int = 1) -> Iterator[Page]:
    """Files that hold about so many facts together."""
    made = 0
    for page in Maker(texts, seed).pages():
        yield page
        made += page.facts
        if made >= facts:
            return


def write_folder(folder: Path, texts: Texts, facts: int, seed: int = 1) -> list[Question]:
    """Write a folder of about so many facts; returns what can be asked of it, in the order of the files.

    Raises:
        OSError: it cannot be written.
    """
    questions: list[Question] = []
    made: set[Path] = set()
    for page in make_pages(texts, facts, seed):
        path = folder / page.path
        if path.parent not in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            made.add(path.parent)
        path.write_text(page.text, encoding="utf-8", newline="\n")
        questions += page.questions
    return questions


def chosen(questions: list[Question], each: int, seed: int = 1) -> list[Question]:
    """So many of each kind, spread over the whole folder, and so many that are about something else; kinds take turns."""
    by_kind: dict[str, list[str]] = {}
    for kind, text in questions:
        by_kind.setdefault(kind, []).append(text)
    taken = [(kind, text) for kind, texts in by_kind.items() for text in _spread(list(dict.fromkeys(texts)), each)]
    taken += [("off topic", text) for text in OFF_TOPIC[:each]]
    random.Random(seed).shuffle(taken)  # noqa: S311
    return taken


def _spread(texts: list[str], most: int) -> list[str]:
    step = max(1, len(texts) // most)
    return texts[::step][:most]
