from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from assistant.models import Answer
from corpus.errors import UsageError
from evals import command
from evals.kbdiff import Compared, Difference, Said, ask, compare, talks_of, to_markdown
from evals.revisions import open_version
from tests.evals.fakes import BLUE_IS_NOT, MIXING, RED_IS_WARM, FakeAssistant, answer, decline, make_case, ref
from tests.evals.test_command import arguments

RED = make_case("red", must=("yes",), cite_any=(ref(),))
FACTS = [("Warm of Blue", "colours.md#Colours@Blue×Warm"), ("Blue warm", "colours.md#Colours@Blue×Warm"), ("Is red warm?", "x")]
TALKS = talks_of([RED], FACTS)


def said(answers: dict[str, Answer], *cases: Any) -> list[tuple[Said, ...]]:
    talks = talks_of(cases, FACTS) if cases else TALKS
    return [ask(FakeAssistant(answers), talk, object) for talk in talks]  # type: ignore[arg-type]


BLUE = answer("Blue: no.", BLUE_IS_NOT)
GIVEN = {"Is red warm?": answer("Yes.", RED_IS_WARM), "Warm of Blue": BLUE, "Blue warm": BLUE}


def test_a_question_that_a_case_asks_already_is_asked_once() -> None:
    assert [(talk.id, talk.case, talk.questions) for talk in TALKS] == [
        ("red", True, ("Is red warm?",)),
        ("colours.md#Colours@Blue×Warm", False, ("Warm of Blue",)),
        ("colours.md#Colours@Blue×Warm", False, ("Blue warm",)),
    ]


def test_equal_answers_are_no_change() -> None:
    found = compare(TALKS, said(GIVEN), said(GIVEN))

    assert (found.changes, found.broken, found.mended, found.moved) == ([], [], [], 0)


def test_questions_with_the_same_change_are_one_change() -> None:
    other = answer("Blue: yes.", BLUE_IS_NOT.model_copy(update={"quote": "yes"}))

    found = compare(TALKS, said(GIVEN), said({**GIVEN, "Warm of Blue": other, "Blue warm": other}))

    (change,) = found.changes
    assert (change.before.text, change.now.text) == ("Blue: no.", "Blue: yes.")
    assert [wording.question for wording in change.wordings] == ["Warm of Blue", "Blue warm"]


def test_an_answer_on_another_line_only_moved() -> None:
    moved = answer("Yes.", RED_IS_WARM.model_copy(update={"lines": (9, 9)}))

    found = compare(TALKS, said(GIVEN), said({**GIVEN, "Is red warm?": moved}))

    assert (found.changes, found.moved) == ([], 1)


def test_a_case_that_was_right_and_is_wrong_now_stands_first() -> None:
    now = {**GIVEN, "Is red warm?": answer("No.", RED_IS_WARM), "Warm of Blue": decline(), "Blue warm": decline()}

    found = compare(TALKS, said(GIVEN), said(now))

    assert (found.broken, found.mended) == (["red"], [])
    assert [change.wordings[0].id for change in found.changes] == ["red", "colours.md#Colours@Blue×Warm"]
    assert (found.changes[0].wordings[0].verdict, found.changes[0].wordings[0].wrong) == ("wrong now", ("says not: yes",))
    assert compare(TALKS, said(now), said(GIVEN)).mended == ["red"]


def test_cases_put_aside_are_counted_and_not_shown() -> None:
    aside = RED.model_copy(update={"aside": True})
    now = {**GIVEN, "Is red warm?": answer("No.", RED_IS_WARM)}

    found = compare(talks_of([aside], FACTS), said(GIVEN, aside), said(now, aside))

    assert (found.changes, found.broken, found.aside, found.broken_aside) == ([], [], 1, 1)


def shown(found: Compared) -> Difference:
    return Difference(
        old="main",
        new="docs",
        files=("colours.md (changed)",),
        cases=1,
        derived=2,
        questions=3,
        changed=sum(len(change.wordings) for change in found.changes),
        changed_aside=found.aside,
        moved=found.moved,
        broken=tuple(found.broken),
        broken_aside=found.broken_aside,
        mended=tuple(found.mended),
        changes=tuple(found.changes),
    )


def difference(now: dict[str, Answer]) -> str:
    return to_markdown(shown(compare(TALKS, said(GIVEN), said(now))))


