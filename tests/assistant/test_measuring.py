"""Questions answered from numeric rows and columns: the cases of `data/measures.toml`, and what makes an answer fall."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant import Answer, Assistant
from assistant.certificate import verify_answer

CASES: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "data" / "measures.toml").read_text(encoding="utf-8"))["case"]
ANSWERED = [c for c in CASES if "says" in c or "order" in c]
DECLINED = [c for c in CASES if c not in ANSWERED]

Open = Callable[..., Assistant]


def test_the_scoreboard_is_long_enough_and_asks_much_that_is_not_there() -> None:
    assert len(CASES) >= 60
    assert len(DECLINED) >= 15


def fault(case: dict[str, Any], answer: Answer, kb: Path) -> str:
    """What is wrong with the answer to a case; empty when nothing is."""
    if answer.status != "answered":
        return f"{answer.status}: {answer.text}"
    problems = [f"does not say {s!r}" for s in case.get("says", ()) if s not in answer.text]
    problems += [f"says {s!r}" for s in case.get("not", ()) if s in answer.text]
    places = [answer.text.find(s) for s in case.get("order", ())]
    if -1 in places or places != sorted(places):
        problems.append("is in another order")
    cited = {f"{c.cell.row} / {c.cell.column}" for c in answer.citations if c.cell}
    problems += [f"does not cite {c}" for c in case.get("cites", ()) if c not in cited]
    problems += verify_answer(answer.as_json(), kb).problems
    return f"{answer.text}: {problems}" if problems else ""


@pytest.mark.parametrize("case", ANSWERED, ids=lambda c: c["ask"])
def test_a_question_about_numbers_is_answered_from_its_cells_and_proved(measures: Assistant, case: dict[str, Any]) -> None:
    assert fault(case, measures.ask(case["ask"]), measures.kb) == ""


@pytest.mark.parametrize("case", DECLINED, ids=lambda c: c["ask"])
def test_a_number_that_is_not_there_is_not_replaced_by_another(measures: Assistant, case: dict[str, Any]) -> None:
    answer = measures.ask(case["ask"])

    assert (answer.status, answer.citations) == ("declined", ())
