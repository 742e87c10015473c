"""TOML files -> a `Suite`. Every fault of every file is reported at once, each with its file and line.

The form is for people: a case with one question keeps its expectation beside it, one with several has `[[case.turns]]`;
a lone string stands for a list of one; a cited place is written `file.md#Heading` or `file.md#Heading@Row×Column`, and
`#Heading` alone where the file (or `suite.toml`) names its `document` at the top.

The files in the folder `aside/` beside them are cases like the others, only marked: nobody looks at them while the rules are
written, so that a rate over them says what a stranger would see.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from corpus.errors import UsageError
from evals.matching import compile_text
from evals.metrics import HEADLINE
from evals.models import Case, Expectation, FrameExpectation, Reference, Suite

SHIPPED = Path(__file__).parent / "cases"
SUITE_FILE = "suite.toml"
ASIDE = "aside"

_EXPECTATION = frozenset(Expectation.model_fields)
_CASE = frozenset({"id", "question", "turns", "kind", "tags", "group", "tier", "why"})
_TURN = frozenset({"question"}) | _EXPECTATION
_FILE = frozenset({"case", "document", "tags", "kind"})
_SUITE = frozenset({"document", "floors", "knowledge", "min_unanswerable"})
_TEXTS = ("must", "must_not")
_PLACES = ("cite_any", "cite_all")


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something wrong with a case file; `line` is 1-based, 0 when the fault is the file's as a whole."""

    file: str
    line: int
    problem: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.problem}" if self.line else f"{self.file}: {self.problem}"


