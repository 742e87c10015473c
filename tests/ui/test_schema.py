"""The schema that is shipped is the form of what is printed."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from assistant.models import Answer
from tests.ui.fake import FakeAssistant, FakeTalk
from ui import schema
from ui.batch import refusal

SCHEMA: dict[str, Any] = json.loads(schema.schema_text())


def test_what_is_shipped_is_made_from_the_model_and_is_a_schema() -> None:
    assert schema.schema_text() == schema.text_of(schema.answer_schema()), "write it anew with `python -m ui.schema`"
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_names_every_field_of_the_contract_and_no_other() -> None:
    assert SCHEMA["required"] == list(SCHEMA["properties"]) == list(Answer.model_fields)
    assert SCHEMA["additionalProperties"] is False


@pytest.mark.parametrize("question", ["sky", "table", "which", "and snow", "the sea", ""])
def test_every_kind_of_answer_fits(question: str, fake: FakeAssistant) -> None:
    jsonschema.validate(fake.ask(question, FakeTalk()).as_json(), SCHEMA)


def test_a_line_that_was_refused_fits() -> None:
    jsonschema.validate(refusal("1", "x", "It is empty.").as_json(), SCHEMA)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"status": "sure"}, "'sure' is not one of"),
        ({"extra": 1}, "Additional properties are not allowed"),
        ({"citations": [{}]}, "is a required property"),
        ({"text": None}, "is not of type 'string'"),
    ],
    ids=["status", "unknown field", "citation", "no text"],
)
def test_what_is_no_answer_does_not_fit(change: dict[str, object], words: str, fake: FakeAssistant) -> None:
    with pytest.raises(jsonschema.ValidationError, match=words):
        jsonschema.validate(fake.ask("sky").as_json() | change, SCHEMA)
