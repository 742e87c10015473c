"""Several folders as one knowledge base: names that tell them apart, paths that lead back into the right one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.errors import BadKbToml, FoldersOverlap, KnowledgeBaseEmpty, KnowledgeBaseMissing, UsageError
from corpus.folders import Part, called, joined, parts_of, place_of
from corpus.reader import config_bytes, read_config, read_folder, read_text, scan_folder
from corpus.settings import CorpusSettings

DEFAULTS = CorpusSettings()

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A folder below a temporary one, with files given as `name=text` (`__` for a dot)."""

    def made(name: str, **files: str) -> Path:
        folder = tmp_path / name
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in files.items():
            (folder / file.replace("__", ".")).write_text(text, encoding="utf-8")
        return folder

    return made


def test_one_folder_is_read_as_it_is(make: Make) -> None:
    folder = make("handbook", oncall__md="# On call\n")

    assert parts_of(folder) == (Part("", folder),)
    assert [d.path for d in read_folder(folder, DEFAULTS).documents] == ["oncall.md"]
    assert called(folder) == "handbook"


def test_documents_of_several_carry_the_name_of_their_folder(make: Make) -> None:
    kb = joined([make("runbooks", oncall__md="# B\n", kb__toml=""), make("handbook", oncall__md="# A\n")])
    folder = read_folder(kb, DEFAULTS)

    assert [(d.path, d.text) for d in folder.documents] == [("handbook/oncall.md", "# A\n"), ("runbooks/oncall.md", "# B\n")]
    assert [s.path for s in folder.stats] == ["handbook/oncall.md", "runbooks/kb.toml", "runbooks/oncall.md"]
    assert folder.stats == scan_folder(kb, DEFAULTS)
    assert called(kb) == "handbook, runbooks"


def test_the_order_in_which_folders_are_named_changes_nothing(make: Make) -> None:
    a, b = make("a", x__md="# A\n"), make("b", x__md="# B\n")

    assert read_folder(joined([a, b]), DEFAULTS).documents == read_folder(joined([b, a]), DEFAULTS).documents


def test_a_path_leads_back_into_the_folder_it_came_from(make: Make) -> None:
    a, b = make("a", x__md="# A\n"), make("b", x__md="# B\n")
    kb = joined([a, b])

    assert place_of(kb, "b/x.md") == (b, "x.md")
    assert read_text(kb, "a/x.md")[0] == "# A\n"
    for path in ("x.md", "c/x.md", "a/", "a/../../b/x.md", "a/../b/x.md"):
        with pytest.raises(ValueError, match="is not inside the knowledge base"):
            read_text(kb, path)


@pytest.mark.parametrize(
    ("folders", "names"),
    [
        (("x/docs", "y/docs"), ["x-docs", "y-docs"]),
        (("x/docs", "y/docs", "guide"), ["guide", "x-docs", "y-docs"]),
        (("p/x/docs", "q/x/docs"), ["x-docs", "x-docs-2"]),
    ],
    ids=["one name twice", "and another", "one name and one parent"],
)
def test_folders_of_one_name_are_told_apart(make: Make, folders: tuple[str, ...], names: list[str]) -> None:
    assert [part.name for part in parts_of(joined([make(f) for f in folders]))] == names


def test_a_folder_named_twice_counts_once(make: Make) -> None:
    folder = make("a", x__md="# A\n")

    assert parts_of(joined([folder, folder / ".." / "a"])) == (Part("", folder),)


@pytest.mark.skipif(os.name == "nt", reason="a folder's name cannot hold the sign there")
def test_a_folder_with_the_joining_sign_in_its_name_is_one_folder(make: Make) -> None:
    folder = make("a:b", x__md="# A\n")

    assert parts_of(folder) == (Part("", folder),)


def test_a_folder_inside_another_is_refused_with_what_to_leave_out(make: Make) -> None:
    outer, inner = make("a"), make("a/b")

    with pytest.raises(FoldersOverlap, match=r"b lies inside .*a, which is read .* Leave out --kb .*b"):
        parts_of(joined([inner, outer]))


def test_an_empty_name_a_missing_folder_and_folders_without_text_are_said(make: Make, tmp_path: Path) -> None:
    a, b = make("a"), make("b")

    with pytest.raises(UsageError, match="names an empty folder"):
        parts_of(joined([a, ""]))
    with pytest.raises(KnowledgeBaseMissing, match="nowhere does not exist"):
        scan_folder(joined([a, tmp_path / "nowhere"]), DEFAULTS)
    with pytest.raises(KnowledgeBaseEmpty):
        read_folder(joined([a, b]), DEFAULTS)


def test_what_is_skipped_is_named_with_its_folder(make: Make) -> None:
    a, b = make("a", x__md="# A\n"), make("b", y__md="# B\n", z__md="zz" * 600_000)
    (b / "kb.toml").write_text('exclude = ["y.md"]\n[limits]\nmax_file_mb = 1\n', encoding="utf-8")
    folder = read_folder(joined([a, b]), DEFAULTS)

    assert [d.path for d in folder.documents] == ["a/x.md"]
    assert folder.skipped == ("b/z.md: larger than 1 MB",)


def test_the_settings_of_all_folders_hold_together(make: Make) -> None:
    a = make("team-a", kb__toml='title = "Handbook"\n[aliases]\n"k8s" = "Kubernetes"\n')
    b = make("team_b", kb__toml='description = "Both."\n[aliases]\n"k8s" = "Kate"\n"pd" = "Pager"\n')
    config = read_config(joined([a, b]))

    assert (config.title, config.description) == ("Handbook, team b", "Both.")
    assert {typed: alias.to for typed, alias in config.aliases.items()} == {"k8s": "Kubernetes", "pd": "Pager"}
    assert config_bytes(joined([a, b])) == config_bytes(joined([b, a]))
    assert config_bytes(joined([a, b])) != config_bytes(a)
    (b / "kb.toml").write_text("titel = 1\n", encoding="utf-8")
    with pytest.raises(BadKbToml, match=r"team_b.kb\.toml: unknown key 'titel'"):
        read_config(joined([a, b]))
