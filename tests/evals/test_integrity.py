from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.integrity import check_answer, quote_stands
from tests.evals.fakes import BLUE_IS_NOT, MIXING, RED_IS_WARM, TEXT, FakeAssistant, answer, decline

READ = FakeAssistant({}).document


@pytest.mark.parametrize(
    ("quote", "lines", "stands"),
    [
        ("two", (2, 2), True),
        ("two\nthree", (2, 3), True),
        ("two", (1, 2), False),  # begins on line 2, not on line 1
        ("two", (2, 3), False),  # ends on line 2, not on line 3
        ("two", (1, 1), False),
        ("Two", (2, 2), False),
        ("", (1, 1), False),
        ("two", (3, 2), False),
        ("three", (9, 9), False),
    ],
)
def test_a_quote_stands_exactly_at_its_lines(quote: str, lines: tuple[int, int], stands: bool) -> None:
    assert quote_stands("one\ntwo\nthree", quote, lines) is stands


def test_lines_are_counted_the_same_with_every_kind_of_line_end() -> None:
    assert quote_stands("one\r\ntwo\rthree\nfour", "three\nfour", (3, 4))
    assert quote_stands("one\r\ntwo\r\n", "two", (2, 2))


@given(st.text(alphabet="ab \n", min_size=1, max_size=40), st.data())
def test_whatever_is_cut_out_of_a_text_stands_at_its_lines(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    first = text.count("\n", 0, start) + 1

    assert quote_stands(text, text[start:end], (first, first + text.count("\n", start, end - 1)))


def test_an_answer_that_keeps_every_promise_has_no_findings() -> None:
    assert check_answer(answer("Yes.", RED_IS_WARM, BLUE_IS_NOT, MIXING), READ) == []
    assert check_answer(decline(), READ) == []
    assert check_answer(answer("Hello.", status="smalltalk"), READ) == []


def test_a_quote_that_is_not_in_the_file_is_found_also_beside_a_refusal() -> None:
    wrong = RED_IS_WARM.model_copy(update={"quote": "no"})
    gone = RED_IS_WARM.model_copy(update={"document": "gone.md"})
    refusal = decline().model_copy(update={"nearest": (gone,)})

    assert check_answer(answer("Yes.", wrong), READ) == ["citation [1] colours.md:7-7: the quote is not there: 'no'"]
    assert check_answer(refusal, READ) == ["nearest [1] gone.md:7-7: cannot be opened ('gone.md')"]


@pytest.mark.parametrize(
    ("broken", "finding"),
    [
        (answer("Yes."), "answered without a citation"),
        (answer("Hi.", RED_IS_WARM, status="smalltalk"), "smalltalk, yet it cites 1 places as if it were an answer"),
        (answer("Yes.", RED_IS_WARM, markdown="Yes."), "cited, but no marker in the Markdown: [1]"),
        (answer("Yes. [1]", RED_IS_WARM), "the plain text holds citation markers"),
        (answer(" ", RED_IS_WARM), "the answer is empty"),
        (answer("No.", status="declined"), "status declined with decline None"),
        (answer("Yes.", RED_IS_WARM, decline="unclear"), "status answered with decline unclear"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_broken_promise_is_found(broken: object, finding: str) -> None:
    assert finding in check_answer(broken, READ)  # type: ignore[arg-type]


def test_markers_are_closed_and_each_is_used_once() -> None:
    twice = answer("Yes.", RED_IS_WARM).model_copy(update={"citations": (RED_IS_WARM, BLUE_IS_NOT)})

    assert "markers are not 1 to 2, each once: [1, 1]" in check_answer(twice, READ)
    assert TEXT.splitlines()[6] == "| Red | yes |"
