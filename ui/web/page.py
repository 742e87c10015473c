"""The chat page: Gradio's chat and text box, wired to an assistant. All that is shown is made in `render`.

Handlers never raise: an exception in Gradio covers the conversation with a tile that only a reload removes. None of them
goes through Gradio's queue: a question that joins it just as its event stream closes is lost, and it adds up to 50 ms to
answers that take a few.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import gradio as gr
from pydantic import ValidationError

from corpus.errors import KbError, UsageError
from ui.opening import Opening
from ui.web.api import client_of, unexpected
from ui.web.limits import Asking, Limits, TooMany
from ui.web.render import answer_html, error_html, failed_html, opening_html, pending_html, question_html, text, welcome_html
from ui.web.replay import MAX_SCOPE, MAX_TURNS, Chat

SESSION_SECONDS = 6 * 3600  # a tab's conversation is kept this long after its last use
AT_ONCE = 0.15  # seconds an answer may take to be sent with its question

Message = dict[str, Any]


@dataclass
class Turn:
    """A question and, once it is there, the reply to it as HTML."""

    question: str
    reply: str = ""
    before: str = ""  # the `answer_id` it had when it was first asked, where a chat is restored
    scope: tuple[str, ...] = ()  # folders or documents it is asked in; () for all


class Session:
    """One tab: what is on its page, and the conversation behind it."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self.conversation: Any = None
        self.asked = 0
        self.closed = False  # a new chat has begun: what is still on its way is not wanted
        self.lock = asyncio.Lock()  # turns are answered in order
        self.tasks: set[asyncio.Future[None]] = set()  # held, or they would be collected while they run
        self.shown = (0, 0)  # what `answered` was when the page was last told

    def begin(self, question: str, scope: tuple[str, ...] = ()) -> None:
        """Put a question on the page; the oldest turn gives way."""
        self.turns = [*self.turns, Turn(question, scope=scope)][-MAX_TURNS:]

    def answered(self) -> tuple[int, int]:
        """(questions on the page, answers given)."""
        return len(self.turns), self.asked if all(turn.reply for turn in self.turns) else -1

    def messages(self) -> list[Message]:
        """The page's conversation."""
        found: list[Message] = []
        for turn in self.turns:
            found.append({"role": "user", "content": question_html(turn.question, turn.scope)})
            found.append({"role": "assistant", "content": turn.reply or pending_html()})
        return found

    def __deepcopy__(self, _memo: dict[int, Any]) -> Session:
        return Session()  # Gradio copies the first value of a state; a new tab starts empty


def _header(title: str, counts: str) -> str:
    return f'<div class="title"><h1>{text(title)}</h1><p>{text(counts)}</p></div>'


def names_of(within: object) -> tuple[str, ...]:
    """The scope as the page's script writes it, a JSON list of names; what is none is everything."""
    try:
        names = json.loads(str(within or "[]"))
    except ValueError:
        return ()
    return tuple(str(name) for name in names[:MAX_SCOPE]) if isinstance(names, list) else ()


def welcome(opening: Opening, scope: tuple[str, ...] = ()) -> tuple[str, str]:
    """The head of the page and what stands in an empty chat, as things are now."""
    if opening.state == "failed":
        return _header("whichops", ""), failed_html(opening.message)
    if opening.state == "opening" or opening.assistant is None:
        stage = opening.stage
        fraction = stage.done / stage.total if stage.total > 0 else None
        return _header("whichops", "opening …"), opening_html(stage.sentence, fraction)
    try:
        summary = opening.assistant.summary(scope)
    except UsageError:  # what the browser kept is not there any more; a question asked in it is told so
        summary = opening.assistant.summary()
    counts = ((summary.documents, "file"), (summary.tables, "table"), (summary.facts, "fact"))
    said = " · ".join(f"{n:,} {noun if n == 1 else noun + 's'}" for n, noun in counts)
    page = welcome_html(summary.title, summary.description, counts, summary.examples[:4], summary.skipped)
    return _header(summary.title, said), page


