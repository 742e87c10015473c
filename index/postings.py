"""Words of all chunks while they are written, by tantivy.

Text is split into stems by `corpus.words` before it comes here, so tantivy only splits at blanks. Three fields, weighted when asked, not
when built.

A refresh copies the folder, takes out the documents that changed or are gone, and adds all that changed since words were last written
anew as one piece. So dead chunks are only ever those of the first pieces, how many and how long they are is known, and no pieces are
merged behind our back. tantivy counts the dead as well: how rare a word is, is put right when asked; the mean length of a text by
fillers, which are added and taken out again, so that with the dead it is what it is without them.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.models import Chunk
from corpus.words import index_stems
from index.errors import IndexDamaged
from index.facts import FactStore
from index.vectors import mark

FOLDER = "words"
FIELDS = ("heading", "labels", "value")
_FILE = "weighed.json"
_HEAP = 128_000_000  # bytes the writer may hold before it writes a segment
_I63 = (1 << 63) - 1  # marks are kept in 63 bits here: the fast field reads back signed
_ANEW_BELOW = 5_000  # chunks whose words are written anew in a fifth of a second
_DEAD = 20  # one chunk of so many may be dead, or a filler, …
_LATER = 25  # … and one of so many be added again with every refresh
_OFF = 2e-4  # by how much, of one, the mean length of a text may be off: a score is off by no more
_TRIED = 64  # numbers of fillers
_FILLER = "-"  # no stem; what fillers are made of
_NO_DOCUMENT = 0  # the number fillers go by


class Length(BaseModel):
    """How many chunks, and how many words they have in each field."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    chunks: int = Field(default=0, ge=0)
    words: tuple[int, int, int] = (0, 0, 0)  # in the order of `FIELDS`

    def __add__(self, other: Length) -> Length:
        heading, labels, value = (a + b for a, b in zip(self.words, other.words, strict=True))
        return Length(chunks=self.chunks + other.chunks, words=(heading, labels, value))

    def without(self, other: Length) -> Length:
        """What is left when some are taken out."""
        heading, labels, value = (a - b for a, b in zip(self.words, other.words, strict=True))
        return Length(chunks=self.chunks - other.chunks, words=(heading, labels, value))


