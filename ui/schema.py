"""The form of an answer as JSON Schema, for programs that read `ask --json`, `--batch` or the API.

The file beside this module is what is shipped; `python -m ui.schema` writes it anew from the model, and a test keeps the two equal.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("answer.schema.json")


def schema_text() -> str:
    """The schema as it is shipped."""
    return FILE.read_text(encoding="utf-8")


def answer_schema() -> dict[str, Any]:
    """The schema, made from the model."""
    from pydantic.json_schema import GenerateJsonSchema

    from assistant.models import Answer

    class Whole(GenerateJsonSchema):
        """Every field is always there, also one that has a default."""

        def field_is_required(self, field: Any, total: bool) -> bool:  # noqa: ARG002 (the signature is pydantic's)
            return True

    made = Answer.model_json_schema(mode="serialization", schema_generator=Whole)
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:whichops:answer",
        "title": "Answer",
        "description": "One object per question: what `whichops ask --json`, `--batch` and the API give.",
    }
    return head | {key: value for key, value in made.items() if key not in head}


def text_of(schema: dict[str, Any]) -> str:
    """A schema as the file has it."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(text_of(answer_schema()), encoding="utf-8")
