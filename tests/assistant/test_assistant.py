"""The object every front end talks to: any text, any time, any thread, and files that change under it."""

from __future__ import annotations

import json
import shutil
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import assistant.assistant as room
from assistant import Answer, Assistant, Conversation, suggested
from assistant.certificate import verify_answer
from corpus.errors import KbError

Open = Callable[..., Assistant]

QUESTIONS = (
    "saddle of the tandem",
    "what is a tourer",
    "which do I need for racing on asphalt",
    "Tourer vs Racer",
    "how many brakes does the tourer have",
    "what comes after rinse",
    "Tandem",
    "what is the price of the Racer",
    "what is the capital of France",
    "hello",
    "help",
    "",
)


def but_timings(answer: Answer) -> dict[str, Any]:
    data = answer.as_json()
    del data["timings_ms"]
    return data


# ---------------------------------------------------------------- any text

WILD = {
    "nothing": ("", "invalid"),
    "blanks": (" \t\n", "invalid"),
    "control characters": ("\x00\x07\x1b", "invalid"),
    "far too long": ("x" * 100_000, "invalid"),
    "far too many words": ("tandem " * 15_000, "invalid"),
    "an emoji": ("🚲", "declined"),
    "marks": ("?!.", "declined"),
    "right to left": ("ما هي الدراجة", "declined"),
    "a statement for a database": ("'; DROP TABLE facts; --", "declined"),
    "a script": ("<script>alert(1)</script>", "declined"),
    "a template": ("{{ config }} {% raw %}", "declined"),
    "a placeholder": ("\x020\x03", "declined"),
    "a path": ("../../etc/passwd", "declined"),
    "a format": ("%s %n {0}", "declined"),
}


@pytest.mark.parametrize(("text", "status"), WILD.values(), ids=WILD.keys())
def test_any_text_gets_an_answer_that_says_what_is_the_matter(bike: Assistant, text: str, status: str) -> None:
    answer = bike.ask(text)

    assert answer.status == status
    assert answer.text
    assert answer.citations == ()
    json.dumps(answer.as_json(), ensure_ascii=False).encode("utf-8")


@pytest.mark.parametrize(
    "text",
    [
        "\u202esaddle of the tandem",
        "saddle 🚲 of the tandem",
        "saddle\x00of\x0bthe tandem",
        "ＳＡＤＤＬＥ of tandem",
        "“saddle” of the (tandem)",
    ],
)
def test_what_surrounds_the_words_does_not_hide_them(bike: Assistant, text: str) -> None:
    assert bike.ask(text).text.endswith("Brooks")


def test_a_question_that_is_too_long_is_not_carried_along_whole(bike: Assistant) -> None:
    assert len(json.dumps(bike.ask("x" * 100_000).as_json())) < 20_000


def test_markup_of_the_question_is_shown_as_typed(bike: Assistant) -> None:
    markdown = bike.ask("does <img src=x onerror=alert(1)> make brakes").markdown

    assert "<img" not in markdown.replace("\\<", "")


def test_a_lone_surrogate_does_not_make_an_answer_that_cannot_be_written(bike: Assistant) -> None:
    json.dumps(bike.ask("brakes \ud800 of the tandem").as_json(), ensure_ascii=False).encode("utf-8")


WORDS = ("tandem", "Tourer", "racer", "brakes", "saddle", "Brooks", "Magura", "asphalt", "rinse", "puncture", "Shimano", "price")
ASKS = (
    "what is",
    "which",
    "who uses",
    "how many",
    "why",
    "does",
    "not",
    "and",
    "of the",
    "for",
    "vs",
    "or",
    "after",
    "list",
    "?",
    ",",
    "a",
)


@settings(max_examples=60, derandomize=True)
@given(st.lists(st.sampled_from((*WORDS, *ASKS)) | st.text(max_size=6), max_size=9).map(" ".join))
def test_whatever_is_asked_nothing_is_raised_and_what_is_answered_is_proved(bike: Assistant, question: str) -> None:
    answer, trace = bike.explain(question, Conversation())

    assert trace.rule == answer.rule
    assert answer.question == question
    assert answer.rule != "proof-failed"
    assert bool(answer.citations) == (answer.status in ("answered", "corrected"))
    assert verify_answer(answer.as_json(), bike.kb).problems == ()
    assert "\x02" not in answer.text + answer.markdown


FOLLOW = ("and the racer?", "why?", "its brakes?", "more", "the second one", "and?", "no I meant the tandem")


