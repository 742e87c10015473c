from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.models import Answer
from corpus.errors import UsageError
from evals import adding
from evals.loader import load_suite
from evals.models import Expectation, Reference
from tests.evals.fakes import BLUE_IS_NOT, RED_IS_WARM, FakeAssistant, answer, decline
from tests.evals.test_command import CASES, arguments

KB = (
    "# Colours\n\nAbove the table.\n\n| Name | Warm |\n|---|---|\n| Red | yes |\n| Blue | no |\n\n## Mixing\n\nRed and blue\ngive purple.\n"
)


@pytest.fixture
def folder(write_cases: Callable[..., Path]) -> Path:
    return write_cases(all=CASES)


@pytest.fixture
def adds(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Run the command with lines as if they were typed; the assistant is a fake one over a folder of one document."""
    kb = tmp_path / "kb"
    kb.mkdir()
    (kb / "colours.md").write_text(KB, encoding="utf-8")

    class Opened(FakeAssistant):
        def close(self) -> None:
            pass

    def add(given: dict[str, Answer], *typed: str, options: tuple[str, ...] = ()) -> int:
        from assistant import load_settings

        monkeypatch.setattr(adding, "open_assistant", lambda args, kb=None: (Opened(given), load_settings({"kb": str(tmp_path / "kb")})))
        lines: Iterator[str] = iter(typed)

        def ask(_: str) -> str:
            line = next(lines, None)
            if line is None:
                raise EOFError
            return line

        return adding.run(arguments("add", "--cases", str(folder), *options), ask)

    return add


def added(folder: Path, name: str) -> tuple[Expectation, str]:
    case = next(case for case in load_suite(folder).cases if case.id == name)
    return case.turns[0].expect, case.file


def test_an_accepted_answer_becomes_a_case_that_expects_it(
    adds: Callable[..., int], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert adds({"Is blue warm?": answer("Blue: no.", BLUE_IS_NOT)}, "Is blue warm?", "a", "", "", "") == 0

    expect, file = added(folder, "is-blue-warm")
    assert file == "added.toml"
    assert (expect.status, expect.must) == (("answered",), ("no",))
    assert expect.cite_any == (Reference(document="colours.md", heading="Colours", row="Blue", column="Warm"),)
    assert "answered: Blue: no.\n  [1] colours.md#Colours@Blue×Warm L8  no" in capsys.readouterr().out


def test_a_wrong_answer_is_corrected_field_by_field(adds: Callable[..., int], folder: Path) -> None:
    typed = ("c", "", "no", "yes", "#Colours@Blue×Warm", "", "blue-is-cold", "must", "the table says so")

    assert adds({"Is blue warm?": answer("Yes.", RED_IS_WARM)}, *typed, options=("Is blue warm?",)) == 0

    case = next(case for case in load_suite(folder).cases if case.id == "blue-is-cold")
    expect = case.turns[0].expect
    assert (case.tier, case.why) == ("must", "the table says so")
    assert (expect.must, expect.must_not, [str(place) for place in expect.cite_any]) == (
        ("no",),
        ("yes",),
        ["colours.md#Colours@Blue×Warm"],
    )


def test_a_refusal_is_a_case_with_its_kind_of_no(adds: Callable[..., int], folder: Path) -> None:
    assert adds({"who is it?": decline()}, options=("who is it?", "--yes")) == 0

    expect, _ = added(folder, "who-is-it")
    assert (expect.status, expect.decline, expect.must, expect.cite_any) == (("declined",), ("off_topic",), (), ())


def test_what_lint_would_find_is_said_and_asked_again(adds: Callable[..., int], folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    typed = ("c", "", "green", "", "", "", "", "", "", "c", "", "no", "", "", "", "", "", "")

    assert adds({"Is blue warm?": answer("Blue: no.", BLUE_IS_NOT)}, *typed, options=("Is blue warm?",)) == 0

    assert "must 'green' stands in no cited place" in capsys.readouterr().err
    assert added(folder, "is-blue-warm")[0].must == ("no",)


def test_a_question_that_is_asked_already_is_not_added(adds: Callable[..., int], folder: Path) -> None:
    with pytest.raises(UsageError, match="asks the same as red"):
        adds({"Is red warm?": answer("Yes.", RED_IS_WARM)}, "a", "", "", "", options=("Is red warm?",))

    assert not (folder / "added.toml").exists()


def test_leaving_writes_nothing(adds: Callable[..., int], folder: Path) -> None:
    assert adds({}, "q", options=("anything",)) == 0
    with pytest.raises(UsageError, match="ended before the case was whole"):
        adds({}, "a", options=("anything",))

    assert not (folder / "added.toml").exists()


def test_no_case_is_added_to_a_topic_of_which_half_is_put_aside(adds: Callable[..., int], folder: Path) -> None:
    (folder / "aside").mkdir()
    (folder / "aside" / "all.toml").write_text(
        '[[case]]\nid = "x"\nkind = "cell"\nquestion = "x"\ndecline = "off_topic"\n', encoding="utf-8"
    )

    with pytest.raises(UsageError, match="put aside by a hash of their names"):
        adds({}, options=("anything", "--file", "all.toml"))


def test_cases_are_added_after_each_other(adds: Callable[..., int], folder: Path) -> None:
    for question in ("who is it?", "who was it?"):
        adds({}, options=(question, "--yes"))

    assert [case.id for case in load_suite(folder).cases if case.file == "added.toml"] == ["who-is-it", "who-was-it"]
