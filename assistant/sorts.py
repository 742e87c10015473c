"""The sorts of findings and of questions that the judge tells apart: by shape, by kind, by what is asked for."""

from __future__ import annotations

from assistant.frame import AMOUNTS

TOLD = frozenset({"pair", "sentence", "told", "cell", "owner", "decision", "decision_fact", "list"})  # shapes that quote what is said
TEXTS = frozenset({"pair", "sentence", "told"})
ONE_CELL = frozenset({"cell", "owner", "decision_fact"})  # shapes of a word or two, near by chance more often than a text is
LISTED = frozenset({"list", "steps"})
SAID_AT_LENGTH = LISTED | {"sentence", "told"}
LISTED_WHOLE = frozenset({"row", "column", "card", "table"})
OF_A_THING = frozenset({"cell", "owner", "decision", "decision_fact", "step_next", "step_at", "count"})
TELLS_STORIES = frozenset({"decision", "compare", "overlap"})  # kinds whose questions may name what is beside them
CLAIMS = frozenset({"yesno", "howto", "why"})
HARD_TYPES = AMOUNTS | {"date", "person", "version", "colour"}  # an answer without one of these is no answer
