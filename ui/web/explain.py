"""How an answer was come by, as rows the page can show: the judge's numbers, what it rests on, what was weighed. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from assistant.models import Answer, Place, Trace

MAX_WEIGHED = 8


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rest(_Frozen):
    """A span the answer rests on."""

    place: str
    characters: tuple[int, int]  # of the file
    text: str


class Measured(_Frozen):
    """A number of the judge against its threshold."""

    words: str
    value: str
    needs: str
    met: bool


class Weighed(_Frozen):
    """A fact that was weighed."""

    place: str
    value: str
    used: bool
    points: float
    found: float  # share of the question found at it
    near: float  # cosine to the question


class Explained(_Frozen):
    """The reply of `/api/explain`."""

    answer_id: str
    rule: str
    why: str  # when the rule applies
    measured: tuple[Measured, ...]
    rests: tuple[Rest, ...]
    weighed: tuple[Weighed, ...]
    generation: str


def _place(place: Place) -> str:
    labels = [x for x in (place.cell.row, place.cell.column) if x] if place.cell else []
    head = place.section[-1] if place.section else ""
    named = " › ".join(x for x in (head, " × ".join(labels)) if x)
    return f"{place.document}:{place.lines[0]} {named}".rstrip()


def _number(value: float, form: str) -> str:
    if form == "share":
        return f"{100 * value:.0f} %"
    return "yes" if form == "flag" and value else "no" if form == "flag" else f"{value:.2f}"


def explained(answer: Answer, trace: Trace) -> Explained:
    """What the page shows of a trace."""
    traces = (trace, *trace.parts)
    checks = [check for one in traces for tried in one.tried[-1:] for check in tried.checks]
    return Explained(
        answer_id=answer.answer_id,
        rule=answer.rule,
        why=trace.why,
        measured=tuple(
            Measured(
                words=c.words,
                value=_number(c.value, c.form),
                needs="yes" if c.form == "flag" else f"{c.needs} {_number(c.limit, c.form)}",
                met=c.met,
            )
            for c in checks
        ),
        rests=tuple(Rest(place=_place(u.place), characters=(u.start, u.end), text=u.text) for one in traces for u in one.used),
        weighed=tuple(
            Weighed(place=_place(s.place), value=s.value[:120], used=s.used, points=round(s.score, 2), found=s.cover, near=s.dense)
            for one in traces
            for s in one.candidates[:MAX_WEIGHED]
        ),
        generation=trace.generation,
    )
