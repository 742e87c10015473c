"""A conversation asked again from its questions.

The same files, question and conversation give the same answer, so the questions are all that has to be kept of a chat: the page
restores one after a reload, exports it, or explains a turn of it by asking it again. Nothing a browser stored is shown as an answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from assistant.models import Answer
    from ui.opening import Opening

MAX_TURNS = 60  # of one chat; older ones are let go
MAX_SCOPE = 100  # names of folders or documents
MAX_QUESTION = 4000  # characters; a longer one the page does not send (LONGEST in dom.js)


class Asked(BaseModel):
    """A question as a browser kept it, the `answer_id` it had, and the folders or documents it was asked in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str = Field(max_length=2 * MAX_QUESTION)
    answer_id: str = Field(default="", max_length=64)
    scope: tuple[str, ...] = Field(default=(), max_length=MAX_SCOPE)


class Chat(BaseModel):
    """The turns of a chat, in order."""

    model_config = ConfigDict(extra="forbid")

    turns: tuple[Asked, ...] = Field(min_length=1, max_length=MAX_TURNS)


def replay(opening: Opening, turns: Sequence[Asked]) -> Iterator[Answer]:
    """The answers to the questions of a chat, each in the light of those before it.

    Raises:
        KbError: an answer could not be given; those before it have been.
    """
    assistant = opening.assistant
    if assistant is None:
        return
    conversation: Any = opening.conversation()
    for number, turn in enumerate(turns, 1):
        yield assistant.ask(turn.question, conversation, id=str(number), scope=turn.scope)
