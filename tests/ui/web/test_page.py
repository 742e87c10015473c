from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import pytest

from corpus.errors import KbError
from tests.ui.web.fake import FakeAssistant
from ui.opening import Opening
from ui.web.page import AT_ONCE, MAX_TURNS, Replies, Session, make_page, names_of


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


def test_a_quick_answer_comes_with_its_question() -> None:
    async def steps() -> tuple[Any, Any]:
        replies = replies_over(FakeAssistant())
        shown, _box, session = await replies.begin("which tea in the evening", None)
        return shown, await replies.answer(session)

    shown, later = asyncio.run(steps())
    assert [m["role"] for m in shown] == ["user", "assistant"]
    assert "which tea in the evening" in shown[0]["content"]
    assert "Keemun" in shown[1]["content"]
    assert later == ({"__type__": "update"}, {"__type__": "update"})  # there is nothing to add


def test_a_slow_answer_comes_after_its_question_was_shown() -> None:
    async def steps() -> tuple[Any, Any]:
        replies = replies_over(FakeAssistant(delay=3 * AT_ONCE))
        shown, _box, session = await replies.begin("which tea in the evening", None)
        answered, _session = await replies.answer(session)
        return shown, answered

    shown, answered = asyncio.run(steps())
    assert "pending" in shown[1]["content"]
    assert "Keemun" in answered[1]["content"]


def test_questions_asked_before_the_answer_came_are_answered_in_order() -> None:
    async def steps() -> list[str]:
        replies = replies_over(FakeAssistant(delay=2 * AT_ONCE))
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
        replies = replies_over(FakeAssistant(delay=2 * AT_ONCE))
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


def test_a_kept_chat_is_asked_again_in_order_and_what_has_changed_is_said() -> None:
    kept = {"turns": [{"question": "which tea in the evening", "answer_id": "0123456789abcdef"}, {"question": "and in the morning"}]}

    async def steps() -> list[str]:
        replies = replies_over(FakeAssistant())
        _shown, session = replies.restore(json.dumps(kept), None)
        await replies.answer(session)
        return [m["content"] for m in session.messages()[1::2]]

    first, second = asyncio.run(steps())
    assert "The files have changed since this was first asked." in first
    assert "light of “which tea in the evening”" in second
    assert "have changed" not in second


@pytest.mark.parametrize("kept", ["", "x", "{}", '{"turns": []}', '{"turns": [{"question": 1}]}', '{"turns": [{"q": "x"}]}', "[" * 100_000])
def test_what_is_no_kept_chat_changes_nothing(kept: str) -> None:
    session = Session()
    assert replies_over(FakeAssistant()).restore(kept, session) == ({"__type__": "update"}, {"__type__": "update"})
    assert not session.closed


def test_a_question_is_asked_in_what_was_chosen_and_says_so() -> None:
    assistant = FakeAssistant(parts=("leaves", "pots"))
    replies = replies_over(assistant)

    _, _, session = asyncio.run(replies.begin("which tea in the evening", None, '["pots"]'))

    assert assistant.scopes == [("pots",)]
    assert '<span class="within">in <b>pots</b></span>' in session.messages()[0]["content"]
    assert "within" not in ask(replies, "hi").messages()[0]["content"]


def test_a_part_that_is_gone_is_told_with_the_nearest() -> None:
    replies = replies_over(FakeAssistant(parts=("leaves", "pots")))
    _, _, session = asyncio.run(replies.begin("which tea in the evening", None, '["leafs"]'))

    assert "did you mean" in session.messages()[1]["content"]


@pytest.mark.parametrize("within", ["", "[", "7", "null", '{"a": 1}', None])
def test_what_is_no_list_of_names_is_everything(within: Any) -> None:
    assert names_of(within) == ()


def test_an_empty_page_has_the_examples_of_what_is_asked() -> None:
    replies = replies_over(FakeAssistant(parts=("leaves", "pots")))

    assert "what is pots" in replies.load('["pots"]')[1]["placeholder"]
    assert "which tea in the evening" in replies.load('["gone"]')[1]["placeholder"]


def test_a_chat_comes_back_with_what_each_question_was_asked_in() -> None:
    assistant = FakeAssistant(parts=("leaves", "pots"))
    replies = replies_over(assistant)
    kept = {"turns": [{"question": "hi", "answer_id": "", "scope": ["leaves"]}, {"question": "hi", "answer_id": ""}]}

    _, session = replies.restore(json.dumps(kept), None)
    asyncio.run(replies.answer(session))

    assert assistant.scopes == [("leaves",), ()]


def test_a_choice_made_while_the_page_still_fetches_is_fetched_afterwards() -> None:
    page = make_page(Opening.ready(FakeAssistant(), new_conversation=list))
    names = {component["id"]: component["props"].get("elem_id") for component in page.config["components"]}
    modes = {d["trigger_mode"] for d in page.config["dependencies"] for target, _ in d["targets"] if names.get(target) == "refresh"}

    assert modes == {"always_last"}
