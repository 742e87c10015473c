"""`whichops eval schema`: the form of a case file as a JSON Schema, for editors that check and complete TOML.

It describes what people write (a lone text for a list of one, places as `file.md#Heading@Row×Column`), not the models that come of it.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any, get_args

from assistant.models import DeclineKind, Status
from evals import gate
from evals.suite import write

_TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
_PLACE: dict[str, Any] = {
    "anyOf": [
        {"type": "string", "pattern": "^[^#]*(#.+)?$", "minLength": 1},
        {
            "type": "object",
            "properties": {"document": _TEXT, "heading": _TEXT, "row": _TEXT, "column": _TEXT},
            "additionalProperties": False,
        },
    ]
}


def _some(item: dict[str, Any], description: str) -> dict[str, Any]:
    """One, or a list of them."""
    return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1}], "description": description}


def _frame() -> dict[str, Any]:
    texts = {
        "kind": "the kind the question is read as: one of these",
        "mentions": "names of the knowledge base that the question is tied to: each of them",
        "without": "names it must not be tied to",
        "repaired": "what a misspelt word is read as",
        "unknown": "words that nothing is tied to",
    }
    properties: dict[str, Any] = {key: _some(_TEXT, words) for key, words in texts.items()}
    properties["kept"] = {"type": "boolean", "description": "whether anything is taken over from the turns before"}
    return {"type": "object", "properties": properties, "additionalProperties": False, "description": "how the question is understood"}


def _expectation() -> dict[str, Any]:
    texts = {
        "anyOf": [_TEXT, {"type": "array", "items": {"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}]}, "minItems": 1}]
    }
    return {
        "status": _some({"enum": list(get_args(Status))}, "what happens: answered where nothing is said, declined where decline is given"),
        "decline": _some({"enum": list(get_args(DeclineKind))}, "the kinds of no that are right"),
        "must": _some(_TEXT, "each is said in the direct answer; whole words, or a /regular expression/"),
        "any": {**texts, "description": "one of these is said; a list of lists: one of each list"},
        "must_not": _some(_TEXT, "none of these is said"),
        "cite_any": _some(_PLACE, "one of these places is cited: file.md#Heading, or file.md#Heading@Row×Column with * for any"),
        "cite_all": _some(_PLACE, "each of these places is cited"),
        "frame": _frame(),
    }


def case_schema() -> dict[str, Any]:
    """The schema of one case file, JSON Schema 2020-12."""
    question = {"type": "string", "description": "what is typed"}
    tags = _some(_TEXT, "for choosing and counting")
    turn = {
        "type": "object",
        "properties": {"question": question, **_expectation()},
        "required": ["question"],
        "additionalProperties": False,
    }
    case = {
        "type": "object",
        "properties": {
            "id": {"type": "string", "pattern": "^[a-z0-9][a-z0-9._-]*$", "description": "a name, unique in the folder"},
            "question": question,
            "turns": {
                "type": "array",
                "items": {"$ref": "#/$defs/turn"},
                "minItems": 1,
                "description": "a conversation instead of a question",
            },
            "kind": {**_TEXT, "description": "what sort of question it is; rates are given by it"},
            "tags": tags,
            "group": {**_TEXT, "description": "the same question in other words shares it"},
            "tier": {"enum": ["must", "should"], "description": "must: the gate fails with it"},
            "why": {"type": "string", "description": "what goes wrong when it fails, or where the expectation comes from"},
            **_expectation(),
        },
        "required": ["id"],
        "oneOf": [{"required": ["question"]}, {"required": ["turns"]}],
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Cases of whichops",
        "type": "object",
        "properties": {
            "document": {**_TEXT, "description": "the file meant by a place that begins with #"},
            "kind": {**_TEXT, "description": "of every case that names none"},
            "tags": {**tags, "description": "of every case, beside its own"},
            "case": {"type": "array", "items": {"$ref": "#/$defs/case"}},
        },
        "additionalProperties": False,
        "$defs": {"case": case, "turn": turn},
    }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `whichops eval schema`."""
    parser.add_argument("file", nargs="?", default="-", metavar="FILE", help="where to write it (default: standard output)")


def run(arguments: argparse.Namespace) -> int:
    """Write the schema; returns the exit code.

    Raises:
        UsageError: the file cannot be written.
    """
    text = json.dumps(case_schema(), indent=2, ensure_ascii=False) + "\n"
    if arguments.file == "-":
        sys.stdout.write(text)
    else:
        write(text, arguments.file)
    return gate.PASSED
