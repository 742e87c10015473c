"""The routes that other programs and the source pane use: ask, source, document, health.

The same `Answer` as the batch and the chat, byte for byte; errors are JSON with one `error` that says what to do.
"""

from __future__ import annotations

import json
import logging
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from assistant.models import Answer
from corpus.errors import KbError, UsageError
from ui.opening import Answering, Opening
from ui.talks import Conversations
from ui.web.checkout import EditLinks
from ui.web.limits import Asking, GivenUp, Limits, TookTooLong, TooMany
from ui.web.reading import MAX_CHARACTERS, DocumentView, document_nodes
from ui.web.replay import MAX_SCOPE
from ui.web.source import Asked, OutlineItem, SourceView, split_lines, view_source

log = logging.getLogger(__name__)


class AskRequest(BaseModel):
    """A question. Requests that share a `conversation` are turns of one talk, in order."""

    model_config = ConfigDict(extra="forbid")

    question: str
    conversation: str | None = Field(default=None, min_length=1, max_length=200)
    id: str = Field(default="1", max_length=200)
    scope: tuple[str, ...] = Field(default=(), max_length=MAX_SCOPE, description="folders or documents to answer from; empty: everything")


class Problem(BaseModel):
    """Why there is no answer, and what to do."""

    error: str


class Health(BaseModel):
    """How the server stands."""

    state: str  # opening, ready, failed
    stage: str  # what it is doing, in words
    done: int
    total: int
    title: str = ""
    generation: str = ""
    error: str = ""
    instance: str = ""  # another one after every start of the server
    kb: str = ""  # stands for the folder that is asked; the page keeps chats by it
    stale: bool = False  # files have changed since they were indexed
    trouble: str = ""  # why they cannot be read again, if they cannot
    folders: tuple[str, ...] = ()  # where several are one knowledge base: the names a question may be restricted to


class Freshness:
    """Whether files have changed, looked at so seldom that it costs next to nothing however many there are."""

    SHARE = 50.0  # it takes at most a fiftieth of the time

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._lock = threading.Lock()
        self._next = 0.0
        self._known = (False, "")

    def look(self) -> tuple[bool, str]:
        """(whether files have changed, why that cannot be told)."""
        assistant = self._opening.assistant
        with self._lock:
            began = time.monotonic()
            if assistant is not None and began >= self._next:
                try:
                    self._known = (assistant.changed(), "")
                except KbError as error:
                    self._known = (True, str(error))
                spent = time.monotonic() - began
                self._next = began + max(1.0, self.SHARE * spent)
            return self._known


class Json(JSONResponse):
    """JSON that can be sent whatever text it holds: a lone surrogate, which UTF-8 has no bytes for, goes as an escape."""

    def render(self, content: Any) -> bytes:
        """The body."""
        try:
            return super().render(content)
        except UnicodeEncodeError:
            return json.dumps(content, allow_nan=False, separators=(",", ":")).encode("ascii")


def problem(status: int, message: str, **headers: str) -> JSONResponse:
    """A reply that says why there is no other."""
    return Json({"error": message}, status_code=status, headers=headers)


def unavailable(opening: Opening) -> JSONResponse | None:
    """The reply while there is no assistant to ask; None when there is."""
    if opening.state == "opening":
        said = f"The knowledge base is still being opened: {opening.stage.sentence}. Ask again in a moment."
        return problem(503, said, **{"Retry-After": "2"})
    if opening.state == "failed":
        return problem(503, opening.message)
    return None


def unexpected(error: Exception, what: str) -> str:
    """Log an error nobody foresaw; what the user is told, with a number to find it by."""
    number = uuid.uuid4().hex[:8]
    log.error("%s failed (error %s)", what, number, exc_info=error)
    return f"Something went wrong inside (error {number}). The terminal that runs the server has the details."


def _turn(assistant: Answering, body: AskRequest, conversations: Conversations) -> Callable[[GivenUp], Answer]:
    """What answers a request, as one turn of its conversation if it has one."""
    if body.conversation is None:
        return lambda _given_up: assistant.ask(body.question, id=body.id, scope=body.scope)
    talk = conversations.get(body.conversation)
    return lambda given_up: talk.turn(lambda said: assistant.ask(body.question, said, id=body.id, scope=body.scope), given_up)


