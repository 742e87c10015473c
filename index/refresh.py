"""What of a generation stays, and what is taken out and put in: as much work as there are changed files.

Ids of documents that did not change stay, so their records, vectors and words do. Where too much changed, or a new file finds no
number between its neighbours, everything is made anew instead.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from corpus.gathering import gather
from corpus.models import Document
from corpus.parsing import take_apart
from corpus.reader import Reading
from index import facts, postings
from index.arrays import Before, Stretch
from index.encoding import Known, NewChunks
from index.facts import FactStore
from index.filing import FactFile, numbers_of
from index.freshness import Unread
from index.generations import Generation
from index.numbering import SHIFT, between, first_id
from index.postings import WordWriter

_MOST = 4  # of so many documents no more than one may have changed, or all are taken apart
_MOST_BYTES = 64_000_000  # of changed files; their texts are held until they are taken apart
_FEW = 20  # documents up to which any number of them may have changed


class Anew(Exception):
    """The generation has to be made anew."""


@dataclass(slots=True)
class _Planned:
    """A document of the new generation."""

    document: Document
    before: int | None  # its number in the generation before; None where it is new
    changed: bool  # new, or with another text
    number: int = 0  # in the new one


class Refresh:
    """One refresh, from the look at the files to facts and words; vectors are for the caller to make."""

    def __init__(self, before: Generation, reading: Reading) -> None:
        """See which documents changed.

        Raises:
            Anew: too much did, or one document became several or the other way round, which gives all of them titles or takes them.
        """
        self._before = before
        self._reading = reading
        self._store = FactStore(before.folder, None, mapped=False)
        self.arrays = Before(before.folder)
        self.new = NewChunks()
        self.stretches: list[Stretch] = []
        self._taken: list[int] = []  # numbers of the documents taken out
        self._like: list[int] = []  # numbers of documents with the same text as a new one
        try:
            self._plan = list(self._planned(Unread(self._store, before.manifest, reading.root)))
            self._number()
        except BaseException:
            self.close()
            raise
        self.changed = sum(p.changed for p in self._plan)
        self.digests = [(p.document.path, p.document.sha256) for p in self._plan]

    def close(self) -> None:
        """Let go of the generation before."""
        self._store.close()
        self.arrays.close()

    # -- what changed --------------------------------------------------------------------------------

    def _planned(self, unread: Unread) -> Iterator[_Planned]:
        numbers = {self._store.document_of(n).path: n for n in self._store.numbers()}
        by_text = {self._store.document_of(n).sha256: n for n in self._store.numbers()}
        size, changed, told = 0, 0, False
        for document, read in self._reading.documents(unread):
            number = numbers.pop(document.path, None)
            same = number is not None and (not read or self._store.document_of(number).sha256 == document.sha256)
            if not same:
                changed += 1
                size += document.size
                if document.sha256 in by_text:
                    self._like.append(by_text[document.sha256])
                if size > _MOST_BYTES or (changed > _FEW and changed * _MOST > len(self._reading)):
                    raise Anew
            told = told or (bool(document.text.strip()) if read else number is not None and self._store.sums_of(number)["facts"] > 0)
            yield _Planned(replace(document, text="") if same and read else document, number, not same)
        if not told:  # nothing says a word, as far as is known: whether that is so is found out when all are read
            raise Anew
        self._taken += numbers.values()  # files that are gone

    def _number(self) -> None:
        """Give every new document a number between its neighbours."""
        if (len(self._plan) > 1) != (len(self._store.numbers()) > 1):
            raise Anew
        at, last = 0, 0
        while at < len(self._plan):
            known = self._plan[at].before
            if known is not None:
                self._plan[at].number = known
                last = (self._store.ids_of(known)[1] >> SHIFT) - 1
                at += 1
                continue
            end = next((i for i in range(at, len(self._plan)) if self._plan[i].before is not None), len(self._plan))
            after = self._plan[end].before if end < len(self._plan) else None
            found = between(last, after, end - at)
            if found is None:
                raise Anew
            for planned, number in zip(self._plan[at:end], found, strict=True):
                planned.number = number
            last = found[-1]
            at = end

    # -- taking out and putting in --------------------------------------------------------------------

    def write(self, partial: Path, say: Callable[[int], None]) -> None:
        """Facts and words of the new generation; `say` is told how many changed documents are done.

        Raises:
            Anew: a changed document has no room for its records.
        """
        shutil.copyfile(self._before.folder / facts.FILE, partial / facts.FILE)
        file = FactFile(partial, anew=False)
        try:
            self._taken += [p.before for p in self._plan if p.changed and p.before is not None]
            for number in self._taken:
                file.take(self._store.ids_of(number), self._store.document_of(number), gather(self._store.parts_of(number)))
            done = 0
            several = len(self._plan) > 1
            for place, planned in enumerate(self._plan):
                if not planned.changed:
                    self._keep(planned, file)
                    continue
                after = self._plan[place + 1].number if place + 1 < len(self._plan) else None
                self._put(planned, after, file, several=several)
                done += 1
                say(done)
            file.finish(self._reading.stats, self._reading.skipped)
        finally:
            file.close()
        self._write_words(partial)

    def _keep(self, planned: _Planned, file: FactFile) -> None:
        number = planned.number
        if planned.document != self._store.document_of(number):
            file.note(planned.document)  # it was touched and holds the same
        first, end = self.arrays.rows_of(self._store.ids_of(number))
        if self.stretches and not self.stretches[-1].new and self.stretches[-1].end == first:
            first = self.stretches.pop().first
        self.stretches.append(Stretch(False, first, end))

    def _put(self, planned: _Planned, after: int | None, file: FactFile, *, several: bool) -> None:
        number = planned.number
        parts = take_apart(planned.document, several=several)
        found = gather(parts)
        if after is not None and number + numbers_of(parts, found) > after:
            raise Anew
        file.put(number, parts, found)
        planned.document = replace(planned.document, text="")
        before = len(self.new)
        self.new.add(first_id(number), parts.chunks)
        self.stretches.append(Stretch(True, before, len(self.new)))

    def known(self) -> Known:
        """Vectors of the texts of documents that changed, are gone, or are copied."""
        return Known(self._texts(), self.arrays.has_tokens)

    def _texts(self) -> Iterator[tuple[int, str]]:
        for number in dict.fromkeys((*self._taken, *self._like)):
            first, _ = self.arrays.rows_of(self._store.ids_of(number))
            for place, chunk in enumerate(self._store.chunks_of(number)):
                yield first + place, chunk.text

    def _write_words(self, partial: Path) -> None:
        store = FactStore(partial, None, mapped=False)
        try:
            added = [p.number for p in self._plan if p.changed]
            if postings.refresh((self._before.folder, partial), (self._store, store), self._taken, added):
                return
            words = WordWriter(partial)
            for number in store.numbers():
                words.add(number, store.chunks_of(number))
            words.finish()
        finally:
            store.close()
