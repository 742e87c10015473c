"""Proof of an answer: it holds for what was said, and for nothing that was changed afterwards."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant import Answer, Assistant
from assistant.certificate import digest, verify_answer
from assistant.grids import Grid

QUESTIONS = {
    "cell": "saddle of the tandem",
    "definition": "what is a tourer",
    "decision": "which do I need for crossing a continent",
    "comparison": "Tourer vs Racer",
    "one aspect": "compare the brakes of Tourer and Tandem",
    "counterpart": "what is the Tandem counterpart of Magura",
    "membership": "does the tourer use Magura",
    "not a member": "is Magura used with the racer",
    "premise": "why does the racer use Magura",
    "list": "list the bicycles",
    "row": "list the saddles",
    "count": "how many brakes does the tourer have",
    "flow": "steps of chain care",
    "next step": "what comes after rinse",
    "steps": "how do I mend a puncture",
    "sentence": "when does the workshop open",
    "forecast": "belt drives",
    "card": "Tandem",
    "several": "what is the saddle of the tandem and what is the frame of the racer",
    "polarity": "does the large have mudguards",
    "decline": "what is the price of the Racer",
    "off topic": "what is the capital of France",
    "small talk": "hello",
}


def as_saved(answer: Answer) -> dict[str, Any]:
    """As another program reads it: JSON there and back."""
    saved: dict[str, Any] = json.loads(json.dumps(answer.as_json()))
    return saved


@pytest.fixture
def saddle(bike: Assistant) -> dict[str, Any]:
    return as_saved(bike.ask(QUESTIONS["cell"]))


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_every_answer_holds_when_it_is_checked_against_the_files_alone(bike: Assistant, question: str) -> None:
    answer = bike.ask(question)
    checked = verify_answer(as_saved(answer), bike.kb)

    assert checked.holds
    assert checked.problems == checked.notes == ()
    assert bool(answer.certificate) == (answer.status in ("answered", "corrected"))


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_every_citation_is_a_marker_in_the_markdown_and_proved_by_an_atom(bike: Assistant, question: str) -> None:
    answer = bike.ask(question)

    for citation in answer.citations:
        assert f"[{citation.marker}]" in answer.markdown
        proofs = [a for a in answer.certificate if a.marker == citation.marker]
        assert proofs
        for atom in proofs:
            text = (bike.kb / citation.document).read_text(encoding="utf-8")
            assert atom.document == citation.document
            assert atom.start is not None
            assert text[atom.start : atom.end] == atom.quote
            assert citation.lines[0] <= text.count("\n", 0, atom.start) + 1 <= citation.lines[1]
            assert citation.quote in "\n".join(text.split("\n")[citation.lines[0] - 1 : citation.lines[1]])
    assert [c.marker for c in answer.citations] == list(range(1, len(answer.citations) + 1))


def test_an_answer_fails_once_the_cited_cell_says_something_else(saddle: dict[str, Any], editable: Path) -> None:
    file = editable / "bicycles.md"
    file.write_text(file.read_text().replace("| Brooks |", "| Selle3 |"))  # as long as before: only the cell itself tells

    checked = verify_answer(saddle, editable)

    assert not checked.holds
    assert "hold 'Selle3', not 'Brooks'" in checked.problems[0]


def test_an_answer_fails_once_the_label_beside_the_cited_cell_changes(saddle: dict[str, Any], editable: Path) -> None:
    file = editable / "bicycles.md"
    file.write_text(file.read_text().replace("**Saddle**", "**Pedals**"))

    assert not verify_answer(saddle, editable).holds


def test_an_answer_holds_with_a_note_after_a_change_it_does_not_cite(saddle: dict[str, Any], editable: Path) -> None:
    file = editable / "bicycles.md"
    file.write_text(file.read_text() + "\nAnother sentence.\n")

    checked = verify_answer(saddle, editable)

    assert checked.holds
    assert checked.notes == ("bicycles.md has changed since, but not where it is quoted",)


def test_a_change_in_another_file_is_not_even_noted(saddle: dict[str, Any], editable: Path) -> None:
    (editable / "workshop.md").write_text("# Nothing\n")

    assert verify_answer(saddle, editable).notes == ()


def test_an_answer_fails_once_a_line_is_put_in_above(saddle: dict[str, Any], editable: Path) -> None:
    file = editable / "bicycles.md"
    file.write_text("\n" + file.read_text())

    assert not verify_answer(saddle, editable).holds


def test_an_answer_fails_once_the_file_is_gone(saddle: dict[str, Any], editable: Path) -> None:
    (editable / "bicycles.md").unlink()

    checked = verify_answer(saddle, editable)

    assert not checked.holds
    assert "bicycles.md cannot be read" in checked.problems[0]


def test_a_document_outside_the_folder_is_never_read(saddle: dict[str, Any], editable: Path) -> None:
    secret = editable.parent / "secret.md"
    secret.write_text("Brooks")
    saddle["certificate"][0] |= {"document": "../secret.md", "start": 0, "end": 6}
    saddle["citations"][0] |= {"document": "../secret.md", "lines": [1, 1]}

    assert not verify_answer(saddle, editable).holds


Change = Callable[[dict[str, Any]], object]


def put(path: str, value: Callable[[Any], Any]) -> Change:
    """A change of one place of an answer, named by its path."""

    def run(answer: dict[str, Any]) -> None:
        *above, last = [int(p) if p.isdigit() else p for p in path.split(".")]
        place: Any = answer
        for step in above:
            place = place[step]
        place[last] = value(place[last])

    return run


CHANGES = {
    "a word added": put("text", lambda t: t + " Campagnolo"),
    "a word of the file that is not quoted": put("text", lambda t: t.replace("Brooks", "Fizik")),
    "a number added": put("text", lambda t: t + " 37"),
    "the quote": put("citations.0.quote", lambda q: "Shimano"),
    "the lines": put("citations.0.lines", lambda lines: [3, 3]),
    "lines the wrong way round": put("citations.0.lines", lambda lines: [17, 16]),
    "lines past the end": put("citations.0.lines", lambda lines: [17, 9999]),
    "the document": put("citations.0.document", lambda d: "workshop.md"),
    "no certificate": put("certificate", lambda atoms: []),
    "the span": put("certificate.0.start", lambda n: n + 1),
    "what the span holds": put("certificate.0.quote", lambda q: "Shimano"),
    "how the span reads": put("certificate.0.text", lambda t: "Shimano"),
    "an operation nobody knows": put("certificate.0.op", lambda op: "guess"),
    "a yes put before": put("text", lambda t: "Yes. " + t),
    "names changed about": put("text", lambda t: "Brooks – Saddle: Tandem"),
    "the Markdown": put("markdown", lambda t: t + " Campagnolo"),
    "the label of the cell": put("citations.0.cell", lambda c: {"row": "Brakes", "column": "Racer"}),
    "the section": put("citations.0.section", lambda s: ["Nonsense"]),
    "the quote, for another of its line": put("citations.0.quote", lambda q: "Fizik"),
    "a small number added": put("text", lambda t: t + " 1"),
    "what the question was read as": lambda a: (
        put("reading.question", lambda q: "Campagnolo")(a),
        put("text", lambda t: t + " Campagnolo")(a),
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_an_answer_that_was_changed_fails(saddle: dict[str, Any], bike: Assistant, change: Change) -> None:
    before = copy.deepcopy(saddle)
    change(saddle)

    assert saddle != before
    assert verify_answer(before, bike.kb).holds
    assert not verify_answer(saddle, bike.kb).holds


def test_a_count_names_the_quotes_it_counts(bike: Assistant) -> None:
    answer = as_saved(bike.ask(QUESTIONS["count"]))
    (count,) = [a for a in answer["certificate"] if a["op"] == "count"]

    assert count["text"] == "2"
    assert [answer["certificate"][i]["text"] for i in count["of"]] == ["Magura", "Avid"]


@pytest.mark.parametrize(
    "change",
    [{"text": "3"}, {"of": [0]}, {"of": [0, 99]}, {"of": [0, 2]}],
    ids=["the number", "too few", "a place that is not there", "itself"],
)
def test_a_count_that_does_not_add_up_fails(bike: Assistant, change: dict[str, Any]) -> None:
    answer = as_saved(bike.ask(QUESTIONS["count"]))
    answer["certificate"][-1] |= change

    assert not verify_answer(answer, bike.kb).holds


def test_a_count_of_the_same_quote_twice_fails(bike: Assistant) -> None:
    answer = as_saved(bike.ask(QUESTIONS["count"]))
    answer["certificate"][-1] |= {"of": [0, 0]}

    assert not verify_answer(answer, bike.kb).holds


@pytest.mark.parametrize("broken", [{}, {"certificate": []}, []], ids=["nothing", "parts missing", "no object"])
def test_what_is_no_answer_is_refused(bike: Assistant, broken: Any) -> None:
    with pytest.raises((KeyError, TypeError)):
        verify_answer(broken, bike.kb)


# ---------------------------------------------------------------- every kind of atom, made and then broken

# One question for each thing that is computed, with how often its atom stands in the certificate.
COMPUTED = {
    "count": ("how many papers does letterpress have", "count", 1),
    "union": ("all tools of letterpress", "union", 1),
    "comparison": ("do screenprint and risograph have the same main goal", "comparison", 1),
    "absence": ("which papers do letterpress and risograph share", "absence", 2),
    "order": ("what comes after expose", "order", 1),
    "whole order": ("what is the second step of screenprint", "order", 1),
}


@pytest.fixture
def prints(shop: Assistant, tmp_path: Path) -> Path:
    """A copy of the folder about printing that a test may change."""
    return Path(shutil.copytree(shop.kb, tmp_path / "printshop"))


def computed(answer: dict[str, Any], op: str) -> list[dict[str, Any]]:
    return [a for a in answer["certificate"] if a["op"] == op]


def quoted(answer: dict[str, Any], atom: dict[str, Any]) -> list[str]:
    return [answer["certificate"][i]["text"] for i in atom["of"]]


def signed_anew(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with an `answer_id` that matches what it says now: the hash alone gives nothing away."""
    parts = [answer[k] for k in ("status", "text", "markdown", "citations", "decline", "rule")]
    return answer | {"answer_id": digest(*parts)}