def refused(error: KbError) -> JSONResponse:
    """The reply to a request for what cannot be done, by the reason."""
    if isinstance(error, TooMany):
        return problem(429, str(error), **{"Retry-After": str(error.wait)})
    if isinstance(error, TookTooLong):
        return problem(504, str(error))
    return problem(422 if isinstance(error, UsageError) else 500, str(error))


def client_of(request: Any) -> str:
    """Whose budget a request is paid from: the address it came from, as far as it is known."""
    client = getattr(request, "client", None)
    return str(getattr(client, "host", None) or "")


def make_router(opening: Opening, kb: Path | None = None, asking: Asking | None = None) -> APIRouter:
    """The routes, for one assistant.

    Args:
        asking: runs questions, within limits.
        kb: where the files lie, to say where they can be edited on the web.
    """
    router = APIRouter()
    instance = uuid.uuid4().hex[:12]
    freshness = Freshness(opening)
    links = EditLinks(kb)
    conversations = Conversations(opening.conversation)
    asks = asking or Asking(Limits())
    problems: dict[int | str, dict[str, Any]] = {n: {"model": Problem} for n in (404, 413, 422, 429, 500, 503, 504)}

    @router.post("/api/ask", response_model=Answer, responses=problems, summary="Ask one question")
    async def ask(body: AskRequest, request: Request) -> Any:
        if not request.headers.get("content-type", "").lower().startswith("application/json"):
            return problem(422, "Send JSON, with Content-Type: application/json.")
        missing = unavailable(opening)
        if missing is not None or opening.assistant is None:
            return missing or problem(503, "There is no assistant.")
        try:
            asks.budget.spend(client_of(request))
            answer = await asks.run(_turn(opening.assistant, body, conversations))
        except KbError as error:
            return refused(error)
        except Exception as error:  # noqa: BLE001 (the edge of a request)
            return problem(500, unexpected(error, "/api/ask"))
        return Json(answer.as_json())

    @router.get("/api/source", response_model=SourceView, responses=problems, summary="A cited place and the file around it")
    def source(asked: Asked = Query()) -> Any:  # noqa: B008 (how FastAPI is told)
        missing = unavailable(opening)
        if missing is not None or opening.assistant is None:
            return missing or problem(503, "There is no assistant.")
        try:
            if asked.document not in opening.assistant.documents():
                return problem(404, "No indexed document has that name.")
            text = opening.assistant.document(asked.document)
            outline = [OutlineItem(level=e.level, title=e.title, line=e.line) for e in opening.assistant.outline(asked.document)]
            view = view_source(asked, text, outline)
        except KbError as error:
            return problem(404, str(error))
        except Exception as error:  # noqa: BLE001 (the edge of a request)
            return problem(500, unexpected(error, "/api/source"))
        return Json(view.model_dump(mode="json"))

    @router.get("/api/document", response_model=DocumentView, responses=problems, summary="A whole document, set out")
    def document(document: str = Query(min_length=1, max_length=4096)) -> Any:
        missing = unavailable(opening)
        if missing is not None or opening.assistant is None:
            return missing or problem(503, "There is no assistant.")
        try:
            if document not in opening.assistant.documents():
                return problem(404, "No indexed document has that name.")
            text = opening.assistant.document(document)
            whole = len(text) <= MAX_CHARACTERS
            view = DocumentView(
                document=document,
                total_lines=len(split_lines(text)),
                nodes=document_nodes(text) if whole else (),
                whole=whole,
                edit=links.of(document),
            )
        except KbError as error:
            return problem(404, str(error))
        except Exception as error:  # noqa: BLE001 (the edge of a request)
            return problem(500, unexpected(error, "/api/document"))
        return Json(view.model_dump(mode="json"))

    @router.get("/api/health", response_model=Health, summary="How the server stands")
    def health() -> Health:
        stage = opening.stage
        summary = opening.assistant.summary() if opening.assistant is not None else None
        stale, trouble = freshness.look()
        return Health(
            state=opening.state,
            stage=stage.words,
            done=stage.done,
            total=stage.total,
            title=summary.title if summary else "",
            generation=summary.generation if summary else "",
            error=opening.message,
            instance=instance,
            kb=opening.kb,
            stale=stale,
            trouble=trouble,
            folders=opening.assistant.folders() if opening.assistant is not None else (),
        )

    @router.get("/healthz", include_in_schema=False)
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz", include_in_schema=False)
    def readyz() -> JSONResponse:
        return Json({"status": opening.state}, status_code=200 if opening.state == "ready" else 503)

    return router
