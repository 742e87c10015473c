"""Limits on what is read from a folder, so that no folder can exhaust the machine."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class CorpusSettings(BaseModel):
    """Bounds of the reader; a file beyond one is skipped with a reason, the folder's total is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_files: int = Field(default=100_000, ge=1, description="Markdown files read from one folder")
    max_file_mb: float = Field(default=5.0, gt=0, description="largest single file, MB")
    max_total_mb: float = Field(default=1000.0, gt=0, description="all files together, MB")
    max_depth: int = Field(default=32, ge=1, description="folders below the knowledge base")
