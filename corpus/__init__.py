"""Markdown on disk to facts: read a folder, take every file apart, keep the exact place of everything.

Knows nothing of questions, indexes or answers. Names are loaded when first used: asking an index that is
built needs no parser.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corpus.models import Corpus, Document
    from corpus.parsing import parse_corpus

_HOMES = {"Corpus": "corpus.models", "Document": "corpus.models", "parse_corpus": "corpus.parsing"}

__all__ = ["Corpus", "Document", "parse_corpus"]


def __getattr__(name: str) -> Any:
    """Load the module a public name lives in."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