class Weighed(BaseModel):
    """`weighed.json`: what tantivy holds besides what it should, since it never lets go of what is taken out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    live: Length
    dead: Length = Length()  # taken out and still counted by tantivy
    fillers: int = Field(default=0, ge=0)  # chunks of nothing that it counts as well
    later: tuple[int, ...] = ()  # numbers of documents added since words were written anew

    @classmethod
    def read(cls, folder: Path) -> Weighed:
        """What stands in `folder/words`.

        Raises:
            IndexDamaged: it is not there, or not what is written.
        """
        path = folder / FOLDER / _FILE
        try:
            return cls.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise IndexDamaged(path, "cannot be read") from error

    def write(self, folder: Path) -> None:
        """Put it there."""
        (folder / FOLDER / _FILE).write_text(self.model_dump_json(), encoding="utf-8")

    @property
    def counted(self) -> int:
        """How many chunks tantivy counts."""
        return self.live.chunks + self.dead.chunks + self.fillers


def _schema() -> Any:
    import tantivy

    builder = tantivy.SchemaBuilder()
    for name in FIELDS:
        builder.add_text_field(name, stored=False, tokenizer_name="whitespace", index_option="freq")
    builder.add_unsigned_field("document", stored=False, indexed=True, fast=False)  # its number: what is taken out together
    builder.add_unsigned_field("id", stored=False, indexed=False, fast=True)
    builder.add_unsigned_field("mark", stored=False, indexed=False, fast=True)
    return builder.build()


def build(folder: Path, chunks: Iterable[Chunk]) -> None:
    """Write the words of `chunks` to `folder/words`.

    Raises:
        OSError, ValueError: what tantivy raises when it cannot write.
    """
    writer = WordWriter(folder)
    writer.add(0, chunks)
    writer.finish()


class WordWriter:
    """The words of a generation while they are written anew."""

    def __init__(self, folder: Path) -> None:
        """Begin `folder/words`.

        Raises:
            OSError, ValueError: what tantivy raises when it cannot write.
        """
        import tantivy

        self._folder = folder
        (folder / FOLDER).mkdir()
        self._into = _Into(tantivy.Index(_schema(), path=str(folder / FOLDER), reuse=False), folder / FOLDER)
        self._live = Length()

    def add(self, number: int, chunks: Iterable[Chunk], base: int = 0) -> None:
        """Add the chunks of the document of that number, whose ids count from `base`."""
        self._live += self._into.add(number, chunks, base)

    def finish(self) -> None:
        """Complete the folder."""
        self._into.finish()
        Weighed(live=self._live).write(self._folder)


def refresh(folders: tuple[Path, Path], stores: tuple[FactStore, FactStore], taken: Sequence[int], added: Sequence[int]) -> bool:
    """Write the words of a generation from those of the one before; False, and nothing is written, where they should be written anew.

    Args:
        folders, stores: of the generation before, and of the new one.
        taken: numbers of documents that are gone or changed; added: of those that are new or changed.
    Raises:
        IndexDamaged, OSError, ValueError: what is there cannot be read, or the new cannot be written.
    """
    import tantivy

    (before, folder), (old, new) = folders, stores
    weighed = Weighed.read(before)
    later = sorted((set(weighed.later) - set(taken)) | set(added))
    count = sum(new.sums_of(number)["chunks"] for number in later)
    if weighed.live.chunks < _ANEW_BELOW or count * _LATER > weighed.live.chunks:
        return False
    live, dead = weighed.live, weighed.dead
    for number in taken:
        length = _length(old.chunks_of(number))
        live = live.without(length)
        if number not in weighed.later:
            dead += length
    for number in added:
        live += _length(new.chunks_of(number))
    if not live.chunks:
        return False
    fillers = _fillers(live, live + dead)
    if fillers is None:
        return False
    now = Weighed(live=live, dead=dead, fillers=fillers.chunks, later=tuple(later))
    if (now.counted - live.chunks) * _DEAD > live.chunks:
        return False
    target = folder / FOLDER
    shutil.copytree(before / FOLDER, target, ignore=shutil.ignore_patterns(".tantivy-*", _FILE))
    into = _Into(tantivy.Index.open(str(target)), target)
    for number in dict.fromkeys((*weighed.later, *taken)):
        into.take(number)
    for number in later:
        into.add(number, new.chunks_of(number), 0)
    into.fill(fillers)
    into.finish()
    if _counted(target) != now.counted:  # pieces were merged after all
        shutil.rmtree(target)
        return False
    now.write(folder)
    return True


def _fillers(live: Length, whole: Length) -> Length | None:
    """What has to be added to `whole` so that its texts are as long on the average as those of `live`, in every field.

    None: words come whole, and no number of chunks near the least makes that exact enough.
    """
    fields = [place for place, words in enumerate(live.words) if words]  # by the others no text is found
    least = max([whole.chunks, *(-(-whole.words[place] * live.chunks // live.words[place]) for place in fields)])

    def words_of(place: int, chunks: int) -> tuple[int, float]:
        """(words that the field should have in so many chunks, by how much that is off as a ratio)."""
        exact = live.words[place] * chunks / live.chunks
        return round(exact), abs(round(exact) - exact) / exact

    for chunks in range(least, least + _TRIED):
        if all(words_of(place, chunks)[1] <= _OFF for place in fields):
            wanted = [words_of(place, chunks)[0] if place in fields else words for place, words in enumerate(whole.words)]
            heading, labels, value = (there - words for there, words in zip(wanted, whole.words, strict=True))
            if min(heading, labels, value) >= 0 and (chunks > whole.chunks or not any((heading, labels, value))):
                return Length(chunks=chunks - whole.chunks, words=(heading, labels, value))
    return None


def _counted(target: Path) -> int:
    """How many chunks tantivy counts, dead ones among them."""
    return sum(int(segment["max_doc"]) for segment in json.loads((target / "meta.json").read_bytes())["segments"])


class _Into:
    """A tantivy index that is written to."""

    def __init__(self, index: Any, target: Path) -> None:
        import tantivy

        self._tantivy: Any = tantivy
        self._schema = index.schema
        self._target = target
        self._writer: Any = index.writer(heap_size=_HEAP, num_threads=1)  # one thread: documents keep the order of their ids
        self._stems = _Stems()

    def add(self, number: int, chunks: Iterable[Chunk], base: int) -> Length:
        """Add chunks; returns how long they are."""
        count, sizes = 0, [0, 0, 0]
        for chunk in chunks:
            document = self._tantivy.Document()
            for place, text in enumerate((chunk.heading, chunk.labels, chunk.value)):
                if text:
                    joined, words = self._stems.joined(text)
                    document.add_text(FIELDS[place], joined)
                    sizes[place] += words
            document.add_unsigned("document", number)
            document.add_unsigned("id", base + chunk.id)
            document.add_unsigned("mark", mark(chunk.hash) & _I63)
            self._writer.add_document(document)
            count += 1
        return Length(chunks=count, words=(sizes[0], sizes[1], sizes[2]))

    def fill(self, fillers: Length) -> None:
        """Add chunks of nothing and take them out again, so that they are found by nobody and counted."""
        if not fillers.chunks:
            return
        for place in range(fillers.chunks):
            document = self._tantivy.Document()
            document.add_unsigned("document", _NO_DOCUMENT)
            for name, words in zip(FIELDS, fillers.words, strict=True):
                if words and not place:
                    document.add_text(name, " ".join([_FILLER] * words))
            self._writer.add_document(document)
        self._writer.commit()
        self.take(_NO_DOCUMENT)

    def take(self, number: int) -> None:
        """Take out the chunks of a document that were there before."""
        self._writer.delete_documents_by_query(self._tantivy.Query.term_query(self._schema, "document", number))

    def finish(self) -> None:
        """Complete the folder."""
        self._writer.commit()
        self._writer.wait_merging_threads()
        for leftover in self._target.glob(".tantivy-*.lock"):
            leftover.unlink()  # empty lock files of the writer; a generation is never written again


def _length(chunks: Iterable[Chunk]) -> Length:
    count, sizes, stems = 0, [0, 0, 0], _Stems()
    for chunk in chunks:
        count += 1
        for place, text in enumerate((chunk.heading, chunk.labels, chunk.value)):
            sizes[place] += stems.joined(text)[1] if text else 0
    return Length(chunks=count, words=(sizes[0], sizes[1], sizes[2]))


class _Stems:
    """Headings and labels repeat from chunk to chunk: remember the last few thousand."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, int]] = {}

    def joined(self, text: str) -> tuple[str, int]:
        """The stems of a text with blanks between them, and how many they are."""
        found = self._known.get(text)
        if found is None:
            stems = index_stems(text)
            found = " ".join(stems), len(stems)
            if len(self._known) >= 4096:
                self._known.clear()
            self._known[text] = found
        return found


def expected_mark(chunk_hash: str) -> int:
    """What a posting holds for a chunk of that hash."""
    return mark(chunk_hash) & _I63
