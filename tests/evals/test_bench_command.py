"""The whole of it over tiny collections, with an encoder that needs no model."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from evals.bench.models import OURS, CollectionReport, Figure
from evals.command import add_arguments, main
from tests.evals.bench_fakes import StemEncoder, pages, passages, stems_for_model, tables, talks


@pytest.fixture(autouse=True)
def encoder(monkeypatch: pytest.MonkeyPatch) -> StemEncoder:
    return stems_for_model(monkeypatch)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("collections")
    passages(folder / "lamps")
    pages(folder / "tower")
    tables(folder / "lights")
    talks(folder / "chats")
    return folder


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


def bench(*words: object) -> int:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return main(parser.parse_args(["bench", *map(str, words)]))


def measured(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, Any]:
    assert bench(*words, "--json", "-") == 0
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


def figures(report: dict[str, Any], part: int = 0) -> dict[tuple[str, str], Figure]:
    collection = CollectionReport.model_validate(report["collections"][0])
    return {(f.measure, f.system): f for f in collection.parts[part].figures}


def test_passages_are_found_and_questions_without_an_answer_told(data: Path, cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = measured(capsys, data / "lamps", "--cache", cache)

    ranked = figures(report)
    assert {system for _, system in ranked} == {OURS, "BM25", "dense", "fused"}
    assert ranked["hit@1", OURS].value == 1.0
    assert ranked["nDCG@10", OURS].questions == 2
    assert {gain.over for gain in ranked["nDCG@10", OURS].gains} == {"BM25", "dense", "fused"}
    told = figures(report, 1)
    assert told["AUROC", OURS].value == 1.0
    assert told["answered, of those without", OURS].value == 0.0
    assert told["accepted answer in the text, of those answered", OURS].value == 1.0
    first = report["collections"][0]["questions"][0]
    assert (first["gold"], first["place"][OURS], first["status"], first["holds"]) == (["horn"], 1, "answered", True)


def test_sections_are_found_by_page_and_heading(data: Path, cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = measured(capsys, data / "tower", "--cache", cache)

    for part in (0, 1):
        assert figures(report, part)["hit@1", OURS].value == 1.0
        assert figures(report, part)["hit@5", "BM25"].value == 1.0
    assert [q["gold"] for q in report["collections"][0]["questions"]] == [["tower.md#climbing it"], ["sub/boat.md"]]
    assert not list((data / "tower").rglob("*.sqlite*"))  # nothing is written beside the data


def test_cells_are_looked_up_and_followed_up(data: Path, cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = measured(capsys, data / "lights", "--cache", cache)

    found = figures(report)
    asked = report["collections"][0]["questions"]
    assert [q["position"] for q in asked] == [2, 0, 1]  # as they lie, whatever the order they were asked in
    assert found["first questions", OURS].value == 1.0
    assert found["follow-ups", OURS].questions == 2
    assert found["all questions", OURS].value == pytest.approx(sum(q["right"] for q in asked) / 3, abs=1e-6)


def test_a_follow_up_finds_more_with_what_was_said_before(data: Path, cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = measured(capsys, data / "chats", "--cache", cache)

    titles = [part["title"] for part in report["collections"][0]["parts"]]
    assert titles == [
        "last turns",
        "last turns that follow others",
        "abstention",
        "follow-ups that people rewrote",
        "turns that people left alone",
    ]
    follow_ups = figures(report, 3)
    assert follow_ups["hit@1", "rewritten by people"].value == 1.0
    assert follow_ups["hit@1", OURS].questions == 1
    first = report["collections"][0]["questions"][0]
    assert "fog horn" in first["resolved"].lower()
    assert figures(report, 2)["AUROC", OURS].questions == 2


def test_two_runs_say_the_same_but_for_the_seconds_and_encode_nothing_twice(
    data: Path, tmp_path: Path, encoder: StemEncoder, capsys: pytest.CaptureFixture[str]
) -> None:
    first = measured(capsys, data, "--cache", tmp_path)
    encoded = encoder.encoded
    second = measured(capsys, data, "--cache", tmp_path)

    assert encoded > 0
    assert encoder.encoded == encoded
    assert first.pop("seconds").keys() == second.pop("seconds").keys() == {"chats", "lamps", "lights", "tower"}
    assert first == second


def test_a_limit_takes_the_first_questions(data: Path, cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = measured(capsys, data, "--task", "lamps", "--task", "chats", "--limit", 1, "--cache", cache)

    assert report["limit"] == 1
    assert [[q["id"] for q in c["questions"]] for c in report["collections"]] == [["a<::>2", "human/c<::>2"], ["q1"]]


def test_the_table_shows_every_system_and_the_report_is_written(
    data: Path, cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench(data / "lamps", "--cache", cache, "--json", tmp_path / "report.json") == 0
    shown = capsys.readouterr()

    assert "lamps (passages; 3 documents" in shown.out
    assert "over fused" in shown.out
    assert "risk at coverage" in shown.out
    assert "1.000 [0.342, 1.000]" in shown.out  # two of two, Wilson
    assert "lamps: ranking 4" in shown.err
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["collections"][0]["name"] == "lamps"


def test_what_cannot_be_measured_is_said(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench(tmp_path) == 2
    assert bench(data, "--task", "nothing") == 2
    assert bench(data, "--kb", tmp_path) == 2
    said = capsys.readouterr().err
    assert "holds no collection" in said
    assert "There are: chats, lamps, lights, tower" in said
    assert "leave --kb out" in said
