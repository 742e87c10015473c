"""The routes that only the page uses: explain a turn, save a chat, keep an opinion, read changed files again.

A chat comes as its questions and is asked again (see `replay`); what a browser says that an answer was is never taken for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from pydantic import Field

from corpus.errors import KbError
from ui.feedback import MAX_NOTE, FeedbackLog, Kind, record_of
from ui.opening import Opening
from ui.web.api import Json, Problem, client_of, problem, refused, unavailable, unexpected
from ui.web.explain import Explained, explained
from ui.web.export import as_json, as_markdown
from ui.web.limits import Asking, Limits
from ui.web.replay import Asked, Chat, replay

T = TypeVar("T")


class Opinion(Chat):
    """What somebody says of the last answer of a chat."""

    kind: Kind
    note: str = Field(default="", max_length=MAX_NOTE)


class Save(Chat):
    """A chat that is wanted as a file."""

    form: Literal["markdown", "json"] = "markdown"
    title: str = Field(default="", max_length=200)


def make_actions(opening: Opening, feedback: Path | None, asking: Asking | None = None) -> APIRouter:
    """The routes, for one assistant.

    Args:
        asking: runs questions, within limits.
        feedback: the file that opinions are kept in; None: they are refused.
    """
    router = APIRouter(include_in_schema=False)
    log = FeedbackLog(feedback) if feedback is not None else None
    problems: dict[int | str, dict[str, Any]] = {n: {"model": Problem} for n in (422, 429, 500, 503, 504)}
    asks = asking or Asking(Limits())

    async def again(request: Request, turns: Sequence[Asked], work: Callable[[], T]) -> T:
        """What comes of asking a chat again, each of its questions paid for."""
        asks.budget.spend(client_of(request), len(turns))
        return await asks.run(lambda _given_up: work(), len(turns))

    @router.post("/api/explain", response_model=Explained, responses=problems)
    async def explain(chat: Chat, request: Request) -> Any:
        assistant = opening.assistant
        if assistant is None:
            return unavailable(opening)

        def told() -> Explained:
            *before, last = chat.turns
            conversation = opening.conversation()
            for turn in before:
                assistant.ask(turn.question, conversation, scope=turn.scope)
            return explained(*assistant.explain(last.question, conversation, scope=last.scope))

        try:
            return Json((await again(request, chat.turns, told)).model_dump(mode="json"))
        except KbError as error:
            return refused(error)
        except Exception as error:  # noqa: BLE001 (the edge of a request)
            return problem(500, unexpected(error, "/api/explain"))

    @router.post("/api/export", responses=problems)
    async def export(wanted: Save, request: Request) -> Any:
        assistant = opening.assistant
        if assistant is None:
            return unavailable(opening)

        def told() -> Response:
            answers, summary = list(replay(opening, wanted.turns)), assistant.summary()
            if wanted.form == "json":
                return Response(as_json(wanted.title, answers, summary).encode(), media_type="application/json")
            text = as_markdown(wanted.title, answers, summary, [t.answer_id for t in wanted.turns])
            return PlainTextResponse(text.encode("utf-8", "replace"), media_type="text/markdown")

        try:
            return await again(request, wanted.turns, told)
        except KbError as error:
            return refused(error)
        except Exception as error:  # noqa: BLE001 (the edge of a request)
            return problem(500, unexpected(error, "/api/export"))

    @router.post("/api/feedback", responses=problems)
    async def keep(opinion: Opinion, request: Request) -> Any:
        if log is None:
            return problem(503, "This server keeps no feedback.")
        assistant = opening.assistant
        if assistant is None:
            return unavailable(opening)

        def add() -> None:
            *_, answer = replay(opening, opinion.turns)
            log.add(record_of(answer, opinion.kind, note=opinion.note, generation=assistant.summary().generation))

        try:
            await again(request, opinion.turns, add)
        except KbError as error:
            return refused(error)
        except Exception as error:  # noqa: BLE001 (the edge of a request)
            return problem(500, unexpected(error, "/api/feedback"))
        return Json({"kept": True})

    @router.post("/api/refresh", responses=problems)
    def refresh() -> Any:
        if opening.assistant is None:
            return unavailable(opening)
        try:
            return Json({"changed": opening.assistant.refresh()})
        except KbError as error:
            return problem(500, str(error))
        except Exception as error:  # noqa: BLE001 (the edge of a request)
            return problem(500, unexpected(error, "/api/refresh"))

    return router
