"""How many times as much others need: the arithmetic, and how it is shown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from evals.speed.comparing import WANTED, least, to_console, to_json
from evals.speed.models import Figures, Machine, Memory, PeersReport, Ran, Ratios, SideBySide, Spread


def figures(name: str, cold: float, warm: float, build: float, memory: tuple[float, float] | None, **more: Any) -> Figures:
    return Figures(
        name=name,
        finds="vectors",
        versions={name.lower(): "1.2"},
        cold_seconds=cold,
        cold_cpu_seconds=cold / 2,
        warm=Spread(count=9, p50=warm, p95=2 * warm, p99=3 * warm),
        warm_cpu=Spread(count=9, p50=warm + 2, p95=2 * warm, p99=3 * warm),
        warm_ways=(warm,),
        built=Ran(seconds=build, cpu_seconds=2 * build, peak_mb=900.0),
        memory=None if memory is None else Memory(resident_mb=memory[0], private_mb=memory[1], anonymous_mb=1.0),
        index_mb=3.0,
        **more,
    )


OURS = figures("whichops", 0.5, 10.0, 2.0, (200.0, 100.0), answered=0.9)
QUICK = figures("Quick", 4.5, 12.0, 8.0, (700.0, 500.0))
SMALL = figures("Small", 6.0, 30.0, 20.0, (500.0, 480.0))


def report(**changed: Any) -> PeersReport:
    size = SideBySide(
        name="1,000", facts=1_052, texts=1_300, questions=80, ours=OURS, peers=(QUICK, SMALL), failed={"Broken": "it ran out of oil"}
    )
    machine = Machine(processor="Abacus", cores=2, memory_gb=8.0, system="Linux", python="3.11", libraries={}, load=0.5)
    whole = PeersReport(
        version="0.1.0",
        machine=machine,
        load_after=1.25,
        environment={"OMP_NUM_THREADS": "2"},
        model="m",
        seed=1,
        texts_sha256="0",
        runs=3,
        builds=1,
        missing={"Absent": ("absent", "torch")},
        sizes=(size,),
    )
    return whole.model_copy(update=changed)


def test_a_ratio_is_what_the_other_needs_in_units_of_ours() -> None:
    assert OURS.against(QUICK) == Ratios(
        cold=4.5 / 0.5,
        warm=12 / 10,
        build=8 / 2,
        memory=min(700 / 200, 500 / 100),
        cold_cpu=2.25 / 0.25,
        warm_cpu=14 / 12,
        build_cpu=16 / 4,
    )
    assert set(OURS.against(OURS).model_dump().values()) == {1}
    assert OURS.against(figures("Unweighed", 1, 1, 1, None)).memory is None


def test_the_least_of_each_measure_is_told_with_whose_it_is() -> None:
    assert least(report().sizes[0]) == {
        "cold": (4.5 / 0.5, "Quick"),
        "warm": (12 / 10, "Quick"),
        "build": (8 / 2, "Quick"),
        "memory": (500 / 200, "Small"),
        "cold_cpu": (2.25 / 0.25, "Quick"),
        "warm_cpu": (14 / 12, "Quick"),
        "build_cpu": (16 / 4, "Quick"),
    }


def test_a_table_has_a_row_for_each_and_says_what_was_reached_and_what_was_not() -> None:
    shown = to_console(report()).splitlines()

    assert shown[0] == "whichops 0.1.0 on Abacus, 2 cores, 8 GB, Linux, Python 3.11"
    assert shown[1] == "load 0.5 before the run, 1.25 after; medians of 3 processes, builds of 1; OMP_NUM_THREADS=2"
    rows = {line.split("  ")[0]: line.split() for line in shown}
    assert rows["whichops"][:3] == ["whichops", "0.50", "s"]
    quick = " ".join(rows["Quick"])
    assert quick.startswith("Quick 4.50 s (9.0×) 2.25 s (9.0×) 12.0 ms (1.2×) 14.0 ms (1.2×) 36.0 ms ")
    assert quick.endswith(" 8.0 s (4.0×) 16.0 s (4.0×) 900 MB 700 MB (3.5×) 500 MB (5.0×) 3.0 MB")
    assert "Broken: failed, not counted: it ran out of oil" in shown
    assert "Absent: not measured, not installed: absent, torch" in shown
    assert "times as much as whichops (90% of 80 answered), the least of all:" in shown
    assert "  cold: 9.0 (Quick), wanted 8: reached" in shown
    assert "  warm: 1.2 (Quick), wanted 1.5: not reached" in shown
    assert "  build, CPU: 4.0 (Quick), wanted 1.5: reached" in shown
    assert "  memory: 2.5 (Small), wanted 3: not reached" in shown


def test_where_all_failed_nothing_is_compared() -> None:
    size = report().sizes[0].model_copy(update={"peers": ()})

    assert least(size) == {}
    assert "reached" not in to_console(report(sizes=(size,)))


@pytest.mark.parametrize("measure", Ratios.model_fields)
def test_every_measure_has_an_aim(measure: str) -> None:
    assert getattr(WANTED, measure) > 1


def test_the_whole_report_is_kept_as_json() -> None:
    assert PeersReport.model_validate(json.loads(to_json(report()))) == report()
