"""What stands between the page and everything that is not this page.

The server listens on loopback, but any web site open in the same browser can reach loopback too. So: only our own
host names, only our own origin, no upload or proxy routes, small bodies, and a policy that lets the page talk to
nobody else. Plain ASGI, so that streamed answers are not buffered.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 64 * 1024  # bytes; a question has 4,000 characters at most
MAX_PAGE = 8 * 1024 * 1024  # bytes of HTML that are held back to hash its scripts

# Gradio brings some eighty routes that write files, fetch for others, or report on the process. These are what the page uses.
_GRADIO = re.compile(
    r"^/(?:config|theme\.css|robots\.txt|favicon\.ico|(?:assets|static)/.+"
    r"|gradio_api/(?:theme\.css|startup-events|heartbeat/[0-9a-z]+|reset|run/predict))?/?$"
)
_OURS = re.compile(r"^/(?:api|chat)/|^/(?:healthz|readyz)$")

_INLINE_SCRIPT = re.compile(rb"<script(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.DOTALL)

_HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"x-frame-options": b"DENY",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=(), interest-cohort=()",
}


def content_policy(script_hashes: tuple[str, ...] = ()) -> str:
    """The Content-Security-Policy; inline scripts run only if their hash is named."""
    scripts = " ".join(["'self'", *(f"'{h}'" for h in script_hashes)])
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        "connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'none'; frame-src 'none'; "
        "frame-ancestors 'none'"
    )


def script_hashes(page: bytes) -> tuple[str, ...]:
    """The CSP hash of every inline script of a page, in order, each once."""
    found = []
    for script in _INLINE_SCRIPT.finditer(page):
        if b"src=" in script["attributes"] or not script["body"].strip():
            continue
        # A browser hashes the text as parsed, where every line end is a bare line feed.
        text = script["body"].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        found.append("sha256-" + base64.b64encode(hashlib.sha256(text).digest()).decode())
    return tuple(dict.fromkeys(found))


async def _refuse(send: Send, status: int, reason: str) -> None:
    body = (reason + "\n").encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode()), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class _TooLarge(Exception):
    """More bytes came than were allowed."""


class Guard:
    """Refuses what the page never sends, and puts the headers on what it gets.

    Args:
        app: what is guarded.
        max_body: bytes allowed in a request, counted as they come.
        dress: what is done to the page before it is served.
    """

    def __init__(self, app: ASGIApp, *, max_body: int = MAX_BODY, dress: Callable[[bytes], bytes] = bytes) -> None:
        self.app = app
        self.max_body = max_body
        self.dress = dress

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # no web sockets here
        path: str = scope["path"]
        headers = {name.lower(): value for name, value in scope["headers"]}
        guarded = _with_headers(send)
        if not _own_origin(headers):
            await _refuse(guarded, 403, "This server answers its own page only.")
            return
        if not (_OURS.match(path) or _GRADIO.match(path)):
            await _refuse(guarded, 404, "There is nothing here.")
            return
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > self.max_body:
            await _refuse(guarded, 413, f"A request may have {self.max_body} bytes.")
            return
        started = refused = False
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            if message["type"] == "http.request":
                seen += len(message.get("body", b""))
                if seen > self.max_body:
                    raise _TooLarge
            return message

        async def watched(message: Message) -> None:
            nonlocal started, refused
            if seen > self.max_body and not started:  # the app caught what was raised, and worded it in its own way
                started = refused = True
                await _refuse(guarded, 413, f"A request may have {self.max_body} bytes.")
            started = True
            if not refused:
                await guarded(message)

        try:
            if path == "/" and scope["method"] == "GET":
                await self.app(scope, counted, _hold_page(watched, self.dress))
            else:
                await self.app(scope, counted, watched)
        except _TooLarge:
            if not started:
                await _refuse(guarded, 413, f"A request may have {self.max_body} bytes.")


def _own_origin(headers: dict[bytes, bytes]) -> bool:
    """True unless another site's page sent the request."""
    origin = headers.get(b"origin")
    if origin is not None:
        return urlsplit(origin.decode("latin-1")).netloc.lower() == headers.get(b"host", b"").decode("latin-1").lower()
    # Browsers name the sort of site that a request without Origin comes from; typing an address is "none".
    site = headers.get(b"sec-fetch-site", b"none")
    return site in (b"none", b"same-origin") or headers.get(b"sec-fetch-mode") == b"navigate"


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [(n, v) for n, v in message.get("headers", []) if n.lower() not in _HEADERS and n.lower() != b"server"]
            headers.extend(_HEADERS.items())
            if not any(name.lower() == b"content-security-policy" for name, _ in headers):
                headers.append((b"content-security-policy", content_policy().encode()))
            message = {**message, "headers": headers}
        await send(message)

    return sending


def _hold_page(send: Send, dress: Callable[[bytes], bytes]) -> Send:
    """Hold the page back until it is whole, to dress it and to name its inline scripts in the policy."""
    start: Message | None = None
    body = bytearray()

    async def sending(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start":
            start = message
            return
        body.extend(message.get("body", b""))
        if message.get("more_body") or start is None:
            if len(body) > MAX_PAGE:
                raise _TooLarge
            return
        page = dress(bytes(body))
        policy = content_policy(script_hashes(page))
        kept = [(name, value) for name, value in start.get("headers", []) if name.lower() != b"content-length"]
        headers = [*kept, (b"content-length", str(len(page)).encode()), (b"content-security-policy", policy.encode())]
        await send({**start, "headers": headers})
        await send({"type": "http.response.body", "body": page})

    return sending
