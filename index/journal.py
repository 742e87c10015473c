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
from collections.abc import KeysView
from pathlib import Path
from typing import IO

import numpy as np

from index.encoder import Floats
from index.tokens import WIDTH, Codes

FILE = "encoded.journal"
_RECORD = struct.Struct("<16sII")
_MOST_TOKENS = 100_000  # of one text; more in a record means that it is no record


class Journal:
    """Vectors and codes by the hash of their text."""

    def __init__(self, directory: Path, fingerprint: str, dimension: int, *, anew: bool = False) -> None:
        """Open the journal of an index folder: what an earlier build left, up to the first record that is not whole.

        Args:
            anew: forget what is there.
        Raises:
            OSError: it cannot be read or written.
        """
        self._path = directory / FILE
        self._dimension = dimension
        self._places: dict[bytes, tuple[int, int]] = {}  # hash -> (where its vector begins, tokens)
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
            self._places[key] = (end + _RECORD.size, tokens)
            end += _RECORD.size + size
        return end

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: bytes) -> bool:
        return key in self._places

    def keys(self) -> KeysView[bytes]:
        """Hashes of all texts that are done."""
        return self._places.keys()

    def add(self, key: bytes, row: Floats, codes: Codes | None) -> None:
        """Keep the vector of a text, and the codes of its tokens where they are wanted."""
        body = np.ascontiguousarray(row, dtype="<f4").tobytes() + (b"" if codes is None else np.ascontiguousarray(codes).tobytes())
        tokens = 0 if codes is None else len(codes)
        self._file.write(_RECORD.pack(key, tokens, zlib.crc32(body, zlib.crc32(key))) + body)
        self._places[key] = (self._end + _RECORD.size, tokens)
        self._end += _RECORD.size + len(body)

    def flush(self) -> None:
        """Hand over what was added to the system: from then on it outlives this process."""
        self._file.flush()
        self._written = self._end

    def row(self, key: bytes) -> Floats:
        """The vector of a text."""
        return np.frombuffer(self._take(self._places[key][0], 4 * self._dimension), dtype="<f4")

    def codes(self, key: bytes) -> bytes:
        """The codes of a text's tokens, as they were written."""
        start, tokens = self._places[key]
        return self._take(start + 4 * self._dimension, WIDTH * tokens) if tokens else b""

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
