"""Whole conversations in the terminal: lines in, everything shown compared."""

from __future__ import annotations

import io
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import KnowledgeBaseMissing
from ui.render import PLAIN
from ui.repl import Chat, Opening, chat

ROOT = Path(__file__).parents[2]
SKY = "Blue. (turn 1) [1]\n\nSources:\n  [1] colours.md:5  Colours\n\n"


def talk(fake: Any, new_talk: Any, *lines: str) -> tuple[str, str, int]:
    out, notes = io.StringIO(), io.StringIO()
    code = chat(
        lambda _progress: fake,
        style=PLAIN,
        stdin=io.StringIO("".join(f"{line}\n" for line in lines)),
        out=out,
        notes=notes,
        new_conversation=new_talk,
    )
    return out.getvalue(), notes.getvalue(), code


def test_piped_questions_are_answered_in_one_conversation_without_a_prompt(fake: Any, new_talk: Any) -> None:
    out, notes, code = talk(fake, new_talk, "sky", "", "the sea")

    assert out == SKY + "That is not in the knowledge base.\n\n"
    assert (notes, code) == ("", 0)
    assert fake.closed


def test_the_end_may_be_said_in_words_and_what_follows_is_not_asked(fake: Any, new_talk: Any) -> None:
    for word in ("/quit", "quit", "exit", "/exit"):
        talk(fake, new_talk, word, "sky")
    assert fake.asked == []


def test_new_forgets_the_conversation(fake: Any, new_talk: Any) -> None:
    out, notes, _ = talk(fake, new_talk, "sky", "/new", "sky")

    assert out == SKY + SKY
    assert notes == "A new conversation.\n"


def test_why_sources_and_json_speak_of_the_last_answer(fake: Any, new_talk: Any) -> None:
    out, _, _ = talk(fake, new_talk, "sky", "/why", "/sources", "/json")

    why, times, sources, as_json = out.removeprefix(SKY).split("\n\n")
    assert why.startswith("How this was answered:\n  status  answered, high confidence\n")
    assert times.endswith("\n  index  gen-1")
    assert sources == "[1] colours.md:5  Colours\n    Blue"
    assert as_json.startswith('{"id": "1", "question": "sky", "status": "answered", "text": "Blue. (turn 1)"')


def test_whynot_asks_the_last_question_again_as_the_conversation_stood_then(fake: Any, new_talk: Any) -> None:
    out, notes, _ = talk(fake, new_talk, "grass", "sky", "/whynot Shades", "/whynot Shades")

    told = "Why this section did not answer:\n  asked     sky\n  section   colours.md:7-9  Colours › Shades\n"
    assert out.count(told) == 2
    assert fake.turns_before == [1, 1]  # only the turn before it, however often it is asked
    assert notes == ""


def test_whynot_without_a_section_or_with_an_unknown_one_says_what_to_name(fake: Any, new_talk: Any) -> None:
    _, notes, code = talk(fake, new_talk, "sky", "/whynot", "/whynot Shapes")

    assert notes.splitlines() == [
        "Name a section after /whynot: its number, its heading or a part of it, or file.md#heading.",
        "There is no section 'Shapes'. The nearest: colours.md#Shades.",
    ]
    assert code == 0


@pytest.mark.parametrize("command", ["/why", "/whynot Shades", "/sources", "/json"])
def test_before_the_first_question_there_is_nothing_to_show(fake: Any, new_talk: Any, command: str) -> None:
    assert talk(fake, new_talk, command)[:2] == ("", "Nothing has been asked yet.\n")


def test_a_refusal_rests_on_no_source(fake: Any, new_talk: Any) -> None:
    assert talk(fake, new_talk, "the sea", "/sources")[1] == "The last answer rests on no source.\n"


def test_an_unknown_command_names_the_nearest(fake: Any, new_talk: Any) -> None:
    assert talk(fake, new_talk, "/sorces")[1] == "There is no command /sorces; did you mean /sources? /help lists all.\n"


def test_help_lists_every_command(fake: Any, new_talk: Any) -> None:
    notes = talk(fake, new_talk, "/help")[1]

    assert [line.split()[0] for line in notes.splitlines()[1:]] == ["/help", "/why", "/whynot", "/sources", "/json", "/new", "/quit"]


def test_a_fault_in_one_question_does_not_end_the_conversation_but_is_told_in_the_exit_code(fake: Any, new_talk: Any) -> None:
    out, notes, code = talk(fake, new_talk, "crash", "sky")

    assert out == SKY
    assert notes == "whichops: a fault in the program, please report it: ZeroDivisionError: a fault\n"
    assert code == 1


