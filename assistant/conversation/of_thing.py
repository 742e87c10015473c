"""What is said of things, asked with no thing named: of the one spoken of, in its table or under its heading."""

from __future__ import annotations

from dataclasses import replace

from assistant.conversation.english import english
from assistant.conversation.models import SHORT, Resolved, Slot, Turn
from assistant.conversation.moves import moves
from assistant.conversation.past import Past
from assistant.conversation.phrasing import series
from assistant.conversation.said import Said
from assistant.language import language
from assistant.question import tokens
from corpus.chunking import bare_heading
from corpus.words import key


def of_one(past: Past, said: Said) -> Resolved | None:
    """*Which of them belong to A?* after what was told under an attribute of several things: that of A."""
    last = past.last
    if last is None or not last.answered or english().message.which_of_them.match(said.text) is None or said.extra():
        return None
    attributes = [s for s in last.of("attribute") if s.axes]
    things = {t.key: t for t in said.ties if past.sort(t) == "thing"}
    if not attributes or last.of("thing") or len(things) != 1 or len(said.ties) != 1:
        return None
    name = next(iter(things.values())).name
    attribute = next((s.name for s in attributes if s.name == last.subject), attributes[-1].name)
    return Resolved(f"{attribute} of {name}", (attribute,), varied=True, focus=name)


def of_chosen(past: Past, said: Said) -> Resolved | None:
    """*And which tools would I use?* after a choice: those of what was chosen."""
    last = past.last
    chosen = last.chosen if last is not None else None
    goes_on = said.leaning or english().message.would_get.search(said.text) is not None
    if not chosen or not goes_on or not moves().asks(said.text) or not said.ties or said.extra():
        return None
    if not all(past.tells_of_things(t) for t in said.ties) or english().message.existential.search(said.text):
        return None
    return Resolved(f"{series([t.name for t in said.ties])} of {chosen}", (chosen,), varied=True, focus=chosen)


def under_heading(past: Past, said: Said) -> Resolved | None:
    """Headings that recur under several headings are what is said of these: *and the phone?*, *and the other shop?*"""
    last = past.last
    if last is None or len(last.path) < 2 or not last.answered:
        return None
    inside = {p for t in said.ties if "heading" in t.roles for p in range(t.start, t.end)}
    if any(past.is_name(t) and "heading" not in t.roles for t in said.ties):
        return None
    asks = moves().asks(said.text)
    wanted = {t.stem for t in said.words if not t.function and t.word not in moves().generic} or {t.stem for t in said.words}
    if len(said.words) > SHORT + 2 or not (asks or said.leaning or inside or len(said.words) <= SHORT):
        return None
    tree = _headings(past, last.document)
    for depth in range(len(last.path) - 1, 0, -1):
        top, below = last.path[: depth - 1], last.path[depth:]
        things = [h for h in tree.get(top, ()) if set(tree.get((*top, h), ())) & set(tree.get(last.path[:depth], ()))]
        if len(things) < 2:
            continue  # nothing beside it is told of in the same way
        thing = last.path[depth - 1]
        attributes = [h for h in tree.get(last.path[:depth], ()) if _means(past, h, wanted, asks=asks)]
        if len(attributes) == 1:
            return Resolved(
                f"{attributes[0].strip(' ?.!:')} of {bare_heading(thing)}",
                (bare_heading(thing),),
                varied=True,
                focus=bare_heading(thing),
            )
        others = [h for h in things if h != thing and _means(past, h, wanted, asks=False)]
        if len(others) == 1 and not asks and below[0] in tree.get((*top, others[0]), ()):
            return Resolved(
                f"{below[0].strip(' ?.!:')} of {bare_heading(others[0])}", (below[0],), varied=True, focus=bare_heading(others[0])
            )
    return None


def _headings(past: Past, document: str) -> dict[tuple[str, ...], list[str]]:
    """The headings right under each heading of a document."""
    found: dict[tuple[str, ...], list[str]] = {}
    if not any(d.path == document for d in past.view.store.documents()):
        return found  # it is gone, or lies outside the part that is asked now
    for section in past.view.store.sections(document):
        if section.path:
            found.setdefault(section.path[:-1], []).append(section.path[-1])
    return found