@pytest.mark.parametrize(("question", "op", "many"), COMPUTED.values(), ids=COMPUTED.keys())
def test_what_is_computed_is_in_the_certificate_and_rests_on_its_quotes(shop: Assistant, question: str, op: str, many: int) -> None:
    answer = as_saved(shop.ask(question))
    atoms = computed(answer, op)

    assert verify_answer(answer, shop.kb).holds
    assert len(atoms) == many
    assert all(answer["certificate"][i]["op"] == "quote" for a in atoms for i in a["of"])


@pytest.mark.parametrize(("question", "op", "many"), COMPUTED.values(), ids=COMPUTED.keys())
def test_each_quote_of_an_answer_fails_alone_when_its_place_in_the_file_changes(
    shop: Assistant, prints: Path, question: str, op: str, many: int
) -> None:
    answer = as_saved(shop.ask(question))
    for number, atom in enumerate(answer["certificate"]):
        if atom["op"] != "quote":
            continue
        file = prints / atom["document"]
        before = file.read_text(encoding="utf-8")
        file.write_text(before[: atom["start"]] + "#" * len(atom["quote"]) + before[atom["end"] :], encoding="utf-8")
        checked = verify_answer(answer, prints)
        file.write_text(before, encoding="utf-8")

        (problem,) = [p for p in checked.problems if p.startswith(f"atom {number}: ")]
        assert f"{atom['document']} characters {atom['start']}-{atom['end']}" in problem
        assert atom["quote"][:20] in problem
    assert verify_answer(answer, prints).holds


