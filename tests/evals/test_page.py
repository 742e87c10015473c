from __future__ import annotations

import re
from html.parser import HTMLParser

from evals.gate import judge, make_baseline
from evals.models import Case, Report
from evals.page import to_html
from tests.evals.fakes import RED_IS_WARM, FakeAssistant, answer, decline, make_case, ref, run

EVIL = '"><script>alert(1)</script><img src=//evil.example/x onerror=alert(1)>'


class Page(HTMLParser):
    """Tags with their attributes, and the text between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def report(*cases: Case, **answers: object) -> Report:
    given = {"Is red warm?": answer("Yes.", RED_IS_WARM), "who won?": decline(), **answers}
    return run(FakeAssistant(given), *cases)  # type: ignore[arg-type]


RED = make_case("red", must=("yes",), cite_any=(ref(row="Red"),))
CUP = make_case("cup", "who won?", status=("declined",), decline=("off_topic",), kind="refusal")


def test_every_case_is_there_with_its_answer_and_sources() -> None:
    page = Page(to_html(report(RED, CUP)))

    cases = [attributes for attributes in page.named("details") if attributes.get("id")]
    assert [(one["id"], one["data-state"], one["data-kind"]) for one in cases] == [
        ("case-red", "right", "cell"),
        ("case-cup", "right", "refusal"),
    ]
    text = " ".join(page.text.split())
    assert "Is red warm? answered high confidence Yes." in text
    assert "sources [1] colours.md:7 Colours · Red × Warm yes" in text
    assert "declined · off topic" in text


def test_nothing_of_a_case_or_an_answer_becomes_markup() -> None:
    evil = make_case("evil", EVIL, kind=EVIL, must=(EVIL,))
    html = to_html(report(evil, **{EVIL: answer(EVIL, RED_IS_WARM.model_copy(update={"quote": EVIL, "section": (EVIL,)}))}))
    page = Page(html)

    assert len(page.named("script")) == 1
    assert page.named("img") == []
    assert "alert(1)" in page.text
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)


def test_nothing_is_fetched() -> None:
    page = Page(to_html(report(RED, CUP)))

    (policy,) = [meta["content"] for meta in page.named("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert [tag for tag, attributes in page.tags if {"src", "srcset", "action"} & set(attributes)] == []
    assert [link["href"] for link in page.named("link")] == ["data:,"]
    assert "@import" not in to_html(report(RED))
    assert re.findall(r"url\(", to_html(report(RED))) == []


def test_what_got_worse_stands_first_and_can_be_filtered() -> None:
    accepted = make_baseline(report(RED, CUP))
    now = report(make_case("also-wrong", "x", must=("y",)), RED, CUP, **{"Is red warm?": answer("No.", RED_IS_WARM)})
    now = now.model_copy(update={"verdict": judge(now, floors={}, baseline=accepted)})

    page = Page(to_html(now, baseline=accepted))

    cases = [attributes for attributes in page.named("details") if attributes.get("id")]
    assert [(one["id"], one["data-change"]) for one in cases] == [("case-red", "worse"), ("case-also-wrong", "new"), ("case-cup", "")]
    assert "worse than accepted (1)" in page.text


def test_cases_put_aside_count_in_the_figures_and_are_not_listed() -> None:
    secret = make_case("secret", "a secret", must=("x",)).model_copy(update={"aside": True})

    page = Page(to_html(report(RED, secret)))

    assert "a secret" not in page.text
    assert "1 cases are put aside" in page.text
    assert "1 of 2 cases right" in " ".join(page.text.split())
    assert "a secret" in Page(to_html(report(RED, secret), aside=True)).text


def test_the_kinds_of_no_are_a_table_of_what_was_expected_and_what_came() -> None:
    wrong = make_case("name", "who is it?", status=("declined",), decline=("unknown_name",), kind="refusal")

    html = to_html(report(CUP, wrong))

    table = html[html.index('<table class="confusion">') : html.index("</table>")]
    assert re.findall(r'<th scope="col">([^<]*)</th>', table) == ["expected", "off topic", "unknown name"]
    assert re.findall(r'<th scope="row">([^<]*)</th>', table) == ["off topic", "unknown name"]
    assert re.findall(r"<td[^>]*>(\d*)</td>", table) == ["1", "", "1", ""]


def test_a_case_that_raised_says_so() -> None:
    page = Page(to_html(report(make_case("crash", "b"), b=RuntimeError("boom"))))

    assert "turn 1: RuntimeError: boom" in page.text
    assert [one["data-state"] for one in page.named("details")] == ["error"]
