"""Other names that the texts of a folder give to things, and what is none."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from corpus.aliases import acronyms, also_known, make_aliases
from corpus.models import Corpus
from corpus.words import key

Parse = Callable[..., Corpus]


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("Each team sets a Service Level Objective (SLO) first.", "SLO", "Service Level Objective"),
        ("Set Service Level Objectives (SLOs) first.", "SLO", "Service Level Objectives"),
        ("An SLO (service level objective) is set.", "SLO", "service level objective"),
        ("The RDBMS (relational database management system) stores it.", "RDBMS", "relational database management system"),
        ("the SQL Server Integration Services (SSIS) run", "SSIS", "SQL Server Integration Services"),
        ("Extract, transform, and load (ETL)", "ETL", "Extract, transform, and load"),
        ("high-performance computing [HPC]", "HPC", "high-performance computing"),
        ("the Internet of Things (IoT)", "IoT", "Internet of Things"),
        ("Platform-as-a-Service (PaaS)", "PaaS", "Platform-as-a-Service"),
        ("the Mean Time To Respond (MTTR) of a team", "MTTR", "Mean Time To Respond"),
    ],
)
def test_an_acronym_is_tied_to_the_words_it_stands_for(text: str, short: str, long: str) -> None:
    assert list(acronyms(text)) == [(short, long)]


@pytest.mark.parametrize(
    "text",
    [
        "The page (PDF) is long.",
        "Restart it (see below).",
        "The cluster (3 nodes) grows.",
        "A call to the function (GET)",
        "State information is kept in every queue (SetState).",
        "(SLO)",
        "SLO ()",
        "The team (Anna and Bob) met.",
    ],
)
def test_other_brackets_are_no_acronyms(text: str) -> None:
    assert list(acronyms(text)) == []


@pytest.mark.parametrize(
    ("text", "other", "name"),
    [
        ("Canary release, also known as dark launch, is safe.", "dark launch", "Canary release"),
        ("A canary release (also called a dark launch) is safe.", "dark launch", "canary release"),
        ("Azure Synapse (formerly Azure Data Warehouse) stores it.", "Azure Data Warehouse", "Azure Synapse"),
        ("Scoring is also called prediction and is slow.", "prediction", "Scoring"),
        ("Every week we run Blue Green Deployments, a.k.a. red-black pushes.", "red-black pushes", "Blue Green Deployments"),
    ],
)
def test_also_known_as_gives_another_name(text: str, other: str, name: str) -> None:
    assert list(also_known(text)) == [(other, name)]


@pytest.mark.parametrize(
    "text",
    [
        "This is also called tiering.",
        "The files go to a share on the network, also called a mount.",
        "It is also known as (something).",
        "He also called the manager.",
    ],
)
def test_the_end_of_a_clause_has_no_other_name(text: str) -> None:
    assert list(also_known(text)) == []


def found(corpus: Corpus) -> set[tuple[str, str, str, str]]:
    return {(a.text, a.name, a.how, corpus.facts[a.fact].document) for a in make_aliases(corpus)}


def test_aliases_go_both_ways_and_name_the_place_that_says_so(parse: Parse) -> None:
    corpus = parse("# A\n\nText.\n", "# B\n\nA Service Level Objective (SLO) is set.\n")
    aliases = {a.text: a for a in make_aliases(corpus)}

    assert found(corpus) == {
        ("SLO", "Service Level Objective", "acronym", "page1.md"),
        ("SLOs", "Service Level Objective", "acronym", "page1.md"),
        ("Service Level Objective", "SLO", "acronym", "page1.md"),
    }
    assert corpus.facts[aliases["SLO"].fact].span.first_line == 3
    assert aliases["SLO"].key == key("slo")


def test_an_acronym_of_two_things_stands_for_neither(parse: Parse) -> None:
    corpus = parse("Access Control List (ACL).\n\nAgile Change Log (ACL).\n")

    assert {text for text, *_ in found(corpus)} == {"Access Control List", "Agile Change Log"}


def test_little_words_make_no_second_meaning(parse: Parse) -> None:
    corpus = parse("Extract, transform, load (ETL).\n\nExtract, transform, and load (ETL).\n")

    assert ("ETL", "Extract, transform, load", "acronym", "page.md") in found(corpus)


def test_a_link_text_is_another_name_of_the_heading_it_leads_to(parse: Parse) -> None:
    links = "See [OLAP cubes](page1.md), [the hand-over rules](page1.md#hand-over), [here](page1.md) and [unrelated words](page1.md)."
    corpus = parse(f"# Start\n\n{links}\n", "# Online processing with OLAP cubes in the cloud\n\n## Hand over\n\nText.\n")

    assert found(corpus) == {
        ("OLAP cubes", "Online processing with OLAP cubes in the cloud", "link", "page.md"),
        ("the hand-over rules", "Hand over", "link", "page.md"),
    }


@pytest.mark.parametrize(
    "target", ["https://x.y/page1.md", "mailto:a@b.c", "../page1.md", "nowhere.md", "page1.md#nowhere", "page1.png", "/page1.md"]
)
def test_links_that_lead_elsewhere_name_nothing(parse: Parse, target: str) -> None:
    assert found(parse(f"[Hand over rules]({target}).\n", "# Hand over\n")) == set()


def test_code_names_nothing(parse: Parse) -> None:
    assert found(parse("```\nService Level Objective (SLO)\n```\n")) == set()
