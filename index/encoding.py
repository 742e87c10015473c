"""Vectors of the texts of new chunks: taken over where an earlier generation or a build that was killed has them, else encoded.

Of a chunk that waits for its vector no more is held than its id and hashes; its text is read again when its turn comes.
"""

from __future__ import annotations

import hashlib
import time
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from corpus.models import Chunk
from index.encoder import Encoder, with_tokens
from index.journal import KEY, Journal, Keys
from index.vectors import mark

Places = npt.NDArray[np.int64]
_WINDOW = 32_768  # texts held at a time
_SAVED_EVERY = 2.0  # seconds of encoding that a killed build may lose


def key_of(text: str) -> bytes:
    """Texts are compared by hash: a million of them need not be held in memory."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()


def wants_tokens(chunk: Chunk) -> bool:
    """Whether its tokens are kept: of single facts, which are compared token by token."""
    return chunk.kind == "fact"


class NewChunks:
    """Chunks that wait for their vectors, in the order of their ids. Once its arrays are asked for, none can be added."""

    def __init__(self) -> None:
        self._ids = array("q")
        self._marks = array("Q")
        self._keys = bytearray()
        self._single = bytearray()

    def add(self, base: int, chunks: Iterable[Chunk]) -> None:
        """Add the chunks of a document, whose ids count from `base`."""
        for chunk in chunks:
            self._ids.append(base + chunk.id)
            self._marks.append(mark(chunk.hash))
            self._keys += key_of(chunk.text)
            self._single.append(wants_tokens(chunk))

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def ids(self) -> Places:
        """(n,) int64, ascending."""
        return np.frombuffer(self._ids, dtype=np.int64)

    @property
    def marks(self) -> npt.NDArray[np.uint64]:
        """(n,) uint64: what their vectors carry to show whose they are."""
        return np.frombuffer(self._marks, dtype=np.uint64)

    @property
    def keys(self) -> Keys:
        """(n,): hashes of their texts."""
        return np.frombuffer(self._keys, dtype=KEY)

    @property
    def single(self) -> npt.NDArray[np.bool_]:
        """(n,): whether their tokens are wanted."""
        return np.frombuffer(self._single, dtype=np.bool_)


class Known:
    """Rows of an earlier generation, found by the hash of their text."""

    def __init__(self, texts: Iterable[tuple[int, str]], has_tokens: Callable[[Places], npt.NDArray[np.bool_]]) -> None:
        """`texts`: (row, text); `has_tokens`: for rows, whether nothing is missing of their tokens."""
        rows, keys = array("q"), bytearray()
        for row, text in texts:
            rows.append(row)
            keys += key_of(text)
        found, held = np.frombuffer(bytes(keys), dtype=KEY), np.array(rows, dtype=np.int64)
        has = has_tokens(held)
        # Of the rows of one text, one with tokens is taken: a list of one item and the item itself may be the same words.
        order = np.argsort(~has, kind="stable")
        order = order[np.argsort(found[order], kind="stable")]
        self._keys, self._rows, self._has = found[order], held[order], has[order]

    def find(self, keys: Keys, single: npt.NDArray[np.bool_]) -> Places:
        """The row of each text, -1 where there is none, or none with the tokens that are wanted."""
        if not len(self._keys):
            return np.full(len(keys), -1, dtype=np.int64)
        at = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        there = (self._keys[at] == keys) & (self._has[at] | ~single)
        return np.where(there, self._rows[at], -1)


class Vectors:
    """Where the vector of each new chunk stands: in a row of an earlier generation, or at a place in the journal."""

    def __init__(self, new: NewChunks, known: Known | None) -> None:
        self._new = new
        self._keys = new.keys
        self.known = np.full(len(new), -1, dtype=np.int64) if known is None else known.find(self._keys, new.single)
        self.journal = np.full(len(new), -1, dtype=np.int64)
        self.encoded = 0  # texts that were not known

    def provide(
        self,
        journal: Journal,
        encoder: Encoder,
        texts_of: Callable[[Sequence[int]], Sequence[str]],
        say: Callable[[int, int], None],
    ) -> None:
        """Encode into the journal what is nowhere yet.

        Args:
            texts_of: the texts of chunks by id.
            say: told how many texts are done, of how many.
        """
        missing = np.flatnonzero(self.known < 0)
        keys, first = np.unique(self._keys[missing], return_index=True)
        self.encoded = len(keys)
        waiting = np.sort(missing[first[journal.find(keys) < 0]])  # one chunk for each text, in the order of the files
        before = len(keys) - len(waiting)
        say(before, len(keys))
        for start in range(0, len(waiting), _WINDOW):
            part = waiting[start : start + _WINDOW]
            # In the order of the files: the encoder puts texts of one length together, and to sort all of these first gained nothing
            # (16.9 and 17.2 s where it took 16.8 and 17.8) but made the time that is left look five times what it was.
            batch = list(zip(self._keys[part], texts_of(self._new.ids[part].tolist()), strict=True))
            done = before + start
            _encode(batch, journal, encoder, lambda count, done=done: say(done + count, len(keys)))  # type: ignore[misc]
        self.journal[missing] = journal.find(self._keys[missing])


def _encode(texts: Sequence[tuple[bytes, str]], journal: Journal, encoder: Encoder, say: Callable[[int], None]) -> None:
    """Encode (hash, text) into the journal."""
    saved = time.monotonic()
    for places, fresh, codes in _encoded([text for _, text in texts], encoder, lambda done, _: say(done)):
        for place, row, code in zip(places.tolist(), fresh, codes, strict=True):
            journal.add(bytes(texts[place][0]).ljust(KEY.itemsize, b"\0"), row, code)
        if time.monotonic() - saved > _SAVED_EVERY:
            journal.flush()
            saved = time.monotonic()


def _encoded(
    texts: Sequence[str], encoder: Encoder, say: Callable[[int, int], None]
) -> Iterator[tuple[Places, npt.NDArray[np.float32], Sequence[npt.NDArray[np.uint8] | None]]]:
    reader = with_tokens(encoder)
    if reader is not None:
        yield from reader.encode_tokens(texts, say)
    else:
        for places, rows in encoder.encode_many(texts, say):
            yield places, rows, [None] * len(places)
