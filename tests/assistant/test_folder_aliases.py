"""A question may use another name that the folder itself gives a thing; where the folder says so is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import Assistant

pytestmark = pytest.mark.model

SLOS = """# Handbook

Each team sets a Service Level Objective (SLO) for its service.

| Term | Target | Window |
|---|---|---|
| Service Level Objective | 99.9 % | 30 days |
| Service Level Agreement | 99.5 % | a year |
"""


@pytest.fixture
def handbook(tmp_path: Path) -> Assistant:
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "slo.md").write_text(SLOS, encoding="utf-8")
    return Assistant.open(tmp_path / "kb", index=tmp_path / "index")


@pytest.mark.parametrize("typed", ["SLO", "SLOs", "slo", "service-level objectives"])
def test_a_cell_is_found_by_the_acronym_the_text_spells_out(handbook: Assistant, typed: str) -> None:
    answer = handbook.ask(f"what is the target of the {typed}")

    assert [(c.document, c.lines, c.quote) for c in answer.citations] == [("slo.md", (7, 7), "99.9 %")]


def test_the_alias_is_announced_and_explained_with_its_place(handbook: Assistant) -> None:
    answer, trace = handbook.explain("what is the SLO target")
    bound = next(b for b in trace.bound if b.words == "SLO")

    assert "Read “SLO” as “Service Level Objective” (alias)." in answer.markdown
    assert (bound.name, bound.how, bound.reason) == ("Service Level Objective", "alias", "slo.md:3 writes SLO for Service Level Objective")


def test_a_name_that_is_filed_itself_is_not_read_as_another(handbook: Assistant) -> None:
    assert "alias" not in handbook.ask("what is the target of the service level objective").markdown
