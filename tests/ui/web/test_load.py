"""Many people at once, with the files changed in the middle: the real command, asked over the network."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

pytestmark = [pytest.mark.model, pytest.mark.slow]

USERS = 64
SECONDS = float(os.environ.get("LOAD_SECONDS", "15"))
GROWTH = 50 * 2**20  # bytes a server may grow by while it is asked

CELLS = [("Sencha", "morning", "75"), ("Keemun", "evening", "95"), ("Assam", "noon", "96"), ("Bancha", "night", "80")]


def table(suffix: str) -> str:
    rows = "".join(f"| {tea} | {hour}{suffix} | {degrees} degrees |\n" for tea, hour, degrees in CELLS)
    return f"# Tea\n\n{suffix and 'A line more.'}\n\n## Which when\n\n| Tea | Hour | Water |\n|---|---|---|\n{rows}"


BEFORE, AFTER = table(""), table(" hours")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Path, psutil.Process]]:
    kb = tmp_path / "kb"
    kb.mkdir()
    (kb / "tea.md").write_text(BEFORE, "utf-8")
    command = [sys.executable, "-m", "ui", "ui", "--kb", str(kb), "--index", str(tmp_path / "index"), "--port", "0", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[3]
        try:
            for _ in range(600):
                if httpx.get(url + "readyz").status_code == 200:
                    break
                time.sleep(0.2)
            yield url, kb / "tea.md", psutil.Process(process.pid)
        finally:
            process.terminate()


def cited_rightly(answer: dict[str, Any]) -> bool:
    """Whether every quote stands at its lines, in the file as it was or as it is."""
    return any(
        all(c["quote"] in "\n".join(text.splitlines()[c["lines"][0] - 1 : c["lines"][1]]) for c in answer["citations"])
        for text in (BEFORE, AFTER)
    )


def test_sixty_four_people_get_right_answers_while_the_files_change(
    served: tuple[str, Path, psutil.Process], record_property: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    url, file, process = served
    questions = [f"{attribute} of {tea}" for tea, _, _ in CELLS for attribute in ("hour", "water")] + [
        "Sencha vs Keemun",
        "who won the cup",
    ]
    times: list[float] = []
    faults: list[str] = []
    seen: set[str] = set()
    end = time.monotonic() + SECONDS

    def ask(user: int) -> None:
        with httpx.Client(base_url=url, timeout=30) as client:
            turn = user
            while time.monotonic() < end:
                question = questions[turn % len(questions)]
                began = time.perf_counter()
                try:
                    reply = client.post("api/ask", json={"question": question, "conversation": f"user-{user}"})
                    times.append(time.perf_counter() - began)
                    answer = reply.json()
                    if reply.status_code != 200:
                        faults.append(f"{reply.status_code} {answer}")
                    elif not cited_rightly(answer):
                        faults.append(f"{question}: {answer['citations']}")
                    elif answer["citations"]:
                        seen.add("after" if "hours" in answer["text"] else "before" if question.startswith("hour") else "")
                        cited = answer["citations"][0]
                        place = {
                            "document": cited["document"],
                            "first": cited["lines"][0],
                            "last": cited["lines"][1],
                            "quote": cited["quote"],
                        }
                        if client.get("api/source", params=place).status_code != 200:
                            faults.append(f"no source for {place}")
                except httpx.HTTPError as error:
                    faults.append(repr(error))
                turn += 1

    httpx.post(url + "api/ask", json={"question": questions[0]}, timeout=60)
    before = process.memory_info().rss
    threads = [threading.Thread(target=ask, args=(n,)) for n in range(USERS)]
    for thread in threads:
        thread.start()
    time.sleep(SECONDS / 2)
    file.write_text(AFTER, "utf-8")
    for thread in threads:
        thread.join()
    growth = process.memory_info().rss - before

    ranked = sorted(times)
    told = (
        f"{len(times)} questions by {USERS} users in {SECONDS:.0f} s, {len(faults)} faults, p50 {statistics.median(ranked):.3f} s, "
        f"p95 {ranked[int(0.95 * len(ranked))]:.3f} s, memory +{growth / 2**20:.1f} MB"
    )
    with capsys.disabled():
        print("\n" + told)
    record_property("load", told)
    assert faults == []
    assert {"before", "after"} <= seen
    assert growth <= GROWTH
