"""The commands with a small assistant in place of the real one: what goes where, and how each ends."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import KnowledgeBaseEmpty, UsageError
from tests.ui.fake import FakeAssistant, FakeTalk
from ui import cli

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def small_assistant(fake: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "open_assistant", lambda settings, progress=None, tell=None: fake)


def ask(*argv: str) -> int:
    return cli.main(["ask", *argv])


def type_in(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_an_answer_goes_to_standard_output_and_nothing_to_standard_error(capsys: pytest.CaptureFixture[str], fake: Any) -> None:
    assert ask("what colour is the sky") == 0
    assert capsys.readouterr() == ("Blue. [1]\n\nSources:\n  [1] colours.md:5  Colours\n", "")
    assert fake.closed


def test_a_question_may_be_typed_without_quotation_marks(fake: Any) -> None:
    ask("what", "colour", "is", "grass")
    assert fake.asked == ["what colour is grass"]


def test_a_dash_reads_the_question_from_standard_input(monkeypatch: pytest.MonkeyPatch, fake: Any) -> None:
    type_in(monkeypatch, "the sky é\r\n".encode())
    assert ask("-") == 0
    assert fake.asked == ["the sky é"]


def test_bytes_that_are_not_utf_8_are_replaced_in_a_question(monkeypatch: pytest.MonkeyPatch, fake: Any) -> None:
    type_in(monkeypatch, b"the sky \xff")
    ask("-")
    ask("the sky \udcff")
    assert fake.asked == ["the sky \ufffd", "the sky \ufffd"]


def test_json_is_the_answer_as_one_object_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("--json", "sky") == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert json.loads(out)["citations"][0]["lines"] == [5, 5]


def test_explain_adds_how_it_was_answered_and_as_json_a_trace(capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("--explain", "sky") == 0
    assert "\n\nHow this was answered:\n  status  answered, high confidence\n" in capsys.readouterr().out
    assert ask("--explain", "--json", "sky") == 0
    assert list(json.loads(capsys.readouterr().out)) == ["answer", "trace"]


def test_not_adds_why_a_section_did_not_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("--explain", "--not", "Shades", "sky") == 0
    assert "\n\nWhy this section did not answer:\n  asked     sky\n" in capsys.readouterr().out
    assert ask("--explain", "--not", "Shades", "--json", "sky") == 0
    printed = json.loads(capsys.readouterr().out)
    assert list(printed) == ["answer", "trace", "why_not"]
    assert printed["why_not"]["section"]["section"] == ["Colours", "Shades"]


def test_a_section_that_is_not_there_is_wrong_usage_and_nothing_is_answered(capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("--explain", "--not", "Shapes", "sky") == 2
    assert capsys.readouterr() == ("", "whichops: There is no section 'Shapes'. The nearest: colours.md#Shades.\n")


def test_a_no_ends_with_0_and_with_3_where_that_is_asked_for() -> None:
    assert ask("the sea") == 0
    assert ask("--fail-on-decline", "the sea") == 3
    assert ask("--fail-on-decline", "the sky") == 0


def test_what_is_no_question_is_told_on_standard_error_and_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("") == 2
    assert capsys.readouterr() == ("", "whichops: Ask something.\n")
    assert ask("--json", "") == 2
    assert json.loads(capsys.readouterr().out)["status"] == "invalid"


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["ask"], "No question."),
        (["ask", "--batch", "x.jsonl", "sky"], "Give a question or --batch FILE, not both."),
        (["ask", "--batch", "no/such/file.jsonl"], "no/such/file.jsonl cannot be read (No such file or directory)."),
        (["ask", "--explain", "--markdown", "sky"], "--markdown prints the answer alone"),
        (["ask", "--batch", "x.jsonl", "--plain"], "--batch prints JSON lines"),
        (["ask", "--json", "--plain", "sky"], "not allowed with argument"),
        (["ask", "--jsonl", "--explain", "--not", "Shades", "-"], "--not SECTION explains one question"),
        (["completion", "tcsh"], "invalid choice: 'tcsh'"),
        (["ask", "--not", "Shades", "sky"], "--not SECTION explains one question: give it with --explain, and without --batch."),
        (["ask", "--kb", "", "sky"], "--kb names no folder."),
        (["frobnicate"], "there is no command 'frobnicate'; to ask a question, say `whichops ask \"frobnicate\"`. See `whichops"),
        (["setings"], "there is no command 'setings'; the nearest is 'settings'. See `whichops --help`."),
        (["ask", "--no-such-option"], "unrecognized arguments: --no-such-option. See `whichops ask --help`."),
        (["ask", "--jsn", "sky"], "unrecognized arguments: --jsn; the nearest is '--json'. See `whichops ask --help`."),
        (["index", "--statuss"], "unrecognized arguments: --statuss; the nearest is '--status'. See `whichops index --help`."),
        (["--no-histroy"], "unrecognized arguments: --no-histroy; the nearest is '--no-history'. See `whichops --help`."),
        (["ui", "--port", "many"], "ui.port = 'many' (from command line): input should be a valid integer"),
        (["index", "--status", "--verify"], "not allowed with argument"),
        (["verify", "no-such.json"], "no-such.json cannot be read"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_is_one_line_that_says_what_to_do_and_ends_with_2(
    argv: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(argv) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("whichops: ")
    assert words in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "line", "code"),
    [
        (KnowledgeBaseEmpty(Path("notes"), []), "whichops: notes holds no Markdown to answer from (*.md, *.markdown).", 4),
        (UsageError("Wrong.\nWholly."), "whichops: Wrong. Wholly.\n", 2),
        (PermissionError(13, "Permission denied", "there"), "whichops: Permission denied: there\n", 1),
        (ZeroDivisionError("oh"), "whichops: a fault in the program, please report it: ZeroDivisionError: oh", 1),
    ],
    ids=["knowledge base", "usage", "system", "fault"],
)
def test_an_error_is_one_line_without_a_traceback(
    error: Exception, line: str, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(cli, "open_assistant", fail)

    assert ask("sky") == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(line)
    assert err.count("\n") == 1


def test_a_file_that_is_named_to_move_the_cursor_cannot(
    fake: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    evil = "a\x1b[2Jb\x9b31mc\u202ed.md"

    def opened(*_: object, tell: Any, **__: object) -> Any:
        tell(f"whichops: {evil}: it is not UTF-8")
        return fake

    monkeypatch.setattr(cli, "open_assistant", opened)
    assert ask("sky") == 0
    assert capsys.readouterr().err == "whichops: a[2Jb31mcd.md: it is not UTF-8\n"

    monkeypatch.setattr(fake, "ask", lambda question, **_: FakeAssistant().ask("sky").model_copy(update={"question": evil}))
    assert ask("--json", "sky") == 0
    out = capsys.readouterr().out
    assert '"question": "a\\u001b[2Jb\\u009b31mc\\u202ed.md"' in out
    assert json.loads(out)["question"] == evil


def test_the_traceback_is_shown_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("WHICHOPS_DEBUG", "1")
    assert ask("crash") == 1
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_an_interrupt_ends_with_130_and_says_nothing(
    fake: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(fake, "ask", interrupt)
    assert ask("sky") == 130
    assert capsys.readouterr() == ("", "")


def test_chat_is_what_is_meant_without_a_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for argv in ([], ["chat"], ["--kb", "."]):
        type_in(monkeypatch, b"/help\n")
        assert cli.main(argv) == 0
        assert capsys.readouterr().out.startswith("Ask a question in your own words.\n")


def test_the_folder_may_be_named_before_or_after_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str | None] = []
    monkeypatch.setitem(cli.COMMANDS, "ask", lambda args: seen.append(args.kb) or 0)

    cli.main(["--kb", "a", "ask", "sky"])
    cli.main(["ask", "--kb", "b", "sky"])
    cli.main(["ask", "sky"])

    assert seen == ["a", "b", None]


def test_json_lines_answer_every_line_of_standard_input_apart(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fake: Any
) -> None:
    monkeypatch.setattr("assistant.Conversation", FakeTalk)
    type_in(monkeypatch, "the sky é\r\n\ngrass".encode())

    assert ask("--jsonl", "-") == 0

    out, err = capsys.readouterr()
    answers = [json.loads(line) for line in out.splitlines()]
    assert [(a["id"], a["question"], a["status"]) for a in answers] == [
        ("1", "the sky é", "answered"),
        ("2", "", "invalid"),
        ("3", "grass", "answered"),
    ]
    assert [a["text"] for a in answers] == ["Blue. (turn 1)", "Line 2 is empty.", "Green. (turn 1)"]
    assert err == "whichops: 1 of 3 lines could not be read (line 2); the rest is answered.\n"


def test_lines_that_cannot_be_read_are_told_and_fail_only_where_that_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fake: Any
) -> None:
    monkeypatch.setattr("assistant.Conversation", FakeTalk)
    for options, code in (((), 0), (("--fail-on-decline",), 2)):
        type_in(monkeypatch, b'{"question": "sky"}\nsky\n[]\n')

        assert ask("--batch", "-", *options) == code
        assert capsys.readouterr().err == "whichops: 2 of 3 lines could not be read (lines 2, 3); the rest is answered.\n"


def test_json_lines_of_one_question_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("--jsonl", "sky") == 0
    assert json.loads(capsys.readouterr().out)["text"] == "Blue."


def test_markdown_has_the_answer_and_its_sources_and_nothing_to_ask_next(capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("--markdown", "sky") == 0
    assert capsys.readouterr().out == "**Blue**. [1]\n\nSources:\n\n- [1] colours.md:5 Colours: “Blue”\n"


def test_plain_is_what_a_pipe_gets_also_where_colours_are_forced(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    assert ask("--plain", "sky") == 0
    assert capsys.readouterr().out == "Blue. [1]\n\nSources:\n  [1] colours.md:5  Colours\n"
    assert ask("sky") == 0
    assert capsys.readouterr().out == (
        "\x1b[1mBlue\x1b[0m. \x1b[35m[1]\x1b[0m\n\n\x1b[2mSources\x1b[0m\n\x1b[35m [1]\x1b[0m colours.md:5  Colours\n"
    )
    assert ask("--no-color", "sky") == 0
    assert "\x1b" not in capsys.readouterr().out


def test_the_schema_is_printed_as_it_is_shipped(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["$id"] == "urn:whichops:answer"


def test_settings_show_every_value_and_where_it_came_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kb.toml").write_text("[limits]\nmax_files = 7\nmax_depth = 3\n")
    monkeypatch.setenv("WHICHOPS_CORPUS_MAX_DEPTH", "5")
    monkeypatch.setenv("WHICHOPS_INDEX", "from-environment")

    assert cli.main(["settings", "--json", "--kb", str(tmp_path), "--index", "from-command-line"]) == 0

    rows = json.loads(capsys.readouterr().out)
    assert rows["kb"] == {"value": str(tmp_path), "origin": "command line"}
    assert rows["corpus.max_files"] == {"value": "7", "origin": "kb.toml"}
    assert rows["corpus.max_depth"] == {"value": "5", "origin": "WHICHOPS_CORPUS_MAX_DEPTH"}
    assert rows["index.directory"] == {"value": "from-command-line", "origin": "command line"}
    assert rows["corpus.max_total_mb"] == {"value": "1000.0", "origin": "default"}


def test_settings_are_a_table_with_a_head(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["settings"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["setting", "value", "from", "what", "it", "is"]
    assert any(line.startswith("ui.port ") and " 7860 " in line and " default " in line for line in lines)


@pytest.mark.parametrize(
    ("name", "value", "words", "code"),
    [
        ("WHICHOPS_MODLE", "x", "Unknown environment variable WHICHOPS_MODLE; did you mean WHICHOPS_MODEL?", 2),
        ("WHICHOPS_UI_PORT", "70000", "ui.port = '70000' (from WHICHOPS_UI_PORT): input should be less than or equal to 65535", 2),
        ("WHICHOPS_CORPUS_MAX_FILES", "0", "corpus.max_files = '0' (from WHICHOPS_CORPUS_MAX_FILES)", 2),
    ],
)
def test_a_wrong_variable_is_named_with_what_would_be_right(
    name: str, value: str, words: str, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)
    assert cli.main(["settings"]) == code
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("titel = 'x'", "unknown key 'titel'; did you mean 'title'?"),
        ("[limits]\nmax_flies = 3", "unknown limit 'max_flies'; did you mean 'max_files'?"),
        ("[limits]\nmax_files = -3", "[limits] corpus.max_files = -3"),
        ("title = ", "is not valid TOML"),
        ("\xff", "is not UTF-8"),
    ],
    ids=["unknown key", "unknown limit", "bad limit", "torn", "not utf-8"],
)
def test_a_wrong_kb_toml_is_named_with_what_would_be_right_and_ends_with_4(
    tmp_path: Path, toml: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kb.toml").write_bytes(toml.encode("latin-1"))
    assert cli.main(["ask", "--kb", str(tmp_path), "sky"]) == 4
    err = capsys.readouterr().err
    assert str(tmp_path / "kb.toml") in err
    assert words in err


def test_verify_refuses_what_is_no_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number, text in enumerate(['{"id": 1}', "[]", "no json", "", '{"answer": 3}', "[" * 100_000]):
        file = tmp_path / f"{number}.json"
        file.write_text(text)
        assert cli.main(["verify", str(file)]) == 2
        assert str(file) in capsys.readouterr().err


def test_verify_says_once_which_file_another_folder_does_not_have(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "other.md").write_text("# Other\n")
    answer = FakeAssistant().ask("sky")
    proof = [{"op": "quote", "document": "colours.md", "sha256": "0" * 64, "start": n, "end": n + 1, "quote": "x"} for n in (1, 2)]
    file = tmp_path / "answer.json"
    file.write_text(json.dumps(answer.as_json() | {"certificate": proof}))

    assert cli.main(["verify", str(file), "--kb", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert out == f"answer 1: does not hold\n  colours.md is not in {tmp_path}: name the folder the answer came from with --kb FOLDER.\n"


def test_progress_is_one_line_rewritten_on_a_terminal_and_stages_elsewhere() -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen, pipe = Screen(), io.StringIO()
    for progress in (cli.Progress(screen), cli.Progress(pipe, every_stage=True)):
        progress("reading", 0, 0)
        progress("encoding", 1, 2000)
        progress("encoding", 2000, 2000)
        progress.close()
    assert screen.getvalue() == "\r\x1b[Kreading\r\x1b[Kencoding: 1 of 2,000\r\x1b[Kencoding: 2,000 of 2,000\r\x1b[K"
    assert pipe.getvalue() == "reading ...\nencoding ...\n"


def test_output_is_utf_8_whatever_the_locale_says() -> None:
    code = "import sys; from ui import cli; cli.use_utf8(); print('\\u00e9 \\u203a \\udcff'); sys.exit(0)"
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
    )
    assert result.stdout == "é › \\udcff\n".encode()


def test_a_reader_that_goes_away_ends_it_silently() -> None:
    code = (
        "import sys; from ui import cli\n"
        "cli.COMMANDS['chat'] = lambda args: [print('x' * 100_000, flush=True) for _ in range(99)]\n"
        "sys.exit(cli.main([]))"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 141


def test_a_long_stage_tells_how_fast_it_goes_and_how_long_it_will_take() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen, pipe, now = Terminal(), io.StringIO(), [0.0]
    for progress in (cli.Progress(screen, clock=lambda: now[0]), cli.Progress(pipe, every_stage=True, clock=lambda: now[0])):
        for seconds, done in ((0, 1000), (1, 1100), (10, 2000), (40, 5000), (41, 5100)):
            now[0] = seconds
            progress("encoding", done, 50_000)

    assert "encoding: 1,100 of 50,000\r" in screen.getvalue()  # too early to tell
    assert f"2,000 of 50,000 ({(2000 - 1000) // 10} a second, {48_000 // 100 // 60} min left)" in screen.getvalue()
    assert pipe.getvalue() == "encoding ...\nencoding: 5,000 of 50,000 (100 a second, 8 min left)\n"


@pytest.mark.parametrize(("seconds", "words"), [(0.4, "0 s"), (59, "59 s"), (60, "1 min"), (3900, "1 h 5 min")])
def test_a_stretch_of_time_is_told_as_people_say_it(seconds: float, words: str) -> None:
    assert cli.in_words(seconds) == words


@pytest.mark.parametrize(("said", "used"), [(None, "1"), ("3", "3")], ids=["nothing said", "said otherwise"])
def test_small_products_are_made_in_one_thread_and_numpy_is_not_loaded_before_that_is_said(said: str | None, used: str) -> None:
    code = (
        "import os, sys, ui.cli; early = 'numpy' in sys.modules; ui.cli.main(['schema']); "
        "print(early, os.environ['OPENBLAS_NUM_THREADS'], file=sys.stderr)"
    )
    environ = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"} | ({"OPENBLAS_NUM_THREADS": said} if said else {})

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environ, cwd=Path(__file__).parents[2]
    )

    assert done.stderr == f"False {used}\n"
