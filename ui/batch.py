"""Many questions in, one JSON line out for each, in order.

Input lines are `{"id", "question", "conversation", "scope"}`; lines that share a `conversation` are turns of one talk. A line that cannot
be read gets an answer with status `invalid` that says why, and the run goes on. Knows nothing of files or terminals.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, Protocol

from assistant.models import Answer, Reading, Trace, WhyNot
from corpus.errors import KbError, UsageError

LONGEST_LINE = 4_000_000  # bytes; a line beyond it is refused without being held in memory

_UNSEEN = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_SURROGATE = re.compile("[\ud800-\udfff]")


class Asked(Protocol):
    """What a batch needs of an assistant (`assistant.Assistant` has it)."""

    def ask(self, question: str, conversation: Any = None, *, id: str = "1", scope: Sequence[str] = ()) -> Answer: ...
    def explain(self, question: str, conversation: Any = None, *, id: str = "1", scope: Sequence[str] = ()) -> tuple[Answer, Trace]: ...
    def scope(self, names: Sequence[str]) -> tuple[str, ...]: ...


class LineRefused(ValueError):
    """A line of the input is not a question; the message says why, in words for the user."""


@dataclass(frozen=True, slots=True)
class Question:
    """One line of the input, read."""

    id: str
    text: str
    conversation: str | None
    scope: tuple[str, ...] | None = None  # folders or documents; None: not said


@dataclass(slots=True)
class Outcome:
    """What a batch came to."""

    statuses: Counter[str] = field(default_factory=Counter)  # by `Answer.status`, refused lines included
    refused: list[int] = field(default_factory=list)  # numbers of lines that could not be read
    broken: list[int] = field(default_factory=list)  # numbers of lines that could not be answered for a fault of the program


def lines_of(stream: IO[bytes]) -> Iterator[bytes]:
    """The lines of a stream as they come, without their ends; of a line longer than LONGEST_LINE only so much that it is seen to be."""
    while line := stream.readline(LONGEST_LINE + 2):
        whole = line.endswith(b"\n")
        yield line.rstrip(b"\r\n")
        while not whole and len(line) > LONGEST_LINE:  # the rest of a line that is too long
            line = stream.readline(LONGEST_LINE + 2)
            whole = not line or line.endswith(b"\n")


def read_line(line: bytes, number: int) -> Question:
    """One line of the input as a question; `number` (1-based) is its id if it has none.

    Raises:
        LineRefused: it is too long, not UTF-8, not a JSON object, or a field is missing or of the wrong type.
    """
    if len(line) > LONGEST_LINE:
        raise LineRefused(f"Line {number} is longer than {LONGEST_LINE:,} bytes.")
    if not line.strip():
        raise LineRefused(f"Line {number} is empty; each line has to be a JSON object with a question.")
    try:
        data = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
    except UnicodeDecodeError as error:
        raise LineRefused(f"Line {number} is not UTF-8 (byte {error.start + 1}).") from error
    except json.JSONDecodeError as error:
        raise LineRefused(f"Line {number} is not JSON: {error.msg} at column {error.colno}.") from error
    except (RecursionError, ValueError) as error:  # nested a thousandfold, or a number of thousands of digits
        raise LineRefused(f"Line {number} is not JSON that can be read: {str(error).splitlines()[0]}.") from error
    if not isinstance(data, dict):
        raise LineRefused(f'Line {number} is not a JSON object such as {{"question": "…"}}.')
    if "question" not in data:
        raise LineRefused(f'Line {number} has no "question".')
    text = data["question"]
    if not isinstance(text, str):
        raise LineRefused(f'Line {number}: "question" has to be text.')
    name = _text(data, "id", number)
    talk = _text(data, "conversation", number)
    scope = _names(data, "scope", number)
    return Question(id=str(number) if name is None else name, text=without_surrogates(text), conversation=talk, scope=scope)


def read_plain_line(line: bytes, number: int) -> Question:
    """One line of plain text as a question of its own.

    Raises:
        LineRefused: it is too long, or empty.
    """
    if len(line) > LONGEST_LINE:
        raise LineRefused(f"Line {number} is longer than {LONGEST_LINE:,} bytes.")
    if not line.strip():
        raise LineRefused(f"Line {number} is empty.")
    text = line.decode("utf-8-sig" if number == 1 else "utf-8", "replace")
    return Question(id=str(number), text=without_surrogates(text), conversation=None)


def _text(data: dict[str, Any], key: str, number: int) -> str | None:
    value = data.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is not None and not isinstance(value, str):
        raise LineRefused(f'Line {number}: "{key}" has to be text.')
    return None if value is None else without_surrogates(value)


def _names(data: dict[str, Any], key: str, number: int) -> tuple[str, ...] | None:
    value = data.get(key)
    names = [value] if isinstance(value, str) else value
    if names is None:
        return None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise LineRefused(f'Line {number}: "{key}" has to be a name, or a list of names.')
    return tuple(without_surrogates(name) for name in names)


def without_surrogates(text: str) -> str:
    """Text that can be written as UTF-8: half a surrogate pair becomes the replacement character."""
    return _SURROGATE.sub("\ufffd", text)


def refusal(id: str, question: str, reason: str) -> Answer:
    """An answer in the contract's form that says why there was nothing to ask."""
    digest = hashlib.sha256(json.dumps(["invalid", reason], ensure_ascii=False).encode()).hexdigest()
    return Answer(
        id=id,
        question=question,
        status="invalid",
        text=reason,
        markdown=reason,
        reading=Reading(kind="invalid", question=question),
        rule="invalid.line",
        answer_id=digest[:16],
        confidence="high",
    )


