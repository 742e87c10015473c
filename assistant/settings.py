"""Every setting of every room in one frozen object, and where each value came from.

`load_settings` is the one way in. Command line beats environment, environment beats the knowledge base's `kb.toml`, that beats the
defaults. Nothing is read on import, nothing is kept.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.config import FILE_NAME
from corpus.errors import BadKbToml, UsageError
from corpus.reader import read_limits
from corpus.settings import CorpusSettings
from index.settings import IndexSettings

PREFIX = "WHICHOPS_"

# Variables of this name space that are not settings of the assistant, and who reads them.
OTHER_VARIABLES: Mapping[str, str] = {
    "WHICHOPS_DEBUG": "show tracebacks",
    "WHICHOPS_REQUIRE_BROWSER": "the tests: fail where no browser is found, instead of skipping",
    "WHICHOPS_TORCH_INDEX": "run.py: the package index torch is taken from",
}

# Short names for what is set most often; every other setting is WHICHOPS_<SECTION>_<NAME>.
_SHORT: Mapping[str, str] = {"kb": "WHICHOPS_KB", "index.directory": "WHICHOPS_INDEX", "index.model": "WHICHOPS_MODEL"}


class AssistantSettings(BaseModel):
    """Settings of this room."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_question_characters: int = Field(default=4000, ge=1, le=100_000, description="longer questions are refused as invalid")
    refresh_seconds: float = Field(default=1.0, ge=0, description="files are looked at for changes at most this often")
    keep_suggestions: bool = Field(
        default=True, description="whether it is kept on disk which suggestions answer, each asked once for an index"
    )


class UiSettings(BaseModel):
    """Settings of the front ends; they stand here because imports run one way and this module assembles all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(default="127.0.0.1", min_length=1, description="address the web chat listens on")
    port: int = Field(default=7860, ge=0, le=65535, description="port the web chat listens on; 0: any that is free")
    open_browser: bool = Field(default=True, description="whether the web chat opens a browser window")
    question_seconds: float = Field(default=10.0, ge=0, description="the web chat gives a question up after so long; 0: never")
    questions_per_second: float = Field(
        default=200.0, ge=0, description="one client of the web chat may ask so many in the long run; 0: any"
    )
    questions_at_once: int = Field(default=1000, ge=1, description="… and so many at once before that counts")


class Settings(BaseModel):
    """All settings. `origins` names for each dotted name where its value came from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kb: Path = Field(description="folder of Markdown that is asked")
    corpus: CorpusSettings = CorpusSettings()
    index: IndexSettings = IndexSettings()
    assistant: AssistantSettings = AssistantSettings()
    ui: UiSettings = UiSettings()
    origins: dict[str, str] = Field(default_factory=dict)

    def rows(self) -> Iterator[tuple[str, object, str, str]]:
        """Every setting as (dotted name, value, origin, description), in a fixed order."""
        for name, description in _known().items():
            value: object = self
            for part in name.split("."):
                value = getattr(value, part)
            yield name, value, self.origins.get(name, "default"), description


def default_kb() -> Path:
    """The knowledge base that comes with the program."""
    import corpus

    return Path(corpus.__file__).parent / "knowledge"


def variable(name: str) -> str:
    """The environment variable of a setting: `corpus.max_files` is WHICHOPS_CORPUS_MAX_FILES."""
    return _SHORT.get(name) or PREFIX + name.replace(".", "_").upper()


def load_settings(
    overrides: Mapping[str, str | None] | None = None,
    environ: Mapping[str, str] | None = None,
    kb: Path | None = None,
) -> Settings:
    """Assemble all settings.

    Args:
        overrides: dotted name -> value as typed on the command line; None means not given.
        environ: the environment (default: this process's).
        kb: the knowledge base, if the caller has already chosen one; counts as given on the command line.
    Raises:
        UsageError: an unknown name, or a value that does not fit; the nearest known name is named.
        BadKbToml: the `kb.toml` in the folder cannot be read or limits something unknown.
    """
    known = _known()
    values: dict[str, object] = {}
    origins: dict[str, str] = {}

    def put(name: str, value: object, origin: str) -> None:
        values[name], origins[name] = value, origin

    given = {name: value for name, value in (overrides or {}).items() if value is not None}
    for name, text in given.items():
        if name not in known:
            raise UsageError(f"Unknown setting {name!r}{_nearest(name, known)}")
        if name == "kb" and not text:
            raise UsageError("--kb names no folder. Give the folder that holds the Markdown files.")
    from_environment = _read_environment(os.environ if environ is None else environ, known)

    put("kb", default_kb(), "default")
    if "kb" in from_environment:
        put("kb", Path(from_environment["kb"]), variable("kb"))
    if kb is not None or "kb" in given:
        put("kb", kb if kb is not None else Path(given["kb"]), "command line")
    folder = Path(str(values["kb"])).expanduser()  # of several folders each is expanded where they are taken apart
    values["kb"] = folder

    for limit, number in read_limits(folder).items():
        put(f"corpus.{limit}", number, FILE_NAME)
    for name, text in from_environment.items():
        if name != "kb":
            put(name, text, variable(name))
    for name, text in given.items():
        if name != "kb":
            put(name, text, "command line")

    tree: dict[str, Any] = {"origins": {name: origins.get(name, "default") for name in known}}
    for name, value in values.items():
        section, _, field = name.partition(".")
        if field:
            tree.setdefault(section, {})[field] = value
        else:
            tree[section] = value
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"][:2])
        origin = origins.get(name, "default")
        problem = f"{name} = {first['input']!r} (from {origin}): {first['msg'].lower()}. It sets: {known.get(name, '')}."
        if origins.get(name) == FILE_NAME:
            raise BadKbToml(folder / FILE_NAME, f"[limits] {problem}") from error
        raise UsageError(problem) from error


def _known() -> dict[str, str]:
    """Dotted name -> description of every setting."""
    names: dict[str, str] = {}
    for section, info in Settings.model_fields.items():
        if section == "origins":
            continue
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            names |= {f"{section}.{field}": inner.description or "" for field, inner in kind.model_fields.items()}
        else:
            names[section] = info.description or ""
    return names


def _read_environment(environ: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """Settings found in the environment, dotted name -> text; an empty variable counts as not set."""
    by_variable = {variable(name): name for name in known}
    found: dict[str, str] = {}
    for key in sorted(environ):
        if not key.startswith(PREFIX) or key in OTHER_VARIABLES:
            continue
        if key not in by_variable:
            raise UsageError(f"Unknown environment variable {key}{_nearest(key, [*by_variable, *OTHER_VARIABLES])}")
        if environ[key]:
            found[by_variable[key]] = environ[key]
    return found


def _nearest(name: str, known: Mapping[str, str] | list[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.0)
    return f"; did you mean {near[0]}? `whichops settings` lists what can be set."
