"""Facts of prose and lists: labels, lead-ins, parents, flows, steps, names, and the exact place of each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from corpus.models import Corpus, Fact

Parse = Callable[..., Corpus]
Check = Callable[[Corpus], None]
Values = Callable[..., list[str]]


def labels(fact: Fact) -> list[tuple[str, str]]:
    return [(x.role, x.text) for x in fact.labels]


def by_value(corpus: Corpus, value: str) -> Fact:
    return next(f for f in corpus.facts if f.value == value)


# ---------------------------------------------------------------- lists


def test_items_hang_under_their_lead_in_and_nested_items_under_their_parent(parse: Parse, check: Check) -> None:
    text = "First. We support these clouds:\n\n- Large:\n  - **One:** big\n  - Two\n    1. a\n    2. b\n- Small\n"
    corpus = parse(text)
    check(corpus)

    assert [(f.value, labels(f), f.depth, f.position, f.ordered) for f in corpus.facts if f.kind in ("item", "pair")] == [
        ("Large:", [("lead", "We support these clouds")], 0, 0, False),
        ("big", [("label", "One"), ("parent", "Large")], 1, 0, False),
        ("Two", [("parent", "Large")], 1, 1, False),
        ("a", [("parent", "Two")], 2, 0, True),
        ("b", [("parent", "Two")], 2, 1, True),
        ("Small", [("lead", "We support these clouds")], 0, 1, False),
    ]
    lead = by_value(corpus, "Small").labels[0]
    assert lead.span is not None
    assert text[lead.span.start : lead.span.end] == "We support these clouds:"


def test_the_parent_of_a_labelled_item_is_its_label(parse: Parse) -> None:
    corpus = parse("- **Example:** A shop sells things.\n  - **Flow:** in and out\n")

    assert labels(by_value(corpus, "in and out")) == [("label", "Flow"), ("parent", "Example")]


def test_items_of_a_list_share_a_group_and_lists_do_not(parse: Parse) -> None:
    corpus = parse("- a\n- b\n\ntext\n\n- c\n\n1. d\n")
    group = {f.value: f.group for f in corpus.facts}

    assert group["a"] == group["b"]
    assert len({group["a"], group["c"], group["d"], group["text"]}) == 4


def test_a_paragraph_far_above_is_no_lead_in(parse: Parse) -> None:
    assert labels(by_value(parse("Far.\n\n\n- item\n"), "item")) == []
    assert labels(by_value(parse("# Heading\n- item\n"), "item")) == []


@pytest.mark.parametrize(
    ("paragraph", "lead"),
    [
        ("We offer two plans:", "We offer two plans"),
        ("Two. We offer these", "We offer these"),
        ("Many. There are several reasons,", "There are several reasons"),
        ("It has grown. The following plans exist.", "The following plans exist."),
        ("It has grown. It includes two plans.", "It includes two plans."),
        ("There are two plans.", "There are two plans."),
        ("It has grown. Nobody minded.", None),
        ("See below. Then go on!", None),
    ],
)
@pytest.mark.parametrize("below", ["- item", "| K | V |\n|---|---|\n| item | 1 |"], ids=["list", "table"])
def test_a_paragraph_leads_in_what_it_points_at_and_not_what_merely_comes_after(
    parse: Parse, paragraph: str, lead: str | None, below: str
) -> None:
    assert by_value(parse(f"{paragraph}\n\n{below}\n"), "item").label("lead") == lead


def test_code_stands_under_the_sentence_that_introduces_it(parse: Parse) -> None:
    corpus = parse("Set it up. Run this:\n\n```sh\nrun\n```\n\nDone.\n\n```sh\nother\n```\n\n- Step, in code:\n\n  ```sh\n  step\n  ```\n")

    assert labels(by_value(corpus, "run")) == [("lead", "Run this")]
    assert labels(by_value(corpus, "other")) == []
    assert labels(by_value(corpus, "step")) == [("lead", "Step, in code")]


def test_numbered_steps_keep_their_order_and_both_kinds_of_marks(parse: Parse) -> None:
    corpus = parse("1. one\n2. two\n10. three\n\n\n1) four\n")

    assert [(f.value, f.position, f.ordered) for f in corpus.facts] == [
        ("one", 0, True),
        ("two", 1, True),
        ("three", 2, True),
        ("four", 0, True),
    ]


def test_a_task_is_its_words(parse: Parse, check: Check) -> None:
    corpus = parse("- [ ] open\n- [x] **Done:** yes\n- [y] no task\n")
    check(corpus)

    assert [(f.value, f.raw) for f in corpus.facts] == [("open", "open"), ("yes", "**Done:** yes"), ("[y] no task", "[y] no task")]


def test_further_paragraphs_of_an_item_are_sentences(parse: Parse) -> None:
    corpus = parse("- First one.\n\n  Second. Third.\n\n- Next\n")

    assert [(f.kind, f.value) for f in corpus.facts] == [
        ("item", "First one."),
        ("sentence", "Second."),
        ("sentence", "Third."),
        ("item", "Next"),
    ]


def test_an_item_wrapped_over_lines_is_one_fact_with_its_lines(parse: Parse) -> None:
    fact = parse("- starts here\n  and ends\nlazily\n").facts[0]

    assert (fact.value, fact.raw, fact.span.first_line, fact.span.last_line) == (
        "starts here and ends lazily",
        "starts here\n  and ends\nlazily",
        1,
        3,
    )


# ---------------------------------------------------------------- Label: value


@pytest.mark.parametrize(
    ("text", "label", "value"),
    [
        ("**Scope:** the whole", "Scope", "the whole"),
        ("**Scope**: the whole", "Scope", "the whole"),
        ("__Scope:__ the whole", "Scope", "the whole"),
        ("**Scope** – the whole", "Scope", "the whole"),
        ("**Scope:**<br>the whole", "Scope", "the whole"),
        ("Scope: the whole", "Scope", "the whole"),
        ("Scope of work: the whole", "Scope of work", "the whole"),
        ("`--retries`: how often", "--retries", "how often"),
        ("`--retries` - how often", "--retries", "how often"),
        ("[Scope](a.md): the whole", "Scope", "the whole"),
        ("[Scope](a.md) - the whole", "Scope", "the whole"),
        ("**One + Two:** both", "One + Two", "both"),
        ("**Scope**. The whole", "Scope", "The whole"),
        ("**Scope.** The whole", "Scope", "The whole"),
        ("**max_retries**: how often", "max_retries", "how often"),
        ("**`max_retries`** (integer): how often", "max_retries (integer)", "how often"),
        ("`max_retries` (integer): how often", "max_retries (integer)", "how often"),
        ("`-v`, `--verbose`: say more", "-v, --verbose", "say more"),
        ("`-v` or `--verbose`: say more", "-v or --verbose", "say more"),
        ("**[Scope](a_b.md)**: the whole", "Scope", "the whole"),
        ("[**Scope**](a.md). The whole", "Scope", "The whole"),
        ("[Scope](a.md). The whole", "Scope", "The whole"),
    ],
)
@pytest.mark.parametrize("mark", ["- ", "1. ", "", "> "], ids=["item", "step", "paragraph", "quotation"])
def test_a_labelled_text_is_a_pair(parse: Parse, check: Check, mark: str, text: str, label: str, value: str) -> None:
    corpus = parse(f"{mark}{text}\n")
    check(corpus)
    (fact,) = corpus.facts

    assert (fact.kind, fact.value, fact.raw, labels(fact)) == ("pair", value, text, [("label", label)])
    named = fact.labels[0].span
    assert named is not None
    assert text.startswith(corpus.documents[0].text[named.start : named.end])


@pytest.mark.parametrize(
    "text",
    [
        "**Bold** opens a sentence.",
        "https://x.y is a link",
        "At 10:30 we left.",
        "This is a very long clause that goes on: and then some",
        "Just words",
        "Trailing:",
        ": leading",
        "**Why?** Because.",
        "std::vector is C++",
        'Key actions as they are taken (Example: "restarted")',
        'He said "Note: all is well" and left.',
        "**Node.js** is a runtime.",
        "Saddle - Exotic",
        "Well-known words stay together",
        "One of them – as they say in so many words – is enough",
    ],
)
def test_other_texts_with_colons_or_bold_are_no_pairs(values: Values, text: str) -> None:
    assert values(f"- {text}\n", "pair") == []


@pytest.mark.parametrize("text", ["Example: <br />\n", "**Example:** <br>\n"])
def test_a_label_before_a_tag_alone_is_kept_as_words(values: Values, text: str) -> None:
    assert values(text, "sentence") == ["Example:"]


@pytest.mark.parametrize("dash", ["—", "–", "-", "--"])
def test_a_dash_after_a_few_words_labels_an_item_and_is_an_aside_in_prose(parse: Parse, dash: str) -> None:
    item, prose = parse(f"- Canary {dash} a small share of the traffic\n"), parse(f"Canary {dash} a small share of the traffic\n")

    assert [(f.kind, f.value, labels(f)) for f in item.facts] == [("pair", "a small share of the traffic", [("label", "Canary")])]
    assert [f.kind for f in prose.facts] == ["sentence"]


def test_lines_of_a_paragraph_with_labels_of_their_own_are_facts_of_their_own(parse: Parse, check: Check) -> None:
    corpus = parse("> **Range:** 60 feet\n> **Time.** One hour.\n> Or two.\n> **Cost**: 5\n\n**A.** one\nand **B** more\n")
    check(corpus)

    assert [(f.value, f.raw, f.span.first_line, labels(f)) for f in corpus.facts] == [
        ("60 feet", "**Range:** 60 feet", 1, [("label", "Range")]),
        ("One hour. Or two.", "**Time.** One hour.\n> Or two.", 2, [("label", "Time")]),
        ("5", "**Cost**: 5", 4, [("label", "Cost")]),
        ("one and B more", "**A.** one\nand **B** more", 6, [("label", "A")]),
    ]


def test_a_label_whose_text_ends_in_a_colon_introduces_the_list_below(parse: Parse) -> None:
    corpus = parse("**Ending it.** A rest is ended by:\n\n- noise\n- light\n")

    assert [(f.kind, f.value, labels(f)) for f in corpus.facts] == [
        ("sentence", "A rest is ended by:", [("label", "Ending it")]),
        ("item", "noise", [("lead", "A rest is ended by")]),
        ("item", "light", [("lead", "A rest is ended by")]),
    ]


def test_a_paragraph_that_begins_with_a_label_and_goes_on_is_sentences(values: Values) -> None:
    assert values("Note: one thing. Two things. Three things.\n", "sentence") == ["Note: one thing.", "Two things.", "Three things."]


def test_a_definition_list_is_pairs_under_its_terms(parse: Parse, check: Check) -> None:
    corpus = parse("Drift\n: When data change.\n: Second meaning.\n\nToil\n\n:   Manual work.\n\n    - with a list\n\nText.\n")
    check(corpus)

    assert [(f.kind, f.value, labels(f)) for f in corpus.facts] == [
        ("pair", "When data change.", [("label", "Drift")]),
        ("pair", "Second meaning.", [("label", "Drift")]),
        ("pair", "Manual work.", [("label", "Toil")]),
        ("item", "with a list", [("label", "Toil"), ("lead", "Manual work.")]),
        ("sentence", "Text.", []),
    ]


# ---------------------------------------------------------------- arrow flows


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("- **Flow:** Plan → Build → Run.  \n", ["Plan", "Build", "Run"]),
        ("- Plan → Build → Run\n", ["Plan", "Build", "Run"]),
        ("Plan -> Build -> Run\n", ["Plan", "Build", "Run"]),
        ("Plan => Build => Run\n", ["Plan", "Build", "Run"]),
        ("Plan ⇒ Build ➜ Run ⟶ Rest\n", ["Plan", "Build", "Run", "Rest"]),
        ("Plan→Build→Run\n", ["Plan", "Build", "Run"]),
        ("**Plan → Build → Run**\n", ["Plan", "Build", "Run"]),
        ("**Plan** → *Build* → `run`\n", ["Plan", "Build", "run"]),
        ("Before. The order is: plan it → build it → run it. After.\n", ["plan it", "build it", "run it"]),
        ("Plan\n→ Build\n→ Run\n", ["Plan", "Build", "Run"]),
        ("| S | F |\n|---|---|\n| x | Plan → Build → Run |\n", ["Plan", "Build", "Run"]),
        ("Plan → → Run\n", ["Plan", "Run"]),
    ],
)
def test_arrows_make_steps_in_order(parse: Parse, check: Check, text: str, steps: list[str]) -> None:
    corpus = parse(text)
    check(corpus)
    found = [f for f in corpus.facts if f.kind == "step"]

    assert [f.value for f in found] == steps
    assert all(f.ordered for f in found)
    assert len({f.group for f in found}) == 1
    assert [f.position for f in found] == sorted(f.position for f in found)


@pytest.mark.parametrize(
    "text",
    [
        "Plan → Build\n",
        "One is → two. Three is → four.\n",
        "Use `a -> b -> c` here.\n",
        "```\na -> b -> c\n```\n",
        "| S | F |\n|---|---|\n| x | `a -> b -> c` |\n",
        "| a → b → c | F |\n|---|---|\n| x | y |\n",
        "a --> b --> c, a == b => c, a <-> b <-> c\n",
        "# a → b → c\n",
    ],
    ids=["one arrow", "one per sentence", "code", "code block", "code in a cell", "header", "other arrows", "heading"],
)
def test_other_arrows_make_no_flow(values: Values, text: str) -> None:
    assert values(text, "step") == []


def test_a_flow_keeps_the_labels_of_what_it_stands_in(parse: Parse) -> None:
    corpus = parse("- **Example:** A shop.\n  - **Flow:** a → b → c\n\n| S | F |\n|---|---|\n| x | d → e → f |\n")

    assert labels(by_value(corpus, "b")) == [("label", "Flow"), ("parent", "Example")]
    assert labels(by_value(corpus, "e")) == [("row", "x"), ("column", "F")]
    assert (by_value(corpus, "e").table, by_value(corpus, "e").row, by_value(corpus, "e").column) == (0, 0, 1)


# ---------------------------------------------------------------- sentences


def test_sentences_of_a_paragraph_share_a_group_and_stand_in_order(parse: Parse) -> None:
    corpus = parse("One here. Two\nthere. Three.\n")

    assert [(f.value, f.raw, f.position, f.span.first_line, f.span.last_line) for f in corpus.facts] == [
        ("One here.", "One here.", 0, 1, 1),
        ("Two there.", "Two\nthere.", 1, 1, 2),
        ("Three.", "Three.", 2, 2, 2),
    ]
    assert len({f.group for f in corpus.facts}) == 1


def test_a_quotation_is_sentences_whose_text_keeps_the_marks_of_the_file(parse: Parse, check: Check) -> None:
    corpus = parse("> One goes\n> on. Two.\n")
    check(corpus)

    assert [(f.value, f.raw) for f in corpus.facts] == [("One goes on.", "One goes\n> on."), ("Two.", "Two.")]


def test_labels_are_never_longer_than_a_long_sentence(parse: Parse) -> None:
    corpus = parse(f"# {'title ' * 500}\n\n- {'parent ' * 500}\n  - child\n")

    assert len(corpus.sections[0].path[0]) <= 300
    assert all(len(x.text) <= 300 for f in corpus.facts for x in f.labels)


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("- **Tools:** Alpha, Beta and Gamma\n", {"Alpha", "Beta", "Gamma"}),
        ("- **Tools:** Alpha + Beta\n", {"Alpha", "Beta"}),
        ("- **Tools:** Alpha (old), Beta\n", {"Alpha (old)", "old", "Beta"}),
        ("It uses **Alpha Plus** and `beta_run` with [Gamma](x).\n", {"Alpha Plus", "beta_run", "Gamma"}),
        ("It runs on Alpha Cloud since 2020.\n", {"Alpha Cloud"}),
    ],
)
def test_names_are_what_a_value_enumerates_or_sets_apart(parse: Parse, text: str, names: set[str]) -> None:
    assert names <= set(parse(text).facts[-1].names)


def test_a_sentence_enumerates_nothing_at_its_commas(parse: Parse) -> None:
    assert parse("It is small, quick and red.\n").facts[0].names == ()
