"""Time grows with the text and no faster, whatever the text: no file can stall the program."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

import pytest

from corpus.aliases import make_aliases
from corpus.models import Corpus

pytestmark = pytest.mark.slow  # they take time to measure time

Parse = Callable[..., Corpus]
Shape = Callable[[int], str]

# Each makes a text of about n characters.
SHAPES: dict[str, Shape] = {
    "table": lambda n: "| a | b | c |\n|---|---|---|\n" + "".join(f"| row {i} | value {i} | text of {i} |\n" for i in range(n // 35)),
    "wide table": lambda n: "| a " * (n // 8) + "|\n" + "|---" * (n // 8) + "|\n",
    "one line": lambda n: "lorem ipsum dolor Sit amet " * (n // 27),
    "one word": lambda n: "a" * n,
    "one line of sentences": lambda n: "Lorem ipsum dolor. Sit `x` amet, etc. " * (n // 38),
    "initials": lambda n: "a. " * (n // 3),
    "dots": lambda n: "." * n,
    "capitals": lambda n: "Ab Cd " * (n // 6),
    "headings": lambda n: "".join(f"## Heading {i}\n" for i in range(n // 14)),
    "deep lists": lambda n: "".join("  " * (i % 1000) + "- x\n" for i in range(n // 1000)),
    "deep quotations": lambda n: "".join(">" * 1000 + " x\n" for _ in range(n // 1000)),
    "long lead of a long list": lambda n: "Lead. " * (n // 12) + ":\n\n" + "- x\n" * (n // 8),
    "long parent of many items": lambda n: "- " + "word " * (n // 10) + "\n" + "  - x\n" * (n // 12),
    "links on a line": lambda n: "".join(f"[link {i}](http://x.y/{i}) " for i in range(n // 28)),
    "links on lines": lambda n: "".join(f"[link {i}](http://x.y/{i})\n" for i in range(n // 28)),
    "open brackets": lambda n: "[" * n,
    "open images": lambda n: "![a" * (n // 3),
    "open emphasis": lambda n: "**a" * (n // 3),
    "open code": lambda n: "".join("`" * (1 + i % 50) + "a " for i in range(n // 27)),
    "open fence": lambda n: "```\n" + "code # c\n" * (n // 9),
    "open fences": lambda n: "```\n\n~~~\n" * (n // 9),
    "open comments": lambda n: "<!-- a\n\n" * (n // 8),
    "open tables": lambda n: "<table>\n\n" * (n // 9),
    "open tags": lambda n: "<table><td " + "<td a='" * (n // 7),
    "rows of an html table": lambda n: (
        "<table>\n" + "".join(f"<tr><td>row {i}</td><td>v</td></tr>\n\n" for i in range(n // 33)) + "</table>"
    ),
    "merged cells": lambda n: "<table>" + "<tr><td rowspan=1000 colspan=100>x</td></tr>" * (n // 44) + "</table>",
    "blanks before an arrow": lambda n: "a" + " " * n + "→",
    "blanks in a heading": lambda n: "# a" + " " * n + "x #",
    "arrows": lambda n: "a → " * (n // 4),
    "arrows in code": lambda n: "`a -> b` " * (n // 9),
    "open templates": lambda n: "{% {{ " * (n // 6),
    "colons": lambda n: "Aa bb: " * (n // 7),
    "admonitions": lambda n: "".join("    " * (i % 100) + "!!! note\n" for i in range(n // 209)),
    "containers never closed": lambda n: ":::note[a]\n{% tab title='b' %}\n" * (n // 60) + "text\n\n{% endtab %}\n:::\n" * (n // 60),
    "folded parts in folded parts": lambda n: "<details><summary>a</summary>" * (n // 60) + "\n\ntext\n\n" + "</details>\n" * (n // 60),
    "open summaries": lambda n: "<summary>a " * (n // 11),
    "open components": lambda n: "<Tab title='a'>\n\n" * (n // 17),
    "headings in html": lambda n: "<div>\n" + "<h2>a</h2>\n" * (n // 11) + "</div>\n",
    "open headings in html": lambda n: "<div>\n" + "<h2>a " * (n // 6) + "\n" + "<h2>a\n" * (n // 6),
    "bold lines": lambda n: "**a**\n\n" * (n // 7),
    "run-in labels": lambda n: "**a.** b\n" * (n // 9),
    "open bold links": lambda n: "- **" + "[a](b)" * (n // 6) + "\n",
    "links in open bold": lambda n: ("- **" + "[a](b)" * 12 + " " + "[a" * 30 + "\n") * (n // 140),
    "brackets after words": lambda n: "Abc Def (AD) and (more of it) " * (n // 30),
    "other names": lambda n: "Abc, also known as Def (formerly Ghi), " * (n // 40),
    "dashes": lambda n: "- a - b c d - " * (n // 14),
    "attributes": lambda n: "[a](b){:c" * (n // 9),
    "titles of fences": lambda n: "```py title='a\n```\n" * (n // 19),
    "definitions": lambda n: "".join(f"Term {i}\n: Def {i}\n\n" for i in range(n // 22)),
    "footnotes": lambda n: "".join(f"Text[^{i}].\n\n[^{i}]: note {i}\n\n" for i in range(n // 34)),
    "link definitions": lambda n: "".join(f"[r{i}]: http://x\n" for i in range(n // 17)),
    "front matter": lambda n: "---\n" + "a: b\n" * (n // 5),
    "carriage returns": lambda n: "a\r" * (n // 2),
    "blank lines": lambda n: "\n" * n,
    "combining marks": lambda n: "a\u0301" * (n // 2),
}


def seconds(parse: Parse, text: str) -> float:
    """Processor time of one parse, without the collector of garbage, whose turns come when they come."""
    gc.collect()
    gc.disable()
    try:
        begin = time.process_time()
        make_aliases(parse(text))
        return time.process_time() - begin
    finally:
        gc.enable()


@pytest.mark.parametrize("shape", SHAPES)
def test_twice_the_text_takes_no_more_than_twice_the_time(parse: Parse, shape: str) -> None:
    parse(SHAPES[shape](200))  # whatever is made once
    grown = []
    for _ in range(8):  # a busy machine may disturb some measurements, not all
        once, twice = (min(seconds(parse, SHAPES[shape](n)) for _ in range(2)) for n in (20_000, 40_000))
        grown.append(twice / max(once, 0.005))
        if grown[-1] < 2.8:
            return
    pytest.fail(f"{shape}: twice the text took {min(grown):.1f} times as long")


@pytest.mark.parametrize(
    ("text", "megabytes_per_second"),
    [
        ("".join(f"| row {i} | a value of {i}, or other | the text that says what {i} is for |\n" for i in range(-2, 10_000)), 0.1),
        ("lorem ipsum dolor Sit amet " * 185_000, 0.5),
        ("Lorem ipsum dolor. Sit `x` amet, etc. " * 130_000, 0.5),
        ("".join(f"## Heading number {i}\n\n" for i in range(100_000)), 0.1),
        ("".join("  " * (i % 1000) + "- x\n" for i in range(3000)), 0.5),
        ("".join(f"[link {i}](http://x.y/{i}) " for i in range(50_000)), 0.3),
        ("```\n" + "code # comment\n" * 300_000, 0.5),
    ],
    ids=[
        "10,000 rows",
        "one line of 5 MB",
        "5 MB of sentences on a line",
        "100,000 headings",
        "1,000 deep",
        "50,000 links",
        "an open fence",
    ],
)
def test_large_files_are_read_at_a_bearable_rate(parse: Parse, text: str, megabytes_per_second: float) -> None:
    text = text.replace("| row -2 |", "| name |").replace(
        "| row -1 | a value of -1, or other | the text that says what -1 is for |", "|---|---|---|"
    )

    rates = []
    for _ in range(3):  # a busy machine may disturb a measurement
        gc.freeze()  # what other tests hold is none of this one's: the collector need not walk it
        try:
            begin = time.process_time()
            parse(text)
            rates.append(len(text) / 1e6 / (time.process_time() - begin))
        finally:
            gc.unfreeze()
        if rates[-1] > megabytes_per_second:
            return
    pytest.fail(f"read at {max(rates):.2f} MB a second at most")
