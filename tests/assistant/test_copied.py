"""Whether a finding only says again what the question says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.copied import copies, unspecified
from assistant.finding import Finding
from assistant.holding import Beside
from assistant.retrieval import Candidate
from corpus.models import Fact, Span


def sentence(text: str) -> Finding:
    return Finding("sentence", {}, [Candidate(Fact(1, "sentence", "a.md", 7, Span(0, len(text), 1, 1), text, text))])


@pytest.mark.parametrize(
    ("text", "only_of_the_sort"),
    [
        ("The rails leave a gap open.", True),
        ("Gapless rails leave a gap open.", True),
        ("Gapless rails leave a gap: the western one.", False),
        ("Gap: the western one.", False),
        ("A rail is a gap in time.", False),
        ("These are gap makers.", False),
        ("The regional gap is open.", False),
    ],
)
def test_which_one_is_not_told_by_a_text_that_only_speaks_of_the_sort(
    against: Callable[..., Beside], text: str, only_of_the_sort: bool
) -> None:
    assert unspecified(against("which gap is left").frame, sentence(text)) is only_of_the_sort


@pytest.mark.parametrize(
    ("question", "text", "again"),
    [
        pytest.param(
            "what is the name of the technique that spins", "Any drum of a technique spins.", True, id="a technique without its name"
        ),
        pytest.param(
            "what is the name of the technique that spins", "The Risograph technique spins.", False, id="the name of the technique"
        ),
        pytest.param("how do I wash the mesh", "Wash the mesh.", True, id="to do it, and not how"),
        pytest.param("how do I wash the mesh", "Wash the mesh by soaking it.", False, id="by which means"),
        pytest.param("what is a mesh of screens", "Mesh of screens.", True, id="the words of the question"),
        pytest.param("what is a mesh of screens", "Mesh of screens, pulled tight.", False, id="and more than them"),
    ],
)
def test_what_says_again_what_is_asked_tells_nothing(against: Callable[..., Beside], question: str, text: str, again: bool) -> None:
    assert copies(against(question, finding=sentence(text))) is again
