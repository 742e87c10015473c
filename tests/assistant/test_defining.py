"""Letters explained by the text that writes them out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant import Answer

Ask = Callable[..., Answer]


@pytest.mark.parametrize("question", ["what does GRN stand for", "what does GRN mean"])
def test_letters_are_explained_by_the_text_that_writes_them_out(inquire: Ask, question: str) -> None:
    answer = inquire(question)

    assert answer.status == "answered"
    assert "Goods Receipt Note (GRN)" in answer.text


@pytest.mark.parametrize("question", ["what does CMYK stand for", "what does WHO mean"])
def test_letters_that_are_nowhere_written_out_are_not_explained(inquire: Ask, question: str) -> None:
    assert inquire(question).status == "declined"
