"""The chat page: Gradio's chat and text box, wired to an assistant. All that is shown is made in `render`.

Handlers never raise: an exception in Gradio covers the conversation with a tile that only a reload removes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import gradio as gr
from anyio import CapacityLimiter, to_thread

from corpus.errors import KbError
from ui.web.api import unexpected
from ui.web.opening import Opening
from ui.web.render import answer_html, error_html, failed_html, opening_html, pending_html, question_html, text, welcome_html

log = logging.getLogger(__name__)

MAX_QUESTION = 4000  # characters, in the browser; the assistant says what it takes
MAX_TURNS = 60  # kept on the page; older ones are let go
PATIENCE = 0.25  # seconds before the page says that it is working on it
TICK = 0.3  # seconds between two looks at the progress
SESSION_SECONDS = 6 * 3600  # a tab's conversation is kept this long after its last use
WORKERS = 16  # questions answered at the same time

Message = dict[str, Any]


class Session:
    """One tab: what is on its page, and the conversation behind it."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.conversation: Any = None
        self.turns = 0

    def add(self, question: str, reply: str) -> None:
        """Put a turn on the page; the oldest gives way."""
        self.messages = [*self.messages, _user(question), _bot(reply)][-2 * MAX_TURNS :]
        self.turns += 1

    def __deepcopy__(self, _memo: dict[int, Any]) -> Session:
        return Session()  # Gradio copies the first value of a state; a new tab starts empty


def _user(question: str) -> Message:
    return {"role": "user", "content": question_html(question)}


def _bot(html: str) -> Message:
    return {"role": "assistant", "content": html}


def _header(title: str, counts: str) -> str:
    return f'<div class="title"><h1>{text(title)}</h1><p>{text(counts)}</p></div>'


def welcome(opening: Opening) -> tuple[str, str]:
    """The head of the page and what stands in an empty chat, as things are now."""
    if opening.state == "failed":
        return _header("whichops", ""), failed_html(opening.message)
    if opening.state == "opening" or opening.assistant is None:
        stage = opening.stage
        fraction = stage.done / stage.total if stage.total > 0 else None
        return _header("whichops", "opening …"), opening_html(stage.sentence, fraction)
    summary = opening.assistant.summary()
    counts = ((summary.documents, "file"), (summary.tables, "table"), (summary.facts, "fact"))
    said = " · ".join(f"{n:,} {noun if n == 1 else noun + 's'}" for n, noun in counts)
    page = welcome_html(summary.title, summary.description, counts, summary.examples[:4], summary.skipped)
    return _header(summary.title, said), page


class Replies:
    """Questions from the page to the assistant and back."""

    def __init__(self, opening: Opening) -> None:
        self.opening = opening
        self._limit: CapacityLimiter | None = None

    async def ask(self, question: str, session: Session | None) -> AsyncIterator[tuple[Any, Any, Session]]:
        """Answer one question.

        Yields:
            (messages, text box, session), once or more; the last is the answer.
        """
        session = session or Session()
        question = str(question or "")
        if not question.strip():
            yield gr.skip(), "", session
            return
        task = asyncio.ensure_future(self._reply(question, session))
        shown = False
        try:
            done, _ = await asyncio.wait({task}, timeout=PATIENCE)
            while not done:
                words = self.opening.stage.sentence if self.opening.state == "opening" else ""
                waiting = [*session.messages, _user(question), _bot(pending_html(words))]
                yield waiting, (gr.skip() if shown else ""), session
                shown = True
                done, _ = await asyncio.wait({task}, timeout=TICK)
            session.add(question, task.result())
        finally:
            task.cancel()
        # The box is emptied once only: by the time a slow answer comes, the next question may be half typed.
        yield session.messages, (gr.skip() if shown else ""), session

    async def _reply(self, question: str, session: Session) -> str:
        """The answer, or what went wrong, as HTML; never raises."""
        try:
            while self.opening.state == "opening":  # noqa: ASYNC110 (set by a thread that knows no event loop)
                await asyncio.sleep(0.05)
            assistant = self.opening.assistant
            if assistant is None:
                return error_html(self.opening.message, question)
            if session.conversation is None:
                session.conversation = self.opening.conversation()
            if self._limit is None:
                self._limit = CapacityLimiter(WORKERS)
            number = str(session.turns + 1)
            answer = await to_thread.run_sync(lambda: assistant.ask(question, session.conversation, id=number), limiter=self._limit)
            return answer_html(answer)
        except KbError as error:
            return error_html(str(error), question)
        except Exception as error:  # noqa: BLE001 (the edge of a request: it is logged and shown)
            return error_html(unexpected(error, "A question"), question)

    async def load(self, session: Session | None, request: gr.Request) -> AsyncIterator[tuple[Any, Any, Session, Any]]:
        """A page was opened: show how far opening has come until it is done, then ask the question of the link, if any.

        Yields:
            (header, chat, session, text box).
        """
        session = session or Session()
        asked = str(request.query_params.get("q", "")).strip()[:MAX_QUESTION]
        if asked:
            async for messages, _box, kept in self.ask(asked, session):
                header, page = self._welcome()
                yield header, gr.update(value=messages, placeholder=page), kept, gr.skip()
            return
        while True:
            state = self.opening.state
            header, page = self._welcome()
            yield header, gr.update(placeholder=page), session, gr.skip()
            if state != "opening":
                return
            await asyncio.sleep(TICK)

    def _welcome(self) -> tuple[str, str]:
        try:
            return welcome(self.opening)
        except Exception as error:  # noqa: BLE001 (the edge of a request)
            return _header("whichops", ""), failed_html(unexpected(error, "The page"))

    def reset(self) -> tuple[list[Message], Session, str]:
        """A new chat."""
        return [], Session(), ""


