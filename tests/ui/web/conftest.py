"""A page served for real over a small fake assistant, and the system's Chromium to look at it with."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
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


class Server:
    """A server in a thread, that can be stopped and started again at the same address."""

    def __init__(self, assistant: Any, *, new_conversation: Any = list, opening: Any = None, feedback: Path | None = None) -> None:
        self.assistant = assistant
        self.feedback = feedback
        self._new_conversation = new_conversation
        self._opening = opening
        self._port = 0
        self._running: tuple[Any, threading.Thread] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/"

    def start(self) -> None:
        import uvicorn

        from ui.opening import Opening
        from ui.web.app import build_app

        opening = self._opening or Opening.ready(self.assistant, new_conversation=self._new_conversation)
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", self._port))
        self._port = sock.getsockname()[1]
        server = uvicorn.Server(
            uvicorn.Config(build_app(opening, feedback=self.feedback), log_level="warning", timeout_graceful_shutdown=1)
        )
        thread = threading.Thread(target=lambda: (server.run(sockets=[sock]), sock.close()), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        self._running = (server, thread)

    def stop(self) -> None:
        if self._running is None:
            return
        server, thread = self._running
        server.should_exit = True
        thread.join(10)
        self._running = None


def serve_in_thread(assistant: Any, *, new_conversation: Any = list, **more: Any) -> Iterator[Server]:
    """Serve until the generator is closed."""
    server = Server(assistant, new_conversation=new_conversation, **more)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def page_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The page over the fake, once for all browser tests."""
    yield from serve_in_thread(FakeAssistant(), feedback=tmp_path_factory.mktemp("state") / "feedback.jsonl")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    found = chromium()
    if found is None:
        why = "no Chromium on this machine (Debian: apt-get install chromium)"
        if os.environ.get("WHICHOPS_REQUIRE_BROWSER") == "1":
            pytest.fail(why)
        pytest.skip(why)
    return {**browser_type_launch_args, "executable_path": found, "args": CHROMIUM_FLAGS}


@pytest.fixture(autouse=True)
def patience(request: pytest.FixtureRequest) -> None:
    """Whatever is waited for on a page may take long where the machine is busy; what is there at once costs nothing."""
    if request.node.get_closest_marker("browser") is not None:
        from playwright.sync_api import expect

        expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "en-US", "viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"}


BOX = "#box textarea"
PATIENCE = 30_000  # milliseconds; a machine that is busy with other things takes its time to start a page


def ask(page: Any, question: str) -> Any:
    """Ask on the page; the new answer, once it is there."""
    from playwright.sync_api import expect

    before = page.locator(".answer").count()
    page.fill(BOX, question)
    page.press(BOX, "Enter")
    answer = page.locator(".answer").nth(before)
    expect(answer).to_be_visible()
    return answer


@pytest.fixture
def chat(page: Any, page_server: Server) -> Iterator[Any]:
    """The page, open and empty; anything the browser complains of fails the test."""
    from playwright.sync_api import expect

    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
    page.goto(page_server.url)
    expect(page.locator(".welcome .ask").first).to_be_visible()
    yield page
    assert complaints == []


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
