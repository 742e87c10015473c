"""Completion in a shell: the scripts are run by the shells they are for, where they are there."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from ui.arguments import build_parser
from ui.shells import Shell, declared, script


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    shells: tuple[Shell, ...] = ("bash", "zsh", "fish")
    for shell in shells:
        (tmp_path / f"whichops.{shell}").write_text(script(shell, build_parser()), encoding="utf-8")
    (tmp_path / "answers.json").touch()
    (tmp_path / "notes").mkdir()
    return tmp_path


def run(shell: str, code: str, folder: Path) -> list[str]:
    """What a shell prints, a line each."""
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"there is no {shell} here")
    plain = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
    done = subprocess.run([program, *plain, "-c", code], cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    assert done.returncode == 0
    return done.stdout.split("\n")[:-1]


def bash(folder: Path, *words: str) -> list[str]:
    typed = " ".join(f"'{word}'" for word in words)
    code = f'source ./whichops.bash; COMP_WORDS=({typed}); COMP_CWORD={len(words) - 1}; _whichops; printf "%s\\n" "${{COMPREPLY[@]}}"'
    return run("bash", code, folder)


COMMANDS = [command.name for command in declared(build_parser()) if command.name]


def test_bash_offers_commands_options_choices_files_and_folders(scripts: Path) -> None:
    assert bash(scripts, "whichops", "")[: len(COMMANDS)] == COMMANDS
    assert bash(scripts, "whichops", "as") == ["ask"]
    assert bash(scripts, "whichops", "ask", "--js") == ["--json", "--jsonl"]
    assert bash(scripts, "whichops", "--kb", "notes", "ask", "--fail") == ["--fail-on-decline"]
    assert bash(scripts, "whichops", "--kb", "n") == ["notes"]
    assert bash(scripts, "whichops", "completion", "z") == ["zsh"]
    assert bash(scripts, "whichops", "ask", "--batch", "an") == ["answers.json"]
    assert bash(scripts, "whichops", "verify", "an") == ["answers.json"]
    assert bash(scripts, "whichops", "ui", "--port", "") == [""]


def test_fish_offers_the_same_with_a_word_on_each(scripts: Path) -> None:
    def fish(typed: str) -> list[str]:
        return run("fish", f"source ./whichops.fish; complete -C '{typed}'", scripts)

    assert sorted(line.split("\t")[0] for line in fish("whichops ")) == sorted(COMMANDS)
    assert fish("whichops ask --jsonl") == ["--jsonl\tthe same; with - every line of standard input is a question of its own"]
    assert fish("whichops completion z") == ["zsh"]
    assert fish("whichops --kb n")[0].split("\t")[0] == "notes/"
    assert fish("whichops verify an") == ["answers.json"]


def test_zsh_can_read_its_script_and_load_it(scripts: Path) -> None:
    code = "autoload -U compinit; compinit -u -D; source ./whichops.zsh; print $_comps[whichops]"

    assert run("zsh", code, scripts) == ["_whichops"]


def test_a_word_with_quotation_marks_breaks_no_script() -> None:
    parser = build_parser()
    parser.add_argument("--odd", metavar="X", help="it's [odd]: 100 %% \\ of it")

    assert "'--odd[it'\\''s \\[odd\\]\\: 100 % \\ of it]:x:'" in script("zsh", parser)
    assert "-l odd -x -d 'it\\'s [odd]: 100 % \\\\ of it'" in script("fish", parser)
