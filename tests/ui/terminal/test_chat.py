"""Whole conversations: lines in, everything shown compared."""

from __future__ import annotations

import io
import json
import re
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from assistant.models import Cell, Citation
from corpus.errors import KnowledgeBaseMissing
from tests.ui.fake import FakeAssistant, FakeTalk, Heading
from ui.render import PLAIN, Style
from ui.terminal import paging
from ui.terminal.chat import Chat
from ui.terminal.commands import COMMANDS
from ui.terminal.loop import chat, shown_prompt
from ui.terminal.screen import Screen
from ui.terminal.showing import show_place

SKY = "Blue. (turn 1) [1]\n\nSources:\n  [1] colours.md:5  Colours\n\n"


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


def talk(fake: Any, *lines: str) -> tuple[str, str, int]:
    """A conversation that is piped in."""
    out, notes = io.StringIO(), io.StringIO()
    code = chat(
        lambda _progress, _tell: fake,
        style=lambda: PLAIN,
        stdin=io.StringIO("".join(f"{line}\n" for line in lines)),
        out=out,
        notes=notes,
        new_conversation=FakeTalk,
    )
    return out.getvalue(), notes.getvalue(), code


class Typed:
    """A conversation as at the prompt, without the prompt: numbers ask what was offered."""

    def __init__(
        self, fake: FakeAssistant, style: Style = PLAIN, environ: dict[str, str] | None = None, history: tuple[str, ...] = ()
    ) -> None:
        self.out, self.notes = io.StringIO(), io.StringIO()
        screen = Screen(self.out, self.notes, lambda: style)
        self.chat = Chat(lambda: fake, FakeTalk, screen, numbered=True, history=history, environ=environ)

    def __call__(self, line: str) -> tuple[str, str]:
        """What a line shows: answers, notes."""
        before = len(self.out.getvalue()), len(self.notes.getvalue())
        assert self.chat.handle(line)
        return self.out.getvalue()[before[0] :], self.notes.getvalue()[before[1] :]


@pytest.fixture
def typed(fake: FakeAssistant) -> Typed:
    return Typed(fake)


# ---------------------------------------------------------------- asking


def test_piped_questions_are_answered_in_one_conversation_without_a_prompt(fake: FakeAssistant) -> None:
    out, notes, code = talk(fake, "sky", "", "the sea")

    assert out == SKY + "That is not in the knowledge base.\n\n"
    assert (notes, code) == ("", 0)
    assert fake.closed


def test_the_end_may_be_said_in_words_and_what_follows_is_not_asked(fake: FakeAssistant) -> None:
    for word in ("/quit", "quit", "exit", "/exit", "QUIT"):
        talk(fake, word, "sky")
    assert fake.asked == []


def test_a_number_asks_what_was_offered_under_it(fake: FakeAssistant, typed: Typed) -> None:
    typed("which")

    assert typed("2")[0].startswith("Asking: which colour has grass\n\nGreen. (turn 2) [1]\n")
    assert fake.asked == ["which", "which colour has grass"]


def test_a_number_that_was_not_offered_asks_nothing_and_says_which_there_are(fake: FakeAssistant, typed: Typed) -> None:
    typed("which")

    assert typed("99") == ("", "There are 2 questions to choose from; type 1 to 2, or ask in words.\n")
    assert typed("0")[1].startswith("There are 2 questions")
    assert typed("2")[0].startswith("Asking: which colour has grass\n")  # what was offered is still there
    assert fake.asked == ["which", "which colour has grass"]


def test_where_nothing_was_offered_a_number_is_a_question_and_so_is_any_other_text(fake: FakeAssistant, typed: Typed) -> None:
    typed("1")
    typed("which")
    typed("8080")  # no place in a list: what was asked for by number is gone once something else was asked
    typed("1")
    typed("which")
    typed("sky")
    typed("2")

    assert fake.asked == ["1", "which", "8080", "1", "which", "sky", "2"]


def test_a_number_that_is_piped_in_is_a_question(fake: FakeAssistant) -> None:
    out, _, _ = talk(fake, "which", "1")

    assert out == (
        "Which thing?\n\nYou could ask:\n  - which colour has the sky\n  - which colour has grass\n\nThat is not in the knowledge base.\n\n"
    )


