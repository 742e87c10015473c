"""Each rule finds what it is for, and leaves alone what only looks like it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import pytest

from corpus import parse_corpus
from corpus.models import Document
from evals.kbrules import RULES, Known, check, slug


def known(aliases: Mapping[str, str] | None = None, **files: str) -> Known:
    documents = [
        Document(f"{name}.md", text, hashlib.sha256(text.encode()).hexdigest(), len(text.encode()), 0) for name, text in files.items()
    ]
    return Known(parse_corpus(documents), aliases or {})


def found(rule: str, text: str, aliases: Mapping[str, str] | None = None, **more: str) -> list[tuple[int, str]]:
    rules = [one for one in RULES if one.id == rule]
    assert rules
    return [(finding.line, finding.message) for finding in check(known(aliases, a=text, **more), rules) if finding.document == "a.md"]


TOOLS = "# Tools\n\n| Kind | Names |\n|---|---|\n| Build | Jenkins, Tekton |\n| Watch | Zabbix, Nagios |\n\n"
TWO = "# Boats\n\n| Craft | Speed | Seats |\n|---|---|---|\n| Kayak | 9 km/h | 1 |\n| Canoe | 7 km/h | 3 |\n\n## {}\n\n- **Kayak:** {}\n"

CASES = {
    "first-heading": (
        "### Boats\n\nText.\n",
        (1, "the first heading is of level 3; begin the file with `# What it is about`"),
        "# Boats\n\nText.\n",
    ),
    "heading-jump": (
        "# Boats\n\n### Kayak\n\nText.\n",
        (3, "'Kayak' is of level 3, right after one of level 1"),
        "# Boats\n\n## Paddled\n\n### Kayak\n\nText.\n\n# Prices\n",
    ),
    "same-heading": (
        "# Boats\n\n## Cost\n\nOne.\n\n## Cost\n\nTwo.\n",
        (7, "'Cost' is also the heading of line 3"),
        "# Kayak\n\n## Cost\n\nOne.\n\n# Canoe\n\n## Cost\n\nTwo.\n",
    ),
    "empty-section": ("# Boats\n\nText.\n\n## Kayak\n", (5, "nothing stands under 'Kayak'"), "# Boats\n\n## Kayak\n\nText.\n"),
    "broken-link": (
        "# Boats\n\nSee [prices](prices.md).\n",
        (3, "there is no prices.md in the folder"),
        "# Boats\n\nSee [here](#boats), [there](https://example.org/x.md), [a picture](x.png) and `[code](gone.md)`.\n",
    ),
    "acronym": (
        "# Boats\n\nThe VHF is on.\n\nLeave the VHF on.\n",
        (3, "VHF is used (2 times) and nowhere expanded; write what it stands for once, or add an alias to kb.toml"),
        "# Boats\n\nThe very high frequency radio (VHF) is on. NOT off, which is not safe. PFD means a life jacket.\n",
    ),
    "spelling": (
        "# Boats\n\nWe use OpenSeaMap. OpenSeaMap is free.\n\nLook at Openseamap.\n",
        (5, "Openseamap is written OpenSeaMap elsewhere (a.md:3)"),
        "# Boats\n\nOpenSeaMap is at openseamap.org. Kayaks are kayaks; a Kayak is one of the Kayaks.\n",
    ),
    "two-values": (
        TWO.format("Top speed", "8 km/h"),
        (10, "Kayak has “8 km/h” for Top speed here, and “9 km/h” for Speed (a.md:5)"),
        TWO.format("Top speed", "9 km/h") + "\n## Home\n\n- **Canoe:** Mill Quay\n",
    ),
    "unlisted": (
        TOOLS + "We build with **Jenkins + Earthly**.\n",
        (8, "Earthly stands beside Jenkins, which a table lists (a.md:5), but no table lists it"),
        TOOLS + "We build with **Jenkins + Tekton**, **Earthly**, and **Zabbix and some luck**.\n",
    ),
    "empty-cell": (
        "# Boats\n\n| Craft | Speed | Seats |\n|---|---|---|\n| Kayak | 9 | |\n| Canoe | 7 | 3 |\n",
        (5, "the row 'Kayak' has nothing under Seats"),
        "# Boats\n\n| Craft | Speed |\n|---|---|\n| Kayak | 9 |\n| Canoe | 0 |\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_a_rule_finds_what_it_is_for(rule: str) -> None:
    wrong, finding, _ = CASES[rule]

    assert found(rule, wrong) == [finding]


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_a_rule_leaves_what_is_right_alone(rule: str) -> None:
    _, _, right = CASES[rule]

    assert found(rule, right) == []


def test_a_name_that_differs_by_one_letter_is_asked_about() -> None:
    text = "# Tools\n\nPrometheus watches.\n\nPrometheus warns.\n\nPromethues stops.\n"

    assert found("spelling", text) == [(7, "Promethues and Prometheus (a.md:3) differ by one letter; are they one name?")]


def test_a_form_filled_in_for_different_things_holds_no_contradiction() -> None:
    form = "## {}\n\n| Setting | Default | Range |\n|---|---|---|\n| Speed | {} | 1-9 |\n\n"

    assert found("two-values", "# Boats\n\n" + form.format("Kayak", 3) + form.format("Canoe", 2)) == []
    assert found("two-values", "# Boats\n\n" + form.format("Kayak", 3) + "# Again\n\n" + form.format("Kayak", 2)) == [
        (15, "Speed has “2” for Default here, and “3” for Default (a.md:7)")
    ]


def test_an_alias_explains_an_abbreviation() -> None:
    assert found("acronym", "# Boats\n\nThe VHF is on.\n", {"VHF": "radio"}) == []


def test_a_title_in_the_front_matter_stands_for_the_first_heading() -> None:
    assert found("first-heading", "---\ntitle: Boats\n---\n\n## Kayak\n\nText.\n") == []


def test_a_file_without_headings_is_told_at_its_first_line() -> None:
    assert found("first-heading", "Text.\n") == [(1, "the file has no heading; begin it with `# What it is about`")]


def test_a_link_to_another_file_needs_its_heading() -> None:
    text = "# Boats\n\n[a](b.md#the-prices) and [b](b.md#the-cost).\n"

    assert found("broken-link", text, b="# The prices\n\nText.\n") == [(3, "b.md has no heading for #the-cost")]


def test_an_anchor_is_made_as_hosts_of_markdown_make_it() -> None:
    assert slug("2. What's a C++ “Kayak”?") == "2-whats-a-c-kayak"
