"""Vectors of texts that do not change, kept on disk: what is compared with many questions is encoded once per machine."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from index.encoder import Encoder, Floats

_TEXTS = 5_000  # texts whose vectors are kept one by one: 8 MB
_HASH = 32  # bytes of a text's hash
_UNIT = 1e-3  # how far from 1 the square of a vector's length may be; a record beside that is damaged


def kept_vectors(encoder: Encoder, texts: Sequence[str], folder: Path) -> Floats:
    """(n, dim) float32 unit rows, one per text: read from `folder`, or encoded and written there.

    A folder that cannot be written, or a file that is damaged, costs time and nothing else.
    """
    named = json.dumps([encoder.spec.fingerprint, list(texts)], ensure_ascii=False)
    file = folder / "texts" / f"{hashlib.sha256(named.encode()).hexdigest()[:32]}.npy"
    with suppress(OSError, ValueError, EOFError):
        kept = np.load(file, allow_pickle=False)
        if kept.dtype == np.float32 and kept.ndim == 2 and len(kept) == len(texts):
            return np.asarray(kept, dtype=np.float32)
    vectors = np.asarray(encoder.encode(texts), dtype=np.float32)
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, beside = tempfile.mkstemp(dir=file.parent, suffix=".part")
        with os.fdopen(descriptor, "wb") as out:
            np.save(out, vectors, allow_pickle=False)
        Path(beside).replace(file)
    return vectors


class KeptTexts:
    """Vectors of single texts of a knowledge base, for this process and later ones. Safe to use from several threads and processes.

    One file for each encoder: records of a text's hash and its vector, written behind each other. It grows to a bound and then stays, as
    does what is held in memory; a folder that cannot be written, or a file that is damaged, costs time and nothing else.
    """

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self._encoder = encoder
        self._folder = folder / "labels"
        self._held: dict[bytes, Floats] | None = None
        self._written = 0
        self._lock = threading.Lock()

    def vectors(self, texts: Sequence[str]) -> Floats:
        """(n, dim) float32 unit rows, one per text."""
        with self._lock:
            held = self._held if self._held is not None else self._read()
            names = [hashlib.sha256(t.encode("utf-8", "surrogatepass")).digest() for t in texts]
            missing = {n: t for n, t in zip(names, texts, strict=True) if n not in held}
            if missing:
                fresh = np.asarray(self._encoder.encode(list(missing.values())), dtype=np.float32)
                self._append(list(missing), fresh)
                found = dict(zip(missing, fresh, strict=True))
                if len(held) + len(found) <= _TEXTS:
                    held.update(found)
                held = {**{n: held[n] for n in names if n in held}, **found}
            return np.stack([held[n] for n in names])

    @property
    def _file(self) -> Path:
        name = hashlib.sha256(f"{self._encoder.spec.fingerprint} {self._encoder.dimension}".encode()).hexdigest()
        return self._folder / name[:24]

    def _read(self) -> dict[bytes, Floats]:
        size = _HASH + 4 * self._encoder.dimension
        data = b""
        with suppress(OSError):
            data = self._file.read_bytes()[: size * _TEXTS]
        self._written = len(data) // size
        if len(data) % size:  # what has no end was cut short: what is written next begins anew behind the last whole one
            with suppress(OSError):
                os.truncate(self._file, self._written * size)
        records = (data[i * size : (i + 1) * size] for i in range(self._written))
        found = {r[:_HASH]: np.frombuffer(r, dtype=np.float32, offset=_HASH) for r in records}
        self._held = {n: v for n, v in found.items() if abs(float(v @ v) - 1.0) < _UNIT}
        return self._held

    def _append(self, names: Sequence[bytes], rows: Floats) -> None:
        if self._written + len(names) > _TEXTS:
            return
        self._written += len(names)
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            with self._file.open("ab") as file:
                file.write(b"".join(n + row.tobytes() for n, row in zip(names, rows, strict=True)))  # one write: records do not mix
