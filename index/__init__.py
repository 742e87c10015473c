"""An index of a folder of Markdown: one checksummed generation on disk, searched by meaning and by words.

Nothing above this room knows which engine answers. Names are loaded when they are first used, so that a
command that only prints its help pays for none of them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from index.builder import IndexReport, Progress, default_directory, ensure_index
    from index.encoder import LaterEncoder, ReadText
    from index.facts import FactStore
    from index.health import IndexStatus, Verification, status, verify
    from index.retriever import Retriever
    from index.settings import IndexSettings

_HOMES = {
    "FactStore": "index.facts",
    "IndexReport": "index.builder",
    "IndexSettings": "index.settings",
    "IndexStatus": "index.health",
    "LaterEncoder": "index.encoder",
    "Progress": "index.builder",
    "ReadText": "index.encoder",
    "Retriever": "index.retriever",
    "Verification": "index.health",
    "default_directory": "index.builder",
    "ensure_index": "index.builder",
    "status": "index.health",
    "verify": "index.health",
}

__all__ = [
    "FactStore",
    "IndexReport",
    "IndexSettings",
    "IndexStatus",
    "LaterEncoder",
    "Progress",
    "ReadText",
    "Retriever",
    "Verification",
    "default_directory",
    "ensure_index",
    "status",
    "verify",
]


def __getattr__(name: str) -> Any:
    """Load the module a public name lives in."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
