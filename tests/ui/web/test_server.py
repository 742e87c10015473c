from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from corpus.errors import KbError, UsageError
from ui.web.server import TRIES, PortTaken, bind, serve, url_of

ROOT = Path(__file__).parents[3]


def test_the_wished_port_is_taken_if_it_is_free() -> None:
    with bind("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    with bind("127.0.0.1", port) as sock:
        assert url_of(sock) == f"http://127.0.0.1:{port}/"


def test_the_next_free_port_is_taken_if_it_is_not() -> None:
    with bind("localhost", 0) as first:
        port = first.getsockname()[1]
        with bind("127.0.0.1", port) as second:
            assert port < second.getsockname()[1] <= port + TRIES


def test_no_free_port_at_all_is_said_with_what_to_do() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 65535))
        busy.listen()
        with pytest.raises(PortTaken, match="Choose another with --port N"):
            bind("127.0.0.1", 65535)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", ""])
def test_an_address_others_could_reach_is_refused(host: str) -> None:
    with pytest.raises(UsageError, match="this machine only"):
        bind(host, 0)


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_is_none_is_refused(port: int) -> None:
    with pytest.raises(UsageError, match="between 0 and 65535"):
        bind("127.0.0.1", port)


def test_a_folder_that_cannot_be_opened_ends_the_server_before_a_page_is_shown() -> None:
    class Missing(KbError):
        exit_code = 4

    shown: list[str] = []

    def fail(_progress: object) -> object:
        raise Missing("x does not exist. Name a folder with --kb FOLDER.")

    with pytest.raises(Missing):
        serve(fail, port=0, open_browser=False, ready=shown.append)  # type: ignore[arg-type]
    assert shown == []


PROGRAM = """
import socket, sys
real_connect, real_lookup = socket.socket.connect, socket.getaddrinfo
def connect(self, address):
    if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
        print("OUTSIDE", address, file=sys.stderr, flush=True)
        raise OSError("no network")
    return real_connect(self, address)
def lookup(host, *rest, **more):
    if host not in ("127.0.0.1", "::1", "localhost", None, b"127.0.0.1"):
        print("OUTSIDE", host, file=sys.stderr, flush=True)
        raise OSError("no network")
    return real_lookup(host, *rest, **more)
socket.socket.connect, socket.getaddrinfo = connect, lookup
from tests.ui.web.fake import FakeAssistant
from ui.web import serve
assert "gradio" not in sys.modules and "fastapi" not in sys.modules
show = lambda url: print(url, flush=True)
sys.exit(serve(lambda progress: FakeAssistant(), port=0, open_browser=False, ready=show, new_conversation=list))
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_served_page_calls_nobody_answers_and_ends_cleanly_on_ctrl_c(tmp_path: Path) -> None:
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=tmp_path, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        with urllib.request.urlopen(url + "api/health", timeout=10) as reply:
            assert json.load(reply)["state"] == "ready"
        asked = urllib.request.Request(url + "api/ask", data=b'{"question": "hi"}', headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(asked, timeout=10) as reply:
            assert json.load(reply)["status"] == "smalltalk"
        time.sleep(1)  # whatever would call out does so after the start
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=15)
    finally:
        process.kill()

    assert process.returncode == 0
    assert "OUTSIDE" not in err
    assert "Traceback" not in err
    assert out == ""
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []  # nothing is left behind
