"""How an answer was come by, and why a section did not answer, as text for a terminal. Pure, like `render`."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.models import Answer, Bound, Check, Place, Scored, Timings, Trace, Tried, Used, WhyNot
from ui.render import PLAIN, Style, hang, heading, kept_words, one_line, paint, place, table, wrap

_VALUE = 60  # characters shown of a fact
_HOW = {"exact": "as written", "alias": "alias", "spelling": "spelling mended", "meaning": "nearest in meaning", "kept": "kept from before"}
_HEAD = ("", "line", "found", "near", "close", "names", "words", "points")
_LEGEND = (
    "found: share of the question's information that stands at the fact. near: cosine of the two, at most 1. close: the same word by "
    "word, for the best only. names: names of the question that label it or stand in it. words: BM25, which brings facts in and "
    "gives no points. points: what facts are ranked by. behind: points less than the first; a minus is more, where the rule comes "
    "before the ranking."
)


def explanation(answer: Answer, trace: Trace, style: Style = PLAIN) -> str:
    """Why this answer: how the question was read, the rule, what it rests on, the judge's numbers, and what lost by how much."""
    parts = [_said(answer, trace, style), _judged(trace, style), _rests(trace.used, style), _refused(trace, style), _scores(trace, style)]
    for number, one in enumerate(trace.parts, 1):
        parts.append(_block(f"Question {number}:", [*_read(one), ("rule", _rule(one))], style))
        parts += [_judged(one, style), _refused(one, style), _scores(one, style)]
    if trace.candidates or any(one.candidates for one in trace.parts):
        parts.append(_legend(style))
    proved = sum(atom.op != "text" for atom in answer.certificate)
    last = [
        ("time", _time(answer.timings_ms)),
        ("proof", f"{proved} part{'s' if proved > 1 else ''} checked against the files" if proved else "nothing to prove"),
    ]
    parts.append(_block("", [*last, ("index", trace.generation)], style))
    return "\n\n".join(part for part in parts if part)


def why_not_text(told: WhyNot, style: Style = PLAIN) -> str:
    """Why a section did not answer: what came of it, its best fact beside the one that decided, and what it lacks."""
    rows = [("asked", one_line(told.asked)), ("section", place(told.section)), ("because", told.text)]
    if told.lacks:
        rows.append(("it lacks", _lacks(told)))
    if told.rank is not None:
        rows.append(("rank", f"{told.rank} of {told.weighed} facts weighed"))
    elif told.best is not None:
        rows.append(("rank", f"not among the {told.weighed} facts weighed: neither words nor meaning brought it in"))
    parts = [_block("Why this section did not answer:" if told.outcome != "cited" else "About this section:", rows, style)]
    parts.append(_alike([t for t in told.tried if not t.taken], (), style))
    parts.append(_beside(told, style))
    return "\n\n".join(part for part in parts if part)


def reading_text(answer: Answer, style: Style = PLAIN) -> str:
    """How a question was read: the frame, without what came of it."""
    reading = answer.reading
    rows = [("asked", one_line(answer.question))]
    if reading.question != answer.question:
        rows.append(("read as", one_line(reading.question)))
    if reading.scope:
        rows.append(("asked in", one_line(", ".join(reading.scope))))
    rows.append(("kind", reading.kind.replace("_", " ")))
    rows += [("name", _name(Bound(words=m.words, name=m.name, role=m.role, how=m.how))) for m in reading.mentions]
    rows += [("mended", f"“{one_line(typed)}” read as “{one_line(read)}”") for typed, read in reading.repaired]
    for label, words in (("kept", kept_words(reading.kept)), ("unknown", reading.unknown)):
        if words:
            rows.append((label, ", ".join(f"“{one_line(w)}”" for w in words)))
    return _block("How this was read:", rows, style)


# ---------------------------------------------------------------- the answer


def _said(answer: Answer, trace: Trace, style: Style) -> str:
    status = answer.status + (f" ({answer.decline})" if answer.decline else "") + f", {answer.confidence} confidence"
    kind = answer.reading.kind.replace("_", " ")
    return _block("How this was answered:", [("status", status), ("kind", kind), *_read(trace), ("rule", _rule(trace))], style)


def _read(trace: Trace) -> list[tuple[str, str]]:
    """How the question was read: names, what was mended, kept and left aside, what was not found."""
    rows = [("asked", one_line(trace.asked))] if trace.asked else []
    rows += [("name", _name(bound)) for bound in trace.bound]
    rows += [("mended", f"“{one_line(typed)}” read as “{one_line(read)}”") for typed, read in trace.repaired]
    for label, words in (
        ("kept", kept_words(trace.kept)),
        ("left aside", trace.aside),
        ("unknown", trace.unknown),
        ("not found", trace.missing),
    ):
        if words and (label, words) != ("not found", trace.unknown):
            rows.append((label, ", ".join(f"“{one_line(w)}”" for w in words)))
    return rows + [("note", one_line(note)) for note in trace.notes]


