"""The page as it is served, before any script has run: our style sheet in it, our script named, a first screen to look at.

Gradio adds what it is told to add by script, after a second in which its bare page would stand there. Pure but for reading
the style sheet.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from pathlib import Path

STATIC = Path(__file__).parent / "static"

_FOREIGN_META = re.compile(rb"""<meta\s+(?:property|name)="(?:og|twitter):[^>]*>\s*""")  # they name Gradio's own pages
_BODY = re.compile(rb"<body[^>]*>")
_HEAD_END = b"</head>"

# Runs before the first paint, so that a page chosen to be dark never flashes white.
_THEME = """
try {
  const chosen = localStorage.getItem("whichops:theme");
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.classList.toggle("dark", dark);
} catch {}
"""


@lru_cache(maxsize=1)
def _head() -> bytes:
    css = (STATIC / "chat.css").read_text("utf-8").replace("</", "<\\/")
    return (
        '<meta name="color-scheme" content="light dark">\n'
        '<link rel="icon" type="image/svg+xml" href="/chat/icon.svg">\n'
        f"<script>{_THEME}</script>\n<style>{css}</style>\n"
        '<script type="module" src="/chat/main.js"></script>\n'
    ).encode()


def first_screen(title: str) -> str:
    """What is seen until Gradio has drawn the page; the script takes it away."""
    return (
        f'<div id="boot"><div class="boot-head"><strong>{escape(title)}</strong></div>'
        '<div class="boot-bar" role="progressbar" aria-label="Loading the page"><span></span></div></div>'
        '<noscript><p class="boot-note">This page needs JavaScript. In a terminal: <code>whichops chat</code></p></noscript>'
    )


def dress(page: bytes, title: str = "", kb: str = "") -> bytes:
    """Gradio's page with ours put in; anything that is no such page is left alone.

    Args:
        title: of the folder that is asked, "" while it is being opened.
        kb: what stands for it where the browser keeps chats, "" likewise.
    """
    body = _BODY.search(page)
    end = page.find(_HEAD_END)
    if body is None or end < 0 or end > body.start():
        return page
    head = _FOREIGN_META.sub(b"", page[:end])
    known = f'<meta name="whichops-kb" content="{escape(kb)}">\n'.encode() if kb else b""
    return (
        head + known + _head() + page[end : body.end()] + first_screen(title or "whichops").encode("utf-8", "replace") + page[body.end() :]
    )
