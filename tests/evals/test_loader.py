from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from evals.loader import CasesInvalid, Fault, load_suite, parse_reference
from evals.models import FrameExpectation, Reference, Suite

Load = Callable[..., Suite]
Write = Callable[..., Path]

PLAIN = """\
document = "colours.md"
kind = "cell"
tags = ["colour"]

[[case]]
id = "red"
question = "Is red warm?"
must = "yes"
any = ["warm", "hot"]
cite_any = ["#Colours@Red×Warm", "other.md#Top"]
tags = ["table"]
tier = "must"
"""


def faults(folder: Path) -> list[str]:
    with pytest.raises(CasesInvalid) as raised:
        load_suite(folder)
    return [str(fault) for fault in raised.value.faults]


def test_a_plain_case_becomes_one_turn_with_the_defaults_of_its_file(load: Load) -> None:
    (case,) = load(colours=PLAIN).cases

    assert (case.id, case.kind, case.tier, case.tags) == ("red", "cell", "must", ("colour", "table"))
    assert (case.file, case.line) == ("colours.toml", 5)
    (turn,) = case.turns
    assert turn.question == "Is red warm?"
    assert turn.expect.status == ("answered",)
    assert turn.expect.must == ("yes",)  # a lone text is a list of one
    assert turn.expect.any == (("warm", "hot"),)  # a flat list is one group
    assert turn.expect.cite_any == (
        Reference(document="colours.md", heading="Colours", row="Red", column="Warm"),
        Reference(document="other.md", heading="Top"),
    )


def test_turns_keep_their_order_and_each_its_own_expectation(load: Load) -> None:
    suite = load(
        talk="""
[[case]]
id = "talk"
kind = "dialogue"
[[case.turns]]
question = "Is red warm?"
must = ["yes"]
[[case.turns]]
question = "who won?"
decline = ["off_topic", "unclear"]
"""
    )

    first, second = suite.cases[0].turns
    assert (first.question, first.expect.refuses) == ("Is red warm?", False)
    assert (second.expect.status, second.expect.decline, second.expect.refuses) == (("declined",), ("off_topic", "unclear"), True)


def test_turns_may_be_written_in_one_list(load: Load) -> None:
    suite = load(
        talk='[[case]]\nid = "t"\nkind = "dialogue"\nturns = [{question = "a", must = ["x"]}, {question = "b", status = "smalltalk"}]\n'
    )

    assert [turn.question for turn in suite.cases[0].turns] == ["a", "b"]


def test_the_document_of_the_suite_file_is_the_default(write_cases: Write) -> None:
    folder = write_cases(
        suite='document = "all.md"\nmin_unanswerable = 0.25\n[floors]\nright = 0.9\n',
        a='[[case]]\nid = "a"\nkind = "x"\nquestion = "q"\ncite_any = "#Top"\n',
    )

    suite = load_suite(folder)

    assert suite.cases[0].turns[0].expect.cite_any == (Reference(document="all.md", heading="Top"),)
    assert (suite.floors, suite.min_unanswerable) == ({"right": 0.9}, 0.25)


