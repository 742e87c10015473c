"""`whichops verify FILE`: prove saved answers against the files of a knowledge base, without index or engine."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from assistant.models import Answer
from corpus.errors import KnowledgeBaseMissing, UsageError
from corpus.folders import parts_of, place_of
from ui.render import number_of, one_line

HOLDS, BROKEN = 0, 1


def verify_file(name: str, kb: Path) -> int:
    """Check every answer of a file (`-`: standard input) and print what was found; 1 if any does not hold.

    Raises:
        KnowledgeBaseMissing: there is no such folder.
        UsageError: the file cannot be read or holds something that is no answer.
    """
    from assistant.certificate import verify_answer

    must_be_there(kb)
    broken = total = 0
    for place, answer in saved_answers(_read(name), name):
        check = verify_answer(answer.as_json(), kb)
        total += 1
        broken += not check.holds
        quotes = sum(atom.op == "quote" for atom in answer.certificate)
        what = f"holds: {number_of(quotes, 'quote')} found in the files" if check.holds else "does not hold"
        print(f"{place} {one_line(answer.id)}: {what}")
        elsewhere = _not_there(answer, kb)
        for document in elsewhere:
            print(f"  {one_line(document)} is not in {one_line(str(kb))}: name the folder the answer came from with --kb FOLDER.")
        for line in (*check.problems, *check.notes) if not elsewhere else ():
            print(f"  {one_line(line)}")
    if not total:
        raise UsageError(f"{name} holds no answer. Save one with `whichops ask --json QUESTION > FILE`.")
    return BROKEN if broken else HOLDS


def must_be_there(kb: Path) -> None:
    """Nothing, where every folder of a knowledge base is there.

    Raises:
        KnowledgeBaseMissing: one is not.
    """
    for part in parts_of(kb):
        if not part.root.is_dir():
            raise KnowledgeBaseMissing(part.root, "is not a folder" if part.root.exists() else "does not exist")


def _not_there(answer: Answer, kb: Path) -> list[str]:
    """Documents that an answer quotes and the folder does not have: what is proved by them is not told one by one."""

    def there(document: str) -> bool:
        try:
            folder, path = place_of(kb, document)
        except ValueError:
            return False
        return os.path.lexists(folder / path)

    quoted = dict.fromkeys(atom.document for atom in answer.certificate if atom.op == "quote" and atom.document)
    return [document for document in quoted if not there(document)]


def saved_answers(text: str, name: str) -> Iterator[tuple[str, Answer]]:
    """The answers of a saved output, one JSON object or one on each line, each with the words that say where it stands.

    Raises:
        UsageError: not JSON, or not an answer.
    """
    try:
        values: list[tuple[str, Any]] = [("answer", json.loads(text))]
    except (ValueError, RecursionError):
        values = []
        for number, line in enumerate(text.split("\n"), 1):
            if not line.strip():
                continue
            try:
                values.append((f"line {number}, answer", json.loads(line)))
            except (ValueError, RecursionError) as error:
                raise UsageError(
                    f"{name}, line {number} is not JSON ({error}). Give what `whichops ask --json` or --batch printed."
                ) from error
    for place, value in values:
        yield place, _answer(value, f"{name}, {place}" if len(values) > 1 else name)


def _answer(value: Any, where: str) -> Answer:
    data = value["answer"] if isinstance(value, dict) and "answer" in value else value  # printed with --explain
    try:
        return Answer.model_validate_json(json.dumps(data))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "it"
        raise UsageError(f"{where} is no answer of whichops: {field}: {first['msg'].lower()}.") from error


def _read(name: str) -> str:
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise UsageError(f"{name} cannot be read ({error.strerror}). Name a file that `whichops ask --json` printed, or -.") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is not UTF-8 (byte {error.start + 1}).") from error