HEAD = """
<link rel="stylesheet" href="/chat/chat.css">
<link rel="icon" type="image/svg+xml" href="/chat/icon.svg">
<meta name="color-scheme" content="light dark">
<script src="/chat/chat.js" defer></script>
"""


def theme() -> gr.themes.Base:
    """Calm and plain. Weights 400 and 700 only: the bundled 600s lack most letters."""
    return gr.themes.Base(
        primary_hue="teal",
        neutral_hue="slate",
        font=[gr.themes.LocalFont("Source Sans Pro", weights=(400, 700)), "ui-sans-serif", "system-ui", "sans-serif"],
        font_mono=[gr.themes.LocalFont("IBM Plex Mono", weights=(400, 700)), "ui-monospace", "monospace"],
    )


def make_page(opening: Opening) -> gr.Blocks:
    """The page, not yet served."""
    replies = Replies(opening)
    # What is baked into the page is sent to every visitor; how things stand comes with the load event a moment later.
    header, first = replies._welcome() if opening.state == "ready" else (_header("whichops", ""), None)
    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    page: gr.Blocks
    with gr.Blocks(title="whichops", analytics_enabled=False, fill_height=True, fill_width=True) as page:
        session = gr.State(None, time_to_live=SESSION_SECONDS)
        with gr.Row(elem_id="head"):
            head = gr.Markdown(header, elem_id="title", latex_delimiters=[], container=False)
            new = gr.Button("New chat", elem_id="new", size="sm", scale=0, min_width=96)
        chat = gr.Chatbot(
            value=[],
            placeholder=first,
            elem_id="chat",
            label="Conversation",
            show_label=False,
            container=False,
            height=None,
            scale=1,
            layout="bubble",
            autoscroll=False,
            buttons=[],
            feedback_options=None,
            latex_delimiters=[],
            line_breaks=False,
            sanitize_html=True,
            allow_tags=True,
            group_consecutive_messages=False,
        )
        box = gr.Textbox(
            elem_id="box",
            label="Your question",
            show_label=False,
            container=False,
            placeholder="Ask a question …",
            lines=1,
            max_lines=6,
            max_length=MAX_QUESTION,
            submit_btn=True,
            autofocus=True,
        )
        asking = box.submit(replies.ask, [box, session], [chat, box, session], concurrency_limit=64, **private)
        loading = page.load(replies.load, [session], [head, chat, session, box], concurrency_limit=None, **private)
        # An answer that is still on its way belongs to the old chat.
        new.click(replies.reset, None, [chat, session, box], cancels=[asking, loading], **private)
    page.queue(default_concurrency_limit=64, max_size=512, status_update_rate="auto")
    return page
