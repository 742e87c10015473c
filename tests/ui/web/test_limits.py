"""How much one client may ask and how long a question may take: told in words, and the server goes on."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.models import Answer
from tests.ui.web.fake import FakeAssistant
from ui.opening import Opening
from ui.web.app import build_app
from ui.web.limits import CLIENTS, WORKERS, Asking, Budget, Limits, TookTooLong, TooMany
from ui.web.page import Replies

LOCAL = "http://127.0.0.1:7860"
SHORT = 0.2  # seconds


class Slow(FakeAssistant):
    """Answers "wait" when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.may_answer = threading.Event()
        self.ended = 0

    def ask(self, question: str, conversation: Any = None, **more: Any) -> Answer:
        if question == "wait":
            self.may_answer.wait(30)
        answer = super().ask(question, conversation, **more)
        self.ended += 1
        return answer


@pytest.fixture
def slow() -> Iterator[Slow]:
    assistant = Slow()
    yield assistant
    assistant.may_answer.set()


def served(assistant: FakeAssistant, limits: Limits) -> TestClient:
    return TestClient(build_app(Opening.ready(assistant, new_conversation=list), limits=limits), base_url=LOCAL)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


# ---------------------------------------------------------------- how much


def test_a_client_may_ask_so_many_at_once_and_then_as_many_as_come_in_time() -> None:
    clock = Clock()
    budget = Budget(Limits(per_second=2, at_once=3), clock)

    for _ in range(3):
        budget.spend("a")
    with pytest.raises(TooMany, match="Wait 1 second, then ask again"):
        budget.spend("a")
    clock.now += 1
    budget.spend("a", 2)
    with pytest.raises(TooMany):
        budget.spend("a")
    clock.now += 3600
    budget.spend("a", 3)


def test_clients_do_not_pay_for_each_other_and_few_are_remembered() -> None:
    budget = Budget(Limits(per_second=0.001, at_once=1), Clock())

    for n in range(CLIENTS + 5):
        budget.spend(str(n))
    assert len(budget._known) == CLIENTS
    with pytest.raises(TooMany, match="Wait 1000 seconds"):
        budget.spend(str(CLIENTS))


def test_a_chat_longer_than_the_whole_budget_needs_a_full_one() -> None:
    clock = Clock()
    budget = Budget(Limits(per_second=1, at_once=5), clock)

    budget.spend("a", 60)
    clock.now += 4
    with pytest.raises(TooMany):
        budget.spend("a", 60)
    clock.now += 1
    budget.spend("a", 60)


def test_no_limit_is_no_limit() -> None:
    budget = Budget(Limits(per_second=0, at_once=1), Clock())
    for _ in range(5000):
        budget.spend("a")


def test_the_limits_as_they_come_let_a_program_on_this_machine_ask_without_a_pause() -> None:
    clock = Clock()
    budget = Budget(Limits(), clock)
    for _ in range(20_000):  # one answer every eight milliseconds, for minutes
        budget.spend("127.0.0.1")
        clock.now += 0.008


def test_whoever_asks_too_much_is_told_when_to_come_back() -> None:
    client = served(FakeAssistant(), Limits(per_second=0.1, at_once=2))
    asked = {"question": "which tea in the evening"}

    assert [client.post("/api/ask", json=asked).status_code for _ in range(3)] == [200, 200, 429]
    reply = client.post("/api/ask", json=asked)
    assert reply.headers["retry-after"] == "10"
    assert reply.json() == {"error": "Too many questions at once. Wait 10 seconds, then ask again."}
    assert client.post("/api/explain", json={"turns": [asked]}).status_code == 429
    assert client.get("/api/health").status_code == 200


def test_the_page_says_so_in_place_of_an_answer_and_the_question_can_be_asked_again() -> None:
    assistant = FakeAssistant()
    replies = Replies(Opening.ready(assistant, new_conversation=list), Asking(Limits(per_second=0.1, at_once=1)))

    async def talk() -> list[Any]:
        _, _, session = await replies.begin("which tea in the evening", None)
        return (await replies.begin("and in the morning", session))[0]

    shown = asyncio.run(talk())
    assert "Too many questions at once." in shown[-1]["content"]
    assert 'title="and in the morning"' in shown[-1]["content"]
    assert len(assistant.asked) == 1


# ---------------------------------------------------------------- how long


def test_a_question_that_takes_too_long_is_given_up_with_what_to_do(slow: Slow) -> None:
    client = served(slow, Limits(seconds=SHORT))

    began = time.monotonic()
    reply = client.post("/api/ask", json={"question": "wait"})

    assert time.monotonic() - began < 10
    assert reply.status_code == 504
    assert reply.json()["error"].startswith("There was no answer within 0.2 seconds, so the question was given up. Ask again in a moment")
    assert client.post("/api/ask", json={"question": "hi"}).status_code == 200


def test_a_turn_that_was_given_up_was_not_said(slow: Slow) -> None:
    client = served(slow, Limits(seconds=SHORT))
    talk = {"conversation": "a"}

    assert client.post("/api/ask", json={"question": "wait", **talk}).status_code == 504
    assert client.post("/api/ask", json={"question": "hi", **talk}).status_code == 504  # its turn has not come
    slow.may_answer.set()
    while slow.ended < 2:
        time.sleep(0.01)
    time.sleep(0.05)
    text = client.post("/api/ask", json={"question": "and in the morning", **talk}).json()["text"]
    assert "Nothing was asked before" in text


def test_questions_that_never_end_hold_up_others_which_are_told_but_not_the_server(slow: Slow) -> None:
    async def talk() -> int:
        asking = Asking(Limits(seconds=SHORT))
        stuck = [asking.run(lambda _: slow.ask("wait")) for _ in range(WORKERS)]
        assert all(isinstance(e, TookTooLong) for e in await asyncio.gather(*stuck, return_exceptions=True))
        with pytest.raises(TookTooLong):
            await asking.run(lambda _: slow.ask("hi"))
        slow.may_answer.set()
        while slow.ended < WORKERS:  # noqa: ASYNC110 (counted by threads that know no event loop)
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        return len((await asking.run(lambda _: slow.ask("hi"))).text)

    before = threading.active_count()
    assert asyncio.run(talk()) > 0
    for _ in range(200):
        if threading.active_count() <= before:
            break
        time.sleep(0.02)
    assert threading.active_count() <= before


def test_the_page_tells_it_and_goes_on(slow: Slow) -> None:
    replies = Replies(Opening.ready(slow, new_conversation=list), Asking(Limits(seconds=SHORT)))

    async def talk() -> list[str]:
        _, _, session = await replies.begin("wait", None)
        first, _ = await replies.answer(session)
        slow.may_answer.set()
        messages, _, session = await replies.begin("and in the morning", session)
        if 'class="pending"' in messages[-1]["content"]:
            messages, _ = await replies.answer(session)
        return [first[-1]["content"], messages[-1]["content"]]

    given_up, next_one = asyncio.run(talk())
    assert "There was no answer within 0.2 seconds" in given_up
    assert "Nothing was asked before" in next_one


def test_without_a_limit_it_takes_as_long_as_it_takes(slow: Slow) -> None:
    async def talk() -> str:
        asking = Asking(Limits(seconds=0))
        waiting = asyncio.ensure_future(asking.run(lambda _: slow.ask("wait")))
        await asyncio.sleep(2 * SHORT)
        assert not waiting.done()
        slow.may_answer.set()
        return (await waiting).question

    assert asyncio.run(talk()) == "wait"
