"""What people could not find out: their feedback by the name or attribute that was missing, and what would mend it.

Nothing is learnt on its own. A proposal is an alias for `kb.toml` or a case for the suite; it is taken only when somebody accepts it,
and an alias only after the whole suite was asked with it and nothing that was right before is wrong. Finding and proposing are pure;
files are touched in `try_alias` and `accept` alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rapidfuzz import fuzz

from corpus.config import FILE_NAME, parse_config
from corpus.errors import KbError, UsageError
from corpus.words import camel_parts, key, stem

if TYPE_CHECKING:
    from assistant import Settings
    from evals.models import Case, Suite
    from ui.feedback import Record

Kind = Literal["name", "attribute", "answer"]

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_NUMERONYM = re.compile(r"^([a-z])(\d{1,2})([a-z])$")  # k8s, i18n
_SPELLING = 80.0  # of 100; below it two words only happen to share letters
_SHORT_FORM = 4  # letters from which the beginning of a name stands for it
_ALIASES = re.compile(r"^[ \t]*\[[ \t]*aliases[ \t]*\][ \t]*(?:#.*)?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Proposal:
    """An alias that would have helped."""

    typed: str
    to: str  # as the folder writes it
    why: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Opinions and refusals that have the same thing missing.

    Args:
        id: eight hexadecimal digits; the same for the same gap.
        kind: a name the folder does not have, something it does not say of a name it has, or an answer that was called wrong.
        missing: the words nothing was tied to; for an answer its question.
        about: names the questions were tied to.
    """

    id: str
    kind: Kind
    missing: tuple[str, ...]
    about: tuple[str, ...]
    records: tuple[Record, ...]
    proposal: Proposal | None = None

    @property
    def questions(self) -> tuple[str, ...]:
        """What was asked, each question once, in order."""
        return tuple(dict.fromkeys(r.question for r in self.records))

    @property
    def scope(self) -> tuple[str, ...]:
        """The folders or documents it was asked in; () for all."""
        return self.records[0].scope

    @property
    def notes(self) -> tuple[str, ...]:
        """What people wrote, each note once."""
        return tuple(dict.fromkeys(r.note for r in self.records if r.note))


def find_gaps(records: Sequence[Record], names: Iterable[str] = ()) -> tuple[Gap, ...]:
    """The gaps in feedback, the most asked first, then by id.

    Args:
        names: what the folder has names for, as it writes them; aliases are proposed for these.
    """
    groups: dict[tuple[str, ...], list[Record]] = defaultdict(list)
    for record in records:
        if record.kind != "up":
            groups[_group(record)].append(record)
    known = tuple(dict.fromkeys(names))
    found = []
    for group, held in groups.items():
        kind, first = _kind(held[0]), held[0]
        missing = (first.reading,) if kind == "answer" else _missing(first)
        gap = Gap(
            id=hashlib.sha256(json.dumps(group).encode("utf-8", "replace")).hexdigest()[:8],
            kind=kind,
            missing=missing,
            about=tuple(dict.fromkeys(name for r in held for name in r.names)),
            records=tuple(held),
        )
        proposal = None if kind == "answer" else propose(gap, known)
        found.append(Gap(gap.id, gap.kind, gap.missing, gap.about, gap.records, proposal))
    return tuple(sorted(found, key=lambda g: (-len(g.records), g.id)))


def _kind(record: Record) -> Kind:
    if record.status != "declined":
        return "answer"
    return "attribute" if record.decline == "unknown_attribute" else "name"


def _missing(record: Record) -> tuple[str, ...]:
    return record.missing or (record.reading,)


def _group(record: Record) -> tuple[str, ...]:
    if _kind(record) == "answer":
        return "answer", record.answer_id
    # Whether the same word was missed as a name or as something said of one depends on what stood beside it.
    words = tuple(sorted({stem(w) for phrase in _missing(record) for w in _WORD.findall(phrase.lower())}))
    return ("missing", *words, *(f"in:{name}" for name in record.scope))  # another folder may well have it


# ---------------------------------------------------------------- proposing


def propose(gap: Gap, names: Sequence[str]) -> Proposal | None:
    """The name that the missing words most likely stand for; None where none is likely."""
    for note in gap.notes:
        if (said := _named(note, names)) is not None and len(gap.missing) == 1:
            return Proposal(gap.missing[0], said, f"somebody wrote: “{note}”")
    typed = " ".join(gap.missing) if len(gap.missing) <= 2 else ""
    if not typed or len(typed.split()) > 3:
        return None
    best: tuple[float, str, str] | None = None
    for name in names:
        score, why = _likeness(typed, name)
        if why and (best is None or (-score, name) < (-best[0], best[1])):
            best = (score, name, why)
    return Proposal(typed, best[1], best[2]) if best else None


