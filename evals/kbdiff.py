"""`whichops eval kbdiff OLD NEW`: which answers change between two versions of a folder, before they are merged.

Every case, and every question that the facts of either version call for, is asked of both. An answer changes when its words, its kind of
*no* or what it cites change; the same quote on another line does not count. Exit codes are those of `evals.gate`: 1 when a case that was
right is wrong now.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, as_completed
from contextlib import ExitStack
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict

from assistant.models import Answer, Citation
from evals import gate
from evals.coverage import derive_folder, sampled
from evals.loader import SHIPPED, load_suite
from evals.markdown import escaped, rows
from evals.matching import match
from evals.models import Case, Expectation
from evals.revisions import Version, open_version
from evals.suite import Bar, say, write
from evals.workers import cores, live_with_the_parent, processes

if TYPE_CHECKING:
    from assistant import Assistant, Settings

Verdict = Literal["", "wrong now", "right now", "still wrong"]
"""Of a case in both versions; nothing where it was and is right, and for a question made from a fact."""

_CONTEXT = 8  # words, or places, that are shown of what did not change
_CHUNK = 16  # questions handed over at once
_WORDINGS = 12  # of one change that are listed; the rest are counted


class Answers(Protocol):
    """What is asked."""

    def ask(self, question: str, conversation: Any = None, /) -> Answer: ...


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Talk(_Frozen):
    """What is asked in one conversation: a case, or a question made from a fact."""

    id: str  # of the case, or of the fact with the wording
    questions: tuple[str, ...]
    expected: tuple[Expectation, ...] = ()  # of a case: one for each question
    aside: bool = False

    @property
    def case(self) -> bool:
        """Whether it is a case, and no question made from a fact."""
        return bool(self.expected)


class Said(_Frozen):
    """What of an answer may not change unnoticed."""

    status: str
    decline: str | None
    text: str
    citations: tuple[Citation, ...]
    wrong: tuple[str, ...] = ()  # of a case: what it expected and did not get

    @property
    def identity(self) -> tuple[object, ...]:
        """Equal for answers that say the same from the same places, wherever these have moved."""
        cited = tuple((c.document, c.section, None if c.cell is None else (c.cell.row, c.cell.column), c.quote) for c in self.citations)
        return (self.status, self.decline, self.text, cited)

    @property
    def lines(self) -> tuple[tuple[int, int], ...]:
        """Where what it cites stands."""
        return tuple(citation.lines for citation in self.citations)


class Wording(_Frozen):
    """One question that got another answer."""

    question: str
    id: str  # of the case, or of the fact it was made from
    case: bool
    verdict: Verdict = ""  # of the case it is a turn of
    wrong: tuple[str, ...] = ()


class Change(_Frozen):
    """One answer that became another, and every question that shows it."""

    before: Said
    now: Said
    wordings: tuple[Wording, ...]


class Difference(_Frozen):
    """Everything that changes between two versions."""

    old: str
    new: str
    files: tuple[str, ...]  # that differ, with what happened to each
    cases: int  # asked
    derived: int  # questions made from facts
    questions: int  # altogether
    changed: int  # questions answered otherwise, those put aside not counted
    changed_aside: int
    moved: int  # questions whose answer only stands on other lines
    broken: tuple[str, ...]  # cases that were right and are wrong now, seen ones
    broken_aside: int
    mended: tuple[str, ...]
    changes: tuple[Change, ...]


# ---------------------------------------------------------------- asking


def talks_of(cases: Iterable[Case], questions: Iterable[tuple[str, str]]) -> tuple[Talk, ...]:
    """The cases, then the questions made from facts, as (text, fact): each text once, and none that a case asks alone."""
    talks = [
        Talk(
            id=case.id,
            questions=tuple(turn.question for turn in case.turns),
            expected=tuple(turn.expect for turn in case.turns),
            aside=case.aside,
        )
        for case in cases
    ]
    known = {talk.questions[0] for talk in talks if len(talk.questions) == 1}
    for text, fact in questions:
        if text not in known:
            known.add(text)
            talks.append(Talk(id=fact, questions=(text,)))
    return tuple(talks)


def ask(assistant: Answers, talk: Talk, new_conversation: Callable[[], Any]) -> tuple[Said, ...]:
    """The answers to one talk, turn by turn."""
    conversation = new_conversation()
    found = []
    for number, question in enumerate(talk.questions):
        answer = assistant.ask(question, conversation)
        wrong: tuple[str, ...] = ()
        if talk.case:
            # How a question was understood is no matter of the answer, which is what is compared here.
            wrong = match(answer, talk.expected[number].model_copy(update={"frame": None})).failures
        found.append(Said(status=answer.status, decline=answer.decline, text=answer.text, citations=answer.citations, wrong=wrong))
    return tuple(found)


_assistant: Assistant | None = None  # of a process of the pool


def _start(settings: Settings) -> None:
    global _assistant  # noqa: PLW0603 - what a process of the pool holds from one chunk to the next has no other place
    from assistant import Assistant

    live_with_the_parent()
    _assistant = Assistant.open(settings.kb, index=settings.index.directory, settings=settings)


def _ask_chunk(talks: Sequence[Talk]) -> list[tuple[Said, ...]]:
    from assistant import Conversation

    assert _assistant is not None  # noqa: S101 - `_start` ran before
    return [ask(_assistant, talk, Conversation) for talk in talks]


def ask_versions(
    talks: Sequence[Talk], versions: Sequence[Settings], *, jobs: int, progress: Callable[[int, int], None] | None = None
) -> list[list[tuple[Said, ...]]]:
    """For each version the answers to every talk, in the order given; the versions are asked side by side.

    Raises:
        KbError: there is no usable knowledge base or index, or a process ended.
    """
    from assistant import Assistant

    for settings in versions:  # the index is built once, not by every process
        Assistant.open(settings.kb, index=settings.index.directory, settings=settings).close()
    chunks = [talks[start : start + _CHUNK] for start in range(0, len(talks), _CHUNK)]
    found: list[dict[int, list[tuple[Said, ...]]]] = [{} for _ in versions]
    each = max(1, jobs // len(versions))
    done = 0
    with ExitStack() as stack:
        pools = [stack.enter_context(processes(each, _start, settings)) for settings in versions]
        pending: dict[Future[list[tuple[Said, ...]]], tuple[int, int]] = {
            pool.submit(_ask_chunk, chunk): (version, number) for version, pool in enumerate(pools) for number, chunk in enumerate(chunks)
        }
        for future in as_completed(pending):
            version, number = pending[future]
            found[version][number] = future.result()
            done += len(chunks[number])
            if progress is not None:
                progress(done, len(talks) * len(versions))
    return [[said for number in sorted(one) for said in one[number]] for one in found]


# ---------------------------------------------------------------- comparing


@dataclass(slots=True)
class Compared:
    """What the answers of two versions differ in."""

    changes: list[Change] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)  # ids of cases
    broken_aside: int = 0
    mended: list[str] = field(default_factory=list)
    aside: int = 0  # questions of cases put aside that are answered otherwise
    moved: int = 0  # questions whose answer only stands on other lines


def _verdict(talk: Talk, before: Sequence[Said], now: Sequence[Said]) -> Verdict:
    if not talk.case:
        return ""
    was, is_ = (not any(said.wrong for said in turns) for turns in (before, now))
    return ("" if was else "right now") if is_ else "wrong now" if was else "still wrong"


def compare(talks: Sequence[Talk], before: Sequence[Sequence[Said]], now: Sequence[Sequence[Said]]) -> Compared:
    """What differs; the changes that break a case first, then those of other cases, then those with most questions."""
    found: dict[tuple[object, ...], list[tuple[Said, Said, Wording]]] = defaultdict(list)
    made = Compared()
    for talk, olds, news in zip(talks, before, now, strict=True):
        verdict = _verdict(talk, olds, news)
        if verdict == "wrong now" and talk.aside:
            made.broken_aside += 1
        elif verdict == "wrong now":
            made.broken.append(talk.id)
        elif verdict == "right now" and not talk.aside:
            made.mended.append(talk.id)
        for question, old, new in zip(talk.questions, olds, news, strict=True):
            if old.identity == new.identity:
                made.moved += old.lines != new.lines
            elif talk.aside:
                made.aside += 1
            else:
                wording = Wording(question=question, id=talk.id, case=talk.case, verdict=verdict, wrong=new.wrong)
                found[old.identity + new.identity].append((old, new, wording))
    made.changes = [Change(before=same[0][0], now=same[0][1], wordings=tuple(wording for _, _, wording in same)) for same in found.values()]
    made.changes.sort(key=_weight)
    return made


def _weight(change: Change) -> tuple[bool, bool, int]:
    breaks = any(wording.verdict == "wrong now" for wording in change.wordings)
    return (not breaks, not any(wording.case for wording in change.wordings), -len(change.wordings))


def changed_files(old: Path, new: Path, settings: tuple[Settings, Settings]) -> tuple[str, ...]:
    """Documents and `kb.toml` that differ, with what happened to each.

    Raises:
        KbError: a folder cannot be used.
    """
    from corpus.reader import read_folder

    found: list[dict[str, str]] = []
    for folder, one in zip((old, new), settings, strict=True):
        texts = {document.path: document.text for document in read_folder(folder, one.corpus).documents}
        config = folder / "kb.toml"
        if config.is_file():
            texts["kb.toml"] = config.read_text(encoding="utf-8", errors="replace")
        found.append({path: hashlib.sha256(text.encode("utf-8", "replace")).hexdigest() for path, text in texts.items()})
    before, now = found
    lines = [f"{path} (added)" for path in now if path not in before] + [f"{path} (removed)" for path in before if path not in now]
    lines += [f"{path} (changed)" for path in now if path in before and before[path] != now[path]]
    return tuple(sorted(lines))


# ---------------------------------------------------------------- the report


def _apart(before: str, now: str) -> tuple[str, str]:
    """Both texts in Markdown, the words that differ in bold; long stretches that are equal are cut down to their ends."""
    old, new = before.split(), now.split()
    shown: tuple[list[str], list[str]] = ([], [])
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for number, (what, a, b, c, d) in enumerate(blocks):
        for words, parts in ((old[a:b], shown[0]), (new[c:d], shown[1])):
            if not words:
                continue
            if what != "equal":
                parts.append(f"**{escaped(' '.join(words))}**")
                continue
            head = words[:_CONTEXT] if number else []
            tail = words[-_CONTEXT:] if number < len(blocks) - 1 else []
            cut = len(words) > len(head) + len(tail) + _CONTEXT and len(blocks) > 1
            parts.append(escaped(" ".join([*head, "…", *tail] if cut else words)))
    return " ".join(shown[0]), " ".join(shown[1])


def _state(said: Said) -> str:
    kind = f", {said.decline.replace('_', ' ')}" if said.decline else ""
    return "" if said.status == "answered" else f"_{said.status}{kind}:_ "


def _places(change: Change) -> tuple[str, str]:
    """What each answer cites, in Markdown; what both cite is only counted, unless it is all there is."""
    both = set(map(_place, change.before.citations)) & set(map(_place, change.now.citations))
    cells = []
    for said in (change.before, change.now):
        places = list(dict.fromkeys(map(_place, said.citations)))
        own = [place for place in places if place not in both]
        if not own:
            cells.append("<br>".join(places[:_CONTEXT]) or "–")
            continue
        rest = len(places) - len(own)
        cells.append("<br>".join([*own, f"and {rest} more, as in the other"] if rest else own))
    return cells[0], cells[1]


def _place(citation: Citation) -> str:
    first, last = citation.lines
    cell = f" {escaped(f'{citation.cell.row} × {citation.cell.column}')}" if citation.cell else ""
    return f"`{citation.document}:{first}{f'-{last}' if last != first else ''}`{cell} “{escaped(_short(citation.quote))}”"


def _short(text: str, most: int = 160) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[:most].rstrip()}…"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def to_markdown(found: Difference) -> str:
    """The whole difference, fit for a pull request."""
    names = [file.rsplit(" ", 1) for file in found.files]
    files = ", ".join(f"`{name}` {what}" for name, what in names) or "no file differs"
    asked = f"{_count(found.questions, 'question')} ({_count(found.cases, 'case')}, {_count(found.derived, 'question')} made from facts)"
    verb = "changes" if found.changed == 1 else "change"
    ways = f", in {_count(len(found.changes), 'way')}" if found.changes else ""
    parts = [
        "# Answers that change",
        f"From {escaped(found.old)} to {escaped(found.new)}: {files}.",
        f"**{_count(found.changed, 'answer')} of {asked} {verb}**{ways}.",
    ]
    if found.broken:
        be = ("was", "is") if len(found.broken) == 1 else ("were", "are")
        parts.append(f"**{_count(len(found.broken), 'case')} that {be[0]} right {be[1]} wrong now**: {_ids(found.broken)}")
    if found.mended:
        parts.append(f"{_count(len(found.mended), 'case')} {'is' if len(found.mended) == 1 else 'are'} right now: {_ids(found.mended)}")
    if found.changed_aside or found.broken_aside:
        parts.append(
            f"Of the cases put aside, which are not shown, {_count(found.changed_aside, 'answer')} changed and {found.broken_aside} broke."
        )
    if found.moved:
        parts.append(f"{_count(found.moved, 'answer')} only moved to other lines.")
    sections = ["\n".join(_section(number, change)) for number, change in enumerate(found.changes, start=1)]
    return "\n\n".join([*parts, *sections]).rstrip() + "\n"


def _ids(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _section(number: int, change: Change) -> list[str]:
    first, *rest = change.wordings
    texts, places = _apart(change.before.text, change.now.text), _places(change)
    states = (_state(change.before), _state(change.now))
    table = [(name, states[n] + texts[n], places[n]) for n, name in enumerate(("before", "after"))]
    lines = [f"## {number}. {escaped(first.question)}", "", *rows(("", "answer", "cited"), table)]
    told = []
    for wording in change.wordings:
        if wording.case:
            why = f" ({'; '.join(escaped(problem) for problem in wording.wrong)})" if wording.wrong else ""
            told.append(f"- case `{wording.id}`: {wording.verdict or 'still right'}{why}")
    if told:
        lines += ["", *told]
    if rest:
        shown = [f"- {escaped(wording.question)}" for wording in rest[:_WORDINGS]]
        more = [f"- and {len(rest) - _WORDINGS} more"] if len(rest) > _WORDINGS else []
        also = f"{len(rest)} more question{'s' if len(rest) > 1 else ''} with this change"
        lines += ["", f"<details><summary>{also}</summary>", "", *shown, *more, "", "</details>"]
    return lines


# ---------------------------------------------------------------- the command


def _number(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError
    return value


_number.__name__ = "count"  # what argparse calls it when it refuses


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `whichops eval kbdiff`."""
    parser.add_argument(
        "old", metavar="OLD", help="a folder, or a git revision of the folder that --kb names (REVISION or REVISION:FOLDER)"
    )
    parser.add_argument("new", metavar="NEW", help="the same; `.` is the folder you stand in")
    parser.add_argument("--cases", type=Path, metavar="DIR", help="folder of case files to ask as well (default: the shipped ones)")
    parser.add_argument("--no-cases", action="store_true", help="ask only the questions made from facts")
    parser.add_argument("--limit", type=_number, metavar="N", help="make questions from only N facts of each version, always the same ones")
    parser.add_argument("--markdown", metavar="FILE", help="write the difference to FILE instead of standard output")
    parser.add_argument(
        "--json", dest="json_file", metavar="FILE", help="write it as JSON to FILE; - for standard output, without Markdown"
    )
    parser.add_argument("--jobs", type=_number, metavar="N", help="processes that ask (default: one for each core)")


