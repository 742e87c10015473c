"""How many, counted from a finding that lists things."""

from __future__ import annotations

from assistant.finding import Finding, part
from assistant.listing import enumerates, listed_names
from assistant.wording import Figure, Quote
from corpus.words import key


def count(finding: Finding, *, names: bool = False) -> Finding | None:
    """How many, from a finding that lists things: the number, the things, and where they stand.

    Args:
        names: of a row or column the names its cells list are counted, not the cells.
    """
    items: list[Quote] = []
    if finding.shape == "cell":
        quote = finding.slots["value"]
        fact = quote.fact
        items = [part(fact, n) for n in fact.names if n in fact.value] if fact is not None else []
        items = [q for q in items if not any(q.text != o.text and q.text in o.text for o in items)]
    elif finding.shape in ("list", "steps"):
        items = [i["label"] or i["value"] for i in finding.slots["items"]]
        items = [Quote(q.text, q.document, q.span, i["value"].fact) for q, i in zip(items, finding.slots["items"], strict=True)]
        if finding.slots["left"]:
            return None
    elif finding.shape in ("row", "column") and names and not finding.slots["left"]:
        facts = [fact for c in finding.slots["cells"] if (fact := c["value"].fact) is not None]
        listed = {key(n): part(fact, n) for fact in reversed(facts) if enumerates(fact) for n in reversed(listed_names(fact))}
        items = list(reversed(listed.values()))
    elif finding.shape in ("row", "column") and not finding.slots["left"]:
        items = [
            Quote(c["label"].text, c["label"].document, c["label"].span, c["value"].fact) for c in finding.slots["cells"] if c["label"]
        ]
    if len(items) < 2:
        return None
    return Finding("count", {"number": Figure(len(items), tuple(items)), "items": items}, finding.deciding, finding.bound, finding.roles)
