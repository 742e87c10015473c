"""Every rule words some question's answer: the questions are data, in `data/reach.toml`, one for each rule."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from assistant import Answer, Assistant, Conversation
from assistant.certificate import verify_answer
from assistant.wording import Wording

REACH: dict[str, dict[str, Any]] = tomllib.loads((Path(__file__).parent / "data" / "reach.toml").read_text(encoding="utf-8"))
FOLDERS = {"printshop": "shop", "bicycles": "bike", "measures": "measures", "regatta": "regatta", "kitchen": "kitchen"}
RULES = {rule.id: rule for rule in Wording().rules.values()}

# Worded only when a file is gone between two looks (`test_assistant` takes one away), and where findings are weighed (`test_deciding`).
NEVER_ASKED = {"proof-failed", "second-guess"}
# No way leads to these.
UNREACHED = {
    "not-listed": pytest.mark.xfail(reason="nothing is ever refused as not listed"),
}


def asked(kb: Assistant, rule: str) -> Answer:
    """The answer to the last message of a rule's talk."""
    talk = Conversation()
    answers = [kb.ask(message * REACH[rule].get("repeat", 1), talk) for message in REACH[rule]["ask"]]
    return answers[-1]


@pytest.fixture
def worded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the rules by which something was worded, in order."""
    found: list[str] = []
    render, prefixed = Wording.render, Wording.prefixed

    def rendering(self: Wording, shape: str, *args: Any, **kwargs: Any) -> Any:
        found.append(self.rules[shape].id)
        return render(self, shape, *args, **kwargs)

    def prefixing(self: Wording, shape: str, *args: Any, **kwargs: Any) -> Any:
        found.append(self.rules[shape].id)
        return prefixed(self, shape, *args, **kwargs)

    monkeypatch.setattr(Wording, "render", rendering)
    monkeypatch.setattr(Wording, "prefixed", prefixing)
    return found


def test_every_rule_has_a_question_and_every_question_a_rule() -> None:
    assert sorted(RULES.keys() - REACH.keys() - NEVER_ASKED) == []
    assert sorted(REACH.keys() - RULES.keys()) == []


@pytest.mark.parametrize("rule", [pytest.param(r, marks=UNREACHED.get(r, ())) for r in REACH])
def test_each_rule_words_the_question_kept_for_it(rule: str, worded: list[str], request: pytest.FixtureRequest) -> None:
    kb: Assistant = request.getfixturevalue(FOLDERS[REACH[rule]["folder"]])
    worded.clear()
    answer = asked(kb, rule)

    assert rule in [*worded, answer.rule], (answer.rule, answer.text)
    assert verify_answer(answer.as_json(), kb.kb).problems == ()


@pytest.mark.parametrize("rule", REACH)
def test_each_rule_words_what_is_read_on_its_first_line(rule: str, request: pytest.FixtureRequest) -> None:
    kb: Assistant = request.getfixturevalue(FOLDERS[REACH[rule]["folder"]])
    text = asked(kb, rule).text

    assert text == text.strip()
    assert "None" not in text.split(" ")[1:]
    assert "  " not in text
    assert not any(mark in text for mark in ("{{", "{%", "[1]", " ,", " .", ": :", "– –"))