def test_new_forgets_the_conversation(fake: FakeAssistant) -> None:
    out, notes, _ = talk(fake, "sky", "/new", "sky")

    assert out == SKY + SKY
    assert notes == "A new conversation.\n"


def test_a_question_that_was_interrupted_was_not_asked(typed: Typed) -> None:
    typed("sky")
    with pytest.raises(KeyboardInterrupt):
        typed.chat.handle("interrupt")

    assert typed("grass")[0].startswith("Green. (turn 2)")


def test_a_fault_in_one_question_does_not_end_the_conversation_but_is_told_in_the_exit_code(fake: FakeAssistant) -> None:
    out, notes, code = talk(fake, "crash", "sky")

    assert out == SKY
    assert notes == "whichops: a fault in the program, please report it: ZeroDivisionError: a fault\n"
    assert code == 1


def test_a_knowledge_base_that_cannot_be_opened_is_an_error_whatever_is_piped_in() -> None:
    def refuse(_progress: Any, _tell: Any) -> Any:
        raise KnowledgeBaseMissing(Path("nowhere"), "does not exist")

    with pytest.raises(KnowledgeBaseMissing, match="nowhere does not exist"):
        chat(refuse, style=lambda: PLAIN, stdin=io.StringIO(""), out=io.StringIO(), notes=io.StringIO(), new_conversation=FakeTalk)


def test_what_opening_has_to_tell_is_a_note(fake: FakeAssistant) -> None:
    def opened(_progress: Any, tell: Any) -> FakeAssistant:
        tell("Indexed 1 file.")
        return fake

    notes = io.StringIO()
    chat(opened, style=lambda: PLAIN, stdin=io.StringIO("sky\n"), out=io.StringIO(), notes=notes, new_conversation=FakeTalk)

    assert notes.getvalue() == "Indexed 1 file.\n"


def test_what_is_piped_in_is_kept_in_no_history(fake: FakeAssistant, own_state: Path) -> None:
    talk(fake, "sky", "/history")

    assert not own_state.exists()


# ---------------------------------------------------------------- commands


def test_why_sources_and_json_speak_of_the_last_answer(fake: FakeAssistant) -> None:
    out, _, _ = talk(fake, "sky", "/why", "/sources", "/json")

    why, times, sources, as_json = out.removeprefix(SKY).split("\n\n")
    assert why.startswith("How this was answered:\n  status  answered, high confidence\n")
    assert times.endswith("\n  index  gen-1")
    assert sources == "[1] colours.md:5  Colours\n    Blue"
    assert as_json.startswith('{"id": "1", "question": "sky", "status": "answered", "text": "Blue. (turn 1)"')


def test_whynot_asks_the_last_question_again_as_the_conversation_stood_then(fake: FakeAssistant) -> None:
    out, notes, _ = talk(fake, "grass", "sky", "/whynot Shades", "/whynot Shades")

    told = "Why this section did not answer:\n  asked     sky\n  section   colours.md:9-11  Colours › Shades\n"
    assert out.count(told) == 2
    assert fake.turns_before == [1, 1]  # only the turn before it, however often it is asked
    assert notes == ""


def test_whynot_without_a_section_or_with_an_unknown_one_says_what_to_name(fake: FakeAssistant) -> None:
    _, notes, code = talk(fake, "sky", "/whynot", "/whynot Shapes")

    assert notes.splitlines() == [
        "Name a section after /whynot: its number, its heading or a part of it, or file.md#heading.",
        "There is no section 'Shapes'. The nearest: colours.md#Shades.",
    ]
    assert code == 0


@pytest.mark.parametrize("command", [c.name for c in COMMANDS if c.asked])
def test_before_the_first_question_there_is_nothing_to_show(fake: FakeAssistant, command: str) -> None:
    assert talk(fake, command)[:2] == ("", "Nothing has been asked yet.\n")


def test_a_refusal_rests_on_no_source(fake: FakeAssistant) -> None:
    assert talk(fake, "the sea", "/sources", "/sources 1", "/open 1")[1] == "The last answer rests on no source.\n" * 3


def test_one_source_is_shown_by_its_number_and_an_unknown_number_names_the_known(fake: FakeAssistant) -> None:
    out, notes, _ = talk(fake, "sky", "/sources 1", "/sources [1]", "/sources 2", "/open 2", "/open x edit")

    assert out == SKY + "[1] colours.md:5  Colours\n    Blue\n\n" * 2
    assert notes == "There is no source '2'. The last answer has 1.\n" * 2 + "There is no source 'x'. The last answer has 1.\n"


