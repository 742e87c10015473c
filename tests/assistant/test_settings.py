"""Settings: precedence, origins, and what is refused. The command line's view of them is tested with the commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.settings import OTHER_VARIABLES, Settings, default_kb, load_settings, variable
from corpus.errors import BadKbToml, UsageError
from corpus.folders import joined


def test_without_anything_said_the_shipped_folder_and_the_defaults_hold() -> None:
    settings = load_settings({}, {})

    assert settings.kb == default_kb()
    assert list(settings.kb.glob("*.md"))
    assert set(settings.origins.values()) == {"default"}
    assert [name for name, *_ in settings.rows()] == list(settings.origins)


def test_command_line_beats_environment_beats_kb_toml_beats_default(tmp_path: Path) -> None:
    (tmp_path / "kb.toml").write_text("[limits]\nmax_files = 1\nmax_depth = 1\nmax_file_mb = 1\n")
    environ = {"WHICHOPS_CORPUS_MAX_FILES": "2", "WHICHOPS_CORPUS_MAX_DEPTH": "2", "WHICHOPS_KB": str(tmp_path)}

    settings = load_settings({"corpus.max_files": "3", "index.model": None}, environ)

    assert (settings.corpus.max_files, settings.corpus.max_depth, settings.corpus.max_file_mb) == (3, 2, 1.0)
    names = ("kb", "corpus.max_files", "corpus.max_depth", "corpus.max_file_mb", "corpus.max_total_mb")
    assert [settings.origins[name] for name in names] == ["WHICHOPS_KB", "command line", "WHICHOPS_CORPUS_MAX_DEPTH", "kb.toml", "default"]


def test_kb_toml_is_read_as_the_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "kb.toml").write_text("\ufeff[limits]\nmax_files = 1\n", encoding="utf-8")

    assert load_settings({}, {}, kb=tmp_path).corpus.max_files == 1


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("[limits]\nmax_flies = 1", "unknown limit 'max_flies'; did you mean 'max_files'"),
        ("[limits]\nmax_files = 0", r"\[limits\] corpus.max_files = 0"),
        ("#" * 1_000_001, "is larger than 1 MB"),
        ("[[rule]]", "is not supported yet"),
    ],
    ids=["unknown", "out of bounds", "huge", "rule"],
)
def test_a_kb_toml_that_the_reader_refuses_sets_nothing(tmp_path: Path, config: str, message: str) -> None:
    (tmp_path / "kb.toml").write_text(config, encoding="utf-8")

    with pytest.raises(BadKbToml, match=message):
        load_settings({}, {}, kb=tmp_path)


def test_of_several_folders_none_limits_the_others(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "kb.toml").write_text("[limits]\nmax_files = 1\n", encoding="utf-8")

    assert load_settings({}, {}, kb=joined([tmp_path / "a", tmp_path / "b"])).origins["corpus.max_files"] == "default"


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load_settings({}, {"WHICHOPS_INDEX": "", "WHICHOPS_KB": ""}) == load_settings({}, {})


def test_a_folder_already_chosen_beats_what_is_said_elsewhere(tmp_path: Path) -> None:
    settings = load_settings({"kb": "other"}, {"WHICHOPS_KB": "another"}, kb=tmp_path)

    assert (settings.kb, settings.origins["kb"]) == (tmp_path, "command line")


def test_every_setting_has_a_variable_of_its_own_that_sets_it() -> None:
    names = list(load_settings({}, {}).origins)

    assert len({variable(name) for name in names} | set(OTHER_VARIABLES)) == len(names) + len(OTHER_VARIABLES)
    for name in names:
        value = {"ui.host": "::1", "ui.open_browser": "no", "assistant.keep_suggestions": "no"}.get(name, "9")
        assert load_settings({}, {variable(name): value}).origins[name] == variable(name)


def test_variables_for_other_purposes_are_no_settings_and_no_error() -> None:
    assert load_settings({}, dict.fromkeys(OTHER_VARIABLES, "1")) == load_settings({}, {})


def test_variables_of_other_programs_are_none_of_ours() -> None:
    assert load_settings({}, {"WHICHOP": "1", "HOME": "/"}) == load_settings({}, {})


@pytest.mark.parametrize("environ", [{"WHICHOPS_": "1"}, {"WHICHOPS_INDEXX": "1"}, {"WHICHOPS_UI_OPEN_BROWSER": "perhaps"}])
def test_what_cannot_be_meant_is_refused(environ: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        load_settings({}, environ)


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"Unknown setting 'index\.modle'; did you mean index\.model\?"):
        load_settings({"index.modle": "x"}, {})


def test_settings_cannot_be_changed() -> None:
    settings: Settings = load_settings({}, {})

    with pytest.raises(ValueError, match="frozen"):
        settings.kb = Path()  # type: ignore[misc]
