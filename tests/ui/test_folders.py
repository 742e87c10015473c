"""Several folders in one question: cited by folder, proved, refreshed, summed up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ui import cli

pytestmark = pytest.mark.model


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The arguments that name two folders with a file of the same name, and an index folder."""
    for name, text in (
        ("handbook", "# On call\n\nThe engineer on call answers a page within 5 minutes.\n"),
        ("runbooks", "# On call\n\n| Alert | Action |\n|---|---|\n| Disk full | Delete old logs |\n| High load | Add a node |\n"),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "oncall.md").write_text(text, encoding="utf-8")
    (tmp_path / "runbooks" / "binary.md").write_bytes(b"\x00\x01" * 600)
    monkeypatch.delenv("WHICHOPS_KB", raising=False)
    return ["--kb", str(tmp_path / "handbook"), "--kb", str(tmp_path / "runbooks"), "--index", str(tmp_path / "index")]


def test_an_answer_from_two_folders_is_cited_by_folder_and_proved(
    folders: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["ask", "--json", *folders, "what to do when the disk is full"]) == 0
    out, err = capsys.readouterr()
    answer = json.loads(out)

    assert [(c["document"], c["lines"], c["quote"]) for c in answer["citations"]] == [("runbooks/oncall.md", [5, 5], "Delete old logs")]
    assert err.splitlines()[0].startswith("Indexed 2 files, 2 sections, 1 table, 7 facts (1 left out or mended) in ")
    assert err.splitlines()[1] == "whichops: runbooks/binary.md: not a text file, or not UTF-8; save it as UTF-8"

    (tmp_path / "answer.json").write_text(out, encoding="utf-8")
    assert cli.main(["verify", str(tmp_path / "answer.json"), *folders[:4]]) == 0
    assert cli.main(["verify", str(tmp_path / "answer.json"), *folders[:2]]) == 1


def test_a_change_in_either_folder_is_seen(folders: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["index", *folders])
    (tmp_path / "handbook" / "oncall.md").write_text(
        "# On call\n\nThe engineer on call answers a page within 9 minutes.\n", encoding="utf-8"
    )
    cli.main(["index", "--status", *folders])
    status = capsys.readouterr().out

    assert "stale: files changed since it was built" in status
    assert f"{tmp_path / 'handbook'} (as handbook/)" in status
    assert "left out        runbooks/binary.md: not a text file, or not UTF-8; save it as UTF-8" in status
    cli.main(["ask", *folders, "how fast does the engineer on call answer a page"])
    assert "9 minutes" in capsys.readouterr().out


def test_one_of_several_folders_is_asked_alone_and_an_unknown_one_is_told(
    folders: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    question = "what to do when the disk is full"

    assert cli.main(["ask", *folders, "--fail-on-decline", "--scope", "handbook", question]) == 3
    capsys.readouterr()
    assert cli.main(["ask", "--json", *folders, "--scope", "runbooks", question]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["reading"]["scope"], answer["citations"][0]["document"]) == (["runbooks"], "runbooks/oncall.md")
    assert cli.main(["ask", *folders, "--scope", "runbook", question]) == 2
    assert capsys.readouterr().err == (
        "whichops: Nothing in this knowledge base is called 'runbook'; did you mean 'runbooks'? It holds handbook, runbooks.\n"
    )

    lines = [{"question": question}, {"question": question, "scope": "runbooks"}, {"question": question, "scope": ["nowhere"]}]
    (tmp_path / "lines.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert cli.main(["ask", *folders, "--scope", "handbook", "--batch", str(tmp_path / "lines.jsonl")]) == 0
    assert [json.loads(line)["status"] for line in capsys.readouterr().out.splitlines()] == ["declined", "answered", "invalid"]