def _name(bound: Bound) -> str:
    how = _HOW[bound.how] + (f": {one_line(bound.reason)}" if bound.reason else "")
    same = bound.name.casefold() == bound.words.casefold()
    shown = f"“{one_line(bound.words)}”" + ("" if same else f" = {one_line(bound.name)}")
    where = f", {_short(bound.place)}" if bound.place is not None else ""
    return f"{shown} ({bound.role}, {how}{where})"


def _rule(trace: Trace) -> str:
    return f"{trace.rule}: {trace.why}" if trace.why else trace.rule


def _rests(used: Sequence[Used], style: Style) -> str:
    """The spans of the answer, one entry per citation; what has no marker is printed beside a cited value or counted."""
    if not used:
        return ""
    lines = [heading("It rests on:", style)]
    for one in sorted(used, key=lambda u: (u.marker is None, u.marker or 0)):
        mark = f"[{one.marker}]" if one.marker is not None else "  -"
        lines.append(hang(f"  {mark:<4} ", f"{place(one.place)}, characters {one.start:,} to {one.end:,}: “{_cut(one.text)}”", style))
    return "\n".join(lines)


def _time(t: Timings) -> str:
    return f"understand {t.understand:.1f} ms, retrieve {t.retrieve:.1f} ms, compose {t.compose:.1f} ms, total {t.total:.1f} ms"


# ---------------------------------------------------------------- the judge


def _judged(trace: Trace, style: Style) -> str:
    """The numbers of the finding that was taken; of a refusal those of the first finding."""
    if not trace.tried:
        return ""
    last = trace.tried[-1]
    decided = last if last.taken else trace.tried[0]
    what = f", {_found(decided)}" if decided.rule else ""
    return _verdict(f"Why {'that is enough' if decided.taken else 'nothing was enough'}{what}:", decided, style)


def _refused(trace: Trace, style: Style) -> str:
    """Findings that were tried before, or beside, the one told of above; those refused for one reason together."""
    decided = trace.tried[-1:] if trace.tried and trace.tried[-1].taken else trace.tried[:1]
    return _alike([t for t in trace.tried if t not in decided], decided[:1], style)


def _alike(tried: Sequence[Tried], told: Sequence[Tried], style: Style) -> str:
    """Refused findings, each reason once with the numbers of the first, the others with theirs; `told` was told before."""
    groups: dict[str, list[Tried]] = {t.reason: [] for t in told}
    before = set(groups)
    for one in tried:
        groups.setdefault(one.reason, []).append(one)
    parts = []
    for reason, alike in groups.items():
        others = alike if reason in before else alike[1:]
        if others is not alike:
            parts.append(_verdict(f"Tried and refused: {_found(alike[0])}", alike[0], style))
        if others:
            parts.append(hang("  ", f"Refused for the same reason: {'; '.join(dict.fromkeys(map(_with_numbers, others)))}.", style))
    return "\n\n".join(parts)


def _with_numbers(tried: Tried) -> str:
    numbers = dict.fromkeys(_number(c.value, c.form) for c in tried.checks if c.form != "flag")
    return _found(tried) + (f": {', '.join(numbers)}" if numbers else "")


def _found(tried: Tried) -> str:
    """A finding by its rule and the place of the fact that decides it."""
    return (tried.rule or "nothing") + (f" ({_short(tried.places[0])})" if tried.places else "")


def _verdict(title: str, tried: Tried, style: Style) -> str:
    lines = [heading(title, style), hang("  ", tried.text, style)]
    told: set[int] = set()
    ways = [w for w in sorted({c.way for c in tried.checks}) if all(c.met for c in tried.checks if c.way == w)]
    shown = [c for c in tried.checks if not tried.taken or c.way in ways[:1]]  # one way is enough
    for check in shown:
        first = check.way not in told and len(told) > 0
        told.add(check.way)
        lines.append(hang("  or " if first else "     ", _check(check), style))
    return "\n".join(lines)


def _check(check: Check) -> str:
    """One number against its threshold: `0.78 near in meaning; at least 0.40 needed (answer): yes`."""
    met = "yes" if check.met else "no"
    if check.form == "flag":
        return f"{check.words}: {met}"
    value, limit = _number(check.value, check.form), _number(check.limit, check.form)
    if value == limit and check.value != check.limit:
        value, limit = _number(check.value, check.form, exactly=True), _number(check.limit, check.form, exactly=True)
    return f"{value} {check.words}; {check.needs} {limit} needed ({check.threshold}): {met}"


