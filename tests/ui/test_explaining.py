"""What a terminal shows of how an answer was come by, and of why a section did not answer."""

from __future__ import annotations

from typing import Any

from assistant.models import (
    Answer,
    Atom,
    Bound,
    Cell,
    Check,
    Citation,
    Mention,
    Place,
    Reading,
    Scored,
    Timings,
    Trace,
    Tried,
    Used,
    WhyNot,
)
from ui.explaining import explanation, why_not_text
from ui.render import Style, columns_of

BULBS = Place(document="guide.md", section=("Guide", "Which one"), lines=(12, 12), cell=Cell(row="Planting bulbs", column="Tool"))
SOIL = Place(document="guide.md", section=("Guide", "Soil"), lines=(30, 31))


def scored(place: Place, value: str, score: float, *, used: bool = False, behind: float = 0.0, **more: Any) -> Scored:
    given = {"dense": 0.61, "near": 0.7, "words": 5.25, "cover": 0.9, "exact": 1, "precise": 0.5, "headed": False, "typed": False}
    return Scored(place=place, kind="cell", value=value, used=used, score=score, behind=behind, parts={}, found={}, **{**given, **more})


def check(measure: str, value: float, limit: float, *, form: Any = "cosine", needs: Any = "at least", way: int = 0) -> Check:
    met = value >= limit if needs == "at least" else value <= limit
    words = {"dense": "nearness in meaning", "cover": "of the question found there", "left": "missing of what is asked"}[measure]
    return Check(
        measure=measure, words=words, form=form, value=value, needs=needs, threshold=f"{measure}_least", limit=limit, met=met, way=way
    )


def tried(reason: str, text: str, *checks: Check, taken: bool = False, place: Place = SOIL, rule: str = "sentence") -> Tried:
    return Tried(shape=rule, rule=rule, taken=taken, decline=None, reason=reason, text=text, checks=checks, features={}, places=(place,))


WEAK = "Too little of the question stands there."
TAKEN = tried("strength", "Enough of the question stands there.", check("dense", 0.61, 0.28), taken=True, place=BULBS, rule="decision-row")
TRACE = Trace(
    rule="decision-row",
    generation="gen-7",
    thresholds={"dense_least": 0.28},
    features={"dense": 0.61},
    why="A table that says what to choose when has a row for this need.",
    asked="what for bulbs",
    bound=(Bound(words="bulbs", name="Planting bulbs", role="condition", how="alias", reason="short for it", place=BULBS),),
    repaired=(("whta", "what"),),
    aside=("quickly",),
    missing=("deep",),
    unknown=("hole",),
    used=(Used(place=BULBS, start=1200, end=1206, text="Trowel", marker=1), Used(place=SOIL, start=7, end=9, text="Tool", marker=None)),
    tried=(tried("weak", WEAK, check("cover", 0.21, 0.3, form="share")), TAKEN),
    candidates=(
        scored(BULBS, "Trowel", 0.8, used=True),
        scored(SOIL, "A spade is for heavy soil.", 0.35, behind=0.45, near=None, exact=0, cover=0.1),
    ),
)
ANSWER = Answer(
    id="1",
    question="whta for bulbs quickly",
    status="answered",
    text="Trowel",
    markdown="Trowel [1]",
    citations=(Citation(marker=1, document="guide.md", section=("Guide", "Which one"), lines=(12, 12), quote="Trowel", cell=BULBS.cell),),
    reading=Reading(
        kind="decision", question="whta for bulbs", mentions=(Mention(words="bulbs", name="Planting bulbs", role="condition", how="alias"),)
    ),
    rule="decision-row",
    answer_id="a1",
    confidence="high",
    certificate=(Atom(op="quote", marker=1, quote="Trowel", text="Trowel"), Atom(op="text", text="for")),
    timings_ms=Timings(understand=1, retrieve=2.25, compose=0.5, total=3.75),
)