def _named(note: str, names: Sequence[str]) -> str | None:
    """The longest name that a note says."""
    words = f" {' '.join(_WORD.findall(note.lower()))} "
    said = [n for n in names if (k := " ".join(_WORD.findall(n.lower()))) and f" {k} " in words]
    return max(said, key=len, default=None)


def _likeness(typed: str, name: str) -> tuple[float, str]:
    """How likely words stand for a name (0 to 100), and why; no reason, no alias."""
    short, words = "".join(_WORD.findall(typed.lower())), _WORD.findall(name.lower())
    whole = "".join(words)
    if not short or not words or key(typed) == key(name):
        return 0.0, ""
    parts = words if len(words) > 1 else [p.lower() for p in camel_parts(name)]
    if len(parts) > 1 and short == "".join(p[0] for p in parts):
        return 99.0, "its initials"
    if (number := _NUMERONYM.match(short)) and len(words) == 1:
        first, between, last = number.groups()
        if whole[0] == first and whole[-1] == last and len(whole) == int(between) + 2:
            return 99.0, "the usual short form"
    if len(short) >= _SHORT_FORM and len(words) <= 3 and whole.startswith(short):
        return 95.0, "the beginning of the name"
    alike = fuzz.ratio(short, whole)
    if alike >= _SPELLING and len(short) >= _SHORT_FORM:
        return alike, "spelt much like it"
    return 0.0, ""


def names_of(kb: Path, settings: Settings) -> tuple[str, ...]:
    """What a folder has names for: labels of tables and lists, headings, acronyms, bold terms.

    Raises:
        KbError: the folder cannot be read.
    """
    from corpus import parse_corpus
    from corpus.reader import read_folder
    from corpus.vocabulary import make_vocabulary

    entries = make_vocabulary(parse_corpus(read_folder(kb, settings.corpus).documents)).entries
    return tuple(sorted({e.text for e in entries if e.text.strip()}))


# ---------------------------------------------------------------- drafts


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def draft_case(gap: Gap) -> str:
    """The gap as a case for the suite: a refusal as it should stay, or a wrong answer with what a person has to fill in."""
    first = gap.records[0]
    lines = [f"# asked {len(gap.records)} times" if len(gap.records) > 1 else "# asked once"]
    lines += [f"# noted: {one}" for note in gap.notes for one in [" ".join(note.split())]]
    lines += ["[[case]]", f'id = "gap-{gap.id}"', f"question = {_toml(first.reading)}"]
    if gap.kind == "answer":
        lines += [
            f'kind = "{first.rule}"',
            f"# it cited {', '.join(first.cited) or 'nothing'} and was called {' and '.join(sorted({r.kind for r in gap.records}))}",
            'must = ["…"]        # what a right answer says',
            'cite_any = ["#…"]   # where it stands',
        ]
    else:
        lines += [f'kind = "{first.decline}"', f'decline = ["{first.decline}"]', 'why = "The folder does not say it; reported as a gap."']
    return "\n".join(lines) + "\n"


def with_alias(config: str, proposal: Proposal, path: Path) -> str:
    """The text of a `kb.toml` with one alias more, everything else as it was.

    Raises:
        UsageError: the alias is there already.
        BadKbToml: the file is wrong as it is.
    """
    if proposal.typed.lower() in {name.lower() for name in parse_config(config, path).aliases}:
        raise UsageError(f"{path} has an alias for “{proposal.typed}” already. Change it there.")
    line = f"{_toml(proposal.typed)} = {{ to = {_toml(proposal.to)}, reason = {_toml(proposal.why)} }}\n"
    head = _ALIASES.search(config)
    if head is None:
        gap = "" if not config else "\n" if config.endswith("\n") else "\n\n"
        text = f"{config}{gap}[aliases]\n{line}"
    else:
        end = config.find("\n", head.end())
        text = f"{config}\n{line}" if end < 0 else config[: end + 1] + line + config[end + 1 :]
    parse_config(text, path)
    return text


# ---------------------------------------------------------------- trying and accepting


