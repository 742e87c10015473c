"""Yes and no by one clause of a text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant import Assistant

Sheet = Callable[[str], Assistant]

BROKERS = """# Brokers

## Heron

Messages are delivered once, so no message replay is available. Clients can not reconnect without a token.
The broker never stores old messages.

## Stork

Old messages can be replayed at any time. Backups are not supported yet. Snapshots are not kept unless the disk is large.
The gateway calls the scheduler.
"""


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("is message replay available on Heron?", "No. Messages are delivered once, so no message replay is available."),
        ("are backups supported in Stork?", "No. Backups are not supported yet."),
        ("does the broker store old messages?", "No. The broker never stores old messages."),
        ("can old messages be replayed?", "Yes. Old messages can be replayed at any time."),
    ],
)
def test_a_clause_that_says_every_word_is_a_yes_or_a_no(sheet: Sheet, question: str, told: str) -> None:
    assert sheet(BROKERS).ask(question).text == told


@pytest.mark.parametrize(
    "question",
    ["are snapshots kept?", "can clients reconnect without a token?", "can backups be replayed?", "are all backups supported?"],
)
def test_a_condition_or_a_word_that_is_not_said_settles_nothing(sheet: Sheet, question: str) -> None:
    text = sheet(BROKERS).ask(question).text

    assert not text.startswith(("Yes.", "No."))


def test_what_a_cell_denies_is_no_yes(sheet: Sheet) -> None:
    kb = sheet(
        "# Compared\n\n| Aspect | Heron | Stork |\n|---|---|---|\n| Persistence | Memory only, no message replay | Disk, full replay |\n"
    )

    assert not kb.ask("does the persistence of Heron have message replay?").text.startswith("Yes")