def test_an_explanation_tells_the_reading_the_rule_the_proof_the_numbers_and_what_lost() -> None:
    shown = explanation(ANSWER, TRACE).split("\n")
    columns = next(line for line in shown if line.startswith("  found: "))  # what the columns mean

    assert shown == [
        "How this was answered:",
        "  status      answered, high confidence",
        "  kind        decision",
        "  asked       what for bulbs",
        "  name        “bulbs” = Planting bulbs (condition, alias: short for it, guide.md:12)",
        "  mended      “whta” read as “what”",
        "  left aside  “quickly”",
        "  unknown     “hole”",
        "  not found   “deep”",
        "  rule        decision-row: A table that says what to choose when has a row for this need.",
        "",
        "Why that is enough, decision-row (guide.md:12):",
        "  Enough of the question stands there.",
        "     0.61 nearness in meaning; at least 0.28 needed (dense_least): yes",
        "",
        "It rests on:",
        "  [1]  guide.md:12  Guide › Which one — Planting bulbs × Tool, characters 1,200 to 1,206: “Trowel”",
        "    -  guide.md:30-31  Guide › Soil, characters 7 to 9: “Tool”",
        "",
        "Tried and refused: sentence (guide.md:30-31)",
        "  Too little of the question stands there.",
        "     21 % of the question found there; at least 30 % needed (cover_least): no",
        "",
        "What it was made from (*), and what lost by how much:",
        "     line                              found  near  close  names  words  points  behind",
        "  -  --------------------------------  -----  ----  -----  -----  -----  ------  ------",
        "  *  12 Planting bulbs × Tool: Trowel  90 %   0.61  0.70   1      5.2    0.80",
        "     30 A spade is for heavy soil.     10 %   0.61         0      5.2    0.35    +0.45",
        "",
        columns,
        "",
        "  time   understand 1.0 ms, retrieve 2.2 ms, compose 0.5 ms, total 3.8 ms",
        "  proof  1 part checked against the files",
        "  index  gen-7",
    ]


def test_no_line_of_an_explanation_is_wider_than_the_terminal() -> None:
    told = TRACE.model_copy(update={"parts": (TRACE, TRACE), "asked": "word " * 60, "notes": ("note " * 40,)})

    shown = {width: explanation(ANSWER, told, Style(width=width)) for width in (40, 60, 80)}

    assert [line for width, text in shown.items() for line in text.split("\n") if columns_of(line) > width] == []
    assert not any("\n\n\n" in text for text in shown.values())
    assert "What it was made from (*), and what lost\nby how much:\n" in shown[40]
    assert "  line: 30 A spade is for heavy soil.\n  found: 10 %\n  near: 0.61\n  names: 0\n" in shown[40]  # no “close:”, it has none


def test_findings_refused_for_one_reason_are_told_together_each_with_its_numbers() -> None:
    again = [tried("weak", WEAK, check("cover", v, 0.3, form="share"), rule=rule) for v, rule in ((0.25, "list"), (0.1, "card"))]
    other = tried("left", "Too much is missing.", check("left", 0.6, 0.5, form="share", needs="at most"), rule="pair")
    told = explanation(ANSWER, TRACE.model_copy(update={"tried": (TRACE.tried[0], *again, other)}))

    assert "Why nothing was enough, sentence (guide.md:30-31):\n" in told
    assert "Refused for the same reason: list (guide.md:30-31): 25 %; card (guide.md:30-31): 10 %." in told
    assert (
        "Tried and refused: pair (guide.md:30-31)\n  Too much is missing.\n     60 % missing of what is asked; at most 50 % needed" in told
    )
    assert told.count(WEAK) == 1


def test_ways_that_would_have_been_enough_are_told_apart_and_of_what_was_taken_only_the_one_that_was() -> None:
    ways = (check("dense", 0.2, 0.28), check("cover", 0.35, 0.3, form="share", way=1))
    refused = explanation(ANSWER, TRACE.model_copy(update={"tried": (tried("weak", WEAK, *ways),)}))
    taken = explanation(ANSWER, TRACE.model_copy(update={"tried": (tried("need", WEAK, *ways, taken=True),)}))

    assert "     0.20 nearness in meaning; at least 0.28 needed (dense_least): no\n  or 35 % of the question" in refused
    assert "0.20" not in taken
    assert "     35 % of the question found there; at least 30 % needed (cover_least): yes" in taken