@pytest.mark.parametrize(
    ("typed_name", "near"), [("/sorces", "/sources"), ("/histroy", "/history"), ("/ext", "/exit"), ("/", "/?"), ("/OPNE 1", "/open")]
)
def test_an_unknown_command_names_the_nearest(fake: FakeAssistant, typed_name: str, near: str) -> None:
    name = typed_name.split(maxsplit=1)[0].lower()
    assert talk(fake, typed_name)[1] == f"There is no command {name}; did you mean {near}? /help lists all.\n"


def test_a_command_like_none_is_not_taken_for_one(fake: FakeAssistant) -> None:
    assert talk(fake, "/nonsense")[1] == "There is no command /nonsense. /help lists all.\n"


def test_help_lists_every_command_once_with_what_may_follow_it(fake: FakeAssistant) -> None:
    lines = talk(fake, "/help")[0].splitlines()

    assert lines[:2] == ["Ask a question in your own words.", ""]
    assert [line.strip().split("  ")[0] for line in lines[2:-1]] == [c.usage for c in COMMANDS]


def test_help_in_a_narrow_window_has_every_command_on_a_line_of_its_own(fake: FakeAssistant) -> None:
    lines = Typed(fake, Style(width=40))("/help")[0].splitlines()

    assert max(map(len, lines)) <= 40
    assert [line for line in lines if line.startswith("/")] == [c.usage for c in COMMANDS]


def test_reading_shows_how_a_follow_up_was_understood_and_edit_hands_it_back_to_the_prompt(typed: Typed) -> None:
    typed("and snow")

    assert (
        typed("/reading")[0]
        == "How this was read:\n  asked    and snow\n  read as  what colour is snow\n  kind     colour\n  kept     “colour”\n\n"
    )
    assert typed("/reading edit") == ("", "")
    assert typed.chat.prefilled == "what colour is snow"
    typed("sky")
    assert typed.chat.prefilled == ""


def test_kb_and_scope_say_what_is_asked_and_what_it_covers(typed: Typed) -> None:
    assert typed("/kb")[0] == (
        "title     Colours\nabout     What things look like\nfolder    colours\n"
        "holds     1 file, 2 sections, 1 table, 7 facts\nindex     gen-1\n"
        "\nAsk for example:\n  what colour is the sky\n\n"
    )
    assert typed("/scope") == (
        "colours.md\n     1  Colours\n     9    Shades\n\n",
        "Asked now: everything, in cold, warm. /scope NAME asks one alone.\n",
    )


def test_scope_restricts_what_is_asked_until_it_is_lifted(typed: Typed, fake: FakeAssistant) -> None:
    assert typed("/scope warm")[1] == "Asking warm only; /scope all asks everything again.\n"
    typed("sky")
    typed("/scope warm, cold")
    typed("sky")
    assert typed("/scope")[1] == "Asked now: cold, warm. /scope all asks everything again.\n"
    assert "asked in  cold, warm" in typed("/kb")[0]
    assert typed("/scope all")[1] == "Asking everything.\n"
    typed("sky")

    assert fake.scopes == [("warm",), ("cold", "warm"), ()]


def test_a_refusal_within_a_scope_says_so_and_how_to_ask_everything(typed: Typed) -> None:
    assert typed("the sea")[1] == ""
    typed("/scope warm")
    assert typed("the sea")[1] == "Asked in warm only; /scope all asks everything again.\n"


def test_an_unknown_scope_names_the_nearest_and_changes_nothing(typed: Typed) -> None:
    typed("/scope cold")
    told = typed("/scope warn")

    assert told == ("", "Nothing in this knowledge base is called 'warn'; did you mean 'warm'? It holds cold, warm.\n")
    assert typed.chat.scope == ("cold",)


@pytest.mark.parametrize(
    ("scope", "prompt"), [((), "> "), (("cold",), "cold > "), (("cold", "warm", "lukewarm and tepid"), "cold, warm, lukewarm an… > ")]
)
def test_the_prompt_shows_what_is_asked_alone(scope: tuple[str, ...], prompt: str) -> None:
    assert shown_prompt(scope) == prompt


