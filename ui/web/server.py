"""Serve the page: take a port, open the assistant beside it, stop cleanly.

The page answers at once; the assistant is opened in the background. Prints nothing on stdout.
"""

from __future__ import annotations

import errno
import logging
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import KbError, UsageError

if TYPE_CHECKING:
    from fastapi import FastAPI

    from ui.opening import Answering, Opening, Progress
    from ui.web.limits import Limits

log = logging.getLogger(__name__)

TRIES = 20  # ports after the wished one
LAST_WORDS = 4.0  # seconds a page that is open gets to show why the server ends
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")


class PortTaken(KbError):
    """No port could be had."""

    exit_code = 1


def bind(host: str, port: int) -> socket.socket:
    """A listening socket on the wished port, or on the next free one of the twenty after it.

    Args:
        host: a loopback name; this server has no login, so nothing else may be bound.
        port: 0 lets the system choose.
    Raises:
        UsageError: the host is not loopback, or the port is no port.
        PortTaken: none was free, or this user may not have it.
    """
    if host not in LOOPBACK_HOSTS:
        raise UsageError(f"The chat has no login, so it serves this machine only: --host may be 127.0.0.1 or localhost, not {host!r}.")
    if not 0 <= port <= 65535:
        raise UsageError(f"--port must be between 0 and 65535, not {port}.")
    address = "127.0.0.1" if host == "localhost" else host
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    last = port if port == 0 else min(port + TRIES, 65535)
    for number in range(port, last + 1):
        sock = socket.socket(family, socket.SOCK_STREAM)
        if os.name != "nt":  # on Windows the option would let two servers share a port
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((address, number))
            sock.listen(128)
        except OSError as error:
            sock.close()
            if error.errno == errno.EADDRINUSE:
                continue
            raise PortTaken(f"Port {number} on {host} cannot be used ({error.strerror}). Choose another with --port N.") from error
        sock.set_inheritable(False)
        return sock
    raise PortTaken(f"Ports {port} to {last} on {host} are all in use. Choose another with --port N, or 0 for any free one.")


def url_of(sock: socket.socket) -> str:
    """The address to open in a browser."""
    host, port = sock.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def serve(
    open_assistant: Callable[[Progress], Answering],
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    open_browser: bool = True,
    ready: Callable[[str], None] | None = None,
    new_conversation: Callable[[], Any] | None = None,
    folder: Path | None = None,
    limits: Limits | None = None,
) -> int:
    """Serve the chat until it is interrupted.

    Args:
        open_assistant: opens the assistant; called once, in a thread, with a progress callback.
        host: 127.0.0.1, localhost or ::1.
        port: the wished port; the next free one is taken if it is in use. 0: any.
        open_browser: show the page in the user's browser once it can be loaded.
        ready: called with the page's address once it can be loaded.
        new_conversation: makes an empty conversation; by default the assistant's own.
        folder: the folder that is asked: opinions on answers are kept by it, and its files are linked to where they are a checkout.
        limits: how much one client may ask, and how long one question may take.
    Returns:
        0, after an interrupt.
    Raises:
        KbError: there is no port to serve on, or what `open_assistant` raised. A page that is open by then says so too.
    """
    sock = bind(host, port)
    try:
        return _serve(sock, port, open_assistant, open_browser, ready, new_conversation, folder, limits)
    finally:
        sock.close()


def _build(opening: Opening, folder: Path | None, limits: Limits | None) -> FastAPI:
    """The app, unless the assistant turns out first not to open: a folder that is not there is known at once, and the web
    libraries take seconds to import.
    """
    built: list[FastAPI] = []
    failed: list[BaseException] = []

    def build() -> None:
        try:
            from ui.feedback import default_path
            from ui.web.app import build_app

            built.append(build_app(opening, folder=folder, feedback=default_path(folder) if folder is not None else None, limits=limits))
        except BaseException as error:  # noqa: BLE001 (raised again by the thread that waits)
            failed.append(error)

    building = threading.Thread(target=build, name="build-app", daemon=True)
    building.start()
    while building.is_alive() and opening.error is None:
        building.join(0.05)
    if opening.error is not None:
        raise opening.error
    if failed:
        raise failed[0]
    return built[0]


def _serve(
    sock: socket.socket,
    port: int,
    open_assistant: Callable[[Progress], Answering],
    open_browser: bool,
    ready: Callable[[str], None] | None,
    new_conversation: Callable[[], Any] | None,
    folder: Path | None,
    limits: Limits | None,
) -> int:
    from ui.opening import Opening, log_unforeseen

    opening = Opening(open_assistant, new_conversation=new_conversation, on_failure=log_unforeseen)
    opening.start()  # beside the import of the web libraries, which takes a while itself

    app = _build(opening, folder, limits)

    import uvicorn

    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        ws="none",
        lifespan="on",
        timeout_keep_alive=30,
        timeout_graceful_shutdown=1,
        h11_max_incomplete_event_size=64 * 1024,
    )
    server = uvicorn.Server(config)
    url = url_of(sock)
    wished = port not in (0, sock.getsockname()[1])

    def announce() -> None:
        while not server.started and not server.should_exit:
            time.sleep(0.02)
        if server.should_exit:
            return
        if wished:
            sys.stderr.write(f"Port {port} is in use; taking {sock.getsockname()[1]} instead.\n")
        if ready is not None:
            ready(url)
        if open_browser:
            import webbrowser

            webbrowser.open(url)

    def end_if_failed() -> None:
        opening.wait()
        if opening.error is not None:
            time.sleep(LAST_WORDS)
            server.should_exit = True

    # A page that is open keeps its streams open; that they are cut at the end is meant, and no reason for a traceback.
    logging.getLogger("uvicorn.error").addFilter(lambda _record: not server.should_exit)
    for task in (announce, end_if_failed):
        threading.Thread(target=task, name=task.__name__, daemon=True).start()
    try:
        server.run(sockets=[sock])
    except KeyboardInterrupt:
        pass
    finally:
        opening.close()
    if opening.error is not None:
        raise opening.error
    return 0
