"""The web chat: one page, served by our own FastAPI app, with the source of every claim beside it.

`serve` is all that the commands need; nothing heavy is imported before it is called.
"""

from __future__ import annotations

from ui.web.server import serve

__all__ = ["serve"]
