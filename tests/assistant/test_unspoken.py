"""Whether the very thing, number or year that a question names is not spoken of in what was found."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.holding import Beside
from assistant.unspoken import lacks_what_is_asked_of, of_another_year

Against = Callable[..., Beside]


@pytest.mark.parametrize(
    ("question", "another"),
    [
        ("papers of letterpress in 1998", True),
        ("papers of letterpress in 98", False),
        ("papers of letterpress", False),
        ("which do I need for printing on shirts in 1998", False),
    ],
)
def test_a_year_has_to_be_spoken_of_but_in_a_story(against: Against, question: str, another: bool) -> None:
    assert of_another_year(against(question)) is another


@pytest.mark.parametrize(
    ("question", "shape", "lacks"),
    [
        pytest.param("papers of the press 9", "told", True, id="a number says which"),
        pytest.param("papers of the Zorblat", "told", True, id="what closes the question is what is asked of"),
        pytest.param("is there paper of the Zorblat", "told", False, id="a claim is about all of it"),
        pytest.param("papers of letterpress", "told", False, id="it is held"),
        pytest.param("papers of the Zorblat", "compare", False, id="a shape that quotes nothing"),
    ],
)
def test_what_a_short_question_is_asked_of_has_to_be_held(against: Against, question: str, shape: str, lacks: bool) -> None:
    assert lacks_what_is_asked_of(against(question, shape)) is lacks
