"""Words of a question that are not the folder's own are said to be read as others, once, under the answer and never in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import Answer, Assistant
from assistant.certificate import verify_answer
from assistant.models import Mention

Open = Callable[..., Assistant]

FLEET = """\
# Fleet

## Vessels

| **Aspect** | **Ferry** | **Tug** | **Dredger** |
|---|---|---|---|
| **Speed** | Eighteen knots | Twelve knots | Nine knots |
| **Storage** | Car deck | Rope locker | Hopper |
| **Travelling** | Upriver | In port | Offshore |
| **Remote Signalling (RS)** | Radio | Flags | Lamps |

## Hurdles

- **Ferry:** Fog in the estuary.
- **Tug:** Shallow berths.

Crews of every vessel use multifunctionalization. RS is taught ashore.
"""
TOML = """\
[aliases]
"pusher" = { to = "Tug", reason = "what the harbour calls it" }
"""


@pytest.fixture
def fleet(tmp_path: Path, open_kb: Open) -> Assistant:
    kb = tmp_path / "fleet"
    kb.mkdir()
    (kb / "fleet.md").write_text(FLEET, encoding="utf-8")
    (kb / "kb.toml").write_text(TOML, encoding="utf-8")
    return open_kb(kb)


def closing(answer: Answer) -> str:
    """The last paragraph of an answer's Markdown."""
    return answer.markdown.split("\n\n")[-1]


def told(kb: Assistant, question: str) -> tuple[Answer, list[tuple[str, str, str]]]:
    answer = kb.ask(question)
    assert verify_answer(answer.as_json(), kb.kb).problems == ()
    return answer, [(m.words, m.name, m.how) for m in answer.reading.mentions]


def test_an_alias_is_told_under_the_answer_and_not_in_it(fleet: Assistant) -> None:
    answer, mentions = told(fleet, "speed of the pusher")

    assert answer.text == "Speed – Tug: Twelve knots"
    assert closing(answer) == "Read “pusher” as “Tug” (alias)."
    assert mentions == [("speed", "Speed", "exact"), ("pusher", "Tug", "alias")]


def test_a_slip_is_told_with_the_words_as_they_were_typed(fleet: Assistant) -> None:
    answer, mentions = told(fleet, "stroage of the dredgr")

    assert answer.text == "Storage – Dredger: Hopper"
    assert closing(answer) == "Read “stroage” as “Storage” (spelling) and “dredgr” as “Dredger” (spelling)."
    assert mentions == [("stroage", "Storage", "spelling"), ("dredgr", "Dredger", "spelling")]
    assert [typed for typed, _ in answer.reading.repaired] == ["stroage", "dredgr"]


def test_several_bridges_stand_in_one_sentence(fleet: Assistant) -> None:
    answer, _ = told(fleet, "waht is the stroage of the pusher")

    assert closing(answer) == "Read “waht” as “what” (spelling), “stroage” as “Storage” (spelling) and “pusher” as “Tug” (alias)."


def test_a_short_form_with_the_number_of_letters_left_out_is_one(fleet: Assistant) -> None:
    answer, _ = told(fleet, "m20n")

    assert closing(answer) == "Read “m20n” as “multifunctionalization” (short form)."


@pytest.mark.parametrize("question", ["speed of the tug", "SPEEDS of the Tug's", "Speed of tugs?", "remote-signalling of a ferry"])
def test_case_plural_possessive_and_hyphens_are_no_bridge(fleet: Assistant, question: str) -> None:
    answer, mentions = told(fleet, question)

    assert answer.status == "answered"
    assert "Read “" not in answer.markdown
    assert {how for _, _, how in mentions} == {"exact"}


def test_a_word_of_the_same_sort_as_a_heading_is_told_to_be_the_nearest(fleet: Assistant) -> None:
    answer, mentions = told(fleet, "difficulties of the ferry")

    assert "Fog in the estuary" in answer.text
    assert closing(answer) == "“difficulties” is not in this knowledge base; the nearest is “Hurdles”."
    assert ("difficulties", "Hurdles", "meaning") in mentions


def test_an_attribute_found_by_meaning_is_told_with_the_words_that_mean_it(fleet: Assistant) -> None:
    answer, mentions = told(fleet, "what is the trip of the tug")  # the encoder of these tests takes the word for `travelling`

    assert answer.text == "Travelling – Tug: In port"
    assert closing(answer) == "“trip” is not in this knowledge base; the nearest is “Travelling”."
    assert mentions == [("tug", "Tug", "exact"), ("trip", "Travelling", "meaning")]


def test_nothing_is_bridged_where_the_answer_was_found_by_what_it_says(fleet: Assistant) -> None:
    answer, _ = told(fleet, "which vessel has a rope locker aboard")

    assert "Rope locker" in answer.text
    assert "nearest" not in answer.markdown


def test_a_refusal_tells_its_bridges_too(fleet: Assistant) -> None:
    answer, _ = told(fleet, "price of the pusher")

    assert answer.status == "declined"
    assert closing(answer) == "Read “pusher” as “Tug” (alias)."


def test_each_of_several_questions_tells_its_own(fleet: Assistant) -> None:
    answer, _ = told(fleet, "what is the speed of the pusher? what is the storage of the ferry?")

    first, second = answer.markdown.split("**2.**")
    assert "Read “pusher” as “Tug” (alias)." in first
    assert "Read" not in second


def test_markup_in_a_word_is_shown_as_typed(tmp_path: Path, open_kb: Open) -> None:
    kb = tmp_path / "odd"
    kb.mkdir()
    (kb / "odd.md").write_text(FLEET.replace("**Tug**", "**Tug \\* One**"), encoding="utf-8")
    (kb / "kb.toml").write_text('[aliases]\n"pusher" = "Tug * One"\n', encoding="utf-8")

    assert closing(open_kb(kb).ask("speed of the pusher")) == "Read “pusher” as “Tug \\* One” (alias)."


def test_what_a_name_is_in_the_question_is_told(fleet: Assistant) -> None:
    mentions: tuple[Mention, ...] = fleet.ask("storage of the tug").reading.mentions

    assert [(m.name, m.role) for m in mentions] == [("Storage", "attribute"), ("Tug", "entity")]


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("where does MLOps keep its data", "Read “keep its data” as “Storage” (nearest in meaning)."),
        ("Where does AIOps stash its stuff?", "“stash its stuff” is not in this knowledge base; the nearest is “Storage”."),
        ("What does DevOps focus on?", "Read “focus” as “Scope” (nearest in meaning)."),
        ("which category does k8s belong to", "Read “k8s” as “Kubernetes” (alias)."),
    ],
)
def test_in_the_shipped_folder_a_meaning_is_told_too(shipped: Assistant, question: str, line: str) -> None:
    answer = shipped.ask(question)

    assert closing(answer) == line
    assert "as “" not in answer.text
