from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import BadKbToml, UsageError
from ui import cli
from ui.feedback import FeedbackLog, Record, default_path
from ui.gaps import Outcome, Proposal, draft_case, find_gaps, judge_trial, with_alias
from ui.gaps_command import _describe

NAMES = ("PagerDuty", "Kubernetes", "Grafana", "Prometheus", "Site reliability engineering", "Cost", "Tools")


def record(question: str, missing: tuple[str, ...] = (), **more: Any) -> Record:
    values: dict[str, Any] = {
        "at": "2026-03-04T05:06:07Z", "kind": "gap", "question": question, "reading": question, "status": "declined",
        "decline": "unknown_name", "rule": "no", "answer_id": "0" * 16, "generation": "gen-1", "missing": missing,
    }  # fmt: skip
    return Record(**(values | more))


def test_what_misses_the_same_is_one_gap_and_the_most_asked_comes_first() -> None:
    found = find_gaps(
        [
            record("does it use kafka", ("kafka",)),
            record("what is Grafanna", ("Grafanna",)),
            record("who runs Kafka?", ("Kafka",), decline="unknown_attribute", names=("Grafana",)),
            record("how much is Grafana", ("price",), decline="unknown_attribute", names=("Grafana",)),
            record("thank you", kind="up", status="answered", decline=None),
        ]
    )

    assert (found[0].kind, found[0].missing, len(found[0].records)) == ("name", ("kafka",), 2)
    assert {(g.kind, g.missing) for g in found[1:]} == {("name", ("Grafanna",)), ("attribute", ("price",))}
    assert found[0].questions == ("does it use kafka", "who runs Kafka?")
    assert next(g for g in found if g.kind == "attribute").about == ("Grafana",)


def test_what_one_folder_does_not_have_is_no_gap_of_another() -> None:
    found = find_gaps([record("what is kafka", ("kafka",)), *[record("what is kafka", ("kafka",), scope=("handbook",))] * 2])

    assert [(len(g.records), g.scope) for g in found] == [(2, ("handbook",)), (1, ())]
    assert "\n      asked in handbook only\n" in _describe(found[0])
    assert "asked in" not in _describe(found[1])


def test_an_answer_called_wrong_is_a_gap_of_its_own() -> None:
    wrong = {"kind": "wrong_source", "status": "answered", "decline": None, "answer_id": "ab" * 8}
    (gap,) = find_gaps([record("which tool", **wrong), record("which tool?", **wrong, note="see the table")], NAMES)

    assert (gap.kind, gap.proposal, gap.notes) == ("answer", None, ("see the table",))


@pytest.mark.parametrize(
    ("typed", "to", "why"),
    [
        ("k8s", "Kubernetes", "the usual short form"),
        ("sre", "Site reliability engineering", "its initials"),
        ("pd", "PagerDuty", "its initials"),
        ("prom", "Prometheus", "the beginning of the name"),
        ("graphana", "Grafana", "spelt much like it"),
    ],
)
def test_an_alias_is_proposed_where_the_words_are_like_a_name(typed: str, to: str, why: str) -> None:
    (gap,) = find_gaps([record(f"what is {typed}", (typed,))], NAMES)

    assert gap.proposal == Proposal(typed, to, why)


@pytest.mark.parametrize("typed", ["kafka", "cos", "x", "too", "won the world cup"])
def test_no_alias_is_proposed_for_words_that_only_share_letters(typed: str) -> None:
    (gap,) = find_gaps([record(f"what is {typed}", (typed,))], NAMES)

    assert gap.proposal is None


def test_what_somebody_wrote_beside_it_counts_most() -> None:
    (gap,) = find_gaps([record("what does kube do", ("kube",), note="that is Grafana, isn't it")], NAMES)

    assert gap.proposal == Proposal("kube", "Grafana", "somebody wrote: “that is Grafana, isn't it”")


