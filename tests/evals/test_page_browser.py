"""The report page in a real browser, at the width of a desk and of a phone."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from evals.page import to_html
from tests.evals.fakes import RED_IS_WARM, FakeAssistant, answer, decline, make_case, ref, run

pytestmark = pytest.mark.browser

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium; without one there is nothing to look with."""
    found = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
    if found is None:
        why = "no Chromium on this machine (Debian: apt-get install chromium)"
        if os.environ.get("WHICHOPS_REQUIRE_BROWSER") == "1":
            pytest.fail(why)
        pytest.skip(why)
    return {**browser_type_launch_args, "executable_path": found, "args": ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]}


@pytest.fixture
def address(tmp_path: Path) -> str:
    """The page of a run with a right case, a wrong one, a refusal of the wrong kind, and words that would like to be more."""
    evil = "<img src=//evil.example/x onerror=document.title='broken'>" + "w" * 300
    answers = {"Is red warm?": answer("Yes.", RED_IS_WARM), evil: answer(evil, RED_IS_WARM), "who won?": decline()}
    report = run(
        FakeAssistant(answers),
        make_case("red", must=("yes",), cite_any=(ref(),)),
        make_case("evil", evil, must=("no",), tier="must"),
        make_case("cup", "who won?", status=("declined",), decline=("unknown_name",), kind="refusal"),
    )
    path = tmp_path / "report.html"
    path.write_text(to_html(report), encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_page_fits_fetches_nothing_and_runs_nothing_of_a_case(page: Page, address: str, size: dict[str, int]) -> None:
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.set_viewport_size(size)  # type: ignore[arg-type]

    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")

    assert [url for url in asked if url != address and not url.startswith("data:")] == []
    assert said == []
    assert page.title() == "Evaluation: 1 of 3 right"
    assert page.evaluate("document.documentElement.scrollWidth") == size["width"]


def test_cases_can_be_filtered_and_opened_by_their_name(page: Page, address: str) -> None:
    page.goto(f"{address}#case-cup")
    shown = page.locator("details.case:not([hidden])")

    assert page.locator("#case-cup[open]").count() == 1
    page.select_option("#state", "wrong")
    assert page.inner_text("#count") == "2 cases"
    page.fill("#words", "WHO won")
    assert [shown.nth(n).get_attribute("id") for n in range(shown.count())] == ["case-cup"]
    page.click("#reset")
    assert page.inner_text("#count") == "3 cases"
    page.click("button[data-kind=refusal]")
    assert [shown.nth(n).get_attribute("id") for n in range(shown.count())] == ["case-cup"]
