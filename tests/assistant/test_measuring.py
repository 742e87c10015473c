"""Questions answered from numeric rows and columns: the cases of `data/measures.toml`, and what makes an answer fall."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant import Answer, Assistant, Conversation
from assistant.certificate import verify_answer

FOLDERS = ("measures", "workbench")


def cases(*, answered: bool) -> list[Any]:
    """The cases of every folder that are to be answered, or to be declined."""
    found: list[Any] = []
    for folder in FOLDERS:
        read = tomllib.loads((Path(__file__).parent / "data" / f"{folder}.toml").read_text(encoding="utf-8"))["case"]
        mine = [c for c in read if answered is bool(c.keys() & {"says", "order"})]
        found.extend(pytest.param(folder, c, id=f"{folder}: {c['ask']}") for c in mine)
    return found


Open = Callable[..., Assistant]


def test_the_scoreboard_is_long_enough_and_asks_much_that_is_not_there() -> None:
    assert len(cases(answered=True)) >= 100
    assert len(cases(answered=False)) >= 40


def asked(assistant: Assistant, question: str) -> Answer:
    """The answer, without the suggestions beside it, each of which would have to be asked first."""
    return assistant.explain(question, suggest=False)[0]


def fault(case: dict[str, Any], answer: Answer, kb: Path) -> str:
    """What is wrong with the answer to a case; empty when nothing is."""
    if answer.status != "answered":
        return f"{answer.status}: {answer.text}"
    problems = [f"does not say {s!r}" for s in case.get("says", ()) if s not in answer.text]
    problems += [f"says {s!r}" for s in case.get("not", ()) if s in answer.text]
    places = [answer.text.find(s) for s in case.get("order", ())]
    if -1 in places or places != sorted(places):
        problems.append("is in another order")
    cited = {f"{c.cell.row} / {c.cell.column}" for c in answer.citations if c.cell}
    problems += [f"does not cite {c}" for c in case.get("cites", ()) if c not in cited]
    problems += verify_answer(answer.as_json(), kb).problems
    return f"{answer.text}: {problems}" if problems else ""


@pytest.mark.parametrize(("folder", "case"), cases(answered=True))
def test_a_question_about_numbers_is_answered_from_its_cells_and_proved(
    request: pytest.FixtureRequest, folder: str, case: dict[str, Any]
) -> None:
    kb: Assistant = request.getfixturevalue(folder)

    assert fault(case, asked(kb, case["ask"]), kb.kb) == ""


@pytest.mark.parametrize(("folder", "case"), cases(answered=False))
def test_a_number_that_is_not_there_is_not_replaced_by_another(request: pytest.FixtureRequest, folder: str, case: dict[str, Any]) -> None:
    answer = asked(request.getfixturevalue(folder), case["ask"])

    assert (answer.status, answer.citations) == ("declined", ())


# ---------------------------------------------------------------- typed otherwise

TYPED: dict[str, Callable[[str], str]] = {
    "blanks doubled": lambda q: q.replace(" ", "  "),
    "blanks that do not break": lambda q: q.replace(" ", "\u00a0"),
    "line by line": lambda q: q.replace(" ", "\n"),
    "in capitals": str.upper,
}


@pytest.mark.parametrize("typed", TYPED.values(), ids=TYPED.keys())
@pytest.mark.parametrize(("folder", "case"), cases(answered=True))
def test_a_question_about_numbers_gets_the_same_answer_however_it_is_typed(
    request: pytest.FixtureRequest, folder: str, case: dict[str, Any], typed: Callable[[str], str]
) -> None:
    kb: Assistant = request.getfixturevalue(folder)

    assert asked(kb, typed(case["ask"])).text == asked(kb, case["ask"]).text


@pytest.mark.parametrize("amount", ["5 <b>kg</b>", "5 kgs", "5 kilogrms", "5\tkg"])
def test_a_quantity_in_markup_or_misspelt_is_proved_by_the_question_as_it_was_read(measures: Assistant, amount: str) -> None:
    answer = asked(measures, f"Which tents weigh more than {amount}?")

    assert fault({"says": ["Osprey", "5.1 kg"]}, answer, measures.kb) == ""


def test_a_claim_about_a_quantity_that_was_never_asked_is_found_out(measures: Assistant) -> None:
    answer = saved(asked(measures, "Which tents weigh more than 5 kg?"))
    answer["question"] = answer["reading"]["question"] = "Which tents weigh more than 5.0 kg?"

    assert any("'5 kg' is not what was asked" in p for p in verify_answer(answer, measures.kb).problems)


# ---------------------------------------------------------------- proof


def saved(answer: Answer) -> dict[str, Any]:
    data: dict[str, Any] = answer.as_json()
    assert [a["op"] for a in data["certificate"]].count("order") >= 1
    return data


def kb_with(measures: Assistant, target: Path, old: str, new: str) -> Path:
    """A copy of the folder with one cell changed to a text of the same length."""
    assert len(old) == len(new)
    target.mkdir()
    for path in measures.kb.iterdir():
        (target / path.name).write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    return target


def test_an_answer_falls_when_a_cell_that_is_not_even_shown_is_changed(measures: Assistant, tmp_path: Path) -> None:
    answer = saved(asked(measures, "Which tent is the lightest?"))
    assert "9.8 kg" not in answer["text"]

    problems = verify_answer(answer, kb_with(measures, tmp_path / "kb", "| 9.8 kg", "| 0.8 kg")).problems

    assert any("0.8 kg" in p for p in problems)


@pytest.mark.parametrize(
    ("question", "old", "new"),
    [
        ("Which tent is the lightest?", "head 1 of 5", "head 2 of 5"),
        ("Which tent is the lightest?", "ascending", "descending"),
        ("Which tents weigh more than 5 kg?", "first 3 of 5", "first 2 of 5"),
        ("Which tents weigh more than 5 kg?", "'5 kg'", "'9 kg'"),
        ("cheapest plan with phone support", "'phone support'", "'mail support'"),
    ],
)
def test_a_claim_that_was_tampered_with_is_found_out(measures: Assistant, question: str, old: str, new: str) -> None:
    answer = saved(asked(measures, question))
    changed = [a for a in answer["certificate"] if a["op"] == "order" and old in a["text"]]
    assert changed

    for atom in changed:
        atom["text"] = atom["text"].replace(old, new)

    assert verify_answer(answer, measures.kb).problems != ()


def test_a_cell_left_out_of_the_claim_changes_how_many_were_compared(measures: Assistant) -> None:
    answer = saved(asked(measures, "Which tent is the lightest?"))
    (order,) = (a for a in answer["certificate"] if a["op"] == "order")

    order["of"] = order["of"][:-1]

    assert verify_answer(answer, measures.kb).problems != ()


def test_every_cell_compared_is_in_the_certificate_and_only_what_is_said_is_cited(measures: Assistant) -> None:
    answer = asked(measures, "Which tent is the lightest?")

    quoted = {a.text for a in answer.certificate if a.op == "quote"}
    assert {"980 g", "2.4 kg", "5.1 kg", "9.8 kg", "14 kg"} <= quoted
    assert [c.quote for c in answer.citations] == ["980 g"]


# ---------------------------------------------------------------- forms of tables


def table(header: str, *rows: str) -> str:
    columns = header.count("|") - 1
    return "\n".join([header, "|" + "---|" * columns, *rows, ""])


def test_tables_of_one_make_are_read_as_one(open_kb: Open, tmp_path: Path) -> None:
    kb = tmp_path / "kb"
    kb.mkdir()
    small = table("| Boat | Length | Berths |", "| Gull | 6 m | 2 |", "| Tern | 7.5 m | 4 |")
    large = table("| Boat | Length | Berths |", "| Whale | 40 ft | 8 |", "| Orca | 11 m | 6 |")
    (kb / "boats.md").write_text(f"# Boats\n\n## Small boats\n\n{small}\n## Large boats\n\n{large}", encoding="utf-8")
    boats = open_kb(kb)

    assert "Whale" in asked(boats, "which boat is the longest").text
    assert "(highest of 4 compared)" in asked(boats, "which boat is the longest").text
    assert "Tern" in asked(boats, "which small boat is the longest").text
    assert {c.quote for c in asked(boats, "which boats have more than 3 berths").citations} == {"4", "6", "8"}


def test_a_sibling_in_another_currency_leaves_no_cheapest(open_kb: Open, tmp_path: Path) -> None:
    kb = tmp_path / "kb"
    kb.mkdir()
    here = table("| Boat | Price |", "| Gull | €900 |", "| Tern | €800 |")
    there = table("| Boat | Price |", "| Whale | $700 |", "| Orca | $950 |")
    (kb / "boats.md").write_text(f"# Boats\n\n## Here\n\n{here}\n## There\n\n{there}", encoding="utf-8")

    assert asked(open_kb(kb), "which boat is the cheapest").status == "declined"


def test_a_merged_cell_is_never_counted_twice(open_kb: Open, tmp_path: Path) -> None:
    kb = tmp_path / "kb"
    kb.mkdir()
    rows = ["<th>Mast</th><th>Height</th>", "<td>Fore</td><td rowspan=2>9 m</td>", "<td>Aft</td>", "<td>Main</td><td>12 m</td>"]
    (kb / "masts.md").write_text(f"# Masts\n\n<table>{''.join(f'<tr>{r}</tr>' for r in rows)}</table>\n", encoding="utf-8")

    assert "3" not in asked(open_kb(kb), "how many masts are lower than 10 m").text


def test_ties_are_named_all_and_places_that_are_shared_have_no_second(open_kb: Open, tmp_path: Path) -> None:
    kb = tmp_path / "kb"
    kb.mkdir()
    anchors = table("| Anchor | Weight |", "| Plough | 9 kg |", "| Claw | 9000 g |", "| Stock | 12 kg |")
    (kb / "anchors.md").write_text(f"# Anchors\n\n{anchors}", encoding="utf-8")
    opened = open_kb(kb)

    assert [c.quote for c in asked(opened, "which anchor is the lightest").citations] == ["9 kg", "9000 g"]
    assert asked(opened, "which anchor is the second lightest").status == "declined"


def test_an_answer_follows_when_rows_are_moved(measures: Assistant, open_kb: Open, tmp_path: Path) -> None:
    kb = tmp_path / "kb"
    kb.mkdir()
    text = (measures.kb / "tents.md").read_text(encoding="utf-8")
    wren = next(line for line in text.splitlines() if line.startswith("| Wren"))
    osprey = next(line for line in text.splitlines() if line.startswith("| Osprey"))
    swapped = text.replace(wren, "@").replace(osprey, wren).replace("@", osprey)
    (kb / "tents.md").write_text(swapped, encoding="utf-8")

    for question in ("Which tent is the lightest?", "Sort the tents by weight", "which tents cost less than 300"):
        assert asked(open_kb(kb), question).text == asked(measures, question).text


# ---------------------------------------------------------------- follow-ups


@pytest.mark.parametrize(
    ("first", "then", "says"),
    [
        ("which tent is the lightest?", "and the heaviest?", "Osprey – Weight: 14 kg"),
        ("which tent is the lightest?", "and the cheapest?", "Wren – Price: €240"),
        ("which region has the lowest latency", "the highest?", "Quito – Median latency: 0.11 s"),
        ("which plans cost less than 50 dollars", "and less than 8?", "Seed – Monthly price: free (1 of 4 compared)"),
        ("which tent is the heaviest?", "and under 6 kg?", "Bittern – Weight: 5.1 kg"),
        ("which tents cost less than 300", "the second one", "Wren"),
    ],
)
def test_another_extreme_or_quantity_goes_on_with_the_question(measures: Assistant, first: str, then: str, says: str) -> None:
    talk = Conversation()
    measures.ask(first, talk)

    answer = measures.ask(then, talk)

    assert says in answer.text
    assert answer.reading.kept != ()


@pytest.mark.model
def test_a_column_is_found_by_what_its_header_means(open_kb: Open, measures: Assistant) -> None:
    real = open_kb(measures.kb)

    assert "Jungle – Storage: 10 TB" in asked(real, "which plan has the most disk space").text
    assert "Traffic: unlimited" in asked(real, "which plan has the highest bandwidth").text
    assert (
        "“disk space” is not in this knowledge base; the nearest is “Storage”" in asked(real, "which plan has the most disk space").markdown
    )
    assert asked(real, "which plan has the fastest processor").status == "declined"