def test_a_refusal_becomes_a_case_that_keeps_it_a_refusal() -> None:
    (gap,) = find_gaps([record('what is "kafka"', ("kafka",))])
    case = tomllib.loads(draft_case(gap))["case"][0]

    assert case == {
        "id": f"gap-{gap.id}", "question": 'what is "kafka"', "kind": "unknown_name", "decline": ["unknown_name"],
        "why": "The folder does not say it; reported as a gap.",
    }  # fmt: skip


CONFIG = '# ours\ntitle = "Tea"\n\n[aliases] # what people say\n"a" = "b"\n\n[limits]\nmax_files = 10\n'


def test_an_alias_goes_under_its_heading_and_nothing_else_changes() -> None:
    text = with_alias(CONFIG, Proposal('k"8s', "Kubernetes", "short"), Path("kb.toml"))

    added = [line for line in text.splitlines() if line not in CONFIG.splitlines()]
    assert added == ['"k\\"8s" = { to = "Kubernetes", reason = "short" }']
    assert tomllib.loads(text)["aliases"] == {"a": "b", 'k"8s': {"to": "Kubernetes", "reason": "short"}}
    assert tomllib.loads(text)["limits"] == {"max_files": 10}


@pytest.mark.parametrize("config", ["", 'title = "x"', "[limits]\nmax_files = 1\n"])
def test_without_a_heading_one_is_made(config: str) -> None:
    assert tomllib.loads(with_alias(config, Proposal("a", "b", "c"), Path("kb.toml")))["aliases"] == {"a": {"to": "b", "reason": "c"}}


def test_an_alias_that_is_there_is_refused_and_so_is_a_file_that_is_wrong() -> None:
    with pytest.raises(UsageError, match="has an alias for “A” already"):
        with_alias(CONFIG, Proposal("A", "c", ""), Path("kb.toml"))
    with pytest.raises(BadKbToml):
        with_alias("title = ", Proposal("A", "c", ""), Path("kb.toml"))


@pytest.mark.parametrize(
    ("after", "refusal"),
    [
        (Outcome({"one": True, "two": True}, {"q": True}), ""),
        (Outcome({"one": False, "two": True}, {"q": True}), "1 of 2 cases that are right would be wrong: one"),
        (Outcome({"two": True}, {"q": True}), "1 of 2 cases that are right would be wrong: one"),
        (Outcome({"one": True, "two": False}, {"q": False}), "it would not help: “q” would be refused as before"),
    ],
    ids=["helps", "breaks a case", "a case is gone", "does not help"],
)
def test_a_trial_is_refused_if_anything_right_becomes_wrong_or_nothing_is_gained(after: Outcome, refusal: str) -> None:
    assert judge_trial({"one": True, "two": False}, after).refusal == refusal


# ---------------------------------------------------------------- the command, over a real folder

TEA = """\
# Tea

| Tea | Hour | Water |
|---|---|---|
| Sencha | morning | 75 degrees |
| Keemun | evening | boiling |
| Assam | noon | boiling |
"""

