"""Failed cases as a case file: each as it was written, with what came instead in comments that have only to be uncommented.

The text loads as it stands, so that it can be moved into `cases/` once somebody has decided, line by line, which side is right.
Pure: a report and its cases go in, TOML comes out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence

from evals.loader import parse_reference
from evals.models import Case, CaseResult, Expectation, FrameExpectation, Reference, Report, Turn, TurnResult

_LINES = re.compile(r" L\d+(?:-\d+)?$")  # where `runner.place` says on which lines a citation stands

_HEAD = """\
# {count}. Everything here is as the case has it; what came instead is beside it in comments: uncomment what is
# right, and delete what is not. Ids are those of the cases, so take the old ones out when you move these in.
"""


def _text(value: str) -> str:
    """A TOML string. JSON's escapes are TOML's, but for what JSON leaves as it is and TOML and UTF-8 do not allow."""
    return json.dumps(value.encode("utf-8", "replace").decode(), ensure_ascii=False).replace("\x7f", "\\u007F")


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Reference):
        return _place(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(_value, value)) + "]"
    return _text(str(value))


def _place(reference: Reference) -> str:
    """As people write a place; as a table where its own words hold the signs that part them."""
    try:
        if parse_reference(str(reference), None) == reference:
            return _text(str(reference))
    except ValueError:
        pass
    return _value({key: value for key, value in reference.model_dump().items() if value is not None})


def _frame(frame: FrameExpectation) -> dict[str, object]:
    return {key: value for key, value in frame if value not in ((), None)}


def _expected(expect: Expectation) -> Iterable[str]:
    """The keys of an expectation that are not what they would be anyway."""
    status_is_implied = expect.status == (("declined",) if expect.decline else ("answered",))
    for key, value in expect:
        if key == "frame" and expect.frame is not None:
            yield f"frame = {_value(_frame(expect.frame))}"
        elif value not in ((), None) and not (key == "status" and status_is_implied):
            yield f"{key} = {_value(value)}"


def _got(turn: TurnResult) -> Iterable[str]:
    """What came, as commented keys, and what is wrong with it."""
    yield f"# got: status = {_value([turn.status])}"
    if turn.decline is not None:
        yield f"# got: decline = {_value([turn.decline])}"
    if turn.cited:
        yield f"# got: cite_any = {_value(list(dict.fromkeys(_LINES.sub('', place) for place in turn.cited)))}"
    yield f"# got: must = {_value([turn.text])}"
    # One line each: a comment ends where its line does, and an answer may hold anything.
    yield from (f"# wrong: {_text(problem)[1:-1]}" for problem in (*turn.failures, *turn.defects))


def _turn(turn: Turn, result: TurnResult | None) -> Iterable[str]:
    yield f"question = {_text(turn.question)}"
    yield from _expected(turn.expect)
    if result is not None and (result.failures or result.defects):
        yield from _got(result)


def case_to_toml(case: Case, result: CaseResult | None = None) -> str:
    """One case as it would be written by hand; with a result, what came where it was wrong."""
    lines = ["[[case]]", f"id = {_text(case.id)}", f"kind = {_text(case.kind)}"]
    if case.tags:
        lines.append(f"tags = {_value(case.tags)}")
    if case.group is not None:
        lines.append(f"group = {_text(case.group)}")
    if case.tier != "should":
        lines.append(f"tier = {_text(case.tier)}")
    if case.why:
        lines.append(f"why = {_text(case.why)}")
    if result is not None and result.error is not None:
        lines.append(f"# error: {_text(result.error)[1:-1]}")
    results = result.turns if result is not None else ()
    answered: list[TurnResult | None] = [*results, *[None] * (len(case.turns) - len(results))]
    for turn, came in zip(case.turns, answered, strict=True):
        if len(case.turns) > 1:
            lines += ["", "[[case.turns]]"]
        lines += _turn(turn, came)
    return "\n".join(lines) + "\n"


def to_toml(report: Report, cases: Iterable[Case], *, aside: bool) -> str:
    """The failed cases of a run as a case file.

    Args:
        aside: also those put aside, which nobody is meant to read; otherwise they are only counted.
    """
    by_id = {case.id: case for case in cases}
    failed = [result for result in report.results if not result.passed]
    shown = [result for result in failed if aside or not result.aside]
    hidden = len(failed) - len(shown)
    count = f"{len(shown)} of {len(report.results)} cases failed" + (f", and {hidden} put aside" if hidden else "")
    return "\n".join([_HEAD.format(count=count), *(case_to_toml(by_id[result.id], result) for result in shown)])
