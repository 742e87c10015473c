"""A small assistant for the page's tests: fixed answers over a tiny folder about tea, real models, no index."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.models import Answer, Cell, Citation, Mention, Place, Reading, Timings, Trace, Used
from corpus.errors import KbError, UsageError

TEA = """\
# Tea for every hour

Tea is a drink made from leaves. It keeps people awake, or does not.

## 1. Which tea when

| Hour | Green | Black |
|------|-------|-------|
| **Morning** | Sencha | Assam, Ceylon |
| **Evening** | Bancha | Keemun |

## 2. Water

- **Green tea:** 75 degrees.
- **Black tea:** boiling.

### Hard water

Soften it first. <script>window.hacked = 1</script> ![pixel](http://evil.example/pixel.png)
"""

FOOTED = """\
# Pots

Cups, by pot and guests.

| Guests | Small pot | Large pot |
|--------|-----------|-----------|
| One | 1 <a href="#a"><sup>1</sup></a> | 2 |
| Six | 3 | 5 <a href="#c"><sup>3</sup></a>, 7 m<sup>2</sup> |
"""
LONG = "# Log\n\n" + "".join(f"Line number {n} of a long file.\n" for n in range(1, 6001))


@dataclass(frozen=True)
class FakeEntry:
    level: int
    title: str
    line: int


@dataclass(frozen=True)
class FakeSummary:
    title: str = "Tea for every hour"
    description: str = "What to drink, and when."
    folder: str = "tea"
    documents: int = 2
    sections: int = 5
    tables: int = 1
    facts: int = 14
    skipped: tuple[str, ...] = ()
    examples: tuple[str, ...] = ("which tea in the evening", "green vs black", "how hot is the water", "what is tea")
    generation: str = "gen-1"
    kb_sha256: str = "ab" * 32


def cite(document: str, text: str, quote: str, marker: int = 1, section: tuple[str, ...] = (), cell: Cell | None = None) -> Citation:
    """A citation of the first place where `quote` stands."""
    line = text.count("\n", 0, text.index(quote)) + 1
    return Citation(marker=marker, document=document, section=section, lines=(line, line + quote.count("\n")), quote=quote, cell=cell)


TABLE = ("Tea for every hour", "1. Which tea when")


@dataclass
class FakeAssistant:
    """Answers a few questions; anything else is off topic. `files` may be changed under it."""

    files: dict[str, str] = field(default_factory=lambda: {"tea.md": TEA, "long.md": LONG, "pots.md": FOOTED})
    facts: FakeSummary = field(default_factory=FakeSummary)
    delay: float = 0.0
    closed: bool = False
    stale: bool = False
    asked: list[str] = field(default_factory=list)
    scopes: list[tuple[str, ...]] = field(default_factory=list)  # each question was asked in
    parts: tuple[str, ...] = ()  # names of the folders, where there are several

    def summary(self, scope: Sequence[str] = ()) -> FakeSummary:
        names = self.scope(scope)
        return replace(self.facts, documents=1, examples=(f"what is {names[0]}",)) if names else self.facts

    def scope(self, names: Sequence[str]) -> tuple[str, ...]:
        unknown = [n for n in names if n not in (*self.parts, *self.files)]
        if unknown:
            raise UsageError(f"Nothing in this knowledge base is called {unknown[0]!r}; did you mean 'leaves'? It holds leaves, pots.")
        return tuple(sorted(names))

    def folders(self) -> tuple[str, ...]:
        return self.parts

    def documents(self) -> tuple[str, ...]:
        return tuple(self.files)

    def document(self, path: str) -> str:
        try:
            return self.files[path]
        except KeyError:
            raise KbError(f"No document {path!r}.") from None

    def outline(self, path: str) -> tuple[FakeEntry, ...]:
        found = []
        for number, line in enumerate(self.document(path).splitlines(), 1):
            if match := re.match(r"(#+) (.*)", line):
                found.append(FakeEntry(len(match[1]), match[2], number))
        return tuple(found)

    def close(self) -> None:
        self.closed = True

    def changed(self) -> bool:
        return self.stale

    def refresh(self) -> bool:
        if not self.stale:
            return False
        self.stale = False
        self.facts = replace(self.facts, generation=f"gen-{int(self.facts.generation[4:]) + 1}")
        return True

    def explain(self, question: str, conversation: Any = None, *, id: str = "1", scope: Sequence[str] = ()) -> tuple[Answer, Trace]:
        answer = self.ask(question, conversation, id=id, scope=scope)
        place = Place(document="tea.md", section=TABLE, lines=(10, 10), cell=Cell(row="Evening", column="Black"))
        used = Used(place=place, start=1, end=7, text="Keemun", marker=1)
        return answer, Trace(
            rule=answer.rule, generation="gen-1", thresholds={}, features={}, candidates=(), why="A cell has it.", used=(used,)
        )

    def ask(self, question: str, conversation: Any = None, *, id: str = "1", scope: Sequence[str] = ()) -> Answer:
        self.scopes.append(self.scope(scope))
        self.asked.append(question)
        time.sleep(self.delay)
        previous = list(conversation) if conversation is not None else []
        if conversation is not None:
            conversation.append(question)
        answer = self._answer(question.strip().lower().rstrip("?"), question, id, previous)
        return answer.model_copy(update={"reading": answer.reading.model_copy(update={"scope": self.scope(scope)})})

    def _answer(self, key: str, question: str, number: str, previous: list[str]) -> Answer:
        def reply(markdown: str, *citations: Citation, **more: Any) -> Answer:
            reading = more.pop("reading", Reading(kind="cell", question=question))
            values: dict[str, Any] = {
                "id": number,
                "question": question,
                "status": "answered",
                "markdown": markdown,
                "citations": citations,
                "text": re.sub(r"\s*\[\d+\]", "", markdown),
                "reading": reading,
                "rule": "cell-1",
                "confidence": "high",
                "answer_id": hashlib.sha256(markdown.encode("utf-8", "replace")).hexdigest()[:16],
                "timings_ms": Timings(understand=1, retrieve=2, compose=1, total=4),
            }
            return Answer(**(values | more))

        evening = cite("tea.md", TEA, "Keemun", section=TABLE, cell=Cell(row="Evening", column="Black"))
        if key == "which tea in the evening":
            green = cite("tea.md", TEA, "Bancha", 2, section=TABLE, cell=Cell(row="Evening", column="Green"))
            water = cite("tea.md", TEA, "**Green tea:** 75 degrees.", 3, section=("Tea for every hour", "2. Water"))
            evening_words = Mention(words="evening", name="Evening", role="condition", how="exact")
            return reply(
                "In the evening: **Keemun** [1], or **Bancha** [2] at 75 degrees [3].",
                evening,
                green,
                water,
                suggestions=("green vs black", "how hot is the water"),
                reading=Reading(kind="decision", question=question, mentions=(evening_words,)),
            )
        if key == "green vs black":
            rows = (("Morning", "Sencha", "Assam, Ceylon"), ("Evening", "Bancha", "Keemun"))
            lines, cells = ["| | Green | Black |", "|---|---|---|"], []
            for hour, *teas in rows:
                for column, tea in zip(("Green", "Black"), teas, strict=True):
                    cells.append(cite("tea.md", TEA, tea, len(cells) + 1, TABLE, Cell(row=hour, column=column)))
                lines.append(f"| {hour} | {teas[0]} [{len(cells) - 1}] | {teas[1]} [{len(cells)}] |")
            return reply("\n".join(lines), *cells)
        if key == "green vs black, same or not":
            lines = [
                "| | Green | Black | |",
                "|---|---|---|---|",
                "| Morning | Sencha | Assam, Ceylon | differs |",
                "| Evening | Bancha | Keemun [1] | differs |",
            ]
            return reply("\n".join(lines), evening)
        if key == "all three":
            return reply(
                "| | Green | Black | White |\n|---|---|---|---|\n| Evening | Bancha | Keemun [1] | Silver needle, a very fine one |",
                evening,
            )
        if key == "and in the morning":
            said = f"Read in the light of “{previous[-1]}”." if previous else "Nothing was asked before."
            morning = cite("tea.md", TEA, "Sencha", section=TABLE, cell=Cell(row="Morning", column="Green"))
            return reply(f"Sencha [1]. {said}", morning, reading=Reading(kind="cell", question="which tea in the morning", kept=("tea",)))
        if key == "keemum":
            mended = Reading(kind="keyword", question=question, repaired=(("keemum", "Keemun"),))
            said = "**Keemun** is a black tea for the evening [1].\n\nRead “keemum” as “Keemun” (spelling)."
            return reply(said, evening, reading=mended, confidence="medium")
        if key == "hi":
            return reply("Hello. Ask me about tea.", status="smalltalk", rule="hello")
        if key == "which one":
            return reply("Green or black?", status="clarify", rule="clarify", suggestions=("which tea in the evening", "green vs black"))
        if key == "is keemun green":
            return reply("No: Keemun is listed under Black [1].", evening, status="corrected", rule="premise")
        if key == "how much is keemun":
            more_of_it: dict[str, Any] = {"nearest": (evening,), "suggestions": ("which tea in the evening",)}
            said = "Keemun is known here, but no price is given."
            return reply(said, status="declined", decline="unknown_attribute", confidence="low", **more_of_it)
        if key == "long":
            return reply("It is line 4000 [1].", cite("long.md", LONG, "Line number 4000 of a long file.", section=("Log",)))
        if key == "cups for six":
            raw = FOOTED[FOOTED.index("5 <a") : FOOTED.index("</sup> |") + len("</sup>")]
            return reply("Five [1].", cite("pots.md", FOOTED, raw, section=("Pots",), cell=Cell(row="Six", column="Large pot")))
        if key == "boom":
            raise RuntimeError("secret detail of the inside")
        if key == "mend me":
            raise KbError("The index in x is damaged. Run `whichops index --rebuild`.")
        if key.startswith("echo "):
            # Whatever is asked stands in every place of the answer that text of a file or a question can reach.
            words = question[5:]
            document = next((d for d in self.files if d != "tea.md" and words in self.files[d]), "tea.md")
            source = Citation(marker=1, document=document, section=(words,), lines=(1, 1), quote=words, cell=Cell(row=words, column=words))
            kept = Reading(
                kind=words,
                question=words,
                kept=(words,),
                repaired=((words, words),),
                unknown=(words,),
                mentions=(Mention(words=words, name=words, role="topic", how="meaning"),),
            )
            return reply(words + " [1]", source, nearest=(source,), suggestions=(words,), reading=kept, rule=words, answer_id=words)
        said = f"Nothing here is about {len(question)} characters of that."
        return reply(said, status="declined", decline="off_topic", confidence="low", rule="off-topic")
