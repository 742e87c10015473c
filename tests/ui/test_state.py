"""Files of the user's own: private, whole, and in the place the system has for them."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from ui.state import append_line, read_lines, replace_lines, state_folder


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"XDG_STATE_HOME": "/somewhere"}, Path("/somewhere/whichops")),
        ({"XDG_STATE_HOME": "relative"}, Path("~/.local/state/whichops").expanduser()),
        ({}, Path("~/.local/state/whichops").expanduser()),
    ],
    ids=["named", "a relative path is ignored", "not named"],
)
def test_the_folder_is_the_one_the_specification_names(environ: dict[str, str], expected: Path) -> None:
    assert state_folder(environ) == expected


def test_a_file_is_made_private_and_one_that_was_open_to_others_is_closed_to_them(tmp_path: Path) -> None:
    file = tmp_path / "new" / "file"
    append_line(file, "one")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700

    file.chmod(0o644)
    append_line(file, "twö \ud800")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_lines(file) == ["one", "twö ?"]


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "file"
    replace_lines(file, ["one", "two"])
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("one\ntwo\n", 0o600)

    def broken() -> object:
        yield "three"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        replace_lines(file, broken())  # type: ignore[arg-type]
    assert file.read_text() == "one\ntwo\n"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_file_that_is_not_there_or_was_cut_has_the_lines_it_has(tmp_path: Path) -> None:
    assert read_lines(tmp_path / "none") == []
    (tmp_path / "cut").write_text("one\nhal")
    assert read_lines(tmp_path / "cut") == ["one"]
