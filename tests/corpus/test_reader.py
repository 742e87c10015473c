"""Reading a folder: what is taken, what is left out and named, what is refused."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus import parse_corpus
from corpus.errors import BadKbToml, KnowledgeBaseEmpty, KnowledgeBaseMissing
from corpus.reader import FileStat, read_config, read_folder, read_text, scan_folder
from corpus.settings import CorpusSettings

Put = Callable[[str, str | bytes], Path]

DEFAULTS = CorpusSettings()


@pytest.fixture
def put(tmp_path: Path) -> Put:
    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / "kb" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def kb(tmp_path: Path) -> Path:
    (tmp_path / "kb").mkdir(exist_ok=True)
    return tmp_path / "kb"


def paths(root: Path, settings: CorpusSettings = DEFAULTS) -> list[str]:
    return [d.path for d in read_folder(root, settings).documents]


def skipped(root: Path, settings: CorpusSettings = DEFAULTS) -> tuple[str, ...]:
    return read_folder(root, settings).skipped


# ---------------------------------------------------------------- what is taken


def test_markdown_files_come_in_sorted_order_with_forward_slashes(kb: Path, put: Put) -> None:
    for name in ("b.md", "a/z.markdown", "A.MD", "a/b/c.md", "notes.txt", "a.md.bak"):
        put(name, "# x\n")

    assert paths(kb) == ["A.MD", "a/b/c.md", "a/z.markdown", "b.md"]


def test_hidden_files_and_folders_and_node_modules_are_left_out_silently(kb: Path, put: Put) -> None:
    for name in ("keep.md", ".hidden.md", ".git/x.md", "node_modules/p/README.md", "sub/node_modules/q.md", "sub/.venv/r.md"):
        put(name, "# x\n")

    assert paths(kb) == ["keep.md"]
    assert skipped(kb) == ()


def test_a_document_carries_digest_size_and_time_of_its_bytes(kb: Path, put: Put) -> None:
    path = put("a.md", "# Grüße\r\n")
    document = read_folder(kb, DEFAULTS).documents[0]

    assert document.text == "# Grüße\r\n"  # line ends as they are
    assert document.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert document.size == len("# Grüße\r\n".encode())
    assert document.mtime_ns == path.stat().st_mtime_ns


def test_lines_count_the_same_whatever_ends_them(kb: Path, put: Put) -> None:
    text = "# One\n\nA sentence.\n\n## Two\n\n- item\n"
    put("lf.md", text)
    put("crlf.md", text.replace("\n", "\r\n"))
    put("cr.md", text.replace("\n", "\r"))
    corpus = parse_corpus(read_folder(kb, DEFAULTS).documents)
    lines = {d.path: [(f.value, f.span.first_line) for f in corpus.facts if f.document == d.path] for d in corpus.documents}

    assert lines["lf.md"] == [("One", 1), ("A sentence.", 3), ("Two", 5), ("item", 7)]
    assert lines["crlf.md"] == lines["cr.md"] == lines["lf.md"]


def test_a_byte_order_mark_stays_in_the_text_and_out_of_the_facts(kb: Path, put: Put) -> None:
    put("a.md", b"\xef\xbb\xbf# Title\n\nText.\n")
    corpus = parse_corpus(read_folder(kb, DEFAULTS).documents)

    assert corpus.documents[0].text[0] == "\ufeff"
    assert corpus.sections[0].path == ("Title",)
    assert [f.raw for f in corpus.facts] == ["Title", "Text."]


def test_an_empty_file_beside_others_is_a_document_without_facts(kb: Path, put: Put) -> None:
    put("a.md", "")
    put("b.md", "Text.\n")

    assert paths(kb) == ["a.md", "b.md"]


# ---------------------------------------------------------------- no knowledge base


def test_a_missing_folder_is_said_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeBaseMissing, match=r"nowhere does not exist\. Name a folder .* --kb FOLDER") as error:
        read_folder(tmp_path / "nowhere", DEFAULTS)

    assert error.value.exit_code == 4


def test_a_file_instead_of_a_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# x\n", encoding="utf-8")
    for read in (read_folder, scan_folder):
        with pytest.raises(KnowledgeBaseMissing, match=r"a\.md is not a folder"):
            read(tmp_path / "a.md", DEFAULTS)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_said(kb: Path, put: Put) -> None:
    put("a.md", "# x\n")
    kb.chmod(0)
    try:
        with pytest.raises(KnowledgeBaseMissing, match="may not be read by this user"):
            read_folder(kb, DEFAULTS)
    finally:
        kb.chmod(0o755)


def test_an_empty_folder_is_said(kb: Path) -> None:
    with pytest.raises(KnowledgeBaseEmpty, match=r"holds no Markdown to answer from \(\*\.md, \*\.markdown\)\. Add a file") as error:
        read_folder(kb, DEFAULTS)

    assert error.value.exit_code == 4


def test_a_folder_whose_only_files_are_blank_or_unreadable_is_empty_and_says_why(kb: Path, put: Put) -> None:
    put("a.md", " \n\n")
    put("b.md", "\ufeff# x".encode("utf-16"))

    with pytest.raises(KnowledgeBaseEmpty, match=r"Skipped: b\.md: UTF-16, not UTF-8"):
        read_folder(kb, DEFAULTS)


# ---------------------------------------------------------------- files that are not what they should be


def test_a_file_that_cannot_be_opened_is_skipped_and_the_rest_read(kb: Path, put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    put("a.md", "# a\n")
    put("locked.md", "# b\n")
    opened = Path.open

    def refuse(self: Path, *args: object, **named: object) -> object:
        if self.name == "locked.md":
            raise PermissionError(13, "Permission denied")
        return opened(self, *args, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    folder = read_folder(kb, DEFAULTS)

    assert [d.path for d in folder.documents] == ["a.md"]
    assert folder.skipped == ("locked.md: cannot be read (Permission denied)",)


def test_a_file_that_is_not_utf8_is_read_with_the_byte_replaced_and_named(kb: Path, put: Put) -> None:
    put("a.md", b"Caf\xe9 is open.\n")
    folder = read_folder(kb, DEFAULTS)

    assert folder.documents[0].text == "Caf\ufffd is open.\n"
    assert folder.skipped == ("a.md: not UTF-8 at byte 3; indexed with that character replaced",)
    assert read_text(kb, "a.md") == (folder.documents[0].text, folder.documents[0].sha256)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("# Title\n".encode("utf-16"), "UTF-16, not UTF-8; save it as UTF-8"),
        ("\ufeff# Title\n".encode("utf-16-be"), "UTF-16, not UTF-8; save it as UTF-8"),
        ("# Title\n".encode("utf-16-le"), "not a text file, or not UTF-8; save it as UTF-8"),
        (bytes(range(256)) * 4, "not a text file"),
        (b"\x00" * 100, "not a text file, or not UTF-8; save it as UTF-8"),
    ],
    ids=["utf-16 with a mark", "utf-16 big end", "utf-16 without a mark", "binary", "zeros"],
)
def test_what_is_no_text_is_skipped_with_its_reason(kb: Path, put: Put, data: bytes, why: str) -> None:
    put("good.md", "# x\n")
    put("odd.md", data)
    folder = read_folder(kb, DEFAULTS)

    assert [d.path for d in folder.documents] == ["good.md"]
    assert folder.skipped == (f"odd.md: {why}",)


def test_a_stray_nul_does_not_keep_a_text_out(kb: Path, put: Put) -> None:
    put("a.md", "# Title\n\nA \x00 in the middle of a longer text.\n")
    corpus = parse_corpus(read_folder(kb, DEFAULTS).documents)

    assert corpus.facts[-1].raw == "A \x00 in the middle of a longer text."


# ---------------------------------------------------------------- links, loops, devices


def test_a_link_that_leaves_the_folder_is_refused(kb: Path, put: Put, tmp_path: Path) -> None:
    put("a.md", "# x\n")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.md").write_text("# secret\n", encoding="utf-8")
    (kb / "link.md").symlink_to(tmp_path / "outside" / "secret.md")
    (kb / "folder").symlink_to(tmp_path / "outside")
    (kb / "up").symlink_to("..")
    folder = read_folder(kb, DEFAULTS)

    assert [d.path for d in folder.documents] == ["a.md"]
    assert folder.skipped == tuple(f"{name}: a link that leaves the folder" for name in ("folder", "link.md", "up"))
    with pytest.raises(ValueError, match="not inside"):
        read_text(kb, "link.md")


def test_a_folder_beside_with_the_same_beginning_is_outside(kb: Path, put: Put, tmp_path: Path) -> None:
    put("a.md", "# x\n")
    (tmp_path / "kb-private").mkdir()
    (tmp_path / "kb-private" / "s.md").write_text("# s\n", encoding="utf-8")
    (kb / "s.md").symlink_to(tmp_path / "kb-private" / "s.md")

    assert paths(kb) == ["a.md"]


def test_a_link_inside_the_folder_gives_each_file_once_under_its_own_name(kb: Path, put: Put) -> None:
    put("real/page.md", "# x\n")
    (kb / "a-link").symlink_to("real")
    (kb / "README.md").symlink_to("real/page.md")
    (kb / "real" / "loop").symlink_to("..")
    (kb / "self.md").symlink_to("self.md")
    folder = read_folder(kb, DEFAULTS)

    assert [d.path for d in folder.documents] == ["real/page.md"]
    assert len(folder.skipped) == 1
    assert folder.skipped[0].startswith("self.md: cannot be opened")


def test_a_link_to_what_is_not_read_otherwise_is_followed(kb: Path, put: Put) -> None:
    put(".store/page.md", "# x\n")
    (kb / "docs").symlink_to(".store")

    assert paths(kb) == ["docs/page.md"]


def test_the_knowledge_base_itself_may_be_a_link(kb: Path, put: Put, tmp_path: Path) -> None:
    put("a.md", "# x\n")
    (tmp_path / "alias").symlink_to(kb)

    assert paths(tmp_path / "alias") == ["a.md"]
    assert read_text(tmp_path / "alias", "a.md")[0] == "# x\n"


def test_a_dangling_link_is_named(kb: Path, put: Put) -> None:
    put("a.md", "# x\n")
    (kb / "gone.md").symlink_to("nothing.md")

    assert skipped(kb) == ("gone.md: cannot be opened (No such file or directory)",)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_never_opened(kb: Path, put: Put) -> None:
    put("a.md", "# x\n")
    os.mkfifo(kb / "pipe.md")
    os.mkfifo(kb / "kb.toml")
    folder = read_folder(kb, DEFAULTS)

    assert [d.path for d in folder.documents] == ["a.md"]
    assert folder.skipped == ("pipe.md: not a plain file",)
    assert [s.path for s in scan_folder(kb, DEFAULTS)] == ["a.md"]


def test_a_folder_called_like_a_file_is_a_folder(kb: Path, put: Put) -> None:
    put("odd.md/inner.md", "# x\n")

    assert paths(kb) == ["odd.md/inner.md"]


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
def test_a_name_that_is_not_utf8_is_skipped_and_named(kb: Path, put: Put) -> None:
    put("a.md", "# x\n")
    try:
        (kb / os.fsdecode(b"b\xff.md")).write_text("# y\n", encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")

    assert skipped(kb) == ("b?.md: its name is not UTF-8; rename it",)


def test_text_is_read_only_from_inside_the_folder(kb: Path, put: Put) -> None:
    put("a.md", "# x\n")
    for path in ("../kb2/x.md", "/etc/hostname", "", ".", "a/../../x"):
        with pytest.raises(ValueError, match="not inside the knowledge base"):
            read_text(kb, path)


# ---------------------------------------------------------------- limits


def test_a_file_beyond_the_size_limit_is_skipped(kb: Path, put: Put) -> None:
    put("exact.md", "x" * 1000)
    put("large.md", "x" * 1001)

    assert skipped(kb, CorpusSettings(max_file_mb=0.001)) == ("large.md: larger than 0.001 MB",)


def test_files_beyond_the_number_or_the_total_are_skipped(kb: Path, put: Put) -> None:
    for name in ("a.md", "b.md", "c.md"):
        put(name, "x" * 1000)

    assert skipped(kb, CorpusSettings(max_files=2)) == ("c.md: beyond the first 2 files",)
    assert skipped(kb, CorpusSettings(max_total_mb=0.002)) == ("c.md and what follows: the folder is larger than 0.002 MB",)


def test_folders_beyond_the_depth_limit_are_skipped(kb: Path, put: Put) -> None:
    put("1/2/a.md", "# x\n")
    put("1/2/3/b.md", "# x\n")

    assert paths(kb, CorpusSettings(max_depth=2)) == ["1/2/a.md"]
    assert skipped(kb, CorpusSettings(max_depth=2)) == ("1/2/3: deeper than 2 folders",)


def test_kb_toml_may_set_the_limits(kb: Path, put: Put) -> None:
    put("a.md", "x" * 10)
    put("b.md", "x" * 2000)
    put("kb.toml", "[limits]\nmax_file_mb = 0.001\n")

    assert skipped(kb) == ("b.md: larger than 0.001 MB",)


# ---------------------------------------------------------------- scanning


def test_a_scan_sees_what_a_reading_sees(kb: Path, put: Put) -> None:
    put("a.md", "# x\n")
    put("b/c.md", "# x\n")
    put("drafts/d.md", "# x\n")
    put("drafts/deep/e.md", "# x\n")
    put("old-1.md", "# x\n")
    config = put("kb.toml", 'exclude = ["drafts/", "old-*.md"]\n')
    folder = read_folder(kb, DEFAULTS)

    assert [d.path for d in folder.documents] == ["a.md", "b/c.md"]
    assert [s.path for s in folder.stats] == ["a.md", "b/c.md", "kb.toml"]
    assert scan_folder(kb, DEFAULTS) == folder.stats
    assert folder.stats[-1] == FileStat("kb.toml", config.stat().st_size, config.stat().st_mtime_ns)
    assert folder.skipped == ()


def test_a_scan_does_not_fail_on_a_broken_kb_toml_and_shows_the_change(kb: Path, put: Put) -> None:
    put("a.md", "# x\n")
    put("kb.toml", 'exclude = ["b.md"]\n')
    before = scan_folder(kb, DEFAULTS)
    put("kb.toml", "exclude = [\n")

    assert scan_folder(kb, DEFAULTS) != before
    with pytest.raises(BadKbToml):
        read_folder(kb, DEFAULTS)


# ---------------------------------------------------------------- kb.toml


def test_without_kb_toml_everything_is_default(kb: Path) -> None:
    config = read_config(kb)

    assert (config.title, config.language, config.aliases, config.exclude, config.limits) == ("", "en", {}, (), {})


def test_kb_toml_is_read(kb: Path, put: Put) -> None:
    put(
        "kb.toml",
        'title = "T"\ndescription = "D"\nlanguage = "en"\n[aliases]\n"k8s" = "Kubernetes"\nci = {to = "Build", reason = "said so"}\n',
    )
    config = read_config(kb)

    assert (config.title, config.description) == ("T", "D")
    assert {k: (a.to, a.reason) for k, a in config.aliases.items()} == {"k8s": ("Kubernetes", ""), "ci": ("Build", "said so")}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('titel = "x"', r"unknown key 'titel'; did you mean 'title'\? Known keys: aliases, "),
        ("[alias]\na = 'b'", r"unknown key 'alias'; did you mean 'aliases'\?"),
        ("title = = 1", r"kb\.toml: is not valid TOML: .*line 1.* Mend the line it names\."),
        ("title = 3", r"title: input should be a valid string\. Correct that value\."),
        ("[aliases]\nk8s = 3", r"aliases\.k8s: "),
        ("[aliases]\nk8s = {to = 'x', reasn = 'y'}", r"aliases\.k8s\.reasn: unknown key; did you mean 'reason'\?"),
        ("[aliases]\nk8s = ''", r"aliases\.k8s\.to: string should have at least 1 character"),
        ("exclude = 'x'", r"exclude: input should be a valid tuple"),
        ("[limits]\nmax_file = 3", r"unknown limit 'max_file'; did you mean 'max_files'\?"),
        ("[limits]\nmax_files = 0", r"limits\.max_files: input should be greater than or equal to 1"),
        ("[limits]\nmax_files = 'x'", r"limits\.max_files: "),
        ("[[rule]]\nid = 'x'", r"\[\[rule\]\] is not supported yet: .* Remove it\."),
        ("rule = []", r"\[\[rule\]\] is not supported yet"),
        ("language = 'de'", r"language = 'de' is not supported yet: questions are read in English\."),
        ("language = 3", r"language = 3 is not supported yet"),
    ],
)
def test_a_wrong_kb_toml_is_one_clear_message(kb: Path, put: Put, text: str, message: str) -> None:
    put("a.md", "# x\n")
    put("kb.toml", text)
    with pytest.raises(BadKbToml, match=message) as error:
        read_folder(kb, DEFAULTS)

    assert error.value.exit_code == 4
    assert "\n" not in str(error.value)


def test_a_kb_toml_that_is_not_utf8_or_a_link_out_or_huge_is_refused(kb: Path, put: Put, tmp_path: Path) -> None:
    path = put("kb.toml", b"title = 'caf\xe9'\n")
    with pytest.raises(BadKbToml, match=r"is not UTF-8 \(byte 12\)"):
        read_config(kb)
    path.write_bytes(b"#" * 1_000_001)
    with pytest.raises(BadKbToml, match="larger than 1 MB"):
        read_config(kb)
    path.unlink()
    (tmp_path / "other.toml").write_text("title = 'x'\n", encoding="utf-8")
    path.symlink_to(tmp_path / "other.toml")
    with pytest.raises(BadKbToml, match="leaves the folder"):
        read_config(kb)


def test_a_kb_toml_with_a_byte_order_mark_is_read(kb: Path, put: Put) -> None:
    put("kb.toml", b"\xef\xbb\xbftitle = 'x'\n")

    assert read_config(kb).title == "x"
