"""Questions to cited answers: understand, retrieve, judge, compose, verify.

Knows nothing of terminals or pages. Names are loaded when first used, so that a command that only prints
its help pays for none of them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.conversation import Conversation
    from assistant.models import Answer, Citation, KbSummary, OutlineEntry, Trace
    from assistant.settings import Settings, default_kb, load_settings

_HOMES = {
    "Answer": "assistant.models",
    "Assistant": "assistant.assistant",
    "Citation": "assistant.models",
    "Conversation": "assistant.conversation",
    "KbSummary": "assistant.models",
    "OutlineEntry": "assistant.models",
    "Settings": "assistant.settings",
    "Trace": "assistant.models",
    "default_kb": "assistant.settings",
    "load_settings": "assistant.settings",
}

__all__ = [
    "Answer",
    "Assistant",
    "Citation",
    "Conversation",
    "KbSummary",
    "OutlineEntry",
    "Settings",
    "Trace",
    "default_kb",
    "load_settings",
]


def __getattr__(name: str) -> Any:
    """Load the module a public name lives in."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
