"""What settles a question that was asked back about."""

from __future__ import annotations

from assistant.conversation.models import Resolved
from assistant.conversation.moves import moves
from assistant.conversation.past import Past
from assistant.conversation.said import Said


def need(past: Past, said: Said) -> Resolved | None:
    """What settles a question that was asked back about; a new question comes before it."""
    if past.pending is None or moves().asks(said.text):
        return None
    if len(said.ties) == 1 and past.is_name(said.ties[0]) and said.ties[0].end - said.ties[0].start == len(said.words):
        return None
    return Resolved(with_need(past, moves().need(said.text)), (past.pending.question,), otherwise=Resolved(said.typed))


def with_need(past: Past, need: str) -> str:
    """The question that was asked back about, with what settles it."""
    asked = past.pending.question if past.pending is not None else ""
    return f"{asked.strip(' ?.!')} {need}".strip()
