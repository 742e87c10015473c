"""Vectors of fixed texts, kept on disk: texts that are compared with every question are encoded once per machine."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from index.encoder import Encoder, Floats

_FILES = 400  # lists of texts whose vectors are kept


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
        _thin(file.parent)
    return vectors


def _thin(folder: Path) -> None:
    """Leave the newest files alone, as many as are kept."""
    files = sorted(folder.glob("*.npy"), key=lambda p: -p.stat().st_mtime_ns)
    for path in files[_FILES:]:
        path.unlink(missing_ok=True)