@dataclass(frozen=True, slots=True)
class Trial:
    """What an alias would change."""

    asked: int  # cases of the suite
    regressed: tuple[str, ...]  # ids of cases that were right and would be wrong
    fixed: tuple[str, ...]
    still_missing: tuple[str, ...]  # questions of the gap that would be refused as before

    @property
    def refusal(self) -> str:
        """Why it must not be accepted; "" if it may be."""
        if self.regressed:
            shown = ", ".join(self.regressed[:8]) + (", …" if len(self.regressed) > 8 else "")
            return f"{len(self.regressed)} of {self.asked} cases that are right would be wrong: {shown}"
        if self.still_missing:
            return "it would not help: " + "; ".join(f"“{q}”" for q in self.still_missing[:3]) + " would be refused as before"
        return ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A folder that was asked."""

    passed: Mapping[str, bool]  # by case
    answered: Mapping[str, bool]  # by question of the gap


def judge_trial(before: Mapping[str, bool], after: Outcome) -> Trial:
    """What changed between two runs over the same cases."""
    return Trial(
        asked=len(before),
        regressed=tuple(sorted(c for c, ok in before.items() if ok and not after.passed.get(c, False))),
        fixed=tuple(sorted(c for c, ok in before.items() if not ok and after.passed.get(c, False))),
        still_missing=tuple(q for q, ok in after.answered.items() if not ok),
    )


def ask_folder(kb: Path, index: Path | None, suite: Suite, questions: Sequence[str], settings: Settings) -> Outcome:
    """Ask a whole suite, and the questions of a gap, of one folder.

    Raises:
        KbError: the folder cannot be indexed.
    """
    from assistant import Assistant, Conversation
    from evals.runner import Runner
    from evals.suite import Progress, provenance_of, verifier

    assistant = Assistant.open(kb, index=index, settings=settings.model_copy(update={"kb": kb}))
    try:
        runner = Runner(assistant, new_conversation=Conversation, verify=verifier(kb))
        report = runner.run(suite.cases, provenance_of(assistant, settings, suite), progress=Progress())
        answered = {q: assistant.ask(q).status in ("answered", "corrected") for q in questions}
    finally:
        assistant.close()
    return Outcome({r.id: r.passed for r in report.results}, answered)


def try_alias(gap: Gap, proposal: Proposal, suite: Suite, settings: Settings) -> Trial:
    """Ask the whole suite without and with an alias; the folder itself is left alone.

    Raises:
        KbError: the folder cannot be read, copied or indexed.
    """
    kb = settings.kb
    config = read_text(kb / FILE_NAME)
    changed = with_alias(config, proposal, kb / FILE_NAME)
    before = ask_folder(kb, settings.index.directory, suite, (), settings).passed
    with tempfile.TemporaryDirectory(prefix="whichops-") as scratch:
        copy = Path(scratch) / kb.resolve().name
        _copy(kb, copy, settings)
        (copy / FILE_NAME).write_text(changed, "utf-8", newline="")
        readings = tuple(dict.fromkeys(r.reading for r in gap.records))
        after = ask_folder(copy, Path(scratch) / "index", suite, readings, settings)
    return judge_trial(before, after)


def _copy(kb: Path, target: Path, settings: Settings) -> None:
    from corpus.reader import scan_folder

    try:
        for stat in scan_folder(kb, settings.corpus):
            to = target / stat.path
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(kb / stat.path, to)
    except OSError as error:
        raise KbError(f"The folder could not be copied to try the alias ({error.strerror or error}).") from error


def read_text(path: Path) -> str:
    """The text of a `kb.toml`, "" where there is none.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        return path.read_bytes().decode("utf-8") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read ({error}).") from error


CASE_FILE = "gaps.toml"  # of a suite; what was accepted from gaps stands there


def with_case(gap: Gap, cases: Path) -> tuple[str, Case]:
    """The text of a suite's `gaps.toml` with a gap as one case more, and that case as the suite reads it.

    Raises:
        UsageError: it is there already, or the suite has faults.
    """
    from evals.loader import load_suite

    if f"gap-{gap.id}" in {case.id for case in load_suite(cases).cases}:
        raise UsageError(f"{cases} has a case gap-{gap.id} already.")
    text = read_text(cases / CASE_FILE)
    text += ("\n" if text else "") + draft_case(gap)
    with tempfile.TemporaryDirectory(prefix="whichops-") as scratch:
        (Path(scratch) / CASE_FILE).write_text(text, "utf-8", newline="")
        return text, next(case for case in load_suite(Path(scratch)).cases if case.id == f"gap-{gap.id}")


def accept_case(text: str, cases: Path) -> Path:
    """Write what `with_case` made; whole or not at all.

    Raises:
        UsageError: the file cannot be written.
    """
    path = cases / CASE_FILE
    _write(path, text)
    return path


def accept(proposal: Proposal, kb: Path) -> Path:
    """Write an alias that was tried into the folder's `kb.toml`; whole or not at all.

    Raises:
        UsageError: it is there already, or the file cannot be written.
    """
    path = kb / FILE_NAME
    text = with_alias(read_text(path), proposal, path)
    _write(path, text)
    return path


def _write(path: Path, text: str) -> None:
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(text, "utf-8", newline="")
        if path.exists():
            shutil.copymode(path, part)
        os.replace(part, path)  # noqa: PTH105
    except OSError as error:
        part.unlink(missing_ok=True)
        raise UsageError(f"{path} cannot be written ({error.strerror or error}). Make it writable, or write it there yourself.") from error