def test_a_conversation_is_exported_by_the_ending_of_the_name_and_never_over_a_file(typed: Typed, tmp_path: Path) -> None:
    typed("sky")
    typed("and snow")

    assert typed(f"/export {tmp_path}/talk.md")[1] == f"2 questions saved in {tmp_path}/talk.md.\n"
    assert (tmp_path / "talk.md").read_text() == (
        "# Questions to Colours\n\nState of the knowledge base: SHA-256 `ab12`\n\n"
        "## sky\n\n**Blue**. (turn 1) [1]\n\nSources:\n\n- [1] colours.md:5 Colours: “Blue”\n\n"
        "## and snow\n\n*Read as: what colour is snow*\n\nWhite. [1]\n\n"
        "Sources:\n\n- [1] colours.md:7 Colours — Snow × Colour: “White”\n"
    )
    assert typed(f"/export {tmp_path}/talk.md")[1] == f"{tmp_path}/talk.md is there already; name a file that is not.\n"
    typed(f"/export {tmp_path}/talk.json")
    saved = json.loads((tmp_path / "talk.json").read_text())
    assert [turn["question"] for turn in saved["turns"]] == ["sky", "and snow"]
    assert (saved["title"], saved["kb_sha256"]) == ("Colours", "ab12")
    assert typed(f"/export {tmp_path}/no/such/talk.md")[1] == f"{tmp_path}/no/such/talk.md cannot be written (No such file or directory).\n"
    assert typed("/export")[1] == "Name a file: /export talk.md, or /export talk.json.\n"


def test_feedback_is_kept_in_a_private_file_with_the_question_it_is_about(fake: FakeAssistant, own_state: Path) -> None:
    typed = Typed(fake, environ={"XDG_STATE_HOME": str(own_state)})
    typed("sky")
    shown = typed("/feedback wrong-source it is line 6")[1]

    (file,) = own_state.rglob("feedback.jsonl")
    assert shown == f"Kept in {file}. `whichops gaps` shows what was said.\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    entry = json.loads(file.read_text())
    assert (entry["kind"], entry["note"], entry["question"], entry["answer_id"]) == ("wrong_source", "it is line 6", "sky", "x")
    assert typed("/feedback meh")[1] == "Say what it was: /feedback good, bad, wrong-source, outdated or missing, and a note if you like.\n"


def test_history_shows_the_last_lines_with_their_numbers(fake: FakeAssistant) -> None:
    typed = Typed(fake, history=("one", "two\nlines", "three"))

    assert typed("/history 2")[0] == "    2  two lines\n    3  three\n\n"
    assert typed("/history")[0].startswith("    1  one\n")
    assert typed("/history x")[1] == "Say how many lines: /history 50.\n"
    assert Typed(fake)("/history")[1] == "Nothing was typed before.\n"


# ---------------------------------------------------------------- the place in its file


def test_open_shows_the_table_with_the_cited_cell_marked(typed: Typed) -> None:
    typed("and snow")

    assert typed("/open 1")[0] == (
        "colours.md:7  Colours — Snow × Colour\n\n"
        "  1 │ # Colours\n  2 │\n"
        "     Thing  Colour   Why\n"
        "---  -----  -------  -----------------------------\n"
        "5    Sky    Blue     Light is scattered by the air\n"
        "6    Grass  Green    It holds chlorophyll\n"
        "> 7  Snow   »White«  It reflects all light\n\n"
    )


def test_open_without_a_number_opens_the_only_source_and_shows_the_cited_line(typed: Typed) -> None:
    typed("sky")  # cited without labels: the line is shown, not the table

    assert typed("/open")[0] == (
        "colours.md:5  Colours\n\n"
        "  1 │ # Colours\n  2 │\n  3 │ | Thing | Colour | Why |\n  4 │ |---|---|---|\n"
        "> 5 │ | Sky | »Blue« | Light is scattered by the air |\n"
        "  6 │ | Grass | Green | It holds chlorophyll |\n  7 │ | Snow | White | It reflects all light |\n\n"
    )


