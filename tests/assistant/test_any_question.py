"""Whatever is asked, in whatever order of words: no question raises, and no answer says what its certificate does not prove."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from assistant import Answer, Assistant, Conversation
from assistant.certificate import verify_answer
from assistant.settings import AssistantSettings
from corpus.words import words

ASKING = words("""what which who how many why when where is are does do did can should would could tell me list name define explain
compare describe count show give""")
JOINING = words("""of and or not except without but other than both all every each in common share between vs difference same different
first second third last next step before after for with in under to from on the a an it its they them best most fewest more everything
about steps workflow order need use used instead counterpart belong example section stand for mean""")
MARKS = ["?", ",", ";", ".", "!", ":", "–", '"', "(", ")", "/", "+", "2", "10", "100 km", "50 %"]
NOWHERE = ["Zorblat", "wheelbase", "price", "zorblats", "XQ-7", "naïve", "水", "🚲", "İ", "CafÉ"]

SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def names_of(kb: Assistant) -> list[str]:
    """Labels, headings, listed names and whole values of a folder: what a question about it is made of."""
    store = kb._state.view.store
    tables = store.tables()
    cells = [f for t in tables for f in store.table_cells(t.id)]
    labels = [x for t in tables for x in (*t.columns, *t.rows)]
    headings = [s.path[-1] for d in store.documents() for s in store.sections(d.path) if s.path]
    found = [*labels, *headings, *(n for f in cells for n in f.names), *(f.value for f in cells)]
    return sorted({x for x in found if x})


def checked(kb: Assistant, question: str, conversation: Conversation | None = None) -> Answer:
    """Ask, and hold the answer against the files: an answer that fails its own proof is a fault, too."""
    answer, trace = kb.explain(question, conversation, suggest=False)
    assert answer.rule != "failed", trace.notes
    assert verify_answer(answer.as_json(), kb.kb).problems == ()
    assert bool(answer.citations) <= (answer.status in ("answered", "corrected"))
    assert answer.text.strip()
    assert [c.marker for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert all(f"[{c.marker}]" in answer.markdown for c in answer.citations)
    return answer


def questions(names: Sequence[str]) -> st.SearchStrategy[str]:
    """Questions that begin like one, and heaps of words."""
    known, joining = st.sampled_from(list(names)), st.sampled_from(JOINING)
    piece = st.one_of(known, joining, known, joining, st.sampled_from(MARKS), st.sampled_from(NOWHERE))
    begun = st.tuples(st.sampled_from(ASKING), st.lists(piece, min_size=1, max_size=7)).map(lambda q: " ".join([q[0], *q[1]]))
    heap = st.lists(st.one_of(piece, st.sampled_from(ASKING)), min_size=1, max_size=9).map(" ".join)
    return st.one_of(begun, begun, heap)


@pytest.fixture(params=["bike", "shop", "measures"])
def kb(request: pytest.FixtureRequest) -> Assistant:
    found: Assistant = request.getfixturevalue(request.param)
    return found


@settings(max_examples=60, derandomize=True, suppress_health_check=SLOW)
@given(data=st.data())
def test_every_answer_is_proved_and_no_question_raises(kb: Assistant, data: st.DataObject) -> None:
    checked(kb, data.draw(questions(names_of(kb)), label="question"))


@settings(max_examples=20, derandomize=True, suppress_health_check=SLOW)
@given(data=st.data())
def test_the_same_is_answered_to_the_same_question(kb: Assistant, data: st.DataObject) -> None:
    question = data.draw(questions(names_of(kb)), label="question")

    first, second = checked(kb, question), checked(kb, question)
    assert {**first.as_json(), "timings_ms": None} == {**second.as_json(), "timings_ms": None}


@settings(max_examples=20, derandomize=True, suppress_health_check=SLOW)
@given(data=st.data())
def test_no_turn_of_a_talk_raises_and_every_one_is_proved(kb: Assistant, data: st.DataObject) -> None:
    turn = st.one_of(
        questions(names_of(kb)),
        st.sampled_from(
            [
                "why?",
                "and the second one?",
                "more",
                "both",
                "no, the other",
                "thanks",
                "compare them",
                "an example?",
                "only the first",
                "it?",
            ]
        ),
    )
    talk = Conversation()

    for message in data.draw(st.lists(turn, min_size=2, max_size=4), label="talk"):
        checked(kb, message, talk)


@settings(max_examples=40, derandomize=True, suppress_health_check=SLOW)
@given(question=st.text(max_size=200))
@example("\x00\u202e\ud800")
@example("| a | b |\n|---|---|")
@example("{{ 7 * 7 }} {% raw %}")
@example("[1](x) ![](y) <script>alert(1)</script> `code`")
@example("../../etc/passwd; DROP TABLE facts; --")
@example("?" * 500)
@example("not " * 200)
def test_no_text_at_all_raises(shop: Assistant, question: str) -> None:
    answer = shop.explain(question, suggest=False)[0]

    assert verify_answer(answer.as_json(), shop.kb).problems == ()


@settings(max_examples=8, derandomize=True, suppress_health_check=SLOW)
@given(data=st.data())
def test_every_suggestion_answers(kb: Assistant, data: st.DataObject) -> None:
    answer = kb.ask(data.draw(questions(names_of(kb)), label="question"))

    assert all(checked(kb, s).status == "answered" for s in answer.suggestions)


def test_what_is_answered_is_no_single_rule(shop: Assistant) -> None:
    """The words above reach far: were they all refused, the tests above would prove nothing."""
    names = names_of(shop)
    told: dict[str, Any] = {}
    for i, name in enumerate(names[::3]):
        for form in (f"what is {name}", f"{name} and {names[i]}", f"which {name} other than {names[i]}", f"how many {name}"):
            answer = checked(shop, form)
            told.setdefault(answer.rule, form)

    assert len(told) >= 15, sorted(told)


NUMBERS = """# Keys

| Year | Winner | City |
|---|---|---|
| ፩ | Ann Lee | Kiel |
| ፪ | Bob Roe | Bergen |
| ፫ | Cid Fox | Oslo |

## Steps

1. Cut the wood.
2. Sand the wood.
3. Oil the wood.

The modulus of the key is {} and it weighs 4 kg.
"""


@pytest.mark.parametrize(
    "question",
    [
        "who won in year ፩",
        "what is the ſecond step",
        "what is the fırst step",
        "the last ſix steps",
        "which winner has more than ſix cities",
        "list the modulus above 3 kg",
        "which key weighs more than " + "9" * 5000 + " kg",
        "9" * 5000,
    ],
    ids=lambda q: q[:40],
)
def test_digits_and_letters_of_other_scripts_and_numbers_without_end_raise_nothing(
    sheet: Callable[[str], Assistant], monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    kb = sheet(NUMBERS.format("7" * 5000))
    monkeypatch.setattr(kb, "settings", kb.settings.model_copy(update={"assistant": AssistantSettings(max_question_characters=100_000)}))

    conversation = Conversation()
    checked(kb, "what are the steps", conversation)
    checked(kb, question, conversation)
