"""What the encoder has done so far, on disk: a build that is killed goes on where it was.

Encoding is nearly all of a build, an hour for a hundred thousand new texts. Each text's vector and token codes are appended as they
come, in any order, with a checksum; the next build over the same folder and model takes over every record that is whole. The file
lies beside the generations and is removed when one is complete.

    header   one line of JSON: which model, how long a vector is
    record   16 bytes hash of the text, 4 bytes tokens, 4 bytes CRC-32 of the rest, the vector as float32, the codes
"""

from __future__ import annotations

import contextlib
import json
import os
import struct
import zlib
from array import array
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from index.encoder import Floats
from index.tokens import WIDTH, Codes

FILE = "encoded.journal"
KEY = np.dtype("S16")  # of a text: the hash it is known by
Keys = npt.NDArray[np.bytes_]
_RECORD = struct.Struct("<16sII")
_MOST_TOKENS = 100_000  # of one text; more in a record means that it is no record


class Journal:
    """Vectors and codes by the hash of their text, kept in the file; in memory is where each stands."""

    def __init__(self, directory: Path, fingerprint: str, dimension: int, *, anew: bool = False) -> None:
        """Open the journal of an index folder: what an earlier build left, up to the first record that is not whole.

        Args:
            anew: forget what is there.
        Raises:
            OSError: it cannot be read or written.
        """
        self._path = directory / FILE
        self._dimension = dimension
        self._keys = bytearray()  # hashes one after the other, and of each text where its vector begins and how many tokens it has:
        self._starts = array("q")  # a dict of a million texts would take ten times as much
        self._tokens = array("I")
        header = json.dumps({"model": fingerprint, "dimension": dimension}).encode() + b"\n"
        if anew:
            self._path.unlink(missing_ok=True)
        self._file: IO[bytes] = self._path.open("a+b", buffering=1 << 20)
        end = self._read(header)
        self._file.truncate(end)
        if end == 0:
            self._file.write(header)
            self._file.flush()
            end = len(header)
        self._end = self._written = end

    def _read(self, header: bytes) -> int:
        """Note every whole record; returns where the first one that is not begins."""
        self._file.seek(0)
        if self._file.readline(4096) != header:
            return 0
        end = len(header)
        while len(head := self._file.read(_RECORD.size)) == _RECORD.size:
            key, tokens, checksum = _RECORD.unpack(head)
            if tokens > _MOST_TOKENS:
                break
            size = 4 * self._dimension + WIDTH * tokens
            body = self._file.read(size)
            if len(body) < size or zlib.crc32(body, zlib.crc32(key)) != checksum:
                break
            self._note(key, end + _RECORD.size, tokens)
            end += _RECORD.size + size
        return end

    def _note(self, key: bytes, start: int, tokens: int) -> None:
        self._keys += key
        self._starts.append(start)
        self._tokens.append(tokens)

    def __len__(self) -> int:
        return len(self._starts)

    def find(self, keys: Keys) -> npt.NDArray[np.int64]:
        """The place of each text in the journal, -1 where it is not done; all are looked up at once, by their hashes."""
        held = np.frombuffer(self._keys, dtype=KEY)
        if not len(held):
            return np.full(len(keys), -1, dtype=np.int64)
        order = np.argsort(held, kind="stable")
        found = order[np.maximum(np.searchsorted(held, keys, side="right", sorter=order) - 1, 0)]  # of several, the last
        return np.where(held[found] == keys, found, -1)

    def add(self, key: bytes, row: Floats, codes: Codes | None) -> None:
        """Keep the vector of a text, and the codes of its tokens where they are wanted."""
        body = np.ascontiguousarray(row, dtype="<f4").tobytes() + (b"" if codes is None else np.ascontiguousarray(codes).tobytes())
        tokens = 0 if codes is None else len(codes)
        self._file.write(_RECORD.pack(key, tokens, zlib.crc32(body, zlib.crc32(key))) + body)
        self._note(key, self._end + _RECORD.size, tokens)
        self._end += _RECORD.size + len(body)

    def flush(self) -> None:
        """Hand over what was added to the system: from then on it outlives this process."""
        self._file.flush()
        self._written = self._end

    def row(self, place: int) -> Floats:
        """The vector of the text at a place."""
        return np.frombuffer(self._take(self._starts[place], 4 * self._dimension), dtype="<f4")

    def tokens(self, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """How many tokens the texts at these places have; 0 for the place -1, which is none."""
        held = np.append(np.array(self._tokens, dtype=np.int64), 0)
        return held[places]

    def codes(self, place: int) -> bytes:
        """The codes of its tokens, as they were written."""
        tokens = self._tokens[place]
        return self._take(self._starts[place] + 4 * self._dimension, WIDTH * tokens) if tokens else b""

    def _take(self, start: int, size: int) -> bytes:
        if start + size > self._written:
            self.flush()
        if hasattr(os, "pread"):
            return os.pread(self._file.fileno(), size, start)  # a buffered read here and there would fetch a whole buffer each time
        self._file.seek(start)
        return self._file.read(size)

    def close(self, *, done: bool) -> None:
        """Close it; with `done` it is removed, for what it held stands in a generation."""
        self._file.close()
        if done:
            with contextlib.suppress(OSError):
                self._path.unlink()