class CasesInvalid(UsageError):
    """The cases cannot be used as they are; the message lists every fault."""

    def __init__(self, folder: Path, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        count = f"{len(self.faults)} fault{'s' if len(self.faults) != 1 else ''}"
        super().__init__(f"The cases in {folder} have {count}:\n" + "\n".join(f"  {fault}" for fault in self.faults))


# --- where in the file a key stands (tomllib keeps no positions) ---------------------------------------------------------


@dataclass(slots=True)
class _Block:
    """One `[[case]]` or `[[case.turns]]`: where it begins and where each of its keys is set."""

    line: int
    keys: dict[str, int]
    turns: list[_Block]

    def at(self, key: str | None = None) -> int:
        return self.keys.get(key or "", self.line)


_HEADER = re.compile(r"^\s*\[\[\s*(case(?:\.turns)?)\s*\]\]")
_OTHER_HEADER = re.compile(r"^\s*\[[^\[]")
_KEY = re.compile(r"^\s*[\"']?([A-Za-z0-9_-]+)[\"']?\s*=")


def _blocks(text: str) -> tuple[_Block, list[_Block]]:
    """The keys above the first case, and every case, with their lines. Headers inside multi-line strings are passed over."""
    top = _Block(1, {}, [])
    cases: list[_Block] = []
    current = top
    fence: str | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        if fence is not None:
            if line.count(fence) % 2:
                fence = None
            continue
        if header := _HEADER.match(line):
            current = _Block(number, {}, [])
            if header[1] == "case":
                cases.append(current)
            elif cases:
                cases[-1].turns.append(current)
        elif _OTHER_HEADER.match(line) and not cases:
            current = _Block(number, {}, [])
        elif key := _KEY.match(line):
            current.keys.setdefault(key[1], number)
        for mark in ('"""', "'''"):
            if line.count(mark) % 2:
                fence = mark
    return top, cases


# --- from the written form to the models -----------------------------------------------------------------------------------


def _unknown_keys(given: Iterable[str], known: frozenset[str], what: str) -> Iterable[tuple[str, str]]:
    """(key, problem) for each key that does not exist, with the nearest that does."""
    for key in given:
        if key not in known:
            near = difflib.get_close_matches(key, sorted(known), n=1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(sorted(known))}"
            yield key, f"unknown key {key!r} in {what}{hint}"


def parse_reference(written: object, document: str | None) -> Reference:
    """`file.md#Heading@Row×Column`, or the same as a table with document, heading, row and column.

    Args:
        document: the file meant by a reference that begins with `#`; None when there is no such default.
    Raises:
        ValueError: it cannot be read; the message says how to write it.
    """
    if isinstance(written, Mapping):
        given = {"document": document, **written} if document else dict(written)
        for _, problem in _unknown_keys(given, frozenset(Reference.model_fields), "a cited place"):
            raise ValueError(problem)
        return Reference.model_validate(given)
    if not isinstance(written, str) or not written.strip():
        raise ValueError(f"a cited place is written 'file.md#Heading' or 'file.md#Heading@Row×Column', not {written!r}")
    path, _, rest = written.strip().partition("#")
    heading, _, cell = rest.partition("@")
    if not path and not document:
        raise ValueError(f"{written!r} names no file; write 'file.md{written}', or set document = \"file.md\" at the top")
    row: str | None = None
    column: str | None = None
    if cell:
        parts = [part.strip() for part in cell.split("×")]
        if len(parts) != 2 or not all(parts):
            raise ValueError(f"{written!r}: a cell is written @Row×Column, with * for any")
        row, column = (None if part == "*" else part for part in parts)
    return Reference(document=path.strip() or str(document), heading=heading.strip() or None, row=row, column=column)


def _listed(value: object) -> object:
    """A lone value stands for a list of one."""
    return value if isinstance(value, list) else [value]


def _frame(given: object) -> tuple[object, list[str]]:
    """The fields of a `FrameExpectation`, and what is wrong with its keys."""
    if not isinstance(given, Mapping):
        return None, [f'frame is a table such as {{ mentions = ["…"], kept = true }}, not {given!r}']
    unknown = [problem for _, problem in _unknown_keys(given, frozenset(FrameExpectation.model_fields), "a frame")]
    return {key: value if key == "kept" else _listed(value) for key, value in given.items()}, unknown


def _expectation(given: Mapping[str, Any], document: str | None) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The fields of an `Expectation` as the model wants them, and (key, problem) for what cannot be read."""
    fields: dict[str, Any] = {key: given[key] for key in given if key in _EXPECTATION}
    problems: list[tuple[str, str]] = []
    for key in ("status", "decline", *_TEXTS, *_PLACES):
        if key in fields:
            fields[key] = _listed(fields[key])
    if "decline" in fields and "status" not in fields:
        fields["status"] = ["declined"]
    if "frame" in fields:
        fields["frame"], found = _frame(fields["frame"])
        problems += [("frame", problem) for problem in found]
    if "any" in fields:
        groups = _listed(fields["any"])
        # A flat list of texts is one group.
        fields["any"] = [groups] if isinstance(groups, list) and all(isinstance(x, str) for x in groups) else groups
    for key in _PLACES:
        places = []
        for written in fields.get(key, []):
            try:
                places.append(parse_reference(written, document))
            except ValueError as error:
                problems.append((key, str(error)))
        if key in fields:
            fields[key] = places
    texts = [(key, text) for key in _TEXTS for text in fields.get(key, [])]
    texts += [("any", text) for group in fields.get("any", []) if isinstance(group, list) for text in group]
    for key, text in texts:
        if not isinstance(text, str) or not text.strip():
            problems.append((key, f"{key}: {text!r} is not a text"))
            continue
        try:
            compile_text(text)
        except re.error as error:
            problems.append((key, f"{key}: {text} is not a regular expression ({error})"))
    return fields, problems


def _said(error: ValidationError) -> Iterable[tuple[str, str]]:
    """(key, problem) for each finding of pydantic, in plain words."""
    for found in error.errors():
        if found["type"] == "too_short" and found.get("input"):
            continue  # follows from a faulty item that is reported by itself
        where = [str(part) for part in found["loc"] if not isinstance(part, int)]
        key = where[-1] if where else ""
        shown = "" if isinstance(found.get("input"), dict) else f", not {found.get('input')!r}"
        message = found["msg"].removeprefix("Value error, ")
        yield where[0] if where else "", f"{key}: {message}{shown}" if key else message


def _case(given: object, block: _Block, defaults: Mapping[str, Any], file: str, *, aside: bool) -> tuple[Case | None, list[Fault]]:
    if not isinstance(given, dict):
        return None, [Fault(file, block.at(), "a case is a [[case]] block")]
    name = f"case {given['id']!r}" if isinstance(given.get("id"), str) else "a case"
    problems: list[tuple[_Block, str, str]] = []
    multiple = "turns" in given
    known = _CASE if multiple else _CASE | _EXPECTATION
    problems += [(block, key, problem) for key, problem in _unknown_keys(given, known, name)]
    if multiple and "question" in given:
        problems.append((block, "question", f"{name} has both a question and turns; leave one out"))
    written = given.get("turns") if multiple else [given]
    turns: list[dict[str, Any]] = []
    if not isinstance(written, list) or not written:
        problems.append((block, "turns", f"{name}: turns is a list of questions, at least one"))
        written = []
    for number, turn in enumerate(written):
        here = block.turns[number] if multiple and number < len(block.turns) else block
        if not isinstance(turn, dict):
            problems.append((here, "turns", f"{name}: turn {number + 1} is not a table with a question"))
            continue
        if multiple:
            problems += [(here, key, problem) for key, problem in _unknown_keys(turn, _TURN, f"turn {number + 1} of {name}")]
        if "question" not in turn:
            problems.append((here, "", f"{name} has no question" if not multiple else f"turn {number + 1} of {name} has no question"))
            continue
        fields, faults = _expectation(turn, defaults.get("document"))
        problems += [(here, key, f"{name}: {problem}") for key, problem in faults]
        if faults:
            continue
        try:
            turns.append({"question": turn["question"], "expect": Expectation.model_validate(fields)})
        except ValidationError as error:
            problems += [(here, key, f"{name}: {problem}") for key, problem in _said(error)]
    faults_found = [Fault(file, where.at(key), problem) for where, key, problem in problems]
    if faults_found:
        return None, faults_found
    try:
        case = Case.model_validate(
            {
                "id": given.get("id"),
                "turns": turns,
                "kind": given.get("kind", defaults.get("kind")),
                "tags": tuple(dict.fromkeys([*_strings(defaults.get("tags")), *_strings(given.get("tags"))])),
                "group": given.get("group"),
                "tier": given.get("tier", "should"),
                "why": given.get("why", ""),
                "aside": aside,
                "file": file,
                "line": block.line,
            }
        )
    except ValidationError as error:
        return None, [Fault(file, block.at(key), f"{name}: {problem}") for key, problem in _said(error)]
    return case, []


def _strings(value: object) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _read_toml(path: Path, file: str) -> tuple[dict[str, Any], str, list[Fault]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return {}, "", [Fault(file, 0, f"cannot be read: {error}")]
    try:
        return tomllib.loads(text), text, []
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+)", str(error))
        return {}, text, [Fault(file, int(found[1]) if found else 0, f"not valid TOML: {error}")]


def _read_suite_file(folder: Path) -> tuple[dict[str, Any], list[Fault]]:
    path = folder / SUITE_FILE
    if not path.is_file():
        return {}, []
    given, text, faults = _read_toml(path, SUITE_FILE)
    top, _ = _blocks(text)
    lines = {found[1]: n for n, line in enumerate(text.split("\n"), start=1) if (found := _KEY.match(line))}
    faults += [Fault(SUITE_FILE, top.at(key), problem) for key, problem in _unknown_keys(given, _SUITE, SUITE_FILE)]
    floors = given.get("floors", {})
    if isinstance(floors, dict):
        faults += [Fault(SUITE_FILE, lines.get(key, 0), p) for key, p in _unknown_keys(floors, frozenset(HEADLINE) - {"words"}, "[floors]")]
        for key, value in floors.items():
            if not _is_share(value):
                faults.append(Fault(SUITE_FILE, lines.get(key, 0), f"floor {key} is a share from 0 to 1, not {value!r}"))
    else:
        faults.append(Fault(SUITE_FILE, lines.get("floors", 0), "floors is a table of measure = share"))
    share = given.get("min_unanswerable", 0.0)
    if not _is_share(share):
        faults.append(Fault(SUITE_FILE, top.at("min_unanswerable"), f"min_unanswerable is a share from 0 to 1, not {share!r}"))
    knowledge = given.get("knowledge")
    if knowledge is not None and not (isinstance(knowledge, str) and (folder / knowledge).is_dir()):
        faults.append(Fault(SUITE_FILE, top.at("knowledge"), f"knowledge is a folder of Markdown, seen from this file, not {knowledge!r}"))
    return given, faults


def suite_hash(cases: Iterable[Case]) -> str:
    """Over what the cases ask and expect, in order of id; comments, tags and files do not count."""
    text = json.dumps(sorted((case.id, case.hash, case.tier) for case in cases))
    return hashlib.sha256(text.encode()).hexdigest()


def load_suite(folder: Path = SHIPPED) -> Suite:
    """Read every `*.toml` of a folder and of its `aside/`, in order of name, those put aside last.

    Raises:
        CasesInvalid: with every fault of every file, or when there is no case at all.
    """
    suite, faults = read_suite(folder)
    if faults:
        raise CasesInvalid(folder, faults)
    return suite


def read_suite(folder: Path) -> tuple[Suite, list[Fault]]:
    """The same, with whatever can be read, and every fault of what cannot.

    Raises:
        CasesInvalid: there is no such folder.
    """
    if not folder.is_dir():
        raise CasesInvalid(folder, [Fault(str(folder), 0, "is not a folder of case files (*.toml)")])
    common, faults = _read_suite_file(folder)
    cases: list[Case] = []
    for path in (*sorted(folder.glob("*.toml")), *sorted((folder / ASIDE).glob("*.toml"))):
        file = path.relative_to(folder).as_posix()
        if file == SUITE_FILE:
            continue
        given, text, found = _read_toml(path, file)
        if found:
            faults += found
            continue
        top, blocks = _blocks(text)
        faults += [Fault(file, top.at(key), problem) for key, problem in _unknown_keys(given, _FILE, "the file")]
        written = given.get("case", [])
        if not isinstance(written, list):
            faults.append(Fault(file, top.at("case"), "write each case as [[case]]"))
            continue
        defaults: dict[str, Any] = {
            "document": common.get("document"),
            **{key: given[key] for key in ("document", "tags", "kind") if key in given},
        }
        for number, item in enumerate(written):
            block = blocks[number] if len(blocks) == len(written) else _Block(0, {}, [])
            case, found = _case(item, block, defaults, file, aside=path.parent != folder)
            faults += found
            if case is not None:
                cases.append(case)
    first: dict[str, Case] = {}
    for case in cases:
        if case.id in first:
            faults.append(Fault(case.file, case.line or 0, f"case {case.id!r} is already in {first[case.id].file}:{first[case.id].line}"))
        first.setdefault(case.id, case)
    if not cases and not faults:
        faults.append(Fault(str(folder), 0, "holds no case; add a [[case]] to a *.toml file"))
    return _suite(folder, common, cases), faults


def _suite(folder: Path, common: Mapping[str, Any], cases: Iterable[Case]) -> Suite:
    """The cases with what holds for the folder; what is faulty there is left out, for it was reported."""
    shares = {key: value for key, value in _table(common.get("floors")).items() if _is_share(value)}
    least, knowledge = common.get("min_unanswerable", 0.0), common.get("knowledge")
    there = isinstance(knowledge, str) and (folder / knowledge).is_dir()
    cases = tuple(cases)
    return Suite(
        cases=cases,
        floors={key: float(value) for key, value in shares.items()},
        min_unanswerable=float(least) if _is_share(least) else 0.0,
        knowledge=(folder / str(knowledge)).resolve() if there else None,
        hash=suite_hash(cases),
    )


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _is_share(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, (int, float)) and 0 <= value <= 1