def test_a_number_that_only_rounds_to_its_threshold_is_told_exactly() -> None:
    told = explanation(ANSWER, TRACE.model_copy(update={"tried": (tried("weak", WEAK, check("dense", 0.2796, 0.28)),)}))

    assert "0.2796 nearness in meaning; at least 0.2800 needed" in told


def test_each_of_several_questions_is_explained() -> None:
    whole = Trace(rule="several-questions", generation="g", thresholds={}, features={}, candidates=(), parts=(TRACE, TRACE))

    told = explanation(ANSWER, whole)

    assert [line for line in told.split("\n") if line.startswith("Question")] == ["Question 1:", "Question 2:"]
    assert told.count("What it was made from (*)") == 2
    assert told.count("points: what facts are ranked by") == 1


def why_not(**more: Any) -> WhyNot:
    best = scored(SOIL, "A spade is for heavy soil.", 0.35, behind=0.45, cover=0.1, dense=0.5, near=None, exact=0, words=1.25)
    given: dict[str, Any] = {
        "question": "what for bulbs",
        "asked": "what for bulbs",
        "section": SOIL.model_copy(update={"lines": (28, 40)}),
        "status": "answered",
        "rule": "decision-row",
        "outcome": "behind",
        "text": "Its best fact is 0.45 points behind.",
        "best": best,
        "winner": scored(BULBS, "Trowel", 0.8, used=True),
        "behind": {"score": 0.45, "dense": 0.11, "words": 4.0, "cover": 0.8, "exact": 1.0, "precise": 0.0},
        "rank": 7,
        "weighed": 90,
        "lacks": ("bulbs", "deep"),
        "elsewhere": ("deep",),
        "winner_has": ("bulbs",),
        "tried": (tried("weak", WEAK, check("dense", 0.2, 0.28)),),
    }
    return WhyNot.model_validate(given | more)


def test_why_not_tells_the_margin_in_each_channel_the_words_it_lacks_and_what_the_judge_refused() -> None:
    assert why_not_text(why_not()).split("\n") == [
        "Why this section did not answer:",
        "  asked     what for bulbs",
        "  section   guide.md:28-40  Guide › Soil",
        "  because   Its best fact is 0.45 points behind.",
        "  it lacks  “bulbs” (the fact that decided has it), “deep” (it stands elsewhere in the section)",
        "  rank      7 of 90 facts weighed",
        "",
        "Tried and refused: sentence (guide.md:30-31)",
        "  Too little of the question stands there.",
        "     0.20 nearness in meaning; at least 0.28 needed (dense_least): no",
        "",
        "The fact that decided (*), its best fact, and the difference:",
        "     line                              found  near   close  names  words  points",
        "  -  --------------------------------  -----  -----  -----  -----  -----  ------",
        "  *  12 Planting bulbs × Tool: Trowel  90 %   0.61   0.70   1      5.2    0.80",
        "     30 A spade is for heavy soil.     10 %   0.50          0      1.2    0.35",
        "     difference                        -80 %  -0.11         -1     -4.0   -0.45",
    ]


def test_why_not_of_a_fact_nothing_brought_in_says_so_and_of_one_that_answered_shows_no_difference() -> None:
    assert "  rank      not among the 90 facts weighed" in why_not_text(why_not(rank=None))

    cited = why_not_text(why_not(outcome="cited", text="It did answer.", tried=()))
    assert cited.startswith("About this section:\n")
    assert "difference" not in cited


def test_nothing_in_a_fact_can_break_the_table_or_steer_the_terminal() -> None:
    evil = scored(SOIL, "a | b *c* `d`\n\x1b[2J_e_", 0.3)

    told = explanation(ANSWER, TRACE.model_copy(update={"candidates": (evil,)}))

    assert "30 a | b *c* `d` [2J_e_" in told
    assert "\x1b" not in told
