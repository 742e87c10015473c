"""Which kind of no a refusal is: three sums of trees, asked only where the tests gave one of their kinds."""

from __future__ import annotations

import pytest

from assistant import Assistant
from assistant.refusing import KINDS, kind_by_signs, weighers


@pytest.mark.model
def test_the_shipped_trees_speak_of_the_three_kinds_and_of_one_set_of_signs(shipped: Assistant) -> None:
    found = shipped.refusal("What does a ticket to the opera cost?")

    assert found is not None
    signs, _, answer = found
    assert tuple(weighers()) == KINDS
    assert {w.names for w in weighers().values()} == {tuple(sorted(signs))}
    assert answer.status == "declined"


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What does a ticket to the opera cost?", "off_topic"),
        ("Tell me about Kreuzwerk", "unknown_name"),
        ("In which year was MLflow first released?", "unknown_attribute"),
    ],
)
def test_each_kind_is_told_by_its_signs(shipped: Assistant, question: str, kind: str) -> None:
    answer = shipped.ask(question)

    assert (answer.status, answer.decline) == ("declined", kind)


@pytest.mark.model
def test_another_kind_of_no_stays_as_the_tests_gave_it(shipped: Assistant) -> None:
    """What the trees were not made for they do not touch: neither another kind nor the numbers of another encoder."""
    assert shipped.ask("which one?").decline == "unclear"


def test_under_another_encoder_the_tests_alone_decide(bike: Assistant) -> None:
    found = bike.refusal("What does the Zephyrion weigh?")

    assert found is not None
    _, by_tests, answer = found
    assert answer.decline == by_tests
    assert not any(w.made_for("stems") for w in weighers().values())


def test_a_question_that_is_answered_has_no_kind(bike: Assistant) -> None:
    assert bike.ask("What is a tandem?").status == "answered"
    assert bike.refusal("What is a tandem?") is None


def test_a_kind_that_is_not_theirs_is_not_looked_at() -> None:
    assert kind_by_signs("unclear", None, None, None) == "unclear"  # type: ignore[arg-type]