@pytest.mark.parametrize("style", [PLAIN, Style(80, drawn=True), Style(40, colour=True, drawn=True)], ids=["plain", "screen", "narrow"])
def test_the_pager_begins_a_little_above_what_is_marked(style: Style) -> None:
    text = "# Head\n\n| Thing | Colour | A rather long reason |\n|---|---|---|\n"
    text += "".join(f"| Thing {n} | Colour {n} | Because of something that is {n} |\n" for n in range(40)) + "\n" + "More.\n\n" * 40
    cell = Cell(row="Thing 30", column="Colour")
    in_table = Citation(marker=1, document="a.md", section=("Head",), lines=(35, 35), quote="Colour 30", cell=cell)
    in_text = Citation(marker=2, document="a.md", section=("Head",), lines=(66, 66), quote="More.")

    for citation in (in_table, in_text):
        shown = show_place(citation, text, [Heading(1, "Head", 1)], style)
        lines = re.sub("\x1b\\[[0-9;]*m", "", shown.text).split("\n")
        assert lines[shown.start - 1 + 5].split()[:2] == [">", str(citation.lines[0])]
        assert [line for line in lines if line.startswith("> ")] == [lines[shown.start - 1 + 5]]


def test_open_follows_a_quote_that_has_moved_and_says_so(typed: Typed, fake: FakeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    typed("sky")
    monkeypatch.setattr(fake, "document", lambda _path: "# Colours\n\nBlue is the sky.\n\nMore.\n\nEnd.\n")

    assert typed("/open 1")[0] == (
        "colours.md:3  Colours\nThe file has changed: the quote stands here now.\n\n"
        "  1 │ # Colours\n  2 │\n> 3 │ »Blue« is the sky.\n  4 │\n  5 │ More.\n  6 │\n  7 │ End.\n\n"
    )
    monkeypatch.setattr(fake, "document", lambda _path: "# Colours\n")
    assert "The file has changed: the quote is no longer in it. It was at these lines." in typed("/open 1")[0]


def test_open_reads_the_files_as_they_are_now_and_where_that_fails_what_was_read_before(
    typed: Typed, fake: FakeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed("sky")
    monkeypatch.setattr(fake, "refresh", lambda: monkeypatch.setattr(fake, "document", lambda _path: "Now\n\n\n\n\nBlue.\n"))
    assert "> 6 │ »Blue«." in typed("/open 1")[0]

    def gone() -> bool:
        raise KnowledgeBaseMissing(Path("colours"), "does not exist")

    monkeypatch.setattr(fake, "refresh", gone)
    assert "> 6 │ »Blue«." in typed("/open 1")[0]


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"EDITOR": "vi"}, ["vi", "+5", "FILE"]),
        ({"EDITOR": "vi", "VISUAL": "nano -w"}, ["nano", "-w", "+5", "FILE"]),
        ({"EDITOR": "code --wait"}, ["code", "--wait", "--goto", "FILE:5"]),
        ({"EDITOR": "hx"}, ["hx", "FILE:5"]),
    ],
    ids=["editor", "visual first", "goto", "file:line"],
)
def test_open_edit_starts_the_users_editor_at_the_line(
    fake: FakeAssistant, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: list[str]
) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(paging, "edit", lambda command: ran.append(list(command)) or 0)
    typed = Typed(fake, environ=variables)
    typed("sky")

    assert typed("/open 1 edit") == ("", "What you changed is read with the next question.\n")
    file = str(Path("colours/colours.md").absolute())
    assert ran == [[word.replace("FILE", file) for word in expected]]


def test_without_an_editor_the_place_is_named(fake: FakeAssistant) -> None:
    typed = Typed(fake)
    typed("sky")
    place = f"{Path('colours/colours.md').absolute()}:5"

    assert (
        typed("/open 1 edit")[1]
        == f"Neither $VISUAL nor $EDITOR names an editor. The place is {place.replace(str(Path.cwd()) + '/', '')}.\n"
    )
    broken = Typed(fake, environ={"EDITOR": "no-such-editor"})
    broken("sky")
    assert broken("/open 1 edit")[1].startswith("no-such-editor cannot be run (No such file or directory). Set $EDITOR to your editor.")


def test_an_editor_is_really_run(tmp_path: Path) -> None:
    left = tmp_path / "left"
    assert paging.edit([sys.executable, "-c", f"open({str(left)!r}, 'w').write('here'); raise SystemExit(3)"]) == 3
    assert left.read_text() == "here"
