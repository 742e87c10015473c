"""The conversation at a real pseudo-terminal: whole screens compared, keys as they are pressed."""

from __future__ import annotations

import json
import stat
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("pty", reason="this system has no terminals to open")

from tests.ui.terminal.program import PASTE, Program

Start = Callable[..., Program]

WELCOME = "Ask about the knowledge base. /help lists what else there is; Ctrl-D leaves.\n"
CTRL_C, CTRL_D, CTRL_E, CTRL_R, ALT_ENTER, UP, TAB, RIGHT = "\x03", "\x04", "\x05", "\x12", "\x1b\r", "\x1b[A", "\t", "\x1b[C"


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def start(state: Path) -> Iterator[Start]:
    opened: list[Program] = []

    def begin(*arguments: str, code: str = "", environ: dict[str, str | None] | None = None, **more: object) -> Program:
        variables = {"XDG_STATE_HOME": str(state), **(environ or {})}
        command = code or [sys.executable, "-m", "tests.ui.terminal.driver"]
        opened.append(Program(command, *arguments, environ=variables, **more))  # type: ignore[arg-type]
        return opened[-1]

    yield begin
    for one in opened:
        one.close()


# ---------------------------------------------------------------- whole screens

AT_80 = """\
> which
Which thing?

Which one? Type its number, or anything else
 1 which colour has the sky
 2 which colour has grass

> 1
Asking: which colour has the sky

Blue. (turn 2) [1]

Sources
 [1] colours.md:5  Colours

> and snow
Read as what colour is snow  (kept: colour)

White. [1]

Sources
 [1] colours.md:7  Colours — Snow × Colour

> table
Two things.

Thing     Colour
───────────────────────────
Sky       Blue [1]
Water 水  none, or blue [1]

• one
• two code

Sources
 [1] colours.md:5  Colours — Sky × Colour

> /open 1
colours.md:5  Colours — Sky × Colour

  1 │ # Colours
  2 │
     Thing  Colour  Why
─────────────────────────────────────────────────
> 5  Sky    Blue    Light is scattered by the air
  6  Grass  Green   It holds chlorophyll
  7  Snow   White   It reflects all light

> the sea
That is not in the knowledge base.

> /sorces
There is no command /sorces; did you mean /sources? /help lists all.
>
"""
AT_40 = """\
Ask about the knowledge base. /help
lists what else there is; Ctrl-D leaves.
> which
Which thing?

Which one? Type its number, or anything
else
 1 which colour has the sky
 2 which colour has grass

> 1
Asking: which colour has the sky

Blue. (turn 2) [1]

Sources
 [1] colours.md:5  Colours

> and snow
Read as what colour is snow  (kept:
colour)

White. [1]

Sources
 [1] colours.md:7  Colours — Snow ×
     Colour

> table
Two things.

Thing     Colour
───────────────────────────
Sky       Blue [1]
Water 水  none, or blue [1]

• one
• two code

Sources
 [1] colours.md:5  Colours — Sky ×
     Colour

> /open 1
colours.md:5  Colours — Sky × Colour

  1 │ # Colours
  2 │
     Thing  Colour  Why
────────────────────────────────────────
> 5  Sky    Blue    Light is scattered
                    by the air
  6  Grass  Green   It holds chlorophyll
  7  Snow   White   It reflects all
                    light

> the sea
That is not in the knowledge base.

> /sorces
There is no command /sorces; did you
mean /sources? /help lists all.
>
"""
LINES = ("which", "1", "and snow", "table", "/open 1", "the sea", "/sorces")


def test_a_conversation_at_80_columns(start: Start) -> None:
    program = start()
    program.at_prompt()
    for line in LINES:
        program.enter(line)

    assert program.screen.everything() == WELCOME + AT_80
    assert program.screen.unknown == set()  # nothing beyond what every terminal has, and no colours beyond the sixteen
    looks = {look for row in program.screen.looks() for _, look in row}
    assert set().union(*looks) <= {"bold", "dim", "italic", "reverse", "magenta"}  # what can be read on light and on dark
    assert ("Blue", frozenset({"reverse"})) in [part for row in program.screen.looks() for part in row]  # the cited cell


def test_the_same_at_40_columns(start: Start) -> None:
    program = start(columns=40)
    program.at_prompt()
    for line in LINES:
        program.enter(line)

    assert program.screen.everything() == AT_40


