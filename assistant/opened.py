"""What is open of a folder: one generation of its index, or a part of it, with all that questions are answered by."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from assistant.language import is_english
from assistant.mentions import Common, Namer
from assistant.restricting import Restriction, named
from assistant.retrieval import Gatherer
from assistant.settings import Settings
from assistant.suggested import Suggested
from assistant.view import View
from assistant.wording import Wording
from corpus.config import KbConfig
from corpus.reader import merged, read_text
from index import IndexReport, Retriever


@dataclass
class Opened:
    """Everything that belongs to one generation; replaced whole on refresh."""

    report: IndexReport
    retriever: Retriever
    view: View
    config: KbConfig
    namer: Namer
    gatherer: Gatherer
    called: str  # what its folders are called
    kb: Path
    settings: Settings
    wording: Wording
    scope: tuple[str, ...] = ()  # names of the part of the knowledge base it is; () for all of it
    configs: dict[str, KbConfig] = field(default_factory=dict)  # of each of several folders, by its name
    texts: dict[str, tuple[str, str]] = field(default_factory=dict)  # path -> (text, sha256), as read for this generation
    parts: dict[tuple[str, ...], Opened] = field(default_factory=dict)  # names as given -> that part, as it is asked
    asked: Suggested = field(default_factory=Suggested)
    examples: tuple[str, ...] | None = None

    @cached_property
    def documents(self) -> tuple[str, ...]:
        """Paths of its documents, sorted."""
        return tuple(d.path for d in self.view.store.documents())

    @cached_property
    def named(self) -> dict[str, str]:
        """What a part of it can be named by."""
        return named(self.documents, tuple(self.configs))

    @property
    def title(self) -> str:
        """What it is called: as its settings say, by its only document or its readme, else by its folder."""
        if self.config.title:
            return self.config.title
        documents, shown = self.view.store.documents(), self.view.shown_path
        first = documents if len(documents) == 1 else [d for d in documents if shown(d.path).lower() in ("readme.md", "index.md")]
        for document in first:
            for section in self.view.store.sections(document.path):
                if section.level == 1:
                    return section.path[-1]
        return self.called.replace("-", " ").replace("_", " ")

    def read(self, path: str) -> tuple[str, str]:
        """The text of a document and its hash, read once for all questions."""
        found = self.texts.get(path)
        if found is None:
            found = self.texts[path] = read_text(self.kb, path)
        return found

    def part(self, part: Restriction) -> Opened:
        """A part of it, to be asked as if there were nothing else."""
        retriever = self.retriever.within(part.documents, part.prefix)
        config = merged({name: self.configs[name] for name in part.folders}) if part.folders else self.config
        return Opened(
            self.report,
            retriever,
            *over(retriever, config),
            ", ".join(part.folders) or self.called,
            self.kb,
            self.settings,
            self.wording,
            scope=part.names,
            configs={name: self.configs[name] for name in part.folders},
            texts=self.texts,
        )


def over(retriever: Retriever, config: KbConfig) -> tuple[View, KbConfig, Namer, Gatherer]:
    """What questions are answered with, over one generation or a part of it."""
    view = View(retriever)
    namer = Namer(
        view,
        {typed: alias.to for typed, alias in config.aliases.items()},
        _common(retriever),
        lambda a, b: view.label_similarity(a, (b,))[0],
        view.store.alias,
    )
    return view, config, namer, Gatherer(view)


def _common(retriever: Retriever) -> Common:
    """Whether a word is ordinary English: one whole piece of the encoder's own vocabulary, or in the word list."""

    def common(word: str) -> bool:
        return retriever.is_common_word(word) or is_english(word)

    return lru_cache(maxsize=20_000)(common)
