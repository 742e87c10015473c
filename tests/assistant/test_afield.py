"""Whether a question leads away from the knowledge base, and so which kind of no it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.afield import elsewhere, foreign, kind_of_no, of_a_known_name
from assistant.holding import Beside
from assistant.retrieval import Evidence

Against = Callable[..., Beside]


@pytest.mark.parametrize(
    ("question", "far"),
    [
        ("how tall is the Eiffel tower", True),
        ("recipe for lasagne", True),
        ("papers of letterpress", False),
        ("letterpress lasagne", False),
    ],
)
def test_where_nothing_is_near_and_no_name_is_known_it_is_foreign(against: Against, question: str, far: bool) -> None:
    assert foreign(against(question)) is far


@pytest.mark.parametrize(
    ("question", "contrast", "far"),
    [
        ("which song makes the crowd dance on paper", -0.9, True),
        ("which song makes the crowd dance on paper", 0.5, False),
        ("which song makes Letterpress dance", -0.9, False),
        ("which of the two makes the crowd dance", -0.9, False),
        ("papers of Zorblat", -0.9, False),
    ],
    ids=["as near to everyday talk", "nearer to the folder", "a certain name", "one of the known", "only a name is unknown"],
)
def test_another_field_is_told_by_unknown_words_that_sound_like_everyday_talk(
    against: Against, monkeypatch: pytest.MonkeyPatch, question: str, contrast: float, far: bool
) -> None:
    monkeypatch.setattr(Evidence, "contrast", lambda self: contrast)

    assert elsewhere(against(question)) is far


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("does Olfa work with Zorblat", "unknown_attribute"),
        ("does Zorblat work with Olfa", None),
        ("when did Olfa buy Zorblat", "unknown_attribute"),
        ("papers of letterpress", None),
        ("what is Zorblat", None),
    ],
)
def test_of_a_known_name_beside_a_strange_one_it_is_said_that_this_is_not_told(against: Against, question: str, kind: str | None) -> None:
    assert of_a_known_name(against(question)) == kind


def test_a_known_name_is_never_off_topic(against: Against) -> None:
    found = against("weather of letterpress")

    assert kind_of_no(found.frame, found.evidence, found.missing, found.thresholds) == "unknown_attribute"
