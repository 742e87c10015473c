"""The whole server as one FastAPI app: our routes, the page's files, and Gradio's page under the guard."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastapi import FastAPI

    from ui.opening import Opening
    from ui.web.limits import Limits

LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")


def stay_local() -> None:
    """Switch off everything in Gradio and its libraries that would call out. Must run before Gradio is imported."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["DO_NOT_TRACK"] = "1"


@contextmanager
def no_type_stubs() -> Iterator[None]:
    """While Gradio is imported: keep it from parsing and rewriting the type stubs beside its own source.

    It does so at every start, for more than a second, and skips a class that comes from no file.
    """
    getfile = inspect.getfile

    def asked(object: Any) -> str:  # noqa: A002 - the name it is called with in inspect
        if sys._getframe(1).f_code.co_name == "create_or_modify_pyi":
            raise OSError("no stubs are wanted")
        return getfile(object)

    inspect.getfile = asked
    try:
        yield
    finally:
        inspect.getfile = getfile


def build_app(
    opening: Opening,
    *,
    hosts: Sequence[str] = LOOPBACK,
    folder: Path | None = None,
    feedback: Path | None = None,
    limits: Limits | None = None,
) -> FastAPI:
    """The app for one assistant.

    Args:
        opening: the assistant, open or being opened.
        hosts: the names this server may be called by; a request for any other is refused.
        folder: where the files lie, to link to them on the web where they are a checkout.
        feedback: the file that opinions on answers are kept in; None: they are not kept.
        limits: how much one client may ask, and how long one question may take.
    """
    stay_local()
    with no_type_stubs():
        import gradio as gr
    from fastapi import FastAPI, Request
    from fastapi.exceptions import RequestValidationError
    from fastapi.responses import JSONResponse
    from starlette.middleware.trustedhost import TrustedHostMiddleware
    from starlette.staticfiles import StaticFiles

    from ui.web.actions import make_actions
    from ui.web.api import Json, make_router
    from ui.web.limits import Asking, Limits
    from ui.web.page import make_page, theme
    from ui.web.security import Guard
    from ui.web.shell import STATIC, dress

    api = FastAPI(
        title="whichops",
        summary="Questions about a folder of Markdown, answered with their sources.",
        docs_url=None,  # both would load scripts from another site
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    asking = Asking(limits or Limits())  # one for all ways to ask: a client has one budget
    api.include_router(make_router(opening, folder, asking))
    api.include_router(make_actions(opening, feedback, asking))
    api.mount("/chat", StaticFiles(directory=STATIC), name="static")

    def dressed(page: bytes) -> bytes:
        title = opening.assistant.summary().title if opening.assistant is not None else ""
        return dress(page, title, opening.kb)

    @api.exception_handler(RequestValidationError)
    async def not_understood(_request: Request, error: Exception) -> JSONResponse:
        found: list[dict[str, Any]] = list(error.errors()) if isinstance(error, RequestValidationError) else []
        said = "; ".join(f"{'.'.join(str(p) for p in e.get('loc', ())[1:]) or 'body'}: {e.get('msg', 'not understood')}" for e in found[:5])
        return Json({"error": said or "The request was not understood."}, status_code=422)

    app: FastAPI = gr.mount_gradio_app(
        api,
        make_page(opening, asking),
        path="/",
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        show_error=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        max_file_size="1kb",
        theme=theme(),
    )
    # The last one added is the outermost: the guard sees everything first, and its headers are on every reply.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))
    app.add_middleware(Guard, dress=dressed)
    return app