def test_the_report_is_markdown_with_before_and_after() -> None:
    other = answer("Blue: yes.", BLUE_IS_NOT.model_copy(update={"quote": "yes"}))

    assert difference({**GIVEN, "Warm of Blue": other, "Blue warm": other}).splitlines() == [
        "# Answers that change",
        "",
        "From main to docs: `colours.md` (changed).",
        "",
        "**2 answers of 3 questions (1 case, 2 questions made from facts) change**, in 1 way.",
        "",
        "## 1. Warm of Blue",
        "",
        "|  | answer | cited |",
        "|---|---|---|",
        "| before | Blue: **no.** | `colours.md:8` Blue × Warm “no” |",
        "| after | Blue: **yes.** | `colours.md:8` Blue × Warm “yes” |",
        "",
        "<details><summary>1 more question with this change</summary>",
        "",
        "- Blue warm",
        "",
        "</details>",
    ]


def test_a_broken_case_says_what_it_misses() -> None:
    text = difference({**GIVEN, "Is red warm?": decline()})

    assert "**1 case that was right is wrong now**: `red`" in text
    assert "| after | _declined, off topic:_ **No.** | – |" in text
    assert r"- case `red`: wrong now (status: expected answered, got declined (off\_topic))" in text


def test_of_long_answers_only_what_differs_and_a_little_around_it_is_shown() -> None:
    many = " ".join(f"word{n}" for n in range(60))
    before, after = (answer(f"{many} {middle} {many}", MIXING, RED_IS_WARM) for middle in ("red", "blue"))
    found = compare(TALKS, said({**GIVEN, "Is red warm?": before}), said({**GIVEN, "Is red warm?": after}))
    text = to_markdown(shown(found))

    assert "| after | … word52 word53 word54 word55 word56 word57 word58 word59 **blue** word0 word1 word2" in text
    assert "word30" not in text


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose folder `docs` has two versions."""
    root = tmp_path / "repository"
    (root / "docs").mkdir(parents=True)
    for number, value in enumerate(("yes", "no")):
        (root / "docs" / "a.md").write_text(f"# A\n\nRed is warm: {value}.\n", encoding="utf-8")
        commands = [["init", "-q"]] if number == 0 else []
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.invalid", "-c", "commit.gpgsign=false"]
        commands += [["add", "-A"], [*identity, "commit", "-q", "-m", value]]
        for words in commands:
            subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True)
    return root


@pytest.mark.parametrize("name", ["HEAD~1", "HEAD~1:docs"])
def test_a_revision_is_unpacked_as_git_has_it(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(repository)

    version = open_version(name, kb=repository / "docs", room=tmp_path / "room")

    assert version.unpacked
    assert version.name.startswith("HEAD~1 (")
    assert (version.folder / "a.md").read_text(encoding="utf-8") == "# A\n\nRed is warm: yes.\n"


def test_a_folder_is_taken_as_it_is(repository: Path, tmp_path: Path) -> None:
    version = open_version(str(repository / "docs"), kb=repository, room=tmp_path / "room")

    assert (version.folder, version.unpacked) == (repository / "docs", False)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("nowhere", "has no revision 'nowhere'"),
        ("HEAD:nowhere", "has no folder 'nowhere'"),
        ("--output=x", "neither a folder nor a git revision"),
    ],
)
def test_what_is_neither_folder_nor_revision_is_refused(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, problem: str
) -> None:
    monkeypatch.chdir(repository)

    with pytest.raises(UsageError, match=problem):
        open_version(name, kb=repository / "docs", room=tmp_path / "room")


def test_outside_of_git_only_folders_will_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is in no git repository"):
        open_version("main", kb=tmp_path, room=tmp_path / "room")


@pytest.mark.model
@pytest.mark.slow
def test_one_edited_cell_lists_exactly_the_answers_that_depend_on_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = "# Colours\n\n| Name | Warm | Seen in |\n|---|---|---|\n| Red | yes | {} |\n| Blue | no | the sea |\n"
    for name, value in (("old", "roses"), ("new", "poppies")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "colours.md").write_text(table.format(value), encoding="utf-8")

    assert command.main(arguments("kbdiff", str(tmp_path / "old"), str(tmp_path / "new"), "--no-cases", "--json", "-")) == 0

    made = Difference.model_validate_json(capsys.readouterr().out)
    assert made.files == ("colours.md (changed)",)
    assert made.changed > 0
    for change in made.changes:
        shown = [change.before.text, change.now.text, *(wording.question for wording in change.wordings)]
        assert any(value in text for value in ("roses", "poppies") for text in shown)
    asked = {wording.question for change in made.changes for wording in change.wordings}
    assert {"Red seen in", "Red"} <= asked
    assert not any("Blue" in question for question in asked)