def test_without_colours_the_text_is_the_same_and_what_is_cited_stands_between_arrows(start: Start) -> None:
    program = start(environ={"NO_COLOR": "1", "FORCE_COLOR": "1"})
    program.at_prompt()
    for line in LINES:
        program.enter(line)

    shown = program.screen.everything()
    assert "> 5  Sky    »Blue«  Light is scattered by the air" in shown
    assert shown.replace("»Blue«  L", "Blue    L") == WELCOME + AT_80
    colours = {"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"}
    assert not {look for row in program.screen.looks() for _, looks in row for look in looks} & colours


def test_a_dumb_terminal_gets_plain_lines_and_no_escape(start: Start) -> None:
    program = start(environ={"TERM": "dumb"})
    program.at_prompt()
    program.type("and snow\n")
    program.until("[1] colours.md:7  Colours — Snow × Colour\n\n>")
    program.type(CTRL_D)

    assert program.end() == 0
    assert "\x1b" not in program.written
    assert program.written.replace("\r\n", "\n") == (
        WELCOME + "> and snow\nRead as: what colour is snow (kept from before: colour)\n\nWhite. [1]\n\n"
        "Sources:\n  [1] colours.md:7  Colours — Snow × Colour\n\n> \n"
    )


# ---------------------------------------------------------------- keys


def test_ctrl_c_drops_the_line_and_at_an_empty_one_says_how_to_leave(start: Start) -> None:
    program = start()
    program.at_prompt()
    program.type("half a thou")
    program.until("thou")
    program.type(CTRL_C)
    program.at_prompt()
    program.type(CTRL_C)
    program.until("Ctrl-D leaves, and so does /quit.")
    program.at_prompt()
    program.type(CTRL_D)

    assert program.end() == 0
    assert program.screen.everything().rstrip() == WELCOME + "> half a thou\n>\nCtrl-D leaves, and so does /quit.\n>"


def test_answers_that_go_to_a_file_are_plain_while_the_prompt_stays_on_the_terminal(start: Start) -> None:
    program = start(piped=[1])
    program.at_prompt()
    program.type("sky\r")
    program.until("> sky")
    program.at_prompt()
    program.type(CTRL_D)

    assert program.end() == 0
    assert program.process.stdout is not None
    assert program.process.stdout.read().decode() == "Blue. (turn 1) [1]\n\nSources:\n  [1] colours.md:5  Colours\n\n"


def test_what_is_pasted_is_never_sent_by_itself_and_stays_one_question(start: Start, state: Path) -> None:
    program = start()
    program.at_prompt()
    program.type(PASTE.format("the sky\nand\x1b[31m more\n"))
    program.until("more")
    assert "Blue" not in program.screen.everything()
    program.type("\r")

    program.until("Blue. (turn 1) [1]")
    program.at_prompt()
    program.type("/json\r")
    program.until('"question": "the sky')
    assert json.loads((state / "whichops" / "history").read_text().split("\n")[0]).startswith("the sky\nand")


def test_alt_enter_breaks_the_line(start: Start, state: Path) -> None:
    program = start()
    program.at_prompt()
    program.type("the sky" + ALT_ENTER + "please")
    program.until(". please")
    program.type("\r")
    program.until("Blue. (turn 1)")

    assert (state / "whichops" / "history").read_text() == '"the sky\\nplease"\n'


def test_the_history_is_private_is_recalled_by_its_beginning_and_leaves_out_what_begins_with_a_blank(start: Start, state: Path) -> None:
    program = start()
    program.at_prompt()
    for line in ("sky", "grass", " a secret", "grass"):
        program.enter(line)
    program.type(CTRL_D)
    program.end()

    file = state / "whichops" / "history"
    assert file.read_text() == '"sky"\n"grass"\n'
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700

    again = start()
    again.at_prompt()
    again.type("s" + UP)
    again.until("> sky")
    again.type("\r")
    again.until("Blue. (turn 1)")
    again.at_prompt()
    again.type("gr")
    again.until("> grass")  # ghost text, taken with the right arrow
    again.type(RIGHT + "\r")
    again.until("Green. (turn 2)")


def test_no_history_keeps_nothing_and_recalls_nothing(start: Start, state: Path) -> None:
    (state / "whichops").mkdir(parents=True)
    (state / "whichops" / "history").write_text('"grass"\n')
    program = start("--no-history")
    program.at_prompt()
    program.enter("sky")
    shown = program.enter("/history")

    assert shown.endswith("> /history\n    1  sky\n    2  /history\n\n>\n")
    assert (state / "whichops" / "history").read_text() == '"grass"\n'


