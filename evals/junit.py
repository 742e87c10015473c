"""A report as JUnit XML, which build servers read: a wrong answer is a failure, a crash an error. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from evals.models import CaseResult, Report
from evals.report import failure_lines

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document may hold, escaped or not: section 2.2 of XML 1.0."""

_HIDDEN = "put aside: what was asked and what came is not shown"


def to_junit(report: Report, *, aside: bool = False) -> str:
    """One suite for each kind of question, one test for each case.

    Args:
        aside: also show those put aside; otherwise their names and verdicts alone.
    """
    by_kind: dict[str, list[CaseResult]] = defaultdict(list)
    for result in report.results:
        by_kind[result.kind].append(result)
    root = Element("testsuites", _counts(report.results, report) | {"name": "whichops eval"})
    for kind, results in sorted(by_kind.items()):
        suite = SubElement(root, "testsuite", _counts(results, report) | {"name": kind})
        for result in results:
            _case(suite, result, _seconds(report, [result]), shown=aside or not result.aside)
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _seconds(report: Report, results: list[CaseResult] | tuple[CaseResult, ...]) -> str:
    return f"{sum(sum(report.timing.questions_ms.get(result.id, ())) for result in results) / 1000:.3f}"


def _counts(results: list[CaseResult] | tuple[CaseResult, ...], report: Report) -> dict[str, str]:
    errors = sum(result.error is not None for result in results)
    failures = sum(not result.passed for result in results) - errors
    return {"tests": str(len(results)), "failures": str(failures), "errors": str(errors), "time": _seconds(report, results)}


def _case(suite: Element, result: CaseResult, seconds: str, *, shown: bool) -> None:
    test = SubElement(suite, "testcase", {"classname": f"{result.tier}.{result.kind}", "name": result.id, "time": seconds})
    if result.passed:
        return
    problems = [problem for turn in result.turns for problem in (*turn.failures, *turn.defects)]
    message = _HIDDEN if not shown else result.error or (problems[0] if problems else "failed")
    found = SubElement(test, "error" if result.error is not None else "failure", {"message": _clean(message), "type": result.tier})
    if shown:
        found.text = _clean("\n".join(failure_lines(result)))


def _clean(text: str) -> str:
    """A text that XML can hold; what it cannot becomes a replacement character."""
    return _NOT_XML.sub("\ufffd", text)