class Replies:
    """Questions from the page to the assistant and back."""

    def __init__(self, opening: Opening, asking: Asking | None = None) -> None:
        self.opening = opening
        self._asking = asking or Asking(Limits())

    async def begin(
        self, question: str, session: Session | None, within: object = "", request: gr.Request | None = None
    ) -> tuple[Any, str, Session]:
        """Show a question at once: (messages, emptied text box, session)."""
        session = session or Session()
        question = str(question or "")
        if not question.strip():
            return gr.skip(), "", session
        session.begin(question, names_of(within))
        try:
            self._asking.budget.spend(client_of(request))
        except TooMany as error:
            session.turns[-1].reply = error_html(str(error), question)
        # Most answers are there before the page could be told that they are coming.
        task = asyncio.ensure_future(self._work(session))
        session.tasks.add(task)
        task.add_done_callback(session.tasks.discard)
        await asyncio.wait({task}, timeout=AT_ONCE)
        session.shown = session.answered()
        return session.messages(), "", session

    async def answer(self, session: Session | None) -> tuple[Any, Any]:
        """Answer what has been asked and not answered: (messages, session)."""
        if session is None:
            return gr.skip(), gr.skip()
        await self._work(session)
        if session.closed or session.shown == session.answered():
            return gr.skip(), gr.skip()
        session.shown = session.answered()
        return session.messages(), session

    async def _work(self, session: Session) -> None:
        """Answer in order what has no reply yet."""
        async with session.lock:
            for turn in session.turns:
                if not turn.reply and not session.closed:
                    turn.reply = await self._reply(turn, session)

    async def _reply(self, turn: Turn, session: Session) -> str:
        """The answer, or what went wrong, as HTML; never raises."""
        question = turn.question
        try:
            while self.opening.state == "opening":  # noqa: ASYNC110 (set by a thread that knows no event loop)
                await asyncio.sleep(0.05)
            assistant = self.opening.assistant
            if assistant is None:
                return error_html(self.opening.message, question)
            if session.conversation is None:
                session.conversation = self.opening.conversation()
            session.asked += 1
            number, conversation = str(session.asked), session.conversation.copy()
            answer = await self._asking.run(lambda _given_up: assistant.ask(question, conversation, id=number, scope=turn.scope))
            session.conversation = conversation  # a turn that was given up was not said
            return answer_html(answer, turn=session.asked, before=turn.before)
        except KbError as error:
            return error_html(str(error), question)
        except Exception as error:  # noqa: BLE001 (the edge of a request: it is logged and shown)
            return error_html(unexpected(error, "A question"), question)

    def load(self, within: object = "") -> tuple[str, Any]:
        """How things stand: (header, chat with what an empty page says). The page asks again while the folder is opened."""
        try:
            header, page = welcome(self.opening, names_of(within))
        except Exception as error:  # noqa: BLE001 (the edge of a request)
            header, page = _header("whichops", ""), failed_html(unexpected(error, "The page"))
        return header, gr.update(placeholder=page)

    def restore(self, kept: str, session: Session | None, request: gr.Request | None = None) -> tuple[Any, Any]:
        """A chat that the browser kept, to be asked again from its questions: (messages, session)."""
        try:
            chat = Chat.model_validate_json(str(kept or ""))
        except ValidationError:
            return gr.skip(), gr.skip()
        if session is not None:
            session.closed = True
        session = Session()
        session.turns = [Turn(t.question, before=t.answer_id, scope=t.scope) for t in chat.turns if t.question.strip()]
        try:
            self._asking.budget.spend(client_of(request), len(session.turns))
        except TooMany as error:
            for turn in session.turns:
                turn.reply = error_html(str(error), turn.question)
        return session.messages(), session

    def reset(self, session: Session | None) -> tuple[list[Message], Session, str]:
        """A new chat: (no messages, a new session, an empty text box)."""
        if session is not None:
            session.closed = True
        return [], Session(), ""


TOOLS = (
    '<div class="tools"><button class="tool chats" title="Earlier chats">Chats</button>'
    '<button class="tool export" title="Save this chat as a file">Save</button>'
    '<button class="tool scheme" title="Light or dark"><span class="sr">Light or dark</span></button></div>'
)


def theme() -> gr.themes.Base:
    """Calm and plain. Weights 400 and 700 only: the bundled 600s lack most letters."""
    return gr.themes.Base(
        primary_hue="teal",
        neutral_hue="slate",
        font=[gr.themes.LocalFont("Source Sans Pro", weights=(400, 700)), "ui-sans-serif", "system-ui", "sans-serif"],
        font_mono=[gr.themes.LocalFont("IBM Plex Mono", weights=(400, 700)), "ui-monospace", "monospace"],
    )


def make_page(opening: Opening, asking: Asking | None = None) -> gr.Blocks:
    """The page, not yet served."""
    replies = Replies(opening, asking)
    # How things stand comes with the load event, a moment later: when it is there, the page also hears what is done on it.
    header = welcome(opening)[0] if opening.state == "ready" else _header("whichops", "")
    quiet: dict[str, Any] = {"queue": False, "api_visibility": "private", "show_progress": "hidden"}
    page: gr.Blocks
    with gr.Blocks(title="whichops", analytics_enabled=False, fill_height=True, fill_width=True) as page:
        session = gr.State(None, time_to_live=SESSION_SECONDS)
        with gr.Row(elem_id="head"):
            head = gr.Markdown(header, elem_id="title", latex_delimiters=[], container=False)
            gr.Markdown(TOOLS, elem_id="tools", latex_delimiters=[], container=False)
            new = gr.Button("New chat", elem_id="new", size="sm", scale=0, min_width=96)
        chat = gr.Chatbot(
            value=[],
            placeholder=None,
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
            submit_btn=True,
        )
        # Filled by the page's script with what is asked, where that is a part of several folders.
        within = gr.Textbox(elem_id="within", label="Scope", visible="hidden", lines=1, max_lines=1)
        box.submit(replies.begin, [box, session, within], [chat, box, session], trigger_mode="multiple", **quiet).then(
            replies.answer, [session], [chat, session], trigger_mode="multiple", **quiet
        )
        new.click(replies.reset, [session], [chat, session, box], **quiet)
        # Pressed by the page's script when the folder has been opened.
        refresh = gr.Button("Refresh", elem_id="refresh", visible="hidden")
        # Filled and pressed by the page's script, to have a chat that the browser kept asked again.
        kept = gr.Textbox(elem_id="kept", label="Kept chat", visible="hidden", lines=1, max_lines=1)
        restore = gr.Button("Restore", elem_id="restore", visible="hidden")
        restore.click(replies.restore, [kept, session], [chat, session], **quiet).then(
            replies.answer, [session], [chat, session], trigger_mode="multiple", **quiet
        )
        # What was chosen last is what the page has to show, however fast one chose.
        gr.on([page.load, refresh.click], replies.load, [within], [head, chat], trigger_mode="always_last", **quiet)
    return page
