"""What a conversation keeps, as frames that anyone can read, and how a follow-up is made whole from them.

A turn is kept as what was asked, the names in it by their sort, what the answer was about and what it listed in order. A
follow-up becomes a whole question in plain words, shown as *Read as*, and is then answered like a first question, on its own
evidence. There is no hidden text, and nothing said before is joined to a question. A question that stands alone is left alone.

`state` holds the turns, `keeping` makes one of an answer, `reading` tries the ways in which a message may lean on them.
"""

from assistant.conversation.choices import asks_for_any
from assistant.conversation.models import Resolved, Slot, Turn
from assistant.conversation.naming import bound_names
from assistant.conversation.state import Conversation

__all__ = ["Conversation", "Resolved", "Slot", "Turn", "asks_for_any", "bound_names"]
