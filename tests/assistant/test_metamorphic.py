"""What must not matter, over a folder that no rule was written for: names, order, other files, case, a slip of the finger.

The relations are those of `whichops eval metamorphic`; here are also changes that only some folders need.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import Answer, Assistant, Conversation
from assistant.certificate import verify_answer
from evals.following import RELATIONS, load_data
from evals.metamorphic import Opened, Plan, compare, texts_of
from evals.models import Case, Expectation, Turn
from evals.suite import verifier

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
TALKS = [("saddle of the Racer", "and the Tourer?", "why?"), ("which lighting does the Tandem have", "thanks", "compare it with the Racer")]


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


@pytest.mark.parametrize("name", RELATIONS)
def test_another_folder_follows_every_change_too(bike: Assistant, name: str) -> None:
    talks = [(question,) for question in QUESTIONS] + TALKS
    cases = [
        Case(id=f"bicycles-{n}", turns=tuple(Turn(question=q, expect=Expectation()) for q in talk), kind="any")
        for n, talk in enumerate(talks)
    ]
    base = Opened(bike, Conversation, verifier(bike.kb))

    (report,) = compare(Plan(cases, (name,)), base, texts_of(bike.kb, bike, bike.documents()), bike.settings)

    assert report.cases >= 4
    assert report.differences == ()


@pytest.mark.parametrize("name", ["Zorblat", "X-90", "Velo Nord"])
def test_a_thing_by_a_name_of_another_shape_is_answered_in_the_same_way(bike: Assistant, copy: Copy, open_kb: Open, name: str) -> None:
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


@pytest.mark.parametrize("name", ["zzz.md", "deep/er/garden.md"])
def test_a_file_about_something_else_changes_no_answer_wherever_it_lies(bike: Assistant, editable: Path, open_kb: Open, name: str) -> None:
    (editable / name).parent.mkdir(parents=True, exist_ok=True)
    (editable / name).write_text(load_data().distractor.text, encoding="utf-8")
    crowded = open_kb(editable)

    assert crowded.ask("lustre of malachite").text.endswith("Silky")
    for question in QUESTIONS:
        before, after = bike.ask(question), crowded.ask(question)
        assert (after.status, after.decline, after.citations) == (before.status, before.decline, before.citations), question
        if before.status != "declined":
            assert after.answer_id == before.answer_id


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