def _reason(error: Exception, number: int) -> str:
    """Why a line is refused, with its number."""
    return str(error) if isinstance(error, LineRefused) else f"Line {number}: {error}"


def as_line(answer: Answer, trace: Trace | None = None, why_not: WhyNot | None = None) -> str:
    """One line of JSON: the answer; `{"answer", "trace"}` where it was asked to be explained, and `"why_not"` where a section was."""
    data = answer.as_json() if trace is None else {"answer": answer.as_json(), "trace": trace.model_dump(mode="json")}
    if why_not is not None:
        data["why_not"] = why_not.model_dump(mode="json")
    # JSON itself escapes only the first 32 controls; the others, and what reorders text, could move a terminal's cursor as well.
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(data, ensure_ascii=False))


def run_batch(
    lines: Iterable[bytes],
    assistant: Asked,
    write: Callable[[str], object],
    *,
    new_conversation: Callable[[], Any],
    read: Callable[[bytes, int], Question] = read_line,
    explain: bool = False,
    scope: Sequence[str] = (),
    on_fault: Callable[[int, Exception], object] | None = None,
) -> Outcome:
    """Answer every line; `write` gets each line of output at once, without its end.

    Args:
        lines: of the input, without their ends.
        new_conversation: makes the state of a fresh talk.
        read: makes a question of a line and its number; what it refuses is answered with the reason.
        explain: write `{"answer", "trace"}` in place of the answer alone.
        scope: folders or documents that a question is asked in which names none itself.
        on_fault: told of a line that failed for a fault of the program; that line gets status `invalid` too.
    Raises:
        KbError: there is nothing to ask any more, such as a knowledge base that was removed.
    """
    outcome = Outcome()
    conversations: dict[str, Any] = {}
    for number, line in enumerate(lines, 1):
        trace = None
        try:
            question = read(line, number)
            within = assistant.scope(scope if question.scope is None else question.scope)
        except (LineRefused, UsageError) as error:
            outcome.refused.append(number)
            answer = refusal(str(number), without_surrogates(line[:2000].decode("utf-8", "replace")), _reason(error, number))
        else:
            talk = conversations.get(question.conversation) if question.conversation is not None else None
            if talk is None:
                talk = new_conversation()
                if question.conversation is not None:
                    conversations[question.conversation] = talk
            try:
                if explain:
                    answer, trace = assistant.explain(question.text, talk, id=question.id, scope=within)
                else:
                    answer = assistant.ask(question.text, talk, id=question.id, scope=within)
            except KbError:
                raise
            except Exception as error:  # noqa: BLE001  one question must not take the others with it
                outcome.broken.append(number)
                if on_fault is not None:
                    on_fault(number, error)
                reason = f"Line {number} could not be answered: a fault in whichops ({type(error).__name__})."
                answer = refusal(question.id, question.text, reason)
        outcome.statuses[answer.status] += 1
        write(as_line(answer, trace))
    return outcome