def test_every_fault_of_every_file_comes_at_once_with_its_line(write_cases: Write) -> None:
    folder = write_cases(
        a="""\
[[case]]
id = "one"
kind = "cell"
question = "q"
musst = ["x"]
status = "answerd"

[[case]]
id = "two"
kind = "cell"
question = "q"
must = ["/(/"]
""",
        b="""\
[[case]]
id = "three"
kind = "talk"
[[case.turns]]
question = "q"
[[case.turns]]
question = "r"
cite_any = ["#Nowhere"]
mustnot = ["x"]
""",
        c="[[case]\n",
    )

    found = faults(folder)

    assert found == [
        "a.toml:5: unknown key 'musst' in case 'one'; did you mean 'must'?",
        (
            "a.toml:6: case 'one': status: Input should be 'answered', 'corrected', 'clarify', 'declined', "
            "'smalltalk' or 'invalid', not 'answerd'"
        ),
        "a.toml:12: case 'two': must: /(/ is not a regular expression (missing ), unterminated subpattern at position 0)",
        "b.toml:8: case 'three': '#Nowhere' names no file; write 'file.md#Nowhere', or set document = \"file.md\" at the top",
        "b.toml:9: unknown key 'mustnot' in turn 2 of case 'three'; did you mean 'must_not'?",
        *[line for line in found if line.startswith("c.toml:1: not valid TOML")],
    ]
    assert len(found) == 6


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[[case]]\nid = "a"\nkind = "x"\n', "a.toml:1: case 'a' has no question"),
        ('[[case]]\nid = "a"\nquestion = "q"\n', "a.toml:1: case 'a': kind: Input should be a valid string, not None"),
        ('[[case]]\nid = "A b"\nkind = "x"\nquestion = "q"\n', "a.toml:2: case 'A b': id: String should match pattern"),
        ('[[case]]\nid = "a"\nkind = "x"\nquestion = "q"\nturns = []\n', "a.toml:4: case 'a' has both a question and turns"),
        ('[[case]]\nid = "a"\nkind = "x"\nquestion = "q"\ndecline = "nope"\n', "a.toml:5: case 'a': decline: Input should be 'off_topic'"),
        ('[[case]]\nid = "a"\nkind = "x"\nquestion = "q"\nstatus = "answered"\ndecline = "off_topic"\n', "decline is only for status"),
        ('[[case]]\nid = "a"\nkind = "x"\nquestion = "q"\nstatus = "smalltalk"\ncite_any = "f.md"\n', "only an answer cites"),
        ('[[case]]\nid = "a"\nkind = "x"\nquestion = "q"\ncite_any = "f.md#H@Row"\n', "a cell is written @Row×Column"),
        ('[[case]]\nid = "a"\nkind = "x"\nquestion = "q"\nmust = [3]\n', "a.toml:5: case 'a': must: 3 is not a text"),
        ('titel = "x"\n[[case]]\nid = "a"\nkind = "x"\nquestion = "q"\n', "a.toml:1: unknown key 'titel' in the file"),
        ('case = 3\n', "a.toml:1: write each case as [[case]]"),
    ],
)  # fmt: skip
def test_a_fault_says_what_is_wrong(write_cases: Write, text: str, expected: str) -> None:
    assert any(expected in fault for fault in faults(write_cases(a=text)))


def test_an_id_may_be_used_once_in_the_whole_folder(write_cases: Write) -> None:
    case = '[[case]]\nid = "same"\nkind = "x"\nquestion = "q"\n'

    assert faults(write_cases(a=case, b=case)) == ["b.toml:1: case 'same' is already in a.toml:1"]


def test_a_header_inside_a_long_text_is_no_case(write_cases: Write) -> None:
    folder = write_cases(
        a='[[case]]\nid = "a"\nkind = "x"\nquestion = "q"\nwhy = """\n[[case]]\n"""\n\n[[case]]\nid = "b"\nkind = "x"\nqestion = "q"\n'
    )

    assert "a.toml:12: unknown key 'qestion' in case 'b'; did you mean 'question'?" in faults(folder)


def test_floors_that_do_not_exist_or_are_no_shares_are_faults(write_cases: Write) -> None:
    folder = write_cases(suite='[floors]\nrigth = 0.9\nsound = 2\n', a='[[case]]\nid = "a"\nkind = "x"\nquestion = "q"\n')  # fmt: skip

    assert faults(folder) == [
        "suite.toml:2: unknown key 'rigth' in [floors]; did you mean 'right'?",
        "suite.toml:3: floor sound is a share from 0 to 1, not 2",
    ]


def test_a_folder_without_cases_and_a_missing_folder_are_said_so(tmp_path: Path) -> None:
    assert "holds no case" in faults(tmp_path)[0]
    assert "is not a folder" in faults(tmp_path / "none")[0]


def test_a_file_that_is_not_utf8_is_a_fault_and_not_a_traceback(write_cases: Write) -> None:
    folder = write_cases()
    (folder / "bad.toml").write_bytes(b"\xff\xfe")

    assert faults(folder)[0].startswith("bad.toml: cannot be read")


def test_the_hash_of_a_suite_follows_what_is_asked_and_not_where_or_why(load: Load, write_cases: Write) -> None:
    before = load(a=PLAIN).hash

    assert load(a=PLAIN.replace('tags = ["table"]', 'why = "because"')).hash == before
    assert load(a=PLAIN.replace("Is red warm?", "is red warm?")).hash != before


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("f.md", Reference(document="f.md")),
        ("d/f.md#A B", Reference(document="d/f.md", heading="A B")),
        ("#A", Reference(document="default.md", heading="A")),
        ("f.md#A@R 1×*", Reference(document="f.md", heading="A", row="R 1")),
        ({"document": "f.md", "heading": "a@b", "row": "x×y"}, Reference(document="f.md", heading="a@b", row="x×y")),
    ],
)
def test_a_place_is_read_as_a_person_writes_it(written: object, expected: Reference) -> None:
    assert parse_reference(written, "default.md") == expected


