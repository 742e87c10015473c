"""A conversation with the small assistant at a real terminal: `driver.py [missing|slow|told] [--no-history] [--pager] [--greets]`."""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from tests.ui.fake import FakeAssistant, FakeTalk
from ui.render import Style, style_for
from ui.terminal.loop import chat


def opened(progress: Any, tell: Any) -> FakeAssistant:
    if "missing" in sys.argv:
        from corpus.errors import KnowledgeBaseMissing

        time.sleep(0.5)
        raise KnowledgeBaseMissing(Path("nowhere"), "does not exist")
    if "slow" in sys.argv:
        progress("Encoding", 1, 2)
        time.sleep(3)
    if "never" in sys.argv:
        time.sleep(60)
    if "told" in sys.argv:
        tell("Indexed 1 file.")
    return FakeAssistant(Path(os.environ.get("FAKE_KB", "colours")))


def style() -> Style:
    return style_for(tty=sys.stdout.isatty(), columns=shutil.get_terminal_size().columns, environ=os.environ)


def main() -> int:
    from corpus.errors import KbError

    try:
        return chat(
            opened,
            style=style,
            new_conversation=FakeTalk,
            keep_history="--no-history" not in sys.argv,
            use_pager="--pager" in sys.argv,
            greets="--greets" in sys.argv,
        )
    except KbError as error:
        print(f"whichops: {error}", file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
