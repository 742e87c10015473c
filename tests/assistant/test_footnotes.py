"""A footnote of a cell is told with the cell, however its mark is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant import Answer, Assistant
from assistant.certificate import verify_answer
from tests.assistant.conftest import settings_for

PUMPS = """# Pumps

| Pump | Flow | Noise | Warranty |
|---|---|---|---|
| Alpha | 20 l/min[^head] | quiet | yes <sup>1</sup> |
| Beta | 30 l/min² | loud | no |
| Gamma | 45 l/min <sup>9</sup> | 5 × 10<sup>2</sup> | yes[^nowhere] |

<sup>1</sup> For private buyers only.

² Measured with a hose of 10 mm.

## Notes

Pumps are cleaned once a year.

[^head]: At a head of two metres.
"""


@pytest.fixture(scope="module")
def pumps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Answer]]:
    """Ask about pumps; every answer is also proved from the file."""
    kb = tmp_path_factory.mktemp("pumps")
    (kb / "pumps.md").write_text(PUMPS, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        import assistant.assistant as room
        from tests.assistant.conftest import StemEncoder

        patch.setattr(room, "LaterEncoder", lambda *args, **kwargs: StemEncoder())
        opened = Assistant.open(Path(kb), index=tmp_path_factory.mktemp("index"), settings=settings_for(kb))

    def ask(question: str) -> Answer:
        answer = opened.ask(question)
        assert verify_answer(answer.as_json(), kb).holds
        return answer

    yield ask
    opened.close()


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("flow of Alpha", "Flow – Alpha: 20 l/min. Footnote: At a head of two metres"),
        ("flow of Beta", "Flow – Beta: 30 l/min. Footnote: Measured with a hose of 10 mm"),
        ("warranty of Alpha", "Warranty – Alpha: yes. Footnote: For private buyers only"),
        ("does Alpha have a warranty", "Yes. Warranty – Alpha: yes. Footnote: For private buyers only"),
    ],
    ids=["markdown's own", "superscript", "raised", "yes or no"],
)
def test_what_a_mark_points_to_is_told_and_cited(pumps: Callable[[str], Answer], question: str, told: str) -> None:
    answer = pumps(question)

    assert answer.text.rstrip(".") == told
    assert len(answer.citations) == 2


@pytest.mark.parametrize(
    ("question", "told"),
    [("noise of Alpha", "Noise – Alpha: quiet"), ("noise of Gamma", "Noise – Gamma: 5 × 102"), ("warranty of Beta", "Warranty – Beta: no")],
    ids=["no mark", "an exponent", "a neighbour's mark"],
)
def test_where_no_mark_is_nothing_is_added(pumps: Callable[[str], Answer], question: str, told: str) -> None:
    assert pumps(question).text == told


@pytest.mark.parametrize("question", ["flow of Gamma", "warranty of Gamma"])
def test_a_mark_without_its_text_is_left_as_it_stands(pumps: Callable[[str], Answer], question: str) -> None:
    answer = pumps(question)

    assert "Footnote" not in answer.text
    assert len(answer.citations) == 1


@pytest.mark.parametrize("change", ["changed", "gone"])
@pytest.mark.parametrize("question", ["flow of Alpha", "noise of Alpha"])
def test_a_footnote_of_a_file_that_is_no_longer_what_was_indexed_makes_no_question_fail(
    sheet: Callable[[str], Assistant], question: str, change: str
) -> None:
    kb = sheet(PUMPS)
    page = kb.kb / "page.md"
    if change == "gone":
        page.unlink()
    else:
        page.write_text(PUMPS.replace("20 l/min", "25 l/min"), encoding="utf-8")  # and it is too soon to look again

    answer = kb.ask(question)

    assert answer.rule == "proof-failed" or answer.text == "Noise – Alpha: quiet"
