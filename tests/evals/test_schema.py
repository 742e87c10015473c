from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from evals import command
from evals.loader import SHIPPED, SUITE_FILE
from evals.models import Expectation
from evals.schema import case_schema
from tests.evals.test_command import arguments

SECOND = SHIPPED.parent / "second" / "cases"


@pytest.mark.parametrize(
    "path", [*sorted(SHIPPED.glob("*.toml")), *sorted(SECOND.glob("*.toml"))], ids=lambda path: f"{path.parent.parent.name}-{path.stem}"
)
def test_every_shipped_case_file_has_the_form(path: Path) -> None:
    if path.name != SUITE_FILE:
        jsonschema.validate(tomllib.loads(path.read_text(encoding="utf-8")), case_schema())


def one(**fields: Any) -> dict[str, Any]:
    return {"case": [{"id": "red", "question": "Is red warm?", **fields}]}


@pytest.mark.parametrize(
    "fields",
    [
        {"musst": ["yes"]},
        {"status": "maybe"},
        {"decline": ["no_idea"]},
        {"tier": "could"},
        {"id": "Not Small"},
        {"turns": [{"question": "and blue?"}]},
        {"frame": {"mood": "good"}},
        {"cite_any": [{"file": "a.md"}]},
    ],
    ids=str,
)
def test_what_the_loader_refuses_the_schema_refuses(fields: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(one(**fields), case_schema())


def test_a_lone_text_stands_for_a_list_of_one() -> None:
    jsonschema.validate(one(must="yes", any=["a", ["b", "c"]], cite_any="#Colours", status="answered"), case_schema())


def test_every_field_of_an_expectation_is_described() -> None:
    described = case_schema()["$defs"]["turn"]["properties"]

    assert set(described) == {"question", *Expectation.model_fields}
    assert all(field.get("description") for field in described.values())


def test_the_command_writes_it_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(arguments("schema", str(tmp_path / "case.json"))) == 0
    assert command.main(arguments("schema")) == 0

    assert json.loads((tmp_path / "case.json").read_text(encoding="utf-8")) == case_schema() == json.loads(capsys.readouterr().out)
