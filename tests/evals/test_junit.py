from __future__ import annotations

import xml.etree.ElementTree as ET

from evals.junit import to_junit
from tests.evals.fakes import RED_IS_WARM, FakeAssistant, answer, make_case, ref, run

RED = make_case("red", must=("yes",), cite_any=(ref(),))


def parsed(*cases: object, aside: bool = False, **answers: object) -> ET.Element:
    given = {"Is red warm?": answer("Yes.", RED_IS_WARM), **answers}
    return ET.fromstring(to_junit(run(FakeAssistant(given), *cases), aside=aside))  # type: ignore[arg-type]


def test_a_wrong_answer_is_a_failure_and_a_crash_an_error() -> None:
    wrong, crash = make_case("wrong", "a", must=("x",), kind="list"), make_case("crash", "b", kind="list", tier="must")

    root = parsed(RED, wrong, crash, b=RuntimeError("boom"))

    assert {key: root.get(key) for key in ("tests", "failures", "errors")} == {"tests": "3", "failures": "1", "errors": "1"}
    assert [(suite.get("name"), suite.get("tests")) for suite in root] == [("cell", "1"), ("list", "2")]
    assert root.find(".//testcase[@name='red']/*") is None
    failure, error = root.find(".//testcase[@name='wrong']/failure"), root.find(".//testcase[@name='crash']/error")
    assert failure is not None
    assert failure.get("message") == "status: expected answered, got declined (off_topic)"
    assert "asked     a" in str(failure.text)
    assert error is not None
    assert (error.get("message"), error.get("type")) == ("turn 1: RuntimeError: boom", "must")


def test_times_are_seconds() -> None:
    assert parsed(RED)[0][0].get("time") == "0.001"  # the fake clock ticks once a millisecond


def test_what_xml_cannot_hold_is_replaced() -> None:
    root = parsed(make_case("bell", "\x07<&]]>", must=("x",)))

    assert "�<&]]>" in str(root[0][0][0].text)


def test_of_a_case_put_aside_only_the_verdict_is_told() -> None:
    aside = make_case("hidden", "a secret", must=("x",)).model_copy(update={"aside": True})

    assert "a secret" not in ET.tostring(parsed(aside), encoding="unicode")
    assert parsed(aside).get("failures") == "1"
    assert "a secret" in ET.tostring(parsed(aside, aside=True), encoding="unicode")