CASES = """\
document = "tea.md"

[[case]]
id = "hour-of-sencha"
question = "hour of Sencha"
kind = "cell"
must = ["morning"]

[[case]]
id = "no-brewer"
question = "what is the zweb of Assam"
kind = "unknown_name"
decline = ["unknown_name", "unknown_attribute"]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    kb = tmp_path / "tea"
    kb.mkdir()
    (kb / "tea.md").write_text(TEA, "utf-8")
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "tea.toml").write_text(CASES, "utf-8")
    (tmp_path / "cases" / "suite.toml").write_text('knowledge = "../tea"\n', "utf-8")
    return kb


def run(kb: Path, *words: str) -> int:
    return cli.main(["gaps", *words, "--kb", str(kb), "--index", str(kb.parent / "index")])


def test_without_feedback_there_is_nothing_to_show(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder) == 0
    assert capsys.readouterr().err.startswith("No gaps have been reported")


def test_a_folder_that_is_not_there_has_no_gaps_to_list(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder / "nowhere") == 4
    assert "nowhere does not exist. Name a folder that holds Markdown files with --kb FOLDER." in capsys.readouterr().err


def test_gaps_are_listed_with_what_can_be_done(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = FeedbackLog(default_path(folder))
    log.add(record("water of sencha-cha", ("Senchaa",)))
    log.add(record("nice", kind="up", status="answered", decline=None))

    assert run(folder, "list") == 0
    told = capsys.readouterr()
    gap = told.out.split()[0]
    assert told.out.splitlines() == [
        f"{gap}    1×  not in the folder: “Senchaa”",
        "      water of sencha-cha",
        "      → alias “Senchaa” = Sencha (spelt much like it)",
        f"        whichops gaps accept {gap}",
    ]
    assert told.err == "1 answer was marked as helpful.\n"
    assert run(folder, "show", gap[:4]) == 0
    assert f'id = "gap-{gap}"' in capsys.readouterr().out
    assert run(folder, "clear") == 0
    assert log.read() == ()


@pytest.mark.parametrize("words", [["show"], ["accept", "ffffffff"]])
def test_a_gap_that_is_not_there_is_wrong_usage(folder: Path, words: list[str]) -> None:
    assert run(folder, *words) == 2


def test_nothing_is_accepted_without_a_suite(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    FeedbackLog(default_path(folder)).add(record("hour of Senchaa", ("Senchaa",)))

    assert run(folder, "accept", run_id(folder, capsys)) == 2
    assert "Name one with --cases DIR" in capsys.readouterr().err
    assert not (folder / "kb.toml").exists()


def run_id(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    run(folder)
    return capsys.readouterr().out.split()[0]


@pytest.mark.model
def test_a_helpful_alias_is_accepted_after_the_suite_was_asked_and_a_harmful_one_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = FeedbackLog(default_path(folder))
    log.add(record("hour of gyokuro", ("gyokuro",)))
    gap = run_id(folder, capsys)
    cases = str(folder.parent / "cases")

    assert run(folder, "accept", gap, "--to", "Sencha", "--cases", cases) == 0
    assert "2 cases asked, none worse" in capsys.readouterr().out
    accepted = (folder / "kb.toml").read_text("utf-8")
    assert tomllib.loads(accepted)["aliases"]["gyokuro"]["to"] == "Sencha"
    assert log.read() == ()

    log.add(record("zweb of Assam", ("zweb",)))
    gap = run_id(folder, capsys)

    assert run(folder, "accept", gap, "--to", "Water", "--cases", cases) == 1
    assert "Refused: 1 of 2 cases that are right would be wrong: no-brewer. Nothing was changed." in capsys.readouterr().err
    assert (folder / "kb.toml").read_text("utf-8") == accepted
    assert len(log.read()) == 1


@pytest.mark.model
def test_a_refusal_is_accepted_as_a_case_if_it_is_still_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = FeedbackLog(default_path(folder))
    log.add(record("what is the zweb of Assam", ("zweb",), decline="unknown_attribute"))
    cases = str(folder.parent / "cases")
    gap = run_id(folder, capsys)

    assert run(folder, "accept", gap, "--as-case", "--cases", cases) == 0
    assert f"Accepted as case gap-{gap}" in capsys.readouterr().out
    written = (folder.parent / "cases" / "gaps.toml").read_text("utf-8")
    assert tomllib.loads(written)["case"][0]["question"] == "what is the zweb of Assam"
    assert log.read() == ()

    log.add(record("hour of Sencha", ("Sencha",)))
    gap = run_id(folder, capsys)
    assert run(folder, "accept", gap, "--as-case", "--cases", cases) == 1
    assert "is not refused in this way any more. Nothing was changed." in capsys.readouterr().err
    assert (folder.parent / "cases" / "gaps.toml").read_text("utf-8") == written
