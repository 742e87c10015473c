from __future__ import annotations

import asyncio
import threading
from typing import Any

from corpus.errors import KbError
from tests.ui.web.fake import FakeAssistant
from ui.web.opening import Opening
from ui.web.page import MAX_TURNS, Replies, Session


def replies_over(assistant: FakeAssistant) -> Replies:
    return Replies(Opening.ready(assistant, new_conversation=list))


def ask(replies: Replies, question: Any, session: Session | None = None) -> Session:
    """Ask as the page does: show the question, then answer it."""

    async def both() -> Session:
        _messages, box, kept = await replies.begin(question, session)
        assert box == ""
        await replies.answer(kept)
        return kept

    return asyncio.run(both())


def last(session: Session) -> str:
    return str(session.messages()[-1]["content"])


def test_a_question_is_shown_at_once_and_answered_next() -> None:
    async def steps() -> tuple[Any, Any]:
        replies = replies_over(FakeAssistant())
        shown, _box, session = await replies.begin("which tea in the evening", None)
        answered, _session = await replies.answer(session)
        return shown, answered

    shown, answered = asyncio.run(steps())
    assert [m["role"] for m in shown] == ["user", "assistant"]
    assert "which tea in the evening" in shown[0]["content"]
    assert "pending" in shown[1]["content"]
    assert "Keemun" in answered[1]["content"]


def test_questions_asked_before_the_answer_came_are_answered_in_order() -> None:
    async def steps() -> list[str]:
        replies = replies_over(FakeAssistant(delay=0.1))
        _m, _b, session = await replies.begin("which tea in the evening", None)
        first = asyncio.create_task(replies.answer(session))
        await asyncio.sleep(0.02)
        await replies.begin("and in the morning", session)
        await asyncio.gather(first, replies.answer(session))
        return [m["content"] for m in session.messages()]

    contents = asyncio.run(steps())
    assert "Keemun" in contents[1]
    assert "light of “which tea" in contents[3]


def test_an_answer_that_comes_after_a_new_chat_was_begun_is_dropped() -> None:
    async def steps() -> tuple[Any, Any]:
        replies = replies_over(FakeAssistant(delay=0.1))
        _m, _b, session = await replies.begin("hi", None)
        answer = asyncio.create_task(replies.answer(session))
        await asyncio.sleep(0.02)
        replies.reset(session)
        return await answer

    messages, session = asyncio.run(steps())
    assert messages == session == {"__type__": "update"}


def test_a_tab_has_a_conversation_of_its_own() -> None:
    replies = replies_over(FakeAssistant())
    one = ask(replies, "which tea in the evening")
    two = ask(replies, "hi")

    assert "light of “which tea" in last(ask(replies, "and in the morning", one))
    assert "light of “hi”" in last(ask(replies, "and in the morning", two))


def test_a_new_chat_forgets() -> None:
    replies = replies_over(FakeAssistant())
    messages, session, box = replies.reset(ask(replies, "which tea in the evening"))

    assert (messages, box) == ([], "")
    assert "Nothing was asked before" in last(ask(replies, "and in the morning", session))


def test_an_exception_becomes_a_message_with_a_way_on() -> None:
    content = last(ask(replies_over(FakeAssistant()), "boom"))

    assert "Something went wrong" in content
    assert "secret" not in content
    assert 'title="boom"' in content


def test_an_error_with_advice_is_shown_as_it_is() -> None:
    assert "Run `whichops index --rebuild`." in last(ask(replies_over(FakeAssistant()), "mend me"))


def test_an_empty_question_is_no_question() -> None:
    assistant = FakeAssistant()
    for nothing in ("", "  \n ", None):
        ask(replies_over(assistant), nothing)

    assert assistant.asked == []


def test_any_question_gets_a_reply() -> None:
    replies = replies_over(FakeAssistant())
    for question in ("x" * 100_000, "\x00", "\ud800", "🫖" * 5000, "a\n" * 1000, {"text": "x"}, 7):
        assert 'class="answer' in last(ask(replies, question))


def test_an_old_turn_gives_way_to_a_new_one() -> None:
    session = Session()
    for n in range(MAX_TURNS + 5):
        session.begin(f"question {n}")

    assert len(session.messages()) == 2 * MAX_TURNS
    assert "question 5<" in session.messages()[0]["content"]


def test_a_question_asked_while_opening_is_answered_afterwards() -> None:
    go_on = threading.Event()

    def slow(progress: Any) -> FakeAssistant:
        progress("Encoding chunks", 1, 2)
        go_on.wait(10)
        return FakeAssistant()

    opening = Opening(slow, new_conversation=list)
    opening.start()
    threading.Timer(0.6, go_on.set).start()
    replies = Replies(opening)

    assert "Encoding chunks (1 of 2)" in replies.load()[1]["placeholder"]
    assert "Ask me about tea" in last(ask(replies, "hi"))


def test_a_question_to_a_folder_that_cannot_be_opened_says_why() -> None:
    def fail(_progress: Any) -> FakeAssistant:
        raise KbError("x is not a folder.")

    opening = Opening(fail)
    opening._run()

    assert "x is not a folder." in last(ask(Replies(opening), "hi"))
    assert "x is not a folder." in Replies(opening).load()[1]["placeholder"]


def test_the_empty_page_says_what_is_there_and_what_to_ask() -> None:
    header, chat = replies_over(FakeAssistant()).load()

    assert "2 files · 1 table · 14 facts" in header
    assert chat["placeholder"].count('class="ask"') == 4
