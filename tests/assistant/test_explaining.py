"""How an answer came about, and why a section did not answer: every score can be computed again, and nothing is left out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import Assistant, Conversation
from assistant.explaining import UnknownSection, checks, find_section, reasons
from assistant.frame import Frame, understand
from assistant.judging import judge
from assistant.models import Trace
from assistant.resolving import findings
from assistant.retrieval import load_weights, points
from assistant.wording import Wording
from corpus.models import Section

QUESTIONS = (
    "which do I need for racing on asphalt",
    "saddle of the tandem",
    "saddel of the two-seater",
    "what is a derailleur",
    "how do I mend a puncture",
    "tourer vs racer",
    "everything about the tandem",
    "who uses Brooks",
    "what comes after rinse",
    "what is the price of the Racer",
    "does Zorblat fit the tourer",
    "who won the football cup",
    "what is a tourer? what are the brakes of the tandem?",
    "it",
    "hello",
    "will belts replace chains",
)


# ---------------------------------------------------------------- the trace


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_same_question_gives_the_same_trace(bike: Assistant, question: str) -> None:
    first, second = (bike.explain(question)[1].model_dump_json() for _ in range(2))

    assert first == second


@pytest.mark.parametrize("question", QUESTIONS)
def test_asking_with_and_without_a_trace_gives_the_same_answer(bike: Assistant, question: str) -> None:
    told, plain = bike.explain(question)[0].as_json(), bike.ask(question).as_json()

    assert told | {"timings_ms": None} == plain | {"timings_ms": None}


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_score_is_the_sum_of_what_its_channels_give_and_every_margin_reproduces(bike: Assistant, question: str) -> None:
    _, trace = bike.explain(question)

    for part in (trace, *trace.parts):
        for one in part.candidates:
            assert one.score == pytest.approx(sum(one.parts.values()), abs=1e-5)
            assert one.behind == pytest.approx(part.candidates[0].score - one.score, abs=2e-6)
            assert one.parts.get("cover", 0.0) == pytest.approx(part.weights["cover"] * one.cover, abs=1e-5)
            assert one.parts.get("dense", 0.0) == pytest.approx(part.weights["dense"] * one.dense, abs=1e-5)


def test_points_are_those_the_facts_are_ranked_by(bike: Assistant, shop: Assistant) -> None:
    for kb in (bike, shop):
        state = kb._state
        for question in ("which do I need for racing", "papers of letterpress", "how often should I replace the chain", "booking a press"):
            evidence = state.gatherer.gather(_understood(kb, question))
            weights = load_weights().weights
            assert evidence.candidates
            for candidate in evidence.candidates:
                assert sum(points(candidate, weights).values()) == pytest.approx(candidate.score, abs=1e-6), candidate.fact


def _understood(kb: Assistant, text: str) -> Frame:
    return understand(text, kb._state.namer, kb._state.namer.common)


def test_what_carries_the_answer_comes_first_then_the_next_by_score(bike: Assistant) -> None:
    _, trace = bike.explain("which do I need for racing on asphalt")

    used = [c.used for c in trace.candidates]
    assert used == sorted(used, reverse=True)
    assert trace.candidates[0].used
    rest = [c.score for c in trace.candidates if not c.used]
    assert rest == sorted(rest, reverse=True)
    assert len(rest) == 5


def test_every_span_used_stands_in_its_file_at_its_lines(bike: Assistant) -> None:
    seen = 0
    for question in QUESTIONS:
        answer, trace = bike.explain(question)
        assert {u.marker for u in trace.used if u.marker} == ({c.marker for c in answer.citations} if not trace.parts else set())
        for used in (*trace.used, *(u for part in trace.parts for u in part.used)):
            text = bike.document(used.place.document)
            first, last = used.place.lines
            within = "".join(text.splitlines(keepends=True)[first - 1 : last])
            assert text[used.start : used.end] in within
            seen += 1
    assert seen > 30


def test_a_bound_name_tells_how_why_and_where(shop: Assistant) -> None:
    _, trace = shop.explain("papers of serigraphy")

    assert [(b.words, b.name, b.role, b.how) for b in trace.bound] == [
        ("papers", "Papers", "attribute", "exact"),
        ("serigraphy", "Screenprint", "entity", "alias"),
    ]
    assert trace.bound[1].place is not None
    assert "Screenprint" in shop.document(trace.bound[1].place.document).splitlines()[trace.bound[1].place.lines[0] - 1]


def test_the_reason_of_an_alias_is_that_of_kb_toml(tmp_path: Path, open_kb: Callable[..., Assistant]) -> None:
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "a.md").write_text("# A\n\n| Tool | Use |\n|---|---|\n| Spade | Digging |\n| Rake | Levelling |\n")
    (tmp_path / "kb" / "kb.toml").write_text('[aliases]\n"shovel" = { to = "Spade", reason = "what neighbours say" }\n')

    _, trace = open_kb(tmp_path / "kb").explain("use of the shovel")

    assert [(b.words, b.reason) for b in trace.bound if b.how == "alias"] == [("shovel", "what neighbours say")]


def test_what_was_mended_kept_left_aside_and_not_found_is_told(bike: Assistant) -> None:
    talk = Conversation()
    bike.ask("saddle of the tandem", talk)
    _, followed = bike.explain("and the racer?", talk)
    _, mended = bike.explain("sadlde of the tandem")
    _, refused = bike.explain("what is the price of the Racer")

    assert followed.kept
    assert followed.asked == "saddle of the Racer"
    assert mended.repaired == (("sadlde", "saddle"),)
    assert refused.unknown == refused.missing == ("price",)
    assert refused.aside == ()


def test_words_of_a_message_that_were_not_asked_are_told_as_left_aside(shop: Assistant) -> None:
    answer, trace = shop.explain("My aunt Gertrud is visiting. What are the papers of letterpress?")

    assert answer.status == "answered"
    assert trace.asked == "What are the papers of letterpress?"
    assert {"aunt", "Gertrud", "visiting"} <= set(trace.aside)


def test_findings_that_were_refused_stand_before_the_one_that_was_taken(bike: Assistant) -> None:
    for question in QUESTIONS:
        answer, trace = bike.explain(question)
        for part in (trace, *trace.parts):
            assert [t.taken for t in part.tried[:-1]] == [False] * len(part.tried[:-1])
            if part is trace and trace.tried:
                assert trace.tried[-1].taken == (answer.status in ("answered", "corrected"))
            for tried in part.tried:
                assert tried.text
                assert bool(tried.rule) == bool(tried.shape)


def test_what_was_taken_met_its_thresholds_and_what_was_refused_did_not(bike: Assistant, shop: Assistant) -> None:
    numbers = 0
    for kb in (bike, shop):
        for question in (*QUESTIONS, "papers and inks of letterpress", "how long does the soy ink need to dry"):
            for tried in kb.explain(question)[1].tried:
                ways = [[c for c in tried.checks if c.way == way] for way in sorted({c.way for c in tried.checks})]
                numbers += len(tried.checks)
                if ways:
                    assert any(all(c.met for c in way) for way in ways) == tried.taken, (question, tried)
    assert numbers > 20


def test_several_questions_are_traced_one_by_one(bike: Assistant) -> None:
    answer, trace = bike.explain("what is a tourer? what are the brakes of the tandem?")

    assert trace.rule == answer.rule == "several-questions"
    assert [p.asked for p in trace.parts] == ["what is a tourer", "what are the brakes of the tandem?"]
    assert all(p.candidates and p.why for p in trace.parts)


def test_a_trace_is_data_that_is_read_back_as_it_was(bike: Assistant) -> None:
    for question in QUESTIONS:
        _, trace = bike.explain(question)
        assert Trace.model_validate(json.loads(json.dumps(trace.model_dump(mode="json")))) == trace


def test_times_are_in_the_answer_for_every_stage(bike: Assistant) -> None:
    times = bike.ask("saddle of the tandem").timings_ms

    assert min(times.understand, times.retrieve, times.compose) > 0
    assert times.total >= times.understand + times.retrieve + times.compose - 0.01


# ---------------------------------------------------------------- the words for it


def test_every_rule_says_when_it_applies() -> None:
    rules = Wording().rules.values()

    assert [r.id for r in rules if not r.why] == []
    assert [r.id for r in rules if not r.why.endswith((".", "…")) or len(r.why) > 130] == []


def test_every_reason_tests_a_measure_that_has_words_against_a_threshold_that_is_there() -> None:
    told, thresholds = reasons(), load_weights().thresholds

    for reason in told.reasons.values():
        tests = [test for way in reason.ways for test in way]
        features = dict.fromkeys(told.measures, 1.0)
        assert len(checks(reason, features, thresholds)) == len(tests), reason.id  # each is readable, and nothing is unknown
        assert reason.text.endswith(".")


def test_every_reason_the_judge_gives_has_words_and_says_what_came_of_it(bike: Assistant, shop: Assistant) -> None:
    given = set()
    for kb in (bike, shop):
        for question in (
            *QUESTIONS,
            "which is the cheapest press",
            "sum of all prices",
            "how do I wash a screen",
            "is letterpress waterproof",
        ):
            frame = _understood(kb, question)
            if not frame.content:
                continue
            evidence = kb._state.gatherer.gather(frame)
            for finding in [*findings(frame, evidence, kb._state.view), None]:
                verdict = judge(frame, finding, evidence, kb._state.gatherer.data.thresholds)
                assert reasons().reasons[verdict.because].taken == verdict.answer, verdict
                given.add(verdict.because)
    assert len(given) > 6


# ---------------------------------------------------------------- why not


def test_a_section_that_answered_is_told_to_have(bike: Assistant) -> None:
    told = bike.why_not("saddle of the tandem", "Differences")

    assert told.outcome == "cited"
    assert told.lacks == ()


def test_a_section_that_lost_tells_by_how_much_in_each_channel(bike: Assistant) -> None:
    told = bike.why_not("saddle of the tandem", "Accessories")

    assert told.best is not None
    assert told.winner is not None
    assert told.outcome == "behind"
    assert told.winner.value == "Brooks"
    assert told.best.place.section == ("Bicycles", "Accessories")
    assert told.behind["score"] == pytest.approx(told.winner.score - told.best.score, abs=2e-6)
    assert told.behind["dense"] == pytest.approx(told.winner.dense - told.best.dense, abs=2e-6)
    assert told.behind["cover"] == pytest.approx(told.winner.cover - told.best.cover, abs=2e-6)
    assert told.behind["score"] == pytest.approx(sum(told.winner.parts.values()) - sum(told.best.parts.values()), abs=2e-5)
    assert told.lacks == told.winner_has == ("saddle",)
    assert f"{told.behind['score']:.2f} points behind" in told.text


def test_its_best_fact_has_the_scores_it_has_in_the_trace(bike: Assistant) -> None:
    question = "saddle of the tandem"
    _, trace = bike.explain(question)
    told = bike.why_not(question, "Differences")

    assert told.best is not None
    assert told.best.model_copy(update={"used": True}) in [c.model_copy(update={"used": True}) for c in trace.candidates]


def test_what_the_judge_refused_of_a_section_is_told_with_its_threshold(bike: Assistant) -> None:
    told = bike.why_not("what is the price of the Racer", "Kinds")

    assert told.status == "declined"
    assert told.outcome == "refused"
    assert told.lacks == ("price",)
    assert told.tried
    assert not any(t.taken for t in told.tried)
    assert {t.reason for t in told.tried} <= set(reasons().reasons)
    assert told.tried[0].text in told.text


def test_a_section_that_would_have_answered_too_says_what_came_first(bike: Assistant) -> None:
    told = bike.why_not("weak point of the racer", "Weaknesses")

    assert told.outcome == "later"
    assert told.text == "An answer from it would have passed too, but one that comes before it did: table-cell."
    assert any(t.taken for t in told.tried)


def test_a_section_with_a_better_fact_says_that_a_rule_came_before_the_ranking(bike: Assistant) -> None:
    told = bike.why_not("what is a tourer", "Which one do you need?")

    assert told.outcome == "ahead"
    assert told.behind["score"] < 0
    assert "definition comes before the ranking" in told.text


def test_a_section_holds_those_below_its_heading(bike: Assistant) -> None:
    told = bike.why_not("saddle of the tandem", "bicycles.md#Bicycles")

    assert told.outcome == "cited"
    assert told.section.lines == (1, len(bike.document("bicycles.md").splitlines()))


def test_words_that_stand_elsewhere_in_the_section_are_told_apart(bike: Assistant) -> None:
    told = bike.why_not("does a chain of the workshop last nine years", "Workshop")

    assert set(told.elsewhere) <= set(told.lacks)
    assert told.rank is not None


def test_small_talk_and_what_cannot_be_read_look_nothing_up(bike: Assistant) -> None:
    for message in ("hello", "", "   "):
        told = bike.why_not(message, "Kinds")
        assert (told.outcome, told.best, told.tried) == ("talk", None, ())


def test_of_several_questions_the_one_that_is_nearest_is_told(bike: Assistant) -> None:
    message = "what is a tourer? what comes after rinse?"

    assert bike.why_not(message, "Chain care").outcome == "cited"
    assert "rinse" in bike.why_not(message, "Chain care").asked
    assert "tourer" in bike.why_not(message, "Kinds").asked


def test_a_follow_up_is_made_whole_and_the_conversation_stays_as_it_is(bike: Assistant) -> None:
    talk = Conversation()
    bike.ask("saddle of the tandem", talk)
    before = list(talk.turns)

    told = bike.why_not("and the racer?", "Accessories", talk)

    assert told.asked == "saddle of the Racer"
    assert talk.turns == before


@pytest.mark.parametrize("question", QUESTIONS)
def test_why_not_can_be_asked_of_every_section_and_says_the_same_twice(bike: Assistant, question: str) -> None:
    for heading in ("Kinds", "Weaknesses", "Mending a puncture", "Outfits"):
        told = bike.why_not(question, heading)
        assert told.text
        assert "{" not in told.text
        assert told == bike.why_not(question, heading)


# ---------------------------------------------------------------- naming a section


def section(number: int, document: str, *path: str) -> Section:
    return Section(number, document, path, len(path), number + 1, number + 1, number + 1)


SECTIONS = [
    section(0, "a.md", "Guide"),
    section(1, "a.md", "Guide", "1. First steps"),
    section(2, "a.md", "Guide", "1. First steps", "1.2 Tools"),
    section(3, "a.md", "Guide", "12. Costs & fees"),
    section(4, "sub/b.md", "Other"),
    section(5, "sub/b.md", "Other", "Costs in C#"),
    section(6, "sub/b.md", "Other", "Tools"),
]


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("1", 1),
        ("§12", 3),
        ("1.2", 2),
        ("section 12.", 3),
        ("first steps", 1),
        ("1. FIRST STEPS", 1),
        ("fees", 3),
        ("guid", 0),
        ("a.md#Tools", 2),
        ("b.md#tools", 6),
        ("sub/b.md#Tools", 6),
        ("First steps › Tools", 2),
        ("#first", 1),
        ("Costs in C#", 5),
    ],
)
def test_a_section_is_named_by_number_heading_part_or_file(named: str, found: int) -> None:
    assert find_section(named, SECTIONS) is SECTIONS[found]


def test_a_name_that_fits_several_sections_lists_them() -> None:
    with pytest.raises(UnknownSection, match=r"'costs' may be any of a\.md#12\. Costs & fees, sub/b\.md#Costs in C#\. Name one of them\."):
        find_section("costs", SECTIONS)
    with pytest.raises(UnknownSection, match=r"'tools' may be any of"):
        find_section("tools", SECTIONS)


@pytest.mark.parametrize("named", ["2", "frist stpes", "c.md#Tooling", "zzz"])
def test_an_unknown_section_names_the_nearest_headings(named: str) -> None:
    with pytest.raises(UnknownSection, match=r"There is no section .* The nearest: .*\.md#"):
        find_section(named, SECTIONS)


def test_the_nearest_heading_is_the_one_that_was_mistyped() -> None:
    with pytest.raises(UnknownSection, match=r"The nearest: a\.md#1\. First steps"):
        find_section("frist stpes", SECTIONS)


@pytest.mark.parametrize("named", ["", "  ", "#"])
def test_nothing_names_no_section(named: str) -> None:
    with pytest.raises(UnknownSection):
        find_section(named, SECTIONS)
