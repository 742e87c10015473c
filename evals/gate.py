"""A run against the accepted baseline: may it pass?

It fails when a case of tier must fails, when a measure misses its floor, or when cases that passed before now fail by more
than chance would explain (the 95 % interval of the paired difference lies wholly below zero). A case that was reworded since is new, not
regressed. A run narrowed to some cases is held to those; floors are for whole runs.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from corpus.errors import UsageError
from evals.metrics import lower_is_better
from evals.models import Accepted, Baseline, CaseResult, Comparison, Report, Verdict

PASSED, FAILED, BAD_CASES, NOT_EVALUATED = 0, 1, 2, 3
"""Exit codes: the gate is passed; it is not; the cases or the command are faulty; nothing could be measured."""

RESAMPLES = 10_000  # the interval's ends then move by less than a tenth of a case between seeds
SEED = 20_261_123  # fixed, so that the same two runs always get the same verdict

_NAMES = {"kb": "knowledge base", "cases": "cases", "model": "model", "settings": "settings"}


def paired_interval(
    differences: Sequence[float], groups: Sequence[str], *, confidence: float = 0.95, resamples: int = RESAMPLES, seed: int = SEED
) -> tuple[float, float] | None:
    """Percentile bootstrap interval of the mean of paired differences, resampled by whole groups.

    Args:
        differences: per case, this run minus the baseline (-1, 0 or 1).
        groups: per case, the cluster it belongs to; paraphrases of one question fail together and count as one draw.
    Returns:
        (low, high), or None without cases.
    Source: Efron and Tibshirani (1993), An Introduction to the Bootstrap, sections 8.3 and 13.3; clusters as in Davison and
        Hinkley (1997), section 3.8.
    """
    if not differences:
        return None
    import numpy as np  # a tenth of a second, and only this needs it

    sums: dict[str, float] = {}
    sizes: dict[str, int] = {}
    for difference, group in zip(differences, groups, strict=True):
        sums[group] = sums.get(group, 0.0) + difference
        sizes[group] = sizes.get(group, 0) + 1
    total = np.array([sums[group] for group in sorted(sums)], dtype=np.float64)
    size = np.array([sizes[group] for group in sorted(sums)], dtype=np.float64)
    rng = np.random.default_rng(seed)
    # How often each group is drawn, for every resample at once: (resamples, groups).
    drawn = rng.multinomial(len(total), np.full(len(total), 1 / len(total)), size=resamples).astype(np.float64)
    means = (drawn @ total) / (drawn @ size)
    low, high = np.quantile(means, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def compare(report: Report, baseline: Baseline) -> Comparison:
    """Case by case, over those that both runs hold with the same question and expectation."""
    now = {result.id: result for result in report.results}
    same = [result for result in report.results if result.id in baseline.results and baseline.results[result.id].hash == result.hash]
    differences = [float(result.passed) - float(baseline.results[result.id].passed) for result in same]
    interval = paired_interval(differences, [result.group or f"case {result.id}" for result in same])
    shared = {result.id for result in same}
    here, there = report.provenance, baseline.provenance
    return Comparison(
        shared=len(same),
        regressed=tuple(result.id for result, difference in zip(same, differences, strict=True) if difference < 0),
        fixed=tuple(result.id for result, difference in zip(same, differences, strict=True) if difference > 0),
        new=tuple(sorted(set(now) - shared)),
        gone=() if report.selection is not None else tuple(sorted(set(baseline.results) - set(now))),
        difference=round(sum(differences) / len(differences), 6) if differences else None,
        low=round(interval[0], 6) if interval else None,
        high=round(interval[1], 6) if interval else None,
        changed=tuple(name for key, name in _NAMES.items() if getattr(here, key) != getattr(there, key)),
    )


def _few(ids: Sequence[str], limit: int = 8) -> str:
    return ", ".join(ids[:limit]) + (f" and {len(ids) - limit} more" if len(ids) > limit else "")


def _floors_missed(headline: Mapping[str, float | None], floors: Mapping[str, float]) -> list[str]:
    missed = []
    for name, floor in sorted(floors.items()):
        value = headline.get(name)
        if value is None:
            continue
        if value > floor if lower_is_better(name) else value < floor:
            missed.append(f"{name} is {value:.3f}, {'above the most' if lower_is_better(name) else 'below the least'} allowed, {floor:.3f}")
    return missed


def judge(report: Report, *, floors: Mapping[str, float], baseline: Baseline | None) -> Verdict:
    """The verdict on a run, with every reason and its exit code."""
    reasons: list[str] = []
    notes: list[str] = []
    errors = [result.id for result in report.results if result.error is not None]
    if not report.results or len(errors) == len(report.results):
        first = next((result.error for result in report.results), "there were no cases")
        return Verdict(passed=False, exit_code=NOT_EVALUATED, reasons=(f"nothing could be evaluated: {first}",))
    if errors:
        reasons.append(f"{len(errors)} raised an error: {_few(errors)}")
    failed_must = [result.id for result in report.results if result.tier == "must" and not result.passed]
    if failed_must:
        reasons.append(f"{len(failed_must)} of tier must failed: {_few(failed_must)}")
    if report.selection is None:
        reasons += _floors_missed(report.metrics.headline, floors)
    comparison: Comparison | None = None
    if baseline is None:
        notes.append("there is no baseline to compare with; `whichops eval accept` makes this run the baseline")
    else:
        comparison = compare(report, baseline)
        if comparison.high is not None and comparison.high < 0:
            reasons.append(f"{len(comparison.regressed)} that passed before now fail: {_few(comparison.regressed)}")
        elif comparison.regressed:
            notes.append(f"{len(comparison.regressed)} that passed before now fail, within chance: {_few(comparison.regressed)}")
        if comparison.fixed:
            notes.append(
                f"{len(comparison.fixed)} failed before and are right now: {_few(comparison.fixed)}; `whichops eval accept` records it"
            )
        if comparison.changed:
            notes.append(f"differs from the baseline: {', '.join(comparison.changed)}")
    return Verdict(
        passed=not reasons, exit_code=FAILED if reasons else PASSED, reasons=tuple(reasons), notes=tuple(notes), comparison=comparison
    )


def make_baseline(report: Report) -> Baseline:
    """What of a run is kept to compare the next with."""
    return Baseline(
        provenance=report.provenance,
        headline=report.metrics.headline,
        results={result.id: Accepted(hash=result.hash, passed=result.passed) for result in report.results},
    )


def read_baseline(path: Path) -> Baseline | None:
    """The accepted run, or None when there is none.

    Raises:
        UsageError: the file is there and is not a baseline.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The baseline {path} cannot be read: {error}.") from error
    try:
        return Baseline.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise UsageError(
            f"The baseline {path} is damaged ({where}: {first['msg']}). Restore it from version control, "
            "or write a new one with `whichops eval accept`."
        ) from error


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Write it so that a reader sees the old file or the new one, never half of either; one case a line, for readable diffs."""
    head = baseline.model_dump(mode="json")
    results: dict[str, object] = head.pop("results")
    lines = ",\n".join(f"    {json.dumps(key)}: {json.dumps(results[key])}" for key in sorted(results))
    text = json.dumps(head, indent=2)[:-2] + ',\n  "results": {\n' + lines + "\n  }\n}\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"The baseline {path} cannot be written: {error}.") from error


def describe_change(report: Report, before: Baseline | None) -> list[str]:
    """What accepting a run changes, one line each."""
    if before is None:
        return [f"first baseline: {report.metrics.right.hits} of {report.metrics.right.total} cases right"]
    change = compare(report, before)
    lines = [f"now wrong: {case}" for case in change.regressed] + [f"now right: {case}" for case in change.fixed]
    lines += [f"new or reworded: {_verdict(report.results, case)} {case}" for case in change.new]
    lines += [f"removed: {case}" for case in change.gone]
    for name, value in report.metrics.headline.items():
        old = before.headline.get(name)
        if old != value:
            lines.append(f"{name}: {_number(old)} -> {_number(value)}")
    lines += [f"{name} changed" for name in change.changed]
    return lines or ["nothing changed"]


def _verdict(results: Sequence[CaseResult], case: str) -> str:
    return "right" if next(result.passed for result in results if result.id == case) else "wrong"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