def test_a_knowledge_base_that_cannot_be_opened_is_an_error_whatever_is_piped_in(new_talk: Any) -> None:
    def refuse(_progress: Any) -> Any:
        raise KnowledgeBaseMissing(Path("nowhere"), "does not exist")

    with pytest.raises(KnowledgeBaseMissing, match="nowhere does not exist"):
        chat(refuse, style=PLAIN, stdin=io.StringIO(""), out=io.StringIO(), notes=io.StringIO(), new_conversation=new_talk)


def test_commands_work_while_the_assistant_is_still_being_opened(fake: Any, new_talk: Any) -> None:
    may_open = threading.Event()
    shown: list[str] = []

    def open_slowly(progress: Any) -> Any:
        progress("encoding", 1, 2)
        may_open.wait(10)
        return fake

    opening = Opening(open_slowly, on_failure=lambda: None)
    out, notes = io.StringIO(), io.StringIO()

    def assistant() -> Any:
        threading.Timer(0.4, may_open.set).start()
        return opening.wait(shown.append)

    conversation = Chat(assistant, new_talk, out=out, notes=notes, style=PLAIN)
    assert conversation.handle("/help")
    assert not may_open.is_set()
    assert conversation.handle("sky")
    assert out.getvalue() == SKY
    assert shown == ["encoding: 1 of 2"]


DRIVER = """
import sys, time
from pathlib import Path
from assistant.models import Answer, Reading, Trace
from corpus.errors import KnowledgeBaseMissing
from ui.render import PLAIN
from ui.repl import chat

class Fake:
    def explain(self, question, conversation=None, *, id="1"):
        text = f"You said {question}."
        reading = Reading(kind="echo", question=question)
        common = dict(reading=reading, rule="r", answer_id="a", confidence="high")
        answer = Answer(id=id, question=question, status="smalltalk", text=text, markdown=text, **common)
        return answer, Trace(rule="r", generation="g", thresholds={}, features={}, candidates=())
    def close(self):
        pass

def open_it(progress):
    if sys.argv[1] == "missing":
        time.sleep(0.5)
        raise KnowledgeBaseMissing(Path("nowhere"), "does not exist")
    return Fake()

try:
    sys.exit(chat(open_it, style=PLAIN, new_conversation=dict))
except KnowledgeBaseMissing as error:
    print(f"whichops: {error}", file=sys.stderr)
    sys.exit(error.exit_code)
"""


class Terminal:
    """A program at a terminal of its own: what is typed, what is shown, how it ends."""

    def __init__(self, *arguments: str) -> None:
        import pty

        self.main, other = pty.openpty()
        environ = {**os.environ, "TERM": "dumb", "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", DRIVER, *arguments]
        self.process = subprocess.Popen(command, stdin=other, stdout=other, stderr=other, env=environ, cwd=ROOT, start_new_session=True)
        os.close(other)
        self.shown = ""

    def until(self, text: str, seconds: float = 30) -> str:
        """Read until `text` was shown since the last call; returns what was shown up to it."""
        end = time.monotonic() + seconds
        while text not in self.shown:
            ready, _, _ = select.select([self.main], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"{text!r} was not shown, only {self.shown!r}"
            self.shown += os.read(self.main, 4096).decode("utf-8", "replace")
        before, _, self.shown = self.shown.partition(text)
        return before + text

    def type(self, text: str) -> None:
        """Send keys."""
        os.write(self.main, text.encode())

    def interrupt(self) -> None:
        """Ctrl-C."""
        os.killpg(self.process.pid, signal.SIGINT)

    def close(self) -> int:
        """Wait for the end; returns the exit code."""
        try:
            return self.process.wait(20)
        finally:
            self.process.kill()
            os.close(self.main)


@pytest.fixture
def terminal() -> Iterator[Callable[..., Terminal]]:
    pytest.importorskip("pty", reason="this system has no terminals to open")
    opened: list[Terminal] = []

    def start(*arguments: str) -> Terminal:
        opened.append(Terminal(*arguments))
        return opened[-1]

    yield start
    for one in opened:
        one.process.kill()


def test_at_a_terminal_ctrl_c_drops_the_line_and_ctrl_d_leaves(terminal: Callable[..., Terminal]) -> None:
    screen = terminal("there")
    screen.until("> ")
    screen.type("half a thou")
    screen.until("thou")
    screen.interrupt()
    screen.until("> ")
    screen.type("whole\n")
    screen.until("You said whole.")
    screen.until("> ")
    screen.type("\x04")

    assert screen.close() == 0


def test_at_a_terminal_what_cannot_be_opened_is_told_before_anything_is_asked(terminal: Callable[..., Terminal]) -> None:
    screen = terminal("missing")
    screen.until("> ")

    screen.until("whichops: nowhere does not exist.")
    assert screen.close() == 4
