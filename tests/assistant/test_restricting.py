"""A question asked of a part of the knowledge base is answered as if there were nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant import Answer, Assistant, Conversation
from assistant.certificate import verify_answer
from assistant.restricting import UnknownScope, named, restriction

Open = Callable[..., Assistant]

FOLDERS = ("bicycles", "measures", "printshop")

# Names of one folder, of another, of both, of none; counts, lists, steps, talk, spelling, several at once.
QUESTIONS = (
    "saddle of the tandem",
    "what is a tourer",
    "Tourer vs Racer",
    "which do I need for racing on asphalt",
    "how many brakes does the tourer have",
    "what is the saddle of the tandem and what is the frame of the racer?",
    "saddle of the TANDUM",
    "inks of letterpress",
    "screenprint vs risograph",
    "what is serigraphy",
    "what comes after soak",
    "what is the price of the Racer",
    "how many tables are there",
    "list the tools",
    "what is the capital of France",
    "which one should I take",
    "belt drives",
    "hello",
    "what can you do",
    "",
)


Several = tuple[Assistant, dict[str, Assistant]]


def data(answer: Answer, folder: str = "") -> dict[str, Any]:
    """An answer without what tells a scope: times, the scope itself, the folder's name in paths and what is hashed of them."""
    told = answer.as_json()
    for name in ("timings_ms", "answer_id"):
        del told[name]
    del told["reading"]["scope"]
    found: dict[str, Any] = json.loads(json.dumps(told).replace(f'"{folder}/', '"') if folder else json.dumps(told))
    return found


@pytest.mark.parametrize("name", FOLDERS)
def test_the_answer_of_a_folder_among_others_is_that_of_the_folder_alone(several: Several, name: str) -> None:
    whole, alone = several
    for question in QUESTIONS:
        answer = whole.ask(question, scope=(name,))

        assert data(answer, name) == data(alone[name].ask(question)), question
        assert answer.reading.scope == (name,)
        assert verify_answer(answer.as_json(), whole.kb).problems == ()


def test_a_talk_within_a_folder_is_the_talk_of_the_folder_alone(several: Several) -> None:
    whole, alone = several
    here, there = Conversation(), Conversation()
    for question in ("saddle of the tandem", "and the racer?", "why?", "compare them", "what about letterpress?"):
        assert data(whole.ask(question, here, scope=("bicycles",)), "bicycles") == data(alone["bicycles"].ask(question, there)), question


def test_what_the_folder_holds_is_told_and_completed_as_of_the_folder_alone(several: Several) -> None:
    whole, alone = several
    ours, own = whole.summary(("printshop",)), alone["printshop"].summary()

    same = {"title", "description", "folder", "documents", "sections", "tables", "facts", "skipped", "examples"}
    assert ours.model_dump(include=same) == own.model_dump(include=same)
    assert whole.names_like("le", scope=("printshop",)) == alone["printshop"].names_like("le")
    assert whole.names_like("tan", scope=("printshop",)) == ()


def test_ranking_and_the_reasons_against_a_section_stay_within(several: Several) -> None:
    whole, alone = several
    ranked = whole.rank("tools", scope=("printshop",))

    assert {h.document.split("/")[0] for h in ranked.hits} == {"printshop"}
    assert [h.section for h in ranked.hits] == [h.section for h in alone["printshop"].rank("tools").hits]
    assert whole.why_not("inks of letterpress", "Opening hours", scope=("printshop",)).outcome
    with pytest.raises(UnknownScope):
        whole.why_not("inks of letterpress", "Opening hours", scope=("nowhere",))


def test_some_folders_or_one_document_may_be_asked(several: Several) -> None:
    whole, _ = several

    assert whole.ask("saddle of the tandem", scope=("printshop", "measures")).status == "declined"
    assert whole.ask("saddle of the tandem", scope=("measures", "bicycles")).reading.scope == ("bicycles", "measures")
    one = whole.ask("saddle of the tandem", scope=("bicycles/bicycles.md",))
    assert [c.document for c in one.citations] == ["bicycles/bicycles.md"]
    assert whole.ask("saddle of the tandem", scope=("bicycles/workshop.md",)).status == "declined"


def test_all_folders_together_are_no_restriction(several: Several) -> None:
    whole, _ = several

    assert whole.scope(FOLDERS) == whole.scope(()) == ()
    assert whole.ask("saddle of the tandem", scope=FOLDERS).reading.scope == ()
    assert whole.folders() == FOLDERS


def test_a_talk_that_goes_on_in_another_folder_never_cites_the_first(several: Several) -> None:
    whole, _ = several
    talk = Conversation()
    whole.ask("Belt drives", talk, scope=("bicycles",))
    for question in ("why?", "and the tandem?", "the second one", "tell me more", "compare them"):
        answer = whole.ask(question, talk, scope=("printshop",))

        assert {c.document.split("/")[0] for c in (*answer.citations, *answer.nearest)} <= {"printshop"}, question


def test_a_document_of_a_single_folder_may_be_asked(bike: Assistant) -> None:
    assert bike.folders() == ()
    assert bike.ask("saddle of the tandem", scope=["workshop.md"]).status == "declined"
    assert bike.ask("saddle of the tandem", scope=["BICYCLES.md"]).reading.scope == ("bicycles.md",)


def test_a_part_follows_the_files(editable: Path, open_kb: Open) -> None:
    kb = open_kb(editable)
    scope = ("workshop.md",)
    assert kb.ask("Airlock", scope=scope).status == "declined"
    with (editable / "workshop.md").open("a", encoding="utf-8") as file:
        file.write("\n- Airlock: keeps dust out\n")
    assert kb.refresh()

    assert "keeps dust out" in kb.ask("Airlock", scope=scope).text


# ---------------------------------------------------------------- names

DOCUMENTS = ("handbook/deep/Sub/x.md", "handbook/oncall.md", "runbooks/oncall.md")
KNOWN = named(DOCUMENTS, ("handbook", "runbooks"))


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (["handbook"], ("handbook",)),
        (["Handbook/"], ("handbook",)),
        (["./handbook/deep"], ("handbook/deep",)),
        (["handbook", "handbook/oncall.md"], ("handbook",)),
        (["runbooks/oncall.md", "handbook/DEEP/sub"], ("handbook/deep/Sub", "runbooks/oncall.md")),
    ],
    ids=["a folder", "whatever the case", "a folder inside", "one inside another", "several"],
)
def test_a_part_is_named_as_its_documents_are_cited(given: list[str], names: tuple[str, ...]) -> None:
    found = restriction(given, DOCUMENTS, ("handbook", "runbooks"), KNOWN)
    assert found is not None
    assert found.names == names


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("handbok", "did you mean 'handbook'? It holds handbook, runbooks."),
        ("oncal", "did you mean 'handbook/oncall.md'?"),
        ("../etc", "Nothing in this knowledge base is called '../etc'"),
        ("", "Nothing in this knowledge base is called ''"),
    ],
)
def test_an_unknown_part_is_an_error_that_names_the_nearest(given: str, told: str) -> None:
    with pytest.raises(UnknownScope) as error:
        restriction([given], DOCUMENTS, ("handbook", "runbooks"), KNOWN)
    assert told in str(error.value)