@settings(max_examples=15, derandomize=True)
@given(st.lists(st.sampled_from((*QUESTIONS, *FOLLOW)), max_size=6))
def test_whatever_is_said_in_turn_nothing_is_raised_and_what_is_answered_is_proved(bike: Assistant, lines: list[str]) -> None:
    conversation = Conversation()

    for line in lines:
        answer = bike.ask(line, conversation)
        assert verify_answer(answer.as_json(), bike.kb).problems == ()


# ---------------------------------------------------------------- the same again


def test_the_same_question_gives_the_same_bytes(bike: Assistant) -> None:
    for question in QUESTIONS:
        first, second = bike.ask(question, id="a"), bike.ask(question, id="a")
        assert json.dumps(but_timings(first)) == json.dumps(but_timings(second))


def test_another_process_and_another_place_give_the_same_bytes(bike: Assistant, editable: Path, open_kb: Open) -> None:
    other = open_kb(editable)

    for question in QUESTIONS:
        assert but_timings(bike.ask(question)) == but_timings(other.ask(question))


def test_the_answer_id_tells_answers_apart_not_questions(bike: Assistant) -> None:
    assert bike.ask("saddle of the tandem", id="1").answer_id == bike.ask("Saddle of Tandem?", id="2").answer_id
    assert bike.ask("saddle of the tandem").answer_id != bike.ask("saddle of the racer").answer_id


def test_question_and_id_come_back_as_given(bike: Assistant) -> None:
    answer = bike.ask("  saddle of the   TANDEM ", id="line 7")

    assert (answer.id, answer.question) == ("line 7", "  saddle of the   TANDEM ")


def test_eight_threads_get_what_one_gets(bicycles: Path, open_kb: Open) -> None:
    asked = QUESTIONS
    alone = open_kb(bicycles)
    wanted = [but_timings(alone.ask(q)) for q in asked]
    together = open_kb(bicycles)  # one that has been asked nothing: caches are filled by all at once
    barrier = threading.Barrier(8)

    def work(number: int) -> list[tuple[int, dict[str, Any]]]:
        barrier.wait(timeout=30)
        order = [*range(number, len(asked)), *range(number)]
        return [(i, but_timings(together.ask(asked[i]))) for i in order]

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(work, range(8)))

    for result in results:
        for i, answer in result:
            assert answer == wanted[i]


# ---------------------------------------------------------------- what is shown of the folder


def test_the_summary_tells_what_is_indexed(bike: Assistant) -> None:
    summary = bike.summary()

    assert (summary.title, summary.folder, summary.documents, summary.tables) == ("Bicycles", "bicycles", 2, 5)
    assert summary.skipped == ()
    assert summary.generation == bike.index_report.generation


def test_every_example_of_the_summary_answers(bike: Assistant) -> None:
    examples = bike.summary().examples

    assert len(set(examples)) == len(examples) >= 3
    assert [bike.ask(e).status for e in examples] == ["answered"] * len(examples)


