"""The shipped suite itself: it loads, it fits the shipped documents, and it covers what it has to."""

from __future__ import annotations

from collections import Counter

import pytest

from evals.lint import lint
from evals.loader import load_suite
from evals.models import Suite


@pytest.fixture(scope="module")
def suite() -> Suite:
    return load_suite()


def test_the_shipped_cases_fit_the_shipped_documents(suite: Suite) -> None:
    assert lint(suite, None) == []


def test_every_kind_of_question_has_cases(suite: Suite) -> None:
    kinds = Counter(case.kind for case in suite.cases)

    assert set(kinds) >= {
        "decision", "definition", "goal", "cell", "attribute", "row", "column", "list", "count", "reverse", "membership", "equivalent",
        "comparison", "overlap", "why", "flow", "step", "example", "challenge", "trend", "recommendation", "keyword", "several", "negation",
        "premise", "refusal", "smalltalk", "dialogue",
    }  # fmt: skip
    assert sum(kinds.values()) >= 150
    assert kinds["dialogue"] >= 4


def test_every_kind_of_no_has_cases(suite: Suite) -> None:
    kinds = Counter(kind for case in suite.cases for turn in case.turns for kind in turn.expect.decline)

    assert set(kinds) == {"off_topic", "unknown_name", "unknown_attribute", "unclear", "not_listed"}
    assert min(kinds.values()) >= 5


def test_every_way_of_typing_has_cases(suite: Suite) -> None:
    tags = {tag for case in suite.cases for tag in case.tags}

    assert tags >= {"misspelt", "spaced", "terse", "non-native", "scenario", "look-alike", "price", "version", "date"}
