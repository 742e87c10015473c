"""What holds for any text at all, whatever its bytes, its markup or its line ends."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.markdown import LINE_END, Source, plain, prepare, sentences
from corpus.models import Corpus
from corpus.words import key, stems, words

Parse = Callable[..., Corpus]
Check = Callable[[Corpus], None]

# Pieces of markup, whole and broken. A document is these and noise, in any order, with any line ends.
FRAGMENTS = [
    "# Heading",
    "## **Bold** [link](x.md) `code` {#anchor}",
    "Setext\n===",
    "Setext\n---",
    "####### seven",
    "#",
    "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 \\| 4 | `x|y` | extra |",
    "| | b |\n|:-:|--:|\n| **x** |",
    "a | b\n--|--\nc | d",
    "|---|---|\n| 1 | 2 |",
    "- | a | b |\n  |---|---|\n  | 1 | 2 |",
    "> | a | b |\n> |---|---|\n> | 1<br>2 | <ul><li>3</li></ul> |",
    "Table: caption",
    "<table><tr><th>a</th><th colspan=2>b</th></tr><tr><td rowspan='2'>1</td><td>2</td><td>3</td></tr><tr><td>4</td></tr></table>",
    "<table>\n<tr><td>1\n\n<td>2 <table><tr><td>in</td></tr></table>\n</table>",
    "<table><tr><td colspan=99999 rowspan=x>open",
    "</table>",
    "<div>\n\ntext\n\n</div>",
    "<!-- comment",
    "-->",
    "<![CDATA[ x",
    "<?php",
    "- item\n  - nested **label:** value\n    1. deep → deeper → deepest\n- [x] task",
    "* a\n\n  second paragraph. With two sentences.\n\n      code in item",
    "1) one\n2) two\n\n10. ten",
    "- Lead:\n\n\n\t- tab",
    "-\n  late",
    "> quote\n> > deeper\nlazy",
    "> [!NOTE]\n> noted. Twice.",
    '!!! note "Title"\n    inside\n\n    - list\n\n        code',
    "!!! tip\n\tone\n\ttwo",
    "??? question",
    ":::warning\ntext\n:::",
    '{% hint style="info" %}\nhint\n{% endhint %}',
    "```python\n# comment\nx -> y -> z\n```",
    "```",
    "~~~~",
    "> ```\n> code",
    "    indented code",
    "---\ntitle: x\nlist: [a, b]\n---",
    "+++\ntitle = 'x'\n+++",
    "---",
    "***",
    "import X from 'y'",
    "export const a = 1",
    "Term\n: Definition → of → it\n: Another",
    "Term\n\n:   Late definition",
    "[^1]: A footnote. With two sentences.\n    and more",
    "Text[^1] and [^none].",
    "[ref]: http://x.y 'title'",
    "**Label:** value",
    "Label: value, value and value",
    "`code`: value",
    "[link](url) - value",
    "Build → Test → Ship.",
    "a -> b -> c => d",
    "Sentence one. Sentence two! e.g. this? Dr. Who.",
    "&amp; &#0; &lt;table&gt; \\* \\| \\",
    "<a href='#n1'>1</a><sup>2</sup><br/>",
    "![image](a.png) [![badge](b.svg)](c)",
    "{{< short >}}",
    "[TOC]",
    "*unclosed **strong `code [link](",
    "\u2028 line separator \x0b vertical \x0c feed \x85 next \x1c file",
]
LINE_ENDS = ["\n", "\r\n", "\r", "\n\n", "\r\n\r\n", "\n\r", ""]
PREFIXES = ["", "", "", "  ", "\t", "> ", "- ", "1. ", "    ", "\u00a0", "\ufeff"]

noise = st.text(st.one_of(st.characters(codec=None), st.sampled_from("\t \x00\x0b\x0c\u2028\ufeff|*_`[]<>#:-+.!\\→")), max_size=40)
pieces = st.tuples(
    st.sampled_from(PREFIXES), st.one_of(st.sampled_from(FRAGMENTS), st.sampled_from(FRAGMENTS), noise), st.sampled_from(LINE_ENDS)
)


def _assembled(bom: str, parts: list[tuple[str, str, str]], crlf: str) -> str:
    return bom + "".join(prefix + body.replace("\n", crlf) + end for prefix, body, end in parts)


markdown = st.builds(_assembled, st.sampled_from(["", "", "\ufeff"]), st.lists(pieces, max_size=12), st.sampled_from(["\n", "\r\n", "\r"]))
any_text = st.one_of(markdown, markdown, noise, st.text(max_size=200))


@settings(max_examples=400)
@given(any_text)
def test_every_text_parses_and_every_fact_stands_where_it_says(parse: Parse, check: Check, text: str) -> None:
    check(parse(text))


@settings(max_examples=100)
@given(any_text, any_text)
def test_a_document_parses_the_same_beside_another(parse: Parse, check: Check, first: str, second: str) -> None:
    together = parse(first, second)
    check(together)
    alone = parse(first)
    mine = [f for f in together.facts if f.document == "page.md"]

    assert mine == list(alone.facts)


@settings(max_examples=100)
@given(markdown)
def test_parsing_twice_gives_the_same(parse: Parse, text: str) -> None:
    assert parse(text) == parse(text)


@settings(max_examples=100)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=8))
def test_line_ends_change_no_value_and_no_line(parse: Parse, check: Check, parts: list[str]) -> None:
    text = "\n\n".join(parts)
    unix, windows = parse(text), parse(text.replace("\n", "\r\n"))
    check(windows)

    def seen(corpus: Corpus) -> list[tuple[str, str, int, int]]:
        return [(f.kind, " ".join(f.value.split()), f.span.first_line, f.span.last_line) for f in corpus.facts]

    assert seen(windows) == seen(unix)


@settings(max_examples=100)
@given(markdown)
def test_a_byte_order_mark_changes_no_fact(parse: Parse, text: str) -> None:
    text = text.lstrip("\ufeff")
    plainly, marked = parse(text), parse("\ufeff" + text)

    assert [(f.kind, f.value, f.raw, f.span.start + 1) for f in plainly.facts] == [
        (f.kind, f.value, f.raw, f.span.start) for f in marked.facts
    ]


@settings(max_examples=200)
@given(markdown)
def test_a_value_says_no_word_that_its_span_does_not(parse: Parse, text: str) -> None:
    text = re.sub(r"[&\\]", "", text)  # entities and escapes are decoded, so their letters differ
    for fact in parse(text).facts:
        raw = "".join(c for c in fact.raw.replace("\x00", "\ufffd") if c.isalnum())
        value = iter(raw)
        assert all(c in value for c in fact.value if c.isalnum()), (fact.value, fact.raw)  # in this order, gaps allowed


@settings(max_examples=150)
@given(any_text)
def test_lines_for_the_parser_are_as_many_and_pieces_of_the_files_lines(text: str) -> None:
    lines = Source(text).lines
    ready, titles, reach = prepare(lines)

    assert len(ready) == len(lines)
    assert all(line[column:].startswith(piece) for (column, piece), line in zip(ready, lines, strict=True))
    assert all(lines[number][column:].startswith(title) for number, (column, title) in titles.items())
    assert reach.keys() == titles.keys()
    assert all(number <= last < len(lines) for number, last in reach.items())


@settings(max_examples=150)
@given(any_text)
def test_source_finds_the_line_of_every_character(text: str) -> None:
    source = Source(text)

    assert [source.line_of(i) for i in range(len(text))] == [
        1 + sum(m.end() <= i for m in LINE_END.finditer(text)) for i in range(len(text))
    ]


@settings(max_examples=150)
@given(any_text)
def test_sentences_are_in_order_trimmed_and_leave_out_only_blanks(text: str) -> None:
    bounds = sentences(text)
    kept = "".join(text[a:b] for a, b in bounds)

    assert all(a < b for a, b in bounds)
    assert all(b <= c for (_, b), (c, _) in pairwise(bounds))
    assert all(text[a:b] == text[a:b].strip() for a, b in bounds)
    assert "".join(kept.split()) == "".join(text.split())


@settings(max_examples=150)
@given(any_text)
@example("İ ﬁ Ⅷ ﷺ")
def test_words_are_lower_case_and_keys_are_their_stems(text: str) -> None:
    assert all(w and w == w.lower() for w in words(text))
    assert key(text) == "".join(stems(text))
    assert len(stems(text)) == len(words(text))


@settings(max_examples=150)
@given(any_text)
def test_plain_words_are_one_line(text: str) -> None:
    assert plain(text) == " ".join(plain(text).split())


# ---------------------------------------------------------------- no visible word is lost

# Forms with a word of their own at every visible place. The words are made so that nothing else in a document can hold them.
VISIBLE = [
    "# {} {}",
    "## {} {{#anchor}}",
    "{}\n===",
    "{} {}. {}\t{}.",
    "{} ends at `{}.` and e.g. {}. Then {} *{}*!",
    "- {}\n  - {}\n\n    {}\n- [ ] {}",
    "1. {}: {}\n2. **{}**. {}\n3. {} — {} and more words",
    "| {} | {} |\n|---|:-:|\n| {} | {} |\n| {} |",
    "|| {} || {} ||\n||---||---||\n|| {} || {} ||",
    "|---|---|\n| {} | {} |",
    "| | {} |\n|---|---|\n| **{}** <br> {} | <ul><li>{}</li><li>{}</li></ul> |\n| {}[^1] | `{}` |",
    "Table: {}\n\n| {} | {} |\n|--|--|\n| {} | {} |",
    "| {} | {} |\n|--|--|\n| {} | {} |\n\nTable: {}",
    "<table>\n<caption>{}</caption>\n<tr><th rowspan=2>{}</th><td colspan='2'>{}</td></tr>\n\n<tr><td>{}</td><td>{}</td></tr>\n</table>",
    "> {}\n> {}\n> > {}",
    "> [!NOTE] {}\n> {}",
    '!!! note "{}"\n    {}\n\n    - {}',
    '??? tip "{}"\n\n    {}',
    ":::tip[{}]\n{}\n:::",
    "::: warning {}\n{}\n:::",
    "```{{note}} {}\n:class: x\n{}\n```",
    '{{% hint style="info" %}}\n{}\n{{% endhint %}}',
    '{{% tab title="{}" %}}\n{}\n{{% endtab %}}',
    "{{{{< short >}}}}\n{}\n{{{{< /short >}}}}",
    "<details>\n<summary>{}</summary>\n\n{}\n\n</details>",
    '<Card title="{}">\n\n{}\n\n</Card>',
    "<unknown-tag a='b'>{}</unknown-tag>",
    "<div>\n{}\n</div>",
    "<h2 align='center'>{}</h2>\n<p>{}.</p>",
    "<div>{}\n<table><tr><td>{}</td></tr></table> {}\n<table><tr><td>{}</td></tr></table>{}</div>",
    "{}\n: {}\n: {}",
    "[^{}]: note {}",
    "```python\n{} = 1  # {}\n```",
    "    {}\n    {}",
    "**{}:** {}\n**{}.** {}",
    "**{}**\n\n{}",
    "![{}](a.png) [{}](b.md){{:target=x}} [{}][ref]\n\n[ref]: c.md",
    "{} → {} → {}",
    "<!-- gone -->\n{}",
    "import {{a}} from 'b'\n\n{}",
]


@st.composite
def _worded(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A document of such forms, some inside a list item or a quotation, with the words that can be seen in it."""
    shown: list[str] = []
    parts = []
    for form in draw(st.lists(st.sampled_from(VISIBLE), min_size=1, max_size=8)):
        count = len(re.findall(r"(?<!\{)\{\}(?!\})", form))
        words_of = [f"zq{len(shown) + i}vx" for i in range(count)]
        if form.startswith("[^"):
            shown += ["", words_of[1]]  # the name of a footnote is not seen
        else:
            shown += words_of
        text = form.format(*words_of)
        around = draw(st.sampled_from(["", "", "", "> ", "- "]))
        lines = text.split("\n")
        parts.append("\n".join(around + x if around == "> " or not i else "  " * bool(around) + x for i, x in enumerate(lines)))
    text = "\n\n".join(parts) + "\n"
    text = draw(st.sampled_from(["", "\ufeff", "---\ntitle: x\n---\n\n", "+++\nt = 1\n+++\n"])) + text
    return text.replace("\n", draw(st.sampled_from(["\n", "\n", "\r\n"]))), [w for w in shown if w]


@settings(max_examples=250)
@given(_worded())
def test_every_visible_word_is_said_by_a_fact_that_stands_where_it_is(parse: Parse, check: Check, document: tuple[str, list[str]]) -> None:
    text, shown = document
    corpus = parse(text)
    check(corpus)
    said: dict[str, bool] = {}
    for fact in corpus.facts:
        for word in re.findall(r"zq\d+vx", fact.value):
            said[word] = word in fact.raw
        for label in fact.labels:
            for word in re.findall(r"zq\d+vx", label.text):
                said[word] = label.span is not None and word in text[label.span.start : label.span.end]

    assert said == dict.fromkeys(shown, True), text