Break = Callable[[dict[str, Any]], object]

# What is claimed, the change of its atom, and the words by which the check says what is wrong.
BROKEN: dict[str, tuple[str, str, Break, str]] = {
    "a wrong count": ("count", "count", lambda a: a.update(text="3"), "counts 2 quotes but says 3"),
    "a count of none": ("count", "count", lambda a: a.update(text=None), "counts 2 quotes"),
    "a count of one quote twice": ("count", "count", lambda a: a.update(of=[a["of"][0]] * 2), "no quote of this answer"),
    "a count of an atom that is not there": ("count", "count", lambda a: a.update(of=[0, 999]), "no quote of this answer"),
    "a union that lacks a name": ("union", "union", lambda a: a.update(text=a["text"].replace("; Bishop", "")), "the union of"),
    "a union with a name too many": ("union", "union", lambda a: a.update(text=a["text"] + "; Trolley"), "the union of"),
    "a union of fewer lists": ("union", "union", lambda a: a.update(of=a["of"][:-1]), "the union of"),
    "an empty union": ("union", "union", lambda a: a.update(text=None), "the union of"),
    "a false difference": ("comparison", "comparison", lambda a: a.update(text="differs"), "says 'differs'"),
    "a comparison nobody knows": ("comparison", "comparison", lambda a: a.update(text="alike"), "says 'alike'"),
    "an absence of what is there": ("absence", "absence", lambda a: a.update(text="Munken"), "said to be absent but stands in"),
    "an absence in other case": ("absence", "absence", lambda a: a.update(text="mUNKEN"), "said to be absent but stands in"),
    "an absence of nothing": ("absence", "absence", lambda a: a.update(text=""), "nothing is said to be absent"),
    "an order the other way round": ("order", "order", lambda a: a.update(of=a["of"][::-1]), "do not stand in this order"),
    "a whole order with two steps swapped": (
        "whole order",
        "order",
        lambda a: a.update(of=[a["of"][1], a["of"][0], *a["of"][2:]]),
        "order",
    ),
    "an order of something that is no quote": ("order", "order", lambda a: a.update(of=[*a["of"], 998]), "no quote of this answer"),
}


