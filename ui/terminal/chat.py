"""One conversation: what a line that was typed does. Knows nothing of how it was typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

from assistant.models import Answer, Citation, Trace
from corpus.errors import KbError, UsageError
from corpus.folders import parts_of, place_of
from ui.batch import as_line, without_surrogates
from ui.explaining import explanation, reading_text, why_not_text
from ui.feedback import FeedbackLog, default_path, record_of
from ui.opening import Answering
from ui.render import Style, clean, hang, heading, number_of, one_line, paint, wrap
from ui.terminal import paging
from ui.terminal.commands import BY_NAME, COMMANDS, LEAVING, VERDICTS, nearest
from ui.terminal.exporting import as_json, as_markdown
from ui.terminal.screen import Screen, answer_shown, sources_shown
from ui.terminal.showing import show_place

_NUMBER = re.compile(r"\d{1,2}", re.ASCII)  # a longer one may be something that is asked about: a port, a year
SHOWN_HISTORY = 20  # lines that /history shows where no number is given


class Chat:
    """The state between two lines of input.

    Args:
        assistant: waits for the assistant.
        new_conversation: makes the state of a fresh conversation.
        numbered: questions that may be asked next are shown with a number, and the number asks them.
        history: what was typed, oldest first.
        environ: names the editor and the place of the user's files.
    """

    def __init__(
        self,
        assistant: Callable[[], Answering],
        new_conversation: Callable[[], Any],
        screen: Screen,
        *,
        numbered: bool = False,
        history: Sequence[str] = (),
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._assistant = assistant
        self._new_conversation = new_conversation
        self.screen = screen
        self._numbered = numbered
        self._history = history
        self._environ = environ or {}
        self._conversation: Any = None
        self._before: Any = None  # the conversation as it was when the last question was asked
        self._last: tuple[Answer, Trace] | None = None
        self._answers: list[Answer] = []
        self._asked = 0
        self.scope: tuple[str, ...] = ()  # folders or documents that are asked; () for all
        self.offered: tuple[str, ...] = ()  # questions that a number asks
        self.prefilled = ""  # what the next prompt begins with

    @property
    def sources(self) -> tuple[Citation, ...]:
        """The numbered sources of the last answer, or the places that are near where it has none."""
        if self._last is None:
            return ()
        return self._last[0].citations or self._last[0].nearest

    def handle(self, line: str) -> bool:
        """Answer one line or do what it commands; False when the conversation is to end.

        Raises:
            KbError: there is no assistant to ask.
        """
        self.prefilled = ""
        text = without_surrogates(line).strip()
        if not text:
            return True
        if text.startswith("/"):
            name, _, rest = text.partition(" ")
            return self._command(name.lower(), rest.strip())
        if text.lower() in LEAVING:
            return False
        if self._numbered and self.offered and _NUMBER.fullmatch(text):
            if not 1 <= int(text) <= len(self.offered):
                self.screen.note(self._which_number())
                return True
            text = self.offered[int(text) - 1]
            self.screen.print(self._faint(f"Asking: {one_line(text)}"))
        self._ask(text)
        return True

    def _which_number(self) -> str:
        most = len(self.offered)
        which = f"There are {most} questions to choose from; type 1 to {most}" if most > 1 else "There is one question to choose; type 1"
        return f"{which}, or ask in words."

    def _ask(self, question: str) -> None:
        assistant = self._assistant()
        if self._conversation is None:
            self._conversation = self._new_conversation()
        before = deepcopy(self._conversation)
        try:
            answer, trace = assistant.explain(question, self._conversation, id=str(self._asked + 1), scope=self.scope)
        except BaseException:  # an interrupt too: what was not answered was not said
            self._conversation = before
            raise
        self._asked += 1
        self._before, self._last = before, (answer, trace)
        self._answers.append(answer)
        self.offered = answer.suggestions
        self.screen.print(answer_shown(answer, self.screen.style, numbered=self._numbered))
        if answer.status == "declined" and self.scope:
            self.screen.note(f"Asked in {one_line(', '.join(self.scope))} only; /scope all asks everything again.")

    # ---------------------------------------------------------------- commands

    def _command(self, name: str, rest: str) -> bool:
        command = BY_NAME.get(name)
        if command is None:
            near = nearest(name)
            meant = f"; did you mean {near}?" if near else "."
            self.screen.note(f"There is no command {one_line(name)}{meant} /help lists all.")
        elif command.name == "/quit":
            return False
        elif command.asked and self._last is None:
            self.screen.note("Nothing has been asked yet.")
        else:
            getattr(self, "_do_" + command.name.removeprefix("/"))(rest)
        return True

    def _do_help(self, _: str) -> None:
        style = self.screen.style
        lines = ["Ask a question in your own words."]
        if self._numbered:
            lines[0] += " Alt-Enter breaks the line, Tab completes names, the arrows recall."
            lines.append("A number asks the question that was offered under it.")
        lines = [piece for line in lines for piece in wrap(line, style.width)] + [""]
        margin = max(len(command.usage) for command in COMMANDS)
        narrow = 0 < style.width < margin + 40
        for command in COMMANDS:
            if narrow:
                lines += [command.usage, hang("    ", command.words, style)]
            else:
                lines.append(hang(f"  {command.usage.ljust(margin)}  ", command.words, style))
        self.screen.page("\n".join(lines))

    def _do_sources(self, rest: str) -> None:
        if rest:
            citation = self._numbered_source(rest)
            if citation is not None:
                self.screen.page(sources_shown((citation,), self.screen.style))
        elif self.sources:
            self.screen.page(sources_shown(self.sources, self.screen.style))
        else:
            self.screen.note("The last answer rests on no source.")

    def _numbered_source(self, number: str) -> Citation | None:
        """The source of a number; says what numbers there are where there is no such one."""
        if not self.sources:
            self.screen.note("The last answer rests on no source.")
            return None
        for citation in self.sources:
            if number.strip("[]") == str(citation.marker):
                return citation
        known = [c.marker for c in self.sources]
        which = f"from {known[0]} to {known[-1]}" if len(known) > 1 else f"{known[0]}"
        self.screen.note(f"There is no source {clean(number)!r}. The last answer has {which}.")
        return None

    def _do_open(self, rest: str) -> None:
        number, _, how = rest.partition(" ")
        if not number and len(self.sources) == 1:
            number = str(self.sources[0].marker)
        if how.strip() not in ("", "edit") or not number:
            self.screen.note("Name a source: /open 1, or /open 1 edit to open it in your editor.")
            return
        citation = self._numbered_source(number)
        if citation is None:
            return
        assistant = self._assistant()
        with suppress(KbError):  # what was read before can still be shown
            assistant.refresh()
        text, outline = assistant.document(citation.document), assistant.outline(citation.document)
        shown = show_place(citation, text, outline, self.screen.style)
        if how.strip() == "edit":
            folder, path = place_of(assistant.kb, citation.document)
            self._edit(folder / path, shown.line)
        else:
            self.screen.page(shown.text, shown.start)

    def _edit(self, path: Path, line: int) -> None:
        command = paging.editor_command(self._environ, path.absolute(), line)
        if command is None:
            self.screen.note(f"Neither $VISUAL nor $EDITOR names an editor. The place is {path}:{line}.")
            return
        self.screen.hand_over()
        try:
            code = paging.edit(command)
        except OSError as error:
            self.screen.note(f"{command[0]} cannot be run ({error.strerror}). Set $EDITOR to your editor. The place is {path}:{line}.")
        else:
            self.screen.note(f"{command[0]} ended with {code}." if code else "What you changed is read with the next question.")

    def _do_why(self, _: str) -> None:
        if self._last is not None:
            self.screen.page(explanation(*self._last, self.screen.style))

    def _do_whynot(self, section: str) -> None:
        if not section:
            self.screen.note("Name a section after /whynot: its number, its heading or a part of it, or file.md#heading.")
        elif self._last is not None:
            try:
                told = self._assistant().why_not(self._last[0].question, section, self._before, scope=self._last[0].reading.scope)
            except UsageError as error:  # no such section; the message names the nearest
                self.screen.note(str(error))
            else:
                self.screen.page(why_not_text(told, self.screen.style))

    def _do_reading(self, rest: str) -> None:
        if self._last is None:
            return
        if rest == "edit":
            self.prefilled = one_line(self._last[0].reading.question)
            if not self._numbered:
                self.screen.note(self.prefilled)
            return
        self.screen.page(reading_text(self._last[0], self.screen.style))

    def _do_json(self, _: str) -> None:
        if self._last is not None:
            self.screen.raw(as_line(self._last[0]))

    def _do_kb(self, _: str) -> None:
        assistant = self._assistant()
        summary, style = assistant.summary(self.scope), self.screen.style
        counts = [(summary.documents, "file"), (summary.sections, "section"), (summary.tables, "table"), (summary.facts, "fact")]
        holds = ", ".join(number_of(n, what) for n, what in counts)
        rows = [("title", summary.title), ("about", summary.description)]
        rows += [("folder", f"{part.root} (as {part.name}/)" if part.name else str(part.root)) for part in parts_of(assistant.kb)]
        if self.scope:
            rows += [("asked in", ", ".join(self.scope))]
        rows += [("holds", holds), ("index", summary.generation), *(("left out", words) for words in summary.skipped[:10])]
        lines = [hang(f"{name.ljust(8)}  ", one_line(text), style) for name, text in rows if text]
        if summary.examples:
            lines += ["", heading("Ask for example:", style), *(hang("  ", one_line(e), style) for e in summary.examples)]
        self.screen.page("\n".join(lines))

    def _do_scope(self, rest: str) -> None:
        assistant = self._assistant()
        if not rest:
            self._show_scope(assistant)
            return
        try:
            self.scope = () if rest.casefold() == "all" else self._named(assistant, rest)
        except UsageError as error:  # no such folder or document; the message names the nearest
            self.screen.note(str(error))
        else:
            self.screen.note(
                f"Asking {one_line(', '.join(self.scope))} only; /scope all asks everything again." if self.scope else "Asking everything."
            )

    @staticmethod
    def _named(assistant: Answering, text: str) -> tuple[str, ...]:
        """What a text names: one thing as a whole, or several with blanks or commas between."""
        with suppress(UsageError):
            return assistant.scope([text])
        return assistant.scope(text.replace(",", " ").split())

    def _show_scope(self, assistant: Answering) -> None:
        """What is asked now: its files and their headings."""
        style = self.screen.style
        lines: list[str] = []
        for path in assistant.documents():
            if self.scope and not any(path == name or path.startswith(f"{name}/") for name in self.scope):
                continue
            lines += [paint(one_line(path), "1", style)]
            outline = assistant.outline(path)
            least = min((e.level for e in outline), default=1)
            lines += [hang(f"{e.line:>6}  {'  ' * (e.level - least)}", one_line(e.title), style) for e in outline]
        self.screen.page("\n".join(lines))
        if self.scope:
            self.screen.note(f"Asked now: {one_line(', '.join(self.scope))}. /scope all asks everything again.")
        elif folders := assistant.folders():
            self.screen.note(f"Asked now: everything, in {one_line(', '.join(folders))}. /scope NAME asks one alone.")

    def _do_export(self, name: str) -> None:
        if not name:
            self.screen.note("Name a file: /export talk.md, or /export talk.json.")
            return
        path = Path(name).expanduser()
        summary = self._assistant().summary()
        make = as_json if path.suffix.lower() == ".json" else as_markdown
        text = make(self._answers, title=summary.title, kb_sha256=summary.kb_sha256)
        try:
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except FileExistsError:
            self.screen.note(f"{path} is there already; name a file that is not.")
        except (OSError, ValueError) as error:
            self.screen.note(f"{path} cannot be written ({getattr(error, 'strerror', None) or error}).")
        else:
            self.screen.note(f"{number_of(len(self._answers), 'question')} saved in {path}.")

    def _do_feedback(self, rest: str) -> None:
        word, _, note = rest.partition(" ")
        if word not in VERDICTS:
            *most, last = VERDICTS
            self.screen.note(f"Say what it was: /feedback {', '.join(most)} or {last}, and a note if you like.")
        elif self._last is not None:
            answer, trace = self._last
            log = FeedbackLog(default_path(self._assistant().kb, self._environ))
            log.add(record_of(answer, VERDICTS[word], note=note, generation=trace.generation))
            self.screen.note(f"Kept in {log.path}. `whichops gaps` shows what was said.")

    def _do_history(self, rest: str) -> None:
        if rest and not (rest.isdecimal() and int(rest)):
            self.screen.note("Say how many lines: /history 50.")
            return
        count = int(rest or SHOWN_HISTORY)
        begins = max(0, len(self._history) - count)
        style = self.screen.style
        lines = [hang(f"{number:>5}  ", one_line(line), style) for number, line in enumerate(self._history[begins:], begins + 1)]
        if lines:
            self.screen.page("\n".join(lines))
        else:
            self.screen.note("Nothing was typed before.")

    def _do_clear(self, _: str) -> None:
        self.screen.clear()

    def _do_new(self, _: str) -> None:
        self._conversation = self._before = self._last = None
        self._answers.clear()
        self.offered = ()
        self.screen.note("A new conversation.")

    def _faint(self, text: str) -> str:
        style: Style = self.screen.style
        return "\n".join(paint(line, "2", style) for line in wrap(text, style.width))
