"""A page served for real over a small fake assistant, and the system's Chromium to look at it with."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.ui.web.fake import FakeAssistant
from ui.web.app import stay_local

stay_local()

CHROMIUM_FLAGS = [
    "--no-sandbox",  # containers run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def chromium() -> str | None:
    """The browser of the system, if it has one."""
    return next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)


@dataclass
class Served:
    """A running server."""

    url: str
    assistant: Any


def serve_in_thread(assistant: Any, *, new_conversation: Any = list) -> Iterator[Served]:
    """Serve until the generator is closed."""
    import uvicorn

    from ui.web.app import build_app
    from ui.web.opening import Opening

    app = build_app(Opening.ready(assistant, new_conversation=new_conversation))
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield Served(f"http://127.0.0.1:{sock.getsockname()[1]}/", assistant)
    server.should_exit = True
    thread.join(10)
    sock.close()


@pytest.fixture(scope="session")
def page_server() -> Iterator[Served]:
    """The page over the fake, once for all browser tests."""
    yield from serve_in_thread(FakeAssistant())


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    found = chromium()
    if found is None:
        why = "no Chromium on this machine (Debian: apt-get install chromium)"
        if os.environ.get("WHICHOPS_REQUIRE_BROWSER") == "1":
            pytest.fail(why)
        pytest.skip(why)
    return {**browser_type_launch_args, "executable_path": found, "args": CHROMIUM_FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "en-US", "viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"}


@pytest.fixture
def outside(context: Any) -> Iterator[list[str]]:
    """Addresses of other machines that the page asked for; each is refused, and the test fails."""
    asked: list[str] = []

    def check(route: Any) -> None:
        if urlsplit(route.request.url).hostname in ("127.0.0.1", "localhost") or route.request.url.startswith(("data:", "blob:")):
            route.continue_()
        else:
            asked.append(route.request.url)
            route.abort()

    context.route("**/*", check)
    yield asked
    assert asked == []
