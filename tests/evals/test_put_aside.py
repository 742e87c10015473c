"""Which of the shipped cases are put aside: chosen by a hash of the name, enough of them, and none that a seen case gives away."""

from __future__ import annotations

import hashlib
import re
from collections import Counter

import pytest

from evals.loader import load_suite
from evals.models import Case, Suite


@pytest.fixture(scope="module")
def suite() -> Suite:
    return load_suite()


# Topics of talks, of which nothing was ever looked at: two in three are put aside where several turns are told, else every second one.
_TALKS = {"stories.toml": 3, "follow_up_refusals.toml": 3, "not_questions.toml": 3, "follow_ups.toml": 2, "threads.toml": 2}

# Topics on whether to answer at all. Of these one in three is put aside, of all others one in four.
_WHETHER_TO_ANSWER = frozenset(
    f"{topic}.toml"
    for topic in ("off_topic", "unknown_names", "unknown_attributes", "not_listed", "unclear", "contradicted", "half_covered", "controls")
)


def _chosen(case: Case) -> bool:
    number, topic = int(hashlib.sha256(case.id.encode()).hexdigest(), 16), _topic(case)
    if topic in _TALKS:
        return number % 3 != 0 if _TALKS[topic] == 3 else number % 2 == 0
    return number % 3 == 2 if topic in _WHETHER_TO_ANSWER else number % 4 == 2


def _topic(case: Case) -> str:
    return case.file.rsplit("/", 1)[-1]


def _words(case: Case) -> str:
    """The words of all that is asked, without order, case and marks."""
    return " ".join(sorted({word for turn in case.turns for word in re.findall(r"\w+", turn.question.casefold())}))


def test_the_hash_of_its_name_decides_whether_a_case_is_put_aside(suite: Suite) -> None:
    topics = {_topic(case) for case in suite.cases if case.aside}
    divided = [case for case in suite.cases if _topic(case) in topics]

    assert {case.id for case in divided if case.aside} == {case.id for case in divided if _chosen(case)}


def test_at_least_a_quarter_of_the_cases_are_put_aside(suite: Suite) -> None:
    assert sum(case.aside for case in suite.cases) >= len(suite.cases) / 4


def test_every_kind_put_aside_is_also_seen(suite: Suite) -> None:
    seen = Counter(case.kind for case in suite.cases if not case.aside)

    assert {case.kind for case in suite.cases if case.aside} <= set(seen)


def test_no_case_put_aside_asks_in_the_words_of_a_seen_one(suite: Suite) -> None:
    seen = {_words(case) for case in suite.cases if not case.aside} - {""}  # blanks, marks and pictures give nothing away

    assert [case.id for case in suite.cases if case.aside and _words(case) in seen] == []
