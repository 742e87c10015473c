"""English patterns of follow-ups."""

from __future__ import annotations

import re

EXISTENTIAL = re.compile(r"\b(?:there|all|every|each|any|exist)\b", re.I)
PREPOSITION = re.compile(r"^(?:for|to|in|on|at|with|from|by|of|about|under|over|after|before|during|without|when|if)\b", re.I)
IS_A = re.compile(r"(?:\b(?:is|are|was|were)\b.*?)\b(?P<what>(?:the|an?) [^?.!]+)", re.I)
WAY_ROUND = re.compile(r"(?:what (?:comes?|is|about) |and )?(?P<way>before|after)(?: (?:it|that))?\W*", re.I)
WHICH = re.compile(r"^(?:which|what)(?: ones?)? (?=(?:is|are|was|were|has|have|had|does|do)\b)", re.I)
WHICH_OF_THEM = re.compile(r"^(?:which|what)(?: ones?)?(?: of (?:them|these|those))? (?:belongs?|is|are|fits?|goes|go|does|do) ", re.I)
HOW_MANY = re.compile(r"^how many\b ?", re.I)
OPENED_BY = re.compile(r"^(?:which|what|list|name|show me|give me|tell me)\s+(?:are\s+)?(?:the\s+)?(?:all\s+)?", re.I)
DECIDED = re.compile(
    r"^(.*?\b(?:need|use|choose|pick|take|adopt|select|go|consider|want|get|buy|prefer|recommend\w*|suggest|right|best)\b)", re.I
)
ASKS_OF_ONE = re.compile(r"(?:and |so |but )?(?:how (?!many)|when|where|what(?:['’]s| is| does| do))\b", re.I)
OF_ROWS = re.compile(
    r"\b(?:those|these|them|they|their|theirs|he|she|his|him|her|hers|it|its|each|both|that|this"
    r"|the (?:two|three|four|five|ones?|others?|rest|list)|of (?:the|all))\b",
    re.I,
)
SEVERAL_MEANT = re.compile(r"\b(?:those|these|them|they|their|theirs|each|both|all)\b", re.I)
# Goes on with what was told: opens so, or names nothing that is asked for.
GOING_ON = re.compile(
    r"^(?:and|or|but|also|now|what about|how about|what of|then"
    r"|(?:which|who)(?: ones?)? (?:is|are|was|were|has|have|had|do|does|did)(?:n['’]t)?)\b",
    re.I,
)