def test_faults_sort_by_file_and_line() -> None:
    faults_given = [Fault("b", 1, "x"), Fault("a", 10, "x"), Fault("a", 2, "x")]

    assert [str(fault) for fault in sorted(faults_given)] == ["a:2: x", "a:10: x", "b:1: x"]


def write_aside(folder: Path, text: str) -> None:
    (folder / "aside").mkdir()
    (folder / "aside" / "a.toml").write_text(text, encoding="utf-8")


def test_cases_in_the_folder_aside_are_loaded_too_and_marked(write_cases: Write) -> None:
    folder = write_cases(suite='document = "colours.md"\n', a=PLAIN)
    before = load_suite(folder)
    write_aside(folder, '[[case]]\nid = "blue"\nkind = "cell"\nquestion = "Is blue warm?"\nmust = "no"\ncite_any = "#Colours"\n')

    suite = load_suite(folder)

    assert [(case.id, case.aside, case.file) for case in suite.cases] == [("red", False, "a.toml"), ("blue", True, "aside/a.toml")]
    assert suite.cases[1].turns[0].expect.cite_any == (Reference(document="colours.md", heading="Colours"),)
    assert suite.hash != before.hash


def test_an_id_may_be_used_once_whether_seen_or_put_aside(write_cases: Write) -> None:
    case = '[[case]]\nid = "same"\nkind = "x"\nquestion = "q"\n'
    folder = write_cases(a=case)
    write_aside(folder, case)

    assert faults(folder) == ["aside/a.toml:1: case 'same' is already in a.toml:1"]


def test_a_suite_may_name_the_folder_it_is_about(write_cases: Write) -> None:
    folder = write_cases(suite='knowledge = "../docs"\n', a='[[case]]\nid = "a"\nkind = "x"\nquestion = "q"\n')

    assert faults(folder) == ["suite.toml:1: knowledge is a folder of Markdown, seen from this file, not '../docs'"]

    (folder.parent / "docs").mkdir()

    assert load_suite(folder).knowledge == folder.parent / "docs"


def test_a_frame_is_a_table_of_lone_texts_or_lists(load: Load) -> None:
    suite = load(a=PLAIN + 'frame = { kind = "list", mentions = ["Red", "Warm"], kept = true }\n')

    frame = FrameExpectation(kind=("list",), mentions=("Red", "Warm"), kept=True)
    assert suite.cases[0].turns[0].expect.frame == frame


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        ('{ mention = "Red" }', "a.toml:13: case 'red': unknown key 'mention' in a frame; did you mean 'mentions'?"),
        ('"Red"', "a.toml:13: case 'red': frame is a table such as { mentions = [\"…\"], kept = true }, not 'Red'"),
        ('{ kept = "Red" }', "a.toml:13: case 'red': kept: Input should be a valid boolean, unable to interpret input, not 'Red'"),
    ],
    ids=["unknown key", "not a table", "wrong value"],
)
def test_a_faulty_frame_is_a_fault_with_its_line(write_cases: Write, frame: str, expected: str) -> None:
    assert faults(write_cases(a=f"{PLAIN}frame = {frame}\n")) == [expected]


def test_a_case_without_a_frame_keeps_the_hash_it_had_before_there_were_frames(load: Load) -> None:
    plain, framed = load(a=PLAIN).cases[0], load(a=PLAIN + "frame = { kept = false }\n").cases[0]

    written = '{"expect": {"any": [["warm", "hot"]], "cite_all": [], "cite_any": ['
    written += '{"column": "Warm", "document": "colours.md", "heading": "Colours", "row": "Red"}, '
    written += '{"column": null, "document": "other.md", "heading": "Top", "row": null}], "decline": [], '
    written += '"must": ["yes"], "must_not": [], "status": ["answered"]}, "question": "Is red warm?"}'
    assert plain.hash == hashlib.sha256(f"[{written}]".encode()).hexdigest()[:16]
    assert framed.hash != plain.hash