def test_what_suggestions_came_to_is_kept_up_to_a_bound(editable: Path, open_kb: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = [open_kb(editable).ask(q).suggestions for q in QUESTIONS]
    monkeypatch.setattr(suggested, "_KNOWN", 2)
    kb = open_kb(editable)

    assert [kb.ask(q).suggestions for q in QUESTIONS] == expected
    assert len(kb._state.asked) <= 2


def test_every_suggestion_answers(bike: Assistant) -> None:
    offered = dict.fromkeys(s for q in QUESTIONS for s in bike.ask(q).suggestions)

    assert len(offered) > 8
    assert {s: bike.ask(s).status for s in offered} == dict.fromkeys(offered, "answered")


def test_no_answer_suggests_the_question_it_answers(bike: Assistant) -> None:
    for question in QUESTIONS:
        assert question.lower() not in [s.lower() for s in bike.ask(question).suggestions]


def test_documents_are_those_of_the_folder_word_for_word(bike: Assistant) -> None:
    assert bike.documents() == ("bicycles.md", "workshop.md")
    for path in bike.documents():
        assert bike.document(path) == (bike.kb / path).read_text(encoding="utf-8")


def test_the_outline_names_every_heading_at_its_line(bike: Assistant) -> None:
    outline = bike.outline("workshop.md")
    lines = bike.document("workshop.md").splitlines()

    assert [e.title for e in outline][:3] == ["Workshop", "Chain care", "Mending a puncture"]
    assert all(lines[e.line - 1] == "#" * e.level + " " + e.title for e in outline)


def test_a_prompt_can_complete_the_names_of_the_folder(bike: Assistant) -> None:
    assert "Chain care" in bike.names_like("chain")
    assert bike.names_like("no such name") == ()


@pytest.mark.parametrize("path", ["", "nothing.md", "../secret.md", "./bicycles.md", "kb.toml", "BICYCLES.md", "bicycles.md/", "\x00"])
def test_a_path_that_is_no_document_is_refused(bike: Assistant, path: str) -> None:
    (bike.kb.parent / "secret.md").write_text("secret")

    for look in (bike.document, bike.outline):
        with pytest.raises(KbError, match="not a document"):
            look(path)
    with pytest.raises(KbError):
        bike.document(str(bike.kb / "bicycles.md"))


def test_the_trace_names_the_rule_and_every_score(bike: Assistant) -> None:
    answer, trace = bike.explain("saddle of the tandem")

    assert trace.rule == answer.rule
    assert trace.generation == bike.summary().generation
    assert trace.candidates[0].place.document == "bicycles.md"
    assert trace.thresholds
    json.dumps(trace.model_dump(mode="json"))


def test_a_refusal_is_explained_too(bike: Assistant) -> None:
    answer, trace = bike.explain("what is the price of the Racer")

    assert answer.status == "declined"
    assert trace.candidates
    assert trace.features


# ---------------------------------------------------------------- files that change


def edit(folder: Path, old: str, new: str, name: str = "bicycles.md") -> None:
    file = folder / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_new_text_is_quoted_after_a_refresh_and_the_old_answer_no_longer_holds(editable: Path, open_kb: Open) -> None:
    kb = open_kb(editable)
    before = kb.ask("brakes of the racer")
    edit(editable, "Campagnolo", "Shimano")

    assert kb.refresh() is True
    after = kb.ask("brakes of the racer")

    assert [c.quote for c in after.citations] == ["Shimano"]
    assert verify_answer(after.as_json(), editable).holds
    assert not verify_answer(before.as_json(), editable).holds
    assert kb.document("bicycles.md") == (editable / "bicycles.md").read_text(encoding="utf-8")


def test_what_was_kept_of_the_old_files_is_let_go_with_a_refresh(editable: Path, open_kb: Open) -> None:
    kb = open_kb(editable)
    kb.ask("brakes of the racer")
    old = weakref.ref(kb._state.view)
    edit(editable, "Campagnolo", "Shimano")

    assert kb.refresh()
    assert old() is None


def test_nothing_to_refresh_is_told_so(bike: Assistant) -> None:
    generation = bike.summary().generation

    assert bike.refresh() is False
    assert bike.summary().generation == generation


def test_asking_looks_at_the_files_itself(editable: Path, open_kb: Open) -> None:
    kb = open_kb(editable, refresh_seconds=0)
    assert kb.ask("brakes of the racer").text.endswith("Campagnolo")
    edit(editable, "Campagnolo", "Shimano")

    assert kb.ask("brakes of the racer").text.endswith("Shimano")


def test_a_file_added_is_asked_and_a_file_removed_is_not(editable: Path, open_kb: Open) -> None:
    kb = open_kb(editable, refresh_seconds=0)
    (editable / "garden.md").write_text("# Garden\n\n| Plant | Watering | Light |\n|---|---|---|\n| Fern | Twice weekly | Shade |\n")
    assert "Twice weekly" in kb.ask("watering of the fern").text

    (editable / "garden.md").unlink()

    assert kb.ask("watering of the fern").status == "declined"
    assert "garden.md" not in kb.documents()


def test_until_files_are_looked_at_old_text_is_never_given_under_a_new_citation(editable: Path, open_kb: Open) -> None:
    kb = open_kb(editable)
    edit(editable, "| Hope |", "| Magura, Hope |")

    answer = kb.ask("brakes of the tandem")

    assert answer.status == "invalid" or verify_answer(answer.as_json(), editable).holds


def test_examples_and_names_are_those_of_the_new_files(editable: Path, open_kb: Open) -> None:
    kb = open_kb(editable, refresh_seconds=0)
    kb.summary()
    for name in ("bicycles.md", "kb.toml", "workshop.md"):
        (editable / name).write_text((editable / name).read_text(encoding="utf-8").replace("Tandem", "Twin"), encoding="utf-8")

    assert not any("Tandem" in e for e in kb.summary().examples)
    assert kb.ask("saddle of the two-seater").reading.mentions[-1].name == "Twin"


def test_a_conversation_goes_on_over_a_refresh(editable: Path, open_kb: Open) -> None:
    kb = open_kb(editable, refresh_seconds=0)
    conversation = Conversation()
    kb.ask("brakes of the tourer", conversation)
    edit(editable, "Campagnolo", "Shimano")

    assert kb.ask("and for the racer?", conversation).text.endswith("Shimano")


def test_a_folder_that_is_gone_is_told_and_the_rest_goes_on(editable: Path, open_kb: Open) -> None:
    kb = open_kb(editable)
    before = kb.ask("brakes of the racer")
    shutil.rmtree(editable)

    with pytest.raises(KbError):
        kb.refresh()
    assert kb.ask("brakes of the racer").answer_id == before.answer_id


def test_a_folder_that_is_gone_before_it_was_ever_quoted_raises_nothing(editable: Path, open_kb: Open) -> None:
    kb = open_kb(editable, refresh_seconds=0)
    shutil.rmtree(editable)

    assert kb.ask("brakes of the racer").status in ("invalid", "answered", "declined")


def test_a_change_during_the_build_is_not_overlooked(editable: Path, open_kb: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    build = room.ensure_index

    def slow(*args: Any, **kwargs: Any) -> Any:
        report = build(*args, **kwargs)
        monkeypatch.setattr(room, "ensure_index", build)
        edit(editable, "Campagnolo", "Shimano")
        return report

    monkeypatch.setattr(room, "ensure_index", slow)
    kb = open_kb(editable, refresh_seconds=0)

    assert kb.ask("brakes of the racer").text.endswith("Shimano")


def test_a_damaged_kb_toml_goes_on_with_the_old_one_and_says_so(editable: Path, open_kb: Open) -> None:
    kb = open_kb(editable, refresh_seconds=0)
    (editable / "kb.toml").write_text("titel = 1\n")

    assert kb.ask("saddle of the tandem").text.endswith("Brooks")
    with pytest.raises(KbError, match="titel"):
        kb.refresh()


@pytest.mark.parametrize("kb", ["nothing", "empty"])
def test_a_folder_without_documents_is_an_error_that_names_it(tmp_path: Path, open_kb: Open, kb: str) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(KbError, match=kb):
        open_kb(tmp_path / kb)


# ---------------------------------------------------------------- folders with odd things in them


@pytest.fixture
def folder(tmp_path: Path, open_kb: Open) -> Callable[[str], Assistant]:
    """An assistant over one file of the given text."""

    def run(text: str) -> Assistant:
        (tmp_path / "odd").mkdir()
        (tmp_path / "odd" / "odd.md").write_text(text, encoding="utf-8")
        return open_kb(tmp_path / "odd")

    return run


@pytest.mark.parametrize(
    "text",
    ["Just a sentence.", "# Heading only", "| a |\n|---|\n| b |", "- one\n- two", "\ufeff# Mark\n\nText.\n", "```\ncode\n```", "a → b → c"],
)
def test_the_smallest_folders_can_be_asked(folder: Callable[[str], Assistant], text: str) -> None:
    kb = folder(text)

    assert kb.summary().documents == 1
    for question in ("what is this about", "list everything", "help", "a", "heading", "one", "what comes after b"):
        assert verify_answer(kb.ask(question).as_json(), kb.kb).problems == ()


MARKED = "# Types\n\n| Type | Meaning | Cost |\n|---|---|---|\n| `Vec<T>` | A *growing* array | 5 |\n| `Map<K>` | Pairs \\| sets | 7 |\n"


def test_markup_in_cells_is_quoted_verbatim_and_shown_as_words(folder: Callable[[str], Assistant]) -> None:
    answer = folder(MARKED).ask("meaning of Map<K>")

    assert [c.quote for c in answer.citations] == ["Pairs \\| sets"]
    assert answer.text.endswith("Pairs | sets")
    assert "\\|" in answer.markdown
    assert "\\<K\\>" in answer.markdown


def test_names_in_a_refusal_are_shown_as_typed(folder: Callable[[str], Assistant]) -> None:
    kb = folder(MARKED + "\n## Costs\n\n| Type | Speed | Size |\n|---|---|---|\n| `Vec<T>` | 1 | 2 |\n| `Map<K>` | 3 | 4 |\n")
    answer = kb.ask("what is the capital of France")

    assert "Vec<T>" in answer.text
    assert "Vec<T>" not in answer.markdown


def test_a_heading_that_sounds_like_talk_is_not_suggested(folder: Callable[[str], Assistant]) -> None:
    kb = folder("# Office\n\n## Help\n\nCall the office when lost.\n\n## Vectors\n\nVectors grow slowly here.\n")
    offered = [s for q in ("vectors", "what is the capital of France") for s in kb.ask(q).suggestions]

    assert all(kb.ask(s).status == "answered" for s in offered)