def _means(past: Past, heading: str, wanted: set[str], *, asks: bool) -> bool:
    """Whether words name a heading: they are all in it; of a whole question, all that matters of the heading is in them."""
    own = past.view.stems_of(heading)
    if not asks:
        return wanted <= own
    telling = frozenset(t.stem for t in tokens(heading) if not t.function) or own
    return telling <= wanted


def question_word(past: Past, said: Said) -> Resolved | None:
    """A question of nothing but small words: of what was spoken of, in the attribute that is called so (*since when?*) if one is."""
    subject, last = past.it, past.last
    if subject is None or last is None or said.ties or language().kind_of(said.text) == "decision":
        return None  # *which do I need?* is asked anew: the need is not what was spoken of
    if not moves().bare_question(said.text) and (not moves().asks(said.text) or any(not t.function for t in said.words)):
        return None
    if english().message.purpose.match(said.bare()) and last.cell is not None and len(last.of("name")) == 1 and not last.of("thing"):
        name = last.of("name")[0].name
        return Resolved(f"what is {name} used for", (name,))
    said_stems = {t.stem for t in said.words}
    for thing in last.of("thing"):
        for label in _labels_beside(past, thing):
            if past.view.stems_of(label) <= said_stems:
                return Resolved(f"{label} of {thing.name}", (thing.name,))
    joined = "" if moves().bare_question(said.text) else "for "
    return Resolved(f"{said.bare()} {joined}{subject}", (subject,))


def _labels_beside(past: Past, thing: Slot) -> list[str]:
    """What the tables say of a thing: the labels of the other axis."""
    found: list[str] = []
    for table, axis in sorted(thing.axes):
        shape = past.view.table(table)
        found += shape.columns[1:] if axis == "row" else shape.rows
    return found


def attribute_alone(past: Past, said: Said) -> Resolved | None:
    """*What is the goal?* after a question about one thing: of that thing, where its table has such an attribute."""
    last = past.last
    if last is None or not moves().asks(said.text) or english().message.existential.search(said.text):
        return None
    chosen = last.chosen
    slot = past.slot(chosen) if chosen and not said.ties and english().message.what_is.match(said.text) else None
    if slot is not None and (named := attribute_of(past, said, replace(last, slots=(slot,)))) is not None:
        return Resolved(f"{named} of {slot.name}", (slot.name,), varied=True, focus=slot.name)
    of_it = bool(said.ties) and not said.extra() and all(past.tells_of_things(t) and past.axes(t) for t in said.ties)
    if chosen and past.view.is_thing(key(chosen)) and of_it and english().message.what_is.match(said.text):
        return Resolved(f"{series([t.name for t in said.ties])} of {chosen}", (chosen,), varied=True, focus=chosen)
    things = last.of("thing")
    if (
        len(things) != 1
        or any("heading" in t.roles and t.words.lower().endswith("s") for t in said.ties)
        or attribute_of(past, said, last) is None
    ):
        return None
    if english().message.what_is.match(said.text):
        return Resolved(f"{said.bare()} of {things[0].name}", (things[0].name,))
    if not said.ties or any(past.sort(t) == "thing" for t in said.ties) or said.extra():
        return None
    if moves().polar(said.text):
        return Resolved(f"{said.bare()} for {things[0].name}", (things[0].name,))
    return Resolved(f"{attribute_of(past, said, last)} of {things[0].name}", (things[0].name,))


def attribute_of(past: Past, said: Said, base: Turn) -> str | None:
    """The attribute of the thing spoken of that a message names, if only in part (*the goal* for *Primary Goal*)."""
    things = base.of("thing")
    wanted = {t.stem for t in said.words if not t.function}
    if len(things) != 1 or not wanted:
        return None
    for table, axis in sorted(things[0].axes):
        shape = past.view.table(table)
        for label in shape.columns[1:] if axis == "row" else shape.rows:
            if wanted <= past.view.stems_of(label):
                return label
    return None