def test_a_history_that_cannot_be_written_is_told_once_and_ends_nothing(start: Start, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    program = start(environ={"XDG_STATE_HOME": str(tmp_path / "file")}, columns=200)
    program.at_prompt()
    program.enter("sky")
    shown = program.enter("grass")

    assert shown.count("What you type is not kept:") == 1
    assert "Green. (turn 2)" in shown


def test_tab_completes_names_of_the_knowledge_base_commands_and_sections(start: Start) -> None:
    program = start()
    program.at_prompt()
    program.enter("sky")  # the assistant is open now
    program.type("tell me of sno" + TAB)
    program.until("> tell me of Snow")
    program.type(CTRL_C)
    program.at_prompt()
    program.type("/so" + TAB + " ")
    program.until("> /sources")
    program.type(CTRL_C)
    program.at_prompt()
    program.type("/whynot sha" + TAB)
    program.until("> /whynot Shades")
    program.type("\r")

    program.until("section   colours.md:9-11  Colours › Shades")


def test_how_a_question_was_read_comes_back_into_the_prompt_to_be_changed(start: Start) -> None:
    program = start()
    program.at_prompt()
    program.enter("and snow")
    program.type("/reading edit\r")
    program.until("> what colour is snow")
    program.type("\x17grass\r")  # Ctrl-W takes the last word away

    program.until("> what colour is grass")
    program.until("Green. (turn 2)")


def test_ctrl_r_finds_what_was_typed_before_and_enter_takes_it_into_the_line(start: Start) -> None:
    program = start()
    program.at_prompt()
    program.enter("sky please")
    program.enter("grass")
    program.type(CTRL_R + "sk")
    program.until("I-search backward: sk")
    program.type("\r")
    program.type(CTRL_E + " now\r")  # the cursor stands where the words were found

    program.until("> sky please now")
    program.until("Blue. (turn 3)")


def test_ctrl_c_in_a_search_drops_the_search_and_the_line_goes_on(start: Start) -> None:
    program = start()
    program.at_prompt()
    program.enter("sky")
    program.type("gra" + CTRL_R + "sk")
    program.until("I-search backward: sk")
    program.type(CTRL_C)
    program.type("ss\r")
    program.until("> grass")
    program.until("Green. (turn 2)")
    program.at_prompt()
    program.type(CTRL_D)

    assert program.end() == 0


# ---------------------------------------------------------------- waiting, opening, failing


def test_the_prompt_is_there_before_the_assistant_and_what_is_asked_meanwhile_is_answered(start: Start) -> None:
    program = start("slow")
    program.at_prompt()
    program.type("sky\r")

    program.until("⠋ Encoding: 1 of 2 …", seconds=10)  # only because it takes longer than a blink
    program.until("Blue. (turn 1)")
    assert program.at_prompt() == WELCOME + "> sky\nBlue. (turn 1) [1]\n\nSources\n [1] colours.md:5  Colours\n\n>\n"


def test_what_is_typed_ahead_is_kept_for_the_next_prompt_and_not_shown_in_between(start: Start) -> None:
    program = start("slow")
    program.at_prompt()
    program.type("sky\r")
    program.until("…")
    program.type("grass\r")
    program.until("Green. (turn 2)")

    assert program.at_prompt() == (
        WELCOME + "> sky\nBlue. (turn 1) [1]\n\nSources\n [1] colours.md:5  Colours\n\n"
        "> grass\nGreen. (turn 2) [1]\n\nSources\n [1] colours.md:5  Colours\n\n>\n"
    )


def test_ctrl_c_while_waiting_gives_the_prompt_back(start: Start) -> None:
    program = start("never")
    program.at_prompt()
    program.type("sky\r")
    program.until("…")
    program.interrupt()

    program.until("Stopped.")
    program.at_prompt()
    program.type(CTRL_D)
    assert program.end() == 0


def test_what_it_holds_is_told_when_it_is_open_and_a_number_asks_what_was_shown(start: Start) -> None:
    program = start("--greets")
    program.until(" 1 what colour is the sky")
    assert program.at_prompt() == WELCOME + "Colours\nAsk for example, by number\n 1 what colour is the sky\n\n>\n"

    program.type("1\r")
    program.until("Asking: what colour is the sky")
    program.until("Blue. (turn 1)")


def test_a_line_that_is_being_typed_is_not_interrupted_by_what_it_holds(start: Start) -> None:
    program = start("--greets", "slow")
    program.at_prompt()
    program.type("gra")
    time.sleep(5)  # it is open after three seconds
    program.type("ss\r")
    program.until("Green. (turn 1)")

    assert program.at_prompt().startswith(WELCOME + "> grass\nGreen. (turn 1)")


def test_what_cannot_be_opened_is_told_before_anything_is_asked(start: Start) -> None:
    program = start("missing")

    program.until("whichops: nowhere does not exist.")
    assert program.end() == 4


def test_what_cannot_be_opened_is_told_at_a_dumb_terminal_too(start: Start) -> None:
    program = start("missing", environ={"TERM": "dumb"})

    program.until("whichops: nowhere does not exist.")
    assert program.end() == 4


def test_what_the_opening_has_to_tell_comes_with_the_first_answer_and_not_into_the_line(start: Start) -> None:
    program = start("told")
    program.at_prompt()

    assert program.enter("sky").startswith(WELCOME + "> sky\nIndexed 1 file.\nBlue. (turn 1) [1]\n")


def test_a_fault_or_a_lost_folder_is_told_and_the_conversation_goes_on(start: Start) -> None:
    program = start(columns=120)
    program.at_prompt()
    program.enter("crash")
    program.enter("gone")
    shown = program.enter("sky")

    assert "> crash\nwhichops: a fault in the program, please report it: ZeroDivisionError: a fault\n" in shown
    assert "> gone\nwhichops: colours does not exist." in shown
    assert "Blue. (turn 1) [1]" in shown


# ---------------------------------------------------------------- one question

ONE_QUESTION = """
import sys, time
from tests.ui.fake import FakeAssistant
from ui import cli

def opened(settings, *, progress, tell):
    progress("Encoding", 1, 2)
    time.sleep(float(sys.argv[1]))
    tell("Indexed 1 file.")
    return FakeAssistant()

cli.open_assistant = opened
sys.exit(cli.main(["ask", *sys.argv[2:]]))
"""


def test_one_question_at_a_terminal_is_drawn_and_shows_a_sign_of_life_that_goes(start: Start) -> None:
    program = start("1.5", "and snow", code=ONE_QUESTION)
    program.until("⠋ Encoding: 1 of 2 …")

    assert program.end() == 0
    assert program.screen.everything() == (
        "Indexed 1 file.\nRead as what colour is snow  (kept: colour)\n\nWhite. [1]\n\n"
        "Sources\n [1] colours.md:7  Colours — Snow × Colour\n"
    )


def test_one_question_that_is_interrupted_ends_with_130_and_says_nothing(start: Start) -> None:
    program = start("30", "sky", code=ONE_QUESTION)
    program.until("Encoding")
    program.interrupt()

    assert program.end() == 130
    assert program.screen.everything() == "\n"


# ---------------------------------------------------------------- other programs


def test_what_is_taller_than_the_screen_goes_to_the_pager_and_the_rest_does_not(start: Start, tmp_path: Path) -> None:
    pager = tmp_path / "less"
    pager.write_text(f"#!{sys.executable}\nimport sys\nprint('PAGER', sys.argv[1:], len(sys.stdin.read().splitlines()), 'lines')\n")
    pager.chmod(0o755)
    program = start("--pager", rows=12, environ={"PAGER": str(pager)})
    program.at_prompt()
    program.enter("sky")
    assert "PAGER" not in program.enter("/sources")

    assert "> /help\nPAGER [] 25 lines\n>" in program.enter("/help")


def test_open_edit_runs_the_editor_at_the_line_with_the_terminal_to_itself(start: Start, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text(f"#!{sys.executable}\nimport sys, time\ntime.sleep(0.6)\nprint('EDIT', sys.argv[1:], sys.stdin.isatty())\n")
    editor.chmod(0o755)
    program = start(columns=200, environ={"EDITOR": str(editor), "FAKE_KB": str(tmp_path)})
    program.at_prompt()
    program.enter("sky")
    program.written = ""

    shown = program.enter("/open 1 edit")
    assert f"EDIT ['+5', '{tmp_path}/colours.md'] True\nWhat you changed is read with the next question.\n>" in shown
    assert "⠋" not in program.written


def test_clear_empties_the_screen(start: Start) -> None:
    program = start()
    program.at_prompt()
    program.enter("sky")
    program.type("/clear\r")
    program.enter("grass")

    assert program.screen.lines()[:2] == ["> grass", "Green. (turn 2) [1]"]
