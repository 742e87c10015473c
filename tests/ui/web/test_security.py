from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.ui.web.fake import FakeAssistant
from ui.opening import Opening
from ui.web.app import build_app
from ui.web.security import MAX_BODY, script_hashes


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(build_app(Opening.ready(FakeAssistant(), new_conversation=list)), base_url="http://127.0.0.1:7860") as found:
        yield found


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "192.168.0.7", "0.0.0.0", ""])
@pytest.mark.parametrize("path", ["/", "/config", "/api/health", "/chat/main.js"])
def test_a_foreign_host_name_is_refused(client: TestClient, host: str, path: str) -> None:
    assert client.get(path, headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:7860", "localhost:7860", "LOCALHOST:7860"])
def test_our_own_names_are_served(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:9999", "https://localhost", "file://", ""])
@pytest.mark.parametrize("path", ["/api/ask", "/gradio_api/run/predict", "/gradio_api/reset"])
def test_another_sites_page_cannot_post(client: TestClient, origin: str, path: str) -> None:
    reply = client.post(path, json={"question": "hi"}, headers={"Origin": origin})

    assert reply.status_code == 403
    assert "access-control-allow-origin" not in reply.headers


def test_another_sites_page_cannot_read_by_script(client: TestClient) -> None:
    reply = client.get("/api/health", headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"})

    assert reply.status_code == 403


def test_our_own_page_may_post(client: TestClient) -> None:
    assert client.post("/api/ask", json={"question": "hi"}, headers={"Origin": "http://127.0.0.1:7860"}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload", "/upload", "/gradio_api/upload_progress?upload_id=x", "/gradio_api/proxy=http://evil.example/",
        "/proxy=http://evil.example/", "/gradio_api/file=/etc/passwd", "/file=/etc/passwd", "/gradio_api/file=http://evil.example/",
        "/gradio_api/file/etc/passwd", "/gradio_api/stream/x", "/gradio_api/vibe-edit", "/gradio_api/vibe-code",
        "/gradio_api/process_recording", "/gradio_api/component_server", "/monitoring", "/monitoring/summary", "/gradio_api/runs",
        "/gradio_api/run-history/records", "/gradio_api/deep_link", "/gradio_api/info", "/gradio_api/openapi.json",
        "/gradio_api/call/ask", "/gradio_api/api/ask", "/gradio_api/run/ask", "/gradio_api/queue/join", "/gradio_api/queue/data",
        "/gradio_api/cancel",
        "/gradio_api/mcp/",
        "/gradio_api/mcp/sse", "/gradio_api/token", "/gradio_api/app_id", "/gradio_api/user", "/gradio_api/dev/reload",
        "/gradio_api/profiling/traces", "/gradio_api/custom_component/x/y/z/w", "/login", "/logout", "/svelte/x", "/manifest.json",
        "/pwa_icon", "/docs", "/redoc", "/openapi.json", "/secret", "//etc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_routes_that_the_page_has_no_use_for_are_not_there(client: TestClient, method: str, path: str) -> None:
    reply = client.request(method, path, files={"files": ("x.txt", b"x")} if method == "POST" else None)

    assert reply.status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/static/../../../../etc/passwd", "/assets/%2e%2e/%2e%2e/routes.py", "/chat/%2e%2e/app.py", "/chat/..%2fapp.py", "/chat//etc/passwd"],
)
def test_the_pages_files_are_all_that_is_served(client: TestClient, path: str) -> None:
    reply = client.get(path)

    assert reply.status_code in (403, 404)
    assert "root:" not in reply.text
    assert "import" not in reply.text


def test_a_body_over_the_limit_is_refused_by_its_length(client: TestClient) -> None:
    assert client.post("/api/ask", json={"question": "x" * MAX_BODY}).status_code == 413
    assert client.post("/gradio_api/run/predict", content=b"x" * (MAX_BODY + 1)).status_code == 413


def test_a_body_over_the_limit_is_refused_as_it_comes(client: TestClient) -> None:
    def parts() -> Iterator[bytes]:
        for _ in range(200):
            yield b"x" * 1024

    assert client.post("/api/ask", content=parts(), headers={"Content-Type": "application/json"}).status_code == 413


def test_a_body_just_under_the_limit_is_taken(client: TestClient) -> None:
    body = json.dumps({"question": "x" * (MAX_BODY - 100)})

    assert client.post("/api/ask", content=body, headers={"Content-Type": "application/json"}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/config", "/api/health", "/chat/main.js", "/nothing-here", "/theme.css"])
def test_every_reply_carries_the_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert "server" not in headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-eval" not in policy
    assert "http" not in policy
    assert not re.search(r"script-src[^;]*unsafe-inline", policy)


def test_the_policy_names_every_inline_script_of_the_page_and_no_other(client: TestClient) -> None:
    page = client.get("/")
    allowed = re.findall(r"'(sha256-[^']+)'", page.headers["content-security-policy"])

    assert tuple(allowed) == script_hashes(page.content)
    assert len(allowed) >= 1


def test_nothing_on_the_page_is_loaded_from_elsewhere(client: TestClient) -> None:
    page = client.get("/").text

    assert not re.findall(r"""<(?:script|link|img|iframe)[^>]+(?:src|href)=["']https?:""", page)
    assert not re.findall(r"<meta[^>]*https?:", page)


def test_the_page_is_styled_before_any_script_has_run(client: TestClient) -> None:
    page = client.get("/")

    assert page.text.index("<style>/* The page's own look") < page.text.index("<body")
    assert page.text.index('<div id="boot">') > page.text.index("<body")
    assert int(page.headers["content-length"]) == len(page.content)


def test_gradio_phones_nobody(client: TestClient) -> None:
    config = client.get("/config").json()

    assert config["analytics_enabled"] is False
    assert config.get("run_history", False) is False


def test_a_call_straight_to_gradio_with_nonsense_does_no_harm(client: TestClient) -> None:
    config = client.get("/config").json()
    for number in (*range(len(config["dependencies"])), 10_000, -1, None, "x"):
        body = {"fn_index": number, "data": [{"path": "/etc/passwd"}] * 3, "session_hash": "x"}
        said = ""
        with contextlib.suppress(Exception):  # the test client raises what a server turns into a bare 500
            said = client.post("/gradio_api/run/predict", json=body).text
        assert "Traceback" not in said
    assert client.get("/healthz").status_code == 200