@pytest.mark.parametrize(("name", "op", "change", "told"), BROKEN.values(), ids=BROKEN.keys())
def test_a_claim_that_its_quotes_do_not_bear_out_fails_and_is_named(shop: Assistant, name: str, op: str, change: Break, told: str) -> None:
    answer = as_saved(shop.ask(COMPUTED[name][0]))
    atom = computed(answer, op)[0]
    change(atom)
    checked = verify_answer(answer, shop.kb)

    assert not checked.holds
    assert f"atom {answer['certificate'].index(atom)}: " in checked.problems[0]
    assert told in checked.problems[0]


def test_things_that_differ_are_not_the_same(shop: Assistant) -> None:
    answer = as_saved(shop.ask("do letterpress and risograph have the same main goal"))
    (atom,) = computed(answer, "comparison")
    atom["text"] = "same"

    assert any("says 'same'" in p for p in verify_answer(answer, shop.kb).problems)


def test_steps_of_two_files_stand_in_no_order(shop: Assistant) -> None:
    answer = as_saved(shop.ask("what is a risograph? what comes after soak? what comes after expose?"))
    one, other = computed(answer, "order")
    one["of"] = [one["of"][0], other["of"][0]]

    assert any("do not stand in this order" in p for p in verify_answer(answer, shop.kb).problems)


