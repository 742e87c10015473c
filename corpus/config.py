"""The optional `kb.toml` of a knowledge base, read into a model at once."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.errors import BadKbToml

FILE_NAME = "kb.toml"


class Alias(BaseModel):
    """Another name users type for something the knowledge base names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    to: str = Field(min_length=1)
    reason: str = ""


class KbConfig(BaseModel):
    """What a knowledge base says about itself; every field may be left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = ""
    description: str = ""
    language: str = "en"  # the only one that questions are read in
    aliases: dict[str, Alias] = Field(default_factory=dict)
    exclude: tuple[str, ...] = ()
    limits: dict[str, float] = Field(default_factory=dict)


def parse_config(text: str, path: Path) -> KbConfig:
    """Read the text of a `kb.toml`.

    Raises:
        BadKbToml: not TOML, an unknown key (the nearest known one is named), a value of the wrong type, or what is not supported yet.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadKbToml(path, f"is not valid TOML: {error}. Mend the line it names.") from error
    if "rule" in data:
        raise BadKbToml(path, "[[rule]] is not supported yet: a folder brings no rules of its own. Remove it.")
    if data.get("language", "en") != "en":
        raise BadKbToml(
            path, f"language = {data['language']!r} is not supported yet: questions are read in English. Remove it, or set 'en'."
        )
    for name in data:
        if name not in KbConfig.model_fields:
            known = ", ".join(sorted(KbConfig.model_fields))
            raise BadKbToml(path, f"unknown key {name!r}; did you mean {nearest(name, KbConfig.model_fields)!r}? Known keys: {known}.")
    aliases = data.get("aliases")
    if isinstance(aliases, dict):  # the short form "typed" = "written" is as good as a table
        data["aliases"] = {k: {"to": v} if isinstance(v, str) else v for k, v in aliases.items()}
    try:
        return KbConfig.model_validate(data)
    except ValidationError as error:
        raise BadKbToml(path, problem(error)) from error


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name spelt most like `name`."""
    return difflib.get_close_matches(name, known, n=1, cutoff=0.0)[0]


def problem(error: ValidationError) -> str:
    """The first fault of a value, in words: where it is, what is the matter, what to do."""
    first = error.errors()[0]
    where = ".".join(str(x) for x in first["loc"])
    if first["type"] == "extra_forbidden":
        name = str(first["loc"][-1])
        return f"{where}: unknown key; did you mean {nearest(name, Alias.model_fields)!r}? Known keys: {', '.join(Alias.model_fields)}."
    return f"{where}: {first['msg'][0].lower()}{first['msg'][1:]}. Correct that value."