def difference(
    versions: tuple[Version, Version], settings: tuple[Settings, Settings], cases: Sequence[Case], *, limit: int | None, jobs: int
) -> Difference:
    """Ask both versions and compare.

    Raises:
        KbError: there is no usable knowledge base or index.
    """
    derived: dict[str, str] = {}
    for one in settings:
        for target in sampled(derive_folder(one.kb, one.corpus).targets, limit):
            for question in target.questions:
                derived.setdefault(question.text, target.id)
    talks = talks_of(cases, derived.items())
    bar = Bar()
    before, now = ask_versions(talks, settings, jobs=jobs, progress=lambda done, total: bar.show(done, total, "asked"))
    compared = compare(talks, before, now)
    return Difference(
        old=versions[0].name,
        new=versions[1].name,
        files=changed_files(settings[0].kb, settings[1].kb, settings),
        cases=len(cases),
        derived=sum(not talk.case for talk in talks),
        questions=sum(len(talk.questions) for talk in talks),
        changed=sum(len(change.wordings) for change in compared.changes),
        changed_aside=compared.aside,
        moved=compared.moved,
        broken=tuple(compared.broken),
        broken_aside=compared.broken_aside,
        mended=tuple(compared.mended),
        changes=tuple(compared.changes),
    )


def run(arguments: argparse.Namespace) -> int:
    """Unpack, ask, compare, report; returns the exit code.

    Raises:
        UsageError: OLD or NEW is nothing, a file cannot be written, or the cases have faults.
        KbError: there is no usable knowledge base or index.
    """
    from assistant.settings import load_settings

    suite = None if arguments.no_cases else load_suite(arguments.cases or SHIPPED)
    given: dict[str, str | None] = {"kb": getattr(arguments, "kb", None), "index.model": getattr(arguments, "model", None)}
    if given["kb"] is None and suite is not None and suite.knowledge is not None:
        given["kb"] = str(suite.knowledge)
    kb = load_settings(given).kb
    with tempfile.TemporaryDirectory(prefix="whichops-kbdiff-") as room:
        found: list[tuple[Version, Settings]] = []
        for side, name in (("old", arguments.old), ("new", arguments.new)):
            version = open_version(name, kb=kb, room=Path(room) / side)
            settings = load_settings({**given, "kb": str(version.folder)})
            if version.unpacked:
                index = settings.index.model_copy(update={"directory": Path(room) / f"{side}-index"})
                settings = settings.model_copy(update={"index": index})
            found.append((version, settings))
        (old, old_settings), (new, new_settings) = found
        made = difference(
            (old, new),
            (old_settings, new_settings),
            suite.cases if suite is not None else (),
            limit=arguments.limit,
            jobs=arguments.jobs or cores(),
        )
    if arguments.json_file == "-":
        sys.stdout.write(_to_json(made))
    elif arguments.json_file:
        write(_to_json(made), arguments.json_file)
    if arguments.markdown:
        write(to_markdown(made), arguments.markdown)
        broke = len(made.broken) + made.broken_aside
        say(f"{made.changed:,} of {_count(made.questions, 'answer')} change, {_count(broke, 'case')} broke; see {arguments.markdown}")
    elif arguments.json_file != "-":
        sys.stdout.write(to_markdown(made))
    return gate.FAILED if made.broken or made.broken_aside else gate.PASSED


def _to_json(found: Difference) -> str:
    return json.dumps(found.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n"
