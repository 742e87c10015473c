"""`pytest evals` collects the cases of the folders below."""

from evals.pytest_plugin import pytest_collect_file, pytest_sessionfinish

__all__ = ["pytest_collect_file", "pytest_sessionfinish"]