def _number(value: float, form: str, *, exactly: bool = False) -> str:
    if form == "share":
        return f"{100 * value:.{2 if exactly else 0}f} %"
    return f"{value:.{4 if exactly else 2}f}"


# ---------------------------------------------------------------- scores


def _scores(trace: Trace, style: Style) -> str:
    if not trace.candidates:
        return ""
    taken = any(c.used for c in trace.candidates)
    rows = [[*_facts([c], trace.candidates)[0], f"{c.behind:+.2f}" if n else ""] for n, c in enumerate(trace.candidates)]
    title = "What it was made from (*), and what lost by how much:" if taken else "The nearest facts, none of which was enough:"
    return "\n".join([heading(title, style), *_table([[*_HEAD, "behind"], *rows], style)])


def _legend(style: Style) -> str:
    return "\n".join(paint("  " + line, "2", style) for line in wrap(_LEGEND, style.width - 2 if style.width else 0))


def _beside(told: WhyNot, style: Style) -> str:
    if told.best is None or told.winner is None or told.outcome == "cited":
        return ""
    both = [told.winner, told.best]
    if told.best.model_copy(update={"used": told.winner.used}) == told.winner:
        return "\n".join([heading("Its best fact, the nearest there is:", style), *_table([_HEAD, *_facts(both[:1], both)], style)])
    less = {name: 0.0 - by for name, by in told.behind.items()}  # never a minus before a zero
    forms = {"dense": ".2f", "near": ".2f", "exact": ".0f", "words": ".1f", "score": ".2f"}
    lost = [f"{100 * less['cover']:+.0f} %", *(f"{less[name]:+{form}}" if name in less else "" for name, form in forms.items())]
    rows = [list(_HEAD), *_facts(both, both), ["", "difference", *lost]]
    title = f"{'The fact that decided (*)' if told.winner.used else 'The nearest fact'}, its best fact, and the difference:"
    return "\n".join([heading(title, style), *_table(rows, style)])


def _facts(shown: Sequence[Scored], beside: Sequence[Scored]) -> list[list[str]]:
    """Rows of a table: whether it was used, the fact, its raw scores. Files are named where there are several."""
    several = len({c.place.document for c in beside}) > 1
    rows = []
    for one in shown:
        cell = one.place.cell
        labels = " × ".join(one_line(x) for x in (cell.row, cell.column) if x.strip()) + ": " if cell is not None else ""
        where = _short(one.place) if several else str(one.place.lines[0])
        close = "" if one.near is None else f"{one.near:.2f}"
        raw = [f"{100 * one.cover:.0f} %", f"{one.dense:.2f}", close, str(one.exact), f"{one.words:.1f}", f"{one.score:.2f}"]
        rows.append(["*" if one.used else "", f"{where} {_cut(labels + one.value)}", *raw])
    return rows


def _table(rows: Sequence[Sequence[str]], style: Style) -> list[str]:
    """Rows, head first, in columns under the indent of a block; texts are shown as they are, never as Markdown."""
    literal = [[cell.replace("\\", "\\\\").replace("*", "\\*").replace("_", "\\_").replace("`", "\\`") for cell in row] for row in rows]
    inner = Style(style.width - 2, style.colour) if style.width else style
    return ["  " + line for line in table(literal, inner)]


def _lacks(told: WhyNot) -> str:
    words = []
    for word in told.lacks:
        notes = ["the fact that decided has it"] if word in told.winner_has else []
        notes += ["it stands elsewhere in the section"] if word in told.elsewhere else []
        words.append(f"“{one_line(word)}”" + (f" ({'; '.join(notes)})" if notes else ""))
    return ", ".join(words)


# ---------------------------------------------------------------- layout


def _short(place: Place) -> str:
    first, last = place.lines
    return f"{one_line(place.document)}:{first}" + (f"-{last}" if last != first else "")


def _cut(text: str) -> str:
    text = one_line(text)
    return text if len(text) <= _VALUE else text[: _VALUE - 1].rstrip() + "…"


def _block(title: str, rows: Sequence[tuple[str, str]], style: Style) -> str:
    """A heading with rows of a name and a text under it, the texts in one column."""
    margin = max(len(name) for name, _ in rows) + 2
    lines = [hang("  " + name.ljust(margin), text, style) for name, text in rows if text]
    return "\n".join([*([heading(title, style)] if title else []), *lines])


__all__ = ["explanation", "reading_text", "why_not_text"]
