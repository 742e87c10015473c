"""What the documentation says of the command line is what the command line is."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from ui import cli, reference
from ui.arguments import EXAMPLES, build_parser
from ui.shells import declared


def test_the_page_in_the_documentation_is_what_the_program_says() -> None:
    assert reference.FILE.read_text(encoding="utf-8") == reference.reference(), "write it anew with `python -m ui.reference`"


def test_every_command_that_is_declared_can_be_run() -> None:
    assert {command.name for command in declared(build_parser()) if command.name} == set(cli.COMMANDS)


@pytest.mark.parametrize("command", EXAMPLES, ids=lambda name: name or "whichops")
def test_help_shows_examples_that_the_command_line_accepts(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([command, "--help"] if command else ["--help"]) == 0

    shown = capsys.readouterr().out
    examples = [line for line in EXAMPLES[command].splitlines() if not line.startswith("#")]
    assert all(f"  {line}\n" in shown for line in examples)
    parser = build_parser(cli.ELSEWHERE)
    for line in examples:
        for call in re.findall(r"whichops(?: [^|<>&\n]*)?", re.sub(r"^\S*WHICHOPS_\S+ ", "", line)):
            parser.parse_args(shlex.split(call)[1:])


def test_the_first_run_of_the_help_is_one_a_user_can_follow(tmp_path: Path) -> None:
    lines = EXAMPLES[""].splitlines()
    assert lines[1:3] == ["mkdir notes", lines[2]]
    subprocess.run(["sh", "-c", "\n".join(lines[1:3])], cwd=tmp_path, check=True)

    assert (tmp_path / "notes" / "colours.md").read_text() == "# Colours\n\n| Thing | Colour |\n|---|---|\n| Sky | Blue |\n"
