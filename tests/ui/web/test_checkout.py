from __future__ import annotations

from pathlib import Path

import pytest

from corpus.folders import joined
from ui.web.checkout import EditLinks, find_checkout, web_address


def make_checkout(top: Path, remote: str | None, head: str = "ref: refs/heads/main") -> Path:
    git = top / ".git"
    git.mkdir(parents=True)
    (git / "HEAD").write_text(head + "\n")
    (git / "config").write_text("[core]\n\tbare = false\n" + (f'[remote "origin"]\n\turl = {remote}\n\tfetch = x\n' if remote else ""))
    return top


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("https://github.com/o/r.git", "https://github.com/o/r"),
        ("git@github.com:o/r.git", "https://github.com/o/r"),
        ("ssh://git@gitlab.example.org:2222/group/sub/r.git", "https://gitlab.example.org/group/sub/r"),
        ("https://user:secret@github.com/o/r", "https://github.com/o/r"),
        ("/srv/git/r.git", None),
        ("file:///srv/git/r.git", None),
        ("https://example.org/o/r.git", None),
        ("javascript:github.com/o/r", None),
        ("git@github.com:o/r?x=<script>", None),
        ("https://github.com/", None),
    ],
)
def test_a_remote_is_a_web_address_only_where_its_pages_are_known(remote: str, address: str | None) -> None:
    assert web_address(remote) == address


def test_the_edit_link_names_branch_file_and_line(tmp_path: Path) -> None:
    top = make_checkout(tmp_path / "r", "git@github.com:o/r.git", "ref: refs/heads/feature/x")
    (top / "docs").mkdir()

    found = find_checkout(top / "docs")

    assert found is not None
    assert found.edit_link("a b/tea#1.md") == "https://github.com/o/r/edit/feature/x/docs/a%20b/tea%231.md#L{first}"


def test_a_worktree_finds_the_remote_of_its_checkout(tmp_path: Path) -> None:
    main = make_checkout(tmp_path / "main", "https://gitlab.com/o/r.git")
    own = main / ".git" / "worktrees" / "two"
    own.mkdir(parents=True)
    (own / "HEAD").write_text("ref: refs/heads/two\n")
    (own / "commondir").write_text("../..\n")
    two = tmp_path / "two"
    two.mkdir()
    (two / ".git").write_text(f"gitdir: {own}\n")

    found = find_checkout(two)

    assert found is not None
    assert found.edit_link("tea.md") == "https://gitlab.com/o/r/-/edit/two/tea.md#L{first}"


@pytest.mark.parametrize("remote", [None, "/srv/git/r.git"], ids=["no remote", "a remote that is no web site"])
def test_without_a_web_remote_there_is_no_link(tmp_path: Path, remote: str | None) -> None:
    assert find_checkout(make_checkout(tmp_path / "r", remote)) is None


def test_a_damaged_checkout_is_none(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert find_checkout(tmp_path) is None
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / ".git").write_bytes(b"\xff\xfe")
    assert find_checkout(tmp_path / "b") is None


def test_of_several_folders_each_document_leads_to_its_own_checkout(tmp_path: Path) -> None:
    one = make_checkout(tmp_path / "one", "https://github.com/o/one.git")
    two = make_checkout(tmp_path / "two", "https://gitlab.com/o/two.git")
    (tmp_path / "three").mkdir()
    links = EditLinks(joined([one, two, tmp_path / "three"]))

    assert links.of("one/tea.md") == "https://github.com/o/one/edit/main/tea.md#L{first}"
    assert links.of("two/a/tea.md") == "https://gitlab.com/o/two/-/edit/main/a/tea.md#L{first}"
    assert [links.of("three/tea.md"), links.of("four/tea.md"), EditLinks(None).of("tea.md")] == ["", "", ""]
    assert EditLinks(one).of("tea.md") == "https://github.com/o/one/edit/main/tea.md#L{first}"
