"""Expected answers as data, and what measures the assistant against them.

`cases/*.toml` says what a right answer holds; `runner` asks, `matching` judges, `metrics` counts, `gate` compares with
the accepted baseline. Nothing heavy is imported here: reading and checking cases needs no model and no index.
"""

from __future__ import annotations

from evals.loader import CasesInvalid, load_suite
from evals.models import Baseline, Case, CaseResult, Expectation, Report, Suite

__all__ = ["Baseline", "Case", "CaseResult", "CasesInvalid", "Expectation", "Report", "Suite", "load_suite"]