@pytest.mark.parametrize("question", [q for q, _, _ in COMPUTED.values()], ids=COMPUTED.keys())
def test_a_word_that_nothing_accounts_for_fails_even_when_the_answer_is_signed_anew(shop: Assistant, question: str) -> None:
    answer = as_saved(shop.ask(question))
    forged = signed_anew(answer | {"text": answer["text"] + " Heliograv", "markdown": answer["markdown"] + " Heliograv"})

    assert verify_answer(signed_anew(answer), shop.kb).holds
    assert verify_answer(forged, shop.kb).problems == ("the word 'heliograv' is not accounted for",)


def test_a_number_that_nothing_counts_fails_even_when_the_answer_is_signed_anew(shop: Assistant) -> None:
    answer = as_saved(shop.ask(COMPUTED["count"][0]))
    forged = signed_anew(answer | {"text": answer["text"].replace("2", "7400")})

    assert verify_answer(forged, shop.kb).problems == ("the word '7400' is not accounted for",)


@pytest.mark.parametrize("said", [" and {} more", " {}", " {}.5", " {} of them."])
def test_a_number_that_numbers_no_list_is_accounted_for_by_a_count_alone(shop: Assistant, said: str) -> None:
    answer = as_saved(shop.ask("how do I book a press"))
    some = len(answer["certificate"])  # small enough to be the number of a line
    answer["text"] += said.format(some)

    assert verify_answer(signed_anew(answer), shop.kb).problems[0] == f"the word '{some}' is not accounted for"


def test_what_is_left_untold_of_everything_about_a_name_is_counted(sheet: Callable[[str], Assistant]) -> None:
    rows = "".join(f"| Boat{i}x | Hammer, Saw{i}, Rope{i} |\n" for i in range(80))
    kb = sheet(f"# Crew\n\n| Boat | Tools |\n|---|---|\n{rows}")

    answer = kb.ask("everything about Hammer")

    assert verify_answer(answer.as_json(), kb.kb).problems == ()
    assert answer.text.endswith("and 64 more")
    assert [a.text for a in answer.certificate if a.op == "count"] == ["64"]


def test_a_citation_that_no_atom_proves_fails_even_when_the_answer_is_signed_anew(shop: Assistant) -> None:
    answer = as_saved(shop.ask("papers of letterpress"))
    added = answer["citations"][0] | {"marker": 2, "lines": [1, 1], "quote": "Techniques"}
    forged = signed_anew(answer | {"citations": [*answer["citations"], added]})

    assert "citation [2] is not proved by any atom" in verify_answer(forged, shop.kb).problems


NUMBERS = {
    "largest": "which plan has the most storage",
    "sorted": "sort the tents by weight",
    "range": "which tents weigh more than 5 kg",
    "none": "which tents cost more than 1000 euros",
}


@pytest.mark.parametrize("question", NUMBERS.values(), ids=NUMBERS.keys())
def test_an_order_of_numbers_rests_on_every_cell_compared(measures: Assistant, question: str) -> None:
    answer = as_saved(measures.ask(question))
    orders = computed(answer, "order")

    assert verify_answer(answer, measures.kb).holds
    assert orders
    assert all(len(a["of"]) > 4 for a in orders)  # the header, and each row of five


@pytest.mark.parametrize("question", NUMBERS.values(), ids=NUMBERS.keys())
def test_an_order_of_numbers_with_its_cells_turned_about_fails(measures: Assistant, question: str) -> None:
    answer = as_saved(measures.ask(question))
    atom = computed(answer, "order")[0]
    atom["of"] = [atom["of"][0], *atom["of"][:0:-1]]
    checked = verify_answer(answer, measures.kb)

    assert not checked.holds
    assert f"atom {answer['certificate'].index(atom)}: " in checked.problems[0]


# ---------------------------------------------------------------- whose a value is

