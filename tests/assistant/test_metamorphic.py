"""What must not matter: names, the order of rows, columns and files, other files, case, a slip of the finger."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import Answer, Assistant
from assistant.certificate import verify_answer

Open = Callable[..., Assistant]

QUESTIONS = [
    "saddle of the Racer",
    "which lighting does the Racer have",
    "main purpose of the Racer",
    "what is a Racer",
    "which do I need for racing on asphalt",
    "Tourer vs Racer",
    "what is the Racer counterpart of Magura",
    "which one does Lezyne belong to",
    "is Magura used with the Racer",
    "why does the Racer use Magura",
    "how many saddles does the Racer have",
    "Racer",
    "what is the price of the Racer",
    "what comes after rinse",
    "what is the capital of France",
    "which do I need for crossing a continent",
    "height of Medium",
]

DISTRACTOR = """# Garden

| **Plant** | **Description** | **Watering** |
|---|---|---|
| **Fern** | A green herb without flowers. | Twice weekly |
| **Moss** | A soft green cushion. | Daily |

## Harvest

**Flow:** Sow → Weed → Reap.

1. Dig the bed.
2. Plant the bulbs.

Roses bloom in June.
"""


@pytest.fixture
def copy(tmp_path: Path, bicycles: Path) -> Callable[[Callable[[str], str]], Path]:
    """A copy of the folder about bicycles with the text of every file changed."""

    def run(change: Callable[[str], str]) -> Path:
        target = tmp_path / "bicycles"
        target.mkdir()
        for path in sorted(bicycles.iterdir()):
            (target / path.name).write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
        return target

    return run


Copy = Callable[[Callable[[str], str]], Path]


def quotes(answer: Answer) -> list[str]:
    return [c.quote for c in answer.citations]


@pytest.mark.parametrize("name", ["Zorblat", "X-90", "Velo Nord"])
def test_a_thing_by_another_name_is_answered_in_the_same_way(bike: Assistant, copy: Copy, open_kb: Open, name: str) -> None:
    renamed = open_kb(copy(lambda text: text.replace("Racer", name)))

    for question in QUESTIONS:
        before, after = bike.ask(question), renamed.ask(question.replace("Racer", name))
        assert verify_answer(after.as_json(), renamed.kb).holds
        assert (after.status, after.decline, after.rule) == (before.status, before.decline, before.rule), question
        assert after.text == before.text.replace("Racer", name)
        assert quotes(after) == [q.replace("Racer", name) for q in quotes(before)]


def test_a_column_by_another_name_is_answered_in_the_same_way(bike: Assistant, copy: Copy, open_kb: Open) -> None:
    renamed = open_kb(copy(lambda text: text.replace("Saddle", "Perch")))

    for question in QUESTIONS:
        before, after = bike.ask(question), renamed.ask(question.replace("saddle", "perch"))
        assert after.text == before.text.replace("Saddle", "Perch"), question


def _tables(text: str, change: Callable[[list[list[str]]], list[list[str]]]) -> str:
    """The text with every pipe table's rows of cells changed."""

    def swapped(match: re.Match[str]) -> str:
        rows = [line.strip().strip("|").split("|") for line in match[0].splitlines()]
        return "".join("|" + "|".join(row) + "|\n" for row in change(rows))

    return re.sub(r"(?:^\|.*\n)+", swapped, text, flags=re.M)


def rows_reversed(rows: list[list[str]]) -> list[list[str]]:
    return [*rows[:2], *reversed(rows[2:])]


def columns_reversed(rows: list[list[str]]) -> list[list[str]]:
    return [[row[0], *reversed(row[1:])] for row in rows]


ORDERLESS = [q for q in QUESTIONS if q not in ("Racer", "Tourer vs Racer")]  # these tell several cells, in the order of the file


@pytest.mark.parametrize("change", [rows_reversed, columns_reversed])
def test_the_order_of_rows_and_columns_does_not_matter(
    bike: Assistant, copy: Copy, open_kb: Open, change: Callable[[list[list[str]]], list[list[str]]]
) -> None:
    turned = open_kb(copy(lambda text: _tables(text, change)))

    assert turned.document("bicycles.md") != bike.document("bicycles.md")
    for question in ORDERLESS:
        before, after = bike.ask(question), turned.ask(question)
        if before.status != "declined":  # what a refusal says the folder covers is told in the order of the folder
            assert after.text == before.text, question
        assert (after.status, after.decline, set(quotes(after))) == (before.status, before.decline, set(quotes(before))), question
    assert set(quotes(turned.ask("Tourer vs Racer"))) == set(quotes(bike.ask("Tourer vs Racer")))


@pytest.mark.parametrize("name", ["aaa.md", "zzz.md", "deep/er/garden.md"])
def test_a_file_about_something_else_changes_no_answer(bike: Assistant, editable: Path, open_kb: Open, name: str) -> None:
    (editable / name).parent.mkdir(parents=True, exist_ok=True)
    (editable / name).write_text(DISTRACTOR, encoding="utf-8")
    crowded = open_kb(editable)

    assert crowded.ask("watering of the fern").text.endswith("Twice weekly")
    for question in QUESTIONS:
        before, after = bike.ask(question), crowded.ask(question)
        assert (after.status, after.decline, after.citations) == (before.status, before.decline, before.citations), question
        if before.status != "declined":
            assert after.answer_id == before.answer_id


@pytest.mark.parametrize(
    "change", [str.lower, str.upper, str.title, lambda q: f"  {q} ?", lambda q: q + " please", lambda q: f"Hello, {q}?"]
)
def test_case_courtesy_and_closing_marks_do_not_matter(bike: Assistant, change: Callable[[str], str]) -> None:
    for question in QUESTIONS:
        before, after = bike.ask(question), bike.ask(change(question))
        assert (after.status, after.citations) == (before.status, before.citations), change(question)


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends_do_not_matter(bike: Assistant, copy: Copy, open_kb: Open, tmp_path: Path, ends: str) -> None:
    folder = copy(str)
    for path in folder.glob("*.md"):
        path.write_bytes(path.read_text(encoding="utf-8").replace("\n", ends).encode())
    other = open_kb(folder)

    for question in QUESTIONS:
        before, after = bike.ask(question), other.ask(question)
        assert (after.text, after.citations) == (before.text, before.citations), question
        assert verify_answer(after.as_json(), folder).holds


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("saddle of the tandom", "tandem"),
        ("brakes of a tuorer", "tourer"),
        ("derailluer", "derailleur"),
        ("definiton of tandem", "definition"),
    ],
)
def test_a_slip_of_the_finger_does_not_matter_and_is_announced(bike: Assistant, typed: str, meant: str) -> None:
    after = bike.ask(typed)
    ((slip, read),) = after.reading.repaired

    assert read == meant
    assert after.citations == bike.ask(typed.replace(slip, meant)).citations
