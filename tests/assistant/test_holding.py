"""How much of a question a finding holds: what is missing, what is left beside the names, and whether that matters."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.holding import Beside, doubted
from assistant.retrieval import Evidence

Against = Callable[..., Beside]


def spoken(found: Beside, places: tuple[int, ...] | list[int]) -> list[str]:
    return [found.frame.tokens[p].word for p in places]


def test_what_is_missing_and_what_is_held_make_up_the_question(against: Against) -> None:
    found = against("which licence do the papers of letterpress have", "cell")
    missing = sum(found.evidence.worth[p] for p in found.missing)

    assert spoken(found, found.missing) == ["licence"]
    assert found.cover == pytest.approx(1.0 - missing)
    assert spoken(found, found.alien) == ["licence"]


def test_what_is_asked_beside_the_names_leaves_the_names_out(against: Against) -> None:
    found = against("which licence does letterpress have", "cell")

    assert spoken(found, list(found.asked)) == ["licence"]
    assert found.left == 1.0


def test_nothing_is_left_where_only_names_are_asked(against: Against) -> None:
    assert against("papers of letterpress", "cell").left == 0.0


@pytest.mark.parametrize(("question", "typed"), [("papers of letterpress", True), ("when was letterpress invented", False)])
def test_what_is_told_is_of_the_type_asked_for_where_one_is(against: Against, question: str, typed: bool) -> None:
    assert against(question, "cell").typed is typed


@pytest.mark.parametrize(("near", "excused", "lost"), [(0.99, True, 0.0), (0.5, False, 1.0)])
def test_words_without_which_the_question_means_the_same_are_not_held_against_it(
    against: Against, monkeypatch: pytest.MonkeyPatch, near: float, excused: bool, lost: float
) -> None:
    monkeypatch.setattr(Evidence, "without", lambda self, places: near)
    found = doubted(against("which licence does letterpress have", "told"))

    assert (found.doubted, found.excused, found.left, found.lost) == (True, excused, 1.0, lost)
    assert found.features()["without"] == near


def test_where_no_unknown_word_is_missing_the_encoder_is_not_asked(against: Against, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Evidence, "without", lambda self, places: pytest.fail("asked"))
    found = doubted(against("papers of letterpress", "cell"))

    assert (found.doubted, found.without) == (False, None)
    assert "without" not in found.features()