FLEET = """# Fleet

| Boat | Captain | Length | Harbour |
|---|---|---|---|
| Swift | Ann Lee | 5 m | Kiel |
| Slow | Tom Ray | | Kiel |
| Mid | Bob Roe | 12 m | Kiel |
| Gale | Cid Fox | 9 m | Bergen |
"""
MERGED = """# Fleet

<table>
<thead><tr><th>No</th><th>Boat</th><th>Length</th><th>Harbour</th></tr></thead>
<tbody>
<tr>
  <td>1</td>
  <td><b>Swift</b></td>
  <td>5 m</td>
  <td>Kiel</td>
</tr>
<tr>
  <td>2</td>
  <td rowspan="2">Slow</td>
  <td>7 m</td>
  <td>Kiel</td>
</tr>
<tr>
  <td>3</td>
  <td>8 m</td>
  <td>Kiel</td>
</tr>
<tr>
  <td>4</td>
  <td>Gale</td>
  <td rowspan="2">9 m</td>
  <td>Kiel</td>
</tr>
<tr>
  <td>5</td>
  <td>Mid</td>
  <td>Kiel</td>
</tr>
</tbody>
</table>
"""
Sheet = Callable[[str], Assistant]


def told_of(answer: dict[str, Any], old: str, new: str, text: str) -> dict[str, Any]:
    """The answer with one name for another wherever it is printed, its place in the file with it, and signed anew."""
    for atom in answer["certificate"]:
        if atom["op"] == "quote" and atom["text"] == old and atom["marker"] is None:
            start = text.index(new)
            atom |= {"text": new, "quote": new, "start": start, "end": start + len(new)}
    return signed_anew(answer | {k: answer[k].replace(old, new) for k in ("text", "markdown")})


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        (FLEET, {("Swift", "5 m"), ("Mid", "12 m")}),
        (MERGED, {("Swift", "5 m"), ("Slow", "7 m"), ("2", "7 m"), ("Slow", "8 m"), ("3", "8 m"), ("Gale", "9 m"), ("Mid", "9 m")}),
    ],
    ids=["pipes", "merged cells"],
)
def test_every_name_told_beside_a_value_is_claimed_to_be_of_its_row(sheet: Sheet, text: str, pairs: set[tuple[str, str]]) -> None:
    kb = sheet(text)
    answer = as_saved(kb.ask("length of the boats in Kiel"))

    assert verify_answer(answer, kb.kb).holds
    assert {tuple(quoted(answer, a)) for a in computed(answer, "beside")} == pairs


ACROSS = """# Rigs

<table>
<tr><th>Aspect</th><th>Gig</th><th>Yawl</th></tr>
<tr><td>Sails</td>
  <td colspan="2">Jib, Genoa</td></tr>
<tr><td>Crew</td>
  <td>four</td>
  <td>two</td></tr>
</table>
"""


@pytest.mark.parametrize("question", ["Gig vs Yawl", "list the sails", "sails of the Yawl", "what do Gig and Yawl have in common", "Yawl"])
def test_a_cell_merged_across_columns_is_of_each_of_them(sheet: Sheet, question: str) -> None:
    kb = sheet(ACROSS)
    answer = kb.ask(question)

    assert verify_answer(answer.as_json(), kb.kb).holds
    assert "Jib" in answer.text


@pytest.mark.parametrize(("text", "other"), [(FLEET, "Slow"), (FLEET, "Gale"), (MERGED, "Slow"), (MERGED, "Gale")])
def test_a_value_told_of_another_row_fails_even_when_the_answer_is_signed_anew(sheet: Sheet, text: str, other: str) -> None:
    kb = sheet(text)
    answer = as_saved(kb.ask("length of the boats in Kiel"))

    forged = told_of(answer, "Swift", other, text)

    (problem,) = verify_answer(forged, kb.kb).problems
    assert f"'{other}' is told beside '5 m' but stands in another row" in problem


def test_an_answer_that_takes_a_name_from_another_row_is_not_given(sheet: Sheet, monkeypatch: pytest.MonkeyPatch) -> None:
    kb = sheet(FLEET)
    monkeypatch.setattr(Grid, "beside", lambda grid, fact, column: grid.cells.get((fact.row - 1 if fact.row else 1, column)))

    assert kb.ask("length of the boats in Kiel").rule == "proof-failed"
